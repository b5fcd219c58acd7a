/* orders.csv: every order with its buyer, and the refunds that follow some of them.
 *
 * A refund repeats the order's number and buyer with a negative amount, some
 * days later: the whole order, or one piece of several.
 */
#ifndef MKT_SIMULATE_ORDERS_H
#define MKT_SIMULATE_ORDERS_H

#include "simulate/company.h"
#include "simulate/sink.h"

#define MKT_ORDERS_REFUND_RATE 0.05 /* of orders */

struct mkt_orders_refund {
    int due; /* day */
    int64_t order, customer, cents;
    const char *product, *channel;
};

struct mkt_orders {
    const struct mkt_company *company;
    struct mkt_arena *arena;
    struct mkt_random random;
    int64_t orders, refunds; /* written */
    struct mkt_orders_refund *pending;
    size_t pendings, pending_cap;
    struct mkt_sink *sink;
    bool full; /* the arena: looked at by mkt_orders_check */
};

/* Writes the heading. */
void mkt_orders_init(struct mkt_orders *orders, struct mkt_arena *arena,
                     const struct mkt_company *company, struct mkt_sink *sink);

/* Writes one order of the day and decides on its refund. `channel` is constant text. */
void mkt_orders_write(struct mkt_orders *orders, int day, const struct mkt_company_order *order,
                      int64_t customer, const char *channel);

/* Writes the refunds that are due on the day. Those due after the last day are never seen. */
void mkt_orders_refund(struct mkt_orders *orders, int day);

/* Errors  MKT_E_NOMEM  the arena was full: a refund waits in 56 bytes */
MKT_MUST_CHECK mkt_status mkt_orders_check(const struct mkt_orders *orders, struct mkt_err *err);

#endif
