/* The writer: one thread through which every change goes.
 *
 * While it waits for the disk, connections queue their commands; then it takes all of
 * them in one batch, which is one durable transaction: sixty-four tills share one flush.
 * Those that have just been answered come back a moment later; where the disk is slow, that
 * moment is waited for, or the tills would fall into two halves and share two flushes. */
#ifndef REWAPP_SERVER_WRITER_H
#define REWAPP_SERVER_WRITER_H

#include <pthread.h>
#include <rewapp/submit.h>
#include <stdatomic.h>
#include <stdbool.h>

enum {
	WRITER_TIDY_COMMANDS = 4000 /* after so many the store wants tidying */
};

/* What one request wants written.  The sender owns it, and may look at the answer once
 * `done` was called (on the writer's thread). */
struct job {
	struct rewapp_command *commands; /* borrowed until done */
	size_t count;
	void (*done)(struct job *job);
	void *user;

	/* The answer: `error`, or one receipt for each command, with awards, in one block that
	 * rewapp__job_finish() frees. */
	int error;
	char message[256];
	struct rewapp_receipt *receipts;
	struct job *next;
};

struct metrics;

struct writer {
	rewapp_engine *engine;
	struct metrics *metrics;
	size_t queue_max;
	unsigned sweep_seconds;

	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t work;
	struct job *first, **last;
	size_t queued; /* jobs */
	size_t wanted; /* the thread sleeps until so many are queued */
	bool stopping;
	atomic_int health;       /* the last batch's code: 0 is well */
	_Atomic int64_t written; /* commands, but for sweeps */
	pthread_cond_t *tidier;  /* is signalled every WRITER_TIDY_COMMANDS; NULL: nobody tidies */
	atomic_bool nearly_tidy; /* said by who tidied: but for what was written meanwhile */

	/* The thread's own: how many senders there seem to be, and how long it waits for all of them. */
	size_t senders;
	int64_t patience_ns;
	struct rewapp_command *commands; /* REWAPP_BATCH_MAX of each */
	struct rewapp_receipt *receipts;
};

/* The engine is the writer's until rewapp__writer_stop().  0, or an engine's code. */
int rewapp__writer_start(struct writer *writer, rewapp_engine *engine, struct metrics *metrics,
	size_t queue_max, unsigned sweep_seconds);

/* Writes what is queued, refuses what comes later, ends the thread. */
void rewapp__writer_stop(struct writer *writer);

/* 0; REWAPP_E_BUSY when the queue is full or the writer stops: then `done` is not called. */
int rewapp__writer_submit(struct writer *writer, struct job *job);

void rewapp__job_finish(struct job *job);

#endif
