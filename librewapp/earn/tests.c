/* Tests that a programme document carries beside its rules: reading and running them. */
#include "earn/tests.h"

#include "base/checked.h"
#include "base/error.h"
#include "base/text.h"
#include "earn/parts.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- the purchase ---- */

static int read_text(
	struct reader *reader, const cJSON *object, const char *place, const char *key, const char **out)
{
	const cJSON *item = rewapp__json_get(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsString(item) || !*item->valuestring || strlen(item->valuestring) > SKU_BYTES_MAX)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, key,
			"not a text of 1 to %d bytes", SKU_BYTES_MAX);
	*out = rewapp__arena_copy(reader->memory, item->valuestring, strlen(item->valuestring));
	return *out ? 0 : rewapp__reader_out_of_memory();
}

static int read_flag(
	struct reader *reader, const cJSON *object, const char *place, const char *key, bool *out)
{
	const cJSON *item = rewapp__json_get(object, key);

	if (item && !cJSON_IsBool(item))
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_WRONG_TYPE, place, key, "neither true nor false");
	*out = cJSON_IsTrue(item);
	return 0;
}

static int read_id(
	struct reader *reader, const cJSON *object, const char *place, const char *key, struct rewapp_id *out)
{
	const cJSON *item = rewapp__json_get(object, key);

	if (item &&
		(!cJSON_IsString(item) ||
			rewapp_id_parse(item->valuestring, strlen(item->valuestring), out) < 0))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MALFORMED, place, key, "not an id");
	return 0;
}

static int read_mcc(struct reader *reader, const cJSON *object, const char *place, int32_t *out)
{
	const cJSON *item = rewapp__json_get(object, "mcc");
	const char *text = cJSON_IsString(item) ? item->valuestring : "";

	*out = strlen(text) == 4 ? rewapp__read_digits(text, 4) : 0;
	if (item && *out < 1)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_MALFORMED, place, "mcc", "not a string of four digits");
	return 0;
}

/* "2026-01-05T10:00", on the wall clock of the programme's zone. */
static int read_at(struct reader *reader, const struct programme *programme, const cJSON *object,
	const char *place, int64_t *out)
{
	const cJSON *item = rewapp__json_get(object, "at");
	const char *text = cJSON_IsString(item) ? item->valuestring : "";
	cJSON minute_item = { .type = cJSON_String };
	char date[11] = "", minute_text[6] = "";
	int32_t minute;
	int64_t day;

	if (!item)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MISSING, place, "at", "missing");
	if (strlen(text) == 16 && text[10] == 'T') {
		memcpy(date, text, 10);
		memcpy(minute_text, text + 11, 5);
	}
	minute_item.valuestring = minute_text;
	if (!rewapp__read_day(date, &day) || !rewapp__read_minute(&minute_item, &minute))
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_MALFORMED, place, "at", "not a time like 2026-01-31T10:00");
	*out = rewapp__zone_instant_ms(programme->zone, day, minute);
	return 0;
}

static int read_line(struct reader *reader, const cJSON *item, const char *place, struct earn_line *out)
{
	static const char *const keys[] = { "sku", "category", "quantity", "amount", "excluded" };
	int error = rewapp__read_object(reader, item, place, keys, COUNT(keys), NULL, 0);

	out->quantity = 1;
	if (error == 0)
		error = read_text(reader, item, place, "sku", &out->sku);
	if (error == 0)
		error = read_text(reader, item, place, "category", &out->category);
	if (error == 0)
		error = rewapp__read_optional(reader, item, place, "quantity", INT32_MAX, &out->quantity);
	if (error == 0)
		error = rewapp__read_integer(
			reader, item, place, "amount", 0, PROGRAMME_POINTS_MAX, &out->amount);
	if (error == 0)
		error = read_flag(reader, item, place, "excluded", &out->excluded);
	return error;
}

static int read_lines(struct reader *reader, const cJSON *object, const char *place, struct earn_facts *out)
{
	const cJSON *array;
	struct earn_line *lines;
	size_t at = 0;
	int error = rewapp__read_array(
		reader, object, place, "lines", EARN_LINES_MAX, &array, &out->line_count);

	if (error < 0 || out->line_count == 0)
		return error;
	lines = rewapp__arena_array(reader->memory, out->line_count, sizeof *lines);
	if (!lines)
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		char here[PLACE_BYTES];

		rewapp__reader_item(here, place, "lines", at);
		if ((error = read_line(reader, item, here, &lines[at])) < 0)
			return error;
	}
	out->lines = lines;
	return 0;
}

static int read_segments(
	struct reader *reader, const cJSON *object, const char *place, struct earn_facts *out)
{
	const cJSON *array = rewapp__json_get(object, "segments");

	return array ? rewapp__read_texts(reader, array, place, "segments", EARN_SEGMENTS_MAX, NAME_BYTES - 1,
			       &out->segments, &out->segment_count)
		     : 0;
}

static int cap_named(const struct programme *programme, const char *path)
{
	for (size_t i = 0; i < programme->cap_count; i++) {
		const struct cap *cap = &programme->caps[i];
		char name[2 * NAME_BYTES + 1];

		snprintf(name, sizeof name, "%s%s%s", cap->rule < 0 ? "" : programme->rules[cap->rule].id,
			cap->rule < 0 ? "" : "/", cap->id);
		if (strcmp(name, path) == 0)
			return (int)i;
	}
	return -1;
}

/* {"rule/cap": points, "cap": points}: what the limits have counted before. */
static int read_used(struct reader *reader, const struct programme *programme, const cJSON *object,
	const char *place, struct earn_facts *out)
{
	const cJSON *used = rewapp__json_get(object, "used");
	char here[PLACE_BYTES];

	if (!used)
		return 0;
	rewapp__reader_place(here, place, "used");
	if (!cJSON_IsObject(used))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, here, "", "not an object");
	for (const cJSON *item = used->child; item; item = item->next) {
		int cap = cap_named(programme, item->string);

		if (cap < 0)
			return rewapp__reader_fail(reader, REWAPP_PROBLEM_UNKNOWN_REFERENCE, here, "",
				"%.40s is no cap, like base/daily or monthly", item->string);
		if (!rewapp__json_int(item, &out->used[cap]) || out->used[cap] < 0)
			return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, here, "",
				"%.40s: not a number of points", item->string);
	}
	return 0;
}

static int read_purchase(struct reader *reader, const struct programme *programme, const cJSON *object,
	const char *place, struct earn_facts *out)
{
	static const char *const keys[] = { "amount", "merchant", "store", "mcc", "at", "lines", "unpaid",
		"nth", "channel", "payment", "tier", "segments", "referred", "used" };
	struct question question;
	int error;

	if ((error = rewapp__read_object(reader, object, place, keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_integer(
			 reader, object, place, "amount", 0, PROGRAMME_POINTS_MAX, &out->amount)) < 0 ||
		(error = read_id(reader, object, place, "merchant", &out->merchant)) < 0 ||
		(error = read_id(reader, object, place, "store", &out->store)) < 0 ||
		(error = read_mcc(reader, object, place, &out->mcc)) < 0 ||
		(error = read_at(reader, programme, object, place, &out->occurred_ms)) < 0 ||
		(error = read_lines(reader, object, place, out)) < 0 ||
		(error = rewapp__read_optional(
			 reader, object, place, "unpaid", PROGRAMME_POINTS_MAX, &out->unpaid)) < 0 ||
		(error = rewapp__read_optional(
			 reader, object, place, "nth", PROGRAMME_POINTS_MAX, &out->nth)) < 0 ||
		(error = read_text(reader, object, place, "channel", &out->channel)) < 0 ||
		(error = read_text(reader, object, place, "payment", &out->payment)) < 0 ||
		(error = read_text(reader, object, place, "tier", &out->tier)) < 0 ||
		(error = read_segments(reader, object, place, out)) < 0 ||
		(error = read_flag(reader, object, place, "referred", &out->referred)) < 0 ||
		(error = read_used(reader, programme, object, place, out)) < 0)
		return error;
	if (rewapp__question_of(programme->zone, programme->day_start, out, &question) < 0)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, place, "",
			"the lines or the unpaid part are more than the amount");
	return 0;
}

/* ---- what is expected ---- */

static int rule_named(const struct programme *programme, const char *id)
{
	for (size_t i = 0; i < programme->rule_count; i++)
		if (strcmp(programme->rules[i].id, id) == 0)
			return (int)i;
	return -1;
}

static int32_t reason_named(const char *name)
{
#define REASON(reason, value, text) \
	if (strcmp(name, #reason) == 0) \
		return value;
	REWAPP_REASON_MAP(REASON)
#undef REASON
	return 0;
}

static int read_expectation(struct reader *reader, const struct programme *programme, const cJSON *item,
	const char *place, struct earn_expectation *out)
{
	out->rule = rule_named(programme, item->string);
	if (out->rule < 0)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_UNKNOWN_REFERENCE, place, "",
			"%.40s is not the id of a rule", item->string);
	if (cJSON_IsString(item) && (out->reason = reason_named(item->valuestring)))
		return 0;
	if (!rewapp__json_int(item, &out->points) || out->points < 0)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_UNKNOWN_WORD, place, item->string,
			"neither points nor the name of a reason");
	return 0;
}

static int read_expected(struct reader *reader, const struct programme *programme, const cJSON *object,
	const char *place, struct earn_test *out)
{
	static const char *const keys[] = { "points", "rules" };
	const cJSON *rules = rewapp__json_get(object, "rules");
	char here[PLACE_BYTES];
	int error = rewapp__read_object(reader, object, place, keys, COUNT(keys), NULL, 0);

	out->points = -1;
	if (error == 0)
		error = rewapp__read_optional(reader, object, place, "points", INT64_MAX, &out->points);
	if (error < 0 || !rules)
		return error;
	rewapp__reader_place(here, place, "rules");
	if (!cJSON_IsObject(rules))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, here, "", "not an object");
	out->expected = rewapp__arena_array(
		reader->memory, (size_t)cJSON_GetArraySize(rules), sizeof *out->expected);
	if (!out->expected)
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = rules->child; item && error == 0; item = item->next)
		error = read_expectation(reader, programme, item, here, &out->expected[out->count++]);
	return error;
}

static int read_test(struct reader *reader, const struct programme *programme, const cJSON *item,
	const char *place, struct earn_test *out)
{
	static const char *const keys[] = { "name", "purchase", "expect" };
	const cJSON *name = rewapp__json_get(item, "name");
	char here[PLACE_BYTES];
	int error = rewapp__read_object(reader, item, place, keys, COUNT(keys), NULL, 0);

	if (error < 0)
		return error;
	if (!cJSON_IsString(name) || !*name->valuestring || strlen(name->valuestring) > PROGRAMME_NAME_MAX)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_MALFORMED, place, "name", "not a text of 1 to 120 bytes");
	memcpy(out->name, name->valuestring, strlen(name->valuestring) + 1);
	rewapp__reader_place(here, place, "purchase");
	error = read_purchase(reader, programme, rewapp__json_get(item, "purchase"), here, &out->facts);
	rewapp__reader_place(here, place, "expect");
	if (error == 0)
		error = read_expected(reader, programme, rewapp__json_get(item, "expect"), here, out);
	return error;
}

int rewapp__tests_parse(struct reader *reader, struct programme *programme, const cJSON *document)
{
	const cJSON *array;
	struct earn_test *tests;
	size_t count, at = 0;
	int error = rewapp__read_array(reader, document, "", "tests", PROGRAMME_TESTS_MAX, &array, &count);

	if (error < 0 || count == 0)
		return error;
	tests = rewapp__arena_array(&programme->memory, count, sizeof *tests);
	if (!tests)
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		char here[PLACE_BYTES];

		rewapp__reader_item(here, "", "tests", at);
		if ((error = read_test(reader, programme, item, here, &tests[at])) < 0)
			return error;
	}
	programme->tests = tests;
	programme->test_count = count;
	return 0;
}

/* ---- running ---- */

/* A rule that the awards leave out says by itself why. */
static void outcome_of(const struct programme *programme, const struct earn_facts *facts,
	const struct awards *awards, struct earn_failure *out)
{
	int64_t distance;

	out->points = 0;
	for (size_t i = 0; i < awards->count; i++)
		if (awards->list[i].rule == out->rule) {
			out->points = awards->list[i].points;
			out->reason = awards->list[i].reason;
			return;
		}
	out->reason = rewapp__earn_reason(programme, facts, out->rule, &distance);
}

static bool expectation_holds(const struct programme *programme, const struct earn_facts *facts,
	const struct awards *awards, const struct earn_expectation *expected, struct earn_failure *out)
{
	out->rule = expected->rule;
	out->expected_points = expected->points;
	out->expected_reason = expected->reason;
	outcome_of(programme, facts, awards, out);
	return expected->reason ? expected->reason == out->reason : expected->points == out->points;
}

bool rewapp__earn_test_passes(const struct programme *programme, size_t index, struct earn_failure *out)
{
	const struct earn_test *test = &programme->tests[index];
	struct awards awards;

	*out = (struct earn_failure){ .test = (int)index, .rule = -1, .expected_points = test->points };
	out->error = rewapp__earn_decide(programme, &test->facts, &awards);
	if (out->error < 0)
		return false;
	for (size_t i = 0; i < test->count; i++)
		if (!expectation_holds(programme, &test->facts, &awards, &test->expected[i], out))
			return false;
	*out = (struct earn_failure){ .test = (int)index, .rule = -1, .expected_points = test->points };
	out->points = awards.by_programme + awards.by_merchant;
	return test->points < 0 || test->points == out->points;
}
