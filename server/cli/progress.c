/* A bar for long work, on stderr, and only when that is a terminal. */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

enum {
	WIDTH = 30
};

void rewapp__progress_start(struct progress *progress, const char *label)
{
	progress->label = label;
	progress->shown = isatty(STDERR_FILENO);
	progress->permille = -1;
}

void rewapp__progress_step(void *user, int64_t done, int64_t total)
{
	static const char full[] = "##############################",
			  empty[] = "..............................";
	struct progress *progress = user;
	int permille = done >= 0 && done < total && done < INT64_MAX / 1000 ? (int)(done * 1000 / total)
									    : 1000;
	int filled = permille * WIDTH / 1000;

	if (!progress->shown || permille == progress->permille)
		return;
	progress->permille = permille;
	fprintf(stderr, "\r%s [%.*s%.*s] %3d %%", progress->label, filled, full, WIDTH - filled, empty,
		permille / 10);
	fflush(stderr);
}

void rewapp__progress_end(struct progress *progress)
{
	if (progress->permille >= 0)
		fprintf(stderr, "\r\x1b[K");
}
