/* The tree over a store's commands, from the log up. */
#include "flows/forest.h"

#include "base/error.h"
#include "base/text.h"
#include "evidence/cover.h"
#include "evidence/evidence.sql.h"
#include "flows/receipt.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	PAGE_ROWS = 256,             /* of the log, read at once */
	LEAF_ROWS = TILE_HASHES + 1, /* the most that a tile of leaves can lie in */
	STEPS_MAX = 4096             /* nodes that are stored at once: of 127 000 commands */
};

/* --- leaves ------------------------------------------------------------------------------ */

static void put_number(uint8_t out[8], int64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)((uint64_t)value >> 8 * i);
}

/* Stands for the whole record; under the secret, so that nobody can guess a neighbour's. */
static void digest_of(const struct books *books, const struct record *record, struct tree_hash *out)
{
	crypto_generichash_state state;
	uint8_t numbers[16];

	put_number(numbers, record->number);
	put_number(numbers + 8, record->recorded_ms);
	crypto_generichash_init(&state, books->secret, sizeof books->secret, TREE_HASH_BYTES);
	crypto_generichash_update(&state, numbers, sizeof numbers);
	crypto_generichash_update(&state, record->body, record->body_size);
	crypto_generichash_final(&state, out->bytes, TREE_HASH_BYTES);
}

static void cut_name(const char *name, size_t size, char out[TICKET_NAME])
{
	if (size >= TICKET_NAME)
		size = rewapp__text_cut(name, TICKET_NAME - 1);
	memcpy(out, name, size);
}

/* What only the effects tell: of a purchase its money and its date, of a document its name. */
static int read_effects(const struct record *record, struct ticket *out)
{
	struct effect_reader reader;
	struct effect effect;

	rewapp__effects_open(&reader, record);
	while (rewapp__effects_next(&reader, &effect)) {
		if (effect.kind == EFFECT_PURCHASE) {
			out->amount = effect.purchase.amount;
			out->occurred_ms = effect.purchase.occurred_ms;
		}
		if (effect.kind == EFFECT_DOCUMENT)
			cut_name(effect.document.name, effect.document.name_size, out->name);
	}
	if (reader.failed)
		return rewapp__fail(
			REWAPP_E_CORRUPT, "log: the record of %lld is damaged", (long long)record->number);
	return 0;
}

static void read_receipt(const struct rewapp_receipt *receipt, struct ticket *out)
{
	snprintf(out->verdict, sizeof out->verdict, "%s",
		receipt->code ? rewapp_error_name(receipt->code) : rewapp_verdict_name(receipt->verdict));
	out->points = receipt->points;
	out->worth = receipt->amount;
	out->available = receipt->available;
	out->pending = receipt->pending;
	out->held = receipt->held;
	out->debt = receipt->debt;
	out->activates_ms = receipt->activates_ms;
	out->expires_ms = receipt->expires_ms;
}

/* Whom the record names: by their ids, a member by its pseudonym. */
static int read_parties(struct rewapp_engine *engine, const struct books *books, const struct record *record,
	struct ticket *out)
{
	const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
		&engine->catalogue, record->merchant);
	const struct programme_row *programme = rewapp__catalogue_programme_by_number(
		&engine->catalogue, record->programme);

	if ((record->merchant && !merchant) || (record->programme && !programme))
		return rewapp__fail(REWAPP_E_CORRUPT, "log: the record of %lld names who is not there",
			(long long)record->number);
	if (record->member)
		rewapp__pseudonym(books->secret, record->member, &out->member);
	if (merchant)
		out->merchant = merchant->id;
	if (programme)
		out->programme = programme->id;
	if (programme && (out->amount || out->worth))
		snprintf(out->currency, sizeof out->currency, "%s", programme->rules->currency);
	return 0;
}

int rewapp__leaf_make(struct rewapp_engine *engine, const struct books *books, const struct record *record,
	struct arena *arena, struct leaf *out)
{
	struct ticket ticket = { .command = record->id, .recorded_ms = record->recorded_ms };
	struct rewapp_receipt receipt = { .size = sizeof receipt, .recorded_ms = record->recorded_ms };
	int error;

	if ((error = rewapp__receipt_decode(record->receipt, record->receipt_size, arena, &receipt)) < 0 ||
		(error = read_effects(record, &ticket)) < 0)
		return error;
	snprintf(ticket.kind, sizeof ticket.kind, "%s", rewapp_kind_name(record->kind));
	read_receipt(&receipt, &ticket);
	if ((error = read_parties(engine, books, record, &ticket)) < 0)
		return error;
	out->number = record->number;
	out->ticket_size = rewapp__ticket_write(&ticket, out->ticket);
	digest_of(books, record, &out->digest);
	rewapp__tree_leaf(&out->hash, out->digest.bytes, TREE_HASH_BYTES, out->ticket, out->ticket_size);
	return 0;
}

/* --- tiles ------------------------------------------------------------------------------- */

int rewapp__forest_begin(struct forest *forest, struct rewapp_engine *engine, const struct books *books)
{
	*forest = (struct forest){ .engine = engine, .books = books };
	rewapp__arena_init(&forest->arena, &engine->env);
	rewapp__arena_init(&forest->kept, &engine->env);
	if (!(forest->tiles = rewapp__arena_array(&forest->kept, TILES, sizeof *forest->tiles)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "tree");
	for (int i = 0; i < TILES; i++)
		forest->tiles[i].index = -1;
	return 0;
}

void rewapp__forest_end(struct forest *forest)
{
	rewapp__arena_finish(&forest->arena);
	rewapp__arena_finish(&forest->kept);
}

static int ask(struct forest *forest, struct read *read, const struct stmt *stmt, const struct value *args,
	size_t count)
{
	*read = (struct read){ .stmt = stmt, .args = args, .arg_count = count };
	return rewapp__storage_query(forest->engine->storage, read, 1, &forest->arena);
}

/* Between which commands a tile of leaves lies: behind the last of the tile before, up to its own last,
 * which the tile at the edge has not yet. */
static int tile_bounds(struct forest *forest, int64_t index, int64_t *after, int64_t *last)
{
	struct read read;
	int error = ask(forest, &read, &STMT_EVIDENCE_NODES,
		(struct value[]){ rewapp__value_int(TREE_TILE_LEVELS), rewapp__value_int(index - 1),
			rewapp__value_int(index + 1) },
		3);

	*after = -1;
	*last = INT64_MAX;
	for (size_t row = 0; error == 0 && row < read.row_count; row++)
		*(rewapp__cell_int(&read, row, 0) < index ? after : last) = rewapp__cell_int(&read, row, 2);
	if (error == 0 && index > 0 && *after < 0)
		return rewapp__fail(REWAPP_E_CORRUPT, "tree: tile %lld is missing", (long long)index - 1);
	return error;
}

static int row_leaves(
	struct forest *forest, const struct read *read, size_t row, int64_t *after, struct tile *tile)
{
	struct record_reader reader;
	struct record record;
	struct leaf leaf;
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 1, &size);
	int error;

	rewapp__record_open(&reader, rewapp__cell_int(read, row, 0), bytes, size);
	while (tile->count < TILE_HASHES && rewapp__record_next(&reader, &record)) {
		if (record.number <= *after)
			continue;
		if ((error = rewapp__leaf_make(
			     forest->engine, forest->books, &record, &forest->arena, &leaf)) < 0)
			return error;
		*after = record.number;
		tile->numbers[tile->count] = record.number;
		tile->hashes[tile->count++] = leaf.hash;
	}
	return reader.failed ? rewapp__fail(REWAPP_E_CORRUPT, "log row %lld: damaged",
				       (long long)rewapp__cell_int(read, row, 0))
			     : 0;
}

static int load_leaves(struct forest *forest, int64_t index, struct tile *tile)
{
	int64_t after, before, last;
	struct read read;
	int error = tile_bounds(forest, index, &after, &last);

	while (error == 0 && tile->count < TILE_HASHES) {
		rewapp__arena_reset(&forest->arena);
		before = after;
		error = ask(forest, &read, &STMT_EVIDENCE_LEAVES,
			(struct value[]){ rewapp__value_int(after + 1), rewapp__value_int(last),
				rewapp__value_int(LEAF_ROWS) },
			3);
		for (size_t row = 0; error == 0 && row < read.row_count; row++)
			error = row_leaves(forest, &read, row, &after, tile);
		if (after == before)
			break;
	}
	return error;
}

static int load_nodes(struct forest *forest, int level, int64_t index, struct tile *tile)
{
	int64_t first = index * TILE_HASHES;
	struct read read;
	int error = ask(forest, &read, &STMT_EVIDENCE_NODES,
		(struct value[]){ rewapp__value_int(level), rewapp__value_int(first),
			rewapp__value_int(first + TILE_HASHES) },
		3);

	for (size_t row = 0; error == 0 && row < read.row_count; row++) {
		size_t size;
		const void *hash = rewapp__cell_blob(&read, row, 1, &size);

		if (size != TREE_HASH_BYTES || rewapp__cell_int(&read, row, 0) != first + (int64_t)row)
			return rewapp__fail(REWAPP_E_CORRUPT, "tree: level %d is damaged", level);
		memcpy(tile->hashes[tile->count++].bytes, hash, TREE_HASH_BYTES);
	}
	return error;
}

/* The tile of a stored level, from memory or the store. */
static int tile_of(struct forest *forest, int level, int64_t index, struct tile **out)
{
	struct tile *tile = &forest->tiles[level / TREE_TILE_LEVELS];
	int error;

	*out = tile;
	if (tile->index == index)
		return 0;
	rewapp__arena_reset(&forest->arena);
	tile->index = -1;
	tile->count = 0;
	error = level ? load_nodes(forest, level, index, tile) : load_leaves(forest, index, tile);
	if (error == 0)
		tile->index = index;
	return error;
}

int rewapp__forest_node(void *user, int level, int64_t index, struct tree_hash *out)
{
	int stored = level / TREE_TILE_LEVELS * TREE_TILE_LEVELS;
	int64_t first = index << (level - stored), count = INT64_C(1) << (level - stored);
	struct tree_frontier edge;
	struct tile *tile;
	int error = tile_of(user, stored, first / TILE_HASHES, &tile);

	if (error < 0)
		return error;
	first %= TILE_HASHES;
	if ((size_t)(first + count) > tile->count)
		return rewapp__fail(REWAPP_E_CORRUPT, "tree: level %d is cut short", stored);
	rewapp__tree_start(&edge);
	for (int64_t i = 0; i < count; i++)
		rewapp__tree_add(&edge, &tile->hashes[first + i], NULL, NULL);
	rewapp__tree_root(&edge, out);
	return 0;
}

/* How many tiles of leaves are complete, and the last command in them. */
static int newest_tile(struct forest *forest, int64_t *tiles, int64_t *last)
{
	struct read read;
	int error = ask(forest, &read, &STMT_EVIDENCE_NEWEST_TILE, NULL, 0);

	*tiles = 0;
	*last = -1;
	if (error < 0 || read.row_count == 0)
		return error;
	*tiles = rewapp__cell_int(&read, 0, 0) + 1;
	*last = rewapp__cell_int(&read, 0, 1);
	return 0;
}

int rewapp__forest_place(struct forest *forest, int64_t number, int64_t *out)
{
	struct value wanted = rewapp__value_int(number);
	struct tile *tile;
	struct read read;
	int64_t index = -1, last;
	int error = ask(forest, &read, &STMT_EVIDENCE_TILE_OF, &wanted, 1);

	if (error == 0 && read.row_count)
		index = rewapp__cell_int(&read, 0, 0);
	else if (error == 0)
		error = newest_tile(forest, &index, &last);
	if (error < 0 || (error = tile_of(forest, 0, index, &tile)) < 0)
		return error;
	for (size_t i = 0; i < tile->count; i++)
		if (tile->numbers[i] == number) {
			*out = index * TILE_HASHES + (int64_t)i;
			return 0;
		}
	return rewapp__fail(REWAPP_E_NOTFOUND, "command %lld is not in the tree", (long long)number);
}

/* --- growing ----------------------------------------------------------------------------- */

struct growth {
	struct forest forest;
	struct edge *edge;
	struct arena arena; /* of the plan */
	struct plan plan;
	int64_t last; /* command that is in the tree */
};

static int keep_node(void *user, int level, int64_t index, const struct tree_hash *hash)
{
	struct growth *growth = user;

	if (level == 0 || level % TREE_TILE_LEVELS)
		return 0;
	rewapp__plan_add(&growth->plan, &STMT_EVIDENCE_NODE_INSERT, TOUCHES_ANY,
		(struct value[]){ rewapp__value_int(level), rewapp__value_int(index),
			rewapp__value_blob(hash, sizeof *hash), rewapp__value_int(growth->last) },
		4);
	return growth->plan.failed;
}

static int store_nodes(struct growth *growth)
{
	struct rewapp_engine *engine = growth->forest.engine;
	int64_t first;
	int error = 0;

	if (growth->plan.step_count)
		error = rewapp__storage_apply(engine->storage, &growth->plan, &first);
	rewapp__arena_reset(&growth->arena);
	rewapp__plan_begin(&growth->plan, &growth->arena);
	return error;
}

static int grow_row(struct growth *growth, const struct read *read, size_t row)
{
	struct forest *forest = &growth->forest;
	int64_t seq = rewapp__cell_int(read, row, 0);
	struct record_reader reader;
	struct record record;
	struct leaf leaf;
	size_t size, hash_size;
	const void *bytes = rewapp__cell_blob(read, row, 1, &size);
	const void *hash = rewapp__cell_blob(read, row, 2, &hash_size);
	int error;

	rewapp__record_open(&reader, seq, bytes, size);
	while (rewapp__record_next(&reader, &record)) {
		if (record.number <= growth->last)
			continue;
		growth->last = record.number;
		if ((error = rewapp__leaf_make(
			     forest->engine, forest->books, &record, &forest->arena, &leaf)) < 0 ||
			(error = rewapp__tree_add(&growth->edge->frontier, &leaf.hash, keep_node, growth)) <
				0)
			return error;
	}
	if (reader.failed || hash_size != TREE_HASH_BYTES)
		return rewapp__fail(REWAPP_E_CORRUPT, "log row %lld: damaged", (long long)seq);
	growth->edge->seq = seq;
	memcpy(growth->edge->chain.bytes, hash, TREE_HASH_BYTES);
	return 0;
}

/* One page of the log; *more: there may be another. */
static int grow_page(struct growth *growth, bool *more)
{
	struct forest *forest = &growth->forest;
	int64_t before = growth->last;
	struct read read;
	int error = rewapp__engine_begin(forest->engine, false);

	rewapp__arena_reset(&forest->arena);
	if (error == 0)
		error = ask(forest, &read, &STMT_EVIDENCE_LOG,
			(struct value[]){ rewapp__value_int(growth->last + 1), rewapp__value_int(PAGE_ROWS) },
			2);
	for (size_t row = 0; error == 0 && row < read.row_count; row++)
		error = grow_row(growth, &read, row);
	rewapp__engine_end(forest->engine);
	*more = growth->last > before;
	return error;
}

static int grow(struct growth *growth)
{
	int64_t tiles;
	bool more = true;
	int error = newest_tile(&growth->forest, &tiles, &growth->last);

	if (error == 0)
		error = rewapp__tree_frontier(
			rewapp__forest_node, &growth->forest, tiles * TILE_HASHES, &growth->edge->frontier);
	while (error == 0 && more) {
		error = grow_page(growth, &more);
		if (error == 0 && (!more || growth->plan.step_count >= STEPS_MAX))
			error = store_nodes(growth);
	}
	return error;
}

int rewapp__forest_grow(struct rewapp_engine *engine, const struct books *books, struct edge *out)
{
	struct growth growth = { .edge = out };
	int error;

	memset(out, 0, sizeof *out);
	rewapp__arena_reset(&engine->arena);
	if ((error = rewapp__forest_begin(&growth.forest, engine, books)) < 0)
		return error;
	rewapp__arena_init(&growth.arena, &engine->env);
	rewapp__plan_begin(&growth.plan, &growth.arena);
	error = grow(&growth);
	rewapp__arena_finish(&growth.arena);
	rewapp__forest_end(&growth.forest);
	return error;
}
