/* A grammar in GBNF, read into linked rules.
 *
 *     root  ::= " "? sentence (" " sentence){0,2}
 *     sentence ::= "Paid search " verb [a-z ]{1,60} "."
 *
 * Our own reader of the notation that llama.cpp's servers take too: literals with \n \r \t \\ \"
 * \xHH \uHHHH \UHHHHHHHH, classes [a-z] and [^"], `.` for any character, alternatives, groups,
 * `* + ? {m} {m,} {m,n}`, comments from #. A rule ends with its line, except within parentheses
 * or after `|`. Names of single tokens (<[1000]>) are not taken: a grammar is about text.
 *
 * The library's own grammar throws through its C interface when it is handed a token that it
 * refuses. This one has nothing to throw: llm/matcher.h asks it byte by byte.
 */
#ifndef MKT_LLM_GBNF_H
#define MKT_LLM_GBNF_H

#include "llm/grammar.h"

#define MKT_GBNF_TEXT (256 * 1024) /* bytes of GBNF at most */
#define MKT_GBNF_REPEAT 2000       /* as in llama.cpp, so that a server takes what we take */
#define MKT_GBNF_DEPTH 64          /* parentheses within parentheses */

/* Reads a grammar whose first rule to match is "root".
 *
 * Errors  MKT_E_ARG    the text is no grammar: the sentence names line and column
 *         MKT_E_ARG    left recursion, a rule without a definition, no root
 *         MKT_E_LIMIT  longer than MKT_GBNF_TEXT, deeper than MKT_GBNF_DEPTH
 *         MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_gbnf_read(struct mkt_arena *arena, const char *text,
                                        struct mkt_grammar *out, struct mkt_err *err);

#endif
