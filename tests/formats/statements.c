/* Bank statements, good and broken: each row is a file and the lines, or the failure, that
 * it must give.  A line is written date|amount|currency|kind|mcc|descriptor|fitid|account. */
#include "formats/bank.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OFX_HEAD \
	"OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n" \
	"COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
#define OFX_OPEN \
	"<OFX>\n<BANKMSGSRSV1><STMTTRNRS><STMTRS>\n<CURDEF>EUR\n<BANKACCTFROM><BANKID>30004\n<ACCTID>0001\n" \
	"</BANKACCTFROM>\n<BANKTRANLIST>\n"
#define OFX_CLOSE "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
#define TRN(inside) "<STMTTRN>\n" inside "</STMTTRN>\n"
#define GOOD_TRN "<TRNTYPE>POS\n<DTPOSTED>20260903\n<TRNAMT>-12.34\n<FITID>A1\n<NAME>LIDL PARIS\n"
#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?OFX OFXHEADER=\"200\" VERSION=\"211\"?>\n"
#define BOURSO "dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;a;b\n"
#define SG \
	"=\"0001234567\";01/09/2026;30/09/2026;2;30/09/2026;50,00 EUR\n\n" \
	"Date de l'op\xe9ration;Libell\xe9;D\xe9tail de l'\xe9" \
	"criture;Montant de l'op\xe9ration;Devise\n"
#define REVOLUT "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"

struct row {
	const char *title;
	const char *bytes;
	size_t length; /* 0: up to the NUL */
	struct bank_options options;
	const char *lines; /* the lines; NULL: refused */
	const char *wrong; /* a part of the message */
};
#define NONE BANK_OPTIONS_INIT

/* clang-format off */
static const struct row rows[] = {
	{ "OFX 1 without closing tags", OFX_HEAD OFX_OPEN TRN(GOOD_TRN) OFX_CLOSE, 0, NONE,
		"2026-09-03|-1234|EUR|card|0|LIDL PARIS|A1|0001\n", NULL },
	{ "OFX 1 with closing tags, memo continues name, comma, time zone", OFX_HEAD OFX_OPEN
		TRN("<TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260903120000.000[+1:CET]</DTPOSTED><TRNAMT>-12,30</TRNAMT>"
			"<FITID>B</FITID><NAME>CARTE 02/09</NAME><MEMO>FNAC PARIS</MEMO>") OFX_CLOSE, 0, NONE,
		"2026-09-03|-1230|EUR|unknown|0|CARTE 02/09 FNAC PARIS|B|0001\n", NULL },
	{ "OFX: the memo repeats the name that was cut", OFX_HEAD OFX_OPEN
		TRN("<DTPOSTED>20260903<TRNAMT>-1<NAME>PAIEMENT CB MON<MEMO>PAIEMENT CB MONOPRIX") OFX_CLOSE, 0, NONE,
		"2026-09-03|-100|EUR|unknown|0|PAIEMENT CB MONOPRIX||0001\n", NULL },
	{ "OFX: purchase date, MCC, entities, payee", OFX_HEAD OFX_OPEN
		TRN("<DTPOSTED>20260905<DTUSER>20260903<TRNAMT>+5.00<SIC>5411<PAYEE><NAME>H&amp;M &#233;t&#xE9; A&B"
			"<CITY>PARIS</PAYEE>") OFX_CLOSE, 0, NONE,
		"2026-09-03|500|EUR|unknown|5411|H&M \xc3\xa9t\xc3\xa9 A&B||0001\n", NULL },
	{ "OFX: currency of the amount, not of the original", OFX_HEAD OFX_OPEN
		TRN(GOOD_TRN "<ORIGCURRENCY><CURRATE>1.1<CURSYM>USD</ORIGCURRENCY>\n")
		TRN("<DTPOSTED>20260903<TRNAMT>-150<CURRENCY><CURSYM>JPY</CURRENCY><NAME>X") OFX_CLOSE, 0, NONE,
		"2026-09-03|-1234|EUR|card|0|LIDL PARIS|A1|0001\n2026-09-03|-150|JPY|unknown|0|X||0001\n", NULL },
	{ "OFX: the other party's account is not ours", OFX_HEAD OFX_OPEN
		TRN(GOOD_TRN "<BANKACCTTO><ACCTID>9999</BANKACCTTO>\n") OFX_CLOSE, 0, NONE,
		"2026-09-03|-1234|EUR|card|0|LIDL PARIS|A1|0001\n", NULL },
	{ "OFX 1 in Windows-1252", OFX_HEAD OFX_OPEN TRN("<DTPOSTED>20260903<TRNAMT>-1<NAME>CAF\xc9 \x80")
		OFX_CLOSE, 0, NONE, "2026-09-03|-100|EUR|unknown|0|CAF\xc3\x89 \xe2\x82\xac||0001\n", NULL },
	{ "OFX 1 that says Windows-1252 and is UTF-8", OFX_HEAD OFX_OPEN
		TRN("<DTPOSTED>20260903<TRNAMT>-1<NAME>CAF\xc3\x89") OFX_CLOSE, 0, NONE,
		"2026-09-03|-100|EUR|unknown|0|CAF\xc3\x89||0001\n", NULL },
	{ "OFX 2", XML_HEAD OFX_OPEN TRN("<DTPOSTED>20260903</DTPOSTED><TRNAMT>-1.00</TRNAMT>"
		"<NAME><![CDATA[A < B]]></NAME><MEMO/>") "<!-- <STMTTRN> -->" OFX_CLOSE, 0, NONE,
		"2026-09-03|-100|EUR|unknown|0|A < B||0001\n", NULL },
	{ "OFX 2 that says UTF-8 and is not", XML_HEAD OFX_OPEN
		TRN("<DTPOSTED>20260903<TRNAMT>-1<NAME>CAF\xc9") OFX_CLOSE, 0, NONE, NULL, "x:11: byte 0xc9" },
	{ "OFX: a card number is masked", OFX_HEAD OFX_OPEN
		TRN("<DTPOSTED>20260903<TRNAMT>-1<NAME>CB 4970100000000154") OFX_CLOSE, 0, NONE,
		"2026-09-03|-100|EUR|unknown|0|CB XXXXXXXXXXXX0154||0001\n", NULL },
	{ "OFX without lines", OFX_HEAD OFX_OPEN OFX_CLOSE, 0, NONE, "", NULL },
	{ "OFX: broken date", OFX_HEAD OFX_OPEN TRN("<DTPOSTED>20261303<TRNAMT>-1") OFX_CLOSE, 0, NONE, NULL,
		"x:18: DTPOSTED: no such day" },
	{ "OFX: short date", OFX_HEAD OFX_OPEN TRN("<DTPOSTED>2026<TRNAMT>-1") OFX_CLOSE, 0, NONE, NULL, "YYYYMMDD" },
	{ "OFX: no date", OFX_HEAD OFX_OPEN TRN("<TRNAMT>-1") OFX_CLOSE, 0, NONE, NULL, "DTPOSTED: missing" },
	{ "OFX: no amount", OFX_HEAD OFX_OPEN TRN("<DTPOSTED>20260903") OFX_CLOSE, 0, NONE, NULL, "TRNAMT: missing" },
	{ "OFX: amount out of range", OFX_HEAD OFX_OPEN TRN(GOOD_TRN)
		TRN("<DTPOSTED>20260903<TRNAMT>92233720368547758.08") OFX_CLOSE, 0, NONE, NULL,
		"x:25: TRNAMT: the amount is out of range" },
	{ "OFX: amount that is none", OFX_HEAD OFX_OPEN TRN("<DTPOSTED>20260903<TRNAMT>1e3") OFX_CLOSE, 0, NONE, NULL,
		"TRNAMT: not an amount" },
	{ "OFX: MCC that is none", OFX_HEAD OFX_OPEN TRN("<DTPOSTED>20260903<TRNAMT>1<SIC>54A1") OFX_CLOSE, 0, NONE,
		NULL, "SIC" },
	{ "OFX: currency that is none", OFX_HEAD "<OFX><CURDEF>euro</OFX>", 0, NONE, NULL, "CURDEF" },
	{ "OFX: cut within a transaction", OFX_HEAD OFX_OPEN "<STMTTRN><DTPOSTED>20260903<TRNAMT>-1", 0, NONE, NULL,
		"STMTTRN: not closed" },
	{ "OFX: cut within a tag", OFX_HEAD OFX_OPEN TRN(GOOD_TRN) "<STMTT", 0, NONE, NULL, "ends within a tag" },
	{ "OFX: cut behind the transactions", OFX_HEAD OFX_OPEN TRN(GOOD_TRN), 0, NONE, NULL, "no closing </OFX>" },
	{ "OFX: transaction in a transaction", OFX_HEAD OFX_OPEN "<STMTTRN>" TRN(GOOD_TRN) OFX_CLOSE, 0, NONE, NULL,
		"STMTTRN: the one before" },
	{ "OFX: document types are refused", XML_HEAD "<!DOCTYPE x [<!ENTITY a \"b\">]><OFX></OFX>", 0, NONE, NULL,
		"document types" },

	{ "QIF", "!Type:Bank\nD31/08/2026\nT-1 234,56\nN12\nPCARTE X1234 IKEA\nMBIL 0123\n^\n", 0, NONE,
		"2026-08-31|-123456|EUR|unknown|0|CARTE X1234 IKEA BIL 0123||\n", NULL },
	{ "QIF with the account, CRLF and Quicken's years",
		"!Account\r\nNCourant\r\nTBank\r\n^\r\n!Type:Bank\r\nD 3/ 9'26\r\nT-5,00\r\nPA\r\n^\r\n", 0, NONE,
		"2026-09-03|-500|EUR|unknown|0|A||Courant\n", NULL },
	{ "QIF of an American bank", "!Type:CCard\nD09/13/2026\nT-5.00\nPA\n^\n", 0, NONE,
		"2026-09-13|-500|EUR|unknown|0|A||\n", NULL },
	{ "QIF: order of day and month by a decimal comma", "!Type:Bank\nD03/09/2026\nT-5,00\nPA\n^\n", 0, NONE,
		"2026-09-03|-500|EUR|unknown|0|A||\n", NULL },
	{ "QIF: order of day and month unknown", "!Type:Bank\nD03/09/2026\nT-5.00\nPA\n^\n", 0, NONE, NULL,
		"day and month" },
	{ "QIF: order of day and month declared", "!Type:Bank\nD03/09/2026\nT-5.00\nPA\n^\n", 0,
		{ .date_format = "mm/dd/yyyy", .skip = -1 }, "2026-03-09|-500|EUR|unknown|0|A||\n", NULL },
	{ "QIF: categories are no transactions",
		"!Type:Cat\nNLoisirs\nE\n^\n!Type:Bank\nD2026-09-03\nT-5.00\nPA\n^\n", 0,
		NONE, "2026-09-03|-500|EUR|unknown|0|A||\n", NULL },
	{ "QIF: cut off", "!Type:Bank\nD31/08/2026\nT-12,00\n^\nD31/08/2026\nT-1", 0, NONE, NULL, "x:5: QIF" },
	{ "QIF: no amount", "!Type:Bank\nD31/08/2026\n^\n", 0, NONE, NULL, "x:2: T" },
	{ "QIF: no such day", "!Type:Bank\nD31/09/2026\nT-1,00\n^\n", 0, NONE, NULL, "x:2: D: no such day" },
	{ "QIF: securities", "!Type:Invst\nD31/08/2026\n^\n", 0, NONE, NULL, "securities" },
	{ "QIF: unknown field", "!Type:Bank\nD31/08/2026\n#1\n^\n", 0, NONE, NULL, "x:3: QIF: no field" },

	{ "CSV of BoursoBank, with a mark", "\xef\xbb\xbf" BOURSO
		"2026-09-03;2026-09-04;\"CARTE 02/09/26 FNAC; PARIS\";;;;-1 012,50;;00040;;\n", 0, NONE,
		"2026-09-03|-101250|EUR|unknown|0|CARTE 02/09/26 FNAC; PARIS||00040\n", NULL },
	{ "CSV of Societe Generale in Windows-1252", SG
		"03/09/2026;CARTE X1234;CARTE X1234 02/09 CAF\xc9 DE FLORE;-6,30;EUR\n", 0, NONE,
		"2026-09-03|-630|EUR|card|0|CARTE X1234 02/09 CAF\xc3\x89 DE FLORE||\n", NULL },
	{ "CSV of Credit Agricole: cells of several lines, debit and credit",
		"Liste;\n\nDate;Libell\xc3\xa9;D\xc3\xa9" "bit euros;Cr\xc3\xa9" "dit euros;\n"
		"03/09/2026;\"PAIEMENT PAR CARTE\nX1234 IKEA\";10,00;;\n04/09/2026;\"AVOIR\nIKEA\";;5,00;\n", 0, NONE,
		"2026-09-03|-1000|EUR|unknown|0|PAIEMENT PAR CARTE X1234 IKEA||\n"
		"2026-09-04|500|EUR|unknown|0|AVOIR IKEA||\n",
		NULL },
	{ "CSV of Revolut: what is not completed is left out", REVOLUT
		"CARD_PAYMENT,Current,2026-09-03 10:00:00,2026-09-04 10:00:00,Lidl,-3.46,0.00,EUR,COMPLETED,20.03\n"
		"CARD_PAYMENT,Current,2026-09-03 10:00:00,,Aldi,-3.46,0.00,EUR,PENDING,\n", 0, NONE,
		"2026-09-03|-346|EUR|card|0|Lidl||Current\n", NULL },
	{ "CSV with declared columns", "03.09.2026|A|1.234,50|GBP|7|B\n", 0,
		{ .map = "date=0,text=1+5,amount=2,currency=3,id=4", .date_format = "dd.mm.yyyy", .delimiter = '|',
			.skip = -1 },
		"2026-09-03|123450|GBP|unknown|0|A B|7|\n", NULL },
	{ "CSV with columns declared by name", "one,two,Wann,Was,Wieviel\n1,2,2026-09-03,REWE,-2.50\n", 0,
		{ .map = "date=Wann,text=Was,amount=Wieviel", .skip = -1 },
		"2026-09-03|-250|EUR|unknown|0|REWE||\n", NULL },
	{ "CSV of LCL has no header", "03/09/2026;-12,34;Carte;;CB  MONOPRIX;0;Divers\n", 0,
		{ .preset = "lcl", .skip = -1 }, "2026-09-03|-1234|EUR|card|0|CB MONOPRIX 0||\n", NULL },
	{ "CSV: unknown layout", "a;b;c\n1;2;3\n", 0, NONE, NULL, "no known bank's layout" },
	{ "CSV: unknown preset", "a;b;c\n", 0, { .preset = "moon", .skip = -1 }, NULL, "preset" },
	{ "CSV: unknown column", "2026-09-03,A,1\n", 0,
		{ .map = "date=0,text=nom,amount=2", .skip = -1 }, NULL, "text" },
	{ "CSV: unknown key", "2026-09-03,A,1\n", 0, { .map = "day=0", .skip = -1 }, NULL, "\"day\" is none of" },
	{ "CSV: no amount declared", "2026-09-03,A,1\n", 0, { .map = "date=0,text=1", .skip = -1 }, NULL, "amount" },
	{ "CSV: broken date", BOURSO "2026-09-31;;X;;;;-1,00;;1;;\n", 0, NONE, NULL, "x:2: date: no such day" },
	{ "CSV: broken amount", BOURSO "2026-09-30;;X;;;;-1,00;;1;;\n2026-09-30;;X;;;;un;;1;;\n", 0, NONE, NULL,
		"x:3: amount: not an amount" },
	{ "CSV: a quote that is not closed", BOURSO "2026-09-30;;\"X;;;;-1,00;;1;;\n", 0, NONE, NULL,
		 "x:2: CSV: a quoted" },
	{ "CSV: a row too short", BOURSO "2026-09-30;;X\n", 0, NONE, NULL, "x:2: amount" },

	{ "empty", "", 0, NONE, NULL, "neither OFX, QIF nor CSV" },
	{ "JSON", "{\"a\": 1}\n", 0, NONE, NULL, "neither" },
	{ "a NUL", BOURSO "2026-09-30;;X\0;;;;-1,00;;1;;\n", sizeof BOURSO - 1 + 24, NONE, NULL, "byte 0x00" },
	{ "a byte that Windows-1252 does not have", BOURSO "2026-09-30;;\x81;;;;-1,00;;1;;\n", 0, NONE, NULL,
		"x:2: byte 0x81" },
	{ "UTF-16", "\xff\xfe" "!\0T\0y\0p\0e\0:\0B\0a\0n\0k\0\n\0", 24, NONE, "", NULL },
	{ "an encoding that nobody knows", "x;y\n", 0, { .encoding = "KLINGON", .skip = -1 }, NULL, "encoding" },
	{ "a format that nobody knows", "x;y\n", 0, { .format = "pdf", .skip = -1 }, NULL, "format" },
};
/* clang-format on */

static void format_lines(const struct bank_file *file, char *out, size_t capacity)
{
	size_t size = 0;

	*out = 0;
	for (size_t i = 0; i < file->count && size < capacity; i++) {
		const struct bank_line *line = &file->lines[i];

		size += (size_t)snprintf(out + size, capacity - size, "%s|%lld|%s|%s|%d|%s|%s|%s\n",
			line->date, (long long)line->amount, line->currency,
			rewapp__bank_kind_name(line->kind), line->mcc, line->descriptor, line->fitid,
			line->account);
	}
}

START_TEST(a_file_gives_its_lines_or_its_fault)
{
	const struct row *row = &rows[_i];
	size_t length = row->length ? row->length : strlen(row->bytes);
	struct bank_file file;
	char lines[2048];
	int code = rewapp__bank_parse(&file, "x", row->bytes, length, &row->options);

	if (row->lines) {
		ck_assert_msg(code == 0, "%s: %s", row->title, rewapp_errmsg());
		format_lines(&file, lines, sizeof lines);
		ck_assert_msg(!strcmp(lines, row->lines), "%s:\n%s", row->title, lines);
		rewapp__bank_finish(&file);
		return;
	}
	ck_assert_msg(code == REWAPP_E_ARGUMENT, "%s: %d", row->title, code);
	ck_assert_msg(strstr(rewapp_errmsg(), row->wrong) != NULL, "%s: %s", row->title, rewapp_errmsg());
	ck_assert_uint_eq(file.count, 0);
}
END_TEST

START_TEST(a_file_that_is_missing_is_said_to_be)
{
	struct bank_options options = BANK_OPTIONS_INIT;
	struct bank_file file;

	ck_assert_int_eq(rewapp__bank_read(&file, "/nowhere/at/all.ofx", &options), REWAPP_E_NOTFOUND);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "/nowhere/at/all.ofx"));
	ck_assert_int_eq(rewapp__bank_read(&file, "/", &options), REWAPP_E_STORAGE);
}
END_TEST

START_TEST(a_huge_file_is_refused)
{
	size_t length = BANK_FILE_MAX + 1;
	char path[] = "bank-XXXXXX";
	struct bank_options options = BANK_OPTIONS_INIT;
	struct bank_file file;
	int fd = mkstemp(path);
	FILE *stream = fdopen(fd, "wb");

	ck_assert_ptr_nonnull(stream);
	ck_assert_int_eq(fseek(stream, (long)length - 1, SEEK_SET), 0);
	fputc(' ', stream);
	fclose(stream);
	ck_assert_int_eq(rewapp__bank_read(&file, path, &options), REWAPP_E_ARGUMENT);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "larger than"));
	remove(path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("formats/statements");
	TCase *tests = tcase_create("statements");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, a_file_gives_its_lines_or_its_fault, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, a_file_that_is_missing_is_said_to_be);
	tcase_add_test(tests, a_huge_file_is_refused);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
