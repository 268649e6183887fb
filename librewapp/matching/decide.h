/* Which merchant does a descriptor name, how surely, and on what evidence? */
#ifndef REWAPP_MATCHING_DECIDE_H
#define REWAPP_MATCHING_DECIDE_H

#include "matching/descriptor.h"
#include "matching/index.h"

#define REWAPP__CANDIDATES_MAX 4
#define REWAPP__EVIDENCE_MAX 20 /* a name has 18 kinds at most */

/* NAME, stable text, French, English.  Part of the public interface: append only. */
#define REWAPP__EVIDENCE_MAP(X) \
	X(NAME, "name", "le nom du commerçant figure dans le libellé", \
		"the merchant's name stands in the text") \
	X(ALIAS, "alias", "un autre nom connu du commerçant figure dans le libellé", \
		"another known name of the merchant stands in the text") \
	X(TRUNCATED, "truncated", "le début du nom figure dans le libellé, la banque l'a coupé", \
		"the beginning of the name stands in the text, the bank has cut it") \
	X(GLUED, "glued", "le nom est collé à d'autres lettres", "the name is glued to other letters") \
	X(POSITION, "position", "la place du nom dans le libellé", "where the name stands in the text") \
	X(UNEXPLAINED, "unexplained", "d'autres mots restent inexpliqués", "other words remain unexplained") \
	X(WHOLE, "whole", "le nom explique tout le libellé", "the name explains the whole text") \
	X(COMMONNESS, "commonness", "ce nom est aussi un mot courant", "the name is also a common word") \
	X(AMBIGUOUS, "ambiguous", "plusieurs commerçants portent ce nom", \
		"several merchants bear this name") \
	X(OPERATION, "operation", "la nature de l'opération bancaire", "the kind of bank operation") \
	X(SIGN, "sign", "le sens du mouvement (débit ou crédit)", "the direction of the money") \
	X(MCC, "mcc", "le code d'activité (MCC) du paiement", "the category code (MCC) of the payment") \
	X(CITY, "city", "la ville d'un de ses magasins", "the town of one of its shops") \
	X(NEGATIVE, "negative", "un texte connu pour désigner quelqu'un d'autre", \
		"a text known to name someone else") \
	X(COUNTRY, "country", "le pays du paiement", "the country of the payment") \
	X(BANK, "bank", "le commerçant est une banque : le plus souvent, ce n'est pas un achat", \
		"the merchant is a bank: most often this is no purchase") \
	X(INITIALS, "initials", "le nom n'apparaît que par des initiales séparées", \
		"the name stands there only as single letters") \
	X(MERCHANT_ID, "merchant_id", "le numéro de commerçant du paiement", "the payment's merchant id") \
	X(TERMINAL_ID, "terminal_id", "le numéro de terminal du paiement", "the payment's terminal id") \
	X(SIRET, "siret", "le numéro SIRET de l'établissement", "the SIRET number of the place") \
	X(SIREN, "siren", "le numéro SIREN de l'entreprise", "the SIREN number of the company") \
	X(CREDITOR_ID, "creditor_id", "l'identifiant de créancier SEPA", "the SEPA creditor id") \
	X(AMOUNT, "amount", "le montant, comparé aux achats habituels chez ce commerçant", \
		"the amount, against usual purchases at this merchant") \
	X(OPENING, "opening", "le jour de l'achat, comparé aux jours d'ouverture", \
		"the day of the purchase, against the opening days") \
	X(DATES, "dates", "l'écart entre la date d'achat et la date d'écriture", \
		"the distance between the day of purchase and the day of booking") \
	X(HISTORY, "history", "le membre a déjà acheté chez ce commerçant", \
		"the member has bought at this merchant before") \
	X(TRADE, "trade", "le libellé nomme un autre métier que celui du commerçant", \
		"the text names another trade than the merchant's") \
	X(NAMESAKE, "namesake", \
		"le libellé se lit comme le nom d'une autre maison : famille, enseigne locale", \
		"the text reads like another house's name: a family's, a local one's") \
	X(LEARNT, "learnt", "une personne a confirmé ce commerçant pour un libellé identique", \
		"a person has confirmed this merchant for a text that reads the same") \
	X(REFUSED, "refused", "une personne a écarté ce commerçant pour un libellé identique", \
		"a person has ruled this merchant out for a text that reads the same")

enum evidence_kind {
#define REWAPP__EVIDENCE_ENUM(name, text, french, english) EVIDENCE_##name,
	REWAPP__EVIDENCE_MAP(REWAPP__EVIDENCE_ENUM)
#undef REWAPP__EVIDENCE_ENUM
	EVIDENCE_KINDS
};

enum match_outcome {
	MATCH_NONE = 0,
	MATCH_REVIEW = 1,
	MATCH_SURE = 2,
	MATCH_NOT_A_PURCHASE = 3
};

/* An earlier purchase of the member that was found right. */
struct match_history {
	uint64_t merchant;
	uint32_t times;
};

/* What is zero or NULL is unknown, except `booked_day`. */
struct match_query {
	const char *raw; /* any bytes */
	size_t length;
	int64_t amount_minor; /* negative: left the account */
	char currency[4];
	char country[3]; /* of the account, ISO 3166 alpha-2 */
	uint16_t mcc;
	int32_t booked_day; /* days since 1970; INT32_MIN: unknown */
	/* of the shop, as the payment's feed tells them */
	const char *city, *postcode;
	/* ids that came with the payment */
	const char *merchant_id, *terminal_id, *siret, *siren, *creditor_id;
	const struct match_history *history;
	size_t history_count;
	/* from which probability on a candidate is sure, or worth a person's look; 0: the usual ones */
	uint16_t sure_bp, review_bp;
};

struct match_evidence {
	enum evidence_kind kind;
	int32_t weight_millibits; /* > 0 speaks for the merchant */
	struct span span;         /* bytes of the raw text */
};

struct match_candidate {
	uint64_t merchant;
	uint64_t branch; /* 0: unknown */
	int32_t score_millibits;
	uint16_t probability_bp;
	uint16_t evidence_count;
	struct match_evidence evidence[REWAPP__EVIDENCE_MAX];
};

struct match {
	enum match_outcome outcome;
	uint16_t candidate_count;
	struct match_candidate candidates[REWAPP__CANDIDATES_MAX]; /* best first */
};

/* Working memory of one call; holds afterwards what was read from the text. */
struct match_scratch {
	struct folded folded;
	struct descriptor descriptor;
};

/* Reads, looks up and decides; allocates nothing.  Returns 0. */
int rewapp__match_decide(const struct matcher *matcher, const struct match_query *query,
	struct match_scratch *scratch, struct match *out);

/* The stable name, and a sentence for support staff in "fr" or (otherwise) English. */
const char *rewapp__evidence_name(enum evidence_kind kind);
const char *rewapp__evidence_text(enum evidence_kind kind, const char *language);

/* The kind of a stable name, or EVIDENCE_KINDS. */
enum evidence_kind rewapp__evidence_kind(const char *name);

/* From the sum of the evidence to a probability in basis points: the table of calibration.c. */
uint16_t rewapp__match_probability(int32_t score_millibits);

/* "2026-11-23/1": changes whenever the table does, and with it what past scores would mean. */
extern const char rewapp__match_calibration[];

#endif
