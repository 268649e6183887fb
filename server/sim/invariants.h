/* The thirty invariants of the ledger, as functions that look at the engine's answers. */
#ifndef REWAPP_SIM_INVARIANTS_H
#define REWAPP_SIM_INVARIANTS_H

#include "sim/run.h"

struct sim_invariant {
	int number;
	const char *name;
	void (*after_step)(struct sim_run *run); /* NULL: only now and then */
	void (*now_and_then)(struct sim_run *run);
	const char *elsewhere; /* where it is checked, if not by a function of the answers */
	const char *why_not;   /* NULL: it is checked */
};

extern const struct sim_invariant rewapp__sim_invariants[];
extern const size_t rewapp__sim_invariant_count;

/* Invariant 22: invariants_past.c. */
void rewapp__sim_time_travel(struct sim_run *run);

void rewapp__sim_hold_invariants(struct sim_run *run, bool all);

#endif
