/* The sums that no command writes: of days and of shared accounts.  A sweep adds them up for good, a
 * report for itself. */
#include "flows/days.h"

#include "base/error.h"
#include "ledger/ledger.sql.h"

enum {
	PAGE_ROWS = 16,    /* of the log, read at once: the row of a sweep holds thousands of transfers */
	ROW_COST = 500,    /* bytes that could be counted while a row is found */
	WALLET_COST = 2250 /* as many are counted while one wallet is swept */
};

struct reading {
	struct rewapp_engine *engine;
	struct days *days;
	int64_t from, next; /* the first number to count; the first behind what was read */
};

static int query(struct rewapp_engine *engine, struct read *read, const struct stmt *stmt,
	const struct value *args, size_t count)
{
	*read = (struct read){ .stmt = stmt, .args = args, .arg_count = count };
	return rewapp__storage_query(engine->storage, read, 1, &engine->arena);
}

static int load_accounts(struct reading *reading)
{
	struct read read;
	int error = query(reading->engine, &read, &STMT_LEDGER_ACCOUNTS, NULL, 0);

	for (size_t row = 0; row < read.row_count && error == 0; row++) {
		int64_t kind = rewapp__cell_int(&read, row, 2);

		if (kind < 1 || kind > REWAPP_ACCOUNT_KINDS)
			return rewapp__fail(REWAPP_E_CORRUPT, "account %lld: of no kind that there is",
				(long long)rewapp__cell_int(&read, row, 0));
		rewapp__days_account(reading->days,
			&(struct account){ .number = rewapp__cell_int(&read, row, 0),
				.programme = rewapp__cell_int(&read, row, 1),
				.kind = (enum account_kind)kind,
				.owner = rewapp__cell_int(&read, row, 3),
				.now = { .debits_pending = rewapp__cell_int(&read, row, 4),
					.debits_posted = rewapp__cell_int(&read, row, 5),
					.credits_pending = rewapp__cell_int(&read, row, 6),
					.credits_posted = rewapp__cell_int(&read, row, 7) },
				.version = rewapp__cell_int(&read, row, 8) });
	}
	return error == 0 && reading->days->failed ? rewapp__fail(REWAPP_E_NOMEMORY, "days") : error;
}

static void count_record(struct reading *reading, const struct record *record)
{
	struct effect_reader effects;
	struct effect effect;

	rewapp__effects_open(&effects, record);
	while (rewapp__effects_next(&effects, &effect))
		if (effect.kind == EFFECT_TRANSFER && effect.transfer.number >= reading->from)
			rewapp__days_transfer(reading->days, &effect, record->recorded_ms);
}

static int count_row(struct reading *reading, const struct read *read, size_t row, int64_t *budget)
{
	struct record_reader records;
	struct record record;
	size_t size;
	const void *bytes = rewapp__cell_blob(read, row, 2, &size);

	rewapp__record_open(&records, rewapp__cell_int(read, row, 0), bytes, size);
	while (rewapp__record_next(&records, &record))
		count_record(reading, &record);
	*budget -= ROW_COST + (int64_t)size;
	reading->next = rewapp__cell_int(read, row, 1);
	if (records.failed)
		return rewapp__fail(REWAPP_E_CORRUPT, "log: row %lld is damaged",
			(long long)rewapp__cell_int(read, row, 0));
	return reading->days->failed ? rewapp__fail(REWAPP_E_NOMEMORY, "days") : 0;
}

/* Rows of one batch share their `next`, so a reading that ends before the log does leaves its last row
 * out and ends where that begins. */
static int count_log(struct reading *reading, int64_t budget, bool *all)
{
	int64_t seq = reading->from - 1;
	struct read read;
	bool more;

	do {
		int error = query(reading->engine, &read, &STMT_LEDGER_LOG_BEHIND,
			(struct value[]){ rewapp__value_int(seq), rewapp__value_int(PAGE_ROWS) }, 2);

		more = read.row_count == PAGE_ROWS;
		for (size_t row = 0; row + more < read.row_count && error == 0; row++)
			error = count_row(reading, &read, row, &budget);
		if (error < 0)
			return error;
		if (more)
			reading->next = rewapp__cell_int(&read, read.row_count - 1, 0);
		seq = reading->next - 1;
	} while (more && budget > 0);
	*all = !more;
	return 0;
}

int rewapp__days_read(
	struct rewapp_engine *engine, int64_t budget, struct days *days, int64_t *rolled, bool *more)
{
	bool all = true;
	struct reading reading = { .engine = engine, .days = days };
	struct read read;
	int error = query(engine, &read, &STMT_LEDGER_ROLLED, NULL, 0);

	if (error < 0)
		return error;
	rewapp__map_init(&days->accounts, &engine->arena);
	reading.from = reading.next = rewapp__cell_int(&read, 0, 0);
	if ((error = load_accounts(&reading)) < 0 || (error = count_log(&reading, budget, &all)) < 0)
		return error;
	*rolled = reading.next;
	*more = !all;
	return 0;
}

static void plan_day(struct plan *plan, const struct day *day)
{
	for (int sum = 0; sum < DAY_SUMS; sum++) {
		if (day->sums[sum] == 0)
			continue;
		rewapp__plan_add(plan, &STMT_LEDGER_DAY_ADD, TOUCHES_ONE,
			(struct value[]){ rewapp__value_int(day->programme),
				rewapp__value_int(rewapp__day_what((enum day_sum)sum)),
				rewapp__value_int(day->day_ms), rewapp__value_int(day->sums[sum]),
				rewapp__value_seq(0) },
			5);
	}
}

static void plan_account(struct plan *plan, const struct account *account)
{
	rewapp__plan_add(plan, &STMT_LEDGER_ACCOUNT_ROLL, TOUCHES_ONE,
		(struct value[]){ rewapp__value_int(account->number),
			rewapp__value_int(account->now.debits_pending),
			rewapp__value_int(account->now.debits_posted),
			rewapp__value_int(account->now.credits_pending),
			rewapp__value_int(account->now.credits_posted), rewapp__value_int(account->version) },
		6);
}

int rewapp__days_roll(struct batch *batch, int64_t wallets, bool *more)
{
	struct days days = { .arena = batch->arena };
	struct read read;
	int64_t rolled, before;
	int64_t budget = wallets < INT64_MAX / WALLET_COST ? wallets * WALLET_COST : INT64_MAX;
	int error = query(batch->engine, &read, &STMT_LEDGER_ROLLED, NULL, 0);

	before = rewapp__cell_int(&read, 0, 0);
	*more = false;
	if (error < 0 || batch->marks.days_rolled)
		return error;
	if ((error = rewapp__days_read(batch->engine, budget, &days, &rolled, more)) < 0)
		return error;
	batch->marks.days_rolled = true;
	if (rolled == before)
		return 0;
	for (const struct day *day = days.first; day; day = day->next)
		plan_day(&batch->plan, day);
	for (const struct day_account *at = days.account_list; at; at = at->next)
		if (at->account.touched)
			plan_account(&batch->plan, &at->account);
	rewapp__plan_add(&batch->plan, &STMT_LEDGER_ROLL, TOUCHES_ONE,
		(struct value[]){ rewapp__value_int(rolled), rewapp__value_int(before) }, 2);
	return 0;
}
