/* The invariants of the ledger that the engine has today, as functions that look at its answers. */
#ifndef REWAPP_SIM_INVARIANTS_H
#define REWAPP_SIM_INVARIANTS_H

#include "sim/run.h"

struct sim_invariant {
	int number;
	const char *name;
	void (*after_step)(struct sim_run *run); /* NULL: only now and then */
	void (*now_and_then)(struct sim_run *run);
	const char *why_not; /* NULL: it is checked */
};

extern const struct sim_invariant rewapp__sim_invariants[];
extern const size_t rewapp__sim_invariant_count;

void rewapp__sim_hold_invariants(struct sim_run *run, bool all);

#endif
