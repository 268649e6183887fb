/* What a programme offers besides rules: vouchers, gift cards, achievements. */
#include "routes/query.h"
#include "routes/scope.h"
#include "routes/submission.h"
#include "routes/tables.h"

static void voucher(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_VOUCHER);

	if (submission)
		rewapp__submission_send(submission);
}

/* What a member has, by the question's name. */
static void of_member(struct request *request, const char *name)
{
	struct buffer question;
	struct rewapp_id id;

	if (!rewapp__request_id(request, 0, "member", &id))
		return;
	rewapp__question_begin(&question, name);
	rewapp__question_id(&question, "member", &id);
	if (rewapp__question_programme(request, &question))
		rewapp__question_send(request, &question);
	rewapp__buffer_finish(&question);
}

static void household(struct request *request)
{
	of_member(request, "household");
}

static void vouchers(struct request *request)
{
	of_member(request, "vouchers");
}

static void achievements(struct request *request)
{
	of_member(request, "achievements");
}

static void load(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_GIFT_CARD);

	if (submission && rewapp__scope_commands(submission))
		rewapp__submission_send(submission);
}

static void take_back(struct request *request)
{
	struct submission *submission = rewapp__submission_about(request, REWAPP_KIND_VOID);

	if (submission)
		rewapp__submission_send(submission);
}

/* clang-format off */
static const struct route rows[] = {
	{ "POST", "/v1/vouchers", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, voucher,
		"Makes a voucher for a member, of the points or as a gift" },
	{ "POST", "/v1/gift-cards", SCOPE_PLATFORM | SCOPE_MERCHANT, BODY_SMALL, ROUTE_CHANGES, load,
		"Puts money on a gift card, and makes it the first time" },
	{ "POST", "/v1/gift-cards/{id}/void", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, take_back,
		"Takes back what was put on a gift card while all of it is there" },
	{ "GET", "/v1/members/{id}/household", SCOPE_PLATFORM, 0, 0, household,
		"Who shares a household's wallet, up to which limits" },
	{ "GET", "/v1/members/{id}/vouchers", SCOPE_PLATFORM, 0, 0, vouchers,
		"A member's vouchers that can be spent" },
	{ "GET", "/v1/members/{id}/achievements", SCOPE_PLATFORM, 0, 0, achievements,
		"How far a member is with each achievement" },
};
/* clang-format on */

const struct route_table rewapp__routes_templates = ROUTE_TABLE(rows);
