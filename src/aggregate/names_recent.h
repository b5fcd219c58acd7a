/* Names that come again and again, numbered without hashing their text each time. */
#ifndef MKT_AGGREGATE_NAMES_RECENT_H
#define MKT_AGGREGATE_NAMES_RECENT_H

#include "aggregate/names.h"

#define MKT_NAMES_RECENT 256

/* The names that came last, by what they begin and end with. All zero: none yet. */
struct mkt_names_recent {
    struct mkt_names_recent_name {
        uint64_t head, tail; /* bytes: of up to 16 they are all of them */
        const char *name;
        size_t length;
        uint32_t code;
    } slot[MKT_NAMES_RECENT];
};

/* As mkt_names_code; `recent` goes with one dictionary.
 * Checked  tests/aggregate/names_test.c */
MKT_MUST_CHECK mkt_status mkt_names_recent_code(struct mkt_names_recent *recent,
                                                struct mkt_names *names, const char *text,
                                                size_t length, uint32_t *out, struct mkt_err *err);

#endif
