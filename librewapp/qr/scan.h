/* What a keyboard scanner typed, on whatever keyboard layout, as the digits of a token. */
#ifndef REWAPP_QR_SCAN_H
#define REWAPP_QR_SCAN_H

#include <stddef.h>

/* Strips white space around and an AIM prefix ("]Q1"), and turns the unshifted digit row of
 * French and Belgian keyboards into digits, Caps Lock on or off, typed as UTF-8 or Latin-1.
 *
 * Writes the digits and a NUL and returns their number; 0 when this is no token of ours by
 * prefix and length, so that the till can try its product codes; REWAPP_E_CAPACITY. */
int rewapp__qr_scan_fold(const char *typed, size_t length, char *digits, size_t capacity);

#endif
