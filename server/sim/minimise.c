/* Delta debugging over a list of operations: halves are left out, then quarters, and so on. */
#include "sim/minimise.h"

#include <stdlib.h>
#include <string.h>

enum {
	RUNS_MAX = 1500
};

struct search {
	const struct sim_settings *settings;
	uint64_t seed;
	struct sim_failure *failure;
	int runs;
};

/* Whether the same failure comes without the operations from `from` to `until`; then they are gone. */
static bool can_leave_out(struct search *search, struct sim_list *list, size_t from, size_t until)
{
	struct sim_list shorter = { NULL, 0, 0 };
	struct sim_failure failure = { 0 };
	struct sim_tally tally = { 0 };
	bool same = true;

	for (size_t i = 0; i < list->count && same; i++)
		if (i < from || i >= until)
			same = rewapp__sim_list_add(&shorter, &list->items[i]);
	if (same && shorter.count) {
		search->runs++;
		rewapp__sim_run_list(search->settings, search->seed, &shorter, &failure, &tally);
	}
	same = failure.failed && strcmp(failure.name, search->failure->name) == 0;
	if (!same) {
		rewapp__sim_list_free(&shorter);
		return false;
	}
	rewapp__sim_list_free(list);
	*list = shorter;
	*search->failure = failure;
	return true;
}

/* Moves of the clock with nothing between them are one. */
static void join_moves(struct sim_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct sim_operation *last = kept ? &list->items[kept - 1] : NULL;

		if (last && last->act == SIM_ACT_CLOCK && list->items[i].act == SIM_ACT_CLOCK)
			last->ms += list->items[i].ms;
		else
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

static void leave_out(struct search *search, struct sim_list *list)
{
	for (size_t size = (list->count + 1) / 2; size > 0 && search->runs < RUNS_MAX;) {
		bool any = false;

		for (size_t until = list->count; until > 0 && search->runs < RUNS_MAX;) {
			size_t from = until > size ? until - size : 0;

			any = can_leave_out(search, list, from, until) || any;
			until = from < list->count ? from : list->count;
		}
		if (!any || size > 1)
			size /= 2;
	}
}

int rewapp__sim_minimise(const struct sim_settings *settings, uint64_t seed, struct sim_list *list,
	struct sim_failure *failure)
{
	struct search search = { settings, seed, failure, 0 };

	/* What comes after the failure has no part in it. */
	if (failure->operation + 1 < list->count)
		can_leave_out(&search, list, failure->operation + 1, list->count);
	leave_out(&search, list);
	join_moves(list);
	leave_out(&search, list);
	return search.runs;
}
