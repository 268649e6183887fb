/* The sums that no command writes: of days and of shared accounts. */
#ifndef REWAPP_FLOWS_DAYS_H
#define REWAPP_FLOWS_DAYS_H

#include "flows/batch.h"
#include "ledger/days.h"

/* Reads the shared accounts and adds to them and to `days` what the log has got since the last sweep, at most
 * `rows` of its rows.  *rolled: the first number that was not counted. */
int rewapp__days_read(struct rewapp_engine *engine, int64_t rows, struct days *days, int64_t *rolled);

/* Plans the sums of what came since the last sweep, a good piece of it, once in a batch. */
int rewapp__days_roll(struct batch *batch);

#endif
