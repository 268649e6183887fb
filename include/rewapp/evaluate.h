/* How good is the matcher on bank lines whose merchant is known? */
#ifndef REWAPP_EVALUATE_H
#define REWAPP_EVALUATE_H

#include <rewapp/export.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define REWAPP_EVALUATION_BINS 10
#define REWAPP_EVALUATION_SURFACES 8

/* Two tab-separated tables in UTF-8, columns named in their first line, others ignored.
 *
 *   truth       raw, expected ("A|B": either; "NONE": no merchant) and, where they exist, kind, surface, amount,
 *               currency, country, mcc, merchant_id, terminal_id
 *   catalogue   name and, where they exist, aliases, mcc_guess, countries, branches, merchant_ids and
 *               terminal_ids, parts split by '|' */
struct rewapp_evaluation_tables {
	size_t size; /* sizeof(struct rewapp_evaluation_tables) */
	const char *truth, *catalogue;
	size_t truth_length, catalogue_length; /* bytes */
	int64_t (*now_ns)(void *user);         /* a clock that only goes forward; NULL: no speed is measured */
	void *user;
};

/* Lines of one outcome: how many, and how many of them were right. */
struct rewapp_evaluation_outcome {
	int64_t lines, right;
};

/* Lines whose best candidate had a certainty from N tenths up to N + 1. */
struct rewapp_evaluation_bin {
	int64_t lines, right;
	int64_t certainty; /* their mean, in basis points */
};

/* Lines whose merchant's name stands there in one way: "exact", "glued", ... */
struct rewapp_evaluation_surface {
	char name[16];
	int64_t expected, recalled;
};

/* Shares are in basis points. */
struct rewapp_evaluation {
	size_t size; /* sizeof(struct rewapp_evaluation) */
	int64_t merchants, lines;
	int64_t expected;      /* lines for which NONE is no right answer */
	int64_t false_credits; /* lines for which a wrong merchant was named, surely or for review */
	int64_t operations, operations_matched;  /* bank operations; those named a merchant */
	int32_t precision, recall, f1;           /* of what was named, surely or for review */
	int32_t accept_precision, accept_recall; /* of what was sure */
	int64_t false_credits_per_1000;          /* in ten thousandths: 50 000 is 5 of 1 000 lines */
	int64_t descriptors_per_second;          /* 0: no clock was given */
	struct rewapp_evaluation_outcome outcomes[3]; /* by enum rewapp_match_outcome */
	int32_t surface_count;
	struct rewapp_evaluation_surface surfaces[REWAPP_EVALUATION_SURFACES];
	struct rewapp_evaluation_bin bins[REWAPP_EVALUATION_BINS];
};

/* Matches every line of `truth` against the merchants of `catalogue` and scores the answers; no
 * store takes part.  With a clock the lines are matched again for 0.3 s of it, for the speed.
 * Any thread.  Returns 0, REWAPP_E_ARGUMENT (naming the table and its line), REWAPP_E_ABI, REWAPP_E_NOMEMORY. */
REWAPP_API int rewapp_evaluate(const struct rewapp_evaluation_tables *tables, struct rewapp_evaluation *out);

/* The same as a JSON object, shares as fractions of 1, NUL-terminated, into the caller's buffer;
 * *need is always set to its length without the NUL.  Any thread.  Returns 0, REWAPP_E_CAPACITY, REWAPP_E_ABI. */
REWAPP_API int rewapp_evaluation_format(
	const struct rewapp_evaluation *evaluation, char *text, size_t capacity, size_t *need);

#ifdef __cplusplus
}
#endif

#endif
