/* Checking proofs of a Merkle tree: the two algorithms of RFC 9162, word for word. */
#include "evidence/tree.h"

#include <sodium.h>

/* Where a walk from a leaf to the root stands: the node's number and the last one's, on one level. */
struct climb {
	uint64_t at, last;
};

static void up(struct climb *climb)
{
	climb->at >>= 1;
	climb->last >>= 1;
}

/* After a left neighbour on the right edge: up past the levels on which there is no neighbour. */
static void skip(struct climb *climb)
{
	while (!(climb->at & 1) && climb->at != 0)
		up(climb);
}

static bool neighbour_is_left(const struct climb *climb)
{
	return (climb->at & 1) || climb->at == climb->last;
}

bool rewapp__tree_includes(const struct tree_path *path, int64_t leaf, const struct tree_hash *hash,
	int64_t size, const struct tree_hash *root)
{
	struct climb climb = { (uint64_t)leaf, (uint64_t)size - 1 };
	struct tree_hash found = *hash;

	if (leaf < 0 || leaf >= size || path->count > TREE_PATH_MAX)
		return false;
	for (size_t i = 0; i < path->count; i++) {
		if (climb.last == 0)
			return false;
		if (neighbour_is_left(&climb)) {
			rewapp__tree_node(&found, &path->hashes[i], &found);
			skip(&climb);
		} else {
			rewapp__tree_node(&found, &found, &path->hashes[i]);
		}
		up(&climb);
	}
	return climb.last == 0 && rewapp__tree_same(&found, root);
}

/* The trees are one and the same, or the older one is empty: there is nothing to climb. */
static bool extends_trivially(const struct tree_path *path, int64_t older, const struct tree_hash *older_root,
	int64_t size, const struct tree_hash *root)
{
	struct tree_frontier none = { .size = 0 };
	struct tree_hash empty;

	rewapp__tree_root(&none, &empty);
	if (path->count || (older == 0 && !rewapp__tree_same(older_root, &empty)))
		return false;
	return older != size || rewapp__tree_same(older_root, root);
}

bool rewapp__tree_extends(const struct tree_path *path, int64_t older, const struct tree_hash *older_root,
	int64_t size, const struct tree_hash *root)
{
	struct climb climb = { (uint64_t)older - 1, (uint64_t)size - 1 };
	bool perfect = (older & (older - 1)) == 0;
	struct tree_hash was, is;

	if (older < 0 || older > size || path->count > TREE_PATH_MAX)
		return false;
	if (older == 0 || older == size)
		return extends_trivially(path, older, older_root, size, root);
	if (!perfect && path->count == 0)
		return false;
	while (climb.at & 1)
		up(&climb);
	was = is = perfect ? *older_root : path->hashes[0];
	for (size_t i = perfect ? 0 : 1; i < path->count; i++) {
		if (climb.last == 0)
			return false;
		if (neighbour_is_left(&climb)) {
			rewapp__tree_node(&was, &path->hashes[i], &was);
			rewapp__tree_node(&is, &path->hashes[i], &is);
			skip(&climb);
		} else {
			rewapp__tree_node(&is, &is, &path->hashes[i]);
		}
		up(&climb);
	}
	return climb.last == 0 && rewapp__tree_same(&was, older_root) && rewapp__tree_same(&is, root);
}
