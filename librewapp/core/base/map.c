/* A hash map from 16-byte keys to pointers: open addressing, linear probing. */
#include "base/map.h"

#include "base/error.h"

#include <string.h>

enum {
	CAPACITY_FIRST = 16
};

void rewapp__map_init(struct map *map, struct arena *arena)
{
	memset(map, 0, sizeof *map);
	map->arena = arena;
}

void rewapp__map_init_alone(struct map *map, const struct rewapp_env *env)
{
	memset(map, 0, sizeof *map);
	map->env = env;
}

void rewapp__map_finish(struct map *map)
{
	if (map->slots)
		rewapp__env_allocate(map->env, map->slots, 0);
	rewapp__map_init_alone(map, map->env);
}

static uint64_t hash(const uint64_t key[2])
{
	uint64_t h = key[0] * UINT64_C(0x9e3779b97f4a7c15) ^ (key[1] + UINT64_C(0x632be59bd9b4e019));

	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

static struct map_slot *slot_of(const struct map *map, const uint64_t key[2])
{
	size_t at = (size_t)hash(key) & (map->capacity - 1);

	while (map->slots[at].value && memcmp(map->slots[at].key, key, sizeof map->slots[at].key) != 0)
		at = (at + 1) & (map->capacity - 1);
	return &map->slots[at];
}

void *rewapp__map_get(const struct map *map, const void *key)
{
	uint64_t parts[2];

	if (map->capacity == 0)
		return NULL;
	memcpy(parts, key, sizeof parts);
	return slot_of(map, parts)->value;
}

void rewapp__map_foresee(const struct map *map, const void *key)
{
	uint64_t parts[2];

	if (map->capacity == 0)
		return;
	memcpy(parts, key, sizeof parts);
	__builtin_prefetch(&map->slots[(size_t)hash(parts) & (map->capacity - 1)]);
}

static struct map_slot *slots_take(const struct map *map, size_t capacity)
{
	struct map_slot *slots;

	if (map->arena)
		return rewapp__arena_array(map->arena, capacity, sizeof *slots);
	slots = rewapp__env_allocate(map->env, NULL, capacity * sizeof *slots);
	return slots ? memset(slots, 0, capacity * sizeof *slots) : NULL;
}

static int map_grow(struct map *map, size_t capacity)
{
	struct map old = *map;

	map->capacity = capacity;
	map->slots = slots_take(map, capacity);
	if (!map->slots) {
		*map = old;
		return rewapp__fail(REWAPP_E_NOMEMORY, "map of %zu", old.count);
	}
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].value)
			*slot_of(map, old.slots[i].key) = old.slots[i];
	if (!map->arena && old.slots)
		rewapp__env_allocate(map->env, old.slots, 0);
	return 0;
}

/* How many values are enough for so many places. */
static size_t full_at(const struct map *map, size_t capacity)
{
	return map->arena ? capacity / 2 : capacity / 4 * 3;
}

int rewapp__map_reserve(struct map *map, size_t count)
{
	size_t capacity = map->capacity ? map->capacity : CAPACITY_FIRST;

	while (full_at(map, capacity) < count)
		capacity *= 2;
	return count && capacity > map->capacity ? map_grow(map, capacity) : 0;
}

int rewapp__map_put(struct map *map, const void *key, void *value)
{
	uint64_t parts[2];
	struct map_slot *slot;
	int error;

	if (map->count >= full_at(map, map->capacity) && (error = rewapp__map_reserve(map, map->count + 1)) < 0)
		return error;
	memcpy(parts, key, sizeof parts);
	slot = slot_of(map, parts);
	map->count += !slot->value;
	memcpy(slot->key, parts, sizeof parts);
	slot->value = value;
	return 0;
}

void rewapp__map_remove(struct map *map, const void *key)
{
	size_t mask = map->capacity - 1, hole, at;
	uint64_t parts[2];

	if (map->capacity == 0)
		return;
	memcpy(parts, key, sizeof parts);
	hole = (size_t)(slot_of(map, parts) - map->slots);
	if (!map->slots[hole].value)
		return;
	map->count--;
	/* What stands behind moves up, unless its own place lies between. */
	for (at = (hole + 1) & mask; map->slots[at].value; at = (at + 1) & mask) {
		size_t home = (size_t)hash(map->slots[at].key) & mask;

		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		map->slots[hole] = map->slots[at];
		hole = at;
	}
	map->slots[hole].value = NULL;
}
