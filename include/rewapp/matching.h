/* Which partner merchant does this line of a bank statement name, and why? */
#ifndef REWAPP_MATCHING_H
#define REWAPP_MATCHING_H

#include <rewapp/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

enum rewapp_match_outcome {
	REWAPP_MATCH_NONE = 0,   /* no partner, or no card payment */
	REWAPP_MATCH_REVIEW = 1, /* likely, for a person to decide */
	REWAPP_MATCH_SURE = 2    /* certain enough to give points */
};

#define REWAPP_CANDIDATES_MAX 4
#define REWAPP_EVIDENCE_MAX 8

struct rewapp_match_query {
	size_t size;            /* sizeof(struct rewapp_match_query) */
	const char *descriptor; /* the bank's text, at most REWAPP_TEXT_MAX bytes of UTF-8 */
	int64_t amount;         /* minor units, negative for money that left the account; 0: unknown */
	char currency[4];
	int32_t mcc; /* 0: unknown */
};

/* A piece of evidence: what spoke for or against a candidate. */
struct rewapp_evidence {
	char kind[24];     /* stable name: "alias", "city", "mcc", "commonness", ... */
	int32_t weight;    /* thousandths of a bit; > 0 speaks for the merchant */
	uint16_t from, to; /* the bytes of the descriptor that it rests on; equal: none */
};

struct rewapp_candidate {
	struct rewapp_id merchant;
	char name[64];     /* of the merchant, cut at a character if longer */
	int32_t score;     /* thousandths of a bit */
	int32_t certainty; /* probability in basis points, from the calibration table */
	int32_t evidence_count;
	struct rewapp_evidence evidence[REWAPP_EVIDENCE_MAX];
};

struct rewapp_match {
	size_t size;        /* sizeof(struct rewapp_match) */
	int32_t outcome;    /* enum rewapp_match_outcome */
	char operation[24]; /* what kind of bank operation: "card_payment", "transfer", "withdrawal", ... */
	uint16_t merchant_from, merchant_to; /* the bytes that hold the merchant's text */
	char purchase_date[11];              /* "2026-03-12" when the text holds one, else "" */
	char city[48];
	char card_suffix[5];
	int32_t candidate_count;
	struct rewapp_candidate candidates[REWAPP_CANDIDATES_MAX]; /* best first */
};

/* Matches one descriptor against the store's merchants; changes nothing.
 * Returns 0, REWAPP_E_ARGUMENT (empty, too long, not UTF-8), REWAPP_E_ABI, storage errors. */
REWAPP_API int rewapp_match(
	rewapp_engine *engine, const struct rewapp_match_query *query, struct rewapp_match *out);

/* A sentence of support staff's language for a kind of evidence; `language` "fr" or
 * "en".  Static; any thread. */
REWAPP_API const char *rewapp_evidence_text(const char *kind, const char *language);

#ifdef __cplusplus
}
#endif

#endif
