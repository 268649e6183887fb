/* Which of many rules a purchase may fire at all: bitmaps of rules, in the order in which they are tried. */
#include "earn/index.h"

#include <stdlib.h>
#include <string.h>

enum dimension {
	OF_MERCHANT,
	OF_MCC,
	OF_STORE,
	OF_TIER,
	OF_SEGMENT,
	OF_CHANNEL,
	OF_PAYMENT,
	OF_LINE,
	DIMENSIONS
};
static const char *const dimension_names[DIMENSIONS] = { "merchant", "mcc", "store", "tier", "segment",
	"channel", "payment", "line" };

/* A value that some rules ask for.  Keys are hashes: two values may share one, and then a rule too many is
 * asked. */
struct entry {
	uint64_t key;
	uint32_t rank;
};

/* Bitmaps of the rules that hold from each of these points on until the next. */
struct spans {
	int64_t *from; /* ascending, from[0] = INT64_MIN */
	uint64_t *sets;
	size_t count;
};

struct rule_index {
	size_t words;
	struct entry *entries[DIMENSIONS]; /* sorted by key */
	size_t counts[DIMENSIONS];
	uint64_t *open[DIMENSIONS]; /* rules that ask for nothing there */
	uint64_t *weekdays[7];
	struct spans dates, minutes;
};

static uint64_t hash_of(char kind, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	uint64_t hash = (UINT64_C(14695981039346656037) ^ (unsigned char)kind) * UINT64_C(1099511628211);

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ at[i]) * UINT64_C(1099511628211);
	return hash;
}

static uint64_t hash_of_text(char kind, const char *text)
{
	return hash_of(kind, text, strlen(text));
}

/* ---- making ---- */

static const struct condition *asked(const struct rule *rule, const char *key)
{
	for (size_t i = 0; i < rule->when.child_count; i++)
		if (rewapp__condition_is(&rule->when.children[i], key))
			return &rule->when.children[i];
	return NULL;
}

static const struct condition *asked_in(const struct rule *rule, enum dimension dimension)
{
	for (size_t i = 0; i < rule->when.child_count; i++) {
		const char *kind = rule->when.children[i].type->kind;

		if (kind && strcmp(kind, dimension_names[dimension]) == 0)
			return &rule->when.children[i];
	}
	return NULL;
}

/* Writes to `out` unless it is NULL; returns how many. */
static size_t keys_of_lines(const struct line_set *set, uint64_t *out)
{
	size_t count = 0;

	for (size_t i = 0; i < set->sku_count; i++, count++)
		if (out)
			out[count] = hash_of_text('s', set->skus[i]);
	for (size_t i = 0; i < set->category_count; i++, count++)
		if (out)
			out[count] = hash_of_text('c', set->categories[i]);
	return count;
}

static uint64_t key_of_item(const struct condition *condition, enum dimension dimension, size_t at)
{
	if (dimension == OF_MERCHANT || dimension == OF_STORE)
		return hash_of(
			'i', (const struct rewapp_id *)condition->items + at, sizeof(struct rewapp_id));
	if (dimension == OF_MCC)
		return (uint64_t)((const int64_t *)condition->items)[at];
	return hash_of_text('w', ((const char *const *)condition->items)[at]);
}

/* The values that a rule asks for in one dimension; 0: it takes any. */
static size_t keys_of(const struct rule *rule, enum dimension dimension, uint64_t *out)
{
	const struct condition *condition = asked_in(rule, dimension);

	if (dimension == OF_LINE && rule->on)
		return keys_of_lines(rule->on, out);
	if (dimension == OF_LINE)
		return condition ? keys_of_lines(&condition->lines, out) : 0;
	for (size_t i = 0; condition && out && i < condition->count; i++)
		out[i] = key_of_item(condition, dimension, i);
	return condition ? condition->count : 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

static void set_bit(uint64_t *set, size_t bit)
{
	set[bit / 64] |= UINT64_C(1) << bit % 64;
}

static const struct rule *rule_at(const struct programme *programme, size_t rank)
{
	return &programme->rules[programme->order[rank]];
}

static int fill_dimension(struct programme *programme, struct rule_index *index, enum dimension dimension)
{
	struct arena *memory = &programme->memory;
	size_t total = 0, most = 0, at = 0;
	uint64_t *keys;

	for (size_t i = 0; i < programme->rule_count; i++) {
		size_t count = keys_of(&programme->rules[i], dimension, NULL);

		total += count;
		most = count > most ? count : most;
	}
	keys = rewapp__arena_array(memory, most, sizeof *keys);
	index->entries[dimension] = rewapp__arena_array(memory, total, sizeof **index->entries);
	index->open[dimension] = rewapp__arena_array(memory, index->words, sizeof **index->open);
	if (!keys || !index->entries[dimension] || !index->open[dimension])
		return rewapp__reader_out_of_memory();
	for (size_t rank = 0; rank < programme->rule_count; rank++) {
		size_t count = keys_of(rule_at(programme, rank), dimension, keys);

		if (count == 0)
			set_bit(index->open[dimension], rank);
		for (size_t i = 0; i < count; i++)
			index->entries[dimension][at++] = (struct entry){ keys[i], (uint32_t)rank };
	}
	qsort(index->entries[dimension], total, sizeof **index->entries, compare_entries);
	index->counts[dimension] = total;
	return 0;
}

/* ---- time ---- */

static bool in_dates(const struct rule *rule, int64_t day)
{
	const struct condition *from = asked(rule, "from"), *until = asked(rule, "until");

	return (!from || day >= from->low) && (!until || day < until->low);
}

static bool in_hours(const struct rule *rule, int64_t minute)
{
	const struct condition *hours = asked(rule, "hours");

	if (!hours)
		return true;
	return hours->low < hours->high ? minute >= hours->low && minute < hours->high
					: minute >= hours->low || minute < hours->high;
}

static int compare_points(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void add_point(struct spans *spans, const struct condition *condition, bool high)
{
	if (condition)
		spans->from[spans->count++] = high ? condition->high : condition->low;
}

static size_t unique(int64_t *points, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (kept == 0 || points[i] != points[kept - 1])
			points[kept++] = points[i];
	return kept;
}

static int fill_spans(struct programme *programme, struct rule_index *index, struct spans *spans, bool dates)
{
	size_t rules = programme->rule_count;

	spans->from = rewapp__arena_array(&programme->memory, rules * 2 + 1, sizeof *spans->from);
	if (!spans->from)
		return rewapp__reader_out_of_memory();
	spans->from[spans->count++] = INT64_MIN;
	for (size_t i = 0; i < rules; i++) {
		const struct rule *rule = &programme->rules[i];

		add_point(spans, asked(rule, dates ? "from" : "hours"), false);
		add_point(spans, asked(rule, dates ? "until" : "hours"), !dates);
	}
	qsort(spans->from, spans->count, sizeof *spans->from, compare_points);
	spans->count = unique(spans->from, spans->count);
	spans->sets = rewapp__arena_array(
		&programme->memory, spans->count * index->words, sizeof *spans->sets);
	if (!spans->sets)
		return rewapp__reader_out_of_memory();
	for (size_t i = 0; i < spans->count; i++)
		for (size_t rank = 0; rank < rules; rank++) {
			const struct rule *rule = rule_at(programme, rank);

			if (dates ? in_dates(rule, spans->from[i]) : in_hours(rule, spans->from[i]))
				set_bit(spans->sets + i * index->words, rank);
		}
	return 0;
}

static int fill_weekdays(struct programme *programme, struct rule_index *index)
{
	for (int day = 0; day < 7; day++) {
		index->weekdays[day] = rewapp__arena_array(
			&programme->memory, index->words, sizeof **index->weekdays);
		if (!index->weekdays[day])
			return rewapp__reader_out_of_memory();
		for (size_t rank = 0; rank < programme->rule_count; rank++) {
			const struct condition *days = asked(rule_at(programme, rank), "days");

			if (!days || days->low >> day & 1)
				set_bit(index->weekdays[day], rank);
		}
	}
	return 0;
}

int rewapp__index_make(struct programme *programme)
{
	struct rule_index *index;
	int error = 0;

	if (programme->rule_count < INDEX_RULES_MIN)
		return 0;
	index = rewapp__arena_array(&programme->memory, 1, sizeof *index);
	if (!index)
		return rewapp__reader_out_of_memory();
	index->words = (programme->rule_count + 63) / 64;
	for (int dimension = 0; dimension < DIMENSIONS && error == 0; dimension++)
		error = fill_dimension(programme, index, (enum dimension)dimension);
	if (error == 0)
		error = fill_weekdays(programme, index);
	if (error == 0)
		error = fill_spans(programme, index, &index->dates, true);
	if (error == 0)
		error = fill_spans(programme, index, &index->minutes, false);
	programme->index = index;
	return error;
}

/* ---- asking ---- */

static void add_key(const struct rule_index *index, enum dimension dimension, uint64_t key, uint64_t *set)
{
	const struct entry *entries = index->entries[dimension];
	size_t low = 0, high = index->counts[dimension];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (entries[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < index->counts[dimension] && entries[low].key == key; low++)
		set_bit(set, entries[low].rank);
}

static void add_word(
	const struct rule_index *index, enum dimension dimension, const char *word, uint64_t *set)
{
	if (word)
		add_key(index, dimension, hash_of_text('w', word), set);
}

static void add_lines(const struct rule_index *index, const struct earn_facts *facts, uint64_t *set)
{
	for (size_t i = 0; i < facts->line_count; i++) {
		const struct earn_line *line = &facts->lines[i];

		if (line->sku)
			add_key(index, OF_LINE, hash_of_text('s', line->sku), set);
		if (line->category)
			add_key(index, OF_LINE, hash_of_text('c', line->category), set);
	}
}

static void add_values(const struct rule_index *index, enum dimension dimension,
	const struct earn_facts *facts, uint64_t *set)
{
	switch (dimension) {
	case OF_MERCHANT:
		add_key(index, dimension, hash_of('i', &facts->merchant, sizeof facts->merchant), set);
		break;
	case OF_STORE:
		add_key(index, dimension, hash_of('i', &facts->store, sizeof facts->store), set);
		break;
	case OF_MCC:
		add_key(index, dimension, (uint64_t)facts->mcc, set);
		break;
	case OF_TIER:
		add_word(index, dimension, facts->tier, set);
		break;
	case OF_SEGMENT:
		for (size_t i = 0; i < facts->segment_count; i++)
			add_word(index, dimension, facts->segments[i], set);
		break;
	case OF_CHANNEL:
		add_word(index, dimension, facts->channel, set);
		break;
	case OF_PAYMENT:
		add_word(index, dimension, facts->payment, set);
		break;
	default:
		add_lines(index, facts, set);
	}
}

static const uint64_t *span_at(const struct rule_index *index, const struct spans *spans, int64_t point)
{
	size_t low = 0, high = spans->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (spans->from[middle] <= point)
			low = middle;
		else
			high = middle;
	}
	return spans->sets + low * index->words;
}

void rewapp__index_candidates(
	const struct programme *programme, const struct question *question, uint64_t out[INDEX_WORDS])
{
	const struct rule_index *index = programme->index;
	const uint64_t *dates = span_at(index, &index->dates, question->day.days);
	const uint64_t *minutes = span_at(
		index, &index->minutes, question->clock.hour * 60 + question->clock.minute);
	const uint64_t *weekday = index->weekdays[question->day.weekday];

	memset(out, 0, INDEX_WORDS * sizeof *out);
	for (size_t i = 0; i < index->words; i++)
		out[i] = dates[i] & minutes[i] & weekday[i];
	for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
		uint64_t set[INDEX_WORDS];

		if (index->counts[dimension] == 0)
			continue;
		memcpy(set, index->open[dimension], index->words * sizeof *set);
		add_values(index, (enum dimension)dimension, question->facts, set);
		for (size_t i = 0; i < index->words; i++)
			out[i] &= set[i];
	}
}
