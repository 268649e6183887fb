/* A bank's text meets the catalogue. */
#ifndef REWAPP_FLOWS_MATCH_H
#define REWAPP_FLOWS_MATCH_H

#include "flows/catalogue.h"
#include "matching/decide.h"

#include <rewapp/matching.h>
#include <rewapp/submit.h>

/* The merchant of a purchase that came with a descriptor; `programme` has the thresholds, NULL: the
 * usual ones.  Returns an enum rewapp_verdict:
 * ACCEPTED, NEEDS_REVIEW (*merchant is the best candidate), NO_MATCH, NOT_A_PURCHASE;
 * or REWAPP_E_NOMEMORY. */
int rewapp__recognise(const struct catalogue *catalogue, const struct rewapp_command *purchase,
	const struct programme_row *programme, struct arena *arena, ref *merchant, int32_t *certainty);

/* The words by which a descriptor is remembered (matching/learnt.h); "" when there is too little.  0 or
 * REWAPP_E_NOMEMORY. */
int rewapp__match_remember(
	const struct catalogue *catalogue, const char *descriptor, struct arena *arena, char *out);

/* The whole answer, for people: see rewapp_match(). */
int rewapp__match_look(const struct catalogue *catalogue, const struct rewapp_match_query *query,
	struct arena *arena, struct rewapp_match *out);

#endif
