/* Checkpoints and proofs, made from the log when somebody asks. */
#include "flows/evidence.h"

#include "base/error.h"
#include "evidence/evidence.sql.h"
#include "evidence/proof_write.h"
#include "flows/batch.h"
#include "ledger/ledger.sql.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	ATTEMPTS = 4 /* when others sign at the same moment */
};

static int ask(struct rewapp_engine *engine, struct read *read, const struct stmt *stmt,
	const struct value *args, size_t count)
{
	*read = (struct read){ .stmt = stmt, .args = args, .arg_count = count };
	return rewapp__storage_query(engine->storage, read, 1, &engine->arena);
}

/* --- the books ----------------------------------------------------------------------------- */

int rewapp__books_name(struct rewapp_engine *engine, const char *origin)
{
	struct value name = rewapp__value_text(origin);
	struct books books;
	struct plan plan;
	int64_t first;
	int error = rewapp__books_load(engine, &books);

	rewapp__books_finish(&books);
	if (error < 0)
		return error;
	if (!rewapp__origin_is_good(origin))
		return rewapp__fail(REWAPP_E_ARGUMENT,
			"name: not 1 to 64 printable ASCII characters without space and plus");
	rewapp__plan_begin(&plan, &engine->arena);
	rewapp__plan_add(&plan, &STMT_EVIDENCE_NAME, TOUCHES_ONE, &name, 1);
	error = rewapp__storage_apply(engine->storage, &plan, &first);
	if (error == REWAPP_E_CONFLICT)
		return rewapp__fail(error, "name: a checkpoint bears the old one");
	return error;
}

int rewapp__checkpoint_key(struct rewapp_engine *engine, struct buffer *out)
{
	char text[VERIFIER_CAPACITY];
	struct books books;
	int error = rewapp__books_load(engine, &books);

	if (error == 0) {
		rewapp__verifier_write(&books.signers[books.count - 1].verifier, text);
		rewapp__buffer_puts(out, text);
	}
	rewapp__books_finish(&books);
	return error < 0 ? error : out->failed;
}

/* --- checkpoints --------------------------------------------------------------------------- */

struct stored {
	int64_t number, size; /* 0: nothing was signed yet */
	const char *note;     /* in the engine's arena */
};

static int newest(struct rewapp_engine *engine, struct stored *out)
{
	struct read read;
	int error = ask(engine, &read, &STMT_EVIDENCE_CHECKPOINT_NEWEST, NULL, 0);

	*out = (struct stored){ 0 };
	if (error < 0 || read.row_count == 0)
		return error;
	*out = (struct stored){ rewapp__cell_int(&read, 0, 0), rewapp__cell_int(&read, 0, 1),
		rewapp__cell_text(&read, 0, 2) };
	return out->note ? 0 : rewapp__fail(REWAPP_E_CORRUPT, "the newest checkpoint is damaged");
}

static struct checkpoint checkpoint_of(
	struct rewapp_engine *engine, const struct books *books, const struct edge *edge)
{
	struct checkpoint out = { .size = edge->frontier.size,
		.time_ms = rewapp__engine_now(engine),
		.chain_seq = edge->seq,
		.chain = edge->chain };

	memcpy(out.origin, books->origin, sizeof out.origin);
	rewapp__tree_root(&edge->frontier, &out.root);
	return out;
}

static void plan_note(
	struct plan *plan, int64_t number, const struct checkpoint *checkpoint, const char *note)
{
	rewapp__plan_add(plan, &STMT_EVIDENCE_CHECKPOINT_INSERT, TOUCHES_ONE,
		(struct value[]){ rewapp__value_int(number), rewapp__value_int(checkpoint->size),
			rewapp__value_int(checkpoint->has_next), rewapp__value_text(note) },
		4);
}

static int plan_key(struct rewapp_engine *engine, const struct books *books, struct plan *plan,
	struct checkpoint *checkpoint, struct signer *next)
{
	uint8_t seed[SIGNER_SEED_BYTES];
	int error = rewapp__books_new_key(engine, books, seed, next);

	if (error < 0)
		return error;
	checkpoint->has_next = true;
	checkpoint->next = next->verifier;
	rewapp__plan_add(plan, &STMT_EVIDENCE_KEY_INSERT, TOUCHES_ONE,
		(struct value[]){
			rewapp__value_int((int64_t)books->count + 1), rewapp__value_blob(seed, sizeof seed) },
		2);
	sodium_memzero(seed, sizeof seed);
	return 0;
}

/* Signs the edge as checkpoint number `number`. */
static int sign(struct rewapp_engine *engine, const struct books *books, const struct edge *edge,
	int64_t number, bool new_key, char note[CHECKPOINT_CAPACITY])
{
	struct checkpoint checkpoint = checkpoint_of(engine, books, edge);
	struct signer next;
	struct plan plan;
	size_t length;
	int64_t first;
	int error = 0;

	rewapp__plan_begin(&plan, &engine->arena);
	if (new_key)
		error = plan_key(engine, books, &plan, &checkpoint, &next);
	if (error < 0)
		return error;
	length = rewapp__checkpoint_write(&checkpoint, note);
	length = rewapp__checkpoint_sign(note, length, &books->signers[books->count - 1]);
	if (new_key)
		length = rewapp__checkpoint_sign(note, length, &next);
	sodium_memzero(&next, sizeof next);
	if (!length)
		return rewapp__fail(REWAPP_E_CAPACITY, "checkpoint");
	plan_note(&plan, number, &checkpoint, note);
	return rewapp__storage_apply(engine->storage, &plan, &first);
}

/* A checkpoint over everything, old or new. */
static int attempt(
	struct rewapp_engine *engine, struct books *books, uint32_t flags, char note[CHECKPOINT_CAPACITY])
{
	bool new_key = flags & REWAPP_CHECKPOINT_NEW_KEY;
	struct stored stored;
	struct edge edge;
	int error;

	if ((error = rewapp__books_load(engine, books)) < 0 ||
		(error = rewapp__forest_grow(engine, books, &edge)) < 0 ||
		(error = newest(engine, &stored)) < 0)
		return error;
	if (stored.size > edge.frontier.size)
		return rewapp__fail(REWAPP_E_CORRUPT, "the log is shorter than the newest checkpoint says");
	note[0] = '\0';
	if (!stored.note && flags & REWAPP_CHECKPOINT_FOLLOW)
		return 0;
	if (new_key || !stored.note || stored.size < edge.frontier.size)
		return sign(engine, books, &edge, stored.number + 1, new_key, note);
	snprintf(note, CHECKPOINT_CAPACITY, "%s", stored.note);
	return 0;
}

int rewapp__checkpoint_make(struct rewapp_engine *engine, uint32_t flags, struct buffer *out)
{
	char note[CHECKPOINT_CAPACITY];
	struct books books = { .count = 0 };
	int error = REWAPP_E_CONFLICT;

	for (int i = 0; i < ATTEMPTS && error == REWAPP_E_CONFLICT; i++)
		error = attempt(engine, &books, flags, note);
	rewapp__books_finish(&books);
	if (error == REWAPP_E_CONFLICT)
		return rewapp__fail(REWAPP_E_BUSY, "others sign at the same time");
	if (error < 0)
		return error;
	rewapp__buffer_puts(out, note);
	return out->failed;
}

int rewapp__checkpoint_newest(struct rewapp_engine *engine, struct buffer *out)
{
	struct stored stored;
	int error;

	rewapp__arena_reset(&engine->arena);
	if ((error = newest(engine, &stored)) < 0)
		return error;
	if (!stored.note)
		return rewapp__fail(REWAPP_E_NOTFOUND, "nothing was signed yet");
	rewapp__buffer_puts(out, stored.note);
	return out->failed;
}

/* --- proofs -------------------------------------------------------------------------------- */

struct maker {
	struct rewapp_engine *engine;
	struct books books;
	struct forest forest;
	struct stored checkpoint; /* that the proof leads to */
	struct proof proof;
	char tickets[PROOF_ENTRIES_MAX][TICKET_CAPACITY];
};

static int no_such(void)
{
	return rewapp__fail(REWAPP_E_NOTFOUND, "no command has this proof code");
}

/* The record of the command with this number, in the engine's arena. */
static int find_record(struct rewapp_engine *engine, int64_t number, struct record *out)
{
	struct value wanted = rewapp__value_int(number);
	struct read read;
	size_t size;
	const void *row;
	int error = ask(engine, &read, &STMT_LEDGER_LOG, &wanted, 1);

	if (error < 0)
		return error;
	row = rewapp__cell_blob(&read, 0, 1, &size);
	if (!row || !rewapp__record_find(rewapp__cell_int(&read, 0, 0), row, size, number, out) ||
		out->number != number)
		return no_such();
	return 0;
}

static int find_command(struct rewapp_engine *engine, const struct rewapp_id *id, int64_t *number)
{
	const struct known *known;
	struct batch batch;
	int error;

	if ((error = rewapp__batch_begin(&batch, engine, 0)) < 0)
		return error;
	rewapp__want_known(&batch, id);
	if ((error = rewapp__batch_load(&batch)) < 0)
		return error;
	if (!(known = rewapp__batch_known(&batch, id)))
		return rewapp__fail(REWAPP_E_NOTFOUND, "no such command");
	*number = known->number;
	return 0;
}

/* Adds a command's ticket and its way to the checkpoint; 1: the checkpoint does not cover it. */
static int add_entry(struct maker *maker, const struct record *record)
{
	struct proof_entry *entry = &maker->proof.entries[maker->proof.entry_count];
	char *ticket = maker->tickets[maker->proof.entry_count];
	struct leaf leaf;
	int error;

	if ((error = rewapp__forest_place(&maker->forest, record->number, &entry->leaf)) < 0)
		return error;
	if (entry->leaf >= maker->checkpoint.size)
		return 1;
	if ((error = rewapp__leaf_make(maker->engine, &maker->books, record, &maker->engine->arena, &leaf)) <
		0)
		return error;
	memcpy(ticket, leaf.ticket, sizeof leaf.ticket);
	entry->digest = leaf.digest;
	entry->ticket = ticket;
	entry->ticket_size = leaf.ticket_size;
	error = rewapp__tree_inclusion(
		rewapp__forest_node, &maker->forest, entry->leaf, maker->checkpoint.size, &entry->path);
	if (error == 0)
		maker->proof.entry_count++;
	return error;
}

/* The ticket that gave the merchant its name; a proof is good without it, too. */
static int add_merchant(struct maker *maker, const struct record *record)
{
	struct value number = rewapp__value_int(record->merchant);
	struct record put;
	struct read read;
	int error = ask(maker->engine, &read, &STMT_EVIDENCE_MERCHANT_CHANGED, &number, 1);

	if (error < 0 || read.row_count == 0)
		return error;
	if ((error = find_record(maker->engine, rewapp__cell_int(&read, 0, 0), &put)) < 0)
		return error;
	error = add_entry(maker, &put);
	return error < 0 ? error : 0;
}

/* The notes that hand over from key to key up to checkpoint `number`. */
static int add_hand_overs(struct maker *maker, int64_t number)
{
	struct value before = rewapp__value_int(number);
	struct read read;
	int error = ask(maker->engine, &read, &STMT_EVIDENCE_HAND_OVERS, &before, 1);

	for (size_t row = 0; error == 0 && row < read.row_count && row < BOOKS_KEYS_MAX; row++) {
		const char *note = rewapp__cell_text(&read, row, 0);

		maker->proof.notes[maker->proof.note_count++] = (struct proof_note){ note,
			note ? strlen(note) : 0 };
	}
	return error;
}

static void add_note(struct maker *maker, const char *note)
{
	maker->proof.notes[maker->proof.note_count++] = (struct proof_note){ note, strlen(note) };
}

/* 1: a checkpoint must be made first. */
static int make_proof(struct maker *maker, int64_t number)
{
	struct rewapp_engine *engine = maker->engine;
	struct record record;
	int error;

	maker->proof = (struct proof){ .entry_count = 0 };
	if ((error = newest(engine, &maker->checkpoint)) < 0 ||
		(error = find_record(engine, number, &record)) < 0)
		return error;
	if (!maker->checkpoint.note)
		return 1;
	if ((error = add_entry(maker, &record)) != 0)
		return error;
	if (record.merchant && record.kind != REWAPP_KIND_MERCHANT &&
		(error = add_merchant(maker, &record)) < 0)
		return error;
	if ((error = add_hand_overs(maker, maker->checkpoint.number)) < 0)
		return error;
	add_note(maker, maker->checkpoint.note);
	return 0;
}

/* In one snapshot, with a forest of its own: */
static int try_proof(struct maker *maker, int64_t number, struct buffer *out)
{
	int error = rewapp__engine_begin(maker->engine, false);

	if (error == 0)
		error = rewapp__forest_begin(&maker->forest, maker->engine, &maker->books);
	if (error == 0 && (error = make_proof(maker, number)) == 0)
		rewapp__proof_write(out, &maker->proof);
	rewapp__forest_end(&maker->forest);
	rewapp__engine_end(maker->engine);
	return error == 0 ? out->failed : error;
}

static int prove(struct maker *maker, int64_t number, struct buffer *out)
{
	struct buffer note;
	int error = try_proof(maker, number, out);

	if (error != 1)
		return error;
	rewapp__buffer_init(&note, &maker->engine->env, CHECKPOINT_CAPACITY);
	error = rewapp__checkpoint_make(maker->engine, 0, &note);
	rewapp__buffer_finish(&note);
	if (error < 0)
		return error;
	error = try_proof(maker, number, out);
	return error == 1 ? rewapp__fail(REWAPP_E_CORRUPT, "the newest checkpoint does not cover the log")
			  : error;
}

/* The number of the command that the code names. */
static int resolve(struct maker *maker, const char *text, int64_t *number)
{
	struct proof_code code;
	struct record record;
	int error;

	if (!rewapp__proof_code_read(maker->books.secret, text, strlen(text), &code))
		return rewapp__fail(REWAPP_E_ARGUMENT, "code: 16 letters and digits, one of which is wrong");
	*number = code.number;
	if ((error = find_record(maker->engine, code.number, &record)) < 0)
		return error;
	return rewapp__proof_code_is(maker->books.secret, &code, &record.id) ? 0 : no_such();
}

/* `code` or `command` says of what. */
static int proof(
	struct rewapp_engine *engine, const char *code, const struct rewapp_id *command, struct buffer *out)
{
	struct maker *maker = engine->env.allocate(engine->env.user, NULL, sizeof *maker);
	int64_t number = 0;
	int error;

	if (!maker)
		return rewapp__fail(REWAPP_E_NOMEMORY, "proof");
	memset(maker, 0, sizeof *maker);
	maker->engine = engine;
	error = rewapp__books_load(engine, &maker->books);
	if (error == 0)
		error = code ? resolve(maker, code, &number) : find_command(engine, command, &number);
	if (error == 0)
		error = prove(maker, number, out);
	rewapp__books_finish(&maker->books);
	engine->env.allocate(engine->env.user, maker, 0);
	return error;
}

int rewapp__proof_of(struct rewapp_engine *engine, const struct rewapp_id *command, struct buffer *out)
{
	return proof(engine, NULL, command, out);
}

int rewapp__proof_by_code(struct rewapp_engine *engine, const char *code, struct buffer *out)
{
	return proof(engine, code, NULL, out);
}

int rewapp__proof_code(
	struct rewapp_engine *engine, const struct rewapp_id *command, char out[PROOF_CODE_CAPACITY])
{
	struct books books;
	int64_t number = 0;
	int error;

	if ((error = rewapp__books_load(engine, &books)) == 0 &&
		(error = find_command(engine, command, &number)) == 0) {
		if (number > PROOF_NUMBER_MAX)
			error = rewapp__fail(
				REWAPP_E_OVERFLOW, "command: its number is too large for a code");
		else
			rewapp__proof_code_write(books.secret, number, command, out);
	}
	rewapp__books_finish(&books);
	return error;
}

/* --- extensions ---------------------------------------------------------------------------- */

static bool is_ours(const struct books *books, const char *note)
{
	for (size_t i = 0; i < books->count; i++)
		if (rewapp__checkpoint_is_signed(note, strlen(note), &books->signers[i].verifier))
			return true;
	return false;
}

/* The older checkpoint against the books as they are. */
static int check_older(struct maker *maker, const struct checkpoint *older)
{
	struct tree_frontier frontier;
	struct tree_hash root;
	int error;

	if (older->size > maker->checkpoint.size)
		return rewapp__fail(REWAPP_E_CORRUPT,
			"the books were cut short: the checkpoint covers %lld commands, "
			"and there are %lld",
			(long long)older->size, (long long)maker->checkpoint.size);
	error = rewapp__tree_frontier(rewapp__forest_node, &maker->forest, older->size, &frontier);
	if (error < 0)
		return error;
	rewapp__tree_root(&frontier, &root);
	if (!rewapp__tree_same(&root, &older->root))
		return rewapp__fail(REWAPP_E_CORRUPT,
			"the books were rewritten: their first %lld commands are not those of the checkpoint",
			(long long)older->size);
	return 0;
}

static int extend(struct maker *maker, const char *note, const struct checkpoint *older, struct buffer *out)
{
	int error;

	if ((error = newest(maker->engine, &maker->checkpoint)) < 0 ||
		(error = check_older(maker, older)) < 0 ||
		(error = add_hand_overs(maker, maker->checkpoint.number)) < 0)
		return error;
	error = rewapp__tree_consistency(rewapp__forest_node, &maker->forest, older->size,
		maker->checkpoint.size, &maker->proof.extension);
	if (error < 0)
		return error;
	add_note(maker, note);
	add_note(maker, maker->checkpoint.note);
	rewapp__proof_write(out, &maker->proof);
	return out->failed;
}

static int extension(struct maker *maker, const char *note, struct buffer *out)
{
	struct rewapp_engine *engine = maker->engine;
	struct checkpoint older;
	struct buffer made;
	int error;

	if (!rewapp__checkpoint_read(note, strlen(note), &older))
		return rewapp__fail(REWAPP_E_ARGUMENT, "older: not a checkpoint");
	rewapp__buffer_init(&made, &engine->env, CHECKPOINT_CAPACITY);
	error = rewapp__checkpoint_make(engine, 0, &made);
	rewapp__buffer_finish(&made);
	if (error < 0 || (error = rewapp__books_load(engine, &maker->books)) < 0)
		return error;
	if (strcmp(older.origin, maker->books.origin) != 0 || !is_ours(&maker->books, note))
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "older: a checkpoint of other books, or not signed by these");
	if ((error = rewapp__engine_begin(engine, false)) == 0)
		error = rewapp__forest_begin(&maker->forest, engine, &maker->books);
	if (error == 0)
		error = extend(maker, note, &older, out);
	rewapp__forest_end(&maker->forest);
	rewapp__engine_end(engine);
	return error;
}

int rewapp__extension_make(struct rewapp_engine *engine, const char *older, struct buffer *out)
{
	struct maker *maker = engine->env.allocate(engine->env.user, NULL, sizeof *maker);
	int error;

	if (!maker)
		return rewapp__fail(REWAPP_E_NOMEMORY, "extension");
	memset(maker, 0, sizeof *maker);
	maker->engine = engine;
	error = extension(maker, older, out);
	rewapp__books_finish(&maker->books);
	engine->env.allocate(engine->env.user, maker, 0);
	return error;
}
