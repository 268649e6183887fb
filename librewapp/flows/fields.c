/* The fields of a command: one table for checks, fingerprints and JSON. */
#include "flows/fields.h"

#include "base/error.h"
#include "base/pack.h"
#include "base/text.h"

#include <rewapp/matching.h>
#include <sodium.h>
#include <string.h>

#define K(name) (1u << REWAPP_KIND_##name)
#define ALL (~1u)

/* clang-format off */
#define HOLDS (K(HOLD) | K(MINT))
#define SALES (K(PURCHASE) | K(BANK_LINE))
#define MOVES (K(ADJUST) | K(TRANSFER))
#define SHARES (K(JOIN) | K(LEAVE) | K(LIMIT))
#define ACCOUNTS (K(CLOSE_ACCOUNT) | K(REOPEN_ACCOUNT))
const struct field rewapp__fields[FIELD_COUNT] = {
#define F(name, type, required, optional) { #name, type, offsetof(struct rewapp_command, name), required, optional }
	F(id,          FIELD_ID,       ALL, 0),
	F(target,      FIELD_ID,       K(MEMBER) | K(MERCHANT) | K(PROGRAMME) | K(RETURN) | K(POST) | K(VOID) |
	                               K(REVERSE) | K(ERASE) | K(CONFIRM) | K(TAKE_BACK) | K(GIFT_CARD) |
	                               ACCOUNTS | K(TRANSFER) | SHARES, 0),
	F(programme,   FIELD_ID,       0, SALES | HOLDS | MOVES | K(CLOSE) | K(VOUCHER) |
	                                  K(GIFT_CARD) | ACCOUNTS | SHARES),
	F(member,      FIELD_ID,       SALES | HOLDS | MOVES | K(VOUCHER) | SHARES, 0),
	F(merchant,    FIELD_ID,       K(POST) | K(REDEEM) | K(GIFT_CARD), K(PURCHASE) |
	                               HOLDS | K(CONFIRM) | K(VOUCHER)),
	F(amount,      FIELD_INT64,    SALES | K(GIFT_CARD), K(RETURN)),
	F(points,      FIELD_INT64,    HOLDS | MOVES, K(POST) | K(REVERSE) | K(SWEEP) | K(END_OF_DAY)),
	F(occurred_ms, FIELD_INT64,    K(CLOSE), SALES | K(RETURN)),
	F(ttl_ms,      FIELD_INT64,    0, HOLDS | K(ADJUST)),
	F(status,      FIELD_INT32,    0, K(MEMBER)),
	F(mcc,         FIELD_INT32,    0, SALES),
	F(currency,    FIELD_CURRENCY, SALES | K(GIFT_CARD), 0),
	F(descriptor,  FIELD_TEXT,     K(BANK_LINE), K(PURCHASE)),
	F(token,       FIELD_TEXT,     K(REDEEM), 0),
	F(terminal,    FIELD_TEXT,     0, K(PURCHASE) | K(RETURN) | K(REDEEM) | K(GIFT_CARD)),
	F(reference,   FIELD_TEXT,     K(ADJUST) | K(CONFIRM) | K(TAKE_BACK) | ACCOUNTS, SALES | K(RETURN) | K(POST) |
	                               K(REDEEM) | K(REVERSE) | K(CLOSE) | K(GIFT_CARD) |
	                               K(TRANSFER) | SHARES),
	F(document,    FIELD_DOCUMENT, K(MERCHANT) | K(PROGRAMME), 0),
	F(store,       FIELD_ID,       0, K(PURCHASE)),
	F(unpaid,      FIELD_INT64,    0, K(PURCHASE)),
	F(channel,     FIELD_WORD,     0, K(PURCHASE)),
	F(payment,     FIELD_WORD,     0, K(PURCHASE)),
	F(tier,        FIELD_WORD,     0, K(PURCHASE)),
	F(segments,    FIELD_TEXT,     0, K(PURCHASE)),
	F(card,        FIELD_TEXT,     0, SALES),
	F(referred,    FIELD_INT32,    0, K(PURCHASE)),
	F(lines,       FIELD_LINES,    0, K(PURCHASE) | K(RETURN)),
	F(country,     FIELD_SHORT,    0, SALES),
	F(city,        FIELD_SHORT,    0, SALES),
	F(postcode,    FIELD_SHORT,    0, SALES),
	F(merchant_id, FIELD_SHORT,    0, SALES),
	F(terminal_id, FIELD_SHORT,    0, SALES),
	F(siret,       FIELD_SHORT,    0, SALES),
	F(creditor_id, FIELD_SHORT,    0, SALES),
	F(flags,       FIELD_FLAGS,    0, ALL),
	F(offer,       FIELD_WORD,     K(VOUCHER) | K(GIFT_CARD), 0),
	F(cashier,     FIELD_SHORT,    0, K(PURCHASE) | K(RETURN) | K(POST) | K(REDEEM) | K(REVERSE) |
	                                  K(ADJUST) | K(VOUCHER) | K(GIFT_CARD)),
	F(feed,        FIELD_SHORT,    0, K(BANK_LINE)),
	F(bank_id,     FIELD_SHORT,    0, K(BANK_LINE)),
	F(foreign_amount, FIELD_INT64, 0, K(BANK_LINE)),
	F(foreign_currency, FIELD_CURRENCY, 0, K(BANK_LINE)),
	F(referrer,    FIELD_ID,       0, K(PURCHASE)),
	F(spender,     FIELD_ID,       0, HOLDS | K(VOUCHER) | K(TRANSFER)),
	F(day_limit,   FIELD_INT64,    0, K(JOIN) | K(LIMIT)),
	F(month_limit, FIELD_INT64,    0, K(JOIN) | K(LIMIT)),
	F(total_limit, FIELD_INT64,    0, K(JOIN) | K(LIMIT)),
#undef F
};

const struct flag_word rewapp__flags[FLAG_COUNT] = {
	{ "linked", REWAPP_LINKED, ALL },
	{ "up_to",  REWAPP_UP_TO,  HOLDS | K(POST) | K(REVERSE) | MOVES },
	{ "nobody", REWAPP_NOBODY, K(CONFIRM) },
	{ "open_period", REWAPP_OPEN_PERIOD, SALES | K(RETURN) },
	{ "pending", REWAPP_PENDING, K(BANK_LINE) },
	{ "refund", REWAPP_REFUND, K(BANK_LINE) },
	{ "forfeit", REWAPP_FORFEIT, K(CLOSE_ACCOUNT) },
};
/* clang-format on */

enum {
	WORD_MAX = 31,
	SEGMENTS_MAX = 64,
	SKU_MAX = 64
};

/* A hundred thousand million: what a line replaces is taken back before it earns, which must not overflow
 * then. */
#define LINE_AMOUNT_MAX INT64_C(10000000000000)

static const void *field_at(const struct field *field, const struct rewapp_command *command)
{
	return (const char *)command + field->offset;
}

static const char *field_text(const struct field *field, const struct rewapp_command *command)
{
	const char *text;

	memcpy(&text, field_at(field, command), sizeof text);
	return text;
}

static size_t field_size(const struct field *field)
{
	static const size_t sizes[] = {
		[FIELD_ID] = sizeof(struct rewapp_id),
		[FIELD_INT64] = sizeof(int64_t),
		[FIELD_INT32] = sizeof(int32_t),
		[FIELD_CURRENCY] = 4,
		[FIELD_TEXT] = sizeof(char *),
		[FIELD_WORD] = sizeof(char *),
		[FIELD_SHORT] = sizeof(char *),
		[FIELD_DOCUMENT] = sizeof(char *),
		[FIELD_LINES] = sizeof(struct rewapp_line *),
		[FIELD_FLAGS] = sizeof(uint32_t),
	};

	return sizes[field->type];
}

bool rewapp__field_is_set(const struct field *field, const struct rewapp_command *command)
{
	const char *at = field_at(field, command);
	uint64_t words[2] = { 0 };
	uint32_t word;

	switch (field_size(field)) {
	case sizeof words:
		memcpy(words, at, sizeof words);
		return words[0] | words[1];
	case sizeof *words:
		memcpy(words, at, sizeof *words);
		return words[0];
	default:
		memcpy(&word, at, sizeof word);
		return word;
	}
}

/* A SIRET has fourteen digits and Luhn's check as some cards have: it is one where a document says so, and
 * its reader checks it. */
static bool is_siret(const char *text, size_t from, size_t to)
{
	static const char key[] = "\"siret\"";
	size_t at = from;

	if (to - from != 14 || at == 0 || text[--at] != '"')
		return false;
	while (at > 0 && strchr(" \t\r\n:", text[at - 1]))
		at--;
	return at >= sizeof key - 1 && memcmp(text + at - (sizeof key - 1), key, sizeof key - 1) == 0;
}

static bool merchant_has_card_number(const char *text, size_t length)
{
	size_t to;

	for (size_t from = 0; rewapp__text_next_card(text, length, &from, &to); from = to)
		if (!is_siret(text, from, to))
			return true;
	return false;
}

static bool has_card_number(const struct field *field, int32_t kind, const char *text, size_t length)
{
	if (field->type == FIELD_DOCUMENT && kind == REWAPP_KIND_MERCHANT)
		return merchant_has_card_number(text, length);
	if (strcmp(field->name, "siret") == 0 && length == 14)
		return false;
	if (strcmp(field->name, "feed") == 0 || strcmp(field->name, "bank_id") == 0)
		return false; /* one long number in ten looks like a card's, and these are kept as hashes only
			       */
	return rewapp__text_has_card_number(text, length);
}

static int check_text(const struct field *field, int32_t kind, const char *text)
{
	size_t max = field->type == FIELD_DOCUMENT ? REWAPP_DOCUMENT_MAX
		: field->type == FIELD_WORD        ? WORD_MAX
		: field->type == FIELD_SHORT       ? REWAPP_FEED_TEXT_MAX
						   : REWAPP_TEXT_MAX;
	size_t length = strnlen(text, max + 1);

	if (length == 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: empty", field->name);
	if (length > max)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: longer than %zu bytes", field->name, max);
	if (!rewapp__text_is_utf8(text, length))
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: not UTF-8", field->name);
	if (has_card_number(field, kind, text, length))
		return rewapp__fail(REWAPP_E_CARDNUMBER, "%s: card numbers are not accepted", field->name);
	return 0;
}

/* --- lines ----------------------------------------------------------------------------------- */

static const struct rewapp_line *line_at(const struct rewapp_command *command, size_t i)
{
	return (const struct rewapp_line *)(const void *)((const char *)command->lines +
		i * command->lines[0].size);
}

static int check_line_text(size_t i, const char *name, const char *text)
{
	size_t length = text ? strnlen(text, SKU_MAX + 1) : 0;

	if (!text)
		return 0;
	if (length < 1 || length > SKU_MAX)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "lines[%zu].%s: not of 1 to %d bytes", i, name, SKU_MAX);
	if (!rewapp__text_is_utf8(text, length))
		return rewapp__fail(REWAPP_E_ARGUMENT, "lines[%zu].%s: not UTF-8", i, name);
	if (rewapp__text_has_card_number(text, length))
		return rewapp__fail(
			REWAPP_E_CARDNUMBER, "lines[%zu].%s: card numbers are not accepted", i, name);
	return 0;
}

static int check_line(size_t i, const struct rewapp_line *line, size_t stride, int64_t *left)
{
	int error;

	if (line->size != sizeof *line || line->size != stride)
		return rewapp__fail(
			REWAPP_E_ABI, "lines[%zu].size: %zu, not %zu", i, line->size, sizeof *line);
	if (line->quantity < 0 || line->quantity > INT32_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "lines[%zu].quantity: out of range", i);
	if (line->amount < 0 || line->amount > *left)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "lines[%zu].amount: below 0, or more in all than the purchase", i);
	if (line->excluded < 0 || line->excluded > 1)
		return rewapp__fail(REWAPP_E_ARGUMENT, "lines[%zu].excluded: neither 0 nor 1", i);
	if (line->line)
		return rewapp__fail(REWAPP_E_ARGUMENT, "lines[%zu].line: only a return names lines by it", i);
	*left -= line->amount;
	if ((error = check_line_text(i, "sku", line->sku)) < 0)
		return error;
	return check_line_text(i, "category", line->category);
}

/* Articles that come back are known by their purchase: the line says which and how many, and no more. */
static int check_line_back(size_t i, const struct rewapp_line *line, size_t stride)
{
	if (line->size != sizeof *line || line->size != stride)
		return rewapp__fail(
			REWAPP_E_ABI, "lines[%zu].size: %zu, not %zu", i, line->size, sizeof *line);
	if (line->quantity < 0 || line->quantity > INT32_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "lines[%zu].quantity: out of range", i);
	if (line->line < 0 || line->line > REWAPP_LINES_MAX || !line->line == !line->sku)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "lines[%zu].line: neither a place from 1 nor a sku", i);
	if (line->category || line->amount || line->excluded)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "lines[%zu]: a return has no category, amount or excluded", i);
	return check_line_text(i, "sku", line->sku);
}

static int check_lines(const struct rewapp_command *command)
{
	int64_t left = command->amount;

	if (command->line_count < 1 || command->line_count > REWAPP_LINES_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "lines: %zu are not 1 to %d", command->line_count,
			REWAPP_LINES_MAX);
	for (size_t i = 0; i < command->line_count; i++) {
		const struct rewapp_line *line = line_at(command, i);
		size_t stride = command->lines[0].size;
		int error = command->kind == REWAPP_KIND_RETURN ? check_line_back(i, line, stride)
								: check_line(i, line, stride, &left);

		if (error < 0)
			return error;
	}
	return 0;
}

static void hash_bytes(crypto_generichash_state *state, const void *bytes, uint64_t size)
{
	crypto_generichash_update(state, (const uint8_t *)&size, sizeof size);
	if (size)
		crypto_generichash_update(state, bytes, size);
}

/* The lines as bytes: what fingerprints are taken of. */
static void digest_lines(const struct rewapp_command *command, uint8_t out[crypto_generichash_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES);
	for (size_t i = 0; i < command->line_count; i++) {
		const struct rewapp_line *line = line_at(command, i);
		int64_t numbers[3] = { line->quantity ? line->quantity : 1, line->amount, line->excluded };

		hash_bytes(&state, line->sku, line->sku ? strlen(line->sku) : 0);
		hash_bytes(&state, line->category, line->category ? strlen(line->category) : 0);
		hash_bytes(&state, numbers, sizeof numbers);
		if (line->line)
			hash_bytes(&state, &line->line, sizeof line->line);
	}
	crypto_generichash_final(&state, out, crypto_generichash_BYTES);
}

static int check_currency(const struct field *field, const char *text)
{
	for (int i = 0; i < 3; i++)
		if (text[i] < 'A' || text[i] > 'Z')
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s: not three capital letters", field->name);
	if (text[3])
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: not three capital letters", field->name);
	return 0;
}

static int check_number(const struct field *field, const struct rewapp_command *command, int64_t value)
{
	bool may_be_negative = command->kind == REWAPP_KIND_ADJUST && strcmp(field->name, "points") == 0;

	if (value < 1 && !may_be_negative)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: %lld is below 1", field->name, (long long)value);
	if (value == INT64_MIN)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: out of range", field->name);
	return 0;
}

static int check_flags(const struct rewapp_command *command)
{
	uint32_t left = command->flags;

	for (size_t i = 0; i < FLAG_COUNT; i++)
		if (rewapp__flags[i].kinds >> command->kind & 1)
			left &= ~rewapp__flags[i].flag;
	if (left)
		return rewapp__fail(REWAPP_E_ARGUMENT, "flags: a %s has none of 0x%x",
			rewapp_kind_name(command->kind), (unsigned)left);
	if (command->flags & REWAPP_UP_TO && command->points == 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "flags: up to how many points is missing");
	if (command->flags & REWAPP_UP_TO && command->kind == REWAPP_KIND_ADJUST && command->points > 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "flags: a credit is no part of anything");
	return 0;
}

static int check_value(const struct field *field, const struct rewapp_command *command)
{
	int64_t wide;
	int32_t narrow;

	switch (field->type) {
	case FIELD_LINES:
		return check_lines(command);
	case FIELD_FLAGS:
		return check_flags(command);
	case FIELD_TEXT:
	case FIELD_WORD:
	case FIELD_SHORT:
	case FIELD_DOCUMENT:
		return check_text(field, command->kind, field_text(field, command));
	case FIELD_CURRENCY:
		return check_currency(field, field_at(field, command));
	case FIELD_INT64:
		memcpy(&wide, field_at(field, command), sizeof wide);
		return check_number(field, command, wide);
	case FIELD_INT32:
		memcpy(&narrow, field_at(field, command), sizeof narrow);
		return check_number(field, command, narrow);
	default:
		return 0;
	}
}

bool rewapp__is_country(const char *text)
{
	return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2 && !text[2];
}

static int check_purchase(const struct rewapp_command *command, const char **at)
{
	size_t words = 1;

	*at = "unpaid";
	if (command->unpaid > command->amount)
		return rewapp__fail(REWAPP_E_ARGUMENT, "unpaid: more than the amount");
	*at = "lines";
	if (command->line_count && !command->lines)
		return rewapp__fail(REWAPP_E_ARGUMENT, "lines: NULL");
	if (command->kind == REWAPP_KIND_RETURN && command->amount && command->lines)
		return rewapp__fail(REWAPP_E_ARGUMENT, "lines: a return has an amount or lines, not both");
	*at = "country";
	if (command->country && !rewapp__is_country(command->country))
		return rewapp__fail(REWAPP_E_ARGUMENT, "country: not two capital letters");
	*at = "segments";
	for (const char *text = command->segments; text && *text; text++)
		words += *text == ',';
	if (words > SEGMENTS_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "segments: %zu are more than %d", words, SEGMENTS_MAX);
	*at = "referred";
	return command->referred > 1 ? rewapp__fail(REWAPP_E_ARGUMENT, "referred: neither 0 nor 1") : 0;
}

/* What concerns one kind alone, after its fields have passed one by one. */
static int check_kind(const struct rewapp_command *command, const char **at)
{
	bool merchant = !rewapp_id_is_zero(&command->merchant);

	if (command->kind == REWAPP_KIND_PURCHASE && merchant == (command->descriptor != NULL)) {
		*at = "merchant";
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "merchant: a purchase has either a merchant or a descriptor");
	}
	if (command->kind == REWAPP_KIND_CONFIRM && merchant == ((command->flags & REWAPP_NOBODY) != 0)) {
		*at = "merchant";
		return rewapp__fail(REWAPP_E_ARGUMENT, "merchant: a confirm has either a merchant or nobody");
	}
	if (command->kind == REWAPP_KIND_TRANSFER &&
		memcmp(&command->member, &command->target, sizeof command->member) == 0) {
		*at = "target";
		return rewapp__fail(REWAPP_E_ARGUMENT, "target: nobody gives points to himself");
	}
	if (command->kind == REWAPP_KIND_JOIN &&
		memcmp(&command->member, &command->target, sizeof command->member) == 0) {
		*at = "target";
		return rewapp__fail(REWAPP_E_ARGUMENT, "target: nobody shares his wallet with himself");
	}
	if (command->mcc > 9999) {
		*at = "mcc";
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "mcc: %d has more than four digits", (int)command->mcc);
	}
	if (command->status > REWAPP_MEMBER_CLOSED) {
		*at = "status";
		return rewapp__fail(REWAPP_E_ARGUMENT, "status: %d is unknown", (int)command->status);
	}
	if (command->kind != REWAPP_KIND_ADJUST && command->ttl_ms > REWAPP_HOLD_TTL_MS) {
		*at = "ttl_ms";
		return rewapp__fail(REWAPP_E_ARGUMENT, "ttl_ms: a hold lives at most fifteen minutes");
	}
	if (command->kind == REWAPP_KIND_BANK_LINE && command->amount > LINE_AMOUNT_MAX) {
		*at = "amount";
		return rewapp__fail(REWAPP_E_ARGUMENT, "amount: no bank has such a line");
	}
	if ((command->foreign_amount != 0) != (command->foreign_currency[0] != 0)) {
		*at = "foreign_amount";
		return rewapp__fail(REWAPP_E_ARGUMENT, "foreign_amount: with its currency, or neither");
	}
	if (command->reserved || command->reserved_line) {
		*at = "reserved";
		return rewapp__fail(REWAPP_E_ARGUMENT, "reserved: must be 0");
	}
	return check_purchase(command, at);
}

bool rewapp__kind_is_known(int32_t kind)
{
	switch (kind) {
#define KNOWN(name, value, text) case value:
		REWAPP_KIND_MAP(KNOWN)
#undef KNOWN
		return true;
	default:
		return false;
	}
}

bool rewapp__kind_sells(int32_t kind)
{
	return kind == REWAPP_KIND_PURCHASE || kind == REWAPP_KIND_BANK_LINE || kind == REWAPP_KIND_CONFIRM;
}

int rewapp__command_check(const struct rewapp_command *command, const char **at)
{
	uint32_t kind;
	int error;

	*at = "kind";
	if (!rewapp__kind_is_known(command->kind))
		return rewapp__fail(REWAPP_E_ARGUMENT, "kind: %d is unknown", (int)command->kind);
	kind = 1u << command->kind;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct field *field = &rewapp__fields[i];

		*at = field->name;
		if (!rewapp__field_is_set(field, command)) {
			if (field->required & kind)
				return rewapp__fail(REWAPP_E_ARGUMENT, "%s: missing, or zero", field->name);
			continue;
		}
		if (!((field->required | field->optional) & kind))
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s: a %s has none", field->name,
				rewapp_kind_name(command->kind));
		if ((error = check_value(field, command)) < 0)
			return error;
	}
	return check_kind(command, at);
}

/* The bytes that a field's hash is of; `lines` is room for a hash of a ticket's. */
static const void *content_of(const struct field *field, const struct rewapp_command *command,
	uint8_t lines[crypto_generichash_BYTES], size_t *size)
{
	const char *text;

	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_WORD:
	case FIELD_SHORT:
	case FIELD_DOCUMENT:
		text = field_text(field, command);
		*size = strlen(text);
		return text;
	case FIELD_LINES:
		digest_lines(command, lines);
		*size = crypto_generichash_BYTES;
		return lines;
	default:
		*size = field_size(field);
		return field_at(field, command);
	}
}

/* Only fields that are set count, so that a later version's new fields leave old fingerprints alone. */
void rewapp__command_fingerprint(const struct rewapp_command *command, uint8_t out[FINGERPRINT_SIZE])
{
	static const unsigned char key[crypto_shorthash_KEYBYTES] = "rewapp.field";
	uint8_t hash[crypto_shorthash_BYTES], lines[crypto_generichash_BYTES];
	uint64_t whole[1 + 2 * FIELD_COUNT] = { (uint64_t)command->kind };
	size_t count = 1, size;

	memset(out, 0, FINGERPRINT_SIZE);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct field *field = &rewapp__fields[i];
		const void *content;

		if (!rewapp__field_is_set(field, command))
			continue;
		content = content_of(field, command, lines, &size);
		crypto_shorthash(hash, content, size, key);
		out[FINGERPRINT_HASH + i] = hash[0] ? hash[0] : 1; /* not 0: it is set */
		whole[count++] = i << 32 | size;
		memcpy(&whole[count++], hash, sizeof hash);
	}
	crypto_shorthash(hash, (const uint8_t *)whole, count * sizeof *whole, key);
	memcpy(out, hash, FINGERPRINT_HASH);
}

size_t rewapp__fingerprint_encode(
	const uint8_t fingerprint[FINGERPRINT_SIZE], uint8_t out[FINGERPRINT_PACKED_MAX])
{
	const uint8_t *fields = fingerprint + FINGERPRINT_HASH;
	size_t size = FINGERPRINT_HASH;
	uint64_t set = 0;

	for (size_t i = 1; i < FIELD_COUNT; i++)
		set |= (uint64_t)(fields[i] != 0) << (i - 1);
	memcpy(out, fingerprint, FINGERPRINT_HASH);
	do {
		out[size++] = (uint8_t)((set & 0x7f) | (set >= 0x80 ? 0x80 : 0));
		set >>= 7;
	} while (set);
	for (size_t i = 1; i < FIELD_COUNT; i++)
		if (fields[i])
			out[size++] = fields[i];
	return size;
}

bool rewapp__fingerprint_decode(const uint8_t *bytes, size_t size, uint8_t out[FINGERPRINT_SIZE])
{
	struct unpack from = rewapp__unpack(bytes, size);
	const uint8_t *hash = rewapp__unpack_bytes(&from, FINGERPRINT_HASH);
	uint64_t set = rewapp__unpack_uint(&from);

	memset(out, 0, FINGERPRINT_SIZE);
	if (!hash || set >> (FIELD_COUNT - 1))
		return false;
	memcpy(out, hash, FINGERPRINT_HASH);
	for (size_t i = 1; i < FIELD_COUNT; i++) {
		const uint8_t *byte = set >> (i - 1) & 1 ? rewapp__unpack_bytes(&from, 1) : NULL;

		if (byte)
			out[FINGERPRINT_HASH + i] = *byte;
	}
	return !from.failed && from.at == from.end;
}

const char *rewapp__fingerprint_differs(const uint8_t a[FINGERPRINT_SIZE], const uint8_t b[FINGERPRINT_SIZE])
{
	if (memcmp(a, b, FINGERPRINT_HASH) == 0)
		return NULL;
	for (size_t i = 1; i < FIELD_COUNT; i++)
		if (a[FINGERPRINT_HASH + i] != b[FINGERPRINT_HASH + i])
			return rewapp__fields[i].name;
	return "kind";
}

const char *rewapp_kind_name(int kind)
{
	switch (kind) {
#define NAME(name, value, text) \
	case value: \
		return text;
		REWAPP_KIND_MAP(NAME)
#undef NAME
	default:
		return "unknown";
	}
}

const char *rewapp_outcome_name(int outcome)
{
	static const char *const names[] = { "", "matched", "review", "joined", "pending", "refunded",
		"orphan", "replaced", "dismissed", "repeated", "ticket" };

	return outcome >= 0 && (size_t)outcome < sizeof names / sizeof *names ? names[outcome] : "unknown";
}
