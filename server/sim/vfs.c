/* SQLite's door to the disk in memory: files, locks and the shared memory of a write-ahead log,
 * for connections of one process and one thread. */
#include "sim/vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum {
	REGION_BYTES = 32 * 1024,
	REGIONS_MAX = 64,
	UNIX_EPOCH_DAYS = 24405875 /* tenths of Julian days: SQLite counts from noon of 24 November 4714 BC */
};

/* What the connections of one file have in common. */
struct shared {
	int readers;                          /* SHARED or more */
	void *reserved, *pending, *exclusive; /* the handle that has it */
	char *regions[REGIONS_MAX];
	int region_readers[SQLITE_SHM_NLOCK];
	void *region_writer[SQLITE_SHM_NLOCK];
	int mapped; /* handles that use the regions */
};

struct handle {
	sqlite3_file base;
	struct sim_disk *disk;
	struct sim_file *file;
	struct shared *shared;
	int lock;
	bool maps, temporary;
	uint32_t reads, writes; /* of the log's locks, as bits */
};

static int result_of(enum sim_io io, int failed)
{
	switch (io) {
	case SIM_IO_DONE:
		return SQLITE_OK;
	case SIM_IO_SHORT:
		return SQLITE_IOERR_SHORT_READ;
	case SIM_IO_FULL:
		errno = ENOSPC;
		return SQLITE_FULL;
	default:
		errno = EIO;
		return failed;
	}
}

/* --- bytes ---------------------------------------------------------------------------------- */

static int on_read(sqlite3_file *base, void *out, int size, sqlite3_int64 offset)
{
	struct handle *handle = (struct handle *)base;

	return result_of(
		rewapp__sim_disk_read(handle->disk, handle->file, out, size, offset), SQLITE_IOERR_READ);
}

static int on_write(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 offset)
{
	struct handle *handle = (struct handle *)base;

	return result_of(
		rewapp__sim_disk_write(handle->disk, handle->file, bytes, size, offset), SQLITE_IOERR_WRITE);
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct handle *handle = (struct handle *)base;

	return result_of(rewapp__sim_disk_truncate(handle->disk, handle->file, size), SQLITE_IOERR_TRUNCATE);
}

static int on_sync(sqlite3_file *base, int flags)
{
	struct handle *handle = (struct handle *)base;

	(void)flags;
	return result_of(rewapp__sim_disk_sync(handle->disk, handle->file), SQLITE_IOERR_FSYNC);
}

static int on_size(sqlite3_file *base, sqlite3_int64 *out)
{
	*out = ((struct handle *)base)->file->now_size;
	return SQLITE_OK;
}

/* --- locks of the file ---------------------------------------------------------------------- */

static bool others_have(const void *holder, const struct handle *handle)
{
	return holder && holder != handle;
}

static int on_lock(sqlite3_file *base, int level)
{
	struct handle *handle = (struct handle *)base;
	struct shared *shared = handle->shared;

	if (handle->lock >= level)
		return SQLITE_OK;
	if (handle->lock == SQLITE_LOCK_NONE) {
		if (others_have(shared->pending, handle) || others_have(shared->exclusive, handle))
			return SQLITE_BUSY;
		shared->readers++;
		handle->lock = SQLITE_LOCK_SHARED;
	}
	if (level >= SQLITE_LOCK_RESERVED && handle->lock < SQLITE_LOCK_RESERVED) {
		if (others_have(shared->reserved, handle))
			return SQLITE_BUSY;
		shared->reserved = handle;
		handle->lock = SQLITE_LOCK_RESERVED;
	}
	if (level == SQLITE_LOCK_EXCLUSIVE) {
		shared->pending = handle;
		handle->lock = SQLITE_LOCK_PENDING;
		if (shared->readers > 1)
			return SQLITE_BUSY;
		shared->exclusive = handle;
		handle->lock = SQLITE_LOCK_EXCLUSIVE;
	}
	return SQLITE_OK;
}

static void give_up(void **holder, const struct handle *handle)
{
	if (*holder == handle)
		*holder = NULL;
}

static int on_unlock(sqlite3_file *base, int level)
{
	struct handle *handle = (struct handle *)base;
	struct shared *shared = handle->shared;

	if (handle->lock <= level)
		return SQLITE_OK;
	give_up(&shared->exclusive, handle);
	give_up(&shared->pending, handle);
	give_up(&shared->reserved, handle);
	if (level == SQLITE_LOCK_NONE)
		shared->readers--;
	handle->lock = level;
	return SQLITE_OK;
}

static int on_check_reserved(sqlite3_file *base, int *out)
{
	*out = ((struct handle *)base)->shared->reserved != NULL;
	return SQLITE_OK;
}

/* --- the log's shared memory ---------------------------------------------------------------- */

static int on_map(sqlite3_file *base, int region, int size, int extend, void volatile **out)
{
	struct handle *handle = (struct handle *)base;
	struct shared *shared = handle->shared;

	*out = NULL;
	if (region >= REGIONS_MAX || size > REGION_BYTES)
		return SQLITE_IOERR_SHMMAP;
	if (!handle->maps) {
		handle->maps = true;
		shared->mapped++;
	}
	if (!shared->regions[region] && extend && !(shared->regions[region] = calloc(1, REGION_BYTES)))
		return SQLITE_IOERR_NOMEM;
	*out = shared->regions[region];
	return SQLITE_OK;
}

static void log_unlock(struct handle *handle, int slot)
{
	if (handle->reads >> slot & 1)
		handle->shared->region_readers[slot]--;
	if (handle->writes >> slot & 1)
		handle->shared->region_writer[slot] = NULL;
	handle->reads &= ~(1u << slot);
	handle->writes &= ~(1u << slot);
}

static bool log_lock_is_free(const struct handle *handle, int slot, bool exclusive)
{
	const struct shared *shared = handle->shared;
	int own = handle->reads >> slot & 1;

	if (others_have(shared->region_writer[slot], handle))
		return false;
	return !exclusive || shared->region_readers[slot] == own;
}

static int on_log_lock(sqlite3_file *base, int first, int count, int flags)
{
	struct handle *handle = (struct handle *)base;
	bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;

	for (int slot = first; slot < first + count; slot++) {
		if (flags & SQLITE_SHM_UNLOCK)
			log_unlock(handle, slot);
		else if (!log_lock_is_free(handle, slot, exclusive))
			return SQLITE_BUSY;
	}
	for (int slot = first; slot < first + count && flags & SQLITE_SHM_LOCK; slot++) {
		if (exclusive)
			handle->shared->region_writer[slot] = handle;
		else
			handle->shared->region_readers[slot]++;
		*(exclusive ? &handle->writes : &handle->reads) |= 1u << slot;
	}
	return SQLITE_OK;
}

static void on_barrier(sqlite3_file *base)
{
	(void)base;
}

static int on_unmap(sqlite3_file *base, int remove)
{
	struct handle *handle = (struct handle *)base;
	struct shared *shared = handle->shared;

	(void)remove;
	for (int slot = 0; slot < SQLITE_SHM_NLOCK; slot++)
		log_unlock(handle, slot);
	if (!handle->maps)
		return SQLITE_OK;
	handle->maps = false;
	if (--shared->mapped > 0)
		return SQLITE_OK;
	for (int region = 0; region < REGIONS_MAX; region++) {
		free(shared->regions[region]);
		shared->regions[region] = NULL;
	}
	return SQLITE_OK;
}

/* --- handles -------------------------------------------------------------------------------- */

static int on_control(sqlite3_file *base, int op, void *arg)
{
	(void)base;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *base)
{
	(void)base;
	return SIM_SECTOR;
}

/* A write spoils no byte beside its own. */
static int on_device(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int on_close(sqlite3_file *base)
{
	struct handle *handle = (struct handle *)base;
	struct sim_file *file = handle->file;

	on_unmap(base, 0);
	on_unlock(base, SQLITE_LOCK_NONE);
	if (--file->handles > 0)
		return SQLITE_OK;
	free(file->shared);
	file->shared = NULL;
	if (handle->temporary || file->removed)
		rewapp__sim_disk_remove(handle->disk, file);
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check_reserved,
	.xFileControl = on_control,
	.xSectorSize = on_sector_size,
	.xDeviceCharacteristics = on_device,
	.xShmMap = on_map,
	.xShmLock = on_log_lock,
	.xShmBarrier = on_barrier,
	.xShmUnmap = on_unmap,
};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
	struct sim_disk *disk = vfs->pAppData;
	struct handle *handle = (struct handle *)base;
	struct sim_file *file = name ? rewapp__sim_disk_find(disk, name) : NULL;

	memset(handle, 0, sizeof *handle);
	if (disk->dead || (!file && !(flags & SQLITE_OPEN_CREATE)))
		return SQLITE_CANTOPEN;
	if (!file && !(file = rewapp__sim_disk_make(disk, name ? name : "temporary")))
		return SQLITE_CANTOPEN;
	if (!file->shared && !(file->shared = calloc(1, sizeof(struct shared))))
		return SQLITE_NOMEM;
	file->handles++;
	handle->base.pMethods = &methods;
	handle->disk = disk;
	handle->file = file;
	handle->shared = file->shared;
	handle->temporary = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
	if (out_flags)
		*out_flags = flags;
	return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	(void)sync_folder;
	return result_of(rewapp__sim_disk_unlink(vfs->pAppData, name), SQLITE_IOERR_DELETE);
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	const struct sim_file *file = rewapp__sim_disk_find(vfs->pAppData, name);

	*out = file && (flags != SQLITE_ACCESS_EXISTS || file->now_size > 0);
	return SQLITE_OK;
}

static int on_full_name(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	size_t length = strlen(name);

	(void)vfs;
	if (length >= (size_t)size)
		return SQLITE_CANTOPEN;
	memcpy(out, name, length + 1);
	return SQLITE_OK;
}

static int on_randomness(sqlite3_vfs *vfs, int size, char *out)
{
	const struct sim_disk *disk = vfs->pAppData;

	rewapp__sim_fill(disk->rng, out, (size_t)size);
	return size;
}

/* Nobody else works while one waits: the time is over at once. */
static int on_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

static int on_time(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
	const struct sim_disk *disk = vfs->pAppData;

	*out = UNIX_EPOCH_DAYS * INT64_C(8640000) + disk->now_ms;
	return SQLITE_OK;
}

static int on_last_error(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	(void)size;
	(void)out;
	return 0;
}

static sqlite3_vfs vfs = {
	.iVersion = 2,
	.szOsFile = sizeof(struct handle),
	.mxPathname = SIM_FILE_NAME_MAX,
	.zName = REWAPP_SIM_VFS,
	.xOpen = on_open,
	.xDelete = on_delete,
	.xAccess = on_access,
	.xFullPathname = on_full_name,
	.xRandomness = on_randomness,
	.xSleep = on_sleep,
	.xGetLastError = on_last_error,
	.xCurrentTimeInt64 = on_time,
};

int rewapp__sim_vfs_install(struct sim_disk *disk)
{
	vfs.pAppData = disk;
	if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
		return -1;
	sqlite3_randomness(0, NULL); /* what SQLite draws begins anew, from this disk's seed */
	return 0;
}

void rewapp__sim_vfs_remove(void)
{
	sqlite3_vfs_unregister(&vfs);
	sqlite3_randomness(0, NULL);
}

bool rewapp__sim_vfs_is_sound(const char *name)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	bool sound = sqlite3_open_v2(name, &db, SQLITE_OPEN_READWRITE, REWAPP_SIM_VFS) == SQLITE_OK &&
		sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW &&
		strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;

	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return sound;
}
