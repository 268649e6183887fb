/* The oracle: lines of members' banks, and the tickets that they may be of: docs/transactions.md, rule by
 * rule. */
#include "sim/oracle_parts.h"

enum {
	FEED_DAYS = 1,
	TILL_DAYS = 5,
	PENDING_DAYS = 30,
	REFUND_DAYS = 400
};

static int64_t apart(const struct sim_sighting *a, const struct sim_sighting *b)
{
	int64_t ms = a->occurred_ms - b->occurred_ms;

	return ms < 0 ? -ms : ms;
}

static bool is_of_same(const struct sim_sighting *a, const struct sim_sighting *b)
{
	return a->member == b->member && a->programme == b->programme;
}

struct sim_sighting *rewapp__sim_sighting_of(struct sim_oracle *oracle, int number)
{
	for (int i = 0; i < oracle->sighting_count; i++)
		if (oracle->sightings[i].command == number)
			return &oracle->sightings[i];
	return NULL;
}

/* --- what was seen before ------------------------------------------------------------------------ */

typedef bool sim_likeness(
	struct sim_oracle *oracle, const struct sim_sighting *line, const struct sim_sighting *seen);

/* The nearest in time; of two as near, the first that was told. */
static struct sim_sighting *nearest(
	struct sim_oracle *oracle, const struct sim_sighting *line, sim_likeness *is_like)
{
	struct sim_sighting *best = NULL;

	for (int i = 0; i < oracle->sighting_count; i++) {
		struct sim_sighting *seen = &oracle->sightings[i];

		if (is_of_same(seen, line) && is_like(oracle, line, seen) &&
			(!best || apart(seen, line) < apart(best, line)))
			best = seen;
	}
	return best;
}

static bool is_same_line(
	struct sim_oracle *oracle, const struct sim_sighting *line, const struct sim_sighting *seen)
{
	return line->bank_id && seen->source == line->source && seen->bank_id == line->bank_id &&
		seen->outcome != REWAPP_OUTCOME_REPLACED && seen->outcome != REWAPP_OUTCOME_DISMISSED;
}

static bool is_announced(
	struct sim_oracle *oracle, const struct sim_sighting *line, const struct sim_sighting *seen)
{
	return seen->outcome == REWAPP_OUTCOME_PENDING && seen->refund == line->refund &&
		seen->merchant == line->merchant && seen->source / 2 == line->source / 2 &&
		(seen->amount == line->amount || (line->abroad && seen->abroad == line->abroad)) &&
		apart(seen, line) <= PENDING_DAYS * SIM_DAY_MS;
}

/* Each ticket, and each line, is told again only once by one source. */
static bool is_taken(struct sim_oracle *oracle, const struct sim_sighting *seen, int source)
{
	for (int i = 0; i < oracle->sighting_count; i++)
		if (oracle->sightings[i].other == seen->command && oracle->sightings[i].source == source &&
			oracle->sightings[i].outcome == REWAPP_OUTCOME_JOINED)
			return true;
	return false;
}

static int64_t days_apart(const struct sim_oracle *oracle, const struct sim_sighting *seen)
{
	int64_t till_days = oracle->programmes[seen->programme].rules.till_days;

	if (seen->source)
		return FEED_DAYS;
	return till_days ? till_days : TILL_DAYS;
}

static bool is_told(
	struct sim_oracle *oracle, const struct sim_sighting *line, const struct sim_sighting *seen)
{
	bool stands = seen->outcome == REWAPP_OUTCOME_MATCHED || seen->outcome == REWAPP_OUTCOME_TICKET ||
		seen->outcome == REWAPP_OUTCOME_REFUNDED;

	return stands && seen->source != line->source && seen->refund == line->refund &&
		seen->amount == line->amount && line->merchant != SIM_NOBODY &&
		seen->merchant == line->merchant &&
		apart(seen, line) <= days_apart(oracle, seen) * SIM_DAY_MS &&
		!is_taken(oracle, seen, line->source);
}

struct sim_sighting *rewapp__sim_told_before(struct sim_oracle *oracle, const struct sim_sighting *line)
{
	return nearest(oracle, line, is_told);
}

/* --- money back ---------------------------------------------------------------------------------- */

/* What banks gave back of a purchase already. */
static int64_t refunded(const struct sim_oracle *oracle, int purchase)
{
	int64_t sum = 0;

	for (int i = 0; i < oracle->sighting_count; i++)
		if (oracle->sightings[i].outcome == REWAPP_OUTCOME_REFUNDED &&
			oracle->sightings[i].purchase == purchase)
			sum += oracle->sightings[i].amount;
	return sum;
}

static bool is_bought(
	struct sim_oracle *oracle, const struct sim_sighting *line, const struct sim_sighting *seen)
{
	bool stands = seen->outcome == REWAPP_OUTCOME_MATCHED || seen->outcome == REWAPP_OUTCOME_TICKET;

	return stands && !seen->refund && line->merchant != SIM_NOBODY && seen->merchant == line->merchant &&
		seen->occurred_ms - line->occurred_ms <= SIM_DAY_MS &&
		line->occurred_ms - seen->occurred_ms <= REFUND_DAYS * SIM_DAY_MS &&
		seen->amount - refunded(oracle, seen->purchase) >= line->amount;
}

static bool is_bought_whole(
	struct sim_oracle *oracle, const struct sim_sighting *line, const struct sim_sighting *seen)
{
	return is_bought(oracle, line, seen) && seen->amount == line->amount;
}

/* What cost just as much; else the only purchase that the money may be of. */
static struct sim_sighting *bought(struct sim_oracle *oracle, const struct sim_sighting *line)
{
	struct sim_sighting *whole = nearest(oracle, line, is_bought_whole);
	int count = 0;

	for (int i = 0; i < oracle->sighting_count; i++)
		count += is_of_same(&oracle->sightings[i], line) &&
			is_bought(oracle, line, &oracle->sightings[i]);
	if (whole)
		return whole;
	return count == 1 ? nearest(oracle, line, is_bought) : NULL;
}

/* --- deciding ------------------------------------------------------------------------------------ */

static void answer_line(
	struct sim_oracle *oracle, const struct sim_sighting *line, int outcome, struct sim_answer *answer)
{
	bool waits = outcome == REWAPP_OUTCOME_REVIEW || outcome == REWAPP_OUTCOME_ORPHAN;

	answer->receipt.outcome = outcome;
	answer->receipt.verdict = waits ? REWAPP_VERDICT_NEEDS_REVIEW : REWAPP_VERDICT_ACCEPTED;
	rewapp__sim_tell_wallet(oracle, rewapp__sim_wallet(oracle, line->programme, line->member), answer);
}

static struct sim_sighting *add(struct sim_oracle *oracle, const struct sim_sighting *line)
{
	struct sim_sighting *added = SIM_ADD(
		oracle, oracle->sightings, oracle->sighting_count, oracle->sighting_capacity);

	if (added)
		*added = *line;
	return added;
}

static void keep(struct sim_oracle *oracle, const struct sim_sighting *line, int outcome, int purchase,
	int other, struct sim_answer *answer)
{
	struct sim_sighting *kept = add(oracle, line);

	if (!kept)
		return;
	kept->outcome = outcome;
	kept->purchase = purchase;
	kept->other = other;
	answer_line(oracle, line, outcome, answer);
}

static void replace(struct sim_oracle *oracle, struct sim_sighting *seen)
{
	if (seen->outcome == REWAPP_OUTCOME_REVIEW)
		rewapp__sim_supersede(oracle, seen->command);
	seen->outcome = REWAPP_OUTCOME_REPLACED;
	seen->other = oracle->now;
}

/* What is left of the purchase comes back; returns what had come back before. */
static int64_t take_back(
	struct sim_oracle *oracle, const struct sim_sighting *seen, int64_t at_ms, struct sim_answer *answer)
{
	const struct sim_purchase *purchase = oracle->pasts[seen->purchase].purchase;
	int64_t before = purchase->returned, left = purchase->amount - before;

	if (left)
		rewapp__sim_give_back(
			oracle, seen->purchase, &(struct sim_back){ .amount = left }, at_ms, answer);
	return before;
}

static void refund(struct sim_oracle *oracle, const struct sim_sighting *line, struct sim_answer *answer)
{
	const struct sim_sighting *of = bought(oracle, line);
	const struct sim_purchase *purchase = of ? oracle->pasts[of->purchase].purchase : NULL;
	int64_t due, left;

	if (!of) {
		keep(oracle, line, REWAPP_OUTCOME_ORPHAN, SIM_NOBODY, SIM_NOBODY, answer);
		return;
	}
	left = purchase->amount - purchase->returned;
	due = refunded(oracle, of->purchase) + line->amount - purchase->returned;
	if (due > left)
		due = left;
	if (due > 0)
		rewapp__sim_give_back(
			oracle, of->purchase, &(struct sim_back){ .amount = due }, line->occurred_ms, answer);
	keep(oracle, line, REWAPP_OUTCOME_REFUNDED, of->purchase, of->command, answer);
}

/* It earns; `returned` of it had come back under the line that it takes the place of. */
static void earn(struct sim_oracle *oracle, const struct sim_command *command,
	const struct sim_sighting *line, int64_t returned, struct sim_answer *answer)
{
	struct sim_sale sale = rewapp__sim_sale_of(oracle, command, line->programme, line->merchant);
	int64_t points;

	rewapp__sim_sell(oracle, &sale, answer);
	points = answer->receipt.points;
	if (returned) {
		rewapp__sim_give_back(oracle, oracle->now,
			&(struct sim_back){ .amount = returned < sale.amount ? returned : sale.amount },
			line->occurred_ms, answer);
		answer->receipt.points = points - answer->receipt.points;
		answer->receipt.amount = rewapp__sim_worth_of(
			&oracle->programmes[line->programme].rules, answer->receipt.points);
	}
	keep(oracle, line, REWAPP_OUTCOME_MATCHED, oracle->now, SIM_NOBODY, answer);
}

/* A line that was not seen before, or whose old wording has been taken back. */
static void decide(struct sim_oracle *oracle, const struct sim_command *command,
	const struct sim_sighting *line, int64_t returned, struct sim_answer *answer)
{
	struct sim_sighting *seen;

	if (command->flags & REWAPP_PENDING) {
		keep(oracle, line, REWAPP_OUTCOME_PENDING, SIM_NOBODY, SIM_NOBODY, answer);
		return;
	}
	if ((seen = nearest(oracle, line, is_announced)))
		replace(oracle, seen);
	if ((seen = rewapp__sim_told_before(oracle, line))) {
		keep(oracle, line, REWAPP_OUTCOME_JOINED, seen->purchase, seen->command, answer);
	} else if (oracle->match.verdict == REWAPP_VERDICT_NEEDS_REVIEW && line->refund) {
		keep(oracle, line, REWAPP_OUTCOME_ORPHAN, SIM_NOBODY, SIM_NOBODY, answer);
	} else if (oracle->match.verdict == REWAPP_VERDICT_NEEDS_REVIEW) {
		rewapp__sim_doubt(oracle, command, line->programme, line->merchant);
		keep(oracle, line, REWAPP_OUTCOME_REVIEW, SIM_NOBODY, SIM_NOBODY, answer);
	} else if (line->refund) {
		refund(oracle, line, answer);
	} else {
		earn(oracle, command, line, returned, answer);
	}
}

static bool says_the_same(const struct sim_command *a, const struct sim_command *b)
{
	uint32_t flags = REWAPP_PENDING | REWAPP_REFUND;

	return rewapp__sim_descriptor(a->merchant, a->text) == rewapp__sim_descriptor(b->merchant, b->text) &&
		a->in_dollars == b->in_dollars && a->amount == b->amount &&
		a->occurred_ms == b->occurred_ms && (a->flags & flags) == (b->flags & flags);
}

static bool is_likely(int verdict)
{
	return verdict == REWAPP_VERDICT_ACCEPTED || verdict == REWAPP_VERDICT_NEEDS_REVIEW;
}

/* The bank tells a line again, or says it otherwise. */
static void decide_again(struct sim_oracle *oracle, const struct sim_command *command,
	const struct sim_sighting *line, struct sim_sighting *seen, struct sim_answer *answer)
{
	int64_t returned = 0;
	int old = seen->command;

	if (says_the_same(&oracle->pasts[old].command, command)) {
		answer_line(oracle, line, REWAPP_OUTCOME_REPEATED, answer);
		return;
	}
	if (seen->outcome == REWAPP_OUTCOME_MATCHED)
		returned = take_back(oracle, seen, line->occurred_ms, answer);
	replace(oracle, seen);
	if (is_likely(oracle->match.verdict))
		decide(oracle, command, line, returned, answer);
	else
		keep(oracle, line, REWAPP_OUTCOME_DISMISSED, SIM_NOBODY, old, answer);
}

static struct sim_sighting read_line(
	const struct sim_oracle *oracle, const struct sim_command *command, int programme)
{
	return (struct sim_sighting){
		.command = oracle->now,
		.member = command->member,
		.programme = programme,
		.merchant = oracle->match.merchant,
		.source = (command->feed + 1) * 2 + (command->bank_id != 0),
		.refund = (command->flags & REWAPP_REFUND) != 0,
		.amount = command->amount,
		.abroad = command->abroad,
		.occurred_ms = rewapp__sim_occurred(oracle, command),
		.bank_id = command->bank_id,
		.purchase = SIM_NOBODY,
		.other = SIM_NOBODY,
		.no_partner = !is_likely(oracle->match.verdict),
	};
}

void rewapp__sim_do_bank_line(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	int programme = rewapp__sim_programme_meant(oracle, command->programme);
	int verdict = rewapp__sim_sale_verdict(oracle, command, programme, oracle->match.verdict);
	bool of_text = is_likely(verdict) || verdict == REWAPP_VERDICT_NO_MATCH ||
		verdict == REWAPP_VERDICT_NOT_A_PURCHASE;
	struct sim_sighting line, *seen;

	answer->receipt.merchant = rewapp__sim_merchant_id(oracle->match.merchant);
	if (!of_text) {
		rewapp__sim_refuse(answer, verdict);
		return;
	}
	line = read_line(oracle, command, programme);
	if ((seen = nearest(oracle, &line, is_same_line)))
		decide_again(oracle, command, &line, seen, answer);
	else if (is_likely(verdict))
		decide(oracle, command, &line, 0, answer);
	else
		rewapp__sim_refuse(answer, verdict);
}

/* --- tickets ------------------------------------------------------------------------------------- */

static bool is_of_ticket(
	struct sim_oracle *oracle, const struct sim_sighting *ticket, const struct sim_sighting *seen)
{
	return seen->source && !seen->refund && seen->outcome == REWAPP_OUTCOME_MATCHED &&
		seen->amount == ticket->amount && seen->merchant == ticket->merchant &&
		apart(seen, ticket) <= days_apart(oracle, ticket) * SIM_DAY_MS;
}

void rewapp__sim_keep_ticket(struct sim_oracle *oracle, const struct sim_command *command,
	const struct sim_sale *sale, struct sim_answer *answer)
{
	struct sim_sighting ticket = { .command = oracle->now,
		.member = sale->member,
		.programme = sale->programme,
		.merchant = sale->merchant,
		.amount = sale->amount,
		.occurred_ms = sale->occurred_ms,
		.outcome = REWAPP_OUTCOME_TICKET,
		.purchase = oracle->now,
		.other = SIM_NOBODY };
	struct sim_sighting *line;

	if (!oracle->programmes[sale->programme].rules.till_days)
		return;
	if ((line = nearest(oracle, &ticket, is_of_ticket))) {
		take_back(oracle, line, sale->occurred_ms, answer);
		line->outcome = REWAPP_OUTCOME_JOINED;
		line->purchase = line->other = oracle->now;
	}
	add(oracle, &ticket);
}
