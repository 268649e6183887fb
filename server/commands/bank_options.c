/* The options that tell how a bank statement is to be read. */
#include "commands/bank_options.h"

#include "formats/presets.h"

#include <stdio.h>
#include <string.h>

static int mark(struct cli *cli, const char *option, const char *text, char *out)
{
	static const struct {
		const char *word;
		char mark;
	} words[] = { { "comma", ',' }, { "point", '.' }, { "dot", '.' }, { "semicolon", ';' },
		{ "tab", '\t' }, { "pipe", '|' } };

	*out = 0;
	if (!text)
		return CLI_OK;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(text, words[i].word))
			*out = words[i].mark;
	if (!*out && strlen(text) == 1)
		*out = *text;
	return *out ? CLI_OK : rewapp__cli_usage(cli, "%s: \"%.20s\"", option, text);
}

int rewapp__bank_options(struct cli *cli, const struct bank_words *words, struct bank_options *out)
{
	int64_t skip;
	int code = rewapp__cli_number(cli, "--skip", words->skip, &skip);

	*out = (struct bank_options)BANK_OPTIONS_INIT;
	out->format = words->format;
	out->encoding = words->encoding;
	out->currency = words->currency;
	out->date_format = words->date_format;
	out->preset = words->preset;
	out->map = words->map;
	out->skip = words->skip ? (int)skip : -1;
	if (!code && (skip < 0 || skip > BANK_LINES_MAX))
		return rewapp__cli_usage(cli, "--skip: %lld", (long long)skip);
	if (!code)
		code = mark(cli, "--delimiter", words->delimiter, &out->delimiter);
	if (!code)
		code = mark(cli, "--decimal", words->decimal, &out->decimal);
	if (!code && out->decimal && out->decimal != ',' && out->decimal != '.')
		return rewapp__cli_usage(cli, "--decimal: \"%.20s\"", words->decimal);
	return code;
}

void rewapp__bank_presets(struct cli *cli)
{
	for (size_t i = 0; i < rewapp__csv_preset_count; i++) {
		const struct csv_preset *preset = &rewapp__csv_presets[i];

		if (cli->json)
			printf("%s{\"name\": \"%s\", \"bank\": \"%s\"}%s", i ? "\n," : "[", preset->name,
				preset->bank, i + 1 == rewapp__csv_preset_count ? "]\n" : "");
		else
			printf("%-18s %s\n", preset->name, preset->bank);
	}
}
