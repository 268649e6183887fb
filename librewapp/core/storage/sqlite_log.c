/* SQLite's write-ahead log, written in one piece. */
#include "storage/sqlite_log.h"

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum {
	CAPACITY = 64 * 1024 /* SQLite's own files take less than 128 KiB at once */
};

/* Stands where the file's methods stood, so that it is found from the file. */
struct gather {
	sqlite3_io_methods methods;
	const sqlite3_io_methods *real;
	const struct rewapp_env *env;
	sqlite3_int64 start; /* where the waiting bytes belong */
	int size;
	unsigned char bytes[CAPACITY];
};

static struct gather *gather_of(sqlite3_file *file)
{
	return (struct gather *)((char *)(uintptr_t)file->pMethods - offsetof(struct gather, methods));
}

static int write_out(sqlite3_file *file)
{
	struct gather *gather = gather_of(file);
	int size = gather->size;

	gather->size = 0;
	return size ? gather->real->xWrite(file, gather->bytes, size, gather->start) : SQLITE_OK;
}

static int gather_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
	struct gather *gather = gather_of(file);
	bool follows = gather->size && offset == gather->start + gather->size &&
		size <= CAPACITY - gather->size;
	int result = follows ? SQLITE_OK : write_out(file);

	if (result != SQLITE_OK)
		return result;
	if (size > CAPACITY)
		return gather->real->xWrite(file, bytes, size, offset);
	if (gather->size == 0)
		gather->start = offset;
	memcpy(gather->bytes + gather->size, bytes, (size_t)size);
	gather->size += size;
	return SQLITE_OK;
}

static int gather_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset)
{
	int result = write_out(file);

	return result == SQLITE_OK ? gather_of(file)->real->xRead(file, bytes, size, offset) : result;
}

static int gather_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int result = write_out(file);

	return result == SQLITE_OK ? gather_of(file)->real->xTruncate(file, size) : result;
}

static int gather_sync(sqlite3_file *file, int flags)
{
	int result = write_out(file);

	return result == SQLITE_OK ? gather_of(file)->real->xSync(file, flags) : result;
}

static int gather_size(sqlite3_file *file, sqlite3_int64 *size)
{
	int result = write_out(file);

	return result == SQLITE_OK ? gather_of(file)->real->xFileSize(file, size) : result;
}

static int gather_close(sqlite3_file *file)
{
	struct gather *gather = gather_of(file);
	const sqlite3_io_methods *real = gather->real;
	int written = write_out(file), closed;

	file->pMethods = real;
	rewapp__env_allocate(gather->env, gather, 0);
	closed = real->xClose(file);
	return closed != SQLITE_OK ? closed : written;
}

void rewapp__sqlite_log_gather(sqlite3_file *file, const struct rewapp_env *env)
{
	struct gather *gather = rewapp__env_allocate(env, NULL, sizeof *gather);

	if (!gather)
		return;
	gather->methods = *file->pMethods;
	gather->methods.xClose = gather_close;
	gather->methods.xRead = gather_read;
	gather->methods.xWrite = gather_write;
	gather->methods.xTruncate = gather_truncate;
	gather->methods.xSync = gather_sync;
	gather->methods.xFileSize = gather_size;
	gather->real = file->pMethods;
	gather->env = env;
	gather->size = 0;
	file->pMethods = &gather->methods;
}
