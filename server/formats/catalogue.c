/* Files of merchants, programmes and members, in JSON or CSV, as documents with their ids. */
#include "formats/catalogue.h"

#include "base/error.h"
#include "base/json.h"
#include "formats/rows.h"
#include "formats/text.h"

#include <rewapp/submit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *list_name(int kind)
{
	return kind == REWAPP_KIND_MERCHANT  ? "merchants"
		: kind == REWAPP_KIND_MEMBER ? "members"
					     : "programmes";
}

static int fail(const char *path, const struct catalogue_item *item, const char *what)
{
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s: %s: %s", path, item->place, what);
}

static int status_read(const cJSON *status, int32_t *out)
{
	static const char *const names[] = { "active", "blocked", "closed" };

	*out = REWAPP_MEMBER_ACTIVE;
	if (!status)
		return 0;
	for (int i = 0; cJSON_IsString(status) && i < 3; i++) {
		*out = i;
		if (!strcmp(names[i], status->valuestring))
			return 0;
	}
	return -1;
}

/* Takes the id out of the object; what is left is the document. */
static int item_read(
	struct catalogue *catalogue, const char *path, int kind, cJSON *object, struct catalogue_item *item)
{
	cJSON *id = cJSON_DetachItemFromObjectCaseSensitive(object, "id");
	int code = 0;
	char *text;

	if (!cJSON_IsString(id))
		code = fail(path, item, "id: missing, or no text");
	else if (rewapp_id_parse(id->valuestring, strlen(id->valuestring), &item->id))
		code = fail(path, item, "id: neither 32 hexadecimal digits, a UUID nor @name");
	cJSON_Delete(id);
	if (code)
		return code;
	if (kind == REWAPP_KIND_MEMBER) {
		if (status_read(rewapp__json_get(object, "status"), &item->status))
			return fail(path, item, "status: none of active, blocked, closed");
		return cJSON_GetArraySize(object) > (rewapp__json_get(object, "status") != NULL)
			? fail(path, item, "a member has an id and a status, nothing else")
			: 0;
	}
	text = cJSON_PrintUnformatted(object);
	item->document = text ? rewapp__arena_copy(&catalogue->arena, text, strlen(text)) : NULL;
	cJSON_free(text);
	return item->document ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "%s: out of memory", path);
}

static int items_make(struct catalogue *catalogue, const char *path, size_t count)
{
	catalogue->items = rewapp__arena_array(&catalogue->arena, count + 1, sizeof *catalogue->items);
	return catalogue->items ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "%s: out of memory", path);
}

static int array_read(struct catalogue *catalogue, const char *path, int kind, cJSON *array)
{
	int code = items_make(catalogue, path, (size_t)cJSON_GetArraySize(array));

	for (cJSON *object = array->child; object && !code; object = object->next) {
		struct catalogue_item *item = &catalogue->items[catalogue->count];

		snprintf(item->place, sizeof item->place, "%s[%zu]", list_name(kind), catalogue->count);
		code = cJSON_IsObject(object) ? item_read(catalogue, path, kind, object, item)
					      : fail(path, item, "no object");
		catalogue->count += !code;
	}
	return code;
}

static int json_read(struct catalogue *catalogue, const char *path, int kind, const char *text, size_t length)
{
	cJSON *root = NULL, *list;
	int code = rewapp__json_parse(text, length, JSON_BYTES_MAX, &root);
	char message[200];

	if (code) {
		snprintf(message, sizeof message, "%s", rewapp_errmsg());
		return rewapp__fail(code, "%s: %s", path, message);
	}
	list = cJSON_GetObjectItemCaseSensitive(root, list_name(kind));
	if (cJSON_IsArray(root)) {
		code = array_read(catalogue, path, kind, root);
	} else if (cJSON_IsArray(list) && cJSON_GetArraySize(root) == 1) {
		code = array_read(catalogue, path, kind, list);
	} else if (cJSON_IsObject(root)) {
		code = items_make(catalogue, path, 1);
		snprintf(catalogue->items->place, sizeof catalogue->items->place, "%s", list_name(kind));
		code = code ? code : item_read(catalogue, path, kind, root, catalogue->items);
		catalogue->count = !code;
	} else {
		code = rewapp__fail(REWAPP_E_ARGUMENT, "%s: neither an object nor an array", path);
	}
	cJSON_Delete(root);
	return code;
}

/* --- CSV --------------------------------------------------------------------------- */

/* How the text of a column becomes JSON. */
enum shape {
	SHAPE_TEXT,
	SHAPE_NUMBER,
	SHAPE_LIST
};

static const struct key {
	const char *name;
	enum shape shape;
	bool in_when; /* of a rule: a condition */
} keys[] = {
	{ "id", SHAPE_TEXT, false },
	{ "name", SHAPE_TEXT, false },
	{ "status", SHAPE_TEXT, false },
	{ "aliases", SHAPE_LIST, false },
	{ "negative_aliases", SHAPE_LIST, false },
	{ "mcc", SHAPE_LIST, true },
	{ "currency", SHAPE_TEXT, false },
	{ "zone", SHAPE_TEXT, false },
	{ "return_window_days", SHAPE_NUMBER, false },
	{ "expiry_days", SHAPE_NUMBER, false },
	{ "clawback", SHAPE_TEXT, false },
	{ "type", SHAPE_TEXT, false },
	{ "funder", SHAPE_TEXT, false },
	{ "basis_points", SHAPE_NUMBER, false },
	{ "points", SHAPE_NUMBER, false },
	{ "unit_amount", SHAPE_NUMBER, false },
	{ "min_amount", SHAPE_NUMBER, true },
	{ "merchants", SHAPE_LIST, true },
	{ "days", SHAPE_LIST, true },
	{ "from", SHAPE_TEXT, true },
	{ "until", SHAPE_TEXT, true },
};

static const struct key *key_find(const char *name)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static cJSON *list_make(const char *text)
{
	cJSON *list = cJSON_CreateArray();

	while (*text && list) {
		size_t size = strcspn(text, "|");
		char value[CSV_CELL_MAX + 1];

		snprintf(value, sizeof value, "%.*s", (int)size, text);
		if (*value && !cJSON_AddItemToArray(list, cJSON_CreateString(value)))
			break;
		text += size + (text[size] == '|');
	}
	return list;
}

static bool is_number(const char *text)
{
	size_t length = strlen(text);

	return length && length < 16 && strspn(text, "0123456789") == length;
}

/* Sets the value of one cell on the object; NULL when it is good. */
static const char *cell_set(cJSON *object, const struct key *key, const char *text)
{
	cJSON *value;

	if (key->shape == SHAPE_NUMBER && !is_number(text))
		return "not a whole number";
	value = key->shape == SHAPE_TEXT   ? cJSON_CreateString(text)
		: key->shape == SHAPE_LIST ? list_make(text)
					   : cJSON_CreateRaw(text);
	return value && cJSON_AddItemToObject(object, key->name, value) ? NULL : "out of memory";
}

static cJSON *when_of(cJSON *rule)
{
	cJSON *when = cJSON_GetObjectItemCaseSensitive(rule, "when");

	return when ? when : cJSON_AddObjectToObject(rule, "when");
}

/* The cells of one row whose column starts with `prefix` ("" or "rule."). */
static int row_set(const char *path, const struct csv_row *header, const struct csv_row *row,
	const char *prefix, cJSON *object)
{
	size_t skip = strlen(prefix);

	for (size_t i = 0; i < row->count && i < header->count; i++) {
		const char *column = header->cells[i], *wrong;
		const struct key *key;

		if (!*row->cells[i] || strncmp(column, prefix, skip) ||
			(!skip && !strncmp(column, "rule.", 5)))
			continue;
		key = key_find(column + skip);
		wrong = key ? cell_set(skip && key->in_when ? when_of(object) : object, key, row->cells[i])
			    : "no such column";
		if (wrong)
			return rewapp__fail(
				REWAPP_E_ARGUMENT, "%s:%zu: %s: %s", path, row->line, column, wrong);
	}
	return 0;
}

static const char *id_of(const struct csv_row *header, const struct csv_row *row)
{
	for (size_t i = 0; i < header->count && i < row->count; i++)
		if (!strcmp(header->cells[i], "id"))
			return row->cells[i];
	return "";
}

static int rule_add(const char *path, const struct csv_row *header, const struct csv_row *row, cJSON *object)
{
	cJSON *rules = cJSON_GetObjectItemCaseSensitive(object, "rules"), *rule = cJSON_CreateObject();
	int code = row_set(path, header, row, "rule.", rule);

	if (!code && !rules)
		rules = cJSON_AddArrayToObject(object, "rules");
	if (!code && rules)
		cJSON_AddItemToArray(rules, rule);
	else
		cJSON_Delete(rule);
	return code;
}

/* One object from the row at *at and, for programmes, those with its id that follow. */
static int object_read(
	struct catalogue *catalogue, const char *path, int kind, const struct csv_rows *rows, size_t *at)
{
	const struct csv_row *header = rows->rows, *row = &rows->rows[*at];
	struct catalogue_item *item = &catalogue->items[catalogue->count];
	cJSON *object = cJSON_CreateObject();
	int code;

	snprintf(item->place, sizeof item->place, "line %zu", row->line);
	code = object ? row_set(path, header, row, "", object) : rewapp__fail(REWAPP_E_NOMEMORY, "%s", path);
	do {
		if (!code && kind == REWAPP_KIND_PROGRAMME)
			code = rule_add(path, header, &rows->rows[*at], object);
		++*at;
	} while (!code && kind == REWAPP_KIND_PROGRAMME && *at < rows->count &&
		!strcmp(id_of(header, row), id_of(header, &rows->rows[*at])));
	if (!code)
		code = item_read(catalogue, path, kind, object, item);
	cJSON_Delete(object);
	catalogue->count += !code;
	return code;
}

static int csv_read(struct catalogue *catalogue, const char *path, int kind, const char *text, size_t length)
{
	struct csv_rows rows;
	int code = rewapp__csv_rows_read(&rows, &catalogue->arena, path, text, length, 0);

	if (!code && !rows.count)
		code = rewapp__fail(REWAPP_E_ARGUMENT, "%s: empty", path);
	if (!code)
		code = items_make(catalogue, path, rows.count);
	for (size_t at = 1; !code && at < rows.count;)
		code = object_read(catalogue, path, kind, &rows, &at);
	rewapp__csv_rows_finish(&rows);
	return code;
}

int rewapp__catalogue_read(struct catalogue *catalogue, const char *path, int kind)
{
	struct text_encoding used;
	char *bytes = NULL, *text = NULL;
	size_t length = 0, start;
	int code;

	memset(catalogue, 0, sizeof *catalogue);
	rewapp__arena_init(&catalogue->arena, NULL);
	code = rewapp__file_read(&catalogue->arena, path, CATALOGUE_FILE_MAX, &bytes, &length);
	if (code)
		return code;
	start = strspn(bytes, " \t\r\n");
	/* JSON is UTF-8 and nothing else; spreadsheets write what they like */
	if (bytes[start] == '{' || bytes[start] == '[')
		return json_read(catalogue, path, kind, bytes, length);
	code = rewapp__text_decode(&catalogue->arena, path, bytes, length, NULL, &used, &text, &length);
	return code ? code : csv_read(catalogue, path, kind, text, length);
}

void rewapp__catalogue_finish(struct catalogue *catalogue)
{
	rewapp__arena_finish(&catalogue->arena);
	memset(catalogue, 0, sizeof *catalogue);
}
