/* The tree over a store's commands: leaves made from the log, the levels above them read and kept.
 * The store keeps every fifth level; what is between is made again from a tile of 32 hashes. */
#ifndef REWAPP_FLOWS_FOREST_H
#define REWAPP_FLOWS_FOREST_H

#include "evidence/ticket.h"
#include "flows/books.h"
#include "ledger/record.h"

enum {
	TILE_HASHES = 1 << TREE_TILE_LEVELS,
	TILES = TREE_LEVELS / TREE_TILE_LEVELS + 1
};

/* One command of the tree. */
struct leaf {
	int64_t number; /* the command's in the store */
	struct tree_hash digest, hash;
	char ticket[TICKET_CAPACITY];
	size_t ticket_size;
};

/* Makes the leaf of a record; `arena` is for what it needs on the way.  0 or a negative code. */
int rewapp__leaf_make(struct rewapp_engine *engine, const struct books *books, const struct record *record,
	struct arena *arena, struct leaf *out);

/* Consecutive hashes of a level that is stored, or of the leaves. */
struct tile {
	int64_t index; /* -1: none is in memory */
	size_t count;
	struct tree_hash hashes[TILE_HASHES];
	int64_t numbers[TILE_HASHES]; /* of leaves: their commands' */
};

struct forest {
	struct rewapp_engine *engine;
	const struct books *books;
	struct arena arena, kept; /* of one reading, and until the end */
	struct tile *tiles;       /* one for each stored level */
};

/* 0 or REWAPP_E_NOMEMORY; the end is needed in any case. */
int rewapp__forest_begin(struct forest *forest, struct rewapp_engine *engine, const struct books *books);
void rewapp__forest_end(struct forest *forest);

/* A tree_node_of; `user` is the forest.  REWAPP_E_CORRUPT: the store has no such subtree. */
int rewapp__forest_node(void *user, int level, int64_t index, struct tree_hash *out);

/* Where the command `number` stands in the tree, from 0; REWAPP_E_NOTFOUND. */
int rewapp__forest_place(struct forest *forest, int64_t number, int64_t *out);

/* The edge of the tree over the whole log, and the log's newest row. */
struct edge {
	struct tree_frontier frontier;
	int64_t seq;
	struct tree_hash chain;
};

/* Takes in what the log has that the tree has not, stores the new nodes, and gives the edge. */
int rewapp__forest_grow(struct rewapp_engine *engine, const struct books *books, struct edge *out);

#endif
