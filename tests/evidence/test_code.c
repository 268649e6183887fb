/* Proof codes: the vectors, every mistyped character, and what a stranger can tell from them. */
#include "evidence/code.h"

#include "../run.h"
#include "rows.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static uint8_t key[PROOF_KEY_BYTES] = { 1, 2, 3 };
static const struct rewapp_id id = { { 9, 8, 7 } };

static bool reads(const char *text)
{
	struct proof_code code;

	return rewapp__proof_code_read(key, text, strlen(text), &code);
}

static void check_row(char **cells, int count)
{
	char text[PROOF_CODE_CAPACITY];
	struct proof_code code;
	struct rewapp_id of;

	ck_assert_int_eq(count, 5);
	row_bytes(cells[1], key, sizeof key);
	row_bytes(cells[3], of.bytes, sizeof of.bytes);
	rewapp__proof_code_write(key, row_number(cells[2]), &of, text);
	ck_assert_str_eq(text, cells[4]);
	ck_assert(rewapp__proof_code_read(key, text, strlen(text), &code));
	ck_assert_int_eq(code.number, row_number(cells[2]));
	ck_assert(rewapp__proof_code_is(key, &code, &of));
	of.bytes[15] ^= 1;
	ck_assert(!rewapp__proof_code_is(key, &code, &of));
}

START_TEST(the_vectors_agree)
{
	ck_assert_int_eq(each_row("code", check_row), 12);
}
END_TEST

START_TEST(every_slip_of_a_finger_is_found)
{
	for (int64_t number = 0; number < 200; number++) {
		char text[PROOF_CODE_CAPACITY], wrong[PROOF_CODE_CAPACITY];

		rewapp__proof_code_write(key, number * 104729, &id, text);
		for (size_t at = 0; at < strlen(text); at++) {
			if (text[at] == '-')
				continue;
			for (const char *other = alphabet; *other; other++) {
				memcpy(wrong, text, sizeof wrong);
				wrong[at] = *other;
				ck_assert_int_eq(reads(wrong), *other == text[at]);
			}
			if (at == 0 || text[at - 1] == '-' || text[at] == text[at - 1])
				continue;
			memcpy(wrong, text, sizeof wrong);
			wrong[at] = text[at - 1], wrong[at - 1] = text[at];
			ck_assert(!reads(wrong));
		}
	}
}
END_TEST

START_TEST(people_type_as_they_like)
{
	char text[PROOF_CODE_CAPACITY], typed[64], *at = typed;
	struct proof_code code;

	/* the first number whose code has both a 0 and a 1 */
	for (int64_t number = 0;; number++) {
		rewapp__proof_code_write(key, number, &id, text);
		if (strchr(text, '0') && strchr(text, '1'))
			break;
	}
	for (const char *from = text; *from; from++) {
		if (*from == '-')
			continue;
		*at++ = ' ';
		*at++ = *from == '0' ? 'o' : *from == '1' ? 'L' : *from >= 'A' ? (char)(*from + 32) : *from;
	}
	*at = '\0';
	ck_assert(rewapp__proof_code_read(key, typed, strlen(typed), &code));
	ck_assert(rewapp__proof_code_is(key, &code, &id));
}
END_TEST

START_TEST(what_is_no_code_is_refused)
{
	static const char *const texts[] = { "", "-", "0000", "0000-0000-0000-000", "0000-0000-0000-00000",
		"0000-0000-0000-000U", "0000_0000_0000_0000", "0000-0000-0000-000\xc3\xa9" };

	for (int i = 0; i < ROWS(texts); i++)
		ck_assert_msg(!reads(texts[i]), "%s", texts[i]);
	ck_assert(!rewapp__proof_code_read(key, "0000-0000-0000-00\0000", 20, &(struct proof_code){ 0 }));
}
END_TEST

/* A code read with another store's key names another number, and its tag is wrong. */
START_TEST(a_stranger_guesses_nothing)
{
	uint8_t other[PROOF_KEY_BYTES] = { 1, 2, 4 };
	char text[PROOF_CODE_CAPACITY];
	struct proof_code code;

	for (int64_t number = 0; number < 1000; number++) {
		rewapp__proof_code_write(key, number, &id, text);
		ck_assert(rewapp__proof_code_read(other, text, strlen(text), &code));
		ck_assert_int_ne(code.number, number);
		code.number = number;
		ck_assert(!rewapp__proof_code_is(other, &code, &id));
		ck_assert(rewapp__proof_code_is(key, &code, &id));
		code.tag ^= 1;
		ck_assert(!rewapp__proof_code_is(key, &code, &id));
	}
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, the_vectors_agree);
	tcase_add_test(all, every_slip_of_a_finger_is_found);
	tcase_add_test(all, people_type_as_they_like);
	tcase_add_test(all, what_is_no_code_is_refused);
	tcase_add_test(all, a_stranger_guesses_nothing);
}

int main(void)
{
	return run_suite("proof codes", add);
}
