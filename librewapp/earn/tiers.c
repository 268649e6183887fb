/* A programme's tiers: read from its document, and decided from what was counted. */
#include "earn/tiers.h"

#include "base/checked.h"
#include "earn/parts.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum {
	BACK_MAX = 32, /* windows that one may still hold from: a grace of a year over months, and some */
	ROLL_MAX = 3 * TIER_DAYS_MAX + 2
};

/* ---- the document ---- */

static int read_level(
	struct reader *reader, struct tiers *tiers, const cJSON *item, const char *place, size_t index)
{
	static const char *const keys[] = { "id", "from" };
	struct tier_level *level = &tiers->levels[index];
	int error;

	if ((error = rewapp__read_object(reader, item, place, keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_name(reader, item, place, "id", level->id)) < 0 ||
		(error = rewapp__read_integer(
			 reader, item, place, "from", 0, PROGRAMME_POINTS_MAX, &level->from)) < 0)
		return error;
	for (size_t i = 0; i < index; i++)
		if (strcmp(tiers->levels[i].id, level->id) == 0)
			return rewapp__reader_fail(
				reader, REWAPP_PROBLEM_DUPLICATE, place, "id", "stands twice");
	if (index && level->from <= tiers->levels[index - 1].from)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, place, "from",
			"not more than the tier before it asks");
	return 0;
}

static int read_levels(struct reader *reader, struct tiers *tiers, const cJSON *object)
{
	const cJSON *array;
	size_t count;
	int error = rewapp__read_array(reader, object, "tiers", "levels", TIER_LEVELS_MAX, &array, &count);

	if (error < 0)
		return error;
	if (count == 0)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MISSING, "tiers", "levels", "missing");
	tiers->levels = rewapp__arena_array(reader->memory, count, sizeof *tiers->levels);
	if (!tiers->levels)
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next) {
		char place[PLACE_BYTES];

		rewapp__reader_item(place, "tiers", "levels", tiers->level_count);
		if ((error = read_level(reader, tiers, item, place, tiers->level_count)) < 0)
			return error;
		tiers->level_count++;
	}
	return 0;
}

/* A rolling period has days, and no other has. */
static int read_days(struct reader *reader, struct tiers *tiers, const cJSON *object)
{
	int64_t days = 0, grace = 0;
	int error;

	if ((error = rewapp__read_optional(reader, object, "tiers", "days", TIER_DAYS_MAX, &days)) < 0 ||
		(error = rewapp__read_optional(
			 reader, object, "tiers", "grace_days", TIER_DAYS_MAX, &grace)) < 0)
		return error;
	if (tiers->period == TIER_ROLLING && days == 0)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_MISSING, "tiers", "days", "a rolling period has so many days");
	if (tiers->period != TIER_ROLLING && days)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, "tiers", "days",
			"only a rolling period is counted in days");
	if (tiers->downgrade == TIER_NEVER && grace)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, "tiers", "grace_days",
			"a tier that is never lost needs none");
	tiers->days = (int32_t)days;
	tiers->grace_days = (int32_t)grace;
	return 0;
}

static int key_of(struct tiers *tiers)
{
	char path[64];
	struct rewapp_id hash;
	uint64_t key = 0;
	int length = snprintf(path, sizeof path, "tiers:%d/%d", tiers->by, tiers->period);
	int error = rewapp_id_derive(path, (size_t)length, &hash);

	for (size_t i = 0; !error && i < 8; i++)
		key = key << 8 | hash.bytes[i];
	tiers->key = (int64_t)(key & INT64_MAX);
	return error;
}

int rewapp__tiers_parse(struct reader *reader, struct programme *programme, const cJSON *document)
{
	static const char *const keys[] = { "by", "period", "days", "grace_days", "downgrade", "levels" };
	static const char *const bys[] = { "points", "spend", "visits" };
	static const char *const periods[] = { "month", "quarter", "year", "rolling", "anniversary" };
	static const char *const downgrades[] = { "period_end", "immediate", "one_step", "never" };
	const cJSON *object = rewapp__json_get(document, "tiers");
	struct tiers *tiers;
	int error, by = 0, period = 0, downgrade = 0;

	if (!object)
		return 0;
	if (!(tiers = rewapp__arena_array(reader->memory, 1, sizeof *tiers)))
		return rewapp__reader_out_of_memory();
	programme->tiers = reader->tiers = tiers;
	if ((error = rewapp__read_object(reader, object, "tiers", keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_word(reader, object, "tiers", "by", bys, COUNT(bys), -1, &by)) < 0 ||
		(error = rewapp__read_word(
			 reader, object, "tiers", "period", periods, COUNT(periods), -1, &period)) < 0 ||
		(error = rewapp__read_word(reader, object, "tiers", "downgrade", downgrades,
			 COUNT(downgrades), 0, &downgrade)) < 0)
		return error;
	tiers->by = (enum tier_by)by;
	tiers->period = (enum tier_period)period;
	tiers->downgrade = (enum tier_downgrade)downgrade;
	if ((error = read_days(reader, tiers, object)) < 0 ||
		(error = read_levels(reader, tiers, object)) < 0)
		return error;
	return key_of(tiers);
}

int rewapp__tiers_find(const struct tiers *tiers, const char *id)
{
	for (size_t i = 0; i < tiers->level_count; i++)
		if (strcmp(tiers->levels[i].id, id) == 0)
			return (int)i;
	return TIER_NONE;
}

int rewapp__tier_level(const struct programme *programme, const char *id)
{
	return programme->tiers ? rewapp__tiers_find(programme->tiers, id) : TIER_NONE;
}

const char *rewapp__tier_id(const struct programme *programme, int level)
{
	return level == TIER_NONE ? "" : programme->tiers->levels[level].id;
}

/* ---- the calendar ---- */

int64_t rewapp__tier_day(const struct programme *programme, int64_t utc_ms)
{
	return rewapp__programme_window(programme, WINDOW_DAY, utc_ms);
}

static int64_t instant_ms(const struct programme *programme, int64_t day)
{
	return rewapp__zone_instant_ms(programme->zone, day, programme->day_start);
}

/* The year that begins on the anchor's date and holds `day`; of 29 February on 1 March in other years. */
static int64_t anniversary(int64_t anchor, int64_t day, int years_on)
{
	struct civil from, at;
	int64_t year, start;

	rewapp__date_of_days(anchor, &from);
	rewapp__date_of_days(day, &at);
	year = at.year;
	start = rewapp__days_of_date(year, from.month, from.day);
	if (start > day)
		year--;
	return rewapp__days_of_date(year + years_on, from.month, from.day);
}

/* The first day of the period that holds `day`, or that lies `on` periods later. */
static int64_t period_start(const struct tiers *tiers, int64_t anchor, int64_t day, int on)
{
	struct civil at;
	int64_t month;

	if (tiers->period == TIER_ANNIVERSARY)
		return anniversary(anchor == TIER_NO_ANCHOR ? day : anchor, day, on);
	rewapp__date_of_days(day, &at);
	if (tiers->period == TIER_YEAR)
		return rewapp__days_of_date(at.year + on, 1, 1);
	month = (int64_t)at.year * 12 + at.month - 1;
	if (tiers->period == TIER_QUARTER)
		month = month - month % 3 + 3 * on;
	else
		month += on;
	return rewapp__days_of_date(month / 12, (int32_t)(month % 12) + 1, 1);
}

int64_t rewapp__tier_window(const struct programme *programme, int64_t anchor, int64_t utc_ms)
{
	int64_t day = rewapp__tier_day(programme, utc_ms);

	return programme->tiers->period == TIER_ROLLING ? day
							: period_start(programme->tiers, anchor, day, 0);
}

/* The day on which what was reached in a window holds no more. */
static int64_t held_until_day(const struct tiers *tiers, int64_t anchor, int64_t window)
{
	bool longer = tiers->downgrade != TIER_IMMEDIATE;

	if (tiers->period == TIER_ROLLING)
		return window + tiers->days + (longer ? tiers->days : 0) + tiers->grace_days;
	return period_start(tiers, anchor, window, longer ? 2 : 1) + tiers->grace_days;
}

bool rewapp__tier_counts(const struct tier_count *count, int64_t window, int64_t now_ms)
{
	const struct tiers *tiers = count->programme->tiers;

	return held_until_day(tiers, count->anchor, window) + TIER_DAYS_MAX >
		rewapp__tier_day(count->programme, now_ms);
}

/* ---- what was earned ---- */

int64_t rewapp__tier_worth(
	const struct programme *programme, const struct earn_facts *facts, int64_t points, int64_t left)
{
	struct question question;
	int64_t paid = 0;

	if (programme->tiers->by == TIER_BY_POINTS)
		return points;
	if (programme->tiers->by == TIER_BY_VISITS)
		return left > 0 || facts->amount == 0;
	if (rewapp__question_of(programme->zone, programme->day_start, facts, &question) == 0 &&
		facts->amount)
		rewapp__mul_div(question.paid, left, facts->amount, &paid);
	return paid;
}

struct best {
	int level;
	int64_t until_day; /* INT64_MAX: no end */
};

static int level_of(const struct tiers *tiers, int64_t total)
{
	int level = TIER_NONE;

	while (level + 1 < (int)tiers->level_count && total >= tiers->levels[level + 1].from)
		level++;
	return level;
}

static int64_t total_of(const struct tier_count *count, int64_t window)
{
	for (size_t i = 0; i < count->count; i++)
		if (count->sums[i].window == window)
			return count->sums[i].total;
	return 0;
}

/* A higher tier, or as high for longer.  A first tier that asks for nothing has no end. */
static void consider(const struct tiers *tiers, int level, int64_t until_day, struct best *best)
{
	if (level != TIER_NONE && tiers->levels[level].from == 0)
		until_day = INT64_MAX;
	if (level > best->level || (level == best->level && until_day > best->until_day))
		*best = (struct best){ level, until_day };
}

static void best_of_periods(const struct tier_count *count, int64_t day, struct best *best)
{
	const struct tiers *tiers = count->programme->tiers;
	int64_t window = period_start(tiers, count->anchor, day, 0);

	for (int i = 0; i < BACK_MAX; i++) {
		int64_t until_day = held_until_day(tiers, count->anchor, window);

		if (until_day <= day)
			break;
		consider(tiers, level_of(tiers, total_of(count, window)), until_day, best);
		window = period_start(tiers, count->anchor, window - 1, 0);
	}
}

/* Each day from the oldest that still holds to the last on which today's purchases count has its own sum
 * of the `days` before it. */
static void best_of_days(const struct tier_count *count, int64_t day, struct best *best)
{
	const struct tiers *tiers = count->programme->tiers;
	int64_t hold = (tiers->downgrade == TIER_IMMEDIATE ? 0 : tiers->days) + tiers->grace_days;
	int64_t first = day - hold - tiers->days + 1, sum = 0;
	int64_t of_day[ROLL_MAX] = { 0 };

	for (size_t i = 0; i < count->count; i++) {
		int64_t window = count->sums[i].window < day ? count->sums[i].window : day;

		if (window >= first)
			of_day[window - first] += count->sums[i].total;
	}
	for (int64_t at = first; at < day + tiers->days; at++) {
		sum += at <= day ? of_day[at - first] : 0;
		if (at - tiers->days >= first)
			sum -= of_day[at - tiers->days - first];
		if (at >= day - hold)
			consider(tiers, level_of(tiers, sum), at + 1 + hold, best);
	}
}

static struct best best_at(const struct tier_count *count, int64_t at_ms)
{
	int64_t day = rewapp__tier_day(count->programme, at_ms);
	struct best best = { TIER_NONE, 0 };

	if (count->programme->tiers->period == TIER_ROLLING)
		best_of_days(count, day, &best);
	else
		best_of_periods(count, day, &best);
	return best;
}

static int64_t until_ms_of(const struct tier_count *count, const struct best *best)
{
	return best->until_day == INT64_MAX ? 0 : instant_ms(count->programme, best->until_day);
}

/* ---- the state ---- */

/* Of two instants the later; 0 has no end. */
static int64_t later(int64_t a, int64_t b)
{
	return a == 0 || b == 0 ? 0 : a > b ? a : b;
}

static bool floor_holds(const struct tier_state *state, int64_t at_ms)
{
	return state->floor != TIER_NONE && (state->floor_until_ms == 0 || state->floor_until_ms > at_ms);
}

static void become(struct tier_state *state, int level, int64_t at_ms)
{
	if (level != state->level)
		state->since_ms = level == TIER_NONE ? 0 : at_ms;
	state->level = level;
}

/* `fallen`: this is the instant until which the tier held. */
static void decide(const struct tier_count *count, struct tier_state *state, int64_t at_ms, bool fallen)
{
	const struct tiers *tiers = count->programme->tiers;
	struct best best = best_at(count, at_ms);
	int level = best.level;

	if (!floor_holds(state, at_ms))
		state->floor = TIER_NONE, state->floor_until_ms = 0;
	if (fallen && tiers->downgrade == TIER_ONE_STEP && level < state->level - 1) {
		int64_t day = rewapp__tier_day(count->programme, at_ms);
		int64_t next = tiers->period == TIER_ROLLING
			? day + tiers->days
			: period_start(tiers, count->anchor, day, 1) + tiers->grace_days;

		state->floor = state->level - 1;
		state->floor_until_ms = instant_ms(count->programme, next);
	}
	if (tiers->downgrade == TIER_NEVER && level > state->floor)
		state->floor = level, state->floor_until_ms = 0;
	if (state->floor > level)
		level = state->floor;
	become(state, level, at_ms);
	state->until_ms = 0;
	if (level == TIER_NONE)
		return;
	state->until_ms = level == best.level ? until_ms_of(count, &best) : state->floor_until_ms;
	if (level == best.level && level == state->floor)
		state->until_ms = later(state->until_ms, state->floor_until_ms);
}

bool rewapp__tier_settle(const struct tier_count *count, struct tier_state *state, int64_t now_ms)
{
	int64_t due_ms = state->until_ms;

	if (due_ms == 0 || due_ms > now_ms)
		return false;
	decide(count, state, due_ms, true);
	if (state->until_ms && state->until_ms <= due_ms) /* a zone that was changed: never twice at once */
		state->until_ms = later(due_ms + 1, now_ms + 1);
	return true;
}

void rewapp__tier_decide(const struct tier_count *count, struct tier_state *state, int64_t now_ms)
{
	decide(count, state, now_ms, false);
}

/* ---- progress ---- */

void rewapp__tier_progress(const struct tier_count *count, int64_t now_ms, struct tier_progress *out)
{
	const struct tiers *tiers = count->programme->tiers;
	int64_t day = rewapp__tier_day(count->programme, now_ms), from, until;

	*out = (struct tier_progress){ 0 };
	if (tiers->period == TIER_ROLLING) {
		from = day - tiers->days + 1;
		until = day + tiers->days; /* what is bought today counts until then */
		for (size_t i = 0; i < count->count; i++)
			if (count->sums[i].window >= from)
				rewapp__add(out->counted, count->sums[i].total, &out->counted);
	} else {
		from = period_start(tiers, count->anchor, day, 0);
		until = period_start(tiers, count->anchor, day, 1);
		out->counted = total_of(count, from);
	}
	out->from_ms = instant_ms(count->programme, from);
	out->until_ms = instant_ms(count->programme, until);
}
