/* What an operator may choose for `rewapp serve`: a table, from which options, environment
 * variables and help are made. */
#ifndef REWAPP_SERVER_SETTINGS_H
#define REWAPP_SERVER_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct settings {
	char *store, *keys, *listen, *durability; /* owned */
	int64_t threads;
	int64_t connections, connections_per_address;
	int64_t cache_mib;
	int64_t queue;
	int64_t request_seconds, answer_seconds, idle_seconds, stop_seconds, sweep_seconds;
	int64_t checkpoint_commands, checkpoint_seconds, report_seconds;
	int64_t create;
	int64_t open_metrics;
	int64_t list_routes;
};

/* Reads the environment, then the arguments.  Returns 0; 1 when --help was asked for and
 * answered; -1 with a line on stderr.  In each case rewapp__settings_finish() follows. */
int rewapp__settings_read(struct settings *settings, int argc, char **argv);
void rewapp__settings_finish(struct settings *settings);

#endif
