/* GIFT_CARD: money becomes value on a card.  A card is a wallet like a member's, of nobody: it spends by
 * holds, and earns nothing. */
#include "flows/gift_card.h"

#include "base/error.h"
#include "earn/templates.h"

#include <string.h>

static void gift_card_want(struct batch *batch, struct item *item)
{
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	const struct merchant *merchant = rewapp__batch_merchant(batch, &item->command->merchant);

	rewapp__want_member(batch, &item->command->target, programme);
	if (programme && merchant)
		rewapp__want_account(batch, programme->number, ACCOUNT_ISSUANCE, merchant->number);
}

bool rewapp__is_card(struct batch *batch, const struct member *member)
{
	return !rewapp__member_may(batch, member, REWAPP_MEMBER_ERASED);
}

bool rewapp__may_spend(struct batch *batch, const struct member *member)
{
	return rewapp__member_may(batch, member, REWAPP_MEMBER_ACTIVE) ||
		(rewapp__is_card(batch, member) && rewapp__member_may(batch, member, REWAPP_MEMBER_CARD));
}

static enum rewapp_verdict judge(struct batch *batch, const struct item *item, const struct member *card,
	const struct programme_row *programme)
{
	const struct rewapp_command *command = item->command;
	const struct card_offer *offer;

	if (!programme)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!rewapp__batch_merchant(batch, &command->merchant))
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	if (!(offer = rewapp__card_offer(programme->rules, command->offer)))
		return REWAPP_VERDICT_UNKNOWN_OFFER;
	if (strcmp(programme->rules->currency, command->currency) != 0)
		return REWAPP_VERDICT_WRONG_CURRENCY;
	if (command->amount < offer->least || command->amount > offer->most)
		return REWAPP_VERDICT_WRONG_AMOUNT;
	if (!card->number)
		return REWAPP_VERDICT_ACCEPTED;
	if (!rewapp__is_card(batch, card))
		return REWAPP_VERDICT_NOT_A_CARD;
	if (!offer->reload)
		return REWAPP_VERDICT_CARD_ACTIVE;
	return rewapp__may_spend(batch, card) ? REWAPP_VERDICT_ACCEPTED : REWAPP_VERDICT_MEMBER_BLOCKED;
}

/* The points that the money is, exactly: a programme with gift cards has points that divide it.  No offer's
 * amount and no value leaves 31 bits. */
static int64_t points_of(const struct programme *rules, int64_t amount)
{
	return amount * (rules->value_points / rules->value_amount);
}

/* Commands behind it in the batch may void it. */
static int remember(struct batch *batch, const struct item *item, ref merchant, struct member *card,
	struct programme_row *programme)
{
	struct card_load *load = rewapp__arena_take(batch->arena, sizeof *load);

	if (!load)
		return rewapp__fail(REWAPP_E_NOMEMORY, "gift card");
	*load = (struct card_load){ item->number, item->subject, merchant, card, programme };
	return rewapp__batch_add_card_load(batch, load);
}

static int load(struct batch *batch, struct item *item, struct member *card, struct programme_row *programme)
{
	const struct programme *rules = programme->rules;
	const struct card_offer *offer = rewapp__card_offer(rules, item->command->offer);
	struct wallet *wallet = rewapp__batch_wallet(batch, card, programme);
	const struct merchant *merchant = rewapp__batch_merchant(batch, &item->command->merchant);
	struct credit credit = { .code = REWAPP_CODE_GIFT_CARD,
		.activates_ms = batch->now_ms,
		.expires_ms = rewapp__template_ends_ms(rules, offer->days, batch->now_ms) };
	int error;

	if (!wallet)
		return batch->failed;
	credit.points = points_of(rules, item->command->amount);
	credit.from = rewapp__batch_account(batch, wallet->programme, ACCOUNT_ISSUANCE, merchant->number);
	if (!credit.from)
		return batch->failed;
	rewapp__wallet_settle(wallet, &batch->book, batch->now_ms);
	if ((error = rewapp__wallet_credit(wallet, &batch->book, &credit, NULL)) < 0)
		return error;
	item->subject = wallet->account->last; /* the transfer that opened the lot */
	item->receipt->points = credit.points;
	item->receipt->amount = item->command->amount;
	item->receipt->activates_ms = credit.activates_ms;
	item->receipt->expires_ms = credit.expires_ms;
	item->receipt->merchant = merchant->id;
	return remember(batch, item, merchant->number, card, programme);
}

static int gift_card_decide(struct batch *batch, struct item *item)
{
	struct member *card = rewapp__map_get(&batch->members, &item->command->target);
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	enum rewapp_verdict verdict = judge(batch, item, card, programme);
	int error;

	if (verdict != REWAPP_VERDICT_ACCEPTED)
		return rewapp__refuse(item, verdict);
	if (!card->number && (error = rewapp__member_put(batch, card, REWAPP_MEMBER_CARD)) < 0)
		return error;
	if ((error = load(batch, item, card, programme)) < 0)
		return error;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	rewapp__receipt_of_wallet(batch, item, card, programme, rewapp__batch_wallet(batch, card, programme));
	rewapp__batch_event(batch, REWAPP_CODE_GIFT_CARD, card->number, item->receipt->points);
	return 0;
}

const struct story rewapp__story_gift_card = { gift_card_want, gift_card_decide };

/* --- VOID of what was loaded -------------------------------------------------------------------- */

int rewapp__gift_card_void(struct batch *batch, struct item *item, struct card_load *load)
{
	struct wallet *wallet = rewapp__batch_wallet(batch, load->card, load->programme);
	struct account *seller = rewapp__batch_account(
		batch, load->programme->number, ACCOUNT_ISSUANCE, load->merchant);
	const struct lot *lot;
	int64_t missing;
	int error;

	if (!wallet || !seller)
		return batch->failed;
	rewapp__wallet_settle(wallet, &batch->book, batch->now_ms);
	rewapp__receipt_of_wallet(batch, item, load->card, load->programme, wallet);
	lot = rewapp__wallet_lot(wallet, load->lot);
	if (!lot || lot->gone || lot->remaining < lot->original)
		return rewapp__refuse(item, REWAPP_VERDICT_HOLD_CLOSED);
	error = rewapp__wallet_claw_back(
		wallet, &batch->book, load->number, seller, lot->original, CLAW_WITHIN, &missing);
	if (error < 0)
		return error;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->points = lot->original;
	item->receipt->amount = rewapp__points_worth(batch, load->programme, lot->original);
	rewapp__receipt_of_wallet(batch, item, load->card, load->programme, wallet);
	rewapp__batch_event(batch, REWAPP_CODE_CLAWBACK, load->card->number, lot->original);
	return 0;
}
