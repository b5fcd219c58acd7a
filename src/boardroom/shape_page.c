#include "boardroom/shape_page.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "wire/json_value.h"

const struct mkt_value *mkt_shape_page_member(const struct mkt_value *v, const char *a,
                                              const char *b)
{
    v = mkt_json_read_member(v, a);
    return b ? mkt_json_read_member(v, b) : v;
}

double mkt_shape_page_metric(const struct mkt_value *answer, const char *name)
{
    const struct mkt_value *v =
        mkt_json_read_member(mkt_shape_page_member(answer, "marketing_metrics", "total"), name);
    bool number = v && (v->type == MKT_VALUE_INTEGER || v->type == MKT_VALUE_NUMBER);
    return number ? v->number : NAN;
}

/* ---- members ---- */

void mkt_shape_page_unknown(struct mkt_shape_page *s, const char *name, const char *why)
{
    bool told = false;
    for (size_t i = 0; i < s->reasons; i++) told |= strcmp(s->reason[i].name, name) == 0;
    assert(told || s->reasons < MKT_SHAPE_PAGE_REASONS);
    if (!told) {
        s->reason[s->reasons].name = name;
        s->reason[s->reasons++].why = why;
    }
    mkt_json_key(&s->w, name);
    mkt_json_null(&s->w);
}

void mkt_shape_page_copy(struct mkt_shape_page *s, const char *name, const struct mkt_value *v)
{
    mkt_json_key(&s->w, name);
    if (v)
        mkt_json_value_write(&s->w, v, NULL);
    else
        mkt_json_null(&s->w);
}

/* The first `most` items of a list. */
void mkt_shape_page_list(struct mkt_shape_page *s, const char *name, const struct mkt_value *list,
                         size_t most)
{
    mkt_json_key(&s->w, name);
    mkt_json_open(&s->w, '[');
    for (size_t i = 0; list && i < list->items && i < most; i++)
        mkt_json_value_write(&s->w, &list->item[i], NULL);
    mkt_json_close(&s->w, ']');
}

void mkt_shape_page_number(struct mkt_shape_page *s, const char *name, double value, int places,
                           const char *why)
{
    if (isnan(value)) {
        mkt_shape_page_unknown(s, name, why);
        return;
    }
    double scale = places < 0 ? 0 : pow(10, places);
    mkt_json_member_number(&s->w, name, scale > 0 ? round(value * scale) / scale : value);
}

void mkt_shape_page_figure(struct mkt_shape_page *s, const struct mkt_shape_page_figure *f)
{
    double value = f->metric ? mkt_shape_page_metric(s->main, f->metric) * f->times : NAN;
    mkt_shape_page_number(s, f->name, value, f->places, f->why);
}

void mkt_shape_page_figures(struct mkt_shape_page *s, const struct mkt_shape_page_figure *figure,
                            size_t n)
{
    for (size_t i = 0; i < n; i++) mkt_shape_page_figure(s, &figure[i]);
}
