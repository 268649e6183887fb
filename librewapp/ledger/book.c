/* The book: the accounts of one batch, and the transfers that it writes. */
#include "ledger/book.h"

#include "base/checked.h"
#include "base/error.h"
#include "ledger/chart.h"
#include "ledger/ledger.sql.h"
#include "ledger/record.h"

#include <assert.h>

struct value rewapp__ref_value(ref number)
{
	return number < 0 ? rewapp__value_seq(-number - 1) : rewapp__value_int(number);
}

ref rewapp__ref_new(struct plan *plan)
{
	return -rewapp__plan_seq(plan) - 1;
}

bool rewapp__account_is_members(const struct account *account)
{
	return account->kind == ACCOUNT_WALLET || account->kind == ACCOUNT_DEBT;
}

int64_t rewapp__account_posted(const struct account *account)
{
	return account->now.credits_posted - account->now.debits_posted;
}

void rewapp__book_begin(struct book *book, struct plan *plan, struct effects *effects, int64_t now_ms)
{
	*book = (struct book){ .plan = plan, .effects = effects, .now_ms = now_ms };
}

/* Holds, releases and time-outs move pending points only. */
static int64_t posted_by(enum rewapp_code code, int64_t amount)
{
	bool pending_only = code == REWAPP_CODE_HOLD || code == REWAPP_CODE_RELEASE ||
		code == REWAPP_CODE_TIMEOUT;

	return pending_only ? 0 : amount;
}

static bool has_room(const struct account *account, int64_t counter, int64_t points)
{
	return !rewapp__account_is_members(account) || rewapp__add(counter, points, &counter);
}

int rewapp__book_check(const struct transfer *transfer)
{
	const struct account *debit = transfer->debit, *credit = transfer->credit;
	int64_t posted = posted_by(transfer->code, transfer->amount);
	int64_t held = transfer->code == REWAPP_CODE_HOLD ? transfer->amount : 0;

	if (!has_room(debit, debit->now.debits_posted, posted) ||
		!has_room(debit, debit->now.debits_pending, held) ||
		!has_room(credit, credit->now.credits_posted, posted))
		return rewapp__fail(REWAPP_E_OVERFLOW, "points: the account's counters would leave 64 bits");
	return 0;
}

static void count(int64_t *counter, int64_t points)
{
	*counter = rewapp__wrapped_sum(*counter, points);
}

void rewapp__book_replay(
	const struct effect *effect, struct account *debit, struct account *credit, struct account *clearing)
{
	int64_t amount = effect->transfer.amount, posted = posted_by(effect->transfer.code, amount);
	int64_t held = effect->transfer.code == REWAPP_CODE_HOLD ? amount : 0;

	if (debit) {
		count(&debit->now.debits_posted, posted);
		count(&debit->now.debits_pending, held - effect->transfer.held);
		debit->version++;
	}
	if (credit) {
		count(&credit->now.credits_posted, posted);
		count(&credit->now.credits_pending, held);
		credit->version++;
	}
	if (clearing) {
		count(&clearing->now.credits_pending, -effect->transfer.held);
		clearing->version += clearing != credit;
	}
}

/* The row of a shared account stands at nothing until a sweep adds it up. */
static void account_insert(struct plan *plan, const struct account *account)
{
	rewapp__plan_add(plan, &STMT_LEDGER_ACCOUNT_INSERT, TOUCHES_ONE,
		(struct value[]){
			rewapp__ref_value(account->number),
			rewapp__ref_value(account->programme),
			rewapp__value_int(account->kind),
			rewapp__ref_value(account->owner),
		},
		4);
}

static void account_touch(struct book *book, struct account *account)
{
	account->touched = true;
	if (account->opened)
		return;
	account->opened = true;
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_ACCOUNT,
			.account = { account->number, account->programme, account->owner, account->kind } });
	if (!rewapp__account_is_members(account))
		account_insert(book->plan, account);
}

struct account *rewapp__statement_side(struct account *debit, struct account *credit)
{
	if (debit->kind == ACCOUNT_WALLET || credit->kind == ACCOUNT_WALLET)
		return debit->kind == ACCOUNT_WALLET ? debit : credit;
	if (debit->kind == ACCOUNT_DEBT || credit->kind == ACCOUNT_DEBT)
		return debit->kind == ACCOUNT_DEBT ? debit : credit;
	return NULL;
}

/* What a story decides never does it.  If one did, nothing of the batch would be stored. */
static void check_side(struct book *book, const struct account *account)
{
	if (!rewapp__account_is_members(account) || rewapp__chart_allows(account->kind, &account->now))
		return;
	book->plan->failed = rewapp__fail(REWAPP_E_CORRUPT,
		"account %lld: a transfer would put it on the side that its type forbids",
		(long long)account->number);
}

ref rewapp__book_transfer(struct book *book, const struct transfer *transfer)
{
	struct account *side = rewapp__statement_side(transfer->debit, transfer->credit);
	struct effect effect = { .kind = EFFECT_TRANSFER,
		.transfer = {
			.number = rewapp__ref_new(book->plan),
			.code = transfer->code,
			.debit = transfer->debit->number,
			.credit = transfer->credit->number,
			.amount = transfer->amount,
			.pending = transfer->pending,
			.held = transfer->held,
			.prev = side ? side->last : 0,
			.occurred_ms = book->occurred_ms,
		} };

	assert(transfer->amount > 0 && transfer->debit != transfer->credit);
	account_touch(book, transfer->debit);
	account_touch(book, transfer->credit);
	rewapp__book_replay(&effect, transfer->debit, transfer->credit, NULL);
	check_side(book, transfer->debit);
	check_side(book, transfer->credit);
	if (side) {
		effect.transfer.balance = rewapp__account_posted(side);
		side->last = effect.transfer.number;
	}
	rewapp__effects_add(book->effects, &effect);
	return effect.transfer.number;
}

void rewapp__book_open(struct book *book, struct account *account)
{
	account_touch(book, account);
}

void rewapp__book_tally(struct book *book, struct tally *tally, int64_t delta)
{
	if (delta == 0)
		return;
	tally->added += delta;
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_TALLY,
			.tally = {
				tally->programme, tally->owner, tally->what, tally->window_start, delta } });
}
