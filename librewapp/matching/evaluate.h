/* How good is the matcher?  Scores it against labelled lines. */
#ifndef REWAPP_MATCHING_EVALUATE_H
#define REWAPP_MATCHING_EVALUATE_H

#include "matching/decide.h"

#define REWAPP__SURFACES_MAX 8
#define REWAPP__CALIBRATION_BINS 10

struct evaluation_text {
	const char *text; /* a tab-separated table, columns named in its first line */
	size_t length;
};

/* Rates in basis points; nothing here takes part in a decision. */
struct evaluation {
	uint64_t merchants, lines;
	uint64_t expected;        /* lines that must name a merchant: NONE is not accepted */
	uint64_t predicted;       /* lines for which a merchant was named, surely or for review */
	uint64_t right, recalled; /* of the predicted; of the expected */
	uint64_t false_credits;
	uint64_t sure, sure_right, sure_recalled;
	uint64_t operations, operations_matched; /* bank operations, and those wrongly named a merchant */
	int32_t precision_bp, recall_bp, f1_bp, false_credits_per_1000_bp; /* the last: 10 000 is 1 */
	int32_t accept_precision_bp, accept_recall_bp;
	int64_t descriptors_per_second; /* 0: no clock given */
	size_t surface_count;
	struct {
		char name[16];
		uint64_t expected, recalled;
	} surfaces[REWAPP__SURFACES_MAX];
	struct {
		uint64_t lines, right, probability_sum_bp;
	} bins[REWAPP__CALIBRATION_BINS]; /* of the best candidates, by tenths of probability */
};

struct evaluation_options {
	int64_t (*now_ns)(void *user); /* a monotone clock; NULL: no speed */
	/* Called for each line, for a listing; may be NULL.  `best` is "NONE" when no merchant is named. */
	void (*line)(void *user, const char *raw, size_t length, const char *expected, size_t expected_length,
		const char *best, const struct match *match, int right);
	void *user;
	uint16_t sure_bp, review_bp; /* as in struct match_query; 0: the usual ones */
};

/* Reads both tables and scores every line.  Truth: the columns raw, expected, and where
 * they exist kind, surface, amount, currency, country, mcc, merchant_id, terminal_id.
 * Catalogue: name, and where they exist aliases, mcc_guess, countries, branches, merchant_ids
 * and terminal_ids (parts separated by '|').  0, REWAPP_E_ARGUMENT naming
 * the table and its line, REWAPP_E_NOMEMORY. */
int rewapp__evaluate(const struct rewapp_env *env, const struct evaluation_text *truth,
	const struct evaluation_text *catalogue, const struct evaluation_options *options,
	struct evaluation *out);

#endif
