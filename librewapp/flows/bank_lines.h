/* Reading the lines of members' banks. */
#ifndef REWAPP_FLOWS_BANK_LINES_H
#define REWAPP_FLOWS_BANK_LINES_H

#include "flows/engine.h"

#include <rewapp/transactions.h>

int rewapp__read_bank_lines(struct rewapp_engine *engine, const struct rewapp_id *member, int outcome,
	int64_t after, struct rewapp_bank_line *out, size_t capacity, size_t *count);

#endif
