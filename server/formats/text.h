/* The bytes of a file become UTF-8 text, or a failure that names the byte. */
#ifndef REWAPP_FORMATS_TEXT_H
#define REWAPP_FORMATS_TEXT_H

#include "base/arena.h"

#include <stddef.h>

/* Reads a whole file of at most `limit` bytes into the arena, with a NUL behind it; "-"
 * is standard input.  Returns 0, REWAPP_E_NOTFOUND, REWAPP_E_STORAGE, REWAPP_E_ARGUMENT (too long),
 * REWAPP_E_NOMEMORY. */
int rewapp__file_read(struct arena *arena, const char *path, size_t limit, char **bytes, size_t *length);

/* What the text calls its own encoding; "" if it does not. */
struct text_encoding {
	char name[32];
};

/* Makes UTF-8 of `bytes`.  `declared` is what the caller or the file says ("" or NULL:
 * nothing): then bytes that it forbids are an error.  Otherwise a byte order mark
 * decides, then UTF-8 if it is well-formed, then Windows-1252.  `used` tells which.
 *
 * Returns 0, REWAPP_E_ARGUMENT ("FILE:LINE: byte 0x81 ..."), REWAPP_E_NOMEMORY. */
int rewapp__text_decode(struct arena *arena, const char *name, const char *bytes, size_t length,
	const char *declared, struct text_encoding *used, char **text, size_t *text_length);

#endif
