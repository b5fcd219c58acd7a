/* A grammar as linked rules: what llm/gbnf.h reads and llm/matcher.h walks. */
#ifndef MKT_LLM_GRAMMAR_H
#define MKT_LLM_GRAMMAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct mkt_grammar_range {
    uint32_t low, high; /* code points, both included */
};

/* Characters: sorted ranges that do not touch. */
struct mkt_grammar_class {
    const struct mkt_grammar_range *range;
    size_t ranges;
};

/* One item of a sequence: a character of a class, or a whole rule. */
struct mkt_grammar_item {
    const struct mkt_grammar_class *one; /* NULL: a rule */
    uint32_t rule;
    struct mkt_grammar_item *next;
};

struct mkt_grammar_choice {
    struct mkt_grammar_item *first; /* NULL: the empty text */
    struct mkt_grammar_choice *next;
};

struct mkt_grammar_rule {
    const char *name; /* "" for one that stands for a group or a repetition */
    struct mkt_grammar_choice *choice, *last;
    bool nullable;
};

struct mkt_grammar {
    struct mkt_grammar_rule *rule;
    size_t rules, rule_cap;
    uint32_t root;
};

/* Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_grammar_add_rule(struct mkt_arena *arena, struct mkt_grammar *grammar,
                                               const char *name, uint32_t *out,
                                               struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_grammar_add_choice(struct mkt_arena *arena,
                                                 struct mkt_grammar *grammar, uint32_t rule,
                                                 struct mkt_grammar_item *first,
                                                 struct mkt_err *err);

/* Finds what may be empty, and refuses what a matcher cannot walk.
 *
 * Errors  MKT_E_ARG    a rule without a choice, or one that can begin with itself
 *         MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_grammar_check(struct mkt_arena *arena, struct mkt_grammar *grammar,
                                            struct mkt_err *err);

bool mkt_grammar_class_has(const struct mkt_grammar_class *one, uint32_t c);

/* Whether some character of low..high is in the class. */
bool mkt_grammar_class_meets(const struct mkt_grammar_class *one, uint32_t low, uint32_t high);

#endif
