/* What a SQLite store meets on a disk: other files, broken files, no right to write, no
 * space, another process that writes. */
#include "base/error.h"
#include "conformance.sql.h"
#include "schema.h"
#include "store.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *uri;
static struct arena arena;

static void setup(void)
{
	uri = store_new("sqlite");
	rewapp__arena_init(&arena, NULL);
}

static void teardown(void)
{
	rewapp__arena_finish(&arena);
	store_remove();
}

static struct storage *open_migrated(void)
{
	struct storage_options options = { .busy_ms = 100 };
	struct storage *out;

	ck_assert_int_eq(rewapp__storage_open(&out, uri, &options), 0);
	ck_assert_int_eq(rewapp__storage_migrate(out, rewapp__tests_steps, rewapp__tests_step_count), 0);
	return out;
}

/* A plan of `count` rows with a body of 1000 letters each. */
static int fill(struct storage *storage, int count)
{
	static char body[1001];
	struct plan plan;
	int64_t first;

	memset(body, 'b', sizeof body - 1);
	rewapp__arena_reset(&arena);
	rewapp__plan_begin(&plan, &arena);
	for (int i = 0; i < count; i++) {
		const struct value args[] = { rewapp__value_seq(rewapp__plan_seq(&plan)),
			rewapp__value_int(i), rewapp__value_text(body), rewapp__value_null() };

		rewapp__plan_add(&plan, &STMT_ITEM_PUT, TOUCHES_ONE, args, 4);
	}
	return rewapp__storage_apply(storage, &plan, &first);
}

static int count(struct storage *storage, int64_t *out)
{
	struct read read = { .stmt = &STMT_ITEM_SUM };
	int error = rewapp__storage_query(storage, &read, 1, &arena);

	*out = rewapp__cell_int(&read, 0, 0);
	return error;
}

static void write_file(const char *text)
{
	int file = open(store_file(), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
	close(file);
}

START_TEST(test_addresses)
{
	/* clang-format off */
	static const struct { const char *uri; int code; } cases[] = {
		{ "", REWAPP_E_ARGUMENT },
		{ "till.db", REWAPP_E_ARGUMENT },
		{ "sqlite:", REWAPP_E_ARGUMENT },
		{ "sqlite://host/till.db", REWAPP_E_ARGUMENT },
		{ "mysql://host/till", REWAPP_E_ARGUMENT },
		{ "SQLite:till.db", REWAPP_E_ARGUMENT },
		{ "sqlite:/no/such/folder/till.db", REWAPP_E_STORAGE },
		{ "sqlite:/", REWAPP_E_STORAGE },
		{ "sqlite::memory:", 0 },
		{ NULL, 0 },
	};
	/* clang-format on */
	struct storage *storage;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ck_assert_int_eq(rewapp__storage_open(&storage, cases[i].uri, NULL), cases[i].code);
		ck_assert_int_eq(storage == NULL, cases[i].code != 0);
		rewapp__storage_close(storage);
	}
}
END_TEST

START_TEST(test_memory)
{
	struct storage *storage;
	int64_t rows;

	ck_assert_int_eq(rewapp__storage_open(&storage, NULL, NULL), 0);
	ck_assert_int_eq(rewapp__storage_migrate(storage, rewapp__tests_steps, rewapp__tests_step_count), 0);
	ck_assert_int_eq(fill(storage, 3), 0);
	ck_assert_int_eq(count(storage, &rows), 0);
	ck_assert_int_eq(rows, 3);
	rewapp__storage_close(storage);
}
END_TEST

START_TEST(test_not_a_database)
{
	static char text[8192];
	struct storage *storage;

	memset(text, 'x', sizeof text - 1);
	write_file(text);
	ck_assert_int_eq(rewapp__storage_open(&storage, uri, NULL), REWAPP_E_CORRUPT);
	ck_assert_ptr_null(storage);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "store.db"));
}
END_TEST

/* Cut in the middle: said so at the opening or the first reading, never read as less. */
START_TEST(test_truncated)
{
	struct storage *storage = open_migrated();
	struct stat file;
	int64_t rows;
	int error;

	ck_assert_int_eq(fill(storage, 200), 0);
	rewapp__storage_close(storage);
	ck_assert_int_eq(stat(store_file(), &file), 0);
	ck_assert_int_eq(truncate(store_file(), file.st_size / 2 / 4096 * 4096), 0);
	error = rewapp__storage_open(&storage, uri, NULL);
	if (!error)
		error = count(storage, &rows);
	ck_assert_int_eq(error, REWAPP_E_CORRUPT);
	rewapp__storage_close(storage);
}
END_TEST

/* Root may write everything, so the child becomes nobody where it can. */
static int open_as_other(void)
{
	struct storage *storage;
	int error;

	if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
		return 1;
	error = rewapp__storage_open(&storage, uri, NULL);
	rewapp__storage_close(storage);
	return error;
}

START_TEST(test_read_only)
{
	char folder[160];
	int status;
	pid_t pid;

	rewapp__storage_close(open_migrated());
	ck_assert_int_eq(chmod(store_file(), 0444), 0);
	strncpy(folder, store_file(), sizeof folder - 1)[sizeof folder - 1] = '\0';
	*strrchr(folder, '/') = '\0';
	ck_assert_int_eq(chmod(folder, 0755), 0);
	pid = fork();
	if (pid == 0)
		_exit(open_as_other() == REWAPP_E_READONLY ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* The limit on a file's size stands in for a disk that has no more. */
START_TEST(test_full)
{
	const struct rlimit tight = { 300 * 1024, RLIM_INFINITY }, loose = { RLIM_INFINITY, RLIM_INFINITY };
	struct storage *storage = open_migrated();
	int64_t rows;
	int error;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(fill(storage, 10), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
	error = fill(storage, 1000);
	ck_assert_msg(error == REWAPP_E_FULL, "%d: %s", error, rewapp_errmsg());
	ck_assert_int_eq(count(storage, &rows), 0);
	ck_assert_int_eq(rows, 10);

	/* Space again: the same storage goes on, and no number was lost. */
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &loose), 0);
	ck_assert_int_eq(fill(storage, 1000), 0);
	rewapp__storage_close(storage);
	storage = open_migrated();
	ck_assert_int_eq(count(storage, &rows), 0);
	ck_assert_int_eq(rows, 1010);
	rewapp__storage_close(storage);
}
END_TEST

START_TEST(test_busy)
{
	static const struct stmt begin = { "begin", "BEGIN IMMEDIATE", NULL };
	struct storage *holder = open_migrated(), *storage = open_migrated();
	struct read hold = { .stmt = &begin };
	int64_t rows;

	/* A reading that is none keeps the lock of a writer. */
	ck_assert_int_eq(rewapp__storage_query(holder, &hold, 1, &arena), 0);
	ck_assert_int_eq(fill(storage, 1), REWAPP_E_BUSY);
	ck_assert_int_eq(count(storage, &rows), 0);
	ck_assert_int_eq(rows, 0);
	rewapp__storage_close(holder);
	ck_assert_int_eq(fill(storage, 1), 0);
	rewapp__storage_close(storage);
}
END_TEST

/* --- two power cuts ------------------------------------------------------------------------- */

/* A file as a power cut finds it. */
struct image {
	char bytes[512 * 1024];
	size_t size;
};

static const char *log_file(void)
{
	static char path[192];

	snprintf(path, sizeof path, "%s-wal", store_file());
	return path;
}

static void image_take(const char *path, struct image *out)
{
	int file = open(path, O_RDONLY);
	ssize_t size = read(file, out->bytes, sizeof out->bytes);

	close(file);
	ck_assert_int_gt(size, 0);
	ck_assert_int_lt(size, (ssize_t)sizeof out->bytes);
	out->size = (size_t)size;
}

static void image_put(const char *path, const struct image *image)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_eq(write(file, image->bytes, image->size), (ssize_t)image->size);
	close(file);
}

/* The store with what is in its log and nowhere else; the storage ends as if it had not lived on. */
static void power_cut(struct storage *storage, struct image *store, struct image *log)
{
	image_take(store_file(), store);
	image_take(log_file(), log);
	rewapp__storage_close(storage);
	image_put(store_file(), store);
	image_put(log_file(), log);
}

static struct storage *open_again(bool normal)
{
	struct storage_options options = { .busy_ms = 100, .synchronous_normal = normal };
	struct storage *out;

	ck_assert_int_eq(rewapp__storage_open(&out, uri, &options), 0);
	return out;
}

/* The first cut loses a sector of a commit, and so all from it on.  The next commit is written over
 * it; the second cut keeps of that this very sector, which may hold what the lost one held.  That commit
 * stands behind others, or is the first of a log that was begun anew. */
START_TEST(test_lost_commits_stay_lost)
{
	enum {
		LOG_HEADER_BYTES = 32
	};
	static struct image store, first, second;
	bool normal = _i & 1, begun_anew = _i & 2;
	struct storage *storage = open_migrated();
	size_t kept;
	int64_t rows;

	ck_assert_int_eq(fill(storage, 1), 0);
	if (begun_anew)
		ck_assert_int_eq(rewapp__storage_tidy(storage), 0);
	image_take(log_file(), &first);
	kept = begun_anew ? LOG_HEADER_BYTES : first.size;
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(fill(storage, 10), 0);
	power_cut(storage, &store, &first);
	ck_assert_uint_gt(first.size, kept);
	first.bytes[kept + 1000] ^= 1;
	image_put(log_file(), &first);

	storage = open_again(normal);
	ck_assert_int_eq(count(storage, &rows), 0);
	ck_assert_int_eq(rows, 1);
	ck_assert_int_eq(fill(storage, 1), 0);
	power_cut(storage, &store, &second);
	first.bytes[kept + 1000] ^= 1;
	memcpy(second.bytes + kept, first.bytes + kept, first.size - kept);
	second.size = first.size;
	image_put(log_file(), &second);

	storage = open_again(normal);
	ck_assert_int_eq(count(storage, &rows), 0);
	ck_assert_int_ge(rows, 1);
	ck_assert_int_le(rows, 2);
	rewapp__storage_close(storage);
}
END_TEST

/* More statements than the cache keeps: each still does what it says. */
static int64_t size_of(const char *ending)
{
	char path[512];
	struct stat status;

	snprintf(path, sizeof path, "%s%s", store_file(), ending);
	ck_assert_int_eq(stat(path, &status), 0);
	return status.st_size;
}

/* Where somebody tidies no commit carries the log over, and the log begins anew after it. */
START_TEST(test_tidied)
{
	struct storage_options options = { .tidied = true };
	struct storage *storage;
	int64_t before;

	rewapp__storage_close(open_migrated());
	ck_assert_int_eq(rewapp__storage_open(&storage, uri, &options), 0);
	before = size_of("");
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(fill(storage, 1000), 0);
	ck_assert_int_gt(size_of("-wal"), 8000 * 1000);
	ck_assert_int_eq(size_of(""), before);
	ck_assert_int_eq(rewapp__storage_tidy(storage), 0);
	ck_assert_int_gt(size_of(""), 8000 * 1000);
	before = size_of("-wal");
	ck_assert_int_eq(fill(storage, 1000), 0);
	ck_assert_int_eq(size_of("-wal"), before);
	rewapp__storage_close(storage);
}
END_TEST

/* In KiB, as SQLite says it. */
START_TEST(test_pages_in_memory)
{
	static const struct stmt asked = { "cache", "SELECT cache_size FROM pragma_cache_size", NULL };
	struct storage_options options = { .cache_kib = 65536 };
	struct read read = { .stmt = &asked };
	struct storage *storage;

	ck_assert_int_eq(rewapp__storage_open(&storage, uri, &options), 0);
	ck_assert_int_eq(rewapp__storage_query(storage, &read, 1, &arena), 0);
	ck_assert_int_eq(rewapp__cell_int(&read, 0, 0), -65536);
	rewapp__storage_close(storage);
}
END_TEST

START_TEST(test_cache)
{
	enum {
		STATEMENTS = 1000
	};
	static char texts[STATEMENTS][32];
	static struct stmt stmts[STATEMENTS];
	struct storage *storage = open_migrated();

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < STATEMENTS; i++) {
			struct read read = { .stmt = &stmts[i] };

			snprintf(texts[i], sizeof texts[i], "SELECT %d", i);
			stmts[i] = (struct stmt){ "number", texts[i], NULL };
			ck_assert_int_eq(rewapp__storage_query(storage, &read, 1, &arena), 0);
			ck_assert_int_eq(rewapp__cell_int(&read, 0, 0), i);
		}
	rewapp__storage_close(storage);
}
END_TEST

START_TEST(test_statements_refused)
{
	/* clang-format off */
	static const struct { struct stmt stmt; int code; } cases[] = {
		{ { "two", "SELECT 1; SELECT 2", NULL }, REWAPP_E_ARGUMENT },
		{ { "none", "  ", NULL }, REWAPP_E_ARGUMENT },
		{ { "gap", "SELECT $2", NULL }, REWAPP_E_ARGUMENT },
		{ { "named", "SELECT :name", NULL }, REWAPP_E_ARGUMENT },
		{ { "float", "SELECT 1.5", NULL }, REWAPP_E_CORRUPT },
		{ { "quoted", "SELECT \"text\"", NULL }, REWAPP_E_STORAGE },
	};
	/* clang-format on */
	struct storage *storage = open_migrated();

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct read read = { .stmt = &cases[i].stmt };

		ck_assert_int_eq(rewapp__storage_query(storage, &read, 1, &arena), cases[i].code);
		ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), cases[i].stmt.name));
	}
	rewapp__storage_close(storage);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("storage");
	TCase *tests = tcase_create("sqlite files");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, test_addresses);
	tcase_add_test(tests, test_memory);
	tcase_add_test(tests, test_not_a_database);
	tcase_add_test(tests, test_truncated);
	tcase_add_test(tests, test_read_only);
	tcase_add_test(tests, test_full);
	tcase_add_test(tests, test_busy);
	tcase_add_loop_test(tests, test_lost_commits_stay_lost, 0, 4);
	tcase_add_test(tests, test_tidied);
	tcase_add_test(tests, test_pages_in_memory);
	tcase_add_test(tests, test_cache);
	tcase_add_test(tests, test_statements_refused);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
