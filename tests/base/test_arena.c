/* The arena: zeroed, aligned, limited, and everything back at the end. */
#include "base/arena.h"
#include "memory.h"
#include "run.h"

#include <stdint.h>
#include <string.h>

START_TEST(memory_is_aligned_zeroed_and_apart)
{
	struct arena arena;
	unsigned char *before = NULL;

	rewapp__arena_init(&arena, NULL);
	for (size_t size = 0; size < 200; size++) {
		unsigned char *bytes = rewapp__arena_take(&arena, size);

		ck_assert_ptr_nonnull(bytes);
		ck_assert_uint_eq((uintptr_t)bytes % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			ck_assert_uint_eq(bytes[i], 0);
		memset(bytes, 0xee, size);
		if (before && size > 1)
			ck_assert_uint_eq(before[size - 2], 0xee);
		before = bytes;
	}
	rewapp__arena_finish(&arena);
}
END_TEST

/* What was written and given back does not shine through. */
START_TEST(memory_is_zeroed_again_after_a_reset)
{
	struct arena arena;
	unsigned char *first, *second;

	rewapp__arena_init(&arena, NULL);
	first = rewapp__arena_take(&arena, 4096);
	memset(first, 0xee, 4096);
	rewapp__arena_reset(&arena);
	second = rewapp__arena_take(&arena, 4096);
	ck_assert_ptr_eq(first, second);
	for (size_t i = 0; i < 4096; i++)
		ck_assert_uint_eq(second[i], 0);
	rewapp__arena_finish(&arena);
}
END_TEST

START_TEST(a_reset_keeps_one_block_and_a_finish_none)
{
	struct memory memory = { -1, 0 };
	const struct rewapp_env env = memory_env(&memory);
	struct arena arena;

	rewapp__arena_init(&arena, &env);
	rewapp__arena_reset(&arena);
	for (int i = 0; i < 100; i++)
		ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 10000));
	ck_assert_int_gt(memory.out, 1);
	rewapp__arena_reset(&arena);
	ck_assert_int_eq(memory.out, 1);
	ck_assert_uint_eq(arena.total, 0);
	memory.left = 0;
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 10000));
	rewapp__arena_finish(&arena);
	ck_assert_int_eq(memory.out, 0);
	rewapp__arena_finish(&arena);
	ck_assert_int_eq(memory.out, 0);
	memory.left = -1;
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 1));
	rewapp__arena_finish(&arena);
	ck_assert_int_eq(memory.out, 0);
}
END_TEST

/* One large use does not hold its memory for ever. */
START_TEST(a_reset_gives_a_large_block_back)
{
	struct memory memory = { -1, 0 };
	const struct rewapp_env env = memory_env(&memory);
	struct arena arena;

	rewapp__arena_init(&arena, &env);
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 100));
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 9 << 20));
	rewapp__arena_reset(&arena);
	ck_assert_int_eq(memory.out, 1);
	memory.left = 0;
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 16000));
	ck_assert_ptr_null(rewapp__arena_take(&arena, 16000));
	memory.left = -1;
	rewapp__arena_finish(&arena);
	rewapp__arena_init(&arena, &env);
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 9 << 20));
	rewapp__arena_reset(&arena);
	ck_assert_int_eq(memory.out, 0);
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 100));
	rewapp__arena_finish(&arena);
	ck_assert_int_eq(memory.out, 0);
}
END_TEST

START_TEST(the_limit_is_reached_and_not_passed)
{
	struct arena arena;

	rewapp__arena_init(&arena, NULL);
	arena.limit = 1024;
	ck_assert_ptr_null(rewapp__arena_take(&arena, 1025));
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 1000));
	ck_assert_ptr_null(rewapp__arena_take(&arena, 17));
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 16));
	ck_assert_ptr_null(rewapp__arena_take(&arena, 1));
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 0));
	rewapp__arena_reset(&arena);
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 1024));
	rewapp__arena_finish(&arena);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused)
{
	struct arena arena;
	const size_t most = SIZE_MAX;

	rewapp__arena_init(&arena, NULL);
	ck_assert_ptr_null(rewapp__arena_take(&arena, most));
	ck_assert_ptr_null(rewapp__arena_take(&arena, most - _Alignof(max_align_t)));
	ck_assert_ptr_null(rewapp__arena_array(&arena, most, 2));
	ck_assert_ptr_null(rewapp__arena_array(&arena, most / 2 + 1, 2));
	ck_assert_ptr_null(rewapp__arena_array(&arena, (size_t)1 << 32, (size_t)1 << 32));
	ck_assert_ptr_null(rewapp__arena_copy(&arena, "", most));
	ck_assert_ptr_nonnull(rewapp__arena_array(&arena, 0, most));
	ck_assert_ptr_nonnull(rewapp__arena_array(&arena, most, 0));
	ck_assert_uint_eq(arena.total, 0);
	rewapp__arena_finish(&arena);
}
END_TEST

START_TEST(a_copy_ends_in_nul)
{
	struct arena arena;
	char *copy;

	rewapp__arena_init(&arena, NULL);
	copy = rewapp__arena_copy(&arena, "points and more", 6);
	ck_assert_str_eq(copy, "points");
	ck_assert_str_eq(rewapp__arena_copy(&arena, NULL, 0), "");
	ck_assert_mem_eq(rewapp__arena_copy(&arena, "a\0b", 3), "a\0b", 4);
	rewapp__arena_finish(&arena);
}
END_TEST

/* A failed request leaves the arena as it was; later ones may succeed. */
START_TEST(an_allocator_that_fails)
{
	struct memory memory = { 0, 0 };
	const struct rewapp_env env = memory_env(&memory);
	struct arena arena;
	char *text;

	rewapp__arena_init(&arena, &env);
	ck_assert_ptr_null(rewapp__arena_take(&arena, 1));
	ck_assert_ptr_null(rewapp__arena_copy(&arena, "x", 1));
	memory.left = 1;
	text = rewapp__arena_copy(&arena, "kept", 4);
	ck_assert_ptr_null(rewapp__arena_take(&arena, 1 << 20));
	ck_assert_ptr_nonnull(rewapp__arena_take(&arena, 64));
	ck_assert_str_eq(text, "kept");
	rewapp__arena_finish(&arena);
	ck_assert_int_eq(memory.out, 0);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, memory_is_aligned_zeroed_and_apart);
	tcase_add_test(all, memory_is_zeroed_again_after_a_reset);
	tcase_add_test(all, a_reset_keeps_one_block_and_a_finish_none);
	tcase_add_test(all, a_reset_gives_a_large_block_back);
	tcase_add_test(all, the_limit_is_reached_and_not_passed);
	tcase_add_test(all, sizes_that_overflow_are_refused);
	tcase_add_test(all, a_copy_ends_in_nul);
	tcase_add_test(all, an_allocator_that_fails);
}

int main(void)
{
	return run_suite("base arena", add);
}
