/* Bank lines that wait for a person; the answers, and what they taught. */
#include "routes/query.h"
#include "routes/submission.h"
#include "routes/tables.h"

#include <rewapp/errors.h>
#include <string.h>

static void list(struct request *request)
{
	const char *language = rewapp__request_query(request, "language");
	struct buffer question;

	rewapp__question_begin(&question, "review");
	if (language)
		rewapp__question_text(&question, "language", language);
	if (rewapp__question_page(request, &question, "after"))
		rewapp__question_send(request, &question);
	else
		rewapp__buffer_finish(&question);
}

/* A CONFIRM of a merchant, or of nobody: the path says which, so that neither happens by a field forgotten.
 */
static void confirm(struct request *request)
{
	struct submission *submission = rewapp__submission_about(request, REWAPP_KIND_CONFIRM);

	if (!submission)
		return;
	if (rewapp_id_is_zero(&submission->commands[0].merchant))
		rewapp__problem_engine(request, REWAPP_E_ARGUMENT, "merchant", "missing: which one is it?");
	else
		rewapp__submission_send(submission);
}

static void refuse(struct request *request)
{
	struct submission *submission = rewapp__submission_about(request, REWAPP_KIND_CONFIRM);

	if (!submission)
		return;
	submission->commands[0].flags |= REWAPP_NOBODY;
	rewapp__submission_send(submission);
}

static void take_back(struct request *request)
{
	struct submission *submission = rewapp__submission_about(request, REWAPP_KIND_TAKE_BACK);

	if (submission)
		rewapp__submission_send(submission);
}

static void learnt(struct request *request)
{
	const char *text = rewapp__request_query(request, "merchant");
	struct buffer question;
	struct rewapp_id id;

	rewapp__question_begin(&question, "learnt");
	if (text && rewapp_id_parse(text, strlen(text), &id) < 0)
		rewapp__problem_engine(request, REWAPP_E_ARGUMENT, "merchant", "this is not an id");
	else if (rewapp__question_page(request, &question, "after")) {
		if (text)
			rewapp__question_id(&question, "merchant", &id);
		rewapp__question_send(request, &question);
	}
	rewapp__buffer_finish(&question);
}

/* clang-format off */
static const struct route rows[] = {
	{ "GET", "/v1/review", SCOPE_PLATFORM, 0, 0, list,
		"Bank lines that wait for a person, with their best candidates and the evidence" },
	{ "POST", "/v1/review/{id}/confirm", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, confirm,
		"Says which merchant a bank line names: it earns, and the text is remembered" },
	{ "POST", "/v1/review/{id}/refuse", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, refuse,
		"Says that a bank line names none of the merchants" },
	{ "POST", "/v1/review/{id}/take-back", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, take_back,
		"Takes an answer back, or a wrong match, with its points" },
	{ "GET", "/v1/learnt", SCOPE_PLATFORM, 0, 0, learnt,
		"What people's answers have taught: text, merchant, line, who and when" },
};
/* clang-format on */

const struct route_table rewapp__routes_review = ROUTE_TABLE(rows);
