/* The invariants of the ledger, each a function that looks at what the engine has answered.
 *
 * The oracle says what the answers must be; an invariant says what must hold between them,
 * whatever the oracle thinks.  The numbers are those of docs/simulator.md. */
#include "sim/invariants.h"

#include <string.h>

static bool holds(struct sim_run *run, bool truth, int number, const char *what, int64_t a, int64_t b)
{
	run->tally.checks++;
	if (!truth)
		rewapp__sim_fail(run, what, "invariant %d is broken: %s (%lld, %lld)", number, what,
			(long long)a, (long long)b);
	return truth;
}

static bool is_accepted(const struct sim_item *item)
{
	return item->receipt.code == 0 && item->receipt.verdict == REWAPP_VERDICT_ACCEPTED &&
		!item->receipt.replayed;
}

/* The lines that this step has brought to a wallet; those before it are known. */
static int fresh_lines(const struct sim_seen *seen, const struct rewapp_entry **out)
{
	*out = seen->entries + seen->fresh;
	return seen->looked ? seen->count - seen->fresh : 0;
}

/* --- 1: conservation ------------------------------------------------------------------------ */

static int64_t sum_of_days(struct sim_run *run, int programme)
{
	struct rewapp_id id = rewapp__sim_programme_id(programme);
	struct rewapp_day days[16];
	int64_t sum = 0, from_ms = 0;
	size_t got = 16;

	while (got == 16) {
		if (rewapp_totals(rewapp__sim_engine(run), &id, from_ms, INT64_MAX, days, 16, &got) < 0)
			break;
		for (size_t i = 0; i < got; i++) {
			sum += days[i].issued - days[i].spent - days[i].expired - days[i].clawed_back;
			from_ms = days[i].day_ms + 1;
		}
	}
	return sum;
}

/* Nobody is told the balance of who was erased: debts, and points whose end is not recorded yet. */
static int64_t left_of_erased(const struct sim_wallet *wallet)
{
	return wallet->credits_posted - wallet->debits_posted - wallet->debt;
}

/* Credits and debits of all accounts are the same, posted and pending. */
static void trial_balance(struct sim_run *run, int programme)
{
	struct rewapp_id id = rewapp__sim_programme_id(programme);
	struct rewapp_account lines[REWAPP_ACCOUNT_KINDS];
	int64_t sum = 0, pending = 0;
	int error = rewapp_trial_balance(rewapp__sim_engine(run), &id, lines, &sum, &pending);

	holds(run, error == 0 && sum == 0 && pending == 0, 1, "conservation", sum, pending);
}

/* What the members have and do not owe is what was issued and is not gone. */
static void conservation(struct sim_run *run)
{
	for (int programme = 0; programme < SIM_PROGRAMMES_MAX; programme++) {
		int64_t sum = 0;

		if (!run->oracle.programmes[programme].there)
			continue;
		for (int member = 0; member < SIM_MEMBERS_MAX; member++) {
			int wallet = programme * SIM_MEMBERS_MAX + member;
			const struct rewapp_balance *balance = &run->seen[wallet].balance;
			struct sim_worth worth;

			if (run->oracle.members[member].erased)
				sum += left_of_erased(&run->oracle.wallets[wallet]);
			if (!run->seen[wallet].looked)
				continue;
			rewapp__sim_worth(&run->oracle.wallets[wallet], balance->as_of_ms, &worth);
			sum += balance->credits_posted - balance->debits_posted - balance->debt - worth.paid;
		}
		int64_t days = sum_of_days(run, programme);

		holds(run, sum == days, 1, "conservation", sum, days);
		trial_balance(run, programme);
	}
}

/* --- 2, 3, 4, 22: accounts and their lines -------------------------------------------------- */

static bool is_posted(int code)
{
	return code != REWAPP_CODE_HOLD && code != REWAPP_CODE_RELEASE && code != REWAPP_CODE_TIMEOUT;
}

static void fold(struct sim_run *run, struct sim_seen *seen, int at)
{
	const struct rewapp_entry *entry = &seen->entries[at];
	int64_t before = at ? entry[-1].balance : 0, moved = is_posted(entry->code) ? entry->points : 0;

	if (at)
		holds(run, entry->number > entry[-1].number, 2, "derivation", entry[-1].number,
			entry->number);
	holds(run, entry->balance == before + moved, 2, "derivation", before + moved, entry->balance);
	*(moved > 0 ? &seen->credits_posted : &seen->debits_posted) += moved > 0 ? moved : -moved;
}

static void derivation(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		struct sim_seen *seen = &run->seen[wallet];
		const struct rewapp_balance *balance = &seen->balance;

		if (!seen->looked)
			continue;
		while (seen->folded < seen->count)
			fold(run, seen, seen->folded++);
		holds(run, balance->credits_posted == seen->credits_posted, 2, "derivation",
			seen->credits_posted, balance->credits_posted);
		holds(run, balance->debits_posted == seen->debits_posted, 2, "derivation",
			seen->debits_posted, balance->debits_posted);
		holds(run, balance->version == seen->count, 2, "derivation", seen->count, balance->version);
	}
}

static void bounds(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		const struct rewapp_balance *balance = &run->seen[wallet].balance;

		if (run->seen[wallet].looked)
			holds(run,
				balance->debits_posted + balance->debits_pending <= balance->credits_posted,
				3, "bounds", balance->debits_posted + balance->debits_pending,
				balance->credits_posted);
	}
}

static void amounts(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		const struct sim_seen *seen = &run->seen[wallet];
		const struct rewapp_balance *balance = &seen->balance;
		const struct rewapp_entry *entries;
		int count = fresh_lines(seen, &entries);

		for (int i = 0; i < count; i++)
			holds(run, entries[i].points != 0, 4, "amount", entries[i].points, entries[i].number);
		if (seen->looked)
			holds(run,
				balance->credits_posted >= 0 && balance->debits_posted >= 0 &&
					balance->credits_pending == 0 && balance->debits_pending >= 0,
				4, "amount", balance->credits_posted, balance->debits_posted);
	}
}

/* --- 5: a refusal changes nothing but what time has done anyway ------------------------------ */

/* Whether a command of this call has the id, and whether one that was accepted has: another with its id may
 * be a conflict in the same call. */
static bool is_of_call(const struct sim_run *run, const struct rewapp_id *id, bool *accepted)
{
	bool found = false;

	*accepted = false;
	for (size_t k = 0; k < run->count; k++) {
		const struct rewapp_receipt *receipt = &run->items[k].receipt;

		if (receipt->replayed || memcmp(&receipt->id, id, sizeof *id) != 0)
			continue;
		found = true;
		/* A line that waits for a person may have taken the place of one that had earned. */
		*accepted |= receipt->verdict == REWAPP_VERDICT_ACCEPTED || receipt->outcome;
	}
	return found;
}

static void rejection(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		const struct rewapp_entry *entries;
		int count = fresh_lines(&run->seen[wallet], &entries);

		for (int i = 0; i < count; i++) {
			bool accepted,
				of_time = entries[i].code == REWAPP_CODE_EXPIRY ||
				entries[i].code == REWAPP_CODE_TIMEOUT ||
				entries[i].code == REWAPP_CODE_DEBT_PAYMENT; /* of what timed out */

			if (is_of_call(run, &entries[i].command, &accepted))
				holds(run, of_time || accepted, 5, "rejection", entries[i].code, wallet);
		}
	}
}

/* --- 6: the same id is the same receipt, for ever -------------------------------------------- */

static void idempotency(struct sim_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct sim_item *item = &run->items[i];
		struct rewapp_receipt stored = { .size = sizeof stored };
		int error;

		if (!item->receipt.replayed)
			continue;
		error = rewapp_receipt_get(rewapp__sim_engine(run), &item->receipt.id, &stored);
		holds(run,
			error == 0 && stored.verdict == item->receipt.verdict &&
				stored.code == item->receipt.code && stored.points == item->receipt.points &&
				stored.available == item->receipt.available &&
				stored.recorded_ms == item->receipt.recorded_ms &&
				strcmp(stored.token, item->receipt.token) == 0,
			6, "idempotency", stored.points, item->receipt.points);
	}
}

/* --- 7: a chain is carried out whole or not at all ------------------------------------------- */

static size_t chain_length(const struct sim_run *run, size_t at)
{
	size_t length = 1;

	while (at + length < run->count && run->items[at + length - 1].command.flags & REWAPP_LINKED)
		length++;
	return length;
}

/* Whether this step brought a line of the command to any statement. */
static bool has_line(const struct sim_run *run, const struct rewapp_id *id)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		const struct rewapp_entry *entries;
		int count = fresh_lines(&run->seen[wallet], &entries);

		for (int i = 0; i < count; i++)
			if (memcmp(&entries[i].command, id, sizeof *id) == 0)
				return true;
	}
	return false;
}

/* Ids that were used before are answered as they were, each for itself. */
static void chain_atomicity(struct sim_run *run)
{
	for (size_t at = 0, length; at < run->count; at += length) {
		size_t accepted = 0, known = 0;

		length = chain_length(run, at);
		for (size_t i = at; i < at + length; i++) {
			accepted += is_accepted(&run->items[i]);
			known += run->items[i].receipt.replayed || run->items[i].receipt.code;
		}
		if (length == 1 || known)
			continue;
		holds(run, accepted == 0 || accepted == length, 7, "chain atomicity", (int64_t)accepted,
			(int64_t)length);
		for (size_t i = at; i < at + length && accepted == 0; i++)
			holds(run, !has_line(run, &run->items[i].receipt.id), 7, "chain atomicity",
				run->items[i].command.number, 0);
	}
}

/* --- 8: a hold ends once, and in time -------------------------------------------------------- */

static const struct rewapp_receipt *hold_receipt(const struct sim_run *run, const struct sim_item *item)
{
	int number = item->command.kind == REWAPP_KIND_REDEEM ? item->command.token : item->command.target;

	return number >= 0 && number < run->oracle.past_count ? &run->oracle.pasts[number].receipt : NULL;
}

static void hold_life(struct sim_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct sim_item *item = &run->items[i];
		const struct rewapp_receipt *hold = hold_receipt(run, item);
		int kind = item->command.kind;

		if (!is_accepted(item) || !hold ||
			(kind != REWAPP_KIND_POST && kind != REWAPP_KIND_REDEEM && kind != REWAPP_KIND_VOID))
			continue;
		holds(run, item->receipt.recorded_ms < hold->expires_ms, 8, "hold life",
			item->receipt.recorded_ms, hold->expires_ms);
		holds(run, item->receipt.points <= hold->points, 8, "hold life", item->receipt.points,
			hold->points);
	}
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		const struct rewapp_balance *balance = &run->seen[wallet].balance;

		if (run->seen[wallet].looked)
			holds(run, balance->held <= balance->debits_pending, 8, "hold life", balance->held,
				balance->debits_pending);
	}
}

/* --- 9, 10, 11, 12: lots --------------------------------------------------------------------- */

/* Posted points are in lots or on hold, but for those whose time is over and not yet recorded. */
static void lot_sum(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		const struct rewapp_balance *balance = &run->seen[wallet].balance;
		struct sim_worth worth;
		int64_t posted = balance->credits_posted - balance->debits_posted, told;

		if (!run->seen[wallet].looked)
			continue;
		rewapp__sim_worth(&run->oracle.wallets[wallet], balance->as_of_ms, &worth);
		told = balance->available + balance->pending + balance->held;
		holds(run, told + worth.overdue + worth.paid == posted, 9, "lot sum", told, posted);
	}
}

/* What is left expires when it would had the soonest to expire been spent first. */
static void lot_order(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		const struct rewapp_balance *balance = &run->seen[wallet].balance;
		struct sim_worth worth;

		if (!run->seen[wallet].looked)
			continue;
		rewapp__sim_worth(&run->oracle.wallets[wallet], balance->as_of_ms, &worth);
		holds(run,
			worth.next_expiry_ms == balance->next_expiry_ms &&
				worth.next_expiry_points == balance->next_expiry_points,
			10, "lot order", worth.next_expiry_points, balance->next_expiry_points);
	}
}

/* What expired in a closed period and was told later stands at the period's end. */
static bool is_end_of_period(const struct sim_run *run, int wallet, int64_t at_ms)
{
	for (int i = 0; i < run->oracle.period_count; i++)
		if (run->oracle.periods[i].programme == wallet / SIM_MEMBERS_MAX &&
			run->oracle.periods[i].until_ms == at_ms)
			return true;
	return false;
}

/* The points that were ever given to expire at `expires_ms`, up to a line. */
static int64_t given_until(const struct sim_run *run, int wallet, int last, int64_t expires_ms)
{
	const struct sim_seen *seen = &run->seen[wallet];
	bool or_before = is_end_of_period(run, wallet, expires_ms);
	int64_t points = 0;

	for (int i = 0; i <= last; i++)
		if (seen->entries[i].expires_ms == expires_ms ||
			(or_before && seen->entries[i].expires_ms &&
				seen->entries[i].expires_ms < expires_ms))
			points += seen->entries[i].points;
	return points;
}

/* Nothing expires before its time, and nothing that was not given to expire then. */
static void dead_points(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		const struct sim_seen *seen = &run->seen[wallet];

		for (int i = seen->fresh; seen->looked && i < seen->count; i++) {
			const struct rewapp_entry *entry = &seen->entries[i];

			if (entry->code != REWAPP_CODE_EXPIRY)
				continue;
			holds(run, entry->occurred_ms <= entry->recorded_ms, 11, "dead points",
				entry->occurred_ms, entry->recorded_ms);
			holds(run, given_until(run, wallet, i, entry->occurred_ms) >= -entry->points, 11,
				"dead points", given_until(run, wallet, i, entry->occurred_ms),
				-entry->points);
		}
	}
}

/* All that has expired at one instant is no more than was given to expire then. */
static void expiry_once(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		const struct sim_seen *seen = &run->seen[wallet];

		for (int i = seen->fresh; seen->looked && i < seen->count; i++) {
			int64_t expired = 0, at_ms = seen->entries[i].occurred_ms;

			if (seen->entries[i].code != REWAPP_CODE_EXPIRY)
				continue;
			for (int k = 0; k <= i; k++)
				if (seen->entries[k].code == REWAPP_CODE_EXPIRY &&
					seen->entries[k].occurred_ms == at_ms)
					expired -= seen->entries[k].points;
			holds(run, expired <= given_until(run, wallet, i, at_ms), 12, "expiry once", expired,
				given_until(run, wallet, i, at_ms));
		}
	}
}

/* --- 13, 14, 15, 20: returns ------------------------------------------------------------------ */

static const struct sim_purchase *returned(const struct sim_run *run, const struct sim_item *item)
{
	int target = item->command.target;

	if ((item->command.kind != REWAPP_KIND_RETURN && item->command.kind != REWAPP_KIND_TAKE_BACK) ||
		!is_accepted(item) || target < 0 || target >= run->oracle.past_count)
		return NULL;
	return run->oracle.pasts[target].purchase;
}

/* However it was cut into parts: when all is back, all points are. */
static void return_algebra(struct sim_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct sim_purchase *purchase = returned(run, &run->items[i]);

		if (purchase && purchase->returned == purchase->amount)
			holds(run, purchase->clawed_back == purchase->earned, 13, "return algebra",
				purchase->clawed_back, purchase->earned);
	}
}

static void return_ceiling(struct sim_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct sim_purchase *purchase = returned(run, &run->items[i]);

		if (!purchase)
			continue;
		holds(run, purchase->returned <= purchase->amount, 14, "return ceiling", purchase->returned,
			purchase->amount);
		holds(run, purchase->clawed_back <= purchase->earned, 14, "return ceiling",
			purchase->clawed_back, purchase->earned);
	}
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++)
		for (int i = 0; i < run->oracle.wallets[wallet].hold_count; i++) {
			const struct sim_hold *hold = &run->oracle.wallets[wallet].holds[i];

			if (run->seen[wallet].looked)
				holds(run, hold->reversed <= hold->posted && hold->posted <= hold->points, 14,
					"return ceiling", hold->reversed, hold->posted);
		}
}

/* Whoever owes points has none to spend, after each command and at any look. */
static void debt(struct sim_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct rewapp_receipt *receipt = &run->items[i].receipt;

		holds(run, receipt->debt >= 0, 15, "debt", receipt->debt, 0);
		holds(run, !is_accepted(&run->items[i]) || receipt->debt == 0 || receipt->available == 0, 15,
			"debt", receipt->debt, receipt->available);
	}
	for (int wallet = 0; wallet < SIM_WALLETS; wallet++) {
		const struct rewapp_balance *balance = &run->seen[wallet].balance;

		if (run->seen[wallet].looked)
			holds(run, balance->debt == 0 || balance->available + balance->pending == 0, 15,
				"debt", balance->debt, balance->available);
	}
}

/* A return never gives points. */
static void monotonic(struct sim_run *run)
{
	for (size_t i = 0; i < run->count; i++)
		if (returned(run, &run->items[i]))
			holds(run, run->items[i].receipt.points >= 0, 20, "monotonic rule",
				run->items[i].receipt.points, 0);
}

/* --- 16, 17: what a purchase gives ------------------------------------------------------------ */

/* What was given under the limit up to the purchase: a later one may stand under a newer version's limit. */
static int64_t used_of(const struct sim_run *run, const struct sim_purchase *of, const struct sim_cap *cap,
	int rule, int place)
{
	int64_t used = 0;

	for (int i = 0; i < run->oracle.purchase_count; i++) {
		const struct sim_purchase *other = run->oracle.pasts[run->oracle.purchases[i]].purchase;
		const struct sim_rule *same = &other->rules.rules[rule];

		if (other->programme != of->programme || rule >= other->rules.rule_count ||
			place >= same->cap_count || same->caps[place].window != cap->window ||
			same->caps[place].days != cap->days ||
			same->caps[place].of_member != cap->of_member ||
			(cap->of_member && other->member != of->member) ||
			other->windows[cap->window] != of->windows[cap->window])
			continue;
		used += other->points[rule];
		if (other == of)
			break;
	}
	return used;
}

/* Whoever got points under a limit has left it unbroken. */
static void caps(struct sim_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct sim_item *item = &run->items[i];
		const struct sim_purchase *purchase = run->oracle.pasts[item->command.number].purchase;

		if (item->command.kind != REWAPP_KIND_PURCHASE || !is_accepted(item) || !purchase)
			continue;
		for (size_t rule = 0; rule < item->receipt.award_count; rule++)
			for (int place = 0; place < purchase->rules.rules[rule].cap_count; place++) {
				const struct sim_cap *cap = &purchase->rules.rules[rule].caps[place];
				int64_t used = used_of(run, purchase, cap, (int)rule, place);

				holds(run, item->awards[rule].points == 0 || used <= cap->limit, 16, "cap",
					used, cap->limit);
			}
	}
}

static void exact_split(struct sim_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct sim_item *item = &run->items[i];
		int64_t sum = 0;

		for (size_t k = 0; k < item->receipt.award_count; k++)
			sum += item->awards[k].points;
		if (item->command.kind == REWAPP_KIND_PURCHASE && item->receipt.code == 0)
			holds(run, sum == item->receipt.points, 17, "exact split", sum, item->receipt.points);
	}
}

/* --- 19: what was quoted is what is done -------------------------------------------------------- */

static void dry_run(struct sim_run *run)
{
	for (size_t i = 0; i < run->count && run->quoted; i++) {
		const struct rewapp_receipt *quote = &run->quotes[i], *done = &run->items[i].receipt;

		holds(run, quote->code == done->code && quote->verdict == done->verdict, 19,
			"dry-run fidelity", quote->verdict, done->verdict);
		holds(run, quote->points == done->points && quote->shortfall == done->shortfall, 19,
			"dry-run fidelity", quote->points, done->points);
		holds(run,
			quote->available == done->available && quote->pending == done->pending &&
				quote->held == done->held && quote->debt == done->debt,
			19, "dry-run fidelity", quote->available, done->available);
		holds(run,
			quote->amount == done->amount && quote->expires_ms == done->expires_ms &&
				quote->activates_ms == done->activates_ms &&
				quote->award_count == done->award_count,
			19, "dry-run fidelity", quote->amount, done->amount);
		holds(run, quote->replayed == done->replayed, 19, "dry-run fidelity", quote->replayed,
			done->replayed);
	}
}

/* --- 24: the chain from its first record on, and all that follows from it --------------------------- */

static void evidence(struct sim_run *run)
{
	struct rewapp_verification found = { .size = sizeof found };
	int error = rewapp_verify(rewapp__sim_engine(run), NULL, NULL, &found);

	run->tally.checks++;
	if (error < 0)
		rewapp__sim_fail(run, "verify", "verify: %s", rewapp_errmsg());
	else if (found.problems)
		rewapp__sim_fail(run, "verify.problems", "verify: %s", found.first);
}

/* --- 25: who is erased is not found by the id any more; check.c: and told by it nowhere ------------- */

static void erasure(struct sim_run *run)
{
	for (int member = 0; member < SIM_MEMBERS_MAX; member++) {
		struct rewapp_id id = rewapp__sim_member_id(member);
		struct rewapp_object object;

		if (run->oracle.members[member].erased)
			holds(run,
				rewapp_object_get(rewapp__sim_engine(run), REWAPP_KIND_MEMBER, &id,
					&object) == REWAPP_E_NOTFOUND,
				25, "erasure", member, 0);
	}
}

/* --- 21: whose points were spent ---------------------------------------------------------------- */

enum {
	TRACES = 8
};

static void trace(struct sim_run *run, const struct sim_past *past)
{
	const struct sim_hold *hold = &run->oracle.wallets[past->wallet].holds[past->hold];
	const struct rewapp_origin *origins = NULL;
	int64_t points = 0, reversed = 0;
	size_t count = 0;

	holds(run, rewapp_trace(rewapp__sim_engine(run), &past->id, &origins, &count) == 0, 21, "funding", 0,
		0);
	for (size_t i = 0; i < count; i++) {
		holds(run, origins[i].points > 0 && origins[i].reversed <= origins[i].points, 21, "funding",
			origins[i].points, origins[i].reversed);
		points += origins[i].points;
		reversed += origins[i].reversed;
	}
	holds(run, points == past->receipt.points, 21, "funding", past->receipt.points, points);
	holds(run, reversed == hold->reversed, 21, "funding", hold->reversed, reversed);
}

/* Of the newest redemptions: what they took from lots is what they spent, what came back is in them. */
static void funding(struct sim_run *run)
{
	int left = TRACES;

	for (int number = run->oracle.past_count - 1; number >= 0 && left > 0; number--) {
		const struct sim_past *past = &run->oracle.pasts[number];

		if (!past->known || !past->spends || past->receipt.verdict != REWAPP_VERDICT_ACCEPTED)
			continue;
		trace(run, past);
		left--;
	}
}

/* --- 23: time --------------------------------------------------------------------------------- */

static void recorded_time(struct sim_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct sim_item *item = &run->items[i];

		if (item->receipt.code < 0 || item->receipt.replayed)
			continue;
		holds(run, item->receipt.recorded_ms >= run->event_ms, 23, "clock", item->receipt.recorded_ms,
			run->event_ms);
		run->event_ms = item->receipt.recorded_ms;
	}
}

/* --- the table -------------------------------------------------------------------------------- */

/* clang-format off */
const struct sim_invariant rewapp__sim_invariants[] = {
	{ 1, "conservation", NULL, conservation, NULL, NULL },
	{ 2, "derivation", derivation, NULL, NULL, NULL },
	{ 3, "bounds", bounds, NULL, NULL, NULL },
	{ 4, "amount", amounts, NULL, NULL, NULL },
	{ 5, "rejection atomicity", rejection, NULL, NULL, NULL },
	{ 6, "idempotency", idempotency, NULL, NULL, NULL },
	{ 7, "chain atomicity", chain_atomicity, NULL, NULL, NULL },
	{ 8, "hold life", hold_life, NULL, NULL, NULL },
	{ 9, "lot sum", lot_sum, NULL, NULL, NULL },
	{ 10, "lot order", lot_order, NULL, NULL, NULL },
	{ 11, "no spend of dead points", dead_points, NULL, NULL, NULL },
	{ 12, "expiry once", expiry_once, NULL, NULL, NULL },
	{ 13, "return algebra", return_algebra, NULL, NULL, NULL },
	{ 14, "return ceiling", return_ceiling, NULL, NULL, NULL },
	{ 15, "debt", debt, NULL, NULL, NULL },
	{ 16, "caps", caps, NULL, NULL, NULL },
	{ 17, "exact split", exact_split, NULL, NULL, NULL },
	{ 18, "determinism", NULL, NULL,
		"the first seed of each call of `rewapp sim` runs twice, with the same answers", NULL },
	{ 19, "dry-run fidelity", dry_run, NULL, NULL, NULL },
	{ 20, "monotonic rule", monotonic, NULL, NULL, NULL },
	{ 21, "funding", NULL, funding, NULL, NULL },
	{ 22, "time travel", rewapp__sim_time_travel, NULL, NULL, NULL },
	{ 23, "clock", recorded_time, NULL, NULL, NULL },
	{ 24, "chain of evidence", NULL, evidence, NULL, NULL },
	{ 25, "erasure", NULL, erasure, NULL, NULL },
	{ 26, "backend equality", NULL, NULL,
		NULL, "the disk of a world is SQLite's: the scenarios hold both databases to the same answers" },
	{ 27, "sync convergence", NULL, NULL,
		NULL, "no store is merged with another: tills write one, and an offline one sends its commands later" },
	{ 28, "crash", NULL, NULL,
		"run.c looks for lost and half calls after each crash", NULL },
	{ 29, "conservation under closure", NULL, conservation, NULL, NULL },
	{ 30, "training isolation", NULL, NULL,
		NULL, "the engine knows no training: a host trains in a store of its own" },
};
/* clang-format on */
const size_t rewapp__sim_invariant_count = sizeof rewapp__sim_invariants / sizeof *rewapp__sim_invariants;

void rewapp__sim_hold_invariants(struct sim_run *run, bool all)
{
	for (size_t i = 0; i < rewapp__sim_invariant_count && !run->failure.failed; i++) {
		const struct sim_invariant *invariant = &rewapp__sim_invariants[i];

		if (invariant->after_step)
			invariant->after_step(run);
		if (invariant->now_and_then && all)
			invariant->now_and_then(run);
	}
}
