#include "llm/part.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "llm/gbnf.h"

#define FORCED_MAX 512 /* bytes of forced text at once; more of it comes at the next step */

/* Any text at all: what a part without a grammar is written under. */
static const char free_text[] = "root ::= .*";

int mkt_part_room(const struct mkt_llm_part *asked)
{
    return asked->tokens > 10000 ? 30000 : 3 * asked->tokens + 64;
}

mkt_status mkt_part_open(struct mkt_part *p, const struct mkt_llm_part *asked,
                         const struct mkt_vocab *v, struct mkt_err *err)
{
    *p = (struct mkt_part){.asked = asked, .room = mkt_part_room(asked)};
    MKT_TRY(mkt_arena_open(&p->arena, MKT_PART_MEMORY, err));
    const char *grammar = asked->grammar ? asked->grammar : free_text;
    mkt_status status = mkt_gbnf_read(&p->arena, grammar, &p->grammar, err);
    if (!status) status = mkt_matcher_init(&p->matcher, &p->arena, &p->grammar, err);
    p->state = MKT_MATCHER_START;
    size_t longest = v->longest > FORCED_MAX ? (size_t)v->longest : FORCED_MAX;
    p->text = mkt_arena_alloc(&p->arena, (size_t)p->room + 8, (size_t)v->longest + 1);
    p->feed = MKT_NEW(&p->arena, int32_t, longest + 2);
    if (!status && (!p->text || !p->feed)) status = mkt_arena_full(&p->arena, err);
    if (status) mkt_part_close(p);
    return status;
}

void mkt_part_close(struct mkt_part *p)
{
    mkt_arena_close(&p->arena);
}

/* ---- writing */

static void finish(struct mkt_part *p)
{
    p->over = true;
    p->feeds = 0;
    p->done = mkt_matcher_accepts(&p->matcher, p->state);
}

static void write_token(struct mkt_part *p, const struct mkt_vocab *v, int32_t token)
{
    const char *bytes = mkt_vocab_bytes(v, token);
    size_t n = mkt_vocab_length(v, token);
    p->state = mkt_matcher_walk(&p->matcher, p->state, bytes, n);
    assert(p->state != MKT_MATCHER_NO || p->matcher.failed);
    memcpy(p->text + p->length, bytes, n);
    p->length += n;
    if (mkt_matcher_whole(&p->matcher, p->state)) p->whole = p->length;
    p->feed[p->feeds++] = token;
    p->room--;
}

/* Whether the tokens say the forced text, no more and no less. */
static bool says(const struct mkt_vocab *v, const int32_t *token, int tokens, const char *text,
                 size_t n)
{
    size_t at = 0;
    for (int i = 0; i < tokens; i++) {
        size_t length = mkt_vocab_length(v, token[i]);
        if (!length || length > n - at ||
            memcmp(text + at, mkt_vocab_bytes(v, token[i]), length) != 0) {
            return false;
        }
        at += length;
    }
    return at == n;
}

/* Writes the text that the grammar leaves no choice about. */
static void write_forced(struct mkt_part *p, struct mkt_part_tools *t)
{
    char text[FORCED_MAX];
    if (!mkt_matcher_whole(&p->matcher, p->state)) return;
    size_t n = mkt_matcher_forced(&p->matcher, p->state, text, sizeof text);
    while (n && !mkt_text_is_utf8(text, n)) n--; /* the rest of a character comes next time */
    if (!n) return;

    size_t mark = mkt_arena_mark(&t->scratch);
    struct mkt_err ignored = {0};
    int32_t *token;
    int tokens;
    if (mkt_vocab_cut(t->vocab, &t->scratch, text, n, true, &token, &tokens, &ignored) == MKT_OK &&
        says(t->vocab, token, tokens, text, n)) {
        for (int i = 0; i < tokens && p->room > 0; i++) {
            bool last = i == tokens - 1;
            if (last && mkt_choose_extends(t->vocab, &p->matcher, p->state, token[i])) break;
            write_token(p, t->vocab, token[i]);
        }
    }
    mkt_arena_release(&t->scratch, mark);
}

/* What follows from the state that the text has reached. */
static void settle(struct mkt_part *p, struct mkt_part_tools *t)
{
    if (!p->matcher.failed) write_forced(p, t);
    p->failed = p->matcher.failed;
    bool spent = p->sampled >= p->asked->tokens || p->room <= 0;
    if (p->failed || spent || mkt_matcher_ended(&p->matcher, p->state)) finish(p);
}

void mkt_part_begin(struct mkt_part *p, struct mkt_part_tools *t)
{
    p->feeds = 0;
    settle(p, t);
}

void mkt_part_go_on(struct mkt_part *p, struct mkt_part_tools *t, const float *logits,
                    double temperature)
{
    uint64_t draw = (p->asked->seed ^ 0x6D6B74u) + 0xD1342543DE82EF95u * ++p->draws;
    int32_t token = mkt_choose_token(&t->choose, &p->matcher, p->state, logits, temperature, draw);
    p->feeds = 0;
    if (token < 0) {
        p->failed = p->matcher.failed;
        finish(p);
        return;
    }
    p->sampled++;
    write_token(p, t->vocab, token);
    settle(p, t);
}
