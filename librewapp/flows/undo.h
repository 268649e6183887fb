/* Undo: what a chain of linked commands changes in memory, so that all of it can be taken back.
 *
 * Facts are kept as they were when a story first asks for them (the functions of batch.h that
 * give them do it), so a story that changes facts which it got elsewhere keeps them itself.
 * Without an open chain nothing is kept and nothing is spent. */
#ifndef REWAPP_FLOWS_UNDO_H
#define REWAPP_FLOWS_UNDO_H

#include "base/map.h"
#include "ledger/wallet.h"

struct undo_step;

struct undo {
	bool open, failed; /* failed: memory is exhausted */
	struct arena *arena;
	struct plan *plan;
	struct step **plan_last; /* the plan's end when the chain began */
	size_t plan_steps;
	struct undo_step *newest;
	struct map kept; /* by address: what is kept already */
};

/* A chain begins; steps that the plan gets from now on belong to it. */
void rewapp__undo_begin(struct undo *undo, struct plan *plan);

/* Keeps `size` bytes, which are about to change; keeps them once. */
void rewapp__undo_keep(struct undo *undo, void *bytes, size_t size);

/* Keeps a wallet with its accounts, lots, holds and limits. */
void rewapp__undo_keep_wallet(struct undo *undo, struct wallet *wallet);

/* Keeps what a map says of a key, before it is put. */
void rewapp__undo_keep_key(struct undo *undo, struct map *map, const void *key);

/* The chain stands: what was kept is forgotten. */
void rewapp__undo_end(struct undo *undo);

/* The chain falls: everything is as it was when it began; numbers that it took stay taken. */
void rewapp__undo_roll_back(struct undo *undo);

#endif
