/* The engine's answers beside the oracle's. */
#include "sim/check.h"

#include "sim/invariants.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAGE = 16,
	PAGE_AGAIN = 7, /* of a statement that is read as a whole */
	EVENTS_PAGE = 64,
	DAYS_PAGE = 5,
	PERIODS_PAGE = 3,
	LINES_PAGE = 9,
	DOUBTS_PAGE = 2,
	RECEIPTS_LOOKED_AT = 64
};

static bool same_id(const struct rewapp_id *a, const struct rewapp_id *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* Adds to what two runs of one seed must have in common. */
static void digest(struct sim_run *run, int64_t value)
{
	run->digest = (run->digest ^ (uint64_t)value) * UINT64_C(0x100000001b3);
}

/* `name` is all of the failure that a shorter list keeps. */
static bool equal(struct sim_run *run, const char *name, int number, int64_t expected, int64_t found)
{
	run->tally.checks++;
	digest(run, found);
	if (expected == found)
		return true;
	rewapp__sim_fail(run, name, "c%d: %s is %lld, the oracle says %lld", number, name, (long long)found,
		(long long)expected);
	return false;
}

/* --- receipts ------------------------------------------------------------------------------- */

static void check_failed_receipt(struct sim_run *run, const struct rewapp_receipt *expected,
	const struct rewapp_receipt *found, int number)
{
	if (!equal(run, "receipt.code", number, expected->code, found->code) ||
		strcmp(expected->field, found->field) == 0)
		return;
	/* Of each field seven bits of hash are kept: one difference in 128 is not seen, and the next is
	 * named.  The same call sent again meets it again. */
	run->misnamed += number != run->misnamed_of;
	run->misnamed_of = number;
	if (expected->code != REWAPP_E_CONFLICT || run->misnamed > 3 + run->tally.conflicts / 8)
		rewapp__sim_fail(run, "receipt.field",
			"c%d: the field at fault is \"%s\", the oracle says \"%s\"", number, found->field,
			expected->field);
}

static void check_awards(struct sim_run *run, const struct rewapp_award *expected,
	const struct rewapp_receipt *found, int number)
{
	for (size_t i = 0; i < found->award_count; i++) {
		const struct rewapp_award *award = &found->awards[i];

		if (strcmp(award->rule, expected[i].rule) != 0)
			rewapp__sim_fail(run, "award.rule", "c%d: award %d is of rule %s, not %s", number,
				(int)i, award->rule, expected[i].rule);
		equal(run, "award.reason", number, expected[i].reason, award->reason);
		equal(run, "award.version", number, expected[i].version, award->version);
		equal(run, "award.points", number, expected[i].points, award->points);
		equal(run, "award.distance", number, expected[i].distance, award->distance);
	}
}

/* Who is erased is told by what is left of the id, which nobody knows; `stored`: by now. */
static bool is_told(
	const struct sim_run *run, const struct rewapp_id *member, const struct rewapp_id *found, bool stored)
{
	for (int i = 0; i < SIM_MEMBERS_MAX; i++) {
		struct rewapp_id id = rewapp__sim_member_id(i);

		if (run->oracle.members[i].erased && same_id(&id, member))
			return !stored || !same_id(member, found);
	}
	return same_id(member, found);
}

static void check_ids(struct sim_run *run, const struct rewapp_receipt *expected,
	const struct rewapp_receipt *found, bool any_merchant, bool stored, int number)
{
	if (!same_id(&expected->id, &found->id))
		rewapp__sim_fail(run, "receipt.id", "c%d: the receipt is of another command", number);
	if (!is_told(run, &expected->member, &found->member, stored))
		rewapp__sim_fail(run, "receipt.member", "c%d: the receipt names another member", number);
	if (!same_id(&expected->programme, &found->programme))
		rewapp__sim_fail(
			run, "receipt.programme", "c%d: the receipt names another programme", number);
	if (!same_id(&expected->merchant, &found->merchant) && !any_merchant)
		rewapp__sim_fail(run, "receipt.merchant", "c%d: the receipt names another merchant", number);
}

static void check_receipt(struct sim_run *run, const struct rewapp_receipt *expected,
	const struct rewapp_award *awards, const struct rewapp_receipt *found, bool any_merchant, bool stored,
	int number)
{
	if (expected->code < 0) {
		check_failed_receipt(run, expected, found, number);
		return;
	}
	if (!equal(run, "receipt.code", number, 0, found->code) ||
		!equal(run, "receipt.verdict", number, expected->verdict, found->verdict))
		return;
	equal(run, "receipt.kind", number, expected->kind, found->kind);
	equal(run, "receipt.outcome", number, expected->outcome, found->outcome);
	equal(run, "receipt.points", number, expected->points, found->points);
	equal(run, "receipt.amount", number, expected->amount, found->amount);
	equal(run, "receipt.available", number, expected->available, found->available);
	equal(run, "receipt.pending", number, expected->pending, found->pending);
	equal(run, "receipt.held", number, expected->held, found->held);
	equal(run, "receipt.debt", number, expected->debt, found->debt);
	equal(run, "receipt.shortfall", number, expected->shortfall, found->shortfall);
	equal(run, "receipt.recorded_ms", number, expected->recorded_ms, found->recorded_ms);
	equal(run, "receipt.activates_ms", number, expected->activates_ms, found->activates_ms);
	equal(run, "receipt.expires_ms", number, expected->expires_ms, found->expires_ms);
	check_ids(run, expected, found, any_merchant, stored, number);
	if (equal(run, "receipt.awards", number, (int64_t)expected->award_count, (int64_t)found->award_count))
		check_awards(run, awards, found, number);
}

/* A mint tells its token, and the same token again for ever. */
static void check_token(struct sim_run *run, const struct rewapp_receipt *found, int number)
{
	struct sim_past *past = &run->oracle.pasts[number];
	bool mints = found->kind == REWAPP_KIND_MINT && found->code == 0 &&
		found->verdict == REWAPP_VERDICT_ACCEPTED;

	if (mints != (*found->token != '\0'))
		rewapp__sim_fail(run, "receipt.token", "c%d: %s", number, mints ? "no token" : "a token");
	else if (mints && past->told && strcmp(past->receipt.token, found->token) != 0)
		rewapp__sim_fail(run, "receipt.token", "c%d: another token than before", number);
	else if (mints)
		memcpy(past->receipt.token, found->token, sizeof past->receipt.token);
	past->told = past->told || mints;
}

static void count(struct sim_run *run, const struct rewapp_receipt *receipt)
{
	run->tally.commands++;
	run->tally.replayed += receipt->replayed;
	run->tally.conflicts += receipt->code == REWAPP_E_CONFLICT;
	run->tally.accepted += receipt->code == 0 && receipt->verdict == REWAPP_VERDICT_ACCEPTED;
	run->tally.refused += receipt->code == 0 && receipt->verdict != REWAPP_VERDICT_ACCEPTED;
}

/* A text that names no partner, or one that a refusal does not look at: who came nearest is not said here. */
static bool names_nobody(const struct sim_item *item)
{
	return item->command.by_descriptor && rewapp_id_is_zero(&item->answer.receipt.merchant);
}

void rewapp__sim_check_receipts(struct sim_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct sim_item *item = &run->items[i];
		int number = item->command.number;

		count(run, &item->receipt);
		check_receipt(run, &item->answer.receipt, run->oracle.pasts[number].awards, &item->receipt,
			names_nobody(item), false, number);
		equal(run, "receipt.replayed", number, item->answer.receipt.replayed, item->receipt.replayed);
		if (item->answer.receipt.code == 0)
			check_token(run, &item->receipt, number);
	}
}

/* --- statements ----------------------------------------------------------------------------- */

static struct rewapp_id programme_id(int wallet)
{
	return rewapp__sim_programme_id(wallet / SIM_MEMBERS_MAX);
}

static struct rewapp_id member_id(int wallet)
{
	return rewapp__sim_member_id(wallet % SIM_MEMBERS_MAX);
}

static bool is_there(const struct sim_run *run, int wallet)
{
	return run->oracle.programmes[wallet / SIM_MEMBERS_MAX].there &&
		run->oracle.members[wallet % SIM_MEMBERS_MAX].there;
}

static bool seen_add(struct sim_run *run, struct sim_seen *seen, const struct rewapp_entry *entry)
{
	if (seen->count == seen->capacity) {
		int capacity = seen->capacity ? seen->capacity * 2 : 32;
		struct rewapp_entry *entries = realloc(seen->entries, (size_t)capacity * sizeof *entries);

		if (!entries) {
			rewapp__sim_fail(run, "memory", "the simulator has no memory");
			return false;
		}
		seen->entries = entries;
		seen->capacity = capacity;
	}
	seen->entries[seen->count++] = *entry;
	return true;
}

static void turn_round(struct rewapp_entry *entries, int from, int until)
{
	for (until--; from < until; from++, until--) {
		struct rewapp_entry entry = entries[from];

		entries[from] = entries[until];
		entries[until] = entry;
	}
}

/* The lines that have come since the last look: pages, the newest first. */
static void read_lines(struct sim_run *run, int wallet)
{
	struct rewapp_id programme = programme_id(wallet), member = member_id(wallet);
	struct sim_seen *seen = &run->seen[wallet];
	int64_t known = seen->count ? seen->entries[seen->count - 1].number : 0, before = 0;
	int expected = run->oracle.wallets[wallet].line_count - seen->count;
	struct rewapp_entry page[PAGE];
	size_t wanted = expected < 0 || expected >= PAGE ? PAGE : (size_t)expected + 1, got = wanted;

	seen->fresh = seen->count;
	if (expected == 0 && seen->balance.version == seen->count)
		return;
	while (got == wanted && !run->failure.failed) {
		int error = rewapp_statement(
			rewapp__sim_engine(run), &programme, &member, before, page, wanted, &got);

		if (error < 0) {
			rewapp__sim_fail(run, "statement", "statement: %s", rewapp_errmsg());
			return;
		}
		for (size_t i = 0; i < got; i++) {
			if (page[i].number <= known) {
				got = 0;
				break;
			}
			if (!seen_add(run, seen, &page[i]))
				return;
			before = page[i].number;
		}
	}
	turn_round(seen->entries, seen->fresh, seen->count);
}

static bool says(const struct sim_run *run, const struct sim_line *line, const struct rewapp_entry *entry)
{
	struct rewapp_id merchant;

	if (line->code != entry->code || line->points != entry->points ||
		line->recorded_ms != entry->recorded_ms || line->occurred_ms != entry->occurred_ms ||
		line->activates_ms != entry->activates_ms || line->expires_ms != entry->expires_ms ||
		!same_id(&run->oracle.pasts[line->command].id, &entry->command))
		return false;
	merchant = rewapp__sim_merchant_id(line->merchant);
	return line->merchant == SIM_NOBODY || same_id(&merchant, &entry->merchant);
}

/* Each line that the oracle expects is there once; in which order one command writes its lines is
 * the engine's own affair. */
static void check_lines(struct sim_run *run, int wallet)
{
	const struct sim_seen *seen = &run->seen[wallet];
	const struct sim_line *lines = run->oracle.wallets[wallet].lines;
	uint64_t used[64] = { 0 };
	int fresh = seen->count - seen->fresh;

	if (!equal(run, "statement.lines", wallet, run->oracle.wallets[wallet].line_count, seen->count))
		return;
	for (int i = 0; i < fresh && fresh <= (int)sizeof used * 8; i++) {
		int at = 0;

		while (at < fresh &&
			(used[at / 64] >> at % 64 & 1 ||
				!says(run, &lines[seen->fresh + at], &seen->entries[seen->fresh + i])))
			at++;
		if (at == fresh) {
			const struct rewapp_entry *entry = &seen->entries[seen->fresh + i];

			rewapp__sim_fail(run, "statement.line",
				"wallet %d: no line is expected of %s %lld points", wallet,
				rewapp_code_name(entry->code), (long long)entry->points);
			return;
		}
		used[at / 64] |= UINT64_C(1) << at % 64;
	}
}

/* --- balances ------------------------------------------------------------------------------- */

static void check_balance(struct sim_run *run, int wallet)
{
	const struct rewapp_balance *balance = &run->seen[wallet].balance;
	const struct sim_wallet *model = &run->oracle.wallets[wallet];
	struct sim_worth worth;

	rewapp__sim_worth(model, balance->as_of_ms, &worth);
	equal(run, "balance.available", wallet, worth.available, balance->available);
	equal(run, "balance.pending", wallet, worth.pending, balance->pending);
	equal(run, "balance.held", wallet, worth.held, balance->held);
	equal(run, "balance.debt", wallet, worth.debt, balance->debt);
	equal(run, "balance.next_expiry_ms", wallet, worth.next_expiry_ms, balance->next_expiry_ms);
	equal(run, "balance.next_expiry_points", wallet, worth.next_expiry_points,
		balance->next_expiry_points);
	equal(run, "balance.next_activation_ms", wallet, worth.next_activation_ms,
		balance->next_activation_ms);
	equal(run, "balance.credits_posted", wallet, model->credits_posted, balance->credits_posted);
	equal(run, "balance.debits_posted", wallet, model->debits_posted, balance->debits_posted);
	equal(run, "balance.debits_pending", wallet, model->debits_pending, balance->debits_pending);
	equal(run, "balance.version", wallet, model->line_count, balance->version);
	equal(run, "balance.closed_ms", wallet, model->closed_ms, balance->closed_ms);
}

static void look(struct sim_run *run, int wallet)
{
	struct rewapp_id programme = programme_id(wallet), member = member_id(wallet);
	struct sim_seen *seen = &run->seen[wallet];
	bool there = is_there(run, wallet);
	int error;

	if (seen->looked)
		return;
	seen->balance.size = sizeof seen->balance;
	error = rewapp_balance_get(rewapp__sim_engine(run), &programme, &member, &seen->balance);
	if (!equal(run, "balance", wallet, there ? 0 : REWAPP_E_NOTFOUND, error) || !there)
		return;
	seen->looked = true;
	check_balance(run, wallet);
	read_lines(run, wallet);
	check_lines(run, wallet);
}

/* --- events --------------------------------------------------------------------------------- */

static void check_event(struct sim_run *run, const struct rewapp_event *event)
{
	const struct sim_event *expected = &run->oracle.events[run->event_count];
	struct rewapp_id member = rewapp__sim_member_id(expected->member);

	if (!same_id(&run->oracle.pasts[expected->command].id, &event->command))
		rewapp__sim_fail(run, "event.command", "event %d is of another command than c%d",
			run->event_count, expected->command);
	if (!is_told(run, &member, &event->member, true))
		rewapp__sim_fail(run, "event.member", "event %d names another member", run->event_count);
	equal(run, "event.kind", expected->command, expected->kind, event->kind);
	equal(run, "event.code", expected->command, expected->code, event->code);
	equal(run, "event.points", expected->command, expected->points, event->points);
	equal(run, "event.recorded_ms", expected->command, expected->recorded_ms, event->recorded_ms);
	run->event_count++;
	run->event_number = event->number;
}

static void read_events(struct sim_run *run)
{
	struct rewapp_event events[EVENTS_PAGE];
	size_t got = EVENTS_PAGE;

	while (got == EVENTS_PAGE && !run->failure.failed) {
		int error = rewapp_events_read(
			rewapp__sim_engine(run), run->event_number, events, EVENTS_PAGE, &got);

		if (error < 0) {
			rewapp__sim_fail(run, "events", "events: %s", rewapp_errmsg());
			return;
		}
		for (size_t i = 0; i < got && !run->failure.failed; i++) {
			if (run->event_count == run->oracle.event_count)
				rewapp__sim_fail(run, "event.surplus", "an event that nobody expects");
			else
				check_event(run, &events[i]);
		}
	}
	if (!run->failure.failed)
		equal(run, "events.count", 0, run->oracle.event_count, run->event_count);
}

/* --- a step --------------------------------------------------------------------------------- */

/* The wallet that a command was about, or SIM_NOBODY. */
static int wallet_of(struct sim_run *run, const struct sim_command *command)
{
	int programme = rewapp__sim_programme_meant(&run->oracle, command->programme);
	const struct sim_past *past = command->target >= 0 && command->target < run->oracle.past_count
		? &run->oracle.pasts[command->target]
		: NULL;

	if (past && command->kind == REWAPP_KIND_CONFIRM)
		return wallet_of(run, &past->command);

	if (command->member != SIM_NOBODY && command->kind != REWAPP_KIND_MEMBER &&
		command->kind != REWAPP_KIND_ERASE)
		return programme == SIM_NOBODY ? SIM_NOBODY : programme * SIM_MEMBERS_MAX + command->member;
	if (past && past->purchase)
		return past->purchase->programme * SIM_MEMBERS_MAX + past->purchase->member;
	return past && past->hold != SIM_NOBODY ? past->wallet : SIM_NOBODY;
}

void rewapp__sim_check_step(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		run->seen[wallet].looked = false;
		run->seen[wallet].fresh = run->seen[wallet].count;
	}
	for (size_t i = 0; i < run->count && !run->failure.failed; i++) {
		int wallet = wallet_of(run, &run->items[i].command);

		if (wallet != SIM_NOBODY)
			look(run, wallet);
	}
	for (int wallet = 0; wallet < SIM_WALLETS && !run->failure.failed; wallet++)
		if (run->oracle.wallets[wallet].line_count != run->seen[wallet].count)
			look(run, wallet);
	read_events(run);
	if (!run->failure.failed)
		rewapp__sim_hold_invariants(run, false);
}

/* --- everything ----------------------------------------------------------------------------- */

static void check_totals(struct sim_run *run, int programme)
{
	struct rewapp_id id = rewapp__sim_programme_id(programme);
	int64_t from_ms = 0;
	struct rewapp_day days[DAYS_PAGE];
	size_t got = DAYS_PAGE;
	int expected = 0, found = 0;

	for (int i = 0; i < run->oracle.total_count; i++) {
		const struct rewapp_day *day = &run->oracle.totals[i].day;

		expected += run->oracle.totals[i].programme == programme &&
			(day->issued || day->spent || day->expired || day->clawed_back);
	}
	while (got == DAYS_PAGE && !run->failure.failed) {
		int error = rewapp_totals(
			rewapp__sim_engine(run), &id, from_ms, INT64_MAX, days, DAYS_PAGE, &got);

		if (!equal(run, "totals", programme, 0, error))
			return;
		for (size_t i = 0; i < got; i++) {
			const struct rewapp_day *day = &days[i], *known = NULL;

			for (int k = 0; k < run->oracle.total_count; k++)
				if (run->oracle.totals[k].programme == programme &&
					run->oracle.totals[k].day.day_ms == day->day_ms)
					known = &run->oracle.totals[k].day;
			if (known) {
				equal(run, "totals.issued", programme, known->issued, day->issued);
				equal(run, "totals.spent", programme, known->spent, day->spent);
				equal(run, "totals.expired", programme, known->expired, day->expired);
				equal(run, "totals.clawed_back", programme, known->clawed_back,
					day->clawed_back);
			}
			found += day->issued || day->spent || day->expired || day->clawed_back;
			from_ms = day->day_ms + 1;
		}
	}
	equal(run, "totals.days", programme, expected, found);
}

static void check_periods(struct sim_run *run, int programme)
{
	struct rewapp_id id = rewapp__sim_programme_id(programme);
	struct rewapp_period page[PERIODS_PAGE];
	const struct sim_oracle *oracle = &run->oracle;
	size_t got = 0, at = 0;
	int64_t after = 0;

	for (int i = 0; i <= oracle->period_count && !run->failure.failed; i++) {
		const struct sim_period *period = i < oracle->period_count ? &oracle->periods[i] : NULL;

		if (period && period->programme != programme)
			continue;
		if (at == got) {
			equal(run, "periods", programme, 0,
				rewapp_period_list(
					rewapp__sim_engine(run), &id, after, page, PERIODS_PAGE, &got));
			at = 0;
		}
		if (!equal(run, "periods.more", programme, period != NULL, at < got) || !period)
			return;
		equal(run, "period.until_ms", programme, period->until_ms, page[at].until_ms);
		equal(run, "period.recorded_ms", programme, period->recorded_ms, page[at].recorded_ms);
		if (!same_id(&oracle->pasts[period->command].id, &page[at].command))
			rewapp__sim_fail(run, "period.command", "a period was closed by another than c%d",
				period->command);
		after = page[at++].until_ms;
	}
}

/* The objects of a kind, in the order of their making. */
static void check_objects(
	struct sim_run *run, int kind, const int *order, int expected, struct rewapp_id (*id_of)(int number))
{
	struct rewapp_object objects[4];
	int64_t after = 0;
	size_t got = 4;
	int found = 0;

	while (got == 4 && !run->failure.failed) {
		if (!equal(run, "objects", kind, 0,
			    rewapp_object_list(rewapp__sim_engine(run), kind, after, objects, 4, &got)))
			return;
		for (size_t i = 0; i < got && found < expected; i++, found++) {
			struct rewapp_id id = id_of(order[found]);

			if (kind == REWAPP_KIND_MEMBER ? !is_told(run, &id, &objects[i].id, true)
						       : !same_id(&id, &objects[i].id))
				rewapp__sim_fail(run, "objects.order",
					"%s %d is not the one that was made then", rewapp_kind_name(kind),
					found);
			if (kind == REWAPP_KIND_MEMBER)
				equal(run, "member.status", order[found],
					run->oracle.members[order[found]].status, objects[i].status);
			if (kind == REWAPP_KIND_PROGRAMME)
				equal(run, "programme.version", order[found],
					run->oracle.programmes[order[found]].version, objects[i].version);
			after = objects[i].number;
		}
	}
	equal(run, "objects.count", kind, expected, found);
}

/* The whole statement in small pages: lines once told never change. */
static void read_again(struct sim_run *run, int wallet)
{
	struct rewapp_id programme = programme_id(wallet), member = member_id(wallet);
	const struct sim_seen *seen = &run->seen[wallet];
	struct rewapp_entry page[PAGE_AGAIN];
	size_t got = PAGE_AGAIN;
	int64_t before = 0;
	int left = seen->count;

	while (got == PAGE_AGAIN && !run->failure.failed) {
		if (!equal(run, "statement", wallet, 0,
			    rewapp_statement(rewapp__sim_engine(run), &programme, &member, before, page,
				    PAGE_AGAIN, &got)))
			return;
		for (size_t i = 0; i < got; i++) {
			before = page[i].number;
			if (left == 0 || memcmp(&page[i], &seen->entries[--left], sizeof page[i]) != 0) {
				rewapp__sim_fail(run, "statement.changed",
					"wallet %d: a line that was told is another now", wallet);
				return;
			}
		}
	}
	equal(run, "statement.all", wallet, 0, left);
}

static void check_stored(struct sim_run *run)
{
	int64_t step = run->oracle.past_count / RECEIPTS_LOOKED_AT + 1;

	for (int64_t number = run->oracle.past_count - 1; number >= 0 && !run->failure.failed;
		number -= step) {
		const struct sim_past *past = &run->oracle.pasts[number];
		struct rewapp_receipt receipt = { .size = sizeof receipt };
		int error = rewapp_receipt_get(rewapp__sim_engine(run), &past->id, &receipt);

		if (!equal(run, "stored", (int)number, past->known ? 0 : REWAPP_E_NOTFOUND, error))
			return;
		if (past->known)
			check_receipt(run, &past->receipt, past->awards, &receipt,
				past->command.by_descriptor, true, (int)number);
	}
}

/* --- banks ---------------------------------------------------------------------------------- */

static bool is_command(const struct sim_run *run, int number, const struct rewapp_id *id)
{
	struct rewapp_id expected = rewapp__sim_id("c", number);

	(void)run;
	return same_id(&expected, id);
}

static void check_bank_line(
	struct sim_run *run, const struct sim_sighting *expected, const struct rewapp_bank_line *found)
{
	struct rewapp_id member = rewapp__sim_member_id(expected->member),
			 programme = rewapp__sim_programme_id(expected->programme),
			 merchant = rewapp__sim_merchant_id(expected->merchant);

	if (!is_command(run, expected->command, &found->id) || !is_told(run, &member, &found->member, true) ||
		!same_id(&programme, &found->programme))
		rewapp__sim_fail(run, "line.id", "c%d: its bank line is another", expected->command);
	if (!expected->no_partner && !same_id(&merchant, &found->merchant))
		rewapp__sim_fail(
			run, "line.merchant", "c%d: its bank line names another merchant", expected->command);
	if (!is_command(run, expected->purchase, &found->purchase))
		rewapp__sim_fail(run, "line.purchase", "c%d: its bank line is not of purchase c%d",
			expected->command, expected->purchase);
	if (!is_command(run, expected->other, &found->other))
		rewapp__sim_fail(run, "line.other", "c%d: its bank line is not that of c%d",
			expected->command, expected->other);
	equal(run, "line.outcome", expected->command, expected->outcome, found->outcome);
	equal(run, "line.refund", expected->command, expected->refund, found->refund);
	equal(run, "line.amount", expected->command, expected->amount, found->amount);
	equal(run, "line.abroad", expected->command, expected->abroad, found->foreign_amount);
	equal(run, "line.occurred_ms", expected->command, expected->occurred_ms, found->occurred_ms);
}

static void check_bank_lines(struct sim_run *run)
{
	struct rewapp_bank_line page[LINES_PAGE];
	size_t got = LINES_PAGE;
	int64_t after = 0;
	int at = 0;

	page[0].size = sizeof page[0];
	while (got == LINES_PAGE && !run->failure.failed) {
		if (!equal(run, "lines", at, 0,
			    rewapp_bank_lines(
				    rewapp__sim_engine(run), NULL, 0, after, page, LINES_PAGE, &got)))
			return;
		for (size_t i = 0; i < got && at < run->oracle.sighting_count && !run->failure.failed; i++) {
			check_bank_line(run, &run->oracle.sightings[at++], &page[i]);
			after = page[i].number;
		}
	}
	equal(run, "lines.count", 0, run->oracle.sighting_count, at);
}

static void check_waiting_line(
	struct sim_run *run, const struct sim_waiting *expected, const struct rewapp_doubt *found)
{
	const struct sim_command *told = &run->oracle.pasts[expected->command].command;
	struct rewapp_id member = rewapp__sim_member_id(told->member),
			 programme = rewapp__sim_programme_id(expected->programme),
			 merchant = rewapp__sim_merchant_id(expected->candidate);

	if (!is_command(run, expected->command, &found->id) || !same_id(&member, &found->member) ||
		!same_id(&programme, &found->programme) || !same_id(&merchant, &found->merchant))
		rewapp__sim_fail(run, "doubt.id", "c%d: another line waits", expected->command);
	equal(run, "doubt.amount", expected->command, told->amount, found->amount);
	equal(run, "doubt.occurred_ms", expected->command, expected->occurred_ms, found->occurred_ms);
	if (strcmp(found->descriptor, rewapp__sim_descriptor(told->merchant, told->text)) != 0)
		rewapp__sim_fail(run, "doubt.descriptor", "c%d: its text is another", expected->command);
}

static void check_waiting(struct sim_run *run)
{
	struct rewapp_doubt page[DOUBTS_PAGE];
	size_t got = 0, at = 0;
	int64_t after = 0;

	page[0].size = sizeof page[0];
	for (int i = 0; i <= run->oracle.waiting_count && !run->failure.failed; i++) {
		const struct sim_waiting *line = i < run->oracle.waiting_count ? &run->oracle.waiting[i]
									       : NULL;

		if (line &&
			(line->answer != SIM_NOBODY ||
				run->oracle.members[run->oracle.pasts[line->command].command.member].erased))
			continue;
		if (at == got) {
			equal(run, "doubts", i, 0,
				rewapp_doubts(rewapp__sim_engine(run), after, page, DOUBTS_PAGE, &got));
			at = 0;
		}
		if (!equal(run, "doubts.more", i, line != NULL, at < got) || !line)
			return;
		check_waiting_line(run, line, &page[at]);
		after = page[at++].number;
	}
}

static void check_learnt_one(
	struct sim_run *run, const struct sim_learnt *expected, const struct rewapp_learnt *found)
{
	struct rewapp_id merchant = rewapp__sim_merchant_id(expected->merchant);

	if (!is_command(run, expected->command, &found->id) ||
		!is_command(run, expected->line, &found->line) ||
		!is_command(run, expected->taken_back, &found->taken_back) ||
		!same_id(&merchant, &found->merchant))
		rewapp__sim_fail(run, "learnt.id", "c%d taught something else", expected->command);
	equal(run, "learnt.votes", expected->command, expected->votes, found->votes);
}

static void check_learnt(struct sim_run *run)
{
	struct rewapp_learnt page[LINES_PAGE];
	size_t got = LINES_PAGE;
	int64_t after = 0;
	int at = 0;

	page[0].size = sizeof page[0];
	while (got == LINES_PAGE && !run->failure.failed) {
		if (!equal(run, "learnt", at, 0,
			    rewapp_learnt_list(rewapp__sim_engine(run), NULL, after, page, LINES_PAGE, &got)))
			return;
		for (size_t i = 0; i < got && at < run->oracle.learnt_count && !run->failure.failed; i++) {
			check_learnt_one(run, &run->oracle.learnt[at++], &page[i]);
			after = page[i].number;
		}
	}
	equal(run, "learnt.count", 0, run->oracle.learnt_count, at);
}

/* --- tokens ------------------------------------------------------------------- */

static void check_tokens(struct sim_run *run)
{
	int left = 8;

	for (int number = run->oracle.past_count - 1; number >= 0 && left > 0 && !run->failure.failed;
		number--) {
		const struct sim_past *past = &run->oracle.pasts[number];
		struct rewapp_qr qr = { .size = sizeof qr };
		struct rewapp_id merchant = rewapp__sim_merchant_id(number % SIM_MERCHANTS_MAX);
		int64_t now_ms;

		if (!past->known || !past->told)
			continue;
		left--;
		now_ms = rewapp_engine_now_ms(rewapp__sim_engine(run));
		if (equal(run, "inspect", number, 0,
			    rewapp_qr_inspect(rewapp__sim_engine(run), past->receipt.token, &merchant, &qr)))
			equal(run, "inspect.verdict", number,
				rewapp__sim_judge_token(
					&run->oracle, number, number % SIM_MERCHANTS_MAX, now_ms),
				qr.verdict);
	}
}

void rewapp__sim_check_all(struct sim_run *run)
{
	const struct sim_oracle *oracle = &run->oracle;

	run->tally.audits++;
	run->count = 0;
	rewapp__sim_check_step(run);
	for (int wallet = 0; wallet < SIM_WALLETS && !run->failure.failed; wallet++) {
		look(run, wallet);
		if (is_there(run, wallet))
			read_again(run, wallet);
	}
	for (int i = 0; i < oracle->programme_count && !run->failure.failed; i++) {
		check_totals(run, oracle->programme_order[i]);
		check_periods(run, oracle->programme_order[i]);
	}
	check_objects(
		run, REWAPP_KIND_MEMBER, oracle->member_order, oracle->member_count, rewapp__sim_member_id);
	check_objects(run, REWAPP_KIND_MERCHANT, oracle->merchant_order, oracle->merchant_count,
		rewapp__sim_merchant_id);
	check_objects(run, REWAPP_KIND_PROGRAMME, oracle->programme_order, oracle->programme_count,
		rewapp__sim_programme_id);
	check_stored(run);
	check_bank_lines(run);
	check_waiting(run);
	check_learnt(run);
	check_tokens(run);
	if (!run->failure.failed)
		rewapp__sim_hold_invariants(run, true);
}

void rewapp__sim_forget(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		free(run->seen[wallet].entries);
		run->seen[wallet] = (struct sim_seen){ 0 };
	}
	run->event_number = run->event_ms = 0;
	run->event_count = 0;
}
