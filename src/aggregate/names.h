/* A dictionary: names to small whole numbers, in the order they first came. */
#ifndef MKT_AGGREGATE_NAMES_H
#define MKT_AGGREGATE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct mkt_names {
    struct mkt_arena *arena;
    const char **name; /* [count], unique */
    size_t count, cap;
    uint32_t *slot; /* 1 + place, probed linearly; 0 is free */
    size_t slots;
};

void mkt_names_init(struct mkt_names *names, struct mkt_arena *arena);

/* The number of a name, given one when it is new.   text [length] without NUL bytes
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_names_code(struct mkt_names *names, const char *text, size_t length,
                                         uint32_t *out, struct mkt_err *err);

/* Puts the names into byte order, so that equal sets of names have equal numbers.
 *   rank  [count]: the new number of each old one
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_names_sort(struct mkt_names *names, uint32_t *rank,
                                         struct mkt_err *err);

/* Numbers the names of several dictionaries together, in byte order.
 *   names  initialised, empty
 *   end    names count up to this character, where they hold it; NUL for whole names
 *   map    [parts]: to each a new array [part->count] of the new numbers
 * Errors  MKT_E_NOMEM  the arena of names is full */
MKT_MUST_CHECK mkt_status mkt_names_unite(struct mkt_names *names,
                                          const struct mkt_names *const *part, size_t parts,
                                          char end, uint32_t **map, struct mkt_err *err);

/* A 64-bit hash of any bytes, every bit of it well mixed. Not for secrets. */
uint64_t mkt_names_hash(const void *bytes, size_t n);

/* The same for a whole number: different numbers have different hashes. */
static inline uint64_t mkt_names_mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return x ^ x >> 31;
}

#endif
