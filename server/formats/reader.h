/* What the readers of bank statements share: the table they stand in, and their failures. */
#ifndef REWAPP_FORMATS_READER_H
#define REWAPP_FORMATS_READER_H

#include "formats/bank.h"

/* A format: one file `<name>.c` and a row in the table of bank.c. */
struct bank_format {
	const char *name;
	const char *doc;

	/* True when the decoded text looks like this format. */
	bool (*recognise)(const char *text, size_t length);

	/* Appends every line of the text, or fails. */
	int (*read)(
		struct bank_file *file, const char *text, size_t length, const struct bank_options *options);
};

extern const struct bank_format rewapp__format_ofx;
extern const struct bank_format rewapp__format_qif;
extern const struct bank_format rewapp__format_csv;

/* "FILE:LINE: FIELD: what is wrong"; returns REWAPP_E_ARGUMENT. */
int rewapp__bank_fail(const struct bank_file *file, size_t line, const char *field, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Checks, masks and appends a line.  The texts are copied; NULL is "". */
int rewapp__bank_append(struct bank_file *file, const struct bank_line *line);

/* The currency of a file that does not tell. */
const char *rewapp__bank_currency(const struct bank_options *options);

#endif
