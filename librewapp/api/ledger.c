/* <rewapp/ledger.h>: balances, statements, totals, objects, the proof. */
#include "api/check.h"
#include "flows/read.h"
#include "ledger/chart.h"
#include "programme/programme.sql.h"

#include <rewapp/ledger.h>
#include <rewapp/submit.h>

int rewapp_balance_get(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, struct rewapp_balance *out)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(member, "member")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_size(out->size, sizeof *out, "out")) < 0)
		return error;
	return rewapp__read_balance(engine, programme, member, out);
}

static int check_instant(const struct rewapp_instant *at)
{
	int error;

	if ((error = rewapp__check_pointer(at, "at")) < 0 ||
		(error = rewapp__check_size(at->size, sizeof *at, "at")) < 0)
		return error;
	if (at->recorded_ms < 0 || at->occurred_ms < 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: below 0",
			at->recorded_ms < 0 ? "recorded_ms" : "occurred_ms");
	return 0;
}

int rewapp_balance_at(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_instant *at, struct rewapp_balance *out)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(member, "member")) < 0 || (error = check_instant(at)) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_size(out->size, sizeof *out, "out")) < 0)
		return error;
	return rewapp__past_balance(engine, programme, member, at, out);
}

int rewapp_tier_get(rewapp_engine *engine, const struct rewapp_id *programme, const struct rewapp_id *member,
	struct rewapp_tier *out)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(member, "member")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_size(out->size, sizeof *out, "out")) < 0)
		return error;
	return rewapp__read_tier(engine, programme, member, out);
}

const char *rewapp_code_name(int code)
{
	switch (code) {
#define NAME(name, value, text) \
	case value: \
		return text;
		REWAPP_CODE_MAP(NAME)
#undef NAME
	default:
		return "unknown";
	}
}

int rewapp_statement(rewapp_engine *engine, const struct rewapp_id *programme, const struct rewapp_id *member,
	int64_t before, struct rewapp_entry *entries, size_t capacity, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(member, "member")) < 0 ||
		(error = rewapp__check_pointer(entries, "entries")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	if (before < 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "before: %lld is below 0", (long long)before);
	return rewapp__read_statement(engine, programme, member, before, entries, capacity, count);
}

int rewapp_statement_at(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_instant *at, int64_t before,
	struct rewapp_entry *entries, size_t capacity, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(member, "member")) < 0 || (error = check_instant(at)) < 0 ||
		(error = rewapp__check_pointer(entries, "entries")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	if (before < 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "before: %lld is below 0", (long long)before);
	return rewapp__past_statement(engine, programme, member, at, before, entries, capacity, count);
}

int rewapp_expiries(rewapp_engine *engine, const struct rewapp_id *programme, const struct rewapp_id *member,
	const struct rewapp_expiry **out, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	return rewapp__read_expiries(
		engine, programme, member && !rewapp_id_is_zero(member) ? member : NULL, out, count);
}

int rewapp_achievements(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_achievement **out, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(member, "member")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	return rewapp__read_achievements(engine, programme, member, out, count);
}

int rewapp_vouchers(rewapp_engine *engine, const struct rewapp_id *programme, const struct rewapp_id *member,
	const struct rewapp_voucher **out, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(member, "member")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	return rewapp__read_vouchers(engine, programme, member, out, count);
}

int rewapp_household(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *household, const struct rewapp_sharer **out, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(household, "household")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	return rewapp__read_household(engine, programme, household, out, count);
}

int rewapp_trace(
	rewapp_engine *engine, const struct rewapp_id *id, const struct rewapp_origin **out, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(id, "id")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	return rewapp__read_trace(engine, id, out, count);
}

int rewapp_totals(rewapp_engine *engine, const struct rewapp_id *programme, int64_t from_ms, int64_t until_ms,
	struct rewapp_day *days, size_t capacity, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(days, "days")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	return rewapp__read_totals(engine, programme, from_ms, until_ms, days, capacity, count);
}

int rewapp_period_list(rewapp_engine *engine, const struct rewapp_id *programme, int64_t after,
	struct rewapp_period *periods, size_t capacity, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(periods, "periods")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	return rewapp__read_periods(engine, programme, after, periods, capacity, count);
}

/* --- accounts ---------------------------------------------------------------------------- */

const char *rewapp_account_kind_name(int kind)
{
	const struct chart_kind *known = rewapp__chart_kind(kind);

	return known ? known->name : "unknown";
}

const char *rewapp_account_type_name(int type)
{
	static const char *const names[] = { "unknown", "asset", "liability", "income", "expense" };

	return names[type >= REWAPP_TYPE_ASSET && type <= REWAPP_TYPE_EXPENSE ? type : 0];
}

const char *rewapp_account_side_name(int side)
{
	return side == REWAPP_SIDE_DEBIT ? "debit" : side == REWAPP_SIDE_CREDIT ? "credit" : "unknown";
}

int rewapp_account_list(rewapp_engine *engine, const struct rewapp_id *programme, int64_t after,
	struct rewapp_account *accounts, size_t capacity, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(accounts, "accounts")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	if (after < 0 || after == INT64_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "after: no cursor of this list");
	return rewapp__read_accounts(engine, programme, after, accounts, capacity, count);
}

int rewapp_trial_balance(rewapp_engine *engine, const struct rewapp_id *programme,
	struct rewapp_account *lines, int64_t *sum, int64_t *pending)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(lines, "lines")) < 0 ||
		(error = rewapp__check_pointer(sum, "sum")) < 0 ||
		(error = rewapp__check_pointer(pending, "pending")) < 0)
		return error;
	return rewapp__read_trial_balance(engine, programme, lines, sum, pending);
}

/* --- objects ----------------------------------------------------------------------------- */

static const struct {
	int kind;
	const struct stmt *list, *one;
} objects_of[] = {
	{ REWAPP_KIND_MEMBER, &STMT_PROGRAMME_MEMBERS, &STMT_PROGRAMME_MEMBER },
	{ REWAPP_KIND_MERCHANT, &STMT_PROGRAMME_MERCHANTS, &STMT_PROGRAMME_MERCHANT },
	{ REWAPP_KIND_PROGRAMME, &STMT_PROGRAMME_LIST, &STMT_PROGRAMME_ONE },
};

static int object_index(int kind)
{
	for (int i = 0; i < (int)(sizeof objects_of / sizeof *objects_of); i++)
		if (objects_of[i].kind == kind)
			return i;
	return rewapp__fail(REWAPP_E_ARGUMENT, "kind: neither member, merchant nor programme");
}

static int object_of(int kind, const struct read *read, size_t row, struct rewapp_object *out)
{
	size_t texts = kind == REWAPP_KIND_MERCHANT ? 2 : 3;

	*out = (struct rewapp_object){
		.number = rewapp__cell_int(read, row, 0),
		.id = rewapp__cell_id(read, row, 1),
	};
	if (kind == REWAPP_KIND_MEMBER) {
		out->status = (int32_t)rewapp__cell_int(read, row, 2);
		return 0;
	}
	if (kind == REWAPP_KIND_PROGRAMME)
		out->version = (int32_t)rewapp__cell_int(read, row, 2);
	out->name = rewapp__cell_text(read, row, texts);
	out->document = rewapp__cell_text(read, row, texts + 1);
	if (!out->name || !out->document)
		return rewapp__fail(REWAPP_E_CORRUPT, "%s %lld: it has no name or no document",
			rewapp_kind_name(kind), (long long)out->number);
	return 0;
}

int rewapp_object_list(rewapp_engine *engine, int kind, int64_t after, struct rewapp_object *objects,
	size_t capacity, size_t *count)
{
	struct value args[] = { rewapp__value_int(after), rewapp__value_int((int64_t)capacity) };
	struct read read = { .arg_count = 2, .args = args };
	int error, index;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(objects, "objects")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	if ((index = object_index(kind)) < 0)
		return index;
	rewapp__arena_reset(&engine->arena);
	read.stmt = objects_of[index].list;
	if ((error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena)) < 0)
		return error;
	for (*count = 0; *count < read.row_count; ++*count)
		if ((error = object_of(kind, &read, *count, &objects[*count])) < 0)
			return error;
	return 0;
}

int rewapp_object_get(rewapp_engine *engine, int kind, const struct rewapp_id *id, struct rewapp_object *out)
{
	struct value arg;
	struct read read = { .arg_count = 1, .args = &arg };
	int error, index;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(id, "id")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0)
		return error;
	if ((index = object_index(kind)) < 0)
		return index;
	rewapp__arena_reset(&engine->arena);
	arg = rewapp__value_blob(id, sizeof *id);
	read.stmt = objects_of[index].one;
	if ((error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena)) < 0)
		return error;
	if (read.row_count == 0)
		return rewapp__fail(REWAPP_E_NOTFOUND, "%s: none of this id", rewapp_kind_name(kind));
	return object_of(kind, &read, 0, out);
}

int rewapp_verify(rewapp_engine *engine, void (*progress)(void *user, int64_t done, int64_t total),
	void *user, struct rewapp_verification *out)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_size(out->size, sizeof *out, "out")) < 0)
		return error;
	return rewapp__verify(engine, progress, user, out);
}
