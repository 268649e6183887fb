/* rewapp match: which merchant does a bank line name, and why? */
#include "base/buffer.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "commands/bank_options.h"
#include "commands/commands.h"
#include "commands/evaluate.h"
#include "commands/feed_options.h"
#include "formats/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

static const struct cli_page page = {
	"rewapp match",
	"TEXT | STATEMENT | --evaluate TRUTH --catalogue CATALOGUE",
	"Tells which partner merchant the text of a bank line names, with the certainty and, on\n"
	"--explain, the evidence; of a statement, every line and a summary.  Changes nothing.",
	"Dit quel commerçant partenaire le texte d'une ligne bancaire désigne, avec la certitude et,\n"
	"sur demande (--explain), les indices ; d'un relevé, chaque ligne et un résumé.  Ne change rien.",
	"  rewapp match 'CARTE 12/03 CARREFOUR CITY PARIS 12' --amount -23.40 --explain\n"
	"  rewapp match 'CB KIOSQUE LYON' --mcc 5994 --merchant-id 6094626038 --history @kiosk:4\n"
	"  rewapp match september.ofx\n"
	"  rewapp match --evaluate dev.tsv --catalogue catalogue.tsv --json\n",
};

struct words {
	struct bank_words bank;
	struct feed_words feed;
	char *amount, *mcc, *booked, *history, *programme, *sure, *review, *file, *evaluate, *catalogue;
	int explain;
};

static const char *outcome_text(const struct cli *cli, int outcome)
{
	switch (outcome) {
	case REWAPP_MATCH_SURE:
		return rewapp__cli_tr(cli, "sure", "certain");
	case REWAPP_MATCH_REVIEW:
		return rewapp__cli_tr(cli, "to be reviewed", "à vérifier");
	default:
		return rewapp__cli_tr(cli, "no partner", "aucun partenaire");
	}
}

static void say_evidence(
	const struct cli *cli, const char *descriptor, const struct rewapp_candidate *candidate)
{
	for (int32_t i = 0; i < candidate->evidence_count; i++) {
		const struct rewapp_evidence *evidence = &candidate->evidence[i];
		int length = evidence->to > evidence->from ? evidence->to - evidence->from : 0;
		/* in thousandths of a bit; shown with one decimal */
		int tenths = evidence->weight / 100;

		printf("      %s%+4d.%d%s  %s", tenths < 0 ? rewapp__say_bad() : rewapp__say_good(),
			tenths / 10, tenths < 0 ? -tenths % 10 : tenths % 10, rewapp__say_plain(),
			rewapp_evidence_text(evidence->kind, cli->french ? "fr" : "en"));
		if (length && (size_t)evidence->to <= strlen(descriptor))
			printf(": \"%.*s\"", length, descriptor + evidence->from);
		putchar('\n');
	}
}

static void say_match(
	const struct cli *cli, const char *descriptor, const struct rewapp_match *match, bool explain)
{
	bool sure = match->outcome == REWAPP_MATCH_SURE;

	printf("%s%s%s%s", sure ? rewapp__say_good() : rewapp__say_dim(), rewapp__say_bold(),
		outcome_text(cli, match->outcome), rewapp__say_plain());
	printf("  %s%s%s%s%s%s%s\n", rewapp__say_operation(cli->french, match->operation),
		*match->purchase_date ? ", " : "", match->purchase_date, *match->city ? ", " : "",
		match->city, *match->card_suffix ? ", ..." : "", match->card_suffix);
	for (int32_t i = 0; i < match->candidate_count; i++) {
		printf("    %-30s %s\n", match->candidates[i].name,
			rewapp__say_percent(match->candidates[i].certainty).text);
		if (explain)
			say_evidence(cli, descriptor, &match->candidates[i]);
	}
}

static void put_text(struct buffer *out, const char *name, const char *text)
{
	if (!text)
		return;
	rewapp__buffer_printf(out, ", \"%s\": ", name);
	rewapp__json_quote(out, text);
}

static void put_number(struct buffer *out, const char *name, int64_t number)
{
	if (number) /* beyond 2^53 a number of JSON travels as text */
		rewapp__buffer_printf(out, ", \"%s\": \"%lld\"", name, (long long)number);
}

static void put_history(struct buffer *out, const struct rewapp_match_query *query)
{
	for (size_t i = 0; i < query->history_count; i++) {
		char id[REWAPP_ID_CAPACITY];

		rewapp_id_format(&query->history[i].merchant, id);
		rewapp__buffer_printf(out, "%s{\"merchant\": \"%s\", \"times\": \"%lld\"}",
			i ? ", " : ", \"history\": [", id, (long long)query->history[i].times);
	}
	rewapp__buffer_puts(out, query->history_count ? "]" : "");
}

static void put_feed(struct buffer *out, const struct rewapp_match_query *query)
{
	put_text(out, "country", query->country);
	put_text(out, "city", query->city);
	put_text(out, "postcode", query->postcode);
	put_text(out, "merchant_id", query->merchant_id);
	put_text(out, "terminal_id", query->terminal_id);
	put_text(out, "siret", query->siret);
	put_text(out, "creditor_id", query->creditor_id);
}

static int query_json(struct cli *cli, const struct rewapp_match_query *query)
{
	struct buffer text;
	char programme[REWAPP_ID_CAPACITY];
	int code;

	rewapp__buffer_init(&text, NULL, 65536);
	rewapp__buffer_puts(&text, "{\"query\": \"match\", \"descriptor\": ");
	rewapp__json_quote(&text, query->descriptor);
	put_number(&text, "amount", query->amount);
	put_text(&text, "currency", query->amount ? query->currency : NULL);
	put_number(&text, "mcc", query->mcc);
	put_number(&text, "booked_ms", query->booked_ms);
	put_feed(&text, query);
	put_history(&text, query);
	rewapp_id_format(&query->programme, programme);
	put_text(&text, "programme", rewapp_id_is_zero(&query->programme) ? NULL : programme);
	put_number(&text, "sure_bp", query->sure_bp);
	put_number(&text, "review_bp", query->review_bp);
	rewapp__buffer_puts(&text, "}");
	code = text.failed ? rewapp__cli_fail_with(cli, text.failed, "TEXT")
			   : rewapp__cli_query(cli, text.data);
	rewapp__buffer_finish(&text);
	return code;
}

static int match_one(struct cli *cli, const struct rewapp_match_query *query, bool explain)
{
	struct rewapp_match match = { .size = sizeof match };
	int code = rewapp_match(cli->engine, query, &match);

	if (code)
		return rewapp__cli_fail(cli, code);
	if (cli->json)
		code = query_json(cli, query);
	else
		say_match(cli, query->descriptor, &match, explain);
	return code || match.outcome == REWAPP_MATCH_SURE ? code : CLI_REFUSED;
}

static int number_below(struct cli *cli, const char *option, const char *text, int64_t most, int32_t *out)
{
	int64_t number;
	int code = rewapp__cli_number(cli, option, text, &number);

	if (!code && (number < 0 || number > most))
		return rewapp__cli_usage(cli, "%s: %lld", option, (long long)number);
	*out = (int32_t)number;
	return code;
}

/* "@fnac:3,@lidl": merchants with how often the member bought there, once unless told. */
static int read_history(
	struct cli *cli, const char *text, struct rewapp_bought history[REWAPP_HISTORY_MAX], size_t *count)
{
	for (*count = 0; text && *text; ++*count) {
		size_t length = strcspn(text, ",");
		char word[128], *times;
		int code;

		if (*count == REWAPP_HISTORY_MAX || length >= sizeof word)
			return rewapp__cli_usage(cli, "--history: \"%.60s\"", text);
		memcpy(word, text, length);
		word[length] = '\0';
		if ((times = strrchr(word, ':')))
			*times++ = '\0';
		if ((code = rewapp__cli_id_needed(cli, "--history", word, &history[*count].merchant)) ||
			(code = rewapp__cli_number(
				 cli, "--history", times ? times : "1", &history[*count].times)))
			return code;
		text += length + (text[length] == ',');
	}
	return CLI_OK;
}

static void take_feed(const struct feed_words *feed, struct rewapp_match_query *query)
{
	query->country = feed->country;
	query->city = feed->city;
	query->postcode = feed->postcode;
	query->merchant_id = feed->merchant_id;
	query->terminal_id = feed->terminal_id;
	query->siret = feed->siret;
	query->creditor_id = feed->creditor_id;
}

static int read_query(struct cli *cli, const struct words *words, struct rewapp_match_query *query)
{
	const char *currency = words->bank.currency ? words->bank.currency : "EUR";
	int code = rewapp__cli_money(cli, "--amount", words->amount, currency, &query->amount);

	take_feed(&words->feed, query);
	if (!code)
		code = number_below(cli, "--mcc", words->mcc, 9999, &query->mcc);
	if (!code)
		code = number_below(cli, "--sure", words->sure, 10000, &query->sure_bp);
	if (!code)
		code = number_below(cli, "--review", words->review, 10000, &query->review_bp);
	if (!code)
		code = rewapp__cli_moment(cli, "--booked", words->booked, &query->booked_ms);
	if (!code)
		code = rewapp__cli_id(cli, "--programme", words->programme, &query->programme);
	if (!code)
		memcpy(query->currency, currency, sizeof query->currency);
	return code;
}

/* What is shown of a text holds no card number, as what is matched. */
static int match_text(struct cli *cli, const struct words *words, const char *text)
{
	struct rewapp_bought history[REWAPP_HISTORY_MAX];
	struct rewapp_match_query query = { .size = sizeof query, .history = history };
	char *masked = strdup(text);
	int code;

	if (!masked)
		return rewapp__cli_fail_with(cli, REWAPP_E_NOMEMORY, "TEXT");
	code = read_query(cli, words, &query);
	if (!code)
		code = read_history(cli, words->history, history, &query.history_count);
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (!code) {
		rewapp__text_mask_cards(masked, strlen(masked));
		query.descriptor = masked;
		code = match_one(cli, &query, words->explain);
	}
	free(masked);
	return code;
}

/* --- a statement ------------------------------------------------------------------------------ */

struct tally {
	size_t lines, outcomes[REWAPP_MATCH_SURE + 1];
	size_t no_purchase; /* of those without a partner: cash, transfers, fees, ... */
	struct timespec start;
};

static struct rewapp_match_query query_of(const struct bank_line *line)
{
	struct rewapp_match_query query = { .size = sizeof query,
		.descriptor = line->descriptor,
		.amount = line->amount,
		.mcc = line->mcc,
		.booked_ms = rewapp__date_noon_ms(line->date) };

	memcpy(query.currency, line->currency, sizeof query.currency);
	return query;
}

static void count(struct tally *tally, const struct rewapp_match *match)
{
	static const char *const purchases[] = { "unknown", "card_payment", "direct_debit", "refund" };
	bool purchase = false;

	for (size_t i = 0; i < sizeof purchases / sizeof *purchases; i++)
		purchase = purchase || strcmp(match->operation, purchases[i]) == 0;
	tally->lines++;
	tally->outcomes[match->outcome]++;
	tally->no_purchase += match->outcome == REWAPP_MATCH_NONE && !purchase;
}

static void say_tally(const struct cli *cli, const struct tally *tally)
{
	struct timespec now;
	long long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (now.tv_sec - tally->start.tv_sec) * 1000LL + (now.tv_nsec - tally->start.tv_nsec) / 1000000;
	printf(rewapp__cli_tr(cli, "%s%zu lines%s in %lld ms: ", "%s%zu lignes%s en %lld ms : "),
		rewapp__say_bold(), tally->lines, rewapp__say_plain(), ms);
	printf(rewapp__cli_tr(cli,
		       "%zu sure, %zu to be reviewed, %zu without a partner (%zu of them no purchase)\n",
		       "%zu certaines, %zu à vérifier, %zu sans partenaire (dont %zu ne sont pas des "
		       "achats)\n"),
		tally->outcomes[REWAPP_MATCH_SURE], tally->outcomes[REWAPP_MATCH_REVIEW],
		tally->outcomes[REWAPP_MATCH_NONE], tally->no_purchase);
}

static int match_line(
	struct cli *cli, const struct words *words, const struct bank_line *line, struct tally *tally)
{
	struct rewapp_match_query query = query_of(line);
	struct rewapp_match match = { .size = sizeof match };
	int code = rewapp_match(cli->engine, &query, &match);

	if (code)
		return rewapp__cli_fail(cli, code);
	count(tally, &match);
	if (cli->json)
		return query_json(cli, &query);
	printf("%s  %.100s\n  ", line->date, line->descriptor);
	say_match(cli, line->descriptor, &match, words->explain);
	return 0;
}

/* That some lines are nobody's is no refusal. */
static int match_lines(struct cli *cli, const struct words *words, const struct bank_file *file)
{
	struct tally tally = { .lines = 0 };
	struct progress progress;
	int code = 0;

	clock_gettime(CLOCK_MONOTONIC, &tally.start);
	rewapp__progress_start(&progress, rewapp__cli_tr(cli, "matching", "rapprochement"));
	if (isatty(STDOUT_FILENO)) /* the lines themselves show how far it is */
		progress.shown = false;
	for (size_t i = 0; i < file->count && !code; i++) {
		if (*file->lines[i].descriptor)
			code = match_line(cli, words, &file->lines[i], &tally);
		rewapp__progress_step(&progress, (int64_t)i + 1, (int64_t)file->count);
	}
	rewapp__progress_end(&progress);
	if (!code && !cli->json)
		say_tally(cli, &tally);
	return code;
}

static int match_file(struct cli *cli, const struct words *words, const char *path)
{
	struct bank_options options;
	struct bank_file file;
	int code = rewapp__bank_options(cli, &words->bank, &options);

	if (code)
		return code;
	code = rewapp__bank_read(&file, path, &options);
	if (code)
		return rewapp__cli_fail(cli, code);
	code = rewapp__cli_open(cli, false);
	if (!code)
		code = match_lines(cli, words, &file);
	rewapp__bank_finish(&file);
	return code;
}

/* A statement may be named without --file: bank lines are no paths of files that exist, and do not end as
 * files of banks do; so a mistyped name is a missing file, not a line that nobody knows. */
static bool names_file(const char *text)
{
	static const char *const endings[] = { ".ofx", ".qfx", ".qif", ".csv" };
	const char *dot = strrchr(text, '.');
	bool found = access(text, R_OK) == 0;

	for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
		found = found || strcasecmp(dot, endings[i]) == 0;
	return found;
}

static int run(struct cli *cli, void *user)
{
	const struct words *words = user;
	const char *text = rewapp__cli_argument(cli);

	if (words->evaluate && words->catalogue)
		return rewapp__evaluate_command(cli, words->evaluate, words->catalogue);
	if (words->evaluate || words->catalogue)
		return rewapp__cli_usage(cli, "--evaluate TRUTH --catalogue CATALOGUE");
	if (words->file)
		return match_file(cli, words, words->file);
	if (!text)
		return rewapp__cli_usage(cli, "TEXT");
	return names_file(text) ? match_file(cli, words, text) : match_text(cli, words, text);
}

int command_match(int argc, char **argv)
{
	struct words words = { .amount = NULL };
	struct poptOption options[] = {
		{ "explain", 'e', POPT_ARG_NONE, &words.explain, 0,
			"with the evidence, in bits for and against", NULL },
		{ "amount", 'a', POPT_ARG_STRING, &words.amount, 0,
			"of the line; negative for money that went out", "-42.10" },
		{ "mcc", 0, POPT_ARG_STRING, &words.mcc, 0, "merchant category code", "5411" },
		FEED_OPTIONS_TABLE(words.feed),
		{ "booked", 0, POPT_ARG_STRING, &words.booked, 0, "when the bank booked it", "2026-03-12" },
		{ "history", 0, POPT_ARG_STRING, &words.history, 0,
			"where the member bought before, and how often", "ID:N,ID:N" },
		{ "programme", 'p', POPT_ARG_STRING, &words.programme, 0, "whose thresholds count", "ID" },
		{ "sure", 0, POPT_ARG_STRING, &words.sure, 0,
			"sure from this probability on, in basis points (the programme's, or 9800)", "BP" },
		{ "review", 0, POPT_ARG_STRING, &words.review, 0, "the same, for a person to look at (8000)",
			"BP" },
		{ "file", 'F', POPT_ARG_STRING, &words.file, 0, "every line of a bank statement",
			"STATEMENT" },
		{ "evaluate", 0, POPT_ARG_STRING, &words.evaluate, 0, "measure on labelled lines (TSV)",
			"TRUTH" },
		{ "catalogue", 0, POPT_ARG_STRING, &words.catalogue, 0,
			"with --evaluate: its merchants (TSV)", "CATALOGUE" },
		BANK_OPTIONS_TABLE(words.bank),
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &words);
}
