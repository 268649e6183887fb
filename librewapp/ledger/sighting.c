/* A sighting in the log: its columns one after the other. */
#include "ledger/sighting.h"

#include "ledger/record.h"

_Static_assert(offsetof(struct sighting, next) == SIGHTING_COLUMNS * sizeof(int64_t), "columns have names");

void rewapp__sighting_put(struct pack *out, const struct sighting *sighting, ref command)
{
	for (size_t i = 0; i < SIGHTING_REFS; i++)
		rewapp__ref_put(out, sighting->columns[i], command);
	for (size_t i = SIGHTING_REFS; i < SIGHTING_COLUMNS; i++)
		rewapp__pack_int(out, sighting->columns[i]);
}

bool rewapp__sighting_get(const void *bytes, size_t size, ref command, struct sighting *out)
{
	struct unpack from = rewapp__unpack(bytes, bytes ? size : 0);

	for (size_t i = 0; i < SIGHTING_REFS; i++)
		out->columns[i] = rewapp__ref_get(&from, command);
	for (size_t i = SIGHTING_REFS; i < SIGHTING_COLUMNS; i++)
		out->columns[i] = rewapp__unpack_int(&from);
	out->next = NULL;
	return !from.failed && from.at == from.end;
}
