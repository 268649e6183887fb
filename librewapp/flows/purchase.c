/* A purchase arrives and the member earns. */
#include "flows/purchase.h"
#include "base/checked.h"
#include "base/error.h"
#include "flows/doubt.h"
#include "flows/gift_card.h"
#include "flows/goals.h"
#include "flows/match.h"
#include "flows/referral.h"
#include "flows/sightings.h"
#include "flows/ticket.h"
#include "flows/tiers.h"

#include <string.h>

enum {
	DAY_MS = 24 * 60 * 60 * 1000
}; /* also how far ahead a till's clock may be */

void rewapp__purchase_recognise(struct batch *batch, struct item *item, const struct programme_row *programme)
{
	const struct rewapp_command *command = item->command;
	int32_t certainty = 0;
	ref number = 0;

	item->match = REWAPP_VERDICT_UNKNOWN_MERCHANT;
	if (!command->descriptor) {
		item->merchant = rewapp__batch_merchant(batch, &command->merchant);
	} else {
		item->match = rewapp__recognise(
			&batch->engine->catalogue, command, programme, batch->arena, &number, &certainty);
		if (item->match < 0)
			batch->failed = item->match;
		item->merchant = rewapp__catalogue_merchant_by_number(&batch->engine->catalogue, number);
		item->receipt->certainty = certainty;
	}
	if (item->merchant && (!command->descriptor || item->match == REWAPP_VERDICT_ACCEPTED))
		item->match = REWAPP_VERDICT_ACCEPTED;
}

/* --- what the rules see ------------------------------------------------------------------ */

static int lines_of(struct batch *batch, const struct rewapp_command *command, struct earn_facts *out)
{
	struct earn_line *lines = rewapp__arena_array(batch->arena, command->line_count, sizeof *lines);

	if (!lines)
		return rewapp__fail(REWAPP_E_NOMEMORY, "lines");
	for (size_t i = 0; i < command->line_count; i++) {
		const struct rewapp_line *line = (const struct rewapp_line *)(const void
				*)((const char *)command->lines + i * command->lines[0].size);

		lines[i] = (struct earn_line){ line->sku, line->category, line->quantity ? line->quantity : 1,
			line->amount, line->excluded };
	}
	out->lines = lines;
	out->line_count = command->line_count;
	return 0;
}

/* "student,vip" as words; what stands between two commas and is empty is none. */
static int segments_of(struct batch *batch, const char *text, struct earn_facts *out)
{
	const char **words = rewapp__arena_array(batch->arena, EARN_SEGMENTS_MAX, sizeof *words);
	char *copy = rewapp__arena_copy(batch->arena, text, strlen(text));

	if (!words || !copy)
		return rewapp__fail(REWAPP_E_NOMEMORY, "segments");
	while (*copy && out->segment_count < EARN_SEGMENTS_MAX) {
		size_t length = strcspn(copy, ",");
		bool last = !copy[length];

		copy[length] = 0;
		if (length)
			words[out->segment_count++] = copy;
		copy += last ? length : length + 1;
	}
	out->segments = words;
	return 0;
}

struct earn_facts *rewapp__purchase_facts(struct batch *batch, const struct item *item)
{
	const struct rewapp_command *command = item->command;
	struct earn_facts *facts = rewapp__arena_take(batch->arena, sizeof *facts);

	if (!facts)
		return NULL;
	*facts = (struct earn_facts){
		.merchant = item->merchant ? item->merchant->id : command->merchant,
		.mcc = command->mcc      ? command->mcc
			: item->merchant ? item->merchant->mcc
					 : 0,
		.amount = command->amount,
		.occurred_ms = rewapp__occurred(batch, item),
		.store = command->store,
		.unpaid = command->unpaid,
		.channel = command->channel,
		.payment = command->payment,
		.tier = command->tier,
		.card = command->card,
		.referred = command->referred,
	};
	if ((command->segments && segments_of(batch, command->segments, facts) < 0) ||
		(command->line_count && lines_of(batch, command, facts) < 0))
		return NULL;
	return facts;
}

void rewapp__want_new_limits(struct batch *batch, const struct item *item, struct programme_row *programme,
	const struct earn_facts *facts)
{
	for (const struct item *earlier = batch->items; batch->rules_count && earlier < item; earlier++)
		if (earlier->rules &&
			memcmp(&earlier->command->target, &programme->id, sizeof programme->id) == 0)
			rewapp__want_counters(batch, programme, earlier->rules, facts);
}

void rewapp__purchase_want(struct batch *batch, struct item *item, struct programme_row *programme)
{
	const struct earn_facts *facts;

	rewapp__purchase_recognise(batch, item, programme);
	if (!(facts = rewapp__purchase_facts(batch, item))) {
		batch->failed = REWAPP_E_NOMEMORY;
		return;
	}
	rewapp__want_earner(batch, &item->command->member, programme, facts);
	if (!rewapp_id_is_zero(&item->command->referrer))
		rewapp__want_member(batch, &item->command->referrer, programme);
	if (!programme)
		return;
	rewapp__want_new_limits(batch, item, programme, facts);
	rewapp__want_account(batch, programme->number, ACCOUNT_ISSUANCE, 0);
	if (item->merchant) /* else this batch may put it */
		rewapp__want_account(batch, programme->number, ACCOUNT_ISSUANCE, item->merchant->number);
}

static void purchase_want(struct batch *batch, struct item *item)
{
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);

	rewapp__purchase_want(batch, item, programme);
	rewapp__ticket_want(batch, item, programme);
}

/* --- deciding ---------------------------------------------------------------------- */

enum rewapp_verdict rewapp__purchase_judge(struct batch *batch, const struct item *item,
	const struct member *member, const struct programme_row *programme)
{
	enum rewapp_verdict verdict;

	if (!programme)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!member)
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (rewapp__is_card(batch, member))
		return REWAPP_VERDICT_IS_A_CARD;
	if (!rewapp__member_may(batch, member, REWAPP_MEMBER_BLOCKED))
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (rewapp__account_is_closed(batch, member, programme) && !(item->command->flags & REWAPP_REFUND))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	if (strcmp(programme->rules->currency, item->command->currency) != 0)
		return REWAPP_VERDICT_WRONG_CURRENCY;
	verdict = rewapp__period_judge(batch, item, programme);
	return verdict == REWAPP_VERDICT_ACCEPTED ? (enum rewapp_verdict)item->match : verdict;
}

/* What is left of each limit, in the order of the programme's counters. */
static void rooms_of(struct batch *batch, const struct purchase *purchase, struct earn_facts *facts)
{
	struct counter_key keys[EARN_COUNTERS_MAX];
	size_t count = rewapp__earn_counters(purchase->rules, facts, keys);

	for (size_t i = 0; i < count; i++)
		if (keys[i].cap)
			facts->used[i] = rewapp__batch_used(batch, purchase->wallet, &keys[i]);
}

/* The member's purchases so far, this one included; counted from the day on which a rule first asks. */
static void number_of(struct batch *batch, const struct purchase *purchase, struct earn_facts *facts)
{
	struct counter_key key;
	const struct tally *tally;

	if (!rewapp__earn_nth_counter(purchase->rules, &key) ||
		!(tally = rewapp__batch_tally(batch, purchase->wallet, &key)))
		return;
	facts->nth = tally->total + tally->added + 1;
}

static void number_add(struct batch *batch, const struct purchase *purchase)
{
	struct counter_key key;
	struct tally *tally;

	if (!rewapp__earn_nth_counter(purchase->rules, &key) ||
		!(tally = rewapp__batch_tally(batch, purchase->wallet, &key)))
		return;
	rewapp__book_open(&batch->book, purchase->wallet->account); /* a purchase may give no points */
	rewapp__book_tally(&batch->book, tally, 1);
}

void rewapp__purchase_count(struct batch *batch, const struct purchase *purchase, const struct awards *awards)
{
	struct counter_key keys[EARN_COUNTERS_MAX];
	size_t count = rewapp__earn_counters(purchase->rules, purchase->facts, keys);

	for (size_t i = 0; i < count; i++)
		if (keys[i].cap && awards->counted[i])
			rewapp__batch_count(batch, purchase->wallet, &keys[i], awards->counted[i]);
}

/* The awards as the receipt tells them, and behind them the achievements that were reached. */
static int explain(struct batch *batch, struct item *item, const struct purchase *purchase,
	const struct awards *awards, const struct goal_sum *goals)
{
	struct rewapp_award *out = rewapp__arena_array(
		batch->arena, awards->count + goals->count, sizeof *out);

	if (!out)
		return rewapp__fail(REWAPP_E_NOMEMORY, "awards");
	for (size_t i = 0; i < awards->count; i++) {
		const struct award *award = &awards->list[i];

		strncpy(out[i].rule, rewapp__rule_id(purchase->rules, award->rule), sizeof out[i].rule - 1);
		out[i].reason = award->reason;
		out[i].version = purchase->version;
		out[i].points = award->points;
		out[i].distance = award->distance;
	}
	item->receipt->awards = out;
	for (size_t i = 0; i < goals->count; i++)
		out[awards->count + i] = goals->awards[i];
	item->receipt->award_count = awards->count + goals->count;
	return 0;
}

static int check_move(struct account *debit, struct account *credit, int64_t points)
{
	struct transfer transfer = {
		.code = REWAPP_CODE_AWARD, .debit = debit, .credit = credit, .amount = points
	};

	return rewapp__book_check(&transfer);
}

int rewapp__purchase_check_room(struct batch *batch, const struct purchase *purchase, int64_t points)
{
	struct account *wallet = purchase->wallet->account, *debt = purchase->wallet->debt;
	const ref funders[] = { 0, purchase->merchant };

	for (size_t i = 0; i < 2; i++) {
		struct account *funder = rewapp__batch_account(
			batch, purchase->programme->number, ACCOUNT_ISSUANCE, funders[i]);
		int error;

		if (!funder)
			return batch->failed;
		if ((error = check_move(funder, wallet, points)) < 0 ||
			(error = check_move(wallet, funder, points)) < 0 ||
			(error = check_move(debt, funder, points)) < 0)
			return error;
	}
	return 0;
}

static int credit(
	struct batch *batch, struct item *item, const struct purchase *purchase, ref funder, int64_t points)
{
	const struct programme *rules = purchase->rules;
	struct credit credit = {
		.code = REWAPP_CODE_AWARD,
		.points = points,
		.activates_ms = rewapp__programme_activates_ms(rules, purchase->occurred_ms),
		.expires_ms = rules->life_from == LIFE_FROM_PURCHASE
			? rewapp__programme_expires_ms(rules, purchase->occurred_ms)
			: LOT_SLIDES,
	};

	if (points == 0)
		return 0;
	credit.from = rewapp__batch_account(batch, purchase->programme->number, ACCOUNT_ISSUANCE, funder);
	if (!credit.from)
		return batch->failed;
	item->receipt->activates_ms = credit.activates_ms;
	item->receipt->expires_ms = credit.expires_ms == LOT_SLIDES ? purchase->wallet->activity.until_ms
								    : credit.expires_ms;
	return rewapp__wallet_credit(purchase->wallet, &batch->book, &credit, NULL);
}

/* The awards' stored form, and what the rules saw: most purchases need no other again. */
static int awards_keep(struct batch *batch, struct purchase *purchase, const struct awards *awards)
{
	struct pack whole;
	struct buffer bytes;
	int error;

	rewapp__pack_init(&whole, batch->arena);

	rewapp__buffer_init(&bytes, &batch->engine->env, AWARDS_BYTES_MAX);
	rewapp__awards_encode(awards, &bytes);
	error = bytes.failed;
	if (!error) {
		rewapp__pack_bytes(&whole, bytes.data, bytes.size);
		rewapp__facts_encode(purchase->facts, &whole);
		error = whole.failed ? REWAPP_E_NOMEMORY : 0;
	}
	purchase->awards = whole.data;
	purchase->awards_size = whole.size;
	rewapp__buffer_finish(&bytes);
	return error ? rewapp__fail(error, "awards") : 0;
}

static void record(struct batch *batch, const struct purchase *purchase)
{
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_PURCHASE,
			.purchase = { purchase->amount, purchase->version, purchase->mcc,
				purchase->occurred_ms, purchase->awards, purchase->awards_size } });
}

static struct purchase *purchase_new(struct batch *batch, const struct item *item, struct member *member,
	struct programme_row *programme, struct earn_facts *facts)
{
	struct purchase *purchase = rewapp__arena_take(batch->arena, sizeof *purchase);

	if (!purchase)
		return NULL;
	purchase->number = item->number;
	purchase->member = member;
	purchase->programme = programme;
	purchase->rules = programme->rules;
	purchase->version = programme->version;
	purchase->wallet = rewapp__batch_wallet_shut(batch, member, programme);
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): judge() accepts none without a merchant */
	purchase->merchant = item->merchant->number;
	purchase->facts = facts;
	purchase->amount = facts->amount;
	purchase->mcc = facts->mcc;
	purchase->occurred_ms = facts->occurred_ms;
	if (!purchase->wallet)
		return NULL;
	number_of(batch, purchase, facts);
	rooms_of(batch, purchase, facts);
	if (purchase->rules->tiers) /* the engine's own, whatever the till says */
		facts->tier = rewapp__tiers_look(batch, purchase->wallet, purchase->rules);
	return purchase;
}

static int award(struct batch *batch, struct item *item, struct purchase *purchase)
{
	struct goal_sum goals;
	int64_t most;
	struct awards awards;
	int error;

	if ((error = rewapp__earn_decide(purchase->rules, purchase->facts, &awards)) < 0)
		return error;
	if ((error = rewapp__goals_most(purchase->rules, awards.by_programme + awards.by_merchant, &most)) <
			0 ||
		(error = rewapp__referral_look(batch, item, purchase, &most)) < 0 ||
		(error = rewapp__purchase_check_room(batch, purchase, most)) < 0 ||
		(error = awards_keep(batch, purchase, &awards)) < 0)
		return error;
	rewapp__tiers_settle(batch, purchase->wallet, purchase->rules);
	rewapp__wallet_settle(purchase->wallet, &batch->book, batch->now_ms);
	if (purchase->rules->life_from != LIFE_FROM_PURCHASE && awards.by_programme + awards.by_merchant > 0)
		rewapp__wallet_active(purchase->wallet, &batch->book,
			rewapp__programme_expires_ms(purchase->rules, purchase->occurred_ms));
	if ((error = credit(batch, item, purchase, 0, awards.by_programme)) < 0 ||
		(error = credit(batch, item, purchase, purchase->merchant, awards.by_merchant)) < 0)
		return error;
	rewapp__purchase_count(batch, purchase, &awards);
	number_add(batch, purchase);
	rewapp__tiers_count(batch, purchase, rewapp__tiers_worth(purchase, &awards, purchase->amount));
	record(batch, purchase);
	item->receipt->points = awards.by_programme + awards.by_merchant;
	if ((error = rewapp__goals_count(batch, purchase, 0, purchase->amount, &goals)) < 0 ||
		(error = rewapp__referral_give(batch, purchase, &goals)) < 0 ||
		(error = explain(batch, item, purchase, &awards, &goals)) < 0)
		return error;
	item->receipt->points += goals.given;
	return rewapp__batch_add_purchase(batch, purchase);
}

int rewapp__purchase_make(struct batch *batch, struct item *item, struct member *member,
	struct programme_row *programme, struct earn_facts *facts)
{
	struct purchase *purchase = purchase_new(batch, item, member, programme, facts);
	int error;

	if (!purchase)
		return batch->failed ? batch->failed : rewapp__fail(REWAPP_E_NOMEMORY, "purchase");
	if ((error = award(batch, item, purchase)) < 0)
		return error;
	item->subject = item->number;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->amount = rewapp__points_worth(batch, programme, item->receipt->points);
	rewapp__receipt_of_wallet(batch, item, member, programme, purchase->wallet);
	rewapp__batch_event(batch, REWAPP_CODE_AWARD, member->number, item->receipt->points);
	return 0;
}

/* A likely merchant: the line is kept for a person to look at. */
static int keep_doubt(struct batch *batch, struct item *item, struct member *member,
	const struct programme_row *programme, const struct earn_facts *facts)
{
	if (!item->merchant)
		return 0;
	item->member = member;
	item->receipt->member = member->id;
	item->receipt->programme = programme->id;
	return rewapp__doubt_record(batch, item, member, programme, item->merchant->number, facts);
}

static int purchase_decide(struct batch *batch, struct item *item)
{
	struct member *member = rewapp__batch_member(batch, &item->command->member);
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	enum rewapp_verdict verdict;
	struct earn_facts *facts;
	int error;

	/* An earlier command of the batch may have put the merchant, or put it anew. */
	if (batch->marks.catalogue_changed &&
		(!item->command->descriptor || item->match == REWAPP_VERDICT_UNKNOWN_MERCHANT))
		rewapp__purchase_recognise(batch, item, programme);
	verdict = rewapp__purchase_judge(batch, item, member, programme);
	if (item->merchant)
		item->receipt->merchant = item->merchant->id;
	if (verdict != REWAPP_VERDICT_ACCEPTED)
		rewapp__refuse(item, verdict);
	if (verdict != REWAPP_VERDICT_ACCEPTED && verdict != REWAPP_VERDICT_NEEDS_REVIEW)
		return 0;
	if (!(facts = rewapp__purchase_facts(batch, item)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "purchase");
	if (verdict == REWAPP_VERDICT_NEEDS_REVIEW)
		return keep_doubt(batch, item, member, programme, facts);
	error = rewapp__ticket_keep(batch, item, member, programme);
	return error < 0 ? error : rewapp__purchase_make(batch, item, member, programme, facts);
}

const struct story rewapp__story_purchase = { purchase_want, purchase_decide };
