/* Base64 of a known length, in one way only. */
#include "evidence/base64.h"

#include <sodium.h>
#include <string.h>

void rewapp__base64_write(char *out, const void *bytes, size_t size)
{
	sodium_bin2base64(out, BASE64_TEXT(size) + 1, bytes, size, sodium_base64_VARIANT_ORIGINAL);
}

/* libsodium takes some bytes above 127 for letters, so what was read is written again. */
bool rewapp__base64_read(void *out, size_t size, const char *text, size_t length)
{
	char again[BASE64_TEXT(BASE64_BYTES_MAX) + 1];
	size_t found;

	if (size > BASE64_BYTES_MAX || length != BASE64_TEXT(size) ||
		sodium_base642bin(
			out, size, text, length, NULL, &found, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
		found != size)
		return false;
	rewapp__base64_write(again, out, size);
	return memcmp(again, text, length) == 0;
}
