/* The time of a simulated world: it is moved by hand, forth and back, and each till may be wrong. */
#ifndef REWAPP_SIM_CLOCK_H
#define REWAPP_SIM_CLOCK_H

#include "sim/operation.h"

struct sim_clock {
	int64_t now_ms;
	int64_t skew_ms[SIM_TILLS_MAX];
};

/* Where a run begins: an ordinary morning, or shortly before the clocks change, a leap day, a
 * year's end, or the end of 32 bits in 2038. */
int64_t rewapp__sim_clock_start(struct sim_rng *rng);

/* The next move: seconds mostly, now and then beyond the life of holds, days, or backwards.
 * `whole`: in whole seconds, as scenarios tell time. */
int64_t rewapp__sim_clock_move(struct sim_rng *rng, bool whole);

/* By how much a till's clock is wrong. */
int64_t rewapp__sim_clock_skew(struct sim_rng *rng);

/* What a till's clock shows; never before 1971, where nobody sells anything. */
int64_t rewapp__sim_clock_of(const struct sim_clock *clock, int till);

#endif
