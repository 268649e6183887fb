/* CONFIRM: a person says which merchant a bank line names; it earns, and the text is remembered.
 * TAKE_BACK: the answer, or a match that was wrong, is undone with its points. */
#include "base/error.h"
#include "flows/doubt.h"
#include "flows/facts.h"
#include "flows/match.h"
#include "flows/purchase.h"
#include "flows/returns.h"
#include "flows/sightings.h"
#include "matching/learnt.h"
#include "programme/learnt.sql.h"

#include <string.h>

/* --- CONFIRM ----------------------------------------------------------------------------------- */

static void confirm_want(struct batch *batch, struct item *item)
{
	rewapp__want_doubt(batch, item);
	if (item->command->flags & REWAPP_NOBODY)
		rewapp__want_target(batch, &item->command->target);
}

/* What the rules see once the merchant is known. */
static int facts_of(struct batch *batch, const struct doubt *doubt, const struct merchant *merchant,
	struct earn_facts **out)
{
	struct earn_facts *facts = rewapp__arena_take(batch->arena, sizeof *facts);

	if (!facts)
		return rewapp__fail(REWAPP_E_NOMEMORY, "review");
	*facts = (struct earn_facts){ .merchant = merchant->id,
		.mcc = doubt->line.mcc ? doubt->line.mcc : merchant->mcc,
		.amount = doubt->line.amount,
		.occurred_ms = doubt->line.occurred_ms };
	*out = facts;
	return rewapp__facts_decode(doubt->line.facts, doubt->line.facts_size, batch->arena, facts);
}

/* By an earlier command of this batch: its facts know no such member any more. */
static bool is_erased(const struct batch *batch, const struct member *member)
{
	const struct member *now = rewapp__map_get(&batch->members, &member->id);

	return now && now->number != member->number;
}

/* The words by which the line's text is remembered, "" when there is nothing to remember it by. */
static int words_of(struct batch *batch, struct doubt *doubt, char text[REWAPP__LEARNT_TEXT])
{
	const char *descriptor;
	int error;

	*text = '\0';
	if (is_erased(batch, doubt->member))
		return 0;
	error = rewapp__doubt_uncover(doubt->member, &doubt->id, batch->arena, &doubt->line);
	descriptor = doubt->line.texts[TOLD_DESCRIPTOR];
	if (error < 0 || !descriptor)
		return error;
	return rewapp__match_remember(&batch->engine->catalogue, descriptor, batch->arena, text);
}

static int learn(
	struct batch *batch, const struct item *item, struct doubt *doubt, ref merchant, int32_t votes)
{
	const char *who = item->command->reference;
	char text[REWAPP__LEARNT_TEXT];
	int error = words_of(batch, doubt, text);

	doubt->taught = error == 0 && *text;
	if (!doubt->taught)
		return error;
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_LEARNT,
			.learnt = { merchant, doubt->number, votes, text, who, strlen(text), strlen(who) } });
	rewapp__plan_add(&batch->plan, &STMT_LEARNT_INSERT, TOUCHES_ONE,
		(struct value[]){ rewapp__ref_value(item->number), rewapp__ref_value(merchant),
			rewapp__value_int(doubt->number), rewapp__value_int(votes), rewapp__value_text(text),
			rewapp__value_text(who), rewapp__value_int(batch->now_ms) },
		7);
	batch->marks.catalogue_changed = true;
	return 0;
}

/* Where its period is closed, what a line earns is booked in the open one. */
static enum rewapp_verdict judge(struct batch *batch, const struct item *item, const struct doubt *doubt)
{
	if (!doubt)
		return REWAPP_VERDICT_UNKNOWN_BANK_LINE;
	if (doubt->answer)
		return REWAPP_VERDICT_LINE_ANSWERED;
	if (item->command->flags & REWAPP_NOBODY)
		return REWAPP_VERDICT_ACCEPTED;
	if (is_erased(batch, doubt->member) ||
		!rewapp__member_may(batch, doubt->member, REWAPP_MEMBER_BLOCKED))
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (rewapp__account_is_closed(batch, doubt->member, doubt->programme))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	if (!item->merchant)
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	return rewapp__period_place(batch, doubt->programme, doubt->line.occurred_ms, true);
}

/* The line earns as it would have. */
static int earn(struct batch *batch, struct item *item, struct doubt *doubt)
{
	struct earn_facts *facts = NULL;
	int error = facts_of(batch, doubt, item->merchant, &facts);

	if (error < 0)
		return error;
	item->receipt->merchant = item->merchant->id;
	return rewapp__purchase_make(batch, item, doubt->member, doubt->programme, facts);
}

/* Accepted, and no points move. */
static int pass(
	struct batch *batch, struct item *item, struct member *member, struct programme_row *programme)
{
	struct wallet *wallet = rewapp__batch_wallet(batch, member, programme);

	if (!wallet)
		return batch->failed;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	rewapp__receipt_of_wallet(batch, item, member, programme, wallet);
	rewapp__batch_event(batch, 0, member->number, 0);
	return 0;
}

/* Money that came back and of which no purchase was known; NULL: it is no such line. */
static struct sighting *orphan_of(struct batch *batch, const struct item *item)
{
	const struct known *line = rewapp__batch_known(batch, &item->command->target);
	struct sighting *seen = line && line->record && line->kind == REWAPP_KIND_BANK_LINE
		? rewapp__batch_sighting(batch, line->record->member, line->number)
		: NULL;
	bool waits = seen && seen->outcome == REWAPP_OUTCOME_ORPHAN;

	return waits || (seen && seen->refund && seen->outcome == REWAPP_OUTCOME_DISMISSED) ? seen : NULL;
}

/* A person has dealt with it: the queue has one less. */
static int settle_orphan(struct batch *batch, struct item *item, struct sighting *orphan)
{
	struct programme_row *programme = rewapp__catalogue_programme_by_number(
		&batch->engine->catalogue, orphan->programme);
	struct member *member = rewapp__facts_get_number(&batch->members_by_number, orphan->member);
	int error;

	if (orphan->outcome == REWAPP_OUTCOME_DISMISSED)
		return rewapp__refuse(item, REWAPP_VERDICT_LINE_ANSWERED);
	if (!programme || !member)
		return rewapp__fail(REWAPP_E_CORRUPT, "a refund has no member or programme");
	if ((error = pass(batch, item, member, programme)) < 0)
		return error;
	item->receipt->outcome = REWAPP_OUTCOME_DISMISSED;
	rewapp__sighting_change(
		batch, orphan, &(struct sighting_fate){ REWAPP_OUTCOME_DISMISSED, orphan->merchant, 0, 0 });
	return batch->failed;
}

/* The purchase may have been told by a till or by another feed meanwhile, which knew the merchant. */
static const struct sighting *told_before(
	struct batch *batch, const struct doubt *doubt, const struct merchant *merchant)
{
	const struct sighting *seen = rewapp__doubt_sighting(batch, doubt);
	struct sighting line;

	if (!seen)
		return NULL;
	line = *seen;
	line.merchant = merchant->number;
	return rewapp__told_before(batch, &line, doubt->programme);
}

/* What the answer makes of the line as it was seen. */
static void settle(
	struct batch *batch, const struct item *item, const struct doubt *doubt, const struct sighting *told)
{
	struct sighting *seen = rewapp__doubt_sighting(batch, doubt);
	struct sighting_fate fate = { REWAPP_OUTCOME_MATCHED, 0, item->number, 0 };

	if (!seen)
		return;
	if (!item->merchant)
		fate = (struct sighting_fate){ REWAPP_OUTCOME_DISMISSED, 0, 0, 0 };
	else if (told)
		fate = (struct sighting_fate){ REWAPP_OUTCOME_JOINED, 0, told->purchase, told->number };
	fate.merchant = item->merchant ? item->merchant->number : seen->merchant;
	item->receipt->outcome = (int32_t)fate.outcome;
	rewapp__sighting_change(batch, seen, &fate);
}

static int confirm_decide(struct batch *batch, struct item *item)
{
	bool nobody = item->command->flags & REWAPP_NOBODY;
	struct doubt *doubt = rewapp__batch_doubt(batch, &item->command->target);
	struct sighting *orphan = doubt || !nobody ? NULL : orphan_of(batch, item);
	const struct sighting *told;
	enum rewapp_verdict verdict;
	int error;

	if (orphan)
		return settle_orphan(batch, item, orphan);
	item->merchant = nobody ? NULL : rewapp__batch_merchant(batch, &item->command->merchant);
	if ((verdict = judge(batch, item, doubt)) != REWAPP_VERDICT_ACCEPTED)
		return rewapp__refuse(item, verdict);
	told = nobody ? NULL : told_before(batch, doubt, item->merchant);
	error = nobody || told ? pass(batch, item, doubt->member, doubt->programme)
			       : earn(batch, item, doubt);
	if (error == 0)
		error = learn(batch, item, doubt, nobody ? doubt->candidate : item->merchant->number,
			nobody ? -1 : 1);
	if (error < 0)
		return error;
	settle(batch, item, doubt, told);
	rewapp__doubt_answer(batch, doubt, item->number);
	return batch->failed;
}

const struct story rewapp__story_confirm = { confirm_want, confirm_decide };

/* --- TAKE_BACK --------------------------------------------------------------------------------- */

static void take_back_want(struct batch *batch, struct item *item)
{
	rewapp__want_target(batch, &item->command->target);
}

static void forget(struct batch *batch, const struct item *item, struct doubt *doubt)
{
	struct sighting *seen = rewapp__doubt_sighting(batch, doubt);

	if (doubt->taught) {
		rewapp__plan_add(&batch->plan, &STMT_LEARNT_TAKE_BACK, TOUCHES_ONE,
			(struct value[]){ rewapp__ref_value(doubt->answer), rewapp__ref_value(item->number) },
			2);
		batch->marks.catalogue_changed = true;
	}
	doubt->taught = false;
	rewapp__doubt_answer(batch, doubt, 0);
	if (seen && seen->outcome == REWAPP_OUTCOME_REPLACED)
		rewapp__doubt_answer(batch, doubt, item->number); /* the bank says it otherwise now */
	else if (seen)
		rewapp__sighting_change(batch, seen,
			&(struct sighting_fate){ REWAPP_OUTCOME_REVIEW, doubt->candidate, 0, 0 });
}

/* The line, if a bank told it, is of no purchase any more. */
static void dismiss(struct batch *batch, const struct purchase *purchase)
{
	struct sighting *seen = rewapp__batch_sighting(batch, purchase->member->number, purchase->number);

	if (seen && seen->source)
		rewapp__sighting_change(batch, seen,
			&(struct sighting_fate){
				REWAPP_OUTCOME_DISMISSED, seen->merchant, seen->purchase, 0 });
}

static int take_back_decide(struct batch *batch, struct item *item)
{
	const struct known *target = rewapp__batch_known(batch, &item->command->target);
	struct doubt *doubt = target && target->kind == REWAPP_KIND_CONFIRM
		? rewapp__batch_answered(batch, target->number)
		: NULL;
	struct purchase *purchase = target && rewapp__kind_sells(target->kind)
		? rewapp__batch_purchase(batch, target->subject)
		: NULL;
	int error;

	if (!target || !rewapp__kind_sells(target->kind))
		return rewapp__refuse(item, REWAPP_VERDICT_UNKNOWN_BANK_LINE);
	if (purchase && purchase->returned == purchase->amount)
		purchase = NULL; /* its goods came back before */
	if (!doubt && !purchase)
		return rewapp__refuse(item, REWAPP_VERDICT_NOTHING_LEFT);
	error = purchase ? rewapp__give_back(batch, item, purchase)
			 : pass(batch, item, doubt->member, doubt->programme);
	if (error == 0 && doubt && item->receipt->verdict == REWAPP_VERDICT_ACCEPTED)
		forget(batch, item, doubt);
	else if (error == 0)
		dismiss(batch, purchase);
	return error;
}

const struct story rewapp__story_take_back = { take_back_want, take_back_decide };
