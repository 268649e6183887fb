/* The clerk: one thread for questions that take their time, so that connections do not wait in line
 * behind them, for the checkpoints that the server signs by itself, and for the tidying of the store.
 *
 * It takes all that wait at once and asks each different question once: whoever asks the same gets the
 * same answer, which is as new as a question of its own would have been.  A report that took its time may
 * be given again for a while (shelf.h) to those who did not ask for a new one.  Its engine is opened when there is
 * work, and closed after a minute without. */
#ifndef REWAPP_SERVER_CLERK_H
#define REWAPP_SERVER_CLERK_H

#include "shelf.h"

#include <pthread.h>
#include <rewapp/engine.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct writer;

/* What one request wants to know.  The sender owns it, and may look at the answer once `done` was called (on
 * the clerk's thread, or at once). */
struct errand {
	const char *question; /* JSON, borrowed until done */
	size_t length;
	bool report; /* may be kept for a while, and one that was kept will do */
	bool anew;   /* but this one wants it of the moment */
	void (*done)(struct errand *errand);
	void *user;

	/* `error`, with its message, or the text, which the sender frees with free(). */
	int error;
	char message[256];
	char *answer;
	size_t answer_length;
	int64_t age_ms; /* of a report that was kept; 0: it is new */
	struct errand *next;
};

/* When the server signs by itself: after so many commands, and so long after one; 0: never. */
struct clerk_options {
	struct rewapp_engine_options engine; /* what it points to must outlive the clerk */
	struct writer *writer;               /* whose commands are counted */
	int64_t checkpoint_commands, checkpoint_seconds;
	int64_t report_seconds; /* that a report is kept at most; 0: none is */
};

struct clerk {
	struct clerk_options options;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t work;
	struct errand *first, **last;
	size_t waiting;
	bool started, stopping;
	struct shelf shelf;

	/* The thread's own. */
	rewapp_engine *engine; /* NULL: closed */
	int64_t idle_since_s;
	int64_t tidied;                /* commands up to the last tidying */
	int64_t covered, covered_at_s; /* commands up to the last checkpoint of its own, and when that was */
};

/* 0 or REWAPP_E_NOMEMORY. */
int rewapp__clerk_start(struct clerk *clerk, const struct clerk_options *options);

/* Answers what waits, refuses what comes later, ends the thread.  Nothing to do for one never started. */
void rewapp__clerk_stop(struct clerk *clerk);

/* 0, `done` may have been called already; REWAPP_E_BUSY when too many wait or the clerk stops: then `done`
 * is not called. */
int rewapp__clerk_ask(struct clerk *clerk, struct errand *errand);

#endif
