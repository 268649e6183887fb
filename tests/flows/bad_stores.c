/* Stores that suffer, through the public functions: of a newer version, not to be written,
 * no store at all, cut, on a full disk, held by another process, written by two; and a clock
 * that is set back. */
#include "api/world.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct world world;
static char folder[96], file[128], uri[160];

static void close_engine(void)
{
	rewapp_engine_close(world.engine);
	world.engine = NULL;
}

static void setup(void)
{
	const char *temporary = getenv("TMPDIR");

	snprintf(folder, sizeof folder, "%.64s/rewapp-flows.XXXXXX", temporary ? temporary : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof file, "%s/store.db", folder);
	snprintf(uri, sizeof uri, "sqlite:%s", file);
	world.now_ms = WORLD_NOW_MS;
	world.engine = world_engine(&world, uri);
	world_do(&world,
		"{\"commands\":[{\"kind\":\"programme\",\"id\":\"@p\",\"target\":\"@main\",\"document\":{"
		"\"name\":"
		"\"Main\",\"currency\":\"EUR\",\"rules\":[{\"id\":\"base\",\"type\":\"percent\",\"basis_"
		"points\":1000}]}},"
		"{\"kind\":\"merchant\",\"id\":\"@m\",\"target\":\"@shop\",\"document\":{\"name\":"
		"\"Fournil\"}},"
		"{\"kind\":\"member\",\"id\":\"@e\",\"target\":\"@ada\"}]}");
}

static void teardown(void)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
	char path[200];

	close_engine();
	for (int i = 0; i < ROWS(endings); i++) {
		snprintf(path, sizeof path, "%s%s", file, endings[i]);
		unlink(path);
	}
	rmdir(folder);
}

static int purchase(rewapp_engine *engine, const char *name, struct rewapp_receipt *receipt)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;

	command.kind = REWAPP_KIND_PURCHASE;
	command.id = world_id(name);
	command.member = world_id("ada");
	command.merchant = world_id("shop");
	command.amount = 100;
	memcpy(command.currency, "EUR", 4);
	receipt->size = sizeof *receipt;
	return rewapp_submit(engine, &command, 1, receipt);
}

static int64_t available(rewapp_engine *engine)
{
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_id ada = world_id("ada");

	ck_assert_int_eq(rewapp_balance_get(engine, NULL, &ada, &balance), 0);
	return balance.available;
}

static void expect_clean(rewapp_engine *engine)
{
	struct rewapp_verification found = { .size = sizeof found };

	ck_assert_int_eq(rewapp_verify(engine, NULL, NULL, &found), 0);
	ck_assert_msg(found.problems == 0, "%s", found.first);
}

static int open_again(int busy_ms)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	int error;

	options.storage = uri;
	options.busy_ms = busy_ms;
	error = rewapp_engine_open(&world.engine, &options);
	ck_assert_int_eq(world.engine == NULL, error != 0);
	return error;
}

static void alter(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* --- other stores ------------------------------------------------------------------------------------- */

START_TEST(a_newer_version)
{
	close_engine();
	alter("INSERT INTO rewapp_schema (version, name, applied_ms) VALUES (9999, 'later', 0)");
	ck_assert_int_eq(open_again(0), REWAPP_E_VERSION);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "9999"));
	alter("DELETE FROM rewapp_schema WHERE version = 9999");
	ck_assert_int_eq(open_again(0), 0);
	expect_clean(world.engine);
}
END_TEST

/* The steps that it lacks are made when it is opened; what was stored is as it was. */
START_TEST(an_older_version)
{
	struct rewapp_receipt receipt;

	ck_assert_int_eq(purchase(world.engine, "before", &receipt), 0);
	close_engine();
	alter("DROP TABLE sighting; DELETE FROM rewapp_schema WHERE version >= 6");
	ck_assert_int_eq(open_again(0), 0);
	ck_assert_int_eq(available(world.engine), 10);
	ck_assert_int_eq(purchase(world.engine, "before", &receipt), 0);
	ck_assert_int_eq(receipt.replayed, 1);
	expect_clean(world.engine);
}
END_TEST

/* A step that cannot be done is told, and the store stays what it was. */
START_TEST(an_older_version_that_is_none)
{
	struct rewapp_receipt receipt;

	ck_assert_int_eq(purchase(world.engine, "before", &receipt), 0);
	close_engine();
	alter("DELETE FROM rewapp_schema WHERE version >= 6"); /* and the table is there */
	ck_assert_int_eq(open_again(0), REWAPP_E_STORAGE);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "0006"));
	alter("DROP TABLE sighting");
	ck_assert_int_eq(open_again(0), 0);
	ck_assert_int_eq(available(world.engine), 10);
	expect_clean(world.engine);
}
END_TEST

START_TEST(no_store)
{
	FILE *out;

	close_engine();
	out = fopen(file, "w");
	for (int i = 0; i < 1000; i++)
		fputs("not a database at all\n", out);
	fclose(out);
	ck_assert_int_eq(open_again(0), REWAPP_E_CORRUPT);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "store.db"));
}
END_TEST

/* Cut in the middle: never a crash, never fewer points than there were without a word. */
START_TEST(a_store_that_was_cut)
{
	struct rewapp_receipt receipt;
	struct rewapp_verification found = { .size = sizeof found };
	struct stat status;
	char name[16];
	int error;

	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof name, "p%d", i);
		ck_assert_int_eq(purchase(world.engine, name, &receipt), 0);
	}
	close_engine();
	ck_assert_int_eq(stat(file, &status), 0);
	ck_assert_int_eq(truncate(file, status.st_size * _i / 8 / 4096 * 4096), 0);
	error = open_again(0);
	if (error == 0)
		error = rewapp_verify(world.engine, NULL, NULL, &found);
	ck_assert_msg(error == REWAPP_E_CORRUPT || (error == 0 && found.problems > 0), "%d: %s", error,
		rewapp_errmsg());
}
END_TEST

static void flip(int64_t at, int bit)
{
	FILE *both = fopen(file, "r+b");
	int byte;

	ck_assert_ptr_nonnull(both);
	ck_assert_int_eq(fseek(both, (long)at, SEEK_SET), 0);
	byte = fgetc(both);
	ck_assert_int_eq(fseek(both, (long)at, SEEK_SET), 0);
	ck_assert_int_eq(fputc(byte ^ 1 << bit, both), byte ^ 1 << bit);
	fclose(both);
}

/* What the engine tells of the store; empty: it says that the store is damaged. */
static char *told(void)
{
	static const char question[] = "{\"query\":\"statement\",\"member\":\"@ada\",\"limit\":100}";
	struct rewapp_verification found = { .size = sizeof found };
	char *answer = NULL, *out;
	int error = open_again(0);

	if (error == 0)
		error = rewapp_verify(world.engine, NULL, NULL, &found);
	if (error == 0 && found.problems == 0)
		error = rewapp_json_query(world.engine, question, sizeof question - 1, &answer, NULL);
	ck_assert_msg(error == 0 || error == REWAPP_E_CORRUPT || error == REWAPP_E_STORAGE ||
			error == REWAPP_E_VERSION || error == REWAPP_E_FULL,
		"%d: %s", error, rewapp_errmsg());
	out = strdup(answer ? answer : "");
	rewapp_free(world.engine, answer);
	close_engine();
	return out;
}

/* A bit is another: it is told by the opening or by verify, or it stands where nothing is read. */
START_TEST(a_store_with_another_bit)
{
	enum {
		FLIPS = 160
	};
	struct rewapp_receipt receipt;
	struct stat status;
	char name[16], *before, *after;
	int found = 0;

	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "p%d", i);
		ck_assert_int_eq(purchase(world.engine, name, &receipt), 0);
	}
	close_engine();
	ck_assert_int_eq(stat(file, &status), 0);
	before = told();
	for (int i = 0; i < FLIPS; i++) {
		int64_t at = (status.st_size / FLIPS * i + i * 37) % status.st_size;

		flip(at, i % 8);
		after = told();
		ck_assert_msg(
			!*after || strcmp(before, after) == 0, "byte %lld, bit %d", (long long)at, i % 8);
		found += !*after;
		free(after);
		flip(at, i % 8);
	}
	ck_assert_int_gt(found, 5);
	after = told();
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

/* Root may write everything: the child becomes nobody where it can. */
static int open_as_other(void)
{
	if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
		return 1;
	return open_again(0);
}

START_TEST(a_store_that_cannot_be_written)
{
	int status;
	pid_t pid;

	close_engine();
	ck_assert_int_eq(chmod(file, 0444), 0);
	ck_assert_int_eq(chmod(folder, _i ? 0755 : 0777), 0);
	pid = fork();
	if (pid == 0)
		_exit(open_as_other() == REWAPP_E_READONLY ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(chmod(file, 0644), 0);
	ck_assert_int_eq(open_again(0), 0);
	expect_clean(world.engine);
}
END_TEST

/* The limit on a file's size stands in for a disk that is full. */
START_TEST(a_full_disk)
{
	const struct rlimit tight = { 300 * 1024, RLIM_INFINITY }, loose = { RLIM_INFINITY, RLIM_INFINITY };
	struct rewapp_receipt receipt;
	int64_t points;
	char name[16];
	int error = 0, i;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
	for (i = 0; i < 5000 && error == 0; i++) {
		snprintf(name, sizeof name, "p%d", i);
		error = purchase(world.engine, name, &receipt);
	}
	ck_assert_msg(error == REWAPP_E_FULL, "%d: %s", error, rewapp_errmsg());
	points = available(world.engine);
	ck_assert_int_eq(points, (i - 1) * 10);

	/* Space again: the same command goes through, once. */
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &loose), 0);
	ck_assert_int_eq(purchase(world.engine, name, &receipt), 0);
	ck_assert_int_eq(receipt.replayed, 0);
	ck_assert_int_eq(available(world.engine), points + 10);
	expect_clean(world.engine);
}
END_TEST

/* --- other processes -------------------------------------------------------------------------------------
 */

START_TEST(another_holds_the_lock)
{
	struct rewapp_receipt receipt;
	sqlite3 *holder;

	close_engine();
	ck_assert_int_eq(open_again(50), 0);
	ck_assert_int_eq(sqlite3_open(file, &holder), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(purchase(world.engine, "busy", &receipt), REWAPP_E_BUSY);
	ck_assert_int_eq(available(world.engine), 0);
	sqlite3_close(holder);
	ck_assert_int_eq(purchase(world.engine, "busy", &receipt), 0);
	ck_assert_int_eq(available(world.engine), 10);
}
END_TEST

/* A process of its own writes for the same member; some of its ids the other one sends too. */
static void write_alone(int process, int count)
{
	struct rewapp_receipt receipt;
	char name[24];
	int error;

	alarm(90);
	if (open_again(5000) < 0)
		_exit(1);
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof name, "p%d-%d", i % 4 ? process : 9, i);
		while ((error = purchase(world.engine, name, &receipt)) == REWAPP_E_BUSY)
			;
		if (error < 0 || receipt.code || receipt.verdict != REWAPP_VERDICT_ACCEPTED)
			_exit(2);
	}
	close_engine();
	_exit(0);
}

START_TEST(two_write_at_once)
{
	enum {
		COUNT = 200
	};
	pid_t writers[2];
	int status;

	close_engine();
	for (int i = 0; i < 2; i++) {
		writers[i] = fork();
		if (writers[i] == 0)
			write_alone(i, COUNT);
	}
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(waitpid(writers[i], &status, 0), writers[i]);
		ck_assert_int_eq(status, 0);
	}
	world.engine = world_engine(&world, uri);
	/* a fourth of the commands is shared and counts once */
	ck_assert_int_eq(available(world.engine), 10 * (2 * COUNT - COUNT / 4));
	expect_clean(world.engine);
}
END_TEST

/* --- the clock
 * ----------------------------------------------------------------------------------------------- */

START_TEST(the_clock_steps_back)
{
	struct rewapp_receipt first, later;

	ck_assert_int_eq(purchase(world.engine, "first", &first), 0);
	world.now_ms -= INT64_C(86400000);
	ck_assert_int_ge(rewapp_engine_now_ms(world.engine), first.recorded_ms);
	ck_assert_int_eq(purchase(world.engine, "later", &later), 0);
	ck_assert_int_ge(later.recorded_ms, first.recorded_ms);
	ck_assert_int_eq(later.available, 20);

	/* And in an engine that has not seen the newest record itself. */
	close_engine();
	world.engine = world_engine(&world, uri);
	ck_assert_int_ge(rewapp_engine_now_ms(world.engine), first.recorded_ms);
	expect_clean(world.engine);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, a_newer_version);
	tcase_add_test(all, an_older_version);
	tcase_add_test(all, an_older_version_that_is_none);
	tcase_add_test(all, no_store);
	tcase_add_test(all, a_store_with_another_bit);
	tcase_add_loop_test(all, a_store_that_was_cut, 1, 8);
	tcase_add_loop_test(all, a_store_that_cannot_be_written, 0, 2);
	tcase_add_test(all, a_full_disk);
	tcase_add_test(all, another_holds_the_lock);
	tcase_add_test(all, two_write_at_once);
	tcase_add_test(all, the_clock_steps_back);
}

int main(void)
{
	return run_suite("bad stores", add);
}
