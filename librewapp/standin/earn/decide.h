#ifndef STUB_D
#define STUB_D
#include "earn/programme.h"
#include "base/buffer.h"
enum { EARN_COUNTERS_MAX = 64 };
enum cap_scope { CAP_MEMBER, CAP_PROGRAMME };
struct counter_key { int64_t cap; int scope; int64_t window_start, limit; };
struct earn_facts { struct rewapp_id merchant; int32_t mcc; int64_t amount, occurred_ms; int64_t used[EARN_COUNTERS_MAX]; };
struct award { int rule; int32_t reason; int64_t points, distance; };
struct awards { size_t count; struct award list[64]; int64_t by_programme, by_merchant; int64_t counted[EARN_COUNTERS_MAX]; };
size_t rewapp__earn_counters(const struct programme *, int64_t, struct counter_key out[EARN_COUNTERS_MAX]);
int rewapp__earn_decide(const struct programme *, const struct earn_facts *, struct awards *);
int rewapp__earn_retained(const struct programme *, const struct earn_facts *, const struct awards *, int64_t left, struct awards *);
void rewapp__awards_encode(const struct awards *, struct buffer *);
int rewapp__awards_decode(const void *, size_t, struct awards *);
const char *rewapp__rule_id(const struct programme *, int);
#endif
