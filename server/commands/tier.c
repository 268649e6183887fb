/* rewapp tier: a member's tier, and what is missing to the next. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <stdio.h>

static const struct cli_page page = {
	"rewapp tier",
	"MEMBER",
	"Shows a member's tier, until when it is held, and what is missing to the next one.",
	"Montre le statut d'un membre, jusqu'à quand il est acquis et ce qui manque au suivant.",
	"  rewapp tier @claire\n"
	"  rewapp tier @claire --programme @cagnotte --json\n",
};

struct tier {
	char *programme;
};

/* "120.00 EUR", "120 points", "3 purchases". */
static void say_count(struct cli *cli, const struct rewapp_tier *tier, int64_t count, char out[96])
{
	if (tier->by == REWAPP_TIER_BY_SPEND)
		snprintf(out, 96, "%s", rewapp__say_money(cli, count, tier->currency).text);
	else if (tier->by == REWAPP_TIER_BY_VISITS)
		snprintf(out, 96, "%lld %s", (long long)count, rewapp__cli_tr(cli, "purchases", "achats"));
	else
		snprintf(out, 96, "%lld points", (long long)count);
}

static void say_next(struct cli *cli, const struct rewapp_tier *tier)
{
	char missing[96], text[320];

	if (!tier->next[0])
		return;
	say_count(cli, tier, tier->missing, missing);
	snprintf(text, sizeof text,
		rewapp__cli_tr(cli, "%s: %s more before %s", "%s : encore %s avant le %s"), tier->next,
		missing, rewapp__say_time(tier->period_until_ms).text);
	rewapp__say_row(rewapp__cli_tr(cli, "next", "suivant"), text);
}

static void say(struct cli *cli, const struct rewapp_tier *tier)
{
	char text[96];

	printf("%s%s%s\n", rewapp__say_bold(),
		tier->tier[0] ? tier->tier : rewapp__cli_tr(cli, "no tier", "aucun statut"),
		rewapp__say_plain());
	say_count(cli, tier, tier->counted, text);
	rewapp__say_row(rewapp__cli_tr(cli, "counted", "compté"), text);
	if (tier->since_ms)
		rewapp__say_row(
			rewapp__cli_tr(cli, "since", "depuis"), rewapp__say_time(tier->since_ms).text);
	if (tier->until_ms)
		rewapp__say_row(
			rewapp__cli_tr(cli, "until", "jusqu'au"), rewapp__say_time(tier->until_ms).text);
	if (tier->keep_missing) {
		say_count(cli, tier, tier->keep_missing, text);
		rewapp__say_row(rewapp__cli_tr(cli, "to keep it", "à garder"), text);
	}
	say_next(cli, tier);
}

static int run(struct cli *cli, void *user)
{
	const struct tier *options = user;
	struct rewapp_tier tier = { .size = sizeof tier };
	struct rewapp_id member, programme;
	int code = rewapp__cli_id_needed(cli, "MEMBER", rewapp__cli_argument(cli), &member);

	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &programme);
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (code)
		return code;
	if (cli->json)
		return rewapp__cli_query_member(cli, "tier", &member, &programme);
	code = rewapp_tier_get(cli->engine, &programme, &member, &tier);
	if (code)
		return rewapp__cli_fail(cli, code);
	say(cli, &tier);
	return CLI_OK;
}

int command_tier(int argc, char **argv)
{
	struct tier tier = { NULL };
	struct poptOption options[] = {
		{ "programme", 'p', POPT_ARG_STRING, &tier.programme, 0, "of several programmes, this one",
			"ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &tier);
}
