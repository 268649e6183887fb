/* rewapp import: merchants, programmes and members from JSON or CSV; bank statements. */
#include "cli/cli.h"
#include "cli/progress.h"
#include "commands/commands.h"
#include "commands/credit.h"
#include "formats/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BATCH = 512
};

static const struct cli_page page = {
	"rewapp import",
	"merchants|programmes|members|statement FILE...",
	"Takes in files: partner merchants, programmes and members from JSON or CSV; bank statements\n"
	"from OFX, QIF or CSV, as rewapp earn does.  A file is taken whole or not at all; what is\n"
	"there already and has not changed is left alone.",
	"Importe des fichiers : commerçants, programmes et membres en JSON ou CSV ; relevés\n"
	"bancaires en OFX, QIF ou CSV, comme rewapp earn.  Un fichier est pris en entier ou pas du\n"
	"tout ; ce qui existe déjà à l'identique n'est pas touché.",
	"  rewapp import merchants merchants.json\n"
	"  rewapp import programmes programme.json && rewapp import members members.csv\n"
	"  rewapp import statement september.ofx --member @claire --explain\n"
	"  rewapp import statement export.csv --member @claire --preset boursobank\n"
	"  rewapp import statement odd.csv --member @claire --map date=0,text=2,amount=3 \\\n"
	"      --date-format dd/mm/yyyy --decimal comma --delimiter ';' --encoding windows-1252\n",
};

struct counts {
	size_t read, added, changed, unchanged;
};

static int kind_of(const char *word)
{
	static const struct {
		const char *word;
		int kind;
	} kinds[] = { { "merchants", REWAPP_KIND_MERCHANT }, { "programmes", REWAPP_KIND_PROGRAMME },
		{ "members", REWAPP_KIND_MEMBER } };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(kinds[i].word, word))
			return kinds[i].kind;
	return 0;
}

static struct rewapp_command command_of(const struct catalogue_item *item, int kind)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;

	command.kind = kind;
	command.target = item->id;
	command.status = item->status;
	command.document = item->document;
	return command;
}

/* What the engine would say, told with the place in the file. */
static int receipt_check(struct cli *cli, const char *path, const struct catalogue_item *item,
	const struct rewapp_receipt *receipt)
{
	char message[512];

	if (!receipt->code && receipt->verdict == REWAPP_VERDICT_ACCEPTED)
		return CLI_OK;
	snprintf(message, sizeof message, "%s: %s: %s", path, item->place,
		receipt->code ? receipt->message : rewapp_verdict_text(receipt->verdict));
	return rewapp__cli_fail_with(cli, receipt->code ? receipt->code : REWAPP_E_ARGUMENT, message);
}

/* Submits the items from `from` on to one engine, in one batch. */
static int submit_some(struct cli *cli, rewapp_engine *engine, const char *path, int kind,
	const struct catalogue_item *items, size_t count)
{
	static const struct rewapp_receipt no_receipt;
	struct rewapp_command *commands = calloc(count, sizeof *commands);
	struct rewapp_receipt *receipts = calloc(count, sizeof *receipts);
	int code = commands && receipts ? 0 : REWAPP_E_NOMEMORY, exit = CLI_OK;

	for (size_t i = 0; i < count && !code; i++) {
		commands[i] = command_of(&items[i], kind);
		receipts[i] = no_receipt;
		code = rewapp_id_new(engine, &commands[i].id);
	}
	if (!code) {
		receipts[0].size = sizeof *receipts;
		code = rewapp_submit(engine, commands, count, receipts);
	}
	if (code)
		exit = rewapp__cli_fail(cli, code);
	for (size_t i = 0; i < count && !code && !exit; i++)
		exit = receipt_check(cli, path, &items[i], &receipts[i]);
	free(commands);
	free(receipts);
	return exit;
}

/* Everything goes through an engine in memory first: a file with one bad object changes nothing. */
static int rehearse(struct cli *cli, const char *path, int kind, const struct catalogue *catalogue)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	rewapp_engine *engine = NULL;
	int exit = CLI_OK, code = rewapp_engine_open(&engine, &options);

	if (code)
		return rewapp__cli_fail(cli, code);
	for (size_t at = 0; at < catalogue->count && !exit; at += BATCH) {
		size_t left = catalogue->count - at;

		exit = submit_some(
			cli, engine, path, kind, catalogue->items + at, left < BATCH ? left : BATCH);
	}
	rewapp_engine_close(engine);
	return exit;
}

/* Leaves only what is new or has changed, at the front of the items. */
static int sift(struct cli *cli, int kind, struct catalogue *catalogue, struct counts *counts)
{
	size_t kept = 0;

	for (size_t i = 0; i < catalogue->count; i++) {
		struct catalogue_item *item = &catalogue->items[i];
		struct rewapp_object object = { .status = -1 };
		int code = rewapp_object_get(cli->engine, kind, &item->id, &object);
		bool same = !code &&
			(kind == REWAPP_KIND_MEMBER
					? object.status == item->status
					: object.document && !strcmp(object.document, item->document));

		if (code && code != REWAPP_E_NOTFOUND)
			return rewapp__cli_fail(cli, code);
		counts->added += code == REWAPP_E_NOTFOUND;
		counts->unchanged += same;
		counts->changed += !code && !same;
		if (!same)
			catalogue->items[kept++] = *item;
	}
	catalogue->count = kept;
	return CLI_OK;
}

static int put(struct cli *cli, const char *path, int kind, const struct catalogue *catalogue)
{
	struct progress progress;
	int exit = CLI_OK;

	rewapp__progress_start(&progress, path);
	for (size_t at = 0; at < catalogue->count && !exit; at += BATCH) {
		size_t left = catalogue->count - at;

		rewapp__progress_step(&progress, (int64_t)at, (int64_t)catalogue->count);
		exit = submit_some(
			cli, cli->engine, path, kind, catalogue->items + at, left < BATCH ? left : BATCH);
	}
	rewapp__progress_end(&progress);
	return exit;
}

static void say(struct cli *cli, const char *path, const char *word, const struct counts *counts)
{
	if (cli->json)
		printf("{\"%s\": {\"read\": %zu, \"added\": %zu, \"changed\": %zu, \"unchanged\": %zu}}\n",
			word, counts->read, counts->added, counts->changed, counts->unchanged);
	else
		printf(rewapp__cli_tr(cli, "%s: %s: %zu added, %zu changed, %zu unchanged\n",
			       "%s : %s : %zu ajoutés, %zu modifiés, %zu inchangés\n"),
			path, word, counts->added, counts->changed, counts->unchanged);
}

static int import_catalogue(struct cli *cli, const char *path, int kind, const char *word)
{
	struct catalogue catalogue;
	struct counts counts = { 0, 0, 0, 0 };
	int code = rewapp__catalogue_read(&catalogue, path, kind);

	code = code ? rewapp__cli_fail(cli, code) : rehearse(cli, path, kind, &catalogue);
	counts.read = catalogue.count;
	if (!code)
		code = sift(cli, kind, &catalogue, &counts);
	if (!code)
		code = put(cli, path, kind, &catalogue);
	if (!code)
		say(cli, path, word, &counts);
	rewapp__catalogue_finish(&catalogue);
	return code;
}

static int run(struct cli *cli, void *user)
{
	const struct credit_words *words = user;
	const char *word, *path;
	int kind, code;

	if (words->bank.preset && !strcmp(words->bank.preset, "list")) {
		rewapp__bank_presets(cli);
		return CLI_OK;
	}
	word = rewapp__cli_argument(cli);
	kind = word ? kind_of(word) : 0;
	if (!word || (!kind && strcmp(word, "statement")))
		return rewapp__cli_usage(cli, "merchants, programmes, members, statement?");
	path = rewapp__cli_argument(cli);
	if (!path)
		return rewapp__cli_usage(cli, "FILE");
	if (!kind)
		return rewapp__credit_file(cli, words, path);
	code = rewapp__cli_open(cli, false);
	for (; path && !code; path = rewapp__cli_argument(cli))
		code = import_catalogue(cli, path, kind, word);
	return code;
}

int command_import(int argc, char **argv)
{
	struct credit_words words = { .member = NULL };
	struct poptOption options[] = {
		{ "member", 'm', POPT_ARG_STRING, &words.member, 0, "statement: whose account it is", "ID" },
		{ "programme", 'p', POPT_ARG_STRING, &words.programme, 0,
			"statement: of several programmes, this one", "ID" },
		{ "account", 0, POPT_ARG_STRING, &words.account, 0,
			"statement: names the account where the file does not", "NAME" },
		{ "explain", 'e', POPT_ARG_NONE, &words.explain, 0,
			"statement: with what each rule gave, and why", NULL },
		{ "dry-run", 'n', POPT_ARG_NONE, &words.dry_run, 0,
			"statement: match and tell, change nothing", NULL },
		BANK_OPTIONS_TABLE(words.bank),
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &words);
}
