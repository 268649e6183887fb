/* Referral: who brought a member is rewarded with the member's first purchase, and so is the member.
 *
 * The one who brings has a wallet in the programme already, the one who is brought has none yet: so nobody
 * brings himself, and nobody those who brought him. */
#include "flows/referral.h"

#include "base/checked.h"
#include "base/error.h"
#include "earn/templates.h"
#include "flows/gift_card.h"
#include "flows/purchase.h"

#include <string.h>

/* How many the member has brought. */
static struct tally *brought_by(
	struct batch *batch, struct wallet *wallet, const struct referral_offer *offer)
{
	const struct counter_key counter = { .cap = offer->key, .scope = CAP_MEMBER, .limit = INT64_MAX };

	return rewapp__batch_tally(batch, wallet, &counter);
}

static bool may_bring(struct batch *batch, const struct member *member)
{
	return member && !rewapp__is_card(batch, member) &&
		rewapp__member_may(batch, member, REWAPP_MEMBER_BLOCKED);
}

static bool is_enough(const struct purchase *purchase, const struct referral_offer *offer, int64_t left)
{
	const struct goal as_visit = { .by = GOAL_VISITS, .least = offer->least };

	return rewapp__goal_worth(purchase->rules, &as_visit, purchase->facts, left) > 0;
}

static int check_room(struct batch *batch, const struct referral *referral, int64_t points)
{
	struct account *from = rewapp__batch_account(batch, referral->wallet->programme, ACCOUNT_ISSUANCE, 0);
	const struct transfer transfer = { .code = REWAPP_CODE_BONUS,
		.debit = from,
		.credit = referral->wallet->account,
		.amount = points };

	return from ? rewapp__book_check(&transfer) : batch->failed;
}

int rewapp__referral_look(
	struct batch *batch, const struct item *item, struct purchase *purchase, int64_t *points)
{
	const struct referral_offer *offer = purchase->rules->templates->referral;
	bool is_new = !purchase->wallet->account->opened;
	const struct tally *brought;
	struct referral *referral;
	struct member *by;

	if (!offer || rewapp_id_is_zero(&item->command->referrer))
		return 0;
	if (!(purchase->referral = referral = rewapp__arena_take(batch->arena, sizeof *referral)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "referral");
	by = rewapp__batch_member(batch, &item->command->referrer);
	if (!is_new || !may_bring(batch, by) || rewapp__account_is_closed(batch, by, purchase->programme) ||
		!is_enough(purchase, offer, purchase->amount))
		return 0;
	referral->by = by;
	if (!(referral->wallet = rewapp__batch_wallet(batch, by, purchase->programme)) ||
		!(brought = brought_by(batch, referral->wallet, offer)))
		return batch->failed;
	if (!referral->wallet->account->opened || referral->wallet == purchase->wallet ||
		(offer->per_referrer && brought->total + brought->added >= offer->per_referrer))
		return 0;
	referral->by_points = offer->by_points;
	referral->points = offer->points;
	if (!rewapp__add(*points, offer->points, points))
		return rewapp__fail(REWAPP_E_OVERFLOW, "points: they leave 64 bits");
	return check_room(batch, referral, offer->by_points);
}

static int credit(struct batch *batch, const struct purchase *purchase, struct wallet *wallet, int64_t points)
{
	const struct programme *rules = purchase->rules;
	int64_t ends_ms = rewapp__programme_expires_ms(rules, purchase->occurred_ms);
	struct credit credit = {
		.code = REWAPP_CODE_BONUS,
		.from = rewapp__batch_account(batch, wallet->programme, ACCOUNT_ISSUANCE, 0),
		.points = points,
		.activates_ms = rewapp__programme_activates_ms(rules, purchase->occurred_ms),
		.expires_ms = rules->life_from == LIFE_FROM_PURCHASE ? ends_ms : LOT_SLIDES,
	};

	if (points == 0)
		return 0;
	if (!credit.from)
		return batch->failed;
	if (rules->life_from != LIFE_FROM_PURCHASE)
		rewapp__wallet_active(wallet, &batch->book, ends_ms);
	return rewapp__wallet_credit(wallet, &batch->book, &credit, NULL);
}

static void record(struct batch *batch, const struct purchase *purchase)
{
	const struct referral *referral = purchase->referral;

	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_REFERRED,
			.referred = { purchase->number, referral->by->number, referral->points,
				referral->by_points } });
}

static bool is_rewarded(const struct referral *referral)
{
	return referral && (referral->points || referral->by_points);
}

int rewapp__referral_give(struct batch *batch, struct purchase *purchase, struct goal_sum *sum)
{
	const struct referral_offer *offer = purchase->rules->templates->referral;
	struct referral *referral = purchase->referral;
	struct rewapp_award *award = sum->awards + sum->count;
	int error;

	if (offer) /* the next purchase is no first one, whatever this one gives */
		rewapp__book_open(&batch->book, purchase->wallet->account);
	if (!referral)
		return 0;
	*award = (struct rewapp_award){ .rule = "referral",
		.version = purchase->version,
		.reason = is_rewarded(referral) ? REWAPP_REASON_REFERRED : REWAPP_REASON_NO_REFERRAL,
		.points = referral->points };
	sum->count++;
	if (!is_rewarded(referral))
		return 0;
	sum->given += referral->points;
	rewapp__wallet_settle(referral->wallet, &batch->book, batch->now_ms);
	if ((error = credit(batch, purchase, purchase->wallet, referral->points)) < 0 ||
		(error = credit(batch, purchase, referral->wallet, referral->by_points)) < 0)
		return error;
	rewapp__book_tally(&batch->book, brought_by(batch, referral->wallet, offer), 1);
	record(batch, purchase);
	rewapp__batch_event(batch, REWAPP_CODE_BONUS, referral->by->number, referral->by_points);
	return 0;
}

/* From who brought the member.  Who is forgotten meanwhile has nothing left and owes nothing. */
static int take_from_referrer(struct batch *batch, const struct purchase *purchase)
{
	const struct referral_offer *offer = purchase->rules->templates->referral;
	struct referral *referral = purchase->referral;
	struct purchase theirs = *purchase;
	struct tally *brought;
	int64_t missing = 0;

	if (!rewapp__member_may(batch, referral->by, REWAPP_MEMBER_CLOSED))
		return 0;
	if (!(theirs.wallet = rewapp__batch_wallet(batch, referral->by, purchase->programme)) ||
		!(brought = brought_by(batch, theirs.wallet, offer)))
		return batch->failed;
	rewapp__wallet_settle(theirs.wallet, &batch->book, batch->now_ms);
	if (brought->total + brought->added > 0)
		rewapp__book_tally(&batch->book, brought, -1);
	return referral->by_points
		? rewapp__purchase_take_back(batch, &theirs, 0, referral->by_points, &missing)
		: 0;
}

int rewapp__referral_return(
	struct batch *batch, struct purchase *purchase, int64_t before, int64_t after, struct goal_sum *sum)
{
	const struct referral_offer *offer = purchase->rules->templates->referral;
	const struct referral *referral = purchase->referral;
	int64_t missing = 0;
	int error = 0;

	if (!is_rewarded(referral) || !offer || !is_enough(purchase, offer, before) ||
		is_enough(purchase, offer, after))
		return 0;
	if (referral->points)
		error = rewapp__purchase_take_back(batch, purchase, 0, referral->points, &missing);
	if (error < 0 || (error = take_from_referrer(batch, purchase)) < 0)
		return error;
	sum->taken += referral->points;
	sum->missing += missing;
	record(batch, purchase);
	rewapp__batch_event(batch, REWAPP_CODE_CLAWBACK, referral->by->number, referral->by_points);
	return 0;
}
