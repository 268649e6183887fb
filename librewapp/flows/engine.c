/* What every flow of an engine needs first: the clock and what changed since the last call. */
#include "flows/engine.h"

#include "base/error.h"
#include "flows/owned.h"
#include "programme/programme.sql.h"

int64_t rewapp__engine_now(const struct rewapp_engine *engine)
{
	int64_t now_ms = engine->env.now_ms(engine->env.user);

	return now_ms > engine->newest_ms ? now_ms : engine->newest_ms;
}

int rewapp__engine_begin(struct rewapp_engine *engine, bool writes)
{
	struct read read = { .stmt = &STMT_PROGRAMME_STORE };
	int error;

	if (engine->owned && engine->owned->lost && (error = rewapp__owned_reload(engine)) < 0)
		return error;
	rewapp__arena_reset(&engine->arena);
	rewapp__storage_hold(engine->storage, writes);
	if (engine->owned && !engine->owned->look)
		return 0; /* nobody else has changed anything */
	error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);
	if (error < 0)
		return error;
	if (read.row_count != 1)
		return rewapp__fail(REWAPP_E_CORRUPT, "the store's own row is missing");
	if (rewapp__cell_int(&read, 0, 0) > engine->newest_ms)
		engine->newest_ms = rewapp__cell_int(&read, 0, 0);
	error = rewapp__catalogue_refresh(
		&engine->catalogue, engine->storage, &engine->arena, rewapp__cell_int(&read, 0, 1));
	if (engine->owned && error == 0)
		engine->owned->look = false;
	return error;
}

void rewapp__engine_end(struct rewapp_engine *engine)
{
	rewapp__storage_release(engine->storage);
}

void rewapp__engine_forget(struct rewapp_engine *engine)
{
	rewapp__arena_reset(&engine->arena);
}
