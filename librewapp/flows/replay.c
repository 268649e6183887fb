/* What a candidate programme would have given for the purchases that are stored. */
#include "flows/replay.h"

#include "base/checked.h"
#include "base/error.h"
#include "earn/decide.h"
#include "flows/read.h"
#include "ledger/ledger.sql.h"
#include "ledger/record.h"

#include <rewapp/submit.h>
#include <stdio.h>
#include <string.h>

enum {
	PAGE_ROWS = 200 /* of the log, read at once */
};

struct member_sum {
	int64_t before, after, purchases;
};

struct run {
	struct rewapp_engine *engine;
	const struct programme_row *row;
	const struct programme *candidate;
	struct arena *page;           /* what one page of the log needs */
	struct map members, counters; /* by number; by what a counter is known by */
	struct replay *out;
	int64_t limit; /* of purchases */
};

static int no_memory(void)
{
	return rewapp__fail(REWAPP_E_NOMEMORY, "replay");
}

static void *found_or_new(struct map *map, const void *key, struct arena *arena, size_t size)
{
	void *value = rewapp__map_get(map, key);

	if (value || !(value = rewapp__arena_take(arena, size)))
		return value;
	return rewapp__map_put(map, key, value) < 0 ? NULL : value;
}

/* --- the candidate's counters ------------------------------------------------------------------ */

/* A counter's name, hashed to the key of a map: three numbers do not fit. */
static int64_t *counter_of(struct run *run, const struct counter_key *key, ref member, bool make)
{
	char name[4 * 24];
	struct rewapp_id id;
	int length = snprintf(name, sizeof name, "%lld/%lld/%lld", (long long)key->cap,
		(long long)(key->scope == CAP_MEMBER ? member : 0), (long long)key->window_start);

	if (rewapp_id_derive(name, (size_t)length, &id) < 0)
		return NULL;
	if (!make)
		return rewapp__map_get(&run->counters, &id);
	return found_or_new(&run->counters, &id, &run->engine->arena, sizeof(int64_t));
}

/* What a sliding window has used: its days or hours are counters of their own. */
static int64_t used_around(struct run *run, const struct counter_key *key, ref member)
{
	int64_t sums[2 * CAP_SPAN_MAX - 1] = { 0 };
	struct counter_key part = *key;

	for (int32_t i = 0; i < 2 * key->span - 1; i++) {
		const int64_t *counter;

		part.window_start = key->window_start - key->span + 1 + i;
		if ((counter = counter_of(run, &part, member, false)))
			sums[i] = *counter;
	}
	return rewapp__earn_window_used(sums, key->span);
}

static int load_counters(
	struct run *run, struct earn_facts *facts, ref member, int64_t *counters[EARN_COUNTERS_MAX])
{
	struct counter_key keys[EARN_COUNTERS_MAX];
	size_t count = rewapp__earn_counters(run->candidate, facts, keys);

	for (size_t i = 0; i < count; i++) {
		counters[i] = NULL;
		if (keys[i].cap && !(counters[i] = counter_of(run, &keys[i], member, true)))
			return no_memory();
		facts->used[i] = !counters[i] ? 0
			: keys[i].span        ? used_around(run, &keys[i], member)
					      : *counters[i];
	}
	return 0;
}

/* --- sums -------------------------------------------------------------------------------------- */

static struct replay_rule *rule_named(struct run *run, const char *id)
{
	struct replay_rule **at = &run->out->rules;

	while (*at && strcmp((*at)->id, id) != 0)
		at = &(*at)->next;
	if (!*at && (*at = rewapp__arena_take(&run->engine->arena, sizeof **at)))
		memcpy((*at)->id, id, strnlen(id, sizeof(*at)->id - 1));
	return *at;
}

static int add_rules(struct run *run, const struct programme *rules, const struct awards *awards, bool after)
{
	for (size_t i = 0; i < awards->count; i++) {
		struct replay_rule *rule;

		if (awards->list[i].points == 0)
			continue;
		if (!(rule = rule_named(run, rewapp__rule_id(rules, awards->list[i].rule))))
			return no_memory();
		*(after ? &rule->after : &rule->before) += awards->list[i].points;
		rule->awards += after;
	}
	return 0;
}

static struct replay_month *month_of(struct run *run, int64_t occurred_ms)
{
	struct replay_month **at = &run->out->months;
	struct civil day;

	rewapp__zone_local(run->candidate->zone, occurred_ms, &day);
	while (*at && ((*at)->year != day.year || (*at)->month != day.month))
		at = &(*at)->next;
	if (!*at && (*at = rewapp__arena_take(&run->engine->arena, sizeof **at))) {
		(*at)->year = day.year;
		(*at)->month = day.month;
	}
	return *at;
}

static int add_sums(struct run *run, const struct earn_facts *facts, struct member_sum *member,
	int64_t before, int64_t after)
{
	struct replay_month *month = month_of(run, facts->occurred_ms);
	struct replay *out = run->out;

	if (!month)
		return no_memory();
	if (!rewapp__add(out->before, before, &out->before) || !rewapp__add(out->after, after, &out->after) ||
		!rewapp__add(out->amount, facts->amount, &out->amount))
		return rewapp__fail(REWAPP_E_OVERFLOW, "replay: the sums leave 64 bits");
	out->purchases++;
	month->purchases++;
	month->before += before; /* no more than all together */
	month->after += after;
	member->before += before;
	member->after += after;
	member->purchases++;
	return 0;
}

/* --- one purchase ------------------------------------------------------------------------------ */

static int facts_of(struct run *run, const struct record *record, const struct effect *effect, size_t used,
	struct earn_facts *out)
{
	const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
		&run->engine->catalogue, record->merchant);

	*out = (struct earn_facts){ .mcc = (int32_t)effect->purchase.mcc,
		.amount = effect->purchase.amount,
		.occurred_ms = effect->purchase.occurred_ms };
	if (merchant)
		out->merchant = merchant->id;
	return rewapp__facts_decode((const char *)effect->purchase.awards + used,
		effect->purchase.awards_size - used, run->page, out);
}

static int play(struct run *run, const struct record *record, const struct effect *effect)
{
	struct map_key key = rewapp__map_key(record->member, 0);
	struct member_sum *member = found_or_new(&run->members, &key, &run->engine->arena, sizeof *member);
	int64_t *counters[EARN_COUNTERS_MAX];
	const struct programme *rules;
	struct awards before, after;
	struct earn_facts facts;
	size_t used;
	int error;

	if (!member)
		return no_memory();
	if ((error = rewapp__awards_decode(
		     effect->purchase.awards, effect->purchase.awards_size, &before, &used)) < 0 ||
		(error = facts_of(run, record, effect, used, &facts)) < 0 ||
		(error = rewapp__catalogue_version(&run->engine->catalogue, run->engine->storage, run->page,
			 run->row->number, (int32_t)effect->purchase.version, &rules)) < 0)
		return error;
	facts.nth = member->purchases + 1;
	if ((error = load_counters(run, &facts, record->member, counters)) < 0 ||
		(error = rewapp__earn_decide(run->candidate, &facts, &after)) < 0)
		return error;
	for (size_t i = 0; i < after.counter_count; i++)
		if (counters[i])
			*counters[i] += after.counted[i];
	if ((error = add_rules(run, rules, &before, false)) < 0 ||
		(error = add_rules(run, run->candidate, &after, true)) < 0)
		return error;
	return add_sums(run, &facts, member, before.by_programme + before.by_merchant,
		after.by_programme + after.by_merchant);
}

static int play_record(struct run *run, const struct record *record)
{
	struct effect_reader effects;
	struct effect effect;

	if (!rewapp__kind_sells(record->kind) || !record->subject || record->programme != run->row->number)
		return 0;
	if (run->out->purchases == run->limit) {
		run->out->complete = false;
		return 0;
	}
	rewapp__effects_open(&effects, record);
	while (rewapp__effects_next(&effects, &effect))
		if (effect.kind == EFFECT_PURCHASE)
			return play(run, record, &effect);
	return effects.failed
		? rewapp__fail(REWAPP_E_CORRUPT, "log: record %lld is damaged", (long long)record->number)
		: 0;
}

/* --- the log ----------------------------------------------------------------------------------- */

static int play_row(struct run *run, const struct read *read, size_t row)
{
	struct record_reader records;
	struct record record;
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 2, &size);
	int error = 0;

	rewapp__record_open(&records, rewapp__cell_int(read, row, 0), bytes, size);
	while (error == 0 && rewapp__record_next(&records, &record))
		error = play_record(run, &record);
	if (error == 0 && records.failed)
		error = rewapp__fail(REWAPP_E_CORRUPT, "log: row %lld is damaged",
			(long long)rewapp__cell_int(read, row, 0));
	return error;
}

static int play_log(struct run *run)
{
	int64_t seq = -1;
	size_t rows;

	do {
		struct value args[] = { rewapp__value_int(seq), rewapp__value_int(PAGE_ROWS) };
		struct read read = { .stmt = &STMT_LEDGER_LOG_BEHIND, .args = args, .arg_count = 2 };
		int error;

		rewapp__arena_reset(run->page);
		error = rewapp__storage_query(run->engine->storage, &read, 1, run->page);
		for (size_t row = 0; row < read.row_count && error == 0; row++)
			error = play_row(run, &read, row);
		if (error < 0)
			return error;
		rows = read.row_count;
		if (rows)
			seq = rewapp__cell_int(&read, rows - 1, 0);
	} while (rows == PAGE_ROWS && run->out->complete);
	return 0;
}

static void judge_members(struct run *run)
{
	struct replay *out = run->out;

	for (size_t i = 0; i < run->members.capacity; i++) {
		const struct member_sum *member = run->members.slots[i].value;
		int64_t gained = member ? member->after - member->before : 0;

		out->members += member != NULL;
		out->winners += gained > 0;
		out->losers += gained < 0;
		if (gained > out->most_gained)
			out->most_gained = gained;
		if (-gained > out->most_lost)
			out->most_lost = -gained;
	}
}

static int play_all(struct run *run)
{
	int error;

	for (size_t i = 0; i < run->candidate->rule_count; i++)
		if (!rule_named(run, run->candidate->rules[i].id))
			return no_memory();
	if ((error = play_log(run)) < 0)
		return error;
	judge_members(run);
	return 0;
}

int rewapp__flow_replay(struct rewapp_engine *engine, const struct rewapp_id *programme, const char *document,
	size_t length, int64_t limit, struct replay *out)
{
	struct run run = { .engine = engine, .out = out, .limit = limit };
	struct programme *candidate;
	struct programme_row *row;
	struct arena page;
	int error;

	*out = (struct replay){ .complete = true };
	if ((error = rewapp__programme_parse(&candidate, document, length, &engine->env)) < 0)
		return error;
	if ((error = rewapp__read_programme(engine, programme, &row)) == 0) {
		run.row = row;
		run.candidate = candidate;
		run.page = &page;
		rewapp__arena_init(&page, &engine->env);
		rewapp__map_init(&run.members, &engine->arena);
		rewapp__map_init(&run.counters, &engine->arena);
		error = play_all(&run);
		rewapp__arena_finish(&page);
	}
	rewapp__engine_end(engine);
	rewapp__programme_free(candidate);
	return error;
}
