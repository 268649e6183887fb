/* The rows of a CSV file, by libcsv, with the line on which each begins. */
#ifndef REWAPP_FORMATS_ROWS_H
#define REWAPP_FORMATS_ROWS_H

#include "base/arena.h"

#include <stddef.h>

enum {
	CSV_COLUMNS_MAX = 64,
	CSV_CELL_MAX = 2048,
	CSV_ROWS_MAX = 250000
};

struct csv_row {
	size_t line, count;
	char *cells[CSV_COLUMNS_MAX]; /* trimmed, NUL-terminated, the arena's */
};

struct csv_rows {
	struct csv_row *rows;
	size_t count, capacity;
};

/* Reads every row that is not blank.  `delimiter` 0: recognised.  `rows` is to be finished on
 * success and failure alike.  Returns 0, REWAPP_E_ARGUMENT ("NAME:LINE: CSV: ..."), REWAPP_E_NOMEMORY. */
int rewapp__csv_rows_read(struct csv_rows *rows, struct arena *arena, const char *name, const char *text,
	size_t length, char delimiter);
void rewapp__csv_rows_finish(struct csv_rows *rows);

#endif
