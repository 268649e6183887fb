/* The bytes of a file become UTF-8 text, or a failure that names the byte. */
#include "formats/text.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int stream_read(
	struct arena *arena, const char *path, FILE *stream, size_t limit, char **bytes, size_t *length)
{
	size_t capacity = 65536, used = 0;
	char *data = rewapp__arena_take(arena, capacity + 1);

	while (data) {
		used += fread(data + used, 1, capacity - used, stream);
		if (used < capacity)
			break;
		if (used > limit)
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s: larger than %zu bytes", path, limit);
		char *larger = rewapp__arena_take(arena, capacity * 2 + 1);

		if (larger)
			memcpy(larger, data, used);
		data = larger;
		capacity *= 2;
	}
	if (!data)
		return rewapp__fail(REWAPP_E_NOMEMORY, "%s: out of memory", path);
	if (ferror(stream))
		return rewapp__fail(REWAPP_E_STORAGE, "%s: %s", path, strerror(errno));
	if (used > limit)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: larger than %zu bytes", path, limit);
	data[used] = 0;
	*bytes = data;
	*length = used;
	return 0;
}

int rewapp__file_read(struct arena *arena, const char *path, size_t limit, char **bytes, size_t *length)
{
	bool standard = !strcmp(path, "-");
	FILE *stream = standard ? stdin : fopen(path, "rb");
	int code;

	if (!stream && (errno == ENOENT || errno == ENOTDIR))
		return rewapp__fail(REWAPP_E_NOTFOUND, "%s: no such file", path);
	if (!stream)
		return rewapp__fail(REWAPP_E_STORAGE, "%s: %s", path, strerror(errno));
	code = stream_read(arena, standard ? "standard input" : path, stream, limit, bytes, length);
	if (!standard)
		fclose(stream);
	return code;
}

static size_t line_of(const char *bytes, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += bytes[i] == '\n';
	return line;
}

/* Where the text stops being UTF-8. */
static size_t first_not_utf8(const char *bytes, size_t length)
{
	size_t at = 0;

	while (at < length) {
		size_t step = 1;

		while (step <= 4 && step <= length - at && !rewapp__text_is_utf8(bytes + at, step))
			step++;
		if (step > 4 || step > length - at)
			break;
		at += step;
	}
	return at;
}

struct mark {
	const char *name, *bytes;
	size_t length;
};

static const struct mark *mark_of(const char *bytes, size_t length)
{
	static const struct mark marks[] = {
		{ "UTF-8", "\xef\xbb\xbf", 3 },
		{ "UTF-16LE", "\xff\xfe", 2 },
		{ "UTF-16BE", "\xfe\xff", 2 },
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (length >= marks[i].length && !memcmp(bytes, marks[i].bytes, marks[i].length))
			return &marks[i];
	return NULL;
}

static int convert(struct arena *arena, const char *name, const char *bytes, size_t length, const char *from,
	char **text, size_t *text_length)
{
	size_t room = length * 3 + 4, left = room, rest = length;
	char *in = (char *)(uintptr_t)bytes, *out = rewapp__arena_take(arena, room + 1), *start = out;
	iconv_t converter;
	size_t result;

	if (!out)
		return rewapp__fail(REWAPP_E_NOMEMORY, "%s: out of memory", name);
	converter = iconv_open("UTF-8", from);
	if (converter == (iconv_t)-1)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: encoding: \"%s\" is not known", name, from);
	result = iconv(converter, &in, &rest, &out, &left);
	iconv_close(converter);
	if (result == (size_t)-1) {
		size_t at = length - rest;

		return rewapp__fail(REWAPP_E_ARGUMENT, "%s:%zu: byte 0x%02x at %zu is not %s", name,
			line_of(bytes, at), at < length ? (unsigned char)bytes[at] : 0, at, from);
	}
	*text = start;
	*text_length = room - left;
	start[*text_length] = 0;
	return 0;
}

static int no_nul(const char *name, const char *text, size_t length)
{
	const char *nul = memchr(text, 0, length);

	if (!nul)
		return 0;
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s:%zu: byte 0x00 at %zu: this is no text file", name,
		line_of(text, (size_t)(nul - text)), (size_t)(nul - text));
}

static bool is_utf8_name(const char *name)
{
	return !strcasecmp(name, "UTF-8") || !strcasecmp(name, "UTF8");
}

int rewapp__text_decode(struct arena *arena, const char *name, const char *bytes, size_t length,
	const char *declared, struct text_encoding *used, char **text, size_t *text_length)
{
	const struct mark *mark = mark_of(bytes, length);
	const char *from = declared && *declared ? declared : "";
	int code;

	if (mark) {
		bytes += mark->length;
		length -= mark->length;
		from = mark->name;
	}
	if (!*from)
		from = rewapp__text_is_utf8(bytes, length) || memchr(bytes, 0, length) ? "UTF-8"
										       : "WINDOWS-1252";
	snprintf(used->name, sizeof used->name, "%s", from);
	if (!is_utf8_name(from)) {
		code = convert(arena, name, bytes, length, from, text, text_length);
		return code ? code : no_nul(name, *text, *text_length);
	}
	code = no_nul(name, bytes, length);
	if (code)
		return code;
	if (!rewapp__text_is_utf8(bytes, length)) {
		size_t at = first_not_utf8(bytes, length);

		return rewapp__fail(REWAPP_E_ARGUMENT,
			"%s:%zu: byte 0x%02x at %zu is not UTF-8, which the file says it is; try --encoding "
			"WINDOWS-1252",
			name, line_of(bytes, at), (unsigned char)bytes[at], at);
	}
	*text = rewapp__arena_copy(arena, bytes, length);
	*text_length = length;
	return *text ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "%s: out of memory", name);
}
