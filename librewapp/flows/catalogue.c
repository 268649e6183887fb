/* Merchants and programmes in memory, brought up to date from the store. */
#include "flows/catalogue.h"

#include "base/error.h"
#include "flows/read.h"
#include "matching/learnt.h"
#include "programme/learnt.sql.h"
#include "programme/merchant.h"
#include "programme/programme.sql.h"

#include <string.h>

enum {
	VERSIONS_OLD = 64 /* of all programmes, that stay in memory */
};

int rewapp__catalogue_open(struct catalogue *catalogue, const struct rewapp_env *env)
{
	struct map *maps[] = { &catalogue->merchants, &catalogue->merchants_by_number, &catalogue->programmes,
		&catalogue->programmes_by_number, &catalogue->versions, &catalogue->accounts };

	memset(catalogue, 0, sizeof *catalogue);
	rewapp__arena_init(&catalogue->arena, env);
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		rewapp__map_init(maps[i], &catalogue->arena);
	return rewapp__matcher_open(&catalogue->matcher, env);
}

void rewapp__catalogue_close(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->versions.capacity; i++)
		rewapp__programme_free(catalogue->versions.slots[i].value);
	rewapp__matcher_close(catalogue->matcher);
	rewapp__arena_finish(&catalogue->arena);
}

static void *take(struct catalogue *catalogue, size_t size)
{
	void *out = rewapp__arena_take(&catalogue->arena, size);

	if (!out)
		rewapp__fail(REWAPP_E_NOMEMORY, "catalogue");
	return out;
}

static int id_cell(const struct read *read, size_t row, size_t column, struct rewapp_id *out)
{
	*out = rewapp__cell_id(read, row, column);
	return rewapp_id_is_zero(out) ? rewapp__fail(REWAPP_E_CORRUPT, "a stored id is damaged") : 0;
}

/* --- merchants ---------------------------------------------------------------------------- */

static void put_ids(struct catalogue_entry *entry, struct catalogue_id *ids, enum catalogue_id_kind kind,
	uint64_t branch, const struct merchant_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		ids[entry->id_count++] = (struct catalogue_id){ kind, branch, texts->texts[i] };
}

static void put_number(struct catalogue_entry *entry, struct catalogue_id *ids, enum catalogue_id_kind kind,
	uint64_t branch, const char *number)
{
	if (number)
		ids[entry->id_count++] = (struct catalogue_id){ kind, branch, number };
}

static size_t most_ids(const struct merchant_document *document)
{
	size_t count = document->merchant_ids.count + document->terminal_ids.count +
		document->creditor_ids.count + 1;

	for (size_t i = 0; i < document->branch_count; i++)
		count += document->branches[i].merchant_ids.count + document->branches[i].terminal_ids.count +
			1;
	return count;
}

/* A branch is known to the matcher by its place in the document, from 1 on. */
static int merchant_places(
	const struct merchant_document *document, struct arena *arena, struct catalogue_entry *entry)
{
	struct catalogue_branch *branches = rewapp__arena_array(
		arena, document->branch_count, sizeof *branches);
	struct catalogue_id *ids = rewapp__arena_array(arena, most_ids(document), sizeof *ids);

	if (!branches || !ids)
		return rewapp__fail(REWAPP_E_NOMEMORY, "catalogue");
	put_ids(entry, ids, CATALOGUE_MERCHANT_ID, 0, &document->merchant_ids);
	put_ids(entry, ids, CATALOGUE_TERMINAL_ID, 0, &document->terminal_ids);
	put_ids(entry, ids, CATALOGUE_CREDITOR_ID, 0, &document->creditor_ids);
	put_number(entry, ids, CATALOGUE_SIREN, 0, document->siren);
	for (size_t i = 0; i < document->branch_count; i++) {
		const struct merchant_branch *branch = &document->branches[i];

		branches[i] = (struct catalogue_branch){ i + 1, branch->city, branch->postcode };
		put_ids(entry, ids, CATALOGUE_MERCHANT_ID, i + 1, &branch->merchant_ids);
		put_ids(entry, ids, CATALOGUE_TERMINAL_ID, i + 1, &branch->terminal_ids);
		put_number(entry, ids, CATALOGUE_SIRET, i + 1, branch->siret);
	}
	entry->branches = branches;
	entry->branch_count = document->branch_count;
	entry->ids = ids;
	return 0;
}

/* A document was acceptable when it was stored: one that is not has changed since. */
static int damaged(int error, const char *what, ref number)
{
	if (error != REWAPP_E_ARGUMENT && error != REWAPP_E_JSON && error != REWAPP_E_CARDNUMBER)
		return error;
	return rewapp__fail(REWAPP_E_CORRUPT, "%s %lld: its document is damaged", what, (long long)number);
}

static int merchant_index(
	struct catalogue *catalogue, struct merchant *merchant, const char *json, struct arena *arena)
{
	struct merchant_document document;
	struct catalogue_entry entry;
	int error = json ? rewapp__merchant_parse(json, strlen(json), arena, &document) : REWAPP_E_JSON;

	if (error < 0)
		return damaged(error, "merchant", merchant->number);
	merchant->mcc = document.mcc_count ? document.mcc[0] : 0;
	entry = (struct catalogue_entry){
		.merchant = (uint64_t)merchant->number,
		.name = document.name,
		.aliases = document.aliases,
		.alias_count = document.alias_count,
		.negatives = document.negative_aliases,
		.negative_count = document.negative_alias_count,
		.mcc = document.mcc,
		.mcc_count = document.mcc_count,
		.countries = document.countries.texts,
		.country_count = document.countries.count,
		.amount_min = document.amount_min,
		.amount_max = document.amount_max,
		.open_days = document.open_days,
	};
	if ((error = merchant_places(&document, arena, &entry)) < 0)
		return error;
	return rewapp__matcher_upsert(catalogue->matcher, &entry);
}

static int merchant_put(struct catalogue *catalogue, const struct read *read, size_t row, struct arena *arena)
{
	struct rewapp_id id;
	struct map_key key = rewapp__map_key(rewapp__cell_int(read, row, 0), 0);
	const char *name = rewapp__cell_text(read, row, 3);
	struct merchant *merchant;
	int error = id_cell(read, row, 1, &id);

	if (error < 0)
		return error;
	if (!name)
		return rewapp__fail(REWAPP_E_CORRUPT, "merchant %lld: it has no name",
			(long long)rewapp__cell_int(read, row, 0));
	merchant = rewapp__map_get(&catalogue->merchants, &id);
	if (!merchant && !(merchant = take(catalogue, sizeof *merchant)))
		return REWAPP_E_NOMEMORY;
	merchant->number = rewapp__cell_int(read, row, 0);
	merchant->id = id;
	if (!(merchant->name = rewapp__arena_copy(&catalogue->arena, name, strlen(name))))
		return rewapp__fail(REWAPP_E_NOMEMORY, "catalogue");
	if ((error = rewapp__map_put(&catalogue->merchants, &id, merchant)) < 0 ||
		(error = rewapp__map_put(&catalogue->merchants_by_number, &key, merchant)) < 0)
		return error;
	return merchant_index(catalogue, merchant, rewapp__cell_text(read, row, 4), arena);
}

static int merchants_refresh(struct catalogue *catalogue, struct storage *storage, struct arena *arena)
{
	struct value seen = rewapp__value_int(catalogue->seen);
	struct read read = { .stmt = &STMT_PROGRAMME_MERCHANTS_CHANGED, .arg_count = 1, .args = &seen };
	int error = rewapp__storage_query(storage, &read, 1, arena);

	for (size_t row = 0; row < read.row_count && error >= 0; row++)
		error = merchant_put(catalogue, &read, row, arena);
	return error;
}

/* --- what people said of texts -------------------------------------------------------------- */

/* What was said and taken back since the last look says nothing. */
static int learnt_put(struct catalogue *catalogue, const struct read *read, size_t row)
{
	bool known = rewapp__cell_int(read, row, 0) <= catalogue->learnt_seen;
	bool taken_back = rewapp__cell_int(read, row, 4) != 0;
	int32_t votes = (int32_t)rewapp__cell_int(read, row, 2);
	const char *text = rewapp__cell_text(read, row, 3);

	if (!text)
		return rewapp__fail(REWAPP_E_CORRUPT, "learnt %lld: it has no text",
			(long long)rewapp__cell_int(read, row, 0));
	if (known != taken_back)
		return 0;
	return rewapp__matcher_learn(catalogue->matcher, (uint64_t)rewapp__cell_int(read, row, 1), text,
		taken_back ? -votes : votes);
}

/* Votes are counted once: after a failure halfway all of them are counted again. */
static int learnt_refresh(
	struct catalogue *catalogue, struct storage *storage, struct arena *arena, int64_t count)
{
	struct value seen = rewapp__value_int(catalogue->learnt_seen);
	struct read read = { .stmt = &STMT_LEARNT_CHANGED, .arg_count = 1, .args = &seen };
	int error = rewapp__storage_query(storage, &read, 1, arena);

	for (size_t row = 0; row < read.row_count && error >= 0; row++)
		error = learnt_put(catalogue, &read, row);
	if (error < 0)
		rewapp__matcher_unlearn(catalogue->matcher);
	catalogue->learnt_seen = error < 0 ? 0 : count;
	return error;
}

/* --- programmes ---------------------------------------------------------------------------- */

static int version_put(struct catalogue *catalogue, ref programme, int32_t version, const char *document,
	struct programme **out)
{
	struct map_key key = rewapp__map_key(programme, version);
	int error;

	if ((*out = rewapp__map_get(&catalogue->versions, &key)))
		return 0;
	error = document ? rewapp__programme_parse(out, document, strlen(document), catalogue->arena.env)
			 : REWAPP_E_JSON;
	if (error < 0)
		return damaged(error, "programme", programme);
	if ((error = rewapp__map_put(&catalogue->versions, &key, *out)) < 0)
		rewapp__programme_free(*out);
	return error;
}

static int programme_put(struct catalogue *catalogue, const struct read *read, size_t row)
{
	ref number = rewapp__cell_int(read, row, 0);
	struct map_key key = rewapp__map_key(number, 0);
	struct programme_row *programme = rewapp__map_get(&catalogue->programmes_by_number, &key);
	struct programme_row **last = &catalogue->first;
	int error;

	if (!programme) {
		if (!(programme = take(catalogue, sizeof *programme)))
			return REWAPP_E_NOMEMORY;
		programme->number = number;
		if ((error = id_cell(read, row, 1, &programme->id)) < 0 ||
			(error = rewapp__map_put(&catalogue->programmes, &programme->id, programme)) < 0 ||
			(error = rewapp__map_put(&catalogue->programmes_by_number, &key, programme)) < 0)
			return error;
		while (*last)
			last = &(*last)->next;
		*last = programme;
	}
	programme->version = (int32_t)rewapp__cell_int(read, row, 2);
	programme->closed_ms = rewapp__cell_int(read, row, 5);
	return version_put(
		catalogue, number, programme->version, rewapp__cell_text(read, row, 4), &programme->rules);
}

static int programmes_refresh(struct catalogue *catalogue, struct storage *storage, struct arena *arena)
{
	struct read read = { .stmt = &STMT_PROGRAMME_CURRENT };
	int error = rewapp__storage_query(storage, &read, 1, arena);

	for (size_t row = 0; row < read.row_count && error >= 0; row++)
		error = programme_put(catalogue, &read, row);
	return error;
}

/* Old versions are read again by whoever needs one; when there are many of them, all are let go. */
static void versions_trim(struct catalogue *catalogue)
{
	struct map *versions = &catalogue->versions;

	if (versions->count < catalogue->programmes.count + VERSIONS_OLD)
		return;
	for (size_t i = 0; i < versions->capacity; i++) {
		struct map_slot *slot = &versions->slots[i];
		struct map_key key = { { slot->key[0], slot->key[1] } };
		const struct programme_row *row;

		if (!slot->value ||
			!(row = rewapp__catalogue_programme_by_number(catalogue, (ref)key.part[0])) ||
			row->version == (int64_t)key.part[1])
			continue;
		rewapp__programme_free(slot->value);
		rewapp__map_remove(versions, &key);
		i--; /* another may have moved here */
	}
}

int rewapp__catalogue_refresh(
	struct catalogue *catalogue, struct storage *storage, struct arena *arena, int64_t count)
{
	int error;

	if (count == catalogue->seen)
		return 0;
	if ((error = merchants_refresh(catalogue, storage, arena)) < 0 ||
		(error = learnt_refresh(catalogue, storage, arena, count)) < 0 ||
		(error = programmes_refresh(catalogue, storage, arena)) < 0)
		return error;
	versions_trim(catalogue);
	catalogue->seen = count;
	return 0;
}

int rewapp__catalogue_version(struct catalogue *catalogue, struct storage *storage, struct arena *arena,
	ref programme, int32_t version, const struct programme **out)
{
	struct map_key key = rewapp__map_key(programme, version);
	struct value args[] = { rewapp__value_int(programme), rewapp__value_int(version) };
	struct read read = { .stmt = &STMT_PROGRAMME_VERSION, .arg_count = 2, .args = args };
	struct programme *rules;
	int error;

	if ((*out = rewapp__map_get(&catalogue->versions, &key)))
		return 0;
	if ((error = rewapp__storage_query(storage, &read, 1, arena)) < 0)
		return error;
	if (read.row_count == 0)
		return rewapp__fail(REWAPP_E_CORRUPT, "version %d of a programme is missing", (int)version);
	error = version_put(catalogue, programme, version, rewapp__cell_text(&read, 0, 0), &rules);
	*out = rules;
	return error;
}

/* --- looking up ---------------------------------------------------------------------------- */

struct programme_row *rewapp__catalogue_programme(
	const struct catalogue *catalogue, const struct rewapp_id *id)
{
	if (!rewapp_id_is_zero(id))
		return rewapp__map_get(&catalogue->programmes, id);
	return catalogue->first && !catalogue->first->next ? catalogue->first : NULL;
}

struct programme_row *rewapp__catalogue_programme_by_number(const struct catalogue *catalogue, ref number)
{
	struct map_key key = rewapp__map_key(number, 0);

	return rewapp__map_get(&catalogue->programmes_by_number, &key);
}

struct merchant *rewapp__catalogue_merchant(const struct catalogue *catalogue, const struct rewapp_id *id)
{
	return rewapp__map_get(&catalogue->merchants, id);
}

struct merchant *rewapp__catalogue_merchant_by_number(const struct catalogue *catalogue, ref number)
{
	struct map_key key = rewapp__map_key(number, 0);

	return rewapp__map_get(&catalogue->merchants_by_number, &key);
}

/* --- accounts ------------------------------------------------------------------------------ */

static struct map_key account_key(ref programme, enum account_kind kind, ref owner)
{
	return rewapp__map_key(programme * 8 + kind, owner);
}

const struct account *rewapp__catalogue_account(
	const struct catalogue *catalogue, ref programme, enum account_kind kind, ref owner)
{
	struct map_key key = account_key(programme, kind, owner);

	return rewapp__map_get(&catalogue->accounts, &key);
}

int rewapp__catalogue_keep_account(struct catalogue *catalogue, const struct account *account)
{
	struct map_key key = account_key(account->programme, account->kind, account->owner);
	struct account *kept = rewapp__map_get(&catalogue->accounts, &key);

	if (!kept && !(kept = take(catalogue, sizeof *kept)))
		return REWAPP_E_NOMEMORY;
	*kept = *account;
	return rewapp__map_put(&catalogue->accounts, &key, kept);
}
