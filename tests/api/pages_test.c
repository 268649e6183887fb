/* Lists in pages: nothing twice, nothing missing, whatever the size of the page. */
#include "world.h"

#include <stdbool.h>
#include <stdio.h>

enum {
	MEMBERS = 23, /* beside the two of the world */
	LINES = 23
};

static void enrol_many(struct world *world)
{
	for (int i = 0; i < MEMBERS; i++) {
		char json[128];

		snprintf(json, sizeof json,
			"{\"kind\":\"member\",\"id\":\"@enrol-%d\",\"target\":\"@member-%d\"}", i, i);
		world_do(world, json);
	}
}

static void buy_many(struct world *world)
{
	for (int i = 0; i < LINES; i++) {
		char json[256];

		snprintf(json, sizeof json,
			"{\"kind\":\"purchase\",\"id\":\"@buy-%d\",\"member\":\"@ada\",\"merchant\":\"@"
			"books\","
			"\"amount\":%d,\"currency\":\"EUR\"}",
			i, 100 * (i + 1));
		world_do(world, json);
	}
}

static const size_t sizes[] = { 1, 2, 7, 23, 24, 100 };

/* As it stood before the last purchases: the same lines whatever the page, and none that came later. */
START_TEST(a_past_statement_in_pages)
{
	const struct rewapp_id ada = world_id("ada");
	struct rewapp_entry whole[100], page[100];
	struct rewapp_instant at = { .size = sizeof at };
	struct world world;
	size_t lines, count, seen = 0;
	int64_t before = 0;

	world_open(&world);
	buy_many(&world);
	at.recorded_ms = world.now_ms++;
	world_do(&world,
		"{\"kind\":\"purchase\",\"id\":\"@late\",\"member\":\"@ada\",\"merchant\":\"@books\","
		"\"amount\":100,\"currency\":\"EUR\"}");
	ck_assert_int_eq(rewapp_statement_at(world.engine, NULL, &ada, &at, 0, whole, 100, &lines), 0);
	ck_assert_uint_eq(lines, LINES);
	do {
		ck_assert_int_eq(
			rewapp_statement_at(world.engine, NULL, &ada, &at, before, page, sizes[_i], &count),
			0);
		ck_assert_uint_le(seen + count, lines);
		ck_assert_mem_eq(page, whole + seen, count * sizeof *page);
		seen += count;
		before = seen ? whole[seen - 1].number : 0;
	} while (count == sizes[_i]);
	ck_assert_uint_eq(seen, lines);
	ck_assert_int_eq(
		rewapp_statement_at(world.engine, NULL, &ada, &at, whole[0].number + 1, page, 1, &count),
		REWAPP_E_ARGUMENT);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "before: "));
	world_close(&world);
}
END_TEST

/* Newest first; each line's balance follows from the line behind it. */
START_TEST(a_statement_in_pages)
{
	const struct rewapp_id ada = world_id("ada");
	struct rewapp_entry page[100];
	int64_t before = 0, balance = -1;
	struct world world;
	size_t count, lines = 0;

	world_open(&world);
	buy_many(&world);
	do {
		ck_assert_int_eq(
			rewapp_statement(world.engine, NULL, &ada, before, page, sizes[_i], &count), 0);
		ck_assert_uint_le(count, sizes[_i]);
		for (size_t i = 0; i < count; i++, lines++) {
			ck_assert(before == 0 || page[i].number < before);
			ck_assert_int_eq(page[i].points, 2 * (int64_t)(LINES - lines));
			ck_assert(balance < 0 || page[i].balance == balance);
			balance = page[i].balance - page[i].points;
			before = page[i].number;
		}
	} while (count == sizes[_i]);
	ck_assert_uint_eq(lines, LINES);
	ck_assert_int_eq(balance, 0);
	world_close(&world);
}
END_TEST

START_TEST(objects_in_pages)
{
	struct rewapp_object page[100];
	struct world world;
	size_t count, total = 0;
	int64_t after = 0;

	world_open(&world);
	enrol_many(&world);
	do {
		ck_assert_int_eq(
			rewapp_object_list(world.engine, REWAPP_KIND_MEMBER, after, page, sizes[_i], &count),
			0);
		for (size_t i = 0; i < count; i++, total++) {
			char name[32];
			struct rewapp_id expected;

			snprintf(name, sizeof name, "member-%d", (int)total - 2);
			expected = world_id(total == 0 ? "ada" : total == 1 ? "grace" : name);
			ck_assert_mem_eq(&page[i].id, &expected, sizeof expected);
			ck_assert_int_gt(page[i].number, after);
			after = page[i].number;
		}
	} while (count == sizes[_i]);
	ck_assert_uint_eq(total, MEMBERS + 2);
	world_close(&world);
}
END_TEST

START_TEST(events_in_pages)
{
	struct rewapp_event page[100];
	struct world world;
	size_t count, purchases = 0;
	int64_t after = 0;

	world_open(&world);
	buy_many(&world);
	do {
		ck_assert_int_eq(rewapp_events_read(world.engine, after, page, sizes[_i], &count), 0);
		for (size_t i = 0; i < count; i++) {
			ck_assert_int_gt(page[i].number, after);
			after = page[i].number;
			if (page[i].kind != REWAPP_KIND_PURCHASE)
				continue;
			ck_assert_int_eq(page[i].code, REWAPP_CODE_AWARD);
			ck_assert_int_eq(page[i].points, 2 * (int64_t)++purchases);
		}
	} while (count == sizes[_i]);
	ck_assert_uint_eq(purchases, LINES);
	ck_assert_int_eq(rewapp_events_read(world.engine, after, page, 1, &count), 0);
	ck_assert_uint_eq(count, 0);
	world_close(&world);
}
END_TEST

/* Through JSON: `next` leads to the next page, and is null behind the last. */
static int walk(struct world *world, const char *question, const char *list)
{
	long long cursor = 0;
	int total = 0, pages = 0;

	for (bool more = true; more; pages++) {
		char page[128];
		const cJSON *next;
		cJSON *tree;

		snprintf(page, sizeof page, "%s%lld}", question, cursor);
		tree = world_ask(world, page);
		total += cJSON_GetArraySize(cJSON_GetObjectItem(tree, list));
		next = cJSON_GetObjectItem(tree, "next");
		more = cJSON_IsNumber(next);
		ck_assert(more || cJSON_IsNull(next));
		cursor = more ? (long long)next->valuedouble : 0;
		cJSON_Delete(tree);
	}
	ck_assert_int_gt(pages, 3);
	return total;
}

START_TEST(next_leads_through_every_page)
{
	struct world world;

	world_open(&world);
	enrol_many(&world);
	buy_many(&world);
	ck_assert_int_eq(walk(&world, "{\"query\":\"statement\",\"member\":\"@ada\",\"limit\":5,\"before\":",
				 "entries"),
		LINES);
	ck_assert_int_eq(
		walk(&world, "{\"query\":\"members\",\"limit\":5,\"after\":", "objects"), MEMBERS + 2);
	world_close(&world);
}
END_TEST

START_TEST(no_room_and_no_lines)
{
	const struct rewapp_id ada = world_id("ada");
	struct rewapp_entry entry;
	struct rewapp_object object;
	struct rewapp_event event;
	struct world world;
	size_t count = 77;

	world_open(&world);
	ck_assert_int_eq(rewapp_statement(world.engine, NULL, &ada, 0, &entry, 1, &count), 0);
	ck_assert_uint_eq(count, 0);
	buy_many(&world);
	count = 77;
	ck_assert_int_eq(rewapp_statement(world.engine, NULL, &ada, 0, &entry, 0, &count), 0);
	ck_assert_uint_eq(count, 0);
	count = 77;
	ck_assert_int_eq(rewapp_object_list(world.engine, REWAPP_KIND_MEMBER, 0, &object, 0, &count), 0);
	ck_assert_uint_eq(count, 0);
	count = 77;
	ck_assert_int_eq(rewapp_events_read(world.engine, 0, &event, 0, &count), 0);
	ck_assert_uint_eq(count, 0);
	world_close(&world);
}
END_TEST

/* A consumer that is restarted with an old position, or twice, must not get lines again that
 * another instance of it has done. */
START_TEST(a_consumer_never_moves_back)
{
	static const int64_t told[] = { 0, 5, 3, 5, 0, 9, 8 }, stands[] = { 0, 5, 5, 5, 5, 9, 9 };
	struct world world;
	int64_t position = -1;

	world_open(&world);
	ck_assert_int_eq(rewapp_events_position(world.engine, "mail", &position), 0);
	ck_assert_int_eq(position, 0);
	for (int i = 0; i < ROWS(told); i++) {
		ck_assert_int_eq(rewapp_events_acknowledge(world.engine, "mail", told[i]), 0);
		ck_assert_int_eq(rewapp_events_position(world.engine, "mail", &position), 0);
		ck_assert_int_eq(position, stands[i]);
	}
	ck_assert_int_eq(rewapp_events_position(world.engine, "Mail", &position), 0);
	ck_assert_int_eq(position, 0);
	world_close(&world);
}
END_TEST

START_TEST(names_of_consumers)
{
	char name[66];
	struct world world;
	int64_t position;

	world_open(&world);
	memset(name, 'x', sizeof name);
	name[65] = '\0';
	ck_assert_int_eq(rewapp_events_acknowledge(world.engine, name, 1), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), "consumer: a name has 1 to 64 bytes");
	ck_assert_int_eq(rewapp_events_position(world.engine, "", &position), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_events_acknowledge(world.engine, "caf\xe9", 1), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), "consumer: not UTF-8");
	name[64] = '\0';
	ck_assert_int_eq(rewapp_events_acknowledge(world.engine, name, 1), 0);
	world_close(&world);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, a_statement_in_pages, 0, ROWS(sizes));
	tcase_add_loop_test(all, a_past_statement_in_pages, 0, ROWS(sizes));
	tcase_add_loop_test(all, objects_in_pages, 0, ROWS(sizes));
	tcase_add_loop_test(all, events_in_pages, 0, ROWS(sizes));
	tcase_add_test(all, next_leads_through_every_page);
	tcase_add_test(all, no_room_and_no_lines);
	tcase_add_test(all, a_consumer_never_moves_back);
	tcase_add_test(all, names_of_consumers);
}

int main(void)
{
	return run_suite("api pages", add);
}
