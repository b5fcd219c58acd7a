/* The one table of analyses, and how one is called.
 *
 * CLI help, REST routes, OpenAPI and docs/analyses.md are written from
 * mkt_analysis_table. A new marketing question is one file that defines a
 * `mkt_status mkt_<name>_run(...)`, one row in table.c and one golden folder.
 */
#ifndef MKT_ANALYSIS_ANALYSIS_H
#define MKT_ANALYSIS_ANALYSIS_H

#include "analysis/topics.h"
#include "fact/sheet.h"
#include "source/dataset.h"

typedef enum {
    MKT_PARAM_NUMBER,  /* a finite number within least..most */
    MKT_PARAM_INTEGER, /* a whole number within least..most */
    MKT_PARAM_PERIOD,  /* see mkt_period_parse */
    MKT_PARAM_TEXT     /* names from the data, or a list of them: the analysis checks it */
} mkt_param_type;

struct mkt_param {
    const char *name; /* "margin": --margin, "margin" in JSON */
    mkt_param_type type;
    const char *unit; /* "share of revenue", "money", ... */
    double least, most;
    const char *fallback; /* default as text; NULL when there is none */
    const char *help;     /* one clause for --help and OpenAPI */
};

#define MKT_PARAMS_MAX 32

/* The values of one call; text[i] belongs to analysis->param[i], NULL where not given. */
struct mkt_args {
    const char *text[MKT_PARAMS_MAX];
};

struct mkt_run {
    struct mkt_arena *arena;
    struct mkt_dataset *dataset;
    const struct mkt_analysis *analysis;
    const struct mkt_args *args;
    int threads;
    mkt_progress *progress; /* may be NULL */
    void *user;
    const atomic_bool *cancel; /* may be NULL */
};

struct mkt_analysis {
    const char *name;     /* CLI verb, REST path, tool name */
    const char *type;     /* analysis_type in the answer */
    const char *area;     /* "campaign performance" */
    const char *question; /* what a user would ask */
    const char *summary;  /* one sentence: what comes back */
    const char *needs;    /* tables and columns, in words */
    mkt_kind kind;        /* of the table that it cannot do without */
    const struct mkt_param *param;
    size_t params;
    const struct mkt_topic *topic; /* the words it is asked for with; NULL for none of its own */
    size_t topics;
    /* Fills the sheet. Data that cannot answer give MKT_OK and status INSUFFICIENT. */
    mkt_status (*run)(const struct mkt_run *run, struct mkt_sheet *sheet, struct mkt_err *err);
};

extern const struct mkt_analysis mkt_analysis_table[];
extern const size_t mkt_analysis_count;

const struct mkt_analysis *mkt_analysis_find(const char *name);

/* Whether it has a parameter of that name. */
bool mkt_analysis_takes(const struct mkt_analysis *analysis, const char *name);

/* Checks a value against its parameter's domain and keeps the pointer.
 * Errors  MKT_E_ARG  no such parameter, one given twice, or a value outside its domain (the
 *                    sentence gives both) */
MKT_MUST_CHECK mkt_status mkt_args_set(struct mkt_args *args, const struct mkt_analysis *analysis,
                                       const char *name, const char *value, struct mkt_err *err);

/* The value given, else the default, else NAN / NULL. `name` must be a parameter of the analysis. */
double mkt_args_number(const struct mkt_run *run, const char *name);
const char *mkt_args_text(const struct mkt_run *run, const char *name);

/* True when the caller has gone; long loops look every few milliseconds. */
bool mkt_run_cancelled(const struct mkt_run *run);

#endif
