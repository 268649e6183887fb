/* The CSV layouts of real banks, by name. */
#ifndef REWAPP_FORMATS_PRESETS_H
#define REWAPP_FORMATS_PRESETS_H

#include <stddef.h>

/* A layout.  `header` lists the column names that must stand in its header row, folded as
 * by rewapp__csv_fold() and split by '|'; NULL when the bank writes none. */
struct csv_preset {
	const char *name, *bank;
	const char *header;
	const char *map; /* the columns, as --map takes them; the text's in the order they are joined */
	const char *date_format;
	char delimiter, decimal;
	const char
		*keep; /* "column=value": rows with other values are left out (not yet booked); NULL: all */
};

extern const struct csv_preset rewapp__csv_presets[];
extern const size_t rewapp__csv_preset_count;

/* By its name; NULL if there is none. */
const struct csv_preset *rewapp__csv_preset(const char *name);

/* Lower case without accents (of Latin letters), single spaces, no quotes: "Libellé" and
 * "LIBELLE" become "libelle". */
void rewapp__csv_fold(const char *text, char *out, size_t capacity);

#endif
