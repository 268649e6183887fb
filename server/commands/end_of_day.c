/* rewapp end-of-day: records what a day's end has made due, slice after slice, once. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "formats/values.h"

#include <stdio.h>
#include <string.h>

enum {
	SLICE = 1000,
	SLICES_MAX = 1000000
};

static const struct cli_page page = {
	"rewapp end-of-day",
	"",
	"Records the changes of tiers, time-outs and expiries that are due, in slices, and adds up the\n"
	"day's totals (docs/end-of-day.md).  Run again for the same day it finds its slices done and\n"
	"changes nothing; run late it does what is due by then.  --checkpoint signs the books afterwards.",
	"Enregistre les changements de statut, échéances et expirations dus, par tranches, et additionne\n"
	"les totaux du jour (docs/end-of-day.md).  Relancé pour le même jour, il trouve ses tranches\n"
	"faites et ne change rien ; en retard, il fait ce qui est dû.  --checkpoint signe ensuite les "
	"livres.",
	"  rewapp end-of-day --day 2026-11-22\n"
	"  rewapp end-of-day --day 2026-11-22 --slice 200 --checkpoint\n",
};

struct end_of_day {
	char *day, *slice;
	int checkpoint;
};

struct done {
	int64_t slices, expired;
	bool again; /* nothing was new */
};

/* Its id says which slice of which day it is, so each is carried out once. */
static int slice_do(struct cli *cli, const char *day, int64_t limit, int64_t n, struct done *done, bool *more)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	char name[64];
	int code, length = snprintf(name, sizeof name, "end-of-day/%s/%lld", day, (long long)n);

	command.kind = REWAPP_KIND_END_OF_DAY;
	command.points = limit;
	code = rewapp_id_derive(name, (size_t)length, &command.id);
	if (!code)
		code = rewapp_submit(cli->engine, &command, 1, &receipt);
	if (code)
		return rewapp__cli_fail(cli, code);
	if (receipt.code)
		return rewapp__cli_fail_with(cli, receipt.code, receipt.message);
	done->slices++;
	done->expired += receipt.points;
	done->again = done->again && receipt.replayed;
	*more = receipt.more;
	return CLI_OK;
}

static void say(struct cli *cli, const char *day, const struct done *done)
{
	if (cli->json)
		printf("{\"day\": \"%s\", \"slices\": %lld, \"expired\": %lld, \"replayed\": %s}\n", day,
			(long long)done->slices, (long long)done->expired, done->again ? "true" : "false");
	else
		printf(rewapp__cli_tr(cli, "%s: %lld slices, %lld points expired%s\n",
			       "%s : %lld tranches, %lld points expirés%s\n"),
			day, (long long)done->slices, (long long)done->expired,
			done->again ? rewapp__cli_tr(cli, "; done before", " ; déjà fait") : "");
}

static int sign(struct cli *cli)
{
	char *text;
	int code = rewapp_checkpoint(cli->engine, 0, &text);

	if (code)
		return rewapp__cli_fail(cli, code);
	if (!cli->json)
		printf("%s", text);
	rewapp_free(cli->engine, text);
	return CLI_OK;
}

static int run(struct cli *cli, void *user)
{
	const struct end_of_day *options = user;
	struct done done = { .again = true };
	int64_t limit = SLICE;
	bool more = true;
	char date[11];
	int code;

	if (!options->day || strlen(options->day) != sizeof date - 1 ||
		rewapp__date_parse(options->day, "yyyy-mm-dd", date))
		return rewapp__cli_usage(cli, "--day YYYY-MM-DD");
	code = options->slice ? rewapp__cli_number(cli, "--slice", options->slice, &limit) : CLI_OK;
	if (!code && limit < 1)
		code = rewapp__cli_usage(cli, "--slice: 1 or more");
	if (!code)
		code = rewapp__cli_open(cli, false);
	for (int64_t n = 0; !code && more && n < SLICES_MAX; n++)
		code = slice_do(cli, options->day, limit, n, &done, &more);
	if (code)
		return code;
	say(cli, options->day, &done);
	return options->checkpoint ? sign(cli) : CLI_OK;
}

int command_end_of_day(int argc, char **argv)
{
	struct end_of_day end_of_day = { NULL };
	struct poptOption options[] = {
		{ "day", 'd', POPT_ARG_STRING, &end_of_day.day, 0, "the day that ended", "YYYY-MM-DD" },
		{ "slice", 0, POPT_ARG_STRING, &end_of_day.slice, 0,
			"wallets in one transaction (1000; the same for all runs of a day)", "N" },
		{ "checkpoint", 0, POPT_ARG_NONE, &end_of_day.checkpoint, 0, "signs the books afterwards",
			NULL },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &end_of_day);
}
