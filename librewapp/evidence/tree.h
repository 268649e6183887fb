/* A Merkle tree over the commands of a store, grown at its right edge: RFC 6962's shape with
 * BLAKE2b-256.  Pure, and without the rest of the engine: the stand-alone verifier links it. */
#ifndef REWAPP_EVIDENCE_TREE_H
#define REWAPP_EVIDENCE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TREE_HASH_BYTES = 32,
	TREE_LEVELS = 62,    /* a tree has fewer than 2^62 leaves */
	TREE_PATH_MAX = 64,  /* no proof is longer */
	TREE_TILE_LEVELS = 5 /* a tile is 32 hashes of one level; the store keeps every fifth level */
};

struct tree_hash {
	uint8_t bytes[TREE_HASH_BYTES];
};

/* leaf = H(0x00, head, tail); node = H(0x01, left, right): no leaf can pass for a node. */
void rewapp__tree_leaf(
	struct tree_hash *out, const void *head, size_t head_size, const void *tail, size_t tail_size);
void rewapp__tree_node(struct tree_hash *out, const struct tree_hash *left, const struct tree_hash *right);
bool rewapp__tree_same(const struct tree_hash *a, const struct tree_hash *b);

/* The right edge: one root for each set bit of the size.  All that a checkpoint needs. */
struct tree_frontier {
	int64_t size; /* leaves */
	struct tree_hash roots[TREE_LEVELS];
};

/* Is told each perfect subtree in the moment in which it is complete; 0 or a negative code. */
typedef int tree_grown(void *user, int level, int64_t index, const struct tree_hash *hash);

void rewapp__tree_start(struct tree_frontier *frontier);

/* Adds the next leaf; `grown` NULL: nobody listens.  Returns 0 or what `grown` returned; then
 * the frontier is of no more use. */
int rewapp__tree_add(
	struct tree_frontier *frontier, const struct tree_hash *leaf, tree_grown *grown, void *user);

/* The root of all leaves so far; of none: the hash of nothing. */
void rewapp__tree_root(const struct tree_frontier *frontier, struct tree_hash *out);

/* --- making proofs ------------------------------------------------------------------- */

/* Gives the root of perfect subtree `index` (from 0) of 2^level leaves; 0 or a negative code. */
typedef int tree_node_of(void *user, int level, int64_t index, struct tree_hash *out);

struct tree_path {
	size_t count;
	struct tree_hash hashes[TREE_PATH_MAX];
};

/* That `leaf` (from 0) is in the tree of `size` leaves.  Returns 0, REWAPP_E_ARGUMENT (no such
 * leaf), or what `node` returned. */
int rewapp__tree_inclusion(tree_node_of *node, void *user, int64_t leaf, int64_t size, struct tree_path *out);

/* That the tree of `size` leaves begins with the tree of `older` leaves.  Returns as above. */
int rewapp__tree_consistency(
	tree_node_of *node, void *user, int64_t older, int64_t size, struct tree_path *out);

/* The frontier of the tree of `size` leaves, as if they had been added one by one. */
int rewapp__tree_frontier(tree_node_of *node, void *user, int64_t size, struct tree_frontier *out);

/* --- checking them: RFC 9162, 2.1.3.2 and 2.1.4.2 --------------------------------------- */

bool rewapp__tree_includes(const struct tree_path *path, int64_t leaf, const struct tree_hash *hash,
	int64_t size, const struct tree_hash *root);
bool rewapp__tree_extends(const struct tree_path *path, int64_t older, const struct tree_hash *older_root,
	int64_t size, const struct tree_hash *root);

#endif
