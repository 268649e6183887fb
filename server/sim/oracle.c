/* The oracle: a naive model of the engine, in plain arrays. */
#include "sim/oracle.h"

#include "sim/oracle_earn.h"

#include <stdlib.h>
#include <string.h>

static const int64_t DAY_MS = INT64_C(24) * 60 * 60 * 1000;

/* Room for one more in an array; NULL, and the oracle has failed, when there is no memory. */
static void *more(struct sim_oracle *oracle, void *array, int count, int *capacity, size_t size)
{
	int larger = *capacity ? *capacity * 2 : 16;
	void *out = array;

	if (count < *capacity)
		return array;
	out = realloc(array, (size_t)larger * size);
	if (!out) {
		oracle->failed = true;
		return NULL;
	}
	memset((char *)out + (size_t)*capacity * size, 0, (size_t)(larger - *capacity) * size);
	*capacity = larger;
	return out;
}

#define ADD(oracle, array, count, capacity) \
	(((count) < (capacity) || ((array) = more(oracle, array, count, &(capacity), sizeof *(array)))) \
			? &(array)[(count)++] \
			: NULL)

void rewapp__sim_oracle_begin(struct sim_oracle *oracle)
{
	memset(oracle, 0, sizeof *oracle);
}

void rewapp__sim_oracle_end(struct sim_oracle *oracle)
{
	for (size_t i = 0; i < sizeof oracle->wallets / sizeof *oracle->wallets; i++) {
		struct sim_wallet *wallet = &oracle->wallets[i];

		for (int h = 0; h < wallet->hold_count; h++)
			free(wallet->holds[h].shares);
		free(wallet->holds);
		free(wallet->lots);
		free(wallet->lines);
	}
	for (int i = 0; i < oracle->past_count; i++)
		free(oracle->pasts[i].purchase);
	free(oracle->pasts);
	free(oracle->events);
	free(oracle->totals);
	free(oracle->purchases);
	memset(oracle, 0, sizeof *oracle);
}

struct sim_past *rewapp__sim_past(struct sim_oracle *oracle, int number)
{
	while (number >= oracle->past_count) {
		struct sim_past *past = ADD(oracle, oracle->pasts, oracle->past_count, oracle->past_capacity);

		if (!past)
			return NULL;
		memset(past, 0, sizeof *past);
		past->id = rewapp__sim_id("c", oracle->past_count - 1);
		past->hold = SIM_NOBODY;
	}
	return &oracle->pasts[number];
}

struct sim_wallet *rewapp__sim_wallet(struct sim_oracle *oracle, int programme, int member)
{
	return &oracle->wallets[programme * SIM_MEMBERS_MAX + member];
}

static int programme_of(const struct sim_oracle *oracle, const struct sim_wallet *wallet)
{
	return (int)(wallet - oracle->wallets) / SIM_MEMBERS_MAX;
}

static int member_of(const struct sim_oracle *oracle, const struct sim_wallet *wallet)
{
	return (int)(wallet - oracle->wallets) % SIM_MEMBERS_MAX;
}

int rewapp__sim_programme_meant(const struct sim_oracle *oracle, int programme)
{
	if (programme == SIM_NOBODY)
		return oracle->programme_count == 1 ? oracle->programme_order[0] : SIM_NOBODY;
	return programme < SIM_PROGRAMMES_MAX && oracle->programmes[programme].there ? programme : SIM_NOBODY;
}

static bool member_is_there(const struct sim_oracle *oracle, int member)
{
	return member >= 0 && member < SIM_MEMBERS_MAX && oracle->members[member].there;
}

static bool merchant_is_there(const struct sim_oracle *oracle, int merchant)
{
	return merchant >= 0 && merchant < SIM_MERCHANTS_MAX && oracle->merchants[merchant].there;
}

int64_t rewapp__sim_worth_of(const struct sim_programme *rules, int64_t points)
{
	return points * rules->value_amount / rules->value_points;
}

/* --- what is recorded ----------------------------------------------------------------------- */

static struct rewapp_day *today(struct sim_oracle *oracle, int programme)
{
	int64_t day_ms = oracle->now_ms / DAY_MS * DAY_MS;
	struct sim_total *total;

	for (int i = oracle->total_count; i-- > 0;)
		if (oracle->totals[i].programme == programme && oracle->totals[i].day.day_ms == day_ms)
			return &oracle->totals[i].day;
	total = ADD(oracle, oracle->totals, oracle->total_count, oracle->total_capacity);
	if (!total)
		return NULL;
	*total = (struct sim_total){ programme, { .day_ms = day_ms } };
	return &total->day;
}

/* Which sum of the day a transfer of this code counts in, and how. */
static void count_day(struct sim_oracle *oracle, int programme, int code, int64_t points)
{
	struct rewapp_day *day = today(oracle, programme);

	if (!day)
		return;
	switch (code) {
	case REWAPP_CODE_AWARD:
	case REWAPP_CODE_ADJUSTMENT:
	case REWAPP_CODE_DEBT_PAYMENT:
		day->issued += points;
		break;
	case REWAPP_CODE_REDEMPTION:
	case REWAPP_CODE_REVERSAL:
		day->spent -= points;
		break;
	case REWAPP_CODE_EXPIRY:
		day->expired -= points;
		break;
	case REWAPP_CODE_CLAWBACK:
	case REWAPP_CODE_DEBT:
		day->clawed_back -= points;
		break;
	default:
		break;
	}
}

static bool moves_pending_only(int code)
{
	return code == REWAPP_CODE_HOLD || code == REWAPP_CODE_RELEASE || code == REWAPP_CODE_TIMEOUT;
}

static struct sim_line *add_line(
	struct sim_oracle *oracle, struct sim_wallet *wallet, int code, int64_t points, int64_t occurred_ms)
{
	struct sim_line *line = ADD(oracle, wallet->lines, wallet->line_count, wallet->line_capacity);

	if (code != REWAPP_CODE_DEBT_PAYMENT) /* between a member's own accounts: no total has it */
		count_day(oracle, programme_of(oracle, wallet), code, points);
	if (!line)
		return NULL;
	*line = (struct sim_line){ code, oracle->now, SIM_NOBODY, points,
		moves_pending_only(code) ? 0 : points, oracle->now_ms, occurred_ms, 0, 0 };
	*(line->posted > 0 ? &wallet->credits_posted
			   : &wallet->debits_posted) += line->posted > 0 ? line->posted : -line->posted;
	return line;
}

static void add_event(struct sim_oracle *oracle, int kind, int code, int member, int64_t points)
{
	struct sim_event *event = ADD(oracle, oracle->events, oracle->event_count, oracle->event_capacity);

	if (event)
		*event = (struct sim_event){ kind, code, oracle->now, member, points, oracle->now_ms };
}

/* --- lots ----------------------------------------------------------------------------------- */

static bool is_dead(const struct sim_lot *lot, int64_t now_ms)
{
	return lot->expires_ms && lot->expires_ms <= now_ms;
}

static bool comes_before(const struct sim_lot *a, const struct sim_lot *b)
{
	int64_t x = a->expires_ms ? a->expires_ms : INT64_MAX, y = b->expires_ms ? b->expires_ms : INT64_MAX;

	if (x != y)
		return x < y;
	return a->activates_ms != b->activates_ms ? a->activates_ms < b->activates_ms : a < b;
}

/* Which lots may be taken from. */
struct choice {
	bool active_only;
	int only, but; /* the command that earned it; SIM_NOBODY: any */
};

static bool may_take(const struct sim_lot *lot, const struct choice *choice, int64_t now_ms)
{
	if (lot->remaining == 0 || is_dead(lot, now_ms))
		return false;
	if (choice->active_only && lot->activates_ms > now_ms)
		return false;
	return (choice->only == SIM_NOBODY || lot->command == choice->only) &&
		(choice->but == SIM_NOBODY || lot->command != choice->but);
}

static struct sim_lot *first_lot(struct sim_wallet *wallet, const struct choice *choice, int64_t now_ms)
{
	struct sim_lot *first = NULL;

	for (int i = 0; i < wallet->lot_count; i++)
		if (may_take(&wallet->lots[i], choice, now_ms) &&
			(!first || comes_before(&wallet->lots[i], first)))
			first = &wallet->lots[i];
	return first;
}

/* Takes points, the lot that expires soonest first; returns what was not there. */
static int64_t take(struct sim_oracle *oracle, struct sim_wallet *wallet, int64_t points,
	const struct choice *choice, struct sim_hold *into)
{
	struct sim_lot *lot;

	while (points > 0 && (lot = first_lot(wallet, choice, oracle->now_ms))) {
		int64_t part = lot->remaining < points ? lot->remaining : points;

		lot->remaining -= part;
		points -= part;
		if (into) {
			struct sim_share *shares = realloc(
				into->shares, (size_t)(into->share_count + 1) * sizeof *shares);

			if (!shares) {
				oracle->failed = true;
				return points;
			}
			into->shares = shares;
			shares[into->share_count++] = (struct sim_share){ (int)(lot - wallet->lots), part };
		}
	}
	return points;
}

static int64_t spendable(const struct sim_wallet *wallet, int64_t now_ms)
{
	int64_t points = 0;

	for (int i = 0; i < wallet->lot_count; i++)
		if (!is_dead(&wallet->lots[i], now_ms) && wallet->lots[i].activates_ms <= now_ms)
			points += wallet->lots[i].remaining;
	return points;
}

/* --- time ----------------------------------------------------------------------------------- */

/* The points of a hold beyond the first `kept` go back to where they came from. */
static void give_back(struct sim_wallet *wallet, const struct sim_hold *hold, int64_t kept)
{
	for (int i = 0; i < hold->share_count; i++) {
		int64_t stays = hold->shares[i].points < kept ? hold->shares[i].points : kept;

		kept -= stays;
		wallet->lots[hold->shares[i].lot].remaining += hold->shares[i].points - stays;
	}
}

static void end_hold(
	struct sim_wallet *wallet, struct sim_hold *hold, enum sim_hold_state state, int64_t kept)
{
	give_back(wallet, hold, kept);
	hold->state = state;
	hold->posted = kept;
	wallet->debits_pending -= hold->points;
}

/* The next hold to time out by an instant, behind another one; SIM_NOBODY: none. */
static int next_due(const struct sim_wallet *wallet, int64_t now_ms, int after)
{
	int found = SIM_NOBODY;

	for (int i = 0; i < wallet->hold_count; i++) {
		const struct sim_hold *hold = &wallet->holds[i],
				      *last = after < 0 ? NULL : &wallet->holds[after];

		if (hold->state != SIM_HOLD_OPEN || hold->expires_ms > now_ms)
			continue;
		if (last &&
			(hold->expires_ms < last->expires_ms ||
				(hold->expires_ms == last->expires_ms && i <= after)))
			continue;
		if (found == SIM_NOBODY || hold->expires_ms < wallet->holds[found].expires_ms)
			found = i;
	}
	return found;
}

/* Who has points and owes some pays them at once; returns what was paid. */
static int64_t pay(struct sim_wallet *wallet, int64_t *debt, int64_t at_ms)
{
	static const struct choice any = { false, SIM_NOBODY, SIM_NOBODY };
	int64_t paid = 0;
	struct sim_lot *lot;

	while (*debt && (lot = first_lot(wallet, &any, at_ms))) {
		int64_t part = lot->remaining < *debt ? lot->remaining : *debt;

		lot->remaining -= part;
		*debt -= part;
		paid += part;
	}
	return paid;
}

static void pay_debt(struct sim_oracle *oracle, struct sim_wallet *wallet, int64_t at_ms)
{
	int64_t paid = pay(wallet, &wallet->debt, at_ms);

	if (paid)
		add_line(oracle, wallet, REWAPP_CODE_DEBT_PAYMENT, -paid, at_ms);
}

/* What time has done to a wallet is recorded; returns the points that expired. */
static int64_t settle(struct sim_oracle *oracle, struct sim_wallet *wallet)
{
	int64_t expired = 0;

	for (int i; (i = next_due(wallet, oracle->now_ms, SIM_NOBODY)) != SIM_NOBODY;) {
		struct sim_hold *hold = &wallet->holds[i];

		end_hold(wallet, hold, SIM_HOLD_TIMED_OUT, 0);
		add_line(oracle, wallet, REWAPP_CODE_TIMEOUT, hold->points, hold->expires_ms);
		pay_debt(oracle, wallet, hold->expires_ms);
	}
	for (int i = 0; i < wallet->lot_count; i++) {
		struct sim_lot *lot = &wallet->lots[i];

		if (lot->remaining == 0 || !is_dead(lot, oracle->now_ms))
			continue;
		add_line(oracle, wallet, REWAPP_CODE_EXPIRY, -lot->remaining, lot->expires_ms);
		expired += lot->remaining;
		lot->remaining = 0;
	}
	return expired;
}

static void count_lot(const struct sim_lot *lot, int64_t points, int64_t now_ms, struct sim_worth *out)
{
	if (points == 0)
		return;
	if (is_dead(lot, now_ms)) {
		out->overdue += points;
		return;
	}
	*(lot->activates_ms > now_ms ? &out->pending : &out->available) += points;
	if (lot->activates_ms > now_ms &&
		(!out->next_activation_ms || lot->activates_ms < out->next_activation_ms))
		out->next_activation_ms = lot->activates_ms;
	if (lot->expires_ms && (!out->next_expiry_ms || lot->expires_ms < out->next_expiry_ms)) {
		out->next_expiry_ms = lot->expires_ms;
		out->next_expiry_points = 0;
	}
	if (lot->expires_ms && lot->expires_ms == out->next_expiry_ms)
		out->next_expiry_points += points;
}

/* A copy of the wallet is settled, and looked at. */
void rewapp__sim_worth(const struct sim_wallet *wallet, int64_t now_ms, struct sim_worth *out)
{
	size_t size = (size_t)wallet->lot_count * sizeof *wallet->lots;
	struct sim_wallet copy = *wallet;

	*out = (struct sim_worth){ .debt = wallet->debt };
	for (int i = 0; i < wallet->hold_count; i++)
		if (wallet->holds[i].state == SIM_HOLD_OPEN && wallet->holds[i].expires_ms > now_ms)
			out->held += wallet->holds[i].points;
	if (size == 0 || !(copy.lots = malloc(size)))
		return;
	memcpy(copy.lots, wallet->lots, size);
	for (int i = SIM_NOBODY; (i = next_due(wallet, now_ms, i)) != SIM_NOBODY;) {
		give_back(&copy, &wallet->holds[i], 0);
		out->paid += pay(&copy, &out->debt, wallet->holds[i].expires_ms);
	}
	for (int i = 0; i < wallet->lot_count; i++)
		count_lot(&copy.lots[i], copy.lots[i].remaining, now_ms, out);
	free(copy.lots);
}

/* --- credits -------------------------------------------------------------------------------- */

struct credit {
	int code, merchant;
	int64_t points, occurred_ms, activates_ms, expires_ms;
};

/* A debt is paid first; the rest is a lot of its own. */
static void credit_wallet(struct sim_oracle *oracle, struct sim_wallet *wallet, const struct credit *credit)
{
	int64_t to_debt = wallet->debt < credit->points ? wallet->debt : credit->points;
	int64_t rest = credit->points - to_debt;
	struct sim_line *line;
	struct sim_lot *lot;

	wallet->debt -= to_debt;
	if (to_debt)
		count_day(oracle, programme_of(oracle, wallet), REWAPP_CODE_DEBT_PAYMENT, to_debt);
	if (rest == 0)
		return;
	line = add_line(oracle, wallet, credit->code, rest, credit->occurred_ms);
	lot = ADD(oracle, wallet->lots, wallet->lot_count, wallet->lot_capacity);
	if (!line || !lot)
		return;
	line->merchant = credit->merchant;
	line->activates_ms = credit->activates_ms;
	line->expires_ms = credit->expires_ms;
	*lot = (struct sim_lot){ oracle->now, rest, rest, credit->activates_ms, credit->expires_ms };
}

/* --- answers -------------------------------------------------------------------------------- */

static void refuse(struct sim_answer *answer, int verdict)
{
	answer->receipt.verdict = verdict;
}

static void tell_wallet(struct sim_oracle *oracle, const struct sim_wallet *wallet, struct sim_answer *answer)
{
	struct sim_worth worth;

	rewapp__sim_worth(wallet, oracle->now_ms, &worth);
	answer->receipt.member = rewapp__sim_member_id(member_of(oracle, wallet));
	answer->receipt.programme = rewapp__sim_programme_id(programme_of(oracle, wallet));
	answer->receipt.available = worth.available;
	answer->receipt.pending = worth.pending;
	answer->receipt.held = worth.held;
	answer->receipt.debt = worth.debt;
}

static void accept(struct sim_oracle *oracle, struct sim_wallet *wallet, int code, int64_t points,
	struct sim_answer *answer)
{
	const struct sim_past *past = &oracle->pasts[oracle->now];

	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	answer->receipt.points = points;
	tell_wallet(oracle, wallet, answer);
	add_event(oracle, past->command.kind, code, member_of(oracle, wallet), points);
}

/* --- who takes part ------------------------------------------------------------------------- */

static void put_member(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	if (!oracle->members[command->member].there)
		oracle->member_order[oracle->member_count++] = command->member;
	oracle->members[command->member].there = true;
	oracle->members[command->member].status = command->status;
	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	answer->receipt.member = rewapp__sim_member_id(command->member);
	add_event(oracle, command->kind, 0, command->member, 0);
}

static void put_merchant(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	if (!oracle->merchants[command->merchant].there)
		oracle->merchant_order[oracle->merchant_count++] = command->merchant;
	oracle->merchants[command->merchant].there = true;
	oracle->merchants[command->merchant].document = command->document;
	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	answer->receipt.merchant = rewapp__sim_merchant_id(command->merchant);
	add_event(oracle, command->kind, 0, SIM_NOBODY, 0);
}

/* False when the document is refused: a programme keeps its currency. */
static bool put_programme(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	struct sim_programme rules;
	int at = command->programme;

	rewapp__sim_programme_draw(command->document, &rules);
	if (oracle->programmes[at].there && oracle->programmes[at].rules.in_dollars != rules.in_dollars) {
		answer->receipt.code = REWAPP_E_ARGUMENT;
		return false;
	}
	if (!oracle->programmes[at].there)
		oracle->programme_order[oracle->programme_count++] = at;
	oracle->programmes[at].there = true;
	oracle->programmes[at].version++;
	oracle->programmes[at].document = command->document;
	oracle->programmes[at].rules = rules;
	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	answer->receipt.programme = rewapp__sim_programme_id(at);
	add_event(oracle, command->kind, 0, SIM_NOBODY, 0);
	return true;
}

/* --- a purchase ----------------------------------------------------------------------------- */

static int purchase_verdict(struct sim_oracle *oracle, const struct sim_command *command, int programme,
	const struct sim_match *match)
{
	int64_t at = command->occurred_ms ? command->occurred_ms : oracle->now_ms;

	if (programme == SIM_NOBODY)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!member_is_there(oracle, command->member))
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (oracle->members[command->member].status == REWAPP_MEMBER_CLOSED)
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (command->in_dollars != oracle->programmes[programme].rules.in_dollars)
		return REWAPP_VERDICT_WRONG_CURRENCY;
	return at > oracle->now_ms + DAY_MS ? REWAPP_VERDICT_TOO_OLD : match->verdict;
}

static struct sim_purchase *new_purchase(
	struct sim_oracle *oracle, const struct sim_command *command, int programme, int merchant)
{
	struct sim_purchase *purchase = calloc(1, sizeof *purchase);
	uint64_t document = command->by_descriptor ? oracle->merchants[merchant].before
						   : oracle->merchants[merchant].document;
	struct sim_day day;

	if (!purchase) {
		oracle->failed = true;
		return NULL;
	}
	purchase->programme = programme;
	purchase->version = oracle->programmes[programme].version;
	purchase->rules = oracle->programmes[programme].rules;
	purchase->member = command->member;
	purchase->merchant = merchant;
	purchase->mcc = command->mcc ? command->mcc : rewapp__sim_merchant_mcc(document);
	purchase->amount = command->amount;
	purchase->unpaid = command->unpaid;
	purchase->occurred_ms = command->occurred_ms ? command->occurred_ms : oracle->now_ms;
	day = rewapp__sim_business(purchase->rules.zone, purchase->rules.day_start, purchase->occurred_ms);
	for (int i = 0; i < SIM_WINDOW_COUNT; i++)
		purchase->windows[i] = rewapp__sim_window((enum sim_window)i, &day);
	return purchase;
}

static void explain(struct sim_past *past, const struct sim_purchase *purchase,
	const struct sim_decision *decision, struct sim_answer *answer)
{
	for (int i = 0; i < purchase->rules.rule_count; i++) {
		struct rewapp_award *award = &past->awards[i];

		memset(award, 0, sizeof *award);
		award->rule[0] = 'r';
		award->rule[1] = (char)('0' + i);
		award->reason = decision->awards[i].reason;
		award->version = purchase->version;
		award->points = decision->awards[i].points;
		award->distance = decision->awards[i].distance;
	}
	answer->receipt.award_count = (size_t)purchase->rules.rule_count;
}

/* The two funders' points are two lots. */
static void credit_purchase(struct sim_oracle *oracle, struct sim_wallet *wallet,
	const struct sim_purchase *purchase, const struct sim_decision *decision, struct sim_answer *answer)
{
	const struct sim_programme *rules = &purchase->rules;
	struct credit credit = {
		.code = REWAPP_CODE_AWARD,
		.merchant = purchase->merchant,
		.occurred_ms = purchase->occurred_ms,
		.activates_ms = purchase->occurred_ms + rules->window_days * DAY_MS,
		.expires_ms = rules->expiry_days ? purchase->occurred_ms + rules->expiry_days * DAY_MS : 0,
	};

	if (decision->by_programme + decision->by_merchant == 0)
		return;
	answer->receipt.activates_ms = credit.activates_ms;
	answer->receipt.expires_ms = credit.expires_ms;
	credit.points = decision->by_programme;
	credit_wallet(oracle, wallet, &credit);
	credit.points = decision->by_merchant;
	credit_wallet(oracle, wallet, &credit);
}

static void keep_purchase(struct sim_oracle *oracle, struct sim_past *past, struct sim_purchase *purchase,
	const struct sim_decision *decision)
{
	int *number = ADD(oracle, oracle->purchases, oracle->purchase_count, oracle->purchase_capacity);

	for (int i = 0; i < purchase->rules.rule_count; i++) {
		purchase->rooms[i] = decision->awards[i].room;
		purchase->first[i] = purchase->points[i] = decision->awards[i].points;
	}
	purchase->earned = decision->by_programme + decision->by_merchant;
	past->purchase = purchase;
	if (number)
		*number = oracle->now;
}

static void do_purchase(struct sim_oracle *oracle, const struct sim_command *command,
	const struct sim_match *match, struct sim_answer *answer)
{
	struct sim_past *past = &oracle->pasts[oracle->now];
	int programme = rewapp__sim_programme_meant(oracle, command->programme);
	struct sim_match meant = command->by_descriptor
		? *match
		: (struct sim_match){ REWAPP_VERDICT_UNKNOWN_MERCHANT, SIM_NOBODY };
	struct sim_decision decision;
	struct sim_purchase *purchase;
	struct sim_wallet *wallet;
	int verdict;

	if (!command->by_descriptor && merchant_is_there(oracle, command->merchant))
		meant = (struct sim_match){ REWAPP_VERDICT_ACCEPTED, command->merchant };
	answer->any_merchant = command->by_descriptor;
	answer->receipt.merchant = rewapp__sim_merchant_id(meant.merchant);
	verdict = purchase_verdict(oracle, command, programme, &meant);
	if (verdict != REWAPP_VERDICT_ACCEPTED) {
		refuse(answer, verdict);
		if (verdict == REWAPP_VERDICT_NEEDS_REVIEW) {
			/* the line waits for a person */
			answer->receipt.member = rewapp__sim_member_id(command->member);
			answer->receipt.programme = rewapp__sim_programme_id(programme);
		}
		return;
	}
	answer->any_merchant = false;
	if (!(purchase = new_purchase(oracle, command, programme, meant.merchant)))
		return;
	rewapp__sim_decide(oracle, purchase, &decision);
	wallet = rewapp__sim_wallet(oracle, programme, command->member);
	settle(oracle, wallet);
	credit_purchase(oracle, wallet, purchase, &decision, answer);
	keep_purchase(oracle, past, purchase, &decision);
	explain(past, purchase, &decision, answer);
	accept(oracle, wallet, REWAPP_CODE_AWARD, purchase->earned, answer);
	answer->receipt.amount = rewapp__sim_worth_of(&purchase->rules, purchase->earned);
}

/* --- a return ------------------------------------------------------------------------------- */

/* Takes points back from the purchase's own lots, then from the soonest to expire; returns what
 * was missing. */
static int64_t claw_back(struct sim_oracle *oracle, struct sim_wallet *wallet,
	const struct sim_purchase *purchase, int number, int64_t points, int64_t occurred_ms)
{
	struct choice own = { false, number, SIM_NOBODY }, others = { false, SIM_NOBODY, number };
	int64_t missing;

	if (points == 0)
		return 0;
	missing = take(oracle, wallet, points, &own, NULL);
	missing = take(oracle, wallet, missing, &others, NULL);
	if (points > missing)
		add_line(oracle, wallet, REWAPP_CODE_CLAWBACK, missing - points, occurred_ms);
	if (missing && !purchase->rules.writes_off) {
		count_day(oracle, purchase->programme, REWAPP_CODE_DEBT, -missing);
		wallet->debt += missing;
	}
	return missing;
}

static void do_return(struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	struct sim_past *past = command->target < oracle->past_count ? &oracle->pasts[command->target] : NULL;
	struct sim_purchase *purchase = past && past->known ? past->purchase : NULL;
	struct sim_decision before, after;
	struct sim_wallet *wallet;
	int64_t left, amount, at, points, missing;

	if (!purchase) {
		refuse(answer, REWAPP_VERDICT_UNKNOWN_PURCHASE);
		return;
	}
	left = purchase->amount - purchase->returned;
	amount = command->amount ? command->amount : left;
	if (left == 0 || amount > left) {
		refuse(answer, REWAPP_VERDICT_RETURN_EXCEEDS);
		return;
	}
	rewapp__sim_decide_again(purchase, left, &before);
	rewapp__sim_decide_again(purchase, left - amount, &after);
	at = command->occurred_ms ? command->occurred_ms : oracle->now_ms;
	wallet = rewapp__sim_wallet(oracle, purchase->programme, purchase->member);
	settle(oracle, wallet);
	missing = claw_back(
		oracle, wallet, purchase, command->target, before.by_programme - after.by_programme, at);
	missing += claw_back(
		oracle, wallet, purchase, command->target, before.by_merchant - after.by_merchant, at);
	points = before.by_programme - after.by_programme + before.by_merchant - after.by_merchant;
	for (int i = 0; i < purchase->rules.rule_count; i++)
		purchase->points[i] = after.awards[i].points;
	purchase->returned += amount;
	purchase->clawed_back += points;
	purchase->written_off += purchase->rules.writes_off ? missing : 0;
	accept(oracle, wallet, REWAPP_CODE_CLAWBACK, points, answer);
	answer->receipt.shortfall = missing;
	answer->receipt.amount = rewapp__sim_worth_of(&oracle->programmes[purchase->programme].rules, points);
}

/* A match that was wrong: all that is left of the purchase, or nothing was. */
static void do_take_back(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	const struct sim_past *past = command->target < oracle->past_count ? &oracle->pasts[command->target]
									   : NULL;

	if (!past || !past->known || past->command.kind != REWAPP_KIND_PURCHASE)
		refuse(answer, REWAPP_VERDICT_UNKNOWN_BANK_LINE);
	else if (!past->purchase || past->purchase->returned == past->purchase->amount)
		refuse(answer, REWAPP_VERDICT_NOTHING_LEFT);
	else
		do_return(oracle, command, answer);
}

/* --- holds ---------------------------------------------------------------------------------- */

static int hold_verdict(const struct sim_oracle *oracle, const struct sim_command *command, int programme)
{
	if (programme == SIM_NOBODY)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!member_is_there(oracle, command->member))
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (oracle->members[command->member].status != REWAPP_MEMBER_ACTIVE)
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (command->merchant != SIM_NOBODY && !merchant_is_there(oracle, command->merchant))
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	return REWAPP_VERDICT_ACCEPTED;
}

/* A token counts in seconds, and its life in steps of ten. */
static void set_times(
	const struct sim_oracle *oracle, const struct sim_command *command, struct sim_hold *hold)
{
	int64_t ttl_ms = command->ttl_ms ? command->ttl_ms : REWAPP_HOLD_TTL_MS;

	hold->issued_ms = oracle->now_ms;
	if (command->kind == REWAPP_KIND_MINT) {
		hold->issued_ms -= oracle->now_ms % 1000;
		ttl_ms = ttl_ms < 10000 ? 10000 : ttl_ms - ttl_ms % 10000;
	}
	hold->expires_ms = hold->issued_ms + ttl_ms;
}

static void do_hold(struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	static const struct choice any = { true, SIM_NOBODY, SIM_NOBODY };
	struct sim_past *past = &oracle->pasts[oracle->now];
	int programme = rewapp__sim_programme_meant(oracle, command->programme);
	int verdict = hold_verdict(oracle, command, programme);
	struct sim_wallet *wallet;
	struct sim_hold *hold;

	if (verdict != REWAPP_VERDICT_ACCEPTED) {
		refuse(answer, verdict);
		return;
	}
	wallet = rewapp__sim_wallet(oracle, programme, command->member);
	settle(oracle, wallet);
	if (spendable(wallet, oracle->now_ms) < command->points) {
		refuse(answer, REWAPP_VERDICT_INSUFFICIENT_POINTS);
		tell_wallet(oracle, wallet, answer);
		return;
	}
	if (!(hold = ADD(oracle, wallet->holds, wallet->hold_count, wallet->hold_capacity)))
		return;
	*hold = (struct sim_hold){
		.command = oracle->now, .merchant = command->merchant, .points = command->points
	};
	set_times(oracle, command, hold);
	take(oracle, wallet, command->points, &any, hold);
	wallet->debits_pending += command->points;
	add_line(oracle, wallet, REWAPP_CODE_HOLD, -command->points, oracle->now_ms);
	past->hold = wallet->hold_count - 1;
	past->wallet = (int)(wallet - oracle->wallets);
	accept(oracle, wallet, REWAPP_CODE_HOLD, command->points, answer);
	answer->receipt.amount = rewapp__sim_worth_of(&oracle->programmes[programme].rules, command->points);
	answer->receipt.merchant = rewapp__sim_merchant_id(command->merchant);
	answer->receipt.expires_ms = hold->expires_ms;
}

/* The hold that a command made, with its wallet; NULL when it made none. */
static struct sim_hold *hold_of(
	struct sim_oracle *oracle, int number, bool spends, struct sim_wallet **wallet)
{
	struct sim_past *past = number >= 0 && number < oracle->past_count ? &oracle->pasts[number] : NULL;

	if (!past || !past->known || past->hold == SIM_NOBODY || past->spends != spends)
		return NULL;
	*wallet = &oracle->wallets[past->wallet];
	return &(*wallet)->holds[past->hold];
}

static int closed_verdict(const struct sim_hold *hold, int64_t now_ms)
{
	switch (hold->state) {
	case SIM_HOLD_POSTED:
		return REWAPP_VERDICT_SPENT;
	case SIM_HOLD_VOIDED:
		return REWAPP_VERDICT_HOLD_CLOSED;
	case SIM_HOLD_TIMED_OUT:
		return REWAPP_VERDICT_EXPIRED;
	default:
		return hold->expires_ms <= now_ms ? REWAPP_VERDICT_EXPIRED : REWAPP_VERDICT_ACCEPTED;
	}
}

static int spend_verdict(struct sim_oracle *oracle, const struct sim_wallet *wallet,
	const struct sim_hold *hold, int merchant, int64_t points)
{
	int verdict;

	if (!merchant_is_there(oracle, merchant))
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	if (hold->merchant != SIM_NOBODY && hold->merchant != merchant)
		return REWAPP_VERDICT_WRONG_MERCHANT;
	if ((verdict = closed_verdict(hold, oracle->now_ms)) != REWAPP_VERDICT_ACCEPTED)
		return verdict;
	if (oracle->members[member_of(oracle, wallet)].status != REWAPP_MEMBER_ACTIVE)
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	return points > hold->points ? REWAPP_VERDICT_HOLD_EXCEEDED : REWAPP_VERDICT_ACCEPTED;
}

static void do_spend(struct sim_oracle *oracle, const struct sim_command *command, int number,
	int unknown_verdict, struct sim_answer *answer)
{
	struct sim_past *past = &oracle->pasts[oracle->now];
	struct sim_wallet *wallet;
	struct sim_hold *hold = hold_of(oracle, number, false, &wallet);
	int64_t points = command->points;
	struct sim_line *line;
	int verdict;

	if (!hold) {
		refuse(answer, unknown_verdict);
		return;
	}
	verdict = spend_verdict(oracle, wallet, hold, command->merchant, points);
	if (verdict != REWAPP_VERDICT_UNKNOWN_MERCHANT)
		answer->receipt.merchant = rewapp__sim_merchant_id(command->merchant);
	if (verdict != REWAPP_VERDICT_ACCEPTED) {
		refuse(answer, verdict);
		return;
	}
	points = points ? points : hold->points;
	settle(oracle, wallet);
	end_hold(wallet, hold, SIM_HOLD_POSTED, points);
	if ((line = add_line(oracle, wallet, REWAPP_CODE_REDEMPTION, -points, oracle->now_ms)))
		line->merchant = command->merchant;
	pay_debt(oracle, wallet, oracle->now_ms);
	past->hold = (int)(hold - wallet->holds);
	past->wallet = (int)(wallet - oracle->wallets);
	past->spends = true;
	accept(oracle, wallet, REWAPP_CODE_REDEMPTION, points, answer);
	answer->receipt.amount = rewapp__sim_worth_of(
		&oracle->programmes[programme_of(oracle, wallet)].rules, points);
}

static void do_redeem(struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	const struct sim_past *mint = command->token >= 0 && command->token < oracle->past_count
		? &oracle->pasts[command->token]
		: NULL;
	bool ours = mint && mint->known && mint->command.kind == REWAPP_KIND_MINT && mint->told &&
		!command->forged;

	do_spend(oracle, command, ours ? command->token : SIM_NOBODY, REWAPP_VERDICT_FORGED, answer);
}

static void do_void(struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	struct sim_wallet *wallet;
	struct sim_hold *hold = hold_of(oracle, command->target, false, &wallet);

	if (!hold) {
		refuse(answer, REWAPP_VERDICT_UNKNOWN_HOLD);
		return;
	}
	if (closed_verdict(hold, oracle->now_ms) != REWAPP_VERDICT_ACCEPTED) {
		refuse(answer, REWAPP_VERDICT_HOLD_CLOSED);
		return;
	}
	settle(oracle, wallet);
	end_hold(wallet, hold, SIM_HOLD_VOIDED, 0);
	add_line(oracle, wallet, REWAPP_CODE_RELEASE, hold->points, oracle->now_ms);
	pay_debt(oracle, wallet, oracle->now_ms);
	accept(oracle, wallet, REWAPP_CODE_RELEASE, hold->points, answer);
}

int rewapp__sim_judge_token(struct sim_oracle *oracle, int mint, int merchant, int64_t now_ms)
{
	struct sim_wallet *wallet;
	const struct sim_hold *hold = hold_of(oracle, mint, false, &wallet);
	int verdict;

	if (!hold)
		return REWAPP_VERDICT_FORGED;
	if (merchant != SIM_NOBODY && !merchant_is_there(oracle, merchant))
		return REWAPP_VERDICT_UNKNOWN_MERCHANT;
	if (merchant != SIM_NOBODY && hold->merchant != SIM_NOBODY && hold->merchant != merchant)
		return REWAPP_VERDICT_WRONG_MERCHANT;
	if ((verdict = closed_verdict(hold, now_ms)) != REWAPP_VERDICT_ACCEPTED)
		return verdict;
	return oracle->members[member_of(oracle, wallet)].status == REWAPP_MEMBER_ACTIVE
		? REWAPP_VERDICT_ACCEPTED
		: REWAPP_VERDICT_MEMBER_BLOCKED;
}

/* --- by hand, back, and in time ------------------------------------------------------------- */

/* Points come back from the last that were taken: the spent ones are laid out, and walked back. */
static void restore(struct sim_wallet *wallet, const struct sim_hold *hold, int64_t points)
{
	int64_t until = hold->posted - hold->reversed, from = until - points, at = 0;

	for (int i = 0; i < hold->share_count; at += hold->shares[i++].points) {
		int64_t end = at + hold->shares[i].points;
		int64_t low = at > from ? at : from, high = end < until ? end : until;

		wallet->lots[hold->shares[i].lot].remaining += high > low ? high - low : 0;
	}
}

static void do_reverse(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	struct sim_wallet *wallet;
	struct sim_hold *hold = hold_of(oracle, command->target, true, &wallet);
	struct sim_line *line;
	int64_t left, points;

	if (!hold) {
		refuse(answer, REWAPP_VERDICT_UNKNOWN_REDEMPTION);
		return;
	}
	left = hold->posted - hold->reversed;
	points = command->points ? command->points : left;
	if (left == 0 || points > left) {
		refuse(answer, REWAPP_VERDICT_REVERSAL_EXCEEDS);
		return;
	}
	settle(oracle, wallet);
	restore(wallet, hold, points);
	hold->reversed += points;
	if ((line = add_line(oracle, wallet, REWAPP_CODE_REVERSAL, points, oracle->now_ms)))
		line->merchant = oracle->pasts[command->target].command.merchant;
	pay_debt(oracle, wallet, oracle->now_ms);
	settle(oracle, wallet);
	accept(oracle, wallet, REWAPP_CODE_REVERSAL, points, answer);
	answer->receipt.merchant = rewapp__sim_merchant_id(oracle->pasts[command->target].command.merchant);
	answer->receipt.amount = rewapp__sim_worth_of(
		&oracle->programmes[programme_of(oracle, wallet)].rules, points);
}

static void do_adjust(struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	static const struct choice any = { true, SIM_NOBODY, SIM_NOBODY };
	int programme = rewapp__sim_programme_meant(oracle, command->programme);
	struct credit credit = { REWAPP_CODE_ADJUSTMENT, SIM_NOBODY, command->points, oracle->now_ms,
		oracle->now_ms, command->ttl_ms ? oracle->now_ms + command->ttl_ms : 0 };
	struct sim_wallet *wallet;

	if (programme == SIM_NOBODY || !member_is_there(oracle, command->member)) {
		refuse(answer,
			programme == SIM_NOBODY ? REWAPP_VERDICT_UNKNOWN_PROGRAMME
						: REWAPP_VERDICT_UNKNOWN_MEMBER);
		return;
	}
	wallet = rewapp__sim_wallet(oracle, programme, command->member);
	settle(oracle, wallet);
	if (command->points < 0 && spendable(wallet, oracle->now_ms) < -command->points) {
		refuse(answer, REWAPP_VERDICT_INSUFFICIENT_POINTS);
		tell_wallet(oracle, wallet, answer);
		return;
	}
	if (command->points > 0) {
		answer->receipt.expires_ms = credit.expires_ms;
		credit_wallet(oracle, wallet, &credit);
	} else {
		take(oracle, wallet, -command->points, &any, NULL);
		add_line(oracle, wallet, REWAPP_CODE_ADJUSTMENT, command->points, oracle->now_ms);
	}
	accept(oracle, wallet, REWAPP_CODE_ADJUSTMENT, command->points, answer);
}

static void do_sweep(struct sim_oracle *oracle, struct sim_answer *answer)
{
	for (size_t i = 0; i < sizeof oracle->wallets / sizeof *oracle->wallets; i++)
		answer->receipt.points += settle(oracle, &oracle->wallets[i]);
	answer->receipt.verdict = REWAPP_VERDICT_ACCEPTED;
	add_event(oracle, REWAPP_KIND_SWEEP, REWAPP_CODE_EXPIRY, SIM_NOBODY, answer->receipt.points);
}

/* --- a command ------------------------------------------------------------------------------ */

/* False when the command is not acceptable, and leaves its id free. */
static bool carry_out(struct sim_oracle *oracle, const struct sim_command *command,
	const struct sim_match *match, struct sim_answer *answer)
{
	switch (command->kind) {
	case REWAPP_KIND_MEMBER:
		put_member(oracle, command, answer);
		return true;
	case REWAPP_KIND_MERCHANT:
		put_merchant(oracle, command, answer);
		return true;
	case REWAPP_KIND_PROGRAMME:
		return put_programme(oracle, command, answer);
	case REWAPP_KIND_PURCHASE:
		do_purchase(oracle, command, match, answer);
		return true;
	case REWAPP_KIND_RETURN:
		do_return(oracle, command, answer);
		return true;
	case REWAPP_KIND_TAKE_BACK:
		do_take_back(oracle, command, answer);
		return true;
	case REWAPP_KIND_HOLD:
	case REWAPP_KIND_MINT:
		do_hold(oracle, command, answer);
		return true;
	case REWAPP_KIND_POST:
		do_spend(oracle, command, command->target, REWAPP_VERDICT_UNKNOWN_HOLD, answer);
		return true;
	case REWAPP_KIND_VOID:
		do_void(oracle, command, answer);
		return true;
	case REWAPP_KIND_REDEEM:
		do_redeem(oracle, command, answer);
		return true;
	case REWAPP_KIND_REVERSE:
		do_reverse(oracle, command, answer);
		return true;
	case REWAPP_KIND_ADJUST:
		do_adjust(oracle, command, answer);
		return true;
	default:
		do_sweep(oracle, answer);
		return true;
	}
}

/* What a broken command is told, and of which field. */
static void answer_broken(const struct sim_command *command, struct sim_answer *answer)
{
	static const char *const fields[SIM_BROKEN_COUNT] = { "", "kind", "flags", "status", "currency",
		"amount", "points", "ttl_ms", "reference", "reference", "" };
	size_t length = strlen(fields[command->broken]);

	answer->receipt.code = command->broken == SIM_BROKEN_CARD ? REWAPP_E_CARDNUMBER
		: command->broken == SIM_BROKEN_DOCUMENT          ? REWAPP_E_JSON
								  : REWAPP_E_ARGUMENT;
	memcpy(answer->receipt.field, fields[command->broken], length + 1);
}

/* The id was used before: the first receipt again, or a conflict that names the field. */
static void answer_again(
	const struct sim_past *past, const struct sim_command *command, struct sim_answer *answer)
{
	const char *field = rewapp__sim_command_differs(&past->command, command);

	if (!field) {
		answer->receipt = past->receipt;
		answer->receipt.replayed = 1;
		return;
	}
	answer->receipt.code = REWAPP_E_CONFLICT;
	memcpy(answer->receipt.field, field, strlen(field) + 1);
}

void rewapp__sim_oracle_call(struct sim_oracle *oracle, int64_t now_ms)
{
	oracle->now_ms = now_ms > oracle->floor_ms ? now_ms : oracle->floor_ms;
	for (int i = 0; i < SIM_MERCHANTS_MAX; i++)
		oracle->merchants[i].before = oracle->merchants[i].document;
}

/* For the tests of the simulator: an oracle that errs must be caught. */
static void err_on_purpose(const struct sim_oracle *oracle, struct sim_answer *answer)
{
	if (oracle->mistake && oracle->event_count >= oracle->mistake)
		answer->receipt.points++;
}

void rewapp__sim_oracle_apply(struct sim_oracle *oracle, const struct sim_command *command,
	const struct sim_match *match, struct sim_answer *answer)
{
	struct sim_past *past = rewapp__sim_past(oracle, command->number);

	memset(answer, 0, sizeof *answer);
	answer->receipt.kind = command->kind;
	answer->receipt.recorded_ms = oracle->now_ms;
	if (!past)
		return;
	answer->receipt.id = past->id;
	if (command->broken != SIM_BROKEN_NOT && command->broken != SIM_BROKEN_DOCUMENT) {
		answer_broken(command, answer);
		return;
	}
	if (past->known) {
		answer_again(past, command, answer);
		return;
	}
	oracle->now = command->number;
	past->command = *command;
	if (command->broken == SIM_BROKEN_DOCUMENT) {
		answer_broken(command, answer);
		return;
	}
	if (!carry_out(oracle, command, match, answer))
		return;
	err_on_purpose(oracle, answer);
	oracle->pasts[command->number].known = true;
	oracle->pasts[command->number].receipt = answer->receipt;
	oracle->floor_ms = oracle->now_ms;
	answer->records = true;
}
