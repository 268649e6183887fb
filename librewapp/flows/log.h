/* The batch's records on their way into rows of the log. */
#ifndef REWAPP_FLOWS_LOG_H
#define REWAPP_FLOWS_LOG_H

#include "flows/batch.h"

/* Writes the item's record, with its receipt and its effects, and the row that finds it by its id.
 * 0 or REWAPP_E_NOMEMORY. */
int rewapp__log_add(struct batch *batch, const struct item *item);

/* Plans the last row.  Once, when all commands are decided. */
int rewapp__log_finish(struct batch *batch);

/* Adds who stood at the till to the effects of a command that was accepted. */
void rewapp__log_cashier(struct batch *batch, const struct item *item);

#endif
