/* TRANSFER: a member gives points to another. */
#include "base/error.h"
#include "earn/templates.h"
#include "flows/batch.h"
#include "flows/gift_card.h"
#include "flows/household.h"

static void transfer_want(struct batch *batch, struct item *item)
{
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);

	rewapp__want_member(batch, &item->command->member, programme);
	rewapp__want_member(batch, &item->command->target, programme);
	rewapp__want_spender(batch, item);
}

static enum rewapp_verdict judge(struct batch *batch, const struct member *giver, const struct member *taker,
	const struct programme_row *programme)
{
	if (!programme)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!giver || !taker)
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (rewapp__is_card(batch, giver) || rewapp__is_card(batch, taker))
		return REWAPP_VERDICT_IS_A_CARD;
	if (!rewapp__member_may(batch, giver, REWAPP_MEMBER_ACTIVE) ||
		!rewapp__member_may(batch, taker, REWAPP_MEMBER_BLOCKED))
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (rewapp__account_is_closed(batch, giver, programme) ||
		rewapp__account_is_closed(batch, taker, programme))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	return programme->rules->templates->transfers ? REWAPP_VERDICT_ACCEPTED
						      : REWAPP_VERDICT_NOT_TRANSFERABLE;
}

static bool is_within(const struct transfer_offer *offer, int64_t points)
{
	return points >= offer->least && (!offer->most || points <= offer->most);
}

/* The verdict is in the receipt. */
static int give(struct batch *batch, struct item *item, struct wallet *giver, struct wallet *taker,
	const struct programme_row *programme)
{
	const struct transfer_offer *offer = programme->rules->templates->transfers;
	int64_t points = item->command->points;
	struct lot_share *shares;
	struct spender spender;
	size_t count;
	int error;

	if (!is_within(offer, points))
		return rewapp__refuse(item, REWAPP_VERDICT_TRANSFER_LIMIT);
	if (item->command->flags & REWAPP_UP_TO)
		points = rewapp__wallet_up_to(giver, batch->now_ms, points);
	if (!rewapp__spender_may(batch, item, giver, programme, &points, &spender))
		return 0;
	if ((error = rewapp__wallet_choose(giver, batch->now_ms, points, &shares, &count)) > 0)
		return rewapp__refuse(item, REWAPP_VERDICT_INSUFFICIENT_POINTS);
	if (error == 0 && !is_within(offer, points))
		return rewapp__refuse(item, REWAPP_VERDICT_TRANSFER_LIMIT);
	if (error < 0 || (error = rewapp__wallet_give(giver, taker, &batch->book, shares, count, points)) < 0)
		return error;
	rewapp__spender_spends(batch, programme->rules, giver, spender.number, 0, points);
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->points = points;
	rewapp__batch_event(batch, REWAPP_CODE_TRANSFER, giver->member, -points);
	rewapp__batch_event(batch, REWAPP_CODE_TRANSFER, taker->member, points);
	return 0;
}

static int transfer_decide(struct batch *batch, struct item *item)
{
	struct member *giver = rewapp__batch_member(batch, &item->command->member);
	struct member *taker = rewapp__batch_member(batch, &item->command->target);
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	enum rewapp_verdict verdict = judge(batch, giver, taker, programme);
	struct wallet *from, *to;
	int error;

	if (verdict != REWAPP_VERDICT_ACCEPTED)
		return rewapp__refuse(item, verdict);
	if (!(from = rewapp__batch_wallet(batch, giver, programme)) ||
		!(to = rewapp__batch_wallet(batch, taker, programme)))
		return batch->failed;
	rewapp__wallet_settle(from, &batch->book, batch->now_ms);
	rewapp__wallet_settle(to, &batch->book, batch->now_ms);
	if ((error = give(batch, item, from, to, programme)) < 0)
		return error;
	item->receipt->amount = rewapp__points_worth(batch, programme, item->receipt->points);
	rewapp__receipt_of_wallet(batch, item, giver, programme, from);
	return 0;
}

const struct story rewapp__story_transfer = { transfer_want, transfer_decide };
