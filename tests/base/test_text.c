/* UTF-8 at every border of RFC 3629, and payment card numbers in all spellings. */
#include "base/text.h"
#include "run.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What RFC 3629 says, said another way than the code says it: the code point of the
 * sequence is put together and written again in its one form. */
static bool is_character(const unsigned char *bytes, size_t length)
{
	static const uint32_t least[] = { 0, 0x01, 0x80, 0x800, 0x10000 };
	static const unsigned char mark[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
	static const unsigned char mask[] = { 0, 0x80, 0xe0, 0xf0, 0xf8 };
	uint32_t point;

	if ((bytes[0] & mask[length]) != mark[length])
		return false;
	point = bytes[0] & (unsigned char)~mask[length];
	for (size_t i = 1; i < length; i++) {
		if (bytes[i] < 0x80 || bytes[i] > 0xbf)
			return false;
		point = point << 6 | (bytes[i] & 0x3f);
	}
	return point >= least[length] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

START_TEST(every_one_and_two_bytes)
{
	for (int first = 0; first < 256; first++) {
		const unsigned char one[] = { (unsigned char)first };

		SAME_INT(rewapp__text_is_utf8((const char *)one, 1), is_character(one, 1));
		for (int second = 0; second < 256; second++) {
			const unsigned char two[] = { (unsigned char)first, (unsigned char)second };
			const bool valid = is_character(two, 2) ||
				(is_character(two, 1) && is_character(two + 1, 1));

			SAME_INT(rewapp__text_is_utf8((const char *)two, 2), valid);
		}
	}
}
END_TEST

/* Three and four bytes: every first byte, each next one at and around its borders. */
START_TEST(three_and_four_bytes_at_the_borders)
{
	static const unsigned char next[] = { 0x00, 0x41, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f, 0xa0, 0xa1,
		0xbe, 0xbf, 0xc0, 0xc2, 0xe0, 0xff };

	for (unsigned first = 0xe0; first < 0x100; first++)
		for (int i = 0; i < 16 * 16 * 16; i++) {
			const unsigned char bytes[] = { (unsigned char)first, next[i % 16], next[i / 16 % 16],
				next[i / 256] };
			const bool three = is_character(bytes, 3);
			const bool four = is_character(bytes, 4) || (three && is_character(bytes + 3, 1));

			SAME_INT(rewapp__text_is_utf8((const char *)bytes, 3), three);
			SAME_INT(rewapp__text_is_utf8((const char *)bytes, 4), four);
		}
}
END_TEST

static const struct {
	const char *name, *text;
	bool valid;
} utf8[] = {
	{ "empty", "", true },
	{ "U+007F, the last of one byte", "\x7f", true },
	{ "U+0080, the first of two", "\xc2\x80", true },
	{ "U+07FF, the last of two", "\xdf\xbf", true },
	{ "U+0800, the first of three", "\xe0\xa0\x80", true },
	{ "U+D7FF, before the surrogates", "\xed\x9f\xbf", true },
	{ "U+D800, the first surrogate", "\xed\xa0\x80", false },
	{ "U+DFFF, the last surrogate", "\xed\xbf\xbf", false },
	{ "U+E000, behind the surrogates", "\xee\x80\x80", true },
	{ "U+FFFF, the last of three", "\xef\xbf\xbf", true },
	{ "U+10000, the first of four", "\xf0\x90\x80\x80", true },
	{ "U+10FFFF, the last of all", "\xf4\x8f\xbf\xbf", true },
	{ "U+110000, beyond", "\xf4\x90\x80\x80", false },
	{ "slash in two bytes", "\xc0\xaf", false },
	{ "slash in three bytes", "\xe0\x80\xaf", false },
	{ "slash in four bytes", "\xf0\x80\x80\xaf", false },
	{ "U+007F in two bytes", "\xc1\xbf", false },
	{ "U+07FF in three bytes", "\xe0\x9f\xbf", false },
	{ "U+FFFF in four bytes", "\xf0\x8f\xbf\xbf", false },
	{ "a pair of surrogates (CESU-8)", "\xed\xa0\xbd\xed\xb8\x80", false },
	{ "five bytes", "\xf8\x88\x80\x80\x80", false },
	{ "0xfe", "\xfe", false },
	{ "0xff", "\xff", false },
	{ "a continuation alone", "\x80", false },
	{ "two bytes cut", "\xc3", false },
	{ "three bytes cut", "\xe2\x82", false },
	{ "four bytes cut", "\xf0\x9f\x98", false },
	{ "Latin-1", "caf\xe9 du coin", false },
	{ "French", "caf\xc3\xa9 \xc3\xa0 3 \xe2\x82\xac \xf0\x9f\x98\x80", true },
};

START_TEST(known_texts)
{
	ck_assert_msg(rewapp__text_is_utf8(utf8[_i].text, strlen(utf8[_i].text)) == utf8[_i].valid, "%s",
		utf8[_i].name);
}
END_TEST

START_TEST(nul_is_no_text)
{
	ck_assert(!rewapp__text_is_utf8("a\0b", 3));
	ck_assert(!rewapp__text_is_utf8("ab", 3));
	ck_assert(rewapp__text_is_utf8(NULL, 0));
}
END_TEST

/* The numbers that the card schemes publish for tests. */
static const struct {
	const char *scheme, *digits;
} cards[] = {
	{ "Visa", "4111111111111111" },
	{ "Visa", "4012888888881881" },
	{ "Visa, 13 digits", "4222222222222" },
	{ "Visa, 19 digits", "4000000000000000006" },
	{ "Mastercard", "5555555555554444" },
	{ "Mastercard", "5105105105105100" },
	{ "Mastercard, 2 series", "2223003122003222" },
	{ "American Express", "378282246310005" },
	{ "American Express", "371449635398431" },
	{ "Diners Club, 14 digits", "30569309025904" },
	{ "Diners Club", "38520000023237" },
	{ "Discover", "6011111111111117" },
	{ "Discover", "6011000990139424" },
	{ "JCB", "3530111333300000" },
	{ "JCB", "3566002020360505" },
	{ "UnionPay", "6200000000000005" },
};

static bool has_card(const char *text)
{
	return rewapp__text_has_card_number(text, strlen(text));
}

/* `digits` with `separator` between groups of `size`. */
static void spell(char *out, const char *digits, char separator, size_t size)
{
	for (size_t i = 0; digits[i]; i++) {
		if (i > 0 && size > 0 && i % size == 0)
			*out++ = separator;
		*out++ = digits[i];
	}
	*out = '\0';
}

START_TEST(card_numbers_in_all_spellings)
{
	static const char *const around[][2] = { { "", "" }, { "CB ", "" }, { "", " CARTE" },
		{ "PAIEMENT:", ";" }, { "CARTE X", "X 12/26" }, { "caf\xc3\xa9", "\xe2\x82\xac" } };
	static const struct {
		char separator;
		size_t size;
	} forms[] = { { ' ', 0 }, { ' ', 4 }, { '-', 4 }, { ' ', 2 }, { '-', 1 }, { ' ', 6 } };

	for (int form = 0; form < ROWS(forms); form++)
		for (int i = 0; i < ROWS(around); i++) {
			char spelled[64], text[128];

			spell(spelled, cards[_i].digits, forms[form].separator, forms[form].size);
			snprintf(text, sizeof text, "%s%s%s", around[i][0], spelled, around[i][1]);
			ck_assert_msg(has_card(text), "%s: %s", cards[_i].scheme, text);
		}
}
END_TEST

/* The commonest way to write one down: the number, then what else stands on the card. */
START_TEST(a_card_number_beside_other_digits)
{
	static const char *const around[][2] = { { "", " 12/26" }, { "", " 1226 123" }, { "03/03 ", "" },
		{ "17-", "-2026" }, { "75012 ", " 4200" } };

	for (int i = 0; i < ROWS(around); i++) {
		char text[64];

		snprintf(text, sizeof text, "%s%s%s", around[i][0], cards[_i].digits, around[i][1]);
		ck_assert_msg(has_card(text), "%s", text);
	}
}
END_TEST

/* Written in groups as on the card, with other groups of digits around. */
START_TEST(a_grouped_card_number_beside_other_digits)
{
	static const char *const around[][2] = { { "", " 12/26" }, { "", " 1226 123" }, { "2026 ", "" },
		{ "03-03 1042 ", "-2026" }, { "75012 ", " 4200" }, { "1234 1234 ", " 1234 1234 1234" } };
	static const struct {
		const char *digits;
		size_t sizes[6];
	} grouped[] = { { "4111111111111111", { 4, 4, 4, 4, 0 } }, { "378282246310005", { 4, 6, 5, 0 } },
		{ "30569309025904", { 4, 6, 4, 0 } }, { "4000000000000000006", { 4, 4, 4, 4, 3, 0 } },
		{ "4222222222222", { 4, 4, 4, 1, 0 } }, { "5555555555554444", { 8, 8, 0 } } };
	static const char *const joints[] = { " ", "-", "\xc2\xa0", "\xe2\x80\xaf" };

	for (int i = 0; i < ROWS(around) * ROWS(grouped) * ROWS(joints); i++) {
		const char *const *beside = around[i % ROWS(around)];
		const char *joint = joints[i / ROWS(around) % ROWS(joints)];
		const char *digits = grouped[i / ROWS(around) / ROWS(joints)].digits;
		const size_t *size = grouped[i / ROWS(around) / ROWS(joints)].sizes;
		char text[128];
		int at = snprintf(text, sizeof text, "%s", beside[0]);

		for (; *size; digits += *size++)
			at += snprintf(text + at, sizeof text - (size_t)at, "%.*s%s", (int)*size, digits,
				size[1] ? joint : "");
		snprintf(text + at, sizeof text - (size_t)at, "%s", beside[1]);
		ck_assert_msg(has_card(text), "%s", text);
		ck_assert_uint_eq(rewapp__text_mask_cards(text, strlen(text)), 1);
		ck_assert_msg(!has_card(text), "%s", text);
	}
}
END_TEST

static const struct {
	const char *text, *masked;
	size_t found;
} masks[] = {
	{ "CARTE 4970100000000154 CARREFOUR", "CARTE XXXXXXXXXXXX0154 CARREFOUR", 1 },
	{ "CB 4970 1000 0000 0154", "CB XXXX XXXX XXXX 0154", 1 },
	{ "4970-1000-0000-0154,5555555555554444", "XXXX-XXXX-XXXX-0154,XXXXXXXXXXXX4444", 2 },
	{ "4970100000000154 5555555555554444", "XXXXXXXXXXXX0154 XXXXXXXXXXXX4444", 2 },
	{ "4970 1000 0000 0154 5555 5555 5555 4444", "XXXX XXXX XXXX 0154 XXXX XXXX XXXX 4444", 2 },
	{ "CB 4970 1000 0000 0154 12 03 2026 LIDL 1915", "CB XXXX XXXX XXXX 0154 12 03 2026 LIDL 1915", 1 },
	{ "1203 4970 1000 0000 0154 2026", "1203 XXXX XXXX XXXX 0154 2026", 1 },
	/* the four digits that stay of the first begin the second */
	{ "4111 1111 1113 4444 1111 1111 1119", "XXXX XXXX XXXX XXXX XXXX XXXX 1119", 2 },
	{ "CARTE 4974XXXXXXXX2335 LIDL", "CARTE 4974XXXXXXXX2335 LIDL", 0 },
	{ "REF 4970100000000155", "REF 4970100000000155", 0 },
	{ "", "", 0 },
};

START_TEST(card_numbers_keep_four_digits)
{
	char text[128];

	snprintf(text, sizeof text, "%s", masks[_i].text);
	ck_assert_uint_eq(rewapp__text_mask_cards(text, strlen(text)), masks[_i].found);
	ck_assert_str_eq(text, masks[_i].masked);
}
END_TEST

/* One digit changed is no card number: that is what Luhn's check is for. */
START_TEST(a_wrong_digit_is_no_card)
{
	for (size_t at = 1; cards[_i].digits[at]; at++) {
		char text[32];

		snprintf(text, sizeof text, "%s", cards[_i].digits);
		text[at] = text[at] == '9' ? '0' : (char)(text[at] + 1);
		ck_assert_msg(!has_card(text), "%s", text);
	}
}
END_TEST

static const char *const innocent[] = {
	"",
	"CB CARREFOUR CITY 12/03 PARIS",
	"42",
	"1234567890128",        /* passes Luhn and starts with 1 */
	"55208131766522",       /* a SIRET */
	"SIRET 44306184100047", /* the same */
	"498750012345673",      /* 15 digits that pass: an acquirer's number of a merchant */
	"5510000000003",        /* 13 digits that pass: only Visa had so few */
	"0000000000000000",     /* starts with 0 */
	"7992739871300000001",  /* starts with 7 */
	"9999999999999995",     /* starts with 9 */
	"411111111116",         /* 12 digits that pass */
	"40000000000000000002", /* 20 digits that pass */
	"4111111  11111111",    /* two spaces */
	"4111 1111.1111 1111",
	"4111/1111/1111/1111",
	"4111 - 1111 - 1111 - 1111",
	"4111XXXXXXXX1111",
	"************1111",
	"FR7630006000011234567890189", /* an IBAN */
	"2026-03-12 10:42:07",
	"+33 6 12 34 56 78",
};

START_TEST(text_without_a_card_number)
{
	ck_assert_msg(!has_card(innocent[_i]), "%s", innocent[_i]);
}
END_TEST

/* Tokens have 101 digits, any window of which may look like a card: they are none. */
START_TEST(long_tokens_are_no_cards)
{
	char token[102];

	for (size_t i = 0; i + 1 < sizeof token; i++)
		token[i] = "4111111111111111"[i % 16];
	token[101] = '\0';
	ck_assert(!has_card(token));
	ck_assert(!rewapp__text_has_card_number(token, 20));
	ck_assert(rewapp__text_has_card_number(token, 16));
}
END_TEST

/* Numbers of articles (GS1 GTIN-13 and GTIN-14) that pass Luhn's check too. */
static const struct {
	const char *digits;
	bool card;
} articles[] = {
	{ "5909588202439", false }, /* of 13 digits */
	{ "3035047722056", false },
	{ "4018417532270", true },   /* begins as cards of 13 digits did */
	{ "56844971633718", false }, /* of 14 digits */
	{ "36097276339053", false }, /* begins as cards of 14 digits do, and fails the check */
	{ "30569309025904", true },
	{ "5555555555554444", true },
};

START_TEST(article_numbers_are_no_cards)
{
	static const char *const forms[][2] = { { "{\"skus\":[\"B-1\",\"", "\"]}" },
		{ "{\"name\":\"no ", "\"}" }, { "{\"points\":", "}" } };
	char text[80];

	for (size_t i = 0; i < ROWS(forms); i++) {
		snprintf(text, sizeof text, "%s%s%s", forms[i][0], articles[_i].digits, forms[i][1]);
		ck_assert_msg(has_card(text) == articles[_i].card, "%s", text);
	}
}
END_TEST

/* Only the bytes that were given are looked at. */
START_TEST(the_length_counts)
{
	ck_assert(!rewapp__text_has_card_number("4111111111111111", 15));
	ck_assert(!rewapp__text_has_card_number("4111111111111111", 0));
	ck_assert(rewapp__text_has_card_number("4111111111111111 ", 17));
	ck_assert(rewapp__text_has_card_number("4111111111111111-", 17));
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, every_one_and_two_bytes);
	tcase_add_test(all, three_and_four_bytes_at_the_borders);
	tcase_add_loop_test(all, known_texts, 0, ROWS(utf8));
	tcase_add_test(all, nul_is_no_text);
	tcase_add_loop_test(all, card_numbers_in_all_spellings, 0, ROWS(cards));
	tcase_add_loop_test(all, a_card_number_beside_other_digits, 0, ROWS(cards));
	tcase_add_test(all, a_grouped_card_number_beside_other_digits);
	tcase_add_loop_test(all, card_numbers_keep_four_digits, 0, ROWS(masks));
	tcase_add_loop_test(all, a_wrong_digit_is_no_card, 0, ROWS(cards));
	tcase_add_loop_test(all, text_without_a_card_number, 0, ROWS(innocent));
	tcase_add_test(all, long_tokens_are_no_cards);
	tcase_add_loop_test(all, article_numbers_are_no_cards, 0, ROWS(articles));
	tcase_add_test(all, the_length_counts);
}

int main(void)
{
	return run_suite("base text", add);
}
