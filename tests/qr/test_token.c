/* The M token against the vectors of an independent implementation, and against everything
 * that could be changed, cut or guessed. */
#include "qr/digits.h"
#include "qr/token.h"

#include <check.h>
#include <errno.h>
#include <rewapp/errors.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0 INT64_C(1763820000000)

enum {
	RANDOM_STRINGS = 1000000,
	COLUMNS_MAX = 13
};

static struct qr_keyring ring;

static struct qr_claims claims_plain(void)
{
	return (struct qr_claims){ .kind = QR_KIND_REDEEM,
		.kid = 1,
		.issued_ms = T0,
		.expires_ms = T0 + QR_TTL_MAX_MS,
		.jti = { 1, 2, 3, 4, 5, 6, 7 },
		.subject = 42 };
}

static struct qr_key key_plain(uint16_t kid)
{
	struct qr_key key = { .kid = kid };

	memset(key.master, kid, sizeof key.master);
	return key;
}

static void setup(void)
{
	struct qr_key key = key_plain(1);

	rewapp__qr_keyring_init(&ring, false);
	ck_assert_int_eq(rewapp__qr_keyring_add(&ring, &key), 0);
}

static void teardown(void)
{
	rewapp__qr_keyring_finish(&ring);
}

static void mint_plain(char token[QR_TOKEN_CAPACITY])
{
	struct qr_claims claims = claims_plain();

	ck_assert_int_eq(rewapp__qr_mint(&ring, &claims, NULL, token), 0);
}

static enum qr_outcome verify(const char *token, size_t length)
{
	struct qr_claims claims;
	static const struct qr_claims zero;
	enum qr_outcome outcome;

	memset(&claims, 0xa5, sizeof claims);
	outcome = rewapp__qr_verify(&ring, token, length, NULL, &claims);
	if (outcome != QR_OUTCOME_OK && memcmp(&claims, &zero, sizeof claims) != 0)
		ck_abort_msg("%s leaves claims behind", rewapp__qr_outcome_name(outcome));
	return outcome;
}

/* ---- the vectors ---- */

static int64_t number(const char *text)
{
	char *end;
	int64_t value;

	errno = 0;
	value = *text == '-' ? strtoll(text, &end, 10) : (int64_t)strtoull(text, &end, 10);
	ck_assert_msg(!errno && !*end && end != text, "not a number: %s", text);
	return value;
}

static void bytes_of(const char *hex, uint8_t *out, size_t size)
{
	size_t count;

	ck_assert_int_eq(sodium_hex2bin(out, size, hex, strlen(hex), NULL, &count, NULL), 0);
	ck_assert_uint_eq(count, size);
}

static const struct qr_binding *binding_of(char *const column[4], struct qr_binding *out)
{
	if (strcmp(column[0], "-") == 0)
		return NULL;
	out->merchant = (uint64_t)number(column[0]);
	out->terminal = (uint64_t)number(column[1]);
	out->amount = (uint64_t)number(column[2]);
	out->currency = (uint16_t)number(column[3]);
	return out;
}

static void vector_key(struct qr_keyring *keys, char *const column[])
{
	struct qr_key key = { .kid = (uint16_t)number(column[1]),
		.not_before_ms = number(column[3]),
		.retire_after_ms = number(column[4]),
		.test_env = (uint8_t)number(column[5]) };

	bytes_of(column[2], key.master, sizeof key.master);
	ck_assert_int_eq(rewapp__qr_keyring_add(keys, &key), 0);
}

static void vector_mint(const struct qr_keyring *keys, char *const column[])
{
	struct qr_binding storage;
	const struct qr_binding *binding = binding_of(column + 9, &storage);
	struct qr_claims out,
		claims = { .kind = (int)number(column[2]),
			.flags = (uint8_t)number(column[3]),
			.kid = (uint16_t)number(column[4]),
			.issued_ms = number(column[5]),
			.expires_ms = number(column[6]),
			.subject = (uint64_t)number(column[8]) };
	char token[QR_TOKEN_CAPACITY];

	bytes_of(column[7], claims.jti, sizeof claims.jti);
	ck_assert_int_eq(rewapp__qr_mint(keys, &claims, binding, token), 0);
	ck_assert_msg(strcmp(token, column[13]) == 0, "%s: %s", column[1], token);
	ck_assert_int_eq(rewapp__qr_verify(keys, token, strlen(token), binding, &out), QR_OUTCOME_OK);
	ck_assert_int_eq(out.kind, claims.kind);
	ck_assert_int_eq(out.flags, claims.flags);
	ck_assert_int_eq(out.kid, claims.kid);
	ck_assert_int_eq(out.issued_ms, claims.issued_ms / 1000 * 1000);
	ck_assert_int_eq(
		out.expires_ms - out.issued_ms, (claims.expires_ms - claims.issued_ms) / 10000 * 10000);
	ck_assert_mem_eq(out.jti, claims.jti, sizeof out.jti);
	ck_assert_uint_eq(out.subject, claims.subject);
}

static void vector_verify(const struct qr_keyring *keys, char *const column[])
{
	struct qr_binding storage;
	struct qr_claims claims;
	const char *token = column[2];
	enum qr_outcome outcome = rewapp__qr_verify(
		keys, token, strlen(token), binding_of(column + 3, &storage), &claims);

	if (outcome == QR_OUTCOME_OK && strcmp(column[7], "-") != 0)
		outcome = rewapp__qr_check_time(&claims, number(column[7]), number(column[8]));
	ck_assert_msg(strcmp(rewapp__qr_outcome_name(outcome), column[9]) == 0, "%s: %s instead of %s",
		column[1], rewapp__qr_outcome_name(outcome), column[9]);
}

static int split(char *line, char *column[], int capacity)
{
	int count = 0;
	char *field;

	line[strcspn(line, "\n")] = '\0';
	while ((field = strsep(&line, "\t")) && count < capacity)
		column[count++] = field;
	return count;
}

START_TEST(vectors_agree)
{
	const char *path = getenv("REWAPP_TEST_VECTORS");
	FILE *file = path ? fopen(path, "r") : NULL;
	char line[1024], *column[COLUMNS_MAX + 1];
	struct qr_keyring keys;
	int mints = 0, verifies = 0;

	ck_assert_msg(file, "REWAPP_TEST_VECTORS names no readable file");
	rewapp__qr_keyring_init(&keys, false);
	while (fgets(line, sizeof line, file)) {
		int count = split(line, column, COLUMNS_MAX + 1);

		if (strcmp(column[0], "key") == 0 && count == 6)
			vector_key(&keys, column);
		else if (strcmp(column[0], "mint") == 0 && count == 14 && ++mints)
			vector_mint(&keys, column);
		else if (strcmp(column[0], "verify") == 0 && count == 10 && ++verifies)
			vector_verify(&keys, column);
		else
			ck_assert_msg(column[0][0] == '#', "unreadable line: %s", line);
	}
	fclose(file);
	ck_assert_int_ge(mints, 50);
	ck_assert_int_ge(verifies, 200);
}
END_TEST

/* ---- changes ---- */

START_TEST(no_substitution_is_accepted)
{
	char token[QR_TOKEN_CAPACITY];
	int tried = 0;

	mint_plain(token);
	for (int i = 0; i < QR_TOKEN_DIGITS; i++) {
		char right = token[i];

		for (token[i] = '0'; token[i] <= '9'; token[i]++) {
			if (token[i] == right)
				continue;
			ck_assert_int_ne(verify(token, QR_TOKEN_DIGITS), QR_OUTCOME_OK);
			tried++;
		}
		token[i] = right;
	}
	ck_assert_int_eq(tried, 909);
	ck_assert_int_eq(verify(token, QR_TOKEN_DIGITS), QR_OUTCOME_OK);
}
END_TEST

START_TEST(no_transposition_is_accepted)
{
	char token[QR_TOKEN_CAPACITY], changed[QR_TOKEN_CAPACITY];

	mint_plain(token);
	for (int i = 0; i + 1 < QR_TOKEN_DIGITS; i++) {
		memcpy(changed, token, sizeof token);
		changed[i] = token[i + 1];
		changed[i + 1] = token[i];
		if (token[i] != token[i + 1])
			ck_assert_int_ne(verify(changed, QR_TOKEN_DIGITS), QR_OUTCOME_OK);
	}
}
END_TEST

START_TEST(no_other_character_is_accepted)
{
	char token[QR_TOKEN_CAPACITY];

	mint_plain(token);
	for (int i = 0; i < QR_TOKEN_DIGITS; i++) {
		char right = token[i];

		for (int byte = 0; byte < 256; byte++) {
			token[i] = (char)byte;
			if (byte < '0' || byte > '9')
				ck_assert_int_eq(verify(token, QR_TOKEN_DIGITS), QR_OUTCOME_NOT_REWAPP);
		}
		token[i] = right;
	}
}
END_TEST

START_TEST(every_length_but_one_is_refused)
{
	char token[QR_TOKEN_CAPACITY], text[301];

	mint_plain(token);
	memset(text, '0', sizeof text);
	memcpy(text, token, QR_TOKEN_DIGITS);
	for (size_t length = 0; length <= 300; length++) {
		/* An exact copy, so that a sanitizer sees a read behind the end. */
		char *copy = malloc(length ? length : 1);
		enum qr_outcome outcome;

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, text, length);
		outcome = verify(copy, length);
		ck_assert_int_eq(outcome, length == QR_TOKEN_DIGITS ? QR_OUTCOME_OK : QR_OUTCOME_NOT_REWAPP);
		free(copy);
	}
}
END_TEST

START_TEST(no_bit_flip_is_accepted)
{
	char token[QR_TOKEN_CAPACITY];
	uint8_t bytes[QR_TOKEN_BYTES];

	mint_plain(token);
	ck_assert(rewapp__qr_digits_read(token, bytes));
	for (int bit = 0; bit < QR_TOKEN_BYTES * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		rewapp__qr_digits_write(bytes, token);
		ck_assert_int_ne(verify(token, QR_TOKEN_DIGITS), QR_OUTCOME_OK);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	rewapp__qr_digits_write(bytes, token);
	ck_assert_int_eq(verify(token, QR_TOKEN_DIGITS), QR_OUTCOME_OK);
}
END_TEST

/* Half of them of a right form up to the MAC, so that the guessing is at the MAC. */
START_TEST(no_random_token_is_accepted)
{
	static const uint8_t seed[randombytes_SEEDBYTES] = "tests/qr";
	uint8_t plain[QR_TOKEN_BYTES], bytes[QR_TOKEN_BYTES];
	char token[QR_TOKEN_CAPACITY];
	uint8_t *noise = malloc(64 * (size_t)RANDOM_STRINGS);
	int forged = 0, accepted = 0;

	ck_assert_ptr_nonnull(noise);
	randombytes_buf_deterministic(noise, 64 * (size_t)RANDOM_STRINGS, seed);
	mint_plain(token);
	ck_assert(rewapp__qr_digits_read(token, plain));
	for (int i = 0; i < RANDOM_STRINGS; i++) {
		enum qr_outcome outcome;

		memcpy(bytes, noise + 64 * (size_t)i, sizeof bytes);
		if (i % 2)
			memcpy(bytes, plain, 9);
		rewapp__qr_digits_write(bytes, token);
		outcome = verify(token, QR_TOKEN_DIGITS);
		accepted += outcome == QR_OUTCOME_OK; /* a check that holds writes to a file: not here */
		forged += outcome == QR_OUTCOME_BAD_AUTH;
	}
	ck_assert_int_eq(accepted, 0);
	ck_assert_int_ge(forged, RANDOM_STRINGS / 2);
	free(noise);
}
END_TEST

START_TEST(digits_are_canonical)
{
	uint8_t bytes[QR_TOKEN_BYTES], back[QR_TOKEN_BYTES];
	char token[QR_TOKEN_CAPACITY];

	for (int fill = 0; fill < 256; fill++) {
		memset(bytes, fill, sizeof bytes);
		rewapp__qr_digits_write(bytes, token);
		ck_assert_uint_eq(strlen(token), QR_TOKEN_DIGITS);
		ck_assert(rewapp__qr_digits_read(token, back));
		ck_assert_mem_eq(bytes, back, sizeof bytes);
	}
	memset(token + 3, '9', QR_TOKEN_DIGITS - 3);
	ck_assert(!rewapp__qr_digits_read(token, back));
}
END_TEST

/* ---- keys ---- */

START_TEST(keys_rotate)
{
	struct qr_key next = key_plain(2), old = key_plain(1);
	struct qr_claims claims = claims_plain();
	char first[QR_TOKEN_CAPACITY], second[QR_TOKEN_CAPACITY];

	mint_plain(first);
	next.not_before_ms = T0 + 60000;
	ck_assert_int_eq(rewapp__qr_keyring_add(&ring, &next), 0);
	claims.kid = 2;
	ck_assert_int_eq(rewapp__qr_mint(&ring, &claims, NULL, second), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(second, "");
	claims.issued_ms += 60000;
	claims.expires_ms += 60000;
	ck_assert_int_eq(rewapp__qr_mint(&ring, &claims, NULL, second), 0);
	ck_assert_int_eq(verify(first, QR_TOKEN_DIGITS), QR_OUTCOME_OK);
	ck_assert_int_eq(verify(second, QR_TOKEN_DIGITS), QR_OUTCOME_OK);

	rewapp__qr_keyring_init(&ring, false);
	old.retire_after_ms = -1;
	ck_assert_int_eq(rewapp__qr_keyring_add(&ring, &next), 0);
	ck_assert_int_eq(verify(first, QR_TOKEN_DIGITS), QR_OUTCOME_UNKNOWN_KEY);
	ck_assert_int_eq(rewapp__qr_keyring_add(&ring, &old), 0);
	ck_assert_int_eq(verify(first, QR_TOKEN_DIGITS), QR_OUTCOME_KEY_REVOKED);
	ck_assert_int_eq(verify(second, QR_TOKEN_DIGITS), QR_OUTCOME_OK);
}
END_TEST

START_TEST(a_keyring_has_limits)
{
	for (int kid = 2; kid <= QR_KEYS_MAX; kid++)
		ck_assert_int_eq(rewapp__qr_keyring_add(&ring, &(struct qr_key){ .kid = (uint16_t)kid }), 0);
	ck_assert_int_eq(rewapp__qr_keyring_add(&ring, &(struct qr_key){ .kid = 99 }), REWAPP_E_CAPACITY);
	rewapp__qr_keyring_init(&ring, false);
	ck_assert_int_eq(rewapp__qr_keyring_add(&ring, &(struct qr_key){ .kid = 5 }), 0);
	ck_assert_int_eq(rewapp__qr_keyring_add(&ring, &(struct qr_key){ .kid = 5 }), REWAPP_E_ARGUMENT);
}
END_TEST

START_TEST(an_empty_keyring_knows_nobody)
{
	struct qr_claims claims = claims_plain();
	char token[QR_TOKEN_CAPACITY];
	uint8_t bytes[QR_TOKEN_BYTES];

	mint_plain(token);
	rewapp__qr_keyring_init(&ring, false);
	ck_assert_int_eq(verify(token, QR_TOKEN_DIGITS), QR_OUTCOME_UNKNOWN_KEY);
	ck_assert_int_eq(rewapp__qr_mint(&ring, &claims, NULL, token), REWAPP_E_ARGUMENT);
	memset(bytes, 0, sizeof bytes);
	bytes[0] = 0x12;
	bytes[8] = 90;
	rewapp__qr_digits_write(bytes, token);
	ck_assert_int_eq(verify(token, QR_TOKEN_DIGITS), QR_OUTCOME_UNKNOWN_KEY);
}
END_TEST

/* ---- mint ---- */

static int mint_code(struct qr_claims claims)
{
	char token[QR_TOKEN_CAPACITY] = "x";
	int code = rewapp__qr_mint(&ring, &claims, NULL, token);

	ck_assert_uint_eq(strlen(token), code ? 0 : QR_TOKEN_DIGITS);
	return code;
}

START_TEST(mint_refuses_what_cannot_be_written)
{
	static const struct {
		const char *name;
		int64_t issued_ms, life_ms;
		int kind;
		unsigned flags;
	} rows[] = {
		{ "no kind", T0, 900000, 0, 0 },
		{ "a kind too many", T0, 900000, 5, 0 },
		{ "a reserved flag", T0, 900000, 2, 64 },
		{ "multi-use redemption", T0, 900000, 2, QR_FLAG_MULTI_USE },
		{ "test on live", T0, 900000, 2, QR_FLAG_TEST },
		{ "bound to nothing", T0, 900000, 2, QR_FLAG_MERCHANT },
		{ "no life", T0, 0, 2, 0 },
		{ "too short a life", T0, 9999, 2, 0 },
		{ "a negative life", T0, -900000, 2, 0 },
		{ "too long a life", T0, 900001, 2, 0 },
		{ "before 1970", -1, 900000, 2, 0 },
		{ "after 2106", (INT64_C(1) << 32) * 1000, 900000, 2, 0 },
		{ "the end of time", INT64_MAX, 0, 2, 0 },
	};

	ck_assert_int_eq(mint_code(claims_plain()), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct qr_claims claims = claims_plain();

		claims.issued_ms = rows[i].issued_ms;
		claims.expires_ms = rows[i].issued_ms + rows[i].life_ms;
		claims.kind = rows[i].kind;
		claims.flags = (uint8_t)rows[i].flags;
		ck_assert_msg(mint_code(claims) == REWAPP_E_ARGUMENT, "%s", rows[i].name);
	}
}
END_TEST

START_TEST(tokens_of_one_member_share_nothing)
{
	enum {
		TOKENS = 200,
		SHARED = 4
	};
	static uint8_t bytes[TOKENS][QR_TOKEN_BYTES];
	char token[QR_TOKEN_CAPACITY];
	int equal = 0;

	for (int i = 0; i < TOKENS; i++) {
		struct qr_claims claims = claims_plain();

		memset(claims.jti, 0, sizeof claims.jti);
		claims.jti[0] = (uint8_t)i;
		ck_assert_int_eq(rewapp__qr_mint(&ring, &claims, NULL, token), 0);
		ck_assert(rewapp__qr_digits_read(token, bytes[i]));
	}
	for (int i = 0; i < TOKENS; i++)
		for (int k = 0; k < i; k++)
			for (int at = 16; at + SHARED <= QR_TOKEN_BYTES; at++)
				equal += memcmp(bytes[i] + at, bytes[k] + at, SHARED) == 0;
	ck_assert_int_eq(equal, 0);
}
END_TEST

/* ---- the issuer's record ---- */

struct record {
	int asked;
	struct qr_binding bound;
};

static bool find_record(void *user, uint64_t subject, struct qr_binding *out)
{
	struct record *record = user;

	record->asked++;
	if (subject != 42)
		return false;
	*out = record->bound;
	return true;
}

START_TEST(a_record_names_what_is_wrong)
{
	struct record record = { 0, { 7, 8, 9, 978 } };
	struct qr_claims out, claims = claims_plain();
	char token[QR_TOKEN_CAPACITY];
	static const struct {
		struct qr_binding offered;
		enum qr_outcome outcome;
	} rows[] = {
		{ { 7, 8, 9, 978 }, QR_OUTCOME_OK },
		{ { 6, 8, 9, 978 }, QR_OUTCOME_WRONG_MERCHANT },
		{ { 7, 5, 9, 978 }, QR_OUTCOME_WRONG_TERMINAL },
		{ { 7, 8, 8, 978 }, QR_OUTCOME_WRONG_AMOUNT },
		{ { 7, 8, 9, 840 }, QR_OUTCOME_WRONG_AMOUNT },
		{ { 6, 5, 8, 840 }, QR_OUTCOME_WRONG_MERCHANT },
	};

	claims.flags = QR_FLAGS_BOUND;
	ck_assert_int_eq(rewapp__qr_mint(&ring, &claims, &record.bound, token), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ck_assert_int_eq(rewapp__qr_verify(&ring, token, QR_TOKEN_DIGITS, &rows[i].offered, &out),
			i ? QR_OUTCOME_BAD_AUTH : QR_OUTCOME_OK);
		ck_assert_int_eq(rewapp__qr_verify_recorded(&ring, token, QR_TOKEN_DIGITS, &rows[i].offered,
					 find_record, &record, &out),
			rows[i].outcome);
		ck_assert_uint_eq(out.subject, 42);
	}
	ck_assert_int_eq(
		rewapp__qr_verify_recorded(&ring, token, QR_TOKEN_DIGITS, NULL, find_record, &record, &out),
		QR_OUTCOME_OK);
}
END_TEST

START_TEST(a_record_cannot_make_a_forgery_good)
{
	struct record record = { 0, { 7, 8, 9, 978 } };
	struct qr_claims out, claims = claims_plain();
	char token[QR_TOKEN_CAPACITY];

	claims.flags = QR_FLAG_MERCHANT;
	claims.subject = 43; /* no such record */
	ck_assert_int_eq(rewapp__qr_mint(&ring, &claims, &record.bound, token), 0);
	ck_assert_int_eq(
		rewapp__qr_verify_recorded(&ring, token, QR_TOKEN_DIGITS, NULL, find_record, &record, &out),
		QR_OUTCOME_BAD_AUTH);
	claims.subject = 42;
	ck_assert_int_eq(rewapp__qr_mint(&ring, &claims, &record.bound, token), 0);
	token[100] = token[100] == '0' ? '1' : '0';
	ck_assert_int_eq(
		rewapp__qr_verify_recorded(&ring, token, QR_TOKEN_DIGITS, NULL, find_record, &record, &out),
		QR_OUTCOME_BAD_AUTH);
	ck_assert_uint_eq(out.subject, 0);
	record.asked = 0;
	rewapp__qr_keyring_init(&ring, false);
	ck_assert_int_eq(
		rewapp__qr_verify_recorded(&ring, token, QR_TOKEN_DIGITS, NULL, find_record, &record, &out),
		QR_OUTCOME_UNKNOWN_KEY);
	ck_assert_int_eq(record.asked, 0);
}
END_TEST

START_TEST(outcomes_have_names)
{
	ck_assert_str_eq(rewapp__qr_outcome_name(QR_OUTCOME_OK), "OK");
	ck_assert_str_eq(rewapp__qr_outcome_name(QR_OUTCOME_BAD_AUTH), "BAD_AUTH");
	ck_assert_str_eq(rewapp__qr_outcome_text(QR_OUTCOME_EXPIRED), "its time is over");
	ck_assert_str_eq(rewapp__qr_outcome_name(-1), "UNKNOWN");
	ck_assert_str_eq(rewapp__qr_outcome_name(QR_OUTCOME_WRONG_AMOUNT + 1), "UNKNOWN");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("qr/token");
	TCase *tcase = tcase_create("token");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tcase);
	tcase_set_timeout(tcase, 300);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, vectors_agree);
	tcase_add_test(tcase, no_substitution_is_accepted);
	tcase_add_test(tcase, no_transposition_is_accepted);
	tcase_add_test(tcase, no_other_character_is_accepted);
	tcase_add_test(tcase, every_length_but_one_is_refused);
	tcase_add_test(tcase, no_bit_flip_is_accepted);
	tcase_add_test(tcase, no_random_token_is_accepted);
	tcase_add_test(tcase, digits_are_canonical);
	tcase_add_test(tcase, keys_rotate);
	tcase_add_test(tcase, a_keyring_has_limits);
	tcase_add_test(tcase, an_empty_keyring_knows_nobody);
	tcase_add_test(tcase, mint_refuses_what_cannot_be_written);
	tcase_add_test(tcase, tokens_of_one_member_share_nothing);
	tcase_add_test(tcase, a_record_names_what_is_wrong);
	tcase_add_test(tcase, a_record_cannot_make_a_forgery_good);
	tcase_add_test(tcase, outcomes_have_names);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
