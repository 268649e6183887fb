/* The accounts of a programme: a list, and the trial balance.
 *
 * Those that all members share and the wallets stand in two tables; both are walked in the order of their
 * numbers.  An account's cursor is twice its number, a debt's one more than its wallet's. */
#include "base/checked.h"
#include "base/error.h"
#include "flows/days.h"
#include "flows/owned.h"
#include "flows/read.h"
#include "ledger/chart.h"
#include "ledger/state.h"
#include "ledger/verify.sql.h"

#include <stdlib.h>

enum {
	PAGE_ROWS = 500
};

struct walk {
	struct rewapp_engine *engine;
	const struct programme_row *programme;
	const struct account **shared; /* by number */
	size_t shared_count, shared_at;
	struct arena page;
	int64_t after;
	struct rewapp_account *out; /* of a list */
	size_t capacity, count;
	struct rewapp_account *lines; /* of a trial balance: by kind */
};

/* --- what becomes of an account ------------------------------------------------------------------ */

static struct rewapp_account tell(
	const struct account *account, int64_t cursor, const struct rewapp_id *owner)
{
	const struct chart_kind *kind = rewapp__chart_kind((int)account->kind);
	struct rewapp_account out = { .cursor = cursor,
		.kind = (int32_t)account->kind,
		.type = kind->type,
		.side = kind->side,
		.bound = kind->bound,
		.debits_posted = account->now.debits_posted,
		.debits_pending = account->now.debits_pending,
		.credits_posted = account->now.credits_posted,
		.credits_pending = account->now.credits_pending,
		.balance = rewapp__chart_balance(account->kind, &account->now),
		.version = account->version };

	if (owner)
		out.owner = *owner;
	return out;
}

static void add(int64_t *sum, int64_t value)
{
	*sum = rewapp__wrapped_sum(*sum, value);
}

static int64_t less(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static void add_line(struct rewapp_account *line, const struct rewapp_account *account)
{
	line->cursor++;
	add(&line->debits_posted, account->debits_posted);
	add(&line->debits_pending, account->debits_pending);
	add(&line->credits_posted, account->credits_posted);
	add(&line->credits_pending, account->credits_pending);
	add(&line->balance, account->balance);
	add(&line->version, account->version);
}

static bool is_full(const struct walk *walk)
{
	return !walk->lines && walk->count == walk->capacity;
}

static void visit(
	struct walk *walk, const struct account *account, int64_t cursor, const struct rewapp_id *owner)
{
	struct rewapp_account told;

	if (cursor <= walk->after || is_full(walk))
		return;
	told = tell(account, cursor, owner);
	if (walk->lines)
		add_line(&walk->lines[account->kind - 1], &told);
	else
		walk->out[walk->count++] = told;
}

/* --- accounts that all members share --------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	const struct account *const *x = a, *const *y = b;

	return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

static int read_shared(struct walk *walk)
{
	struct days days = { .arena = &walk->engine->arena };
	size_t count = 0;
	int64_t rolled;
	bool more;
	int error = rewapp__days_read(walk->engine, INT64_MAX, &days, &rolled, &more);

	if (error < 0)
		return error;
	for (const struct day_account *shared = days.account_list; shared; shared = shared->next)
		count++;
	walk->shared = rewapp__arena_array(&walk->engine->arena, count, sizeof(struct account *));
	if (!walk->shared)
		return rewapp__fail(REWAPP_E_NOMEMORY, "accounts");
	for (const struct day_account *shared = days.account_list; shared; shared = shared->next)
		if (shared->account.programme == walk->programme->number)
			walk->shared[walk->shared_count++] = &shared->account;
	if (walk->shared_count)
		qsort(walk->shared, walk->shared_count, sizeof(struct account *), by_number);
	return 0;
}

/* Those before `number`. */
static void visit_shared(struct walk *walk, int64_t number)
{
	for (; walk->shared_at < walk->shared_count && walk->shared[walk->shared_at]->number < number;
		walk->shared_at++) {
		const struct account *account = walk->shared[walk->shared_at];
		const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
			&walk->engine->catalogue, account->owner);

		visit(walk, account, account->number * 2, merchant ? &merchant->id : NULL);
	}
}

/* --- members' -------------------------------------------------------------------------------------- */

static int visit_wallet(struct walk *walk, const struct read *read, size_t row)
{
	struct account account = { .kind = ACCOUNT_WALLET }, debt = { .kind = ACCOUNT_DEBT };
	struct wallet wallet = { .account = &account, .debt = &debt, .arena = &walk->page };
	int64_t number = rewapp__cell_int(read, row, 0);
	struct rewapp_id owner = rewapp__cell_id(read, row, 5);
	size_t size;
	const void *state = rewapp__cell_blob(read, row, 4, &size);
	int error;

	if (rewapp__cell_int(read, row, 2) != walk->programme->number)
		return 0;
	if ((error = rewapp__state_read(&wallet, rewapp__cell_int(read, row, 3), state, size)) < 0)
		return error;
	visit_shared(walk, number);
	visit(walk, &account, number * 2, &owner);
	if (debt.opened)
		visit(walk, &debt, number * 2 + 1, &owner);
	return 0;
}

static int visit_wallets(struct walk *walk)
{
	struct value args[] = { rewapp__value_int((walk->after + 1) / 2 - 1), rewapp__value_int(PAGE_ROWS) };
	struct read read;
	int error;

	do {
		rewapp__arena_reset(&walk->page);
		read = (struct read){ .stmt = &STMT_VERIFY_MEMBERS_WALLETS, .args = args, .arg_count = 2 };
		error = rewapp__storage_query(walk->engine->storage, &read, 1, &walk->page);
		for (size_t row = 0; row < read.row_count && error == 0 && !is_full(walk); row++)
			error = visit_wallet(walk, &read, row);
		if (error == 0 && read.row_count)
			args[0] = rewapp__value_int(rewapp__cell_int(&read, read.row_count - 1, 0));
	} while (error == 0 && read.row_count == PAGE_ROWS && !is_full(walk));
	return error;
}

/* --- both ------------------------------------------------------------------------------------------ */

/* All wallets are read from their rows, so an owned store writes them first. */
static int walk_all(struct walk *walk, const struct rewapp_id *programme)
{
	struct programme_row *row;
	int error = rewapp__owned_settle(walk->engine);

	if (error < 0 || (error = rewapp__read_programme(walk->engine, programme, &row)) < 0)
		return error;
	walk->programme = row;
	rewapp__arena_init(&walk->page, &walk->engine->env);
	if ((error = read_shared(walk)) == 0 && (error = visit_wallets(walk)) == 0)
		visit_shared(walk, INT64_MAX);
	rewapp__arena_finish(&walk->page);
	return error;
}

int rewapp__read_accounts(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t after,
	struct rewapp_account *out, size_t capacity, size_t *count)
{
	struct walk walk = { .engine = engine, .after = after, .out = out, .capacity = capacity };
	int error = walk_all(&walk, programme);

	*count = error < 0 ? 0 : walk.count;
	rewapp__engine_end(engine);
	return error;
}

int rewapp__read_trial_balance(struct rewapp_engine *engine, const struct rewapp_id *programme,
	struct rewapp_account *lines, int64_t *sum, int64_t *pending)
{
	struct walk walk = { .engine = engine, .lines = lines };
	int error;

	for (int i = 0; i < REWAPP_ACCOUNT_KINDS; i++)
		lines[i] = tell(&(struct account){ .kind = (enum account_kind)(i + 1) }, 0, NULL);
	error = walk_all(&walk, programme);
	*sum = *pending = 0;
	for (int i = 0; i < REWAPP_ACCOUNT_KINDS; i++) {
		add(sum, less(lines[i].credits_posted, lines[i].debits_posted));
		add(pending, less(lines[i].credits_pending, lines[i].debits_pending));
	}
	rewapp__engine_end(engine);
	return error;
}
