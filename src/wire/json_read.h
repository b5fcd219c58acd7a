/* Reading JSON from outside, within limits, into a plain tree in the arena.
 *
 * The rules, for bytes that nobody vouches for:
 *   text     UTF-8 only; a NUL byte or \u0000, or an invalid sequence, is refused
 *   keys     an object with the same key twice is refused: which one was meant cannot be known
 *   numbers  whole numbers within 64 bits stay exact; others are the nearest double;
 *            a whole number beyond 64 bits or a real beyond the doubles is refused
 *   size     bytes, depth and the number of values are counted before anything is built
 *   rest     one value and white space, nothing after it; no comments, NaN or trailing commas
 *
 * This is the only file that knows the JSON library. Writing is base/json.h.
 */
#ifndef MKT_WIRE_JSON_READ_H
#define MKT_WIRE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef enum {
    MKT_VALUE_NULL,
    MKT_VALUE_BOOL,
    MKT_VALUE_INTEGER,
    MKT_VALUE_NUMBER,
    MKT_VALUE_STRING,
    MKT_VALUE_ARRAY,
    MKT_VALUE_OBJECT
} mkt_value_type;

struct mkt_value {
    const char *key; /* within an object; else NULL */
    mkt_value_type type;
    bool truth;             /* BOOL */
    int64_t integer;        /* INTEGER */
    double number;          /* NUMBER; INTEGER as the nearest double */
    const char *text;       /* STRING */
    struct mkt_value *item; /* ARRAY, OBJECT: children in the order of the text */
    size_t items;
};

struct mkt_json_limits {
    size_t bytes;  /* of the whole text */
    size_t depth;  /* of nested arrays and objects; at most 512 */
    size_t values; /* in all */
};

/* What a request body may be when nothing else is said: 8 MB, 32 deep, 500,000 values. */
extern const struct mkt_json_limits mkt_json_read_limits;

/* Reads one JSON text.
 *
 * Errors  MKT_E_SYNTAX  not JSON by the rules above: the sentence gives line and column
 *         MKT_E_LIMIT   more bytes or values than allowed
 *         MKT_E_ARG     nested deeper than allowed
 *         MKT_E_NOMEM   the arena is full
 * Checked tests/wire/json_read_test.c, tests/fuzz/wire_request_fuzz.c */
MKT_MUST_CHECK mkt_status mkt_json_read_value(struct mkt_arena *arena, const char *bytes, size_t n,
                                              const struct mkt_json_limits *limits,
                                              struct mkt_value **out, struct mkt_err *err);

/* The member of that name, NULL when `object` is none (NULL too) or has none. */
const struct mkt_value *mkt_json_read_member(const struct mkt_value *object, const char *key);

/* "a string", "an object", ... for messages. */
const char *mkt_json_read_type_name(mkt_value_type type);

/* A string as it is, a number as its shortest text, true and false as such; NULL for the others or
 * when the arena is full. */
const char *mkt_json_read_scalar_text(struct mkt_arena *arena, const struct mkt_value *value);

#endif
