/* What every public door checks first. */
#ifndef REWAPP_API_CHECK_H
#define REWAPP_API_CHECK_H

#include "base/error.h"

#include <stddef.h>

static inline int rewapp__check_pointer(const void *pointer, const char *name)
{
	return pointer ? 0 : rewapp__fail(REWAPP_E_ARGUMENT, "%s: NULL", name);
}

static inline int rewapp__check_size(size_t given, size_t known, const char *name)
{
	return given == known ? 0 : rewapp__fail(REWAPP_E_ABI, "%s.size: %zu, not %zu", name, given, known);
}

#endif
