/* The lots in a wallet's state, open and shut. */
#include "ledger/state_lots.h"

#include "ledger/record.h"

#include <string.h>

enum {
	LOTS_SPARE = 4, /* places for lots that the wallet will get */
	SHUT_MIN = 8,   /* fewer are told sooner than what is to be known of them */
	LOT_BYTES_MIN = 4
};

/* The first byte of a lot: what is as in the lot before it, or as in most.  The rest follows. */
enum lot_bits {
	LOT_OF_BATCH = 1, /* its number is of the batch that wrote it */
	LOT_BEHIND = 2,   /* its number lies as far behind its command's */
	LOT_FUNDER = 4,
	LOT_WHOLE = 8, /* nothing of it was used */
	LOT_LIFE = 16,
	LOT_BITS = 32
};

enum {
	LIFE_NEVER_ENDS = 0 /* no lot ends when it begins */
};
#define LIFE_SLIDES INT64_MIN

static int64_t offset_of(ref number)
{
	return number < 0 ? -number - 1 : number;
}

static struct lot_neighbour neighbour_of(const struct lot *lot)
{
	bool slides = lot->expires_ms == LOT_SLIDES, ends = lot->expires_ms != 0;

	return (struct lot_neighbour){ .number = lot->number < 0 ? 0 : lot->number,
		.funder = lot->funder,
		.behind = rewapp__wrapped_sum(offset_of(lot->number), -offset_of(lot->command)),
		.mixed = (lot->number < 0) != (lot->command < 0),
		.activates_ms = lot->activates_ms,
		.life_ms = slides ? LIFE_SLIDES
			: ends    ? rewapp__wrapped_sum(lot->expires_ms, -lot->activates_ms)
				  : LIFE_NEVER_ENDS };
}

static void put_lot(struct pack *pack, const struct lot *lot, struct lot_neighbour *before)
{
	struct lot_neighbour now = neighbour_of(lot);
	bool of_batch = lot->number < 0,
	     behind = !now.mixed && !before->mixed && now.behind == before->behind;
	unsigned bits = (of_batch ? LOT_OF_BATCH : 0) | (behind ? LOT_BEHIND : 0) |
		(now.funder == before->funder ? LOT_FUNDER : 0) |
		(lot->remaining == lot->original ? LOT_WHOLE : 0) |
		(now.life_ms == before->life_ms ? LOT_LIFE : 0);

	rewapp__pack_uint(pack, bits);
	rewapp__pack_int(
		pack, of_batch ? offset_of(lot->number) : rewapp__wrapped_sum(lot->number, -before->number));
	if (!behind)
		rewapp__row_ref_put(pack, lot->command);
	if (!(bits & LOT_FUNDER))
		rewapp__row_ref_put(pack, lot->funder);
	rewapp__pack_uint(pack, (uint64_t)lot->original);
	if (!(bits & LOT_WHOLE))
		rewapp__pack_uint(pack, (uint64_t)(lot->original - lot->remaining));
	rewapp__pack_int(pack, rewapp__wrapped_sum(lot->activates_ms, -before->activates_ms));
	if (!(bits & LOT_LIFE))
		rewapp__end_put(pack, lot->activates_ms, lot->expires_ms);
	*before = now;
}

/* --- what is shut ------------------------------------------------------------------------------ */

static bool has_open_hold(const struct wallet *wallet)
{
	for (size_t i = 0; i < wallet->hold_count; i++)
		if (wallet->holds[i]->state == HOLD_OPEN)
			return true;
	return false;
}

static bool can_be_shut(const struct lot *lot)
{
	return lot->number > 0 && lot->expires_ms != LOT_SLIDES;
}

static void shut(struct shut_lots *lots, const struct lot *lot)
{
	if (lots->count == 0)
		lots->ends_ms = lot->expires_ms;
	if (lots->count == 0 || lot->activates_ms > lots->active_ms)
		lots->active_ms = lot->activates_ms;
	if (lots->ends_ms && lot->expires_ms == lots->ends_ms)
		lots->ends_points = rewapp__wrapped_sum(lots->ends_points, lot->remaining);
	lots->last = neighbour_of(lot);
	lots->count++;
}

/* Shuts the first of the open lots; returns how many of them that are.  A hold names its lots: with one, all
 * are open. */
static size_t shut_first(const struct wallet *wallet, struct shut_lots *lots)
{
	size_t i = 0;

	if (has_open_hold(wallet))
		return 0;
	for (; i < wallet->lot_count && can_be_shut(wallet->lots[i]); i++)
		if (wallet->lots[i]->remaining > 0)
			shut(lots, wallet->lots[i]);
	return lots->count < SHUT_MIN ? 0 : i;
}

struct shut_lots rewapp__state_to_shut(const struct wallet *wallet)
{
	struct shut_lots lots = wallet->shut;

	return shut_first(wallet, &lots) ? lots : wallet->shut;
}

static void put_shut(struct pack *pack, const struct shut_lots *lots)
{
	rewapp__pack_uint(pack, lots->count);
	if (!lots->count)
		return;
	rewapp__pack_int(pack, lots->last.number);
	rewapp__pack_int(pack, lots->last.funder);
	rewapp__pack_int(pack, lots->last.behind);
	rewapp__pack_int(pack, lots->last.activates_ms);
	rewapp__pack_span(pack, lots->last.life_ms);
	rewapp__pack_int(pack, rewapp__wrapped_sum(lots->active_ms, -lots->last.activates_ms));
	rewapp__end_put(pack, lots->last.activates_ms, lots->ends_ms);
	rewapp__pack_int(pack, lots->ends_points);
}

void rewapp__state_lots_put(struct pack *pack, const struct wallet *wallet, const struct shut_lots *shut)
{
	struct shut_lots lots = wallet->shut;
	struct lot_neighbour before = shut->last;
	size_t first = shut_first(wallet, &lots);
	uint64_t count = 0;

	put_shut(pack, shut);
	for (size_t i = first; i < wallet->lot_count; i++)
		count += rewapp__wallet_keeps(wallet, wallet->lots[i]);
	rewapp__pack_uint(pack, count);
	for (size_t i = first; i < wallet->lot_count; i++)
		if (rewapp__wallet_keeps(wallet, wallet->lots[i]))
			put_lot(pack, wallet->lots[i], &before);
}

void rewapp__state_shut_put(struct pack *pack, const struct wallet *wallet, const struct shut_lots *shut)
{
	struct lot_neighbour before = wallet->shut.last;
	uint64_t count = wallet->shut.count;

	rewapp__pack_bytes(pack, wallet->shut.bytes, wallet->shut.size);
	for (size_t i = 0; count < shut->count; i++) {
		if (wallet->lots[i]->remaining == 0)
			continue;
		put_lot(pack, wallet->lots[i], &before);
		count++;
	}
}

/* Amounts: not below 1 in all, not below 0 used, nor more than there was. */
static void get_amounts(struct unpack *from, unsigned bits, struct lot *lot)
{
	uint64_t original = rewapp__unpack_uint(from),
		 used = bits & LOT_WHOLE ? 0 : rewapp__unpack_uint(from);

	if (original < 1 || original > INT64_MAX || used > original)
		from->failed = true;
	lot->original = from->failed ? 0 : (int64_t)original;
	lot->remaining = from->failed ? 0 : (int64_t)(original - used);
}

static int64_t end_of(const struct lot *lot, int64_t life_ms)
{
	if (life_ms == LIFE_SLIDES)
		return LOT_SLIDES;
	return life_ms == LIFE_NEVER_ENDS ? 0 : rewapp__wrapped_sum(lot->activates_ms, life_ms);
}

static void get_lot(struct unpack *from, int64_t base, struct lot_neighbour *before, struct lot *lot)
{
	unsigned bits = (unsigned)rewapp__unpack_uint(from);
	int64_t number = rewapp__unpack_int(from);

	from->failed |= bits >= LOT_BITS;
	lot->number = rewapp__wrapped_sum(number, bits & LOT_OF_BATCH ? base : before->number);
	lot->command = bits & LOT_BEHIND ? rewapp__wrapped_sum(lot->number, -before->behind)
					 : rewapp__row_ref_get(from, base);
	lot->funder = bits & LOT_FUNDER ? before->funder : rewapp__row_ref_get(from, base);
	get_amounts(from, bits, lot);
	lot->activates_ms = rewapp__wrapped_sum(before->activates_ms, rewapp__unpack_int(from));
	lot->expires_ms = bits & LOT_LIFE ? end_of(lot, before->life_ms)
					  : rewapp__end_get(from, lot->activates_ms);
	*before = neighbour_of(lot);
	if (bits & LOT_OF_BATCH)
		before->number = 0;
}

static void get_shut(struct unpack *from, struct shut_lots *lots)
{
	lots->count = rewapp__unpack_uint(from);
	if (!lots->count)
		return;
	lots->last.number = rewapp__unpack_int(from);
	lots->last.funder = rewapp__unpack_int(from);
	lots->last.behind = rewapp__unpack_int(from);
	lots->last.activates_ms = rewapp__unpack_int(from);
	lots->last.life_ms = rewapp__unpack_span(from);
	lots->active_ms = rewapp__wrapped_sum(lots->last.activates_ms, rewapp__unpack_int(from));
	lots->ends_ms = rewapp__end_get(from, lots->last.activates_ms);
	lots->ends_points = rewapp__unpack_int(from);
	from->failed |= lots->count > (uint64_t)(from->end - from->at) / LOT_BYTES_MIN;
}

/* Memory for `count` lots and for some that the wallet will get is taken at once; they were written in
 * their order. */
static bool get_some(struct wallet *wallet, struct unpack *from, int64_t base, uint64_t count,
	struct lot_neighbour *before)
{
	struct lot *lots;

	if (from->failed || count > (uint64_t)(from->end - from->at) / LOT_BYTES_MIN) {
		from->failed = true;
		return true;
	}
	lots = rewapp__arena_array(wallet->arena, count, sizeof *lots);
	wallet->lot_capacity = wallet->lot_count + count + LOTS_SPARE;
	wallet->lots = rewapp__arena_array(wallet->arena, wallet->lot_capacity, sizeof(struct lot *));
	if (!lots || !wallet->lots)
		return false;
	for (size_t i = 0; i < count && !from->failed; i++) {
		get_lot(from, base, before, &lots[i]);
		wallet->lots[i] = &lots[i];
	}
	return true;
}

bool rewapp__state_lots_get(struct wallet *wallet, struct unpack *from, int64_t base)
{
	struct lot_neighbour before;
	uint64_t count;

	get_shut(from, &wallet->shut);
	before = wallet->shut.last;
	count = rewapp__unpack_uint(from);
	if (!get_some(wallet, from, base, count, &before))
		return false;
	wallet->lot_count = from->failed ? 0 : count;
	return true;
}

void rewapp__state_shut_get(struct unpack *from, struct wallet *wallet)
{
	const struct counters *now = &wallet->account->now;
	int64_t points = rewapp__wrapped_sum(
		now->credits_posted, -rewapp__wrapped_sum(now->debits_posted, now->debits_pending));

	for (size_t i = 0; i < wallet->lot_count; i++)
		points = rewapp__wrapped_sum(points, -wallet->lots[i]->remaining);
	wallet->shut.points = points;
	wallet->shut.bytes = from->at;
	wallet->shut.size = (size_t)(from->end - from->at);
	from->failed |= wallet->shut.count == 0 || wallet->hold_count > 0;
	from->at = from->end;
}

static bool same(const struct shut_lots *a, const struct shut_lots *b)
{
	return a->count == b->count && a->last.number == b->last.number && a->last.funder == b->last.funder &&
		a->last.behind == b->last.behind && a->last.activates_ms == b->last.activates_ms &&
		a->last.life_ms == b->last.life_ms && a->ends_ms == b->ends_ms &&
		a->ends_points == b->ends_points && a->active_ms == b->active_ms;
}

bool rewapp__state_shut_open(struct wallet *wallet, bool *fits)
{
	struct unpack from = rewapp__unpack(wallet->shut.bytes, wallet->shut.size);
	struct lot **open = wallet->lots;
	struct lot_neighbour before = { 0 };
	struct shut_lots found = { 0 };
	size_t count = (size_t)wallet->shut.count;

	if (!(*fits = get_some(wallet, &from, wallet->base, count, &before)))
		return true;
	for (size_t i = 0; i < count && !from.failed; i++) {
		from.failed |= !can_be_shut(wallet->lots[i]) || wallet->lots[i]->remaining == 0;
		shut(&found, wallet->lots[i]);
	}
	if (from.failed || from.at != from.end || !same(&found, &wallet->shut))
		return false;
	if (wallet->lot_count)
		memcpy(wallet->lots + count, open, wallet->lot_count * sizeof *open);
	wallet->lot_count += count;
	wallet->shut = (struct shut_lots){ .count = 0 };
	return true;
}
