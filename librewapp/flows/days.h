/* The sums that no command writes: of days and of shared accounts. */
#ifndef REWAPP_FLOWS_DAYS_H
#define REWAPP_FLOWS_DAYS_H

#include "flows/batch.h"
#include "ledger/days.h"

/* Reads the shared accounts and adds to them and to `days` what the log has got since the last sweep, until
 * about as many bytes of it were read as `budget` says.  *rolled: the first number that was not counted.
 * *more: the log goes on. */
int rewapp__days_read(
	struct rewapp_engine *engine, int64_t budget, struct days *days, int64_t *rolled, bool *more);

/* Plans the sums of what came since the last sweep, once in a batch: as much of it as is in proportion to a
 * sweep of so many wallets.  *more: not all of it. */
int rewapp__days_roll(struct batch *batch, int64_t wallets, bool *more);

#endif
