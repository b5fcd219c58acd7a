#include "analysis/analysis.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

const struct mkt_analysis *mkt_analysis_find(const char *name)
{
    for (size_t i = 0; i < mkt_analysis_count; i++)
        if (strcmp(mkt_analysis_table[i].name, name) == 0) return &mkt_analysis_table[i];
    return NULL;
}

bool mkt_analysis_takes(const struct mkt_analysis *analysis, const char *name)
{
    for (size_t i = 0; i < analysis->params; i++)
        if (strcmp(analysis->param[i].name, name) == 0) return true;
    return false;
}

static size_t place_of(const struct mkt_analysis *analysis, const char *name)
{
    size_t i = 0;
    while (i < analysis->params && strcmp(analysis->param[i].name, name) != 0) i++;
    return i;
}

static mkt_status unknown_parameter(const struct mkt_analysis *analysis, const char *name,
                                    struct mkt_err *err)
{
    char known[256] = "";
    for (size_t i = 0, at = 0; i < analysis->params; i++) {
        size_t n = strlen(analysis->param[i].name);
        if (at + n + 3 > sizeof known) break;
        if (at) memcpy(known + at, ", ", 3), at += 2;
        memcpy(known + at, analysis->param[i].name, n + 1);
        at += n;
    }
    return mkt_err_set(err, MKT_E_ARG, "%s has no parameter \"%s\"; it has: %s", analysis->name,
                       name, known);
}

/* "100.000" is a hundred here and a hundred thousand elsewhere. */
static bool could_be_thousands(const char *value)
{
    const char *point = strchr(value, '.');
    size_t whole = point ? (size_t)(point - value) : 0;
    return whole >= 1 && whole <= 3 && strlen(point + 1) == 3 &&
           strspn(point + 1, "0123456789") == 3;
}

static mkt_status check_number(const struct mkt_param *p, const char *value, struct mkt_err *err)
{
    double v;
    bool read = mkt_text_to_double(value, &v);
    char least[MKT_TEXT_NUMBER], most[MKT_TEXT_NUMBER];
    if (!read || (p->type == MKT_PARAM_INTEGER && v != floor(v)) || v < p->least || v > p->most)
        return mkt_err_set(err, MKT_E_ARG, "%s takes a %s from %s to %s (%s), not \"%s\"", p->name,
                           p->type == MKT_PARAM_INTEGER ? "whole number" : "number",
                           mkt_text_number(p->least, least), mkt_text_number(p->most, most),
                           p->unit, value);
    if (strcmp(p->unit, "money") == 0 && could_be_thousands(value))
        return mkt_err_set(err, MKT_E_ARG,
                           "%s \"%s\" could mean thousands or decimals: write it without a "
                           "thousands mark, and with two decimals or none",
                           p->name, value);
    return MKT_OK;
}

mkt_status mkt_args_set(struct mkt_args *args, const struct mkt_analysis *analysis,
                        const char *name, const char *value, struct mkt_err *err)
{
    assert(analysis->params <= MKT_PARAMS_MAX);
    size_t i = place_of(analysis, name);
    if (i == analysis->params) return unknown_parameter(analysis, name, err);

    const struct mkt_param *p = &analysis->param[i];
    if (args->text[i]) return mkt_err_set(err, MKT_E_ARG, "%s is given twice", name);
    if (p->type == MKT_PARAM_PERIOD) {
        struct mkt_period any = {0, 0};
        if (!mkt_period_parse(value, any, &any))
            return mkt_err_set(err, MKT_E_ARG,
                               "%s takes 2025, 2025-Q4, 2025-11, 2025-11-03, "
                               "2025-10-01..2025-12-31, last-90 or all, not \"%s\"",
                               p->name, value);
    } else if (p->type != MKT_PARAM_TEXT) {
        MKT_TRY(check_number(p, value, err));
    }
    args->text[i] = value;
    return MKT_OK;
}

const char *mkt_args_text(const struct mkt_run *run, const char *name)
{
    size_t i = place_of(run->analysis, name);
    assert(i < run->analysis->params);
    return run->args->text[i] ? run->args->text[i] : run->analysis->param[i].fallback;
}

double mkt_args_number(const struct mkt_run *run, const char *name)
{
    double v = NAN;
    const char *text = mkt_args_text(run, name);
    bool read = text && mkt_text_to_double(text, &v);
    assert(read || !text);
    (void)read;
    return v;
}

bool mkt_run_cancelled(const struct mkt_run *run)
{
    return run->cancel && atomic_load_explicit(run->cancel, memory_order_relaxed);
}
