/* A desk to keep one member's book at, in memory: the accounts of a programme, a wallet, and
 * a journal that reads back, as text, every transfer that the engine has recorded. */
#ifndef TESTS_LEDGER_DESK_H
#define TESTS_LEDGER_DESK_H

#include "base/buffer.h"
#include "ledger/days.h"
#include "ledger/record.h"
#include "ledger/wallet.h"
#include "run.h"

#include <string.h>

struct desk {
	struct arena arena;
	struct plan plan;
	struct book book;
	struct effects effects;
	struct account accounts[ACCOUNT_ADJUSTMENT + 1]; /* by enum account_kind */
	struct wallet wallet;
	struct buffer text;
	size_t read; /* bytes of effects that the journal has shown */
};

enum {
	PROGRAMME = 50,
	MEMBER = 60,
	COMMAND = 0
};

/* Account `n` has number n: what the plan writes about it is found by that. */
static inline void desk_open(struct desk *desk)
{
	memset(desk, 0, sizeof *desk);
	rewapp__arena_init(&desk->arena, NULL);
	rewapp__plan_begin(&desk->plan, &desk->arena);
	rewapp__pack_init(&desk->effects.pack, &desk->arena);
	rewapp__effects_begin(&desk->effects, COMMAND);
	rewapp__book_begin(&desk->book, &desk->plan, &desk->effects, 0);
	rewapp__buffer_init(&desk->text, NULL, 1 << 24);
	for (int kind = ACCOUNT_WALLET; kind <= ACCOUNT_ADJUSTMENT; kind++)
		desk->accounts[kind] = (struct account){ .number = kind,
			.kind = (enum account_kind)kind,
			.programme = PROGRAMME,
			.owner = kind <= ACCOUNT_DEBT ? MEMBER : 0,
			.opened = true };
	desk->wallet = (struct wallet){ .account = &desk->accounts[ACCOUNT_WALLET],
		.debt = &desk->accounts[ACCOUNT_DEBT],
		.clearing = &desk->accounts[ACCOUNT_CLEARING],
		.breakage = &desk->accounts[ACCOUNT_BREAKAGE],
		.member = MEMBER,
		.programme = PROGRAMME,
		.arena = &desk->arena };
}

static inline void desk_close(struct desk *desk)
{
	rewapp__buffer_finish(&desk->text);
	rewapp__arena_finish(&desk->arena);
}

static inline bool desk_is(const struct step *step, const char *statement)
{
	return strstr(step->stmt->name, statement) != NULL;
}

static inline const char *desk_account(int64_t number)
{
	static const char *const names[] = { "nobody", "wallet", "debt", "issuance", "settlement", "breakage",
		"clearing", "adjustment" };

	return number >= 0 && number < ROWS(names) ? names[number] : "?";
}

/* Reads the effects from byte `from` on; numbers of the batch come out as 1, 2, 3... */
static inline struct effect_reader desk_effects(const struct desk *desk, size_t from)
{
	struct record record = { .number = COMMAND,
		.effects = desk->effects.pack.data + from,
		.effects_size = desk->effects.pack.size - from };
	struct effect_reader reader;

	rewapp__effects_open(&reader, &record);
	return reader;
}

/* The `nth` effect of a kind, from 0; false when there are fewer. */
static inline bool desk_effect(const struct desk *desk, enum effect_kind kind, int nth, struct effect *out)
{
	struct effect_reader reader = desk_effects(desk, 0);

	while (rewapp__effects_next(&reader, out))
		if (out->kind == kind && nth-- == 0)
			return true;
	return false;
}

/* Lots are called A, B, C... in the order in which they were opened. */
static inline char desk_lot(const struct desk *desk, int64_t number)
{
	struct effect_reader reader = desk_effects(desk, 0);
	struct effect effect;
	char letter = 'A';

	while (rewapp__effects_next(&reader, &effect)) {
		if (effect.kind == EFFECT_TRANSFER && effect.transfer.number == number)
			return letter;
		letter = (char)(letter + (effect.kind == EFFECT_LOT));
	}
	return '?';
}

/* What was recorded since the last call, a transfer a line:
 *
 *     hold 60: wallet to clearing; balance 150; A -50; B -10
 *
 * The balance is the wallet's posted one behind the transfer, where it is a side; then come
 * the lots that moved. */
static inline const char *desk_journal(struct desk *desk)
{
	struct effect_reader reader = desk_effects(desk, desk->read);
	struct buffer *text = &desk->text;
	struct effect effect;

	rewapp__buffer_clear(text);
	rewapp__buffer_puts(text, "");
	while (rewapp__effects_next(&reader, &effect)) {
		if (effect.kind == EFFECT_TRANSFER) {
			rewapp__buffer_printf(text, "%s%s %lld: %s to %s", text->size ? "\n" : "",
				rewapp_code_name(effect.transfer.code), (long long)effect.transfer.amount,
				desk_account(effect.transfer.debit), desk_account(effect.transfer.credit));
			if (effect.transfer.debit == ACCOUNT_WALLET ||
				effect.transfer.credit == ACCOUNT_WALLET)
				rewapp__buffer_printf(
					text, "; balance %lld", (long long)effect.transfer.balance);
		} else if (effect.kind == EFFECT_MOVE) {
			rewapp__buffer_printf(text, "; %c %+lld", desk_lot(desk, effect.move.lot),
				-(long long)effect.move.amount);
		}
	}
	desk->read = desk->effects.pack.size;
	ck_assert(!reader.failed);
	ck_assert_int_eq(text->failed, 0);
	ck_assert_int_eq(desk->plan.failed, 0);
	return text->data;
}

/* Four counters: "debits 10 (3 pending), credits 40 (0 pending)". */
static inline const char *desk_counters_of(struct desk *desk, const struct counters *now)
{
	rewapp__buffer_clear(&desk->text);
	rewapp__buffer_printf(&desk->text, "debits %lld (%lld pending), credits %lld (%lld pending)",
		(long long)now->debits_posted, (long long)now->debits_pending, (long long)now->credits_posted,
		(long long)now->credits_pending);
	return desk->text.data;
}

static inline const char *desk_counters(struct desk *desk, enum account_kind kind)
{
	return desk_counters_of(desk, &desk->accounts[kind].now);
}

/* A shared account's counters, added up from the record by whoever wants them. */
static inline const char *desk_rolled(struct desk *desk, enum account_kind kind)
{
	struct days sums = { .arena = &desk->arena };
	struct effect effect;

	rewapp__map_init(&sums.accounts, &desk->arena);
	for (int k = ACCOUNT_ISSUANCE; k <= ACCOUNT_ADJUSTMENT; k++)
		rewapp__days_account(&sums,
			&(struct account){
				.number = k, .kind = (enum account_kind)k, .programme = PROGRAMME });
	for (int n = 0; desk_effect(desk, EFFECT_TRANSFER, n, &effect); n++)
		rewapp__days_transfer(&sums, &effect, 0);
	for (const struct day_account *at = sums.account_list; at; at = at->next)
		if (at->account.kind == kind)
			return desk_counters_of(desk, &at->account.now);
	return NULL;
}

/* What the member sees: "available 90, pending 0, held 60, debt 0". */
static inline const char *desk_view(struct desk *desk, int64_t now_ms)
{
	struct wallet_view view;

	rewapp__wallet_view(&desk->wallet, now_ms, &view);
	rewapp__buffer_clear(&desk->text);
	rewapp__buffer_printf(&desk->text, "available %lld, pending %lld, held %lld, debt %lld",
		(long long)view.available, (long long)view.pending, (long long)view.held,
		(long long)view.debt);
	return desk->text.data;
}

#endif
