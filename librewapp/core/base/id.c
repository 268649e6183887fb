/* Ids: their text form, and ids derived from names. */
#include "base/error.h"

#include <rewapp/types.h>
#include <sodium.h>
#include <string.h>

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int is_uuid_dash(size_t length, size_t at)
{
	return length == 36 && (at == 8 || at == 13 || at == 18 || at == 23);
}

int rewapp_id_parse(const char *text, size_t length, struct rewapp_id *out)
{
	struct rewapp_id id = { { 0 } };
	size_t nibbles = 0;

	if (!text || !out)
		return rewapp__fail(REWAPP_E_ARGUMENT, "id: NULL");
	if (length > 1 && text[0] == '@')
		return rewapp_id_derive(text + 1, length - 1, out);
	if (length != 32 && length != 36)
		return rewapp__fail(REWAPP_E_ARGUMENT, "id: neither 32 hexadecimal digits, a UUID nor @name");
	for (size_t at = 0; at < length; at++) {
		int value = hex_value(text[at]);

		if (is_uuid_dash(length, at) && text[at] == '-')
			continue;
		if (value < 0 || nibbles == 32)
			return rewapp__fail(
				REWAPP_E_ARGUMENT, "id: character %zu is not a hexadecimal digit", at + 1);
		id.bytes[nibbles / 2] |= (uint8_t)(value << (nibbles % 2 ? 0 : 4));
		nibbles++;
	}
	*out = id;
	return 0;
}

void rewapp_id_format(const struct rewapp_id *id, char out[REWAPP_ID_CAPACITY])
{
	sodium_bin2hex(out, REWAPP_ID_CAPACITY, id->bytes, sizeof id->bytes);
}

int rewapp_id_derive(const char *name, size_t length, struct rewapp_id *out)
{
	static const unsigned char label[] = "rewapp.id:";
	crypto_generichash_state state;

	if (!name || !out || length == 0 || length > 255)
		return rewapp__fail(REWAPP_E_ARGUMENT, "id: a name has 1 to 255 bytes");
	crypto_generichash_init(&state, NULL, 0, sizeof out->bytes);
	crypto_generichash_update(&state, label, sizeof label - 1);
	crypto_generichash_update(&state, (const unsigned char *)name, length);
	crypto_generichash_final(&state, out->bytes, sizeof out->bytes);
	return 0;
}

int rewapp_id_is_zero(const struct rewapp_id *id)
{
	static const struct rewapp_id zero;

	return !id || memcmp(id, &zero, sizeof zero) == 0;
}
