/* What a programme would do: quotes, a document's check and tests, its replay over stored purchases. */
#include "base/json.h"
#include "routes/query.h"
#include "routes/tables.h"

#include <rewapp/errors.h>
#include <rewapp/programme.h>
#include <rewapp/submit.h>
#include <stdlib.h>
#include <string.h>

enum {
	QUOTE_MAX = 100,      /* commands of one quote: it holds a reader while it is decided */
	REPLAY_LIMIT = 200000 /* purchases of one replay, about a second; the clerk has others waiting */
};

/* The body as a tree, whose owner the caller is; NULL: a problem is answered. */
static cJSON *tree_of(struct request *request)
{
	cJSON *tree;
	int error = rewapp__json_parse(request->body.data, request->body.size, JSON_BYTES_MAX, &tree);

	if (error == 0 && cJSON_IsObject(tree))
		return tree;
	if (error == 0)
		cJSON_Delete(tree);
	rewapp__problem_engine(request, error < 0 ? error : REWAPP_E_JSON, NULL,
		error < 0 ? rewapp_errmsg() : "an object is needed");
	return NULL;
}

/* The tree as a question; what follows ends it with a brace. */
static bool question_of(struct request *request, cJSON *tree, const char *name, struct buffer *question)
{
	char *text = NULL;
	size_t length;

	cJSON_DeleteItemFromObjectCaseSensitive(tree, "query");
	if (cJSON_AddStringToObject(tree, "query", name))
		text = cJSON_PrintUnformatted(tree);
	cJSON_Delete(tree);
	if (!text) {
		rewapp__problem_engine(request, REWAPP_E_NOMEMORY, NULL, NULL);
		return false;
	}
	length = strlen(text);
	rewapp__buffer_init(question, NULL, length + 64);
	rewapp__buffer_append(question, text, length - 1);
	cJSON_free(text);
	return true;
}

static void quote(struct request *request)
{
	cJSON *tree = tree_of(request);
	struct buffer question;
	int count = cJSON_GetArraySize(rewapp__json_get(tree, "commands"));

	if (!tree)
		return;
	if (count < 1 || count > QUOTE_MAX) {
		cJSON_Delete(tree);
		rewapp__problem_engine(request, REWAPP_E_ARGUMENT, "commands", "not an array of 1 to 100");
		return;
	}
	if (question_of(request, tree, "quote", &question))
		rewapp__question_send(request, &question);
}

/* --- documents ---------------------------------------------------------------------------------- */

static int64_t now_ms(struct request *request)
{
	rewapp_engine *engine = rewapp__readers_take(&request->app->readers);
	int64_t now = rewapp_engine_now_ms(engine);

	rewapp__readers_give(&request->app->readers, engine);
	return now;
}

/* The report on the body, to free(); NULL: a problem is answered. */
static char *report_on(struct request *request, size_t *length)
{
	const struct buffer *body = &request->body;
	int64_t at_ms = now_ms(request);
	int error = rewapp_programme_check(body->data, body->size, at_ms, NULL, 0, length);
	char *report = error == REWAPP_E_CAPACITY ? malloc(*length + 1) : NULL;

	if (report)
		error = rewapp_programme_check(body->data, body->size, at_ms, report, *length + 1, length);
	else if (error == REWAPP_E_CAPACITY)
		error = REWAPP_E_NOMEMORY;
	if (error == 0)
		return report;
	free(report);
	rewapp__problem_engine(request, error, NULL, rewapp_errmsg());
	return NULL;
}

static void respond(struct request *request, const char *text, size_t length)
{
	struct buffer answer;

	rewapp__buffer_init(&answer, NULL, SIZE_MAX / 2);
	rewapp__buffer_append(&answer, text, length);
	rewapp__respond_buffer(request, 200, "application/json", &answer);
	rewapp__buffer_finish(&answer);
}

static void check(struct request *request)
{
	size_t length;
	char *report = report_on(request, &length);

	if (report)
		respond(request, report, length);
	free(report);
}

/* Of the report only the tests, and how many failed. */
static char *tests_of(const char *report)
{
	cJSON *tree = cJSON_Parse(report), *tests = cJSON_DetachItemFromObjectCaseSensitive(tree, "tests");
	cJSON *answer = cJSON_CreateObject();
	char *text = NULL;
	int failed = 0;

	for (const cJSON *test = tests ? tests->child : NULL; test; test = test->next)
		failed += !cJSON_IsTrue(rewapp__json_get(test, "passed"));
	if (tests && cJSON_AddNumberToObject(answer, "failed", failed) &&
		cJSON_AddItemToObject(answer, "tests", tests)) {
		tests = NULL; /* the answer's now */
		text = cJSON_PrintUnformatted(answer);
	}
	cJSON_Delete(tests);
	cJSON_Delete(answer);
	cJSON_Delete(tree);
	return text;
}

static void test(struct request *request)
{
	size_t length;
	char *report = report_on(request, &length), *text;

	if (!report)
		return;
	text = tests_of(report);
	if (text)
		respond(request, text, strlen(text));
	else
		rewapp__problem_engine(request, REWAPP_E_NOMEMORY, NULL, NULL);
	cJSON_free(text);
	free(report);
}

/* The clerk plays it, one at a time, and never more than so many purchases. */
static void replay(struct request *request)
{
	cJSON *tree = tree_of(request);
	const cJSON *given = rewapp__json_get(tree, "limit");
	struct buffer question;
	int64_t limit = REPLAY_LIMIT;

	if (!tree)
		return;
	if (given && (!rewapp__json_int(given, &limit) || limit < 1 || limit > REPLAY_LIMIT)) {
		cJSON_Delete(tree);
		rewapp__problem_engine(request, REWAPP_E_ARGUMENT, "limit", "not from 1 to 200000");
		return;
	}
	cJSON_DeleteItemFromObjectCaseSensitive(tree, "limit");
	if (!question_of(request, tree, "replay", &question))
		return;
	rewapp__question_number(&question, "limit", limit);
	rewapp__question_leave(request, &question);
}

/* clang-format off */
static const struct route rows[] = {
	{ "POST", "/v1/quote", SCOPE_PLATFORM, BODY_DOCUMENT, 0, quote,
		"The receipts that these commands would get now; nothing is stored" },
	{ "POST", "/v1/programme/check", SCOPE_PLATFORM, BODY_DOCUMENT, 0, check,
		"What is wrong with a programme's document, what is probably not meant, and its tests" },
	{ "POST", "/v1/programme/test", SCOPE_PLATFORM, BODY_DOCUMENT, 0, test, "The tests of a programme's document" },
	{ "POST", "/v1/programme/replay", SCOPE_PLATFORM, BODY_DOCUMENT, 0, replay,
		"What a candidate document would have given for the stored purchases" },
};
/* clang-format on */

const struct route_table rewapp__routes_programmes = ROUTE_TABLE(rows);
