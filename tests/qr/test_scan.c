/* A scanner is a US keyboard; this is what the same key presses type on other layouts. */
#include "qr/scan.h"
#include "qr/token.h"

#include <check.h>
#include <rewapp/errors.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char token[] =
	"97105068748627465201000989560464998400000063991374084456299607634191541071621800853"
	"727120702304549719";

/* The keys 1 to 0, then ] and Shift+Q, which start an AIM prefix. */
struct layout {
	const char *name;
	const char *keys[10];
	const char *bracket, *letter;
};

#define PLAIN \
	{ \
		"1", "2", "3", "4", "5", "6", "7", "8", "9", "0" \
	}

static const struct layout layouts[] = {
	{ "us", PLAIN, "]", "Q" },
	{ "us, caps", PLAIN, "]", "q" },
	{ "gb", PLAIN, "]", "Q" },
	{ "gb, caps", PLAIN, "]", "q" },
	{ "de", PLAIN, "+", "Q" },
	{ "de, caps", PLAIN, "+", "q" },
	{ "ch", PLAIN, "\u00a8", "Q" },
	{ "ch, caps", PLAIN, "\u00a8", "q" },
	{ "ch, dead key lost", PLAIN, "", "Q" },
	{ "es", PLAIN, "+", "Q" },
	{ "es, caps", PLAIN, "+", "q" },
	{ "it", PLAIN, "+", "Q" },
	{ "it, caps", PLAIN, "+", "q" },
	{ "pt", PLAIN, "\u00b4", "Q" },
	{ "pt, caps", PLAIN, "\u00b4", "q" },
	{ "nl", PLAIN, "*", "Q" },
	{ "nl, caps", PLAIN, "*", "q" },
	{ "se", PLAIN, "\u00a8", "Q" },
	{ "se, caps", PLAIN, "\u00a8", "q" },
	{ "ca", PLAIN, "\u00e7", "Q" },
	{ "fr", { "&", "\u00e9", "\"", "'", "(", "-", "\u00e8", "_", "\u00e7", "\u00e0" }, "$", "A" },
	{ "fr, caps, X11", { "&", "\u00c9", "\"", "'", "(", "-", "\u00c8", "_", "\u00c7", "\u00c0" }, "$",
		"a" },
	{ "fr, caps, Windows", PLAIN, "\u00a3", "a" },
	{ "fr, Latin-1", { "&", "\xe9", "\"", "'", "(", "-", "\xe8", "_", "\xe7", "\xe0" }, "$", "A" },
	{ "fr, Latin-1, caps", { "&", "\xc9", "\"", "'", "(", "-", "\xc8", "_", "\xc7", "\xc0" }, "$", "a" },
	{ "be", { "&", "\u00e9", "\"", "'", "(", "\u00a7", "\u00e8", "!", "\u00e7", "\u00e0" }, "$", "A" },
	{ "be, caps, X11", { "&", "\u00c9", "\"", "'", "(", "\u00a7", "\u00c8", "!", "\u00c7", "\u00c0" },
		"$", "a" },
	{ "be, caps, Windows", PLAIN, "*", "a" },
	{ "be, Latin-1", { "&", "\xe9", "\"", "'", "(", "\xa7", "\xe8", "!", "\xe7", "\xe0" }, "$", "A" },
	{ "be, Latin-1, caps", { "&", "\xc9", "\"", "'", "(", "\xa7", "\xc8", "!", "\xc7", "\xc0" }, "$",
		"a" },
};

static const char *key_of(const struct layout *layout, char digit)
{
	return layout->keys[(digit - '0' + 9) % 10];
}

static void type(const struct layout *layout, const char *digits, char *out)
{
	for (*out = '\0'; *digits; digits++) {
		const char *key = key_of(layout, *digits);

		memcpy(out, key, strlen(key) + 1);
		out += strlen(key);
	}
}

static void folds(const struct layout *layout, const char *typed)
{
	char digits[QR_TOKEN_CAPACITY];
	int length = rewapp__qr_scan_fold(typed, strlen(typed), digits, sizeof digits);

	ck_assert_msg(length == QR_TOKEN_DIGITS, "%s: %d from %s", layout->name, length, typed);
	ck_assert_str_eq(digits, token);
}

START_TEST(every_layout_folds)
{
	static const char *const ends[] = { "", "\r", "\n", "\r\n", "\t", "\t\r\n", " " };
	const struct layout *layout = &layouts[_i];
	char typed[1024], body[512];

	type(layout, token, body);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		snprintf(typed, sizeof typed, "%s%s", body, ends[i]);
		folds(layout, typed);
		snprintf(typed, sizeof typed, "\n %s%s%s%s%s", layout->bracket, layout->letter,
			key_of(layout, '1'), body, ends[i]);
		folds(layout, typed);
	}
}
END_TEST

/* Every digit on every layout, so that no row of the table goes untested. */
START_TEST(every_digit_folds)
{
	char digits[QR_TOKEN_CAPACITY], typed[512], out[QR_TOKEN_CAPACITY];

	for (int digit = 0; digit < 10; digit++) {
		memset(digits, '0' + digit, sizeof digits);
		memcpy(digits, "971", 3);
		digits[QR_TOKEN_DIGITS] = '\0';
		type(&layouts[_i], digits, typed);
		ck_assert_int_eq(
			rewapp__qr_scan_fold(typed, strlen(typed), out, sizeof out), QR_TOKEN_DIGITS);
		ck_assert_str_eq(out, digits);
	}
}
END_TEST

START_TEST(other_texts_are_handed_back)
{
	static const char *const texts[] = { "", "\r\n", "3017620422003",
		"\"\u00e0&-\u00e9\u00e0\u00e7\u00e9", "hello", "971", "]Q1", "A", "Q", "]",
		"http://example.org/971", "' OR 1=1 --", "\xff\xfe", "\xc3", "\xe9", "+33612345678" };
	char digits[QR_TOKEN_CAPACITY] = "kept";

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		ck_assert_msg(rewapp__qr_scan_fold(texts[i], strlen(texts[i]), digits, sizeof digits) == 0,
			"%s", texts[i]);
	ck_assert_str_eq(digits, "kept");
}
END_TEST

START_TEST(a_changed_scan_is_handed_back)
{
	char typed[2 * sizeof token + 8], digits[256];

	snprintf(typed, sizeof typed, "%s%s", token, token);
	ck_assert_int_eq(rewapp__qr_scan_fold(typed, strlen(typed), digits, sizeof digits), 0);
	snprintf(typed, sizeof typed, "%s\r\n%s", token, token);
	ck_assert_int_eq(rewapp__qr_scan_fold(typed, strlen(typed), digits, sizeof digits), 0);
	snprintf(typed, sizeof typed, "-%s", token);
	ck_assert_int_eq(rewapp__qr_scan_fold(typed, strlen(typed), digits, sizeof digits), 0);
	snprintf(typed, sizeof typed, "]Q%s", token);
	ck_assert_int_eq(rewapp__qr_scan_fold(typed, strlen(typed), digits, sizeof digits), 0);
	for (size_t length = 0; length < QR_TOKEN_DIGITS; length++)
		ck_assert_int_eq(rewapp__qr_scan_fold(token, length, digits, sizeof digits), 0);
	ck_assert_int_eq(
		rewapp__qr_scan_fold(token, sizeof token, digits, sizeof digits), 0); /* with its NUL */
}
END_TEST

/* A capital E acute and a paragraph sign in Latin-1 are one letter in UTF-8. */
START_TEST(latin1_that_looks_like_utf8)
{
	char typed[QR_TOKEN_CAPACITY], digits[QR_TOKEN_CAPACITY];

	memset(typed, '0', sizeof typed);
	memcpy(typed, "971\xc9\xa7", 5);
	ck_assert_int_eq(
		rewapp__qr_scan_fold(typed, QR_TOKEN_DIGITS, digits, sizeof digits), QR_TOKEN_DIGITS);
	ck_assert_int_eq(strncmp(digits, "971260", 6), 0);
}
END_TEST

START_TEST(a_small_buffer_is_said)
{
	char digits[QR_TOKEN_CAPACITY] = "kept";

	for (size_t capacity = 0; capacity < QR_TOKEN_CAPACITY; capacity++)
		ck_assert_int_eq(
			rewapp__qr_scan_fold(token, QR_TOKEN_DIGITS, digits, capacity), REWAPP_E_CAPACITY);
	ck_assert_str_eq(digits, "kept");
}
END_TEST

/* Bytes that keyboards make, at random, in exact memory for the sanitizers. */
START_TEST(noise_is_read_within_its_bounds)
{
	static const char alphabet[] = "0123456789&\"'(-_!\xc3\xa9\xe9\xa8\xa7\xc2\xc9\xe0]Q$A \r\n";
	static const uint8_t seed[randombytes_SEEDBYTES] = "tests/qr/scan";
	unsigned char noise[1200];
	char digits[256];

	randombytes_buf_deterministic(noise, sizeof noise, seed);
	for (size_t length = 0; length <= sizeof noise; length++) {
		char *typed = malloc(length ? length : 1);

		ck_assert_ptr_nonnull(typed);
		for (size_t i = 0; i < length; i++)
			typed[i] = alphabet[(noise[i] + length) % (sizeof alphabet - 1)];
		ck_assert_int_eq(rewapp__qr_scan_fold(typed, length, digits, sizeof digits), 0);
		free(typed);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("qr/scan");
	TCase *tcase = tcase_create("scan");
	SRunner *runner = srunner_create(suite);
	int failed, count = (int)(sizeof layouts / sizeof *layouts);

	suite_add_tcase(suite, tcase);
	tcase_add_loop_test(tcase, every_layout_folds, 0, count);
	tcase_add_loop_test(tcase, every_digit_folds, 0, count);
	tcase_add_test(tcase, other_texts_are_handed_back);
	tcase_add_test(tcase, a_changed_scan_is_handed_back);
	tcase_add_test(tcase, latin1_that_looks_like_utf8);
	tcase_add_test(tcase, a_small_buffer_is_said);
	tcase_add_test(tcase, noise_is_read_within_its_bounds);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
