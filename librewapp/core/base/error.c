/* The table of codes as functions, and the per-thread message. */
#include "base/error.h"

#include "base/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

static _Thread_local char message[256];

#undef rewapp__fail /* what analyzers are told is for the callers */
int rewapp__fail(int code, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(message, sizeof message, format, args);
	va_end(args);
	if (length >= (int)sizeof message)
		message[rewapp__text_cut(message, sizeof message - 1)] = 0;
	return code;
}

const char *rewapp_errmsg(void)
{
	return message;
}

struct code_row {
	int value;
	int class_;
	const char *name;
	const char *text;
};

static const struct code_row errors[] = {
#define ROW(name, value, class_, text) { value, REWAPP_CLASS_##class_, #name, text },
	REWAPP_ERROR_MAP(ROW)
#undef ROW
};

#define ROW(name, value, text) { value, 0, #name, text },
static const struct code_row verdicts[] = { REWAPP_VERDICT_MAP(ROW) };
static const struct code_row reasons[] = { REWAPP_REASON_MAP(ROW) };
#undef ROW

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct code_row *row_of(const struct code_row *table, size_t count, int value)
{
	static const struct code_row unknown = { 0, REWAPP_CLASS_HOST, "UNKNOWN", "unknown code" };

	for (size_t i = 0; i < count; i++)
		if (table[i].value == value)
			return &table[i];
	return &unknown;
}

const char *rewapp_strerror(int code)
{
	return row_of(errors, COUNT(errors), code)->text;
}

const char *rewapp_error_name(int code)
{
	return row_of(errors, COUNT(errors), code)->name;
}

enum rewapp_error_class rewapp_error_class_of(int code)
{
	return (enum rewapp_error_class)row_of(errors, COUNT(errors), code)->class_;
}

const char *rewapp_verdict_name(int verdict)
{
	return row_of(verdicts, COUNT(verdicts), verdict)->name;
}

const char *rewapp_verdict_text(int verdict)
{
	return row_of(verdicts, COUNT(verdicts), verdict)->text;
}

const char *rewapp_reason_name(int reason)
{
	return row_of(reasons, COUNT(reasons), reason)->name;
}

const char *rewapp_reason_text(int reason)
{
	return row_of(reasons, COUNT(reasons), reason)->text;
}
