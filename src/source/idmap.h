/* A small dictionary from the ids of one table to the texts of another. */
#ifndef MKT_SOURCE_IDMAP_H
#define MKT_SOURCE_IDMAP_H

#include "source/duck.h"

struct mkt_idmap_entry {
    const char *id, *text, *more; /* text and more may be NULL */
};

struct mkt_idmap {
    struct mkt_idmap_entry *entry; /* by id, in byte order, unique */
    size_t entries, capacity;
};

/* Fills from a query of VARCHAR columns id, text and, if it has three, more; ids must be unique.
 * Texts are cleaned as names (daily.h).
 * Errors  as mkt_duck_query */
MKT_MUST_CHECK mkt_status mkt_idmap_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                         const char *sql, const char *show, struct mkt_idmap *out,
                                         struct mkt_err *err);

const struct mkt_idmap_entry *mkt_idmap_find(const struct mkt_idmap *map, const char *id);

#endif
