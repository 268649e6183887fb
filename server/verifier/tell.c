/* What was proven, in words: French or English, a line for each fact of the ticket. */
#include "tell.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

enum {
	TEXT_CAPACITY = 80,
	LABEL_WIDTH = 14
};

struct teller {
	FILE *out;
	bool french;
};

static const char *either(const struct teller *teller, const char *english, const char *french)
	__attribute__((format_arg(2), format_arg(3)));

static const char *either(const struct teller *teller, const char *english, const char *french)
{
	return teller->french ? french : english;
}

/* A label and its value, in two columns, whatever bytes its letters take. */
static void row(const struct teller *teller, const char *label, const char *value)
{
	int width = 0;

	for (const char *at = label; *at; at++)
		width += (*at & 0xc0) != 0x80;
	fprintf(teller->out, "  %s%*s%s\n", label, width < LABEL_WIDTH ? LABEL_WIDTH - width : 1, "", value);
}

static void row_number(const struct teller *teller, const char *label, int64_t value)
{
	char text[TEXT_CAPACITY];

	snprintf(text, sizeof text, "%lld", (long long)value);
	row(teller, label, text);
}

static void row_id(const struct teller *teller, const char *label, const struct rewapp_id *id)
{
	char text[2 * sizeof id->bytes + 1];

	sodium_bin2hex(text, sizeof text, id->bytes, sizeof id->bytes);
	row(teller, label, text);
}

static void row_time(const struct teller *teller, const char *label, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	char text[TEXT_CAPACITY] = "?";
	struct tm parts;

	if (gmtime_r(&seconds, &parts))
		strftime(text, sizeof text, either(teller, "%Y-%m-%d %H:%M:%S UTC", "%d/%m/%Y %H:%M:%S UTC"),
			&parts);
	row(teller, label, text);
}

/* Decimals of a currency (ISO 4217). */
static int decimals(const char *currency)
{
	static const char none[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
	static const char three[] = "BHD IQD JOD KWD LYD OMR TND";

	if (!*currency)
		return 2;
	if (strstr(none, currency))
		return 0;
	return strstr(three, currency) ? 3 : 2;
}

static void row_money(const struct teller *teller, const char *label, int64_t minor, const char *currency)
{
	uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor, unit = 1;
	int digits = decimals(currency);
	char text[TEXT_CAPACITY];

	for (int i = 0; i < digits; i++)
		unit *= 10;
	if (digits)
		snprintf(text, sizeof text, "%s%llu%s%0*llu %s", minor < 0 ? "-" : "",
			(unsigned long long)(size / unit), either(teller, ".", ","), digits,
			(unsigned long long)(size % unit), currency);
	else
		snprintf(text, sizeof text, "%lld %s", (long long)minor, currency);
	row(teller, label, text);
}

/* --- the ticket -------------------------------------------------------------------------- */

/* The words of rewapp/submit.h in French; a kind that is not here keeps its own word. */
static const char *kind_word(const struct teller *teller, const char *kind)
{
	static const char *const words[][2] = { { "member", "membre" }, { "merchant", "commerçant" },
		{ "programme", "programme" }, { "purchase", "achat" }, { "return", "retour" },
		{ "hold", "réservation" }, { "mint", "code QR créé" }, { "post", "réservation dépensée" },
		{ "void", "réservation annulée" }, { "redeem", "points dépensés" },
		{ "reverse", "points rendus" }, { "adjust", "correction à la main" },
		{ "sweep", "échéances passées" }, { "erase", "membre effacé" } };

	for (size_t i = 0; teller->french && i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], kind) == 0)
			return words[i][1];
	return kind;
}

static void tell_what(const struct teller *teller, const struct ticket *ticket)
{
	char text[TEXT_CAPACITY + TICKET_WORD];
	const char *answer = ticket->verdict;

	if (strcmp(answer, "ACCEPTED") == 0)
		answer = either(teller, "accepted", "accepté");
	snprintf(text, sizeof text, "%s%s%s", kind_word(teller, ticket->kind), *answer ? ", " : "", answer);
	row(teller, either(teller, "what", "quoi"), text);
}

/* The merchant's name when the proof has the ticket that put it there, else its id. */
static void tell_merchant(const struct teller *teller, const struct proof *proof, const struct ticket *ticket)
{
	struct ticket other;

	if (sodium_is_zero(ticket->merchant.bytes, sizeof ticket->merchant.bytes))
		return;
	for (size_t i = 1; i < proof->entry_count; i++) {
		const struct proof_entry *entry = &proof->entries[i];

		if (!rewapp__ticket_read(entry->ticket, entry->ticket_size, &other) || !*other.name ||
			strcmp(other.kind, "merchant") != 0 ||
			memcmp(&other.merchant, &ticket->merchant, sizeof other.merchant) != 0)
			continue;
		row(teller, either(teller, "merchant", "commerçant"), other.name);
		return;
	}
	row_id(teller, either(teller, "merchant", "commerçant"), &ticket->merchant);
}

static void tell_points(const struct teller *teller, const struct ticket *ticket)
{
	const struct {
		const char *english, *french;
		int64_t value;
	} rows[] = { { "points", "points", ticket->points },
		{ "available", "disponibles", ticket->available },
		{ "pending", "en attente", ticket->pending }, { "on hold", "réservés", ticket->held },
		{ "owed", "dus", ticket->debt } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].value)
			row_number(teller, either(teller, rows[i].english, rows[i].french), rows[i].value);
}

static void tell_ticket(const struct teller *teller, const struct proof *proof, const struct ticket *ticket)
{
	tell_what(teller, ticket);
	if (ticket->amount)
		row_money(teller, either(teller, "amount", "montant"), ticket->amount, ticket->currency);
	tell_merchant(teller, proof, ticket);
	if (*ticket->name)
		row(teller, either(teller, "name", "nom"), ticket->name);
	tell_points(teller, ticket);
	if (ticket->worth)
		row_money(teller, either(teller, "worth", "valeur"), ticket->worth, ticket->currency);
	if (ticket->occurred_ms)
		row_time(teller, either(teller, "date", "date"), ticket->occurred_ms);
	row_time(teller, either(teller, "recorded", "enregistré"), ticket->recorded_ms);
	if (ticket->activates_ms > ticket->recorded_ms)
		row_time(teller, either(teller, "usable from", "utilisables"), ticket->activates_ms);
	if (ticket->expires_ms)
		row_time(teller, either(teller, "until", "jusqu'au"), ticket->expires_ms);
	if (!sodium_is_zero(ticket->member.bytes, sizeof ticket->member.bytes))
		row_id(teller, either(teller, "pseudonym", "pseudonyme"), &ticket->member);
	row_id(teller, either(teller, "command", "commande"), &ticket->command);
}

/* --- the checkpoint ---------------------------------------------------------------------- */

static void tell_checkpoint(const struct teller *teller, const struct checkpoint *checkpoint)
{
	row(teller, either(teller, "books", "livres"), checkpoint->origin);
	row_number(teller, either(teller, "commands", "commandes"), checkpoint->size);
	row_time(teller, either(teller, "signed", "signé"), checkpoint->time_ms);
}

void verifier_tell(FILE *out, bool french, const struct proof *proof, const struct checkpoint *checkpoint,
	const struct checkpoint *older)
{
	const struct teller teller = { out, french };
	struct ticket ticket;

	if (proof->entry_count == 0) {
		fprintf(out, "%s\n",
			either(&teller, "Proven: the newer books continue the older ones.",
				"Prouvé : les livres récents prolongent les anciens."));
		tell_checkpoint(&teller, older);
		tell_checkpoint(&teller, checkpoint);
		return;
	}
	rewapp__ticket_read(proof->entries[0].ticket, proof->entries[0].ticket_size, &ticket);
	fprintf(out,
		either(&teller, "Proven: entry %lld of the signed books says\n",
			"Prouvé : l'écriture %lld des livres signés dit\n"),
		(long long)proof->entries[0].leaf + 1);
	tell_ticket(&teller, proof, &ticket);
	fprintf(out, "%s\n", either(&teller, "signed in", "signée dans"));
	tell_checkpoint(&teller, checkpoint);
}
