/* Files of merchants, programmes and members, in JSON or CSV, as documents with their ids. */
#ifndef REWAPP_FORMATS_CATALOGUE_H
#define REWAPP_FORMATS_CATALOGUE_H

#include "base/arena.h"

#include <rewapp/types.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CATALOGUE_FILE_MAX = 64 * 1024 * 1024
};

struct catalogue_item {
	char place[24]; /* for messages: "merchants[3]", "line 12" */
	struct rewapp_id id;
	int32_t status; /* of a member */
	char *document; /* JSON without the id; NULL for a member */
};

struct catalogue {
	struct arena arena;
	struct catalogue_item *items;
	size_t count;
};

/* Reads a file of `kind` (REWAPP_KIND_MERCHANT, _PROGRAMME, _MEMBER).
 *
 * JSON: {"merchants": [{"id": "@fnac", "name": ...}, ...]}, that array alone, or one object; a
 * member is {"id": ..., "status": "active"}.  CSV: a header names the keys (id, name, aliases,
 * mcc, ...), lists are split by '|'; for programmes, columns "rule.type" and so on describe a
 * rule, and rows with the same id add rules.
 *
 * `catalogue` is to be finished on success and failure alike.  Returns 0, REWAPP_E_JSON,
 * REWAPP_E_ARGUMENT (with file and place), REWAPP_E_NOTFOUND, REWAPP_E_STORAGE, REWAPP_E_NOMEMORY. */
int rewapp__catalogue_read(struct catalogue *catalogue, const char *path, int kind);
void rewapp__catalogue_finish(struct catalogue *catalogue);

#endif
