/* Numbers, money, dates and the library's words, as people read them. */
#ifndef REWAPP_CLI_SAY_H
#define REWAPP_CLI_SAY_H

#include "cli/cli.h"

/* The texts of the tables in rewapp/errors.h, in French or English. */
const char *rewapp__say_error(bool french, int code);
const char *rewapp__say_verdict(bool french, int verdict);
const char *rewapp__say_code(bool french, int code);

/* A kind of bank operation ("card_payment"), in words. */
const char *rewapp__say_operation(bool french, const char *operation);

/* A text that is written into a buffer of its own, so that several fit into one printf(). */
struct said {
	char text[80];
};

struct said rewapp__say_money(const struct cli *cli, int64_t minor, const char *currency);
struct said rewapp__say_time(int64_t ms);
struct said rewapp__say_id(const struct rewapp_id *id);
struct said rewapp__say_percent(int32_t basis_points);

/* The name of a merchant, or its id. */
struct said rewapp__say_merchant(struct cli *cli, const struct rewapp_id *id);

/* The currency of a programme, "" if it cannot be told; zero: the only one. */
void rewapp__say_currency(struct cli *cli, const struct rewapp_id *programme, char out[4]);

/* A label and its value, in two columns. */
void rewapp__say_row(const char *label, const char *value);

/* A receipt: as JSON, or in words with its awards when `explain`.  Returns the exit code. */
int rewapp__say_receipt(struct cli *cli, const struct rewapp_receipt *receipt, bool explain);

/* The awards of a receipt, a line each. */
void rewapp__say_awards(const struct cli *cli, const struct rewapp_receipt *receipt);

/* A receipt's JSON, to be freed with free(), or NULL with the code set. */
char *rewapp__receipt_text(const struct rewapp_receipt *receipt, int *code);

/* The exit code of a receipt. */
int rewapp__receipt_exit(const struct rewapp_receipt *receipt);

/* Submits one command and says its receipt. */
int rewapp__submit_one(struct cli *cli, const struct rewapp_command *command, bool explain);

/* Bold, green, red and plain, or "" when stdout is no terminal. */
const char *rewapp__say_bold(void);
const char *rewapp__say_good(void);
const char *rewapp__say_bad(void);
const char *rewapp__say_dim(void);
const char *rewapp__say_plain(void);

#endif
