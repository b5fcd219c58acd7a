/* Two rows of one unit into one. */
#ifndef MKT_AGGREGATE_UNITS_JOIN_H
#define MKT_AGGREGATE_UNITS_JOIN_H

#include "aggregate/units.h"

static inline bool mkt_units_join_same(const struct mkt_unit *x, const struct mkt_unit *y)
{
    return x->id == y->id && x->check == y->check;
}

/* A sum of MKT_UNITS_NONE would be taken for no value, so it does not fit either. */
static inline void mkt_units_join_value(bool largest, struct mkt_unit *into, size_t v, int64_t from)
{
    int64_t *to = &into->value[v], sum;
    if (from == MKT_UNITS_NONE) return;
    if (*to == MKT_UNITS_NONE || (largest && from > *to))
        *to = from;
    else if (!largest && !__builtin_add_overflow(*to, from, &sum) && sum != MKT_UNITS_NONE)
        *to = sum;
    else if (!largest)
        into->over = 1;
}

/*   first  the segment of `from` comes before that of `into` by name */
static inline void mkt_units_join(const struct mkt_units_shape *shape, struct mkt_unit *into,
                                  const struct mkt_unit *from, bool first)
{
    into->several |= from->several | (into->variant != from->variant);
    into->over |= from->over;
    if (from->day < into->day) into->day = from->day;
    if (first || !into->segment) into->segment = from->segment;
    for (size_t v = 0; v < shape->values; v++)
        mkt_units_join_value(shape->largest[v], into, v, from->value[v]);
}

#endif
