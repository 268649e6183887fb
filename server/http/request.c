/* What routes ask of a request, and how they answer it. */
#include "http/request.h"

#include "http/http.h"

#include <rewapp/errors.h>
#include <stdlib.h>
#include <string.h>

bool rewapp__request_id(struct request *request, size_t index, const char *name, struct rewapp_id *out)
{
	const struct param *param = &request->params[index];

	if (rewapp_id_parse(param->text, param->length, out) == 0 && !rewapp_id_is_zero(out))
		return true;
	rewapp__problem_engine(
		request, REWAPP_E_ARGUMENT, name, "an id is 32 hexadecimal digits, a UUID, or @ and a name");
	return false;
}

const char *rewapp__request_query(struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

static bool parse_number(const char *text, int64_t min, int64_t max, int64_t *out)
{
	int64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++)
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, *text - '0', &value))
			return false;
	*out = value;
	return value >= min && value <= max;
}

bool rewapp__request_number(
	struct request *request, const char *name, int64_t min, int64_t max, int64_t fallback, int64_t *out)
{
	const char *text = rewapp__request_query(request, name);

	*out = fallback;
	if (!text || parse_number(text, min, max, out))
		return true;
	rewapp__problem_engine(request, REWAPP_E_ARGUMENT, name, "the number is malformed or out of range");
	return false;
}

const char *rewapp__request_header(struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

void rewapp__respond_header(struct request *request, const char *name, const char *value)
{
	if (request->header_count == REQUEST_HEADERS_MAX)
		return;
	request->headers[request->header_count].name = name;
	request->headers[request->header_count++].value = value;
}

static void respond(struct request *request, unsigned status, const char *type, struct MHD_Response *response)
{
	if (!response)
		return;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	for (size_t i = 0; i < request->header_count; i++)
		MHD_add_response_header(response, request->headers[i].name, request->headers[i].value);
	if (rewapp__http_is_stopping(request->http))
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	request->status = status;
	request->response = response;
}

void rewapp__respond_buffer(struct request *request, unsigned status, const char *type, struct buffer *buffer)
{
	size_t size;
	char *text = rewapp__buffer_release(buffer, &size);

	if (!text) {
		static const char body[] = "{\"type\":\"urn:rewapp:problem:NOMEMORY\",\"status\":500,"
					   "\"title\":\"out of memory\",\"code\":\"NOMEMORY\"}";
		rewapp__respond_static(request, 500, "application/problem+json", body, sizeof body - 1);
		return;
	}
	rewapp__respond_header(request, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	respond(request, status, type, MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE));
}

void rewapp__respond_static(
	struct request *request, unsigned status, const char *type, const void *bytes, size_t size)
{
	void *body;

	/* The cast drops const for an interface that promises not to write. */
	memcpy(&body, &bytes, sizeof body);
	respond(request, status, type, MHD_create_response_from_buffer(size, body, MHD_RESPMEM_PERSISTENT));
}

void rewapp__request_suspend(struct request *request, void (*then)(struct request *request))
{
	request->then = then;
	MHD_suspend_connection(request->connection);
}

void rewapp__request_resume(struct request *request)
{
	MHD_resume_connection(request->connection);
}
