/* Paths are compared with each template up to the first difference; forty templates need no tree. */
#include "http/router.h"

#include <string.h>

bool rewapp__router_init(struct router *router, const struct route_table *tables, size_t count)
{
	router->count = 0;
	for (size_t t = 0; t < count; t++)
		for (size_t i = 0; i < tables[t].count; i++) {
			if (router->count == ROUTES_MAX)
				return false;
			router->routes[router->count++] = &tables[t].rows[i];
		}
	return true;
}

/* A {name} of the pattern stands for one segment of the path that is not empty. */
static bool fits(const char *pattern, const char *path, struct param params[REQUEST_PARAMS_MAX])
{
	size_t taken = 0;

	while (*pattern) {
		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		if (taken == REQUEST_PARAMS_MAX || *path == '/' || *path == '\0')
			return false;
		params[taken].text = path;
		params[taken].length = strcspn(path, "/");
		path += params[taken++].length;
		pattern += strcspn(pattern, "/");
	}
	for (; taken < REQUEST_PARAMS_MAX; taken++)
		params[taken] = (struct param){ NULL, 0 };
	return *path == '\0';
}

static bool same_method(const char *route, const char *asked)
{
	return strcmp(route, asked) == 0 || (strcmp(asked, "HEAD") == 0 && strcmp(route, "GET") == 0);
}

void rewapp__router_find(
	const struct router *router, struct request *request, const char *method, struct buffer *allow)
{
	struct param params[REQUEST_PARAMS_MAX];

	memset(params, 0, sizeof params);
	for (size_t i = 0; i < router->count; i++) {
		const struct route *route = router->routes[i];

		if (!fits(route->path, request->path, params))
			continue;
		if (same_method(route->method, method)) {
			request->route = route;
			request->route_index = i;
			memcpy(request->params, params, sizeof params);
			return;
		}
		rewapp__buffer_printf(allow, "%s%s%s", allow->size ? ", " : "", route->method,
			strcmp(route->method, "GET") == 0 ? ", HEAD" : "");
	}
}
