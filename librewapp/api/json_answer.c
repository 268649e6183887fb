/* A question of JSON: its parts are read by the keys of its topic, and the topic answers. */
#include "api/json_question.h"
#include "base/error.h"

#include <rewapp/rewapp.h>
#include <string.h>

/* To the width of a field whose own check says what is out of range. */
int32_t rewapp__narrow(int64_t number)
{
	return number < INT32_MIN || number > INT32_MAX ? -1 : (int32_t)number;
}

enum part_type {
	PART_ID,
	PART_INT,
	PART_TEXT,
	PART_TREE /* read by the answer */
};

#define PART(name, type) \
	{ \
#name, type, offsetof(struct question, name) \
	}
static const struct {
	const char *name;
	enum part_type type;
	size_t offset;
} parts[] = {
	PART(id, PART_ID),
	PART(member, PART_ID),
	PART(programme, PART_ID),
	PART(merchant, PART_ID),
	PART(before, PART_INT),
	PART(after, PART_INT),
	PART(limit, PART_INT),
	PART(from_ms, PART_INT),
	PART(until_ms, PART_INT),
	PART(recorded_ms, PART_INT),
	PART(occurred_ms, PART_INT),
	PART(amount, PART_INT),
	PART(mcc, PART_INT),
	PART(booked_ms, PART_INT),
	PART(flags, PART_INT),
	PART(card_members, PART_INT),
	PART(returns, PART_INT),
	PART(manual_credits, PART_INT),
	PART(velocity, PART_INT),
	PART(cycles, PART_INT),
	PART(terminal_velocity, PART_INT),
	PART(cashier_velocity, PART_INT),
	PART(cashier_returns, PART_INT),
	PART(cashier_credits, PART_INT),
	PART(sure_bp, PART_INT),
	PART(review_bp, PART_INT),
	PART(descriptor, PART_TEXT),
	PART(country, PART_TEXT),
	PART(city, PART_TEXT),
	PART(postcode, PART_TEXT),
	PART(merchant_id, PART_TEXT),
	PART(terminal_id, PART_TEXT),
	PART(siret, PART_TEXT),
	PART(creditor_id, PART_TEXT),
	PART(history, PART_TREE),
	PART(currency, PART_TEXT),
	PART(token, PART_TEXT),
	PART(code, PART_TEXT),
	PART(checkpoint, PART_TEXT),
	PART(truth, PART_TEXT),
	PART(catalogue, PART_TEXT),
	PART(language, PART_TEXT),
	PART(outcome, PART_TEXT),
};
enum {
	PART_COUNT = sizeof parts / sizeof *parts
};

static int part_read(size_t part, const cJSON *item, struct question *out)
{
	void *at = (char *)out + parts[part].offset;
	int64_t number;

	if (parts[part].type == PART_ID && cJSON_IsString(item) &&
		rewapp_id_parse(item->valuestring, strlen(item->valuestring), at) == 0)
		return 0;
	if (parts[part].type == PART_INT && rewapp__json_int(item, &number)) {
		memcpy(at, &number, sizeof number);
		return 0;
	}
	if (parts[part].type == PART_TEXT && cJSON_IsString(item)) {
		memcpy(at, &item->valuestring, sizeof item->valuestring);
		return 0;
	}
	if (parts[part].type == PART_TREE) {
		memcpy(at, &item, sizeof item);
		return 0;
	}
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s: not %s", parts[part].name,
		parts[part].type == PART_ID            ? "an id"
			: parts[part].type == PART_INT ? "an integer"
						       : "a string");
}

/* Whether `name` stands among the words of `keys`. */
static int has_word(const char *keys, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = keys; (at = strstr(at, name)); at += length)
		if ((at == keys || strchr("| ", at[-1])) && (at[length] == '\0' || strchr("| ", at[length])))
			return 1;
	return 0;
}

static int question_read(const struct topic *topic, const cJSON *tree, struct question *out)
{
	const cJSON *item;
	int error;

	cJSON_ArrayForEach(item, tree)
	{
		size_t part = 0;

		if (strcmp(item->string, "query") == 0)
			continue;
		while (part < PART_COUNT && strcmp(parts[part].name, item->string) != 0)
			part++;
		if (part == PART_COUNT || !has_word(topic->keys, item->string))
			return rewapp__fail(
				REWAPP_E_ARGUMENT, "%.40s: unknown key of %s", item->string, topic->name);
		if ((error = part_read(part, item, out)) < 0)
			return error;
	}
	for (size_t i = 0; i < PART_COUNT; i++) {
		size_t needed = strcspn(topic->keys, "|");
		const char *at = strstr(topic->keys, parts[i].name);

		if (at && at < topic->keys + needed && has_word(topic->keys, parts[i].name) &&
			!rewapp__json_get(tree, parts[i].name))
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s: missing", parts[i].name);
	}
	if (out->limit < 1 || out->limit > PAGE_MAX)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "limit: %lld is not 1 to %d", (long long)out->limit, PAGE_MAX);
	return 0;
}

static const struct topic *find_topic(const char *name)
{
	static const struct topic *const tables[] = { rewapp__topics_member, rewapp__topics_objects,
		rewapp__topics_books, rewapp__topics_match, rewapp__topics_evidence };

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct topic *topic = tables[i]; topic->name; topic++)
			if (strcmp(topic->name, name) == 0)
				return topic;
	return NULL;
}

int rewapp__json_answer(rewapp_engine *engine, const cJSON *question, struct buffer *out)
{
	const cJSON *name = rewapp__json_get(question, "query");
	struct question read = { .limit = PAGE_DEFAULT,
		.card_members = 3,
		.returns = 5,
		.manual_credits = 5,
		.velocity = 10,
		.cycles = 3,
		.terminal_velocity = 120,
		.cashier_velocity = 120,
		.cashier_returns = 10,
		.cashier_credits = 5 };
	const struct topic *topic = cJSON_IsString(name) ? find_topic(name->valuestring) : NULL;
	int error;

	if (!topic)
		return rewapp__fail(REWAPP_E_ARGUMENT, "query: not a question that is known");
	if ((error = question_read(topic, question, &read)) < 0)
		return error;
	return topic->answer(engine, &read, out);
}
