/* From the sum of the evidence to a probability.  Measured by tests/matching/calibrate.c;
 * docs/matching.md tells how and on what. */
#include "matching/decide.h"

const char rewapp__match_calibration[] = "2026-11-23/1";

/* Ascending, straight lines between. */
static const struct {
	int32_t score;
	uint16_t bp;
} table[] = {
	{ -11628, 148 },
	{ -4600, 227 },
	{ -1283, 714 },
	{ 250, 3571 },
	{ 1887, 8333 },
	{ 2957, 9750 },
	{ 4181, 9821 },
	{ 6168, 9893 },
	{ 8514, 9970 },
};

uint16_t rewapp__match_probability(int32_t score)
{
	size_t last = sizeof table / sizeof *table - 1, i = 0;
	int32_t step;

	if (score <= table[0].score)
		return table[0].bp;
	if (score >= table[last].score)
		return table[last].bp;
	while (score > table[i + 1].score)
		i++;
	step = table[i + 1].score - table[i].score;
	return (uint16_t)(table[i].bp +
		(int64_t)(table[i + 1].bp - table[i].bp) * (score - table[i].score) / step);
}
