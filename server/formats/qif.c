/* QIF: one field a line, told by its first letter; a ^ ends each transaction.  Nothing in
 * the format says how dates are written, so all of them together must tell. */
#include "formats/reader.h"
#include "formats/values.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	FIELD_MAX = 512
};

struct qif {
	struct bank_file *file;
	const struct bank_options *options;
	const char *date_format; /* the one in use */
	char date_buffer[16];
	char account[64];
	bool wanted;     /* in a section of transactions */
	bool in_account; /* in an !Account block */
	size_t started;  /* line of the open transaction, 0: none is open */
	char date[32], amount[64], payee[FIELD_MAX], memo[FIELD_MAX];
};

static bool recognise(const char *text, size_t length)
{
	text += strspn(text, " \t\r\n");
	return !strncasecmp(text, "!Type:", 6) || !strncasecmp(text, "!Account", 8) ||
		!strncasecmp(text, "!Option:", 8);
}

/* What one date says about the order of day and month: bits of what it allows. */
enum {
	ORDER_DMY = 1,
	ORDER_MDY = 2,
	ORDER_YMD = 4
};

static int order_of(const char *date)
{
	int first = 0, second = 0, count = 0;

	if (sscanf(date, "%4d%*1[-/.' ]%2d%n", &first, &second, &count) < 2)
		return 0;
	if (first > 31)
		return ORDER_YMD;
	return (second <= 12 ? ORDER_DMY : 0) | (first <= 12 ? ORDER_MDY : 0);
}

/* "D 3/12'26" -> "3/12/26": Quicken writes years after 1999 behind an apostrophe. */
static void date_clean(char *date)
{
	char *out = date;

	for (const char *at = date; *at; at++)
		if (*at != ' ')
			*out++ = *at == '\'' || *at == '.' || *at == '-' ? '/' : *at;
	*out = 0;
}

static const char *line_end(const char *at)
{
	return at + strcspn(at, "\r\n");
}

static const char *line_next(const char *end, size_t *line)
{
	if (*end == '\r')
		end++;
	if (*end == '\n')
		end++;
	(*line)++;
	return end;
}

static bool is_section(const char *line)
{
	static const char *const wanted[] = { "!Type:Bank", "!Type:CCard", "!Type:Cash", "!Type:Oth" };

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (!strncasecmp(line, wanted[i], strlen(wanted[i])))
			return true;
	return false;
}

/* What all dates of the file together allow. */
static int orders_of(const char *text)
{
	int orders = ORDER_DMY | ORDER_MDY | ORDER_YMD;
	size_t line = 1;

	for (const char *at = text; *at;) {
		const char *end = line_end(at);
		char date[32];

		if (*at == 'D' && end - at > 1 && (size_t)(end - at) <= sizeof date) {
			int order;

			memcpy(date, at + 1, (size_t)(end - at - 1));
			date[end - at - 1] = 0;
			date_clean(date);
			order = order_of(date);
			orders &= order ? order : orders;
		}
		at = line_next(end, &line);
	}
	return orders;
}

/* Amounts with a comma for the decimals come from where the day stands first. */
static bool has_comma_amount(const char *text)
{
	size_t line = 1;

	for (const char *at = text; *at;) {
		const char *end = line_end(at);
		const char *comma = *at == 'T' ? memchr(at, ',', (size_t)(end - at)) : NULL;

		if (comma && end - comma == 3)
			return true;
		at = line_next(end, &line);
	}
	return false;
}

static int choose_order(struct qif *qif, const char *text)
{
	int orders = orders_of(text);

	if (qif->options->date_format) {
		snprintf(qif->date_buffer, sizeof qif->date_buffer, "%s", qif->options->date_format);
		date_clean(qif->date_buffer);
		qif->date_format = qif->date_buffer;
		return 0;
	}
	if ((orders & ORDER_DMY) && (orders & ORDER_MDY) && has_comma_amount(text))
		orders = ORDER_DMY;
	if (orders == (ORDER_DMY | ORDER_MDY))
		return rewapp__bank_fail(qif->file, 1, "date",
			"day and month cannot be told apart in this file: say --date-format dd/mm/yyyy or "
			"mm/dd/yyyy");
	qif->date_format = orders & ORDER_YMD ? "yyyy/mm/dd"
		: orders & ORDER_MDY          ? "mm/dd/yyyy"
					      : "dd/mm/yyyy";
	return 0;
}

static const char *date_read(const struct qif *qif, char *date, char out[11])
{
	char pattern[16];
	const char *year;

	date_clean(date);
	year = strrchr(date, '/');
	snprintf(pattern, sizeof pattern, "%s", qif->date_format);
	if (year && strlen(year) == 3 && strlen(pattern) == 10 && pattern[9] == 'y')
		pattern[8] = 0;
	return rewapp__date_parse(date, pattern, out);
}

static int transaction_end(struct qif *qif, size_t line)
{
	struct bank_line out = { .line = qif->started, .account = qif->account };
	char text[2 * FIELD_MAX + 2];
	const char *wrong;

	if (!qif->started)
		return 0;
	qif->started = 0;
	snprintf(out.currency, sizeof out.currency, "%s", rewapp__bank_currency(qif->options));
	if (!*qif->date)
		return rewapp__bank_fail(
			qif->file, out.line, "D", "the transaction up to line %zu has no date", line);
	if (!*qif->amount)
		return rewapp__bank_fail(
			qif->file, out.line, "T", "the transaction up to line %zu has no amount", line);
	wrong = date_read(qif, qif->date, out.date);
	if (wrong)
		return rewapp__bank_fail(qif->file, out.line, "D", "%s: \"%s\"", wrong, qif->date);
	wrong = rewapp__amount_parse(
		qif->amount, qif->options->decimal, rewapp__currency_digits(out.currency), &out.amount);
	if (wrong)
		return rewapp__bank_fail(qif->file, out.line, "T", "%s: \"%s\"", wrong, qif->amount);
	if (!*qif->memo || strstr(qif->payee, qif->memo))
		snprintf(text, sizeof text, "%s", qif->payee);
	else
		snprintf(text, sizeof text, "%s%s%s", qif->payee, *qif->payee ? " " : "", qif->memo);
	out.descriptor = text;
	return rewapp__bank_append(qif->file, &out);
}

static int field_keep(struct qif *qif, size_t line, const char *at, size_t length, char *out, size_t capacity)
{
	if (length >= capacity)
		return rewapp__bank_fail(
			qif->file, line, (char[]){ at[-1], 0 }, "longer than %zu bytes", capacity - 1);
	memcpy(out, at, length);
	out[length] = 0;
	rewapp__squeeze(out);
	return 0;
}

static void transaction_start(struct qif *qif, size_t line)
{
	qif->started = line;
	qif->date[0] = qif->amount[0] = qif->payee[0] = qif->memo[0] = 0;
}

static int field(struct qif *qif, size_t line, const char *at, size_t length)
{
	if (!qif->started)
		transaction_start(qif, line);
	switch (*at) {
	case 'D':
		return field_keep(qif, line, at + 1, length - 1, qif->date, sizeof qif->date);
	case 'T':
	case 'U':
		return field_keep(qif, line, at + 1, length - 1, qif->amount, sizeof qif->amount);
	case 'P':
		return field_keep(qif, line, at + 1, length - 1, qif->payee, sizeof qif->payee);
	case 'M':
		return field_keep(qif, line, at + 1, length - 1, qif->memo, sizeof qif->memo);
	default:
		return strchr("NLACSE$%IYQOX", *at)
			? 0
			: rewapp__bank_fail(qif->file, line, "QIF", "no field starts with \"%c\"",
				  isprint((unsigned char)*at) ? *at : '?');
	}
}

static int section(struct qif *qif, size_t line, const char *at)
{
	if (qif->started)
		return rewapp__bank_fail(
			qif->file, qif->started, "QIF", "the transaction is not closed by ^");
	qif->in_account = !strncasecmp(at, "!Account", 8);
	if (!strncasecmp(at, "!Type:Invst", 11))
		return rewapp__bank_fail(qif->file, line, "!Type", "accounts of securities are not read");
	if (!strncasecmp(at, "!Type:", 6))
		qif->wanted = is_section(at);
	else if (qif->in_account)
		qif->wanted = false;
	return 0;
}

static int read_line(struct qif *qif, size_t line, const char *at, size_t length)
{
	if (*at == '!')
		return section(qif, line, at);
	if (qif->in_account && *at == 'N')
		return field_keep(qif, line, at + 1, length - 1, qif->account, sizeof qif->account);
	if (!qif->wanted)
		return 0;
	return *at == '^' ? transaction_end(qif, line) : field(qif, line, at, length);
}

static int read(struct bank_file *file, const char *text, size_t length, const struct bank_options *options)
{
	struct qif *qif = rewapp__arena_take(&file->arena, sizeof *qif);
	size_t line = 1;
	int code;

	if (!qif)
		return REWAPP_E_NOMEMORY;
	qif->file = file;
	qif->options = options;
	code = choose_order(qif, text);
	for (const char *at = text; *at && !code;) {
		const char *end = line_end(at);
		const char *start = at + strspn(at, " \t");

		if (start < end)
			code = read_line(qif, line, start, (size_t)(end - start));
		at = line_next(end, &line);
	}
	if (!code && qif->started)
		code = rewapp__bank_fail(file, qif->started, "QIF",
			"the last transaction is not closed by ^: the file is cut off");
	return code;
}

const struct bank_format rewapp__format_qif = { "qif", "QIF (Quicken, Money)", recognise, read };
