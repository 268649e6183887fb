/* rewapp explain: why each rule gave points to a purchase, or gave none, and how far it was. */
#include "base/json.h"
#include "cli/cli.h"
#include "commands/commands.h"

#include <rewapp/json.h>
#include <stdio.h>
#include <string.h>

static const struct cli_page page = {
	"rewapp explain",
	"COMMAND",
	"Tells why each rule gave points to a purchase or gave none, and how far it was.",
	"Dit pourquoi chaque règle a donné des points à un achat ou n'en a pas donné, et ce qui manquait.",
	"  rewapp explain @ticket-1042\n",
};

static int tell(const struct cli *cli, const char *answer)
{
	cJSON *tree = cJSON_Parse(answer);
	const cJSON *awards = rewapp__json_get(tree, "awards");

	if (cli->json)
		puts(answer);
	for (const cJSON *award = awards && !cli->json ? awards->child : NULL; award; award = award->next) {
		const cJSON *rule = rewapp__json_get(award, "rule"),
			    *words = rewapp__json_get(award, "words");
		int64_t points = 0;

		rewapp__json_int(rewapp__json_get(award, "points"), &points);
		if (cJSON_IsString(rule) && cJSON_IsString(words))
			printf("%-31s %+12lld  %s\n", rule->valuestring, (long long)points,
				words->valuestring);
	}
	cJSON_Delete(tree);
	return CLI_OK;
}

static int run(struct cli *cli, void *user)
{
	char id[REWAPP_ID_CAPACITY], question[160], *answer;
	struct rewapp_id command;
	size_t length;
	int code = rewapp__cli_id_needed(cli, "COMMAND", rewapp__cli_argument(cli), &command);

	if (!code)
		code = rewapp__cli_open(cli, false);
	if (code)
		return code;
	rewapp_id_format(&command, id);
	length = (size_t)snprintf(question, sizeof question,
		"{\"query\":\"explain\",\"id\":\"%s\",\"language\":\"%s\"}", id, cli->french ? "fr" : "en");
	if ((code = rewapp_json_query(cli->engine, question, length, &answer, NULL)) < 0)
		return rewapp__cli_fail(cli, code);
	code = tell(cli, answer);
	rewapp_free(cli->engine, answer);
	return code;
}

int command_explain(int argc, char **argv)
{
	struct poptOption options[] = { POPT_TABLEEND };

	return rewapp__cli_main(&page, options, argc, argv, run, NULL);
}
