/* rewapp submit: carries out commands written in JSON, as docs/json.md shows them. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "formats/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT_MAX = 64 * 1024 * 1024
};

static const struct cli_page page = {
	"rewapp submit",
	"FILE|-",
	"Carries out the commands of a JSON text, in one durable transaction, and prints a receipt\n"
	"each.  Sending the same text again gives the same receipts.",
	"Exécute les commandes d'un texte JSON, en une transaction durable, et affiche un reçu pour\n"
	"chacune.  Le même texte renvoyé donne les mêmes reçus.",
	"  rewapp submit commands.json\n"
	"  echo '{\"kind\": \"member\", \"id\": \"@m1\", \"target\": \"@claire\"}' | rewapp submit -\n",
};

static int say_json(struct cli *cli, const struct rewapp_receipt *receipts, size_t count)
{
	int code = 0;

	printf("{\"receipts\": [");
	for (size_t i = 0; i < count && !code; i++) {
		char *text = rewapp__receipt_text(&receipts[i], &code);

		if (text)
			printf("%s\n%s", i ? "," : "", text);
		free(text);
	}
	printf("\n]}\n");
	return code ? rewapp__cli_fail(cli, code) : CLI_OK;
}

/* A receipt's awards live until the engine's next call, and saying one in words makes calls:
 * then each is asked for again. */
static void say_words(struct cli *cli, const struct rewapp_receipt *receipts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct rewapp_receipt receipt = receipts[i];

		receipt.awards = NULL;
		receipt.award_count = 0;
		rewapp__say_receipt(cli, &receipt, false);
	}
}

static int submit(struct cli *cli, rewapp_commands *commands)
{
	size_t count = rewapp_commands_count(commands);
	struct rewapp_receipt *receipts = calloc(count, sizeof *receipts);
	int code, worst = CLI_OK;

	if (!receipts)
		return rewapp__cli_fail_with(cli, REWAPP_E_NOMEMORY, "receipts");
	receipts[0].size = sizeof *receipts;
	code = rewapp_submit(cli->engine, rewapp_commands_array(commands), count, receipts);
	for (size_t i = 0; i < count && !code; i++)
		if (rewapp__receipt_exit(&receipts[i]) > worst)
			worst = rewapp__receipt_exit(&receipts[i]);
	if (code)
		worst = rewapp__cli_fail(cli, code);
	else if (cli->json)
		say_json(cli, receipts, count);
	else
		say_words(cli, receipts, count);
	free(receipts);
	return worst;
}

static int run(struct cli *cli, void *user)
{
	const char *path = rewapp__cli_argument(cli);
	rewapp_commands *commands = NULL;
	struct arena arena;
	char *text = NULL;
	size_t length = 0;
	int code;

	if (!path)
		return rewapp__cli_usage(cli, "FILE");
	rewapp__arena_init(&arena, NULL);
	code = rewapp__file_read(&arena, path, TEXT_MAX, &text, &length);
	if (!code)
		code = rewapp_commands_parse(text, length, &commands);
	if (code)
		code = rewapp__cli_fail(cli, code);
	else
		code = rewapp__cli_open(cli, false);
	if (!code)
		code = submit(cli, commands);
	rewapp_commands_free(commands);
	rewapp__arena_finish(&arena);
	return code;
}

int command_submit(int argc, char **argv)
{
	struct poptOption options[] = { POPT_TABLEEND };

	return rewapp__cli_main(&page, options, argc, argv, run, NULL);
}
