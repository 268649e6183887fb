/* The wallet: which points are spent, held, given back, taken back, and what time does to them.
 *
 * Each test tells a story and compares the journal.  Lots are called A, B, C in the order in
 * which they were opened; times are small numbers; 0 as an expiry means never. */
#include "base/error.h"
#include "desk.h"
#include "ledger/state.h"

#include <stdint.h>

enum {
	NEVER = 0,
	STORIES_OF_A_TEST = 20
};

/* An award of the purchase `command`. */
static void award_for(
	struct desk *desk, ref command, int64_t points, int64_t activates_ms, int64_t expires_ms)
{
	const struct credit credit = { REWAPP_CODE_AWARD, &desk->accounts[ACCOUNT_ISSUANCE], points,
		activates_ms, expires_ms };

	ck_assert_int_eq(rewapp__wallet_credit(&desk->wallet, &desk->book, &credit, NULL), 0);
	for (size_t i = 0; i < desk->wallet.lot_count; i++)
		if (desk->wallet.lots[i]->number == desk->wallet.account->last)
			desk->wallet.lots[i]->command = command;
}

static void award(struct desk *desk, int64_t points, int64_t activates_ms, int64_t expires_ms)
{
	award_for(desk, COMMAND, points, activates_ms, expires_ms);
}

/* Spends without a hold, as a debit by hand does. */
static void spend(struct desk *desk, int64_t now_ms, int64_t points)
{
	struct lot_share *shares;
	size_t count;

	ck_assert_int_eq(rewapp__wallet_choose(&desk->wallet, now_ms, points, &shares, &count), 0);
	ck_assert_int_eq(rewapp__wallet_debit(&desk->wallet, &desk->book, REWAPP_CODE_ADJUSTMENT,
				 &desk->accounts[ACCOUNT_ADJUSTMENT], shares, count, points),
		0);
}

static struct hold *hold(struct desk *desk, int64_t now_ms, int64_t points, int64_t expires_ms)
{
	struct hold *out = rewapp__arena_take(&desk->arena, sizeof *out);

	out->amount = points;
	out->issued_ms = now_ms;
	out->expires_ms = expires_ms;
	ck_assert_int_eq(
		rewapp__wallet_choose(&desk->wallet, now_ms, points, &out->shares, &out->share_count), 0);
	ck_assert_int_eq(rewapp__wallet_hold(&desk->wallet, &desk->book, out), 0);
	return out;
}

static void post(struct desk *desk, struct hold *held, int64_t points)
{
	ck_assert_int_eq(rewapp__wallet_post(&desk->wallet, &desk->book, held,
				 &desk->accounts[ACCOUNT_SETTLEMENT], points),
		0);
}

static int64_t claw_by(struct desk *desk, ref purchase, int64_t points, enum claw_policy policy)
{
	int64_t short_by = -1;

	ck_assert_int_eq(rewapp__wallet_claw_back(&desk->wallet, &desk->book, purchase,
				 &desk->accounts[ACCOUNT_ISSUANCE], points, policy, &short_by),
		0);
	return short_by;
}

static int64_t claw_back(struct desk *desk, ref purchase, int64_t points, bool owe)
{
	return claw_by(desk, purchase, points, owe ? CLAW_OWED : CLAW_WITHIN);
}

static void settle(struct desk *desk, int64_t now_ms)
{
	rewapp__wallet_settle(&desk->wallet, &desk->book, now_ms);
}

/* Spending. */

START_TEST(the_lot_that_expires_first_is_spent_first)
{
	struct desk desk;

	desk_open(&desk);
	award(&desk, 10, 0, NEVER); /* A */
	award(&desk, 10, 0, 300);   /* B */
	award(&desk, 10, 0, 100);   /* C */
	award(&desk, 10, 0, 200);   /* D */
	desk_journal(&desk);
	spend(&desk, 1, 35);
	ck_assert_str_eq(desk_journal(&desk),
		"adjustment 35: wallet to adjustment; balance 5; C -10; D -10; B -10; A -5");
	desk_close(&desk);
}
END_TEST

/* Same expiry: the lot that activated first; same activation: the one opened first. */
START_TEST(ties_go_to_the_older_lot)
{
	struct desk desk;

	desk_open(&desk);
	award(&desk, 10, 5, 100); /* A */
	award(&desk, 10, 3, 100); /* B */
	award(&desk, 10, 3, 100); /* C */
	award(&desk, 10, 5, 100); /* D */
	desk_journal(&desk);
	spend(&desk, 9, 40);
	ck_assert_str_eq(desk_journal(&desk),
		"adjustment 40: wallet to adjustment; balance 0; B -10; C -10; A -10; D -10");
	desk_close(&desk);
}
END_TEST

/* Lots from storage come before those of this batch, and each kind in its order. */
START_TEST(stored_lots_are_older_than_new_ones)
{
	struct lot stored[] = {
		{ .number = 9, .original = 1, .remaining = 1 },
		{ .number = 7, .original = 1, .remaining = 1 },
	};
	struct desk desk;
	static const ref expected[] = { 7, 9, -1, -2 };

	desk_open(&desk);
	award(&desk, 10, 0, NEVER);
	award(&desk, 10, 0, NEVER);
	ck_assert(rewapp__wallet_add_lot(&desk.wallet, &stored[0]));
	ck_assert(rewapp__wallet_add_lot(&desk.wallet, &stored[1]));
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(desk.wallet.lots[i]->number, expected[i]);
	desk_close(&desk);
}
END_TEST

/* Pending points and expired ones buy nothing, even before their expiry is recorded. */
START_TEST(only_active_points_are_chosen)
{
	struct lot_share *shares = NULL;
	struct desk desk;
	size_t count = 77;

	desk_open(&desk);
	award(&desk, 10, 0, 50);    /* A: expires at 50 */
	award(&desk, 10, 60, 500);  /* B: active from 60 */
	award(&desk, 10, 0, NEVER); /* C */
	ck_assert_int_eq(rewapp__wallet_choose(&desk.wallet, 49, 20, &shares, &count), 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(rewapp__wallet_choose(&desk.wallet, 50, 10, &shares, &count), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_ptr_eq(shares[0].lot, desk.wallet.lots[2]);
	ck_assert_int_eq(rewapp__wallet_choose(&desk.wallet, 59, 11, &shares, &count), 1);
	ck_assert_int_eq(rewapp__wallet_choose(&desk.wallet, 60, 20, &shares, &count), 0);
	desk_close(&desk);
}
END_TEST

START_TEST(too_few_points_choose_nothing)
{
	struct lot_share *shares = NULL;
	struct desk desk;
	size_t count = 77;

	desk_open(&desk);
	ck_assert_int_eq(rewapp__wallet_choose(&desk.wallet, 0, 1, &shares, &count), 1);
	award(&desk, 10, 0, NEVER);
	desk_journal(&desk);
	ck_assert_int_eq(rewapp__wallet_choose(&desk.wallet, 0, 11, &shares, &count), 1);
	ck_assert_ptr_null(shares);
	ck_assert_uint_eq(count, 77);
	ck_assert_str_eq(desk_journal(&desk), "");
	ck_assert_str_eq(desk_view(&desk, 0), "available 10, pending 0, held 0, debt 0");
	desk_close(&desk);
}
END_TEST

/* Holds. */

START_TEST(a_hold_takes_and_a_release_gives_back)
{
	struct desk desk;
	struct hold *held;

	desk_open(&desk);
	award(&desk, 50, 0, 100);
	award(&desk, 50, 0, 200);
	desk_journal(&desk);
	held = hold(&desk, 1, 60, 16);
	ck_assert_str_eq(desk_journal(&desk), "hold 60: wallet to clearing; balance 100; A -50; B -10");
	ck_assert_str_eq(desk_view(&desk, 1), "available 40, pending 0, held 60, debt 0");
	ck_assert_str_eq(
		desk_counters(&desk, ACCOUNT_WALLET), "debits 0 (60 pending), credits 100 (0 pending)");
	rewapp__wallet_release(&desk.wallet, &desk.book, held, REWAPP_CODE_RELEASE, HOLD_VOIDED);
	ck_assert_str_eq(desk_journal(&desk), "release 60: wallet to clearing; balance 100; A +50; B +10");
	ck_assert_str_eq(desk_view(&desk, 1), "available 100, pending 0, held 0, debt 0");
	ck_assert_str_eq(
		desk_counters(&desk, ACCOUNT_WALLET), "debits 0 (0 pending), credits 100 (0 pending)");
	ck_assert_int_eq(held->state, HOLD_VOIDED);
	desk_close(&desk);
}
END_TEST

START_TEST(a_hold_is_spent_whole)
{
	struct desk desk;
	struct hold *held;

	desk_open(&desk);
	award(&desk, 50, 0, 100);
	held = hold(&desk, 1, 30, 16);
	desk_journal(&desk);
	post(&desk, held, 30);
	ck_assert_str_eq(desk_journal(&desk), "redemption 30: wallet to settlement; balance 20");
	ck_assert_str_eq(desk_view(&desk, 1), "available 20, pending 0, held 0, debt 0");
	ck_assert_str_eq(
		desk_counters(&desk, ACCOUNT_WALLET), "debits 30 (0 pending), credits 50 (0 pending)");
	ck_assert_str_eq(desk_rolled(&desk, ACCOUNT_CLEARING), "debits 0 (0 pending), credits 0 (0 pending)");
	ck_assert_int_eq(held->state, HOLD_POSTED);
	desk_close(&desk);
}
END_TEST

/* Of 100 held, 65 are spent.  The points that would have expired first are the ones spent;
 * the rest goes back to where it came from. */
START_TEST(a_hold_is_spent_in_part)
{
	struct desk desk;
	struct hold *held;

	desk_open(&desk);
	award(&desk, 50, 0, 100);
	award(&desk, 30, 0, 200);
	award(&desk, 40, 0, 300);
	held = hold(&desk, 1, 100, 16);
	desk_journal(&desk);
	post(&desk, held, 65);
	ck_assert_str_eq(
		desk_journal(&desk), "redemption 65: wallet to settlement; balance 55; B +15; C +20");
	ck_assert_str_eq(desk_view(&desk, 1), "available 55, pending 0, held 0, debt 0");
	ck_assert_int_eq(held->posted, 65);
	desk_close(&desk);
}
END_TEST

/* Giving redeemed points back. */

START_TEST(points_come_back_to_the_lots_that_live_longest)
{
	struct lot_share shares[3];
	struct desk desk;
	struct hold *held;

	desk_open(&desk);
	award(&desk, 50, 0, 100);
	award(&desk, 30, 0, 200);
	award(&desk, 40, 0, NEVER);
	held = hold(&desk, 1, 110, 16);
	post(&desk, held, 110);
	desk_journal(&desk);
	memcpy(shares, held->shares, sizeof shares);
	ck_assert_int_eq(rewapp__wallet_restore(
				 &desk.wallet, &desk.book, &desk.accounts[ACCOUNT_SETTLEMENT], shares, 3, 45),
		0);
	ck_assert_str_eq(desk_journal(&desk), "reversal 45: settlement to wallet; balance 55; B +15; C +30");
	ck_assert_str_eq(desk_view(&desk, 1), "available 55, pending 0, held 0, debt 0");
	ck_assert_str_eq(
		desk_counters(&desk, ACCOUNT_SETTLEMENT), "debits 45 (0 pending), credits 110 (0 pending)");
	desk_close(&desk);
}
END_TEST

/* Taking points back after a return. */

START_TEST(the_purchases_own_points_are_taken_back_first)
{
	struct desk desk;

	desk_open(&desk);
	award_for(&desk, 801, 50, 0, 100);   /* A */
	award_for(&desk, 802, 50, 90, 5000); /* B: the purchase that is returned, not active yet */
	award_for(&desk, 803, 50, 0, 200);   /* C */
	desk_journal(&desk);
	ck_assert_int_eq(claw_back(&desk, 802, 50, true), 0);
	ck_assert_str_eq(desk_journal(&desk), "clawback 50: wallet to issuance; balance 100; B -50");
	desk_close(&desk);
}
END_TEST

/* Then the others, soonest expiry first, whether they are active or not; then debt. */
START_TEST(then_other_points_and_then_a_debt)
{
	struct desk desk;

	desk_open(&desk);
	award_for(&desk, 801, 20, 0, 300);  /* A */
	award_for(&desk, 802, 50, 0, 100);  /* B: returned, half of it spent */
	award_for(&desk, 803, 10, 90, 200); /* C */
	spend(&desk, 1, 25);
	desk_journal(&desk);
	ck_assert_int_eq(claw_back(&desk, 802, 50, true), 0);
	ck_assert_str_eq(
		desk_journal(&desk), "clawback 50: wallet to issuance; balance 5; B -25; C -10; A -15");
	ck_assert_int_eq(claw_back(&desk, 802, 12, true), 7);
	ck_assert_str_eq(desk_journal(&desk),
		"clawback 5: wallet to issuance; balance 0; A -5\n"
		"debt 7: debt to issuance");
	ck_assert_str_eq(desk_view(&desk, 1), "available 0, pending 0, held 0, debt 7");
	ck_assert_int_eq(claw_back(&desk, 802, 3, true), 3);
	ck_assert_str_eq(desk_journal(&desk), "debt 3: debt to issuance");
	ck_assert_str_eq(desk_counters(&desk, ACCOUNT_DEBT), "debits 10 (0 pending), credits 0 (0 pending)");
	desk_close(&desk);
}
END_TEST

/* A programme that writes off asks the member for nothing. */
START_TEST(what_is_missing_can_be_written_off)
{
	struct desk desk;

	desk_open(&desk);
	award_for(&desk, 801, 20, 0, NEVER);
	desk_journal(&desk);
	ck_assert_int_eq(claw_back(&desk, 801, 50, false), 30);
	ck_assert_str_eq(desk_journal(&desk), "clawback 20: wallet to issuance; balance 0; A -20");
	ck_assert_int_eq(claw_back(&desk, 801, 50, false), 50);
	ck_assert_str_eq(desk_journal(&desk), "");
	ck_assert_str_eq(desk_view(&desk, 1), "available 0, pending 0, held 0, debt 0");
	desk_close(&desk);
}
END_TEST

/* Held points are promised to a till: a return does not reach them. */
START_TEST(held_points_are_not_taken_back)
{
	struct desk desk;

	desk_open(&desk);
	award_for(&desk, 801, 50, 0, NEVER);
	hold(&desk, 1, 40, 16);
	desk_journal(&desk);
	ck_assert_int_eq(claw_back(&desk, 801, 50, true), 40);
	ck_assert_str_eq(desk_journal(&desk),
		"clawback 10: wallet to issuance; balance 40; A -10\n"
		"debt 40: debt to issuance");
	ck_assert_str_eq(desk_view(&desk, 1), "available 0, pending 0, held 40, debt 40");
	desk_close(&desk);
}
END_TEST

/* A hold that ends gives its points back: first to the debt, whether it is voided, posted in part or too
 * late. */
START_TEST(points_that_come_back_pay_a_debt)
{
	struct desk desk;
	struct hold *first, *second;

	desk_open(&desk);
	award_for(&desk, 801, 60, 0, NEVER);
	first = hold(&desk, 1, 20, 16);
	second = hold(&desk, 1, 40, 12);
	ck_assert_int_eq(claw_back(&desk, 801, 50, true), 50);
	ck_assert_str_eq(desk_view(&desk, 1), "available 0, pending 0, held 60, debt 50");
	desk_journal(&desk);
	post(&desk, first, 5);
	ck_assert_str_eq(desk_journal(&desk),
		"redemption 5: wallet to settlement; balance 55; A +15\n"
		"debt_payment 15: wallet to debt; balance 40; A -15");
	ck_assert_str_eq(desk_view(&desk, 11), "available 0, pending 0, held 40, debt 35");
	ck_assert_str_eq(desk_view(&desk, 12), "available 5, pending 0, held 0, debt 0");
	settle(&desk, 13);
	ck_assert_str_eq(desk_journal(&desk),
		"timeout 40: wallet to clearing; balance 40; A +40\n"
		"debt_payment 35: wallet to debt; balance 5; A -35");
	ck_assert_str_eq(desk_view(&desk, 13), "available 5, pending 0, held 0, debt 0");
	ck_assert_int_eq(second->state, HOLD_TIMED_OUT);
	desk_close(&desk);
}
END_TEST

/* Holds give back in the order of their ends, and points whose end came before that pay nothing. */
START_TEST(dead_points_pay_no_debt)
{
	struct desk desk;

	desk_open(&desk);
	award_for(&desk, 801, 30, 0, 14);
	hold(&desk, 1, 10, 20);
	hold(&desk, 1, 20, 13);
	ck_assert_int_eq(claw_back(&desk, 801, 25, true), 25);
	ck_assert_str_eq(desk_view(&desk, 13), "available 0, pending 0, held 10, debt 5");
	ck_assert_str_eq(desk_view(&desk, 20), "available 0, pending 0, held 0, debt 5");
	settle(&desk, 30); /* late, and nothing else comes of it */
	ck_assert_str_eq(desk_view(&desk, 30), "available 0, pending 0, held 0, debt 5");
	desk_close(&desk);
}
END_TEST

/* What the funder lost the programme's breakage pays, the member nothing. */
START_TEST(written_off_points_are_the_programmes_loss)
{
	struct desk desk;

	desk_open(&desk);
	award_for(&desk, 801, 20, 0, NEVER);
	desk_journal(&desk);
	ck_assert_int_eq(claw_by(&desk, 801, 50, CLAW_WRITTEN_OFF), 30);
	ck_assert_str_eq(desk_journal(&desk),
		"clawback 20: wallet to issuance; balance 0; A -20\n"
		"write_off 30: breakage to issuance");
	ck_assert_str_eq(desk_view(&desk, 1), "available 0, pending 0, held 0, debt 0");
	desk_close(&desk);
}
END_TEST

/* What is active stays with the member, whosever it is. */
START_TEST(pending_points_only)
{
	struct desk desk;

	desk_open(&desk);
	award_for(&desk, 801, 20, 0, NEVER);
	award_for(&desk, 802, 30, 100, NEVER);
	award_for(&desk, 803, 40, 100, NEVER);
	desk_journal(&desk);
	ck_assert_int_eq(claw_by(&desk, 802, 35, CLAW_PENDING_ONLY), 0);
	ck_assert_str_eq(desk_journal(&desk), "clawback 35: wallet to issuance; balance 55; B -30; C -5");
	ck_assert_int_eq(claw_by(&desk, 801, 50, CLAW_PENDING_ONLY), 15);
	ck_assert_str_eq(desk_view(&desk, 1), "available 20, pending 0, held 0, debt 0");
	desk_close(&desk);
}
END_TEST

/* New points pay the debt first, and only what is left opens a lot. */
START_TEST(a_debt_is_paid_before_a_lot_opens)
{
	struct credit credit = { REWAPP_CODE_AWARD, NULL, 12, 0, NEVER };
	struct desk desk;
	int64_t paid = -1;

	desk_open(&desk);
	credit.from = &desk.accounts[ACCOUNT_ISSUANCE];
	ck_assert_int_eq(claw_back(&desk, 801, 30, true), 30);
	desk_journal(&desk);
	ck_assert_int_eq(rewapp__wallet_credit(&desk.wallet, &desk.book, &credit, &paid), 0);
	ck_assert_int_eq(paid, 12);
	ck_assert_str_eq(desk_journal(&desk), "debt_payment 12: issuance to debt");
	ck_assert_str_eq(desk_view(&desk, 1), "available 0, pending 0, held 0, debt 18");
	credit.points = 25;
	ck_assert_int_eq(rewapp__wallet_credit(&desk.wallet, &desk.book, &credit, &paid), 0);
	ck_assert_int_eq(paid, 18);
	ck_assert_str_eq(desk_journal(&desk),
		"debt_payment 18: issuance to debt\n"
		"award 7: issuance to wallet; balance 7");
	ck_assert_str_eq(desk_view(&desk, 1), "available 7, pending 0, held 0, debt 0");
	ck_assert_uint_eq(desk.wallet.lot_count, 1);
	ck_assert_int_eq(desk.wallet.lots[0]->original, 7);
	ck_assert_int_eq(rewapp__wallet_credit(&desk.wallet, &desk.book, &credit, &paid), 0);
	ck_assert_int_eq(paid, 0);
	desk_close(&desk);
}
END_TEST

/* What time does. */

START_TEST(expired_points_go_to_breakage)
{
	struct desk desk;

	desk_open(&desk);
	award(&desk, 10, 0, 100);
	award(&desk, 20, 0, 200);
	award(&desk, 30, 0, NEVER);
	spend(&desk, 1, 4);
	desk_journal(&desk);
	settle(&desk, 99);
	ck_assert_str_eq(desk_journal(&desk), "");
	settle(&desk, 100);
	ck_assert_str_eq(desk_journal(&desk), "expiry 6: wallet to breakage; balance 50; A -6");
	settle(&desk, 1000000);
	ck_assert_str_eq(desk_journal(&desk), "expiry 20: wallet to breakage; balance 30; B -20");
	ck_assert_int_eq(desk.wallet.expired, 26);
	ck_assert_str_eq(
		desk_counters(&desk, ACCOUNT_BREAKAGE), "debits 0 (0 pending), credits 26 (0 pending)");
	desk_close(&desk);
}
END_TEST

/* The points of a hold that timed out go back first, and expire with their lot. */
START_TEST(time_outs_come_before_expiries)
{
	struct desk desk;
	struct hold *held;

	desk_open(&desk);
	award(&desk, 10, 0, 100);
	award(&desk, 10, 0, NEVER);
	held = hold(&desk, 90, 15, 105);
	desk_journal(&desk);
	settle(&desk, 104);
	ck_assert_str_eq(desk_journal(&desk), "");
	settle(&desk, 105);
	ck_assert_str_eq(desk_journal(&desk),
		"timeout 15: wallet to clearing; balance 20; A +10; B +5\n"
		"expiry 10: wallet to breakage; balance 10; A -10");
	ck_assert_int_eq(held->state, HOLD_TIMED_OUT);
	ck_assert_str_eq(desk_view(&desk, 105), "available 10, pending 0, held 0, debt 0");
	desk_close(&desk);
}
END_TEST

/* The QR code's promise: points that were held in time can be spent after their expiry. */
START_TEST(a_hold_outlives_the_expiry_of_its_points)
{
	struct desk desk;
	struct hold *held;

	desk_open(&desk);
	award(&desk, 10, 0, 100);
	held = hold(&desk, 99, 8, 114);
	desk_journal(&desk);
	settle(&desk, 110);
	ck_assert_str_eq(desk_journal(&desk), "expiry 2: wallet to breakage; balance 8; A -2");
	post(&desk, held, 5);
	settle(&desk, 110);
	ck_assert_str_eq(desk_journal(&desk),
		"redemption 5: wallet to settlement; balance 3; A +3\n"
		"expiry 3: wallet to breakage; balance 0; A -3");
	desk_close(&desk);
}
END_TEST

/* An expiry happened when it was due, not when somebody looked. */
START_TEST(what_time_does_is_dated_when_it_was_due)
{
	struct effect effect;
	struct desk desk;

	desk_open(&desk);
	award(&desk, 10, 0, 100);
	hold(&desk, 1, 5, 16);
	desk_journal(&desk);
	desk.book.occurred_ms = 5000;
	settle(&desk, 6000);
	ck_assert_int_eq(desk.book.occurred_ms, 5000);
	ck_assert(desk_effect(&desk, EFFECT_TRANSFER, 2, &effect));
	ck_assert_int_eq(effect.transfer.occurred_ms, 16);
	ck_assert(desk_effect(&desk, EFFECT_TRANSFER, 3, &effect));
	ck_assert_int_eq(effect.transfer.occurred_ms, 100);
	ck_assert(!desk_effect(&desk, EFFECT_TRANSFER, 4, &effect));
	desk_close(&desk);
}
END_TEST

START_TEST(the_view_tells_what_comes_next)
{
	struct wallet_view view;
	struct desk desk;

	desk_open(&desk);
	award(&desk, 10, 0, 100);
	award(&desk, 20, 50, 100);
	award(&desk, 30, 70, 900);
	award(&desk, 40, 0, NEVER);
	rewapp__wallet_view(&desk.wallet, 1, &view);
	ck_assert_str_eq(desk_view(&desk, 1), "available 50, pending 50, held 0, debt 0");
	ck_assert_int_eq(view.next_expiry_ms, 100);
	ck_assert_int_eq(view.next_expiry_points, 30);
	ck_assert_int_eq(view.next_activation_ms, 50);
	rewapp__wallet_view(&desk.wallet, 100, &view);
	ck_assert_str_eq(desk_view(&desk, 100), "available 70, pending 0, held 0, debt 0");
	ck_assert_int_eq(view.next_expiry_ms, 900);
	ck_assert_int_eq(view.next_expiry_points, 30);
	ck_assert_int_eq(view.next_activation_ms, 0);
	rewapp__wallet_view(&desk.wallet, 900, &view);
	ck_assert_int_eq(view.next_expiry_ms, 0);
	ck_assert_int_eq(view.next_expiry_points, 0);
	desk_close(&desk);
}
END_TEST

/* Overflow: each verb asks before it records. */

START_TEST(overflow_records_nothing)
{
	struct lot_share *shares;
	int64_t short_by = -1;
	struct desk desk;
	struct hold *held;
	size_t count;

	desk_open(&desk);
	award(&desk, 100, 0, NEVER);
	held = hold(&desk, 1, 10, 16);
	desk_journal(&desk);
	for (int kind = ACCOUNT_WALLET; kind <= ACCOUNT_DEBT; kind++) {
		struct counters *now = &desk.accounts[kind].now;

		now->debits_posted = now->debits_pending = now->credits_posted = INT64_MAX - 3;
	}
	const struct credit credit = { REWAPP_CODE_AWARD, &desk.accounts[ACCOUNT_ISSUANCE], 4, 0, NEVER };
	struct hold next = { .amount = 4, .expires_ms = 16 };

	ck_assert_int_eq(rewapp__wallet_credit(&desk.wallet, &desk.book, &credit, NULL), REWAPP_E_OVERFLOW);
	ck_assert_int_eq(rewapp__wallet_choose(&desk.wallet, 1, 4, &shares, &count), 0);
	ck_assert_int_eq(rewapp__wallet_debit(&desk.wallet, &desk.book, REWAPP_CODE_ADJUSTMENT,
				 &desk.accounts[ACCOUNT_ADJUSTMENT], shares, count, 4),
		REWAPP_E_OVERFLOW);
	next.shares = shares;
	next.share_count = count;
	ck_assert_int_eq(rewapp__wallet_hold(&desk.wallet, &desk.book, &next), REWAPP_E_OVERFLOW);
	ck_assert_int_eq(
		rewapp__wallet_post(&desk.wallet, &desk.book, held, &desk.accounts[ACCOUNT_SETTLEMENT], 4),
		REWAPP_E_OVERFLOW);
	ck_assert_int_eq(rewapp__wallet_restore(&desk.wallet, &desk.book, &desk.accounts[ACCOUNT_SETTLEMENT],
				 shares, count, 4),
		REWAPP_E_OVERFLOW);
	ck_assert_int_eq(rewapp__wallet_claw_back(&desk.wallet, &desk.book, COMMAND,
				 &desk.accounts[ACCOUNT_ISSUANCE], 4, CLAW_OWED, &short_by),
		REWAPP_E_OVERFLOW);
	ck_assert_str_eq(desk_journal(&desk), "");
	ck_assert_int_eq(desk.accounts[ACCOUNT_WALLET].now.credits_posted, INT64_MAX - 3);
	ck_assert_int_eq(desk.wallet.lots[0]->remaining, 90);
	ck_assert_uint_eq(desk.wallet.hold_count, 1);
	ck_assert_int_eq(held->state, HOLD_OPEN);
	desk_close(&desk);
}
END_TEST

/* Recording: the wallet is one row, from which it comes back as it stood at the end. */

static void check_same(const struct wallet *a, const struct wallet *b)
{
	struct wallet_view x, y;

	for (int64_t now_ms = 0; now_ms < 1000; now_ms += 50) {
		rewapp__wallet_view(a, now_ms, &x);
		rewapp__wallet_view(b, now_ms, &y);
		ck_assert_mem_eq(&x, &y, sizeof x);
	}
	ck_assert_mem_eq(&a->account->now, &b->account->now, sizeof a->account->now);
	ck_assert_mem_eq(&a->debt->now, &b->debt->now, sizeof a->debt->now);
	ck_assert_int_eq(a->account->version, b->account->version);
}

START_TEST(a_wallet_is_one_row)
{
	struct tally limits[] = { { .what = 7, .window_start = 20, .total = 5, .added = 2 },
		{ .what = 7, .window_start = 10, .total = 3 }, { .what = 6, .window_start = 30 } };
	struct account account = { .kind = ACCOUNT_WALLET }, debt = { .kind = ACCOUNT_DEBT };
	const struct step *step;
	struct wallet again;
	struct desk desk;

	desk_open(&desk);
	again = (struct wallet){ .account = &account, .debt = &debt, .arena = &desk.arena };
	award(&desk, 50, 0, 100);
	award(&desk, 50, 0, 900);
	award(&desk, 7, 300, NEVER);
	spend(&desk, 1, 50);
	hold(&desk, 1, 10, 16);
	for (int i = 0; i < 3; i++)
		rewapp__wallet_add_tally(&desk.wallet, &limits[i]);
	rewapp__wallet_finish(&desk.wallet, &desk.plan);
	ck_assert_uint_eq(desk.plan.step_count, 1);
	step = desk.plan.first;
	ck_assert(desk_is(step, "WALLET_INSERT"));
	ck_assert_int_eq(step->args[2].integer, 16);
	ck_assert_int_eq(rewapp__state_read(&again, 1000, step->args[3].bytes, step->args[3].size), 0);
	check_same(&desk.wallet, &again);
	ck_assert_uint_eq(again.lot_count, 2); /* what is used up is no longer there */
	ck_assert_int_eq(again.lots[0]->number, 1001);
	ck_assert_int_eq(again.holds[0]->shares[0].amount, 10);
	ck_assert_int_eq(again.tallies->window_start, 10); /* in their order, and none that is 0 */
	ck_assert_int_eq(again.tallies->next->total, 7);
	ck_assert_ptr_null(again.tallies->next->next);
	desk_close(&desk);
}
END_TEST

/* Cut anywhere, or with a byte changed, a state is refused or is another wallet; never a crash. */
START_TEST(a_damaged_state_is_refused)
{
	const struct step *step;
	struct desk desk;
	uint8_t bytes[512];
	size_t size;

	desk_open(&desk);
	award(&desk, 50, 0, 100);
	hold(&desk, 1, 10, 16);
	rewapp__wallet_finish(&desk.wallet, &desk.plan);
	step = desk.plan.first;
	size = step->args[3].size;
	ck_assert_uint_le(size, sizeof bytes);
	for (size_t i = 0; i < size * 256; i++) {
		struct account account = { .kind = ACCOUNT_WALLET }, debt = { .kind = ACCOUNT_DEBT };
		struct wallet again = { .account = &account, .debt = &debt, .arena = &desk.arena };

		memcpy(bytes, step->args[3].bytes, size);
		bytes[i / 256] = (uint8_t)i;
		rewapp__state_read(&again, 0, bytes, size);
		again = (struct wallet){ .account = &account, .debt = &debt, .arena = &desk.arena };
		if (i < size)
			ck_assert_int_eq(
				rewapp__state_read(&again, 0, step->args[3].bytes, i), REWAPP_E_CORRUPT);
	}
	desk_close(&desk);
}
END_TEST

/* Whatever happened to a wallet, looking before time's work is recorded and after it shows
 * the same: the nightly sweep is bookkeeping, no member ever sees it. */

static uint64_t random_below(uint64_t *state, uint64_t bound)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state % bound;
}

/* One random deed at `now_ms`; a hold that is open and in time may be ended. */
static void random_deed(struct desk *desk, uint64_t *state, int64_t now_ms)
{
	const int64_t points = 1 + (int64_t)random_below(state, 60);
	struct wallet_view view;

	rewapp__wallet_view(&desk->wallet, now_ms, &view);
	switch (random_below(state, 6)) {
	case 0:
		if (random_below(state, 2) == 0) { /* an activity, and points that live from it */
			rewapp__wallet_active(
				&desk->wallet, &desk->book, now_ms + 10 + (int64_t)random_below(state, 40));
			award_for(desk, 900, points, now_ms + (int64_t)random_below(state, 30), LOT_SLIDES);
			break;
		}
		/* fallthrough */
	case 1:
		award_for(desk, 800 + (int64_t)random_below(state, 4), points,
			now_ms + (int64_t)random_below(state, 30),
			random_below(state, 4) ? now_ms + 30 + (int64_t)random_below(state, 60) : NEVER);
		break;
	case 2:
		if (view.available >= points)
			hold(desk, now_ms, points, now_ms + 1 + (int64_t)random_below(state, 40));
		break;
	case 3:
		if (view.available >= points)
			spend(desk, now_ms, points);
		break;
	case 4:
		claw_back(desk, 800 + (int64_t)random_below(state, 4), points, random_below(state, 2) == 0);
		break;
	default:
		for (size_t i = 0; i < desk->wallet.hold_count; i++) {
			struct hold *held = desk->wallet.holds[i];

			if (held->state != HOLD_OPEN || held->expires_ms <= now_ms)
				continue;
			post(desk, held, 1 + (int64_t)random_below(state, (uint64_t)held->amount));
			break;
		}
	}
}

/* The lots and the open holds hold what the account says was posted. */
static void check_sums(const struct desk *desk)
{
	int64_t lots = 0, holds = 0;

	for (size_t i = 0; i < desk->wallet.lot_count; i++) {
		if (desk->wallet.lots[i]->remaining < 0)
			ck_assert_int_ge(desk->wallet.lots[i]->remaining, 0);
		if (desk->wallet.lots[i]->remaining > desk->wallet.lots[i]->original)
			ck_assert_int_le(desk->wallet.lots[i]->remaining, desk->wallet.lots[i]->original);
		lots += desk->wallet.lots[i]->remaining;
	}
	for (size_t i = 0; i < desk->wallet.hold_count; i++)
		if (desk->wallet.holds[i]->state == HOLD_OPEN)
			holds += desk->wallet.holds[i]->amount;
	SAME_INT(lots + holds, rewapp__account_posted(desk->wallet.account));
	SAME_INT(holds, desk->wallet.account->now.debits_pending);
}

/* Two desks live the same days; one is swept every millisecond, the other only before a deed. */
static void live(uint64_t seed)
{
	uint64_t lazy_state = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1), eager_state = lazy_state,
		 pace = lazy_state ^ 0xabcdef;
	struct desk lazy, eager;
	int64_t now_ms = 0;

	desk_open(&lazy);
	desk_open(&eager);
	for (int deed = 0; deed < 60; deed++) {
		struct wallet_view before, after, swept;
		size_t bytes;

		for (int64_t until_ms = now_ms + (int64_t)random_below(&pace, 12); now_ms < until_ms;)
			settle(&eager, ++now_ms);
		rewapp__wallet_view(&lazy.wallet, now_ms, &before);
		settle(&lazy, now_ms);
		rewapp__wallet_view(&lazy.wallet, now_ms, &after);
		settle(&eager, now_ms);
		rewapp__wallet_view(&eager.wallet, now_ms, &swept);
		ck_assert_mem_eq(&before, &after, sizeof before);
		ck_assert_mem_eq(&before, &swept, sizeof before);
		bytes = lazy.effects.pack.size;
		settle(&lazy, now_ms);
		ck_assert_uint_eq(lazy.effects.pack.size, bytes);
		random_deed(&lazy, &lazy_state, now_ms);
		random_deed(&eager, &eager_state, now_ms);
		check_sums(&lazy);
		check_sums(&eager);
	}
	ck_assert_int_eq(lazy.wallet.expired, eager.wallet.expired);
	for (int kind = ACCOUNT_WALLET; kind <= ACCOUNT_ADJUSTMENT; kind++)
		ck_assert_mem_eq(
			&lazy.accounts[kind].now, &eager.accounts[kind].now, sizeof lazy.accounts[kind].now);
	desk_close(&lazy);
	desk_close(&eager);
}

START_TEST(lazy_equals_eager)
{
	for (uint64_t story = 0; story < STORIES_OF_A_TEST; story++)
		live((uint64_t)_i * STORIES_OF_A_TEST + story);
}
END_TEST

/* --- older lots may stay shut ------------------------------------------------------------------- */

/* A wallet that lives in a row: it is read, something happens to it, and it is written. */
struct shelf {
	struct desk desk;
	uint8_t row[4096];
	size_t size;
	int64_t base;
};

static void shelf_open(struct shelf *shelf)
{
	desk_open(&shelf->desk);
	shelf->size = 0;
	shelf->base = 1000;
}

/* As the row has it, in a batch of its own; whether lots are shut. */
static bool shelf_read(struct shelf *shelf, int64_t now_ms, bool may_stay_shut)
{
	struct desk *desk = &shelf->desk;
	struct wallet *wallet = &desk->wallet;

	wallet->shut = (struct shut_lots){ .count = 0 };
	wallet->lot_count = wallet->lot_capacity = wallet->hold_count = wallet->hold_capacity = 0;
	wallet->lots = NULL;
	wallet->holds = NULL;
	wallet->activity = (struct activity){ .until_ms = 0 };
	rewapp__plan_begin(&desk->plan, &desk->arena);
	if (shelf->size)
		ck_assert_int_eq(rewapp__state_read_shut(wallet, shelf->base, shelf->row, shelf->size), 0);
	if (!may_stay_shut || !rewapp__wallet_may_stay_shut(wallet, now_ms))
		ck_assert_int_eq(rewapp__state_open(wallet), 0);
	settle(desk, now_ms);
	return wallet->shut.count > 0;
}

/* The batch's first number is `base`. */
static void shelf_write(struct shelf *shelf, int64_t base)
{
	struct pack state;

	rewapp__pack_init(&state, &shelf->desk.arena);
	rewapp__state_write(&state, &shelf->desk.wallet);
	ck_assert(!state.failed);
	ck_assert_uint_le(state.size, sizeof shelf->row);
	memcpy(shelf->row, state.data, state.size);
	shelf->size = state.size;
	shelf->base = base;
}

static void shelf_close(struct shelf *shelf)
{
	desk_close(&shelf->desk);
}

/* Points that mostly live as long, so that they go behind the others; some end sooner, never, or slide. */
static void random_credit(struct desk *desk, uint64_t *state, int64_t now_ms)
{
	int64_t expires_ms = now_ms + 400;

	if (random_below(state, 12) == 0)
		expires_ms = now_ms + 60 + (int64_t)random_below(state, 400);
	else if (random_below(state, 20) == 0)
		expires_ms = NEVER;
	else if (random_below(state, 60) == 0)
		expires_ms = LOT_SLIDES;
	if (expires_ms == LOT_SLIDES)
		rewapp__wallet_active(&desk->wallet, &desk->book, now_ms + 50);
	award_for(desk, 800 + (int64_t)random_below(state, 4), 1 + (int64_t)random_below(state, 60),
		now_ms + (random_below(state, 6) ? 0 : (int64_t)random_below(state, 30)), expires_ms);
}

/* Two rows live the same days, one of them with its older lots shut where they may be: they are the same
 * bytes. */
static int live_shut(uint64_t seed)
{
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1);
	struct shelf shut, open;
	int64_t now_ms = 0;
	int stayed = 0;

	shelf_open(&shut);
	shelf_open(&open);
	for (int deed = 0; deed < 120; deed++) {
		bool credits = random_below(&state, 10) != 0;
		uint64_t same;
		struct wallet_view a, b;

		now_ms += (int64_t)random_below(&state, 8);
		same = state;
		stayed += shelf_read(&shut, now_ms, credits);
		ck_assert(!shelf_read(&open, now_ms, false));
		rewapp__wallet_view(&shut.desk.wallet, now_ms, &a);
		rewapp__wallet_view(&open.desk.wallet, now_ms, &b);
		ck_assert_mem_eq(&a, &b, sizeof a);
		ck_assert_int_eq(
			rewapp__state_due_ms(&shut.desk.wallet), rewapp__state_due_ms(&open.desk.wallet));
		(credits ? random_credit : random_deed)(&shut.desk, &same, now_ms);
		(credits ? random_credit : random_deed)(&open.desk, &state, now_ms);
		rewapp__wallet_view(&shut.desk.wallet, now_ms, &a);
		rewapp__wallet_view(&open.desk.wallet, now_ms, &b);
		ck_assert_mem_eq(&a, &b, sizeof a);
		shelf_write(&shut, 2000 + deed * 100);
		shelf_write(&open, 2000 + deed * 100);
		ck_assert_uint_eq(shut.size, open.size);
		ck_assert_mem_eq(shut.row, open.row, open.size);
	}
	shelf_close(&shut);
	shelf_close(&open);
	return stayed;
}

START_TEST(shut_lots_change_no_byte)
{
	int stayed = 0;

	for (uint64_t story = 0; story < STORIES_OF_A_TEST; story++)
		stayed += live_shut((uint64_t)_i * STORIES_OF_A_TEST + story);
	ck_assert_int_gt(stayed, STORIES_OF_A_TEST); /* they are shut often enough to tell */
}
END_TEST

/* With a byte changed, lots that are shut are refused when they are opened, or are others; never a crash. */
START_TEST(damaged_shut_lots_are_refused)
{
	struct shelf shelf;
	uint64_t state = 1;
	int refused = 0;

	shelf_open(&shelf);
	for (int lot = 0; lot < 12; lot++) {
		shelf_read(&shelf, lot, true);
		award_for(&shelf.desk, 800, 1 + (int64_t)random_below(&state, 60), lot, 400 + lot);
		shelf_write(&shelf, 2000 + lot * 100);
	}
	ck_assert(shelf_read(&shelf, 20, true));
	for (size_t i = 0; i < shelf.size * 256; i++) {
		uint8_t was = shelf.row[i / 256];
		struct wallet again = { .account = &shelf.desk.accounts[ACCOUNT_WALLET],
			.debt = &shelf.desk.accounts[ACCOUNT_DEBT],
			.arena = &shelf.desk.arena };

		shelf.row[i / 256] = (uint8_t)i;
		refused += rewapp__state_read(&again, shelf.base, shelf.row, shelf.size) == REWAPP_E_CORRUPT;
		shelf.row[i / 256] = was;
		if (i < shelf.size)
			ck_assert_int_eq(rewapp__state_read(&(struct wallet){ .account = again.account,
								    .debt = again.debt,
								    .arena = again.arena },
						 shelf.base, shelf.row, i),
				REWAPP_E_CORRUPT);
	}
	ck_assert_int_gt(refused, 0);
	shelf_close(&shelf);
}
END_TEST

/* A lot that another member gave has a number of this batch and a purchase of long ago; the lot behind it is
 * told from it, and must not take that distance for its own. */
START_TEST(lots_of_others_keep_their_commands)
{
	static struct lot given = { .number = -17,
		.command = 13,
		.funder = 19,
		.original = 3,
		.remaining = 3,
		.activates_ms = 5,
		.expires_ms = 900 };
	static struct lot own = {
		.number = 76, .command = 73, .funder = 59, .original = 9, .remaining = 9, .activates_ms = 7
	};
	struct account account = { .number = 74, .kind = ACCOUNT_WALLET, .opened = true }, debt = { 0 };
	struct account account_again = account, debt_again = debt;
	struct arena arena;
	struct pack pack;
	struct wallet wallet = { .account = &account, .debt = &debt, .arena = &arena };
	struct wallet again = { .account = &account_again, .debt = &debt_again, .arena = &arena };

	rewapp__arena_init(&arena, NULL);
	ck_assert(rewapp__wallet_add_lot(&wallet, &given) && rewapp__wallet_add_lot(&wallet, &own));
	rewapp__pack_init(&pack, &arena);
	rewapp__state_write(&pack, &wallet);
	ck_assert(!pack.failed);
	ck_assert_int_eq(rewapp__state_read(&again, 78, pack.data, pack.size), 0);
	ck_assert_uint_eq(again.lot_count, 2);
	ck_assert_int_eq(again.lots[0]->number, 94);
	ck_assert_int_eq(again.lots[0]->command, 13);
	ck_assert_int_eq(again.lots[1]->number, 76);
	ck_assert_int_eq(again.lots[1]->command, 73);
	rewapp__arena_finish(&arena);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, the_lot_that_expires_first_is_spent_first);
	tcase_add_test(all, ties_go_to_the_older_lot);
	tcase_add_test(all, stored_lots_are_older_than_new_ones);
	tcase_add_test(all, only_active_points_are_chosen);
	tcase_add_test(all, too_few_points_choose_nothing);
	tcase_add_test(all, a_hold_takes_and_a_release_gives_back);
	tcase_add_test(all, a_hold_is_spent_whole);
	tcase_add_test(all, a_hold_is_spent_in_part);
	tcase_add_test(all, points_come_back_to_the_lots_that_live_longest);
	tcase_add_test(all, the_purchases_own_points_are_taken_back_first);
	tcase_add_test(all, then_other_points_and_then_a_debt);
	tcase_add_test(all, what_is_missing_can_be_written_off);
	tcase_add_test(all, held_points_are_not_taken_back);
	tcase_add_test(all, written_off_points_are_the_programmes_loss);
	tcase_add_test(all, pending_points_only);
	tcase_add_test(all, points_that_come_back_pay_a_debt);
	tcase_add_test(all, dead_points_pay_no_debt);
	tcase_add_test(all, a_debt_is_paid_before_a_lot_opens);
	tcase_add_test(all, expired_points_go_to_breakage);
	tcase_add_test(all, time_outs_come_before_expiries);
	tcase_add_test(all, a_hold_outlives_the_expiry_of_its_points);
	tcase_add_test(all, what_time_does_is_dated_when_it_was_due);
	tcase_add_test(all, the_view_tells_what_comes_next);
	tcase_add_test(all, overflow_records_nothing);
	tcase_add_test(all, a_wallet_is_one_row);
	tcase_add_test(all, a_damaged_state_is_refused);
	tcase_add_loop_test(all, lazy_equals_eager, 0, 300 / STORIES_OF_A_TEST);
	tcase_add_test(all, lots_of_others_keep_their_commands);
	tcase_add_loop_test(all, shut_lots_change_no_byte, 0, 200 / STORIES_OF_A_TEST);
	tcase_add_test(all, damaged_shut_lots_are_refused);
}

int main(void)
{
	return run_suite("ledger wallet", add);
}
