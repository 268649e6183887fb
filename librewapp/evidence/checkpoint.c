/* Checkpoints: their text, its signatures, and the keys that make them. */
#include "evidence/checkpoint.h"

#include "evidence/base64.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	ALGORITHM = 0x01, /* Ed25519 over the text, in signed notes */
	KEY_BYTES = 1 + SIGNER_PUBLIC_BYTES,
	SIGNATURE_BYTES = SIGNER_ID_BYTES + crypto_sign_BYTES,
	HASH_TEXT = BASE64_TEXT(TREE_HASH_BYTES) + 1,
	KEY_TEXT = BASE64_TEXT(KEY_BYTES) + 1,
	SIGNATURE_TEXT = BASE64_TEXT(SIGNATURE_BYTES) + 1,
	TEXT_MAX = 3 * ORIGIN_CAPACITY + 6 * HASH_TEXT
};

_Static_assert(TEXT_MAX + SIGNATURES_MAX * (ORIGIN_CAPACITY + SIGNATURE_TEXT + 5) < CHECKPOINT_CAPACITY,
	"a note has room for its signatures");

static const char dash[] = "\xe2\x80\x94 ";

/* --- keys -------------------------------------------------------------------------------- */

bool rewapp__origin_is_good(const char *name)
{
	size_t length = strnlen(name, ORIGIN_CAPACITY);

	if (length == 0 || length >= ORIGIN_CAPACITY)
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~' || name[i] == '+')
			return false;
	return true;
}

static void name_key(struct verifier *verifier)
{
	uint8_t hash[crypto_hash_sha256_BYTES], marks[] = { '\n', ALGORITHM };
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t *)verifier->name, strlen(verifier->name));
	crypto_hash_sha256_update(&state, marks, sizeof marks);
	crypto_hash_sha256_update(&state, verifier->public, SIGNER_PUBLIC_BYTES);
	crypto_hash_sha256_final(&state, hash);
	memcpy(verifier->id, hash, SIGNER_ID_BYTES);
}

bool rewapp__signer_make(struct signer *signer, const char *name, const uint8_t seed[SIGNER_SEED_BYTES])
{
	memset(signer, 0, sizeof *signer);
	if (!rewapp__origin_is_good(name))
		return false;
	memcpy(signer->verifier.name, name, strlen(name));
	crypto_sign_seed_keypair(signer->verifier.public, signer->secret, seed);
	name_key(&signer->verifier);
	return true;
}

void rewapp__verifier_write(const struct verifier *verifier, char out[VERIFIER_CAPACITY])
{
	char id[2 * SIGNER_ID_BYTES + 1], text[KEY_TEXT];
	uint8_t key[KEY_BYTES] = { ALGORITHM };

	memcpy(key + 1, verifier->public, SIGNER_PUBLIC_BYTES);
	sodium_bin2hex(id, sizeof id, verifier->id, SIGNER_ID_BYTES);
	rewapp__base64_write(text, key, sizeof key);
	snprintf(out, VERIFIER_CAPACITY, "%s+%s+%s", verifier->name, id, text);
}

bool rewapp__verifier_read(const char *text, size_t length, struct verifier *out)
{
	const char *id = memchr(text, '+', length);
	size_t name = id ? (size_t)(id - text) : 0;
	char again[VERIFIER_CAPACITY];
	uint8_t key[KEY_BYTES];

	memset(out, 0, sizeof *out);
	if (name == 0 || name >= ORIGIN_CAPACITY || length < name + 2 + 2 * SIGNER_ID_BYTES)
		return false;
	memcpy(out->name, text, name);
	name += 2 + 2 * SIGNER_ID_BYTES;
	if (!rewapp__origin_is_good(out->name) ||
		!rewapp__base64_read(key, sizeof key, text + name, length - name) || key[0] != ALGORITHM)
		return false;
	memcpy(out->public, key + 1, SIGNER_PUBLIC_BYTES);
	name_key(out);
	rewapp__verifier_write(out, again);
	return strlen(again) == length && memcmp(again, text, length) == 0;
}

/* --- the text ---------------------------------------------------------------------------- */

size_t rewapp__checkpoint_write(const struct checkpoint *checkpoint, char out[CHECKPOINT_CAPACITY])
{
	char root[HASH_TEXT], chain[HASH_TEXT], next[VERIFIER_CAPACITY] = "";

	rewapp__base64_write(root, checkpoint->root.bytes, TREE_HASH_BYTES);
	rewapp__base64_write(chain, checkpoint->chain.bytes, TREE_HASH_BYTES);
	if (checkpoint->has_next)
		rewapp__verifier_write(&checkpoint->next, next);
	return (size_t)snprintf(out, CHECKPOINT_CAPACITY, "%s\n%lld\n%s\ntime %lld\nchain %lld %s\n%s%s%s",
		checkpoint->origin, (long long)checkpoint->size, root, (long long)checkpoint->time_ms,
		(long long)checkpoint->chain_seq, chain, *next ? "next " : "", next, *next ? "\n" : "");
}

/* The line at *at without its end; *at moves behind it.  NULL: there is no whole line. */
static const char *take_line(const char **at, const char *end, size_t *length)
{
	const char *line = *at, *stop = memchr(line, '\n', (size_t)(end - line));

	if (!stop)
		return NULL;
	*length = (size_t)(stop - line);
	*at = stop + 1;
	return line;
}

/* What stands behind a word and a space at the start of a line; NULL: the line begins otherwise. */
static const char *after_word(const char *line, size_t *length, const char *word)
{
	size_t size = strlen(word);

	if (!line || *length <= size || memcmp(line, word, size) != 0 || line[size] != ' ')
		return NULL;
	*length -= size + 1;
	return line + size + 1;
}

/* Digits up to `length` or a space; a wrong form shows when the text is written again. */
static int64_t get_number(const char *text, size_t length)
{
	int64_t value = 0;

	for (size_t i = 0; i < length && text[i] >= '0' && text[i] <= '9'; i++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, text[i] - '0', &value))
			return -1;
	return value;
}

static bool get_chain(const char *text, size_t length, struct checkpoint *out)
{
	const char *space = text ? memchr(text, ' ', length) : NULL;

	if (!space)
		return false;
	out->chain_seq = get_number(text, length);
	return rewapp__base64_read(
		out->chain.bytes, TREE_HASH_BYTES, space + 1, length - (size_t)(space + 1 - text));
}

/* The length of what is signed: up to the empty line, which is not part of it. */
static size_t signed_length(const char *note, size_t length)
{
	for (size_t i = 1; i < length; i++)
		if (note[i] == '\n' && note[i - 1] == '\n')
			return i;
	return length;
}

static bool get_head(const char **at, const char *end, struct checkpoint *out)
{
	const char *line;
	size_t length;

	if (!(line = take_line(at, end, &length)) || length >= ORIGIN_CAPACITY)
		return false;
	memcpy(out->origin, line, length);
	if (!(line = take_line(at, end, &length)))
		return false;
	out->size = get_number(line, length);
	line = take_line(at, end, &length);
	return line && rewapp__base64_read(out->root.bytes, TREE_HASH_BYTES, line, length);
}

bool rewapp__checkpoint_read(const char *note, size_t length, struct checkpoint *out)
{
	size_t text = signed_length(note, length), size;
	const char *at = note, *end = note + text, *line;
	char again[CHECKPOINT_CAPACITY];

	memset(out, 0, sizeof *out);
	if (length >= CHECKPOINT_CAPACITY || !get_head(&at, end, out) || !rewapp__origin_is_good(out->origin))
		return false;
	line = take_line(&at, end, &size);
	if (!(line = after_word(line, &size, "time")))
		return false;
	out->time_ms = get_number(line, size);
	line = take_line(&at, end, &size);
	line = after_word(line, &size, "chain");
	if (!get_chain(line, size, out))
		return false;
	if (at < end) {
		line = take_line(&at, end, &size);
		line = after_word(line, &size, "next");
		out->has_next = line && rewapp__verifier_read(line, size, &out->next);
	}
	return rewapp__checkpoint_write(out, again) == text && memcmp(again, note, text) == 0;
}

/* --- signatures -------------------------------------------------------------------------- */

size_t rewapp__checkpoint_sign(char note[CHECKPOINT_CAPACITY], size_t length, const struct signer *signer)
{
	size_t text = signed_length(note, length);
	uint8_t bytes[SIGNATURE_BYTES];
	char base64[SIGNATURE_TEXT];
	int added;

	memcpy(bytes, signer->verifier.id, SIGNER_ID_BYTES);
	crypto_sign_detached(bytes + SIGNER_ID_BYTES, NULL, (const uint8_t *)note, text, signer->secret);
	rewapp__base64_write(base64, bytes, sizeof bytes);
	added = snprintf(note + length, CHECKPOINT_CAPACITY - length, "%s%s%s %s\n",
		text == length ? "\n" : "", dash, signer->verifier.name, base64);
	return (size_t)added < CHECKPOINT_CAPACITY - length ? length + (size_t)added : 0;
}

static bool is_signature(
	const char *line, size_t length, const struct verifier *verifier, const char *note, size_t text)
{
	size_t name = strlen(verifier->name), head = sizeof dash - 1 + name + 1;
	uint8_t bytes[SIGNATURE_BYTES];

	if (length <= head || memcmp(line, dash, sizeof dash - 1) != 0 ||
		memcmp(line + sizeof dash - 1, verifier->name, name) != 0 || line[head - 1] != ' ')
		return false;
	return rewapp__base64_read(bytes, sizeof bytes, line + head, length - head) &&
		memcmp(bytes, verifier->id, SIGNER_ID_BYTES) == 0 &&
		crypto_sign_verify_detached(
			bytes + SIGNER_ID_BYTES, (const uint8_t *)note, text, verifier->public) == 0;
}

bool rewapp__checkpoint_is_signed(const char *note, size_t length, const struct verifier *verifier)
{
	size_t text = signed_length(note, length), size;
	const char *at, *end = note + length, *line;

	if (text == length)
		return false;
	at = note + text + 1;
	for (int i = 0; i < SIGNATURES_MAX && (line = take_line(&at, end, &size)); i++)
		if (is_signature(line, size, verifier, note, text))
			return true;
	return false;
}
