/* rewapp programme: what a programme document means, before it is put into a store. */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/cli.h"
#include "clock.h"
#include "commands/commands.h"
#include "formats/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct cli_page page = {
	"rewapp programme",
	"check|test|replay FILE",
	"check: reads a programme's document, or the file that 'import programmes' takes, without any\n"
	"store and tells what is wrong with it, and what it probably does not mean: rules that never\n"
	"fire, that others shadow, that no budget holds.\n"
	"test: runs the tests that the document carries.\n"
	"replay: tells what the document would have given for the purchases in the store.",
	"check : lit un document de programme, ou le fichier que prend « import programmes », sans base,\n"
	"et dit ce qui y est faux et ce qu'il ne veut sans doute pas dire : règles sans effet, masquées\n"
	"par d'autres, sans budget.\n"
	"test : exécute les tests que le document contient.\n"
	"replay : dit ce que le document aurait donné pour les achats de la base.",
	"  rewapp programme check programme.json\n"
	"  rewapp programme test programme.json\n"
	"  rewapp programme replay next.json --programme @main\n",
};

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = rewapp__json_get(object, name);

	return cJSON_IsString(item) ? item->valuestring : "";
}

/* How many were errors. */
static int say_problems(const struct cli *cli, const cJSON *problems)
{
	int errors = 0;

	for (const cJSON *item = problems->child; item; item = item->next) {
		bool error = cJSON_IsTrue(rewapp__json_get(item, "error"));

		printf("%s %s: %s: %s\n",
			error ? rewapp__cli_tr(cli, "error", "erreur")
			      : rewapp__cli_tr(cli, "warning", "avertissement"),
			text_of(item, "problem"), text_of(item, "path"), text_of(item, "text"));
		errors += error;
	}
	return errors;
}

/* How many failed. */
static int say_tests(const struct cli *cli, const cJSON *tests)
{
	int failed = 0, count = cJSON_GetArraySize(tests);

	for (const cJSON *item = tests->child; item; item = item->next) {
		bool passed = cJSON_IsTrue(rewapp__json_get(item, "passed"));

		printf("%s %s%s%s\n",
			passed ? rewapp__cli_tr(cli, "ok    ", "réussi")
			       : rewapp__cli_tr(cli, "FAILED", "ÉCHEC "),
			text_of(item, "name"), passed ? "" : ": ", text_of(item, "text"));
		failed += !passed;
	}
	printf(rewapp__cli_tr(cli, "%d passed, %d failed\n", "%d réussis, %d échoués\n"), count - failed,
		failed);
	return failed;
}

static int tell(const struct cli *cli, const char *report, bool tests)
{
	cJSON *tree = cJSON_Parse(report);
	const cJSON *problems = rewapp__json_get(tree, "problems");
	bool readable = cJSON_IsString(rewapp__json_get(tree, "name"));
	int wrong = 0;

	if (cli->json)
		puts(report);
	else if (tests && readable)
		wrong = say_tests(cli, rewapp__json_get(tree, "tests"));
	else
		say_problems(cli, problems);
	if (cli->json && tests)
		for (const cJSON *item = rewapp__json_get(tree, "tests")->child; item; item = item->next)
			wrong += !cJSON_IsTrue(rewapp__json_get(item, "passed"));
	if (!cli->json && !tests && readable && !problems->child)
		puts(rewapp__cli_tr(cli, "nothing to say against it", "rien à y redire"));
	cJSON_Delete(tree);
	return !readable ? CLI_USAGE : wrong ? CLI_REFUSED : CLI_OK;
}

static int check(struct cli *cli, const char *document, size_t length, bool tests)
{
	const struct rewapp_env *env = program_env();
	int64_t now_ms = env ? env->now_ms(env->user) : (int64_t)time(NULL) * 1000;
	size_t need = 0;
	char *report;
	int code = rewapp_programme_check(document, length, now_ms, NULL, 0, &need);

	if (code != REWAPP_E_CAPACITY)
		return rewapp__cli_fail(cli, code);
	if (!(report = malloc(need + 1)))
		return rewapp__cli_fail_with(cli, REWAPP_E_NOMEMORY, "report");
	code = rewapp_programme_check(document, length, now_ms, report, need + 1, &need);
	code = code ? rewapp__cli_fail(cli, code) : tell(cli, report, tests);
	free(report);
	return code;
}

/* ---- replay ---- */

static long long number_of(const cJSON *object, const char *name)
{
	int64_t number = 0;

	rewapp__json_int(rewapp__json_get(object, name), &number);
	return number;
}

static void say_replay(const struct cli *cli, const cJSON *tree)
{
	printf(rewapp__cli_tr(cli, "%lld purchases: %lld points before, %lld after\n",
		       "%lld achats : %lld points avant, %lld après\n"),
		number_of(tree, "purchases"), number_of(tree, "before"), number_of(tree, "after"));
	printf(rewapp__cli_tr(cli, "%lld of %lld members get more (%lld at most), %lld less (%lld at most)\n",
		       "%lld membres sur %lld y gagnent (%lld au plus), %lld y perdent (%lld au plus)\n"),
		number_of(tree, "winners"), number_of(tree, "members"), number_of(tree, "most_gained"),
		number_of(tree, "losers"), number_of(tree, "most_lost"));
	for (const cJSON *item = rewapp__json_get(tree, "rules")->child; item; item = item->next)
		printf("  %-31s %14lld %14lld\n", text_of(item, "rule"), number_of(item, "before"),
			number_of(item, "after"));
	for (const cJSON *item = rewapp__json_get(tree, "months")->child; item; item = item->next)
		printf("  %-31s %14lld %14lld\n", text_of(item, "month"), number_of(item, "before"),
			number_of(item, "after"));
}

static int tell_replay(struct cli *cli, const char *answer)
{
	cJSON *tree = cli->json ? NULL : cJSON_Parse(answer);

	if (cli->json)
		puts(answer);
	else
		say_replay(cli, tree);
	cJSON_Delete(tree);
	return CLI_OK;
}

static int replay(struct cli *cli, const char *document, const char *programme)
{
	struct rewapp_id id;
	char text[REWAPP_ID_CAPACITY], *answer = NULL;
	struct buffer question;
	int code = rewapp__cli_id(cli, "--programme", programme, &id);

	if (code || (code = rewapp__cli_open(cli, false)))
		return code;
	rewapp__buffer_init(&question, NULL, REWAPP_DOCUMENT_MAX + 200);
	rewapp__buffer_printf(&question, "{\"query\":\"replay\",");
	rewapp_id_format(&id, text);
	if (programme)
		rewapp__buffer_printf(&question, "\"programme\":\"%s\",", text);
	rewapp__buffer_printf(&question, "\"document\":%s}", document);
	code = question.failed ? question.failed
			       : rewapp_json_query(cli->engine, question.data, question.size, &answer, NULL);
	code = code ? rewapp__cli_fail(cli, code) : tell_replay(cli, answer);
	rewapp_free(cli->engine, answer);
	rewapp__buffer_finish(&question);
	return code;
}

static bool is_verb(const char *verb)
{
	return verb &&
		(strcmp(verb, "check") == 0 || strcmp(verb, "test") == 0 || strcmp(verb, "replay") == 0);
}

/* A file for `import` says beside the document whose it is: the document is what is left without the id. */
static int leave_id(struct arena *arena, char **document, size_t *length)
{
	cJSON *tree = cJSON_ParseWithLength(*document, *length);
	char *text = NULL;
	int code = 0;

	if (cJSON_IsString(rewapp__json_get(tree, "id"))) {
		cJSON_DeleteItemFromObjectCaseSensitive(tree, "id");
		text = cJSON_PrintUnformatted(tree);
		*length = text ? strlen(text) : 0;
		*document = text ? rewapp__arena_copy(arena, text, *length) : NULL;
		code = *document ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "document");
	}
	cJSON_free(text);
	cJSON_Delete(tree);
	return code;
}

static int run(struct cli *cli, void *user)
{
	const char *const *programme = user;
	const char *verb = rewapp__cli_argument(cli), *path = rewapp__cli_argument(cli);
	struct arena arena;
	char *document = NULL;
	size_t length = 0;
	int code;

	if (!is_verb(verb) || !path)
		return rewapp__cli_usage(cli, "check|test|replay FILE");
	rewapp__arena_init(&arena, NULL);
	code = rewapp__file_read(&arena, path, REWAPP_DOCUMENT_MAX + 1, &document, &length);
	if (!code)
		code = leave_id(&arena, &document, &length);
	if (code)
		code = rewapp__cli_fail(cli, code);
	else if (strcmp(verb, "replay") == 0)
		code = replay(cli, document, *programme);
	else
		code = check(cli, document, length, strcmp(verb, "test") == 0);
	rewapp__arena_finish(&arena);
	return code;
}

int command_programme(int argc, char **argv)
{
	char *programme = NULL;
	struct poptOption options[] = { { "programme", 'p', POPT_ARG_STRING, &programme, 0,
						"replay: whose purchases; may be left out when there is one",
						"ID" },
		POPT_TABLEEND };

	return rewapp__cli_main(&page, options, argc, argv, run, &programme);
}
