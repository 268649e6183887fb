/* What time has made due is recorded: SWEEP now and then, END_OF_DAY until nothing is left. */
#include "flows/batch.h"
#include "flows/days.h"
#include "flows/owned.h"
#include "flows/tiers.h"
#include "ledger/ledger.sql.h"

enum {
	SWEEP_DEFAULT = 1000,
	SWEEP_TRANSFERS = 5000 /* about twenty milliseconds, in which nobody else can write */
};

static int64_t limit_of(const struct item *item)
{
	return item->command->points ? item->command->points : SWEEP_DEFAULT;
}

/* One wallet more than are swept is asked for: whether there is one is what END_OF_DAY tells. */
static int due_done(struct batch *batch, const struct read *read, void *subject)
{
	struct item *item = subject;
	size_t limit = item->swept < limit_of(item) ? (size_t)(limit_of(item) - item->swept) : 0;

	item->more |= read->row_count > limit;
	for (size_t row = 0; row < read->row_count && row < limit; row++)
		rewapp__want_wallet(batch, rewapp__cell_int(read, row, 0),
			rewapp__catalogue_programme_by_number(
				&batch->engine->catalogue, rewapp__cell_int(read, row, 1)));
	return 0;
}

static void sweep_want(struct batch *batch, struct item *item)
{
	batch->sweeping = true;
	item->swept = 0;
	item->more = false;
	if (batch->engine->owned)
		item->swept = (int64_t)rewapp__owned_want_due(batch, (size_t)limit_of(item), &item->more);
	rewapp__want(batch, &STMT_LEDGER_DUE,
		(struct value[]){ rewapp__value_int(batch->now_ms),
			rewapp__value_int(limit_of(item) - item->swept + 1) },
		2, due_done, item);
}

/* In the order of docs/end-of-day.md.  Returns 0 or what ends the batch. */
static int settle(struct batch *batch, struct wallet *wallet, int64_t *expired)
{
	struct programme_row *row = rewapp__catalogue_programme_by_number(
		&batch->engine->catalogue, wallet->programme);
	struct member member = { .number = wallet->member };
	struct programme_row programme = { .number = wallet->programme };
	int64_t before = wallet->expired;

	if (!rewapp__batch_wallet(batch, &member, &programme))
		return batch->failed;
	if (row)
		rewapp__tiers_settle(batch, wallet, row->rules);
	rewapp__wallet_settle(wallet, &batch->book, batch->now_ms);
	*expired += wallet->expired - before;
	return batch->failed;
}

/* A wallet at a time, until it has been enough for one call: wallets may have many lots. */
static int settle_all(struct batch *batch, struct item *item, int64_t *expired)
{
	int64_t first = batch->plan.seq_count;
	int error = 0;

	for (struct wallet *wallet = batch->wallet_list; wallet && !error; wallet = wallet->next) {
		if (batch->plan.seq_count - first >= SWEEP_TRANSFERS) {
			item->more = true;
			break;
		}
		error = settle(batch, wallet, expired);
	}
	return error;
}

static int sweep_decide(struct batch *batch, struct item *item)
{
	int64_t expired = 0;
	bool rolls_on;
	int error = settle_all(batch, item, &expired);

	if (error < 0 || (error = rewapp__days_roll(batch, limit_of(item), &rolls_on)) < 0)
		return error;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->points = expired;
	if (item->command->kind == REWAPP_KIND_END_OF_DAY)
		item->receipt->more = item->more || rolls_on;
	rewapp__batch_event(batch, REWAPP_CODE_EXPIRY, 0, expired);
	return 0;
}

const struct story rewapp__story_sweep = { sweep_want, sweep_decide };
