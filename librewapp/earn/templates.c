/* Templates of a programme: vouchers, gift cards, achievements. */
#include "earn/templates.h"

#include "base/checked.h"
#include "base/error.h"
#include "earn/parts.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

int rewapp__template_key(const char *what, const char *id, int64_t *out)
{
	char path[64];
	int length = snprintf(path, sizeof path, "%s/%s", what, id);
	struct rewapp_id hash;
	uint64_t key = 0;
	int error = rewapp_id_derive(path, (size_t)length, &hash);

	for (int i = 0; i < 8 && !error; i++)
		key = key << 8 | hash.bytes[i];
	*out = (int64_t)(key & INT64_MAX);
	return error;
}

int64_t rewapp__template_ends_ms(const struct programme *programme, int32_t days, int64_t from_ms)
{
	const struct life_span span = { .days = days, .end_of = SPAN_DAY };

	return rewapp__span_end_ms(programme->zone, programme->day_start, &span, from_ms);
}

static int read_voucher(
	struct reader *reader, const cJSON *object, const char *place, struct voucher_offer *out)
{
	static const char *const keys[] = { "id", "points", "from", "unused", "days", "per_member" };
	static const char *const froms[] = { "member", "campaign" };
	static const char *const unused[] = { "give_back", "forfeit" };
	int error, from, lost;
	int64_t days;

	if ((error = rewapp__read_object(reader, object, place, keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_name(reader, object, place, "id", out->id)) < 0 ||
		(error = rewapp__read_integer(
			 reader, object, place, "points", 1, PROGRAMME_POINTS_MAX, &out->points)) < 0 ||
		(error = rewapp__read_word(reader, object, place, "from", froms, COUNT(froms), 0, &from)) <
			0 ||
		(error = rewapp__read_word(
			 reader, object, place, "unused", unused, COUNT(unused), from, &lost)) < 0 ||
		(error = rewapp__read_integer(reader, object, place, "days", 1, TEMPLATE_DAYS_MAX, &days)) <
			0 ||
		(error = rewapp__read_optional(
			 reader, object, place, "per_member", TEMPLATE_COUNT_MAX, &out->per_member)) < 0)
		return error;
	if (from && !lost)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, place, "unused",
			"a member has paid nothing that could be given back");
	out->from_campaign = from;
	out->forfeits = lost;
	out->days = (int32_t)days;
	return rewapp__template_key("voucher", out->id, &out->key);
}

static int read_vouchers(struct reader *reader, struct templates *templates, const cJSON *document)
{
	const cJSON *array;
	size_t count;
	int error = rewapp__read_array(reader, document, "", "vouchers", VOUCHERS_MAX, &array, &count);

	if (error < 0 || count == 0)
		return error;
	if (!(templates->vouchers = rewapp__arena_array(reader->memory, count, sizeof *templates->vouchers)))
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next) {
		struct voucher_offer *offer = &templates->vouchers[templates->voucher_count];
		char place[PLACE_BYTES];

		rewapp__reader_item(place, "", "vouchers", templates->voucher_count);
		if ((error = read_voucher(reader, item, place, offer)) < 0)
			return error;
		for (size_t i = 0; i < templates->voucher_count; i++)
			if (strcmp(templates->vouchers[i].id, offer->id) == 0)
				return rewapp__reader_fail(
					reader, REWAPP_PROBLEM_DUPLICATE, place, "id", "stands twice");
		templates->voucher_count++;
	}
	return 0;
}

static int read_card(struct reader *reader, const cJSON *object, const char *place, struct card_offer *out)
{
	static const char *const keys[] = { "id", "min_amount", "max_amount", "days", "reload" };
	const cJSON *reload = rewapp__json_get(object, "reload");
	int64_t days;
	int error;

	if ((error = rewapp__read_object(reader, object, place, keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_name(reader, object, place, "id", out->id)) < 0 ||
		(error = rewapp__read_integer(
			 reader, object, place, "min_amount", 1, INT32_MAX, &out->least)) < 0 ||
		(error = rewapp__read_integer(
			 reader, object, place, "max_amount", 1, INT32_MAX, &out->most)) < 0 ||
		(error = rewapp__read_integer(reader, object, place, "days", 1, TEMPLATE_DAYS_MAX, &days)) <
			0)
		return error;
	if (reload && !cJSON_IsBool(reload))
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_WRONG_TYPE, place, "reload", "neither true nor false");
	if (out->least > out->most)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_CONTRADICTION, place, "min_amount", "more than max_amount");
	out->days = (int32_t)days;
	out->reload = cJSON_IsTrue(reload);
	return 0;
}

/* Every amount of money must be a whole number of points, or a card could not be spent to the last cent. */
static int check_value(struct reader *reader, const struct programme *programme)
{
	if (programme->value_points % programme->value_amount == 0)
		return 0;
	return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, "", "gift_cards",
		"point_value: a minor unit must be a whole number of points");
}

static int read_cards(struct reader *reader, const struct programme *programme, struct templates *templates,
	const cJSON *document)
{
	const cJSON *array;
	size_t count;
	int error = rewapp__read_array(reader, document, "", "gift_cards", CARD_OFFERS_MAX, &array, &count);

	if (error < 0 || count == 0 || (error = check_value(reader, programme)) < 0)
		return error;
	if (!(templates->cards = rewapp__arena_array(reader->memory, count, sizeof *templates->cards)))
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next) {
		struct card_offer *offer = &templates->cards[templates->card_count];
		char place[PLACE_BYTES];

		rewapp__reader_item(place, "", "gift_cards", templates->card_count);
		if ((error = read_card(reader, item, place, offer)) < 0)
			return error;
		if (rewapp__card_offer(programme, offer->id))
			return rewapp__reader_fail(
				reader, REWAPP_PROBLEM_DUPLICATE, place, "id", "stands twice");
		templates->card_count++;
	}
	return 0;
}

/* ---- achievements ---- */

static int goal_keys(struct goal *goal)
{
	char name[80];
	int error;

	snprintf(name, sizeof name, "%s/%d/%d", goal->id, (int)goal->by, (int)goal->window);
	if ((error = rewapp__template_key("goal", name, &goal->key)) < 0 ||
		(error = rewapp__template_key("goal-merchants", name, &goal->key_merchants)) < 0)
		return error;
	return rewapp__template_key("goal-paid", name, &goal->key_paid);
}

static int read_goal(struct reader *reader, const cJSON *object, const char *place, struct goal *out)
{
	static const char *const keys[] = { "id", "count", "target", "period", "points", "min_amount",
		"on_return" };
	static const char *const counts[] = { "visits", "merchants", "spend", "streak" };
	static const char *const periods[] = { "day", "week", "month", "year", "total" };
	static const char *const returns[] = { "claw_back", "keep" };
	int error, by, window, keeps;

	if ((error = rewapp__read_object(reader, object, place, keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_name(reader, object, place, "id", out->id)) < 0 ||
		(error = rewapp__read_word(reader, object, place, "count", counts, COUNT(counts), -1, &by)) <
			0 ||
		(error = rewapp__read_word(reader, object, place, "period", periods, COUNT(periods),
			 WINDOW_TOTAL, &window)) < 0 ||
		(error = rewapp__read_word(
			 reader, object, place, "on_return", returns, COUNT(returns), 0, &keeps)) < 0 ||
		(error = rewapp__read_integer(reader, object, place, "target",
			 by == GOAL_STREAK ? STREAK_MONTHS_MIN : 1,
			 by == GOAL_SPEND ? PROGRAMME_POINTS_MAX : TEMPLATE_COUNT_MAX, &out->target)) < 0 ||
		(error = rewapp__read_integer(
			 reader, object, place, "points", 1, PROGRAMME_POINTS_MAX, &out->points)) < 0 ||
		(error = rewapp__read_optional(
			 reader, object, place, "min_amount", PROGRAMME_POINTS_MAX, &out->least)) < 0)
		return error;
	if (by == GOAL_STREAK && rewapp__json_get(object, "period"))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, place, "period",
			"a streak counts months, one after the other");
	out->by = (enum goal_by)by;
	out->window = (enum window)window;
	out->keeps = keeps;
	return goal_keys(out);
}

static int read_goals(struct reader *reader, struct templates *templates, const cJSON *document)
{
	const cJSON *array;
	size_t count;
	int error = rewapp__read_array(reader, document, "", "achievements", GOALS_MAX, &array, &count);

	if (error < 0 || count == 0)
		return error;
	if (!(templates->goals = rewapp__arena_array(reader->memory, count, sizeof *templates->goals)))
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next) {
		struct goal *goal = &templates->goals[templates->goal_count];
		char place[PLACE_BYTES];

		rewapp__reader_item(place, "", "achievements", templates->goal_count);
		if ((error = read_goal(reader, item, place, goal)) < 0)
			return error;
		for (size_t i = 0; i < templates->goal_count; i++)
			if (strcmp(templates->goals[i].id, goal->id) == 0)
				return rewapp__reader_fail(
					reader, REWAPP_PROBLEM_DUPLICATE, place, "id", "stands twice");
		templates->goal_count++;
	}
	return 0;
}

const struct goal *rewapp__goal_of(const struct programme *programme, int64_t key)
{
	const struct templates *templates = programme->templates;

	for (size_t i = 0; i < templates->goal_count; i++)
		if (templates->goals[i].key == key)
			return &templates->goals[i];
	return NULL;
}

int64_t rewapp__goal_worth(const struct programme *programme, const struct goal *goal,
	const struct earn_facts *facts, int64_t left)
{
	struct question question;
	int64_t paid = 0;

	if (left == 0 || facts->amount == 0)
		return 0;
	if (rewapp__question_of(programme->zone, programme->day_start, facts, &question) == 0)
		rewapp__mul_div(question.paid, left, facts->amount, &paid);
	if (goal->by == GOAL_SPEND)
		return paid >= goal->least ? paid : 0;
	return paid >= goal->least;
}

/* ---- referral ---- */

static int read_referral(struct reader *reader, struct templates *templates, const cJSON *document)
{
	static const char *const keys[] = { "referrer_points", "points", "min_amount", "per_referrer" };
	const cJSON *object = rewapp__json_get(document, "referral");
	struct referral_offer *out;
	int error;

	if (!object)
		return 0;
	if (!(out = templates->referral = rewapp__arena_array(reader->memory, 1, sizeof *out)))
		return rewapp__reader_out_of_memory();
	if ((error = rewapp__read_object(reader, object, "referral", keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_integer(reader, object, "referral", "referrer_points", 1,
			 PROGRAMME_POINTS_MAX, &out->by_points)) < 0 ||
		(error = rewapp__read_optional(
			 reader, object, "referral", "points", PROGRAMME_POINTS_MAX, &out->points)) < 0 ||
		(error = rewapp__read_optional(
			 reader, object, "referral", "min_amount", PROGRAMME_POINTS_MAX, &out->least)) < 0 ||
		(error = rewapp__read_optional(reader, object, "referral", "per_referrer", TEMPLATE_COUNT_MAX,
			 &out->per_referrer)) < 0)
		return error;
	return rewapp__template_key("referral", "brought", &out->key);
}

/* ---- transfers ---- */

static int read_transfers(struct reader *reader, struct templates *templates, const cJSON *document)
{
	static const char *const keys[] = { "min_points", "max_points" };
	const cJSON *object = rewapp__json_get(document, "transfers");
	struct transfer_offer *out;
	int error;

	if (!object)
		return 0;
	if (!(out = templates->transfers = rewapp__arena_array(reader->memory, 1, sizeof *out)))
		return rewapp__reader_out_of_memory();
	if ((error = rewapp__read_object(reader, object, "transfers", keys, COUNT(keys), NULL, 0)) < 0 ||
		(error = rewapp__read_optional(
			 reader, object, "transfers", "min_points", PROGRAMME_POINTS_MAX, &out->least)) < 0 ||
		(error = rewapp__read_optional(
			 reader, object, "transfers", "max_points", PROGRAMME_POINTS_MAX, &out->most)) < 0)
		return error;
	if (out->most && out->most < out->least)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_CONTRADICTION, "transfers", "max_points", "below min_points");
	return 0;
}

/* ---- all of them ---- */

int rewapp__templates_parse(struct reader *reader, struct programme *programme, const cJSON *document)
{
	struct templates *templates = rewapp__arena_array(reader->memory, 1, sizeof *templates);
	int error;

	if (!templates)
		return rewapp__reader_out_of_memory();
	programme->templates = templates;
	if ((error = read_vouchers(reader, templates, document)) < 0 ||
		(error = read_cards(reader, programme, templates, document)) < 0 ||
		(error = read_goals(reader, templates, document)) < 0 ||
		(error = read_referral(reader, templates, document)) < 0 ||
		(error = read_transfers(reader, templates, document)) < 0)
		return error;
	return 0;
}

const struct card_offer *rewapp__card_offer(const struct programme *programme, const char *id)
{
	const struct templates *templates = programme->templates;

	for (size_t i = 0; i < templates->card_count; i++)
		if (strcmp(templates->cards[i].id, id) == 0)
			return &templates->cards[i];
	return NULL;
}

const struct voucher_offer *rewapp__voucher_offer(const struct programme *programme, const char *id)
{
	const struct templates *templates = programme->templates;

	for (size_t i = 0; i < templates->voucher_count; i++)
		if (strcmp(templates->vouchers[i].id, id) == 0)
			return &templates->vouchers[i];
	return NULL;
}
