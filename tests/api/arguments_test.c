/* What every public function refuses: NULL, structs of another size, numbers out of range; and
 * that the message names the place. */
#include "world.h"

#include <stdint.h>
#include <stdio.h>

static void refused(int code, int expected, const char *message)
{
	ck_assert_msg(code == expected, "%s: %s", message, rewapp_error_name(code));
	ck_assert_str_eq(rewapp_errmsg(), message);
}

static void null(int code, const char *name)
{
	char message[64];

	snprintf(message, sizeof message, "%s: NULL", name);
	refused(code, REWAPP_E_ARGUMENT, message);
}

START_TEST(null_is_refused)
{
	static const char question[] = "{\"query\":\"verify\"}";
	const struct rewapp_id id = world_id("ada");
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_verification found = { .size = sizeof found };
	struct rewapp_match_query query = { .size = sizeof query, .descriptor = "CB" };
	struct rewapp_match match = { .size = sizeof match };
	struct rewapp_qr qr = { .size = sizeof qr };
	struct rewapp_bank_line line = { 0 };
	struct rewapp_entry entry;
	struct rewapp_day day;
	const struct rewapp_expiry *expiry;
	const struct rewapp_origin *origin;
	struct rewapp_object object;
	struct rewapp_event event;
	rewapp_commands *commands;
	struct world world;
	rewapp_engine *e;
	char text[128];
	int64_t number;
	size_t count;

	world_open(&world);
	e = world.engine;
	null(rewapp_submit(NULL, &command, 1, &receipt), "engine");
	null(rewapp_submit(e, NULL, 1, &receipt), "commands");
	null(rewapp_submit(e, &command, 1, NULL), "receipts");
	null(rewapp_receipt_get(NULL, &id, &receipt), "engine");
	null(rewapp_receipt_get(e, NULL, &receipt), "id");
	null(rewapp_receipt_get(e, &id, NULL), "out");
	null(rewapp_balance_get(NULL, NULL, &id, &balance), "engine");
	null(rewapp_balance_get(e, NULL, NULL, &balance), "member");
	null(rewapp_balance_get(e, NULL, &id, NULL), "out");
	null(rewapp_statement(NULL, NULL, &id, 0, &entry, 1, &count), "engine");
	null(rewapp_statement(e, NULL, NULL, 0, &entry, 1, &count), "member");
	null(rewapp_statement(e, NULL, &id, 0, NULL, 1, &count), "entries");
	null(rewapp_statement(e, NULL, &id, 0, &entry, 1, NULL), "count");
	null(rewapp_expiries(NULL, NULL, NULL, &expiry, &count), "engine");
	null(rewapp_expiries(e, NULL, NULL, NULL, &count), "out");
	null(rewapp_expiries(e, NULL, NULL, &expiry, NULL), "count");
	null(rewapp_trace(NULL, &id, &origin, &count), "engine");
	null(rewapp_trace(e, NULL, &origin, &count), "id");
	null(rewapp_trace(e, &id, NULL, &count), "out");
	null(rewapp_trace(e, &id, &origin, NULL), "count");
	null(rewapp_totals(NULL, NULL, 0, 1, &day, 1, &count), "engine");
	null(rewapp_totals(e, NULL, 0, 1, NULL, 1, &count), "days");
	null(rewapp_totals(e, NULL, 0, 1, &day, 1, NULL), "count");
	null(rewapp_object_list(NULL, REWAPP_KIND_MEMBER, 0, &object, 1, &count), "engine");
	null(rewapp_object_list(e, REWAPP_KIND_MEMBER, 0, NULL, 1, &count), "objects");
	null(rewapp_object_list(e, REWAPP_KIND_MEMBER, 0, &object, 1, NULL), "count");
	null(rewapp_object_get(NULL, REWAPP_KIND_MEMBER, &id, &object), "engine");
	null(rewapp_object_get(e, REWAPP_KIND_MEMBER, NULL, &object), "id");
	null(rewapp_object_get(e, REWAPP_KIND_MEMBER, &id, NULL), "out");
	null(rewapp_verify(NULL, NULL, NULL, &found), "engine");
	null(rewapp_verify(e, NULL, NULL, NULL), "out");
	null(rewapp_match(NULL, &query, &match), "engine");
	null(rewapp_match(e, NULL, &match), "query");
	null(rewapp_match(e, &query, NULL), "out");
	query.descriptor = NULL;
	null(rewapp_match(e, &query, &match), "descriptor");
	null(rewapp_qr_inspect(NULL, "1", NULL, &qr), "engine");
	null(rewapp_qr_inspect(e, NULL, NULL, &qr), "token");
	null(rewapp_qr_inspect(e, "1", NULL, NULL), "out");
	null(rewapp_qr_fold(NULL, 1, text, sizeof text), "typed");
	null(rewapp_qr_fold("1", 1, NULL, sizeof text), "digits");
	null(rewapp_qr_render(NULL, "svg", 0, text, sizeof text, &count), "token");
	null(rewapp_qr_render("1", NULL, 0, text, sizeof text, &count), "format");
	null(rewapp_qr_render("1", "svg", 0, text, sizeof text, NULL), "need");
	null(rewapp_events_read(NULL, 0, &event, 1, &count), "engine");
	null(rewapp_events_read(e, 0, NULL, 1, &count), "events");
	null(rewapp_events_read(e, 0, &event, 1, NULL), "count");
	null(rewapp_events_position(NULL, "mail", &number), "engine");
	null(rewapp_events_position(e, NULL, &number), "consumer");
	null(rewapp_events_position(e, "mail", NULL), "out");
	null(rewapp_events_acknowledge(NULL, "mail", 1), "engine");
	null(rewapp_events_acknowledge(e, NULL, 1), "consumer");
	null(rewapp_commands_parse(NULL, 1, &commands), "text");
	null(rewapp_commands_parse("{}", 2, NULL), "out");
	null(rewapp_receipt_format(NULL, text, sizeof text, &count), "receipt");
	null(rewapp_receipt_format(&receipt, text, sizeof text, NULL), "need");
	null(rewapp_json_submit(NULL, "{}", 2, (char *[]){ NULL }, &count), "engine");
	null(rewapp_json_submit(e, NULL, 2, (char *[]){ NULL }, &count), "text");
	null(rewapp_json_submit(e, "{}", 2, NULL, &count), "out");
	null(rewapp_json_query(NULL, question, sizeof question - 1, (char *[]){ NULL }, &count), "engine");
	null(rewapp_json_query(e, NULL, 2, (char *[]){ NULL }, &count), "text");
	null(rewapp_json_query(e, question, sizeof question - 1, NULL, &count), "out");
	null(rewapp_engine_open(NULL, NULL), "out");
	null(rewapp_engine_tidy(NULL), "engine");
	null(rewapp_bank_lines(NULL, NULL, 0, 0, &line, 1, &count), "engine");
	null(rewapp_bank_lines(e, NULL, 0, 0, NULL, 1, &count), "lines");
	null(rewapp_bank_lines(e, NULL, 0, 0, &line, 1, NULL), "count");
	ck_assert_int_eq(rewapp_bank_lines(e, NULL, 99, 0, &line, 1, &count), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_bank_lines(e, NULL, 0, 0, &line, 1, &count), REWAPP_E_ABI);
	refused(rewapp_id_new(NULL, (struct rewapp_id *)&receipt.id), REWAPP_E_ARGUMENT,
		"engine or out: NULL");
	refused(rewapp_id_new(e, NULL), REWAPP_E_ARGUMENT, "engine or out: NULL");
	world_close(&world);
}
END_TEST

/* Destructors and questions about nothing take NULL. */
START_TEST(null_is_fine)
{
	rewapp_engine_close(NULL);
	rewapp_free(NULL, NULL);
	rewapp_commands_free(NULL);
	ck_assert_ptr_null(rewapp_commands_array(NULL));
	ck_assert_uint_eq(rewapp_commands_count(NULL), 0);
	ck_assert_int_eq(rewapp_id_is_zero(NULL), 1);
	ck_assert_ptr_nonnull(rewapp_evidence_text(NULL, NULL));
}
END_TEST

/* A struct of another header is refused before a byte of it is read or written. */
START_TEST(sizes_of_other_headers)
{
	static const int64_t off[] = { -8, 8, -1, 1 };
	const size_t other = (size_t)off[_i];
	const struct rewapp_id id = world_id("ada");
	struct rewapp_command commands[] = { REWAPP_COMMAND_INIT, REWAPP_COMMAND_INIT };
	struct rewapp_receipt receipts[2] = { { .size = sizeof *receipts } };
	struct rewapp_balance balance = { .size = sizeof balance + other, .available = 4711 };
	struct rewapp_verification found = { .size = sizeof found + other, .problems = 4711 };
	struct rewapp_match_query query = { .size = sizeof query, .descriptor = "CB" };
	struct rewapp_match match = { .size = sizeof match + other, .candidate_count = 4711 };
	struct rewapp_qr qr = { .size = sizeof qr + other, .points = 4711 };
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	struct rewapp_env env = REWAPP_ENV_INIT;
	struct world world;
	rewapp_engine *engine = (rewapp_engine *)&world;

	world_open(&world);
	ck_assert_int_eq(rewapp_balance_get(world.engine, NULL, &id, &balance), REWAPP_E_ABI);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "out.size: "));
	ck_assert_int_eq(balance.available, 4711);
	ck_assert_int_eq(rewapp_verify(world.engine, NULL, NULL, &found), REWAPP_E_ABI);
	ck_assert_int_eq(found.problems, 4711);
	ck_assert_int_eq(rewapp_match(world.engine, &query, &match), REWAPP_E_ABI);
	ck_assert_int_eq(match.candidate_count, 4711);
	match.size = sizeof match;
	query.size += other;
	ck_assert_int_eq(rewapp_match(world.engine, &query, &match), REWAPP_E_ABI);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "query.size: "));
	ck_assert_int_eq(rewapp_qr_inspect(world.engine, "1", NULL, &qr), REWAPP_E_ABI);
	ck_assert_int_eq(qr.points, 4711);

	commands[1].size += other;
	ck_assert_int_eq(rewapp_submit(world.engine, commands, 2, receipts), REWAPP_E_ABI);
	commands[1].size = sizeof *commands;
	receipts[0].size += other;
	ck_assert_int_eq(rewapp_submit(world.engine, commands, 2, receipts), REWAPP_E_ABI);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "receipts[0].size: "));
	ck_assert_int_eq(rewapp_receipt_get(world.engine, &id, receipts), REWAPP_E_ABI);

	options.size += other;
	ck_assert_int_eq(rewapp_engine_open(&engine, &options), REWAPP_E_ABI);
	ck_assert_ptr_null(engine);
	options.size = sizeof options;
	env.size += other;
	options.env = &env;
	ck_assert_int_eq(rewapp_engine_open(&engine, &options), REWAPP_E_ABI);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "env.size: "));
	world_close(&world);
}
END_TEST

/* Each is told by its name, and nothing is opened. */
START_TEST(options_out_of_range)
{
	static const struct {
		const char *name;
		size_t offset;
		int32_t value;
	} bad[] = {
		{ "options.durability", offsetof(struct rewapp_engine_options, durability), -1 },
		{ "options.durability", offsetof(struct rewapp_engine_options, durability), 2 },
		{ "options.mode", offsetof(struct rewapp_engine_options, mode), 3 },
		{ "options.busy_ms", offsetof(struct rewapp_engine_options, busy_ms), -1 },
		{ "options.cache_kib", offsetof(struct rewapp_engine_options, cache_kib), -1 },
	};
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	rewapp_engine *engine = NULL;

	memcpy((char *)&options + bad[_i].offset, &bad[_i].value, sizeof bad[_i].value);
	ck_assert_int_eq(rewapp_engine_open(&engine, &options), REWAPP_E_ARGUMENT);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), bad[_i].name));
	ck_assert_ptr_null(engine);
}
END_TEST

START_TEST(numbers_out_of_range)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	struct rewapp_match_query query = { .size = sizeof query, .descriptor = "CB", .mcc = 10000 };
	struct rewapp_match match = { .size = sizeof match };
	const struct rewapp_id id = world_id("ada");
	struct rewapp_object object;
	struct rewapp_entry entry;
	struct world world;
	char text[8];
	size_t count;

	world_open(&world);
	refused(rewapp_submit(world.engine, &command, 0, &receipt), REWAPP_E_ARGUMENT,
		"count: 0 is not 1 to 8192");
	refused(rewapp_submit(world.engine, &command, REWAPP_BATCH_MAX + 1, &receipt), REWAPP_E_ARGUMENT,
		"count: 8193 is not 1 to 8192");
	refused(rewapp_statement(world.engine, NULL, &id, -1, &entry, 1, &count), REWAPP_E_ARGUMENT,
		"before: -1 is below 0");
	refused(rewapp_object_list(world.engine, REWAPP_KIND_PURCHASE, 0, &object, 1, &count),
		REWAPP_E_ARGUMENT, "kind: neither member, merchant nor programme");
	refused(rewapp_object_get(world.engine, 0, &id, &object), REWAPP_E_ARGUMENT,
		"kind: neither member, merchant nor programme");
	refused(rewapp_events_acknowledge(world.engine, "mail", -1), REWAPP_E_ARGUMENT,
		"number: -1 is below 0");
	refused(rewapp_qr_render("1", "svg", 33, text, sizeof text, &count), REWAPP_E_ARGUMENT,
		"scale: 33 is not 0 to 32");
	refused(rewapp_match(world.engine, &query, &match), REWAPP_E_ARGUMENT, "mcc: 10000 is not 0 to 9999");
	query.mcc = 0;
	query.descriptor = "";
	refused(rewapp_match(world.engine, &query, &match), REWAPP_E_ARGUMENT,
		"descriptor: not 1 to 4096 bytes");
	query.descriptor = "caf\xe9";
	refused(rewapp_match(world.engine, &query, &match), REWAPP_E_ARGUMENT, "descriptor: not UTF-8");
	world_close(&world);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, null_is_refused);
	tcase_add_test(all, null_is_fine);
	tcase_add_loop_test(all, sizes_of_other_headers, 0, 4);
	tcase_add_loop_test(all, options_out_of_range, 0, 5);
	tcase_add_test(all, numbers_out_of_range);
}

int main(void)
{
	return run_suite("api arguments", add);
}
