/* The fields of a command: one table for checks, fingerprints and JSON. */
#ifndef REWAPP_FLOWS_FIELDS_H
#define REWAPP_FLOWS_FIELDS_H

#include "base/buffer.h"

#include <rewapp/submit.h>
#include <stdbool.h>

enum field_type {
	FIELD_ID,
	FIELD_INT64,
	FIELD_INT32,
	FIELD_CURRENCY,
	FIELD_TEXT,
	FIELD_WORD,  /* a short text */
	FIELD_SHORT, /* one of at most REWAPP_FEED_TEXT_MAX bytes */
	FIELD_DOCUMENT,
	FIELD_LINES,
	FIELD_FLAGS
};

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	uint32_t required, optional; /* sets of kinds: bit 1 << kind */
};

enum {
	FIELD_COUNT = 45
};
extern const struct field rewapp__fields[FIELD_COUNT];

bool rewapp__kind_is_known(int32_t kind);

/* Whether a command of the kind may make a purchase: then its subject is its own number. */
bool rewapp__kind_sells(int32_t kind);

/* True when the field is not zero in the command. */
bool rewapp__field_is_set(const struct field *field, const struct rewapp_command *command);

/* Two capital letters. */
bool rewapp__is_country(const char *text);

/* A flag's word in JSON, and the kinds that take it. */
struct flag_word {
	const char *name;
	uint32_t flag, kinds;
};
enum {
	FLAG_COUNT = 7
};
extern const struct flag_word rewapp__flags[FLAG_COUNT];

/* Checks kind, flags and every field: needed ones set, others zero, texts in UTF-8, within
 * their length and without card numbers, amounts in range.  0 or a negative code, with the
 * message set and *at the field at fault. */
int rewapp__command_check(const struct rewapp_command *command, const char **at);

/* What a command says, in FINGERPRINT_SIZE bytes: a hash of all, and one byte for each field, 0 when it is
 * not set.  The hash tells whether two commands of one id say the same; a field's byte, which of them does
 * not.  SipHash under a key that everybody knows: who sends two commands under one id that hash alike gets
 * the first one's receipt, and fools himself alone. */
enum {
	FINGERPRINT_HASH = 8,
	FINGERPRINT_SIZE = FINGERPRINT_HASH + FIELD_COUNT
};
void rewapp__command_fingerprint(const struct rewapp_command *command, uint8_t out[FINGERPRINT_SIZE]);

/* In few bytes: the hash, the set of the fields behind the first (the id, by which it is found) as a number
 * (base/pack.h), and a byte for each of them.  Decoding says false for what no encoding made. */
enum {
	FINGERPRINT_PACKED_MAX = FINGERPRINT_SIZE + 10
};
size_t rewapp__fingerprint_encode(
	const uint8_t fingerprint[FINGERPRINT_SIZE], uint8_t out[FINGERPRINT_PACKED_MAX]);
bool rewapp__fingerprint_decode(const uint8_t *bytes, size_t size, uint8_t out[FINGERPRINT_SIZE]);

/* NULL when both fingerprints are of the same content, else the name of the first field
 * whose byte differs, "kind" when none does: one differing field in 255 has the same byte. */
const char *rewapp__fingerprint_differs(const uint8_t a[FINGERPRINT_SIZE], const uint8_t b[FINGERPRINT_SIZE]);

#endif
