/* ESC/POS raster (GS v 0): any receipt printer that prints a logo prints this. */
#include "base/error.h"
#include "qr/render/renderer.h"

#include <string.h>

enum {
	DOTS_MAX = 576,
	LINE_BYTES = DOTS_MAX / 8
}; /* 80 mm paper at 203 dpi */

/* One row of dots: a set bit is dark. */
static void put_row(const struct qr_symbol *symbol, int y, int scale, struct buffer *out)
{
	unsigned char row[LINE_BYTES] = { 0 };
	int dots = symbol->side * scale;

	for (int x = 0; x < dots; x++)
		if (rewapp__qr_is_dark(symbol, x / scale, y))
			row[x / 8] |= (unsigned char)(0x80 >> (x % 8));
	for (int i = 0; i < scale; i++)
		rewapp__buffer_append(out, row, (size_t)(dots + 7) / 8);
}

static int draw(const struct qr_symbol *symbol, int scale, struct buffer *out)
{
	int dots = symbol->side * scale, line = (dots + 7) / 8;
	unsigned char head[] = { 0x1b, 'a', 1, 0x1d, 'v', '0', 0, (unsigned char)line, 0, (unsigned char)dots,
		(unsigned char)(dots >> 8) };

	if (dots > DOTS_MAX)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "scale: %d makes %d dots, a line has %d", scale, dots, DOTS_MAX);
	rewapp__buffer_append(out, head, sizeof head);
	for (int y = 0; y < symbol->side; y++)
		put_row(symbol, y, scale, out);
	rewapp__buffer_append(out, "\n\033a\0", 4);
	return 0;
}

const struct qr_renderer rewapp__qr_renderer_escpos = { "escpos", 6, draw };
