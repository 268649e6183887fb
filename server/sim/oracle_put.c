/* The oracle: who takes part. */
#include "sim/oracle_parts.h"

void rewapp__sim_put_member(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	if (!oracle->members[command->member].there)
		oracle->member_order[oracle->member_count++] = command->member;
	oracle->members[command->member].there = true;
	oracle->members[command->member].status = command->status;
	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	answer->receipt.member = rewapp__sim_member_id(command->member);
	rewapp__sim_add_event(oracle, command->kind, 0, command->member, 0);
}

void rewapp__sim_put_merchant(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	if (!oracle->merchants[command->merchant].there)
		oracle->merchant_order[oracle->merchant_count++] = command->merchant;
	oracle->merchants[command->merchant].there = true;
	oracle->merchants[command->merchant].document = command->document;
	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	answer->receipt.merchant = rewapp__sim_merchant_id(command->merchant);
	rewapp__sim_add_event(oracle, command->kind, 0, SIM_NOBODY, 0);
}

/* A programme keeps its currency. */
void rewapp__sim_put_programme(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	struct sim_programme rules;
	int at = command->programme;

	rewapp__sim_programme_draw(command->document, &rules);
	if (oracle->programmes[at].there && oracle->programmes[at].rules.in_dollars != rules.in_dollars) {
		rewapp__sim_reject(answer, REWAPP_E_ARGUMENT, "");
		return;
	}
	if (!oracle->programmes[at].there)
		oracle->programme_order[oracle->programme_count++] = at;
	oracle->programmes[at].there = true;
	oracle->programmes[at].version++;
	oracle->programmes[at].document = command->document;
	oracle->programmes[at].rules = rules;
	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	answer->receipt.programme = rewapp__sim_programme_id(at);
	rewapp__sim_add_event(oracle, command->kind, 0, SIM_NOBODY, 0);
}
