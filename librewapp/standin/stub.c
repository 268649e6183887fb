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
#include "matching/decide.h"
int rewapp__matcher_open(struct matcher **out, const struct rewapp_env *env){*out=NULL;return 0;}
void rewapp__matcher_close(struct matcher *matcher){}
int rewapp__matcher_upsert(struct matcher *matcher, const struct catalogue_entry *entry){return 0;}
int rewapp__match_decide(const struct matcher *matcher, const struct match_query *query, struct match_scratch *scratch, struct match *out){memset(out,0,sizeof*out);memset(scratch,0,sizeof*scratch);return 0;}
const char *rewapp__evidence_name(enum evidence_kind kind){return "x";}
const char *rewapp__evidence_text(enum evidence_kind kind, const char *language){return "x";}
enum evidence_kind rewapp__evidence_kind(const char *name){return 0;}
const char *rewapp__operation_name(enum operation operation){return "x";}
void rewapp__descriptor_date(const struct descriptor *descriptor, int32_t booked_day, char out[11]){out[0]=0;}
