/* SQLite: one file, a write-ahead log, every commit on the disk before it is answered.
 *
 * Statements are prepared once and kept by the address of their text, so a statement's
 * text must live as long as the storage; those of the build do. */
#include "base/error.h"
#include "storage/driver.h"
#include "storage/sqlite_log.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum {
	BUSY_MS_DEFAULT = 5000,
	LOG_PAGES_TIDIED = 16000, /* 64 MiB: where a commit carries the log over although another should */

	/* The statement cache: SETS times WAYS statements, the least used of a set goes first. */
	CACHE_SETS = 64,
	CACHE_WAYS = 4
};

/* Up to 16 MiB of pages, taken as they are touched: the hot end of every index of a
 * shop's store.  4 KiB pages are what disks write.  Double-quoted strings and a schema
 * that calls functions are SQLite's own and no other database's: off. */
static const char *const settings[] = {
	"PRAGMA page_size = 4096",
	"PRAGMA temp_store = MEMORY",
	"PRAGMA foreign_keys = OFF",
	"PRAGMA trusted_schema = OFF",
	"PRAGMA journal_size_limit = 67108864",
};

struct prepared {
	const char *text; /* NULL: free */
	sqlite3_stmt *handle;
	uint64_t used_at;
	int arg_count;
	uint8_t position[STMT_ARGS_MAX]; /* where SQLite put $1, $2, ... */
};

struct sqlite_storage {
	struct storage base;
	const struct rewapp_env *env;
	sqlite3 *db;
	uint64_t clock; /* counts uses of the cache */
	struct prepared cache[CACHE_SETS][CACHE_WAYS];
};

/* clang-format off */
#define OWN_STMT(name_, text_) static const struct stmt name_ = { #name_, text_, NULL }
OWN_STMT(STMT_BEGIN_READ, "BEGIN");
OWN_STMT(STMT_BEGIN_WRITE, "BEGIN IMMEDIATE");
OWN_STMT(STMT_COMMIT, "COMMIT");
OWN_STMT(STMT_LOG_LAST, "SELECT next, at_ms, hash FROM log ORDER BY seq DESC LIMIT 1");
OWN_STMT(STMT_SCHEMA_RECORD, "INSERT INTO rewapp_schema (version, name, applied_ms) VALUES ($1, $2, $3)");
/* clang-format on */

static const char schema_own[] =
	"CREATE TABLE IF NOT EXISTS rewapp_schema ("
	"version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_ms INTEGER NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, next INTEGER NOT NULL, at_ms INTEGER NOT "
	"NULL,"
	"record BLOB NOT NULL, hash BLOB NOT NULL) STRICT;";

static int code_of(int result)
{
	switch (result & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return REWAPP_E_BUSY;
	case SQLITE_CONSTRAINT:
		return REWAPP_E_CONFLICT;
	case SQLITE_FULL:
		return REWAPP_E_FULL;
	case SQLITE_READONLY:
		return REWAPP_E_READONLY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return REWAPP_E_CORRUPT;
	case SQLITE_NOMEM:
		return REWAPP_E_NOMEMORY;
	case SQLITE_TOOBIG:
		return REWAPP_E_ARGUMENT;
	default:
		return REWAPP_E_STORAGE;
	}
}

/* SQLite tells a full disk apart, but not a full quota or a file at its limit; it does not
 * say which, but the write was the last call of the system that failed. */
static bool is_full(sqlite3 *db, int cause)
{
	return sqlite3_extended_errcode(db) == SQLITE_IOERR_WRITE &&
		(cause == ENOSPC || cause == EDQUOT || cause == EFBIG);
}

/* `place` is the statement or the setting that failed. */
static int fail_at(const struct sqlite_storage *storage, const char *place)
{
	int code = is_full(storage->db, errno) ? REWAPP_E_FULL : code_of(sqlite3_errcode(storage->db));

	return rewapp__fail(code, "%s: %s", place, sqlite3_errmsg(storage->db));
}

static int execute(const struct sqlite_storage *storage, const char *place, const char *text)
{
	if (sqlite3_exec(storage->db, text, NULL, NULL, NULL) != SQLITE_OK)
		return fail_at(storage, place);
	return REWAPP_E_OK;
}

/* Leaves the message of what went wrong alone; does nothing outside a transaction. */
static void roll_back(const struct sqlite_storage *storage)
{
	if (!sqlite3_get_autocommit(storage->db))
		sqlite3_exec(storage->db, "ROLLBACK", NULL, NULL, NULL);
}

/* SQLite numbers parameters as it meets them, PostgreSQL by their digits. */
static bool positions_find(struct prepared *prepared)
{
	char name[16];

	prepared->arg_count = sqlite3_bind_parameter_count(prepared->handle);
	if (prepared->arg_count > STMT_ARGS_MAX)
		return false;
	for (int i = 0; i < prepared->arg_count; i++) {
		snprintf(name, sizeof name, "$%d", i + 1);
		prepared->position[i] = (uint8_t)sqlite3_bind_parameter_index(prepared->handle, name);
		if (prepared->position[i] == 0)
			return false;
	}
	return true;
}

static int prepare(const struct sqlite_storage *storage, const struct stmt *stmt, struct prepared *prepared)
{
	const char *tail;

	sqlite3_finalize(prepared->handle);
	memset(prepared, 0, sizeof *prepared);
	if (sqlite3_prepare_v3(
		    storage->db, stmt->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &prepared->handle, &tail))
		return fail_at(storage, stmt->name);
	if (!prepared->handle || tail[strspn(tail, "; \t\n")])
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: must be one statement", stmt->name);
	if (!positions_find(prepared))
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: parameters must be $1 to $n, n at most %d",
			stmt->name, STMT_ARGS_MAX);
	prepared->text = stmt->sqlite;
	return REWAPP_E_OK;
}

static int statement(struct sqlite_storage *storage, const struct stmt *stmt, struct prepared **out)
{
	size_t set = (size_t)(((uintptr_t)stmt->sqlite * UINT64_C(0x9e3779b97f4a7c15)) >> 58);
	struct prepared *ways = storage->cache[set], *oldest = ways;
	int error;

	for (size_t i = 0; i < CACHE_WAYS; i++) {
		if (ways[i].text == stmt->sqlite) {
			ways[i].used_at = ++storage->clock;
			*out = &ways[i];
			return REWAPP_E_OK;
		}
		if (ways[i].used_at < oldest->used_at)
			oldest = &ways[i];
	}
	error = prepare(storage, stmt, oldest);
	oldest->used_at = ++storage->clock;
	*out = oldest;
	return error;
}

/* The statement reads the caller's bytes where they lie: it is stepped at once. */
static int bind_one(sqlite3_stmt *handle, int position, const struct value *value, int64_t seq_first)
{
	switch (value->kind) {
	case VALUE_INT:
		return sqlite3_bind_int64(handle, position, value->integer);
	case VALUE_SEQ:
		return sqlite3_bind_int64(handle, position, seq_first + value->integer);
	case VALUE_TEXT:
		return sqlite3_bind_text64(
			handle, position, value->bytes, value->size, SQLITE_STATIC, SQLITE_UTF8);
	case VALUE_BLOB:
		return sqlite3_bind_blob64(handle, position, value->bytes, value->size, SQLITE_STATIC);
	case VALUE_NULL:
		break;
	}
	return sqlite3_bind_null(handle, position);
}

static int bind(const struct sqlite_storage *storage, const struct stmt *stmt,
	const struct prepared *prepared, const struct value *args, size_t arg_count, int64_t seq_first)
{
	if ((size_t)prepared->arg_count != arg_count)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: takes %d arguments, not %zu", stmt->name,
			prepared->arg_count, arg_count);
	for (size_t i = 0; i < arg_count; i++)
		if (bind_one(prepared->handle, prepared->position[i], &args[i], seq_first) != SQLITE_OK)
			return fail_at(storage, stmt->name);
	return REWAPP_E_OK;
}

/* Runs a statement to its end; an integer in the first column of its first row goes to *out. */
static int run(struct sqlite_storage *storage, const struct stmt *stmt, const struct value *args,
	size_t arg_count, int64_t seq_first, int64_t *out)
{
	struct prepared *prepared;
	int error = statement(storage, stmt, &prepared), result;

	if (error)
		return error;
	error = bind(storage, stmt, prepared, args, arg_count, seq_first);
	if (error)
		return error;
	result = sqlite3_step(prepared->handle);
	if (result == SQLITE_ROW && out)
		*out = sqlite3_column_int64(prepared->handle, 0);
	while (result == SQLITE_ROW)
		result = sqlite3_step(prepared->handle);
	if (result != SQLITE_DONE)
		error = fail_at(storage, stmt->name);
	sqlite3_reset(prepared->handle);
	return error;
}

static int run_plain(struct sqlite_storage *storage, const struct stmt *stmt)
{
	return run(storage, stmt, NULL, 0, 0, NULL);
}

static void sqlite_close(struct storage *base)
{
	struct sqlite_storage *storage = (struct sqlite_storage *)base;

	for (size_t set = 0; set < CACHE_SETS; set++)
		for (size_t way = 0; way < CACHE_WAYS; way++)
			sqlite3_finalize(storage->cache[set][way].handle);
	sqlite3_close(storage->db);
	rewapp__env_allocate(storage->env, storage, 0);
}

static int journal_mode_read(void *is_log, int column_count, char **cells, char **names)
{
	/* A store in memory keeps its own journal. */
	*(bool *)is_log = cells[0] && (strcmp(cells[0], "wal") == 0 || strcmp(cells[0], "memory") == 0);
	return 0;
}

static int journal_begin(const struct sqlite_storage *storage, const char *address, bool normal)
{
	bool is_log = false;

	if (sqlite3_exec(storage->db, "PRAGMA journal_mode = WAL", journal_mode_read, &is_log, NULL))
		return fail_at(storage, address);
	if (!is_log)
		return rewapp__fail(REWAPP_E_STORAGE,
			"%s: the file system allows no write-ahead log (is it a network's?)", address);
	return execute(
		storage, address, normal ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
}

/* What another process wrote and did not flush before it died, this one would tell as done: it is
 * flushed first.  From then on the log is written in one piece. */
static int log_flush(const struct sqlite_storage *storage, const char *address)
{
	sqlite3_file *file = NULL;
	int error = execute(storage, address, "SELECT count(*) FROM sqlite_master");

	if (error ||
		sqlite3_file_control(storage->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK ||
		!file || !file->pMethods)
		return error;
	if (file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) != SQLITE_OK)
		return rewapp__fail(REWAPP_E_STORAGE, "%s: its write-ahead log cannot be flushed", address);
	rewapp__sqlite_log_gather(file, storage->env);
	return REWAPP_E_OK;
}

/* What a power cut left in the log behind its last whole commit is no commit, as long as one sector
 * of it is missing.  A later commit is written over it, and the next power cut may keep of that the
 * very sector: then commits would be back that everybody saw were lost.  So the log is copied into
 * the store, and the next commit begins it anew under another name, which is flushed before it.
 *
 * A log of which no commit is whole would keep its name: it is emptied, unless somebody works with it. */
static int log_restart(const struct sqlite_storage *storage, const char *address, int busy_ms)
{
	int frames = -1;
	int result = sqlite3_wal_checkpoint_v2(storage->db, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, NULL);

	if (result == SQLITE_OK && frames == 0) {
		sqlite3_busy_timeout(storage->db, 0);
		result = sqlite3_wal_checkpoint_v2(
			storage->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		sqlite3_busy_timeout(storage->db, busy_ms);
	}
	/* Who else has the store open did this; a full disk can still be read. */
	if (result == SQLITE_OK || code_of(result) == REWAPP_E_BUSY || code_of(result) == REWAPP_E_FULL)
		return REWAPP_E_OK;
	return fail_at(storage, address);
}

static int cache_set(const struct sqlite_storage *storage, const char *address, int kib)
{
	char pragma[48];

	snprintf(pragma, sizeof pragma, "PRAGMA cache_size = -%d", kib);
	return execute(storage, address, pragma);
}

static int configure(
	const struct sqlite_storage *storage, const char *address, const struct storage_options *options)
{
	int error = REWAPP_E_OK, busy_ms = options->busy_ms ? options->busy_ms : BUSY_MS_DEFAULT;

	sqlite3_extended_result_codes(storage->db, 1);
	sqlite3_busy_timeout(storage->db, busy_ms);
	sqlite3_db_config(storage->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	sqlite3_db_config(storage->db, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL);
	sqlite3_db_config(storage->db, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
	if (sqlite3_db_readonly(storage->db, "main") == 1)
		return rewapp__fail(REWAPP_E_READONLY, "%s: opened for reading only", address);
	for (size_t i = 0; i < sizeof settings / sizeof settings[0] && !error; i++)
		error = execute(storage, address, settings[i]);
	if (!error && options->cache_kib)
		error = cache_set(storage, address, options->cache_kib);
	if (!error && options->exclusive)
		error = execute(storage, address, "PRAGMA locking_mode = EXCLUSIVE");
	if (options->tidied)
		sqlite3_wal_autocheckpoint(storage->db, LOG_PAGES_TIDIED);
	if (!error)
		error = journal_begin(storage, address, options->synchronous_normal);
	if (!error && !options->synchronous_normal)
		error = log_flush(storage, address);
	return error ? error : log_restart(storage, address, busy_ms);
}

static int open_file(
	struct sqlite_storage *storage, const char *address, const struct storage_options *options)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

	/* The handle is there even when opening failed, to carry the message. */
	if (sqlite3_open_v2(address, &storage->db, flags, NULL) == SQLITE_OK)
		return configure(storage, address, options);
	if (!storage->db)
		return rewapp__fail(REWAPP_E_NOMEMORY, "%s: no memory to open it", address);
	return fail_at(storage, address);
}

static int sqlite_open(struct storage **out, const char *address, const struct storage_options *options)
{
	struct sqlite_storage *storage;
	int error;

	*out = NULL;
	if (!address[0] || strstr(address, "://"))
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "storage uri: \"sqlite:\" wants a file's name or \":memory:\"");
	storage = rewapp__env_allocate(options->env, NULL, sizeof *storage);
	if (!storage)
		return rewapp__fail(REWAPP_E_NOMEMORY, "%s: no memory to open it", address);
	memset(storage, 0, sizeof *storage);
	storage->base.driver = &rewapp__storage_sqlite;
	storage->env = options->env;
	error = open_file(storage, address, options);
	if (error) {
		sqlite_close(&storage->base);
		return error;
	}
	*out = &storage->base;
	return REWAPP_E_OK;
}

/* The schema's version; 0 in an empty file.  The texts are prepared anew each time,
 * for a migration changes what they mean. */
static int version_read(const struct sqlite_storage *storage, int64_t *version)
{
	static const char *const texts[] = {
		"SELECT count(*) FROM sqlite_master WHERE name = 'rewapp_schema'",
		"SELECT max(version) FROM rewapp_schema",
	};
	sqlite3_stmt *handle;
	int result = SQLITE_ROW;

	*version = 1;
	for (size_t i = 0; i < 2 && *version && result == SQLITE_ROW; i++) {
		if (sqlite3_prepare_v2(storage->db, texts[i], -1, &handle, NULL))
			return fail_at(storage, "schema");
		result = sqlite3_step(handle);
		*version = sqlite3_column_int64(handle, 0);
		sqlite3_finalize(handle);
	}
	return result == SQLITE_ROW ? REWAPP_E_OK : fail_at(storage, "schema");
}

static int step_record(struct sqlite_storage *storage, const struct stmt *step, int64_t version)
{
	const struct value args[] = { rewapp__value_int(version), rewapp__value_text(step->name),
		rewapp__value_int(rewapp__storage_now_ms(storage->env)) };
	int error = run(storage, &STMT_SCHEMA_RECORD, args, 3, 0, NULL);

	return error ? error : run_plain(storage, &STMT_COMMIT);
}

/* One step; a process that was faster by it is no failure. */
static int migrate_one(
	struct sqlite_storage *storage, const struct stmt *steps, size_t count, int64_t *version)
{
	const struct stmt *step;
	int error = run_plain(storage, &STMT_BEGIN_WRITE);

	if (error)
		return error;
	error = execute(storage, "schema", schema_own);
	if (!error)
		error = version_read(storage, version);
	if (!error && *version < (int64_t)count) {
		step = &steps[*version];
		error = execute(storage, step->name, step->sqlite);
		if (!error)
			error = step_record(storage, step, ++*version);
	}
	roll_back(storage);
	return error == REWAPP_E_CONFLICT ? REWAPP_E_STORAGE : error;
}

static int sqlite_migrate(struct storage *base, const struct stmt *steps, size_t count)
{
	struct sqlite_storage *storage = (struct sqlite_storage *)base;
	int64_t version;
	int error = version_read(storage, &version);

	while (!error && version < (int64_t)count)
		error = migrate_one(storage, steps, count, &version);
	if (!error && version > (int64_t)count)
		error = rewapp__storage_newer(version, count);
	return error;
}

static int cell_read(
	const struct stmt *stmt, sqlite3_stmt *handle, int column, struct arena *arena, struct value *out)
{
	int type = sqlite3_column_type(handle, column);
	const void *bytes;

	switch (type) {
	case SQLITE_NULL:
		*out = rewapp__value_null();
		return REWAPP_E_OK;
	case SQLITE_INTEGER:
		*out = rewapp__value_int(sqlite3_column_int64(handle, column));
		return REWAPP_E_OK;
	case SQLITE_TEXT:
	case SQLITE_BLOB:
		break;
	default:
		return rewapp__fail(
			REWAPP_E_CORRUPT, "%s: column %d is a floating number", stmt->name, column + 1);
	}
	bytes = sqlite3_column_blob(handle, column);
	out->kind = type == SQLITE_TEXT ? VALUE_TEXT : VALUE_BLOB;
	out->size = (uint32_t)sqlite3_column_bytes(handle, column);
	out->bytes = rewapp__arena_copy(arena, bytes, bytes ? out->size : 0);
	return out->bytes ? REWAPP_E_OK : rewapp__fail(REWAPP_E_NOMEMORY, "%s: rows", stmt->name);
}

/* Makes room for one more row in cells that grow by four. */
static struct value *row_take(struct read *read, struct value **cells, size_t *capacity, struct arena *arena)
{
	size_t larger = *capacity ? *capacity * 4 : 1;
	struct value *grown;

	if (read->row_count == *capacity) {
		if (read->column_count && larger > SIZE_MAX / read->column_count)
			return NULL;
		grown = rewapp__arena_array(arena, larger * read->column_count, sizeof *grown);
		if (!grown)
			return NULL;
		if (*cells)
			memcpy(grown, *cells, read->row_count * read->column_count * sizeof *grown);
		*cells = grown;
		*capacity = larger;
		read->cells = grown;
	}
	return *cells + read->row_count++ * read->column_count;
}

static int rows_read(
	const struct sqlite_storage *storage, struct read *read, sqlite3_stmt *handle, struct arena *arena)
{
	struct value *cells = NULL, *row;
	size_t capacity = 0;
	int result, error;

	read->column_count = (size_t)sqlite3_column_count(handle);
	while ((result = sqlite3_step(handle)) == SQLITE_ROW) {
		row = row_take(read, &cells, &capacity, arena);
		if (!row)
			return rewapp__fail(REWAPP_E_NOMEMORY, "%s: rows", read->stmt->name);
		for (size_t column = 0; column < read->column_count; column++) {
			error = cell_read(read->stmt, handle, (int)column, arena, &row[column]);
			if (error)
				return error;
		}
	}
	return result == SQLITE_DONE ? REWAPP_E_OK : fail_at(storage, read->stmt->name);
}

static int read_one(struct sqlite_storage *storage, struct read *read, struct arena *arena)
{
	struct prepared *prepared;
	int error = statement(storage, read->stmt, &prepared);

	if (!error)
		error = bind(storage, read->stmt, prepared, read->args, read->arg_count, 0);
	if (error)
		return error;
	error = rows_read(storage, read, prepared->handle, arena);
	sqlite3_reset(prepared->handle);
	return error;
}

static int sqlite_query(
	struct storage *base, struct read *reads, size_t count, struct arena *arena, bool keep)
{
	struct sqlite_storage *storage = (struct sqlite_storage *)base;
	bool open = !sqlite3_get_autocommit(storage->db);
	int error = REWAPP_E_OK;

	/* A statement alone is its own snapshot. */
	if (count == 1 && !open && !keep)
		return read_one(storage, reads, arena);
	if (!open && count)
		error = run_plain(storage, keep && base->writes ? &STMT_BEGIN_WRITE : &STMT_BEGIN_READ);
	for (size_t i = 0; i < count && !error; i++)
		error = read_one(storage, &reads[i], arena);
	if (!error && !keep && (open || count))
		error = run_plain(storage, &STMT_COMMIT);
	if (error || !keep)
		roll_back(storage);
	return error;
}

/* Nobody else adds a row until the commit. */
static int log_end(struct sqlite_storage *storage, struct log_end *end)
{
	struct prepared *prepared;
	int error = statement(storage, &STMT_LOG_LAST, &prepared), result;

	if (error)
		return error;
	result = sqlite3_step(prepared->handle);
	*end = (struct log_end){ .next = 1 };
	if (result == SQLITE_ROW && sqlite3_column_bytes(prepared->handle, 2) != CHAIN_BYTES) {
		error = rewapp__fail(REWAPP_E_CORRUPT, "the newest row of the log is damaged");
	} else if (result == SQLITE_ROW) {
		end->next = sqlite3_column_int64(prepared->handle, 0);
		end->at_ms = sqlite3_column_int64(prepared->handle, 1);
		memcpy(end->head, sqlite3_column_blob(prepared->handle, 2), CHAIN_BYTES);
	} else if (result != SQLITE_DONE) {
		error = fail_at(storage, STMT_LOG_LAST.name);
	}
	sqlite3_reset(prepared->handle);
	return error;
}

/* Whether a commit that failed so may stand in the log all the same: it was written short, over bytes
 * of an older log that were the same; it was not flushed; or the index of the log had no room for it.
 * A full disk is none of these, for it is met behind the end of the log. */
static bool may_stand(int cause)
{
	switch (cause) {
	case SQLITE_IOERR_WRITE:
	case SQLITE_IOERR_FSYNC:
	case SQLITE_IOERR_DIR_FSYNC:
	case SQLITE_IOERR_SHMOPEN:
	case SQLITE_IOERR_SHMSIZE:
	case SQLITE_IOERR_SHMMAP:
	case SQLITE_IOERR_NOMEM:
	case SQLITE_NOMEM:
		return true;
	default:
		return false;
	}
}

static int commit(struct sqlite_storage *storage)
{
	int error = run_plain(storage, &STMT_COMMIT), cause = sqlite3_extended_errcode(storage->db);

	if (error && error != REWAPP_E_FULL && may_stand(cause))
		return rewapp__fail(REWAPP_E_UNCERTAIN, "commit: %s", sqlite3_errmsg(storage->db));
	return error;
}

static int step_run(struct sqlite_storage *storage, const struct step *step, int64_t seq_first)
{
	sqlite3_int64 before = sqlite3_total_changes64(storage->db), touched;
	int error = run(storage, step->stmt, step->args, step->arg_count, seq_first, NULL);

	if (error || step->touches != TOUCHES_ONE)
		return error;

	/* changes() would still tell of the step before, had this one been no write. */
	touched = sqlite3_total_changes64(storage->db) - before;
	if (touched != 1)
		return rewapp__fail(REWAPP_E_CONFLICT, "%s: touched %lld rows, not one", step->stmt->name,
			(long long)touched);
	return REWAPP_E_OK;
}

static int steps_run(struct sqlite_storage *storage, const struct plan *plan, int64_t *seq_first)
{
	struct log_end end;
	int error = plan->seq_count ? log_end(storage, &end) : REWAPP_E_OK;

	if (plan->seq_count && !error) {
		*seq_first = end.next;
		rewapp__plan_seal(plan, &end);
	}
	for (const struct step *step = plan->first; step && !error; step = step->next)
		error = step_run(storage, step, *seq_first);
	return error ? error : commit(storage);
}

static int sqlite_apply(struct storage *base, const struct plan *plan, int64_t *seq_first)
{
	struct sqlite_storage *storage = (struct sqlite_storage *)base;
	bool open = !sqlite3_get_autocommit(storage->db);
	int error = open && !base->writes ? run_plain(storage, &STMT_COMMIT) : REWAPP_E_OK;

	if (!error && (!open || !base->writes))
		error = run_plain(storage, &STMT_BEGIN_WRITE);
	if (!error)
		error = steps_run(storage, plan, seq_first);
	roll_back(storage);
	if (error)
		*seq_first = 0;
	return error;
}

/* Carries the log over as far as nobody reads it, and waits for nobody. */
static int sqlite_tidy(struct storage *base)
{
	struct sqlite_storage *storage = (struct sqlite_storage *)base;
	int code = sqlite3_wal_checkpoint_v2(storage->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) &
		0xff;

	return code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED ? 0
										 : fail_at(storage, "tidy");
}

const struct storage_driver rewapp__storage_sqlite = {
	.scheme = "sqlite",
	.open = sqlite_open,
	.close = sqlite_close,
	.migrate = sqlite_migrate,
	.query = sqlite_query,
	.apply = sqlite_apply,
	.tidy = sqlite_tidy,
};
