/* Covers: they come off again with the key, and not with another. */
#include "evidence/cover.h"

#include "../run.h"

#include <sodium.h>
#include <string.h>

static const uint8_t key[COVER_KEY_BYTES] = { 1 }, other[COVER_KEY_BYTES] = { 2 };
static const struct rewapp_id ticket = { { 7 } };

START_TEST(an_id_comes_back_with_its_key_alone)
{
	struct rewapp_id id = { { 0x41, 0x6e, 0x61 } }, covered = id, wrong;

	rewapp__cover_id(key, &covered);
	ck_assert_int_ne(memcmp(&covered, &id, sizeof id), 0);
	wrong = covered;
	rewapp__cover_id(other, &wrong);
	ck_assert_int_ne(memcmp(&wrong, &id, sizeof id), 0);
	rewapp__cover_id(key, &covered);
	ck_assert_int_eq(memcmp(&covered, &id, sizeof id), 0);
}
END_TEST

START_TEST(no_two_texts_have_one_pad)
{
	static const char zeros[200];
	struct rewapp_id next = { { 8 } };
	char a[200] = { 0 }, b[200] = { 0 }, c[200] = { 0 }, d[200] = { 0 };

	rewapp__cover_text(key, &ticket, 0, a, sizeof a);
	rewapp__cover_text(key, &ticket, 1, b, sizeof b);
	rewapp__cover_text(key, &next, 0, c, sizeof c);
	rewapp__cover_text(other, &ticket, 0, d, sizeof d);
	for (size_t i = 0; i + 8 <= sizeof a; i += 8) {
		ck_assert_int_ne(memcmp(a + i, zeros, 8), 0);
		ck_assert_int_ne(memcmp(a + i, b + i, 8), 0);
		ck_assert_int_ne(memcmp(a + i, c + i, 8), 0);
		ck_assert_int_ne(memcmp(a + i, d + i, 8), 0);
	}
	rewapp__cover_text(key, &ticket, 0, a, sizeof a);
	ck_assert_int_eq(memcmp(a, zeros, sizeof a), 0);
	rewapp__cover_text(key, &ticket, 0, a, 0);
}
END_TEST

START_TEST(pseudonyms_differ_by_member_and_by_store)
{
	struct rewapp_id a, b, c, again;

	rewapp__pseudonym(key, 1, &a);
	rewapp__pseudonym(key, 2, &b);
	rewapp__pseudonym(other, 1, &c);
	rewapp__pseudonym(key, 1, &again);
	ck_assert_int_ne(memcmp(&a, &b, sizeof a), 0);
	ck_assert_int_ne(memcmp(&a, &c, sizeof a), 0);
	ck_assert_int_eq(memcmp(&a, &again, sizeof a), 0);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, an_id_comes_back_with_its_key_alone);
	tcase_add_test(all, no_two_texts_have_one_pad);
	tcase_add_test(all, pseudonyms_differ_by_member_and_by_store);
}

int main(void)
{
	return run_suite("covers", add);
}
