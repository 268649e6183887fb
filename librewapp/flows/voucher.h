/* Vouchers: holds that are made by an offer of the programme. */
#ifndef REWAPP_FLOWS_VOUCHER_H
#define REWAPP_FLOWS_VOUCHER_H

#include "flows/batch.h"

/* A hold ended unspent: if it is a voucher, the member may have another one instead. */
void rewapp__voucher_voided(struct batch *batch, struct wallet *wallet, const struct hold *hold);

#endif
