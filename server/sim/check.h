/* The engine's answers beside the oracle's. */
#ifndef REWAPP_SIM_CHECK_H
#define REWAPP_SIM_CHECK_H

#include "sim/run.h"

/* The receipts of a call that the oracle has carried out too. */
void rewapp__sim_check_receipts(struct sim_run *run);

/* The balances and the new lines of the statements of those whom the call touched, and the new
 * events. */
void rewapp__sim_check_step(struct sim_run *run);

/* Every balance, statement, total, list and stored receipt, and the engine's own proof. */
void rewapp__sim_check_all(struct sim_run *run);

/* After a crash all is to be read again. */
void rewapp__sim_forget(struct sim_run *run);

#endif
