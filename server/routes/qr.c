/* QR codes: minted for a member, drawn, looked at, redeemed once. */
#include "base/json.h"
#include "routes/query.h"
#include "routes/scope.h"
#include "routes/tables.h"

#include <rewapp/errors.h>
#include <rewapp/qr.h>
#include <stdlib.h>
#include <string.h>

static void mint(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_MINT);

	if (submission)
		rewapp__submission_send(submission);
}

/* What a scanner typed, on whatever keyboard, as digits; what is no token of ours stays as
 * it is, for the engine to say FORGED. */
static const char *fold(struct request *request, const char *typed)
{
	char digits[REWAPP_TOKEN_CAPACITY];
	const char *copy;

	if (rewapp_qr_fold(typed, strlen(typed), digits, sizeof digits) < 0)
		return typed;
	copy = rewapp__arena_copy(&request->arena, digits, strlen(digits));
	return copy ? copy : typed;
}

static void redeem(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_REDEEM);

	if (!submission || !rewapp__scope_commands(submission))
		return;
	for (size_t i = 0; i < submission->count; i++)
		if (submission->commands[i].token)
			submission->commands[i].token = fold(request, submission->commands[i].token);
	rewapp__submission_send(submission);
}

/* Which merchant looks: the key's, or for the platform the one that the body names. */
static bool till_of(struct request *request, const cJSON *body, struct rewapp_id *till)
{
	const cJSON *named = rewapp__json_get(body, "merchant");

	memset(till, 0, sizeof *till);
	if (named &&
		(!cJSON_IsString(named) ||
			rewapp_id_parse(named->valuestring, strlen(named->valuestring), till) < 0)) {
		rewapp__problem_engine(request, REWAPP_E_ARGUMENT, "merchant", "this is not an id");
		return false;
	}
	if (request->who.scope == SCOPE_PLATFORM)
		return true;
	if (named && memcmp(till, &request->who.merchant, sizeof *till) != 0) {
		rewapp__problem(request, HTTP_PROBLEM_FORBIDDEN, "the key belongs to another merchant");
		return false;
	}
	*till = request->who.merchant;
	return true;
}

static bool check_keys(struct request *request, const cJSON *body)
{
	const cJSON *token = rewapp__json_get(body, "token");

	for (const cJSON *item = body->child; item; item = item->next)
		if (!item->string ||
			(strcmp(item->string, "token") != 0 && strcmp(item->string, "merchant") != 0)) {
			rewapp__problem_engine(
				request, REWAPP_E_ARGUMENT, item->string, "the key is unknown");
			return false;
		}
	if (cJSON_IsString(token) && *token->valuestring)
		return true;
	rewapp__problem_engine(
		request, REWAPP_E_ARGUMENT, "token", "a text is needed: what the scanner typed");
	return false;
}

/* The engine's answer with the folded digits in it.  A till learns nothing about a code
 * that was made for another merchant but that it was. */
static void answer_inspection(struct request *request, const char *token, const struct buffer *answer)
{
	cJSON *tree = cJSON_ParseWithLength(answer->data, answer->size);
	const cJSON *verdict = rewapp__json_get(tree, "verdict");
	struct buffer out;
	char *text;

	if (cJSON_IsString(verdict) && strcmp(verdict->valuestring, "WRONG_MERCHANT") == 0 &&
		request->who.scope != SCOPE_PLATFORM) {
		cJSON_Delete(tree);
		tree = cJSON_CreateObject();
		cJSON_AddStringToObject(tree, "verdict", "WRONG_MERCHANT");
	}
	cJSON_AddStringToObject(tree, "token", token);
	text = cJSON_PrintUnformatted(tree);
	rewapp__buffer_init(&out, NULL, SIZE_MAX / 2);
	if (text)
		rewapp__buffer_puts(&out, text);
	rewapp__respond_buffer(request, 200, "application/json", &out);
	cJSON_free(text);
	cJSON_Delete(tree);
}

static void inspect_token(struct request *request, const char *token, const struct rewapp_id *till)
{
	struct buffer question, answer;
	int error;

	rewapp__question_begin(&question, "inspect");
	rewapp__question_text(&question, "token", token);
	if (!rewapp_id_is_zero(till))
		rewapp__question_id(&question, "merchant", till);
	error = rewapp__question_ask(request, &question, &answer);
	if (error < 0)
		rewapp__problem_engine(request, error, NULL, rewapp_errmsg());
	else
		answer_inspection(request, token, &answer);
	rewapp__buffer_finish(&answer);
	rewapp__buffer_finish(&question);
}

static void inspect(struct request *request)
{
	const char *text = request->body.data ? request->body.data : "";
	struct rewapp_id till;
	cJSON *body;
	int error = rewapp__json_parse(text, request->body.size, request->body.limit, &body);

	if (error < 0) {
		rewapp__problem_engine(request, error, NULL, rewapp_errmsg());
		return;
	}
	if (check_keys(request, body) && till_of(request, body, &till))
		inspect_token(request, fold(request, rewapp__json_get(body, "token")->valuestring), &till);
	cJSON_Delete(body);
}

static const struct {
	const char *format, *type;
} formats[] = {
	{ "svg", "image/svg+xml" },
	{ "png", "image/png" },
	{ "utf8", "text/plain; charset=utf-8" },
	{ "escpos", "application/octet-stream" },
};

static const char *type_of(const char *format)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].format, format) == 0)
			return formats[i].type;
	return NULL;
}

static void draw(struct request *request, const char *token, const char *format, int scale)
{
	struct buffer out;
	size_t need = 0;
	void *image;
	int error = rewapp_qr_render(token, format, scale, NULL, 0, &need);

	if (error < 0 && error != REWAPP_E_CAPACITY) {
		rewapp__problem_engine(request, error, "token", rewapp_errmsg());
		return;
	}
	image = rewapp__arena_take(&request->arena, need);
	error = image ? rewapp_qr_render(token, format, scale, image, need, &need) : REWAPP_E_NOMEMORY;
	if (error < 0) {
		rewapp__problem_engine(request, error, NULL, rewapp_errmsg());
		return;
	}
	rewapp__buffer_init(&out, NULL, need);
	rewapp__buffer_append(&out, image, need);
	rewapp__respond_buffer(request, 200, type_of(format), &out);
}

static void image(struct request *request)
{
	const char *format = rewapp__request_query(request, "format");
	char *token = rewapp__arena_copy(&request->arena, request->params[0].text, request->params[0].length);
	int64_t scale;

	if (!rewapp__request_number(request, "scale", 0, 32, 0, &scale))
		return;
	if (!format)
		format = "svg";
	if (!type_of(format))
		rewapp__problem_engine(request, REWAPP_E_ARGUMENT, "format", "svg, png, utf8 or escpos");
	else if (!token)
		rewapp__problem_engine(request, REWAPP_E_NOMEMORY, NULL, NULL);
	else
		draw(request, token, format, (int)scale);
}

enum {
	ANY = SCOPE_PLATFORM | SCOPE_MERCHANT | SCOPE_TERMINAL
};

/* clang-format off */
static const struct route rows[] = {
	{ "POST", "/v1/qr", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, mint,
		"Holds points and makes the QR code that spends them" },
	{ "GET", "/v1/qr/{token}/image", ANY, 0, 0, image, "Draws a QR code" },
	{ "POST", "/v1/qr/inspect", ANY, BODY_SMALL, 0, inspect, "Looks at a QR code without using it" },
	{ "POST", "/v1/qr/redeem", ANY, BODY_SMALL, ROUTE_CHANGES, redeem, "Spends the points of a QR code, once" },
};
/* clang-format on */

const struct route_table rewapp__routes_qr = ROUTE_TABLE(rows);
