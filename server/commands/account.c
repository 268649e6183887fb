/* rewapp account: closes a member's account, and opens it again. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <string.h>

static const struct cli_page page = {
	"rewapp account",
	"close MEMBER | reopen MEMBER",
	"Closes a member's account in a programme, which must be empty, or opens it again.  --forfeit gives\n"
	"up the points that are left; --reason is kept with it (docs/accounts.md).",
	"Ferme le compte d'un membre dans un programme, s'il est vide, ou le rouvre.  --forfeit renonce\n"
	"aux points restants ; --reason est conservé (docs/accounts.md).",
	"  rewapp account close @claire --reason \"moved away\" --forfeit\n"
	"  rewapp account reopen @claire --reason \"came back\"\n",
};

struct account {
	char *id, *reason, *programme;
	int forfeit;
};

static int change(struct cli *cli, const struct account *options, const char *member, int kind)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	int code = rewapp__cli_id_needed(cli, "MEMBER", member, &command.target);

	if (!code && !options->reason)
		return rewapp__cli_usage(cli, "--reason");
	command.kind = kind;
	command.flags = options->forfeit ? REWAPP_FORFEIT : 0;
	command.reference = options->reason;
	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &command.programme);
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	return code ? code : rewapp__submit_one(cli, &command, false);
}

static int run(struct cli *cli, void *user)
{
	const char *verb = rewapp__cli_argument(cli), *member = rewapp__cli_argument(cli);
	int code = rewapp__cli_open(cli, false);

	if (code)
		return code;
	if (verb && strcmp(verb, "close") == 0)
		return change(cli, user, member, REWAPP_KIND_CLOSE_ACCOUNT);
	if (verb && strcmp(verb, "reopen") == 0)
		return change(cli, user, member, REWAPP_KIND_REOPEN_ACCOUNT);
	return rewapp__cli_usage(cli, "close | reopen");
}

int command_account(int argc, char **argv)
{
	struct account account = { NULL, NULL, NULL, 0 };
	struct poptOption options[] = {
		{ "reason", 'r', POPT_ARG_STRING, &account.reason, 0, "why", "TEXT" },
		{ "forfeit", 0, POPT_ARG_NONE, &account.forfeit, 0, "gives up the points that are left",
			NULL },
		{ "programme", 'p', POPT_ARG_STRING, &account.programme, 0, "of several programmes, this one",
			"ID" },
		{ "id", 0, POPT_ARG_STRING, &account.id, 0, "idempotency key (a new one)", "ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &account);
}
