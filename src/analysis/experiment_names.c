#include "analysis/experiment_names.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define LISTED 12 /* names that a sentence holds, at most */

static const char *metric_name(const struct mkt_experiment *e, size_t i)
{
    return e->arms->metric[i].name;
}

static const char *variant_name(const struct mkt_experiment *e, size_t i)
{
    return e->arms->name[0][i];
}

typedef const char *namer(const struct mkt_experiment *, size_t);

static mkt_status none_such(const struct mkt_experiment *e, namer *name, size_t n, const char *what,
                            const char *of, const char *want, struct mkt_err *err)
{
    struct mkt_buf list;
    mkt_buf_init(&list, e->arms->arena);
    for (size_t i = 0; i < n; i++)
        if (mkt_buf_listed(&list, i, n, LISTED)) mkt_buf_printf(&list, "%.60s", name(e, i));
    MKT_TRY(mkt_buf_check(&list, err));
    return mkt_err_set(err, MKT_E_ARG, "%s names the %s \"%s\"; the experiment has: %s", what, of,
                       want, list.data);
}

static bool find(const struct mkt_experiment *e, namer *name, size_t n, const char *want,
                 size_t *out)
{
    for (size_t i = 0; i < n; i++)
        if (mkt_text_equal_nocase(name(e, i), want)) {
            *out = i;
            return true;
        }
    return false;
}

static void guess_control(struct mkt_experiment *e)
{
    static const char *const usual[] = {"control",
                                        "control group",
                                        "control_group",
                                        "ctrl",
                                        "baseline",
                                        "original",
                                        "default",
                                        "off",
                                        "holdout",
                                        "kontrolle",
                                        "kontrollgruppe",
                                        "controle",
                                        "contr\xC3\xB4le",
                                        "t\xC3\xA9moin",
                                        "controllo",
                                        "a",
                                        "variant a",
                                        "variant_a",
                                        "variante a",
                                        "group a",
                                        "group_a",
                                        "gruppe a",
                                        "0"};
    e->guess = MKT_EXPERIMENT_CONTROL_NAMED;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (find(e, variant_name, e->variants, usual[i], &e->control)) return;
    e->control = 0;
    e->guess = MKT_EXPERIMENT_CONTROL_FIRST;
}

bool mkt_experiment_names_item(const char **list, char *item, size_t size)
{
    const char *s = *list;
    if (!s || !*s) return false;
    size_t n = strcspn(s, ",");
    *list = s[n] ? s + n + 1 : s + n;
    while (n && *s == ' ') s++, n--;
    while (n && s[n - 1] == ' ') n--;
    if (n >= size) n = size - 1;
    memcpy(item, s, n);
    item[n] = '\0';
    return true;
}

static mkt_status no_metric(const struct mkt_experiment *e, const char *what, const char *name,
                            struct mkt_err *err)
{
    return none_such(e, metric_name, e->metrics, what, "metric", name, err);
}

mkt_status mkt_experiment_names_metric(const struct mkt_arms *arms, const char *what,
                                       const char *name, size_t *out, struct mkt_err *err)
{
    const struct mkt_experiment e = {.arms = arms, .metrics = arms->metrics};
    return find(&e, metric_name, arms->metrics, name, out) ? MKT_OK
                                                           : no_metric(&e, what, name, err);
}

static mkt_status no_variant(const struct mkt_experiment *e, const char *what, const char *name,
                             struct mkt_err *err)
{
    return none_such(e, variant_name, e->variants, what, "variant", name, err);
}

static mkt_status read_shares(struct mkt_experiment *e, struct mkt_err *err)
{
    for (size_t v = 0; v < e->variants; v++) e->share[v] = 1. / (double)e->variants;
    const char *list = e->options.shares;
    if (!list) return MKT_OK;
    for (size_t v = 0; v < e->variants; v++) e->share[v] = 0;
    char item[256];
    double sum = 0;
    while (mkt_experiment_names_item(&list, item, sizeof item)) {
        char *equals = strrchr(item, '=');
        double share = 0;
        size_t v = 0;
        if (equals) *equals = '\0';
        if (!equals || !mkt_text_to_double(equals + 1, &share) || !(share > 0))
            return mkt_err_set(err, MKT_E_ARG,
                               "shares takes name=share pairs such as control=0.5,b=0.5 with "
                               "shares above 0, not \"%s\"",
                               e->options.shares);
        if (!find(e, variant_name, e->variants, item, &v))
            return no_variant(e, "shares", item, err);
        e->share[v] = share;
        sum += share;
    }
    for (size_t v = 0; v < e->variants; v++) {
        if (!(e->share[v] > 0))
            return mkt_err_set(err, MKT_E_ARG, "shares gives no share to the variant \"%s\"",
                               variant_name(e, v));
        e->share[v] /= sum;
    }
    return MKT_OK;
}

mkt_status mkt_experiment_names_read(struct mkt_experiment *e, struct mkt_err *err)
{
    const struct mkt_experiment_options *o = &e->options;
    if (!o->control)
        guess_control(e);
    else if (!find(e, variant_name, e->variants, o->control, &e->control))
        return no_variant(e, "control", o->control, err);
    e->goal = 0;
    if (o->goal) MKT_TRY(mkt_experiment_names_metric(e->arms, "goal", o->goal, &e->goal, err));
    const char *list = o->lower;
    char item[256];
    while (mkt_experiment_names_item(&list, item, sizeof item)) {
        size_t m = 0;
        MKT_TRY(mkt_experiment_names_metric(e->arms, "lower", item, &m, err));
        e->lower[m] = true;
    }
    return read_shares(e, err);
}
