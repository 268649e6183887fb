/* Checks that any text from outside must pass. */
#include "base/text.h"

#include <stdint.h>
#include <string.h>

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

/* --- payment card numbers ------------------------------------------------------------------ */

enum {
	SHORTEST = 13,
	LONGEST = 19,
	GROUPS = 5
};

/* How numbers are grouped on cards: four fours, American Express, Diners Club, 13 and 19 digits. */
static const unsigned char shapes[][GROUPS] = { { 4, 4, 4, 4, 3 }, { 4, 4, 4, 4 }, { 4, 6, 5 }, { 4, 6, 4 },
	{ 4, 4, 4, 1 }, { 8, 8 } };

/* Digits in a row, as many as matter. */
struct digits {
	char text[LONGEST + 1];
	size_t count;
};

static void digits_add(struct digits *digits, const char *text, size_t from, size_t to)
{
	for (; from < to; from++)
		if (is_digit(text[from]) && digits->count <= LONGEST)
			digits->text[digits->count++] = text[from];
}

/* Short numbers are cards' only with the beginnings that schemes gave out: Visa's of 13 digits, those of
 * Diners Club with 14 (other such numbers are a shop's SIRET, whose check is Luhn's too), American Express
 * and JCB with 15 (others are an acquirer's numbers of its merchants). */
static bool begins_like_a_card(const struct digits *digits)
{
	const char *text = digits->text;

	switch (digits->count) {
	case 13:
		return text[0] == '4';
	case 14:
		return text[0] == '3' && strchr("0689", text[1]);
	case 15:
		return (text[0] == '3' && strchr("47", text[1])) || strncmp(text, "2131", 4) == 0;
	default:
		return text[0] >= '2' && text[0] <= '6';
	}
}

static bool is_card(const struct digits *digits)
{
	return digits->count >= SHORTEST && digits->count <= LONGEST && begins_like_a_card(digits) &&
		luhn(digits->text, digits->count);
}

static bool range_is_card(const char *text, size_t from, size_t to)
{
	struct digits digits = { .count = 0 };

	digits_add(&digits, text, from, to);
	return is_card(&digits);
}

static size_t group_end(const char *text, size_t length, size_t at)
{
	while (at < length && is_digit(text[at]))
		at++;
	return at;
}

/* What may stand between two groups: a space, a dash, the two spaces that do not break; its
 * bytes, or 0 when no digit follows. */
static size_t joint(const char *text, size_t length, size_t at)
{
	static const char *const joints[] = { " ", "-", "\xc2\xa0", "\xe2\x80\xaf" };

	for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
		size_t size = strlen(joints[i]);

		if (at + size < length && memcmp(text + at, joints[i], size) == 0 &&
			is_digit(text[at + size]))
			return size;
	}
	return 0;
}

static size_t run_end(const char *text, size_t length, size_t at)
{
	for (size_t step = 1; step;) {
		at = group_end(text, length, at);
		step = joint(text, length, at);
		at += step;
	}
	return at;
}

/* The end of the groups from `at` on that have this shape, or 0. */
static size_t shape_end(const char *text, size_t length, size_t at, const unsigned char *shape)
{
	for (int i = 0;; i++) {
		size_t end = group_end(text, length, at), step = joint(text, length, end);

		if (end - at != shape[i])
			return 0;
		if (i + 1 == GROUPS || !shape[i + 1])
			return end;
		if (!step)
			return 0;
		at = end + step;
	}
}

/* The end of the card number whose first group starts at `at`, or 0. */
static size_t card_end(const char *text, size_t length, size_t at, bool first)
{
	size_t end = first ? run_end(text, length, at) : 0;

	if (end && range_is_card(text, at, end))
		return end;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		end = shape_end(text, length, at, shapes[i]);
		if (end && range_is_card(text, at, end))
			return end;
	}
	end = group_end(text, length, at);
	return range_is_card(text, at, end) ? end : 0;
}

/* Card numbers are looked for in whole runs and in whole groups of a run, so that one beside a
 * date is found; a window inside a longer group (one of our own tokens) is no card number.
 * Looks from *from on; the digits found are *from to *to. */
bool rewapp__text_next_card(const char *text, size_t length, size_t *from, size_t *to)
{
	bool first = true;

	for (size_t at = *from; at < length;) {
		size_t end = group_end(text, length, at), step;

		if (end == at) {
			at++;
			first = true;
			continue;
		}
		*to = card_end(text, length, at, first);
		if (*to) {
			*from = at;
			return true;
		}
		step = joint(text, length, end);
		at = end + step;
		first = step == 0;
	}
	return false;
}

bool rewapp__text_has_card_number(const char *text, size_t length)
{
	size_t from = 0, to;

	return rewapp__text_next_card(text, length, &from, &to);
}

size_t rewapp__text_mask_cards(char *text, size_t length)
{
	size_t found = 0;

	for (size_t from = 0, to; rewapp__text_next_card(text, length, &from, &to); found++) {
		size_t at = to;

		for (int kept = 0; kept < 4;)
			kept += is_digit(text[--at]);
		for (size_t i = from; i < at; i++)
			if (is_digit(text[i]))
				text[i] = 'X';
		from = at; /* with what follows, the four that stay may be another one's beginning */
	}
	return found;
}
