/* Texts of cells met before, as the data write them, and the number each was given: most cells of a
 * column with few values are answered here, without making a name of them.
 */
#ifndef MKT_SOURCE_RECENT_H
#define MKT_SOURCE_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MKT_RECENT_TEXTS 64
#define MKT_RECENT_BYTES 48 /* of a text that is kept; longer ones are not */

/* One column's, one thread's. All zero: none yet. */
struct mkt_recent {
    struct mkt_recent_text {
        size_t length; /* 0: free */
        uint32_t code;
        char text[MKT_RECENT_BYTES];
    } text[MKT_RECENT_TEXTS];
};

static inline size_t mkt_recent_place(const char *s, size_t n)
{
    return (n * 7 + (unsigned char)s[n - 1] + 3U * (unsigned char)s[0]) % MKT_RECENT_TEXTS;
}

/* Whether a text, n > 0, is kept; then *code is its number. */
static inline bool mkt_recent_find(const struct mkt_recent *recent, const char *s, size_t n,
                                   uint32_t *code)
{
    const struct mkt_recent_text *r = &recent->text[mkt_recent_place(s, n)];
    if (r->length != n || memcmp(r->text, s, n) != 0) return false;
    *code = r->code;
    return true;
}

/* Keeps a text, n > 0, in place of another. */
static inline void mkt_recent_keep(struct mkt_recent *recent, const char *s, size_t n,
                                   uint32_t code)
{
    struct mkt_recent_text *r = &recent->text[mkt_recent_place(s, n)];
    if (n > MKT_RECENT_BYTES) return;
    r->length = n;
    r->code = code;
    memcpy(r->text, s, n);
}

#endif
