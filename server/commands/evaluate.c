/* rewapp match --evaluate: the one place where the program looks into the engine, because how
 * good its matcher is on labelled lines is no promise to a host. */
#include "commands/evaluate.h"

#include "formats/text.h"
#include "matching/evaluate.h"

#include <stdio.h>
#include <time.h>

enum {
	TABLE_MAX = 64 * 1024 * 1024
};

static int64_t now_ns(void *user)
{
	struct timespec now;

	/* of this thread: what other programs do does not count */
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Basis points as a fraction of 1. */
static void rate(const char *name, int64_t bp)
{
	printf("\"%s\": %lld.%04lld, ", name, (long long)(bp / 10000), (long long)(bp % 10000));
}

static void say_json(const struct evaluation *found)
{
	putchar('{');
	rate("precision", found->precision_bp);
	rate("recall", found->recall_bp);
	rate("f1", found->f1_bp);
	rate("false_credits_per_1000", found->false_credits_per_1000_bp);
	rate("accept_precision", found->accept_precision_bp);
	rate("accept_recall", found->accept_recall_bp);
	printf("\"descriptors_per_second\": %lld, \"lines\": %llu, \"merchants\": %llu, \"surfaces\": {",
		(long long)found->descriptors_per_second, (unsigned long long)found->lines,
		(unsigned long long)found->merchants);
	for (size_t i = 0; i < found->surface_count; i++)
		printf("%s\"%s\": {\"expected\": %llu, \"recalled\": %llu}", i ? ", " : "",
			found->surfaces[i].name, (unsigned long long)found->surfaces[i].expected,
			(unsigned long long)found->surfaces[i].recalled);
	printf("}, \"calibration\": [");
	for (int i = 0; i < REWAPP__CALIBRATION_BINS; i++)
		printf("%s{\"from\": 0.%d, \"lines\": %llu, \"right\": %llu, \"probability_sum_bp\": %llu}",
			i ? ", " : "", i, (unsigned long long)found->bins[i].lines,
			(unsigned long long)found->bins[i].right,
			(unsigned long long)found->bins[i].probability_sum_bp);
	printf("]}\n");
}

static void percent(const char *name, int64_t bp)
{
	printf("  %-26s %3lld.%02lld %%\n", name, (long long)(bp / 100), (long long)(bp % 100));
}

static long long share(uint64_t part, uint64_t whole)
{
	return whole ? (long long)(part * 100 / whole) : 0;
}

static void say_words(const struct cli *cli, const struct evaluation *found)
{
	printf(rewapp__cli_tr(cli, "%llu lines, %llu merchants\n", "%llu lignes, %llu commerçants\n"),
		(unsigned long long)found->lines, (unsigned long long)found->merchants);
	percent(rewapp__cli_tr(cli, "precision", "précision"), found->precision_bp);
	percent(rewapp__cli_tr(cli, "recall", "rappel"), found->recall_bp);
	percent("F1", found->f1_bp);
	percent(rewapp__cli_tr(cli, "precision of the sure", "précision des certains"),
		found->accept_precision_bp);
	percent(rewapp__cli_tr(cli, "recall of the sure", "rappel des certains"), found->accept_recall_bp);
	printf("  %-26s %lld.%02lld\n",
		rewapp__cli_tr(cli, "false credits per 1 000", "faux crédits pour 1 000"),
		(long long)found->false_credits_per_1000_bp / 10000,
		(long long)found->false_credits_per_1000_bp % 10000 / 100);
	printf("  %-26s %lld\n", rewapp__cli_tr(cli, "descriptors per second", "lignes par seconde"),
		(long long)found->descriptors_per_second);
	for (size_t i = 0; i < found->surface_count; i++)
		printf("  %s %-*s %3lld %% (%llu)\n", rewapp__cli_tr(cli, "recall,", "rappel,"), 18,
			found->surfaces[i].name,
			share(found->surfaces[i].recalled, found->surfaces[i].expected),
			(unsigned long long)found->surfaces[i].expected);
	printf("%s\n", rewapp__cli_tr(cli, "said: was right", "annoncé : juste"));
	for (int i = 0; i < REWAPP__CALIBRATION_BINS; i++)
		if (found->bins[i].lines)
			printf("  %3lld %%: %3lld %% (%llu)\n",
				(long long)(found->bins[i].probability_sum_bp / found->bins[i].lines / 100),
				share(found->bins[i].right, found->bins[i].lines),
				(unsigned long long)found->bins[i].lines);
}

static int read_table(struct arena *arena, const char *path, struct evaluation_text *out)
{
	struct text_encoding used;
	char *bytes = NULL, *text = NULL;
	int code = rewapp__file_read(arena, path, TABLE_MAX, &bytes, &out->length);

	if (!code)
		code = rewapp__text_decode(arena, path, bytes, out->length, NULL, &used, &text, &out->length);
	out->text = text;
	return code;
}

int rewapp__evaluate_command(struct cli *cli, const char *truth_path, const char *catalogue_path)
{
	struct evaluation_options options = { .now_ns = now_ns };
	struct evaluation_text truth, catalogue;
	struct evaluation found = { .lines = 0 };
	struct arena arena;
	int code;

	rewapp__arena_init(&arena, NULL);
	code = read_table(&arena, truth_path, &truth);
	if (!code)
		code = read_table(&arena, catalogue_path, &catalogue);
	if (!code)
		code = rewapp__evaluate(NULL, &truth, &catalogue, &options, &found);
	if (code)
		code = rewapp__cli_fail(cli, code);
	else if (cli->json)
		say_json(&found);
	else
		say_words(cli, &found);
	rewapp__arena_finish(&arena);
	return code;
}
