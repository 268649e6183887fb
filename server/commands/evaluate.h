/* The measurement of rewapp match --evaluate; the scoring itself is the matching's own. */
#ifndef REWAPP_COMMANDS_EVALUATE_H
#define REWAPP_COMMANDS_EVALUATE_H

#include "cli/cli.h"

/* Reads two tab-separated tables and prints how good the matcher is on them.  Returns an exit code. */
int rewapp__evaluate_command(struct cli *cli, const char *truth_path, const char *catalogue_path);

#endif
