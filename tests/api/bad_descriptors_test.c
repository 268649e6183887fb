/* Descriptors and merchants that try to be what they are not: through the public door, each has
 * a stable answer and none makes a stranger a partner. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

static int match(struct world *world, const char *descriptor, struct rewapp_match *out)
{
	struct rewapp_match_query query = {
		.size = sizeof query, .descriptor = descriptor, .amount = -1250, .currency = "EUR"
	};

	out->size = sizeof *out;
	return rewapp_match(world->engine, &query, out);
}

static void shop(struct world *world, const char *id, const char *name)
{
	char text[300];

	snprintf(text, sizeof text,
		"{\"kind\":\"merchant\",\"id\":\"@put-%s\",\"target\":\"@%s\",\"document\":{\"name\":\"%s\"}"
		"}",
		id, id, name);
	world_do(world, text);
}

static void shops(struct world *world)
{
	world_open(world);
	shop(world, "fnac", "Fnac");
	shop(world, "decathlon", "Decathlon");
}

START_TEST(lengths)
{
	struct rewapp_match found;
	char text[REWAPP_TEXT_MAX + 2];
	struct world world;

	shops(&world);
	memset(text, 'A', sizeof text);
	memcpy(text, "CB FNAC ", 8);
	text[REWAPP_TEXT_MAX] = '\0';
	ck_assert_int_eq(match(&world, text, &found), 0);
	ck_assert_uint_le(found.merchant_to, REWAPP_TEXT_MAX);
	text[REWAPP_TEXT_MAX] = 'A';
	text[REWAPP_TEXT_MAX + 1] = '\0';
	ck_assert_int_eq(match(&world, text, &found), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), "descriptor: not 1 to 4096 bytes");
	ck_assert_int_eq(match(&world, "", &found), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(match(&world, " ", &found), 0);
	ck_assert_int_eq(found.outcome, REWAPP_MATCH_NONE);
	world_close(&world);
}
END_TEST

static const char *const not_utf8[] = { "CB FNAC \xe9", "CB \xc0\xaf", "CB \xed\xa0\x80",
	"CB \xf4\x90\x80\x80", "\x80", "CB FNAC \xe2\x82" };

START_TEST(text_that_is_not_utf8_is_refused)
{
	struct rewapp_match found;
	struct world world;

	shops(&world);
	ck_assert_int_eq(match(&world, not_utf8[_i], &found), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), "descriptor: not UTF-8");
	world_close(&world);
}
END_TEST

/* What looks like the brand and is spelled otherwise must not be sure of it. */
static const struct {
	const char *what, *text;
} imitations[] = {
	{ "a Cyrillic A",
		"CB FN\xd0\x90"
		"C PARIS" },
	{ "a Greek A",
		"CB FN\xce\x91"
		"C PARIS" },
	{ "Cyrillic letters all through", "CB D\xd0\x95\xd0\xa1\xd0\x90THL\xd0\x9eN LILLE" },
	{ "read backwards by a mark",
		"CB \xe2\x80\xae"
		"CANF\xe2\x80\xac PARIS" },
	{ "an isolate around what reads backwards",
		"CB \xe2\x81\xa7"
		"CANF\xe2\x81\xa9" },
	{ "a zero for O", "CB DECATHL0N LILLE" },
	{ "only its first letters", "CB FN" },
	{ "a longer word", "CB FNACOMANIE" },
};

START_TEST(imitations_are_not_sure)
{
	struct rewapp_match found;
	struct world world;

	shops(&world);
	ck_assert_int_eq(match(&world, imitations[_i].text, &found), 0);
	ck_assert_msg(found.outcome != REWAPP_MATCH_SURE, "%s", imitations[_i].what);
	world_close(&world);
}
END_TEST

/* What cannot be seen changes nothing. */
static const char *const unseen[] = { "CB FN\xe2\x80\x8b"
				      "AC PARIS",
	"CB FN\xe2\x80\x8d"
	"AC PARIS",
	"\xef\xbb\xbf"
	"CB FNAC PARIS",
	"CB FN\xc2\xad"
	"AC PARIS",
	"CB FNAC\xe2\x80\x8f PARIS",
	"CB\x01 FN\x02"
	"AC\x7f PARIS",
	"CB\tFNAC\r\nPARIS" };

START_TEST(what_is_not_seen_changes_nothing)
{
	struct rewapp_match plain, found;
	struct world world;

	shops(&world);
	ck_assert_int_eq(match(&world, "CB FNAC PARIS", &plain), 0);
	ck_assert_int_eq(match(&world, unseen[_i], &found), 0);
	ck_assert_int_eq(found.outcome, plain.outcome);
	ck_assert_int_eq(found.candidate_count, 1);
	ck_assert_str_eq(found.candidates[0].name, "Fnac");
	ck_assert_int_eq(found.candidates[0].score, plain.candidates[0].score);
	world_close(&world);
}
END_TEST

/* Names that say nothing are kept and never found; a name that two merchants bear never decides. */
START_TEST(names_that_say_nothing_or_too_much)
{
	struct rewapp_match found;
	struct world world;

	shops(&world);
	shop(&world, "letter", "A");
	shop(&world, "mark", "***");
	shop(&world, "script", "\xe3\x82\xbb\xe3\x83\x96\xe3\x83\xb3");
	shop(&world, "other", "FNAC");
	ck_assert_int_eq(match(&world, "CB A PARIS", &found), 0);
	ck_assert_int_eq(found.outcome, REWAPP_MATCH_NONE);
	ck_assert_int_eq(match(&world, "CB *** \xe3\x82\xbb\xe3\x83\x96\xe3\x83\xb3", &found), 0);
	ck_assert_int_eq(found.outcome, REWAPP_MATCH_NONE);
	ck_assert_int_eq(match(&world, "CB FNAC PARIS", &found), 0);
	ck_assert_int_ne(found.outcome, REWAPP_MATCH_SURE);
	ck_assert_int_eq(found.candidate_count, 2);
	ck_assert_int_eq(match(&world, "CB DECATHLON LILLE", &found), 0);
	ck_assert_int_eq(found.candidate_count, 1);
	world_close(&world);
}
END_TEST

/* Beside other digits, in groups, with spaces that do not break: no card number is ever stored or told. */
static const char *const cards[] = { "CB FNAC 4970100000000154", "CB FNAC 4970 1000 0000 0154 12 03 2026",
	"1203 4970-1000-0000-0154 FNAC", "CB 3782 822463 10005 2026",
	"CB 4970\xc2\xa0"
	"1000\xc2\xa0"
	"0000\xc2\xa0"
	"0154 75 11" };

static const char *const questions[] = { "{\"query\":\"receipt\",\"id\":\"@t\"}", "{\"query\":\"events\"}",
	"{\"query\":\"export\",\"member\":\"@ada\"}", "{\"query\":\"statement\",\"member\":\"@ada\"}" };

/* Digits of the cards above that only they have, and that a mask takes away. */
static void tells_no_card(const char *bytes, size_t length)
{
	static const char *const parts[] = { "4970100", "4970 1000", "4970-1000",
		"1000\xc2\xa0"
		"0000",
		"0000 0154", "0000-0154", "3782 8224" };

	for (int i = 0; i < ROWS(parts); i++)
		ck_assert_msg(!memmem(bytes, length, parts[i], strlen(parts[i])), "%s", parts[i]);
}

static void file_tells_no_card(const char *path)
{
	FILE *file = fopen(path, "rb");
	static char bytes[8 << 20];
	size_t length;

	ck_assert_ptr_nonnull(file);
	length = fread(bytes, 1, sizeof bytes, file);
	ck_assert_uint_gt(length, 4096);
	ck_assert_uint_lt(length, sizeof bytes);
	ck_assert_int_eq(fclose(file), 0);
	tells_no_card(bytes, length);
}

/* Each digit of the descriptor's card but the last four becomes an X. */
static void mask(char *text, int card)
{
	static const char *const numbers[] = { "4970100000000154", "4970 1000 0000 0154",
		"4970-1000-0000-0154", "3782 822463 10005",
		"4970\xc2\xa0"
		"1000\xc2\xa0"
		"0000\xc2\xa0"
		"0154" };
	char *at = strstr(text, numbers[card]);
	size_t length = strlen(numbers[card]);

	ck_assert_ptr_nonnull(at);
	for (size_t i = 0; i + 4 < length; i++)
		if (at[i] >= '0' && at[i] <= '9')
			at[i] = 'X';
}

START_TEST(card_numbers_never_get_in)
{
	static const char path[] = "bad-descriptors-test.db";
	struct world world = { .now_ms = WORLD_NOW_MS };
	char text[400], *answer = NULL;

	(void)remove(path);
	world.engine = world_engine(&world, "sqlite:bad-descriptors-test.db");
	shop(&world, "fnac", "Fnac");
	world_do(&world,
		"{\"commands\":[{\"kind\":\"programme\",\"id\":\"@p\",\"target\":\"@main\",\"document\":{"
		"\"name\":\"Main\",\"currency\":\"EUR\",\"rules\":[{\"id\":\"base\",\"type\":\"percent\","
		"\"basis_points\":200}]}},{\"kind\":\"member\",\"id\":\"@e\",\"target\":\"@ada\"}]}");
	snprintf(text, sizeof text,
		"{\"kind\":\"purchase\",\"id\":\"@t\",\"member\":\"@ada\",\"amount\":1250,\"currency\":"
		"\"EUR\",\"descriptor\":\"%s\"}",
		cards[_i]);
	ck_assert_int_eq(rewapp_json_submit(world.engine, text, strlen(text), &answer, NULL), 0);
	ck_assert_ptr_nonnull(strstr(answer, "\"verdict\":"));
	tells_no_card(answer, strlen(answer));
	rewapp_free(world.engine, answer);
	/* the same purchase with the bank's own mask is the same command */
	mask(text, _i);
	ck_assert_int_eq(rewapp_json_submit(world.engine, text, strlen(text), &answer, NULL), 0);
	ck_assert_ptr_nonnull(strstr(answer, "\"replayed\":true"));
	rewapp_free(world.engine, answer);
	for (int i = 0; i < ROWS(questions); i++) {
		ck_assert_msg(rewapp_json_query(
				      world.engine, questions[i], strlen(questions[i]), &answer, NULL) == 0,
			"%s: %s", questions[i], rewapp_errmsg());
		tells_no_card(answer, strlen(answer));
		rewapp_free(world.engine, answer);
	}
	world_close(&world);
	file_tells_no_card(path);
	ck_assert_int_eq(remove(path), 0);
}
END_TEST

/* The look tells the masked text's places, byte for byte those of the text that was given. */
START_TEST(card_numbers_are_not_told_by_a_look)
{
	struct rewapp_match found;
	struct world world;

	shops(&world);
	ck_assert_int_eq(match(&world, cards[_i], &found), 0);
	tells_no_card((const char *)&found, sizeof found);
	ck_assert(found.card_suffix[0] == 0 || strlen(found.card_suffix) <= 4);
	for (int i = 0; i < found.candidate_count; i++)
		for (int j = 0; j < found.candidates[i].evidence_count; j++)
			ck_assert_uint_le(found.candidates[i].evidence[j].to, strlen(cards[_i]));
	world_close(&world);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, lengths);
	tcase_add_loop_test(all, text_that_is_not_utf8_is_refused, 0, ROWS(not_utf8));
	tcase_add_loop_test(all, imitations_are_not_sure, 0, ROWS(imitations));
	tcase_add_loop_test(all, what_is_not_seen_changes_nothing, 0, ROWS(unseen));
	tcase_add_test(all, names_that_say_nothing_or_too_much);
	tcase_add_loop_test(all, card_numbers_never_get_in, 0, ROWS(cards));
	tcase_add_loop_test(all, card_numbers_are_not_told_by_a_look, 0, ROWS(cards));
}

int main(void)
{
	return run_suite("api bad descriptors", add);
}
