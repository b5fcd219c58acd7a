#include "analysis/experiment_work.h"

#include <string.h>

#include "base/text.h"

#define KEY_BYTES 60

/* Slugs of names; a number is added where two names have the same. */
static mkt_status make_keys(struct mkt_arena *arena, const char *const *name, size_t n,
                            const char ***out, struct mkt_err *err)
{
    const char **key = MKT_NEW(arena, const char *, n);
    if (!key) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < n; i++) {
        key[i] = mkt_text_slug(arena, name[i], KEY_BYTES);
        if (!key[i]) return mkt_arena_full(arena, err);
        for (size_t k = 0, more = 2; k < i; k++)
            if (strcmp(key[k], key[i]) == 0) {
                key[i] =
                    mkt_arena_printf(arena, "%.50s_%zu", mkt_text_slug(arena, name[i], 50), more++);
                if (!key[i]) return mkt_arena_full(arena, err);
                k = (size_t)-1;
            }
    }
    *out = key;
    return MKT_OK;
}

mkt_status mkt_experiment_work_init(struct mkt_experiment_work *w, struct mkt_sheet *sheet,
                                    const struct mkt_experiment *e, struct mkt_err *err)
{
    struct mkt_arena *arena = sheet->arena;
    *w = (struct mkt_experiment_work){
        .sheet = sheet, .e = e, .verdict = mkt_experiment_verdict_of(e)};
    w->metric = MKT_NEW(arena, const char *, e->metrics);
    w->variant = MKT_NEW(arena, const char *, e->variants);
    const char **segment = MKT_NEW(arena, const char *, e->arms->names[1]);
    if (!w->metric || !w->variant || !segment) return mkt_arena_full(arena, err);
    for (size_t m = 0; m < e->metrics; m++) w->metric[m] = e->arms->metric[m].name;
    memcpy(w->variant, e->arms->name[0], e->variants * sizeof *w->variant);
    for (size_t s = 0; s < e->arms->names[1]; s++)
        segment[s] = e->arms->name[1][s][0] ? e->arms->name[1][s] : "(none)";
    MKT_TRY(make_keys(arena, w->metric, e->metrics, &w->metric_key, err));
    MKT_TRY(make_keys(arena, w->variant, e->variants, &w->variant_key, err));
    return make_keys(arena, segment, e->arms->names[1], &w->segment_key, err);
}

const char *mkt_experiment_work_id(const struct mkt_experiment_work *w, size_t metric,
                                   size_t variant, const char *what)
{
    return mkt_arena_printf(w->sheet->arena, "%s.%s%s%s", w->metric_key[metric],
                            w->variant_key[variant], *what ? "." : "", what);
}
