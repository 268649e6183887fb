/* Half blocks for a terminal with light text on a dark ground: the blocks are the light modules. */
#include "qr/render/renderer.h"

static const char *half_block(bool upper, bool lower)
{
	if (upper)
		return lower ? "\u2588" : "\u2580";
	return lower ? "\u2584" : " ";
}

void rewapp__qr_half_blocks(const struct qr_symbol *symbol, int scale, bool ink, const char *before,
	const char *after, struct buffer *out)
{
	int pixels = symbol->side * scale;

	for (int y = 0; y < pixels; y += 2) {
		rewapp__buffer_puts(out, before);
		for (int x = 0; x < pixels; x++) {
			bool upper = rewapp__qr_is_dark(symbol, x / scale, y / scale) == ink;
			bool lower = rewapp__qr_is_dark(symbol, x / scale, (y + 1) / scale) == ink;

			rewapp__buffer_puts(out, half_block(upper, lower));
		}
		rewapp__buffer_puts(out, after);
	}
}

static int draw(const struct qr_symbol *symbol, int scale, struct buffer *out)
{
	rewapp__qr_half_blocks(symbol, scale, false, "", "\n", out);
	return 0;
}

const struct qr_renderer rewapp__qr_renderer_utf8 = { "utf8", 1, draw };
