/* Text that grows up to a limit that is set when it is born. */
#include "base/buffer.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

void rewapp__buffer_init(struct buffer *buffer, const struct rewapp_env *env, size_t limit)
{
	memset(buffer, 0, sizeof *buffer);
	buffer->env = env;
	buffer->limit = limit;
}

static int buffer_reserve(struct buffer *buffer, size_t count)
{
	size_t need, capacity;
	char *data;

	if (buffer->failed)
		return 0;
	if (count > buffer->limit - buffer->size) {
		buffer->failed = REWAPP_E_CAPACITY;
		return 0;
	}
	need = buffer->size + count + 1;
	if (need <= buffer->capacity)
		return 1;
	capacity = buffer->capacity ? buffer->capacity * 2 : 256;
	while (capacity < need)
		capacity *= 2;
	data = rewapp__env_allocate(buffer->env, buffer->data, capacity);
	if (!data) {
		buffer->failed = REWAPP_E_NOMEMORY;
		return 0;
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return 1;
}

void rewapp__buffer_append(struct buffer *buffer, const void *bytes, size_t count)
{
	if (!buffer_reserve(buffer, count))
		return;
	if (count)
		memcpy(buffer->data + buffer->size, bytes, count);
	buffer->size += count;
	buffer->data[buffer->size] = '\0';
}

void rewapp__buffer_puts(struct buffer *buffer, const char *text)
{
	rewapp__buffer_append(buffer, text, strlen(text));
}

void rewapp__buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args, again;
	int count;

	va_start(args, format);
	va_copy(again, args);
	count = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (count >= 0 && buffer_reserve(buffer, (size_t)count)) {
		vsnprintf(buffer->data + buffer->size, (size_t)count + 1, format, again);
		buffer->size += (size_t)count;
	}
	va_end(again);
}

void rewapp__buffer_clear(struct buffer *buffer)
{
	buffer->size = 0;
	buffer->failed = 0;
	if (buffer->data)
		buffer->data[0] = '\0';
}

void rewapp__buffer_finish(struct buffer *buffer)
{
	if (buffer->data)
		rewapp__env_allocate(buffer->env, buffer->data, 0);
	rewapp__buffer_init(buffer, buffer->env, buffer->limit);
}

char *rewapp__buffer_release(struct buffer *buffer, size_t *size)
{
	char *out;

	rewapp__buffer_append(buffer, "", 0);
	if (buffer->failed) {
		rewapp__buffer_finish(buffer);
		return NULL;
	}
	out = buffer->data;
	if (size)
		*size = buffer->size;
	buffer->data = NULL;
	rewapp__buffer_init(buffer, buffer->env, buffer->limit);
	return out;
}
