/* One name, spelt in several ways: "search", "Search" and "SEARCH " are one, and so are café and CAFÉ.
 *
 * The one rule for channels, campaigns, segments, events and variants of every table.
 */
#ifndef MKT_AGGREGATE_SPELLINGS_H
#define MKT_AGGREGATE_SPELLINGS_H

#include <stddef.h>
#include <stdint.h>

#include "aggregate/names.h"

#define MKT_SPELLINGS_DIFFER "differ only in capitals, blanks or how an accent is written"

struct mkt_spellings {
    uint32_t *kept;   /* [names] the place of the name that each is taken for: mostly its own */
    size_t gone;      /* names that are taken for another */
    const char *list; /* "\"search\" (also \"SEARCH\", \"Search\"); ...; and 2 more", or NULL */
};

/* Finds the names that are one (mkt_caseless_name). The one with the most rows stays, of equals the first
 * in byte order: neither depends on the order of names.
 *
 *   name  [names] different ones     rows  [names]
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     n log n over the names
 * Checked  tests/aggregate/spellings_test.c */
MKT_MUST_CHECK mkt_status mkt_spellings_find(struct mkt_arena *arena, const char *const *name,
                                             const int64_t *rows, size_t names,
                                             struct mkt_spellings *out, struct mkt_err *err);

/* Joins names that are one: what is left of a dictionary are those that stay, numbered anew in the order
 * they had.
 *
 *   rows    [names->count]; those of names that are one are added up: on return, [names->count]
 *   number  [names->count as it was] the new number of each
 *   list    as that of mkt_spellings
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Cost     n log n over the names
 * Checked  tests/aggregate/spellings_test.c */
MKT_MUST_CHECK mkt_status mkt_spellings_join(struct mkt_arena *arena, struct mkt_names *names,
                                             int64_t *rows, uint32_t *number, const char **list,
                                             struct mkt_err *err);

/* Numbers the names of several parts together, in byte order, and joins those that are one.
 *
 *   names   made here
 *   own     [parts]          rows  [parts][names of the part]
 *   map     [parts]: to each a new array of the new numbers
 *   count   out: rows of each name
 *   list    as that of mkt_spellings
 *
 * Errors   MKT_E_NOMEM  the arena is full
 * Checked  tests/aggregate/events_test.c, tests/aggregate/purchases_test.c */
MKT_MUST_CHECK mkt_status mkt_spellings_unite(struct mkt_arena *arena, struct mkt_names *names,
                                              const struct mkt_names *const *own,
                                              const int64_t *const *rows, size_t parts,
                                              uint32_t **map, int64_t **count, const char **list,
                                              struct mkt_err *err);

#endif
