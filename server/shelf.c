/* Few reports, so they stand in one row; the one that ends first makes room. */
#include "shelf.h"

#include <stdlib.h>
#include <string.h>

enum {
	LONG_MS = 20,
	TIMES = 20
};

void rewapp__shelf_open(struct shelf *shelf, int64_t longest_ms)
{
	*shelf = (struct shelf){ .longest_ms = longest_ms };
	pthread_mutex_init(&shelf->mutex, NULL);
}

static void drop(struct report *report)
{
	free(report->question);
	free(report->answer);
	*report = (struct report){ 0 };
}

void rewapp__shelf_close(struct shelf *shelf)
{
	for (size_t i = 0; i < SHELF_REPORTS; i++)
		drop(&shelf->reports[i]);
	pthread_mutex_destroy(&shelf->mutex);
}

static char *copy(const char *text, size_t length)
{
	char *own = malloc(length + 1);

	return own ? memcpy(own, text, length) : NULL;
}

/* The one that answers the question, or NULL. */
static struct report *find(struct shelf *shelf, const char *question, size_t length)
{
	for (size_t i = 0; i < SHELF_REPORTS; i++) {
		struct report *report = &shelf->reports[i];

		if (report->question && report->length == length &&
			memcmp(report->question, question, length) == 0)
			return report;
	}
	return NULL;
}

static bool take(struct report *report, int64_t now_ms, struct taken *taken)
{
	if (!report || now_ms >= report->until_ms ||
		!(taken->answer = copy(report->answer, report->answer_length)))
		return false;
	taken->length = report->answer_length;
	taken->age_ms = now_ms - report->asked_ms;
	taken->renew = !report->renewing && taken->age_ms * 2 >= report->until_ms - report->asked_ms;
	report->renewing |= taken->renew;
	return true;
}

bool rewapp__shelf_take(
	struct shelf *shelf, const char *question, size_t length, int64_t now_ms, struct taken *taken)
{
	bool found;

	if (!shelf->longest_ms)
		return false;
	pthread_mutex_lock(&shelf->mutex);
	found = take(find(shelf, question, length), now_ms, taken);
	pthread_mutex_unlock(&shelf->mutex);
	return found;
}

static struct report *place_for(struct shelf *shelf, const char *question, size_t length)
{
	struct report *place = find(shelf, question, length);

	for (size_t i = 0; i < SHELF_REPORTS && !place; i++)
		place = shelf->reports[i].question ? NULL : &shelf->reports[i];
	if (place)
		return place;
	place = &shelf->reports[0];
	for (size_t i = 1; i < SHELF_REPORTS; i++)
		if (shelf->reports[i].until_ms < place->until_ms)
			place = &shelf->reports[i];
	return place;
}

void rewapp__shelf_keep(struct shelf *shelf, const char *question, size_t length, const char *answer,
	size_t answer_length, int64_t asked_ms, int64_t now_ms)
{
	int64_t took_ms = now_ms - asked_ms;
	int64_t while_ms = took_ms < shelf->longest_ms / TIMES ? took_ms * TIMES : shelf->longest_ms;
	struct report *place;

	if (took_ms < LONG_MS || while_ms == 0 || answer_length > SHELF_REPORT_BYTES ||
		length > SHELF_REPORT_BYTES)
		return;
	pthread_mutex_lock(&shelf->mutex);
	place = place_for(shelf, question, length);
	drop(place);
	*place = (struct report){ .question = copy(question, length),
		.answer = copy(answer, answer_length),
		.length = length,
		.answer_length = answer_length,
		.asked_ms = asked_ms,
		.until_ms = now_ms + while_ms };
	if (!place->question || !place->answer)
		drop(place);
	pthread_mutex_unlock(&shelf->mutex);
}
