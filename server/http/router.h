/* Which row of which table serves a request. */
#ifndef REWAPP_HTTP_ROUTER_H
#define REWAPP_HTTP_ROUTER_H

#include "http/request.h"

enum {
	ROUTES_MAX = 96
};

struct route_table {
	const struct route *rows;
	size_t count;
};

struct router {
	const struct route *routes[ROUTES_MAX];
	size_t count;
};

/* False when the tables hold more than ROUTES_MAX rows. */
bool rewapp__router_init(struct router *router, const struct route_table *tables, size_t count);

/* Sets request->route, route_index and params.  When only the method does not fit, route
 * stays NULL and `allow` (a buffer) lists the methods that do. */
void rewapp__router_find(
	const struct router *router, struct request *request, const char *method, struct buffer *allow);

#endif
