/* Digits to modules by libqrencode, then to the renderer of that name. */
#include "qr/render.h"

#include "base/error.h"
#include "qr/render/renderer.h"
#include "qr/renderers.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

QR_RENDERERS(QR_RENDERER_DECLARE)

static const struct qr_renderer *renderer_of(const char *format)
{
#define ROW(name) &rewapp__qr_renderer_##name,
	static const struct qr_renderer *const renderers[] = { QR_RENDERERS(ROW) };
#undef ROW

	for (size_t i = 0; i < sizeof renderers / sizeof *renderers; i++)
		if (strcmp(renderers[i]->name, format) == 0)
			return renderers[i];
	return NULL;
}

/* The version is chosen here and not by the library, so that a token always has the same size. */
static int version_for(size_t length)
{
	static const size_t digits_of_version[] = { 101, 149, 202, 255 };

	for (int i = 0; i < 4; i++)
		if (length <= digits_of_version[i])
			return 3 + i;
	return 0;
}

/* One numeric segment: automatic splitting wastes room and confuses some scanners. */
static int encode(const char *digits, size_t length, QRcode **out)
{
	QRinput *input = QRinput_new2(version_for(length), QR_ECLEVEL_M);

	*out = NULL;
	if (input && QRinput_append(input, QR_MODE_NUM, (int)length, (const unsigned char *)digits) == 0)
		*out = QRcode_encodeInput(input);
	QRinput_free(input);
	return *out ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "digits: no QR code made (%s)", strerror(errno));
}

static int check(const char *digits, size_t length, const char *format, int scale)
{
	if (!version_for(length) || !length)
		return rewapp__fail(REWAPP_E_ARGUMENT, "digits: %zu of them, 1 to 255 are possible", length);
	if (strspn(digits, "0123456789") != length)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "digits: character %zu is none", strspn(digits, "0123456789") + 1);
	if (!renderer_of(format))
		return rewapp__fail(REWAPP_E_ARGUMENT, "format: \"%.32s\" is unknown", format);
	if (scale < 0 || scale > QR_SCALE_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "scale: %d is outside 0 to %d", scale, QR_SCALE_MAX);
	return 0;
}

static int draw(
	const struct qr_symbol *symbol, const struct qr_renderer *renderer, int scale, struct buffer *out)
{
	size_t start = out->size;
	int code = renderer->draw(symbol, scale ? scale : renderer->default_scale, out);

	if (!code && out->failed)
		code = rewapp__fail(out->failed, "image: the buffer cannot hold it");
	if (code && out->data) {
		out->size = start;
		out->data[start] = '\0';
	}
	return code;
}

int rewapp__qr_render(const char *digits, const char *format, int scale, struct buffer *out)
{
	size_t length = strnlen(digits, 256);
	QRcode *code;
	int result = check(digits, length, format, scale);

	if (!result)
		result = encode(digits, length, &code);
	if (result)
		return result;
	result = draw(&(struct qr_symbol){ digits, code->data, code->width, code->width + 2 * QR_QUIET },
		renderer_of(format), scale, out);
	QRcode_free(code);
	return result;
}
