/* Periods: a programme's books are closed up to an instant, and what comes late says where it is booked. */
#include "base/error.h"
#include "flows/read.h"
#include "ledger/ledger.sql.h"
#include "ledger/state.h"
#include "programme/programme.sql.h"

enum {
	AHEAD_MS = 24 * 60 * 60 * 1000 /* how far a till's clock may be ahead */
};

/* A writer elsewhere may be closing the period.  Only what is older than the time that a period takes to
 * settle can lie in one. */
static void guard(struct batch *batch, const struct programme_row *programme, int64_t occurred_ms)
{
	if (programme->number < 0 || batch->marks.guarded == programme->number ||
		occurred_ms > batch->now_ms - REWAPP_PERIOD_SETTLE_MS)
		return;
	batch->marks.guarded = programme->number;
	rewapp__plan_add(&batch->plan, &STMT_PROGRAMME_STILL_OPEN, TOUCHES_ONE,
		(struct value[]){
			rewapp__ref_value(programme->number), rewapp__value_int(programme->closed_ms) },
		2);
}

enum rewapp_verdict rewapp__period_place(
	struct batch *batch, const struct programme_row *programme, int64_t occurred_ms, bool open)
{
	if (occurred_ms > batch->now_ms + AHEAD_MS)
		return REWAPP_VERDICT_TOO_OLD;
	programme = rewapp__batch_programme(batch, &programme->id);
	guard(batch, programme, occurred_ms);
	if (occurred_ms < programme->closed_ms && !open)
		return REWAPP_VERDICT_PERIOD_CLOSED;
	batch->book.occurred_ms = occurred_ms < programme->closed_ms ? programme->closed_ms : occurred_ms;
	return REWAPP_VERDICT_ACCEPTED;
}

enum rewapp_verdict rewapp__period_judge(
	struct batch *batch, const struct item *item, const struct programme_row *programme)
{
	if (item->command->occurred_ms == 0)
		return REWAPP_VERDICT_ACCEPTED;
	return rewapp__period_place(
		batch, programme, item->command->occurred_ms, item->command->flags & REWAPP_OPEN_PERIOD);
}

/* --- CLOSE ------------------------------------------------------------------------------------ */

static int due_done(struct batch *batch, const struct read *read, void *subject)
{
	struct item *item = subject;

	(void)batch;
	item->due = read->row_count > 0;
	return 0;
}

static void close_want(struct batch *batch, struct item *item)
{
	const struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);

	item->due = false;
	if (programme && programme->number > 0)
		rewapp__want(batch, &STMT_LEDGER_DUE_BEFORE,
			(struct value[]){ rewapp__value_int(programme->number),
				rewapp__value_int(item->command->occurred_ms) },
			2, due_done, item);
}

/* In the store, or in a wallet that this batch has changed. */
static bool is_due(const struct batch *batch, const struct item *item, ref programme)
{
	bool due = item->due;

	for (const struct wallet *wallet = batch->wallet_list; wallet && !due; wallet = wallet->next) {
		int64_t due_ms = wallet->programme == programme ? rewapp__state_due_ms(wallet) : 0;

		due = due_ms && due_ms < item->command->occurred_ms;
	}
	return due;
}

static int close_record(
	struct batch *batch, struct item *item, const struct programme_row *known, int64_t until_ms)
{
	struct programme_row *row = rewapp__arena_take(batch->arena, sizeof *row);

	if (!row)
		return rewapp__fail(REWAPP_E_NOMEMORY, "programme");
	*row = *known;
	row->next = NULL;
	row->closed_ms = until_ms;
	rewapp__undo_keep_key(&batch->undo, &batch->programmes, &row->id);
	if (rewapp__map_put(&batch->programmes, &row->id, row) < 0)
		return REWAPP_E_NOMEMORY;
	batch->marks.only_programme = row;
	batch->marks.catalogue_changed = true;
	batch->marks.guarded = 0;
	rewapp__plan_add(&batch->plan, &STMT_PROGRAMME_CLOSE, TOUCHES_ONE,
		(struct value[]){ rewapp__ref_value(row->number), rewapp__value_int(until_ms),
			rewapp__value_int(known->closed_ms) },
		3);
	rewapp__plan_add(&batch->plan, &STMT_PROGRAMME_PERIOD_INSERT, TOUCHES_ONE,
		(struct value[]){ rewapp__ref_value(item->number), rewapp__ref_value(row->number),
			rewapp__value_int(until_ms) },
		3);
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_CLOSE, .close = { row->number, until_ms } });
	rewapp__batch_event(batch, 0, 0, 0);
	return 0;
}

static int close_decide(struct batch *batch, struct item *item)
{
	const struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	int64_t until_ms = item->command->occurred_ms;
	int error;

	batch->book.occurred_ms = batch->now_ms;
	if (!programme)
		return rewapp__refuse(item, REWAPP_VERDICT_UNKNOWN_PROGRAMME);
	item->receipt->programme = programme->id;
	if (until_ms <= programme->closed_ms)
		return rewapp__refuse(item, REWAPP_VERDICT_PERIOD_CLOSED);
	if (until_ms > batch->now_ms - REWAPP_PERIOD_SETTLE_MS)
		return rewapp__refuse(item, REWAPP_VERDICT_PERIOD_OPEN);
	if (is_due(batch, item, programme->number))
		return rewapp__refuse(item, REWAPP_VERDICT_PERIOD_NOT_SWEPT);
	if ((error = close_record(batch, item, programme, until_ms)) < 0)
		return error;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	return 0;
}

const struct story rewapp__story_close = { close_want, close_decide };

/* --- reading ---------------------------------------------------------------------------------- */

static int period_tell(
	struct rewapp_engine *engine, int64_t number, int64_t until_ms, struct rewapp_period *out)
{
	struct value arg = rewapp__value_int(number);
	struct read read = { .stmt = &STMT_LEDGER_LOG, .args = &arg, .arg_count = 1 };
	struct record record;
	size_t size;
	const void *row;
	int error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);

	if (error < 0)
		return error;
	row = rewapp__cell_blob(&read, 0, 1, &size);
	if (!row || !rewapp__record_find(rewapp__cell_int(&read, 0, 0), row, size, number, &record))
		return rewapp__fail(REWAPP_E_CORRUPT, "log: command %lld is missing", (long long)number);
	*out = (struct rewapp_period){
		.until_ms = until_ms, .recorded_ms = record.recorded_ms, .command = record.id
	};
	return 0;
}

static int read_periods(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t after,
	struct rewapp_period *out, size_t capacity, size_t *count)
{
	struct programme_row *row;
	struct read read = { .stmt = &STMT_PROGRAMME_PERIODS, .arg_count = 3 };
	int error = rewapp__read_programme(engine, programme, &row);

	if (error < 0)
		return error;
	read.args = (struct value[]){ rewapp__value_int(row->number), rewapp__value_int(after),
		rewapp__value_int((int64_t)capacity) };
	error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);
	for (; error == 0 && *count < read.row_count; ++*count)
		error = period_tell(engine, rewapp__cell_int(&read, *count, 0),
			rewapp__cell_int(&read, *count, 1), &out[*count]);
	return error;
}

int rewapp__read_periods(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t after,
	struct rewapp_period *out, size_t capacity, size_t *count)
{
	int error;

	*count = 0;
	error = read_periods(engine, programme, after, out, capacity, count);
	rewapp__engine_end(engine);
	return error;
}
