/* JSON as Python's json module reads and writes it, to the byte.
 *
 * Boardroom's agents sign json.dumps(message, sort_keys=True) and verify by writing again what they
 * read. So what Python would write differently from what was sent must be known here: whole
 * numbers of any size keep their digits, reals become the shortest text that reads back in
 * Python's notation, keys are sorted by code point at every depth, the last of equal keys wins,
 * what is not printable ASCII is escaped, lone surrogates stay what they are.
 *
 * Nothing is computed with: values go on to base/json.h and wire/json_read.h, which are stricter.
 *
 * Source   Python 3.11, Lib/json (behaviour as documented; checked against its output)
 * Checked  tests/wire/pyjson_test.c, tests/fuzz/wire_pyjson_fuzz.c
 */
#ifndef MKT_WIRE_PYJSON_H
#define MKT_WIRE_PYJSON_H

#include "base/buf.h"
#include "wire/json_read.h"

struct mkt_pyvalue;

/* Reads one JSON text by Python's rules (NaN, Infinity and -Infinity are read, too).
 *
 * Errors  MKT_E_SYNTAX  not JSON, not UTF-8, or a whole number of more than 4,300 digits: says where
 *         MKT_E_LIMIT   more bytes or values than allowed;  MKT_E_ARG  deeper than allowed
 *         MKT_E_NOMEM   the arena is full */
MKT_MUST_CHECK mkt_status mkt_pyjson_read(struct mkt_arena *arena, const char *text, size_t n,
                                          const struct mkt_json_limits *limits,
                                          struct mkt_pyvalue **out, struct mkt_err *err);

/* The member of that name, the last of equal ones; NULL when `object` is none or has none. */
const struct mkt_pyvalue *mkt_pyjson_member(const struct mkt_pyvalue *object, const char *key);

/* The text of a string without NULs and lone surrogates; NULL for anything else. */
const char *mkt_pyjson_text(const struct mkt_pyvalue *value);

bool mkt_pyjson_is_object(const struct mkt_pyvalue *value);
bool mkt_pyjson_is_true(const struct mkt_pyvalue *value);

/* Appends json.dumps(value, sort_keys=True). */
void mkt_pyjson_write(struct mkt_buf *out, const struct mkt_pyvalue *value);

/* Appends one string as json.dumps writes it; `text` is UTF-8. */
void mkt_pyjson_write_string(struct mkt_buf *out, const char *text);

/* Appends a double as Python's repr writes it: 0.1, 1000000.0, 1e+22, 1e-07, NaN, -Infinity. */
void mkt_pyjson_write_double(struct mkt_buf *out, double value);

#endif
