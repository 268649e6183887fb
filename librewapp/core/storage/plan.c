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

static const uint8_t unknown[CHAIN_BYTES];

/* The hash is the argument at `at`: the plan's own copy of it is written later. */
static void seal_at(struct step *step, size_t at)
{
	if (step)
		step->seal = (uint8_t *)(uintptr_t)step->args[at].bytes;
}

void rewapp__plan_add_log(
	struct plan *plan, const struct stmt *stmt, int64_t offset, const void *record, size_t size)
{
	struct step *step = plan_step(plan, stmt, TOUCHES_ONE,
		(struct value[]){ rewapp__value_seq(offset), rewapp__value_blob(record, size),
			rewapp__value_blob(unknown, sizeof unknown) },
		3);

	if (step)
		step->in_chain = true;
	seal_at(step, 2);
}

void rewapp__plan_finish(struct plan *plan)
{
	static const struct stmt keep = { "STMT_STORE_KEEP",
		"UPDATE rewapp_store SET next = $1, head = $2,"
		" last_ms = CASE WHEN last_ms < $3 THEN $3 ELSE last_ms END,"
		" catalogue = CASE WHEN catalogue < $4 THEN $4 ELSE catalogue END WHERE one = 1",
		NULL };
	struct value changed = plan->catalogue ? rewapp__value_seq(plan->seq_count - 1)
					       : rewapp__value_int(0);

	if (plan->store || (plan->seq_count == 0 && plan->now_ms == 0))
		return;
	plan->store = true;
	seal_at(plan_step(plan, &keep, TOUCHES_ONE,
			(struct value[]){ rewapp__value_seq(plan->seq_count),
				rewapp__value_blob(unknown, sizeof unknown), rewapp__value_int(plan->now_ms),
				changed },
			4),
		1);
}

void rewapp__plan_seal(const struct plan *plan, int64_t seq_first, uint8_t head[CHAIN_BYTES])
{
	for (const struct step *step = plan->first; step; step = step->next) {
		if (step->in_chain)
			rewapp__chain_next(head, seq_first + step->args[0].integer, step->args[1].bytes,
				step->args[1].size);
		if (step->seal)
			memcpy(step->seal, head, CHAIN_BYTES);
	}
}
