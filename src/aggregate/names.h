/* A dictionary: names to small whole numbers, in the order they first came. */
#ifndef MKT_AGGREGATE_NAMES_H
#define MKT_AGGREGATE_NAMES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

/* Bytes as one number, the first one lowest; 0 beyond the last.   n  0..8 */
static inline uint64_t mkt_names_word(const char *bytes, size_t n)
{
    uint64_t word = 0;
    uint32_t first, last; /* of four bytes each: of fewer than eight some lie in both */
    if (n >= 8) {
        memcpy(&word, bytes, 8);
    } else if (n >= 4) {
        memcpy(&first, bytes, 4);
        memcpy(&last, bytes + n - 4, 4);
        word = first | (uint64_t)last << (8 * (n - 4));
    } else if (n) {
        const unsigned char *b = (const unsigned char *)bytes;
        word = b[0] | (uint64_t)b[n / 2] << (8 * (n / 2)) | (uint64_t)b[n - 1] << (8 * (n - 1));
    }
    return word;
}

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
