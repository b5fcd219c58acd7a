/* A sheet: everything one analysis has to say, before anyone puts it into words.
 *
 * This is the second seam. Nothing after it computes a figure: narrators and
 * reports only choose, order, format and escape.
 */
#ifndef MKT_FACT_SHEET_H
#define MKT_FACT_SHEET_H

#include <stdbool.h>

#include "base/arena.h"
#include "fact/account.h"
#include "fact/fact.h"

typedef enum {
    MKT_ANSWER_OK,          /* answered */
    MKT_ANSWER_LIMITED,     /* answered in part: caveats of weight LIMIT say what is missing */
    MKT_ANSWER_INSUFFICIENT /* cannot be answered: `missing` says what would settle it */
} mkt_answer_status;

const char *mkt_answer_status_name(mkt_answer_status status);

struct mkt_table_column {
    const char *metric; /* the facts' metric */
    const char *label;  /* "ROAS" */
    mkt_unit unit;
};

struct mkt_table_row {
    const char *label; /* as the data has it */
    const char **fact; /* ids, one a column; NULL where the data cannot say */
};

struct mkt_table {
    const char *id, *title, *scope;
    const char *head; /* over the names of the rows; NULL: the scope */
    struct mkt_table_column *column;
    size_t columns;
    struct mkt_table_row *row;
    size_t rows;
    const char *note; /* "the 50 largest of 212", or NULL */
};

typedef enum {
    MKT_CHART_TIME,     /* x are dates; series over them, bands where low and high are given */
    MKT_CHART_PAIRS,    /* x are entities; two or more bars side by side */
    MKT_CHART_INTERVAL, /* x are entities; one value with its interval each, sorted */
    MKT_CHART_MATRIX,   /* x are columns, each series a row: a cell the darker the larger it is */
    MKT_CHART_FLOW,     /* x are places, those passed first before the later ones; `flow` from one
                           to another. One series: what passes each place */
    MKT_CHART_STEPS     /* x are steps in their order; else as MKT_CHART_TIME */
} mkt_chart_kind;

const char *mkt_chart_kind_name(mkt_chart_kind kind);

struct mkt_series {
    const char *name;
    mkt_unit unit;
    double *value;      /* chart.points of them; NAN where there is none */
    double *low, *high; /* NULL when the series has no band */
};

/* What goes from one place of a MKT_CHART_FLOW to a later one. */
struct mkt_flow {
    size_t from, to; /* places in chart.x, from < to */
    double value;    /* above 0, in the unit of the chart's series */
};

struct mkt_chart {
    const char *id, *title;
    const char *reading; /* one sentence: how to read it */
    mkt_chart_kind kind;
    const char **x; /* dates or entities */
    size_t points;
    struct mkt_series *series;
    size_t count;
    double reference;           /* a line to compare with (ROAS 1), NAN for none */
    const char *reference_name; /* "break-even" */
    struct mkt_flow *flow;      /* of a MKT_CHART_FLOW; NULL for the other kinds */
    size_t flows;
};

struct mkt_parameter {
    const char *name, *value; /* as applied, defaults included */
};

/* Where an answer comes from; with it the same figures can be had again. */
struct mkt_provenance {
    const struct mkt_account *account;
    struct mkt_period period; /* analysed */
    const char *version;
    uint64_t seed;
    int draws;
    struct mkt_parameter *parameter;
    size_t parameters;
};

struct mkt_sheet {
    struct mkt_arena *arena;
    const char *analysis;      /* "roi" */
    const char *analysis_type; /* the seed's name of it: "campaign_roi" */
    const char *title;         /* "Return on marketing spend" */
    const char *subject;       /* the part of the marketing it is about; NULL for all of it */
    mkt_answer_status status;
    const char **missing; /* sentences: what is not there, and which data or test would settle it */
    size_t missings;
    bool collaboration_ready; /* every figure that finance needs is there and sound */
    const char *headline;     /* id of the headline finding; NULL when there is none */
    const char *verdict;      /* the answer to the question in one clause, which opens the words;
                                 NULL: the narrator makes one of figures and headline */
    double confidence;    /* probability that the headline is right, after caveats; NAN without */
    const char *currency; /* ISO code or NULL */

    struct mkt_fact *fact;
    size_t facts, fact_cap;
    struct mkt_finding *finding; /* heaviest first: stake times certainty */
    size_t findings, finding_cap;
    struct mkt_caveat *caveat;
    size_t caveats, caveat_cap;
    struct mkt_table *table;
    size_t tables, table_cap;
    struct mkt_chart *chart;
    size_t charts, chart_cap;
    size_t missing_cap;

    struct mkt_provenance provenance;
    uint32_t *index; /* open-addressing index of facts by id; see sheet.c */
    size_t index_size;
};

void mkt_sheet_init(struct mkt_sheet *sheet, struct mkt_arena *arena);

/* Each copies its argument; the strings must outlive the sheet.
 * Errors  MKT_E_NOMEM     the arena is full
 *         MKT_E_INTERNAL  a fact's id stands twice, its value is not finite, or its interval does
 *                         not hold it: a bug of the analysis, found in every build */
MKT_MUST_CHECK mkt_status mkt_sheet_add_fact(struct mkt_sheet *sheet, const struct mkt_fact *fact,
                                             struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_sheet_add_finding(struct mkt_sheet *sheet,
                                                const struct mkt_finding *finding,
                                                struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_sheet_add_caveat(struct mkt_sheet *sheet,
                                               const struct mkt_caveat *caveat,
                                               struct mkt_err *err);
/* The same of its parts; NULL for one that was made of memory there was none for: MKT_E_NOMEM. */
MKT_MUST_CHECK mkt_status mkt_sheet_say(struct mkt_sheet *sheet, const char *id,
                                        mkt_caveat_weight weight, const char *text,
                                        struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_sheet_add_table(struct mkt_sheet *sheet,
                                              const struct mkt_table *table, struct mkt_err *err);
/* MKT_E_INTERNAL  a flow that does not lead to a later place or is not above 0 */
MKT_MUST_CHECK mkt_status mkt_sheet_add_chart(struct mkt_sheet *sheet,
                                              const struct mkt_chart *chart, struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_sheet_add_missing(struct mkt_sheet *sheet, const char *sentence,
                                                struct mkt_err *err);

/* NULL when there is none of that id. */
const struct mkt_fact *mkt_sheet_fact(const struct mkt_sheet *sheet, const char *id);
const struct mkt_finding *mkt_sheet_finding(const struct mkt_sheet *sheet, const char *id);

#endif
