/* The chart of accounts: on which side each kind may stand, that the book records nothing that would put an
 * account on the other, and that the proof finds it in a log that says so. */
#include "desk.h"
#include "ledger/chart.h"
#include "ledger/fold.h"

#include <rewapp/errors.h>
#include <stdint.h>

static const struct {
	enum account_kind kind;
	struct counters now; /* debits pending, posted, credits pending, posted */
	int64_t balance;
	bool allowed;
} rows[] = {
	{ ACCOUNT_WALLET, { 0, 40, 0, 100 }, 60, true },
	{ ACCOUNT_WALLET, { 60, 40, 0, 100 }, 60, true },
	{ ACCOUNT_WALLET, { 61, 40, 0, 100 }, 60, false }, /* more on hold than there is */
	{ ACCOUNT_WALLET, { 0, 101, 0, 100 }, -1, false },
	{ ACCOUNT_DEBT, { 0, 100, 0, 100 }, 0, true },
	{ ACCOUNT_DEBT, { 0, 100, 0, 101 }, -1, false }, /* paid twice */
	{ ACCOUNT_ISSUANCE, { 0, 100, 0, 30 }, 70, true },
	{ ACCOUNT_ISSUANCE, { 0, 30, 0, 100 }, -70, false }, /* more taken back than given */
	{ ACCOUNT_SETTLEMENT, { 0, 10, 0, 30 }, 20, true },
	{ ACCOUNT_SETTLEMENT, { 0, 31, 0, 30 }, -1, false }, /* more reversed than spent */
	{ ACCOUNT_BREAKAGE, { 0, 50, 0, 20 }, -30, true },   /* written off */
	{ ACCOUNT_CLEARING, { 0, 0, 80, 0 }, 0, true },
	{ ACCOUNT_CLEARING, { 0, 9, 0, 8 }, -1, false }, /* more arrived than left */
	{ ACCOUNT_ADJUSTMENT, { 0, 5, 0, 30 }, -25, true },
};

START_TEST(each_kind_has_its_side)
{
	ck_assert_int_eq(rewapp__chart_balance(rows[_i].kind, &rows[_i].now), rows[_i].balance);
	ck_assert_int_eq(rewapp__chart_allows(rows[_i].kind, &rows[_i].now), rows[_i].allowed);
}
END_TEST

START_TEST(kinds_have_names)
{
	ck_assert_ptr_null(rewapp__chart_kind(0));
	ck_assert_ptr_null(rewapp__chart_kind(REWAPP_ACCOUNT_KINDS + 1));
	for (int kind = 1; kind <= REWAPP_ACCOUNT_KINDS; kind++)
		ck_assert_str_eq(rewapp_account_kind_name(kind), rewapp__chart_kind(kind)->name);
	ck_assert_str_eq(rewapp_account_kind_name(9), "unknown");
	ck_assert_str_eq(rewapp_account_type_name(REWAPP_TYPE_EXPENSE), "expense");
	ck_assert_str_eq(rewapp_account_type_name(0), "unknown");
	ck_assert_str_eq(rewapp_account_side_name(REWAPP_SIDE_CREDIT), "credit");
	ck_assert_str_eq(rewapp_account_side_name(3), "unknown");
}
END_TEST

START_TEST(the_book_overdraws_nobody)
{
	struct desk desk;

	desk_open(&desk);
	rewapp__book_transfer(&desk.book,
		&(struct transfer){ .code = REWAPP_CODE_AWARD,
			.debit = &desk.accounts[ACCOUNT_ISSUANCE],
			.credit = &desk.accounts[ACCOUNT_WALLET],
			.amount = 100 });
	ck_assert_int_eq(desk.book.plan->failed, 0);
	rewapp__book_transfer(&desk.book,
		&(struct transfer){ .code = REWAPP_CODE_ADJUSTMENT,
			.debit = &desk.accounts[ACCOUNT_WALLET],
			.credit = &desk.accounts[ACCOUNT_ADJUSTMENT],
			.amount = 101 });
	ck_assert_int_eq(desk.book.plan->failed, REWAPP_E_CORRUPT);
	desk_close(&desk);
}
END_TEST

/* A log in which a shop gives back points that nobody had spent there. */
START_TEST(the_proof_finds_the_wrong_side)
{
	const struct effect told[] = {
		{ .kind = EFFECT_ACCOUNT, .account = { 101, 1, 9, ACCOUNT_WALLET } },
		{ .kind = EFFECT_ACCOUNT, .account = { 102, 1, 8, ACCOUNT_SETTLEMENT } },
		{ .kind = EFFECT_TRANSFER,
			.transfer = { .number = 103,
				.code = REWAPP_CODE_REVERSAL,
				.debit = 102,
				.credit = 101,
				.amount = 50,
				.balance = 50,
				.occurred_ms = 1000 } },
		{ .kind = EFFECT_LOT, .lot = { 1000, 0 } },
	};
	struct effects effects;
	struct record record = { .number = 100, .base = 100, .recorded_ms = 1000 };
	struct arena arena;
	static struct fold fold;

	rewapp__arena_init(&arena, NULL);
	rewapp__pack_init(&effects.pack, &arena);
	effects.now_ms = 1000;
	rewapp__effects_begin(&effects, 100);
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		rewapp__effects_add(&effects, &told[i]);
	record.effects = effects.pack.data;
	record.effects_size = effects.pack.size;
	rewapp__fold_begin(&fold, &arena, 0);
	rewapp__fold_record(&fold, &record);
	rewapp__fold_end(&fold);
	ck_assert_int_eq(fold.problems, 1);
	ck_assert_str_eq(fold.first, "account 102: it stands on the side that its type forbids");
	rewapp__arena_finish(&arena);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, each_kind_has_its_side, 0, (int)(sizeof rows / sizeof *rows));
	tcase_add_test(all, kinds_have_names);
	tcase_add_test(all, the_book_overdraws_nobody);
	tcase_add_test(all, the_proof_finds_the_wrong_side);
}

int main(void)
{
	return run_suite("chart", add);
}
