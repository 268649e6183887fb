/* Any bytes as what a scanner typed; digits of a token that we have made are accepted, and no
 * others. */
#include "fuzz.h"
#include "qr/digits.h"
#include "qr/scan.h"

static struct qr_keyring ring;
static char ours[QR_TOKEN_CAPACITY];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct qr_key key = { .kid = 7, .not_before_ms = 0 };
	struct qr_claims claims = { .kind = QR_KIND_REDEEM,
		.kid = 7,
		.issued_ms = 1773309600000,
		.expires_ms = 1773310500000,
		.jti = { 1, 2, 3, 4, 5, 6, 7 },
		.subject = 42 };

	(void)argc;
	(void)argv;
	memset(key.master, 0x5a, sizeof key.master);
	rewapp__qr_keyring_init(&ring, false);
	CLAIM(rewapp__qr_keyring_add(&ring, &key) == 0);
	CLAIM(rewapp__qr_mint(&ring, &claims, NULL, ours) == 0);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* a few bytes change our own token; others are taken as they are */
	size_t length = size && data[0] == 0xff ? QR_TOKEN_DIGITS : size;
	char *typed = length == size ? fuzz_copy(data, size) : fuzz_copy((const uint8_t *)ours, length);
	char digits[QR_TOKEN_CAPACITY];
	struct qr_claims claims;
	enum qr_outcome outcome;
	int folded;

	for (size_t i = 1; length != size && i + 1 < size; i += 2)
		typed[data[i] % QR_TOKEN_DIGITS] = (char)data[i + 1];
	folded = rewapp__qr_scan_fold(typed, length, digits, sizeof digits);
	CLAIM(folded <= QR_TOKEN_DIGITS);
	if (folded > 0) {
		CLAIM(strspn(digits, "0123456789") == (size_t)folded && digits[folded] == '\0');
		outcome = rewapp__qr_verify(&ring, digits, (size_t)folded, NULL, &claims);
		CLAIM(outcome != QR_OUTCOME_OK || strcmp(digits, ours) == 0);
	}
	outcome = rewapp__qr_verify(&ring, typed, length, NULL, &claims);
	CLAIM(outcome != QR_OUTCOME_OK || memcmp(typed, ours, QR_TOKEN_DIGITS) == 0);
	free(typed);
	return 0;
}
