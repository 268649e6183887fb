/* Any bytes as a bank's file: OFX, QIF or CSV, declared or recognised.  What is read is clean
 * text with a day and a currency, and holds no card number. */
#include "formats/bank.h"
#include "base/text.h"
#include "fuzz.h"

static void check_line(const struct bank_line *line)
{
	CLAIM(rewapp__text_is_utf8(line->descriptor, strlen(line->descriptor)));
	CLAIM(!rewapp__text_has_card_number(line->descriptor, strlen(line->descriptor)));
	CLAIM(strlen(line->descriptor) <= BANK_TEXT_MAX);
	CLAIM(strlen(line->date) == 10 && strlen(line->currency) == 3 && line->line > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { NULL, "ofx", "qif", "csv" };
	struct bank_options options = BANK_OPTIONS_INIT;
	struct bank_file file;
	char *bytes;

	if (size == 0)
		return 0;
	options.format = formats[data[0] & 3];
	options.date_format = data[0] & 4 ? "dd/mm/yyyy" : NULL;
	options.map = data[0] & 8 ? "date=0,amount=1,text=2" : NULL;
	options.delimiter = data[0] & 16 ? ';' : 0;
	bytes = fuzz_copy(data + 1, size - 1);
	if (rewapp__bank_parse(&file, "f", bytes, size - 1, &options) == 0)
		for (size_t i = 0; i < file.count; i++)
			check_line(&file.lines[i]);
	rewapp__bank_finish(&file);
	free(bytes);
	return 0;
}
