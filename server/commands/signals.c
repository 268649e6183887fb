/* rewapp signals: what in the log looks like fraud, for people to look at. */
#include "base/buffer.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_page page = {
	"rewapp signals",
	"",
	"Lists what in the log looks like fraud, with how often it was seen. It is advice: nothing is "
	"decided by it.\n"
	"A number says from how many on something is told; 0 leaves it out.",
	"Liste ce qui, dans le journal, ressemble à de la fraude. C'est un conseil : rien n'en dépend.\n"
	"Un nombre dit à partir de combien ; 0 l'écarte.",
	"  rewapp signals\n"
	"  rewapp signals --from 2026-03-01T00:00:00Z --returns 3 --velocity 0\n",
};

enum {
	SIGNALS = 9
};

struct told {
	const char *name, *option, *english, *french;
};

/* clang-format off */
static const struct told kinds[SIGNALS] = {
	{ "card_members", "card-members", "members with one card", "membres avec une même carte" },
	{ "returns", "returns", "returns of a member", "retours d'un membre" },
	{ "manual_credits", "manual-credits", "credits of a member by hand", "crédits manuels d'un membre" },
	{ "velocity", "velocity", "purchases of a member in an hour", "achats d'un membre en une heure" },
	{ "cycles", "cycles", "purchases of a member that came back whole", "achats d'un membre rendus en entier" },
	{ "terminal_velocity", "terminal-velocity", "purchases at a till in an hour",
		"achats à une caisse en une heure" },
	{ "cashier_velocity", "cashier-velocity", "purchases with a cashier in an hour",
		"achats chez un caissier en une heure" },
	{ "cashier_returns", "cashier-returns", "returns taken by a cashier", "retours pris par un caissier" },
	{ "cashier_credits", "cashier-credits", "credits by hand of a cashier", "crédits manuels d'un caissier" },
};
/* clang-format on */

struct signals {
	char *from, *until, *limit, *least[SIGNALS];
};

static int question_of(struct cli *cli, const struct signals *options, struct buffer *out)
{
	int64_t from = 0, until = 0, limit = 0, least;
	int code = rewapp__cli_moment(cli, "--from", options->from, &from);

	if (!code)
		code = rewapp__cli_moment(cli, "--until", options->until, &until);
	if (!code && options->limit)
		code = rewapp__cli_number(cli, "limit", options->limit, &limit);
	rewapp__buffer_puts(out, "{\"query\": \"signals\"");
	if (options->limit)
		rewapp__buffer_printf(out, ", \"limit\": %lld", (long long)limit);
	if (from)
		rewapp__buffer_printf(out, ", \"from_ms\": %lld", (long long)from);
	if (until)
		rewapp__buffer_printf(out, ", \"until_ms\": %lld", (long long)until);
	for (int i = 0; i < SIGNALS && !code; i++) {
		if (!options->least[i])
			continue;
		code = rewapp__cli_number(cli, kinds[i].option, options->least[i], &least);
		rewapp__buffer_printf(out, ", \"%s\": %lld", kinds[i].name, (long long)least);
	}
	rewapp__buffer_puts(out, "}");
	return code;
}

static const char *text_of(const cJSON *item, const char *key)
{
	const cJSON *text = rewapp__json_get(item, key);

	return cJSON_IsString(text) ? text->valuestring : NULL;
}

static void say(struct cli *cli, const cJSON *signal)
{
	const char *name = text_of(signal, "signal"), *who = text_of(signal, "name");
	int64_t count = 0, last = 0;

	rewapp__json_int(rewapp__json_get(signal, "count"), &count);
	rewapp__json_int(rewapp__json_get(signal, "last_ms"), &last);
	for (int i = 0; i < SIGNALS; i++)
		if (name && strcmp(kinds[i].name, name) == 0)
			printf("%s%6lld%s  %-44s", rewapp__say_bold(), (long long)count, rewapp__say_plain(),
				rewapp__cli_tr(cli, kinds[i].english, kinds[i].french));
	if (!who)
		who = text_of(signal, "card");
	printf("%s  %s\n", who ? who : text_of(signal, "member"), rewapp__say_time(last).text);
}

static int tell(struct cli *cli, const char *answer, size_t length)
{
	cJSON *tree = cJSON_ParseWithLength(answer, length);
	const cJSON *list = rewapp__json_get(tree, "signals"), *signal;

	int64_t left_off = 0;

	cJSON_ArrayForEach(signal, list) say(cli, signal);
	rewapp__json_int(rewapp__json_get(tree, "left_off"), &left_off);
	if (left_off)
		printf(rewapp__cli_tr(cli, "%lld weaker ones are left off; --limit N shows more\n",
			       "%lld plus faibles ne sont pas montrés ; --limit N en montre plus\n"),
			(long long)left_off);
	if (tree && !cJSON_GetArraySize(list))
		puts(rewapp__cli_tr(cli, "nothing", "rien"));
	cJSON_Delete(tree);
	return tree ? CLI_OK : rewapp__cli_fail(cli, REWAPP_E_NOMEMORY);
}

static int run(struct cli *cli, void *user)
{
	struct buffer question;
	char *answer = NULL;
	size_t length = 0;
	int code;

	rewapp__buffer_init(&question, NULL, 4096);
	code = question_of(cli, user, &question);
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (!code && cli->json) {
		code = rewapp__cli_query(cli, question.data);
	} else if (!code) {
		code = rewapp_json_query(cli->engine, question.data, question.size, &answer, &length);
		code = code ? rewapp__cli_fail(cli, code) : tell(cli, answer, length);
		rewapp_free(cli->engine, answer);
	}
	rewapp__buffer_finish(&question);
	return code;
}

int command_signals(int argc, char **argv)
{
	struct signals signals = { NULL, NULL, NULL, { NULL } };
	struct poptOption options[SIGNALS + 4] = {
		{ "from", 0, POPT_ARG_STRING, &signals.from, 0, "recorded from then on", "TIME" },
		{ "until", 0, POPT_ARG_STRING, &signals.until, 0, "and before then", "TIME" },
		{ "limit", 0, POPT_ARG_STRING, &signals.limit, 0, "of each kind, the strongest (50)", "N" },
	};

	for (int i = 0; i < SIGNALS; i++)
		options[3 + i] = (struct poptOption){ kinds[i].option, 0, POPT_ARG_STRING, &signals.least[i],
			0, kinds[i].english, "N" };
	return rewapp__cli_main(&page, options, argc, argv, run, &signals);
}
