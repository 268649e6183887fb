/* The conditions of rules: a row each, in the order in which a receipt names the first that fails. */
#include "base/checked.h"
#include "base/error.h"
#include "earn/tiers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define MONEY_MAX INT64_C(1000000000000000)

static int parse_when(
	struct reader *reader, const cJSON *object, const char *place, int depth, struct condition *out);

/* ---- sets of ids, MCC and words ---- */

static int compare_id(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct rewapp_id));
}

static int compare_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The items of a list as `size` bytes each, once, sorted. */
static int parse_set(struct reader *reader, const cJSON *array, const char *place, size_t max, size_t size,
	int (*read)(const cJSON *item, void *out), int (*compare)(const void *, const void *),
	const char *wanted, struct condition *out)
{
	char *items;
	size_t at = 0;

	if (!cJSON_IsArray(array))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, "", "not an array");
	out->count = (size_t)cJSON_GetArraySize(array);
	if (out->count == 0)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_EMPTY, place, "", "empty; leave the key out instead");
	if (out->count > max)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_TOO_MANY, place, "",
			"%zu items are more than %zu", out->count, max);
	items = rewapp__arena_array(reader->memory, out->count, size);
	if (!items)
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		char here[PLACE_BYTES];

		rewapp__reader_item(here, place, "", at);
		if (read(item, items + at * size) < 0)
			return rewapp__reader_fail(reader, REWAPP_PROBLEM_MALFORMED, here, "", "%s", wanted);
		for (size_t i = 0; i < at; i++)
			if (compare(items + i * size, items + at * size) == 0)
				return rewapp__reader_fail(
					reader, REWAPP_PROBLEM_DUPLICATE, here, "", "stands twice");
	}
	qsort(items, out->count, size, compare);
	out->items = items;
	return 0;
}

static int read_id(const cJSON *item, void *out)
{
	struct rewapp_id *id = out;

	if (!cJSON_IsString(item) || rewapp_id_parse(item->valuestring, strlen(item->valuestring), id) < 0 ||
		rewapp_id_is_zero(id))
		return REWAPP_E_ARGUMENT;
	return 0;
}

static int read_mcc(const cJSON *item, void *out)
{
	const char *text = cJSON_IsString(item) ? item->valuestring : "";
	int64_t mcc = strlen(text) == 4 ? rewapp__read_digits(text, 4) : -1;

	memcpy(out, &mcc, sizeof mcc);
	return mcc < 1 ? REWAPP_E_ARGUMENT : 0;
}

static int parse_ids(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	return parse_set(reader, item, place, CONDITION_MERCHANTS_MAX, sizeof(struct rewapp_id), read_id,
		compare_id, "not an id", out);
}

static int parse_mcc(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	return parse_set(reader, item, place, CONDITION_MCC_MAX, sizeof(int64_t), read_mcc, compare_number,
		"not a string of four digits", out);
}

static bool has_id(const struct condition *condition, const struct rewapp_id *id)
{
	return bsearch(id, condition->items, condition->count, sizeof *id, compare_id) != NULL;
}

static bool merchant_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	return has_id(condition, &question->facts->merchant);
}

static bool store_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	return has_id(condition, &question->facts->store);
}

static bool has_number(const struct condition *condition, int64_t number)
{
	return bsearch(&number, condition->items, condition->count, sizeof number, compare_number) != NULL;
}

static bool mcc_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	return has_number(condition, question->facts->mcc);
}

static int parse_words(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	const char *const *words = NULL;
	int error = rewapp__read_texts(
		reader, item, place, "", CONDITION_WORDS_MAX, NAME_BYTES - 1, &words, &out->count);

	out->items = words;
	return error;
}

/* Where the document declares tiers, there are no others. */
static int parse_tiers(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	int error = parse_words(reader, item, place, out);
	const char *const *words = out->items;

	for (size_t i = 0; !error && reader->tiers && i < out->count; i++)
		if (rewapp__tiers_find(reader->tiers, words[i]) == TIER_NONE)
			return rewapp__reader_fail(reader, REWAPP_PROBLEM_UNKNOWN_REFERENCE, place, "",
				"\"%s\" is none of the document's tiers", words[i]);
	return error;
}

static bool tier_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	return rewapp__texts_have(condition->items, condition->count, question->facts->tier);
}

static bool channel_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	return rewapp__texts_have(condition->items, condition->count, question->facts->channel);
}

static bool payment_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	return rewapp__texts_have(condition->items, condition->count, question->facts->payment);
}

static bool segment_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	for (size_t i = 0; i < question->facts->segment_count; i++)
		if (rewapp__texts_have(condition->items, condition->count, question->facts->segments[i]))
			return true;
	return false;
}

static int parse_flag(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	if (!cJSON_IsBool(item))
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_WRONG_TYPE, place, "", "neither true nor false");
	out->low = cJSON_IsTrue(item);
	return 0;
}

static bool referral_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	return question->facts->referred == (condition->low != 0);
}

/* ---- time ---- */

/* Milliseconds from the purchase to a minute of a local day; 0 when it is not ahead. */
static int64_t until_instant(const struct question *question, int64_t days, int32_t minute)
{
	int64_t start = rewapp__zone_instant_ms(question->zone, days, minute), distance;

	return rewapp__sub(start, question->facts->occurred_ms, &distance) && distance > 0 ? distance : 0;
}

static int parse_date(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	if (!rewapp__read_day(cJSON_IsString(item) ? item->valuestring : "", &out->low))
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_MALFORMED, place, "", "not a date like 2026-01-31");
	return 0;
}

static bool from_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	if (question->day.days >= condition->low)
		return true;
	*distance = until_instant(question, condition->low, question->cut_off);
	return false;
}

static bool until_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	return question->day.days < condition->low;
}

static int parse_days(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	static const char *const words[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	size_t at = 0;

	if (!cJSON_IsArray(item))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, "", "not an array");
	if (!item->child)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_EMPTY, place, "", "empty; leave the key out instead");
	for (const cJSON *word = item->child; word; word = word->next, at++) {
		char here[PLACE_BYTES];
		size_t day = 0;

		rewapp__reader_item(here, place, "", at);
		while (day < COUNT(words) &&
			!(cJSON_IsString(word) && strcmp(words[day], word->valuestring) == 0))
			day++;
		if (day == COUNT(words))
			return rewapp__reader_fail(
				reader, REWAPP_PROBLEM_UNKNOWN_WORD, here, "", "not one of mon to sun");
		if (out->low >> day & 1)
			return rewapp__reader_fail(
				reader, REWAPP_PROBLEM_DUPLICATE, here, "", "stands twice");
		out->low |= INT64_C(1) << day;
	}
	return 0;
}

static bool days_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	int64_t ahead = 1;

	if (condition->low >> question->day.weekday & 1)
		return true;
	while (!(condition->low >> ((question->day.weekday + ahead) % 7) & 1))
		ahead++;
	*distance = until_instant(question, question->day.days + ahead, question->cut_off);
	return false;
}

static int parse_hours(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	int32_t from, until;

	if (!cJSON_IsArray(item))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, "", "not an array");
	if (cJSON_GetArraySize(item) != 2)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_MALFORMED, place, "", "not two times: from and until");
	for (int i = 0; i < 2; i++) {
		char here[PLACE_BYTES];

		rewapp__reader_item(here, place, "", (size_t)i);
		if (!rewapp__read_minute(i ? item->child->next : item->child, i ? &until : &from))
			return rewapp__reader_fail(
				reader, REWAPP_PROBLEM_MALFORMED, here, "", "not a time from 00:00 to 23:59");
	}
	if (from == until)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_TIME_LOOP, place, "", "from and until are equal");
	out->low = from;
	out->high = until;
	return 0;
}

/* Outside the hours the start is always the next one, today's or tomorrow's. */
static bool hours_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	int64_t now = question->clock.hour * 60 + question->clock.minute;
	bool after = now >= condition->low, before = now < condition->high;

	if (condition->low < condition->high ? after && before : after || before)
		return true;
	*distance = until_instant(question, question->clock.days + after, (int32_t)condition->low);
	return false;
}

/* ---- the member's purchases ---- */

static int read_count(const cJSON *item, void *out)
{
	int64_t number;

	if (!rewapp__json_int(item, &number) || number < 1 || number > CONDITION_NTH_MAX)
		return REWAPP_E_ARGUMENT;
	memcpy(out, &number, sizeof number);
	return 0;
}

/* {"at": [1, 10]} or {"every": 10} */
static int parse_nth(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	static const char *const keys[] = { "at", "every" };
	const cJSON *at = rewapp__json_get(item, "at"), *every = rewapp__json_get(item, "every");
	char here[PLACE_BYTES];
	int64_t step;
	int error = rewapp__read_object(reader, item, place, keys, COUNT(keys), NULL, 0);

	if (error < 0)
		return error;
	reader->asks_nth = true;
	if (!at == !every)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_CONTRADICTION, place, "", "either at or every");
	if (!every) {
		rewapp__reader_place(here, place, "at");
		return parse_set(reader, at, here, CONDITION_WORDS_MAX, sizeof(int64_t), read_count,
			compare_number, "not a number from 1 to 1000000", out);
	}
	if (rewapp__json_int(every, &step) && step == 0)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_ZERO_DIVISOR, place, "every", "every 0th purchase is none");
	return rewapp__read_integer(reader, item, place, "every", 1, CONDITION_NTH_MAX, &out->low);
}

static bool nth_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	int64_t nth = question->facts->nth;
	const int64_t *at = condition->items;

	if (nth < 1)
		return false;
	if (condition->low) {
		*distance = nth % condition->low ? condition->low - nth % condition->low : 0;
		return *distance == 0;
	}
	for (size_t i = 0; i < condition->count; i++) {
		if (at[i] < nth)
			continue;
		*distance = at[i] - nth;
		return *distance == 0;
	}
	return false;
}

/* ---- the ticket ---- */

int rewapp__line_set_parse(struct reader *reader, const cJSON *object, const char *place,
	const char *const *more, size_t more_count, struct line_set *out)
{
	static const char *const keys[] = { "skus", "categories" };
	const cJSON *skus = rewapp__json_get(object, "skus"),
		    *categories = rewapp__json_get(object, "categories");
	int error = rewapp__read_object(reader, object, place, keys, COUNT(keys), more, more_count);

	if (error == 0 && skus)
		error = rewapp__read_texts(reader, skus, place, "skus", CONDITION_SKUS_MAX, SKU_BYTES_MAX,
			&out->skus, &out->sku_count);
	if (error == 0 && categories)
		error = rewapp__read_texts(reader, categories, place, "categories", CONDITION_SKUS_MAX,
			SKU_BYTES_MAX, &out->categories, &out->category_count);
	return error;
}

bool rewapp__line_set_has(const struct line_set *set, const struct earn_line *line)
{
	if (set->sku_count + set->category_count == 0)
		return true;
	return rewapp__texts_have(set->skus, set->sku_count, line->sku) ||
		rewapp__texts_have(set->categories, set->category_count, line->category);
}

static int parse_lines(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	static const char *const more[] = { "min_quantity", "min_amount" };
	int error = rewapp__line_set_parse(reader, item, place, more, COUNT(more), &out->lines);

	if (error == 0)
		error = rewapp__read_optional(reader, item, place, "min_quantity", INT32_MAX, &out->low);
	if (error == 0)
		error = rewapp__read_optional(reader, item, place, "min_amount", MONEY_MAX, &out->high);
	return error;
}

static bool any_line(const struct question *question, const struct line_set *set)
{
	for (size_t i = 0; i < question->facts->line_count; i++)
		if (!question->facts->lines[i].excluded &&
			rewapp__line_set_has(set, &question->facts->lines[i]))
			return true;
	return false;
}

static bool lines_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	return any_line(question, &condition->lines);
}

static bool quantity_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	int64_t quantity;

	rewapp__question_lines(question, &condition->lines, &quantity);
	*distance = quantity < condition->low ? condition->low - quantity : 0;
	return *distance == 0;
}

static bool line_amount_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	int64_t quantity, amount = rewapp__question_lines(question, &condition->lines, &quantity);

	if (share)
		amount = rewapp__question_share(question, amount);
	*distance = amount < condition->high ? condition->high - amount : 0;
	return *distance == 0;
}

static int parse_money(struct reader *reader, const cJSON *item, const char *place, struct condition *out)
{
	if (!rewapp__json_int(item, &out->low))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, "", "not an integer");
	if (out->low < 0 || out->low > MONEY_MAX)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_OUT_OF_RANGE, place, "",
			"%lld is not from 0 to %lld", (long long)out->low, (long long)MONEY_MAX);
	return 0;
}

static bool maximum_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	int64_t paid = share ? rewapp__question_share(question, question->paid) : question->paid;

	*distance = paid > condition->low ? paid - condition->low : 0;
	return *distance == 0;
}

static bool minimum_holds(
	const struct question *question, const struct condition *condition, int64_t share, int64_t *distance)
{
	int64_t paid = share ? rewapp__question_share(question, question->paid) : question->paid;

	*distance = paid < condition->low ? condition->low - paid : 0;
	return *distance == 0;
}

/* ---- the table ---- */

enum row {
	ROW_MERCHANTS,
	ROW_MCC,
	ROW_STORES,
	ROW_FROM,
	ROW_UNTIL,
	ROW_DAYS,
	ROW_HOURS,
	ROW_TIERS,
	ROW_SEGMENTS,
	ROW_CHANNELS,
	ROW_PAYMENTS,
	ROW_REFERRED,
	ROW_NTH,
	ROW_LINES,
	ROW_ALL,
	ROW_ANY,
	ROW_NOT,
	ROW_MAXIMUM,
	ROW_MINIMUM,
	ROW_COUNT
};

/* The minimum comes last: its distance is told only when all else fits. */
/* clang-format off */
static const struct condition_type rows[ROW_COUNT] = {
	[ROW_MERCHANTS] = { "merchants", "at one of these merchants", REWAPP_REASON_OTHER_MERCHANT, false, false,
		"merchant", parse_ids, merchant_holds },
	[ROW_MCC]      = { "mcc", "of one of these categories of merchants", REWAPP_REASON_OTHER_CATEGORY, false,
		false, "mcc", parse_mcc, mcc_holds },
	[ROW_STORES]   = { "stores", "in one of these stores", REWAPP_REASON_OTHER_STORE, false, false, "store",
		parse_ids, store_holds },
	[ROW_FROM]     = { "from", "on this date or later", REWAPP_REASON_OUTSIDE_DATES, false, false, NULL,
		parse_date, from_holds },
	[ROW_UNTIL]    = { "until", "before this date", REWAPP_REASON_OUTSIDE_DATES, false, false, NULL, parse_date,
		until_holds },
	[ROW_DAYS]     = { "days", "on one of these days of the week", REWAPP_REASON_OUTSIDE_DAYS, false, false, NULL,
		parse_days, days_holds },
	[ROW_HOURS]    = { "hours", "between two times of the day", REWAPP_REASON_OUTSIDE_HOURS, false, false, NULL,
		parse_hours, hours_holds },
	[ROW_TIERS]    = { "tiers", "by a member of one of these tiers", REWAPP_REASON_OTHER_TIER, false, false,
		"tier", parse_tiers, tier_holds },
	[ROW_SEGMENTS] = { "segments", "by a member of one of these segments", REWAPP_REASON_OTHER_SEGMENT, false,
		false, "segment", parse_words, segment_holds },
	[ROW_CHANNELS] = { "channels", "through one of these channels", REWAPP_REASON_OTHER_CHANNEL, false, false,
		"channel", parse_words, channel_holds },
	[ROW_PAYMENTS] = { "payments", "paid in one of these ways", REWAPP_REASON_OTHER_PAYMENT, false, false,
		"payment", parse_words, payment_holds },
	[ROW_REFERRED] = { "referred", "by a member whom another one referred, or not", REWAPP_REASON_NOT_REFERRED,
		false, false, NULL, parse_flag, referral_holds },
	[ROW_NTH]      = { "nth_purchase", "the member's n-th purchases", REWAPP_REASON_OTHER_PURCHASE, false, false,
		NULL, parse_nth, nth_holds },
	[ROW_LINES]    = { "lines", "with lines of these articles or categories", REWAPP_REASON_OTHER_LINES, false,
		false, "line", parse_lines, lines_holds },
	[ROW_ALL]      = { "all", "every one of these", 0, false, true, NULL, NULL, NULL },
	[ROW_ANY]      = { "any", "at least one of these", 0, false, true, NULL, NULL, NULL },
	[ROW_NOT]      = { "not", "not this", REWAPP_REASON_EXCLUDED, false, true, NULL, NULL, NULL },
	[ROW_MAXIMUM]  = { "max_amount", "of at most this amount", REWAPP_REASON_ABOVE_MAXIMUM, false, false, NULL,
		parse_money, maximum_holds },
	[ROW_MINIMUM]  = { "min_amount", "of at least this amount", REWAPP_REASON_BELOW_MINIMUM, true, false, NULL,
		parse_money, minimum_holds },
};
/* clang-format on */
const struct condition_type *const rewapp__condition_types = rows;
const size_t rewapp__condition_type_count = ROW_COUNT;

/* What `lines` asks besides: rows that no key names. */
static const struct condition_type line_quantity = { "lines", "so many of them", REWAPP_REASON_TOO_FEW_ITEMS,
	false, false, NULL, NULL, quantity_holds };
static const struct condition_type line_amount = { "lines", "for so much money", REWAPP_REASON_BELOW_MINIMUM,
	true, false, NULL, NULL, line_amount_holds };

bool rewapp__condition_is(const struct condition *condition, const char *key)
{
	return condition->type && strcmp(condition->type->key, key) == 0;
}

/* ---- reading a tree ---- */

static int parse_branches(
	struct reader *reader, const cJSON *array, const char *place, int depth, struct condition *out)
{
	struct condition *children;
	size_t at = 0;

	if (!cJSON_IsArray(array))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, "", "not an array");
	out->child_count = (size_t)cJSON_GetArraySize(array);
	if (out->child_count == 0)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_EMPTY, place, "", "empty; leave the key out instead");
	if (out->child_count > CONDITION_BRANCHES_MAX)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_TOO_MANY, place, "",
			"%zu items are more than %d", out->child_count, CONDITION_BRANCHES_MAX);
	children = rewapp__arena_array(reader->memory, out->child_count, sizeof *children);
	if (!children)
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		char here[PLACE_BYTES];
		int error;

		rewapp__reader_item(here, place, "", at);
		if ((error = parse_when(reader, item, here, depth + 1, &children[at])) < 0)
			return error;
	}
	out->children = children;
	return 0;
}

static int parse_composite(
	struct reader *reader, const cJSON *item, const char *place, int depth, struct condition *out)
{
	struct condition *child;

	if (depth >= CONDITION_DEPTH_MAX)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_TOO_DEEP, place, "",
			"nested deeper than %d", CONDITION_DEPTH_MAX);
	if (out->type != &rows[ROW_NOT])
		return parse_branches(reader, item, place, depth, out);
	child = rewapp__arena_array(reader->memory, 1, sizeof *child);
	if (!child)
		return rewapp__reader_out_of_memory();
	out->children = child;
	out->child_count = 1;
	return parse_when(reader, item, place, depth + 1, child);
}

static const char *key_of(enum row row)
{
	return rows[row].key;
}

static int check_when(struct reader *reader, const cJSON *object, const char *place)
{
	const char *keys[ROW_COUNT];

	for (int row = 0; row < ROW_COUNT; row++)
		keys[row] = key_of((enum row)row);
	return rewapp__read_object(reader, object, place, keys, ROW_COUNT, NULL, 0);
}

/* Dates and amounts that leave nothing between them. */
static int check_pairs(struct reader *reader, const char *place, const struct condition *out)
{
	const struct condition *seen[ROW_COUNT] = { NULL };

	for (size_t i = 0; i < out->child_count; i++)
		if (out->children[i].type >= rows && out->children[i].type < rows + ROW_COUNT)
			seen[out->children[i].type - rows] = &out->children[i];
	if (seen[ROW_FROM] && seen[ROW_UNTIL] && seen[ROW_FROM]->low >= seen[ROW_UNTIL]->low)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_TIME_LOOP, place, "until", "not after from");
	if (seen[ROW_MINIMUM] && seen[ROW_MAXIMUM] && seen[ROW_MINIMUM]->low > seen[ROW_MAXIMUM]->low)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_CONTRADICTION, place, "max_amount", "below min_amount");
	return 0;
}

/* `lines` becomes up to three conditions, so that each has a reason of its own. */
static size_t split_lines(struct condition *first)
{
	struct condition *next = first + 1;

	if (first->low) {
		*next = *first;
		(next++)->type = &line_quantity;
	}
	if (first->high) {
		*next = *first;
		(next++)->type = &line_amount;
	}
	return (size_t)(next - first);
}

static int parse_row(struct reader *reader, const cJSON *object, const char *place, int depth, enum row row,
	struct condition *out)
{
	const cJSON *item = rewapp__json_get(object, key_of(row));
	char here[PLACE_BYTES];

	rewapp__reader_place(here, place, key_of(row));
	if (++reader->conditions > CONDITIONS_MAX)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_TOO_MANY, here, "",
			"the document has more than %d conditions", CONDITIONS_MAX);
	out->type = &rows[row];
	return rows[row].composite ? parse_composite(reader, item, here, depth, out)
				   : rows[row].parse(reader, item, here, out);
}

/* In the order of the table, which is that of the reasons. */
static int parse_when(
	struct reader *reader, const cJSON *object, const char *place, int depth, struct condition *out)
{
	struct condition *children;
	int error = check_when(reader, object, place);

	if (error < 0)
		return error;
	children = rewapp__arena_array(
		reader->memory, (size_t)cJSON_GetArraySize(object) + 2, sizeof *children);
	if (!children)
		return rewapp__reader_out_of_memory();
	out->type = &rows[ROW_ALL];
	out->children = children;
	for (int row = 0; row < ROW_COUNT; row++) {
		struct condition *child = &children[out->child_count];

		if (!rewapp__json_get(object, key_of((enum row)row)))
			continue;
		if ((error = parse_row(reader, object, place, depth, (enum row)row, child)) < 0)
			return error;
		out->child_count += row == ROW_LINES ? split_lines(child) : 1;
	}
	return check_pairs(reader, place, out);
}

int rewapp__conditions_parse(
	struct reader *reader, const cJSON *object, const char *place, struct condition *out)
{
	memset(out, 0, sizeof *out);
	out->type = &rows[ROW_ALL];
	return object ? parse_when(reader, object, place, 0, out) : 0;
}

/* ---- asking ---- */

int64_t rewapp__question_share(const struct question *question, int64_t amount)
{
	int64_t share = 0;

	if (question->left == question->of)
		return amount;
	rewapp__mul_div(amount, question->left, question->of, &share); /* left <= of: it fits */
	return share;
}

int64_t rewapp__question_lines(const struct question *question, const struct line_set *set, int64_t *quantity)
{
	int64_t amount = 0, paid = 0;

	*quantity = 0;
	for (size_t i = 0; i < question->facts->line_count; i++) {
		const struct earn_line *line = &question->facts->lines[i];

		if (line->excluded || !rewapp__line_set_has(set, line))
			continue;
		amount += line->amount; /* all together are at most the purchase: question_of() has looked */
		if (!rewapp__add(*quantity, line->quantity, quantity))
			*quantity = INT64_MAX;
	}
	if (question->earning > 0)
		rewapp__mul_div(amount, question->paid, question->earning, &paid); /* amount <= earning */
	return paid;
}

int rewapp__question_of(
	const struct zone *zone, int32_t cut_off, const struct earn_facts *facts, struct question *out)
{
	int64_t lines = 0, excluded = 0;

	*out = (struct question){ .zone = zone, .facts = facts, .cut_off = cut_off, .left = 1, .of = 1 };
	if (facts->amount < 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "amount: below 0");
	if (facts->unpaid < 0 || facts->unpaid > facts->amount)
		return rewapp__fail(REWAPP_E_ARGUMENT, "unpaid: not from 0 to the amount");
	for (size_t i = 0; i < facts->line_count; i++) {
		const struct earn_line *line = &facts->lines[i];

		if (line->amount < 0 || line->quantity < 0 || !rewapp__add(lines, line->amount, &lines) ||
			lines > facts->amount)
			return rewapp__fail(REWAPP_E_ARGUMENT,
				"lines[%zu].amount: below 0, or more in all than the purchase", i);
		excluded += line->excluded ? line->amount : 0;
	}
	out->earning = facts->amount - excluded;
	out->paid = out->earning > facts->unpaid ? out->earning - facts->unpaid : 0;
	rewapp__zone_local(zone, facts->occurred_ms, &out->clock);
	out->day = out->clock;
	if (out->clock.hour * 60 + out->clock.minute < cut_off)
		rewapp__date_of_days(out->clock.days - 1, &out->day);
	return 0;
}

static int refusal(
	const struct question *question, const struct condition *condition, bool positive, int64_t *distance);

/* A smaller purchase may cease to satisfy a condition and never begin to: a minimum is asked again of what is
 * left, a maximum only under a `not`; whatever could begin to hold keeps its first answer. */
static int leaf_refusal(
	const struct question *question, const struct condition *condition, bool positive, int64_t *distance)
{
	const struct condition_type *type = condition->type;
	bool rises = type == &rows[ROW_MAXIMUM], falls = rises != positive;
	const struct question *asked = falls || !question->first ? question : question->first;

	return type->holds(asked, condition, falls && (type->falls || rises), distance) ? 0 : type->reason;
}

/* The first branch that knows how far it is, else the first. */
static int refusal_of_any(
	const struct question *question, const struct condition *condition, bool positive, int64_t *distance)
{
	int first = 0, told = 0;

	for (size_t i = 0; i < condition->child_count; i++) {
		int64_t far = 0;
		int reason = refusal(question, &condition->children[i], positive, &far);

		if (!reason)
			return 0;
		first = first ? first : reason;
		if (far && !told) {
			told = reason;
			*distance = far;
		}
	}
	return told ? told : first;
}

static int refusal(
	const struct question *question, const struct condition *condition, bool positive, int64_t *distance)
{
	const struct condition_type *type = condition->type;
	int64_t ignored = 0;

	if (type == &rows[ROW_ANY])
		return refusal_of_any(question, condition, positive, distance);
	if (type == &rows[ROW_NOT])
		return refusal(question, condition->children, !positive, &ignored) ? 0 : type->reason;
	if (type != &rows[ROW_ALL])
		return leaf_refusal(question, condition, positive, distance);
	for (size_t i = 0; i < condition->child_count; i++) {
		int reason = refusal(question, &condition->children[i], positive, distance);

		if (reason)
			return reason;
	}
	return 0;
}

int rewapp__condition_refusal(
	const struct question *question, const struct condition *condition, int64_t *distance)
{
	return refusal(question, condition, true, distance);
}
