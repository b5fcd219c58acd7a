/* A page of a shape while it is written: the answer it is of, and the reasons of what is null. */
#ifndef MKT_BOARDROOM_SHAPE_PAGE_H
#define MKT_BOARDROOM_SHAPE_PAGE_H

#include "base/json.h"
#include "boardroom/shape.h"

#define MKT_SHAPE_PAGE_REASONS 64 /* more than there are fields that can be null */

struct mkt_shape_page {
    struct mkt_json w;
    const struct mkt_shape_source *source;
    const struct mkt_value *root;      /* the whole answer */
    const struct mkt_value *main;      /* the answer whose figures are shown; NULL for none */
    const struct mkt_value *customers; /* the one that tells what customers bring; NULL for none */
    struct {
        const char *name, *why;
    } reason[MKT_SHAPE_PAGE_REASONS];
    size_t reasons;
};

/* The member `a`, or `b` of it where `b` is no NULL; NULL when there is none. */
const struct mkt_value *mkt_shape_page_member(const struct mkt_value *value, const char *a,
                                              const char *b);

/* A figure of the whole marketing in an answer; NAN when there is none. */
double mkt_shape_page_metric(const struct mkt_value *answer, const char *name);

/* Writes null, and keeps why. */
void mkt_shape_page_unknown(struct mkt_shape_page *s, const char *name, const char *why);

/* Writes a value as it is; NULL as null. */
void mkt_shape_page_copy(struct mkt_shape_page *s, const char *name, const struct mkt_value *value);

/* Writes the first `most` items of a list; NULL as an empty one. */
void mkt_shape_page_list(struct mkt_shape_page *s, const char *name, const struct mkt_value *list,
                         size_t most);

/* The origin's name of a figure, ours, what the origin makes of it, and why it may be missing. */
struct mkt_shape_page_figure {
    const char *name, *metric;
    double times;
    int places; /* decimals; -1: as it is */
    const char *why;
};

/* Writes a number to so many places, or null when it is NAN. */
void mkt_shape_page_number(struct mkt_shape_page *s, const char *name, double value, int places,
                           const char *why);

void mkt_shape_page_figure(struct mkt_shape_page *s, const struct mkt_shape_page_figure *figure);
void mkt_shape_page_figures(struct mkt_shape_page *s, const struct mkt_shape_page_figure *figure,
                            size_t n);

#endif
