/* Records by SQLite's preupdate hook, so that neither the engine nor its store knows. */
#define SQLITE_ENABLE_PREUPDATE_HOOK
#include "tape.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TABLES = 64,
	COLUMNS = 32,
	STATEMENTS = 256,
	BATCHES = 4096,
	TEXT = 1024
};

struct table {
	char name[64];
	int count;
	char columns[COLUMNS][64];
	unsigned key; /* a bit for each column of the primary key */
};

struct statement {
	const struct table *table;
	int operation;
	unsigned changed; /* a bit for each column that an update sets */
	int cell_count;
};

/* A value; the bytes of a text or blob lie at `integer` of the tape's bytes. */
struct cell {
	int type, size;
	int64_t integer;
};

struct list {
	void *items;
	size_t count, capacity;
};

struct tape {
	sqlite3 *db;
	struct table tables[TABLES];
	int table_count;
	struct statement statements[STATEMENTS];
	int statement_count;
	struct list rows, cells, bytes; /* of int (statements), struct cell, char */
	size_t ends[BATCHES];           /* the rows before the end of each batch */
	int batch_count;
	char settings[TEXT];
};

static struct tape *listening;

static void die(const char *what, sqlite3 *db)
{
	fprintf(stderr, "tape: %s: %s\n", what, db ? sqlite3_errmsg(db) : "no room");
	exit(EXIT_FAILURE);
}

static void *append(struct list *list, size_t count, size_t size)
{
	char *at;

	while (list->count + count > list->capacity) {
		list->capacity = list->capacity ? list->capacity * 2 : 4096;
		list->items = realloc(list->items, list->capacity * size);
		if (!list->items)
			die("memory", NULL);
	}
	at = (char *)list->items + list->count * size;
	list->count += count;
	return at;
}

static void add(char *text, const char *more)
{
	size_t length = strlen(text);

	snprintf(text + length, TEXT - length, "%s", more);
}

/* --- the tables --------------------------------------------------------------------- */

static int column_read(void *context, int count, char **values, char **names)
{
	struct tape *tape = context;
	struct table *table = &tape->tables[tape->table_count - 1];

	if (tape->table_count == 0 || strcmp(table->name, values[0]) != 0) {
		if (tape->table_count == TABLES)
			die("tables", NULL);
		table = &tape->tables[tape->table_count++];
		snprintf(table->name, sizeof table->name, "%s", values[0]);
	}
	if (table->count == COLUMNS)
		die("columns", NULL);
	if (strcmp(values[2], "0") != 0)
		table->key |= 1U << table->count;
	snprintf(table->columns[table->count++], sizeof table->columns[0], "%s", values[1]);
	return 0;
}

static void tables_read(struct tape *tape, const char *path)
{
	sqlite3 *db;

	if (sqlite3_open(path, &db) ||
		sqlite3_exec(db,
			"SELECT t.name, c.name, c.pk FROM sqlite_master t, pragma_table_info(t.name) c "
			"WHERE t.type = 'table' ORDER BY t.name, c.cid",
			column_read, tape, NULL))
		die(path, db);
	sqlite3_close(db);
}

/* --- recording ---------------------------------------------------------------------- */

static bool is_same(sqlite3_value *a, sqlite3_value *b)
{
	int type = sqlite3_value_type(a);

	if (type != sqlite3_value_type(b))
		return false;
	if (type == SQLITE_NULL)
		return true;
	if (type == SQLITE_INTEGER)
		return sqlite3_value_int64(a) == sqlite3_value_int64(b);
	return sqlite3_value_bytes(a) == sqlite3_value_bytes(b) &&
		memcmp(sqlite3_value_blob(a), sqlite3_value_blob(b), (size_t)sqlite3_value_bytes(a)) == 0;
}

static void record_cell(struct tape *tape, sqlite3_value *value)
{
	struct cell *cell = append(&tape->cells, 1, sizeof *cell);

	*cell = (struct cell){ .type = sqlite3_value_type(value) };
	if (cell->type == SQLITE_INTEGER)
		cell->integer = sqlite3_value_int64(value);
	if (cell->type != SQLITE_TEXT && cell->type != SQLITE_BLOB)
		return;
	cell->size = sqlite3_value_bytes(value);
	cell->integer = (int64_t)tape->bytes.count;
	if (cell->size)
		memcpy(append(&tape->bytes, (size_t)cell->size, 1), sqlite3_value_blob(value),
			(size_t)cell->size);
}

static const struct table *table_find(const struct tape *tape, const char *name)
{
	for (int i = 0; i < tape->table_count; i++)
		if (strcmp(tape->tables[i].name, name) == 0)
			return &tape->tables[i];
	die(name, NULL);
	return NULL;
}

static int statement_find(struct tape *tape, const struct statement *wanted)
{
	struct statement *all = tape->statements;

	for (int i = 0; i < tape->statement_count; i++)
		if (all[i].table == wanted->table && all[i].operation == wanted->operation &&
			all[i].changed == wanted->changed)
			return i;
	if (tape->statement_count == STATEMENTS)
		die("statements", NULL);
	all[tape->statement_count] = *wanted;
	return tape->statement_count++;
}

static unsigned changed_columns(sqlite3 *db, const struct table *table)
{
	unsigned changed = 0;
	sqlite3_value *before, *after;

	for (int i = 0; i < table->count; i++) {
		sqlite3_preupdate_old(db, i, &before);
		sqlite3_preupdate_new(db, i, &after);
		if (!is_same(before, after))
			changed |= 1U << i;
	}
	return changed;
}

static void record_columns(struct tape *tape, sqlite3 *db, const struct table *table, unsigned columns)
{
	sqlite3_value *value;

	for (int i = 0; i < table->count; i++) {
		if (!(columns >> i & 1))
			continue;
		if (sqlite3_preupdate_new(db, i, &value))
			die(table->name, db);
		record_cell(tape, value);
	}
}

static void on_row(void *context, sqlite3 *db, int operation, const char *schema, const char *name,
	sqlite3_int64 before, sqlite3_int64 after)
{
	struct tape *tape = context;
	struct statement statement = { .table = table_find(tape, name), .operation = operation };
	size_t cells_before = tape->cells.count;

	if (operation == SQLITE_DELETE)
		die("a deletion is not foreseen", NULL);
	if (operation == SQLITE_INSERT) {
		record_columns(tape, db, statement.table, ~0U);
	} else {
		statement.changed = changed_columns(db, statement.table);
		if (!statement.changed)
			return;
		record_columns(tape, db, statement.table, statement.changed);
		record_columns(tape, db, statement.table, statement.table->key);
	}
	statement.cell_count = (int)(tape->cells.count - cells_before);
	*(int *)append(&tape->rows, 1, sizeof(int)) = statement_find(tape, &statement);
}

static int listen(sqlite3 *db, const char **message, const void *api)
{
	if (!listening || listening->db)
		return SQLITE_OK;
	listening->db = db;
	sqlite3_preupdate_hook(db, on_row, listening);
	return SQLITE_OK;
}

struct tape *tape_start(const char *path)
{
	struct tape *tape = calloc(1, sizeof *tape);

	if (!tape)
		die("memory", NULL);
	tables_read(tape, path);
	listening = tape;
	sqlite3_auto_extension((void (*)(void))listen);
	return tape;
}

void tape_mark(struct tape *tape)
{
	if (tape->batch_count == BATCHES)
		die("batches", NULL);
	tape->ends[tape->batch_count++] = tape->rows.count;
}

static int setting_read(void *text, int count, char **values, char **names)
{
	add(text, values[0]);
	add(text, ";");
	return 0;
}

void tape_stop(struct tape *tape)
{
	static const char *const names[] = { "journal_mode", "synchronous", "cache_size", "temp_store",
		"journal_size_limit", "wal_autocheckpoint" };
	char question[64];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(question, sizeof question, "PRAGMA %s", names[i]);
		add(tape->settings, question);
		add(tape->settings, " = ");
		if (sqlite3_exec(tape->db, question, setting_read, tape->settings, NULL))
			die(names[i], tape->db);
	}
	sqlite3_cancel_auto_extension((void (*)(void))listen);
	sqlite3_preupdate_hook(tape->db, NULL, NULL);
	listening = NULL;
}

void tape_free(struct tape *tape)
{
	free(tape->rows.items);
	free(tape->cells.items);
	free(tape->bytes.items);
	free(tape);
}

size_t tape_rows(const struct tape *tape)
{
	return tape->rows.count;
}

/* --- playing ------------------------------------------------------------------------ */

static void add_columns(char *text, const struct table *table, unsigned columns, const char *between)
{
	const char *before = "";

	for (int i = 0; i < table->count; i++) {
		if (!(columns >> i & 1))
			continue;
		add(text, before);
		add(text, table->columns[i]);
		add(text, " = ?");
		before = between;
	}
}

static sqlite3_stmt *prepare(sqlite3 *db, const struct statement *statement)
{
	const struct table *table = statement->table;
	char text[TEXT] = "";
	sqlite3_stmt *out;

	if (statement->operation == SQLITE_INSERT) {
		add(text, "INSERT INTO ");
		add(text, table->name);
		for (int i = 0; i < table->count; i++)
			add(text, i ? ", ?" : " VALUES (?");
		add(text, ")");
	} else {
		add(text, "UPDATE ");
		add(text, table->name);
		add(text, " SET ");
		add_columns(text, table, statement->changed, ", ");
		add(text, " WHERE ");
		add_columns(text, table, table->key, " AND ");
	}
	if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &out, NULL))
		die(text, db);
	return out;
}

static void bind(sqlite3_stmt *handle, int at, const struct cell *cell, const char *bytes)
{
	switch (cell->type) {
	case SQLITE_INTEGER:
		sqlite3_bind_int64(handle, at, cell->integer);
		break;
	case SQLITE_TEXT:
		sqlite3_bind_text(handle, at, bytes + cell->integer, cell->size, SQLITE_STATIC);
		break;
	case SQLITE_BLOB:
		sqlite3_bind_blob(handle, at, bytes + cell->integer, cell->size, SQLITE_STATIC);
		break;
	default:
		sqlite3_bind_null(handle, at);
	}
}

struct player {
	const struct tape *tape;
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *handles[STATEMENTS];
};

struct player *player_open(const struct tape *tape, const char *path)
{
	struct player *player = calloc(1, sizeof *player);

	if (!player)
		die("memory", NULL);
	player->tape = tape;
	if (sqlite3_open_v2(path, &player->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ||
		sqlite3_exec(player->db, tape->settings, NULL, NULL, NULL) ||
		sqlite3_prepare_v2(player->db, "BEGIN IMMEDIATE", -1, &player->begin, NULL) ||
		sqlite3_prepare_v2(player->db, "COMMIT", -1, &player->commit, NULL))
		die(path, player->db);
	for (int i = 0; i < tape->statement_count; i++)
		player->handles[i] = prepare(player->db, &tape->statements[i]);
	return player;
}

static void step(sqlite3 *db, sqlite3_stmt *handle)
{
	if (sqlite3_step(handle) != SQLITE_DONE)
		die(sqlite3_sql(handle), db);
	sqlite3_reset(handle);
}

static const struct cell *play_row(struct player *player, size_t row, const struct cell *cell)
{
	const struct tape *tape = player->tape;
	int which = ((const int *)tape->rows.items)[row];

	for (int i = 0; i < tape->statements[which].cell_count; i++)
		bind(player->handles[which], i + 1, cell++, tape->bytes.items);
	step(player->db, player->handles[which]);
	if (sqlite3_changes(player->db) != 1)
		die("a row that was written once is not there", NULL);
	return cell;
}

void player_run(struct player *player)
{
	const struct tape *tape = player->tape;
	const struct cell *cell = tape->cells.items;
	size_t row = 0;

	for (int batch = 0; batch < tape->batch_count; batch++) {
		step(player->db, player->begin);
		while (row < tape->ends[batch])
			cell = play_row(player, row++, cell);
		step(player->db, player->commit);
	}
}

void player_close(struct player *player)
{
	sqlite3_finalize(player->begin);
	sqlite3_finalize(player->commit);
	for (int i = 0; i < player->tape->statement_count; i++)
		sqlite3_finalize(player->handles[i]);
	sqlite3_close(player->db);
	free(player);
}
