/* rewapp match --evaluate: how good the matcher is on labelled lines, in words or as JSON. */
#include "commands/evaluate.h"

#include "formats/text.h"

#include <rewapp/evaluate.h>
#include <rewapp/matching.h>
#include <stdio.h>
#include <time.h>

enum {
	TABLE_MAX = 64 * 1024 * 1024,
	JSON_CAPACITY = 16 * 1024
};

static int64_t now_ns(void *user)
{
	struct timespec now;

	/* of this thread: what other programs do does not count */
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int say_json(struct cli *cli, const struct rewapp_evaluation *found)
{
	char text[JSON_CAPACITY];
	size_t length;
	int code = rewapp_evaluation_format(found, text, sizeof text, &length);

	if (code)
		return rewapp__cli_fail(cli, code);
	puts(text);
	return 0;
}

static void percent(const char *name, int32_t share)
{
	printf("  %-26s %3d.%02d %%\n", name, share / 100, share % 100);
}

static long long per_cent(int64_t part, int64_t whole)
{
	return whole ? (long long)(part * 100 / whole) : 0;
}

static void say_shares(const struct cli *cli, const struct rewapp_evaluation *found)
{
	percent(rewapp__cli_tr(cli, "precision", "précision"), found->precision);
	percent(rewapp__cli_tr(cli, "recall", "rappel"), found->recall);
	percent("F1", found->f1);
	percent(rewapp__cli_tr(cli, "precision of the sure", "précision des certains"),
		found->accept_precision);
	percent(rewapp__cli_tr(cli, "recall of the sure", "rappel des certains"), found->accept_recall);
	printf("  %-26s %3lld.%02lld (%lld)\n",
		rewapp__cli_tr(cli, "false credits per 1 000", "faux crédits pour 1 000"),
		(long long)found->false_credits_per_1000 / 10000,
		(long long)found->false_credits_per_1000 % 10000 / 100, (long long)found->false_credits);
	printf("  %-26s %3lld (%lld)\n",
		rewapp__cli_tr(cli, "bank operations matched", "opérations rapprochées"),
		(long long)found->operations_matched, (long long)found->operations);
	printf("  %-26s %lld\n", rewapp__cli_tr(cli, "descriptors per second", "lignes par seconde"),
		(long long)found->descriptors_per_second);
}

static void say_outcomes(const struct cli *cli, const struct rewapp_evaluation *found)
{
	const char *const names[] = { rewapp__cli_tr(cli, "no partner", "aucun partenaire"),
		rewapp__cli_tr(cli, "to be reviewed", "à vérifier"), rewapp__cli_tr(cli, "sure", "certain") };

	puts(rewapp__cli_tr(cli, "outcome: lines, right", "issue : lignes, justes"));
	for (int i = REWAPP_MATCH_SURE; i >= REWAPP_MATCH_NONE; i--)
		printf("  %-18s %6lld %6lld %3lld %%\n", names[i], (long long)found->outcomes[i].lines,
			(long long)found->outcomes[i].right,
			per_cent(found->outcomes[i].right, found->outcomes[i].lines));
}

static void say_tables(const struct cli *cli, const struct rewapp_evaluation *found)
{
	for (int32_t i = 0; i < found->surface_count; i++)
		printf("  %s %-*s %3lld %% (%lld)\n", rewapp__cli_tr(cli, "recall,", "rappel,"), 18,
			found->surfaces[i].name,
			per_cent(found->surfaces[i].recalled, found->surfaces[i].expected),
			(long long)found->surfaces[i].expected);
	puts(rewapp__cli_tr(cli, "said: was right", "annoncé : juste"));
	for (int i = 0; i < REWAPP_EVALUATION_BINS; i++)
		if (found->bins[i].lines)
			printf("  %3lld %%: %3lld %% (%lld)\n", (long long)(found->bins[i].certainty / 100),
				per_cent(found->bins[i].right, found->bins[i].lines),
				(long long)found->bins[i].lines);
}

static void say_words(const struct cli *cli, const struct rewapp_evaluation *found)
{
	printf(rewapp__cli_tr(cli, "%lld lines, %lld merchants\n", "%lld lignes, %lld commerçants\n"),
		(long long)found->lines, (long long)found->merchants);
	say_shares(cli, found);
	say_outcomes(cli, found);
	say_tables(cli, found);
}

static int read_table(struct arena *arena, const char *path, const char **out, size_t *length)
{
	struct text_encoding used;
	char *bytes = NULL, *text = NULL;
	int code = rewapp__file_read(arena, path, TABLE_MAX, &bytes, length);

	if (!code)
		code = rewapp__text_decode(arena, path, bytes, *length, NULL, &used, &text, length);
	*out = text;
	return code;
}

int rewapp__evaluate_command(struct cli *cli, const char *truth_path, const char *catalogue_path)
{
	struct rewapp_evaluation_tables tables = { .size = sizeof tables, .now_ns = now_ns };
	struct rewapp_evaluation found = { .size = sizeof found };
	struct arena arena;
	int code;

	rewapp__arena_init(&arena, NULL);
	code = read_table(&arena, truth_path, &tables.truth, &tables.truth_length);
	if (!code)
		code = read_table(&arena, catalogue_path, &tables.catalogue, &tables.catalogue_length);
	if (!code)
		code = rewapp_evaluate(&tables, &found);
	if (code)
		code = rewapp__cli_fail(cli, code);
	else if (cli->json)
		code = say_json(cli, &found);
	else
		say_words(cli, &found);
	rewapp__arena_finish(&arena);
	return code;
}
