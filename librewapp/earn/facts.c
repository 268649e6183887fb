/* The facts of a purchase as bytes, behind its awards: only those that are known, so that most purchases have
 * none.
 *
 *   varint which are known, a bit for each in the order of enum known, then these:
 *     store 16 bytes; unpaid, nth varints; words and the card a size and bytes; segments a count, then words;
 *     lines a count, then for each: size and bytes of sku and category, quantity * 2 + excluded, amount */
#include "earn/facts.h"

#include "base/error.h"
#include "base/pack.h"
#include "earn/decide.h"

#include <string.h>

enum known {
	KNOWS_STORE = 1,
	KNOWS_UNPAID = 2,
	KNOWS_NTH = 4,
	KNOWS_CHANNEL = 8,
	KNOWS_PAYMENT = 16,
	KNOWS_TIER = 32,
	KNOWS_CARD = 64,
	KNOWS_SEGMENTS = 128,
	KNOWS_REFERRED = 256,
	KNOWS_LINES = 512,
	KNOWS_ALL = 1023
};

static unsigned known_of(const struct earn_facts *facts)
{
	return (rewapp_id_is_zero(&facts->store) ? 0u : KNOWS_STORE) | (facts->unpaid ? KNOWS_UNPAID : 0u) |
		(facts->nth ? KNOWS_NTH : 0u) | (facts->channel ? KNOWS_CHANNEL : 0u) |
		(facts->payment ? KNOWS_PAYMENT : 0u) | (facts->tier ? KNOWS_TIER : 0u) |
		(facts->card ? KNOWS_CARD : 0u) | (facts->segment_count ? KNOWS_SEGMENTS : 0u) |
		(facts->referred ? KNOWS_REFERRED : 0u) | (facts->line_count ? KNOWS_LINES : 0u);
}

static void put_text(struct pack *to, const char *text)
{
	rewapp__pack_blob(to, text ? text : "", text ? strlen(text) : 0);
}

static void put_lines(struct pack *to, const struct earn_facts *facts)
{
	rewapp__pack_uint(to, facts->line_count);
	for (size_t i = 0; i < facts->line_count; i++) {
		const struct earn_line *line = &facts->lines[i];

		put_text(to, line->sku);
		put_text(to, line->category);
		rewapp__pack_uint(to, (uint64_t)line->quantity * 2 + line->excluded);
		rewapp__pack_uint(to, (uint64_t)line->amount);
	}
}

void rewapp__facts_encode(const struct earn_facts *facts, struct pack *to)
{
	const char *const words[] = { facts->channel, facts->payment, facts->tier, facts->card };
	unsigned known = known_of(facts);

	if (!known)
		return;
	rewapp__pack_uint(to, known);
	if (known & KNOWS_STORE)
		rewapp__pack_bytes(to, &facts->store, sizeof facts->store);
	if (known & KNOWS_UNPAID)
		rewapp__pack_uint(to, (uint64_t)facts->unpaid);
	if (known & KNOWS_NTH)
		rewapp__pack_uint(to, (uint64_t)facts->nth);
	for (size_t i = 0; i < 4; i++)
		if (words[i])
			put_text(to, words[i]);
	if (known & KNOWS_SEGMENTS)
		rewapp__pack_uint(to, facts->segment_count);
	for (size_t i = 0; i < facts->segment_count; i++)
		put_text(to, facts->segments[i]);
	if (known & KNOWS_LINES)
		put_lines(to, facts);
}

/* ---- reading ---- */

struct cursor {
	struct unpack from;
	struct arena *arena;
	bool no_memory;
};

static const char *get_text(struct cursor *cursor, bool known)
{
	size_t size = 0;
	const uint8_t *bytes = known ? rewapp__unpack_blob(&cursor->from, &size) : NULL;
	char *copy;

	if (!bytes || size == 0)
		return NULL;
	copy = rewapp__arena_copy(cursor->arena, bytes, size);
	cursor->no_memory |= !copy;
	return copy;
}

static int64_t get_number(struct cursor *cursor, bool known)
{
	uint64_t value = known ? rewapp__unpack_uint(&cursor->from) : 0;

	cursor->from.failed |= value > INT64_MAX;
	return (int64_t)(value & INT64_MAX);
}

static void *get_list(struct cursor *cursor, bool known, size_t max, size_t size, size_t *count)
{
	void *list;

	*count = (size_t)get_number(cursor, known);
	if (*count > max) {
		cursor->from.failed = true;
		*count = 0;
	}
	list = rewapp__arena_array(cursor->arena, *count, size);
	if (!list) {
		cursor->no_memory = true;
		*count = 0;
	}
	return list;
}

static void get_segments(struct cursor *cursor, bool known, struct earn_facts *out)
{
	const char **list = get_list(cursor, known, EARN_SEGMENTS_MAX, sizeof *list, &out->segment_count);

	for (size_t i = 0; i < out->segment_count; i++)
		if (!(list[i] = get_text(cursor, true)))
			cursor->from.failed = true;
	out->segments = list;
}

static void get_lines(struct cursor *cursor, bool known, struct earn_facts *out)
{
	struct earn_line *list = get_list(cursor, known, EARN_LINES_MAX, sizeof *list, &out->line_count);

	for (size_t i = 0; i < out->line_count; i++) {
		int64_t quantity;

		list[i].sku = get_text(cursor, true);
		list[i].category = get_text(cursor, true);
		quantity = get_number(cursor, true);
		list[i].quantity = quantity / 2;
		list[i].excluded = quantity & 1;
		list[i].amount = get_number(cursor, true);
	}
	out->lines = list;
}

int rewapp__facts_decode(const void *bytes, size_t size, struct arena *arena, struct earn_facts *out)
{
	struct cursor cursor = { rewapp__unpack(bytes, size), arena, false };
	uint64_t known = size ? rewapp__unpack_uint(&cursor.from) : 0;
	const uint8_t *store = known & KNOWS_STORE ? rewapp__unpack_bytes(&cursor.from, sizeof out->store)
						   : NULL;

	if (store)
		memcpy(&out->store, store, sizeof out->store);
	out->unpaid = get_number(&cursor, known & KNOWS_UNPAID);
	out->nth = get_number(&cursor, known & KNOWS_NTH);
	out->channel = get_text(&cursor, known & KNOWS_CHANNEL);
	out->payment = get_text(&cursor, known & KNOWS_PAYMENT);
	out->tier = get_text(&cursor, known & KNOWS_TIER);
	out->card = get_text(&cursor, known & KNOWS_CARD);
	get_segments(&cursor, known & KNOWS_SEGMENTS, out);
	out->referred = known & KNOWS_REFERRED;
	get_lines(&cursor, known & KNOWS_LINES, out);
	if (cursor.no_memory)
		return rewapp__fail(REWAPP_E_NOMEMORY, "facts");
	if (cursor.from.failed || known > KNOWS_ALL || cursor.from.at != cursor.from.end)
		return rewapp__fail(REWAPP_E_CORRUPT, "facts: damaged");
	return 0;
}
