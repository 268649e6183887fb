/* The library's words in French; English comes from the library itself. */
#include "cli/say.h"

#include <stddef.h>
#include <string.h>

struct word {
	int value;
	const char *text;
};

/* clang-format off */
static const struct word errors[] = {
	{ REWAPP_E_ARGUMENT, "un argument manque ou est mal formé" },
	{ REWAPP_E_ABI, "une structure vient d'un en-tête incompatible" },
	{ REWAPP_E_NOTFOUND, "objet inconnu" },
	{ REWAPP_E_CONFLICT, "cet identifiant désigne déjà autre chose" },
	{ REWAPP_E_BUSY, "la base est occupée ; réessayez" },
	{ REWAPP_E_STORAGE, "la base a échoué" },
	{ REWAPP_E_UNCERTAIN, "la réponse s'est perdue ; renvoyez le même identifiant" },
	{ REWAPP_E_NOMEMORY, "mémoire épuisée" },
	{ REWAPP_E_OVERFLOW, "un nombre sort de l'intervalle permis" },
	{ REWAPP_E_JSON, "le texte JSON n'est pas acceptable" },
	{ REWAPP_E_CARDNUMBER, "le texte contient un numéro de carte bancaire" },
	{ REWAPP_E_VERSION, "la base a été écrite par une version plus récente" },
	{ REWAPP_E_READONLY, "la base est en lecture seule" },
	{ REWAPP_E_FULL, "plus de place pour la base" },
	{ REWAPP_E_CORRUPT, "la base se contredit" },
	{ REWAPP_E_CAPACITY, "la mémoire fournie est trop petite" },
};

static const struct word verdicts[] = {
	{ REWAPP_VERDICT_NONE, "aucune décision" },
	{ REWAPP_VERDICT_ACCEPTED, "accepté" },
	{ REWAPP_VERDICT_EXPIRED, "le code n'est plus valable" },
	{ REWAPP_VERDICT_SPENT, "le code a déjà servi" },
	{ REWAPP_VERDICT_WRONG_MERCHANT, "le code est destiné à un autre commerçant" },
	{ REWAPP_VERDICT_FORGED, "le code n'est pas un des nôtres" },
	{ REWAPP_VERDICT_UNKNOWN_MEMBER, "membre inconnu" },
	{ REWAPP_VERDICT_UNKNOWN_MERCHANT, "commerçant inconnu" },
	{ REWAPP_VERDICT_UNKNOWN_PROGRAMME, "programme inconnu" },
	{ REWAPP_VERDICT_MEMBER_BLOCKED, "le membre est bloqué ou parti" },
	{ REWAPP_VERDICT_INSUFFICIENT_POINTS, "le membre n'a pas assez de points" },
	{ REWAPP_VERDICT_NO_MATCH, "aucun commerçant partenaire reconnu" },
	{ REWAPP_VERDICT_NEEDS_REVIEW, "un partenaire est probable, mais pas assez certain" },
	{ REWAPP_VERDICT_NOT_A_PURCHASE, "la ligne n'est pas un paiement par carte" },
	{ REWAPP_VERDICT_UNKNOWN_PURCHASE, "achat inconnu" },
	{ REWAPP_VERDICT_RETURN_EXCEEDS, "le retour dépasse l'achat" },
	{ REWAPP_VERDICT_UNKNOWN_HOLD, "réservation inconnue" },
	{ REWAPP_VERDICT_HOLD_CLOSED, "la réservation est déjà dépensée, rendue ou échue" },
	{ REWAPP_VERDICT_HOLD_EXCEEDED, "la dépense dépasse la réservation" },
	{ REWAPP_VERDICT_NOT_YET_VALID, "le code vient du futur" },
	{ REWAPP_VERDICT_UNKNOWN_REDEMPTION, "dépense inconnue" },
	{ REWAPP_VERDICT_REVERSAL_EXCEEDS, "on rend plus que ce qui a été dépensé" },
	{ REWAPP_VERDICT_WRONG_CURRENCY, "le programme n'utilise pas cette devise" },
	{ REWAPP_VERDICT_WRONG_AMOUNT, "le code est destiné à un autre montant" },
	{ REWAPP_VERDICT_PROGRAMME_CLOSED, "le programme n'est pas ouvert à cette date" },
	{ REWAPP_VERDICT_TOO_OLD, "l'événement est trop loin dans le passé ou le futur" },
	{ REWAPP_VERDICT_UNKNOWN_LINE, "l'achat n'a pas de telle ligne" },
	{ REWAPP_VERDICT_UNKNOWN_OFFER, "le programme n'a pas de telle offre" },
	{ REWAPP_VERDICT_ACCOUNT_CLOSED, "le compte du membre est fermé" },
	{ REWAPP_VERDICT_ACCOUNT_OPEN, "le compte du membre est ouvert" },
	{ REWAPP_VERDICT_ACCOUNT_NOT_EMPTY, "le compte a des points, ou des points réservés" },
	{ REWAPP_VERDICT_NOT_TRANSFERABLE, "les membres du programme ne peuvent pas se donner de points" },
	{ REWAPP_VERDICT_TRANSFER_LIMIT, "plus de points, ou moins, qu'on ne peut donner à la fois" },
	{ REWAPP_VERDICT_ALREADY_JOINED, "le membre partage déjà ce compte" },
	{ REWAPP_VERDICT_NOT_JOINED, "le membre ne partage pas ce compte" },
	{ REWAPP_VERDICT_SPENDER_NEEDED, "le compte est partagé : il faut dire qui dépense" },
	{ REWAPP_VERDICT_HOUSEHOLD_LIMIT, "plus que le membre ne peut encore dépenser du compte partagé" },
	{ REWAPP_VERDICT_HOUSEHOLD_FULL, "le compte est partagé par autant de membres que possible" },
	{ REWAPP_VERDICT_OFFER_EXHAUSTED, "le membre a déjà eu tout ce que l'offre permet" },
	{ REWAPP_VERDICT_MEMBER_OWES, "le membre doit des points" },
	{ REWAPP_VERDICT_UNKNOWN_BANK_LINE, "aucune ligne bancaire douteuse de ce nom" },
	{ REWAPP_VERDICT_LINE_ANSWERED, "quelqu'un a déjà répondu pour cette ligne" },
	{ REWAPP_VERDICT_NOTHING_LEFT, "il n'en reste rien à reprendre" },
	{ REWAPP_VERDICT_CARD_ACTIVE, "la carte a déjà été vendue" },
	{ REWAPP_VERDICT_NOT_A_CARD, "c'est un membre, pas une carte cadeau" },
	{ REWAPP_VERDICT_IS_A_CARD, "c'est une carte cadeau, pas un membre" },
};

static const struct word codes[] = {
	{ REWAPP_CODE_AWARD, "gain" },
	{ REWAPP_CODE_HOLD, "réservation" },
	{ REWAPP_CODE_REDEMPTION, "dépense" },
	{ REWAPP_CODE_RELEASE, "libération" },
	{ REWAPP_CODE_TIMEOUT, "échéance" },
	{ REWAPP_CODE_CLAWBACK, "reprise" },
	{ REWAPP_CODE_DEBT, "dette" },
	{ REWAPP_CODE_DEBT_PAYMENT, "paiement de dette" },
	{ REWAPP_CODE_EXPIRY, "expiration" },
	{ REWAPP_CODE_REVERSAL, "annulation" },
	{ REWAPP_CODE_ADJUSTMENT, "ajustement" },
	{ REWAPP_CODE_WRITE_OFF, "passage en perte" },
	{ REWAPP_CODE_TIER_RISE, "statut gagné" },
	{ REWAPP_CODE_TIER_FALL, "statut perdu" },
	{ REWAPP_CODE_FORFEIT, "points perdus" },
	{ REWAPP_CODE_GIFT_CARD, "carte cadeau" },
	{ REWAPP_CODE_BONUS, "bonus" },
	{ REWAPP_CODE_TRANSFER, "don entre membres" },
};

static const struct operation {
	const char *name, *english, *french;
} operations[] = {
	{ "unknown", "unknown operation", "opération inconnue" },
	{ "card_payment", "card payment", "paiement par carte" },
	{ "direct_debit", "direct debit", "prélèvement" },
	{ "refund", "refund", "remboursement" },
	{ "withdrawal", "withdrawal", "retrait" },
	{ "transfer", "transfer", "virement" },
	{ "fee", "fee", "frais" },
	{ "cheque", "cheque", "chèque" },
	{ "salary", "salary", "salaire" },
	{ "interest", "interest", "intérêts" },
	{ "loan", "loan", "prêt" },
	{ "tax", "tax", "impôt" },
	{ "other", "other operation", "autre opération" },
};
/* clang-format on */

static const char *find(const struct word *words, size_t count, int value)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].value == value)
			return words[i].text;
	return NULL;
}

#define FRENCH(words, value) (french ? find(words, sizeof(words) / sizeof *(words), value) : NULL)

const char *rewapp__say_error(bool french, int code)
{
	const char *text = FRENCH(errors, code);

	return text ? text : rewapp_strerror(code);
}

const char *rewapp__say_verdict(bool french, int verdict)
{
	const char *text = FRENCH(verdicts, verdict);

	return text ? text : rewapp_verdict_text(verdict);
}

const char *rewapp__say_code(bool french, int code)
{
	const char *text = FRENCH(codes, code);

	return text ? text : rewapp_code_name(code);
}

const char *rewapp__say_operation(bool french, const char *operation)
{
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
		if (strcmp(operations[i].name, operation) == 0)
			return french ? operations[i].french : operations[i].english;
	return operation;
}
