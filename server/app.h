/* The server put together: what the routes reach. */
#ifndef REWAPP_SERVER_APP_H
#define REWAPP_SERVER_APP_H

#include "clerk.h"
#include "http/http.h"
#include "keys/keys.h"
#include "metrics/metrics.h"
#include "readers.h"
#include "settings.h"
#include "writer.h"

struct app {
	struct settings settings;
	struct keys *keys;
	struct readers readers;
	struct writer writer;
	struct clerk clerk;
	struct metrics metrics;
	struct http http;
};

#endif
