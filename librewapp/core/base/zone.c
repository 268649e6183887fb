/* Time zones: TZif files (RFC 9636) for the past, their POSIX footer for the future.
 *
 * The table of transitions answers for instants up to its last entry, the footer's yearly rule after it. */
#include "base/zone.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	FILE_BYTES_MAX = 256 * 1024,
	NAME_BYTES_MAX = 64,
	HEADER_BYTES = 44,
	FOOTER_BYTES_MAX = 128,
	DAY_SECONDS = 86400
};

/* A yearly change of clocks, as POSIX writes them. */
struct change {
	char form; /* 'M' month.week.weekday, 'J' day 1-365 without 29 February, 'n' day 0-365 */
	int32_t month, week, day;
	int32_t seconds; /* after local midnight; may be negative or beyond a day */
};

struct footer {
	bool present, has_dst;
	int32_t standard, dst; /* seconds east of UTC */
	struct change start, end;
};

struct zone {
	const struct rewapp_env *env;
	size_t count;
	int32_t first; /* offset before the first transition */
	struct footer footer;
	int64_t *times;   /* of `count` transitions, ascending */
	int32_t *offsets; /* from each on */
};

/* ---- the calendar ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Years are counted from March, so that the leap day comes last; an era is 400 years. */
int64_t rewapp__days_of_date(int64_t year, int32_t month, int32_t day)
{
	int64_t y = year - (month <= 2);
	int64_t era = floor_div(y, 400), of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void rewapp__date_of_days(int64_t days, struct civil *out)
{
	int64_t shifted = days + 719468;
	int64_t era = floor_div(shifted, 146097), of_era = shifted - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	out->day = (int32_t)(of_year - (153 * month + 2) / 5 + 1);
	out->month = (int32_t)(month < 10 ? month + 3 : month - 9);
	out->year = (int32_t)(year + era * 400 + (out->month <= 2));
	out->weekday = (int32_t)(days + 3 - floor_div(days + 3, 7) * 7);
	out->days = days;
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* ---- the footer: "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool read_number(const char **at, int32_t max, int32_t *out)
{
	int32_t value = 0;

	if (**at < '0' || **at > '9')
		return false;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		value = value * 10 + (**at - '0');
		if (value > max)
			return false;
	}
	*out = value;
	return true;
}

/* [+-]hours[:minutes[:seconds]] */
static bool read_clock(const char **at, int32_t *out)
{
	int32_t sign = **at == '-' ? -1 : 1, hours, minutes = 0, seconds = 0;

	*at += **at == '-' || **at == '+';
	if (!read_number(at, 167, &hours))
		return false;
	if (**at == ':' && ((*at)++, !read_number(at, 59, &minutes)))
		return false;
	if (**at == ':' && ((*at)++, !read_number(at, 59, &seconds)))
		return false;
	*out = sign * (hours * 3600 + minutes * 60 + seconds);
	return true;
}

static bool skip_name(const char **at)
{
	const char *from = *at;

	if (*from == '<') {
		const char *end = strchr(from, '>');

		*at = end ? end + 1 : from;
		return end != NULL;
	}
	while ((**at >= 'A' && **at <= 'Z') || (**at >= 'a' && **at <= 'z'))
		(*at)++;
	return *at - from >= 3;
}

static bool skip_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool read_change_day(const char **at, struct change *out)
{
	if (skip_char(at, 'M')) {
		out->form = 'M';
		return read_number(at, 12, &out->month) && out->month >= 1 && skip_char(at, '.') &&
			read_number(at, 5, &out->week) && out->week >= 1 && skip_char(at, '.') &&
			read_number(at, 6, &out->day);
	}
	if (skip_char(at, 'J')) {
		out->form = 'J';
		return read_number(at, 365, &out->day) && out->day >= 1;
	}
	out->form = 'n';
	return read_number(at, 365, &out->day);
}

static bool read_change(const char **at, struct change *out)
{
	out->seconds = 2 * 3600;
	if (!skip_char(at, ',') || !read_change_day(at, out))
		return false;
	return !skip_char(at, '/') || read_clock(at, &out->seconds);
}

static bool read_footer(const char *text, struct footer *out)
{
	int32_t west;

	memset(out, 0, sizeof *out);
	if (!*text)
		return true;
	if (!skip_name(&text) || !read_clock(&text, &west))
		return false;
	out->present = true;
	out->standard = -west;
	if (!*text)
		return true;
	if (!skip_name(&text))
		return false;
	out->has_dst = true;
	out->dst = out->standard + 3600;
	if (*text != ',') {
		if (!read_clock(&text, &west))
			return false;
		out->dst = -west;
	}
	return read_change(&text, &out->start) && read_change(&text, &out->end) && !*text;
}

/* Local seconds since 1970 of a change in `year`. */
static int64_t change_local(const struct change *change, int64_t year)
{
	int64_t days;

	if (change->form == 'M') {
		int64_t first = rewapp__days_of_date(year, change->month, 1);
		int64_t next = change->month == 12 ? rewapp__days_of_date(year + 1, 1, 1)
						   : rewapp__days_of_date(year, change->month + 1, 1);
		int64_t weekday = first + 4 - floor_div(first + 4, 7) * 7; /* 0 Sunday, as POSIX counts */

		days = first + (change->day - weekday + 7) % 7 + INT64_C(7) * (change->week - 1);
		if (days >= next)
			days -= 7;
	} else {
		days = rewapp__days_of_date(year, 1, 1) + change->day;
		if (change->form == 'J')
			days -= !(is_leap(year) && change->day >= 60);
	}
	return days * DAY_SECONDS + change->seconds;
}

static int32_t footer_offset(const struct footer *footer, int64_t seconds)
{
	struct civil date;
	int64_t start, end;
	bool dst;

	if (!footer->has_dst)
		return footer->standard;
	rewapp__date_of_days(floor_div(seconds + footer->standard, DAY_SECONDS), &date);
	start = change_local(&footer->start, date.year) - footer->standard;
	end = change_local(&footer->end, date.year) - footer->dst;
	dst = start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end;
	return dst ? footer->dst : footer->standard;
}

/* ---- the file ---- */

static uint32_t be32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t be64(const unsigned char *bytes)
{
	return (int64_t)((uint64_t)be32(bytes) << 32 | be32(bytes + 4));
}

/* The counts of a TZif header, and where its data lie. */
struct block {
	const unsigned char *data;
	size_t is_ut, is_std, leaps, times, types, chars;
	size_t time_bytes, size;
};

static bool read_block(const unsigned char *bytes, size_t size, size_t time_bytes, struct block *out)
{
	if (size < HEADER_BYTES || memcmp(bytes, "TZif", 4) != 0 || bytes[4] < '2')
		return false;
	out->is_ut = be32(bytes + 20);
	out->is_std = be32(bytes + 24);
	out->leaps = be32(bytes + 28);
	out->times = be32(bytes + 32);
	out->types = be32(bytes + 36);
	out->chars = be32(bytes + 40);
	if (out->is_ut > 256 || out->is_std > 256 || out->leaps > 1024 || out->times > 8192 ||
		out->types < 1 || out->types > 256 || out->chars > 4096)
		return false;
	out->data = bytes + HEADER_BYTES;
	out->time_bytes = time_bytes;
	out->size = out->times * (time_bytes + 1) + out->types * 6 + out->chars +
		out->leaps * (time_bytes + 4) + out->is_std + out->is_ut;
	return out->size <= size - HEADER_BYTES;
}

static bool type_offset(const struct block *block, size_t type, int32_t *out)
{
	const unsigned char *types = block->data + block->times * (block->time_bytes + 1);

	if (type >= block->types)
		return false;
	*out = (int32_t)be32(types + type * 6);
	return *out > -26 * 3600 && *out < 26 * 3600;
}

static bool fill_zone(struct zone *zone, const struct block *block)
{
	const unsigned char *kinds = block->data + block->times * 8;

	if (!type_offset(block, 0, &zone->first))
		return false;
	for (size_t i = 0; i < block->times; i++) {
		zone->times[i] = be64(block->data + i * 8);
		if (i && zone->times[i] <= zone->times[i - 1])
			return false;
		if (!type_offset(block, kinds[i], &zone->offsets[i]))
			return false;
	}
	zone->count = block->times;
	return true;
}

static bool find_footer(const unsigned char *bytes, size_t size, struct footer *out)
{
	char text[FOOTER_BYTES_MAX];
	const unsigned char *end;
	size_t length;

	if (size < 2 || bytes[0] != '\n')
		return false;
	end = memchr(bytes + 1, '\n', size - 1);
	length = end ? (size_t)(end - bytes) - 1 : sizeof text;
	if (length >= sizeof text)
		return false;
	memcpy(text, bytes + 1, length);
	text[length] = '\0';
	return strlen(text) == length && read_footer(text, out);
}

static struct zone *zone_make(size_t count, const struct rewapp_env *env)
{
	size_t size = sizeof(struct zone) + count * (sizeof(int64_t) + sizeof(int32_t));
	struct zone *zone = rewapp__env_allocate(env, NULL, size);

	if (!zone)
		return NULL;
	memset(zone, 0, size);
	zone->env = env;
	zone->times = (int64_t *)(zone + 1);
	zone->offsets = (int32_t *)(zone->times + count);
	return zone;
}

int rewapp__zone_parse(struct zone **out, const void *bytes, size_t size, const struct rewapp_env *env)
{
	const unsigned char *at = bytes;
	struct block block;
	struct zone *zone;

	*out = NULL;
	if (!read_block(at, size, 4, &block))
		return rewapp__fail(REWAPP_E_ARGUMENT, "zone: the file is not TZif of version 2 or later");
	at += HEADER_BYTES + block.size;
	size -= HEADER_BYTES + block.size;
	if (!read_block(at, size, 8, &block))
		return rewapp__fail(REWAPP_E_ARGUMENT, "zone: the file's 64-bit part is damaged");
	if (block.leaps)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "zone: the file counts leap seconds; take one without");
	at += HEADER_BYTES + block.size;
	size -= HEADER_BYTES + block.size;
	zone = zone_make(block.times, env);
	if (!zone)
		return rewapp__fail(REWAPP_E_NOMEMORY, "zone");
	if (!fill_zone(zone, &block) || !find_footer(at, size, &zone->footer)) {
		rewapp__zone_free(zone);
		return rewapp__fail(REWAPP_E_ARGUMENT, "zone: the file's table or footer is damaged");
	}
	*out = zone;
	return 0;
}

/* Letters, digits, "_+-" and single inner slashes: no name can leave the folder. */
static bool name_is_fine(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > NAME_BYTES_MAX || name[length - 1] == '/')
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = name[i];
		bool word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			c == '_' || c == '+' || c == '-';

		if (!word && !(c == '/' && i > 0 && name[i - 1] != '/'))
			return false;
	}
	return true;
}

static int load_file(struct zone **out, const char *name, const char *path, const struct rewapp_env *env)
{
	FILE *file = fopen(path, "rbe");
	unsigned char *bytes;
	size_t size;
	int error;

	if (!file)
		return rewapp__fail(REWAPP_E_ARGUMENT,
			"zone: %s is not in /usr/share/zoneinfo (misspelt, or the package tzdata is missing)",
			name);
	bytes = rewapp__env_allocate(env, NULL, FILE_BYTES_MAX);
	size = bytes ? fread(bytes, 1, FILE_BYTES_MAX, file) : 0;
	fclose(file);
	if (!bytes)
		return rewapp__fail(REWAPP_E_NOMEMORY, "zone");
	error = rewapp__zone_parse(out, bytes, size, env);
	rewapp__env_allocate(env, bytes, 0);
	return error;
}

int rewapp__zone_load(struct zone **out, const char *name, const struct rewapp_env *env)
{
	char path[sizeof "/usr/share/zoneinfo/" + NAME_BYTES_MAX];

	*out = NULL;
	if (!name || !name_is_fine(name))
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "zone: not the name of a time zone, like Europe/Paris");
	if (strcmp(name, "UTC") == 0) {
		*out = zone_make(0, env);
		return *out ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "zone");
	}
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	return load_file(out, name, path, env);
}

void rewapp__zone_free(struct zone *zone)
{
	if (zone)
		rewapp__env_allocate(zone->env, zone, 0);
}

/* ---- the clock on the wall ---- */

static int32_t offset_at(const struct zone *zone, int64_t seconds)
{
	size_t low = 0, high = zone->count;

	if (zone->footer.present && (high == 0 || seconds >= zone->times[high - 1]))
		return footer_offset(&zone->footer, seconds);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->times[middle] <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? zone->offsets[low - 1] : zone->first;
}

void rewapp__zone_local(const struct zone *zone, int64_t utc_ms, struct civil *out)
{
	int64_t seconds = floor_div(utc_ms, 1000), days;
	int32_t of_day;

	seconds += offset_at(zone, seconds);
	days = floor_div(seconds, DAY_SECONDS);
	of_day = (int32_t)(seconds - days * DAY_SECONDS);
	rewapp__date_of_days(days, out);
	out->hour = of_day / 3600;
	out->minute = of_day / 60 % 60;
	out->second = of_day % 60;
}

/* The offset a day before and a day after: no zone changes twice between. */
static int64_t instant_seconds(const struct zone *zone, int64_t local)
{
	int32_t before = offset_at(zone, local - DAY_SECONDS), after = offset_at(zone, local + DAY_SECONDS);
	int64_t low = local - after, high = local - before;

	if (offset_at(zone, high) == before)
		return high;
	if (offset_at(zone, low) == after)
		return low;
	while (high - low > 1) { /* a gap: the first second with the later offset */
		int64_t middle = low + (high - low) / 2;

		if (offset_at(zone, middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

int64_t rewapp__zone_instant_ms(const struct zone *zone, int64_t days, int32_t minute)
{
	const int64_t limit = INT64_MAX / 1000 / DAY_SECONDS - 4;

	if (days > limit)
		return INT64_MAX;
	if (days < -limit)
		return INT64_MIN;
	return instant_seconds(zone, days * DAY_SECONDS + minute * INT64_C(60)) * 1000;
}

int64_t rewapp__zone_day_start_ms(const struct zone *zone, int64_t days)
{
	return rewapp__zone_instant_ms(zone, days, 0);
}

int64_t rewapp__window_start(const struct zone *zone, enum window window, int64_t utc_ms)
{
	struct civil local;

	if (window == WINDOW_TOTAL)
		return 0;
	rewapp__zone_local(zone, utc_ms, &local);
	switch (window) {
	case WINDOW_WEEK:
		return local.days - local.weekday;
	case WINDOW_MONTH:
		return local.days - (local.day - 1);
	case WINDOW_YEAR:
		return rewapp__days_of_date(local.year, 1, 1);
	default:
		return local.days;
	}
}
