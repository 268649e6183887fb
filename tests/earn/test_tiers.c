/* Tiers: each period, each policy, year by year; late decisions are those of every day; bad documents. */
#include "earn/tiers.h"

#include <check.h>
#include <rewapp/errors.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

/* Silver at 100, gold at 500, ruby at 900; what else the tiers say is given. */
static struct programme *programme_of(const char *more)
{
	char text[1024];
	struct programme *programme;
	int length = snprintf(text, sizeof text,
		"{\"name\":\"T\",\"currency\":\"EUR\",\"tiers\":{%s,\"levels\":[{\"id\":\"silver\",\"from\":"
		"100},"
		"{\"id\":\"gold\",\"from\":500},{\"id\":\"ruby\",\"from\":900}]},"
		"\"rules\":[{\"id\":\"r\",\"type\":\"fixed\",\"points\":1}]}",
		more);

	ck_assert_msg(
		rewapp__programme_parse(&programme, text, (size_t)length, NULL) == 0, "%s", rewapp_errmsg());
	return programme;
}

static int64_t date_ms(int year, int month, int day)
{
	return rewapp__days_of_date(year, month, day) * DAY_MS;
}

/* One member's counting: windows with their sums. */
struct member {
	struct tier_sum sums[512];
	struct tier_count count;
	struct tier_state state;
};

static void member_begin(struct member *member, const struct programme *programme)
{
	memset(member, 0, sizeof *member);
	member->count = (struct tier_count){ programme, TIER_NO_ANCHOR, member->sums, 0 };
	member->state.level = member->state.floor = TIER_NONE;
}

static void settle(struct member *member, int64_t now_ms)
{
	for (int i = 0; rewapp__tier_settle(&member->count, &member->state, now_ms); i++)
		ck_assert_int_lt(i, 1000);
}

static void count(struct member *member, int64_t now_ms, int64_t amount)
{
	int64_t window;
	size_t i = 0;

	settle(member, now_ms);
	if (member->count.anchor == TIER_NO_ANCHOR)
		member->count.anchor = rewapp__tier_day(member->count.programme, now_ms);
	window = rewapp__tier_window(member->count.programme, member->count.anchor, now_ms);
	while (i < member->count.count && member->sums[i].window != window)
		i++;
	if (i == member->count.count)
		member->sums[member->count.count++] = (struct tier_sum){ window, 0 };
	member->sums[i].total += amount;
	rewapp__tier_decide(&member->count, &member->state, now_ms);
}

static const char *tier_at(struct member *member, int64_t now_ms)
{
	settle(member, now_ms);
	return rewapp__tier_id(member->count.programme, member->state.level);
}

/* 600 on 15 May 2026 and 150 on 10 February 2027: who stands where, and since when. */
static const struct story {
	const char *tiers;
	struct {
		int year, month, day;
		const char *tier;
	} at[6];
} stories[] = {
	{ "\"by\":\"spend\",\"period\":\"year\",\"downgrade\":\"immediate\"",
		{ { 2026, 12, 31, "gold" }, { 2027, 1, 1, "" }, { 2027, 2, 10, "silver" },
			{ 2027, 12, 31, "silver" }, { 2028, 1, 1, "" }, { 2029, 1, 1, "" } } },
	{ "\"by\":\"spend\",\"period\":\"year\"",
		{ { 2026, 12, 31, "gold" }, { 2027, 2, 10, "gold" }, { 2027, 12, 31, "gold" },
			{ 2028, 1, 1, "silver" }, { 2028, 12, 31, "silver" }, { 2029, 1, 1, "" } } },
	{ "\"by\":\"spend\",\"period\":\"year\",\"grace_days\":31",
		{ { 2027, 12, 31, "gold" }, { 2028, 1, 31, "gold" }, { 2028, 2, 1, "silver" },
			{ 2029, 1, 31, "silver" }, { 2029, 2, 1, "" }, { 2030, 2, 1, "" } } },
	{ "\"by\":\"spend\",\"period\":\"year\",\"downgrade\":\"one_step\"",
		{ { 2027, 12, 31, "gold" }, { 2028, 1, 1, "silver" }, { 2028, 12, 31, "silver" },
			{ 2029, 1, 1, "" }, { 2030, 1, 1, "" }, { 2031, 1, 1, "" } } },
	{ "\"by\":\"spend\",\"period\":\"year\",\"downgrade\":\"never\"",
		{ { 2027, 12, 31, "gold" }, { 2028, 1, 1, "gold" }, { 2030, 1, 1, "gold" },
			{ 2040, 1, 1, "gold" }, { 2050, 1, 1, "gold" }, { 2090, 1, 1, "gold" } } },
	{ "\"by\":\"spend\",\"period\":\"quarter\",\"downgrade\":\"one_step\"",
		{ { 2026, 9, 30, "gold" }, { 2026, 10, 1, "silver" }, { 2026, 12, 31, "silver" },
			{ 2027, 1, 1, "" }, { 2027, 2, 10, "silver" }, { 2027, 7, 1, "" } } },
	{ "\"by\":\"spend\",\"period\":\"month\"",
		{ { 2026, 6, 30, "gold" }, { 2026, 7, 1, "" }, { 2027, 2, 10, "silver" },
			{ 2027, 3, 31, "silver" }, { 2027, 4, 1, "" }, { 2027, 5, 1, "" } } },
	{ "\"by\":\"spend\",\"period\":\"anniversary\"",
		{ { 2027, 5, 14, "gold" }, { 2027, 5, 15, "gold" }, { 2028, 5, 14, "gold" },
			{ 2028, 5, 15, "" }, { 2029, 1, 1, "" }, { 2030, 1, 1, "" } } },
	{ "\"by\":\"spend\",\"period\":\"rolling\",\"days\":100,\"downgrade\":\"immediate\"",
		{ { 2026, 8, 22, "gold" }, { 2026, 8, 23, "" }, { 2027, 2, 10, "silver" },
			{ 2027, 5, 20, "silver" }, { 2027, 5, 21, "" }, { 2028, 1, 1, "" } } },
	{ "\"by\":\"spend\",\"period\":\"rolling\",\"days\":100",
		{ { 2026, 8, 23, "gold" }, { 2026, 11, 30, "gold" }, { 2026, 12, 1, "" },
			{ 2027, 2, 10, "silver" }, { 2027, 8, 28, "silver" }, { 2027, 8, 29, "" } } },
};

START_TEST(each_period_and_policy)
{
	const struct story *story = &stories[_i];
	struct programme *programme = programme_of(story->tiers);
	struct member member;
	bool second = false;

	member_begin(&member, programme);
	count(&member, date_ms(2026, 5, 15), 600);
	ck_assert_str_eq(tier_at(&member, date_ms(2026, 5, 15)), "gold");
	for (size_t i = 0; i < sizeof story->at / sizeof *story->at; i++) {
		int64_t at_ms = date_ms(story->at[i].year, story->at[i].month, story->at[i].day);

		if (!second && at_ms >= date_ms(2027, 2, 10)) {
			count(&member, date_ms(2027, 2, 10), 150);
			second = true;
		}
		ck_assert_msg(strcmp(tier_at(&member, at_ms), story->at[i].tier) == 0,
			"%s: \"%s\" instead of \"%s\" on %d-%02d-%02d", story->tiers, tier_at(&member, at_ms),
			story->at[i].tier, story->at[i].year, story->at[i].month, story->at[i].day);
	}
	rewapp__programme_free(programme);
}
END_TEST

/* Who is asked every day and who is asked only when something counts stand at the same place. */
START_TEST(lazy_is_eager)
{
	struct programme *programme = programme_of(stories[_i].tiers);
	struct member eager, lazy;
	uint64_t seed = 4711 + (uint64_t)_i;

	member_begin(&eager, programme);
	member_begin(&lazy, programme);
	for (int64_t day = 0; day < 4000; day++) {
		int64_t now_ms = date_ms(2026, 1, 1) + day * DAY_MS + DAY_MS / 2;

		settle(&eager, now_ms);
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		if (seed >> 33 & 15)
			continue;
		count(&eager, now_ms, (int64_t)(seed >> 40 & 255));
		count(&lazy, now_ms, (int64_t)(seed >> 40 & 255));
		ck_assert_mem_eq(&eager.state, &lazy.state, sizeof eager.state);
	}
	settle(&eager, date_ms(2050, 1, 1));
	settle(&lazy, date_ms(2050, 1, 1));
	ck_assert_mem_eq(&eager.state, &lazy.state, sizeof eager.state);
	rewapp__programme_free(programme);
}
END_TEST

/* What no longer counts may be forgotten: the days before it decide nothing. */
START_TEST(what_may_be_forgotten)
{
	struct programme *programme = programme_of(stories[_i].tiers);
	struct member member;
	int64_t day;

	member_begin(&member, programme);
	count(&member, date_ms(2026, 5, 15), 950);
	for (day = 0; rewapp__tier_counts(
		     &member.count, member.sums[0].window, date_ms(2026, 5, 15) + day * DAY_MS);
		day++)
		ck_assert_int_lt(day, 3000);
	member.count.count = 0; /* forgotten then */
	member.state.level = member.state.floor = TIER_NONE;
	rewapp__tier_decide(&member.count, &member.state, date_ms(2026, 5, 15) + day * DAY_MS);
	ck_assert_int_eq(member.state.level, TIER_NONE);
	ck_assert_int_gt(day, 365);
	rewapp__programme_free(programme);
}
END_TEST

/* 29 February is 1 March in other years; a first tier that asks for nothing is everybody's, for ever. */
START_TEST(leap_days_and_free_tiers)
{
	static const char free_tier[] =
		"{\"name\":\"T\",\"currency\":\"EUR\",\"tiers\":{\"by\":\"visits\",\"period\":"
		"\"anniversary\","
		"\"levels\":[{\"id\":\"basic\",\"from\":0},{\"id\":\"top\",\"from\":2}]},"
		"\"rules\":[{\"id\":\"r\",\"type\":\"fixed\",\"points\":1}]}";
	struct programme *programme;
	struct tier_progress progress;
	struct member member;

	ck_assert_int_eq(rewapp__programme_parse(&programme, free_tier, strlen(free_tier), NULL), 0);
	member_begin(&member, programme);
	rewapp__tier_decide(&member.count, &member.state, date_ms(2024, 2, 29));
	ck_assert_str_eq(tier_at(&member, date_ms(2024, 2, 29)), "basic");
	ck_assert_int_eq(member.state.until_ms, 0);
	count(&member, date_ms(2024, 2, 29), 1);
	count(&member, date_ms(2025, 2, 28), 1);
	ck_assert_str_eq(tier_at(&member, date_ms(2025, 2, 28)), "top");
	rewapp__tier_progress(&member.count, date_ms(2025, 2, 28), &progress);
	ck_assert_int_eq(progress.counted, 2);
	ck_assert_int_eq(progress.until_ms, date_ms(2025, 3, 1));
	ck_assert_str_eq(tier_at(&member, date_ms(2026, 2, 28)), "top");
	ck_assert_str_eq(tier_at(&member, date_ms(2026, 3, 1)), "basic");
	rewapp__programme_free(programme);
}
END_TEST

static const struct bad {
	const char *tiers, *path;
	int problem;
} bad[] = {
	{ "[]", "tiers", REWAPP_PROBLEM_WRONG_TYPE },
	{ "{}", "tiers.by", REWAPP_PROBLEM_MISSING },
	{ "{\"by\":\"spend\"}", "tiers.period", REWAPP_PROBLEM_MISSING },
	{ "{\"by\":\"balance\",\"period\":\"year\"}", "tiers.by", REWAPP_PROBLEM_UNKNOWN_WORD },
	{ "{\"by\":\"spend\",\"period\":\"year\"}", "tiers.levels", REWAPP_PROBLEM_MISSING },
	{ "{\"by\":\"spend\",\"period\":\"year\",\"levels\":[]}", "tiers.levels", REWAPP_PROBLEM_EMPTY },
	{ "{\"by\":\"spend\",\"period\":\"year\",\"days\":30,\"levels\":[{\"id\":\"a\",\"from\":1}]}",
		"tiers.days", REWAPP_PROBLEM_CONTRADICTION },
	{ "{\"by\":\"spend\",\"period\":\"rolling\",\"levels\":[{\"id\":\"a\",\"from\":1}]}", "tiers.days",
		REWAPP_PROBLEM_MISSING },
	{ "{\"by\":\"spend\",\"period\":\"rolling\",\"days\":367,\"levels\":[{\"id\":\"a\",\"from\":1}]}",
		"tiers.days", REWAPP_PROBLEM_OUT_OF_RANGE },
	{ "{\"by\":\"spend\",\"period\":\"year\",\"downgrade\":\"never\",\"grace_days\":1,"
	  "\"levels\":[{\"id\":\"a\",\"from\":1}]}",
		"tiers.grace_days", REWAPP_PROBLEM_CONTRADICTION },
	{ "{\"by\":\"spend\",\"period\":\"year\",\"levels\":[{\"id\":\"a\",\"from\":2},{\"id\":\"b\","
	  "\"from\":2}]}",
		"tiers.levels[1].from", REWAPP_PROBLEM_CONTRADICTION },
	{ "{\"by\":\"spend\",\"period\":\"year\",\"levels\":[{\"id\":\"a\",\"from\":1},{\"id\":\"a\","
	  "\"from\":2}]}",
		"tiers.levels[1].id", REWAPP_PROBLEM_DUPLICATE },
	{ "{\"by\":\"spend\",\"period\":\"year\",\"levels\":[{\"id\":\"a\",\"from\":-1}]}",
		"tiers.levels[0].from", REWAPP_PROBLEM_OUT_OF_RANGE },
	{ "{\"by\":\"spend\",\"period\":\"year\",\"levels\":[{\"id\":\"a\",\"from\":1,\"to\":2}]}",
		"tiers.levels[0].to", REWAPP_PROBLEM_UNKNOWN_KEY },
	{ "{\"by\":\"spend\",\"period\":\"year\",\"levels\":[{\"id\":\"a\",\"from\":1}]}",
		"rules[0].when.tiers", REWAPP_PROBLEM_UNKNOWN_REFERENCE },
};

START_TEST(bad_documents_are_refused_at_their_place)
{
	char text[1024];
	struct programme *programme;
	struct reader reader;
	int length = snprintf(text, sizeof text,
		"{\"name\":\"T\",\"currency\":\"EUR\",\"tiers\":%s,\"rules\":[{\"id\":\"r\",\"type\":"
		"\"fixed\","
		"\"points\":1,\"when\":{\"tiers\":[\"nobodys\"]}}]}",
		bad[_i].tiers);

	ck_assert_int_eq(
		rewapp__programme_read(&programme, text, (size_t)length, NULL, &reader), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_problem_name(reader.problem), rewapp_problem_name(bad[_i].problem));
	ck_assert_str_eq(reader.path, bad[_i].path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tiers");
	TCase *tests = tcase_create("tiers");
	SRunner *runner = srunner_create(suite);
	int stories_count = sizeof stories / sizeof *stories, failed;

	tcase_add_loop_test(tests, each_period_and_policy, 0, stories_count);
	tcase_add_loop_test(tests, lazy_is_eager, 0, stories_count);
	tcase_add_loop_test(tests, what_may_be_forgotten, 0, stories_count);
	tcase_add_test(tests, leap_days_and_free_tiers);
	tcase_add_loop_test(tests, bad_documents_are_refused_at_their_place, 0, sizeof bad / sizeof *bad);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
