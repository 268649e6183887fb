/* Receipts as they are stored: a set of the fields that are not zero, then their values.
 *
 * Numbers are zigzag varints (7 bits a byte, the lowest first), ids 16 bytes.  The order
 * of the fields below is the format: append, never reorder. */
#include "flows/receipt.h"

#include "base/error.h"

#include <string.h>

#define NUMBER(name) \
	{ \
		offsetof(struct rewapp_receipt, name), sizeof(((struct rewapp_receipt *)0)->name) \
	}

static const struct {
	size_t offset, size;
} parts[] = {
	NUMBER(verdict),
	NUMBER(member),
	NUMBER(merchant),
	NUMBER(programme),
	NUMBER(points),
	NUMBER(amount),
	NUMBER(available),
	NUMBER(pending),
	NUMBER(held),
	NUMBER(debt),
	NUMBER(shortfall),
	NUMBER(recorded_ms),
	NUMBER(activates_ms),
	NUMBER(expires_ms),
	NUMBER(certainty),
	NUMBER(code),
};
enum {
	PART_COUNT = sizeof parts / sizeof *parts
};

static void put_number(struct buffer *out, int64_t value)
{
	uint64_t rest = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
	uint8_t bytes[10];
	size_t count = 0;

	do {
		bytes[count] = (uint8_t)(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0);
		rest >>= 7;
		count++;
	} while (rest);
	rewapp__buffer_append(out, bytes, count);
}

static int64_t part_number(const struct rewapp_receipt *receipt, size_t part)
{
	const char *at = (const char *)receipt + parts[part].offset;
	int64_t wide;
	int32_t narrow;

	if (parts[part].size == sizeof wide) {
		memcpy(&wide, at, sizeof wide);
		return wide;
	}
	memcpy(&narrow, at, sizeof narrow);
	return narrow;
}

static int part_is_zero(const struct rewapp_receipt *receipt, size_t part)
{
	static const char zero[sizeof(struct rewapp_id)];

	return memcmp((const char *)receipt + parts[part].offset, zero, parts[part].size) == 0;
}

void rewapp__receipt_encode(const struct rewapp_receipt *receipt, struct buffer *out)
{
	int64_t set = 0;

	for (size_t i = 0; i < PART_COUNT; i++)
		if (!part_is_zero(receipt, i))
			set |= INT64_C(1) << i;
	put_number(out, set);
	for (size_t i = 0; i < PART_COUNT; i++) {
		if (!(set >> i & 1))
			continue;
		if (parts[i].size == sizeof(struct rewapp_id))
			rewapp__buffer_append(out, (const char *)receipt + parts[i].offset, parts[i].size);
		else
			put_number(out, part_number(receipt, i));
	}
	put_number(out, (int64_t)receipt->award_count);
	for (size_t i = 0; i < receipt->award_count; i++) {
		const struct rewapp_award *award = &receipt->awards[i];

		put_number(out, (int64_t)strlen(award->rule));
		rewapp__buffer_puts(out, award->rule);
		put_number(out, award->reason);
		put_number(out, award->version);
		put_number(out, award->points);
		put_number(out, award->distance);
	}
}

struct reader {
	const uint8_t *at, *end;
	int failed;
};

static int64_t get_number(struct reader *reader)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte;

		if (reader->at == reader->end)
			break;
		byte = *reader->at++;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
	}
	reader->failed = 1;
	return 0;
}

static void get_bytes(struct reader *reader, void *out, int64_t size, size_t capacity)
{
	if (reader->failed || size < 0 || size > (int64_t)capacity || size > reader->end - reader->at) {
		reader->failed = 1;
		return;
	}
	memcpy(out, reader->at, (size_t)size);
	reader->at += size;
}

static void get_part(struct reader *reader, struct rewapp_receipt *out, size_t part)
{
	char *at = (char *)out + parts[part].offset;
	int64_t wide;
	int32_t narrow;

	if (parts[part].size == sizeof(struct rewapp_id)) {
		get_bytes(reader, at, sizeof(struct rewapp_id), sizeof(struct rewapp_id));
		return;
	}
	wide = get_number(reader);
	narrow = (int32_t)wide;
	if (parts[part].size == sizeof wide)
		memcpy(at, &wide, sizeof wide);
	else
		memcpy(at, &narrow, sizeof narrow);
}

static void get_award(struct reader *reader, struct rewapp_award *award)
{
	get_bytes(reader, award->rule, get_number(reader), sizeof award->rule - 1);
	award->reason = (int32_t)get_number(reader);
	award->version = (int32_t)get_number(reader);
	award->points = get_number(reader);
	award->distance = get_number(reader);
}

int rewapp__receipt_decode(const void *bytes, size_t size, struct arena *arena, struct rewapp_receipt *out)
{
	struct reader reader = { bytes, (const uint8_t *)bytes + size, 0 };
	int64_t set = get_number(&reader), count;
	struct rewapp_award *awards;

	for (size_t i = 0; i < PART_COUNT; i++)
		if (set >> i & 1)
			get_part(&reader, out, i);
	count = get_number(&reader);
	if (reader.failed || count < 0 || count > reader.end - reader.at)
		return rewapp__fail(REWAPP_E_CORRUPT, "a stored receipt is damaged");
	awards = rewapp__arena_array(arena, (size_t)count, sizeof *awards);
	if (!awards)
		return rewapp__fail(REWAPP_E_NOMEMORY, "receipt");
	for (int64_t i = 0; i < count; i++)
		get_award(&reader, &awards[i]);
	if (reader.failed)
		return rewapp__fail(REWAPP_E_CORRUPT, "a stored receipt is damaged");
	out->awards = awards;
	out->award_count = (size_t)count;
	return 0;
}
