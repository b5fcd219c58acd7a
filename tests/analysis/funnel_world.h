/* A text of events opened as a data set, and the funnel asked of it. */
#ifndef TESTS_ANALYSIS_FUNNEL_WORLD_H
#define TESTS_ANALYSIS_FUNNEL_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "analysis/analysis.h"

struct funnel_world {
    char folder[64], file[128];
    struct mkt_arena arena;
    struct mkt_dataset *dataset;
    struct mkt_dataset_events events;
    struct mkt_events_view view;
    struct mkt_sheet sheet;
    struct mkt_err err;
};

static inline void world_begin(struct funnel_world *w)
{
    memset(w, 0, sizeof *w);
    strcpy(w->folder, "/tmp/mkt-funnel-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->file, sizeof w->file, "%s/events.csv", w->folder);
    assert_int_equal(mkt_arena_open(&w->arena, (size_t)512 << 20, &w->err), MKT_OK);
}

static inline void world_end(struct funnel_world *w)
{
    mkt_dataset_close(w->dataset);
    unlink(w->file);
    rmdir(w->folder);
    mkt_arena_close(&w->arena);
}

static inline void world_text(struct funnel_world *w, const char *csv)
{
    FILE *f = fopen(w->file, "w");
    assert_non_null(f);
    fputs(csv, f);
    fclose(f);
    mkt_dataset_close(w->dataset);
    w->dataset = NULL;
    mkt_err_clear(&w->err);
    if (mkt_dataset_open(w->file, NULL, &w->dataset, &w->err) != MKT_OK)
        fail_msg("%s", w->err.text);
}

static inline void world_view(struct funnel_world *w, const char *csv)
{
    world_text(w, csv);
    if (mkt_dataset_events(w->dataset, &w->events, &w->err) != MKT_OK ||
        mkt_events_unite(&w->arena, w->events.part, w->events.parts, &w->view, &w->err) != MKT_OK)
        fail_msg("%s", w->err.text);
}

/* "steps=a > b;window=1h": parameters parted by semicolons. */
static inline mkt_status world_try(struct funnel_world *w, const char *parameters)
{
    const struct mkt_analysis *a = mkt_analysis_find("funnel");
    struct mkt_args args = {{0}};
    char *text = mkt_arena_strdup(&w->arena, parameters), *rest = NULL;
    assert_non_null(a);
    assert_non_null(text);
    mkt_err_clear(&w->err);
    for (char *p = strtok_r(text, ";", &rest); p; p = strtok_r(NULL, ";", &rest)) {
        char *equals = strchr(p, '=');
        assert_non_null(equals);
        *equals = '\0';
        if (mkt_args_set(&args, a, p, equals + 1, &w->err) != MKT_OK) return w->err.status;
    }
    mkt_sheet_init(&w->sheet, &w->arena);
    struct mkt_run run = {
        .arena = &w->arena, .dataset = w->dataset, .analysis = a, .args = &args, .threads = 2};
    return a->run(&run, &w->sheet, &w->err);
}

static inline void world_run(struct funnel_world *w, const char *parameters)
{
    if (world_try(w, parameters) != MKT_OK) fail_msg("%s", w->err.text);
}

static inline void world_refuses(struct funnel_world *w, const char *parameters, const char *words)
{
    mkt_status status = world_try(w, parameters);
    if (status != MKT_E_ARG || !strstr(w->err.text, words))
        fail_msg("%s: %d, \"%s\" instead of \"%s\"", parameters, (int)status, w->err.text, words);
}

static inline double world_fact(const struct funnel_world *w, const char *id)
{
    const struct mkt_fact *f = mkt_sheet_fact(&w->sheet, id);
    if (!f) fail_msg("there is no fact %s", id);
    return f->value;
}

static inline const char *world_caveat(const struct funnel_world *w, const char *id)
{
    for (size_t i = 0; i < w->sheet.caveats; i++)
        if (strcmp(w->sheet.caveat[i].id, id) == 0) return w->sheet.caveat[i].text;
    return NULL;
}

#endif
