/* What purchases give: every rule type, condition and cap, returns in any order, and awards as bytes. */
#include "earn/decide.h"
#include "run.h"

#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "{\"name\":\"P\",\"currency\":\"EUR\",\"zone\":\"Europe/Paris\","
#define MINUTE INT64_C(60000)
#define HOUR INT64_C(3600000)
#define DAY INT64_C(86400000)
#define MONDAY INT64_C(1767567600000) /* 2026-01-05T00:00 in Paris */

static struct awards awards;

static struct programme *programme_of(const char *rest)
{
	char text[4096];
	struct programme *programme;

	snprintf(text, sizeof text, HEAD "%s}", rest);
	ck_assert_msg(
		rewapp__programme_parse(&programme, text, strlen(text), NULL) == 0, "%s", rewapp_errmsg());
	return programme;
}

/* Decides on one rule list; the awards are in `awards`. */
static int decide(const char *rest, const struct earn_facts *facts)
{
	struct programme *programme = programme_of(rest);
	int error = rewapp__earn_decide(programme, facts, &awards);

	rewapp__programme_free(programme);
	return error;
}

struct amount_row {
	const char *rule;
	int64_t amount, points;
	int reason;
};

static const struct amount_row amount_rows[] = {
	{ "\"type\":\"percent\",\"basis_points\":200", 5000, 100, REWAPP_REASON_AWARDED },
	{ "\"type\":\"percent\",\"basis_points\":200", 5049, 100, REWAPP_REASON_AWARDED },
	{ "\"type\":\"percent\",\"basis_points\":200", 49, 0, REWAPP_REASON_ROUNDED_TO_ZERO },
	{ "\"type\":\"percent\",\"basis_points\":10000", INT64_MAX, INT64_MAX, REWAPP_REASON_AWARDED },
	{ "\"type\":\"percent\",\"basis_points\":1", INT64_MAX, INT64_MAX / 10000, REWAPP_REASON_AWARDED },
	{ "\"type\":\"fixed\",\"points\":300", 1, 300, REWAPP_REASON_AWARDED },
	{ "\"type\":\"fixed\",\"points\":300", INT64_MAX, 300, REWAPP_REASON_AWARDED },
	{ "\"type\":\"fixed\",\"points\":300", 0, 0, REWAPP_REASON_ROUNDED_TO_ZERO },
	{ "\"type\":\"per_unit\",\"unit_amount\":1000,\"points\":10", 999, 0, REWAPP_REASON_ROUNDED_TO_ZERO },
	{ "\"type\":\"per_unit\",\"unit_amount\":1000,\"points\":10", 1000, 10, REWAPP_REASON_AWARDED },
	{ "\"type\":\"per_unit\",\"unit_amount\":1000,\"points\":10", 5999, 50, REWAPP_REASON_AWARDED },
	{ "\"type\":\"per_unit\",\"unit_amount\":1,\"points\":1", INT64_MAX, INT64_MAX,
		REWAPP_REASON_AWARDED },
	{ "\"type\":\"multiplier\",\"basis_points\":20000", 5000, 0, REWAPP_REASON_NOTHING_TO_MULTIPLY },
	{ "\"type\":\"percent\",\"basis_points\":200,\"when\":{\"min_amount\":1000}", 1000, 20,
		REWAPP_REASON_AWARDED },
	{ "\"type\":\"percent\",\"basis_points\":200,\"when\":{\"min_amount\":1000}", 770, 0,
		REWAPP_REASON_BELOW_MINIMUM },
};

START_TEST(amounts)
{
	const struct amount_row *row = &amount_rows[_i];
	struct earn_facts facts = { .amount = row->amount, .occurred_ms = MONDAY };
	char rest[512];

	snprintf(rest, sizeof rest, "\"rules\":[{\"id\":\"r\",%s}]", row->rule);
	ck_assert_int_eq(decide(rest, &facts), 0);
	ck_assert_int_eq(awards.list[0].points, row->points);
	ck_assert_int_eq(awards.list[0].reason, row->reason);
	ck_assert_int_eq(awards.by_programme, row->points);
}
END_TEST

START_TEST(distance_to_the_minimum)
{
	struct earn_facts facts = { .amount = 770, .occurred_ms = MONDAY };

	ck_assert_int_eq(decide("\"rules\":[{\"id\":\"r\",\"type\":\"fixed\",\"points\":5,"
				"\"when\":{\"min_amount\":1000}}]",
				 &facts),
		0);
	ck_assert_int_eq(awards.list[0].distance, 230);
}
END_TEST

START_TEST(overflow_is_an_error)
{
	struct earn_facts facts = { .amount = INT64_MAX, .occurred_ms = MONDAY };

	ck_assert_int_eq(
		decide("\"rules\":[{\"id\":\"r\",\"type\":\"percent\",\"basis_points\":10001}]", &facts),
		REWAPP_E_OVERFLOW);
	ck_assert_int_eq(
		decide("\"rules\":[{\"id\":\"r\",\"type\":\"per_unit\",\"unit_amount\":1,\"points\":2}]",
			&facts),
		REWAPP_E_OVERFLOW);
	ck_assert_int_eq(decide("\"rules\":[{\"id\":\"a\",\"type\":\"percent\",\"basis_points\":10000},"
				"{\"id\":\"b\",\"type\":\"fixed\",\"points\":1}]",
				 &facts),
		REWAPP_E_OVERFLOW);
	facts.amount = -1;
	ck_assert_int_eq(decide("\"rules\":[{\"id\":\"a\",\"type\":\"fixed\",\"points\":1}]", &facts),
		REWAPP_E_ARGUMENT);
}
END_TEST

START_TEST(multipliers_multiply_what_came_before)
{
	struct earn_facts facts = { .amount = 5000, .occurred_ms = MONDAY };

	ck_assert_int_eq(
		decide("\"rules\":["
		       "{\"id\":\"a\",\"type\":\"percent\",\"basis_points\":200,\"funder\":\"merchant\"},"
		       "{\"id\":\"b\",\"type\":\"multiplier\",\"basis_points\":25000},"
		       "{\"id\":\"c\",\"type\":\"multiplier\",\"basis_points\":10001},"
		       "{\"id\":\"d\",\"type\":\"fixed\",\"points\":7}]",
			&facts),
		0);
	ck_assert_int_eq(awards.list[0].points, 100);
	ck_assert_int_eq(awards.list[1].points, 150);
	ck_assert_int_eq(awards.list[2].points, 0);
	ck_assert_int_eq(awards.list[2].reason, REWAPP_REASON_ROUNDED_TO_ZERO);
	ck_assert_int_eq(awards.list[3].points, 7);
	ck_assert_int_eq(awards.by_merchant, 100);
	ck_assert_int_eq(awards.by_programme, 157);
}
END_TEST

START_TEST(merchants_and_categories)
{
	static const char rest[] = "\"rules\":["
				   "{\"id\":\"a\",\"type\":\"fixed\",\"points\":1,\"when\":{\"merchants\":["
				   "\"@x\",\"@carrefour-city\",\"@y\"]}},"
				   "{\"id\":\"b\",\"type\":\"fixed\",\"points\":2,\"when\":{\"mcc\":["
				   "\"5812\",\"5411\",\"0742\"]}}]";
	struct earn_facts facts = { .amount = 1, .occurred_ms = MONDAY, .mcc = 5411 };

	ck_assert_int_eq(rewapp_id_derive("carrefour-city", 14, &facts.merchant), 0);
	ck_assert_int_eq(decide(rest, &facts), 0);
	ck_assert_int_eq(awards.by_programme, 3);
	facts.mcc = 742;
	ck_assert_int_eq(decide(rest, &facts), 0);
	ck_assert_int_eq(awards.by_programme, 3);
	facts.mcc = 0;
	facts.merchant.bytes[15] ^= 1;
	ck_assert_int_eq(decide(rest, &facts), 0);
	ck_assert_int_eq(awards.list[0].reason, REWAPP_REASON_OTHER_MERCHANT);
	ck_assert_int_eq(awards.list[1].reason, REWAPP_REASON_OTHER_CATEGORY);
}
END_TEST

struct time_row {
	const char *when;
	int64_t at;
	int reason;
	int64_t distance;
};

/* Paris: summer time from 2026-03-29T01:00Z to 2026-10-25T01:00Z. */
#define MARCH29 INT64_C(1774738800000)   /* 00:00 in Paris */
#define OCTOBER25 INT64_C(1792879200000) /* 00:00 in Paris */

static const struct time_row time_rows[] = {
	{ "\"days\":[\"mon\"]", MONDAY, REWAPP_REASON_AWARDED, 0 },
	{ "\"days\":[\"mon\"]", MONDAY - 1, REWAPP_REASON_OUTSIDE_DAYS, 1 },
	{ "\"days\":[\"sat\",\"sun\"]", MONDAY, REWAPP_REASON_OUTSIDE_DAYS, 5 * DAY },
	{ "\"days\":[\"mon\"]", MONDAY + DAY, REWAPP_REASON_OUTSIDE_DAYS, 6 * DAY },
	{ "\"hours\":[\"08:00\",\"20:00\"]", MONDAY + 8 * HOUR, REWAPP_REASON_AWARDED, 0 },
	{ "\"hours\":[\"08:00\",\"20:00\"]", MONDAY + 8 * HOUR - 1, REWAPP_REASON_OUTSIDE_HOURS, 1 },
	{ "\"hours\":[\"08:00\",\"20:00\"]", MONDAY + 20 * HOUR - 1, REWAPP_REASON_AWARDED, 0 },
	{ "\"hours\":[\"08:00\",\"20:00\"]", MONDAY + 20 * HOUR, REWAPP_REASON_OUTSIDE_HOURS, 12 * HOUR },
	{ "\"hours\":[\"22:00\",\"02:30\"]", MONDAY + 22 * HOUR, REWAPP_REASON_AWARDED, 0 },
	{ "\"hours\":[\"22:00\",\"02:30\"]", MONDAY + 2 * HOUR + 29 * MINUTE, REWAPP_REASON_AWARDED, 0 },
	{ "\"hours\":[\"22:00\",\"02:30\"]", MONDAY + 2 * HOUR + 30 * MINUTE, REWAPP_REASON_OUTSIDE_HOURS,
		19 * HOUR + 30 * MINUTE },
	/* the night of 23 hours: two o'clock does not exist, 01:59 is followed by 03:00 */
	{ "\"hours\":[\"22:00\",\"02:30\"]", MARCH29 + 2 * HOUR - 1, REWAPP_REASON_AWARDED, 0 },
	{ "\"hours\":[\"22:00\",\"02:30\"]", MARCH29 + 2 * HOUR, REWAPP_REASON_OUTSIDE_HOURS, 19 * HOUR },
	{ "\"hours\":[\"08:00\",\"20:00\"]", MARCH29, REWAPP_REASON_OUTSIDE_HOURS, 7 * HOUR },
	/* the night of 25 hours: half past two comes twice */
	{ "\"hours\":[\"22:00\",\"02:30\"]", OCTOBER25 + 2 * HOUR + 30 * MINUTE, REWAPP_REASON_OUTSIDE_HOURS,
		20 * HOUR + 30 * MINUTE },
	{ "\"hours\":[\"22:00\",\"02:30\"]", OCTOBER25 + 3 * HOUR, REWAPP_REASON_AWARDED, 0 },
	{ "\"hours\":[\"08:00\",\"20:00\"]", OCTOBER25, REWAPP_REASON_OUTSIDE_HOURS, 9 * HOUR },
	{ "\"days\":[\"sun\"]", OCTOBER25 + 25 * HOUR - 1, REWAPP_REASON_AWARDED, 0 },
	{ "\"days\":[\"sun\"]", OCTOBER25 + 25 * HOUR, REWAPP_REASON_OUTSIDE_DAYS, 6 * DAY },
	{ "\"from\":\"2026-01-05\"", MONDAY, REWAPP_REASON_AWARDED, 0 },
	{ "\"from\":\"2026-01-05\"", MONDAY - 5, REWAPP_REASON_OUTSIDE_DATES, 5 },
	{ "\"until\":\"2026-01-05\"", MONDAY, REWAPP_REASON_OUTSIDE_DATES, 0 },
	{ "\"until\":\"2026-01-05\"", MONDAY - 1, REWAPP_REASON_AWARDED, 0 },
	{ "\"from\":\"2024-02-29\",\"until\":\"2024-03-01\"", INT64_C(1709161200000), REWAPP_REASON_AWARDED,
		0 },
	{ "\"from\":\"2024-02-29\",\"until\":\"2024-03-01\"", INT64_C(1709161200000) + DAY,
		REWAPP_REASON_OUTSIDE_DATES, 0 },
};

START_TEST(times)
{
	const struct time_row *row = &time_rows[_i];
	struct earn_facts facts = { .amount = 100, .occurred_ms = row->at };
	char rest[512];

	snprintf(rest, sizeof rest,
		"\"rules\":[{\"id\":\"r\",\"type\":\"fixed\",\"points\":9,\"when\":{%s}}]", row->when);
	ck_assert_int_eq(decide(rest, &facts), 0);
	ck_assert_int_eq(awards.list[0].reason, row->reason);
	ck_assert_int_eq(awards.list[0].distance, row->distance);
	ck_assert_int_eq(awards.list[0].points, row->reason == REWAPP_REASON_AWARDED ? 9 : 0);
}
END_TEST

/* ---- caps ---- */

struct window_row {
	const char *window;
	int64_t last, first; /* the last millisecond of a window, the first of the next; 0: there is none */
};

static const struct window_row window_rows[] = {
	{ "day", MARCH29 + 23 * HOUR - 1, MARCH29 + 23 * HOUR },
	{ "week", MONDAY - 1, MONDAY },
	{ "month", INT64_C(1769900399999), INT64_C(1769900400000) }, /* 2026-02-01 */
	{ "year", INT64_C(1767221999999), INT64_C(1767222000000) },  /* 2026-01-01 */
	{ "total", INT64_MIN / 2, INT64_MAX / 2 },
};

static size_t count_at(const struct programme *programme, int64_t at, struct counter_key *out)
{
	struct earn_facts facts = { .occurred_ms = at };

	return rewapp__earn_counters(programme, &facts, out);
}

START_TEST(windows)
{
	const struct window_row *row = &window_rows[_i];
	struct counter_key a[EARN_COUNTERS_MAX], b[EARN_COUNTERS_MAX], c[EARN_COUNTERS_MAX];
	struct programme *programme;
	char rest[512];

	snprintf(rest, sizeof rest,
		"\"rules\":[{\"id\":\"r\",\"type\":\"fixed\",\"points\":9,\"caps\":[{\"id\":\"c\","
		"\"scope\":\"member\",\"window\":\"%s\",\"points\":10}]}]",
		row->window);
	programme = programme_of(rest);
	ck_assert_uint_eq(count_at(programme, row->last, a), 1);
	ck_assert_uint_eq(count_at(programme, row->first, b), 1);
	ck_assert_uint_eq(count_at(programme, row->first + 1, c), 1);
	ck_assert_int_eq(a[0].cap, b[0].cap);
	ck_assert_int_gt(a[0].cap, 0);
	ck_assert_int_eq(a[0].limit, 10);
	ck_assert_int_eq(a[0].scope, CAP_MEMBER);
	if (strcmp(row->window, "total") == 0)
		ck_assert_int_eq(a[0].window_start, 0);
	else
		ck_assert_int_lt(a[0].window_start, b[0].window_start);
	if (strcmp(row->window, "total") == 0)
		ck_assert_int_eq(b[0].window_start, 0);
	ck_assert_int_eq(b[0].window_start, c[0].window_start);
	rewapp__programme_free(programme);
}
END_TEST

#define CAPPED \
	"\"caps\":[{\"id\":\"all\",\"scope\":\"programme\",\"window\":\"total\",\"points\":150}]," \
	"\"rules\":[{\"id\":\"a\",\"type\":\"percent\",\"basis_points\":1000,\"caps\":[" \
	"{\"id\":\"m\",\"scope\":\"member\",\"window\":\"month\",\"points\":100}," \
	"{\"id\":\"d\",\"scope\":\"member\",\"window\":\"day\",\"points\":80}]}," \
	"{\"id\":\"b\",\"type\":\"multiplier\",\"basis_points\":20000,\"funder\":\"merchant\"}," \
	"{\"id\":\"c\",\"type\":\"fixed\",\"points\":5}]"

struct cap_row {
	int64_t amount, month, day, all; /* used before */
	int64_t a, b, c;                 /* given */
	int reason_a, reason_b, reason_c;
};

static const struct cap_row cap_rows[] = {
	{ 500, 0, 0, 0, 50, 50, 5, REWAPP_REASON_AWARDED, REWAPP_REASON_AWARDED, REWAPP_REASON_AWARDED },
	{ 800, 0, 0, 0, 80, 70, 0, REWAPP_REASON_AWARDED, REWAPP_REASON_AWARDED_IN_PART,
		REWAPP_REASON_LIMIT_REACHED },
	{ 810, 0, 0, 0, 80, 70, 0, REWAPP_REASON_AWARDED_IN_PART, REWAPP_REASON_AWARDED_IN_PART,
		REWAPP_REASON_LIMIT_REACHED },
	{ 500, 99, 0, 0, 1, 1, 5, REWAPP_REASON_AWARDED_IN_PART, REWAPP_REASON_AWARDED,
		REWAPP_REASON_AWARDED },
	{ 500, 100, 0, 0, 0, 0, 5, REWAPP_REASON_LIMIT_REACHED, REWAPP_REASON_NOTHING_TO_MULTIPLY,
		REWAPP_REASON_AWARDED },
	{ 500, 5000, 0, 0, 0, 0, 5, REWAPP_REASON_LIMIT_REACHED, REWAPP_REASON_NOTHING_TO_MULTIPLY,
		REWAPP_REASON_AWARDED },
	{ 500, 0, 0, 147, 3, 0, 0, REWAPP_REASON_AWARDED_IN_PART, REWAPP_REASON_LIMIT_REACHED,
		REWAPP_REASON_LIMIT_REACHED },
	{ INT64_MAX, 0, 0, 0, 80, 70, 0, REWAPP_REASON_AWARDED_IN_PART, REWAPP_REASON_AWARDED_IN_PART,
		REWAPP_REASON_LIMIT_REACHED },
};

START_TEST(caps)
{
	const struct cap_row *row = &cap_rows[_i];
	struct earn_facts facts = {
		.amount = row->amount, .occurred_ms = MONDAY, .used = { row->month, row->day, row->all }
	};

	ck_assert_int_eq(decide(CAPPED, &facts), 0);
	ck_assert_int_eq(awards.list[0].points, row->a);
	ck_assert_int_eq(awards.list[1].points, row->b);
	ck_assert_int_eq(awards.list[2].points, row->c);
	ck_assert_int_eq(awards.list[0].reason, row->reason_a);
	ck_assert_int_eq(awards.list[1].reason, row->reason_b);
	ck_assert_int_eq(awards.list[2].reason, row->reason_c);
	ck_assert_uint_eq(awards.counter_count, 3);
	ck_assert_int_eq(awards.counted[0], row->a);
	ck_assert_int_eq(awards.counted[1], row->a);
	ck_assert_int_eq(awards.counted[2], row->a + row->b + row->c);
	ck_assert_int_eq(awards.by_merchant, row->b);
}
END_TEST

/* ---- returns ---- */

static uint64_t next_random(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	return (*state ^ *state >> 31) * UINT64_C(0xbf58476d1ce4e5b9) >> 17;
}

static void check_smaller(const struct awards *small, const struct awards *large)
{
	for (size_t i = 0; i < large->count; i++)
		if (small->list[i].points < 0 || small->list[i].points > large->list[i].points)
			ck_abort_msg("award %zu: %lld of %lld", i, (long long)small->list[i].points,
				(long long)large->list[i].points);
	for (size_t i = 0; i < large->counter_count; i++)
		if (small->counted[i] > large->counted[i])
			ck_abort_msg("counter %zu: %lld of %lld", i, (long long)small->counted[i],
				(long long)large->counted[i]);
}

/* Takes a purchase back in random parts and adds up what each part takes. */
static void return_in_parts(
	const struct programme *programme, const struct earn_facts *facts, uint64_t *seed, int64_t keep)
{
	struct awards original, now, next, direct;
	int64_t left = facts->amount, clawed = 0;

	SAME_INT(rewapp__earn_decide(programme, facts, &original), 0);
	SAME_INT(rewapp__earn_retained(programme, facts, &original, &(struct earn_left){ facts, left }, &now),
		0);
	if (memcmp(now.counted, original.counted, sizeof now.counted) != 0)
		ck_assert_mem_eq(now.counted, original.counted, sizeof now.counted);
	while (left > keep) {
		left -= 1 + (int64_t)(next_random(seed) % (uint64_t)(left - keep));
		SAME_INT(rewapp__earn_retained(
				 programme, facts, &original, &(struct earn_left){ facts, left }, &next),
			0);
		check_smaller(&next, &now);
		clawed += now.by_programme + now.by_merchant - next.by_programme - next.by_merchant;
		now = next;
	}
	SAME_INT(rewapp__earn_retained(
			 programme, facts, &original, &(struct earn_left){ facts, keep }, &direct),
		0);
	SAME_INT(original.by_programme + original.by_merchant - clawed,
		direct.by_programme + direct.by_merchant);
	if (keep == 0)
		SAME_INT(clawed, original.by_programme + original.by_merchant);
}

/* Of the windows of three that hold the middle, the fullest. */
START_TEST(sliding_windows)
{
	const int64_t rising[] = { 1, 2, 3, 4, 5 }, falling[] = { 50, 4, 3, 2, 1 },
		      hill[] = { 0, 9, 3, 9, 0 };

	ck_assert_int_eq(rewapp__earn_window_used(rising, 3), 12);
	ck_assert_int_eq(rewapp__earn_window_used(falling, 3), 57);
	ck_assert_int_eq(rewapp__earn_window_used(hill, 3), 21);
	ck_assert_int_eq(rewapp__earn_window_used(hill + 1, 1), 9);
}
END_TEST

START_TEST(returns_converge)
{
	struct programme *programme = programme_of(
		"\"caps\":[{\"id\":\"all\",\"scope\":\"programme\",\"window\":\"total\",\"points\":400}],"
		"\"rules\":[{\"id\":\"a\",\"type\":\"percent\",\"basis_points\":333,"
		"\"when\":{\"min_amount\":700},\"caps\":["
		"{\"id\":\"m\",\"scope\":\"member\",\"window\":\"month\",\"points\":90}]},"
		"{\"id\":\"f\",\"type\":\"fixed\",\"points\":13,\"funder\":\"merchant\"},"
		"{\"id\":\"x\",\"type\":\"multiplier\",\"basis_points\":27500},"
		"{\"id\":\"u\",\"type\":\"per_unit\",\"unit_amount\":250,\"points\":7}]");
	uint64_t seed = 42;

	for (int round = 0; round < 2000; round++) {
		struct earn_facts facts = { .amount = 1 + (int64_t)(next_random(&seed) % 6000),
			.occurred_ms = MONDAY,
			.used = {
				(int64_t)(next_random(&seed) % 120), (int64_t)(next_random(&seed) % 450) } };

		return_in_parts(programme, &facts, &seed, 0);
		return_in_parts(
			programme, &facts, &seed, (int64_t)(next_random(&seed) % (uint64_t)facts.amount));
	}
	rewapp__programme_free(programme);
}
END_TEST

START_TEST(returns_beyond_the_purchase)
{
	struct programme *programme = programme_of(
		"\"rules\":[{\"id\":\"a\",\"type\":\"fixed\",\"points\":5}]");
	struct earn_facts facts = { .amount = 100, .occurred_ms = MONDAY };
	struct awards out;

	ck_assert_int_eq(rewapp__earn_decide(programme, &facts, &awards), 0);
	ck_assert_int_eq(
		rewapp__earn_retained(programme, &facts, &awards, &(struct earn_left){ &facts, 101 }, &out),
		REWAPP_E_ARGUMENT);
	ck_assert_int_eq(
		rewapp__earn_retained(programme, &facts, &awards, &(struct earn_left){ &facts, -1 }, &out),
		REWAPP_E_ARGUMENT);
	ck_assert_int_eq(
		rewapp__earn_retained(programme, &facts, &awards, &(struct earn_left){ &facts, 1 }, &out), 0);
	ck_assert_int_eq(out.by_programme, 5);
	awards.count = 2;
	ck_assert_int_eq(
		rewapp__earn_retained(programme, &facts, &awards, &(struct earn_left){ &facts, 1 }, &out),
		REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp__rule_id(programme, 0), "a");
	ck_assert_str_eq(rewapp__rule_id(programme, 1), "");
	rewapp__programme_free(programme);
}
END_TEST

/* ---- bytes ---- */

static void encode_sample(struct buffer *buffer)
{
	struct earn_facts facts = { .amount = 810, .occurred_ms = MONDAY, .used = { 3, 0, 40 } };

	ck_assert_int_eq(decide(CAPPED, &facts), 0);
	rewapp__buffer_init(buffer, NULL, AWARDS_BYTES_MAX);
	rewapp__awards_encode(&awards, buffer);
	ck_assert_int_eq(buffer->failed, 0);
}

START_TEST(bytes_come_back)
{
	struct buffer buffer;
	struct awards back;
	size_t used;

	encode_sample(&buffer);
	ck_assert_int_eq(rewapp__awards_decode(buffer.data, buffer.size, &back, &used), 0);
	ck_assert_uint_eq(back.count, awards.count);
	for (size_t i = 0; i < back.count; i++) {
		ck_assert_int_eq(back.list[i].rule, awards.list[i].rule);
		ck_assert_int_eq(back.list[i].reason, awards.list[i].reason);
		ck_assert_int_eq(back.list[i].points, awards.list[i].points);
		ck_assert_int_eq(back.list[i].room, awards.list[i].room);
		ck_assert_int_eq(back.list[i].funder, awards.list[i].funder);
		ck_assert_int_eq(back.list[i].distance, awards.list[i].distance);
	}
	ck_assert_int_eq(back.by_programme, awards.by_programme);
	ck_assert_int_eq(back.by_merchant, awards.by_merchant);
	ck_assert_mem_eq(back.counted, awards.counted, sizeof back.counted);
	rewapp__buffer_finish(&buffer);
}
END_TEST

/* Refusals that came first give way to rules that give, and the 64 of them are told in order. */
START_TEST(more_rules_than_awards)
{
	struct earn_facts facts = { .amount = 100, .occurred_ms = MONDAY };
	struct buffer text;
	struct programme *programme;

	rewapp__buffer_init(&text, NULL, REWAPP_DOCUMENT_MAX);
	rewapp__buffer_puts(&text, HEAD "\"rules\":[");
	for (int i = 0; i < 160; i++)
		rewapp__buffer_printf(&text, "%s{\"id\":\"r%d\",\"type\":\"fixed\",\"points\":%d%s}",
			i ? "," : "", i, i, i < 80 ? ",\"when\":{\"min_amount\":1000}" : "");
	rewapp__buffer_puts(&text, "]}");
	ck_assert_int_eq(text.failed, 0);
	text.data[strlen(HEAD "\"rules\":[{\"id\":\"r0\",\"type\":\"fixed\",\"points\":")] = '1';
	ck_assert_msg(
		rewapp__programme_parse(&programme, text.data, text.size, NULL) == 0, "%s", rewapp_errmsg());
	ck_assert_ptr_nonnull(programme->index);
	ck_assert_int_eq(rewapp__earn_decide(programme, &facts, &awards), 0);
	ck_assert_uint_eq(awards.count, AWARDS_MAX);
	for (int i = 0; i < AWARDS_MAX; i++) {
		ck_assert_int_eq(awards.list[i].rule, 80 + i);
		ck_assert_int_eq(awards.list[i].points, 80 + i);
	}
	rewapp__programme_free(programme);
	rewapp__buffer_finish(&text);
}
END_TEST

/* Whatever is rounded, and wherever it is weighed. */
static const char *const overflows[] = {
	"\"rounding\":{\"scope\":\"line\"},\"rules\":[{\"id\":\"a\",\"type\":\"percent\",\"basis_points\":"
	"1000000}]",
	"\"rounding\":{\"scope\":\"purchase\"},\"rules\":[{\"id\":\"a\",\"type\":\"percent\",\"basis_"
	"points\":10000},"
	"{\"id\":\"b\",\"type\":\"percent\",\"basis_points\":10000}]",
	"\"groups\":[{\"id\":\"g\",\"stack\":\"best\"}],\"rules\":[{\"id\":\"a\",\"type\":\"fixed\","
	"\"points\":1,"
	"\"group\":\"g\"},{\"id\":\"b\",\"type\":\"percent\",\"basis_points\":10001,\"group\":\"g\"}]",
	"\"rules\":[{\"id\":\"a\",\"type\":\"per_item\",\"points\":2,\"on\":{\"skus\":[\"A\"]}}]",
	"\"rules\":[{\"id\":\"a\",\"type\":\"per_unit\",\"unit_amount\":1,\"points\":3}]",
};

START_TEST(overflow_wherever_it_is)
{
	struct earn_line line = { .sku = "A", .quantity = INT64_MAX, .amount = INT64_MAX };
	struct earn_facts facts = {
		.amount = INT64_MAX, .occurred_ms = MONDAY, .lines = &line, .line_count = 1
	};

	ck_assert_int_eq(decide(overflows[_i], &facts), REWAPP_E_OVERFLOW);
}
END_TEST

/* More articles than a number can say are as many as it can. */
START_TEST(articles_beyond_64_bits)
{
	struct earn_line lines[] = { { .sku = "A", .quantity = INT64_MAX }, { .sku = "A", .quantity = 2 } };
	struct earn_facts facts = { .amount = 5, .occurred_ms = MONDAY, .lines = lines, .line_count = 2 };

	ck_assert_int_eq(
		decide("\"rules\":[{\"id\":\"a\",\"type\":\"fixed\",\"points\":1,\"when\":{\"lines\":{"
		       "\"min_quantity\":5}}}]",
			&facts),
		0);
	ck_assert_int_eq(awards.by_programme, 1);
}
END_TEST

/* A sale of gift cards and of an article that costs nothing: no line has anything to earn. */
START_TEST(lines_that_earn_nothing)
{
	struct earn_line lines[] = { { .sku = "GIFT", .quantity = 1, .amount = 100, .excluded = true },
		{ .sku = "A", .quantity = 1 } };
	struct earn_facts facts = { .amount = 100, .occurred_ms = MONDAY, .lines = lines, .line_count = 2 };

	ck_assert_int_eq(
		decide("\"rounding\":{\"scope\":\"line\"},\"rules\":[{\"id\":\"a\",\"type\":\"percent\","
		       "\"basis_points\":1000}]",
			&facts),
		0);
	ck_assert_int_eq(awards.list[0].reason, REWAPP_REASON_NOTHING_PAID);
	ck_assert_int_eq(
		decide("\"rules\":[{\"id\":\"a\",\"type\":\"per_item\",\"points\":2,\"on\":{\"skus\":["
		       "\"A\"]}}]",
			&facts),
		0);
	ck_assert_int_eq(awards.list[0].points, 2);
}
END_TEST

/* A step that is reached and gives a part of a point is not missed by any amount. */
START_TEST(a_step_that_rounds_to_nothing)
{
	struct earn_facts facts = { .amount = 5, .occurred_ms = MONDAY };
	static const char rest[] = "\"rules\":[{\"id\":\"a\",\"type\":\"steps\",\"steps\":[{\"from\":5,"
				   "\"basis_points\":1}]}]";

	ck_assert_int_eq(decide(rest, &facts), 0);
	ck_assert_int_eq(awards.list[0].reason, REWAPP_REASON_ROUNDED_TO_ZERO);
	facts.amount = 4;
	ck_assert_int_eq(decide(rest, &facts), 0);
	ck_assert_int_eq(awards.list[0].reason, REWAPP_REASON_BELOW_MINIMUM);
	ck_assert_int_eq(awards.list[0].distance, 1);
}
END_TEST

/* A purchase that no rule can be asked about. */
static const struct earn_facts impossible[] = {
	{ .amount = -1 },
	{ .amount = 5, .unpaid = -1 },
	{ .amount = 5, .unpaid = 6 },
	{ .amount = 5, .line_count = 1, .lines = &(const struct earn_line){ .amount = -1 } },
	{ .amount = 5, .line_count = 1, .lines = &(const struct earn_line){ .quantity = -1 } },
	{ .amount = 5, .line_count = 1, .lines = &(const struct earn_line){ .amount = 6 } },
	{ .amount = INT64_MAX,
		.line_count = 2,
		.lines = (const struct earn_line[]){ { .amount = INT64_MAX }, { .amount = 1 } } },
};

START_TEST(facts_that_are_refused)
{
	struct programme *programme = programme_of(
		"\"rules\":[{\"id\":\"a\",\"type\":\"fixed\",\"points\":1}]");
	int64_t distance;

	ck_assert_int_eq(rewapp__earn_decide(programme, &impossible[_i], &awards), REWAPP_E_ARGUMENT);
	ck_assert_int_lt(rewapp__earn_reason(programme, &impossible[_i], 0, &distance), 0);
	rewapp__programme_free(programme);
}
END_TEST

/* Damaged bytes are refused, or are the bytes of other awards: reading and writing them again changes
 * nothing. */
static void check_damaged(const void *bytes, size_t size)
{
	struct awards back;
	struct buffer again;
	size_t used;
	int error = rewapp__awards_decode(bytes, size, &back, &used);

	if (error < 0) {
		SAME_INT(error, REWAPP_E_CORRUPT);
		return;
	}
	rewapp__buffer_init(&again, NULL, AWARDS_BYTES_MAX);
	rewapp__awards_encode(&back, &again);
	SAME_INT(again.size, used);
	if (memcmp(again.data, bytes, used) != 0)
		ck_assert_mem_eq(again.data, bytes, used);
	rewapp__buffer_finish(&again);
}

START_TEST(damaged_bytes)
{
	struct buffer buffer;
	struct awards back;
	size_t used;
	unsigned char bytes[256];
	uint64_t seed = 7;

	encode_sample(&buffer);
	ck_assert_uint_lt(buffer.size, sizeof bytes);
	for (size_t size = 0; size < buffer.size; size++)
		ck_assert_int_eq(rewapp__awards_decode(buffer.data, size, &back, &used), REWAPP_E_CORRUPT);
	memcpy(bytes, buffer.data, buffer.size);
	bytes[buffer.size] = 0;
	ck_assert_int_eq(rewapp__awards_decode(bytes, buffer.size + 1, &back, &used), 0);
	ck_assert_uint_eq(used, buffer.size); /* the facts stand behind */
	for (size_t at = 0; at < buffer.size; at++)
		for (int value = 0; value < 256; value++) {
			memcpy(bytes, buffer.data, buffer.size);
			bytes[at] = (unsigned char)value;
			check_damaged(bytes, buffer.size);
		}
	for (int round = 0; round < 20000; round++) {
		size_t size = next_random(&seed) % sizeof bytes;

		for (size_t i = 0; i < size; i++)
			bytes[i] = (unsigned char)(next_random(&seed) % 24);
		if (size)
			bytes[0] = 2;
		check_damaged(bytes, size);
	}
	rewapp__buffer_finish(&buffer);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("earn decide");
	TCase *rules = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(rules, 120);
	tcase_add_loop_test(rules, amounts, 0, ROWS(amount_rows));
	tcase_add_test(rules, distance_to_the_minimum);
	tcase_add_test(rules, overflow_is_an_error);
	tcase_add_test(rules, multipliers_multiply_what_came_before);
	tcase_add_test(rules, merchants_and_categories);
	tcase_add_loop_test(rules, times, 0, ROWS(time_rows));
	tcase_add_loop_test(rules, windows, 0, ROWS(window_rows));
	tcase_add_loop_test(rules, caps, 0, ROWS(cap_rows));
	tcase_add_test(rules, sliding_windows);
	tcase_add_test(rules, returns_converge);
	tcase_add_test(rules, returns_beyond_the_purchase);
	tcase_add_test(rules, bytes_come_back);
	tcase_add_test(rules, damaged_bytes);
	tcase_add_test(rules, more_rules_than_awards);
	tcase_add_loop_test(rules, overflow_wherever_it_is, 0, ROWS(overflows));
	tcase_add_test(rules, articles_beyond_64_bits);
	tcase_add_test(rules, lines_that_earn_nothing);
	tcase_add_test(rules, a_step_that_rounds_to_nothing);
	tcase_add_loop_test(rules, facts_that_are_refused, 0, ROWS(impossible));
	suite_add_tcase(suite, rules);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
