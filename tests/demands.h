/* The n-th demand on an arena fails.  Mostly an arena has room and asks nobody for memory; so the linker
 * leads the library's demands here (-Wl,--wrap; `demands` in tests/meson.build), and each of them can fail.
 */
#ifndef TESTS_DEMANDS_H
#define TESTS_DEMANDS_H

#include "base/arena.h"

#include <stdbool.h>

static struct {
	int fails_at, count; /* 0: never */
	bool hit;
} demands;

static inline void demand_fails_at(int n)
{
	demands.fails_at = n;
	demands.count = 0;
	demands.hit = false;
}

static inline bool demand_fails(void)
{
	if (!demands.fails_at || ++demands.count != demands.fails_at)
		return false;
	demands.hit = true;
	return true;
}

void *__real_rewapp__arena_take(struct arena *arena, size_t size);
void *__wrap_rewapp__arena_take(struct arena *arena, size_t size);
void *__real_rewapp__arena_array(struct arena *arena, size_t count, size_t size);
void *__wrap_rewapp__arena_array(struct arena *arena, size_t count, size_t size);
char *__real_rewapp__arena_copy(struct arena *arena, const void *bytes, size_t length);
char *__wrap_rewapp__arena_copy(struct arena *arena, const void *bytes, size_t length);

void *__wrap_rewapp__arena_take(struct arena *arena, size_t size)
{
	return demand_fails() ? NULL : __real_rewapp__arena_take(arena, size);
}

void *__wrap_rewapp__arena_array(struct arena *arena, size_t count, size_t size)
{
	return demand_fails() ? NULL : __real_rewapp__arena_array(arena, count, size);
}

char *__wrap_rewapp__arena_copy(struct arena *arena, const void *bytes, size_t length)
{
	return demand_fails() ? NULL : __real_rewapp__arena_copy(arena, bytes, length);
}

#endif
