/* A naive calendar for the oracle: four zones whose rules stand here, written out.  It shares
 * nothing with the engine's, which reads the machine's tz database. */
#ifndef REWAPP_SIM_CALENDAR_H
#define REWAPP_SIM_CALENDAR_H

#include <stdint.h>

enum sim_zone {
	SIM_ZONE_UTC,
	SIM_ZONE_PARIS,
	SIM_ZONE_NEW_YORK,
	SIM_ZONE_KOLKATA,
	SIM_ZONE_COUNT
};
const char *rewapp__sim_zone_name(enum sim_zone zone);

struct sim_day {
	int64_t days; /* since 1970-01-01, of the local date */
	int year, month, day;
	int weekday; /* 0 Monday */
	int minute;  /* of the day */
};

/* Right from 2007 on, when the last of these zones changed its rules. */
struct sim_day rewapp__sim_local(enum sim_zone zone, int64_t utc_ms);

/* The day of business around an instant: before `start`, a minute of the day, it is still the day
 * before; the minute is the wall clock's. */
struct sim_day rewapp__sim_business(enum sim_zone zone, int start, int64_t utc_ms);

/* The first instant at which the wall clock shows that minute, or the end of the gap over it. */
int64_t rewapp__sim_instant(enum sim_zone zone, int64_t days, int minute);

enum sim_window {
	SIM_WINDOW_DAY,
	SIM_WINDOW_WEEK,
	SIM_WINDOW_MONTH,
	SIM_WINDOW_YEAR,
	SIM_WINDOW_TOTAL,
	SIM_WINDOW_SLIDING, /* so many days, of which the last is its start */
	SIM_WINDOW_COUNT
};

/* The first day of the window around a day; 0 of the window that never ends. */
int64_t rewapp__sim_window(enum sim_window window, const struct sim_day *day);

int64_t rewapp__sim_days_of(int year, int month, int day);

#endif
