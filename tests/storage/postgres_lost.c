/* PostgreSQL goes away: before a call, in the middle of a plan, during the commit. */
#include "base/error.h"
#include "conformance.sql.h"
#include "schema.h"
#include "store.h"

#include <check.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

static const char *uri;
static struct storage *storage;
static struct arena arena;

static void setup(void)
{
	struct storage_options options = { .busy_ms = 200 };

	uri = store_new("postgres");
	rewapp__arena_init(&arena, NULL);
	ck_assert_int_eq(rewapp__storage_open(&storage, uri, &options), 0);
	ck_assert_int_eq(rewapp__storage_migrate(storage, rewapp__tests_steps, rewapp__tests_step_count), 0);
}

static void teardown(void)
{
	rewapp__storage_close(storage);
	rewapp__arena_finish(&arena);
}

/* Says something to the server beside the storage. */
static void server(const char *text)
{
	PGconn *connection = PQconnectdb(uri);
	PGresult *result = PQexec(connection, text);

	ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK,
		"%s", PQerrorMessage(connection));
	PQclear(result);
	PQfinish(connection);
}

static void end_others(void)
{
	server("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
	       " WHERE pid <> pg_backend_pid() AND application_name = 'rewapp'");
}

static int put(int64_t id)
{
	const struct value args[] = { rewapp__value_int(id), rewapp__value_int(1) };
	struct plan plan;
	int64_t first;

	rewapp__plan_begin(&plan, &arena);
	rewapp__plan_seq(&plan);
	rewapp__plan_add(&plan, &STMT_ITEM_PUT_ONCE, TOUCHES_ANY, args, 2);
	return rewapp__storage_apply(storage, &plan, &first);
}

static int count(int64_t *out)
{
	struct read read = { .stmt = &STMT_ITEM_SUM };
	int error = rewapp__storage_query(storage, &read, 1, &arena);

	*out = rewapp__cell_int(&read, 0, 0);
	return error;
}

START_TEST(test_idle)
{
	int64_t rows;

	ck_assert_int_eq(put(1), 0);
	end_others();
	ck_assert_int_eq(put(2), REWAPP_E_BUSY);
	ck_assert_int_eq(put(2), 0);
	end_others();
	ck_assert_int_eq(count(&rows), REWAPP_E_BUSY);
	ck_assert_int_eq(count(&rows), 0);
	ck_assert_int_eq(rows, 2);
}
END_TEST

/* A plan that ends its own connection, with many steps behind. */
START_TEST(test_in_plan)
{
	static const struct stmt end = { "end", NULL, "SELECT pg_terminate_backend(pg_backend_pid())" };
	struct plan plan;
	int64_t first, rows;

	rewapp__plan_begin(&plan, &arena);
	for (int64_t i = 0; i < 2000; i++) {
		const struct value args[] = { rewapp__value_seq(rewapp__plan_seq(&plan)),
			rewapp__value_int(1) };

		rewapp__plan_add(&plan, &STMT_ITEM_PUT_ONCE, TOUCHES_ONE, args, 2);
		if (i == 1000)
			rewapp__plan_add(&plan, &end, TOUCHES_ANY, NULL, 0);
	}
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), REWAPP_E_BUSY);
	ck_assert_int_eq(first, 0);
	ck_assert_int_eq(count(&rows), 0);
	ck_assert_int_eq(rows, 0);
}
END_TEST

/* A trigger that waits for the commit and ends the connection there. */
START_TEST(test_in_commit)
{
	int64_t rows;

	server("CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
	       " PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$");
	server("CREATE CONSTRAINT TRIGGER leaves AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED"
	       " FOR EACH ROW EXECUTE FUNCTION leave()");
	ck_assert_int_eq(put(1), REWAPP_E_UNCERTAIN);
	server("DROP TRIGGER leaves ON item");
	ck_assert_int_eq(put(1), 0);
	ck_assert_int_eq(count(&rows), 0);
	ck_assert_int_eq(rows, 1);
}
END_TEST

START_TEST(test_locked)
{
	PGconn *holder = PQconnectdb(uri);

	PQclear(PQexec(holder, "BEGIN; SELECT one FROM rewapp_queue FOR UPDATE"));
	ck_assert_int_eq(put(1), REWAPP_E_BUSY);
	PQfinish(holder);
	ck_assert_int_eq(put(1), 0);
}
END_TEST

/* Another process changed a table under a statement that was prepared. */
START_TEST(test_altered)
{
	static const struct stmt all = { "all", NULL, "SELECT * FROM item" };
	struct read read = { .stmt = &all };

	ck_assert_int_eq(rewapp__storage_query(storage, &read, 1, &arena), 0);
	server("ALTER TABLE item ADD COLUMN extra BIGINT");
	ck_assert_int_eq(rewapp__storage_query(storage, &read, 1, &arena), REWAPP_E_STORAGE);
	ck_assert_int_eq(rewapp__storage_query(storage, &read, 1, &arena), 0);
	ck_assert_uint_eq(read.column_count, 5);
}
END_TEST

START_TEST(test_statements_past_the_cache)
{
	enum {
		STATEMENTS = 2000
	};
	static char texts[STATEMENTS][40];
	static struct stmt stmts[STATEMENTS];

	for (int i = 0; i < STATEMENTS; i++) {
		struct read read = { .stmt = &stmts[i] };

		snprintf(texts[i], sizeof texts[i], "SELECT %d::smallint", i);
		stmts[i] = (struct stmt){ "number", NULL, texts[i] };
		ck_assert_int_eq(rewapp__storage_query(storage, &read, 1, &arena), 0);
		ck_assert_int_eq(rewapp__cell_int(&read, 0, 0), i);
	}
}
END_TEST

START_TEST(test_columns)
{
	/* clang-format off */
	static const struct { struct stmt stmt; int code; int64_t integer; } cases[] = {
		{ { "bool", NULL, "SELECT 2 > 1" }, 0, 1 },
		{ { "int2", NULL, "SELECT (-2)::int2" }, 0, -2 },
		{ { "int4", NULL, "SELECT -3" }, 0, -3 },
		{ { "numeric", NULL, "SELECT 12300000000.00::numeric" }, 0, 12300000000 },
		{ { "least", NULL, "SELECT '-9223372036854775808'::numeric" }, 0, INT64_MIN },
		{ { "fraction", NULL, "SELECT 1.5" }, REWAPP_E_CORRUPT, 0 },
		{ { "past", NULL, "SELECT '9223372036854775808'::numeric" }, REWAPP_E_CORRUPT, 0 },
		{ { "nan", NULL, "SELECT 'NaN'::numeric" }, REWAPP_E_CORRUPT, 0 },
		{ { "date", NULL, "SELECT now()" }, REWAPP_E_STORAGE, 0 },
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct read read = { .stmt = &cases[i].stmt };

		ck_assert_int_eq(rewapp__storage_query(storage, &read, 1, &arena), cases[i].code);
		ck_assert_int_eq(rewapp__cell_int(&read, 0, 0), cases[i].integer);
		ck_assert_int_eq(put((int64_t)i), 0);
	}
}
END_TEST

START_TEST(test_not_utf8)
{
	const struct value args[] = { rewapp__value_int(1), rewapp__value_null(), rewapp__value_text("\xff"),
		rewapp__value_null() };
	struct plan plan;
	int64_t first;

	rewapp__plan_begin(&plan, &arena);
	rewapp__plan_add(&plan, &STMT_ITEM_PUT, TOUCHES_ONE, args, 4);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(put(1), 0);
}
END_TEST

START_TEST(test_nobody_there)
{
	struct storage *other;

	ck_assert_int_eq(rewapp__storage_open(&other, "postgres://rewapp@127.0.0.1:1/postgres", NULL),
		REWAPP_E_STORAGE);
	ck_assert_ptr_null(other);
	ck_assert_int_eq(rewapp__storage_open(&other, "postgres:nonsense=1", NULL), REWAPP_E_STORAGE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("storage");
	TCase *tests = tcase_create("postgres lost");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, test_idle);
	tcase_add_test(tests, test_in_plan);
	tcase_add_test(tests, test_in_commit);
	tcase_add_test(tests, test_locked);
	tcase_add_test(tests, test_altered);
	tcase_add_test(tests, test_statements_past_the_cache);
	tcase_add_test(tests, test_columns);
	tcase_add_test(tests, test_not_utf8);
	tcase_add_test(tests, test_nobody_there);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
