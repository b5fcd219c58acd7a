/* Writing JSON: compact, UTF-8, in the order of the calls, numbers as in RFC 8785.
 *
 * The same calls give the same bytes, on every machine. Only writing is here;
 * reading is wire's (with its limits).
 *
 *     mkt_json_open(&w, '{');  mkt_json_key(&w, "roas");  mkt_json_number(&w, 3.21);
 *     mkt_json_close(&w, '}');
 */
#ifndef MKT_BASE_JSON_H
#define MKT_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct mkt_json {
    struct mkt_buf *out;
    bool comma; /* the next value or key needs one before it */
};

void mkt_json_init(struct mkt_json *w, struct mkt_buf *out);
void mkt_json_open(struct mkt_json *w, char bracket);  /* '{' or '[' */
void mkt_json_close(struct mkt_json *w, char bracket); /* '}' or ']' */
void mkt_json_key(struct mkt_json *w, const char *name);
void mkt_json_string(struct mkt_json *w, const char *text); /* NULL writes null */
void mkt_json_number(struct mkt_json *w, double value);     /* null unless finite */
void mkt_json_int(struct mkt_json *w, int64_t value);
void mkt_json_bool(struct mkt_json *w, bool value);
void mkt_json_null(struct mkt_json *w);

/* key and value in one call */
void mkt_json_member_string(struct mkt_json *w, const char *name, const char *text);
void mkt_json_member_number(struct mkt_json *w, const char *name, double value);
void mkt_json_member_int(struct mkt_json *w, const char *name, int64_t value);
void mkt_json_member_bool(struct mkt_json *w, const char *name, bool value);

#endif
