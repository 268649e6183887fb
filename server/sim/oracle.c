/* The oracle: a naive model of the engine, in plain arrays. */
#include "sim/oracle_parts.h"

#include <stdlib.h>
#include <string.h>

void *rewapp__sim_more(struct sim_oracle *oracle, void *array, int count, int *capacity, size_t size)
{
	int larger = *capacity ? *capacity * 2 : 16;
	void *out = array;

	if (count < *capacity)
		return array;
	out = realloc(array, (size_t)larger * size);
	if (!out) {
		oracle->failed = true;
		return NULL;
	}
	memset((char *)out + (size_t)*capacity * size, 0, (size_t)(larger - *capacity) * size);
	*capacity = larger;
	return out;
}

void rewapp__sim_oracle_begin(struct sim_oracle *oracle)
{
	memset(oracle, 0, sizeof *oracle);
}

void rewapp__sim_oracle_end(struct sim_oracle *oracle)
{
	for (size_t i = 0; i < sizeof oracle->wallets / sizeof *oracle->wallets; i++) {
		struct sim_wallet *wallet = &oracle->wallets[i];

		for (int h = 0; h < wallet->hold_count; h++)
			free(wallet->holds[h].shares);
		free(wallet->holds);
		free(wallet->lots);
		free(wallet->lines);
	}
	for (int i = 0; i < oracle->past_count; i++)
		free(oracle->pasts[i].purchase);
	free(oracle->pasts);
	free(oracle->events);
	free(oracle->totals);
	free(oracle->purchases);
	free(oracle->periods);
	free(oracle->sightings);
	free(oracle->waiting);
	free(oracle->learnt);
	memset(oracle, 0, sizeof *oracle);
}

struct sim_past *rewapp__sim_past(struct sim_oracle *oracle, int number)
{
	while (number >= oracle->past_count) {
		struct sim_past *past = SIM_ADD(
			oracle, oracle->pasts, oracle->past_count, oracle->past_capacity);

		if (!past)
			return NULL;
		memset(past, 0, sizeof *past);
		past->id = rewapp__sim_id("c", oracle->past_count - 1);
		past->hold = SIM_NOBODY;
	}
	return &oracle->pasts[number];
}

struct sim_past *rewapp__sim_known(struct sim_oracle *oracle, int number)
{
	struct sim_past *past = number >= 0 && number < oracle->past_count ? &oracle->pasts[number] : NULL;

	return past && past->known ? past : NULL;
}

struct sim_wallet *rewapp__sim_wallet(struct sim_oracle *oracle, int programme, int member)
{
	return &oracle->wallets[programme * SIM_MEMBERS_MAX + member];
}

int rewapp__sim_programme_of(const struct sim_oracle *oracle, const struct sim_wallet *wallet)
{
	return (int)(wallet - oracle->wallets) / SIM_MEMBERS_MAX;
}

int rewapp__sim_member_of(const struct sim_oracle *oracle, const struct sim_wallet *wallet)
{
	return (int)(wallet - oracle->wallets) % SIM_MEMBERS_MAX;
}

int rewapp__sim_programme_meant(const struct sim_oracle *oracle, int programme)
{
	if (programme == SIM_NOBODY)
		return oracle->programme_count == 1 ? oracle->programme_order[0] : SIM_NOBODY;
	return programme < SIM_PROGRAMMES_MAX && oracle->programmes[programme].there ? programme : SIM_NOBODY;
}

bool rewapp__sim_has_member(const struct sim_oracle *oracle, int member)
{
	return member >= 0 && member < SIM_MEMBERS_MAX && oracle->members[member].there;
}

bool rewapp__sim_has_merchant(const struct sim_oracle *oracle, int merchant)
{
	return merchant >= 0 && merchant < SIM_MERCHANTS_MAX && oracle->merchants[merchant].there;
}

int64_t rewapp__sim_worth_of(const struct sim_programme *rules, int64_t points)
{
	return points * rules->value_amount / rules->value_points;
}

/* --- answers -------------------------------------------------------------------------------- */

void rewapp__sim_refuse(struct sim_answer *answer, int verdict)
{
	answer->receipt.verdict = verdict;
}

void rewapp__sim_tell_wallet(
	struct sim_oracle *oracle, const struct sim_wallet *wallet, struct sim_answer *answer)
{
	struct sim_worth worth;

	rewapp__sim_worth(wallet, oracle->now_ms, &worth);
	answer->receipt.member = rewapp__sim_member_id(rewapp__sim_member_of(oracle, wallet));
	answer->receipt.programme = rewapp__sim_programme_id(rewapp__sim_programme_of(oracle, wallet));
	answer->receipt.available = worth.available;
	answer->receipt.pending = worth.pending;
	answer->receipt.held = worth.held;
	answer->receipt.debt = worth.debt;
}

void rewapp__sim_accept(struct sim_oracle *oracle, struct sim_wallet *wallet, int code, int64_t points,
	struct sim_answer *answer)
{
	const struct sim_past *past = &oracle->pasts[oracle->now];

	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	answer->receipt.points = points;
	rewapp__sim_tell_wallet(oracle, wallet, answer);
	rewapp__sim_add_event(
		oracle, past->command.kind, code, rewapp__sim_member_of(oracle, wallet), points);
}

/* --- a command ------------------------------------------------------------------------------ */

static const struct {
	int kind;
	sim_story *story;
} stories[] = {
	{ REWAPP_KIND_MEMBER, rewapp__sim_put_member },
	{ REWAPP_KIND_MERCHANT, rewapp__sim_put_merchant },
	{ REWAPP_KIND_PROGRAMME, rewapp__sim_put_programme },
	{ REWAPP_KIND_PURCHASE, rewapp__sim_do_purchase },
	{ REWAPP_KIND_RETURN, rewapp__sim_do_return },
	{ REWAPP_KIND_HOLD, rewapp__sim_do_hold },
	{ REWAPP_KIND_MINT, rewapp__sim_do_hold },
	{ REWAPP_KIND_POST, rewapp__sim_do_post },
	{ REWAPP_KIND_VOID, rewapp__sim_do_void },
	{ REWAPP_KIND_REDEEM, rewapp__sim_do_redeem },
	{ REWAPP_KIND_REVERSE, rewapp__sim_do_reverse },
	{ REWAPP_KIND_ADJUST, rewapp__sim_do_adjust },
	{ REWAPP_KIND_SWEEP, rewapp__sim_do_sweep },
	{ REWAPP_KIND_CLOSE, rewapp__sim_do_close },
	{ REWAPP_KIND_TRANSFER, rewapp__sim_do_transfer },
	{ REWAPP_KIND_CLOSE_ACCOUNT, rewapp__sim_do_close_account },
	{ REWAPP_KIND_REOPEN_ACCOUNT, rewapp__sim_do_reopen_account },
	{ REWAPP_KIND_ERASE, rewapp__sim_do_erase },
	{ REWAPP_KIND_BANK_LINE, rewapp__sim_do_bank_line },
	{ REWAPP_KIND_CONFIRM, rewapp__sim_do_confirm },
	{ REWAPP_KIND_TAKE_BACK, rewapp__sim_do_take_back },
};

static void carry_out(struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++)
		if (stories[i].kind == command->kind)
			stories[i].story(oracle, command, answer);
}

/* What a broken command is told, and of which field. */
static void answer_broken(const struct sim_command *command, struct sim_answer *answer)
{
	static const char *const fields[SIM_BROKEN_COUNT] = { "", "kind", "flags", "status", "currency",
		"amount", "points", "ttl_ms", "reference", "reference", "" };
	size_t length = strlen(fields[command->broken]);

	answer->receipt.code = command->broken == SIM_BROKEN_CARD ? REWAPP_E_CARDNUMBER
		: command->broken == SIM_BROKEN_DOCUMENT          ? REWAPP_E_JSON
								  : REWAPP_E_ARGUMENT;
	memcpy(answer->receipt.field, fields[command->broken], length + 1);
}

/* The id was used before: the first receipt again, or a conflict that names the field. */
static void answer_again(
	const struct sim_past *past, const struct sim_command *command, struct sim_answer *answer)
{
	const char *field = rewapp__sim_command_differs(&past->command, command);

	if (!field) {
		answer->receipt = past->receipt;
		answer->receipt.replayed = 1;
		return;
	}
	rewapp__sim_reject(answer, REWAPP_E_CONFLICT, field);
}

/* For the tests of the simulator: an oracle that errs must be caught. */
static void err_on_purpose(const struct sim_oracle *oracle, struct sim_answer *answer)
{
	if (oracle->mistake && oracle->event_count >= oracle->mistake)
		answer->receipt.points++;
}

void rewapp__sim_begin_answer(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	const struct sim_past *past = rewapp__sim_past(oracle, command->number);

	memset(answer, 0, sizeof *answer);
	answer->receipt.kind = command->kind;
	answer->receipt.recorded_ms = oracle->now_ms;
	if (past)
		answer->receipt.id = past->id;
}

void rewapp__sim_reject(struct sim_answer *answer, int code, const char *field)
{
	answer->receipt.code = code;
	answer->receipt.verdict = 0;
	memcpy(answer->receipt.field, field, strlen(field) + 1);
}

bool rewapp__sim_is_malformed(const struct sim_command *command)
{
	return command->broken != SIM_BROKEN_NOT && command->broken != SIM_BROKEN_DOCUMENT;
}

void rewapp__sim_keep(struct sim_oracle *oracle, const struct sim_turn *turn)
{
	struct sim_past *past = &oracle->pasts[turn->command->number];

	past->known = true;
	past->call = oracle->calls;
	past->command = *turn->command;
	past->receipt = turn->answer->receipt;
	oracle->floor_ms = oracle->now_ms;
	turn->answer->records = true;
}

void rewapp__sim_apply(struct sim_oracle *oracle, struct sim_turn *turn)
{
	const struct sim_command *command = turn->command;
	struct sim_answer *answer = turn->answer;

	rewapp__sim_begin_answer(oracle, command, answer);
	if (oracle->failed)
		return;
	if (rewapp__sim_is_malformed(command)) {
		answer_broken(command, answer);
		return;
	}
	if (oracle->pasts[command->number].known) {
		answer_again(&oracle->pasts[command->number], command, answer);
		return;
	}
	oracle->now = command->number;
	oracle->match = *turn->match;
	oracle->pasts[command->number].command = *command;
	if (command->broken == SIM_BROKEN_DOCUMENT)
		answer_broken(command, answer);
	else
		carry_out(oracle, command, answer);
	if (answer->receipt.code < 0)
		return;
	err_on_purpose(oracle, answer);
	rewapp__sim_keep(oracle, turn);
}

void rewapp__sim_oracle_call(struct sim_oracle *oracle, int64_t now_ms, struct sim_turn *turns, size_t count)
{
	oracle->calls++;
	oracle->now_ms = now_ms > oracle->floor_ms ? now_ms : oracle->floor_ms;
	for (int i = 0; i < SIM_MERCHANTS_MAX; i++)
		oracle->merchants[i].before = oracle->merchants[i].document;
	for (int i = 0; i < SIM_PROGRAMMES_MAX; i++)
		oracle->programmes[i].due_ms = rewapp__sim_due_in(oracle, i);
	rewapp__sim_apply_all(oracle, turns, count);
}
