/* Numbers that a seed decides: the same seed draws the same, on every machine. */
#ifndef REWAPP_SIM_RNG_H
#define REWAPP_SIM_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_rng {
	uint64_t state;
};

/* `stream` keeps apart what draws for one seed: the work, the disk, the randomness of the engine. */
void rewapp__sim_rng_seed(struct sim_rng *rng, uint64_t seed, uint64_t stream);

uint64_t rewapp__sim_draw(struct sim_rng *rng);

/* 0 to below - 1; 0 when `below` is 0 or less. */
int64_t rewapp__sim_below(struct sim_rng *rng, int64_t below);

/* True once in `times`, on average; never when `times` is 0. */
bool rewapp__sim_once_in(struct sim_rng *rng, int64_t times);

/* 1 to `most`, mostly small, now and then at the very edge. */
int64_t rewapp__sim_edge(struct sim_rng *rng, int64_t most);

void rewapp__sim_fill(struct sim_rng *rng, void *out, size_t size);

#endif
