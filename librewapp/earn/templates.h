/* Templates of a programme: what an operator declares besides rules, and members get by the same ledger. */
#ifndef REWAPP_EARN_TEMPLATES_H
#define REWAPP_EARN_TEMPLATES_H

#include "earn/programme.h"

enum {
	VOUCHERS_MAX = 32,
	CARD_OFFERS_MAX = 32,
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

struct templates {
	struct voucher_offer *vouchers;
	size_t voucher_count;
	struct card_offer *cards;
	size_t card_count;
};

/* The voucher of this id, or NULL. */
const struct voucher_offer *rewapp__voucher_offer(const struct programme *programme, const char *id);

/* The gift card of this id, or NULL. */
const struct card_offer *rewapp__card_offer(const struct programme *programme, const char *id);

/* When something ends that is valid for so many business days: the first instant after the last of them. */
int64_t rewapp__template_ends_ms(const struct programme *programme, int32_t days, int64_t from_ms);

/* 63 bits that name what is counted: `what` is unique among a programme's templates. */
int rewapp__template_key(const char *what, const char *id, int64_t *out);

#endif
