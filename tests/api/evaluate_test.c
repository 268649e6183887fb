/* The matcher's score through the public door: what is counted, what is refused, what is told. */
#include "run.h"

#include <rewapp/rewapp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char catalogue[] = "id\tname\taliases\n1\tFnac\t\n2\tLidl\tLidl France|Lidl SNC\n3\tKiosk\t\n";
static const char truth[] = "raw\texpected\tkind\tsurface\tamount\n"
			    "CB FNAC PARIS\tFnac\tmerchant\texact\t-12.90\n"
			    "CB LIDL LYON\tLidl|NONE\tmerchant\texact\t-1\n"
			    "CB XYZZY PARIS\tLidl\tmerchant\thard\t-1\n"
			    "CB FNAC NICE\tNONE\tother_party\t\t\n"
			    "VIREMENT LIDL\tNONE\tbank_operation\t\t5\n";

static struct rewapp_evaluation_tables tables(void)
{
	return (struct rewapp_evaluation_tables){ .size = sizeof(struct rewapp_evaluation_tables),
		.truth = truth,
		.truth_length = sizeof truth - 1,
		.catalogue = catalogue,
		.catalogue_length = sizeof catalogue - 1 };
}

START_TEST(lines_are_counted_by_outcome)
{
	struct rewapp_evaluation_tables given = tables();
	struct rewapp_evaluation found = { .size = sizeof found };
	int64_t lines = 0, binned = 0;

	ck_assert_int_eq(rewapp_evaluate(&given, &found), 0);
	ck_assert_int_eq(found.lines, 5);
	ck_assert_int_eq(found.merchants, 3);
	ck_assert_int_eq(found.expected, 2);
	ck_assert_int_eq(found.false_credits, 1);
	ck_assert_int_eq(found.precision, 6667);
	ck_assert_int_eq(found.recall, 5000);
	ck_assert_int_eq(found.operations, 1);
	ck_assert_int_eq(found.operations_matched, 0);
	ck_assert_int_eq(found.descriptors_per_second, 0);
	ck_assert_int_eq(found.outcomes[REWAPP_MATCH_NONE].lines, 2);
	ck_assert_int_eq(found.outcomes[REWAPP_MATCH_NONE].right, 1);
	for (int i = 0; i < 3; i++)
		lines += found.outcomes[i].lines;
	for (int i = 0; i < REWAPP_EVALUATION_BINS; i++)
		binned += found.bins[i].lines;
	ck_assert_int_eq(lines, 5);
	ck_assert_int_ge(binned, 3);
	ck_assert_int_eq(found.surface_count, 2);
	ck_assert_str_eq(found.surfaces[0].name, "exact");
}
END_TEST

static int64_t ticks(void *user)
{
	int64_t *now = user;

	return *now += 100000000;
}

START_TEST(a_clock_of_the_host_gives_the_speed)
{
	struct rewapp_evaluation_tables given = tables();
	struct rewapp_evaluation found = { .size = sizeof found };
	int64_t now = 0;

	given.now_ns = ticks;
	given.user = &now;
	ck_assert_int_eq(rewapp_evaluate(&given, &found), 0);
	ck_assert_int_gt(found.descriptors_per_second, 0);
	ck_assert_int_ge(now, 300000000);
}
END_TEST

START_TEST(bad_arguments_are_refused)
{
	struct rewapp_evaluation_tables given = tables();
	struct rewapp_evaluation found = { .size = sizeof found };

	ck_assert_int_eq(rewapp_evaluate(NULL, &found), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_evaluate(&given, NULL), REWAPP_E_ARGUMENT);
	found.size--;
	ck_assert_int_eq(rewapp_evaluate(&given, &found), REWAPP_E_ABI);
	found.size++;
	given.size--;
	ck_assert_int_eq(rewapp_evaluate(&given, &found), REWAPP_E_ABI);
	given = tables();
	given.truth = NULL;
	ck_assert_int_eq(rewapp_evaluate(&given, &found), REWAPP_E_ARGUMENT);
	given = tables();
	given.catalogue = "name\nCaf\xe9\n";
	given.catalogue_length = 10;
	ck_assert_int_eq(rewapp_evaluate(&given, &found), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), "catalogue: not UTF-8");
}
END_TEST

/* Header alone, names that say nothing, nobody to be found. */
START_TEST(empty_tables_give_zeros)
{
	struct rewapp_evaluation_tables given = tables();
	struct rewapp_evaluation found = { .size = sizeof found };

	given.truth = "raw\texpected";
	given.truth_length = strlen(given.truth);
	given.catalogue = "name\n\n";
	given.catalogue_length = strlen(given.catalogue);
	ck_assert_int_eq(rewapp_evaluate(&given, &found), 0);
	ck_assert_int_eq(found.lines + found.merchants + found.precision + found.recall + found.f1, 0);
}
END_TEST

START_TEST(the_text_is_as_long_as_is_said)
{
	struct rewapp_evaluation_tables given = tables();
	struct rewapp_evaluation found = { .size = sizeof found };
	char text[4096], small[8] = "before";
	size_t need = 0, again = 0;

	ck_assert_int_eq(rewapp_evaluate(&given, &found), 0);
	ck_assert_int_eq(rewapp_evaluation_format(&found, text, sizeof text, &need), 0);
	ck_assert_uint_eq(strlen(text), need);
	ck_assert_ptr_nonnull(strstr(text, "\"precision\":0.6667,\"recall\":0.5000,"));
	ck_assert_ptr_nonnull(strstr(text, "\"false_credits_per_1000\":200.0000,"));
	ck_assert_ptr_null(strstr(text, "descriptors_per_second"));
	ck_assert_int_eq(rewapp_evaluation_format(&found, small, sizeof small, &again), REWAPP_E_CAPACITY);
	ck_assert_str_eq(small, "before");
	ck_assert_uint_eq(again, need);
	ck_assert_int_eq(rewapp_evaluation_format(NULL, text, sizeof text, &need), REWAPP_E_ARGUMENT);
	found.size = 3;
	ck_assert_int_eq(rewapp_evaluation_format(&found, text, sizeof text, &need), REWAPP_E_ABI);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, lines_are_counted_by_outcome);
	tcase_add_test(all, a_clock_of_the_host_gives_the_speed);
	tcase_add_test(all, bad_arguments_are_refused);
	tcase_add_test(all, empty_tables_give_zeros);
	tcase_add_test(all, the_text_is_as_long_as_is_said);
}

int main(void)
{
	return run_suite("api evaluate", add);
}
