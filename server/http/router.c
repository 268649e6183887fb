/* Paths are compared segment by segment with each template; forty templates need no tree. */
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

/* Length up to the next slash or the end. */
static size_t segment(const char *text)
{
	return strcspn(text, "/");
}

static bool fits(const char *template, const char *path, struct param params[REQUEST_PARAMS_MAX])
{
	size_t taken = 0;

	while (*template == '/' && *path == '/') {
		size_t want = segment(++template), have = segment(++path);

		if (*template == '{') {
			if (have == 0 || taken == REQUEST_PARAMS_MAX)
				return false;
			params[taken].text = path;
			params[taken++].length = have;
		} else if (want != have || memcmp(template, path, have) != 0) {
			return false;
		}
		template += want;
		path += have;
	}
	return *template == *path; /* both at their end */
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
