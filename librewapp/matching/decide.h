/* Which merchant does a descriptor name, how surely, and on what evidence? */
#ifndef REWAPP_MATCHING_DECIDE_H
#define REWAPP_MATCHING_DECIDE_H

#include "matching/descriptor.h"
#include "matching/index.h"

#define REWAPP__CANDIDATES_MAX 4
#define REWAPP__EVIDENCE_MAX 8

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
		"a text known to name someone else")

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

struct match_query {
	const char *raw; /* any bytes */
	size_t length;
	int64_t amount_minor; /* negative: left the account; 0: unknown */
	char currency[4];
	uint16_t mcc;       /* 0: unknown */
	int32_t booked_day; /* days since 1970; INT32_MIN: unknown */
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

#endif
