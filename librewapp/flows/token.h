/* Between a hold and its QR token. */
#ifndef REWAPP_FLOWS_TOKEN_H
#define REWAPP_FLOWS_TOKEN_H

#include "flows/engine.h"
#include "ledger/wallet.h"

#include <rewapp/submit.h>

/* Loads the store's keys, and makes the first one in a new store. */
int rewapp__token_keys(struct rewapp_engine *engine);

/* The number of the key that new tokens are made with. */
int64_t rewapp__token_current_key(const struct rewapp_engine *engine);

/* The digits for a stored hold, or the code of a voucher: the same each time.  0 or a negative code. */
int rewapp__token_of_hold(const struct rewapp_engine *engine, const struct hold *hold,
	const struct rewapp_id *id, char out[REWAPP_TOKEN_CAPACITY]);

/* Checks all that can be checked without the hold; claims->subject is the hold's number, 0
 * when the code is not ours.  Returns an enum rewapp_verdict: ACCEPTED, FORGED, EXPIRED, NOT_YET_VALID. */
int rewapp__token_open(
	const struct rewapp_engine *engine, const char *digits, int64_t now_ms, struct qr_claims *claims);

/* Whether a token's claims are those of this hold: numbers may be used again after a store
 * was restored from a backup, ids are not. */
bool rewapp__token_names(const struct qr_claims *claims, const struct hold *hold, const struct rewapp_id *id);

#endif
