/* Bank text in real formats with made-up people and shops: what is read from it, which
 * merchant is found, and that no bytes, order of insertion or repetition upset it. */
#include "matching/decide.h"
#include "matching/evaluate.h"
#include "matching/learnt.h"
#include "matching/lexicon.h"
#include "matching/matcher.h"

#include <check.h>
#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2026-03-12 */
#define BOOKED 20524

static const char *const brands[] = { "Carrefour", "Carrefour City", "Carrefour Market", "Lidl", "Decathlon",
	"Free", "Free Mobile", "Monoprix", "Fnac", "Super U", "Picard", "Castorama", "Uber", "Uber Eats",
	"McDonald's", "Alinea", "Intermarché", "Nature & Découvertes", "Tesco", "Starbucks", "Orange",
	"Le Club", "Canal+" };

enum {
	BRANDS = sizeof brands / sizeof *brands
};

static struct matcher *matcher;
static struct match_scratch scratch;
static struct match match;

static void add(struct matcher *to, uint64_t number, const char *name)
{
	struct catalogue_entry entry = { .merchant = number, .name = name };

	ck_assert_int_eq(rewapp__matcher_upsert(to, &entry), 0);
}

static void setup(void)
{
	ck_assert_int_eq(rewapp__matcher_open(&matcher, NULL), 0);
	for (uint64_t i = 0; i < BRANDS; i++)
		add(matcher, i + 1, brands[i]);
}

static void teardown(void)
{
	rewapp__matcher_close(matcher);
}

static const struct match *decide(const struct matcher *with, const char *raw, size_t length)
{
	struct match_query query = {
		.raw = raw, .length = length, .booked_day = BOOKED, .amount_minor = -1000
	};

	ck_assert_int_eq(rewapp__match_decide(with, &query, &scratch, &match), 0);
	return &match;
}

static const char *found(const char *raw)
{
	const struct match *result = decide(matcher, raw, strlen(raw));

	if (result->outcome != MATCH_SURE && result->outcome != MATCH_REVIEW)
		return "";
	return brands[result->candidates[0].merchant - 1];
}

static void cut(char *line, const char *cells[8])
{
	line[strcspn(line, "\r\n")] = '\0';
	for (int i = 0; i < 8; i++) {
		char *tab = line ? strchr(line, '\t') : NULL;

		cells[i] = line ? line : "";
		if (tab)
			*tab++ = '\0';
		line = tab;
	}
}

static void spans(const char *raw, struct span span, char out[256])
{
	ck_assert_uint_le(span.from, span.to);
	ck_assert_uint_le(span.to, strlen(raw));
	snprintf(out, 256, "%.*s", span.to - span.from, raw + span.from);
}

static unsigned wrong;

/* All that is wrong is told, not only the first. */
static void same(unsigned number, const char *what, const char *got, const char *wanted)
{
	if (strcmp(got, wanted) == 0)
		return;
	fprintf(stderr, "descriptors.tsv, line %u: %s is \"%s\", not \"%s\"\n", number, what, got, wanted);
	wrong++;
}

static void check_line(unsigned number, const char *cells[8])
{
	const char *raw = cells[1], *name = found(raw);
	const struct descriptor *read = &scratch.descriptor;
	char text[256], date[11];

	same(number, "operation", rewapp__operation_name(read->operation), cells[2]);
	spans(raw, read->merchant, text);
	if (*cells[3])
		same(number, "merchant", text, cells[3]);
	rewapp__descriptor_date(read, BOOKED, date);
	same(number, "date", date, cells[4]);
	same(number, "card", read->card_suffix, cells[5]);
	spans(raw, read->city, text);
	if (*cells[6])
		same(number, "city", text, cells[6]);
	same(number, "match", name, cells[7]);
}

START_TEST(descriptors_of_banks)
{
	const char *path = getenv("REWAPP_TEST_DESCRIPTORS");
	FILE *file = fopen(path ? path : "", "r");
	char line[1024];
	const char *cells[8];
	unsigned number = 1;

	/* a row for which there is no room would never be read */
	ck_assert_uint_lt(matcher->lexicon.row_count, REWAPP__ROWS_MAX);
	ck_assert_msg(file != NULL, "REWAPP_TEST_DESCRIPTORS names no file");
	ck_assert(fgets(line, sizeof line, file) != NULL);
	while (fgets(line, sizeof line, file)) {
		cut(line, cells);
		check_line(++number, cells);
	}
	fclose(file);
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_ge(number, 121);
}
END_TEST

static void folds(const char *raw, size_t length, const char *expected)
{
	static struct folded out;

	rewapp__fold(&out, raw, length);
	ck_assert_str_eq(out.text, expected);
	ck_assert_uint_eq(out.length, strlen(expected));
	for (uint16_t i = 0; i < out.length; i++) {
		ck_assert_uint_lt(out.at[i], length);
		ck_assert_uint_le(out.at[i], out.at[i + 1]);
	}
}

#define FOLDS(raw, expected) folds(raw, sizeof raw - 1, expected)

START_TEST(folding)
{
	FOLDS("", "");
	FOLDS("Bœuf à l'Île, Æther & Straße", "BOEUF A L'ILE, AETHER & STRASSE");
	FOLDS("ＬＩＤＬ　", "LIDL ");
	FOLDS("FN\xe2\x80\x8b"
	      "AC",
		"FNAC");
	FOLDS("\xe2\x80\xae"
	      "FNAC\xe2\x80\xac",
		"FNAC");
	FOLDS("FN\x01"
	      "AC\x7f\tX",
		"FNAC X");
	FOLDS("L\xe2\x80\x99OR", "L'OR");
	FOLDS("e\xcc\x81t\xc3\xa9", "ETE");
	FOLDS("A\xff\xc3(B\xe2\x82", "A  (B  ");
	FOLDS("\xed\xa0\x80\xc0\xaf", "   ");
	FOLDS("\xd0\x9b\xd0\x86", "  ");
	FOLDS("a\0b", "AB");
}
END_TEST

START_TEST(card_numbers_are_masked)
{
	FOLDS("CARTE 4111111111111111 FNAC", "CARTE XXXXXXXXXXXX1111 FNAC");
	FOLDS("4111 1111 1111 1111", "XXXX XXXX XXXX 1111");
	FOLDS("4111-1111-1111-1111", "XXXX-XXXX-XXXX-1111");
	FOLDS("4111111111111112", "4111111111111112");
	FOLDS("1234567890123", "1234567890123");
	FOLDS("65201405100013", "65201405100013");
}
END_TEST

START_TEST(evidence_adds_up)
{
	const struct match *result = decide(matcher, "CARTE 12/03 CARREFOUR CITY PARIS", 32);

	ck_assert_int_eq(result->outcome, MATCH_SURE);
	for (uint16_t i = 0; i < result->candidate_count; i++) {
		const struct match_candidate *candidate = &result->candidates[i];
		int32_t sum = 0;

		for (uint16_t j = 0; j < candidate->evidence_count; j++) {
			sum += candidate->evidence[j].weight_millibits;
			ck_assert_uint_le(candidate->evidence[j].span.to, 32);
		}
		ck_assert_int_eq(sum - 7000, candidate->score_millibits);
		ck_assert(i == 0 || candidate->score_millibits <= candidate[-1].score_millibits);
		ck_assert_uint_le(candidate->probability_bp, 10000);
	}
	ck_assert_uint_eq(result->candidates[0].evidence[0].span.from, 12);
	ck_assert_uint_eq(result->candidates[0].evidence[0].span.to, 26);
}
END_TEST

START_TEST(the_catalogue_settles)
{
	static const char *const negatives[] = { "Orange Bank" };
	static const uint16_t mcc[] = { 4814 };
	static const struct catalogue_branch branches[] = { { 77, "Saint-Étienne", "42000" } };
	struct catalogue_entry entry = { .merchant = 21,
		.name = "Orange",
		.negatives = negatives,
		.negative_count = 1,
		.mcc = mcc,
		.mcc_count = 1,
		.branches = branches,
		.branch_count = 1 };
	struct match_query query = { .raw = "CB ORANGE SAINT ETIENNE", .length = 23, .mcc = 4814 };

	decide(matcher, query.raw, query.length);
	int32_t bare = match.candidates[0].score_millibits;

	ck_assert_int_eq(rewapp__matcher_upsert(matcher, &entry), 0);
	rewapp__match_decide(matcher, &query, &scratch, &match);
	ck_assert_uint_eq(match.candidates[0].branch, 77);
	ck_assert_int_eq(match.candidates[0].score_millibits, bare + 6000);
	query.mcc = 5411;
	rewapp__match_decide(matcher, &query, &scratch, &match);
	ck_assert_int_eq(match.candidates[0].score_millibits, bare + 500);
	ck_assert_str_eq(found("CB ORANGE BANK"), "");
}
END_TEST

START_TEST(ids_come_first)
{
	static const struct catalogue_id ids[] = { { CATALOGUE_MERCHANT_ID, 0, "6094-626038" },
		{ CATALOGUE_TERMINAL_ID, 77, "t0001" }, { CATALOGUE_CREDITOR_ID, 0, "FR42ZZZ457385" },
		{ CATALOGUE_SIRET, 77, "65201405100013" }, { CATALOGUE_SIREN, 0, "652014051" } };
	static const char *const countries[] = { "fr" };
	struct catalogue_entry entry = { .merchant = 700,
		.name = "Au Bon Coin",
		.ids = ids,
		.id_count = 5,
		.countries = countries,
		.country_count = 1 };
	struct match_query query = {
		.raw = "CB FNAC", .length = 7, .booked_day = BOOKED, .merchant_id = "6094626038"
	};

	ck_assert_int_eq(rewapp__matcher_upsert(matcher, &entry), 0);
	rewapp__match_decide(matcher, &query, &scratch, &match);
	ck_assert_int_eq(match.outcome, MATCH_SURE);
	ck_assert_uint_eq(match.candidates[0].merchant, 700);
	ck_assert_int_eq(match.candidates[0].evidence[0].kind, EVIDENCE_MERCHANT_ID);
	query.merchant_id = NULL;
	query.terminal_id = "T0001";
	rewapp__match_decide(matcher, &query, &scratch, &match);
	ck_assert_uint_eq(match.candidates[0].branch, 77);
	decide(matcher, "PRLV SEPA ABC ID EMETTEUR/FR42ZZZ457385", 39);
	ck_assert_int_eq(match.candidates[0].evidence[0].kind, EVIDENCE_CREDITOR_ID);
	decide(matcher, "CB 65201405100013", 17);
	ck_assert_int_eq(match.candidates[0].evidence[0].kind, EVIDENCE_SIRET);
	entry.merchant = 701;
	entry.name = "Au Mauvais Coin";
	ck_assert_int_eq(rewapp__matcher_upsert(matcher, &entry), 0);
	query.terminal_id = NULL;
	query.merchant_id = "6094626038";
	rewapp__match_decide(matcher, &query, &scratch, &match);
	ck_assert_int_eq(match.outcome, MATCH_REVIEW);
	ck_assert_int_eq(rewapp__matcher_remove(matcher, 700), 0);
	ck_assert_int_eq(rewapp__matcher_remove(matcher, 701), 0);
	rewapp__match_decide(matcher, &query, &scratch, &match);
	ck_assert_uint_eq(match.candidates[0].merchant, 9);
}
END_TEST

static int32_t weight_of(enum evidence_kind kind)
{
	for (uint16_t i = 0; i < match.candidates[0].evidence_count; i++)
		if (match.candidates[0].evidence[i].kind == kind)
			return match.candidates[0].evidence[i].weight_millibits;
	return 0;
}

START_TEST(the_payment_settles)
{
	static const char *const countries[] = { "DE", "at" };
	static const struct match_history history[] = { { 700, 4 } };
	struct catalogue_entry entry = { .merchant = 700,
		.name = "Zauberberg",
		.countries = countries,
		.country_count = 2,
		.amount_min = 500,
		.amount_max = 5000,
		.open_days = 0x0f }; /* Monday to Thursday; 2026-03-12 is a Thursday */
	struct match_query query = { .raw = "CARTE 12/03/26 ZAUBERBERG",
		.length = 25,
		.booked_day = BOOKED + 1,
		.amount_minor = -1000,
		.country = "FR" };

	ck_assert_int_eq(rewapp__matcher_upsert(matcher, &entry), 0);
	rewapp__match_decide(matcher, &query, &scratch, &match);
	ck_assert_int_eq(weight_of(EVIDENCE_COUNTRY), -4100);
	ck_assert_int_eq(weight_of(EVIDENCE_AMOUNT), 500);
	ck_assert_int_eq(weight_of(EVIDENCE_OPENING), 0);
	query.amount_minor = -10100;
	memcpy(query.country, "AT", 3);
	query.history = history;
	query.history_count = 1;
	rewapp__match_decide(matcher, &query, &scratch, &match);
	ck_assert_int_eq(weight_of(EVIDENCE_COUNTRY), 500);
	ck_assert_int_eq(weight_of(EVIDENCE_AMOUNT), -2000);
	ck_assert_int_eq(weight_of(EVIDENCE_HISTORY), 2500);
	query.raw = "CARTE 13/03/26 ZAUBERBERG";
	query.booked_day = BOOKED + 60;
	rewapp__match_decide(matcher, &query, &scratch, &match);
	ck_assert_int_eq(weight_of(EVIDENCE_OPENING), -2000);
	ck_assert_int_eq(weight_of(EVIDENCE_DATES), -800);
	query.sure_bp = 10000;
	rewapp__match_decide(matcher, &query, &scratch, &match);
	ck_assert_int_eq(match.outcome, MATCH_REVIEW);
}
END_TEST

START_TEST(words_are_glued_cut_and_shortened)
{
	ck_assert_str_eq(found("CB CARREFOURMARKETLYON"), "Carrefour Market");
	ck_assert_str_eq(found("CB STATIONCARREFOUR"), "Carrefour");
	ck_assert_str_eq(found("CB CARREFDAC VEDENE"), "Carrefour");
	ck_assert_str_eq(found("CB NATUREETDECOU"), "Nature & Découvertes");
	ck_assert_str_eq(found("CB INTERMARCH? ST OUEN"), "Intermarché");
	ck_assert_str_eq(found("CB INTERMARCH\xc3\x83\xc2\xa9"), "Intermarché");
	ck_assert_str_eq(found("PRLV CANAL+ FRANCE"), "Canal+");
	ck_assert_str_eq(found("CB CARREF0UR"), "");
	ck_assert_str_eq(found("CB UBERLINGEN"), "");
}
END_TEST

START_TEST(shared_names_never_decide)
{
	struct matcher_figures figures;
	static const char *const aliases[] = { "FNAC" };
	struct catalogue_entry entry = {
		.merchant = 900, .name = "Fnac Voyages", .aliases = aliases, .alias_count = 1
	};

	ck_assert_int_eq(decide(matcher, "CB FNAC", 7)->outcome, MATCH_SURE);
	rewapp__matcher_figures(matcher, &figures);
	ck_assert_uint_eq(figures.collisions, 0);
	ck_assert_int_eq(rewapp__matcher_upsert(matcher, &entry), 0);
	rewapp__matcher_figures(matcher, &figures);
	ck_assert_uint_eq(figures.collisions, 1);
	ck_assert_int_eq(decide(matcher, "CB FNAC", 7)->outcome, MATCH_REVIEW);
	ck_assert_uint_eq(match.candidates[0].merchant, 9);
	ck_assert_int_eq(rewapp__matcher_remove(matcher, 900), 0);
	ck_assert_int_eq(rewapp__matcher_remove(matcher, 900), REWAPP_E_NOTFOUND);
	ck_assert_int_eq(decide(matcher, "CB FNAC", 7)->outcome, MATCH_SURE);
}
END_TEST

/* What an impostor would write: one letter of a brand replaced by one that looks alike, in ASCII or another
 * script. */
static const struct {
	char letter;
	const char *alike;
} lookalikes[] = { { 'O', "0" }, { 'O', "Q" }, { 'I', "1" }, { 'I', "L" }, { 'L', "1" }, { 'L', "I" },
	{ 'S', "5" }, { 'B', "8" }, { 'Z', "2" }, { 'M', "RN" }, { 'U', "V" }, { 'E', "3" }, { 'A', "4" },
	{ 'T', "7" }, { 'G', "6" }, { 'C', "G" }, { 'N', "M" }, { 'R', "P" }, { 'A', "\xd0\x90" },
	{ 'E', "\xd0\x95" }, { 'O', "\xd0\x9e" }, { 'C', "\xd0\xa1" }, { 'A', "\xce\x91" },
	{ 'O', "\xce\x9f" } };

static const char *const imitated[] = { "CARREFOUR", "DECATHLON", "MONOPRIX", "STARBUCKS", "INTERMARCHE",
	"CASTORAMA", "MCDONALDS", "TESCO", "PICARD", "FNAC", "LIDL", "NATURE ET DECOUVERTES" };

START_TEST(imitations_are_never_sure)
{
	const char *name = imitated[_i];

	for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++)
		for (const char *at = strchr(name, lookalikes[i].letter); at;
			at = strchr(at + 1, lookalikes[i].letter)) {
			char text[128];

			snprintf(text, sizeof text, "CARTE 12/03 %.*s%s%s PARIS", (int)(at - name), name,
				lookalikes[i].alike, at + 1);
			ck_assert_msg(decide(matcher, text, strlen(text))->outcome != MATCH_SURE, "%s", text);
		}
}
END_TEST

/* Houses that bear a brand's name or a part of it and are another's: a family's, a local one's, another
 * trade's. */
START_TEST(namesakes_are_nobody)
{
	static const uint16_t mcc[] = { 5311 };
	static const char *const lines[] = { "CARTE 12/03 GARAGE PICARD LYON", "CB PICARD ET FILS METZ",
		"CB ETS PICARD", "CB PICARD SARL NICE", "FACTURE CARTE DU 120326 LE PRINTEMPS BREST",
		"CARTE 12/03 AU PRINTEMPS", "CB COIFFURE PRINTEMPS LILLE", "CB PRINTEMPS COIFFURE LILLE",
		"PAIEMENT PSC 1203 LILLE LE CLUB DE PAUL CARTE 1234", "CB FREE BROTHERS",
		"CARTE 12/03 CAFE DE LA POSTE", "CB HOTEL DE LA POSTE BEAUNE", "CB BAR DU CARREFOUR",
		"CARTE 12/03 PHARMACIE DU CARREFOUR", "CB BAR LE CARREFOUR VICHY", "VIR DE M PICARD JEAN" };
	struct catalogue_entry printemps = {
		.merchant = 900, .name = "Printemps", .mcc = mcc, .mcc_count = 1
	};

	ck_assert_int_eq(rewapp__matcher_upsert(matcher, &printemps), 0);
	add(matcher, 901, "La Poste");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		ck_assert_msg(
			decide(matcher, lines[i], strlen(lines[i]))->outcome != MATCH_SURE, "%s", lines[i]);
	ck_assert_str_eq(found("CARTE 12/03 PICARD LYON"), "Picard");
	ck_assert_int_eq(decide(matcher, "CARTE 12/03 PRINTEMPS LYON", 26)->outcome, MATCH_SURE);
}
END_TEST

/* The merchant's own trade beside its name says nothing new, another one does; and who is in many countries
 * may be in one more. */
START_TEST(a_trade_and_a_country_more)
{
	static const uint16_t hotels[] = { 7011 };
	static const char *const countries[] = { "at", "be", "ch", "de", "es", "it", "lu", "nl", "pl", "pt" };
	static const char hotel[] = "CARTE 12/03 HOTEL ARCTURUS METZ",
			  other[] = "CARTE 12/03 GARAGE ARCTURUS METZ";
	struct catalogue_entry arcturus = {
		.merchant = 910, .name = "Arcturus", .mcc = hotels, .mcc_count = 1, .countries = countries
	};
	struct match_query query = { .raw = "CARTE 12/03 ARCTURUS METZ", .length = 25, .country = "FR" };

	ck_assert_int_eq(rewapp__matcher_upsert(matcher, &arcturus), 0);
	ck_assert_int_eq(decide(matcher, hotel, strlen(hotel))->outcome, MATCH_SURE);
	ck_assert_int_eq(decide(matcher, other, strlen(other))->outcome, MATCH_NONE);
	for (arcturus.country_count = 1; arcturus.country_count <= 10; arcturus.country_count++) {
		ck_assert_int_eq(rewapp__matcher_upsert(matcher, &arcturus), 0);
		rewapp__match_decide(matcher, &query, &scratch, &match);
		ck_assert_int_eq(
			weight_of(EVIDENCE_COUNTRY), -4500 + 400 * ((int32_t)arcturus.country_count - 1));
	}
}
END_TEST

START_TEST(the_order_of_insertion_does_not_matter)
{
	static const char *const lines[] = { "CB CARREFOUR MARKET LYON", "FREE MOBILE 123", "CB UBER *EATS",
		"LE CLUB 7", "PRLV CANAL PLUS", "CB NATURE DECOU", "MC DONALDS", "CB CARREFOURCITY9" };
	struct matcher *other;

	ck_assert_int_eq(rewapp__matcher_open(&other, NULL), 0);
	for (uint64_t i = BRANDS; i-- > 0;) {
		add(other, 1000 + i, "Passing Through");
		add(other, i + 1, brands[(i + 5) % BRANDS]);
		add(other, i + 1, brands[i]);
		ck_assert_int_eq(rewapp__matcher_remove(other, 1000 + i), 0);
	}
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct match first = *decide(matcher, lines[i], strlen(lines[i])), *again;

		again = (struct match *)(size_t)decide(other, lines[i], strlen(lines[i]));
		ck_assert_int_eq(first.outcome, again->outcome);
		ck_assert_uint_eq(first.candidate_count, again->candidate_count);
		for (uint16_t j = 0; j < first.candidate_count; j++) {
			ck_assert_uint_eq(first.candidates[j].merchant, again->candidates[j].merchant);
			ck_assert_int_eq(
				first.candidates[j].score_millibits, again->candidates[j].score_millibits);
		}
	}
	rewapp__matcher_close(other);
}
END_TEST

/* Names that several bear share their letters; what nobody bears any more is given up. */
START_TEST(names_come_and_go)
{
	static const char *const lines[] = { "CB CARREFOUR MARKET LYON", "FREE MOBILE 123", "CB UBER *EATS" };
	struct matcher *other;
	char name[64];

	ck_assert_int_eq(rewapp__matcher_open(&other, NULL), 0);
	for (uint64_t i = 0; i < BRANDS; i++)
		add(other, i + 1, brands[i]);
	for (unsigned round = 0; round < 60; round++)
		for (unsigned i = 0; i < 90; i++) {
			snprintf(name, sizeof name, "Quincampoix Zanzibar %c%c",
				'A' + (int)((i + round) % 20), 'A' + (int)(round % 7));
			add(other, 1000 + i, name);
		}
	/* in the last round every twentieth bears this name */
	ck_assert_int_eq(
		decide(other, "CB QUINCAMPOIX ZANZIBAR TD", 26)->candidate_count, REWAPP__CANDIDATES_MAX);
	for (uint16_t i = 0; i < REWAPP__CANDIDATES_MAX; i++)
		ck_assert_uint_eq(match.candidates[i].merchant % 20, 0);
	ck_assert_uint_lt(other->text_size, 16384);
	for (unsigned i = 0; i < 90; i++)
		ck_assert_int_eq(rewapp__matcher_remove(other, 1000 + i), 0);
	ck_assert_int_eq(decide(other, "CB QUINCAMPOIX ZANZIBAR TD", 26)->candidate_count, 0);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct match first = *decide(matcher, lines[i], strlen(lines[i]));

		ck_assert_uint_eq(first.candidates[0].merchant,
			decide(other, lines[i], strlen(lines[i]))->candidates[0].merchant);
		ck_assert_int_eq(first.candidates[0].score_millibits, match.candidates[0].score_millibits);
	}
	rewapp__matcher_close(other);
}
END_TEST

START_TEST(any_bytes_are_read)
{
	static char raw[4097];
	uint32_t state = 12345;

	ck_assert_uint_eq(decide(matcher, "", 0)->candidate_count, 0);
	for (int round = 0; round < 3000; round++) {
		size_t length = round % 7 ? (size_t)(round % 300) : 4096;

		for (size_t i = 0; i < length; i++) {
			state = state * 1664525u + 1013904223u;
			raw[i] = round % 3 ? " CB*/.0129XAEILDF'%-"[state >> 24 & 15] : (char)(state >> 24);
		}
		decide(matcher, raw, length);
		ck_assert_uint_le(scratch.descriptor.merchant.to, length);
		for (uint16_t i = 0; i < match.candidate_count; i++)
			for (uint16_t j = 0; j < match.candidates[i].evidence_count; j++)
				ck_assert_uint_le(match.candidates[i].evidence[j].span.to, length);
	}
}
END_TEST

START_TEST(names_that_say_nothing)
{
	struct catalogue_entry entry = { .merchant = 0, .name = "Zero" };

	ck_assert_int_eq(rewapp__matcher_upsert(matcher, &entry), REWAPP_E_ARGUMENT);
	add(matcher, 500, "");
	add(matcher, 501, "A");
	add(matcher, 502, "セブン");
	add(matcher, 503,
		"A very long name of a shop that nobody could ever have wanted to write on a card terminal");
	ck_assert_str_eq(found("CB A"), "");
	ck_assert_str_eq(found("CB LE CLUB DES COPAINS"), "");
}
END_TEST

/* --- what people said --- */

static uint64_t best_of(const char *raw, enum match_outcome *outcome)
{
	decide(matcher, raw, strlen(raw));
	*outcome = match.outcome;
	return match.candidate_count ? match.candidates[0].merchant : 0;
}

static bool has_evidence(int of, enum evidence_kind kind)
{
	for (int i = 0; i < match.candidates[of].evidence_count; i++)
		if (match.candidates[of].evidence[i].kind == kind)
			return true;
	return false;
}

START_TEST(texts_are_remembered_without_dates_cards_and_numbers)
{
	static const struct {
		const char *raw, *text;
	} rows[] = {
		{ "CARTE 12/03 AMZN DIGIT FR*RT4UY7815 CB*1234", "AMZN DIGIT FR" },
		{ "CARTE 14/03 AMZN DIGIT FR*ZZ9UY1123 CB*9876", "AMZN DIGIT FR" },
		{ "PAIEMENT CB 1103 INTER QUIRIGUA LYON", "INTER QUIRIGUA LYON" },
		{ "CARTE 12/03 C77060449567 T", "C77060449567 T" },
		{ "CARTE 12/03 A B", "" },
		{ "CARTE 12/03 \xd0\x90MAZON MARKET", "" },
	};
	char text[REWAPP__LEARNT_TEXT];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		decide(matcher, rows[i].raw, strlen(rows[i].raw));
		ck_assert_uint_eq(rewapp__learnt_text(&scratch, text), strlen(rows[i].text));
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

START_TEST(a_yes_is_found_again_and_can_be_taken_back)
{
	static const char raw[] = "CARTE 12/03 INTER QUIRIGUA LYON CB*1234";
	static const char later[] = "CARTE 02/04 INTER QUIRIGUA LYON CB*9876";
	struct catalogue_entry anew = { .merchant = 17, .name = "Intermarche Quirigua" };
	enum match_outcome outcome;

	ck_assert_uint_ne(best_of(raw, &outcome), 17);
	ck_assert_int_ne(outcome, MATCH_SURE);
	ck_assert_int_eq(rewapp__matcher_learn(matcher, 17, "INTER QUIRIGUA LYON", 1), 0);
	ck_assert_uint_eq(best_of(later, &outcome), 17);
	ck_assert_int_eq(outcome, MATCH_SURE);
	ck_assert(has_evidence(0, EVIDENCE_LEARNT));
	ck_assert_uint_ne(best_of("CARTE 02/04 INTER QUIRIGUA PARIS", &outcome), 17);
	ck_assert_uint_ne(best_of("VIREMENT INTER QUIRIGUA LYON", &outcome), 17);
	ck_assert_int_eq(rewapp__matcher_upsert(matcher, &anew), 0);
	ck_assert_int_eq(rewapp__matcher_learnt(matcher, 17, "INTER QUIRIGUA LYON"), 1);
	ck_assert_int_eq(rewapp__matcher_learn(matcher, 17, "INTER QUIRIGUA LYON", -1), 0);
	best_of(later, &outcome);
	ck_assert_int_ne(outcome, MATCH_SURE);
	ck_assert_int_eq(rewapp__matcher_learnt(matcher, 17, "INTER QUIRIGUA LYON"), 0);
}
END_TEST

START_TEST(two_merchants_of_one_text_stay_for_a_person)
{
	enum match_outcome outcome;

	ck_assert_int_eq(rewapp__matcher_learn(matcher, 9, "QUIRIGUA DISTRIB", 1), 0);
	best_of("CB QUIRIGUA DISTRIB", &outcome);
	ck_assert_int_eq(outcome, MATCH_SURE);
	ck_assert_int_eq(rewapp__matcher_learn(matcher, 4, "QUIRIGUA DISTRIB", 1), 0);
	ck_assert_uint_eq(best_of("CB QUIRIGUA DISTRIB", &outcome), 4);
	ck_assert_int_eq(outcome, MATCH_REVIEW);
	ck_assert_int_eq(match.candidate_count, 2);
}
END_TEST

START_TEST(a_no_weighs_against_a_name)
{
	enum match_outcome outcome;
	int32_t before;

	ck_assert_uint_eq(best_of("CARTE 12/03 LIDL LYON", &outcome), 4);
	ck_assert_int_eq(outcome, MATCH_SURE);
	before = match.candidates[0].score_millibits;
	ck_assert_int_eq(rewapp__matcher_learn(matcher, 4, "LIDL LYON", -1), 0);
	best_of("CARTE 12/03 LIDL LYON", &outcome);
	ck_assert_int_eq(match.candidates[0].score_millibits, before - 4000);
	ck_assert(has_evidence(0, EVIDENCE_REFUSED));
	ck_assert_int_eq(rewapp__matcher_learn(matcher, 4, "LIDL LYON", -2), 0);
	best_of("CARTE 12/03 LIDL LYON", &outcome);
	ck_assert_int_eq(outcome, MATCH_NONE);
	ck_assert_uint_eq(best_of("CARTE 12/03 LIDL PARIS", &outcome), 4);
	ck_assert_int_eq(outcome, MATCH_SURE);
}
END_TEST

/* Nobody's single word makes an everyday text mean one house. */
START_TEST(everyday_texts_need_many)
{
	enum match_outcome outcome;

	ck_assert_int_eq(rewapp__matcher_learn(matcher, 4, "LE MARCHE", 1), 0);
	best_of("CARTE 12/03 LE MARCHE", &outcome);
	ck_assert_int_ne(outcome, MATCH_SURE);
}
END_TEST

START_TEST(many_texts_are_learnt)
{
	char text[32];
	enum match_outcome outcome;

	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof text, "QUI%c%c%cRIGUA", 'A' + i / 100, 'A' + i / 10 % 10, 'A' + i % 10);
		ck_assert_int_eq(rewapp__matcher_learn(matcher, (uint64_t)(i % BRANDS) + 1, text, 1), 0);
	}
	ck_assert_uint_eq(best_of("CB QUICDERIGUA", &outcome), 234 % BRANDS + 1);
	ck_assert_int_eq(rewapp__matcher_learnt(matcher, 234 % BRANDS + 1, "QUI CDE RIGUA"), 1);
	ck_assert_int_eq(rewapp__matcher_learnt(matcher, 99, "QUI CDE RIGUA"), 0);
	ck_assert_int_eq(rewapp__matcher_learn(matcher, 1, "QUI", 1), 0);
	ck_assert_int_eq(rewapp__matcher_learnt(matcher, 1, "QUI"), 0);
}
END_TEST

START_TEST(evidence_is_named)
{
	for (enum evidence_kind kind = 0; kind < EVIDENCE_KINDS; kind++) {
		ck_assert_int_eq(rewapp__evidence_kind(rewapp__evidence_name(kind)), kind);
		ck_assert_str_ne(rewapp__evidence_text(kind, "fr"), rewapp__evidence_text(kind, "en"));
	}
	ck_assert_int_eq(rewapp__evidence_kind("nonsense"), EVIDENCE_KINDS);
	ck_assert_str_eq(rewapp__evidence_text(EVIDENCE_KINDS, "fr"), "");
}
END_TEST

START_TEST(labelled_lines_are_scored)
{
	static const char catalogue[] =
		"id\tname\taliases\n1\tFnac\t\n2\tLidl\tLidl France|Lidl SNC\n3\tKiosk\t\n";
	static const char truth[] = "raw\texpected\tkind\tsurface\tamount\n"
				    "CB FNAC PARIS\tFnac\tmerchant\texact\t-12.90\n"
				    "CB LIDL LYON\tLidl|NONE\tmerchant\texact\t-1\n"
				    "CB XYZZY PARIS\tLidl\tmerchant\thard\t-1\n"
				    "CB FNAC NICE\tNONE\tother_party\t\t\n"
				    "VIREMENT LIDL\tNONE\tbank_operation\t\t5\n";
	struct evaluation_text lines = { truth, sizeof truth - 1 },
			       names = { catalogue, sizeof catalogue - 1 };
	struct evaluation_text bad = { "a\tb\n1\t2\n", 8 };
	struct evaluation e;

	ck_assert_int_eq(rewapp__evaluate(NULL, &lines, &names, NULL, &e), 0);
	ck_assert_uint_eq(e.lines, 5);
	ck_assert_uint_eq(e.merchants, 3);
	ck_assert_uint_eq(e.expected, 2);
	ck_assert_uint_eq(e.predicted, 3);
	ck_assert_uint_eq(e.false_credits, 1);
	ck_assert_int_eq(e.precision_bp, 6667);
	ck_assert_int_eq(e.recall_bp, 5000);
	ck_assert_int_eq(e.f1_bp, 5714);
	ck_assert_int_eq(e.false_credits_per_1000_bp, 2000000);
	ck_assert_uint_eq(e.operations_matched, 0);
	ck_assert_int_eq(rewapp__evaluate(NULL, &bad, &names, NULL, &e), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), "truth, line 1: has no column \"raw\"");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("matching");
	TCase *pure = tcase_create("pure"), *with = tcase_create("with a catalogue");
	SRunner *runner;
	int failed;

	tcase_add_test(pure, folding);
	tcase_add_test(pure, card_numbers_are_masked);
	tcase_add_test(pure, evidence_is_named);
	tcase_add_test(pure, labelled_lines_are_scored);
	tcase_add_checked_fixture(with, setup, teardown);
	tcase_add_test(with, descriptors_of_banks);
	tcase_add_test(with, evidence_adds_up);
	tcase_add_test(with, the_catalogue_settles);
	tcase_add_test(with, ids_come_first);
	tcase_add_test(with, the_payment_settles);
	tcase_add_test(with, words_are_glued_cut_and_shortened);
	tcase_add_test(with, shared_names_never_decide);
	tcase_add_loop_test(with, imitations_are_never_sure, 0, (int)(sizeof imitated / sizeof *imitated));
	tcase_add_test(with, namesakes_are_nobody);
	tcase_add_test(with, a_trade_and_a_country_more);
	tcase_add_test(with, the_order_of_insertion_does_not_matter);
	tcase_add_test(with, names_come_and_go);
	tcase_add_test(with, any_bytes_are_read);
	tcase_add_test(with, texts_are_remembered_without_dates_cards_and_numbers);
	tcase_add_test(with, a_yes_is_found_again_and_can_be_taken_back);
	tcase_add_test(with, two_merchants_of_one_text_stay_for_a_person);
	tcase_add_test(with, a_no_weighs_against_a_name);
	tcase_add_test(with, everyday_texts_need_many);
	tcase_add_test(with, many_texts_are_learnt);
	tcase_add_test(with, names_that_say_nothing);
	suite_add_tcase(suite, pure);
	suite_add_tcase(suite, with);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
