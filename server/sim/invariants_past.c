/* Invariant 22: the past stays what it was.
 *
 * What the books said at an instant they say for ever, and so they do of what had occurred in a period that
 * is closed; and the past of this instant is the present. */
#include "sim/invariants.h"

enum {
	LOOKS_BACK = 8
};

static const struct {
	const char *name;
	size_t at;
	bool unless_closed; /* it tells of what is to come, which is not of the period */
} fields[] = {
	{ "available", offsetof(struct rewapp_balance, available), false },
	{ "pending", offsetof(struct rewapp_balance, pending), true },
	{ "held", offsetof(struct rewapp_balance, held), false },
	{ "debt", offsetof(struct rewapp_balance, debt), false },
	{ "next_expiry_ms", offsetof(struct rewapp_balance, next_expiry_ms), true },
	{ "credits_posted", offsetof(struct rewapp_balance, credits_posted), false },
	{ "debits_posted", offsetof(struct rewapp_balance, debits_posted), false },
	{ "debits_pending", offsetof(struct rewapp_balance, debits_pending), true },
	{ "version", offsetof(struct rewapp_balance, version), false },
};

static int64_t field(const struct rewapp_balance *balance, size_t at)
{
	return *(const int64_t *)(const void *)((const char *)balance + at);
}

static void same(struct sim_run *run, int wallet, bool of_period, const struct rewapp_balance *then,
	const struct rewapp_balance *found)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		int64_t was = field(then, fields[i].at), is = field(found, fields[i].at);

		run->tally.checks++;
		if (was != is && !(of_period && fields[i].unless_closed))
			rewapp__sim_fail(run, "time travel",
				"invariant 22 is broken: wallet %d: %s of %s was %lld and is %lld now",
				wallet, fields[i].name, of_period ? "a closed period" : "the past",
				(long long)was, (long long)is);
	}
}

static bool ask(struct sim_run *run, int wallet, const struct rewapp_instant *at, struct rewapp_balance *out)
{
	struct rewapp_id programme = rewapp__sim_programme_id(wallet / SIM_MEMBERS_MAX),
			 member = rewapp__sim_member_id(wallet % SIM_MEMBERS_MAX);
	int error;

	out->size = sizeof *out;
	error = rewapp_balance_at(rewapp__sim_engine(run), &programme, &member, at, out);
	if (error < 0)
		rewapp__sim_fail(
			run, "time travel", "wallet %d: a past balance: %s", wallet, rewapp_errmsg());
	return error == 0;
}

static void past_is(struct sim_run *run, int wallet, const struct rewapp_balance *then)
{
	struct rewapp_instant at = { .size = sizeof at, .recorded_ms = then->as_of_ms };
	struct rewapp_balance found;

	if (ask(run, wallet, &at, &found))
		same(run, wallet, false, then, &found);
}

/* As it was when it was first asked for. */
static void period_is(struct sim_run *run, int wallet)
{
	int64_t closed_ms = run->oracle.programmes[wallet / SIM_MEMBERS_MAX].closed_ms;
	struct rewapp_instant at = { .size = sizeof at, .occurred_ms = closed_ms - 1 };
	struct rewapp_balance found, *first = &run->seen[wallet].closed;

	if (closed_ms == 0 || !ask(run, wallet, &at, &found))
		return;
	if (first->size && first->as_of_ms == found.as_of_ms)
		same(run, wallet, true, first, &found);
	*first = found;
}

static void look_back(struct sim_run *run, int wallet)
{
	struct sim_seen *seen = &run->seen[wallet];

	if (seen->past.size && seen->past.as_of_ms >= seen->balance.as_of_ms)
		seen->past = seen->balance; /* more was recorded in the same millisecond */
	if (seen->looks++ % LOOKS_BACK)
		return;
	past_is(run, wallet, &seen->balance);
	period_is(run, wallet);
	if (seen->past.size)
		past_is(run, wallet, &seen->past);
	if (!seen->past.size || seen->looks % (LOOKS_BACK * LOOKS_BACK) == 1)
		seen->past = seen->balance;
}

void rewapp__sim_time_travel(struct sim_run *run)
{
	for (int wallet = 0; wallet < SIM_WALLETS && !run->failure.failed; wallet++)
		if (run->seen[wallet].looked)
			look_back(run, wallet);
}
