/* An allocator that counts what is out and fails when it is told to. */
#ifndef TESTS_BASE_MEMORY_H
#define TESTS_BASE_MEMORY_H

#include <rewapp/sys/env.h>
#include <stdlib.h>

struct memory {
	int left; /* calls that succeed; < 0: all */
	int out;  /* blocks not given back */
};

static inline void *memory_allocate(void *user, void *pointer, size_t size)
{
	struct memory *memory = user;
	void *out;

	if (size == 0) {
		memory->out -= pointer != NULL;
		free(pointer);
		return NULL;
	}
	if (memory->left == 0)
		return NULL;
	memory->left -= memory->left > 0;
	out = realloc(pointer, size);
	memory->out += out && !pointer;
	return out;
}

static inline struct rewapp_env memory_env(struct memory *memory)
{
	struct rewapp_env env = REWAPP_ENV_INIT;

	env.user = memory;
	env.allocate = memory_allocate;
	return env;
}

#endif
