/* ESC/POS commands (GS ( k) with which the printer makes the symbol itself: few bytes, if it can. */
#include "base/error.h"
#include "qr/render/renderer.h"

#include <string.h>

enum {
	MODULE_DOTS_MAX = 16
};

static void put_function(struct buffer *out, char function, const void *data, size_t size)
{
	size_t rest = size + 2;
	unsigned char head[] = { 0x1d, '(', 'k', (unsigned char)rest, (unsigned char)(rest >> 8), '1',
		(unsigned char)function };

	rewapp__buffer_append(out, head, sizeof head);
	rewapp__buffer_append(out, data, size);
}

static int draw(const struct qr_symbol *symbol, int scale, struct buffer *out)
{
	char data[1 + 255] = { '0' };
	size_t length = strlen(symbol->digits);

	if (scale > MODULE_DOTS_MAX)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "scale: %d is more than %d dots", scale, MODULE_DOTS_MAX);
	memcpy(data + 1, symbol->digits, length);
	rewapp__buffer_append(out, "\033a\1", 3);
	put_function(out, 'A', "2\0", 2);                  /* model 2 */
	put_function(out, 'C', &(char){ (char)scale }, 1); /* dots a module */
	put_function(out, 'E', "1", 1);                    /* error correction M */
	put_function(out, 'P', data, 1 + length);          /* store */
	put_function(out, 'Q', "0", 1);                    /* print */
	rewapp__buffer_append(out, "\n\033a\0", 4);
	return 0;
}

const struct qr_renderer rewapp__qr_renderer_escpos_native = { "escpos-native", 6, draw };
