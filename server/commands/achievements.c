/* rewapp achievements: how far a member is with each. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <stdio.h>

static const struct cli_page page = {
	"rewapp achievements",
	"MEMBER",
	"Shows how far a member is with each achievement of the programme, and what it gives.",
	"Montre où en est un membre pour chaque objectif du programme, et ce qu'il rapporte.",
	"  rewapp achievements @claire\n",
};

struct achievements {
	char *programme;
};

static void say_count(struct cli *cli, const struct rewapp_achievement *one, int64_t count, char out[96])
{
	const char *const words[][2] = { { "visits", "achats" }, { "merchants", "commerçants" }, { "", "" },
		{ "months", "mois" } };

	if (one->by == REWAPP_ACHIEVEMENT_BY_SPEND)
		snprintf(out, 96, "%s", rewapp__say_money(cli, count, one->currency).text);
	else
		snprintf(out, 96, "%lld %s", (long long)count, words[one->by][cli->french]);
}

static void say(struct cli *cli, const struct rewapp_achievement *one)
{
	char text[96];

	printf("%s%s%s  %+lld points\n", rewapp__say_bold(), one->id, rewapp__say_plain(),
		(long long)one->points);
	say_count(cli, one, one->counted, text);
	rewapp__say_row(rewapp__cli_tr(cli, "counted", "compté"), text);
	say_count(cli, one, one->missing, text);
	if (one->given)
		rewapp__say_row(rewapp__cli_tr(cli, "reached", "atteint"),
			rewapp__cli_tr(cli, "in this period", "pour cette période"));
	else
		rewapp__say_row(rewapp__cli_tr(cli, "missing", "manque"), text);
}

static int run(struct cli *cli, void *user)
{
	const struct achievements *options = user;
	const struct rewapp_achievement *list;
	struct rewapp_id member, programme;
	size_t count;
	int code = rewapp__cli_id_needed(cli, "MEMBER", rewapp__cli_argument(cli), &member);

	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &programme);
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (code)
		return code;
	if (cli->json)
		return rewapp__cli_query_member(cli, "achievements", &member, &programme);
	code = rewapp_achievements(cli->engine, &programme, &member, &list, &count);
	for (size_t i = 0; i < count && !code; i++)
		say(cli, &list[i]);
	return code ? rewapp__cli_fail(cli, code) : CLI_OK;
}

int command_achievements(int argc, char **argv)
{
	struct achievements achievements = { NULL };
	struct poptOption options[] = {
		{ "programme", 'p', POPT_ARG_STRING, &achievements.programme, 0,
			"of several programmes, this one", "ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &achievements);
}
