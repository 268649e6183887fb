/* Limits of a programme and of its rules. */
#include "base/error.h"
#include "earn/parts.h"

#include <stdio.h>
#include <string.h>

enum {
	CAP_HOURS_MAX = 168
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static int key_of_cap(const char *rule, struct cap *cap)
{
	char path[2 * RULE_NAME_MAX + 32];
	struct rewapp_id hash;
	uint64_t key = 0;
	int length = cap->span
		? snprintf(path, sizeof path, "cap:%s/%s/%d/%d/%d%c", rule, cap->id, cap->scope, cap->window,
			  (int)cap->span, cap->hours ? 'h' : 'd')
		: snprintf(path, sizeof path, "cap:%s/%s/%d/%d", rule, cap->id, cap->scope, cap->window);
	int error = rewapp_id_derive(path, (size_t)length, &hash);

	for (size_t i = 0; !error && i < 8; i++)
		key = key << 8 | hash.bytes[i];
	cap->key = (int64_t)(key & INT64_MAX);
	return error;
}

/* "days" or "hours" of a sliding window, and of no other. */
static int read_span(struct reader *reader, const cJSON *object, const char *place, struct cap *cap)
{
	bool days = rewapp__json_get(object, "days") != NULL,
	     hours = rewapp__json_get(object, "hours") != NULL;
	const char *key = hours ? "hours" : "days";
	int64_t span = 0;
	int error;

	if (cap->window != CAP_WINDOW_SLIDING)
		return days || hours ? rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, place, key,
					       "only a sliding window has a length")
				     : 0;
	if (days && hours)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, place, "hours",
			"stands beside days: one of them");
	error = rewapp__read_integer(
		reader, object, place, key, hours ? 1 : 2, hours ? CAP_HOURS_MAX : CAP_SPAN_MAX, &span);
	cap->span = (int32_t)span;
	cap->hours = hours;
	return error;
}

static int read_cap(
	struct reader *reader, const cJSON *object, const char *place, const char *rule, struct cap *cap)
{
	static const char *const keys[] = { "id", "scope", "window", "days", "hours", "points" };
	static const char *const scopes[] = { "member", "programme", "merchant", "store", "card" };
	static const char *const windows[] = { "day", "week", "month", "year", "total", "sliding" };
	int error, scope = 0, window = 0;

	if ((error = rewapp__read_object(reader, object, place, keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_name(reader, object, place, "id", cap->id)) < 0 ||
		(error = rewapp__read_word(
			 reader, object, place, "scope", scopes, COUNT(scopes), -1, &scope)) < 0 ||
		(error = rewapp__read_word(
			 reader, object, place, "window", windows, COUNT(windows), -1, &window)) < 0 ||
		(error = rewapp__read_integer(
			 reader, object, place, "points", 1, PROGRAMME_POINTS_MAX, &cap->limit)) < 0)
		return error;
	cap->scope = (enum cap_scope)scope;
	cap->window = window;
	if ((error = read_span(reader, object, place, cap)) < 0)
		return error;
	return key_of_cap(rule, cap);
}

static bool same_cap_id(const cJSON *array, size_t count)
{
	const cJSON *last = rewapp__json_get(cJSON_GetArrayItem(array, (int)count), "id");

	for (size_t i = 0; i < count; i++) {
		const cJSON *other = rewapp__json_get(cJSON_GetArrayItem(array, (int)i), "id");

		if (strcmp(other->valuestring, last->valuestring) == 0)
			return true;
	}
	return false;
}

int rewapp__caps_parse(
	struct reader *reader, struct programme *programme, const cJSON *object, const char *place, int rule)
{
	const char *name = rule < 0 ? "" : programme->rules[rule].id;
	const cJSON *array;
	size_t count, at = 0;
	int error = rewapp__read_array(reader, object, place, "caps", RULE_CAPS_MAX, &array, &count);

	if (error < 0 || count == 0)
		return error;
	if (count > PROGRAMME_CAPS_MAX - programme->cap_count)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_TOO_MANY, place, "caps",
			"the document has more than %d caps in all", PROGRAMME_CAPS_MAX);
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		struct cap *cap = &programme->caps[programme->cap_count++];
		char here[PLACE_BYTES];

		cap->rule = rule;
		rewapp__reader_item(here, place, "caps", at);
		if ((error = read_cap(reader, item, here, name, cap)) < 0)
			return error;
		if (same_cap_id(array, at))
			return rewapp__reader_fail(
				reader, REWAPP_PROBLEM_DUPLICATE, here, "id", "stands twice");
	}
	return 0;
}
