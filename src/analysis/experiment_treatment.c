#include "analysis/experiment_treatment.h"

#include <math.h>
#include <string.h>

#include "analysis/experiment_names.h"
#include "base/text.h"

#define CAP_MOST 9e12
#define SHARE_LEAST .5 /* of the units that a cap leaves as they are */

static double *make_list(struct mkt_arena *arena, size_t n)
{
    double *list = MKT_NEW(arena, double, n);
    for (size_t i = 0; list && i < n; i++) list[i] = NAN;
    return list;
}

static mkt_status malformed(const char *what, const char *item, struct mkt_err *err)
{
    bool cap = strcmp(what, "cap") == 0;
    return mkt_err_set(err, MKT_E_ARG, "%s takes metric=%s pairs such as %s, not \"%s\"", what,
                       cap ? "value or metric=share%" : "quantile",
                       cap ? "revenue=500 or revenue=99%" : "minutes=0.5 or minutes=90%", item);
}

/* "revenue=99%": the metric, the figure, and whether it is a share. */
static mkt_status read_item(const struct mkt_arms *arms, const char *what, char *item,
                            size_t *metric, double *value, bool *percent, struct mkt_err *err)
{
    char *equals = strrchr(item, '=');
    if (!equals || !equals[1]) return malformed(what, item, err);
    size_t last = strlen(equals + 1);
    *percent = equals[last] == '%';
    if (*percent) equals[last] = '\0';
    bool read = mkt_text_to_double(equals + 1, value);
    if (*percent && read) *value /= 100;
    if (*percent) equals[last] = '%';
    if (!read) return malformed(what, item, err);
    *equals = '\0';
    MKT_TRY(mkt_experiment_names_metric(arms, what, item, metric, err));
    return MKT_OK;
}

static mkt_status twice(const char *what, const char *metric, struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_ARG, "%s names %s twice", what, metric);
}

static mkt_status read_caps(const struct mkt_arms *arms, const char *list,
                            struct mkt_arms_treatment *out, struct mkt_err *err)
{
    char item[256];
    while (mkt_experiment_names_item(&list, item, sizeof item)) {
        size_t m = 0;
        double value = 0;
        bool percent = false;
        MKT_TRY(read_item(arms, "cap", item, &m, &value, &percent, err));
        const char *name = arms->metric[m].name;
        if (isfinite(out->cap[m]) || isfinite(out->cap_share[m])) return twice("cap", name, err);
        if (percent && !(value >= SHARE_LEAST && value < 1))
            return mkt_err_set(err, MKT_E_ARG,
                               "a cap at a share of the units lies between 50 %% and 100 %%, that "
                               "of %s is %g %%",
                               name, 100 * value);
        if (!percent && !(value > 0 && value <= CAP_MOST))
            return mkt_err_set(err, MKT_E_ARG, "a cap lies above 0 and up to %g, that of %s is %g",
                               CAP_MOST, name, value);
        (percent ? out->cap_share : out->cap)[m] = value;
    }
    return MKT_OK;
}

static mkt_status read_quantiles(const struct mkt_arms *arms, const char *list,
                                 struct mkt_arms_treatment *out, struct mkt_err *err)
{
    char item[256];
    while (mkt_experiment_names_item(&list, item, sizeof item)) {
        size_t m = 0;
        double value = 0;
        bool percent = false;
        MKT_TRY(read_item(arms, "quantiles", item, &m, &value, &percent, err));
        const char *name = arms->metric[m].name;
        if (isfinite(out->quantile[m])) return twice("quantiles", name, err);
        if (!(value > 0 && value < 1))
            return mkt_err_set(err, MKT_E_ARG,
                               "a quantile lies between 0 and 1 (0.5 is the median), that of %s "
                               "is %g",
                               name, value);
        if (isfinite(out->cap[m]) || isfinite(out->cap_share[m]))
            return mkt_err_set(err, MKT_E_ARG,
                               "%s is asked for with a cap and as a quantile: a quantile needs no "
                               "cap",
                               name);
        if (arms->metric[m].kind == MKT_ARMS_RATIO || arms->metric[m].kind == MKT_ARMS_PROPORTION)
            return mkt_err_set(err, MKT_E_ARG, "%s is a %s and has no quantiles to compare", name,
                               mkt_arms_kind_name(arms->metric[m].kind));
        out->quantile[m] = value;
    }
    return MKT_OK;
}

mkt_status mkt_experiment_treatment_read(struct mkt_arena *arena, const struct mkt_arms *arms,
                                         const char *cap, const char *quantiles,
                                         struct mkt_arms_treatment *out, struct mkt_err *err)
{
    out->cap = make_list(arena, arms->metrics);
    out->cap_share = make_list(arena, arms->metrics);
    out->quantile = make_list(arena, arms->metrics);
    if (!out->cap || !out->cap_share || !out->quantile) return mkt_arena_full(arena, err);
    MKT_TRY(read_caps(arms, cap, out, err));
    return read_quantiles(arms, quantiles, out, err);
}
