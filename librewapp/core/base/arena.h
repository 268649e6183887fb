/* Memory that dies together: what one call needs is taken here and given back at once. */
#ifndef REWAPP_BASE_ARENA_H
#define REWAPP_BASE_ARENA_H

#include <rewapp/sys/env.h>
#include <stddef.h>

struct arena_block;

/* Zeroed memory comes out; nothing is freed one by one.  One thread at a time. */
struct arena {
	const struct rewapp_env *env; /* NULL: malloc */
	struct arena_block *blocks;   /* newest first */
	size_t used, capacity;        /* of the newest block */
	size_t total, limit;          /* bytes taken, and the most that may be; 0: no limit */
	size_t block_bytes;           /* of each block at least; 0: they grow from 16 KiB */
};

/* `env` is borrowed and must outlive the arena; NULL is fine. */
void rewapp__arena_init(struct arena *arena, const struct rewapp_env *env);

/* Zeroed, aligned for any type; NULL when memory or the limit is exhausted.
 * A size of 0 gives a valid pointer. */
void *rewapp__arena_take(struct arena *arena, size_t size);

/* As above for `count` members; NULL also when the product overflows. */
void *rewapp__arena_array(struct arena *arena, size_t count, size_t size);

/* A copy of `length` bytes with a NUL behind them. */
char *rewapp__arena_copy(struct arena *arena, const void *bytes, size_t length);

/* Forgets everything taken and keeps one block for the next call, unless it is larger than 1 MiB. */
void rewapp__arena_reset(struct arena *arena);

/* Gives all memory back.  The arena may be used again. */
void rewapp__arena_finish(struct arena *arena);

/* env->allocate, or realloc() and free() where there is none. */
void *rewapp__env_allocate(const struct rewapp_env *env, void *pointer, size_t size);

#endif
