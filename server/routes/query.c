/* Questions are written as JSON and asked on an engine that is lent for one call. */
#include "routes/query.h"

#include "base/json.h"

#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE = 50,
	PAGE_MAX = 500,
	QUESTION_MAX = 65536
};

void rewapp__question_begin(struct buffer *question, const char *query)
{
	rewapp__buffer_init(question, NULL, QUESTION_MAX);
	rewapp__buffer_printf(question, "{\"query\":\"%s\"", query);
}

void rewapp__question_id(struct buffer *question, const char *name, const struct rewapp_id *id)
{
	char text[REWAPP_ID_CAPACITY];

	rewapp_id_format(id, text);
	rewapp__question_text(question, name, text);
}

void rewapp__question_text(struct buffer *question, const char *name, const char *text)
{
	rewapp__buffer_printf(question, ",\"%s\":", name);
	rewapp__json_quote(question, text);
}

void rewapp__question_number(struct buffer *question, const char *name, int64_t number)
{
	/* As text: JSON numbers end at 2^53. */
	rewapp__buffer_printf(question, ",\"%s\":\"%lld\"", name, (long long)number);
}

bool rewapp__question_programme(struct request *request, struct buffer *question)
{
	const char *text = rewapp__request_query(request, "programme");
	struct rewapp_id id;

	if (!text || !*text)
		return true;
	if (rewapp_id_parse(text, strlen(text), &id) < 0) {
		rewapp__problem_engine(request, REWAPP_E_ARGUMENT, "programme", "this is not an id");
		return false;
	}
	rewapp__question_id(question, "programme", &id);
	return true;
}

bool rewapp__question_instant(struct request *request, struct buffer *question)
{
	int64_t recorded_ms, occurred_ms;

	if (!rewapp__request_number(request, "recorded_ms", 0, INT64_MAX, 0, &recorded_ms) ||
		!rewapp__request_number(request, "occurred_ms", 0, INT64_MAX, 0, &occurred_ms))
		return false;
	rewapp__question_number(question, "recorded_ms", recorded_ms);
	rewapp__question_number(question, "occurred_ms", occurred_ms);
	return true;
}

bool rewapp__question_page(struct request *request, struct buffer *question, const char *cursor)
{
	int64_t at, limit;

	if (!rewapp__request_number(request, cursor, 0, INT64_MAX, 0, &at) ||
		!rewapp__request_number(request, "limit", 1, PAGE_MAX, PAGE, &limit))
		return false;
	rewapp__question_number(question, cursor, at);
	rewapp__question_number(question, "limit", limit);
	return true;
}

int rewapp__question_ask(struct request *request, struct buffer *question, struct buffer *answer)
{
	struct readers *readers = &request->app->readers;
	rewapp_engine *engine;
	char *text = NULL;
	size_t length = 0;
	int error;

	rewapp__buffer_init(answer, NULL, SIZE_MAX / 2);
	rewapp__buffer_puts(question, "}");
	if (question->failed)
		return REWAPP_E_NOMEMORY;
	engine = rewapp__readers_take(readers);
	error = rewapp_json_query(engine, question->data, question->size, &text, &length);
	if (!error) {
		rewapp__buffer_append(answer, text, length);
		rewapp_free(engine, text);
	}
	rewapp__readers_give(readers, engine);
	return error;
}

void rewapp__question_send(struct request *request, struct buffer *question)
{
	struct buffer answer;
	int error = rewapp__question_ask(request, question, &answer);

	if (error < 0)
		rewapp__problem_engine(request, error, NULL, rewapp_errmsg());
	else
		rewapp__respond_buffer(request, 200, "application/json", &answer);
	rewapp__buffer_finish(&answer);
	rewapp__buffer_finish(question);
}

/* --- questions that are left with the clerk ---------------------------------------------------- */

struct left {
	struct errand errand;
	struct buffer question;
	char age[24]; /* in seconds, as the header says it */
};

static void release(struct request *request)
{
	struct left *left = request->kept;

	rewapp__buffer_finish(&left->question);
	free(left->errand.answer);
}

static void answered(struct errand *errand)
{
	rewapp__request_resume(errand->user);
}

static void answer(struct request *request)
{
	struct left *left = request->kept;
	const struct errand *errand = &left->errand;
	struct buffer text;

	if (errand->error < 0) {
		rewapp__problem_engine(request, errand->error, NULL, errand->message);
		return;
	}
	if (errand->age_ms) {
		snprintf(left->age, sizeof left->age, "%lld", (long long)(errand->age_ms / 1000));
		rewapp__respond_header(request, MHD_HTTP_HEADER_AGE, left->age);
	}
	rewapp__buffer_init(&text, NULL, SIZE_MAX / 2);
	rewapp__buffer_append(&text, errand->answer, errand->answer_length);
	rewapp__respond_buffer(request, 200, "application/json", &text);
}

static void refuse(struct request *request)
{
	rewapp__problem(request,
		rewapp__http_is_stopping(request->http) ? HTTP_PROBLEM_STOPPING : HTTP_PROBLEM_OVERLOADED,
		"too many reports are waited for");
}

/* RFC 9111, 5.2.1.4. */
static bool wants_anew(struct request *request)
{
	const char *caching = rewapp__request_header(request, MHD_HTTP_HEADER_CACHE_CONTROL);

	return caching && (strstr(caching, "no-cache") || strstr(caching, "no-store"));
}

void rewapp__question_leave(struct request *request, struct buffer *question)
{
	struct left *left = rewapp__arena_take(&request->arena, sizeof *left);

	rewapp__buffer_puts(question, "}");
	if (!left || question->failed) {
		rewapp__buffer_finish(question);
		rewapp__problem_engine(request, REWAPP_E_NOMEMORY, NULL, NULL);
		return;
	}
	*left = (struct left){ .question = *question };
	rewapp__buffer_init(question, NULL, 0); /* the request owns it now */
	left->errand = (struct errand){ .question = left->question.data,
		.length = left->question.size,
		.report = strcmp(request->route->method, "GET") == 0,
		.anew = wants_anew(request),
		.done = answered,
		.user = request };
	request->kept = left;
	request->release = release;
	rewapp__request_suspend(request, answer);
	if (rewapp__clerk_ask(&request->app->clerk, &left->errand) == 0)
		return;
	request->then = refuse;
	rewapp__request_resume(request);
}

void rewapp__question_object(struct request *request, const char *query, const char *name)
{
	struct buffer question;
	struct rewapp_id id;

	if (!rewapp__request_id(request, 0, name, &id))
		return;
	rewapp__question_begin(&question, query);
	rewapp__question_id(&question, name, &id);
	rewapp__question_send(request, &question);
}

void rewapp__question_list(struct request *request, const char *query, const char *cursor)
{
	struct buffer question;

	rewapp__question_begin(&question, query);
	if (rewapp__question_page(request, &question, cursor))
		rewapp__question_send(request, &question);
	else
		rewapp__buffer_finish(&question);
}
