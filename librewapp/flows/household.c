/* JOIN, LIMIT, LEAVE: members share a wallet, each up to his own limits; and who of them spends. */
#include "flows/household.h"

#include "base/error.h"
#include "flows/gift_card.h"
#include "flows/read.h"
#include "flows/voucher.h"

/* --- who spends ---------------------------------------------------------------------------------- */

void rewapp__want_spender(struct batch *batch, struct item *item)
{
	if (!rewapp_id_is_zero(&item->command->spender))
		rewapp__want_member(batch, &item->command->spender,
			rewapp__batch_programme(batch, &item->command->programme));
}

static struct spending_window window_of(const struct programme *rules, int64_t at_ms)
{
	return (struct spending_window){ rewapp__programme_window(rules, WINDOW_DAY, at_ms),
		rewapp__programme_window(rules, WINDOW_MONTH, at_ms) };
}

static enum rewapp_verdict judge_spender(struct batch *batch, const struct wallet *wallet,
	const struct programme_row *programme, const struct member *member)
{
	if (!member)
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (!rewapp__household_sharer(wallet, member->number))
		return REWAPP_VERDICT_NOT_JOINED;
	if (!rewapp__member_may(batch, member, REWAPP_MEMBER_ACTIVE))
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (rewapp__account_is_closed(batch, member, programme))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	return REWAPP_VERDICT_ACCEPTED;
}

/* How many of the points he may not spend. */
static int64_t beyond(const struct batch *batch, const struct item *item, const struct wallet *wallet,
	const struct spender *spender, int64_t *points)
{
	const struct sharer *sharer = rewapp__household_sharer(wallet, spender->number);
	int64_t left = rewapp__household_left(wallet, sharer, &spender->window, batch->now_ms);

	if (item->command->flags & REWAPP_UP_TO && left > 0 && left < *points)
		*points = left;
	return *points > left ? *points - (left > 0 ? left : 0) : 0;
}

bool rewapp__spender_may(struct batch *batch, struct item *item, const struct wallet *wallet,
	const struct programme_row *programme, int64_t *points, struct spender *out)
{
	bool said = !rewapp_id_is_zero(&item->command->spender);
	enum rewapp_verdict verdict;

	*out = (struct spender){ .member = NULL };
	if (!said && wallet->sharer_count == 0)
		return true;
	if (!said)
		return rewapp__refuse(item, REWAPP_VERDICT_SPENDER_NEEDED) != 0;
	out->member = rewapp__batch_member(batch, &item->command->spender);
	verdict = judge_spender(batch, wallet, programme, out->member);
	if (verdict != REWAPP_VERDICT_ACCEPTED)
		return rewapp__refuse(item, verdict) != 0;
	out->number = out->member->number;
	out->window = window_of(programme->rules, batch->now_ms);
	item->receipt->shortfall = beyond(batch, item, wallet, out, points);
	if (item->receipt->shortfall)
		return rewapp__refuse(item, REWAPP_VERDICT_HOUSEHOLD_LIMIT) != 0;
	return true;
}

void rewapp__spender_holds(struct batch *batch, const struct spender *spender, struct hold_fact *fact)
{
	fact->spender = spender->member;
	if (spender->member)
		rewapp__household_hold(
			fact->wallet, &batch->book, fact->hold, spender->number, &spender->window);
}

void rewapp__spender_spends(struct batch *batch, const struct programme *rules, struct wallet *wallet, ref by,
	ref hold, int64_t points)
{
	if (by)
		rewapp__household_spend(wallet, &batch->book,
			&(struct spent){ .member = by,
				.hold = hold,
				.when = batch->effects.command,
				.points = points,
				.window = window_of(rules, batch->now_ms) });
}

void rewapp__spender_gets_back(struct batch *batch, const struct redemption *redemption, int64_t points)
{
	if (redemption->by)
		rewapp__household_spend(redemption->wallet, &batch->book,
			&(struct spent){ .member = redemption->by,
				.when = redemption->number,
				.points = -points,
				.window = redemption->window });
}

/* --- JOIN, LIMIT, LEAVE ---------------------------------------------------------------------------- */

static void household_want(struct batch *batch, struct item *item)
{
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);

	rewapp__want_member(batch, &item->command->target, programme);
	rewapp__want_member(batch, &item->command->member, programme);
}

static enum rewapp_verdict judge_members(
	struct batch *batch, const struct member *household, const struct member *member, bool joins)
{
	if (!household || !member)
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (rewapp__is_card(batch, household) || rewapp__is_card(batch, member))
		return REWAPP_VERDICT_IS_A_CARD;
	if (joins &&
		(!rewapp__member_may(batch, household, REWAPP_MEMBER_BLOCKED) ||
			!rewapp__member_may(batch, member, REWAPP_MEMBER_BLOCKED)))
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	return REWAPP_VERDICT_ACCEPTED;
}

static enum rewapp_verdict judge_change(struct batch *batch, const struct wallet *wallet,
	const struct programme_row *programme, const struct member *member, int kind)
{
	bool shares = rewapp__household_sharer(wallet, member->number) != NULL;

	if (kind != REWAPP_KIND_JOIN)
		return shares ? REWAPP_VERDICT_ACCEPTED : REWAPP_VERDICT_NOT_JOINED;
	if (shares)
		return REWAPP_VERDICT_ALREADY_JOINED;
	if (wallet->closed_ms || rewapp__account_is_closed(batch, member, programme))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	return wallet->sharer_count < HOUSEHOLD_MAX ? REWAPP_VERDICT_ACCEPTED : REWAPP_VERDICT_HOUSEHOLD_FULL;
}

/* What he has on hold goes back to the household. */
static int64_t end_holds(struct batch *batch, struct wallet *wallet, ref member)
{
	int64_t points = 0;

	for (size_t i = 0; i < wallet->hold_count; i++) {
		struct hold *hold = wallet->holds[i];

		if (hold->state != HOLD_OPEN || hold->by != member)
			continue;
		points += hold->amount;
		rewapp__wallet_release(wallet, &batch->book, hold, REWAPP_CODE_RELEASE, HOLD_VOIDED);
		rewapp__voucher_voided(batch, wallet, hold);
	}
	return points;
}

static int carry_out(
	struct batch *batch, struct item *item, struct wallet *wallet, const struct member *member)
{
	const struct rewapp_command *command = item->command;
	const struct spending limit = { command->day_limit, command->month_limit, command->total_limit };

	if (command->kind != REWAPP_KIND_LEAVE)
		return rewapp__household_join(wallet, &batch->book, member->number, &limit);
	item->receipt->points = end_holds(batch, wallet, member->number);
	rewapp__household_leave(wallet, &batch->book, member->number);
	return 0;
}

static int household_decide(struct batch *batch, struct item *item)
{
	struct member *household = rewapp__batch_member(batch, &item->command->target);
	struct member *member = rewapp__batch_member(batch, &item->command->member);
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	enum rewapp_verdict verdict = programme
		? judge_members(batch, household, member, item->command->kind == REWAPP_KIND_JOIN)
		: REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	struct wallet *wallet;
	int error;

	if (verdict != REWAPP_VERDICT_ACCEPTED)
		return rewapp__refuse(item, verdict);
	if (!(wallet = rewapp__batch_wallet(batch, household, programme)))
		return batch->failed;
	rewapp__wallet_settle(wallet, &batch->book, batch->now_ms);
	verdict = judge_change(batch, wallet, programme, member, item->command->kind);
	item->receipt->verdict = verdict;
	if (verdict == REWAPP_VERDICT_ACCEPTED) {
		if ((error = carry_out(batch, item, wallet, member)) < 0)
			return error;
		rewapp__batch_event(batch, 0, household->number, item->receipt->points);
	}
	item->receipt->amount = rewapp__points_worth(batch, programme, item->receipt->points);
	rewapp__receipt_of_wallet(batch, item, household, programme, wallet);
	return 0;
}

const struct story rewapp__story_join = { household_want, household_decide };
const struct story rewapp__story_limit = { household_want, household_decide };
const struct story rewapp__story_leave = { household_want, household_decide };

/* --- the question ---------------------------------------------------------------------------------- */

static bool has_limit(const struct spending *limit)
{
	return limit->day || limit->month || limit->total;
}

static struct rewapp_sharer tell(const struct wallet *wallet, const struct sharer *sharer,
	const struct spending_window *window, int64_t now_ms)
{
	struct spending spent = rewapp__household_spent(sharer, window);
	int64_t left = rewapp__household_left(wallet, sharer, window, now_ms);

	return (struct rewapp_sharer){
		.day_limit = sharer->limit.day,
		.month_limit = sharer->limit.month,
		.total_limit = sharer->limit.total,
		.day_spent = spent.day,
		.month_spent = spent.month,
		.total_spent = spent.total,
		.held = rewapp__household_held(wallet, sharer->member, now_ms),
		.left = !has_limit(&sharer->limit) ? -1
			: left < 0                 ? 0
						   : left,
	};
}

static int list(struct batch *batch, const struct wallet *wallet, const struct programme *rules,
	struct rewapp_sharer *out)
{
	struct spending_window window = window_of(rules, batch->now_ms);
	int error;

	for (size_t i = 0; i < wallet->sharer_count; i++)
		rewapp__want_member_number(batch, wallet->sharers[i].member);
	if ((error = rewapp__batch_load(batch)) < 0)
		return error;
	for (size_t i = 0; i < wallet->sharer_count; i++) {
		const struct member *member = rewapp__want_member_number(batch, wallet->sharers[i].member);

		if (!member)
			return batch->failed;
		out[i] = tell(wallet, &wallet->sharers[i], &window, batch->now_ms);
		out[i].member = member->id;
	}
	return 0;
}

static int read_household(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *household, const struct rewapp_sharer **out, size_t *count)
{
	struct rewapp_sharer *found;
	struct programme_row *row;
	struct wallet *wallet;
	struct batch batch;
	int error;

	*count = 0;
	if ((error = rewapp__read_programme(engine, programme, &row)) < 0 ||
		(error = rewapp__read_wallet(&batch, engine, row, household, &wallet)) < 0)
		return error;
	if (!(found = rewapp__arena_array(&engine->arena, wallet->sharer_count, sizeof *found)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "household");
	if ((error = list(&batch, wallet, row->rules, found)) < 0)
		return error;
	*out = found;
	*count = wallet->sharer_count;
	return 0;
}

int rewapp__read_household(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *household, const struct rewapp_sharer **out, size_t *count)
{
	int error = read_household(engine, programme, household, out, count);

	rewapp__engine_end(engine);
	return error;
}
