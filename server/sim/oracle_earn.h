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

/* What the purchase gives; `purchase` has all but rooms and points.  Its caps are counted over
 * the purchases that the oracle knows. */
void rewapp__sim_decide(
	const struct sim_oracle *oracle, const struct sim_purchase *purchase, struct sim_decision *out);

/* What it gives when `left` of its amount is kept, with the rooms that it had. */
void rewapp__sim_decide_again(const struct sim_purchase *purchase, int64_t left, struct sim_decision *out);

#endif
