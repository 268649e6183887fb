/* SVG: one path of horizontal strokes with relative moves, about 1.6 kB for a token. */
#include "qr/render/renderer.h"

enum {
	STROKE_MAX = 16,
	ROW_MAX = QR_SIDE_MAX / 2 * STROKE_MAX
};

/* A letter and a number below 100; printf() took longer than making the symbol. */
static char *put(char *at, char letter, int number)
{
	*at++ = letter;
	if (number < 0) {
		*at++ = '-';
		number = -number;
	}
	if (number >= 10)
		*at++ = (char)('0' + number / 10);
	*at++ = (char)('0' + number % 10);
	return at;
}

/* The pen stands at the end of a stroke; each next one starts with the way to it. */
static void put_strokes(const struct qr_symbol *symbol, struct buffer *out)
{
	int pen_x = 0, pen_y = 0;

	for (int y = 0; y < symbol->side; y++) {
		char row[ROW_MAX], *at = row;

		for (int x = 0, end; x < symbol->side; x = end + 1) {
			for (end = x; rewapp__qr_is_dark(symbol, end, y); end++)
				;
			if (end == x)
				continue;
			at = put(at, 'm', x - pen_x);
			at = put(at, ' ', y - pen_y);
			at = put(at, 'h', end - x);
			pen_x = end;
			pen_y = y;
		}
		rewapp__buffer_append(out, row, (size_t)(at - row));
	}
}

static int draw(const struct qr_symbol *symbol, int scale, struct buffer *out)
{
	int side = symbol->side, pixels = side * scale;

	rewapp__buffer_printf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
		"role=\"img\" shape-rendering=\"crispEdges\"><title>QR code</title>"
		"<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path stroke=\"#000\" d=\"M0 .5",
		pixels, pixels, side, side, side, side);
	put_strokes(symbol, out);
	rewapp__buffer_puts(out, "\"/></svg>\n");
	return 0;
}

const struct qr_renderer rewapp__qr_renderer_svg = { "svg", 8, draw };
