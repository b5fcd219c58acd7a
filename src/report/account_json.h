/* The account of a data set as JSON: what was read and what it was taken for. */
#ifndef MKT_REPORT_ACCOUNT_JSON_H
#define MKT_REPORT_ACCOUNT_JSON_H

#include "base/json.h"
#include "fact/account.h"

/* The whole as one object, the next value.      Checked  tests/report/account_json_test.c */
void mkt_account_json_write(struct mkt_json *w, const struct mkt_account *account);

/* Its parts, each one array as the next value; empty where `account` is NULL. */
void mkt_account_json_tables(struct mkt_json *w, const struct mkt_account *account);
void mkt_account_json_faults(struct mkt_json *w, const struct mkt_account *account);

#endif
