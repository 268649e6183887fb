/* The program's clock: the machine's, or a sandbox's for tests and demonstrations. */
#ifndef REWAPP_SERVER_CLOCK_H
#define REWAPP_SERVER_CLOCK_H

#include <rewapp/sys/env.h>

/* The env for every engine of the program; NULL is the machine's own.
 *
 *   REWAPP_NOW_MS=1773309600000   time stands still at that instant
 *   REWAPP_CLOCK_FILE=FILE        time is what the file says, read at each use
 *
 * A sandbox clock is announced once on standard error.  Thread-safe once it was called from
 * main(). */
const struct rewapp_env *program_env(void);

#endif
