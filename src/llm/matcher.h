/* Walks a grammar byte by byte, and knows what may come next.
 *
 * A matcher is the grammar as a deterministic automaton that is made as it is walked: a state is
 * the set of places in the rules where the text so far may stand, together with what has begun of
 * a UTF-8 character. States and their successors are kept, so that a text much like one before
 * costs one look-up a byte. Bytes that are not UTF-8, or a character that no place admits, lead
 * to MKT_MATCHER_NO: there is nothing to throw and nothing that can abort.
 *
 *   arena     holds all of it; its capacity bounds what a grammar can cost
 *
 * One matcher belongs to one thread at a time. When the arena is full `failed` is set, and every
 * further step is refused: look at it after a walk.
 */
#ifndef MKT_LLM_MATCHER_H
#define MKT_LLM_MATCHER_H

#include "llm/grammar.h"

#define MKT_MATCHER_NO 0u
#define MKT_MATCHER_START 1u

struct mkt_matcher_place; /* an item to match next, and the place to go on from after its rule */
struct mkt_matcher_state;

struct mkt_matcher {
    struct mkt_arena *arena;
    const struct mkt_grammar *grammar;

    struct mkt_matcher_place *place;
    size_t places, place_cap;
    uint32_t *place_slot; /* open addressing: place + 1 */
    size_t place_slots;

    struct mkt_matcher_state *state;
    size_t states, state_cap;
    uint32_t *state_slot;
    size_t state_slots;

    uint32_t *work, *set; /* scratch: places to look at, places found */
    size_t work_cap, set_cap, works, sets;
    uint32_t round; /* stamps the places that this round has seen */
    bool failed;
};

/* Errors  MKT_E_NOMEM  the arena is full
 *         MKT_E_ARG    the grammar admits no text at all */
MKT_MUST_CHECK mkt_status mkt_matcher_init(struct mkt_matcher *matcher, struct mkt_arena *arena,
                                           const struct mkt_grammar *grammar, struct mkt_err *err);

/* The state after one byte more; MKT_MATCHER_NO where the grammar refuses it. */
uint32_t mkt_matcher_step(struct mkt_matcher *matcher, uint32_t state, unsigned char byte);
uint32_t mkt_matcher_walk(struct mkt_matcher *matcher, uint32_t state, const char *bytes, size_t n);

/* Whether the text may end here; whether it must, since nothing can follow; whether the last
 * character is whole. */
bool mkt_matcher_accepts(const struct mkt_matcher *matcher, uint32_t state);
bool mkt_matcher_ended(const struct mkt_matcher *matcher, uint32_t state);
bool mkt_matcher_whole(const struct mkt_matcher *matcher, uint32_t state);

/* The text that must follow whatever is chosen: up to `max` bytes, as long as one byte alone can
 * come next and the text may not end. Returns how many. */
size_t mkt_matcher_forced(struct mkt_matcher *matcher, uint32_t state, char *out, size_t max);

#endif
