/* PNG with a palette of two, through libpng's simplified writer: it keeps its jumps to itself
 * and packs two colours into one bit a pixel. */
#include "base/arena.h"
#include "base/error.h"
#include "qr/render/renderer.h"

#include <png.h>
#include <string.h>

enum {
	HEADERS_MAX = 1024
}; /* of all chunks beside the pixels, and zlib's own */

/* One byte a pixel: 0 is light, 1 is dark. */
static void fill(const struct qr_symbol *symbol, int scale, png_bytep pixels)
{
	size_t line = (size_t)symbol->side * (size_t)scale;

	for (int y = 0; y < symbol->side; y++) {
		png_bytep row = pixels + (size_t)y * (size_t)scale * line;

		for (int x = 0; x < symbol->side; x++)
			memset(row + x * scale, rewapp__qr_is_dark(symbol, x, y), (size_t)scale);
		for (int i = 1; i < scale; i++)
			memcpy(row + (size_t)i * line, row, line);
	}
}

static int compress(const struct qr_symbol *symbol, int scale, png_bytep pixels, png_bytep bytes,
	size_t capacity, struct buffer *out)
{
	static const png_byte light_dark[] = { 255, 255, 255, 0, 0, 0 };
	png_image image = {
		.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB_COLORMAP, .colormap_entries = 2
	};
	png_alloc_size_t size = capacity;
	int done;

	image.width = image.height = (png_uint_32)(symbol->side * scale);
	fill(symbol, scale, pixels);
	done = png_image_write_to_memory(&image, bytes, &size, 0, pixels, 0, light_dark);
	png_image_free(&image);
	if (!done)
		return rewapp__fail(REWAPP_E_NOMEMORY, "image: %s", image.message);
	rewapp__buffer_append(out, bytes, size);
	return 0;
}

static int draw(const struct qr_symbol *symbol, int scale, struct buffer *out)
{
	size_t line = (size_t)symbol->side * (size_t)scale, pixels = line * line;
	size_t capacity = HEADERS_MAX + line * (line / 8 + 2);
	png_bytep memory = rewapp__env_allocate(out->env, NULL, pixels + capacity);
	int code;

	if (!memory)
		return rewapp__fail(REWAPP_E_NOMEMORY, "image: no memory for %zu pixels", pixels);
	code = compress(symbol, scale, memory, memory + pixels, capacity, out);
	rewapp__env_allocate(out->env, memory, 0);
	return code;
}

const struct qr_renderer rewapp__qr_renderer_png = { "png", 8, draw };
