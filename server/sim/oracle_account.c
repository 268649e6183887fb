/* The oracle: accounts of members, what they give one another, and who is forgotten: docs/accounts.md. */
#include "sim/oracle_parts.h"

#include <stdlib.h>

/* --- TRANSFER ------------------------------------------------------------------------------------ */

static int transfer_verdict(const struct sim_oracle *oracle, const struct sim_command *command, int programme)
{
	if (programme == SIM_NOBODY)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!rewapp__sim_has_member(oracle, command->member) ||
		!rewapp__sim_has_member(oracle, command->taker))
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (oracle->members[command->member].status != REWAPP_MEMBER_ACTIVE ||
		oracle->members[command->taker].status == REWAPP_MEMBER_CLOSED)
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (rewapp__sim_is_closed(oracle, programme, command->member) ||
		rewapp__sim_is_closed(oracle, programme, command->taker))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	return oracle->programmes[programme].rules.transfers ? REWAPP_VERDICT_ACCEPTED
							     : REWAPP_VERDICT_NOT_TRANSFERABLE;
}

static bool is_within(const struct sim_programme *rules, int64_t points)
{
	return points >= rules->least && (!rules->most || points <= rules->most);
}

/* What leaves the giver's lots arrives as lots that are the same but for their owner. */
static void give(struct sim_oracle *oracle, struct sim_wallet *from, struct sim_wallet *to, int64_t points)
{
	static const struct sim_choice any = { .active_only = true, .only = SIM_NOBODY, .but = SIM_NOBODY };
	struct sim_hold given = { 0 };

	rewapp__sim_add_line(oracle, from, REWAPP_CODE_TRANSFER, -points, oracle->now_ms);
	rewapp__sim_take(oracle, from, points, &any, &given);
	for (int i = 0; i < given.share_count; i++) {
		const struct sim_lot *lot = &from->lots[given.shares[i].lot];
		int64_t part = given.shares[i].points;
		struct sim_line *line = rewapp__sim_add_line(
			oracle, to, REWAPP_CODE_TRANSFER, part, oracle->now_ms);
		struct sim_lot *arrived = SIM_ADD(oracle, to->lots, to->lot_count, to->lot_capacity);

		if (!line || !arrived)
			break;
		line->activates_ms = lot->activates_ms;
		line->expires_ms = lot->expires_ms;
		*arrived = (struct sim_lot){ lot->command, part, part, lot->activates_ms, lot->expires_ms };
	}
	free(given.shares);
	rewapp__sim_pay_debt(oracle, to, oracle->now_ms);
}

/* What the transfer comes to; *points: how many are given. */
static int amount_verdict(
	const struct sim_programme *rules, const struct sim_command *command, int64_t there, int64_t *points)
{
	*points = command->points;
	if (!is_within(rules, *points))
		return REWAPP_VERDICT_TRANSFER_LIMIT;
	if (command->flags & REWAPP_UP_TO && there && *points > there)
		*points = there;
	if (*points > there)
		return REWAPP_VERDICT_INSUFFICIENT_POINTS;
	return is_within(rules, *points) ? REWAPP_VERDICT_ACCEPTED : REWAPP_VERDICT_TRANSFER_LIMIT;
}

void rewapp__sim_do_transfer(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	int programme = rewapp__sim_programme_meant(oracle, command->programme);
	int verdict = transfer_verdict(oracle, command, programme);
	const struct sim_programme *rules;
	struct sim_wallet *from, *to;
	int64_t points;

	if (verdict != REWAPP_VERDICT_ACCEPTED) {
		rewapp__sim_refuse(answer, verdict);
		return;
	}
	rules = &oracle->programmes[programme].rules;
	from = rewapp__sim_wallet(oracle, programme, command->member);
	to = rewapp__sim_wallet(oracle, programme, command->taker);
	rewapp__sim_settle(oracle, from);
	rewapp__sim_settle(oracle, to);
	verdict = amount_verdict(rules, command, rewapp__sim_spendable(from, oracle->now_ms), &points);
	rewapp__sim_refuse(answer, verdict);
	if (verdict == REWAPP_VERDICT_ACCEPTED) {
		give(oracle, from, to, points);
		answer->receipt.points = points;
		answer->receipt.amount = rewapp__sim_worth_of(rules, points);
		rewapp__sim_add_event(oracle, command->kind, REWAPP_CODE_TRANSFER, command->member, -points);
		rewapp__sim_add_event(oracle, command->kind, REWAPP_CODE_TRANSFER, command->taker, points);
	}
	rewapp__sim_tell_wallet(oracle, from, answer);
}

/* --- CLOSE_ACCOUNT, REOPEN_ACCOUNT --------------------------------------------------------------- */

static int account_verdict(const struct sim_oracle *oracle, int programme, int member, bool closes)
{
	if (programme == SIM_NOBODY)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!rewapp__sim_has_member(oracle, member))
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (rewapp__sim_is_closed(oracle, programme, member) != closes)
		return REWAPP_VERDICT_ACCEPTED;
	return closes ? REWAPP_VERDICT_ACCOUNT_CLOSED : REWAPP_VERDICT_ACCOUNT_OPEN;
}

static int64_t all_points(const struct sim_wallet *wallet)
{
	int64_t points = 0;

	for (int i = 0; i < wallet->lot_count; i++)
		points += wallet->lots[i].remaining;
	return points;
}

static void forfeit(struct sim_oracle *oracle, struct sim_wallet *wallet)
{
	int64_t points = all_points(wallet);

	if (points)
		rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_FORFEIT, -points, oracle->now_ms);
	for (int i = 0; i < wallet->lot_count; i++)
		wallet->lots[i].remaining = 0;
}

/* An account that closes is empty, or is emptied. */
static int close_account(struct sim_oracle *oracle, struct sim_wallet *wallet, bool gives_up, int64_t *points)
{
	rewapp__sim_settle(oracle, wallet);
	*points = 0;
	if (wallet->debt)
		return REWAPP_VERDICT_MEMBER_OWES;
	if (all_points(wallet) + wallet->debits_pending > 0 && !gives_up)
		return REWAPP_VERDICT_ACCOUNT_NOT_EMPTY;
	*points = all_points(wallet) + wallet->debits_pending;
	rewapp__sim_release_all(oracle, wallet);
	forfeit(oracle, wallet);
	wallet->closed_ms = oracle->now_ms;
	return REWAPP_VERDICT_ACCEPTED;
}

static void change_account(
	struct sim_oracle *oracle, const struct sim_command *command, bool closes, struct sim_answer *answer)
{
	int programme = rewapp__sim_programme_meant(oracle, command->programme);
	int verdict = account_verdict(oracle, programme, command->member, closes);
	struct sim_wallet *wallet;
	int64_t points = 0;

	if (verdict != REWAPP_VERDICT_ACCEPTED) {
		rewapp__sim_refuse(answer, verdict);
		return;
	}
	wallet = rewapp__sim_wallet(oracle, programme, command->member);
	if (closes)
		verdict = close_account(oracle, wallet, command->flags & REWAPP_FORFEIT, &points);
	else
		wallet->closed_ms = 0;
	if (verdict == REWAPP_VERDICT_ACCEPTED) {
		rewapp__sim_accept(oracle, wallet, 0, points, answer);
	} else {
		rewapp__sim_refuse(answer, verdict);
		rewapp__sim_tell_wallet(oracle, wallet, answer);
	}
	answer->receipt.amount = rewapp__sim_worth_of(&oracle->programmes[programme].rules, points);
}

void rewapp__sim_do_close_account(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	change_account(oracle, command, true, answer);
}

void rewapp__sim_do_reopen_account(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	change_account(oracle, command, false, answer);
}

/* --- ERASE --------------------------------------------------------------------------------------- */

/* All that a wallet has goes to breakage; what a hold gives back too late is not told among it. */
static int64_t empty(struct sim_oracle *oracle, struct sim_wallet *wallet)
{
	struct sim_worth worth;

	rewapp__sim_settle(oracle, wallet);
	rewapp__sim_release_all(oracle, wallet);
	rewapp__sim_worth(wallet, oracle->now_ms, &worth);
	forfeit(oracle, wallet);
	return worth.available + worth.pending;
}

void rewapp__sim_do_erase(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	int member = command->member;

	if (!rewapp__sim_has_member(oracle, member)) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_UNKNOWN_MEMBER);
		return;
	}
	for (int programme = 0; programme < SIM_PROGRAMMES_MAX; programme++)
		answer->receipt.points += empty(oracle, rewapp__sim_wallet(oracle, programme, member));
	oracle->members[member].there = false;
	oracle->members[member].erased = true;
	oracle->members[member].status = REWAPP_MEMBER_ERASED;
	answer->receipt.member = rewapp__sim_member_id(member);
	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	rewapp__sim_add_event(oracle, command->kind, 0, member, answer->receipt.points);
}
