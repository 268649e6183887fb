/* The book: the accounts of one batch, and the transfers that it writes. */
#include "ledger/book.h"

#include "base/checked.h"
#include "base/error.h"
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
static int64_t posted_by(const struct transfer *transfer)
{
	bool pending_only = transfer->code == REWAPP_CODE_HOLD || transfer->code == REWAPP_CODE_RELEASE ||
		transfer->code == REWAPP_CODE_TIMEOUT;

	return pending_only ? 0 : transfer->amount;
}

/* The four counters that the transfer changes, or false when one would leave 64 bits. */
static bool counters_after(
	const struct transfer *transfer, struct counters *debit, struct counters *credit, int64_t *clearing)
{
	int64_t posted = posted_by(transfer), held = transfer->held;

	return rewapp__add(debit->debits_pending, held, &debit->debits_pending) &&
		rewapp__add(debit->debits_posted, posted, &debit->debits_posted) &&
		rewapp__add(credit->credits_posted, posted, &credit->credits_posted) &&
		(!transfer->clearing || rewapp__add(transfer->clearing->now.credits_pending, held, clearing));
}

int rewapp__book_check(const struct transfer *transfer)
{
	struct counters debit = transfer->debit->now, credit = transfer->credit->now;
	int64_t clearing;

	if (!counters_after(transfer, &debit, &credit, &clearing))
		return rewapp__fail(REWAPP_E_OVERFLOW, "points: the account's counters would leave 64 bits");
	return 0;
}

static void account_open(struct book *book, struct account *account)
{
	account->opened = true;
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_ACCOUNT,
			.account = { account->number, account->programme, account->owner, account->kind } });
}

static void account_touch(struct book *book, struct account *account)
{
	if (!account->opened)
		account_open(book, account);
	if (!account->touched) {
		account->touched = true;
		account->next_touched = book->touched;
		book->touched = account;
	}
	account->version++;
}

/* The side that has a statement, or NULL. */
static struct account *wallet_side(const struct transfer *transfer)
{
	if (transfer->debit->kind == ACCOUNT_WALLET)
		return transfer->debit;
	return transfer->credit->kind == ACCOUNT_WALLET ? transfer->credit : NULL;
}

ref rewapp__book_transfer(struct book *book, const struct transfer *transfer)
{
	struct account *debit = transfer->debit, *credit = transfer->credit, *wallet = wallet_side(transfer);
	ref number = rewapp__ref_new(book->plan);
	int64_t clearing = 0;
	bool fits = counters_after(transfer, &debit->now, &credit->now, &clearing);

	assert(fits && transfer->amount > 0 && debit != credit);
	(void)fits;
	account_touch(book, debit);
	account_touch(book, credit);
	if (transfer->clearing) {
		transfer->clearing->now.credits_pending = clearing;
		if (transfer->clearing != credit)
			account_touch(book, transfer->clearing);
	}
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_TRANSFER,
			.transfer = {
				.number = number,
				.code = transfer->code,
				.debit = debit->number,
				.credit = credit->number,
				.amount = transfer->amount,
				.pending = transfer->pending,
				.prev = wallet ? wallet->last : 0,
				.balance = wallet ? rewapp__account_posted(wallet) : 0,
				.occurred_ms = book->occurred_ms,
			} });
	if (wallet)
		wallet->last = number;
	return number;
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

/* --- what is planned at the end ----------------------------------------------------------------- */

static void account_insert(struct plan *plan, const struct account *account)
{
	rewapp__plan_add(plan, &STMT_LEDGER_ACCOUNT_INSERT, TOUCHES_ONE,
		(struct value[]){
			rewapp__ref_value(account->number),
			rewapp__ref_value(account->programme),
			rewapp__value_int(account->kind),
			rewapp__ref_value(account->owner),
			rewapp__value_int(account->now.debits_pending),
			rewapp__value_int(account->now.debits_posted),
			rewapp__value_int(account->now.credits_pending),
			rewapp__value_int(account->now.credits_posted),
			rewapp__value_int(account->version),
			rewapp__value_seq(0),
		},
		10);
}

static void account_add(struct plan *plan, const struct account *account)
{
	const struct counters *now = &account->now, *first = &account->first;

	rewapp__plan_add(plan, &STMT_LEDGER_ACCOUNT_ADD, TOUCHES_ONE,
		(struct value[]){
			rewapp__ref_value(account->number),
			rewapp__value_int(now->debits_pending - first->debits_pending),
			rewapp__value_int(now->debits_posted - first->debits_posted),
			rewapp__value_int(now->credits_pending - first->credits_pending),
			rewapp__value_int(now->credits_posted - first->credits_posted),
			rewapp__value_int(account->version - account->version_first),
			rewapp__value_seq(0),
		},
		7);
}

void rewapp__book_finish(struct book *book)
{
	for (const struct account *account = book->touched; account; account = account->next_touched) {
		if (rewapp__account_is_members(account))
			continue;
		if (account->number < 0)
			account_insert(book->plan, account);
		else
			account_add(book->plan, account);
	}
}
