/* A list of operations as a *.scenario file (tests/scenarios/README.md), with what the oracle
 * expects; what a scenario cannot say stands in it as a comment. */
#ifndef REWAPP_SIM_SCENARIO_H
#define REWAPP_SIM_SCENARIO_H

#include "sim/run.h"

#include <stdio.h>

/* `about` stands in its first line. */
void rewapp__sim_scenario(FILE *out, uint64_t seed, const struct sim_list *list, const char *about);

#endif
