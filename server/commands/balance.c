/* rewapp balance: a member's points. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <stdio.h>

static const struct cli_page page = {
	"rewapp balance",
	"MEMBER",
	"Shows what a member can spend now, what is pending, held and owed, and what ends next.",
	"Montre ce qu'un membre peut dépenser, ce qui est en attente, réservé et dû, et ce qui expire.",
	"  rewapp balance @claire\n"
	"  rewapp balance @claire --programme @cagnotte --json\n"
	"  rewapp balance @claire --at 2026-01-01\n",
};

struct balance {
	char *programme, *at, *occurred_at;
};

static void say(struct cli *cli, const struct rewapp_id *programme, const struct rewapp_balance *balance)
{
	char currency[4], text[160];

	rewapp__say_currency(cli, programme, currency);
	printf("%s%lld points%s\n", rewapp__say_bold(), (long long)balance->available, rewapp__say_plain());
	snprintf(text, sizeof text, "%lld", (long long)balance->pending);
	rewapp__say_row(rewapp__cli_tr(cli, "pending", "en attente"), text);
	snprintf(text, sizeof text, "%lld", (long long)balance->held);
	rewapp__say_row(rewapp__cli_tr(cli, "on hold", "réservés"), text);
	snprintf(text, sizeof text, "%lld", (long long)balance->debt);
	rewapp__say_row(rewapp__cli_tr(cli, "debt", "dette"), text);
	if (balance->next_activation_ms)
		rewapp__say_row(rewapp__cli_tr(cli, "next usable", "activation"),
			rewapp__say_time(balance->next_activation_ms).text);
	if (balance->next_expiry_ms) {
		snprintf(text, sizeof text, "%lld points, %s", (long long)balance->next_expiry_points,
			rewapp__say_time(balance->next_expiry_ms).text);
		rewapp__say_row(rewapp__cli_tr(cli, "next to end", "expiration"), text);
	}
	if (balance->closed_ms)
		rewapp__say_row(rewapp__cli_tr(cli, "account closed", "compte fermé"),
			rewapp__say_time(balance->closed_ms).text);
	rewapp__say_row(rewapp__cli_tr(cli, "as of", "au"), rewapp__say_time(balance->as_of_ms).text);
}

static int query(struct cli *cli, const struct rewapp_id *programme, const struct rewapp_id *member,
	const struct rewapp_instant *at)
{
	char text[400];

	snprintf(text, sizeof text,
		"{\"query\": \"balance\", \"member\": \"%s\"%s%s%s, \"recorded_ms\": %lld, "
		"\"occurred_ms\": %lld}",
		rewapp__say_id(member).text, rewapp_id_is_zero(programme) ? "" : ", \"programme\": \"",
		rewapp_id_is_zero(programme) ? "" : rewapp__say_id(programme).text,
		rewapp_id_is_zero(programme) ? "" : "\"", (long long)at->recorded_ms,
		(long long)at->occurred_ms);
	return rewapp__cli_query(cli, text);
}

static int run(struct cli *cli, void *user)
{
	const struct balance *options = user;
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_instant at = { .size = sizeof at };
	struct rewapp_id member, programme;
	int code = rewapp__cli_id_needed(cli, "MEMBER", rewapp__cli_argument(cli), &member);

	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &programme);
	if (!code)
		code = rewapp__cli_bound(cli, "--at", options->at, &at.recorded_ms);
	if (!code)
		code = rewapp__cli_bound(cli, "--occurred-at", options->occurred_at, &at.occurred_ms);
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (code)
		return code;
	if (cli->json)
		return query(cli, &programme, &member, &at);
	code = rewapp_balance_at(cli->engine, &programme, &member, &at, &balance);
	if (code)
		return rewapp__cli_fail(cli, code);
	say(cli, &programme, &balance);
	return CLI_OK;
}

int command_balance(int argc, char **argv)
{
	struct balance balance = { .programme = NULL };
	struct poptOption options[] = {
		{ "programme", 'p', POPT_ARG_STRING, &balance.programme, 0, "of several programmes, this one",
			"ID" },
		{ "at", 0, POPT_ARG_STRING, &balance.at, 0, "as the books said at that instant", "TIME" },
		{ "occurred-at", 0, POPT_ARG_STRING, &balance.occurred_at, 0,
			"with all that had occurred by then, recorded later too", "TIME" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &balance);
}
