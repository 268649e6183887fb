/* A failing list of operations is made small: what can be left out is left out. */
#ifndef REWAPP_SIM_MINIMISE_H
#define REWAPP_SIM_MINIMISE_H

#include "sim/run.h"

/* Removes what the failure does not need, as long as a failure of the same name comes.
 * `failure` is that of the small list afterwards.  Returns how many runs it took. */
int rewapp__sim_minimise(const struct sim_settings *settings, uint64_t seed, struct sim_list *list,
	struct sim_failure *failure);

#endif
