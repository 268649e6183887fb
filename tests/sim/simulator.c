/* The simulator is tried itself: a disk that lies, an oracle that errs, must be found. */
#include "run.h"
#include "sim/invariants.h"
#include "sim/minimise.h"
#include "sim/scenario.h"

#include <stdlib.h>
#include <string.h>

enum {
	SEEDS_MAX = 60,
	STEPS = 80
};

static struct sim_failure live(const struct sim_settings *settings, uint64_t seed, struct sim_list *list)
{
	struct sim_tally tally = { 0 };
	struct sim_failure failure;
	uint64_t digest;

	rewapp__sim_run_seed(settings, seed, list, &failure, &tally, &digest);
	return failure;
}

/* The first seed of which `settings` make a failure, with its list; 0 when there is none. */
static uint64_t find(const struct sim_settings *settings, struct sim_list *list, struct sim_failure *failure)
{
	for (uint64_t seed = 1; seed <= SEEDS_MAX; seed++) {
		*failure = live(settings, seed, list);
		if (failure->failed)
			return seed;
		rewapp__sim_list_free(list);
	}
	return 0;
}

/* --- the disk ------------------------------------------------------------------------------- */

static struct sim_disk disk;
static struct sim_rng rng;
static struct sim_file *file;

static void disk_begin(void)
{
	rewapp__sim_rng_seed(&rng, 5, 0);
	rewapp__sim_disk_begin(&disk, &rng);
	file = rewapp__sim_disk_make(&disk, "file");
	ck_assert_ptr_nonnull(file);
}

static void disk_end(void)
{
	rewapp__sim_disk_end(&disk);
}

static void fill(unsigned char byte, int64_t size)
{
	unsigned char bytes[4096];

	memset(bytes, byte, sizeof bytes);
	ck_assert_int_eq(rewapp__sim_disk_write(&disk, file, bytes, size, 0), SIM_IO_DONE);
}

START_TEST(test_synced_bytes_survive)
{
	fill('a', 3000);
	ck_assert_int_eq(rewapp__sim_disk_sync(&disk, file), SIM_IO_DONE);
	rewapp__sim_disk_restart(&disk, true);
	ck_assert_int_eq(file->now_size, 3000);
	for (int i = 0; i < 3000; i++)
		ck_assert_int_eq(file->now[i], 'a');
}
END_TEST

/* Each sector is old or new, whole; some cut loses one, and some cut keeps one. */
START_TEST(test_unsynced_sectors_are_drawn)
{
	int lost = 0, kept = 0;

	for (int times = 0; times < 50; times++) {
		fill('a', 4096);
		rewapp__sim_disk_sync(&disk, file);
		fill('b', 4096);
		rewapp__sim_disk_restart(&disk, true);
		for (int sector = 0; sector < 4096 / SIM_SECTOR; sector++) {
			const unsigned char *bytes = file->now + sector * SIM_SECTOR;

			for (int i = 1; i < SIM_SECTOR; i++)
				ck_assert_int_eq(bytes[i], bytes[0]);
			lost += bytes[0] == 'a';
			kept += bytes[0] == 'b';
		}
	}
	ck_assert_int_gt(lost, 0);
	ck_assert_int_gt(kept, 0);
}
END_TEST

START_TEST(test_the_end_of_a_process_loses_nothing)
{
	fill('a', 700);
	rewapp__sim_disk_restart(&disk, false);
	ck_assert_int_eq(file->now_size, 700);
	ck_assert_int_eq(file->now[699], 'a');
}
END_TEST

START_TEST(test_faults_come_once_at_their_call)
{
	unsigned char byte = 0;

	rewapp__sim_disk_arm(&disk, SIM_FAULT_WRITE, 2);
	ck_assert_int_eq(rewapp__sim_disk_write(&disk, file, &byte, 1, 0), SIM_IO_DONE);
	ck_assert_int_eq(rewapp__sim_disk_write(&disk, file, &byte, 1, 0), SIM_IO_FAILED);
	ck_assert_int_eq(rewapp__sim_disk_write(&disk, file, &byte, 1, 0), SIM_IO_DONE);
	rewapp__sim_disk_arm(&disk, SIM_FAULT_FULL, 1);
	ck_assert_int_eq(rewapp__sim_disk_write(&disk, file, &byte, 1, 0), SIM_IO_FULL);
	ck_assert_int_eq(rewapp__sim_disk_write(&disk, file, &byte, 1, 0), SIM_IO_FULL);
	rewapp__sim_disk_arm(&disk, SIM_FAULT_SYNC, 1);
	ck_assert_int_eq(rewapp__sim_disk_sync(&disk, file), SIM_IO_FAILED);
	ck_assert_int_eq(rewapp__sim_disk_sync(&disk, file), SIM_IO_DONE);
	rewapp__sim_disk_arm(&disk, SIM_FAULT_POWER, 1);
	ck_assert_int_eq(rewapp__sim_disk_write(&disk, file, &byte, 1, 0), SIM_IO_FAILED);
	ck_assert(disk.dead);
	ck_assert_int_eq(rewapp__sim_disk_read(&disk, file, &byte, 1, 0), SIM_IO_FAILED);
}
END_TEST

/* --- the oracle's calendar ------------------------------------------------------------------- */

/* clang-format off */
static const struct { enum sim_zone zone; int64_t utc_s; int day, hour, minute; } walls[] = {
	{ SIM_ZONE_PARIS, 1774745999, 29, 1, 59 },    /* 2026-03-29T00:59:59Z */
	{ SIM_ZONE_PARIS, 1774746000, 29, 3, 0 },     /* and the clocks go forward */
	{ SIM_ZONE_PARIS, 1792889999, 25, 2, 59 },    /* 2026-10-25T00:59:59Z */
	{ SIM_ZONE_PARIS, 1792890000, 25, 2, 0 },     /* and back */
	{ SIM_ZONE_NEW_YORK, 1772953199, 8, 1, 59 },  /* 2026-03-08T06:59:59Z */
	{ SIM_ZONE_NEW_YORK, 1772953200, 8, 3, 0 },
	{ SIM_ZONE_KOLKATA, 2147483647, 19, 8, 44 },  /* the end of 32 bits */
	{ SIM_ZONE_UTC, 1835395200, 29, 0, 0 },       /* 2028-02-29 */
};
/* clang-format on */

START_TEST(test_the_wall_clock)
{
	struct sim_day day = rewapp__sim_local(walls[_i].zone, walls[_i].utc_s * 1000);

	ck_assert_int_eq(day.day, walls[_i].day);
	ck_assert_int_eq(day.minute, walls[_i].hour * 60 + walls[_i].minute);
	ck_assert_int_eq(rewapp__sim_days_of(day.year, day.month, day.day), day.days);
}
END_TEST

/* --- runs ------------------------------------------------------------------------------------ */

START_TEST(test_a_seed_is_a_world)
{
	struct sim_settings settings = { .steps = STEPS, .faults = SIM_FAULTS_ALL };
	struct sim_tally tally = { 0 };
	struct sim_failure failure;
	uint64_t digests[3];

	for (int i = 0; i < 3; i++) {
		struct sim_list list = { 0 };

		rewapp__sim_run_seed(&settings, i < 2 ? 7 : 8, &list, &failure, &tally, &digests[i]);
		ck_assert_msg(!failure.failed, "%s", failure.text);
		rewapp__sim_list_free(&list);
	}
	ck_assert_uint_eq(digests[0], digests[1]);
	ck_assert_uint_ne(digests[0], digests[2]);
}
END_TEST

/* A seed that comes after others is the world that it is alone, in its answers and its questions. */
START_TEST(test_worlds_share_nothing)
{
	struct sim_settings settings = { .steps = STEPS, .faults = SIM_FAULTS_ALL };
	struct sim_tally series = { 0 };

	for (uint64_t seed = 5; seed <= 9; seed++) {
		struct sim_tally alone = { 0 }, before = series;
		struct sim_failure failure;
		struct sim_list list = { 0 };
		uint64_t first, then;

		rewapp__sim_run_seed(&settings, seed, &list, &failure, &alone, &first);
		rewapp__sim_list_free(&list);
		ck_assert_msg(!failure.failed, "%s", failure.text);
		rewapp__sim_run_seed(&settings, seed, &list, &failure, &series, &then);
		rewapp__sim_list_free(&list);
		ck_assert_uint_eq(first, then);
		ck_assert_int_eq(series.calls - before.calls, alone.calls);
		ck_assert_int_eq(series.checks - before.checks, alone.checks);
	}
}
END_TEST

/* A disk that says it has synced and has not: what was acknowledged is lost, and that is found. */
START_TEST(test_a_disk_that_lies_is_found)
{
	struct sim_settings settings = {
		.steps = STEPS, .faults = SIM_FAULTS_CRASH, .trial = { .syncs_lie = true }
	};
	struct sim_list list = { 0 };
	struct sim_failure failure;

	ck_assert_uint_ne(find(&settings, &list, &failure), 0);
	ck_assert_msg(strcmp(failure.name, "lost") == 0 || strcmp(failure.name, "open") == 0, "%s: %s",
		failure.name, failure.text);
	rewapp__sim_list_free(&list);
}
END_TEST

/* An oracle that errs is found, and the run is made small: the world, and one command. */
START_TEST(test_an_oracle_that_errs_is_found_and_made_small)
{
	struct sim_settings settings = { .steps = STEPS, .trial = { .mistake = 30 } };
	struct sim_list list = { 0 };
	struct sim_failure failure, again;
	struct sim_tally tally = { 0 };
	uint64_t seed = find(&settings, &list, &failure);
	size_t before = list.count;

	ck_assert_uint_ne(seed, 0);
	ck_assert_str_eq(failure.name, "receipt.points");
	settings.trial.mistake = 1;
	failure.operation = list.count - 1;
	ck_assert_int_gt(rewapp__sim_minimise(&settings, seed, &list, &failure), 0);
	ck_assert_uint_lt(list.count, before / 2);
	ck_assert_uint_le(list.count, 4);
	rewapp__sim_run_list(&settings, seed, &list, &again, &tally);
	ck_assert(again.failed);
	ck_assert_str_eq(again.name, "receipt.points");
	rewapp__sim_list_free(&list);
}
END_TEST

START_TEST(test_a_list_is_told_as_a_scenario)
{
	struct sim_settings settings = { .steps = 10 };
	struct sim_list list = { 0 };
	struct sim_failure failure = live(&settings, 3, &list);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_msg(!failure.failed, "%s", failure.text);
	ck_assert_ptr_nonnull(out);
	rewapp__sim_scenario(out, 3, &list, "a story");
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "# Seed 3: a story\nat 20"));
	ck_assert_ptr_nonnull(strstr(text, "\nprogramme programme0 document={"));
	ck_assert_ptr_nonnull(strstr(text, "=> ACCEPTED"));
	free(text);
	rewapp__sim_list_free(&list);
}
END_TEST

/* All thirty, in their order, each checked or with the reason why not. */
START_TEST(test_the_table_of_invariants)
{
	ck_assert_uint_eq(rewapp__sim_invariant_count, 30);
	for (size_t i = 0; i < rewapp__sim_invariant_count; i++) {
		const struct sim_invariant *invariant = &rewapp__sim_invariants[i];

		ck_assert_int_eq(invariant->number, (int)i + 1);
		ck_assert_int_eq((invariant->after_step || invariant->now_and_then) +
				(invariant->elsewhere != NULL) + (invariant->why_not != NULL),
			1);
	}
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, test_a_seed_is_a_world);
	tcase_add_test(all, test_worlds_share_nothing);
	tcase_add_test(all, test_a_disk_that_lies_is_found);
	tcase_add_test(all, test_an_oracle_that_errs_is_found_and_made_small);
	tcase_add_test(all, test_a_list_is_told_as_a_scenario);
	tcase_add_test(all, test_the_table_of_invariants);
	tcase_add_loop_test(all, test_the_wall_clock, 0, ROWS(walls));
}

static void add_disk(TCase *all)
{
	tcase_add_checked_fixture(all, disk_begin, disk_end);
	tcase_add_test(all, test_synced_bytes_survive);
	tcase_add_test(all, test_unsynced_sectors_are_drawn);
	tcase_add_test(all, test_the_end_of_a_process_loses_nothing);
	tcase_add_test(all, test_faults_come_once_at_their_call);
}

int main(void)
{
	int failed = run_suite("disk", add_disk);

	return run_suite("simulator", add) || failed;
}
