/* All that the books know of a member, for the member: articles 15 and 20 of the GDPR. */
#include "base/error.h"
#include "base/json.h"
#include "evidence/cover.h"
#include "evidence/evidence.sql.h"
#include "flows/doubt.h"
#include "flows/evidence.h"
#include "flows/read.h"
#include "programme/programme.sql.h"

#include <string.h>

enum {
	PAGE_ROWS = 256
};

struct exporter {
	struct rewapp_engine *engine;
	struct books books;
	struct arena arena; /* of one page */
	struct buffer *out;
	int64_t member, last; /* number; the newest command that was looked at */
	bool has_key;
	uint8_t key[COVER_KEY_BYTES];
	size_t count;
};

static int find_member(struct exporter *exporter, const struct rewapp_id *id)
{
	struct value wanted = rewapp__value_blob(id, sizeof *id), number;
	struct read read = { .stmt = &STMT_PROGRAMME_MEMBER, .arg_count = 1, .args = &wanted };
	struct storage *storage = exporter->engine->storage;
	const void *key;
	size_t size;
	int error = rewapp__storage_query(storage, &read, 1, &exporter->arena);

	if (error < 0)
		return error;
	if (read.row_count == 0)
		return rewapp__fail(REWAPP_E_NOTFOUND, "no such member");
	exporter->member = rewapp__cell_int(&read, 0, 0);
	number = rewapp__value_int(exporter->member);
	read = (struct read){ .stmt = &STMT_PROGRAMME_MEMBER_BY_NUMBER, .arg_count = 1, .args = &number };
	if ((error = rewapp__storage_query(storage, &read, 1, &exporter->arena)) < 0)
		return error;
	key = rewapp__cell_blob(&read, 0, 3, &size);
	exporter->has_key = key && size == COVER_KEY_BYTES;
	if (exporter->has_key)
		memcpy(exporter->key, key, COVER_KEY_BYTES);
	return 0;
}

static void write_id(struct buffer *out, const char *name, const struct rewapp_id *id)
{
	char text[REWAPP_ID_CAPACITY];

	rewapp_id_format(id, text);
	rewapp__buffer_printf(out, "\"%s\":\"%s\"", name, text);
}

/* A text of the record, as it was before it was covered. */
static int write_text(struct exporter *exporter, const struct record *record, const char *name, uint8_t which,
	const void *bytes, size_t size)
{
	char *text;

	if (size == 0)
		return 0;
	if (!(text = rewapp__arena_copy(&exporter->arena, bytes, size)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "export");
	if (exporter->has_key)
		rewapp__cover_text(exporter->key, &record->id, which, text, size);
	rewapp__buffer_printf(exporter->out, ",\"%s\":", name);
	rewapp__json_quote(exporter->out, text);
	return 0;
}

/* Of a bank line in doubt: what the bank's text was. */
static int write_doubt(struct exporter *exporter, const struct record *record)
{
	struct member member = { .has_key = exporter->has_key };
	struct effect_reader reader;
	struct effect effect;
	struct doubt_line line;
	int error;

	memcpy(member.key, exporter->key, sizeof member.key);
	rewapp__effects_open(&reader, record);
	while (rewapp__effects_next(&reader, &effect)) {
		if (effect.kind != EFFECT_DOUBT)
			continue;
		if ((error = rewapp__doubt_read(
			     effect.doubt.line, effect.doubt.line_size, &exporter->arena, &line)) < 0 ||
			(error = rewapp__doubt_uncover(&member, &record->id, &exporter->arena, &line)) < 0)
			return error;
		if (!line.texts[TOLD_DESCRIPTOR])
			continue;
		rewapp__buffer_puts(exporter->out, ",\"descriptor\":");
		rewapp__json_quote(exporter->out, line.texts[TOLD_DESCRIPTOR]);
	}
	return 0;
}

static int write_record(struct exporter *exporter, const struct record *record)
{
	struct leaf leaf;
	int error = rewapp__leaf_make(exporter->engine, &exporter->books, record, &exporter->arena, &leaf);

	if (error < 0)
		return error;
	rewapp__buffer_puts(exporter->out, exporter->count++ ? ",{\"ticket\":" : "{\"ticket\":");
	rewapp__json_quote(exporter->out, leaf.ticket);
	if ((error = write_text(exporter, record, "terminal", COVERED_TERMINAL, record->terminal,
		     record->terminal_size)) < 0 ||
		(error = write_text(exporter, record, "reference", COVERED_REFERENCE, record->reference,
			 record->reference_size)) < 0 ||
		(error = write_doubt(exporter, record)) < 0)
		return error;
	rewapp__buffer_puts(exporter->out, "}");
	return exporter->out->failed;
}

static int write_row(struct exporter *exporter, const struct read *read, size_t row)
{
	struct record_reader reader;
	struct record record;
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 1, &size);
	int error;

	rewapp__record_open(&reader, rewapp__cell_int(read, row, 0), bytes, size);
	while (rewapp__record_next(&reader, &record)) {
		if (record.number <= exporter->last)
			continue;
		exporter->last = record.number;
		if (record.member == exporter->member && (error = write_record(exporter, &record)) < 0)
			return error;
	}
	return reader.failed ? rewapp__fail(REWAPP_E_CORRUPT, "the log is damaged") : 0;
}

/* The log has no index by member: the whole of it is read. */
static int write_commands(struct exporter *exporter)
{
	int64_t before;
	int error = 0;

	exporter->last = -1;
	do {
		struct value args[] = { rewapp__value_int(exporter->last + 1), rewapp__value_int(PAGE_ROWS) };
		struct read read = { .stmt = &STMT_EVIDENCE_LOG, .arg_count = 2, .args = args };

		before = exporter->last;
		rewapp__arena_reset(&exporter->arena);
		error = rewapp__storage_query(exporter->engine->storage, &read, 1, &exporter->arena);
		for (size_t row = 0; error == 0 && row < read.row_count; row++)
			error = write_row(exporter, &read, row);
	} while (error == 0 && exporter->last > before);
	return error;
}

static int export_all(struct exporter *exporter, const struct rewapp_id *id)
{
	struct rewapp_id pseudonym;
	int error = find_member(exporter, id);

	if (error < 0)
		return error;
	rewapp__pseudonym(exporter->books.secret, exporter->member, &pseudonym);
	rewapp__buffer_puts(exporter->out, "{");
	write_id(exporter->out, "member", id);
	rewapp__buffer_puts(exporter->out, ",");
	write_id(exporter->out, "pseudonym", &pseudonym);
	rewapp__buffer_puts(exporter->out, ",\"commands\":[");
	error = write_commands(exporter);
	rewapp__buffer_puts(exporter->out, "]}");
	return error < 0 ? error : exporter->out->failed;
}

int rewapp__member_export(struct rewapp_engine *engine, const struct rewapp_id *id, struct buffer *out)
{
	struct exporter exporter = { .engine = engine, .out = out };
	int error = rewapp__books_load(engine, &exporter.books);

	rewapp__arena_init(&exporter.arena, &engine->env);
	if (error == 0 && (error = rewapp__engine_begin(engine, false)) == 0) {
		error = export_all(&exporter, id);
		rewapp__engine_end(engine);
	}
	rewapp__books_finish(&exporter.books);
	rewapp__arena_finish(&exporter.arena);
	return error;
}
