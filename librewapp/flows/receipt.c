/* Receipts as they are stored: a set of the fields that are not zero, then their values.
 *
 * The order of the fields below is the format: append, never reorder. */
#include "flows/receipt.h"

#include "base/error.h"
#include "flows/facts.h"

#include <string.h>

#define NUMBER(name) \
	{ \
		offsetof(struct rewapp_receipt, name), sizeof(((struct rewapp_receipt *)0)->name) \
	}

#define INSTANT(name) \
	{ \
		offsetof(struct rewapp_receipt, name), 0 \
	}

static const struct {
	size_t offset, size; /* size 0: an instant, told from that of recording */
} parts[] = {
	NUMBER(verdict),
	NUMBER(points),
	NUMBER(amount),
	NUMBER(available),
	NUMBER(pending),
	NUMBER(held),
	NUMBER(debt),
	NUMBER(shortfall),
	INSTANT(activates_ms),
	INSTANT(expires_ms),
	NUMBER(certainty),
	NUMBER(code),
	NUMBER(more),
	NUMBER(outcome),
};
enum {
	PART_COUNT = sizeof parts / sizeof *parts
};

static int64_t part_number(const struct rewapp_receipt *receipt, size_t part)
{
	const char *at = (const char *)receipt + parts[part].offset;
	int64_t wide;
	int32_t narrow;

	if (parts[part].size == sizeof narrow) {
		memcpy(&narrow, at, sizeof narrow);
		return narrow;
	}
	memcpy(&wide, at, sizeof wide);
	return wide;
}

static void put_part(const struct rewapp_receipt *receipt, size_t part, struct pack *out)
{
	int64_t number = part_number(receipt, part);

	if (parts[part].size)
		rewapp__pack_int(out, number);
	else
		rewapp__end_put(out, receipt->recorded_ms, number);
}

void rewapp__receipt_encode(const struct rewapp_receipt *receipt, struct pack *out)
{
	uint64_t set = 0;

	for (size_t i = 0; i < PART_COUNT; i++)
		if (part_number(receipt, i))
			set |= UINT64_C(1) << i;
	rewapp__pack_uint(out, set);
	for (size_t i = 0; i < PART_COUNT; i++)
		if (set >> i & 1)
			put_part(receipt, i, out);
	rewapp__pack_uint(out, receipt->award_count);
	for (size_t i = 0; i < receipt->award_count; i++) {
		const struct rewapp_award *award = &receipt->awards[i];

		rewapp__pack_blob(out, award->rule, strlen(award->rule));
		rewapp__pack_int(out, award->reason);
		rewapp__pack_int(out, award->version);
		rewapp__pack_int(out, award->points);
		rewapp__pack_int(out, award->distance);
	}
}

static void get_part(struct unpack *from, struct rewapp_receipt *out, size_t part)
{
	char *at = (char *)out + parts[part].offset;
	int64_t wide = parts[part].size ? rewapp__unpack_int(from) : rewapp__end_get(from, out->recorded_ms);
	int32_t narrow = (int32_t)wide;

	if (parts[part].size == sizeof narrow)
		memcpy(at, &narrow, sizeof narrow);
	else
		memcpy(at, &wide, sizeof wide);
}

static void get_award(struct unpack *from, struct rewapp_award *award)
{
	size_t size;
	const uint8_t *rule = rewapp__unpack_blob(from, &size);

	if (!rule || size >= sizeof award->rule)
		from->failed = true;
	else
		memcpy(award->rule, rule, size);
	award->reason = (int32_t)rewapp__unpack_int(from);
	award->version = (int32_t)rewapp__unpack_int(from);
	award->points = rewapp__unpack_int(from);
	award->distance = rewapp__unpack_int(from);
}

int rewapp__receipt_decode(const void *bytes, size_t size, struct arena *arena, struct rewapp_receipt *out)
{
	struct unpack from = rewapp__unpack(bytes, size);
	uint64_t set = rewapp__unpack_uint(&from), count;
	struct rewapp_award *awards;

	for (size_t i = 0; i < PART_COUNT; i++)
		if (set >> i & 1)
			get_part(&from, out, i);
	count = rewapp__unpack_uint(&from);
	if (from.failed || count > (uint64_t)(from.end - from.at))
		return rewapp__fail(REWAPP_E_CORRUPT, "a stored receipt is damaged");
	awards = rewapp__arena_array(arena, count, sizeof *awards);
	if (!awards)
		return rewapp__fail(REWAPP_E_NOMEMORY, "receipt");
	for (uint64_t i = 0; i < count; i++)
		get_award(&from, &awards[i]);
	if (from.failed)
		return rewapp__fail(REWAPP_E_CORRUPT, "a stored receipt is damaged");
	out->awards = awards;
	out->award_count = count;
	return 0;
}

int rewapp__receipt_tell(struct batch *batch, const struct record *record, struct rewapp_receipt *out)
{
	const struct catalogue *catalogue = &batch->engine->catalogue;
	const struct member *member = rewapp__facts_get_number(&batch->members_by_number, record->member);
	const struct merchant *merchant = rewapp__catalogue_merchant_by_number(catalogue, record->merchant);
	const struct programme_row *programme = rewapp__catalogue_programme_by_number(
		catalogue, record->programme);

	if ((record->member && !member) || (record->merchant && !merchant) ||
		(record->programme && !programme))
		return rewapp__fail(REWAPP_E_CORRUPT, "whom a stored receipt names is missing");
	out->recorded_ms = record->recorded_ms;
	if (member)
		out->member = member->id;
	if (merchant)
		out->merchant = merchant->id;
	if (programme)
		out->programme = programme->id;
	return rewapp__receipt_decode(record->receipt, record->receipt_size, batch->arena, out);
}
