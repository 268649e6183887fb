/* The CSV layouts of real banks: a bank is one row of this table. */
#include "formats/presets.h"

#include <string.h>
#include <strings.h>

/* clang-format off */
const struct csv_preset rewapp__csv_presets[] = {
	{ "bnp", "BNP Paribas, Hello bank!",
		"date operation|libelle court|type operation|libelle operation|montant operation en euro",
		"date=date operation,amount=montant operation en euro,text=libelle operation,kind=type operation",
		"dd/mm/yyyy", ';', ',', NULL },
	{ "boursobank", "BoursoBank (Boursorama)",
		"dateop|dateval|label|amount|accountnum",
		"date=dateop,amount=amount,text=label,account=accountnum",
		"yyyy-mm-dd", ';', ',', NULL },
	{ "caisse-epargne", "Caisse d'Epargne, Banque Populaire",
		"date de comptabilisation|libelle simplifie|libelle operation|"
		"informations complementaires|debit|credit",
		"date=date operation,debit=debit,credit=credit,text=libelle operation+informations complementaires,"
		"kind=type operation",
		"dd/mm/yyyy", ';', ',', NULL },
	{ "banque-populaire", "Banque Populaire (former layout)",
		"compte|date de comptabilisation|date operation|libelle|reference|date valeur|montant",
		"date=date operation,amount=montant,text=libelle,account=compte",
		"dd/mm/yyyy", ';', ',', NULL },
	{ "credit-agricole", "Credit Agricole",
		"date|libelle|debit euros|credit euros",
		"date=date,debit=debit euros,credit=credit euros,text=libelle",
		"dd/mm/yyyy", ';', ',', NULL },
	{ "credit-mutuel", "Credit Mutuel, CIC",
		"date|date de valeur|debit|credit|libelle|solde",
		"date=date,debit=debit,credit=credit,text=libelle",
		"dd/mm/yyyy", ';', ',', NULL },
	{ "fortuneo", "Fortuneo",
		"date operation|date valeur|libelle|debit|credit",
		"date=date operation,debit=debit,credit=credit,text=libelle",
		"dd/mm/yyyy", ';', ',', NULL },
	{ "la-banque-postale", "La Banque Postale",
		"date|libelle|montant(euros)",
		"date=date,amount=montant(euros),text=libelle",
		"dd/mm/yyyy", ';', ',', NULL },
	{ "lcl", "LCL (no header: to be named)", NULL,
		"date=0,amount=1,kind=2,text=4+5",
		"dd/mm/yyyy", ';', ',', NULL },
	{ "n26", "N26",
		"booking date|value date|partner name|amount (eur)",
		"date=booking date,amount=amount (eur),text=partner name+payment reference,kind=type,"
		"account=account name",
		"yyyy-mm-dd", ',', '.', NULL },
	{ "revolut", "Revolut",
		"type|product|started date|completed date|description|amount|currency|state",
		"date=started date,amount=amount,text=description,kind=type,currency=currency,account=product",
		"yyyy-mm-dd", ',', '.', "state=completed" },
	{ "societe-generale", "Societe Generale",
		"date de l'operation|libelle|detail de l'ecriture|montant de l'operation|devise",
		"date=date de l'operation,amount=montant de l'operation,text=detail de l'ecriture,"
		"kind=libelle,currency=devise",
		"dd/mm/yyyy", ';', ',', NULL },
};
/* clang-format on */
const size_t rewapp__csv_preset_count = sizeof rewapp__csv_presets / sizeof *rewapp__csv_presets;

const struct csv_preset *rewapp__csv_preset(const char *name)
{
	for (size_t i = 0; i < rewapp__csv_preset_count; i++)
		if (!strcasecmp(rewapp__csv_presets[i].name, name))
			return &rewapp__csv_presets[i];
	return NULL;
}

/* U+00C0 to U+00FF without their accents; '.' for what is no letter. */
static const char plain[] = "aaaaaaaceeeeiiiidnooooo.ouuuuy.saaaaaaaceeeeiiiidnooooo.ouuuuy.y";

void rewapp__csv_fold(const char *text, char *out, size_t capacity)
{
	size_t size = 0;

	for (const unsigned char *at = (const unsigned char *)text; *at && size + 1 < capacity; at++) {
		char c = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : (char)*at;

		if (*at == 0xc3 && (at[1] & 0xc0) == 0x80)
			c = plain[*++at & 0x3f];
		if (*at == 0xc2 && at[1] == 0xa0) {
			c = ' ';
			at++;
		} else if (*at == 0xe2 && at[1] == 0x80 && at[2] == 0x99) {
			c = '\'';
			at += 2;
		}
		if (c == '"' || (c == ' ' && (!size || out[size - 1] == ' ')))
			continue;
		out[size++] = c;
	}
	while (size && out[size - 1] == ' ')
		size--;
	out[size] = 0;
}
