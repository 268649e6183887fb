/* A bank that gives cashback: a day of card payments in batches, sent twice as if the first
 * answer had been lost, and every member's points counted once. */
#include <rewapp/rewapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MEMBERS = 100,
	PAYMENTS = 20000,
	BATCH = 8190
};

static struct rewapp_id id(const char *kind, int number)
{
	struct rewapp_id out;
	char name[32];

	snprintf(name, sizeof name, "%s-%d", kind, number);
	rewapp_id_derive(name, strlen(name), &out);
	return out;
}

/* The n-th command of the day: first the programme, a merchant and the members, then what they bought. */
static struct rewapp_command nth(int number)
{
	struct rewapp_command out = REWAPP_COMMAND_INIT;
	int payment = number - MEMBERS - 2;

	out.id = id("line", number); /* in earnest: the bank's own transaction id */
	if (number == 0) {
		out.kind = REWAPP_KIND_PROGRAMME;
		out.target = id("programme", 0);
		out.document =
			"{\"name\": \"Bank\", \"currency\": \"EUR\","
			" \"rules\": [{\"id\": \"base\", \"type\": \"percent\", \"basis_points\": 100}]}";
	} else if (number == 1) {
		out.kind = REWAPP_KIND_MERCHANT;
		out.target = id("merchant", 0);
		out.document =
			"{\"name\": \"Carrefour City\", \"aliases\": [\"CRF CITY\"], \"mcc\": [\"5411\"]}";
	} else if (payment < 0) {
		out.kind = REWAPP_KIND_MEMBER;
		out.target = id("member", number - 2);
	} else {
		out.kind = REWAPP_KIND_PURCHASE;
		out.member = id("member", payment % MEMBERS);
		out.amount = 1000 + payment % 700;
		out.mcc = 5411;
		out.descriptor = "CARTE 05/10 CARREFOUR CITY PARIS 12";
		memcpy(out.currency, "EUR", 4);
	}
	return out;
}

static int send_day(rewapp_engine *bank, struct rewapp_command *commands, struct rewapp_receipt *receipts)
{
	int total = PAYMENTS + MEMBERS + 2, accepted = 0, replayed = 0;

	for (int from = 0; from < total;) {
		/* whom the day is about goes first, in a batch of its own */
		int end = from == 0 ? MEMBERS + 2 : from + BATCH, count = (end < total ? end : total) - from;

		for (int i = 0; i < count; i++)
			commands[i] = nth(from + i);
		receipts[0].size = sizeof *receipts;
		if (rewapp_submit(bank, commands, (size_t)count, receipts)) {
			fprintf(stderr, "%s\n", rewapp_errmsg());
			return -1;
		}
		from += count;
		for (int i = 0; i < count; i++) {
			accepted += receipts[i].verdict == REWAPP_VERDICT_ACCEPTED;
			replayed += receipts[i].replayed;
		}
	}
	printf("%d commands: %d accepted, of which %d known before\n", total, accepted, replayed);
	return accepted == total ? replayed : -1;
}

int main(int argc, char **argv)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_verification found = { .size = sizeof found };
	struct rewapp_command *commands = calloc(BATCH, sizeof *commands);
	struct rewapp_receipt *receipts = calloc(BATCH, sizeof *receipts);
	struct rewapp_id first = id("member", 0);
	rewapp_engine *bank;
	int64_t expected = 0;
	int bad;

	options.storage = argc > 1 ? argv[1] : NULL;
	if (!commands || !receipts || rewapp_engine_open(&bank, &options)) {
		free(commands);
		free(receipts);
		return 1;
	}
	for (int payment = 0; payment < PAYMENTS; payment += MEMBERS)
		expected += (1000 + payment % 700) / 100;

	bad = send_day(bank, commands, receipts) != 0;
	bad |= send_day(bank, commands, receipts) != PAYMENTS + MEMBERS + 2;
	bad |= rewapp_balance_get(bank, NULL, &first, &balance) || balance.available != expected;
	bad |= rewapp_verify(bank, NULL, NULL, &found) || found.problems;
	printf("the first member: %lld points of %lld; problems: %lld\n", (long long)balance.available,
		(long long)expected, (long long)found.problems);
	rewapp_engine_close(bank);
	free(commands);
	free(receipts);
	return bad;
}
