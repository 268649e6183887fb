/* What the platform looks at: matches, totals by day, events. */
#include "routes/query.h"
#include "routes/submission.h"
#include "routes/tables.h"

#include <rewapp/errors.h>
#include <string.h>

enum {
	MS_PER_DAY = 86400000,
	DAYS_DEFAULT = 30
};

/* The body is the question without its name. */
static void ask(struct request *request, const char *name, const char *wanted)
{
	const struct buffer *body = &request->body;
	size_t end = body->size;
	struct buffer question;

	while (end && strchr(" \t\r\n", body->data[end - 1]))
		end--;
	if (end < 2 || body->data[end - 1] != '}') {
		rewapp__problem_engine(request, REWAPP_E_JSON, NULL, wanted);
		return;
	}
	rewapp__buffer_init(&question, NULL, body->size + 64);
	rewapp__buffer_append(&question, body->data, end - 1);
	rewapp__buffer_printf(&question, ",\"query\":\"%s\"", name);
	rewapp__question_send(request, &question);
}

static void match(struct request *request)
{
	ask(request, "match", "an object with a descriptor is needed");
}

static void evaluate(struct request *request)
{
	ask(request, "evaluate", "an object with truth and catalogue is needed");
}

static int64_t today_ms(struct request *request)
{
	rewapp_engine *engine = rewapp__readers_take(&request->app->readers);
	int64_t now_ms = rewapp_engine_now_ms(engine);

	rewapp__readers_give(&request->app->readers, engine);
	return now_ms / MS_PER_DAY * MS_PER_DAY;
}

/* Of the log, what no sweep has added up yet. */
static void totals(struct request *request)
{
	int64_t until_ms, from_ms, tomorrow_ms = today_ms(request) + MS_PER_DAY;
	struct buffer question;

	if (!rewapp__request_number(request, "until_ms", 0, INT64_MAX, tomorrow_ms, &until_ms) ||
		!rewapp__request_number(request, "from_ms", 0, INT64_MAX,
			until_ms - (int64_t)DAYS_DEFAULT * MS_PER_DAY, &from_ms))
		return;
	rewapp__question_begin(&question, "totals");
	rewapp__question_number(&question, "from_ms", from_ms);
	rewapp__question_number(&question, "until_ms", until_ms);
	if (rewapp__question_programme(request, &question))
		rewapp__question_leave(request, &question);
	rewapp__buffer_finish(&question);
}

static void settlement(struct request *request)
{
	int64_t until_ms, from_ms, tomorrow_ms = today_ms(request) + MS_PER_DAY;
	struct buffer question;

	if (!rewapp__request_number(request, "until_ms", 0, INT64_MAX, tomorrow_ms, &until_ms) ||
		!rewapp__request_number(request, "from_ms", 0, INT64_MAX, 0, &from_ms))
		return;
	rewapp__question_begin(&question, "settlement");
	rewapp__question_number(&question, "from_ms", from_ms);
	rewapp__question_number(&question, "until_ms", until_ms);
	if (rewapp__question_programme(request, &question))
		rewapp__question_leave(request, &question);
	rewapp__buffer_finish(&question);
}

/* Reads every wallet. */
static void expiries(struct request *request)
{
	struct buffer question;

	rewapp__question_begin(&question, "expiries");
	if (rewapp__question_programme(request, &question))
		rewapp__question_leave(request, &question);
	rewapp__buffer_finish(&question);
}

static void origins(struct request *request)
{
	struct buffer question;
	struct rewapp_id id;

	if (!rewapp__request_id(request, 0, "redemption", &id))
		return;
	rewapp__question_begin(&question, "trace");
	rewapp__question_id(&question, "id", &id);
	rewapp__question_send(request, &question);
	rewapp__buffer_finish(&question);
}

/* The clerk reads the whole log for it. */
static void signals(struct request *request)
{
	static const char *const numbers[] = { "from_ms", "until_ms", "card_members", "returns",
		"manual_credits", "velocity", "cycles", "terminal_velocity", "cashier_velocity",
		"cashier_returns", "cashier_credits", "limit" };
	struct buffer question;

	rewapp__question_begin(&question, "signals");
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		int64_t value;

		if (!rewapp__request_query(request, numbers[i]))
			continue;
		if (!rewapp__request_number(request, numbers[i], 0, INT64_MAX, 0, &value)) {
			rewapp__buffer_finish(&question);
			return;
		}
		rewapp__question_number(&question, numbers[i], value);
	}
	rewapp__question_leave(request, &question);
}

static void events(struct request *request)
{
	rewapp__question_list(request, "events", "after");
}

static void close_period(struct request *request)
{
	struct submission *submission = rewapp__submission_read(request, REWAPP_KIND_CLOSE);

	if (submission)
		rewapp__submission_send(submission);
}

static void periods(struct request *request)
{
	struct buffer question;

	rewapp__question_begin(&question, "periods");
	if (rewapp__question_programme(request, &question) &&
		rewapp__question_page(request, &question, "after"))
		rewapp__question_send(request, &question);
	rewapp__buffer_finish(&question);
}

static void accounts(struct request *request)
{
	struct buffer question;

	rewapp__question_begin(&question, "accounts");
	if (rewapp__question_programme(request, &question) &&
		rewapp__question_page(request, &question, "after"))
		rewapp__question_send(request, &question);
	rewapp__buffer_finish(&question);
}

/* It reads every wallet. */
static void trial_balance(struct request *request)
{
	struct buffer question;

	rewapp__question_begin(&question, "trial_balance");
	if (rewapp__question_programme(request, &question))
		rewapp__question_leave(request, &question);
	else
		rewapp__buffer_finish(&question);
}

/* clang-format off */
static const struct route rows[] = {
	{ "POST", "/v1/match", SCOPE_PLATFORM, BODY_SMALL, 0, match,
		"Which merchant a line of a bank statement names, and why" },
	{ "POST", "/v1/match/evaluate", SCOPE_PLATFORM, BODY_BATCH, 0, evaluate,
		"How good the matcher is on labelled lines and a catalogue, both tab-separated tables" },
	{ "GET", "/v1/totals", SCOPE_PLATFORM, 0, 0, totals, "Points issued, spent, expired and clawed back by day" },
	{ "GET", "/v1/periods", SCOPE_PLATFORM, 0, 0, periods, "The closed periods of a programme" },
	{ "POST", "/v1/periods", SCOPE_PLATFORM, BODY_SMALL, ROUTE_CHANGES, close_period,
		"Closes a programme's books up to an instant" },
	{ "GET", "/v1/accounts", SCOPE_PLATFORM, 0, 0, accounts,
		"The accounts of a programme, with their types, sides and counters" },
	{ "GET", "/v1/trial-balance", SCOPE_PLATFORM, 0, 0, trial_balance,
		"The sums of each kind of account, which add up to zero" },
	{ "GET", "/v1/settlement", SCOPE_PLATFORM, 0, 0, settlement,
		"Who owes whom for the points of a period, and what is outstanding" },
	{ "GET", "/v1/expiries", SCOPE_PLATFORM, 0, 0, expiries,
		"Which points of a programme end in which month, and who paid for them" },
	{ "GET", "/v1/redemptions/{id}/origins", SCOPE_PLATFORM, 0, 0, origins,
		"Whose points a redemption spent: lots, purchases, payers" },
	{ "GET", "/v1/signals", SCOPE_PLATFORM, 0, 0, signals,
		"What in the log looks like fraud: advice, with reasons" },
	{ "GET", "/v1/events", SCOPE_PLATFORM, 0, 0, events, "What happened, in its order, after a cursor" },
};
/* clang-format on */

const struct route_table rewapp__routes_reports = ROUTE_TABLE(rows);
