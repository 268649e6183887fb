/* Sums at the edges of 64 bits, against what a wider type says. */
#include "base/checked.h"
#include "run.h"

__extension__ typedef __int128 wide;

static const int64_t edges[] = { INT64_MIN, INT64_MIN + 1, -INT64_C(4294967297), -INT64_C(4294967296),
	-3037000500, -2, -1, 0, 1, 2, 3, 9999, 10000, 3037000499, 3037000500, INT64_C(4294967295),
	INT64_C(4294967296), INT64_MAX / 2, INT64_MAX / 2 + 1, INT64_MAX - 1, INT64_MAX };

static const int64_t untouched = 4711;

static void check(bool done, int64_t got, wide expected)
{
	const bool fits = expected >= INT64_MIN && expected <= INT64_MAX;

	ck_assert_int_eq(done, fits);
	ck_assert_int_eq(got, fits ? (int64_t)expected : untouched);
}

START_TEST(sums_differences_products)
{
	const int64_t a = edges[_i];

	for (int i = 0; i < ROWS(edges); i++) {
		const int64_t b = edges[i];
		int64_t sum = untouched, difference = untouched, product = untouched;
		bool done;

		done = rewapp__add(a, b, &sum);
		check(done, sum, (wide)a + b);
		done = rewapp__sub(a, b, &difference);
		check(done, difference, (wide)a - b);
		done = rewapp__mul(a, b, &product);
		check(done, product, (wide)a * b);
	}
}
END_TEST

/* The product may need 126 bits as long as the quotient needs 63. */
START_TEST(products_that_are_divided)
{
	const int64_t a = edges[_i];

	for (int i = 0; i < ROWS(edges); i++)
		for (int j = 0; j < ROWS(edges); j++) {
			const int64_t b = edges[i], c = edges[j];
			int64_t quotient = untouched;
			bool done;

			done = rewapp__mul_div(a, b, c, &quotient);
			if (a < 0 || b < 0 || c <= 0)
				check(done, quotient, (wide)INT64_MAX + 1);
			else
				check(done, quotient, (wide)a * b / c);
		}
}
END_TEST

START_TEST(known_quotients)
{
	static const struct {
		int64_t a, b, c, quotient;
	} rows[] = {
		{ 4999, 200, 10000, 99 }, /* 2 % of 49.99 */
		{ 1, 9999, 10000, 0 },
		{ INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX },
		{ INT64_MAX, 10000, 10001, INT64_C(9222449791875588248) },
		{ INT64_MAX, INT64_MAX - 1, INT64_MAX, INT64_MAX - 1 },
	};
	int64_t quotient;

	ck_assert(rewapp__mul_div(rows[_i].a, rows[_i].b, rows[_i].c, &quotient));
	ck_assert_int_eq(quotient, rows[_i].quotient);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, sums_differences_products, 0, ROWS(edges));
	tcase_add_loop_test(all, products_that_are_divided, 0, ROWS(edges));
	tcase_add_loop_test(all, known_quotients, 0, 5);
}

int main(void)
{
	return run_suite("base checked", add);
}
