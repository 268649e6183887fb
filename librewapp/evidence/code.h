/* The short code on a receipt, by which the member asks for the proof: 16 characters of
 * Crockford's base 32 in fours.  Pure. */
#ifndef REWAPP_EVIDENCE_CODE_H
#define REWAPP_EVIDENCE_CODE_H

#include <rewapp/types.h>
#include <stdbool.h>

enum {
	PROOF_KEY_BYTES = 32,
	PROOF_CODE_CHARACTERS = 16,
	PROOF_CODE_CAPACITY = PROOF_CODE_CHARACTERS + 3 + 1 /* "7Q3F-0M2K-9XWA-T4RB" */
};

#define PROOF_NUMBER_MAX ((INT64_C(1) << 40) - 1)

/* What a code says: the command's number, and 35 bits that only the store can make. */
struct proof_code {
	int64_t number; /* 0 .. PROOF_NUMBER_MAX */
	uint64_t tag;
};

/* The code of the command `id` with the store's number; one command has one code.  Who has no
 * `key` cannot tell from it how many commands there are, nor guess the code of another. */
void rewapp__proof_code_write(const uint8_t key[PROOF_KEY_BYTES], int64_t number, const struct rewapp_id *id,
	char out[PROOF_CODE_CAPACITY]);

/* Takes either case, O for 0, I and L for 1, dashes and spaces anywhere.  False: not 16
 * characters, or the check character is wrong: any one mistyped, any two neighbours swapped. */
bool rewapp__proof_code_read(
	const uint8_t key[PROOF_KEY_BYTES], const char *text, size_t length, struct proof_code *out);

/* Whether the code that was read is of the command with that number. */
bool rewapp__proof_code_is(
	const uint8_t key[PROOF_KEY_BYTES], const struct proof_code *code, const struct rewapp_id *id);

#endif
