/* Programme documents at the door: every mistake has a stable name and its path, every warning is deserved.
 */
#include "api/world.h"

#include <rewapp/rewapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW_MS INT64_C(1772622000000) /* 2026-03-04 */
#define DOC(rest) "{\"name\":\"P\",\"currency\":\"EUR\"," rest "}"
#define BUDGET "\"caps\":[{\"id\":\"b\",\"scope\":\"programme\",\"window\":\"total\",\"points\":9}],"
#define FIXED(id, more) "{\"id\":\"" id "\",\"type\":\"fixed\",\"points\":5" more "}"
#define WHEN(when) DOC(BUDGET "\"rules\":[" FIXED("a", ",\"when\":{" when "}") "]")
#define RULE(more) DOC(BUDGET "\"rules\":[{\"id\":\"a\"," more "}]")
#define GROUP(stack, rules) DOC("\"groups\":[{\"id\":\"g\",\"stack\":\"" stack "\"}],\"rules\":[" rules "]")
#define DEEP(inner) "\"any\":[{\"not\":{\"any\":[{\"not\":{" inner "}}]}}]"

static const struct {
	const char *document, *problem, *path; /* problem NULL: none of all; "!NAME": not this one */
} rows[] = {
	{ "{", "NOT_JSON", "" },
	{ "[]", "WRONG_TYPE", "" },
	{ DOC("\"x\":1"), "UNKNOWN_KEY", "x" },
	{ DOC("\"groups\":[{\"id\":\"g\"}]"), "MISSING", "groups[0].stack" },
	{ DOC("\"groups\":[{\"id\":\"g\",\"stack\":\"worst\"}]"), "UNKNOWN_WORD", "groups[0].stack" },
	{ DOC("\"day_start\":\"25:00\""), "MALFORMED", "day_start" },
	{ DOC("\"zone\":\"Mars/Olympus\""), "UNKNOWN_REFERENCE", "zone" },
	{ DOC("\"rounding\":{\"scope\":\"line\"},\"returns\":\"decide\""), "CONTRADICTION", "returns" },
	{ DOC("\"rounding\":{\"mode\":\"near\"}"), "UNKNOWN_WORD", "rounding.mode" },
	{ RULE("\"type\":\"per_unit\",\"unit_amount\":0,\"points\":1"), "ZERO_DIVISOR",
		"rules[0].unit_amount" },
	{ RULE("\"type\":\"per_item\",\"points\":1"), "MISSING", "rules[0].on" },
	{ RULE("\"type\":\"multiplier\",\"basis_points\":20000,\"on\":{\"skus\":[\"A\"]}"), "CONTRADICTION",
		"rules[0].on" },
	{ RULE("\"type\":\"fixed\",\"points\":1,\"on\":{}"), "EMPTY", "rules[0].on" },
	{ RULE("\"type\":\"fixed\",\"points\":1,\"group\":\"g\""), "UNKNOWN_REFERENCE", "rules[0].group" },
	{ RULE("\"type\":\"fixed\",\"points\":1,\"priority\":1001"), "OUT_OF_RANGE", "rules[0].priority" },
	{ RULE("\"type\":\"steps\",\"steps\":[{\"from\":5,\"points\":2},{\"from\":5,\"points\":3}]"),
		"CONTRADICTION", "rules[0].steps[1].from" },
	{ RULE("\"type\":\"steps\",\"steps\":[{\"from\":5,\"points\":2},{\"from\":6,\"points\":1}]"),
		"CONTRADICTION", "rules[0].steps[1].points" },
	{ RULE("\"type\":\"steps\",\"steps\":[{\"from\":5,\"points\":2,\"basis_points\":2}]"),
		"CONTRADICTION", "rules[0].steps[0].points" },
	{ WHEN("\"hours\":[\"08:00\",\"08:00\"]"), "TIME_LOOP", "rules[0].when.hours" },
	{ WHEN("\"from\":\"2027-01-01\",\"until\":\"2027-01-01\""), "TIME_LOOP", "rules[0].when.until" },
	{ WHEN("\"min_amount\":9,\"max_amount\":8"), "CONTRADICTION", "rules[0].when.max_amount" },
	{ WHEN("\"nth_purchase\":{\"every\":0}"), "ZERO_DIVISOR", "rules[0].when.nth_purchase.every" },
	{ WHEN("\"nth_purchase\":{\"every\":2,\"at\":[1]}"), "CONTRADICTION", "rules[0].when.nth_purchase" },
	{ WHEN("\"nth_purchase\":{\"at\":[0]}"), "MALFORMED", "rules[0].when.nth_purchase.at[0]" },
	{ WHEN("\"lines\":{\"skus\":[\"A\",\"A\"]}"), "DUPLICATE", "rules[0].when.lines.skus[1]" },
	{ WHEN("\"lines\":{\"colour\":1}"), "UNKNOWN_KEY", "rules[0].when.lines.colour" },
	{ WHEN("\"referred\":1"), "WRONG_TYPE", "rules[0].when.referred" },
	{ WHEN("\"any\":[]"), "EMPTY", "rules[0].when.any" },
	{ WHEN("\"any\":[{\"moon\":1}]"), "UNKNOWN_KEY", "rules[0].when.any[0].moon" },
	{ WHEN(DEEP("\"all\":[{}]")), "TOO_DEEP", "rules[0].when.any[0].not.any[0].not.all" },
	{ DOC("\"rules\":[" FIXED("a", "") "],\"tests\":[{\"name\":\"t\",\"purchase\":{\"amount\":1,"
					   "\"at\":\"2026-01-01T10:00\",\"used\":{\"x\":1}},\"expect\":{}}]"),
		"UNKNOWN_REFERENCE", "tests[0].purchase.used" },
	{ DOC("\"rules\":[" FIXED(
		  "a", "") "],\"tests\":[{\"name\":\"t\",\"purchase\":{\"amount\":1,"
			   "\"at\":\"2026-01-01T10:00\",\"lines\":[{\"amount\":2}]},\"expect\":{}}]"),
		"CONTRADICTION", "tests[0].purchase" },

	{ WHEN("\"min_amount\":5"), NULL, NULL },
	{ WHEN(DEEP("\"min_amount\":1")), NULL, NULL },
	{ WHEN("\"until\":\"2026-03-04\""), "NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"until\":\"2026-03-05\""), NULL, NULL },
	{ WHEN("\"days\":[\"mon\"],\"all\":[{\"days\":[\"tue\"]}]"), "NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"mcc\":[\"5411\"],\"any\":[{\"mcc\":[\"5812\"]},{\"mcc\":[\"5814\"]}]"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"mcc\":[\"5411\"],\"any\":[{\"mcc\":[\"5812\"]},{\"tiers\":[\"gold\"]}]"), NULL, NULL },
	{ WHEN("\"tiers\":[\"gold\"],\"not\":{\"tiers\":[\"gold\",\"iron\"]}"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"tiers\":[\"gold\",\"iron\"],\"not\":{\"tiers\":[\"gold\"]}"), NULL, NULL },
	{ WHEN("\"hours\":[\"22:00\",\"02:00\"],\"all\":[{\"hours\":[\"02:00\",\"22:00\"]}]"), "NEVER_FIRES",
		"rules[0].when" },
	{ RULE("\"type\":\"multiplier\",\"basis_points\":20000"), "NEVER_FIRES", "rules[0]" },
	{ RULE("\"type\":\"percent\",\"basis_points\":10001"), "GIVES_MORE_THAN_SPENT",
		"rules[0].basis_points" },
	{ RULE("\"type\":\"per_unit\",\"unit_amount\":1,\"points\":1000000000"), "OVERFLOWS", "rules[0]" },
	{ DOC("\"rules\":[" FIXED("a", "") "]"), "UNBOUNDED_COST", "rules[0].caps" },
	{ GROUP("first", FIXED("a", ",\"group\":\"g\"") "," FIXED("b", ",\"group\":\"g\"")), "SHADOWED",
		"rules[1]" },
	{ GROUP("first", FIXED("a", ",\"group\":\"g\"") "," FIXED("b", ",\"group\":\"g\",\"priority\":1")),
		"SHADOWED", "rules[0]" },
	{ GROUP("best",
		  FIXED("a", ",\"group\":\"g\",\"when\":{\"min_amount\":9}") "," FIXED(
			  "b", ",\"group\":\"g\",\"priority\":1")),
		"SHADOWED", "rules[0]" },
	{ GROUP("exclusive", FIXED("a", ",\"group\":\"g\"") "," FIXED("b", "")), "SHADOWED", "rules[1]" },
	/* a `not` that what stands beside it implies */
	{ WHEN("\"min_amount\":9,\"not\":{\"min_amount\":5}"), "NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"min_amount\":4,\"not\":{\"min_amount\":5}"), NULL, NULL },
	{ WHEN("\"max_amount\":4,\"not\":{\"max_amount\":5}"), "NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"max_amount\":6,\"not\":{\"max_amount\":5}"), NULL, NULL },
	{ WHEN("\"from\":\"2027-01-02\",\"not\":{\"from\":\"2027-01-01\"}"), "NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"from\":\"2026-12-31\",\"not\":{\"from\":\"2027-01-01\"}"), NULL, NULL },
	{ WHEN("\"until\":\"2027-01-01\",\"not\":{\"until\":\"2027-01-02\"}"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"days\":[\"mon\"],\"not\":{\"days\":[\"mon\",\"tue\"]}"), "NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"days\":[\"mon\",\"wed\"],\"not\":{\"days\":[\"mon\",\"tue\"]}"), NULL, NULL },
	{ WHEN("\"hours\":[\"08:00\",\"10:00\"],\"not\":{\"hours\":[\"07:00\",\"12:00\"]}"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"hours\":[\"06:00\",\"10:00\"],\"not\":{\"hours\":[\"07:00\",\"12:00\"]}"), NULL, NULL },
	{ WHEN("\"hours\":[\"23:00\",\"01:00\"],\"not\":{\"hours\":[\"22:00\",\"02:00\"]}"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"referred\":true,\"not\":{\"referred\":true}"), "NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"referred\":true,\"not\":{\"referred\":false}"), NULL, NULL },
	{ WHEN("\"merchants\":[\"@a\"],\"not\":{\"merchants\":[\"@a\",\"@b\"]}"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"stores\":[\"@a\",\"@c\"],\"not\":{\"stores\":[\"@a\",\"@b\"]}"), NULL, NULL },
	{ WHEN("\"nth_purchase\":{\"every\":4},\"not\":{\"nth_purchase\":{\"every\":2}}"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"nth_purchase\":{\"every\":3},\"not\":{\"nth_purchase\":{\"every\":2}}"), NULL, NULL },
	{ WHEN("\"nth_purchase\":{\"at\":[2]},\"not\":{\"nth_purchase\":{\"every\":2}}"), NULL, NULL },
	{ WHEN("\"nth_purchase\":{\"every\":2},\"not\":{\"nth_purchase\":{\"at\":[2]}}"), NULL, NULL },
	{ WHEN("\"nth_purchase\":{\"at\":[1]},\"not\":{\"nth_purchase\":{\"at\":[1,2]}}"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"lines\":{\"skus\":[\"A\"]},\"not\":{\"lines\":{\"skus\":[\"A\",\"B\"]}}"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"lines\":{\"skus\":[\"A\",\"C\"]},\"not\":{\"lines\":{\"skus\":[\"A\",\"B\"]}}"), NULL,
		NULL },
	{ WHEN("\"lines\":{\"skus\":[\"A\"]},\"not\":{\"lines\":{}}"), "NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"lines\":{},\"not\":{\"lines\":{\"skus\":[\"A\"]}}"), NULL, NULL },
	{ WHEN("\"lines\":{\"categories\":[\"x\"]},\"not\":{\"lines\":{\"categories\":[\"x\",\"y\"]}}"),
		"NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"lines\":{\"skus\":[\"A\"],\"categories\":[\"z\"]},\"not\":{\"lines\":{\"skus\":[\"A\"],"
	       "\"categories\":[\"x\"]}}"),
		NULL, NULL },
	{ WHEN("\"lines\":{\"min_quantity\":1},\"not\":{\"lines\":{\"min_quantity\":2}}"), NULL, NULL },
	{ WHEN("\"lines\":{\"min_quantity\":3},\"not\":{\"lines\":{\"min_quantity\":2}}"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"lines\":{\"min_amount\":1},\"not\":{\"lines\":{\"min_amount\":2}}"), NULL, NULL },
	{ WHEN("\"days\":[\"mon\"],\"not\":{\"any\":[{\"mcc\":[\"5411\"]},{\"days\":[\"mon\"]}]}"),
		"NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"days\":[\"mon\"],\"mcc\":[\"5411\"],\"not\":{\"days\":[\"mon\"],\"mcc\":[\"5411\",\"5812\"]"
	       "}"),
		"NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"days\":[\"mon\"],\"not\":{\"days\":[\"mon\"],\"mcc\":[\"5411\"]}"), NULL, NULL },
	{ WHEN("\"all\":[{\"days\":[\"mon\"]}],\"not\":{\"days\":[\"mon\"]}"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"days\":[\"mon\"],\"not\":{\"not\":{\"days\":[\"mon\"]}}"), NULL, NULL },

	/* two that exclude one another */
	{ WHEN("\"from\":\"2027-01-01\",\"all\":[{\"until\":\"2026-12-31\"}]"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"from\":\"2026-12-01\",\"all\":[{\"until\":\"2026-12-31\"}]"), NULL, NULL },
	{ WHEN("\"min_amount\":9,\"all\":[{\"max_amount\":8}]"), "NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"min_amount\":8,\"all\":[{\"max_amount\":8}]"), NULL, NULL },
	{ WHEN("\"hours\":[\"08:00\",\"10:00\"],\"all\":[{\"hours\":[\"10:00\",\"12:00\"]}]"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"hours\":[\"08:00\",\"10:00\"],\"all\":[{\"hours\":[\"09:00\",\"12:00\"]}]"), NULL, NULL },
	{ WHEN("\"referred\":true,\"all\":[{\"referred\":false}]"), "NEVER_FIRES", "rules[0].when" },
	{ WHEN("\"referred\":true,\"all\":[{\"referred\":true}]"), NULL, NULL },
	{ WHEN("\"segments\":[\"a\"],\"all\":[{\"segments\":[\"b\"]}]"), NULL, NULL },
	{ WHEN("\"lines\":{\"skus\":[\"A\"]},\"all\":[{\"lines\":{\"skus\":[\"B\"]}}]"), NULL, NULL },
	{ WHEN("\"nth_purchase\":{\"at\":[1]},\"all\":[{\"nth_purchase\":{\"at\":[2]}}]"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"nth_purchase\":{\"at\":[1]},\"all\":[{\"nth_purchase\":{\"every\":2}}]"), NULL, NULL },
	{ WHEN("\"nth_purchase\":{\"every\":3},\"all\":[{\"nth_purchase\":{\"at\":[2]}}]"), NULL, NULL },
	{ WHEN("\"all\":[{\"all\":[{\"days\":[\"mon\"]}]},{\"days\":[\"tue\"]}]"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"any\":[{\"until\":\"2026-01-01\"},{\"until\":\"2026-02-01\"}]"), "NEVER_FIRES",
		"rules[0].when" },
	{ WHEN("\"any\":[{\"until\":\"2026-01-01\"},{\"until\":\"2027-02-01\"}]"), NULL, NULL },

	/* offers without an end, and what they are worth */
	{ DOC(BUDGET "\"vouchers\":[{\"id\":\"v\",\"points\":5,\"days\":3,\"from\":\"campaign\"}],\"rules\":"
		     "[" FIXED("a", "") "]"),
		"UNBOUNDED_COST", "vouchers" },
	{ DOC(BUDGET "\"vouchers\":[{\"id\":\"v\",\"points\":5,\"days\":3},{\"id\":\"w\",\"points\":5,"
		     "\"days\":3,"
		     "\"from\":\"campaign\",\"per_member\":1}],\"rules\":[" FIXED("a", "") "]"),
		NULL, NULL },
	{ DOC(BUDGET "\"referral\":{\"referrer_points\":5},\"rules\":[" FIXED("a", "") "]"), "UNBOUNDED_COST",
		"referral" },
	{ DOC(BUDGET
		  "\"referral\":{\"referrer_points\":5,\"per_referrer\":2},\"rules\":[" FIXED("a", "") "]"),
		NULL, NULL },
	{ DOC(BUDGET "\"clawback\":\"write_off\",\"rules\":[" FIXED("a", "") "]"), "RETURN_GAINS",
		"clawback" },
	{ DOC(BUDGET "\"clawback\":\"write_off\",\"return_window_days\":14,\"rules\":[" FIXED("a", "") "]"),
		NULL, NULL },
	{ DOC("\"rules\":[" FIXED("a",
		  ",\"caps\":[{\"id\":\"b\",\"scope\":\"programme\",\"window\":\"total\","
		  "\"points\":9}]") "]"),
		NULL, NULL },
	{ DOC("\"rules\":[" FIXED("a",
		  ",\"caps\":[{\"id\":\"b\",\"scope\":\"member\",\"window\":\"total\","
		  "\"points\":9}]") "]"),
		"UNBOUNDED_COST", "rules[0].caps" },
	{ DOC(BUDGET "\"rules\":[{\"id\":\"a\",\"type\":\"bonus\",\"points\":1},{\"id\":\"b\",\"type\":"
		     "\"multiplier\","
		     "\"basis_points\":20000}]"),
		"NEVER_FIRES", "rules[1]" },
	{ DOC(BUDGET "\"rules\":[" FIXED(
		  "a", "") ",{\"id\":\"b\",\"type\":\"multiplier\",\"basis_points\":20000}]"),
		NULL, NULL },

	/* a rule that may give nothing shadows nobody */
	{ GROUP("first",
		  FIXED("a",
			  ",\"group\":\"g\",\"caps\":[{\"id\":\"c\",\"scope\":\"member\",\"window\":\"day\","
			  "\"points\":5}]") "," FIXED("b", ",\"group\":\"g\"")),
		"!SHADOWED", NULL },
	{ GROUP("first",
		  FIXED("a", ",\"group\":\"g\",\"on\":{\"skus\":[\"A\"]}") "," FIXED(
			  "b", ",\"group\":\"g\"")),
		"!SHADOWED", NULL },
	{ GROUP("first",
		  "{\"id\":\"a\",\"type\":\"percent\",\"basis_points\":1,\"group\":\"g\"}," FIXED(
			  "b", ",\"group\":\"g\"")),
		"!SHADOWED", NULL },
	{ GROUP("first",
		  "{\"id\":\"a\",\"type\":\"per_unit\",\"unit_amount\":5,\"points\":1,\"group\":\"g\"}"
		  "," FIXED("b", ",\"group\":\"g\"")),
		"!SHADOWED", NULL },
	{ GROUP("exclusive", FIXED("a", ",\"group\":\"g\",\"when\":{\"min_amount\":9}") "," FIXED("b", "")),
		"!SHADOWED", NULL },
	{ GROUP("exclusive", FIXED("a", ",\"group\":\"g\",\"on\":{\"skus\":[\"A\"]}") "," FIXED("b", "")),
		"!SHADOWED", NULL },
	{ GROUP("all", FIXED("a", ",\"group\":\"g\"") "," FIXED("b", ",\"group\":\"g\"")), "!SHADOWED",
		NULL },
	{ GROUP("best",
		  FIXED("a", ",\"group\":\"g\"") ",{\"id\":\"b\",\"type\":\"percent\",\"basis_points\":1,"
						 "\"group\":"
						 "\"g\"}"),
		"!SHADOWED", NULL },
	{ GROUP("best",
		  FIXED("a", ",\"group\":\"g\"") "," FIXED(
			  "b", ",\"group\":\"g\",\"on\":{\"skus\":[\"A\"]}")),
		"!SHADOWED", NULL },
	{ GROUP("best",
		  FIXED("a", ",\"group\":\"g\",\"on\":{\"skus\":[\"A\"]}") "," FIXED(
			  "b", ",\"group\":\"g\"")),
		"!SHADOWED", NULL },
	{ GROUP("best",
		  FIXED("a",
			  ",\"group\":\"g\",\"caps\":[{\"id\":\"c\",\"scope\":\"member\",\"window\":\"day\","
			  "\"points\":5}]") "," FIXED("b", ",\"group\":\"g\"")),
		"SHADOWED", "rules[0]" },
	{ GROUP("best", FIXED("a", ",\"group\":\"g\"") "," FIXED("b", ",\"group\":\"g\"")), "SHADOWED",
		"rules[1]" },
	{ GROUP("best",
		  "{\"id\":\"a\",\"type\":\"percent\",\"basis_points\":2,\"group\":\"g\"},{\"id\":\"b\","
		  "\"type\":"
		  "\"percent\",\"basis_points\":3,\"group\":\"g\"}"),
		"SHADOWED", "rules[0]" },
	{ GROUP("best",
		  "{\"id\":\"a\",\"type\":\"per_unit\",\"unit_amount\":5,\"points\":1,\"group\":\"g\"},{"
		  "\"id\":"
		  "\"b\",\"type\":\"per_unit\",\"unit_amount\":5,\"points\":1,\"group\":\"g\"}"),
		"!SHADOWED", NULL },
	{ GROUP("best",
		  "{\"id\":\"a\",\"type\":\"steps\",\"steps\":[{\"from\":0,\"points\":1}],\"group\":\"g\"},{"
		  "\"id\":"
		  "\"b\",\"type\":\"steps\",\"steps\":[{\"from\":0,\"points\":1}],\"group\":\"g\"}"),
		"!SHADOWED", NULL },

	{ DOC(BUDGET "\"rules\":[" FIXED("a", "") "],\"tests\":[{\"name\":\"t\",\"purchase\":{\"amount\":1,"
						  "\"at\":\"2026-01-01T10:00\"},\"expect\":{\"points\":6}}]"),
		"\"passed\":false,\"path\":\"tests[0]\",\"text\":\"points: 5 points instead of 6\"", NULL },
};

START_TEST(every_problem_has_its_name_and_path)
{
	char report[4096], wanted[512];
	size_t need;

	ck_assert_int_eq(rewapp_programme_check(rows[_i].document, strlen(rows[_i].document), NOW_MS, report,
				 sizeof report, &need),
		0);
	ck_assert_uint_eq(strlen(report), need);
	if (rows[_i].problem && rows[_i].problem[0] == '!') {
		snprintf(wanted, sizeof wanted, "\"problem\":\"%s\"", rows[_i].problem + 1);
		ck_assert_msg(!strstr(report, wanted), "%s\nhas %s", report, wanted);
		return;
	}
	if (!rows[_i].problem)
		snprintf(wanted, sizeof wanted, "\"problems\":[]");
	else if (!rows[_i].path)
		snprintf(wanted, sizeof wanted, "%s", rows[_i].problem);
	else
		snprintf(wanted, sizeof wanted, "\"problem\":\"%s\",\"error\":%s,\"path\":\"%s\"",
			rows[_i].problem, strstr(report, "\"name\":null") ? "true" : "false", rows[_i].path);
	ck_assert_msg(strstr(report, wanted) != NULL, "%s\nhas no %s", report, wanted);
}
END_TEST

START_TEST(the_report_wants_its_room)
{
	static const char document[] = DOC("\"x\":1");
	char report[8];
	size_t need = 0;

	ck_assert_int_eq(rewapp_programme_check(document, sizeof document - 1, 0, report, 8, &need),
		REWAPP_E_CAPACITY);
	ck_assert_uint_gt(need, 8);
	ck_assert_int_eq(rewapp_programme_check(NULL, 0, 0, report, 8, &need), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_problem_name(REWAPP_PROBLEM_SHADOWED), "SHADOWED");
	ck_assert_str_eq(rewapp_problem_text(REWAPP_PROBLEM_MISSING), "a key is missing");
	ck_assert_str_eq(rewapp_problem_name(-1), "UNKNOWN");
	ck_assert_int_eq(rewapp_problem_is_error(REWAPP_PROBLEM_SHADOWED), 0);
}
END_TEST

/* Each reason in both languages; distances in the units that they count. */
START_TEST(awards_in_words)
{
	static const struct {
		int32_t reason;
		int64_t distance;
		const char *currency, *english, *french;
	} said[] = {
		{ REWAPP_REASON_BELOW_MINIMUM, 230, "EUR", "below the minimum spend: 2.30 EUR short",
			"minimum d'achat non atteint : il manque 2,30 EUR" },
		{ REWAPP_REASON_BELOW_MINIMUM, 230, "JPY", "below the minimum spend: 230 JPY short",
			"minimum d'achat non atteint : il manque 230 JPY" },
		{ REWAPP_REASON_ABOVE_MAXIMUM, 5, "KWD", "above the maximum spend: by 0.005 KWD",
			"maximum d'achat dépassé : de 0,005 KWD" },
		{ REWAPP_REASON_OUTSIDE_HOURS, INT64_C(10800000), "EUR", "not at this hour: starts in 3 h",
			"pas à cette heure : commence dans 3 h" },
		{ REWAPP_REASON_OUTSIDE_HOURS, 1, "EUR", "not at this hour: starts in 1 min",
			"pas à cette heure : commence dans 1 min" },
		{ REWAPP_REASON_OUTSIDE_HOURS, INT64_C(5400001), "EUR",
			"not at this hour: starts in 1 h 31 min",
			"pas à cette heure : commence dans 1 h 31 min" },
		{ REWAPP_REASON_LIMIT_REACHED, INT64_C(90000000), "EUR",
			"a limit is used up: free again in 1 d 1 h",
			"une limite est épuisée : de nouveau libre dans 1 j 1 h" },
		{ REWAPP_REASON_LIMIT_REACHED, 0, "EUR", "a limit is used up", "une limite est épuisée" },
		{ REWAPP_REASON_TOO_FEW_ITEMS, 1, "EUR", "too few of the rule's items: 1 item short",
			"trop peu d'articles visés par la règle : il manque 1 article" },
		{ REWAPP_REASON_OTHER_PURCHASE, 2, "EUR",
			"for another of the member's purchases: 2 purchases to go",
			"la règle vise un autre achat du membre : encore 2 achats" },
		{ REWAPP_REASON_OUTRANKED, 7, "EUR", "another rule of the group comes first: 7 points less",
			"une autre règle du groupe passe avant : 7 points de moins" },
		{ 999, 7, "EUR", "unknown reason", "raison inconnue" },
	};
	char text[160];
	size_t need;

	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		struct rewapp_award award = { .reason = said[i].reason, .distance = said[i].distance };

		ck_assert_int_eq(rewapp_explain(&award, said[i].currency, "en", text, sizeof text, &need), 0);
		ck_assert_str_eq(text, said[i].english);
		ck_assert_int_eq(rewapp_explain(&award, said[i].currency, "fr", text, sizeof text, &need), 0);
		ck_assert_str_eq(text, said[i].french);
		ck_assert_uint_eq(need, strlen(text));
		ck_assert_int_eq(
			rewapp_explain(&award, said[i].currency, "fr", text, need, &need), REWAPP_E_CAPACITY);
		ck_assert_int_eq(
			rewapp_explain(&award, "EU", "fr", text, sizeof text, &need), REWAPP_E_ARGUMENT);
		ck_assert_int_eq(
			rewapp_explain(&award, "EUR", "de", text, sizeof text, &need), REWAPP_E_ARGUMENT);
	}
	for (int32_t reason = REWAPP_REASON_AWARDED; reason <= REWAPP_REASON_NOTHING_PAID; reason++) {
		struct rewapp_award award = { .reason = reason, .distance = INT64_MAX };

		ck_assert_int_eq(rewapp_explain(&award, "EUR", "fr", text, sizeof text, &need), 0);
		ck_assert_str_ne(text, "raison inconnue");
	}
}
END_TEST

/* More versions than stay in memory, each with an award of its own, and a purchase under each; then what was
 * bought comes back, the oldest first. */
enum {
	VERSIONS = 200
};

static void give(struct world *world, int version)
{
	char text[512];

	snprintf(text, sizeof text,
		"{\"commands\":[{\"kind\":\"programme\",\"id\":\"@v%d\",\"target\":\"@cagnotte\","
		"\"document\":{"
		"\"name\":\"Cagnotte\",\"currency\":\"EUR\",\"rules\":[{\"id\":\"base\",\"type\":\"per_"
		"unit\","
		"\"unit_amount\":100,\"points\":%d}]}}]}",
		version, version);
	world_do(world, text);
	snprintf(text, sizeof text,
		"{\"commands\":[{\"kind\":\"purchase\",\"id\":\"@b%d\",\"member\":\"@ada\",\"merchant\":"
		"\"@bakery\",\"amount\":1000,\"currency\":\"EUR\"}]}",
		version);
	world_do(world, text);
}

START_TEST(every_version_decides_its_returns)
{
	struct world world;

	world_open(&world);
	for (int version = 1; version <= VERSIONS; version++)
		give(&world, version);
	for (int version = 1; version <= VERSIONS; version++) {
		char text[256];
		cJSON *answer;

		snprintf(text, sizeof text,
			"{\"commands\":[{\"kind\":\"return\",\"id\":\"@r%d\",\"target\":\"@b%d\",\"amount\":"
			"500}]}",
			version, version);
		answer = world_submit(&world, text);
		ck_assert_int_eq(
			cJSON_GetObjectItem(
				cJSON_GetArrayItem(cJSON_GetObjectItem(answer, "receipts"), 0), "points")
				->valueint,
			5 * version);
		cJSON_Delete(answer);
	}
	world_close(&world);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, every_problem_has_its_name_and_path, 0, ROWS(rows));
	tcase_add_test(all, the_report_wants_its_room);
	tcase_add_test(all, awards_in_words);
	tcase_add_test(all, every_version_decides_its_returns);
}

int main(void)
{
	return run_suite("api programme", add);
}
