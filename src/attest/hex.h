/* Hex digits and base64 to bytes and back. */
#ifndef MKT_ATTEST_HEX_H
#define MKT_ATTEST_HEX_H

#include <stdbool.h>

#include "base/arena.h"

/* Lower-case digits; NULL when the arena is full. */
char *mkt_hex_write(struct mkt_arena *arena, const void *bytes, size_t n);

/* Exactly `n` bytes from the 2n digits at `text`, either case; false for anything else. */
bool mkt_hex_read(const char *text, size_t length, void *out, size_t n);

/* Standard base64 with padding, white space between digits allowed, to bytes in the arena.
 * Errors  MKT_E_SYNTAX  a digit that is none, padding that is wrong;  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_hex_read_base64(struct mkt_arena *arena, const char *text,
                                              size_t length, unsigned char **out, size_t *n,
                                              struct mkt_err *err);

/* NULL when the arena is full. */
char *mkt_hex_write_base64(struct mkt_arena *arena, const void *bytes, size_t n);

/* The same with the alphabet for addresses and without padding, as JSON Web Signatures write it. */
char *mkt_hex_write_base64url(struct mkt_arena *arena, const void *bytes, size_t n);

#endif
