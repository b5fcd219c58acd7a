#include "simulate/orders.h"

#include <inttypes.h>

#include "num/random.h"
#include "simulate/company_design.h"
#include "simulate/people.h"

void mkt_orders_init(struct mkt_orders *orders, struct mkt_arena *arena,
                     const struct mkt_company *company, struct mkt_sink *sink)
{
    *orders = (struct mkt_orders){.company = company, .arena = arena, .sink = sink};
    mkt_company_design_stream(&orders->random, company->options.seed, MKT_STREAM_REFUNDS, 0);
    mkt_sink_text(sink, "order_id,customer_id,date,amount,product,channel");
    mkt_sink_line(sink);
}

static void write_row(struct mkt_orders *orders, int day, const struct mkt_orders_refund *row,
                      int64_t cents)
{
    char date[MKT_DATE_TEXT], customer[MKT_PEOPLE_ID];
    mkt_sink_printf(orders->sink, "O%07" PRId64 ",%s,%s,", row->order,
                    mkt_people_id(row->customer, customer),
                    mkt_date_text(orders->company->period.first + day, date));
    mkt_sink_cents(orders->sink, cents);
    mkt_sink_printf(orders->sink, ",%s,%s", row->product, row->channel);
    mkt_sink_line(orders->sink);
}

void mkt_orders_write(struct mkt_orders *orders, int day, const struct mkt_company_order *order,
                      int64_t customer, const char *channel)
{
    struct mkt_random *r = &orders->random;
    struct mkt_orders_refund row = {.order = ++orders->orders,
                                    .customer = customer,
                                    .cents = order->cents,
                                    .product = mkt_catalogue_product[order->product],
                                    .channel = channel};
    write_row(orders, day, &row, order->cents);
    if (mkt_random_uniform(r) >= MKT_ORDERS_REFUND_RATE) return;

    row.due = day + 3 + (int)mkt_random_below(r, 22);
    if (order->quantity > 1 && mkt_random_uniform(r) < 0.5)
        row.cents = order->cents / order->quantity;
    struct mkt_orders_refund *new = mkt_arena_push(
        orders->arena, &orders->pending, &orders->pendings, &orders->pending_cap, sizeof *new);
    if (new)
        *new = row;
    else
        orders->full = true;
}

void mkt_orders_refund(struct mkt_orders *orders, int day)
{
    size_t kept = 0;
    for (size_t i = 0; i < orders->pendings; i++) {
        struct mkt_orders_refund *row = &orders->pending[i];
        if (row->due != day) {
            orders->pending[kept++] = *row;
            continue;
        }
        write_row(orders, day, row, -row->cents);
        orders->refunds++;
    }
    orders->pendings = kept;
}

mkt_status mkt_orders_check(const struct mkt_orders *orders, struct mkt_err *err)
{
    return orders->full ? mkt_arena_full(orders->arena, err) : MKT_OK;
}
