/* Purchases and their returns, batches of any commands, receipts. */
#include "routes/query.h"
#include "routes/scope.h"
#include "routes/tables.h"

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
