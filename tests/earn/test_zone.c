/* Time zones: known instants of real zones, the borders of days, and damaged files. */
#include "base/zone.h"
#include "run.h"

#include <rewapp/errors.h>
#include <stdio.h>
#include <string.h>

struct row {
	const char *zone;
	int64_t seconds;   /* UTC */
	const char *local; /* with the number of the weekday, Monday 0 */
};

static const struct row rows[] = {
	{ "UTC", 0, "1970-01-01 00:00:00 3" },
	{ "UTC", -1, "1969-12-31 23:59:59 2" },
	{ "UTC", 951782400, "2000-02-29 00:00:00 1" },
	{ "UTC", INT64_C(4294967296), "2106-02-07 06:28:16 6" },
	{ "Europe/Paris", 0, "1970-01-01 01:00:00 3" },
	{ "Europe/Paris", 1774745999, "2026-03-29 01:59:59 6" },
	{ "Europe/Paris", 1774746000, "2026-03-29 03:00:00 6" },
	{ "Europe/Paris", 1792889999, "2026-10-25 02:59:59 6" },
	{ "Europe/Paris", 1792890000, "2026-10-25 02:00:00 6" },
	{ "Europe/Paris", INT64_C(2147483647), "2038-01-19 04:14:07 1" },
	{ "Europe/Paris", INT64_C(2147483648), "2038-01-19 04:14:08 1" },
	{ "Europe/Paris", INT64_C(4118000400), "2100-06-30 03:00:00 2" },
	{ "Europe/Paris", INT64_C(-2208988800), "1900-01-01 00:09:21 0" }, /* Paris mean time */
	{ "Australia/Sydney", 1798761600, "2027-01-01 11:00:00 4" },
	{ "America/New_York", 1798761600, "2026-12-31 19:00:00 3" },
	{ "Asia/Kathmandu", 1798761600, "2027-01-01 05:45:00 4" },
	{ "Etc/GMT+5", 1798761600, "2026-12-31 19:00:00 3" },
};

static struct zone *load(const char *name)
{
	struct zone *zone;

	ck_assert_msg(rewapp__zone_load(&zone, name, NULL) == 0, "%s", rewapp_errmsg());
	return zone;
}

START_TEST(known_instants)
{
	struct zone *zone = load(rows[_i].zone);
	struct civil at;
	char text[64];

	rewapp__zone_local(zone, rows[_i].seconds * 1000, &at);
	snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d %d", at.year, at.month, at.day, at.hour,
		at.minute, at.second, at.weekday);
	ck_assert_str_eq(text, rows[_i].local);
	ck_assert_int_eq(rewapp__days_of_date(at.year, at.month, at.day), at.days);
	rewapp__zone_free(zone);
}
END_TEST

/* Every day begins where the wall clock first shows it. */
START_TEST(days_begin_at_midnight)
{
	static const char *const names[] = { "UTC", "Europe/Paris", "America/Sao_Paulo", "Asia/Beirut",
		"Pacific/Apia", "Australia/Lord_Howe", "America/Havana" };
	struct zone *zone = load(names[_i]);

	for (int64_t days = 9000; days < 33000; days++) {
		int64_t start = rewapp__zone_day_start_ms(zone, days);
		struct civil at, before;

		rewapp__zone_local(zone, start, &at);
		rewapp__zone_local(zone, start - 1, &before);
		if (before.days > days - 1)
			ck_assert_int_le(before.days, days - 1);
		if (at.days != days) /* the day that Samoa left out */
			ck_assert_int_eq(at.days, days + 1);
	}
	rewapp__zone_free(zone);
}
END_TEST

START_TEST(borders)
{
	struct zone *zone = load("Europe/Paris");
	struct civil at;

	rewapp__zone_local(zone, INT64_MAX, &at);
	ck_assert_int_eq(at.year, 292278994);
	rewapp__zone_local(zone, INT64_MIN, &at);
	ck_assert_int_eq(at.year, -292275055);
	ck_assert(rewapp__zone_day_start_ms(zone, INT64_MAX) == INT64_MAX);
	ck_assert(rewapp__zone_day_start_ms(zone, INT64_MIN) == INT64_MIN);
	ck_assert_int_eq(rewapp__zone_instant_ms(zone, 20541, 150), INT64_C(1774746000000));
	rewapp__zone_free(zone);
	rewapp__zone_free(NULL);
}
END_TEST

START_TEST(names)
{
	static const char *const bad[] = { "", "/etc/passwd", "../etc/passwd", "Europe/../../x",
		"Europe//Paris", "Europe/", "Europe", "Europe/Pari", "Europe Paris",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
	struct zone *zone;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ck_assert_int_eq(rewapp__zone_load(&zone, bad[i], NULL), REWAPP_E_ARGUMENT);
		ck_assert_ptr_null(zone);
	}
	ck_assert_int_eq(rewapp__zone_load(&zone, "Europe/Pari", NULL), REWAPP_E_ARGUMENT);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "tzdata"));
}
END_TEST

/* Cut anywhere, or with any byte changed: an error or a zone, never a crash. */
START_TEST(damaged_files)
{
	unsigned char bytes[8192];
	FILE *file = fopen("/usr/share/zoneinfo/Europe/Paris", "rb");
	size_t size;
	struct zone *zone;
	struct civil at;

	ck_assert_ptr_nonnull(file);
	size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	for (size_t cut = 0; cut < size; cut++) {
		ck_assert_int_eq(rewapp__zone_parse(&zone, bytes, cut, NULL), REWAPP_E_ARGUMENT);
		ck_assert_ptr_null(zone);
	}
	for (size_t at_byte = 0; at_byte < size; at_byte++) {
		bytes[at_byte] ^= 0xff;
		if (rewapp__zone_parse(&zone, bytes, size, NULL) == 0) {
			rewapp__zone_local(zone, INT64_C(2000000000000), &at);
			rewapp__zone_day_start_ms(zone, 20000);
			rewapp__zone_free(zone);
		}
		bytes[at_byte] ^= 0xff;
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("zone");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(all, 120);
	tcase_add_loop_test(all, known_instants, 0, (int)(sizeof rows / sizeof *rows));
	tcase_add_loop_test(all, days_begin_at_midnight, 0, 7);
	tcase_add_test(all, borders);
	tcase_add_test(all, names);
	tcase_add_test(all, damaged_files);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
