/* Memory that dies together: a list of blocks, filled front to back. */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_BYTES_MIN = 16 * 1024,
	BLOCK_BYTES_KEPT = 1024 * 1024 /* the most that an arena keeps for its next use */
};

struct arena_block {
	struct arena_block *next;
	size_t capacity;
	max_align_t data[];
};

void *rewapp__env_allocate(const struct rewapp_env *env, void *pointer, size_t size)
{
	if (env && env->allocate)
		return env->allocate(env->user, pointer, size);
	if (size == 0) {
		free(pointer);
		return NULL;
	}
	return realloc(pointer, size);
}

void rewapp__arena_init(struct arena *arena, const struct rewapp_env *env)
{
	memset(arena, 0, sizeof *arena);
	arena->env = env;
}

static int arena_grow(struct arena *arena, size_t size)
{
	size_t capacity = arena->block_bytes ? arena->block_bytes : arena->capacity * 2;
	struct arena_block *block;

	if (!arena->block_bytes && capacity < BLOCK_BYTES_MIN)
		capacity = BLOCK_BYTES_MIN;
	if (capacity < size)
		capacity = size;
	if (capacity > SIZE_MAX - sizeof *block)
		return 0;
	block = rewapp__env_allocate(arena->env, NULL, sizeof *block + capacity);
	if (!block)
		return 0;
	block->next = arena->blocks;
	block->capacity = capacity;
	arena->blocks = block;
	arena->capacity = capacity;
	arena->used = 0;
	return 1;
}

void *rewapp__arena_take(struct arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	char *out;

	if (size > SIZE_MAX - align)
		return NULL;
	size = (size + align - 1) / align * align;
	if (arena->limit && (size > arena->limit || arena->total > arena->limit - size))
		return NULL;
	if (!arena->blocks || size > arena->capacity - arena->used)
		if (!arena_grow(arena, size))
			return NULL;
	out = (char *)arena->blocks->data + arena->used;
	arena->used += size;
	arena->total += size;
	return memset(out, 0, size);
}

void *rewapp__arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return NULL;
	return rewapp__arena_take(arena, count * size);
}

char *rewapp__arena_copy(struct arena *arena, const void *bytes, size_t length)
{
	char *out;

	if (length == SIZE_MAX)
		return NULL;
	out = rewapp__arena_take(arena, length + 1);
	if (out && length)
		memcpy(out, bytes, length);
	return out;
}

void rewapp__arena_reset(struct arena *arena)
{
	struct arena_block *keep = NULL;

	for (struct arena_block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		if (!keep && block->capacity <= BLOCK_BYTES_KEPT)
			keep = block;
		else
			rewapp__env_allocate(arena->env, block, 0);
	}
	if (keep)
		keep->next = NULL;
	arena->blocks = keep;
	arena->capacity = keep ? keep->capacity : 0;
	arena->used = arena->total = 0;
}

void rewapp__arena_finish(struct arena *arena)
{
	rewapp__arena_reset(arena);
	if (arena->blocks)
		rewapp__env_allocate(arena->env, arena->blocks, 0);
	arena->blocks = NULL;
	arena->used = arena->capacity = arena->total = 0;
}
