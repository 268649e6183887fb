/* The promise of storage.h, held against the driver that the first argument names.
 * What only SQLite can show is in sqlite_files.c. */
#include "base/error.h"
#include "conformance.sql.h"
#include "schema.h"
#include "store.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *driver;
static const char *uri;
static struct storage *storage;
static struct arena arena;

static struct storage *open_again(void)
{
	struct storage_options options = { .busy_ms = 200 };
	struct storage *out;

	ck_assert_int_eq(rewapp__storage_open(&out, uri, &options), 0);
	return out;
}

static void setup(void)
{
	uri = store_new(driver);
	rewapp__arena_init(&arena, NULL);
	storage = open_again();
	ck_assert_msg(rewapp__storage_migrate(storage, rewapp__tests_steps, rewapp__tests_step_count) == 0,
		"%s", rewapp_errmsg());
}

static void teardown(void)
{
	rewapp__storage_close(storage);
	rewapp__arena_finish(&arena);
	store_remove();
}

/* One reading. */
static struct read query(
	struct storage *from, const struct stmt *stmt, const struct value *args, size_t count)
{
	struct read read = { .stmt = stmt, .arg_count = count, .args = args };

	ck_assert_msg(rewapp__storage_query(from, &read, 1, &arena) == 0, "%s", rewapp_errmsg());
	return read;
}

static int64_t item_number(struct storage *from, int64_t id)
{
	const struct value args[] = { rewapp__value_int(id), rewapp__value_int(1) };
	struct read read = query(from, &STMT_ITEM_GET, args, 2);

	ck_assert_uint_eq(read.row_count, 1);
	ck_assert_int_eq(rewapp__cell_int(&read, 0, 0), id);
	return rewapp__cell_int(&read, 0, 1);
}

static int64_t item_count(struct storage *from)
{
	struct read read = query(from, &STMT_ITEM_SUM, NULL, 0);

	return rewapp__cell_int(&read, 0, 0);
}

static void add2(
	struct plan *plan, const struct stmt *stmt, enum touches touches, struct value a, struct value b)
{
	const struct value args[] = { a, b };

	rewapp__plan_add(plan, stmt, touches, args, 2);
}

/* A plan of one step. */
static int apply2(struct storage *to, const struct stmt *stmt, enum touches touches, int64_t a, int64_t b)
{
	struct plan plan;
	int64_t first;

	rewapp__plan_begin(&plan, &arena);
	add2(&plan, stmt, touches, rewapp__value_int(a), rewapp__value_int(b));
	return rewapp__storage_apply(to, &plan, &first);
}

static void put(struct plan *plan, int64_t id, struct value number, struct value body, struct value bytes)
{
	const struct value args[] = { rewapp__value_int(id), number, body, bytes };

	rewapp__plan_add(plan, &STMT_ITEM_PUT, TOUCHES_ONE, args, 4);
}

START_TEST(test_values)
{
	const struct value null = rewapp__value_null(),
			   from_first[] = { rewapp__value_int(0), rewapp__value_int(99) };
	const unsigned char bytes[] = { 0, 255, 0, '\'' };
	struct plan plan;
	struct read read;
	int64_t first;
	size_t size;

	rewapp__plan_begin(&plan, &arena);
	put(&plan, 1, rewapp__value_int(INT64_MIN), rewapp__value_text(""), rewapp__value_blob(NULL, 0));
	put(&plan, 2, rewapp__value_int(INT64_MAX), rewapp__value_text("café €\t'\"\\"),
		rewapp__value_blob(bytes, 4));
	put(&plan, 3, null, rewapp__value_text(NULL), null);
	put(&plan, INT64_MAX, rewapp__value_int(-1), null, null);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), 0);
	ck_assert_int_eq(first, 0);

	read = query(storage, &STMT_ITEM_GET, from_first, 2);
	ck_assert_uint_eq(read.row_count, 4);
	ck_assert_uint_eq(read.column_count, 4);
	ck_assert_int_eq(rewapp__cell_int(&read, 0, 1), INT64_MIN);
	ck_assert_str_eq(rewapp__cell_text(&read, 0, 2), "");
	ck_assert_ptr_nonnull(rewapp__cell_blob(&read, 0, 3, &size));
	ck_assert_uint_eq(size, 0);
	ck_assert(!rewapp__cell_is_null(&read, 0, 3));
	ck_assert_int_eq(rewapp__cell_int(&read, 1, 1), INT64_MAX);
	ck_assert_str_eq(rewapp__cell_text(&read, 1, 2), "café €\t'\"\\");
	ck_assert_mem_eq(rewapp__cell_blob(&read, 1, 3, &size), bytes, 4);
	ck_assert_uint_eq(size, 4);
	for (size_t column = 1; column < 4; column++)
		ck_assert(rewapp__cell_is_null(&read, 2, column));
	ck_assert_int_eq(rewapp__cell_int(&read, 2, 1), 0);
	ck_assert_ptr_null(rewapp__cell_text(&read, 2, 2));
	ck_assert_int_eq(rewapp__cell_int(&read, 3, 0), INT64_MAX);
	ck_assert_int_eq(rewapp__cell_int(&read, 3, 1), -1);

	/* Outside the rows and of another kind: nothing. */
	ck_assert(rewapp__cell_is_null(&read, 4, 0));
	ck_assert(rewapp__cell_is_null(&read, 0, 4));
	ck_assert_ptr_null(rewapp__cell_text(&read, 0, 0));
	ck_assert_ptr_null(rewapp__cell_blob(&read, 0, 2, &size));
}
END_TEST

/* A statement that met a null first takes a number afterwards, and the other way round. */
START_TEST(test_null_then_number)
{
	const struct value null = rewapp__value_null();
	const int64_t numbers[] = { INT64_MAX, INT64_MIN, 5 };
	struct plan plan;
	int64_t first;

	rewapp__plan_begin(&plan, &arena);
	put(&plan, 1, null, null, null);
	for (int64_t i = 0; i < 3; i++)
		put(&plan, 2 + i, rewapp__value_int(numbers[i]), rewapp__value_text("x"),
			rewapp__value_blob("y", 1));
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), 0);
	for (int64_t i = 0; i < 3; i++)
		ck_assert_int_eq(item_number(storage, 2 + i), numbers[i]);
}
END_TEST

/* The caller's arguments may go once they are in the plan. */
START_TEST(test_plan_copies)
{
	char text[] = "before";
	struct plan plan;
	struct read read;
	int64_t first;

	rewapp__plan_begin(&plan, &arena);
	put(&plan, 1, rewapp__value_int(1), rewapp__value_text(text), rewapp__value_blob(text, 6));
	memset(text, 'x', 6);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), 0);
	read = query(storage, &STMT_ITEM_BODIES, NULL, 0);
	ck_assert_str_eq(rewapp__cell_text(&read, 0, 0), "before");
}
END_TEST

START_TEST(test_plan_refuses)
{
	struct value args[STMT_ARGS_MAX + 1] = { { .kind = VALUE_NULL } };
	struct plan plan;
	int64_t first;

	rewapp__plan_begin(&plan, &arena);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), 0); /* nothing to do */
	rewapp__plan_add(&plan, &STMT_ITEM_PUT, TOUCHES_ANY, args, STMT_ARGS_MAX + 1);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), REWAPP_E_ARGUMENT);

	rewapp__plan_begin(&plan, &arena);
	arena.limit = arena.total + 1;
	put(&plan, 1, args[0], args[0], args[0]);
	arena.limit = 0;
	put(&plan, 2, args[0], args[0], args[0]);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), REWAPP_E_NOMEMORY);
	ck_assert_int_eq(item_count(storage), 0);

	/* Too few arguments for the statement. */
	rewapp__plan_begin(&plan, &arena);
	rewapp__plan_add(&plan, &STMT_ITEM_PUT, TOUCHES_ANY, args, 3);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 1, 1), 0);
}
END_TEST

START_TEST(test_on_conflict)
{
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 7, 70), 0);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ANY, 7, 71), 0);
	ck_assert_int_eq(item_number(storage, 7), 70);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 7, 72), REWAPP_E_CONFLICT);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_ADD, TOUCHES_ONE, 5, 7), 0);
	ck_assert_int_eq(item_number(storage, 7), 75);
}
END_TEST

START_TEST(test_returning)
{
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 1, 10), 0);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_RAISE_READ, TOUCHES_ONE, 1, 5), 0);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_RAISE_READ, TOUCHES_ONE, 2, 5), REWAPP_E_CONFLICT);
	ck_assert_int_eq(item_number(storage, 1), 15);
}
END_TEST

/* A step that touches no row, two rows, or only reads: nothing of the plan stays, and no number is lost. */
START_TEST(test_touches_one)
{
	struct value args[] = { rewapp__value_int(1) };
	const struct stmt *refused[] = { &STMT_ITEM_RAISE_ALL, &STMT_BROKEN };
	struct plan plan;
	int64_t first;

	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 1, 10), 0);
	for (size_t i = 0; i < 2; i++) {
		rewapp__plan_begin(&plan, &arena);
		add2(&plan, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE,
			rewapp__value_seq(rewapp__plan_seq(&plan) + 100), rewapp__value_int(1));
		rewapp__plan_add(&plan, refused[i], TOUCHES_ONE, args, 1);
		ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first),
			i == 0 ? REWAPP_E_CONFLICT : REWAPP_E_STORAGE);
		ck_assert_int_eq(first, 0);
		ck_assert_int_eq(item_count(storage), 1);
		ck_assert_int_eq(item_number(storage, 1), 10);
	}
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_RAISE, TOUCHES_ONE, 9, 1), REWAPP_E_CONFLICT);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_RAISE, TOUCHES_ANY, 9, 1), 0);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_GET, TOUCHES_ONE, 0, 1), REWAPP_E_CONFLICT);

	rewapp__plan_begin(&plan, &arena);
	rewapp__plan_seq(&plan);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), 0);
	ck_assert_int_eq(first, 1);
}
END_TEST

START_TEST(test_constraints)
{
	struct plan plan;
	int64_t first;

	rewapp__plan_begin(&plan, &arena);
	add2(&plan, &STMT_PURSE_PUT, TOUCHES_ONE, rewapp__value_text("ada"), rewapp__value_int(100));
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), 0);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), REWAPP_E_CONFLICT);

	rewapp__plan_begin(&plan, &arena);
	add2(&plan, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, rewapp__value_int(1), rewapp__value_int(1));
	add2(&plan, &STMT_PURSE_SPEND, TOUCHES_ONE, rewapp__value_text("ada"), rewapp__value_int(101));
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), REWAPP_E_CONFLICT);
	ck_assert_int_eq(item_count(storage), 0);

	rewapp__plan_begin(&plan, &arena);
	add2(&plan, &STMT_PURSE_SPEND, TOUCHES_ONE, rewapp__value_text("ada"), rewapp__value_int(100));
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), 0);
}
END_TEST

/* Two storages take turns; each gets the numbers that follow. */
START_TEST(test_sequence)
{
	struct storage *both[] = { storage, open_again() };
	int64_t first, expected = 1;
	struct plan plan;

	for (int64_t turn = 0; turn < 20; turn++) {
		rewapp__plan_begin(&plan, &arena);
		for (int64_t i = 0; i <= turn % 3; i++)
			add2(&plan, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE,
				rewapp__value_seq(rewapp__plan_seq(&plan)), rewapp__value_int(turn));
		ck_assert_int_eq(rewapp__storage_apply(both[turn % 2], &plan, &first), 0);
		ck_assert_int_eq(first, expected);
		for (int64_t i = 0; i <= turn % 3; i++)
			ck_assert_int_eq(item_number(storage, expected++), turn);
	}
	rewapp__storage_close(both[1]);
}
END_TEST

START_TEST(test_many_reads)
{
	enum {
		READS = 600
	};
	static struct read reads[READS];
	static struct value args[READS][2];

	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 1, 10), 0);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 500, 20), 0);
	for (int i = 0; i < READS; i++) {
		args[i][0] = rewapp__value_int(i);
		args[i][1] = rewapp__value_int(5);
		reads[i] = (struct read){ .stmt = &STMT_ITEM_GET, .arg_count = 2, .args = args[i] };
	}
	ck_assert_int_eq(rewapp__storage_query(storage, reads, 0, &arena), 0);
	ck_assert_int_eq(rewapp__storage_query(storage, reads, READS, &arena), 0);
	for (size_t i = 0; i < READS; i++)
		ck_assert_uint_eq(reads[i].row_count, i <= 1 ? 2 : i <= 500 ? 1 : 0);
	ck_assert_int_eq(rewapp__cell_int(&reads[500], 0, 1), 20);
}
END_TEST

/* A statement that fails among others: the code says so, and the next query works. */
START_TEST(test_broken_read)
{
	const struct value arg = rewapp__value_int(1);
	struct read reads[] = { { .stmt = &STMT_ITEM_SUM },
		{ .stmt = &STMT_BROKEN, .arg_count = 1, .args = &arg }, { .stmt = &STMT_ITEM_SUM } };

	ck_assert_int_eq(rewapp__storage_query(storage, reads, 3, &arena), REWAPP_E_STORAGE);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "STMT_BROKEN"));
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "no_such_table"));
	ck_assert_int_eq(item_count(storage), 0);
}
END_TEST

/* While one process moves a number between two rows, every query sees the same sum. */
static void mover(void)
{
	struct storage *own = open_again();
	struct plan plan;
	int64_t first;

	for (int i = 0; i < 200; i++) {
		rewapp__plan_begin(&plan, &arena);
		add2(&plan, &STMT_ITEM_RAISE, TOUCHES_ONE, rewapp__value_int(1), rewapp__value_int(-1));
		add2(&plan, &STMT_ITEM_RAISE, TOUCHES_ONE, rewapp__value_int(2), rewapp__value_int(1));
		if (rewapp__storage_apply(own, &plan, &first) != 0)
			_exit(1);
	}
	rewapp__storage_close(own);
	_exit(0);
}

START_TEST(test_snapshot)
{
	const struct value one[] = { rewapp__value_int(1), rewapp__value_int(1) };
	const struct value two[] = { rewapp__value_int(2), rewapp__value_int(1) };
	int status = 0, seen = 0;
	pid_t pid;

	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 1, 1000), 0);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 2, 0), 0);
	rewapp__storage_close(storage); /* no connection crosses a fork */
	pid = fork();
	if (pid == 0)
		mover();
	storage = open_again();
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct read reads[] = { { .stmt = &STMT_ITEM_GET, .arg_count = 2, .args = one },
			{ .stmt = &STMT_ITEM_GET, .arg_count = 2, .args = two } };

		ck_assert_int_eq(rewapp__storage_query(storage, reads, 2, &arena), 0);
		ck_assert_int_eq(rewapp__cell_int(&reads[0], 0, 1) + rewapp__cell_int(&reads[1], 0, 1), 1000);
		seen += rewapp__cell_int(&reads[1], 0, 1) > 0;
		rewapp__arena_reset(&arena);
	}
	ck_assert_int_eq(status, 0);
	ck_assert_int_gt(seen, 0);
	ck_assert_int_eq(item_number(storage, 2), 200);
}
END_TEST

/* Two processes raise one row; no raise is lost and every number is taken once. */
static void raiser(void)
{
	struct storage *own = open_again();
	int64_t first, before = 0;
	struct plan plan;

	for (int done = 0, code; done < 50; done += code == 0) {
		rewapp__plan_begin(&plan, &arena);
		add2(&plan, &STMT_ITEM_RAISE, TOUCHES_ONE, rewapp__value_int(0), rewapp__value_int(1));
		add2(&plan, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, rewapp__value_seq(rewapp__plan_seq(&plan)),
			rewapp__value_int(1));
		code = rewapp__storage_apply(own, &plan, &first);
		if ((code && code != REWAPP_E_BUSY) || (!code && first <= before))
			_exit(1);
		if (!code)
			before = first;
	}
	rewapp__storage_close(own);
	_exit(0);
}

START_TEST(test_two_writers)
{
	pid_t pids[2];
	int status;

	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 0, 0), 0);
	rewapp__storage_close(storage);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			raiser();
	}
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	storage = open_again();
	ck_assert_int_eq(item_number(storage, 0), 100);
	ck_assert_int_eq(item_count(storage), 101);
	ck_assert_int_eq(item_number(storage, 100), 1);
}
END_TEST

START_TEST(test_large_plan)
{
	enum {
		STEPS = 10000
	};
	struct plan plan;
	struct read read;
	int64_t first;

	rewapp__plan_begin(&plan, &arena);
	for (int64_t i = 0; i < STEPS; i++)
		add2(&plan, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, rewapp__value_seq(rewapp__plan_seq(&plan)),
			rewapp__value_int(INT64_MAX / STEPS));
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), 0);
	ck_assert_int_eq(first, 1);

	/* sum() is as wide as 64 bits. */
	read = query(storage, &STMT_ITEM_SUM, NULL, 0);
	ck_assert_int_eq(rewapp__cell_int(&read, 0, 0), STEPS);
	ck_assert_int_eq(rewapp__cell_int(&read, 0, 1), INT64_MAX / STEPS * STEPS);

	/* The last of many refuses all. */
	rewapp__plan_begin(&plan, &arena);
	for (int64_t i = 0; i < STEPS; i++)
		add2(&plan, &STMT_ITEM_RAISE, TOUCHES_ONE, rewapp__value_int(i + 2), rewapp__value_int(-1));
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), REWAPP_E_CONFLICT);
	ck_assert_int_eq(item_number(storage, 2), INT64_MAX / STEPS);
}
END_TEST

/* sum() over none, over negative numbers, and down to the end of 64 bits. */
START_TEST(test_sums)
{
	const int64_t numbers[] = { -3, -40000, 100000000, -100000000, INT64_MIN + 40003, 0 };
	struct read read = query(storage, &STMT_ITEM_SUM, NULL, 0);
	int64_t sum = 0;

	ck_assert(rewapp__cell_is_null(&read, 0, 1));
	for (int64_t i = 0; i < 6; i++) {
		ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, i, numbers[i]), 0);
		sum += numbers[i];
		read = query(storage, &STMT_ITEM_SUM, NULL, 0);
		ck_assert_int_eq(rewapp__cell_int(&read, 0, 1), sum);
	}
	ck_assert_int_eq(sum, INT64_MIN);
}
END_TEST

/* Bytes decide the order of text. */
START_TEST(test_text_order)
{
	static const char *const bodies[] = { "é", "a", "Z", "_", "B" },
				 *const ordered[] = { "B", "Z", "_", "a", "é" };
	const struct value null = rewapp__value_null();
	struct plan plan;
	struct read read;
	int64_t first;

	rewapp__plan_begin(&plan, &arena);
	for (int i = 0; i < 5; i++)
		put(&plan, i, null, rewapp__value_text(bodies[i]), null);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), 0);
	read = query(storage, &STMT_ITEM_BODIES, NULL, 0);
	for (size_t i = 0; i < 5; i++)
		ck_assert_str_eq(rewapp__cell_text(&read, i, 0), ordered[i]);
}
END_TEST

START_TEST(test_variant)
{
	struct read read = query(storage, &STMT_KIND, NULL, 0);

	ck_assert_str_eq(rewapp__cell_text(&read, 0, 0), driver);
}
END_TEST

START_TEST(test_migrate)
{
	struct read read;

	rewapp__storage_close(storage);
	store_remove();
	uri = store_new(driver);
	storage = open_again();
	ck_assert_uint_eq(rewapp__tests_step_count, 2);
	ck_assert_int_eq(rewapp__storage_migrate(storage, rewapp__tests_steps, 1), 0);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 1, 10), 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(rewapp__storage_migrate(storage, rewapp__tests_steps, 2), 0);
	read = query(storage, &STMT_VERSION, NULL, 0);
	ck_assert_int_eq(rewapp__cell_int(&read, 0, 0), 2);
	ck_assert_int_eq(rewapp__cell_int(&read, 0, 1), 2);
	read = query(storage, &STMT_LATER_COUNT, NULL, 0);
	ck_assert_int_eq(rewapp__cell_int(&read, 0, 0), 1);
	ck_assert_int_eq(item_number(storage, 1), 10);
}
END_TEST

START_TEST(test_migrate_newer)
{
	struct read read;

	ck_assert_int_eq(rewapp__storage_migrate(storage, rewapp__tests_steps, 1), REWAPP_E_VERSION);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "version 2"));
	read = query(storage, &STMT_VERSION, NULL, 0);
	ck_assert_int_eq(rewapp__cell_int(&read, 0, 1), 2);
}
END_TEST

/* A step that fails leaves the version before it, and nothing of itself. */
START_TEST(test_migrate_broken)
{
	static const struct stmt steps[] = { { "0001", "CREATE TABLE a (id INTEGER PRIMARY KEY);", NULL },
		{ "0002", "CREATE TABLE b (id INTEGER PRIMARY KEY); CREATE TABLE a (id INTEGER);", NULL } };
	static const struct stmt fixed[] = { { "0001", "CREATE TABLE a (id INTEGER PRIMARY KEY);", NULL },
		{ "0002", "CREATE TABLE b (id INTEGER PRIMARY KEY);", NULL } };

	rewapp__storage_close(storage);
	store_remove();
	uri = store_new(driver);
	storage = open_again();
	ck_assert_int_eq(rewapp__storage_migrate(storage, steps, 2), REWAPP_E_STORAGE);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "0002"));
	ck_assert_int_eq(rewapp__storage_migrate(storage, fixed, 2), 0);
}
END_TEST

/* In the middle of somebody's snapshot too, who goes on seeing what it saw. */
START_TEST(test_tidy)
{
	struct storage *other = open_again();

	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 1, 0), 0);
	rewapp__storage_hold(other, false);
	ck_assert_int_eq(item_count(other), 1);
	ck_assert_int_eq(apply2(storage, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, 2, 0), 0);
	ck_assert_int_eq(rewapp__storage_tidy(storage), 0);
	ck_assert_int_eq(item_count(other), 1);
	rewapp__storage_release(other);
	ck_assert_int_eq(rewapp__storage_tidy(other), 0);
	ck_assert_int_eq(item_count(other), 2);
	rewapp__storage_close(other);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("storage");
	TCase *tests = tcase_create("conformance");
	SRunner *runner;
	int failed;

	driver = argc > 1 ? argv[1] : "sqlite";
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, test_values);
	tcase_add_test(tests, test_null_then_number);
	tcase_add_test(tests, test_plan_copies);
	tcase_add_test(tests, test_plan_refuses);
	tcase_add_test(tests, test_on_conflict);
	tcase_add_test(tests, test_returning);
	tcase_add_test(tests, test_touches_one);
	tcase_add_test(tests, test_constraints);
	tcase_add_test(tests, test_sequence);
	tcase_add_test(tests, test_many_reads);
	tcase_add_test(tests, test_broken_read);
	tcase_add_test(tests, test_snapshot);
	tcase_add_test(tests, test_two_writers);
	tcase_add_test(tests, test_large_plan);
	tcase_add_test(tests, test_sums);
	tcase_add_test(tests, test_text_order);
	tcase_add_test(tests, test_variant);
	tcase_add_test(tests, test_migrate);
	tcase_add_test(tests, test_migrate_newer);
	tcase_add_test(tests, test_migrate_broken);
	tcase_add_test(tests, test_tidy);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
