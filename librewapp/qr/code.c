/* Codes: a number of the store that people can type, print and dictate, and nobody can guess.
 *
 * The mark is a keyed hash of the use and the number; the number is then covered with a keyed hash of the
 * mark, so that codes made one after the other have nothing in common. */
#include "qr/code.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

enum {
	NUMBER_BYTES = 5,
	MARK_BYTES = 5,
	CODE_BYTES = NUMBER_BYTES + MARK_BYTES,
	SYMBOL_BITS = 5,
	GROUP = 4
};

static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

static void hash_of(const struct qr_subkeys *keys, const char *label, uint8_t use,
	const uint8_t number[NUMBER_BYTES], uint8_t out[MARK_BYTES])
{
	uint8_t message[16] = { 0 }, hash[crypto_generichash_BYTES];

	memcpy(message, label, strlen(label));
	message[8] = use;
	memcpy(message + 9, number, NUMBER_BYTES);
	crypto_generichash(hash, sizeof hash, message, sizeof message, keys->mac, sizeof keys->mac);
	memcpy(out, hash, MARK_BYTES);
}

/* Covers the number, or uncovers it. */
static void cover(const struct qr_subkeys *keys, uint8_t use, uint8_t bytes[CODE_BYTES])
{
	uint8_t mask[MARK_BYTES];

	hash_of(keys, "cd.cover", use, bytes + NUMBER_BYTES, mask);
	for (int i = 0; i < NUMBER_BYTES; i++)
		bytes[i] ^= mask[i];
}

static void write_symbols(const uint8_t bytes[CODE_BYTES], char out[QR_CODE_CAPACITY])
{
	size_t at = 0;

	for (size_t i = 0; i < QR_CODE_SYMBOLS; i++) {
		size_t bit = i * SYMBOL_BITS, byte = bit / 8;
		unsigned pair = (unsigned)bytes[byte] << 8 | (byte + 1 < CODE_BYTES ? bytes[byte + 1] : 0);

		if (i && i % GROUP == 0)
			out[at++] = '-';
		out[at++] = alphabet[pair >> (16 - SYMBOL_BITS - bit % 8) & 31];
	}
	out[at] = 0;
}

/* How many symbols the text has, or 0 when it has something else; the first are in `out`. */
static size_t read_symbols(const char *text, uint8_t out[QR_CODE_SYMBOLS])
{
	size_t count = 0;

	for (; *text; text++) {
		char letter = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
		const char *found = strchr(alphabet, letter);

		if (letter == ' ' || letter == '-')
			continue;
		if (!found)
			return 0;
		if (count < QR_CODE_SYMBOLS)
			out[count] = (uint8_t)(found - alphabet);
		count++;
	}
	return count;
}

static void bytes_of(const uint8_t symbols[QR_CODE_SYMBOLS], uint8_t bytes[CODE_BYTES])
{
	memset(bytes, 0, CODE_BYTES);
	for (size_t bit = 0; bit < (size_t)QR_CODE_SYMBOLS * SYMBOL_BITS; bit++)
		bytes[bit / 8] |=
			(uint8_t)((symbols[bit / SYMBOL_BITS] >> (SYMBOL_BITS - 1 - bit % SYMBOL_BITS) & 1)
				<< (7 - bit % 8));
}

bool rewapp__qr_code_is_one(const char *text)
{
	uint8_t symbols[QR_CODE_SYMBOLS];

	return read_symbols(text, symbols) == QR_CODE_SYMBOLS;
}

int rewapp__qr_code_make(const struct qr_keyring *ring, uint16_t kid, enum qr_code_use use, uint64_t number,
	char out[QR_CODE_CAPACITY])
{
	uint8_t bytes[CODE_BYTES];

	out[0] = 0;
	if (number < 1 || number >> (8 * NUMBER_BYTES))
		return rewapp__fail(REWAPP_E_OVERFLOW, "code: no number that one can be made of");
	for (size_t i = 0; i < ring->count; i++) {
		if (ring->keys[i].kid != kid)
			continue;
		for (int k = 0; k < NUMBER_BYTES; k++)
			bytes[k] = (uint8_t)(number >> (8 * (NUMBER_BYTES - 1 - k)));
		hash_of(&ring->subkeys[i], "cd.mark", (uint8_t)use, bytes, bytes + NUMBER_BYTES);
		cover(&ring->subkeys[i], (uint8_t)use, bytes);
		write_symbols(bytes, out);
		return 0;
	}
	return rewapp__fail(REWAPP_E_ARGUMENT, "code: key %d is not here", kid);
}

/* The number, or 0 when the mark is not this key's. */
static uint64_t open_with(const struct qr_subkeys *keys, uint8_t use, const uint8_t code[CODE_BYTES])
{
	uint8_t bytes[CODE_BYTES], mark[MARK_BYTES];
	uint64_t number = 0;

	memcpy(bytes, code, CODE_BYTES);
	cover(keys, use, bytes);
	hash_of(keys, "cd.mark", use, bytes, mark);
	if (sodium_memcmp(mark, bytes + NUMBER_BYTES, MARK_BYTES) != 0)
		return 0;
	for (int i = 0; i < NUMBER_BYTES; i++)
		number = number << 8 | bytes[i];
	return number;
}

uint64_t rewapp__qr_code_read(
	const struct qr_keyring *ring, const char *text, enum qr_code_use use, uint16_t *kid)
{
	uint8_t symbols[QR_CODE_SYMBOLS], bytes[CODE_BYTES];
	uint64_t number = 0;

	if (read_symbols(text, symbols) != QR_CODE_SYMBOLS)
		return 0;
	bytes_of(symbols, bytes);
	for (size_t i = 0; i < ring->count && !number; i++) {
		if (ring->keys[i].retire_after_ms < 0)
			continue;
		number = open_with(&ring->subkeys[i], (uint8_t)use, bytes);
		*kid = ring->keys[i].kid;
	}
	return number;
}
