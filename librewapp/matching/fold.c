/* Bank text and brand names in one alphabet, by tables. */
#include "matching/fold.h"

#include <string.h>

const bool rewapp__word_characters[256] = {
	/* clang-format off */
	['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true,
	['7'] = true, ['8'] = true, ['9'] = true, ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true,
	['E'] = true, ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true,
	['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true, ['R'] = true,
	['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true,
	['Z'] = true,
	/* clang-format on */
};

/* U+00A0 to U+017F, two characters each; '-' in the second place: only one. */
static const char latin[][3] = {
	/* clang-format off */
	" ", " ", " ", " ", " ", " ", " ", " ", " ", " ", " ", " ", " ", "", " ", " ",
	" ", " ", "2", "3", " ", "U", " ", " ", " ", "1", " ", " ", " ", " ", " ", " ",
	"A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I",
	"D", "N", "O", "O", "O", "O", "O", "X", "O", "U", "U", "U", "U", "Y", "TH", "SS",
	"A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I",
	"D", "N", "O", "O", "O", "O", "O", " ", "O", "U", "U", "U", "U", "Y", "TH", "Y",
	"A", "A", "A", "A", "A", "A", "C", "C", "C", "C", "C", "C", "C", "C", "D", "D",
	"D", "D", "E", "E", "E", "E", "E", "E", "E", "E", "E", "E", "G", "G", "G", "G",
	"G", "G", "G", "G", "H", "H", "H", "H", "I", "I", "I", "I", "I", "I", "I", "I",
	"I", "I", "IJ", "IJ", "J", "J", "K", "K", "K", "L", "L", "L", "L", "L", "L", "L",
	"L", "L", "L", "N", "N", "N", "N", "N", "N", "N", "N", "N", "O", "O", "O", "O",
	"O", "O", "OE", "OE", "R", "R", "R", "R", "R", "R", "S", "S", "S", "S", "S", "S",
	"S", "S", "T", "T", "T", "T", "T", "T", "U", "U", "U", "U", "U", "U", "U", "U",
	"U", "U", "U", "U", "W", "W", "Y", "Y", "Y", "Z", "Z", "Z", "Z", "Z", "Z", "S",
	/* clang-format on */
};

struct range {
	uint32_t from, to;
	const char *text;
};

/* Beyond U+017F; sorted.  What no range holds becomes a space. */
static const struct range ranges[] = {
	{ 0x0218, 0x0219, "S" },
	{ 0x021a, 0x021b, "T" },
	{ 0x02b9, 0x02bf, "'" },
	{ 0x0300, 0x036f, "" },
	{ 0x1e9e, 0x1e9e, "SS" },
	{ 0x200b, 0x200f, "" },
	{ 0x2010, 0x2015, "-" },
	{ 0x2018, 0x201b, "'" },
	{ 0x202a, 0x202e, "" },
	{ 0x2060, 0x206f, "" },
	{ 0xfb00, 0xfb00, "FF" },
	{ 0xfb01, 0xfb01, "FI" },
	{ 0xfb02, 0xfb02, "FL" },
	{ 0xfe00, 0xfe0f, "" },
	{ 0xfeff, 0xfeff, "" },
};

enum {
	CARD_SHORTEST = 13 /* digits */
};

/* Decodes one character; a malformed byte gives U+FFFD and a step of one. */
static size_t decode(const unsigned char *at, size_t left, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	uint32_t code = at[0] & (0xffu >> (length + 1));

	*out = 0xfffd;
	if (at[0] < 0xc2 || at[0] > 0xf4 || length > left)
		return 1;
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 1;
		code = code << 6 | (at[i] & 0x3fu);
	}
	if (code < least[length] || code > 0x10ffff)
		return 1;
	*out = code;
	return length;
}

/* "Ã©" is an é that was taken for Latin-1 on its way and encoded again. */
static size_t decode_repaired(const unsigned char *at, size_t left, uint32_t *out)
{
	size_t step = decode(at, left, out), more;
	uint32_t second;

	if (*out != 0xc3 || step >= left || at[step] < 0x80)
		return step;
	more = decode(at + step, left - step, &second);
	if (second < 0x80 || second > 0xbf)
		return step;
	*out = 0xc0 | (second & 0x3f);
	return step + more;
}

static const char *beyond_ascii(uint32_t code, char one[2])
{
	if (code >= 0xa0 && code <= 0x17f)
		return latin[code - 0xa0];
	if (code >= 0xff01 && code <= 0xff5e) {
		one[0] = (char)(code - 0xfee0);
		if (one[0] >= 'a' && one[0] <= 'z')
			one[0] = (char)(one[0] - 32);
		return one;
	}
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (code >= ranges[i].from && code <= ranges[i].to)
			return ranges[i].text;
	return " ";
}

static void put(struct folded *out, char c, size_t at)
{
	if (out->length == REWAPP__FOLD_MAX)
		return;
	out->text[out->length] = c;
	out->at[out->length++] = (uint16_t)at;
}

/* How many bytes before the first that is no printable ASCII character; eight at a time. */
static size_t plain_run(const unsigned char *bytes, size_t length)
{
	size_t run = 0;
	uint64_t eight;

	for (; run + sizeof eight <= length; run += sizeof eight) {
		memcpy(&eight, bytes + run, sizeof eight);
		if ((eight | (eight - 0x2020202020202020u) | (eight + 0x0101010101010101u)) &
			0x8080808080808080u)
			break;
	}
	while (run < length && bytes[run] >= 0x20 && bytes[run] < 0x7f)
		run++;
	return run;
}

/* Most text is nothing else: these loops are what a compiler can make wide. */
static size_t put_plain(struct folded *out, const unsigned char *bytes, size_t at, size_t length)
{
	size_t room = REWAPP__FOLD_MAX - (size_t)out->length, run = plain_run(bytes + at, length - at);
	const unsigned char *restrict from = bytes + at;
	char *restrict to = out->text + out->length;
	uint16_t *restrict where = out->at + out->length;

	run = run < room ? run : room;
	run = run < UINT16_MAX - at ? run : UINT16_MAX - at;
	for (size_t i = 0; i < run; i++)
		to[i] = (char)(from[i] - ((unsigned char)(from[i] - 'a') < 26 ? 32 : 0));
	for (size_t i = 0; i < run; i++)
		where[i] = (uint16_t)(at + i);
	out->length = (uint16_t)(out->length + run);
	return run;
}

static bool luhn(const struct folded *text, const uint16_t *digits, size_t count)
{
	unsigned sum = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned digit = (unsigned)(text->text[digits[count - 1 - i]] - '0');

		if (i % 2)
			digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum % 10 == 0;
}

/* The run of digits that starts at `at`, single spaces and dashes inside allowed;
 * returns where it ends. */
static uint16_t mask_run(struct folded *text, uint16_t at)
{
	uint16_t digits[19];
	size_t count = 0;

	for (; at < text->length; at++) {
		char c = text->text[at];

		if (rewapp__is_digit(c)) {
			if (count < 19)
				digits[count] = at;
			count++;
		} else if (!((c == ' ' || c == '-') && rewapp__is_digit(text->text[at + 1]))) {
			break;
		}
	}
	/* fourteen digits are a card's only when they begin with 3: others are a SIRET, which has the
	 * same check digit */
	if (count < CARD_SHORTEST || (count == 14 && text->text[digits[0]] != '3') || count > 19 ||
		text->text[digits[0]] < '2' || text->text[digits[0]] > '6' || !luhn(text, digits, count))
		return at;
	for (size_t i = 0; i + 4 < count; i++)
		text->text[digits[i]] = 'X';
	return at;
}

static void mask_cards(struct folded *text)
{
	for (uint16_t at = 0; at < text->length;)
		at = rewapp__is_digit(text->text[at]) ? mask_run(text, at) : (uint16_t)(at + 1);
}

#define EACH_BYTE 0x0101010101010101u

/* In the highest bit of each of eight ASCII characters: it lies from `first` to `last`. */
static uint64_t within(uint64_t eight, unsigned first, unsigned last)
{
	return (eight + EACH_BYTE * (0x80 - first)) & ~(eight + EACH_BYTE * (0x7f - last)) & EACH_BYTE * 0x80;
}

/* Notes where letters and digits stand, eight characters at a time; how many are digits. */
static unsigned note_words(struct folded *out)
{
	unsigned digits = 0;

	for (uint16_t at = 0; at <= out->length; at = (uint16_t)(at + 8)) {
		uint64_t eight, found, digit;

		memcpy(&eight, out->text + at, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		eight = __builtin_bswap64(eight);
#endif
		digit = within(eight, '0', '9');
		found = (digit | within(eight, 'A', 'Z')) >> 7;
		digits += (unsigned)((digit >> 7) * EACH_BYTE >> 56);
		if (at % 64 == 0)
			out->words[at / 64] = 0;
		/* the first character's bit becomes the lowest of eight */
		out->words[at / 64] |= found * 0x0102040810204080u >> 56 << (at % 64);
	}
	return digits;
}

/* Scripts whose letters look like Latin ones: Greek, Cyrillic, Armenian, Cherokee, letters of formulas. */
static bool is_alike(uint32_t code)
{
	return (code >= 0x0370 && code <= 0x058f) || (code >= 0x13a0 && code <= 0x13ff) ||
		(code >= 0x1d400 && code <= 0x1d7ff);
}

static bool is_ascii_letter(const unsigned char *bytes, size_t length, size_t at)
{
	return at < length && rewapp__is_letter((char)(bytes[at] & 0xdf));
}

void rewapp__fold(struct folded *out, const char *raw, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)raw;
	size_t at = 0;

	out->length = 0;
	out->mixed = false;
	while (at < length && out->length < REWAPP__FOLD_MAX && at < UINT16_MAX - 4) {
		unsigned char c = bytes[at];
		char one[2] = { 0, 0 };
		const char *text;
		uint32_t code;
		size_t step;

		if (c >= 0x20 && c < 0x7f) {
			at += put_plain(out, bytes, at, length);
			continue;
		}
		if (c < 0x80) {
			if (c == '\t' || c == '\n' || c == '\r')
				put(out, ' ', at);
			at++;
			continue;
		}
		step = decode_repaired(bytes + at, length - at, &code);
		out->mixed |= is_alike(code) &&
			(is_ascii_letter(bytes, length, at - (at > 0)) ||
				is_ascii_letter(bytes, length, at + step));
		text = beyond_ascii(code, one);
		for (int i = 0; i < 2 && text[i]; i++)
			put(out, text[i], at);
		at += step;
	}
	memset(out->text + out->length, 0, REWAPP__FOLD_ENDED);
	out->at[out->length] = (uint16_t)at;
	if (note_words(out) >= CARD_SHORTEST)
		mask_cards(out);
}
