/* A token as an image, in the format that the screen or the printer wants. */
#ifndef REWAPP_QR_RENDER_H
#define REWAPP_QR_RENDER_H

#include "base/buffer.h"

/* Draws 1 to 255 digits as one QR code at error correction M: 29 x 29 modules up to 101
 * digits, else the smallest that holds them.  `format` is the name of a renderer ("svg", "png",
 * "utf8", "ansi", "escpos", "escpos-native"); `scale` is pixels or dots per module, 1 to 32, or 0
 * for the format's own.
 *
 * Appends the image to `out`, or leaves `out` at its old size.  Returns 0, REWAPP_E_ARGUMENT
 * (digits, format or scale), REWAPP_E_CAPACITY (the buffer's limit), REWAPP_E_NOMEMORY. */
int rewapp__qr_render(const char *digits, const char *format, int scale, struct buffer *out);

#endif
