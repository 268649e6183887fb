/* Programme documents: the one of the manual is read whole, and every mistake is found at its place. */
#include "earn/programme.h"

#include <check.h>
#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char manual[] =
	"{\"name\":\"REWAPP Cagnotte\",\"currency\":\"EUR\",\"zone\":\"Europe/Paris\","
	"\"point_value\":{\"points\":1,\"amount\":1},\"return_window_days\":14,\"expiry_days\":365,"
	"\"clawback\":\"write_off\",\"caps\":["
	"{\"id\":\"monthly\",\"scope\":\"member\",\"window\":\"month\",\"points\":5000},"
	"{\"id\":\"budget\",\"scope\":\"programme\",\"window\":\"total\",\"points\":100000000}],"
	"\"rules\":[{\"id\":\"base\",\"type\":\"percent\",\"basis_points\":200,\"funder\":\"merchant\","
	"\"when\":{\"min_amount\":1000,\"mcc\":[\"5812\",\"5411\"],\"merchants\":[\"@carrefour-city\"]}},"
	"{\"id\":\"welcome\",\"type\":\"fixed\",\"points\":300,\"caps\":["
	"{\"id\":\"once\",\"scope\":\"member\",\"window\":\"total\",\"points\":300}]},"
	"{\"id\":\"per-ten\",\"type\":\"per_unit\",\"unit_amount\":1000,\"points\":\"10\"},"
	"{\"id\":\"weekend\",\"type\":\"multiplier\",\"basis_points\":20000,\"when\":{"
	"\"days\":[\"sat\",\"sun\"],\"hours\":[\"08:00\",\"20:00\"],"
	"\"from\":\"2026-01-01\",\"until\":\"2027-01-01\"}}]}";

START_TEST(the_manual)
{
	struct programme *programme;

	ck_assert_int_eq(rewapp__programme_parse(&programme, manual, strlen(manual), NULL), 0);
	ck_assert_str_eq(programme->name, "REWAPP Cagnotte");
	ck_assert_str_eq(programme->currency, "EUR");
	ck_assert_int_eq(programme->activation.days, 14);
	ck_assert_int_eq(programme->expiry.days, 365);
	ck_assert_int_eq(programme->clawback, CLAWBACK_WRITE_OFF);
	ck_assert_uint_eq(programme->rule_count, 4);
	ck_assert_uint_eq(programme->cap_count, 3);
	ck_assert_uint_eq(programme->cap_common, 1);
	ck_assert_int_eq(programme->caps[0].rule, 1);
	ck_assert_int_eq(programme->caps[2].window, WINDOW_TOTAL);
	ck_assert_int_eq(programme->rules[0].funder, FUNDER_MERCHANT);
	ck_assert_uint_eq(programme->rules[0].when.child_count, 3);
	ck_assert_int_eq(((const int64_t *)programme->rules[0].when.children[1].items)[0], 5411);
	ck_assert_int_eq(programme->rules[0].when.children[2].low, 1000);
	ck_assert_int_eq(programme->rules[2].points, 10);
	ck_assert_int_eq(programme->rules[3].when.children[0].low, 20454);
	ck_assert_int_eq(programme->rules[3].when.children[2].low, 0x60);
	ck_assert_int_eq(programme->rules[3].when.children[3].high, 1200);
	rewapp__programme_free(programme);
	rewapp__programme_free(NULL);
}
END_TEST

/* A cap's counter outlives a new version of the document, and not a change of its window. */
START_TEST(caps_keep_their_keys)
{
	static const char form[] =
		"{\"name\":\"%s\",\"currency\":\"EUR\",\"caps\":[{\"id\":\"c\",\"scope\":\"member\","
		"\"window\":\"%s\",\"points\":%d}],"
		"\"rules\":[{\"id\":\"r\",\"type\":\"fixed\",\"points\":1,\"caps\":["
		"{\"id\":\"c\",\"scope\":\"member\",\"window\":\"day\",\"points\":1}]}]}";
	static const char *const windows[] = { "day", "day", "week" };
	struct programme *programmes[3];
	char text[512];

	for (int i = 0; i < 3; i++) {
		snprintf(text, sizeof text, form, i ? "B" : "A", windows[i], 5 + i);
		ck_assert_int_eq(rewapp__programme_parse(&programmes[i], text, strlen(text), NULL), 0);
	}
	ck_assert_int_eq(programmes[0]->caps[1].key, programmes[1]->caps[1].key);
	ck_assert_int_ne(programmes[0]->caps[1].key, programmes[2]->caps[1].key);
	ck_assert_int_ne(programmes[0]->caps[0].key, programmes[0]->caps[1].key);
	for (int i = 0; i < 3; i++)
		rewapp__programme_free(programmes[i]);
}
END_TEST

struct mistake {
	const char *text;
	const char *place; /* how the message begins */
};

#define DOC(rest) "{\"name\":\"P\",\"currency\":\"EUR\"," rest "}"
#define GOOD "\"rules\":[{\"id\":\"a\",\"type\":\"fixed\",\"points\":1}]"
#define RULE(rest) DOC("\"rules\":[{\"id\":\"a\",\"type\":\"fixed\",\"points\":1},{" rest "}]")
#define WHEN(rest) RULE("\"id\":\"b\",\"type\":\"fixed\",\"points\":1,\"when\":{" rest "}")
#define CAP(rest) DOC(GOOD ",\"caps\":[{" rest "}]")

static const struct mistake mistakes[] = {
	{ "[]", "the document: not an object" },
	{ "{}", "name: missing" },
	{ "{\"name\":3}", "name: not a string" },
	{ "{\"name\":\"\"}", "name: not of 1" },
	{ "{\"name\":\"P\"}", "currency: missing" },
	{ "{\"name\":\"P\",\"currency\":\"euro\"}", "currency: not three" },
	{ "{\"name\":\"P\",\"currency\":\"eur\"}", "currency: not three" },
	{ DOC("\"zone\":3"), "zone: not a string" },
	{ DOC("\"zone\":\"Mars/Olympus\"," GOOD), "zone: Mars/Olympus is not in" },
	{ DOC("\"zone\":\"../../etc/passwd\"," GOOD), "zone: not the name" },
	{ DOC("\"colour\":1"), "colour: unknown key" },
	{ DOC("\"point_value\":1"), "point_value: not an object" },
	{ DOC("\"point_value\":{\"points\":0,\"amount\":1}"), "point_value.points: 0 is not from 1" },
	{ DOC("\"point_value\":{\"points\":1}"), "point_value.amount: missing" },
	{ DOC("\"point_value\":{\"points\":1,\"amount\":1,\"x\":1}"), "point_value.x: unknown key" },
	{ DOC("\"return_window_days\":-1"), "return_window_days: -1 is not from 0" },
	{ DOC("\"return_window_days\":367"), "return_window_days: 367 is not" },
	{ DOC("\"expiry_days\":\"soon\""), "expiry_days: not an integer" },
	{ DOC("\"return_window_days\":14,\"expiry_days\":14"),
		"expiry_days: the points may end before return_w" },
	{ DOC("\"expiry\":365"), "expiry: not an object" },
	{ DOC("\"expiry\":{}"), "expiry: neither days nor months" },
	{ DOC("\"expiry\":{\"days\":0}"), "expiry: neither days nor months" },
	{ DOC("\"expiry\":{\"days\":36601}"), "expiry.days: 36601 is not from 0" },
	{ DOC("\"expiry\":{\"months\":-1}"), "expiry.months: -1 is not from 0" },
	{ DOC("\"expiry\":{\"months\":1,\"days\":1}"), "expiry.months: stands beside days" },
	{ DOC("\"expiry\":{\"months\":1,\"end_of\":\"week\"}"), "expiry.end_of: not a word" },
	{ DOC("\"expiry\":{\"months\":1,\"plus_months\":1}"), "expiry.plus_months: without end_of" },
	{ DOC("\"expiry\":{\"months\":1,\"from\":\"birth\"}"), "expiry.from: not a word" },
	{ DOC("\"expiry\":{\"months\":1,\"x\":1}"), "expiry.x: unknown key" },
	{ DOC("\"expiry\":{\"months\":1},\"expiry_days\":1"), "expiry_days: stands beside expiry" },
	{ DOC("\"activation\":{\"days\":1},\"return_window_days\":1"), "return_window_days: stands beside" },
	{ DOC("\"activation\":{\"months\":1,\"from\":\"earning\"}"), "activation.from: unknown key" },
	{ DOC("\"activation\":{\"months\":1},\"expiry\":{\"end_of\":\"year\"}"),
		"expiry: the points may end before activation" },
	{ DOC("\"clawback\":\"forget\""), "clawback: not a word" },
	{ DOC("\"clawback\":1"), "clawback: not a string" },
	{ DOC("\"caps\":[]"), "rules: missing" },
	{ DOC("\"rules\":[]"), "rules: empty; a programme has at least one" },
	{ DOC("\"rules\":{}"), "rules: not an array" },
	{ DOC("\"rules\":[1]"), "rules[0]: not an object" },
	{ RULE("\"type\":\"fixed\""), "rules[1].id: missing" },
	{ RULE("\"id\":1"), "rules[1].id: not a string" },
	{ RULE("\"id\":\"\""), "rules[1].id: not of 1" },
	{ RULE("\"id\":\"Base\""), "rules[1].id: not only" },
	{ RULE("\"id\":\"abcdefghijklmnopqrstuvwxyz123456\""), "rules[1].id: not of 1" },
	{ RULE("\"id\":\"a\",\"type\":\"fixed\",\"points\":1"), "rules[1].id: stands twice" },
	{ RULE("\"id\":\"b\""), "rules[1].type: missing" },
	{ RULE("\"id\":\"b\",\"type\":\"magic\""), "rules[1].type: no such" },
	{ RULE("\"id\":\"b\",\"type\":7"), "rules[1].type: no such" },
	{ RULE("\"id\":\"b\",\"type\":\"fixed\""), "rules[1].points: missing" },
	{ RULE("\"id\":\"b\",\"type\":\"fixed\",\"points\":0"), "rules[1].points: 0 is not" },
	{ RULE("\"id\":\"b\",\"type\":\"fixed\",\"points\":\"9223372036854775807\""),
		"rules[1].points: 9223372" },
	{ RULE("\"id\":\"b\",\"type\":\"fixed\",\"points\":1,\"basis_points\":5"),
		"rules[1].basis_points: unknown key" },
	{ RULE("\"id\":\"b\",\"type\":\"percent\",\"basis_points\":1000001"),
		"rules[1].basis_points: 1000001" },
	{ RULE("\"id\":\"b\",\"type\":\"per_unit\",\"points\":1"), "rules[1].unit_amount: missing" },
	{ RULE("\"id\":\"b\",\"type\":\"per_unit\",\"points\":1,\"unit_amount\":0"),
		"rules[1].unit_amount: 0" },
	{ RULE("\"id\":\"b\",\"type\":\"multiplier\",\"basis_points\":10000"),
		"rules[1].basis_points: 10000" },
	{ RULE("\"id\":\"b\",\"type\":\"fixed\",\"points\":1,\"funder\":\"bank\""),
		"rules[1].funder: not a word" },
	{ RULE("\"id\":\"b\",\"type\":\"fixed\",\"points\":1,\"when\":[]"), "rules[1].when: not an object" },
	{ WHEN("\"moon\":1"), "rules[1].when.moon: unknown key" },
	{ WHEN("\"min_amount\":-5"), "rules[1].when.min_amount: -5" },
	{ WHEN("\"mcc\":[]"), "rules[1].when.mcc: empty" },
	{ WHEN("\"mcc\":\"5411\""), "rules[1].when.mcc: not an array" },
	{ WHEN("\"mcc\":[5411]"), "rules[1].when.mcc[0]: not a string of four" },
	{ WHEN("\"mcc\":[\"5411\",\"54l2\"]"), "rules[1].when.mcc[1]: not a string of four" },
	{ WHEN("\"mcc\":[\"5411\",\"0001\",\"5411\"]"), "rules[1].when.mcc[2]: stands twice" },
	{ WHEN("\"merchants\":[\"carrefour\"]"), "rules[1].when.merchants[0]: not an id" },
	{ WHEN("\"merchants\":[\"00000000000000000000000000000000\"]"),
		"rules[1].when.merchants[0]: not an id" },
	{ WHEN("\"merchants\":[\"@a\",\"@a\"]"), "rules[1].when.merchants[1]: stands twice" },
	{ WHEN("\"days\":[\"sat\",\"monday\"]"), "rules[1].when.days[1]: not one of" },
	{ WHEN("\"days\":[\"sat\",\"sat\"]"), "rules[1].when.days[1]: stands twice" },
	{ WHEN("\"hours\":[\"08:00\"]"), "rules[1].when.hours: not two" },
	{ WHEN("\"hours\":[\"8:00\",\"20:00\"]"), "rules[1].when.hours[0]: not a time" },
	{ WHEN("\"hours\":[\"08:00\",\"24:00\"]"), "rules[1].when.hours[1]: not a time" },
	{ WHEN("\"hours\":[\"08:00\",\"08:00\"]"), "rules[1].when.hours: from and until" },
	{ WHEN("\"from\":\"2026-02-29\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":20260101"), "rules[1].when.from: not a date" },
	{ WHEN("\"until\":\"2026-13-01\""), "rules[1].when.until: not a date" },
	{ WHEN("\"from\":\"2026-02-02\",\"until\":\"2026-02-02\""), "rules[1].when.until: not after from" },
	{ WHEN("\"from\":\"2100-02-29\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"1900-02-29\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"20x6-01-01\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"2026-0x-01\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"2026-01-0x\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"0000-01-01\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"2026-00-01\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"2026-01-00\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"2026-01-32\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"2026/01-01\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"2026-01/01\""), "rules[1].when.from: not a date" },
	{ WHEN("\"from\":\"2026-1-1\""), "rules[1].when.from: not a date" },
	{ WHEN("\"hours\":[\"0x:00\",\"20:00\"]"), "rules[1].when.hours[0]: not a time" },
	{ WHEN("\"hours\":[\"08:0x\",\"20:00\"]"), "rules[1].when.hours[0]: not a time" },
	{ WHEN("\"hours\":[\"08.00\",\"20:00\"]"), "rules[1].when.hours[0]: not a time" },
	{ WHEN("\"hours\":[\"08:60\",\"20:00\"]"), "rules[1].when.hours[0]: not a time" },
	{ WHEN("\"hours\":[\"-1:00\",\"20:00\"]"), "rules[1].when.hours[0]: not a time" },
	{ WHEN("\"from\":\"2000-02-29\",\"until\":\"2000-02-29\""), "rules[1].when.until: not after from" },
	{ WHEN("\"min_amount\":1000000000000001"), "rules[1].when.min_amount: 1000000000000001" },
	{ WHEN("\"nth_purchase\":{\"at\":[1000001]}"), "rules[1].when.nth_purchase.at[0]: not a number" },
	{ RULE("\"id\":\"b\",\"type\":\"fixed\",\"points\":1,\"caps\":[{}]"),
		"rules[1].caps[0].id: missing" },
	{ CAP("\"id\":\"c\""), "caps[0].scope: missing" },
	{ CAP("\"id\":\"c\",\"scope\":\"shop\""), "caps[0].scope: not a word" },
	{ CAP("\"id\":\"c\",\"scope\":\"member\",\"window\":\"hour\""), "caps[0].window: not a word" },
	{ CAP("\"id\":\"c\",\"scope\":\"member\",\"window\":\"day\""), "caps[0].points: missing" },
	{ CAP("\"id\":\"c\",\"scope\":\"member\",\"window\":\"day\",\"points\":0"), "caps[0].points: 0" },
	{ CAP("\"id\":\"c\",\"limit\":3"), "caps[0].limit: unknown key" },
	{ CAP("\"id\":\"c\",\"scope\":\"member\",\"window\":\"day\",\"points\":1},"
	      "{\"id\":\"c\",\"scope\":\"member\",\"window\":\"week\",\"points\":1"),
		"caps[1].id: stands twice" },
	{ DOC(GOOD ",\"caps\":[]"), "caps: empty" },
};

START_TEST(mistakes_are_placed)
{
	const struct mistake *row = &mistakes[_i];
	struct programme *programme;

	ck_assert_int_eq(
		rewapp__programme_parse(&programme, row->text, strlen(row->text), NULL), REWAPP_E_ARGUMENT);
	ck_assert_ptr_null(programme);
	ck_assert_msg(strncmp(rewapp_errmsg(), row->place, strlen(row->place)) == 0, "%s\nis not %s",
		rewapp_errmsg(), row->place);
}
END_TEST

START_TEST(text_that_is_no_document)
{
	static const char card[] = "{\"name\":\"Card 4111 1111 1111 1111\",\"currency\":\"EUR\"," GOOD "}";
	struct programme *programme;
	char *large = calloc(1, REWAPP_DOCUMENT_MAX + 1);

	ck_assert_int_eq(rewapp__programme_parse(&programme, card, strlen(card), NULL), REWAPP_E_CARDNUMBER);
	for (size_t length = 0; length + 1 < sizeof manual; length++)
		ck_assert_int_eq(rewapp__programme_parse(&programme, manual, length, NULL), REWAPP_E_JSON);
	memset(large, ' ', REWAPP_DOCUMENT_MAX + 1);
	ck_assert_int_eq(
		rewapp__programme_parse(&programme, large, REWAPP_DOCUMENT_MAX + 1, NULL), REWAPP_E_JSON);
	free(large);
}
END_TEST

/* Memory that runs out at the n-th request. */
static void *limited(void *user, void *pointer, size_t size)
{
	int *left = user;

	if (size == 0) {
		free(pointer);
		return NULL;
	}
	return (*left)-- > 0 ? realloc(pointer, size) : NULL;
}

START_TEST(memory_runs_out)
{
	int left, enough = 0, error;
	struct rewapp_env env = REWAPP_ENV_INIT;
	struct programme *programme;

	env.user = &left;
	env.allocate = limited;
	do {
		left = enough++;
		error = rewapp__programme_parse(&programme, manual, strlen(manual), &env);
		ck_assert(error == 0 || error == REWAPP_E_NOMEMORY);
		ck_assert_int_eq(error == 0, programme != NULL);
	} while (error);
	ck_assert_int_gt(enough, 3);
	rewapp__programme_free(programme);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("earn programme");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(all, 120);
	tcase_add_test(all, the_manual);
	tcase_add_test(all, caps_keep_their_keys);
	tcase_add_loop_test(all, mistakes_are_placed, 0, (int)(sizeof mistakes / sizeof *mistakes));
	tcase_add_test(all, text_that_is_no_document);
	tcase_add_test(all, memory_runs_out);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
