/* Where a member's value stands in a JSON text, byte for byte.
 *
 * Signatures are often made over a part of a text exactly as it was sent. The text must have been
 * read by mkt_json_read_value before: this only measures.
 * Checked  tests/wire/json_span_test.c
 */
#ifndef MKT_WIRE_JSON_SPAN_H
#define MKT_WIRE_JSON_SPAN_H

#include <stdbool.h>
#include <stddef.h>

/* The value of the outermost object's member `key` (written without escapes); false when the text
 * is no object or has no such member. */
bool mkt_json_span_member(const char *text, size_t n, const char *key, const char **value,
                          size_t *bytes);

#endif
