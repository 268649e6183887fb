/* An owned store: what a batch finds in memory, and what it leaves there. */
#include "flows/owned.h"

#include "base/error.h"
#include "ledger/ledger.sql.h"
#include "ledger/owned.sql.h"
#include "ledger/state.h"

#include <string.h>

enum {
	SLICE_MAX = 6000, /* about thirty milliseconds */
	RUN_IDS = 4096,   /* of a row of command_run */
	SORT_BITS = 11,
	SORT_MASK = (1 << SORT_BITS) - 1,
	CACHE_LINE = 64,
	STATE_FORESEEN = 512 /* bytes: of a longer one the rest is fetched as it is read */
};

/* --- what a batch reads ---------------------------------------------------------------------- */

bool rewapp__owned_member(const struct batch *batch, struct member *member)
{
	const struct owned *owned = batch->engine->owned;
	struct kept_member *kept = owned ? rewapp__kept_member(&owned->kept, &member->id) : NULL;

	if (!kept)
		return false;
	member->kept = kept;
	member->number = kept->number;
	member->status = kept->status;
	member->has_key = kept->has_key;
	memcpy(member->key, kept->key, sizeof member->key);
	return true;
}

int rewapp__owned_wallet(const struct batch *batch, struct wallet *wallet)
{
	const struct owned *owned = batch->engine->owned;
	struct kept_wallet *kept = wallet->kept;
	int error;

	if (!owned)
		return 0;
	if (!kept || kept->member != wallet->member || kept->programme != wallet->programme)
		kept = rewapp__kept_wallet(&owned->kept, wallet->member, wallet->programme);
	wallet->kept = kept;
	if (!kept)
		return 0;
	if (!kept->bytes)
		return 1;
	error = rewapp__state_read_shut(wallet, kept->base, kept->bytes, kept->size);
	return error < 0 ? error : 1;
}

int rewapp__owned_look(struct rewapp_engine *engine, const struct rewapp_id *member, ref programme,
	int64_t at_ms, struct wallet *out)
{
	const struct owned *owned = engine->owned;
	const struct kept_member *kept = owned ? rewapp__kept_member(&owned->kept, member) : NULL;
	const struct kept_wallet *wallet = kept ? kept->wallet : NULL;
	int error;

	if (!wallet || !wallet->bytes || wallet->programme != programme || wallet->member != kept->number)
		return 0;
	error = rewapp__state_read_shut(out, wallet->base, wallet->bytes, wallet->size);
	if (!error && !rewapp__wallet_may_stay_shut(out, at_ms))
		error = rewapp__state_open(out);
	return error < 0 ? error : 1;
}

/* How many commands ahead each step of foreseeing is. */
enum ahead {
	AHEAD_STATE = 2,
	AHEAD_WALLET = 4,
	AHEAD_MEMBER = 6,
	AHEAD_ID = 8
};

/* The member whom the command is about, as far as memory knows; NULL: it does not. */
static struct kept_member *member_ahead(const struct batch *batch, size_t i)
{
	const struct map *members = &batch->engine->owned->kept.members;

	return i < batch->count ? rewapp__map_get(members, &batch->items[i].command->member) : NULL;
}

static void foresee_id(struct batch *batch, size_t i)
{
	const struct kept *kept = &batch->engine->owned->kept;
	struct item *item = &batch->items[i];

	if (i >= batch->count)
		return;
	item->id_hash = rewapp__ids_hash(&item->command->id);
	rewapp__ids_foresee(&kept->ids, item->id_hash);
	rewapp__map_foresee(&kept->members, &item->command->member);
}

static void foresee_member(const struct kept_member *member)
{
	if (member)
		__builtin_prefetch(member);
}

static void foresee_wallet(const struct kept_member *member)
{
	if (!member || !member->wallet)
		return;
	__builtin_prefetch(member->wallet);
	__builtin_prefetch((const char *)(member->wallet + 1) - 1);
}

static void foresee_state(const struct kept_member *member)
{
	if (!member || !member->wallet || !member->wallet->bytes)
		return;
	for (uint32_t at = 0; at < member->wallet->size && at < STATE_FORESEEN; at += CACHE_LINE)
		__builtin_prefetch(member->wallet->bytes + at);
}

void rewapp__owned_foresee(struct batch *batch, size_t i)
{
	for (size_t first = 0; i == 0 && first < AHEAD_ID; first++)
		foresee_id(batch, first);
	foresee_id(batch, i + AHEAD_ID);
	if (batch->count == 1)
		return;
	foresee_member(member_ahead(batch, i + AHEAD_MEMBER));
	foresee_wallet(member_ahead(batch, i + AHEAD_WALLET));
	foresee_state(member_ahead(batch, i + AHEAD_STATE));
}

void rewapp__owned_keep_member(struct batch *batch, const struct member *member)
{
	struct kept_member kept = {
		.number = member->number, .status = member->status, .has_key = member->has_key
	};

	if (!batch->engine->owned)
		return;
	memcpy(kept.key, member->key, sizeof kept.key);
	rewapp__kept_add_member(&batch->engine->owned->kept, &member->id, &kept);
}

void rewapp__owned_keep_wallet(
	struct batch *batch, struct wallet *wallet, const struct read *read, size_t column)
{
	size_t size;
	const void *state = rewapp__cell_blob(read, 0, column, &size);

	if (batch->engine->owned)
		rewapp__kept_add_wallet(&batch->engine->owned->kept, wallet, state, size);
}

/* --- rows, in slices -------------------------------------------------------------------------- */

static bool grow(const struct owned *owned, void *array, size_t *capacity, size_t count, size_t size)
{
	void **at = array, *grown;
	size_t larger = *capacity ? *capacity : 8192;

	while (larger < count)
		larger *= 2;
	if (larger == *capacity)
		return true;
	if (!(grown = rewapp__env_allocate(owned->kept.env, *at, larger * size)))
		return false;
	*at = grown;
	*capacity = larger;
	return true;
}

static void sort_pass(const struct kept_dirty *from, struct kept_dirty *to, size_t count, unsigned shift)
{
	size_t places[1 << SORT_BITS] = { 0 }, at = 0;

	for (size_t i = 0; i < count; i++)
		places[from[i].number >> shift & SORT_MASK]++;
	for (size_t i = 0; i <= SORT_MASK; i++) {
		size_t here = places[i];

		places[i] = at;
		at += here;
	}
	for (size_t i = 0; i < count; i++)
		to[places[from[i].number >> shift & SORT_MASK]++] = from[i];
}

/* `list` by number into `to`, a few bits at a time: a whole round takes some milliseconds of one commit. */
static void sort(struct kept_dirty *list, struct kept_dirty *to, size_t count)
{
	struct kept_dirty *from = list, *into = to, *before;
	int64_t greatest = 0;

	for (size_t i = 0; i < count; i++)
		greatest = from[i].number > greatest ? from[i].number : greatest;
	for (unsigned shift = 0; shift < 63 && greatest >> shift; shift += SORT_BITS) {
		sort_pass(from, into, count, shift);
		before = from;
		from = into;
		into = before;
	}
	if (count && from != to)
		memcpy(to, from, count * sizeof *to);
}

static int round_begin(struct owned *owned)
{
	struct kept *kept = &owned->kept;

	if (!grow(owned, &owned->round, &owned->round_capacity, kept->dirty_count, sizeof *owned->round))
		return rewapp__fail(REWAPP_E_NOMEMORY, "a round of %zu wallets", kept->dirty_count);
	sort(kept->dirty, owned->round, kept->dirty_count);
	owned->round_count = kept->dirty_count;
	kept->dirty_count = 0;
	owned->round_at = 0;
	owned->round_from = owned->next;
	owned->since = 0;
	owned->owed = 0;
	return 0;
}

static void wallet_plan(struct plan *plan, const struct kept_wallet *wallet)
{
	rewapp__wallet_plan(plan,
		&(struct wallet_row){ .number = wallet->number,
			.member = wallet->member,
			.programme = wallet->programme,
			.base = wallet->base,
			.due_ms = wallet->due_ms,
			.state = wallet->bytes,
			.state_size = wallet->size,
			.stored_base = wallet->stored_base,
			.stored_due_ms = wallet->stored_due_ms });
}

/* One row of ids; `next`: the first number behind it. */
static void run_plan(struct plan *plan, const struct owned_id *ids, size_t count, int64_t next)
{
	int64_t first = ids[0].number, before = first;
	struct pack pack;

	rewapp__pack_init(&pack, plan->arena);
	for (size_t i = 0; i < count; i++) {
		rewapp__pack_uint(&pack, (uint64_t)(ids[i].number - before));
		rewapp__pack_bytes(&pack, &ids[i].hash, sizeof ids[i].hash);
		before = ids[i].number;
	}
	if (pack.failed)
		plan->failed = REWAPP_E_NOMEMORY;
	rewapp__plan_add(plan, &STMT_OWNED_RUN_INSERT, TOUCHES_ONE,
		(struct value[]){ rewapp__value_int(first), rewapp__value_int(next),
			rewapp__value_blob(pack.data, pack.size) },
		3);
}

/* All ids that wait, or whole runs of them. */
static void runs_plan(struct owned *owned, struct plan *plan, bool all)
{
	size_t at = 0;

	while (owned->id_count - at >= (all ? 1 : RUN_IDS)) {
		size_t count = owned->id_count - at < RUN_IDS ? owned->id_count - at : RUN_IDS;
		bool last = at + count == owned->id_count;

		run_plan(plan, owned->ids + at, count, last ? owned->next : owned->ids[at + count].number);
		at += count;
	}
	owned->ids_planned = at;
}

/* The next `count` wallets of the round; with the last ones the store says that it is through. */
static void slice_plan(struct owned *owned, struct plan *plan, size_t count)
{
	size_t left = owned->round_count - owned->round_at;
	bool through = count >= left;

	owned->round_planned = through ? left : count;
	owned->through = through;
	for (size_t i = 0; i < owned->round_planned; i++)
		wallet_plan(plan, owned->round[owned->round_at + i].wallet);
	runs_plan(owned, plan, through);
	if (through)
		rewapp__plan_add(plan, &STMT_OWNED_APPLIED, TOUCHES_ONE,
			(struct value[]){ rewapp__value_int(owned->round_from) }, 1);
}

static void slice_done(struct owned *owned)
{
	if (owned->ids_planned) {
		owned->id_count -= owned->ids_planned;
		memmove(owned->ids, owned->ids + owned->ids_planned,
			(owned->id_count + owned->ids_staged) * sizeof *owned->ids);
		owned->ids_planned = 0;
	}
	for (size_t i = 0; i < owned->round_planned; i++)
		rewapp__kept_written(owned->round[owned->round_at + i].wallet);
	owned->round_at += owned->round_planned;
	if (owned->through) {
		owned->applied = owned->round_from;
		owned->round_count = owned->round_at = 0;
	}
	owned->round_planned = 0;
	owned->through = false;
}

static void slice_drop(struct owned *owned, int error)
{
	owned->round_planned = owned->ids_planned = 0;
	owned->through = false;
	owned->lost |= error == REWAPP_E_UNCERTAIN;
}

/* How many wallets to write with a batch: a round is through before as many commands have come again, and few
 * at a time wait for each other, so that they share pages. */
static size_t slice_size(struct owned *owned, size_t commands)
{
	size_t left = owned->round_count - owned->round_at, count;

	owned->owed += commands * (1000 * owned->round_count / (size_t)owned->round_commands + 1);
	count = owned->owed / 1000;
	if (count < owned->slice_min && count < left)
		return 0;
	count = count > SLICE_MAX ? SLICE_MAX : count;
	owned->owed -= count * 1000;
	return count;
}

/* A sweep's commit has the rows of its own wallets to write. */
static int slice_with(struct batch *batch)
{
	struct owned *owned = batch->engine->owned;
	size_t count = 0;
	int error = 0;

	owned->since += (int64_t)batch->count;
	if (batch->sweeping) {
		runs_plan(owned, &batch->plan, false);
		return 0;
	}
	if (!owned->round_count && owned->since >= owned->round_commands && owned->kept.dirty_count)
		error = round_begin(owned);
	if (owned->round_count)
		count = slice_size(owned, batch->count);
	if (count)
		slice_plan(owned, &batch->plan, count);
	else
		runs_plan(owned, &batch->plan, false);
	return error;
}

/* --- what a batch writes ----------------------------------------------------------------------- */

int rewapp__owned_wait(struct owned *owned, const struct rewapp_id *id, int64_t number)
{
	uint64_t hash = rewapp__ids_hash(id);

	if (!grow(owned, &owned->ids, &owned->id_capacity, owned->id_count + 1, sizeof *owned->ids) ||
		rewapp__ids_reserve(&owned->kept.ids, 1) < 0)
		return rewapp__fail(REWAPP_E_NOMEMORY, "ids");
	owned->ids[owned->id_count++] = (struct owned_id){ hash, number };
	rewapp__ids_add(&owned->kept.ids, hash, number);
	return 0;
}

void rewapp__owned_id(struct batch *batch, uint64_t hash, ref number)
{
	struct owned *owned = batch->engine->owned;
	size_t at = owned->id_count + owned->ids_staged;

	if (!grow(owned, &owned->ids, &owned->id_capacity, at + 1, sizeof *owned->ids)) {
		batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "ids");
		return;
	}
	owned->ids[at] = (struct owned_id){ hash, number };
	owned->ids_staged++;
}

/* What has no number yet is written as in a shared store, and read when it is wanted. */
static int stage_wallet(struct batch *batch, const struct wallet *wallet)
{
	struct pack *state = &batch->scratch;

	if (wallet->member < 0 || wallet->programme < 0) {
		rewapp__wallet_finish(wallet, &batch->plan);
		return 0;
	}
	if (!rewapp__wallet_state(wallet, state))
		return 0;
	if (state->failed)
		return rewapp__fail(REWAPP_E_NOMEMORY, "wallet");
	return rewapp__kept_stage(
		&batch->engine->owned->kept, batch->arena, wallet, state->data, state->size);
}

/* --- sweeping ----------------------------------------------------------------------------------- */

static struct owned_due *due_note(struct batch *batch, struct owned_due **list, struct kept_wallet *wallet)
{
	struct owned_due *due = rewapp__arena_take(batch->arena, sizeof *due);

	if (!due) {
		batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "wallets that are due");
		return NULL;
	}
	*due = (struct owned_due){ wallet, *list };
	*list = due;
	return due;
}

size_t rewapp__owned_want_due(struct batch *batch, size_t limit, bool *more)
{
	struct owned *owned = batch->engine->owned;
	struct kept_wallet *wallet;
	size_t count = 0;

	*more = false;
	while (!*more && !batch->failed && (wallet = rewapp__dues_take(&owned->kept.dues, batch->now_ms))) {
		*more = count == limit;
		if (*more || !due_note(batch, &owned->taken, wallet)) {
			rewapp__dues_add(&owned->kept.dues, wallet);
			break;
		}
		rewapp__want_wallet(batch, wallet->member,
			rewapp__catalogue_programme_by_number(&batch->engine->catalogue, wallet->programme));
		count++;
	}
	return count;
}

/* The rows of a sweep's wallets: who was looked for by a row that said too little, or too much, will not be
 * looked for by it again. */
static void rows_plan(struct batch *batch)
{
	for (const struct wallet *wallet = batch->wallet_list; wallet; wallet = wallet->next) {
		const struct kept_wallet *kept = wallet->kept;
		struct wallet_row row;

		if (!kept || !kept->bytes || wallet->account->number <= 0 ||
			(!kept->staged && kept->stored_base == kept->base))
			continue;
		row = (struct wallet_row){ .number = wallet->account->number,
			.member = wallet->member,
			.programme = wallet->programme,
			.base = kept->staged ? -1 : kept->base,
			.due_ms = kept->staged ? kept->staged->due_ms : kept->due_ms,
			.state = kept->staged ? kept->staged->bytes : kept->bytes,
			.state_size = kept->staged ? kept->staged->size : kept->size,
			.stored_base = kept->stored_base,
			.stored_due_ms = kept->stored_due_ms };
		rewapp__wallet_plan(&batch->plan, &row);
		due_note(batch, &batch->engine->owned->written, wallet->kept);
	}
}

static void rows_done(struct owned *owned, bool stored)
{
	for (const struct owned_due *due = owned->written; due && stored; due = due->next)
		rewapp__kept_written_early(due->wallet);
	owned->written = NULL;
}

/* Those that are still due before their rows say so stand where they stood. */
static void due_back(struct owned *owned)
{
	for (const struct owned_due *due = owned->taken; due; due = due->next)
		rewapp__dues_add(&owned->kept.dues, due->wallet);
	owned->taken = NULL;
}

int rewapp__owned_stage(struct batch *batch)
{
	struct owned *owned = batch->engine->owned;
	int error = rewapp__ids_reserve(&owned->kept.ids, owned->ids_staged);

	for (const struct wallet *wallet = batch->wallet_list; wallet && error >= 0; wallet = wallet->next)
		error = stage_wallet(batch, wallet);
	if (error >= 0 && batch->sweeping)
		rows_plan(batch);
	if (error >= 0)
		error = batch->failed;
	return error < 0 ? error : slice_with(batch);
}

static void ids_accept(struct owned *owned, int64_t base)
{
	for (size_t i = owned->id_count; i < owned->id_count + owned->ids_staged; i++) {
		struct owned_id *id = &owned->ids[i];

		id->number = base - id->number - 1;
		rewapp__ids_add(&owned->kept.ids, id->hash, id->number);
	}
	owned->id_count += owned->ids_staged;
}

/* Members whose rows the batch wrote. */
static void forget_members(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct rewapp_command *command = batch->items[i].command;

		if (command->kind == REWAPP_KIND_MEMBER || command->kind == REWAPP_KIND_ERASE ||
			command->kind == REWAPP_KIND_GIFT_CARD)
			rewapp__kept_forget_member(&batch->engine->owned->kept, &command->target);
	}
}

void rewapp__owned_accept(struct batch *batch, int64_t base)
{
	struct owned *owned = batch->engine->owned;

	if (batch->recorded) {
		slice_done(owned);
		rewapp__kept_accept(&owned->kept, base);
		rows_done(owned, true);
		ids_accept(owned, base);
		forget_members(batch);
		owned->next = base + batch->plan.seq_count;
		owned->look |= batch->marks.catalogue_changed;
	}
	due_back(owned);
	owned->ids_staged = 0;
}

void rewapp__owned_refuse(struct batch *batch, int error)
{
	struct owned *owned = batch->engine->owned;

	rewapp__kept_refuse(&owned->kept);
	rows_done(owned, false);
	due_back(owned);
	slice_drop(owned, error);
	owned->ids_staged = 0;
}

/* --- settling ------------------------------------------------------------------------------------ */

static int slice_write(struct rewapp_engine *engine)
{
	struct owned *owned = engine->owned;
	struct plan plan;
	int64_t base;
	int error;

	rewapp__arena_reset(&engine->arena);
	rewapp__plan_begin(&plan, &engine->arena);
	slice_plan(owned, &plan, SLICE_MAX);
	error = rewapp__storage_apply(engine->storage, &plan, &base);
	if (error == 0) {
		slice_done(owned);
		return 0;
	}
	slice_drop(owned, error);
	return error;
}

/* Writes the round that is under way, and then one of all that has changed meanwhile. */
int rewapp__owned_settle(struct rewapp_engine *engine)
{
	struct owned *owned = engine->owned;
	int error = owned && owned->lost ? rewapp__owned_reload(engine) : 0;

	owned = engine->owned;
	while (owned && !error && owned->applied < owned->next) {
		if (!owned->round_count)
			error = round_begin(owned);
		if (!error)
			error = slice_write(engine);
	}
	return error;
}
