/* Records: what a command was, what was answered, and everything that it did. */
#include "ledger/record.h"

#include "ledger/wallet.h"

#include <string.h>

enum {
	ROW_VERSION = 1
};

/* A number of this batch is its distance from the command's, the lowest bit set. */
void rewapp__ref_put(struct pack *pack, ref number, ref command)
{
	int64_t distance = command - number; /* refs of a batch count downwards */

	if (number >= 0)
		rewapp__pack_uint(pack, (uint64_t)number << 1);
	else
		rewapp__pack_uint(pack, ((uint64_t)distance << 1 ^ (uint64_t)(distance >> 63)) << 1 | 1);
}

ref rewapp__ref_get(struct unpack *from, ref command)
{
	uint64_t value = rewapp__unpack_uint(from), distance = value >> 1;

	if (!(value & 1))
		return (ref)(value >> 1);
	return rewapp__wrapped_sum(command, (int64_t)(distance >> 1) ^ -(int64_t)(distance & 1));
}

/* --- instants ---------------------------------------------------------------------------------- */

enum {
	END_NEVER = 2,
	END_SLIDES = 4
};

static int64_t distance(int64_t ms, int64_t from_ms)
{
	return (int64_t)((uint64_t)ms - (uint64_t)from_ms);
}

void rewapp__end_put(struct pack *pack, int64_t from_ms, int64_t ends_ms)
{
	if (ends_ms == 0)
		rewapp__pack_uint(pack, END_NEVER);
	else if (ends_ms == LOT_SLIDES)
		rewapp__pack_uint(pack, END_SLIDES);
	else
		rewapp__pack_span(pack, distance(ends_ms, from_ms));
}

int64_t rewapp__end_get(struct unpack *from, int64_t from_ms)
{
	uint64_t first = rewapp__unpack_uint(from);

	if (first == END_NEVER)
		return 0;
	if (first == END_SLIDES)
		return LOT_SLIDES;
	return rewapp__wrapped_sum(from_ms, rewapp__unpack_span_of(from, first));
}

static void put_instant(struct effects *to, int64_t ms)
{
	rewapp__pack_span(&to->pack, distance(ms, to->now_ms));
}

static int64_t get_instant(struct effect_reader *reader)
{
	return rewapp__wrapped_sum(reader->recorded_ms, rewapp__unpack_span(&reader->from));
}

/* --- effects ---------------------------------------------------------------------------------- */

void rewapp__effects_begin(struct effects *effects, ref command)
{
	effects->command = command;
	effects->pack.size = 0;
}

static void put_transfer(struct effects *to, const struct effect *effect)
{
	rewapp__ref_put(&to->pack, effect->transfer.number, to->command);
	rewapp__pack_uint(&to->pack, effect->transfer.code);
	rewapp__ref_put(&to->pack, effect->transfer.debit, to->command);
	rewapp__ref_put(&to->pack, effect->transfer.credit, to->command);
	rewapp__pack_int(&to->pack, effect->transfer.amount);
	rewapp__ref_put(&to->pack, effect->transfer.pending, to->command);
	if (effect->transfer.pending)
		rewapp__pack_int(&to->pack, effect->transfer.held);
	rewapp__ref_put(&to->pack, effect->transfer.prev, to->command);
	rewapp__pack_int(&to->pack, effect->transfer.balance);
	put_instant(to, effect->transfer.occurred_ms);
}

static void get_transfer(struct effect_reader *reader, struct effect *out)
{
	struct unpack *from = &reader->from;

	out->transfer.number = rewapp__ref_get(from, reader->command);
	out->transfer.code = (enum rewapp_code)rewapp__unpack_uint(from);
	out->transfer.debit = rewapp__ref_get(from, reader->command);
	out->transfer.credit = rewapp__ref_get(from, reader->command);
	out->transfer.amount = rewapp__unpack_int(from);
	out->transfer.pending = rewapp__ref_get(from, reader->command);
	if (out->transfer.pending)
		out->transfer.held = rewapp__unpack_int(from);
	out->transfer.prev = rewapp__ref_get(from, reader->command);
	out->transfer.balance = rewapp__unpack_int(from);
	out->transfer.occurred_ms = get_instant(reader);
}

static void put_purchase(struct effects *to, const struct effect *effect)
{
	rewapp__pack_int(&to->pack, effect->purchase.amount);
	rewapp__pack_int(&to->pack, effect->purchase.version);
	rewapp__pack_int(&to->pack, effect->purchase.mcc);
	put_instant(to, effect->purchase.occurred_ms);
	rewapp__pack_blob(&to->pack, effect->purchase.awards, effect->purchase.awards_size);
}

static void get_purchase(struct effect_reader *reader, struct effect *out)
{
	struct unpack *from = &reader->from;

	out->purchase.amount = rewapp__unpack_int(from);
	out->purchase.version = rewapp__unpack_int(from);
	out->purchase.mcc = rewapp__unpack_int(from);
	out->purchase.occurred_ms = get_instant(reader);
	out->purchase.awards = rewapp__unpack_blob(from, &out->purchase.awards_size);
}

void rewapp__effects_add(struct effects *to, const struct effect *effect)
{
	struct pack *pack = &to->pack;

	rewapp__pack_uint(pack, effect->kind);
	switch (effect->kind) {
	case EFFECT_ACCOUNT:
		rewapp__ref_put(pack, effect->account.number, to->command);
		rewapp__ref_put(pack, effect->account.programme, to->command);
		rewapp__ref_put(pack, effect->account.owner, to->command);
		rewapp__pack_uint(pack, effect->account.kind);
		break;
	case EFFECT_TRANSFER:
		put_transfer(to, effect);
		break;
	case EFFECT_LOT:
		put_instant(to, effect->lot.activates_ms);
		rewapp__end_put(pack, effect->lot.activates_ms, effect->lot.expires_ms);
		break;
	case EFFECT_MOVE:
		rewapp__ref_put(pack, effect->move.lot, to->command);
		rewapp__pack_int(pack, effect->move.amount);
		break;
	case EFFECT_HOLD:
		rewapp__ref_put(pack, effect->hold.merchant, to->command);
		put_instant(to, effect->hold.issued_ms);
		rewapp__end_put(pack, effect->hold.issued_ms, effect->hold.expires_ms);
		rewapp__pack_int(pack, effect->hold.key);
		break;
	case EFFECT_TALLY:
		rewapp__ref_put(pack, effect->tally.programme, to->command);
		rewapp__ref_put(pack, effect->tally.owner, to->command);
		rewapp__pack_int(pack, effect->tally.what);
		rewapp__pack_int(pack, effect->tally.window_start);
		rewapp__pack_int(pack, effect->tally.delta);
		break;
	case EFFECT_UNDONE:
		rewapp__ref_put(pack, effect->undone.number, to->command);
		rewapp__pack_int(pack, effect->undone.amount);
		rewapp__pack_int(pack, effect->undone.points);
		break;
	case EFFECT_PURCHASE:
		put_purchase(to, effect);
		break;
	case EFFECT_EVENT:
		rewapp__ref_put(pack, effect->event.number, to->command);
		rewapp__ref_put(pack, effect->event.member, to->command);
		rewapp__pack_uint(pack, effect->event.code);
		rewapp__pack_int(pack, effect->event.points);
		break;
	case EFFECT_MEMBER:
		rewapp__ref_put(pack, effect->member.number, to->command);
		rewapp__pack_int(pack, effect->member.status);
		rewapp__pack_bytes(pack, &effect->member.id, sizeof effect->member.id);
		break;
	case EFFECT_DOCUMENT:
		rewapp__ref_put(pack, effect->document.number, to->command);
		rewapp__pack_int(pack, effect->document.version);
		rewapp__pack_bytes(pack, effect->document.hash, sizeof effect->document.hash);
		rewapp__pack_blob(pack, effect->document.name, effect->document.name_size);
		break;
	case EFFECT_CLOSE:
		rewapp__ref_put(pack, effect->close.programme, to->command);
		rewapp__pack_int(pack, effect->close.until_ms);
		break;
	case EFFECT_REVIVE:
		rewapp__ref_put(pack, effect->revive.lot, to->command);
		rewapp__ref_put(pack, effect->revive.command, to->command);
		rewapp__ref_put(pack, effect->revive.funder, to->command);
		rewapp__pack_int(pack, effect->revive.original);
		put_instant(to, effect->revive.activates_ms);
		rewapp__end_put(pack, effect->revive.activates_ms, effect->revive.expires_ms);
		break;
	case EFFECT_RETURNED:
		rewapp__ref_put(pack, effect->returned.number, to->command);
		rewapp__pack_blob(pack, effect->returned.lines, effect->returned.size);
		break;
	case EFFECT_ACTIVE:
		rewapp__ref_put(pack, effect->active.programme, to->command);
		rewapp__ref_put(pack, effect->active.member, to->command);
		put_instant(to, effect->active.until_ms);
		break;
	case EFFECT_VOUCHER:
		rewapp__ref_put(pack, effect->voucher.hold, to->command);
		rewapp__pack_uint(pack, effect->voucher.forfeits);
		rewapp__pack_blob(pack, effect->voucher.offer, effect->voucher.offer_size);
		break;
	case EFFECT_CASHIER:
		rewapp__pack_blob(pack, effect->cashier.name, effect->cashier.size);
		break;
	case EFFECT_REFERRED:
		rewapp__ref_put(pack, effect->referred.purchase, to->command);
		rewapp__ref_put(pack, effect->referred.by, to->command);
		rewapp__pack_int(pack, effect->referred.points);
		rewapp__pack_int(pack, effect->referred.by_points);
		break;
	case EFFECT_ORIGIN:
		rewapp__ref_put(pack, effect->origin.lot, to->command);
		rewapp__ref_put(pack, effect->origin.command, to->command);
		rewapp__ref_put(pack, effect->origin.funder, to->command);
		break;
	case EFFECT_CLOSED:
		rewapp__ref_put(pack, effect->closed.programme, to->command);
		rewapp__ref_put(pack, effect->closed.member, to->command);
		rewapp__pack_uint(pack, effect->closed.closed);
		break;
	case EFFECT_SHARER:
		rewapp__ref_put(pack, effect->sharer.programme, to->command);
		rewapp__ref_put(pack, effect->sharer.household, to->command);
		rewapp__ref_put(pack, effect->sharer.member, to->command);
		rewapp__pack_int(pack, effect->sharer.day);
		rewapp__pack_int(pack, effect->sharer.month);
		rewapp__pack_int(pack, effect->sharer.total);
		rewapp__pack_uint(pack, effect->sharer.leaves);
		break;
	case EFFECT_SPENT:
		rewapp__ref_put(pack, effect->spent.programme, to->command);
		rewapp__ref_put(pack, effect->spent.household, to->command);
		rewapp__ref_put(pack, effect->spent.member, to->command);
		rewapp__ref_put(pack, effect->spent.hold, to->command);
		rewapp__pack_int(pack, effect->spent.points);
		rewapp__pack_int(pack, effect->spent.day);
		rewapp__pack_int(pack, effect->spent.month);
		break;
	case EFFECT_TIER:
		rewapp__ref_put(pack, effect->tier.programme, to->command);
		rewapp__ref_put(pack, effect->tier.member, to->command);
		rewapp__pack_blob(pack, effect->tier.standing, effect->tier.standing_size);
		break;
	case EFFECT_LEARNT:
		rewapp__ref_put(pack, effect->learnt.merchant, to->command);
		rewapp__ref_put(pack, effect->learnt.line, to->command);
		rewapp__pack_int(pack, effect->learnt.votes);
		rewapp__pack_blob(pack, effect->learnt.text, effect->learnt.text_size);
		rewapp__pack_blob(pack, effect->learnt.who, effect->learnt.who_size);
		break;
	case EFFECT_REVIEWED:
		rewapp__ref_put(pack, effect->reviewed.line, to->command);
		rewapp__pack_uint(pack, effect->reviewed.waits);
		break;
	case EFFECT_DOUBT:
		rewapp__ref_put(pack, effect->doubt.member, to->command);
		rewapp__ref_put(pack, effect->doubt.programme, to->command);
		rewapp__ref_put(pack, effect->doubt.candidate, to->command);
		rewapp__pack_blob(pack, effect->doubt.line, effect->doubt.line_size);
		break;
	case EFFECT_SIGHTING:
		rewapp__pack_blob(pack, effect->sighting.bytes, effect->sighting.size);
		break;
	}
}

void rewapp__effects_open(struct effect_reader *reader, const struct record *record)
{
	*reader = (struct effect_reader){
		.from = rewapp__unpack(record->effects, record->effects_size),
		.command = record->number,
		.recorded_ms = record->recorded_ms,
	};
}

static void get_bytes(struct unpack *from, void *out, size_t size)
{
	const uint8_t *bytes = rewapp__unpack_bytes(from, size);

	if (bytes)
		memcpy(out, bytes, size);
}

bool rewapp__effects_next(struct effect_reader *reader, struct effect *out)
{
	struct unpack *from = &reader->from;

	if (from->failed || from->at == from->end)
		return false;
	memset(out, 0, sizeof *out);
	out->kind = (enum effect_kind)rewapp__unpack_uint(from);
	switch (out->kind) {
	case EFFECT_ACCOUNT:
		out->account.number = rewapp__ref_get(from, reader->command);
		out->account.programme = rewapp__ref_get(from, reader->command);
		out->account.owner = rewapp__ref_get(from, reader->command);
		out->account.kind = (enum account_kind)rewapp__unpack_uint(from);
		break;
	case EFFECT_TRANSFER:
		get_transfer(reader, out);
		break;
	case EFFECT_LOT:
		out->lot.activates_ms = get_instant(reader);
		out->lot.expires_ms = rewapp__end_get(from, out->lot.activates_ms);
		break;
	case EFFECT_MOVE:
		out->move.lot = rewapp__ref_get(from, reader->command);
		out->move.amount = rewapp__unpack_int(from);
		break;
	case EFFECT_HOLD:
		out->hold.merchant = rewapp__ref_get(from, reader->command);
		out->hold.issued_ms = get_instant(reader);
		out->hold.expires_ms = rewapp__end_get(from, out->hold.issued_ms);
		out->hold.key = rewapp__unpack_int(from);
		break;
	case EFFECT_TALLY:
		out->tally.programme = rewapp__ref_get(from, reader->command);
		out->tally.owner = rewapp__ref_get(from, reader->command);
		out->tally.what = rewapp__unpack_int(from);
		out->tally.window_start = rewapp__unpack_int(from);
		out->tally.delta = rewapp__unpack_int(from);
		break;
	case EFFECT_UNDONE:
		out->undone.number = rewapp__ref_get(from, reader->command);
		out->undone.amount = rewapp__unpack_int(from);
		out->undone.points = rewapp__unpack_int(from);
		break;
	case EFFECT_PURCHASE:
		get_purchase(reader, out);
		break;
	case EFFECT_EVENT:
		out->event.number = rewapp__ref_get(from, reader->command);
		out->event.member = rewapp__ref_get(from, reader->command);
		out->event.code = (enum rewapp_code)rewapp__unpack_uint(from);
		out->event.points = rewapp__unpack_int(from);
		break;
	case EFFECT_MEMBER:
		out->member.number = rewapp__ref_get(from, reader->command);
		out->member.status = rewapp__unpack_int(from);
		get_bytes(from, &out->member.id, sizeof out->member.id);
		break;
	case EFFECT_DOCUMENT:
		out->document.number = rewapp__ref_get(from, reader->command);
		out->document.version = rewapp__unpack_int(from);
		get_bytes(from, out->document.hash, sizeof out->document.hash);
		out->document.name = (const char *)rewapp__unpack_blob(from, &out->document.name_size);
		break;
	case EFFECT_CLOSE:
		out->close.programme = rewapp__ref_get(from, reader->command);
		out->close.until_ms = rewapp__unpack_int(from);
		break;
	case EFFECT_REVIVE:
		out->revive.lot = rewapp__ref_get(from, reader->command);
		out->revive.command = rewapp__ref_get(from, reader->command);
		out->revive.funder = rewapp__ref_get(from, reader->command);
		out->revive.original = rewapp__unpack_int(from);
		out->revive.activates_ms = get_instant(reader);
		out->revive.expires_ms = rewapp__end_get(from, out->revive.activates_ms);
		break;
	case EFFECT_RETURNED:
		out->returned.number = rewapp__ref_get(from, reader->command);
		out->returned.lines = rewapp__unpack_blob(from, &out->returned.size);
		break;
	case EFFECT_ACTIVE:
		out->active.programme = rewapp__ref_get(from, reader->command);
		out->active.member = rewapp__ref_get(from, reader->command);
		out->active.until_ms = get_instant(reader);
		break;
	case EFFECT_VOUCHER:
		out->voucher.hold = rewapp__ref_get(from, reader->command);
		out->voucher.forfeits = rewapp__unpack_uint(from) == 1;
		out->voucher.offer = (const char *)rewapp__unpack_blob(from, &out->voucher.offer_size);
		break;
	case EFFECT_CASHIER:
		out->cashier.name = rewapp__unpack_blob(from, &out->cashier.size);
		break;
	case EFFECT_REFERRED:
		out->referred.purchase = rewapp__ref_get(from, reader->command);
		out->referred.by = rewapp__ref_get(from, reader->command);
		out->referred.points = rewapp__unpack_int(from);
		out->referred.by_points = rewapp__unpack_int(from);
		break;
	case EFFECT_ORIGIN:
		out->origin.lot = rewapp__ref_get(from, reader->command);
		out->origin.command = rewapp__ref_get(from, reader->command);
		out->origin.funder = rewapp__ref_get(from, reader->command);
		break;
	case EFFECT_CLOSED:
		out->closed.programme = rewapp__ref_get(from, reader->command);
		out->closed.member = rewapp__ref_get(from, reader->command);
		out->closed.closed = rewapp__unpack_uint(from) == 1;
		break;
	case EFFECT_SHARER:
		out->sharer.programme = rewapp__ref_get(from, reader->command);
		out->sharer.household = rewapp__ref_get(from, reader->command);
		out->sharer.member = rewapp__ref_get(from, reader->command);
		out->sharer.day = rewapp__unpack_int(from);
		out->sharer.month = rewapp__unpack_int(from);
		out->sharer.total = rewapp__unpack_int(from);
		out->sharer.leaves = rewapp__unpack_uint(from) == 1;
		break;
	case EFFECT_SPENT:
		out->spent.programme = rewapp__ref_get(from, reader->command);
		out->spent.household = rewapp__ref_get(from, reader->command);
		out->spent.member = rewapp__ref_get(from, reader->command);
		out->spent.hold = rewapp__ref_get(from, reader->command);
		out->spent.points = rewapp__unpack_int(from);
		out->spent.day = rewapp__unpack_int(from);
		out->spent.month = rewapp__unpack_int(from);
		break;
	case EFFECT_TIER:
		out->tier.programme = rewapp__ref_get(from, reader->command);
		out->tier.member = rewapp__ref_get(from, reader->command);
		out->tier.standing = rewapp__unpack_blob(from, &out->tier.standing_size);
		break;
	case EFFECT_LEARNT:
		out->learnt.merchant = rewapp__ref_get(from, reader->command);
		out->learnt.line = rewapp__ref_get(from, reader->command);
		out->learnt.votes = rewapp__unpack_int(from);
		out->learnt.text = (const char *)rewapp__unpack_blob(from, &out->learnt.text_size);
		out->learnt.who = (const char *)rewapp__unpack_blob(from, &out->learnt.who_size);
		break;
	case EFFECT_REVIEWED:
		out->reviewed.line = rewapp__ref_get(from, reader->command);
		out->reviewed.waits = rewapp__unpack_uint(from) != 0;
		break;
	case EFFECT_DOUBT:
		out->doubt.member = rewapp__ref_get(from, reader->command);
		out->doubt.programme = rewapp__ref_get(from, reader->command);
		out->doubt.candidate = rewapp__ref_get(from, reader->command);
		out->doubt.line = rewapp__unpack_blob(from, &out->doubt.line_size);
		break;
	case EFFECT_SIGHTING:
		out->sighting.bytes = rewapp__unpack_blob(from, &out->sighting.size);
		break;
	default:
		from->failed = true;
		break;
	}
	reader->failed = from->failed;
	return !from->failed;
}

/* --- records ---------------------------------------------------------------------------------- */

void rewapp__record_row(struct pack *out, int64_t now_ms, ref row_first)
{
	rewapp__pack_uint(out, ROW_VERSION);
	rewapp__pack_int(out, now_ms);
	rewapp__pack_uint(out, (uint64_t)(-row_first - 1));
}

void rewapp__record_body(struct pack *out, const struct record *record)
{
	out->size = 0;
	rewapp__pack_uint(out, (uint64_t)record->kind);
	rewapp__pack_bytes(out, &record->id, sizeof record->id);
	rewapp__ref_put(out, record->subject, record->number);
	rewapp__ref_put(out, record->member, record->number);
	rewapp__ref_put(out, record->programme, record->number);
	rewapp__ref_put(out, record->merchant, record->number);
	rewapp__pack_blob(out, record->fingerprint, record->fingerprint_size);
	rewapp__pack_blob(out, record->receipt, record->receipt_size);
	rewapp__pack_blob(out, record->terminal, record->terminal_size);
	rewapp__pack_blob(out, record->reference, record->reference_size);
	rewapp__pack_bytes(out, record->effects, record->effects_size);
}

static size_t uint_size(uint64_t value)
{
	size_t size = 1;

	for (; value >= 0x80; value >>= 7)
		size++;
	return size;
}

void rewapp__record_put(struct pack *row, const struct pack *body, ref number, ref row_first)
{
	uint64_t place = (uint64_t)(row_first - number);

	row->failed |= body->failed;
	rewapp__pack_uint(row, uint_size(place) + body->size);
	rewapp__pack_uint(row, place);
	rewapp__pack_bytes(row, body->data, body->size);
}

void rewapp__record_open(struct record_reader *reader, int64_t seq, const void *row, size_t size)
{
	*reader = (struct record_reader){ .from = rewapp__unpack(row, size), .seq = seq };
	if (rewapp__unpack_uint(&reader->from) != ROW_VERSION)
		reader->from.failed = true;
	reader->recorded_ms = rewapp__unpack_int(&reader->from);
	reader->base = rewapp__wrapped_sum(seq, -(int64_t)(rewapp__unpack_uint(&reader->from) & INT64_MAX));
	reader->failed = reader->from.failed;
}

static bool get_body(struct unpack *from, struct record *out)
{
	out->kind = (int32_t)rewapp__unpack_uint(from);
	get_bytes(from, &out->id, sizeof out->id);
	out->subject = rewapp__ref_get(from, out->number);
	out->member = rewapp__ref_get(from, out->number);
	out->programme = rewapp__ref_get(from, out->number);
	out->merchant = rewapp__ref_get(from, out->number);
	out->fingerprint = rewapp__unpack_blob(from, &out->fingerprint_size);
	out->receipt = rewapp__unpack_blob(from, &out->receipt_size);
	out->terminal = rewapp__unpack_blob(from, &out->terminal_size);
	out->reference = rewapp__unpack_blob(from, &out->reference_size);
	out->effects = from->at;
	out->effects_size = (size_t)(from->end - from->at);
	return !from->failed;
}

bool rewapp__record_next(struct record_reader *reader, struct record *out)
{
	struct unpack body;
	const uint8_t *bytes;
	size_t size;

	if (reader->from.failed || reader->from.at == reader->from.end)
		return false;
	bytes = rewapp__unpack_blob(&reader->from, &size);
	body = rewapp__unpack(bytes, bytes ? size : 0);
	memset(out, 0, sizeof *out);
	out->number = rewapp__wrapped_sum(reader->seq, (int64_t)rewapp__unpack_uint(&body));
	out->recorded_ms = reader->recorded_ms;
	out->base = reader->base;
	out->body = bytes;
	out->body_size = size;
	reader->failed = !bytes || !get_body(&body, out);
	reader->from.failed = reader->failed;
	return !reader->failed;
}

bool rewapp__record_find(int64_t seq, const void *row, size_t size, int64_t number, struct record *out)
{
	struct record_reader reader;
	struct record record;
	bool found = false;

	rewapp__record_open(&reader, seq, row, size);
	while (rewapp__record_next(&reader, &record) && record.number <= number) {
		*out = record;
		found = true;
	}
	return found && !reader.failed;
}
