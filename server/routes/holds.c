/* Holds without a QR code, and redemptions taken back. */
#include "routes/scope.h"
#include "routes/tables.h"

static void hold(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_HOLD);

	if (submission)
		rewapp__submission_send(submission);
}

static void about(struct request *request, int kind)
{
	struct submission *submission = rewapp__submission_about(request, kind);

	if (submission)
		rewapp__submission_send(submission);
}

static void post(struct request *request)
{
	about(request, REWAPP_KIND_POST);
}

static void cancel(struct request *request)
{
	about(request, REWAPP_KIND_VOID);
}

static void reverse(struct request *request)
{
	struct submission *submission = rewapp__submission_about(request, REWAPP_KIND_REVERSE);

	if (submission && rewapp__scope_receipt(request, &submission->commands[0].target, "target"))
		rewapp__submission_send(submission);
}

/* clang-format off */
static const struct route rows[] = {
	{ "POST", "/v1/holds", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, hold, "Reserves points of a member" },
	{ "POST", "/v1/holds/{id}/post", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, post, "Spends a hold" },
	{ "POST", "/v1/holds/{id}/void", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, cancel, "Gives a hold back" },
	{ "POST", "/v1/redemptions/{id}/reverse", SCOPE_PLATFORM | SCOPE_MERCHANT, BODY_SMALL, ROUTE_CHANGES, reverse,
		"Gives points of a redemption back to their lots" },
};
/* clang-format on */

const struct route_table rewapp__routes_holds = ROUTE_TABLE(rows);
