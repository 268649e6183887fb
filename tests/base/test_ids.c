/* Ids: every form that is read, the one that is written, and names that stand for ids. */
#include "base/error.h"
#include "run.h"

#include <rewapp/types.h>
#include <string.h>

static const struct rewapp_id counted = { { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa,
	0xbb, 0xcc, 0xdd, 0xee, 0xff } };

START_TEST(forms_of_one_id)
{
	static const char *const forms[] = {
		"00112233445566778899aabbccddeeff",
		"00112233445566778899AABBCCDDEEFF",
		"00112233445566778899aAbBcCdDeEfF",
		"00112233-4455-6677-8899-aabbccddeeff",
		"00112233-4455-6677-8899-AABBCCDDEEFF",
	};
	struct rewapp_id id;

	ck_assert_int_eq(rewapp_id_parse(forms[_i], strlen(forms[_i]), &id), 0);
	ck_assert_mem_eq(id.bytes, counted.bytes, 16);
}
END_TEST

static const struct {
	const char *text, *message;
} wrong[] = {
	{ "", "id: neither 32 hexadecimal digits, a UUID nor @name" },
	{ "@", "id: neither 32 hexadecimal digits, a UUID nor @name" },
	{ "0011223344556677", "id: neither 32 hexadecimal digits, a UUID nor @name" },
	{ "00112233445566778899aabbccddeef", "id: neither 32 hexadecimal digits, a UUID nor @name" },
	{ "00112233445566778899aabbccddeefff", "id: neither 32 hexadecimal digits, a UUID nor @name" },
	{ "{00112233-4455-6677-8899-aabbccddeeff}", "id: neither 32 hexadecimal digits, a UUID nor @name" },
	{ "g0112233445566778899aabbccddeeff", "id: character 1 is not a hexadecimal digit" },
	{ "00112233445566778899aabbccddeef ", "id: character 32 is not a hexadecimal digit" },
	{ "0x112233445566778899aabbccddeeff", "id: character 2 is not a hexadecimal digit" },
	{ "00112233-4455-6677-8899-aabbccddeefg", "id: character 36 is not a hexadecimal digit" },
	{ "0011223-34455-6677-8899-aabbccddeeff", "id: character 8 is not a hexadecimal digit" },
	{ "0011-22334455-6677-8899-aabbccddeeff", "id: character 5 is not a hexadecimal digit" },
	{ "00112233445566778899aabbccddeeff0011", "id: character 33 is not a hexadecimal digit" },
	{ "00112233-4455-6677-8899aaabbccddeeff", "id: character 36 is not a hexadecimal digit" },
};

/* A mistake is placed, and the caller's id stays what it was. */
START_TEST(texts_that_are_no_id)
{
	struct rewapp_id id = counted;

	ck_assert_int_eq(rewapp_id_parse(wrong[_i].text, strlen(wrong[_i].text), &id), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), wrong[_i].message);
	ck_assert_mem_eq(id.bytes, counted.bytes, 16);
}
END_TEST

START_TEST(format_and_parse_are_inverse)
{
	char text[REWAPP_ID_CAPACITY + 1];
	struct rewapp_id id, again;

	for (unsigned i = 0; i < 256; i++) {
		memset(id.bytes, 0, sizeof id.bytes);
		id.bytes[i % 16] = (unsigned char)i;
		id.bytes[(i + 7) % 16] ^= (unsigned char)(255 - i);
		memset(text, '#', sizeof text);
		rewapp_id_format(&id, text);
		ck_assert_uint_eq(strlen(text), REWAPP_ID_TEXT);
		ck_assert_int_eq(text[REWAPP_ID_CAPACITY], '#');
		ck_assert_uint_eq(strspn(text, "0123456789abcdef"), REWAPP_ID_TEXT);
		ck_assert_int_eq(rewapp_id_parse(text, REWAPP_ID_TEXT, &again), 0);
		ck_assert_mem_eq(id.bytes, again.bytes, 16);
	}
	rewapp_id_format(&counted, text);
	ck_assert_str_eq(text, "00112233445566778899aabbccddeeff");
}
END_TEST

/* Computed with Python:
 *     hashlib.blake2b(b"rewapp.id:" + name, digest_size=16).hexdigest() */
static const struct {
	const char *name;
	size_t length;
	const char *id;
} derived[] = {
	{ "a", 1, "093ad310f0f41f36a1b035b21b756f4c" },
	{ "marie", 5, "6f21bec0fd46c07b70eb8ade3d4a238d" },
	{ "\xc3\xa9", 2, "5ba278f2985f9ca871134352d1e4f997" },
	{ "@", 1, "0eeda2934adabf34161ffcd1db402425" },
	{ "a\0b", 3, "4ebe56d81fdc9ef3b87f547bec4b71dd" },
};

START_TEST(names_stand_for_ids)
{
	char text[REWAPP_ID_CAPACITY], form[8] = "@";
	struct rewapp_id id;

	ck_assert_int_eq(rewapp_id_derive(derived[_i].name, derived[_i].length, &id), 0);
	rewapp_id_format(&id, text);
	ck_assert_str_eq(text, derived[_i].id);
	memcpy(form + 1, derived[_i].name, derived[_i].length);
	ck_assert_int_eq(rewapp_id_parse(form, derived[_i].length + 1, &id), 0);
	rewapp_id_format(&id, text);
	ck_assert_str_eq(text, derived[_i].id);
}
END_TEST

START_TEST(names_have_1_to_255_bytes)
{
	char name[257], text[REWAPP_ID_CAPACITY];
	struct rewapp_id id = counted;

	memset(name, 'x', sizeof name);
	ck_assert_int_eq(rewapp_id_derive(name, 0, &id), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_id_derive(name, 256, &id), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), "id: a name has 1 to 255 bytes");
	ck_assert_mem_eq(id.bytes, counted.bytes, 16);
	ck_assert_int_eq(rewapp_id_derive(name, 255, &id), 0);
	rewapp_id_format(&id, text);
	ck_assert_str_eq(text, "3cf75a22633171adb7c2ef314a0f28ec");
	name[0] = '@';
	ck_assert_int_eq(rewapp_id_parse(name, 256, &id), 0);
	ck_assert_int_eq(rewapp_id_parse(name, 257, &id), REWAPP_E_ARGUMENT);
}
END_TEST

START_TEST(zero_means_absent)
{
	struct rewapp_id id = { { 0 } };

	ck_assert_int_eq(rewapp_id_is_zero(NULL), 1);
	ck_assert_int_eq(rewapp_id_is_zero(&id), 1);
	for (int i = 0; i < 16; i++) {
		id.bytes[i] = 1;
		ck_assert_int_eq(rewapp_id_is_zero(&id), 0);
		id.bytes[i] = 0;
	}
}
END_TEST

START_TEST(null_is_refused)
{
	struct rewapp_id id = counted;

	ck_assert_int_eq(rewapp_id_parse(NULL, 32, &id), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_id_parse("@a", 2, NULL), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_id_derive(NULL, 1, &id), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_id_derive("a", 1, NULL), REWAPP_E_ARGUMENT);
	ck_assert_mem_eq(id.bytes, counted.bytes, 16);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, forms_of_one_id, 0, 5);
	tcase_add_loop_test(all, texts_that_are_no_id, 0, ROWS(wrong));
	tcase_add_test(all, format_and_parse_are_inverse);
	tcase_add_loop_test(all, names_stand_for_ids, 0, ROWS(derived));
	tcase_add_test(all, names_have_1_to_255_bytes);
	tcase_add_test(all, zero_means_absent);
	tcase_add_test(all, null_is_refused);
}

int main(void)
{
	return run_suite("base ids", add);
}
