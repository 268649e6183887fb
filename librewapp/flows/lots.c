/* What stands behind points: when they end and who paid for them, and from which purchases those came that a
 * redemption spent. */
#include "base/checked.h"
#include "base/error.h"
#include "flows/owned.h"
#include "flows/read.h"
#include "ledger/ledger.sql.h"
#include "ledger/state.h"
#include "ledger/verify.sql.h"

#include <stdlib.h>

enum {
	PAGE_ROWS = 500
};

/* --- who pays: the owners of the accounts that lots name ------------------------------------- */

static int read_owners(struct rewapp_engine *engine, struct map *owners)
{
	struct read read = { .stmt = &STMT_LEDGER_ACCOUNTS };
	int error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);

	rewapp__map_init(owners, &engine->arena);
	for (size_t row = 0; row < read.row_count && error == 0; row++) {
		struct map_key key = rewapp__map_key(rewapp__cell_int(&read, row, 0), 0);
		const struct merchant *merchant;

		if (rewapp__cell_int(&read, row, 2) != ACCOUNT_ISSUANCE)
			continue;
		merchant = rewapp__catalogue_merchant_by_number(
			&engine->catalogue, rewapp__cell_int(&read, row, 3));
		if (merchant)
			error = rewapp__map_put(owners, &key, (void *)(uintptr_t)merchant);
	}
	return error;
}

/* Zero: the programme itself, or whoever adjusts by hand. */
static struct rewapp_id payer_of(const struct map *owners, ref funder)
{
	struct map_key key = rewapp__map_key(funder, 0);
	const struct merchant *merchant = rewapp__map_get(owners, &key);

	return merchant ? merchant->id : (struct rewapp_id){ { 0 } };
}

/* --- expiries -------------------------------------------------------------------------------- */

struct bucket {
	int64_t expires_ms;
	ref funder;
	int64_t points, lots;
	struct bucket *next;
};

struct expiries {
	struct rewapp_engine *engine;
	const struct programme_row *programme;
	bool by_month;
	int64_t now_ms;
	struct map buckets, owners;
	struct bucket *list;
	size_t count;
};

/* The start of the month of the programme's calendar in which the instant lies. */
static int64_t month_of(const struct programme *rules, int64_t at_ms)
{
	return rewapp__zone_instant_ms(
		rules->zone, rewapp__programme_window(rules, WINDOW_MONTH, at_ms), rules->day_start);
}

static struct bucket *bucket_of(struct expiries *expiries, int64_t expires_ms, ref funder)
{
	struct map_key key = rewapp__map_key(expires_ms, funder);
	struct bucket *bucket = rewapp__map_get(&expiries->buckets, &key);

	if (bucket || !(bucket = rewapp__arena_take(&expiries->engine->arena, sizeof *bucket)))
		return bucket;
	*bucket = (struct bucket){ expires_ms, funder, 0, 0, expiries->list };
	expiries->list = bucket;
	expiries->count++;
	return rewapp__map_put(&expiries->buckets, &key, bucket) < 0 ? NULL : bucket;
}

static int add_wallet(struct expiries *expiries, const struct wallet *wallet)
{
	for (size_t i = 0; i < wallet->lot_count; i++) {
		const struct lot *lot = wallet->lots[i];
		int64_t points = rewapp__lot_worth(wallet, lot, expiries->now_ms);
		int64_t ends_ms = rewapp__lot_ends_ms(wallet, lot);
		struct bucket *bucket;

		if (points == 0)
			continue;
		if (ends_ms && expiries->by_month)
			ends_ms = month_of(expiries->programme->rules, ends_ms);
		if (!(bucket = bucket_of(expiries, ends_ms, lot->funder)))
			return rewapp__fail(REWAPP_E_NOMEMORY, "expiries");
		if (!rewapp__add(bucket->points, points, &bucket->points))
			return rewapp__fail(REWAPP_E_OVERFLOW, "expiries: the points leave 64 bits");
		bucket->lots++;
	}
	return 0;
}

static int add_row(struct expiries *expiries, struct arena *page, const struct read *read, size_t row)
{
	struct account account = { .kind = ACCOUNT_WALLET }, debt = { .kind = ACCOUNT_DEBT };
	struct wallet wallet = { .account = &account,
		.debt = &debt,
		.member = rewapp__cell_int(read, row, 1),
		.programme = rewapp__cell_int(read, row, 2),
		.arena = page };
	size_t size;
	const void *state = rewapp__cell_blob(read, row, 5, &size);
	int error;

	if (wallet.programme != expiries->programme->number)
		return 0;
	error = rewapp__state_read(&wallet, rewapp__cell_int(read, row, 3), state, size);
	return error < 0 ? error : add_wallet(expiries, &wallet);
}

static int add_all(struct expiries *expiries)
{
	struct value args[] = { rewapp__value_int(INT64_MIN), rewapp__value_int(PAGE_ROWS) };
	struct read read;
	struct arena page;
	int error;

	rewapp__arena_init(&page, &expiries->engine->env);
	do {
		rewapp__arena_reset(&page);
		read = (struct read){ .stmt = &STMT_VERIFY_WALLETS, .args = args, .arg_count = 2 };
		error = rewapp__storage_query(expiries->engine->storage, &read, 1, &page);
		for (size_t row = 0; row < read.row_count && error == 0; row++)
			error = add_row(expiries, &page, &read, row);
		if (error == 0 && read.row_count)
			args[0] = rewapp__value_int(rewapp__cell_int(&read, read.row_count - 1, 0));
	} while (error == 0 && read.row_count == PAGE_ROWS);
	rewapp__arena_finish(&page);
	return error;
}

static int by_end(const void *a, const void *b)
{
	const struct bucket *x = *(const struct bucket *const *)a, *y = *(const struct bucket *const *)b;
	int64_t left = x->expires_ms ? x->expires_ms : INT64_MAX;
	int64_t right = y->expires_ms ? y->expires_ms : INT64_MAX;

	if (left != right)
		return left < right ? -1 : 1;
	return x->funder < y->funder ? -1 : x->funder > y->funder;
}

static int tell_expiries(struct expiries *expiries, const struct rewapp_expiry **out, size_t *count)
{
	struct arena *arena = &expiries->engine->arena;
	struct rewapp_expiry *list = rewapp__arena_array(arena, expiries->count, sizeof *list);
	struct bucket **sorted = rewapp__arena_array(arena, expiries->count, sizeof *sorted);
	size_t at = 0;

	if (!list || !sorted)
		return rewapp__fail(REWAPP_E_NOMEMORY, "expiries");
	for (struct bucket *bucket = expiries->list; bucket; bucket = bucket->next)
		sorted[at++] = bucket;
	if (at)
		qsort(sorted, at, sizeof(struct bucket *), by_end);
	for (size_t i = 0; i < at; i++)
		list[i] = (struct rewapp_expiry){ .expires_ms = sorted[i]->expires_ms,
			.points = sorted[i]->points,
			.lots = sorted[i]->lots,
			.merchant = payer_of(&expiries->owners, sorted[i]->funder) };
	*out = list;
	*count = at;
	return 0;
}

static int read_expiries(struct expiries *expiries, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_expiry **out, size_t *count)
{
	struct programme_row *row;
	struct wallet *wallet;
	struct batch batch;
	int error = rewapp__read_programme(expiries->engine, programme, &row);

	if (error < 0)
		return error;
	expiries->programme = row;
	expiries->by_month = !member;
	expiries->now_ms = rewapp__engine_now(expiries->engine);
	rewapp__map_init(&expiries->buckets, &expiries->engine->arena);
	if (!member)
		error = add_all(expiries);
	else if ((error = rewapp__read_wallet(&batch, expiries->engine, row, member, &wallet)) == 0)
		error = add_wallet(expiries, wallet);
	if (error < 0 || (error = read_owners(expiries->engine, &expiries->owners)) < 0)
		return error;
	return tell_expiries(expiries, out, count);
}

int rewapp__read_expiries(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_expiry **out, size_t *count)
{
	struct expiries expiries = { .engine = engine };
	int error = member ? 0 : rewapp__owned_settle(engine); /* all wallets are read from their rows */

	if (error == 0)
		error = read_expiries(&expiries, programme, member, out, count);
	rewapp__engine_end(engine);
	return error;
}

/* --- a redemption's origins ------------------------------------------------------------------ */

/* The command that opened the lot: its id, and when. */
static int origin_command(struct rewapp_engine *engine, ref number, struct rewapp_origin *out)
{
	struct value arg = rewapp__value_int(number);
	struct read read = { .stmt = &STMT_LEDGER_LOG, .args = &arg, .arg_count = 1 };
	struct record record;
	const void *row;
	size_t size;
	int error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);

	if (error < 0)
		return error;
	row = rewapp__cell_blob(&read, 0, 1, &size);
	if (!row || !rewapp__record_find(rewapp__cell_int(&read, 0, 0), row, size, number, &record))
		return rewapp__fail(
			REWAPP_E_CORRUPT, "log: the record of %lld is missing", (long long)number);
	out->command = record.id;
	out->earned_ms = record.recorded_ms;
	return 0;
}

/* What was reversed went back to the lots that live longest first: the last ones. */
static int tell_origins(struct rewapp_engine *engine, const struct redemption *redemption,
	struct rewapp_origin *list, size_t *count)
{
	int64_t reversed = redemption->reversed;
	struct map owners;
	int error = read_owners(engine, &owners);

	for (size_t i = redemption->share_count; i-- > 0 && error == 0;) {
		const struct lot_share *share = &redemption->shares[i];
		int64_t back = share->amount < reversed ? share->amount : reversed;

		list[i] = (struct rewapp_origin){ .lot = share->lot->number,
			.points = share->amount,
			.reversed = back,
			.expires_ms = rewapp__lot_ends_ms(redemption->wallet, share->lot),
			.merchant = payer_of(&owners, share->lot->funder) };
		reversed -= back;
		error = origin_command(engine, share->lot->command, &list[i]);
	}
	for (size_t i = 0; i < redemption->share_count && error == 0; i++)
		if (list[i].points > 0) /* the hold took it, and the redemption spent less */
			list[(*count)++] = list[i];
	return error;
}

static int read_trace(struct rewapp_engine *engine, const struct rewapp_id *id,
	const struct rewapp_origin **out, size_t *count)
{
	struct redemption *redemption = NULL;
	struct rewapp_origin *list;
	struct known *known;
	struct batch batch;
	int error;

	if ((error = rewapp__engine_begin(engine, false)) < 0 ||
		(error = rewapp__batch_begin(&batch, engine, 0)) < 0)
		return error;
	rewapp__want_target(&batch, id);
	if ((error = rewapp__batch_load(&batch)) < 0)
		return error;
	known = rewapp__batch_known(&batch, id);
	if (known && (known->kind == REWAPP_KIND_REDEEM || known->kind == REWAPP_KIND_POST))
		redemption = rewapp__batch_redemption(&batch, known->subject);
	if (!redemption)
		return rewapp__fail(REWAPP_E_NOTFOUND, "redemption: none of this id");
	list = rewapp__arena_array(&engine->arena, redemption->share_count, sizeof *list);
	if (!list)
		return rewapp__fail(REWAPP_E_NOMEMORY, "trace");
	*out = list;
	*count = 0;
	return tell_origins(engine, redemption, list, count);
}

int rewapp__read_trace(struct rewapp_engine *engine, const struct rewapp_id *id,
	const struct rewapp_origin **out, size_t *count)
{
	int error = read_trace(engine, id, out, count);

	rewapp__engine_end(engine);
	return error;
}
