/* Time zones by name, read from the machine's tz database into memory of their own: no process-wide TZ,
 * so that two engines in one program may live in two zones. */
#ifndef REWAPP_BASE_ZONE_H
#define REWAPP_BASE_ZONE_H

#include <rewapp/sys/env.h>
#include <stdint.h>

struct zone;

/* An instant on the wall clock of a zone. */
struct civil {
	int64_t days; /* since 1970-01-01, of the local date */
	int32_t year, month, day, hour, minute, second;
	int32_t weekday; /* 0 Monday to 6 Sunday */
};

/* Calendar windows; the values are stored. */
enum window {
	WINDOW_DAY = 0,
	WINDOW_WEEK = 1, /* from Monday */
	WINDOW_MONTH = 2,
	WINDOW_YEAR = 3,
	WINDOW_TOTAL = 4
};

/* Reads a zone of the IANA database ("Europe/Paris"); "UTC" needs no file.  `env` is borrowed.
 * *out is the caller's, to free with rewapp__zone_free().
 * Returns 0, REWAPP_E_ARGUMENT (malformed or unknown name, unreadable file), REWAPP_E_NOMEMORY. */
int rewapp__zone_load(struct zone **out, const char *name, const struct rewapp_env *env);

/* As above, from the bytes of a TZif file (RFC 9636, version 2 or later). */
int rewapp__zone_parse(struct zone **out, const void *bytes, size_t size, const struct rewapp_env *env);
void rewapp__zone_free(struct zone *zone);

/* Any instant of 64 bits is fine. */
void rewapp__zone_local(const struct zone *zone, int64_t utc_ms, struct civil *out);

/* The first instant at which the wall clock shows `minute` (0 to 1439) of that day, or the end of the gap
 * in which the clocks jump over it.  Days beyond 64 bits of milliseconds are held at the border. */
int64_t rewapp__zone_instant_ms(const struct zone *zone, int64_t days, int32_t minute);
int64_t rewapp__zone_day_start_ms(const struct zone *zone, int64_t days);

/* The number of the first local day of the window that holds `utc_ms`; 0 for WINDOW_TOTAL. */
int64_t rewapp__window_start(const struct zone *zone, enum window window, int64_t utc_ms);

/* Proleptic Gregorian calendar: the days since 1970-01-01 of a date, and back (the clock is left alone). */
int64_t rewapp__days_of_date(int64_t year, int32_t month, int32_t day);
void rewapp__date_of_days(int64_t days, struct civil *out);

#endif
