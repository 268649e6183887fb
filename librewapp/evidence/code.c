/* Proof codes: 35 bits of tag, 40 bits of number under a mask, 5 bits of check. */
#include "evidence/code.h"

#include <sodium.h>
#include <string.h>

enum {
	TAG_BITS = 35,
	NUMBER_BITS = 40,
	TAG_CHARACTERS = TAG_BITS / 5,
	NUMBER_CHARACTERS = NUMBER_BITS / 5
};

_Static_assert(TAG_CHARACTERS + NUMBER_CHARACTERS + 1 == PROOF_CODE_CHARACTERS, "the bits fill the code");

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char tag_label[8] = "code.tag", mask_label[8] = "code.num";

/* The first 8 bytes of BLAKE2b-256 under `key` of a label, a number of 8 bytes, lowest first, and an id. */
static uint64_t keyed(
	const uint8_t key[PROOF_KEY_BYTES], const char label[8], uint64_t number, const struct rewapp_id *id)
{
	uint8_t input[8 + 8 + sizeof id->bytes] = { 0 }, hash[crypto_generichash_BYTES];
	uint64_t value = 0;

	memcpy(input, label, 8);
	for (int i = 0; i < 8; i++)
		input[8 + i] = (uint8_t)(number >> 8 * i);
	if (id)
		memcpy(input + 16, id->bytes, sizeof id->bytes);
	crypto_generichash(hash, sizeof hash, input, sizeof input, key, PROOF_KEY_BYTES);
	for (int i = 7; i >= 0; i--)
		value = value << 8 | hash[i];
	return value;
}

static uint64_t tag_of(const uint8_t key[PROOF_KEY_BYTES], int64_t number, const struct rewapp_id *id)
{
	return keyed(key, tag_label, (uint64_t)number, id) & ((UINT64_C(1) << TAG_BITS) - 1);
}

static uint64_t mask_of(const uint8_t key[PROOF_KEY_BYTES], uint64_t tag)
{
	return keyed(key, mask_label, tag, NULL) & (uint64_t)PROOF_NUMBER_MAX;
}

/* Times x in the field of 32 elements, x^5 = x^2 + 1. */
static unsigned times_x(unsigned a)
{
	return (a << 1 ^ (a & 16 ? 0x25 : 0)) & 31;
}

/* The value of all characters as a polynomial at x: 0 with the right check character.  Every
 * weight differs from its neighbour's and none is 0, so one wrong character or two swapped
 * neighbours never give 0. */
static unsigned check_of(const unsigned values[], int count)
{
	unsigned sum = 0;

	for (int i = 0; i < count; i++)
		sum = times_x(sum) ^ values[i];
	return sum;
}

static void spread(uint64_t value, int count, unsigned *out)
{
	for (int i = count - 1; i >= 0; i--, value >>= 5)
		out[i] = (unsigned)value & 31;
}

static uint64_t gather(const unsigned *values, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++)
		value = value << 5 | values[i];
	return value;
}

void rewapp__proof_code_write(const uint8_t key[PROOF_KEY_BYTES], int64_t number, const struct rewapp_id *id,
	char out[PROOF_CODE_CAPACITY])
{
	uint64_t tag = tag_of(key, number, id);
	unsigned values[PROOF_CODE_CHARACTERS];

	spread(tag, TAG_CHARACTERS, values);
	spread((uint64_t)number ^ mask_of(key, tag), NUMBER_CHARACTERS, values + TAG_CHARACTERS);
	values[PROOF_CODE_CHARACTERS - 1] = 0;
	values[PROOF_CODE_CHARACTERS - 1] = check_of(values, PROOF_CODE_CHARACTERS);
	for (int i = 0; i < PROOF_CODE_CHARACTERS; i++) {
		if (i && i % 4 == 0)
			*out++ = '-';
		*out++ = alphabet[values[i]];
	}
	*out = '\0';
}

/* 0 to 31, or -1. */
static int value_of(char character)
{
	const char *found;

	if (character >= 'a' && character <= 'z')
		character = (char)(character - 'a' + 'A');
	if (character == 'O')
		return 0;
	if (character == 'I' || character == 'L')
		return 1;
	found = character ? strchr(alphabet, character) : NULL;
	return found ? (int)(found - alphabet) : -1;
}

bool rewapp__proof_code_read(
	const uint8_t key[PROOF_KEY_BYTES], const char *text, size_t length, struct proof_code *out)
{
	unsigned values[PROOF_CODE_CHARACTERS];
	int count = 0;

	for (size_t i = 0; i < length; i++) {
		int value = value_of(text[i]);

		if (text[i] == '-' || text[i] == ' ')
			continue;
		if (value < 0 || count == PROOF_CODE_CHARACTERS)
			return false;
		values[count++] = (unsigned)value;
	}
	if (count != PROOF_CODE_CHARACTERS || check_of(values, count) != 0)
		return false;
	out->tag = gather(values, TAG_CHARACTERS);
	out->number = (int64_t)(gather(values + TAG_CHARACTERS, NUMBER_CHARACTERS) ^ mask_of(key, out->tag));
	return true;
}

bool rewapp__proof_code_is(
	const uint8_t key[PROOF_KEY_BYTES], const struct proof_code *code, const struct rewapp_id *id)
{
	return code->tag == tag_of(key, code->number, id);
}
