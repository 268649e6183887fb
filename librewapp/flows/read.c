/* Reading: balances, statements, totals. */
#include "flows/read.h"

#include "base/error.h"
#include "flows/receipt.h"
#include "flows/token.h"
#include "ledger/ledger.sql.h"
#include "ledger/reports.sql.h"
#include "purchases/purchases.sql.h"

#include <string.h>

enum {
	ATTEMPTS_MAX = 4
};

struct rewapp_id rewapp__cell_id(const struct read *read, size_t row, size_t column)
{
	struct rewapp_id id = { { 0 } };
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, column, &size);

	if (size == sizeof id)
		memcpy(&id, bytes, size);
	return id;
}

static int query(struct rewapp_engine *engine, struct read *read, const struct stmt *stmt,
	const struct value *args, size_t arg_count)
{
	*read = (struct read){ .stmt = stmt, .args = args, .arg_count = arg_count };
	return rewapp__storage_query(engine->storage, read, 1, &engine->arena);
}

int rewapp__read_programme(
	struct rewapp_engine *engine, const struct rewapp_id *id, struct programme_row **out)
{
	static const struct rewapp_id only;
	int error;

	rewapp__arena_reset(&engine->arena);
	if ((error = rewapp__engine_refresh(engine)) < 0)
		return error;
	*out = rewapp__catalogue_programme(&engine->catalogue, id ? id : &only);
	return *out ? 0
		    : rewapp__fail(REWAPP_E_NOTFOUND,
			      "programme: none of this id, or more than one to choose from");
}

/* --- balance ------------------------------------------------------------------------------ */

/* 1 when the account changed while it was being read. */
static int balance_once(struct rewapp_engine *engine, struct programme_row *programme,
	const struct rewapp_id *id, struct rewapp_balance *out)
{
	struct batch batch;
	struct member *member;
	struct wallet *wallet;
	struct wallet_view view;
	struct read again;
	int error;

	if ((error = rewapp__batch_begin(&batch, engine, 0)) < 0)
		return error;
	rewapp__want_member(&batch, id, programme);
	if ((error = rewapp__batch_load(&batch)) < 0)
		return error;
	if (!(member = rewapp__batch_member(&batch, id)))
		return rewapp__fail(REWAPP_E_NOTFOUND, "member: none of this id");
	if (!(wallet = rewapp__batch_wallet(&batch, member, programme)))
		return batch.failed;
	error = query(engine, &again, &STMT_LEDGER_ACCOUNT,
		(struct value[]){ rewapp__value_int(member->number), rewapp__value_int(ACCOUNT_WALLET),
			rewapp__value_int(programme->number) },
		3);
	if (error < 0)
		return error;
	if (again.row_count && rewapp__cell_int(&again, 0, 8) != wallet->account->version)
		return 1;
	rewapp__wallet_view(wallet, batch.now_ms, &view);
	*out = (struct rewapp_balance){
		.size = sizeof *out,
		.as_of_ms = batch.now_ms,
		.available = view.available,
		.pending = view.pending,
		.held = view.held,
		.debt = view.debt,
		.next_expiry_ms = view.next_expiry_ms,
		.next_expiry_points = view.next_expiry_points,
		.next_activation_ms = view.next_activation_ms,
		.debits_posted = wallet->account->now.debits_posted,
		.debits_pending = wallet->account->now.debits_pending,
		.credits_posted = wallet->account->now.credits_posted,
		.credits_pending = wallet->account->now.credits_pending,
		.version = wallet->account->version,
	};
	return 0;
}

int rewapp__read_balance(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, struct rewapp_balance *out)
{
	for (int i = 0; i < ATTEMPTS_MAX; i++) {
		struct programme_row *row;
		int error = rewapp__read_programme(engine, programme, &row);

		if (error == 0)
			error = balance_once(engine, row, member, out);
		if (error <= 0)
			return error;
	}
	return rewapp__fail(REWAPP_E_BUSY, "the member's points kept changing");
}

/* --- statement ---------------------------------------------------------------------------- */

/* The line that the page begins with, 0: there is none. */
static int first_line(
	struct rewapp_engine *engine, int64_t account, int64_t last, int64_t before, int64_t *out)
{
	struct read read;
	int error;

	*out = last;
	if (before == 0)
		return 0;
	error = query(engine, &read, &STMT_REPORTS_BEFORE,
		(struct value[]){ rewapp__value_int(before), rewapp__value_int(account) }, 2);
	if (error == 0 && read.row_count == 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "before: no line of this statement");
	*out = rewapp__cell_int(&read, 0, 0);
	return error;
}

static struct rewapp_entry entry_of(const struct read *read, size_t row)
{
	return (struct rewapp_entry){
		.number = rewapp__cell_int(read, row, 0),
		.code = (int32_t)rewapp__cell_int(read, row, 1),
		.command = rewapp__cell_id(read, row, 2),
		.merchant = rewapp__cell_id(read, row, 3),
		.points = rewapp__cell_int(read, row, 4),
		.balance = rewapp__cell_int(read, row, 5),
		.recorded_ms = rewapp__cell_int(read, row, 6),
		.occurred_ms = rewapp__cell_int(read, row, 7),
		.activates_ms = rewapp__cell_int(read, row, 8),
		.expires_ms = rewapp__cell_int(read, row, 9),
	};
}

static int member_exists(struct rewapp_engine *engine, const struct rewapp_id *id)
{
	struct batch batch;
	int error = rewapp__batch_begin(&batch, engine, 0);

	if (error < 0)
		return error;
	rewapp__want_member(&batch, id, NULL);
	if ((error = rewapp__batch_load(&batch)) < 0)
		return error;
	return rewapp__batch_member(&batch, id) ? 0
						: rewapp__fail(REWAPP_E_NOTFOUND, "member: none of this id");
}

int rewapp__read_statement(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, int64_t before, struct rewapp_entry *entries, size_t capacity,
	size_t *count)
{
	struct programme_row *row;
	struct read read;
	int64_t account, first;
	int error = rewapp__read_programme(engine, programme, &row);

	*count = 0;
	if (error < 0 || (error = member_exists(engine, member)) < 0)
		return error;
	error = query(engine, &read, &STMT_REPORTS_WALLET,
		(struct value[]){
			rewapp__value_blob(member, sizeof *member), rewapp__value_int(row->number) },
		2);
	if (error < 0 || read.row_count == 0)
		return error;
	account = rewapp__cell_int(&read, 0, 0);
	error = first_line(engine, account, rewapp__cell_int(&read, 0, 1), before, &first);
	if (error < 0 || first == 0 || capacity == 0)
		return error;
	error = query(engine, &read, &STMT_REPORTS_STATEMENT,
		(struct value[]){ rewapp__value_int(first), rewapp__value_int(account),
			rewapp__value_int((int64_t)capacity) },
		3);
	if (error < 0)
		return error;
	for (; *count < read.row_count && *count < capacity; ++*count)
		entries[*count] = entry_of(&read, *count);
	return 0;
}

int rewapp__read_totals(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t from_ms,
	int64_t until_ms, struct rewapp_day *days, size_t capacity, size_t *count)
{
	struct programme_row *row;
	struct read read;
	int error = rewapp__read_programme(engine, programme, &row);

	*count = 0;
	if (error < 0)
		return error;
	error = query(engine, &read, &STMT_REPORTS_TOTALS,
		(struct value[]){ rewapp__value_int(row->number), rewapp__value_int(from_ms),
			rewapp__value_int(until_ms), rewapp__value_int((int64_t)capacity) },
		4);
	if (error < 0)
		return error;
	for (; *count < read.row_count; ++*count)
		days[*count] = (struct rewapp_day){
			.day_ms = rewapp__cell_int(&read, *count, 0),
			.issued = rewapp__cell_int(&read, *count, 1),
			.spent = rewapp__cell_int(&read, *count, 2),
			.expired = rewapp__cell_int(&read, *count, 3),
			.clawed_back = rewapp__cell_int(&read, *count, 4),
		};
	return 0;
}

/* --- receipts and tokens --------------------------------------------------------------------- */

static int receipt_token(struct batch *batch, const struct known *known, struct rewapp_receipt *out)
{
	struct hold_fact *fact;
	int error;

	if (known->kind != REWAPP_KIND_MINT || out->verdict != REWAPP_VERDICT_ACCEPTED)
		return 0;
	rewapp__want_hold(batch, known->subject);
	if ((error = rewapp__batch_load(batch)) < 0)
		return error;
	if (!(fact = rewapp__batch_hold(batch, known->subject)))
		return rewapp__fail(REWAPP_E_CORRUPT, "the hold of a token is missing");
	return rewapp__token_of_hold(batch->engine, fact->hold, &out->id, out->token);
}

int rewapp__read_receipt(struct rewapp_engine *engine, const struct rewapp_id *id, struct rewapp_receipt *out)
{
	struct batch batch;
	struct known *known;
	int error;

	rewapp__arena_reset(&engine->arena);
	if ((error = rewapp__engine_refresh(engine)) < 0 ||
		(error = rewapp__batch_begin(&batch, engine, 0)) < 0)
		return error;
	rewapp__want_known(&batch, id);
	if ((error = rewapp__batch_load(&batch)) < 0)
		return error;
	if (!(known = rewapp__batch_known(&batch, id)))
		return rewapp__fail(REWAPP_E_NOTFOUND, "receipt: no command of this id");
	memset(out, 0, sizeof *out);
	out->size = sizeof *out;
	out->kind = known->kind;
	out->id = *id;
	if ((error = rewapp__receipt_decode(known->receipt, known->receipt_size, &engine->arena, out)) < 0)
		return error;
	return receipt_token(&batch, known, out);
}

static int token_judge(struct batch *batch, const struct hold_fact *fact, const struct rewapp_id *merchant)
{
	const struct merchant *till = merchant ? rewapp__batch_merchant(batch, merchant) : NULL;
	const struct hold *hold = fact->hold;

	if (merchant && !till)
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	if (till && hold->merchant && hold->merchant != till->number)
		return REWAPP_VERDICT_WRONG_MERCHANT;
	if (hold->state == HOLD_POSTED)
		return REWAPP_VERDICT_SPENT;
	if (hold->state == HOLD_VOIDED)
		return REWAPP_VERDICT_HOLD_CLOSED;
	if (hold->state == HOLD_TIMED_OUT || hold->expires_ms <= batch->now_ms)
		return REWAPP_VERDICT_EXPIRED;
	return rewapp__member_may(batch, fact->member, REWAPP_MEMBER_ACTIVE) ? REWAPP_VERDICT_ACCEPTED
									     : REWAPP_VERDICT_MEMBER_BLOCKED;
}

static void token_tell(struct batch *batch, const struct hold_fact *fact, struct rewapp_qr *out)
{
	const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
		&batch->engine->catalogue, fact->hold->merchant);

	out->hold = fact->id;
	out->member = fact->member->id;
	out->programme = fact->programme->id;
	if (merchant)
		out->merchant = merchant->id;
	out->points = fact->hold->amount;
	out->amount = rewapp__points_worth(fact->programme, fact->hold->amount);
	out->issued_ms = fact->hold->issued_ms;
	out->expires_ms = fact->hold->expires_ms;
}

int rewapp__read_token(struct rewapp_engine *engine, const char *token, const struct rewapp_id *merchant,
	struct rewapp_qr *out)
{
	struct batch batch;
	struct qr_claims claims;
	struct hold_fact *fact;
	int error;

	rewapp__arena_reset(&engine->arena);
	if ((error = rewapp__engine_refresh(engine)) < 0 ||
		(error = rewapp__batch_begin(&batch, engine, 0)) < 0)
		return error;
	memset(out, 0, sizeof *out);
	out->size = sizeof *out;
	out->verdict = rewapp__token_open(engine, token, batch.now_ms, &claims);
	if (out->verdict != REWAPP_VERDICT_ACCEPTED && out->verdict != REWAPP_VERDICT_EXPIRED)
		return 0;
	rewapp__want_hold(&batch, (ref)claims.subject);
	if ((error = rewapp__batch_load(&batch)) < 0)
		return error;
	fact = rewapp__batch_hold(&batch, (ref)claims.subject);
	if (!fact || !rewapp__token_names(&claims, fact->hold, &fact->id)) {
		out->verdict = REWAPP_VERDICT_FORGED;
		return 0;
	}
	out->verdict = token_judge(&batch, fact, merchant);
	token_tell(&batch, fact, out);
	return 0;
}
