/* How a benchmark says whether a bar was reached: one line each, which ./dev bench gathers. */
#ifndef TESTS_BENCH_BAR_H
#define TESTS_BENCH_BAR_H

#include <stdbool.h>
#include <stdio.h>

static int bars_missed;

static inline void bar_say(bool reached, const char *what, double value, const char *side, double limit)
{
	printf("%s  %s: %.2f (%s %.2f)\n", reached ? "reached" : "MISSED ", what, value, side, limit);
	fflush(stdout);
	bars_missed += !reached;
}

static inline void bar_at_least(const char *what, double value, double least)
{
	bar_say(value >= least, what, value, "at least", least);
}

static inline void bar_at_most(const char *what, double value, double most)
{
	bar_say(value <= most, what, value, "at most", most);
}

/* What main() returns. */
static inline int bars_result(void)
{
	return bars_missed ? 1 : 0;
}

#endif
