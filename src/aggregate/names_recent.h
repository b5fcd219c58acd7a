/* Names that come again and again, numbered without hashing their text each time. */
#ifndef MKT_AGGREGATE_NAMES_RECENT_H
#define MKT_AGGREGATE_NAMES_RECENT_H

#include <string.h>

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

/* As mkt_names_code, and kept; what mkt_names_recent_code does for a name that is not. */
MKT_MUST_CHECK mkt_status mkt_names_recent_keep(struct mkt_names_recent *recent,
                                                struct mkt_names *names, const char *text,
                                                size_t length, uint32_t *out, struct mkt_err *err);

static inline uint64_t mkt_names_recent_bytes8(const char *s)
{
    uint64_t x;
    memcpy(&x, s, sizeof x);
    return x;
}

static inline uint64_t mkt_names_recent_bytes4(const char *s)
{
    uint32_t x;
    memcpy(&x, s, sizeof x);
    return x;
}

/* The slot of a text, length > 0, and what it begins and ends with: of up to 16 bytes these are all,
 * some of them twice. */
static inline size_t mkt_names_recent_place(const char *s, size_t n, uint64_t *head, uint64_t *tail)
{
    *tail = 0;
    if (n >= 8) {
        *head = mkt_names_recent_bytes8(s);
        *tail = mkt_names_recent_bytes8(s + n - 8);
    } else if (n >= 4) {
        *head = mkt_names_recent_bytes4(s) << 32 | mkt_names_recent_bytes4(s + n - 4);
    } else {
        *head = (uint64_t)(unsigned char)s[0] << 16 | (uint64_t)(unsigned char)s[n / 2] << 8 |
                (unsigned char)s[n - 1];
    }
    return ((*head ^ (*tail << 23 | *tail >> 41) ^ n) * 0x9e3779b97f4a7c15ULL) >> 56;
}

/* As mkt_names_code; `recent` goes with one dictionary.
 * Checked  tests/aggregate/names_test.c */
MKT_MUST_CHECK static inline mkt_status mkt_names_recent_code(struct mkt_names_recent *recent,
                                                              struct mkt_names *names,
                                                              const char *text, size_t length,
                                                              uint32_t *out, struct mkt_err *err)
{
    if (!length) return mkt_names_code(names, text, length, out, err);
    uint64_t head, tail;
    const struct mkt_names_recent_name *r =
        &recent->slot[mkt_names_recent_place(text, length, &head, &tail)];
    if (r->head != head || r->tail != tail || r->length != length ||
        (length > 16 && memcmp(r->name + 8, text + 8, length - 16) != 0))
        return mkt_names_recent_keep(recent, names, text, length, out, err);
    *out = r->code;
    return MKT_OK;
}

#endif
