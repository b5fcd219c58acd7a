/* The account of a data set as JSON: what was read and what it was taken for. */
#ifndef MKT_SERVER_ACCOUNT_JSON_H
#define MKT_SERVER_ACCOUNT_JSON_H

#include "base/json.h"
#include "fact/account.h"

/* One object as the next value.      Checked  tests/server/account_json_test.c */
void mkt_account_json_write(struct mkt_json *w, const struct mkt_account *account);

#endif
