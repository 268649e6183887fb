/* The lots that have points, by their numbers: a sorted list, for millions of them fit into what
 * a map of pointers would need for a third. */
#ifndef REWAPP_SETTLEMENT_LOTS_H
#define REWAPP_SETTLEMENT_LOTS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct party;

struct settled_lot {
	int64_t number, expires_ms; /* 0: never; < 0: as that member's activity says */
	struct party *funder;       /* NULL: it was forgotten */
	int64_t remaining, held;
	int64_t next_idle; /* of the list of idle lots: the next one's number, or -1; 0: not in it */
};

struct lots {
	const struct rewapp_env *env;
	struct settled_lot *at; /* by number; owned */
	size_t count, capacity, forgotten;
};

void rewapp__lots_init(struct lots *lots, const struct rewapp_env *env);
void rewapp__lots_finish(struct lots *lots);

/* NULL: there is none.  Pointers end with the next put or squeeze. */
struct settled_lot *rewapp__lots_find(const struct lots *lots, int64_t number);

/* A place for a lot whose number is not there, all zero but for that; NULL without memory. */
struct settled_lot *rewapp__lots_put(struct lots *lots, int64_t number);

void rewapp__lots_forget(struct lots *lots, struct settled_lot *lot);

/* Closes the gaps when they are half of the list, or all of them and gives back what is not needed. */
void rewapp__lots_squeeze(struct lots *lots, bool whole);

#endif
