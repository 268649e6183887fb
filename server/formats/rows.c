/* The rows of a CSV file, by libcsv, with the line on which each begins. */
#include "formats/rows.h"

#include "base/error.h"
#include "formats/values.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

/* States of libcsv's parser. */
enum {
	PSTATE_BETWEEN_ROWS = 0,
	PSTATE_IN_CELL = 2
};

struct reading {
	struct csv_rows *rows;
	struct arena *arena;
	const char *name;
	struct csv_row row; /* the one that is read */
	size_t line;
	int code;
};

static void fail(struct reading *reading, size_t line, const char *what)
{
	if (!reading->code)
		reading->code = rewapp__fail(REWAPP_E_ARGUMENT, "%s:%zu: CSV: %s", reading->name, line, what);
}

static void on_cell(void *bytes, size_t size, void *user)
{
	struct reading *reading = user;
	char *cell;

	if (reading->code)
		return;
	if (reading->row.count == CSV_COLUMNS_MAX) {
		fail(reading, reading->row.line, "more than 64 columns");
		return;
	}
	if (size > CSV_CELL_MAX) {
		fail(reading, reading->row.line, "a cell is longer than 2048 bytes");
		return;
	}
	cell = rewapp__arena_copy(reading->arena, bytes ? bytes : "", size);
	if (!cell) {
		reading->code = rewapp__fail(REWAPP_E_NOMEMORY, "%s: out of memory", reading->name);
		return;
	}
	rewapp__squeeze(cell);
	reading->row.cells[reading->row.count++] = cell;
}

static int grow(struct csv_rows *rows)
{
	size_t capacity = rows->capacity ? rows->capacity * 2 : 64;
	struct csv_row *larger;

	if (rows->count < rows->capacity)
		return 0;
	larger = realloc(rows->rows, capacity * sizeof *larger);
	if (!larger)
		return REWAPP_E_NOMEMORY;
	rows->rows = larger;
	rows->capacity = capacity;
	return 0;
}

static void on_row(int terminator, void *user)
{
	struct reading *reading = user;
	struct csv_rows *rows = reading->rows;

	if (reading->code || reading->row.count == 0)
		return;
	if (rows->count == CSV_ROWS_MAX) {
		fail(reading, reading->row.line, "too many rows");
		return;
	}
	reading->code = grow(rows);
	if (reading->code)
		return;
	rows->rows[rows->count++] = reading->row;
	reading->row.count = 0;
}

/* libcsv does not count lines, so it gets them one by one; a quoted cell may hold several. */
static void feed(struct reading *reading, struct csv_parser *parser, const char *text, size_t length)
{
	const char *end = text + length;

	reading->line = 1;
	while (text < end && !reading->code) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t size = stop ? (size_t)(stop + 1 - text) : (size_t)(end - text);

		if (parser->pstate == PSTATE_BETWEEN_ROWS)
			reading->row.line = reading->line;
		if (csv_parse(parser, text, size, on_cell, on_row, reading) != size)
			fail(reading, reading->line, csv_strerror(csv_error(parser)));
		text += size;
		reading->line++;
	}
	/* without its strict mode, which many banks would fail, libcsv lets this pass */
	if (parser->quoted && parser->pstate == PSTATE_IN_CELL)
		fail(reading, reading->row.line, "a quoted cell is not closed");
	if (!reading->code)
		csv_fini(parser, on_cell, on_row, reading);
}

/* The character that splits the first lines most often. */
static char delimiter_of(const char *text, size_t length)
{
	static const char known[] = ";,\t|";
	size_t limit = length < 4096 ? length : 4096, best = 0;
	char out = ';';

	for (const char *mark = known; *mark; mark++) {
		size_t count = 0;

		for (size_t i = 0; i < limit; i++)
			count += text[i] == *mark;
		/* commas are decimal marks too: they need twice the votes */
		if (*mark == ',')
			count /= 2;
		if (count > best) {
			best = count;
			out = *mark;
		}
	}
	return out;
}

int rewapp__csv_rows_read(struct csv_rows *rows, struct arena *arena, const char *name, const char *text,
	size_t length, char delimiter)
{
	struct reading reading = { .rows = rows, .arena = arena, .name = name };
	struct csv_parser parser;

	memset(rows, 0, sizeof *rows);
	if (csv_init(&parser, CSV_APPEND_NULL))
		return rewapp__fail(REWAPP_E_NOMEMORY, "%s: out of memory", name);
	csv_set_delim(&parser, (unsigned char)(delimiter ? delimiter : delimiter_of(text, length)));
	feed(&reading, &parser, text, length);
	csv_free(&parser);
	return reading.code;
}

void rewapp__csv_rows_finish(struct csv_rows *rows)
{
	free(rows->rows);
	memset(rows, 0, sizeof *rows);
}
