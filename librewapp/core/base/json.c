/* Strict reading of JSON, by cJSON behind a gate.
 *
 * cJSON reads leniently (01, raw control characters, the last of two equal keys
 * wins).  The gate walks the text once before it and the tree once after it. */
#include "base/json.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

struct gate {
	const char *text;
	size_t length, at;
	int depth;
};

static int gate_fail(const struct gate *gate, const char *what)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < gate->at && i < gate->length; i++) {
		column++;
		if (gate->text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	return rewapp__fail(REWAPP_E_JSON, "line %zu, column %zu: %s", line, column, what);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* cJSON takes \uZZZZ for U+0000. */
static int gate_escape(struct gate *gate)
{
	const char *at = gate->text + gate->at + 1;
	const size_t left = gate->length - gate->at - 1;

	if (left >= 5 && memcmp(at, "u0000", 5) == 0)
		return gate_fail(gate, "NUL stands in a string");
	if (left == 0 || !memchr("\"\\/bfnrtu", *at, 9))
		return gate_fail(gate, "the escape is malformed");
	if (*at == 'u' && (left < 5 || !is_hex(at[1]) || !is_hex(at[2]) || !is_hex(at[3]) || !is_hex(at[4])))
		return gate_fail(gate, "the escape is malformed");
	gate->at++;
	return 0;
}

static int gate_string(struct gate *gate)
{
	int error;

	for (gate->at++; gate->at < gate->length; gate->at++) {
		unsigned char c = (unsigned char)gate->text[gate->at];

		if (c == '"') {
			gate->at++;
			return 0;
		}
		if (c < 0x20)
			return gate_fail(gate, "a control character stands in a string");
		if (c == '\\' && (error = gate_escape(gate)) < 0)
			return error;
	}
	return gate_fail(gate, "the string has no end");
}

static int gate_number(struct gate *gate)
{
	static const int64_t max = (INT64_C(1) << 53) - 1;
	int64_t value = 0;
	size_t first;

	gate->at += gate->text[gate->at] == '-';
	first = gate->at;
	while (gate->at < gate->length && is_digit(gate->text[gate->at])) {
		value = value * 10 + (gate->text[gate->at] - '0');
		if (value > max)
			return gate_fail(gate, "the number is beyond 2^53 - 1; send it as a string");
		gate->at++;
	}
	if (gate->at == first || (gate->text[first] == '0' && gate->at - first > 1))
		return gate_fail(gate, "the number is malformed");
	if (gate->at < gate->length && strchr(".eE", gate->text[gate->at]))
		return gate_fail(gate, "the number is not an integer");
	return 0;
}

/* Those that no text may hold outside its strings; cJSON takes them for spaces. */
static bool is_control(char c)
{
	return (unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/* Only what cJSON would let pass is looked at; the grammar itself is cJSON's. */
static int gate_scan(struct gate *gate)
{
	while (gate->at < gate->length) {
		char c = gate->text[gate->at];
		int error = 0;

		if (c == '"') {
			error = gate_string(gate);
		} else if (c == '-' || is_digit(c)) {
			error = gate_number(gate);
		} else {
			gate->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
			if (gate->depth > JSON_DEPTH_MAX)
				return gate_fail(gate, "the nesting is too deep");
			if (is_control(c))
				return gate_fail(gate, "a control character stands in the text");
			if ((unsigned char)c > 0x7e)
				return gate_fail(gate, "the text is not JSON");
			gate->at++;
		}
		if (error)
			return error;
	}
	return 0;
}

static int check_keys(const cJSON *node)
{
	size_t members = 0;

	for (const cJSON *child = node->child; child; child = child->next) {
		int error;

		if (cJSON_IsObject(node)) {
			if (++members > JSON_MEMBERS_MAX)
				return rewapp__fail(
					REWAPP_E_JSON, "an object has more than %d keys", JSON_MEMBERS_MAX);
			for (const cJSON *other = node->child; other != child; other = other->next)
				if (strcmp(other->string, child->string) == 0)
					return rewapp__fail(
						REWAPP_E_JSON, "%.40s: the key stands twice", child->string);
		}
		if ((error = check_keys(child)) < 0)
			return error;
	}
	return 0;
}

int rewapp__json_parse(const char *text, size_t length, size_t bytes_max, cJSON **out)
{
	struct gate gate = { text, length, 0, 0 };
	const char *end = NULL;
	cJSON *tree;
	int error;

	*out = NULL;
	if (length > bytes_max)
		return rewapp__fail(
			REWAPP_E_JSON, "%zu bytes are more than the %zu allowed", length, bytes_max);
	if (!rewapp__text_is_utf8(text, length))
		return rewapp__fail(REWAPP_E_JSON, "the text is not UTF-8");
	if ((error = gate_scan(&gate)) < 0)
		return error;
	tree = cJSON_ParseWithLengthOpts(text, length, &end, 0);
	if (!tree) {
		gate.at = end ? (size_t)(end - text) : 0;
		return gate_fail(&gate, "the text is not JSON");
	}
	for (gate.at = (size_t)(end - text); gate.at < length; gate.at++)
		if (!strchr(" \t\r\n", text[gate.at])) {
			cJSON_Delete(tree);
			return gate_fail(&gate, "something stands behind the value");
		}
	if ((error = check_keys(tree)) < 0) {
		cJSON_Delete(tree);
		return error;
	}
	*out = tree;
	return 0;
}

const cJSON *rewapp__json_get(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool int_of_text(const char *text, int64_t *out)
{
	bool negative = *text == '-';
	int64_t value = 0;

	text += negative;
	if (!is_digit(*text))
		return false;
	for (; is_digit(*text); text++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, negative ? -(*text - '0') : *text - '0', &value))
			return false;
	if (*text)
		return false;
	*out = value;
	return true;
}

bool rewapp__json_int(const cJSON *item, int64_t *out)
{
	if (cJSON_IsString(item))
		return int_of_text(item->valuestring, out);
	if (!cJSON_IsNumber(item))
		return false;
	*out = (int64_t)item->valuedouble; /* exact: the gate let only +-(2^53 - 1) pass */
	return true;
}

void rewapp__json_quote(struct buffer *buffer, const char *text)
{
	const char *plain = text;

	rewapp__buffer_append(buffer, "\"", 1);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		rewapp__buffer_append(buffer, plain, (size_t)(text - plain));
		if (c == '"' || c == '\\')
			rewapp__buffer_printf(buffer, "\\%c", c);
		else
			rewapp__buffer_printf(buffer, "\\u%04x", c);
		plain = text + 1;
	}
	rewapp__buffer_append(buffer, plain, (size_t)(text - plain));
	rewapp__buffer_append(buffer, "\"", 1);
}
