/* The body's text is the engine's to read; here it only learns its kind and its ids. */
#include "routes/submission.h"

#include "base/json.h"

#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void release(struct request *request)
{
	struct submission *submission = request->kept;

	rewapp__job_finish(&submission->job);
	rewapp_commands_free(submission->parsed);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The body's object with `"kind":"…"` behind its last member, so that lines and columns
 * of messages stay those of the caller's text.  A text that is no object is left alone:
 * the engine says what is wrong with it. */
static const char *add_kind(struct request *request, int kind, size_t *length)
{
	const char *text = request->body.data, *result;
	size_t end = request->body.size, before;
	struct buffer out;

	*length = end;
	while (end && is_space(text[end - 1]))
		end--;
	if (kind == 0 || end == 0 || text[end - 1] != '}')
		return text;
	for (before = end - 1; before && is_space(text[before - 1]);)
		before--;
	rewapp__buffer_init(&out, NULL, end + 64);
	rewapp__buffer_append(&out, text, end - 1);
	rewapp__buffer_printf(&out, "%s\"kind\":\"%s\"}", before && text[before - 1] == '{' ? "" : ",",
		rewapp_kind_name(kind));
	*length = out.size;
	result = out.failed ? NULL : rewapp__arena_copy(&request->arena, out.data, out.size);
	rewapp__buffer_finish(&out);
	return result;
}

/* An array of objects becomes {"commands": [...]}, each with its kind. */
static int parse_array(struct request *request, int kind, rewapp_commands **out)
{
	cJSON *array, *outer, *item;
	char *text;
	int error = rewapp__json_parse(request->body.data, request->body.size, request->body.limit, &array);

	if (error < 0)
		return error;
	for (item = array->child; item; item = item->next)
		if (cJSON_IsObject(item) && !rewapp__json_get(item, "kind"))
			cJSON_AddStringToObject(item, "kind", rewapp_kind_name(kind));
	outer = cJSON_CreateObject();
	cJSON_AddItemToObject(outer, "commands", array);
	text = cJSON_PrintUnformatted(outer);
	cJSON_Delete(outer);
	error = text ? rewapp_commands_parse(text, strlen(text), out) : REWAPP_E_NOMEMORY;
	cJSON_free(text);
	return error;
}

static bool is_array(const struct buffer *body)
{
	size_t at = 0;

	while (at < body->size && is_space(body->data[at]))
		at++;
	return at < body->size && body->data[at] == '[';
}

static int parse(struct request *request, int kind, struct submission *submission)
{
	const char *text;
	size_t length;

	if (request->body.size == 0)
		rewapp__buffer_puts(&request->body, "{}");
	submission->many = kind == 0;
	if (kind && is_array(&request->body)) {
		submission->many = true;
		return parse_array(request, kind, &submission->parsed);
	}
	text = add_kind(request, kind, &length);
	return text ? rewapp_commands_parse(text, length, &submission->parsed) : REWAPP_E_NOMEMORY;
}

/* A key that is an id is taken as it is; any other text belongs to whoever sends it, so
 * that the ticket numbers of two merchants, or of two tills, never meet. */
static int id_of_key(const struct request *request, const char *key, struct rewapp_id *out)
{
	char merchant[REWAPP_ID_CAPACITY], hashed[REWAPP_ID_CAPACITY], name[256];
	const struct identity *who = &request->who;

	if (*key != '@' && rewapp_id_parse(key, strlen(key), out) == 0)
		return 0;
	if (rewapp_id_derive(key, strlen(key), out) < 0)
		return REWAPP_E_ARGUMENT;
	rewapp_id_format(out, hashed);
	rewapp_id_format(&who->merchant, merchant);
	snprintf(name, sizeof name, "idempotency:%s:%s:%s:%s", rewapp__scope_name(who->scope), merchant,
		hashed, who->terminal);
	return rewapp_id_derive(name, strlen(name), out);
}

/* The n-th command of an array under one key.  Their ids differ in the last bytes only, so that they lie on
 * one page of the store and not on as many as there are commands. */
static void id_of_item(const struct rewapp_id *key, size_t index, struct rewapp_id *out)
{
	char text[REWAPP_ID_CAPACITY], name[64];

	rewapp_id_format(key, text);
	snprintf(name, sizeof name, "items:%s", text);
	rewapp_id_derive(name, strlen(name), out);
	for (size_t i = 0; i < sizeof(uint32_t); i++)
		out->bytes[sizeof out->bytes - 1 - i] ^= (uint8_t)(index >> (8 * i));
}

static bool give_ids(struct submission *submission)
{
	struct request *request = submission->request;
	const char *key = rewapp__request_header(request, "Idempotency-Key");
	struct rewapp_id id = { { 0 } };

	if (key && (id_of_key(request, key, &id) < 0 || rewapp_id_is_zero(&id))) {
		rewapp__problem(request, HTTP_PROBLEM_IDEMPOTENCY_KEY, "this one is empty, too long or zero");
		return false;
	}
	for (size_t i = 0; i < submission->count; i++) {
		struct rewapp_command *command = &submission->commands[i];

		if (!rewapp_id_is_zero(&command->id))
			continue;
		if (!key) {
			rewapp__problem(
				request, HTTP_PROBLEM_IDEMPOTENCY_KEY, "neither it nor an \"id\" is there");
			return false;
		}
		if (submission->many)
			id_of_item(&id, i, &command->id);
		else
			command->id = id;
	}
	return true;
}

static bool check_kinds(const struct submission *submission, int kind)
{
	for (size_t i = 0; kind && i < submission->count; i++)
		if (submission->commands[i].kind != kind) {
			rewapp__problem_engine(submission->request, REWAPP_E_ARGUMENT, "kind",
				"this route takes one kind of command, and sets it");
			return false;
		}
	return true;
}

struct submission *rewapp__submission_read(struct request *request, int kind)
{
	struct submission *submission = rewapp__arena_take(&request->arena, sizeof *submission);
	int error;

	if (!submission) {
		rewapp__problem_engine(request, REWAPP_E_NOMEMORY, NULL, NULL);
		return NULL;
	}
	submission->request = request;
	request->kept = submission;
	request->release = release;
	error = parse(request, kind, submission);
	if (error < 0) {
		rewapp__problem_engine(request, error, NULL, rewapp_errmsg());
		return NULL;
	}
	submission->commands = rewapp_commands_array(submission->parsed);
	submission->count = rewapp_commands_count(submission->parsed);
	return check_kinds(submission, kind) && give_ids(submission) ? submission : NULL;
}

struct submission *rewapp__submission_about(struct request *request, int kind)
{
	struct rewapp_id target;
	struct submission *submission;

	if (!rewapp__request_id(request, 0, "target", &target))
		return NULL;
	submission = rewapp__submission_read(request, kind);
	if (!submission)
		return NULL;
	if (submission->many || !rewapp_id_is_zero(&submission->commands[0].target)) {
		rewapp__problem_engine(request, REWAPP_E_ARGUMENT, "target", "the path names it, once");
		return NULL;
	}
	submission->commands[0].target = target;
	return submission;
}

static void append_receipt(struct request *request, const struct rewapp_receipt *receipt, struct buffer *out)
{
	char text[4096], *place = text;
	size_t need;

	if (rewapp_receipt_format(receipt, text, sizeof text, &need) < 0) {
		place = rewapp__arena_take(&request->arena, need + 1);
		if (!place || rewapp_receipt_format(receipt, place, need + 1, &need) < 0) {
			out->failed = REWAPP_E_NOMEMORY;
			return;
		}
	}
	rewapp__buffer_append(out, place, need);
}

/* 201 for what was made now; a refusal or a first receipt again made nothing. */
static void answer_one(struct request *request, const struct rewapp_receipt *receipt)
{
	bool made = receipt->verdict == REWAPP_VERDICT_ACCEPTED && !receipt->replayed;
	struct buffer out;

	if (receipt->code < 0) {
		rewapp__problem_command(request, receipt->code, receipt->field, receipt->message);
		return;
	}
	rewapp__buffer_init(&out, NULL, JSON_BYTES_MAX);
	append_receipt(request, receipt, &out);
	rewapp__respond_buffer(request, made ? 201 : 200, "application/json", &out);
}

static void answer_many(struct request *request, const struct job *job)
{
	struct buffer out;

	rewapp__buffer_init(&out, NULL, SIZE_MAX / 2);
	rewapp__buffer_puts(&out, "{\"receipts\":[");
	for (size_t i = 0; i < job->count; i++) {
		if (i)
			rewapp__buffer_puts(&out, ",");
		append_receipt(request, &job->receipts[i], &out);
	}
	rewapp__buffer_puts(&out, "]}");
	rewapp__respond_buffer(request, 200, "application/json", &out);
}

static void answer(struct request *request)
{
	struct submission *submission = request->kept;
	const struct job *job = &submission->job;

	if (job->error < 0)
		rewapp__problem_engine(request, job->error, NULL, job->message);
	else if (submission->many)
		answer_many(request, job);
	else
		answer_one(request, &job->receipts[0]);
}

static void written(struct job *job)
{
	rewapp__request_resume(job->user);
}

static void refuse(struct request *request)
{
	rewapp__problem(request,
		rewapp__http_is_stopping(request->http) ? HTTP_PROBLEM_STOPPING : HTTP_PROBLEM_OVERLOADED,
		"nothing was stored; send the same again");
}

void rewapp__submission_send(struct submission *submission)
{
	struct request *request = submission->request;
	struct job *job = &submission->job;

	job->commands = submission->commands;
	job->count = submission->count;
	job->done = written;
	job->user = request;
	/* Aside first: the writer may be done before the next line. */
	rewapp__request_suspend(request, answer);
	if (rewapp__writer_submit(&request->app->writer, job) == 0)
		return;
	request->then = refuse;
	rewapp__request_resume(request);
}
