/* Group commit: take what is queued, submit it as one batch, hand the receipts out. */
#include "writer.h"

#include "metrics/metrics.h"

#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	ATTEMPTS_MAX = 6,
	FIRST_PAUSE_US = 10000,
	SWEEP_LIMIT = 1000,
	PATIENCE_LONGEST_NS = 5000000
};

/* A chain that its sender left open must not go on in the next one's commands. */
static bool leaves_open(const struct job *job)
{
	return job->count > 0 && job->commands[job->count - 1].flags & REWAPP_LINKED;
}

/* Takes jobs from the front while their commands fit in one batch. */
static struct job *take_jobs(struct writer *writer, size_t *count)
{
	struct job *jobs = writer->first, **link = &writer->first;
	bool open = false;

	for (*count = 0; *link && !open && *count + (*link)->count <= REWAPP_BATCH_MAX;
		link = &(*link)->next) {
		open = leaves_open(*link);
		memcpy(writer->commands + *count, (*link)->commands,
			(*link)->count * sizeof *writer->commands);
		*count += (*link)->count;
		writer->queued--;
	}
	if (jobs == *link)
		return NULL;
	writer->first = *link;
	*link = NULL;
	if (!writer->first)
		writer->last = &writer->first;
	return jobs;
}

/* Both codes mean: the same ids again, for nothing or all of it is stored. */
static int submit(struct writer *writer, size_t count)
{
	useconds_t pause = FIRST_PAUSE_US;
	int error;

	for (int attempt = 1;; attempt++) {
		memset(writer->receipts, 0, count * sizeof *writer->receipts);
		writer->receipts[0].size = sizeof *writer->receipts;
		error = rewapp_submit(writer->engine, writer->commands, count, writer->receipts);
		if (rewapp_error_class_of(error) != REWAPP_CLASS_RETRY || attempt == ATTEMPTS_MAX)
			return error;
		usleep(pause);
		pause *= 2;
	}
}

/* Receipts lend their awards from the engine: the copy owns its own, in one block. */
static struct rewapp_receipt *copy_receipts(const struct rewapp_receipt *from, size_t count)
{
	size_t awards = 0;
	struct rewapp_receipt *copy;
	struct rewapp_award *next;

	for (size_t i = 0; i < count; i++)
		awards += from[i].award_count;
	copy = malloc(count * sizeof *copy + awards * sizeof *next);
	if (!copy)
		return NULL;
	memcpy(copy, from, count * sizeof *copy);
	next = (struct rewapp_award *)(copy + count);
	for (size_t i = 0; i < count; i++) {
		if (!copy[i].award_count)
			continue;
		memcpy(next, from[i].awards, copy[i].award_count * sizeof *next);
		copy[i].awards = next;
		next += copy[i].award_count;
	}
	return copy;
}

static void answer(struct job *job, int error, const struct rewapp_receipt *receipts)
{
	job->error = error;
	if (error < 0) {
		snprintf(job->message, sizeof job->message, "%s", rewapp_errmsg());
	} else {
		job->receipts = copy_receipts(receipts, job->count);
		if (!job->receipts)
			job->error = REWAPP_E_UNCERTAIN; /* stored; the same id again shows it */
	}
	job->done(job);
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Half of what was spent waiting for the disk: whoever comes within it saves more than it costs. */
static int submit_timed(struct writer *writer, size_t count)
{
	int64_t wall_ns = clock_ns(CLOCK_MONOTONIC), cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID), waited_ns;
	int error = submit(writer, count);

	waited_ns = clock_ns(CLOCK_MONOTONIC) - wall_ns - (clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_ns);
	writer->patience_ns = waited_ns / 2 < PATIENCE_LONGEST_NS ? waited_ns / 2 : PATIENCE_LONGEST_NS;
	return error;
}

static void count_written(struct writer *writer, int64_t count)
{
	int64_t before = atomic_fetch_add(&writer->written, count);

	if (writer->tidier && before / WRITER_TIDY_COMMANDS != (before + count) / WRITER_TIDY_COMMANDS)
		pthread_cond_signal(writer->tidier);
}

static void write_batch(struct writer *writer, struct job *jobs, size_t count)
{
	int error = submit_timed(writer, count);
	size_t at = 0;

	atomic_store(&writer->health, error);
	rewapp__metrics_batch(writer->metrics, error, writer->receipts, count);
	if (error == 0)
		count_written(writer, (int64_t)count);
	if (error < 0)
		fprintf(stderr, "rewapp serve: a batch of %zu: %s: %s\n", count, rewapp_strerror(error),
			rewapp_errmsg());
	while (jobs) {
		struct job *job = jobs;

		jobs = job->next; /* done() may free the job */
		at += job->count;
		answer(job, error, writer->receipts + at - job->count);
	}
	if (atomic_exchange(&writer->nearly_tidy, false))
		rewapp_engine_tidy(writer->engine); /* what fails here fails the next batch */
}

/* Records the expiries and time-outs that are due; balances do not wait for it. */
static void sweep(struct writer *writer)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	int error;

	command.kind = REWAPP_KIND_SWEEP;
	command.points = SWEEP_LIMIT;
	if (rewapp_id_new(writer->engine, &command.id) < 0)
		return;
	writer->commands[0] = command;
	error = submit(writer, 1);
	atomic_store(&writer->health, error);
	rewapp__metrics_batch(writer->metrics, error, writer->receipts, 1);
}

static int64_t seconds(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000000000;
}

/* Waits for the other senders, but not long.  Called and left with the mutex held. */
static void gather(struct writer *writer)
{
	int64_t until_ns = clock_ns(CLOCK_MONOTONIC) + writer->patience_ns;
	struct timespec until = { .tv_sec = until_ns / 1000000000, .tv_nsec = until_ns % 1000000000 };

	writer->wanted = writer->senders;
	while (writer->queued < writer->senders && !writer->stopping)
		if (pthread_cond_timedwait(&writer->work, &writer->mutex, &until) != 0)
			break;
}

/* Waits for jobs or for the next sweep.  Called and left with the mutex held. */
static void wait_for_work(struct writer *writer, int64_t sweep_at)
{
	struct timespec until = { .tv_sec = sweep_at };

	writer->wanted = 1;
	while (!writer->first && !writer->stopping && (!writer->sweep_seconds || seconds() < sweep_at)) {
		if (writer->sweep_seconds)
			pthread_cond_timedwait(&writer->work, &writer->mutex, &until);
		else
			pthread_cond_wait(&writer->work, &writer->mutex);
	}
}

static void *run(void *argument)
{
	struct writer *writer = argument;
	int64_t sweep_at = seconds() + writer->sweep_seconds;

	pthread_mutex_lock(&writer->mutex);
	while (writer->first || !writer->stopping) {
		struct job *jobs;
		size_t count, senders;

		wait_for_work(writer, sweep_at);
		if (writer->first)
			gather(writer);
		senders = writer->queued;
		jobs = take_jobs(writer, &count);
		senders -= writer->queued;
		pthread_mutex_unlock(&writer->mutex);
		if (jobs)
			write_batch(writer, jobs, count);
		if (writer->sweep_seconds && seconds() >= sweep_at) {
			sweep(writer);
			sweep_at = seconds() + writer->sweep_seconds;
		}
		pthread_mutex_lock(&writer->mutex);
		writer->senders = senders + writer->queued; /* answered now, and come meanwhile */
	}
	pthread_mutex_unlock(&writer->mutex);
	return NULL;
}

static void init_sync(struct writer *writer)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&writer->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&writer->work, &attributes);
	pthread_condattr_destroy(&attributes);
}

int rewapp__writer_start(struct writer *writer, rewapp_engine *engine, struct metrics *metrics,
	size_t queue_max, unsigned sweep_seconds)
{
	memset(writer, 0, sizeof *writer);
	writer->engine = engine;
	writer->metrics = metrics;
	writer->queue_max = queue_max;
	writer->sweep_seconds = sweep_seconds;
	writer->last = &writer->first;
	writer->commands = malloc(REWAPP_BATCH_MAX * sizeof *writer->commands);
	writer->receipts = malloc(REWAPP_BATCH_MAX * sizeof *writer->receipts);
	init_sync(writer);
	if (writer->commands && writer->receipts && pthread_create(&writer->thread, NULL, run, writer) == 0)
		return 0;
	free(writer->commands);
	free(writer->receipts);
	return REWAPP_E_NOMEMORY;
}

void rewapp__writer_stop(struct writer *writer)
{
	pthread_mutex_lock(&writer->mutex);
	writer->stopping = true;
	pthread_cond_signal(&writer->work);
	pthread_mutex_unlock(&writer->mutex);
	pthread_join(writer->thread, NULL);
	free(writer->commands);
	free(writer->receipts);
	pthread_cond_destroy(&writer->work);
}

int rewapp__writer_submit(struct writer *writer, struct job *job)
{
	int error = 0;

	job->next = NULL;
	pthread_mutex_lock(&writer->mutex);
	if (writer->stopping || writer->queued >= writer->queue_max) {
		error = REWAPP_E_BUSY;
	} else {
		*writer->last = job;
		writer->last = &job->next;
		if (++writer->queued >= writer->wanted)
			pthread_cond_signal(&writer->work);
	}
	pthread_mutex_unlock(&writer->mutex);
	return error;
}

void rewapp__job_finish(struct job *job)
{
	free(job->receipts);
	job->receipts = NULL;
}
