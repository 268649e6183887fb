/* Bank lines that wait for a person, and what was learnt from the answers.
 *
 * The answers themselves are commands (submit.h): CONFIRM names the merchant of a line, or says that it is none
 * of those shown; TAKE_BACK undoes an answer, or a match that was wrong, with its points. */
#ifndef REWAPP_REVIEW_H
#define REWAPP_REVIEW_H

#include <rewapp/matching.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A line whose merchant is likely, but not certain enough. */
struct rewapp_doubt {
	size_t size;           /* sizeof(struct rewapp_doubt); the stride of an array is that of its first */
	int64_t number;        /* the cursor of the next page */
	struct rewapp_id id;   /* of the command that brought the line: the target of a CONFIRM */
	struct rewapp_id member;
	struct rewapp_id programme;
	int64_t amount;        /* minor units, as the command told */
	int64_t occurred_ms;
	int64_t catalogue;     /* the newest change to merchants, programmes and what was learnt when it was decided */
	char calibration[24];  /* the table of probabilities that it was decided with */
	struct rewapp_id merchant; /* the best candidate then */
	int32_t certainty;     /* its probability then, in basis points */
	int32_t mcc;           /* 0: unknown */
	char currency[4];
	int32_t reserved;      /* 0 */
	const char *descriptor;     /* the bank's text, card numbers masked; the engine's, until its next call */
	struct rewapp_match match; /* the text against the merchants as they are now; match.size is set */
};

/* The lines of all programmes that wait for a person, the oldest first, behind `after` (0: from the first).
 * lines[0].size is set by the caller.  *count: how many were found, at most `capacity`.
 *
 * Returns 0, REWAPP_E_ARGUMENT, REWAPP_E_ABI, storage errors. */
REWAPP_API int rewapp_doubts(
	rewapp_engine *engine, int64_t after, struct rewapp_doubt *lines, size_t capacity, size_t *count);

/* What a person's answer taught.  Texts that read like it, dates, cards and numbers left aside, speak for the
 * merchant from then on, or against it; what was decided before stays as it was. */
struct rewapp_learnt {
	size_t size;                /* sizeof(struct rewapp_learnt), as above */
	int64_t number;             /* the cursor of the next page */
	struct rewapp_id id;        /* of the CONFIRM that taught it: the target of a TAKE_BACK */
	struct rewapp_id line;      /* of the command that brought the bank's line */
	struct rewapp_id merchant;
	struct rewapp_id taken_back; /* of the TAKE_BACK; zero: it holds */
	int64_t at_ms;
	int32_t votes;              /* 1: the text means the merchant; -1: it does not */
	int32_t reserved;           /* 0 */
	const char *text; /* the words that are remembered, "AMZN MKTP FR"; the engine's, until its next call */
	const char *who;  /* the reference of the CONFIRM; as above */
};

/* What was learnt of a merchant (NULL or zero: of all), the oldest first, behind `after`; also what was taken
 * back since.  As rewapp_doubts(); REWAPP_E_NOTFOUND: no such merchant. */
REWAPP_API int rewapp_learnt_list(rewapp_engine *engine, const struct rewapp_id *merchant, int64_t after,
	struct rewapp_learnt *learnt, size_t capacity, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
