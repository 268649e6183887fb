/* The oracle: points on hold, spent, and given back. */
#include "sim/oracle_parts.h"

/* --- holds ---------------------------------------------------------------------------------- */

static int hold_verdict(const struct sim_oracle *oracle, const struct sim_command *command, int programme)
{
	if (programme == SIM_NOBODY)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!rewapp__sim_has_member(oracle, command->member))
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (oracle->members[command->member].status != REWAPP_MEMBER_ACTIVE)
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (rewapp__sim_is_closed(oracle, programme, command->member))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	if (command->merchant != SIM_NOBODY && !rewapp__sim_has_merchant(oracle, command->merchant))
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	return REWAPP_VERDICT_ACCEPTED;
}

/* A token counts in seconds, and its life in steps of ten. */
static void set_times(
	const struct sim_oracle *oracle, const struct sim_command *command, struct sim_hold *hold)
{
	int64_t ttl_ms = command->ttl_ms ? command->ttl_ms : REWAPP_HOLD_TTL_MS;

	hold->issued_ms = oracle->now_ms;
	if (command->kind == REWAPP_KIND_MINT) {
		hold->issued_ms -= oracle->now_ms % 1000;
		ttl_ms = ttl_ms < 10000 ? 10000 : ttl_ms - ttl_ms % 10000;
	}
	hold->expires_ms = hold->issued_ms + ttl_ms;
}

void rewapp__sim_do_hold(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	static const struct sim_choice any = { .active_only = true, .only = SIM_NOBODY, .but = SIM_NOBODY };
	struct sim_past *past = &oracle->pasts[oracle->now];
	int programme = rewapp__sim_programme_meant(oracle, command->programme);
	int verdict = hold_verdict(oracle, command, programme);
	int64_t points = command->points, there;
	struct sim_wallet *wallet;
	struct sim_hold *hold;

	if (verdict != REWAPP_VERDICT_ACCEPTED) {
		rewapp__sim_refuse(answer, verdict);
		return;
	}
	wallet = rewapp__sim_wallet(oracle, programme, command->member);
	rewapp__sim_settle(oracle, wallet);
	there = rewapp__sim_spendable(wallet, oracle->now_ms);
	if (command->flags & REWAPP_UP_TO && there && points > there)
		points = there;
	if (points > there) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_INSUFFICIENT_POINTS);
		rewapp__sim_tell_wallet(oracle, wallet, answer);
		return;
	}
	if (!(hold = SIM_ADD(oracle, wallet->holds, wallet->hold_count, wallet->hold_capacity)))
		return;
	*hold = (struct sim_hold){ .command = oracle->now, .merchant = command->merchant, .points = points };
	set_times(oracle, command, hold);
	rewapp__sim_take(oracle, wallet, points, &any, hold);
	wallet->debits_pending += points;
	rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_HOLD, -points, oracle->now_ms);
	past->hold = wallet->hold_count - 1;
	past->wallet = (int)(wallet - oracle->wallets);
	rewapp__sim_accept(oracle, wallet, REWAPP_CODE_HOLD, points, answer);
	answer->receipt.amount = rewapp__sim_worth_of(&oracle->programmes[programme].rules, points);
	answer->receipt.merchant = rewapp__sim_merchant_id(command->merchant);
	answer->receipt.expires_ms = hold->expires_ms;
}

/* The hold that a command made, with its wallet; NULL when it made none. */
static struct sim_hold *hold_of(
	struct sim_oracle *oracle, int number, bool spends, struct sim_wallet **wallet)
{
	struct sim_past *past = rewapp__sim_known(oracle, number);

	if (!past || past->hold == SIM_NOBODY || past->spends != spends)
		return NULL;
	*wallet = &oracle->wallets[past->wallet];
	return &(*wallet)->holds[past->hold];
}

static int closed_verdict(const struct sim_hold *hold, int64_t now_ms)
{
	switch (hold->state) {
	case SIM_HOLD_POSTED:
		return REWAPP_VERDICT_SPENT;
	case SIM_HOLD_VOIDED:
		return REWAPP_VERDICT_HOLD_CLOSED;
	case SIM_HOLD_TIMED_OUT:
		return REWAPP_VERDICT_EXPIRED;
	default:
		return hold->expires_ms <= now_ms ? REWAPP_VERDICT_EXPIRED : REWAPP_VERDICT_ACCEPTED;
	}
}

static int spend_verdict(struct sim_oracle *oracle, const struct sim_wallet *wallet,
	const struct sim_hold *hold, const struct sim_command *command)
{
	int verdict;

	if (!rewapp__sim_has_merchant(oracle, command->merchant))
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	if (hold->merchant != SIM_NOBODY && hold->merchant != command->merchant)
		return REWAPP_VERDICT_WRONG_MERCHANT;
	if ((verdict = closed_verdict(hold, oracle->now_ms)) != REWAPP_VERDICT_ACCEPTED)
		return verdict;
	if (oracle->members[rewapp__sim_member_of(oracle, wallet)].status != REWAPP_MEMBER_ACTIVE)
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	return command->points > hold->points && !(command->flags & REWAPP_UP_TO)
		? REWAPP_VERDICT_HOLD_EXCEEDED
		: REWAPP_VERDICT_ACCEPTED;
}

static void do_spend(struct sim_oracle *oracle, const struct sim_command *command, int number,
	int unknown_verdict, struct sim_answer *answer)
{
	struct sim_past *past = &oracle->pasts[oracle->now];
	struct sim_wallet *wallet;
	struct sim_hold *hold = hold_of(oracle, number, false, &wallet);
	struct sim_line *line;
	int64_t points;
	int verdict;

	if (!hold) {
		rewapp__sim_refuse(answer, unknown_verdict);
		return;
	}
	verdict = spend_verdict(oracle, wallet, hold, command);
	if (verdict != REWAPP_VERDICT_UNKNOWN_MERCHANT)
		answer->receipt.merchant = rewapp__sim_merchant_id(command->merchant);
	if (verdict != REWAPP_VERDICT_ACCEPTED) {
		rewapp__sim_refuse(answer, verdict);
		return;
	}
	points = command->points && command->points < hold->points ? command->points : hold->points;
	rewapp__sim_settle(oracle, wallet);
	rewapp__sim_end_hold(wallet, hold, SIM_HOLD_POSTED, points);
	if ((line = rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_REDEMPTION, -points, oracle->now_ms)))
		line->merchant = command->merchant;
	rewapp__sim_pay_debt(oracle, wallet, oracle->now_ms);
	past->hold = (int)(hold - wallet->holds);
	past->wallet = (int)(wallet - oracle->wallets);
	past->spends = true;
	rewapp__sim_accept(oracle, wallet, REWAPP_CODE_REDEMPTION, points, answer);
	answer->receipt.amount = rewapp__sim_worth_of(
		&oracle->programmes[rewapp__sim_programme_of(oracle, wallet)].rules, points);
}

void rewapp__sim_do_post(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	do_spend(oracle, command, command->target, REWAPP_VERDICT_UNKNOWN_HOLD, answer);
}

void rewapp__sim_do_redeem(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	const struct sim_past *mint = rewapp__sim_known(oracle, command->token);
	bool ours = mint && mint->command.kind == REWAPP_KIND_MINT && mint->told && !command->forged;

	do_spend(oracle, command, ours ? command->token : SIM_NOBODY, REWAPP_VERDICT_FORGED, answer);
}

void rewapp__sim_do_void(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	struct sim_wallet *wallet;
	struct sim_hold *hold = hold_of(oracle, command->target, false, &wallet);

	if (!hold) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_UNKNOWN_HOLD);
		return;
	}
	if (closed_verdict(hold, oracle->now_ms) != REWAPP_VERDICT_ACCEPTED) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_HOLD_CLOSED);
		return;
	}
	rewapp__sim_settle(oracle, wallet);
	rewapp__sim_end_hold(wallet, hold, SIM_HOLD_VOIDED, 0);
	rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_RELEASE, hold->points, oracle->now_ms);
	rewapp__sim_pay_debt(oracle, wallet, oracle->now_ms);
	rewapp__sim_accept(oracle, wallet, REWAPP_CODE_RELEASE, hold->points, answer);
}

int rewapp__sim_judge_token(struct sim_oracle *oracle, int mint, int merchant, int64_t now_ms)
{
	struct sim_wallet *wallet;
	const struct sim_hold *hold = hold_of(oracle, mint, false, &wallet);
	int verdict;

	if (!hold)
		return REWAPP_VERDICT_FORGED;
	if (merchant != SIM_NOBODY && !rewapp__sim_has_merchant(oracle, merchant))
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	if (merchant != SIM_NOBODY && hold->merchant != SIM_NOBODY && hold->merchant != merchant)
		return REWAPP_VERDICT_WRONG_MERCHANT;
	if ((verdict = closed_verdict(hold, now_ms)) != REWAPP_VERDICT_ACCEPTED)
		return verdict;
	return oracle->members[rewapp__sim_member_of(oracle, wallet)].status == REWAPP_MEMBER_ACTIVE
		? REWAPP_VERDICT_ACCEPTED
		: REWAPP_VERDICT_MEMBER_BLOCKED;
}

/* --- by hand, back, and in time ------------------------------------------------------------- */

/* Points come back from the last that were taken: the spent ones are laid out, and walked back. */
static void restore(struct sim_wallet *wallet, const struct sim_hold *hold, int64_t points)
{
	int64_t until = hold->posted - hold->reversed, from = until - points, at = 0;

	for (int i = 0; i < hold->share_count; at += hold->shares[i++].points) {
		int64_t end = at + hold->shares[i].points;
		int64_t low = at > from ? at : from, high = end < until ? end : until;

		wallet->lots[hold->shares[i].lot].remaining += high > low ? high - low : 0;
	}
}

void rewapp__sim_do_reverse(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	struct sim_wallet *wallet;
	struct sim_hold *hold = hold_of(oracle, command->target, true, &wallet);
	struct sim_line *line;
	int64_t left, points;

	if (!hold) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_UNKNOWN_REDEMPTION);
		return;
	}
	left = hold->posted - hold->reversed;
	points = command->points ? command->points : left;
	if (command->flags & REWAPP_UP_TO && points > left)
		points = left;
	if (left == 0 || points > left) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_REVERSAL_EXCEEDS);
		return;
	}
	rewapp__sim_settle(oracle, wallet);
	restore(wallet, hold, points);
	hold->reversed += points;
	if ((line = rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_REVERSAL, points, oracle->now_ms)))
		line->merchant = oracle->pasts[command->target].command.merchant;
	rewapp__sim_pay_debt(oracle, wallet, oracle->now_ms);
	rewapp__sim_settle(oracle, wallet);
	rewapp__sim_accept(oracle, wallet, REWAPP_CODE_REVERSAL, points, answer);
	answer->receipt.merchant = rewapp__sim_merchant_id(oracle->pasts[command->target].command.merchant);
	answer->receipt.amount = rewapp__sim_worth_of(
		&oracle->programmes[rewapp__sim_programme_of(oracle, wallet)].rules, points);
}
