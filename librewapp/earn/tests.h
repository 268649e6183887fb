/* Tests that a programme document carries beside its rules. */
#ifndef REWAPP_EARN_TESTS_H
#define REWAPP_EARN_TESTS_H

#include "earn/decide.h"

/* What one rule must do: give so many points, or give none for this reason. */
struct earn_expectation {
	int rule;
	int64_t points;
	int32_t reason; /* enum rewapp_reason; 0: any */
};

struct earn_test {
	char name[PROGRAMME_NAME_MAX + 1];
	struct earn_facts facts;
	int64_t points; /* in all; -1: not said */
	struct earn_expectation *expected;
	size_t count;
};

/* What came instead of what was expected. */
struct earn_failure {
	int test;
	int rule; /* -1: the sum */
	int64_t expected_points, points;
	int32_t expected_reason, reason; /* enum rewapp_reason; expected 0: any */
	int error;                       /* negative: the decision itself failed */
};

/* Runs one test.  True when it passes, else the first difference in *out. */
bool rewapp__earn_test_passes(const struct programme *programme, size_t index, struct earn_failure *out);

#endif
