/* Text that grows up to a limit that is set when it is born. */
#ifndef REWAPP_BASE_BUFFER_H
#define REWAPP_BASE_BUFFER_H

#include <rewapp/sys/env.h>
#include <stdarg.h>
#include <stddef.h>

/* A failed append marks the buffer; later appends do nothing, so that a writer
 * checks once, at the end.  Always NUL-terminated once anything was appended. */
struct buffer {
	const struct rewapp_env *env;
	char *data;
	size_t size, capacity, limit;
	int failed; /* REWAPP_E_NOMEMORY or REWAPP_E_CAPACITY, or 0 */
};

/* `limit` counts bytes without the NUL. */
void rewapp__buffer_init(struct buffer *buffer, const struct rewapp_env *env, size_t limit);
void rewapp__buffer_append(struct buffer *buffer, const void *bytes, size_t count);
void rewapp__buffer_puts(struct buffer *buffer, const char *text);
void rewapp__buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void rewapp__buffer_clear(struct buffer *buffer); /* keeps the memory */
void rewapp__buffer_finish(struct buffer *buffer);

/* Gives the text to the caller, who frees it with the env's allocator; NULL when
 * the buffer failed.  The buffer is empty afterwards. */
char *rewapp__buffer_release(struct buffer *buffer, size_t *size);

#endif
