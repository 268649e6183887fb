/* Covers: an id under one block of a keyed hash, texts under XChaCha20.
 * The chain vouches for the bytes, so nothing here authenticates. */
#include "evidence/cover.h"

#include <sodium.h>
#include <string.h>

static const char id_label[] = "rewapp.cover.id", pseudonym_label[] = "rewapp.pseudonym";

void rewapp__cover_id(const uint8_t key[COVER_KEY_BYTES], struct rewapp_id *id)
{
	struct rewapp_id pad;

	crypto_generichash(pad.bytes, sizeof pad.bytes, (const uint8_t *)id_label, sizeof id_label - 1, key,
		COVER_KEY_BYTES);
	for (size_t i = 0; i < sizeof pad.bytes; i++)
		id->bytes[i] ^= pad.bytes[i];
}

void rewapp__cover_text(const uint8_t key[COVER_KEY_BYTES], const struct rewapp_id *command, uint8_t which,
	void *bytes, size_t size)
{
	uint8_t nonce[crypto_stream_xchacha20_NONCEBYTES] = { 0 };

	memcpy(nonce, command->bytes, sizeof command->bytes);
	nonce[sizeof command->bytes] = which;
	crypto_stream_xchacha20_xor(bytes, bytes, size, nonce, key);
}

void rewapp__pseudonym(const uint8_t secret[COVER_KEY_BYTES], int64_t number, struct rewapp_id *out)
{
	uint8_t input[sizeof pseudonym_label - 1 + 8];

	memcpy(input, pseudonym_label, sizeof pseudonym_label - 1);
	for (int i = 0; i < 8; i++)
		input[sizeof pseudonym_label - 1 + i] = (uint8_t)((uint64_t)number >> 8 * i);
	crypto_generichash(out->bytes, sizeof out->bytes, input, sizeof input, secret, COVER_KEY_BYTES);
}
