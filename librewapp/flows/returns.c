/* Goods come back: what they earned is taken back, whichever articles, in whatever order, at any till. */
#include "flows/returns.h"
#include "base/error.h"
#include "flows/goals.h"
#include "flows/purchase.h"
#include "flows/referral.h"
#include "flows/tiers.h"
#include "ledger/ledger.sql.h"

#include <string.h>

/* What has come back of a purchase. */
struct back {
	int64_t amount;   /* money, that of the articles included */
	int64_t *of_line; /* articles of each line */
	bool by_lines;    /* articles were named */
};

static void return_want(struct batch *batch, struct item *item)
{
	rewapp__want_target(batch, &item->command->target);
}

/* --- which articles ------------------------------------------------------------------------- */

static const struct rewapp_line *line_at(const struct rewapp_command *command, size_t i)
{
	return (const struct rewapp_line *)(const void *)((const char *)command->lines +
		i * command->lines[0].size);
}

static bool is_meant(const struct rewapp_line *wanted, const struct earn_line *line, size_t at)
{
	if (wanted->line)
		return (size_t)wanted->line == at + 1;
	return line->sku && strcmp(line->sku, wanted->sku) == 0;
}

/* The articles of one line of the return: from the lines that it means, the first first. */
static enum rewapp_verdict line_back(
	const struct earn_facts *facts, const struct rewapp_line *wanted, int64_t *of_line)
{
	int64_t quantity = wanted->quantity ? wanted->quantity : 1;
	bool known = false;

	for (size_t i = 0; i < facts->line_count; i++) {
		int64_t left = facts->lines[i].quantity - of_line[i];
		int64_t part = left < quantity ? left : quantity;

		if (!is_meant(wanted, &facts->lines[i], i))
			continue;
		known = true;
		of_line[i] += part;
		quantity -= part;
	}
	if (!known)
		return REWAPP_VERDICT_UNKNOWN_LINE;
	return quantity ? REWAPP_VERDICT_RETURN_EXCEEDS : REWAPP_VERDICT_ACCEPTED;
}

/* The money of the articles that came back. */
static int64_t amount_of(const struct purchase *purchase, const int64_t *of_line, struct earn_line *lines)
{
	struct earn_facts without;

	rewapp__earn_without(purchase->facts, of_line, lines, &without);
	return purchase->amount - without.amount;
}

/* What has come back once the command is carried out; `lines` is memory to work in. */
static enum rewapp_verdict back_after(const struct purchase *purchase, const struct rewapp_command *command,
	struct earn_line *lines, struct back *out)
{
	int64_t left = purchase->amount - purchase->returned,
		amount = command->amount ? command->amount : left;

	if (left == 0)
		return REWAPP_VERDICT_RETURN_EXCEEDS;
	for (size_t i = 0; i < command->line_count; i++) {
		enum rewapp_verdict verdict = line_back(purchase->facts, line_at(command, i), out->of_line);

		if (verdict != REWAPP_VERDICT_ACCEPTED)
			return verdict;
	}
	if (command->line_count)
		amount = amount_of(purchase, out->of_line, lines) -
			amount_of(purchase, purchase->back, lines);
	if (amount > left)
		return REWAPP_VERDICT_RETURN_EXCEEDS;
	out->amount = purchase->returned + amount;
	out->by_lines = command->line_count > 0;
	return REWAPP_VERDICT_ACCEPTED;
}

/* --- what it is still worth ------------------------------------------------------------------- */

static int retained(const struct purchase *purchase, const struct awards *awards, const struct back *back,
	struct earn_line *lines, struct awards *out)
{
	struct earn_facts without;
	struct earn_left left = { purchase->facts, purchase->amount - back->amount };
	bool by_lines = false;

	for (size_t i = 0; i < purchase->facts->line_count; i++)
		by_lines |= back->of_line[i] > 0;
	if (by_lines) {
		rewapp__earn_without(purchase->facts, back->of_line, lines, &without);
		left.facts = &without;
	}
	return rewapp__earn_retained(purchase->rules, purchase->facts, awards, &left, out);
}

struct clawback {
	int64_t points, missing;
};

int rewapp__purchase_take_back(
	struct batch *batch, const struct purchase *purchase, ref funder, int64_t points, int64_t *missing)
{
	static const enum claw_policy policies[] = { [CLAWBACK_DEBT] = CLAW_OWED,
		[CLAWBACK_WRITE_OFF] = CLAW_WRITTEN_OFF,
		[CLAWBACK_WITHIN_BALANCE] = CLAW_WITHIN,
		[CLAWBACK_PENDING_ONLY] = CLAW_PENDING_ONLY };
	struct account *to;

	if (!(to = rewapp__batch_account(batch, purchase->programme->number, ACCOUNT_ISSUANCE, funder)))
		return batch->failed;
	return rewapp__wallet_claw_back(purchase->wallet, &batch->book, purchase->number, to, points,
		policies[purchase->rules->clawback], missing);
}

static int claw_back(
	struct batch *batch, struct purchase *purchase, ref funder, int64_t points, struct clawback *sum)
{
	int64_t missing = 0;
	int error = points ? rewapp__purchase_take_back(batch, purchase, funder, points, &missing) : 0;

	sum->points += points;
	sum->missing += missing;
	return error;
}

/* Limits get back what the return takes, in the window where the purchase counted. */
static void release(struct batch *batch, const struct purchase *purchase, const struct awards *before,
	const struct awards *after)
{
	struct awards difference = { 0 };

	for (size_t i = 0; i < EARN_COUNTERS_MAX; i++)
		difference.counted[i] = after->counted[i] - before->counted[i];
	rewapp__purchase_count(batch, purchase, &difference);
}

/* --- what is recorded ------------------------------------------------------------------------- */

/* The articles that have come back, as they are stored; the row's guard is what it was before. */
static int record_lines(struct batch *batch, struct purchase *purchase, const struct back *back)
{
	struct value number = rewapp__ref_value(purchase->number), now, before;
	struct pack bytes;

	rewapp__pack_init(&bytes, batch->arena);
	for (size_t i = 0; i < purchase->facts->line_count; i++)
		rewapp__pack_uint(&bytes, (uint64_t)back->of_line[i]);
	if (bytes.failed)
		return rewapp__fail(REWAPP_E_NOMEMORY, "return");
	now = rewapp__value_blob(bytes.data, bytes.size);
	before = rewapp__value_blob(purchase->back_stored, purchase->back_size);
	rewapp__effects_add(&batch->effects,
		&(struct effect){
			.kind = EFFECT_RETURNED, .returned = { purchase->number, bytes.data, bytes.size } });
	if (purchase->back_stored)
		rewapp__plan_add(&batch->plan, &STMT_LEDGER_RETURNED_UPDATE, TOUCHES_ONE,
			(struct value[]){ number, now, before }, 3);
	else
		rewapp__plan_add(&batch->plan, &STMT_LEDGER_RETURNED_INSERT, TOUCHES_ONE,
			(struct value[]){ number, now }, 2);
	purchase->back = back->of_line;
	purchase->back_stored = bytes.data;
	purchase->back_size = bytes.size;
	return 0;
}

static void record(struct batch *batch, struct item *item, struct purchase *purchase, int64_t returned,
	const struct clawback *sum)
{
	rewapp__batch_undone(batch, purchase->number, purchase->undone,
		(int64_t[]){ purchase->returned, purchase->clawed_back },
		(int64_t[]){ returned, purchase->clawed_back + sum->points });
	purchase->undone = true;
	purchase->returned = returned;
	purchase->clawed_back += sum->points;
	item->receipt->points = sum->points;
	item->receipt->shortfall = sum->missing;
}

static int take_back(struct batch *batch, struct item *item, struct purchase *purchase,
	const struct back *back, struct earn_line *lines)
{
	const struct back now = { purchase->returned, purchase->back, false };
	struct awards awards, before, after;
	struct clawback sum = { 0, 0 };
	struct goal_sum goals;
	int64_t most;
	size_t used;
	int error;

	if ((error = rewapp__awards_decode(purchase->awards, purchase->awards_size, &awards, &used)) < 0 ||
		(error = retained(purchase, &awards, &now, lines, &before)) < 0 ||
		(error = retained(purchase, &awards, back, lines, &after)) < 0)
		return error;
	error = rewapp__goals_most(
		purchase->programme->rules, before.by_programme + before.by_merchant, &most);
	if (error < 0 || (error = rewapp__purchase_check_room(batch, purchase, most)) < 0)
		return error;
	rewapp__tiers_settle(batch, purchase->wallet, purchase->programme->rules);
	rewapp__wallet_settle(purchase->wallet, &batch->book, batch->now_ms);
	if ((error = claw_back(batch, purchase, 0, before.by_programme - after.by_programme, &sum)) < 0 ||
		(error = claw_back(batch, purchase, purchase->merchant,
			 before.by_merchant - after.by_merchant, &sum)) < 0)
		return error;
	release(batch, purchase, &before, &after);
	rewapp__tiers_count(batch, purchase,
		rewapp__tiers_worth(purchase, &after, purchase->amount - back->amount) -
			rewapp__tiers_worth(purchase, &before, purchase->amount - now.amount));
	record(batch, item, purchase, back->amount, &sum);
	error = rewapp__goals_count(
		batch, purchase, purchase->amount - now.amount, purchase->amount - back->amount, &goals);
	if (error < 0)
		return error;
	error = rewapp__referral_return(
		batch, purchase, purchase->amount - now.amount, purchase->amount - back->amount, &goals);
	if (error < 0)
		return error;
	item->receipt->points += goals.taken;
	item->receipt->shortfall += goals.missing;
	return back->by_lines ? record_lines(batch, purchase, back) : 0;
}

/* --- deciding --------------------------------------------------------------------------------- */

static int back_begin(
	struct batch *batch, struct purchase *purchase, struct back *back, struct earn_line **lines)
{
	size_t count = purchase->facts->line_count;

	if (!purchase->back)
		purchase->back = rewapp__arena_array(batch->arena, count, sizeof *purchase->back);
	*lines = rewapp__arena_array(batch->arena, count, sizeof **lines);
	back->of_line = rewapp__arena_array(batch->arena, count, sizeof *back->of_line);
	if (!purchase->back || !*lines || !back->of_line)
		return rewapp__fail(REWAPP_E_NOMEMORY, "return");
	for (size_t i = 0; i < count; i++)
		back->of_line[i] = purchase->back[i];
	return 0;
}

/* The wallet moves, and the receipt tells how it stands then. */
static int carry_out(struct batch *batch, struct item *item, struct purchase *purchase,
	const struct back *back, struct earn_line *lines)
{
	int error;

	if (!(purchase->wallet = rewapp__batch_wallet(batch, purchase->member, purchase->programme)))
		return batch->failed;
	if ((error = take_back(batch, item, purchase, back, lines)) < 0)
		return error;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->amount = rewapp__points_worth(batch, purchase->programme, item->receipt->points);
	rewapp__receipt_of_wallet(batch, item, purchase->member, purchase->programme, purchase->wallet);
	rewapp__batch_event(batch, REWAPP_CODE_CLAWBACK, purchase->member->number, item->receipt->points);
	return 0;
}

int rewapp__give_back_amount(
	struct batch *batch, struct item *item, struct purchase *purchase, int64_t amount)
{
	struct earn_line *lines;
	struct back back;
	int error = back_begin(batch, purchase, &back, &lines);

	back.amount = purchase->returned + amount;
	back.by_lines = false;
	return error < 0 ? error : carry_out(batch, item, purchase, &back, lines);
}

int rewapp__give_back(struct batch *batch, struct item *item, struct purchase *purchase)
{
	enum rewapp_verdict verdict;
	struct earn_line *lines;
	struct back back;
	int error = back_begin(batch, purchase, &back, &lines);

	if (error < 0)
		return error;
	verdict = back_after(purchase, item->command, lines, &back);
	if (verdict == REWAPP_VERDICT_ACCEPTED)
		verdict = rewapp__period_judge(batch, item, purchase->programme);
	if (verdict != REWAPP_VERDICT_ACCEPTED)
		return rewapp__refuse(item, verdict);
	return carry_out(batch, item, purchase, &back, lines);
}

static int return_decide(struct batch *batch, struct item *item)
{
	const struct known *target = rewapp__batch_known(batch, &item->command->target);
	struct purchase *purchase = target && rewapp__kind_sells(target->kind)
		? rewapp__batch_purchase(batch, target->subject)
		: NULL;

	return purchase ? rewapp__give_back(batch, item, purchase)
			: rewapp__refuse(item, REWAPP_VERDICT_UNKNOWN_PURCHASE);
}

const struct story rewapp__story_return = { return_want, return_decide };
