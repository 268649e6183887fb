/* Who spends of a household's wallet, and whether he may. */
#ifndef REWAPP_FLOWS_HOUSEHOLD_H
#define REWAPP_FLOWS_HOUSEHOLD_H

#include "flows/batch.h"

/* The member of a household for whom points are taken. */
struct spender {
	struct member *member; /* NULL: the wallet is no household's */
	ref number;            /* 0 then */
	struct spending_window window;
};

/* Asks for the member that the command's `spender` names. */
void rewapp__want_spender(struct batch *batch, struct item *item);

/* Whether the spender may spend *points of the settled wallet; with UP_TO, *points become what he may.  False: the
 * receipt says why not. */
bool rewapp__spender_may(struct batch *batch, struct item *item, const struct wallet *wallet,
	const struct programme_row *programme, int64_t *points, struct spender *out);

/* The hold, just opened, is his. */
void rewapp__spender_holds(struct batch *batch, const struct spender *spender, struct hold_fact *fact);

/* He spends now, of the hold that has just ended or (0) at once.  by 0: the wallet is no household's. */
void rewapp__spender_spends(struct batch *batch, const struct programme *rules, struct wallet *wallet, ref by,
	ref hold, int64_t points);

/* A reversal counts where the redemption had counted. */
void rewapp__spender_gets_back(struct batch *batch, const struct redemption *redemption, int64_t points);

#endif
