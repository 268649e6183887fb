/* The one door: a batch of commands is loaded, decided, recorded and applied.
 *
 * Everything between load and apply works on the facts in memory, so a retry needs no
 * undo: when somebody else changed a fact meanwhile, the batch starts again. */
#include "base/error.h"
#include "base/text.h"
#include "flows/decide.h"
#include "flows/owned.h"
#include "flows/token.h"
#include "ledger/ledger.sql.h"
#include "programme/programme.sql.h"

#include <string.h>

enum {
	ATTEMPTS_MAX = 4
};

const struct story *rewapp__story_of(int32_t kind)
{
	static const struct story *const stories[] = {
		[REWAPP_KIND_MEMBER] = &rewapp__story_member,
		[REWAPP_KIND_MERCHANT] = &rewapp__story_merchant,
		[REWAPP_KIND_PROGRAMME] = &rewapp__story_programme,
		[REWAPP_KIND_PURCHASE] = &rewapp__story_purchase,
		[REWAPP_KIND_RETURN] = &rewapp__story_return,
		[REWAPP_KIND_HOLD] = &rewapp__story_hold,
		[REWAPP_KIND_MINT] = &rewapp__story_mint,
		[REWAPP_KIND_POST] = &rewapp__story_post,
		[REWAPP_KIND_VOID] = &rewapp__story_void,
		[REWAPP_KIND_REDEEM] = &rewapp__story_redeem,
		[REWAPP_KIND_REVERSE] = &rewapp__story_reverse,
		[REWAPP_KIND_ADJUST] = &rewapp__story_adjust,
		[REWAPP_KIND_SWEEP] = &rewapp__story_sweep,
		[REWAPP_KIND_ERASE] = &rewapp__story_erase,
		[REWAPP_KIND_CLOSE] = &rewapp__story_close,
		[REWAPP_KIND_TRANSFER] = &rewapp__story_transfer,
		[REWAPP_KIND_CLOSE_ACCOUNT] = &rewapp__story_close_account,
		[REWAPP_KIND_REOPEN_ACCOUNT] = &rewapp__story_reopen_account,
		[REWAPP_KIND_JOIN] = &rewapp__story_join,
		[REWAPP_KIND_LEAVE] = &rewapp__story_leave,
		[REWAPP_KIND_LIMIT] = &rewapp__story_limit,
		[REWAPP_KIND_GIFT_CARD] = &rewapp__story_gift_card,
		[REWAPP_KIND_VOUCHER] = &rewapp__story_voucher,
		[REWAPP_KIND_END_OF_DAY] = &rewapp__story_sweep,
		[REWAPP_KIND_BANK_LINE] = &rewapp__story_bank_line,
		[REWAPP_KIND_CONFIRM] = &rewapp__story_confirm,
		[REWAPP_KIND_TAKE_BACK] = &rewapp__story_take_back,
	};

	return stories[kind];
}

/* --- load ------------------------------------------------------------------------------ */

/* Card numbers in a descriptor are masked before anything looks at the command: in a copy, it is the
 * caller's. */
static int mask_descriptor(struct batch *batch, struct item *item)
{
	const char *text = item->command->descriptor;
	bool tells = item->command->kind == REWAPP_KIND_PURCHASE ||
		item->command->kind == REWAPP_KIND_BANK_LINE;
	size_t length = text && tells ? strnlen(text, REWAPP_TEXT_MAX) : 0;
	struct rewapp_command *command;
	char *masked;

	if (!length || !rewapp__text_has_card_number(text, length))
		return 0;
	command = rewapp__arena_take(batch->arena, sizeof *command);
	masked = rewapp__arena_copy(batch->arena, text, strlen(text));
	if (!command || !masked)
		return rewapp__fail(REWAPP_E_NOMEMORY, "descriptor");
	rewapp__text_mask_cards(masked, strlen(masked));
	*command = *item->command;
	command->descriptor = masked;
	item->command = command;
	return 0;
}

static int load(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct item *item = &batch->items[i];
		const char *field;
		int error;

		if (batch->engine->owned)
			rewapp__owned_foresee(batch, i);
		rewapp__item_begin(batch, item);
		if ((error = mask_descriptor(batch, item)) < 0)
			return error;
		if ((error = rewapp__command_check(item->command, &field)) < 0) {
			rewapp__item_fail(item, error, field);
			item->malformed = true;
			continue;
		}
		rewapp__command_fingerprint(item->command, item->fingerprint);
		rewapp__want_item_known(batch, item);
		if (rewapp__story_of(item->command->kind)->want)
			rewapp__story_of(item->command->kind)->want(batch, item);
	}
	return rewapp__batch_load(batch);
}

/* --- apply ------------------------------------------------------------------------------ */

static int apply(struct batch *batch, int64_t *seq_first)
{
	struct rewapp_engine *engine = batch->engine;
	int error;

	if (!batch->recorded)
		return 0;
	if ((error = rewapp__decide_states(batch)) < 0)
		return error;
	batch->plan.now_ms = batch->now_ms;
	if (batch->marks.catalogue_changed)
		rewapp__plan_add(&batch->plan, &STMT_PROGRAMME_STORE_CHANGED, TOUCHES_ONE,
			(struct value[]){ rewapp__value_seq(batch->plan.seq_count - 1) }, 1);
	if ((error = rewapp__storage_apply(engine->storage, &batch->plan, seq_first)) < 0)
		return error;
	if (batch->now_ms > engine->newest_ms)
		engine->newest_ms = batch->now_ms;
	return 0;
}

/* --- what can be said only after ----------------------------------------------------------- */

static bool has_token(int32_t kind)
{
	return kind == REWAPP_KIND_MINT || kind == REWAPP_KIND_VOUCHER;
}

/* A token names its hold's number, which the store has just given. */
static int token_fill(struct batch *batch, struct item *item, int64_t seq_first)
{
	struct rewapp_receipt *receipt = item->receipt;
	struct hold_fact *fact;
	struct hold hold;

	if (!has_token(receipt->kind) || receipt->code || receipt->verdict != REWAPP_VERDICT_ACCEPTED)
		return 0;
	if (!(fact = rewapp__batch_hold(batch, item->subject)))
		return rewapp__fail(REWAPP_E_CORRUPT, "the hold of a token is missing");
	hold = *fact->hold;
	if (hold.number < 0)
		hold.number = seq_first - hold.number - 1;
	return rewapp__token_of_hold(batch->engine, &hold, &receipt->id, receipt->token);
}

/* Holds of replayed mints were not asked for while loading. */
static int want_replayed_holds(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct rewapp_receipt *receipt = batch->items[i].receipt;

		if (receipt->replayed && has_token(receipt->kind))
			rewapp__want_hold(batch, batch->items[i].subject);
	}
	return rewapp__batch_load(batch);
}

static int finish(struct batch *batch, int64_t seq_first)
{
	int error = want_replayed_holds(batch);

	for (size_t i = 0; i < batch->count && error >= 0; i++)
		error = token_fill(batch, &batch->items[i], seq_first);
	return error;
}

static int carry_out(struct batch *batch, int64_t *seq_first)
{
	int error;

	if ((error = load(batch)) == 0 && (error = rewapp__decide(batch)) == 0)
		error = apply(batch, seq_first);
	if (!batch->engine->owned)
		return error;
	if (error < 0)
		rewapp__owned_refuse(batch, error);
	else
		rewapp__owned_accept(batch, *seq_first);
	return error;
}

static int attempt(struct batch *batch)
{
	int64_t seq_first = 0;
	int error;

	if ((error = carry_out(batch, &seq_first)) < 0)
		return error;
	error = finish(batch, seq_first);
	if (error < 0 && batch->recorded)
		return rewapp__fail(REWAPP_E_UNCERTAIN, "stored, but not told: send the same ids again");
	return error;
}

static const struct rewapp_command *command_at(const struct rewapp_command *commands, size_t i)
{
	return (const struct rewapp_command *)((const char *)commands + i * commands[0].size);
}

static void fill_items(
	struct batch *batch, const struct rewapp_command *commands, struct rewapp_receipt *receipts)
{
	for (size_t k = 0; k < batch->count; k++) {
		batch->items[k].command = command_at(commands, k);
		batch->items[k].receipt = (struct rewapp_receipt *)((char *)receipts + k * receipts[0].size);
	}
}

/* Commands that look for wallets in the tables. */
static bool needs_tables(const struct rewapp_command *commands, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int32_t kind = command_at(commands, i)->kind;

		if (kind == REWAPP_KIND_ERASE || kind == REWAPP_KIND_CLOSE)
			return true;
	}
	return false;
}

/* What an owned store has in memory is written where these commands look for it. */
static int settle_tables(struct rewapp_engine *engine, const struct rewapp_command *commands, size_t count)
{
	return engine->owned && needs_tables(commands, count) ? rewapp__owned_settle(engine) : 0;
}

static int try_to_quote(struct rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	struct rewapp_receipt *receipts, bool *careful)
{
	struct batch batch;
	int error;

	if ((error = rewapp__engine_begin(engine, false)) < 0 ||
		(error = rewapp__batch_begin(&batch, engine, count)) < 0)
		return error;
	batch.careful = *careful;
	fill_items(&batch, commands, receipts);
	if ((error = load(&batch)) == 0)
		error = rewapp__decide(&batch);
	if (engine->owned)
		rewapp__owned_refuse(&batch, 0);
	*careful |= batch.stumbled;
	rewapp__batch_end(&batch);
	return error;
}

int rewapp__flow_quote(struct rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	struct rewapp_receipt *receipts)
{
	bool careful = false;
	int error = settle_tables(engine, commands, count);

	if (error == 0)
		error = try_to_quote(engine, commands, count, receipts, &careful);
	return careful ? try_to_quote(engine, commands, count, receipts, &careful) : error;
}

int rewapp__flow_submit(struct rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	struct rewapp_receipt *receipts)
{
	int settled = settle_tables(engine, commands, count);
	bool careful = false;

	if (settled < 0)
		return settled;
	for (int i = 0; i < ATTEMPTS_MAX; i++) {
		struct batch batch;
		int error;

		if ((error = rewapp__engine_begin(engine, true)) < 0 ||
			(error = rewapp__batch_begin(&batch, engine, count)) < 0)
			return error;
		batch.again = i > 0;
		batch.careful = careful;
		fill_items(&batch, commands, receipts);
		error = attempt(&batch);
		careful |= batch.stumbled;
		rewapp__batch_end(&batch);
		if (error != REWAPP_E_CONFLICT)
			return error;
	}
	return rewapp__fail(REWAPP_E_BUSY, "the facts kept changing");
}
