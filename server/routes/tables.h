/* The tables of all resources; the list stands in meson.build beside this file. */
#ifndef REWAPP_ROUTES_TABLES_H
#define REWAPP_ROUTES_TABLES_H

#include "http/router.h"
#include "routes_list.h"

#define X(name) extern const struct route_table rewapp__routes_##name;
REWAPP_ROUTES(X)
#undef X

#define ROUTE_TABLE(rows) \
	{ \
		rows, sizeof rows / sizeof *rows \
	}

/* Bytes of a body: one small command, one with a document, a batch. */
enum {
	BODY_SMALL = 16 * 1024,
	BODY_DOCUMENT = 128 * 1024,
	BODY_BATCH = 8 * 1024 * 1024
};

/* False: too many routes for the router. */
bool rewapp__routes_init(struct router *router);

/* Prints the table as JSON on stdout: what the OpenAPI file is held against. */
void rewapp__routes_print(const struct router *router);

#endif
