/* The time of a simulated world. */
#include "sim/clock.h"

static const int64_t SECOND_MS = 1000, MINUTE_MS = 60 * 1000, HOUR_MS = 60 * 60 * 1000,
		     DAY_MS = INT64_C(24) * 60 * 60 * 1000;

int64_t rewapp__sim_clock_start(struct sim_rng *rng)
{
	/* UTC seconds */
	static const int64_t starts[] = {
		1773309600, /* 2026-03-12T10:00:00Z */
		1774745400, /* 2026-03-29T00:50:00Z: summer time begins in Paris */
		1792889400, /* 2026-10-25T00:50:00Z: and ends */
		1772953200, /* 2026-03-08T07:00:00Z: summer time begins in New York */
		1835387400, /* 2028-02-28T23:50:00Z */
		1798761000, /* 2026-12-31T23:50:00Z */
		2147482800, /* 2038-01-19T03:00:00Z: 32 bits end at 03:14:07 */
		3155759400, /* 2069-12-31T23:50:00Z; tokens count seconds in 32 bits, to 2106 */
	};

	return starts[rewapp__sim_below(rng, sizeof starts / sizeof *starts)] * SECOND_MS;
}

int64_t rewapp__sim_clock_move(struct sim_rng *rng, bool whole)
{
	static const int64_t spans[] = { 5, 5, 5, 5, 120, 120, 1200, 3600, 86400, 86400, 14 * 86400,
		90 * 86400 };
	int64_t span = spans[rewapp__sim_below(rng, sizeof spans / sizeof *spans)] * SECOND_MS;
	int64_t ms = 1 + rewapp__sim_below(rng, span);

	if (rewapp__sim_once_in(rng, 12)) /* exactly the life of a hold, or a day */
		ms = rewapp__sim_once_in(rng, 2) ? REWAPP_HOLD_TTL_MS : DAY_MS;
	if (rewapp__sim_once_in(rng, 20)) /* somebody sets the clock back */
		ms = -1 - rewapp__sim_below(rng, rewapp__sim_once_in(rng, 4) ? 2 * DAY_MS : HOUR_MS);
	return whole ? ms / SECOND_MS * SECOND_MS : ms;
}

int64_t rewapp__sim_clock_skew(struct sim_rng *rng)
{
	int64_t ms = rewapp__sim_below(rng, rewapp__sim_once_in(rng, 4) ? HOUR_MS : 2 * MINUTE_MS);

	return rewapp__sim_once_in(rng, 2) ? ms : -ms;
}

int64_t rewapp__sim_clock_of(const struct sim_clock *clock, int till)
{
	int64_t now_ms = clock->now_ms + clock->skew_ms[till];

	return now_ms < 365 * DAY_MS ? 365 * DAY_MS : now_ms;
}
