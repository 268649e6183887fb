/* Giving back, for other stories than RETURN. */
#ifndef REWAPP_FLOWS_RETURNS_H
#define REWAPP_FLOWS_RETURNS_H

#include "flows/batch.h"

/* As much of the purchase as the command of `item` says comes back, with what it earned; when it names
 * neither money nor articles, all that is left.  The receipt tells it.  0 or an error. */
int rewapp__give_back(struct batch *batch, struct item *item, struct purchase *purchase);

/* So much of what is left, whatever the command says; fills the receipt's points and shortfall.  0 or an
 * error. */
int rewapp__give_back_amount(
	struct batch *batch, struct item *item, struct purchase *purchase, int64_t amount);

#endif
