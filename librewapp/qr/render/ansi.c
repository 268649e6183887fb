/* Half blocks in colours of their own, black on white, whatever the terminal's theme is. */
#include "qr/render/renderer.h"

static int draw(const struct qr_symbol *symbol, int scale, struct buffer *out)
{
	/* 16 and 231 are black and white in the 256 colours, which no theme changes. */
	rewapp__qr_half_blocks(symbol, scale, true, "\033[38;5;16;48;5;231m", "\033[0m\n", out);
	return 0;
}

const struct qr_renderer rewapp__qr_renderer_ansi = { "ansi", 1, draw };
