/* Plans: the writes of one decision, collected in an arena until a driver applies them. */
#include "base/error.h"
#include "storage/storage.h"

#include <string.h>

void rewapp__plan_begin(struct plan *plan, struct arena *arena)
{
	memset(plan, 0, sizeof *plan);
	plan->arena = arena;
	plan->last = &plan->first;
}

int64_t rewapp__plan_seq(struct plan *plan)
{
	return plan->seq_count++;
}

static bool has_bytes(const struct value *value)
{
	return value->kind == VALUE_TEXT || value->kind == VALUE_BLOB;
}

/* The bytes behind `args`, or -1 when one is larger than any driver takes. */
static int64_t bytes_total(const struct value *args, size_t arg_count)
{
	int64_t total = 0;

	for (size_t i = 0; i < arg_count; i++) {
		if (!has_bytes(&args[i]))
			continue;
		if (args[i].size > STMT_BYTES_MAX)
			return -1;
		total += args[i].size;
	}
	return total;
}

/* Step, arguments and bytes lie in one piece: one taking a step, however many there are. */
static struct step *step_new(
	struct plan *plan, const struct value *args, size_t arg_count, int64_t byte_count)
{
	size_t args_at = sizeof(struct step), bytes_at = args_at + arg_count * sizeof *args;
	char *piece = rewapp__arena_take(plan->arena, bytes_at + (size_t)byte_count);
	struct value *copies;

	if (!piece)
		return NULL;
	copies = (struct value *)(void *)(piece + args_at);
	if (arg_count)
		memcpy(copies, args, arg_count * sizeof *args);
	for (size_t i = 0; i < arg_count; i++) {
		if (!has_bytes(&args[i]))
			continue;
		if (args[i].size)
			memcpy(piece + bytes_at, args[i].bytes, args[i].size);
		copies[i].bytes = piece + bytes_at;
		bytes_at += args[i].size;
	}
	((struct step *)(void *)piece)->args = copies;
	return (struct step *)(void *)piece;
}

static struct step *plan_step(struct plan *plan, const struct stmt *stmt, enum touches touches,
	const struct value *args, size_t arg_count)
{
	int64_t byte_count = arg_count > STMT_ARGS_MAX ? -1 : bytes_total(args, arg_count);
	struct step *step;

	if (plan->failed)
		return NULL;
	if (byte_count < 0) {
		plan->failed = REWAPP_E_ARGUMENT;
		return NULL;
	}
	step = step_new(plan, args, arg_count, byte_count);
	if (!step) {
		plan->failed = REWAPP_E_NOMEMORY;
		return NULL;
	}
	step->stmt = stmt;
	step->touches = touches;
	step->arg_count = arg_count;
	*plan->last = step;
	plan->last = &step->next;
	plan->step_count++;
	return step;
}

void rewapp__plan_add(struct plan *plan, const struct stmt *stmt, enum touches touches,
	const struct value *args, size_t arg_count)
{
	plan_step(plan, stmt, touches, args, arg_count);
}

/* The arguments of a row of the log; `next` is filled in at the end, instant and hash when the place in the
 * chain is known. */
enum {
	LOG_SEQ,
	LOG_NEXT,
	LOG_AT_MS,
	LOG_RECORD,
	LOG_HASH,
	LOG_ARGS
};

void rewapp__plan_add_log(struct plan *plan, int64_t offset, const void *record, size_t size)
{
	static const struct stmt insert = { "STMT_LOG_INSERT",
		"INSERT INTO log (seq, next, at_ms, record, hash) VALUES ($1, $2, $3, $4, $5)", NULL };
	static const uint8_t unknown[CHAIN_BYTES];
	struct step *step = plan_step(plan, &insert, TOUCHES_ONE,
		(struct value[]){ rewapp__value_seq(offset), rewapp__value_seq(0), rewapp__value_int(0),
			rewapp__value_blob(record, size), rewapp__value_blob(unknown, sizeof unknown) },
		LOG_ARGS);

	if (step)
		step->hash = (uint8_t *)(uintptr_t)step->args[LOG_HASH].bytes; /* the plan's own copy */
}

static bool has_log(const struct plan *plan)
{
	for (const struct step *step = plan->first; step; step = step->next)
		if (step->hash)
			return true;
	return false;
}

void rewapp__plan_finish(struct plan *plan)
{
	if (plan->seq_count == 0)
		return;
	if (!has_log(plan))
		rewapp__plan_add_log(plan, 0, "", 0);
	for (struct step *step = plan->first; step; step = step->next)
		if (step->hash)
			step->args[LOG_NEXT] = rewapp__value_seq(plan->seq_count);
}

void rewapp__plan_seal(const struct plan *plan, struct log_end *end)
{
	int64_t seq_first = end->next;

	end->next += plan->seq_count;
	end->at_ms = end->at_ms > plan->now_ms ? end->at_ms : plan->now_ms;
	for (const struct step *step = plan->first; step; step = step->next) {
		if (!step->hash)
			continue;
		step->args[LOG_AT_MS] = rewapp__value_int(end->at_ms);
		rewapp__chain_next(end->head,
			&(struct chain_row){ seq_first + step->args[LOG_SEQ].integer, end->next, end->at_ms,
				step->args[LOG_RECORD].bytes, step->args[LOG_RECORD].size });
		memcpy(step->hash, end->head, CHAIN_BYTES);
	}
}
