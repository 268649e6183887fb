/* Numbers and bytes in little space: what records and states are written with. */
#include "base/pack.h"

#include <string.h>

enum {
	NUMBER_BYTES_MAX = 10,
	CAPACITY_FIRST = 256,
	DAY_MS = 86400000
};

void rewapp__pack_init(struct pack *pack, struct arena *arena)
{
	*pack = (struct pack){ .arena = arena };
}

static bool reserve(struct pack *pack, size_t count)
{
	size_t capacity = pack->capacity ? pack->capacity : CAPACITY_FIRST;
	uint8_t *data;

	if (!pack->failed && count <= pack->capacity - pack->size)
		return true;
	while (!pack->failed && count > capacity - pack->size) {
		pack->failed = capacity > SIZE_MAX / 2;
		capacity *= 2;
	}
	data = pack->failed ? NULL : rewapp__arena_take(pack->arena, capacity);
	if (!data) {
		pack->failed = true;
		return false;
	}
	if (pack->size)
		memcpy(data, pack->data, pack->size);
	pack->data = data;
	pack->capacity = capacity;
	return true;
}

void rewapp__pack_long(struct pack *pack, uint64_t value)
{
	uint8_t *at;

	if (!reserve(pack, NUMBER_BYTES_MAX))
		return;
	for (at = pack->data + pack->size; value >= 0x80; value >>= 7)
		*at++ = (uint8_t)(value | 0x80);
	*at++ = (uint8_t)value;
	pack->size = (size_t)(at - pack->data);
}

static uint64_t zigzag(int64_t value)
{
	return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static int64_t unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

void rewapp__pack_int(struct pack *pack, int64_t value)
{
	rewapp__pack_uint(pack, zigzag(value));
}

void rewapp__pack_span(struct pack *pack, int64_t ms)
{
	if (ms % DAY_MS == 0) {
		rewapp__pack_uint(pack, zigzag(ms / DAY_MS) << 1 | 1);
		return;
	}
	rewapp__pack_uint(pack, 0);
	rewapp__pack_int(pack, ms);
}

void rewapp__pack_bytes(struct pack *pack, const void *bytes, size_t size)
{
	if (!reserve(pack, size) || size == 0)
		return;
	memcpy(pack->data + pack->size, bytes, size);
	pack->size += size;
}

void rewapp__pack_blob(struct pack *pack, const void *bytes, size_t size)
{
	rewapp__pack_uint(pack, size);
	rewapp__pack_bytes(pack, bytes, size);
}

uint64_t rewapp__unpack_long(struct unpack *from)
{
	const uint8_t *at = from->at;
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && at < from->end; shift += 7) {
		value |= (uint64_t)(*at & 0x7f) << shift;
		if (!(*at++ & 0x80)) {
			from->at = at;
			return value;
		}
	}
	from->failed = true;
	from->at = from->end;
	return 0;
}

int64_t rewapp__unpack_span_of(struct unpack *from, uint64_t first)
{
	int64_t days = unzigzag(first >> 1);

	if (first == 0)
		return rewapp__unpack_int(from);
	if (!(first & 1) || days > INT64_MAX / DAY_MS || days < INT64_MIN / DAY_MS) {
		from->failed = true;
		return 0;
	}
	return days * DAY_MS;
}

int64_t rewapp__unpack_span(struct unpack *from)
{
	return rewapp__unpack_span_of(from, rewapp__unpack_uint(from));
}

const uint8_t *rewapp__unpack_bytes(struct unpack *from, size_t size)
{
	const uint8_t *bytes = from->at;

	if (from->failed || size > (size_t)(from->end - from->at)) {
		from->failed = true;
		from->at = from->end;
		return NULL;
	}
	from->at += size;
	return bytes;
}

const uint8_t *rewapp__unpack_blob(struct unpack *from, size_t *size)
{
	*size = (size_t)rewapp__unpack_uint(from);
	return rewapp__unpack_bytes(from, *size);
}
