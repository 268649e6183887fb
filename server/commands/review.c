/* rewapp review: bank lines that wait for a person, the answers, and what they taught. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <rewapp/review.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE_LINES = 50
};

static const struct cli_page page = {
	"rewapp review",
	"list | confirm LINE --merchant ID | refuse LINE | take-back ANSWER | learnt",
	"Lists the bank lines whose merchant is not certain enough, with the evidence; answers for one, and "
	"takes an\n"
	"answer (or a wrong match) back with its points; lists what the answers taught.",
	"Liste les lignes bancaires dont le commerçant n'est pas assez certain, avec les indices ; répond "
	"pour l'une\n"
	"d'elles, reprend une réponse (ou un rapprochement erroné) avec ses points ; liste ce qui a été "
	"appris.",
	"  rewapp review list\n"
	"  rewapp review confirm @line-7 --merchant @carrefour --who 'Claire, support'\n"
	"  rewapp review refuse @line-8 --who Claire\n"
	"  rewapp review take-back @answer-7 --who Ali\n"
	"  rewapp review learnt --merchant @carrefour\n",
};

struct review {
	char *merchant, *who, *id, *after, *limit;
	int64_t after_number, limit_lines;
};

/* --- asking ---------------------------------------------------------------------------------- */

static void say_candidate(struct cli *cli, const struct rewapp_candidate *candidate)
{
	printf("  %s%-32s%s %s  %s\n", rewapp__say_bold(), candidate->name, rewapp__say_plain(),
		rewapp__say_percent(candidate->certainty).text, rewapp__say_id(&candidate->merchant).text);
	for (int32_t i = 0; i < candidate->evidence_count; i++)
		printf("    %+6.1f  %s\n", candidate->evidence[i].weight / 1000.0,
			rewapp_evidence_text(candidate->evidence[i].kind, cli->french ? "fr" : "en"));
}

static void say_doubt(struct cli *cli, const struct rewapp_doubt *line)
{
	printf("%s  %s  %s\n%s\n", rewapp__say_id(&line->id).text, rewapp__say_time(line->occurred_ms).text,
		rewapp__say_money(cli, line->amount, line->currency).text, line->descriptor);
	for (int32_t i = 0; i < line->match.candidate_count; i++)
		say_candidate(cli, &line->match.candidates[i]);
	printf("\n");
}

static int say_doubts(struct cli *cli, const struct review *options)
{
	struct rewapp_doubt *lines = calloc((size_t)options->limit_lines, sizeof *lines);
	size_t count = 0;
	int code;

	if (!lines)
		return rewapp__cli_fail(cli, REWAPP_E_NOMEMORY);
	lines[0].size = sizeof *lines;
	code = rewapp_doubts(cli->engine, options->after_number, lines, (size_t)options->limit_lines, &count);
	for (size_t i = 0; i < count && !code; i++)
		say_doubt(cli, &lines[i]);
	if (!code && count == 0)
		printf("%s\n", rewapp__cli_tr(cli, "nothing waits", "rien n'attend"));
	if (!code && count == (size_t)options->limit_lines)
		printf(rewapp__cli_tr(cli, "more: --after %lld\n", "la suite : --after %lld\n"),
			(long long)lines[count - 1].number);
	free(lines);
	return code ? rewapp__cli_fail(cli, code) : CLI_OK;
}

static int list(struct cli *cli, const struct review *options)
{
	char text[160];

	if (!cli->json)
		return say_doubts(cli, options);
	snprintf(text, sizeof text,
		"{\"query\": \"review\", \"after\": %lld, \"limit\": %lld, \"language\": \"%s\"}",
		(long long)options->after_number, (long long)options->limit_lines, cli->french ? "fr" : "en");
	return rewapp__cli_query(cli, text);
}

static void say_learnt(struct cli *cli, const struct rewapp_learnt *learnt)
{
	printf("%s  %s  %-28s %s %s  %s%s\n", rewapp__say_id(&learnt->id).text,
		rewapp__say_time(learnt->at_ms).text, learnt->text, learnt->votes > 0 ? "=" : "≠",
		rewapp__say_merchant(cli, &learnt->merchant).text, learnt->who,
		rewapp_id_is_zero(&learnt->taken_back) ? ""
						       : rewapp__cli_tr(cli, "  (taken back)", "  (repris)"));
}

/* Names are asked for between the pages, so what the engine lends is copied no longer than a line. */
static int say_all_learnt(struct cli *cli, const struct rewapp_id *merchant, const struct review *options)
{
	int64_t after = options->after_number;

	for (int64_t i = 0; i < options->limit_lines; i++) {
		struct rewapp_learnt learnt = { .size = sizeof learnt };
		char text[96], who[128];
		size_t count;
		int code = rewapp_learnt_list(cli->engine, merchant, after, &learnt, 1, &count);

		if (code)
			return rewapp__cli_fail(cli, code);
		if (!count)
			return CLI_OK;
		after = learnt.number;
		snprintf(text, sizeof text, "%s", learnt.text);
		snprintf(who, sizeof who, "%s", learnt.who);
		learnt.text = text;
		learnt.who = who;
		say_learnt(cli, &learnt);
	}
	return CLI_OK;
}

static int learnt(struct cli *cli, const struct review *options)
{
	struct rewapp_id merchant;
	char text[200];
	int code = rewapp__cli_id(cli, "--merchant", options->merchant, &merchant);

	if (code)
		return code;
	if (!cli->json)
		return say_all_learnt(cli, &merchant, options);
	snprintf(text, sizeof text, "{\"query\": \"learnt\", \"after\": %lld, \"limit\": %lld%s%s%s}",
		(long long)options->after_number, (long long)options->limit_lines,
		options->merchant ? ", \"merchant\": \"" : "",
		options->merchant ? rewapp__say_id(&merchant).text : "", options->merchant ? "\"" : "");
	return rewapp__cli_query(cli, text);
}

/* --- answering --------------------------------------------------------------------------------- */

static int answer(struct cli *cli, const struct review *options, struct rewapp_command *command)
{
	int code = rewapp__cli_id_needed(cli, command->kind == REWAPP_KIND_TAKE_BACK ? "ANSWER" : "LINE",
		rewapp__cli_argument(cli), &command->target);

	command->reference = options->who;
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command->id);
	return code ? code : rewapp__submit_one(cli, command, true);
}

static int confirm(struct cli *cli, const struct review *options)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	int code = rewapp__cli_id_needed(cli, "--merchant", options->merchant, &command.merchant);

	command.kind = REWAPP_KIND_CONFIRM;
	return code ? code : answer(cli, options, &command);
}

static int refuse(struct cli *cli, const struct review *options)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;

	command.kind = REWAPP_KIND_CONFIRM;
	command.flags = REWAPP_NOBODY;
	return answer(cli, options, &command);
}

static int take_back(struct cli *cli, const struct review *options)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;

	command.kind = REWAPP_KIND_TAKE_BACK;
	return answer(cli, options, &command);
}

/* --- the subcommand ------------------------------------------------------------------------------ */

static int run(struct cli *cli, void *user)
{
	static const struct {
		const char *name;
		int (*run)(struct cli *cli, const struct review *options);
	} verbs[] = { { "list", list }, { "confirm", confirm }, { "refuse", refuse },
		{ "take-back", take_back }, { "learnt", learnt } };
	struct review *options = user;
	const char *verb = rewapp__cli_argument(cli);
	size_t i = 0;
	int code;

	while (i < sizeof verbs / sizeof *verbs && (!verb || strcmp(verbs[i].name, verb) != 0))
		i++;
	if (i == sizeof verbs / sizeof *verbs)
		return rewapp__cli_usage(
			cli, "%s", verb ? verb : "list | confirm | refuse | take-back | learnt");
	code = rewapp__cli_number(cli, "--after", options->after, &options->after_number);
	if (!code)
		code = rewapp__cli_number(cli, "--limit", options->limit, &options->limit_lines);
	if (!code && !options->limit)
		options->limit_lines = PAGE_LINES;
	if (!code && (options->limit_lines < 1 || options->limit_lines > 500))
		return rewapp__cli_usage(cli, "--limit: %lld", (long long)options->limit_lines);
	if (!code)
		code = rewapp__cli_open(cli, false);
	return code ? code : verbs[i].run(cli, options);
}

int command_review(int argc, char **argv)
{
	struct review review = { .merchant = NULL };
	struct poptOption options[] = {
		{ "merchant", 'm', POPT_ARG_STRING, &review.merchant, 0,
			"confirm: which one it is; learnt: only of this one", "ID" },
		{ "who", 'w', POPT_ARG_STRING, &review.who, 0, "who says so; kept with the answer", "TEXT" },
		{ "after", 0, POPT_ARG_STRING, &review.after, 0, "behind this one", "NUMBER" },
		{ "limit", 'n', POPT_ARG_STRING, &review.limit, 0, "at most so many (50)", "N" },
		{ "id", 0, POPT_ARG_STRING, &review.id, 0, "idempotency key (a new one)", "ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &review);
}
