/* What a client wants to have: the Accept header against what there is. */
#ifndef MKT_SERVER_ACCEPT_H
#define MKT_SERVER_ACCEPT_H

#include <stddef.h>

/* The index of the offered media type that the header likes best; the first of equals. `offers` is
 * returned when it likes none. An empty header likes all.
 * Source   RFC 9110 section 12.5.1; parameters other than q are not looked at
 * Checked  tests/server/accept_test.c */
size_t mkt_accept_choose(const char *header, const char *const *offer, size_t offers);

#endif
