/* VOUCHER: points become a voucher, a hold with a code that is spent whole and lives as long as its offer
 * says; or the programme gives one, whose points are then awarded first. */
#include "flows/voucher.h"

#include "base/error.h"
#include "earn/templates.h"
#include "flows/gift_card.h"
#include "flows/household.h"
#include "flows/read.h"
#include "flows/token.h"

#include <string.h>

static void voucher_want(struct batch *batch, struct item *item)
{
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);

	rewapp__want_member(batch, &item->command->member, programme);
	rewapp__want_spender(batch, item);
	if (programme)
		rewapp__want_account(batch, programme->number, ACCOUNT_ISSUANCE, 0);
}

/* How many of an offer the member has had. */
static struct tally *count_of(struct batch *batch, struct wallet *wallet, int64_t key)
{
	const struct counter_key counter = { .cap = key, .scope = CAP_MEMBER, .limit = INT64_MAX };

	return rewapp__batch_tally(batch, wallet, &counter);
}

static enum rewapp_verdict judge(struct batch *batch, const struct item *item, const struct member *member,
	const struct programme_row *programme)
{
	const struct rewapp_id *merchant = &item->command->merchant;

	if (!programme)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!member)
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (rewapp__is_card(batch, member))
		return REWAPP_VERDICT_IS_A_CARD;
	if (!rewapp__member_may(batch, member, REWAPP_MEMBER_ACTIVE))
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (rewapp__account_is_closed(batch, member, programme))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	if (!rewapp__voucher_offer(programme->rules, item->command->offer))
		return REWAPP_VERDICT_UNKNOWN_OFFER;
	if (!rewapp_id_is_zero(merchant) && !rewapp__batch_merchant(batch, merchant))
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	return REWAPP_VERDICT_ACCEPTED;
}

static struct hold *hold_new(struct batch *batch, const struct item *item, const struct programme *rules,
	const struct voucher_offer *offer)
{
	const struct merchant *merchant = rewapp__batch_merchant(batch, &item->command->merchant);
	struct hold *hold = rewapp__arena_take(batch->arena, sizeof *hold);

	if (!hold)
		return NULL;
	*hold = (struct hold){
		.merchant = merchant ? merchant->number : 0,
		.amount = offer->points,
		.issued_ms = batch->now_ms,
		.expires_ms = rewapp__template_ends_ms(rules, offer->days, batch->now_ms),
		.key = rewapp__token_current_key(batch->engine),
		.offer = rewapp__arena_copy(batch->arena, offer->id, strlen(offer->id)),
		.forfeits = offer->forfeits,
	};
	return hold->offer ? hold : NULL;
}

/* The programme's points: a lot that ends with the voucher.  Who owes would pay a debt with it. */
static int give(struct batch *batch, const struct item *item, struct wallet *wallet, struct hold *hold)
{
	struct credit credit = { .code = REWAPP_CODE_AWARD,
		.points = hold->amount,
		.activates_ms = batch->now_ms,
		.expires_ms = hold->expires_ms };
	const struct transfer later = { .code = REWAPP_CODE_HOLD,
		.debit = wallet->account,
		.credit = wallet->clearing,
		.amount = hold->amount };
	int error;

	if (rewapp__account_posted(wallet->debt) < 0)
		return 1;
	if (!(hold->shares = rewapp__arena_array(batch->arena, 1, sizeof *hold->shares)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "voucher");
	credit.from = rewapp__batch_account(batch, wallet->programme, ACCOUNT_ISSUANCE, 0);
	if (!credit.from)
		return batch->failed;
	if ((error = rewapp__book_check(&later)) < 0 ||
		(error = rewapp__wallet_credit(wallet, &batch->book, &credit, NULL)) < 0)
		return error;
	for (size_t i = 0; i < wallet->lot_count; i++)
		if (wallet->lots[i]->command == item->number)
			hold->shares[hold->share_count++] = (struct lot_share){ wallet->lots[i],
				hold->amount };
	return batch->plan.failed;
}

/* 0, 1 when there are too few points, or an error. */
static int reserve(struct batch *batch, const struct item *item, struct wallet *wallet,
	const struct voucher_offer *offer, struct hold *hold)
{
	int error = offer->from_campaign ? give(batch, item, wallet, hold)
					 : rewapp__wallet_choose(wallet, batch->now_ms, hold->amount,
						   &hold->shares, &hold->share_count);

	return error ? error : rewapp__wallet_hold(wallet, &batch->book, hold);
}

static int tell(struct batch *batch, struct item *item, struct hold_fact *fact)
{
	item->subject = fact->hold->number;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->points = fact->hold->amount;
	item->receipt->amount = rewapp__points_worth(batch, fact->programme, fact->hold->amount);
	item->receipt->merchant = item->command->merchant;
	item->receipt->expires_ms = fact->hold->expires_ms;
	rewapp__receipt_of_wallet(batch, item, fact->member, fact->programme, fact->wallet);
	rewapp__batch_event(batch, REWAPP_CODE_HOLD, fact->member->number, fact->hold->amount);
	return rewapp__batch_add_hold(batch, fact);
}

static int voucher_decide(struct batch *batch, struct item *item)
{
	struct member *member = rewapp__batch_member(batch, &item->command->member);
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	enum rewapp_verdict verdict = judge(batch, item, member, programme);
	struct hold_fact *fact = rewapp__arena_take(batch->arena, sizeof *fact);
	const struct voucher_offer *offer;
	struct spender spender;
	struct tally *tally;
	int64_t points;
	int error;

	if (verdict != REWAPP_VERDICT_ACCEPTED)
		return rewapp__refuse(item, verdict);
	offer = rewapp__voucher_offer(programme->rules, item->command->offer);
	if (!fact || !(fact->hold = hold_new(batch, item, programme->rules, offer)) ||
		!(fact->wallet = rewapp__batch_wallet(batch, member, programme)) ||
		!(tally = count_of(batch, fact->wallet, offer->key)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "voucher");
	fact->member = member;
	fact->programme = programme;
	fact->id = item->command->id;
	rewapp__wallet_settle(fact->wallet, &batch->book, batch->now_ms);
	if (offer->per_member && tally->total + tally->added >= offer->per_member)
		return rewapp__refuse(item, REWAPP_VERDICT_OFFER_EXHAUSTED);
	points = offer->points;
	if (!rewapp__spender_may(batch, item, fact->wallet, programme, &points, &spender))
		return 0;
	error = reserve(batch, item, fact->wallet, offer, fact->hold);
	if (error > 0) {
		rewapp__receipt_of_wallet(batch, item, member, programme, fact->wallet);
		return rewapp__refuse(item,
			offer->from_campaign ? REWAPP_VERDICT_MEMBER_OWES
					     : REWAPP_VERDICT_INSUFFICIENT_POINTS);
	}
	if (error < 0)
		return error;
	rewapp__spender_holds(batch, &spender, fact);
	rewapp__book_tally(&batch->book, tally, 1);
	return tell(batch, item, fact);
}

void rewapp__voucher_voided(struct batch *batch, struct wallet *wallet, const struct hold *hold)
{
	struct tally *tally;
	int64_t key;

	if (!hold->offer || rewapp__template_key("voucher", hold->offer, &key) < 0 ||
		!(tally = count_of(batch, wallet, key)) || tally->total + tally->added <= 0)
		return;
	rewapp__book_tally(&batch->book, tally, -1);
}

/* --- those that can be spent ------------------------------------------------------------------ */

static bool is_open(const struct hold *hold, int64_t now_ms)
{
	return hold->offer && hold->state == HOLD_OPEN && hold->expires_ms > now_ms;
}

static int tell_one(struct batch *batch, const struct hold *hold, struct rewapp_voucher *out)
{
	const struct hold_fact *fact = rewapp__batch_hold(batch, hold->number);
	const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
		&batch->engine->catalogue, hold->merchant);

	if (!fact)
		return rewapp__fail(REWAPP_E_CORRUPT, "log: hold %lld is missing", (long long)hold->number);
	*out = (struct rewapp_voucher){ .id = fact->id,
		.points = hold->amount,
		.amount = rewapp__points_worth(batch, fact->programme, hold->amount),
		.made_ms = hold->issued_ms,
		.expires_ms = hold->expires_ms };
	if (merchant)
		out->merchant = merchant->id;
	strncpy(out->offer, hold->offer, sizeof out->offer - 1);
	return rewapp__token_of_hold(batch->engine, hold, &fact->id, out->code);
}

static int list(struct batch *batch, const struct wallet *wallet, struct rewapp_voucher *out, size_t *count)
{
	int error;

	for (size_t i = 0; i < wallet->hold_count; i++)
		if (is_open(wallet->holds[i], batch->now_ms))
			rewapp__want_hold(batch, wallet->holds[i]->number);
	error = rewapp__batch_load(batch);
	for (size_t i = 0; i < wallet->hold_count && error >= 0; i++)
		if (is_open(wallet->holds[i], batch->now_ms))
			error = tell_one(batch, wallet->holds[i], &out[(*count)++]);
	return error;
}

static int read_vouchers(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_voucher **out, size_t *count)
{
	struct programme_row *row;
	struct rewapp_voucher *found;
	struct wallet *wallet;
	struct batch batch;
	int error;

	*count = 0;
	if ((error = rewapp__read_programme(engine, programme, &row)) < 0 ||
		(error = rewapp__read_wallet(&batch, engine, row, member, &wallet)) < 0)
		return error;
	if (!(found = rewapp__arena_array(&engine->arena, wallet->hold_count, sizeof *found)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "vouchers");
	*out = found;
	return list(&batch, wallet, found, count);
}

int rewapp__read_vouchers(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_voucher **out, size_t *count)
{
	int error = read_vouchers(engine, programme, member, out, count);

	rewapp__engine_end(engine);
	return error;
}

const struct story rewapp__story_voucher = { voucher_want, voucher_decide };
