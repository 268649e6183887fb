/* Templates of a programme: what an operator declares besides rules, and members get by the same ledger. */
#ifndef REWAPP_EARN_TEMPLATES_H
#define REWAPP_EARN_TEMPLATES_H

#include "earn/programme.h"

enum {
	VOUCHERS_MAX = 32,
	CARD_OFFERS_MAX = 32,
	GOALS_MAX = 16,
	GOAL_RUNS_MAX = 64, /* bonuses of one streak that one purchase can bring */
	STREAK_MONTHS_MIN = 2,
	TEMPLATE_DAYS_MAX = 3660,
	TEMPLATE_COUNT_MAX = 1000000
};

/* A voucher: points at a fixed price, spent once and whole by whoever shows its code. */
struct voucher_offer {
	char id[NAME_BYTES];
	int64_t points;
	bool from_campaign; /* the programme pays for it; else the member's points do */
	bool forfeits;      /* what is not spent of it is lost, else it goes back to the lots */
	int32_t days;       /* it is valid to the end of so many business days later */
	int64_t per_member; /* that a member can have in all, those not counted that were voided; 0: any
			       number */
	int64_t key;        /* of the limit */
};

/* A gift card: money that is spent later, in parts. */
struct card_offer {
	char id[NAME_BYTES];
	int64_t least, most; /* that is put on it at once, minor units */
	int32_t days;        /* what was put on it lives to the end of so many business days later */
	bool reload;         /* it can be put on more than once */
};

/* What an achievement counts. */
enum goal_by {
	GOAL_VISITS = 0,
	GOAL_MERCHANTS = 1, /* different ones */
	GOAL_SPEND = 2,     /* the paid part, minor units */
	GOAL_STREAK = 3     /* months in a row with a visit */
};

/* An achievement: so much within a window of time gives a bonus, once. */
struct goal {
	char id[NAME_BYTES];
	enum goal_by by;
	enum window window;
	int64_t target, points;
	int64_t least; /* what must have been paid for a purchase to be a visit, minor units */
	bool keeps;    /* the bonus stays when a return undoes it */
	/* Of what is counted, of merchants by themselves, of what was paid: by id, count and window. */
	int64_t key, key_merchants, key_paid;
};

/* Referral: who brings a new member, and the new member. */
struct referral_offer {
	int64_t by_points, points; /* to whom brings, to who is brought */
	int64_t least;             /* that the first purchase must have paid, minor units */
	int64_t per_referrer;      /* whom a member can be rewarded for; 0: any number */
	int64_t key;               /* of that limit */
};

/* Members may give points to one another, so many at once. */
struct transfer_offer {
	int64_t least, most; /* most 0: any number */
};

struct templates {
	struct voucher_offer *vouchers;
	size_t voucher_count;
	struct card_offer *cards;
	size_t card_count;
	struct goal *goals;
	size_t goal_count;
	struct referral_offer *referral;  /* NULL: none */
	struct transfer_offer *transfers; /* NULL: they may not */
};

/* The voucher of this id, or NULL. */
const struct voucher_offer *rewapp__voucher_offer(const struct programme *programme, const char *id);

/* The gift card of this id, or NULL. */
const struct card_offer *rewapp__card_offer(const struct programme *programme, const char *id);

/* The most that one window counts. */
#define GOAL_TOTAL_MAX (8 * PROGRAMME_POINTS_MAX)

/* What a purchase counts for an achievement while `left` of its amount is kept. */
int64_t rewapp__goal_worth(const struct programme *programme, const struct goal *goal,
	const struct earn_facts *facts, int64_t left);

/* The achievement that counts under this key, or NULL. */
const struct goal *rewapp__goal_of(const struct programme *programme, int64_t key);

/* When something ends that is valid for so many business days: the first instant after the last of them. */
int64_t rewapp__template_ends_ms(const struct programme *programme, int32_t days, int64_t from_ms);

/* 63 bits that name what is counted: `what` is unique among a programme's templates. */
int rewapp__template_key(const char *what, const char *id, int64_t *out);

#endif
