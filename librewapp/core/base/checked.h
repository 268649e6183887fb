/* Sums of money and points that say when they leave 64 bits. */
#ifndef REWAPP_BASE_CHECKED_H
#define REWAPP_BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

/* Each returns true and sets *out, or returns false and leaves it alone. */
static inline bool rewapp__add(int64_t a, int64_t b, int64_t *out)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*out = sum;
	return true;
}

static inline bool rewapp__sub(int64_t a, int64_t b, int64_t *out)
{
	int64_t difference;

	if (__builtin_sub_overflow(a, b, &difference))
		return false;
	*out = difference;
	return true;
}

static inline bool rewapp__mul(int64_t a, int64_t b, int64_t *out)
{
	int64_t product;

	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*out = product;
	return true;
}

/* floor(a * b / c) for a, b >= 0 and c > 0, exact however large a * b is. */
static inline bool rewapp__mul_div(int64_t a, int64_t b, int64_t c, int64_t *out)
{
	__extension__ typedef unsigned __int128 wide;
	wide quotient;

	if (a < 0 || b < 0 || c <= 0)
		return false;
	quotient = (wide)a * (wide)b / (wide)c;
	if (quotient > INT64_MAX)
		return false;
	*out = (int64_t)quotient;
	return true;
}

#endif
