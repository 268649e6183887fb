/* A batch: its memory, its rounds of reading, its facts by name, its answers. */
#include "flows/facts.h"

#include "base/checked.h"
#include "base/error.h"
#include "ledger/ledger.sql.h"

#include <string.h>

int rewapp__batch_begin(struct batch *batch, struct rewapp_engine *engine, size_t count)
{
	struct map *maps[] = { &batch->members, &batch->members_by_number, &batch->known, &batch->wallets,
		&batch->accounts, &batch->purchases, &batch->holds, &batch->redemptions, &batch->tallies,
		&batch->merchants, &batch->programmes, &batch->doubts, &batch->doubts_by_id, &batch->answered,
		&batch->loads, &batch->sightings };

	memset(batch, 0, sizeof *batch);
	batch->engine = engine;
	batch->arena = &engine->arena;
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		rewapp__map_init(maps[i], batch->arena);
	batch->now_ms = rewapp__engine_now(engine);
	batch->count = count;
	batch->items = rewapp__arena_array(batch->arena, count, sizeof *batch->items);
	batch->rules = rewapp__arena_array(batch->arena, count, sizeof *batch->rules);
	if (!batch->items || !batch->rules || rewapp__map_reserve(&batch->known, count) < 0 ||
		rewapp__map_reserve(&batch->members, count) < 0 ||
		rewapp__map_reserve(&batch->wallets, count) < 0)
		return rewapp__fail(REWAPP_E_NOMEMORY, "batch of %zu commands", count);
	rewapp__plan_begin(&batch->plan, batch->arena);
	rewapp__book_begin(&batch->book, &batch->plan, &batch->effects, batch->now_ms);
	rewapp__pack_init(&batch->effects.pack, batch->arena);
	rewapp__pack_init(&batch->row, batch->arena);
	rewapp__pack_init(&batch->scratch, batch->arena);
	rewapp__pack_init(&batch->receipt, batch->arena);
	batch->effects.now_ms = batch->now_ms;
	return 0;
}

void rewapp__batch_end(struct batch *batch)
{
	for (size_t i = 0; i < batch->rules_count; i++)
		rewapp__programme_free(batch->rules[i]);
	batch->rules_count = 0;
	rewapp__engine_end(batch->engine);
}

void rewapp__batch_keep_rules(struct batch *batch, struct programme *rules)
{
	batch->rules[batch->rules_count++] = rules; /* at most one for each command */
}

void *rewapp__facts_take(struct batch *batch, size_t size)
{
	void *out = rewapp__arena_take(batch->arena, size);

	if (!out)
		batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "batch of %zu commands", batch->count);
	return out;
}

void rewapp__facts_put(struct batch *batch, struct map *map, const void *key, void *value)
{
	int error = rewapp__map_put(map, key, value);

	if (error < 0)
		batch->failed = error;
}

void rewapp__facts_put_number(struct batch *batch, struct map *map, ref number, void *value)
{
	struct map_key key = rewapp__map_key(number, 0);

	rewapp__facts_put(batch, map, &key, value);
}

void *rewapp__facts_get_number(const struct map *map, ref number)
{
	struct map_key key = rewapp__map_key(number, 0);

	return rewapp__map_get(map, &key);
}

/* --- asking ---------------------------------------------------------------------- */

void rewapp__want(struct batch *batch, const struct stmt *stmt, const struct value *args, size_t arg_count,
	want_done done, void *subject)
{
	struct value *copy = rewapp__facts_take(batch, arg_count * sizeof *args);

	if (batch->want_count == batch->want_capacity) {
		size_t capacity = batch->want_capacity ? batch->want_capacity * 2 : 32;
		struct want *wants = rewapp__arena_array(batch->arena, capacity, sizeof *wants);

		if (wants && batch->want_count)
			memcpy(wants, batch->wants, batch->want_count * sizeof *wants);
		batch->wants = wants;
		batch->want_capacity = wants ? capacity : 0;
	}
	if (!copy || !batch->wants) {
		batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "batch of %zu commands", batch->count);
		return;
	}
	if (arg_count)
		memcpy(copy, args, arg_count * sizeof *args);
	batch->wants[batch->want_count++] = (struct want){
		.read = { .stmt = stmt, .arg_count = arg_count, .args = copy },
		.done = done,
		.subject = subject,
	};
}

static int load_round(struct batch *batch)
{
	struct want *wants = batch->wants;
	size_t count = batch->want_count;
	struct read *reads = rewapp__arena_array(batch->arena, count, sizeof *reads);
	int error;

	if (!reads)
		return rewapp__fail(REWAPP_E_NOMEMORY, "batch of %zu commands", batch->count);
	for (size_t i = 0; i < count; i++)
		reads[i] = wants[i].read;
	batch->wants = NULL;
	batch->want_count = batch->want_capacity = 0;
	if ((error = rewapp__storage_query(batch->engine->storage, reads, count, batch->arena)) < 0)
		return error;
	for (size_t i = 0; i < count; i++)
		if ((error = wants[i].done(batch, &reads[i], wants[i].subject)) < 0)
			return error;
	return 0;
}

int rewapp__batch_load(struct batch *batch)
{
	while (batch->want_count && !batch->failed) {
		int error = load_round(batch);

		if (error < 0)
			return error;
	}
	return batch->failed;
}

/* --- facts by name ---------------------------------------------------------------------- */

struct member *rewapp__batch_member(struct batch *batch, const struct rewapp_id *id)
{
	struct member *member = rewapp__map_get(&batch->members, id);

	rewapp__undo_keep(&batch->undo, member, sizeof *member);
	return member && member->number ? member : NULL;
}

struct merchant *rewapp__batch_merchant(struct batch *batch, const struct rewapp_id *id)
{
	struct merchant *merchant = rewapp__map_get(&batch->merchants, id);

	return merchant ? merchant : rewapp__catalogue_merchant(&batch->engine->catalogue, id);
}

/* The store's only programme, with what this batch put; NULL when there are several or none. */
static struct programme_row *only_programme(const struct batch *batch)
{
	struct programme_row *stored = batch->engine->catalogue.first, *next;

	if (!stored)
		return batch->programmes.count == 1 ? batch->marks.only_programme : NULL;
	next = rewapp__map_get(&batch->programmes, &stored->id);
	if (stored->next || batch->programmes.count > (next ? 1 : 0))
		return NULL;
	return next ? next : stored;
}

struct programme_row *rewapp__batch_programme(struct batch *batch, const struct rewapp_id *id)
{
	struct programme_row *programme = rewapp__map_get(&batch->programmes, id);

	if (programme)
		return programme;
	return rewapp_id_is_zero(id) ? only_programme(batch)
				     : rewapp__catalogue_programme(&batch->engine->catalogue, id);
}

struct known *rewapp__batch_known(struct batch *batch, const struct rewapp_id *id)
{
	struct known *known = rewapp__map_get(&batch->known, id);

	return known && known->number ? known : NULL;
}

struct purchase *rewapp__batch_purchase(struct batch *batch, ref number)
{
	struct purchase *purchase = rewapp__facts_get_number(&batch->purchases, number);

	rewapp__undo_keep(&batch->undo, purchase, sizeof *purchase);
	return purchase;
}

struct hold_fact *rewapp__batch_hold(struct batch *batch, ref number)
{
	struct hold_fact *fact = rewapp__facts_get_number(&batch->holds, number);

	rewapp__undo_keep(&batch->undo, fact, sizeof *fact);
	return fact && fact->hold ? fact : NULL;
}

struct redemption *rewapp__batch_redemption(struct batch *batch, ref number)
{
	struct redemption *redemption = rewapp__facts_get_number(&batch->redemptions, number);

	rewapp__undo_keep(&batch->undo, redemption, sizeof *redemption);
	return redemption;
}

int rewapp__batch_add_purchase(struct batch *batch, struct purchase *purchase)
{
	rewapp__facts_put_number(batch, &batch->purchases, purchase->number, purchase);
	return batch->failed;
}

int rewapp__batch_add_hold(struct batch *batch, struct hold_fact *fact)
{
	fact->number = fact->hold->number;
	rewapp__facts_put_number(batch, &batch->holds, fact->hold->number, fact);
	return batch->failed;
}

int rewapp__batch_add_redemption(struct batch *batch, struct redemption *redemption)
{
	rewapp__facts_put_number(batch, &batch->redemptions, redemption->number, redemption);
	return batch->failed;
}

struct card_load *rewapp__batch_card_load(const struct batch *batch, ref number)
{
	return rewapp__facts_get_number(&batch->loads, number);
}

int rewapp__batch_add_card_load(struct batch *batch, struct card_load *load)
{
	rewapp__facts_put_number(batch, &batch->loads, load->lot, load);
	return batch->failed;
}

bool rewapp__member_may(struct batch *batch, const struct member *member, enum rewapp_member_status at_most)
{
	const struct member *now = rewapp__map_get(&batch->members, &member->id);

	return (now && now->number ? now : member)->status <= (int32_t)at_most;
}

/* --- answers --------------------------------------------------------------------------- */

int rewapp__refuse(struct item *item, enum rewapp_verdict verdict)
{
	item->receipt->verdict = verdict;
	return 0;
}

int64_t rewapp__points_worth(struct batch *batch, const struct programme_row *programme, int64_t points)
{
	const struct programme *rules = rewapp__batch_programme(batch, &programme->id)->rules;
	int64_t worth = 0;

	rewapp__mul_div(points, rules->value_amount, rules->value_points, &worth);
	return worth;
}

void rewapp__receipt_of_wallet(struct batch *batch, struct item *item, const struct member *member,
	const struct programme_row *programme, const struct wallet *wallet)
{
	struct rewapp_receipt *receipt = item->receipt;
	struct wallet_view view;

	rewapp__wallet_view(wallet, batch->now_ms, &view);
	item->member = member;
	receipt->member = member->id;
	receipt->programme = programme->id;
	receipt->available = view.available;
	receipt->pending = view.pending;
	receipt->held = view.held;
	receipt->debt = view.debt;
}

void rewapp__batch_event(struct batch *batch, enum rewapp_code code, ref member, int64_t points)
{
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_EVENT,
			.event = { rewapp__ref_new(&batch->plan), member, code, points } });
}

void rewapp__batch_undone(
	struct batch *batch, ref number, bool exists, const int64_t before[2], const int64_t after[2])
{
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_UNDONE, .undone = { number, after[0], after[1] } });
	rewapp__plan_add(&batch->plan, exists ? &STMT_LEDGER_UNDONE_UPDATE : &STMT_LEDGER_UNDONE_INSERT,
		TOUCHES_ONE,
		(struct value[]){ rewapp__ref_value(number), rewapp__value_int(after[0]),
			rewapp__value_int(after[1]), rewapp__value_int(before[0]),
			rewapp__value_int(before[1]) },
		exists ? 5 : 3);
}
