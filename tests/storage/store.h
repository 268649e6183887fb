/* A fresh store for one test: a file in a folder of its own, or a schema of its own in
 * the server that tests/pg/with_postgres.sh started. */
#ifndef TESTS_STORAGE_STORE_H
#define TESTS_STORAGE_STORE_H

#include "storage/storage.h"

/* The URI of a new, empty store; `driver` is "sqlite" or "postgres".  Static memory. */
const char *store_new(const char *driver);

/* The file of the newest SQLite store. */
const char *store_file(void);

/* Removes what store_new() made in files. */
void store_remove(void);

#endif
