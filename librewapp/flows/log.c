/* The batch's records on their way into rows of the log. */
#include "flows/log.h"

#include "base/error.h"
#include "flows/owned.h"
#include "flows/receipt.h"
#include "ledger/ledger.sql.h"

#include <string.h>

enum {
	/* A full row, with the other columns and what SQLite writes around it, fills one page of the
	 * database: one byte more, and it takes two. */
	ROW_BYTES = 4000,
	PLACE_ROOM = 8 /* what a record takes beside its body, at most, within such a row */
};

static int no_memory(void)
{
	return rewapp__fail(REWAPP_E_NOMEMORY, "log");
}

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

/* Whom the receipt names, by number. */
static void name_parties(struct batch *batch, const struct item *item, struct record *record)
{
	const struct rewapp_receipt *receipt = item->receipt;
	const struct merchant *merchant = rewapp__batch_merchant(batch, &receipt->merchant);
	const struct programme_row *programme = rewapp_id_is_zero(&receipt->programme)
		? NULL
		: rewapp__batch_programme(batch, &receipt->programme);

	if (item->member && !rewapp_id_is_zero(&receipt->member))
		record->member = item->member->number;
	if (merchant)
		record->merchant = merchant->number;
	if (programme)
		record->programme = programme->number;
}

static int row_finish(struct batch *batch)
{
	if (batch->row.failed || batch->scratch.failed || batch->effects.pack.failed)
		return no_memory();
	if (batch->row.size)
		rewapp__plan_add_log(&batch->plan, -batch->row_first - 1, batch->row.data, batch->row.size);
	batch->row.size = 0;
	return 0;
}

static void row_begin(struct batch *batch, ref first)
{
	batch->row_first = first;
	rewapp__record_row(&batch->row, batch->now_ms, first);
}

/* A text of a command that names a member is kept under the member's key. */
static const void *cover(struct batch *batch, const struct item *item, const struct record *record,
	uint8_t which, const char *text)
{
	char *copy;

	if (!text || !record->member || !item->member->has_key)
		return text;
	if (!(copy = rewapp__arena_copy(batch->arena, text, strlen(text)))) {
		batch->row.failed = true;
		return text;
	}
	rewapp__cover_text(item->member->key, &record->id, which, copy, strlen(text));
	return copy;
}

void rewapp__log_cashier(struct batch *batch, const struct item *item)
{
	const char *name = item->command->cashier;
	struct record record = { .id = item->command->id };

	if (!name || item->receipt->verdict != REWAPP_VERDICT_ACCEPTED)
		return;
	name_parties(batch, item, &record);
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_CASHIER,
			.cashier = { cover(batch, item, &record, COVERED_CASHIER, name), strlen(name) } });
}

/* To the row that is open, or to a new one when it is full. */
static int row_add(struct batch *batch, ref number)
{
	int error = 0;

	if (batch->row.size && batch->row.size + batch->scratch.size + PLACE_ROOM > ROW_BYTES)
		error = row_finish(batch);
	if (batch->row.size == 0)
		row_begin(batch, number);
	rewapp__record_put(&batch->row, &batch->scratch, number, batch->row_first);
	return error;
}

/* Where it was: the till, or in the bank's words. */
static const char *place_of(const struct rewapp_command *command)
{
	return command->kind == REWAPP_KIND_BANK_LINE ? command->descriptor : command->terminal;
}

int rewapp__log_add(struct batch *batch, const struct item *item)
{
	const char *place = place_of(item->command);
	uint8_t fingerprint[FINGERPRINT_PACKED_MAX];
	struct record record = {
		.number = item->number,
		.kind = item->command->kind,
		.id = item->command->id,
		.subject = item->subject,
		.fingerprint = fingerprint,
		.fingerprint_size = rewapp__fingerprint_encode(item->fingerprint, fingerprint),
		.terminal_size = length(place),
		.reference_size = length(item->command->reference),
		.effects = item->effects,
		.effects_size = item->effects_size,
	};

	batch->receipt.size = 0;
	rewapp__receipt_encode(item->receipt, &batch->receipt);
	record.receipt = batch->receipt.data;
	record.receipt_size = batch->receipt.size;
	name_parties(batch, item, &record);
	record.terminal = cover(batch, item, &record, COVERED_TERMINAL, place);
	record.reference = cover(batch, item, &record, COVERED_REFERENCE, item->command->reference);
	rewapp__record_body(&batch->scratch, &record);
	if (batch->engine->owned)
		rewapp__owned_id(batch, item->id_hash, record.number);
	else
		rewapp__plan_add(&batch->plan, &STMT_LEDGER_COMMAND_INSERT, TOUCHES_ONE,
			(struct value[]){ rewapp__value_blob(&record.id, sizeof record.id),
				rewapp__ref_value(record.number) },
			2);
	return batch->receipt.failed ? no_memory() : row_add(batch, record.number);
}

int rewapp__log_finish(struct batch *batch)
{
	return row_finish(batch);
}
