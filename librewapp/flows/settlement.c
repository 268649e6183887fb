/* The positions of a period: the log is read from its beginning and told to the settlement.  The tale is
 * kept with the engine, so that the same question goes on where it was answered last. */
#include "settlement/settlement.h"

#include "base/error.h"
#include "flows/read.h"
#include "ledger/record.h"
#include "ledger/verify.sql.h"

#include <string.h>

enum {
	FIRST_PAGE_ROWS = 16, /* of the log, read at once; then more and more */
	PAGE_ROWS = 500,
	KEPT_BYTES_MAX = 16 * 1024 * 1024
};

struct teller {
	struct rewapp_engine *engine;
	const struct programme_row *programme;
	struct arena page, tale;
	struct settlement settlement;
	int64_t number; /* of the programme */
	int64_t from_ms, until_ms, base;
	int64_t seq, at_ms; /* of the last row that was told */
	bool over;          /* a row behind the period was seen */
};

/* --- telling ----------------------------------------------------------------------------------- */

static enum place place_of(enum account_kind kind)
{
	switch (kind) {
	case ACCOUNT_WALLET:
	case ACCOUNT_DEBT:
		return PLACE_WALLET;
	case ACCOUNT_ISSUANCE:
	case ACCOUNT_ADJUSTMENT:
		return PLACE_FUNDER;
	case ACCOUNT_SETTLEMENT:
		return PLACE_SHOP;
	default:
		return PLACE_ELSEWHERE;
	}
}

static int tell_version(struct teller *teller, int64_t version)
{
	const struct programme *rules;
	int error = rewapp__catalogue_version(&teller->engine->catalogue, teller->engine->storage,
		&teller->page, teller->programme->number, (int32_t)version, &rules);

	if (error == 0)
		rewapp__settlement_value(&teller->settlement, rules->value_points, rules->value_amount);
	return error;
}

static bool knows(const struct teller *teller, int64_t account)
{
	return rewapp__settlement_knows(&teller->settlement, account);
}

/* `ours`: whether the transfer before is of the programme; what follows a transfer belongs to it. */
static int tell_effect(struct teller *teller, const struct effect *effect, int64_t *transfer, bool *ours)
{
	struct settlement *settlement = &teller->settlement;

	switch (effect->kind) {
	case EFFECT_ACCOUNT:
		if (effect->account.programme == teller->programme->number)
			rewapp__settlement_account(settlement, effect->account.number,
				place_of(effect->account.kind), effect->account.owner);
		return 0;
	case EFFECT_DOCUMENT:
		if (effect->document.number == teller->programme->number && effect->document.version)
			return tell_version(teller, effect->document.version);
		return 0;
	case EFFECT_TRANSFER:
		*ours = knows(teller, effect->transfer.debit);
		*transfer = effect->transfer.number;
		if (*ours)
			rewapp__settlement_transfer(settlement,
				&(struct settled_transfer){
					.number = effect->transfer.number,
					.debit = effect->transfer.debit,
					.credit = effect->transfer.credit,
					.points = effect->transfer.amount,
					.pending = effect->transfer.pending,
					.code = effect->transfer.code,
				});
		return 0;
	case EFFECT_LOT:
		if (*ours)
			rewapp__settlement_lot(settlement, *transfer, effect->lot.expires_ms);
		return 0;
	case EFFECT_ORIGIN:
		if (*ours)
			rewapp__settlement_origin(settlement, *transfer, effect->origin.funder);
		return 0;
	case EFFECT_REVIVE:
		if (*ours)
			rewapp__settlement_revive(settlement, effect->revive.lot, effect->revive.funder,
				effect->revive.expires_ms);
		return 0;
	case EFFECT_ACTIVE:
		if (effect->active.programme == teller->programme->number)
			rewapp__settlement_active(settlement, effect->active.member, effect->active.until_ms);
		return 0;
	case EFFECT_HOLD:
		if (*ours)
			rewapp__settlement_hold(settlement, *transfer);
		return 0;
	case EFFECT_MOVE:
		if (*ours)
			rewapp__settlement_move(settlement, effect->move.lot, effect->move.amount);
		return 0;
	default:
		return 0;
	}
}

static int tell_record(struct teller *teller, const struct record *record)
{
	struct effect_reader reader;
	struct effect effect;
	int64_t transfer = 0;
	bool ours = false;
	int error = 0;

	if (record->base != teller->base)
		rewapp__settlement_end_batch(&teller->settlement);
	teller->base = record->base;
	rewapp__effects_open(&reader, record);
	while (error == 0 && rewapp__effects_next(&reader, &effect))
		error = tell_effect(teller, &effect, &transfer, &ours);
	rewapp__settlement_end_command(&teller->settlement);
	return error ? error : teller->settlement.failed;
}

static int tell_row(struct teller *teller, const struct read *read, size_t row)
{
	int64_t seq = rewapp__cell_int(read, row, 0), at_ms = rewapp__cell_int(read, row, 2);
	struct record_reader reader;
	struct record record;
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 3, &size);
	int error = 0;

	if ((teller->over = at_ms >= teller->until_ms))
		return 0;
	teller->seq = seq;
	teller->at_ms = at_ms;
	if (at_ms >= teller->from_ms && !teller->settlement.in_period)
		rewapp__settlement_open_period(&teller->settlement);
	rewapp__record_open(&reader, seq, bytes, size);
	while (error == 0 && rewapp__record_next(&reader, &record))
		error = tell_record(teller, &record);
	if (error == 0 && reader.failed)
		return rewapp__fail(REWAPP_E_CORRUPT, "log row %lld: damaged", (long long)seq);
	return error;
}

static int tell_log(struct teller *teller)
{
	int64_t rows = FIRST_PAGE_ROWS;
	struct read read;
	bool more;

	do {
		struct value args[] = { rewapp__value_int(teller->seq), rewapp__value_int(rows) };
		int error;

		rewapp__arena_reset(&teller->page);
		read = (struct read){ .stmt = &STMT_VERIFY_LOG, .args = args, .arg_count = 2 };
		error = rewapp__storage_query(teller->engine->storage, &read, 1, &teller->page);
		for (size_t row = 0; error == 0 && row < read.row_count && !teller->over; row++)
			error = tell_row(teller, &read, row);
		if (error < 0)
			return error;
		more = (int64_t)read.row_count == rows;
		rows = rows * 4 < PAGE_ROWS ? rows * 4 : PAGE_ROWS;
	} while (more && !teller->over);
	if (!teller->settlement.in_period)
		rewapp__settlement_open_period(&teller->settlement);
	return 0;
}

/* --- answering ---------------------------------------------------------------------------------- */

static int owner_id(const struct teller *teller, const struct party *party, struct rewapp_id *out)
{
	const struct merchant *merchant;

	if (!party->owner)
		return 0;
	if (!(merchant = rewapp__catalogue_merchant_by_number(&teller->engine->catalogue, party->owner)))
		return rewapp__fail(
			REWAPP_E_CORRUPT, "settlement: merchant %lld is missing", (long long)party->owner);
	*out = merchant->id;
	return 0;
}

static int answer_party(const struct teller *teller, const struct party *party, struct rewapp_party *out)
{
	int64_t closing = rewapp__settlement_closing(party);

	*out = (struct rewapp_party){
		.opening = party->opening,
		.issued = party->issued,
		.redeemed = party->redeemed,
		.restored = party->restored,
		.expired = party->expired,
		.clawed_back = party->clawed_back,
		.withdrawn = party->withdrawn,
		.paid_debts = party->paid_debts,
		.closing = closing,
		.closing_amount = rewapp__settlement_worth(&teller->settlement, closing),
		.accepted = party->accepted,
		.accepted_amount = party->accepted_amount,
		.owes = party->owes,
		.is_owed = party->is_owed,
	};
	return owner_id(teller, party, &out->merchant);
}

static int answer_charge(const struct teller *teller, const struct charge *charge, struct rewapp_charge *out)
{
	int error;

	*out = (struct rewapp_charge){ .code = (int32_t)charge->code,
		.count = charge->count,
		.points = charge->points,
		.amount = charge->amount };
	if ((error = owner_id(teller, charge->payer, &out->payer)) < 0)
		return error;
	return owner_id(teller, charge->payee, &out->payee);
}

static int answer(struct teller *teller, struct rewapp_settlement *out)
{
	struct settlement *settlement = &teller->settlement;
	struct arena *arena = &teller->engine->arena;
	struct rewapp_party *parties = rewapp__arena_array(arena, settlement->party_count, sizeof *parties);
	struct rewapp_charge *charges = rewapp__arena_array(arena, settlement->charge_count, sizeof *charges);
	int64_t now_ms = rewapp__engine_now(teller->engine), outstanding = 0;
	int error;

	if (!parties || !charges)
		return rewapp__fail(REWAPP_E_NOMEMORY, "settlement");
	out->programme = teller->programme->id;
	memcpy(out->currency, teller->programme->rules->currency, sizeof out->currency);
	out->final = teller->over;
	out->from_ms = teller->from_ms;
	out->until_ms = teller->until_ms;
	out->as_of_ms = now_ms < teller->until_ms ? now_ms : teller->until_ms;
	out->debt = settlement->debt;
	if ((error = rewapp__settlement_check(settlement, out->as_of_ms, out->expiring)) < 0)
		return error;
	for (int i = REWAPP_EXPIRING_30_DAYS; i <= REWAPP_EXPIRING_LATER; i++)
		outstanding += out->expiring[i];
	out->expected_breakage = rewapp__settlement_breakage(settlement, outstanding);
	for (const struct party *party = settlement->parties; party; party = party->next)
		if ((error = answer_party(teller, party, &parties[out->party_count++])) < 0)
			return error;
	for (const struct charge *charge = settlement->charges; charge; charge = charge->next)
		if ((error = answer_charge(teller, charge, &charges[out->charge_count++])) < 0)
			return error;
	out->parties = parties;
	out->charges = charges;
	return 0;
}

/* --- the kept tale --------------------------------------------------------------------------------- */

void rewapp__settlement_forget(struct rewapp_engine *engine)
{
	struct teller *teller = engine->tale;

	engine->tale = NULL;
	if (!teller)
		return;
	rewapp__settlement_finish(&teller->settlement);
	rewapp__arena_finish(&teller->page);
	rewapp__arena_finish(&teller->tale);
	engine->env.allocate(engine->env.user, teller, 0);
}

/* What was told is of this period's beginning, and nothing of it lies behind its end. */
static bool goes_on(
	const struct teller *teller, const struct programme_row *programme, int64_t from_ms, int64_t until_ms)
{
	return teller && teller->number == programme->number && teller->from_ms == from_ms &&
		teller->at_ms < until_ms;
}

static int begin(struct rewapp_engine *engine, const struct programme_row *programme, int64_t from_ms)
{
	struct teller *teller = engine->env.allocate(engine->env.user, NULL, sizeof *teller);

	if (!teller)
		return rewapp__fail(REWAPP_E_NOMEMORY, "settlement");
	*teller = (struct teller){ .engine = engine,
		.programme = programme,
		.number = programme->number,
		.from_ms = from_ms,
		.seq = -1 };
	rewapp__arena_init(&teller->page, &engine->env);
	rewapp__arena_init(&teller->tale, &engine->env);
	rewapp__settlement_begin(&teller->settlement, &teller->tale);
	engine->tale = teller;
	return tell_version(teller, 1);
}

/* A period that no row had opened yet may still get an opening; a large tale is told again. */
static bool is_to_keep(struct teller *teller)
{
	rewapp__lots_squeeze(&teller->settlement.lots, true);
	rewapp__arena_finish(&teller->page);
	return teller->at_ms >= teller->from_ms && teller->seq >= 0 &&
		teller->tale.total + teller->settlement.lots.count * sizeof *teller->settlement.lots.at <=
		KEPT_BYTES_MAX;
}

static int settle(struct rewapp_engine *engine, const struct rewapp_id *id, int64_t from_ms, int64_t until_ms,
	struct rewapp_settlement *out)
{
	struct programme_row *programme;
	struct teller *teller;
	int error = rewapp__read_programme(engine, id, &programme);

	if (error < 0)
		return error;
	if (!goes_on(engine->tale, programme, from_ms, until_ms)) {
		rewapp__settlement_forget(engine);
		if ((error = begin(engine, programme, from_ms)) < 0)
			return error;
	}
	teller = engine->tale;
	teller->programme = programme;
	teller->until_ms = until_ms;
	teller->over = false;
	if ((error = tell_log(teller)) < 0)
		return error;
	return answer(teller, out);
}

int rewapp__read_settlement(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t from_ms,
	int64_t until_ms, struct rewapp_settlement *out)
{
	int error;

	*out = (struct rewapp_settlement){ .size = sizeof *out };
	error = settle(engine, programme, from_ms, until_ms, out);
	rewapp__engine_end(engine);
	if (error < 0 || !is_to_keep(engine->tale))
		rewapp__settlement_forget(engine);
	return error;
}
