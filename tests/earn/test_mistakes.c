/* A document with one thing wrong: whatever it is, it is refused where it stands, and nothing is kept of it.
 *
 * The programmes of tests/data/programmes name every key that there is.  Each of their values gives way to
 * others, is taken out, stands twice or under another key, one at a time; and each demand for memory fails.
 */
#include "demands.h"
#include "earn/programme.h"
#include "run.h"

#include <cjson/cJSON.h>
#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const documents[] = { "conditions", "effects", "life", "lines", "offers", "rounding",
	"stacking" };
static const char *folder;

static char *text_of(const char *name)
{
	char path[1024], *text = calloc(1, REWAPP_DOCUMENT_MAX + 1);
	FILE *file;

	snprintf(path, sizeof path, "%s/%s.json", folder, name);
	file = fopen(path, "rb");
	ck_assert_msg(file && text, "%s cannot be read", path);
	ck_assert_uint_gt(fread(text, 1, REWAPP_DOCUMENT_MAX, file), 0);
	fclose(file);
	return text;
}

/* --- a tree of values -------------------------------------------------------------------------------------
 */

/* A value, with what holds it and where it stands, as the reader says it. */
struct node {
	cJSON *parent, *item;
	char place[PLACE_BYTES];
};

/* The n-th value, from the root's first child on; false: there are not so many. */
static bool node_at(cJSON *parent, const char *place, int *n, struct node *out)
{
	int index = 0;

	for (cJSON *item = parent->child; item; item = item->next, index++) {
		char here[PLACE_BYTES];

		if (cJSON_IsArray(parent))
			snprintf(here, sizeof here, "%.200s[%d]", place, index);
		else
			snprintf(here, sizeof here, "%.150s%s%.60s", place, *place ? "." : "", item->string);
		if ((*n)-- == 0) {
			*out = (struct node){ parent, item, "" };
			memcpy(out->place, here, sizeof here);
			return true;
		}
		if (node_at(item, here, n, out))
			return true;
	}
	return false;
}

/* --- one of them is wrong ----------------------------------------------------------------------------------
 */

/* Other values; of a kind that the place does not take they must be refused. */
static const char *const others[] = { "null", "true", "-1", "0", "1.5", "9007199254740993", "\"\"", "\"~\"",
	"\"00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	"00"
	"0000000000000000000000000000000000000000000000000000000\"",
	"[]", "[{}]", "[0,0]", "{}", "{\"~\":[]}" };

enum {
	TAKEN_OUT = sizeof others / sizeof *others,
	TWICE,
	OTHER_KEY,
	WAYS
};

static void spoil(struct node *node, int way)
{
	cJSON *other;

	if (way < TAKEN_OUT)
		other = cJSON_Parse(others[way]);
	else if (way == TAKEN_OUT) {
		cJSON_Delete(cJSON_DetachItemViaPointer(node->parent, node->item));
		return;
	} else
		other = cJSON_Duplicate(node->item, true);
	if (way == TWICE && cJSON_IsArray(node->parent))
		cJSON_AddItemToArray(node->parent, other);
	else if (way >= TWICE) {
		cJSON_AddItemToObject(node->parent, way == TWICE ? node->item->string : "~", other);
	} else if (cJSON_IsArray(node->parent))
		cJSON_ReplaceItemViaPointer(node->parent, node->item, other);
	else
		cJSON_ReplaceItemInObjectCaseSensitive(node->parent, node->item->string, other);
}

/* Numbers may be written as text, for JSON of others loses what leaves 2^53; and a flag is either. */
static bool is_of_kind(const cJSON *item, const cJSON *other)
{
	if (cJSON_IsBool(item))
		return cJSON_IsBool(other);
	if (cJSON_IsNumber(item) || cJSON_IsString(item))
		return cJSON_IsNumber(other) || cJSON_IsString(other);
	return (item->type & 0xff) == (other->type & 0xff);
}

/* Whether nobody could mean it. */
static bool must_be_refused(const struct node *node, int way)
{
	cJSON *other;
	bool out;

	if (way == OTHER_KEY || (way == TWICE && cJSON_IsObject(node->parent)))
		return true;
	if (way >= TAKEN_OUT)
		return false;
	other = cJSON_Parse(others[way]);
	out = !is_of_kind(node->item, other);
	cJSON_Delete(other);
	return out;
}

/* Refused at its place, or above, or below; and the programme is not there. */
static bool is_refused(const cJSON *document, const char *place, bool must)
{
	char *text = cJSON_PrintUnformatted(document);
	struct programme *programme;
	struct reader reader;
	int error = rewapp__programme_read(&programme, text, strlen(text), NULL, &reader);
	size_t both;

	ck_assert_int_eq(programme == NULL, error != 0);
	ck_assert_msg(error || !must, "%s: accepted: %s", place, text);
	if (error == REWAPP_E_ARGUMENT && must) {
		both = strlen(place) < strlen(reader.path) ? strlen(place) : strlen(reader.path);
		ck_assert_msg(
			strncmp(place, reader.path, both) == 0, "%s is wrong, not %s", place, reader.path);
	}
	if (error)
		ck_assert_msg(error == REWAPP_E_JSON || (error == REWAPP_E_ARGUMENT && reader.problem),
			"%s: %s", place, rewapp_errmsg());
	rewapp__programme_free(programme);
	cJSON_free(text);
	return error != 0;
}

START_TEST(one_thing_wrong)
{
	char *text = text_of(documents[_i]);
	cJSON *whole = cJSON_Parse(text);
	struct node node;
	int refused = 0, at = 0, n;

	ck_assert(!is_refused(whole, "", false));
	for (; n = at, node_at(whole, "", &n, &node); at++)
		for (int way = 0; way < WAYS; way++) {
			cJSON *document;
			bool must = must_be_refused(&node, way);

			if (way == OTHER_KEY && cJSON_IsArray(node.parent))
				continue;
			document = cJSON_Duplicate(whole, true);
			n = at;
			ck_assert(node_at(document, "", &n, &node));
			spoil(&node, way);
			refused += is_refused(document, must && way != OTHER_KEY ? node.place : "", must);
			cJSON_Delete(document);
			n = at;
			ck_assert(node_at(whole, "", &n, &node));
		}
	ck_assert_int_gt(refused, at * WAYS / 3);
	cJSON_Delete(whole);
	free(text);
}
END_TEST

/* --- a demand for memory that fails ------------------------------------------------------------------------
 */

START_TEST(one_demand_fails)
{
	char *text = text_of(documents[_i]);
	struct programme *programme;
	int n = 0, error;

	do {
		demand_fails_at(++n);
		error = rewapp__programme_parse(&programme, text, strlen(text), NULL);
		ck_assert_int_eq(error, demands.hit ? REWAPP_E_NOMEMORY : 0);
		ck_assert_int_eq(programme == NULL, error != 0);
	} while (error);
	demand_fails_at(0);
	ck_assert_int_gt(n, 5);
	rewapp__programme_free(programme);
	free(text);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, one_thing_wrong, 0, ROWS(documents));
	tcase_add_loop_test(all, one_demand_fails, 0, ROWS(documents));
}

int main(int argc, char **argv)
{
	folder = argc > 1 ? argv[1] : ".";
	return run_suite("earn mistakes", add);
}
