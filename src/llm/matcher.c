#include "llm/matcher.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN UINT32_MAX
#define BOTTOM 0u /* the place below all rules: reaching it is reaching the end */

struct mkt_matcher_place {
    const struct mkt_grammar_item *item;
    uint32_t parent, round;
};

/* `value` holds the bits of a character of which `left` bytes are still to come. */
struct mkt_matcher_state {
    const uint32_t *place; /* sorted */
    uint32_t places, value;
    uint8_t left, length;
    bool accepts;
    uint32_t *next; /* by byte; NULL until the first step */
};

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 29);
}

/* ---- places */

static bool grow_slots(struct mkt_matcher *m, uint32_t **slot, size_t *slots)
{
    size_t twice = *slots ? *slots * 2 : 256;
    uint32_t *to = MKT_NEW(m->arena, uint32_t, twice);
    if (!to) {
        m->failed = true;
        return false;
    }
    *slot = to;
    *slots = twice;
    return true;
}

static uint64_t place_hash(const struct mkt_grammar_item *item, uint32_t parent)
{
    return mix(mix(1, (uint64_t)(uintptr_t)item), parent);
}

static void slot_place(struct mkt_matcher *m, uint32_t place)
{
    size_t at = place_hash(m->place[place].item, m->place[place].parent) & (m->place_slots - 1);
    while (m->place_slot[at]) at = (at + 1) & (m->place_slots - 1);
    m->place_slot[at] = place + 1;
}

/* Where to go on after an item: before its successor, or, at the end of a rule, at the parent
 * itself, so that a rule that ends with a rule leaves no trace. */
static uint32_t place_of(struct mkt_matcher *m, const struct mkt_grammar_item *item,
                         uint32_t parent)
{
    if (!item) return parent;
    if (m->places * 2 >= m->place_slots) {
        if (!grow_slots(m, &m->place_slot, &m->place_slots)) return BOTTOM;
        for (uint32_t p = 1; p < m->places; p++) slot_place(m, p);
    }
    size_t at = place_hash(item, parent) & (m->place_slots - 1);
    for (; m->place_slot[at]; at = (at + 1) & (m->place_slots - 1)) {
        const struct mkt_matcher_place *p = &m->place[m->place_slot[at] - 1];
        if (p->item == item && p->parent == parent) return m->place_slot[at] - 1;
    }
    struct mkt_matcher_place *p =
        mkt_arena_push(m->arena, (void *)&m->place, &m->places, &m->place_cap, sizeof *p);
    if (!p) {
        m->failed = true;
        return BOTTOM;
    }
    *p = (struct mkt_matcher_place){.item = item, .parent = parent};
    m->place_slot[at] = (uint32_t)m->places;
    return (uint32_t)(m->places - 1);
}

/* ---- the places that a text may stand at */

static void push(struct mkt_matcher *m, uint32_t **list, size_t *n, size_t *cap, uint32_t place)
{
    uint32_t *slot = mkt_arena_push(m->arena, (void *)list, n, cap, sizeof *slot);
    if (slot) {
        *slot = place;
    } else {
        m->failed = true;
    }
}

static void look_at(struct mkt_matcher *m, uint32_t place)
{
    push(m, &m->work, &m->works, &m->work_cap, place);
}

/* Follows rules from the places to look at until each stands before a character. Returns whether
 * the end of the text is among them. */
static bool settle(struct mkt_matcher *m)
{
    bool accepts = false;
    m->round++;
    m->sets = 0;
    while (m->works && !m->failed) {
        uint32_t at = m->work[--m->works];
        if (at == BOTTOM) {
            accepts = true;
            continue;
        }
        if (m->place[at].round == m->round) continue;
        m->place[at].round = m->round;
        const struct mkt_grammar_item *item = m->place[at].item;
        if (item->one) {
            push(m, &m->set, &m->sets, &m->set_cap, at);
            continue;
        }
        uint32_t after = place_of(m, item->next, m->place[at].parent);
        const struct mkt_grammar_choice *c = m->grammar->rule[item->rule].choice;
        for (; c && !m->failed; c = c->next) look_at(m, place_of(m, c->first, after));
    }
    m->works = 0;
    return accepts;
}

/* ---- states */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint64_t state_hash(const struct mkt_matcher_state *s)
{
    uint64_t h = mix(mix(s->accepts, s->value), s->left * 8u + s->length);
    for (uint32_t i = 0; i < s->places; i++) h = mix(h, s->place[i]);
    return h;
}

static bool same(const struct mkt_matcher_state *a, const struct mkt_matcher_state *b)
{
    return a->places == b->places && a->value == b->value && a->left == b->left &&
           a->length == b->length && a->accepts == b->accepts &&
           (!a->places || !memcmp(a->place, b->place, a->places * sizeof *a->place));
}

static void slot_state(struct mkt_matcher *m, uint32_t state)
{
    size_t at = state_hash(&m->state[state]) & (m->state_slots - 1);
    while (m->state_slot[at]) at = (at + 1) & (m->state_slots - 1);
    m->state_slot[at] = state + 1;
}

/* The number of a state, new or known. Its places are copied when it is new. */
static uint32_t state_of(struct mkt_matcher *m, struct mkt_matcher_state s)
{
    if (m->failed || (!s.places && !s.accepts)) return MKT_MATCHER_NO;
    if (m->states * 2 >= m->state_slots) {
        if (!grow_slots(m, &m->state_slot, &m->state_slots)) return MKT_MATCHER_NO;
        for (uint32_t i = 1; i < m->states; i++) slot_state(m, i);
    }
    size_t at = state_hash(&s) & (m->state_slots - 1);
    for (; m->state_slot[at]; at = (at + 1) & (m->state_slots - 1)) {
        if (same(&m->state[m->state_slot[at] - 1], &s)) return m->state_slot[at] - 1;
    }
    uint32_t *copy = MKT_NEW(m->arena, uint32_t, s.places + 1);
    struct mkt_matcher_state *to =
        mkt_arena_push(m->arena, (void *)&m->state, &m->states, &m->state_cap, sizeof *to);
    if (!copy || !to) {
        m->failed = true;
        return MKT_MATCHER_NO;
    }
    if (s.places) memcpy(copy, s.place, s.places * sizeof *copy);
    s.place = copy;
    s.next = NULL;
    *to = s;
    m->state_slot[at] = (uint32_t)m->states;
    return (uint32_t)(m->states - 1);
}

/* The state at the places that wait to be looked at. */
static uint32_t settled_state(struct mkt_matcher *m)
{
    bool accepts = settle(m);
    if (m->sets) qsort(m->set, m->sets, sizeof *m->set, by_number);
    return state_of(m, (struct mkt_matcher_state){
                           .place = m->set, .places = (uint32_t)m->sets, .accepts = accepts});
}

/* ---- steps */

static uint32_t step_character(struct mkt_matcher *m, uint32_t state, uint32_t c)
{
    for (uint32_t i = 0; i < m->state[state].places; i++) {
        const struct mkt_matcher_place *p = &m->place[m->state[state].place[i]];
        const struct mkt_grammar_item *item = p->item;
        if (mkt_grammar_class_has(item->one, c)) look_at(m, place_of(m, item->next, p->parent));
    }
    return m->works ? settled_state(m) : MKT_MATCHER_NO;
}

/* The state within a character, if some place admits a character that begins so. */
static uint32_t step_part(struct mkt_matcher *m, uint32_t state, uint32_t value, unsigned left,
                          unsigned length)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t low = value << (6 * left), high = low + (1u << (6 * left)) - 1;
    if (low < least[length]) low = least[length];
    struct mkt_matcher_state s = m->state[state];
    for (uint32_t i = 0; i < s.places && low <= high; i++) {
        if (!mkt_grammar_class_meets(m->place[s.place[i]].item->one, low, high)) continue;
        s.value = value;
        s.left = (uint8_t)left;
        s.length = (uint8_t)length;
        s.accepts = false;
        return state_of(m, s);
    }
    return MKT_MATCHER_NO;
}

static uint32_t find_step(struct mkt_matcher *m, uint32_t state, unsigned char byte)
{
    const struct mkt_matcher_state *s = &m->state[state];
    if (s->left) {
        if ((byte & 0xC0) != 0x80) return MKT_MATCHER_NO;
        uint32_t value = s->value << 6 | (byte & 0x3Fu);
        if (s->left > 1) return step_part(m, state, value, s->left - 1u, s->length);
        bool shortest = value >= (s->length == 2 ? 0x80u : s->length == 3 ? 0x800u : 0x10000u);
        bool surrogate = value >= 0xD800 && value <= 0xDFFF;
        return shortest && !surrogate ? step_character(m, state, value) : MKT_MATCHER_NO;
    }
    if (byte < 0x80) return step_character(m, state, byte);
    if (byte >= 0xC2 && byte <= 0xDF) return step_part(m, state, byte & 0x1Fu, 1, 2);
    if (byte >= 0xE0 && byte <= 0xEF) return step_part(m, state, byte & 0x0Fu, 2, 3);
    if (byte >= 0xF0 && byte <= 0xF4) return step_part(m, state, byte & 0x07u, 3, 4);
    return MKT_MATCHER_NO;
}

uint32_t mkt_matcher_step(struct mkt_matcher *m, uint32_t state, unsigned char byte)
{
    assert(state < m->states);
    if (state == MKT_MATCHER_NO || m->failed) return MKT_MATCHER_NO;
    if (!m->state[state].next) {
        uint32_t *next = MKT_NEW(m->arena, uint32_t, 256);
        if (!next) {
            m->failed = true;
            return MKT_MATCHER_NO;
        }
        memset(next, 0xFF, 256 * sizeof *next);
        m->state[state].next = next;
    }
    uint32_t to = m->state[state].next[byte];
    if (to == UNKNOWN) {
        to = find_step(m, state, byte);
        m->state[state].next[byte] = to;
    }
    return to;
}

uint32_t mkt_matcher_walk(struct mkt_matcher *m, uint32_t state, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n && state != MKT_MATCHER_NO; i++) {
        state = mkt_matcher_step(m, state, (unsigned char)bytes[i]);
    }
    return state;
}

/* ---- what may come */

bool mkt_matcher_accepts(const struct mkt_matcher *m, uint32_t state)
{
    return m->state[state].accepts;
}

bool mkt_matcher_ended(const struct mkt_matcher *m, uint32_t state)
{
    return m->state[state].accepts && !m->state[state].places;
}

bool mkt_matcher_whole(const struct mkt_matcher *m, uint32_t state)
{
    return m->state[state].left == 0;
}

/* The one byte that can follow; -1 where there are none or several. */
static int only_byte(struct mkt_matcher *m, uint32_t state)
{
    int only = -1;
    for (int byte = 1; byte < 0xF5; byte++) {
        if (mkt_matcher_step(m, state, (unsigned char)byte) == MKT_MATCHER_NO) continue;
        if (only >= 0) return -1;
        only = byte;
    }
    return only;
}

size_t mkt_matcher_forced(struct mkt_matcher *m, uint32_t state, char *out, size_t max)
{
    size_t n = 0;
    while (n < max && !m->state[state].accepts) {
        int byte = only_byte(m, state);
        if (byte < 0) break;
        out[n++] = (char)byte;
        state = mkt_matcher_step(m, state, (unsigned char)byte);
    }
    return m->failed ? 0 : n;
}

mkt_status mkt_matcher_init(struct mkt_matcher *m, struct mkt_arena *arena,
                            const struct mkt_grammar *grammar, struct mkt_err *err)
{
    *m = (struct mkt_matcher){.arena = arena, .grammar = grammar};
    struct mkt_matcher_place *bottom =
        mkt_arena_push(arena, (void *)&m->place, &m->places, &m->place_cap, sizeof *bottom);
    struct mkt_matcher_state *no =
        mkt_arena_push(arena, (void *)&m->state, &m->states, &m->state_cap, sizeof *no);
    if (!bottom || !no) return mkt_arena_full(arena, err);
    *bottom = (struct mkt_matcher_place){0};
    *no = (struct mkt_matcher_state){0};
    const struct mkt_grammar_choice *c = grammar->rule[grammar->root].choice;
    for (; c; c = c->next) look_at(m, place_of(m, c->first, BOTTOM));
    uint32_t start = settled_state(m);
    if (m->failed) return mkt_arena_full(arena, err);
    if (start == MKT_MATCHER_NO) {
        return mkt_err_set(err, MKT_E_ARG, "the grammar admits no text");
    }
    assert(start == MKT_MATCHER_START);
    return MKT_OK;
}
