/* Who bought what for how much, and when: rows of orders and of customers, kept until asked.
 *
 * Rows come in any order and from several threads, one mkt_purchases (a part)
 * each; they are dealt to piles by customer (aggregate/piles.h) and go to disk
 * beyond a limit. Names of channels and segments are numbers of a dictionary;
 * mkt_purchases_unite gives all parts one numbering, in the byte order of the
 * names, so nothing depends on how rows were split.
 *
 * Orders and customers meet in the walk: a customer came on the day that their
 * own row tells, or with their first order; through the channel of their own
 * row, or of that order.
 */
#ifndef MKT_AGGREGATE_PURCHASES_H
#define MKT_AGGREGATE_PURCHASES_H

#include <stdbool.h>

#include "aggregate/names.h"
#include "aggregate/performance.h" /* mkt_micro */
#include "aggregate/piles.h"

#define MKT_PURCHASES_NAMES 65534 /* most names of channels, and of segments, that are kept */
#define MKT_PURCHASES_NO_DAY INT32_MIN
#define MKT_PURCHASES_DAY_MOST 2932896 /* the end of year 9999 */

/* One order or refund, or one row about a customer. */
struct mkt_purchase {
    uint64_t customer; /* aggregate/ids.h */
    mkt_micro amount;  /* of an order; negative for a refund */
    mkt_micro cost;    /* of what was sold, where it is told; else 0 */
    int32_t day;       /* of the order; of a customer: when they came, or MKT_PURCHASES_NO_DAY */
    uint16_t channel, segment; /* 1 + number of the name; 0: not told */
    uint32_t order;            /* a hash of the order's number, not 0; 0: it has none */
    uint32_t content; /* a hash of what its row holds besides all this; 0 without a number */
};

/* Rows that repeat the number of an order of the same customer. */
struct mkt_purchases_repeats {
    int64_t rows;
    mkt_micro amount; /* theirs together; as much as fits */
};

struct mkt_purchases_names {
    int64_t *rows; /* [1 + names] of each, of orders and customers */
    size_t count, cap;
    bool too_many; /* 0 in every row from then on */
};

struct mkt_purchases {
    struct mkt_arena *arena;
    struct mkt_piles order, customer;
    struct mkt_names channel, segment;
    struct mkt_purchases_names channels, segments; /* what is known of them */
    int32_t first, last; /* days of orders; first > last when there are none */
};

void mkt_purchases_init(struct mkt_purchases *purchases, struct mkt_arena *arena, size_t limit,
                        const char *temp);
void mkt_purchases_close(struct mkt_purchases *purchases);

/* Errors  MKT_E_NOMEM, MKT_E_IO, MKT_E_NOSPACE as mkt_piles_add */
MKT_MUST_CHECK mkt_status mkt_purchases_add(struct mkt_purchases *purchases,
                                            const struct mkt_purchase *order, struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_purchases_add_customer(struct mkt_purchases *purchases,
                                                     const struct mkt_purchase *customer,
                                                     struct mkt_err *err);

/* 1 + the number of a name, 0 beyond the most.   text [n] without NUL bytes, n > 0
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_purchases_channel(struct mkt_purchases *purchases, const char *text,
                                                size_t n, uint16_t *out, struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_purchases_segment(struct mkt_purchases *purchases, const char *text,
                                                size_t n, uint16_t *out, struct mkt_err *err);

/* All parts as one. */
struct mkt_purchases_view {
    struct mkt_purchases *const *part;
    size_t parts;
    struct mkt_names channel, segment;                   /* in byte order */
    uint16_t **channel_map, **segment_map;               /* [parts][1 + names of the part] */
    const char *respelled_channels, *respelled_segments; /* mkt_spellings.list, or NULL */
    size_t orders, customers;                            /* rows */
    int32_t first, last;                                 /* days of orders */
};

/* Names that are one have the spelling that is most frequent (mkt_spellings_find).
 *
 * Errors   MKT_E_EMPTY  no orders
 *          MKT_E_NOMEM  the arena is full
 * Checked  tests/aggregate/purchases_test.c */
MKT_MUST_CHECK mkt_status mkt_purchases_unite(struct mkt_arena *arena,
                                              struct mkt_purchases *const *part, size_t parts,
                                              struct mkt_purchases_view *out, struct mkt_err *err);

/* One customer and all they bought. */
struct mkt_purchases_customer {
    uint64_t id;
    int32_t start;             /* the day they came */
    bool listed;               /* has a row of their own */
    bool early;                /* bought before the day that the row tells: start is that order's */
    uint16_t channel, segment; /* 1 + number in the view; 0: not known */
    const struct mkt_purchase *order;   /* [orders] by day, amount, cost and number */
    size_t orders;                      /* 0: listed, but without an order */
    struct mkt_purchases_repeats same;  /* in everything: passed over */
    struct mkt_purchases_repeats alike; /* in number, day, amount and cost: among the orders */
};

typedef void mkt_purchases_visit(void *user, size_t pile,
                                 const struct mkt_purchases_customer *customer);

/* Visits the customers of piles from..to-1, in an order that depends on nothing but their names.
 * Of several rows about one customer the first by day, channel and segment counts, those without a
 * day last. A customer without an order and without a day is passed over.
 *
 * Errors  MKT_E_NOMEM  the arena is full: it needs 80 bytes for each row of the largest pile
 *         MKT_E_IO     a temporary file cannot be read back
 * Cost    n log n in the rows of a pile; several threads may walk different piles, each with an
 *         arena of its own */
MKT_MUST_CHECK mkt_status mkt_purchases_each(struct mkt_arena *arena,
                                             const struct mkt_purchases_view *view, size_t from,
                                             size_t to, mkt_purchases_visit *visit, void *user,
                                             struct mkt_err *err);

#endif
