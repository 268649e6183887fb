/* What a bank wrote around a merchant's name: kind of operation, dates, card, town. */
#ifndef REWAPP_MATCHING_DESCRIPTOR_H
#define REWAPP_MATCHING_DESCRIPTOR_H

#include "matching/fold.h"

/* NAME, stable text, false when no purchase can be meant. */
#define REWAPP__OPERATION_MAP(X) \
	X(UNKNOWN, "unknown", true) \
	X(CARD_PAYMENT, "card_payment", true) \
	X(DIRECT_DEBIT, "direct_debit", true) \
	X(REFUND, "refund", true) \
	X(WITHDRAWAL, "withdrawal", false) \
	X(TRANSFER, "transfer", false) \
	X(FEE, "fee", false) \
	X(CHEQUE, "cheque", false) \
	X(SALARY, "salary", false) \
	X(INTEREST, "interest", false) \
	X(LOAN, "loan", false) \
	X(TAX, "tax", false) \
	X(OTHER, "other", false)

enum operation {
#define REWAPP__OPERATION_ENUM(name, text, purchase) OPERATION_##name,
	REWAPP__OPERATION_MAP(REWAPP__OPERATION_ENUM)
#undef REWAPP__OPERATION_ENUM
};

/* A run of letters and digits of the merchant's zone, in folded positions. */
struct token {
	uint16_t from, to;
	uint16_t flags; /* enum word_flag of lexicon.h, and those below */
};

#define REWAPP__TOKENS_MAX 48

/* Spans are bytes of the raw text. */
struct descriptor {
	enum operation operation;
	bool town_first; /* this family of banks writes the town before the merchant */
	struct span merchant, city, card, acquirer, store;
	const char *acquirer_name; /* static; NULL: none */
	const char *family;        /* static, of the row that decided the kind; "" : none */
	int16_t year;              /* 0: not written */
	int8_t month, day;         /* 0: none */
	char card_suffix[5];
	char postcode[6];
	char country[3];
	char foreign_currency[4];
	int64_t foreign_amount;      /* minor units of two digits */
	uint16_t zone_from, zone_to; /* the merchant's zone, in folded positions */
	uint16_t token_count;
	struct token tokens[REWAPP__TOKENS_MAX];
};

struct lexicon;

/* Reads a folded text.  Pure; the same text gives the same answer everywhere. */
void rewapp__descriptor_parse(
	const struct lexicon *lexicon, const struct folded *text, struct descriptor *out);

/* places.c: fills city, postcode, store and country from the tokens. */
void rewapp__descriptor_places(const struct folded *text, struct descriptor *out);

/* The bytes of the raw text that two folded positions enclose. */
struct span rewapp__raw_span(const struct folded *text, size_t from, size_t to);

/* "card_payment", ... and whether the operation can be a purchase. */
const char *rewapp__operation_name(enum operation operation);
bool rewapp__operation_is_purchase(enum operation operation);

/* The descriptor's date in days since 1970, INT32_MIN when it holds none.  `booked_day` (days
 * since 1970, INT32_MIN: unknown) gives the year where the text has none: the last such day
 * that is not after the booking. */
int32_t rewapp__descriptor_day(const struct descriptor *descriptor, int32_t booked_day);

/* The same as YYYY-MM-DD, or "". */
void rewapp__descriptor_date(const struct descriptor *descriptor, int32_t booked_day, char out[11]);

#endif
