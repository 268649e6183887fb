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
	WORD(OTHER, "APPLE PAY%e")
	WORD(OTHER, "GOOGLE PAY%e")
	WORD(OTHER, "SAMSUNG PAY%e")
	/* clang-format on */
};

TABLE(any_bank);
