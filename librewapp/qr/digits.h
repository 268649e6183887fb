/* Bytes as decimal digits, densely and in one way only; which digits are a token of ours. */
#ifndef REWAPP_QR_DIGITS_H
#define REWAPP_QR_DIGITS_H

#include "qr/token.h"

enum {
	QR_TOKEN_BYTES = 40
};

/* The carriers of format RWT1.  This library makes and reads M. */
enum qr_carrier {
	QR_CARRIER_NONE = 0,
	QR_CARRIER_M = 971, /* sealed, MAC: needs the issuer's keys */
	QR_CARRIER_S = 972, /* signed */
	QR_CARRIER_T = 973, /* a terminal's claim */
	QR_CARRIER_R = 974  /* rotating */
};

/* By prefix and exact length, all digits; NONE for everything else. */
enum qr_carrier rewapp__qr_carrier_of(const char *digits, size_t length);

/* The prefix 971, 5 blocks of 7 bytes as 17 digits, 5 bytes as 13 digits, a NUL. */
void rewapp__qr_digits_write(const uint8_t bytes[QR_TOKEN_BYTES], char out[QR_TOKEN_CAPACITY]);

/* The reverse for a text of carrier M.  False when a block is too large for its bytes:
 * one token has one text. */
bool rewapp__qr_digits_read(const char digits[QR_TOKEN_DIGITS], uint8_t bytes[QR_TOKEN_BYTES]);

#endif
