/* Banks of the telephone, in any country: Revolut, N26, Wise, Nickel, Qonto, Sumeria, bunq, Monzo. */
#include "matching/banks/rows.h"

static const struct pattern rows[] = {
	/* clang-format off */
	/* openings */
	OPEN(CARD_PAYMENT, 0, "N26", "MASTERCARD PAYMENT")
	OPEN(CARD_PAYMENT, 0, "REV", "CARD PAYMENT TO")
	OPEN(CARD_PAYMENT, 0, "WISE", "CARD TRANSACTION OF %a %u ISSUED BY")
	OPEN(CARD_PAYMENT, 0, "NICKEL", "PAIEMENT CHEZ")
	OPEN(CARD_PAYMENT, 0, "QONTO", "PAIEMENT CARTE QONTO")
	OPEN(REFUND, 0, "REV", "REFUND FROM")
	OPEN(REFUND, 0, "REV", "CARD REFUND")
	OPEN(TRANSFER, 0, "REV", "TRANSFER")
	OPEN(TRANSFER, 0, "REV", "TOP_UP")
	OPEN(TRANSFER, 0, "WISE", "SENT MONEY TO")
	OPEN(TRANSFER, 0, "WISE", "RECEIVED MONEY FROM")
	OPEN(TRANSFER, 0, "REV", "PAYMENT FROM")
	OPEN(TRANSFER, 0, "N26", "MONEYBEAM")
	OPEN(TRANSFER, 0, "MONZO", "POT TRANSFER")
	OPEN(TRANSFER, 0, "SUMERIA", "ENVOI A")
	OPEN(OTHER, 0, "WISE", "CONVERTED")
	OPEN(OTHER, 0, "REV", "EXCHANGED TO")
	/* words that give the kind, wherever they stand */
	WORD(TRANSFER, "TOP UP BY")
	WORD(TRANSFER, "APPLE PAY TOP UP")
	WORD(OTHER, "REVOLUT_*")
	/* clang-format on */
};

TABLE(neobanks);
