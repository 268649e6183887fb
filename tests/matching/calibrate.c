/* Derives the table of librewapp/matching/calibration.c: match-calibrate TRUTH CATALOGUE.
 * The best candidates of a labelled table are sorted into bands of score; a band's probability is
 * (right + 1/2) / (lines + 1), so a band without an error says no more than its size allows, and
 * neighbours are pooled until the probability never falls with the score. */
#include "matching/evaluate.h"

#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>

static const int32_t edges[] = { -6000, -3000, 0, 1200, 2400, 3500, 5000, 7000, INT32_MAX };

enum {
	BANDS = sizeof edges / sizeof *edges
};

struct band {
	int64_t lines, right, score;
};

static void take(void *user, const char *raw, size_t length, const char *expected, size_t expected_length,
	const char *best, const struct match *match, int right)
{
	struct band *band = user;
	size_t i = 0;

	if (!match->candidate_count)
		return;
	while (match->candidates[0].score_millibits >= edges[i] && i + 1 < BANDS)
		i++;
	band[i].lines++;
	band[i].score += match->candidates[0].score_millibits;
	band[i].right += right;
}

static int64_t probability_bp(const struct band *band)
{
	return (2 * band->right + 1) * 10000 / (2 * (band->lines + 1));
}

/* Pools neighbours in place; how many bands are left. */
static size_t pool(struct band *bands)
{
	size_t count = 0;

	for (size_t i = 0; i < BANDS; i++) {
		if (!bands[i].lines)
			continue;
		bands[count++] = bands[i];
		while (count > 1 && probability_bp(&bands[count - 1]) < probability_bp(&bands[count - 2])) {
			bands[count - 2].lines += bands[count - 1].lines;
			bands[count - 2].right += bands[count - 1].right;
			bands[count - 2].score += bands[count - 1].score;
			count--;
		}
	}
	return count;
}

static struct evaluation_text load(const char *path)
{
	struct evaluation_text text = { NULL, 0 };
	FILE *file = fopen(path, "rb");
	char *bytes;
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

int main(int argc, char **argv)
{
	struct band bands[BANDS] = { { 0, 0, 0 } };
	/* every candidate counts as named, so that `right` is about it and not about NONE */
	struct evaluation_options options = { .line = take, .user = bands, .sure_bp = 1, .review_bp = 1 };
	struct evaluation_text truth, catalogue;
	struct evaluation evaluation;
	size_t count;

	if (argc != 3) {
		fprintf(stderr, "usage: match-calibrate TRUTH CATALOGUE\n");
		return 2;
	}
	truth = load(argv[1]);
	catalogue = load(argv[2]);
	if (rewapp__evaluate(NULL, &truth, &catalogue, &options, &evaluation)) {
		fprintf(stderr, "match-calibrate: %s\n", rewapp_errmsg());
		return 1;
	}
	count = pool(bands);
	for (size_t i = 0; i < count; i++)
		printf("\t{ %lld, %lld }, /* %lld of %lld */\n", (long long)(bands[i].score / bands[i].lines),
			(long long)probability_bp(&bands[i]), (long long)bands[i].right,
			(long long)bands[i].lines);
	free((char *)(size_t)truth.text);
	free((char *)(size_t)catalogue.text);
	return 0;
}
