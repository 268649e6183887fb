/* Signals: what in the log looks like fraud.  Advice, with reasons; no decision asks for it. */
#include "flows/signals.h"

#include "base/error.h"
#include "base/map.h"
#include "base/text.h"
#include "earn/decide.h"
#include "evidence/cover.h"
#include "flows/engine.h"
#include "flows/read.h"
#include "ledger/ledger.sql.h"
#include "ledger/record.h"
#include "programme/programme.sql.h"

#include <rewapp/submit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE_ROWS = 200, /* of the log, read at once */
	HOUR_MS = 60 * 60 * 1000
};

/* What is counted of one card or of one member. */
struct sum {
	struct signal told;
	int64_t hour, in_hour; /* of the velocity: the hour that is counted, and its purchases so far */
	size_t place;          /* in the order of the log */
	struct sum *next;      /* of the kind, in the order of the log */
};

struct run {
	struct rewapp_engine *engine;
	const struct signal_options *options;
	struct arena page;
	struct map sums, pairs; /* by kind and whose; by card and member */
	struct map members;     /* whose key was read: texts are under it */
	int64_t points;         /* of the event that the record told last */
	struct sum *first[SIGNAL_KINDS], **last[SIGNAL_KINDS];
};

const char *rewapp__signal_name(enum signal_kind kind)
{
	static const char *const names[SIGNAL_KINDS] = { "card_members", "returns", "manual_credits",
		"velocity", "cycles", "terminal_velocity", "cashier_velocity", "cashier_returns",
		"cashier_credits" };

	return names[kind];
}

static int no_memory(void)
{
	return rewapp__fail(REWAPP_E_NOMEMORY, "signals");
}

static struct sum *sum_of(struct run *run, enum signal_kind kind, int64_t whose)
{
	struct map_key key = rewapp__map_key(whose, kind);
	struct sum *sum = rewapp__map_get(&run->sums, &key);

	if (sum)
		return sum;
	if (!(sum = rewapp__arena_take(&run->engine->arena, sizeof *sum)) ||
		rewapp__map_put(&run->sums, &key, sum) < 0)
		return NULL;
	sum->told.kind = kind;
	sum->place = run->sums.count;
	*run->last[kind] = sum;
	run->last[kind] = &sum->next;
	return sum;
}

static int count(
	struct run *run, enum signal_kind kind, int64_t whose, const struct record *record, int64_t points)
{
	struct sum *sum = sum_of(run, kind, whose);

	if (!sum)
		return no_memory();
	sum->told.member = record->member;
	sum->told.count++;
	sum->told.points = rewapp__wrapped_sum(sum->told.points, points);
	sum->told.last_ms = record->recorded_ms;
	return 0;
}

/* The card by a hash of its token, so that a signal can be kept without it; each member once. */
static int count_card(struct run *run, const struct record *record, const char *card)
{
	struct rewapp_id id;
	struct map_key pair;
	struct sum *sum;
	int64_t number;
	int error = rewapp_id_derive(card, strnlen(card, 255), &id);

	if (error < 0)
		return error;
	memcpy(&number, id.bytes, sizeof number);
	pair = rewapp__map_key(number, record->member);
	if (rewapp__map_get(&run->pairs, &pair))
		return 0;
	if (rewapp__map_put(&run->pairs, &pair, run) < 0 ||
		count(run, SIGNAL_CARD_MEMBERS, number, record, 0) < 0)
		return no_memory();
	sum = sum_of(run, SIGNAL_CARD_MEMBERS, number);
	snprintf(sum->told.card, sizeof sum->told.card, "%02x%02x%02x%02x", id.bytes[0], id.bytes[1],
		id.bytes[2], id.bytes[3]);
	return 0;
}

/* The fullest hour is told. */
static int count_velocity(struct run *run, enum signal_kind kind, int64_t whose, const struct record *record)
{
	struct sum *sum = sum_of(run, kind, whose);
	int64_t hour = record->recorded_ms / HOUR_MS;

	if (!sum)
		return no_memory();
	sum->in_hour = sum->hour == hour ? sum->in_hour + 1 : 1;
	sum->hour = hour;
	if (sum->in_hour <= sum->told.count)
		return 0;
	sum->told.member = record->member;
	sum->told.count = sum->in_hour;
	sum->told.last_ms = record->recorded_ms;
	return 0;
}

/* --- tills and cashiers ---------------------------------------------------------------------- */

struct keeper {
	bool has_key;
	uint8_t key[COVER_KEY_BYTES];
};

/* The key that the texts of a member's commands are under; without one they are as they were, or lost. */
static struct keeper *keeper_of(struct run *run, ref member, int *error)
{
	struct map_key key = rewapp__map_key(member, 0);
	struct keeper *keeper = rewapp__map_get(&run->members, &key);
	struct value number = rewapp__value_int(member);
	struct read read = { .stmt = &STMT_PROGRAMME_MEMBER_BY_NUMBER, .args = &number, .arg_count = 1 };
	const void *bytes;
	size_t size;

	*error = 0;
	if (keeper)
		return keeper;
	if (!(keeper = rewapp__arena_take(&run->engine->arena, sizeof *keeper)) ||
		rewapp__map_put(&run->members, &key, keeper) < 0) {
		*error = no_memory();
		return NULL;
	}
	if ((*error = rewapp__storage_query(run->engine->storage, &read, 1, &run->page)) < 0)
		return NULL;
	bytes = rewapp__cell_blob(&read, 0, 3, &size);
	keeper->has_key = read.row_count && bytes && size == sizeof keeper->key;
	if (keeper->has_key)
		memcpy(keeper->key, bytes, sizeof keeper->key);
	return keeper;
}

/* The text as it was said, into `out`; "" when its member is forgotten. */
static int uncover(struct run *run, const struct record *record, uint8_t which, const void *text, size_t size,
	char out[REWAPP_TEXT_MAX + 1])
{
	struct keeper *keeper;
	int error = 0;

	out[0] = 0;
	if (!text || size == 0 || size > REWAPP_TEXT_MAX)
		return 0;
	keeper = record->member ? keeper_of(run, record->member, &error) : NULL;
	if (error < 0 || (keeper && !keeper->has_key))
		return error;
	memcpy(out, text, size);
	out[size] = 0;
	if (keeper)
		rewapp__cover_text(keeper->key, &record->id, which, out, size);
	return 0;
}

/* A till's or a cashier's number: a hash of the merchant and the name. */
static int place_of(const struct record *record, const char *name, int64_t *out)
{
	char text[REWAPP_TEXT_MAX + 32];
	struct rewapp_id id;
	int error;

	snprintf(text, sizeof text, "%lld/%s", (long long)record->merchant, name);
	error = rewapp_id_derive(text, strnlen(text, 255), &id);
	memcpy(out, id.bytes, sizeof *out);
	return error;
}

static int name_place(
	struct run *run, enum signal_kind kind, int64_t whose, const struct record *record, const char *name)
{
	struct signal *told = &sum_of(run, kind, whose)->told;
	const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
		&run->engine->catalogue, record->merchant);
	size_t length = strlen(name);

	if (length >= sizeof told->name)
		length = rewapp__text_cut(name, sizeof told->name - 1);
	memcpy(told->name, name, length);
	told->name[length] = 0;
	if (merchant)
		told->merchant = merchant->id;
	return 0;
}

static int count_terminal(struct run *run, const struct record *record)
{
	char name[REWAPP_TEXT_MAX + 1];
	int64_t whose;
	int error = uncover(run, record, COVERED_TERMINAL, record->terminal, record->terminal_size, name);

	if (error < 0 || !name[0])
		return error;
	if ((error = place_of(record, name, &whose)) < 0 ||
		(error = count_velocity(run, SIGNAL_TERMINAL_VELOCITY, whose, record)) < 0)
		return error;
	return name_place(run, SIGNAL_TERMINAL_VELOCITY, whose, record, name);
}

/* What the record's event says: points of a return or of a credit. */
static int count_cashier(struct run *run, const struct record *record, const struct effect *effect)
{
	bool credits = record->kind == REWAPP_KIND_ADJUST, returns = record->kind == REWAPP_KIND_RETURN;
	enum signal_kind kind = credits ? SIGNAL_CASHIER_CREDITS
		: returns               ? SIGNAL_CASHIER_RETURNS
					: SIGNAL_CASHIER_VELOCITY;
	char name[REWAPP_TEXT_MAX + 1];
	int64_t whose;
	int error = uncover(run, record, COVERED_CASHIER, effect->cashier.name, effect->cashier.size, name);

	if (error < 0 || !name[0] || (!credits && !returns && record->kind != REWAPP_KIND_PURCHASE) ||
		(credits && run->points <= 0))
		return error;
	if ((error = place_of(record, name, &whose)) < 0)
		return error;
	error = credits || returns ? count(run, kind, whose, record, run->points)
				   : count_velocity(run, kind, whose, record);
	return error < 0 ? error : name_place(run, kind, whose, record, name);
}

/* --- purchases that come back ------------------------------------------------------------------ */

/* Whether all of the purchase has come back with this return. */
static int count_cycle(struct run *run, const struct record *record, const struct effect *undone)
{
	struct value number = rewapp__value_int(undone->undone.number);
	struct read read = { .stmt = &STMT_LEDGER_LOG, .args = &number, .arg_count = 1 };
	struct record bought;
	struct effect_reader effects;
	struct effect effect;
	size_t size;
	const void *row;
	int error = rewapp__storage_query(run->engine->storage, &read, 1, &run->page);

	if (error < 0)
		return error;
	row = rewapp__cell_blob(&read, 0, 1, &size);
	if (!row ||
		!rewapp__record_find(
			rewapp__cell_int(&read, 0, 0), row, size, undone->undone.number, &bought))
		return rewapp__fail(
			REWAPP_E_CORRUPT, "log: purchase %lld is missing", (long long)undone->undone.number);
	rewapp__effects_open(&effects, &bought);
	while (rewapp__effects_next(&effects, &effect))
		if (effect.kind == EFFECT_PURCHASE && effect.purchase.amount == undone->undone.amount)
			return count(run, SIGNAL_CYCLES, record->member, record, undone->undone.points);
	return 0;
}

static int look_at_purchase(struct run *run, const struct record *record, const struct effect *effect)
{
	struct earn_facts facts = { .amount = effect->purchase.amount };
	struct awards awards;
	size_t used;
	int error;

	if ((error = rewapp__awards_decode(
		     effect->purchase.awards, effect->purchase.awards_size, &awards, &used)) < 0 ||
		(error = rewapp__facts_decode((const char *)effect->purchase.awards + used,
			 effect->purchase.awards_size - used, &run->page, &facts)) < 0 ||
		(error = count_velocity(run, SIGNAL_VELOCITY, record->member, record)) < 0)
		return error;
	if ((error = count_terminal(run, record)) < 0)
		return error;
	return facts.card ? count_card(run, record, facts.card) : 0;
}

static int look_at_effect(struct run *run, const struct record *record, const struct effect *effect)
{
	if (effect->kind == EFFECT_PURCHASE)
		return look_at_purchase(run, record, effect);
	if (effect->kind == EFFECT_UNDONE && record->kind == REWAPP_KIND_RETURN)
		return count_cycle(run, record, effect);
	if (effect->kind == EFFECT_CASHIER)
		return count_cashier(run, record, effect);
	if (effect->kind != EFFECT_EVENT)
		return 0;
	run->points = effect->event.points;
	if (record->kind == REWAPP_KIND_RETURN)
		return count(run, SIGNAL_RETURNS, record->member, record, effect->event.points);
	if (record->kind == REWAPP_KIND_ADJUST && effect->event.points > 0)
		return count(run, SIGNAL_MANUAL_CREDITS, record->member, record, effect->event.points);
	return 0;
}

static int look_at_record(struct run *run, const struct record *record)
{
	struct effect_reader effects;
	struct effect effect;
	int error = 0;

	if (record->recorded_ms < run->options->from_ms || record->recorded_ms >= run->options->until_ms)
		return 0;
	run->points = 0;
	rewapp__effects_open(&effects, record);
	while (error == 0 && rewapp__effects_next(&effects, &effect))
		error = look_at_effect(run, record, &effect);
	if (error == 0 && effects.failed)
		error = rewapp__fail(
			REWAPP_E_CORRUPT, "log: record %lld is damaged", (long long)record->number);
	return error;
}

static int look_at_row(struct run *run, const struct read *read, size_t row)
{
	struct record_reader records;
	struct record record;
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 2, &size);
	int error = 0;

	rewapp__record_open(&records, rewapp__cell_int(read, row, 0), bytes, size);
	while (error == 0 && rewapp__record_next(&records, &record))
		error = look_at_record(run, &record);
	if (error == 0 && records.failed)
		error = rewapp__fail(REWAPP_E_CORRUPT, "log: row %lld is damaged",
			(long long)rewapp__cell_int(read, row, 0));
	return error;
}

static int look_at_log(struct run *run)
{
	int64_t seq = -1;
	size_t rows;

	do {
		struct value args[] = { rewapp__value_int(seq), rewapp__value_int(PAGE_ROWS) };
		struct read read = { .stmt = &STMT_LEDGER_LOG_BEHIND, .args = args, .arg_count = 2 };
		int error;

		rewapp__arena_reset(&run->page);
		error = rewapp__storage_query(run->engine->storage, &read, 1, &run->page);
		for (size_t row = 0; error == 0 && row < read.row_count; row++)
			error = look_at_row(run, &read, row);
		if (error < 0)
			return error;
		rows = read.row_count;
		if (rows)
			seq = rewapp__cell_int(&read, rows - 1, 0);
	} while (rows == PAGE_ROWS);
	return 0;
}

/* The member's id as the store has it now: what is left of one that was erased. */
static int name_member(struct run *run, struct signal *signal)
{
	struct value number = rewapp__value_int(signal->member);
	struct read read = { .stmt = &STMT_PROGRAMME_MEMBER_BY_NUMBER, .args = &number, .arg_count = 1 };
	int error = rewapp__storage_query(run->engine->storage, &read, 1, &run->page);

	if (error == 0 && read.row_count)
		signal->id = rewapp__cell_id(&read, 0, 1);
	return error;
}

/* The largest count first, of equal ones the last that was seen. */
static int compare_sums(const void *a, const void *b)
{
	const struct sum *first = *(struct sum *const *)a, *second = *(struct sum *const *)b;

	if (first->told.count != second->told.count)
		return first->told.count > second->told.count ? -1 : 1;
	if (first->told.last_ms != second->told.last_ms)
		return first->told.last_ms > second->told.last_ms ? -1 : 1;
	return first->place < second->place ? -1 : 1;
}

/* Those of a kind that reach its threshold, sorted. */
static int list_kind(struct run *run, int kind, struct sum ***out, size_t *count)
{
	int64_t least = run->options->least[kind];
	struct sum **sums = rewapp__arena_array(&run->engine->arena, run->sums.count + 1, sizeof *sums);

	if (!sums)
		return no_memory();
	*count = 0;
	for (struct sum *sum = run->first[kind]; sum && least; sum = sum->next)
		if (sum->told.count >= least)
			sums[(*count)++] = sum;
	qsort(sums, *count, sizeof *sums, compare_sums);
	*out = sums;
	return 0;
}

static int tell(struct run *run, struct signals *out)
{
	struct signal **end = &out->first;

	for (int kind = 0; kind < SIGNAL_KINDS; kind++) {
		struct sum **sums = NULL;
		size_t count = 0, told = 0;
		int error = list_kind(run, kind, &sums, &count);

		for (; error == 0 && told < count && told < run->options->most; told++) {
			error = name_member(run, &sums[told]->told);
			*end = &sums[told]->told;
			end = &sums[told]->told.next;
		}
		if (error < 0)
			return error;
		out->left_off += count - told;
	}
	return 0;
}

int rewapp__flow_signals(
	struct rewapp_engine *engine, const struct signal_options *options, struct signals *out)
{
	struct run run = { .engine = engine, .options = options };
	int error;

	*out = (struct signals){ 0 };
	if ((error = rewapp__engine_begin(engine, false)) < 0)
		return error;
	rewapp__arena_init(&run.page, &engine->env);
	rewapp__map_init(&run.sums, &engine->arena);
	rewapp__map_init(&run.pairs, &engine->arena);
	rewapp__map_init(&run.members, &engine->arena);
	for (int kind = 0; kind < SIGNAL_KINDS; kind++)
		run.last[kind] = &run.first[kind];
	if ((error = look_at_log(&run)) == 0)
		error = tell(&run, out);
	rewapp__arena_finish(&run.page);
	rewapp__engine_end(engine);
	return error;
}
