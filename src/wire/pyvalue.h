/* A value as wire/pyjson.h reads it: private to src/wire/pyjson*.c. */
#ifndef MKT_WIRE_PYVALUE_H
#define MKT_WIRE_PYVALUE_H

#include <stddef.h>

typedef enum {
    MKT_PYVALUE_WORD,
    MKT_PYVALUE_INTEGER,
    MKT_PYVALUE_REAL,
    MKT_PYVALUE_STRING,
    MKT_PYVALUE_ARRAY,
    MKT_PYVALUE_OBJECT
} mkt_pyvalue_kind;

/* Strings are UTF-8, in which a lone surrogate has the three bytes that its number gives. Compared
 * byte by byte they stand in order of their code points. */
struct mkt_pyvalue {
    mkt_pyvalue_kind kind;
    const char *key;
    size_t key_bytes;
    const char *text; /* of a word or a whole number as written; of a string */
    size_t bytes;
    double real;
    struct mkt_pyvalue *first, *last, *next; /* children in the order of the text */
    size_t items;
};

#endif
