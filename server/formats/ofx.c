/* OFX 1 (SGML, leaves without closing tags) and OFX 2 (XML), which banks mix freely: one
 * reader that goes from tag to tag and asks only for what a statement must have. */
#include "formats/reader.h"
#include "formats/values.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	TAG_MAX = 32,
	VALUE_MAX = 1024
};

struct ofx_tag {
	char name[TAG_MAX];
	bool closes;
	size_t line;
	char value[VALUE_MAX + 1]; /* the text behind an opening tag, entities resolved */
};

/* Where the reader stands. */
struct ofx {
	struct bank_file *file;
	const struct bank_options *options;
	const char *at;
	size_t line;
	char account[64], currency[4];

	/* the transaction that is open */
	bool open, seen_end;
	int nested; /* depth of aggregates within it */
	struct bank_line line_out;
	char name[VALUE_MAX + 1], memo[VALUE_MAX + 1], payee[VALUE_MAX + 1], fitid[256];
	char amount[64], posted[64], user[64], symbol[4];
};

static bool recognise(const char *text, size_t length)
{
	size_t limit = length < 4096 ? length : 4096;

	for (size_t at = 0; at + 5 <= limit; at++)
		if (!strncasecmp(text + at, "<OFX>", 5) || !strncasecmp(text + at, "OFXHEADER", 9))
			return true;
	return false;
}

/* Bytes of the UTF-8 form of a character reference, or 0. */
static size_t utf8_put(unsigned long code, char *out)
{
	if (code < 0x20 || code > 0xffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | code >> 12);
	out[1] = (char)(0x80 | (code >> 6 & 0x3f));
	out[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

/* Resolves the entity at `text`; 0 when it is none and the & stands for itself. */
static size_t entity(const char *text, char *out, size_t *put)
{
	static const struct {
		const char *name, *text;
	} known[] = { { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" },
		{ "&apos;", "'" }, { "&nbsp;", " " } };
	char *end;
	unsigned long code;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strncasecmp(text, known[i].name, strlen(known[i].name)))
			continue;
		*out = *known[i].text;
		*put = 1;
		return strlen(known[i].name);
	}
	if (text[1] != '#' || !isalnum((unsigned char)text[2]))
		return 0;
	code = text[2] == 'x' || text[2] == 'X' ? strtoul(text + 3, &end, 16) : strtoul(text + 2, &end, 10);
	*put = *end == ';' ? utf8_put(code, out) : 0;
	return *put ? (size_t)(end + 1 - text) : 0;
}

static bool tag_starts(const char *at)
{
	return *at == '<' && (isalpha((unsigned char)at[1]) || at[1] == '/' || at[1] == '!' || at[1] == '?');
}

static bool cdata(const char *at)
{
	return !strncmp(at, "<![CDATA[", 9);
}

/* The text up to the next tag. */
static int value_read(struct ofx *ofx, struct ofx_tag *tag)
{
	size_t size = 0;
	const char *until = NULL;

	while (*ofx->at && (until || cdata(ofx->at) || !tag_starts(ofx->at))) {
		size_t put = 1, took = 0;

		if (size + 4 > VALUE_MAX)
			return rewapp__bank_fail(
				ofx->file, tag->line, tag->name, "longer than %d bytes", VALUE_MAX);
		if (!until && cdata(ofx->at)) {
			ofx->at += 9;
			until = strstr(ofx->at, "]]>");
			if (!until)
				return rewapp__bank_fail(
					ofx->file, tag->line, tag->name, "CDATA is not closed");
		}
		if (until == ofx->at && until) {
			ofx->at += 3;
			until = NULL;
			continue;
		}
		if (*ofx->at == '&' && !until)
			took = entity(ofx->at, tag->value + size, &put);
		if (!took)
			tag->value[size] = *ofx->at;
		ofx->line += *ofx->at == '\n';
		ofx->at += took ? took : 1;
		size += put;
	}
	tag->value[size] = 0;
	rewapp__squeeze(tag->value);
	return 0;
}

/* Past a comment or an instruction; document types, which can define entities, are refused. */
static int special_skip(struct ofx *ofx)
{
	const char *end;

	if (!strncasecmp(ofx->at, "<!DOCTYPE", 9) || !strncasecmp(ofx->at, "<!ENTITY", 8))
		return rewapp__bank_fail(ofx->file, ofx->line, "DOCTYPE", "document types are not accepted");
	end = !strncmp(ofx->at, "<!--", 4) ? strstr(ofx->at, "-->") : strchr(ofx->at, '>');
	if (!end)
		return rewapp__bank_fail(
			ofx->file, ofx->line, "OFX", "the file ends within a comment or instruction");
	for (; ofx->at <= end; ofx->at++)
		ofx->line += *ofx->at == '\n';
	return 0;
}

/* The next tag with its value; *found is false at the end of the text. */
static int tag_next(struct ofx *ofx, struct ofx_tag *tag, bool *found)
{
	size_t size = 0;

	*found = false;
	while (*ofx->at) {
		if (!tag_starts(ofx->at)) {
			ofx->line += *ofx->at == '\n';
			ofx->at++;
		} else if (ofx->at[1] == '!' || ofx->at[1] == '?') {
			int code = special_skip(ofx);

			if (code)
				return code;
		} else {
			break;
		}
	}
	if (!*ofx->at)
		return 0;
	tag->line = ofx->line;
	ofx->at++;
	tag->closes = *ofx->at == '/';
	ofx->at += tag->closes;
	while (isalnum((unsigned char)*ofx->at) || *ofx->at == '.' || *ofx->at == '_' || *ofx->at == ':') {
		if (size + 1 == TAG_MAX)
			return rewapp__bank_fail(
				ofx->file, tag->line, "OFX", "a tag is longer than %d bytes", TAG_MAX - 1);
		tag->name[size++] = (char)toupper((unsigned char)*ofx->at++);
	}
	tag->name[size] = 0;
	while (*ofx->at && *ofx->at != '>') {
		if (*ofx->at == '<')
			return rewapp__bank_fail(
				ofx->file, tag->line, tag->name, "the tag is not closed by >");
		ofx->line += *ofx->at == '\n';
		ofx->at++;
	}
	if (!*ofx->at)
		return rewapp__bank_fail(ofx->file, tag->line, tag->name, "the file ends within a tag");
	ofx->at++;
	tag->value[0] = 0;
	*found = true;
	return tag->closes ? 0 : value_read(ofx, tag);
}

static enum bank_kind kind_of(const char *type)
{
	static const struct {
		const char *type;
		enum bank_kind kind;
	} kinds[] = { { "POS", BANK_CARD }, { "ATM", BANK_WITHDRAWAL }, { "CASH", BANK_WITHDRAWAL },
		{ "XFER", BANK_TRANSFER }, { "DIRECTDEBIT", BANK_DIRECT_DEBIT },
		{ "REPEATPMT", BANK_DIRECT_DEBIT }, { "CHECK", BANK_CHEQUE }, { "FEE", BANK_FEE },
		{ "SRVCHG", BANK_FEE }, { "INT", BANK_INTEREST }, { "DIV", BANK_INTEREST },
		{ "DEP", BANK_CREDIT }, { "DIRECTDEP", BANK_CREDIT } };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcasecmp(type, kinds[i].type))
			return kinds[i].kind;
	return BANK_UNKNOWN;
}

/* NAME is often MEMO cut at 32 characters: then MEMO is the whole text. */
static void descriptor(const struct ofx *ofx, char *out, size_t capacity)
{
	const char *name = *ofx->name ? ofx->name : ofx->payee, *memo = ofx->memo;

	if (!*memo || strstr(name, memo))
		snprintf(out, capacity, "%s", name);
	else if (!*name || !strncmp(memo, name, strlen(name)))
		snprintf(out, capacity, "%s", memo);
	else
		snprintf(out, capacity, "%s %s", name, memo);
}

static int date_read(struct ofx *ofx, const char *field, const char *text)
{
	const char *wrong = strlen(text) < 8 ? "not a date of the form YYYYMMDD" : NULL;
	char day[9] = "";

	memcpy(day, text, wrong ? 0 : 8);
	if (!wrong)
		wrong = rewapp__date_parse(day, "yyyymmdd", ofx->line_out.date);
	if (!wrong && text[8] && !isdigit((unsigned char)text[8]) && !strchr("[. T", text[8]))
		wrong = "not a date of the form YYYYMMDD";
	return wrong ? rewapp__bank_fail(ofx->file, ofx->line_out.line, field, "%s: \"%.40s\"", wrong, text)
		     : 0;
}

static int transaction_end(struct ofx *ofx)
{
	struct bank_line *line = &ofx->line_out;
	char text[2 * VALUE_MAX + 2];
	const char *wrong;
	int code;

	ofx->open = false;
	snprintf(line->currency, sizeof line->currency, "%s", *ofx->symbol ? ofx->symbol : ofx->currency);
	if (!*ofx->posted)
		return rewapp__bank_fail(ofx->file, line->line, "DTPOSTED", "missing");
	if (!*ofx->amount)
		return rewapp__bank_fail(ofx->file, line->line, "TRNAMT", "missing");
	code = date_read(ofx, "DTPOSTED", ofx->posted);
	if (!code && *ofx->user)
		code = date_read(ofx, "DTUSER", ofx->user);
	if (code)
		return code;
	wrong = rewapp__amount_parse(ofx->amount, strchr(ofx->amount, ',') ? ',' : '.',
		rewapp__currency_digits(line->currency), &line->amount);
	if (wrong)
		return rewapp__bank_fail(
			ofx->file, line->line, "TRNAMT", "%s: \"%.40s\"", wrong, ofx->amount);
	descriptor(ofx, text, sizeof text);
	line->descriptor = text;
	line->fitid = ofx->fitid;
	line->account = ofx->account;
	return rewapp__bank_append(ofx->file, line);
}

static void transaction_start(struct ofx *ofx, size_t at)
{
	memset(&ofx->line_out, 0, sizeof ofx->line_out);
	ofx->name[0] = ofx->memo[0] = ofx->payee[0] = ofx->fitid[0] = 0;
	ofx->amount[0] = ofx->posted[0] = ofx->user[0] = ofx->symbol[0] = 0;
	ofx->line_out.line = at;
	ofx->nested = 0;
	ofx->open = true;
}

static int keep(struct ofx *ofx, const struct ofx_tag *tag, char *out, size_t capacity)
{
	if (strlen(tag->value) >= capacity)
		return rewapp__bank_fail(
			ofx->file, tag->line, tag->name, "longer than %zu bytes", capacity - 1);
	snprintf(out, capacity, "%s", tag->value);
	return 0;
}

static int currency_keep(struct ofx *ofx, const struct ofx_tag *tag, char out[4])
{
	if (!rewapp__currency_is(tag->value))
		return rewapp__bank_fail(
			ofx->file, tag->line, tag->name, "\"%.20s\" is no currency", tag->value);
	memcpy(out, tag->value, 4);
	return 0;
}

static int mcc_keep(struct ofx *ofx, const struct ofx_tag *tag)
{
	size_t length = strlen(tag->value);

	if (length != strspn(tag->value, "0123456789") || length > 4)
		return rewapp__bank_fail(
			ofx->file, tag->line, "SIC", "\"%.20s\" is not four digits", tag->value);
	ofx->line_out.mcc = (int32_t)strtol(tag->value, NULL, 10);
	return 0;
}

/* Aggregates within a transaction whose leaves are not the transaction's own. */
static bool is_aggregate(const char *name)
{
	static const char *const names[] = { "PAYEE", "EXTDPAYEE", "BANKACCTTO", "CCACCTTO", "CURRENCY",
		"ORIGCURRENCY", "IMAGEDATA" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

struct leaf {
	const char *name;
	size_t offset, capacity;
};
#define LEAF(tag, member) \
	{ \
		tag, offsetof(struct ofx, member), sizeof(((struct ofx *)0)->member) \
	}

static int transaction_leaf(struct ofx *ofx, const struct ofx_tag *tag)
{
	static const struct leaf leaves[] = { LEAF("NAME", name), LEAF("MEMO", memo), LEAF("FITID", fitid),
		LEAF("TRNAMT", amount), LEAF("DTPOSTED", posted), LEAF("DTUSER", user) };

	for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++)
		if (!strcmp(tag->name, leaves[i].name))
			return keep(ofx, tag, (char *)ofx + leaves[i].offset, leaves[i].capacity);
	if (!strcmp(tag->name, "TRNTYPE"))
		ofx->line_out.kind = kind_of(tag->value);
	return strcmp(tag->name, "SIC") == 0 ? mcc_keep(ofx, tag) : 0;
}

/* `in` remembers which aggregate is open: the currency of ORIGCURRENCY is not the amount's. */
static int transaction_tag(struct ofx *ofx, const struct ofx_tag *tag, bool *original)
{
	if (!strcmp(tag->name, "STMTTRN") && !tag->closes)
		return rewapp__bank_fail(ofx->file, tag->line, "STMTTRN",
			"the one before, from line %zu, is not closed", ofx->line_out.line);
	if (!strcmp(tag->name, "STMTTRN"))
		return transaction_end(ofx);
	if (is_aggregate(tag->name)) {
		ofx->nested += tag->closes ? -1 : 1;
		*original = !tag->closes && !strcmp(tag->name, "ORIGCURRENCY");
		return 0;
	}
	if (tag->closes)
		return strcmp(tag->name, "BANKTRANLIST") && strcmp(tag->name, "OFX")
			? 0
			: rewapp__bank_fail(ofx->file, ofx->line_out.line, "STMTTRN", "not closed");
	if (ofx->nested <= 0)
		return transaction_leaf(ofx, tag);
	if (!strcmp(tag->name, "NAME"))
		return keep(ofx, tag, ofx->payee, sizeof ofx->payee);
	if (!strcmp(tag->name, "CURSYM") && !*original)
		return currency_keep(ofx, tag, ofx->symbol);
	return 0;
}

static int document_tag(struct ofx *ofx, const struct ofx_tag *tag)
{
	if (tag->closes) {
		ofx->seen_end |= !strcmp(tag->name, "OFX");
		return 0;
	}
	if (!strcmp(tag->name, "STMTTRN"))
		transaction_start(ofx, tag->line);
	if (!strcmp(tag->name, "STMTRS") || !strcmp(tag->name, "CCSTMTRS"))
		ofx->account[0] = 0;
	if (!strcmp(tag->name, "CURDEF"))
		return currency_keep(ofx, tag, ofx->currency);
	if (!strcmp(tag->name, "ACCTID"))
		return keep(ofx, tag, ofx->account, sizeof ofx->account);
	return 0;
}

static int read_tags(struct ofx *ofx, struct ofx_tag *tag)
{
	bool original = false, found = true;

	for (;;) {
		int code = tag_next(ofx, tag, &found);

		if (!code && !found)
			break;
		if (!code)
			code = ofx->open ? transaction_tag(ofx, tag, &original) : document_tag(ofx, tag);
		if (code)
			return code;
	}
	if (ofx->open)
		return rewapp__bank_fail(
			ofx->file, ofx->line_out.line, "STMTTRN", "not closed: the file is cut off");
	if (!ofx->seen_end)
		return rewapp__bank_fail(
			ofx->file, ofx->line, "OFX", "no closing </OFX>: the file is cut off");
	return 0;
}

static int read(struct bank_file *file, const char *text, size_t length, const struct bank_options *options)
{
	struct ofx *ofx = rewapp__arena_take(&file->arena, sizeof *ofx);
	struct ofx_tag *tag = rewapp__arena_take(&file->arena, sizeof *tag);

	if (!ofx || !tag)
		return REWAPP_E_NOMEMORY;
	ofx->file = file;
	ofx->options = options;
	ofx->at = text;
	ofx->line = 1;
	snprintf(ofx->currency, sizeof ofx->currency, "%s", rewapp__bank_currency(options));
	return read_tags(ofx, tag);
}

const struct bank_format rewapp__format_ofx = { "ofx", "OFX 1 (SGML) and 2 (XML)", recognise, read };
