/* Tables of orders and of customers to the rows that unit economics are made of.
 *
 * Tables of kind TRANSACTIONS give orders and refunds, with what the goods cost
 * where a column tells it; tables of kind CUSTOMERS give the day each customer
 * came, the channel that won them and their segment. Rows are kept, dealt to
 * piles by customer and spilled beyond a limit, because period and threshold
 * are asked anew with each question.
 */
#ifndef MKT_SOURCE_PURCHASE_ROWS_H
#define MKT_SOURCE_PURCHASE_ROWS_H

#include "aggregate/purchases.h"
#include "source/duckdrain.h"
#include "source/quality.h"
#include "source/relation.h"

/* What the tables of a data set say about purchases. */
struct mkt_purchase_rows {
    struct mkt_purchases *part[MKT_DUCKDRAIN_PLACES];
    size_t parts;
    struct mkt_arena arena[MKT_DUCKDRAIN_PLACES]; /* of each part */
    bool has_orders, has_customers;
    bool has_cost;     /* every table of orders tells what the goods cost */
    bool has_channels; /* some table tells the channel */
    bool has_segments, has_starts;
    int64_t refunds; /* orders with a negative amount */
    struct mkt_rows_room room;
    const char *why_none; /* a sentence: what was wrong with a table, or NULL */
};

/* Reads a relation of kind TRANSACTIONS or CUSTOMERS; profile_read, profile_settle and
 * currency_settle came before. An order without a day or an amount that can be read is broken, or,
 * where a column tells costs, without its cost. Rows that name no customer and orders after `today` are
 * left out. All are counted, and said in caveats; the first two in relation->broken, too, those of
 * nobody in relation->nobody.
 *
 * Errors  MKT_E_DATA   more than MKT_BROKEN_SHARE of the rows are broken, or all name nobody; as
 *                      mkt_duck_query
 *         MKT_E_NOMEM, MKT_E_IO, MKT_E_NOSPACE, MKT_E_CANCELLED
 * Checked tests/source/purchase_rows_test.c */
MKT_MUST_CHECK mkt_status mkt_purchase_rows_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                                 struct mkt_relation *relation, int32_t today,
                                                 struct mkt_caveats *caveats,
                                                 struct mkt_purchase_rows *out,
                                                 struct mkt_err *err);

/* Lets go of arenas and temporary files. */
void mkt_purchase_rows_close(struct mkt_purchase_rows *rows);

#endif
