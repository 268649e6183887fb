/* The table of API keys, and its copy in memory that requests are checked against. */
#include "keys/keys.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "keys.sql.h"
#include "keys_schema.h"
#include "storage/storage.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	SECRET_BYTES = 32,
	HASH_BYTES = 32,
	ID_BYTES = 8,
	FRESH_MS = 2000,
	UNKNOWN_MS = 5,
	BUSY_MS = 5000
};

struct row {
	char id[KEY_ID_CAPACITY];
	unsigned char hash[HASH_BYTES];
	struct identity identity;
};

struct keys {
	pthread_mutex_t storage_mutex; /* storage serves one thread at a time */
	struct storage *storage;
	pthread_rwlock_t rows_lock;
	struct row *rows; /* in the order of their ids */
	size_t count;
	int64_t loaded_ms; /* monotonic */
};

static const struct {
	unsigned scope;
	const char *name;
} scopes[] = { { SCOPE_PLATFORM, "platform" }, { SCOPE_MERCHANT, "merchant" },
	{ SCOPE_TERMINAL, "terminal" } };

const char *rewapp__scope_name(unsigned scope)
{
	for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
		if (scopes[i].scope == scope)
			return scopes[i].name;
	return "public";
}

unsigned rewapp__scope_parse(const char *name)
{
	for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
		if (strcmp(scopes[i].name, name) == 0)
			return scopes[i].scope;
	return 0;
}

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void hash_secret(const unsigned char secret[SECRET_BYTES], unsigned char hash[HASH_BYTES])
{
	static const unsigned char domain[] = "rewapp.api-key.1";

	crypto_generichash(hash, HASH_BYTES, secret, SECRET_BYTES, domain, sizeof domain - 1);
}

/* Where the keys of a store are kept: a file beside it, or a schema of the same database. */
static void place_beside(struct buffer *uri, const char *store)
{
	if (strncmp(store, "postgres", 8) == 0)
		rewapp__buffer_printf(uri, "%s%coptions=-csearch_path%%3Drewapp_server", store,
			strchr(store, '?') ? '&' : '?');
	else
		rewapp__buffer_printf(
			uri, "%s%s", store, strcmp(store, "sqlite::memory:") == 0 ? "" : "-server");
}

/* A connection's search_path may name a schema that is not there yet. */
static int create_schema(const char *store, const struct storage_options *options)
{
	struct storage *storage;
	struct arena arena;
	struct plan plan;
	int64_t first;
	int error = rewapp__storage_open(&storage, store, options);

	if (error < 0)
		return error;
	rewapp__arena_init(&arena, NULL);
	rewapp__plan_begin(&plan, &arena);
	rewapp__plan_add(&plan, &STMT_KEYS_SCHEMA, TOUCHES_ANY, NULL, 0);
	error = rewapp__storage_apply(storage, &plan, &first);
	rewapp__arena_finish(&arena);
	rewapp__storage_close(storage);
	return error;
}

static int open_storage(struct keys *keys, const char *uri, const char *store)
{
	struct storage_options options = { .busy_ms = BUSY_MS };
	struct buffer beside;
	int error = 0;

	rewapp__buffer_init(&beside, NULL, 4096);
	if (!uri) {
		place_beside(&beside, store);
		uri = beside.data;
		if (strncmp(store, "postgres", 8) == 0)
			error = create_schema(store, &options);
	}
	if (!error)
		error = uri ? rewapp__storage_open(&keys->storage, uri, &options) : REWAPP_E_NOMEMORY;
	rewapp__buffer_finish(&beside);
	return error < 0
		? error
		: rewapp__storage_migrate(keys->storage, rewapp__keys_steps, rewapp__keys_step_count);
}

int rewapp__keys_open(struct keys **out, const char *uri, const char *store)
{
	struct keys *keys = calloc(1, sizeof *keys);
	int error;

	*out = NULL;
	if (!keys || sodium_init() < 0) {
		free(keys);
		return rewapp__fail(REWAPP_E_NOMEMORY, "API keys: no memory or no randomness");
	}
	pthread_mutex_init(&keys->storage_mutex, NULL);
	pthread_rwlock_init(&keys->rows_lock, NULL);
	keys->loaded_ms = INT64_MIN / 2;
	error = open_storage(keys, uri, store);
	if (error < 0) {
		rewapp__keys_close(keys);
		return error;
	}
	*out = keys;
	return 0;
}

void rewapp__keys_close(struct keys *keys)
{
	if (!keys)
		return;
	if (keys->storage)
		rewapp__storage_close(keys->storage);
	free(keys->rows);
	pthread_rwlock_destroy(&keys->rows_lock);
	pthread_mutex_destroy(&keys->storage_mutex);
	free(keys);
}

static int apply(struct keys *keys, const struct stmt *stmt, enum touches touches, const struct value *args,
	size_t count)
{
	struct arena arena;
	struct plan plan;
	int64_t first;
	int error;

	rewapp__arena_init(&arena, NULL);
	rewapp__plan_begin(&plan, &arena);
	rewapp__plan_add(&plan, stmt, touches, args, count);
	pthread_mutex_lock(&keys->storage_mutex);
	error = rewapp__storage_apply(keys->storage, &plan, &first);
	pthread_mutex_unlock(&keys->storage_mutex);
	rewapp__arena_finish(&arena);
	return error;
}

int rewapp__keys_create(struct keys *keys, const struct identity *identity, char text[KEY_TEXT_CAPACITY])
{
	unsigned char id[ID_BYTES], secret[SECRET_BYTES], hash[HASH_BYTES];
	char id_text[KEY_ID_CAPACITY];
	bool of_merchant = !rewapp_id_is_zero(&identity->merchant);
	struct value args[6];
	int error;

	randombytes_buf(id, sizeof id);
	randombytes_buf(secret, sizeof secret);
	hash_secret(secret, hash);
	sodium_bin2hex(id_text, sizeof id_text, id, sizeof id);
	args[0] = rewapp__value_text(id_text);
	args[1] = rewapp__value_blob(hash, sizeof hash);
	args[2] = rewapp__value_text(rewapp__scope_name(identity->scope));
	args[3] = of_merchant ? rewapp__value_blob(identity->merchant.bytes, 16) : rewapp__value_null();
	args[4] = rewapp__value_text(identity->terminal);
	args[5] = rewapp__value_int(clock_ms(CLOCK_REALTIME));
	error = apply(keys, &STMT_KEYS_INSERT, TOUCHES_ONE, args, 6);
	memcpy(text, "rwk_", 4);
	memcpy(text + 4, id_text, KEY_ID_CAPACITY - 1);
	text[20] = '_';
	sodium_bin2hex(text + 21, KEY_TEXT_CAPACITY - 21, secret, sizeof secret);
	sodium_memzero(secret, sizeof secret);
	return error;
}

int rewapp__keys_revoke(struct keys *keys, const char *id)
{
	struct value args[] = { rewapp__value_text(id), rewapp__value_int(clock_ms(CLOCK_REALTIME)) };
	int error = apply(keys, &STMT_KEYS_REVOKE, TOUCHES_ONE, args, 2);

	if (error == REWAPP_E_CONFLICT)
		return rewapp__fail(REWAPP_E_NOTFOUND, "id: no key that is not revoked has this id");
	return error;
}

/* Columns of both readings: id, hash, scope, merchant, terminal, created_ms, revoked_ms. */
static void read_identity(const struct read *read, size_t row, struct identity *identity)
{
	const char *scope = rewapp__cell_text(read, row, 2), *terminal = rewapp__cell_text(read, row, 4);
	size_t size = 0;
	const void *merchant = rewapp__cell_blob(read, row, 3, &size);

	memset(identity, 0, sizeof *identity);
	identity->scope = scope ? rewapp__scope_parse(scope) : 0;
	if (merchant && size == sizeof identity->merchant.bytes)
		memcpy(identity->merchant.bytes, merchant, size);
	if (terminal)
		strncat(identity->terminal, terminal, sizeof identity->terminal - 1);
}

static int query(struct keys *keys, const struct stmt *stmt, struct arena *arena, struct read *read)
{
	int error;

	*read = (struct read){ .stmt = stmt };
	pthread_mutex_lock(&keys->storage_mutex);
	error = rewapp__storage_query(keys->storage, read, 1, arena);
	pthread_mutex_unlock(&keys->storage_mutex);
	return error;
}

int rewapp__keys_list(struct keys *keys, void (*each)(void *user, const struct key *key), void *user)
{
	struct arena arena;
	struct read read;
	int error;

	rewapp__arena_init(&arena, NULL);
	error = query(keys, &STMT_KEYS_ALL, &arena, &read);
	for (size_t i = 0; !error && i < read.row_count; i++) {
		struct key key = { .created_ms = rewapp__cell_int(&read, i, 5),
			.revoked_ms = rewapp__cell_int(&read, i, 6) };
		const char *id = rewapp__cell_text(&read, i, 0);

		strncat(key.id, id ? id : "", sizeof key.id - 1);
		read_identity(&read, i, &key.identity);
		each(user, &key);
	}
	rewapp__arena_finish(&arena);
	return error;
}

static void read_row(const struct read *read, size_t i, struct row *row)
{
	const char *id = rewapp__cell_text(read, i, 0);
	size_t size = 0;
	const void *hash = rewapp__cell_blob(read, i, 1, &size);

	memset(row, 0, sizeof *row);
	strncat(row->id, id ? id : "", sizeof row->id - 1);
	read_identity(read, i, &row->identity);
	if (hash && size == sizeof row->hash)
		memcpy(row->hash, hash, size);
	else
		row->identity.scope = 0; /* reaches nothing */
}

/* Reads the live keys again; on failure the old copy stays. */
static void load(struct keys *keys)
{
	struct arena arena;
	struct read read;
	struct row *rows = NULL, *old;

	rewapp__arena_init(&arena, NULL);
	if (query(keys, &STMT_KEYS_LIVE, &arena, &read) == 0)
		rows = calloc(read.row_count + 1, sizeof *rows);
	for (size_t i = 0; rows && i < read.row_count; i++)
		read_row(&read, i, &rows[i]);
	pthread_rwlock_wrlock(&keys->rows_lock);
	keys->loaded_ms = clock_ms(CLOCK_MONOTONIC);
	old = rows ? keys->rows : NULL;
	if (rows) {
		keys->rows = rows;
		keys->count = read.row_count;
	}
	pthread_rwlock_unlock(&keys->rows_lock);
	free(old);
	rewapp__arena_finish(&arena);
}

static int compare_row(const void *id, const void *row)
{
	return strcmp(id, ((const struct row *)row)->id);
}

static bool parse_text(const char *text, char id[KEY_ID_CAPACITY], unsigned char secret[SECRET_BYTES])
{
	size_t size = 0;

	if (strlen(text) != KEY_TEXT_CAPACITY - 1 || memcmp(text, "rwk_", 4) != 0 || text[20] != '_')
		return false;
	memcpy(id, text + 4, KEY_ID_CAPACITY - 1);
	id[KEY_ID_CAPACITY - 1] = '\0';
	return sodium_hex2bin(secret, SECRET_BYTES, text + 21, 2 * SECRET_BYTES, NULL, &size, NULL) == 0 &&
		size == SECRET_BYTES;
}

static bool is_older(struct keys *keys, int64_t limit_ms)
{
	int64_t age_ms;

	pthread_rwlock_rdlock(&keys->rows_lock);
	age_ms = clock_ms(CLOCK_MONOTONIC) - keys->loaded_ms;
	pthread_rwlock_unlock(&keys->rows_lock);
	return age_ms > limit_ms;
}

/* 1: theirs, and *out is set; 0: revoked or forged; -1: no such key is in memory. */
static int find(struct keys *keys, const char *id, const unsigned char hash[HASH_BYTES], struct identity *out)
{
	const struct row *row;
	int result = -1;

	pthread_rwlock_rdlock(&keys->rows_lock);
	row = keys->count ? bsearch(id, keys->rows, keys->count, sizeof *keys->rows, compare_row) : NULL;
	if (row)
		result = row->identity.scope && sodium_memcmp(hash, row->hash, HASH_BYTES) == 0;
	if (result == 1)
		*out = row->identity;
	pthread_rwlock_unlock(&keys->rows_lock);
	return result;
}

bool rewapp__keys_check(struct keys *keys, const char *text, struct identity *out)
{
	char id[KEY_ID_CAPACITY];
	unsigned char secret[SECRET_BYTES], hash[HASH_BYTES];
	int found;

	if (!parse_text(text, id, secret))
		return false;
	hash_secret(secret, hash);
	if (is_older(keys, FRESH_MS))
		load(keys);
	found = find(keys, id, hash, out);
	/* It may have been made a moment ago; but strangers must not keep the table busy. */
	if (found < 0 && is_older(keys, UNKNOWN_MS)) {
		load(keys);
		found = find(keys, id, hash, out);
	}
	return found == 1;
}
