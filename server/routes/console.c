/* The console page and the OpenAPI file, which are built into the program. */
#include "assets.h"
#include "routes/tables.h"

static const char policy[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static void respond(struct request *request, const char *type, const struct asset *asset)
{
	rewapp__respond_header(request, "Content-Security-Policy", policy);
	rewapp__respond_header(request, "Referrer-Policy", "no-referrer");
	rewapp__respond_header(request, "Cache-Control", "no-cache");
	rewapp__respond_static(request, 200, type, asset->bytes, asset->size);
}

static void page(struct request *request)
{
	respond(request, "text/html; charset=utf-8", &asset_index_html);
}

static void style(struct request *request)
{
	respond(request, "text/css; charset=utf-8", &asset_console_css);
}

static void script(struct request *request)
{
	respond(request, "text/javascript; charset=utf-8", &asset_console_js);
}

static void openapi(struct request *request)
{
	respond(request, "application/json", &asset_openapi_json);
}

/* clang-format off */
static const struct route rows[] = {
	{ "GET", "/", SCOPE_PUBLIC, 0, 0, page, "The console" },
	{ "GET", "/console.css", SCOPE_PUBLIC, 0, 0, style, "The console's style" },
	{ "GET", "/console.js", SCOPE_PUBLIC, 0, 0, script, "The console's script" },
	{ "GET", "/openapi.json", SCOPE_PUBLIC, 0, 0, openapi, "This interface as OpenAPI 3.1" },
};
/* clang-format on */

const struct route_table rewapp__routes_console = ROUTE_TABLE(rows);
