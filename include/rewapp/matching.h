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
#define REWAPP_EVIDENCE_MAX 20 /* more than a candidate can have: the list is whole */
#define REWAPP_HISTORY_MAX 256
#define REWAPP_FEED_TEXT_MAX 64 /* bytes of what a feed tells beside the text */

/* How often the member is known to have bought at this merchant. */
struct rewapp_bought {
	struct rewapp_id merchant;
	int64_t times; /* 0 or more */
};

/* A line, and what else its feed tells.  NULL, zero or an empty currency: unknown.  Payment card
 * numbers in the descriptor are masked before anything is read. */
struct rewapp_match_query {
	size_t size;            /* sizeof(struct rewapp_match_query) */
	const char *descriptor; /* the bank's text, at most REWAPP_TEXT_MAX bytes of UTF-8 */
	int64_t amount;         /* minor units, negative for money that left the account; 0: unknown */
	char currency[4];
	int32_t mcc;             /* 0: unknown */
	int64_t booked_ms;       /* when the bank booked it; tells the year of a date that has none */
	const char *country;     /* ISO 3166 alpha-2 in capitals: of the shop, else of the account */
	const char *city;        /* of the shop; at most REWAPP_FEED_TEXT_MAX bytes, as all that follow */
	const char *postcode;
	const char *merchant_id; /* the acquirer's number of the contract (MID) */
	const char *terminal_id; /* TID */
	const char *siret;       /* of the shop, 14 digits */
	const char *creditor_id; /* of a SEPA direct debit */
	const struct rewapp_bought *history; /* borrowed; merchants that the store does not have say nothing */
	size_t history_count;                /* at most REWAPP_HISTORY_MAX */
	struct rewapp_id programme; /* whose thresholds count; zero: the store's only programme */
	int32_t sure_bp, review_bp; /* thresholds instead of the programme's; 0: the programme's */
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
 *
 * The best candidate is *sure* from a probability of sure_bp on, if no rival comes near it, and for *review*
 * from review_bp on.  A programme sets both in its document ("matching"), else they are 9800 and 8000 basis
 * points; the calibration ends at 9970, so that nothing is sure above it.
 *
 * Returns 0, REWAPP_E_ARGUMENT (a text that is empty, too long or not UTF-8; an unknown programme; a
 * threshold above 10000, or review_bp above sure_bp), REWAPP_E_ABI, storage errors. */
REWAPP_API int rewapp_match(
	rewapp_engine *engine, const struct rewapp_match_query *query, struct rewapp_match *out);

/* A sentence of support staff's language for a kind of evidence; `language` "fr" or
 * "en".  Static; any thread. */
REWAPP_API const char *rewapp_evidence_text(const char *kind, const char *language);

#ifdef __cplusplus
}
#endif

#endif
