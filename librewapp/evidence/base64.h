/* Bytes of a known length as base64 (RFC 4648, with padding), in one way only. */
#ifndef REWAPP_EVIDENCE_BASE64_H
#define REWAPP_EVIDENCE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

enum {
	BASE64_BYTES_MAX = 96
};

/* Characters of `size` bytes, without a NUL. */
#define BASE64_TEXT(size) (((size) + 2) / 3 * 4)

/* Writes BASE64_TEXT(size) characters and a NUL; size <= BASE64_BYTES_MAX. */
void rewapp__base64_write(char *out, const void *bytes, size_t size);

/* Reads exactly `size` bytes; false: the text is not what rewapp__base64_write() makes of them. */
bool rewapp__base64_read(void *out, size_t size, const char *text, size_t length);

#endif
