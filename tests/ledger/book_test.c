/* The book: what each kind of transfer does to the counters of its accounts, to the day's totals
 * and to the statement; and that nothing is written that would not fit. */
#include "base/error.h"
#include "desk.h"

#include <stdint.h>

static void post(struct desk *desk, enum rewapp_code code, enum account_kind debit, enum account_kind credit,
	int64_t amount)
{
	const struct transfer transfer = { .code = code,
		.debit = &desk->accounts[debit],
		.credit = &desk->accounts[credit],
		.amount = amount };

	ck_assert_int_eq(rewapp__book_check(&transfer), 0);
	rewapp__book_transfer(&desk->book, &transfer);
}

/* A transfer that ends a hold of `held` points. */
static void post_end(
	struct desk *desk, enum rewapp_code code, enum account_kind credit, int64_t amount, int64_t held)
{
	const struct transfer transfer = { .code = code,
		.debit = &desk->accounts[ACCOUNT_WALLET],
		.credit = &desk->accounts[credit],
		.amount = amount,
		.pending = 1,
		.held = held };

	ck_assert_int_eq(rewapp__book_check(&transfer), 0);
	rewapp__book_transfer(&desk->book, &transfer);
}

/* An award is posted at once: no pending counter moves. */
START_TEST(an_award)
{
	struct desk desk;

	desk_open(&desk);
	post(&desk, REWAPP_CODE_AWARD, ACCOUNT_ISSUANCE, ACCOUNT_WALLET, 100);
	ck_assert_str_eq(
		desk_counters(&desk, ACCOUNT_ISSUANCE), "debits 100 (0 pending), credits 0 (0 pending)");
	ck_assert_str_eq(
		desk_counters(&desk, ACCOUNT_WALLET), "debits 0 (0 pending), credits 100 (0 pending)");
	ck_assert_int_eq(rewapp__account_posted(&desk.accounts[ACCOUNT_WALLET]), 100);
	ck_assert_int_eq(rewapp__account_posted(&desk.accounts[ACCOUNT_ISSUANCE]), -100);
	desk_close(&desk);
}
END_TEST

/* A hold is a promise: pending on both sides, posted on none.  Where it is pending is a shared account's
 * matter, and added up from the record. */
START_TEST(a_hold_and_its_release)
{
	struct desk desk;

	desk_open(&desk);
	post(&desk, REWAPP_CODE_AWARD, ACCOUNT_ISSUANCE, ACCOUNT_WALLET, 100);
	post(&desk, REWAPP_CODE_HOLD, ACCOUNT_WALLET, ACCOUNT_CLEARING, 60);
	ck_assert_str_eq(
		desk_counters(&desk, ACCOUNT_WALLET), "debits 0 (60 pending), credits 100 (0 pending)");
	ck_assert_str_eq(
		desk_rolled(&desk, ACCOUNT_CLEARING), "debits 0 (0 pending), credits 0 (60 pending)");
	post_end(&desk, REWAPP_CODE_RELEASE, ACCOUNT_CLEARING, 60, 60);
	ck_assert_str_eq(
		desk_counters(&desk, ACCOUNT_WALLET), "debits 0 (0 pending), credits 100 (0 pending)");
	ck_assert_str_eq(desk_rolled(&desk, ACCOUNT_CLEARING), "debits 0 (0 pending), credits 0 (0 pending)");
	desk_close(&desk);
}
END_TEST

/* 45 of 60 held points are spent: all 60 cease to be pending, 45 are posted. */
START_TEST(a_redemption_ends_its_hold)
{
	struct desk desk;

	desk_open(&desk);
	post(&desk, REWAPP_CODE_AWARD, ACCOUNT_ISSUANCE, ACCOUNT_WALLET, 100);
	post(&desk, REWAPP_CODE_HOLD, ACCOUNT_WALLET, ACCOUNT_CLEARING, 60);
	post_end(&desk, REWAPP_CODE_REDEMPTION, ACCOUNT_SETTLEMENT, 45, 60);
	ck_assert_str_eq(
		desk_counters(&desk, ACCOUNT_WALLET), "debits 45 (0 pending), credits 100 (0 pending)");
	ck_assert_str_eq(desk_rolled(&desk, ACCOUNT_CLEARING), "debits 0 (0 pending), credits 0 (0 pending)");
	ck_assert_str_eq(
		desk_rolled(&desk, ACCOUNT_SETTLEMENT), "debits 0 (0 pending), credits 45 (0 pending)");
	ck_assert_str_eq(desk_journal(&desk),
		"award 100: issuance to wallet; balance 100\n"
		"hold 60: wallet to clearing; balance 100\n"
		"redemption 45: wallet to settlement; balance 55");
	desk_close(&desk);
}
END_TEST

static const struct step *step_of(const struct desk *desk, const char *statement, int64_t first)
{
	for (const struct step *step = desk->plan.first; step; step = step->next)
		if (desk_is(step, statement) && step->args[0].integer == first)
			return step;
	return NULL;
}

/* What each code adds to the day: issued, spent, expired, clawed back. */
static const struct {
	enum rewapp_code code;
	enum account_kind debit, credit;
	int64_t issued, spent, expired, clawed_back;
} days[] = {
	{ REWAPP_CODE_AWARD, ACCOUNT_ISSUANCE, ACCOUNT_WALLET, 7, 0, 0, 0 },
	{ REWAPP_CODE_DEBT_PAYMENT, ACCOUNT_ISSUANCE, ACCOUNT_DEBT, 7, 0, 0, 0 },
	{ REWAPP_CODE_ADJUSTMENT, ACCOUNT_ADJUSTMENT, ACCOUNT_WALLET, 7, 0, 0, 0 },
	{ REWAPP_CODE_ADJUSTMENT, ACCOUNT_WALLET, ACCOUNT_ADJUSTMENT, -7, 0, 0, 0 },
	{ REWAPP_CODE_REDEMPTION, ACCOUNT_WALLET, ACCOUNT_SETTLEMENT, 0, 7, 0, 0 },
	{ REWAPP_CODE_REVERSAL, ACCOUNT_SETTLEMENT, ACCOUNT_WALLET, 0, -7, 0, 0 },
	{ REWAPP_CODE_EXPIRY, ACCOUNT_WALLET, ACCOUNT_BREAKAGE, 0, 0, 7, 0 },
	{ REWAPP_CODE_CLAWBACK, ACCOUNT_WALLET, ACCOUNT_ISSUANCE, 0, 0, 0, 7 },
	{ REWAPP_CODE_DEBT, ACCOUNT_DEBT, ACCOUNT_ISSUANCE, 0, 0, 0, 7 },
	{ REWAPP_CODE_HOLD, ACCOUNT_WALLET, ACCOUNT_CLEARING, 0, 0, 0, 0 },
	{ REWAPP_CODE_RELEASE, ACCOUNT_WALLET, ACCOUNT_CLEARING, 0, 0, 0, 0 },
	{ REWAPP_CODE_TIMEOUT, ACCOUNT_WALLET, ACCOUNT_CLEARING, 0, 0, 0, 0 },
};

START_TEST(totals_of_the_day)
{
	static const int64_t noon = INT64_C(20000) * 86400000 + 43200000;
	struct days sums;
	const struct day *day;
	struct effect effect;
	struct desk desk;

	desk_open(&desk);
	sums = (struct days){ .arena = &desk.arena };
	post(&desk, days[_i].code, days[_i].debit, days[_i].credit, 3);
	post(&desk, days[_i].code, days[_i].debit, days[_i].credit, 4);
	for (int n = 0; n < 2; n++) {
		ck_assert(desk_effect(&desk, EFFECT_TRANSFER, n, &effect));
		rewapp__days_add(&sums, &effect, &desk.accounts[days[_i].debit],
			&desk.accounts[days[_i].credit], noon);
	}
	day = rewapp__days_of(&sums, PROGRAMME, noon - 43200000);
	ck_assert_int_eq(day->sums[DAY_ISSUED], days[_i].issued);
	ck_assert_int_eq(day->sums[DAY_SPENT], days[_i].spent);
	ck_assert_int_eq(day->sums[DAY_EXPIRED], days[_i].expired);
	ck_assert_int_eq(day->sums[DAY_CLAWED_BACK], days[_i].clawed_back);
	ck_assert_ptr_null(day->next); /* no other day */
	desk_close(&desk);
}
END_TEST

/* Each line of a statement names the line before it and the balance behind it. */
START_TEST(a_statement_links)
{
	struct effect effect;
	struct desk desk;
	int64_t balance = 1000;

	desk_open(&desk);
	desk.accounts[ACCOUNT_WALLET].last = 4711;
	desk.accounts[ACCOUNT_WALLET].now.credits_posted = 1000;
	desk.book.occurred_ms = 99;
	for (int i = 0; i < 5; i++)
		post(&desk, REWAPP_CODE_REDEMPTION, ACCOUNT_WALLET, ACCOUNT_SETTLEMENT, 10 + i);
	for (int i = 0; i < 5; i++) {
		balance -= 10 + i;
		ck_assert(desk_effect(&desk, EFFECT_TRANSFER, i, &effect));
		ck_assert_int_eq(effect.transfer.number, i + 1);
		ck_assert_int_eq(effect.transfer.prev, i ? i : 4711);
		ck_assert_int_eq(effect.transfer.balance, balance);
		ck_assert_int_eq(effect.transfer.occurred_ms, 99);
	}
	ck_assert(!desk_effect(&desk, EFFECT_TRANSFER, 5, &effect));
	ck_assert_int_eq(desk.accounts[ACCOUNT_SETTLEMENT].last, 0);
	desk_close(&desk);
}
END_TEST

/* Accounts that everybody shares are not written, so that two batches do not collide; a member's stand
 * in the wallet's state. */
START_TEST(shared_accounts_are_not_written)
{
	struct account *wallet;
	struct desk desk;

	desk_open(&desk);
	wallet = &desk.accounts[ACCOUNT_WALLET];
	wallet->version = 8;
	wallet->now.credits_posted = 500;
	for (int i = 0; i < 3; i++)
		post(&desk, REWAPP_CODE_AWARD, ACCOUNT_ISSUANCE, ACCOUNT_WALLET, 10);
	ck_assert_int_eq(wallet->now.credits_posted, 530);
	ck_assert_int_eq(wallet->version, 11);
	ck_assert_int_eq(wallet->last, -3);
	ck_assert_ptr_null(desk.plan.first);
	ck_assert_str_eq(
		desk_rolled(&desk, ACCOUNT_ISSUANCE), "debits 30 (0 pending), credits 0 (0 pending)");
	desk_close(&desk);
}
END_TEST

/* A row, and a line of the record that everything else can be made from. */
START_TEST(a_new_account_is_inserted)
{
	const struct step *step;
	struct effect effect;
	struct desk desk;

	desk_open(&desk);
	desk.accounts[ACCOUNT_ISSUANCE].number = rewapp__ref_new(&desk.plan);
	desk.accounts[ACCOUNT_ISSUANCE].opened = false;
	post(&desk, REWAPP_CODE_AWARD, ACCOUNT_ISSUANCE, ACCOUNT_WALLET, 10);
	post(&desk, REWAPP_CODE_AWARD, ACCOUNT_ISSUANCE, ACCOUNT_WALLET, 10);
	step = step_of(&desk, "ACCOUNT_INSERT", 0);
	ck_assert_ptr_nonnull(step);
	ck_assert_int_eq(step->args[0].kind, VALUE_SEQ);
	ck_assert_int_eq(step->args[1].integer, PROGRAMME);
	ck_assert_int_eq(step->args[2].integer, ACCOUNT_ISSUANCE);
	ck_assert_int_eq(step->args[3].integer, 0);
	ck_assert_uint_eq(step->arg_count, 4);
	ck_assert_ptr_null(step->next);
	ck_assert(desk_effect(&desk, EFFECT_ACCOUNT, 0, &effect));
	ck_assert_int_eq(effect.account.number, 1);
	ck_assert_int_eq(effect.account.kind, ACCOUNT_ISSUANCE);
	ck_assert(!desk_effect(&desk, EFFECT_ACCOUNT, 1, &effect));
	desk_close(&desk);
}
END_TEST

START_TEST(which_accounts_are_a_members)
{
	struct desk desk;

	desk_open(&desk);
	for (int kind = ACCOUNT_WALLET; kind <= ACCOUNT_ADJUSTMENT; kind++)
		ck_assert_int_eq(rewapp__account_is_members(&desk.accounts[kind]),
			kind == ACCOUNT_WALLET || kind == ACCOUNT_DEBT);
	desk_close(&desk);
}
END_TEST

/* Stored rows keep their numbers; new ones get theirs when the plan is applied. */
START_TEST(references)
{
	struct desk desk;

	desk_open(&desk);
	ck_assert_int_eq(rewapp__ref_value(4711).kind, VALUE_INT);
	ck_assert_int_eq(rewapp__ref_value(4711).integer, 4711);
	ck_assert_int_eq(rewapp__ref_value(0).kind, VALUE_INT);
	for (int i = 0; i < 3; i++) {
		const ref number = rewapp__ref_new(&desk.plan);

		ck_assert_int_lt(number, 0);
		ck_assert_int_eq(rewapp__ref_value(number).kind, VALUE_SEQ);
		ck_assert_int_eq(rewapp__ref_value(number).integer, i);
	}
	desk_close(&desk);
}
END_TEST

/* A counter that one more point would push out of 64 bits: the check says so, the last point
 * that fits passes, and asking writes nothing. */
START_TEST(overflow_is_found_before_anything_is_written)
{
	struct desk desk;
	struct account *wallet, *shared;

	desk_open(&desk);
	wallet = &desk.accounts[ACCOUNT_WALLET];
	shared = &desk.accounts[ACCOUNT_ISSUANCE];
	const struct transfer award = { REWAPP_CODE_AWARD, shared, wallet, 10, 0, 0 };
	const struct transfer hold = { REWAPP_CODE_HOLD, wallet, shared, 10, 0, 0 };
	const struct transfer spend = { REWAPP_CODE_REDEMPTION, wallet, shared, 10, 0, 0 };
	int64_t *const counters[] = { &wallet->now.credits_posted, &wallet->now.debits_pending,
		&wallet->now.debits_posted };
	const struct transfer *const transfers[] = { &award, &hold, &spend };

	*counters[_i] = INT64_MAX - 9;
	ck_assert_int_eq(rewapp__book_check(transfers[_i]), REWAPP_E_OVERFLOW);
	ck_assert_str_eq(rewapp_errmsg(), "points: the account's counters would leave 64 bits");
	ck_assert_int_eq(*counters[_i], INT64_MAX - 9);
	ck_assert_uint_eq(desk.effects.pack.size, 0);
	ck_assert(!wallet->touched);

	*counters[_i] = INT64_MAX - 10;
	ck_assert_int_eq(rewapp__book_check(transfers[_i]), 0);
	rewapp__book_transfer(&desk.book, transfers[_i]);
	ck_assert_int_eq(*counters[_i], INT64_MAX);
	desk_close(&desk);
}
END_TEST

START_TEST(memory_that_runs_out_is_marked)
{
	struct desk desk;

	desk_open(&desk);
	desk.arena.limit = desk.arena.total + 4096;
	for (int i = 0; i < 500; i++)
		post(&desk, REWAPP_CODE_AWARD, ACCOUNT_ISSUANCE, ACCOUNT_WALLET, 1);
	ck_assert(desk.effects.pack.failed);
	desk_close(&desk);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, an_award);
	tcase_add_test(all, a_hold_and_its_release);
	tcase_add_test(all, a_redemption_ends_its_hold);
	tcase_add_loop_test(all, totals_of_the_day, 0, ROWS(days));
	tcase_add_test(all, a_statement_links);
	tcase_add_test(all, shared_accounts_are_not_written);
	tcase_add_test(all, a_new_account_is_inserted);
	tcase_add_test(all, which_accounts_are_a_members);
	tcase_add_test(all, references);
	tcase_add_loop_test(all, overflow_is_found_before_anything_is_written, 0, 3);
	tcase_add_test(all, memory_that_runs_out_is_marked);
}

int main(void)
{
	return run_suite("ledger book", add);
}
