/* rewapp checkpoint: signs the books, names them, shows their key, joins an old checkpoint to now. */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/json.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "formats/text.h"

#include <stdio.h>

enum {
	NOTE_MAX = 16 * 1024
};

static const struct cli_page page = {
	"rewapp checkpoint",
	"",
	"Signs all commands so far and prints the checkpoint; when nothing happened since the last one,\n"
	"prints that.  Keep checkpoints where others see them: books that are cut short or rewritten\n"
	"later contradict them.  --since FILE prints the proof that the books continue the checkpoint\n"
	"in FILE, or ends with 6.  rewapp-verify checks what is printed.",
	"Signe toutes les opérations et affiche le point de contrôle ; si rien ne s'est passé depuis le\n"
	"dernier, affiche celui-là.  Gardez les points de contrôle où d'autres les voient : des livres\n"
	"tronqués ou réécrits ensuite les contredisent.  --since FICHIER affiche la preuve que les livres\n"
	"prolongent le point de contrôle du FICHIER, ou finit par 6.  rewapp-verify vérifie ces textes.",
	"  rewapp checkpoint --name boulangerie.example/points > 2026-09.checkpoint\n"
	"  rewapp checkpoint --key > books.key\n"
	"  rewapp checkpoint --since 2026-09.checkpoint > since.proof\n",
};

struct request {
	char *name, *since;
	int key, new_key;
};

/* Prints a text that the library made, or a failure. */
static int print(struct cli *cli, int code, const char *member, char *text)
{
	struct buffer out;

	if (code)
		return rewapp__cli_fail(cli, code);
	if (cli->json) {
		rewapp__buffer_init(&out, NULL, 1 << 20);
		rewapp__buffer_printf(&out, "{\"%s\": ", member);
		rewapp__json_quote(&out, text);
		rewapp__buffer_puts(&out, "}\n");
		fputs(out.data ? out.data : "", stdout);
		rewapp__buffer_finish(&out);
	} else {
		printf("%s", text);
	}
	rewapp_free(cli->engine, text);
	return CLI_OK;
}

static int say_key(struct cli *cli)
{
	char *text;
	int code = rewapp_books_key(cli->engine, &text);

	code = print(cli, code, "key", text);
	if (!code && !cli->json)
		printf("\n");
	return code;
}

static int say_since(struct cli *cli, const char *path)
{
	struct arena arena;
	char *older = NULL, *text = NULL;
	size_t length;
	int code;

	rewapp__arena_init(&arena, NULL);
	code = rewapp__file_read(&arena, path, NOTE_MAX, &older, &length);
	if (!code)
		code = rewapp_extension(cli->engine, older, &text);
	rewapp__arena_finish(&arena);
	if (code == REWAPP_E_CORRUPT) {
		rewapp__cli_fail(cli, code);
		return CLI_PROBLEMS;
	}
	return print(cli, code, "extension", text);
}

static int run(struct cli *cli, void *user)
{
	const struct request *request = user;
	char *text = NULL;
	int code = rewapp__cli_open(cli, false);

	if (code)
		return code;
	if (request->name && (code = rewapp_books_name(cli->engine, request->name)) < 0)
		return rewapp__cli_fail(cli, code);
	if (request->key)
		return say_key(cli);
	if (request->since)
		return say_since(cli, request->since);
	code = rewapp_checkpoint(cli->engine, request->new_key ? REWAPP_CHECKPOINT_NEW_KEY : 0, &text);
	return print(cli, code, "checkpoint", text);
}

int command_checkpoint(int argc, char **argv)
{
	struct request request = { NULL };
	struct poptOption options[] = {
		{ "name", 0, POPT_ARG_STRING, &request.name, 0,
			"names the books, before the first checkpoint", "NAME" },
		{ "key", 0, POPT_ARG_NONE, &request.key, 0, "prints the public key that signs", NULL },
		{ "new-key", 0, POPT_ARG_NONE, &request.new_key, 0,
			"hands over to a new key, which signs from now on", NULL },
		{ "since", 0, POPT_ARG_STRING, &request.since, 0,
			"proves that the books continue this checkpoint", "FILE" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &request);
}
