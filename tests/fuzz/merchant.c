/* Any bytes as a merchant's document; one that is accepted goes into the matcher. */
#include "programme/merchant.h"
#include "fuzz.h"
#include "matching/index.h"

#include <rewapp/errors.h>

static void index_it(const struct merchant_document *document)
{
	static struct catalogue_branch branches[MERCHANT_BRANCHES_MAX];
	struct catalogue_entry entry = { .merchant = 1,
		.name = document->name,
		.aliases = document->aliases,
		.alias_count = document->alias_count,
		.negatives = document->negative_aliases,
		.negative_count = document->negative_alias_count,
		.mcc = document->mcc,
		.mcc_count = document->mcc_count,
		.branches = branches,
		.branch_count = document->branch_count };
	struct matcher *matcher;

	CLAIM(document->name && *document->name && strlen(document->name) <= MERCHANT_NAME_MAX);
	CLAIM(document->branch_count <= MERCHANT_BRANCHES_MAX);
	for (size_t i = 0; i < document->branch_count; i++)
		branches[i] = (struct catalogue_branch){ i + 1, document->branches[i].city,
			document->branches[i].postcode };
	CLAIM(rewapp__matcher_open(&matcher, NULL) == 0);
	CLAIM(rewapp__matcher_upsert(matcher, &entry) == 0);
	rewapp__matcher_close(matcher);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	struct merchant_document document;
	struct arena arena;
	int error;

	rewapp__arena_init(&arena, NULL);
	error = rewapp__merchant_parse(text, size, &arena, &document);
	CLAIM(error == 0 || error == REWAPP_E_JSON || error == REWAPP_E_ARGUMENT ||
		error == REWAPP_E_CARDNUMBER);
	if (error == 0)
		index_it(&document);
	rewapp__arena_finish(&arena);
	free(text);
	return 0;
}
