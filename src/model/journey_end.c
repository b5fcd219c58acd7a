#include "model/journey_end.h"

#include "model/exposure_logit.h"

/* Sums over journeys; n is columns + 1, and row `channels` of a removal takes all of them away. */
struct sums {
    double *lost, *lost_squared; /* [channels + 1] */
    double *slope, *lost_score;  /* [channels + 1][n] */
    double *squares;             /* [n][n] */
};

struct row {
    const struct mkt_moments *moments;
    double chance; /* to convert */
    size_t place[65], places;
};

/* A removal's part of what the journeys of a row come to.
 *   rest  what had been met without what is removed */
static void remove_from(const struct mkt_exposure_logit *f, const struct row *row, size_t removal,
                        uint64_t rest, const struct sums *s)
{
    const struct mkt_moments *m = row->moments;
    const size_t *place = row->place, n = f->columns + 1;
    double p = row->chance, kept = mkt_exposure_logit_chance(f, rest), lost = p - kept;
    double slope = m->ended * p * (1 - p), fall = m->ended * kept * (1 - kept);
    double score = lost * (m->converted - m->ended * p);
    s->lost[removal] += m->ended * lost;
    s->lost_squared[removal] += m->ended * lost * lost;
    for (size_t i = 0; i < row->places; i++) {
        bool stays = place[i] == f->columns || rest >> place[i] & 1;
        s->slope[removal * n + place[i]] += stays ? slope - fall : slope;
        s->lost_score[removal * n + place[i]] += score;
    }
}

static void add_row(const struct mkt_exposure_logit *f, size_t channels,
                    const struct mkt_moments *m, const struct sums *s)
{
    const uint64_t all = (UINT64_C(1) << channels) - 1;
    struct row row = {.moments = m, .chance = mkt_exposure_logit_chance(f, m->met)};
    double p = row.chance, nulls = m->ended - m->converted;
    row.places = mkt_exposure_logit_places(f, m->met, row.place);
    mkt_exposure_logit_add(f, s->squares, row.place, row.places,
                           m->converted * (1 - p) * (1 - p) + nulls * p * p);
    for (uint64_t met = m->met & all; met; met &= met - 1) {
        size_t k = (size_t)__builtin_ctzll(met);
        remove_from(f, &row, k, m->met & ~(UINT64_C(1) << k), s);
    }
    remove_from(f, &row, channels, m->met & ~all, s);
}

static mkt_status remove_each(struct mkt_arena *arena, const struct mkt_exposure_logit *f,
                              const struct mkt_moments_table *table, size_t channels,
                              struct mkt_journey_end *out, struct mkt_err *err)
{
    size_t n = f->columns + 1, K = channels + 1;
    const struct sums s = {out->conversions, MKT_NEW(arena, double, K),
                           MKT_NEW(arena, double, K *n), MKT_NEW(arena, double, K *n),
                           MKT_NEW(arena, double, n *n)};
    double *room = MKT_NEW(arena, double, n);
    if (!s.lost_squared || !s.slope || !s.lost_score || !s.squares || !room)
        return mkt_arena_full(arena, err);
    for (size_t r = 0; r < table->rows; r++)
        if (table->row[r].ended > 0) add_row(f, channels, &table->row[r], &s);
    mkt_exposure_logit_mirror(f, s.squares);
    for (size_t k = 0; k < K; k++)
        out->spread[k] = mkt_exposure_logit_spread(f, s.lost_squared[k], s.slope + k * n,
                                                   s.lost_score + k * n, s.squares, room);
    return MKT_OK;
}

mkt_status mkt_journey_end_fit(struct mkt_arena *arena, const struct mkt_moments_table *table,
                               size_t channels, double penalty, struct mkt_journey_end *out,
                               struct mkt_err *err)
{
    struct mkt_exposure_logit f;
    *out = (struct mkt_journey_end){MKT_NEW(arena, double, channels + 1),
                                    MKT_NEW(arena, double, channels + 1)};
    if (!out->conversions || !out->spread) return mkt_arena_full(arena, err);
    size_t mark = mkt_arena_mark(arena);
    mkt_status status = mkt_exposure_logit_fit(arena, table, channels, true, penalty, &f, err);
    if (status == MKT_OK) status = remove_each(arena, &f, table, channels, out, err);
    mkt_arena_release(arena, mark);
    return status;
}
