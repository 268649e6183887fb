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

void rewapp__plan_add(struct plan *plan, const struct stmt *stmt, enum touches touches,
	const struct value *args, size_t arg_count)
{
	int64_t byte_count = arg_count > STMT_ARGS_MAX ? -1 : bytes_total(args, arg_count);
	struct step *step;

	if (plan->failed)
		return;
	if (byte_count < 0) {
		plan->failed = REWAPP_E_ARGUMENT;
		return;
	}
	step = step_new(plan, args, arg_count, byte_count);
	if (!step) {
		plan->failed = REWAPP_E_NOMEMORY;
		return;
	}
	step->stmt = stmt;
	step->touches = touches;
	step->arg_count = arg_count;
	*plan->last = step;
	plan->last = &step->next;
	plan->step_count++;
}
