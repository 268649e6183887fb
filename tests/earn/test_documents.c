/* The programmes of tests/data/programmes carry their own tests: each must pass, and each of their documents
 * must give the same with and without the index that larger programmes have. */
#include "earn/tests.h"

#include <check.h>
#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const documents[] = { "conditions", "effects", "stacking", "rounding", "lines",
	"offers" };
static const char *folder;

static char *read_document(const char *name)
{
	char path[1024], *text = calloc(1, REWAPP_DOCUMENT_MAX + 1);
	FILE *file;

	snprintf(path, sizeof path, "%s/%s.json", folder, name);
	file = fopen(path, "rb");
	ck_assert_msg(file && text, "%s cannot be read", path);
	ck_assert_uint_gt(fread(text, 1, REWAPP_DOCUMENT_MAX, file), 0);
	fclose(file);
	return text;
}

static void check_tests(const struct programme *programme, const char *name)
{
	ck_assert_uint_gt(programme->test_count, 1);
	for (size_t i = 0; i < programme->test_count; i++) {
		struct earn_failure failure;
		bool passed = rewapp__earn_test_passes(programme, i, &failure);

		ck_assert_msg(passed, "%s: \"%s\": rule %s: %lld points, %s; expected %lld, %s", name,
			programme->tests[i].name, rewapp__rule_id(programme, failure.rule),
			(long long)failure.points, rewapp_reason_name(failure.reason),
			(long long)failure.expected_points, rewapp_reason_name(failure.expected_reason));
	}
}

START_TEST(documents_pass_their_tests)
{
	char *text = read_document(documents[_i]);
	struct programme *programme;
	int error = rewapp__programme_parse(&programme, text, strlen(text), NULL);

	ck_assert_msg(error == 0, "%s: %s", documents[_i], rewapp_errmsg());
	check_tests(programme, documents[_i]);
	rewapp__programme_free(programme);
	free(text);
}
END_TEST

/* Rules that never fire, in front of the others, until there are enough for an index. */
START_TEST(an_index_changes_nothing)
{
	char *text = read_document(documents[_i]);
	char *rules = strstr(text, "\"rules\": [");
	struct buffer padded;
	struct programme *programme;

	ck_assert_ptr_nonnull(rules);
	rules += strlen("\"rules\": [");
	rewapp__buffer_init(&padded, NULL, REWAPP_DOCUMENT_MAX);
	rewapp__buffer_append(&padded, text, (size_t)(rules - text));
	for (int i = 0; i < 100; i++)
		rewapp__buffer_printf(&padded,
			"{\"id\":\"pad-%d\",\"type\":\"fixed\",\"points\":9,\"when\":{\"%s\":[\"%s\"]}},", i,
			i % 2 ? "merchants" : "channels", i % 2 ? "@nowhere" : "lead");
	rewapp__buffer_puts(&padded, rules);
	ck_assert_int_eq(padded.failed, 0);
	ck_assert_msg(rewapp__programme_parse(&programme, padded.data, padded.size, NULL) == 0, "%s",
		rewapp_errmsg());
	ck_assert_ptr_nonnull(programme->index);
	check_tests(programme, documents[_i]);
	rewapp__programme_free(programme);
	rewapp__buffer_finish(&padded);
	free(text);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("earn documents");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed, count = (int)(sizeof documents / sizeof *documents);

	folder = argc > 1 ? argv[1] : ".";
	tcase_add_loop_test(all, documents_pass_their_tests, 0, count);
	tcase_add_loop_test(all, an_index_changes_nothing, 0, count);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
