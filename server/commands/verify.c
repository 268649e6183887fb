/* rewapp verify: adds the whole ledger up again. */
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <stdio.h>

static const struct cli_page page = {
	"rewapp verify",
	"",
	"Adds the whole ledger up again and compares: debits with credits, every account with its\n"
	"transfers, every lot with its moves, open holds, limits and purchases.  Reads only.",
	"Recompte tout le grand livre et compare : débits et crédits, chaque compte et ses\n"
	"mouvements, chaque lot, les réservations, les limites et les achats.  Ne fait que lire.",
	"  rewapp verify && echo clean\n",
};

static int query(struct cli *cli, const struct rewapp_verification *found)
{
	int code = rewapp__cli_query(cli, "{\"query\": \"verify\"}");

	return !code && found->problems ? CLI_PROBLEMS : code;
}

static int run(struct cli *cli, void *user)
{
	struct rewapp_verification found = { .size = sizeof found };
	struct progress progress;
	int code = rewapp__cli_open(cli, false);

	if (code)
		return code;
	rewapp__progress_start(&progress, rewapp__cli_tr(cli, "verifying", "vérification"));
	code = rewapp_verify(cli->engine, rewapp__progress_step, &progress, &found);
	rewapp__progress_end(&progress);
	if (code)
		return rewapp__cli_fail(cli, code);
	if (cli->json)
		return query(cli, &found);
	printf(rewapp__cli_tr(cli,
		       "%lld commands, %lld purchases, %lld transfers, %lld accounts, %lld lots, %lld "
		       "holds\n",
		       "%lld commandes, %lld achats, %lld mouvements, %lld comptes, %lld lots, %lld "
		       "réservations\n"),
		(long long)found.commands, (long long)found.purchases, (long long)found.transfers,
		(long long)found.accounts, (long long)found.lots, (long long)found.holds);
	if (!found.problems) {
		printf("%s%s%s\n", rewapp__say_good(),
			rewapp__cli_tr(cli, "the ledger adds up", "les comptes sont justes"),
			rewapp__say_plain());
		return CLI_OK;
	}
	printf(rewapp__cli_tr(cli, "%lld problems; the first: %s\n", "%lld problèmes ; le premier : %s\n"),
		(long long)found.problems, found.first);
	return CLI_PROBLEMS;
}

int command_verify(int argc, char **argv)
{
	struct poptOption options[] = { POPT_TABLEEND };

	return rewapp__cli_main(&page, options, argc, argv, run, NULL);
}
