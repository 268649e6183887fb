/* What there is to fail in: commands of every kind, each with what goes before it, and every question; as
 * text, in which # is a number that grows and $ a token, or the older checkpoint. */
#ifndef TESTS_FAULTS_STORIES_H
#define TESTS_FAULTS_STORIES_H

#include <rewapp/rewapp.h>
#include <stdio.h>
#include <string.h>

enum {
	FORM_CAPACITY = 2048
};

static inline size_t fill_in(const char *form, int number, const char *token, char out[FORM_CAPACITY])
{
	size_t at = 0;

	for (; *form && at < FORM_CAPACITY - REWAPP_TOKEN_CAPACITY; form++)
		if (*form == '#')
			at += (size_t)snprintf(out + at, FORM_CAPACITY - at, "%d", number);
		else if (*form == '$')
			at += (size_t)snprintf(out + at, FORM_CAPACITY - at, "%s", token);
		else
			out[at++] = *form;
	out[at] = '\0';
	return at;
}

static const char programme[] =
	"{\"kind\":\"programme\",\"id\":\"@put-programme\",\"target\":\"@main\",\"document\":{\"name\":"
	"\"Main\",\"tiers\":{\"by\":\"spend\",\"period\":\"rolling\",\"days\":30,\"levels\":["
	"{\"id\":\"silver\",\"from\":1000},{\"id\":\"gold\",\"from\":90000005}]},"
	"\"transfers\":{},\"referral\":{\"referrer_points\":7,\"points\":3},"
	"\"achievements\":[{\"id\":\"far\",\"count\":\"merchants\",\"target\":9,\"points\":5},{\"id\":"
	"\"one\","
	"\"count\":\"visits\",\"target\":1,\"period\":\"day\",\"points\":5},{\"id\":\"run\",\"count\":"
	"\"streak\",\"target\":2,\"points\":5}],\"gift_cards\":[{\"id\":\"card\",\"min_amount\":1,\"max_"
	"amount\":9999,\"days\":3,\"reload\":true}],"
	"\"vouchers\":[{\"id\":\"five\",\"points\":5,\"days\":3},{\"id\":\"gift\",\"points\":5,"
	"\"days\":3,\"from\":\"campaign\"}],"
	"\"currency\":\"EUR\",\"return_window_days\":0,\"expiry_days\":365,\"caps\":[{\"id\":\"m\",\"scope\":"
	"\"member\",\"window\":\"month\",\"points\":90000000}],\"rules\":[{\"id\":\"base\",\"type\":"
	"\"percent\","
	"\"basis_points\":1000,\"funder\":\"merchant\"}]}}";
/* Nothing is ever sure enough for it. */
static const char careful[] =
	"{\"kind\":\"programme\",\"id\":\"@put-careful\",\"target\":\"@careful\",\"document\":{\"name\":"
	"\"Careful\",\"currency\":\"EUR\",\"matching\":{\"sure\":10000,\"review\":5000},\"rules\":[{\"id\":"
	"\"base\",\"type\":\"percent\",\"basis_points\":1000}]}}";
static const char merchant[] =
	"{\"kind\":\"merchant\",\"id\":\"@put-shop\",\"target\":\"@shop\",\"document\":{\"name\":\"Carrefour "
	"City\",\"aliases\":[\"CRF CITY\"]}}";

/* With what the store begins; then a checkpoint is signed, and then comes the last one. */
static const char *const beginning[] = {
	programme,
	careful,
	merchant,
	"{\"kind\":\"member\",\"id\":\"@put-ann\",\"target\":\"@ann\"}",
	"{\"kind\":\"purchase\",\"id\":\"@big\",\"member\":\"@ann\",\"programme\":\"@main\","
	"\"merchant\":\"@shop\",\"amount\":90000000,\"currency\":\"EUR\"}",
	"{\"kind\":\"hold\",\"id\":\"@hold\",\"member\":\"@ann\",\"programme\":\"@main\",\"points\":"
	"50000}",
	"{\"kind\":\"post\",\"id\":\"@post\",\"target\":\"@hold\",\"merchant\":\"@shop\"}",
	"{\"kind\":\"purchase\",\"id\":\"@doubt\",\"member\":\"@ann\",\"programme\":\"@careful\","
	"\"amount\":700,\"currency\":\"EUR\",\"descriptor\":\"CB CARREFOUR CITY LYON\"},"
	"{\"kind\":\"purchase\",\"id\":\"@asked\",\"member\":\"@ann\",\"programme\":\"@careful\","
	"\"amount\":700,\"currency\":\"EUR\",\"descriptor\":\"CB CARREFOUR CITY LYON\"}",
	"{\"kind\":\"confirm\",\"id\":\"@answer\",\"target\":\"@asked\",\"nobody\":true,"
	"\"reference\":"
	"\"Claire\"}",
	/* tills, cashiers, cards and lines; what comes back; what a bank saw; and a member who is forgotten
	 */
	"{\"kind\":\"purchase\",\"id\":\"@ticket\",\"member\":\"@ann\",\"programme\":\"@main\",\"merchant\":"
	"\"@shop\",\"amount\":3000,\"currency\":\"EUR\",\"terminal\":\"T1\",\"cashier\":\"Chloe\",\"card\":"
	"\"token-1\",\"segments\":\"vip\",\"unpaid\":100,\"lines\":[{\"sku\":\"A\",\"amount\":1000,"
	"\"quantity\":2},"
	"{\"category\":\"bread\",\"amount\":2000}]}",
	"{\"kind\":\"return\",\"id\":\"@one\",\"target\":\"@ticket\",\"lines\":[{\"sku\":\"A\",\"quantity\":"
	"1}]}",
	"{\"kind\":\"return\",\"id\":\"@rest\",\"target\":\"@ticket\",\"cashier\":\"Chloe\",\"terminal\":"
	"\"T1\"}",
	"{\"kind\":\"adjust\",\"id\":\"@present\",\"member\":\"@ann\",\"programme\":\"@main\",\"points\":40,"
	"\"reference\":\"a present\",\"cashier\":\"Chloe\"}",
	"{\"kind\":\"reverse\",\"id\":\"@part\",\"target\":\"@post\",\"points\":30}",
	"{\"kind\":\"bank_line\",\"id\":\"@seen\",\"member\":\"@ann\",\"programme\":\"@main\",\"amount\":"
	"4000,"
	"\"currency\":\"EUR\",\"descriptor\":\"CARTE 11/03 CARREFOUR CITY "
	"PARIS\",\"feed\":\"bank\",\"bank_id\":\"1\"}",
	"{\"kind\":\"member\",\"id\":\"@put-home\",\"target\":\"@home\"},{\"kind\":\"adjust\",\"id\":\"@"
	"stock\","
	"\"member\":\"@home\",\"programme\":\"@main\",\"points\":40,\"reference\":\"a "
	"present\"},{\"kind\":\"join\","
	"\"id\":\"@join\",\"target\":\"@home\",\"programme\":\"@main\",\"member\":\"@ann\",\"month_limit\":"
	"30},"
	"{\"kind\":\"voucher\",\"id\":\"@shared\",\"member\":\"@home\",\"programme\":\"@main\",\"spender\":"
	"\"@ann\","
	"\"offer\":\"five\"}",
	"{\"kind\":\"voucher\",\"id\":\"@voucher\",\"member\":\"@ann\",\"programme\":\"@main\",\"offer\":"
	"\"five\"}",
	"{\"kind\":\"member\",\"id\":\"@put-zoe\",\"target\":\"@zoe\"},{\"kind\":\"purchase\",\"id\":\"@"
	"zoes\","
	"\"member\":\"@zoe\",\"programme\":\"@main\",\"merchant\":\"@shop\",\"amount\":500,\"currency\":"
	"\"EUR\","
	"\"card\":\"token-1\",\"terminal\":\"T1\",\"referrer\":\"@ann\"}",
	"{\"kind\":\"transfer\",\"id\":\"@given\",\"member\":\"@ann\",\"programme\":\"@main\",\"target\":\"@"
	"zoe\","
	"\"points\":20}",
	"{\"kind\":\"close\",\"id\":\"@january\",\"programme\":\"@main\",\"occurred_ms\":900}",
	"{\"kind\":\"erase\",\"id\":\"@forget\",\"target\":\"@zoe\"}",
};
static const char minting[] =
	"{\"kind\":\"mint\",\"id\":\"@mint\",\"member\":\"@ann\",\"programme\":\"@main\",\"points\":"
	"500}";

/* --- every kind of command ----------------------------------------------------------------------- */

#define TO_ANN "\"member\":\"@ann\",\"programme\":\"@main\""
#define PURCHASE_OF(who, id, amount) \
	"{\"kind\":\"purchase\",\"id\":\"" id "\"," who ",\"merchant\":\"@shop\",\"amount\":" amount \
	",\"currency\":\"EUR\"}"
#define PURCHASE(id, amount) PURCHASE_OF(TO_ANN, id, amount)

/* A member of each attempt's own: with Ann's lots, that grow in number, the allocations would too, and
 * no attempt come behind the last of them. */
#define TO_NEW "\"member\":\"@new#\",\"programme\":\"@main\""
#define NEW_MEMBER "{\"kind\":\"member\",\"id\":\"@m#\",\"target\":\"@new#\"}"
#define LINE(id, amount) \
	"{\"kind\":\"bank_line\",\"id\":\"" id "\"," TO_NEW ",\"amount\":" amount ",\"currency\":\"EUR\"," \
	"\"descriptor\":\"CARTE 11/03 CARREFOUR CITY PARIS\",\"feed\":\"bank #\",\"bank_id\":\"#\""
#define TO_CHAINED "\"member\":\"@chained#\",\"programme\":\"@main\""
#define OF_CHAINED "\"target\":\"@chained#\",\"programme\":\"@main\""
#define CHAINED \
	"{\"kind\":\"member\",\"id\":\"@m#\",\"target\":\"@chained#\"},{\"kind\":\"adjust\",\"id\":\"@a#" \
	"\"," TO_CHAINED ",\"points\":9,\"reference\":\"a gift\"}"

#define JOINED "{\"kind\":\"join\",\"id\":\"@j#\"," OF_CHAINED ",\"member\":\"@ann\",\"day_limit\":9}"
#define BY_ANN TO_CHAINED ",\"spender\":\"@ann\""

#define DOUBT \
	"{\"kind\":\"purchase\",\"id\":\"@d#\",\"member\":\"@chained#\",\"programme\":\"@careful\"," \
	"\"amount\":700," \
	"\"currency\":\"EUR\",\"descriptor\":\"CB CARREFOUR CITY PARIS\"}"

#define BROUGHT(id) \
	"{\"kind\":\"purchase\",\"id\":\"" id \
	"\",\"member\":\"@brought#\",\"programme\":\"@main\",\"merchant\":" \
	"\"@shop\",\"amount\":500,\"currency\":\"EUR\",\"referrer\":\"@ann\"}"
#define SALE \
	"\"target\":\"@card#\",\"programme\":\"@main\",\"merchant\":\"@shop\",\"offer\":\"card\"," \
	"\"amount\":500,\"currency\":\"EUR\""

/* clang-format off */
static const struct story { const char *before, *command; } stories[] = {
	{ NULL, "{\"kind\":\"member\",\"id\":\"@x#\",\"target\":\"@member#\"}" },
	{ NULL, "{\"kind\":\"merchant\",\"id\":\"@x#\",\"target\":\"@shop#\",\"document\":{\"name\":\"Shop no #\"}}" },
	{ NULL, "{\"kind\":\"programme\",\"id\":\"@x#\",\"target\":\"@main\",\"document\":{\"name\":\"Main #\","
		"\"currency\":\"EUR\",\"rules\":[{\"id\":\"base\",\"type\":\"percent\",\"basis_points\":1000},"
		"{\"id\":\"fix\",\"type\":\"fixed\",\"points\":3,\"when\":{\"mcc\":[\"5411\"]}}]}}" },
	{ NULL, PURCHASE("@x#", "1234") },
	{ NULL, "{\"kind\":\"purchase\",\"id\":\"@x#\"," TO_ANN ",\"amount\":1234,\"currency\":\"EUR\","
		"\"descriptor\":\"CARTE 11/03 CARREFOUR CITY PARIS\"}" },
	{ NULL, "{\"kind\":\"return\",\"id\":\"@x#\",\"target\":\"@big\",\"amount\":10}" },
	{ NULL, "{\"kind\":\"hold\",\"id\":\"@x#\"," TO_ANN ",\"points\":3}" },
	{ NULL, "{\"kind\":\"mint\",\"id\":\"@x#\"," TO_ANN ",\"points\":3}" },
	{ "{\"kind\":\"hold\",\"id\":\"@h#\"," TO_ANN ",\"points\":5}",
		"{\"kind\":\"post\",\"id\":\"@x#\",\"target\":\"@h#\",\"merchant\":\"@shop\",\"points\":4}" },
	{ "{\"kind\":\"hold\",\"id\":\"@h#\"," TO_ANN ",\"points\":5}",
		"{\"kind\":\"void\",\"id\":\"@x#\",\"target\":\"@h#\"}" },
	{ "{\"kind\":\"mint\",\"id\":\"@h#\"," TO_ANN ",\"points\":5}",
		"{\"kind\":\"redeem\",\"id\":\"@x#\",\"token\":\"$\",\"merchant\":\"@shop\"}" },
	{ CHAINED, "{\"kind\":\"voucher\",\"id\":\"@x#\"," TO_CHAINED ",\"offer\":\"gift\"}" },
	{ "{\"kind\":\"voucher\",\"id\":\"@h#\"," TO_ANN ",\"offer\":\"five\"}",
		"{\"kind\":\"redeem\",\"id\":\"@x#\",\"token\":\"$\",\"merchant\":\"@shop\"}" },
	{ "{\"kind\":\"member\",\"id\":\"@m#\",\"target\":\"@brought#\"}", BROUGHT("@x#") },
	{ "{\"kind\":\"member\",\"id\":\"@m#\",\"target\":\"@brought#\"}," BROUGHT("@b#"),
		"{\"kind\":\"return\",\"id\":\"@x#\",\"target\":\"@b#\"}" },
	{ NULL, "{\"kind\":\"gift_card\",\"id\":\"@x#\"," SALE "}" },
	{ "{\"kind\":\"gift_card\",\"id\":\"@h#\"," SALE "}",
		"{\"kind\":\"void\",\"id\":\"@x#\",\"target\":\"@h#\"}" },
	{ NULL, "{\"kind\":\"reverse\",\"id\":\"@x#\",\"target\":\"@post\",\"points\":1}" },
	{ NULL, "{\"kind\":\"adjust\",\"id\":\"@x#\"," TO_ANN ",\"points\":7,\"reference\":\"by hand\"}" },
	{ NULL, "{\"kind\":\"adjust\",\"id\":\"@x#\"," TO_ANN ",\"points\":-7,\"reference\":\"by hand\"}" },
	{ CHAINED ",{\"kind\":\"hold\",\"id\":\"@h#\"," TO_CHAINED ",\"points\":5}",
		"{\"kind\":\"close_account\",\"id\":\"@x#\"," OF_CHAINED ",\"reference\":\"left\",\"forfeit\":true}" },
	{ CHAINED ",{\"kind\":\"close_account\",\"id\":\"@h#\"," OF_CHAINED ",\"reference\":\"left\","
		"\"forfeit\":true}",
		"{\"kind\":\"reopen_account\",\"id\":\"@x#\"," OF_CHAINED ",\"reference\":\"is back\"}" },
	{ CHAINED, "{\"kind\":\"transfer\",\"id\":\"@x#\"," TO_ANN ",\"target\":\"@chained#\",\"points\":3}" },
	{ CHAINED, "{\"kind\":\"join\",\"id\":\"@x#\"," OF_CHAINED ",\"member\":\"@ann\",\"day_limit\":9}" },
	{ CHAINED "," JOINED, "{\"kind\":\"limit\",\"id\":\"@x#\"," OF_CHAINED ",\"member\":\"@ann\"}" },
	{ CHAINED "," JOINED, "{\"kind\":\"hold\",\"id\":\"@x#\"," BY_ANN ",\"points\":3}" },
	{ CHAINED "," JOINED ",{\"kind\":\"hold\",\"id\":\"@h#\"," BY_ANN ",\"points\":3}",
		"{\"kind\":\"leave\",\"id\":\"@x#\"," OF_CHAINED ",\"member\":\"@ann\"}" },
	{ CHAINED "," JOINED ",{\"kind\":\"hold\",\"id\":\"@h#\"," BY_ANN
		",\"points\":3},{\"kind\":\"post\",\"id\":\"@s#\",\"target\":\"@h#\",\"merchant\":\"@shop\"}",
		"{\"kind\":\"reverse\",\"id\":\"@x#\",\"target\":\"@s#\"}" },
	{ NULL, "{\"kind\":\"end_of_day\",\"id\":\"@x#\"}" },
	{ NULL, "{\"kind\":\"sweep\",\"id\":\"@x#\"}" },
	{ NULL, "{\"kind\":\"close\",\"id\":\"@x#\",\"programme\":\"@main\",\"occurred_ms\":1000#}" },
	{ "{\"kind\":\"member\",\"id\":\"@m#\",\"target\":\"@leaves#\"},{\"kind\":\"adjust\",\"id\":\"@a#\","
		"\"member\":\"@leaves#\",\"programme\":\"@main\",\"points\":9,\"reference\":\"a gift\"},"
		"{\"kind\":\"hold\","
		"\"id\":\"@h#\",\"member\":\"@leaves#\",\"programme\":\"@main\",\"points\":5}",
		"{\"kind\":\"erase\",\"id\":\"@x#\",\"target\":\"@leaves#\"}" },
	{ NULL, "{\"kind\":\"purchase\",\"id\":\"@x#\",\"member\":\"@ann\",\"programme\":\"@careful\",\"amount\":700,"
		"\"currency\":\"EUR\",\"descriptor\":\"CB CARREFOUR CITY PARIS\"}" },
	{ CHAINED "," DOUBT,
		"{\"kind\":\"confirm\",\"id\":\"@x#\",\"target\":\"@d#\",\"merchant\":\"@shop\","
		"\"reference\":\"Claire\"},{\"kind\":\"take_back\",\"id\":\"@t#\",\"target\":\"@x#\","
		"\"reference\":\"Claire\"}" },
	{ CHAINED "," PURCHASE_OF(TO_CHAINED, "@y#", "500"),
		"{\"kind\":\"take_back\",\"id\":\"@x#\",\"target\":\"@y#\",\"reference\":\"Claire\"}" },
	{ NEW_MEMBER, LINE("@x#", "1234") "}" },
	{ NEW_MEMBER "," LINE("@h#", "1234") "}", LINE("@x#", "1300") "}" },
	{ NEW_MEMBER "," LINE("@h#", "1234") "}", "{\"kind\":\"bank_line\",\"id\":\"@x#\"," TO_NEW ","
		"\"amount\":1234,\"currency\":\"EUR\","
		"\"descriptor\":\"AVOIR CB CARREFOUR CITY\",\"feed\":\"bank #\",\"refund\":true}" },
	/* a chain: its effects are kept, and what it changes is too */
	{ CHAINED, "{\"kind\":\"hold\",\"id\":\"@x#\"," TO_CHAINED ",\"points\":3,\"up_to\":true,\"linked\":true},"
		"{\"kind\":\"void\",\"id\":\"@v#\",\"target\":\"@x#\",\"linked\":true},"
		PURCHASE_OF(TO_CHAINED, "@z#", "700") },
	/* together, and with a mint that was answered before: its token is made again at the end */
	{ CHAINED, PURCHASE_OF(TO_CHAINED, "@y#", "500") "," PURCHASE_OF(TO_CHAINED, "@z#", "700")
		",{\"kind\":\"return\",\"id\":\"@r#\",\"target\":\"@y#\"},{\"kind\":\"mint\",\"id\":\"@mint\"," TO_ANN
		",\"points\":500},{\"kind\":\"hold\",\"id\":\"@x#\"," TO_CHAINED ",\"points\":1}" },
};
/* clang-format on */

/* --- every question --------------------------------------------------------------------------------- */

static const char *const questions[] = {
	"{\"query\":\"balance\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"tier\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"statement\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"balance\",\"member\":\"@ann\",\"programme\":\"@main\",\"recorded_ms\":1773309600000}",
	"{\"query\":\"statement\",\"member\":\"@ann\",\"programme\":\"@main\",\"occurred_ms\":1773309600000}",
	"{\"query\":\"receipt\",\"id\":\"@big\"}",
	"{\"query\":\"receipt\",\"id\":\"@mint\"}",
	"{\"query\":\"members\"}",
	"{\"query\":\"merchants\"}",
	"{\"query\":\"programmes\"}",
	"{\"query\":\"member\",\"id\":\"@ann\"}",
	"{\"query\":\"merchant\",\"id\":\"@shop\"}",
	"{\"query\":\"programme\",\"id\":\"@main\"}",
	"{\"query\":\"settlement\",\"from_ms\":0,\"until_ms\":1973446400000,\"programme\":\"@main\"}",
	"{\"query\":\"expiries\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"expiries\",\"programme\":\"@main\"}",
	"{\"query\":\"trace\",\"id\":\"@post\"}",
	"{\"query\":\"totals\",\"from_ms\":1773187200000,\"until_ms\":1773446400000,\"programme\":\"@main\"}",
	"{\"query\":\"match\",\"descriptor\":\"CARTE 11/03 CARREFOUR CITY PARIS\"}",
	"{\"query\":\"review\",\"language\":\"fr\"}",
	"{\"query\":\"bank_lines\",\"outcome\":\"matched\"}",
	"{\"query\":\"learnt\",\"merchant\":\"@shop\"}",
	"{\"query\":\"inspect\",\"token\":\"$\",\"merchant\":\"@shop\"}",
	"{\"query\":\"achievements\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"vouchers\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"household\",\"member\":\"@home\",\"programme\":\"@main\"}",
	"{\"query\":\"accounts\",\"programme\":\"@main\",\"limit\":50}",
	"{\"query\":\"trial_balance\",\"programme\":\"@main\"}",
	"{\"query\":\"events\"}",
	"{\"query\":\"verify\"}",
	"{\"query\":\"books\"}",
	"{\"query\":\"code\",\"id\":\"@big\"}",
	"{\"query\":\"proof\",\"id\":\"@big\"}",
	"{\"query\":\"export\",\"member\":\"@ann\"}",
	"{\"query\":\"explain\",\"id\":\"@big\",\"language\":\"fr\"}",
	"{\"query\":\"periods\",\"programme\":\"@main\"}",
	"{\"query\":\"signals\",\"velocity\":1,\"manual_credits\":1,\"card_members\":1,\"returns\":1,"
	"\"cycles\":1,"
	"\"terminal_velocity\":1,\"cashier_velocity\":1,\"cashier_returns\":1,\"cashier_credits\":1}",
	"{\"query\":\"statement\",\"member\":\"@ann\",\"programme\":\"@main\",\"limit\":1}",
	"{\"query\":\"sign\"}",
	"{\"query\":\"checkpoint\"}",
	"{\"query\":\"extension\",\"checkpoint\":\"$\"}",
	"{\"query\":\"replay\",\"programme\":\"@main\",\"document\":{\"name\":\"Other\",\"currency\":\"EUR\","
	"\"rules\":[{\"id\":\"base\",\"type\":"
	"\"percent\",\"basis_points\":500}]}}",
	"{\"query\":\"evaluate\",\"catalogue\":\"id\\tname\\taliases\\n1\\tFnac\\t\\n"
	"2\\tLidl\\tLidl France|Lidl SNC\\n\","
	"\"truth\":\"raw\\texpected\\tkind\\tsurface\\tamount\\nCB FNAC PARIS\\tFnac\\tmerchant\\texact\\t-12.90\\n"
	"CB LIDL LYON\\tLidl|NONE\\tmerchant\\texact\\t-1\\nVIREMENT LIDL\\tNONE\\tbank_operation\\t\\t5\\n\"}",
	"{\"query\":\"quote\",\"commands\":[{\"kind\":\"hold\",\"id\":\"@quoted\"," TO_ANN ",\"points\":3}]}",
};

/* The evaluation reads what it is given. */
static inline bool reads_the_store(const char *question)
{
	return !strstr(question, "\"evaluate\"");
}

#endif
