/* ERASE: a member is forgotten.  What the member had ends first, so that no point vanishes. */
#include "base/error.h"
#include "flows/batch.h"
#include "flows/facts.h"
#include "ledger/ledger.sql.h"
#include "programme/programme.sql.h"

static int wallets_done(struct batch *batch, const struct read *read, void *subject)
{
	const struct member *member = subject;

	for (size_t row = 0; row < read->row_count; row++)
		rewapp__want_wallet(batch, member->number,
			rewapp__catalogue_programme_by_number(
				&batch->engine->catalogue, rewapp__cell_int(read, row, 0)));
	return 0;
}

/* The wallets can be asked for when the member's number is known. */
static int found_done(struct batch *batch, const struct read *read, void *subject)
{
	struct item *item = subject;
	struct member *member = rewapp__batch_member(batch, &item->command->target);
	struct value number = rewapp__value_int(member ? member->number : 0);

	(void)read;
	if (member)
		rewapp__want(batch, &STMT_LEDGER_WALLETS_OF, &number, 1, wallets_done, member);
	return 0;
}

static void erase_want(struct batch *batch, struct item *item)
{
	rewapp__want_member(batch, &item->command->target, NULL);
	rewapp__want(batch, &STMT_PROGRAMME_FORGET, NULL, 0, found_done, item);
}

/* All that the wallet has goes to breakage, as when an account is closed; *points grows by it. */
static void empty(struct batch *batch, struct wallet *wallet, int64_t *points)
{
	struct wallet_view view;

	rewapp__wallet_settle(wallet, &batch->book, batch->now_ms);
	for (size_t i = 0; i < wallet->hold_count; i++)
		if (wallet->holds[i]->state == HOLD_OPEN)
			rewapp__wallet_release(
				wallet, &batch->book, wallet->holds[i], REWAPP_CODE_RELEASE, HOLD_VOIDED);
	rewapp__wallet_view(wallet, batch->now_ms, &view);
	*points += view.available + view.pending;
	rewapp__wallet_forfeit(wallet, &batch->book);
}

static int empty_all(struct batch *batch, struct member *member, int64_t *points)
{
	for (struct wallet *wallet = batch->wallet_list; wallet; wallet = wallet->next) {
		struct programme_row programme = { .number = wallet->programme };

		if (wallet->member != member->number)
			continue;
		if (!rewapp__batch_wallet(batch, member, &programme))
			return batch->failed;
		empty(batch, wallet, points);
	}
	return 0;
}

/* From here on in this batch there is no member of the id.  Records of the batch that are still to be written
 * name the member by number, and cover their texts with the key that is lost with it. */
static void forget(
	struct batch *batch, struct member *member, const struct member *left, struct member *nobody)
{
	nobody->id = member->id;
	rewapp__undo_keep_key(&batch->undo, &batch->members, &nobody->id);
	rewapp__facts_put(batch, &batch->members, &nobody->id, nobody);
	member->id = left->id;
	member->status = left->status;
}

static int erase_decide(struct batch *batch, struct item *item)
{
	struct member *member = rewapp__batch_member(batch, &item->command->target);
	struct member *left = rewapp__arena_take(batch->arena, sizeof *left);
	struct member *nobody = rewapp__arena_take(batch->arena, sizeof *nobody);
	int error;

	if (!member)
		return rewapp__refuse(item, REWAPP_VERDICT_UNKNOWN_MEMBER);
	if (!left || !nobody)
		return rewapp__fail(REWAPP_E_NOMEMORY, "erase");
	if ((error = empty_all(batch, member, &item->receipt->points)) < 0)
		return error;
	*left = (struct member){
		.number = member->number, .id = rewapp__member_covered(member), .status = REWAPP_MEMBER_ERASED
	};
	rewapp__plan_add(&batch->plan, &STMT_PROGRAMME_MEMBER_ERASE, TOUCHES_ONE,
		(struct value[]){ rewapp__ref_value(member->number),
			rewapp__value_blob(&member->id, sizeof member->id),
			rewapp__value_blob(&left->id, sizeof left->id), rewapp__value_int(left->status) },
		4);
	rewapp__effects_add(&batch->effects,
		&(struct effect){
			.kind = EFFECT_MEMBER, .member = { left->number, left->status, left->id } });
	rewapp__batch_event(batch, 0, left->number, item->receipt->points);
	forget(batch, member, left, nobody);
	item->member = left;
	item->receipt->member = left->id;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	return 0;
}

const struct story rewapp__story_erase = { erase_want, erase_decide };
