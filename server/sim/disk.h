/* A disk in memory that knows what was fsynced, and fails when it is told to.
 *
 * Each file has two contents: what a reader sees now, and what a power cut leaves.  A write
 * changes the first, a sync brings the second up to it.  At a power cut every sector that was
 * written since its last sync is there or not, as the seed draws: writes are torn, reordered
 * and lost as real disks do it.  SQLite comes to it through vfs.c. */
#ifndef REWAPP_SIM_DISK_H
#define REWAPP_SIM_DISK_H

#include "sim/rng.h"

enum {
	SIM_SECTOR = 512,
	SIM_FILES_MAX = 8,
	SIM_FILE_NAME_MAX = 64
};

/* What goes wrong, at the n-th call that it concerns. */
enum sim_fault {
	SIM_FAULT_NONE,
	SIM_FAULT_READ,      /* a read fails */
	SIM_FAULT_WRITE,     /* a write fails, nothing of it is written */
	SIM_FAULT_SHORT,     /* a write fails when a part of it is written */
	SIM_FAULT_FULL,      /* no space is left, from then on */
	SIM_FAULT_SYNC,      /* a sync fails, and has done nothing */
	SIM_FAULT_POWER,     /* the power fails in a write, a sync, a truncation or a deletion */
	SIM_FAULT_KILL,      /* the process ends there: what was written stays */
	SIM_FAULT_LOST_SYNC, /* until the power fails no sync does anything, though each says so */
	SIM_FAULT_MEMORY,    /* an allocation of the engine fails; not the disk's */
	SIM_FAULT_COUNT
};
const char *rewapp__sim_fault_name(enum sim_fault fault);

struct sim_file {
	char name[SIM_FILE_NAME_MAX]; /* "": the place is free */
	unsigned char *now, *safe;
	uint64_t *unsafe; /* a bit for each sector that was written since its last sync */
	int64_t now_size, safe_size, capacity;
	int64_t unsafe_from, unsafe_until; /* the sectors to look at */
	bool removed;                      /* while somebody has it open */
	int handles;
	void *shared; /* vfs.c: locks and shared memory, while anybody has it open */
};

struct sim_disk {
	struct sim_file files[SIM_FILES_MAX];
	struct sim_rng *rng;
	enum sim_fault fault;
	int64_t fault_at; /* counts down to it */
	bool hit;         /* it has come */
	bool dead;        /* power or process are gone: nothing is done any more */
	bool syncs_lie;
	bool syncs_never;       /* a trial: no sync ever does anything, and each says so */
	int64_t now_ms;         /* for SQLite's own use */
	uint64_t writes, syncs; /* so far */
};

void rewapp__sim_disk_begin(struct sim_disk *disk, struct sim_rng *rng);
void rewapp__sim_disk_end(struct sim_disk *disk);

/* The next faults; SIM_FAULT_NONE heals the disk (one that is dead stays dead, one that lies goes on). */
void rewapp__sim_disk_arm(struct sim_disk *disk, enum sim_fault fault, int64_t at);

/* After the last handle was closed: what a power cut (or, `power` false, the end of the process)
 * leaves, is what everybody sees from then on.  The disk lives again. */
void rewapp__sim_disk_restart(struct sim_disk *disk, bool power);

/* NULL when there is none, or no room for one more. */
struct sim_file *rewapp__sim_disk_find(struct sim_disk *disk, const char *name);
struct sim_file *rewapp__sim_disk_make(struct sim_disk *disk, const char *name);
void rewapp__sim_disk_remove(struct sim_disk *disk, struct sim_file *file);

/* What an operation comes to. */
enum sim_io {
	SIM_IO_DONE,
	SIM_IO_FAILED,
	SIM_IO_SHORT, /* a read beyond the end: the rest is zeros */
	SIM_IO_FULL
};
enum sim_io rewapp__sim_disk_read(
	struct sim_disk *disk, const struct sim_file *file, void *out, int64_t size, int64_t offset);
enum sim_io rewapp__sim_disk_write(
	struct sim_disk *disk, struct sim_file *file, const void *bytes, int64_t size, int64_t offset);
enum sim_io rewapp__sim_disk_truncate(struct sim_disk *disk, struct sim_file *file, int64_t size);
enum sim_io rewapp__sim_disk_sync(struct sim_disk *disk, struct sim_file *file);

/* Whether a deletion goes through. */
enum sim_io rewapp__sim_disk_unlink(struct sim_disk *disk, const char *name);

#endif
