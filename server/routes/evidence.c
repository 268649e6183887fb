/* Evidence: the books' key, checkpoints, and the proofs that members ask for. */
#include "base/json.h"
#include "routes/query.h"
#include "routes/scope.h"
#include "routes/tables.h"

#include <rewapp/errors.h>
#include <string.h>

static void books(struct request *request)
{
	struct buffer question;

	rewapp__question_begin(&question, "books");
	rewapp__question_send(request, &question);
}

static void checkpoint(struct request *request)
{
	struct buffer question;

	rewapp__question_begin(&question, "checkpoint");
	rewapp__question_send(request, &question);
}

static void sign(struct request *request)
{
	struct buffer question;

	rewapp__question_begin(&question, "sign");
	rewapp__question_leave(request, &question);
}

/* What the member typed from the receipt; the engine judges it. */
static void proof(struct request *request)
{
	const struct param *typed = &request->params[0];
	const char *text = rewapp__arena_copy(&request->arena, typed->text, typed->length);
	struct buffer question;

	rewapp__question_begin(&question, "proof");
	rewapp__question_text(&question, "code", text ? text : "");
	rewapp__question_send(request, &question);
}

static void code(struct request *request)
{
	struct rewapp_id id;

	if (rewapp__request_id(request, 0, "id", &id) && rewapp__scope_receipt(request, &id, "id"))
		rewapp__question_object(request, "code", "id");
}

/* The body has the older checkpoint, which the caller kept. */
static void extension(struct request *request)
{
	cJSON *tree = cJSON_ParseWithLength(request->body.data, request->body.size);
	const cJSON *older = rewapp__json_get(tree, "checkpoint");
	struct buffer question;

	if (cJSON_IsString(older)) {
		rewapp__question_begin(&question, "extension");
		rewapp__question_text(&question, "checkpoint", older->valuestring);
		rewapp__question_leave(request, &question);
	} else {
		rewapp__problem_engine(request, REWAPP_E_ARGUMENT, "checkpoint",
			"the text of an older checkpoint is needed");
	}
	cJSON_Delete(tree);
}

/* clang-format off */
static const struct route rows[] = {
	{ "GET", "/v1/books", SCOPE_PUBLIC, 0, 0, books, "The public key that signs the books" },
	{ "GET", "/v1/checkpoint", SCOPE_PUBLIC, 0, 0, checkpoint, "The newest signed checkpoint" },
	{ "POST", "/v1/checkpoint", SCOPE_PLATFORM, 0, 0, sign, "Signs all commands so far" },
	{ "POST", "/v1/extension", SCOPE_PLATFORM, BODY_SMALL, 0, extension,
		"Proves that the books continue an older checkpoint" },
	{ "GET", "/v1/receipts/{id}/code", SCOPE_PLATFORM | SCOPE_MERCHANT, 0, 0, code,
		"The code for the receipt of a command" },
	{ "GET", "/v1/proofs/{code}", SCOPE_PUBLIC, 0, 0, proof, "The proof that a receipt's code stands for" },
};
/* clang-format on */

const struct route_table rewapp__routes_evidence = ROUTE_TABLE(rows);
