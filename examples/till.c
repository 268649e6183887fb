/* A till with the engine inside: a customer buys, earns, shows a QR code and spends, once. */
#include <rewapp/rewapp.h>
#include <stdio.h>
#include <string.h>

static struct rewapp_id id(const char *name)
{
	struct rewapp_id out;

	rewapp_id_derive(name, strlen(name), &out);
	return out;
}

static struct rewapp_receipt submit(rewapp_engine *till, struct rewapp_command command)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	int error = rewapp_submit(till, &command, 1, &receipt);

	if (error || receipt.code)
		fprintf(stderr, "%s: %s\n", rewapp_strerror(error ? error : receipt.code),
			error ? rewapp_errmsg() : receipt.message);
	else
		printf("%-8s %-8s %5lld points, %5lld left\n", rewapp_kind_name(receipt.kind),
			rewapp_verdict_name(receipt.verdict), (long long)receipt.points,
			(long long)receipt.available);
	return receipt;
}

static struct rewapp_command command(int kind, const char *name)
{
	struct rewapp_command out = REWAPP_COMMAND_INIT;

	out.kind = kind;
	out.id = id(name);
	return out;
}

int main(int argc, char **argv)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	struct rewapp_receipt minted, spent, again;
	struct rewapp_command todo;
	rewapp_engine *till;

	options.storage = argc > 1 ? argv[1] : NULL; /* "sqlite:till.db"; without: in memory */
	if (rewapp_engine_open(&till, &options)) {
		fprintf(stderr, "%s\n", rewapp_errmsg());
		return 1;
	}

	todo = command(REWAPP_KIND_PROGRAMME, "setup-1");
	todo.target = id("cagnotte");
	todo.document = "{\"name\": \"Cagnotte\", \"currency\": \"EUR\","
			" \"rules\": [{\"id\": \"base\", \"type\": \"percent\", \"basis_points\": 500}]}";
	submit(till, todo);
	todo = command(REWAPP_KIND_MERCHANT, "setup-2");
	todo.target = id("bakery");
	todo.document = "{\"name\": \"Boulangerie du Canal\", \"mcc\": [\"5462\"]}";
	submit(till, todo);
	todo = command(REWAPP_KIND_MEMBER, "setup-3");
	todo.target = id("claire");
	submit(till, todo);

	todo = command(
		REWAPP_KIND_PURCHASE, "ticket-1041"); /* the ticket's number: sent twice, it counts once */
	todo.member = id("claire");
	todo.merchant = id("bakery");
	todo.amount = 4200;
	memcpy(todo.currency, "EUR", 4);
	submit(till, todo);

	todo = command(REWAPP_KIND_MINT, "code-1"); /* on the customer's phone */
	todo.member = id("claire");
	todo.points = 150;
	minted = submit(till, todo);

	todo = command(REWAPP_KIND_REDEEM, "ticket-1042"); /* what the scanner read */
	todo.token = minted.token;
	todo.merchant = id("bakery");
	spent = submit(till, todo);
	todo.id = id("ticket-1043"); /* a screenshot of the same code */
	again = submit(till, todo);

	rewapp_engine_close(till);
	return spent.verdict == REWAPP_VERDICT_ACCEPTED && again.verdict == REWAPP_VERDICT_SPENT ? 0 : 1;
}
