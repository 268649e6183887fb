/* The version, written once: the build, pkg-config and the bindings read it from here. */
#ifndef REWAPP_VERSION_H
#define REWAPP_VERSION_H

#include <rewapp/export.h>

#ifdef __cplusplus
extern "C" {
#endif

#define REWAPP_VERSION_MAJOR 0
#define REWAPP_VERSION_MINOR 1
#define REWAPP_VERSION_PATCH 0

/* The version of the library that runs, as "0.1.0".  Static text; any thread. */
REWAPP_API const char *rewapp_version(void);

#ifdef __cplusplus
}
#endif

#endif
