/* Tiers of members: what counts, what time and purchases make of it, and who asks. */
#ifndef REWAPP_FLOWS_TIERS_H
#define REWAPP_FLOWS_TIERS_H

#include "flows/batch.h"

/* The member's tier at the batch's instant, whether recorded or not; looks, records nothing.  NULL: none. */
const char *rewapp__tiers_look(
	struct batch *batch, const struct wallet *wallet, const struct programme *rules);

/* The same with what is missing to the next tier. */
void rewapp__tiers_tell(struct batch *batch, const struct wallet *wallet, const struct programme *rules,
	struct rewapp_tier *out);

/* Records what was due, each at its instant.  Before anything that counts, and by the sweep. */
void rewapp__tiers_settle(struct batch *batch, struct wallet *wallet, const struct programme *rules);

/* What the purchase counts while `left` of its amount is kept and these are its awards. */
int64_t rewapp__tiers_worth(const struct purchase *purchase, const struct awards *awards, int64_t left);

/* A purchase counts, or what a return leaves of it: `delta` more (less below 0) in the window of its time,
 * as the rules of its version count; the rules of now decide what that makes of the member. */
void rewapp__tiers_count(struct batch *batch, struct purchase *purchase, int64_t delta);

#endif
