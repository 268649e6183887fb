/* Every statement of the engine, prepared by both databases over the engine's own schema:
 * what SQLite takes and PostgreSQL does not is found here, not at a customer's. */
#include "base/error.h"
#include "events.sql.h"
#include "ledger.sql.h"
#include "programme.sql.h"
#include "qr.sql.h"
#include "schema.sql.h"
#include "store.h"
#include "verify.sql.h"

#include <check.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define STMT_ENTRY(name) &name,
static const struct stmt *const stmts[] = { STMTS_EVENTS(STMT_ENTRY) STMTS_LEDGER(STMT_ENTRY)
		STMTS_VERIFY(STMT_ENTRY) STMTS_PROGRAMME(STMT_ENTRY) STMTS_QR(STMT_ENTRY) };
#undef STMT_ENTRY
enum {
	STMT_COUNT = sizeof stmts / sizeof stmts[0]
};

/* The stores are made once; preparing changes nothing in them. */
static char postgres_uri[512];

static const char *migrated(const char *driver)
{
	const char *uri = store_new(driver);
	struct storage *storage;

	ck_assert_int_eq(rewapp__storage_open(&storage, uri, NULL), 0);
	ck_assert_msg(rewapp__storage_migrate(storage, rewapp__schema_steps, rewapp__schema_step_count) == 0,
		"%s", rewapp_errmsg());
	rewapp__storage_close(storage);
	return uri;
}

static void setup(void)
{
	migrated("sqlite");
	snprintf(postgres_uri, sizeof postgres_uri, "%s", migrated("postgres"));
}

START_TEST(test_sqlite)
{
	sqlite3_stmt *handle;
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(store_file(), &db), SQLITE_OK);
	ck_assert_msg(sqlite3_prepare_v2(db, stmts[_i]->sqlite, -1, &handle, NULL) == SQLITE_OK, "%s: %s",
		stmts[_i]->name, sqlite3_errmsg(db));
	sqlite3_finalize(handle);
	sqlite3_close(db);
}
END_TEST

START_TEST(test_postgres)
{
	PGconn *connection = PQconnectdb(postgres_uri);
	PGresult *result = PQprepare(connection, "s", stmts[_i]->postgres, 0, NULL);

	ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s: %s", stmts[_i]->name,
		PQresultErrorMessage(result));
	PQclear(result);
	PQfinish(connection);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("storage");
	TCase *tests = tcase_create("statements");
	SRunner *runner;
	int failed;

	tcase_add_unchecked_fixture(tests, setup, store_remove);
	tcase_add_loop_test(tests, test_sqlite, 0, STMT_COUNT);
	tcase_add_loop_test(tests, test_postgres, 0, STMT_COUNT);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
