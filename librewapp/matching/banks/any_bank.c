/* What stands between in the text of any bank, and says nothing of the kind of operation. */
#include "matching/banks/rows.h"

static const struct pattern rows[] = {
	/* clang-format off */
	OPEN(UNKNOWN, 0, "", "%d")
	OPEN(UNKNOWN, 0, "", "%t")
	OPEN(UNKNOWN, 0, "", "DU %d")
	OPEN(UNKNOWN, CARD, "", "XX%c")
	OPEN(UNKNOWN, 0, "", "EUR")
	OPEN(UNKNOWN, 0, "", "SC-")
	OPEN(UNKNOWN, 0, "", "SC.")
	OPEN(UNKNOWN, 0, "", "APPLE PAY%e")
	OPEN(UNKNOWN, 0, "", "GOOGLE PAY%e")
	OPEN(UNKNOWN, 0, "", "SAMSUNG PAY%e")
	/* what ends the merchant's zone */
	CLOSE(UNKNOWN, 0, "", "APPLE PAY%e")
	CLOSE(UNKNOWN, 0, "", "GOOGLE PAY%e")
	CLOSE(UNKNOWN, 0, "", "SAMSUNG PAY%e")
	CLOSE(UNKNOWN, 0, "", "VIA APPLE PAY")
	CLOSE(UNKNOWN, 0, "", "VIA GOOGLE PAY")
	/* clang-format on */
};

TABLE(any_bank);
