/* What the races of two processes have in common: the store, both children, the barrier, the proof. */
#ifndef TESTS_RACES_TWO_H
#define TESTS_RACES_TWO_H

#include <rewapp/rewapp.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	SIDES = 2,
	PAUSE_LONGEST_NS = 400000
};

static uint64_t seed = 20260312;

static inline void expect(int holds, const char *what, const char *where, int round)
{
	if (holds)
		return;
	printf("FAILED (seed %llu): %s, round %d: %s: %s\n", (unsigned long long)seed, where, round, what,
		rewapp_errmsg());
	fflush(stdout);
	_exit(1);
}

static inline uint64_t draw(uint64_t number)
{
	uint64_t x = (number + seed) * 0x9e3779b97f4a7c15u;

	x = (x ^ (x >> 31)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* Every second time, some microseconds: moves one process against the other. */
static inline void pause_a_little(uint64_t salt)
{
	uint64_t number = draw(salt);
	struct timespec pause = { .tv_nsec = (long)(number / 2 % PAUSE_LONGEST_NS) };

	if (number % 2)
		nanosleep(&pause, NULL);
}

/* Memory of this process and its children, zeroed. */
static inline void *share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	expect(memory != MAP_FAILED, "shared memory", "start", 0);
	return memory;
}

static inline rewapp_engine *open_store(const char *uri)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	rewapp_engine *engine;

	options.storage = uri;
	options.durability = REWAPP_DURABILITY_NORMAL; /* what races is not the disk */
	expect(rewapp_engine_open(&engine, &options) == 0, "the store opens", uri, 0);
	return engine;
}

static inline void accept(rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	const char *where, struct rewapp_receipt *receipts)
{
	int error;

	do {
		receipts[0].size = sizeof receipts[0];
		error = rewapp_submit(engine, commands, count, receipts);
	} while (rewapp_error_class_of(error) == REWAPP_CLASS_RETRY);
	expect(error == 0, rewapp_error_name(error), where, 0);
	for (size_t i = 0; i < count; i++)
		expect(receipts[i].code == 0 &&
				(receipts[i].verdict == REWAPP_VERDICT_ACCEPTED ||
					receipts[i].verdict == REWAPP_VERDICT_NEEDS_REVIEW),
			rewapp_verdict_name(receipts[i].verdict), where, (int)i);
}

/* Both children end well, or the other is ended too: it would wait for ever. */
static inline void run_both(
	const char *uri, int rounds, int (*run_side)(const char *uri, int rounds, int side))
{
	pid_t children[SIDES];
	int status;

	fflush(stdout);
	for (int side = 0; side < SIDES; side++) {
		children[side] = fork();
		if (children[side] == 0)
			_exit(run_side(uri, rounds, side));
		expect(children[side] > 0, "a process starts", uri, 0);
	}
	for (int i = 0; i < SIDES; i++) {
		pid_t ended = wait(&status);

		if (status == 0)
			continue;
		for (int side = 0; side < SIDES; side++)
			if (children[side] != ended)
				kill(children[side], SIGKILL);
		printf("FAILED: process %d ended with %#x\n", ended == children[1], (unsigned)status);
		exit(1);
	}
}

static inline void check_proof(rewapp_engine *engine)
{
	struct rewapp_verification found = { .size = sizeof found };

	expect(rewapp_verify(engine, NULL, NULL, &found) == 0, "the ledger can be read", "verify", 0);
	expect(found.problems == 0, found.first, "verify", 0);
}

/* What main() does: on the store that is named, or on one in a folder of its own. */
static inline int race_main(const char *uri, int rounds, void (*race_on)(const char *uri, int rounds))
{
	static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
	const char *temporary = getenv("TMPDIR");
	char folder[96], made[160], path[200];

	expect(rounds > 0, "rounds", "start", rounds);
	if (*uri) {
		race_on(uri, rounds);
		return 0;
	}
	snprintf(folder, sizeof folder, "%.64s/rewapp-races.XXXXXX", temporary ? temporary : "/tmp");
	expect(mkdtemp(folder) != NULL, "a folder", folder, 0);
	snprintf(made, sizeof made, "sqlite:%s/store.db", folder);
	race_on(made, rounds);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		snprintf(path, sizeof path, "%s%s", made + strlen("sqlite:"), endings[i]);
		unlink(path);
	}
	rmdir(folder);
	return 0;
}

#endif
