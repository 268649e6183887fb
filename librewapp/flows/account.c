/* CLOSE_ACCOUNT, REOPEN_ACCOUNT: a member leaves a programme, and comes back.
 *
 * An account that is closed is empty, so that nothing is promised in it; what corrects the past still finds
 * it: a return takes back what it can and leaves a debt for the rest, a reversal gives points back to their
 * lots. */
#include "base/error.h"
#include "flows/batch.h"
#include "flows/gift_card.h"

static void account_want(struct batch *batch, struct item *item)
{
	rewapp__want_member(
		batch, &item->command->target, rewapp__batch_programme(batch, &item->command->programme));
}

static enum rewapp_verdict judge(
	struct batch *batch, const struct member *member, const struct programme_row *programme, bool closes)
{
	if (!programme)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!member)
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (rewapp__is_card(batch, member))
		return REWAPP_VERDICT_IS_A_CARD;
	if (rewapp__account_is_closed(batch, member, programme) != closes)
		return REWAPP_VERDICT_ACCEPTED;
	return closes ? REWAPP_VERDICT_ACCOUNT_CLOSED : REWAPP_VERDICT_ACCOUNT_OPEN;
}

/* Holds are released first: what they forfeit goes to breakage by itself. */
static void give_up(struct batch *batch, struct wallet *wallet)
{
	for (size_t i = 0; i < wallet->hold_count; i++)
		if (wallet->holds[i]->state == HOLD_OPEN)
			rewapp__wallet_release(
				wallet, &batch->book, wallet->holds[i], REWAPP_CODE_RELEASE, HOLD_VOIDED);
	rewapp__wallet_forfeit(wallet, &batch->book);
}

static enum rewapp_verdict empty(struct batch *batch, const struct item *item, struct wallet *wallet)
{
	struct wallet_view view;

	rewapp__wallet_settle(wallet, &batch->book, batch->now_ms);
	rewapp__wallet_view(wallet, batch->now_ms, &view);
	if (view.debt)
		return REWAPP_VERDICT_MEMBER_OWES;
	item->receipt->points = view.available + view.pending + view.held;
	if (item->receipt->points == 0)
		return REWAPP_VERDICT_ACCEPTED;
	if (!(item->command->flags & REWAPP_FORFEIT)) {
		item->receipt->points = 0;
		return REWAPP_VERDICT_ACCOUNT_NOT_EMPTY;
	}
	give_up(batch, wallet);
	return REWAPP_VERDICT_ACCEPTED;
}

static int change(struct batch *batch, struct item *item, bool closes)
{
	struct member *member = rewapp__batch_member(batch, &item->command->target);
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	enum rewapp_verdict verdict = judge(batch, member, programme, closes);
	struct wallet *wallet;

	if (verdict != REWAPP_VERDICT_ACCEPTED)
		return rewapp__refuse(item, verdict);
	if (!(wallet = rewapp__batch_wallet(batch, member, programme)))
		return batch->failed;
	if (closes)
		verdict = empty(batch, item, wallet);
	item->receipt->verdict = verdict;
	if (verdict == REWAPP_VERDICT_ACCEPTED) {
		rewapp__wallet_close(wallet, &batch->book, closes);
		rewapp__batch_event(batch, 0, member->number, item->receipt->points);
	}
	item->receipt->amount = rewapp__points_worth(batch, programme, item->receipt->points);
	rewapp__receipt_of_wallet(batch, item, member, programme, wallet);
	return 0;
}

static int close_decide(struct batch *batch, struct item *item)
{
	return change(batch, item, true);
}

static int reopen_decide(struct batch *batch, struct item *item)
{
	return change(batch, item, false);
}

const struct story rewapp__story_close_account = { account_want, close_decide };
const struct story rewapp__story_reopen_account = { account_want, reopen_decide };
