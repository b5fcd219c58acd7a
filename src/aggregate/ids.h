/* Who or what a row is about: a user, a customer, a session, a unit, as 64 bits.
 *
 * The same one in every format: 42 is the same user as a BIGINT of Parquet, as the text "42" of CSV,
 * and as "42.0", which data frames write where a column of whole numbers has gaps.
 */
#ifndef MKT_AGGREGATE_IDS_H
#define MKT_AGGREGATE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregate/names.h"

/* Of a whole number: never 0; two numbers have different ones, but for 0 and one of 2^64 others. */
static inline uint64_t mkt_ids_of_number(int64_t number)
{
    uint64_t id = mkt_names_mix((uint64_t)number);
    return id + (id == 0);
}

/* That of the number 0. */
#define MKT_IDS_ZERO UINT64_C(1)

/* Whether a text is a whole number of 64 bits as programs write it: no plus, no blanks, no zeros in
 * front, not "-0"; zeros behind a point may follow. "007", "+7", "7." and "7e2" are texts.
 * Checked  tests/aggregate/ids_test.c */
bool mkt_ids_read_number(const char *text, size_t n, int64_t *out);

/* Of a text: that of the number it is, or mkt_names_hash of it; never 0.   n > 0
 * Cost     that of mkt_names_hash and some 3 ns, whether it is a number or not
 * Checked  tests/aggregate/ids_test.c */
uint64_t mkt_ids_of_text(const char *text, size_t n);

#endif
