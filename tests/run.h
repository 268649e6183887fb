/* What the main() of every unit test does: one suite, one case, a report on stdout. */
#ifndef TESTS_RUN_H
#define TESTS_RUN_H

#include <check.h>

#define ROWS(table) ((int)(sizeof(table) / sizeof *(table)))

/* For loops that go round a hundred thousand times: Check notes each assertion that passes in a file, which
 * costs more than what is asserted. */
#define SAME_INT(x, y) \
	do { \
		if ((x) != (y)) \
			ck_assert_int_eq(x, y); \
	} while (0)

/* `add` fills the case.  Returns what main() returns. */
static inline int run_suite(const char *name, void (*add)(TCase *all))
{
	Suite *suite = suite_create(name);
	TCase *all = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(all, 120);
	add(all);
	suite_add_tcase(suite, all);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}

#endif
