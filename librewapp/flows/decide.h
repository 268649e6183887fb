/* Deciding a batch: each command by its story, chains of linked ones whole or not at all. */
#ifndef REWAPP_FLOWS_DECIDE_H
#define REWAPP_FLOWS_DECIDE_H

#include "flows/batch.h"

/* The story of a kind that rewapp__command_check() has accepted. */
const struct story *rewapp__story_of(int32_t kind);

/* An empty receipt. */
void rewapp__item_begin(const struct batch *batch, struct item *item);

/* The command is not acceptable: the receipt gets the code, the field (NULL: none) and this thread's message.
 */
void rewapp__item_fail(struct item *item, int code, const char *field);

/* Decides and records all commands in their order.  0 or the error that
 * ends the batch. */
int rewapp__decide(struct batch *batch);

/* Plans what follows from the records: sums of limits, and the states of wallets (or stages them in memory).
 */
int rewapp__decide_states(struct batch *batch);

#endif
