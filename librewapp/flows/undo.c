/* Undo: what a chain of linked commands changes in memory, so that all of it can be taken back. */
#include "flows/undo.h"

#include <string.h>

/* What was kept: bytes of `size`, or what `map` said of a key. */
struct undo_step {
	struct undo_step *older;
	void *at;
	size_t size;
	struct map *map;
	uint64_t key[2];
	void *value;            /* NULL: the map had none */
	unsigned char before[]; /* `size` bytes */
};

static struct undo_step *step_new(struct undo *undo, size_t size)
{
	struct undo_step *step = rewapp__arena_take(undo->arena, sizeof *step + size);

	undo->failed |= !step;
	if (!step)
		return NULL;
	step->older = undo->newest;
	undo->newest = step;
	return step;
}

/* False when it is kept already. */
static bool is_new(struct undo *undo, const void *at, int64_t what)
{
	struct map_key key = rewapp__map_key((int64_t)(uintptr_t)at, what);

	if (rewapp__map_get(&undo->kept, &key))
		return false;
	undo->failed |= rewapp__map_put(&undo->kept, &key, undo) < 0;
	return true;
}

void rewapp__undo_begin(struct undo *undo, struct plan *plan)
{
	*undo = (struct undo){ .open = true,
		.failed = undo->failed,
		.arena = plan->arena,
		.plan = plan,
		.plan_last = plan->last,
		.plan_steps = plan->step_count };
	rewapp__map_init(&undo->kept, plan->arena);
}

void rewapp__undo_keep(struct undo *undo, void *bytes, size_t size)
{
	struct undo_step *step;

	if (!undo->open || !bytes || size == 0 || !is_new(undo, bytes, (int64_t)size) ||
		!(step = step_new(undo, size)))
		return;
	step->at = bytes;
	step->size = size;
	memcpy(step->before, bytes, size);
}

void rewapp__undo_keep_wallet(struct undo *undo, struct wallet *wallet)
{
	if (!undo->open || !is_new(undo, wallet, 0))
		return;
	rewapp__undo_keep(undo, wallet, sizeof *wallet);
	rewapp__undo_keep(undo, wallet->account, sizeof *wallet->account);
	rewapp__undo_keep(undo, wallet->debt, sizeof *wallet->debt);
	rewapp__undo_keep(undo, wallet->lots, wallet->lot_count * sizeof(struct lot *));
	for (size_t i = 0; i < wallet->lot_count; i++)
		rewapp__undo_keep(undo, wallet->lots[i], sizeof(struct lot));
	rewapp__undo_keep(undo, wallet->holds, wallet->hold_count * sizeof(struct hold *));
	for (size_t i = 0; i < wallet->hold_count; i++)
		rewapp__undo_keep(undo, wallet->holds[i], sizeof(struct hold));
	rewapp__undo_keep(undo, wallet->sharers, wallet->sharer_count * sizeof(struct sharer));
	for (struct tally *tally = wallet->tallies; tally; tally = tally->next)
		rewapp__undo_keep(undo, tally, sizeof *tally);
}

void rewapp__undo_keep_key(struct undo *undo, struct map *map, const void *key)
{
	struct undo_step *step;

	if (!undo->open || !(step = step_new(undo, 0)))
		return;
	step->map = map;
	memcpy(step->key, key, sizeof step->key);
	step->value = rewapp__map_get(map, key);
}

void rewapp__undo_end(struct undo *undo)
{
	undo->open = false;
	undo->newest = NULL;
}

static void restore(struct undo *undo, const struct undo_step *step)
{
	if (!step->map)
		memcpy(step->at, step->before, step->size);
	else if (!step->value)
		rewapp__map_remove(step->map, step->key);
	else /* the key is in the map: there is room */
		undo->failed |= rewapp__map_put(step->map, step->key, step->value) < 0;
}

void rewapp__undo_roll_back(struct undo *undo)
{
	for (const struct undo_step *step = undo->newest; step; step = step->older)
		restore(undo, step);
	*undo->plan_last = NULL;
	undo->plan->last = undo->plan_last;
	undo->plan->step_count = undo->plan_steps;
	rewapp__undo_end(undo);
}
