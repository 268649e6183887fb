/* How long a purchase takes to be decided under 50 rules that all run, and among 1000 campaigns, on one core.
 */
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
	NANOSECONDS_ALLOWED = 20000,
	CAMPAIGNS = 1000,
	CAMPAIGNS_TIMES = 3 /* what 50 rules cost */
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

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	for (int i = 0; i < DECISIONS; i++) {
		facts.amount = 5000 + i;
		if (rewapp__earn_counters(programme, &facts, keys) == 0 ||
			rewapp__earn_decide(programme, &facts, &awards) < 0 ||
			awards.list[RULES - 1].points == 0)
			exit(EXIT_FAILURE);
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &until);
	return ((until.tv_sec - from.tv_sec) * INT64_C(1000000000) + until.tv_nsec - from.tv_nsec) /
		DECISIONS;
}

/* A thousand campaigns that run at once, for this or that merchant, category, article or hour. */
static struct programme *build_campaigns(void)
{
	static const char *const before[] = {
		"\"percent\",\"basis_points\":100,\"when\":{\"merchants\":[\"@m",
		"\"fixed\",\"points\":5,\"when\":{\"mcc\":[\"",
		"\"percent\",\"basis_points\":300,\"on\":{\"skus\":[\"sku-",
		"\"fixed\",\"points\":2,\"when\":{\"segments\":[\"g",
	};
	static const char *const behind[] = {
		"\"]}}",
		"\"],\"min_amount\":500}}",
		"\"]}}",
		"\"],\"hours\":[\"08:00\",\"20:00\"]}}",
	};
	struct programme *programme;
	struct buffer text;

	rewapp__buffer_init(&text, NULL, REWAPP_DOCUMENT_MAX);
	rewapp__buffer_puts(&text,
		"{\"name\":\"Bench\",\"currency\":\"EUR\",\"zone\":\"Europe/Paris\",\"caps\":["
		"{\"id\":\"month\",\"scope\":\"member\",\"window\":\"month\",\"points\":100000000}],"
		"\"rules\":[");
	for (int i = 0; i < CAMPAIGNS; i++) {
		rewapp__buffer_printf(&text, "%s{\"id\":\"c%d\",\"type\":", i ? "," : "", i);
		rewapp__buffer_printf(&text, "%s%04d%s", before[i % 4], 5400 + i / 4 % 25, behind[i % 4]);
	}
	rewapp__buffer_puts(&text, "]}");
	if (text.failed || rewapp__programme_parse(&programme, text.data, text.size, NULL) < 0) {
		fprintf(stderr, "earn_bench: %s\n", rewapp_errmsg());
		exit(EXIT_FAILURE);
	}
	rewapp__buffer_finish(&text);
	return programme;
}

/* A basket of ten lines that some of each kind of campaign are for: 10 of each value are there. */
static int64_t measure_campaigns(const struct programme *programme)
{
	static const char *const segments[] = { "g5410" };
	struct earn_line lines[10] = { { 0 } };
	struct earn_facts facts = { .mcc = 5411,
		.occurred_ms = INT64_C(1767607200000),
		.lines = lines,
		.line_count = 10,
		.segments = segments,
		.segment_count = 1 };
	struct counter_key keys[EARN_COUNTERS_MAX];
	struct awards awards;
	struct timespec from, until;

	rewapp_id_derive("m5412", 5, &facts.merchant);
	for (int i = 0; i < 10; i++)
		lines[i] = (struct earn_line){ i == 3 ? "sku-5413" : "other", "category", 1, 300, false };
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	for (int i = 0; i < DECISIONS; i++) {
		facts.amount = 5000 + i;
		if (rewapp__earn_counters(programme, &facts, keys) == 0 ||
			rewapp__earn_decide(programme, &facts, &awards) < 0 || awards.count < 40)
			exit(EXIT_FAILURE);
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &until);
	return ((until.tv_sec - from.tv_sec) * INT64_C(1000000000) + until.tv_nsec - from.tv_nsec) /
		DECISIONS;
}

static int64_t best_of(int64_t (*run)(const struct programme *), const struct programme *programme)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < RUNS; i++) {
		int64_t nanoseconds = run(programme);

		best = nanoseconds < best ? nanoseconds : best;
	}
	return best;
}

int main(void)
{
	struct programme *programme = build(), *campaigns = build_campaigns();
	int64_t fifty = best_of(measure, programme), thousand = best_of(measure_campaigns, campaigns);

	printf("decision under %d rules, 41 caps: %lld ns (allowed %d)\n", RULES, (long long)fifty,
		NANOSECONDS_ALLOWED);
	printf("decision under %d campaigns, ten lines: %lld ns (allowed %lld)\n", CAMPAIGNS,
		(long long)thousand, (long long)fifty * CAMPAIGNS_TIMES);
	rewapp__programme_free(programme);
	rewapp__programme_free(campaigns);
	return fifty <= NANOSECONDS_ALLOWED && thousand <= fifty * CAMPAIGNS_TIMES ? EXIT_SUCCESS
										   : EXIT_FAILURE;
}
