/* Reads tests/data/evidence: the table of vectors, and whole files. */
#ifndef TESTS_EVIDENCE_ROWS_H
#define TESTS_EVIDENCE_ROWS_H

#include <check.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CELLS_MAX = 40
};

static inline FILE *open_vector(const char *name)
{
	const char *folder = getenv("REWAPP_TEST_VECTORS");
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
	file = fopen(path, "rb");
	ck_assert_msg(file != NULL, "%s: cannot be read", path);
	return file;
}

static inline size_t read_vector(const char *name, char *out, size_t capacity)
{
	FILE *file = open_vector(name);
	size_t length = fread(out, 1, capacity, file);

	ck_assert_uint_lt(length, capacity);
	fclose(file);
	return length;
}

/* Calls `check` for each line that begins with `word`; returns how many there were. */
static inline int each_row(const char *word, void (*check)(char **cells, int count))
{
	FILE *file = open_vector("vectors.tsv");
	char line[8192];
	int rows = 0;

	while (fgets(line, sizeof line, file)) {
		char *cells[CELLS_MAX], *rest = line;
		int count = 0;

		line[strcspn(line, "\n")] = '\0';
		while (count < CELLS_MAX && rest)
			cells[count++] = strsep(&rest, "\t");
		if (strcmp(cells[0], word) != 0)
			continue;
		check(cells, count);
		rows++;
	}
	fclose(file);
	return rows;
}

static inline int64_t row_number(const char *cell)
{
	char *end;
	int64_t value = strtoll(cell, &end, 10);

	ck_assert(*cell && !*end);
	return value;
}

static inline void row_bytes(const char *cell, uint8_t *out, size_t size)
{
	size_t found;

	ck_assert_int_eq(sodium_hex2bin(out, size, cell, strlen(cell), NULL, &found, NULL), 0);
	ck_assert_uint_eq(found, size);
}

static inline void row_hash(const char *cell, uint8_t out[32])
{
	row_bytes(cell, out, 32);
}

#endif
