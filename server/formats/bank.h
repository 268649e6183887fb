/* Bank statements, whatever their file format, as lines that can be matched and earn.
 *
 * A reader takes the whole text of a file and gives all of its lines or none: what is
 * wrong is told with the file, the line and the field, and nothing is half read. */
#ifndef REWAPP_FORMATS_BANK_H
#define REWAPP_FORMATS_BANK_H

#include "base/arena.h"

#include <rewapp/errors.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BANK_FILE_MAX = 16 * 1024 * 1024, /* bytes of a file */
	BANK_LINES_MAX = 200000,
	BANK_TEXT_MAX = 1024 /* bytes of a descriptor */
};

/* What the bank says the line is; a hint only, banks are careless with it. */
enum bank_kind {
	BANK_UNKNOWN,
	BANK_CARD,
	BANK_WITHDRAWAL,
	BANK_TRANSFER,
	BANK_DIRECT_DEBIT,
	BANK_CHEQUE,
	BANK_FEE,
	BANK_INTEREST,
	BANK_CREDIT
};

struct bank_line {
	size_t line;      /* of the file, from 1 */
	char date[11];    /* of the purchase where the bank tells it, else of the booking: "2026-03-12" */
	char currency[4]; /* ISO 4217 */
	enum bank_kind kind;
	int32_t mcc;            /* 0: unknown */
	int64_t amount;         /* minor units; negative: money that left the account */
	const char *descriptor; /* UTF-8, without card numbers */
	const char *fitid;      /* the bank's own id of the line, "" if none */
	const char *account;    /* "" if the file does not tell */
};

/* What a person said about a file; zero is "find out". */
struct bank_options {
	const char *format;      /* NULL or "auto", "ofx", "qif", "csv" */
	const char *encoding;    /* an iconv name; NULL: declared or recognised */
	const char *currency;    /* of a file that does not tell; NULL: EUR */
	const char *date_format; /* "dd/mm/yyyy"; NULL: the format's own */
	const char *preset;      /* a bank's CSV layout by name; NULL: recognised by its header */
	const char *map;         /* CSV columns: "date=0,amount=3,text=1+2" */
	char decimal;            /* ',' or '.'; 0: recognised */
	char delimiter;          /* of CSV; 0: recognised */
	int skip;                /* rows above the data of a CSV; -1: recognised */
};
#define BANK_OPTIONS_INIT \
	{ \
		NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, -1 \
	}

struct bank_file {
	struct arena arena;
	const char *name;   /* for messages; borrowed */
	const char *format; /* "ofx", "qif" or "csv" */
	const char *preset; /* the CSV layout that was used, or NULL */
	char encoding[32];  /* that the text was in */
	struct bank_line *lines;
	size_t count, capacity;
	size_t masked; /* descriptors that held a card number */
};

/* Reads the file `path` ("-": standard input).  On failure the message names file, line
 * and field, and `file` holds nothing.
 * Returns 0, REWAPP_E_ARGUMENT (what the file says), REWAPP_E_NOTFOUND, REWAPP_E_STORAGE
 * (it cannot be read), REWAPP_E_NOMEMORY. */
int rewapp__bank_read(struct bank_file *file, const char *path, const struct bank_options *options);

/* The same for bytes that are already here. */
int rewapp__bank_parse(struct bank_file *file, const char *name, const char *bytes, size_t length,
	const struct bank_options *options);
void rewapp__bank_finish(struct bank_file *file);

/* "card", "transfer", ... */
const char *rewapp__bank_kind_name(enum bank_kind kind);

#endif
