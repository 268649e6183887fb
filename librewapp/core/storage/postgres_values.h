/* Values in PostgreSQL's binary form, and SQLite's schema words in PostgreSQL's. */
#ifndef REWAPP_STORAGE_POSTGRES_VALUES_H
#define REWAPP_STORAGE_POSTGRES_VALUES_H

#include "base/buffer.h"
#include "storage/storage.h"

#include <libpq-fe.h>

/* Arguments as libpq takes them; it copies them when it sends. */
struct postgres_args {
	const char *values[STMT_ARGS_MAX];
	int lengths[STMT_ARGS_MAX], formats[STMT_ARGS_MAX];
	char integers[STMT_ARGS_MAX][24];
};

/* The type that an argument of this kind asks for; 0 lets the server choose. */
Oid rewapp__postgres_type(enum value_kind kind);

/* Returns 0 or REWAPP_E_ARGUMENT.  Bytes are borrowed from `args`. */
int rewapp__postgres_encode(struct postgres_args *out, const struct stmt *stmt, const Oid *types,
	const struct value *args, size_t arg_count, int64_t seq_first);

/* Copies a result's rows into the reading.  Whole numbers of any width become VALUE_INT.
 * Returns 0, REWAPP_E_CORRUPT (a number past 64 bits or with a fraction), REWAPP_E_STORAGE (a
 * type that the dialect does not know), REWAPP_E_NOMEMORY. */
int rewapp__postgres_rows(struct read *read, const PGresult *result, struct arena *arena);

/* Appends a migration's text: the [postgres] variant as it stands, else SQLite's with
 * INTEGER, BLOB and TEXT made BIGINT, BYTEA and TEXT COLLATE "C", and without STRICT and
 * WITHOUT ROWID. */
void rewapp__postgres_dialect(struct buffer *out, const struct stmt *step);

#endif
