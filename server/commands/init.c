/* rewapp init: makes a store. */
#include "cli/cli.h"
#include "clock.h"
#include "commands/commands.h"

#include "base/buffer.h"
#include "base/json.h"

#include <stdio.h>

static const struct cli_page page = {
	"rewapp init",
	"[URI]",
	"Makes a store where there is none, or brings an older one up to date.",
	"Crée une base là où il n'y en a pas, ou met à jour une base plus ancienne.",
	"  rewapp init sqlite:till.db\n"
	"  rewapp init postgres://loyalty@db/loyalty\n",
};

static void say_json(const char *store, bool created)
{
	struct buffer line;

	rewapp__buffer_init(&line, NULL, 8192);
	rewapp__buffer_puts(&line, "{\"store\": ");
	rewapp__json_quote(&line, store);
	rewapp__buffer_printf(&line, ", \"created\": %s}", created ? "true" : "false");
	if (!line.failed)
		puts(line.data);
	rewapp__buffer_finish(&line);
}

static int run(struct cli *cli, void *user)
{
	const char *argument = rewapp__cli_argument(cli), *store = argument ? argument : cli->store;
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	bool created = false;
	int code;

	options.storage = store;
	options.env = program_env();
	options.must_exist = 1;
	code = rewapp_engine_open(&cli->engine, &options);
	if (code == REWAPP_E_NOTFOUND) {
		created = true;
		options.must_exist = 0;
		code = rewapp_engine_open(&cli->engine, &options);
	}
	if (code)
		return rewapp__cli_fail(cli, code);
	if (cli->json)
		say_json(store, created);
	else
		printf(created ? rewapp__cli_tr(cli, "%s: made\n", "%s : créée\n")
			       : rewapp__cli_tr(cli, "%s: is ready\n", "%s : prête\n"),
			store);
	return CLI_OK;
}

int command_init(int argc, char **argv)
{
	struct poptOption options[] = { POPT_TABLEEND };

	return rewapp__cli_main(&page, options, argc, argv, run, NULL);
}
