/* Strict where the HTTP library is not: what two readers could read differently is refused, since
 * one of them is the proxy in front. */
#include "http/framing.h"

#include <string.h>
#include <strings.h>

enum {
	PATH_MAX_BYTES = 4096,
	HEADERS_MAX_BYTES = 16384
};

struct headers {
	int hosts, lengths, codings;
	bool malformed, is_chunked;
	size_t bytes;
};

/* RFC 9110, section 5.6.2: what a name is made of. */
static bool is_token(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c <= ' ' || c >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", c))
			return false;
	}
	return size > 0;
}

/* Section 5.5: visible, spaces and tabs. */
static bool is_value(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static bool is_named(const char *name, size_t size, const char *wanted)
{
	return size == strlen(wanted) && strncasecmp(name, wanted, size) == 0;
}

static enum MHD_Result add_header(void *argument, enum MHD_ValueKind kind, const char *name, size_t name_size,
	const char *value, size_t value_size)
{
	struct headers *headers = argument;

	headers->bytes += name_size + value_size + 4; /* colon, space, end of line */
	headers->malformed |= !is_token(name, name_size) || !is_value(value, value_size);
	headers->hosts += is_named(name, name_size, MHD_HTTP_HEADER_HOST) && value_size;
	headers->lengths += is_named(name, name_size, MHD_HTTP_HEADER_CONTENT_LENGTH);
	if (is_named(name, name_size, MHD_HTTP_HEADER_TRANSFER_ENCODING)) {
		headers->codings++;
		headers->is_chunked = is_named(value, value_size, "chunked");
	}
	return MHD_YES;
}

/* Where the body ends is in doubt: it is not waited for, and the connection ends. */
static bool refuse_body(struct request *request, enum http_problem problem, const char *detail)
{
	request->at_once = true;
	rewapp__problem(request, problem, "%s", detail);
	return false;
}

static bool check_path(struct request *request)
{
	if (strlen(request->path) <= PATH_MAX_BYTES)
		return true;
	request->path[0] = '\0';
	return refuse_body(request, HTTP_PROBLEM_URI_TOO_LONG, "the path has more than 4096 bytes");
}

bool rewapp__framing_check(struct request *request)
{
	struct headers headers = { 0 };

	MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, add_header, &headers);
	if (headers.lengths > 1)
		return refuse_body(request, HTTP_PROBLEM_BAD_REQUEST, "Content-Length stands more than once");
	if (headers.lengths && headers.codings)
		return refuse_body(
			request, HTTP_PROBLEM_BAD_REQUEST, "Content-Length and Transfer-Encoding contradict");
	if (headers.codings && !(headers.codings == 1 && headers.is_chunked))
		return refuse_body(request, HTTP_PROBLEM_TRANSFER_CODING, "chunked is the only one");
	if (headers.malformed)
		return refuse_body(
			request, HTTP_PROBLEM_BAD_REQUEST, "a header's name or value is malformed");
	if (headers.bytes > HEADERS_MAX_BYTES)
		return refuse_body(
			request, HTTP_PROBLEM_HEADERS_TOO_LARGE, "the headers have more than 16384 bytes");
	if (headers.hosts == 1)
		return check_path(request);
	rewapp__problem(request, HTTP_PROBLEM_HOST_HEADER, "the request has %d", headers.hosts);
	return false;
}

/* The number of a hexadecimal digit, or -1. */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t rewapp__framing_unescape(void *argument, struct MHD_Connection *connection, char *text)
{
	char *out = text;

	for (const char *at = text; *at; at++) {
		int high = at[0] == '%' ? digit(at[1]) : -1, low = high < 0 ? -1 : digit(at[2]);

		if (low < 0 || high + low == 0) {
			*out++ = *at;
			continue;
		}
		*out++ = (char)(high * 16 + low);
		at += 2;
	}
	*out = '\0';
	return (size_t)(out - text);
}
