/* How far two words are apart: letters added, left out, changed, or two neighbours swapped. */
#ifndef MKT_PLAN_SPELLING_DISTANCE_H
#define MKT_PLAN_SPELLING_DISTANCE_H

/* Bytes, not characters. Stops looking beyond `most`, and answers most + 1 then; so does a word of
 * more than 63 bytes.
 * Source  optimal string alignment: Boytsov, ACM JEA 16 (2011) article 1.1, section 2.1
 * Checked tests/plan/mention_test.c */
int mkt_spelling_distance(const char *a, const char *b, int most);

#endif
