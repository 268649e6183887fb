/* What the catalogue knows of a merchant beside its names: categories, countries, branches, ids,
 * usual amounts, opening days; one block of memory for each merchant that has any. */
#include "matching/matcher.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

uint32_t rewapp__hash_city(const char *city)
{
	struct folded folded;
	uint32_t hash = REWAPP__HASH_SEED;

	if (!city || !*city)
		return 0;
	rewapp__fold(&folded, city, strlen(city));
	for (const char *at = folded.text; *at;) {
		const char *from = at, *word = at;
		char shorter[3];
		size_t length;

		while (rewapp__is_letter(*at))
			at++;
		length = (size_t)(at - from);
		if (rewapp__short_word(from, length, shorter)) {
			length -= 3;
			word = shorter;
		}
		for (size_t i = 0; i < length; i++)
			hash = rewapp__hash_step(hash, word[i]);
		at += at == from;
	}
	return hash | 1;
}

static uint16_t country_of(const char *text)
{
	unsigned first = text && text[0] ? (unsigned char)text[0] & 0xdfu : 0;

	return (uint16_t)(first ? first << 8 | ((unsigned char)text[1] & 0xdfu) : 0);
}

static void copy_branches(struct facts *facts, const struct catalogue_entry *entry)
{
	for (size_t i = 0; i < entry->branch_count; i++) {
		struct branch *branch = &facts->branches[i];
		const char *postcode = entry->branches[i].postcode;

		*branch = (struct branch){ entry->branches[i].branch,
			rewapp__hash_city(entry->branches[i].city), "" };
		if (postcode && strlen(postcode) < sizeof branch->postcode)
			memcpy(branch->postcode, postcode, strlen(postcode));
	}
}

static void copy_ids(struct facts *facts, const struct catalogue_entry *entry)
{
	for (size_t i = 0; i < entry->id_count; i++) {
		struct glued glued;

		if (!entry->ids[i].branch)
			continue;
		rewapp__glue_id(entry->ids[i].kind, entry->ids[i].text, &glued);
		facts->ids[facts->id_count].hash = rewapp__hash_text(glued.text, glued.length);
		facts->ids[facts->id_count++].branch = entry->ids[i].branch;
	}
}

static bool has_facts(const struct catalogue_entry *entry)
{
	return entry->mcc_count || entry->branch_count || entry->country_count || entry->id_count ||
		entry->amount_min || entry->amount_max || entry->open_days;
}

static struct facts *make(struct matcher *matcher, const struct catalogue_entry *entry)
{
	size_t wide = entry->branch_count * sizeof(struct branch) +
		entry->id_count * sizeof(struct branch_id);
	size_t size = sizeof(struct facts) + wide +
		(entry->mcc_count + entry->country_count) * sizeof(uint16_t);
	struct facts *facts = rewapp__env_allocate(matcher->env, NULL, size);

	if (!facts)
		return NULL;
	*facts = (struct facts){ .amount_min = entry->amount_min,
		.amount_max = entry->amount_max,
		.open_days = entry->open_days,
		.branch_count = (uint32_t)entry->branch_count,
		.mcc_count = (uint16_t)entry->mcc_count,
		.country_count = (uint16_t)entry->country_count,
		.size = size };
	facts->branches = (struct branch *)(facts + 1);
	facts->ids = (struct branch_id *)(facts->branches + entry->branch_count);
	facts->mcc = (uint16_t *)(facts->ids + entry->id_count);
	facts->countries = facts->mcc + entry->mcc_count;
	return facts;
}

int rewapp__facts_add(struct matcher *matcher, uint32_t slot, const struct catalogue_entry *entry)
{
	struct merchant_slot *merchant = &matcher->merchants[slot];
	struct facts *facts;

	if (!has_facts(entry))
		return 0;
	if (entry->mcc_count > 4096 || entry->country_count > 512 || entry->branch_count > 1000000 ||
		entry->id_count > 1000000)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "merchant: too many category codes, countries, branches or ids");
	if (!rewapp__array_grow(matcher->env, (void **)&matcher->facts, matcher->facts_count,
		    &matcher->facts_capacity, sizeof *matcher->facts) ||
		!(facts = make(matcher, entry)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "the catalogue of merchants");
	if (entry->mcc_count)
		memcpy(facts->mcc, entry->mcc, entry->mcc_count * sizeof *entry->mcc);
	for (size_t i = 0; i < entry->country_count; i++)
		facts->countries[i] = country_of(entry->countries[i]);
	copy_branches(facts, entry);
	copy_ids(facts, entry);
	/* a merchant that had facts before keeps their place */
	if (!merchant->facts)
		merchant->facts = ++matcher->facts_count;
	matcher->facts[merchant->facts - 1] = facts;
	matcher->facts_bytes += facts->size;
	return 0;
}

void rewapp__facts_drop(struct matcher *matcher, uint32_t slot)
{
	struct merchant_slot *merchant = &matcher->merchants[slot];
	struct facts *facts;

	if (!merchant->facts || !(facts = matcher->facts[merchant->facts - 1]))
		return;
	matcher->facts_bytes -= facts->size;
	rewapp__env_allocate(matcher->env, facts, 0);
	matcher->facts[merchant->facts - 1] = NULL;
}
