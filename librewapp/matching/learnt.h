/* What people said of bank texts: a text that reads exactly so means this merchant, or does not.
 *
 * A text is kept as the words of its merchant's zone, without dates, cards and numbers.  A yes counts one
 * up, a no one down; a merchant put anew keeps what was learnt of it. */
#ifndef REWAPP_MATCHING_LEARNT_H
#define REWAPP_MATCHING_LEARNT_H

#include "matching/decide.h"

#define REWAPP__LEARNT_LETTERS 40 /* of the words together; of a longer text the first ones count */
#define REWAPP__LEARNT_LEAST 4    /* fewer say nothing */
#define REWAPP__LEARNT_TEXT (2 * REWAPP__LEARNT_LETTERS)

/* The words by which the text that `scratch` holds is remembered, "AMZN MKTP FR", with a NUL behind them.
 * Returns their length, 0 when there is too little to remember. */
size_t rewapp__learnt_text(const struct match_scratch *scratch, char out[REWAPP__LEARNT_TEXT]);

/* Counts `votes` (1: yes, -1: no, or the same taken back) for a text of rewapp__learnt_text() and a merchant.
 * 0 or REWAPP_E_NOMEMORY; a text with too little in it is left out. */
int rewapp__matcher_learn(struct matcher *matcher, uint64_t merchant, const char *text, int32_t votes);

/* Forgets all of it. */
void rewapp__matcher_unlearn(struct matcher *matcher);

/* What was counted so far. */
int32_t rewapp__matcher_learnt(const struct matcher *matcher, uint64_t merchant, const char *text);

#endif
