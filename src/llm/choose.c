#include "llm/choose.h"

#include <math.h>
#include <string.h>

#define LEAST_RATIO 0.05

mkt_status mkt_choose_init(struct mkt_choose *c, struct mkt_arena *arena,
                           const struct mkt_vocab *vocab, struct mkt_err *err)
{
    *c = (struct mkt_choose){.vocab = vocab};
    c->fit = MKT_NEW(arena, int32_t, (size_t)vocab->texts + 1);
    c->path = MKT_NEW(arena, uint32_t, (size_t)vocab->longest + 1);
    return c->fit && c->path ? MKT_OK : mkt_arena_full(arena, err);
}

int mkt_choose_fitting(struct mkt_choose *c, struct mkt_matcher *m, uint32_t state)
{
    const struct mkt_vocab *v = c->vocab;
    int fits = 0;
    size_t walked = 0; /* bytes of the last token looked at that the grammar admits */
    c->path[0] = state;
    for (int i = 0; i < v->texts; i++) {
        if (v->shared[i] > walked) continue; /* refused with the bytes it shares */
        const char *bytes = mkt_vocab_bytes(v, v->text[i]);
        size_t length = mkt_vocab_length(v, v->text[i]);
        for (walked = v->shared[i]; walked < length; walked++) {
            uint32_t next = mkt_matcher_step(m, c->path[walked], (unsigned char)bytes[walked]);
            if (next == MKT_MATCHER_NO) break;
            c->path[walked + 1] = next;
        }
        if (walked == length) c->fit[fits++] = v->text[i];
    }
    return fits;
}

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Draws among `n` tokens and, if `may_end`, those that end. */
static int32_t draw_among(const struct mkt_vocab *v, const int32_t *token, int n, bool may_end,
                          const float *logits, double temperature, double u)
{
    float most = -INFINITY;
    int32_t likeliest = MKT_CHOOSE_NONE;
    int all = n + (may_end ? v->ends : 0);
    for (int i = 0; i < all; i++) {
        int32_t t = i < n ? token[i] : v->end[i - n];
        if (logits[t] > most) {
            most = logits[t];
            likeliest = i < n ? t : MKT_CHOOSE_END;
        }
    }
    if (temperature <= 0 || likeliest == MKT_CHOOSE_NONE) return likeliest;

    float least = most + (float)(temperature * log(LEAST_RATIO));
    double sum = 0;
    for (int i = 0; i < all; i++) {
        float l = logits[i < n ? token[i] : v->end[i - n]];
        if (l >= least) sum += exp((double)(l - most) / temperature);
    }
    double left = u * sum;
    for (int i = 0; i < all; i++) {
        int32_t t = i < n ? token[i] : v->end[i - n];
        if (!(logits[t] >= least)) continue;
        left -= exp((double)(logits[t] - most) / temperature);
        if (left < 0) return i < n ? t : MKT_CHOOSE_END;
    }
    return likeliest;
}

int32_t mkt_choose_token(struct mkt_choose *c, struct mkt_matcher *m, uint32_t state,
                         const float *logits, double temperature, uint64_t draw)
{
    const struct mkt_vocab *v = c->vocab;
    bool may_end = mkt_matcher_accepts(m, state);
    double first = (double)(mix(draw) >> 11) * 0x1p-53;
    double second = (double)(mix(draw + 0x9E3779B97F4A7C15u) >> 11) * 0x1p-53;
    c->draws++;
    int32_t t = draw_among(v, v->text, v->texts, may_end, logits, temperature, first);
    if (t == MKT_CHOOSE_END || t == MKT_CHOOSE_NONE) return t;
    const char *bytes = mkt_vocab_bytes(v, t);
    if (mkt_matcher_walk(m, state, bytes, mkt_vocab_length(v, t)) != MKT_MATCHER_NO) return t;
    c->masks++;
    int fits = mkt_choose_fitting(c, m, state);
    return draw_among(v, c->fit, fits, may_end, logits, temperature, second);
}

/* Where in the order a token of these bytes stands first. */
static int first_of(const struct mkt_vocab *v, int32_t token)
{
    const char *bytes = mkt_vocab_bytes(v, token);
    size_t n = mkt_vocab_length(v, token);
    int from = 0, to = v->texts;
    while (from < to) {
        int middle = from + (to - from) / 2;
        size_t length = mkt_vocab_length(v, v->text[middle]);
        int order = memcmp(mkt_vocab_bytes(v, v->text[middle]), bytes, length < n ? length : n);
        if (order < 0 || (order == 0 && length < n)) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

bool mkt_choose_extends(const struct mkt_vocab *v, struct mkt_matcher *m, uint32_t state,
                        int32_t token)
{
    size_t n = mkt_vocab_length(v, token);
    uint32_t behind = mkt_matcher_walk(m, state, mkt_vocab_bytes(v, token), n);
    for (int i = first_of(v, token) + 1; i < v->texts && v->shared[i] >= n; i++) {
        size_t length = mkt_vocab_length(v, v->text[i]);
        const char *rest = mkt_vocab_bytes(v, v->text[i]) + n;
        if (length > n && mkt_matcher_walk(m, behind, rest, length - n) != MKT_MATCHER_NO) {
            return true;
        }
    }
    return false;
}
