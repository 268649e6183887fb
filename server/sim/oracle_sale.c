/* The oracle: purchases and what comes back of them. */
#include "sim/oracle_parts.h"

#include "sim/oracle_earn.h"

#include <stdlib.h>
#include <string.h>

/* --- a purchase ----------------------------------------------------------------------------- */

/* Whether the books take what is told so late, or so early. */
static int time_verdict(const struct sim_oracle *oracle, const struct sim_command *command, int programme)
{
	int64_t at_ms = command->occurred_ms ? command->occurred_ms : oracle->now_ms;

	if (at_ms > oracle->now_ms + SIM_DAY_MS)
		return REWAPP_VERDICT_TOO_OLD;
	return at_ms < oracle->programmes[programme].closed_ms && !(command->flags & REWAPP_OPEN_PERIOD)
		? REWAPP_VERDICT_PERIOD_CLOSED
		: REWAPP_VERDICT_ACCEPTED;
}

int rewapp__sim_sale_verdict(
	struct sim_oracle *oracle, const struct sim_command *command, int programme, int match)
{
	int verdict;

	if (programme == SIM_NOBODY)
		return REWAPP_VERDICT_UNKNOWN_PROGRAMME;
	if (!rewapp__sim_has_member(oracle, command->member))
		return REWAPP_VERDICT_UNKNOWN_MEMBER;
	if (oracle->members[command->member].status == REWAPP_MEMBER_CLOSED)
		return REWAPP_VERDICT_MEMBER_BLOCKED;
	if (rewapp__sim_is_closed(oracle, programme, command->member) && !(command->flags & REWAPP_REFUND))
		return REWAPP_VERDICT_ACCOUNT_CLOSED;
	if (command->in_dollars != oracle->programmes[programme].rules.in_dollars)
		return REWAPP_VERDICT_WRONG_CURRENCY;
	verdict = time_verdict(oracle, command, programme);
	return verdict == REWAPP_VERDICT_ACCEPTED ? match : verdict;
}

int64_t rewapp__sim_occurred(const struct sim_oracle *oracle, const struct sim_command *command)
{
	return command->occurred_ms ? command->occurred_ms : oracle->now_ms;
}

static struct sim_purchase *new_purchase(struct sim_oracle *oracle, const struct sim_sale *sale)
{
	struct sim_purchase *purchase = calloc(1, sizeof *purchase);
	struct sim_day day;

	if (!purchase) {
		oracle->failed = true;
		return NULL;
	}
	purchase->programme = sale->programme;
	purchase->version = oracle->programmes[sale->programme].version;
	purchase->rules = oracle->programmes[sale->programme].rules;
	purchase->member = sale->member;
	purchase->merchant = sale->merchant;
	purchase->mcc = sale->mcc ? sale->mcc : rewapp__sim_merchant_mcc(sale->document);
	purchase->amount = sale->amount;
	purchase->unpaid = sale->unpaid;
	purchase->occurred_ms = sale->occurred_ms;
	if (sale->ticket) {
		memcpy(purchase->wares, sale->ticket->wares, sizeof purchase->wares);
		purchase->ware_count = sale->ticket->ware_count;
	}
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
	struct sim_credit credit = {
		.code = REWAPP_CODE_AWARD,
		.merchant = purchase->merchant,
		.occurred_ms = purchase->occurred_ms,
		.activates_ms = purchase->occurred_ms + rules->window_days * SIM_DAY_MS,
		.expires_ms = rules->expiry_days ? purchase->occurred_ms + rules->expiry_days * SIM_DAY_MS
						 : 0,
	};

	if (decision->by_programme + decision->by_merchant == 0)
		return;
	answer->receipt.activates_ms = credit.activates_ms;
	answer->receipt.expires_ms = credit.expires_ms;
	credit.points = decision->by_programme;
	rewapp__sim_credit(oracle, wallet, &credit);
	credit.points = decision->by_merchant;
	rewapp__sim_credit(oracle, wallet, &credit);
}

static void keep_purchase(struct sim_oracle *oracle, struct sim_past *past, struct sim_purchase *purchase,
	const struct sim_decision *decision)
{
	int *number = SIM_ADD(oracle, oracle->purchases, oracle->purchase_count, oracle->purchase_capacity);

	for (int i = 0; i < purchase->rules.rule_count; i++) {
		purchase->rooms[i] = decision->awards[i].room;
		purchase->first[i] = purchase->points[i] = decision->awards[i].points;
	}
	purchase->earned = decision->by_programme + decision->by_merchant;
	past->purchase = purchase;
	if (number)
		*number = oracle->now;
}

void rewapp__sim_sell(struct sim_oracle *oracle, const struct sim_sale *sale, struct sim_answer *answer)
{
	struct sim_past *past = &oracle->pasts[oracle->now];
	struct sim_purchase *purchase = new_purchase(oracle, sale);
	struct sim_decision decision;
	struct sim_wallet *wallet;

	if (!purchase)
		return;
	rewapp__sim_decide(oracle, purchase, &decision);
	wallet = rewapp__sim_wallet(oracle, sale->programme, sale->member);
	rewapp__sim_settle(oracle, wallet);
	credit_purchase(oracle, wallet, purchase, &decision, answer);
	keep_purchase(oracle, past, purchase, &decision);
	explain(past, purchase, &decision, answer);
	rewapp__sim_accept(oracle, wallet, REWAPP_CODE_AWARD, purchase->earned, answer);
	answer->receipt.amount = rewapp__sim_worth_of(&purchase->rules, purchase->earned);
}

struct sim_sale rewapp__sim_sale_of(
	const struct sim_oracle *oracle, const struct sim_command *command, int programme, int merchant)
{
	return (struct sim_sale){
		.programme = programme,
		.member = command->member,
		.merchant = merchant,
		.mcc = command->mcc,
		.document = command->by_descriptor ? oracle->merchants[merchant].before
						   : oracle->merchants[merchant].document,
		.amount = command->amount,
		.unpaid = command->unpaid,
		.occurred_ms = rewapp__sim_occurred(oracle, command),
		.ticket = command,
	};
}

void rewapp__sim_do_purchase(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	int programme = rewapp__sim_programme_meant(oracle, command->programme);
	struct sim_match meant = command->by_descriptor
		? oracle->match
		: (struct sim_match){ REWAPP_VERDICT_UNKNOWN_MERCHANT, SIM_NOBODY };
	struct sim_sale sale;
	int verdict;

	if (!command->by_descriptor && rewapp__sim_has_merchant(oracle, command->merchant))
		meant = (struct sim_match){ REWAPP_VERDICT_ACCEPTED, command->merchant };
	answer->receipt.merchant = rewapp__sim_merchant_id(meant.merchant);
	verdict = rewapp__sim_sale_verdict(oracle, command, programme, meant.verdict);
	if (verdict != REWAPP_VERDICT_ACCEPTED)
		rewapp__sim_refuse(answer, verdict);
	if (verdict == REWAPP_VERDICT_NEEDS_REVIEW) {
		answer->receipt.member = rewapp__sim_member_id(command->member);
		answer->receipt.programme = rewapp__sim_programme_id(programme);
		rewapp__sim_doubt(oracle, command, programme, meant.merchant);
	}
	if (verdict != REWAPP_VERDICT_ACCEPTED)
		return;
	sale = rewapp__sim_sale_of(oracle, command, programme, meant.merchant);
	if (!command->by_descriptor)
		rewapp__sim_keep_ticket(oracle, command, &sale, answer);
	rewapp__sim_sell(oracle, &sale, answer);
}

/* --- a return ------------------------------------------------------------------------------- */

/* Takes points back from the purchase's own lots, then from the soonest to expire; returns what
 * was missing. */
static int64_t claw_back(struct sim_oracle *oracle, struct sim_wallet *wallet,
	const struct sim_purchase *purchase, int number, int64_t points, int64_t occurred_ms)
{
	bool pending_only = purchase->rules.clawback == SIM_CLAWBACK_PENDING_ONLY;
	struct sim_choice own = { .pending_only = pending_only, .only = number, .but = SIM_NOBODY },
			  others = { .pending_only = pending_only, .only = SIM_NOBODY, .but = number };
	int64_t missing;

	if (points == 0)
		return 0;
	missing = rewapp__sim_take(oracle, wallet, points, &own, NULL);
	missing = rewapp__sim_take(oracle, wallet, missing, &others, NULL);
	if (points > missing)
		rewapp__sim_add_line(oracle, wallet, REWAPP_CODE_CLAWBACK, missing - points, occurred_ms);
	if (missing && purchase->rules.clawback == SIM_CLAWBACK_DEBT) {
		rewapp__sim_count_day(oracle, purchase->programme, REWAPP_CODE_DEBT, -missing);
		wallet->debt += missing;
	}
	return missing;
}

void rewapp__sim_give_back(struct sim_oracle *oracle, int number, const struct sim_back *back, int64_t at_ms,
	struct sim_answer *answer)
{
	struct sim_purchase *purchase = oracle->pasts[number].purchase;
	struct sim_wallet *wallet = rewapp__sim_wallet(oracle, purchase->programme, purchase->member);
	int64_t left = purchase->amount - purchase->returned, points, missing;
	struct sim_decision before, after;

	rewapp__sim_decide_again(purchase, purchase->back, left, &before);
	rewapp__sim_decide_again(
		purchase, back->articles ? back->articles : purchase->back, left - back->amount, &after);
	rewapp__sim_settle(oracle, wallet);
	missing = claw_back(
		oracle, wallet, purchase, number, before.by_programme - after.by_programme, at_ms);
	missing += claw_back(oracle, wallet, purchase, number, before.by_merchant - after.by_merchant, at_ms);
	points = before.by_programme - after.by_programme + before.by_merchant - after.by_merchant;
	for (int i = 0; i < purchase->rules.rule_count; i++)
		purchase->points[i] = after.awards[i].points;
	purchase->returned += back->amount;
	if (back->articles)
		memcpy(purchase->back, back->articles, sizeof purchase->back);
	purchase->clawed_back += points;
	rewapp__sim_accept(oracle, wallet, REWAPP_CODE_CLAWBACK, points, answer);
	answer->receipt.shortfall = missing;
	answer->receipt.amount = rewapp__sim_worth_of(&oracle->programmes[purchase->programme].rules, points);
}

void rewapp__sim_do_return(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer)
{
	const struct sim_past *past = rewapp__sim_known(oracle, command->target);
	const struct sim_purchase *purchase = past ? past->purchase : NULL;
	int64_t articles[SIM_WARES_MAX], left, amount;
	int verdict = REWAPP_VERDICT_ACCEPTED;

	if (!purchase) {
		rewapp__sim_refuse(answer, REWAPP_VERDICT_UNKNOWN_PURCHASE);
		return;
	}
	left = purchase->amount - purchase->returned;
	amount = command->amount ? command->amount : left;
	memcpy(articles, purchase->back, sizeof articles);
	if (command->ware_count && left > 0)
		verdict = rewapp__sim_find_articles(purchase, command, articles, &amount);
	if (verdict == REWAPP_VERDICT_ACCEPTED)
		verdict = left == 0 || amount > left ? REWAPP_VERDICT_RETURN_EXCEEDS
						     : time_verdict(oracle, command, purchase->programme);
	if (verdict != REWAPP_VERDICT_ACCEPTED)
		rewapp__sim_refuse(answer, verdict);
	else
		rewapp__sim_give_back(oracle, command->target, &(struct sim_back){ amount, articles },
			rewapp__sim_occurred(oracle, command), answer);
}
