/* The host: clock, randomness, memory and log, given to an engine when it opens.
 *
 * The engine takes no thread, socket or signal and writes to no terminal; what it
 * needs of the world comes through this struct.  May change in a minor release. */
#ifndef REWAPP_SYS_ENV_H
#define REWAPP_SYS_ENV_H

#include <rewapp/export.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every member may be NULL: the machine's own is taken.  Functions are called on
 * the thread that called the engine. */
struct rewapp_env {
	size_t size; /* sizeof(struct rewapp_env) */
	void *user;  /* handed to every function */

	/* UTC milliseconds since 1970. */
	int64_t (*now_ms)(void *user);

	/* Fills `out`; returns 0, or -1 when there is no randomness to be had. */
	int (*random)(void *user, void *out, size_t size);

	/* realloc()'s contract; size 0 frees and returns NULL. */
	void *(*allocate)(void *user, void *pointer, size_t size);

	/* One line without a line end; `level` is 0 error, 1 warning, 2 info, 3 debug. */
	void (*log)(void *user, int level, const char *line);
};
#define REWAPP_ENV_INIT { sizeof(struct rewapp_env), NULL, NULL, NULL, NULL, NULL }

#ifdef __cplusplus
}
#endif

#endif
