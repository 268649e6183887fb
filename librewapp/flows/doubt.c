/* Bank lines that wait for a person: how they are kept, found again and marked as answered. */
#include "flows/doubt.h"

#include "base/error.h"
#include "evidence/cover.h"
#include "flows/facts.h"
#include "flows/purchase.h"
#include "flows/read.h"
#include "flows/sightings.h"
#include "matching/decide.h"
#include "programme/learnt.sql.h"

#include <string.h>

/* --- as bytes ------------------------------------------------------------------------------------ */

static void put_told(const struct rewapp_command *command, struct pack *to)
{
	const char *const texts[TOLD_COUNT] = { command->descriptor, command->country, command->city,
		command->postcode, command->merchant_id, command->terminal_id, command->siret,
		command->creditor_id };

	for (size_t i = 0; i < TOLD_COUNT; i++)
		rewapp__pack_blob(to, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) : 0);
}

static void put_line(const struct doubt_line *line, struct pack *to)
{
	rewapp__pack_int(to, line->amount);
	rewapp__pack_int(to, line->occurred_ms);
	rewapp__pack_int(to, line->catalogue);
	rewapp__pack_uint(to, (uint64_t)line->mcc);
	rewapp__pack_uint(to, (uint64_t)line->certainty);
	rewapp__pack_bytes(to, line->currency, 3);
	rewapp__pack_blob(to, line->calibration, strlen(line->calibration));
	rewapp__pack_blob(to, line->facts, line->facts_size);
	rewapp__pack_blob(to, line->told, line->told_size);
}

static char *get_text(struct unpack *from, struct arena *arena)
{
	size_t size;
	const uint8_t *bytes = rewapp__unpack_blob(from, &size);

	return bytes ? rewapp__arena_copy(arena, bytes, size) : NULL;
}

int rewapp__doubt_read(const void *bytes, size_t size, struct arena *arena, struct doubt_line *out)
{
	struct unpack from = rewapp__unpack(bytes, bytes ? size : 0);
	const void *currency;

	*out = (struct doubt_line){ .amount = rewapp__unpack_int(&from) };
	out->occurred_ms = rewapp__unpack_int(&from);
	out->catalogue = rewapp__unpack_int(&from);
	out->mcc = (int32_t)rewapp__unpack_uint(&from);
	out->certainty = (int32_t)rewapp__unpack_uint(&from);
	if ((currency = rewapp__unpack_bytes(&from, 3)))
		memcpy(out->currency, currency, 3);
	out->calibration = get_text(&from, arena);
	out->facts = rewapp__unpack_blob(&from, &out->facts_size);
	bytes = rewapp__unpack_blob(&from, &out->told_size);
	if (from.failed || from.at != from.end)
		return rewapp__fail(REWAPP_E_CORRUPT, "a bank line in doubt is damaged");
	out->told = bytes;
	return out->calibration ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "review");
}

int rewapp__doubt_uncover(
	const struct member *member, const struct rewapp_id *id, struct arena *arena, struct doubt_line *line)
{
	char *told = rewapp__arena_copy(arena, line->told, line->told_size), *text;
	struct unpack from = rewapp__unpack(told, told ? line->told_size : 0);

	if (!told)
		return rewapp__fail(REWAPP_E_NOMEMORY, "review");
	if (!member->has_key)
		return 0;
	rewapp__cover_text(member->key, id, COVERED_TOLD, told, line->told_size);
	for (size_t i = 0; i < TOLD_COUNT; i++) {
		if (!(text = get_text(&from, arena)))
			return from.failed ? rewapp__fail(REWAPP_E_CORRUPT, "a bank line in doubt is damaged")
					   : rewapp__fail(REWAPP_E_NOMEMORY, "review");
		line->texts[i] = *text ? text : NULL;
	}
	return 0;
}

struct sighting *rewapp__doubt_sighting(struct batch *batch, const struct doubt *doubt)
{
	return rewapp__batch_sighting(batch, doubt->member->number, doubt->number);
}

/* --- a line that begins to wait ------------------------------------------------------------------- */

static int line_of(struct batch *batch, const struct item *item, const struct member *member,
	const struct earn_facts *facts, struct pack *out)
{
	struct doubt_line line = { .amount = facts->amount,
		.occurred_ms = facts->occurred_ms,
		.catalogue = batch->engine->catalogue.seen,
		.mcc = item->command->mcc,
		.certainty = item->receipt->certainty,
		.calibration = rewapp__match_calibration };
	struct pack known, told;

	rewapp__pack_init(&known, batch->arena);
	rewapp__pack_init(&told, batch->arena);
	rewapp__facts_encode(facts, &known);
	put_told(item->command, &told);
	if (member->has_key && !told.failed)
		rewapp__cover_text(member->key, &item->command->id, COVERED_TOLD, told.data, told.size);
	memcpy(line.currency, item->command->currency, sizeof line.currency);
	line.facts = known.data;
	line.facts_size = known.size;
	line.told = told.data;
	line.told_size = told.size;
	put_line(&line, out);
	return known.failed || told.failed || out->failed ? rewapp__fail(REWAPP_E_NOMEMORY, "review") : 0;
}

int rewapp__doubt_record(struct batch *batch, const struct item *item, struct member *member,
	const struct programme_row *programme, ref candidate, const struct earn_facts *facts)
{
	struct pack line;
	int error;

	rewapp__pack_init(&line, batch->arena);
	if ((error = line_of(batch, item, member, facts, &line)) < 0)
		return error;
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_DOUBT,
			.doubt = { member->number, programme->number, candidate, line.data, line.size } });
	rewapp__plan_add(&batch->plan, &STMT_LEARNT_DOUBT_INSERT, TOUCHES_ONE,
		(struct value[]){ rewapp__ref_value(item->number),
			rewapp__value_blob(&item->command->id, sizeof item->command->id),
			rewapp__ref_value(member->number), rewapp__ref_value(programme->number),
			rewapp__ref_value(candidate), rewapp__value_blob(line.data, line.size) },
		6);
	return 0;
}

/* --- finding it again -------------------------------------------------------------------------- */

struct doubt_want {
	struct item *item; /* the CONFIRM; NULL: a TAKE_BACK */
};

/* The limits that count where the line would earn. */
static int want_earning(struct batch *batch, const struct doubt *doubt, const struct item *item)
{
	const struct merchant *merchant = rewapp__batch_merchant(batch, &item->command->merchant);
	struct earn_facts facts = { .merchant = item->command->merchant,
		.mcc = doubt->line.mcc ? doubt->line.mcc
			: merchant     ? merchant->mcc
				       : 0,
		.amount = doubt->line.amount,
		.occurred_ms = doubt->line.occurred_ms };
	int error = rewapp__facts_decode(doubt->line.facts, doubt->line.facts_size, batch->arena, &facts);

	if (error < 0)
		return error;
	rewapp__want_counters(batch, doubt->programme, doubt->programme->rules, &facts);
	rewapp__want_new_limits(batch, item, doubt->programme, &facts);
	if (merchant)
		rewapp__want_account(batch, doubt->programme->number, ACCOUNT_ISSUANCE, merchant->number);
	return batch->failed;
}

static int doubt_fill(struct batch *batch, const struct read *read, struct doubt *doubt)
{
	int error;
	size_t size;
	const void *bytes = rewapp__cell_blob(read, 0, 6, &size);

	doubt->number = rewapp__cell_int(read, 0, 0);
	doubt->id = rewapp__cell_id(read, 0, 1);
	doubt->member = rewapp__want_member_number(batch, rewapp__cell_int(read, 0, 2));
	doubt->programme = rewapp__catalogue_programme_by_number(
		&batch->engine->catalogue, rewapp__cell_int(read, 0, 3));
	doubt->candidate = rewapp__cell_int(read, 0, 4);
	doubt->answer = rewapp__cell_int(read, 0, 5);
	doubt->taught = rewapp__cell_int(read, 0, 7) != 0;
	if (batch->failed || !doubt->programme)
		return batch->failed
			? batch->failed
			: rewapp__fail(REWAPP_E_CORRUPT, "a bank line in doubt has no programme");
	rewapp__want_wallet(batch, doubt->member->number, doubt->programme);
	rewapp__want_account(batch, doubt->programme->number, ACCOUNT_ISSUANCE, 0);
	if ((error = rewapp__doubt_read(bytes, size, batch->arena, &doubt->line)) < 0)
		return error;
	rewapp__want_sightings(batch,
		&(struct sightings_want){ .member = doubt->member,
			.programme = doubt->programme,
			.around_ms = doubt->line.occurred_ms,
			/* a ticket on one side, and on its other side the line that is of it */
			.days = 2 * PROGRAMME_TILL_DAYS_MAX });
	return batch->failed;
}

static int doubt_done(struct batch *batch, const struct read *read, void *subject)
{
	const struct doubt_want *want = subject;
	struct doubt *doubt;
	int error = 0;

	if (read->row_count == 0)
		return 0;
	doubt = rewapp__facts_get_number(&batch->doubts, rewapp__cell_int(read, 0, 0));
	if (!doubt) {
		if (!(doubt = rewapp__facts_take(batch, sizeof *doubt)) ||
			(error = doubt_fill(batch, read, doubt)) < 0)
			return batch->failed ? batch->failed : error;
		rewapp__facts_put_number(batch, &batch->doubts, doubt->number, doubt);
		rewapp__facts_put(batch, &batch->doubts_by_id, &doubt->id, doubt);
		if (doubt->answer)
			rewapp__facts_put_number(batch, &batch->answered, doubt->answer, doubt);
	}
	return want->item ? want_earning(batch, doubt, want->item) : batch->failed;
}

static void want(struct batch *batch, const struct stmt *stmt, const struct value *key, struct item *item)
{
	struct doubt_want *want = rewapp__facts_take(batch, sizeof *want);

	if (!want)
		return;
	want->item = item;
	rewapp__want(batch, stmt, key, 1, doubt_done, want);
}

void rewapp__want_doubt(struct batch *batch, struct item *item)
{
	const struct rewapp_id *id = &item->command->target;

	want(batch, &STMT_LEARNT_DOUBT, (struct value[]){ rewapp__value_blob(id, sizeof *id) }, item);
}

void rewapp__want_answered(struct batch *batch, ref answer)
{
	want(batch, &STMT_LEARNT_ANSWERED, (struct value[]){ rewapp__value_int(answer) }, NULL);
}

struct doubt *rewapp__batch_doubt(struct batch *batch, const struct rewapp_id *id)
{
	struct doubt *doubt = rewapp__map_get(&batch->doubts_by_id, id);

	rewapp__undo_keep(&batch->undo, doubt, sizeof *doubt);
	if (doubt) /* a command before may have put its next version */
		doubt->programme = rewapp__batch_programme(batch, &doubt->programme->id);
	return doubt;
}

struct doubt *rewapp__batch_answered(struct batch *batch, ref answer)
{
	struct doubt *doubt = rewapp__facts_get_number(&batch->answered, answer);

	rewapp__undo_keep(&batch->undo, doubt, sizeof *doubt);
	return doubt && doubt->answer == answer ? doubt : NULL;
}

/* --- its answer -------------------------------------------------------------------------------- */

static void record_answer(struct batch *batch, ref line, ref before, ref answer)
{
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_REVIEWED, .reviewed = { line, answer == 0 } });
	rewapp__plan_add(&batch->plan, &STMT_LEARNT_DOUBT_ANSWER, TOUCHES_ONE,
		(struct value[]){
			rewapp__ref_value(line), rewapp__ref_value(answer), rewapp__ref_value(before) },
		3);
}

/* Whoever answers for it at the same moment changes its row, and one of the two starts again. */
void rewapp__doubt_supersede(struct batch *batch, ref line, ref by)
{
	struct doubt *doubt = rewapp__facts_get_number(&batch->doubts, line);

	rewapp__undo_keep(&batch->undo, doubt, sizeof *doubt);
	if (doubt)
		doubt->answer = by;
	record_answer(batch, line, 0, by);
}

void rewapp__doubt_answer(struct batch *batch, struct doubt *doubt, ref answer)
{
	record_answer(batch, doubt->number, doubt->answer, answer);
	doubt->answer = answer;
	if (answer)
		rewapp__facts_put_number(batch, &batch->answered, answer, doubt);
}
