/* Ids in memory: where the record of each command is, for a store that one process owns.
 *
 * An id takes eight bytes: forty bits of its number and a tag of 24 bits of its hash.  What is found is
 * therefore a candidate, to be compared with the record itself; a new id finds one in about a million.
 * Memory comes in tables, so that no id ever moves, and the next one is cleared while the last one fills, so
 * that no batch waits for it. */
#ifndef REWAPP_LEDGER_IDS_H
#define REWAPP_LEDGER_IDS_H

#include <rewapp/sys/env.h>
#include <rewapp/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IDS_CANDIDATES_MAX = 8,
	IDS_TABLES_MAX = 256 /* 750 million ids */
};

struct ids_table {
	uint64_t *slots; /* 0: free */
	size_t count, capacity;
};

struct ids {
	const struct rewapp_env *env;
	struct ids_table tables[IDS_TABLES_MAX];
	size_t table_count;
	struct ids_table next; /* made ready while the last one fills; no slots: not begun */
	size_t next_ready;     /* its slots from here on are not cleared yet */
};

void rewapp__ids_init(struct ids *ids, const struct rewapp_env *env);
void rewapp__ids_finish(struct ids *ids);

/* Makes room for `count` more: 0 or REWAPP_E_NOMEMORY.  As many can be added then without fail. */
int rewapp__ids_reserve(struct ids *ids, size_t count);

uint64_t rewapp__ids_hash(const struct rewapp_id *id);
void rewapp__ids_add(struct ids *ids, uint64_t hash, int64_t number);

/* Has the places where an id may stand brought near, for it will be asked for soon. */
void rewapp__ids_foresee(const struct ids *ids, uint64_t hash);
void rewapp__ids_foresee_adding(const struct ids *ids, uint64_t hash);

/* Numbers that may be those of the id, into `out` (IDS_CANDIDATES_MAX); how many. */
size_t rewapp__ids_find(const struct ids *ids, uint64_t hash, int64_t *out);

#endif
