/* Checks that any text from outside must pass. */
#include "base/text.h"

#include <stdint.h>

/* What the first byte of a sequence promises; 0: no sequence starts so. */
static size_t utf8_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Length of the sequence that starts at `at`, or 0 when it is not well formed. */
static size_t utf8_sequence(const unsigned char *at, size_t left)
{
	size_t length = utf8_length(at[0]);

	if (length == 0 || length > left || at[0] == 0)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
		(at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

bool rewapp__text_is_utf8(const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;

	for (size_t at = 0; at < length;) {
		size_t step = utf8_sequence(bytes + at, length - at);

		if (step == 0)
			return false;
		at += step;
	}
	return true;
}

size_t rewapp__text_cut(const char *text, size_t limit)
{
	size_t start = limit;

	while (start > 0 && limit - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0)
		return limit;
	start--;
	return start + utf8_length((unsigned char)text[start]) > limit ? start : limit;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool luhn(const char *digits, size_t count)
{
	unsigned sum = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned digit = (unsigned)(digits[count - 1 - i] - '0');

		if (i % 2)
			digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum % 10 == 0;
}

/* Card numbers are looked for in whole runs and in whole groups of a run, so that one beside a
 * date is found; a window inside a longer group (one of our own tokens) is no card number. */
static bool run_is_card(const char *digits, size_t count)
{
	return count >= 13 && count <= 19 && digits[0] >= '2' && digits[0] <= '6' && luhn(digits, count);
}

enum {
	LONGEST = 19
};

/* Digits in a row, as many as matter. */
struct digits {
	char text[LONGEST + 1];
	size_t count;
};

static void digits_add(struct digits *digits, char c)
{
	if (digits->count <= LONGEST)
		digits->text[digits->count++] = c;
}

static bool is_joint(const char *text, size_t length, size_t at)
{
	return (text[at] == ' ' || text[at] == '-') && at + 1 < length && is_digit(text[at + 1]);
}

bool rewapp__text_has_card_number(const char *text, size_t length)
{
	struct digits run = { .count = 0 }, group = { .count = 0 };

	for (size_t at = 0; at < length; at++) {
		if (is_digit(text[at])) {
			digits_add(&run, text[at]);
			digits_add(&group, text[at]);
			continue;
		}
		if (run_is_card(group.text, group.count))
			return true;
		group.count = 0;
		if (is_joint(text, length, at))
			continue;
		if (run_is_card(run.text, run.count))
			return true;
		run.count = 0;
	}
	return run_is_card(group.text, group.count) || run_is_card(run.text, run.count);
}
