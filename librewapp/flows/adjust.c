/* Points by hand, and points given back. */
#include "base/checked.h"
#include "base/error.h"
#include "flows/batch.h"
#include "flows/household.h"

/* --- ADJUST: a credit or a debit by hand ------------------------------------------------------- */

static void adjust_want(struct batch *batch, struct item *item)
{
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);

	rewapp__want_member(batch, &item->command->member, programme);
	if (programme)
		rewapp__want_account(batch, programme->number, ACCOUNT_ADJUSTMENT, 0);
}

static int adjust_up(struct batch *batch, struct item *item, struct wallet *wallet, struct account *account)
{
	struct credit credit = {
		.code = REWAPP_CODE_ADJUSTMENT,
		.from = account,
		.points = item->command->points,
		.activates_ms = batch->now_ms,
	};

	if (item->command->ttl_ms && !rewapp__add(batch->now_ms, item->command->ttl_ms, &credit.expires_ms))
		return rewapp__fail(REWAPP_E_OVERFLOW, "ttl_ms: beyond the end of time");
	item->receipt->expires_ms = credit.expires_ms;
	item->receipt->points = credit.points;
	return rewapp__wallet_credit(wallet, &batch->book, &credit, NULL);
}

static int adjust_down(struct batch *batch, struct item *item, struct wallet *wallet, struct account *account)
{
	int64_t points = -item->command->points;
	struct lot_share *shares;
	size_t count;
	int error;

	if (item->command->flags & REWAPP_UP_TO)
		points = rewapp__wallet_up_to(wallet, batch->now_ms, points);
	item->receipt->points = -points;
	error = rewapp__wallet_choose(wallet, batch->now_ms, points, &shares, &count);
	if (error > 0) {
		item->receipt->verdict = REWAPP_VERDICT_INSUFFICIENT_POINTS;
		item->receipt->points = 0;
		return 0;
	}
	if (error < 0)
		return error;
	return rewapp__wallet_debit(
		wallet, &batch->book, REWAPP_CODE_ADJUSTMENT, account, shares, count, points);
}

static int adjust_decide(struct batch *batch, struct item *item)
{
	struct member *member = rewapp__batch_member(batch, &item->command->member);
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	struct account *account;
	struct wallet *wallet;
	int error;

	if (!programme)
		return rewapp__refuse(item, REWAPP_VERDICT_UNKNOWN_PROGRAMME);
	if (!member)
		return rewapp__refuse(item, REWAPP_VERDICT_UNKNOWN_MEMBER);
	if (rewapp__account_is_closed(batch, member, programme))
		return rewapp__refuse(item, REWAPP_VERDICT_ACCOUNT_CLOSED);
	wallet = item->command->points > 0 ? rewapp__batch_wallet_shut(batch, member, programme)
					   : rewapp__batch_wallet(batch, member, programme);
	account = rewapp__batch_account(batch, programme->number, ACCOUNT_ADJUSTMENT, 0);
	if (!wallet || !account)
		return batch->failed;
	rewapp__wallet_settle(wallet, &batch->book, batch->now_ms);
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	error = item->command->points > 0 ? adjust_up(batch, item, wallet, account)
					  : adjust_down(batch, item, wallet, account);
	if (error < 0) {
		item->receipt->points = 0;
		return error;
	}
	rewapp__receipt_of_wallet(batch, item, member, programme, wallet);
	if (item->receipt->verdict != REWAPP_VERDICT_ACCEPTED)
		return 0;
	rewapp__batch_event(batch, REWAPP_CODE_ADJUSTMENT, member->number, item->receipt->points);
	return 0;
}

const struct story rewapp__story_adjust = { adjust_want, adjust_decide };

/* --- REVERSE: a redemption is taken back ------------------------------------------------------- */

static void reverse_want(struct batch *batch, struct item *item)
{
	rewapp__want_target(batch, &item->command->target);
}

/* What earlier reversals gave back is off the end of the shares, longest life first. */
static void shares_without(struct redemption *redemption, int64_t given)
{
	for (size_t i = redemption->share_count; i-- > 0 && given > 0;) {
		int64_t part = redemption->shares[i].amount < given ? redemption->shares[i].amount : given;

		redemption->shares[i].amount -= part;
		given -= part;
	}
}

static int reverse_record(
	struct batch *batch, struct item *item, struct redemption *redemption, int64_t points)
{
	struct account *from = rewapp__batch_account(
		batch, redemption->programme->number, ACCOUNT_SETTLEMENT, redemption->merchant);
	struct lot_share *shares = rewapp__arena_array(batch->arena, redemption->share_count, sizeof *shares);
	struct redemption left = *redemption;
	int error;

	if (!from || !shares)
		return batch->failed ? batch->failed : rewapp__fail(REWAPP_E_NOMEMORY, "redemption");
	left.shares = shares;
	for (size_t i = 0; i < redemption->share_count; i++)
		shares[i] = redemption->shares[i];
	shares_without(&left, redemption->reversed);
	error = rewapp__wallet_restore(
		redemption->wallet, &batch->book, from, shares, redemption->share_count, points);
	if (error < 0)
		return error;
	rewapp__wallet_settle(redemption->wallet, &batch->book, batch->now_ms);
	rewapp__spender_gets_back(batch, redemption, points);
	rewapp__batch_undone(batch, redemption->hold, redemption->undone,
		(int64_t[]){ 0, redemption->reversed }, (int64_t[]){ 0, redemption->reversed + points });
	redemption->undone = true;
	redemption->reversed += points;
	item->receipt->merchant = redemption->merchant_id;
	item->receipt->points = points;
	item->receipt->amount = rewapp__points_worth(batch, redemption->programme, points);
	return 0;
}

static int reverse_decide(struct batch *batch, struct item *item)
{
	const struct known *target = rewapp__batch_known(batch, &item->command->target);
	bool redeems = target && (target->kind == REWAPP_KIND_REDEEM || target->kind == REWAPP_KIND_POST);
	struct redemption *redemption = redeems ? rewapp__batch_redemption(batch, target->subject) : NULL;
	int64_t left, points;
	int error;

	if (!redemption)
		return rewapp__refuse(item, REWAPP_VERDICT_UNKNOWN_REDEMPTION);
	left = redemption->points - redemption->reversed;
	points = item->command->points ? item->command->points : left;
	if (points > left && item->command->flags & REWAPP_UP_TO)
		points = left;
	if (points > left || left == 0)
		return rewapp__refuse(item, REWAPP_VERDICT_REVERSAL_EXCEEDS);
	if (!(redemption->wallet = rewapp__batch_wallet(batch, redemption->member, redemption->programme)))
		return batch->failed;
	rewapp__wallet_settle(redemption->wallet, &batch->book, batch->now_ms);
	if ((error = reverse_record(batch, item, redemption, points)) < 0)
		return error;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	rewapp__receipt_of_wallet(batch, item, redemption->member, redemption->programme, redemption->wallet);
	rewapp__batch_event(batch, REWAPP_CODE_REVERSAL, redemption->member->number, points);
	return 0;
}

const struct story rewapp__story_reverse = { reverse_want, reverse_decide };
