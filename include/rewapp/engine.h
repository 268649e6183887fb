/* An engine is one open store of loyalty programmes: its ledger, its keys, its clock. */
#ifndef REWAPP_ENGINE_H
#define REWAPP_ENGINE_H

#include <rewapp/sys/env.h>
#include <rewapp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Threads: an engine serves one thread at a time; open one per thread.  Engines
 * share nothing but the storage behind them, and several processes may open the
 * same store. */
typedef struct rewapp_engine rewapp_engine;

/* How much an acknowledged batch survives on SQLite. */
enum rewapp_durability {
	REWAPP_DURABILITY_FULL = 0, /* a power cut loses nothing acknowledged */
	REWAPP_DURABILITY_NORMAL =
		1 /* a crash of the process loses nothing; a power cut may lose the newest */
};

/* Who may use a store, and so what a commit writes.
 *
 * Shared: each commit writes the balances that it changed, and several engines of several processes read and
 * write the store at once.
 *
 * Owned: one engine holds the store's lock until it is closed, others get REWAPP_E_BUSY.  It keeps wallets in
 * memory and writes their rows later, in small slices; a commit is the log and little else, which makes
 * batches several times faster.  No acknowledged command is less safe: what a crash leaves unwritten is
 * made again from the log when the store is opened.  Memory: some twenty bytes for each command and each lot.
 * SQLite only.
 *
 * The store remembers its mode.  Opening it in the other one changes it, which takes some seconds for each
 * million of commands when an owned store becomes shared. */
enum rewapp_mode {
	REWAPP_MODE_KEEP = 0, /* as the store is; a new one is shared */
	REWAPP_MODE_SHARED = 1,
	REWAPP_MODE_OWNED = 2
};

struct rewapp_engine_options {
	size_t size;                  /* sizeof(struct rewapp_engine_options) */
	const char *storage;          /* "sqlite:till.db", "postgres://..."; NULL: in memory */
	const struct rewapp_env *env; /* NULL: the machine's own clock, randomness, memory */
	int32_t durability;           /* enum rewapp_durability; PostgreSQL follows its server */
	int32_t busy_ms;              /* how long to wait for another process's write; 0: 5 000 */
	int32_t must_exist;           /* 1: a missing SQLite file is an error instead of a new store */
	int32_t mode;                 /* enum rewapp_mode */
	int32_t tidied; /* 1: rewapp_engine_tidy() is called now and then; an owned store needs none */
	int32_t cache_kib; /* of pages that stay in memory, SQLite; 0: 16 384, of an owned store 8 192 */
};
#define REWAPP_ENGINE_OPTIONS_INIT \
	{ \
		sizeof(struct rewapp_engine_options), NULL, NULL, 0, 0, 0, 0, 0, 0 \
	}

/* Opens the store that `options` names (NULL: one in memory) and brings its schema
 * up to date.
 *
 * On success *out is the caller's, to close with rewapp_engine_close(); on failure
 * *out is NULL.  Strings in `options` need live only until this call returns;
 * `env` is copied, what its `user` points at must outlive the engine.
 *
 * Returns 0, REWAPP_E_ARGUMENT (no driver for that storage), REWAPP_E_ABI, REWAPP_E_NOTFOUND
 * (must_exist), REWAPP_E_VERSION (written by a newer version; nothing was touched),
 * REWAPP_E_CORRUPT (not a store), REWAPP_E_BUSY, REWAPP_E_STORAGE, REWAPP_E_READONLY, REWAPP_E_FULL,
 * REWAPP_E_NOMEMORY. */
REWAPP_API int rewapp_engine_open(rewapp_engine **out, const struct rewapp_engine_options *options);

/* Closes the engine and frees all that it lent.  NULL is fine. */
REWAPP_API void rewapp_engine_close(rewapp_engine *engine);

/* Does what a commit would otherwise do for the store now and then, when it suits the host: SQLite's
 * write-ahead log is carried over into the file, some 35 ms for a thousand pages.  A till may call it while
 * nobody stands before it. A server leaves it to a thread with an engine of its own, beside the commits of
 * another engine that was opened with `tidied` (which then carries over at 64 MiB only), and lets that one
 * finish: a log begins anew when nothing of it is left, and a busy writer is always a commit ahead of the
 * other thread.
 *
 * Returns 0 (also when others are in the way, and where there is nothing to do: PostgreSQL),
 * REWAPP_E_ARGUMENT, REWAPP_E_STORAGE, REWAPP_E_FULL, REWAPP_E_CORRUPT, REWAPP_E_NOMEMORY.  The engine's
 * thread. */
REWAPP_API int rewapp_engine_tidy(rewapp_engine *engine);

/* The engine's clock: UTC milliseconds, never before the newest record it has seen. */
REWAPP_API int64_t rewapp_engine_now_ms(rewapp_engine *engine);

/* A new id that grows with time (UUIDv7, RFC 9562) from the engine's clock and
 * randomness.  Returns 0, REWAPP_E_ARGUMENT or REWAPP_E_STORAGE (no randomness). */
REWAPP_API int rewapp_id_new(rewapp_engine *engine, struct rewapp_id *out);

/* Frees text that the library gave away (rewapp_json_submit() and its like). */
REWAPP_API void rewapp_free(rewapp_engine *engine, void *pointer);

#ifdef __cplusplus
}
#endif

#endif
