/* What the parts of the GBNF reader share. Private to src/llm/gbnf.c and gbnf_characters.c. */
#ifndef MKT_LLM_GBNF_READER_H
#define MKT_LLM_GBNF_READER_H

#include "llm/gbnf.h"

struct mkt_gbnf_reader {
    struct mkt_arena *arena;
    struct mkt_grammar *grammar;
    const char *text, *at;
    uint32_t *slot; /* names to rule numbers + 1, open addressing */
    size_t slots;
    int depth;
    struct mkt_err *err;
};

/* A sequence as it grows: the next item goes to *end. */
struct mkt_gbnf_sequence {
    struct mkt_grammar_item *first, **end;
};

/* The error of the place that is read: MKT_E_ARG, with line and column. */
mkt_status mkt_gbnf_reader_wrong(struct mkt_gbnf_reader *reader, const char *what);

/* Adds a copy of the item.                                            Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_gbnf_reader_append(struct mkt_gbnf_reader *reader,
                                                 struct mkt_gbnf_sequence *to,
                                                 struct mkt_grammar_item item);

/* gbnf_characters.c: what stands for single characters, read from its first one on: a class [a-z], a
 * literal "..." and `.`.       Errors  those of mkt_gbnf_reader_wrong; MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_gbnf_reader_class(struct mkt_gbnf_reader *reader,
                                                struct mkt_gbnf_sequence *to);
MKT_MUST_CHECK mkt_status mkt_gbnf_reader_literal(struct mkt_gbnf_reader *reader,
                                                  struct mkt_gbnf_sequence *to);
MKT_MUST_CHECK mkt_status mkt_gbnf_reader_any(struct mkt_gbnf_reader *reader,
                                              struct mkt_gbnf_sequence *to);

#endif
