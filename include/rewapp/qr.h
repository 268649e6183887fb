/* A QR code is a signed promise of points that lasts fifteen minutes.
 *
 *   REWAPP_KIND_MINT    holds the points in the ledger and makes the digits
 *   rewapp_qr_fold      what a scanner typed -> digits
 *   rewapp_qr_inspect   digits -> what they promise; reads only, uses nothing up
 *   rewapp_qr_render    digits -> an image
 *   REWAPP_KIND_REDEEM  digits -> the points are spent, once
 *
 * The hold in the ledger is the authority for the fifteen minutes. */
#ifndef REWAPP_QR_H
#define REWAPP_QR_H

#include <rewapp/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rewapp_qr {
	size_t size;     /* sizeof(struct rewapp_qr) */
	int32_t verdict; /* enum rewapp_verdict: what REDEEM would answer now */
	int32_t reserved;
	struct rewapp_id hold; /* the MINT command's id; zero unless the code is ours */
	struct rewapp_id member;
	struct rewapp_id merchant; /* zero: any */
	struct rewapp_id programme;
	int64_t points, amount; /* and what they are worth, minor units */
	int64_t issued_ms, expires_ms;
};

/* Looks at a token without using it.  `merchant` is the till's, NULL: unknown.
 * A code that is not ours, expired or spent is a verdict, not an error.
 * Returns 0, REWAPP_E_ARGUMENT (NULL), REWAPP_E_ABI, storage errors. */
REWAPP_API int rewapp_qr_inspect(
	rewapp_engine *engine, const char *token, const struct rewapp_id *merchant, struct rewapp_qr *out);

/* Turns what a keyboard scanner typed, on whatever keyboard layout (an AZERTY PC types
 * &é"'(-è_çà for digits), into the digits of a token.
 * Returns 0, REWAPP_E_ARGUMENT (not a token of ours), REWAPP_E_CAPACITY.  Any thread. */
REWAPP_API int rewapp_qr_fold(const char *typed, size_t length, char *digits, size_t capacity);

/* Draws `token`.  `format`: "svg", "png", "utf8", "ansi", "escpos", "escpos-native" (see
 * docs/qr.md); `scale`: pixels or printer dots per module, 1 to 32, 0: the format's own.
 *
 * Writes at most `capacity` bytes to `image` and always sets *need to the bytes of the
 * whole image, so a first call with capacity 0 asks for the size.
 * Returns 0, REWAPP_E_CAPACITY (nothing written), REWAPP_E_ARGUMENT, REWAPP_E_NOMEMORY.  Any thread. */
REWAPP_API int rewapp_qr_render(
	const char *token, const char *format, int scale, void *image, size_t capacity, size_t *need);

/* Functions, not macros, so that a binding never holds a stale value. */
REWAPP_API int64_t rewapp_qr_ttl_ms(void);
REWAPP_API size_t rewapp_qr_token_capacity(void);

#ifdef __cplusplus
}
#endif

#endif
