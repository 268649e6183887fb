/* Slow questions, one after the other, each once for all who ask it; checkpoints on time; a tidy store. */
#include "clerk.h"

#include "writer.h"

#include <rewapp/errors.h>
#include <rewapp/evidence.h>
#include <rewapp/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	WAITING_MAX = 1024,
	IDLE_SECONDS = 60
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t now_s(void)
{
	return now_ms() / 1000;
}

/* --- questions ---------------------------------------------------------------------------------- */

static int open_engine(struct clerk *clerk)
{
	return clerk->engine ? 0 : rewapp_engine_open(&clerk->engine, &clerk->options.engine);
}

static void close_engine(struct clerk *clerk)
{
	rewapp_engine_close(clerk->engine);
	clerk->engine = NULL;
}

static void answer(struct errand *errand, int error, const char *text, size_t length)
{
	errand->error = error;
	if (error < 0)
		snprintf(errand->message, sizeof errand->message, "%s", rewapp_errmsg());
	else if ((errand->answer = malloc(length + 1)))
		memcpy(errand->answer, text, errand->answer_length = length);
	else
		errand->error = REWAPP_E_NOMEMORY;
	errand->done(errand);
}

/* Asks for the first errand and all that ask the same; gives the others back. */
static struct errand *ask_once(struct clerk *clerk, struct errand *errands)
{
	struct errand *first = errands, *others = NULL, **end = &others, *next;
	const char *question = first->question; /* answered last: until then it is there */
	size_t length = first->length, size = 0;
	int64_t asked_ms = now_ms();
	char *text = NULL;
	int error = open_engine(clerk);

	if (error == 0)
		error = rewapp_json_query(clerk->engine, question, length, &text, &size);
	for (struct errand *errand = first->next; errand; errand = next) {
		next = errand->next;
		if (errand->length == length && memcmp(errand->question, question, length) == 0) {
			answer(errand, error, text, size);
			continue;
		}
		*end = errand;
		end = &errand->next;
	}
	*end = NULL;
	if (error == 0 && first->report)
		rewapp__shelf_keep(&clerk->shelf, question, length, text, size, asked_ms, now_ms());
	answer(first, error, text, size);
	rewapp_free(clerk->engine, text);
	return others;
}

/* --- reports that are kept ---------------------------------------------------------------------- */

static int enqueue(struct clerk *clerk, struct errand *errand)
{
	int error = 0;

	errand->next = NULL;
	pthread_mutex_lock(&clerk->mutex);
	if (clerk->stopping || clerk->waiting >= WAITING_MAX) {
		error = REWAPP_E_BUSY;
	} else {
		*clerk->last = errand;
		clerk->last = &errand->next;
		clerk->waiting++;
		pthread_cond_signal(&clerk->work);
	}
	pthread_mutex_unlock(&clerk->mutex);
	return error;
}

/* A question of the clerk's own, so that a kept report is written anew before its time is over. */
static void renewed(struct errand *errand)
{
	free(errand->answer);
	free(errand->user);
	free(errand);
}

/* What fails leaves the old one to its end; then whoever asks waits for a new one. */
static void renew(struct clerk *clerk, const struct errand *errand)
{
	struct errand *own = calloc(1, sizeof *own);
	char *question = malloc(errand->length);

	if (own && question) {
		memcpy(question, errand->question, errand->length);
		*own = (struct errand){ .question = question,
			.length = errand->length,
			.report = true,
			.done = renewed,
			.user = question };
		if (enqueue(clerk, own) == 0)
			return;
	}
	free(question);
	free(own);
}

static bool find_report(struct clerk *clerk, struct errand *errand)
{
	struct taken taken;

	if (!errand->report || errand->anew ||
		!rewapp__shelf_take(&clerk->shelf, errand->question, errand->length, now_ms(), &taken))
		return false;
	if (taken.renew)
		renew(clerk, errand);
	errand->error = 0;
	errand->answer = taken.answer;
	errand->answer_length = taken.length;
	errand->age_ms = taken.age_ms;
	errand->done(errand);
	return true;
}

/* --- checkpoints -------------------------------------------------------------------------------- */

static bool signs(const struct clerk *clerk)
{
	return clerk->options.checkpoint_commands || clerk->options.checkpoint_seconds;
}

static bool is_due(const struct clerk *clerk)
{
	const struct clerk_options *options = &clerk->options;
	int64_t behind = atomic_load(&options->writer->written) - clerk->covered;

	return behind > 0 &&
		((options->checkpoint_commands && behind >= options->checkpoint_commands) ||
			(options->checkpoint_seconds &&
				now_s() - clerk->covered_at_s >= options->checkpoint_seconds));
}

/* What fails is tried again when the next is due: nothing is lost, for a checkpoint covers all before it. */
static void sign(struct clerk *clerk)
{
	int64_t written = atomic_load(&clerk->options.writer->written);
	char *note = NULL;
	int error = open_engine(clerk);

	if (error == 0)
		error = rewapp_checkpoint(clerk->engine, REWAPP_CHECKPOINT_FOLLOW, &note);
	if (error < 0)
		fprintf(stderr, "rewapp serve: a checkpoint: %s: %s\n", rewapp_strerror(error),
			rewapp_errmsg());
	rewapp_free(clerk->engine, note);
	clerk->covered = written;
	clerk->covered_at_s = now_s();
}

/* --- tidying ------------------------------------------------------------------------------------ */

static bool is_untidy(const struct clerk *clerk)
{
	return atomic_load(&clerk->options.writer->written) / WRITER_TIDY_COMMANDS !=
		clerk->tidied / WRITER_TIDY_COMMANDS;
}

static void tidy(struct clerk *clerk)
{
	int error = open_engine(clerk);

	clerk->tidied = atomic_load(&clerk->options.writer->written);
	if (error == 0)
		error = rewapp_engine_tidy(clerk->engine);
	if (error == 0)
		atomic_store(&clerk->options.writer->nearly_tidy, true);
	else
		fprintf(stderr, "rewapp serve: tidying: %s: %s\n", rewapp_strerror(error), rewapp_errmsg());
}

/* --- the thread --------------------------------------------------------------------------------- */

/* Until there is an errand, or for a second when it may have to sign or to close.  With the mutex held. */
static void wait_for_work(struct clerk *clerk)
{
	struct timespec until = { .tv_sec = now_s() + 1 };

	if (clerk->first || clerk->stopping || is_untidy(clerk))
		return;
	if (signs(clerk) || clerk->engine)
		pthread_cond_timedwait(&clerk->work, &clerk->mutex, &until);
	else
		pthread_cond_wait(&clerk->work, &clerk->mutex);
}

static void serve(struct clerk *clerk, struct errand *errands)
{
	bool due = signs(clerk) && is_due(clerk), untidy = is_untidy(clerk);

	if (errands || due || untidy)
		clerk->idle_since_s = now_s();
	if (untidy)
		tidy(clerk);
	while (errands)
		errands = ask_once(clerk, errands);
	if (due)
		sign(clerk);
	if (now_s() - clerk->idle_since_s >= IDLE_SECONDS)
		close_engine(clerk);
}

static void *run(void *argument)
{
	struct clerk *clerk = argument;

	pthread_mutex_lock(&clerk->mutex);
	while (clerk->first || !clerk->stopping) {
		struct errand *errands;

		wait_for_work(clerk);
		errands = clerk->first;
		clerk->first = NULL;
		clerk->last = &clerk->first;
		clerk->waiting = 0;
		pthread_mutex_unlock(&clerk->mutex);
		serve(clerk, errands);
		pthread_mutex_lock(&clerk->mutex);
	}
	pthread_mutex_unlock(&clerk->mutex);
	close_engine(clerk);
	return NULL;
}

int rewapp__clerk_start(struct clerk *clerk, const struct clerk_options *options)
{
	pthread_condattr_t attributes;

	*clerk = (struct clerk){ .options = *options };
	clerk->last = &clerk->first;
	clerk->covered_at_s = now_s();
	rewapp__shelf_open(&clerk->shelf, options->report_seconds * 1000);
	pthread_mutex_init(&clerk->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&clerk->work, &attributes);
	pthread_condattr_destroy(&attributes);
	clerk->started = pthread_create(&clerk->thread, NULL, run, clerk) == 0;
	return clerk->started ? 0 : REWAPP_E_NOMEMORY;
}

void rewapp__clerk_stop(struct clerk *clerk)
{
	if (!clerk->started)
		return;
	pthread_mutex_lock(&clerk->mutex);
	clerk->stopping = true;
	pthread_cond_signal(&clerk->work);
	pthread_mutex_unlock(&clerk->mutex);
	pthread_join(clerk->thread, NULL);
	pthread_cond_destroy(&clerk->work);
	rewapp__shelf_close(&clerk->shelf);
}

int rewapp__clerk_ask(struct clerk *clerk, struct errand *errand)
{
	return find_report(clerk, errand) ? 0 : enqueue(clerk, errand);
}
