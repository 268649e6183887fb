/* Programmes and merchants as the oracle knows them, and the JSON that the engine gets. */
#include "sim/documents.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	STREAM = 77
};

static const int mccs[] = { 5411, 5812, 5942, 7011 };
static const char *const names[SIM_MERCHANTS_MAX] = { "Carrefour City", "Fnac", "Boulangerie Moreau",
	"Leroy Merlin", "Librairie Voltaire", "Hotel du Parc" };
static const char *const sure[SIM_MERCHANTS_MAX] = { "CARTE 11/03 CARREFOUR CITY PARIS", "CB FNAC",
	"CB BOULANGERIE MOREAU", "CB LEROY MERLIN", "CB LIBRAIRIE VOLTAIRE", "CB HOTEL DU PARC" };
/* One word more than the name is a doubt, as programmes here put the threshold. */
static const char *const likely[SIM_MERCHANTS_MAX] = { "CB CARREFOUR CITY QUAI", "CB FNAC QUAI",
	"CB BOULANGERIE MOREAU QUAI", "CB LEROY MERLIN QUAI", "CB LIBRAIRIE VOLTAIRE QUAI",
	"CB HOTEL DU PARC QUAI" };

const char *rewapp__sim_descriptor(int merchant, enum sim_wording wording)
{
	switch (wording) {
	case SIM_WORDING_SURE:
		return sure[merchant % SIM_MERCHANTS_MAX];
	case SIM_WORDING_LIKELY:
		return likely[merchant % SIM_MERCHANTS_MAX];
	case SIM_WORDING_NONE:
		return "CB ZWIEBELTURM";
	default:
		return "RETRAIT DAB 11/03 PARIS";
	}
}

/* --- drawing -------------------------------------------------------------------------------- */

static void draw_cap(struct sim_rng *rng, struct sim_cap *out)
{
	out->of_member = !rewapp__sim_once_in(rng, 3);
	out->window = (enum sim_window)rewapp__sim_below(rng, SIM_WINDOW_COUNT);
	out->limit = rewapp__sim_edge(rng, 3000);
	if (out->window == SIM_WINDOW_SLIDING)
		out->days = 2 + rewapp__sim_below(rng, 9);
}

static int draw_caps(struct sim_rng *rng, struct sim_cap out[SIM_CAPS_MAX])
{
	int count = rewapp__sim_once_in(rng, 2) ? 0 : 1 + (int)rewapp__sim_below(rng, SIM_CAPS_MAX);

	for (int i = 0; i < count; i++)
		draw_cap(rng, &out[i]);
	return count;
}

static void draw_when(struct sim_rng *rng, struct sim_when *out)
{
	if (rewapp__sim_once_in(rng, 4))
		out->min_amount = 1 + rewapp__sim_below(rng, 4000);
	if (rewapp__sim_once_in(rng, 8))
		out->max_amount = out->min_amount + 1 + rewapp__sim_below(rng, 5000);
	if (rewapp__sim_once_in(rng, 8))
		out->mcc = mccs[rewapp__sim_below(rng, 4)];
	if (rewapp__sim_once_in(rng, 6))
		out->merchants = 1 + (uint32_t)rewapp__sim_below(rng, (1 << SIM_MERCHANTS_MAX) - 1);
	if (rewapp__sim_once_in(rng, 6))
		out->days = 1 + (uint32_t)rewapp__sim_below(rng, 127);
	if (rewapp__sim_once_in(rng, 6)) {
		out->hour_from = (int)rewapp__sim_below(rng, 96) * 15;
		out->hour_until = (int)rewapp__sim_below(rng, 96) * 15;
	}
	if (rewapp__sim_once_in(rng, 10)) {
		out->from_day = rewapp__sim_days_of(2026, 1, 1) + rewapp__sim_below(rng, 5000);
		out->until_day = out->from_day + 1 + rewapp__sim_below(rng, 400);
	}
}

/* Of the articles and categories of tickets; a multiplier counts none. */
static void draw_on(struct sim_rng *rng, struct sim_rule *out)
{
	if (out->type == SIM_RULE_MULTIPLIER ||
		(out->type != SIM_RULE_PER_ITEM && !rewapp__sim_once_in(rng, 4)))
		return;
	out->categories = (unsigned)rewapp__sim_below(rng, 1 << SIM_CATEGORIES);
	out->skus = (unsigned)rewapp__sim_below(rng, 1 << SIM_SKUS);
	if (!out->categories && !out->skus)
		out->categories = 1;
}

static void draw_rule(struct sim_rng *rng, struct sim_rule *out)
{
	out->type = (enum sim_rule_type)rewapp__sim_below(rng, SIM_RULE_TYPES);
	out->rate = out->type == SIM_RULE_MULTIPLIER ? 10001 + rewapp__sim_below(rng, 20000)
						     : rewapp__sim_edge(rng, 2000);
	out->points = rewapp__sim_edge(rng, 500);
	out->unit = rewapp__sim_edge(rng, 2000);
	for (int i = 0; i < SIM_STEPS_MAX; i++)
		out->from[i] = (i ? out->from[i - 1] : 0) + rewapp__sim_edge(rng, 2000);
	out->in_group = rewapp__sim_once_in(rng, 2);
	out->priority = rewapp__sim_once_in(rng, 3) ? (int)rewapp__sim_below(rng, 4) : 0;
	out->by_merchant = rewapp__sim_once_in(rng, 2);
	draw_on(rng, out);
	draw_when(rng, &out->when);
	out->cap_count = draw_caps(rng, out->caps);
}

void rewapp__sim_programme_draw(uint64_t number, struct sim_programme *out)
{
	struct sim_rng rng;

	rewapp__sim_rng_seed(&rng, number, STREAM);
	memset(out, 0, sizeof *out);
	out->zone = (enum sim_zone)rewapp__sim_below(&rng, SIM_ZONE_COUNT);
	out->value_points = rewapp__sim_once_in(&rng, 2) ? 1 : rewapp__sim_edge(&rng, 100);
	out->value_amount = rewapp__sim_once_in(&rng, 2) ? 1 : rewapp__sim_edge(&rng, 100);
	out->window_days = rewapp__sim_once_in(&rng, 2) ? 0 : rewapp__sim_below(&rng, 30);
	out->expiry_days = rewapp__sim_once_in(&rng, 4) ? 0 : out->window_days + rewapp__sim_edge(&rng, 400);
	if (rewapp__sim_once_in(&rng, 2))
		out->clawback = (enum sim_clawback)rewapp__sim_below(&rng, SIM_CLAWBACKS);
	if (out->clawback == SIM_CLAWBACK_PENDING_ONLY && out->window_days == 0)
		out->clawback = SIM_CLAWBACK_WITHIN_BALANCE; /* nothing is ever pending */
	out->in_dollars = rewapp__sim_once_in(&rng, 40);
	if (rewapp__sim_once_in(&rng, 3))
		out->rounding = (enum sim_rounding)rewapp__sim_below(&rng, SIM_ROUNDINGS);
	out->stack = (enum sim_stack)rewapp__sim_below(&rng, SIM_STACKS);
	if (rewapp__sim_once_in(&rng, 3))
		out->day_start = (int)rewapp__sim_below(&rng, 24) * 60;
	out->transfers = !rewapp__sim_once_in(&rng, 3);
	if (rewapp__sim_once_in(&rng, 2))
		out->least = rewapp__sim_edge(&rng, 20);
	if (rewapp__sim_once_in(&rng, 2))
		out->most = out->least + rewapp__sim_edge(&rng, 1000);
	out->till_days = rewapp__sim_once_in(&rng, 2) ? 1 + rewapp__sim_below(&rng, 14) : 0;
	out->rule_count = 1 + (int)rewapp__sim_below(&rng, SIM_RULES_MAX);
	for (int i = 0; i < out->rule_count; i++)
		draw_rule(&rng, &out->rules[i]);
	out->cap_count = draw_caps(&rng, out->caps);
}

int rewapp__sim_merchant_mcc(uint64_t number)
{
	return number % 5 == 4 ? 0 : mccs[number % 5];
}

/* --- telling -------------------------------------------------------------------------------- */

struct text {
	char *bytes;
	size_t at;
};

static void say(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A document of at most four rules has room enough; what has not is cut, and the engine refuses it. */
static void say(struct text *text, const char *format, ...)
{
	va_list arguments;
	int wanted;

	va_start(arguments, format);
	wanted = vsnprintf(text->bytes + text->at, SIM_DOCUMENT_BYTES - text->at, format, arguments);
	va_end(arguments);
	text->at += wanted < 0 ? 0 : (size_t)wanted;
	if (text->at >= SIM_DOCUMENT_BYTES)
		text->at = SIM_DOCUMENT_BYTES - 1;
}

static void say_caps(struct text *text, const struct sim_cap *caps, int count)
{
	static const char *const windows[SIM_WINDOW_COUNT] = { "day", "week", "month", "year", "total",
		"sliding" };

	if (count == 0)
		return;
	say(text, ",\"caps\":[");
	for (int i = 0; i < count; i++) {
		say(text, "%s{\"id\":\"%c\",\"scope\":\"%s\",\"window\":\"%s\",\"points\":%lld", i ? "," : "",
			'a' + i, caps[i].of_member ? "member" : "programme", windows[caps[i].window],
			(long long)caps[i].limit);
		if (caps[i].days)
			say(text, ",\"days\":%lld", (long long)caps[i].days);
		say(text, "}");
	}
	say(text, "]");
}

static void say_date(struct text *text, const char *key, int64_t days)
{
	struct sim_day day = rewapp__sim_local(SIM_ZONE_UTC, days * 24 * 60 * 60 * 1000);

	say(text, ",\"%s\":\"%04d-%02d-%02d\"", key, day.year, day.month, day.day);
}

static void say_days(struct text *text, uint32_t days)
{
	static const char *const words[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	const char *between = "";

	say(text, ",\"days\":[");
	for (int i = 0; i < 7; i++)
		if (days >> i & 1) {
			say(text, "%s\"%s\"", between, words[i]);
			between = ",";
		}
	say(text, "]");
}

static void say_when(struct text *text, const struct sim_when *when)
{
	say(text, ",\"when\":{\"min_amount\":%lld", (long long)when->min_amount);
	if (when->max_amount)
		say(text, ",\"max_amount\":%lld", (long long)when->max_amount);
	if (when->mcc)
		say(text, ",\"mcc\":[\"%04d\"]", when->mcc);
	if (when->merchants) {
		say(text, ",\"merchants\":[");
		for (int i = 0, any = 0; i < SIM_MERCHANTS_MAX; i++)
			if (when->merchants >> i & 1)
				say(text, "%s\"@shop%d\"", any++ ? "," : "", i);
		say(text, "]");
	}
	if (when->days)
		say_days(text, when->days);
	if (when->hour_from != when->hour_until)
		say(text, ",\"hours\":[\"%02d:%02d\",\"%02d:%02d\"]", when->hour_from / 60,
			when->hour_from % 60, when->hour_until / 60, when->hour_until % 60);
	if (when->from_day) {
		say_date(text, "from", when->from_day);
		say_date(text, "until", when->until_day);
	}
	say(text, "}");
}

static void say_worth(struct text *text, const struct sim_rule *rule)
{
	if (rule->type == SIM_RULE_PERCENT || rule->type == SIM_RULE_MULTIPLIER) {
		say(text, ",\"basis_points\":%lld", (long long)rule->rate);
		return;
	}
	if (rule->type != SIM_RULE_STEPS) {
		say(text, ",\"points\":%lld", (long long)rule->points);
		if (rule->type == SIM_RULE_PER_UNIT)
			say(text, ",\"unit_amount\":%lld", (long long)rule->unit);
		return;
	}
	say(text, ",\"steps\":[");
	for (int i = 0; i < SIM_STEPS_MAX; i++)
		say(text, "%s{\"from\":%lld,\"points\":%lld}", i ? "," : "", (long long)rule->from[i],
			(long long)(rule->points * (i + 1)));
	say(text, "]");
}

static void say_words(struct text *text, const char *key, const char *stem, unsigned bits)
{
	const char *between = "";

	say(text, "\"%s\":[", key);
	for (int i = 0; bits >> i; i++)
		if (bits >> i & 1) {
			say(text, "%s\"%s%d\"", between, stem, i + 1);
			between = ",";
		}
	say(text, "]");
}

static void say_on(struct text *text, const struct sim_rule *rule)
{
	if (!rule->skus && !rule->categories)
		return;
	say(text, ",\"on\":{");
	if (rule->skus)
		say_words(text, "skus", "sku", rule->skus);
	if (rule->skus && rule->categories)
		say(text, ",");
	if (rule->categories)
		say_words(text, "categories", "kind", rule->categories);
	say(text, "}");
}

static void say_rule(struct text *text, const struct sim_rule *rule, int place)
{
	static const char *const types[SIM_RULE_TYPES] = { "percent", "fixed", "per_unit", "multiplier",
		"steps", "per_item", "bonus" };

	say(text, "%s{\"id\":\"r%d\",\"type\":\"%s\",\"funder\":\"%s\"", place ? "," : "", place,
		types[rule->type], rule->by_merchant ? "merchant" : "programme");
	say_worth(text, rule);
	say_on(text, rule);
	if (rule->in_group)
		say(text, ",\"group\":\"g\"");
	if (rule->priority)
		say(text, ",\"priority\":%d", rule->priority);
	say_when(text, &rule->when);
	say_caps(text, rule->caps, rule->cap_count);
	say(text, "}");
}

void rewapp__sim_programme_text(const struct sim_programme *programme, char out[SIM_DOCUMENT_BYTES])
{
	static const char *const roundings[SIM_ROUNDINGS] = { "down", "up", "half_up", "half_even" };
	static const char *const clawbacks[SIM_CLAWBACKS] = { "debt", "within_balance", "write_off",
		"pending_only" };
	static const char *const stacks[SIM_STACKS] = { "all", "first", "best", "exclusive" };
	struct text text = { out, 0 };

	say(&text, "{\"name\":\"Simulated\",\"currency\":\"%s\",\"zone\":\"%s\"",
		programme->in_dollars ? "USD" : "EUR", rewapp__sim_zone_name(programme->zone));
	say(&text, ",\"point_value\":{\"points\":%lld,\"amount\":%lld}", (long long)programme->value_points,
		(long long)programme->value_amount);
	say(&text, ",\"return_window_days\":%lld,\"expiry_days\":%lld,\"clawback\":\"%s\"",
		(long long)programme->window_days, (long long)programme->expiry_days,
		clawbacks[programme->clawback]);
	say(&text, ",\"rounding\":{\"mode\":\"%s\"},\"day_start\":\"%02d:%02d\"",
		roundings[programme->rounding], programme->day_start / 60, programme->day_start % 60);
	say(&text, ",\"matching\":{\"sure\":9930,\"review\":5000}");
	if (programme->transfers)
		say(&text, ",\"transfers\":{\"min_points\":%lld,\"max_points\":%lld}",
			(long long)programme->least, (long long)programme->most);
	if (programme->till_days)
		say(&text, ",\"bank\":{\"till_days\":%lld}", (long long)programme->till_days);
	say(&text, ",\"groups\":[{\"id\":\"g\",\"stack\":\"%s\"}]", stacks[programme->stack]);
	say_caps(&text, programme->caps, programme->cap_count);
	say(&text, ",\"rules\":[");
	for (int i = 0; i < programme->rule_count; i++)
		say_rule(&text, &programme->rules[i], i);
	say(&text, "]}");
}

void rewapp__sim_merchant_text(uint64_t number, int merchant, char out[SIM_DOCUMENT_BYTES])
{
	struct text text = { out, 0 };
	int mcc = rewapp__sim_merchant_mcc(number);

	say(&text, "{\"name\":\"%s\"", names[merchant % SIM_MERCHANTS_MAX]);
	if (mcc)
		say(&text, ",\"mcc\":[\"%04d\"]", mcc);
	say(&text, "}");
}
