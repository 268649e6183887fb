/* SQLite's door to the disk in memory. */
#ifndef REWAPP_SIM_VFS_H
#define REWAPP_SIM_VFS_H

#include "sim/disk.h"

/* The name under which it is registered: "file:store?vfs=rewapp-sim". */
#define REWAPP_SIM_VFS "rewapp-sim"

/* While it is installed every store that this process opens lies on `disk`.
 * Returns 0, or -1 when SQLite refuses. */
int rewapp__sim_vfs_install(struct sim_disk *disk);
void rewapp__sim_vfs_remove(void);

/* What SQLite itself says of a store on that disk: its tables and indexes agree. */
bool rewapp__sim_vfs_is_sound(const char *name);

#endif
