/* <rewapp/engine.h>: opening and closing, the machine's own clock and memory. */
#include "flows/engine.h"
#include "api/check.h"
#include "base/error.h"
#include "flows/owned.h"
#include "flows/read.h"
#include "flows/token.h"
#include "schema/schema.sql.h"

#include <rewapp/version.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	BUSY_MS = 5000,
	CACHE_KIB = 16384,
	CACHE_KIB_OWNED = 8192 /* wallets and ids are in memory, and rows are written in the order of pages */
};

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *rewapp_version(void)
{
	return TEXT(REWAPP_VERSION_MAJOR) "." TEXT(REWAPP_VERSION_MINOR) "." TEXT(REWAPP_VERSION_PATCH);
}

/* --- the machine's own ------------------------------------------------------------------ */

static int64_t own_now_ms(void *user)
{
	struct timespec now;

	(void)user;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int own_random(void *user, void *out, size_t size)
{
	(void)user;
	randombytes_buf(out, size);
	return 0;
}

static void *own_allocate(void *user, void *pointer, size_t size)
{
	(void)user;
	if (size)
		return realloc(pointer, size);
	free(pointer);
	return NULL;
}

static void own_log(void *user, int level, const char *line)
{
	(void)user;
	(void)level;
	(void)line;
}

static struct rewapp_env env_complete(const struct rewapp_env *given)
{
	struct rewapp_env env = REWAPP_ENV_INIT;

	if (given)
		env = *given;
	if (!env.now_ms)
		env.now_ms = own_now_ms;
	if (!env.random)
		env.random = own_random;
	if (!env.allocate)
		env.allocate = own_allocate;
	if (!env.log)
		env.log = own_log;
	return env;
}

/* --- opening ---------------------------------------------------------------------------- */

static int check_options(const struct rewapp_engine_options *options)
{
	if (options->size != sizeof *options)
		return rewapp__fail(
			REWAPP_E_ABI, "options.size: %zu, not %zu", options->size, sizeof *options);
	if (options->env && options->env->size != sizeof *options->env)
		return rewapp__fail(
			REWAPP_E_ABI, "env.size: %zu, not %zu", options->env->size, sizeof *options->env);
	if (options->durability < REWAPP_DURABILITY_FULL || options->durability > REWAPP_DURABILITY_NORMAL)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "options.durability: %d is unknown", (int)options->durability);
	if (options->mode < REWAPP_MODE_KEEP || options->mode > REWAPP_MODE_OWNED)
		return rewapp__fail(REWAPP_E_ARGUMENT, "options.mode: %d is unknown", (int)options->mode);
	if (options->cache_kib < 0)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "options.cache_kib: %d is below 0", (int)options->cache_kib);
	if (options->busy_ms < 0)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "options.busy_ms: %d is below 0", (int)options->busy_ms);
	return 0;
}

static int check_exists(const struct rewapp_engine_options *options)
{
	static const char scheme[] = "sqlite:";
	const char *uri = options->storage;

	if (!options->must_exist || !uri || strncmp(uri, scheme, sizeof scheme - 1) != 0)
		return 0;
	if (access(uri + sizeof scheme - 1, F_OK) == 0)
		return 0;
	return rewapp__fail(REWAPP_E_NOTFOUND, "storage: there is no file %s", uri + sizeof scheme - 1);
}

static int storage_start(
	struct rewapp_engine *engine, const struct rewapp_engine_options *options, bool owned)
{
	struct storage_options storage = {
		.env = &engine->env,
		.synchronous_normal = options->durability == REWAPP_DURABILITY_NORMAL,
		.busy_ms = options->busy_ms ? options->busy_ms : BUSY_MS,
		.exclusive = owned,
		.tidied = options->tidied && !owned,
		.cache_kib = options->cache_kib ? options->cache_kib
			: owned                 ? CACHE_KIB_OWNED
						: CACHE_KIB,
	};
	int error = rewapp__storage_open(&engine->storage, options->storage, &storage);

	return error < 0
		? error
		: rewapp__storage_migrate(engine->storage, rewapp__schema_steps, rewapp__schema_step_count);
}

/* Who keeps the mode looks into the store first, and takes its lock if it is an owned one. */
static int mode_start(struct rewapp_engine *engine, const struct rewapp_engine_options *options)
{
	bool owned = options->mode == REWAPP_MODE_OWNED;
	int error = storage_start(engine, options, owned);

	if (error < 0 || options->mode != REWAPP_MODE_KEEP || (error = rewapp__owned_is(engine, &owned)) < 0)
		return error < 0 ? error : rewapp__owned_open(engine, owned);
	if (owned) {
		rewapp__storage_close(engine->storage);
		engine->storage = NULL;
		error = storage_start(engine, options, true);
	}
	return error < 0 ? error : rewapp__owned_open(engine, owned);
}

static int engine_start(struct rewapp_engine *engine, const struct rewapp_engine_options *options)
{
	int error;

	if ((error = rewapp__catalogue_open(&engine->catalogue, &engine->env)) < 0 ||
		(error = mode_start(engine, options)) < 0 || (error = rewapp__token_keys(engine)) < 0)
		return error;
	error = rewapp__engine_begin(engine, false);
	rewapp__engine_end(engine);
	return error;
}

int rewapp_engine_open(rewapp_engine **out, const struct rewapp_engine_options *options)
{
	static const struct rewapp_engine_options defaults = REWAPP_ENGINE_OPTIONS_INIT;
	struct rewapp_engine *engine;
	struct rewapp_env env;
	int error;

	if (!out)
		return rewapp__fail(REWAPP_E_ARGUMENT, "out: NULL");
	*out = NULL;
	if (!options)
		options = &defaults;
	if ((error = check_options(options)) < 0 || (error = check_exists(options)) < 0)
		return error;
	if (sodium_init() < 0)
		return rewapp__fail(REWAPP_E_STORAGE, "libsodium does not start");
	env = env_complete(options->env);
	engine = env.allocate(env.user, NULL, sizeof *engine);
	if (!engine)
		return rewapp__fail(REWAPP_E_NOMEMORY, "engine");
	memset(engine, 0, sizeof *engine);
	engine->env = env;
	rewapp__arena_init(&engine->arena, &engine->env);
	if ((error = engine_start(engine, options)) < 0) {
		rewapp_engine_close(engine);
		return error;
	}
	*out = engine;
	return 0;
}

void rewapp_engine_close(rewapp_engine *engine)
{
	if (!engine)
		return;
	rewapp__settlement_forget(engine);
	rewapp__owned_close(engine);
	rewapp__storage_close(engine->storage);
	rewapp__catalogue_close(&engine->catalogue);
	rewapp__qr_keyring_finish(&engine->keys);
	rewapp__arena_finish(&engine->arena);
	engine->env.allocate(engine->env.user, engine, 0);
}

int rewapp_engine_tidy(rewapp_engine *engine)
{
	int error = rewapp__check_pointer(engine, "engine");

	return error < 0 ? error : rewapp__storage_tidy(engine->storage);
}

int64_t rewapp_engine_now_ms(rewapp_engine *engine)
{
	return rewapp__engine_now(engine);
}

int rewapp_id_new(rewapp_engine *engine, struct rewapp_id *out)
{
	uint64_t now_ms;

	if (!engine || !out)
		return rewapp__fail(REWAPP_E_ARGUMENT, "engine or out: NULL");
	if (engine->env.random(engine->env.user, out->bytes, sizeof out->bytes) < 0)
		return rewapp__fail(REWAPP_E_STORAGE, "the host has no randomness");
	now_ms = (uint64_t)rewapp__engine_now(engine);
	for (int i = 0; i < 6; i++)
		out->bytes[i] = (uint8_t)(now_ms >> (40 - 8 * i));
	out->bytes[6] = (uint8_t)(0x70 | (out->bytes[6] & 0x0f));
	out->bytes[8] = (uint8_t)(0x80 | (out->bytes[8] & 0x3f));
	return 0;
}

void rewapp_free(rewapp_engine *engine, void *pointer)
{
	if (engine && pointer)
		engine->env.allocate(engine->env.user, pointer, 0);
}
