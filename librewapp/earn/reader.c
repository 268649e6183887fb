/* Reading a programme document: small readers that know the place and the kind of every mistake. */
#include "earn/reader.h"

#include "base/error.h"
#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rewapp__reader_place(char out[PLACE_BYTES], const char *place, const char *key)
{
	snprintf(out, PLACE_BYTES, "%.140s%s%.40s", place, *place && *key ? "." : "", key);
}

int rewapp__reader_fail(struct reader *reader, enum rewapp_problem problem, const char *place,
	const char *key, const char *format, ...)
{
	char what[120];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	reader->problem = problem;
	rewapp__reader_place(reader->path, place, key);
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s: %s", *reader->path ? reader->path : "the document", what);
}

int rewapp__reader_out_of_memory(void)
{
	return rewapp__fail(REWAPP_E_NOMEMORY, "programme");
}

static bool listed(const char *const *keys, size_t count, const char *key)
{
	for (size_t i = 0; i < count && keys[i]; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

int rewapp__read_object(struct reader *reader, const cJSON *object, const char *place,
	const char *const *keys, size_t count, const char *const *more, size_t more_count)
{
	if (!cJSON_IsObject(object))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, "", "not an object");
	for (const cJSON *item = object->child; item; item = item->next) {
		char key[41];

		if (listed(keys, count, item->string) || listed(more, more_count, item->string))
			continue;
		snprintf(key, sizeof key, "%.40s", item->string);
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_UNKNOWN_KEY, place, key, "unknown key");
	}
	return 0;
}

int rewapp__read_integer(struct reader *reader, const cJSON *object, const char *place, const char *key,
	int64_t min, int64_t max, int64_t *out)
{
	const cJSON *item = rewapp__json_get(object, key);
	int64_t value;

	if (!item)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MISSING, place, key, "missing");
	if (!rewapp__json_int(item, &value))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, key, "not an integer");
	if (value < min || value > max)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_OUT_OF_RANGE, place, key,
			"%lld is not from %lld to %lld", (long long)value, (long long)min, (long long)max);
	*out = value;
	return 0;
}

int rewapp__read_optional(struct reader *reader, const cJSON *object, const char *place, const char *key,
	int64_t max, int64_t *out)
{
	if (!rewapp__json_get(object, key))
		return 0;
	return rewapp__read_integer(reader, object, place, key, 0, max, out);
}

int rewapp__read_word(struct reader *reader, const cJSON *object, const char *place, const char *key,
	const char *const *words, size_t count, int otherwise, int *out)
{
	const cJSON *item = rewapp__json_get(object, key);

	if (!item && otherwise < 0)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MISSING, place, key, "missing");
	if (!item) {
		*out = otherwise;
		return 0;
	}
	if (!cJSON_IsString(item))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, key, "not a string");
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], item->valuestring) == 0) {
			*out = (int)i;
			return 0;
		}
	return rewapp__reader_fail(
		reader, REWAPP_PROBLEM_UNKNOWN_WORD, place, key, "not a word that is known here");
}

int rewapp__read_name(
	struct reader *reader, const cJSON *object, const char *place, const char *key, char out[NAME_BYTES])
{
	const cJSON *item = rewapp__json_get(object, key);
	size_t length;

	if (!item)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MISSING, place, key, "missing");
	if (!cJSON_IsString(item))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, key, "not a string");
	length = strlen(item->valuestring);
	if (length < 1 || length >= NAME_BYTES)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_OUT_OF_RANGE, place, key, "not of 1 to 31 characters");
	if (strspn(item->valuestring, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_MALFORMED, place, key, "not only of a-z, 0-9 and dashes");
	memcpy(out, item->valuestring, length + 1);
	return 0;
}

int rewapp__read_array(struct reader *reader, const cJSON *object, const char *place, const char *key,
	size_t max, const cJSON **out, size_t *count)
{
	const cJSON *item = rewapp__json_get(object, key);

	*out = item;
	*count = 0;
	if (!item)
		return 0;
	if (!cJSON_IsArray(item))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, key, "not an array");
	*count = (size_t)cJSON_GetArraySize(item);
	if (*count == 0)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_EMPTY, place, key, "empty; leave the key out instead");
	if (*count > max)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_TOO_MANY, place, key,
			"%zu items are more than %zu", *count, max);
	return 0;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void rewapp__reader_item(char out[PLACE_BYTES], const char *place, const char *key, size_t index)
{
	snprintf(out, PLACE_BYTES, "%.140s%s%.40s[%zu]", place, *place && *key ? "." : "", key, index);
}

static int read_texts(
	struct reader *reader, const cJSON *array, const char *path, size_t bytes_max, const char **texts)
{
	size_t at = 0;

	for (const cJSON *item = array->child; item; item = item->next, at++) {
		size_t length = cJSON_IsString(item) ? strlen(item->valuestring) : 0;
		char here[PLACE_BYTES];

		rewapp__reader_item(here, path, "", at);
		if (length < 1 || length > bytes_max)
			return rewapp__reader_fail(reader, REWAPP_PROBLEM_MALFORMED, here, "",
				"not a text of 1 to %zu bytes", bytes_max);
		for (size_t i = 0; i < at; i++)
			if (strcmp(texts[i], item->valuestring) == 0)
				return rewapp__reader_fail(
					reader, REWAPP_PROBLEM_DUPLICATE, here, "", "stands twice");
		texts[at] = rewapp__arena_copy(reader->memory, item->valuestring, length);
		if (!texts[at])
			return rewapp__reader_out_of_memory();
	}
	return 0;
}

int rewapp__read_texts(struct reader *reader, const cJSON *array, const char *place, const char *key,
	size_t max, size_t bytes_max, const char *const **out, size_t *count)
{
	char path[PLACE_BYTES];
	const char **texts;
	int error;

	rewapp__reader_place(path, place, key);
	if (!cJSON_IsArray(array))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, path, "", "not an array");
	*count = (size_t)cJSON_GetArraySize(array);
	if (*count == 0)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_EMPTY, path, "", "empty; leave the key out instead");
	if (*count > max)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_TOO_MANY, path, "",
			"%zu items are more than %zu", *count, max);
	texts = rewapp__arena_array(reader->memory, *count, sizeof *texts);
	if (!texts)
		return rewapp__reader_out_of_memory();
	if ((error = read_texts(reader, array, path, bytes_max, texts)) < 0)
		return error;
	qsort(texts, *count, sizeof *texts, compare_texts);
	*out = texts;
	return 0;
}

bool rewapp__texts_have(const char *const *texts, size_t count, const char *text)
{
	size_t low = 0, high = count;

	while (text && low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(texts[middle], text);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

int32_t rewapp__read_digits(const char *text, size_t count)
{
	int32_t value = 0;

	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

bool rewapp__read_minute(const cJSON *item, int32_t *out)
{
	const char *text = cJSON_IsString(item) ? item->valuestring : "";
	int32_t hour, minute;

	if (strlen(text) != 5 || text[2] != ':')
		return false;
	hour = rewapp__read_digits(text, 2);
	minute = rewapp__read_digits(text + 3, 2);
	*out = hour * 60 + minute;
	return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59;
}

bool rewapp__read_day(const char *text, int64_t *out)
{
	static const int32_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t year, month, day, leap;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	year = rewapp__read_digits(text, 4);
	month = rewapp__read_digits(text + 5, 2);
	day = rewapp__read_digits(text + 8, 2);
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
		day > lengths[month - 1] + (month == 2 ? leap : 0))
		return false;
	*out = rewapp__days_of_date(year, month, day);
	return true;
}
