/* The oracle: lines of tickets, what rules count of them, and what comes back of them. */
#include "sim/oracle_parts.h"

#include "sim/oracle_earn.h"

/* A part of an amount, rounded down. */
static int64_t share_of(int64_t amount, int64_t part, int64_t whole)
{
	__extension__ typedef __int128 wide;

	return whole ? (int64_t)((wide)amount * part / whole) : 0;
}

/* The money of so many articles of a line. */
static int64_t money_of(const struct sim_ware *ware, int64_t articles)
{
	return share_of(ware->amount, articles, ware->quantity);
}

/* --- what rules count ------------------------------------------------------------------------- */

void rewapp__sim_basket_of(const struct sim_purchase *purchase, const int64_t back[SIM_WARES_MAX],
	int64_t left, struct sim_basket *out)
{
	*out = (struct sim_basket){ .amount = purchase->amount, .kept = left };
	for (int i = 0; i < purchase->ware_count; i++) {
		struct sim_ware *ware = &out->wares[out->ware_count++];
		int64_t money = money_of(&purchase->wares[i], back[i]);

		*ware = purchase->wares[i];
		ware->quantity -= back[i];
		ware->amount -= money;
		out->amount -= money;
	}
	out->unpaid = purchase->unpaid < out->amount ? purchase->unpaid : out->amount;
}

static int64_t earning(const struct sim_basket *basket)
{
	int64_t amount = basket->amount;

	for (int i = 0; i < basket->ware_count; i++)
		amount -= basket->wares[i].excluded ? basket->wares[i].amount : 0;
	return amount;
}

/* Before anything came back as money. */
static int64_t paid_whole(const struct sim_basket *basket)
{
	int64_t amount = earning(basket);

	return amount > basket->unpaid ? amount - basket->unpaid : 0;
}

int64_t rewapp__sim_paid(const struct sim_basket *basket)
{
	return share_of(paid_whole(basket), basket->kept, basket->amount);
}

static bool is_on(const struct sim_rule *rule, const struct sim_ware *ware)
{
	return !ware->excluded &&
		((ware->sku && rule->skus >> (ware->sku - 1) & 1) ||
			(ware->category && rule->categories >> (ware->category - 1) & 1));
}

int64_t rewapp__sim_paid_on(const struct sim_basket *basket, const struct sim_rule *rule, int64_t *articles)
{
	int64_t amount = 0;

	*articles = 0;
	if (!rule->skus && !rule->categories)
		return rewapp__sim_paid(basket);
	for (int i = 0; i < basket->ware_count; i++)
		if (is_on(rule, &basket->wares[i])) {
			amount += basket->wares[i].amount;
			*articles += basket->wares[i].quantity;
		}
	amount = share_of(amount, paid_whole(basket), earning(basket));
	*articles = share_of(*articles, basket->kept, basket->amount);
	return share_of(amount, basket->kept, basket->amount);
}

/* --- what comes back -------------------------------------------------------------------------- */

/* By its place, or from the lines of its article, the first first. */
static int find_one(
	const struct sim_purchase *purchase, const struct sim_ware *wanted, int64_t back[SIM_WARES_MAX])
{
	int64_t missing = wanted->quantity;
	bool known = false;

	for (int i = 0; i < purchase->ware_count; i++) {
		const struct sim_ware *ware = &purchase->wares[i];
		int64_t left = ware->quantity - back[i];

		if (wanted->line ? wanted->line != i + 1 : wanted->sku != ware->sku)
			continue;
		known = true;
		left = left < missing ? left : missing;
		back[i] += left;
		missing -= left;
	}
	if (!known)
		return REWAPP_VERDICT_UNKNOWN_LINE;
	return missing ? REWAPP_VERDICT_RETURN_EXCEEDS : REWAPP_VERDICT_ACCEPTED;
}

int rewapp__sim_find_articles(const struct sim_purchase *purchase, const struct sim_command *command,
	int64_t back[SIM_WARES_MAX], int64_t *amount)
{
	int verdict = REWAPP_VERDICT_ACCEPTED;

	for (int i = 0; i < command->ware_count && verdict == REWAPP_VERDICT_ACCEPTED; i++)
		verdict = find_one(purchase, &command->wares[i], back);
	*amount = 0;
	for (int i = 0; i < purchase->ware_count; i++)
		*amount += money_of(&purchase->wares[i], back[i]) -
			money_of(&purchase->wares[i], purchase->back[i]);
	return verdict;
}
