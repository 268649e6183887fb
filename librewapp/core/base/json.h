/* Strict reading of JSON, by cJSON behind a gate. */
#ifndef REWAPP_BASE_JSON_H
#define REWAPP_BASE_JSON_H

#include "base/buffer.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	JSON_DEPTH_MAX = 16,
	JSON_MEMBERS_MAX = 256, /* of one object; arrays have no limit of their own */
	JSON_BYTES_MAX = 16 * 1024 * 1024
};

/* Reads one JSON text (RFC 8259) and refuses what readers disagree on: more than
 * `bytes_max` bytes, bytes that are not UTF-8, nesting beyond JSON_DEPTH_MAX, a key twice in
 * one object, more than JSON_MEMBERS_MAX keys in one, NUL in a string, numbers that are
 * not integers within +-(2^53 - 1) (I-JSON, RFC 7493: larger ones travel as strings),
 * text behind the value.
 *
 * *out is the caller's, to free with cJSON_Delete().  Returns 0, REWAPP_E_JSON with
 * line and column in the message, REWAPP_E_NOMEMORY. */
int rewapp__json_parse(const char *text, size_t length, size_t bytes_max, cJSON **out);

/* The member `name` of an object, or NULL; the name is compared exactly. */
const cJSON *rewapp__json_get(const cJSON *object, const char *name);

/* An integer of 64 bits, from a number or from a string of decimal digits with an
 * optional minus.  False when it is none. */
bool rewapp__json_int(const cJSON *item, int64_t *out);

/* Appends `text` quoted and escaped. */
void rewapp__json_quote(struct buffer *buffer, const char *text);

#endif
