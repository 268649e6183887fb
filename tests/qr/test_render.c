/* Every format is read back: by ZBar and ZXing as pictures, and module by module against
 * one another. */
#include "qr/render.h"

#include <check.h>
#include <fcntl.h>
#include <rewapp/errors.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SIDE_MAX = 49 * 32,
	ENLARGED = 4,
	LIMIT = 1 << 20
};

static const char token[] =
	"97105068748627465201000989560464998400000063991374084456299607634191541071621800853"
	"727120702304549719";

static const char *const formats[] = { "svg", "png", "utf8", "ansi", "escpos", "escpos-native" };

/* ---- a picture: one byte a pixel, 0 is dark ---- */

struct picture {
	int width, height;
	uint8_t *pixels;
};

static struct picture picture_new(int width, int height)
{
	struct picture picture = { width, height, malloc((size_t)width * (size_t)height) };

	ck_assert_ptr_nonnull(picture.pixels);
	memset(picture.pixels, 255, (size_t)width * (size_t)height);
	return picture;
}

static uint8_t *pixel(const struct picture *picture, int x, int y)
{
	/* Not ck_assert(): it writes to a file each time it holds. */
	if (x >= picture->width || y >= picture->height)
		ck_abort_msg("a picture of %d x %d has no %d, %d", picture->width, picture->height, x, y);
	return &picture->pixels[y * picture->width + x];
}

static int count_of(const char *text, char byte)
{
	int count = 0;

	for (; *text; text++)
		count += *text == byte;
	return count;
}

/* One character of half blocks: which halves are ink.  Returns its bytes. */
static size_t half_block(const char *text, int *upper, int *lower)
{
	static const struct {
		const char *text;
		int upper, lower;
	} blocks[] = { { " ", 0, 0 }, { "\u2580", 1, 0 }, { "\u2584", 0, 1 }, { "\u2588", 1, 1 } };

	for (size_t i = 0; i < 4; i++)
		if (strncmp(text, blocks[i].text, strlen(blocks[i].text)) == 0) {
			*upper = blocks[i].upper;
			*lower = blocks[i].lower;
			return strlen(blocks[i].text);
		}
	ck_abort_msg("not a half block: %.8s", text);
	return 0;
}

/* A terminal: skips its colours, draws its blocks.  `ink` is the grey of a block. */
static struct picture picture_of_text(const char *text, int width, uint8_t ink)
{
	struct picture picture = picture_new(width, count_of(text, '\n') * 2);
	int x = 0, y = 0, upper, lower;

	while (*text) {
		if (*text == '\033') {
			text += strcspn(text, "m") + 1;
		} else if (*text == '\n') {
			ck_assert_int_eq(x, width);
			text++;
			x = 0;
			y += 2;
		} else {
			text += half_block(text, &upper, &lower);
			*pixel(&picture, x, y) = upper ? ink : (uint8_t)(255 - ink);
			*pixel(&picture, x++, y + 1) = lower ? ink : (uint8_t)(255 - ink);
		}
	}
	return picture;
}

/* A receipt printer that knows ESC a and GS v 0. */
static struct picture picture_of_raster(const unsigned char *bytes, size_t size)
{
	int line, height;
	struct picture picture;

	ck_assert_uint_ge(size, 15);
	ck_assert_mem_eq(bytes, "\033a\1\035v0\0", 7);
	line = bytes[7] | bytes[8] << 8;
	height = bytes[9] | bytes[10] << 8;
	ck_assert_uint_eq(size, 11 + (size_t)(line * height) + 4);
	ck_assert_mem_eq(bytes + size - 4, "\n\033a\0", 4);
	picture = picture_new(line * 8, height);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < line * 8; x++)
			if (bytes[11 + y * line + x / 8] & 0x80 >> x % 8)
				*pixel(&picture, x, y) = 0;
	return picture;
}

static void picture_write(const struct picture *picture, const char *path, int enlarged)
{
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	fprintf(file, "P5\n%d %d\n255\n", picture->width * enlarged, picture->height * enlarged);
	for (int y = 0; y < picture->height * enlarged; y++)
		for (int x = 0; x < picture->width * enlarged; x++)
			fputc(*pixel(picture, x / enlarged, y / enlarged), file);
	ck_assert_int_eq(fclose(file), 0);
}

/* ---- decoders ---- */

static char folder[64];

static void setup(void)
{
	snprintf(folder, sizeof folder, "/tmp/rewapp-qr-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void)
{
	static const char *const names[] = { "image", "image.png", "image.svg", "image.pgm" };
	char path[128];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	ck_assert_int_eq(rmdir(folder), 0);
}

/* Runs a program and keeps the first bytes that it says.  False when there is no such program. */
static int run(const char *const argv[], char *output, size_t capacity)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status, code;
	pid_t child;
	FILE *said;
	size_t size;

	ck_assert_int_eq(pipe(ends), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	code = posix_spawnp(&child, argv[0], &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	said = fdopen(ends[0], "r");
	ck_assert_ptr_nonnull(said);
	size = fread(output, 1, capacity - 1, said);
	output[size] = '\0';
	fclose(said);
	if (code)
		return 0;
	waitpid(child, &status, 0);
	return 1;
}

/* As run().  A missing program fails the test, unless the caller's environment allows to go without. */
static int run_decoder(const char *const argv[], const char *package, char *output, size_t capacity)
{
	const char *allowed = getenv("REWAPP_TEST_ALLOW_SKIP");

	if (run(argv, output, capacity))
		return 1;
	printf("%s is missing (package %s)\n", argv[0], package);
	ck_assert_msg(allowed && strcmp(allowed, "1") == 0, "%s is missing (package %s)", argv[0], package);
	return 0;
}

static void decode(const char *path, const char *digits, const char *what)
{
	char output[4096], expected[300];
	const char *zbar[] = { "zbarimg", "--raw", "-q", path, NULL },
		   *zxing[] = { "ZXingReader", path, NULL };

	if (run_decoder(zbar, "zbar-tools", output, sizeof output)) {
		snprintf(expected, sizeof expected, "%s\n", digits);
		ck_assert_msg(strcmp(output, expected) == 0, "%s: ZBar reads \"%s\"", what, output);
	}
	if (run_decoder(zxing, "zxing-cpp-tools", output, sizeof output)) {
		snprintf(expected, sizeof expected, "\"%s\"", digits);
		ck_assert_msg(strstr(output, expected), "%s: ZXing reads \"%s\"", what, output);
	}
}

/* ---- one image of each kind as a picture that decoders read ---- */

static void save(const struct buffer *image, char *path, size_t capacity, const char *name)
{
	FILE *file;

	snprintf(path, capacity, "%s/%s", folder, name);
	file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(image->data, 1, image->size, file), image->size);
	ck_assert_int_eq(fclose(file), 0);
}

/* `path` names the SVG, afterwards the PNG. */
static int svg_to_png(char *path, size_t capacity)
{
	char png[128], output[64];
	const char *argv[] = { "rsvg-convert", "-o", png, path, NULL };

	snprintf(png, sizeof png, "%s/image.png", folder);
	if (!run_decoder(argv, "librsvg2-bin", output, sizeof output))
		return 0;
	snprintf(path, capacity, "%s", png);
	return 1;
}

static struct picture picture_of(const char *format, const struct buffer *image, int width)
{
	if (strcmp(format, "utf8") == 0)
		return picture_of_text(image->data, width, 255);
	if (strcmp(format, "ansi") == 0)
		return picture_of_text(image->data, width, 0);
	return picture_of_raster((unsigned char *)image->data, image->size);
}

static int modules_of(const char *digits)
{
	size_t length = strlen(digits);

	return length <= 101 ? 29 : length <= 149 ? 33 : length <= 202 ? 37 : 41;
}

static void draw_and_decode(const char *format, const char *digits, int scale)
{
	struct buffer image;
	struct picture picture;
	char path[128], what[64];

	snprintf(what, sizeof what, "%s, scale %d, %zu digits", format, scale, strlen(digits));
	rewapp__buffer_init(&image, NULL, LIMIT);
	ck_assert_int_eq(rewapp__qr_render(digits, format, scale, &image), 0);
	if (strcmp(format, "png") == 0) {
		save(&image, path, sizeof path, "image.png");
		decode(path, digits, what);
	} else if (strcmp(format, "svg") == 0) {
		save(&image, path, sizeof path, "image.svg");
		if (svg_to_png(path, sizeof path))
			decode(path, digits, what);
	} else {
		picture = picture_of(format, &image, (modules_of(digits) + 8) * (scale ? scale : 1));
		snprintf(path, sizeof path, "%s/image.pgm", folder);
		picture_write(&picture, path, picture.width < 150 ? 4 : 1);
		decode(path, digits, what);
		free(picture.pixels);
	}
	rewapp__buffer_finish(&image);
}

START_TEST(decoders_read_every_format)
{
	static const int scales[] = { 0, 3 };

	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < 2; k++)
			draw_and_decode(formats[i], token, scales[k]);
	draw_and_decode("png", token, 32);
	draw_and_decode("escpos", token, 15);
}
END_TEST

START_TEST(decoders_read_every_size)
{
	static const size_t lengths[] = { 1, 2, 12, 100, 102, 149, 150, 202, 203, 254, 255 };
	char digits[256];

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		for (size_t k = 0; k < lengths[i]; k++)
			digits[k] = (char)('0' + (k * k + 7 * i + k / 10) % 10);
		digits[lengths[i]] = '\0';
		draw_and_decode(i % 2 ? "png" : "escpos", digits, 0);
	}
}
END_TEST

/* ---- the formats against one another ---- */

static struct picture modules(const char *format, const char *digits)
{
	struct buffer image;
	struct picture picture;

	rewapp__buffer_init(&image, NULL, LIMIT);
	ck_assert_int_eq(rewapp__qr_render(digits, format, 1, &image), 0);
	picture = picture_of(format, &image, modules_of(digits) + 8);
	rewapp__buffer_finish(&image);
	return picture;
}

START_TEST(formats_agree_and_keep_quiet)
{
	struct picture text = modules("utf8", token), ansi = modules("ansi", token),
		       raster = modules("escpos", token);
	int side = modules_of(token) + 8;

	ck_assert_int_eq(side, 37);
	ck_assert_int_eq(raster.height, side);
	for (int y = 0; y < side; y++)
		for (int x = 0; x < side; x++) {
			ck_assert_int_eq(*pixel(&text, x, y), *pixel(&raster, x, y));
			ck_assert_int_eq(*pixel(&ansi, x, y), *pixel(&raster, x, y));
			if (x < 4 || y < 4 || x >= side - 4 || y >= side - 4)
				ck_assert_int_eq(*pixel(&raster, x, y), 255);
		}
	ck_assert_int_eq(*pixel(&raster, 4, 4), 0);
	free(text.pixels);
	free(ansi.pixels);
	free(raster.pixels);
}
END_TEST

START_TEST(svg_is_small_and_tells_what_it_is)
{
	struct buffer image;

	rewapp__buffer_init(&image, NULL, LIMIT);
	ck_assert_int_eq(rewapp__qr_render(token, "svg", 0, &image), 0);
	ck_assert_uint_lt(image.size, 2000);
	ck_assert_ptr_nonnull(strstr(image.data, "<title>QR code</title>"));
	ck_assert_ptr_nonnull(strstr(image.data, "viewBox=\"0 0 37 37\""));
	ck_assert_ptr_nonnull(strstr(image.data, "width=\"296\""));
	rewapp__buffer_finish(&image);
}
END_TEST

START_TEST(png_is_one_bit_a_pixel)
{
	struct buffer image;

	rewapp__buffer_init(&image, NULL, LIMIT);
	ck_assert_int_eq(rewapp__qr_render(token, "png", 0, &image), 0);
	ck_assert_uint_lt(image.size, 600);
	ck_assert_mem_eq(image.data, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\x28\0\0\1\x28\1\3", 26);
	rewapp__buffer_finish(&image);
}
END_TEST

START_TEST(native_commands_are_exact)
{
	static const char head[] = "\033a\1"
				   "\035(k\4\0001A2\0"
				   "\035(k\3\0001C\6"
				   "\035(k\3\0001E1"
				   "\035(k\x68\0001P0";
	static const char tail[] = "\035(k\3\0001Q0\n\033a\0";
	struct buffer image;

	rewapp__buffer_init(&image, NULL, LIMIT);
	ck_assert_int_eq(rewapp__qr_render(token, "escpos-native", 0, &image), 0);
	ck_assert_uint_eq(image.size, sizeof head - 1 + 101 + sizeof tail - 1);
	ck_assert_mem_eq(image.data, head, sizeof head - 1);
	ck_assert_mem_eq(image.data + sizeof head - 1, token, 101);
	ck_assert_mem_eq(image.data + sizeof head - 1 + 101, tail, sizeof tail - 1);
	rewapp__buffer_finish(&image);
}
END_TEST

/* ---- failures ---- */

START_TEST(bad_arguments_are_named)
{
	char digits[300];
	struct buffer image;
	const struct {
		const char *digits, *format, *message;
		int scale;
	} rows[] = {
		{ "", "svg", "digits: 0 of them", 0 },
		{ digits, "svg", "digits: 256 of them", 0 },
		{ "97x", "svg", "digits: character 3 is none", 0 },
		{ "97\xc3\xa9", "png", "digits: character 3 is none", 0 },
		{ token, "gif", "format: \"gif\" is unknown", 0 },
		{ token, "", "format: \"\" is unknown", 0 },
		{ token, "SVG", "format: \"SVG\" is unknown", 0 },
		{ token, "svg", "scale: -1 is outside 0 to 32", -1 },
		{ token, "svg", "scale: 33 is outside 0 to 32", 33 },
		{ token, "png", "scale: 2147483647 is outside", INT32_MAX },
		{ token, "escpos", "scale: 16 makes 592 dots", 16 },
		{ token, "escpos-native", "scale: 17 is more than 16 dots", 17 },
	};

	memset(digits, '1', sizeof digits - 1);
	digits[sizeof digits - 1] = '\0';
	rewapp__buffer_init(&image, NULL, LIMIT);
	rewapp__buffer_puts(&image, "before");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int code = rewapp__qr_render(rows[i].digits, rows[i].format, rows[i].scale, &image);

		ck_assert_int_eq(code, REWAPP_E_ARGUMENT);
		ck_assert_msg(
			strstr(rewapp_errmsg(), rows[i].message) == rewapp_errmsg(), "%s", rewapp_errmsg());
		ck_assert_str_eq(image.data, "before");
	}
	rewapp__buffer_finish(&image);
}
END_TEST

START_TEST(a_full_buffer_holds_no_part)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct buffer image;
		size_t need;

		rewapp__buffer_init(&image, NULL, LIMIT);
		ck_assert_int_eq(rewapp__qr_render(token, formats[i], 1, &image), 0);
		need = image.size;
		rewapp__buffer_finish(&image);
		for (size_t limit = 4; limit <= need + 4; limit++) {
			rewapp__buffer_init(&image, NULL, limit);
			rewapp__buffer_puts(&image, "keep");
			ck_assert_int_eq(rewapp__qr_render(token, formats[i], 1, &image),
				limit < need + 4 ? REWAPP_E_CAPACITY : 0);
			ck_assert_uint_eq(image.size, limit < need + 4 ? 4 : need + 4);
			ck_assert_int_eq(memcmp(image.data, "keep", 4), 0);
			rewapp__buffer_finish(&image);
		}
	}
}
END_TEST

static void *allocate_until(void *user, void *pointer, size_t size)
{
	int *left = user;

	if (!size) {
		free(pointer);
		return NULL;
	}
	return (*left)-- > 0 ? realloc(pointer, size) : NULL;
}

START_TEST(lack_of_memory_leaves_nothing)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		int code = REWAPP_E_NOMEMORY;

		for (int allowed = 0; code; allowed++) {
			int left = allowed;
			struct rewapp_env env = {
				.size = sizeof env, .user = &left, .allocate = allocate_until
			};
			struct buffer image;

			ck_assert_int_lt(allowed, 20);
			rewapp__buffer_init(&image, &env, LIMIT);
			code = rewapp__qr_render(token, formats[i], 1, &image);
			ck_assert(code == 0 || (code == REWAPP_E_NOMEMORY && image.size == 0));
			rewapp__buffer_finish(&image);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("qr/render");
	TCase *decoded = tcase_create("decoded"), *plain = tcase_create("plain");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, decoded);
	tcase_set_timeout(decoded, 120);
	tcase_add_checked_fixture(decoded, setup, teardown);
	tcase_add_test(decoded, decoders_read_every_format);
	tcase_add_test(decoded, decoders_read_every_size);
	suite_add_tcase(suite, plain);
	tcase_set_timeout(plain, 120);
	tcase_add_test(plain, formats_agree_and_keep_quiet);
	tcase_add_test(plain, svg_is_small_and_tells_what_it_is);
	tcase_add_test(plain, png_is_one_bit_a_pixel);
	tcase_add_test(plain, native_commands_are_exact);
	tcase_add_test(plain, bad_arguments_are_named);
	tcase_add_test(plain, a_full_buffer_holds_no_part);
	tcase_add_test(plain, lack_of_memory_leaves_nothing);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
