/* Gift cards: wallets of nobody, that money was put on. */
#ifndef REWAPP_FLOWS_GIFT_CARD_H
#define REWAPP_FLOWS_GIFT_CARD_H

#include "flows/batch.h"

bool rewapp__is_card(struct batch *batch, const struct member *member);

/* Whether a member, or a card, may spend. */
bool rewapp__may_spend(struct batch *batch, const struct member *member);

/* VOID of a GIFT_CARD: what it put on the card is taken off, while all of it is there. */
int rewapp__gift_card_void(struct batch *batch, struct item *item, struct card_load *load);

#endif
