/* <rewapp/json.h>: commands in, receipts out, questions and answers, as JSON.
 *
 * Commands are read by the table of fields; answers are written by tables of their own
 * below, so that a name is spelt once. */
#include "base/json.h"
#include "api/check.h"
#include "api/json_write.h"
#include "base/arena.h"
#include "flows/fields.h"
#include "flows/replay.h"

#include <rewapp/json.h>
#include <rewapp/submit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rewapp_commands {
	struct arena arena;
	struct rewapp_command *list;
	size_t count;
};

/* --- reading commands ---------------------------------------------------------------------- */

static int wrong_type(const char *place, const char *name, const char *wanted)
{
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s%s: not %s", place, name, wanted);
}

static int read_number(
	const struct field *field, const cJSON *item, const char *place, struct rewapp_command *out)
{
	int64_t wide;
	int32_t narrow;

	if (field->type == FIELD_INT32 && cJSON_IsString(item) && strcmp(field->name, "mcc") != 0)
		return wrong_type(place, field->name, "an integer");
	if (!rewapp__json_int(item, &wide))
		return wrong_type(place, field->name, "an integer");
	narrow = (int32_t)wide;
	if (field->type == FIELD_INT32 && narrow != wide)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s%s: out of range", place, field->name);
	if (wide == 0 && (strcmp(field->name, "amount") == 0 || strcmp(field->name, "points") == 0))
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s%s: 0 is below 1", place, field->name);
	if (field->type == FIELD_INT32)
		memcpy((char *)out + field->offset, &narrow, sizeof narrow);
	else
		memcpy((char *)out + field->offset, &wide, sizeof wide);
	return 0;
}

static int read_text(struct rewapp_commands *commands, const struct field *field, const cJSON *item,
	const char *place, struct rewapp_command *out)
{
	char *text = NULL, *printed;

	if (field->type != FIELD_DOCUMENT && !cJSON_IsString(item))
		return wrong_type(place, field->name, "a string");
	if (field->type == FIELD_DOCUMENT && !cJSON_IsObject(item))
		return wrong_type(place, field->name, "an object");
	if (field->type != FIELD_DOCUMENT) {
		text = rewapp__arena_copy(&commands->arena, item->valuestring, strlen(item->valuestring));
	} else if ((printed = cJSON_PrintUnformatted(item))) {
		text = rewapp__arena_copy(&commands->arena, printed, strlen(printed));
		cJSON_free(printed);
	}
	if (!text)
		return rewapp__fail(REWAPP_E_NOMEMORY, "%s%s", place, field->name);
	memcpy((char *)out + field->offset, &text, sizeof text);
	return 0;
}

static int read_id(
	const struct field *field, const cJSON *item, const char *place, struct rewapp_command *out)
{
	struct rewapp_id id;

	if (!cJSON_IsString(item) || rewapp_id_parse(item->valuestring, strlen(item->valuestring), &id) < 0)
		return wrong_type(place, field->name, "an id (32 hexadecimal digits, a UUID or @name)");
	memcpy((char *)out + field->offset, &id, sizeof id);
	return 0;
}

static int read_currency(
	const struct field *field, const cJSON *item, const char *place, struct rewapp_command *out)
{
	if (!cJSON_IsString(item) || strlen(item->valuestring) != 3)
		return wrong_type(place, field->name, "three capital letters");
	memcpy((char *)out + field->offset, item->valuestring, 4);
	return 0;
}

enum {
	KIND_MAX = 31
};

static int read_kind(const cJSON *item, const char *place, struct rewapp_command *out)
{
	for (int kind = REWAPP_KIND_MEMBER; cJSON_IsString(item) && kind <= KIND_MAX; kind++)
		if (rewapp__kind_is_known(kind) && strcmp(rewapp_kind_name(kind), item->valuestring) == 0) {
			out->kind = kind;
			return 0;
		}
	return wrong_type(place, "kind", "the word of a command");
}

static int read_status(const cJSON *item, const char *place, struct rewapp_command *out)
{
	static const char *const names[] = { "active", "blocked", "closed" };

	for (int i = 0; cJSON_IsString(item) && i < 3; i++)
		if (strcmp(names[i], item->valuestring) == 0) {
			out->status = i;
			return 0;
		}
	return wrong_type(place, "status", "active, blocked or closed");
}

/* Texts of lines: absent ones stay NULL. */
static int read_line_text(struct rewapp_commands *commands, const cJSON *object, const char *place,
	const char *key, const char **out)
{
	const cJSON *item = rewapp__json_get(object, key);

	if (!item)
		return 0;
	if (!cJSON_IsString(item))
		return wrong_type(place, key, "a string");
	*out = rewapp__arena_copy(&commands->arena, item->valuestring, strlen(item->valuestring));
	return *out ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "%s%s", place, key);
}

static int read_line(
	struct rewapp_commands *commands, const cJSON *object, const char *place, struct rewapp_line *out)
{
	const cJSON *quantity = rewapp__json_get(object, "quantity");
	const cJSON *excluded = rewapp__json_get(object, "excluded");
	const cJSON *amount = rewapp__json_get(object, "amount"), *line = rewapp__json_get(object, "line");
	int64_t number = 0;
	int error;

	if (!cJSON_IsObject(object))
		return wrong_type(place, "", "an object");
	for (const cJSON *item = object->child; item; item = item->next)
		if (strcmp(item->string, "sku") != 0 && strcmp(item->string, "category") != 0 &&
			strcmp(item->string, "quantity") != 0 && strcmp(item->string, "amount") != 0 &&
			strcmp(item->string, "excluded") != 0 && strcmp(item->string, "line") != 0)
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s%.40s: unknown key", place, item->string);
	out->size = sizeof *out;
	out->quantity = 1;
	if ((error = read_line_text(commands, object, place, "sku", &out->sku)) < 0 ||
		(error = read_line_text(commands, object, place, "category", &out->category)) < 0)
		return error;
	if (amount && !rewapp__json_int(amount, &out->amount))
		return wrong_type(place, "amount", "an integer");
	if (line && (!rewapp__json_int(line, &number) || number < 1 || number > REWAPP_LINES_MAX))
		return wrong_type(place, "line", "from 1 to 512");
	out->line = (int32_t)number;
	if (quantity && !rewapp__json_int(quantity, &out->quantity))
		return wrong_type(place, "quantity", "an integer");
	if (excluded && !cJSON_IsBool(excluded))
		return wrong_type(place, "excluded", "true or false");
	out->excluded = cJSON_IsTrue(excluded);
	return 0;
}

static int read_lines(
	struct rewapp_commands *commands, const cJSON *array, const char *place, struct rewapp_command *out)
{
	int count = cJSON_GetArraySize(array), error;
	struct rewapp_line *lines;
	size_t i = 0;

	if (!cJSON_IsArray(array) || count < 1 || count > REWAPP_LINES_MAX)
		return wrong_type(place, "lines", "an array of 1 to 512 lines");
	lines = rewapp__arena_array(&commands->arena, (size_t)count, sizeof *lines);
	if (!lines)
		return rewapp__fail(REWAPP_E_NOMEMORY, "lines");
	for (const cJSON *item = array->child; item; item = item->next, i++) {
		char here[64];

		snprintf(here, sizeof here, "%.32slines[%zu].", place, i);
		if ((error = read_line(commands, item, here, &lines[i])) < 0)
			return error;
	}
	out->lines = lines;
	out->line_count = (size_t)count;
	return 0;
}

/* "linked", "up_to": true or false.  False when the key is none of a flag. */
static bool read_flag(const cJSON *item, const char *place, struct rewapp_command *out, int *error)
{
	for (size_t i = 0; i < FLAG_COUNT; i++) {
		if (strcmp(rewapp__flags[i].name, item->string) != 0)
			continue;
		*error = cJSON_IsBool(item) ? 0 : wrong_type(place, item->string, "true or false");
		out->flags |= cJSON_IsTrue(item) ? rewapp__flags[i].flag : 0;
		return true;
	}
	return false;
}

static int read_referred(const cJSON *item, const char *place, struct rewapp_command *out)
{
	if (!cJSON_IsBool(item))
		return wrong_type(place, "referred", "true or false");
	out->referred = cJSON_IsTrue(item);
	return 0;
}

static int read_member(
	struct rewapp_commands *commands, const cJSON *item, const char *place, struct rewapp_command *out)
{
	int error;

	if (read_flag(item, place, out, &error))
		return error;
	if (strcmp(item->string, "kind") == 0)
		return read_kind(item, place, out);
	if (strcmp(item->string, "status") == 0)
		return read_status(item, place, out);
	if (strcmp(item->string, "referred") == 0)
		return read_referred(item, place, out);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct field *field = &rewapp__fields[i];

		if (strcmp(field->name, item->string) != 0 || field->type == FIELD_FLAGS)
			continue;
		switch (field->type) {
		case FIELD_ID:
			return read_id(field, item, place, out);
		case FIELD_CURRENCY:
			return read_currency(field, item, place, out);
		case FIELD_LINES:
			return read_lines(commands, item, place, out);
		case FIELD_TEXT:
		case FIELD_WORD:
		case FIELD_SHORT:
		case FIELD_DOCUMENT:
			return read_text(commands, field, item, place, out);
		default:
			return read_number(field, item, place, out);
		}
	}
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s%.40s: unknown key", place, item->string);
}

/* A line that is bought costs something, if only 0; one that comes back does not say. */
static int check_amounts(const cJSON *object, const char *place, const struct rewapp_command *command)
{
	const cJSON *lines = rewapp__json_get(object, "lines");
	size_t i = 0;

	if (command->kind != REWAPP_KIND_PURCHASE || !lines)
		return 0;
	for (const cJSON *line = lines->child; line; line = line->next, i++)
		if (!rewapp__json_get(line, "amount"))
			return rewapp__fail(
				REWAPP_E_ARGUMENT, "%slines[%zu].amount: not an integer", place, i);
	return 0;
}

static int read_command(
	struct rewapp_commands *commands, const cJSON *object, const char *place, struct rewapp_command *out)
{
	const cJSON *item;
	int error;

	if (!cJSON_IsObject(object))
		return wrong_type(place, "command", "an object");
	out->size = sizeof *out;
	cJSON_ArrayForEach(
		item, object) if ((error = read_member(commands, item, place, out)) < 0) return error;
	return check_amounts(object, place, out);
}

static int read_list(struct rewapp_commands *commands, const cJSON *array)
{
	int count = cJSON_GetArraySize(array), error;
	const cJSON *object;
	size_t i = 0;

	if (count < 1 || count > REWAPP_BATCH_MAX)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "commands: %d are not 1 to %d", count, REWAPP_BATCH_MAX);
	commands->list = rewapp__arena_array(&commands->arena, (size_t)count, sizeof *commands->list);
	if (!commands->list)
		return rewapp__fail(REWAPP_E_NOMEMORY, "commands");
	commands->count = (size_t)count;
	cJSON_ArrayForEach(object, array)
	{
		char place[32];

		snprintf(place, sizeof place, "commands[%zu].", i);
		if ((error = read_command(commands, object, place, &commands->list[i++])) < 0)
			return error;
	}
	return 0;
}

static int read_tree(struct rewapp_commands *commands, const cJSON *tree)
{
	const cJSON *array = rewapp__json_get(tree, "commands");

	if (array && cJSON_IsArray(array) && cJSON_GetArraySize(tree) == 1)
		return read_list(commands, array);
	if (array)
		return rewapp__fail(REWAPP_E_ARGUMENT, "commands: not an array alone in its object");
	commands->list = rewapp__arena_array(&commands->arena, 1, sizeof *commands->list);
	commands->count = 1;
	if (!commands->list)
		return rewapp__fail(REWAPP_E_NOMEMORY, "commands");
	return read_command(commands, tree, "", commands->list);
}

int rewapp_commands_parse(const char *text, size_t length, rewapp_commands **out)
{
	struct rewapp_commands *commands;
	cJSON *tree;
	int error;

	if ((error = rewapp__check_pointer(out, "out")) < 0)
		return error;
	*out = NULL;
	if ((error = rewapp__check_pointer(text, "text")) < 0 ||
		(error = rewapp__json_parse(text, length, JSON_BYTES_MAX, &tree)) < 0)
		return error;
	if (!(commands = calloc(1, sizeof *commands))) {
		cJSON_Delete(tree);
		return rewapp__fail(REWAPP_E_NOMEMORY, "commands");
	}
	rewapp__arena_init(&commands->arena, NULL);
	error = read_tree(commands, tree);
	cJSON_Delete(tree);
	if (error < 0) {
		rewapp_commands_free(commands);
		return error;
	}
	*out = commands;
	return 0;
}

struct rewapp_command *rewapp_commands_array(rewapp_commands *commands)
{
	return commands ? commands->list : NULL;
}

size_t rewapp_commands_count(const rewapp_commands *commands)
{
	return commands ? commands->count : 0;
}

void rewapp_commands_free(rewapp_commands *commands)
{
	if (!commands)
		return;
	rewapp__arena_finish(&commands->arena);
	free(commands);
}

/* --- submit ---------------------------------------------------------------------------------- */

enum {
	RECEIPTS_BYTES_MAX = 256 * 1024 * 1024 /* room for the largest batch under the most rules */
};

int rewapp_receipt_format(const struct rewapp_receipt *receipt, char *text, size_t capacity, size_t *need)
{
	struct buffer out;
	int error;

	if ((error = rewapp__check_pointer(receipt, "receipt")) < 0 ||
		(error = rewapp__check_pointer(need, "need")) < 0)
		return error;
	rewapp__buffer_init(&out, NULL, JSON_BYTES_MAX);
	rewapp__write_receipt(&out, receipt);
	*need = out.size;
	error = out.failed;
	if (!error && (!text || out.size >= capacity))
		error = rewapp__fail(REWAPP_E_CAPACITY, "text: %zu bytes are needed", out.size + 1);
	if (!error)
		memcpy(text, out.data, out.size + 1);
	rewapp__buffer_finish(&out);
	return error;
}

static int give(struct buffer *buffer, int error, char **out, size_t *out_length)
{
	if (error == 0 && buffer->failed == REWAPP_E_NOMEMORY)
		error = rewapp__fail(REWAPP_E_NOMEMORY, "answer");
	else if (error == 0 && buffer->failed)
		error = rewapp__fail(buffer->failed, "the answer is too large");
	if (error < 0) {
		rewapp__buffer_finish(buffer);
		return error;
	}
	*out = rewapp__buffer_release(buffer, out_length);
	return *out ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "answer");
}

/* `carry` is rewapp_submit() or rewapp_quote(). */
static int submit(rewapp_engine *engine, rewapp_commands *commands, struct buffer *out,
	int (*carry)(rewapp_engine *, const struct rewapp_command *, size_t, struct rewapp_receipt *))
{
	struct rewapp_receipt *receipts = calloc(commands->count, sizeof *receipts);
	int error;

	if (!receipts)
		return rewapp__fail(REWAPP_E_NOMEMORY, "receipts");
	receipts[0].size = sizeof *receipts;
	error = carry(engine, commands->list, commands->count, receipts);
	rewapp__buffer_puts(out, "{\"receipts\":[");
	for (size_t i = 0; i < commands->count && error == 0; i++) {
		rewapp__buffer_puts(out, i ? "," : "");
		rewapp__write_receipt(out, &receipts[i]);
	}
	rewapp__buffer_puts(out, "]}");
	free(receipts);
	if (error == 0 && out->failed &&
		carry == rewapp_submit) /* it is stored: an error would say that it is not */
		error = rewapp__fail(REWAPP_E_UNCERTAIN, "stored, but the answer has no room");
	return error;
}

int rewapp_json_submit(rewapp_engine *engine, const char *text, size_t length, char **out, size_t *out_length)
{
	rewapp_commands *commands;
	struct buffer buffer;
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0)
		return error;
	*out = NULL;
	if ((error = rewapp_commands_parse(text, length, &commands)) < 0)
		return error;
	rewapp__buffer_init(&buffer, rewapp__json_env(engine), RECEIPTS_BYTES_MAX);
	error = submit(engine, commands, &buffer, rewapp_submit);
	rewapp_commands_free(commands);
	return give(&buffer, error, out, out_length);
}

/* {"query": "quote", "commands": [...]}: the receipts that submit would give. */
static int quote(rewapp_engine *engine, const cJSON *tree, struct buffer *out)
{
	const cJSON *array = rewapp__json_get(tree, "commands");
	rewapp_commands *commands;
	int error;

	if (!cJSON_IsArray(array) || cJSON_GetArraySize(tree) != 2)
		return rewapp__fail(REWAPP_E_ARGUMENT, "commands: not an array beside the query");
	if (!(commands = calloc(1, sizeof *commands)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "commands");
	rewapp__arena_init(&commands->arena, NULL);
	if ((error = read_list(commands, array)) == 0)
		error = submit(engine, commands, out, rewapp_quote);
	rewapp_commands_free(commands);
	return error;
}

static void put_replay(struct buffer *out, const struct replay *replay)
{
	rewapp__buffer_printf(out,
		"{\"purchases\":%lld,\"amount\":%lld,\"before\":%lld,\"after\":%lld,\"members\":%lld,"
		"\"winners\":%lld,\"losers\":%lld,\"most_gained\":%lld,\"most_lost\":%lld,\"complete\":%s,"
		"\"rules\":[",
		(long long)replay->purchases, (long long)replay->amount, (long long)replay->before,
		(long long)replay->after, (long long)replay->members, (long long)replay->winners,
		(long long)replay->losers, (long long)replay->most_gained, (long long)replay->most_lost,
		replay->complete ? "true" : "false");
	for (const struct replay_rule *rule = replay->rules; rule; rule = rule->next)
		rewapp__buffer_printf(out,
			"%s{\"rule\":\"%s\",\"before\":%lld,\"after\":%lld,\"awards\":%lld}",
			rule == replay->rules ? "" : ",", rule->id, (long long)rule->before,
			(long long)rule->after, (long long)rule->awards);
	rewapp__buffer_puts(out, "],\"months\":[");
	for (const struct replay_month *month = replay->months; month; month = month->next)
		rewapp__buffer_printf(out,
			"%s{\"month\":\"%04d-%02d\",\"purchases\":%lld,\"before\":%lld,\"after\":%lld}",
			month == replay->months ? "" : ",", (int)month->year, (int)month->month,
			(long long)month->purchases, (long long)month->before, (long long)month->after);
	rewapp__buffer_puts(out, "]}");
}

/* {"query": "replay", "document": {...}, "programme": ID, "limit": N}: what that document would have given
 * for the first N purchases. */
static int replay(rewapp_engine *engine, const cJSON *tree, struct buffer *out)
{
	const cJSON *document = rewapp__json_get(tree, "document");
	const cJSON *named = rewapp__json_get(tree, "programme"), *most = rewapp__json_get(tree, "limit");
	struct rewapp_id programme = { { 0 } };
	int64_t limit = INT64_MAX;
	struct replay found;
	char *text;
	int error;

	if (!cJSON_IsObject(document) || cJSON_GetArraySize(tree) != 2 + (named != NULL) + (most != NULL))
		return rewapp__fail(REWAPP_E_ARGUMENT, "document: not an object beside the query");
	if (most && (!rewapp__json_int(most, &limit) || limit < 1))
		return wrong_type("", "limit", "an integer from 1 on");
	if (named &&
		(!cJSON_IsString(named) ||
			rewapp_id_parse(named->valuestring, strlen(named->valuestring), &programme) < 0))
		return wrong_type("", "programme", "an id");
	if (!(text = cJSON_PrintUnformatted(document)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "document");
	error = rewapp__flow_replay(engine, &programme, text, strlen(text), limit, &found);
	cJSON_free(text);
	if (error == 0)
		put_replay(out, &found);
	return error;
}

static bool is_query(const cJSON *tree, const char *name)
{
	const cJSON *query = rewapp__json_get(tree, "query");

	return cJSON_IsString(query) && strcmp(query->valuestring, name) == 0;
}

int rewapp_json_query(rewapp_engine *engine, const char *text, size_t length, char **out, size_t *out_length)
{
	struct buffer buffer;
	cJSON *tree;
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_pointer(text, "text")) < 0)
		return error;
	*out = NULL;
	if ((error = rewapp__json_parse(text, length, JSON_BYTES_MAX, &tree)) < 0)
		return error;
	rewapp__buffer_init(&buffer, rewapp__json_env(engine), JSON_BYTES_MAX);
	error = is_query(tree, "replay")  ? replay(engine, tree, &buffer)
		: is_query(tree, "quote") ? quote(engine, tree, &buffer)
					  : rewapp__json_answer(engine, tree, &buffer);
	rewapp__engine_forget(engine); /* the answer is a text of its own */
	cJSON_Delete(tree);
	return give(&buffer, error, out, out_length);
}
