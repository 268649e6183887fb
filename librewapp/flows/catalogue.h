/* Merchants and programmes in memory: few, read by every command, kept up to date.
 *
 * The store counts the changes to both; a batch looks at the count and reads what is
 * new.  What is here is what was stored; a batch keeps its own additions to itself. */
#ifndef REWAPP_FLOWS_CATALOGUE_H
#define REWAPP_FLOWS_CATALOGUE_H

#include "base/map.h"
#include "earn/programme.h"
#include "ledger/book.h"
#include "matching/index.h"

#include <rewapp/types.h>

struct merchant {
	ref number;
	struct rewapp_id id;
	char *name;
	int32_t mcc; /* its first category; 0: none */
};

struct programme_row {
	ref number;
	struct rewapp_id id;
	int32_t version;
	struct programme *rules; /* of the current version */
	int64_t closed_ms;       /* its books are closed up to this instant */
	struct programme_row *next;
};

struct catalogue {
	struct arena arena;
	struct map merchants, merchants_by_number;
	struct map programmes, programmes_by_number;
	struct map accounts; /* the shared ones that were read: their numbers never change */
	struct map versions; /* (programme, version) -> struct programme: returns need the one that decided */
	struct programme_row *first; /* all current programmes */
	struct matcher *matcher;
	int64_t seen;        /* the count of changes that is in memory */
	int64_t learnt_seen; /* the same, of what people said of texts */
};

int rewapp__catalogue_open(struct catalogue *catalogue, const struct rewapp_env *env);
void rewapp__catalogue_close(struct catalogue *catalogue);

/* Reads what changed up to `count`. */
int rewapp__catalogue_refresh(
	struct catalogue *catalogue, struct storage *storage, struct arena *arena, int64_t count);

/* The programme that `id` names; a zero id names the only one.  NULL: none, or not the only one. */
struct programme_row *rewapp__catalogue_programme(
	const struct catalogue *catalogue, const struct rewapp_id *id);
struct programme_row *rewapp__catalogue_programme_by_number(const struct catalogue *catalogue, ref number);
struct merchant *rewapp__catalogue_merchant(const struct catalogue *catalogue, const struct rewapp_id *id);
struct merchant *rewapp__catalogue_merchant_by_number(const struct catalogue *catalogue, ref number);

/* A shared account that was read before, or NULL. */
const struct account *rewapp__catalogue_account(
	const struct catalogue *catalogue, ref programme, enum account_kind kind, ref owner);
int rewapp__catalogue_keep_account(struct catalogue *catalogue, const struct account *account);

/* A version's rules, from memory or storage.  0, REWAPP_E_CORRUPT when there is none. */
int rewapp__catalogue_version(struct catalogue *catalogue, struct storage *storage, struct arena *arena,
	ref programme, int32_t version, const struct programme **out);

#endif
