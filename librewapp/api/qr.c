/* <rewapp/qr.h>: looking at tokens, reading them from keyboards, drawing them. */
#include "api/check.h"
#include "flows/read.h"
#include "qr/render.h"
#include "qr/scan.h"

#include <rewapp/submit.h>
#include <string.h>

enum {
	IMAGE_BYTES_MAX = 4 * 1024 * 1024
};

int rewapp_qr_inspect(
	rewapp_engine *engine, const char *token, const struct rewapp_id *merchant, struct rewapp_qr *out)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(token, "token")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_size(out->size, sizeof *out, "out")) < 0)
		return error;
	return rewapp__read_token(engine, token, merchant, out);
}

int rewapp_qr_fold(const char *typed, size_t length, char *digits, size_t capacity)
{
	int error, count;

	if ((error = rewapp__check_pointer(typed, "typed")) < 0 ||
		(error = rewapp__check_pointer(digits, "digits")) < 0)
		return error;
	count = rewapp__qr_scan_fold(typed, length, digits, capacity);
	if (count == 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "typed: not a token of ours");
	return count < 0 ? count : 0;
}

int rewapp_qr_render(
	const char *token, const char *format, int scale, void *image, size_t capacity, size_t *need)
{
	struct buffer out;
	int error;

	if ((error = rewapp__check_pointer(token, "token")) < 0 ||
		(error = rewapp__check_pointer(format, "format")) < 0 ||
		(error = rewapp__check_pointer(need, "need")) < 0)
		return error;
	if (scale < 0 || scale > 32)
		return rewapp__fail(REWAPP_E_ARGUMENT, "scale: %d is not 0 to 32", scale);
	rewapp__buffer_init(&out, NULL, IMAGE_BYTES_MAX);
	error = rewapp__qr_render(token, format, scale, &out);
	if (error == 0) {
		*need = out.size;
		if (out.size > capacity || !image)
			error = rewapp__fail(REWAPP_E_CAPACITY, "image: %zu bytes are needed", out.size);
		else
			memcpy(image, out.data, out.size);
	}
	rewapp__buffer_finish(&out);
	return error;
}

int64_t rewapp_qr_ttl_ms(void)
{
	return REWAPP_HOLD_TTL_MS;
}

size_t rewapp_qr_token_capacity(void)
{
	return REWAPP_TOKEN_CAPACITY;
}
