/* The lots that have points: numbers grow as the log is told, so nearly all are put at the end. */
#include "settlement/lots.h"

#include <string.h>

enum {
	CAPACITY_MIN = 64
};

void rewapp__lots_init(struct lots *lots, const struct rewapp_env *env)
{
	*lots = (struct lots){ .env = env };
}

void rewapp__lots_finish(struct lots *lots)
{
	if (lots->at)
		rewapp__env_allocate(lots->env, lots->at, 0);
	rewapp__lots_init(lots, lots->env);
}

/* The first whose number is not below. */
static size_t place_of(const struct lots *lots, int64_t number)
{
	size_t first = 0, behind = lots->count;

	while (first < behind) {
		size_t middle = first + (behind - first) / 2;

		if (lots->at[middle].number < number)
			first = middle + 1;
		else
			behind = middle;
	}
	return first;
}

struct settled_lot *rewapp__lots_find(const struct lots *lots, int64_t number)
{
	size_t place = place_of(lots, number);

	if (place == lots->count || lots->at[place].number != number || !lots->at[place].funder)
		return NULL;
	return &lots->at[place];
}

static bool resize(struct lots *lots, size_t capacity)
{
	struct settled_lot *at;

	if (capacity > SIZE_MAX / sizeof *at)
		return false;
	if (!(at = rewapp__env_allocate(lots->env, lots->at, capacity * sizeof *at)))
		return false;
	lots->at = at;
	lots->capacity = capacity;
	return true;
}

struct settled_lot *rewapp__lots_put(struct lots *lots, int64_t number)
{
	size_t place = lots->count;

	if (lots->count && lots->at[lots->count - 1].number >= number)
		place = place_of(lots, number);
	if (place < lots->count && lots->at[place].number == number) { /* it was forgotten */
		lots->forgotten--;
	} else {
		if (lots->count == lots->capacity &&
			!resize(lots, lots->capacity + lots->capacity / 2 + CAPACITY_MIN))
			return NULL;
		memmove(lots->at + place + 1, lots->at + place, (lots->count - place) * sizeof *lots->at);
		lots->count++;
	}
	lots->at[place] = (struct settled_lot){ .number = number };
	return &lots->at[place];
}

void rewapp__lots_forget(struct lots *lots, struct settled_lot *lot)
{
	lot->funder = NULL;
	lots->forgotten++;
}

void rewapp__lots_squeeze(struct lots *lots, bool whole)
{
	size_t kept = 0;

	if (!whole && (lots->forgotten < CAPACITY_MIN || lots->forgotten < lots->count / 2))
		return;
	for (size_t i = 0; i < lots->count; i++)
		if (lots->at[i].funder)
			lots->at[kept++] = lots->at[i];
	lots->count = kept;
	lots->forgotten = 0;
	if (whole && lots->count)
		resize(lots, lots->count); /* a smaller one; if not, the old one stays */
}
