/* Amounts, dates and currencies: each row is a text and what it must become. */
#include "formats/values.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct amount_row {
	const char *text;
	char decimal;
	int digits;
	int64_t minor;
	const char *wrong; /* a part of the message; NULL: the amount is good */
};

/* clang-format off */
static const struct amount_row amounts[] = {
	{ "12.34", '.', 2, 1234, NULL },
	{ "-12,34", ',', 2, -1234, NULL },
	{ "+7", ',', 2, 700, NULL },
	{ "12,5", ',', 2, 1250, NULL },
	{ "1 234,56", ',', 2, 123456, NULL },
	{ "1\xc2\xa0""234\xe2\x80\xaf""567,89", ',', 2, 123456789, NULL },
	{ "1.234,56", 0, 2, 123456, NULL },
	{ "1,234.56", 0, 2, 123456, NULL },
	{ "1'234.50", '.', 2, 123450, NULL },
	{ "(12.00)", '.', 2, -1200, NULL },
	{ "12.00-", '.', 2, -1200, NULL },
	{ "\xe2\x88\x92""3,00", ',', 2, -300, NULL },
	{ "- 3,00 \xe2\x82\xac", ',', 2, -300, NULL },
	{ "3,00 EUR", ',', 2, 300, NULL },
	{ "-12.3400", '.', 2, -1234, NULL },
	{ "150", '.', 0, 150, NULL },
	{ "1.234", '.', 3, 1234, NULL },
	{ "0", ',', 2, 0, NULL },
	{ "-0,00", ',', 2, 0, NULL },
	{ "92233720368547758.07", '.', 2, INT64_MAX, NULL },
	{ "-92233720368547758.08", '.', 2, INT64_MIN, NULL },
	{ "92233720368547758.08", '.', 2, 0, "out of range" },
	{ "-92233720368547758.09", '.', 2, 0, "out of range" },
	{ "99999999999999999999999999", '.', 2, 0, "out of range" },
	{ "11111111111111111111111111111111111111111", '.', 2, 0, "too many digits" },
	{ "12.345", '.', 2, 0, "more decimals" },
	{ "1.5", '.', 0, 0, "more decimals" },
	{ "1.234", 0, 2, 0, "two ways" },
	{ "1,234", 0, 2, 0, "two ways" },
	{ "1 23,45", ',', 2, 0, "not an amount" },
	{ "1..2", '.', 2, 0, "not an amount" },
	{ "(12.00", '.', 2, 0, "parenthesis" },
	{ "-12.00-", '.', 2, 0, "not an amount" },
	{ "--1", '.', 2, 0, "not an amount" },
	{ "1e5", '.', 2, 0, "not an amount" },
	{ "0x10", '.', 2, 0, "not an amount" },
	{ "NaN", '.', 2, 0, "not an amount" },
	{ "", '.', 2, 0, "not an amount" },
	{ "-", '.', 2, 0, "not an amount" },
	{ ",", ',', 2, 0, "not an amount" },
};
/* clang-format on */

START_TEST(an_amount_is_exact_or_refused)
{
	const struct amount_row *row = &amounts[_i];
	int64_t minor = 42;
	const char *wrong = rewapp__amount_parse(row->text, row->decimal, row->digits, &minor);

	if (!row->wrong) {
		ck_assert_msg(!wrong, "%s: %s", row->text, wrong);
		ck_assert_int_eq(minor, row->minor);
		return;
	}
	ck_assert_msg(wrong && strstr(wrong, row->wrong), "%s: %s", row->text, wrong ? wrong : "accepted");
	ck_assert_int_eq(minor, 42);
}
END_TEST

struct date_row {
	const char *text, *pattern, *date; /* NULL: refused */
};

static const struct date_row dates[] = {
	{ "31/12/2026", "dd/mm/yyyy", "2026-12-31" },
	{ "1/2/2026", "dd/mm/yyyy", "2026-02-01" },
	{ "12/31/2026", "mm/dd/yyyy", "2026-12-31" },
	{ "2026-02-28", "yyyy-mm-dd", "2026-02-28" },
	{ "2024-02-29", "yyyy-mm-dd", "2024-02-29" },
	{ "2026-09-03 10:12:33", "yyyy-mm-dd", "2026-09-03" },
	{ "2026-09-03T10:12:33Z", "yyyy-mm-dd", "2026-09-03" },
	{ "03.09.26", "dd.mm.yy", "2026-09-03" },
	{ "03/09/99", "dd/mm/yy", "1999-09-03" },
	{ "20260903", "yyyymmdd", "2026-09-03" },
	{ "2026-02-29", "yyyy-mm-dd", NULL },
	{ "2100-02-29", "yyyy-mm-dd", NULL },
	{ "31/04/2026", "dd/mm/yyyy", NULL },
	{ "00/04/2026", "dd/mm/yyyy", NULL },
	{ "01/13/2026", "dd/mm/yyyy", NULL },
	{ "01/04/26", "dd/mm/yyyy", NULL },
	{ "01-04-2026", "dd/mm/yyyy", NULL },
	{ "01/04/2026x", "dd/mm/yyyy", NULL },
	{ "2026093", "yyyymmdd", NULL },
	{ "0001-01-01", "yyyy-mm-dd", NULL },
	{ "9999-01-01", "yyyy-mm-dd", NULL },
	{ "", "yyyy-mm-dd", NULL },
	{ "hier", "dd/mm/yyyy", NULL },
};

START_TEST(a_date_is_of_the_calendar_or_refused)
{
	const struct date_row *row = &dates[_i];
	char out[11] = "";
	const char *wrong = rewapp__date_parse(row->text, row->pattern, out);

	ck_assert_msg(!wrong == !!row->date, "%s: %s", row->text, wrong ? wrong : "accepted");
	if (row->date)
		ck_assert_str_eq(out, row->date);
}
END_TEST

START_TEST(noon_is_counted_from_1970)
{
	ck_assert_int_eq(rewapp__date_noon_ms("1970-01-01"), INT64_C(43200000));
	ck_assert_int_eq(rewapp__date_noon_ms("2000-03-01"), INT64_C(951912000000));
	ck_assert_int_eq(rewapp__date_noon_ms("2026-11-22"), INT64_C(1795348800000));
}
END_TEST

START_TEST(currencies_know_their_decimals)
{
	ck_assert_int_eq(rewapp__currency_digits("EUR"), 2);
	ck_assert_int_eq(rewapp__currency_digits("JPY"), 0);
	ck_assert_int_eq(rewapp__currency_digits("XOF"), 0);
	ck_assert_int_eq(rewapp__currency_digits("TND"), 3);
	ck_assert(rewapp__currency_is("CHF"));
	ck_assert(!rewapp__currency_is("chf"));
	ck_assert(!rewapp__currency_is("CHFR"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("formats/values");
	TCase *tests = tcase_create("values");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, an_amount_is_exact_or_refused, 0, sizeof amounts / sizeof *amounts);
	tcase_add_loop_test(tests, a_date_is_of_the_calendar_or_refused, 0, sizeof dates / sizeof *dates);
	tcase_add_test(tests, noon_is_counted_from_1970);
	tcase_add_test(tests, currencies_know_their_decimals);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
