/* A wallet's state: everything that a member has in a programme, in one value of bytes. */
#include "ledger/state.h"

#include "base/error.h"

enum {
	STATE_VERSION = 1
};

/* What only some wallets have stands behind the rest, each part behind its name, in this order. */
enum state_part {
	PART_ACTIVITY = 1,
	PART_STANDING = 2
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
	rewapp__pack_int(pack, account->now.debits_pending);
	rewapp__pack_int(pack, account->now.debits_posted);
	rewapp__pack_int(pack, account->now.credits_pending);
	rewapp__pack_int(pack, account->now.credits_posted);
	rewapp__pack_int(pack, account->version);
	put_ref(pack, account->last);
}

/* Times are told from the ones before: lots of one wallet are alike. */
static void put_lot(struct pack *pack, const struct lot *lot, int64_t *activates_ms)
{
	put_ref(pack, lot->number);
	put_ref(pack, lot->command);
	put_ref(pack, lot->funder);
	rewapp__pack_int(pack, lot->original);
	rewapp__pack_int(pack, lot->original - lot->remaining);
	rewapp__pack_int(pack, (int64_t)((uint64_t)lot->activates_ms - (uint64_t)*activates_ms));
	rewapp__pack_int(pack,
		lot->expires_ms ? (int64_t)((uint64_t)lot->expires_ms - (uint64_t)lot->activates_ms)
				: INT64_MIN); /* of LOT_SLIDES, too: it is read back as it was */
	*activates_ms = lot->activates_ms;
}

static void put_lots(struct pack *pack, const struct wallet *wallet)
{
	int64_t activates_ms = 0;
	uint64_t count = 0;

	for (size_t i = 0; i < wallet->lot_count; i++)
		count += rewapp__wallet_keeps(wallet, wallet->lots[i]);
	rewapp__pack_uint(pack, count);
	for (size_t i = 0; i < wallet->lot_count; i++)
		if (rewapp__wallet_keeps(wallet, wallet->lots[i]))
			put_lot(pack, wallet->lots[i], &activates_ms);
}

static void put_hold(struct pack *pack, const struct hold *hold)
{
	put_ref(pack, hold->number);
	put_ref(pack, hold->command);
	put_ref(pack, hold->merchant);
	rewapp__pack_int(pack, hold->amount);
	rewapp__pack_int(pack, hold->issued_ms);
	rewapp__pack_int(pack, hold->expires_ms - hold->issued_ms);
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
}

/* --- reading ----------------------------------------------------------------------------------- */

static void get_account(struct unpack *from, int64_t base, struct account *account)
{
	account->number = get_ref(from, base);
	account->now.debits_pending = rewapp__unpack_int(from);
	account->now.debits_posted = rewapp__unpack_int(from);
	account->now.credits_pending = rewapp__unpack_int(from);
	account->now.credits_posted = rewapp__unpack_int(from);
	account->version = rewapp__unpack_int(from);
	account->last = get_ref(from, base);
	account->opened = account->number != 0;
}

static bool get_lot(struct wallet *wallet, struct unpack *from, int64_t base, int64_t *activates_ms)
{
	struct lot *lot = rewapp__arena_take(wallet->arena, sizeof *lot);
	int64_t life_ms, used;

	if (!lot)
		return false;
	lot->number = get_ref(from, base);
	lot->command = get_ref(from, base);
	lot->funder = get_ref(from, base);
	lot->original = rewapp__unpack_int(from);
	used = rewapp__unpack_int(from);
	if (lot->original < 1 || used < 0 || used > lot->original)
		from->failed = true;
	lot->remaining = from->failed ? 0 : lot->original - used;
	lot->activates_ms = *activates_ms = rewapp__wrapped_sum(*activates_ms, rewapp__unpack_int(from));
	life_ms = rewapp__unpack_int(from);
	lot->expires_ms = life_ms == INT64_MIN ? 0 : rewapp__wrapped_sum(lot->activates_ms, life_ms);
	return rewapp__wallet_add_lot(wallet, lot);
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
	hold->expires_ms = rewapp__wrapped_sum(hold->issued_ms, rewapp__unpack_int(from));
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

static void get_parts(struct wallet *wallet, struct unpack *from, int64_t base)
{
	uint64_t last = 0;

	while (!from->failed && from->at != from->end) {
		uint64_t part = rewapp__unpack_uint(from);

		if (part <= last || part > PART_STANDING) {
			from->failed = true;
			return;
		}
		last = part;
		if (part == PART_ACTIVITY)
			get_activity(wallet, from, base);
		else
			rewapp__standing_get(from, &wallet->standing);
	}
}

int rewapp__state_read(struct wallet *wallet, int64_t base, const void *bytes, size_t size)
{
	struct unpack from = rewapp__unpack(bytes, size);
	int64_t activates_ms = 0;
	bool fits = true;

	if (rewapp__unpack_uint(&from) != STATE_VERSION)
		from.failed = true;
	get_account(&from, base, wallet->account);
	get_account(&from, base, wallet->debt);
	for (uint64_t n = rewapp__unpack_uint(&from); n > 0 && fits && !from.failed; n--)
		fits = get_lot(wallet, &from, base, &activates_ms);
	for (uint64_t n = rewapp__unpack_uint(&from); n > 0 && fits && !from.failed; n--)
		fits = get_hold(wallet, &from, base);
	for (uint64_t n = rewapp__unpack_uint(&from); n > 0 && fits && !from.failed; n--)
		fits = get_tally(wallet, &from);
	if (fits)
		get_parts(wallet, &from, base);
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
