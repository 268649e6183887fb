/* What a purchase and its returns share. */
#ifndef REWAPP_FLOWS_PURCHASE_H
#define REWAPP_FLOWS_PURCHASE_H

#include "flows/batch.h"

/* The member buys at item->merchant what `facts` say, and earns; the receipt tells it.  `facts` are the
 * batch's and grow by what the rules also see.  Whether it may is decided before.  0 or an error. */
int rewapp__purchase_make(struct batch *batch, struct item *item, struct member *member,
	struct programme_row *programme, struct earn_facts *facts);

/* Whether `points` fit between the wallet and the accounts of both funders: asked before anything is
 * recorded, so that no command is carried out by half.  0, REWAPP_E_OVERFLOW or REWAPP_E_NOMEMORY. */
int rewapp__purchase_check_room(struct batch *batch, const struct purchase *purchase, int64_t points);

/* Adds what the awards counted to the purchase's limits, or takes it from them where it is below 0. */
void rewapp__purchase_count(
	struct batch *batch, const struct purchase *purchase, const struct awards *awards);

/* Takes `points` back from the member to a funder (0: the programme), as the purchase's rules say when they
 * are not there any more.  0 or an error. */
int rewapp__purchase_take_back(
	struct batch *batch, const struct purchase *purchase, ref funder, int64_t points, int64_t *missing);

#endif
