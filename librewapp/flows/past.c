/* A past instant: what the books said of a member then, or what they say now about then.
 *
 * The transfers of a wallet and of its debt are two lists through the log.  They are read from the newest
 * back, and played from the oldest on by the fold that the proof uses too, so nothing here knows what a lot
 * is. */
#include "base/error.h"
#include "flows/read.h"
#include "ledger/fold.h"
#include "ledger/ledger.sql.h"

#include <stdlib.h>
#include <string.h>

/* A line of one of the two lists. */
struct line {
	struct record record; /* its effects are the tale's own */
	struct effect transfer, lot;
	struct line *older;
};

struct past {
	struct rewapp_engine *engine;
	const struct rewapp_instant *at;
	struct arena page, tale;
	struct programme_row *programme;
	struct wallet *wallet; /* as it is now */
	struct line *newest;   /* of both lists, one behind the other */
	size_t count;
	int64_t now_ms;
};

/* Finds the transfer in its record, and keeps it unless it was recorded too late. */
static int line_read(struct past *past, int64_t account, int64_t number, int64_t *prev)
{
	struct value arg = rewapp__value_int(number);
	struct read read = { .stmt = &STMT_LEDGER_LOG_AT, .args = &arg, .arg_count = 1 };
	struct line *line = rewapp__arena_take(&past->tale, sizeof *line);
	size_t size;
	const void *row;
	int error;

	if (!line)
		return rewapp__fail(REWAPP_E_NOMEMORY, "statement");
	rewapp__arena_reset(&past->page);
	if ((error = rewapp__storage_query(past->engine->storage, &read, 1, &past->page)) < 0)
		return error;
	row = rewapp__cell_blob(&read, 0, 1, &size);
	if (!row || !rewapp__record_find(rewapp__cell_int(&read, 0, 0), row, size, number, &line->record) ||
		!rewapp__find_transfer(account, &line->record, number, &line->transfer, &line->lot))
		return rewapp__fail(REWAPP_E_CORRUPT, "log: transfer %lld is missing", (long long)number);
	*prev = line->transfer.transfer.prev;
	if (past->at->recorded_ms && rewapp__cell_int(&read, 0, 2) > past->at->recorded_ms)
		return 0;
	line->record.effects = rewapp__arena_copy(
		&past->tale, line->record.effects, line->record.effects_size);
	if (!line->record.effects)
		return rewapp__fail(REWAPP_E_NOMEMORY, "statement");
	line->older = past->newest;
	past->newest = line;
	past->count++;
	return 0;
}

static int list_read(struct past *past, const struct account *account)
{
	int64_t number = account->opened ? account->last : 0;
	int error = 0;

	while (number && error == 0)
		error = line_read(past, account->number, number, &number);
	return error;
}

static int check_instants(const struct past *past)
{
	if (past->at->recorded_ms > past->now_ms || past->at->occurred_ms > past->now_ms)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: in the future",
			past->at->recorded_ms > past->now_ms ? "recorded_ms" : "occurred_ms");
	return 0;
}

static int past_begin(struct past *past, struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_instant *at)
{
	struct batch batch;
	int error;

	*past = (struct past){ .engine = engine, .at = at };
	rewapp__arena_init(&past->page, &engine->env);
	rewapp__arena_init(&past->tale, &engine->env);
	if ((error = rewapp__read_programme(engine, programme, &past->programme)) < 0 ||
		(error = rewapp__read_wallet(&batch, engine, past->programme, member, &past->wallet)) < 0)
		return error;
	past->now_ms = batch.now_ms;
	return check_instants(past);
}

static void past_end(struct past *past)
{
	rewapp__arena_finish(&past->page);
	rewapp__arena_finish(&past->tale);
	rewapp__engine_end(past->engine);
}

/* --- balance -------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	const struct line *x = *(const struct line *const *)a, *y = *(const struct line *const *)b;
	int64_t left = x->transfer.transfer.number, right = y->transfer.transfer.number;

	return left < right ? -1 : left > right;
}

static int by_occurrence(const void *a, const void *b)
{
	const struct line *x = *(const struct line *const *)a, *y = *(const struct line *const *)b;
	int64_t left = x->transfer.transfer.occurred_ms, right = y->transfer.transfer.occurred_ms;

	if (left != right)
		return left < right ? -1 : 1;
	return by_number(a, b);
}

/* The lines as an array in an order; NULL when memory is exhausted. */
static struct line **sorted(struct past *past, int (*order)(const void *, const void *))
{
	struct line **lines = rewapp__arena_array(&past->tale, past->count, sizeof *lines);
	size_t count = 0;

	for (struct line *line = past->newest; lines && line; line = line->older)
		lines[count++] = line;
	if (lines && count)
		qsort(lines, count, sizeof(struct line *), order);
	return lines;
}

static int fold_lines(struct past *past, struct fold *fold, const struct fold_only *only)
{
	struct line **lines = sorted(past, by_number);
	int64_t played = 0;

	if (!lines)
		return rewapp__fail(REWAPP_E_NOMEMORY, "statement");
	rewapp__fold_begin(fold, &past->tale, 0);
	rewapp__fold_only(fold, only);
	for (size_t i = 0; i < past->count; i++) {
		if (lines[i]->record.number != played)
			rewapp__fold_record(fold, &lines[i]->record);
		played = lines[i]->record.number;
	}
	return fold->failed ? rewapp__fail(REWAPP_E_NOMEMORY, "statement") : 0;
}

/* A debt below 0 is shown as such, and pays nothing. */
static void tell(const struct past *past, struct wallet *wallet, struct rewapp_balance *out)
{
	int64_t at_ms = past->at->occurred_ms ? past->at->occurred_ms : past->at->recorded_ms;
	int64_t owed = -rewapp__account_posted(wallet->debt);

	if (owed < 0)
		wallet->debt = NULL;
	rewapp__tell_balance(wallet, at_ms ? at_ms : past->now_ms, out);
	if (owed < 0)
		out->debt = owed;
}

static int past_balance(struct past *past, struct rewapp_balance *out)
{
	struct fold *fold = rewapp__arena_take(&past->tale, sizeof *fold);
	struct fold_only only = { .member = past->wallet->member,
		.programme = past->programme->number,
		.wallet = past->wallet->account->opened ? past->wallet->account->number : 0,
		.debt = past->wallet->debt->opened ? past->wallet->debt->number : 0,
		.occurred_ms = past->at->occurred_ms };
	struct wallet *wallet, empty = *past->wallet;
	struct account nothing = { 0 };
	int error;

	if (!fold)
		return rewapp__fail(REWAPP_E_NOMEMORY, "balance");
	if ((error = list_read(past, past->wallet->account)) < 0 ||
		(error = list_read(past, past->wallet->debt)) < 0 ||
		(error = fold_lines(past, fold, &only)) < 0)
		return error;
	wallet = rewapp__fold_wallet(fold, past->wallet->member, past->programme->number);
	if (!wallet) { /* there was none yet */
		empty.lot_count = empty.hold_count = 0;
		empty.account = empty.debt = &nothing;
		wallet = &empty;
	}
	tell(past, wallet, out);
	return 0;
}

int rewapp__past_balance(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_instant *at, struct rewapp_balance *out)
{
	struct past past;
	int error;

	if (!at->recorded_ms && !at->occurred_ms)
		return rewapp__read_balance(engine, programme, member, out);
	if ((error = past_begin(&past, engine, programme, member, at)) == 0)
		error = past_balance(&past, out);
	past_end(&past);
	return error;
}

/* --- statement ------------------------------------------------------------------------------ */

static bool has_occurred(const struct past *past, const struct line *line)
{
	return !past->at->occurred_ms || line->transfer.transfer.occurred_ms <= past->at->occurred_ms;
}

/* The lines oldest first, in the clock's order and with its balances; *count of them. */
static int entries_of(struct past *past, struct rewapp_entry **out, size_t *count)
{
	struct line **lines = sorted(past, past->at->occurred_ms ? by_occurrence : by_number);
	struct rewapp_entry *entries = rewapp__arena_array(&past->tale, past->count, sizeof *entries);
	int64_t balance = 0;
	int error;

	if (!lines || !entries)
		return rewapp__fail(REWAPP_E_NOMEMORY, "statement");
	*count = 0;
	for (size_t i = 0; i < past->count; i++) {
		struct rewapp_entry *entry = &entries[*count];

		if (!has_occurred(past, lines[i]))
			continue;
		*entry = rewapp__tell_entry(
			past->engine, past->wallet, &lines[i]->record, &lines[i]->transfer, &lines[i]->lot);
		if ((error = rewapp__tell_spender(past->engine, past->wallet, &lines[i]->record, entry)) < 0)
			return error;
		entry->balance = balance + entry->balance - entry->previous;
		entry->previous = balance;
		balance = entry->balance;
		++*count;
	}
	*out = entries;
	return 0;
}

static int past_statement(
	struct past *past, int64_t before, struct rewapp_entry *out, size_t capacity, size_t *count)
{
	struct rewapp_entry *entries = NULL;
	size_t left = 0;
	int error;

	if ((error = list_read(past, past->wallet->account)) < 0 ||
		(error = entries_of(past, &entries, &left)) < 0)
		return error;
	while (before && left > 0 && entries[left - 1].number != before)
		left--;
	if (before && left == 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "before: no line of this statement");
	for (left -= before != 0; left > 0 && *count < capacity; left--)
		out[(*count)++] = entries[left - 1];
	return 0;
}

int rewapp__past_statement(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_instant *at, int64_t before,
	struct rewapp_entry *entries, size_t capacity, size_t *count)
{
	struct past past;
	int error;

	if (!at->recorded_ms && !at->occurred_ms)
		return rewapp__read_statement(engine, programme, member, before, entries, capacity, count);
	*count = 0;
	if ((error = past_begin(&past, engine, programme, member, at)) == 0)
		error = past_statement(&past, before, entries, capacity, count);
	past_end(&past);
	return error;
}
