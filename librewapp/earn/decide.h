/* What a purchase gives, why, and what it still gives after a return.  Pure: the same input, the same bytes.
 */
#ifndef REWAPP_EARN_DECIDE_H
#define REWAPP_EARN_DECIDE_H

#include "base/buffer.h"
#include "earn/programme.h"

enum {
	AWARDS_MAX = 64,        /* of one purchase; no more rules can give it points */
	AWARDS_BYTES_MAX = 8192 /* rewapp__awards_encode() never writes more */
};

/* Names the counter of one cap in one window.  The flow stores {cap, member or zero, window_start} -> used.
 */
struct counter_key {
	/* struct cap.key; of caps for each merchant, store or card a number made of it and of that.  0: not
	 * counted, because the purchase names none. */
	int64_t cap;
	enum cap_scope scope; /* CAP_MEMBER, or any other: of the whole programme */
	int64_t window_start; /* of a sliding window: the number of its last day or hour */
	int64_t limit;
	int32_t span; /* days or hours of a sliding window, each a counter of its own; 0: of the calendar */
};

/* What a sliding window has used: of all windows that hold the purchase's day or hour, the fullest, so that
 * one that arrives late passes no limit either.  sums: of the 2 * span - 1 counters around it. */
int64_t rewapp__earn_window_used(const int64_t *sums, int32_t span);

struct award {
	int32_t rule;   /* index in programme.rules */
	int32_t reason; /* enum rewapp_reason */
	int64_t points;
	int64_t distance; /* to an award, in what the reason counts; else 0 */
	enum funder funder;
	int64_t room; /* points that the caps left to this rule; INT64_MAX: no cap */
};

/* One for each rule, in rule order; of a programme with more than AWARDS_MAX rules those that give, and of
 * those that its index lets through as many of the rest as there is room for. */
struct awards {
	size_t count;
	struct award list[AWARDS_MAX];
	int64_t by_programme, by_merchant; /* their points by who pays */
	size_t counter_count;
	int64_t counted[EARN_COUNTERS_MAX]; /* to add to each counter, in the order of rewapp__earn_counters()
					     */
};

/* The counters that a purchase needs: by its time, merchant, store and card; returns their number. */
size_t rewapp__earn_counters(const struct programme *programme, const struct earn_facts *facts,
	struct counter_key out[EARN_COUNTERS_MAX]);

/* The counter of a member's purchases, from which `nth` follows.  False when no rule asks. */
bool rewapp__earn_nth_counter(const struct programme *programme, struct counter_key *out);

/* Rules are tried in the order of the programme: groups that exclude all others first, then by priority, then
 * as they stand in the document.  A rule's points are cut to the room of its own caps, then of the
 * programme's caps, less what rules before it took there.
 * Returns 0, REWAPP_E_ARGUMENT (amounts below 0 or beyond the purchase), REWAPP_E_OVERFLOW (points beyond 64
 * bits). */
int rewapp__earn_decide(
	const struct programme *programme, const struct earn_facts *facts, struct awards *out);

/* What a purchase looks like after returns: the facts without the lines that came back, as
 * rewapp__earn_without() makes them or the original itself, and how much of their amount is left after
 * returns that named no lines. */
struct earn_left {
	const struct earn_facts *facts;
	int64_t amount;
};

/* What the purchase gives for what is left after returns.  Rules that gave nothing give nothing now,
 * whatever their group; the others are decided again for what is left, with the rooms that applied
 * originally, or give their share of it, as the programme says.  Conditions that a smaller purchase could
 * begin to satisfy keep their first answer.  So the answer depends on what is left and not on the returns
 * that led there, never grows while less is left, is the original when all is and nothing at 0.  The
 * flow takes back, award by award and counter by counter, the last retained less this.
 *
 * `programme` must be the version that made `awards`; original->used is not looked at.
 * Returns 0, REWAPP_E_ARGUMENT (left->amount out of range, awards of another programme), REWAPP_E_OVERFLOW.
 */
int rewapp__earn_retained(const struct programme *programme, const struct earn_facts *original,
	const struct awards *awards, const struct earn_left *left, struct awards *out);

/* The facts without `returned` articles of each line; `lines` is room for as many as the original has. */
void rewapp__earn_without(const struct earn_facts *original, const int64_t *returned, struct earn_line *lines,
	struct earn_facts *out);

/* Appends a compact form for the store; check `buffer->failed` afterwards. */
void rewapp__awards_encode(const struct awards *awards, struct buffer *buffer);

/* Reads it back; *used is how many of the bytes it took, the facts stand behind.
 * Returns 0 or REWAPP_E_CORRUPT for anything that encode could not have written. */
int rewapp__awards_decode(const void *bytes, size_t size, struct awards *out, size_t *used);

/* Why one rule gives or would give nothing, limits and groups aside: for rules that the awards leave out.
 * Returns 0 when its conditions hold, else enum rewapp_reason; *distance as in struct award. */
int rewapp__earn_reason(
	const struct programme *programme, const struct earn_facts *facts, int rule, int64_t *distance);

/* The id of a rule in its document; "" for an index that it does not have. */
const char *rewapp__rule_id(const struct programme *programme, int rule);

#endif
