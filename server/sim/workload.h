/* What members, merchants and tills do next, as a seed draws it. */
#ifndef REWAPP_SIM_WORKLOAD_H
#define REWAPP_SIM_WORKLOAD_H

#include "sim/clock.h"
#include "sim/oracle.h"

/* Which faults a run may meet. */
enum sim_faults {
	SIM_FAULTS_DISK = 1,   /* reads, writes and syncs that fail, a full disk */
	SIM_FAULTS_CRASH = 2,  /* the power fails, the process is killed */
	SIM_FAULTS_MEMORY = 4, /* an allocation fails */
	SIM_FAULTS_CALLS = 8,  /* calls are sent twice, late, and not at all */
	SIM_FAULTS_CLOCK = 16, /* clocks are set back, and wrong */
	SIM_FAULTS_ALL = 31
};

enum {
	SIM_KINDS = REWAPP_KIND_TAKE_BACK + 1,
	SIM_LATE_MAX = 4
};

/* What kind of world a seed is: not every run does everything, so that each does something often. */
struct sim_profile {
	int members, merchants, programmes, tills, batch;
	int weights[SIM_KINDS];
	bool whole_seconds;
	bool normal; /* durability: NORMAL instead of FULL */
	bool owned;  /* one till, and the store is its own */
	bool lies;   /* the disk may say that it has synced, and has not */
	int64_t most_amount, most_points;
	int fault_once_in, again_once_in, late_once_in, broken_once_in, move_once_in;
	int linked_once_in, close_once_in;
};

struct sim_workload {
	struct sim_rng rng;
	struct sim_profile profile;
	unsigned faults;
	int next;                                      /* number of the next command */
	struct sim_operation queue[SIM_BATCH_MAX + 8]; /* drawn and not yet handed out */
	int queued, given;
	struct sim_command late[SIM_LATE_MAX]; /* on their way */
	int late_count;
	struct sim_command sent[SIM_BATCH_MAX]; /* a call of some time ago, which may be sent again whole */
	int sent_count;
};

void rewapp__sim_workload_begin(struct sim_workload *workload, uint64_t seed, unsigned faults);

/* The next operation.  The oracle tells what there is to return, spend and reverse. */
void rewapp__sim_workload_next(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_operation *out);

#endif
