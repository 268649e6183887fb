/* A list of operations as a *.scenario file. */
#include "sim/scenario.h"

#include <string.h>

struct telling {
	FILE *out;
	struct sim_oracle oracle;
	int64_t now_ms;
	const struct sim_operation *call[SIM_BATCH_MAX + 1]; /* that is being told */
	size_t count;
};

static const int64_t SECOND_MS = 1000;

static void say_time(FILE *out, int64_t ms)
{
	struct sim_day day = rewapp__sim_local(SIM_ZONE_UTC, ms);

	fprintf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", day.year, day.month, day.day, day.minute / 60,
		day.minute % 60, (int)(ms / SECOND_MS % 60));
}

static void say_clock(struct telling *telling)
{
	if (telling->now_ms % SECOND_MS)
		fprintf(telling->out, "# and %d milliseconds, which a scenario does not tell:\n",
			(int)(telling->now_ms % SECOND_MS));
	fprintf(telling->out, "at ");
	say_time(telling->out, telling->now_ms);
	fputc('\n', telling->out);
}

static void say_put(FILE *out, const struct sim_command *command)
{
	char document[SIM_DOCUMENT_BYTES];
	struct sim_programme programme;

	switch (command->kind) {
	case REWAPP_KIND_MEMBER:
		fprintf(out, "member member%d", command->member);
		if (command->status)
			fprintf(out, " status=%s",
				command->status == REWAPP_MEMBER_BLOCKED ? "blocked" : "closed");
		return;
	case REWAPP_KIND_MERCHANT:
		rewapp__sim_merchant_text(command->document, command->merchant, document);
		fprintf(out, "merchant shop%d document=%s", command->merchant, document);
		return;
	default:
		rewapp__sim_programme_draw(command->document, &programme);
		rewapp__sim_programme_text(&programme, document);
		fprintf(out, "programme programme%d document=%s", command->programme, document);
	}
}

static void say_number(FILE *out, const char *key, int64_t value)
{
	if (value)
		fprintf(out, " %s=%lld", key, (long long)value);
}

static bool is_of_member(int kind)
{
	return kind == REWAPP_KIND_ERASE || kind == REWAPP_KIND_CLOSE_ACCOUNT ||
		kind == REWAPP_KIND_REOPEN_ACCOUNT;
}

/* As tests/scenarios/scenario.py reads them. */
static void say_lines(FILE *out, const struct sim_command *command)
{
	for (int i = 0; i < command->ware_count; i++) {
		const struct sim_ware *ware = &command->wares[i];

		fprintf(out, i ? "," : " lines=");
		if (ware->line)
			fprintf(out, "#%d", ware->line);
		else if (ware->sku)
			fprintf(out, "sku%d", ware->sku);
		else
			fputc('-', out);
		if (command->kind == REWAPP_KIND_PURCHASE && ware->category)
			fprintf(out, ":kind%d", ware->category);
		else if (command->kind == REWAPP_KIND_PURCHASE)
			fprintf(out, ":-");
		fprintf(out, ":%lld", (long long)ware->quantity);
		if (command->kind == REWAPP_KIND_PURCHASE)
			fprintf(out, ":%lld%s", (long long)ware->amount, ware->excluded ? ":excluded" : "");
	}
}

static void say_fields(FILE *out, const struct sim_command *command, bool minted)
{
	fprintf(out, "%s c%d", rewapp_kind_name(command->kind), command->number);
	if (command->target != SIM_NOBODY)
		fprintf(out, " target=c%d", command->target);
	if (command->programme != SIM_NOBODY)
		fprintf(out, " programme=programme%d", command->programme);
	if (command->member != SIM_NOBODY)
		fprintf(out, is_of_member(command->kind) ? " target=member%d" : " member=member%d",
			command->member);
	if (command->taker != SIM_NOBODY)
		fprintf(out, " target=member%d", command->taker);
	if (command->by_descriptor)
		fprintf(out, " descriptor=\"%s\"", rewapp__sim_descriptor(command->merchant, command->text));
	else if (command->merchant != SIM_NOBODY)
		fprintf(out, " merchant=shop%d", command->merchant);
	say_number(out, "amount", command->amount);
	say_number(out, "foreign_amount", command->abroad);
	if (command->abroad)
		fprintf(out, " foreign_currency=GBP");
	if (command->feed)
		fprintf(out, " feed=feed-%d", command->feed);
	if (command->bank_id)
		fprintf(out, " bank_id=line-%d", command->bank_id);
	say_number(out, "unpaid", command->unpaid);
	say_lines(out, command);
	say_number(out, "points", command->points);
	say_number(out, "mcc", command->mcc);
	if (command->occurred_ms) {
		fprintf(out, " occurred=");
		say_time(out, command->occurred_ms);
	}
	if (command->ttl_ms)
		fprintf(out, " ttl=%llds", (long long)((command->ttl_ms + SECOND_MS - 1) / SECOND_MS));
	if (command->in_dollars)
		fprintf(out, " currency=USD");
	if (command->token != SIM_NOBODY)
		fprintf(out, minted ? " token=c%d" : " token=0123456789", command->token);
	if (command->terminal)
		fprintf(out, " terminal=till-%d", command->terminal);
	if (command->reference)
		fprintf(out, " reference=ticket-%d", command->reference);
}

static void say_flags(FILE *out, uint32_t flags)
{
	static const char *const words[] = { "linked", "up_to", "open_period", "nobody", "pending", "refund",
		"forfeit" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (flags >> i & 1)
			fprintf(out, " %s=true", words[i]);
}

static void say_answer(FILE *out, const struct rewapp_receipt *receipt)
{
	if (receipt->code) {
		fprintf(out, " => %s\n", rewapp_error_name(receipt->code));
		return;
	}
	fprintf(out, " => %s", rewapp_verdict_name(receipt->verdict));
	if (receipt->verdict == REWAPP_VERDICT_ACCEPTED && !rewapp_id_is_zero(&receipt->member) &&
		receipt->kind != REWAPP_KIND_MEMBER)
		fprintf(out, " points=%lld available=%lld pending=%lld held=%lld debt=%lld",
			(long long)receipt->points, (long long)receipt->available,
			(long long)receipt->pending, (long long)receipt->held, (long long)receipt->debt);
	fputc('\n', out);
}

static bool is_put(int kind)
{
	return kind == REWAPP_KIND_MEMBER || kind == REWAPP_KIND_MERCHANT || kind == REWAPP_KIND_PROGRAMME;
}

/* A command of a call, with what must be known of it before the call is carried out. */
struct line {
	const struct sim_command *command;
	int till;
	bool of_put; /* its id is that of an earlier put: a scenario gives each put an id of its own */
	bool minted; /* there is a token to redeem, as it was told */
};

static bool is_id_of_put(struct telling *telling, size_t at)
{
	int number = telling->call[at]->command.number;
	const struct sim_past *past = rewapp__sim_past(&telling->oracle, number);

	for (size_t i = 0; i < at; i++)
		if (telling->call[i]->command.number == number && is_put(telling->call[i]->command.kind))
			return true;
	return past && past->known && is_put(past->command.kind);
}

static bool is_minted(struct telling *telling, const struct sim_command *command)
{
	const struct sim_past *mint = command->token == SIM_NOBODY
		? NULL
		: rewapp__sim_past(&telling->oracle, command->token);

	return mint && mint->hold != SIM_NOBODY && mint->command.kind == REWAPP_KIND_MINT && !command->forged;
}

static void say_line(struct telling *telling, const struct line *line, const struct rewapp_receipt *receipt)
{
	const struct sim_command *command = line->command;

	if (command->broken != SIM_BROKEN_NOT)
		fprintf(telling->out, "# broken (%d), which a scenario does not tell: ", command->broken);
	if (line->of_put)
		fprintf(telling->out, "# under the id of an earlier put, which a scenario does not tell:\n");
	if (line->till)
		fprintf(telling->out, "# by till %d\n", line->till);
	if (is_put(command->kind))
		say_put(telling->out, command);
	else
		say_fields(telling->out, command, line->minted);
	say_flags(telling->out, command->flags);
	say_answer(telling->out, receipt);
}

/* The engine's matcher is not asked here: what people have taught it is not told. */
static struct sim_match match_of(struct telling *telling, const struct sim_command *command)
{
	if (command->text >= SIM_WORDING_NONE || command->merchant == SIM_NOBODY ||
		!telling->oracle.merchants[command->merchant].there)
		return (struct sim_match){ command->text == SIM_WORDING_CASH ? REWAPP_VERDICT_NOT_A_PURCHASE
									     : REWAPP_VERDICT_NO_MATCH,
			SIM_NOBODY };
	return (struct sim_match){ command->text == SIM_WORDING_SURE ? REWAPP_VERDICT_ACCEPTED
								     : REWAPP_VERDICT_NEEDS_REVIEW,
		command->merchant };
}

static void ask_oracle(struct telling *telling, const struct line *lines, struct sim_answer *answers)
{
	struct sim_match matches[SIM_BATCH_MAX + 1];
	struct sim_turn turns[SIM_BATCH_MAX + 1];

	for (size_t i = 0; i < telling->count; i++) {
		matches[i] = match_of(telling, lines[i].command);
		turns[i] = (struct sim_turn){ lines[i].command, &matches[i], &answers[i] };
	}
	rewapp__sim_oracle_call(&telling->oracle, telling->now_ms, turns, telling->count);
	for (size_t i = 0; i < telling->count && !telling->oracle.failed; i++)
		rewapp__sim_past(&telling->oracle, lines[i].command->number)->told = true;
}

static void say_call(struct telling *telling)
{
	struct sim_answer answers[SIM_BATCH_MAX + 1];
	struct line lines[SIM_BATCH_MAX + 1];
	bool batch = telling->count > 1;

	for (size_t i = 0; i < telling->count; i++) {
		const struct sim_command *command = &telling->call[i]->command;

		lines[i] = (struct line){ command, telling->call[i]->till, is_id_of_put(telling, i),
			is_minted(telling, command) };
	}
	ask_oracle(telling, lines, answers);
	if (batch)
		fprintf(telling->out, "batch\n");
	for (size_t i = 0; i < telling->count; i++)
		say_line(telling, &lines[i], &answers[i].receipt);
	if (batch)
		fprintf(telling->out, "end\n");
	telling->count = 0;
}

static void say_other(struct telling *telling, const struct sim_operation *operation)
{
	FILE *out = telling->out;

	switch (operation->act) {
	case SIM_ACT_SKEW:
		fprintf(out, "# the clock of till %d is wrong by %lld ms\n", operation->till,
			(long long)operation->ms);
		break;
	case SIM_ACT_FAULT:
		fprintf(out, "# the next call meets a fault: %s, at call %lld%s\n",
			rewapp__sim_fault_name(operation->fault), (long long)operation->at,
			operation->for_ever ? "; it is not sent again" : "");
		break;
	case SIM_ACT_REOPEN:
		fprintf(out, "# till %d starts its program again\n", operation->till);
		break;
	case SIM_ACT_CUT:
		fprintf(out, "# %s\n",
			operation->fault == SIM_FAULT_KILL ? "all tills are killed" : "the power fails");
		break;
	default:
		fprintf(out, "verify => problems=0\n");
		break;
	}
}

static void tell(struct telling *telling, const struct sim_list *list, size_t at)
{
	const struct sim_operation *operation = &list->items[at];
	bool more = at + 1 < list->count && list->items[at + 1].act == SIM_ACT_COMMAND &&
		list->items[at + 1].joined;

	if (operation->act == SIM_ACT_CLOCK) {
		telling->now_ms += operation->ms;
		say_clock(telling);
		return;
	}
	if (operation->act != SIM_ACT_COMMAND) {
		say_other(telling, operation);
		return;
	}
	telling->call[telling->count++] = operation;
	if (!more || telling->count > SIM_BATCH_MAX)
		say_call(telling);
}

void rewapp__sim_scenario(FILE *out, uint64_t seed, const struct sim_list *list, const char *about)
{
	struct telling telling = { .out = out, .now_ms = rewapp__sim_start_of(seed) };

	rewapp__sim_oracle_begin(&telling.oracle);
	fprintf(out, "# Seed %llu: %s\n", (unsigned long long)seed, about);
	say_clock(&telling);
	for (size_t at = 0; at < list->count && !telling.oracle.failed; at++)
		tell(&telling, list, at);
	rewapp__sim_oracle_end(&telling.oracle);
}
