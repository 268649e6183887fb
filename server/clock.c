/* The program's clock: the machine's, or a sandbox's for tests and demonstrations. */
#include "clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int64_t fixed_now(void *user)
{
	return strtoll(user, NULL, 10);
}

/* A file that cannot be read gives 0: the engine's clock never runs back, so time stands still. */
static int64_t file_now(void *user)
{
	FILE *file = fopen(user, "r");
	int64_t now_ms = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%" SCNd64, &now_ms) != 1)
		now_ms = 0;
	fclose(file);
	return now_ms;
}

const struct rewapp_env *program_env(void)
{
	static struct rewapp_env env = REWAPP_ENV_INIT;

	if (env.now_ms)
		return &env;
	if ((env.user = getenv("REWAPP_CLOCK_FILE")))
		env.now_ms = file_now;
	else if ((env.user = getenv("REWAPP_NOW_MS")))
		env.now_ms = fixed_now;
	if (!env.now_ms)
		return NULL;
	fprintf(stderr, "rewapp: sandbox clock\n");
	return &env;
}
