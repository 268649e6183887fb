/* Reading: balances, statements, totals and the proof. */
#ifndef REWAPP_FLOWS_READ_H
#define REWAPP_FLOWS_READ_H

#include "flows/batch.h"

#include <rewapp/events.h>
#include <rewapp/ledger.h>
#include <rewapp/matching.h>
#include <rewapp/qr.h>
#include <rewapp/settlement.h>

/* The programme that a question is about.  0, REWAPP_E_NOTFOUND. */
int rewapp__read_programme(
	struct rewapp_engine *engine, const struct rewapp_id *id, struct programme_row **out);

/* A member's wallet as it is now, in a batch that has begun.  0, REWAPP_E_NOTFOUND and storage errors. */
int rewapp__read_wallet(struct batch *batch, struct rewapp_engine *engine, struct programme_row *programme,
	const struct rewapp_id *id, struct wallet **out);

/* The wallet's points at an instant, as the public struct. */
void rewapp__tell_balance(const struct wallet *wallet, int64_t at_ms, struct rewapp_balance *out);

/* The transfer `number` of an account in a record, and the lot that it opened; false: it has none. */
bool rewapp__find_transfer(
	int64_t account, const struct record *record, int64_t number, struct effect *out, struct effect *lot);

/* That transfer as a line of the wallet's statement. */
struct rewapp_entry rewapp__tell_entry(const struct rewapp_engine *engine, const struct wallet *wallet,
	const struct record *record, const struct effect *transfer, const struct effect *lot);

/* Sets the line's `spender`: which member of a household spent.  0 or an error. */
int rewapp__tell_spender(struct rewapp_engine *engine, const struct wallet *wallet,
	const struct record *record, struct rewapp_entry *entry);

/* As the books showed it at a past instant: flows/past.c. */
int rewapp__past_balance(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_instant *at, struct rewapp_balance *out);
int rewapp__past_statement(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_instant *at, int64_t before,
	struct rewapp_entry *entries, size_t capacity, size_t *count);

int rewapp__read_balance(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, struct rewapp_balance *out);
int rewapp__read_tier(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, struct rewapp_tier *out);
int rewapp__read_statement(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, int64_t before, struct rewapp_entry *entries, size_t capacity,
	size_t *count);
int rewapp__read_expiries(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_expiry **out, size_t *count);
int rewapp__read_achievements(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_achievement **out, size_t *number);
int rewapp__read_household(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *household, const struct rewapp_sharer **out, size_t *count);
int rewapp__read_vouchers(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_voucher **out, size_t *count);
int rewapp__read_trace(struct rewapp_engine *engine, const struct rewapp_id *id,
	const struct rewapp_origin **out, size_t *count);
int rewapp__read_totals(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t from_ms,
	int64_t until_ms, struct rewapp_day *days, size_t capacity, size_t *count);
int rewapp__read_receipt(
	struct rewapp_engine *engine, const struct rewapp_id *id, struct rewapp_receipt *out);
int rewapp__read_token(struct rewapp_engine *engine, const char *token, const struct rewapp_id *merchant,
	struct rewapp_qr *out);
int rewapp__read_events(struct rewapp_engine *engine, int64_t after, struct rewapp_event *events,
	size_t capacity, size_t *count);
int rewapp__verify(struct rewapp_engine *engine, void (*progress)(void *user, int64_t done, int64_t total),
	void *user, struct rewapp_verification *out);

int rewapp__read_periods(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t after,
	struct rewapp_period *out, size_t capacity, size_t *count);

int rewapp__read_accounts(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t after,
	struct rewapp_account *out, size_t capacity, size_t *count);
int rewapp__read_trial_balance(struct rewapp_engine *engine, const struct rewapp_id *programme,
	struct rewapp_account *lines, int64_t *sum, int64_t *pending);

int rewapp__read_settlement(struct rewapp_engine *engine, const struct rewapp_id *programme, int64_t from_ms,
	int64_t until_ms, struct rewapp_settlement *out);

/* Gives back what is kept for the next settlement. */
void rewapp__settlement_forget(struct rewapp_engine *engine);

/* An id's cell, zero when it is null or no id. */
struct rewapp_id rewapp__cell_id(const struct read *read, size_t row, size_t column);

#endif
