/* Deciding a batch: each command by its story, chains of linked ones whole or not at all.
 *
 * A chain's records are written when it is known that it stands.  When a command of it is refused, all that
 * the chain changed in memory is taken back (undo.h), and each of its commands is recorded as refused;
 * when one is not acceptable at all, none is recorded and all ids stay free. */
#include "flows/decide.h"

#include "base/error.h"
#include "base/text.h"
#include "flows/log.h"
#include "flows/owned.h"
#include "flows/receipt.h"
#include "ledger/ledger.sql.h"

#include <stdlib.h>
#include <string.h>

void rewapp__item_fail(struct item *item, int code, const char *field)
{
	struct rewapp_receipt *receipt = item->receipt;
	const char *message = rewapp_errmsg();
	size_t length = strlen(message);

	if (length >= sizeof receipt->message)
		length = rewapp__text_cut(message, sizeof receipt->message - 1);
	receipt->code = code;
	receipt->verdict = REWAPP_VERDICT_NONE;
	memcpy(receipt->message, message, length);
	receipt->message[length] = 0;
	if (field)
		strncpy(receipt->field, field, sizeof receipt->field - 1);
}

void rewapp__item_begin(const struct batch *batch, struct item *item)
{
	struct rewapp_receipt *receipt = item->receipt;

	memset(receipt, 0, sizeof *receipt);
	receipt->size = sizeof *receipt;
	receipt->kind = item->command->kind;
	receipt->id = item->command->id;
	receipt->recorded_ms = batch->now_ms;
}

/* A command that was answered before: the same receipt, or a conflict. */
static int replay(struct batch *batch, struct item *item, const struct known *known)
{
	const char *field = rewapp__fingerprint_differs(item->fingerprint, known->fingerprint);
	struct rewapp_receipt *receipt = item->receipt;

	if (field) {
		rewapp__fail(REWAPP_E_CONFLICT, "%s: the id was used before with another value", field);
		rewapp__item_fail(item, REWAPP_E_CONFLICT, field);
		return 0;
	}
	item->subject = known->subject;
	if (known->fresh) {
		*receipt = *known->fresh;
		receipt->replayed = 1;
		return 0;
	}
	receipt->certainty = 0;
	receipt->replayed = 1;
	return rewapp__receipt_tell(batch, known->record, receipt);
}

static void remember(struct batch *batch, const struct item *item)
{
	struct known *known = item->known;

	rewapp__undo_keep(&batch->undo, known, sizeof *known);
	known->number = item->number;
	known->kind = item->command->kind;
	known->subject = item->subject;
	known->fingerprint = item->fingerprint;
	known->fresh = item->receipt;
}

static bool is_hosts_fault(int error)
{
	return error == REWAPP_E_NOMEMORY || rewapp_error_class_of(error) == REWAPP_CLASS_HOST ||
		rewapp_error_class_of(error) == REWAPP_CLASS_RETRY;
}

/* Lets the story decide; its effects stay with the batch until the next command. */
static int decide_command(struct batch *batch, struct item *item)
{
	int error;

	item->number = rewapp__ref_new(&batch->plan);
	rewapp__effects_begin(&batch->effects, item->number);
	batch->book.occurred_ms = item->command->occurred_ms ? item->command->occurred_ms : batch->now_ms;
	error = rewapp__story_of(item->command->kind)->decide(batch, item);
	if (error < 0 && !is_hosts_fault(error)) {
		rewapp__item_begin(batch, item); /* the story may have told something before it failed */
		rewapp__item_fail(item, error, NULL);
	} else if (error == 0) {
		rewapp__log_cashier(batch, item);
	}
	item->effects = batch->effects.pack.data;
	item->effects_size = batch->effects.pack.size;
	return error;
}

static int record(struct batch *batch, struct item *item)
{
	batch->recorded = true;
	return rewapp__log_add(batch, item);
}

/* The command is not acceptable, which a story may find late: nothing of it has happened, and its id stays
 * free.  Hardly any command does that, so the changes of commands are kept only in an attempt that met one.
 */
static int take_back(struct batch *batch, const struct item *item)
{
	if (batch->careful)
		rewapp__undo_roll_back(&batch->undo);
	batch->stumbled = !batch->careful && item->effects_size > 0;
	return batch->stumbled ? rewapp__fail(REWAPP_E_CONFLICT, "a command failed late") : 0;
}

static void begin_carefully(struct batch *batch)
{
	if (!batch->careful)
		return;
	rewapp__undo_begin(&batch->undo, &batch->plan);
	rewapp__undo_keep(&batch->undo, &batch->marks, sizeof batch->marks);
}

static int decide_one(struct batch *batch, struct item *item)
{
	const struct known *known = item->known;
	int error;

	if (item->malformed)
		return 0;
	if (known->number)
		return replay(batch, item, known);
	begin_carefully(batch);
	error = decide_command(batch, item);
	if (is_hosts_fault(error))
		return error;
	if (error < 0)
		return take_back(batch, item);
	if (batch->careful)
		rewapp__undo_end(&batch->undo);
	if ((error = record(batch, item)) < 0)
		return error;
	remember(batch, item);
	return 0;
}

/* --- chains ------------------------------------------------------------------------------ */

static bool is_linked(const struct item *item)
{
	return item->command->flags & REWAPP_LINKED;
}

/* How many commands from `at` on stand or fall together. */
static size_t chain_length(const struct batch *batch, size_t at)
{
	size_t length = 1;

	while (at + length < batch->count && is_linked(&batch->items[at + length - 1]))
		length++;
	return length;
}

/* None of the chain is carried out, for the fault of `culprit`, whose receipt says why; the ids stay free. */
static int chain_reject(struct batch *batch, struct item *chain, size_t count, const struct item *culprit)
{
	rewapp__fail(REWAPP_E_LINKED, "linked: command %zu of its chain is not acceptable",
		(size_t)(culprit - chain) + 1);
	for (struct item *item = chain; item < chain + count; item++) {
		if (item == culprit || item->malformed)
			continue;
		rewapp__item_begin(batch, item);
		rewapp__item_fail(item, REWAPP_E_LINKED, NULL);
	}
	return 0;
}

static int chain_reject_for(struct batch *batch, struct item *chain, size_t count, struct item *culprit,
	int code, const char *field)
{
	rewapp__item_begin(batch, culprit);
	rewapp__item_fail(culprit, code, field);
	return chain_reject(batch, chain, count, culprit);
}

/* The refused command's receipt names nobody whom the chain had made, and tells the balance without it. */
static void receipt_without_chain(struct batch *batch, struct item *item)
{
	struct rewapp_receipt *receipt = item->receipt;
	struct programme_row *programme = rewapp__batch_programme(batch, &receipt->programme);
	struct member *member = rewapp__batch_member(batch, &receipt->member);
	struct wallet *wallet;

	if (!rewapp__batch_merchant(batch, &receipt->merchant))
		memset(&receipt->merchant, 0, sizeof receipt->merchant);
	if (member && programme && !rewapp_id_is_zero(&receipt->programme) &&
		(wallet = rewapp__batch_wallet(batch, member, programme))) {
		rewapp__receipt_of_wallet(batch, item, member, programme, wallet);
		return;
	}
	receipt->available = receipt->pending = receipt->held = receipt->debt = 0;
	memset(&receipt->member, 0, sizeof receipt->member);
	memset(&receipt->programme, 0, sizeof receipt->programme);
}

/* A command of the chain is refused: so are the others, and all stay so under their ids. */
static int chain_refuse(struct batch *batch, struct item *chain, size_t count, const struct item *culprit)
{
	int error = 0;

	rewapp__undo_roll_back(&batch->undo);
	for (struct item *item = chain; item < chain + count && error == 0; item++) {
		item->number = rewapp__ref_new(&batch->plan);
		item->subject = 0;
		item->effects_size = 0;
		if (item != culprit) {
			rewapp__item_begin(batch, item);
			item->member = NULL;
			item->receipt->verdict = REWAPP_VERDICT_LINKED_FAILED;
		} else {
			receipt_without_chain(batch, item);
		}
		error = record(batch, item);
		remember(batch, item);
	}
	return error;
}

/* The effects of a command are kept until the chain is known to stand. */
static int keep_effects(struct batch *batch, struct item *item)
{
	item->effects = rewapp__arena_copy(batch->arena, item->effects, item->effects_size);
	return item->effects ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "chain");
}

static int chain_step(struct batch *batch, struct item *item)
{
	int error;

	if (item->known->number) {
		rewapp__fail(REWAPP_E_CONFLICT, "id: the id is used twice in one chain");
		rewapp__item_fail(item, REWAPP_E_CONFLICT, "id");
		return REWAPP_E_CONFLICT;
	}
	if ((error = decide_command(batch, item)) < 0)
		return error;
	remember(batch, item);
	return keep_effects(batch, item);
}

/* All ids of the chain are new. */
static int chain_decide(struct batch *batch, struct item *chain, size_t count)
{
	int error = 0;

	rewapp__undo_begin(&batch->undo, &batch->plan);
	rewapp__undo_keep(&batch->undo, &batch->marks, sizeof batch->marks);
	for (struct item *item = chain; item < chain + count; item++) {
		error = chain_step(batch, item);
		if (is_hosts_fault(error))
			return error;
		if (error < 0) {
			rewapp__undo_roll_back(&batch->undo);
			return chain_reject(batch, chain, count, item);
		}
		if (item->receipt->verdict != REWAPP_VERDICT_ACCEPTED)
			return chain_refuse(batch, chain, count, item);
	}
	rewapp__undo_end(&batch->undo);
	for (struct item *item = chain; item < chain + count && error == 0; item++)
		error = record(batch, item);
	return error;
}

/* Some ids were used before: all of them, so that the chain is answered as it was, or it is another chain. */
static int chain_replay(struct batch *batch, struct item *chain, size_t count, size_t known_count)
{
	int error = 0;

	for (struct item *item = chain; item < chain + count && error == 0; item++) {
		const struct known *known = item->known;
		const char *field;

		if (known_count == count) {
			error = replay(batch, item, known);
			continue;
		}
		if (!known->number)
			continue;
		field = rewapp__fingerprint_differs(item->fingerprint, known->fingerprint);
		rewapp__fail(REWAPP_E_CONFLICT, "%s: the id was used before, not in this chain",
			field ? field : "id");
		return chain_reject_for(batch, chain, count, item, REWAPP_E_CONFLICT, field ? field : "id");
	}
	return error;
}

static int decide_chain(struct batch *batch, struct item *chain, size_t count)
{
	struct item *last = chain + count - 1;
	size_t known_count = 0;

	for (struct item *item = chain; item < chain + count; item++) {
		if (item->malformed)
			return chain_reject(batch, chain, count, item);
		known_count += item->known->number != 0;
	}
	if (is_linked(last)) {
		rewapp__fail(REWAPP_E_ARGUMENT, "flags: linked, and no command follows");
		return chain_reject_for(batch, chain, count, last, REWAPP_E_ARGUMENT, "flags");
	}
	return known_count ? chain_replay(batch, chain, count, known_count)
			   : chain_decide(batch, chain, count);
}

/* --- the whole batch --------------------------------------------------------------------- */

static void record_tally(struct plan *plan, const struct tally *tally)
{
	bool release = tally->added < 0;

	rewapp__plan_add(plan, release ? &STMT_LEDGER_TALLY_RELEASE : &STMT_LEDGER_TALLY_ADD, TOUCHES_ONE,
		(struct value[]){
			rewapp__ref_value(tally->programme),
			rewapp__ref_value(tally->owner),
			rewapp__value_int(tally->what),
			rewapp__value_int(tally->window_start),
			rewapp__value_int(release ? -tally->added : tally->added),
			rewapp__value_seq(0),
			rewapp__value_int(tally->limit),
		},
		release ? 6 : 7);
}

static void record_tallies(struct batch *batch)
{
	for (const struct tally *tally = batch->tally_list; tally; tally = tally->next)
		if (tally->added)
			record_tally(&batch->plan, tally);
}

int rewapp__decide(struct batch *batch)
{
	size_t length;

	for (size_t i = 0; i < batch->count; i += length) {
		struct item *item = &batch->items[i];
		int error;

		length = chain_length(batch, i);
		error = is_linked(item) ? decide_chain(batch, item, length) : decide_one(batch, item);
		if (error < 0)
			return error;
	}
	if (batch->undo.failed)
		return rewapp__fail(REWAPP_E_NOMEMORY, "chain");
	return batch->failed ? batch->failed : rewapp__log_finish(batch);
}

/* Stored ones by number, then new ones in the order of theirs, which are negative. */
static int by_number(const void *a, const void *b)
{
	const struct wallet *const *first = a, *const *second = b;
	ref x = (*first)->account->number, y = (*second)->account->number;

	if ((x < 0) != (y < 0))
		return x < 0 ? 1 : -1;
	return x < 0 ? (x < y) - (x > y) : (x > y) - (x < y);
}

/* In the order of the rows: those that share a page are written together, and two writers wait for each other
 * in one order. */
static int record_wallets(struct batch *batch)
{
	size_t count = 0;
	struct wallet **wallets;

	for (const struct wallet *wallet = batch->wallet_list; wallet; wallet = wallet->next)
		count++;
	if (!(wallets = rewapp__arena_array(batch->arena, count, sizeof *wallets)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "wallets");
	count = 0;
	for (struct wallet *wallet = batch->wallet_list; wallet; wallet = wallet->next)
		wallets[count++] = wallet;
	qsort(wallets, count, sizeof(struct wallet *), by_number);
	for (size_t i = 0; i < count; i++)
		rewapp__wallet_finish(wallets[i], &batch->plan);
	return 0;
}

int rewapp__decide_states(struct batch *batch)
{
	record_tallies(batch);
	return batch->engine->owned ? rewapp__owned_stage(batch) : record_wallets(batch);
}
