/* A disk in memory that knows what was fsynced, and fails when it is told to. */
#include "sim/disk.h"

#include <stdlib.h>
#include <string.h>

enum {
	CAPACITY_FIRST = 64 * 1024,
	WORD_BITS = 64
};

const char *rewapp__sim_fault_name(enum sim_fault fault)
{
	static const char *const names[SIM_FAULT_COUNT] = { "none", "read", "write", "short", "full", "sync",
		"power", "kill", "lost-sync", "memory" };

	return names[fault];
}

/* --- files ---------------------------------------------------------------------------------- */

static void file_free(struct sim_file *file)
{
	free(file->now);
	free(file->safe);
	free(file->unsafe);
	memset(file, 0, sizeof *file);
}

struct sim_file *rewapp__sim_disk_find(struct sim_disk *disk, const char *name)
{
	for (size_t i = 0; i < SIM_FILES_MAX; i++)
		if (!disk->files[i].removed && strcmp(disk->files[i].name, name) == 0)
			return &disk->files[i];
	return NULL;
}

struct sim_file *rewapp__sim_disk_make(struct sim_disk *disk, const char *name)
{
	size_t length = strlen(name);

	if (length >= SIM_FILE_NAME_MAX)
		return NULL;
	for (size_t i = 0; i < SIM_FILES_MAX; i++)
		if (!disk->files[i].name[0]) {
			memcpy(disk->files[i].name, name, length + 1);
			return &disk->files[i];
		}
	return NULL;
}

void rewapp__sim_disk_remove(struct sim_disk *disk, struct sim_file *file)
{
	(void)disk;
	file->removed = true;
	if (file->handles == 0)
		file_free(file);
}

/* Both contents and the marks grow together; new bytes are zeros. */
static bool file_reserve(struct sim_file *file, int64_t size)
{
	int64_t capacity = file->capacity ? file->capacity : CAPACITY_FIRST;
	unsigned char *now, *safe;
	uint64_t *unsafe;
	size_t words_before = (size_t)(file->capacity / SIM_SECTOR / WORD_BITS), words;

	if (size <= file->capacity)
		return true;
	while (capacity < size)
		capacity *= 2;
	words = (size_t)(capacity / SIM_SECTOR / WORD_BITS);
	if ((now = realloc(file->now, (size_t)capacity)))
		file->now = now;
	if ((safe = realloc(file->safe, (size_t)capacity)))
		file->safe = safe;
	if ((unsafe = realloc(file->unsafe, words * sizeof *unsafe)))
		file->unsafe = unsafe;
	if (!now || !safe || !unsafe)
		return false;
	memset(now + file->capacity, 0, (size_t)(capacity - file->capacity));
	memset(safe + file->capacity, 0, (size_t)(capacity - file->capacity));
	memset(unsafe + words_before, 0, (words - words_before) * sizeof *unsafe);
	file->capacity = capacity;
	return true;
}

static void mark_unsafe(struct sim_file *file, int64_t from, int64_t until)
{
	int64_t first = from / SIM_SECTOR, last = (until - 1) / SIM_SECTOR;

	for (int64_t sector = first; sector <= last; sector++)
		file->unsafe[sector / WORD_BITS] |= UINT64_C(1) << sector % WORD_BITS;
	if (file->unsafe_until == 0 || first < file->unsafe_from)
		file->unsafe_from = first;
	if (last + 1 > file->unsafe_until)
		file->unsafe_until = last + 1;
}

static bool is_unsafe(const struct sim_file *file, int64_t sector)
{
	return file->unsafe[sector / WORD_BITS] >> sector % WORD_BITS & 1;
}

static void all_is_safe(struct sim_file *file)
{
	for (int64_t sector = file->unsafe_from; sector < file->unsafe_until; sector++)
		file->unsafe[sector / WORD_BITS] &= ~(UINT64_C(1) << sector % WORD_BITS);
	file->unsafe_from = file->unsafe_until = 0;
}

/* Bytes beyond the end are zeros in both contents, so that a later write leaves no old ones there. */
static void file_cut(unsigned char *bytes, int64_t *size, int64_t to)
{
	if (to < *size)
		memset(bytes + to, 0, (size_t)(*size - to));
	*size = to;
}

/* --- faults --------------------------------------------------------------------------------- */

enum call {
	CALL_READ,
	CALL_WRITE,
	CALL_SYNC,
	CALL_OTHER /* truncations and deletions */
};

static bool concerns(enum sim_fault fault, enum call call)
{
	switch (fault) {
	case SIM_FAULT_READ:
		return call == CALL_READ;
	case SIM_FAULT_WRITE:
	case SIM_FAULT_SHORT:
	case SIM_FAULT_FULL:
		return call == CALL_WRITE;
	case SIM_FAULT_SYNC:
	case SIM_FAULT_LOST_SYNC:
		return call == CALL_SYNC;
	case SIM_FAULT_POWER:
	case SIM_FAULT_KILL:
		return call != CALL_READ;
	default:
		return false;
	}
}

/* The fault that befalls this call, or none. */
static enum sim_fault befalls(struct sim_disk *disk, enum call call)
{
	if (!concerns(disk->fault, call) || (disk->fault_at > 0 && disk->fault_at-- > 1))
		return SIM_FAULT_NONE;
	disk->hit = true;
	switch (disk->fault) {
	case SIM_FAULT_POWER:
	case SIM_FAULT_KILL:
		disk->dead = true;
		return disk->fault;
	case SIM_FAULT_LOST_SYNC:
		disk->syncs_lie = true;
		return SIM_FAULT_NONE;
	case SIM_FAULT_FULL:
		return disk->fault;
	default:
		break;
	}
	enum sim_fault once = disk->fault;

	disk->fault = SIM_FAULT_NONE;
	return once;
}

void rewapp__sim_disk_arm(struct sim_disk *disk, enum sim_fault fault, int64_t at)
{
	disk->fault = fault;
	disk->fault_at = at;
	disk->hit = false;
}

/* --- what SQLite does ----------------------------------------------------------------------- */

enum sim_io rewapp__sim_disk_read(
	struct sim_disk *disk, const struct sim_file *file, void *out, int64_t size, int64_t offset)
{
	int64_t there = file->now_size - offset;

	if (disk->dead || befalls(disk, CALL_READ) != SIM_FAULT_NONE)
		return SIM_IO_FAILED;
	there = there < 0 ? 0 : there < size ? there : size;
	if (there)
		memcpy(out, file->now + offset, (size_t)there);
	memset((unsigned char *)out + there, 0, (size_t)(size - there));
	return there < size ? SIM_IO_SHORT : SIM_IO_DONE;
}

static enum sim_io put(struct sim_file *file, const void *bytes, int64_t size, int64_t offset)
{
	if (!file_reserve(file, offset + size))
		return SIM_IO_FULL;
	if (size == 0)
		return SIM_IO_DONE;
	memcpy(file->now + offset, bytes, (size_t)size);
	if (offset + size > file->now_size)
		file->now_size = offset + size;
	mark_unsafe(file, offset, offset + size);
	return SIM_IO_DONE;
}

enum sim_io rewapp__sim_disk_write(
	struct sim_disk *disk, struct sim_file *file, const void *bytes, int64_t size, int64_t offset)
{
	if (disk->dead)
		return SIM_IO_FAILED;
	disk->writes++;
	switch (befalls(disk, CALL_WRITE)) {
	case SIM_FAULT_NONE:
		return put(file, bytes, size, offset);
	case SIM_FAULT_FULL:
		return SIM_IO_FULL;
	case SIM_FAULT_WRITE:
		return SIM_IO_FAILED;
	default: /* torn: of a power cut the sectors are drawn besides */
		put(file, bytes, rewapp__sim_below(disk->rng, size + 1), offset);
		return SIM_IO_FAILED;
	}
}

enum sim_io rewapp__sim_disk_truncate(struct sim_disk *disk, struct sim_file *file, int64_t size)
{
	if (disk->dead || befalls(disk, CALL_OTHER) != SIM_FAULT_NONE)
		return SIM_IO_FAILED;
	if (!file_reserve(file, size))
		return SIM_IO_FULL;
	if (size < file->now_size)
		mark_unsafe(file, size, file->now_size);
	file_cut(file->now, &file->now_size, size);
	return SIM_IO_DONE;
}

static void make_safe(struct sim_file *file)
{
	int64_t from = file->unsafe_from * SIM_SECTOR, until = file->unsafe_until * SIM_SECTOR;

	if (until > file->capacity)
		until = file->capacity;
	if (until > from)
		memcpy(file->safe + from, file->now + from, (size_t)(until - from));
	file->safe_size = file->now_size;
	all_is_safe(file);
}

enum sim_io rewapp__sim_disk_sync(struct sim_disk *disk, struct sim_file *file)
{
	if (disk->dead)
		return SIM_IO_FAILED;
	disk->syncs++;
	if (befalls(disk, CALL_SYNC) != SIM_FAULT_NONE)
		return SIM_IO_FAILED;
	if (!disk->syncs_lie && !disk->syncs_never)
		make_safe(file);
	return SIM_IO_DONE;
}

enum sim_io rewapp__sim_disk_unlink(struct sim_disk *disk, const char *name)
{
	struct sim_file *file = rewapp__sim_disk_find(disk, name);

	if (disk->dead || befalls(disk, CALL_OTHER) != SIM_FAULT_NONE)
		return SIM_IO_FAILED;
	if (file)
		rewapp__sim_disk_remove(disk, file);
	return SIM_IO_DONE;
}

/* --- the power comes back ------------------------------------------------------------------- */

/* Every sector that no sync has made safe is there with a chance that the whole cut shares. */
static void file_survive(struct sim_file *file, struct sim_rng *rng, int64_t chance)
{
	int64_t size = file->safe_size;

	for (int64_t sector = file->unsafe_from; sector < file->unsafe_until; sector++) {
		int64_t from = sector * SIM_SECTOR, until = from + SIM_SECTOR;

		if (!is_unsafe(file, sector) || rewapp__sim_below(rng, 100) >= chance)
			continue;
		memcpy(file->safe + from, file->now + from, SIM_SECTOR);
		until = until < file->now_size ? until : file->now_size;
		size = until > size ? until : size;
	}
	if (file->now_size < size && rewapp__sim_below(rng, 100) < chance)
		size = file->now_size;
	if (file->capacity) {
		memset(file->safe + size, 0, (size_t)(file->capacity - size));
		memcpy(file->now, file->safe, (size_t)file->capacity);
	}
	file->now_size = file->safe_size = size;
	all_is_safe(file);
}

void rewapp__sim_disk_restart(struct sim_disk *disk, bool power)
{
	static const int64_t chances[] = { 0, 50, 90, 100 };
	int64_t chance = chances[rewapp__sim_below(disk->rng, 4)];

	for (size_t i = 0; i < SIM_FILES_MAX; i++)
		if (power && disk->files[i].name[0])
			file_survive(&disk->files[i], disk->rng, chance);
	disk->dead = false;
	disk->syncs_lie = disk->syncs_lie && !power;
	rewapp__sim_disk_arm(disk, SIM_FAULT_NONE, 0);
}

void rewapp__sim_disk_begin(struct sim_disk *disk, struct sim_rng *rng)
{
	memset(disk, 0, sizeof *disk);
	disk->rng = rng;
}

void rewapp__sim_disk_end(struct sim_disk *disk)
{
	for (size_t i = 0; i < SIM_FILES_MAX; i++)
		file_free(&disk->files[i]);
}
