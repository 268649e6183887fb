/* Referral: who brought a member is rewarded with the member's first purchase, and so is the member. */
#ifndef REWAPP_FLOWS_REFERRAL_H
#define REWAPP_FLOWS_REFERRAL_H

#include "flows/batch.h"
#include "flows/goals.h"

/* Looks whether the purchase's command names somebody who is to be rewarded, before anything is recorded:
 * purchase->referral.  *points grows by what the member is given.  0 or an error. */
int rewapp__referral_look(
	struct batch *batch, const struct item *item, struct purchase *purchase, int64_t *points);

/* Gives both what they are due, and tells it behind the achievements. */
int rewapp__referral_give(struct batch *batch, struct purchase *purchase, struct goal_sum *sum);

/* A return leaves `after` of the amount instead of `before`: what is too little takes both rewards back. */
int rewapp__referral_return(
	struct batch *batch, struct purchase *purchase, int64_t before, int64_t after, struct goal_sum *sum);

#endif
