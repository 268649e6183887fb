/* A hash map from 16-byte keys to pointers, mostly in an arena: built, used, forgotten. */
#ifndef REWAPP_BASE_MAP_H
#define REWAPP_BASE_MAP_H

#include "base/arena.h"

#include <stdint.h>

struct map_slot {
	uint64_t key[2];
	void *value;
};

struct map {
	struct arena *arena; /* NULL: the places are of `env`, and the old ones given back as it grows */
	const struct rewapp_env *env;
	struct map_slot *slots;
	size_t count, capacity; /* capacity: a power of two, or 0 */
};

void rewapp__map_init(struct map *map, struct arena *arena);

/* One that is large and stays: fuller than others, and without an arena.  finish() gives its places back. */
void rewapp__map_init_alone(struct map *map, const struct rewapp_env *env);
void rewapp__map_finish(struct map *map);

/* Room for `count` values, so that putting them does not move what is there.  0, or REWAPP_E_NOMEMORY. */
int rewapp__map_reserve(struct map *map, size_t count);

/* Has the place where a key stands brought near, for it will be asked for soon. */
void rewapp__map_foresee(const struct map *map, const void *key);

/* The value, or NULL. */
void *rewapp__map_get(const struct map *map, const void *key);

/* Adds or replaces.  0, or REWAPP_E_NOMEMORY.  `value` may not be NULL. */
int rewapp__map_put(struct map *map, const void *key, void *value);

/* Takes the key out, if it is there. */
void rewapp__map_remove(struct map *map, const void *key);

/* A key of two numbers. */
struct map_key {
	uint64_t part[2];
};
static inline struct map_key rewapp__map_key(int64_t a, int64_t b)
{
	return (struct map_key){ { (uint64_t)a, (uint64_t)b } };
}

#endif
