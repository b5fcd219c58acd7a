/* JSON in its canonical form, RFC 8785: what signatures over a value are made of.
 *
 * Members are sorted by the UTF-16 code units of their names, at every depth; texts and numbers are
 * written as base/json.h writes them, which is the form the standard asks for; no white space.
 */
#ifndef MKT_WIRE_JCS_H
#define MKT_WIRE_JCS_H

#include "base/buf.h"
#include "wire/json_read.h"

/* Appends the value. Scratch goes to out->arena.
 *   without  a member of the outermost object that is left out, or NULL
 * Notes    a whole number beyond 2^53 is written with its digits, which the standard leaves open
 * Source   RFC 8785 section 3.2
 * Checked  tests/wire/jcs_test.c */
void mkt_jcs_write(struct mkt_buf *out, const struct mkt_value *value, const char *without);

#endif
