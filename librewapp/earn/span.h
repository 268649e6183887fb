/* Spans of the calendar: when points begin and when they end, in a programme's zone.
 *
 * So many days or months, then on to the end of the day, month, quarter or year that this falls
 * in, then months more: "31 December of the next year" is 12 months, end of year. */
#ifndef REWAPP_EARN_SPAN_H
#define REWAPP_EARN_SPAN_H

#include "base/zone.h"
#include "earn/reader.h"

enum {
	SPAN_DAYS_MAX = 36600,
	SPAN_MONTHS_MAX = 1200
};

enum span_end {
	SPAN_EXACT = 0, /* days are of 24 hours; months keep day and hour, or take the month's last day */
	SPAN_DAY = 1,
	SPAN_MONTH = 2,
	SPAN_QUARTER = 3,
	SPAN_YEAR = 4
};

struct life_span {
	int32_t days, months; /* one of them at most */
	enum span_end end_of;
	int32_t plus_months; /* from that end on */
};

/* What a wallet's points live from. */
enum life_from {
	LIFE_FROM_PURCHASE = 0,
	LIFE_FROM_EARNING = 1, /* the member's last purchase that gave points */
	LIFE_FROM_ACTIVITY = 2 /* or the last redemption */
};

/* The instant at which a span ends that begins at `from_ms`: the first one that is not of it any more.
 * A business day begins at minute `day_start`.  Held at the end of time. */
int64_t rewapp__span_end_ms(
	const struct zone *zone, int32_t day_start, const struct life_span *span, int64_t from_ms);

/* Whether it is over at once. */
bool rewapp__span_is_empty(const struct life_span *span);

/* Whether `life` may be over when `delay` is, if both begin together. */
bool rewapp__span_may_end_before(const struct life_span *life, const struct life_span *delay);

/* Reads the object `key`; with `from` its "from" too.  *found says whether it is there.  Returns as the
 * readers do. */
int rewapp__span_read(struct reader *reader, const cJSON *document, const char *key, struct life_span *out,
	enum life_from *from, bool *found);

#endif
