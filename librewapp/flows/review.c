/* Reading what waits for a person, and what people have taught. */
#include "flows/review.h"

#include "base/error.h"
#include "flows/doubt.h"
#include "flows/match.h"
#include "flows/read.h"
#include "ledger/ledger.sql.h"
#include "ledger/record.h"
#include "programme/learnt.sql.h"

#include <stdio.h>
#include <string.h>

/* --- ids of commands by their numbers -------------------------------------------------------- */

static void id_of(const struct read *read, ref number, struct rewapp_id *out)
{
	struct record record;
	size_t size;
	const void *row = rewapp__cell_blob(read, 0, 1, &size);

	if (number && row && rewapp__record_find(rewapp__cell_int(read, 0, 0), row, size, number, &record) &&
		record.number == number)
		*out = record.id;
}

/* Into `ids`, in one round trip; zero for the number 0. */
static int ids_of(struct rewapp_engine *engine, const int64_t *numbers, size_t count, struct rewapp_id *ids)
{
	struct read *reads = rewapp__arena_array(&engine->arena, count, sizeof *reads);
	struct value *args = rewapp__arena_array(&engine->arena, count, sizeof *args);
	int error;

	if (!reads || !args)
		return rewapp__fail(REWAPP_E_NOMEMORY, "ids");
	for (size_t i = 0; i < count; i++) {
		args[i] = rewapp__value_int(numbers[i]);
		reads[i] = (struct read){ .stmt = &STMT_LEDGER_LOG, .arg_count = 1, .args = &args[i] };
	}
	if ((error = rewapp__storage_query(engine->storage, reads, count, &engine->arena)) < 0)
		return error;
	for (size_t i = 0; i < count; i++)
		id_of(&reads[i], numbers[i], &ids[i]);
	return 0;
}

/* --- what was learnt --------------------------------------------------------------------------- */

enum {
	IDS = 3 /* of what was learnt: the answer's, the line's, who took it back */
};

static int tell_learnt(struct rewapp_engine *engine, const struct read *read, struct rewapp_learnt *out)
{
	int64_t *numbers = rewapp__arena_array(&engine->arena, read->row_count * IDS, sizeof *numbers);
	struct rewapp_id *ids = rewapp__arena_array(&engine->arena, read->row_count * IDS, sizeof *ids);
	int error;

	if (!numbers || !ids)
		return rewapp__fail(REWAPP_E_NOMEMORY, "learnt");
	for (size_t row = 0; row < read->row_count; row++) {
		numbers[row * IDS] = rewapp__cell_int(read, row, 0);
		numbers[row * IDS + 1] = rewapp__cell_int(read, row, 2);
		numbers[row * IDS + 2] = rewapp__cell_int(read, row, 7);
	}
	if ((error = ids_of(engine, numbers, read->row_count * IDS, ids)) < 0)
		return error;
	for (size_t row = 0; row < read->row_count; row++) {
		const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
			&engine->catalogue, rewapp__cell_int(read, row, 1));

		out[row] = (struct rewapp_learnt){ .size = sizeof *out,
			.number = numbers[row * IDS],
			.id = ids[row * IDS],
			.line = ids[row * IDS + 1],
			.taken_back = ids[row * IDS + 2],
			.at_ms = rewapp__cell_int(read, row, 6),
			.votes = (int32_t)rewapp__cell_int(read, row, 3),
			.text = rewapp__cell_text(read, row, 4),
			.who = rewapp__cell_text(read, row, 5) };
		if (merchant)
			out[row].merchant = merchant->id;
	}
	return 0;
}

static int read_learnt(struct rewapp_engine *engine, const struct rewapp_id *merchant, int64_t after,
	struct rewapp_learnt *out, size_t capacity, size_t *count)
{
	const struct merchant *of = NULL;
	struct value args[3];
	struct read read = { .stmt = &STMT_LEARNT_LIST, .arg_count = 3, .args = args };
	int error = rewapp__engine_begin(engine, false);

	if (error < 0)
		return error;
	if (!rewapp_id_is_zero(merchant) && !(of = rewapp__catalogue_merchant(&engine->catalogue, merchant)))
		return rewapp__fail(REWAPP_E_NOTFOUND, "merchant: none of this id");
	args[0] = rewapp__value_int(after);
	args[1] = rewapp__value_int((int64_t)capacity);
	args[2] = rewapp__value_int(of ? of->number : 0);
	if ((error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena)) < 0)
		return error;
	*count = read.row_count;
	return tell_learnt(engine, &read, out);
}

int rewapp__read_learnt(struct rewapp_engine *engine, const struct rewapp_id *merchant, int64_t after,
	struct rewapp_learnt *out, size_t capacity, size_t *count)
{
	int error;

	*count = 0;
	error = read_learnt(engine, merchant, after, out, capacity, count);
	rewapp__engine_end(engine);
	return error;
}

/* --- bank lines in doubt ------------------------------------------------------------------------ */

/* The member's key stands in column 6. */
static int uncover(struct rewapp_engine *engine, const struct read *read, size_t row,
	const struct rewapp_id *id, struct doubt_line *line)
{
	struct member member = { .has_key = false };
	size_t size;
	const void *key = rewapp__cell_blob(read, row, 6, &size);

	if (key && size == sizeof member.key) {
		memcpy(member.key, key, size);
		member.has_key = true;
	}
	return rewapp__doubt_uncover(&member, id, &engine->arena, line);
}

/* The text against the merchants as they are now. */
static int look(struct rewapp_engine *engine, const struct doubt_line *line, struct rewapp_doubt *out)
{
	struct rewapp_match_query query = { .size = sizeof query,
		.descriptor = line->texts[TOLD_DESCRIPTOR],
		.amount = -line->amount,
		.mcc = line->mcc,
		.booked_ms = line->occurred_ms,
		.country = line->texts[TOLD_COUNTRY],
		.city = line->texts[TOLD_CITY],
		.postcode = line->texts[TOLD_POSTCODE],
		.merchant_id = line->texts[TOLD_MERCHANT_ID],
		.terminal_id = line->texts[TOLD_TERMINAL_ID],
		.siret = line->texts[TOLD_SIRET],
		.creditor_id = line->texts[TOLD_CREDITOR_ID],
		.programme = out->programme };

	memcpy(query.currency, line->currency, sizeof query.currency);
	return rewapp__match_look(&engine->catalogue, &query, &engine->arena, &out->match);
}

static int tell_doubt(
	struct rewapp_engine *engine, const struct read *read, size_t row, struct rewapp_doubt *out)
{
	const struct catalogue *catalogue = &engine->catalogue;
	const struct programme_row *programme = rewapp__catalogue_programme_by_number(
		catalogue, rewapp__cell_int(read, row, 2));
	const struct merchant *candidate = rewapp__catalogue_merchant_by_number(
		catalogue, rewapp__cell_int(read, row, 3));
	struct doubt_line line;
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 4, &size);
	int error = rewapp__doubt_read(bytes, size, &engine->arena, &line);

	if (error < 0)
		return error;
	*out = (struct rewapp_doubt){ .size = sizeof *out,
		.number = rewapp__cell_int(read, row, 0),
		.id = rewapp__cell_id(read, row, 1),
		.member = rewapp__cell_id(read, row, 5),
		.amount = line.amount,
		.occurred_ms = line.occurred_ms,
		.catalogue = line.catalogue,
		.certainty = line.certainty,
		.mcc = line.mcc };
	if ((error = uncover(engine, read, row, &out->id, &line)) < 0)
		return error;
	if (!programme || !candidate || !line.texts[TOLD_DESCRIPTOR])
		return rewapp__fail(
			REWAPP_E_CORRUPT, "the doubt of command %lld is damaged", (long long)out->number);
	out->programme = programme->id;
	out->merchant = candidate->id;
	out->descriptor = line.texts[TOLD_DESCRIPTOR];
	memcpy(out->currency, line.currency, sizeof out->currency);
	snprintf(out->calibration, sizeof out->calibration, "%s", line.calibration);
	return look(engine, &line, out);
}

static int read_doubts(
	struct rewapp_engine *engine, int64_t after, struct rewapp_doubt *out, size_t capacity, size_t *count)
{
	struct value args[] = { rewapp__value_int(after), rewapp__value_int((int64_t)capacity) };
	struct read read = { .stmt = &STMT_LEARNT_DOUBTS, .arg_count = 2, .args = args };
	int error = rewapp__engine_begin(engine, false);

	if (error < 0 || (error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena)) < 0)
		return error;
	for (size_t row = 0; row < read.row_count; row++)
		if ((error = tell_doubt(engine, &read, row, &out[row])) < 0)
			return error;
	*count = read.row_count;
	return 0;
}

int rewapp__read_doubts(
	struct rewapp_engine *engine, int64_t after, struct rewapp_doubt *out, size_t capacity, size_t *count)
{
	int error;

	*count = 0;
	error = read_doubts(engine, after, out, capacity, count);
	rewapp__engine_end(engine);
	return error;
}
