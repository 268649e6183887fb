/* Files that somebody broke: bytes changed, cut out, doubled, with a fixed seed.  Each must
 * be read or refused with a message, and leave nothing behind either way. */
#include "base/text.h"
#include "formats/bank.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROUNDS = 4000,
	ROOM = 4096
};

static const char *const seeds[] = {
	"OFXHEADER:100\nENCODING:USASCII\nCHARSET:1252\n\n<OFX><CURDEF>EUR<ACCTID>1<STMTTRN><TRNTYPE>POS\n"
	"<DTPOSTED>20260903<TRNAMT>-12.34<FITID>A1<NAME>CAF\xc9 &amp; CB 4970100000000154</STMTTRN></OFX>",
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?><?OFX "
	"OFXHEADER=\"200\"?><OFX><STMTTRN><DTPOSTED>20260903</DTPOSTED>"
	"<TRNAMT>-1.00</TRNAMT><NAME><![CDATA[A]]></NAME><MEMO>&#233;</MEMO></STMTTRN></OFX>",
	"!Account\nNCourant\n^\n!Type:Bank\nD31/08/2026\nT-1 234,56\nPCARTE "
	"IKEA\nMx\n^\nD3/9'26\nT-5,00\nPA\n^\n",
	"dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;a;b\n"
	"2026-09-03;2026-09-04;\"CARTE 02/09/26 FNAC; PARIS\";;;;-1 012,50;;00040;;\n",
	"=\"01\";x\n\nDate;Libell\xe9;D\xe9"
	"bit euros;Cr\xe9"
	"dit euros;\n03/09/2026;\"A\nB\";10,00;;\n",
};

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t mutate(uint64_t *state, char *bytes, size_t length)
{
	static const char spice[] = "<>&;\"'\n\r\0\xff\x81,.-0^!D";
	size_t at = length ? next(state) % length : 0, count;

	switch (next(state) % 5) {
	case 0:
		bytes[at] = (char)next(state);
		break;
	case 1:
		bytes[at] = spice[next(state) % (sizeof spice - 1)];
		break;
	case 2: /* cut off */
		return at;
	case 3: /* cut out */
		count = next(state) % (length - at) + 1;
		memmove(bytes + at, bytes + at + count, length - at - count);
		return length - count;
	default: /* double */
		count = next(state) % (length - at) + 1;
		if (length + count > ROOM)
			break;
		memmove(bytes + at + count, bytes + at, length - at);
		return length + count;
	}
	return length;
}

static void check_lines(const struct bank_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct bank_line *line = &file->lines[i];

		ck_assert(rewapp__text_is_utf8(line->descriptor, strlen(line->descriptor)));
		ck_assert(!rewapp__text_has_card_number(line->descriptor, strlen(line->descriptor)));
		ck_assert_uint_eq(strlen(line->date), 10);
		ck_assert_uint_eq(strlen(line->currency), 3);
		ck_assert_uint_gt(line->line, 0);
	}
}

START_TEST(broken_files_are_read_or_refused)
{
	uint64_t state = 0x9e3779b97f4a7c15u + (uint64_t)_i;
	struct bank_options options = BANK_OPTIONS_INIT;

	for (int round = 0; round < ROUNDS; round++) {
		size_t length = strlen(seeds[_i]);
		/* of its exact size, so that a sanitizer sees a byte too far */
		char *bytes = malloc(ROOM + 1), *exact;
		struct bank_file file;
		int code;

		memcpy(bytes, seeds[_i], length);
		for (uint64_t times = next(&state) % 4 + 1; times && length; times--)
			length = mutate(&state, bytes, length);
		exact = malloc(length + 1);
		memcpy(exact, bytes, length);
		code = rewapp__bank_parse(&file, "x", exact, length, &options);
		if (code == 0)
			check_lines(&file);
		else
			ck_assert_msg(code == REWAPP_E_ARGUMENT && *rewapp_errmsg(), "%d", code);
		rewapp__bank_finish(&file);
		free(exact);
		free(bytes);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("formats/mutations");
	TCase *tests = tcase_create("mutations");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, broken_files_are_read_or_refused, 0, sizeof seeds / sizeof *seeds);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
