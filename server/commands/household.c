/* rewapp household: members share a wallet, each up to his limits. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

static const struct cli_page page = {
	"rewapp household",
	"join HOUSEHOLD MEMBER | limit HOUSEHOLD MEMBER | leave HOUSEHOLD MEMBER | show HOUSEHOLD",
	"HOUSEHOLD is a member whose wallet others share: they spend from it with --spender (qr mint, "
	"voucher "
	"make,\n"
	"transfer), at most --day, --month and --total points; left out: no limit (docs/accounts.md).",
	"HOUSEHOLD est un membre dont d'autres partagent le compte : ils en dépensent avec --spender (qr "
	"mint,\n"
	"voucher make, transfer), au plus --day, --month et --total points ; sinon sans limite "
	"(docs/accounts.md).",
	"  rewapp household join @home @claire --day 500 --month 3000\n"
	"  rewapp household show @home\n"
	"  rewapp household leave @home @claire\n",
};

struct household {
	char *id, *day, *month, *total, *programme, *reference;
};

static int limits(struct cli *cli, const struct household *options, struct rewapp_command *command)
{
	int code = rewapp__cli_number(cli, "--day", options->day, &command->day_limit);

	if (!code)
		code = rewapp__cli_number(cli, "--month", options->month, &command->month_limit);
	if (!code)
		code = rewapp__cli_number(cli, "--total", options->total, &command->total_limit);
	return code;
}

static int change(struct cli *cli, const struct household *options, const char *household, int kind)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	int code = rewapp__cli_id_needed(cli, "HOUSEHOLD", household, &command.target);

	command.kind = kind;
	command.reference = options->reference;
	if (!code)
		code = rewapp__cli_id_needed(cli, "MEMBER", rewapp__cli_argument(cli), &command.member);
	if (!code)
		code = limits(cli, options, &command);
	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &command.programme);
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	return code ? code : rewapp__submit_one(cli, &command, false);
}

static void say_limit(struct cli *cli, const char *english, const char *french, int64_t spent, int64_t limit)
{
	char text[96];

	if (limit)
		snprintf(text, sizeof text, "%lld / %lld", (long long)spent, (long long)limit);
	else
		snprintf(text, sizeof text, "%lld", (long long)spent);
	rewapp__say_row(rewapp__cli_tr(cli, english, french), text);
}

static void say(struct cli *cli, const struct rewapp_sharer *sharer)
{
	char text[32];

	printf("%s%s%s\n", rewapp__say_bold(), rewapp__say_id(&sharer->member).text, rewapp__say_plain());
	say_limit(cli, "today", "aujourd'hui", sharer->day_spent, sharer->day_limit);
	say_limit(cli, "this month", "ce mois", sharer->month_spent, sharer->month_limit);
	say_limit(cli, "in all", "en tout", sharer->total_spent, sharer->total_limit);
	say_limit(cli, "on hold", "réservés", sharer->held, 0);
	snprintf(text, sizeof text, "%lld", (long long)sharer->left);
	if (sharer->left >= 0)
		rewapp__say_row(rewapp__cli_tr(cli, "may still spend", "peut encore dépenser"), text);
}

static int show(struct cli *cli, const struct household *options, const char *household)
{
	const struct rewapp_sharer *members;
	struct rewapp_id id, programme;
	size_t count;
	int code = rewapp__cli_id_needed(cli, "HOUSEHOLD", household, &id);

	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &programme);
	if (code)
		return code;
	if (cli->json)
		return rewapp__cli_query_member(cli, "household", &id, &programme);
	code = rewapp_household(cli->engine, &programme, &id, &members, &count);
	for (size_t i = 0; i < count && !code; i++)
		say(cli, &members[i]);
	return code ? rewapp__cli_fail(cli, code) : CLI_OK;
}

static int run(struct cli *cli, void *user)
{
	const char *verb = rewapp__cli_argument(cli), *household = rewapp__cli_argument(cli);
	int code = rewapp__cli_open(cli, false);

	if (code)
		return code;
	if (verb && strcmp(verb, "join") == 0)
		return change(cli, user, household, REWAPP_KIND_JOIN);
	if (verb && strcmp(verb, "limit") == 0)
		return change(cli, user, household, REWAPP_KIND_LIMIT);
	if (verb && strcmp(verb, "leave") == 0)
		return change(cli, user, household, REWAPP_KIND_LEAVE);
	if (verb && strcmp(verb, "show") == 0)
		return show(cli, user, household);
	return rewapp__cli_usage(cli, "join | limit | leave | show");
}

int command_household(int argc, char **argv)
{
	struct household household = { NULL, NULL, NULL, NULL, NULL, NULL };
	struct poptOption options[] = {
		{ "day", 0, POPT_ARG_STRING, &household.day, 0, "the most a business day (any)", "POINTS" },
		{ "month", 0, POPT_ARG_STRING, &household.month, 0, "the most a month (any)", "POINTS" },
		{ "total", 0, POPT_ARG_STRING, &household.total, 0, "the most in all (any)", "POINTS" },
		{ "reference", 0, POPT_ARG_STRING, &household.reference, 0, "the host's own", "TEXT" },
		{ "programme", 'p', POPT_ARG_STRING, &household.programme, 0,
			"of several programmes, this one", "ID" },
		{ "id", 0, POPT_ARG_STRING, &household.id, 0, "idempotency key (a new one)", "ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &household);
}
