/* Amounts in a question: "a budget of 50k", "€1.2 million", "45 % margin". */
#ifndef MKT_PLAN_AMOUNT_H
#define MKT_PLAN_AMOUNT_H

#include "plan/fold.h"

typedef enum { MKT_AMOUNT_PLAIN, MKT_AMOUNT_PERCENT, MKT_AMOUNT_MONEY } mkt_amount_kind;

struct mkt_amount {
    mkt_amount_kind kind;
    double value;         /* 0.45 for 45 % */
    const char *currency; /* ISO code, NULL when none is named */
    double other;         /* "50.000": what it is if the point marks thousands, too; else NAN */
    size_t from, to;      /* tokens */
    bool used;
};

#define MKT_AMOUNTS 8 /* at most; of more the first are taken */

/* Finds the amounts in tokens [at, end) that are not taken, and takes them. With `comma` the
 * language writes decimals with a comma: "50.000" is fifty thousand. Returns how many.
 * Checked tests/plan/amount_test.c */
size_t mkt_amount_find(struct mkt_fold *fold, size_t at, size_t end, bool comma,
                       struct mkt_amount out[MKT_AMOUNTS]);

#endif
