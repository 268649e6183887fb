/* The M token to the byte: mint, and verify in the one order of checks.
 * Digits, bytes and MAC; whether the points are there is the ledger's to say. */
#include "qr/token.h"

#include "base/error.h"
#include "qr/digits.h"

#include <sodium.h>
#include <string.h>

enum {
	VERSION = 1,
	AT_KIND = 0, /* version in the high half */
	AT_FLAGS = 1,
	AT_KID = 2,
	AT_ISSUED = 4,
	AT_TTL = 8,
	AT_JTI = 9,
	AT_SUBJECT = 16,
	AT_MAC = 24,
	MAC_BYTES = 16,
	IMPLICIT_MAX = 8 + 8 + 8 + 2
};

_Static_assert(AT_MAC + MAC_BYTES == QR_TOKEN_BYTES, "the layout fills the token");

static const char mac_context[] = "RWT1mac_", seal_context[] = "RWT1seal", label[] = "RWT1.m";

static void put_be(uint8_t *out, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--, value >>= 8)
		out[i] = (uint8_t)value;
}

static uint64_t get_be(const uint8_t *in, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | in[i];
	return value;
}

struct outcome_row {
	const char *name, *text;
};

static const struct outcome_row *outcome_row(int outcome)
{
	static const struct outcome_row unknown = { "UNKNOWN", "unknown outcome" };
	static const struct outcome_row rows[] = {
#define ROW(name, value, text) [value] = { #name, text },
		QR_OUTCOME_MAP(ROW)
#undef ROW
	};

	if (outcome < 0 || (size_t)outcome >= sizeof rows / sizeof *rows)
		return &unknown;
	return &rows[outcome];
}

const char *rewapp__qr_outcome_name(int outcome)
{
	return outcome_row(outcome)->name;
}

const char *rewapp__qr_outcome_text(int outcome)
{
	return outcome_row(outcome)->text;
}

void rewapp__qr_keyring_init(struct qr_keyring *ring, bool test_env)
{
	memset(ring, 0, sizeof *ring);
	ring->test_env = test_env;
}

int rewapp__qr_keyring_add(struct qr_keyring *ring, const struct qr_key *key)
{
	struct qr_subkeys *sub = &ring->subkeys[ring->count % QR_KEYS_MAX];

	if (ring->count == QR_KEYS_MAX)
		return rewapp__fail(REWAPP_E_CAPACITY, "keyring: %d keys are the most", QR_KEYS_MAX);
	for (size_t i = 0; i < ring->count; i++)
		if (ring->keys[i].kid == key->kid)
			return rewapp__fail(REWAPP_E_ARGUMENT, "keyring: key %d is already there", key->kid);
	if (sodium_init() < 0)
		return rewapp__fail(REWAPP_E_STORAGE, "keyring: libsodium does not start");
	crypto_kdf_derive_from_key(sub->mac, sizeof sub->mac, 1, mac_context, key->master);
	crypto_kdf_derive_from_key(sub->seal, sizeof sub->seal, 1, seal_context, key->master);
	ring->keys[ring->count++] = *key;
	return 0;
}

void rewapp__qr_keyring_finish(struct qr_keyring *ring)
{
	sodium_memzero(ring, sizeof *ring);
}

/* Looks at every key, so that the place of a key in the ring does not show in the time. */
static const struct qr_key *key_of(
	const struct qr_keyring *ring, uint16_t kid, const struct qr_subkeys **subkeys)
{
	const struct qr_key *found = NULL;

	*subkeys = &ring->absent;
	for (size_t i = 0; i < ring->count; i++)
		if (ring->keys[i].kid == kid) {
			found = &ring->keys[i];
			*subkeys = &ring->subkeys[i];
		}
	return found;
}

static enum qr_outcome key_state(const struct qr_key *key, int64_t issued_ms)
{
	if (!key)
		return QR_OUTCOME_UNKNOWN_KEY;
	if (key->retire_after_ms && issued_ms >= key->retire_after_ms)
		return QR_OUTCOME_KEY_REVOKED;
	return issued_ms < key->not_before_ms ? QR_OUTCOME_KEY_NOT_ACTIVE : QR_OUTCOME_OK;
}

/* The bound fields in their order; none when nothing was offered, which no minted token matches. */
static size_t implicit_part(uint8_t flags, const struct qr_binding *binding, uint8_t out[IMPLICIT_MAX])
{
	size_t size = 0;

	if (!binding)
		return 0;
	if (flags & QR_FLAG_MERCHANT) {
		put_be(out + size, binding->merchant, 8);
		size += 8;
	}
	if (flags & QR_FLAG_TERMINAL) {
		put_be(out + size, binding->terminal, 8);
		size += 8;
	}
	if (flags & QR_FLAG_AMOUNT) {
		put_be(out + size, binding->amount, 8);
		put_be(out + size + 8, binding->currency, 2);
		size += 10;
	}
	return size;
}

/* Appends a part with its length in front, so that no byte can move from one part to the next. */
static size_t put_part(uint8_t *out, const void *part, size_t size)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)((uint64_t)size >> (8 * i));
	memcpy(out + 8, part, size);
	return 8 + size;
}

static void token_mac(const struct qr_subkeys *keys, const uint8_t bytes[QR_TOKEN_BYTES],
	const struct qr_binding *binding, uint8_t mac[MAC_BYTES])
{
	uint8_t implicit[IMPLICIT_MAX] = { 0 }, message[3 * 8 + sizeof label - 1 + AT_MAC + IMPLICIT_MAX];
	size_t size, bound = implicit_part(bytes[AT_FLAGS], binding, implicit);

	size = put_part(message, label, sizeof label - 1);
	size += put_part(message + size, bytes, AT_MAC);
	size += put_part(message + size, implicit, bound);
	crypto_generichash(mac, MAC_BYTES, message, size, keys->mac, sizeof keys->mac);
}

/* XORs the subject with a stream that no other token has: the bytes before it are its nonce. */
static uint64_t token_seal(
	const struct qr_subkeys *keys, const uint8_t bytes[QR_TOKEN_BYTES], uint64_t subject)
{
	uint8_t nonce[crypto_stream_xchacha20_NONCEBYTES], text[8];

	memcpy(nonce, bytes, AT_SUBJECT);
	memcpy(nonce + AT_SUBJECT, seal_context, sizeof nonce - AT_SUBJECT);
	put_be(text, subject, 8);
	crypto_stream_xchacha20_xor(text, text, sizeof text, nonce, keys->seal);
	return get_be(text, 8);
}

static bool shape_is_valid(int kind, uint8_t flags, int64_t ttl_steps)
{
	if (kind < QR_KIND_IDENTIFY || kind > QR_KIND_CLAIM || ttl_steps < 1)
		return false;
	if (flags & ~QR_FLAGS_KNOWN)
		return false;
	return !(flags & QR_FLAG_MULTI_USE) || kind == QR_KIND_IDENTIFY;
}

static int mint_check(const struct qr_keyring *ring, const struct qr_claims *claims,
	const struct qr_binding *binding, const struct qr_key *key)
{
	int64_t life = 0;

	if (claims->issued_ms < 0 || claims->issued_ms / 1000 > UINT32_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "issued_ms: outside 1970 to 2106");
	if (claims->expires_ms > claims->issued_ms)
		life = claims->expires_ms - claims->issued_ms;
	if (life > QR_TTL_MAX_MS)
		return rewapp__fail(REWAPP_E_ARGUMENT, "expires_ms: more than 900 seconds after issued_ms");
	if (!shape_is_valid(claims->kind, claims->flags, life / QR_TTL_STEP_MS))
		return rewapp__fail(REWAPP_E_ARGUMENT, "kind, flags or expires_ms: not of this format");
	if ((claims->flags & QR_FLAGS_BOUND) && !binding)
		return rewapp__fail(REWAPP_E_ARGUMENT, "binding: missing, but the flags name one");
	if (key_state(key, claims->issued_ms / 1000 * 1000) != QR_OUTCOME_OK)
		return rewapp__fail(REWAPP_E_ARGUMENT, "kid: key %d cannot be used now", claims->kid);
	if (key->test_env != ring->test_env || !(claims->flags & QR_FLAG_TEST) != !ring->test_env)
		return rewapp__fail(REWAPP_E_ARGUMENT, "flags: not of this environment");
	return 0;
}

int rewapp__qr_mint(const struct qr_keyring *ring, const struct qr_claims *claims,
	const struct qr_binding *binding, char out[QR_TOKEN_CAPACITY])
{
	uint8_t bytes[QR_TOKEN_BYTES];
	const struct qr_subkeys *subkeys;
	const struct qr_key *key = key_of(ring, claims->kid, &subkeys);
	int code = mint_check(ring, claims, binding, key);

	out[0] = '\0';
	if (code)
		return code;
	bytes[AT_KIND] = (uint8_t)(VERSION << 4 | claims->kind);
	bytes[AT_FLAGS] = claims->flags;
	put_be(bytes + AT_KID, claims->kid, 2);
	put_be(bytes + AT_ISSUED, (uint64_t)claims->issued_ms / 1000, 4);
	bytes[AT_TTL] = (uint8_t)((claims->expires_ms - claims->issued_ms) / QR_TTL_STEP_MS);
	memcpy(bytes + AT_JTI, claims->jti, QR_JTI_BYTES);
	put_be(bytes + AT_SUBJECT, token_seal(subkeys, bytes, claims->subject), 8);
	token_mac(subkeys, bytes, binding, bytes + AT_MAC);
	rewapp__qr_digits_write(bytes, out);
	return 0;
}

/* Checks 1 to 3: what can be said without a key. */
static enum qr_outcome token_read(const char *digits, size_t length, uint8_t bytes[QR_TOKEN_BYTES])
{
	switch (rewapp__qr_carrier_of(digits, length)) {
	case QR_CARRIER_NONE:
		return QR_OUTCOME_NOT_REWAPP;
	case QR_CARRIER_M:
		break;
	default:
		return QR_OUTCOME_UNSUPPORTED_VERSION;
	}
	if (!rewapp__qr_digits_read(digits, bytes))
		return QR_OUTCOME_MALFORMED;
	if (!shape_is_valid(bytes[AT_KIND] & 15, bytes[AT_FLAGS], bytes[AT_TTL]))
		return QR_OUTCOME_MALFORMED;
	return bytes[AT_KIND] >> 4 == VERSION ? QR_OUTCOME_OK : QR_OUTCOME_UNSUPPORTED_VERSION;
}

static int64_t issued_of(const uint8_t bytes[QR_TOKEN_BYTES])
{
	return (int64_t)get_be(bytes + AT_ISSUED, 4) * 1000;
}

static void claims_read(
	const struct qr_subkeys *subkeys, const uint8_t bytes[QR_TOKEN_BYTES], struct qr_claims *out)
{
	out->kind = bytes[AT_KIND] & 15;
	out->flags = bytes[AT_FLAGS];
	out->kid = (uint16_t)get_be(bytes + AT_KID, 2);
	out->issued_ms = issued_of(bytes);
	out->expires_ms = out->issued_ms + (int64_t)bytes[AT_TTL] * QR_TTL_STEP_MS;
	memcpy(out->jti, bytes + AT_JTI, QR_JTI_BYTES);
	out->subject = token_seal(subkeys, bytes, get_be(bytes + AT_SUBJECT, 8));
}

/* Checks 4 to 7.  The MAC is computed whatever the key, so that its absence costs the same. */
static enum qr_outcome token_check(const struct qr_keyring *ring, const uint8_t bytes[QR_TOKEN_BYTES],
	const struct qr_binding *binding, struct qr_claims *out)
{
	const struct qr_subkeys *subkeys;
	const struct qr_key *key = key_of(ring, (uint16_t)get_be(bytes + AT_KID, 2), &subkeys);
	enum qr_outcome state = key_state(key, issued_of(bytes));
	uint8_t mac[MAC_BYTES];
	int differs;

	token_mac(subkeys, bytes, binding, mac);
	differs = sodium_memcmp(mac, bytes + AT_MAC, MAC_BYTES);
	if (state != QR_OUTCOME_OK)
		return state;
	if (differs)
		return QR_OUTCOME_BAD_AUTH;
	if (key->test_env != ring->test_env || !(bytes[AT_FLAGS] & QR_FLAG_TEST) != !ring->test_env)
		return QR_OUTCOME_WRONG_ENVIRONMENT;
	claims_read(subkeys, bytes, out);
	return QR_OUTCOME_OK;
}

enum qr_outcome rewapp__qr_verify(const struct qr_keyring *ring, const char *digits, size_t length,
	const struct qr_binding *offered, struct qr_claims *out)
{
	uint8_t bytes[QR_TOKEN_BYTES];
	enum qr_outcome outcome = token_read(digits, length, bytes);

	memset(out, 0, sizeof *out);
	return outcome == QR_OUTCOME_OK ? token_check(ring, bytes, offered, out) : outcome;
}

static enum qr_outcome binding_compare(
	uint8_t flags, const struct qr_binding *bound, const struct qr_binding *offered)
{
	if ((flags & QR_FLAG_MERCHANT) && bound->merchant != offered->merchant)
		return QR_OUTCOME_WRONG_MERCHANT;
	if ((flags & QR_FLAG_TERMINAL) && bound->terminal != offered->terminal)
		return QR_OUTCOME_WRONG_TERMINAL;
	if (!(flags & QR_FLAG_AMOUNT))
		return QR_OUTCOME_OK;
	if (bound->amount != offered->amount || bound->currency != offered->currency)
		return QR_OUTCOME_WRONG_AMOUNT;
	return QR_OUTCOME_OK;
}

enum qr_outcome rewapp__qr_verify_recorded(const struct qr_keyring *ring, const char *digits, size_t length,
	const struct qr_binding *offered, qr_binding_of *find, void *user, struct qr_claims *out)
{
	uint8_t bytes[QR_TOKEN_BYTES];
	struct qr_binding bound = { 0 };
	const struct qr_subkeys *subkeys;
	const struct qr_key *key;
	enum qr_outcome outcome = token_read(digits, length, bytes);
	bool found;

	memset(out, 0, sizeof *out);
	if (outcome != QR_OUTCOME_OK)
		return outcome;
	key = key_of(ring, (uint16_t)get_be(bytes + AT_KID, 2), &subkeys);
	found = key && find(user, token_seal(subkeys, bytes, get_be(bytes + AT_SUBJECT, 8)), &bound);
	outcome = token_check(ring, bytes, found ? &bound : NULL, out);
	if (outcome != QR_OUTCOME_OK || !found || !offered)
		return outcome;
	return binding_compare(bytes[AT_FLAGS], &bound, offered);
}

enum qr_outcome rewapp__qr_check_time(const struct qr_claims *claims, int64_t now_ms, int64_t skew_future_ms)
{
	int64_t skew = skew_future_ms < 0 ? 0 : skew_future_ms;

	if (skew > QR_SKEW_MAX_MS)
		skew = QR_SKEW_MAX_MS;
	if (now_ms < claims->issued_ms - skew)
		return QR_OUTCOME_NOT_YET_VALID;
	if (now_ms >= claims->expires_ms)
		return QR_OUTCOME_EXPIRED;
	if (claims->expires_ms - claims->issued_ms > QR_TTL_MAX_MS)
		return QR_OUTCOME_TTL_TOO_LONG;
	return QR_OUTCOME_OK;
}
