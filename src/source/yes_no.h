/* Yes or no, as people write it where a number could stand: whether a touch converted. */
#ifndef MKT_SOURCE_YES_NO_H
#define MKT_SOURCE_YES_NO_H

#include <stdbool.h>
#include <stddef.h>

#define MKT_YES_NO_LIST(X)                                                                         \
    X("true", true)                                                                                \
    X("false", false)                                                                              \
    X("yes", true)                                                                                 \
    X("no", false)                                                                                 \
    X("y", true)                                                                                   \
    X("n", false)                                                                                  \
    X("t", true)                                                                                   \
    X("f", false)                                                                                  \
    X("ja", true)                                                                                  \
    X("nein", false)                                                                               \
    X("oui", true)                                                                                 \
    X("non", false)                                                                                \
    X("si", true)                                                                                  \
    X("s\xC3\xAD", true)                                                                           \
    X("wahr", true)                                                                                \
    X("falsch", false)                                                                             \
    X("vrai", true)                                                                                \
    X("faux", false)

/* Any of these words, in any case, blanks around it.
 * Returns false, and leaves *out, where the cell says neither.   Checked  tests/source/yes_no_test.c */
bool mkt_yes_no_read(const char *s, size_t n, bool *out);

#endif
