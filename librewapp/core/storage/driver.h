/* What drivers share and callers do not see. */
#ifndef REWAPP_STORAGE_DRIVER_H
#define REWAPP_STORAGE_DRIVER_H

#include "storage/drivers.h" /* made by the build from the list in meson.build */
#include "storage/storage.h"

/* The drivers: a name in meson.build's list declares rewapp__storage_NAME. */
#define REWAPP_STORAGE_DECLARE(name) extern const struct storage_driver rewapp__storage_##name;
REWAPP_STORAGE_DRIVERS(REWAPP_STORAGE_DECLARE)
#undef REWAPP_STORAGE_DECLARE

/* The env's clock, or the machine's. */
int64_t rewapp__storage_now_ms(const struct rewapp_env *env);

/* The refusal of a store whose schema is newer than this library's. */
int rewapp__storage_newer(int64_t version, size_t known);

#endif
