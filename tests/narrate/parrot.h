/* A language model without a model: it walks each part's grammar at random, by the part's seed.
 *
 * Reads as much of GBNF as the narrator writes: rules on one line, literals, names, |, ( ) and ?.
 */
#ifndef MKT_TESTS_NARRATE_PARROT_H
#define MKT_TESTS_NARRATE_PARROT_H

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "llm/llm.h"
#include "num/random.h"

struct walk {
    const char *grammar;
    struct mkt_random random;
    struct mkt_buf out;
};

/* The end of a group or a line that begins at `at`, and in `bar` its alternatives' beginnings. */
static const char *parrot_split(const char *at, const char *bar[64], size_t *bars)
{
    int depth = 0;
    *bars = 0;
    bar[(*bars)++] = at;
    for (; *at && *at != '\n'; at++) {
        if (*at == '"') {
            at = strchr(at + 1, '"');
            assert_non_null(at);
        } else if (*at == '(') {
            depth++;
        } else if (*at == ')') {
            if (depth-- == 0) return at;
        } else if (*at == '|' && depth == 0) {
            assert_true(*bars < 64);
            bar[(*bars)++] = at + 1;
        }
    }
    return at;
}

static const char *parrot_walk(struct walk *w, const char *at);

/* The first rule's text when `name` is "root". */
static void parrot_rule(struct walk *w, const char *name, size_t n)
{
    for (const char *line = w->grammar; *line; line = strchr(line, '\n') + 1)
        if (strncmp(line, name, n) == 0 && strncmp(line + n, " ::= ", 5) == 0) {
            parrot_walk(w, line + n + 5);
            return;
        }
    fail_msg("the grammar has no rule %.*s", (int)n, name);
}

/* One alternative of the text at `at`; returns the end of all of them. */
static const char *parrot_walk(struct walk *w, const char *at)
{
    const char *bar[64];
    size_t bars;
    const char *end = parrot_split(at, bar, &bars);
    size_t chosen = mkt_random_below(&w->random, (uint32_t)bars);
    const char *stop = chosen + 1 < bars ? bar[chosen + 1] - 1 : end;
    for (at = bar[chosen]; at < stop;) {
        const char *from = at;
        if (*at == ' ') {
            at++;
            continue;
        }
        size_t length = w->out.length;
        if (*at == '"') {
            at = strchr(at + 1, '"') + 1;
            mkt_buf_add(&w->out, from + 1, (size_t)(at - from) - 2);
        } else if (*at == '(') {
            at = parrot_walk(w, at + 1);
            assert_true(*at == ')');
            at++;
        } else {
            while (isalpha((unsigned char)*at) || *at == '-') at++;
            assert_true(at > from);
            parrot_rule(w, from, (size_t)(at - from));
        }
        if (*at != '?') continue;
        at++;
        if (mkt_random_below(&w->random, 2) == 0) {
            w->out.length = length; /* what was walked is left out */
            w->out.data[length] = '\0';
        }
    }
    return end;
}

static inline const char *parrot_text(struct mkt_arena *arena, const char *grammar, uint64_t seed)
{
    struct walk w = {.grammar = grammar};
    mkt_random_init(&w.random, seed, 0);
    mkt_buf_init(&w.out, arena);
    parrot_rule(&w, "root", 4);
    assert_false(w.out.failed);
    return w.out.data;
}

/* ---- as a model ---------------------------------------------------------------- */

struct parrot {
    struct mkt_llm llm;
    const char *name;
    const char *says;  /* what it writes for every part, whatever the grammar; NULL: it walks */
    size_t unfinished; /* parts that it leaves half-written, from the last */
    mkt_status fails;  /* what it answers after half of its work */
    atomic_bool *flag; /* set in the middle of the work */
    size_t chunk;      /* bytes a piece; 0: it tells nothing on the way */
    int context;       /* tokens that all texts together may have; 0: any number */
    struct mkt_llm_speed speed;
    const char *prompt; /* the last one's data and asks */
    int calls;
};

static int parrot_count(const struct mkt_llm *llm, const char *text)
{
    (void)llm;
    return (int)(strlen(text) + 3) / 4;
}

static mkt_status parrot_write(struct mkt_llm *llm, struct mkt_arena *arena,
                               struct mkt_llm_task *task, struct mkt_err *err)
{
    struct parrot *p = (struct parrot *)llm;
    struct mkt_buf prompt;
    p->calls++;
    int room = 0;
    for (size_t k = 0; k < task->parts; k++) room += task->part[k].tokens;
    if (p->context && room > p->context)
        return mkt_err_set(err, MKT_E_LIMIT, "%d tokens, %d at most", room, p->context);
    mkt_buf_init(&prompt, arena);
    mkt_buf_str(&prompt, task->data);
    for (size_t k = 0; k < task->parts; k++) {
        struct mkt_llm_part *part = &task->part[k];
        mkt_buf_str(&prompt, part->ask);
        if (p->fails && 2 * k >= task->parts) return mkt_err_set(err, p->fails, "the parrot died");
        char *text = mkt_arena_strdup(
            arena, p->says ? p->says : parrot_text(arena, part->grammar, part->seed));
        if (!text) return mkt_arena_full(arena, err);
        size_t n = strlen(text);
        assert_true(parrot_count(llm, text) <= part->tokens || p->says);
        part->done = k + p->unfinished < task->parts;
        if (!part->done) text[n /= 2] = '\0';
        for (size_t at = 0; task->piece && p->chunk && at < n; at += p->chunk)
            task->piece(task->user, k, text + at, n - at < p->chunk ? n - at : p->chunk);
        part->text = text;
        part->sampled = (int)n;
        if (p->flag) atomic_store(p->flag, true);
    }
    MKT_TRY(mkt_buf_check(&prompt, err));
    p->prompt = prompt.data;
    return MKT_OK;
}

static const char *parrot_name(const struct mkt_llm *llm)
{
    return ((const struct parrot *)llm)->name;
}

static const char *parrot_identity(const struct mkt_llm *llm)
{
    (void)llm;
    return "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
}

static struct mkt_llm_speed parrot_speed(const struct mkt_llm *llm)
{
    return ((const struct parrot *)llm)->speed;
}

static inline struct parrot parrot_make(void)
{
    static const struct mkt_llm_kind kind = {.write = parrot_write,
                                             .count = parrot_count,
                                             .name = parrot_name,
                                             .identity = parrot_identity,
                                             .speed = parrot_speed};
    return (struct parrot){
        .llm = {.kind = &kind}, .name = "parrot", .chunk = 3, .speed = {1000, 1000}};
}

#endif
