/* An owned store is opened and closed: what a crash left is made again from the log's end, ids are read
 * into memory, and a store changes from shared to owned and back. */
#include "base/error.h"
#include "flows/owned.h"
#include "ledger/fold.h"
#include "ledger/ledger.sql.h"
#include "ledger/owned.sql.h"
#include "ledger/state.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAGE_ROWS = 200,    /* of the log, read at once */
	PAGE_WALLETS = 256, /* at most: as many as are wanted, mostly */
	PAGE_RUNS = 50,
	IDS_AHEAD = 16,
	ROUND_COMMANDS = 600000,
	SLICE_MIN =
		2000 /* wallets: ten milliseconds; fewer wait for a later commit, so that they share pages */
};

struct recovery {
	struct rewapp_engine *engine;
	struct owned *owned;
	struct fold fold;
	struct arena arena, page; /* for the whole of it, for rows that are looked at */
	struct map numbers;       /* accounts that the log's end moved points of */
	struct map pairs;         /* (member, programme) that it names otherwise */
	int64_t since;            /* the number from which the store is owned; 0: it is shared */
	int64_t run_next;         /* ids of all below are in the tables */
};

static int query(struct recovery *recovery, struct read *read, const struct stmt *stmt,
	const struct value *args, size_t count)
{
	*read = (struct read){ .stmt = stmt, .args = args, .arg_count = count };
	return rewapp__storage_query(recovery->engine->storage, read, 1, &recovery->page);
}

static int no_memory(void)
{
	return rewapp__fail(REWAPP_E_NOMEMORY, "the log's end");
}

/* --- walking through the log's end --------------------------------------------------------------- */

typedef int (*visitor)(struct recovery *recovery, const struct record *record);

static int play(struct recovery *recovery, const struct record *record);

static int visit_row(struct recovery *recovery, const struct read *read, size_t row, visitor visit)
{
	struct record_reader records;
	struct record record;
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 2, &size);
	int error = 0;

	rewapp__record_open(&records, rewapp__cell_int(read, row, 0), bytes, size);
	while (!error && rewapp__record_next(&records, &record))
		error = visit(recovery, &record);
	if (!error && records.failed)
		error = rewapp__fail(REWAPP_E_CORRUPT, "log: row %lld is damaged",
			(long long)rewapp__cell_int(read, row, 0));
	return error;
}

/* A row that is played is looked at some rows before. */
static int visit_ahead(struct recovery *recovery, const struct read *read, size_t row, visitor visit)
{
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 2, &size);

	if (visit == play)
		rewapp__fold_foresee(&recovery->fold, bytes, size, rewapp__cell_int(read, row, 0));
	return row < FOLD_AHEAD ? 0 : visit_row(recovery, read, row - FOLD_AHEAD, visit);
}

/* The rows from the one that holds the number `from` on. */
static int walk(struct recovery *recovery, int64_t from, visitor visit)
{
	struct value first = rewapp__value_int(from);
	struct read read;
	int64_t seq;
	int error = query(recovery, &read, &STMT_LEDGER_LOG, &first, 1);

	for (seq = rewapp__cell_int(&read, 0, 0) - 1; !error; rewapp__arena_reset(&recovery->page)) {
		error = query(recovery, &read, &STMT_LEDGER_LOG_BEHIND,
			(struct value[]){ rewapp__value_int(seq), rewapp__value_int(PAGE_ROWS) }, 2);
		for (size_t row = 0; row < read.row_count + FOLD_AHEAD && !error; row++)
			error = visit_ahead(recovery, &read, row, visit);
		if (error || read.row_count < PAGE_ROWS)
			break;
		seq = rewapp__cell_int(&read, read.row_count - 1, 0);
	}
	rewapp__arena_reset(&recovery->page);
	return error;
}

/* --- ids ------------------------------------------------------------------------------------------ */

static int id_keep(struct owned *owned, uint64_t hash, int64_t number)
{
	int error = rewapp__ids_reserve(&owned->kept.ids, 1);

	if (!error)
		rewapp__ids_add(&owned->kept.ids, hash, number);
	return error;
}

static int run_read(struct owned *owned, int64_t first, const void *bytes, size_t size)
{
	struct unpack from = rewapp__unpack(bytes, size);
	struct owned_id ahead[IDS_AHEAD] = { 0 }; /* read and foreseen, to be kept a little later */
	int64_t number = first;
	size_t count = 0, kept = 0;
	int error = 0;

	while (from.at < from.end && !from.failed && !error) {
		struct owned_id *id = &ahead[count % IDS_AHEAD];
		const void *hash;

		if (count - kept == IDS_AHEAD) {
			error = id_keep(owned, id->hash, id->number);
			kept++;
		}
		id->number = number += (int64_t)rewapp__unpack_uint(&from);
		if (!(hash = rewapp__unpack_bytes(&from, sizeof id->hash)))
			break;
		memcpy(&id->hash, hash, sizeof id->hash);
		rewapp__ids_foresee_adding(&owned->kept.ids, id->hash);
		count++;
	}
	for (; kept < count && !error; kept++)
		error = id_keep(owned, ahead[kept % IDS_AHEAD].hash, ahead[kept % IDS_AHEAD].number);
	if (from.failed)
		return rewapp__fail(REWAPP_E_CORRUPT, "ids: the run of %lld is damaged", (long long)first);
	return error;
}

int rewapp__owned_ids(struct rewapp_engine *engine)
{
	struct arena page;
	struct read read;
	int64_t first = 0;
	int error = 0;

	if (engine->owned->has_ids)
		return 0;
	rewapp__arena_init(&page, &engine->env);
	do {
		read = (struct read){ .stmt = &STMT_OWNED_RUNS,
			.arg_count = 2,
			.args = (struct value[]){ rewapp__value_int(first), rewapp__value_int(PAGE_RUNS) } };
		error = rewapp__storage_query(engine->storage, &read, 1, &page);
		for (size_t row = 0; row < read.row_count && !error; row++) {
			size_t size;
			const void *ids = rewapp__cell_blob(&read, row, 2, &size);

			first = rewapp__cell_int(&read, row, 0);
			error = run_read(engine->owned, first, ids, size);
		}
		rewapp__arena_reset(&page);
	} while (!error && read.row_count == PAGE_RUNS);
	rewapp__arena_finish(&page);
	engine->owned->has_ids = !error;
	engine->owned->lost |= error != 0; /* some are there */
	return error;
}

/* --- wallets -------------------------------------------------------------------------------------- */

static int mark(struct map *map, int64_t a, int64_t b)
{
	struct map_key key = rewapp__map_key(a, b);

	return rewapp__map_put(map, &key, map) < 0 ? no_memory() : 0;
}

static int mark_effect(struct recovery *recovery, const struct record *record, const struct effect *effect)
{
	enum rewapp_code code = effect->transfer.code;
	int error;

	if (effect->kind == EFFECT_TALLY && effect->tally.owner)
		return mark(&recovery->pairs, effect->tally.owner, effect->tally.programme);
	if (effect->kind == EFFECT_ACTIVE)
		return mark(&recovery->pairs, effect->active.member, effect->active.programme);
	if (effect->kind == EFFECT_TIER)
		return mark(&recovery->pairs, effect->tier.member, effect->tier.programme);
	if (effect->kind == EFFECT_CLOSED)
		return mark(&recovery->pairs, effect->closed.member, effect->closed.programme);
	if (effect->kind == EFFECT_SHARER)
		return mark(&recovery->pairs, effect->sharer.household, effect->sharer.programme);
	if (effect->kind == EFFECT_SPENT)
		return mark(&recovery->pairs, effect->spent.household, effect->spent.programme);
	if (effect->kind == EFFECT_REFERRED)
		return mark(&recovery->pairs, effect->referred.by, record->programme);
	if (effect->kind != EFFECT_TRANSFER)
		return 0;
	if ((code == REWAPP_CODE_DEBT || code == REWAPP_CODE_DEBT_PAYMENT) && record->member &&
		(error = mark(&recovery->pairs, record->member, record->programme)) < 0)
		return error;
	if ((error = mark(&recovery->numbers, effect->transfer.debit, 0)) < 0)
		return error;
	return mark(&recovery->numbers, effect->transfer.credit, 0);
}

/* First: ids that are in no run, and whom it is about. */
static int look_at(struct recovery *recovery, const struct record *record)
{
	struct effect_reader effects;
	struct effect effect;
	int error = 0;

	if (record->number >= recovery->run_next)
		error = rewapp__owned_wait(recovery->owned, &record->id, record->number);
	if (error < 0 || record->number < recovery->owned->applied)
		return error;
	rewapp__effects_open(&effects, record);
	while (!error && rewapp__effects_next(&effects, &effect))
		error = mark_effect(recovery, record, &effect);
	return error;
}

/* Then: what it did. */
static int play(struct recovery *recovery, const struct record *record)
{
	if (record->number >= recovery->owned->applied)
		rewapp__fold_record(&recovery->fold, record);
	return recovery->fold.failed ? no_memory() : 0;
}

static int accounts_read(struct recovery *recovery)
{
	struct read read;
	int error = query(recovery, &read, &STMT_LEDGER_ACCOUNTS, NULL, 0);

	for (size_t row = 0; row < read.row_count && !error; row++)
		rewapp__fold_account_known(&recovery->fold, rewapp__cell_int(&read, row, 0),
			rewapp__cell_int(&read, row, 1), (enum account_kind)rewapp__cell_int(&read, row, 2),
			rewapp__cell_int(&read, row, 3));
	return error;
}

/* A row of a wallet: to the fold, and to memory as what is stored. */
static int wallet_known(struct recovery *recovery, ref member, ref programme, const struct read *read,
	size_t row, size_t column)
{
	size_t size;
	const void *state = rewapp__cell_blob(read, row, column + 1, &size);
	struct wallet *wallet;
	int error;

	if (rewapp__fold_wallet(&recovery->fold, member, programme))
		return 0;
	error = rewapp__fold_wallet_known(
		&recovery->fold, member, programme, rewapp__cell_int(read, row, column), state, size);
	if (error < 0)
		return error;
	if (!(wallet = rewapp__fold_wallet(&recovery->fold, member, programme)))
		return no_memory();
	rewapp__kept_add_wallet(&recovery->owned->kept, wallet, state, size);
	return 0;
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* A page of rows from numbers[*at] on; *at becomes the first that is beyond it.  How many rows the next page
 * should have follows from how many of this one were wanted. */
static int wallets_page(
	struct recovery *recovery, const int64_t *numbers, size_t count, size_t *at, int64_t *rows)
{
	size_t wanted = 0;
	struct read read;
	int error = query(recovery, &read, &STMT_OWNED_WALLETS,
		(struct value[]){ rewapp__value_int(numbers[*at]), rewapp__value_int(*rows) }, 2);

	for (size_t row = 0; row < read.row_count && !error; row++) {
		int64_t number = rewapp__cell_int(&read, row, 0);

		while (*at < count && numbers[*at] < number)
			++*at;
		if (*at == count || numbers[*at] != number)
			continue;
		wanted++;
		++*at;
		error = wallet_known(recovery, rewapp__cell_int(&read, row, 1),
			rewapp__cell_int(&read, row, 2), &read, row, 3);
	}
	if (read.row_count < (size_t)*rows)
		*at = count;
	*rows = wanted * 2 >= read.row_count ? *rows * 2 : *rows / 2;
	*rows = *rows < 1 ? 1 : *rows > PAGE_WALLETS ? PAGE_WALLETS : *rows;
	rewapp__arena_reset(&recovery->page);
	return error;
}

/* In the order of the rows. */
static int wallets_read(struct recovery *recovery)
{
	int64_t *numbers = rewapp__arena_array(
		&recovery->arena, recovery->numbers.count + 1, sizeof *numbers);
	size_t count = 0, at = 0;
	int64_t rows = 1;
	int error = 0;

	if (!numbers)
		return no_memory();
	for (size_t i = 0; i < recovery->numbers.capacity; i++)
		if (recovery->numbers.slots[i].value)
			numbers[count++] = (int64_t)recovery->numbers.slots[i].key[0];
	qsort(numbers, count, sizeof *numbers, by_value);
	while (at < count && !error)
		error = wallets_page(recovery, numbers, count, &at, &rows);
	return error;
}

static int pairs_read(struct recovery *recovery)
{
	int error = 0;

	for (size_t i = 0; i < recovery->pairs.capacity && !error; i++) {
		const struct map_slot *slot = &recovery->pairs.slots[i];
		ref member = (ref)slot->key[0], programme = (ref)slot->key[1];
		struct read read;

		if (!slot->value || rewapp__fold_wallet(&recovery->fold, member, programme))
			continue;
		error = query(recovery, &read, &STMT_LEDGER_WALLET,
			(struct value[]){ rewapp__value_int(member), rewapp__value_int(programme) }, 2);
		if (!error && read.row_count)
			error = wallet_known(recovery, member, programme, &read, 0, 0);
		rewapp__arena_reset(&recovery->page);
	}
	return error;
}

/* What the fold has made is in memory now, and newer than its row. */
static int wallets_keep(struct recovery *recovery)
{
	struct kept *kept = &recovery->owned->kept;
	struct pack state;
	int error = 0;

	rewapp__pack_init(&state, &recovery->arena);
	for (struct fold_wallet *wallet = recovery->fold.wallet_list; wallet && !error;
		wallet = wallet->next) {
		if (wallet->base <= wallet->wallet.base)
			continue;
		state.size = 0;
		rewapp__state_write(&state, &wallet->wallet);
		error = state.failed
			? no_memory()
			: rewapp__kept_stage(kept, &recovery->page, &wallet->wallet, state.data, state.size);
		if (!error)
			rewapp__kept_accept(kept, wallet->base);
		rewapp__arena_reset(&recovery->page);
	}
	return error;
}

static int replay(struct recovery *recovery)
{
	struct owned *owned = recovery->owned;
	int64_t from = owned->applied < recovery->run_next ? owned->applied : recovery->run_next;
	int error;

	if (from >= owned->next)
		return 0;
	rewapp__fold_begin(&recovery->fold, &recovery->arena, 0);
	if ((error = walk(recovery, from, look_at)) < 0 || (error = accounts_read(recovery)) < 0 ||
		(error = wallets_read(recovery)) < 0 || (error = pairs_read(recovery)) < 0 ||
		(error = walk(recovery, owned->applied, play)) < 0)
		return error;
	rewapp__fold_end(&recovery->fold);
	return recovery->fold.failed ? no_memory() : wallets_keep(recovery);
}

/* --- opening -------------------------------------------------------------------------------------- */

static int store_set(struct rewapp_engine *engine, int64_t since, int64_t applied)
{
	struct plan plan;
	int64_t base;

	rewapp__arena_reset(&engine->arena);
	rewapp__plan_begin(&plan, &engine->arena);
	rewapp__plan_add(&plan, &STMT_OWNED_SET, TOUCHES_ONE,
		(struct value[]){ rewapp__value_int(since), rewapp__value_int(applied) }, 2);
	return rewapp__storage_apply(engine->storage, &plan, &base);
}

/* What is written back follows from the log: where it reaches farther, the log has lost its end, as on a disk
 * that had said that it was written. */
static int check_reach(const struct recovery *recovery)
{
	const struct owned *owned = recovery->owned;
	int64_t reached = owned->applied > recovery->run_next ? owned->applied : recovery->run_next;

	if (reached <= owned->next)
		return 0;
	return rewapp__fail(REWAPP_E_CORRUPT, "wallets or ids hold number %lld, but the log ends at %lld",
		(long long)reached - 1, (long long)owned->next - 1);
}

static int store_read(struct recovery *recovery)
{
	struct owned *owned = recovery->owned;
	struct read read;
	int error = query(recovery, &read, &STMT_OWNED_STORE, NULL, 0);

	if (!error && read.row_count != 1)
		error = rewapp__fail(REWAPP_E_CORRUPT, "the store's own row is missing");
	if (error)
		return error;
	recovery->since = rewapp__cell_int(&read, 0, 0);
	owned->next = rewapp__cell_int(&read, 0, 2);
	owned->applied = recovery->since ? rewapp__cell_int(&read, 0, 1) : owned->next;
	owned->has_commands = rewapp__cell_int(&read, 0, 3);
	recovery->run_next = rewapp__cell_int(&read, 0, 4);
	if (recovery->run_next < recovery->since)
		recovery->run_next = recovery->since;
	if (!recovery->since)
		recovery->run_next = owned->next;
	return check_reach(recovery);
}

static int load(struct recovery *recovery, bool wanted)
{
	struct rewapp_engine *engine = recovery->engine;
	int error = store_read(recovery);

	if (error < 0 || (!recovery->since && !wanted))
		return error;
	if ((error = replay(recovery)) < 0)
		return error;
	return recovery->since ? 0 : store_set(engine, recovery->owned->next, recovery->owned->next);
}

static void forget(struct rewapp_engine *engine)
{
	struct owned *owned = engine->owned;

	if (!owned)
		return;
	rewapp__kept_finish(&owned->kept);
	rewapp__env_allocate(&engine->env, owned->round, 0);
	rewapp__env_allocate(&engine->env, owned->ids, 0);
	rewapp__env_allocate(&engine->env, owned, 0);
	engine->owned = NULL;
}

/* *since: the number from which the store is owned. */
static int read_in(struct rewapp_engine *engine, bool wanted, int64_t *since)
{
	struct recovery recovery = { .engine = engine };
	int error;

	if (!(engine->owned = rewapp__env_allocate(&engine->env, NULL, sizeof *engine->owned)))
		return no_memory();
	memset(engine->owned, 0, sizeof *engine->owned);
	engine->owned->round_commands = ROUND_COMMANDS;
	engine->owned->slice_min = SLICE_MIN;
	rewapp__kept_init(&engine->owned->kept, &engine->env);
	recovery.owned = engine->owned;
	rewapp__arena_init(&recovery.arena, &engine->env);
	rewapp__arena_init(&recovery.page, &engine->env);
	rewapp__map_init(&recovery.numbers, &recovery.arena);
	rewapp__map_init(&recovery.pairs, &recovery.arena);
	rewapp__storage_hold(engine->storage, false); /* one snapshot, and its lock taken once */
	error = load(&recovery, wanted);
	rewapp__storage_release(engine->storage);
	engine->owned->look = true;
	*since = recovery.since;
	rewapp__arena_finish(&recovery.page);
	rewapp__arena_finish(&recovery.arena);
	return error;
}

/* --- from owned to shared --------------------------------------------------------------------------- */

struct run_move {
	struct plan plan;
	int64_t first, next;
};

static int row_move(struct run_move *move, const struct read *read, size_t row)
{
	struct record_reader records;
	struct record record;
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 2, &size);

	rewapp__record_open(&records, rewapp__cell_int(read, row, 0), bytes, size);
	while (rewapp__record_next(&records, &record))
		if (record.number >= move->first && record.number < move->next)
			rewapp__plan_add(&move->plan, &STMT_LEDGER_COMMAND_INSERT, TOUCHES_ONE,
				(struct value[]){ rewapp__value_blob(&record.id, sizeof record.id),
					rewapp__value_int(record.number) },
				2);
	return records.failed ? rewapp__fail(REWAPP_E_CORRUPT, "log: row %lld is damaged",
					(long long)rewapp__cell_int(read, row, 0))
			      : 0;
}

/* A run's commands become rows, in one transaction with its end.  *first: of the run; 0: there is none. */
static int run_move(struct rewapp_engine *engine, int64_t *first)
{
	struct run_move move;
	struct read read = { .stmt = &STMT_OWNED_RUNS,
		.arg_count = 2,
		.args = (struct value[]){ rewapp__value_int(0), rewapp__value_int(1) } };
	int64_t base;
	int error;

	rewapp__arena_reset(&engine->arena);
	rewapp__plan_begin(&move.plan, &engine->arena);
	error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);
	*first = move.first = rewapp__cell_int(&read, 0, 0);
	move.next = rewapp__cell_int(&read, 0, 1);
	if (error < 0 || !move.first)
		return error;
	read = (struct read){ .stmt = &STMT_OWNED_LOG,
		.arg_count = 2,
		.args = (struct value[]){ rewapp__value_int(move.first), rewapp__value_int(move.next) } };
	error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);
	for (size_t row = 0; row < read.row_count && !error; row++)
		error = row_move(&move, &read, row);
	if (error < 0)
		return error;
	rewapp__plan_add(&move.plan, &STMT_OWNED_RUN_DELETE, TOUCHES_ONE,
		(struct value[]){ rewapp__value_int(move.first) }, 1);
	return rewapp__storage_apply(engine->storage, &move.plan, &base);
}

static int become_shared(struct rewapp_engine *engine)
{
	int64_t first;
	int error = rewapp__owned_settle(engine);

	forget(engine);
	do
		error = error ? error : run_move(engine, &first);
	while (!error && first);
	return error ? error : store_set(engine, 0, 0);
}

int rewapp__owned_is(struct rewapp_engine *engine, bool *owned)
{
	struct read read = { .stmt = &STMT_OWNED_STORE };
	int error;

	rewapp__arena_reset(&engine->arena);
	error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);
	*owned = rewapp__cell_int(&read, 0, 0) != 0;
	return error;
}

static int change_mode(struct rewapp_engine *engine, bool owned)
{
	int64_t since;
	int error = read_in(engine, owned, &since);

	if (!error && owned)
		return 0;
	if (!error && since)
		return become_shared(engine);
	forget(engine);
	return error;
}

/* Who opens it in the same moment may have been faster; the next opening finds what that one made. */
int rewapp__owned_open(struct rewapp_engine *engine, bool owned)
{
	int error = change_mode(engine, owned);

	return error == REWAPP_E_CONFLICT
		? rewapp__fail(REWAPP_E_BUSY, "the store's mode is being changed by somebody else")
		: error;
}

int rewapp__owned_reload(struct rewapp_engine *engine)
{
	int64_t since;
	int error;

	forget(engine);
	error = read_in(engine, true, &since);
	if (error < 0 && engine->owned)
		engine->owned->lost = true;
	return error;
}

void rewapp__owned_close(struct rewapp_engine *engine)
{
	if (engine->owned && !engine->owned->lost && rewapp__owned_settle(engine) < 0)
		engine->env.log(
			engine->env.user, 1, "the store was not written out: its next opening does it");
	forget(engine);
}
