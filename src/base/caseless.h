/* Which names are one: Café, CAFÉ and café, however the accent was written. */
#ifndef MKT_BASE_CASELESS_H
#define MKT_BASE_CASELESS_H

#include "base/arena.h"

/* The form in which names are compared: small letters (Unicode's simple ones), accents and Hangul
 * taken apart (canonical decomposition), without blanks at the ends. Two names are one when this is
 * the same, to the byte. Not for showing. NULL when the arena is full.
 *
 *   name  valid UTF-8
 *
 * Notes    of the basic plane; several accents on one letter are compared in the order they come;
 *          no two letters become one (ß is not ss, ς is not σ)
 * Cost     a pass over the name
 * Source   The Unicode Standard 14, sections 3.7, 3.12 and 5.18; UnicodeData.txt by tools/caseless_table.py
 * Checked  tests/base/caseless_test.c */
char *mkt_caseless_name(struct mkt_arena *arena, const char *name);

#endif
