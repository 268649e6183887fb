/* Points are put on hold, with a QR token or without; the hold is spent, or given back. */
#include "base/error.h"
#include "flows/batch.h"
#include "flows/gift_card.h"
#include "flows/household.h"
#include "flows/token.h"
#include "flows/voucher.h"

/* --- HOLD, MINT: points are reserved ------------------------------------------------------ */

static void hold_want(struct batch *batch, struct item *item)
{
	rewapp__want_member(
		batch, &item->command->member, rewapp__batch_programme(batch, &item->command->programme));
	rewapp__want_spender(batch, item);
}

static enum rewapp_verdict hold_judge(struct batch *batch, const struct item *item,
	const struct member *member, const struct programme_row *programme)
{
	const struct rewapp_id *merchant = &item->command->merchant;

	if (!programme)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!member)
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (!rewapp__may_spend(batch, member))
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (rewapp__account_is_closed(batch, member, programme))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	if (!rewapp_id_is_zero(merchant) && !rewapp__batch_merchant(batch, merchant))
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	return REWAPP_VERDICT_ACCEPTED;
}

static struct hold *hold_new(struct batch *batch, const struct item *item, int64_t points, int64_t key)
{
	const struct merchant *merchant = rewapp__batch_merchant(batch, &item->command->merchant);
	struct hold *hold = rewapp__arena_take(batch->arena, sizeof *hold);
	int64_t ttl_ms = item->command->ttl_ms ? item->command->ttl_ms : REWAPP_HOLD_TTL_MS;

	if (!hold)
		return NULL;
	hold->merchant = merchant ? merchant->number : 0;
	hold->amount = points;
	hold->issued_ms = batch->now_ms;
	hold->expires_ms = batch->now_ms + ttl_ms;
	hold->key = key;
	if (key) { /* a token counts in seconds and in steps of ten */
		hold->issued_ms = batch->now_ms / 1000 * 1000;
		hold->expires_ms = hold->issued_ms +
			(ttl_ms < QR_TTL_STEP_MS ? QR_TTL_STEP_MS : ttl_ms / QR_TTL_STEP_MS * QR_TTL_STEP_MS);
	}
	return hold;
}

static int reserve(struct batch *batch, struct item *item, int64_t key)
{
	struct member *member = rewapp__batch_member(batch, &item->command->member);
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	enum rewapp_verdict verdict = hold_judge(batch, item, member, programme);
	int64_t points = item->command->points;
	struct hold_fact *fact = rewapp__arena_take(batch->arena, sizeof *fact);
	struct spender spender;
	struct wallet *wallet;
	int error;

	if (verdict != REWAPP_VERDICT_ACCEPTED)
		return rewapp__refuse(item, verdict);
	if (!(wallet = rewapp__batch_wallet(batch, member, programme)) || !fact)
		return rewapp__fail(REWAPP_E_NOMEMORY, "hold");
	rewapp__wallet_settle(wallet, &batch->book, batch->now_ms);
	if (item->command->flags & REWAPP_UP_TO)
		points = rewapp__wallet_up_to(wallet, batch->now_ms, points);
	if (!rewapp__spender_may(batch, item, wallet, programme, &points, &spender))
		return 0;
	if (!(fact->hold = hold_new(batch, item, points, key)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "hold");
	error = rewapp__wallet_choose(
		wallet, batch->now_ms, points, &fact->hold->shares, &fact->hold->share_count);
	if (error > 0) {
		rewapp__receipt_of_wallet(batch, item, member, programme, wallet);
		return rewapp__refuse(item, REWAPP_VERDICT_INSUFFICIENT_POINTS);
	}
	if (error < 0 || (error = rewapp__wallet_hold(wallet, &batch->book, fact->hold)) < 0)
		return error;
	fact->wallet = wallet;
	fact->member = member;
	fact->programme = programme;
	fact->id = item->command->id;
	rewapp__spender_holds(batch, &spender, fact);
	item->subject = fact->hold->number;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->points = points;
	item->receipt->amount = rewapp__points_worth(batch, programme, points);
	item->receipt->merchant = item->command->merchant;
	item->receipt->expires_ms = fact->hold->expires_ms;
	rewapp__receipt_of_wallet(batch, item, member, programme, wallet);
	rewapp__batch_event(batch, REWAPP_CODE_HOLD, member->number, points);
	return rewapp__batch_add_hold(batch, fact);
}

static int hold_decide(struct batch *batch, struct item *item)
{
	return reserve(batch, item, 0);
}

static int mint_decide(struct batch *batch, struct item *item)
{
	if (batch->now_ms / 1000 > UINT32_MAX - REWAPP_HOLD_TTL_MS / 1000)
		return rewapp__fail(REWAPP_E_OVERFLOW, "now: a token's clock ends in the year 2106");
	return reserve(batch, item, rewapp__token_current_key(batch->engine));
}

const struct story rewapp__story_hold = { hold_want, hold_decide };
const struct story rewapp__story_mint = { hold_want, mint_decide };

/* --- POST, VOID, REDEEM: the hold ends ---------------------------------------------------- */

static void target_want(struct batch *batch, struct item *item)
{
	rewapp__want_target(batch, &item->command->target);
}

static void settlement_want(struct batch *batch, const struct item *item)
{
	const struct merchant *merchant = rewapp__batch_merchant(batch, &item->command->merchant);

	/* The hold's programme is not known yet: there are few, so all are asked for. */
	for (const struct programme_row *row = batch->engine->catalogue.first; merchant && row;
		row = row->next)
		rewapp__want_account(batch, row->number, ACCOUNT_SETTLEMENT, merchant->number);
}

static void post_want(struct batch *batch, struct item *item)
{
	settlement_want(batch, item);
	target_want(batch, item);
}

static struct hold_fact *target_hold(struct batch *batch, const struct item *item)
{
	const struct known *target = rewapp__batch_known(batch, &item->command->target);
	bool holds = target &&
		(target->kind == REWAPP_KIND_HOLD || target->kind == REWAPP_KIND_MINT ||
			target->kind == REWAPP_KIND_VOUCHER);

	return holds ? rewapp__batch_hold(batch, target->subject) : NULL;
}

static enum rewapp_verdict closed_verdict(const struct hold *hold)
{
	switch (hold->state) {
	case HOLD_POSTED:
		return REWAPP_VERDICT_SPENT;
	case HOLD_TIMED_OUT:
		return REWAPP_VERDICT_EXPIRED;
	default:
		return REWAPP_VERDICT_HOLD_CLOSED;
	}
}

static struct hold *hold_of_wallet(const struct hold_fact *fact)
{
	for (size_t i = 0; i < fact->wallet->hold_count; i++)
		if (fact->wallet->holds[i]->number == fact->hold->number)
			return fact->wallet->holds[i];
	return NULL;
}

/* The hold as its wallet has it, after time and the commands before have had their say; NULL: it is not open.
 * Both were read at different instants: when somebody ended the hold between, the batch starts again. */
static struct hold *hold_now(struct batch *batch, struct hold_fact *fact)
{
	struct hold *hold;

	if (!(fact->wallet = rewapp__batch_wallet(batch, fact->member, fact->programme)))
		return NULL;
	if ((hold = hold_of_wallet(fact)))
		fact->hold = hold;
	else if (fact->hold->state == HOLD_OPEN && fact->hold->expires_ms > batch->now_ms)
		batch->failed = rewapp__fail(REWAPP_E_CONFLICT, "the hold ended meanwhile");
	return hold && hold->state == HOLD_OPEN && hold->expires_ms > batch->now_ms ? hold : NULL;
}

static int remember_redemption(struct batch *batch, const struct item *item, const struct hold_fact *fact,
	const struct merchant *merchant, int64_t points)
{
	struct redemption *redemption = rewapp__arena_take(batch->arena, sizeof *redemption);
	const struct hold *hold = fact->hold;
	const struct sharer *sharer;
	int64_t left = points;

	if (!redemption ||
		!(redemption->shares = rewapp__arena_array(
			  batch->arena, hold->share_count, sizeof *redemption->shares)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "redemption");
	redemption->number = item->subject;
	redemption->hold = hold->number;
	redemption->merchant = merchant->number;
	redemption->merchant_id = merchant->id;
	redemption->wallet = fact->wallet;
	redemption->member = fact->member;
	redemption->programme = fact->programme;
	redemption->points = points;
	redemption->by = hold->by;
	if (hold->by && (sharer = rewapp__household_sharer(fact->wallet, hold->by)))
		redemption->window = sharer->window; /* the newest: it has just counted there */
	redemption->recorded_ms = batch->now_ms;
	for (size_t i = 0; i < hold->share_count && left > 0; i++) {
		struct lot_share share = hold->shares[i];

		share.amount = share.amount < left ? share.amount : left;
		left -= share.amount;
		redemption->shares[redemption->share_count++] = share;
	}
	return rewapp__batch_add_redemption(batch, redemption);
}

static int spend(struct batch *batch, struct item *item, struct hold_fact *fact,
	const struct merchant *merchant, int64_t points)
{
	struct account *to = rewapp__batch_account(
		batch, fact->programme->number, ACCOUNT_SETTLEMENT, merchant->number);
	const struct programme *rules;
	int error;

	if (!to)
		return batch->failed;
	rewapp__wallet_settle(fact->wallet, &batch->book, batch->now_ms);
	if ((error = rewapp__wallet_post(fact->wallet, &batch->book, fact->hold, to, points)) < 0)
		return error;
	rules = rewapp__batch_programme(batch, &fact->programme->id)->rules;
	rewapp__spender_spends(batch, rules, fact->wallet, fact->hold->by, fact->hold->number, points);
	if (rules->life_from == LIFE_FROM_ACTIVITY)
		rewapp__wallet_active(
			fact->wallet, &batch->book, rewapp__programme_expires_ms(rules, batch->now_ms));
	item->subject = fact->hold->number_posted;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->points = points;
	item->receipt->amount = rewapp__points_worth(batch, fact->programme, points);
	item->receipt->merchant = merchant->id;
	rewapp__receipt_of_wallet(batch, item, fact->member, fact->programme, fact->wallet);
	rewapp__batch_event(batch, REWAPP_CODE_REDEMPTION, fact->member->number, points);
	return remember_redemption(batch, item, fact, merchant, points);
}

/* POST and REDEEM alike: may this merchant spend this hold now? */
static int try_to_spend(struct batch *batch, struct item *item, struct hold_fact *fact, int64_t points)
{
	const struct merchant *merchant = rewapp__batch_merchant(batch, &item->command->merchant);
	struct hold *hold;

	if (!merchant)
		return rewapp__refuse(item, REWAPP_VERDICT_UNKNOWN_MERCHANT);
	item->receipt->merchant = merchant->id;
	if (fact->hold->merchant && fact->hold->merchant != merchant->number)
		return rewapp__refuse(item, REWAPP_VERDICT_WRONG_MERCHANT);
	hold = hold_now(batch, fact);
	if (!hold && batch->failed)
		return batch->failed;
	if (!hold)
		return rewapp__refuse(item,
			fact->hold->state == HOLD_OPEN ? REWAPP_VERDICT_EXPIRED : closed_verdict(fact->hold));
	if (!rewapp__may_spend(batch, fact->member) ||
		(fact->spender && !rewapp__may_spend(batch, fact->spender)))
		return rewapp__refuse(item, REWAPP_VERDICT_MEMBER_BLOCKED);
	if (points > hold->amount && item->command->flags & REWAPP_UP_TO)
		points = hold->amount;
	if (points > hold->amount)
		return rewapp__refuse(item, REWAPP_VERDICT_HOLD_EXCEEDED);
	if (hold->offer && points && points < hold->amount)
		return rewapp__refuse(item, REWAPP_VERDICT_WRONG_AMOUNT);
	return spend(batch, item, fact, merchant, points ? points : hold->amount);
}

static int post_decide(struct batch *batch, struct item *item)
{
	struct hold_fact *fact = target_hold(batch, item);

	if (!fact)
		return rewapp__refuse(item, REWAPP_VERDICT_UNKNOWN_HOLD);
	return try_to_spend(batch, item, fact, item->command->points);
}

static int void_decide(struct batch *batch, struct item *item)
{
	const struct known *target = rewapp__batch_known(batch, &item->command->target);
	struct hold_fact *fact = target_hold(batch, item);
	struct card_load *load = target && target->kind == REWAPP_KIND_GIFT_CARD
		? rewapp__batch_card_load(batch, target->subject)
		: NULL;
	struct hold *hold;

	if (load)
		return rewapp__gift_card_void(batch, item, load);
	if (!fact)
		return rewapp__refuse(item, REWAPP_VERDICT_UNKNOWN_HOLD);
	hold = hold_now(batch, fact);
	if (!hold && batch->failed)
		return batch->failed;
	if (!hold)
		return rewapp__refuse(item, REWAPP_VERDICT_HOLD_CLOSED);
	rewapp__wallet_settle(fact->wallet, &batch->book, batch->now_ms);
	rewapp__wallet_release(fact->wallet, &batch->book, hold, REWAPP_CODE_RELEASE, HOLD_VOIDED);
	rewapp__voucher_voided(batch, fact->wallet, hold);
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->points = hold->amount;
	rewapp__receipt_of_wallet(batch, item, fact->member, fact->programme, fact->wallet);
	rewapp__batch_event(batch, REWAPP_CODE_RELEASE, fact->member->number, hold->amount);
	return 0;
}

/* The token's own checks need no storage; they tell which hold to load. */
static void redeem_want(struct batch *batch, struct item *item)
{
	item->token_verdict = rewapp__token_open(
		batch->engine, item->command->token, batch->now_ms, &item->token);
	settlement_want(batch, item);
	rewapp__want_hold(batch, (ref)item->token.subject);
}

static int redeem_decide(struct batch *batch, struct item *item)
{
	struct hold_fact *fact;

	if (item->token_verdict != REWAPP_VERDICT_ACCEPTED && item->token_verdict != REWAPP_VERDICT_EXPIRED)
		return rewapp__refuse(item, (enum rewapp_verdict)item->token_verdict);
	fact = rewapp__batch_hold(batch, (ref)item->token.subject);
	if (!fact || !rewapp__token_names(&item->token, fact->hold, &fact->id))
		return rewapp__refuse(item, REWAPP_VERDICT_FORGED);
	return try_to_spend(batch, item, fact, 0);
}

const struct story rewapp__story_post = { post_want, post_decide };
const struct story rewapp__story_void = { target_want, void_decide };
const struct story rewapp__story_redeem = { redeem_want, redeem_decide };
