/* Reading a programme document: small readers that know the place and the kind of every mistake. */
#ifndef REWAPP_EARN_READER_H
#define REWAPP_EARN_READER_H

#include "base/arena.h"
#include "base/json.h"

#include <rewapp/programme.h>

enum {
	PLACE_BYTES = 224,
	NAME_BYTES = 32, /* ids of rules, caps and groups, and words, with their NUL */
	SKU_BYTES_MAX = 64
};

struct tiers;

/* What the readers share.  `memory` keeps what outlives the text. */
struct reader {
	struct arena *memory;
	size_t conditions;         /* read so far, in the whole document */
	bool asks_nth;             /* one of them is for the member's n-th purchase */
	const struct tiers *tiers; /* that the document declares; NULL: none */
	int problem;               /* enum rewapp_problem of the failure; the message is in rewapp_errmsg() */
	char path[PLACE_BYTES];
};

/* Records where and what; returns REWAPP_E_ARGUMENT.  `place` and `key` may be empty. */
int rewapp__reader_fail(struct reader *reader, enum rewapp_problem problem, const char *place,
	const char *key, const char *format, ...) __attribute__((format(printf, 5, 6)));
int rewapp__reader_out_of_memory(void);

/* "place.key" and "place.key[index]" into PLACE_BYTES. */
void rewapp__reader_place(char out[PLACE_BYTES], const char *place, const char *key);
void rewapp__reader_item(char out[PLACE_BYTES], const char *place, const char *key, size_t index);

/* An object that has no other keys than those of two lists, which may end early with NULL. */
int rewapp__read_object(struct reader *reader, const cJSON *object, const char *place,
	const char *const *keys, size_t count, const char *const *more, size_t more_count);

/* A required integer from `min` to `max`; an optional one from 0, which leaves *out alone. */
int rewapp__read_integer(struct reader *reader, const cJSON *object, const char *place, const char *key,
	int64_t min, int64_t max, int64_t *out);
int rewapp__read_optional(struct reader *reader, const cJSON *object, const char *place, const char *key,
	int64_t max, int64_t *out);

/* The position of a word in a list; `otherwise` when it may be left out, else -1. */
int rewapp__read_word(struct reader *reader, const cJSON *object, const char *place, const char *key,
	const char *const *words, size_t count, int otherwise, int *out);

/* 1 to 31 of a-z, 0-9 and dashes. */
int rewapp__read_name(
	struct reader *reader, const cJSON *object, const char *place, const char *key, char out[NAME_BYTES]);

/* An array of 1 to `max` items; *count is 0 when the key is left out. */
int rewapp__read_array(struct reader *reader, const cJSON *object, const char *place, const char *key,
	size_t max, const cJSON **out, size_t *count);

/* Texts of a list of 1 to `max`, each once, sorted by strcmp(). */
int rewapp__read_texts(struct reader *reader, const cJSON *array, const char *place, const char *key,
	size_t max, size_t bytes_max, const char *const **out, size_t *count);
bool rewapp__texts_have(const char *const *texts, size_t count, const char *text);

/* "08:00" to "23:59" in minutes, "2026-01-31" in days since 1970; false when the text is none. */
bool rewapp__read_minute(const cJSON *item, int32_t *out);
bool rewapp__read_day(const char *text, int64_t *out);

/* Exactly `count` digits as a number, or -1. */
int32_t rewapp__read_digits(const char *text, size_t count);

#endif
