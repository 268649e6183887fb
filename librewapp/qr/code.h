/* Codes: a number of the store that people can type, print and dictate, and nobody can guess.
 * Sixteen letters and digits, without those that look alike: 40 bits of number, sealed, and 40 bits of
 * authentication.  Pure. */
#ifndef REWAPP_QR_CODE_H
#define REWAPP_QR_CODE_H

#include "qr/token.h"

enum {
	QR_CODE_SYMBOLS = 16,
	QR_CODE_CAPACITY = QR_CODE_SYMBOLS + 3 + 1 /* three dashes and a NUL */
};

/* What a code names.  A code of one use is none of another. */
enum qr_code_use {
	QR_CODE_VOUCHER = 1 /* the hold */
};

/* "ABCD-2345-EFGH-6789" for a number from 1 to 2^40 - 1.  0, or REWAPP_E_ARGUMENT (no such key) and
 * REWAPP_E_OVERFLOW; then `out` is "". */
int rewapp__qr_code_make(const struct qr_keyring *ring, uint16_t kid, enum qr_code_use use, uint64_t number,
	char out[QR_CODE_CAPACITY]);

/* Reads what somebody typed: small letters, spaces and dashes do not matter.  0: it is no code of this
 * use; a code of a key that was revoked is none. */
uint64_t rewapp__qr_code_read(
	const struct qr_keyring *ring, const char *text, enum qr_code_use use, uint16_t *kid);

/* Whether the text has as many symbols as a code. */
bool rewapp__qr_code_is_one(const char *text);

#endif
