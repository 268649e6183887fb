/* A wallet's state: everything that a member has in a programme, in one value of bytes. */
#include "ledger/state.h"

#include "base/error.h"
#include "ledger/record.h"

#include <string.h>

enum {
	STATE_VERSION = 1,
	LOTS_SPARE = 4
};

/* What only some wallets have stands behind the rest, each part behind its name, in this order. */
enum state_part {
	PART_ACTIVITY = 1,
	PART_STANDING = 2,
	PART_VOUCHERS = 3,
	PART_CLOSED = 4,
	PART_SHARERS = 5,
	PART_SPENDERS = 6
};

/* --- numbers ----------------------------------------------------------------------------------- */

static void put_ref(struct pack *pack, ref number)
{
	rewapp__pack_uint(pack, number < 0 ? (uint64_t)(-number - 1) << 1 | 1 : (uint64_t)number << 1);
}

static ref get_ref(struct unpack *from, int64_t base)
{
	uint64_t value = rewapp__unpack_uint(from);

	return rewapp__wrapped_sum((ref)(value >> 1), value & 1 ? base : 0);
}

/* --- writing ----------------------------------------------------------------------------------- */

static void put_account(struct pack *pack, const struct account *account)
{
	put_ref(pack, account->opened ? account->number : 0);
	if (!account->opened)
		return;
	rewapp__pack_int(pack, account->now.debits_pending);
	rewapp__pack_int(pack, account->now.debits_posted);
	rewapp__pack_int(pack, account->now.credits_pending);
	rewapp__pack_int(pack, account->now.credits_posted);
	rewapp__pack_int(pack, account->version);
	put_ref(pack, account->last);
}

/* What a lot is told from: the one before it.  Lots of one wallet are alike. */
struct neighbour {
	ref number; /* of a row, not of the batch that writes; else 0 */
	ref funder;
	int64_t behind; /* how far its number lies behind its command's */
	bool mixed;     /* one of the two is of the batch that writes: a reader sees another distance */
	int64_t activates_ms, life_ms;
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

static struct neighbour neighbour_of(const struct lot *lot)
{
	bool slides = lot->expires_ms == LOT_SLIDES, ends = lot->expires_ms != 0;

	return (struct neighbour){ .number = lot->number < 0 ? 0 : lot->number,
		.funder = lot->funder,
		.behind = rewapp__wrapped_sum(offset_of(lot->number), -offset_of(lot->command)),
		.mixed = (lot->number < 0) != (lot->command < 0),
		.activates_ms = lot->activates_ms,
		.life_ms = slides ? LIFE_SLIDES
			: ends    ? rewapp__wrapped_sum(lot->expires_ms, -lot->activates_ms)
				  : LIFE_NEVER_ENDS };
}

static void put_lot(struct pack *pack, const struct lot *lot, struct neighbour *before)
{
	struct neighbour now = neighbour_of(lot);
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
		put_ref(pack, lot->command);
	if (!(bits & LOT_FUNDER))
		put_ref(pack, lot->funder);
	rewapp__pack_uint(pack, (uint64_t)lot->original);
	if (!(bits & LOT_WHOLE))
		rewapp__pack_uint(pack, (uint64_t)(lot->original - lot->remaining));
	rewapp__pack_int(pack, rewapp__wrapped_sum(lot->activates_ms, -before->activates_ms));
	if (!(bits & LOT_LIFE))
		rewapp__end_put(pack, lot->activates_ms, lot->expires_ms);
	*before = now;
}

static void put_lots(struct pack *pack, const struct wallet *wallet)
{
	struct neighbour before = { 0 };
	uint64_t count = 0;

	for (size_t i = 0; i < wallet->lot_count; i++)
		count += rewapp__wallet_keeps(wallet, wallet->lots[i]);
	rewapp__pack_uint(pack, count);
	for (size_t i = 0; i < wallet->lot_count; i++)
		if (rewapp__wallet_keeps(wallet, wallet->lots[i]))
			put_lot(pack, wallet->lots[i], &before);
}

static void put_hold(struct pack *pack, const struct hold *hold)
{
	put_ref(pack, hold->number);
	put_ref(pack, hold->command);
	put_ref(pack, hold->merchant);
	rewapp__pack_int(pack, hold->amount);
	rewapp__pack_int(pack, hold->issued_ms);
	rewapp__end_put(pack, hold->issued_ms, hold->expires_ms);
	rewapp__pack_int(pack, hold->key);
	rewapp__pack_uint(pack, hold->share_count);
	for (size_t i = 0; i < hold->share_count; i++) {
		put_ref(pack, hold->shares[i].lot->number);
		rewapp__pack_int(pack, hold->shares[i].amount);
	}
}

static void put_holds(struct pack *pack, const struct wallet *wallet)
{
	uint64_t count = 0;

	for (size_t i = 0; i < wallet->hold_count; i++)
		count += wallet->holds[i]->state == HOLD_OPEN;
	rewapp__pack_uint(pack, count);
	for (size_t i = 0; i < wallet->hold_count; i++)
		if (wallet->holds[i]->state == HOLD_OPEN)
			put_hold(pack, wallet->holds[i]);
}

static void put_tallies(struct pack *pack, const struct wallet *wallet)
{
	uint64_t count = 0;

	for (const struct tally *tally = wallet->tallies; tally; tally = tally->next)
		count += tally->total + tally->added != 0;
	rewapp__pack_uint(pack, count);
	for (const struct tally *tally = wallet->tallies; tally; tally = tally->next) {
		if (tally->total + tally->added == 0)
			continue;
		rewapp__pack_int(pack, tally->what);
		rewapp__pack_int(pack, tally->window_start);
		rewapp__pack_int(pack, tally->total + tally->added);
	}
}

static void put_activity(struct pack *pack, const struct activity *activity)
{
	if (!activity->until_ms)
		return;
	rewapp__pack_uint(pack, PART_ACTIVITY);
	rewapp__pack_int(pack, activity->until_ms);
	rewapp__pack_int(pack, activity->lapsed_ms);
	put_ref(pack, activity->since);
}

static void put_standing(struct pack *pack, const struct standing *standing)
{
	if (!standing->set)
		return;
	rewapp__pack_uint(pack, PART_STANDING);
	rewapp__standing_put(standing, pack);
}

static bool is_voucher(const struct hold *hold)
{
	return hold->state == HOLD_OPEN && hold->offer;
}

/* Which of the open holds are vouchers: how many others stand before each. */
static void put_vouchers(struct pack *pack, const struct wallet *wallet)
{
	uint64_t count = 0, others = 0;

	for (size_t i = 0; i < wallet->hold_count; i++)
		count += is_voucher(wallet->holds[i]);
	if (count == 0)
		return;
	rewapp__pack_uint(pack, PART_VOUCHERS);
	rewapp__pack_uint(pack, count);
	for (size_t i = 0; i < wallet->hold_count; i++) {
		const struct hold *hold = wallet->holds[i];

		if (!is_voucher(hold)) {
			others += hold->state == HOLD_OPEN;
			continue;
		}
		rewapp__pack_uint(pack, others << 1 | hold->forfeits);
		rewapp__pack_blob(pack, hold->offer, strlen(hold->offer));
		others = 0;
	}
}

static void put_closed(struct pack *pack, int64_t closed_ms)
{
	if (!closed_ms)
		return;
	rewapp__pack_uint(pack, PART_CLOSED);
	rewapp__pack_int(pack, closed_ms);
}

static void put_spending(struct pack *pack, const struct spending *spending)
{
	rewapp__pack_int(pack, spending->day);
	rewapp__pack_int(pack, spending->month);
	rewapp__pack_int(pack, spending->total);
}

static void put_sharers(struct pack *pack, const struct wallet *wallet)
{
	if (wallet->sharer_count == 0)
		return;
	rewapp__pack_uint(pack, PART_SHARERS);
	rewapp__pack_uint(pack, wallet->sharer_count);
	for (size_t i = 0; i < wallet->sharer_count; i++) {
		const struct sharer *sharer = &wallet->sharers[i];

		put_ref(pack, sharer->member);
		put_ref(pack, sharer->since);
		put_spending(pack, &sharer->limit);
		put_spending(pack, &sharer->spent);
		rewapp__pack_int(pack, sharer->window.day);
		rewapp__pack_int(pack, sharer->window.month);
	}
}

/* Whose the open holds are: one for each, once any is somebody's. */
static void put_spenders(struct pack *pack, const struct wallet *wallet)
{
	bool any = false;

	for (size_t i = 0; i < wallet->hold_count; i++)
		any |= wallet->holds[i]->state == HOLD_OPEN && wallet->holds[i]->by;
	if (!any)
		return;
	rewapp__pack_uint(pack, PART_SPENDERS);
	for (size_t i = 0; i < wallet->hold_count; i++)
		if (wallet->holds[i]->state == HOLD_OPEN)
			put_ref(pack, wallet->holds[i]->by);
}

void rewapp__state_write(struct pack *out, const struct wallet *wallet)
{
	rewapp__pack_uint(out, STATE_VERSION);
	put_account(out, wallet->account);
	put_account(out, wallet->debt);
	put_lots(out, wallet);
	put_holds(out, wallet);
	put_tallies(out, wallet);
	put_activity(out, &wallet->activity);
	put_standing(out, &wallet->standing);
	put_vouchers(out, wallet);
	put_closed(out, wallet->closed_ms);
	put_sharers(out, wallet);
	put_spenders(out, wallet);
}

/* --- reading ----------------------------------------------------------------------------------- */

static void get_account(struct unpack *from, int64_t base, struct account *account)
{
	account->number = get_ref(from, base);
	account->opened = account->number != 0;
	if (!account->opened)
		return;
	account->now.debits_pending = rewapp__unpack_int(from);
	account->now.debits_posted = rewapp__unpack_int(from);
	account->now.credits_pending = rewapp__unpack_int(from);
	account->now.credits_posted = rewapp__unpack_int(from);
	account->version = rewapp__unpack_int(from);
	account->last = get_ref(from, base);
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

static void get_lot(struct unpack *from, int64_t base, struct neighbour *before, struct lot *lot)
{
	unsigned bits = (unsigned)rewapp__unpack_uint(from);
	int64_t number = rewapp__unpack_int(from);

	from->failed |= bits >= LOT_BITS;
	lot->number = rewapp__wrapped_sum(number, bits & LOT_OF_BATCH ? base : before->number);
	lot->command = bits & LOT_BEHIND ? rewapp__wrapped_sum(lot->number, -before->behind)
					 : get_ref(from, base);
	lot->funder = bits & LOT_FUNDER ? before->funder : get_ref(from, base);
	get_amounts(from, bits, lot);
	lot->activates_ms = rewapp__wrapped_sum(before->activates_ms, rewapp__unpack_int(from));
	lot->expires_ms = bits & LOT_LIFE ? end_of(lot, before->life_ms)
					  : rewapp__end_get(from, lot->activates_ms);
	*before = neighbour_of(lot);
	if (bits & LOT_OF_BATCH)
		before->number = 0;
}

/* Of a wallet that has none yet: memory for all of them, and for some that it will get, is taken at once.
 * They were written in their order. */
static bool get_lots(struct wallet *wallet, struct unpack *from, int64_t base)
{
	uint64_t count = rewapp__unpack_uint(from);
	struct neighbour before = { 0 };
	struct lot *lots;

	if (from->failed || count > (uint64_t)(from->end - from->at)) {
		from->failed = true;
		return true;
	}
	lots = rewapp__arena_array(wallet->arena, count, sizeof *lots);
	wallet->lots = rewapp__arena_array(wallet->arena, count + LOTS_SPARE, sizeof(struct lot *));
	wallet->lot_capacity = wallet->lots ? count + LOTS_SPARE : 0;
	if (!lots || !wallet->lots)
		return false;
	for (uint64_t i = 0; i < count && !from->failed; i++) {
		get_lot(from, base, &before, &lots[i]);
		wallet->lots[wallet->lot_count++] = &lots[i];
	}
	return true;
}

static bool get_shares(struct wallet *wallet, struct unpack *from, int64_t base, struct hold *hold)
{
	uint64_t count = rewapp__unpack_uint(from);

	if (from->failed || count > (uint64_t)(from->end - from->at)) {
		from->failed = true;
		return true;
	}
	hold->shares = rewapp__arena_array(wallet->arena, count, sizeof *hold->shares);
	if (!hold->shares)
		return false;
	for (; hold->share_count < count; hold->share_count++) {
		struct lot_share *share = &hold->shares[hold->share_count];

		share->lot = rewapp__wallet_lot(wallet, get_ref(from, base));
		share->amount = rewapp__unpack_int(from);
		if (!share->lot) {
			from->failed = true;
			break;
		}
	}
	return true;
}

static bool get_hold(struct wallet *wallet, struct unpack *from, int64_t base)
{
	struct hold *hold = rewapp__arena_take(wallet->arena, sizeof *hold);

	if (!hold)
		return false;
	hold->number = get_ref(from, base);
	hold->command = get_ref(from, base);
	hold->merchant = get_ref(from, base);
	hold->amount = rewapp__unpack_int(from);
	hold->issued_ms = rewapp__unpack_int(from);
	hold->expires_ms = rewapp__end_get(from, hold->issued_ms);
	hold->key = rewapp__unpack_int(from);
	hold->state = HOLD_OPEN;
	return get_shares(wallet, from, base, hold) && rewapp__wallet_add_hold(wallet, hold);
}

static bool get_tally(struct wallet *wallet, struct unpack *from)
{
	struct tally *tally = rewapp__arena_take(wallet->arena, sizeof *tally);

	if (!tally)
		return false;
	tally->programme = wallet->programme;
	tally->owner = wallet->member;
	tally->what = rewapp__unpack_int(from);
	tally->window_start = rewapp__unpack_int(from);
	tally->total = rewapp__unpack_int(from);
	rewapp__wallet_add_tally(wallet, tally);
	return true;
}

static void get_activity(struct wallet *wallet, struct unpack *from, int64_t base)
{
	wallet->activity.until_ms = rewapp__unpack_int(from);
	wallet->activity.lapsed_ms = rewapp__unpack_int(from);
	wallet->activity.since = get_ref(from, base);
	rewapp__wallet_order(wallet);
}

/* False when memory is exhausted. */
static bool get_vouchers(struct wallet *wallet, struct unpack *from)
{
	size_t at = 0;

	for (uint64_t n = rewapp__unpack_uint(from); n > 0 && !from->failed; n--) {
		uint64_t first = rewapp__unpack_uint(from);
		size_t size;
		const void *offer = rewapp__unpack_blob(from, &size);

		if (from->failed || !offer || first >> 1 >= wallet->hold_count - at) {
			from->failed = true;
			return true;
		}
		at += first >> 1;
		wallet->holds[at]->forfeits = first & 1;
		if (!(wallet->holds[at++]->offer = rewapp__arena_copy(wallet->arena, offer, size)))
			return false;
	}
	return true;
}

static struct spending get_spending(struct unpack *from)
{
	struct spending out;

	out.day = rewapp__unpack_int(from);
	out.month = rewapp__unpack_int(from);
	out.total = rewapp__unpack_int(from);
	from->failed |= (out.day | out.month | out.total) < 0;
	return out;
}

/* False when memory is exhausted. */
static bool get_sharers(struct wallet *wallet, struct unpack *from, int64_t base)
{
	uint64_t count = rewapp__unpack_uint(from);

	if (from->failed || count > HOUSEHOLD_MAX) {
		from->failed = true;
		return true;
	}
	if (!(wallet->sharers = rewapp__arena_array(wallet->arena, count, sizeof *wallet->sharers)))
		return false;
	for (; wallet->sharer_count < count && !from->failed; wallet->sharer_count++) {
		struct sharer *sharer = &wallet->sharers[wallet->sharer_count];

		sharer->member = get_ref(from, base);
		sharer->since = get_ref(from, base);
		sharer->limit = get_spending(from);
		sharer->spent = get_spending(from);
		sharer->window.day = rewapp__unpack_int(from);
		sharer->window.month = rewapp__unpack_int(from);
	}
	return true;
}

/* False when memory is exhausted. */
static bool get_parts(struct wallet *wallet, struct unpack *from, int64_t base)
{
	uint64_t last = 0;

	while (!from->failed && from->at != from->end) {
		uint64_t part = rewapp__unpack_uint(from);

		if (part <= last || part > PART_SPENDERS) {
			from->failed = true;
			return true;
		}
		last = part;
		if (part == PART_ACTIVITY)
			get_activity(wallet, from, base);
		else if (part == PART_STANDING)
			rewapp__standing_get(from, &wallet->standing);
		else if (part == PART_CLOSED)
			wallet->closed_ms = rewapp__unpack_int(from);
		else if (part == PART_SPENDERS)
			for (size_t i = 0; i < wallet->hold_count; i++)
				wallet->holds[i]->by = get_ref(from, base);
		else if (!(part == PART_SHARERS ? get_sharers(wallet, from, base)
						: get_vouchers(wallet, from)))
			return false;
	}
	return true;
}

int rewapp__state_read(struct wallet *wallet, int64_t base, const void *bytes, size_t size)
{
	struct unpack from = rewapp__unpack(bytes, size);
	bool fits;

	if (rewapp__unpack_uint(&from) != STATE_VERSION)
		from.failed = true;
	get_account(&from, base, wallet->account);
	get_account(&from, base, wallet->debt);
	fits = get_lots(wallet, &from, base);
	for (uint64_t n = rewapp__unpack_uint(&from); n > 0 && fits && !from.failed; n--)
		fits = get_hold(wallet, &from, base);
	for (uint64_t n = rewapp__unpack_uint(&from); n > 0 && fits && !from.failed; n--)
		fits = get_tally(wallet, &from);
	if (fits)
		fits = get_parts(wallet, &from, base);
	if (!fits)
		return rewapp__fail(REWAPP_E_NOMEMORY, "wallet");
	if (from.failed || from.at != from.end)
		return rewapp__fail(REWAPP_E_CORRUPT, "the stored state of a wallet is damaged");
	wallet->base = base;
	wallet->due_ms = rewapp__state_due_ms(wallet);
	wallet->stored = true;
	return 0;
}

int64_t rewapp__state_due_ms(const struct wallet *wallet)
{
	int64_t due_ms = wallet->standing.until_ms;

	for (size_t i = 0; i < wallet->hold_count; i++) {
		const struct hold *hold = wallet->holds[i];

		if (hold->state == HOLD_OPEN && (!due_ms || hold->expires_ms < due_ms))
			due_ms = hold->expires_ms;
	}
	for (size_t i = 0; i < wallet->lot_count; i++) { /* the soonest to expire stand first */
		const struct lot *lot = wallet->lots[i];

		int64_t ends_ms = rewapp__lot_ends_ms(wallet, lot);

		if (lot->remaining > 0 && ends_ms) {
			due_ms = !due_ms || ends_ms < due_ms ? ends_ms : due_ms;
			break;
		}
	}
	return due_ms;
}
