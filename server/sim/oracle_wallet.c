/* The oracle: wallets, their lots, what time does to them, and what is written down. */
#include "sim/oracle_parts.h"

#include <stdlib.h>
#include <string.h>

/* --- what is recorded ----------------------------------------------------------------------- */

static struct rewapp_day *today(struct sim_oracle *oracle, int programme)
{
	int64_t day_ms = oracle->now_ms / SIM_DAY_MS * SIM_DAY_MS;
	struct sim_total *total;

	for (int i = oracle->total_count; i-- > 0;)
		if (oracle->totals[i].programme == programme && oracle->totals[i].day.day_ms == day_ms)
			return &oracle->totals[i].day;
	total = SIM_ADD(oracle, oracle->totals, oracle->total_count, oracle->total_capacity);
	if (!total)
		return NULL;
	*total = (struct sim_total){ programme, { .day_ms = day_ms } };
	return &total->day;
}

void rewapp__sim_count_day(struct sim_oracle *oracle, int programme, int code, int64_t points)
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
	case REWAPP_CODE_FORFEIT:
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

struct sim_line *rewapp__sim_add_line(
	struct sim_oracle *oracle, struct sim_wallet *wallet, int code, int64_t points, int64_t occurred_ms)
{
	struct sim_line *line = SIM_ADD(oracle, wallet->lines, wallet->line_count, wallet->line_capacity);

	int64_t closed_ms = oracle->programmes[rewapp__sim_programme_of(oracle, wallet)].closed_ms;

	if (code != REWAPP_CODE_DEBT_PAYMENT) /* between a member's own accounts: no total has it */
		rewapp__sim_count_day(oracle, rewapp__sim_programme_of(oracle, wallet), code, points);
	if (!line)
		return NULL;
	*line = (struct sim_line){ code, oracle->now, SIM_NOBODY, points,
		moves_pending_only(code) ? 0 : points, oracle->now_ms,
		occurred_ms > closed_ms ? occurred_ms : closed_ms, 0, 0 };
	*(line->posted > 0 ? &wallet->credits_posted
			   : &wallet->debits_posted) += line->posted > 0 ? line->posted : -line->posted;
	return line;
}

void rewapp__sim_add_event(struct sim_oracle *oracle, int kind, int code, int member, int64_t points)
{
	struct sim_event *event = SIM_ADD(
		oracle, oracle->events, oracle->event_count, oracle->event_capacity);

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

static bool may_take(const struct sim_lot *lot, const struct sim_choice *choice, int64_t now_ms)
{
	if (lot->remaining == 0 || is_dead(lot, now_ms))
		return false;
	if ((choice->active_only && lot->activates_ms > now_ms) ||
		(choice->pending_only && lot->activates_ms <= now_ms))
		return false;
	return (choice->only == SIM_NOBODY || lot->command == choice->only) &&
		(choice->but == SIM_NOBODY || lot->command != choice->but);
}

static struct sim_lot *first_lot(struct sim_wallet *wallet, const struct sim_choice *choice, int64_t now_ms)
{
	struct sim_lot *first = NULL;

	for (int i = 0; i < wallet->lot_count; i++)
		if (may_take(&wallet->lots[i], choice, now_ms) &&
			(!first || comes_before(&wallet->lots[i], first)))
			first = &wallet->lots[i];
	return first;
}

int64_t rewapp__sim_take(struct sim_oracle *oracle, struct sim_wallet *wallet, int64_t points,
	const struct sim_choice *choice, struct sim_hold *into)
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

int64_t rewapp__sim_spendable(const struct sim_wallet *wallet, int64_t now_ms)
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

void rewapp__sim_end_hold(
	struct sim_wallet *wallet, struct sim_hold *hold, enum sim_hold_state state, int64_t kept)
{
	give_back(wallet, hold, kept);
	hold->state = state;
	hold->posted = kept;
	wallet->debits_pending -= hold->points;
}

bool rewapp__sim_is_closed(const struct sim_oracle *oracle, int programme, int member)
{
	return oracle->wallets[programme * SIM_MEMBERS_MAX + member].closed_ms != 0;
}

void rewapp__sim_release_all(struct sim_oracle *oracle, struct sim_wallet *wallet)
{
	for (int i = 0; i < wallet->hold_count; i++) {
		struct sim_hold *hold = &wallet->holds[i];

		if (hold->state != SIM_HOLD_OPEN)
			continue;
		rewapp__sim_end_hold(wallet, hold, SIM_HOLD_VOIDED, 0);
		rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_RELEASE, hold->points, oracle->now_ms);
		rewapp__sim_pay_debt(oracle, wallet, oracle->now_ms);
	}
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
	static const struct sim_choice any = { .only = SIM_NOBODY, .but = SIM_NOBODY };
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

void rewapp__sim_pay_debt(struct sim_oracle *oracle, struct sim_wallet *wallet, int64_t at_ms)
{
	int64_t paid = pay(wallet, &wallet->debt, at_ms);

	if (paid)
		rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_DEBT_PAYMENT, -paid, at_ms);
}

int64_t rewapp__sim_settle(struct sim_oracle *oracle, struct sim_wallet *wallet)
{
	int64_t expired = 0;

	for (int i; (i = next_due(wallet, oracle->now_ms, SIM_NOBODY)) != SIM_NOBODY;) {
		struct sim_hold *hold = &wallet->holds[i];

		rewapp__sim_end_hold(wallet, hold, SIM_HOLD_TIMED_OUT, 0);
		rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_TIMEOUT, hold->points, hold->expires_ms);
		rewapp__sim_pay_debt(oracle, wallet, hold->expires_ms);
	}
	for (int i = 0; i < wallet->lot_count; i++) {
		struct sim_lot *lot = &wallet->lots[i];

		if (lot->remaining == 0 || !is_dead(lot, oracle->now_ms))
			continue;
		rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_EXPIRY, -lot->remaining, lot->expires_ms);
		expired += lot->remaining;
		lot->remaining = 0;
	}
	return expired;
}

static int64_t sooner(int64_t a_ms, int64_t b_ms)
{
	return a_ms && (!b_ms || a_ms < b_ms) ? a_ms : b_ms;
}

int64_t rewapp__sim_due(const struct sim_wallet *wallet)
{
	int64_t due_ms = 0;

	for (int i = 0; i < wallet->hold_count; i++)
		if (wallet->holds[i].state == SIM_HOLD_OPEN)
			due_ms = sooner(wallet->holds[i].expires_ms, due_ms);
	for (int i = 0; i < wallet->lot_count; i++)
		if (wallet->lots[i].remaining)
			due_ms = sooner(wallet->lots[i].expires_ms, due_ms);
	return due_ms;
}

int64_t rewapp__sim_due_in(struct sim_oracle *oracle, int programme)
{
	int64_t due_ms = 0;

	for (int member = 0; member < SIM_MEMBERS_MAX; member++)
		due_ms = sooner(rewapp__sim_due(rewapp__sim_wallet(oracle, programme, member)), due_ms);
	return due_ms;
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

void rewapp__sim_credit(struct sim_oracle *oracle, struct sim_wallet *wallet, const struct sim_credit *credit)
{
	int64_t to_debt = wallet->debt < credit->points ? wallet->debt : credit->points;
	int64_t rest = credit->points - to_debt;
	struct sim_line *line;
	struct sim_lot *lot;

	wallet->debt -= to_debt;
	if (to_debt)
		rewapp__sim_count_day(
			oracle, rewapp__sim_programme_of(oracle, wallet), REWAPP_CODE_DEBT_PAYMENT, to_debt);
	if (rest == 0)
		return;
	line = rewapp__sim_add_line(oracle, wallet, credit->code, rest, credit->occurred_ms);
	lot = SIM_ADD(oracle, wallet->lots, wallet->lot_count, wallet->lot_capacity);
	if (!line || !lot)
		return;
	line->merchant = credit->merchant;
	line->activates_ms = credit->activates_ms;
	line->expires_ms = credit->expires_ms;
	*lot = (struct sim_lot){ oracle->now, rest, rest, credit->activates_ms, credit->expires_ms };
}
