/* The fold: the log is played again from its records, and what follows from it is held in memory. */
#include "ledger/fold.h"

#include "base/checked.h"
#include "ledger/chart.h"
#include "ledger/state.h"

#include <rewapp/errors.h>

#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
	CACHE_LINE = 64
};

void rewapp__fold_problem(struct fold *fold, const char *format, ...)
{
	va_list args;

	if (fold->partial || fold->problems++ > 0)
		return;
	va_start(args, format);
	vsnprintf(fold->first, sizeof fold->first, format, args);
	va_end(args);
}

static void *take(struct fold *fold, size_t size)
{
	void *out = rewapp__arena_take(fold->arena, size);

	fold->failed |= !out;
	return out;
}

static void put(struct fold *fold, struct map *map, int64_t a, int64_t b, void *value)
{
	struct map_key key = rewapp__map_key(a, b);

	fold->failed |= rewapp__map_put(map, &key, value) < 0;
}

static void *get(const struct map *map, int64_t a, int64_t b)
{
	struct map_key key = rewapp__map_key(a, b);

	return rewapp__map_get(map, &key);
}

void rewapp__fold_begin(struct fold *fold, struct arena *arena, int64_t rolled)
{
	struct map *maps[] = { &fold->accounts, &fold->wallets, &fold->holds, &fold->tallies, &fold->undones,
		&fold->objects, &fold->members, &fold->closed, &fold->learnt, &fold->doubts,
		&fold->sightings };

	memset(fold, 0, sizeof *fold);
	fold->arena = fold->days.arena = arena;
	fold->rolled = rolled;
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		rewapp__map_init(maps[i], arena);
}

/* --- sums of hashes --------------------------------------------------------------------------- */

static uint64_t hash_of(const void *bytes, size_t size)
{
	static const unsigned char key[crypto_shorthash_KEYBYTES] = "rewapp.fold";
	uint8_t hash[crypto_shorthash_BYTES];
	uint64_t out;

	crypto_shorthash(hash, bytes, size, key);
	memcpy(&out, hash, sizeof out);
	return out;
}

uint64_t rewapp__fold_id_hash(const struct rewapp_id *id, int64_t number)
{
	uint8_t bytes[sizeof *id + sizeof number];

	memcpy(bytes, id, sizeof *id);
	memcpy(bytes + sizeof *id, &number, sizeof number);
	return hash_of(bytes, sizeof bytes);
}

uint64_t rewapp__fold_end_hash(int64_t hold, int64_t state)
{
	const int64_t numbers[] = { hold, state };

	return hash_of(numbers, sizeof numbers);
}

/* --- one wallet alone ------------------------------------------------------------------------- */

static bool is_of_wallet(const struct fold *fold, const struct effect *transfer)
{
	ref debit = transfer->transfer.debit, credit = transfer->transfer.credit;

	return debit == fold->only->wallet || credit == fold->only->wallet ||
		(fold->only->debt && (debit == fold->only->debt || credit == fold->only->debt));
}

/* Transfers of others and those that had not occurred are left out, with what belongs to them; and what is
 * neither a transfer nor belongs to one makes no points. */
static bool leaves_out(struct fold *fold, const struct effect *effect)
{
	switch (effect->kind) {
	case EFFECT_TRANSFER:
		fold->left_out = !is_of_wallet(fold, effect) ||
			(fold->only->occurred_ms && effect->transfer.occurred_ms > fold->only->occurred_ms);
		return fold->left_out;
	case EFFECT_ACTIVE: /* stands before its transfer, which is of the same command */
		return effect->active.programme != fold->only->programme ||
			(fold->only->occurred_ms && fold->now_ms > fold->only->occurred_ms);
	case EFFECT_ACCOUNT: /* the wallet's own are known */
	case EFFECT_TALLY:
	case EFFECT_UNDONE:
	case EFFECT_RETURNED:
	case EFFECT_PURCHASE:
	case EFFECT_EVENT:
	case EFFECT_MEMBER:
	case EFFECT_DOCUMENT:
	case EFFECT_CASHIER:
	case EFFECT_REFERRED:
	case EFFECT_TIER:
	case EFFECT_CLOSED:
	case EFFECT_SHARER:
	case EFFECT_SPENT:
	case EFFECT_CLOSE:
	case EFFECT_LEARNT:
	case EFFECT_REVIEWED:
	case EFFECT_DOUBT:
	case EFFECT_SIGHTING:
		return true;
	default:
		return fold->left_out;
	}
}

/* --- accounts and wallets --------------------------------------------------------------------- */

static struct fold_wallet *wallet_of(struct fold *fold, ref member, ref programme)
{
	struct fold_wallet *wallet = get(&fold->wallets, member, programme);

	if (wallet || !(wallet = take(fold, sizeof *wallet)))
		return wallet;
	wallet->wallet = (struct wallet){ .account = &wallet->account,
		.debt = &wallet->debt,
		.member = member,
		.programme = programme,
		.arena = fold->arena };
	wallet->account = (struct account){ .programme = programme, .kind = ACCOUNT_WALLET, .owner = member };
	wallet->debt = (struct account){ .programme = programme, .kind = ACCOUNT_DEBT, .owner = member };
	wallet->next = fold->wallet_list;
	fold->wallet_list = wallet;
	fold->wallet_count++;
	put(fold, &fold->wallets, member, programme, wallet);
	return wallet;
}

/* Alone, a wallet's transfers go to and from accounts of which nothing else is known. */
static struct account *account_of(struct fold *fold, ref number)
{
	struct account *account = get(&fold->accounts, number, 0);

	if (account || !fold->only || !(account = take(fold, sizeof(struct fold_account))))
		return account;
	*account = (struct account){
		.number = number, .programme = fold->only->programme, .kind = ACCOUNT_ADJUSTMENT
	};
	put(fold, &fold->accounts, number, 0, account);
	return account;
}

static struct account *account_shared(struct fold *fold, const struct effect *effect)
{
	struct fold_account *shared = take(fold, sizeof *shared);

	if (!shared)
		return NULL;
	shared->account = (struct account){ .programme = effect->account.programme,
		.kind = effect->account.kind,
		.owner = effect->account.owner };
	shared->next = fold->account_list;
	fold->account_list = shared;
	fold->account_count++;
	return &shared->account;
}

static void play_account(struct fold *fold, const struct effect *effect)
{
	ref number = effect->account.number;
	struct fold_wallet *wallet;
	struct account *account;

	if (get(&fold->accounts, number, 0))
		rewapp__fold_problem(fold, "account %lld: opened twice", (long long)number);
	if (effect->account.kind == ACCOUNT_WALLET || effect->account.kind == ACCOUNT_DEBT) {
		if (!(wallet = wallet_of(fold, effect->account.owner, effect->account.programme)))
			return;
		account = effect->account.kind == ACCOUNT_WALLET ? &wallet->account : &wallet->debt;
	} else if (!(account = account_shared(fold, effect))) {
		return;
	}
	account->number = number;
	account->opened = true;
	put(fold, &fold->accounts, number, 0, account);
}

static void open_own(struct fold *fold, const struct fold_only *only, ref number, enum account_kind kind)
{
	if (number)
		play_account(
			fold, &(struct effect){ .account = { number, only->programme, only->member, kind } });
}

void rewapp__fold_only(struct fold *fold, const struct fold_only *only)
{
	fold->only = only;
	open_own(fold, only, only->wallet, ACCOUNT_WALLET);
	open_own(fold, only, only->debt, ACCOUNT_DEBT);
}

/* NULL also when the batch that is played is in the wallet already. */
static struct fold_wallet *wallet_to_play(const struct fold *fold, ref member, ref programme)
{
	struct fold_wallet *wallet = get(&fold->wallets, member, programme);

	return wallet && fold->partial && wallet->base >= fold->base ? NULL : wallet;
}

/* Whose account it is: a member's stands in the wallet itself. */
static struct fold_wallet *holder(const struct account *account)
{
	size_t place = account->kind == ACCOUNT_WALLET ? offsetof(struct fold_wallet, account)
						       : offsetof(struct fold_wallet, debt);

	return (struct fold_wallet *)(void *)((char *)(uintptr_t)account - place);
}

/* NULL also when the batch that is played is in the wallet already. */
static struct fold_wallet *wallet_behind(struct fold *fold, const struct account *account)
{
	struct fold_wallet *wallet;

	if (!rewapp__account_is_members(account) || account == &fold->aside[0] || account == &fold->aside[1])
		return NULL;
	wallet = holder(account);
	return fold->partial && wallet->base >= fold->base ? NULL : wallet;
}

/* The account, or a copy to count on when the batch is in its wallet already. */
static struct account *side(struct fold *fold, ref number, struct account *aside)
{
	struct account *account = account_of(fold, number);

	if (!account || !fold->partial || !rewapp__account_is_members(account) ||
		wallet_behind(fold, account))
		return account;
	*aside = *account;
	return aside;
}

static void touch(struct fold *fold, struct fold_wallet *wallet)
{
	if (!wallet || wallet->touched)
		return;
	wallet->touched = true;
	wallet->next_touched = fold->touched;
	fold->touched = wallet;
}

/* --- transfers -------------------------------------------------------------------------------- */

struct fold_hold {
	struct hold hold;
	struct account *clearing;
	struct fold_wallet *wallet;
	size_t share_capacity;
};

static enum hold_state state_after(enum rewapp_code code)
{
	if (code == REWAPP_CODE_REDEMPTION)
		return HOLD_POSTED;
	return code == REWAPP_CODE_TIMEOUT ? HOLD_TIMED_OUT : HOLD_VOIDED;
}

/* The points that were pending are so no more. */
static void play_hold_end(struct fold *fold, const struct effect *effect, struct fold_hold *end)
{
	struct map_key key = rewapp__map_key(effect->transfer.pending, 0);
	int64_t number = effect->transfer.pending;
	enum hold_state state = state_after(effect->transfer.code);

	if (!end) {
		rewapp__fold_problem(fold, "hold %lld: ended, but it was not open", (long long)number);
		return;
	}
	if (effect->transfer.amount > end->hold.amount || effect->transfer.held != end->hold.amount)
		rewapp__fold_problem(
			fold, "hold %lld: it ends with other points than it held", (long long)number);
	if (state == HOLD_TIMED_OUT ? fold->now_ms < end->hold.expires_ms
				    : fold->now_ms >= end->hold.expires_ms)
		rewapp__fold_problem(fold, "hold %lld: ended at the wrong time", (long long)number);
	end->hold.state = state;
	end->wallet->used_up = true;
	fold->ends += rewapp__fold_end_hash(number, state);
	rewapp__map_remove(&fold->holds, &key);
}

static void play_statement(struct fold *fold, const struct effect *effect)
{
	struct account *side = rewapp__statement_side(fold->debit, fold->credit);
	int64_t number = effect->transfer.number;

	if (!side)
		return;
	if (effect->transfer.prev != side->last || effect->transfer.balance != rewapp__account_posted(side))
		rewapp__fold_problem(fold,
			"transfer %lld: the statement does not link, or its balance is wrong",
			(long long)number);
	side->last = number;
}

struct fold_period *rewapp__fold_closed(const struct fold *fold, ref programme)
{
	return get(&fold->closed, programme, 0);
}

static void play_close(struct fold *fold, const struct record *record, const struct effect *effect)
{
	const struct fold_period *before = rewapp__fold_closed(fold, effect->close.programme);
	struct fold_period *period = take(fold, sizeof *period);

	if ((before && before->until_ms >= effect->close.until_ms) || effect->close.until_ms > fold->now_ms)
		rewapp__fold_problem(
			fold, "command %lld: a period is closed out of its order", (long long)record->number);
	if (!period)
		return;
	*period = (struct fold_period){ record->number, effect->close.programme, effect->close.until_ms,
		fold->period_list };
	fold->period_list = period;
	fold->period_count++;
	put(fold, &fold->closed, period->programme, 0, period);
}

static void check_period(struct fold *fold, const struct effect *effect)
{
	const struct fold_period *period = fold->period_count
		? rewapp__fold_closed(fold, fold->debit->programme)
		: NULL;

	if (period && effect->transfer.occurred_ms < period->until_ms)
		rewapp__fold_problem(fold, "transfer %lld: it lies in a closed period",
			(long long)effect->transfer.number);
}

/* A member's counters never leave 64 bits. */
static void check_counters(struct fold *fold, const struct account *account)
{
	const struct counters *now = &account->now;

	if (rewapp__account_is_members(account) &&
		(now->debits_posted | now->debits_pending | now->credits_posted | now->credits_pending) < 0)
		rewapp__fold_problem(
			fold, "account %lld: a counter left 64 bits", (long long)account->number);
}

/* The store's row of a shared account is as it was before number fold->rolled. */
static void roll(struct account *account)
{
	struct fold_account *shared = (struct fold_account *)account;

	if (!account || rewapp__account_is_members(account))
		return;
	shared->rolled = account->now;
	shared->version_rolled = account->version;
}

/* Of one wallet alone, or of the log's end, the rest is not known. */
static void check_side(struct fold *fold, struct account *account)
{
	const struct counters *now = &account->now;

	if (fold->only || fold->partial)
		return;
	if (!rewapp__account_is_members(account)) {
		struct fold_account *shared = (struct fold_account *)account;

		shared->beyond |= (now->debits_posted | now->debits_pending | now->credits_posted |
					  now->credits_pending) < 0;
		if (shared->beyond)
			return;
	}
	if (!rewapp__chart_allows(account->kind, now))
		rewapp__fold_problem(fold, "account %lld: it stands on the side that its type forbids",
			(long long)account->number);
}

static void count_transfer(struct fold *fold, const struct effect *effect, struct account *clearing)
{
	rewapp__book_replay(effect, fold->debit, fold->credit, clearing);
	check_counters(fold, fold->debit);
	check_counters(fold, fold->credit);
	check_side(fold, fold->debit);
	check_side(fold, fold->credit);
	if (effect->transfer.number >= fold->rolled)
		return;
	rewapp__days_add(&fold->days, effect, fold->debit, fold->credit, fold->now_ms);
	roll(fold->debit);
	roll(fold->credit);
	roll(clearing);
}

/* Nothing is earned in a closed account and nothing spent: what moves there corrects the past. */
static void check_closed(struct fold *fold, const struct effect *effect, const struct fold_wallet *wallet)
{
	switch (effect->transfer.code) {
	case REWAPP_CODE_AWARD:
	case REWAPP_CODE_BONUS:
	case REWAPP_CODE_GIFT_CARD:
	case REWAPP_CODE_ADJUSTMENT:
	case REWAPP_CODE_TRANSFER:
	case REWAPP_CODE_HOLD:
	case REWAPP_CODE_REDEMPTION:
		if (wallet && wallet->wallet.closed_ms)
			rewapp__fold_problem(fold, "transfer %lld: of a closed account",
				(long long)effect->transfer.number);
		break;
	default:
		break;
	}
}

/* Points that one member gives leave one wallet and arrive in others, all of them. */
static void play_gift(struct fold *fold, const struct effect *effect)
{
	struct fold_wallet *from = wallet_behind(fold, fold->debit);

	if (effect->transfer.code != REWAPP_CODE_TRANSFER)
		return;
	if (from)
		fold->giver = from;
	fold->given += fold->debit->kind == ACCOUNT_WALLET ? effect->transfer.amount
							   : -effect->transfer.amount;
}

static void play_transfer(struct fold *fold, const struct effect *effect)
{
	struct fold_hold *end = effect->transfer.pending ? get(&fold->holds, effect->transfer.pending, 0)
							 : NULL;

	fold->transfers++;
	fold->debit = side(fold, effect->transfer.debit, &fold->aside[0]);
	fold->credit = side(fold, effect->transfer.credit, &fold->aside[1]);
	fold->transfer = *effect;
	if (!fold->debit || !fold->credit || fold->debit->programme != fold->credit->programme ||
		effect->transfer.amount < 1) {
		rewapp__fold_problem(fold, "transfer %lld: between no accounts of one programme",
			(long long)effect->transfer.number);
		fold->debit = fold->credit = NULL;
		return;
	}
	check_period(fold, effect);
	check_closed(fold, effect, wallet_behind(fold, fold->debit));
	check_closed(fold, effect, wallet_behind(fold, fold->credit));
	touch(fold, wallet_behind(fold, fold->debit));
	touch(fold, wallet_behind(fold, fold->credit));
	count_transfer(fold, effect, end ? end->clearing : NULL);
	play_gift(fold, effect);
	if (effect->transfer.pending)
		play_hold_end(fold, effect, end);
	play_statement(fold, effect);
}

/* --- lots and holds --------------------------------------------------------------------------- */

static struct lot *lot_take(struct fold *fold)
{
	struct lot *lot = fold->free_lots;

	if (!lot)
		return take(fold, sizeof *lot);
	memcpy(&fold->free_lots, lot, sizeof(void *));
	memset(lot, 0, sizeof *lot);
	return lot;
}

/* All of the wallet's lots; false when they are damaged, or memory is exhausted. */
static bool lots_open(struct fold *fold, struct wallet *wallet)
{
	int error = rewapp__state_open(wallet);

	fold->failed |= error == REWAPP_E_NOMEMORY;
	if (error == REWAPP_E_CORRUPT)
		rewapp__fold_problem(
			fold, "account %lld: %s", (long long)wallet->account->number, rewapp_errmsg());
	return !error;
}

static struct lot *lot_of(struct fold *fold, struct fold_wallet *wallet, ref number)
{
	return wallet && lots_open(fold, &wallet->wallet) ? rewapp__wallet_lot(&wallet->wallet, number)
							  : NULL;
}

static void lot_add(struct fold *fold, struct fold_wallet *wallet, const struct lot *as)
{
	struct lot *lot = lot_take(fold);

	if (!lot || (!rewapp__wallet_goes_behind(&wallet->wallet, as) && !lots_open(fold, &wallet->wallet)))
		return;
	*lot = *as;
	wallet->points = rewapp__wrapped_sum(wallet->points, lot->remaining);
	fold->failed |= !rewapp__wallet_add_lot(&wallet->wallet, lot);
}

static void play_lot(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_wallet *wallet = fold->credit ? wallet_behind(fold, fold->credit) : NULL;

	fold->lots_opened++;
	if (!wallet) {
		rewapp__fold_problem(fold, "command %lld: a lot in no wallet", (long long)record->number);
		return;
	}
	lot_add(fold, wallet,
		&(struct lot){ .number = fold->transfer.transfer.number,
			.command = record->number,
			.funder = fold->debit->number,
			.original = fold->transfer.transfer.amount,
			.remaining = fold->transfer.transfer.amount,
			.activates_ms = effect->lot.activates_ms,
			.expires_ms = effect->lot.expires_ms });
}

/* The lot before goes on as what it was with another member. */
static void play_origin(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_wallet *wallet = fold->credit ? wallet_behind(fold, fold->credit) : NULL;
	struct lot *lot = lot_of(fold, wallet, fold->transfer.transfer.number);
	const struct lot *before = lot_of(fold, fold->giver, effect->origin.lot);

	if (lot) {
		lot->command = effect->origin.command;
		lot->funder = effect->origin.funder;
	}
	if (fold->only || fold->partial)
		return;
	if (!lot || !before || before->command != lot->command || before->funder != lot->funder ||
		rewapp__lot_ends_ms(&fold->giver->wallet, before) != lot->expires_ms)
		rewapp__fold_problem(
			fold, "command %lld: points change with who has them", (long long)record->number);
}

static void play_revive(struct fold *fold, const struct effect *effect)
{
	struct fold_wallet *wallet = fold->credit ? wallet_behind(fold, fold->credit) : NULL;
	ref number = effect->revive.lot;
	const struct lot *lot = lot_of(fold, wallet, number);

	if (fold->only && lot)
		return; /* here it stays when it is used up */
	if (!wallet || lot) {
		rewapp__fold_problem(
			fold, "lot %lld: points again, but it was not used up", (long long)number);
		return;
	}
	lot_add(fold, wallet,
		&(struct lot){ .number = number,
			.command = effect->revive.command,
			.funder = effect->revive.funder,
			.original = effect->revive.original,
			.activates_ms = effect->revive.activates_ms,
			.expires_ms = effect->revive.expires_ms });
}

static void check_move(struct fold *fold, const struct wallet *wallet, const struct lot *lot, int64_t amount)
{
	enum rewapp_code code = fold->transfer.transfer.code;
	int64_t ends_ms = rewapp__lot_ends_ms(wallet, lot);
	bool dead = ends_ms && ends_ms <= fold->now_ms;
	bool spends = amount > 0 &&
		(code == REWAPP_CODE_HOLD || code == REWAPP_CODE_ADJUSTMENT || code == REWAPP_CODE_TRANSFER);

	if (lot->remaining < 0 || lot->remaining > lot->original)
		rewapp__fold_problem(fold, "lot %lld: the remainder does not follow from its moves",
			(long long)lot->number);
	if (spends && (dead || lot->activates_ms > fold->now_ms))
		rewapp__fold_problem(fold, "lot %lld: spent out of its time", (long long)lot->number);
	if (code == REWAPP_CODE_EXPIRY && !dead)
		rewapp__fold_problem(fold, "lot %lld: expired before its time", (long long)lot->number);
}

static void hold_share(struct fold *fold, struct lot *lot, int64_t amount)
{
	struct fold_hold *hold = (struct fold_hold *)fold->hold;
	size_t capacity = hold->share_capacity ? hold->share_capacity * 2 : 4;
	struct lot_share *shares = hold->hold.shares;

	if (hold->hold.share_count == hold->share_capacity) {
		if (!(shares = take(fold, capacity * sizeof *shares)))
			return;
		if (hold->hold.share_count)
			memcpy(shares, hold->hold.shares, hold->hold.share_count * sizeof *shares);
		hold->hold.shares = shares;
		hold->share_capacity = capacity;
	}
	shares[hold->hold.share_count++] = (struct lot_share){ lot, amount };
}

/* Whether the transfer's moves are in their wallet already. */
static bool is_aside(const struct fold *fold)
{
	return rewapp__account_is_members(fold->debit) ? fold->debit == &fold->aside[0]
						       : fold->credit == &fold->aside[1];
}

static void play_move(struct fold *fold, const struct effect *effect)
{
	struct fold_wallet *wallet = fold->debit ? wallet_behind(fold, fold->debit) : NULL;
	struct lot *lot;

	if (!wallet && fold->credit)
		wallet = wallet_behind(fold, fold->credit);
	lot = lot_of(fold, wallet, effect->move.lot);
	if (!lot) {
		rewapp__fold_problem(
			fold, "lot %lld: moved, but it has nothing", (long long)effect->move.lot);
		return;
	}
	if (is_aside(fold))
		return;
	lot->remaining = rewapp__wrapped_sum(lot->remaining, -effect->move.amount);
	wallet->points = rewapp__wrapped_sum(wallet->points, -effect->move.amount);
	wallet->used_up |= lot->remaining == 0;
	check_move(fold, &wallet->wallet, lot, effect->move.amount);
	if (fold->hold)
		hold_share(fold, lot, effect->move.amount);
}

static void play_hold(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_wallet *wallet = fold->debit ? wallet_behind(fold, fold->debit) : NULL;
	struct fold_hold *hold = take(fold, sizeof *hold);

	fold->holds_opened++;
	if (!wallet || !hold) {
		rewapp__fold_problem(fold, "command %lld: a hold on no wallet", (long long)record->number);
		return;
	}
	hold->hold = (struct hold){ .number = fold->transfer.transfer.number,
		.command = record->number,
		.merchant = effect->hold.merchant,
		.amount = fold->transfer.transfer.amount,
		.issued_ms = effect->hold.issued_ms,
		.expires_ms = effect->hold.expires_ms,
		.key = effect->hold.key };
	hold->clearing = fold->credit;
	hold->wallet = wallet;
	fold->hold = &hold->hold;
	fold->failed |= !rewapp__wallet_add_hold(&wallet->wallet, &hold->hold);
	put(fold, &fold->holds, hold->hold.number, 0, hold);
}

static void play_voucher(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_hold *hold = get(&fold->holds, effect->voucher.hold, 0);
	char *offer = take(fold, effect->voucher.offer_size + 1);

	if (!hold || hold->hold.command != record->number || !effect->voucher.offer_size) {
		rewapp__fold_problem(
			fold, "command %lld: a voucher without a hold", (long long)record->number);
		return;
	}
	if (!offer)
		return;
	memcpy(offer, effect->voucher.offer, effect->voucher.offer_size);
	offer[effect->voucher.offer_size] = 0;
	hold->hold.offer = offer;
	hold->hold.forfeits = effect->voucher.forfeits;
}

/* What had ended was recorded before: no activity brings points back to life. */
static void play_active(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_wallet *behind = wallet_of(fold, effect->active.member, effect->active.programme);
	struct wallet *wallet = behind ? &behind->wallet : NULL;

	if (!wallet || !wallet_to_play(fold, effect->active.member, effect->active.programme) ||
		!lots_open(fold, wallet))
		return;
	if (wallet->activity.until_ms && effect->active.until_ms <= wallet->activity.until_ms)
		rewapp__fold_problem(
			fold, "command %lld: an activity shortens a life", (long long)record->number);
	for (size_t i = 0; i < wallet->lot_count; i++)
		if (wallet->lots[i]->expires_ms == LOT_SLIDES && wallet->lots[i]->remaining > 0 &&
			rewapp__lot_ends_ms(wallet, wallet->lots[i]) <= fold->now_ms)
			rewapp__fold_problem(fold,
				"lot %lld: ended, and was not recorded so before an activity",
				(long long)wallet->lots[i]->number);
	rewapp__wallet_slide(wallet, effect->active.until_ms, fold->now_ms, record->number);
	touch(fold, behind);
}

/* --- limits, returns, objects ----------------------------------------------------------------- */

static struct map_key tally_key(ref programme, ref owner, int64_t what, int64_t window_start)
{
	return rewapp__map_key(programme * INT64_C(1000003) ^ what, owner * INT64_C(1000033) ^ window_start);
}

struct tally *rewapp__fold_tally(
	const struct fold *fold, ref programme, ref owner, int64_t what, int64_t window_start)
{
	struct map_key key = tally_key(programme, owner, what, window_start);

	for (struct tally *at = rewapp__map_get(&fold->tallies, &key); at; at = at->same_hash)
		if (at->programme == programme && at->owner == owner && at->what == what &&
			at->window_start == window_start)
			return at;
	return NULL;
}

static struct tally *tally_of(struct fold *fold, ref programme, ref owner, int64_t what, int64_t window_start)
{
	struct map_key key = tally_key(programme, owner, what, window_start);
	struct tally *tally = rewapp__fold_tally(fold, programme, owner, what, window_start);

	if (tally || !(tally = take(fold, sizeof *tally)))
		return tally;
	*tally = (struct tally){
		.programme = programme, .owner = owner, .what = what, .window_start = window_start
	};
	tally->same_hash = rewapp__map_get(&fold->tallies, &key);
	fold->failed |= rewapp__map_put(&fold->tallies, &key, tally) < 0;
	return tally;
}

static void play_tally(struct fold *fold, const struct effect *effect)
{
	struct fold_wallet *wallet = effect->tally.owner
		? wallet_to_play(fold, effect->tally.owner, effect->tally.programme)
		: NULL;
	struct tally *tally = rewapp__fold_tally(fold, effect->tally.programme, effect->tally.owner,
		effect->tally.what, effect->tally.window_start);

	if (fold->partial && !wallet)
		return;
	touch(fold, wallet);
	if (!tally) {
		tally = tally_of(fold, effect->tally.programme, effect->tally.owner, effect->tally.what,
			effect->tally.window_start);
		if (tally && wallet)
			rewapp__wallet_add_tally(&wallet->wallet, tally);
	}
	if (!tally)
		return;
	tally->total += effect->tally.delta;
	if (tally->total < 0)
		rewapp__fold_problem(fold, "limit of programme %lld: more was released than was given",
			(long long)effect->tally.programme);
}

static struct fold_undone *undone_of(struct fold *fold, ref number)
{
	struct fold_undone *undone = get(&fold->undones, number, 0);

	if (undone || !(undone = take(fold, sizeof *undone)))
		return undone;
	undone->number = number;
	undone->next = fold->undone_list;
	fold->undone_list = undone;
	fold->undone_count++;
	put(fold, &fold->undones, number, 0, undone);
	return undone;
}

static void play_tier(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_wallet *wallet = wallet_to_play(fold, effect->tier.member, effect->tier.programme);
	struct unpack from = rewapp__unpack(effect->tier.standing, effect->tier.standing_size);
	struct standing standing;

	rewapp__standing_get(&from, &standing);
	if (!wallet || from.failed || from.at != from.end || standing.since_ms > fold->now_ms)
		rewapp__fold_problem(
			fold, "command %lld: a tier that nobody can have", (long long)record->number);
	else
		wallet->wallet.standing = standing;
	touch(fold, wallet);
}

/* What is closed stays so until it is opened, and is empty at that moment. */
static void play_closed(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_wallet *wallet = wallet_to_play(fold, effect->closed.member, effect->closed.programme);

	if (!wallet || effect->closed.closed == (wallet->wallet.closed_ms != 0) ||
		(effect->closed.closed && (wallet->points || wallet->account.now.debits_pending)))
		rewapp__fold_problem(fold, "command %lld: closes or opens an account that it cannot",
			(long long)record->number);
	else
		wallet->wallet.closed_ms = effect->closed.closed ? fold->now_ms : 0;
	touch(fold, wallet);
}

/* A member joins once, and leaves what he joined. */
static void play_sharer(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_wallet *wallet = wallet_to_play(fold, effect->sharer.household, effect->sharer.programme);
	const struct spending limit = { effect->sharer.day, effect->sharer.month, effect->sharer.total };
	bool shares = wallet && rewapp__household_sharer(&wallet->wallet, effect->sharer.member);

	if (!wallet || (effect->sharer.leaves && !shares) ||
		(!shares && wallet->wallet.sharer_count >= HOUSEHOLD_MAX) || limit.day < 0 ||
		limit.month < 0 || limit.total < 0)
		rewapp__fold_problem(
			fold, "command %lld: a household that cannot be so", (long long)record->number);
	else if (effect->sharer.leaves)
		rewapp__household_drop(&wallet->wallet, effect->sharer.member);
	else
		fold->failed |= !rewapp__household_put(
			&wallet->wallet, effect->sharer.member, record->number, &limit);
	touch(fold, wallet);
}

/* What is taken newly stays within the limits; what was on hold was within them when it was put there. */
static void check_spent(struct fold *fold, const struct record *record, const struct wallet *wallet,
	const struct effect *effect)
{
	const struct spending_window window = { effect->spent.day, effect->spent.month };
	const struct sharer *sharer = rewapp__household_sharer(wallet, effect->spent.member);

	if (rewapp__household_left(wallet, sharer, &window, fold->now_ms) < effect->spent.points)
		rewapp__fold_problem(fold, "command %lld: more than a member of the household may spend",
			(long long)record->number);
}

static void play_spent(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_wallet *behind = wallet_to_play(fold, effect->spent.household, effect->spent.programme);
	struct wallet *wallet = behind ? &behind->wallet : NULL;
	struct sharer *sharer = wallet ? rewapp__household_sharer(wallet, effect->spent.member) : NULL;
	const struct spending_window window = { effect->spent.day, effect->spent.month };
	struct fold_hold *begins = effect->spent.hold ? get(&fold->holds, effect->spent.hold, 0) : NULL;

	touch(fold, behind);
	if (!sharer ||
		(begins && (begins->wallet != behind || begins->hold.amount != effect->spent.points))) {
		rewapp__fold_problem(fold, "command %lld: spent from a wallet that is not shared so",
			(long long)record->number);
		return;
	}
	if (begins || (!effect->spent.hold && effect->spent.points > 0))
		check_spent(fold, record, wallet, effect);
	if (begins)
		begins->hold.by = effect->spent.member;
	else
		rewapp__household_count(sharer, effect->spent.points, &window);
	if ((sharer->spent.day | sharer->spent.month | sharer->spent.total) < 0)
		rewapp__fold_problem(fold, "command %lld: more came back to a household than was spent",
			(long long)record->number);
}

static void play_undone(struct fold *fold, const struct effect *effect)
{
	struct fold_undone *undone = undone_of(fold, effect->undone.number);

	if (!undone)
		return;
	if (effect->undone.amount < undone->amount || effect->undone.points < undone->points)
		rewapp__fold_problem(
			fold, "what was given back of %lld has become less", (long long)undone->number);
	undone->amount = effect->undone.amount;
	undone->points = effect->undone.points;
}

static void play_sighting(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct sighting now, *row;

	if (fold->partial)
		return;
	if (!rewapp__sighting_get(effect->sighting.bytes, effect->sighting.size, record->number, &now)) {
		rewapp__fold_problem(fold, "command %lld: what it saw is damaged", (long long)record->number);
		return;
	}
	if (!(row = get(&fold->sightings, now.number, 0))) {
		if (!(row = take(fold, sizeof *row)))
			return;
		fold->sighting_count++;
		put(fold, &fold->sightings, now.number, 0, row);
	}
	*row = now;
}

/* Articles never come back again: each number is at least the one before. */
static bool lines_grow(const struct fold_undone *undone, const struct effect *effect)
{
	struct unpack before = rewapp__unpack(undone->lines, undone->lines_size);
	struct unpack now = rewapp__unpack(effect->returned.lines, effect->returned.size);
	bool grows = true;

	while (grows && now.at != now.end && !now.failed) {
		uint64_t articles = rewapp__unpack_uint(&now);

		grows = before.at == before.end || rewapp__unpack_uint(&before) <= articles;
	}
	return grows && !now.failed && before.at == before.end;
}

static void play_returned(struct fold *fold, const struct effect *effect)
{
	struct fold_undone *undone = undone_of(fold, effect->returned.number);
	size_t size = effect->returned.size;

	if (!undone)
		return;
	if (!effect->returned.lines || !lines_grow(undone, effect)) {
		rewapp__fold_problem(
			fold, "articles of %lld that came back have become fewer", (long long)undone->number);
		return;
	}
	fold->returned_count += undone->lines == NULL;
	if (size > undone->lines_capacity) {
		undone->lines_capacity = size * 2;
		undone->lines = take(fold, undone->lines_capacity);
	}
	undone->lines_size = undone->lines ? size : 0;
	if (undone->lines)
		memcpy(undone->lines, effect->returned.lines, size);
}

static struct fold_object *object_of(struct fold *fold, struct map *map, struct fold_object **list,
	size_t *count, ref number, int64_t version)
{
	struct fold_object *object = get(map, number, version);

	if (object || !(object = take(fold, sizeof *object)))
		return object;
	object->number = number;
	object->next = *list;
	*list = object;
	++*count;
	put(fold, map, number, version, object);
	return object;
}

static void play_member(struct fold *fold, const struct effect *effect)
{
	struct fold_object *member = object_of(
		fold, &fold->members, &fold->member_list, &fold->member_count, effect->member.number, 0);

	if (!member)
		return;
	member->id = effect->member.id;
	member->status = effect->member.status;
}

static void play_document(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_object *object = object_of(fold, &fold->objects, &fold->object_list, &fold->object_count,
		effect->document.number, effect->document.version);

	if (!object)
		return;
	object->version = effect->document.version;
	memcpy(object->hash, effect->document.hash, sizeof object->hash);
	object->changed = record->number;
	object->name_size = effect->document.name_size;
	if ((object->name = take(fold, object->name_size)))
		memcpy(object->name, effect->document.name, object->name_size);
}

/* --- review ------------------------------------------------------------------------------------ */

static void hash_blob(crypto_generichash_state *state, const void *bytes, size_t size)
{
	const uint64_t length = size;

	crypto_generichash_update(state, (const uint8_t *)&length, sizeof length);
	crypto_generichash_update(state, bytes, size);
}

void rewapp__fold_texts_hash(
	const void *first, size_t first_size, const void *second, size_t second_size, uint8_t out[32])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, 32);
	hash_blob(&state, first, first_size);
	hash_blob(&state, second, second_size);
	crypto_generichash_final(&state, out, 32);
}

static void play_doubt(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_doubt *doubt = take(fold, sizeof *doubt);

	if (!doubt)
		return;
	if (get(&fold->doubts, record->number, 0) || !effect->doubt.line)
		rewapp__fold_problem(fold, "command %lld: its doubt is damaged", (long long)record->number);
	*doubt = (struct fold_doubt){ .number = record->number,
		.id = record->id,
		.member = effect->doubt.member,
		.programme = effect->doubt.programme,
		.candidate = effect->doubt.candidate };
	if (effect->doubt.line)
		rewapp__fold_texts_hash(effect->doubt.line, effect->doubt.line_size, "", 0, doubt->hash);
	fold->doubt_count++;
	put(fold, &fold->doubts, doubt->number, 0, doubt);
}

static void play_learnt(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_learnt *learnt = take(fold, sizeof *learnt);

	if (!learnt)
		return;
	if (get(&fold->learnt, record->number, 0) || !effect->learnt.text || !effect->learnt.who ||
		(effect->learnt.votes != 1 && effect->learnt.votes != -1))
		rewapp__fold_problem(
			fold, "command %lld: what it taught is damaged", (long long)record->number);
	*learnt = (struct fold_learnt){ .number = record->number,
		.merchant = effect->learnt.merchant,
		.line = effect->learnt.line,
		.votes = effect->learnt.votes,
		.at_ms = fold->now_ms };
	if (effect->learnt.text && effect->learnt.who)
		rewapp__fold_texts_hash(effect->learnt.text, effect->learnt.text_size, effect->learnt.who,
			effect->learnt.who_size, learnt->hash);
	fold->learnt_count++;
	put(fold, &fold->learnt, learnt->number, 0, learnt);
}

/* A line is answered once, and waits again only when its answer is taken back. */
static void play_reviewed(struct fold *fold, const struct record *record, const struct effect *effect)
{
	struct fold_doubt *doubt = get(&fold->doubts, effect->reviewed.line, 0);
	struct fold_learnt *learnt = doubt && doubt->answer ? get(&fold->learnt, doubt->answer, 0) : NULL;

	if (!doubt || effect->reviewed.waits != (doubt->answer != 0)) {
		rewapp__fold_problem(fold,
			"command %lld: answers what does not wait, or takes back no answer",
			(long long)record->number);
		return;
	}
	if (learnt)
		learnt->taken_back = record->number;
	doubt->answer = effect->reviewed.waits ? 0 : record->number;
}

/* --- the log's end alone ------------------------------------------------------------------------ */

void rewapp__fold_account_known(
	struct fold *fold, ref number, ref programme, enum account_kind kind, ref owner)
{
	const struct effect effect = { .account = { number, programme, owner, kind } };

	fold->partial = true;
	play_account(fold, &effect);
}

/* A hold as it was read becomes one of the fold's. */
static void hold_known(struct fold *fold, struct fold_wallet *wallet, size_t i)
{
	struct fold_hold *hold = take(fold, sizeof *hold);

	if (!hold)
		return;
	hold->hold = *wallet->wallet.holds[i];
	hold->share_capacity = hold->hold.share_count;
	hold->wallet = wallet;
	wallet->wallet.holds[i] = &hold->hold;
	put(fold, &fold->holds, hold->hold.number, 0, hold);
}

static void tally_known(struct fold *fold, struct tally *tally)
{
	struct map_key key = tally_key(tally->programme, tally->owner, tally->what, tally->window_start);

	tally->same_hash = rewapp__map_get(&fold->tallies, &key);
	fold->failed |= rewapp__map_put(&fold->tallies, &key, tally) < 0;
}

static int64_t points_of(const struct wallet *wallet)
{
	int64_t sum = wallet->shut.points;

	for (size_t i = 0; i < wallet->lot_count; i++)
		sum = rewapp__wrapped_sum(sum, wallet->lots[i]->remaining);
	return sum;
}

int rewapp__fold_wallet_known(
	struct fold *fold, ref member, ref programme, int64_t base, const void *state, size_t size)
{
	struct fold_wallet *wallet = wallet_of(fold, member, programme);
	const void *kept = wallet ? rewapp__arena_copy(fold->arena, state, size) : NULL;
	int error = kept ? rewapp__state_read_shut(&wallet->wallet, base, kept, size) : REWAPP_E_NOMEMORY;

	fold->partial = true;
	if (error < 0)
		return error;
	wallet->base = base;
	put(fold, &fold->accounts, wallet->account.number, 0, &wallet->account);
	if (wallet->debt.opened)
		put(fold, &fold->accounts, wallet->debt.number, 0, &wallet->debt);
	wallet->points = points_of(&wallet->wallet);
	for (size_t i = 0; i < wallet->wallet.hold_count; i++)
		hold_known(fold, wallet, i);
	for (struct tally *tally = wallet->wallet.tallies; tally; tally = tally->next)
		tally_known(fold, tally);
	return 0;
}

/* --- looking ahead ---------------------------------------------------------------------------- */

/* The member's side of the record's first transfer, as far as can be told without looking. */
static ref account_ahead(const struct record *record)
{
	struct effect_reader reader;
	struct effect effect;

	rewapp__effects_open(&reader, record);
	while (rewapp__effects_next(&reader, &effect))
		if (effect.kind == EFFECT_TRANSFER)
			return effect.transfer.code == REWAPP_CODE_AWARD ||
					effect.transfer.code == REWAPP_CODE_ADJUSTMENT
				? effect.transfer.credit
				: effect.transfer.debit;
	return 0;
}

/* Three rows ahead: which accounts, and their places in the map. */
static void foresee_places(
	const struct fold *fold, struct fold_ahead *ahead, const void *row, size_t size, int64_t seq)
{
	struct record_reader reader;
	struct record record;

	ahead->count = 0;
	if (!row)
		return;
	rewapp__record_open(&reader, seq, row, size);
	while (ahead->count < FOLD_AHEAD_ACCOUNTS && rewapp__record_next(&reader, &record)) {
		ref number = account_ahead(&record);
		struct map_key key = rewapp__map_key(number, 0);

		if (!number)
			continue;
		ahead->numbers[ahead->count++] = number;
		rewapp__map_foresee(&fold->accounts, &key);
	}
}

/* Two rows ahead: the wallets. */
static void foresee_wallets(const struct fold *fold, const struct fold_ahead *ahead)
{
	for (size_t i = 0; i < ahead->count; i++) {
		const struct account *account = get(&fold->accounts, ahead->numbers[i], 0);
		const char *wallet = (const char *)account;

		if (!account)
			continue;
		for (size_t at = 0; at < sizeof *account; at += CACHE_LINE)
			__builtin_prefetch(wallet + at);
		__builtin_prefetch(wallet - offsetof(struct fold_wallet, account));
		__builtin_prefetch(wallet - offsetof(struct fold_wallet, account) +
			offsetof(struct fold_wallet, points));
	}
}

/* One row ahead: the lots that the new ones will stand beside. */
static void foresee_lots(const struct fold *fold, const struct fold_ahead *ahead)
{
	for (size_t i = 0; i < ahead->count; i++) {
		const struct account *account = get(&fold->accounts, ahead->numbers[i], 0);
		const struct wallet *wallet;

		if (!account || account->kind != ACCOUNT_WALLET || fold->only)
			continue;
		wallet = &holder(account)->wallet;
		if (wallet->lot_count)
			__builtin_prefetch(wallet->lots[wallet->lot_count - 1]);
	}
}

void rewapp__fold_foresee(struct fold *fold, const void *row, size_t size, int64_t seq)
{
	size_t at = fold->foreseen++;

	foresee_places(fold, &fold->ahead[at % FOLD_AHEAD], row, size, seq);
	foresee_wallets(fold, &fold->ahead[(at + FOLD_AHEAD - 1) % FOLD_AHEAD]);
	foresee_lots(fold, &fold->ahead[(at + FOLD_AHEAD - 2) % FOLD_AHEAD]);
}

/* --- playing ---------------------------------------------------------------------------------- */

static void play(struct fold *fold, const struct record *record, const struct effect *effect)
{
	switch (effect->kind) {
	case EFFECT_ACCOUNT:
		play_account(fold, effect);
		break;
	case EFFECT_TRANSFER:
		fold->hold = NULL;
		play_transfer(fold, effect);
		break;
	case EFFECT_LOT:
		play_lot(fold, record, effect);
		break;
	case EFFECT_ORIGIN:
		play_origin(fold, record, effect);
		break;
	case EFFECT_MOVE:
		play_move(fold, effect);
		break;
	case EFFECT_HOLD:
		play_hold(fold, record, effect);
		break;
	case EFFECT_TALLY:
		play_tally(fold, effect);
		break;
	case EFFECT_UNDONE:
		play_undone(fold, effect);
		break;
	case EFFECT_PURCHASE:
		fold->purchases++;
		break;
	case EFFECT_EVENT:
	case EFFECT_CASHIER:
	case EFFECT_REFERRED:
		break;
	case EFFECT_MEMBER:
		play_member(fold, effect);
		break;
	case EFFECT_DOCUMENT:
		play_document(fold, record, effect);
		break;
	case EFFECT_CLOSE:
		play_close(fold, record, effect);
		break;
	case EFFECT_REVIVE:
		play_revive(fold, effect);
		break;
	case EFFECT_RETURNED:
		play_returned(fold, effect);
		break;
	case EFFECT_ACTIVE:
		play_active(fold, record, effect);
		break;
	case EFFECT_VOUCHER:
		play_voucher(fold, record, effect);
		break;
	case EFFECT_TIER:
		play_tier(fold, record, effect);
		break;
	case EFFECT_CLOSED:
		play_closed(fold, record, effect);
		break;
	case EFFECT_SHARER:
		play_sharer(fold, record, effect);
		break;
	case EFFECT_SPENT:
		play_spent(fold, record, effect);
		break;
	case EFFECT_LEARNT:
		play_learnt(fold, record, effect);
		break;
	case EFFECT_REVIEWED:
		play_reviewed(fold, record, effect);
		break;
	case EFFECT_DOUBT:
		play_doubt(fold, record, effect);
		break;
	case EFFECT_SIGHTING:
		play_sighting(fold, record, effect);
		break;
	}
}

/* Ended holds and then lots with nothing left leave the wallet, as they leave its stored state. */
static void purge(struct fold *fold, struct wallet *wallet)
{
	size_t kept = 0;

	for (size_t i = 0; i < wallet->hold_count; i++)
		if (wallet->holds[i]->state == HOLD_OPEN)
			wallet->holds[kept++] = wallet->holds[i];
	wallet->hold_count = kept;
	kept = 0;
	for (size_t i = 0; i < wallet->lot_count; i++) {
		struct lot *lot = wallet->lots[i];

		if (rewapp__wallet_keeps(wallet, lot)) {
			wallet->lots[kept++] = lot;
			continue;
		}
		memcpy(lot, &fold->free_lots, sizeof(void *));
		fold->free_lots = lot;
	}
	wallet->lot_count = kept;
}

static void check_points(struct fold *fold, const struct fold_wallet *wallet)
{
	const struct counters *now = &wallet->account.now;

	if (wallet->points != now->credits_posted - now->debits_posted - now->debits_pending)
		rewapp__fold_problem(fold, "account %lld: the lots do not add up to the balance",
			(long long)wallet->account.number);
	if (wallet->points > 0 && rewapp__account_posted(&wallet->debt) < 0)
		rewapp__fold_problem(
			fold, "account %lld: points stand beside a debt", (long long)wallet->account.number);
}

static void batch_end(struct fold *fold)
{
	for (struct fold_wallet *wallet = fold->touched; wallet && !fold->only;
		wallet = wallet->next_touched) {
		check_points(fold, wallet);
		if (wallet->used_up)
			purge(fold, &wallet->wallet);
		wallet->used_up = false;
		wallet->base = fold->base;
		wallet->touched = false;
	}
	fold->touched = NULL;
}

void rewapp__fold_record(struct fold *fold, const struct record *record)
{
	struct effect_reader reader;
	struct effect effect;

	if (record->base != fold->base)
		batch_end(fold);
	fold->base = record->base;
	fold->now_ms = record->recorded_ms;
	fold->commands++;
	fold->debit = fold->credit = NULL;
	fold->hold = NULL;
	fold->giver = NULL;
	fold->given = 0;
	rewapp__effects_open(&reader, record);
	while (rewapp__effects_next(&reader, &effect))
		if (!fold->only || !leaves_out(fold, &effect))
			play(fold, record, &effect);
	if (reader.failed)
		rewapp__fold_problem(fold, "command %lld: its record is damaged", (long long)record->number);
	if (fold->given && !fold->only)
		rewapp__fold_problem(fold, "command %lld: not all points that were given arrive",
			(long long)record->number);
}

/* Debits equal credits in every programme; sums are modulo 2^64, as those of shared accounts are. */
static void check_programme(struct fold *fold, const struct account *account, struct map *sums)
{
	uint64_t *sum = get(sums, account->programme, 0);

	if (!sum) {
		if (!(sum = take(fold, 2 * sizeof *sum)))
			return;
		put(fold, sums, account->programme, 0, sum);
	}
	sum[0] += (uint64_t)account->now.debits_posted - (uint64_t)account->now.credits_posted;
	sum[1] += (uint64_t)account->now.debits_pending - (uint64_t)account->now.credits_pending;
}

void rewapp__fold_end(struct fold *fold)
{
	struct map sums;

	batch_end(fold);
	if (fold->partial)
		return;
	rewapp__map_init(&sums, fold->arena);
	for (struct fold_wallet *wallet = fold->wallet_list; wallet; wallet = wallet->next) {
		if (!fold->only && points_of(&wallet->wallet) != wallet->points)
			rewapp__fold_problem(fold, "account %lld: the lots do not add up to the balance",
				(long long)wallet->account.number);
		check_programme(fold, &wallet->account, &sums);
		check_programme(fold, &wallet->debt, &sums);
	}
	for (struct fold_account *shared = fold->account_list; shared; shared = shared->next)
		check_programme(fold, &shared->account, &sums);
	for (size_t i = 0; i < sums.capacity; i++) {
		const uint64_t *sum = sums.slots[i].value;

		if (sum && (sum[0] || sum[1]))
			rewapp__fold_problem(fold, "programme %lld: debits do not equal credits",
				(long long)sums.slots[i].key[0]);
	}
}

/* --- looking up ------------------------------------------------------------------------------- */

struct wallet *rewapp__fold_wallet(const struct fold *fold, ref member, ref programme)
{
	struct fold_wallet *wallet = get(&fold->wallets, member, programme);

	return wallet ? &wallet->wallet : NULL;
}

struct account *rewapp__fold_account(const struct fold *fold, ref number)
{
	return get(&fold->accounts, number, 0);
}

const struct fold_doubt *rewapp__fold_doubt(const struct fold *fold, ref number)
{
	return get(&fold->doubts, number, 0);
}

const struct fold_learnt *rewapp__fold_learnt(const struct fold *fold, ref number)
{
	return get(&fold->learnt, number, 0);
}

struct fold_undone *rewapp__fold_undone(const struct fold *fold, ref number)
{
	return get(&fold->undones, number, 0);
}

struct fold_object *rewapp__fold_object(const struct fold *fold, ref number, int64_t version)
{
	return get(&fold->objects, number, version);
}

const struct sighting *rewapp__fold_sighting(const struct fold *fold, ref number)
{
	return get(&fold->sightings, number, 0);
}

struct fold_object *rewapp__fold_member(const struct fold *fold, ref number)
{
	return get(&fold->members, number, 0);
}
