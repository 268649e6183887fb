/* Storage: six functions, two databases, one text of SQL.
 *
 * The caller never holds a transaction open and talks.  It reads what it needs in
 * a few round trips, decides, collects its writes in a plan, and the driver writes
 * the plan whole or not at all.
 *
 * One storage serves one thread at a time. */
#ifndef REWAPP_STORAGE_STORAGE_H
#define REWAPP_STORAGE_STORAGE_H

#include "base/arena.h"
#include "storage/chain.h"

#include <rewapp/sys/env.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A statement: its name and its text, one variant for each database.  Written in a
 * .sql file beside its domain; the build makes the C table (sql2c.py). */
struct stmt {
	const char *name;
	const char *sqlite;
	const char *postgres; /* the same text unless the file gives a variant */
};

enum value_kind {
	VALUE_NULL,
	VALUE_INT,
	VALUE_TEXT,
	VALUE_BLOB,
	VALUE_SEQ /* the plan's first sequence number plus `integer` */
};

/* An argument or a column.  `bytes` is borrowed: from the caller for arguments,
 * from the arena for results (text there has a NUL behind it). */
struct value {
	enum value_kind kind;
	uint32_t size; /* of bytes, without a NUL */
	union {
		int64_t integer;
		const void *bytes;
	};
};

struct value rewapp__value_null(void);
struct value rewapp__value_int(int64_t integer);
struct value rewapp__value_text(const char *text); /* NULL text gives a null */
struct value rewapp__value_blob(const void *bytes, size_t size);
struct value rewapp__value_seq(int64_t offset);

enum {
	STMT_ARGS_MAX = 24,
	STMT_BYTES_MAX = 256 * 1024 * 1024 /* of one text or blob; larger is refused with REWAPP_E_ARGUMENT */
};

/* One reading of a statement: the same statement may be read many times in one call
 * with other arguments, which costs one round trip in all. */
struct read {
	const struct stmt *stmt;
	size_t arg_count;
	const struct value *args;

	/* Set by the driver. */
	size_t row_count, column_count;
	const struct value *cells; /* row_count * column_count, row by row, in the arena */
};

/* What a plan's step must have done. */
enum touches {
	TOUCHES_ANY,
	TOUCHES_ONE /* exactly one row, else the plan is refused: REWAPP_E_CONFLICT */
};

struct step {
	const struct stmt *stmt;
	enum touches touches;
	size_t arg_count;
	struct value *args; /* in the plan's arena */
	uint8_t *hash;      /* of a row of the log: where its hash goes, among the arguments; else NULL */
	struct step *next;
};

/* Writes in their order, all or nothing. */
struct plan {
	struct arena *arena; /* borrowed; holds steps and arguments */
	struct step *first, **last;
	size_t step_count;
	int64_t seq_count; /* sequence numbers that the plan takes */
	int64_t now_ms;    /* of its rows of the log, unless somebody was later already */
	int failed; /* REWAPP_E_NOMEMORY once a step did not fit, REWAPP_E_ARGUMENT past STMT_…_MAX */
};

void rewapp__plan_begin(struct plan *plan, struct arena *arena);

/* Takes the next sequence number: an offset, to be written as rewapp__value_seq(offset). */
int64_t rewapp__plan_seq(struct plan *plan);

/* Adds a step; `args` are copied, with the bytes they point at. */
void rewapp__plan_add(struct plan *plan, const struct stmt *stmt, enum touches touches,
	const struct value *args, size_t arg_count);

/* Adds a row of the log, numbered as `offset` of the plan's.  The log is the storage's own table: its
 * newest row tells the next number and the head of the chain. */
void rewapp__plan_add_log(struct plan *plan, int64_t offset, const void *record, size_t size);

/* Completes a plan that takes numbers; one without a row of the log gets an empty one.
 * rewapp__storage_apply() calls it. */
void rewapp__plan_finish(struct plan *plan);

/* What the newest row of the log tells; before the first: 1, 0, zeros. */
struct log_end {
	int64_t next, at_ms;
	uint8_t head[CHAIN_BYTES];
};

/* For drivers: fills in what the plan's rows of the log take from the row before them, and makes `end`
 * what they tell. */
void rewapp__plan_seal(const struct plan *plan, struct log_end *end);

struct storage;

struct storage_options {
	const struct rewapp_env *env; /* borrowed, may be NULL */
	bool synchronous_normal;      /* SQLite: NORMAL instead of FULL, a power cut may lose the newest */
	bool exclusive; /* SQLite: nobody else may open the store; PostgreSQL: REWAPP_E_ARGUMENT */
	int busy_ms;    /* how long to wait for another process's write; 0: 5 seconds, negative: not at all */
	bool tidied;    /* somebody tidies, so that applies need not */
	int cache_kib;  /* SQLite: of pages that stay in memory; 0: SQLite's own 2 MiB */
};

struct storage_driver {
	const char *scheme;       /* "sqlite" answers to "sqlite:till.db" */
	const char *scheme_alias; /* "postgresql", or NULL */

	/* `address` is what stands behind the scheme ("till.db"; for PostgreSQL the whole
	 * URI).  Returns 0, REWAPP_E_ARGUMENT, REWAPP_E_STORAGE, REWAPP_E_BUSY, REWAPP_E_CORRUPT (no database
	 * of this kind), REWAPP_E_READONLY, REWAPP_E_FULL, REWAPP_E_NOMEMORY. */
	int (*open)(struct storage **out, const char *address, const struct storage_options *options);
	void (*close)(struct storage *storage);

	/* Brings the schema from its recorded version up to `count`, each step in a
	 * transaction of its own with the record of it.  Step i is version i + 1.
	 * Returns 0, REWAPP_E_VERSION (the store is newer; nothing was touched), and as open. */
	int (*migrate)(struct storage *storage, const struct stmt *steps, size_t count);

	/* All readings see one snapshot, and see the one that is open if `keep` was true before; it stays
	 * open when `keep` is true.  No readings at all end it.  Results live in the arena.
	 * Returns 0, REWAPP_E_BUSY, REWAPP_E_STORAGE, REWAPP_E_CORRUPT, REWAPP_E_NOMEMORY. */
	int (*query)(
		struct storage *storage, struct read *reads, size_t count, struct arena *arena, bool keep);

	/* Writes the whole plan in one durable transaction, or nothing of it.  When the plan takes numbers
	 * it reads the newest row of the log first and seals the plan behind it.  *seq_first is the number
	 * that rewapp__value_seq(0) became.  Writers are serialised
	 * from the taking of the numbers to the commit, so numbers become visible in their order.
	 *
	 * Returns 0, REWAPP_E_CONFLICT (a step touched other than one row, or broke a constraint: load
	 * again), REWAPP_E_BUSY, REWAPP_E_UNCERTAIN (the connection broke during the commit: send the same
	 * ids again), REWAPP_E_STORAGE, REWAPP_E_FULL, REWAPP_E_READONLY, REWAPP_E_NOMEMORY.  Ends a snapshot
	 * that is open. */
	int (*apply)(struct storage *storage, const struct plan *plan, int64_t *seq_first);

	/* What need not wait for an apply; NULL where there is nothing.  Returns 0, also when others are in
	 * the way, REWAPP_E_STORAGE, REWAPP_E_FULL, REWAPP_E_CORRUPT, REWAPP_E_NOMEMORY. */
	int (*tidy)(struct storage *storage);
};

/* What every driver's storage starts with. */
struct storage {
	const struct storage_driver *driver;
	bool held;   /* between rewapp__storage_hold() and _release() */
	bool writes; /* the holder is going to apply a plan */
};

/* "sqlite:till.db", "sqlite::memory:", "postgres://…"; NULL is "sqlite::memory:".  The driver
 * is found by its scheme in the list that meson.build beside this file holds. */
int rewapp__storage_open(struct storage **out, const char *uri, const struct storage_options *options);
void rewapp__storage_close(struct storage *storage); /* NULL is fine */
int rewapp__storage_migrate(struct storage *storage, const struct stmt *steps, size_t count);
int rewapp__storage_query(struct storage *storage, struct read *reads, size_t count, struct arena *arena);

/* From the hold to the release (or to an apply, which ends it) all queries see one snapshot: the
 * first one's.  `writes` says that an apply will follow: where one writer locks all others out in any case
 * (SQLite), the lock is taken at once and nothing can change before the apply.  A hold lets go of one that
 * was forgotten. */
void rewapp__storage_hold(struct storage *storage, bool writes);
void rewapp__storage_release(struct storage *storage);
int rewapp__storage_apply(struct storage *storage, struct plan *plan, int64_t *seq_first);

/* Lets go of a hold that was forgotten, too. */
int rewapp__storage_tidy(struct storage *storage);

/* Cells, by row and column; a null or another kind reads as 0 or NULL. */
int64_t rewapp__cell_int(const struct read *read, size_t row, size_t column);
const char *rewapp__cell_text(const struct read *read, size_t row, size_t column);
const void *rewapp__cell_blob(const struct read *read, size_t row, size_t column, size_t *size);
bool rewapp__cell_is_null(const struct read *read, size_t row, size_t column);

#endif
