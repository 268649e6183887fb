/* Tickets as text: one table of fields, written and read. */
#include "evidence/ticket.h"

#include <sodium.h>
#include <string.h>

enum ticket_type {
	TYPE_WORD,
	TYPE_NAME,
	TYPE_ID,
	TYPE_INT
};

static const struct ticket_field {
	const char *name;
	enum ticket_type type;
	size_t offset, size;
} fields[] = {
#define ROW(name, type) \
	{ #name, TYPE_##type, offsetof(struct ticket, name), sizeof(((struct ticket *)0)->name) },
	TICKET_FIELD_MAP(ROW)
#undef ROW
};

enum {
	FIELD_COUNT = sizeof fields / sizeof *fields,
	NUMBER_CAPACITY = 21
};

static const char heading[] = "rewapp ticket 1\n";

/* --- writing ----------------------------------------------------------------------------- */

static char *put(char *at, const char *bytes, size_t size)
{
	memcpy(at, bytes, size);
	return at + size;
}

static char *put_text(char *at, const char *text)
{
	for (; *text; text++)
		*at++ = (unsigned char)*text < ' ' ? '?' : *text;
	return at;
}

static char *put_id(char *at, const struct rewapp_id *id)
{
	sodium_bin2hex(at, 2 * sizeof id->bytes + 1, id->bytes, sizeof id->bytes);
	return at + 2 * sizeof id->bytes;
}

static char *put_number(char *at, int64_t value)
{
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char digits[NUMBER_CAPACITY], *first = digits + sizeof digits;

	do
		*--first = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--first = '-';
	return put(at, first, (size_t)(digits + sizeof digits - first));
}

static char *put_value(char *at, const struct ticket_field *field, const void *value)
{
	int64_t number;

	switch (field->type) {
	case TYPE_ID:
		return put_id(at, value);
	case TYPE_INT:
		memcpy(&number, value, sizeof number);
		return put_number(at, number);
	default:
		return put_text(at, value);
	}
}

static bool is_absent(const struct ticket_field *field, const char *value)
{
	if (field->type == TYPE_WORD || field->type == TYPE_NAME)
		return !*value;
	return sodium_is_zero((const unsigned char *)value, field->size);
}

size_t rewapp__ticket_write(const struct ticket *ticket, char out[TICKET_CAPACITY])
{
	char *at = put(out, heading, sizeof heading - 1);

	for (int i = 0; i < FIELD_COUNT; i++) {
		const char *value = (const char *)ticket + fields[i].offset;

		if (is_absent(&fields[i], value))
			continue;
		at = put_text(at, fields[i].name);
		*at++ = ' ';
		at = put_value(at, &fields[i], value);
		*at++ = '\n';
	}
	*at = '\0';
	return (size_t)(at - out);
}

/* --- reading ----------------------------------------------------------------------------- */

/* Whether the number is written in the one right way is found by writing it again. */
static bool get_number(const char *text, size_t length, int64_t *out)
{
	bool negative = length > 0 && *text == '-';
	int64_t value = 0;

	if (length == negative)
		return false;
	for (size_t i = negative; i < length; i++) {
		int digit = text[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	*out = value;
	return true;
}

static bool get_value(const struct ticket_field *field, const char *text, size_t length, void *out)
{
	int64_t number = 0;
	size_t size;

	switch (field->type) {
	case TYPE_ID:
		return length == 2 * field->size &&
			sodium_hex2bin(out, field->size, text, length, NULL, &size, NULL) == 0 &&
			size == field->size;
	case TYPE_INT:
		if (!get_number(text, length, &number))
			return false;
		memcpy(out, &number, sizeof number);
		return true;
	default:
		if (length >= field->size || memchr(text, '\0', length))
			return false;
		memcpy(out, text, length);
		return true;
	}
}

/* The fields of one line, looked for from *next on: they stand in their order. */
static bool get_line(const char *line, size_t length, int *next, struct ticket *out)
{
	for (int i = *next; i < FIELD_COUNT; i++) {
		size_t name = strlen(fields[i].name);

		if (length <= name || line[name] != ' ' || memcmp(line, fields[i].name, name) != 0)
			continue;
		*next = i + 1;
		return get_value(
			&fields[i], line + name + 1, length - name - 1, (char *)out + fields[i].offset);
	}
	return false;
}

bool rewapp__ticket_read(const char *text, size_t length, struct ticket *out)
{
	const char *at = text + sizeof heading - 1, *end = text + length;
	char again[TICKET_CAPACITY];
	int next = 0;

	memset(out, 0, sizeof *out);
	if (length < sizeof heading - 1 || length >= TICKET_CAPACITY ||
		memcmp(text, heading, sizeof heading - 1) != 0)
		return false;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (!stop || !get_line(at, (size_t)(stop - at), &next, out))
			return false;
		at = stop + 1;
	}
	return rewapp__ticket_write(out, again) == length && memcmp(again, text, length) == 0;
}
