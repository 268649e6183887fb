/* Reading: balances, statements, totals. */
#include "flows/read.h"

#include "base/error.h"
#include "flows/days.h"
#include "flows/gift_card.h"
#include "flows/owned.h"
#include "flows/receipt.h"
#include "flows/tiers.h"
#include "flows/token.h"
#include "ledger/ledger.sql.h"
#include "programme/programme.sql.h"

#include <string.h>

struct rewapp_id rewapp__cell_id(const struct read *read, size_t row, size_t column)
{
	struct rewapp_id id = { { 0 } };
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, column, &size);

	if (size == sizeof id)
		memcpy(&id, bytes, size);
	return id;
}

static int query(struct rewapp_engine *engine, struct read *read, const struct stmt *stmt,
	const struct value *args, size_t arg_count)
{
	*read = (struct read){ .stmt = stmt, .args = args, .arg_count = arg_count };
	return rewapp__storage_query(engine->storage, read, 1, &engine->arena);
}

int rewapp__read_programme(
	struct rewapp_engine *engine, const struct rewapp_id *id, struct programme_row **out)
{
	static const struct rewapp_id only;
	int error;

	if ((error = rewapp__engine_begin(engine, false)) < 0)
		return error;
	*out = rewapp__catalogue_programme(&engine->catalogue, id ? id : &only);
	return *out ? 0
		    : rewapp__fail(REWAPP_E_NOTFOUND,
			      "programme: none of this id, or more than one to choose from");
}

/* --- balance ------------------------------------------------------------------------------ */

int rewapp__read_wallet(struct batch *batch, struct rewapp_engine *engine, struct programme_row *programme,
	const struct rewapp_id *id, struct wallet **out)
{
	struct member *member;
	int error;

	if ((error = rewapp__batch_begin(batch, engine, 0)) < 0)
		return error;
	rewapp__want_member(batch, id, programme);
	if ((error = rewapp__batch_load(batch)) < 0)
		return error;
	if (!(member = rewapp__batch_member(batch, id)))
		return rewapp__fail(REWAPP_E_NOTFOUND, "member: none of this id");
	*out = rewapp__batch_wallet(batch, member, programme);
	return *out ? 0 : batch->failed;
}

void rewapp__tell_balance(const struct wallet *wallet, int64_t at_ms, struct rewapp_balance *out)
{
	struct wallet_view view;

	rewapp__wallet_view(wallet, at_ms, &view);
	*out = (struct rewapp_balance){
		.size = sizeof *out,
		.as_of_ms = at_ms,
		.available = view.available,
		.pending = view.pending,
		.held = view.held,
		.debt = view.debt,
		.next_expiry_ms = view.next_expiry_ms,
		.next_expiry_points = view.next_expiry_points,
		.next_activation_ms = view.next_activation_ms,
		.debits_posted = wallet->account->now.debits_posted,
		.debits_pending = wallet->account->now.debits_pending,
		.credits_posted = wallet->account->now.credits_posted,
		.credits_pending = wallet->account->now.credits_pending,
		.version = wallet->account->version,
		.closed_ms = wallet->closed_ms,
	};
}

static int read_balance(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, struct rewapp_balance *out)
{
	struct account account = { 0 }, debt = { 0 };
	struct wallet kept = { .account = &account, .debt = &debt, .arena = &engine->arena }, *wallet = &kept;
	struct programme_row *row;
	struct batch batch;
	int error = rewapp__read_programme(engine, programme, &row);
	int64_t now_ms = rewapp__engine_now(engine);

	if (!error)
		error = rewapp__owned_look(engine, member, row->number, now_ms, &kept);
	if (!error)
		error = rewapp__read_wallet(&batch, engine, row, member, &wallet);
	if (error >= 0)
		rewapp__tell_balance(wallet, now_ms, out);
	return error < 0 ? error : 0;
}

int rewapp__read_balance(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, struct rewapp_balance *out)
{
	int error = read_balance(engine, programme, member, out);

	rewapp__engine_end(engine);
	return error;
}

/* --- tier --------------------------------------------------------------------------------- */

static int read_tier(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, struct rewapp_tier *out)
{
	struct programme_row *row;
	struct wallet *wallet = NULL;
	struct batch batch;
	int error = rewapp__read_programme(engine, programme, &row);

	if (!error && !row->rules->tiers)
		error = rewapp__fail(REWAPP_E_NOTFOUND, "programme: it has no tiers");
	if (error < 0 || (error = rewapp__read_wallet(&batch, engine, row, member, &wallet)) < 0)
		return error;
	rewapp__tiers_tell(&batch, wallet, row->rules, out);
	return batch.failed;
}

int rewapp__read_tier(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, struct rewapp_tier *out)
{
	int error = read_tier(engine, programme, member, out);

	rewapp__engine_end(engine);
	return error;
}

/* --- statement ---------------------------------------------------------------------------- */

/* A row of the log that was read last: lines that stand together are often of one row. */
struct page {
	struct rewapp_engine *engine;
	struct read read;
	const struct wallet *wallet;
};

static int page_record(struct page *page, int64_t number, struct record *out)
{
	struct value arg = rewapp__value_int(number);
	size_t size;
	const void *row;
	int error = query(page->engine, &page->read, &STMT_LEDGER_LOG, &arg, 1);

	if (error < 0)
		return error;
	row = rewapp__cell_blob(&page->read, 0, 1, &size);
	if (!row || !rewapp__record_find(rewapp__cell_int(&page->read, 0, 0), row, size, number, out))
		return rewapp__fail(REWAPP_E_CORRUPT, "log: transfer %lld is missing", (long long)number);
	return 0;
}

bool rewapp__find_transfer(
	int64_t account, const struct record *record, int64_t number, struct effect *out, struct effect *lot)
{
	struct effect_reader reader;

	rewapp__effects_open(&reader, record);
	while (rewapp__effects_next(&reader, out)) {
		if (out->kind != EFFECT_TRANSFER || out->transfer.number != number)
			continue;
		if (!rewapp__effects_next(&reader, lot) || lot->kind != EFFECT_LOT)
			memset(lot, 0, sizeof *lot);
		return out->transfer.debit == account || out->transfer.credit == account;
	}
	return false;
}

struct rewapp_entry rewapp__tell_entry(const struct rewapp_engine *engine, const struct wallet *wallet,
	const struct record *record, const struct effect *transfer, const struct effect *lot)
{
	const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
		&engine->catalogue, record->merchant);
	int code = transfer->transfer.code;
	bool adds = transfer->transfer.credit == wallet->account->number || code == REWAPP_CODE_RELEASE ||
		code == REWAPP_CODE_TIMEOUT;
	bool moves = code != REWAPP_CODE_HOLD && code != REWAPP_CODE_RELEASE && code != REWAPP_CODE_TIMEOUT;
	const struct lot opened = { .number = transfer->transfer.number, .expires_ms = lot->lot.expires_ms };
	bool names = code != REWAPP_CODE_EXPIRY && code != REWAPP_CODE_TIMEOUT && code != REWAPP_CODE_HOLD;
	struct rewapp_entry entry = {
		.number = transfer->transfer.number,
		.code = code,
		.command = record->id,
		.points = adds ? transfer->transfer.amount : -transfer->transfer.amount,
		.balance = transfer->transfer.balance,
		.recorded_ms = record->recorded_ms,
		.occurred_ms = transfer->transfer.occurred_ms,
		.activates_ms = lot->lot.activates_ms,
		.expires_ms = rewapp__lot_ends_ms(wallet, &opened),
	};

	if (merchant && names)
		entry.merchant = merchant->id;
	entry.previous = entry.balance - (moves ? entry.points : 0);
	return entry;
}

/* Who spent of a household's wallet; 0: nobody in particular, or the line is about something else. */
static ref spender_of(const struct wallet *wallet, const struct record *record, int code)
{
	struct effect_reader reader;
	struct effect effect;

	if (code == REWAPP_CODE_EXPIRY || code == REWAPP_CODE_TIMEOUT)
		return 0;
	rewapp__effects_open(&reader, record);
	while (rewapp__effects_next(&reader, &effect))
		if (effect.kind == EFFECT_SPENT && effect.spent.household == wallet->member)
			return effect.spent.member;
	return 0;
}

int rewapp__tell_spender(struct rewapp_engine *engine, const struct wallet *wallet,
	const struct record *record, struct rewapp_entry *entry)
{
	struct value number = rewapp__value_int(spender_of(wallet, record, entry->code));
	struct read read;
	int error;

	if (number.integer == 0)
		return 0;
	if ((error = query(engine, &read, &STMT_PROGRAMME_MEMBER_BY_NUMBER, &number, 1)) < 0)
		return error;
	if (read.row_count)
		entry->spender = rewapp__cell_id(&read, 0, 1);
	return 0;
}

static int page_fill(
	struct page *page, int64_t number, struct rewapp_entry *entries, size_t capacity, size_t *count)
{
	struct effect transfer, lot;
	struct record record;
	int error;

	for (; number && *count < capacity; number = transfer.transfer.prev) {
		if ((error = page_record(page, number, &record)) < 0)
			return error;
		if (!rewapp__find_transfer(page->wallet->account->number, &record, number, &transfer, &lot))
			return rewapp__fail(
				REWAPP_E_CORRUPT, "log: transfer %lld is missing", (long long)number);
		entries[*count] = rewapp__tell_entry(page->engine, page->wallet, &record, &transfer, &lot);
		error = rewapp__tell_spender(page->engine, page->wallet, &record, &entries[(*count)++]);
		if (error < 0)
			return error;
	}
	return 0;
}

/* The line behind the cursor `before`; 0: there is none. */
static int line_behind(struct page *page, int64_t before, int64_t *out)
{
	struct effect transfer, lot;
	struct record record;
	int error = page_record(page, before, &record);

	if (error == REWAPP_E_CORRUPT ||
		(!error &&
			!rewapp__find_transfer(
				page->wallet->account->number, &record, before, &transfer, &lot)))
		return rewapp__fail(REWAPP_E_ARGUMENT, "before: no line of this statement");
	*out = error ? 0 : transfer.transfer.prev;
	return error;
}

static int read_statement(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, int64_t before, struct rewapp_entry *entries, size_t capacity,
	size_t *count)
{
	struct page page = { .engine = engine };
	struct programme_row *row;
	struct wallet *wallet = NULL;
	struct batch batch;
	int64_t number;
	int error = rewapp__read_programme(engine, programme, &row);

	*count = 0;
	if (error < 0 || (error = rewapp__read_wallet(&batch, engine, row, member, &wallet)) < 0)
		return error;
	if (!wallet->stored)
		return 0;
	page.wallet = wallet;
	number = wallet->account->last;
	if (before && (error = line_behind(&page, before, &number)) < 0)
		return error;
	return page_fill(&page, number, entries, capacity, count);
}

int rewapp__read_statement(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, int64_t before, struct rewapp_entry *entries, size_t capacity,
	size_t *count)
{
	int error = read_statement(engine, programme, member, before, entries, capacity, count);

	rewapp__engine_end(engine);
	return error;
}

static int totals_stored(struct rewapp_engine *engine, ref programme, struct days *days)
{
	struct read read;
	int error = query(engine, &read, &STMT_LEDGER_TOTALS,
		(struct value[]){ rewapp__value_int(programme), rewapp__value_int(INT64_MIN),
			rewapp__value_int(INT64_MAX) },
		3);

	for (size_t row = 0; row < read.row_count && error == 0; row++) {
		struct day *day = rewapp__days_of(days, programme, rewapp__cell_int(&read, row, 0));
		int64_t sum = -1 - rewapp__cell_int(&read, row, 1);

		if (day && sum >= 0 && sum < DAY_SUMS)
			day->sums[sum] = rewapp__cell_int(&read, row, 2);
	}
	return error;
}

/* The oldest day of the programme from `from_ms` on, or NULL. */
static const struct day *day_from(const struct days *days, ref programme, int64_t from_ms)
{
	const struct day *oldest = NULL;

	for (const struct day *day = days->first; day; day = day->next)
		if (day->programme == programme && day->day_ms >= from_ms &&
			(!oldest || day->day_ms < oldest->day_ms))
			oldest = day;
	return oldest;
}

static int read_totals(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t from_ms,
	int64_t until_ms, struct rewapp_day *out, size_t capacity, size_t *count)
{
	struct days days = { .arena = &engine->arena };
	const struct day *day;
	struct programme_row *row;
	int64_t rolled;
	bool more;
	int error = rewapp__read_programme(engine, programme, &row);

	*count = 0;
	if (error < 0 || (error = totals_stored(engine, row->number, &days)) < 0 ||
		(error = rewapp__days_read(engine, INT64_MAX, &days, &rolled, &more)) < 0)
		return error;
	for (; *count < capacity && (day = day_from(&days, row->number, from_ms)) && day->day_ms < until_ms;
		from_ms = day->day_ms + 1)
		out[(*count)++] = (struct rewapp_day){ .day_ms = day->day_ms,
			.issued = day->sums[DAY_ISSUED],
			.spent = day->sums[DAY_SPENT],
			.expired = day->sums[DAY_EXPIRED],
			.clawed_back = day->sums[DAY_CLAWED_BACK] };
	return 0;
}

int rewapp__read_totals(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t from_ms,
	int64_t until_ms, struct rewapp_day *days, size_t capacity, size_t *count)
{
	int error = read_totals(engine, programme, from_ms, until_ms, days, capacity, count);

	rewapp__engine_end(engine);
	return error;
}

/* --- receipts and tokens --------------------------------------------------------------------- */

static int receipt_token(struct batch *batch, const struct known *known, struct rewapp_receipt *out)
{
	struct hold_fact *fact;
	int error;

	if ((known->kind != REWAPP_KIND_MINT && known->kind != REWAPP_KIND_VOUCHER) ||
		out->verdict != REWAPP_VERDICT_ACCEPTED)
		return 0;
	rewapp__want_hold(batch, known->subject);
	if ((error = rewapp__batch_load(batch)) < 0)
		return error;
	if (!(fact = rewapp__batch_hold(batch, known->subject)))
		return rewapp__fail(REWAPP_E_CORRUPT, "the hold of a token is missing");
	return rewapp__token_of_hold(batch->engine, fact->hold, &out->id, out->token);
}

static int read_receipt(struct rewapp_engine *engine, const struct rewapp_id *id, struct rewapp_receipt *out)
{
	struct batch batch;
	struct known *known;
	int error;

	if ((error = rewapp__engine_begin(engine, false)) < 0 ||
		(error = rewapp__batch_begin(&batch, engine, 0)) < 0)
		return error;
	rewapp__want_known(&batch, id);
	if ((error = rewapp__batch_load(&batch)) < 0)
		return error;
	if (!(known = rewapp__batch_known(&batch, id)))
		return rewapp__fail(REWAPP_E_NOTFOUND, "receipt: no command of this id");
	memset(out, 0, sizeof *out);
	out->size = sizeof *out;
	out->kind = known->kind;
	out->id = *id;
	if ((error = rewapp__receipt_tell(&batch, known->record, out)) < 0)
		return error;
	return receipt_token(&batch, known, out);
}

int rewapp__read_receipt(struct rewapp_engine *engine, const struct rewapp_id *id, struct rewapp_receipt *out)
{
	int error = read_receipt(engine, id, out);

	rewapp__engine_end(engine);
	return error;
}

static int token_judge(struct batch *batch, const struct hold_fact *fact, const struct rewapp_id *merchant)
{
	const struct merchant *till = merchant ? rewapp__batch_merchant(batch, merchant) : NULL;
	const struct hold *hold = fact->hold;

	if (merchant && !till)
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	if (till && hold->merchant && hold->merchant != till->number)
		return REWAPP_VERDICT_WRONG_MERCHANT;
	if (hold->state == HOLD_POSTED)
		return REWAPP_VERDICT_SPENT;
	if (hold->state == HOLD_VOIDED)
		return REWAPP_VERDICT_HOLD_CLOSED;
	if (hold->state == HOLD_TIMED_OUT || hold->expires_ms <= batch->now_ms)
		return REWAPP_VERDICT_EXPIRED;
	return rewapp__may_spend(batch, fact->member) ? REWAPP_VERDICT_ACCEPTED
						      : REWAPP_VERDICT_MEMBER_BLOCKED;
}

static void token_tell(struct batch *batch, const struct hold_fact *fact, struct rewapp_qr *out)
{
	const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
		&batch->engine->catalogue, fact->hold->merchant);

	out->hold = fact->id;
	out->member = fact->member->id;
	out->programme = fact->programme->id;
	if (merchant)
		out->merchant = merchant->id;
	out->points = fact->hold->amount;
	out->amount = rewapp__points_worth(batch, fact->programme, fact->hold->amount);
	out->issued_ms = fact->hold->issued_ms;
	out->expires_ms = fact->hold->expires_ms;
}

static int read_token(struct rewapp_engine *engine, const char *token, const struct rewapp_id *merchant,
	struct rewapp_qr *out)
{
	struct batch batch;
	struct qr_claims claims;
	struct hold_fact *fact;
	int error;

	if ((error = rewapp__engine_begin(engine, false)) < 0 ||
		(error = rewapp__batch_begin(&batch, engine, 0)) < 0)
		return error;
	memset(out, 0, sizeof *out);
	out->size = sizeof *out;
	out->verdict = rewapp__token_open(engine, token, batch.now_ms, &claims);
	if (out->verdict != REWAPP_VERDICT_ACCEPTED && out->verdict != REWAPP_VERDICT_EXPIRED)
		return 0;
	rewapp__want_hold(&batch, (ref)claims.subject);
	if ((error = rewapp__batch_load(&batch)) < 0)
		return error;
	fact = rewapp__batch_hold(&batch, (ref)claims.subject);
	if (!fact || !rewapp__token_names(&claims, fact->hold, &fact->id)) {
		out->verdict = REWAPP_VERDICT_FORGED;
		return 0;
	}
	out->verdict = token_judge(&batch, fact, merchant);
	token_tell(&batch, fact, out);
	return 0;
}

int rewapp__read_token(struct rewapp_engine *engine, const char *token, const struct rewapp_id *merchant,
	struct rewapp_qr *out)
{
	int error = read_token(engine, token, merchant, out);

	rewapp__engine_end(engine);
	return error;
}

/* --- the outbox ------------------------------------------------------------------------------- */

enum {
	EVENT_ROWS = 64 /* of the log, a round */
};

/* The event's member goes in by number; ids are asked for all together. */
static bool events_of(struct batch *batch, const struct record *record, int64_t after,
	struct rewapp_event *events, struct member **members, size_t capacity, size_t *count)
{
	struct effect_reader reader;
	struct effect effect;

	rewapp__effects_open(&reader, record);
	while (rewapp__effects_next(&reader, &effect)) {
		if (effect.kind != EFFECT_EVENT || effect.event.number <= after)
			continue;
		if (*count == capacity)
			return false;
		events[*count] = (struct rewapp_event){
			.number = effect.event.number,
			.kind = record->kind,
			.code = effect.event.code,
			.command = record->id,
			.points = effect.event.points,
			.recorded_ms = record->recorded_ms,
		};
		members[(*count)++] = effect.event.member
			? rewapp__want_member_number(batch, effect.event.member)
			: NULL;
	}
	return true;
}

/* Reads rows from the one of *from on; *from moves behind them, to -1 at the end. */
static int events_round(struct batch *batch, int64_t after, int64_t *from, struct rewapp_event *events,
	struct member **members, size_t capacity, size_t *count)
{
	struct read read;
	bool room = true;
	int error = query(batch->engine, &read, &STMT_LEDGER_LOG_FROM,
		(struct value[]){ rewapp__value_int(*from), rewapp__value_int(EVENT_ROWS) }, 2);

	if (error < 0)
		return error;
	*from = read.row_count < EVENT_ROWS ? -1 : rewapp__cell_int(&read, read.row_count - 1, 0) + 1;
	for (size_t row = 0; row < read.row_count && room; row++) {
		struct record_reader reader;
		struct record record;
		size_t size;
		const void *bytes = rewapp__cell_blob(&read, row, 1, &size);

		rewapp__record_open(&reader, rewapp__cell_int(&read, row, 0), bytes, size);
		while (room && rewapp__record_next(&reader, &record))
			room = events_of(batch, &record, after, events, members, capacity, count);
		if (reader.failed)
			return rewapp__fail(REWAPP_E_CORRUPT, "log: row %lld is damaged",
				(long long)rewapp__cell_int(&read, row, 0));
	}
	if (!room)
		*from = -1;
	return batch->failed;
}

static int read_events(struct rewapp_engine *engine, int64_t after, struct rewapp_event *events,
	size_t capacity, size_t *count)
{
	struct member **members;
	struct batch batch;
	int64_t from = after > 0 ? after : 0;
	int error;

	*count = 0;
	if ((error = rewapp__engine_begin(engine, false)) < 0 ||
		(error = rewapp__batch_begin(&batch, engine, 0)) < 0)
		return error;
	if (!(members = rewapp__arena_array(&engine->arena, capacity, sizeof *members)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "events");
	/* A round may begin with the row that the one before it ended with. */
	while (from >= 0 && *count < capacity) {
		int64_t last = *count ? events[*count - 1].number : after;

		if ((error = events_round(&batch, last, &from, events, members, capacity, count)) < 0)
			return error;
	}
	if ((error = rewapp__batch_load(&batch)) < 0)
		return error;
	for (size_t i = 0; i < *count; i++)
		if (members[i])
			events[i].member = members[i]->id;
	return 0;
}

int rewapp__read_events(struct rewapp_engine *engine, int64_t after, struct rewapp_event *events,
	size_t capacity, size_t *count)
{
	int error = read_events(engine, after, events, capacity, count);

	rewapp__engine_end(engine);
	return error;
}
