/* Earning with a bank statement: every card payment that surely names a partner merchant. */
#include "commands/credit.h"

#include "base/buffer.h"
#include "base/json.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "formats/values.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BATCH = 8190,
	CONTENT_BYTES = 16
};

/* What became of a line. */
enum fate {
	FATE_EARNED,
	FATE_KNOWN,  /* was imported before, or told by a till or another feed */
	FATE_SURE,   /* would earn, but this is a dry run */
	FATE_REVIEW, /* a person should look */
	FATE_NO_MATCH,
	FATE_NO_CARD,  /* transfer, withdrawal, fee, ... */
	FATE_INCOMING, /* money that came in */
	FATE_REFUNDED, /* ... of a purchase, whose points went back */
	FATE_REFUSED,  /* a verdict said no */
	FATE_FAILED,   /* a receipt with an error code */
	FATE_COUNT
};

static const char *const fate_names[] = { "earned", "known", "sure", "review", "no_match", "no_card_payment",
	"incoming", "refunded", "refused", "failed" };

struct credit_line {
	const struct bank_line *bank;
	struct rewapp_id id, merchant;
	unsigned char content[CONTENT_BYTES];
	enum fate fate;
	bool is_told; /* to the engine, unless this is a dry run */
	int32_t certainty, verdict, code;
	int64_t points;
	char name[64]; /* of the merchant */
	char feed[40], bank_id[64];
	char message[REWAPP_MESSAGE_CAPACITY];
};

struct credit {
	struct cli *cli;
	const struct bank_file *file;
	const struct credit_options *options;
	struct credit_line *lines;
	struct rewapp_command *commands; /* of one batch */
	struct rewapp_receipt *receipts;
	size_t *line_of; /* a command's line */
	size_t counts[FATE_COUNT];
	int64_t points;
};

/* --- ids --------------------------------------------------------------------------- */

static void hash_text(crypto_generichash_state *state, const char *text)
{
	uint64_t length = strlen(text);

	crypto_generichash_update(state, (const unsigned char *)&length, sizeof length);
	crypto_generichash_update(state, (const unsigned char *)text, length);
}

/* The account's name among feeds: its hash, for an account number is nobody's business. */
static void feed_of(const char *account, char out[40])
{
	unsigned char hash[CONTENT_BYTES];

	crypto_generichash(hash, sizeof hash, (const unsigned char *)account, strlen(account), NULL, 0);
	sodium_bin2hex(out, 40, hash, sizeof hash);
}

/* What makes two lines of one account the same: the bank's id with day and amount, since some
 * banks use an id twice; else day, amount and text. */
static void content_of(const struct credit *credit, struct credit_line *line)
{
	const struct bank_line *bank = line->bank;
	crypto_generichash_state state;
	char amount[32], member[REWAPP_ID_CAPACITY];
	const char *account;

	rewapp_id_format(&credit->options->member, member);
	account = *bank->account           ? bank->account
		: credit->options->account ? credit->options->account
					   : member;
	snprintf(amount, sizeof amount, "%lld", (long long)bank->amount);
	crypto_generichash_init(&state, NULL, 0, CONTENT_BYTES);
	hash_text(&state, account);
	hash_text(&state, bank->date);
	hash_text(&state, amount);
	hash_text(&state, bank->currency);
	hash_text(&state, *bank->fitid ? "fitid" : "text");
	hash_text(&state, *bank->fitid ? bank->fitid : bank->descriptor);
	crypto_generichash_final(&state, line->content, sizeof line->content);
	feed_of(account, line->feed);
}

static int by_content(const void *a, const void *b)
{
	const struct credit_line *left = *(const struct credit_line *const *)a;
	const struct credit_line *right = *(const struct credit_line *const *)b;
	int order = memcmp(left->content, right->content, CONTENT_BYTES);

	return order ? order : left < right ? -1 : left > right;
}

static int id_derive(struct credit_line *line, size_t occurrence)
{
	char hex[CONTENT_BYTES * 2 + 1], name[96];

	sodium_bin2hex(hex, sizeof hex, line->content, CONTENT_BYTES);
	snprintf(name, sizeof name, "bank-line:%s:%zu", hex, occurrence);
	return rewapp_id_derive(name, strlen(name), &line->id);
}

/* Two coffees of one price on one day are two purchases: equal lines without an id of the bank
 * are counted.  Lines with such an id are the same line. */
static int derive_ids(struct credit *credit)
{
	size_t count = credit->file->count, occurrence = 0;
	struct credit_line **sorted = calloc(count + 1, sizeof *sorted);
	int code = sorted ? 0 : REWAPP_E_NOMEMORY;

	for (size_t i = 0; i < count && !code; i++) {
		content_of(credit, &credit->lines[i]);
		sorted[i] = &credit->lines[i];
	}
	if (!code)
		qsort(sorted, count, sizeof *sorted, by_content);
	for (size_t i = 0; i < count && !code; i++) {
		bool same = i && !memcmp(sorted[i]->content, sorted[i - 1]->content, CONTENT_BYTES);

		occurrence = same && !*sorted[i]->bank->fitid ? occurrence + 1 : 1;
		code = id_derive(sorted[i], occurrence);
	}
	free(sorted);
	return code;
}

/* --- matching ----------------------------------------------------------------------- */

static bool is_no_card(enum bank_kind kind)
{
	return kind != BANK_UNKNOWN && kind != BANK_CARD && kind != BANK_CREDIT;
}

static int match_line(struct credit *credit, struct credit_line *line)
{
	const struct bank_line *bank = line->bank;
	struct rewapp_match_query query = { .size = sizeof query,
		.descriptor = bank->descriptor,
		.amount = bank->amount,
		.mcc = bank->mcc,
		.booked_ms = rewapp__date_noon_ms(bank->date),
		.programme = credit->options->programme };
	struct rewapp_match match = { .size = sizeof match };
	int code;

	line->fate = bank->amount >= 0   ? FATE_INCOMING
		: is_no_card(bank->kind) ? FATE_NO_CARD
					 : FATE_NO_MATCH;
	if (is_no_card(bank->kind) || !*bank->descriptor || bank->amount == INT64_MIN || bank->amount == 0)
		return 0;
	memcpy(query.currency, bank->currency, sizeof query.currency);
	code = rewapp_match(credit->cli->engine, &query, &match);
	if (code)
		return code;
	if (match.candidate_count) {
		line->merchant = match.candidates[0].merchant;
		line->certainty = match.candidates[0].certainty;
		memcpy(line->name, match.candidates[0].name, sizeof line->name);
	}
	line->is_told = match.outcome == REWAPP_MATCH_SURE || match.outcome == REWAPP_MATCH_REVIEW;
	if (bank->amount > 0)
		return 0;
	if (match.outcome == REWAPP_MATCH_SURE)
		line->fate = FATE_SURE;
	else if (match.outcome == REWAPP_MATCH_REVIEW)
		line->fate = FATE_REVIEW;
	else if (*match.operation && strcmp(match.operation, "card_payment") &&
		strcmp(match.operation, "unknown"))
		line->fate = FATE_NO_CARD;
	return 0;
}

static int match_all(struct credit *credit)
{
	struct progress progress;
	int code = 0;

	rewapp__progress_start(&progress, rewapp__cli_tr(credit->cli, "matching", "rapprochement"));
	for (size_t i = 0; i < credit->file->count && !code; i++) {
		code = match_line(credit, &credit->lines[i]);
		if (i % 64 == 0)
			rewapp__progress_step(&progress, (int64_t)i, (int64_t)credit->file->count);
	}
	rewapp__progress_end(&progress);
	return code;
}

/* --- earning ------------------------------------------------------------------------- */

/* An id that a bank gives twice is told apart by its day. */
static struct rewapp_command command_of(const struct credit *credit, struct credit_line *line)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;

	command.kind = REWAPP_KIND_BANK_LINE;
	command.id = line->id;
	command.member = credit->options->member;
	command.programme = credit->options->programme;
	command.amount = line->bank->amount < 0 ? -line->bank->amount : line->bank->amount;
	command.flags = line->bank->amount < 0 ? 0 : REWAPP_REFUND;
	command.feed = line->feed;
	if (*line->bank->fitid) {
		snprintf(
			line->bank_id, sizeof line->bank_id, "%.40s %s", line->bank->fitid, line->bank->date);
		command.bank_id = line->bank_id;
	}
	command.descriptor = line->bank->descriptor;
	command.mcc = line->bank->mcc;
	command.occurred_ms = rewapp__date_noon_ms(line->bank->date);
	memcpy(command.currency, line->bank->currency, sizeof command.currency);
	return command;
}

/* A bank that rewords a line it gave before (same id, other text) does not make a new purchase. */
static bool is_reworded(const struct rewapp_receipt *receipt)
{
	return receipt->code == REWAPP_E_CONFLICT &&
		(!strcmp(receipt->field, "descriptor") || !strcmp(receipt->field, "mcc"));
}

static enum fate fate_of(const struct rewapp_receipt *receipt)
{
	if (receipt->replayed)
		return FATE_KNOWN;
	if (receipt->outcome == REWAPP_OUTCOME_MATCHED)
		return FATE_EARNED;
	return receipt->outcome == REWAPP_OUTCOME_REFUNDED ? FATE_REFUNDED : FATE_KNOWN;
}

static void settle(struct credit *credit, struct credit_line *line, const struct rewapp_receipt *receipt)
{
	line->code = receipt->code;
	line->verdict = receipt->verdict;
	memcpy(line->message, receipt->message, sizeof line->message);
	if (is_reworded(receipt)) {
		line->fate = FATE_KNOWN;
		line->code = 0;
	} else if (receipt->code) {
		line->fate = FATE_FAILED;
	} else if (receipt->verdict == REWAPP_VERDICT_NEEDS_REVIEW) {
		line->fate = FATE_REVIEW;
	} else if (receipt->verdict != REWAPP_VERDICT_ACCEPTED) {
		line->fate = FATE_REFUSED;
	} else {
		line->fate = fate_of(receipt);
		line->points = line->fate == FATE_REFUNDED ? -receipt->points : receipt->points;
		credit->points += line->fate == FATE_KNOWN ? 0 : line->points;
	}
}

static int submit_batch(struct credit *credit, size_t count)
{
	int code;

	if (!count)
		return 0;
	credit->receipts[0].size = sizeof *credit->receipts;
	code = rewapp_submit(credit->cli->engine, credit->commands, count, credit->receipts);
	for (size_t i = 0; i < count && !code; i++)
		settle(credit, &credit->lines[credit->line_of[i]], &credit->receipts[i]);
	return code;
}

static int submit_all(struct credit *credit)
{
	struct progress progress;
	size_t count = 0;
	int code = 0;

	rewapp__progress_start(&progress, rewapp__cli_tr(credit->cli, "earning", "enregistrement"));
	for (size_t i = 0; i < credit->file->count && !code; i++) {
		if (!credit->lines[i].is_told)
			continue;
		credit->line_of[count] = i;
		credit->commands[count++] = command_of(credit, &credit->lines[i]);
		if (count < BATCH)
			continue;
		code = submit_batch(credit, count);
		rewapp__progress_step(&progress, (int64_t)i, (int64_t)credit->file->count);
		count = 0;
	}
	if (!code)
		code = submit_batch(credit, count);
	rewapp__progress_end(&progress);
	return code;
}

/* --- telling -------------------------------------------------------------------------- */

static void say_json_line(struct buffer *out, const struct credit_line *line)
{
	const struct bank_line *bank = line->bank;

	rewapp__buffer_printf(out,
		"{\"line\": %zu, \"date\": \"%s\", \"amount\": %lld, \"currency\": \"%s\", \"descriptor\": ",
		bank->line, bank->date, (long long)bank->amount, bank->currency);
	rewapp__json_quote(out, bank->descriptor);
	rewapp__buffer_printf(out, ", \"kind\": \"%s\", \"outcome\": \"%s\", \"id\": \"%s\"",
		rewapp__bank_kind_name(bank->kind), fate_names[line->fate], rewapp__say_id(&line->id).text);
	if (!rewapp_id_is_zero(&line->merchant)) {
		rewapp__buffer_printf(out, ", \"merchant\": \"%s\", \"certainty\": %d, \"name\": ",
			rewapp__say_id(&line->merchant).text, line->certainty);
		rewapp__json_quote(out, line->name);
	}
	if (line->fate == FATE_REFUSED)
		rewapp__buffer_printf(out, ", \"verdict\": \"%s\"", rewapp_verdict_name(line->verdict));
	if (line->code) {
		rewapp__buffer_printf(
			out, ", \"error\": \"%s\", \"message\": ", rewapp_error_name(line->code));
		rewapp__json_quote(out, line->message);
	}
	rewapp__buffer_printf(out, ", \"points\": %lld}", (long long)line->points);
}

static int say_json(const struct credit *credit)
{
	const struct bank_file *file = credit->file;
	struct buffer out;

	rewapp__buffer_init(&out, NULL, (size_t)1 << 30);
	rewapp__buffer_puts(&out, "{\"file\": ");
	rewapp__json_quote(&out, file->name);
	rewapp__buffer_printf(&out, ", \"format\": \"%s\", \"preset\": ", file->format);
	rewapp__json_quote(&out, file->preset ? file->preset : "");
	rewapp__buffer_printf(
		&out, ", \"encoding\": \"%s\", \"masked\": %zu, \"counts\": {", file->encoding, file->masked);
	for (int i = 0; i < FATE_COUNT; i++)
		rewapp__buffer_printf(&out, "%s\"%s\": %zu", i ? ", " : "", fate_names[i], credit->counts[i]);
	rewapp__buffer_printf(&out, "}, \"points\": %lld, \"lines\": [", (long long)credit->points);
	for (size_t i = 0; i < file->count; i++) {
		rewapp__buffer_puts(&out, i ? ",\n" : "\n");
		say_json_line(&out, &credit->lines[i]);
	}
	rewapp__buffer_puts(&out, "]}");
	if (!out.failed)
		puts(out.data);
	rewapp__buffer_finish(&out);
	return out.failed;
}

static const char *fate_text(const struct cli *cli, enum fate fate)
{
	switch (fate) {
	case FATE_EARNED:
		return rewapp__cli_tr(cli, "earned", "gagné");
	case FATE_KNOWN:
		return rewapp__cli_tr(cli, "known already", "déjà connu");
	case FATE_SURE:
		return rewapp__cli_tr(cli, "would earn", "donnerait des points");
	case FATE_REVIEW:
		return rewapp__cli_tr(cli, "to be reviewed", "à vérifier");
	case FATE_NO_MATCH:
		return rewapp__cli_tr(cli, "no partner", "aucun partenaire");
	case FATE_NO_CARD:
		return rewapp__cli_tr(cli, "no card payment", "pas un paiement par carte");
	case FATE_INCOMING:
		return rewapp__cli_tr(cli, "money in", "entrée d'argent");
	case FATE_REFUNDED:
		return rewapp__cli_tr(cli, "given back", "remboursé");
	case FATE_REFUSED:
		return rewapp__cli_tr(cli, "refused", "refusé");
	default:
		return rewapp__cli_tr(cli, "failed", "échec");
	}
}

static void say_line(const struct credit *credit, const struct credit_line *line)
{
	const struct cli *cli = credit->cli;
	const struct bank_line *bank = line->bank;
	bool good = line->fate == FATE_EARNED || line->fate == FATE_SURE;

	printf("%s %14s  %s\n", bank->date, rewapp__say_money(cli, bank->amount, bank->currency).text,
		bank->descriptor);
	printf("    %s%s%s", good ? rewapp__say_good() : rewapp__say_dim(), fate_text(cli, line->fate),
		rewapp__say_plain());
	if (line->fate == FATE_REFUSED)
		printf(" (%s)", rewapp__say_verdict(cli->french, line->verdict));
	if (line->code)
		printf(" (%s: %s)", rewapp__say_error(cli->french, line->code), line->message);
	if (*line->name && line->fate <= FATE_REVIEW)
		printf(": %s (%s)", line->name, rewapp__say_percent(line->certainty).text);
	if (line->fate == FATE_EARNED || line->fate == FATE_REFUNDED)
		printf("  %s%+lld points%s", rewapp__say_bold(), (long long)line->points,
			rewapp__say_plain());
	putchar('\n');
}

static void say_explanation(const struct credit *credit, const struct credit_line *line)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };

	if (line->fate != FATE_EARNED && line->fate != FATE_KNOWN && line->fate != FATE_REFUNDED)
		return;
	if (!rewapp_receipt_get(credit->cli->engine, &line->id, &receipt))
		rewapp__say_awards(credit->cli, &receipt);
}

static void say_words(const struct credit *credit)
{
	const struct bank_file *file = credit->file;

	for (size_t i = 0; i < file->count; i++) {
		say_line(credit, &credit->lines[i]);
		if (credit->options->explain)
			say_explanation(credit, &credit->lines[i]);
	}
	printf("%s: %zu %s (%s%s%s, %s)\n", file->name, file->count,
		rewapp__cli_tr(credit->cli, "lines", "lignes"), file->format, file->preset ? ", " : "",
		file->preset ? file->preset : "", file->encoding);
	if (file->masked)
		printf(rewapp__cli_tr(credit->cli, "  %zu texts held a card number, which was masked\n",
			       "  %zu textes contenaient un numéro de carte, qui a été masqué\n"),
			file->masked);
	for (int i = 0; i < FATE_COUNT; i++)
		if (credit->counts[i])
			printf("  %5zu %s\n", credit->counts[i], fate_text(credit->cli, (enum fate)i));
	printf("%s%+lld points%s\n", rewapp__say_bold(), (long long)credit->points, rewapp__say_plain());
}

static int tell(struct credit *credit)
{
	int worst = CLI_OK, code;

	for (size_t i = 0; i < credit->file->count; i++) {
		credit->counts[credit->lines[i].fate]++;
		if (credit->lines[i].code)
			worst = rewapp__cli_exit_of(credit->lines[i].code);
	}
	if (!worst && credit->counts[FATE_REFUSED])
		worst = CLI_REFUSED;
	if (!credit->cli->json) {
		say_words(credit);
		return worst;
	}
	code = say_json(credit);
	return code ? rewapp__cli_fail_with(credit->cli, code, credit->file->name) : worst;
}

int rewapp__credit_statement(
	struct cli *cli, const struct bank_file *file, const struct credit_options *options)
{
	struct credit credit = { .cli = cli, .file = file, .options = options };
	size_t batch = file->count < BATCH ? file->count + 1 : BATCH;
	int code;

	credit.lines = calloc(file->count + 1, sizeof *credit.lines);
	credit.commands = calloc(batch, sizeof *credit.commands);
	credit.receipts = calloc(batch, sizeof *credit.receipts);
	credit.line_of = calloc(batch, sizeof *credit.line_of);
	code = credit.lines && credit.commands && credit.receipts && credit.line_of ? 0 : REWAPP_E_NOMEMORY;
	for (size_t i = 0; i < file->count && !code; i++)
		credit.lines[i].bank = &file->lines[i];
	if (!code)
		code = derive_ids(&credit);
	if (!code)
		code = match_all(&credit);
	if (!code && !options->dry_run)
		code = submit_all(&credit);
	code = code ? rewapp__cli_fail(cli, code) : tell(&credit);
	free(credit.lines);
	free(credit.commands);
	free(credit.receipts);
	free(credit.line_of);
	return code;
}

/* A misspelt member would refuse every line, and a line's answer stays for ever. */
static int check_member(struct cli *cli, const struct rewapp_id *id)
{
	struct rewapp_object member;
	int code = rewapp_object_get(cli->engine, REWAPP_KIND_MEMBER, id, &member);

	return code ? rewapp__cli_fail(cli, code) : 0;
}

int rewapp__credit_file(struct cli *cli, const struct credit_words *words, const char *path)
{
	struct credit_options credit = {
		.account = words->account, .dry_run = words->dry_run, .explain = words->explain
	};
	struct bank_options bank;
	struct bank_file file;
	int code = rewapp__cli_id_needed(cli, "--member", words->member, &credit.member);

	if (!code)
		code = rewapp__cli_id(cli, "--programme", words->programme, &credit.programme);
	if (!code)
		code = rewapp__bank_options(cli, &words->bank, &bank);
	if (code)
		return code;
	code = rewapp__bank_read(&file, path, &bank);
	if (code)
		return rewapp__cli_fail(cli, code);
	code = rewapp__cli_open(cli, false);
	if (!code && !credit.dry_run)
		code = check_member(cli, &credit.member);
	if (!code)
		code = rewapp__credit_statement(cli, &file, &credit);
	rewapp__bank_finish(&file);
	return code;
}
