/* A naive calendar for the oracle: years and months are counted off one by one. */
#include "sim/calendar.h"

#include <stdbool.h>

enum {
	DAY_MINUTES = 24 * 60
};
static const int64_t MINUTE_MS = 60 * 1000, DAY_MS = INT64_C(24) * 60 * 60 * 1000;

const char *rewapp__sim_zone_name(enum sim_zone zone)
{
	static const char *const names[SIM_ZONE_COUNT] = { "UTC", "Europe/Paris", "America/New_York",
		"Asia/Kolkata" };

	return names[zone];
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

int64_t rewapp__sim_days_of(int year, int month, int day)
{
	int64_t days = day - 1;

	for (int y = 1970; y < year; y++)
		days += is_leap(y) ? 366 : 365;
	for (int m = 1; m < month; m++)
		days += month_days(year, m);
	return days;
}

static void date_of(int64_t days, struct sim_day *out)
{
	out->days = days;
	out->weekday = (int)((days + 3) % 7); /* 1970 began on a Thursday */
	out->year = 1970;
	for (; days >= (is_leap(out->year) ? 366 : 365); out->year++)
		days -= is_leap(out->year) ? 366 : 365;
	out->month = 1;
	for (; days >= month_days(out->year, out->month); out->month++)
		days -= month_days(out->year, out->month);
	out->day = (int)days + 1;
}

/* The `nth` Sunday of a month, or its last when `nth` is 0. */
static int64_t sunday(int year, int month, int nth)
{
	int64_t day = rewapp__sim_days_of(year, month, nth ? 1 : month_days(year, month));

	while ((day + 3) % 7 != 6)
		day += nth ? 1 : -1;
	return nth ? day + (int64_t)7 * (nth - 1) : day;
}

/* When the clocks go forward and back in a year; false where they never do. */
static bool changes(enum sim_zone zone, int year, int64_t *forward, int64_t *back)
{
	switch (zone) {
	case SIM_ZONE_PARIS: /* at 01:00 UTC, both */
		*forward = sunday(year, 3, 0) * DAY_MS + 60 * MINUTE_MS;
		*back = sunday(year, 10, 0) * DAY_MS + 60 * MINUTE_MS;
		return true;
	case SIM_ZONE_NEW_YORK: /* at 02:00 of the clock that ends: 07:00 and 06:00 UTC */
		*forward = sunday(year, 3, 2) * DAY_MS + 7 * 60 * MINUTE_MS;
		*back = sunday(year, 11, 1) * DAY_MS + 6 * 60 * MINUTE_MS;
		return true;
	default:
		return false;
	}
}

static int64_t offset(enum sim_zone zone, int64_t utc_ms)
{
	static const int minutes[SIM_ZONE_COUNT] = { 0, 60, -300, 330 };
	struct sim_day day;
	int64_t forward, back;

	date_of(utc_ms / DAY_MS, &day);
	if (changes(zone, day.year, &forward, &back) && utc_ms >= forward && utc_ms < back)
		return (minutes[zone] + 60) * MINUTE_MS;
	return minutes[zone] * MINUTE_MS;
}

struct sim_day rewapp__sim_local(enum sim_zone zone, int64_t utc_ms)
{
	int64_t local = utc_ms + offset(zone, utc_ms);
	struct sim_day day;

	date_of(local / DAY_MS, &day);
	day.minute = (int)(local % DAY_MS / MINUTE_MS);
	return day;
}

struct sim_day rewapp__sim_business(enum sim_zone zone, int start, int64_t utc_ms)
{
	struct sim_day day = rewapp__sim_local(zone, utc_ms);

	if (day.minute < start)
		date_of(day.days - 1, &day);
	return day;
}

int64_t rewapp__sim_instant(enum sim_zone zone, int64_t days, int minute)
{
	int64_t local = days * DAY_MS + minute * MINUTE_MS, forward, back;
	int64_t summer = local - offset(zone, local - DAY_MS), winter = local - offset(zone, local + DAY_MS);
	int64_t first = summer < winter ? summer : winter, second = summer < winter ? winter : summer;
	struct sim_day day;

	if (first + offset(zone, first) == local)
		return first;
	if (second + offset(zone, second) == local)
		return second;
	date_of(days, &day);
	return changes(zone, day.year, &forward, &back) ? forward : local;
}

int64_t rewapp__sim_window(enum sim_window window, const struct sim_day *day)
{
	switch (window) {
	case SIM_WINDOW_DAY:
	case SIM_WINDOW_SLIDING:
		return day->days;
	case SIM_WINDOW_WEEK:
		return day->days - day->weekday;
	case SIM_WINDOW_MONTH:
		return rewapp__sim_days_of(day->year, day->month, 1);
	case SIM_WINDOW_YEAR:
		return rewapp__sim_days_of(day->year, 1, 1);
	default:
		return 0;
	}
}
