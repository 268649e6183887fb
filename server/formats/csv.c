/* CSV as banks write it, read by libcsv: a header somewhere among the first rows, or a
 * declared map of columns, tells where dates, amounts and texts are. */
#include "base/error.h"
#include "formats/presets.h"
#include "formats/reader.h"
#include "formats/rows.h"
#include "formats/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	TEXT_COLUMNS_MAX = 4,
	HEADER_ROWS_MAX = 30
};

enum column {
	COLUMN_DATE,
	COLUMN_AMOUNT,
	COLUMN_DEBIT,
	COLUMN_CREDIT,
	COLUMN_CURRENCY,
	COLUMN_ID,
	COLUMN_ACCOUNT,
	COLUMN_MCC,
	COLUMN_KIND,
	COLUMN_COUNT
};
static const char *const column_names[] = { "date", "amount", "debit", "credit", "currency", "id", "account",
	"mcc", "kind" };

struct csv {
	struct bank_file *file;
	const struct bank_options *options;
	const struct csv_preset *preset;
	const char *date_format;
	char decimal;
	int columns[COLUMN_COUNT]; /* -1: the file has none */
	int text[TEXT_COLUMNS_MAX];
	size_t text_count;
	int keep_column;
	char keep_value[64];

	struct csv_row *rows; /* the whole file */
	size_t count;
};

static bool recognise(const char *text, size_t length)
{
	size_t limit = strcspn(text, "\r\n");

	return length > 0 && *text != '<' && *text != '{' && (strpbrk(text, ";,\t|") || limit < length);
}

/* --- the map of columns ------------------------------------------------------------ */

static const struct csv_row *header_find(const struct csv *csv, const char *names);

static int column_find(const struct csv_row *header, const char *name)
{
	char *end;
	long index = strtol(name, &end, 10);
	char wanted[64], cell[64];

	if (end != name && !*end)
		return index >= 0 && index < CSV_COLUMNS_MAX ? (int)index : -1;
	rewapp__csv_fold(name, wanted, sizeof wanted);
	for (size_t i = 0; header && i < header->count; i++) {
		rewapp__csv_fold(header->cells[i], cell, sizeof cell);
		if (!strcmp(cell, wanted))
			return (int)i;
	}
	return -1;
}

static int map_fail(const struct csv *csv, const char *key, const char *value)
{
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s: map: %s: no column \"%s\" (numbers start at 0)",
		csv->file->name, key, value);
}

static int map_text(struct csv *csv, const struct csv_row *header, char *value)
{
	char *rest = value;

	for (char *name = strsep(&rest, "+"); name; name = strsep(&rest, "+")) {
		int column = column_find(header, name);

		if (column < 0)
			return map_fail(csv, "text", name);
		if (csv->text_count == TEXT_COLUMNS_MAX)
			return rewapp__fail(
				REWAPP_E_ARGUMENT, "map: text: more than %d columns", TEXT_COLUMNS_MAX);
		csv->text[csv->text_count++] = column;
	}
	return 0;
}

static int map_pair(struct csv *csv, const struct csv_row *header, char *pair)
{
	char *value = strchr(pair, '=');

	if (!value)
		return rewapp__fail(REWAPP_E_ARGUMENT, "map: \"%s\" is not KEY=COLUMN", pair);
	*value++ = 0;
	if (!strcmp(pair, "text"))
		return map_text(csv, header, value);
	for (int i = 0; i < COLUMN_COUNT; i++) {
		if (strcmp(pair, column_names[i]))
			continue;
		csv->columns[i] = column_find(header, value);
		return csv->columns[i] < 0 ? map_fail(csv, pair, value) : 0;
	}
	return rewapp__fail(REWAPP_E_ARGUMENT,
		"map: \"%s\" is none of date, amount, debit, credit, text, currency, id, account, mcc, kind",
		pair);
}

static int map_read(struct csv *csv, const struct csv_row *header, const char *map)
{
	char *text = rewapp__arena_copy(&csv->file->arena, map, strlen(map)), *rest = text;
	int code = text ? 0 : REWAPP_E_NOMEMORY;

	for (char *pair = strsep(&rest, ","); pair && !code; pair = strsep(&rest, ","))
		code = map_pair(csv, header, pair);
	if (code)
		return code;
	if (csv->columns[COLUMN_DATE] < 0 || !csv->text_count)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "%s: map: date and text are required", csv->file->name);
	if (csv->columns[COLUMN_AMOUNT] < 0 &&
		(csv->columns[COLUMN_DEBIT] < 0 || csv->columns[COLUMN_CREDIT] < 0))
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: map: amount, or debit and credit, are required",
			csv->file->name);
	return 0;
}

/* The row among the first that holds every one of `names` ("date|libelle|..."). */
static const struct csv_row *header_find(const struct csv *csv, const char *names)
{
	for (size_t i = 0; i < csv->count && i < HEADER_ROWS_MAX; i++) {
		const char *at = names;
		bool all = true;

		while (all && *at) {
			char name[64];
			size_t size = strcspn(at, "|");

			snprintf(name, sizeof name, "%.*s", (int)size, at);
			all = column_find(&csv->rows[i], name) >= 0;
			at += size + (at[size] == '|');
		}
		if (all)
			return &csv->rows[i];
	}
	return NULL;
}

static const struct csv_row *preset_find(struct csv *csv)
{
	for (size_t i = 0; i < rewapp__csv_preset_count; i++) {
		const struct csv_preset *preset = &rewapp__csv_presets[i];
		const struct csv_row *header = preset->header ? header_find(csv, preset->header) : NULL;

		if (!header)
			continue;
		csv->preset = preset;
		return header;
	}
	return NULL;
}

/* The row that names the columns of a declared map: those it gives by name must be in it. */
static const struct csv_row *declared_header(const struct csv *csv)
{
	char names[512] = "", *at = names;
	const char *map = csv->options->map;

	while (*map && (size_t)(at - names) + 66 < sizeof names) {
		size_t size;

		map += strcspn(map, "=");
		map += *map == '=';
		size = strcspn(map, "+,");
		if (size && size < 64 && strspn(map, "0123456789") < size)
			at += snprintf(at, 66, "%s%.*s", at > names ? "|" : "", (int)size, map);
		map += size + (map[size] != 0);
	}
	return *names ? header_find(csv, names) : NULL;
}

static int keep_read(struct csv *csv, const struct csv_row *header)
{
	const char *keep = csv->preset ? csv->preset->keep : NULL;
	char name[64];
	size_t size;

	csv->keep_column = -1;
	if (!keep)
		return 0;
	size = strcspn(keep, "=");
	snprintf(name, sizeof name, "%.*s", (int)size, keep);
	snprintf(csv->keep_value, sizeof csv->keep_value, "%s", keep + size + 1);
	csv->keep_column = column_find(header, name);
	return 0;
}

/* Finds out what stands where; *first is the first row of data. */
static int layout(struct csv *csv, size_t *first)
{
	const struct bank_options *options = csv->options;
	const struct csv_row *header = NULL;

	if (options->preset) {
		csv->preset = rewapp__csv_preset(options->preset);
		if (!csv->preset)
			return rewapp__fail(
				REWAPP_E_ARGUMENT, "preset: \"%s\" is not known", options->preset);
		header = csv->preset->header ? header_find(csv, csv->preset->header) : NULL;
		if (csv->preset->header && !header)
			return rewapp__fail(REWAPP_E_ARGUMENT,
				"%s: no row names the columns of the layout %s", csv->file->name,
				csv->preset->name);
	} else if (options->map) {
		header = declared_header(csv);
	} else {
		header = preset_find(csv);
	}
	if (!csv->preset && !options->map)
		return rewapp__fail(REWAPP_E_ARGUMENT,
			"%s: no known bank's layout; declare the columns with --map", csv->file->name);
	csv->file->preset = csv->preset ? csv->preset->name : NULL;
	csv->date_format = options->date_format ? options->date_format
		: csv->preset                   ? csv->preset->date_format
						: "yyyy-mm-dd";
	csv->decimal = options->decimal || !csv->preset ? options->decimal : csv->preset->decimal;
	*first = options->skip >= 0 ? (size_t)options->skip : header ? (size_t)(header - csv->rows) + 1 : 0;
	keep_read(csv, header);
	return map_read(csv, header, options->map ? options->map : csv->preset->map);
}

/* --- lines ------------------------------------------------------------------------- */

static const char *cell(const struct csv *csv, const struct csv_row *row, enum column column)
{
	int at = csv->columns[column];

	return at >= 0 && (size_t)at < row->count ? row->cells[at] : "";
}

static int amount_read(
	struct csv *csv, const struct csv_row *row, enum column column, int sign, struct bank_line *line)
{
	const char *text = cell(csv, row, column);
	const char *wrong = rewapp__amount_parse(
		text, csv->decimal, rewapp__currency_digits(line->currency), &line->amount);

	if (wrong)
		return rewapp__bank_fail(
			csv->file, row->line, column_names[column], "%s: \"%.40s\"", wrong, text);
	if (sign && line->amount == INT64_MIN)
		return rewapp__bank_fail(
			csv->file, row->line, column_names[column], "the amount is out of range");
	if (sign)
		line->amount = llabs(line->amount) * sign;
	return 0;
}

static int row_amount(struct csv *csv, const struct csv_row *row, struct bank_line *line)
{
	if (csv->columns[COLUMN_AMOUNT] >= 0)
		return amount_read(csv, row, COLUMN_AMOUNT, 0, line);
	if (*cell(csv, row, COLUMN_DEBIT))
		return amount_read(csv, row, COLUMN_DEBIT, -1, line);
	return amount_read(csv, row, COLUMN_CREDIT, 1, line);
}

static int row_currency(struct csv *csv, const struct csv_row *row, struct bank_line *line)
{
	const char *text = cell(csv, row, COLUMN_CURRENCY);

	if (!*text)
		text = rewapp__bank_currency(csv->options);
	if (!rewapp__currency_is(text))
		return rewapp__bank_fail(csv->file, row->line, "currency", "\"%.20s\" is no currency", text);
	memcpy(line->currency, text, 4);
	return 0;
}

static int row_mcc(struct csv *csv, const struct csv_row *row, struct bank_line *line)
{
	const char *text = cell(csv, row, COLUMN_MCC);

	if (strlen(text) > 4 || strspn(text, "0123456789") != strlen(text))
		return rewapp__bank_fail(csv->file, row->line, "mcc", "\"%.20s\" is not four digits", text);
	line->mcc = (int32_t)strtol(text, NULL, 10);
	return 0;
}

/* The second text is left out where the first one already says it. */
static void row_text(const struct csv *csv, const struct csv_row *row, char *out, size_t capacity)
{
	size_t size = 0;

	*out = 0;
	for (size_t i = 0; i < csv->text_count && size < capacity; i++) {
		const char *text = (size_t)csv->text[i] < row->count ? row->cells[csv->text[i]] : "";

		if (*text && !strstr(out, text))
			size += (size_t)snprintf(out + size, capacity - size, "%s%s", size ? " " : "", text);
	}
}

/* The words that banks write into a column of kinds; what is not here is unknown. */
static enum bank_kind row_kind(const char *text)
{
	static const struct {
		const char *word;
		enum bank_kind kind;
	} words[] = { { "carte", BANK_CARD }, { "card", BANK_CARD }, { "cb", BANK_CARD },
		{ "presentment", BANK_CARD }, { "retrait", BANK_WITHDRAWAL }, { "atm", BANK_WITHDRAWAL },
		{ "virement", BANK_TRANSFER }, { "transfer", BANK_TRANSFER }, { "topup", BANK_CREDIT },
		{ "prelevement", BANK_DIRECT_DEBIT }, { "direct debit", BANK_DIRECT_DEBIT },
		{ "cheque", BANK_CHEQUE }, { "commission", BANK_FEE }, { "frais", BANK_FEE },
		{ "fee", BANK_FEE }, { "interet", BANK_INTEREST } };
	char folded[64];

	rewapp__csv_fold(text, folded, sizeof folded);
	for (char *at = folded; *at; at++)
		*at = *at == '_' ? ' ' : *at;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(folded, words[i].word))
			return words[i].kind;
	return BANK_UNKNOWN;
}

/* Rows without date and amount are footers and blank lines. */
static bool row_is_data(const struct csv *csv, const struct csv_row *row)
{
	char value[64];

	if (!*cell(csv, row, COLUMN_DATE) && !*cell(csv, row, COLUMN_AMOUNT) &&
		!*cell(csv, row, COLUMN_DEBIT) && !*cell(csv, row, COLUMN_CREDIT))
		return false;
	if (csv->keep_column < 0 || (size_t)csv->keep_column >= row->count)
		return true;
	rewapp__csv_fold(row->cells[csv->keep_column], value, sizeof value);
	return !strcmp(value, csv->keep_value);
}

static int row_read(struct csv *csv, const struct csv_row *row)
{
	struct bank_line line = { .line = row->line };
	char text[TEXT_COLUMNS_MAX * (CSV_CELL_MAX + 1)];
	const char *date = cell(csv, row, COLUMN_DATE);
	const char *wrong = rewapp__date_parse(date, csv->date_format, line.date);
	int code;

	if (wrong)
		return rewapp__bank_fail(
			csv->file, row->line, "date", "%s %s: \"%.40s\"", wrong, csv->date_format, date);
	code = row_currency(csv, row, &line);
	if (!code)
		code = row_amount(csv, row, &line);
	if (!code)
		code = row_mcc(csv, row, &line);
	if (code)
		return code;
	row_text(csv, row, text, sizeof text);
	line.descriptor = text;
	line.kind = row_kind(cell(csv, row, COLUMN_KIND));
	line.fitid = cell(csv, row, COLUMN_ID);
	line.account = cell(csv, row, COLUMN_ACCOUNT);
	return rewapp__bank_append(csv->file, &line);
}

static int csv_lines(struct csv *csv)
{
	size_t first = 0;
	int code = layout(csv, &first);

	for (size_t i = first; i < csv->count && !code; i++)
		if (row_is_data(csv, &csv->rows[i]))
			code = row_read(csv, &csv->rows[i]);
	return code;
}

static int read(struct bank_file *file, const char *text, size_t length, const struct bank_options *options)
{
	struct csv *csv = rewapp__arena_take(&file->arena, sizeof *csv);
	const struct csv_preset *preset = options->preset ? rewapp__csv_preset(options->preset) : NULL;
	struct csv_rows rows;
	int code;

	if (!csv)
		return REWAPP_E_NOMEMORY;
	csv->file = file;
	csv->options = options;
	memset(csv->columns, -1, sizeof csv->columns);
	code = rewapp__csv_rows_read(&rows, &file->arena, file->name, text, length,
		options->delimiter ? options->delimiter
			: preset   ? preset->delimiter
				   : 0);
	csv->rows = rows.rows;
	csv->count = rows.count;
	if (!code)
		code = csv_lines(csv);
	rewapp__csv_rows_finish(&rows);
	return code;
}

const struct bank_format rewapp__format_csv = { "csv", "CSV with a known bank's columns or a declared map",
	recognise, read };
