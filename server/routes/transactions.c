/* Purchases and their returns, batches of any commands, receipts. */
#include "routes/query.h"
#include "routes/scope.h"
#include "routes/tables.h"

#include <rewapp/errors.h>
#include <string.h>

static void submit(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, 0);

	if (submission)
		rewapp__submission_send(submission);
}

static void purchase(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_PURCHASE);

	if (submission && rewapp__scope_commands(submission))
		rewapp__submission_send(submission);
}

static void bank_line(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_BANK_LINE);

	if (submission)
		rewapp__submission_send(submission);
}

static void bank_lines(struct request *request)
{
	const char *outcome = rewapp__request_query(request, "outcome");
	const char *member = rewapp__request_query(request, "member");
	struct buffer question;
	struct rewapp_id id;

	rewapp__question_begin(&question, "bank_lines");
	if (outcome)
		rewapp__question_text(&question, "outcome", outcome);
	if (member && rewapp_id_parse(member, strlen(member), &id) < 0) {
		rewapp__problem_engine(request, REWAPP_E_ARGUMENT, "member", "not an id");
	} else {
		if (member)
			rewapp__question_id(&question, "member", &id);
		if (rewapp__question_page(request, &question, "after"))
			rewapp__question_send(request, &question);
	}
	rewapp__buffer_finish(&question);
}

static void give_back(struct request *request)
{
	struct submission *submission = rewapp__submission_about(request, REWAPP_KIND_RETURN);

	if (submission && rewapp__scope_receipt(request, &submission->commands[0].target, "target"))
		rewapp__submission_send(submission);
}

static void end_of_day(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_END_OF_DAY);

	if (submission)
		rewapp__submission_send(submission);
}

static void receipt(struct request *request)
{
	struct rewapp_id id;

	if (rewapp__request_id(request, 0, "id", &id) && rewapp__scope_receipt(request, &id, "id"))
		rewapp__question_object(request, "receipt", "id");
}

static void explanation(struct request *request)
{
	const char *language = rewapp__request_query(request, "language");
	struct buffer question;
	struct rewapp_id id;

	if (!rewapp__request_id(request, 0, "id", &id) || !rewapp__scope_receipt(request, &id, "id"))
		return;
	rewapp__question_begin(&question, "explain");
	rewapp__question_id(&question, "id", &id);
	if (language)
		rewapp__question_text(&question, "language", language);
	rewapp__question_send(request, &question);
}

/* clang-format off */
static const struct route rows[] = {
	{ "POST", "/v1/commands", SCOPE_PLATFORM, BODY_BATCH, ROUTE_CHANGES, submit,
		"Carries out a batch of commands of any kind in one durable transaction" },
	{ "POST", "/v1/transactions", SCOPE_PLATFORM | SCOPE_MERCHANT | SCOPE_TERMINAL, BODY_BATCH, ROUTE_CHANGES,
		purchase, "Takes one purchase, or an array of them: match, earn" },
	{ "POST", "/v1/bank-lines", SCOPE_PLATFORM, BODY_BATCH, ROUTE_CHANGES, bank_line,
		"Takes a line of a member's bank, or an array of them: a purchase that earns once" },
	{ "GET", "/v1/bank-lines", SCOPE_PLATFORM, 0, 0, bank_lines,
		"The lines of members' banks, and what became of them" },
	{ "POST", "/v1/transactions/{id}/returns", SCOPE_PLATFORM | SCOPE_MERCHANT | SCOPE_TERMINAL, BODY_SMALL,
		ROUTE_CHANGES, give_back, "Gives back part of a purchase, or all that is left of it" },
	{ "POST", "/v1/end-of-day", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, end_of_day,
		"Records a slice of what is due at a day's end, and tells whether there is more" },
	{ "GET", "/v1/receipts/{id}", SCOPE_PLATFORM | SCOPE_MERCHANT, 0, 0, receipt,
		"The receipt of a command, with the explanation of each award" },
	{ "GET", "/v1/receipts/{id}/explanation", SCOPE_PLATFORM | SCOPE_MERCHANT, 0, 0, explanation,
		"Why each rule gave points to a purchase or gave none, in words" },
};
/* clang-format on */

const struct route_table rewapp__routes_transactions = ROUTE_TABLE(rows);
