/* The M token: 40 bytes, sealed and authenticated, as 101 digits of one QR code.
 * Pure: keys, times and random bits come from the caller.  docs/qr.md has every byte. */
#ifndef REWAPP_QR_TOKEN_H
#define REWAPP_QR_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	QR_TOKEN_DIGITS = 101,
	QR_TOKEN_CAPACITY = QR_TOKEN_DIGITS + 1,
	QR_JTI_BYTES = 7,
	QR_KEYS_MAX = 8,
	QR_TTL_STEP_MS = 10 * 1000,
	QR_TTL_MAX_MS = 900 * 1000,
	QR_SKEW_MAX_MS = 300 * 1000 /* no configuration can make the clock's tolerance larger */
};

/* What became of a token: NAME, value, text.  The order is the order of the checks: the first
 * that fails is the answer.  The names are stable; those up to BAD_AUTH are for the local log
 * only, the wire shows one answer for all of them. */
#define QR_OUTCOME_MAP(X) \
	X(OK, 0, "the token is ours and unchanged") \
	X(NOT_REWAPP, 1, "not a token of this library; maybe a product code") \
	X(MALFORMED, 2, "not written as the format demands") \
	X(UNSUPPORTED_VERSION, 3, "a carrier or version that this library does not read") \
	X(UNKNOWN_KEY, 4, "made with a key that is not here") \
	X(KEY_REVOKED, 5, "made after its key was retired") \
	X(KEY_NOT_ACTIVE, 6, "made before its key was valid") \
	X(BAD_AUTH, 7, "forged, damaged, or bound to something else") \
	X(WRONG_ENVIRONMENT, 8, "a test token on live, or the reverse") \
	X(NOT_YET_VALID, 9, "issued in the future") \
	X(EXPIRED, 10, "its time is over") \
	X(TTL_TOO_LONG, 11, "lives longer than any token may") \
	X(WRONG_MERCHANT, 12, "bound to another merchant") \
	X(WRONG_TERMINAL, 13, "bound to another terminal") \
	X(WRONG_AMOUNT, 14, "bound to another amount")

enum qr_outcome {
#define QR_OUTCOME_ENUM(name, value, text) QR_OUTCOME_##name = value,
	QR_OUTCOME_MAP(QR_OUTCOME_ENUM)
#undef QR_OUTCOME_ENUM
};

/* Static texts; "UNKNOWN" for a value outside the table. */
const char *rewapp__qr_outcome_name(int outcome);
const char *rewapp__qr_outcome_text(int outcome);

enum qr_kind {
	QR_KIND_IDENTIFY = 1,
	QR_KIND_REDEEM = 2,
	QR_KIND_REFUND = 3,
	QR_KIND_CLAIM = 4
};

enum qr_flag {
	QR_FLAG_TEST = 1 << 0,
	QR_FLAG_MERCHANT = 1 << 1, /* bound to a merchant, who is not in the code */
	QR_FLAG_TERMINAL = 1 << 2,
	QR_FLAG_AMOUNT = 1 << 3, /* amount and currency */
	QR_FLAG_CONFIRM = 1 << 4,
	QR_FLAG_MULTI_USE = 1 << 5, /* identify only */
	QR_FLAGS_BOUND = QR_FLAG_MERCHANT | QR_FLAG_TERMINAL | QR_FLAG_AMOUNT,
	QR_FLAGS_KNOWN = (1 << 6) - 1
};

/* One key.  Good for tokens issued at not_before_ms <= t < retire_after_ms. */
struct qr_key {
	uint16_t kid;
	uint8_t master[32];
	int64_t not_before_ms;
	int64_t retire_after_ms; /* 0: never; negative: revoked, nothing it made is accepted */
	uint8_t test_env;
};

struct qr_subkeys {
	uint8_t mac[32];
	uint8_t seal[32];
};

/* The keys of one environment, their subkeys made once.  Reading is safe from any thread. */
struct qr_keyring {
	struct qr_key keys[QR_KEYS_MAX];
	struct qr_subkeys subkeys[QR_KEYS_MAX];
	struct qr_subkeys absent; /* so that an unknown kid costs as much as a known one */
	size_t count;
	uint8_t test_env;
};

void rewapp__qr_keyring_init(struct qr_keyring *ring, bool test_env);

/* Copies a key.  A key of the other environment may be added, only to name its tokens
 * WRONG_ENVIRONMENT.  Returns 0, REWAPP_E_ARGUMENT (kid already there), REWAPP_E_CAPACITY,
 * REWAPP_E_STORAGE (libsodium does not start). */
int rewapp__qr_keyring_add(struct qr_keyring *ring, const struct qr_key *key);

/* Overwrites the keys in memory. */
void rewapp__qr_keyring_finish(struct qr_keyring *ring);

struct qr_claims {
	int kind; /* enum qr_kind */
	uint8_t flags;
	uint16_t kid;
	int64_t issued_ms, expires_ms;
	uint8_t jti[QR_JTI_BYTES];
	uint64_t subject; /* sealed; of a redeem token the ledger's number of the hold */
};

/* What a token can be bound to without holding it; the flags say which fields count. */
struct qr_binding {
	uint64_t merchant, terminal;
	uint64_t amount;
	uint16_t currency;
};

/* Makes the 101 digits and a NUL; the same claims always give the same digits, so jti
 * must be fresh random bits.  The token counts whole seconds and a life in tens of
 * seconds, both rounded down: it never outlives the hold behind it.
 *
 * `binding` may be NULL when no flag binds.  Returns 0; REWAPP_E_ARGUMENT: a claim cannot
 * be written, the key is not here or does not cover issued_ms; then `out` is "". */
int rewapp__qr_mint(const struct qr_keyring *ring, const struct qr_claims *claims,
	const struct qr_binding *binding, char out[QR_TOKEN_CAPACITY]);

/* Everything that can be judged without a clock: NOT_REWAPP to WRONG_ENVIRONMENT.
 *
 * `offered` is what the till says of itself, NULL when it says nothing; a token that is bound
 * to something else, or to something not offered, is BAD_AUTH.  *out is filled on OK and
 * zeroed otherwise: nobody sees a claim that was not authenticated.  Allocates nothing. */
enum qr_outcome rewapp__qr_verify(const struct qr_keyring *ring, const char *digits, size_t length,
	const struct qr_binding *offered, struct qr_claims *out);

/* Finds what the record `subject` is bound to; false when there is no such record. */
typedef bool qr_binding_of(void *user, uint64_t subject, struct qr_binding *out);

/* Says why a token that rewapp__qr_verify() called BAD_AUTH was: asks `find` for the issuer's
 * own record and verifies with that.  The subject goes to `find` before it is authenticated
 * and must serve as the key of a look-up, nothing else.
 *
 * Returns as rewapp__qr_verify(), and WRONG_MERCHANT, WRONG_TERMINAL, WRONG_AMOUNT when the
 * token is ours but `offered` differs from what it is bound to; `offered` NULL asks only
 * whether it is ours.  *out is filled on OK and on these three. */
enum qr_outcome rewapp__qr_verify_recorded(const struct qr_keyring *ring, const char *digits, size_t length,
	const struct qr_binding *offered, qr_binding_of *find, void *user, struct qr_claims *out);

/* NOT_YET_VALID, EXPIRED, TTL_TOO_LONG or OK for claims that were verified.
 * `skew_future_ms` is cut to 0 .. QR_SKEW_MAX_MS; expiry has no grace. */
enum qr_outcome rewapp__qr_check_time(const struct qr_claims *claims, int64_t now_ms, int64_t skew_future_ms);

#endif
