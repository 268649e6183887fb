/* Bytes as decimal digits: 7 bytes are 17 digits, which wastes 0.8 % and needs no big numbers. */
#include "qr/digits.h"

#include <string.h>

enum {
	PREFIX = 3,
	BLOCK_BYTES = 7,
	BLOCK_DIGITS = 17,
	TAIL_BYTES = 5,
	TAIL_DIGITS = 13,
	BLOCKS = 5
};

_Static_assert(BLOCKS *BLOCK_BYTES + TAIL_BYTES == QR_TOKEN_BYTES, "the blocks fill the token");
_Static_assert(PREFIX + BLOCKS * BLOCK_DIGITS + TAIL_DIGITS == QR_TOKEN_DIGITS, "the digits fill the text");

enum qr_carrier rewapp__qr_carrier_of(const char *digits, size_t length)
{
	static const struct {
		enum qr_carrier carrier;
		size_t length;
	} carriers[] = { { QR_CARRIER_M, 101 }, { QR_CARRIER_S, 254 }, { QR_CARRIER_T, 101 },
		{ QR_CARRIER_R, 101 } };
	int prefix;

	if (length < PREFIX || length > 254)
		return QR_CARRIER_NONE;
	for (size_t i = 0; i < length; i++)
		if (digits[i] < '0' || digits[i] > '9')
			return QR_CARRIER_NONE;
	prefix = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
	for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
		if ((int)carriers[i].carrier == prefix && carriers[i].length == length)
			return carriers[i].carrier;
	return QR_CARRIER_NONE;
}

static void block_write(const uint8_t *bytes, int count, char *out, int digits)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++)
		value = value << 8 | bytes[i];
	for (int i = digits - 1; i >= 0; i--, value /= 10)
		out[i] = (char)('0' + value % 10);
}

static bool block_read(const char *text, int digits, uint8_t *out, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < digits; i++)
		value = value * 10 + (uint64_t)(text[i] - '0');
	if (value >> (8 * count))
		return false;
	for (int i = count - 1; i >= 0; i--, value >>= 8)
		out[i] = (uint8_t)value;
	return true;
}

void rewapp__qr_digits_write(const uint8_t bytes[QR_TOKEN_BYTES], char out[QR_TOKEN_CAPACITY])
{
	memcpy(out, "971", PREFIX);
	for (int i = 0; i < BLOCKS; i++)
		block_write(
			bytes + i * BLOCK_BYTES, BLOCK_BYTES, out + PREFIX + i * BLOCK_DIGITS, BLOCK_DIGITS);
	block_write(
		bytes + BLOCKS * BLOCK_BYTES, TAIL_BYTES, out + PREFIX + BLOCKS * BLOCK_DIGITS, TAIL_DIGITS);
	out[QR_TOKEN_DIGITS] = '\0';
}

bool rewapp__qr_digits_read(const char digits[QR_TOKEN_DIGITS], uint8_t bytes[QR_TOKEN_BYTES])
{
	const char *text = digits + PREFIX;

	for (int i = 0; i < BLOCKS; i++, text += BLOCK_DIGITS)
		if (!block_read(text, BLOCK_DIGITS, bytes + i * BLOCK_BYTES, BLOCK_BYTES))
			return false;
	return block_read(text, TAIL_DIGITS, bytes + BLOCKS * BLOCK_BYTES, TAIL_BYTES);
}
