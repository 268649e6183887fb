/* Members: an id, a status, points. */
#include "routes/query.h"
#include "routes/submission.h"
#include "routes/tables.h"

static void enrol(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_MEMBER);

	if (submission)
		rewapp__submission_send(submission);
}

static void change(struct request *request, int kind)
{
	struct submission *submission = rewapp__submission_about(request, kind);

	if (submission)
		rewapp__submission_send(submission);
}

static void close_account(struct request *request)
{
	change(request, REWAPP_KIND_CLOSE_ACCOUNT);
}

static void reopen_account(struct request *request)
{
	change(request, REWAPP_KIND_REOPEN_ACCOUNT);
}

static void join(struct request *request)
{
	change(request, REWAPP_KIND_JOIN);
}

static void limit(struct request *request)
{
	change(request, REWAPP_KIND_LIMIT);
}

static void leave(struct request *request)
{
	change(request, REWAPP_KIND_LEAVE);
}

static void transfer(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_TRANSFER);

	if (submission)
		rewapp__submission_send(submission);
}

static void list(struct request *request)
{
	rewapp__question_list(request, "members", "after");
}

static void show(struct request *request)
{
	rewapp__question_object(request, "member", "id");
}

static void balance(struct request *request)
{
	struct buffer question;
	struct rewapp_id id;

	if (!rewapp__request_id(request, 0, "member", &id))
		return;
	rewapp__question_begin(&question, "balance");
	rewapp__question_id(&question, "member", &id);
	if (rewapp__question_programme(request, &question) && rewapp__question_instant(request, &question))
		rewapp__question_send(request, &question);
	rewapp__buffer_finish(&question);
}

static void tier(struct request *request)
{
	struct buffer question;
	struct rewapp_id id;

	if (!rewapp__request_id(request, 0, "member", &id))
		return;
	rewapp__question_begin(&question, "tier");
	rewapp__question_id(&question, "member", &id);
	if (rewapp__question_programme(request, &question))
		rewapp__question_send(request, &question);
	rewapp__buffer_finish(&question);
}

static void statement(struct request *request)
{
	struct buffer question;
	struct rewapp_id id;

	if (!rewapp__request_id(request, 0, "member", &id))
		return;
	rewapp__question_begin(&question, "statement");
	rewapp__question_id(&question, "member", &id);
	if (rewapp__question_programme(request, &question) && rewapp__question_instant(request, &question) &&
		rewapp__question_page(request, &question, "before"))
		rewapp__question_send(request, &question);
	rewapp__buffer_finish(&question);
}

static void expiries(struct request *request)
{
	struct buffer question;
	struct rewapp_id id;

	if (!rewapp__request_id(request, 0, "member", &id))
		return;
	rewapp__question_begin(&question, "expiries");
	rewapp__question_id(&question, "member", &id);
	if (rewapp__question_programme(request, &question))
		rewapp__question_send(request, &question);
	rewapp__buffer_finish(&question);
}

/* clang-format off */
static const struct route rows[] = {
	{ "POST", "/v1/members", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, enrol,
		"Enrols a member, or changes its status" },
	{ "GET", "/v1/members", SCOPE_PLATFORM, 0, 0, list, "Lists members in the order of their making" },
	{ "POST", "/v1/members/{id}/close", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, close_account,
		"Closes a member's account in a programme" },
	{ "POST", "/v1/members/{id}/reopen", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, reopen_account,
		"Opens a closed account again" },
	{ "POST", "/v1/members/{id}/join", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, join,
		"Lets another member share this one's wallet, a household's" },
	{ "POST", "/v1/members/{id}/limit", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, limit,
		"Sets what a member of the household may spend" },
	{ "POST", "/v1/members/{id}/leave", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, leave,
		"Ends a member's share in the household's wallet" },
	{ "POST", "/v1/transfers", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, transfer,
		"Gives points of a member to another" },
	{ "GET", "/v1/members/{id}", SCOPE_PLATFORM, 0, 0, show, "One member" },
	{ "GET", "/v1/members/{id}/balance", SCOPE_PLATFORM, 0, 0, balance,
		"A member's points, now or at a past instant" },
	{ "GET", "/v1/members/{id}/tier", SCOPE_PLATFORM, 0, 0, tier,
		"A member's tier, and what is missing to the next" },
	{ "GET", "/v1/members/{id}/statement", SCOPE_PLATFORM, 0, 0, statement,
		"A member's statement, newest line first" },
	{ "GET", "/v1/members/{id}/expiries", SCOPE_PLATFORM, 0, 0, expiries,
		"Which of a member's points end when, and who paid for them" },
};
/* clang-format on */

const struct route_table rewapp__routes_members = ROUTE_TABLE(rows);
