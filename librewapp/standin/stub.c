/* stub */
#include "earn/decide.h"
#include <stdlib.h>
#include <string.h>
int rewapp__programme_parse(struct programme **out, const char *json, size_t length, const struct rewapp_env *env){ struct programme*p=calloc(1,sizeof*p);p->name=strdup("Prog");strcpy(p->currency,"EUR");p->value_points=p->value_amount=1;p->expiry_days=365;*out=p;return 0;}
void rewapp__programme_free(struct programme *p){if(p){free(p->name);free(p);}}
size_t rewapp__earn_counters(const struct programme *p, int64_t t, struct counter_key out[EARN_COUNTERS_MAX]){out[0]=(struct counter_key){7,CAP_MEMBER,0,100000};return 1;}
int rewapp__earn_decide(const struct programme *p, const struct earn_facts *f, struct awards *a){memset(a,0,sizeof*a);a->count=1;a->list[0].points=f->amount*2/100;a->list[0].reason=1;a->by_programme=a->list[0].points;a->counted[0]=a->by_programme;return 0;}
int rewapp__earn_retained(const struct programme *p, const struct earn_facts *f, const struct awards *o, int64_t left, struct awards *a){struct earn_facts g=*f;g.amount=left;return rewapp__earn_decide(p,&g,a);}
void rewapp__awards_encode(const struct awards *a, struct buffer *b){rewapp__buffer_append(b,a,sizeof*a);}
int rewapp__awards_decode(const void *b, size_t n, struct awards *a){memcpy(a,b,sizeof*a);return 0;}
const char *rewapp__rule_id(const struct programme *p, int r){return "base";}
