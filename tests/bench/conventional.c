/* A ledger as it is usually laid out in SQL, by hand and bare: the yardstick of batches. */
#include "conventional.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum statement {
	BEGIN,
	COMMIT,
	READ_ACCOUNT,
	WRITE_ACCOUNT,
	ADD_TRANSFER,
	ADD_ENTRY,
	ADD_LOT,
	STATEMENTS
};

static const char *const texts[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[READ_ACCOUNT] = "SELECT balance, version FROM account WHERE id = ?1",
	[WRITE_ACCOUNT] = "UPDATE account SET balance = ?2, version = ?3 WHERE id = ?1",
	[ADD_TRANSFER] = "INSERT INTO transfer (id, debit, credit, amount, at_ms, key, hash) "
			 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[ADD_ENTRY] =
		"INSERT INTO entry (account, version, transfer, amount, balance) VALUES (?1, ?2, ?3, ?4, ?5)",
	[ADD_LOT] = "INSERT INTO lot (account, expires_ms, transfer, remaining) VALUES (?1, ?2, ?3, ?4)",
};

static const char schema[] =
	"PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = "
	"-16384;"
	"CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, version INTEGER NOT NULL);"
	"CREATE TABLE transfer (id INTEGER PRIMARY KEY, debit INTEGER NOT NULL, credit INTEGER NOT NULL,"
	" amount INTEGER NOT NULL, at_ms INTEGER NOT NULL, key BLOB NOT NULL UNIQUE, hash BLOB NOT NULL);"
	"CREATE TABLE entry (account INTEGER, version INTEGER, transfer INTEGER NOT NULL, amount INTEGER NOT "
	"NULL,"
	" balance INTEGER NOT NULL, PRIMARY KEY (account, version)) WITHOUT ROWID;"
	"CREATE TABLE lot (account INTEGER, expires_ms INTEGER, transfer INTEGER, remaining INTEGER NOT NULL,"
	" PRIMARY KEY (account, expires_ms, transfer)) WITHOUT ROWID;"
	"CREATE INDEX lot_expires ON lot (expires_ms);";

struct conventional {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	int64_t members, funders, transfer;
	uint64_t seed;
	uint8_t head[32];
};

static void check(const struct conventional *store, int result)
{
	if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW)
		return;
	fprintf(stderr, "conventional: %s\n", sqlite3_errmsg(store->db));
	exit(EXIT_FAILURE);
}

static uint64_t random_next(struct conventional *store)
{
	store->seed ^= store->seed << 13;
	store->seed ^= store->seed >> 7;
	store->seed ^= store->seed << 17;
	return store->seed;
}

/* Binds `count` numbers from the first parameter on and runs the statement to its end. */
static void run(struct conventional *store, enum statement which, const int64_t *numbers, int count)
{
	sqlite3_stmt *statement = store->statements[which];

	for (int i = 0; i < count; i++)
		check(store, sqlite3_bind_int64(statement, i + 1, numbers[i]));
	check(store, sqlite3_step(statement));
	check(store, sqlite3_reset(statement));
}

struct conventional *conventional_open(const char *path, int64_t members, int64_t funders)
{
	struct conventional *store = calloc(1, sizeof *store);

	if (!store || sqlite3_open(path, &store->db) != SQLITE_OK) {
		fprintf(stderr, "conventional: %s cannot be opened\n", path);
		exit(EXIT_FAILURE);
	}
	store->members = members;
	store->funders = funders;
	store->seed = 88172645463325252u;
	check(store, sqlite3_exec(store->db, schema, NULL, NULL, NULL));
	for (int i = 0; i < STATEMENTS; i++)
		check(store,
			sqlite3_prepare_v3(store->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
				&store->statements[i], NULL));
	check(store, sqlite3_exec(store->db, "BEGIN", NULL, NULL, NULL));
	for (int64_t i = 1; i <= members + funders; i++) {
		char text[80];

		snprintf(text, sizeof text, "INSERT INTO account VALUES (%lld, 0, 0)", (long long)i);
		check(store, sqlite3_exec(store->db, text, NULL, NULL, NULL));
	}
	check(store, sqlite3_exec(store->db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL));
	return store;
}

/* One side: the balance moves, and an entry says so. */
static void book(struct conventional *store, int64_t account, int64_t amount)
{
	sqlite3_stmt *read = store->statements[READ_ACCOUNT];
	int64_t balance, version;

	check(store, sqlite3_bind_int64(read, 1, account));
	check(store, sqlite3_step(read));
	balance = sqlite3_column_int64(read, 0) + amount;
	version = sqlite3_column_int64(read, 1) + 1;
	check(store, sqlite3_reset(read));
	run(store, WRITE_ACCOUNT, (int64_t[]){ account, balance, version }, 3);
	run(store, ADD_ENTRY, (int64_t[]){ account, version, store->transfer, amount, balance }, 5);
}

/* The key begins with the time, as the engine's own ids do. */
static void transfer(struct conventional *store, int64_t debit, int64_t credit, int64_t amount, int64_t at_ms)
{
	sqlite3_stmt *add = store->statements[ADD_TRANSFER];
	int64_t fields[] = { ++store->transfer, debit, credit, amount, at_ms };
	uint64_t key[2] = { __builtin_bswap64((uint64_t)at_ms << 16 | (uint64_t)(store->transfer & 0xffff)),
		random_next(store) };
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof store->head);
	crypto_generichash_update(&state, store->head, sizeof store->head);
	crypto_generichash_update(&state, (const uint8_t *)fields, sizeof fields);
	crypto_generichash_update(&state, (const uint8_t *)key, sizeof key);
	crypto_generichash_final(&state, store->head, sizeof store->head);
	check(store, sqlite3_bind_blob(add, 6, key, sizeof key, SQLITE_STATIC));
	check(store, sqlite3_bind_blob(add, 7, store->head, sizeof store->head, SQLITE_STATIC));
	run(store, ADD_TRANSFER, fields, 5);
}

void conventional_batch(struct conventional *store, size_t count)
{
	int64_t at_ms = 1700000000000 + store->transfer;

	run(store, BEGIN, NULL, 0);
	for (size_t i = 0; i < count; i++) {
		int64_t member = 1 + (int64_t)(random_next(store) % (uint64_t)store->members);
		int64_t funder = 1 + store->members +
			(int64_t)(random_next(store) % (uint64_t)store->funders);
		int64_t amount = 1 + (int64_t)(random_next(store) % 400);

		transfer(store, funder, member, amount, at_ms);
		book(store, funder, -amount);
		book(store, member, amount);
		run(store, ADD_LOT, (int64_t[]){ member, at_ms + 31536000000, store->transfer, amount }, 4);
	}
	run(store, COMMIT, NULL, 0);
}

void conventional_close(struct conventional *store)
{
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(store->statements[i]);
	sqlite3_close(store->db);
	free(store);
}
