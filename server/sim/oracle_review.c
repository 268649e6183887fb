/* The oracle: lines that wait for a person, and the answers: docs/review.md. */
#include "sim/oracle_parts.h"

/* A line can be answered in a later call than that which brought it. */
static bool can_be_answered(const struct sim_oracle *oracle, int line)
{
	return line >= 0 && line < oracle->past_count && oracle->pasts[line].known &&
		oracle->pasts[line].call != oracle->calls;
}

static struct sim_waiting *waiting_of(struct sim_oracle *oracle, int line)
{
	for (int i = 0; i < oracle->waiting_count; i++)
		if (oracle->waiting[i].command == line)
			return &oracle->waiting[i];
	return NULL;
}

void rewapp__sim_doubt(
	struct sim_oracle *oracle, const struct sim_command *command, int programme, int candidate)
{
	struct sim_waiting *line = SIM_ADD(
		oracle, oracle->waiting, oracle->waiting_count, oracle->waiting_capacity);

	if (line)
		*line = (struct sim_waiting){ .command = oracle->now,
			.programme = programme,
			.candidate = candidate,
			.answer = SIM_NOBODY,
			.occurred_ms = rewapp__sim_occurred(oracle, command) };
}

void rewapp__sim_supersede(struct sim_oracle *oracle, int line)
{
	struct sim_waiting *waiting = waiting_of(oracle, line);

	if (waiting)
		waiting->answer = oracle->now;
}

void rewapp__sim_pass(struct sim_oracle *oracle, int programme, int member, struct sim_answer *answer)
{
	rewapp__sim_tell_wallet(oracle, rewapp__sim_wallet(oracle, programme, member), answer);
	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	rewapp__sim_add_event(oracle, oracle->pasts[oracle->now].command.kind, 0, member, 0);
}

/* --- CONFIRM ------------------------------------------------------------------------------------- */

static int confirm_verdict(
	const struct sim_oracle *oracle, const struct sim_command *command, const struct sim_waiting *line)
{
	int member = line ? oracle->pasts[line->command].command.member : SIM_NOBODY;

	if (!line || !can_be_answered(oracle, line->command))
		return REWAPP_VERDICT_UNKNOWN_BANK_LINE;
	if (line->answer != SIM_NOBODY)
		return REWAPP_VERDICT_LINE_ANSWERED;
	if (command->flags & REWAPP_NOBODY)
		return REWAPP_VERDICT_ACCEPTED;
	if (!rewapp__sim_has_member(oracle, member) || oracle->members[member].status == REWAPP_MEMBER_CLOSED)
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (rewapp__sim_is_closed(oracle, line->programme, member))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	if (!rewapp__sim_has_merchant(oracle, command->merchant))
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	return line->occurred_ms > oracle->now_ms + SIM_DAY_MS ? REWAPP_VERDICT_TOO_OLD
							       : REWAPP_VERDICT_ACCEPTED;
}

/* The text of who is erased cannot be read any more. */
static void learn(struct sim_oracle *oracle, struct sim_waiting *line, int merchant, int votes)
{
	struct sim_learnt *learnt;

	if (!rewapp__sim_has_member(oracle, oracle->pasts[line->command].command.member))
		return;
	learnt = SIM_ADD(oracle, oracle->learnt, oracle->learnt_count, oracle->learnt_capacity);

	if (learnt)
		*learnt = (struct sim_learnt){ oracle->now, line->command, merchant, votes, SIM_NOBODY };
	line->taught = true;
}

/* The line earns as it would have, by the rules of now. */
static void earn(
	struct sim_oracle *oracle, const struct sim_waiting *line, int merchant, struct sim_answer *answer)
{
	const struct sim_command *told = &oracle->pasts[line->command].command;
	struct sim_sale sale = { line->programme, told->member, merchant, told->mcc,
		oracle->merchants[merchant].document, told->amount, told->unpaid, line->occurred_ms, told };

	answer->receipt.merchant = rewapp__sim_merchant_id(merchant);
	rewapp__sim_sell(oracle, &sale, answer);
}

/* The purchase may have been told by another source meanwhile. */
static struct sim_sighting *told_meanwhile(
	struct sim_oracle *oracle, const struct sim_sighting *seen, int merchant)
{
	struct sim_sighting line;

	if (!seen)
		return NULL;
	line = *seen;
	line.merchant = merchant;
	return rewapp__sim_told_before(oracle, &line);
}

static void confirm(struct sim_oracle *oracle, const struct sim_command *command, struct sim_waiting *line,
	struct sim_answer *answer)
{
	struct sim_sighting *seen = rewapp__sim_sighting_of(oracle, line->command);
	struct sim_sighting *told = told_meanwhile(oracle, seen, command->merchant);

	if (told)
		rewapp__sim_pass(
			oracle, line->programme, oracle->pasts[line->command].command.member, answer);
	else
		earn(oracle, line, command->merchant, answer);
	learn(oracle, line, command->merchant, 1);
	line->answer = oracle->now;
	if (!seen)
		return;
	seen->merchant = command->merchant;
	seen->outcome = told ? REWAPP_OUTCOME_JOINED : REWAPP_OUTCOME_MATCHED;
	seen->purchase = told ? told->purchase : oracle->now;
	seen->other = told ? told->command : SIM_NOBODY;
	answer->receipt.outcome = seen->outcome;
}

/* The line names nobody. */
static void dismiss(struct sim_oracle *oracle, struct sim_waiting *line, struct sim_answer *answer)
{
	struct sim_sighting *seen = rewapp__sim_sighting_of(oracle, line->command);

	rewapp__sim_pass(oracle, line->programme, oracle->pasts[line->command].command.member, answer);
	learn(oracle, line, line->candidate, -1);
	line->answer = oracle->now;
	if (seen) {
		seen->outcome = answer->receipt.outcome = REWAPP_OUTCOME_DISMISSED;
		seen->purchase = seen->other = SIM_NOBODY;
	}
}

/* A refund that waits, or waited, for its purchase; NULL: it is no such line. */
static struct sim_sighting *orphan_of(struct sim_oracle *oracle, const struct sim_command *command)
{
	struct sim_sighting *seen = can_be_answered(oracle, command->target)
		? rewapp__sim_sighting_of(oracle, command->target)
		: NULL;

	return seen && seen->refund &&
			(seen->outcome == REWAPP_OUTCOME_ORPHAN || seen->outcome == REWAPP_OUTCOME_DISMISSED)
		? seen
		: NULL;
}

static void settle_orphan(struct sim_oracle *oracle, struct sim_sighting *orphan, struct sim_answer *answer)
{
	if (orphan->outcome == REWAPP_OUTCOME_DISMISSED) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_LINE_ANSWERED);
		return;
	}
	rewapp__sim_pass(oracle, orphan->programme, orphan->member, answer);
	orphan->outcome = answer->receipt.outcome = REWAPP_OUTCOME_DISMISSED;
	orphan->purchase = orphan->other = SIM_NOBODY;
}

void rewapp__sim_do_confirm(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	bool nobody = command->flags & REWAPP_NOBODY;
	struct sim_waiting *line = waiting_of(oracle, command->target);
	struct sim_sighting *orphan = nobody && !line ? orphan_of(oracle, command) : NULL;
	int verdict = confirm_verdict(oracle, command, line);

	if (orphan)
		settle_orphan(oracle, orphan, answer);
	else if (verdict != REWAPP_VERDICT_ACCEPTED)
		rewapp__sim_refuse(answer, verdict);
	else if (nobody)
		dismiss(oracle, line, answer);
	else
		confirm(oracle, command, line, answer);
}

/* --- TAKE_BACK ----------------------------------------------------------------------------------- */

static struct sim_waiting *answered_by(struct sim_oracle *oracle, int answer)
{
	for (int i = 0; i < oracle->waiting_count; i++)
		if (oracle->waiting[i].answer == answer &&
			oracle->pasts[answer].command.kind == REWAPP_KIND_CONFIRM)
			return &oracle->waiting[i];
	return NULL;
}

/* The line waits again, unless the bank says it otherwise by now. */
static void forget(struct sim_oracle *oracle, struct sim_waiting *line)
{
	struct sim_sighting *seen = rewapp__sim_sighting_of(oracle, line->command);

	for (int i = 0; i < oracle->learnt_count && line->taught; i++)
		if (oracle->learnt[i].command == line->answer)
			oracle->learnt[i].taken_back = oracle->now;
	line->taught = false;
	line->answer = SIM_NOBODY;
	if (seen && seen->outcome == REWAPP_OUTCOME_REPLACED) {
		line->answer = oracle->now;
	} else if (seen) {
		seen->outcome = REWAPP_OUTCOME_REVIEW;
		seen->merchant = line->candidate;
		seen->purchase = seen->other = SIM_NOBODY;
	}
}

static bool sells(int kind)
{
	return kind == REWAPP_KIND_PURCHASE || kind == REWAPP_KIND_BANK_LINE || kind == REWAPP_KIND_CONFIRM;
}

/* A bank's line is of no purchase any more. */
static void part(struct sim_oracle *oracle, int number)
{
	struct sim_sighting *seen = rewapp__sim_sighting_of(oracle, number);

	if (!seen || !seen->source)
		return;
	seen->outcome = REWAPP_OUTCOME_DISMISSED;
	seen->other = SIM_NOBODY;
}

void rewapp__sim_do_take_back(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	const struct sim_past *past = rewapp__sim_known(oracle, command->target);
	const struct sim_purchase *purchase = past ? past->purchase : NULL;
	struct sim_waiting *line;
	int64_t left = purchase ? purchase->amount - purchase->returned : 0;

	if (!past || !sells(past->command.kind)) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_UNKNOWN_BANK_LINE);
		return;
	}
	line = answered_by(oracle, command->target);
	if (left)
		rewapp__sim_give_back(oracle, command->target, &(struct sim_back){ .amount = left },
			oracle->now_ms, answer);
	else if (line)
		rewapp__sim_pass(
			oracle, line->programme, oracle->pasts[line->command].command.member, answer);
	else
		rewapp__sim_refuse(answer, REWAPP_VERDICT_NOTHING_LEFT);
	if (line)
		forget(oracle, line);
	else if (left)
		part(oracle, command->target);
}
