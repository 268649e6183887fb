/* Spans of the calendar: when points begin and when they end, in a programme's zone. */
#include "earn/span.h"

#include "base/checked.h"

enum {
	DAY_MS = 24 * 60 * 60 * 1000
};

/* ---- arithmetic ---- */

static int64_t exact_days(int64_t from_ms, int64_t days)
{
	int64_t length, out;

	if (!rewapp__mul(days, DAY_MS, &length) || !rewapp__add(from_ms, length, &out))
		return INT64_MAX;
	return out;
}

/* The first day of a month, counted from January of year 0. */
static int64_t month_first(int64_t month)
{
	int64_t year = month >= 0 ? month / 12 : -((11 - month) / 12);

	return rewapp__days_of_date(year, (int32_t)(month - year * 12) + 1, 1);
}

/* The same day of a later month, or that month's last day. */
static int64_t add_months(int64_t days, int64_t months)
{
	struct civil at;
	int64_t month, out;

	rewapp__date_of_days(days, &at);
	month = (int64_t)at.year * 12 + at.month - 1 + months;
	out = month_first(month) + at.day - 1;
	return out < month_first(month + 1) ? out : month_first(month + 1) - 1;
}

/* The first day behind the day, month, quarter or year that `days` is in. */
static int64_t day_behind(int64_t days, enum span_end end_of)
{
	struct civil at;
	int64_t first;

	rewapp__date_of_days(days, &at);
	first = days - (at.day - 1);
	switch (end_of) {
	case SPAN_MONTH:
		return add_months(first, 1);
	case SPAN_QUARTER:
		return add_months(first, 3 - (at.month - 1) % 3);
	case SPAN_YEAR:
		return rewapp__days_of_date((int64_t)at.year + 1, 1, 1);
	default:
		return days + 1;
	}
}

static int64_t exact_end(const struct zone *zone, const struct life_span *span, int64_t from_ms)
{
	struct civil at;
	int64_t day_ms, minute_ms, out;

	if (span->months + span->plus_months == 0)
		return exact_days(from_ms, span->days);
	rewapp__zone_local(zone, from_ms, &at);
	minute_ms = (from_ms % 60000 + 60000) % 60000;
	day_ms = rewapp__zone_instant_ms(zone,
		add_months(at.days + span->days, (int64_t)span->months + span->plus_months),
		at.hour * 60 + at.minute);
	return rewapp__add(day_ms, minute_ms, &out) ? out : INT64_MAX;
}

int64_t rewapp__span_end_ms(
	const struct zone *zone, int32_t day_start, const struct life_span *span, int64_t from_ms)
{
	struct civil at;
	int64_t days;

	if (span->end_of == SPAN_EXACT)
		return exact_end(zone, span, from_ms);
	rewapp__zone_local(zone, from_ms, &at);
	days = at.hour * 60 + at.minute < day_start ? at.days - 1 : at.days;
	days = day_behind(add_months(days + span->days, span->months), span->end_of);
	return rewapp__zone_instant_ms(zone, add_months(days, span->plus_months), day_start);
}

bool rewapp__span_is_empty(const struct life_span *span)
{
	return !span->days && !span->months && !span->plus_months && span->end_of == SPAN_EXACT;
}

/* The most days that a span can last. */
static int64_t longest(const struct life_span *span)
{
	static const int64_t round[] = { 0, 1, 31, 92, 366 };
	int64_t months = (int64_t)span->months + span->plus_months;

	return span->days + (months / 12) * 366 + (months % 12) * 31 + round[span->end_of];
}

/* The fewest; clocks that are put on take an hour of a month. */
static int64_t shortest(const struct life_span *span)
{
	int64_t months = (int64_t)span->months + span->plus_months;

	return span->days + (months / 12) * 365 + (months % 12) * 28 - (months > 0);
}

bool rewapp__span_may_end_before(const struct life_span *life, const struct life_span *delay)
{
	return !rewapp__span_is_empty(delay) && shortest(life) <= longest(delay);
}

/* ---- reading ---- */

#define COUNT(table) (sizeof(table) / sizeof *(table))

static int read_lengths(struct reader *reader, const cJSON *object, const char *key, struct life_span *out)
{
	int64_t days = 0, months = 0, plus = 0;
	int error;

	if ((error = rewapp__read_optional(reader, object, key, "days", SPAN_DAYS_MAX, &days)) < 0 ||
		(error = rewapp__read_optional(reader, object, key, "months", SPAN_MONTHS_MAX, &months)) <
			0 ||
		(error = rewapp__read_optional(reader, object, key, "plus_months", SPAN_MONTHS_MAX, &plus)) <
			0)
		return error;
	if (days && months)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, key, "months",
			"stands beside days: one of them");
	out->days = (int32_t)days;
	out->months = (int32_t)months;
	out->plus_months = (int32_t)plus;
	return 0;
}

int rewapp__span_read(struct reader *reader, const cJSON *document, const char *key, struct life_span *out,
	enum life_from *from, bool *found)
{
	static const char *const keys[] = { "days", "months", "end_of", "plus_months", "from" };
	static const char *const ends[] = { "day", "month", "quarter", "year" };
	static const char *const froms[] = { "purchase", "earning", "activity" };
	const cJSON *object = rewapp__json_get(document, key);
	int error, end_of, begins = LIFE_FROM_PURCHASE;

	*found = object != NULL;
	if (!object)
		return 0;
	if ((error = rewapp__read_object(reader, object, key, keys, COUNT(keys) - !from, NULL, 0)) < 0 ||
		(error = read_lengths(reader, object, key, out)) < 0 ||
		(error = rewapp__read_word(
			 reader, object, key, "end_of", ends, COUNT(ends), COUNT(ends), &end_of)) < 0)
		return error;
	if (from &&
		(error = rewapp__read_word(reader, object, key, "from", froms, COUNT(froms), 0, &begins)) < 0)
		return error;
	out->end_of = end_of == COUNT(ends) ? SPAN_EXACT : (enum span_end)(SPAN_DAY + end_of);
	if (out->plus_months && out->end_of == SPAN_EXACT)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, key, "plus_months",
			"without end_of: put them into months");
	if (rewapp__span_is_empty(out))
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_EMPTY, key, "", "neither days nor months nor end_of");
	if (from)
		*from = (enum life_from)begins;
	return 0;
}
