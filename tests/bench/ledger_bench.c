/* What a durable purchase costs, beside the disk alone and beside SQLite alone.
 *
 *   bench-ledger [DIRECTORY [ROUNDS]]
 *
 * In each round, one after the other: a 4 KiB overwrite with fdatasync, the engine, a bare loop of
 * prepared statements that writes the very rows which the engine writes for the same commands, and a
 * bare loop that keeps a ledger as it is usually laid out (conventional.h).  Rates are medians of the
 * rounds, ratios medians of the ratios within a round.  Purchases name their merchant by a bank's text; their
 * members have all bought before. */
#include "bar.h"
#include "conventional.h"
#include "tape.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <rewapp/rewapp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum {
	MEMBERS = 10000,
	MERCHANTS = 200,
	READERS = 100, /* whose statements are read */
	ROUNDS_MAX = 31,
	PROBES = 400,
	PAGE = 4096,
	PROBE_PAGES = 256,
	LATENCIES_MAX = 20000,
	STATEMENT_LINES = 50,
	NAME_CAPACITY = 16,
	TEXT_CAPACITY = 64,
	PATH_CAPACITY = 600
};

struct load {
	const char *name;
	size_t batch, batches;
	bool random_ids;
	double least; /* the bar: of the conventional ledger's rate; 0: none */
};

static const struct load loads[] = {
	{ "singles", 1, 2000, false, 0 }, /* the write-ahead log begins anew six times, and grows but once */
	{ "batches of 100", 100, 40, false, 0.40 },
	{ "batches of 8190", 8190, 4, false, 0.40 },
	{ "batches of 8190, random ids", 8190, 4, true, 0 },
};

struct world {
	char directory[PATH_CAPACITY - 100];
	int rounds;
	uint64_t seed;
	struct rewapp_command commands[4 * 8190];
	char descriptors[4 * 8190][TEXT_CAPACITY];
	struct rewapp_receipt receipts[REWAPP_BATCH_MAX];
};

/* What one run took. */
struct span {
	int64_t wall_ns, cpu_ns, written;
};

static void must(int error)
{
	if (error == 0)
		return;
	fprintf(stderr, "bench-ledger: %s: %s\n", rewapp_error_name(error), rewapp_errmsg());
	exit(EXIT_FAILURE);
}

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* --- measuring ------------------------------------------------------------------------ */

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The bytes that this process had the disk write. */
static int64_t written_bytes(void)
{
	char line[128];
	int64_t out = 0;
	FILE *file = fopen("/proc/self/io", "r");

	while (file && fgets(line, sizeof line, file))
		sscanf(line, "write_bytes: %" SCNd64, &out);
	if (file)
		fclose(file);
	return out;
}

static struct span span_begin(void)
{
	return (struct span){ clock_ns(CLOCK_MONOTONIC), clock_ns(CLOCK_PROCESS_CPUTIME_ID),
		written_bytes() };
}

static void span_end(struct span *span)
{
	struct span now = span_begin();

	span->wall_ns = now.wall_ns - span->wall_ns;
	span->cpu_ns = now.cpu_ns - span->cpu_ns;
	span->written = now.written - span->written;
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* `share` 0.5 is the median.  Sorts. */
static double quantile(double *values, size_t count, double share)
{
	qsort(values, count, sizeof *values, order);
	return values[(size_t)((double)(count - 1) * share)];
}

/* --- files ---------------------------------------------------------------------------- */

static void path_of(const struct world *world, const char *name, char *path)
{
	snprintf(path, PATH_CAPACITY, "%s/%s", world->directory, name);
}

static void store_remove(const struct world *world, const char *name)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char path[PATH_CAPACITY], file[PATH_CAPACITY + 8];

	path_of(world, name, path);
	for (size_t i = 0; i < 3; i++) {
		snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
		unlink(file);
	}
}

/* A closed store is one file.  The copy is on the disk before anything is measured. */
static void store_copy(const struct world *world, const char *from, const char *to)
{
	static char piece[1 << 16];
	char path[PATH_CAPACITY];
	int in, out;
	ssize_t got;

	store_remove(world, to);
	path_of(world, from, path);
	in = open(path, O_RDONLY);
	path_of(world, to, path);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (in < 0 || out < 0)
		die(path);
	while ((got = read(in, piece, sizeof piece)) > 0)
		if (write(out, piece, (size_t)got) != got)
			die(path);
	if (got < 0 || fsync(out) < 0)
		die(path);
	close(in);
	close(out);
}

static rewapp_engine *store_open(const struct world *world, const char *name)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	char path[PATH_CAPACITY], uri[PATH_CAPACITY + 8];
	rewapp_engine *engine;

	path_of(world, name, path);
	snprintf(uri, sizeof uri, "sqlite:%s", path);
	options.storage = uri;
	must(rewapp_engine_open(&engine, &options));
	return engine;
}

/* --- the world: a programme, merchants, members ------------------------------------------ */

static uint64_t random_next(struct world *world)
{
	world->seed ^= world->seed << 13;
	world->seed ^= world->seed >> 7;
	world->seed ^= world->seed << 17;
	return world->seed;
}

static void derive(const char *kind, uint64_t number, struct rewapp_id *out)
{
	char name[TEXT_CAPACITY];

	snprintf(name, sizeof name, "%s%" PRIu64, kind, number);
	must(rewapp_id_derive(name, strlen(name), out));
}

static void merchant_name(uint64_t number, char *out)
{
	static const char *const syllables[] = { "BRA", "DU", "FEL", "GOR", "KI", "LAN", "MUR", "NO", "PEZ",
		"QUI", "ROS", "SA", "TEM", "VO", "ZIL" };

	snprintf(out, NAME_CAPACITY, "%s%s%s", syllables[number % 15], syllables[number / 15 % 15],
		syllables[(number * 7 + 3) % 15]);
}

static struct rewapp_command *command_begin(
	struct world *world, rewapp_engine *engine, size_t at, enum rewapp_kind kind)
{
	static const struct rewapp_command init = REWAPP_COMMAND_INIT;
	struct rewapp_command *command = &world->commands[at];

	*command = init;
	command->kind = kind;
	must(rewapp_id_new(engine, &command->id));
	return command;
}

static void submit(struct world *world, rewapp_engine *engine, size_t first, size_t count)
{
	must(rewapp_submit(engine, world->commands + first, count, world->receipts));
	for (size_t i = 0; i < count; i++)
		must(world->receipts[i].code);
}

static void enrol(struct world *world, rewapp_engine *engine)
{
	for (size_t from = 0; from < MEMBERS; from += MEMBERS / 2) {
		for (size_t i = 0; i < MEMBERS / 2; i++)
			derive("member", from + i,
				&command_begin(world, engine, i, REWAPP_KIND_MEMBER)->target);
		submit(world, engine, 0, MEMBERS / 2);
	}
}

static void catalogue(struct world *world, rewapp_engine *engine)
{
	struct rewapp_command *command = command_begin(world, engine, 0, REWAPP_KIND_PROGRAMME);
	char name[NAME_CAPACITY];

	derive("programme", 0, &command->target);
	command->document = "{\"name\":\"Bench\",\"currency\":\"EUR\",\"return_window_days\":14,"
			    "\"expiry_days\":365,\"caps\":[{\"id\":\"month\",\"scope\":\"member\","
			    "\"window\":\"month\",\"points\":1000000}],\"rules\":["
			    "{\"id\":\"base\",\"type\":\"percent\",\"basis_points\":200,"
			    "\"funder\":\"merchant\"},{\"id\":\"large\",\"type\":\"fixed\","
			    "\"points\":5,\"when\":{\"min_amount\":5000}}]}";
	submit(world, engine, 0, 1);
	for (size_t i = 0; i < MERCHANTS; i++) {
		command = command_begin(world, engine, i, REWAPP_KIND_MERCHANT);
		derive("merchant", i, &command->target);
		merchant_name(i, name);
		snprintf(world->descriptors[i], TEXT_CAPACITY, "{\"name\":\"%s\"}", name);
		command->document = world->descriptors[i];
	}
	submit(world, engine, 0, MERCHANTS);
}

static void purchase(struct world *world, rewapp_engine *engine, size_t at, uint64_t member)
{
	struct rewapp_command *command = command_begin(world, engine, at, REWAPP_KIND_PURCHASE);
	char name[NAME_CAPACITY];

	derive("member", member, &command->member);
	merchant_name(random_next(world) % MERCHANTS, name);
	snprintf(world->descriptors[at], TEXT_CAPACITY, "CARTE 12/03 %s PARIS", name);
	command->descriptor = world->descriptors[at];
	command->amount = 100 + (int64_t)(random_next(world) % 20000);
	memcpy(command->currency, "EUR", 4);
}

static void purchases(struct world *world, rewapp_engine *engine, size_t count, uint64_t members)
{
	for (size_t i = 0; i < count; i++)
		purchase(world, engine, i, random_next(world) % members);
}

/* Everybody has bought something before: what is measured is not the opening of wallets. */
static void first_purchases(struct world *world, rewapp_engine *engine)
{
	for (size_t from = 0; from < MEMBERS; from += MEMBERS / 2) {
		for (size_t i = 0; i < MEMBERS / 2; i++)
			purchase(world, engine, i, from + i);
		submit(world, engine, 0, MEMBERS / 2);
	}
}

static void ids_at_random(struct world *world, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t parts[2] = { random_next(world), random_next(world) };

		memcpy(&world->commands[i].id, parts, sizeof parts);
	}
}

/* --- one run of each kind ------------------------------------------------------------------ */

/* Microseconds of each overwrite of 4 KiB, already written once, with its fdatasync. */
static void probe_disk(const struct world *world, double *latencies)
{
	static char page[PAGE];
	char path[PATH_CAPACITY];
	int file;

	path_of(world, "probe", path);
	file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0)
		die(path);
	for (size_t i = 0; i < PROBE_PAGES + PROBES; i++) {
		int64_t from = clock_ns(CLOCK_MONOTONIC);

		page[0] = (char)i;
		if (pwrite(file, page, PAGE, (off_t)(i % PROBE_PAGES * PAGE)) != PAGE)
			die(path);
		if (i + 1 >= PROBE_PAGES && fdatasync(file) < 0)
			die(path);
		if (i >= PROBE_PAGES)
			latencies[i - PROBE_PAGES] = (double)(clock_ns(CLOCK_MONOTONIC) - from) / 1e3;
	}
	close(file);
	unlink(path);
}

/* Submits all batches of a load; `tape` and `latencies` (microseconds) may be NULL. */
static void run_batches(struct world *world, rewapp_engine *engine, const struct load *load,
	struct tape *tape, double *latencies)
{
	for (size_t i = 0; i < load->batches; i++) {
		int64_t from = clock_ns(CLOCK_MONOTONIC);

		submit(world, engine, i * load->batch, load->batch);
		if (latencies)
			latencies[i] = (double)(clock_ns(CLOCK_MONOTONIC) - from) / 1e3;
		if (tape)
			tape_mark(tape);
	}
}

static struct span run_engine(struct world *world, const struct load *load, double *latencies)
{
	rewapp_engine *engine;
	struct span span;

	store_copy(world, "base", "engine");
	engine = store_open(world, "engine");
	span = span_begin();
	run_batches(world, engine, load, NULL, latencies);
	span_end(&span);
	rewapp_engine_close(engine);
	return span;
}

static struct span run_bare(const struct world *world, const struct tape *tape)
{
	char path[PATH_CAPACITY];
	struct player *player;
	struct span span;

	store_copy(world, "base", "bare");
	path_of(world, "bare", path);
	player = player_open(tape, path);
	span = span_begin();
	player_run(player);
	span_end(&span);
	player_close(player);
	return span;
}

static struct span run_usual(const struct world *world, const struct load *load)
{
	struct conventional *store;
	char path[PATH_CAPACITY];
	struct span span;

	store_remove(world, "usual");
	path_of(world, "usual", path);
	store = conventional_open(path, MEMBERS, MERCHANTS);
	span = span_begin();
	for (size_t i = 0; i < load->batches; i++)
		conventional_batch(store, load->batch);
	span_end(&span);
	conventional_close(store);
	store_remove(world, "usual");
	return span;
}

/* Runs the load once to learn what it writes.  Every purchase must be matched and earn. */
static struct tape *record(struct world *world, const struct load *load)
{
	size_t count = load->batch * load->batches;
	char path[PATH_CAPACITY];
	rewapp_engine *engine;
	struct tape *tape;

	store_copy(world, "base", "record");
	path_of(world, "record", path);
	tape = tape_start(path);
	engine = store_open(world, "record");
	purchases(world, engine, count, MEMBERS);
	if (load->random_ids)
		ids_at_random(world, count);
	run_batches(world, engine, load, tape, NULL);
	for (size_t i = 0; i < load->batch; i++)
		if (world->receipts[i].verdict != REWAPP_VERDICT_ACCEPTED || world->receipts[i].points == 0) {
			fprintf(stderr, "bench-ledger: a purchase was not accepted\n");
			exit(EXIT_FAILURE);
		}
	tape_stop(tape);
	rewapp_engine_close(engine);
	store_remove(world, "record");
	return tape;
}

/* --- the figures -------------------------------------------------------------------------- */

struct figures {
	double engine[ROUNDS_MAX], bare[ROUNDS_MAX], usual[ROUNDS_MAX]; /* rates */
	double ratio[ROUNDS_MAX], usual_ratio[ROUNDS_MAX];
	double engine_cpu[ROUNDS_MAX], bare_cpu[ROUNDS_MAX]; /* microseconds each */
	double engine_bytes[ROUNDS_MAX], bare_bytes[ROUNDS_MAX];
	double disk_p50[ROUNDS_MAX], disk_p99[ROUNDS_MAX], p50[ROUNDS_MAX], p99[ROUNDS_MAX],
		p50_ratio[ROUNDS_MAX];
};

static void latencies_take(
	struct figures *figures, int round, const struct load *load, double *own, double *disk)
{
	figures->p50[round] = quantile(own, load->batches, 0.50);
	figures->p99[round] = quantile(own, load->batches, 0.99);
	figures->disk_p50[round] = quantile(disk, PROBES, 0.50);
	figures->disk_p99[round] = quantile(disk, PROBES, 0.99);
	figures->p50_ratio[round] = figures->p50[round] / figures->disk_p50[round];
}

static void round_run(struct world *world, const struct load *load, const struct tape *tape, int round,
	struct figures *figures)
{
	static double own[LATENCIES_MAX], disk[PROBES];
	double count = (double)(load->batch * load->batches);
	struct span bare = { 0 }, engine, usual;

	/* Who goes first changes: what one leaves on the disk's queue, the other finds. */
	if (round % 2)
		bare = run_bare(world, tape);
	probe_disk(world, disk);
	engine = run_engine(world, load, own);
	if (round % 2 == 0)
		bare = run_bare(world, tape);
	usual = run_usual(world, load);
	figures->engine[round] = count * 1e9 / (double)engine.wall_ns;
	figures->bare[round] = count * 1e9 / (double)bare.wall_ns;
	figures->ratio[round] = figures->engine[round] / figures->bare[round];
	figures->usual[round] = count * 1e9 / (double)usual.wall_ns;
	figures->usual_ratio[round] = figures->engine[round] / figures->usual[round];
	figures->engine_cpu[round] = (double)engine.cpu_ns / 1e3 / count;
	figures->bare_cpu[round] = (double)bare.cpu_ns / 1e3 / count;
	figures->engine_bytes[round] = (double)engine.written / count;
	figures->bare_bytes[round] = (double)bare.written / count;
	latencies_take(figures, round, load, own, disk);
}

static void load_report(
	const struct world *world, const struct load *load, struct figures *figures, double rows)
{
	size_t rounds = (size_t)world->rounds;

	printf("%s (synchronous=FULL, %.1f rows a purchase)\n", load->name, rows);
	printf("  engine %.0f/s, SQLite alone %.0f/s, a conventional ledger %.0f/s\n",
		quantile(figures->engine, rounds, 0.5), quantile(figures->bare, rounds, 0.5),
		quantile(figures->usual, rounds, 0.5));
	printf("  CPU %.1f us a purchase, SQLite alone %.1f us\n", quantile(figures->engine_cpu, rounds, 0.5),
		quantile(figures->bare_cpu, rounds, 0.5));
	printf("  written %.0f bytes a purchase, SQLite alone %.0f\n",
		quantile(figures->engine_bytes, rounds, 0.5), quantile(figures->bare_bytes, rounds, 0.5));
	printf("  a submission p50 %.0f us, p99 %.0f us\n", quantile(figures->p50, rounds, 0.5),
		quantile(figures->p99, rounds, 0.5));
	if (load->batch == 1) {
		printf("  4 KiB overwrite + fdatasync p50 %.0f us, p99 %.0f us\n",
			quantile(figures->disk_p50, rounds, 0.5), quantile(figures->disk_p99, rounds, 0.5));
		bar_at_most("one durable purchase, p50 to the p50 of an overwrite with fdatasync",
			quantile(figures->p50_ratio, rounds, 0.5), 2.0);
	}
	printf("  of the rate of SQLite alone: %.2f\n", quantile(figures->ratio, rounds, 0.5));
	if (load->least > 0)
		bar_at_least("of the rate of a conventional ledger by hand",
			quantile(figures->usual_ratio, rounds, 0.5), load->least);
	fflush(stdout);
}

static void load_run(struct world *world, const struct load *load)
{
	static struct figures figures;
	struct tape *tape = record(world, load);

	for (int round = 0; round < world->rounds; round++)
		round_run(world, load, tape, round, &figures);
	load_report(world, load, &figures, (double)tape_rows(tape) / (double)(load->batch * load->batches));
	tape_free(tape);
}

/* --- reading ------------------------------------------------------------------------------ */

static void balance_read(rewapp_engine *engine, const struct rewapp_id *member)
{
	struct rewapp_balance balance = { .size = sizeof balance };

	must(rewapp_balance_get(engine, NULL, member, &balance));
}

static void page_read(rewapp_engine *engine, const struct rewapp_id *member)
{
	struct rewapp_entry entries[STATEMENT_LINES];
	size_t count;

	must(rewapp_statement(engine, NULL, member, 0, entries, STATEMENT_LINES, &count));
	if (count != STATEMENT_LINES) {
		fprintf(stderr, "bench-ledger: a statement is short\n");
		exit(EXIT_FAILURE);
	}
}

static void read_run(struct world *world, rewapp_engine *engine, const char *what, uint64_t members,
	int reads, void (*read_one)(rewapp_engine *, const struct rewapp_id *))
{
	double latencies[ROUNDS_MAX];

	for (int round = 0; round < world->rounds; round++) {
		int64_t from = clock_ns(CLOCK_MONOTONIC);

		for (int i = 0; i < reads; i++) {
			struct rewapp_id member;

			derive("member", random_next(world) % members, &member);
			read_one(engine, &member);
		}
		latencies[round] = (double)(clock_ns(CLOCK_MONOTONIC) - from) / 1e3 / reads;
	}
	printf("%s: %.0f/s\n", what, 1e6 / quantile(latencies, (size_t)world->rounds, 0.5));
}

static void reads_run(struct world *world)
{
	rewapp_engine *engine;

	store_copy(world, "base", "engine");
	engine = store_open(world, "engine");
	purchases(world, engine, 8190, MEMBERS);
	submit(world, engine, 0, 8190);
	read_run(world, engine, "balances", MEMBERS, 5000, balance_read);
	purchases(world, engine, 8190, READERS);
	submit(world, engine, 0, 8190);
	read_run(world, engine, "statement pages of 50 lines", READERS, 500, page_read);
	rewapp_engine_close(engine);
}

/* --- the whole ------------------------------------------------------------------------------ */

static void world_make(struct world *world)
{
	rewapp_engine *engine;

	store_remove(world, "base");
	engine = store_open(world, "base");
	catalogue(world, engine);
	enrol(world, engine);
	first_purchases(world, engine);
	rewapp_engine_close(engine);
}

static void prepare_machine(const struct world *world)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct statfs system;
	double load = 0;

	/* Behind others' turns of the processor a flush of 0.2 ms takes 4, and so does everything else. */
	if (setpriority(PRIO_PROCESS, 0, -10) < 0)
		printf("note: not allowed to raise the priority: singles mean nothing on a busy machine\n");
	getloadavg(&load, 1);
	if (load > (double)processors / 2)
		printf("note: the machine is busy (load %.1f on %ld processors): trust the ratios\n", load,
			processors);
	if (statfs(world->directory, &system) == 0 && system.f_type == TMPFS_MAGIC)
		printf("note: %s is in memory: nothing here is durable\n", world->directory);
}

int main(int argument_count, char **arguments)
{
	static struct world world = { .rounds = 5, .seed = UINT64_C(0x9e3779b97f4a7c15) };

	snprintf(world.directory, sizeof world.directory, "%s/rewapp-bench-XXXXXX",
		argument_count > 1 ? arguments[1] : "/var/tmp");
	if (argument_count > 2)
		world.rounds = (int)strtol(arguments[2], NULL, 10); /* judged below */
	if (argument_count > 3 || world.rounds < 1 || world.rounds > ROUNDS_MAX) {
		fprintf(stderr, "bench-ledger [DIRECTORY [ROUNDS]], 1 to %d rounds\n", ROUNDS_MAX);
		return EXIT_FAILURE;
	}
	if (!mkdtemp(world.directory))
		die(world.directory);
	world.receipts[0].size = sizeof *world.receipts;
	prepare_machine(&world);
	world_make(&world);
	for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
		load_run(&world, &loads[i]);
	reads_run(&world);
	store_remove(&world, "base");
	store_remove(&world, "engine");
	store_remove(&world, "bare");
	rmdir(world.directory);
	return bars_result();
}
