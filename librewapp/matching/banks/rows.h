/* How the files of this folder write their rows. */
#ifndef REWAPP_MATCHING_BANKS_ROWS_H
#define REWAPP_MATCHING_BANKS_ROWS_H

#include "matching/patterns.h"

#define OPEN(operation, flags, family, text) { PATTERN_OPEN, OPERATION_##operation, flags, family, text },
#define CLOSE(operation, flags, family, text) { PATTERN_CLOSE, OPERATION_##operation, flags, family, text },
#define WORD(operation, text) { PATTERN_WORD, OPERATION_##operation, 0, "", text },
#define WEAK(operation, text) { PATTERN_WORD, OPERATION_##operation, PATTERN_WEAK, "", text },
#define VIA(name, text) { PATTERN_VIA, OPERATION_UNKNOWN, 0, name, text },
#define TOWN PATTERN_TOWN_FIRST
#define CARD PATTERN_CARD

#define TABLE(name) const struct pattern_table rewapp__bank_##name = { rows, sizeof rows / sizeof *rows }

#endif
