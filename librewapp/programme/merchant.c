/* A merchant's document: names, categories and branches. */
#include "programme/merchant.h"

#include "base/error.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

static int take_text(
	struct arena *arena, const cJSON *item, const char *place, size_t index, const char **out)
{
	if (!cJSON_IsString(item) || !*item->valuestring || strlen(item->valuestring) > MERCHANT_NAME_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s[%zu]: not a text of 1 to %d bytes", place, index,
			MERCHANT_NAME_MAX);
	*out = rewapp__arena_copy(arena, item->valuestring, strlen(item->valuestring));
	return *out ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "%s", place);
}

/* The length of the array `name`, 0 when it is absent. */
static int array_size(const cJSON *document, const char *name, int max, size_t *out)
{
	const cJSON *array = rewapp__json_get(document, name);

	*out = 0;
	if (!array)
		return 0;
	if (!cJSON_IsArray(array) || cJSON_GetArraySize(array) > max)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: not an array of at most %d", name, max);
	*out = (size_t)cJSON_GetArraySize(array);
	return 0;
}

static int take_texts(
	struct arena *arena, const cJSON *document, const char *name, const char ***out, size_t *count)
{
	int error = array_size(document, name, MERCHANT_ALIASES_MAX, count);
	const cJSON *item;
	size_t i = 0;

	if (error || !(*out = rewapp__arena_array(arena, *count, sizeof **out)))
		return error ? error : rewapp__fail(REWAPP_E_NOMEMORY, "%s", name);
	if (*count)
		cJSON_ArrayForEach(item, rewapp__json_get(document, name))
		{
			if ((error = take_text(arena, item, name, i, &(*out)[i])) < 0)
				return error;
			i++;
		}
	return 0;
}

static int take_mcc(struct arena *arena, const cJSON *document, struct merchant_document *out)
{
	int error = array_size(document, "mcc", MERCHANT_MCC_MAX, &out->mcc_count);
	const cJSON *item;
	size_t i = 0;

	if (error || !(out->mcc = rewapp__arena_array(arena, out->mcc_count, sizeof *out->mcc)))
		return error ? error : rewapp__fail(REWAPP_E_NOMEMORY, "mcc");
	if (out->mcc_count == 0)
		return 0;
	cJSON_ArrayForEach(item, rewapp__json_get(document, "mcc"))
	{
		const char *text = cJSON_IsString(item) ? item->valuestring : "";

		if (strspn(text, "0123456789") != 4 || text[4])
			return rewapp__fail(REWAPP_E_ARGUMENT, "mcc[%zu]: not four digits", i);
		out->mcc[i++] = (uint16_t)((text[0] - '0') * 1000 + (text[1] - '0') * 100 +
			(text[2] - '0') * 10 + (text[3] - '0'));
	}
	return 0;
}

static int check_keys(const cJSON *object, const char *const *names, const char *place)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, object)
	{
		size_t i = 0;

		while (names[i] && strcmp(names[i], item->string) != 0)
			i++;
		if (!names[i])
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s%.40s: unknown key", place, item->string);
	}
	return 0;
}

static int take_list(struct arena *arena, const cJSON *object, const char *place, const char *name, int max,
	struct merchant_texts *out)
{
	char full[64];
	int error = array_size(object, name, max, &out->count);
	const cJSON *item;
	size_t i = 0;

	if (error || !(out->texts = rewapp__arena_array(arena, out->count, sizeof *out->texts)))
		return error ? error : rewapp__fail(REWAPP_E_NOMEMORY, "%s%s", place, name);
	if (!out->count)
		return 0;
	snprintf(full, sizeof full, "%s%s", place, name);
	cJSON_ArrayForEach(item, rewapp__json_get(object, name))
	{
		if ((error = take_text(arena, item, full, i, &out->texts[i])) < 0)
			return error;
		i++;
	}
	return 0;
}

/* SIREN and SIRET: so many digits, the last of which is Luhn's. */
static int take_register_number(struct arena *arena, const cJSON *object, const char *place, const char *name,
	size_t digits, const char **out)
{
	const cJSON *item = rewapp__json_get(object, name);
	const char *text = cJSON_IsString(item) ? item->valuestring : "";
	unsigned sum = 0;

	if (!item)
		return 0;
	if (strlen(text) != digits || strspn(text, "0123456789") != digits)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s%s: not %zu digits", place, name, digits);
	for (size_t i = 0; i < digits; i++) {
		unsigned digit = (unsigned)(text[digits - 1 - i] - '0') << (i & 1);

		sum += digit > 9 ? digit - 9 : digit;
	}
	/* La Poste's places have numbers of their own kind */
	if (sum % 10 && strncmp(text, "356000000", 9) != 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s%s: its last digit is wrong", place, name);
	*out = rewapp__arena_copy(arena, text, digits);
	return *out ? 0 : rewapp__fail(REWAPP_E_NOMEMORY, "%s%s", place, name);
}

static int take_branch(struct arena *arena, const cJSON *item, size_t index, struct merchant_branch *out)
{
	static const char *const names[] = { "name", "street", "city", "postcode", "country", "siret",
		"merchant_ids", "terminal_ids", NULL };
	const char **texts[] = { &out->name, &out->street, &out->city, &out->postcode, &out->country };
	char place[32];
	int error;

	if (!cJSON_IsObject(item))
		return rewapp__fail(REWAPP_E_ARGUMENT, "branches[%zu]: not an object", index);
	snprintf(place, sizeof place, "branches[%zu].", index);
	if ((error = check_keys(item, names, place)) < 0)
		return error;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const cJSON *text = rewapp__json_get(item, names[i]);

		if (text && (error = take_text(arena, text, "branches", index, texts[i])) < 0)
			return error;
	}
	if ((error = take_register_number(arena, item, place, "siret", 14, &out->siret)) < 0 ||
		(error = take_list(
			 arena, item, place, "merchant_ids", MERCHANT_IDS_MAX, &out->merchant_ids)) < 0)
		return error;
	return take_list(arena, item, place, "terminal_ids", MERCHANT_IDS_MAX, &out->terminal_ids);
}

static int take_branches(struct arena *arena, const cJSON *document, struct merchant_document *out)
{
	int error = array_size(document, "branches", MERCHANT_BRANCHES_MAX, &out->branch_count);
	const cJSON *item;
	size_t i = 0;

	if (error || !(out->branches = rewapp__arena_array(arena, out->branch_count, sizeof *out->branches)))
		return error ? error : rewapp__fail(REWAPP_E_NOMEMORY, "branches");
	if (out->branch_count)
		cJSON_ArrayForEach(item, rewapp__json_get(document, "branches"))
		{
			if ((error = take_branch(arena, item, i, &out->branches[i])) < 0)
				return error;
			i++;
		}
	return 0;
}

static int take_countries(struct arena *arena, const cJSON *document, struct merchant_document *out)
{
	int error = take_list(arena, document, "", "countries", MERCHANT_COUNTRIES_MAX, &out->countries);

	for (size_t i = 0; i < out->countries.count && error >= 0; i++)
		if (strspn(out->countries.texts[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2 ||
			out->countries.texts[i][2])
			error = rewapp__fail(REWAPP_E_ARGUMENT, "countries[%zu]: not two capital letters", i);
	return error;
}

/* "usual_amount": { "min": 500, "max": 20000 } */
static int take_amounts(const cJSON *document, struct merchant_document *out)
{
	static const char *const names[] = { "min", "max", NULL };
	const cJSON *range = rewapp__json_get(document, "usual_amount");
	int64_t *values[] = { &out->amount_min, &out->amount_max };
	int error;

	if (!range)
		return 0;
	if (!cJSON_IsObject(range))
		return rewapp__fail(REWAPP_E_ARGUMENT, "usual_amount: not an object");
	if ((error = check_keys(range, names, "usual_amount.")) < 0)
		return error;
	for (int i = 0; names[i]; i++) {
		const cJSON *value = rewapp__json_get(range, names[i]);

		if (value && (!rewapp__json_int(value, values[i]) || *values[i] < 1))
			return rewapp__fail(
				REWAPP_E_ARGUMENT, "usual_amount.%s: not a whole number above 0", names[i]);
	}
	if (out->amount_max && out->amount_min > out->amount_max)
		return rewapp__fail(REWAPP_E_ARGUMENT, "usual_amount.min: above max");
	return 0;
}

static int take_days(struct arena *arena, const cJSON *document, struct merchant_document *out)
{
	static const char days[] = "mon tue wed thu fri sat sun ";
	struct merchant_texts list;
	int error = take_list(arena, document, "", "open_days", 7, &list);

	for (size_t i = 0; i < list.count && error >= 0; i++) {
		const char *found = strlen(list.texts[i]) == 3 ? strstr(days, list.texts[i]) : NULL;

		if (!found || (found - days) % 4)
			return rewapp__fail(REWAPP_E_ARGUMENT,
				"open_days[%zu]: none of mon, tue, wed, thu, fri, sat, sun", i);
		out->open_days |= (uint8_t)(1u << (found - days) / 4);
	}
	return error;
}

/* What tells a merchant's payments from another's, beside its names. */
static int take_marks(struct arena *arena, const cJSON *document, struct merchant_document *out)
{
	struct {
		const char *name;
		struct merchant_texts *list;
	} const lists[] = { { "merchant_ids", &out->merchant_ids }, { "terminal_ids", &out->terminal_ids },
		{ "creditor_ids", &out->creditor_ids } };
	int error;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if ((error = take_list(arena, document, "", lists[i].name, MERCHANT_IDS_MAX, lists[i].list)) <
			0)
			return error;
	if ((error = take_register_number(arena, document, "", "siren", 9, &out->siren)) < 0 ||
		(error = take_countries(arena, document, out)) < 0 ||
		(error = take_amounts(document, out)) < 0)
		return error;
	return take_days(arena, document, out);
}

static int take_document(struct arena *arena, const cJSON *document, struct merchant_document *out)
{
	static const char *const names[] = { "name", "aliases", "negative_aliases", "mcc", "branches",
		"countries", "siren", "merchant_ids", "terminal_ids", "creditor_ids", "usual_amount",
		"open_days", NULL };
	const cJSON *name = rewapp__json_get(document, "name");
	int error;

	if (!cJSON_IsObject(document))
		return rewapp__fail(REWAPP_E_ARGUMENT, "document: not an object");
	if ((error = check_keys(document, names, "")) < 0)
		return error;
	if (!cJSON_IsString(name) || !*name->valuestring || strlen(name->valuestring) > MERCHANT_NAME_MAX)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "name: not a text of 1 to %d bytes", MERCHANT_NAME_MAX);
	if (!(out->name = rewapp__arena_copy(arena, name->valuestring, strlen(name->valuestring))))
		return rewapp__fail(REWAPP_E_NOMEMORY, "name");
	if ((error = take_texts(arena, document, "aliases", &out->aliases, &out->alias_count)) < 0 ||
		(error = take_texts(arena, document, "negative_aliases", &out->negative_aliases,
			 &out->negative_alias_count)) < 0 ||
		(error = take_mcc(arena, document, out)) < 0 ||
		(error = take_marks(arena, document, out)) < 0)
		return error;
	return take_branches(arena, document, out);
}

int rewapp__merchant_parse(
	const char *json, size_t length, struct arena *arena, struct merchant_document *out)
{
	cJSON *document;
	int error = rewapp__json_parse(json, length, JSON_BYTES_MAX, &document);

	if (error < 0)
		return error;
	memset(out, 0, sizeof *out);
	error = take_document(arena, document, out);
	cJSON_Delete(document);
	return error;
}
