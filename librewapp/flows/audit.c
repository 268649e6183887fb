/* The evidence part of the proof of the whole store: the tree is made again from the log, and
 * compared with what is stored and with every checkpoint that was signed. */
#include "flows/audit.h"

#include "base/error.h"
#include "evidence/evidence.sql.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	PAGE_NOTES = 500,
	PAGE_NODES = 128,
	LINE_CAPACITY = 160
};

/* A stored root of a perfect subtree. */
struct node {
	int64_t last;
	struct tree_hash hash;
};

/* A stored level: how many nodes it has, how many the log gave so far, and some of them. */
struct tier {
	int64_t count, seen, first, loaded;
	struct node nodes[PAGE_NODES];
};

struct signed_point {
	struct checkpoint checkpoint;
	struct signed_point *next;
};

struct audit {
	struct rewapp_engine *engine;
	struct arena *arena; /* for as long as the audit lasts */
	struct arena page;
	void (*problem)(void *user, const char *line);
	void *user;
	struct books books;
	struct tree_frontier frontier;
	struct tier tiers[TILES];
	struct signed_point *points, **points_end;
	struct signed_point *next_size, *next_row; /* the first that was not reached yet */
	size_t key;                                /* that signs at the point that is read */
	int64_t last;                              /* command that was added */
	bool broken; /* a leaf could not be made: from there on nothing can be said */
};

static void complain(struct audit *audit, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void complain(struct audit *audit, const char *format, ...)
{
	char line[LINE_CAPACITY];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	audit->problem(audit->user, line);
}

/* --- what is stored ------------------------------------------------------------------------ */

/* Levels without gaps, and as many nodes on each as the level below has tiles. */
static int read_levels(struct audit *audit)
{
	struct read read = { .stmt = &STMT_EVIDENCE_TREE };
	int error = rewapp__storage_query(audit->engine->storage, &read, 1, &audit->page);

	for (size_t row = 0; error == 0 && row < read.row_count; row++) {
		int64_t level = rewapp__cell_int(&read, row, 0), count = rewapp__cell_int(&read, row, 1);
		int64_t tier = level / TREE_TILE_LEVELS;

		if (tier < 1 || tier >= TILES || level % TREE_TILE_LEVELS) {
			complain(audit, "tree level %lld: there is none", (long long)level);
			continue;
		}
		if (rewapp__cell_int(&read, row, 2) != 0 || rewapp__cell_int(&read, row, 3) != count - 1)
			complain(audit, "tree level %lld: nodes are missing", (long long)level);
		audit->tiers[tier].count = count;
	}
	for (int tier = 1; tier + 1 < TILES; tier++)
		if (audit->tiers[tier + 1].count != audit->tiers[tier].count / TILE_HASHES)
			complain(audit, "tree level %d: nodes are missing", (tier + 1) * TREE_TILE_LEVELS);
	return error;
}

static bool same_key(const struct verifier *a, const struct verifier *b)
{
	return strcmp(a->name, b->name) == 0 && memcmp(a->public, b->public, sizeof a->public) == 0;
}

/* The change to key `next` names it, and bears its signature. */
static bool is_handed(
	const struct books *books, size_t next, const char *note, const struct checkpoint *checkpoint)
{
	return next < books->count && same_key(&checkpoint->next, &books->signers[next].verifier) &&
		rewapp__checkpoint_is_signed(note, strlen(note), &books->signers[next].verifier);
}

/* A checkpoint is of these books, signed by the key whose turn it was. */
static void check_point(struct audit *audit, int64_t number, const char *note, bool hands_over,
	const struct checkpoint *checkpoint)
{
	const struct books *books = &audit->books;

	if (strcmp(checkpoint->origin, books->origin) != 0 ||
		!rewapp__checkpoint_is_signed(note, strlen(note), &books->signers[audit->key].verifier))
		complain(audit, "checkpoint %lld: not signed with the books' key", (long long)number);
	if (checkpoint->has_next != hands_over ||
		(hands_over && !is_handed(books, audit->key + 1, note, checkpoint)))
		complain(audit, "checkpoint %lld: hands over to a key that is not the next",
			(long long)number);
	else if (hands_over)
		audit->key++;
}

static int add_point(struct audit *audit, const struct read *read, size_t row)
{
	struct signed_point *point = rewapp__arena_take(audit->arena, sizeof *point);
	int64_t number = rewapp__cell_int(read, row, 0);
	const char *note = rewapp__cell_text(read, row, 3);

	if (!point)
		return rewapp__fail(REWAPP_E_NOMEMORY, "verify");
	if (!note || !rewapp__checkpoint_read(note, strlen(note), &point->checkpoint) ||
		point->checkpoint.size != rewapp__cell_int(read, row, 1) ||
		point->checkpoint.has_next != rewapp__cell_int(read, row, 2)) {
		complain(audit, "checkpoint %lld: damaged", (long long)number);
		return 0;
	}
	check_point(audit, number, note, rewapp__cell_int(read, row, 2) == 1, &point->checkpoint);
	*audit->points_end = point;
	audit->points_end = &point->next;
	return 0;
}

static int read_points(struct audit *audit)
{
	int64_t after = 0, expected = 0, newest = 0;
	struct read read;

	do {
		struct value args[] = { rewapp__value_int(after), rewapp__value_int(PAGE_NOTES) };
		int error;

		read = (struct read){ .stmt = &STMT_EVIDENCE_CHECKPOINTS, .arg_count = 2, .args = args };
		rewapp__arena_reset(&audit->page);
		if ((error = rewapp__storage_query(audit->engine->storage, &read, 1, &audit->page)) < 0)
			return error;
		for (size_t row = 0; row < read.row_count; row++) {
			after = rewapp__cell_int(&read, row, 0);
			if (after != ++expected)
				complain(audit, "checkpoint %lld: missing", (long long)expected);
			expected = after;
			newest = rewapp__cell_int(&read, row, 1);
			if ((error = add_point(audit, &read, row)) < 0)
				return error;
		}
	} while (read.row_count == PAGE_NOTES);
	if (newest / TILE_HASHES > audit->tiers[1].count)
		complain(audit, "tree level %d: nodes are missing", TREE_TILE_LEVELS);
	audit->next_size = audit->next_row = audit->points;
	if (audit->key + 1 != audit->books.count)
		complain(audit, "signing keys: the newest was never handed over to");
	return 0;
}

/* --- as the log is played ------------------------------------------------------------------ */

/* Checkpoints over exactly the commands so far. */
static void reach_size(struct audit *audit)
{
	struct tree_hash root;

	for (; audit->next_size && audit->next_size->checkpoint.size <= audit->frontier.size;
		audit->next_size = audit->next_size->next) {
		const struct checkpoint *checkpoint = &audit->next_size->checkpoint;

		rewapp__tree_root(&audit->frontier, &root);
		if (checkpoint->size != audit->frontier.size || !rewapp__tree_same(&root, &checkpoint->root))
			complain(audit, "commands up to the %lldth: not those that were signed",
				(long long)checkpoint->size);
	}
}

/* The stored nodes of a level from `first` on. */
static int read_nodes(struct audit *audit, int level, int64_t first, struct tier *tier)
{
	struct read read = { .stmt = &STMT_EVIDENCE_NODES,
		.args = (struct value[]){ rewapp__value_int(level), rewapp__value_int(first),
			rewapp__value_int(first + PAGE_NODES) },
		.arg_count = 3 };
	int error = rewapp__storage_query(audit->engine->storage, &read, 1, &audit->page);

	if (error < 0)
		return error;
	tier->first = first;
	tier->loaded = 0;
	for (size_t row = 0; row < read.row_count && row < PAGE_NODES; row++) {
		struct node *node = &tier->nodes[row];
		size_t size;
		const void *hash = rewapp__cell_blob(&read, row, 1, &size);

		*node = (struct node){ .last = rewapp__cell_int(&read, row, 2) };
		if (size == TREE_HASH_BYTES && rewapp__cell_int(&read, row, 0) == first + (int64_t)row)
			memcpy(node->hash.bytes, hash, TREE_HASH_BYTES);
		tier->loaded++;
	}
	return 0;
}

static int compare_node(void *user, int level, int64_t index, const struct tree_hash *hash)
{
	struct audit *audit = user;
	struct tier *tier = &audit->tiers[level / TREE_TILE_LEVELS];
	const struct node *node;
	int error;

	if (level == 0 || level % TREE_TILE_LEVELS || index >= tier->count)
		return 0;
	if (index >= tier->first + tier->loaded && (error = read_nodes(audit, level, index, tier)) < 0)
		return error;
	tier->seen++;
	if (index >= tier->first + tier->loaded)
		return 0; /* a gap, which was told */
	node = &tier->nodes[index - tier->first];
	if (!rewapp__tree_same(hash, &node->hash) || node->last != audit->last)
		complain(audit, "tree level %d, %lld: does not follow from the log", level, (long long)index);
	return 0;
}

int rewapp__audit_record(struct audit *audit, const struct record *record)
{
	struct leaf leaf;
	int error;

	if (!audit || audit->broken)
		return 0;
	rewapp__arena_reset(&audit->page);
	audit->last = record->number;
	if ((error = rewapp__leaf_make(audit->engine, &audit->books, record, &audit->page, &leaf)) == 0)
		error = rewapp__tree_add(&audit->frontier, &leaf.hash, compare_node, audit);
	if (error == REWAPP_E_NOMEMORY || error == REWAPP_E_STORAGE || error == REWAPP_E_BUSY)
		return error; /* it says nothing of the store */
	if (error < 0) {
		complain(audit, "command %lld: %s", (long long)record->number, rewapp_errmsg());
		audit->broken = true;
		return 0;
	}
	reach_size(audit);
	return 0;
}

void rewapp__audit_row(struct audit *audit, int64_t seq, const uint8_t hash[TREE_HASH_BYTES])
{
	if (!audit)
		return;
	for (; audit->next_row && audit->next_row->checkpoint.chain_seq <= seq;
		audit->next_row = audit->next_row->next) {
		const struct checkpoint *checkpoint = &audit->next_row->checkpoint;

		if (checkpoint->size &&
			(checkpoint->chain_seq != seq ||
				memcmp(checkpoint->chain.bytes, hash, TREE_HASH_BYTES) != 0))
			complain(audit, "log row %lld: not the one that was signed",
				(long long)checkpoint->chain_seq);
	}
}

/* --- beginning and end --------------------------------------------------------------------- */

/* Without books nothing can have been signed. */
static int check_nothing(struct audit *audit)
{
	struct read reads[] = { { .stmt = &STMT_EVIDENCE_CHECKPOINT_NEWEST },
		{ .stmt = &STMT_EVIDENCE_NEWEST_TILE } };
	int error = rewapp__storage_query(audit->engine->storage, reads, 2, &audit->page);

	if (error == 0 && (reads[0].row_count || reads[1].row_count))
		complain(audit, "books: their name and secret are missing, and something was signed");
	return error;
}

int rewapp__audit_begin(struct rewapp_engine *engine, struct arena *arena,
	void (*problem)(void *user, const char *line), void *user, struct audit **out)
{
	struct audit *audit = rewapp__arena_take(arena, sizeof *audit);
	int error;

	*out = NULL;
	if (!audit)
		return rewapp__fail(REWAPP_E_NOMEMORY, "verify");
	*audit = (struct audit){ .engine = engine, .arena = arena, .problem = problem, .user = user };
	audit->points_end = &audit->points;
	rewapp__arena_init(&audit->page, &engine->env);
	error = rewapp__books_find(engine, &audit->page, &audit->books);
	if (error > 0)
		error = check_nothing(audit);
	else if (error == 0 && (error = read_levels(audit)) == 0 && (error = read_points(audit)) == 0) {
		reach_size(audit);
		*out = audit;
		return 0;
	}
	rewapp__books_finish(&audit->books);
	rewapp__arena_finish(&audit->page);
	return error;
}

void rewapp__audit_end(struct audit *audit)
{
	if (!audit)
		return;
	if (!audit->broken && audit->next_size)
		complain(audit, "the log is cut short: %lld commands, and %lld were signed",
			(long long)audit->frontier.size, (long long)audit->next_size->checkpoint.size);
	else if (!audit->broken && audit->next_row)
		complain(audit, "log row %lld: was signed, and is not there",
			(long long)audit->next_row->checkpoint.chain_seq);
	for (int tier = 1; tier < TILES && !audit->broken; tier++)
		if (audit->tiers[tier].seen != audit->tiers[tier].count)
			complain(audit, "tree level %d: %lld nodes are stored, the log gives %lld",
				tier * TREE_TILE_LEVELS, (long long)audit->tiers[tier].count,
				(long long)audit->tiers[tier].seen);
	rewapp__books_finish(&audit->books);
	rewapp__arena_finish(&audit->page);
}
