/* Which counters a purchase needs: of caps, and of the member's purchases. */
#include "earn/decide.h"

#include <stdio.h>
#include <string.h>

enum {
	NTH_COUNTER = 1 /* caps have numbers of 63 bits that a hash gave */
};

/* 63 bits of the cap and of what it counts by itself. */
static int64_t key_of(const struct cap *cap, const void *whose, size_t size)
{
	char path[sizeof "cap:" + 20 + 2 * 64 + 1];
	const unsigned char *bytes = whose;
	size_t length = (size_t)snprintf(path, sizeof path, "cap:%lld/", (long long)cap->key);
	struct rewapp_id hash;
	uint64_t key = 0;

	for (size_t i = 0; i < size && i < 64; i++)
		length += (size_t)snprintf(path + length, sizeof path - length, "%02x", bytes[i]);
	if (rewapp_id_derive(path, length, &hash) < 0)
		return 0;
	for (size_t i = 0; i < 8; i++)
		key = key << 8 | hash.bytes[i];
	return (int64_t)(key & INT64_MAX);
}

static int64_t key_of_id(const struct cap *cap, const struct rewapp_id *id)
{
	return rewapp_id_is_zero(id) ? 0 : key_of(cap, id, sizeof *id);
}

/* A card's token may be long: its id stands for it. */
static int64_t key_of_card(const struct cap *cap, const char *card)
{
	size_t length = card ? strnlen(card, 255) : 0;
	struct rewapp_id id;

	return length && rewapp_id_derive(card, length, &id) == 0 ? key_of_id(cap, &id) : 0;
}

static int64_t key_for(const struct cap *cap, const struct earn_facts *facts)
{
	switch (cap->scope) {
	case CAP_MERCHANT:
		return key_of_id(cap, &facts->merchant);
	case CAP_STORE:
		return key_of_id(cap, &facts->store);
	case CAP_CARD:
		return key_of_card(cap, facts->card);
	default:
		return cap->key;
	}
}

int64_t rewapp__earn_window_used(const int64_t *sums, int32_t span)
{
	int64_t used = 0, most;

	for (int32_t i = 0; i < span; i++)
		used += sums[i];
	most = used;
	for (int32_t last = span; last < 2 * span - 1; last++) {
		used += sums[last] - sums[last - span];
		most = used > most ? used : most;
	}
	return most;
}

static int64_t hour_of(int64_t utc_ms)
{
	int64_t hour_ms = INT64_C(3600000);

	return utc_ms / hour_ms - (utc_ms % hour_ms < 0);
}

/* Most caps of a programme count in few windows: each is found once. */
size_t rewapp__earn_counters(const struct programme *programme, const struct earn_facts *facts,
	struct counter_key out[EARN_COUNTERS_MAX])
{
	int64_t starts[WINDOW_TOTAL + 1];
	bool found[WINDOW_TOTAL + 1] = { false };

	for (size_t i = 0; i < programme->cap_count; i++) {
		const struct cap *cap = &programme->caps[i];
		enum window window = cap->span ? WINDOW_DAY : (enum window)cap->window;

		if (!found[window])
			starts[window] = rewapp__programme_window(programme, window, facts->occurred_ms);
		found[window] = true;
		out[i] = (struct counter_key){ key_for(cap, facts), cap->scope,
			cap->hours ? hour_of(facts->occurred_ms) : starts[window], cap->limit, cap->span };
	}
	return programme->cap_count;
}

bool rewapp__earn_nth_counter(const struct programme *programme, struct counter_key *out)
{
	*out = (struct counter_key){ NTH_COUNTER, CAP_MEMBER, 0, INT64_MAX, 0 };
	return programme->counts_purchases;
}
