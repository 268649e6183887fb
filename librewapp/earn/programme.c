/* Programme documents: every key is known, every value within limits, every error has its place. */
#include "earn/programme.h"

#include "base/error.h"
#include "base/text.h"
#include "earn/index.h"
#include "earn/parts.h"
#include "earn/rule.h"
#include "earn/rule_list.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

#define X(name) extern const struct earn_rule_type rewapp__earn_rule_##name;
EARN_RULES(X)
#undef X

#define X(name) &rewapp__earn_rule_##name,
static const struct earn_rule_type *const rule_types[] = { EARN_RULES(X) };
#undef X

/* ---- rules ---- */

static int read_type(
	struct reader *reader, const cJSON *object, const char *place, const struct earn_rule_type **out)
{
	const cJSON *item = rewapp__json_get(object, "type");

	if (!item)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MISSING, place, "type", "missing");
	for (size_t i = 0; cJSON_IsString(item) && i < COUNT(rule_types); i++)
		if (strcmp(rule_types[i]->name, item->valuestring) == 0) {
			*out = rule_types[i];
			return 0;
		}
	return rewapp__reader_fail(reader, REWAPP_PROBLEM_UNKNOWN_WORD, place, "type", "no such rule type");
}

static int read_on(struct reader *reader, const cJSON *object, const char *place, struct rule *rule)
{
	const cJSON *item = rewapp__json_get(object, "on");
	char here[PLACE_BYTES];
	struct line_set *set;
	int error;

	if (!item)
		return 0;
	set = rewapp__arena_array(reader->memory, 1, sizeof *set);
	if (!set)
		return rewapp__reader_out_of_memory();
	rewapp__reader_place(here, place, "on");
	if ((error = rewapp__line_set_parse(reader, item, here, NULL, 0, set)) < 0)
		return error;
	if (set->sku_count + set->category_count == 0)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_EMPTY, here, "", "neither skus nor categories");
	rule->on = set;
	return 0;
}

static int read_rule(struct reader *reader, struct programme *programme, const cJSON *object, size_t index)
{
	static const char *const keys[] = { "id", "type", "funder", "when", "on", "group", "priority",
		"caps" };
	static const char *const funders[] = { "programme", "merchant" };
	struct rule *rule = &programme->rules[index];
	char place[PLACE_BYTES], inner[PLACE_BYTES];
	int error, funder = 0;

	rewapp__reader_item(place, "", "rules", index);
	rewapp__reader_place(inner, place, "when");
	if (!cJSON_IsObject(object))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, place, "", "not an object");
	if ((error = rewapp__read_name(reader, object, place, "id", rule->id)) < 0 ||
		(error = read_type(reader, object, place, &rule->type)) < 0 ||
		(error = rewapp__read_object(reader, object, place, keys, COUNT(keys), rule->type->keys,
			 COUNT(rule->type->keys))) < 0 ||
		(error = read_on(reader, object, place, rule)) < 0 ||
		(error = rule->type->parse(reader, object, place, rule)) < 0 ||
		(error = rewapp__read_word(
			 reader, object, place, "funder", funders, COUNT(funders), 0, &funder)) < 0 ||
		(error = rewapp__rank_parse(reader, programme, object, place, rule)) < 0 ||
		(error = rewapp__conditions_parse(
			 reader, rewapp__json_get(object, "when"), inner, &rule->when)) < 0)
		return error;
	if (rule->on && !rule->type->of_spend)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_CONTRADICTION, place, "on", "such a rule counts no lines");
	for (size_t i = 0; i < index; i++)
		if (strcmp(programme->rules[i].id, rule->id) == 0)
			return rewapp__reader_fail(
				reader, REWAPP_PROBLEM_DUPLICATE, place, "id", "stands twice");
	rule->funder = (enum funder)funder;
	rule->cap_from = programme->cap_count;
	error = rewapp__caps_parse(reader, programme, object, place, (int)index);
	rule->cap_until = programme->cap_count;
	return error;
}

static int read_rules(struct reader *reader, struct programme *programme, const cJSON *document)
{
	const cJSON *array = rewapp__json_get(document, "rules");
	size_t count;
	int error;

	if (cJSON_IsArray(array) && !array->child)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_EMPTY, "", "rules", "empty; a programme has at least one");
	error = rewapp__read_array(reader, document, "", "rules", PROGRAMME_RULES_MAX, &array, &count);
	if (error < 0)
		return error;
	if (count == 0)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MISSING, "", "rules", "missing");
	programme->rules = rewapp__arena_array(&programme->memory, count, sizeof *programme->rules);
	programme->caps = rewapp__arena_array(
		&programme->memory, PROGRAMME_CAPS_MAX, sizeof *programme->caps);
	if (!programme->rules || !programme->caps)
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next) {
		if ((error = read_rule(reader, programme, item, programme->rule_count)) < 0)
			return error;
		programme->rule_count++;
	}
	return 0;
}

/* ---- the document ---- */

static int read_title(struct reader *reader, struct programme *programme, const cJSON *document)
{
	const cJSON *name = rewapp__json_get(document, "name");
	size_t length;

	if (!name)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MISSING, "", "name", "missing");
	if (!cJSON_IsString(name))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, "", "name", "not a string");
	length = strlen(name->valuestring);
	if (length < 1 || length > PROGRAMME_NAME_MAX)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_OUT_OF_RANGE, "", "name", "not of 1 to 120 bytes");
	if (rewapp__text_has_card_number(name->valuestring, length)) {
		rewapp__reader_fail(reader, REWAPP_PROBLEM_CARD_NUMBER, "", "name", "a card number");
		return rewapp__fail(REWAPP_E_CARDNUMBER, "name");
	}
	memcpy(programme->name, name->valuestring, length + 1);
	return 0;
}

static int read_currency(struct reader *reader, struct programme *programme, const cJSON *document)
{
	const cJSON *item = rewapp__json_get(document, "currency");
	const char *text = cJSON_IsString(item) ? item->valuestring : "";

	if (!item)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MISSING, "", "currency", "missing");
	if (strlen(text) != 3 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_MALFORMED, "", "currency", "not three letters like EUR");
	memcpy(programme->currency, text, 4);
	return 0;
}

static int read_clock(struct reader *reader, struct programme *programme, const cJSON *document)
{
	const cJSON *item = rewapp__json_get(document, "zone");
	const cJSON *start = rewapp__json_get(document, "day_start");
	int error;

	if (item && !cJSON_IsString(item))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_WRONG_TYPE, "", "zone", "not a string");
	if (start && !rewapp__read_minute(start, &programme->day_start))
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_MALFORMED, "", "day_start", "not a time from 00:00 to 23:59");
	error = rewapp__zone_load(&programme->zone, item ? item->valuestring : "UTC", programme->memory.env);
	if (error == REWAPP_E_ARGUMENT) {
		reader->problem = REWAPP_PROBLEM_UNKNOWN_REFERENCE;
		rewapp__reader_place(reader->path, "", "zone");
	}
	return error;
}

static int read_value(struct reader *reader, struct programme *programme, const cJSON *document)
{
	static const char *const keys[] = { "points", "amount" };
	const cJSON *object = rewapp__json_get(document, "point_value");
	int error;

	programme->value_points = programme->value_amount = 1;
	if (!object)
		return 0;
	if ((error = rewapp__read_object(reader, object, "point_value", keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_integer(reader, object, "point_value", "points", 1, INT32_MAX,
			 &programme->value_points)) < 0 ||
		(error = rewapp__read_integer(reader, object, "point_value", "amount", 1, INT32_MAX,
			 &programme->value_amount)) < 0)
		return error;
	return 0;
}

static int read_rounding(struct reader *reader, struct programme *programme, const cJSON *document)
{
	static const char *const keys[] = { "mode", "scope" };
	static const char *const modes[] = { "down", "up", "half_up", "half_even" };
	static const char *const scopes[] = { "rule", "line", "purchase" };
	const cJSON *object = rewapp__json_get(document, "rounding");
	int error, mode = 0, scope = 0;

	if (!object)
		return 0;
	if ((error = rewapp__read_object(reader, object, "rounding", keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_word(
			 reader, object, "rounding", "mode", modes, COUNT(modes), 0, &mode)) < 0 ||
		(error = rewapp__read_word(
			 reader, object, "rounding", "scope", scopes, COUNT(scopes), 0, &scope)) < 0)
		return error;
	programme->rounding = (enum rounding)mode;
	programme->rounding_scope = (enum rounding_scope)scope;
	return 0;
}

/* Shares of lines and of purchases cannot be rounded again without the lines that are left. */
static int read_returns(struct reader *reader, struct programme *programme, const cJSON *document)
{
	static const char *const words[] = { "decide", "share" };
	bool share = programme->rounding_scope != ROUND_RULE;
	int returns;
	int error = rewapp__read_word(
		reader, document, "", "returns", words, COUNT(words), share ? RETURNS_SHARE : 0, &returns);

	if (error < 0)
		return error;
	if (share && returns != RETURNS_SHARE)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, "", "returns",
			"only rounding of scope rule can decide again");
	programme->returns = (enum return_mode)returns;
	return 0;
}

/* A span, or its simple form: so many days. */
static int read_span(struct reader *reader, const cJSON *document, const char *key, const char *simple,
	int64_t max, struct life_span *out, enum life_from *from)
{
	int64_t days = 0;
	bool found;
	int error = rewapp__span_read(reader, document, key, out, from, &found);

	if (error < 0)
		return error;
	if (found && rewapp__json_get(document, simple))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, "", simple,
			"stands beside %s: one of them", key);
	if (found)
		return 0;
	error = rewapp__read_optional(reader, document, "", simple, max, &days);
	out->days = (int32_t)days;
	return error;
}

static int read_life(struct reader *reader, struct programme *programme, const cJSON *document)
{
	struct life_span *activation = &programme->activation, *expiry = &programme->expiry;
	int error;

	if ((error = read_span(reader, document, "activation", "return_window_days",
		     PROGRAMME_RETURN_DAYS_MAX, activation, NULL)) < 0 ||
		(error = read_span(reader, document, "expiry", "expiry_days", SPAN_DAYS_MAX, expiry,
			 &programme->life_from)) < 0)
		return error;
	if (!rewapp__span_is_empty(expiry) && rewapp__span_may_end_before(expiry, activation))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, "",
			rewapp__json_get(document, "expiry") ? "expiry" : "expiry_days",
			"the points may end before %s lets them begin",
			rewapp__json_get(document, "activation") ? "activation" : "return_window_days");
	return 0;
}

static int read_clawback(struct reader *reader, struct programme *programme, const cJSON *document)
{
	static const char *const clawbacks[] = { "debt", "write_off", "within_balance", "pending_only" };
	int clawback;
	int error = rewapp__read_word(
		reader, document, "", "clawback", clawbacks, COUNT(clawbacks), 0, &clawback);

	if (error < 0)
		return error;
	if (clawback == CLAWBACK_PENDING_ONLY && rewapp__span_is_empty(&programme->activation))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, "", "clawback",
			"without return_window_days or activation no points are ever pending");
	programme->clawback = (enum clawback_policy)clawback;
	return 0;
}

/* How sure one must be of a merchant that a bank's text names. */
static int read_matching(struct reader *reader, struct programme *programme, const cJSON *document)
{
	static const char *const keys[] = { "sure", "review" };
	const cJSON *object = rewapp__json_get(document, "matching");
	int64_t sure, review;
	int error;

	if (!object)
		return 0;
	if ((error = rewapp__read_object(reader, object, "matching", keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_integer(
			 reader, object, "matching", "sure", 1, PROGRAMME_BASIS_POINTS, &sure)) < 0 ||
		(error = rewapp__read_integer(
			 reader, object, "matching", "review", 1, PROGRAMME_BASIS_POINTS, &review)) < 0)
		return error;
	if (review > sure)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_CONTRADICTION, "matching", "review", "higher than sure");
	programme->sure_bp = (uint16_t)sure;
	programme->review_bp = (uint16_t)review;
	return 0;
}

/* How a till's ticket and the bank's line of one purchase find one another. */
static int read_bank(struct reader *reader, struct programme *programme, const cJSON *document)
{
	static const char *const keys[] = { "till_days" };
	const cJSON *object = rewapp__json_get(document, "bank");
	int64_t days;
	int error;

	if (!object)
		return 0;
	if ((error = rewapp__read_object(reader, object, "bank", keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_integer(
			 reader, object, "bank", "till_days", 1, PROGRAMME_TILL_DAYS_MAX, &days)) < 0)
		return error;
	programme->till_days = (int32_t)days;
	return 0;
}

static int read_document(struct reader *reader, struct programme *programme, const cJSON *document)
{
	static const char *const keys[] = { "name", "currency", "zone", "day_start", "point_value",
		"rounding", "returns", "return_window_days", "activation", "expiry_days", "expiry",
		"clawback", "matching", "bank", "tiers", "vouchers", "gift_cards", "achievements",
		"referral", "transfers",
		"groups", "caps", "rules", "tests" };
	int error;

	if ((error = rewapp__read_object(reader, document, "", keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = read_title(reader, programme, document)) < 0 ||
		(error = read_currency(reader, programme, document)) < 0 ||
		(error = read_clock(reader, programme, document)) < 0 ||
		(error = read_value(reader, programme, document)) < 0 ||
		(error = read_rounding(reader, programme, document)) < 0 ||
		(error = read_returns(reader, programme, document)) < 0 ||
		(error = read_life(reader, programme, document)) < 0 ||
		(error = read_clawback(reader, programme, document)) < 0 ||
		(error = read_matching(reader, programme, document)) < 0 ||
		(error = read_bank(reader, programme, document)) < 0 ||
		(error = rewapp__tiers_parse(reader, programme, document)) < 0 ||
		(error = rewapp__templates_parse(reader, programme, document)) < 0 ||
		(error = rewapp__groups_parse(reader, programme, document)) < 0 ||
		(error = read_rules(reader, programme, document)) < 0)
		return error;
	programme->counts_purchases = reader->asks_nth;
	programme->cap_common = programme->cap_count;
	if ((error = rewapp__caps_parse(reader, programme, document, "", -1)) < 0 ||
		(error = rewapp__order_make(programme)) < 0 || (error = rewapp__index_make(programme)) < 0)
		return error;
	return rewapp__tests_parse(reader, programme, document);
}

static int read_text(struct reader *reader, const char *json, size_t length, cJSON **out)
{
	int error = rewapp__json_parse(json, length, REWAPP_DOCUMENT_MAX, out);

	if (error == REWAPP_E_JSON)
		reader->problem = REWAPP_PROBLEM_NOT_JSON;
	return error;
}

int rewapp__programme_read(struct programme **out, const char *json, size_t length,
	const struct rewapp_env *env, struct reader *reader)
{
	struct programme *programme;
	cJSON *document;
	int error;

	*out = NULL;
	memset(reader, 0, sizeof *reader);
	if ((error = read_text(reader, json, length, &document)) < 0)
		return error;
	programme = rewapp__env_allocate(env, NULL, sizeof *programme);
	if (!programme) {
		cJSON_Delete(document);
		return rewapp__reader_out_of_memory();
	}
	memset(programme, 0, sizeof *programme);
	rewapp__arena_init(&programme->memory, env);
	reader->memory = &programme->memory;
	error = read_document(reader, programme, document);
	cJSON_Delete(document);
	reader->memory = NULL;
	if (error < 0) {
		rewapp__programme_free(programme);
		return error;
	}
	*out = programme;
	return 0;
}

int rewapp__programme_parse(
	struct programme **out, const char *json, size_t length, const struct rewapp_env *env)
{
	struct reader reader;

	return rewapp__programme_read(out, json, length, env, &reader);
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

/* ---- its calendar ---- */

int64_t rewapp__programme_window(const struct programme *programme, enum window window, int64_t utc_ms)
{
	struct civil day;

	if (window == WINDOW_TOTAL)
		return 0;
	rewapp__zone_local(programme->zone, utc_ms, &day);
	if (day.hour * 60 + day.minute < programme->day_start)
		rewapp__date_of_days(day.days - 1, &day);
	switch (window) {
	case WINDOW_WEEK:
		return day.days - day.weekday;
	case WINDOW_MONTH:
		return day.days - (day.day - 1);
	case WINDOW_YEAR:
		return rewapp__days_of_date(day.year, 1, 1);
	default:
		return day.days;
	}
}

int64_t rewapp__programme_activates_ms(const struct programme *programme, int64_t occurred_ms)
{
	return rewapp__span_end_ms(
		programme->zone, programme->day_start, &programme->activation, occurred_ms);
}

int64_t rewapp__programme_expires_ms(const struct programme *programme, int64_t occurred_ms)
{
	if (rewapp__span_is_empty(&programme->expiry))
		return 0;
	return rewapp__span_end_ms(programme->zone, programme->day_start, &programme->expiry, occurred_ms);
}
