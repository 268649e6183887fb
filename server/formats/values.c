/* The values in bank files: amounts, dates, currencies, text. */
#include "formats/values.h"

#include "base/checked.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 40

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of a blank at `text`: space, no-break space or narrow no-break space; else 0. */
static size_t blank(const char *text)
{
	if (*text == ' ' || *text == '\t')
		return 1;
	if (!strncmp(text, "\xc2\xa0", 2))
		return 2;
	return strncmp(text, "\xe2\x80\xaf", 3) == 0 ? 3 : 0;
}

static const char *skip_blanks(const char *text)
{
	while (blank(text))
		text += blank(text);
	return text;
}

/* An amount taken apart: its digits, and how they were grouped. */
struct number {
	char digits[DIGITS_MAX];
	size_t count, fraction; /* digits in all, and behind the decimal mark */
	bool negative;
};

static const char *sign_skip(const char *at, bool *negative)
{
	if (*at == '+')
		return skip_blanks(at + 1);
	if (*at == '-') {
		*negative = true;
		return skip_blanks(at + 1);
	}
	if (!strncmp(at, "\xe2\x88\x92", 3)) {
		*negative = true;
		return skip_blanks(at + 3);
	}
	return at;
}

static const char *currency_skip(const char *at)
{
	at = skip_blanks(at);
	if (!strncmp(at, "\xe2\x82\xac", 3))
		return skip_blanks(at + 3);
	if (!strncmp(at, "EUR", 3))
		return skip_blanks(at + 3);
	return at;
}

/* Which of '.' and ',' is the decimal mark; 0: neither; '?': it cannot be told. */
static char decimal_of(const char *at, int digits)
{
	const char *comma = strrchr(at, ','), *dot = strrchr(at, '.');
	const char *last = comma > dot ? comma : dot;
	size_t behind = 0;

	if (!last)
		return 0;
	if (comma && dot)
		return *last;
	if (strchr(at, *last) != last)
		return 0;
	while (is_digit(last[1 + behind]))
		behind++;
	return behind == 3 && digits < 3 ? '?' : *last;
}

/* Bytes of a thousands separator at `at`: a blank, an apostrophe or the mark that is not
 * the decimal one, with three digits behind it; else 0. */
static size_t group_mark(const char *at, char decimal)
{
	size_t width = blank(at);

	if (*at == '\'' || ((*at == '.' || *at == ',') && *at != decimal))
		width = 1;
	if (!width || !is_digit(at[width]) || !is_digit(at[width + 1]) || !is_digit(at[width + 2]))
		return 0;
	return is_digit(at[width + 3]) ? 0 : width;
}

static const char *number_read(struct number *number, const char **text, char decimal)
{
	const char *at = *text;
	bool fraction = false;

	for (;;) {
		if (is_digit(*at)) {
			if (number->count == sizeof number->digits)
				return "the amount has too many digits";
			number->digits[number->count++] = *at++;
			number->fraction += fraction;
		} else if (decimal && *at == decimal && !fraction) {
			fraction = true;
			at++;
		} else if (!fraction && number->count && group_mark(at, decimal)) {
			at += group_mark(at, decimal);
		} else {
			break;
		}
	}
	*text = at;
	return number->count ? NULL : "not an amount";
}

/* Digits beyond the currency's own must be zeros: nothing is rounded silently. */
static const char *number_to_minor(const struct number *number, int digits, int64_t *out)
{
	size_t whole = number->count - number->fraction;
	int64_t value = 0;

	for (size_t i = 0; i < whole + (size_t)digits; i++) {
		int64_t digit = i < number->count ? number->digits[i] - '0' : 0;

		if (!rewapp__mul(value, 10, &value) ||
			!(number->negative ? rewapp__sub(value, digit, &value)
					   : rewapp__add(value, digit, &value)))
			return "the amount is out of range";
	}
	for (size_t i = whole + (size_t)digits; i < number->count; i++)
		if (number->digits[i] != '0')
			return "the amount has more decimals than its currency";
	*out = value;
	return NULL;
}

static const char *amount_end(const char *at, struct number *number, bool parenthesis)
{
	at = currency_skip(at);
	if (parenthesis) {
		if (*at != ')')
			return "the parenthesis of the amount is not closed";
		at++;
		number->negative = true;
	} else if (*at == '-' && !number->negative) {
		at++;
		number->negative = true;
	}
	return *currency_skip(at) ? "not an amount" : NULL;
}

const char *rewapp__amount_parse(const char *text, char decimal, int digits, int64_t *out)
{
	struct number number = { .count = 0 };
	const char *at = currency_skip(text), *wrong;
	bool parenthesis = *at == '(';

	at = currency_skip(sign_skip(at + parenthesis, &number.negative));
	if (!decimal)
		decimal = decimal_of(at, digits);
	if (decimal == '?')
		return "the amount can be read in two ways: say which character is the decimal mark";
	wrong = number_read(&number, &at, decimal);
	if (!wrong)
		wrong = amount_end(at, &number, parenthesis);
	return wrong ? wrong : number_to_minor(&number, digits, out);
}

static int days_in(int year, int month)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Reads as many digits as the pattern has letters, or fewer where another sign follows. */
static const char *field_read(const char *text, size_t most, bool exact, int *out)
{
	size_t count = 0;

	*out = 0;
	while (count < most && is_digit(text[count]))
		*out = *out * 10 + (text[count++] - '0');
	if (!count || (exact && count < most))
		return NULL;
	return text + count;
}

static const char *date_check(int year, int month, int day)
{
	if (year < 1970 || year > 2199)
		return "the year is out of range";
	if (month < 1 || month > 12 || day < 1 || day > days_in(year, month))
		return "no such day in the calendar";
	return NULL;
}

const char *rewapp__date_parse(const char *text, const char *pattern, char out[11])
{
	static const char expected[] = "not a date of the expected form";
	bool compact = pattern[strspn(pattern, "dmy")] == 0;
	int day = 0, month = 0, year = 0;
	const char *wrong;

	while (*pattern) {
		size_t same = strspn(pattern, (char[]){ *pattern, 0 });
		int *field = *pattern == 'd' ? &day
			: *pattern == 'm'    ? &month
			: *pattern == 'y'    ? &year
					     : NULL;

		if (!field) {
			if (*text++ != *pattern++)
				return expected;
			continue;
		}
		text = field_read(text, same, compact || field == &year, field);
		if (!text)
			return expected;
		if (field == &year && same == 2)
			year += year < 70 ? 2000 : 1900;
		pattern += same;
	}
	if (*text && *text != ' ' && *text != 'T')
		return expected;
	wrong = date_check(year, month, day);
	if (!wrong)
		snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
			(unsigned)day % 100);
	return wrong;
}

int64_t rewapp__date_noon_ms(const char date[11])
{
	int year = 0, month = 0, day = 0;
	int64_t days = 0;

	field_read(date, 4, true, &year);
	field_read(date + 5, 2, true, &month);
	field_read(date + 8, 2, true, &day);
	for (int y = 1970; y < year; y++)
		days += days_in(y, 2) + 337;
	for (int m = 1; m < month; m++)
		days += days_in(year, m);
	return ((days + day - 1) * 24 + 12) * INT64_C(3600000);
}

int rewapp__currency_digits(const char *currency)
{
	static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
	static const char three[] = "BHD IQD JOD KWD LYD OMR TND ";
	const char *at;

	if (!rewapp__currency_is(currency))
		return 2;
	at = strstr(none, currency);
	if (at && (at - none) % 4 == 0)
		return 0;
	at = strstr(three, currency);
	return at && (at - three) % 4 == 0 ? 3 : 2;
}

bool rewapp__currency_is(const char *text)
{
	for (int i = 0; i < 3; i++)
		if (text[i] < 'A' || text[i] > 'Z')
			return false;
	return text[3] == 0;
}

void rewapp__squeeze(char *text)
{
	char *out = text;

	for (const char *at = text; *at;) {
		size_t width = (unsigned char)*at < 0x20 || *at == 0x7f ? 1 : blank(at);

		if (!width) {
			*out++ = *at++;
			continue;
		}
		at += width;
		if (out > text && out[-1] != ' ')
			*out++ = ' ';
	}
	if (out > text && out[-1] == ' ')
		out--;
	*out = 0;
}
