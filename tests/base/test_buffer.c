/* The buffer: its limit, failures that stick, and who owns the text. */
#include "base/buffer.h"
#include "memory.h"
#include "run.h"

#include <rewapp/errors.h>
#include <string.h>

START_TEST(text_grows)
{
	struct buffer buffer;

	rewapp__buffer_init(&buffer, NULL, 100000);
	for (int i = 0; i < 10000; i++)
		rewapp__buffer_append(&buffer, &"0123456789"[i % 10], 1);
	rewapp__buffer_puts(&buffer, "|");
	rewapp__buffer_printf(&buffer, "%d %s", 42, "points");
	ck_assert_int_eq(buffer.failed, 0);
	ck_assert_uint_eq(buffer.size, 10010);
	ck_assert_str_eq(buffer.data + 9995, "56789|42 points");
	rewapp__buffer_finish(&buffer);
}
END_TEST

START_TEST(the_limit_is_reached_and_not_passed)
{
	struct buffer buffer;

	rewapp__buffer_init(&buffer, NULL, 10);
	rewapp__buffer_puts(&buffer, "0123456789");
	ck_assert_int_eq(buffer.failed, 0);
	rewapp__buffer_puts(&buffer, "");
	ck_assert_int_eq(buffer.failed, 0);
	rewapp__buffer_puts(&buffer, "x");
	ck_assert_int_eq(buffer.failed, REWAPP_E_CAPACITY);
	ck_assert_str_eq(buffer.data, "0123456789");
	rewapp__buffer_finish(&buffer);
}
END_TEST

/* A later, shorter append must not slip in behind one that failed. */
START_TEST(a_failure_sticks)
{
	struct buffer buffer;
	size_t size = 77;

	rewapp__buffer_init(&buffer, NULL, 10);
	rewapp__buffer_puts(&buffer, "01234");
	rewapp__buffer_printf(&buffer, "%d", 1234567);
	rewapp__buffer_puts(&buffer, "5");
	rewapp__buffer_printf(&buffer, "%d", 6);
	ck_assert_int_eq(buffer.failed, REWAPP_E_CAPACITY);
	ck_assert_str_eq(buffer.data, "01234");
	ck_assert_ptr_null(rewapp__buffer_release(&buffer, &size));
	ck_assert_uint_eq(size, 77);
	ck_assert_int_eq(buffer.failed, 0);
	rewapp__buffer_puts(&buffer, "again");
	ck_assert_str_eq(buffer.data, "again");
	rewapp__buffer_finish(&buffer);
}
END_TEST

START_TEST(clearing_keeps_the_memory_and_forgets_the_failure)
{
	struct memory memory = { -1, 0 };
	const struct rewapp_env env = memory_env(&memory);
	struct buffer buffer;

	rewapp__buffer_init(&buffer, &env, 10);
	rewapp__buffer_clear(&buffer);
	rewapp__buffer_puts(&buffer, "01234");
	rewapp__buffer_puts(&buffer, "0123456789");
	rewapp__buffer_clear(&buffer);
	ck_assert_str_eq(buffer.data, "");
	memory.left = 0;
	rewapp__buffer_puts(&buffer, "0123456789");
	ck_assert_int_eq(buffer.failed, 0);
	rewapp__buffer_finish(&buffer);
	ck_assert_int_eq(memory.out, 0);
}
END_TEST

START_TEST(released_text_is_the_callers)
{
	struct memory memory = { -1, 0 };
	const struct rewapp_env env = memory_env(&memory);
	struct buffer buffer;
	size_t size = 0;
	char *text;

	rewapp__buffer_init(&buffer, &env, 100);
	rewapp__buffer_append(&buffer, "a\0b", 3);
	text = rewapp__buffer_release(&buffer, &size);
	ck_assert_uint_eq(size, 3);
	ck_assert_mem_eq(text, "a\0b", 4);
	ck_assert_ptr_null(buffer.data);
	rewapp__buffer_finish(&buffer);
	ck_assert_int_eq(memory.out, 1);
	env.allocate(env.user, text, 0);
	ck_assert_int_eq(memory.out, 0);
}
END_TEST

/* Nothing appended is still a text. */
START_TEST(an_empty_release)
{
	struct buffer buffer;
	size_t size = 77;
	char *text;

	rewapp__buffer_init(&buffer, NULL, 0);
	text = rewapp__buffer_release(&buffer, &size);
	ck_assert_str_eq(text, "");
	ck_assert_uint_eq(size, 0);
	free(text);
}
END_TEST

START_TEST(memory_runs_out)
{
	struct memory memory = { 1, 0 };
	const struct rewapp_env env = memory_env(&memory);
	struct buffer buffer;

	rewapp__buffer_init(&buffer, &env, 100000);
	for (int i = 0; i < 1000; i++)
		rewapp__buffer_puts(&buffer, "point");
	ck_assert_int_eq(buffer.failed, REWAPP_E_NOMEMORY);
	ck_assert_uint_eq(buffer.size % 5, 0);
	ck_assert_uint_eq(strlen(buffer.data), buffer.size);
	ck_assert_ptr_null(rewapp__buffer_release(&buffer, NULL));
	ck_assert_int_eq(memory.out, 0);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, text_grows);
	tcase_add_test(all, the_limit_is_reached_and_not_passed);
	tcase_add_test(all, a_failure_sticks);
	tcase_add_test(all, clearing_keeps_the_memory_and_forgets_the_failure);
	tcase_add_test(all, released_text_is_the_callers);
	tcase_add_test(all, an_empty_release);
	tcase_add_test(all, memory_runs_out);
}

int main(void)
{
	return run_suite("base buffer", add);
}
