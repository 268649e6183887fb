/* Achievements: what a member does is counted, and reaching a target gives a bonus. */
#ifndef REWAPP_FLOWS_GOALS_H
#define REWAPP_FLOWS_GOALS_H

#include "flows/batch.h"

#include <rewapp/ledger.h>

/* What counting gave and took. */
struct goal_sum {
	int64_t given, taken, missing; /* missing: of what was taken, that was not there */
	struct rewapp_award *awards;   /* those that were reached now, each once; room for one more */
	size_t count;
};

/* `points` and the most that achievements can give for one purchase, or take for a return, together.
 * 0 or REWAPP_E_OVERFLOW. */
int rewapp__goals_most(const struct programme *rules, int64_t points, int64_t *out);

/* A purchase counts while so much of its amount is kept: `before` until now, `after` from now on.  On a
 * settled wallet.  0 or an error; room for the points was asked for before. */
int rewapp__goals_count(
	struct batch *batch, struct purchase *purchase, int64_t before, int64_t after, struct goal_sum *sum);

/* Where the member stands; `out` has room for each achievement of the programme.  Returns their number. */
size_t rewapp__goals_tell(struct batch *batch, const struct wallet *wallet, const struct programme *rules,
	struct rewapp_achievement *out);

#endif
