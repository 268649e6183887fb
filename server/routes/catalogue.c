/* Merchants and programmes: documents with an id. */
#include "routes/query.h"
#include "routes/submission.h"
#include "routes/tables.h"

#include <rewapp/errors.h>
#include <string.h>

static void put(struct request *request, int kind)
{
	struct submission *submission = request->params[0].text ? rewapp__submission_about(request, kind)
								: rewapp__submission_read(request, kind);

	if (submission)
		rewapp__submission_send(submission);
}

static void put_merchant(struct request *request)
{
	put(request, REWAPP_KIND_MERCHANT);
}

static void put_programme(struct request *request)
{
	put(request, REWAPP_KIND_PROGRAMME);
}

static void list_merchants(struct request *request)
{
	rewapp__question_list(request, "merchants", "after");
}

static void list_programmes(struct request *request)
{
	rewapp__question_list(request, "programmes", "after");
}

static void show_merchant(struct request *request)
{
	struct rewapp_id id;

	if (!rewapp__request_id(request, 0, "id", &id))
		return;
	if (request->who.scope != SCOPE_PLATFORM && memcmp(&id, &request->who.merchant, sizeof id) != 0)
		rewapp__problem_engine(
			request, REWAPP_E_NOTFOUND, "id", "the key reaches its own merchant only");
	else
		rewapp__question_object(request, "merchant", "id");
}

static void show_programme(struct request *request)
{
	rewapp__question_object(request, "programme", "id");
}

/* clang-format off */
static const struct route rows[] = {
	{ "GET", "/v1/merchants", SCOPE_PLATFORM, 0, 0, list_merchants,
		"Lists merchants in the order of their making" },
	{ "POST", "/v1/merchants", SCOPE_PLATFORM, BODY_DOCUMENT, ROUTE_CHANGES, put_merchant,
		"Adds or replaces merchants" },
	{ "GET", "/v1/merchants/{id}", SCOPE_PLATFORM | SCOPE_MERCHANT | SCOPE_TERMINAL, 0, 0, show_merchant,
		"One merchant" },
	{ "POST", "/v1/merchants/{id}", SCOPE_PLATFORM, BODY_DOCUMENT, ROUTE_CHANGES, put_merchant,
		"Adds or replaces this merchant" },
	{ "GET", "/v1/programmes", SCOPE_PLATFORM, 0, 0, list_programmes,
		"Lists the current versions of the programmes" },
	{ "POST", "/v1/programmes", SCOPE_PLATFORM, BODY_DOCUMENT, ROUTE_CHANGES, put_programme,
		"Adds programmes, or their next versions" },
	{ "GET", "/v1/programmes/{id}", SCOPE_PLATFORM | SCOPE_MERCHANT | SCOPE_TERMINAL, 0, 0, show_programme,
		"One programme's current version" },
	{ "POST", "/v1/programmes/{id}", SCOPE_PLATFORM, BODY_DOCUMENT, ROUTE_CHANGES, put_programme,
		"Adds this programme, or its next version" },
};
/* clang-format on */

const struct route_table rewapp__routes_catalogue = ROUTE_TABLE(rows);
