/* Numbers that a seed decides: splitmix64, whose whole state is one number. */
#include "sim/rng.h"

#include <string.h>

uint64_t rewapp__sim_draw(struct sim_rng *rng)
{
	uint64_t x = rng->state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

void rewapp__sim_rng_seed(struct sim_rng *rng, uint64_t seed, uint64_t stream)
{
	rng->state = seed;
	rng->state = rewapp__sim_draw(rng) ^ stream * UINT64_C(0xd1b54a32d192ed03);
	rewapp__sim_draw(rng);
}

int64_t rewapp__sim_below(struct sim_rng *rng, int64_t below)
{
	return below > 0 ? (int64_t)(rewapp__sim_draw(rng) % (uint64_t)below) : 0;
}

bool rewapp__sim_once_in(struct sim_rng *rng, int64_t times)
{
	return times > 0 && rewapp__sim_below(rng, times) == 0;
}

int64_t rewapp__sim_edge(struct sim_rng *rng, int64_t most)
{
	switch (rewapp__sim_below(rng, 16)) {
	case 0:
		return 1;
	case 1:
		return most;
	case 2:
		return most > 1 ? most - 1 : 1;
	case 3:
	case 4:
	case 5:
		return 1 + rewapp__sim_below(rng, most < 10 ? most : 10);
	default:
		return 1 + rewapp__sim_below(rng, most);
	}
}

void rewapp__sim_fill(struct sim_rng *rng, void *out, size_t size)
{
	unsigned char *at = out;

	while (size > 0) {
		uint64_t drawn = rewapp__sim_draw(rng);
		size_t part = size < sizeof drawn ? size : sizeof drawn;

		memcpy(at, &drawn, part);
		at += part;
		size -= part;
	}
}
