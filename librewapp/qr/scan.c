/* Scanners are US keyboards; tills have others.  The digit row is turned back into digits. */
#include "qr/scan.h"

#include "base/error.h"
#include "qr/digits.h"

#include <stdint.h>
#include <string.h>

enum {
	TYPED_MAX = 1024,
	DIGITS_MAX = 254
};

/* Digit row without Shift, key 1 to 0.  FR: & e' " ' ( - e` _ c, a`; BE: 6 is the paragraph sign,
 * 8 an exclamation mark.  Caps Lock raises the letters (Linux) or gives digits (Windows). */
static const struct {
	uint32_t typed;
	char digit;
} fold_table[] = {
	{ '&', '1' },
	{ 0xe9, '2' },
	{ 0xc9, '2' },
	{ '"', '3' },
	{ '\'', '4' },
	{ '(', '5' },
	{ '-', '6' },
	{ 0xa7, '6' },
	{ 0xe8, '7' },
	{ 0xc8, '7' },
	{ '_', '8' },
	{ '!', '8' },
	{ 0xe7, '9' },
	{ 0xc7, '9' },
	{ 0xe0, '0' },
	{ 0xc0, '0' },
};

struct reader {
	const unsigned char *at, *end;
	int latin1; /* a byte is a character */
};

/* The next character; all that can be folded lies below U+0800, so 2 bytes of UTF-8 are enough.
 * 0 stands for the end and for anything else. */
static uint32_t next_character(struct reader *in)
{
	unsigned char lead;

	if (in->at == in->end)
		return 0;
	lead = *in->at++;
	if (lead < 0x80 || in->latin1)
		return lead;
	if (lead < 0xc2 || lead > 0xdf || in->at == in->end || (*in->at & 0xc0) != 0x80)
		return 0;
	return (uint32_t)(lead & 0x1f) << 6 | (*in->at++ & 0x3fu);
}

static char digit_of(uint32_t character)
{
	if (character >= '0' && character <= '9')
		return (char)character;
	for (size_t i = 0; i < sizeof fold_table / sizeof *fold_table; i++)
		if (fold_table[i].typed == character)
			return fold_table[i].digit;
	return 0;
}

static int is_q(uint32_t character)
{
	return character == 'Q' || character == 'q' || character == 'A' || character == 'a';
}

/* "]Q1" as the layout shows it: ] becomes another sign (or is lost as a dead key), Q may be A. */
static struct reader skip_aim_prefix(struct reader in)
{
	struct reader after = in;
	uint32_t first = next_character(&after);

	if (!is_q(first))
		first = next_character(&after);
	if (!is_q(first) || !digit_of(next_character(&after)))
		return in;
	return after;
}

static size_t fold(struct reader in, char digits[DIGITS_MAX])
{
	size_t count = 0;

	in = skip_aim_prefix(in);
	while (in.at != in.end) {
		char digit = digit_of(next_character(&in));

		if (!digit || count == DIGITS_MAX)
			return 0;
		digits[count++] = digit;
	}
	return rewapp__qr_carrier_of(digits, count) == QR_CARRIER_NONE ? 0 : count;
}

static int is_white(unsigned char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

int rewapp__qr_scan_fold(const char *typed, size_t length, char *digits, size_t capacity)
{
	struct reader in = { (const unsigned char *)typed, (const unsigned char *)typed + length, 0 };
	char folded[DIGITS_MAX];
	size_t count;

	if (length > TYPED_MAX)
		return 0;
	while (in.at != in.end && is_white(*in.at))
		in.at++;
	while (in.at != in.end && is_white(in.end[-1]))
		in.end--;
	count = fold(in, folded);
	if (!count) {
		/* No UTF-8 of the table reads as Latin-1 of the table: at most one of the two folds. */
		in.latin1 = 1;
		count = fold(in, folded);
	}
	if (!count)
		return 0;
	if (capacity < count + 1)
		return rewapp__fail(
			REWAPP_E_CAPACITY, "digits: %zu bytes, %zu are needed", capacity, count + 1);
	memcpy(digits, folded, count);
	digits[count] = '\0';
	return (int)count;
}
