/* All tables in one router. */
#include "routes/tables.h"

#include <stdio.h>

bool rewapp__routes_init(struct router *router)
{
#define X(name) rewapp__routes_##name,
	const struct route_table tables[] = { REWAPP_ROUTES(X) };
#undef X

	return rewapp__router_init(router, tables, sizeof tables / sizeof *tables);
}

static void print_scopes(unsigned scopes)
{
	printf("\"scopes\":[%s", scopes & SCOPE_PLATFORM ? "\"platform\"" : "");
	if (scopes & SCOPE_MERCHANT)
		printf(",\"merchant\"");
	if (scopes & SCOPE_TERMINAL)
		printf(",\"terminal\"");
	printf("]");
}

void rewapp__routes_print(const struct router *router)
{
	printf("[\n");
	for (size_t i = 0; i < router->count; i++) {
		const struct route *route = router->routes[i];

		printf("{\"method\":\"%s\",\"path\":\"%s\",", route->method, route->path);
		print_scopes(route->scopes);
		printf(",\"body_max\":%zu,\"changes\":%s,\"doc\":\"%s\"}%s\n", route->body_max,
			route->flags & ROUTE_CHANGES ? "true" : "false", route->doc,
			i + 1 < router->count ? "," : "");
	}
	printf("]\n");
}
