/* Any bytes as names: merchants come, change and go, and what is left is found as if the
 * others had never been there. */
#include "fuzz.h"
#include "matching/decide.h"

#include <rewapp/errors.h>

enum {
	MERCHANTS = 7
};

/* Lines: a byte says what is done to which merchant, the rest is its name. */
static void change(struct matcher *matcher, char *lines)
{
	char *save = NULL;
	const char *last = "a shop";

	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		uint8_t what = (uint8_t)line[0];
		uint64_t number = what % MERCHANTS;
		const char *aliases[2] = { last, line };
		uint16_t mcc[2] = { what, 5411 };
		struct catalogue_branch branch = { 1, line + 1, last };
		struct catalogue_entry entry = { .merchant = number,
			.name = line + 1,
			.aliases = aliases,
			.alias_count = what >> 3 & 1 ? 2 : 0,
			.negatives = aliases,
			.negative_count = what >> 4 & 1,
			.mcc = mcc,
			.mcc_count = what >> 5 & 1 ? 2 : 0,
			.branches = &branch,
			.branch_count = what >> 6 & 1 };
		int error = what >> 7 ? rewapp__matcher_remove(matcher, number)
				      : rewapp__matcher_upsert(matcher, &entry);

		CLAIM(error == 0 || error == REWAPP_E_ARGUMENT || error == REWAPP_E_NOTFOUND);
		CLAIM(what >> 7 || (error == 0) == (number != 0));
		last = line + 1;
	}
}

static void found(void *user, const char *glued, size_t length, uint64_t first, uint64_t second)
{
	size_t *count = user;

	CLAIM(length > 0 && glued[length - 1]);
	CLAIM(first < second && second < MERCHANTS);
	++*count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct match_scratch scratch;
	static struct match match;
	struct matcher *matcher;
	struct matcher_figures figures;
	size_t collisions = 0;
	char *lines = fuzz_copy(data, size), *text = fuzz_copy(data, size);
	struct match_query query = {
		.raw = text, .length = size, .amount_minor = -1, .booked_day = INT32_MIN
	};

	CLAIM(rewapp__matcher_open(&matcher, NULL) == 0);
	change(matcher, lines);
	rewapp__matcher_figures(matcher, &figures);
	CLAIM(figures.merchants < MERCHANTS);
	rewapp__matcher_collisions(matcher, found, &collisions);
	CLAIM(rewapp__match_decide(matcher, &query, &scratch, &match) == 0);
	for (uint64_t number = 0; number < MERCHANTS; number++)
		rewapp__matcher_remove(matcher, number);
	rewapp__matcher_figures(matcher, &figures);
	CLAIM(figures.merchants == 0);
	CLAIM(rewapp__match_decide(matcher, &query, &scratch, &match) == 0 && match.candidate_count == 0);
	rewapp__matcher_close(matcher);
	free(lines);
	free(text);
	return 0;
}
