/* Currencies as data write them: signs and ISO codes, before or behind an amount.
 *
 * Pure text, no tables of rates. "$" alone names no single currency; it is kept
 * as "$" until a column, a header or the user says which dollar it is.
 */
#ifndef MKT_SOURCE_MONEY_H
#define MKT_SOURCE_MONEY_H

#include <stdbool.h>
#include <stddef.h>

/* Length of the currency sign or code that begins at s (n bytes left), 0 for none.
 * *code is a constant: the ISO code, "$", or "" for a sign shared by several ("kr").
 * A code of letters counts only where it is not part of a longer word.
 * Checked  tests/source/naming_test.c */
size_t mkt_money_match(const char *s, size_t n, const char **code);

/* The constant ISO code for a whole cell or word ("eur", " EUR ", "€", "US Dollar"), NULL for none. */
const char *mkt_money_code(const char *s, size_t n);

/* True if both may name the same money: equal, or "$" and one of the dollars and pesos. */
bool mkt_money_agree(const char *a, const char *b);

#endif
