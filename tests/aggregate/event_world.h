/* Events made in a test: parts filled row by row, counted with a plan. */
#ifndef TESTS_AGGREGATE_EVENT_WORLD_H
#define TESTS_AGGREGATE_EVENT_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "aggregate/funnels.h"

#define WORLD_PARTS 4
#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define WHOLE_DAY (24 * HOUR)

struct event_world {
    struct mkt_arena arena; /* of results; parts have their own */
    struct mkt_arena own[WORLD_PARTS];
    struct mkt_events part[WORLD_PARTS];
    struct mkt_events *list[WORLD_PARTS];
    size_t parts;
    struct mkt_err err;
};

static inline void world_open_limit(struct event_world *w, size_t parts, size_t limit)
{
    memset(w, 0, sizeof *w);
    assert_int_equal(mkt_arena_open(&w->arena, (size_t)1 << 30, &w->err), MKT_OK);
    w->parts = parts;
    for (size_t i = 0; i < parts; i++) {
        assert_int_equal(mkt_arena_open(&w->own[i], (size_t)256 << 20, &w->err), MKT_OK);
        assert_int_equal(mkt_events_init(&w->part[i], &w->own[i], limit, "/tmp", &w->err), MKT_OK);
        w->list[i] = &w->part[i];
    }
}

static inline void world_open(struct event_world *w, size_t parts)
{
    world_open_limit(w, parts, (size_t)1 << 30);
}

static inline void world_close(struct event_world *w)
{
    for (size_t i = 0; i < w->parts; i++) {
        mkt_events_close(&w->part[i]);
        mkt_arena_close(&w->own[i]);
    }
    mkt_arena_close(&w->arena);
}

struct world_row {
    uint64_t user, session;
    int64_t time;
    double value; /* below 0 for none is said by valued */
    bool valued;
    const char *event, *level; /* level: of property 0, NULL for none */
};

static inline void world_add(struct event_world *w, size_t part, struct world_row r)
{
    struct mkt_events *e = &w->part[part];
    struct mkt_event row = {.user = mkt_names_mix(r.user + 1),
                            .session = r.session ? mkt_names_mix(r.session) : 0,
                            .time = r.time,
                            .value = (mkt_micro)(r.value * MKT_MICRO),
                            .valued = r.valued};
    assert_int_equal(mkt_events_name(e, r.event, strlen(r.event), &row.event, &w->err), MKT_OK);
    if (r.level)
        assert_int_equal(
            mkt_events_level(e, 0, r.level, strlen(r.level), &row.property[0], &w->err), MKT_OK);
    assert_int_equal(mkt_events_add(e, &row, &w->err), MKT_OK);
}

static inline void world_unite(struct event_world *w, struct mkt_events_view *view)
{
    if (mkt_events_unite(&w->arena, w->list, w->parts, view, &w->err) != MKT_OK)
        fail_msg("%s", w->err.text);
}

static inline uint32_t *world_event(struct event_world *w, const struct mkt_events_view *view,
                                    const char *name)
{
    uint32_t *code = MKT_NEW(&w->arena, uint32_t, 1);
    assert_non_null(code);
    for (size_t i = 0; i < view->event.count; i++)
        if (strcmp(view->event.name[i], name) == 0) {
            *code = (uint32_t)i;
            return code;
        }
    fail_msg("no event %s", name);
    return code;
}

/* Steps of one letter each: "a b? c"; a name that never occurs has no event. */
static inline size_t world_steps(struct event_world *w, const struct mkt_events_view *view,
                                 const char *text, struct mkt_funnel_step *out)
{
    size_t n = 0;
    for (const char *p = text; *p; p++) {
        if (*p == ' ') continue;
        if (*p == '?') {
            out[n - 1].optional = true;
            continue;
        }
        char name[2] = {*p, '\0'};
        out[n] = (struct mkt_funnel_step){0};
        for (size_t i = 0; i < view->event.count; i++)
            if (strcmp(view->event.name[i], name) == 0) {
                out[n].event = world_event(w, view, name);
                out[n].events = 1;
            }
        n++;
    }
    return n;
}

static inline void world_count(struct event_world *w, const struct mkt_events_view *view,
                               const struct mkt_funnel_plan *plan, int threads,
                               struct mkt_funnels *out)
{
    if (mkt_funnels_count(&w->arena, view, plan, threads, out, &w->err) != MKT_OK)
        fail_msg("%s", w->err.text);
}

#endif
