/* The JSON gate: what is let through, what is refused, and where the message points. */
#include "base/error.h"
#include "base/json.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>

static int parse(const char *text, cJSON **tree)
{
	return rewapp__json_parse(text, strlen(text), JSON_BYTES_MAX, tree);
}

static const char *const accepted[] = {
	"{}",
	"[]",
	"0",
	"-0",
	"-1",
	"true",
	"false",
	"null",
	"\"\"",
	" \t\r\n{ \"a\" : [ 1 , 2 ] }\r\n\t ",
	"{\"a\":{\"a\":{\"a\":1}}}",
	"{\"a\":1,\"A\":2}",
	"9007199254740991",
	"-9007199254740991",
	"\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u00e9 \\ud83d\\ude00\"",
	"\"\\\\u0000\"",
	"\"caf\xc3\xa9 \xf0\x9f\x98\x80\"",
	"\"{[[[[[[[[[[[[[[[[[[[[[[ 007 1.5\"",
};

START_TEST(texts_that_pass)
{
	cJSON *tree;

	ck_assert_msg(parse(accepted[_i], &tree) == 0, "%s: %s", accepted[_i], rewapp_errmsg());
	ck_assert_ptr_nonnull(tree);
	cJSON_Delete(tree);
}
END_TEST

static const struct {
	const char *text, *message;
} refused[] = {
	{ "", "line 1, column 1: the text is not JSON" },
	{ " ", NULL },
	{ "{", NULL },
	{ "[1,]", NULL },
	{ "{\"a\":1,}", NULL },
	{ "{\"a\"}", NULL },
	{ "{a:1}", NULL },
	{ "{'a':1}", NULL },
	{ "[1 2]", NULL },
	{ "nul", NULL },
	{ "True", NULL },
	{ "NaN", NULL },
	{ "+1", NULL },
	{ "[1]]", NULL },
	{ "// a\n1", NULL },
	{ "\xef\xbb\xbf{}", "line 1, column 1: the text is not JSON" },
	{ "{}{}", "line 1, column 3: something stands behind the value" },
	{ "{}\n\n x", "line 3, column 2: something stands behind the value" },
	{ "nullx", "line 1, column 5: something stands behind the value" },
	{ "-", "line 1, column 2: the number is malformed" },
	{ "[-]", "line 1, column 3: the number is malformed" },
	{ "[1,\n 007]", "line 2, column 5: the number is malformed" },
	{ "-01", "line 1, column 4: the number is malformed" },
	{ "1.0", "line 1, column 2: the number is not an integer" },
	{ "{\n\t\"a\": 1e3}", "line 2, column 8: the number is not an integer" },
	{ "1E3", "line 1, column 2: the number is not an integer" },
	{ "9007199254740992", "line 1, column 16: the number is beyond 2^53 - 1; send it as a string" },
	{ "-9007199254740992", "line 1, column 17: the number is beyond 2^53 - 1; send it as a string" },
	{ "99999999999999999999999999999999999999",
		"line 1, column 16: the number is beyond 2^53 - 1; send it as a string" },
	{ "\"a\nb\"", "line 1, column 3: a control character stands in a string" },
	{ "\"a\tb\"", "line 1, column 3: a control character stands in a string" },
	{ "[\n\"\x1f\"]", "line 2, column 2: a control character stands in a string" },
	{ "\"abc", "line 1, column 5: the string has no end" },
	{ "\"abc\\\"", "line 1, column 7: the string has no end" },
	{ "\"abc\\", "line 1, column 5: the escape is malformed" },
	{ "\"a\\u0000b\"", "line 1, column 3: NUL stands in a string" },
	{ "\"\\\\\\u0000\"", "line 1, column 4: NUL stands in a string" },
	{ "\"\\x41\"", "line 1, column 2: the escape is malformed" },
	{ "\"\\u00g0\"", "line 1, column 2: the escape is malformed" },
	{ "\"ab\\u12\"", "line 1, column 4: the escape is malformed" },
	{ "[\"\\\n\"]", "line 1, column 3: the escape is malformed" },
	{ "\"\\ud83d\"", NULL },
	{ "\"\\ude00\"", NULL },
	{ "\"\\ud83d\\u0041\"", NULL },
	{ "\"caf\xe9\"", "the text is not UTF-8" },
	{ "\"\xed\xa0\x80\"", "the text is not UTF-8" },
	{ "{\"a\":1,\"a\":1}", "a: the key stands twice" },
	{ "[0,{\"b\":{\"x\":1,\"y\":2,\"\\u0078\":3}}]", "x: the key stands twice" },
	{ "{\"\":1,\"\":1}", ": the key stands twice" },
	{ "\x01{}", "line 1, column 1: a control character stands in the text" },
	{ "{\n\x0b}", "line 2, column 1: a control character stands in the text" },
	{ "[1,\x0c\x32]", "line 1, column 4: a control character stands in the text" },
	{ "[\x1b]", "line 1, column 2: a control character stands in the text" },
};

START_TEST(texts_that_do_not_pass)
{
	cJSON *tree = (cJSON *)&tree;

	ck_assert_msg(parse(refused[_i].text, &tree) == REWAPP_E_JSON, "%s", refused[_i].text);
	ck_assert_ptr_null(tree);
	if (refused[_i].message)
		ck_assert_str_eq(rewapp_errmsg(), refused[_i].message);
	else
		ck_assert_msg(strncmp(rewapp_errmsg(), "line 1, column ", 15) == 0, "%s", rewapp_errmsg());
}
END_TEST

START_TEST(nul_in_the_text)
{
	static const char text[] = "{\"a\":\0 1}";
	cJSON *tree;

	ck_assert_int_eq(rewapp__json_parse(text, sizeof text - 1, JSON_BYTES_MAX, &tree), REWAPP_E_JSON);
	ck_assert_int_eq(rewapp__json_parse("1\0", 2, JSON_BYTES_MAX, &tree), REWAPP_E_JSON);
	ck_assert_int_eq(rewapp__json_parse("\"\0\"", 3, JSON_BYTES_MAX, &tree), REWAPP_E_JSON);
}
END_TEST

/* `depth` levels of `open`, a 1, and as many of `close`; the caller frees it. */
static char *nested(int depth, const char *open, const char *close)
{
	struct buffer text;

	rewapp__buffer_init(&text, NULL, 1 << 24);
	for (int i = 0; i < depth; i++)
		rewapp__buffer_puts(&text, open);
	rewapp__buffer_puts(&text, "1");
	for (int i = 0; i < depth; i++)
		rewapp__buffer_puts(&text, close);
	return rewapp__buffer_release(&text, NULL);
}

START_TEST(sixteen_levels_and_no_more)
{
	static const char *const forms[][2] = { { "[", "]" }, { "{\"a\":", "}" } };
	char *good = nested(16, forms[_i][0], forms[_i][1]);
	char *bad = nested(17, forms[_i][0], forms[_i][1]);
	char *far = nested(100000, forms[_i][0], forms[_i][1]);
	cJSON *tree;

	ck_assert_int_eq(parse(good, &tree), 0);
	cJSON_Delete(tree);
	ck_assert_int_eq(parse(bad, &tree), REWAPP_E_JSON);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "the nesting is too deep"));
	ck_assert_int_eq(parse(far, &tree), REWAPP_E_JSON);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "the nesting is too deep"));
	free(good);
	free(bad);
	free(far);
}
END_TEST

/* An object with `count` keys; the caller frees it. */
static char *wide(int count)
{
	struct buffer text;

	rewapp__buffer_init(&text, NULL, 1 << 24);
	rewapp__buffer_puts(&text, "{");
	for (int i = 0; i < count; i++)
		rewapp__buffer_printf(&text, "%s\"k%d\":%d", i ? "," : "", i, i);
	rewapp__buffer_puts(&text, "}");
	return rewapp__buffer_release(&text, NULL);
}

START_TEST(as_many_keys_as_allowed)
{
	char *good = wide(JSON_MEMBERS_MAX), *bad = wide(JSON_MEMBERS_MAX + 1);
	cJSON *tree;

	ck_assert_int_eq(parse(good, &tree), 0);
	cJSON_Delete(tree);
	ck_assert_int_eq(parse(bad, &tree), REWAPP_E_JSON);
	ck_assert_str_eq(rewapp_errmsg(), "an object has more than 256 keys");
	free(good);
	free(bad);
}
END_TEST

START_TEST(as_many_bytes_as_allowed)
{
	cJSON *tree;

	ck_assert_int_eq(rewapp__json_parse("[100]", 5, 5, &tree), 0);
	cJSON_Delete(tree);
	ck_assert_int_eq(rewapp__json_parse("[100]", 5, 4, &tree), REWAPP_E_JSON);
	ck_assert_str_eq(rewapp_errmsg(), "5 bytes are more than the 4 allowed");
}
END_TEST

/* The text need not end in NUL, and nothing behind it is read. */
START_TEST(the_length_counts)
{
	cJSON *tree;

	ck_assert_int_eq(rewapp__json_parse("[12]3", 4, JSON_BYTES_MAX, &tree), 0);
	cJSON_Delete(tree);
	ck_assert_int_eq(rewapp__json_parse("123", 2, JSON_BYTES_MAX, &tree), 0);
	ck_assert_int_eq(tree->valueint, 12);
	cJSON_Delete(tree);
	ck_assert_int_eq(rewapp__json_parse("[12]", 3, JSON_BYTES_MAX, &tree), REWAPP_E_JSON);
	ck_assert_int_eq(rewapp__json_parse("-1", 1, JSON_BYTES_MAX, &tree), REWAPP_E_JSON);
	ck_assert_int_eq(rewapp__json_parse("\"\\u0000\"", 6, JSON_BYTES_MAX, &tree), REWAPP_E_JSON);
}
END_TEST

static const struct {
	const char *json;
	bool valid;
	int64_t value;
} integers[] = {
	{ "0", true, 0 },
	{ "-0", true, 0 },
	{ "-17", true, -17 },
	{ "9007199254740991", true, INT64_C(9007199254740991) },
	{ "-9007199254740991", true, -INT64_C(9007199254740991) },
	{ "\"9007199254740993\"", true, INT64_C(9007199254740993) },
	{ "\"9223372036854775807\"", true, INT64_MAX },
	{ "\"-9223372036854775808\"", true, INT64_MIN },
	{ "\"-0\"", true, 0 },
	{ "\"007\"", true, 7 },
	{ "\"9223372036854775808\"", false, 0 },
	{ "\"-9223372036854775809\"", false, 0 },
	{ "\"99999999999999999999999999\"", false, 0 },
	{ "\"\"", false, 0 },
	{ "\"-\"", false, 0 },
	{ "\"+1\"", false, 0 },
	{ "\" 1\"", false, 0 },
	{ "\"1 \"", false, 0 },
	{ "\"1.0\"", false, 0 },
	{ "\"0x10\"", false, 0 },
	{ "\"--1\"", false, 0 },
	{ "true", false, 0 },
	{ "null", false, 0 },
	{ "[1]", false, 0 },
	{ "{}", false, 0 },
};

START_TEST(integers_of_numbers_and_strings)
{
	int64_t value = 4711;
	cJSON *tree;

	ck_assert_int_eq(parse(integers[_i].json, &tree), 0);
	ck_assert_msg(rewapp__json_int(tree, &value) == integers[_i].valid, "%s", integers[_i].json);
	ck_assert_int_eq(value, integers[_i].valid ? integers[_i].value : 4711);
	cJSON_Delete(tree);
}
END_TEST

START_TEST(an_absent_member_is_no_integer)
{
	int64_t value = 4711;
	cJSON *tree;

	ck_assert_int_eq(parse("{\"points\":3}", &tree), 0);
	ck_assert(rewapp__json_int(rewapp__json_get(tree, "points"), &value));
	ck_assert_int_eq(value, 3);
	ck_assert_ptr_null(rewapp__json_get(tree, "Points"));
	ck_assert(!rewapp__json_int(rewapp__json_get(tree, "Points"), &value));
	cJSON_Delete(tree);
}
END_TEST

/* What is quoted and read again is the same, for every byte that text may hold. */
START_TEST(quoting_and_reading_are_inverse)
{
	static const char wide_characters[] = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
	char text[127 + sizeof wide_characters];
	struct buffer buffer;
	size_t length = 0;
	cJSON *tree;

	for (int c = 1; c < 128; c++)
		text[length++] = (char)c;
	memcpy(text + length, wide_characters, sizeof wide_characters);
	rewapp__buffer_init(&buffer, NULL, 10000);
	rewapp__json_quote(&buffer, text);
	ck_assert_int_eq(buffer.failed, 0);
	ck_assert_int_eq(rewapp__json_parse(buffer.data, buffer.size, JSON_BYTES_MAX, &tree), 0);
	ck_assert_str_eq(tree->valuestring, text);
	cJSON_Delete(tree);
	rewapp__buffer_finish(&buffer);
}
END_TEST

START_TEST(quoted_forms)
{
	static const char *const pairs[][2] = { { "", "\"\"" }, { "a", "\"a\"" }, { "\"", "\"\\\"\"" },
		{ "a\\b", "\"a\\\\b\"" }, { "\n\x1f/", "\"\\u000a\\u001f/\"" } };
	struct buffer buffer;

	rewapp__buffer_init(&buffer, NULL, 100);
	rewapp__json_quote(&buffer, pairs[_i][0]);
	ck_assert_str_eq(buffer.data, pairs[_i][1]);
	rewapp__buffer_finish(&buffer);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, texts_that_pass, 0, ROWS(accepted));
	tcase_add_loop_test(all, texts_that_do_not_pass, 0, ROWS(refused));
	tcase_add_test(all, nul_in_the_text);
	tcase_add_loop_test(all, sixteen_levels_and_no_more, 0, 2);
	tcase_add_test(all, as_many_keys_as_allowed);
	tcase_add_test(all, as_many_bytes_as_allowed);
	tcase_add_test(all, the_length_counts);
	tcase_add_loop_test(all, integers_of_numbers_and_strings, 0, ROWS(integers));
	tcase_add_test(all, an_absent_member_is_no_integer);
	tcase_add_test(all, quoting_and_reading_are_inverse);
	tcase_add_loop_test(all, quoted_forms, 0, 5);
}

int main(void)
{
	return run_suite("base json", add);
}
