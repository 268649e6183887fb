/* Answers about a whole programme or the whole store: sums, periods, settlements, accounts, signals, the
 * proof. */
#include "api/json_question.h"

#include "base/error.h"
#include "flows/signals.h"

#include <rewapp/rewapp.h>
#include <stdlib.h>

static int answer_totals(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_day days[PAGE_MAX];
	size_t count;
	int error = rewapp_totals(
		engine, &question->programme, question->from_ms, question->until_ms, days, PAGE_MAX, &count);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{\"days\":[");
	for (size_t i = 0; i < count; i++) {
		rewapp__begin_object(out);
		rewapp__write_int(out, "day_ms", days[i].day_ms);
		rewapp__write_int(out, "issued", days[i].issued);
		rewapp__write_int(out, "spent", days[i].spent);
		rewapp__write_int(out, "expired", days[i].expired);
		rewapp__write_int(out, "clawed_back", days[i].clawed_back);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]}");
	return 0;
}

static int answer_periods(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_period *periods = calloc((size_t)question->limit, sizeof *periods);
	size_t count;
	int error;

	if (!periods)
		return rewapp__fail(REWAPP_E_NOMEMORY, "periods");
	error = rewapp_period_list(
		engine, &question->programme, question->after, periods, (size_t)question->limit, &count);
	rewapp__buffer_puts(out, "{\"periods\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__begin_object(out);
		rewapp__write_int(out, "until_ms", periods[i].until_ms);
		rewapp__write_int(out, "recorded_ms", periods[i].recorded_ms);
		rewapp__write_id(out, "command", &periods[i].command);
		rewapp__buffer_puts(out, "}");
	}
	if (error == 0)
		rewapp__write_next(
			out, count, (size_t)question->limit, count ? periods[count - 1].until_ms : 0);
	free(periods);
	return error;
}

static void write_account(struct buffer *out, const struct rewapp_account *account)
{
	rewapp__write_text(out, "kind", rewapp_account_kind_name(account->kind));
	rewapp__write_text(out, "type", rewapp_account_type_name(account->type));
	rewapp__write_text(out, "side", rewapp_account_side_name(account->side));
	rewapp__write_bool(out, "bound", account->bound);
	rewapp__write_int(out, "balance", account->balance);
	rewapp__write_int(out, "debits_posted", account->debits_posted);
	rewapp__write_int(out, "debits_pending", account->debits_pending);
	rewapp__write_int(out, "credits_posted", account->credits_posted);
	rewapp__write_int(out, "credits_pending", account->credits_pending);
	rewapp__write_int(out, "version", account->version);
	rewapp__buffer_puts(out, "}");
}

static int answer_accounts(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_account *accounts = calloc((size_t)question->limit, sizeof *accounts);
	size_t count = 0;
	int error;

	if (!accounts)
		return rewapp__fail(REWAPP_E_NOMEMORY, "accounts");
	error = rewapp_account_list(
		engine, &question->programme, question->after, accounts, (size_t)question->limit, &count);
	rewapp__buffer_puts(out, "{\"accounts\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__begin_object(out);
		rewapp__write_int(out, "cursor", accounts[i].cursor);
		rewapp__write_id(out, "owner", &accounts[i].owner);
		write_account(out, &accounts[i]);
	}
	if (error == 0)
		rewapp__write_next(
			out, count, (size_t)question->limit, count ? accounts[count - 1].cursor : 0);
	free(accounts);
	return error;
}

static int answer_trial_balance(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_account lines[REWAPP_ACCOUNT_KINDS];
	int64_t sum, pending;
	int error = rewapp_trial_balance(engine, &question->programme, lines, &sum, &pending);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{\"lines\":[");
	for (int i = 0; i < REWAPP_ACCOUNT_KINDS; i++) {
		rewapp__begin_object(out);
		rewapp__write_int(out, "accounts", lines[i].cursor);
		write_account(out, &lines[i]);
	}
	rewapp__buffer_puts(out, "]");
	rewapp__write_int(out, "sum", sum);
	rewapp__write_int(out, "pending", pending);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static void write_party(struct buffer *out, const struct rewapp_party *party)
{
	rewapp__write_id(out, "merchant", &party->merchant);
	rewapp__write_int(out, "opening", party->opening);
	rewapp__write_int(out, "issued", party->issued);
	rewapp__write_int(out, "redeemed", party->redeemed);
	rewapp__write_int(out, "restored", party->restored);
	rewapp__write_int(out, "expired", party->expired);
	rewapp__write_int(out, "clawed_back", party->clawed_back);
	rewapp__write_int(out, "withdrawn", party->withdrawn);
	rewapp__write_int(out, "paid_debts", party->paid_debts);
	rewapp__write_int(out, "closing", party->closing);
	rewapp__write_int(out, "closing_amount", party->closing_amount);
	rewapp__write_int(out, "accepted", party->accepted);
	rewapp__write_int(out, "accepted_amount", party->accepted_amount);
	rewapp__write_int(out, "owes", party->owes);
	rewapp__write_int(out, "is_owed", party->is_owed);
}

static void write_charge(struct buffer *out, const struct rewapp_charge *charge)
{
	rewapp__write_id(out, "payer", &charge->payer);
	rewapp__write_id(out, "payee", &charge->payee);
	rewapp__write_text(out, "code", rewapp_code_name(charge->code));
	rewapp__write_int(out, "count", charge->count);
	rewapp__write_int(out, "points", charge->points);
	rewapp__write_int(out, "amount", charge->amount);
}

static void write_settlement(struct buffer *out, const struct rewapp_settlement *settlement)
{
	static const char *const when[REWAPP_EXPIRING_COUNT] = { "lapsed", "days_30", "days_90", "days_365",
		"later", "never" };

	rewapp__write_id(out, "programme", &settlement->programme);
	rewapp__write_text(out, "currency", settlement->currency);
	rewapp__write_bool(out, "final", settlement->final);
	rewapp__write_int(out, "from_ms", settlement->from_ms);
	rewapp__write_int(out, "until_ms", settlement->until_ms);
	rewapp__write_int(out, "as_of_ms", settlement->as_of_ms);
	rewapp__write_int(out, "debt", settlement->debt);
	rewapp__write_int(out, "expected_breakage", settlement->expected_breakage);
	rewapp__write_name(out, "expiring");
	rewapp__buffer_puts(out, "{");
	for (size_t i = 0; i < REWAPP_EXPIRING_COUNT; i++)
		rewapp__write_int(out, when[i], settlement->expiring[i]);
	rewapp__buffer_puts(out, "}");
	rewapp__write_name(out, "parties");
	for (size_t i = 0; i < settlement->party_count; i++) {
		rewapp__buffer_puts(out, i ? ",{" : "[{");
		write_party(out, &settlement->parties[i]);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, settlement->party_count ? "]" : "[]");
	rewapp__write_name(out, "charges");
	for (size_t i = 0; i < settlement->charge_count; i++) {
		rewapp__buffer_puts(out, i ? ",{" : "[{");
		write_charge(out, &settlement->charges[i]);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, settlement->charge_count ? "]" : "[]");
}

static int answer_settlement(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_settlement settlement = { .size = sizeof settlement };
	int error = rewapp_settlement_read(
		engine, &question->programme, question->from_ms, question->until_ms, &settlement);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	write_settlement(out, &settlement);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static int answer_verify(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_verification found = { .size = sizeof found };
	int error = rewapp_verify(engine, NULL, NULL, &found);

	(void)question;
	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	rewapp__write_int(out, "problems", found.problems);
	rewapp__write_text(out, "first", found.problems ? found.first : NULL);
	rewapp__write_int(out, "commands", found.commands);
	rewapp__write_int(out, "transfers", found.transfers);
	rewapp__write_int(out, "accounts", found.accounts);
	rewapp__write_int(out, "lots", found.lots);
	rewapp__write_int(out, "holds", found.holds);
	rewapp__write_int(out, "purchases", found.purchases);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static void write_signal(struct buffer *out, const struct signal *signal)
{
	rewapp__begin_object(out);
	rewapp__write_text(out, "signal", rewapp__signal_name(signal->kind));
	rewapp__write_id(out, "member", &signal->id);
	rewapp__write_text(out, "card", *signal->card ? signal->card : NULL);
	rewapp__write_id(out, "merchant", &signal->merchant);
	rewapp__write_text(out, "name", *signal->name ? signal->name : NULL);
	rewapp__write_int(out, "count", signal->count);
	rewapp__write_int(out, "points", signal->points);
	rewapp__write_int(out, "last_ms", signal->last_ms);
	rewapp__buffer_puts(out, "}");
}

static int answer_signals(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct signal_options options = { question->from_ms,
		question->until_ms ? question->until_ms : INT64_MAX,
		{ question->card_members, question->returns, question->manual_credits, question->velocity,
			question->cycles, question->terminal_velocity, question->cashier_velocity,
			question->cashier_returns, question->cashier_credits },
		(size_t)question->limit };
	struct signals signals;
	int error;

	for (int kind = 0; kind < SIGNAL_KINDS; kind++)
		if (options.least[kind] < 0)
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s: below 0",
				rewapp__signal_name((enum signal_kind)kind));
	if ((error = rewapp__flow_signals(engine, &options, &signals)) < 0)
		return error;
	rewapp__buffer_puts(out, "{\"signals\":[");
	for (const struct signal *signal = signals.first; signal; signal = signal->next)
		write_signal(out, signal);
	rewapp__buffer_puts(out, "]");
	rewapp__write_int(out, "left_off", (int64_t)signals.left_off);
	rewapp__buffer_puts(out, "}");
	return 0;
}

/* clang-format off */
const struct topic rewapp__topics_books[] = {
	{ "totals",     "from_ms until_ms|programme",           answer_totals },
	{ "periods",    "|programme after limit",               answer_periods },
	{ "accounts",   "|programme after limit",               answer_accounts },
	{ "trial_balance", "|programme",                        answer_trial_balance },
	{ "settlement", "from_ms until_ms|programme",           answer_settlement },
	{ "signals",    "|from_ms until_ms card_members returns manual_credits velocity cycles "
	                "terminal_velocity cashier_velocity cashier_returns cashier_credits limit", answer_signals },
	{ "verify",     "|",                                    answer_verify },
	{ NULL, NULL, NULL }
};
/* clang-format on */
