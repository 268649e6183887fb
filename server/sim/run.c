/* One run: operations are lived, answers are held against the oracle's. */
#include "sim/run.h"

#include "sim/check.h"
#include "sim/vfs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CLOCK_STREAM = 4
};

/* A command that the engine acknowledged, for an oracle that has to forget the newest ones. */
struct sim_log {
	struct sim_command command;
	struct sim_match match;
	int64_t now_ms;
	int64_t call; /* in which it came */
};

void rewapp__sim_fail(struct sim_run *run, const char *name, const char *format, ...)
{
	va_list arguments;

	if (run->failure.failed)
		return;
	run->failure.failed = true;
	run->failure.operation = run->at;
	snprintf(run->failure.name, sizeof run->failure.name, "%s", name);
	va_start(arguments, format);
	vsnprintf(run->failure.text, sizeof run->failure.text, format, arguments);
	va_end(arguments);
}

/* Of the till that asked last, so that every engine is asked in turn. */
rewapp_engine *rewapp__sim_engine(struct sim_run *run)
{
	int till = run->fault.till;

	if (!run->host.tills[till].engine && rewapp__sim_host_open(&run->host, till) < 0)
		rewapp__sim_fail(run, "open", "till %d: the store does not open: %s", till, rewapp_errmsg());
	return run->host.tills[till].engine;
}

/* --- a call --------------------------------------------------------------------------------- */

static void log_add(struct sim_run *run, const struct sim_item *item)
{
	if (run->log_count == run->log_capacity) {
		int capacity = run->log_capacity ? run->log_capacity * 2 : 256;
		struct sim_log *log = realloc(run->log, (size_t)capacity * sizeof *log);

		if (!log) {
			rewapp__sim_fail(run, "memory", "the simulator has no memory");
			return;
		}
		run->log = log;
		run->log_capacity = capacity;
	}
	run->log[run->log_count++] = (struct sim_log){ item->command, item->match, run->oracle.now_ms,
		run->tally.calls };
}

static int merchant_of(const struct rewapp_id *id)
{
	for (int i = 0; i < SIM_MERCHANTS_MAX; i++) {
		struct rewapp_id other = rewapp__sim_merchant_id(i);

		if (memcmp(&other, id, sizeof other) == 0)
			return i;
	}
	return SIM_NOBODY;
}

/* What the engine's matcher says of the bank's text, by the programme's thresholds; a purchase and a
 * bank's line must say the same. */
static void match(struct sim_run *run, struct sim_item *item)
{
	const struct sim_command *command = &item->command;
	struct rewapp_match_query query = { .size = sizeof query };
	struct rewapp_match found = { .size = sizeof found };

	item->match = (struct sim_match){ command->text == SIM_WORDING_CASH ? REWAPP_VERDICT_NOT_A_PURCHASE
									    : REWAPP_VERDICT_NO_MATCH,
		SIM_NOBODY };
	if (!command->by_descriptor || command->broken != SIM_BROKEN_NOT)
		return;
	query.descriptor = rewapp__sim_descriptor(command->merchant, command->text);
	query.amount = command->flags & REWAPP_REFUND ? command->amount : -command->amount;
	query.mcc = command->mcc;
	query.booked_ms = command->occurred_ms;
	query.programme = rewapp__sim_programme_id(
		rewapp__sim_programme_meant(&run->oracle, command->programme));
	memcpy(query.currency, command->in_dollars ? "USD" : "EUR", 4);
	if (rewapp_match(rewapp__sim_engine(run), &query, &found) < 0) {
		rewapp__sim_fail(run, "match", "match: %s", rewapp_errmsg());
		return;
	}
	if (found.outcome == REWAPP_MATCH_NONE)
		return;
	item->match.verdict = found.outcome == REWAPP_MATCH_SURE ? REWAPP_VERDICT_ACCEPTED
								 : REWAPP_VERDICT_NEEDS_REVIEW;
	item->match.merchant = merchant_of(&found.candidates[0].merchant);
}

static const char *token_of(const struct sim_run *run, const struct sim_command *command)
{
	if (command->kind != REWAPP_KIND_REDEEM || command->token < 0 ||
		command->token >= run->oracle.past_count)
		return "";
	return run->oracle.pasts[command->token].receipt.token;
}

static void make_commands(struct sim_run *run, struct rewapp_command commands[SIM_BATCH_MAX + 1])
{
	for (size_t i = 0; i < run->count; i++)
		rewapp__sim_command_make(&run->items[i].command, token_of(run, &run->items[i].command),
			&run->texts[i], &commands[i]);
}

/* Now and then a call is quoted first: what it then does must be that, and asking does nothing. */
static void quote(struct sim_run *run)
{
	struct rewapp_command commands[SIM_BATCH_MAX + 1];
	int error;

	run->quoted = run->tally.calls % SIM_QUOTE_EVERY == 0;
	if (!run->quoted || run->failure.failed)
		return;
	make_commands(run, commands);
	run->quotes[0].size = sizeof run->quotes[0];
	error = rewapp_quote(rewapp__sim_engine(run), commands, run->count, run->quotes);
	if (error < 0)
		rewapp__sim_fail(run, "quote", "quote: %s: %s", rewapp_error_name(error), rewapp_errmsg());
}

/* Returns as rewapp_submit(); awards are copied, for they are the engine's. */
static int submit(struct sim_run *run)
{
	struct rewapp_command commands[SIM_BATCH_MAX + 1];
	struct rewapp_receipt receipts[SIM_BATCH_MAX + 1];
	int error;

	for (size_t i = 0; i < run->count; i++) {
		memset(&run->items[i].receipt, 0, sizeof run->items[i].receipt);
		run->items[i].receipt.code = REWAPP_E_STORAGE; /* until there is one */
	}
	make_commands(run, commands);
	receipts[0].size = sizeof receipts[0];
	run->tally.calls++;
	error = rewapp_submit(rewapp__sim_engine(run), commands, run->count, receipts);
	for (size_t i = 0; i < run->count && error >= 0; i++) {
		struct sim_item *item = &run->items[i];

		item->receipt = receipts[i];
		if (receipts[i].award_count > SIM_RULES_MAX)
			item->receipt.award_count = 0;
		if (item->receipt.award_count)
			memcpy(item->awards, receipts[i].awards,
				item->receipt.award_count * sizeof *item->awards);
		item->receipt.awards = item->awards;
	}
	return error;
}

/* The oracle does what the engine has done. */
static void apply(struct sim_run *run, int64_t now_ms)
{
	struct sim_turn turns[SIM_BATCH_MAX + 1];

	for (size_t i = 0; i < run->count; i++) {
		struct sim_item *item = &run->items[i];

		turns[i] = (struct sim_turn){ &item->command, &item->match, &item->answer };
	}
	rewapp__sim_oracle_call(&run->oracle, now_ms, turns, run->count);
	for (size_t i = 0; i < run->count; i++)
		if (run->items[i].answer.records)
			log_add(run, &run->items[i]);
	if (run->oracle.failed)
		rewapp__sim_fail(run, "memory", "the simulator has no memory");
}

static int64_t now_of(const struct sim_run *run)
{
	return rewapp__sim_clock_of(&run->host.clock, run->fault.till);
}

static void answered(struct sim_run *run)
{
	int before = run->log_count;

	apply(run, now_of(run));
	if (run->log_count > before)
		run->doubt_count = 0; /* a commit leaves nothing of those that failed before it */
	rewapp__sim_check_receipts(run);
	if (!run->failure.failed)
		rewapp__sim_check_step(run);
}

/* --- whether a call was carried out --------------------------------------------------------- */

static bool is_stored(struct sim_run *run, const struct rewapp_id *id)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	int error = rewapp_receipt_get(rewapp__sim_engine(run), id, &receipt);

	if (error < 0 && error != REWAPP_E_NOTFOUND)
		rewapp__sim_fail(run, "receipt_get", "a receipt cannot be read: %s", rewapp_errmsg());
	return error == 0;
}

/* True when the call is there, wholly: then the oracle has done it too. */
static bool find_call(struct sim_run *run, int64_t now_ms)
{
	bool any = false;

	for (size_t i = 0; i < run->count && !any; i++) {
		const struct sim_past *past = rewapp__sim_past(&run->oracle, run->items[i].command.number);

		any = past && !past->known && run->items[i].command.broken == SIM_BROKEN_NOT &&
			is_stored(run, &past->id);
	}
	if (!any || run->failure.failed)
		return false;
	apply(run, now_ms);
	for (size_t i = 0; i < run->count && !run->failure.failed; i++) {
		int number = run->items[i].command.number;

		if (run->items[i].answer.records && !is_stored(run, &run->oracle.pasts[number].id))
			rewapp__sim_fail(
				run, "half", "c%d is missing, but others of its call are there", number);
	}
	return true;
}

/* The till sends the same commands again, as it should when it heard no answer.  A merchant may be lost that
 * a text named before. */
static void send_again(struct sim_run *run)
{
	int error;

	for (size_t i = 0; i < run->count && !run->failure.failed; i++)
		match(run, &run->items[i]);
	error = submit(run);
	if (error < 0)
		rewapp__sim_fail(run, "again", "sent again when all was well: %s: %s",
			rewapp_error_name(error), rewapp_errmsg());
	else
		answered(run);
}

/* SQLite forgets a commit whose sync failed, but has written it: whoever opens the store after a
 * crash finds it whole, or not at all. */
static void doubt(struct sim_run *run)
{
	struct sim_doubt *doubt = &run->doubts[run->doubt_count];

	if (run->doubt_count == SIM_DOUBTS_MAX)
		return;
	memcpy(doubt->items, run->items, run->count * sizeof *doubt->items);
	doubt->count = run->count;
	doubt->now_ms = now_of(run);
	run->doubt_count++;
}

/* Whether the call, if it is there, is there as it was sent then: one that was sent twice may have failed
 * both times. */
static bool is_of(struct sim_run *run, int64_t now_ms)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	int64_t recorded_ms = now_ms > run->oracle.floor_ms ? now_ms : run->oracle.floor_ms;

	for (size_t i = 0; i < run->count; i++) {
		const struct sim_past *past = rewapp__sim_past(&run->oracle, run->items[i].command.number);

		if (past && !past->known &&
			rewapp_receipt_get(rewapp__sim_engine(run), &past->id, &receipt) == 0)
			return receipt.recorded_ms == recorded_ms;
	}
	return true;
}

static void settle_doubts(struct sim_run *run)
{
	struct sim_item items[SIM_BATCH_MAX + 1];
	size_t count = run->count;

	memcpy(items, run->items, count * sizeof *items);
	for (int i = 0; i < run->doubt_count && !run->failure.failed; i++) {
		memcpy(run->items, run->doubts[i].items, run->doubts[i].count * sizeof *run->items);
		run->count = run->doubts[i].count;
		if (!is_of(run, run->doubts[i].now_ms) || !find_call(run, run->doubts[i].now_ms))
			continue;
		run->tally.doubts++;
		run->doubt_count = 0; /* the others stood in the same place */
	}
	memcpy(run->items, items, count * sizeof *items);
	run->count = count;
}

/* --- crashes -------------------------------------------------------------------------------- */

/* Lives one call of the log again; returns how many of its commands there are. */
static int relive(const struct sim_run *run, struct sim_oracle *oracle, int at, int kept)
{
	struct sim_turn turns[SIM_BATCH_MAX + 1];
	struct sim_answer answers[SIM_BATCH_MAX + 1];
	const struct sim_log *log = &run->log[at];
	int count = 0;

	for (; at + count < kept && log[count].call == log->call; count++)
		turns[count] = (struct sim_turn){ &log[count].command, &log[count].match, &answers[count] };
	rewapp__sim_oracle_call(oracle, log->now_ms, turns, (size_t)count);
	for (int i = 0; i < count && !oracle->failed; i++) {
		const struct sim_past *known = &run->oracle.pasts[log[i].command.number];
		struct sim_past *past = rewapp__sim_past(oracle, log[i].command.number);

		past->told = known->told;
		memcpy(past->receipt.token, known->receipt.token, sizeof past->receipt.token);
	}
	return count;
}

/* An oracle that knows the first `kept` commands of the log, and no later ones. */
static void forget(struct sim_run *run, int kept)
{
	struct sim_oracle fresh;

	rewapp__sim_oracle_begin(&fresh);
	fresh.mistake = run->oracle.mistake;
	for (int at = 0; at < kept && !fresh.failed;)
		at += relive(run, &fresh, at, kept);
	rewapp__sim_oracle_end(&run->oracle);
	run->oracle = fresh;
	run->log_count = kept;
}

/* How many commands of the log are there; a call is there wholly or not at all. */
static int find_kept(struct sim_run *run)
{
	int kept = run->log_count;

	while (kept > 0 && !run->failure.failed &&
		!is_stored(run, &run->oracle.pasts[run->log[kept - 1].command.number].id))
		kept--;
	if (kept > 0 && kept < run->log_count && run->log[kept - 1].call == run->log[kept].call)
		rewapp__sim_fail(run, "half", "c%d is missing, but others of its call are there",
			run->log[kept].command.number);
	return kept;
}

/* The disk had lied: what is left is sound by its own proof and by SQLite's, which alone looks at indexes, or
 * nobody takes it for sound. */
static bool is_damaged(struct sim_run *run)
{
	struct rewapp_verification found = { .size = sizeof found };
	int till = run->fault.till;

	run->over = !rewapp__sim_vfs_is_sound("store") || rewapp__sim_host_open(&run->host, till) < 0 ||
		rewapp_verify(run->host.tills[till].engine, NULL, NULL, &found) < 0 || found.problems;
	run->tally.damaged += run->over;
	return run->over;
}

/* After the machine has started again: what was acknowledged is there, or, where that was not
 * promised, what is there is what stood at some earlier moment. */
static void recover(struct sim_run *run, bool power)
{
	int kept, before = run->log_count;
	bool lied = power && run->host.disk.syncs_lie;

	run->tally.crashes++;
	rewapp__sim_host_restart(&run->host, power);
	rewapp__sim_forget(run);
	if ((lied && is_damaged(run)) || !rewapp__sim_engine(run))
		return;
	kept = find_kept(run);
	if (run->failure.failed)
		return;
	if (kept == run->log_count)
		settle_doubts(run);
	run->doubt_count = 0;
	if (kept >= before)
		return;
	if (!lied && (!power || !run->host.normal))
		rewapp__sim_fail(run, "lost", "c%d was acknowledged and is gone after %s",
			run->log[kept].command.number, power ? "a power cut" : "the end of the process");
	else
		forget(run, kept);
}

static void crashed(struct sim_run *run, bool power, bool gives_up)
{
	size_t count = run->count;
	bool there;

	recover(run, power);
	if (run->failure.failed || run->over)
		return;
	there = find_call(run, now_of(run));
	if (!run->failure.failed)
		rewapp__sim_check_all(run);
	run->count = count;
	if (!run->failure.failed && !gives_up)
		send_again(run);
	(void)there;
}

/* --- failures ------------------------------------------------------------------------------- */

/* A code that the fault may have led to. */
static bool is_due_to(enum sim_fault fault, int error)
{
	if (error == REWAPP_E_UNCERTAIN)
		return true;
	if (fault == SIM_FAULT_MEMORY)
		return error == REWAPP_E_NOMEMORY;
	return error == REWAPP_E_STORAGE || error == REWAPP_E_FULL;
}

static void failed(struct sim_run *run, int error, enum sim_fault fault, bool hit, bool gives_up)
{
	size_t count = run->count;
	bool there;

	if (!hit || !is_due_to(fault, error)) {
		rewapp__sim_fail(run, "submit", "submit: %s: %s (%s)", rewapp_error_name(error),
			rewapp_errmsg(), hit ? rewapp__sim_fault_name(fault) : "no fault has come");
		return;
	}
	there = find_call(run, now_of(run));
	run->tally.doubts += there;
	if (there && error != REWAPP_E_UNCERTAIN)
		rewapp__sim_fail(run, "not-nothing", "%s says that nothing was stored, but it was",
			rewapp_error_name(error));
	if (run->failure.failed)
		return;
	if (there)
		run->count = 0;
	else if (error == REWAPP_E_UNCERTAIN)
		doubt(run);
	rewapp__sim_check_step(run);
	run->count = count;
	if (!run->failure.failed && !gives_up)
		send_again(run);
}

static void arm(struct sim_run *run)
{
	const struct sim_operation *fault = &run->fault;

	if (fault->fault != SIM_FAULT_NONE)
		rewapp__sim_host_arm(&run->host, fault->fault, fault->at, fault->for_ever);
}

/* The fault is over, whether it came or not. */
static enum sim_fault disarm(struct sim_run *run, bool *hit)
{
	enum sim_fault fault = run->fault.fault;

	*hit = rewapp__sim_host_hit(&run->host);
	run->fault.fault = SIM_FAULT_NONE;
	run->tally.faults += *hit;
	run->tally.met[fault] += *hit;
	if (fault != SIM_FAULT_NONE)
		rewapp__sim_host_arm(&run->host, SIM_FAULT_NONE, 0, false);
	return fault;
}

static void call(struct sim_run *run)
{
	enum sim_fault fault;
	bool hit;
	int error;

	if (run->count == 0 || run->failure.failed || run->over || !rewapp__sim_engine(run))
		return;
	for (size_t i = 0; i < run->count && !run->failure.failed; i++)
		match(run, &run->items[i]);
	quote(run);
	arm(run);
	error = submit(run);
	fault = disarm(run, &hit);
	run->quoted = run->quoted && error >= 0 && !run->host.disk.dead;
	if (run->host.disk.dead)
		crashed(run, fault == SIM_FAULT_POWER, run->fault.for_ever);
	else if (error < 0)
		failed(run, error, fault, hit, run->fault.for_ever);
	else
		answered(run);
	run->count = 0;
	run->quoted = false;
}

/* --- operations ----------------------------------------------------------------------------- */

static void reopen(struct sim_run *run, int till)
{
	enum sim_fault fault;
	bool hit;
	int error;

	run->fault.till = till;
	arm(run);
	rewapp__sim_host_close(&run->host, till);
	error = rewapp__sim_host_open(&run->host, till);
	fault = disarm(run, &hit);
	if (run->host.disk.dead) {
		run->count = 0;
		crashed(run, fault == SIM_FAULT_POWER, true);
	} else if (error < 0 && !hit) {
		rewapp__sim_fail(run, "open", "the store does not open: %s", rewapp_errmsg());
	}
	if (!run->failure.failed && !run->over && rewapp__sim_engine(run))
		settle_doubts(run);
}

static void live(struct sim_run *run, const struct sim_operation *operation)
{
	switch (operation->act) {
	case SIM_ACT_CLOCK:
		run->host.clock.now_ms += operation->ms;
		break;
	case SIM_ACT_SKEW:
		run->host.clock.skew_ms[operation->till] = operation->ms;
		break;
	case SIM_ACT_FAULT:
		run->fault.fault = operation->fault;
		run->fault.at = operation->at;
		run->fault.for_ever = operation->for_ever;
		break;
	case SIM_ACT_REOPEN:
		reopen(run, operation->till);
		break;
	case SIM_ACT_CUT:
		recover(run, operation->fault != SIM_FAULT_KILL);
		if (!run->failure.failed && !run->over)
			rewapp__sim_check_all(run);
		break;
	case SIM_ACT_AUDIT:
		rewapp__sim_check_all(run);
		break;
	case SIM_ACT_COMMAND:
		run->fault.till = operation->till;
		break;
	}
}

/* Commands are kept until the call is complete; anything else ends it. */
static void feed(struct sim_run *run, size_t at)
{
	const struct sim_operation *operation = &run->list->items[at];
	bool joins = operation->act == SIM_ACT_COMMAND && operation->joined && run->count > 0 &&
		run->count <= SIM_BATCH_MAX;

	if (!joins) {
		call(run);
		run->at = at;
		if (!run->failure.failed && !run->over)
			live(run, operation);
	}
	if (operation->act == SIM_ACT_COMMAND && !run->failure.failed)
		run->items[run->count++].command = operation->command;
}

int64_t rewapp__sim_start_of(uint64_t seed)
{
	struct sim_rng rng;

	rewapp__sim_rng_seed(&rng, seed, CLOCK_STREAM);
	return rewapp__sim_clock_start(&rng);
}

static bool begin(struct sim_run *run, const struct sim_settings *settings, uint64_t seed,
	struct sim_list *list, const struct sim_workload *workload)
{
	memset(run, 0, sizeof *run);
	run->seed = seed;
	run->list = list;
	rewapp__sim_oracle_begin(&run->oracle);
	run->oracle.mistake = settings->trial.mistake;
	if (!rewapp__sim_host_begin(&run->host, seed, workload->profile.tills, workload->profile.normal,
		    workload->profile.owned)) {
		rewapp__sim_fail(run, "vfs", "SQLite takes no disk in memory");
		return false;
	}
	run->tally.owned = workload->profile.owned;
	run->host.disk.syncs_never = settings->trial.syncs_lie;
	run->host.clock.now_ms = rewapp__sim_start_of(seed);
	return true;
}

/* A world counts from nothing, so that none decides what another one does. */
static void tally_add(struct sim_tally *sum, const struct sim_tally *tally)
{
	sum->commands += tally->commands;
	sum->calls += tally->calls;
	sum->accepted += tally->accepted;
	sum->refused += tally->refused;
	sum->replayed += tally->replayed;
	sum->conflicts += tally->conflicts;
	sum->faults += tally->faults;
	sum->crashes += tally->crashes;
	sum->doubts += tally->doubts;
	sum->audits += tally->audits;
	sum->checks += tally->checks;
	sum->owned += tally->owned;
	sum->damaged += tally->damaged;
	for (int fault = 0; fault < SIM_FAULT_COUNT; fault++)
		sum->met[fault] += tally->met[fault];
}

static void end(struct sim_run *run, struct sim_failure *failure, struct sim_tally *tally)
{
	if (!run->failure.failed)
		call(run);
	if (!run->failure.failed && !run->over)
		rewapp__sim_check_all(run);
	rewapp__sim_host_end(&run->host);
	if (run->host.blocks != 0)
		rewapp__sim_fail(run, "leak", "engines have ended and hold %lld blocks of memory",
			(long long)run->host.blocks);
	rewapp__sim_forget(run);
	rewapp__sim_oracle_end(&run->oracle);
	free(run->log);
	*failure = run->failure;
	tally_add(tally, &run->tally);
}

void rewapp__sim_run_seed(const struct sim_settings *settings, uint64_t seed, struct sim_list *list,
	struct sim_failure *failure, struct sim_tally *tally, uint64_t *digest)
{
	struct sim_workload workload;
	struct sim_run *run = malloc(sizeof *run);
	struct sim_operation operation;

	*failure = (struct sim_failure){ 0 };
	if (!run) {
		*failure = (struct sim_failure){ true, "memory", "the simulator has no memory", 0 };
		return;
	}
	rewapp__sim_workload_begin(&workload, seed, settings->faults);
	if (begin(run, settings, seed, list, &workload)) {
		while (run->tally.commands < settings->steps && !run->failure.failed && !run->over) {
			rewapp__sim_workload_next(&workload, &run->oracle, &run->host.clock, &operation);
			if (!rewapp__sim_list_add(list, &operation))
				rewapp__sim_fail(run, "memory", "the simulator has no memory");
			else
				feed(run, list->count - 1);
			if (workload.given == workload.queued)
				call(run);
		}
		end(run, failure, tally);
	} else {
		*failure = run->failure;
	}
	*digest = run->digest;
	free(run);
}

void rewapp__sim_run_list(const struct sim_settings *settings, uint64_t seed, struct sim_list *list,
	struct sim_failure *failure, struct sim_tally *tally)
{
	struct sim_workload workload;
	struct sim_run *run = malloc(sizeof *run);

	*failure = (struct sim_failure){ 0 };
	if (!run) {
		*failure = (struct sim_failure){ true, "memory", "the simulator has no memory", 0 };
		return;
	}
	rewapp__sim_workload_begin(&workload, seed, settings->faults);
	if (begin(run, settings, seed, list, &workload)) {
		for (size_t at = 0; at < list->count && !run->failure.failed && !run->over; at++)
			feed(run, at);
		end(run, failure, tally);
	} else {
		*failure = run->failure;
	}
	free(run);
}
