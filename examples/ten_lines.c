/* The ten lines of README.md, with what they need around them. */
#include <rewapp/rewapp.h>
#include <stdio.h>
#include <string.h>

static int sale(rewapp_engine *engine, struct rewapp_id ticket, struct rewapp_id payment,
	struct rewapp_id claire, struct rewapp_id bakery, const char *scanned)
{
	/* README */
	struct rewapp_command todo[2] = { REWAPP_COMMAND_INIT, REWAPP_COMMAND_INIT };
	struct rewapp_receipt done[2] = { { .size = sizeof *done } };

	todo[0].kind = REWAPP_KIND_PURCHASE; /* 42.10 EUR earn what the programme gives */
	todo[0].id = ticket, todo[0].member = claire, todo[0].merchant = bakery, todo[0].amount = 4210;
	memcpy(todo[0].currency, "EUR", 4);
	todo[1].kind = REWAPP_KIND_REDEEM; /* the code on the customer's phone is spent, once */
	todo[1].id = payment, todo[1].merchant = bakery, todo[1].token = scanned;
	if (rewapp_submit(engine, todo, 2, done) == 0) /* both are on the disk now */
		printf("+%lld -%lld points\n", (long long)done[0].points, (long long)done[1].points);
	/* README */
	return done[0].points == 84 && done[1].points == 50 ? 0 : 1;
}

static struct rewapp_id id(const char *name)
{
	struct rewapp_id out;

	rewapp_id_derive(name, strlen(name), &out);
	return out;
}

int main(void)
{
	static const char shop[] =
		"{\"commands\": ["
		"{\"kind\": \"programme\", \"id\": \"@1\", \"target\": \"@main\", \"document\": {\"name\": "
		"\"Main\","
		" \"currency\": \"EUR\", \"rules\": [{\"id\": \"base\", \"type\": \"percent\", "
		"\"basis_points\": 200}]}},"
		"{\"kind\": \"merchant\", \"id\": \"@2\", \"target\": \"@bakery\", \"document\": {\"name\": "
		"\"Bakery\"}},"
		"{\"kind\": \"member\", \"id\": \"@3\", \"target\": \"@claire\"},"
		"{\"kind\": \"adjust\", \"id\": \"@4\", \"member\": \"@claire\", \"points\": 50, "
		"\"reference\": \"gift\"},"
		"{\"kind\": \"mint\", \"id\": \"@5\", \"member\": \"@claire\", \"points\": 50}]}";
	struct rewapp_receipt receipts[5] = { { .size = sizeof *receipts } };
	rewapp_commands *commands;
	rewapp_engine *engine;
	int wrong;

	if (rewapp_engine_open(&engine, NULL))
		return 1;
	wrong = rewapp_commands_parse(shop, sizeof shop - 1, &commands);
	wrong = wrong || rewapp_submit(engine, rewapp_commands_array(commands), 5, receipts);
	wrong = wrong || sale(engine, id("t1"), id("p1"), id("claire"), id("bakery"), receipts[4].token);
	rewapp_commands_free(commands);
	rewapp_engine_close(engine);
	return wrong;
}
