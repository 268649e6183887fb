/* How the files of this folder write their lists. */
#ifndef REWAPP_MATCHING_WORDS_LISTS_H
#define REWAPP_MATCHING_WORDS_LISTS_H

#include "matching/patterns.h"

#define WORDS(name) const struct word_table rewapp__words_##name = { lists, sizeof lists / sizeof *lists }

#endif
