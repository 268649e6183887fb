/* Programmes and purchases that a seed draws: what must hold of every decision, whatever the rules.
 * A failure names its seed; run the program with that seed as its argument to see it again. */
#include "earn/decide.h"

#include <check.h>
#include <rewapp/errors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT INT64_C(1773309600000)

enum {
	SEEDS = 400,
	PURCHASES = 12,
	LINES = 6
};

static uint64_t first_seed = 1;

struct draw {
	uint64_t state, seed;
};

static int64_t draw(struct draw *from, int64_t below)
{
	uint64_t z = from->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (int64_t)((z ^ z >> 31) % (uint64_t)below);
}

static const char *pick(struct draw *from, const char *const *words, int64_t count)
{
	return words[draw(from, count)];
}
#define PICK(from, words) pick(from, words, (int64_t)(sizeof(words) / sizeof *(words)))

static const char *const effects[] = { "\"percent\",\"basis_points\":333", "\"fixed\",\"points\":17",
	"\"per_unit\",\"unit_amount\":250,\"points\":3", "\"bonus\",\"points\":11",
	"\"multiplier\",\"basis_points\":27500", "\"per_item\",\"points\":2,\"on\":{\"categories\":[\"c1\"]}",
	"\"percent\",\"basis_points\":999,\"on\":{\"skus\":[\"s1\",\"s2\"]}",
	"\"steps\",\"steps\":[{\"from\":100,\"points\":3},{\"from\":2000,\"points\":40}]" };
static const char *const conditions[] = { "{}", "{\"min_amount\":700}", "{\"max_amount\":4000}",
	"{\"channels\":[\"online\"]}", "{\"any\":[{\"min_amount\":1500},{\"tiers\":[\"gold\"]}]}",
	"{\"not\":{\"min_amount\":3000}}", "{\"lines\":{\"skus\":[\"s1\"],\"min_amount\":100}}",
	"{\"nth_purchase\":{\"every\":2}}", "{\"not\":{\"segments\":[\"vip\"]},\"min_amount\":50}" };
static const char *const scopes[] = { "rule", "line", "purchase" };
static const char *const modes[] = { "down", "up", "half_up", "half_even" };
static const char *const groups[] = { "", ",\"group\":\"b\"", ",\"group\":\"f\"", ",\"group\":\"x\"", "" };

static struct programme *draw_programme(struct draw *from)
{
	struct programme *programme;
	struct buffer text;

	rewapp__buffer_init(&text, NULL, REWAPP_DOCUMENT_MAX);
	rewapp__buffer_printf(&text,
		"{\"name\":\"P\",\"currency\":\"EUR\",\"rounding\":{\"mode\":\"%s\",\"scope\":\"%s\"},"
		"\"groups\":[{\"id\":\"b\",\"stack\":\"best\"},{\"id\":\"f\",\"stack\":\"first\"},"
		"{\"id\":\"x\",\"stack\":\"exclusive\"}],\"caps\":[{\"id\":\"all\",\"scope\":\"programme\","
		"\"window\":\"total\",\"points\":%d}],\"rules\":[",
		PICK(from, modes), PICK(from, scopes), (int)(1 + draw(from, 900)));
	for (int64_t i = 0, count = 1 + draw(from, 9); i < count; i++)
		rewapp__buffer_printf(&text,
			"%s{\"id\":\"r%d\",\"type\":%s,\"when\":%s%s,\"priority\":%d,\"funder\":\"%s\","
			"\"caps\":[{\"id\":\"m\",\"scope\":\"member\",\"window\":\"day\",\"points\":%d}]}",
			i ? "," : "", (int)i, PICK(from, effects), PICK(from, conditions), PICK(from, groups),
			(int)draw(from, 4), draw(from, 2) ? "merchant" : "programme",
			(int)(1 + draw(from, 200)));
	rewapp__buffer_puts(&text, "]}");
	ck_assert_msg(rewapp__programme_parse(&programme, text.data, text.size, NULL) == 0, "seed %llu: %s",
		(unsigned long long)from->seed, rewapp_errmsg());
	rewapp__buffer_finish(&text);
	return programme;
}

static void draw_facts(struct draw *from, struct earn_facts *facts, struct earn_line lines[LINES + 1])
{
	static const char *const skus[] = { "s1", "s2", "s3" }, *const categories[] = { "c1", "c2" };
	static const char *const segments[] = { "vip" };

	memset(lines, 0, (LINES + 1) * sizeof *lines);
	*facts = (struct earn_facts){ .occurred_ms = AT, .amount = draw(from, 500), .nth = draw(from, 5) };
	facts->lines = lines;
	facts->line_count = (size_t)draw(from, LINES + 1);
	for (size_t i = 0; i < facts->line_count; i++) {
		lines[i] = (struct earn_line){ PICK(from, skus), PICK(from, categories), draw(from, 4),
			draw(from, 2000), draw(from, 6) == 0 };
		facts->amount += lines[i].amount;
	}
	facts->unpaid = draw(from, 3) ? 0 : draw(from, facts->amount + 1);
	facts->channel = draw(from, 2) ? "online" : NULL;
	facts->tier = draw(from, 2) ? "gold" : NULL;
	facts->segments = segments;
	facts->segment_count = (size_t)draw(from, 2);
	facts->referred = draw(from, 2);
	for (size_t i = 0; i < 12; i++)
		facts->used[i] = draw(from, 2) ? 0 : draw(from, 300);
}

#define HOLDS(what, seed) ck_assert_msg(what, "seed %llu: " #what, (unsigned long long)(seed))

static int64_t sum(const struct awards *awards)
{
	return awards->by_programme + awards->by_merchant;
}

/* Invariants 16 and 17: no cap is passed, and what is counted is what was given. */
static void check_caps(const struct programme *programme, const struct earn_facts *facts,
	const struct awards *awards, uint64_t seed)
{
	int64_t points = 0;

	for (size_t i = 0; i < awards->count; i++)
		points += awards->list[i].points;
	HOLDS(points == sum(awards), seed);
	for (size_t i = 0; i < programme->cap_count; i++) {
		const struct cap *cap = &programme->caps[i];

		HOLDS(awards->counted[i] == 0 || facts->used[i] + awards->counted[i] <= cap->limit, seed);
		HOLDS(awards->counted[i] == (cap->rule < 0 ? points : awards->list[cap->rule].points), seed);
	}
}

/* Invariant 13: falls as less is left, is all at all and nothing at nothing. */
static void check_returns(const struct programme *programme, const struct earn_facts *facts,
	const struct awards *awards, struct draw *from)
{
	struct awards before = *awards, now;

	for (int64_t left = facts->amount;; left -= left > 7 ? 1 + draw(from, left / 3 + 1) : 1) {
		ck_assert_int_eq(rewapp__earn_retained(
					 programme, facts, awards, &(struct earn_left){ facts, left }, &now),
			0);
		for (size_t i = 0; i < now.count; i++)
			HOLDS(now.list[i].points <= before.list[i].points, from->seed);
		HOLDS(left < facts->amount || facts->amount == 0 || sum(&now) == sum(awards), from->seed);
		before = now;
		if (left == 0)
			break;
	}
	HOLDS(sum(&now) == 0, from->seed);
}

static void retained(const struct programme *programme, const struct earn_facts *facts,
	const struct awards *awards, const int64_t *returned, int64_t plain, struct awards *out)
{
	struct earn_line lines[LINES + 1];
	struct earn_facts without;
	struct earn_left left = { &without, 0 };

	rewapp__earn_without(facts, returned, lines, &without);
	left.amount = without.amount > plain ? without.amount - plain : 0;
	ck_assert_int_eq(rewapp__earn_retained(programme, facts, awards, &left, out), 0);
}

/* Invariant 13 by lines: articles come back one by one in any order, money without lines between. */
static void check_lines_back(const struct programme *programme, const struct earn_facts *facts,
	const struct awards *awards, struct draw *from)
{
	int64_t returned[LINES + 1] = { 0 }, plain = 0;
	struct awards before, now;

	retained(programme, facts, awards, returned, 0, &before);
	HOLDS(facts->amount == 0 || sum(&before) == sum(awards), from->seed);
	for (int step = 0; step < 16; step++) {
		size_t line = facts->line_count ? (size_t)draw(from, (int64_t)facts->line_count) : LINES;

		if (line < LINES && returned[line] < facts->lines[line].quantity)
			returned[line]++;
		else
			plain += draw(from, 50);
		retained(programme, facts, awards, returned, plain, &now);
		for (size_t i = 0; i < now.count; i++)
			HOLDS(now.list[i].points <= before.list[i].points, from->seed);
		HOLDS(now.by_programme <= before.by_programme && now.by_merchant <= before.by_merchant,
			from->seed);
		before = now;
	}
	retained(programme, facts, awards, returned, facts->amount, &now);
	HOLDS(sum(&now) == 0, from->seed);
}

/* Where no rule stands in another's way, what is left gives what it would have given alone. */
static void check_never_bought(struct draw *from)
{
	static const char *const rises[] = { "{}", "{\"min_amount\":700}", "{\"not\":{\"max_amount\":900}}",
		"{\"any\":[{\"min_amount\":1500},{\"tiers\":[\"gold\"]}]}",
		"{\"lines\":{\"skus\":[\"s1\"],\"min_quantity\":2}}" };
	int64_t returned[LINES + 1] = { 0 };
	struct earn_line lines[LINES + 1], fewer[LINES + 1];
	struct awards awards, now, alone;
	struct earn_facts facts, without;
	struct programme *programme;
	char text[800];

	snprintf(text, sizeof text,
		"{\"name\":\"P\",\"currency\":\"EUR\",\"rounding\":{\"mode\":\"%s\"},\"rules\":["
		"{\"id\":\"a\",\"type\":%s,\"when\":%s},{\"id\":\"b\",\"type\":%s,\"when\":%s,"
		"\"funder\":\"merchant\"},{\"id\":\"c\",\"type\":%s,\"when\":%s}]}",
		PICK(from, modes), PICK(from, effects), PICK(from, rises), PICK(from, effects),
		PICK(from, rises), PICK(from, effects), PICK(from, rises));
	ck_assert_msg(
		rewapp__programme_parse(&programme, text, strlen(text), NULL) == 0, "%s", rewapp_errmsg());
	draw_facts(from, &facts, lines);
	facts.unpaid = 0;
	for (size_t i = 0; i < facts.line_count; i++)
		returned[i] = draw(from, facts.lines[i].quantity + 1);
	rewapp__earn_without(&facts, returned, fewer, &without);
	ck_assert_int_eq(rewapp__earn_decide(programme, &facts, &awards), 0);
	ck_assert_int_eq(rewapp__earn_decide(programme, &without, &alone), 0);
	retained(programme, &facts, &awards, returned, 0, &now);
	HOLDS(without.amount == 0 || sum(&now) == sum(&alone), from->seed);
	rewapp__programme_free(programme);
}

/* Invariant 18: the same facts give the same bytes. */
static void check_same(const struct programme *programme, const struct earn_facts *facts, uint64_t seed)
{
	struct buffer bytes[2];
	struct awards awards;

	for (int i = 0; i < 2; i++) {
		memset(&awards, i ? 0xff : 0, sizeof awards);
		ck_assert_int_eq(rewapp__earn_decide(programme, facts, &awards), 0);
		rewapp__buffer_init(&bytes[i], NULL, AWARDS_BYTES_MAX);
		rewapp__awards_encode(&awards, &bytes[i]);
	}
	HOLDS(bytes[0].size == bytes[1].size && memcmp(bytes[0].data, bytes[1].data, bytes[0].size) == 0,
		seed);
	rewapp__buffer_finish(&bytes[0]);
	rewapp__buffer_finish(&bytes[1]);
}

/* Invariant 20: a line that earns nothing changes nothing. */
static void check_excluded_line(const struct programme *programme, const struct earn_facts *facts,
	struct earn_line *lines, const struct awards *awards, struct draw *from)
{
	struct earn_facts more = *facts;
	struct awards other;

	if (!facts->line_count) /* a ticket is rounded by its lines: one without is another purchase */
		return;
	lines[more.line_count++] = (struct earn_line){ "s1", "c1", 3, draw(from, 900), true };
	more.amount += lines[facts->line_count].amount;
	ck_assert_int_eq(rewapp__earn_decide(programme, &more, &other), 0);
	for (size_t i = 0; i < other.count; i++)
		HOLDS(other.list[i].points == awards->list[i].points, from->seed);
}

static void check_facts_come_back(const struct earn_facts *facts, uint64_t seed)
{
	struct earn_facts back = { .amount = facts->amount };
	struct arena arena;
	struct pack bytes, again;

	rewapp__arena_init(&arena, NULL);
	rewapp__pack_init(&bytes, &arena);
	rewapp__pack_init(&again, &arena);
	rewapp__facts_encode(facts, &bytes);
	ck_assert_int_eq(rewapp__facts_decode(bytes.data, bytes.size, &arena, &back), 0);
	rewapp__facts_encode(&back, &again);
	HOLDS(bytes.size == again.size && (!bytes.size || memcmp(bytes.data, again.data, bytes.size) == 0),
		seed);
	for (size_t size = 1; size < bytes.size; size++)
		HOLDS(rewapp__facts_decode(bytes.data, size, &arena, &back) == REWAPP_E_CORRUPT, seed);
	rewapp__arena_finish(&arena);
}

START_TEST(decisions_keep_the_invariants)
{
	struct draw from = { first_seed + (uint64_t)_i, first_seed + (uint64_t)_i };
	struct programme *programme = draw_programme(&from);

	for (int i = 0; i < PURCHASES; i++) {
		struct earn_line lines[LINES + 1];
		struct earn_facts facts;
		struct awards awards;

		draw_facts(&from, &facts, lines);
		ck_assert_int_eq(rewapp__earn_decide(programme, &facts, &awards), 0);
		check_caps(programme, &facts, &awards, from.seed);
		check_same(programme, &facts, from.seed);
		check_returns(programme, &facts, &awards, &from);
		check_lines_back(programme, &facts, &awards, &from);
		check_never_bought(&from);
		check_facts_come_back(&facts, from.seed);
		check_excluded_line(programme, &facts, lines, &awards, &from);
	}
	rewapp__programme_free(programme);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("earn properties");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	if (argc > 1)
		first_seed = strtoull(argv[1], NULL, 10);
	tcase_set_timeout(all, 120);
	tcase_add_loop_test(all, decisions_keep_the_invariants, 0, argc > 1 ? 1 : SEEDS);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
