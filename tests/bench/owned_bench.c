/* An owned store that grows: rates, bytes, memory, reads, the sweep, opening, and what a crash costs.
 *
 *   bench-owned [DIRECTORY [COMMANDS [shared]]]
 *
 * COMMANDS credits by hand (ADJUST, each a lot) go to 300 000 members in batches of 8 190; at each power of
 * ten and at the end batches of 1, 100 and 8 190 are timed.  One million unless COMMANDS says otherwise; ten
 * million take some minutes and two GiB of disk.  Durability is FULL throughout.
 *
 * With `shared` the rates alone, of a shared store with a cache of 64 MiB that writes each wallet in its
 * commit. */
#include "bar.h"

#include <rewapp/rewapp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MEMBERS = 300000,
	BATCH = 8190,
	SWEEP_SLICE = 500,
	SHARED_CACHE_KIB = 65536,
	OPEN_LOTS = 8000000,
	PROBES = 3,
	YEAR_DAYS = 365
};

#define DAY_MS INT64_C(86400000)

struct world {
	char path[512], uri[540];
	rewapp_engine *engine;
	bool shared;
	int64_t now_ms, stored; /* commands */
	uint64_t random;
	double slowest; /* commit, ms */
	struct rewapp_command commands[BATCH];
	struct rewapp_receipt receipts[BATCH];
};

static const struct {
	const char *name;
	size_t batch, batches;
} probes[PROBES] = { { "singles", 1, 400 }, { "batches of 100", 100, 300 }, { "batches of 8190", BATCH, 8 } };

static double seconds(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void fail(const char *what)
{
	printf("failed: %s: %s\n", what, rewapp_errmsg());
	exit(1);
}

static int64_t clock_now(void *world)
{
	return ((const struct world *)world)->now_ms;
}

static uint64_t draw(struct world *world)
{
	world->random ^= world->random << 13;
	world->random ^= world->random >> 7;
	world->random ^= world->random << 17;
	return world->random;
}

/* Bytes that this process has had written to the disk. */
static double written(void)
{
	FILE *file = fopen("/proc/self/io", "r");
	char line[128];
	long long bytes = 0;

	while (file && fgets(line, sizeof line, file))
		sscanf(line, "write_bytes: %lld", &bytes);
	if (file)
		fclose(file);
	return (double)bytes;
}

static double resident_mb(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (file) {
		if (fscanf(file, "%*s %ld", &pages) != 1)
			pages = 0;
		fclose(file);
	}
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static struct rewapp_id member_of(int64_t number)
{
	struct rewapp_id id = { { 'm' } };

	memcpy(id.bytes + 8, &number, sizeof number);
	return id;
}

static void open_store(struct world *world)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	struct rewapp_env env = REWAPP_ENV_INIT;

	env.user = world;
	env.now_ms = clock_now;
	options.env = &env;
	options.storage = world->uri;
	options.mode = world->shared ? REWAPP_MODE_SHARED : REWAPP_MODE_OWNED;
	options.cache_kib = world->shared ? SHARED_CACHE_KIB : 0;
	if (rewapp_engine_open(&world->engine, &options) < 0)
		fail("open");
	world->receipts[0].size = sizeof world->receipts[0];
}

/* Returns how long it took. */
static double submit(struct world *world, size_t count)
{
	double began = seconds(), took;

	if (rewapp_submit(world->engine, world->commands, count, world->receipts) < 0)
		fail("submit");
	took = seconds() - began;
	if (world->receipts[0].code < 0 || world->receipts[count - 1].code < 0)
		fail(world->receipts[0].message);
	if (took * 1000 > world->slowest)
		world->slowest = took * 1000;
	world->stored += (int64_t)count;
	return took;
}

static void put(struct world *world, size_t at, int kind)
{
	const struct rewapp_command init = REWAPP_COMMAND_INIT;

	world->commands[at] = init;
	world->commands[at].kind = kind;
	if (rewapp_id_new(world->engine, &world->commands[at].id) < 0)
		fail("id");
}

static void set_up(struct world *world)
{
	put(world, 0, REWAPP_KIND_PROGRAMME);
	rewapp_id_new(world->engine, &world->commands[0].target);
	world->commands[0].document = "{\"name\":\"P\",\"currency\":\"EUR\",\"expiry_days\":365,"
				      "\"rules\":[{\"id\":\"r\",\"type\":\"percent\",\"basis_points\":100}]}";
	submit(world, 1);
	for (int64_t first = 0; first < MEMBERS; first += BATCH) {
		size_t count = MEMBERS - first < BATCH ? (size_t)(MEMBERS - first) : BATCH;

		for (size_t i = 0; i < count; i++) {
			put(world, i, REWAPP_KIND_MEMBER);
			world->commands[i].target = member_of(first + (int64_t)i);
		}
		submit(world, count);
	}
	world->stored = 0;
}

static double credit(struct world *world, size_t count)
{
	world->now_ms += 1000;
	for (size_t i = 0; i < count; i++) {
		put(world, i, REWAPP_KIND_ADJUST);
		world->commands[i].member = member_of((int64_t)(draw(world) % MEMBERS));
		world->commands[i].points = 1 + (int64_t)(draw(world) % 1000);
		world->commands[i].reference = "credit";
		world->commands[i].ttl_ms = YEAR_DAYS * DAY_MS;
	}
	return submit(world, count);
}

static void probe(struct world *world, double rates[PROBES])
{
	for (int i = 0; i < PROBES; i++) {
		double before = written(), took = 0, commands;

		for (size_t n = 0; n < probes[i].batches; n++)
			took += credit(world, probes[i].batch);
		commands = (double)(probes[i].batch * probes[i].batches);
		rates[i] = commands / took;
		printf("  %s: %.0f/s, %.0f bytes written each\n", probes[i].name, rates[i],
			(written() - before) / commands);
		if (i == 1 && !world->shared)
			bar_at_most("  bytes written for each at 100", (written() - before) / commands, 1000);
	}
	fflush(stdout);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void grow(struct world *world, int64_t commands)
{
	double first[PROBES] = { 0 }, last[PROBES],
	       *took = calloc((size_t)(commands / BATCH + 1), sizeof *took);
	int64_t next = 100000;
	size_t count = 0;

	if (!took)
		fail("memory");
	while (world->stored < commands) {
		took[count++] = credit(world, BATCH) * 1000;
		if (world->stored >= OPEN_LOTS && world->stored < OPEN_LOTS + BATCH)
			bar_at_most("memory with eight million open lots, MB", resident_mb(), 350);
		if (world->stored < next)
			continue;
		printf("%lld commands, %.0f MB in memory\n", (long long)world->stored, resident_mb());
		probe(world, last);
		if (next == 100000)
			memcpy(first, last, sizeof first);
		next *= 10;
	}
	printf("%lld commands, %.0f MB in memory\n", (long long)world->stored, resident_mb());
	probe(world, last);
	bar_at_least("rate at the end by that at 100 000, batches of 100", last[1] / first[1], 0.80);
	bar_at_least("rate at the end by that at 100 000, batches of 8190", last[2] / first[2], 0.65);
	if (commands < OPEN_LOTS)
		bar_at_most("memory, MB", resident_mb(), 350);
	qsort(took, count, sizeof *took, by_size);
	printf("commits of 8190: half below %.1f ms, the slowest %.1f ms\n", took[count / 2],
		took[count - 1]);
	bar_at_most("held up by what is written back, ms", took[count - 1] - took[count / 2], 50);
	free(took);
}

static void read_all(struct world *world)
{
	enum {
		BALANCES = 300000,
		PAGES = 2000,
		LINES = 50
	};
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_entry entries[LINES];
	double began = seconds();
	size_t count;

	for (int i = 0; i < BALANCES; i++) {
		const struct rewapp_id member = member_of((int64_t)(draw(world) % MEMBERS));

		if (rewapp_balance_get(world->engine, NULL, &member, &balance) < 0)
			fail("balance");
	}
	bar_at_least("balances, millions a second", BALANCES / (seconds() - began) / 1e6, 0.7);
	began = seconds();
	for (int i = 0; i < PAGES; i++) {
		const struct rewapp_id member = member_of((int64_t)(draw(world) % MEMBERS));

		if (rewapp_statement(world->engine, NULL, &member, 0, entries, LINES, &count) < 0)
			fail("statement");
	}
	bar_at_most("a page of up to 50 lines, us", (seconds() - began) / PAGES * 1e6, 350);
}

static double megabytes_of(const char *path)
{
	struct stat file;

	return stat(path, &file) == 0 ? (double)file.st_size / 1e6 : 0;
}

/* The first reading and the first write of a store that was closed, or killed. */
static void reopen(struct world *world, const char *what, double read_ms, double write_s)
{
	const struct rewapp_id member = member_of(1);
	struct rewapp_balance balance = { .size = sizeof balance };
	double began = seconds();
	char line[100];

	open_store(world);
	if (rewapp_balance_get(world->engine, NULL, &member, &balance) < 0)
		fail("balance");
	snprintf(line, sizeof line, "first balance after %s, ms", what);
	if (read_ms > 0)
		bar_at_most(line, (seconds() - began) * 1000, read_ms);
	credit(world, 1);
	snprintf(line, sizeof line, "first write after %s, s", what);
	bar_at_most(line, seconds() - began, write_s);
}

/* A child that owns the store credits `commands` more and dies at once. */
static void kill_owner(struct world *world, int64_t commands)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		open_store(world);
		while (world->stored < commands)
			credit(world, BATCH);
		kill(getpid(), SIGKILL);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFSIGNALED(status))
		fail("the owner was not killed");
	world->now_ms += commands; /* the child's clock went on */
	world->random ^= (uint64_t)commands << 32;
}

static void verify(struct world *world)
{
	struct rewapp_verification found = { .size = sizeof found };
	double began = seconds();

	if (rewapp_verify(world->engine, NULL, NULL, &found) < 0 || found.problems)
		fail(found.first);
	printf("proof of %lld commands: %.2f million a second\n", (long long)found.commands,
		(double)found.commands / (seconds() - began) / 1e6);
}

static void sweep(struct world *world, int64_t commands)
{
	double began = seconds(), took;
	int64_t swept = 0;

	world->now_ms += (YEAR_DAYS + 1) * DAY_MS;
	world->slowest = 0;
	do {
		put(world, 0, REWAPP_KIND_SWEEP);
		world->commands[0].points = SWEEP_SLICE;
		submit(world, 1);
		swept += world->receipts[0].points > 0;
	} while (world->receipts[0].points > 0);
	took = seconds() - began;
	bar_at_most("sweep of all lots, s for each million", took / (double)commands * 1e6, 4.5);
	printf("%lld sweeps\n", (long long)swept);
	bar_at_most("slowest of them, ms", world->slowest, 50);
}

static void remove_store(const struct world *world)
{
	char path[540];

	remove(world->path);
	snprintf(path, sizeof path, "%s-wal", world->path);
	remove(path);
}

static void rates_alone(struct world *world, int64_t commands)
{
	double rates[PROBES];

	while (world->stored < commands)
		credit(world, BATCH);
	printf("%lld commands, %.0f MB in memory\n", (long long)world->stored, resident_mb());
	probe(world, rates);
	rewapp_engine_close(world->engine);
	remove_store(world);
}

int main(int argc, char **argv)
{
	static struct world world;
	int64_t commands = argc > 2 ? strtoll(argv[2], NULL, 10) : 1000000;
	double before;

	world.shared = argc > 3 && strcmp(argv[3], "shared") == 0;
	snprintf(world.path, sizeof world.path, "%s/owned-bench.db", argc > 1 ? argv[1] : ".");
	snprintf(world.uri, sizeof world.uri, "sqlite:%s", world.path);
	world.random = UINT64_C(88172645463325252);
	world.now_ms = INT64_C(1788000000000);
	remove_store(&world);
	open_store(&world);
	set_up(&world);
	before = megabytes_of(world.path);
	if (world.shared) {
		rates_alone(&world, commands);
		return 0;
	}
	grow(&world, commands);
	read_all(&world);
	verify(&world);
	rewapp_engine_close(world.engine);
	bar_at_most("bytes stored for each command",
		(megabytes_of(world.path) - before) / (double)world.stored * 1e6, 150);
	reopen(&world, "a clean end", 5, 1.6);
	rewapp_engine_close(world.engine);
	kill_owner(&world, world.stored + 1000000);
	reopen(&world, "kill -9 with a tail of up to a million", 0, 3);
	verify(&world);
	sweep(&world, world.stored);
	verify(&world);
	rewapp_engine_close(world.engine);
	remove_store(&world);
	return bars_result();
}
