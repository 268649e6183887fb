/* A bar for long work, on stderr, and only when that is a terminal. */
#ifndef REWAPP_CLI_PROGRESS_H
#define REWAPP_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *label;
	bool shown;
	int permille; /* last drawn; -1: nothing yet */
};

void rewapp__progress_start(struct progress *progress, const char *label);

/* Fits rewapp_verify()'s callback: `user` is a struct progress. */
void rewapp__progress_step(void *user, int64_t done, int64_t total);

/* Takes the bar away. */
void rewapp__progress_end(struct progress *progress);

#endif
