/* A fresh store for one test. */
#include "store.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], file[128], uri[512];

static const char *store_sqlite(void)
{
	const char *temporary = getenv("TMPDIR");

	snprintf(folder, sizeof folder, "%s/rewapp-storage.XXXXXX", temporary ? temporary : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof file, "%s/store.db", folder);
	snprintf(uri, sizeof uri, "sqlite:%s", file);
	return uri;
}

static const char *store_postgres(void)
{
	const char *server = getenv("REWAPP_TEST_POSTGRES");
	static unsigned count;
	char name[64], text[128];
	struct stmt stmt = { "create", text, text };
	struct storage *storage;
	struct arena arena;
	struct plan plan;
	int64_t first;

	ck_assert_msg(server != NULL, "REWAPP_TEST_POSTGRES is unset: run under tests/pg/with_postgres.sh");
	snprintf(name, sizeof name, "t%d_%u", (int)getpid(), ++count);
	snprintf(text, sizeof text, "CREATE SCHEMA %s", name);
	rewapp__arena_init(&arena, NULL);
	ck_assert_int_eq(rewapp__storage_open(&storage, server, NULL), 0);
	rewapp__plan_begin(&plan, &arena);
	rewapp__plan_add(&plan, &stmt, TOUCHES_ANY, NULL, 0);
	ck_assert_int_eq(rewapp__storage_apply(storage, &plan, &first), 0);
	rewapp__storage_close(storage);
	rewapp__arena_finish(&arena);
	snprintf(uri, sizeof uri, "%s?options=-csearch_path%%3D%s", server, name);
	return uri;
}

const char *store_new(const char *driver)
{
	return strcmp(driver, "postgres") == 0 ? store_postgres() : store_sqlite();
}

const char *store_file(void)
{
	return file;
}

void store_remove(void)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
	char path[160];

	for (size_t i = 0; folder[0] && i < sizeof endings / sizeof endings[0]; i++) {
		snprintf(path, sizeof path, "%s%s", file, endings[i]);
		unlink(path);
	}
	if (folder[0])
		rmdir(folder);
	folder[0] = '\0';
}
