/* The oracle's own reading of a programme's rules. */
#ifndef REWAPP_SIM_ORACLE_EARN_H
#define REWAPP_SIM_ORACLE_EARN_H

#include "sim/oracle.h"

struct sim_award {
	int reason;
	int64_t points, distance, room;
};

struct sim_decision {
	struct sim_award awards[SIM_RULES_MAX];
	int64_t by_programme, by_merchant;
};

/* What the rules see of a purchase, or of what is left of it. */
struct sim_basket {
	struct sim_ware wares[SIM_WARES_MAX];
	int ware_count;
	int64_t amount, unpaid;
	int64_t kept; /* of the amount: the rest came back as money */
};

/* The purchase without those articles and that money: oracle_lines.c. */
void rewapp__sim_basket_of(const struct sim_purchase *purchase, const int64_t back[SIM_WARES_MAX],
	int64_t left, struct sim_basket *out);

/* The paid part; with a rule, that of the lines that it is on, and their articles. */
int64_t rewapp__sim_paid(const struct sim_basket *basket);
int64_t rewapp__sim_paid_on(const struct sim_basket *basket, const struct sim_rule *rule, int64_t *articles);

/* The articles that a return names, added to those in `back`, and their money; a verdict. */
int rewapp__sim_find_articles(const struct sim_purchase *purchase, const struct sim_command *command,
	int64_t back[SIM_WARES_MAX], int64_t *amount);

/* What the purchase gives; `purchase` has all but rooms and points.  Its caps are counted over
 * the purchases that the oracle knows. */
void rewapp__sim_decide(
	const struct sim_oracle *oracle, const struct sim_purchase *purchase, struct sim_decision *out);

/* What it gives when `left` of its amount is kept and those articles came back, with its rooms. */
void rewapp__sim_decide_again(const struct sim_purchase *purchase, const int64_t back[SIM_WARES_MAX],
	int64_t left, struct sim_decision *out);

#endif
