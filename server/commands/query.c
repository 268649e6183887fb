/* rewapp query: asks a question written in JSON, as docs/json.md shows them. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "formats/text.h"

enum {
	TEXT_MAX = 1024 * 1024
};

static const struct cli_page page = {
	"rewapp query",
	"JSON|FILE|-",
	"Asks one question and prints the answer, always in JSON.",
	"Pose une question et affiche la réponse, toujours en JSON.",
	"  rewapp query '{\"query\": \"balance\", \"member\": \"@claire\"}'\n"
	"  rewapp query '{\"query\": \"totals\", \"from_ms\": 0, \"until_ms\": 1800000000000}'\n",
};

static int run(struct cli *cli, void *user)
{
	const char *argument = rewapp__cli_argument(cli), *text = argument;
	struct arena arena;
	char *read = NULL;
	size_t length = 0;
	int code = 0;

	if (!argument)
		return rewapp__cli_usage(cli, "JSON");
	rewapp__arena_init(&arena, NULL);
	if (*argument != '{') {
		code = rewapp__file_read(&arena, argument, TEXT_MAX, &read, &length);
		text = read;
	}
	code = code ? rewapp__cli_fail(cli, code) : rewapp__cli_open(cli, false);
	if (!code)
		code = rewapp__cli_query(cli, text);
	rewapp__arena_finish(&arena);
	return code;
}

int command_query(int argc, char **argv)
{
	struct poptOption options[] = { POPT_TABLEEND };

	return rewapp__cli_main(&page, options, argc, argv, run, NULL);
}
