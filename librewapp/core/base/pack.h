/* Numbers and bytes in little space: what records and states are written with.
 *
 * A number is seven bits a byte, the lowest first, the top bit set on all bytes but the
 * last; one with a sign is zigzagged before (0, -1, 1, -2 become 0, 1, 2, 3).
 *
 * A span of milliseconds is mostly one of whole days: twice their zigzagged number, and one.  Another is
 * 0 and then the number with its sign; other even numbers are no span, and free for who writes one. */
#ifndef REWAPP_BASE_PACK_H
#define REWAPP_BASE_PACK_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* Grows in its arena.  A failed append marks it and later ones do nothing: a writer checks
 * once, at the end. */
struct pack {
	struct arena *arena;
	uint8_t *data;
	size_t size, capacity;
	bool failed; /* memory is exhausted */
};

void rewapp__pack_init(struct pack *pack, struct arena *arena);
void rewapp__pack_long(struct pack *pack, uint64_t value); /* a number of any size */
void rewapp__pack_int(struct pack *pack, int64_t value);
void rewapp__pack_span(struct pack *pack, int64_t ms); /* see below */
void rewapp__pack_bytes(struct pack *pack, const void *bytes, size_t size);
void rewapp__pack_blob(struct pack *pack, const void *bytes, size_t size); /* its size first */

/* Most numbers are one byte. */
static inline void rewapp__pack_uint(struct pack *pack, uint64_t value)
{
	if (value < 0x80 && pack->size < pack->capacity && !pack->failed)
		pack->data[pack->size++] = (uint8_t)value;
	else
		rewapp__pack_long(pack, value);
}

/* Reads it back.  What does not fit marks the reader and reads as zero. */
struct unpack {
	const uint8_t *at, *end;
	bool failed;
};

static inline struct unpack rewapp__unpack(const void *bytes, size_t size)
{
	return (struct unpack){ bytes, (const uint8_t *)bytes + size, false };
}

/* A sum of numbers that may be damaged: it wraps around. */
static inline int64_t rewapp__wrapped_sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

uint64_t rewapp__unpack_long(struct unpack *from); /* a number of any size */

/* Most numbers are one byte. */
static inline uint64_t rewapp__unpack_uint(struct unpack *from)
{
	return from->at < from->end && !(*from->at & 0x80) ? *from->at++ : rewapp__unpack_long(from);
}

static inline int64_t rewapp__unpack_int(struct unpack *from)
{
	uint64_t value = rewapp__unpack_uint(from);

	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

int64_t rewapp__unpack_span(struct unpack *from);
int64_t rewapp__unpack_span_of(struct unpack *from, uint64_t first);   /* whose first number was read */
const uint8_t *rewapp__unpack_bytes(struct unpack *from, size_t size); /* NULL when they are not there */
const uint8_t *rewapp__unpack_blob(struct unpack *from, size_t *size);

#endif
