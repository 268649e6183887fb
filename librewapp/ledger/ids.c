/* Ids in memory: where the record of each command is. */
#include "ledger/ids.h"

#include "base/arena.h"
#include "base/error.h"

#include <sodium.h>
#include <string.h>

enum {
	NUMBER_BITS = 40,
	FIRST_CAPACITY = 1 << 16,
	DOUBLINGS = 6,   /* of the next tables */
	CLEARED_EACH = 20 /* slots of the next table for each id that comes: it is ready before it is wanted */
};

#define NUMBER_MASK ((UINT64_C(1) << NUMBER_BITS) - 1)

void rewapp__ids_init(struct ids *ids, const struct rewapp_env *env)
{
	memset(ids, 0, sizeof *ids);
	ids->env = env;
}

void rewapp__ids_finish(struct ids *ids)
{
	for (size_t i = 0; i < ids->table_count; i++)
		rewapp__env_allocate(ids->env, ids->tables[i].slots, 0);
	ids->table_count = 0;
	if (ids->next.slots)
		rewapp__env_allocate(ids->env, ids->next.slots, 0);
	ids->next.slots = NULL;
}

/* Three quarters full is full. */
static size_t room_of(const struct ids_table *table)
{
	return table->capacity / 4 * 3 - table->count;
}

static bool next_begin(struct ids *ids)
{
	size_t doublings = ids->table_count < DOUBLINGS ? ids->table_count : DOUBLINGS;
	struct ids_table *next = &ids->next;

	if (next->slots)
		return true;
	next->capacity = (size_t)FIRST_CAPACITY << doublings;
	next->slots = rewapp__env_allocate(ids->env, NULL, next->capacity * sizeof *next->slots);
	ids->next_ready = 0;
	return next->slots;
}

static void next_clear(struct ids *ids, size_t count)
{
	size_t left = ids->next.capacity - ids->next_ready;

	count = count < left ? count : left;
	memset(ids->next.slots + ids->next_ready, 0, count * sizeof *ids->next.slots);
	ids->next_ready += count;
}

static int table_add(struct ids *ids)
{
	if (ids->table_count == IDS_TABLES_MAX || !next_begin(ids))
		return rewapp__fail(REWAPP_E_NOMEMORY, "ids: one more table");
	next_clear(ids, ids->next.capacity);
	ids->tables[ids->table_count++] = ids->next;
	ids->next.slots = NULL;
	return 0;
}

int rewapp__ids_reserve(struct ids *ids, size_t count)
{
	const struct ids_table *last = ids->table_count ? &ids->tables[ids->table_count - 1] : NULL;
	size_t room = last ? room_of(last) : 0;

	/* What is left of the last table stays empty: a batch is small beside it. */
	if (room < count)
		return table_add(ids);
	if (room < last->capacity / 8 && next_begin(ids)) /* without memory now there may be some later */
		next_clear(ids, count * CLEARED_EACH);
	return 0;
}

uint64_t rewapp__ids_hash(const struct rewapp_id *id)
{
	static const unsigned char key[crypto_shorthash_KEYBYTES] = "rewapp.ids";
	unsigned char hash[crypto_shorthash_BYTES];
	uint64_t out;

	crypto_shorthash(hash, id->bytes, sizeof id->bytes, key);
	memcpy(&out, hash, sizeof out);
	return out;
}

void rewapp__ids_add(struct ids *ids, uint64_t hash, int64_t number)
{
	struct ids_table *table = &ids->tables[ids->table_count - 1];
	size_t at = (size_t)hash & (table->capacity - 1);

	while (table->slots[at])
		at = (at + 1) & (table->capacity - 1);
	table->slots[at] = hash >> NUMBER_BITS << NUMBER_BITS | ((uint64_t)number & NUMBER_MASK);
	table->count++;
}

static void foresee_in(const struct ids_table *table, uint64_t hash)
{
	__builtin_prefetch(&table->slots[(size_t)hash & (table->capacity - 1)]);
}

void rewapp__ids_foresee(const struct ids *ids, uint64_t hash)
{
	for (size_t i = 0; i < ids->table_count; i++)
		foresee_in(&ids->tables[i], hash);
}

void rewapp__ids_foresee_adding(const struct ids *ids, uint64_t hash)
{
	if (ids->table_count)
		foresee_in(&ids->tables[ids->table_count - 1], hash);
}

static size_t find_in(const struct ids_table *table, uint64_t hash, int64_t *out, size_t count)
{
	for (size_t at = (size_t)hash & (table->capacity - 1); table->slots[at];
		at = (at + 1) & (table->capacity - 1))
		if (table->slots[at] >> NUMBER_BITS == hash >> NUMBER_BITS && count < IDS_CANDIDATES_MAX)
			out[count++] = (int64_t)(table->slots[at] & NUMBER_MASK);
	return count;
}

size_t rewapp__ids_find(const struct ids *ids, uint64_t hash, int64_t *out)
{
	size_t count = 0;

	for (size_t i = 0; i < ids->table_count; i++)
		count = find_in(&ids->tables[i], hash, out, count);
	return count;
}
