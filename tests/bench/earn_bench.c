/* How long a purchase takes to be decided under 50 rules that all run, on one core. */
#include "bar.h"
#include "earn/decide.h"

#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	RULES = 50,
	RUNS = 5,
	DECISIONS = 20000,
	NANOSECONDS_ALLOWED = 20000
};

static struct programme *build(void)
{
	struct programme *programme;
	struct buffer text;

	rewapp__buffer_init(&text, NULL, REWAPP_DOCUMENT_MAX);
	rewapp__buffer_puts(&text,
		"{\"name\":\"Bench\",\"currency\":\"EUR\",\"zone\":\"Europe/Paris\",\"caps\":["
		"{\"id\":\"month\",\"scope\":\"member\",\"window\":\"month\",\"points\":100000000}],"
		"\"rules\":[");
	for (int i = 0; i < RULES; i++) {
		rewapp__buffer_printf(&text, "%s{\"id\":\"r%d\",", i ? "," : "", i);
		if (i % 5 == 4)
			rewapp__buffer_puts(&text, "\"type\":\"multiplier\",\"basis_points\":10100}");
		else
			rewapp__buffer_puts(&text,
				"\"type\":\"percent\",\"basis_points\":50,\"when\":{\"min_amount\":100,"
				"\"mcc\":[\"5411\",\"5812\",\"5814\"],\"hours\":[\"06:00\",\"05:59\"],"
				"\"from\":\"2026-01-01\",\"until\":\"2027-01-01\"},\"caps\":[{\"id\":\"day\","
				"\"scope\":\"member\",\"window\":\"day\",\"points\":100000}]}");
	}
	rewapp__buffer_puts(&text, "]}");
	if (text.failed || rewapp__programme_parse(&programme, text.data, text.size, NULL) < 0) {
		fprintf(stderr, "earn_bench: %s\n", rewapp_errmsg());
		exit(EXIT_FAILURE);
	}
	rewapp__buffer_finish(&text);
	return programme;
}

/* Nanoseconds of one decision, counters listed as the flow does. */
static int64_t measure(const struct programme *programme)
{
	struct earn_facts facts = { .mcc = 5411, .occurred_ms = INT64_C(1767607200000) };
	struct counter_key keys[EARN_COUNTERS_MAX];
	struct awards awards;
	struct timespec from, until;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < DECISIONS; i++) {
		facts.amount = 5000 + i;
		if (rewapp__earn_counters(programme, &facts, keys) == 0 ||
			rewapp__earn_decide(programme, &facts, &awards) < 0 ||
			awards.list[RULES - 1].points == 0)
			exit(EXIT_FAILURE);
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	return ((until.tv_sec - from.tv_sec) * INT64_C(1000000000) + until.tv_nsec - from.tv_nsec) /
		DECISIONS;
}

int main(void)
{
	struct programme *programme = build();
	int64_t best = INT64_MAX;

	for (int run = 0; run < RUNS; run++) {
		int64_t nanoseconds = measure(programme);

		best = nanoseconds < best ? nanoseconds : best;
	}
	bar_at_most(
		"a decision under 50 rules and 41 limits, us", (double)best / 1e3, NANOSECONDS_ALLOWED / 1e3);
	rewapp__programme_free(programme);
	return bars_result();
}
