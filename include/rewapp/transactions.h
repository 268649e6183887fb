/* The lines of members' banks as they were told (BANK_LINE of submit.h), and what became of them. */
#ifndef REWAPP_TRANSACTIONS_H
#define REWAPP_TRANSACTIONS_H

#include <rewapp/engine.h>
#include <rewapp/submit.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A line of a bank, or a till's ticket that one may be of. */
struct rewapp_bank_line {
	size_t size;          /* sizeof(struct rewapp_bank_line); the stride of an array is that of its first */
	int64_t number;       /* the cursor of the next page */
	struct rewapp_id id;  /* of the command that told it */
	struct rewapp_id member;
	struct rewapp_id programme;
	struct rewapp_id merchant; /* recognised, or the best candidate */
	struct rewapp_id purchase; /* the command whose purchase it is or that the refund is of; zero: none */
	struct rewapp_id other;    /* the command of the line or ticket that it repeats, is of or was replaced by */
	int32_t outcome;      /* enum rewapp_outcome, as it is now */
	int32_t refund;       /* 1: the money came back */
	int32_t certainty;    /* of the merchant, in basis points */
	int32_t mcc;          /* 0: unknown */
	int64_t amount;       /* minor units of the programme's currency */
	int64_t foreign_amount; /* of foreign_currency; 0: none */
	int64_t occurred_ms;
	char foreign_currency[4];
	int32_t reserved;     /* 0 */
	const char *descriptor; /* the bank's text, card numbers masked; NULL: a ticket, or the member was erased; the
				 * engine's, until its next call */
};

/* The lines of a member (NULL or zero: of all) with an outcome (0: any; REWAPP_OUTCOME_ORPHAN: the refunds that wait
 * for a person), in the order of their recording, behind `after` (0: from the first).  lines[0].size is set by the
 * caller.  *count: how many were found; fewer than `capacity` means the end.
 *
 * Returns 0, REWAPP_E_ARGUMENT, REWAPP_E_ABI, REWAPP_E_NOTFOUND (member), storage errors.  The engine's thread. */
REWAPP_API int rewapp_bank_lines(rewapp_engine *engine, const struct rewapp_id *member, int outcome, int64_t after,
	struct rewapp_bank_line *lines, size_t capacity, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
