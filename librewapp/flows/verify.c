/* The proof: the log is played again from its first row, and every table that follows from it
 * is compared with what came out. */
#include "base/error.h"
#include "earn/decide.h"
#include "flows/audit.h"
#include "flows/owned.h"
#include "flows/read.h"
#include "ledger/fold.h"
#include "ledger/ledger.sql.h"
#include "ledger/owned.sql.h"
#include "ledger/state.h"
#include "ledger/verify.sql.h"

#include <sodium.h>
#include <string.h>

enum {
	PAGE_ROWS = 500
};

/* A row of ids of an owned store, compared while the log is played. */
struct run {
	int64_t first, next, number;
	struct unpack ids;
	bool over; /* there are no more runs */
};

struct proof {
	struct rewapp_engine *engine;
	struct arena page;     /* of the page that is read */
	struct arena run_page; /* of the run */
	struct run run;
	uint64_t ids; /* sum of hashes of (id, number), of commands that are in no run */
	struct arena arena;
	struct fold fold;
	struct audit *audit; /* NULL: the store has no books yet */
	uint8_t head[CHAIN_BYTES];
	int64_t last, next, at_ms; /* the newest command's number, the first free one, its instant */
	bool rolls;                /* the days' sums end where a row of the log does */
	void (*progress)(void *user, int64_t done, int64_t total);
	void *user;
	int64_t done, total;
};

static int query(struct proof *proof, struct read *read, const struct stmt *stmt, const struct value *args,
	size_t count)
{
	*read = (struct read){ .stmt = stmt, .args = args, .arg_count = count };
	return rewapp__storage_query(proof->engine->storage, read, 1, &proof->page);
}

/* --- playing the log --------------------------------------------------------------------------- */

static void check_chain(
	struct proof *proof, const struct read *read, size_t row, const struct chain_row *link)
{
	size_t size;
	const void *hash = rewapp__cell_blob(read, row, 4, &size);

	rewapp__chain_next(proof->head, link);
	if (size != CHAIN_BYTES || memcmp(hash, proof->head, CHAIN_BYTES) != 0) {
		rewapp__fold_problem(&proof->fold,
			"log row %lld: the chain breaks; it or one before was changed", (long long)link->seq);
		if (size == CHAIN_BYTES) /* to find what else is wrong behind it */
			memcpy(proof->head, hash, CHAIN_BYTES);
	}
	if (link->at_ms < proof->at_ms)
		rewapp__fold_problem(
			&proof->fold, "log row %lld: recorded before the one before", (long long)link->seq);
	proof->at_ms = link->at_ms;
	proof->next = link->next;
	proof->rolls |= link->seq == proof->fold.rolled || link->next == proof->fold.rolled;
}

static void run_end(struct proof *proof)
{
	if (proof->run.ids.at != proof->run.ids.end)
		rewapp__fold_problem(&proof->fold, "commands: the run of %lld names more than the log",
			(long long)proof->run.first);
}

static int run_next(struct proof *proof)
{
	struct run *run = &proof->run;
	struct read read = { .stmt = &STMT_OWNED_RUNS,
		.arg_count = 2,
		.args = (struct value[]){ rewapp__value_int(run->first), rewapp__value_int(1) } };
	const void *ids;
	size_t size;
	int error;

	run_end(proof);
	rewapp__arena_reset(&proof->run_page);
	error = rewapp__storage_query(proof->engine->storage, &read, 1, &proof->run_page);
	ids = rewapp__cell_blob(&read, 0, 2, &size);
	*run = (struct run){ .first = rewapp__cell_int(&read, 0, 0),
		.next = rewapp__cell_int(&read, 0, 1),
		.number = rewapp__cell_int(&read, 0, 0),
		.ids = rewapp__unpack(ids, size),
		.over = read.row_count == 0 };
	return error;
}

/* An owned store's: each run names exactly the commands of its part of the log.  What is in none is a row of
 * the table of commands. */
static int check_id(struct proof *proof, const struct record *record)
{
	struct run *run = &proof->run;
	const void *bytes;
	uint64_t hash;
	int error = 0;

	while (!run->over && record->number >= run->next && !error)
		error = run_next(proof);
	if (run->over || record->number < run->first) {
		proof->ids += rewapp__fold_id_hash(&record->id, record->number);
		return error;
	}
	hash = rewapp__ids_hash(&record->id);
	run->number += (int64_t)rewapp__unpack_uint(&run->ids);
	bytes = rewapp__unpack_bytes(&run->ids, sizeof hash);
	if (run->number != record->number || !bytes || memcmp(bytes, &hash, sizeof hash) != 0)
		rewapp__fold_problem(&proof->fold, "commands: the run of %lld does not follow from the log",
			(long long)run->first);
	return error;
}

static int play_row(struct proof *proof, const struct read *read, size_t row)
{
	int error = 0;
	struct chain_row link = { .seq = rewapp__cell_int(read, row, 0),
		.next = rewapp__cell_int(read, row, 1),
		.at_ms = rewapp__cell_int(read, row, 2),
		.record = rewapp__cell_blob(read, row, 3, &link.size) };
	struct record_reader reader;
	struct record record;

	check_chain(proof, read, row, &link);
	rewapp__record_open(&reader, link.seq, link.record, link.size);
	while (!error && rewapp__record_next(&reader, &record)) {
		error = check_id(proof, &record);
		rewapp__fold_record(&proof->fold, &record);
		if (!error)
			error = rewapp__audit_record(proof->audit, &record);
		if (record.number <= proof->last || record.number >= link.next ||
			record.recorded_ms > link.at_ms)
			rewapp__fold_problem(
				&proof->fold, "command %lld: out of its place", (long long)record.number);
		proof->last = record.number;
	}
	if (reader.failed)
		rewapp__fold_problem(&proof->fold, "log row %lld: damaged", (long long)link.seq);
	rewapp__audit_row(proof->audit, link.seq, proof->head);
	return error;
}

/* A row is looked at some rows before it is played. */
static int look_ahead(struct proof *proof, const struct read *read, size_t row)
{
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 3, &size);

	rewapp__fold_foresee(&proof->fold, bytes, size, rewapp__cell_int(read, row, 0));
	return row < FOLD_AHEAD ? 0 : play_row(proof, read, row - FOLD_AHEAD);
}

static int play_log(struct proof *proof)
{
	int64_t after = -1;
	struct read read;
	int error;

	do {
		rewapp__arena_reset(&proof->page);
		error = query(proof, &read, &STMT_VERIFY_LOG,
			(struct value[]){ rewapp__value_int(after), rewapp__value_int(PAGE_ROWS) }, 2);
		if (error < 0)
			return error;
		for (size_t row = 0; row < read.row_count + FOLD_AHEAD; row++)
			if ((error = look_ahead(proof, &read, row)) < 0)
				return error;
		if (read.row_count)
			after = rewapp__cell_int(&read, read.row_count - 1, 0);
		proof->done += (int64_t)read.row_count;
		if (proof->progress)
			proof->progress(proof->user, proof->done, proof->total);
		if (proof->fold.failed)
			return rewapp__fail(REWAPP_E_NOMEMORY, "verify");
	} while (read.row_count == PAGE_ROWS);
	rewapp__fold_end(&proof->fold);
	if (!proof->run.over && (error = run_next(proof)) < 0)
		return error;
	if (!proof->run.over)
		rewapp__fold_problem(&proof->fold, "commands: the run of %lld names more than the log",
			(long long)proof->run.first);
	return 0;
}

/* --- comparing --------------------------------------------------------------------------------- */

/* Calls `row` for every row of a statement that goes on after its first column. */
static int each_row(struct proof *proof, const struct stmt *stmt,
	void (*compare)(struct proof *proof, const struct read *read, size_t row), size_t *count)
{
	struct value after = rewapp__value_int(INT64_MIN);
	struct read read;

	*count = 0;
	do {
		int error;

		rewapp__arena_reset(&proof->page);
		if ((error = query(proof, &read, stmt,
			     (struct value[]){ after, rewapp__value_int(PAGE_ROWS) }, 2)) < 0)
			return error;
		for (size_t row = 0; row < read.row_count; row++)
			compare(proof, &read, row);
		*count += read.row_count;
		if (read.row_count)
			after = rewapp__value_int(rewapp__cell_int(&read, read.row_count - 1, 0));
	} while (read.row_count == PAGE_ROWS);
	return 0;
}

static void compare_account(struct proof *proof, const struct read *read, size_t row)
{
	int64_t number = rewapp__cell_int(read, row, 0);
	const struct account *account = rewapp__fold_account(&proof->fold, number);
	const struct fold_account *shared = (const struct fold_account *)account;

	if (!account || rewapp__account_is_members(account) ||
		account->programme != rewapp__cell_int(read, row, 1) ||
		(int64_t)account->kind != rewapp__cell_int(read, row, 2) ||
		account->owner != rewapp__cell_int(read, row, 3) ||
		shared->rolled.debits_pending != rewapp__cell_int(read, row, 4) ||
		shared->rolled.debits_posted != rewapp__cell_int(read, row, 5) ||
		shared->rolled.credits_pending != rewapp__cell_int(read, row, 6) ||
		shared->rolled.credits_posted != rewapp__cell_int(read, row, 7) ||
		shared->version_rolled != rewapp__cell_int(read, row, 8))
		rewapp__fold_problem(&proof->fold,
			"account %lld: its counters are not the sum of its transfers", (long long)number);
}

/* Both states in the form of a row with base 0: equal when they say the same. */
static bool same_state(struct proof *proof, const struct wallet *fold, const struct wallet *stored)
{
	struct pack a, b;

	rewapp__pack_init(&a, &proof->page);
	rewapp__pack_init(&b, &proof->page);
	rewapp__state_write(&a, fold);
	rewapp__state_write(&b, stored);
	proof->fold.failed |= a.failed || b.failed;
	return !a.failed && !b.failed && a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static void compare_wallet(struct proof *proof, const struct read *read, size_t row)
{
	int64_t number = rewapp__cell_int(read, row, 0);
	ref member = rewapp__cell_int(read, row, 1), programme = rewapp__cell_int(read, row, 2);
	struct wallet *fold = rewapp__fold_wallet(&proof->fold, member, programme);
	struct account account = { .programme = programme, .kind = ACCOUNT_WALLET, .owner = member };
	struct account debt = { .programme = programme, .kind = ACCOUNT_DEBT, .owner = member };
	struct wallet stored = { .account = &account,
		.debt = &debt,
		.member = member,
		.programme = programme,
		.arena = &proof->page };
	size_t size;
	const void *state = rewapp__cell_blob(read, row, 5, &size);
	int error = rewapp__state_read(&stored, rewapp__cell_int(read, row, 3), state, size);

	proof->fold.failed |= error == REWAPP_E_NOMEMORY;
	if (!fold || fold->account->number != number || error < 0 ||
		rewapp__state_due_ms(&stored) != rewapp__cell_int(read, row, 4) ||
		!same_state(proof, fold, &stored))
		rewapp__fold_problem(&proof->fold, "wallet %lld: its state does not follow from the log",
			(long long)number);
}

static void compare_undone(struct proof *proof, const struct read *read, size_t row)
{
	int64_t number = rewapp__cell_int(read, row, 0);
	const struct fold_undone *undone = rewapp__fold_undone(&proof->fold, number);

	if (!undone || undone->amount != rewapp__cell_int(read, row, 1) ||
		undone->points != rewapp__cell_int(read, row, 2))
		rewapp__fold_problem(&proof->fold, "what was given back of %lld does not follow from the log",
			(long long)number);
}

static void compare_returned(struct proof *proof, const struct read *read, size_t row)
{
	int64_t number = rewapp__cell_int(read, row, 0);
	const struct fold_undone *undone = rewapp__fold_undone(&proof->fold, number);
	size_t size;
	const void *lines = rewapp__cell_blob(read, row, 1, &size);

	if (!undone || !undone->lines || !lines || size != undone->lines_size ||
		memcmp(lines, undone->lines, size) != 0)
		rewapp__fold_problem(&proof->fold,
			"the articles that came back of %lld do not follow from the log", (long long)number);
}

static void compare_sighting(struct proof *proof, const struct read *read, size_t row)
{
	const struct sighting *sighting = rewapp__fold_sighting(&proof->fold, rewapp__cell_int(read, row, 0));
	bool same = sighting != NULL;

	for (size_t i = 0; i < SIGHTING_COLUMNS && same; i++)
		same = sighting->columns[i] == rewapp__cell_int(read, row, i);
	if (!same)
		rewapp__fold_problem(&proof->fold, "sighting %lld: not as the log has put it",
			(long long)rewapp__cell_int(read, row, 0));
}

static void compare_member(struct proof *proof, const struct read *read, size_t row)
{
	int64_t number = rewapp__cell_int(read, row, 0);
	const struct fold_object *member = rewapp__fold_member(&proof->fold, number);
	struct rewapp_id id = rewapp__cell_id(read, row, 1);
	size_t size;
	const void *key = rewapp__cell_blob(read, row, 3, &size);

	if (key && size == COVER_KEY_BYTES)
		rewapp__cover_id(key, &id);
	if (!member || memcmp(&member->id, &id, sizeof id) != 0 ||
		member->status != rewapp__cell_int(read, row, 2) ||
		(member->status == REWAPP_MEMBER_ERASED) != !key)
		rewapp__fold_problem(
			&proof->fold, "member %lld: not as the log has put it", (long long)number);
}

static bool same_document(const struct fold_object *object, const struct read *read, size_t row)
{
	const char *text = rewapp__cell_text(read, row, 1), *name = rewapp__cell_text(read, row, 3);
	uint8_t hash[sizeof object->hash];

	if (!text || !name || strlen(name) != object->name_size ||
		memcmp(name, object->name, object->name_size) != 0)
		return false;
	crypto_generichash(hash, sizeof hash, (const uint8_t *)text, strlen(text), NULL, 0);
	return memcmp(hash, object->hash, sizeof hash) == 0;
}

/* The last column: of a merchant the command that put it, of a programme its newest version. */
static void compare_document(struct proof *proof, const struct read *read, size_t row)
{
	int64_t number = rewapp__cell_int(read, row, 0), version = rewapp__cell_int(read, row, 2);
	int64_t last = rewapp__cell_int(read, row, 4);
	const struct fold *fold = &proof->fold;
	const struct fold_object *object = rewapp__fold_object(fold, number, version);
	bool newest = object &&
		(version ? rewapp__fold_object(fold, number, last) &&
					!rewapp__fold_object(fold, number, last + 1)
			 : object->changed == last);

	if (!newest || !same_document(object, read, row))
		rewapp__fold_problem(
			&proof->fold, "document of %lld: not as the log has put it", (long long)number);
}

static void compare_period(struct proof *proof, const struct read *read, size_t row)
{
	const struct fold_period *period = proof->fold.period_list;
	int64_t number = rewapp__cell_int(read, row, 0);

	while (period && period->number != number)
		period = period->next;
	if (!period || period->programme != rewapp__cell_int(read, row, 1) ||
		period->until_ms != rewapp__cell_int(read, row, 2))
		rewapp__fold_problem(
			&proof->fold, "period of command %lld: not as the log says", (long long)number);
}

static void compare_closed(struct proof *proof, const struct read *read, size_t row)
{
	const struct fold_period *period = rewapp__fold_closed(&proof->fold, rewapp__cell_int(read, row, 0));

	if (rewapp__cell_int(read, row, 1) != (period ? period->until_ms : 0))
		rewapp__fold_problem(&proof->fold,
			"programme %lld: closed up to another instant than the log says",
			(long long)rewapp__cell_int(read, row, 0));
}

static void compare_doubt(struct proof *proof, const struct read *read, size_t row)
{
	int64_t number = rewapp__cell_int(read, row, 0);
	const struct fold_doubt *doubt = rewapp__fold_doubt(&proof->fold, number);
	struct rewapp_id id = rewapp__cell_id(read, row, 1);
	uint8_t hash[32] = { 0 };
	size_t size;
	const void *line = rewapp__cell_blob(read, row, 5, &size);

	if (line)
		rewapp__fold_texts_hash(line, size, "", 0, hash);
	if (!doubt || memcmp(&doubt->id, &id, sizeof id) != 0 ||
		doubt->member != rewapp__cell_int(read, row, 2) ||
		doubt->programme != rewapp__cell_int(read, row, 3) ||
		doubt->candidate != rewapp__cell_int(read, row, 4) ||
		memcmp(doubt->hash, hash, sizeof hash) != 0 ||
		doubt->answer != rewapp__cell_int(read, row, 6))
		rewapp__fold_problem(
			&proof->fold, "the doubt of command %lld: not as the log says", (long long)number);
}

static void compare_learnt(struct proof *proof, const struct read *read, size_t row)
{
	int64_t number = rewapp__cell_int(read, row, 0), taken_back = rewapp__cell_int(read, row, 7);
	const struct fold_learnt *learnt = rewapp__fold_learnt(&proof->fold, number);
	const char *text = rewapp__cell_text(read, row, 4), *who = rewapp__cell_text(read, row, 5);
	uint8_t hash[32] = { 0 };

	if (text && who)
		rewapp__fold_texts_hash(text, strlen(text), who, strlen(who), hash);
	if (!learnt || learnt->merchant != rewapp__cell_int(read, row, 1) ||
		learnt->line != rewapp__cell_int(read, row, 2) ||
		learnt->votes != rewapp__cell_int(read, row, 3) ||
		memcmp(learnt->hash, hash, sizeof hash) != 0 ||
		learnt->at_ms != rewapp__cell_int(read, row, 6) || learnt->taken_back != taken_back ||
		rewapp__cell_int(read, row, 8) != (taken_back ? taken_back : number))
		rewapp__fold_problem(
			&proof->fold, "what command %lld taught: not as the log says", (long long)number);
}

static void count_end(struct proof *proof, const struct read *read, size_t row)
{
	proof->fold.ends -= rewapp__fold_end_hash(
		rewapp__cell_int(read, row, 0), rewapp__cell_int(read, row, 1));
}

static size_t expected_tallies(const struct fold *fold)
{
	size_t count = 0;

	for (size_t i = 0; i < fold->tallies.capacity; i++)
		for (const struct tally *at = fold->tallies.slots[i].value; at; at = at->same_hash)
			count += at->owner == 0 && at->total != 0;
	for (const struct day *day = fold->days.first; day; day = day->next)
		for (int sum = 0; sum < DAY_SUMS; sum++)
			count += day->sums[sum] != 0;
	return count;
}

static bool tally_is(struct fold *fold, const struct read *read, size_t row)
{
	ref programme = rewapp__cell_int(read, row, 0);
	int64_t what = rewapp__cell_int(read, row, 2), window_start = rewapp__cell_int(read, row, 3);
	int64_t total = rewapp__cell_int(read, row, 4);
	const struct tally *tally;
	const struct day *day;

	if (what >= 0) {
		tally = rewapp__fold_tally(
			fold, programme, rewapp__cell_int(read, row, 1), what, window_start);
		return tally && tally->total == total;
	}
	day = rewapp__days_of(&fold->days, programme, window_start);
	return day && what >= -DAY_SUMS && day->sums[-1 - what] == total;
}

static int compare_tallies(struct proof *proof)
{
	size_t expected;
	struct read read;
	int error;

	rewapp__arena_reset(&proof->page);
	if ((error = query(proof, &read, &STMT_VERIFY_TALLIES, NULL, 0)) < 0)
		return error;
	expected = expected_tallies(&proof->fold);
	for (size_t row = 0; row < read.row_count; row++)
		if (!tally_is(&proof->fold, &read, row))
			rewapp__fold_problem(&proof->fold,
				"tally of programme %lld: its total does not follow from the log",
				(long long)rewapp__cell_int(&read, row, 0));
	if (!proof->rolls && proof->fold.rolled != 1)
		rewapp__fold_problem(&proof->fold, "tallies: the days' sums end within a row of the log");
	if (expected != read.row_count)
		rewapp__fold_problem(
			&proof->fold, "tallies: %zu are stored, the log gives %zu", read.row_count, expected);
	return 0;
}

/* Every id of the log is found by its command, and no other is. */
static int compare_ids(struct proof *proof)
{
	static const uint8_t none;
	struct value after = rewapp__value_blob(&none, 0);
	uint8_t last[sizeof(struct rewapp_id)];
	struct read read;
	int error;

	do {
		rewapp__arena_reset(&proof->page);
		error = query(proof, &read, &STMT_VERIFY_COMMANDS,
			(struct value[]){ after, rewapp__value_int(PAGE_ROWS) }, 2);
		if (error < 0)
			return error;
		for (size_t row = 0; row < read.row_count; row++) {
			struct rewapp_id id = rewapp__cell_id(&read, row, 0);

			proof->ids -= rewapp__fold_id_hash(&id, rewapp__cell_int(&read, row, 1));
			memcpy(last, &id, sizeof last);
		}
		after = rewapp__value_blob(last, sizeof last);
	} while (read.row_count == PAGE_ROWS);
	if (proof->ids)
		rewapp__fold_problem(&proof->fold, "commands: their ids are not those of the log");
	return 0;
}

/* Returns fit their purchase, reversals their redemption: the record says how much there was. */
static int check_undone(struct proof *proof)
{
	for (const struct fold_undone *undone = proof->fold.undone_list; undone; undone = undone->next) {
		struct value number = rewapp__value_int(undone->number);
		struct effect_reader reader;
		struct effect effect;
		struct record record;
		struct read read;
		size_t size;
		const void *row;
		int64_t amount = 0, points = 0;
		int error;

		rewapp__arena_reset(&proof->page);
		if ((error = query(proof, &read, &STMT_LEDGER_LOG, &number, 1)) < 0)
			return error;
		row = rewapp__cell_blob(&read, 0, 1, &size);
		if (!row ||
			!rewapp__record_find(
				rewapp__cell_int(&read, 0, 0), row, size, undone->number, &record))
			continue; /* the row is damaged, which was said already */
		rewapp__effects_open(&reader, &record);
		while (rewapp__effects_next(&reader, &effect)) {
			if (effect.kind == EFFECT_PURCHASE)
				amount = effect.purchase.amount;
			if (effect.kind == EFFECT_TRANSFER && effect.transfer.number == undone->number)
				points = effect.transfer.amount;
			if (effect.kind == EFFECT_TRANSFER && record.number == undone->number &&
				(effect.transfer.code == REWAPP_CODE_AWARD ||
					effect.transfer.code == REWAPP_CODE_DEBT_PAYMENT))
				points += effect.transfer.amount;
		}
		if (undone->amount > amount || undone->points > points)
			rewapp__fold_problem(&proof->fold, "more was given back of %lld than there was",
				(long long)undone->number);
	}
	return 0;
}

static void compare_count(struct proof *proof, const char *what, size_t stored, size_t expected)
{
	if (stored != expected)
		rewapp__fold_problem(
			&proof->fold, "%s: %zu are stored, the log gives %zu", what, stored, expected);
}

static int compare(struct proof *proof)
{
	size_t merchants, count;
	int error;

	if ((error = compare_ids(proof)) < 0 || (error = compare_tallies(proof)) < 0 ||
		(error = check_undone(proof)) < 0)
		return error;
	if ((error = each_row(proof, &STMT_VERIFY_WALLETS, compare_wallet, &count)) < 0)
		return error;
	compare_count(proof, "wallets", count, proof->fold.wallet_count);
	if ((error = each_row(proof, &STMT_VERIFY_ACCOUNTS, compare_account, &count)) < 0)
		return error;
	compare_count(proof, "accounts", count, proof->fold.account_count);
	if ((error = each_row(proof, &STMT_VERIFY_UNDONE, compare_undone, &count)) < 0)
		return error;
	compare_count(proof, "rows of what was given back", count, proof->fold.undone_count);
	if ((error = each_row(proof, &STMT_VERIFY_RETURNED, compare_returned, &count)) < 0)
		return error;
	compare_count(proof, "rows of articles that came back", count, proof->fold.returned_count);
	if ((error = each_row(proof, &STMT_VERIFY_SIGHTINGS, compare_sighting, &count)) < 0)
		return error;
	compare_count(proof, "sightings", count, proof->fold.sighting_count);
	if ((error = each_row(proof, &STMT_VERIFY_MEMBERS, compare_member, &count)) < 0)
		return error;
	compare_count(proof, "members", count, proof->fold.member_count);
	if ((error = each_row(proof, &STMT_VERIFY_MERCHANTS, compare_document, &merchants)) < 0 ||
		(error = each_row(proof, &STMT_VERIFY_PROGRAMMES, compare_document, &count)) < 0)
		return error;
	compare_count(proof, "merchants and programmes", merchants + count, proof->fold.object_count);
	if ((error = each_row(proof, &STMT_VERIFY_CLOSED, compare_closed, &count)) < 0 ||
		(error = each_row(proof, &STMT_VERIFY_PERIODS, compare_period, &count)) < 0)
		return error;
	compare_count(proof, "periods", count, proof->fold.period_count);
	if ((error = each_row(proof, &STMT_VERIFY_DOUBTS, compare_doubt, &count)) < 0)
		return error;
	compare_count(proof, "bank lines in doubt", count, proof->fold.doubt_count);
	if ((error = each_row(proof, &STMT_VERIFY_LEARNT, compare_learnt, &count)) < 0)
		return error;
	compare_count(proof, "texts that people spoke of", count, proof->fold.learnt_count);
	if ((error = each_row(proof, &STMT_VERIFY_ENDS, count_end, &count)) < 0)
		return error;
	if (proof->fold.ends)
		rewapp__fold_problem(&proof->fold, "holds: how they ended is not as the log says");
	return 0;
}

/* --- the proof --------------------------------------------------------------------------------- */

static void tell_problem(void *user, const char *line)
{
	rewapp__fold_problem(user, "%s", line);
}

/* What the store says of itself: that it is owned, and which numbers are in its rows. */
static int check_mode(struct proof *proof)
{
	const struct owned *owned = proof->engine->owned;
	struct read read;
	int error = query(proof, &read, &STMT_OWNED_STORE, NULL, 0);

	if (!error &&
		((rewapp__cell_int(&read, 0, 0) != 0) != (owned != NULL) ||
			rewapp__cell_int(&read, 0, 1) != (owned ? owned->applied : 0)))
		rewapp__fold_problem(&proof->fold, "store: its mode is not the one that it is open in");
	return error;
}

/* An index that lacks a row would hide it from every command, and from nobody who reads the table. */
static int check_file(struct proof *proof)
{
	struct read read;
	const char *said;
	int error;

	rewapp__arena_reset(&proof->page);
	if ((error = query(proof, &read, &STMT_VERIFY_FILE, NULL, 0)) < 0)
		return error;
	said = read.row_count ? rewapp__cell_text(&read, 0, 0) : NULL;
	if (!said || strcmp(said, "ok") != 0)
		rewapp__fold_problem(&proof->fold, "the database's file: %s", said ? said : "no answer");
	return 0;
}

static int prove(struct proof *proof)
{
	struct read read;
	int error = query(proof, &read, &STMT_LEDGER_ROLLED, NULL, 0);

	if (error < 0)
		return error;
	rewapp__fold_begin(&proof->fold, &proof->arena, rewapp__cell_int(&read, 0, 0));
	if ((error = check_mode(proof)) < 0)
		return error;
	error = query(proof, &read, &STMT_VERIFY_LOG_COUNT, NULL, 0);
	proof->total = rewapp__cell_int(&read, 0, 0);
	if (error < 0 ||
		(error = rewapp__audit_begin(
			 proof->engine, &proof->arena, tell_problem, &proof->fold, &proof->audit)) < 0)
		return error;
	error = play_log(proof);
	rewapp__audit_end(proof->audit);
	if (error < 0 || (error = compare(proof)) < 0 || (error = check_file(proof)) < 0)
		return error;
	return proof->fold.failed || proof->fold.days.failed ? rewapp__fail(REWAPP_E_NOMEMORY, "verify") : 0;
}

int rewapp__verify(struct rewapp_engine *engine, void (*progress)(void *user, int64_t done, int64_t total),
	void *user, struct rewapp_verification *out)
{
	struct proof *proof;
	int error;

	memset(out, 0, sizeof *out);
	out->size = sizeof *out;
	if ((error = rewapp__owned_settle(engine)) < 0 || (error = rewapp__engine_begin(engine, false)) < 0)
		return error;
	if (!(proof = rewapp__arena_take(&engine->arena, sizeof *proof))) {
		rewapp__engine_end(engine);
		return rewapp__fail(REWAPP_E_NOMEMORY, "verify");
	}
	proof->engine = engine;
	proof->progress = progress;
	proof->user = user;
	rewapp__arena_init(&proof->page, &engine->env);
	rewapp__arena_init(&proof->run_page, &engine->env);
	rewapp__arena_init(&proof->arena, &engine->env);
	error = prove(proof);
	out->commands = proof->fold.commands;
	out->transfers = proof->fold.transfers;
	out->accounts = (int64_t)proof->fold.accounts.count;
	out->lots = proof->fold.lots_opened;
	out->holds = proof->fold.holds_opened;
	out->purchases = proof->fold.purchases;
	out->problems = proof->fold.problems;
	memcpy(out->first, proof->fold.first, sizeof out->first);
	rewapp__arena_finish(&proof->page);
	rewapp__arena_finish(&proof->run_page);
	rewapp__arena_finish(&proof->arena);
	rewapp__engine_end(engine);
	return error;
}
