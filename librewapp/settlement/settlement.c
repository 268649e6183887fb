/* Settlement: who paid for the points that were spent, and so who owes whom. */
#include "settlement/settlement.h"

#include "base/checked.h"
#include "base/error.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

struct account_place {
	enum place place;
	struct party *party; /* of a funder or a shop */
	int64_t member;      /* of a wallet */
};

struct share {
	struct party *funder;
	int64_t lot; /* of a hold's share */
	int64_t points;
	struct share *next;
};

struct settled_hold {
	struct share *shares;
	struct settled_hold *next;
};

/* --- memory ------------------------------------------------------------------------------------ */

static void fail(struct settlement *settlement, int code)
{
	if (!settlement->failed)
		settlement->failed = code;
}

static void *take(struct settlement *settlement, size_t size)
{
	void *out = rewapp__arena_take(settlement->arena, size);

	if (!out)
		fail(settlement, rewapp__fail(REWAPP_E_NOMEMORY, "settlement"));
	return out;
}

static void put(struct settlement *settlement, struct map *map, int64_t number, void *value)
{
	struct map_key key = rewapp__map_key(number, 0);

	if (rewapp__map_put(map, &key, value) < 0)
		fail(settlement, rewapp__fail(REWAPP_E_NOMEMORY, "settlement"));
}

static void *get(const struct map *map, int64_t number)
{
	struct map_key key = rewapp__map_key(number, 0);

	return rewapp__map_get(map, &key);
}

static void forget(struct map *map, int64_t number)
{
	struct map_key key = rewapp__map_key(number, 0);

	rewapp__map_remove(map, &key);
}

static void contradiction(struct settlement *settlement, const char *what, int64_t number)
{
	fail(settlement,
		rewapp__fail(REWAPP_E_CORRUPT, "settlement: %s %lld is not as the log tells it", what,
			(long long)number));
}

static void add(struct settlement *settlement, int64_t *sum, int64_t amount)
{
	if (!rewapp__add(*sum, amount, sum))
		fail(settlement, rewapp__fail(REWAPP_E_OVERFLOW, "settlement: a sum leaves 64 bits"));
}

void rewapp__settlement_begin(struct settlement *settlement, struct arena *arena)
{
	*settlement = (struct settlement){ .arena = arena, .value_points = 1, .value_amount = 1 };
	rewapp__map_init(&settlement->places, arena);
	rewapp__map_init(&settlement->holds, arena);
	rewapp__map_init(&settlement->activities, arena);
	rewapp__lots_init(&settlement->lots, arena->env);
	settlement->idle = -1;
}

void rewapp__settlement_finish(struct settlement *settlement)
{
	rewapp__lots_finish(&settlement->lots);
}

/* --- parties and places -------------------------------------------------------------------------- */

static struct party *party_of(struct settlement *settlement, int64_t owner)
{
	struct party **at = &settlement->parties, *party;

	while (*at && (*at)->owner < owner)
		at = &(*at)->next;
	if (*at && (*at)->owner == owner)
		return *at;
	if (!(party = take(settlement, sizeof *party)))
		return NULL;
	party->owner = owner;
	party->next = *at;
	*at = party;
	settlement->party_count++;
	return party;
}

void rewapp__settlement_account(
	struct settlement *settlement, int64_t number, enum place place, int64_t owner)
{
	struct account_place *account = take(settlement, sizeof *account);

	if (!account)
		return;
	account->place = place;
	account->member = place == PLACE_WALLET ? owner : 0;
	if (place == PLACE_FUNDER || place == PLACE_SHOP)
		account->party = party_of(settlement, owner);
	put(settlement, &settlement->places, number, account);
}

bool rewapp__settlement_knows(const struct settlement *settlement, int64_t account)
{
	return get(&settlement->places, account) != NULL;
}

void rewapp__settlement_value(struct settlement *settlement, int64_t points, int64_t amount)
{
	settlement->value_points = points;
	settlement->value_amount = amount;
}

int64_t rewapp__settlement_worth(const struct settlement *settlement, int64_t points)
{
	int64_t worth = 0;

	rewapp__mul_div(points, settlement->value_amount, settlement->value_points, &worth);
	return worth;
}

int64_t rewapp__settlement_closing(const struct party *party)
{
	return party->opening + party->issued + party->restored - party->redeemed - party->expired -
		party->clawed_back - party->withdrawn - party->paid_debts;
}

void rewapp__settlement_open_period(struct settlement *settlement)
{
	for (struct party *party = settlement->parties; party; party = party->next)
		*party = (struct party){ .owner = party->owner,
			.opening = rewapp__settlement_closing(party),
			.next = party->next };
	settlement->in_period = true;
}

/* --- invoices ------------------------------------------------------------------------------------ */

/* < 0, 0, > 0: where a line stands beside (payer, payee, code). */
static int charge_order(const struct charge *charge, const struct party *payer, const struct party *payee,
	enum rewapp_code code)
{
	if (charge->payer != payer)
		return charge->payer->owner < payer->owner ? -1 : 1;
	if (charge->payee != payee)
		return charge->payee->owner < payee->owner ? -1 : 1;
	return (int)charge->code - (int)code;
}

static struct charge *charge_of(struct settlement *settlement, struct party *payer, struct party *payee)
{
	struct charge **at = &settlement->charges, *charge;
	int order = -1;

	while (*at && (order = charge_order(*at, payer, payee, settlement->code)) < 0)
		at = &(*at)->next;
	if (*at && order == 0)
		return *at;
	if (!(charge = take(settlement, sizeof *charge)))
		return NULL;
	charge->payer = payer;
	charge->payee = payee;
	charge->code = settlement->code;
	charge->next = *at;
	*at = charge;
	settlement->charge_count++;
	return charge;
}

static void bill(struct settlement *settlement, struct party *payer, struct party *payee, int64_t points,
	int64_t amount)
{
	struct charge *charge;

	if (!settlement->in_period || !(charge = charge_of(settlement, payer, payee)))
		return;
	charge->count++;
	add(settlement, &charge->points, points);
	add(settlement, &charge->amount, amount);
	if (payer == payee)
		return;
	add(settlement, &payer->owes, amount);
	add(settlement, &payee->is_owed, amount);
}

/* Bills each funder's share between it and `other`, which pays when `other_pays`.  A share's money is what
 * the points up to it are worth less what those before it are: they add up to the whole. */
static void bill_shares(struct settlement *settlement, struct party *other, bool other_pays)
{
	int64_t points = 0, billed = 0;

	for (const struct share *share = settlement->shares; share; share = share->next) {
		int64_t worth;

		add(settlement, &points, share->points);
		worth = rewapp__settlement_worth(settlement, points) - billed;
		billed += worth;
		if (other_pays)
			bill(settlement, other, share->funder, share->points, worth);
		else if ((settlement->code != REWAPP_CODE_CLAWBACK &&
				 settlement->code != REWAPP_CODE_DEBT_PAYMENT) ||
			share->funder != other)
			bill(settlement, share->funder, other, share->points, worth);
	}
}

/* --- transfers ------------------------------------------------------------------------------------- */

static struct share *share_new(struct settlement *settlement)
{
	struct share *share = settlement->spare_shares;

	if (!share)
		return take(settlement, sizeof *share);
	settlement->spare_shares = share->next;
	*share = (struct share){ .next = NULL };
	return share;
}

static void shares_spare(struct settlement *settlement, struct share **list)
{
	struct share **end = list;

	while (*end)
		end = &(*end)->next;
	*end = settlement->spare_shares;
	settlement->spare_shares = *list;
	*list = NULL;
}

static void share_add(struct settlement *settlement, struct party *funder, int64_t points)
{
	struct share **at = &settlement->shares, *share;

	while (*at && (*at)->funder->owner < funder->owner)
		at = &(*at)->next;
	if (*at && (*at)->funder == funder) {
		add(settlement, &(*at)->points, points);
		return;
	}
	if (!(share = share_new(settlement)))
		return;
	share->funder = funder;
	share->points = points;
	share->next = *at;
	*at = share;
}

static void lot_idle(struct settlement *settlement, struct settled_lot *lot)
{
	if (lot->remaining || lot->held || lot->next_idle)
		return;
	lot->next_idle = settlement->idle;
	settlement->idle = lot->number;
}

/* Ends a hold: what it had goes to the shares of the transfer, or just back (the moves say to where). */
static void hold_spend(struct settlement *settlement)
{
	struct settled_hold *hold = get(&settlement->holds, settlement->pending);
	int64_t left = settlement->points;

	if (!hold) {
		contradiction(settlement, "hold", settlement->pending);
		return;
	}
	for (const struct share *share = hold->shares; share; share = share->next) {
		struct settled_lot *lot = rewapp__lots_find(&settlement->lots, share->lot);
		int64_t part = share->points < left ? share->points : left;

		if (!lot) {
			contradiction(settlement, "lot", share->lot);
			return;
		}
		lot->held -= share->points;
		if (settlement->code == REWAPP_CODE_REDEMPTION && part > 0)
			share_add(settlement, lot->funder, part);
		left -= part;
		lot_idle(settlement, lot);
	}
	forget(&settlement->holds, settlement->pending);
	shares_spare(settlement, &hold->shares);
	hold->next = settlement->spare_holds;
	settlement->spare_holds = hold;
}

void rewapp__settlement_transfer(struct settlement *settlement, const struct settled_transfer *transfer)
{
	const struct account_place *debit = get(&settlement->places, transfer->debit);
	const struct account_place *credit = get(&settlement->places, transfer->credit);

	rewapp__settlement_end_command(settlement);
	if (!debit || !credit) {
		contradiction(settlement, "transfer", transfer->number);
		return;
	}
	settlement->payer = debit->party;
	settlement->payee = credit->party;
	settlement->points = transfer->points;
	settlement->pending = transfer->pending;
	settlement->code = transfer->code;
	settlement->credits = credit->place == PLACE_WALLET;
	settlement->member = credit->member;
	if (transfer->pending)
		hold_spend(settlement);
}

static void lot_put(struct settlement *settlement, int64_t number, struct party *funder, int64_t remaining,
	int64_t expires_ms)
{
	struct settled_lot *lot;

	if (!funder || number <= 0 || rewapp__lots_find(&settlement->lots, number)) {
		contradiction(settlement, "lot", number);
		return;
	}
	if (!(lot = rewapp__lots_put(&settlement->lots, number))) {
		fail(settlement, rewapp__fail(REWAPP_E_NOMEMORY, "settlement"));
		return;
	}
	lot->funder = funder;
	lot->remaining = remaining;
	lot->expires_ms = expires_ms < 0 ? -settlement->member : expires_ms;
}

void rewapp__settlement_lot(struct settlement *settlement, int64_t number, int64_t expires_ms)
{
	settlement->given_ms = expires_ms;
	if (settlement->code != REWAPP_CODE_TRANSFER) /* its origin tells who paid for it */
		lot_put(settlement, number, settlement->payer, settlement->points, expires_ms);
}

void rewapp__settlement_origin(struct settlement *settlement, int64_t number, int64_t funder)
{
	const struct account_place *account = get(&settlement->places, funder);

	lot_put(settlement, number, account ? account->party : NULL, settlement->points,
		settlement->given_ms);
}

void rewapp__settlement_revive(
	struct settlement *settlement, int64_t number, int64_t funder, int64_t expires_ms)
{
	const struct account_place *account = get(&settlement->places, funder);

	if (!rewapp__lots_find(&settlement->lots, number))
		lot_put(settlement, number, account ? account->party : NULL, 0, expires_ms);
}

void rewapp__settlement_active(struct settlement *settlement, int64_t member, int64_t until_ms)
{
	int64_t *kept = get(&settlement->activities, member);

	if (!kept && (kept = take(settlement, sizeof *kept)))
		put(settlement, &settlement->activities, member, kept);
	if (kept)
		*kept = until_ms;
}

void rewapp__settlement_hold(struct settlement *settlement, int64_t number)
{
	struct settled_hold *hold = settlement->spare_holds;

	if (hold)
		settlement->spare_holds = hold->next;
	else
		hold = take(settlement, sizeof *hold);
	settlement->hold = hold;
	if (hold)
		put(settlement, &settlement->holds, number, hold);
}

/* The order of the lots is the order in which a part of the hold is spent. */
static void hold_take(struct settlement *settlement, struct settled_lot *lot, int64_t points)
{
	struct share **at = &settlement->hold->shares, *share = share_new(settlement);

	if (!share)
		return;
	while (*at)
		at = &(*at)->next;
	share->lot = lot->number;
	share->points = points;
	*at = share;
	lot->held += points;
}

void rewapp__settlement_move(struct settlement *settlement, int64_t number, int64_t points)
{
	struct settled_lot *lot = rewapp__lots_find(&settlement->lots, number);

	if (!lot || points > lot->remaining) {
		contradiction(settlement, "lot", number);
		return;
	}
	lot->remaining -= points;
	if (settlement->hold)
		hold_take(settlement, lot, points);
	else if (!settlement->pending)
		share_add(settlement, lot->funder, points < 0 ? -points : points);
	lot_idle(settlement, lot);
}

/* --- what a transfer was, when all of it is told ------------------------------------------------------ */

/* Adds each funder's share to the field at `offset`. */
static void count_shares(struct settlement *settlement, size_t offset)
{
	for (const struct share *share = settlement->shares; share; share = share->next)
		add(settlement, (int64_t *)((char *)share->funder + offset), share->points);
}

static int64_t shares_sum(const struct settlement *settlement)
{
	int64_t sum = 0;

	for (const struct share *share = settlement->shares; share; share = share->next)
		sum += share->points;
	return sum;
}

static void accept(struct settlement *settlement, struct party *shop, int sign)
{
	add(settlement, &shop->accepted, sign * settlement->points);
	add(settlement, &shop->accepted_amount,
		sign * rewapp__settlement_worth(settlement, settlement->points));
	add(settlement, &settlement->ever_spent, sign * settlement->points);
}

static void told_spending(struct settlement *settlement, struct party *shop, bool reversal)
{
	accept(settlement, shop, reversal ? -1 : 1);
	count_shares(
		settlement, reversal ? offsetof(struct party, restored) : offsetof(struct party, redeemed));
	bill_shares(settlement, shop, reversal);
}

static void told_issue(struct settlement *settlement, struct party *funder)
{
	add(settlement, &funder->issued, settlement->points);
	if (settlement->code != REWAPP_CODE_DEBT_PAYMENT)
		return;
	add(settlement, &funder->paid_debts, settlement->points);
	add(settlement, &settlement->debt, -settlement->points);
	if (funder->owner)
		bill(settlement, funder, party_of(settlement, 0), settlement->points,
			rewapp__settlement_worth(settlement, settlement->points));
}

/* Points that came back to their lots paid a debt. */
static void told_payment(struct settlement *settlement)
{
	count_shares(settlement, offsetof(struct party, paid_debts));
	add(settlement, &settlement->debt, -settlement->points);
	bill_shares(settlement, party_of(settlement, 0), false);
}

/* A return of points that were spent: the programme pays their funder, and waits for the member or does not.
 */
static void told_refund(struct settlement *settlement, struct party *funder)
{
	if (funder->owner)
		bill(settlement, party_of(settlement, 0), funder, settlement->points,
			rewapp__settlement_worth(settlement, settlement->points));
}

static bool has_shares(const struct settlement *settlement)
{
	enum rewapp_code code = settlement->code;

	return code == REWAPP_CODE_REDEMPTION || code == REWAPP_CODE_REVERSAL ||
		code == REWAPP_CODE_CLAWBACK || code == REWAPP_CODE_EXPIRY || code == REWAPP_CODE_FORFEIT ||
		(code == REWAPP_CODE_DEBT_PAYMENT && !settlement->payer) ||
		(code == REWAPP_CODE_ADJUSTMENT && !settlement->credits);
}

static void told(struct settlement *settlement)
{
	struct party *payer = settlement->payer, *payee = settlement->payee;

	switch (settlement->code) {
	case REWAPP_CODE_AWARD:
	case REWAPP_CODE_GIFT_CARD:
	case REWAPP_CODE_BONUS:
		told_issue(settlement, payer);
		break;
	case REWAPP_CODE_DEBT_PAYMENT:
		if (payer)
			told_issue(settlement, payer);
		else
			told_payment(settlement);
		break;
	case REWAPP_CODE_ADJUSTMENT:
		if (settlement->credits)
			told_issue(settlement, payer);
		else
			count_shares(settlement, offsetof(struct party, withdrawn));
		break;
	case REWAPP_CODE_REDEMPTION:
		told_spending(settlement, payee, false);
		break;
	case REWAPP_CODE_REVERSAL:
		told_spending(settlement, payer, true);
		break;
	case REWAPP_CODE_CLAWBACK:
		count_shares(settlement, offsetof(struct party, clawed_back));
		bill_shares(settlement, payee, false);
		break;
	case REWAPP_CODE_DEBT:
		add(settlement, &settlement->debt, settlement->points);
		told_refund(settlement, payee);
		break;
	case REWAPP_CODE_WRITE_OFF:
		told_refund(settlement, payee);
		break;
	case REWAPP_CODE_EXPIRY:
	case REWAPP_CODE_FORFEIT:
		count_shares(settlement, offsetof(struct party, expired));
		add(settlement, &settlement->ever_expired, settlement->points);
		break;
	default:
		break;
	}
}

/* Which party a transfer needs, by what it is. */
static bool has_party(const struct settlement *settlement)
{
	switch (settlement->code) {
	case REWAPP_CODE_AWARD:
	case REWAPP_CODE_GIFT_CARD:
	case REWAPP_CODE_BONUS:
	case REWAPP_CODE_REVERSAL:
		return settlement->payer;
	case REWAPP_CODE_ADJUSTMENT:
		return settlement->credits ? settlement->payer != NULL : settlement->payee != NULL;
	case REWAPP_CODE_REDEMPTION:
	case REWAPP_CODE_CLAWBACK:
	case REWAPP_CODE_DEBT:
	case REWAPP_CODE_WRITE_OFF:
		return settlement->payee;
	default:
		return true;
	}
}

void rewapp__settlement_end_command(struct settlement *settlement)
{
	if (settlement->points && !settlement->failed) {
		if (!has_party(settlement) ||
			(has_shares(settlement) && shares_sum(settlement) != settlement->points))
			contradiction(settlement, "a transfer of points, in all", settlement->points);
		else
			told(settlement);
	}
	settlement->points = settlement->pending = 0;
	settlement->payer = settlement->payee = NULL;
	settlement->hold = NULL;
	shares_spare(settlement, &settlement->shares);
}

void rewapp__settlement_end_batch(struct settlement *settlement)
{
	while (settlement->idle > 0) {
		struct settled_lot *lot = rewapp__lots_find(&settlement->lots, settlement->idle);

		settlement->idle = lot->next_idle; /* an idle lot is forgotten here alone, so it is there */
		lot->next_idle = 0;
		if (!lot->remaining && !lot->held)
			rewapp__lots_forget(&settlement->lots, lot);
	}
	rewapp__lots_squeeze(&settlement->lots, false);
}

/* --- the end ------------------------------------------------------------------------------------------ */

/* A lot that slides ends when its member's wallet says. */
static int64_t lot_ends_ms(const struct settlement *settlement, const struct settled_lot *lot)
{
	const int64_t *until_ms;

	if (lot->expires_ms >= 0)
		return lot->expires_ms;
	until_ms = get(&settlement->activities, -lot->expires_ms);
	return until_ms ? *until_ms : 0;
}

static enum rewapp_expiring expiring_when(int64_t expires_ms, int64_t now_ms)
{
	if (!expires_ms)
		return REWAPP_EXPIRING_NEVER;
	if (expires_ms <= now_ms)
		return REWAPP_EXPIRING_LAPSED;
	if (expires_ms - now_ms <= 30 * DAY_MS)
		return REWAPP_EXPIRING_30_DAYS;
	if (expires_ms - now_ms <= 90 * DAY_MS)
		return REWAPP_EXPIRING_90_DAYS;
	return expires_ms - now_ms <= 365 * DAY_MS ? REWAPP_EXPIRING_365_DAYS : REWAPP_EXPIRING_LATER;
}

int rewapp__settlement_check(
	struct settlement *settlement, int64_t now_ms, int64_t expiring[REWAPP_EXPIRING_COUNT])
{
	memset(expiring, 0, REWAPP_EXPIRING_COUNT * sizeof *expiring);
	rewapp__settlement_end_command(settlement);
	for (size_t i = 0; i < settlement->lots.count; i++) {
		const struct settled_lot *lot = &settlement->lots.at[i];

		if (!lot->funder)
			continue;
		add(settlement, &expiring[expiring_when(lot_ends_ms(settlement, lot), now_ms)],
			lot->remaining + lot->held);
		share_add(settlement, lot->funder, lot->remaining + lot->held);
	}
	for (const struct party *party = settlement->parties; party; party = party->next) {
		const struct share *share = settlement->shares;

		while (share && share->funder != party)
			share = share->next;
		if (!settlement->failed && (share ? share->points : 0) != rewapp__settlement_closing(party))
			contradiction(settlement, "what is outstanding of party", party->owner);
	}
	shares_spare(settlement, &settlement->shares);
	return settlement->failed;
}

int64_t rewapp__settlement_breakage(const struct settlement *settlement, int64_t points)
{
	int64_t known, out = 0;

	if (settlement->ever_spent < 0 ||
		!rewapp__add(settlement->ever_spent, settlement->ever_expired, &known) || known <= 0)
		return 0;
	rewapp__mul_div(points, settlement->ever_expired, known, &out);
	return out;
}
