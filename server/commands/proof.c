/* rewapp proof: the proof that a member asks for, by the code on the receipt. */
#include "base/json.h"
#include "cli/cli.h"
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

static const struct cli_page page = {
	"rewapp proof",
	"show CODE | of COMMAND | code COMMAND",
	"show prints the proof for the code on a receipt, of the one for a command's id; both sign a\n"
	"checkpoint first if none covers the command.  code prints the code for a receipt.  Whoever has\n"
	"the proof and the books' public key checks it with rewapp-verify.",
	"show affiche la preuve pour le code d'un reçu, of celle pour l'identifiant d'une opération ; les\n"
	"deux signent d'abord un point de contrôle si aucun ne la couvre.  code affiche le code pour un\n"
	"reçu.  Qui a la preuve et la clé publique des livres la vérifie avec rewapp-verify.",
	"  rewapp proof code @ticket-42\n"
	"  rewapp proof show 7Q3F-0M2K-9XWA-T4RB > ticket.proof\n"
	"  rewapp-verify --key books.key ticket.proof\n",
};

static int show(struct cli *cli, const char *code_text, const struct rewapp_id *command)
{
	struct buffer quoted;
	char *text = NULL;
	int code = code_text ? rewapp_proof_by_code(cli->engine, code_text, &text)
			     : rewapp_proof(cli->engine, command, &text);

	if (code)
		return rewapp__cli_fail(cli, code);
	rewapp__buffer_init(&quoted, NULL, 1 << 20);
	if (cli->json)
		rewapp__json_quote(&quoted, text);
	printf(cli->json ? "{\"proof\": %s}\n" : "%s", cli->json ? quoted.data : text);
	rewapp__buffer_finish(&quoted);
	rewapp_free(cli->engine, text);
	return CLI_OK;
}

static int say_code(struct cli *cli, const struct rewapp_id *command)
{
	char text[REWAPP_PROOF_CODE_CAPACITY];
	int code = rewapp_proof_code(cli->engine, command, text);

	if (code)
		return rewapp__cli_fail(cli, code);
	printf(cli->json ? "{\"code\": \"%s\"}\n" : "%s\n", text);
	return CLI_OK;
}

static int run(struct cli *cli, void *user)
{
	const char *verb = rewapp__cli_argument(cli), *what = rewapp__cli_argument(cli);
	struct rewapp_id command;
	bool by_code = verb && strcmp(verb, "show") == 0;
	int code;

	if (!verb || !what || (!by_code && strcmp(verb, "of") != 0 && strcmp(verb, "code") != 0))
		return rewapp__cli_usage(cli, "show CODE | of COMMAND | code COMMAND");
	if (!by_code && (code = rewapp__cli_id_needed(cli, "COMMAND", what, &command)))
		return code;
	if ((code = rewapp__cli_open(cli, false)))
		return code;
	if (strcmp(verb, "code") == 0)
		return say_code(cli, &command);
	return show(cli, by_code ? what : NULL, &command);
}

int command_proof(int argc, char **argv)
{
	struct poptOption options[] = { POPT_TABLEEND };

	return rewapp__cli_main(&page, options, argc, argv, run, NULL);
}
