/* The clerk's shelf: reports that took their time, given again for a while instead of being written anew.
 *
 * A report that took t may be given for twenty times t, so that a crowd of readers costs the clerk a
 * twentieth of its time however large the store is; what took less than 20 ms is never kept, so a small
 * store's reports are always of the moment.  In the second half of that while the clerk is asked, once, to
 * write the report anew, and nobody waits for it (RFC 5861 calls this stale-while-revalidate). */
#ifndef REWAPP_SERVER_SHELF_H
#define REWAPP_SERVER_SHELF_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SHELF_REPORTS = 8,
	SHELF_REPORT_BYTES = 256 * 1024 /* a longer one is not kept */
};

struct report {
	char *question, *answer; /* NULL: free */
	size_t length, answer_length;
	int64_t asked_ms, until_ms; /* of the monotonic clock */
	bool renewing;
};

struct shelf {
	pthread_mutex_t mutex;
	int64_t longest_ms; /* that a report is kept; 0: none is */
	struct report reports[SHELF_REPORTS];
};

/* What a reader takes from the shelf. */
struct taken {
	char *answer; /* the reader's, for free() */
	size_t length;
	int64_t age_ms;
	bool renew; /* the reader is the one who has it written anew */
};

void rewapp__shelf_open(struct shelf *shelf, int64_t longest_ms);
void rewapp__shelf_close(struct shelf *shelf);

/* False: there is none, it is too old, or memory ran out. */
bool rewapp__shelf_take(
	struct shelf *shelf, const char *question, size_t length, int64_t now_ms, struct taken *taken);

/* Keeps copies of a report that was asked for at `asked_ms` and was there at `now_ms`, if it took long. */
void rewapp__shelf_keep(struct shelf *shelf, const char *question, size_t length, const char *answer,
	size_t answer_length, int64_t asked_ms, int64_t now_ms);

#endif
