/* Scores the matcher against a labelled table: match_eval TRUTH CATALOGUE [ODD|EVEN] [-v].
 * ODD and EVEN take half of the lines, by a hash of the text, for tuning on one half. */
#include "matching/evaluate.h"

#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_ns(void *user)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static struct evaluation_text load(const char *path)
{
	struct evaluation_text text = { NULL, 0 };
	FILE *file = fopen(path, "rb");
	char *bytes = NULL;
	long size;

	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0) {
		perror(path);
		exit(1);
	}
	rewind(file);
	bytes = malloc((size_t)size + 1);
	text.length = bytes ? fread(bytes, 1, (size_t)size, file) : 0;
	text.text = bytes;
	fclose(file);
	return text;
}

/* Keeps the header and the lines of one half. */
static void halve(struct evaluation_text *text, unsigned half)
{
	char *bytes = (char *)(size_t)text->text, *to = bytes;
	const char *end = bytes + text->length;
	int first = 1;

	for (char *at = bytes; at < end;) {
		char *stop = memchr(at, '\n', (size_t)(end - at));
		unsigned hash = 2166136261u;

		stop = stop ? stop + 1 : bytes + text->length;
		for (char *c = at; c < stop; c++)
			hash = (hash ^ (unsigned char)*c) * 16777619u;
		if (first || ((hash >> 13) & 1) == half) {
			memmove(to, at, (size_t)(stop - at));
			to += stop - at;
		}
		first = 0;
		at = stop;
	}
	text->length = (size_t)(to - bytes);
}

static void show(void *user, const char *raw, size_t length, const char *expected, size_t expected_length,
	const char *best, const struct match *match, int right)
{
	const struct match_candidate *candidate = match->candidates;

	printf("%s %d %-60.*s\twant %.*s\tgot %s", right ? "ok  " : "FAIL", match->outcome, (int)length, raw,
		(int)expected_length, expected, best);
	if (match->candidate_count) {
		printf("\t[%d n=%u", candidate->score_millibits, (unsigned)candidate->merchant);
		for (int i = 0; i < candidate->evidence_count; i++)
			printf(" %s%+d", rewapp__evidence_name(candidate->evidence[i].kind),
				candidate->evidence[i].weight_millibits);
		printf("]");
	}
	printf("\n");
}

static void print(const struct evaluation *e)
{
	printf("merchants %llu  lines %llu  expected %llu\n", (unsigned long long)e->merchants,
		(unsigned long long)e->lines, (unsigned long long)e->expected);
	printf("precision %.4f  recall %.4f  f1 %.4f  false credits per 1000 %.2f\n", e->precision_bp / 1e4,
		e->recall_bp / 1e4, e->f1_bp / 1e4, e->false_credits_per_1000_bp / 1e4);
	printf("sure: %llu  precision %.4f  recall %.4f\n", (unsigned long long)e->sure,
		e->accept_precision_bp / 1e4, e->accept_recall_bp / 1e4);
	printf("bank operations named a merchant: %llu of %llu\n", (unsigned long long)e->operations_matched,
		(unsigned long long)e->operations);
	for (size_t i = 0; i < e->surface_count; i++)
		printf("surface %-8s %llu of %llu\n", e->surfaces[i].name,
			(unsigned long long)e->surfaces[i].recalled,
			(unsigned long long)e->surfaces[i].expected);
	for (int i = 0; i < REWAPP__CALIBRATION_BINS; i++)
		if (e->bins[i].lines)
			printf("said %.3f  was %.3f  (%llu lines)\n",
				(double)e->bins[i].probability_sum_bp / (double)e->bins[i].lines / 1e4,
				(double)e->bins[i].right / (double)e->bins[i].lines,
				(unsigned long long)e->bins[i].lines);
	printf("descriptors per second %lld\n", (long long)e->descriptors_per_second);
}

int main(int argc, char **argv)
{
	struct evaluation_options options = { .now_ns = now_ns };
	struct evaluation_text truth, catalogue;
	struct evaluation evaluation;

	if (argc < 3) {
		fprintf(stderr, "usage: match_eval TRUTH CATALOGUE [ODD|EVEN] [-v]\n");
		return 2;
	}
	truth = load(argv[1]);
	catalogue = load(argv[2]);
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0)
			options.line = show;
		else
			halve(&truth, strcmp(argv[i], "ODD") == 0);
	}
	if (rewapp__evaluate(NULL, &truth, &catalogue, &options, &evaluation)) {
		fprintf(stderr, "match_eval: %s\n", rewapp_errmsg());
		return 1;
	}
	print(&evaluation);
	free((char *)(size_t)truth.text);
	free((char *)(size_t)catalogue.text);
	return 0;
}
