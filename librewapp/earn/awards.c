/* Awards as bytes, as they are stored with their purchase.
 *
 *   version 2, varint count * 2 + has gaps, then for each award
 *     [varint rules left out before it, when there are gaps]
 *     varint reason * 4 + funder * 2 + has room, varint points, varint distance, [varint room]
 *   varint count, then for each counter
 *     varint points
 *
 * A varint is seven bits a byte, lowest first, the top bit set on all bytes but the last; never longer than
 * needed, so that the same awards are always the same bytes. */
#include "base/checked.h"
#include "base/error.h"
#include "earn/decide.h"

#include <string.h>

enum {
	FORM_VERSION = 2,
	REASON_MAX = REWAPP_REASON_NOTHING_PAID,
	VARINT_BYTES_MAX = 10
};

static void put(struct buffer *buffer, uint64_t value)
{
	unsigned char bytes[VARINT_BYTES_MAX];
	size_t count = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[count++] = (unsigned char)(value | 0x80);
	bytes[count++] = (unsigned char)value;
	rewapp__buffer_append(buffer, bytes, count);
}

static void put_award(struct buffer *buffer, const struct award *award)
{
	bool capped = award->room != INT64_MAX;

	put(buffer, (uint64_t)award->reason * 4 + (uint64_t)award->funder * 2 + capped);
	put(buffer, (uint64_t)award->points);
	put(buffer, (uint64_t)award->distance);
	if (capped)
		put(buffer, (uint64_t)award->room);
}

static bool has_gaps(const struct awards *awards)
{
	return awards->count && awards->list[awards->count - 1].rule != (int32_t)awards->count - 1;
}

void rewapp__awards_encode(const struct awards *awards, struct buffer *buffer)
{
	bool gaps = has_gaps(awards);
	int32_t next = 0;

	put(buffer, FORM_VERSION);
	put(buffer, awards->count * 2 + gaps);
	for (size_t i = 0; i < awards->count; i++) {
		if (gaps)
			put(buffer, (uint64_t)(awards->list[i].rule - next));
		next = awards->list[i].rule + 1;
		put_award(buffer, &awards->list[i]);
	}
	put(buffer, awards->counter_count);
	for (size_t i = 0; i < awards->counter_count; i++)
		put(buffer, (uint64_t)awards->counted[i]);
}

struct cursor {
	const unsigned char *bytes;
	size_t size, at;
	bool failed;
	int64_t total;
};

static uint64_t get(struct cursor *reader, uint64_t max)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 70 && reader->at < reader->size; shift += 7) {
		unsigned char byte = reader->bytes[reader->at++];

		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		if ((byte == 0 && shift > 0) || value > max)
			break;
		return value;
	}
	reader->failed = true;
	return 0;
}

static int64_t get_amount(struct cursor *reader)
{
	return (int64_t)get(reader, INT64_MAX);
}

static void get_award(struct cursor *reader, struct award *award, struct awards *out)
{
	uint64_t head = get(reader, REASON_MAX * 4 + 3);
	bool gives;

	award->reason = (int32_t)(head >> 2);
	award->funder = (enum funder)(head >> 1 & 1);
	award->points = get_amount(reader);
	award->distance = get_amount(reader);
	award->room = head & 1 ? get_amount(reader) : INT64_MAX;
	gives = award->reason == REWAPP_REASON_AWARDED || award->reason == REWAPP_REASON_AWARDED_IN_PART;
	if (award->reason < 1 || (award->points > 0 && !gives) || award->points > award->room ||
		!rewapp__add(reader->total, award->points, &reader->total))
		reader->failed = true;
	else
		*(award->funder == FUNDER_MERCHANT ? &out->by_merchant : &out->by_programme) += award->points;
}

static void get_list(struct cursor *reader, struct awards *out)
{
	uint64_t head = get(reader, AWARDS_MAX * 2 + 1);
	uint64_t rule = 0;

	out->count = head / 2;
	for (size_t i = 0; i < out->count && !reader->failed; i++, rule++) {
		rule += head & 1 ? get(reader, PROGRAMME_RULES_MAX - 1) : 0;
		if (rule >= PROGRAMME_RULES_MAX)
			reader->failed = true;
		out->list[i].rule = (int32_t)rule;
		get_award(reader, &out->list[i], out);
	}
	if (head & 1 && rule == out->count) /* the short form would do */
		reader->failed = true;
}

int rewapp__awards_decode(const void *bytes, size_t size, struct awards *out, size_t *used)
{
	struct cursor reader = { bytes, size, 0, false, 0 };

	memset(out, 0, sizeof *out);
	if (get(&reader, FORM_VERSION) != FORM_VERSION)
		return rewapp__fail(REWAPP_E_CORRUPT, "awards: not of a form that is known");
	get_list(&reader, out);
	out->counter_count = get(&reader, EARN_COUNTERS_MAX);
	for (size_t i = 0; i < out->counter_count && !reader.failed; i++)
		out->counted[i] = (int64_t)get(&reader, (uint64_t)reader.total);
	*used = reader.at;
	if (reader.failed) {
		memset(out, 0, sizeof *out);
		return rewapp__fail(REWAPP_E_CORRUPT, "awards: damaged near byte %zu", reader.at);
	}
	return 0;
}
