/* What a renderer is: one file that draws modules in one format, and its name in meson's list. */
#ifndef REWAPP_QR_RENDERER_H
#define REWAPP_QR_RENDERER_H

#include "base/buffer.h"

#include <stdbool.h>

enum {
	QR_QUIET = 4,
	QR_SCALE_MAX = 32,
	QR_SIDE_MAX = 41 + 2 * QR_QUIET
};

struct qr_symbol {
	const char *digits;
	const unsigned char *modules; /* bit 0 set: dark */
	int size;                     /* modules a side, without the quiet zone */
	int side;                     /* with it */
};

/* Coordinates count from the corner of the quiet zone; outside everything is light. */
static inline bool rewapp__qr_is_dark(const struct qr_symbol *symbol, int x, int y)
{
	int column = x - QR_QUIET, row = y - QR_QUIET;

	if (column < 0 || row < 0 || column >= symbol->size || row >= symbol->size)
		return false;
	return symbol->modules[row * symbol->size + column] & 1;
}

struct qr_renderer {
	const char *name;
	int default_scale;
	/* Appends to `out`; returns 0 or rewapp__fail().  A failed buffer is the caller's to notice. */
	int (*draw)(const struct qr_symbol *symbol, int scale, struct buffer *out);
};

#define QR_RENDERER_DECLARE(name) extern const struct qr_renderer rewapp__qr_renderer_##name;

/* Two rows of modules a line of text; `ink` says whether the block stands for dark or for light. */
void rewapp__qr_half_blocks(const struct qr_symbol *symbol, int scale, bool ink, const char *before,
	const char *after, struct buffer *out);

#endif
