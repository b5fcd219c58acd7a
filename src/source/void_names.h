/* What systems write where they have no value: such a cell names no channel, campaign, event or
 * variant, as if it were empty.
 *
 * What people may have called something so is left a name: "None" is a brand, "NA" a region, and
 * "(none)" and "(direct)" are GA4's words for direct traffic.
 */
#ifndef MKT_SOURCE_VOID_NAMES_H
#define MKT_SOURCE_VOID_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a blank or void name is shown as; GA4's own word for it. */
#define MKT_VOID_NAMES_SHOWN "(not set)"

/* \N, NULL, (null), <null>, nil, undefined, NaN, n/a, #N/A, - and --: capitals and blanks at the ends do
 * not matter. False for nothing but blanks.   Checked  tests/source/void_names_test.c */
bool mkt_void_names_has(const char *s, size_t n);

/* Whether a path, names parted by >, has nothing but those and blanks: no channel is in it. */
bool mkt_void_names_path(const char *s, size_t n);

/* The list behind mkt_void_names_nobody, and bits that the first and the second byte of its words have in
 * common: those of most ids have none. */
bool mkt_void_names_list(const char *s, size_t n);
extern const uint8_t mkt_void_names_first[256], mkt_void_names_second[256];
#define MKT_VOID_NAMES_ANY 16 /* whatever follows */

/* Whether a cell names nobody where a user, a customer, a session or a unit stands: it is empty or
 * blanks, one of those above, "(not set)", "not set", one of None, NA, <NA>, anonymous, guest and
 * unknown, in brackets or not, "(other)", or a UUID of zeros, which phones tell that may not be tracked.
 * A channel may be called so; where users are, they are many under one name, which as one person would
 * outweigh all others. 0 is somebody: where ids are counted from 0, the first is. */
static inline bool mkt_void_names_nobody(const char *s, size_t n)
{
    if (n > 1 && !(mkt_void_names_first[(unsigned char)s[0]] &
                   (mkt_void_names_second[(unsigned char)s[1]] | MKT_VOID_NAMES_ANY)))
        return false;
    return mkt_void_names_list(s, n);
}

/* Those, "(not set)" and "not set": where a name that is not known is none at all. */
bool mkt_void_names_unset(const char *s, size_t n);

#endif
