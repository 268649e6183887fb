/* Programme documents: every key is known, every value within limits, every error has its place. */
#include "earn/programme.h"

#include "base/error.h"
#include "base/text.h"
#include "earn/rule.h"
#include "earn/rule_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

#define X(name) extern const struct earn_rule_type rewapp__earn_rule_##name;
EARN_RULES(X)
#undef X

#define X(name) &rewapp__earn_rule_##name,
static const struct earn_rule_type *const rule_types[] = { EARN_RULES(X) };
#undef X

enum {
	PLACE_BYTES = 96
};

/* ---- small readers ---- */

/* Begins a message with its place; the document itself has none. */
static int fail_at(const char *place, const char *key, const char *what)
{
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s%s%s: %s", place, *place && *key ? "." : "", key, what);
}

static bool listed(const char *const *keys, size_t count, const char *key)
{
	for (size_t i = 0; i < count && keys[i]; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

/* An object that has no other keys than those of two lists. */
static int check_object(const cJSON *object, const char *place, const char *const *keys, size_t count,
	const char *const *more, size_t more_count)
{
	if (!cJSON_IsObject(object))
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: not an object", *place ? place : "the document");
	for (const cJSON *item = object->child; item; item = item->next) {
		char key[41];

		if (listed(keys, count, item->string) || listed(more, more_count, item->string))
			continue;
		snprintf(key, sizeof key, "%.40s", item->string);
		return fail_at(place, key, "unknown key");
	}
	return 0;
}

int rewapp__earn_integer(
	const cJSON *object, const char *place, const char *key, int64_t min, int64_t max, int64_t *out)
{
	const cJSON *item = rewapp__json_get(object, key);
	int64_t value;

	if (!item)
		return fail_at(place, key, "missing");
	if (!rewapp__json_int(item, &value))
		return fail_at(place, key, "not an integer");
	if (value < min || value > max)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s%s%s: %lld is not from %lld to %lld", place,
			*place ? "." : "", key, (long long)value, (long long)min, (long long)max);
	*out = value;
	return 0;
}

static int optional_integer(
	const cJSON *object, const char *place, const char *key, int64_t max, int64_t *out)
{
	if (!rewapp__json_get(object, key))
		return 0;
	return rewapp__earn_integer(object, place, key, 0, max, out);
}

/* The position of a word in a list; `otherwise` when it may be left out, else -1. */
static int read_word(const cJSON *object, const char *place, const char *key, const char *const *words,
	size_t count, int otherwise, int *out)
{
	const cJSON *item = rewapp__json_get(object, key);

	if (!item && otherwise < 0)
		return fail_at(place, key, "missing");
	if (!item) {
		*out = otherwise;
		return 0;
	}
	if (!cJSON_IsString(item))
		return fail_at(place, key, "not a string");
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], item->valuestring) == 0) {
			*out = (int)i;
			return 0;
		}
	return fail_at(place, key, "not a word that is known here");
}

/* The id of a rule or cap: a-z, 0-9 and dashes. */
static int read_name(const cJSON *object, const char *place, char out[RULE_NAME_MAX + 1])
{
	const cJSON *item = rewapp__json_get(object, "id");
	size_t length;

	if (!item)
		return fail_at(place, "id", "missing");
	if (!cJSON_IsString(item))
		return fail_at(place, "id", "not a string");
	length = strlen(item->valuestring);
	if (length < 1 || length > RULE_NAME_MAX)
		return fail_at(place, "id", "not of 1 to 31 characters");
	if (strspn(item->valuestring, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
		return fail_at(place, "id", "not only of a-z, 0-9 and dashes");
	memcpy(out, item->valuestring, length + 1);
	return 0;
}

/* An array of 1 to `max` items; *count is 0 when the key is left out. */
static int read_array(
	const cJSON *object, const char *place, const char *key, size_t max, const cJSON **out, size_t *count)
{
	const cJSON *item = rewapp__json_get(object, key);

	*out = item;
	*count = 0;
	if (!item)
		return 0;
	if (!cJSON_IsArray(item))
		return fail_at(place, key, "not an array");
	*count = (size_t)cJSON_GetArraySize(item);
	if (*count == 0)
		return fail_at(place, key, "empty; leave the key out instead");
	if (*count > max)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s%s%s: %zu items are more than %zu", place,
			*place ? "." : "", key, *count, max);
	return 0;
}

/* Exactly `count` digits as a number, or -1. */
static int32_t digits(const char *text, size_t count)
{
	int32_t value = 0;

	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

/* ---- conditions ---- */

static int compare_mcc(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static int compare_id(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct rewapp_id));
}

static int read_mcc(struct programme *programme, const cJSON *object, const char *place, struct when *when)
{
	const cJSON *array;
	size_t count, at = 0;
	int32_t *mcc;
	int error = read_array(object, place, "mcc", RULE_MCC_MAX, &array, &count);

	if (error < 0 || count == 0)
		return error;
	mcc = rewapp__arena_array(&programme->memory, count, sizeof *mcc);
	if (!mcc)
		return rewapp__fail(REWAPP_E_NOMEMORY, "programme");
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		const char *text = cJSON_IsString(item) ? item->valuestring : "";

		mcc[at] = strlen(text) == 4 ? digits(text, 4) : -1;
		if (mcc[at] < 1)
			return rewapp__fail(
				REWAPP_E_ARGUMENT, "%s.mcc[%zu]: not a string of four digits", place, at);
		for (size_t i = 0; i < at; i++)
			if (mcc[i] == mcc[at])
				return rewapp__fail(
					REWAPP_E_ARGUMENT, "%s.mcc[%zu]: stands twice", place, at);
	}
	qsort(mcc, count, sizeof *mcc, compare_mcc);
	when->mcc = mcc;
	when->mcc_count = count;
	return 0;
}

static int read_merchant_id(const cJSON *item, struct rewapp_id *out)
{
	if (!cJSON_IsString(item))
		return REWAPP_E_ARGUMENT;
	return rewapp_id_parse(item->valuestring, strlen(item->valuestring), out);
}

static int read_merchants(
	struct programme *programme, const cJSON *object, const char *place, struct when *when)
{
	const cJSON *array;
	size_t count, at = 0;
	struct rewapp_id *ids;
	int error = read_array(object, place, "merchants", RULE_MERCHANTS_MAX, &array, &count);

	if (error < 0 || count == 0)
		return error;
	ids = rewapp__arena_array(&programme->memory, count, sizeof *ids);
	if (!ids)
		return rewapp__fail(REWAPP_E_NOMEMORY, "programme");
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		if (read_merchant_id(item, &ids[at]) < 0 || rewapp_id_is_zero(&ids[at]))
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s.merchants[%zu]: not an id", place, at);
		for (size_t i = 0; i < at; i++)
			if (compare_id(&ids[i], &ids[at]) == 0)
				return rewapp__fail(
					REWAPP_E_ARGUMENT, "%s.merchants[%zu]: stands twice", place, at);
	}
	qsort(ids, count, sizeof *ids, compare_id);
	when->merchants = ids;
	when->merchant_count = count;
	return 0;
}

static int read_days(const cJSON *object, const char *place, struct when *when)
{
	static const char *const words[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	const cJSON *array;
	size_t count, at = 0;
	int error = read_array(object, place, "days", COUNT(words), &array, &count);

	if (error < 0 || count == 0)
		return error;
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		size_t day = 0;

		while (day < COUNT(words) &&
			!(cJSON_IsString(item) && strcmp(words[day], item->valuestring) == 0))
			day++;
		if (day == COUNT(words))
			return rewapp__fail(
				REWAPP_E_ARGUMENT, "%s.days[%zu]: not one of mon to sun", place, at);
		if (when->days >> day & 1)
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s.days[%zu]: stands twice", place, at);
		when->days |= 1U << day;
	}
	return 0;
}

/* "08:00" to "23:59", or -1. */
static int32_t minute_of(const cJSON *item)
{
	const char *text = cJSON_IsString(item) ? item->valuestring : "";
	int32_t hour, minute;

	if (strlen(text) != 5 || text[2] != ':')
		return -1;
	hour = digits(text, 2);
	minute = digits(text + 3, 2);
	return hour < 0 || hour > 23 || minute < 0 || minute > 59 ? -1 : hour * 60 + minute;
}

static int read_hours(const cJSON *object, const char *place, struct when *when)
{
	const cJSON *array;
	size_t count;
	int error = read_array(object, place, "hours", 2, &array, &count);

	when->hour_from = when->hour_until = -1;
	if (error < 0 || count == 0)
		return error;
	if (count != 2)
		return fail_at(place, "hours", "not two times: from and until");
	when->hour_from = minute_of(array->child);
	when->hour_until = minute_of(array->child->next);
	if (when->hour_from < 0)
		return fail_at(place, "hours[0]", "not a time from 00:00 to 23:59");
	if (when->hour_until < 0)
		return fail_at(place, "hours[1]", "not a time from 00:00 to 23:59");
	if (when->hour_from == when->hour_until)
		return fail_at(place, "hours", "from and until are equal");
	return 0;
}

static int read_date(const cJSON *object, const char *place, const char *key, int64_t *out)
{
	static const int32_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const cJSON *item = rewapp__json_get(object, key);
	const char *text = cJSON_IsString(item) ? item->valuestring : "";
	int32_t year, month, day, leap;

	if (!item)
		return 0;
	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return fail_at(place, key, "not a date like 2026-01-31");
	year = digits(text, 4);
	month = digits(text + 5, 2);
	day = digits(text + 8, 2);
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
		day > lengths[month - 1] + (month == 2 ? leap : 0))
		return fail_at(place, key, "not a date like 2026-01-31");
	*out = rewapp__days_of_date(year, month, day);
	return 0;
}

static int read_when(struct programme *programme, const cJSON *object, const char *place, struct when *when)
{
	static const char *const keys[] = { "min_amount", "mcc", "merchants", "days", "hours", "from",
		"until" };
	int error;

	when->hour_from = when->hour_until = -1;
	when->from_day = INT64_MIN;
	when->until_day = INT64_MAX;
	if (!object)
		return 0;
	if ((error = check_object(object, place, keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = optional_integer(
			 object, place, "min_amount", PROGRAMME_POINTS_MAX, &when->min_amount)) < 0 ||
		(error = read_mcc(programme, object, place, when)) < 0 ||
		(error = read_merchants(programme, object, place, when)) < 0 ||
		(error = read_days(object, place, when)) < 0 ||
		(error = read_hours(object, place, when)) < 0 ||
		(error = read_date(object, place, "from", &when->from_day)) < 0 ||
		(error = read_date(object, place, "until", &when->until_day)) < 0)
		return error;
	if (when->from_day >= when->until_day)
		return fail_at(place, "until", "not after from");
	return 0;
}

/* ---- caps ---- */

static int key_of_cap(const char *rule, const char *id, struct cap *cap)
{
	char path[2 * RULE_NAME_MAX + 32];
	struct rewapp_id hash;
	uint64_t key = 0;
	int length = snprintf(path, sizeof path, "cap:%s/%s/%d/%d", rule, id, cap->scope, cap->window);
	int error = rewapp_id_derive(path, (size_t)length, &hash);

	for (size_t i = 0; !error && i < 8; i++)
		key = key << 8 | hash.bytes[i];
	cap->key = (int64_t)(key & INT64_MAX);
	return error;
}

static int read_cap(const cJSON *object, const char *place, const char *rule, struct cap *cap)
{
	static const char *const keys[] = { "id", "scope", "window", "points" };
	static const char *const scopes[] = { "member", "programme" };
	static const char *const windows[] = { "day", "week", "month", "year", "total" };
	char id[RULE_NAME_MAX + 1];
	int error, scope = 0, window = 0;

	if ((error = check_object(object, place, keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = read_name(object, place, id)) < 0 ||
		(error = read_word(object, place, "scope", scopes, COUNT(scopes), -1, &scope)) < 0 ||
		(error = read_word(object, place, "window", windows, COUNT(windows), -1, &window)) < 0 ||
		(error = rewapp__earn_integer(
			 object, place, "points", 1, PROGRAMME_POINTS_MAX, &cap->limit)) < 0)
		return error;
	cap->scope = (enum cap_scope)scope;
	cap->window = (enum window)window;
	return key_of_cap(rule, id, cap);
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

/* `place` ends before "caps"; `rule` is -1 for the programme's own. */
static int read_caps(struct programme *programme, const cJSON *object, const char *place, int rule)
{
	const char *name = rule < 0 ? "" : programme->rules[rule].id;
	const cJSON *array;
	size_t count, at = 0;
	int error = read_array(object, place, "caps", RULE_CAPS_MAX, &array, &count);

	if (error < 0 || count == 0)
		return error;
	if (count > PROGRAMME_CAPS_MAX - programme->cap_count)
		return fail_at(place, "caps", "the document has more than 64 caps in all");
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		struct cap *cap = &programme->caps[programme->cap_count++];
		char here[PLACE_BYTES];

		cap->rule = rule;
		snprintf(here, sizeof here, "%s%scaps[%zu]", place, *place ? "." : "", at);
		if ((error = read_cap(item, here, name, cap)) < 0)
			return error;
		if (same_cap_id(array, at))
			return fail_at(here, "id", "stands twice");
	}
	return 0;
}

/* ---- rules ---- */

static int read_type(const cJSON *object, const char *place, const struct earn_rule_type **out)
{
	const cJSON *item = rewapp__json_get(object, "type");

	if (!item)
		return fail_at(place, "type", "missing");
	for (size_t i = 0; cJSON_IsString(item) && i < COUNT(rule_types); i++)
		if (strcmp(rule_types[i]->name, item->valuestring) == 0) {
			*out = rule_types[i];
			return 0;
		}
	return fail_at(place, "type", "no such rule type");
}

static int read_rule(struct programme *programme, const cJSON *object, size_t index)
{
	static const char *const keys[] = { "id", "type", "funder", "when", "caps" };
	static const char *const funders[] = { "programme", "merchant" };
	struct rule *rule = &programme->rules[index];
	char place[PLACE_BYTES], inner[PLACE_BYTES + 8];
	int error, funder = 0;

	snprintf(place, sizeof place, "rules[%zu]", index);
	snprintf(inner, sizeof inner, "%s.when", place);
	if (!cJSON_IsObject(object))
		return fail_at(place, "", "not an object");
	if ((error = read_name(object, place, rule->id)) < 0 ||
		(error = read_type(object, place, &rule->type)) < 0 ||
		(error = check_object(
			 object, place, keys, COUNT(keys), rule->type->keys, COUNT(rule->type->keys))) < 0 ||
		(error = rule->type->parse(object, place, rule)) < 0 ||
		(error = read_word(object, place, "funder", funders, COUNT(funders), 0, &funder)) < 0 ||
		(error = read_when(programme, rewapp__json_get(object, "when"), inner, &rule->when)) < 0)
		return error;
	for (size_t i = 0; i < index; i++)
		if (strcmp(programme->rules[i].id, rule->id) == 0)
			return fail_at(place, "id", "stands twice");
	rule->funder = (enum funder)funder;
	rule->cap_from = programme->cap_count;
	error = read_caps(programme, object, place, (int)index);
	rule->cap_until = programme->cap_count;
	return error;
}

static int read_rules(struct programme *programme, const cJSON *document)
{
	const cJSON *array;
	size_t count;
	int error = read_array(document, "", "rules", PROGRAMME_RULES_MAX, &array, &count);

	if (error < 0)
		return error;
	if (count == 0)
		return fail_at("", "rules", "missing");
	programme->rules = rewapp__arena_array(&programme->memory, count, sizeof *programme->rules);
	programme->caps = rewapp__arena_array(
		&programme->memory, PROGRAMME_CAPS_MAX, sizeof *programme->caps);
	if (!programme->rules || !programme->caps)
		return rewapp__fail(REWAPP_E_NOMEMORY, "programme");
	for (const cJSON *item = array->child; item; item = item->next) {
		if ((error = read_rule(programme, item, programme->rule_count)) < 0)
			return error;
		programme->rule_count++;
	}
	return 0;
}

/* ---- the document ---- */

static int read_title(struct programme *programme, const cJSON *document)
{
	const cJSON *name = rewapp__json_get(document, "name");
	size_t length;

	if (!name)
		return fail_at("", "name", "missing");
	if (!cJSON_IsString(name))
		return fail_at("", "name", "not a string");
	length = strlen(name->valuestring);
	if (length < 1 || length > PROGRAMME_NAME_MAX)
		return fail_at("", "name", "not of 1 to 120 bytes");
	if (rewapp__text_has_card_number(name->valuestring, length))
		return rewapp__fail(REWAPP_E_CARDNUMBER, "name");
	memcpy(programme->name, name->valuestring, length + 1);
	return 0;
}

static int read_currency(struct programme *programme, const cJSON *document)
{
	const cJSON *item = rewapp__json_get(document, "currency");
	const char *text = cJSON_IsString(item) ? item->valuestring : "";

	if (!item)
		return fail_at("", "currency", "missing");
	if (strlen(text) != 3 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		return fail_at("", "currency", "not three letters like EUR");
	memcpy(programme->currency, text, 4);
	return 0;
}

static int read_zone(struct programme *programme, const cJSON *document)
{
	const cJSON *item = rewapp__json_get(document, "zone");

	if (item && !cJSON_IsString(item))
		return fail_at("", "zone", "not a string");
	return rewapp__zone_load(&programme->zone, item ? item->valuestring : "UTC", programme->memory.env);
}

static int read_value(struct programme *programme, const cJSON *document)
{
	static const char *const keys[] = { "points", "amount" };
	const cJSON *object = rewapp__json_get(document, "point_value");
	int error;

	programme->value_points = programme->value_amount = 1;
	if (!object)
		return 0;
	if ((error = check_object(object, "point_value", keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__earn_integer(
			 object, "point_value", "points", 1, INT32_MAX, &programme->value_points)) < 0 ||
		(error = rewapp__earn_integer(
			 object, "point_value", "amount", 1, INT32_MAX, &programme->value_amount)) < 0)
		return error;
	return 0;
}

static int read_terms(struct programme *programme, const cJSON *document)
{
	static const char *const clawbacks[] = { "debt", "write_off" };
	int64_t window = 0, expiry = 0;
	int error, clawback;

	if ((error = optional_integer(
		     document, "", "return_window_days", PROGRAMME_RETURN_DAYS_MAX, &window)) < 0 ||
		(error = optional_integer(document, "", "expiry_days", PROGRAMME_EXPIRY_DAYS_MAX, &expiry)) <
			0 ||
		(error = read_word(document, "", "clawback", clawbacks, COUNT(clawbacks), 0, &clawback)) < 0)
		return error;
	if (expiry && expiry <= window)
		return fail_at("", "expiry_days", "the points end before return_window_days lets them begin");
	programme->return_window_days = (int32_t)window;
	programme->expiry_days = (int32_t)expiry;
	programme->clawback = (enum clawback_policy)clawback;
	return 0;
}

static int read_document(struct programme *programme, const cJSON *document)
{
	static const char *const keys[] = { "name", "currency", "zone", "point_value", "return_window_days",
		"expiry_days", "clawback", "caps", "rules" };
	int error;

	if ((error = check_object(document, "", keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = read_title(programme, document)) < 0 ||
		(error = read_currency(programme, document)) < 0 ||
		(error = read_zone(programme, document)) < 0 ||
		(error = read_value(programme, document)) < 0 ||
		(error = read_terms(programme, document)) < 0 ||
		(error = read_rules(programme, document)) < 0)
		return error;
	programme->cap_common = programme->cap_count;
	return read_caps(programme, document, "", -1);
}

int rewapp__programme_parse(
	struct programme **out, const char *json, size_t length, const struct rewapp_env *env)
{
	struct programme *programme;
	cJSON *document;
	int error = rewapp__json_parse(json, length, REWAPP_DOCUMENT_MAX, &document);

	*out = NULL;
	if (error < 0)
		return error;
	programme = rewapp__env_allocate(env, NULL, sizeof *programme);
	if (!programme) {
		cJSON_Delete(document);
		return rewapp__fail(REWAPP_E_NOMEMORY, "programme");
	}
	memset(programme, 0, sizeof *programme);
	rewapp__arena_init(&programme->memory, env);
	error = read_document(programme, document);
	cJSON_Delete(document);
	if (error < 0) {
		rewapp__programme_free(programme);
		return error;
	}
	*out = programme;
	return 0;
}

void rewapp__programme_free(struct programme *programme)
{
	const struct rewapp_env *env;

	if (!programme)
		return;
	env = programme->memory.env;
	rewapp__zone_free(programme->zone);
	rewapp__arena_finish(&programme->memory);
	rewapp__env_allocate(env, programme, 0);
}
