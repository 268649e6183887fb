/* Bank statements: the table of formats, and what every reader leans on. */
#include "formats/bank.h"

#include "base/error.h"
#include "base/text.h"
#include "formats/reader.h"
#include "formats/text.h"
#include "formats/values.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Asked in this order: CSV takes what no other format wants. */
static const struct bank_format *const formats[] = {
	&rewapp__format_ofx,
	&rewapp__format_qif,
	&rewapp__format_csv,
};

const char *rewapp__bank_kind_name(enum bank_kind kind)
{
	static const char *const names[] = { "unknown", "card", "withdrawal", "transfer", "direct_debit",
		"cheque", "fee", "interest", "credit" };

	return names[kind];
}

const char *rewapp__bank_currency(const struct bank_options *options)
{
	return options->currency ? options->currency : "EUR";
}

int rewapp__bank_fail(const struct bank_file *file, size_t line, const char *field, const char *format, ...)
{
	char what[160];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s:%zu: %s: %s", file->name, line, field, what);
}

static int out_of_memory(const struct bank_file *file)
{
	return rewapp__fail(REWAPP_E_NOMEMORY, "%s: out of memory", file->name);
}

static int grow(struct bank_file *file)
{
	size_t capacity = file->capacity ? file->capacity * 2 : 64;
	struct bank_line *lines;

	if (file->count < file->capacity)
		return 0;
	if (file->count == BANK_LINES_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: more than %d lines", file->name, BANK_LINES_MAX);
	lines = rewapp__arena_array(&file->arena, capacity, sizeof *lines);
	if (!lines)
		return out_of_memory(file);
	if (file->count)
		memcpy(lines, file->lines, file->count * sizeof *lines);
	file->lines = lines;
	file->capacity = capacity;
	return 0;
}

static char *copy(struct bank_file *file, const char *text)
{
	char *out = rewapp__arena_copy(&file->arena, text ? text : "", text ? strlen(text) : 0);

	if (out)
		rewapp__squeeze(out);
	return out;
}

int rewapp__bank_append(struct bank_file *file, const struct bank_line *line)
{
	struct bank_line out = *line;
	char *descriptor = copy(file, line->descriptor);
	int code = grow(file);

	if (code)
		return code;
	out.fitid = copy(file, line->fitid);
	out.account = copy(file, line->account);
	if (!descriptor || !out.fitid || !out.account)
		return out_of_memory(file);
	if (strlen(descriptor) > BANK_TEXT_MAX)
		return rewapp__bank_fail(file, line->line, "text", "longer than %d bytes", BANK_TEXT_MAX);
	file->masked += rewapp__text_mask_cards(descriptor, strlen(descriptor)) > 0;
	out.descriptor = descriptor;
	file->lines[file->count++] = out;
	return 0;
}

static const struct bank_format *format_named(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (!strcasecmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

static const struct bank_format *format_recognised(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i]->recognise(text, length))
			return formats[i];
	return NULL;
}

/* The value of `key` in the first bytes of a file, where encodings are declared. */
static void header_value(const char *bytes, size_t length, const char *key, char *out, size_t capacity)
{
	size_t key_length = strlen(key), limit = length < 512 ? length : 512, count = 0;

	*out = 0;
	for (size_t at = 0; at + key_length < limit; at++) {
		if (strncasecmp(bytes + at, key, key_length))
			continue;
		at += key_length;
		while (at < limit && strchr(" \"'=", bytes[at]) && bytes[at])
			at++;
		while (at < limit && count + 1 < capacity && bytes[at] > ' ' && !strchr("\"'?><", bytes[at]))
			out[count++] = bytes[at++];
		out[count] = 0;
		return;
	}
}

/* What an OFX header says of its encoding, as an iconv name.  "USASCII" with CHARSET 1252
 * is how banks say Windows-1252; many of them send UTF-8 nevertheless, so text that is
 * well-formed UTF-8 is taken as such. */
static void declared_encoding(const char *bytes, size_t length, char out[32])
{
	char encoding[32], charset[32];

	*out = 0;
	header_value(bytes, length, "ENCODING:", encoding, sizeof encoding);
	header_value(bytes, length, "CHARSET:", charset, sizeof charset);
	if (!*encoding && !*charset && length > 5 && !memcmp(bytes, "<?xml", 5)) {
		header_value(bytes, length, "encoding", out, 32);
		if (*out && strcasecmp(out, "UTF-8") && rewapp__text_is_utf8(bytes, length))
			snprintf(out, 32, "UTF-8");
		return;
	}
	if (!*encoding && !*charset)
		return;
	if (!strcasecmp(encoding, "UTF-8") || !strcasecmp(encoding, "UNICODE") ||
		!strcasecmp(charset, "UTF-8"))
		snprintf(out, 32, "UTF-8");
	else if (rewapp__text_is_utf8(bytes, length))
		snprintf(out, 32, "UTF-8");
	else if (strstr(charset, "8859-15"))
		snprintf(out, 32, "ISO-8859-15");
	else if (strstr(charset, "8859-1"))
		snprintf(out, 32, "ISO-8859-1");
	else
		snprintf(out, 32, "WINDOWS-1252");
}

static int check_options(const struct bank_options *options)
{
	if (options->currency && !rewapp__currency_is(options->currency))
		return rewapp__fail(REWAPP_E_ARGUMENT, "currency: \"%s\" is not three capital letters",
			options->currency);
	if (options->format && strcasecmp(options->format, "auto") && !format_named(options->format))
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "format: \"%s\" is none of auto, ofx, qif, csv", options->format);
	return 0;
}

static int decode(struct bank_file *file, const char *bytes, size_t length,
	const struct bank_options *options, char **text, size_t *text_length)
{
	char declared[32] = "";
	struct text_encoding used = { "" };
	int code;

	if (options->encoding)
		snprintf(declared, sizeof declared, "%s", options->encoding);
	else
		declared_encoding(bytes, length, declared);
	code = rewapp__text_decode(
		&file->arena, file->name, bytes, length, declared, &used, text, text_length);
	memcpy(file->encoding, used.name, sizeof file->encoding);
	return code;
}

static int parse(struct bank_file *file, const char *bytes, size_t length, const struct bank_options *options)
{
	const struct bank_format *format;
	char *text = NULL;
	size_t text_length = 0;
	int code = decode(file, bytes, length, options, &text, &text_length);

	if (code)
		return code;
	format = options->format ? format_named(options->format) : NULL;
	if (!format)
		format = format_recognised(text, text_length);
	if (!format)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "%s: neither OFX, QIF nor CSV; try --format", file->name);
	file->format = format->name;
	return format->read(file, text, text_length, options);
}

int rewapp__bank_parse(struct bank_file *file, const char *name, const char *bytes, size_t length,
	const struct bank_options *options)
{
	int code = check_options(options);

	memset(file, 0, sizeof *file);
	rewapp__arena_init(&file->arena, NULL);
	file->name = name;
	if (!code)
		code = parse(file, bytes, length, options);
	if (code)
		rewapp__bank_finish(file);
	return code;
}

int rewapp__bank_read(struct bank_file *file, const char *path, const struct bank_options *options)
{
	struct arena arena;
	char *bytes = NULL;
	size_t length = 0;
	int code;

	memset(file, 0, sizeof *file);
	rewapp__arena_init(&arena, NULL);
	code = rewapp__file_read(&arena, path, BANK_FILE_MAX, &bytes, &length);
	if (!code)
		code = rewapp__bank_parse(
			file, strcmp(path, "-") ? path : "standard input", bytes, length, options);
	rewapp__arena_finish(&arena);
	return code;
}

void rewapp__bank_finish(struct bank_file *file)
{
	rewapp__arena_finish(&file->arena);
	file->lines = NULL;
	file->count = file->capacity = 0;
}
