/* Values in PostgreSQL's binary form, and SQLite's schema words in PostgreSQL's. */
#include "storage/postgres_values.h"

#include "base/checked.h"
#include "base/error.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Object ids of the built-in types (pg_type.dat); they never change. */
enum {
	TYPE_BOOL = 16,
	TYPE_BYTEA = 17,
	TYPE_NAME = 19,
	TYPE_INT8 = 20,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_TEXT = 25,
	TYPE_UNKNOWN = 705,
	TYPE_VARCHAR = 1043,
	TYPE_NUMERIC = 1700
};

Oid rewapp__postgres_type(enum value_kind kind)
{
	switch (kind) {
	case VALUE_INT:
	case VALUE_SEQ:
		return TYPE_INT8;
	case VALUE_TEXT:
		return TYPE_TEXT;
	case VALUE_BLOB:
		return TYPE_BYTEA;
	case VALUE_NULL:
		break;
	}
	return 0;
}

static bool type_is_text(Oid type)
{
	return type == TYPE_TEXT || type == TYPE_VARCHAR || type == TYPE_NAME || type == TYPE_UNKNOWN;
}

static void integer_encode(struct postgres_args *out, size_t at, Oid type, int64_t integer)
{
	uint64_t bits = (uint64_t)integer;

	out->values[at] = out->integers[at];
	if (type != TYPE_INT8) {
		/* A type the server chose for a null: in digits, which it reads as it needs. */
		snprintf(out->integers[at], sizeof out->integers[at], "%" PRId64, integer);
		return;
	}
	out->formats[at] = 1;
	out->lengths[at] = 8;
	for (size_t i = 8; i-- > 0; bits >>= 8)
		out->integers[at][i] = (char)(bits & 0xff);
}

static int bytes_encode(
	struct postgres_args *out, size_t at, const struct stmt *stmt, Oid type, const struct value *value)
{
	bool fits = value->kind == VALUE_TEXT ? type_is_text(type) : type == TYPE_BYTEA;

	if (!fits || value->size > STMT_BYTES_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: argument %zu is of another type or too large",
			stmt->name, at + 1);
	out->values[at] = value->bytes;
	out->lengths[at] = (int)value->size;
	out->formats[at] = 1;
	return REWAPP_E_OK;
}

int rewapp__postgres_encode(struct postgres_args *out, const struct stmt *stmt, const Oid *types,
	const struct value *args, size_t arg_count, int64_t seq_first)
{
	int error = REWAPP_E_OK;

	for (size_t i = 0; i < arg_count && !error; i++) {
		out->values[i] = NULL;
		out->lengths[i] = out->formats[i] = 0;
		if (args[i].kind == VALUE_INT)
			integer_encode(out, i, types[i], args[i].integer);
		else if (args[i].kind == VALUE_SEQ)
			integer_encode(out, i, types[i], seq_first + args[i].integer);
		else if (args[i].kind != VALUE_NULL)
			error = bytes_encode(out, i, stmt, types[i], &args[i]);
	}
	return error;
}

/* A big-endian number of two's complement. */
static int64_t integer_decode(const unsigned char *bytes, int size)
{
	uint64_t bits = size > 1 && bytes[0] & 0x80 ? UINT64_MAX : 0;

	for (int i = 0; i < size; i++)
		bits = bits << 8 | bytes[i];
	return (int64_t)bits;
}

/* numeric, which sum() gives: count of digits, power of the first, sign, digits shown; then
 * the digits to base 10 000.  Summed up below zero, where 64 bits reach one further. */
static bool numeric_decode(const unsigned char *bytes, int size, int64_t *out)
{
	int count, power;
	int64_t negative = 0;

	if (size < 8)
		return false;
	count = (int)integer_decode(bytes, 2);
	power = (int)integer_decode(bytes + 2, 2);
	if (count < 0 || size < 8 + 2 * count || count > power + 1)
		return false;
	for (int i = 0; count && i <= power; i++) {
		int64_t digit = i < count ? integer_decode(bytes + 8 + (ptrdiff_t)2 * i, 2) : 0;

		if (!rewapp__mul(negative, 10000, &negative) || !rewapp__sub(negative, digit, &negative))
			return false;
	}
	*out = negative;
	switch (integer_decode(bytes + 4, 2)) {
	case 0:
		return rewapp__sub(0, negative, out);
	case 0x4000:
		return true;
	default:
		return false; /* not a number, infinite */
	}
}

static bool type_is_integer(Oid type)
{
	return type == TYPE_INT8 || type == TYPE_INT4 || type == TYPE_INT2 || type == TYPE_BOOL;
}

static int cell_decode(const struct read *read, const PGresult *result, int row, int column,
	struct arena *arena, struct value *out)
{
	const unsigned char *bytes = (const unsigned char *)PQgetvalue(result, row, column);
	int size = PQgetlength(result, row, column);
	Oid type = PQftype(result, column);

	*out = rewapp__value_null();
	if (PQgetisnull(result, row, column))
		return REWAPP_E_OK;
	out->kind = VALUE_INT;
	if (type_is_integer(type)) {
		out->integer = integer_decode(bytes, size);
		return REWAPP_E_OK;
	}
	if (type == TYPE_NUMERIC) {
		if (numeric_decode(bytes, size, &out->integer))
			return REWAPP_E_OK;
		return rewapp__fail(REWAPP_E_CORRUPT, "%s: column %d is no whole number of 64 bits",
			read->stmt->name, column + 1);
	}
	if (!type_is_text(type) && type != TYPE_BYTEA)
		return rewapp__fail(
			REWAPP_E_STORAGE, "%s: column %d is of type %u", read->stmt->name, column + 1, type);
	out->kind = type == TYPE_BYTEA ? VALUE_BLOB : VALUE_TEXT;
	out->size = (uint32_t)size;
	out->bytes = rewapp__arena_copy(arena, bytes, out->size);
	return out->bytes ? REWAPP_E_OK : rewapp__fail(REWAPP_E_NOMEMORY, "%s: rows", read->stmt->name);
}

int rewapp__postgres_rows(struct read *read, const PGresult *result, struct arena *arena)
{
	size_t rows = (size_t)PQntuples(result), columns = (size_t)PQnfields(result);
	struct value *cells = rewapp__arena_array(arena, rows * columns, sizeof *cells);
	int error;

	if (!cells)
		return rewapp__fail(REWAPP_E_NOMEMORY, "%s: rows", read->stmt->name);
	for (size_t i = 0; i < rows * columns; i++) {
		error = cell_decode(read, result, (int)(i / columns), (int)(i % columns), arena, &cells[i]);
		if (error)
			return error;
	}
	read->row_count = rows;
	read->column_count = columns;
	read->cells = cells;
	return REWAPP_E_OK;
}

/* Length of the literal, quoted name or comment that starts here; 0 where there is none. */
static size_t quoted_length(const char *text)
{
	const char *end;

	if (strncmp(text, "--", 2) == 0)
		return strcspn(text, "\n");
	if (*text != '\'' && *text != '"')
		return 0;
	end = strchr(text + 1, *text);
	return end ? (size_t)(end - text) + 1 : strlen(text);
}

static size_t word_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

static bool word_is(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* STRICT and WITHOUT ROWID go, and so does the comma between them. */
static void comma_drop(struct buffer *out)
{
	while (out->size && strchr(" \t\n,", out->data[out->size - 1]))
		out->data[--out->size] = '\0';
}

/* Appends a word's translation and returns how much of `text` it stands for. */
static size_t word_translate(struct buffer *out, const char *text, size_t length, bool after_as)
{
	size_t gap, next;

	if (word_is(text, length, "INTEGER")) {
		rewapp__buffer_puts(out, "BIGINT");
	} else if (word_is(text, length, "BLOB")) {
		rewapp__buffer_puts(out, "BYTEA");
	} else if (word_is(text, length, "TEXT") && !after_as) {
		/* Bytes decide the order of text, as in SQLite, whatever the server's language. */
		rewapp__buffer_puts(out, "TEXT COLLATE \"C\"");
	} else if (word_is(text, length, "STRICT")) {
		comma_drop(out);
	} else if (word_is(text, length, "WITHOUT")) {
		gap = strspn(text + length, " \t\n");
		next = word_length(text + length + gap);
		if (word_is(text + length + gap, next, "ROWID")) {
			comma_drop(out);
			return length + gap + next;
		}
		rewapp__buffer_append(out, text, length);
	} else {
		rewapp__buffer_append(out, text, length);
	}
	return length;
}

void rewapp__postgres_dialect(struct buffer *out, const struct stmt *step)
{
	const char *text = step->sqlite;
	bool after_as = false; /* CAST (x AS TEXT) takes no collation */
	size_t length;

	if (step->postgres && strcmp(step->postgres, step->sqlite) != 0) {
		rewapp__buffer_puts(out, step->postgres);
		return;
	}
	for (; *text && !out->failed; text += length) {
		length = quoted_length(text);
		if (!length) {
			length = word_length(text);
			if (length) {
				bool is_as = word_is(text, length, "AS");

				length = word_translate(out, text, length, after_as);
				after_as = is_as;
				continue;
			}
			length = 1;
		}
		rewapp__buffer_append(out, text, length);
	}
}
