/* Between a hold and its QR token.
 *
 * The token carries the hold's number, sealed, and a mark derived from the hold's id, so
 * that the same hold always gives the same digits.  To whom a hold is bound stands in the
 * ledger, which decides; the code itself binds nothing. */
#include "flows/token.h"

#include "base/error.h"
#include "qr/code.h"
#include "qr/qr.sql.h"

#include <rewapp/errors.h>
#include <sodium.h>
#include <string.h>

enum {
	SKEW_MS = 5000
}; /* two servers of one store may differ by this much */

static void jti_of(const struct rewapp_id *id, uint8_t out[QR_JTI_BYTES])
{
	uint8_t hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof hash, id->bytes, sizeof id->bytes, NULL, 0);
	memcpy(out, hash, QR_JTI_BYTES);
}

int64_t rewapp__token_current_key(const struct rewapp_engine *engine)
{
	return engine->keys.count ? engine->keys.keys[engine->keys.count - 1].kid : 0;
}

int rewapp__token_of_hold(const struct rewapp_engine *engine, const struct hold *hold,
	const struct rewapp_id *id, char out[REWAPP_TOKEN_CAPACITY])
{
	struct qr_claims claims = {
		.kind = QR_KIND_REDEEM,
		.kid = (uint16_t)hold->key,
		.issued_ms = hold->issued_ms,
		.expires_ms = hold->expires_ms,
		.subject = (uint64_t)hold->number,
	};

	if (hold->offer)
		return rewapp__qr_code_make(
			&engine->keys, (uint16_t)hold->key, QR_CODE_VOUCHER, (uint64_t)hold->number, out);
	jti_of(id, claims.jti);
	return rewapp__qr_mint(&engine->keys, &claims, NULL, out);
}

/* A voucher's code tells the hold and the key; the hold tells the rest. */
static int code_open(const struct rewapp_engine *engine, const char *text, struct qr_claims *claims)
{
	*claims = (struct qr_claims){ .kind = QR_KIND_CLAIM };
	claims->subject = rewapp__qr_code_read(&engine->keys, text, QR_CODE_VOUCHER, &claims->kid);
	return claims->subject ? REWAPP_VERDICT_ACCEPTED : REWAPP_VERDICT_FORGED;
}

int rewapp__token_open(
	const struct rewapp_engine *engine, const char *digits, int64_t now_ms, struct qr_claims *claims)
{
	enum qr_outcome outcome;

	if (rewapp__qr_code_is_one(digits))
		return code_open(engine, digits, claims);
	outcome = rewapp__qr_verify(&engine->keys, digits, strlen(digits), NULL, claims);

	if (outcome != QR_OUTCOME_OK)
		return REWAPP_VERDICT_FORGED;
	outcome = rewapp__qr_check_time(claims, now_ms, SKEW_MS);
	if (outcome == QR_OUTCOME_OK)
		return REWAPP_VERDICT_ACCEPTED;
	return outcome == QR_OUTCOME_NOT_YET_VALID ? REWAPP_VERDICT_NOT_YET_VALID : REWAPP_VERDICT_EXPIRED;
}

bool rewapp__token_names(const struct qr_claims *claims, const struct hold *hold, const struct rewapp_id *id)
{
	uint8_t jti[QR_JTI_BYTES];

	if (hold->offer || claims->kind == QR_KIND_CLAIM)
		return hold->offer && claims->kind == QR_KIND_CLAIM && hold->key == claims->kid;
	jti_of(id, jti);
	return hold->key == claims->kid && memcmp(jti, claims->jti, sizeof jti) == 0;
}

/* --- keys --------------------------------------------------------------------------- */

static int keys_read(struct rewapp_engine *engine)
{
	struct read read = { .stmt = &STMT_QR_KEYS };
	int error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);

	rewapp__qr_keyring_init(&engine->keys, false);
	for (size_t row = 0; row < read.row_count && error >= 0; row++) {
		struct qr_key key = {
			.kid = (uint16_t)rewapp__cell_int(&read, row, 0),
			.not_before_ms = rewapp__cell_int(&read, row, 2),
			.retire_after_ms = rewapp__cell_int(&read, row, 3),
		};
		size_t size;
		const void *secret = rewapp__cell_blob(&read, row, 1, &size);

		if (size != sizeof key.master)
			return rewapp__fail(REWAPP_E_CORRUPT, "a stored key is damaged");
		memcpy(key.master, secret, size);
		error = rewapp__qr_keyring_add(&engine->keys, &key);
		sodium_memzero(&key, sizeof key);
	}
	return error;
}

static int key_make(struct rewapp_engine *engine)
{
	uint8_t secret[32];
	struct plan plan;
	int64_t seq_first;

	if (engine->env.random(engine->env.user, secret, sizeof secret) < 0)
		return rewapp__fail(REWAPP_E_STORAGE, "the host has no randomness");
	rewapp__plan_begin(&plan, &engine->arena);
	rewapp__plan_add(&plan, &STMT_QR_KEY_INSERT, TOUCHES_ONE,
		(struct value[]){ rewapp__value_int(1), rewapp__value_blob(secret, sizeof secret),
			rewapp__value_int(0) },
		3);
	sodium_memzero(secret, sizeof secret);
	return rewapp__storage_apply(engine->storage, &plan, &seq_first);
}

int rewapp__token_keys(struct rewapp_engine *engine)
{
	int error = keys_read(engine);

	if (error < 0 || engine->keys.count)
		return error;
	error = key_make(engine);
	if (error < 0 && error != REWAPP_E_CONFLICT) /* somebody else made it just now */
		return error;
	return keys_read(engine);
}
