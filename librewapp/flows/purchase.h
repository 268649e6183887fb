/* What a purchase and its returns share. */
#ifndef REWAPP_FLOWS_PURCHASE_H
#define REWAPP_FLOWS_PURCHASE_H

#include "flows/batch.h"

/* Whether `points` fit between the wallet and the accounts of both funders: asked before anything is
 * recorded, so that no command is carried out by half.  0, REWAPP_E_OVERFLOW or REWAPP_E_NOMEMORY. */
int rewapp__purchase_check_room(struct batch *batch, const struct purchase *purchase, int64_t points);

/* Adds what the awards counted to the purchase's limits, or takes it from them where it is below 0. */
void rewapp__purchase_count(
	struct batch *batch, const struct purchase *purchase, const struct awards *awards);

#endif
