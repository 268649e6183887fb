/* Growing a Merkle tree and making proofs from it; checking them is check.c. */
#include "evidence/tree.h"

#include <rewapp/errors.h>
#include <sodium.h>
#include <string.h>

static const uint8_t leaf_mark = 0x00, node_mark = 0x01;

void rewapp__tree_leaf(
	struct tree_hash *out, const void *head, size_t head_size, const void *tail, size_t tail_size)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, TREE_HASH_BYTES);
	crypto_generichash_update(&state, &leaf_mark, 1);
	crypto_generichash_update(&state, head, head_size);
	crypto_generichash_update(&state, tail, tail_size);
	crypto_generichash_final(&state, out->bytes, TREE_HASH_BYTES);
}

void rewapp__tree_node(struct tree_hash *out, const struct tree_hash *left, const struct tree_hash *right)
{
	uint8_t bytes[1 + 2 * TREE_HASH_BYTES];

	bytes[0] = node_mark;
	memcpy(bytes + 1, left->bytes, TREE_HASH_BYTES);
	memcpy(bytes + 1 + TREE_HASH_BYTES, right->bytes, TREE_HASH_BYTES);
	crypto_generichash(out->bytes, TREE_HASH_BYTES, bytes, sizeof bytes, NULL, 0);
}

bool rewapp__tree_same(const struct tree_hash *a, const struct tree_hash *b)
{
	return memcmp(a->bytes, b->bytes, TREE_HASH_BYTES) == 0;
}

void rewapp__tree_start(struct tree_frontier *frontier)
{
	memset(frontier, 0, sizeof *frontier);
}

int rewapp__tree_add(
	struct tree_frontier *frontier, const struct tree_hash *leaf, tree_grown *grown, void *user)
{
	struct tree_hash hash = *leaf;
	int level = 0, code;

	if (grown && (code = grown(user, 0, frontier->size, &hash)) < 0)
		return code;
	for (; frontier->size >> level & 1; level++) {
		rewapp__tree_node(&hash, &frontier->roots[level], &hash);
		if (grown && (code = grown(user, level + 1, frontier->size >> (level + 1), &hash)) < 0)
			return code;
	}
	frontier->roots[level] = hash;
	frontier->size++;
	return 0;
}

void rewapp__tree_root(const struct tree_frontier *frontier, struct tree_hash *out)
{
	bool any = false;

	if (frontier->size == 0)
		crypto_generichash(out->bytes, TREE_HASH_BYTES, NULL, 0, NULL, 0);
	for (int level = 0; level < TREE_LEVELS; level++) {
		if (!(frontier->size >> level & 1))
			continue;
		if (any)
			rewapp__tree_node(out, &frontier->roots[level], out);
		else
			*out = frontier->roots[level];
		any = true;
	}
}

/* --- proofs ------------------------------------------------------------------------------ */

/* The largest power of two below `count`, as its exponent; count > 1. */
static int split_level(int64_t count)
{
	return 63 - __builtin_clzll((unsigned long long)(count - 1));
}

/* The root of leaves begin ... end - 1, where begin is a multiple of the power of two above
 * their number: perfect subtrees from left to right, joined from the right. */
static int range_root(tree_node_of *node, void *user, int64_t begin, int64_t end, struct tree_hash *out)
{
	struct tree_frontier edge = { .size = end - begin };
	int code;

	for (int level = TREE_LEVELS - 1; level >= 0; level--) {
		if (!(edge.size >> level & 1))
			continue;
		if ((code = node(user, level, begin >> level, &edge.roots[level])) < 0)
			return code;
		begin += INT64_C(1) << level;
	}
	rewapp__tree_root(&edge, out);
	return 0;
}

static void reverse(struct tree_path *path)
{
	for (size_t i = 0; i < path->count / 2; i++) {
		struct tree_hash kept = path->hashes[i];

		path->hashes[i] = path->hashes[path->count - 1 - i];
		path->hashes[path->count - 1 - i] = kept;
	}
}

int rewapp__tree_inclusion(tree_node_of *node, void *user, int64_t leaf, int64_t size, struct tree_path *out)
{
	int64_t begin = 0, end = size;

	out->count = 0;
	if (leaf < 0 || leaf >= size || size >> TREE_LEVELS)
		return REWAPP_E_ARGUMENT;
	while (end - begin > 1) {
		int64_t middle = begin + (INT64_C(1) << split_level(end - begin));
		bool left = leaf < middle;
		int code = left ? range_root(node, user, middle, end, &out->hashes[out->count])
				: range_root(node, user, begin, middle, &out->hashes[out->count]);

		if (code < 0)
			return code;
		out->count++;
		if (left)
			end = middle;
		else
			begin = middle;
	}
	reverse(out);
	return 0;
}

/* SUBPROOF of RFC 9162, 2.1.4.1, walked down instead of called. */
int rewapp__tree_consistency(
	tree_node_of *node, void *user, int64_t older, int64_t size, struct tree_path *out)
{
	int64_t begin = 0, end = size;
	int code;

	out->count = 0;
	if (older < 0 || older > size || size >> TREE_LEVELS)
		return REWAPP_E_ARGUMENT;
	if (older == 0 || older == size)
		return 0;
	while (older != end) {
		int64_t middle = begin + (INT64_C(1) << split_level(end - begin));
		bool left = older <= middle;

		code = left ? range_root(node, user, middle, end, &out->hashes[out->count])
			    : range_root(node, user, begin, middle, &out->hashes[out->count]);
		if (code < 0)
			return code;
		out->count++;
		if (left)
			end = middle;
		else
			begin = middle;
	}
	if (begin > 0 && (code = range_root(node, user, begin, end, &out->hashes[out->count++])) < 0)
		return code;
	reverse(out);
	return 0;
}

int rewapp__tree_frontier(tree_node_of *node, void *user, int64_t size, struct tree_frontier *out)
{
	int64_t begin = 0;
	int code;

	rewapp__tree_start(out);
	for (int level = TREE_LEVELS - 1; level >= 0; level--) {
		if (!(size >> level & 1))
			continue;
		if ((code = node(user, level, begin >> level, &out->roots[level])) < 0)
			return code;
		begin += INT64_C(1) << level;
	}
	out->size = size;
	return 0;
}
