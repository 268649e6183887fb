/* PostgreSQL through libpq: the same statements, sent many to a round trip.
 *
 * A query is one trip: BEGIN, all readings, COMMIT.  A plan is three: BEGIN and the
 * sequence numbers, the steps (STEPS_PER_TRIP at once), COMMIT alone, so that a broken
 * connection leaves doubt only where there is doubt. */
#include "base/error.h"
#include "storage/driver.h"
#include "storage/postgres_values.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUSY_MS_DEFAULT = 5000,

	/* Answers wait in the sockets' buffers while we send: little enough to never fill both. */
	STEPS_PER_TRIP = 256,

	CACHE_SLOTS = 1024,    /* a power of two */
	CACHE_STMTS_MAX = 768, /* never reached but by a call with hundreds of statements of its own */
	CACHE_STMTS_KEPT = 512 /* from one call to the next */
};

struct prepared {
	const char *text; /* NULL: free */
	int arg_count;
	Oid types[STMT_ARGS_MAX];
};

struct postgres_storage {
	struct storage base;
	const struct rewapp_env *env;
	PGconn *connection;
	int busy_ms;
	bool cache_stale; /* the server's statements no longer fit the schema */
	bool broken;      /* the connection is in the middle of something it will not end */
	bool snapshot;    /* is open, as far as the caller knows */
	size_t cached;
	struct prepared cache[CACHE_SLOTS]; /* the slot's number is the statement's name */
};

/* clang-format off */
#define OWN_STMT(name_, text_) static const struct stmt name_ = { #name_, NULL, text_ }
OWN_STMT(STMT_BEGIN_READ, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
OWN_STMT(STMT_BEGIN_WRITE, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
OWN_STMT(STMT_COMMIT, "COMMIT");
OWN_STMT(STMT_QUEUE, "SELECT one FROM rewapp_queue WHERE one = 1 FOR UPDATE");
OWN_STMT(STMT_LOG_LAST, "SELECT next, at_ms, hash FROM log ORDER BY seq DESC LIMIT 1");
OWN_STMT(STMT_SCHEMA_RECORD, "INSERT INTO rewapp_schema (version, name, applied_ms) VALUES ($1, $2, $3)");
/* clang-format on */

/* The lock keeps two first starts apart: CREATE ... IF NOT EXISTS alone would race. */
static const char schema_begin[] =
	"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
	"SELECT pg_advisory_xact_lock(8243112057290612);"
	"CREATE TABLE IF NOT EXISTS rewapp_schema ("
	"version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_ms BIGINT NOT NULL);"
	"CREATE TABLE IF NOT EXISTS log (seq BIGINT PRIMARY KEY, next BIGINT NOT NULL, at_ms BIGINT NOT NULL,"
	"record BYTEA NOT NULL, hash BYTEA NOT NULL);"
	"CREATE TABLE IF NOT EXISTS rewapp_queue (one BIGINT PRIMARY KEY CHECK (one = 1));"
	"INSERT INTO rewapp_queue (one) VALUES (1) ON CONFLICT DO NOTHING;";

static const char *text_of(const struct stmt *stmt)
{
	return stmt->postgres ? stmt->postgres : stmt->sqlite;
}

/* SQLSTATE, or the class of it, and what it means here.  The first that fits counts. */
static int code_of(const char *state)
{
	/* clang-format off */
	static const struct { const char *prefix; int code; } codes[] = {
		{ "40", REWAPP_E_CONFLICT },    /* serialization, deadlock */
		{ "23", REWAPP_E_CONFLICT },    /* constraints */
		{ "55P03", REWAPP_E_BUSY },     /* lock_timeout */
		{ "53300", REWAPP_E_BUSY },     /* too many connections */
		{ "57P0", REWAPP_E_BUSY },      /* shutting down, starting up */
		{ "08", REWAPP_E_BUSY },        /* connection */
		{ "25006", REWAPP_E_READONLY }, /* a standby */
		{ "53100", REWAPP_E_FULL },
		{ "22021", REWAPP_E_ARGUMENT }, /* not UTF-8 */
		{ "XX001", REWAPP_E_CORRUPT },
		{ "XX002", REWAPP_E_CORRUPT },
	};
	/* clang-format on */

	for (size_t i = 0; state && i < sizeof codes / sizeof codes[0]; i++)
		if (strncmp(state, codes[i].prefix, strlen(codes[i].prefix)) == 0)
			return codes[i].code;
	return REWAPP_E_STORAGE;
}

/* For what the connection did; what the server answered is fail_result()'s. */
static int fail_connection(const struct postgres_storage *storage, const char *place, int code)
{
	const char *message = PQerrorMessage(storage->connection);

	return rewapp__fail(code, "%s: %.*s", place, (int)strcspn(message, "\n"), message);
}

static int fail_result(struct postgres_storage *storage, const char *place, const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	if (!state || PQstatus(storage->connection) == CONNECTION_BAD)
		return fail_connection(storage, place, REWAPP_E_BUSY);
	if (strcmp(state, "26000") == 0 || strcmp(state, "0A000") == 0)
		storage->cache_stale = true;
	return rewapp__fail(code_of(state), "%s: %s", place, message ? message : state);
}

static bool is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* One or more statements without arguments, in a trip of their own. */
static int execute(struct postgres_storage *storage, const char *place, const char *text)
{
	PGresult *result = PQexec(storage->connection, text);
	int error = is_good(result) ? REWAPP_E_OK : fail_result(storage, place, result);

	PQclear(result);
	return error;
}

/* Leaves the message of what went wrong alone; does nothing outside a transaction. */
static void roll_back(const struct postgres_storage *storage)
{
	PGTransactionStatusType status = PQtransactionStatus(storage->connection);

	if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)
		PQclear(PQexec(storage->connection, "ROLLBACK"));
}

static void cache_forget(struct postgres_storage *storage)
{
	memset(storage->cache, 0, sizeof storage->cache);
	storage->cached = 0;
	storage->cache_stale = false;
}

/* Keeps the server's remarks off the host's terminal. */
static void notice_drop(void *user, const char *message)
{
}

static int session_begin(struct postgres_storage *storage)
{
	const char *encoding = PQparameterStatus(storage->connection, "server_encoding");
	char text[96];

	PQsetNoticeProcessor(storage->connection, notice_drop, NULL);
	if (!encoding || strcmp(encoding, "UTF8") != 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "storage uri: the database's encoding is %s, not UTF8",
			encoding ? encoding : "unknown");
	snprintf(text, sizeof text, "SET lock_timeout = %d; SET standard_conforming_strings = on",
		storage->busy_ms);
	return execute(storage, "storage uri", text);
}

static int connect_to(struct postgres_storage *storage, const char *address)
{
	/* What stands before the address is a default, what stands behind it is not to be changed. */
	const char *const keys[] = { "connect_timeout", "fallback_application_name", "dbname",
		"client_encoding", NULL };
	const char *const values[] = { "10", "rewapp", address, "UTF8", NULL };

	storage->connection = PQconnectdbParams(keys, values, 1);
	if (!storage->connection)
		return rewapp__fail(REWAPP_E_NOMEMORY, "storage uri: no memory to connect");
	if (PQstatus(storage->connection) != CONNECTION_OK)
		return fail_connection(storage, "storage uri", REWAPP_E_STORAGE);
	return session_begin(storage);
}

/* Brings back what broke in an earlier call. */
static int connection_ready(struct postgres_storage *storage)
{
	if (PQstatus(storage->connection) == CONNECTION_OK && !storage->broken) {
		if (!storage->cache_stale && storage->cached < CACHE_STMTS_KEPT)
			return REWAPP_E_OK;
		cache_forget(storage);
		return execute(storage, "storage", "DEALLOCATE ALL");
	}
	cache_forget(storage);
	storage->broken = false;
	PQreset(storage->connection);
	if (PQstatus(storage->connection) != CONNECTION_OK)
		return fail_connection(storage, "storage", REWAPP_E_STORAGE);
	return session_begin(storage);
}

static void postgres_close(struct storage *base)
{
	struct postgres_storage *storage = (struct postgres_storage *)base;

	PQfinish(storage->connection);
	rewapp__env_allocate(storage->env, storage, 0);
}

static int postgres_open(struct storage **out, const char *address, const struct storage_options *options)
{
	struct postgres_storage *storage;
	int error;

	*out = NULL;
	if (options->exclusive)
		return rewapp__fail(REWAPP_E_ARGUMENT, "storage uri: a server's store has no single owner");
	storage = rewapp__env_allocate(options->env, NULL, sizeof *storage);
	if (!storage)
		return rewapp__fail(REWAPP_E_NOMEMORY, "storage uri: no memory to connect");
	memset(storage, 0, sizeof *storage);
	storage->base.driver = &rewapp__storage_postgres;
	storage->env = options->env;
	storage->busy_ms = options->busy_ms ? options->busy_ms : BUSY_MS_DEFAULT;
	if (storage->busy_ms < 0)
		storage->busy_ms = 1; /* 0 would wait for ever */
	error = connect_to(storage, address);
	if (error) {
		postgres_close(&storage->base);
		return error;
	}
	*out = &storage->base;
	return REWAPP_E_OK;
}

/* The statement's slot, or the free slot where it belongs; never full. */
static struct prepared *slot_of(struct postgres_storage *storage, const struct stmt *stmt)
{
	const char *text = text_of(stmt);
	size_t slot = (size_t)(((uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15)) >> 32);

	for (slot %= CACHE_SLOTS; storage->cache[slot].text; slot = (slot + 1) % CACHE_SLOTS)
		if (storage->cache[slot].text == text)
			break;
	return &storage->cache[slot];
}

static void slot_name(const struct postgres_storage *storage, const struct prepared *prepared, char out[16])
{
	snprintf(out, 16, "r%d", (int)(prepared - storage->cache));
}

static int types_keep(const struct stmt *stmt, const PGresult *described, struct prepared *prepared)
{
	prepared->arg_count = PQnparams(described);
	if (prepared->arg_count > STMT_ARGS_MAX)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "%s: more than %d parameters", stmt->name, STMT_ARGS_MAX);
	for (int i = 0; i < prepared->arg_count; i++)
		prepared->types[i] = PQparamtype(described, i);
	return REWAPP_E_OK;
}

/* Arguments say their types, for "$1 > 0" alone would make 32 bits of one; the types of
 * nulls are the server's choice, which is why it is asked in the end. */
static int prepare(struct postgres_storage *storage, const struct stmt *stmt, const struct value *args,
	size_t arg_count, struct prepared *prepared)
{
	PGresult *result;
	char name[16];
	int error;

	slot_name(storage, prepared, name);
	for (size_t i = 0; i < arg_count; i++)
		prepared->types[i] = rewapp__postgres_type(args[i].kind);
	result = PQprepare(storage->connection, name, text_of(stmt), (int)arg_count, prepared->types);
	if (is_good(result)) {
		PQclear(result);
		result = PQdescribePrepared(storage->connection, name);
	}
	error = is_good(result) ? types_keep(stmt, result, prepared)
				: fail_result(storage, stmt->name, result);
	PQclear(result);
	if (error) {
		/* A name may be taken by now: have all names dropped. */
		storage->cache_stale = true;
		return error;
	}
	prepared->text = text_of(stmt);
	storage->cached++;
	return REWAPP_E_OK;
}

/* Called for all statements of a call before its transaction begins. */
static int prepare_ahead(
	struct postgres_storage *storage, const struct stmt *stmt, const struct value *args, size_t arg_count)
{
	struct prepared *prepared = slot_of(storage, stmt);
	int error = REWAPP_E_OK;

	if (!prepared->text) {
		if (storage->cached >= CACHE_STMTS_MAX) {
			storage->cache_stale = true;
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s: more than %d statements in one call",
				stmt->name, CACHE_STMTS_MAX);
		}
		error = prepare(storage, stmt, args, arg_count, prepared);
	}
	if (!error && (size_t)prepared->arg_count != arg_count)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: takes %d arguments, not %zu", stmt->name,
			prepared->arg_count, arg_count);
	return error;
}

static int send_prepared(struct postgres_storage *storage, const struct stmt *stmt, const struct value *args,
	size_t arg_count, int64_t seq_first)
{
	const struct prepared *prepared = slot_of(storage, stmt);
	struct postgres_args wire;
	char name[16];
	int error = rewapp__postgres_encode(&wire, stmt, prepared->types, args, arg_count, seq_first);

	if (error)
		return error;
	slot_name(storage, prepared, name);
	if (!PQsendQueryPrepared(
		    storage->connection, name, (int)arg_count, wire.values, wire.lengths, wire.formats, 1))
		return fail_connection(storage, stmt->name, REWAPP_E_BUSY);
	return REWAPP_E_OK;
}

static int send_plain(struct postgres_storage *storage, const struct stmt *stmt)
{
	if (!PQsendQueryParams(storage->connection, text_of(stmt), 0, NULL, NULL, NULL, NULL, 1))
		return fail_connection(storage, stmt->name, REWAPP_E_BUSY);
	return REWAPP_E_OK;
}

/* The answer to the oldest statement sent; *out is the caller's to clear, also on failure. */
static int receive(struct postgres_storage *storage, const struct stmt *stmt, PGresult **out)
{
	*out = PQgetResult(storage->connection);
	if (!is_good(*out))
		return fail_result(storage, stmt->name, *out);
	PQclear(PQgetResult(storage->connection)); /* NULL: the end of this answer */
	return REWAPP_E_OK;
}

static int receive_plain(struct postgres_storage *storage, const struct stmt *stmt)
{
	PGresult *result;
	int error = receive(storage, stmt, &result);

	PQclear(result);
	return error;
}

static int trip_begin(struct postgres_storage *storage, const char *place)
{
	if (!PQenterPipelineMode(storage->connection))
		return fail_connection(storage, place, REWAPP_E_BUSY);
	return REWAPP_E_OK;
}

static int trip_send(struct postgres_storage *storage, const char *place)
{
	if (!PQpipelineSync(storage->connection))
		return fail_connection(storage, place, REWAPP_E_BUSY);
	return REWAPP_E_OK;
}

/* Throws away what still comes and leaves the pipeline; `sent` tells whether a sync is on its way. */
static void trip_end(struct postgres_storage *storage, bool sent)
{
	bool done = !sent && !PQpipelineSync(storage->connection);

	while (!done && PQstatus(storage->connection) == CONNECTION_OK) {
		PGresult *result = PQgetResult(storage->connection);

		done = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		PQclear(result);
	}
	if (!PQexitPipelineMode(storage->connection))
		storage->broken = true;
}

static int reads_send(
	struct postgres_storage *storage, struct read *reads, size_t count, bool first, bool last)
{
	int error = first ? send_plain(storage, &STMT_BEGIN_READ) : REWAPP_E_OK;

	for (size_t i = 0; i < count && !error; i++)
		error = send_prepared(storage, reads[i].stmt, reads[i].args, reads[i].arg_count, 0);
	if (!error && last)
		error = send_plain(storage, &STMT_COMMIT);
	return error ? error : trip_send(storage, "query");
}

static int reads_receive(struct postgres_storage *storage, struct read *reads, size_t count, bool first,
	bool last, struct arena *arena)
{
	int error = first ? receive_plain(storage, &STMT_BEGIN_READ) : REWAPP_E_OK;
	PGresult *result;

	for (size_t i = 0; i < count && !error; i++) {
		error = receive(storage, reads[i].stmt, &result);
		if (!error)
			error = rewapp__postgres_rows(&reads[i], result, arena);
		PQclear(result);
	}
	return !error && last ? receive_plain(storage, &STMT_COMMIT) : error;
}

static int reads_trip(struct postgres_storage *storage, struct read *reads, size_t count, bool first,
	bool last, struct arena *arena)
{
	int error = trip_begin(storage, "query");
	bool sent;

	if (error)
		return error;
	error = reads_send(storage, reads, count, first, last);
	sent = !error;
	if (!error)
		error = reads_receive(storage, reads, count, first, last, arena);
	trip_end(storage, sent);
	return error;
}

static int snapshot_end(struct postgres_storage *storage)
{
	int error = reads_trip(storage, NULL, 0, false, true, NULL);

	roll_back(storage);
	return error;
}

static int postgres_query(
	struct storage *base, struct read *reads, size_t count, struct arena *arena, bool keep)
{
	struct postgres_storage *storage = (struct postgres_storage *)base;
	bool open = PQtransactionStatus(storage->connection) == PQTRANS_INTRANS,
	     lost = storage->snapshot && !open;
	int error;

	storage->snapshot = keep;
	if (count == 0)
		return open ? snapshot_end(storage) : REWAPP_E_OK;
	if (lost) {
		storage->snapshot = false;
		return fail_connection(storage, "query", REWAPP_E_BUSY);
	}
	error = open ? REWAPP_E_OK : connection_ready(storage);
	for (size_t i = 0; i < count && !error; i++)
		error = prepare_ahead(storage, reads[i].stmt, reads[i].args, reads[i].arg_count);
	for (size_t i = 0, take; i < count && !error; i += take) {
		take = count - i < STEPS_PER_TRIP ? count - i : STEPS_PER_TRIP;
		error = reads_trip(
			storage, reads + i, take, !open && i == 0, !keep && i + take == count, arena);
	}
	if (error || !keep)
		roll_back(storage);
	storage->snapshot = keep && !error;
	return error;
}

static int log_end_receive(struct postgres_storage *storage, struct log_end *end)
{
	struct read read = { .stmt = &STMT_LOG_LAST };
	struct arena arena;
	PGresult *result;
	const void *head;
	size_t size;
	int error = receive(storage, &STMT_LOG_LAST, &result);

	rewapp__arena_init(&arena, storage->env);
	if (!error)
		error = rewapp__postgres_rows(&read, result, &arena);
	PQclear(result);
	*end = (struct log_end){ .next = 1 };
	head = rewapp__cell_blob(&read, 0, 2, &size);
	if (!error && read.row_count && size != CHAIN_BYTES)
		error = rewapp__fail(REWAPP_E_CORRUPT, "the newest row of the log is damaged");
	if (!error && read.row_count) {
		end->next = rewapp__cell_int(&read, 0, 0);
		end->at_ms = rewapp__cell_int(&read, 0, 1);
		memcpy(end->head, head, CHAIN_BYTES);
	}
	rewapp__arena_finish(&arena);
	return error;
}

static int begin_send(struct postgres_storage *storage, bool open, bool numbers)
{
	int error = open ? send_plain(storage, &STMT_COMMIT) : REWAPP_E_OK;

	if (!error)
		error = send_plain(storage, &STMT_BEGIN_WRITE);
	if (!error && numbers)
		error = send_prepared(storage, &STMT_QUEUE, NULL, 0, 0);
	if (!error && numbers)
		error = send_prepared(storage, &STMT_LOG_LAST, NULL, 0, 0);
	return error ? error : trip_send(storage, "apply");
}

static int begin_receive(struct postgres_storage *storage, bool open, bool numbers, struct log_end *end)
{
	int error = open ? receive_plain(storage, &STMT_COMMIT) : REWAPP_E_OK;
	PGresult *result = NULL;

	if (!error)
		error = receive_plain(storage, &STMT_BEGIN_WRITE);
	if (error || !numbers)
		return error;
	error = receive(storage, &STMT_QUEUE, &result);
	PQclear(result);
	return error ? error : log_end_receive(storage, end);
}

/* The queue's row stays locked until the commit: here writers stand in line.  A snapshot that is
 * open ends in the same trip. */
static int apply_begin(struct postgres_storage *storage, bool numbers, struct log_end *end)
{
	bool open = PQtransactionStatus(storage->connection) == PQTRANS_INTRANS, sent;
	int error = trip_begin(storage, "apply");

	if (error)
		return error;
	storage->snapshot = false;
	error = begin_send(storage, open, numbers);
	sent = !error;
	if (!error)
		error = begin_receive(storage, open, numbers, end);
	trip_end(storage, sent);
	return error;
}

static int step_receive(struct postgres_storage *storage, const struct step *step)
{
	PGresult *result;
	int error = receive(storage, step->stmt, &result);
	const char *touched = "0";

	/* Rows that were only read were not touched. */
	if (!error && strncmp(PQcmdStatus(result), "SELECT", 6) != 0)
		touched = PQcmdTuples(result);
	if (!error && step->touches == TOUCHES_ONE && strcmp(touched, "1") != 0)
		error = rewapp__fail(
			REWAPP_E_CONFLICT, "%s: touched %s rows, not one", step->stmt->name, touched);
	PQclear(result);
	return error;
}

/* Sends and checks some steps; *next is where the following trip begins. */
static int steps_trip(struct postgres_storage *storage, const struct step **next, int64_t seq_first)
{
	const struct step *step = *next, *end;
	int error = trip_begin(storage, "apply");
	bool sent;
	size_t count = 0;

	if (error)
		return error;
	for (end = step; end && count < STEPS_PER_TRIP && !error; end = end->next, count++)
		error = send_prepared(storage, end->stmt, end->args, end->arg_count, seq_first);
	if (!error)
		error = trip_send(storage, "apply");
	sent = !error;
	for (; step != end && !error; step = step->next)
		error = step_receive(storage, step);
	trip_end(storage, sent);
	*next = end;
	return error;
}

static int commit(struct postgres_storage *storage)
{
	PGresult *result = PQexec(storage->connection, "COMMIT");
	int error = REWAPP_E_OK;

	if (PQstatus(storage->connection) == CONNECTION_BAD)
		error = fail_connection(storage, "commit", REWAPP_E_UNCERTAIN);
	else if (!is_good(result))
		error = fail_result(storage, "commit", result);
	else if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
		error = rewapp__fail(REWAPP_E_STORAGE, "commit: the server rolled back");
	PQclear(result);
	return error;
}

static int apply_prepare(struct postgres_storage *storage, const struct plan *plan)
{
	int error = connection_ready(storage);

	if (!error && plan->seq_count)
		error = prepare_ahead(storage, &STMT_QUEUE, NULL, 0);
	if (!error && plan->seq_count)
		error = prepare_ahead(storage, &STMT_LOG_LAST, NULL, 0);
	for (const struct step *step = plan->first; step && !error; step = step->next)
		error = prepare_ahead(storage, step->stmt, step->args, step->arg_count);
	return error;
}

static int postgres_apply(struct storage *base, const struct plan *plan, int64_t *seq_first)
{
	struct postgres_storage *storage = (struct postgres_storage *)base;
	const struct step *step = plan->first;
	struct log_end end;
	int error = apply_prepare(storage, plan);

	if (!error)
		error = apply_begin(storage, plan->seq_count > 0, &end);
	if (!error && plan->seq_count) {
		*seq_first = end.next;
		rewapp__plan_seal(plan, &end);
	}
	while (step && !error)
		error = steps_trip(storage, &step, *seq_first);
	if (!error)
		error = commit(storage);
	roll_back(storage);
	if (error)
		*seq_first = 0;
	return error;
}

/* The schema's version; 0 in an empty database. */
static int version_read(struct postgres_storage *storage, int64_t *version)
{
	static const char *const texts[] = {
		"SELECT count(to_regclass('rewapp_schema'))",
		"SELECT coalesce(max(version), 0) FROM rewapp_schema",
	};
	PGresult *result;
	int error = REWAPP_E_OK;

	*version = 1;
	for (size_t i = 0; i < 2 && *version && !error; i++) {
		result = PQexec(storage->connection, texts[i]);
		if (is_good(result))
			*version = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
		else
			error = fail_result(storage, "schema", result);
		PQclear(result);
	}
	return error;
}

static int step_record(struct postgres_storage *storage, const struct stmt *step, int64_t version)
{
	char numbers[2][24];
	const char *const values[] = { numbers[0], step->name, numbers[1] };
	PGresult *result;
	int error;

	snprintf(numbers[0], sizeof numbers[0], "%lld", (long long)version);
	snprintf(numbers[1], sizeof numbers[1], "%lld", (long long)rewapp__storage_now_ms(storage->env));
	result = PQexecParams(
		storage->connection, text_of(&STMT_SCHEMA_RECORD), 3, NULL, values, NULL, NULL, 0);
	error = is_good(result) ? REWAPP_E_OK : fail_result(storage, step->name, result);
	PQclear(result);
	return error ? error : commit(storage);
}

static int step_execute(struct postgres_storage *storage, const struct stmt *step)
{
	struct buffer text;
	int error;

	rewapp__buffer_init(&text, storage->env, STMT_BYTES_MAX);
	rewapp__postgres_dialect(&text, step);
	error = text.failed ? rewapp__fail(text.failed, "%s: its text", step->name)
			    : execute(storage, step->name, text.data);
	rewapp__buffer_finish(&text);
	return error;
}

/* One step; a process that was faster by it is no failure. */
static int migrate_one(
	struct postgres_storage *storage, const struct stmt *steps, size_t count, int64_t *version)
{
	const struct stmt *step;
	int error = execute(storage, "schema", schema_begin);

	if (!error)
		error = version_read(storage, version);
	if (!error && *version < (int64_t)count) {
		step = &steps[*version];
		error = step_execute(storage, step);
		if (!error)
			error = step_record(storage, step, ++*version);
	}
	roll_back(storage);
	return error == REWAPP_E_CONFLICT ? REWAPP_E_STORAGE : error;
}

static int postgres_migrate(struct storage *base, const struct stmt *steps, size_t count)
{
	struct postgres_storage *storage = (struct postgres_storage *)base;
	int64_t version = 0;
	int error = connection_ready(storage);

	if (!error)
		error = version_read(storage, &version);
	while (!error && version < (int64_t)count) {
		error = migrate_one(storage, steps, count, &version);
		storage->cache_stale = true;
	}
	if (!error && version > (int64_t)count)
		error = rewapp__storage_newer(version, count);
	return error;
}

const struct storage_driver rewapp__storage_postgres = {
	.scheme = "postgres",
	.scheme_alias = "postgresql",
	.open = postgres_open,
	.close = postgres_close,
	.migrate = postgres_migrate,
	.query = postgres_query,
	.apply = postgres_apply,
};
