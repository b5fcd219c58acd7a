/* What the data hold, as far as a planner needs it: which kinds of tables, which names, which days.
 */
#ifndef MKT_PLAN_KNOWN_H
#define MKT_PLAN_KNOWN_H

#include "base/date.h"
#include "source/dataset.h"

typedef enum {
    MKT_KNOWN_CHANNEL,
    MKT_KNOWN_CAMPAIGN,
    MKT_KNOWN_SEGMENT,
    MKT_KNOWN_VARIANT,
    MKT_KNOWN_METRIC, /* of an experiment */
    MKT_KNOWN_KINDS
} mkt_known_kind;

extern const char *const mkt_known_kind_name[MKT_KNOWN_KINDS]; /* "channel": scope and parameter */

struct mkt_known_name {
    mkt_known_kind kind;
    const char *name;
    struct mkt_period days; /* of a campaign: when it had spend; else first > last */
};

#define MKT_KNOWN_NAMES 4096 /* at most; of more the first are known */

/* A column of the events that conversion can be compared by. */
struct mkt_known_property {
    const char *name;
    const char *const *value; /* in byte order */
    size_t values;            /* 0 for more than MKT_KNOWN_VALUES */
    bool channel;             /* it names channels or campaigns */
};

#define MKT_KNOWN_VALUES 64
#define MKT_KNOWN_EVENTS 256 /* at most; of more the first are known */

struct mkt_known {
    bool performance, journeys, events, arms; /* which tables there are */
    struct mkt_period data;      /* of the performance table, else of all; first > last: none */
    const char *currency;        /* ISO code or NULL */
    struct mkt_known_name *name; /* by kind, in byte order */
    size_t names;
    const struct mkt_known_property *property;
    size_t properties; /* of the events */
    struct mkt_known_property
        segment; /* of the experiment: its values; its column has no name here */
    const char *const *event;
    size_t events_named; /* in byte order, each once */
    bool cut;            /* more names than MKT_KNOWN_NAMES */
    int32_t today;       /* day that relative periods are counted from */
    const char *place;   /* what the data are called: a path or a registered name */
    bool registered;     /* a registered name, not a path */
};

/* Gathers it; `place`, `registered` and `today` are the caller's to set.
 * Errors  those of the data set but MKT_E_EMPTY;  MKT_E_NOMEM
 * Checked tests/plan/known_test.c */
MKT_MUST_CHECK mkt_status mkt_known_make(struct mkt_arena *arena, struct mkt_dataset *dataset,
                                         struct mkt_known *out, struct mkt_err *err);

/* Whether the tables that an analysis takes are there; true when that is not known. */
bool mkt_known_can(const struct mkt_known *known, const char *analysis);

#endif
