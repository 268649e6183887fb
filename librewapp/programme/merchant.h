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
	MERCHANT_NAME_MAX = 120,
	MERCHANT_COUNTRIES_MAX = 64,
	MERCHANT_IDS_MAX = 64 /* of a kind, of the merchant or of a branch */
};

struct merchant_texts {
	const char **texts;
	size_t count;
};

struct merchant_branch {
	const char *name, *street, *city, *postcode, *country, *siret; /* NULL: absent */
	struct merchant_texts merchant_ids, terminal_ids;
};

struct merchant_document {
	const char *name;
	const char **aliases, **negative_aliases;
	size_t alias_count, negative_alias_count;
	uint16_t *mcc;
	size_t mcc_count;
	struct merchant_branch *branches;
	size_t branch_count;
	struct merchant_texts countries;
	struct merchant_texts merchant_ids, terminal_ids, creditor_ids; /* of no branch in particular */
	const char *siren;                                              /* NULL: absent */
	int64_t amount_min, amount_max; /* a usual purchase, minor units; 0: unknown */
	uint8_t open_days;              /* bit 0: Monday, ...; 0: unknown */
};

/* Reads and checks a document (docs/documents.md); everything lives in `arena`.
 * 0, REWAPP_E_JSON, REWAPP_E_ARGUMENT (with the place), REWAPP_E_NOMEMORY. */
int rewapp__merchant_parse(
	const char *json, size_t length, struct arena *arena, struct merchant_document *out);

#endif
