/* A till without a network: its own store is all that it needs to judge a code.  Time is the
 * till's as well: a host gives the engine its clock, here one that the example turns on. */
#include <rewapp/rewapp.h>
#include <rewapp/sys/env.h>
#include <stdio.h>
#include <string.h>

enum {
	MINUTE = 60000
};

static int64_t clock_ms(void *user)
{
	return *(const int64_t *)user;
}

static rewapp_engine *open_store(const char *storage, int64_t *now_ms)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	struct rewapp_env env = REWAPP_ENV_INIT;
	rewapp_engine *engine;

	env.user = now_ms;
	env.now_ms = clock_ms;
	options.storage = storage;
	options.env = &env;
	if (rewapp_engine_open(&engine, &options))
		fprintf(stderr, "%s\n", rewapp_errmsg());
	return engine;
}

/* What was prepared while there was a connection; returns a member's two codes. */
static int prepare(rewapp_engine *engine, struct rewapp_receipt receipts[7])
{
	static const char text[] =
		"{\"commands\": ["
		"{\"kind\": \"programme\", \"id\": \"@1\", \"target\": \"@main\", \"document\": {\"name\": "
		"\"Main\","
		" \"currency\": \"EUR\", \"rules\": [{\"id\": \"base\", \"type\": \"percent\", "
		"\"basis_points\": 100}]}},"
		"{\"kind\": \"merchant\", \"id\": \"@2\", \"target\": \"@kiosk\", \"document\": {\"name\": "
		"\"Kiosk\"}},"
		"{\"kind\": \"merchant\", \"id\": \"@3\", \"target\": \"@cinema\", \"document\": {\"name\": "
		"\"Cinema\"}},"
		"{\"kind\": \"member\", \"id\": \"@4\", \"target\": \"@alice\"},"
		"{\"kind\": \"adjust\", \"id\": \"@5\", \"member\": \"@alice\", \"points\": 500, "
		"\"reference\": \"gift\"},"
		"{\"kind\": \"mint\", \"id\": \"@6\", \"member\": \"@alice\", \"merchant\": \"@kiosk\", "
		"\"points\": 200},"
		"{\"kind\": \"mint\", \"id\": \"@7\", \"member\": \"@alice\", \"points\": 100}]}";
	rewapp_commands *commands;
	int error = rewapp_commands_parse(text, sizeof text - 1, &commands);

	receipts[0].size = sizeof *receipts;
	if (!error)
		error = rewapp_submit(
			engine, rewapp_commands_array(commands), rewapp_commands_count(commands), receipts);
	if (error)
		fprintf(stderr, "%s\n", rewapp_errmsg());
	else
		rewapp_commands_free(commands);
	return error;
}

static int scan(rewapp_engine *till, const char *what, const char *token, const char *merchant, int expected)
{
	struct rewapp_qr qr = { .size = sizeof qr };
	struct rewapp_id id;

	rewapp_id_derive(merchant, strlen(merchant), &id);
	if (rewapp_qr_inspect(till, token, &id, &qr)) {
		fprintf(stderr, "%s\n", rewapp_errmsg());
		return 1;
	}
	printf("%-28s %-14s %s\n", what, rewapp_verdict_name(qr.verdict), rewapp_verdict_text(qr.verdict));
	return qr.verdict != expected;
}

int main(int argc, char **argv)
{
	int64_t now_ms = INT64_C(1791187200000); /* 2026-10-05 08:00 UTC */
	struct rewapp_receipt made[7];
	char forged[REWAPP_TOKEN_CAPACITY];
	rewapp_engine *till = open_store(argc > 1 ? argv[1] : NULL, &now_ms);
	int wrong;

	if (!till || prepare(till, made))
		return 1;
	memcpy(forged, made[5].token, sizeof forged);
	forged[40] = forged[40] == '0' ? '1' : '0';

	wrong = scan(till, "at the kiosk", made[5].token, "kiosk", REWAPP_VERDICT_ACCEPTED);
	wrong += scan(till, "at the cinema", made[5].token, "cinema", REWAPP_VERDICT_WRONG_MERCHANT);
	wrong += scan(till, "good anywhere", made[6].token, "cinema", REWAPP_VERDICT_ACCEPTED);
	wrong += scan(till, "one digit changed", forged, "kiosk", REWAPP_VERDICT_FORGED);
	now_ms += 15 * MINUTE;
	wrong += scan(till, "a quarter of an hour later", made[5].token, "kiosk", REWAPP_VERDICT_EXPIRED);
	rewapp_engine_close(till);
	return wrong;
}
