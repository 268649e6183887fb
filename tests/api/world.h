/* A small world for the tests of the public functions: an engine with a clock that stands still,
 * one programme (2 %, and points that live a year), two merchants, and members by name. */
#ifndef TESTS_API_WORLD_H
#define TESTS_API_WORLD_H

#include "run.h"

#include <cjson/cJSON.h>
#include <rewapp/rewapp.h>
#include <string.h>

#define WORLD_NOW_MS INT64_C(1772622000000) /* 2026-03-04T11:00:00Z */

struct world {
	rewapp_engine *engine;
	int64_t now_ms;
};

static inline int64_t world_now_ms(void *user)
{
	return ((struct world *)user)->now_ms;
}

static inline struct rewapp_id world_id(const char *name)
{
	struct rewapp_id id;

	ck_assert_int_eq(rewapp_id_derive(name, strlen(name), &id), 0);
	return id;
}

/* Submits JSON; every command must be accepted.  The answer's tree is the caller's. */
static inline cJSON *world_submit(struct world *world, const char *json)
{
	const cJSON *receipt;
	char *answer = NULL;
	cJSON *tree;

	ck_assert_msg(rewapp_json_submit(world->engine, json, strlen(json), &answer, NULL) == 0, "%s: %s",
		json, rewapp_errmsg());
	tree = cJSON_Parse(answer);
	cJSON_ArrayForEach(receipt, cJSON_GetObjectItem(tree, "receipts"))
	{
		const cJSON *verdict = cJSON_GetObjectItem(receipt, "verdict");

		ck_assert_msg(cJSON_IsString(verdict) && strcmp(verdict->valuestring, "ACCEPTED") == 0, "%s",
			answer);
	}
	rewapp_free(world->engine, answer);
	return tree;
}

static inline void world_do(struct world *world, const char *json)
{
	cJSON_Delete(world_submit(world, json));
}

/* Asks a question that has an answer; the tree is the caller's. */
static inline cJSON *world_ask(struct world *world, const char *json)
{
	char *answer = NULL;
	size_t length = 0;
	cJSON *tree;

	ck_assert_msg(rewapp_json_query(world->engine, json, strlen(json), &answer, &length) == 0, "%s: %s",
		json, rewapp_errmsg());
	ck_assert_uint_eq(strlen(answer), length);
	tree = cJSON_Parse(answer);
	ck_assert_msg(cJSON_IsObject(tree), "%s", answer);
	rewapp_free(world->engine, answer);
	return tree;
}

/* Another engine on `storage`, with this world's clock. */
static inline rewapp_engine *world_engine(struct world *world, const char *storage)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	struct rewapp_env env = REWAPP_ENV_INIT;
	rewapp_engine *engine;

	env.user = world;
	env.now_ms = world_now_ms;
	options.env = &env;
	options.storage = storage;
	ck_assert_msg(rewapp_engine_open(&engine, &options) == 0, "%s", rewapp_errmsg());
	return engine;
}

static inline void world_open(struct world *world)
{
	world->now_ms = WORLD_NOW_MS;
	world->engine = world_engine(world, NULL);
	world_do(world,
		"{\"commands\":["
		"{\"kind\":\"programme\",\"id\":\"@p\",\"target\":\"@cagnotte\",\"document\":{"
		"\"name\":\"Cagnotte\",\"currency\":\"EUR\",\"expiry_days\":365,"
		"\"rules\":[{\"id\":\"base\",\"type\":\"percent\",\"basis_points\":200},"
		"{\"id\":\"large\",\"type\":\"fixed\",\"points\":50,\"when\":{\"min_amount\":10000}}]}},"
		"{\"kind\":\"merchant\",\"id\":\"@m1\",\"target\":\"@bakery\",\"document\":{"
		"\"name\":\"Fournil Menilmontant\",\"mcc\":[\"5462\"]}},"
		"{\"kind\":\"merchant\",\"id\":\"@m2\",\"target\":\"@books\",\"document\":{"
		"\"name\":\"Librairie Pluie\"}},"
		"{\"kind\":\"member\",\"id\":\"@e1\",\"target\":\"@ada\"},"
		"{\"kind\":\"member\",\"id\":\"@e2\",\"target\":\"@grace\"}]}");
}

static inline void world_close(struct world *world)
{
	rewapp_engine_close(world->engine);
}

#endif
