/* The tree against RFC 9162's recursive definition, against the vectors of an independent
 * implementation, and against proofs that are not quite right. */
#include "evidence/tree.h"

#include "../run.h"
#include "rows.h"

#include <rewapp/errors.h>
#include <sodium.h>
#include <string.h>

enum {
	LEAVES = 300,
	EXHAUSTIVE = 70
};

static struct tree_hash leaves[LEAVES];

static void setup(void)
{
	for (int i = 0; i < LEAVES; i++) {
		uint8_t number[8] = { (uint8_t)i, (uint8_t)(i >> 8) };

		rewapp__tree_leaf(&leaves[i], number, 3, number + 3, sizeof number - 3);
	}
}

static struct tree_hash naive_root(const struct tree_hash *first, int64_t count)
{
	struct tree_hash left, right, out;
	int64_t middle = 1;

	if (count == 0)
		crypto_generichash(out.bytes, sizeof out.bytes, NULL, 0, NULL, 0);
	if (count == 0)
		return out;
	if (count == 1)
		return *first;
	while (middle * 2 < count)
		middle *= 2;
	left = naive_root(first, middle);
	right = naive_root(first + middle, count - middle);
	rewapp__tree_node(&out, &left, &right);
	return out;
}

/* A store that has only perfect subtrees of the leaves below *user. */
static int node_of(void *user, int level, int64_t index, struct tree_hash *out)
{
	int64_t size = *(const int64_t *)user;

	if ((index + 1) << level > size)
		return REWAPP_E_CORRUPT;
	*out = naive_root(leaves + (index << level), INT64_C(1) << level);
	return 0;
}

START_TEST(roots_grow_as_defined)
{
	struct tree_frontier frontier, again;
	struct tree_hash root, expected;

	rewapp__tree_start(&frontier);
	for (int64_t size = 0; size <= LEAVES; size++) {
		expected = naive_root(leaves, size);
		rewapp__tree_root(&frontier, &root);
		ck_assert(rewapp__tree_same(&root, &expected));
		ck_assert_int_eq(rewapp__tree_frontier(node_of, &size, size, &again), 0);
		rewapp__tree_root(&again, &root);
		ck_assert(rewapp__tree_same(&root, &expected));
		if (size < LEAVES)
			ck_assert_int_eq(rewapp__tree_add(&frontier, &leaves[size], NULL, NULL), 0);
	}
}
END_TEST

struct growth {
	int64_t size;
	int count;
};

static int check_grown(void *user, int level, int64_t index, const struct tree_hash *hash)
{
	struct growth *growth = user;
	struct tree_hash expected = naive_root(leaves + (index << level), INT64_C(1) << level);

	ck_assert_int_eq((index + 1) << level, growth->size + 1);
	ck_assert(rewapp__tree_same(hash, &expected));
	return ++growth->count == 599 ? REWAPP_E_STORAGE : 0;
}

START_TEST(every_perfect_subtree_is_told_once)
{
	struct growth growth = { 0 };
	struct tree_frontier frontier;
	int code = 0;

	rewapp__tree_start(&frontier);
	for (; growth.size < LEAVES && !code; growth.size++)
		code = rewapp__tree_add(&frontier, &leaves[growth.size], check_grown, &growth);
	/* 300 + 150 + 75 + 37 + 18 + 9 + 4 + 2 + 1 are 596, so nobody stopped it */
	ck_assert_int_eq(growth.count, 596);
	ck_assert_int_eq(code, 0);
	growth = (struct growth){ .size = 0, .count = 598 };
	rewapp__tree_start(&frontier);
	ck_assert_int_eq(rewapp__tree_add(&frontier, &leaves[0], check_grown, &growth), REWAPP_E_STORAGE);
}
END_TEST

START_TEST(every_leaf_of_every_tree_is_included)
{
	for (int64_t size = 1; size <= EXHAUSTIVE; size++) {
		struct tree_hash root = naive_root(leaves, size);

		for (int64_t leaf = 0; leaf < size; leaf++) {
			struct tree_path path;

			ck_assert_int_eq(rewapp__tree_inclusion(node_of, &size, leaf, size, &path), 0);
			for (int64_t other = -1; other <= size; other++)
				ck_assert_int_eq(
					rewapp__tree_includes(&path, other, &leaves[leaf], size, &root),
					other == leaf);
			ck_assert(!rewapp__tree_includes(&path, leaf, &leaves[leaf + 1], size, &root));
			ck_assert(!rewapp__tree_includes(&path, leaf, &leaves[leaf], 2 * size, &root));
		}
	}
}
END_TEST

START_TEST(every_tree_continues_every_smaller_one)
{
	for (int64_t size = 0; size <= EXHAUSTIVE; size++) {
		struct tree_hash root = naive_root(leaves, size);

		for (int64_t older = 0; older <= size; older++) {
			struct tree_hash was = naive_root(leaves, older),
					 other = naive_root(leaves + 1, older);
			struct tree_path path;

			ck_assert_int_eq(rewapp__tree_consistency(node_of, &size, older, size, &path), 0);
			ck_assert(rewapp__tree_extends(&path, older, &was, size, &root));
			if (older > 0)
				ck_assert(!rewapp__tree_extends(&path, older, &other, size, &root));
			if (older > 0 && older < size)
				ck_assert(!rewapp__tree_extends(&path, older - 1, &was, size, &root));
			ck_assert(!rewapp__tree_extends(&path, size + 1, &was, size, &root));
		}
	}
}
END_TEST

/* Each hash of a proof counts, none may be missing and none be added. */
START_TEST(a_changed_path_proves_nothing)
{
	int64_t size = 57, leaf = 33, older = 27;
	struct tree_hash root = naive_root(leaves, size), was = naive_root(leaves, older);
	struct tree_path in, on, changed;

	ck_assert_int_eq(rewapp__tree_inclusion(node_of, &size, leaf, size, &in), 0);
	ck_assert_int_eq(rewapp__tree_consistency(node_of, &size, older, size, &on), 0);
	for (size_t bit = 0; bit < in.count * 256; bit++) {
		changed = in;
		changed.hashes[bit / 256].bytes[bit % 256 / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert(!rewapp__tree_includes(&changed, leaf, &leaves[leaf], size, &root));
	}
	for (size_t bit = 0; bit < on.count * 256; bit++) {
		changed = on;
		changed.hashes[bit / 256].bytes[bit % 256 / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert(!rewapp__tree_extends(&changed, older, &was, size, &root));
	}
	for (int by = -1; by <= 1; by += 2) {
		changed = in, changed.count += (size_t)by;
		ck_assert(!rewapp__tree_includes(&changed, leaf, &leaves[leaf], size, &root));
		changed = on, changed.count += (size_t)by;
		ck_assert(!rewapp__tree_extends(&changed, older, &was, size, &root));
	}
	in.count = on.count = TREE_PATH_MAX + 1;
	ck_assert(!rewapp__tree_includes(&in, leaf, &leaves[leaf], size, &root));
	ck_assert(!rewapp__tree_extends(&on, older, &was, size, &root));
}
END_TEST

START_TEST(what_is_not_there_has_no_proof)
{
	int64_t size = 5, too_large = INT64_C(1) << TREE_LEVELS, short_of = 3;
	struct tree_path path;

	ck_assert_int_eq(rewapp__tree_inclusion(node_of, &size, 5, size, &path), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp__tree_inclusion(node_of, &size, -1, size, &path), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp__tree_inclusion(node_of, &size, 0, too_large, &path), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp__tree_consistency(node_of, &size, 6, size, &path), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp__tree_consistency(node_of, &size, -1, size, &path), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp__tree_inclusion(node_of, &short_of, 0, size, &path), REWAPP_E_CORRUPT);
	ck_assert_int_eq(rewapp__tree_consistency(node_of, &short_of, 4, size, &path), REWAPP_E_CORRUPT);
}
END_TEST

/* A leaf that holds what a node holds has another hash. */
START_TEST(a_leaf_is_no_node)
{
	struct tree_hash node, leaf;

	rewapp__tree_node(&node, &leaves[0], &leaves[1]);
	rewapp__tree_leaf(&leaf, leaves[0].bytes, TREE_HASH_BYTES, leaves[1].bytes, TREE_HASH_BYTES);
	ck_assert(!rewapp__tree_same(&node, &leaf));
}
END_TEST

static void check_path(char **cells, int count, const struct tree_path *path)
{
	ck_assert_int_eq(count - 3, (int)path->count);
	for (size_t i = 0; i < path->count; i++) {
		struct tree_hash hash;

		row_hash(cells[3 + i], hash.bytes);
		ck_assert(rewapp__tree_same(&hash, &path->hashes[i]));
	}
}

static void check_row(char **cells, int count)
{
	struct tree_hash root, expected;
	struct tree_path path;
	int64_t first, size;

	if (strcmp(cells[0], "root") == 0) {
		root = naive_root(leaves, row_number(cells[1]));
		row_hash(cells[2], expected.bytes);
		ck_assert(rewapp__tree_same(&root, &expected));
		return;
	}
	first = row_number(cells[1]), size = row_number(cells[2]);
	if (strcmp(cells[0], "inclusion") == 0)
		ck_assert_int_eq(rewapp__tree_inclusion(node_of, &size, first, size, &path), 0);
	else
		ck_assert_int_eq(rewapp__tree_consistency(node_of, &size, first, size, &path), 0);
	check_path(cells, count, &path);
}

START_TEST(the_vectors_agree)
{
	int rows = each_row("root", check_row) + each_row("inclusion", check_row) +
		each_row("consistency", check_row);

	ck_assert_int_eq(rows, 37);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_test(all, roots_grow_as_defined);
	tcase_add_test(all, every_perfect_subtree_is_told_once);
	tcase_add_test(all, every_leaf_of_every_tree_is_included);
	tcase_add_test(all, every_tree_continues_every_smaller_one);
	tcase_add_test(all, a_changed_path_proves_nothing);
	tcase_add_test(all, what_is_not_there_has_no_proof);
	tcase_add_test(all, a_leaf_is_no_node);
	tcase_add_test(all, the_vectors_agree);
}

int main(void)
{
	return run_suite("the tree", add);
}
