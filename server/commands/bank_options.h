/* The options that tell how a bank statement is to be read, shared by import, earn and match. */
#ifndef REWAPP_COMMANDS_BANK_OPTIONS_H
#define REWAPP_COMMANDS_BANK_OPTIONS_H

#include "cli/cli.h"
#include "formats/bank.h"

struct bank_words {
	char *format, *encoding, *currency, *date_format, *preset, *map, *decimal, *delimiter, *skip;
};

/* A row for POPT_ARG_INCLUDE_TABLE would hide them from what frees strings, so they are listed. */
#define BANK_OPTIONS_TABLE(words) \
	{ "format", 'f', POPT_ARG_STRING, &(words).format, 0, "of the file (auto)", "auto|ofx|qif|csv" }, \
		{ "preset", 0, POPT_ARG_STRING, &(words).preset, 0, \
			"CSV: a bank's layout; 'list' names them", "BANK" }, \
		{ "map", 0, POPT_ARG_STRING, &(words).map, 0, "CSV: columns by number from 0 or by name", \
			"date=0,amount=3,text=1+2" }, \
		{ "date-format", 0, POPT_ARG_STRING, &(words).date_format, 0, "how dates are written", \
			"dd/mm/yyyy" }, \
		{ "decimal", 0, POPT_ARG_STRING, &(words).decimal, 0, "the decimal mark", "comma|point" }, \
		{ "delimiter", 0, POPT_ARG_STRING, &(words).delimiter, 0, "CSV: between columns", \
			"';'|tab" }, \
		{ "skip", 0, POPT_ARG_STRING, &(words).skip, 0, "CSV: rows above the data", "N" }, \
		{ "encoding", 0, POPT_ARG_STRING, &(words).encoding, 0, \
			"of the text (declared or recognised)", "windows-1252" }, \
	{ \
		"currency", 0, POPT_ARG_STRING, &(words).currency, 0, "where none is told (EUR)", "EUR" \
	}

/* Returns an exit code. */
int rewapp__bank_options(struct cli *cli, const struct bank_words *words, struct bank_options *out);

/* Prints the CSV layouts that are known. */
void rewapp__bank_presets(struct cli *cli);

#endif
