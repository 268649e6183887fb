/* The host of a run: engines, clock, randomness, memory. */
#include "sim/host.h"

#include "sim/vfs.h"

#include <stdlib.h>
#include <string.h>

enum {
	DISK_STREAM = 2,
	ENGINE_STREAM = 3
};

static int64_t till_now(void *user)
{
	const struct sim_till *till = user;

	return rewapp__sim_clock_of(&till->host->clock, till->number);
}

static int till_random(void *user, void *out, size_t size)
{
	struct sim_till *till = user;

	rewapp__sim_fill(&till->host->engine_rng, out, size);
	return 0;
}

static bool memory_fails(struct sim_host *host)
{
	if (host->memory_at == 0 || (host->memory_at > 1 && host->memory_at--))
		return false;
	host->memory_hit = true;
	if (!host->memory_for_ever)
		host->memory_at = 0;
	return true;
}

static void *till_allocate(void *user, void *pointer, size_t size)
{
	struct sim_host *host = ((struct sim_till *)user)->host;
	void *out;

	if (size == 0) {
		host->blocks -= pointer != NULL;
		free(pointer);
		return NULL;
	}
	if (memory_fails(host))
		return NULL;
	out = realloc(pointer, size);
	host->blocks += !pointer && out;
	return out;
}

bool rewapp__sim_host_begin(struct sim_host *host, uint64_t seed, int tills, bool normal, bool owned)
{
	memset(host, 0, sizeof *host);
	rewapp__sim_rng_seed(&host->disk_rng, seed, DISK_STREAM);
	rewapp__sim_rng_seed(&host->engine_rng, seed, ENGINE_STREAM);
	rewapp__sim_disk_begin(&host->disk, &host->disk_rng);
	host->till_count = tills;
	host->normal = normal;
	host->owned = owned;
	for (int i = 0; i < SIM_TILLS_MAX; i++)
		host->tills[i] = (struct sim_till){ host, i, NULL };
	return rewapp__sim_vfs_install(&host->disk) == 0;
}

void rewapp__sim_host_end(struct sim_host *host)
{
	rewapp__sim_host_arm(host, SIM_FAULT_NONE, 0, false);
	for (int i = 0; i < SIM_TILLS_MAX; i++)
		rewapp__sim_host_close(host, i);
	rewapp__sim_vfs_remove();
	rewapp__sim_disk_end(&host->disk);
}

int rewapp__sim_host_open(struct sim_host *host, int till)
{
	struct rewapp_env env = REWAPP_ENV_INIT;
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;

	if (host->tills[till].engine)
		return 0;
	env.user = &host->tills[till];
	env.now_ms = till_now;
	env.random = till_random;
	env.allocate = till_allocate;
	options.storage = "sqlite:store";
	options.env = &env;
	options.durability = host->normal ? REWAPP_DURABILITY_NORMAL : REWAPP_DURABILITY_FULL;
	options.mode = host->owned ? REWAPP_MODE_OWNED : REWAPP_MODE_SHARED;
	return rewapp_engine_open(&host->tills[till].engine, &options);
}

void rewapp__sim_host_close(struct sim_host *host, int till)
{
	rewapp_engine_close(host->tills[till].engine);
	host->tills[till].engine = NULL;
}

void rewapp__sim_host_arm(struct sim_host *host, enum sim_fault fault, int64_t at, bool for_ever)
{
	host->memory_at = fault == SIM_FAULT_MEMORY ? at : 0;
	host->memory_for_ever = for_ever;
	host->memory_hit = false;
	rewapp__sim_disk_arm(&host->disk, fault, at);
}

bool rewapp__sim_host_hit(const struct sim_host *host)
{
	return host->disk.hit || host->memory_hit;
}

void rewapp__sim_host_restart(struct sim_host *host, bool power)
{
	host->disk.dead = true; /* what engines do while they end is done by nobody */
	host->memory_at = 0;
	for (int i = 0; i < SIM_TILLS_MAX; i++)
		rewapp__sim_host_close(host, i);
	rewapp__sim_disk_restart(&host->disk, power);
}
