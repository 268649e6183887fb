/* The console page and the OpenAPI file, which are built into the program. */
#include "assets.h"
#include "routes/tables.h"

#include <string.h>

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

static const struct {
	const char *name, *type;
	const struct asset *asset;
} files[] = {
	{ "api.js", "text/javascript; charset=utf-8", &asset_api_js },
	{ "chart.js", "text/javascript; charset=utf-8", &asset_chart_js },
	{ "console.css", "text/css; charset=utf-8", &asset_console_css },
	{ "console.js", "text/javascript; charset=utf-8", &asset_console_js },
	{ "icon.svg", "image/svg+xml", &asset_icon_svg },
	{ "refunds.js", "text/javascript; charset=utf-8", &asset_refunds_js },
	{ "review.js", "text/javascript; charset=utf-8", &asset_review_js },
	{ "texts.js", "text/javascript; charset=utf-8", &asset_texts_js },
};

static void file(struct request *request)
{
	const struct param *name = &request->params[0];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (strlen(files[i].name) == name->length &&
			memcmp(files[i].name, name->text, name->length) == 0) {
			respond(request, files[i].type, files[i].asset);
			return;
		}
	rewapp__problem(request, HTTP_PROBLEM_NOT_FOUND, "the console has no such file");
}

static void page(struct request *request)
{
	respond(request, "text/html; charset=utf-8", &asset_index_html);
}

static void openapi(struct request *request)
{
	respond(request, "application/json", &asset_openapi_json);
}

/* clang-format off */
static const struct route rows[] = {
	{ "GET", "/", SCOPE_PUBLIC, 0, 0, page, "The console" },
	{ "GET", "/console/{file}", SCOPE_PUBLIC, 0, 0, file, "A file of the console" },
	{ "GET", "/openapi.json", SCOPE_PUBLIC, 0, 0, openapi, "This interface as OpenAPI 3.1" },
};
/* clang-format on */

const struct route_table rewapp__routes_console = ROUTE_TABLE(rows);
