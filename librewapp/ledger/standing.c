/* Where a member stands in the tiers of a programme, as bytes. */
#include "ledger/standing.h"

#include <string.h>

static void put_name(struct pack *out, const char *name)
{
	rewapp__pack_blob(out, name, strlen(name));
}

static void get_name(struct unpack *from, char out[STANDING_NAME_BYTES])
{
	size_t size;
	const uint8_t *bytes = rewapp__unpack_blob(from, &size);

	memset(out, 0, STANDING_NAME_BYTES);
	if (!bytes || size >= STANDING_NAME_BYTES || memchr(bytes, 0, size))
		from->failed = true;
	else
		memcpy(out, bytes, size);
}

void rewapp__standing_put(const struct standing *standing, struct pack *out)
{
	put_name(out, standing->tier);
	put_name(out, standing->floor);
	rewapp__pack_int(out, standing->since_ms);
	rewapp__pack_int(out, standing->until_ms);
	rewapp__pack_int(out, standing->floor_until_ms);
	rewapp__pack_int(out, standing->anchor);
}

void rewapp__standing_get(struct unpack *from, struct standing *out)
{
	get_name(from, out->tier);
	get_name(from, out->floor);
	out->since_ms = rewapp__unpack_int(from);
	out->until_ms = rewapp__unpack_int(from);
	out->floor_until_ms = rewapp__unpack_int(from);
	out->anchor = rewapp__unpack_int(from);
	out->set = !from->failed;
}
