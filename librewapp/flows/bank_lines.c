/* Reading the lines of members' banks: rows of sightings, with what the log says of their commands. */
#include "flows/bank_lines.h"

#include "base/error.h"
#include "evidence/cover.h"
#include "flows/read.h"
#include "ledger/ledger.sql.h"
#include "ledger/record.h"
#include "ledger/sighting.h"
#include "ledger/sighting.sql.h"

#include <string.h>

/* What is read for one row besides it: who the member is, and the records of the commands that it names. */
enum {
	OF_MEMBER,
	OF_LINE,
	OF_PURCHASE,
	OF_OTHER,
	READS
};

static bool record_of(const struct read *read, ref number, struct record *out)
{
	size_t size;
	const void *row = rewapp__cell_blob(read, 0, 1, &size);

	return number && row && rewapp__record_find(rewapp__cell_int(read, 0, 0), row, size, number, out) &&
		out->number == number;
}

/* The bank's words, if the member's key is still there. */
static int text_of(
	struct arena *arena, const struct read *member, const struct record *record, const char **out)
{
	size_t size;
	const void *key = rewapp__cell_blob(member, 0, 1, &size);
	char *text;

	if (!key || size != COVER_KEY_BYTES || !record->terminal_size)
		return 0;
	if (!(text = rewapp__arena_copy(arena, record->terminal, record->terminal_size)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "bank lines");
	rewapp__cover_text(key, &record->id, COVERED_TERMINAL, text, record->terminal_size);
	*out = text;
	return 0;
}

static void letters(int64_t number, char out[4])
{
	for (int i = 2; i >= 0 && number; i--, number >>= 8)
		out[i] = (char)(number & 0xff);
}

static int tell(struct rewapp_engine *engine, const struct sighting *seen, const struct read reads[READS],
	struct rewapp_bank_line *out)
{
	const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
		&engine->catalogue, seen->merchant);
	const struct programme_row *programme = rewapp__catalogue_programme_by_number(
		&engine->catalogue, seen->programme);
	struct record record;

	*out = (struct rewapp_bank_line){ .size = sizeof *out,
		.number = seen->number,
		.member = rewapp__cell_id(&reads[OF_MEMBER], 0, 0),
		.outcome = (int32_t)seen->outcome,
		.refund = (int32_t)seen->refund,
		.certainty = (int32_t)seen->certainty,
		.mcc = (int32_t)seen->mcc,
		.amount = seen->amount,
		.foreign_amount = seen->foreign_amount,
		.occurred_ms = seen->occurred_ms };
	letters(seen->foreign_currency, out->foreign_currency);
	if (merchant)
		out->merchant = merchant->id;
	if (programme)
		out->programme = programme->id;
	if (record_of(&reads[OF_PURCHASE], seen->purchase, &record))
		out->purchase = record.id;
	if (record_of(&reads[OF_OTHER], seen->other, &record))
		out->other = record.id;
	if (!record_of(&reads[OF_LINE], seen->number, &record))
		return 0;
	out->id = record.id;
	return seen->source ? text_of(&engine->arena, &reads[OF_MEMBER], &record, &out->descriptor) : 0;
}

/* All rows in one round trip. */
static int tell_all(struct rewapp_engine *engine, const struct read *rows, struct rewapp_bank_line *out)
{
	size_t count = rows->row_count;
	struct read *reads = rewapp__arena_array(&engine->arena, count * READS, sizeof *reads);
	struct value *args = rewapp__arena_array(&engine->arena, count * READS, sizeof *args);
	struct sighting *seen = rewapp__arena_array(&engine->arena, count, sizeof *seen);
	int error;

	if (!reads || !args || !seen)
		return rewapp__fail(REWAPP_E_NOMEMORY, "bank lines");
	for (size_t row = 0; row < count; row++) {
		for (size_t i = 0; i < SIGHTING_COLUMNS; i++)
			seen[row].columns[i] = rewapp__cell_int(rows, row, i);
		const ref numbers[READS] = { seen[row].member, seen[row].number, seen[row].purchase,
			seen[row].other };

		for (size_t i = 0; i < READS; i++) {
			args[row * READS + i] = rewapp__value_int(numbers[i]);
			reads[row * READS + i] = (struct read){
				.stmt = i == OF_MEMBER ? &STMT_SIGHTING_MEMBER : &STMT_LEDGER_LOG,
				.arg_count = 1,
				.args = &args[row * READS + i],
			};
		}
	}
	if ((error = rewapp__storage_query(engine->storage, reads, count * READS, &engine->arena)) < 0)
		return error;
	for (size_t row = 0; row < count && error == 0; row++)
		error = tell(engine, &seen[row], reads + row * READS, &out[row]);
	return error;
}

static int read_lines(struct rewapp_engine *engine, const struct rewapp_id *member, int outcome,
	int64_t after, struct rewapp_bank_line *out, size_t capacity, size_t *count)
{
	bool of_all = !member || rewapp_id_is_zero(member);
	struct value args[] = { rewapp__value_int(after), rewapp__value_int((int64_t)capacity),
		rewapp__value_int(outcome), rewapp__value_int(of_all),
		of_all ? rewapp__value_blob("", 0) : rewapp__value_blob(member, sizeof *member) };
	struct read reads[] = { { .stmt = &STMT_SIGHTING_LIST, .arg_count = 5, .args = args },
		{ .stmt = &STMT_SIGHTING_KNOWS, .arg_count = 1, .args = &args[4] } };
	int error = rewapp__engine_begin(engine, false);

	if (error < 0 || (error = rewapp__storage_query(engine->storage, reads, 2, &engine->arena)) < 0)
		return error;
	if (!of_all && reads[1].row_count == 0)
		return rewapp__fail(REWAPP_E_NOTFOUND, "member: none of this id");
	*count = reads[0].row_count;
	return tell_all(engine, &reads[0], out);
}

int rewapp__read_bank_lines(struct rewapp_engine *engine, const struct rewapp_id *member, int outcome,
	int64_t after, struct rewapp_bank_line *out, size_t capacity, size_t *count)
{
	int error = read_lines(engine, member, outcome, after, out, capacity, count);

	rewapp__engine_end(engine);
	return error;
}
