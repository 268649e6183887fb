/* The map: what was put is found, whatever the keys look like. */
#include "base/error.h"
#include "base/map.h"
#include "run.h"

#include <string.h>

enum {
	KEYS = 10000
};

static uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static char values[2 * KEYS];

/* Puts KEYS keys, finds each, and does not find those that were not put. */
static void put_and_find(struct map_key (*key_of)(int i))
{
	struct arena arena;
	struct map map;

	rewapp__arena_init(&arena, NULL);
	rewapp__map_init(&map, &arena);
	for (int i = 0; i < KEYS; i++) {
		const struct map_key key = key_of(i);

		if (rewapp__map_get(&map, &key))
			ck_abort_msg("key %d is there too early", i);
		SAME_INT(rewapp__map_put(&map, &key, &values[i]), 0);
	}
	ck_assert_uint_eq(map.count, KEYS);
	for (int i = 0; i < 2 * KEYS; i++) {
		const struct map_key key = key_of(i);

		if (rewapp__map_get(&map, &key) != (i < KEYS ? &values[i] : NULL))
			ck_abort_msg("key %d has another value", i);
	}
	rewapp__arena_finish(&arena);
}

static struct map_key random_key(int i)
{
	uint64_t state = UINT64_C(0x2545f4914f6cdd1d) * (uint64_t)(i + 1);

	random_next(&state);
	return (struct map_key){ { random_next(&state), random_next(&state) } };
}

static struct map_key small_numbers(int i)
{
	return rewapp__map_key(i % 100 - 50, i / 100);
}

static struct map_key first_half_only(int i)
{
	return rewapp__map_key(i, 0);
}

static struct map_key second_half_only(int i)
{
	return rewapp__map_key(0, i);
}

/* Only the high bits differ, which a weak hash throws away. */
static struct map_key high_bits(int i)
{
	return (struct map_key){ { (uint64_t)i << 48, (uint64_t)i >> 16 << 60 } };
}

START_TEST(keys_of_many_shapes)
{
	static struct map_key (*const shapes[])(
		int) = { random_key, small_numbers, first_half_only, second_half_only, high_bits };

	put_and_find(shapes[_i]);
}
END_TEST

START_TEST(a_second_value_replaces_the_first)
{
	const struct map_key key = rewapp__map_key(1, 2);
	struct arena arena;
	struct map map;

	rewapp__arena_init(&arena, NULL);
	rewapp__map_init(&map, &arena);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(rewapp__map_put(&map, &key, &values[i]), 0);
		ck_assert_ptr_eq(rewapp__map_get(&map, &key), &values[i]);
	}
	ck_assert_uint_eq(map.count, 1);
	rewapp__arena_finish(&arena);
}
END_TEST

/* The halves are not interchangeable, and all zero is a key like others. */
START_TEST(neighbours_are_told_apart)
{
	static const int64_t pairs[][2] = { { 0, 0 }, { 1, 2 }, { 2, 1 }, { 0, 1 }, { 1, 0 }, { -1, 0 },
		{ 0, -1 }, { -1, -1 }, { INT64_MIN, INT64_MAX }, { INT64_MAX, INT64_MIN } };
	struct arena arena;
	struct map map;

	rewapp__arena_init(&arena, NULL);
	rewapp__map_init(&map, &arena);
	for (int i = 0; i < ROWS(pairs); i++) {
		const struct map_key key = rewapp__map_key(pairs[i][0], pairs[i][1]);

		ck_assert_ptr_null(rewapp__map_get(&map, &key));
		ck_assert_int_eq(rewapp__map_put(&map, &key, &values[i]), 0);
	}
	for (int i = 0; i < ROWS(pairs); i++) {
		const struct map_key key = rewapp__map_key(pairs[i][0], pairs[i][1]);

		ck_assert_ptr_eq(rewapp__map_get(&map, &key), &values[i]);
	}
	rewapp__arena_finish(&arena);
}
END_TEST

/* Ids come out of receipts and rows at any address. */
START_TEST(keys_need_no_alignment)
{
	char bytes[24] = "..0123456789abcdef";
	struct arena arena;
	struct map map;

	rewapp__arena_init(&arena, NULL);
	rewapp__map_init(&map, &arena);
	ck_assert_int_eq(rewapp__map_put(&map, bytes + 1, &values[1]), 0);
	ck_assert_int_eq(rewapp__map_put(&map, bytes + 2, &values[2]), 0);
	memmove(bytes, bytes + 1, 17);
	ck_assert_ptr_eq(rewapp__map_get(&map, bytes), &values[1]);
	ck_assert_ptr_eq(rewapp__map_get(&map, bytes + 1), &values[2]);
	rewapp__arena_finish(&arena);
}
END_TEST

/* What is in stays in when there is no room for more. */
START_TEST(memory_runs_out)
{
	struct arena arena;
	struct map map;
	int count = 0;

	rewapp__arena_init(&arena, NULL);
	arena.limit = 4096;
	rewapp__map_init(&map, &arena);
	for (int error = 0; !error; count += !error) {
		const struct map_key key = first_half_only(count);

		error = rewapp__map_put(&map, &key, &values[count]);
		ck_assert(error == 0 || error == REWAPP_E_NOMEMORY);
	}
	ck_assert_int_gt(count, 16);
	for (int i = 0; i <= count; i++) {
		const struct map_key key = first_half_only(i);

		ck_assert_ptr_eq(rewapp__map_get(&map, &key), i < count ? &values[i] : NULL);
	}
	rewapp__arena_finish(&arena);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, keys_of_many_shapes, 0, 5);
	tcase_add_test(all, a_second_value_replaces_the_first);
	tcase_add_test(all, neighbours_are_told_apart);
	tcase_add_test(all, keys_need_no_alignment);
	tcase_add_test(all, memory_runs_out);
}

int main(void)
{
	return run_suite("base map", add);
}
