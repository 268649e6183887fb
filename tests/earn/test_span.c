/* Spans of the calendar: a table of beginnings and ends, over leap days and clocks that are put on and back,
 * and what holds for any of them. */
#include "earn/span.h"
#include "run.h"

#include <check.h>
#include <rewapp/errors.h>
#include <stdio.h>
#include <string.h>

struct row {
	const char *zone;
	int32_t day_start; /* minutes */
	struct life_span span;
	const char *from, *end; /* on the wall of the zone */
};

/* clang-format off */
static const struct row rows[] = {
	/* days of 24 hours, whatever the clocks do */
	{ "Europe/Paris", 0, { 14, 0, SPAN_EXACT, 0 }, "2026-03-20 12:00:00", "2026-04-03 13:00:00" },
	{ "Europe/Paris", 0, { 1, 0, SPAN_EXACT, 0 }, "2026-10-24 12:00:00", "2026-10-25 11:00:00" },
	/* dates */
	{ "Europe/Paris", 0, { 0, 0, SPAN_DAY, 0 }, "2026-01-10 23:59:59", "2026-01-11 00:00:00" },
	{ "Europe/Paris", 0, { 14, 0, SPAN_DAY, 0 }, "2026-03-20 12:00:00", "2026-04-04 00:00:00" },
	{ "Europe/Paris", 240, { 0, 0, SPAN_DAY, 0 }, "2026-01-10 03:59:59", "2026-01-10 04:00:00" },
	{ "Europe/Paris", 240, { 0, 0, SPAN_DAY, 0 }, "2026-01-10 04:00:00", "2026-01-11 04:00:00" },
	/* half past two does not exist on that Sunday; the day begins when the clocks have jumped */
	{ "Europe/Paris", 150, { 0, 0, SPAN_DAY, 0 }, "2026-03-28 12:00:00", "2026-03-29 03:00:00" },
	/* half past two comes twice; the day begins at the first */
	{ "Europe/Paris", 150, { 0, 0, SPAN_DAY, 0 }, "2026-10-24 12:00:00", "2026-10-25 02:30:00" },
	/* months */
	{ "Europe/Paris", 0, { 0, 1, SPAN_EXACT, 0 }, "2026-03-15 10:20:30", "2026-04-15 10:20:30" },
	{ "Europe/Paris", 0, { 0, 1, SPAN_EXACT, 0 }, "2026-01-31 10:00:00", "2026-02-28 10:00:00" },
	{ "Europe/Paris", 0, { 0, 1, SPAN_EXACT, 0 }, "2028-01-31 10:00:00", "2028-02-29 10:00:00" },
	{ "Europe/Paris", 0, { 0, 12, SPAN_EXACT, 0 }, "2028-02-29 10:00:00", "2029-02-28 10:00:00" },
	{ "Europe/Paris", 0, { 0, 48, SPAN_EXACT, 0 }, "2028-02-29 10:00:00", "2032-02-29 10:00:00" },
	{ "Europe/Paris", 0, { 0, 1, SPAN_EXACT, 0 }, "2026-02-28 02:30:00", "2026-03-28 02:30:00" },
	{ "Europe/Paris", 0, { 0, 12, SPAN_MONTH, 0 }, "2027-02-10 10:00:00", "2028-03-01 00:00:00" },
	{ "Europe/Paris", 0, { 0, 1, SPAN_MONTH, 0 }, "2026-01-31 10:00:00", "2026-03-01 00:00:00" },
	{ "Europe/Paris", 0, { 30, 0, SPAN_MONTH, 0 }, "2026-01-31 10:00:00", "2026-04-01 00:00:00" },
	{ "Europe/Paris", 0, { 0, 0, SPAN_MONTH, 0 }, "2026-12-31 23:59:59", "2027-01-01 00:00:00" },
	{ "Europe/Paris", 240, { 0, 0, SPAN_MONTH, 0 }, "2026-05-01 03:00:00", "2026-05-01 04:00:00" },
	/* quarters and years */
	{ "Europe/Paris", 0, { 0, 0, SPAN_QUARTER, 0 }, "2026-01-01 00:00:00", "2026-04-01 00:00:00" },
	{ "Europe/Paris", 0, { 0, 0, SPAN_QUARTER, 0 }, "2026-08-15 10:00:00", "2026-10-01 00:00:00" },
	{ "Europe/Paris", 0, { 0, 2, SPAN_QUARTER, 0 }, "2026-11-30 10:00:00", "2027-04-01 00:00:00" },
	{ "Europe/Paris", 0, { 0, 12, SPAN_YEAR, 0 }, "2026-07-14 10:00:00", "2028-01-01 00:00:00" },
	{ "Europe/Paris", 0, { 0, 0, SPAN_YEAR, 3 }, "2026-07-14 10:00:00", "2027-04-01 00:00:00" },
	{ "America/New_York", 0, { 0, 0, SPAN_YEAR, 0 }, "2026-12-31 23:00:00", "2027-01-01 00:00:00" },
	{ "Pacific/Apia", 0, { 0, 0, SPAN_DAY, 0 }, "2011-12-29 10:00:00", "2011-12-31 00:00:00" }, /* no 30th */
	{ "UTC", 0, { 0, 0, SPAN_YEAR, 0 }, "2037-06-01 00:00:00", "2038-01-01 00:00:00" },
	{ "UTC", 0, { 0, 1200, SPAN_EXACT, 0 }, "2000-02-29 00:00:00", "2100-02-28 00:00:00" },
	{ "UTC", 0, { 0, 1, SPAN_MONTH, 0 }, "1969-11-30 12:00:00", "1970-01-01 00:00:00" },
};
/* clang-format on */

static int64_t on_the_wall(const struct zone *zone, const char *text)
{
	int year, month, day, hour, minute, second;

	ck_assert_int_eq(sscanf(text, "%d-%d-%d %d:%d:%d", &year, &month, &day, &hour, &minute, &second), 6);
	return rewapp__zone_instant_ms(zone, rewapp__days_of_date(year, month, day), hour * 60 + minute) +
		second * INT64_C(1000);
}

START_TEST(the_table)
{
	const struct row *row = &rows[_i];
	struct zone *zone;
	struct civil at;
	char text[64];
	int64_t end_ms;

	ck_assert_msg(rewapp__zone_load(&zone, row->zone, NULL) == 0, "%s", rewapp_errmsg());
	end_ms = rewapp__span_end_ms(zone, row->day_start, &row->span, on_the_wall(zone, row->from));
	rewapp__zone_local(zone, end_ms, &at);
	snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", at.year, at.month, at.day, at.hour,
		at.minute, at.second);
	ck_assert_msg(
		strcmp(text, row->end) == 0, "row %d, from %s: %s, not %s", _i, row->from, text, row->end);
	ck_assert_int_eq(end_ms, on_the_wall(zone, row->end));
	rewapp__zone_free(zone);
}
END_TEST

static uint64_t next(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

/* A span ends behind its beginning; a later beginning never ends earlier; ends of days, months, quarters and
 * years lie behind one another; and a life that may not end before the delay does not. */
START_TEST(what_holds)
{
	uint64_t state = 7;
	struct zone *zone;

	ck_assert_int_eq(rewapp__zone_load(&zone, "Europe/Paris", NULL), 0);
	for (int i = 0; i < 20000; i++) {
		struct life_span span = { 0, 0, (enum span_end)(next(&state) % 5), 0 };
		struct life_span delay = { (int32_t)(next(&state) % 40), 0, (enum span_end)(next(&state) % 5),
			0 };
		int32_t start = (int32_t)(next(&state) % 1440);
		int64_t a = (int64_t)(next(&state) % 2000000) * INT64_C(3600000), b, end, later;

		*(next(&state) % 2 ? &span.days : &span.months) = (int32_t)(next(&state) % 50);
		span.plus_months = span.end_of == SPAN_EXACT ? 0 : (int32_t)(next(&state) % 4);
		b = a + (int64_t)(next(&state) % 100000000);
		end = rewapp__span_end_ms(zone, start, &span, a);
		later = rewapp__span_end_ms(zone, start, &span, b);
		ck_assert_msg(rewapp__span_is_empty(&span) ? end == a : end > a, "%d", i);
		if (span.end_of != SPAN_EXACT || !span.months) /* else the hour that comes twice */
			ck_assert_msg(later >= end, "%d", i);
		if (!rewapp__span_is_empty(&span) && !rewapp__span_may_end_before(&span, &delay))
			ck_assert_msg(end >= rewapp__span_end_ms(zone, start, &delay, a), "%d", i);
		if (span.end_of != SPAN_EXACT && span.end_of != SPAN_YEAR && !span.plus_months) {
			span.end_of++;
			ck_assert_msg(rewapp__span_end_ms(zone, start, &span, a) >= end, "%d", i);
		}
	}
	rewapp__zone_free(zone);
}
END_TEST

START_TEST(the_end_of_time)
{
	const struct life_span days = { SPAN_DAYS_MAX, 0, SPAN_EXACT, 0 }, year = { 0, 0, SPAN_YEAR, 12 };
	struct zone *zone;

	ck_assert_int_eq(rewapp__zone_load(&zone, "UTC", NULL), 0);
	ck_assert_int_eq(rewapp__span_end_ms(zone, 0, &days, INT64_MAX - 5), INT64_MAX);
	ck_assert_int_gt(rewapp__span_end_ms(zone, 0, &year, INT64_MAX - 5), INT64_MAX / 2);
	ck_assert_int_lt(rewapp__span_end_ms(zone, 0, &year, INT64_MIN + 5), INT64_MIN / 2);
	rewapp__zone_free(zone);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, the_table, 0, ROWS(rows));
	tcase_add_test(all, what_holds);
	tcase_add_test(all, the_end_of_time);
}

int main(void)
{
	return run_suite("span", add);
}
