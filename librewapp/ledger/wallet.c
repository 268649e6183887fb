/* A wallet: one member's points in one programme, as lots, holds and a debt. */
#include "ledger/wallet.h"

#include "base/checked.h"
#include "base/error.h"
#include "ledger/ledger.sql.h"
#include "ledger/record.h"
#include "ledger/state.h"

#include <assert.h>
#include <string.h>

/* Stored numbers before new ones, each in their order. */
static int64_t number_order(ref number)
{
	return number < 0 ? INT64_MAX / 2 - number : number;
}

int64_t rewapp__lot_ends_ms(const struct wallet *wallet, const struct lot *lot)
{
	const struct activity *activity = &wallet->activity;

	if (lot->expires_ms != LOT_SLIDES)
		return lot->expires_ms;
	return number_order(lot->number) < number_order(activity->since) ? activity->lapsed_ms
									 : activity->until_ms;
}

static bool lot_is_dead(const struct wallet *wallet, const struct lot *lot, int64_t now_ms)
{
	int64_t ends_ms = rewapp__lot_ends_ms(wallet, lot);

	return ends_ms && ends_ms <= now_ms;
}

static bool lot_is_spendable(const struct wallet *wallet, const struct lot *lot, int64_t now_ms)
{
	return lot->remaining > 0 && lot->activates_ms <= now_ms && !lot_is_dead(wallet, lot, now_ms);
}

/* < 0 when `a` is spent before `b`. */
static int lot_order(const struct wallet *wallet, const struct lot *a, const struct lot *b)
{
	int64_t x = rewapp__lot_ends_ms(wallet, a), y = rewapp__lot_ends_ms(wallet, b);

	x = x ? x : INT64_MAX;
	y = y ? y : INT64_MAX;
	if (x != y)
		return x < y ? -1 : 1;
	if (a->activates_ms != b->activates_ms)
		return a->activates_ms < b->activates_ms ? -1 : 1;
	return number_order(a->number) < number_order(b->number) ? -1 : 1;
}

/* Doubles a list of pointers when it is full. */
static void *grown(struct arena *arena, void *list, size_t count, size_t *capacity)
{
	size_t wanted = *capacity ? *capacity * 2 : 8;
	void *out;

	if (count < *capacity)
		return list;
	out = rewapp__arena_array(arena, wanted, sizeof(void *));
	if (out) {
		if (count)
			memcpy(out, list, count * sizeof(void *));
		*capacity = wanted;
	}
	return out;
}

bool rewapp__wallet_add_lot(struct wallet *wallet, struct lot *lot)
{
	struct lot **lots = grown(wallet->arena, wallet->lots, wallet->lot_count, &wallet->lot_capacity);
	size_t at = wallet->lot_count;

	if (!lots)
		return false;
	wallet->lots = lots;
	for (; at > 0 && lot_order(wallet, lot, lots[at - 1]) < 0; at--)
		lots[at] = lots[at - 1];
	lots[at] = lot;
	wallet->lot_count++;
	return true;
}

void rewapp__wallet_order(struct wallet *wallet)
{
	for (size_t i = 1; i < wallet->lot_count; i++) {
		struct lot *lot = wallet->lots[i];
		size_t at = i;

		for (; at > 0 && lot_order(wallet, lot, wallet->lots[at - 1]) < 0; at--)
			wallet->lots[at] = wallet->lots[at - 1];
		wallet->lots[at] = lot;
	}
}

void rewapp__wallet_slide(struct wallet *wallet, int64_t until_ms, int64_t now_ms, ref command)
{
	struct activity *activity = &wallet->activity;

	if (activity->until_ms && activity->until_ms <= now_ms) {
		activity->lapsed_ms = activity->until_ms;
		activity->since = command;
	}
	activity->until_ms = until_ms;
	rewapp__wallet_order(wallet);
}

void rewapp__wallet_active(struct wallet *wallet, struct book *book, int64_t until_ms)
{
	if (wallet->activity.until_ms && until_ms <= wallet->activity.until_ms)
		return;
	rewapp__wallet_slide(wallet, until_ms, book->now_ms, book->effects->command);
	rewapp__effects_add(book->effects,
		&(struct effect){
			.kind = EFFECT_ACTIVE, .active = { wallet->programme, wallet->member, until_ms } });
}

bool rewapp__wallet_add_hold(struct wallet *wallet, struct hold *hold)
{
	struct hold **holds = grown(wallet->arena, wallet->holds, wallet->hold_count, &wallet->hold_capacity);

	if (!holds)
		return false;
	wallet->holds = holds;
	holds[wallet->hold_count++] = hold;
	return true;
}

struct lot *rewapp__wallet_lot(const struct wallet *wallet, ref number)
{
	assert(!wallet->shut.count);
	for (size_t i = 0; i < wallet->lot_count; i++)
		if (wallet->lots[i]->number == number)
			return wallet->lots[i];
	return NULL;
}

bool rewapp__lot_is_held(const struct wallet *wallet, const struct lot *lot)
{
	for (size_t h = 0; h < wallet->hold_count; h++) {
		const struct hold *hold = wallet->holds[h];

		if (hold->state != HOLD_OPEN)
			continue;
		for (size_t s = 0; s < hold->share_count; s++)
			if (hold->shares[s].lot == lot)
				return true;
	}
	return false;
}

void rewapp__wallet_add_tally(struct wallet *wallet, struct tally *tally)
{
	struct tally **at = &wallet->tallies;

	while (*at &&
		((*at)->what < tally->what ||
			((*at)->what == tally->what && (*at)->window_start < tally->window_start)))
		at = &(*at)->next;
	tally->next = *at;
	*at = tally;
}

/* The open hold that times out next by `now_ms`, behind the hold `after`; hold_count: there is none.
 * Of holds that end together the first stands first. */
static size_t next_due(const struct wallet *wallet, int64_t now_ms, size_t after)
{
	size_t found = wallet->hold_count;

	for (size_t i = 0; i < wallet->hold_count; i++) {
		int64_t ends = wallet->holds[i]->expires_ms;

		if (wallet->holds[i]->state != HOLD_OPEN || ends > now_ms)
			continue;
		if (after != SIZE_MAX &&
			(ends < wallet->holds[after]->expires_ms ||
				(ends == wallet->holds[after]->expires_ms && i <= after)))
			continue;
		if (found == wallet->hold_count || ends < wallet->holds[found]->expires_ms)
			found = i;
	}
	return found;
}

/* What a share that comes back at `at_ms` pays of a debt: a dead lot's points end, they pay nothing. */
static int64_t part_owed(
	const struct wallet *wallet, const struct lot_share *share, int64_t at_ms, int64_t owed)
{
	if (lot_is_dead(wallet, share->lot, at_ms))
		return 0;
	return share->amount < owed ? share->amount : owed;
}

static int64_t share_of(const struct hold *hold, const struct lot *lot)
{
	int64_t points = 0;

	for (size_t s = 0; s < hold->share_count; s++)
		if (hold->shares[s].lot == lot)
			points += hold->shares[s].amount;
	return points;
}

/* What timed-out holds have given back to the lot.  *owed, if it is not 0, is paid first, in the order in
 * which they timed out. */
static int64_t given_back(const struct wallet *wallet, const struct lot *lot, int64_t now_ms, int64_t *owed)
{
	int64_t points = 0;

	for (size_t h = 0; h < wallet->hold_count; h++)
		if (wallet->holds[h]->state == HOLD_OPEN && wallet->holds[h]->expires_ms <= now_ms &&
			!wallet->holds[h]->forfeits)
			points += share_of(wallet->holds[h], lot);
	for (size_t h = SIZE_MAX; *owed && (h = next_due(wallet, now_ms, h)) < wallet->hold_count;) {
		const struct hold *hold = wallet->holds[h];

		for (size_t s = 0; s < hold->share_count && !hold->forfeits; s++) {
			int64_t part = part_owed(wallet, &hold->shares[s], hold->expires_ms, *owed);

			*owed -= part;
			points -= hold->shares[s].lot == lot ? part : 0;
		}
	}
	return points;
}

static int64_t debt_of(const struct wallet *wallet)
{
	return wallet->debt ? -rewapp__account_posted(wallet->debt) : 0;
}

int64_t rewapp__lot_worth(const struct wallet *wallet, const struct lot *lot, int64_t now_ms)
{
	int64_t owed;

	if (lot_is_dead(wallet, lot, now_ms))
		return 0;
	if (wallet->hold_count == 0)
		return lot->remaining;
	owed = debt_of(wallet);
	return lot->remaining + given_back(wallet, lot, now_ms, &owed);
}

bool rewapp__wallet_may_stay_shut(const struct wallet *wallet, int64_t now_ms)
{
	const struct shut_lots *shut = &wallet->shut;

	if (!shut->count)
		return true;
	for (size_t i = 0; i < wallet->lot_count; i++)
		if (wallet->lots[i]->expires_ms == LOT_SLIDES)
			return false;
	return shut->active_ms <= now_ms && (!shut->ends_ms || shut->ends_ms > now_ms) &&
		!wallet->activity.until_ms && debt_of(wallet) == 0;
}

void rewapp__wallet_view(const struct wallet *wallet, int64_t now_ms, struct wallet_view *out)
{
	*out = (struct wallet_view){ .debt = debt_of(wallet),
		.available = wallet->shut.points,
		.next_expiry_ms = wallet->shut.ends_ms,
		.next_expiry_points = wallet->shut.ends_points };
	given_back(wallet, NULL, now_ms, &out->debt);
	for (size_t i = 0; i < wallet->hold_count; i++)
		if (wallet->holds[i]->state == HOLD_OPEN && wallet->holds[i]->expires_ms > now_ms)
			out->held += wallet->holds[i]->amount;
	for (size_t i = 0; i < wallet->lot_count; i++) {
		const struct lot *lot = wallet->lots[i];
		int64_t points = rewapp__lot_worth(wallet, lot, now_ms), ends_ms;

		if (points == 0)
			continue;
		if (lot->activates_ms > now_ms) {
			out->pending += points;
			if (!out->next_activation_ms || lot->activates_ms < out->next_activation_ms)
				out->next_activation_ms = lot->activates_ms;
		} else {
			out->available += points;
		}
		ends_ms = rewapp__lot_ends_ms(wallet, lot);
		if (!ends_ms)
			continue;
		if (!out->next_expiry_ms || ends_ms == out->next_expiry_ms) {
			out->next_expiry_ms = ends_ms;
			out->next_expiry_points += points;
		}
	}
}

static void revive(struct book *book, struct lot *lot)
{
	lot->gone = false;
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_REVIVE,
			.revive = { lot->number, lot->command, lot->funder, lot->original, lot->activates_ms,
				lot->expires_ms } });
}

/* Takes shares out of their lots for the transfer just made, or gives them back (`sign` -1). */
static void move(struct book *book, const struct lot_share *shares, size_t count, int sign)
{
	for (size_t i = 0; i < count; i++) {
		struct lot *lot = shares[i].lot;

		if (shares[i].amount == 0)
			continue;
		if (lot->gone)
			revive(book, lot);
		lot->remaining -= sign * shares[i].amount;
		assert(lot->remaining >= 0 && lot->remaining <= lot->original);
		rewapp__effects_add(book->effects,
			&(struct effect){
				.kind = EFFECT_MOVE, .move = { lot->number, sign * shares[i].amount } });
	}
}

static void hold_end(struct book *book, struct hold *hold, enum hold_state state)
{
	hold->state = state;
	rewapp__plan_add(book->plan, &STMT_LEDGER_HOLD_END, TOUCHES_ONE,
		(struct value[]){ rewapp__ref_value(hold->number), rewapp__value_int(state) }, 2);
}

/* Points that were just given back pay a debt first: nobody spends and owes at the same time. */
static void pay_debt(
	struct wallet *wallet, struct book *book, const struct lot_share *shares, size_t count, int64_t at_ms)
{
	int64_t owed = debt_of(wallet), left = owed;

	for (size_t i = 0; i < count; i++)
		left -= part_owed(wallet, &shares[i], at_ms, left);
	if (left == owed)
		return;
	rewapp__book_transfer(book,
		&(struct transfer){ .code = REWAPP_CODE_DEBT_PAYMENT,
			.debit = wallet->account,
			.credit = wallet->debt,
			.amount = owed - left });
	for (size_t i = 0; i < count; i++) {
		struct lot_share paid = { shares[i].lot, part_owed(wallet, &shares[i], at_ms, owed) };

		move(book, &paid, 1, 1);
		owed -= paid.amount;
	}
}

/* What was given back to its lots is lost, whether these live or not. */
static void forfeit(struct wallet *wallet, struct book *book, const struct hold *hold)
{
	rewapp__book_transfer(book,
		&(struct transfer){
			.code = REWAPP_CODE_FORFEIT,
			.debit = wallet->account,
			.credit = wallet->breakage,
			.amount = hold->amount,
		});
	move(book, hold->shares, hold->share_count, 1);
}

void rewapp__wallet_release(struct wallet *wallet, struct book *book, struct hold *hold,
	enum rewapp_code code, enum hold_state state)
{
	int64_t at_ms = state == HOLD_TIMED_OUT ? hold->expires_ms : book->now_ms;

	assert(hold->state == HOLD_OPEN);
	rewapp__book_transfer(book,
		&(struct transfer){
			.code = code,
			.debit = wallet->account,
			.credit = wallet->clearing,
			.amount = hold->amount,
			.pending = hold->number,
			.held = hold->amount,
		});
	move(book, hold->shares, hold->share_count, -1);
	hold_end(book, hold, state);
	if (hold->forfeits)
		forfeit(wallet, book, hold);
	else
		pay_debt(wallet, book, hold->shares, hold->share_count, at_ms);
}

static void lot_expire(struct wallet *wallet, struct book *book, struct lot *lot)
{
	struct lot_share share = { lot, lot->remaining };

	rewapp__book_transfer(book,
		&(struct transfer){
			.code = REWAPP_CODE_EXPIRY,
			.debit = wallet->account,
			.credit = wallet->breakage,
			.amount = lot->remaining,
		});
	wallet->expired += lot->remaining;
	move(book, &share, 1, 1);
}

static int64_t open_instant(const struct wallet *wallet, int64_t at_ms)
{
	return at_ms < wallet->open_from_ms ? wallet->open_from_ms : at_ms;
}

void rewapp__wallet_settle(struct wallet *wallet, struct book *book, int64_t now_ms)
{
	int64_t occurred_ms = book->occurred_ms;

	for (size_t i; (i = next_due(wallet, now_ms, SIZE_MAX)) < wallet->hold_count;) {
		book->occurred_ms = open_instant(wallet, wallet->holds[i]->expires_ms);
		rewapp__wallet_release(wallet, book, wallet->holds[i], REWAPP_CODE_TIMEOUT, HOLD_TIMED_OUT);
	}
	for (size_t i = 0; i < wallet->lot_count && lot_is_dead(wallet, wallet->lots[i], now_ms); i++) {
		if (wallet->lots[i]->remaining == 0)
			continue;
		book->occurred_ms = open_instant(wallet, rewapp__lot_ends_ms(wallet, wallet->lots[i]));
		lot_expire(wallet, book, wallet->lots[i]);
	}
	book->occurred_ms = occurred_ms;
}

/* Takes what is needed from the lots that are of `whose` (or not), in their order; 0: from all.  Only those
 * that are active at `from_ms`, or only those that are not yet. */
struct choice {
	ref whose;
	bool not_whose, active, pending;
	int64_t at_ms;
};

static bool may_take(const struct wallet *wallet, const struct lot *lot, const struct choice *choice)
{
	if (choice->whose && (lot->command == choice->whose) == choice->not_whose)
		return false;
	if (choice->pending && lot->activates_ms <= choice->at_ms)
		return false;
	return lot->remaining > 0 && (!choice->active || lot_is_spendable(wallet, lot, choice->at_ms));
}

static int64_t choose(struct wallet *wallet, const struct choice *choice, int64_t points,
	struct lot_share *shares, size_t *count)
{
	assert(!wallet->shut.count);
	for (size_t i = 0; i < wallet->lot_count && points > 0; i++) {
		struct lot *lot = wallet->lots[i];
		int64_t part = lot->remaining < points ? lot->remaining : points;

		if (!may_take(wallet, lot, choice))
			continue;
		shares[*count].lot = lot;
		shares[(*count)++].amount = part;
		points -= part;
	}
	return points;
}

int rewapp__wallet_choose(
	struct wallet *wallet, int64_t now_ms, int64_t points, struct lot_share **shares, size_t *count)
{
	struct lot_share *chosen = rewapp__arena_array(wallet->arena, wallet->lot_count, sizeof *chosen);
	const struct choice choice = { .active = true, .at_ms = now_ms };
	size_t taken = 0;

	if (!chosen)
		return rewapp__fail(REWAPP_E_NOMEMORY, "wallet");
	if (choose(wallet, &choice, points, chosen, &taken) > 0)
		return 1;
	*shares = chosen;
	*count = taken;
	return 0;
}

int64_t rewapp__wallet_up_to(const struct wallet *wallet, int64_t now_ms, int64_t points)
{
	struct wallet_view view;

	rewapp__wallet_view(wallet, now_ms, &view);
	if (view.available >= points)
		return points;
	return view.available > 0 ? view.available : 1;
}

static struct lot *lot_open(struct wallet *wallet, const struct book *book, const struct credit *credit,
	ref number, int64_t points)
{
	struct lot *lot = rewapp__arena_take(wallet->arena, sizeof *lot);

	if (!lot)
		return NULL;
	*lot = (struct lot){
		.number = number,
		.command = book->effects->command,
		.funder = credit->from->number,
		.original = points,
		.remaining = points,
		.activates_ms = credit->activates_ms,
		.expires_ms = credit->expires_ms,
	};
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_LOT, .lot = { lot->activates_ms, lot->expires_ms } });
	return rewapp__wallet_add_lot(wallet, lot) ? lot : NULL;
}

bool rewapp__wallet_goes_behind(const struct wallet *wallet, const struct lot *lot)
{
	const struct lot_neighbour *last = &wallet->shut.last;
	struct lot before = { .number = last->number, .activates_ms = last->activates_ms };

	if (!wallet->shut.count)
		return true;
	before.expires_ms = last->life_ms ? rewapp__wrapped_sum(last->activates_ms, last->life_ms) : 0;
	return lot->expires_ms != LOT_SLIDES && lot_order(wallet, &before, lot) < 0;
}

/* Has the lots that are shut opened when the new one does not go behind them. */
static int open_for(struct wallet *wallet, const struct credit *credit)
{
	struct lot lot = {
		.number = -1, .activates_ms = credit->activates_ms, .expires_ms = credit->expires_ms
	};

	return rewapp__wallet_goes_behind(wallet, &lot) ? 0 : rewapp__state_open(wallet);
}

int rewapp__wallet_credit(
	struct wallet *wallet, struct book *book, const struct credit *credit, int64_t *paid)
{
	int64_t owed = debt_of(wallet);
	int64_t to_debt = owed < credit->points ? owed : credit->points;
	struct transfer payment = { REWAPP_CODE_DEBT_PAYMENT, credit->from, wallet->debt, to_debt, 0, 0 };
	struct transfer rest = { credit->code, credit->from, wallet->account, credit->points - to_debt, 0,
		0 };
	struct transfer whole = { credit->code, credit->from, wallet->account, credit->points, 0, 0 };
	int error = rewapp__book_check(&whole);

	if (!error)
		error = open_for(wallet, credit);
	if (error)
		return error;
	if (paid)
		*paid = to_debt;
	if (to_debt > 0)
		rewapp__book_transfer(book, &payment);
	if (rest.amount == 0)
		return 0;
	if (!lot_open(wallet, book, credit, rewapp__book_transfer(book, &rest), rest.amount))
		book->plan->failed = REWAPP_E_NOMEMORY;
	return 0;
}

int rewapp__wallet_debit(struct wallet *wallet, struct book *book, enum rewapp_code code, struct account *to,
	const struct lot_share *shares, size_t count, int64_t points)
{
	struct transfer transfer = { code, wallet->account, to, points, 0, 0 };
	int error = rewapp__book_check(&transfer);

	if (error)
		return error;
	rewapp__book_transfer(book, &transfer);
	move(book, shares, count, 1);
	return 0;
}

/* The lot that arrives; NULL when memory is exhausted. */
static struct lot *receive(
	struct wallet *to, struct book *book, const struct wallet *from, const struct lot_share *share)
{
	struct lot *lot = rewapp__arena_take(to->arena, sizeof *lot);

	if (!lot)
		return NULL;
	*lot = (struct lot){
		.number = rewapp__book_transfer(book,
			&(struct transfer){ .code = REWAPP_CODE_TRANSFER,
				.debit = to->clearing,
				.credit = to->account,
				.amount = share->amount }),
		.command = share->lot->command,
		.funder = share->lot->funder,
		.original = share->amount,
		.remaining = share->amount,
		.activates_ms = share->lot->activates_ms,
		.expires_ms = rewapp__lot_ends_ms(from, share->lot),
	};
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_LOT, .lot = { lot->activates_ms, lot->expires_ms } });
	rewapp__effects_add(book->effects,
		&(struct effect){
			.kind = EFFECT_ORIGIN, .origin = { share->lot->number, lot->command, lot->funder } });
	return rewapp__wallet_add_lot(to, lot) ? lot : NULL;
}

int rewapp__wallet_give(struct wallet *wallet, struct wallet *to, struct book *book,
	const struct lot_share *shares, size_t count, int64_t points)
{
	struct transfer out = { REWAPP_CODE_TRANSFER, wallet->account, wallet->clearing, points, 0, 0 };
	struct transfer in = { REWAPP_CODE_TRANSFER, to->clearing, to->account, points, 0, 0 };
	struct lot_share *given = rewapp__arena_array(to->arena, count, sizeof *given);
	int error = rewapp__book_check(&out);

	if (!error)
		error = rewapp__book_check(&in);
	if (!error && !given)
		error = rewapp__fail(REWAPP_E_NOMEMORY, "wallet");
	if (error)
		return error;
	rewapp__book_transfer(book, &out);
	move(book, shares, count, 1);
	for (size_t i = 0; i < count; i++) {
		given[i] = (struct lot_share){ receive(to, book, wallet, &shares[i]), shares[i].amount };
		if (!given[i].lot)
			return rewapp__fail(REWAPP_E_NOMEMORY, "wallet");
	}
	pay_debt(to, book, given, count, book->now_ms);
	return 0;
}

void rewapp__wallet_forfeit(struct wallet *wallet, struct book *book)
{
	int64_t points = 0;

	assert(!wallet->shut.count);
	for (size_t i = 0; i < wallet->lot_count; i++)
		points += wallet->lots[i]->remaining;
	if (points == 0)
		return;
	rewapp__book_transfer(book,
		&(struct transfer){
			.code = REWAPP_CODE_FORFEIT,
			.debit = wallet->account,
			.credit = wallet->breakage,
			.amount = points,
		});
	for (size_t i = 0; i < wallet->lot_count; i++) {
		struct lot_share share = { wallet->lots[i], wallet->lots[i]->remaining };

		move(book, &share, 1, 1);
	}
}

void rewapp__wallet_close(struct wallet *wallet, struct book *book, bool closed)
{
	rewapp__book_open(book, wallet->account);
	wallet->closed_ms = closed ? book->now_ms : 0;
	wallet->stands_anew = true;
	rewapp__effects_add(book->effects,
		&(struct effect){
			.kind = EFFECT_CLOSED, .closed = { wallet->programme, wallet->member, closed } });
}

int rewapp__wallet_hold(struct wallet *wallet, struct book *book, struct hold *hold)
{
	struct transfer transfer = {
		.code = REWAPP_CODE_HOLD,
		.debit = wallet->account,
		.credit = wallet->clearing,
		.amount = hold->amount,
	};
	int error = rewapp__book_check(&transfer);

	if (error)
		return error;
	if (!rewapp__wallet_add_hold(wallet, hold))
		return rewapp__fail(REWAPP_E_NOMEMORY, "hold");
	hold->number = rewapp__book_transfer(book, &transfer);
	hold->command = book->effects->command;
	hold->state = HOLD_OPEN;
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_HOLD,
			.hold = { hold->merchant, hold->issued_ms, hold->expires_ms, hold->key } });
	move(book, hold->shares, hold->share_count, 1);
	if (hold->offer)
		rewapp__effects_add(book->effects,
			&(struct effect){ .kind = EFFECT_VOUCHER,
				.voucher = {
					hold->number, hold->forfeits, hold->offer, strlen(hold->offer) } });
	return 0;
}

/* The part of each share that lies beyond the first `points` of all: what a hold posted in
 * part gives back. */
static void shares_beyond(
	const struct lot_share *shares, size_t count, int64_t points, struct lot_share *beyond)
{
	for (size_t i = 0; i < count; i++) {
		int64_t kept = shares[i].amount < points ? shares[i].amount : points;

		beyond[i].lot = shares[i].lot;
		beyond[i].amount = shares[i].amount - kept;
		points -= kept;
	}
}

int rewapp__wallet_post(
	struct wallet *wallet, struct book *book, struct hold *hold, struct account *to, int64_t points)
{
	struct transfer transfer = {
		.code = REWAPP_CODE_REDEMPTION,
		.debit = wallet->account,
		.credit = to,
		.amount = points,
		.pending = hold->number,
		.held = hold->amount,
	};
	struct lot_share *beyond = rewapp__arena_array(wallet->arena, hold->share_count, sizeof *beyond);
	int error = rewapp__book_check(&transfer);

	if (!error && !beyond)
		error = rewapp__fail(REWAPP_E_NOMEMORY, "hold");
	if (error)
		return error;
	shares_beyond(hold->shares, hold->share_count, points, beyond);
	hold->number_posted = rewapp__book_transfer(book, &transfer);
	move(book, beyond, hold->share_count, -1);
	hold->posted = points;
	hold_end(book, hold, HOLD_POSTED);
	pay_debt(wallet, book, beyond, hold->share_count, book->now_ms);
	return 0;
}

int rewapp__wallet_restore(struct wallet *wallet, struct book *book, struct account *from,
	struct lot_share *shares, size_t count, int64_t points)
{
	struct transfer transfer = { REWAPP_CODE_REVERSAL, from, wallet->account, points, 0, 0 };
	int error = rewapp__book_check(&transfer);

	if (error)
		return error;
	for (size_t i = count; i-- > 0;) {
		int64_t part = shares[i].amount < points ? shares[i].amount : points;

		shares[i].amount = part;
		points -= part;
	}
	assert(points == 0);
	rewapp__book_transfer(book, &transfer);
	move(book, shares, count, -1);
	pay_debt(wallet, book, shares, count, book->now_ms);
	return 0;
}

/* The transfer for what is missing; no code: it is forgotten. */
static struct transfer for_missing(
	struct wallet *wallet, struct account *to, enum claw_policy policy, int64_t missing)
{
	if (policy == CLAW_OWED)
		return (struct transfer){
			.code = REWAPP_CODE_DEBT, .debit = wallet->debt, .credit = to, .amount = missing
		};
	if (policy == CLAW_WRITTEN_OFF)
		return (struct transfer){ .code = REWAPP_CODE_WRITE_OFF,
			.debit = wallet->breakage,
			.credit = to,
			.amount = missing };
	return (struct transfer){ .amount = 0 };
}

int rewapp__wallet_claw_back(struct wallet *wallet, struct book *book, ref purchase, struct account *to,
	int64_t points, enum claw_policy policy, int64_t *short_by)
{
	struct choice own = {
		.whose = purchase, .pending = policy == CLAW_PENDING_ONLY, .at_ms = book->now_ms
	};
	/* Its own lots, then the others: each at most once. */
	struct lot_share *shares = rewapp__arena_array(wallet->arena, wallet->lot_count, sizeof *shares);
	struct choice others = own;
	size_t count = 0;
	int64_t missing;

	if (!shares)
		return rewapp__fail(REWAPP_E_NOMEMORY, "wallet");
	others.not_whose = true;
	missing = choose(wallet, &own, points, shares, &count);
	if (purchase)
		missing = choose(wallet, &others, missing, shares, &count);
	struct transfer taken = { REWAPP_CODE_CLAWBACK, wallet->account, to, points - missing, 0, 0 };
	struct transfer rest = for_missing(wallet, to, policy, missing);
	struct transfer both = { REWAPP_CODE_CLAWBACK, wallet->account, to, points, 0, 0 };
	int error = rewapp__book_check(&both);

	if (!error && rest.amount)
		error = rewapp__book_check(&rest);
	if (error)
		return error;
	if (taken.amount > 0) {
		rewapp__book_transfer(book, &taken);
		move(book, shares, count, 1);
	}
	if (rest.amount > 0)
		rewapp__book_transfer(book, &rest);
	*short_by = missing;
	return 0;
}

static bool has_changed(const struct wallet *wallet)
{
	for (const struct tally *tally = wallet->tallies; tally; tally = tally->next)
		if (tally->added)
			return true;
	return wallet->account->touched || wallet->debt->touched || wallet->stands_anew;
}

bool rewapp__wallet_state(const struct wallet *wallet, struct pack *out)
{
	if (!has_changed(wallet))
		return false;
	out->size = 0;
	rewapp__state_write(out, wallet);
	return true;
}

void rewapp__wallet_plan(struct plan *plan, const struct wallet_row *row)
{
	struct value number = rewapp__ref_value(row->number), base = rewapp__ref_value(row->base);
	struct value state = rewapp__value_blob(row->state, row->state_size);
	struct value due = rewapp__value_int(row->due_ms), guard = rewapp__value_int(row->stored_base);

	if (!row->stored_base)
		rewapp__plan_add(plan, &STMT_LEDGER_WALLET_INSERT, TOUCHES_ONE,
			(struct value[]){ number, base, due, state, rewapp__ref_value(row->member),
				rewapp__ref_value(row->programme) },
			6);
	else if (row->due_ms != row->stored_due_ms)
		rewapp__plan_add(plan, &STMT_LEDGER_WALLET_UPDATE, TOUCHES_ONE,
			(struct value[]){ number, base, due, state, guard }, 5);
	else
		rewapp__plan_add(plan, &STMT_LEDGER_WALLET_KEEP, TOUCHES_ONE,
			(struct value[]){ number, base, state, guard }, 4);
}

void rewapp__wallet_finish(const struct wallet *wallet, struct plan *plan)
{
	struct pack state;

	rewapp__pack_init(&state, wallet->arena);
	if (!rewapp__wallet_state(wallet, &state))
		return;
	if (state.failed)
		plan->failed = REWAPP_E_NOMEMORY;
	rewapp__wallet_plan(plan,
		&(struct wallet_row){ .number = wallet->account->number,
			.member = wallet->member,
			.programme = wallet->programme,
			.base = -1, /* the first number of this batch */
			.due_ms = rewapp__state_due_ms(wallet),
			.state = state.data,
			.state_size = state.size,
			.stored_base = wallet->base,
			.stored_due_ms = wallet->due_ms });
}
