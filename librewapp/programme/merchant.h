/* A merchant's document: names, categories and branches. */
#ifndef REWAPP_PROGRAMME_MERCHANT_H
#define REWAPP_PROGRAMME_MERCHANT_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

enum {
	MERCHANT_ALIASES_MAX = 64,
	MERCHANT_MCC_MAX = 16,
	MERCHANT_BRANCHES_MAX = 512,
	MERCHANT_NAME_MAX = 120
};

struct merchant_branch {
	const char *name, *city, *postcode, *country; /* NULL: absent */
};

struct merchant_document {
	const char *name;
	const char **aliases, **negative_aliases;
	size_t alias_count, negative_alias_count;
	uint16_t *mcc;
	size_t mcc_count;
	struct merchant_branch *branches;
	size_t branch_count;
};

/* Reads and checks a document (docs/documents.md); everything lives in `arena`.
 * 0, REWAPP_E_JSON, REWAPP_E_ARGUMENT (with the place), REWAPP_E_NOMEMORY. */
int rewapp__merchant_parse(
	const char *json, size_t length, struct arena *arena, struct merchant_document *out);

#endif
