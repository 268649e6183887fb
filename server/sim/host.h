/* The host of a run: the tills' engines on one disk, with the clock, randomness and memory that
 * the seed gives them. */
#ifndef REWAPP_SIM_HOST_H
#define REWAPP_SIM_HOST_H

#include "sim/clock.h"

#include <rewapp/rewapp.h>

struct sim_host;

/* One till's machine. */
struct sim_till {
	struct sim_host *host;
	int number;
	rewapp_engine *engine; /* NULL: not running */
};

struct sim_host {
	struct sim_disk disk;
	struct sim_rng disk_rng, engine_rng;
	struct sim_clock clock;
	struct sim_till tills[SIM_TILLS_MAX];
	int till_count;
	bool normal;       /* durability */
	bool owned;        /* the store is the only till's own */
	int64_t memory_at; /* the allocation that fails counts down to it; 0: none */
	bool memory_for_ever, memory_hit;
	int64_t blocks; /* of memory that engines hold */
};

/* False when SQLite takes no disk of ours. */
bool rewapp__sim_host_begin(struct sim_host *host, uint64_t seed, int tills, bool normal, bool owned);
void rewapp__sim_host_end(struct sim_host *host);

/* Starts the till's engine if it does not run.  Returns as rewapp_engine_open(). */
int rewapp__sim_host_open(struct sim_host *host, int till);
void rewapp__sim_host_close(struct sim_host *host, int till);

/* The next call meets this; SIM_FAULT_NONE: all is well again. */
void rewapp__sim_host_arm(struct sim_host *host, enum sim_fault fault, int64_t at, bool for_ever);

/* Whether the fault that was armed has come. */
bool rewapp__sim_host_hit(const struct sim_host *host);

/* All engines end, and the disk is what a power cut or the end of the processes leaves. */
void rewapp__sim_host_restart(struct sim_host *host, bool power);

#endif
