/* rewapp transfer: gives points of a member to another. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

static const struct cli_page page = {
	"rewapp transfer",
	"MEMBER TO --points N",
	"Gives points of MEMBER to the member TO: those that end first, with their ends.  Where the\n"
	"programme's document has `transfers` (docs/accounts.md).",
	"Donne des points de MEMBER au membre TO : ceux qui expirent d'abord, avec leur échéance, si le\n"
	"document du programme a `transfers` (docs/accounts.md).",
	"  rewapp transfer @claire @ana --points 500\n"
	"  rewapp transfer @claire @ana --points 500 --up-to\n",
};

struct transfer {
	char *id, *points, *programme, *reference, *spender;
	int up_to;
};

static int run(struct cli *cli, void *user)
{
	const struct transfer *options = user;
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	int code = rewapp__cli_id_needed(cli, "MEMBER", rewapp__cli_argument(cli), &command.member);

	command.kind = REWAPP_KIND_TRANSFER;
	command.flags = options->up_to ? REWAPP_UP_TO : 0;
	command.reference = options->reference;
	if (!code)
		code = rewapp__cli_id_needed(cli, "TO", rewapp__cli_argument(cli), &command.target);
	if (!code && !options->points)
		code = rewapp__cli_usage(cli, "--points");
	if (!code)
		code = rewapp__cli_number(cli, "--points", options->points, &command.points);
	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &command.programme);
	if (!code)
		code = rewapp__cli_id(cli, "--spender", options->spender, &command.spender);
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	if (!code)
		code = rewapp__cli_open(cli, false);
	return code ? code : rewapp__submit_one(cli, &command, false);
}

int command_transfer(int argc, char **argv)
{
	struct transfer transfer = { NULL, NULL, NULL, NULL, NULL, 0 };
	struct poptOption options[] = {
		{ "points", 0, POPT_ARG_STRING, &transfer.points, 0, "how many", "N" },
		{ "up-to", 0, POPT_ARG_NONE, &transfer.up_to, 0, "as many as there are, if fewer", NULL },
		{ "reference", 0, POPT_ARG_STRING, &transfer.reference, 0, "the host's own", "TEXT" },
		{ "spender", 0, POPT_ARG_STRING, &transfer.spender, 0, "of a household: the member who gives",
			"MEMBER" },
		{ "programme", 'p', POPT_ARG_STRING, &transfer.programme, 0,
			"of several programmes, this one", "ID" },
		{ "id", 0, POPT_ARG_STRING, &transfer.id, 0, "idempotency key (a new one)", "ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &transfer);
}
