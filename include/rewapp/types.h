/* The units of the whole interface: ids, money, points, time. */
#ifndef REWAPP_TYPES_H
#define REWAPP_TYPES_H

#include <rewapp/export.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Units, everywhere in this library:
 *
 *   money   int64_t, minor units of the currency beside it (cents of "EUR")
 *   points  int64_t, minor units of the programme's points
 *   time    int64_t, milliseconds since 1970-01-01T00:00:00Z, field names end in _ms
 *   text    UTF-8; NULL means absent
 *   rates   basis points, 1/10 000; nothing is ever a floating point number */

/* A 128-bit name.  All zero means absent.
 *
 * The caller chooses the ids of what it creates and keeps them before it sends
 * them, so that a lost answer can be asked for again.  Ids that grow with time
 * (UUIDv7, as rewapp_id_new() makes them) keep the store compact and fast. */
struct rewapp_id {
	uint8_t bytes[16];
};

/* Length of an id's text form, and the buffer that holds it with its NUL. */
#define REWAPP_ID_TEXT 32
#define REWAPP_ID_CAPACITY 33

/* Reads an id: 32 hexadecimal digits, a UUID with its dashes, or "@name", which
 * stands for the id that rewapp_id_derive() makes of "name".
 *
 * Returns 0 or REWAPP_E_ARGUMENT; *out is set only on success.  Any thread. */
REWAPP_API int rewapp_id_parse(const char *text, size_t length, struct rewapp_id *out);

/* Writes the 32 lower-case hexadecimal digits of `id` and a NUL.  Any thread. */
REWAPP_API void rewapp_id_format(const struct rewapp_id *id, char out[REWAPP_ID_CAPACITY]);

/* The id that stands for a name for ever: BLAKE2b-128 of "rewapp.id:" and the
 * name's bytes.  For keys that a host already has (a till's ticket number, a
 * bank's transaction id) and for readable tests.  Any thread.
 *
 * Returns 0 or REWAPP_E_ARGUMENT (empty, or longer than 255 bytes). */
REWAPP_API int rewapp_id_derive(const char *name, size_t length, struct rewapp_id *out);

/* 1 when every byte is zero, else 0.  NULL counts as zero. */
REWAPP_API int rewapp_id_is_zero(const struct rewapp_id *id);

#ifdef __cplusplus
}
#endif

#endif
