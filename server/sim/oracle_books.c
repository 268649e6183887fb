/* The oracle: what is booked by hand, by time, and for good. */
#include "sim/oracle_parts.h"

void rewapp__sim_do_adjust(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	static const struct sim_choice any = { .active_only = true, .only = SIM_NOBODY, .but = SIM_NOBODY };
	int programme = rewapp__sim_programme_meant(oracle, command->programme);
	int64_t points = command->points, there;
	struct sim_credit credit = { REWAPP_CODE_ADJUSTMENT, SIM_NOBODY, points, oracle->now_ms,
		oracle->now_ms, command->ttl_ms ? oracle->now_ms + command->ttl_ms : 0 };
	struct sim_wallet *wallet;

	if (programme == SIM_NOBODY || !rewapp__sim_has_member(oracle, command->member)) {
		rewapp__sim_refuse(answer,
			programme == SIM_NOBODY ? REWAPP_VERDICT_UNKNOWN_PROGRAMME
						: REWAPP_VERDICT_UNKNOWN_MEMBER);
		return;
	}
	if (rewapp__sim_is_closed(oracle, programme, command->member)) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_ACCOUNT_CLOSED);
		return;
	}
	wallet = rewapp__sim_wallet(oracle, programme, command->member);
	rewapp__sim_settle(oracle, wallet);
	there = rewapp__sim_spendable(wallet, oracle->now_ms);
	if (command->flags & REWAPP_UP_TO && there && points < -there)
		points = -there;
	if (points < 0 && there < -points) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_INSUFFICIENT_POINTS);
		rewapp__sim_tell_wallet(oracle, wallet, answer);
		return;
	}
	if (points > 0) {
		answer->receipt.expires_ms = credit.expires_ms;
		rewapp__sim_credit(oracle, wallet, &credit);
	} else {
		rewapp__sim_take(oracle, wallet, -points, &any, NULL);
		rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_ADJUSTMENT, points, oracle->now_ms);
	}
	rewapp__sim_accept(oracle, wallet, REWAPP_CODE_ADJUSTMENT, points, answer);
}

void rewapp__sim_do_sweep(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	for (size_t i = 0; i < sizeof oracle->wallets / sizeof *oracle->wallets; i++)
		answer->receipt.points += rewapp__sim_settle(oracle, &oracle->wallets[i]);
	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	rewapp__sim_add_event(oracle, command->kind, REWAPP_CODE_EXPIRY, SIM_NOBODY, answer->receipt.points);
}

/* --- periods ----------------------------------------------------------------------------------- */

static bool lies_before(int64_t due_ms, int64_t until_ms)
{
	return due_ms && due_ms < until_ms;
}

/* What was due is recorded by an earlier call, or not in time. */
static int close_verdict(struct sim_oracle *oracle, int programme, int64_t until_ms)
{
	if (until_ms <= oracle->programmes[programme].closed_ms)
		return REWAPP_VERDICT_PERIOD_CLOSED;
	if (until_ms > oracle->now_ms - REWAPP_PERIOD_SETTLE_MS)
		return REWAPP_VERDICT_PERIOD_OPEN;
	return lies_before(oracle->programmes[programme].due_ms, until_ms) ||
			lies_before(rewapp__sim_due_in(oracle, programme), until_ms)
		? REWAPP_VERDICT_PERIOD_NOT_SWEPT
		: REWAPP_VERDICT_ACCEPTED;
}

void rewapp__sim_do_close(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	int programme = rewapp__sim_programme_meant(oracle, command->programme);
	struct sim_period *period;

	if (programme == SIM_NOBODY) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_UNKNOWN_PROGRAMME);
		return;
	}
	answer->receipt.programme = rewapp__sim_programme_id(programme);
	answer->receipt.verdict = close_verdict(oracle, programme, command->occurred_ms);
	if (answer->receipt.verdict != REWAPP_VERDICT_ACCEPTED)
		return;
	oracle->programmes[programme].closed_ms = command->occurred_ms;
	period = SIM_ADD(oracle, oracle->periods, oracle->period_count, oracle->period_capacity);
	if (period)
		*period = (struct sim_period){ programme, oracle->now, command->occurred_ms, oracle->now_ms };
	rewapp__sim_add_event(oracle, command->kind, 0, SIM_NOBODY, 0);
}
