/* Awards in words: why a rule gave points or none, and how far it was.  The only place of these texts. */
#include "api/check.h"
#include "base/buffer.h"
#include "base/error.h"

#include <rewapp/submit.h>
#include <stdbool.h>
#include <string.h>

/* What a distance counts; UNTIL is a time that the reader waits for. */
enum counts {
	NOTHING,
	MONEY,
	MONEY_ABOVE,
	STARTS_IN,
	FREE_IN,
	PURCHASES,
	ITEMS,
	POINTS
};

struct words {
	int reason;
	enum counts counts;
	const char *english, *french;
};

/* clang-format off */
static const struct words table[] = {
	{ REWAPP_REASON_AWARDED, NOTHING, "points given", "points accordés" },
	{ REWAPP_REASON_AWARDED_IN_PART, NOTHING, "points given up to a limit", "points accordés jusqu'à une limite" },
	{ REWAPP_REASON_BELOW_MINIMUM, MONEY, "below the minimum spend", "minimum d'achat non atteint" },
	{ REWAPP_REASON_OTHER_MERCHANT, NOTHING, "for other merchants", "la règle vise d'autres commerçants" },
	{ REWAPP_REASON_OTHER_CATEGORY, NOTHING, "for other merchant categories",
		"la règle vise d'autres catégories de commerce" },
	{ REWAPP_REASON_OUTSIDE_DATES, STARTS_IN, "not on this date", "pas à cette date" },
	{ REWAPP_REASON_OUTSIDE_DAYS, STARTS_IN, "not on this day of the week", "pas ce jour de la semaine" },
	{ REWAPP_REASON_OUTSIDE_HOURS, STARTS_IN, "not at this hour", "pas à cette heure" },
	{ REWAPP_REASON_LIMIT_REACHED, FREE_IN, "a limit is used up", "une limite est épuisée" },
	{ REWAPP_REASON_ROUNDED_TO_ZERO, NOTHING, "the amount gives less than one point",
		"le montant donne moins d'un point" },
	{ REWAPP_REASON_NOTHING_TO_MULTIPLY, NOTHING, "no other rule gave points to multiply",
		"aucune autre règle n'a donné de points à multiplier" },
	{ REWAPP_REASON_OTHER_STORE, NOTHING, "for other stores", "la règle vise d'autres magasins" },
	{ REWAPP_REASON_OTHER_SEGMENT, NOTHING, "for members of other segments",
		"la règle vise d'autres segments de membres" },
	{ REWAPP_REASON_OTHER_TIER, NOTHING, "for members of other tiers", "la règle vise d'autres niveaux" },
	{ REWAPP_REASON_OTHER_CHANNEL, NOTHING, "for other channels of sale",
		"la règle vise d'autres canaux de vente" },
	{ REWAPP_REASON_OTHER_PAYMENT, NOTHING, "for other kinds of payment",
		"la règle vise d'autres moyens de paiement" },
	{ REWAPP_REASON_NOT_REFERRED, NOTHING, "depends on how the member came to the programme",
		"la règle dépend du parrainage du membre" },
	{ REWAPP_REASON_OTHER_PURCHASE, PURCHASES, "for another of the member's purchases",
		"la règle vise un autre achat du membre" },
	{ REWAPP_REASON_OTHER_LINES, NOTHING, "no line of the ticket is one of the rule's",
		"aucune ligne du ticket n'est visée par la règle" },
	{ REWAPP_REASON_TOO_FEW_ITEMS, ITEMS, "too few of the rule's items", "trop peu d'articles visés par la règle" },
	{ REWAPP_REASON_ABOVE_MAXIMUM, MONEY_ABOVE, "above the maximum spend", "maximum d'achat dépassé" },
	{ REWAPP_REASON_EXCLUDED, NOTHING, "the rule excludes such purchases", "la règle exclut de tels achats" },
	{ REWAPP_REASON_OUTRANKED, POINTS, "another rule of the group comes first",
		"une autre règle du groupe passe avant" },
	{ REWAPP_REASON_NOTHING_PAID, NOTHING, "nothing that earns was paid with money",
		"rien de ce qui rapporte n'a été payé en argent" },
	{ REWAPP_REASON_REFERRED, NOTHING, "for having been brought by a member", "pour avoir été parrainé" },
	{ REWAPP_REASON_NO_REFERRAL, NOTHING, "the referral does not count", "le parrainage ne compte pas" },
	{ REWAPP_REASON_ACHIEVED, NOTHING, "an achievement was completed", "un objectif est atteint" },
};
/* clang-format on */

static const struct words *words_of(int reason)
{
	static const struct words unknown = { 0, NOTHING, "unknown reason", "raison inconnue" };

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].reason == reason)
			return &table[i];
	return &unknown;
}

/* Minor units by ISO 4217: two digits but for these. */
static int digits_of(const char *currency)
{
	static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
	static const char three[] = "BHD IQD JOD KWD LYD OMR TND";

	if (strstr(none, currency))
		return 0;
	return strstr(three, currency) ? 3 : 2;
}

static void put_money(struct buffer *out, int64_t amount, const char *currency, bool french)
{
	int digits = digits_of(currency);
	int64_t unit = digits == 3 ? 1000 : digits == 2 ? 100 : 1;

	rewapp__buffer_printf(out, "%lld", (long long)(amount / unit));
	if (digits)
		rewapp__buffer_printf(
			out, "%s%0*lld", french ? "," : ".", digits, (long long)(amount % unit));
	rewapp__buffer_printf(out, " %s", currency);
}

/* The two greatest units, the smaller rounded up: nobody comes too early. */
static void put_time(struct buffer *out, int64_t ms, bool french)
{
	int64_t minutes = ms / 60000 + (ms % 60000 > 0), hours = minutes / 60 + (minutes % 60 > 0);
	const char *day = french ? "j" : "d";

	if (minutes < 60)
		rewapp__buffer_printf(out, "%lld min", (long long)minutes);
	else if (minutes < 24 * 60 && minutes % 60)
		rewapp__buffer_printf(
			out, "%lld h %lld min", (long long)(minutes / 60), (long long)(minutes % 60));
	else if (hours < 24)
		rewapp__buffer_printf(out, "%lld h", (long long)hours);
	else if (hours % 24)
		rewapp__buffer_printf(
			out, "%lld %s %lld h", (long long)(hours / 24), day, (long long)(hours % 24));
	else
		rewapp__buffer_printf(out, "%lld %s", (long long)(hours / 24), day);
}

static void put_count(struct buffer *out, int64_t count, const char *one, const char *more)
{
	rewapp__buffer_printf(out, "%lld %s", (long long)count, count == 1 ? one : more);
}

static void put_distance(
	struct buffer *out, enum counts counts, int64_t distance, const char *currency, bool french)
{
	rewapp__buffer_puts(out, french ? " : " : ": ");
	switch (counts) {
	case MONEY:
		rewapp__buffer_puts(out, french ? "il manque " : "");
		put_money(out, distance, currency, french);
		rewapp__buffer_puts(out, french ? "" : " short");
		break;
	case MONEY_ABOVE:
		rewapp__buffer_puts(out, french ? "de " : "by ");
		put_money(out, distance, currency, french);
		break;
	case STARTS_IN:
	case FREE_IN:
		rewapp__buffer_puts(out,
			counts == STARTS_IN ? (french ? "commence dans " : "starts in ")
					    : (french ? "de nouveau libre dans " : "free again in "));
		put_time(out, distance, french);
		break;
	case PURCHASES:
		rewapp__buffer_puts(out, french ? "encore " : "");
		put_count(out, distance, french ? "achat" : "purchase to go",
			french ? "achats" : "purchases to go");
		break;
	case ITEMS:
		rewapp__buffer_puts(out, french ? "il manque " : "");
		put_count(out, distance, french ? "article" : "item short",
			french ? "articles" : "items short");
		break;
	default:
		put_count(out, distance, french ? "point de moins" : "point less",
			french ? "points de moins" : "points less");
		break;
	}
}

int rewapp_explain(const struct rewapp_award *award, const char *currency, const char *language, char *text,
	size_t capacity, size_t *need)
{
	const struct words *words;
	struct buffer out;
	bool french;
	int error;

	if ((error = rewapp__check_pointer(award, "award")) < 0 ||
		(error = rewapp__check_pointer(currency, "currency")) < 0 ||
		(error = rewapp__check_pointer(language, "language")) < 0 ||
		(error = rewapp__check_pointer(need, "need")) < 0)
		return error;
	french = strcmp(language, "fr") == 0;
	if (!french && strcmp(language, "en") != 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "language: neither en nor fr");
	if (strnlen(currency, 4) != 3)
		return rewapp__fail(REWAPP_E_ARGUMENT, "currency: not three letters");
	words = words_of(award->reason);
	rewapp__buffer_init(&out, NULL, 512);
	rewapp__buffer_puts(&out, french ? words->french : words->english);
	if (award->distance > 0 && words->counts != NOTHING)
		put_distance(&out, words->counts, award->distance, currency, french);
	*need = out.size;
	error = out.failed;
	if (!error && (!text || out.size >= capacity))
		error = rewapp__fail(REWAPP_E_CAPACITY, "text: %zu bytes are needed", out.size + 1);
	if (!error)
		memcpy(text, out.data, out.size + 1);
	rewapp__buffer_finish(&out);
	return error;
}
