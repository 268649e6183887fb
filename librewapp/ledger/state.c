/* A wallet's state: everything that a member has in a programme, in one value of bytes. */
#include "ledger/state.h"

#include "base/error.h"
#include "ledger/record.h"
#include "ledger/state_lots.h"

#include <string.h>

enum {
	STATE_VERSION = 2
};

/* What only some wallets have stands behind the rest, each part behind its name, in this order; the lots
 * that are shut are the last, and have no name. */
enum state_part {
	PART_SHUT = 0,
	PART_ACTIVITY = 1,
	PART_STANDING = 2,
	PART_VOUCHERS = 3,
	PART_CLOSED = 4,
	PART_SHARERS = 5,
	PART_SPENDERS = 6
};

/* --- writing ----------------------------------------------------------------------------------- */

static void put_account(struct pack *pack, const struct account *account)
{
	rewapp__row_ref_put(pack, account->opened ? account->number : 0);
	if (!account->opened)
		return;
	rewapp__pack_int(pack, account->now.debits_pending);
	rewapp__pack_int(pack, account->now.debits_posted);
	rewapp__pack_int(pack, account->now.credits_pending);
	rewapp__pack_int(pack, account->now.credits_posted);
	rewapp__pack_int(pack, account->version);
	rewapp__row_ref_put(pack, account->last);
}

static void put_hold(struct pack *pack, const struct hold *hold)
{
	rewapp__row_ref_put(pack, hold->number);
	rewapp__row_ref_put(pack, hold->command);
	rewapp__row_ref_put(pack, hold->merchant);
	rewapp__pack_int(pack, hold->amount);
	rewapp__pack_int(pack, hold->issued_ms);
	rewapp__end_put(pack, hold->issued_ms, hold->expires_ms);
	rewapp__pack_int(pack, hold->key);
	rewapp__pack_uint(pack, hold->share_count);
	for (size_t i = 0; i < hold->share_count; i++) {
		rewapp__row_ref_put(pack, hold->shares[i].lot->number);
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
	rewapp__row_ref_put(pack, activity->since);
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

		rewapp__row_ref_put(pack, sharer->member);
		rewapp__row_ref_put(pack, sharer->since);
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
			rewapp__row_ref_put(pack, wallet->holds[i]->by);
}

void rewapp__state_write(struct pack *out, const struct wallet *wallet)
{
	struct shut_lots shut = rewapp__state_to_shut(wallet);

	rewapp__pack_uint(out, STATE_VERSION);
	put_account(out, wallet->account);
	put_account(out, wallet->debt);
	rewapp__state_lots_put(out, wallet, &shut);
	put_holds(out, wallet);
	put_tallies(out, wallet);
	put_activity(out, &wallet->activity);
	put_standing(out, &wallet->standing);
	put_vouchers(out, wallet);
	put_closed(out, wallet->closed_ms);
	put_sharers(out, wallet);
	put_spenders(out, wallet);
	if (!shut.count)
		return;
	rewapp__pack_uint(out, PART_SHUT);
	rewapp__state_shut_put(out, wallet, &shut);
}

/* --- reading ----------------------------------------------------------------------------------- */

static void get_account(struct unpack *from, int64_t base, struct account *account)
{
	account->number = rewapp__row_ref_get(from, base);
	account->opened = account->number != 0;
	if (!account->opened)
		return;
	account->now.debits_pending = rewapp__unpack_int(from);
	account->now.debits_posted = rewapp__unpack_int(from);
	account->now.credits_pending = rewapp__unpack_int(from);
	account->now.credits_posted = rewapp__unpack_int(from);
	account->version = rewapp__unpack_int(from);
	account->last = rewapp__row_ref_get(from, base);
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

		share->lot = rewapp__wallet_lot(wallet, rewapp__row_ref_get(from, base));
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
	hold->number = rewapp__row_ref_get(from, base);
	hold->command = rewapp__row_ref_get(from, base);
	hold->merchant = rewapp__row_ref_get(from, base);
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
	wallet->activity.since = rewapp__row_ref_get(from, base);
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

		sharer->member = rewapp__row_ref_get(from, base);
		sharer->since = rewapp__row_ref_get(from, base);
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

		if (part == PART_SHUT) {
			rewapp__state_shut_get(from, wallet);
			return true;
		}
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
				wallet->holds[i]->by = rewapp__row_ref_get(from, base);
		else if (!(part == PART_SHARERS ? get_sharers(wallet, from, base)
						: get_vouchers(wallet, from)))
			return false;
	}
	return true;
}

int rewapp__state_read_shut(struct wallet *wallet, int64_t base, const void *bytes, size_t size)
{
	struct unpack from = rewapp__unpack(bytes, size);
	bool fits;

	if (rewapp__unpack_uint(&from) != STATE_VERSION)
		from.failed = true;
	get_account(&from, base, wallet->account);
	get_account(&from, base, wallet->debt);
	fits = rewapp__state_lots_get(wallet, &from, base);
	for (uint64_t n = rewapp__unpack_uint(&from); n > 0 && fits && !from.failed; n--)
		fits = get_hold(wallet, &from, base);
	for (uint64_t n = rewapp__unpack_uint(&from); n > 0 && fits && !from.failed; n--)
		fits = get_tally(wallet, &from);
	if (fits)
		fits = get_parts(wallet, &from, base);
	if (!fits)
		return rewapp__fail(REWAPP_E_NOMEMORY, "wallet");
	if (from.failed || from.at != from.end || (wallet->shut.count && !wallet->shut.bytes))
		return rewapp__fail(REWAPP_E_CORRUPT, "the stored state of a wallet is damaged");
	wallet->base = base;
	wallet->due_ms = rewapp__state_due_ms(wallet);
	wallet->stored = true;
	return 0;
}

int rewapp__state_read(struct wallet *wallet, int64_t base, const void *bytes, size_t size)
{
	int error = rewapp__state_read_shut(wallet, base, bytes, size);

	return error ? error : rewapp__state_open(wallet);
}

int rewapp__state_open(struct wallet *wallet)
{
	bool fits;

	if (!wallet->shut.count)
		return 0;
	if (!rewapp__state_shut_open(wallet, &fits))
		return rewapp__fail(REWAPP_E_CORRUPT, "the stored lots of a wallet are damaged");
	return fits ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "wallet");
}

int64_t rewapp__state_due_ms(const struct wallet *wallet)
{
	int64_t due_ms = wallet->standing.until_ms;

	for (size_t i = 0; i < wallet->hold_count; i++) {
		const struct hold *hold = wallet->holds[i];

		if (hold->state == HOLD_OPEN && (!due_ms || hold->expires_ms < due_ms))
			due_ms = hold->expires_ms;
	}
	if (wallet->shut.count) { /* the soonest to expire stand first */
		int64_t ends_ms = wallet->shut.ends_ms;

		return ends_ms && (!due_ms || ends_ms < due_ms) ? ends_ms : due_ms;
	}
	for (size_t i = 0; i < wallet->lot_count; i++) {
		const struct lot *lot = wallet->lots[i];

		int64_t ends_ms = rewapp__lot_ends_ms(wallet, lot);

		if (lot->remaining > 0 && ends_ms) {
			due_ms = !due_ms || ends_ms < due_ms ? ends_ms : due_ms;
			break;
		}
	}
	return due_ms;
}
