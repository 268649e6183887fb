/* The tables of codes: every name once, every value once, and the same through every function. */
#include "base/error.h"
#include "base/text.h"
#include "run.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

struct row {
	int value;
	const char *name, *text;
	int class_;
};

#define ERROR_ROW(name, value, class_, text) { value, #name, text, REWAPP_CLASS_##class_ },
#define ROW(name, value, text) { value, #name, text, 0 },
static const struct row errors[] = { REWAPP_ERROR_MAP(ERROR_ROW) };
static const struct row verdicts[] = { REWAPP_VERDICT_MAP(ROW) };
static const struct row reasons[] = { REWAPP_REASON_MAP(ROW) };

static void check_unique(const struct row *rows, int count)
{
	for (int i = 0; i < count; i++)
		for (int j = 0; j < i; j++) {
			ck_assert_msg(rows[i].value != rows[j].value, "%s, %s", rows[i].name, rows[j].name);
			ck_assert_str_ne(rows[i].name, rows[j].name);
			ck_assert_str_ne(rows[i].text, rows[j].text);
		}
}

START_TEST(no_value_stands_twice)
{
	check_unique(errors, ROWS(errors));
	check_unique(verdicts, ROWS(verdicts));
	check_unique(reasons, ROWS(reasons));
}
END_TEST

/* 0 is success and failures are negative, so that one comparison tells them apart;
 * -1 is what the C library returns, and never ours. */
START_TEST(signs)
{
	for (int i = 0; i < ROWS(errors); i++) {
		ck_assert_int_eq(errors[i].value == 0, i == 0);
		ck_assert_int_le(errors[i].value, 0);
		ck_assert_int_ne(errors[i].value, -1);
		ck_assert_int_gt(errors[i].value, REWAPP_E_LAST_);
		ck_assert_int_eq(errors[i].class_ == REWAPP_CLASS_NONE, i == 0);
	}
	for (int i = 0; i < ROWS(verdicts); i++)
		ck_assert_int_ge(verdicts[i].value, 0);
	for (int i = 0; i < ROWS(reasons); i++)
		ck_assert_int_ge(reasons[i].value, 1);
}
END_TEST

START_TEST(functions_answer_from_the_tables)
{
	for (int i = 0; i < ROWS(errors); i++) {
		ck_assert_str_eq(rewapp_error_name(errors[i].value), errors[i].name);
		ck_assert_str_eq(rewapp_strerror(errors[i].value), errors[i].text);
		ck_assert_int_eq((int)rewapp_error_class_of(errors[i].value), errors[i].class_);
	}
	for (int i = 0; i < ROWS(verdicts); i++) {
		ck_assert_str_eq(rewapp_verdict_name(verdicts[i].value), verdicts[i].name);
		ck_assert_str_eq(rewapp_verdict_text(verdicts[i].value), verdicts[i].text);
	}
	for (int i = 0; i < ROWS(reasons); i++) {
		ck_assert_str_eq(rewapp_reason_name(reasons[i].value), reasons[i].name);
		ck_assert_str_eq(rewapp_reason_text(reasons[i].value), reasons[i].text);
	}
}
END_TEST

/* Stored receipts and other processes know the values: these may not change. */
START_TEST(values_are_for_ever)
{
	ck_assert_int_eq(REWAPP_E_ARGUMENT, -2);
	ck_assert_int_eq(REWAPP_E_CONFLICT, -5);
	ck_assert_int_eq(REWAPP_E_CARDNUMBER, -12);
	ck_assert_int_eq(REWAPP_E_CAPACITY, -17);
	ck_assert_int_eq(REWAPP_VERDICT_ACCEPTED, 1);
	ck_assert_int_eq(REWAPP_VERDICT_SPENT, 3);
	ck_assert_int_eq(REWAPP_VERDICT_INSUFFICIENT_POINTS, 10);
	ck_assert_int_eq(REWAPP_VERDICT_TOO_OLD, 25);
	ck_assert_int_eq(REWAPP_REASON_AWARDED, 1);
	ck_assert_int_eq(REWAPP_REASON_NOTHING_TO_MULTIPLY, 11);
}
END_TEST

START_TEST(values_of_no_table)
{
	static const int strange[] = { -1, -99, 1, -32767, 32767, -2147483647 - 1, 2147483647 };
	const int value = strange[_i];

	ck_assert_str_eq(rewapp_error_name(value), "UNKNOWN");
	ck_assert_int_eq((int)rewapp_error_class_of(value), REWAPP_CLASS_HOST);
	ck_assert_str_ne(rewapp_strerror(value), "");
	if (value != 1) {
		ck_assert_str_eq(rewapp_verdict_name(value), "UNKNOWN");
		ck_assert_str_eq(rewapp_reason_name(value), "UNKNOWN");
	}
	ck_assert_ptr_nonnull(rewapp_verdict_text(value));
	ck_assert_ptr_nonnull(rewapp_reason_text(value));
}
END_TEST

START_TEST(a_failure_is_one_line_and_keeps_its_code)
{
	char text[1000];

	memset(text, 'x', sizeof text);
	text[999] = '\0';
	ck_assert_int_eq(rewapp__fail(REWAPP_E_ARGUMENT, "amount: %d is below 1", 0), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), "amount: 0 is below 1");
	ck_assert_int_eq(rewapp__fail(REWAPP_E_JSON, "%s", text), REWAPP_E_JSON);
	ck_assert_uint_lt(strlen(rewapp_errmsg()), 256);
	ck_assert_uint_ge(strlen(rewapp_errmsg()), 200);
}
END_TEST

START_TEST(a_long_failure_ends_with_a_whole_character)
{
	static const char *const characters[] = { "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8d\xb5" };
	const char *sign = characters[_i / 4];
	char text[1000] = "aaaa";

	for (size_t at = (size_t)_i % 4; at < 900; at += strlen(sign))
		memcpy(text + at, sign, strlen(sign) + 1);
	rewapp__fail(REWAPP_E_ARGUMENT, "%s", text);
	ck_assert(rewapp__text_is_utf8(rewapp_errmsg(), strlen(rewapp_errmsg())));
	ck_assert_uint_gt(strlen(rewapp_errmsg()), 255 - strlen(sign));
	ck_assert_int_eq(memcmp(rewapp_errmsg(), text, strlen(rewapp_errmsg())), 0);
}
END_TEST

static void *other_thread(void *user)
{
	bool *clean = user;

	*clean = strcmp(rewapp_errmsg(), "") == 0;
	rewapp__fail(REWAPP_E_BUSY, "theirs");
	return NULL;
}

START_TEST(each_thread_has_its_message)
{
	pthread_t thread;
	bool clean = false;

	rewapp__fail(REWAPP_E_BUSY, "ours");
	ck_assert_int_eq(pthread_create(&thread, NULL, other_thread, &clean), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(clean);
	ck_assert_str_eq(rewapp_errmsg(), "ours");
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, no_value_stands_twice);
	tcase_add_test(all, signs);
	tcase_add_test(all, functions_answer_from_the_tables);
	tcase_add_test(all, values_are_for_ever);
	tcase_add_loop_test(all, values_of_no_table, 0, 7);
	tcase_add_test(all, a_failure_is_one_line_and_keeps_its_code);
	tcase_add_loop_test(all, a_long_failure_ends_with_a_whole_character, 0, 12);
	tcase_add_test(all, each_thread_has_its_message);
}

int main(void)
{
	return run_suite("base errors", add);
}
