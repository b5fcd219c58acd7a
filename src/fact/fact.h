/* A fact: one figure with its unit, its uncertainty and what it rests on.
 * A finding: a comparison between facts, with the probability that it is right.
 *
 * All strings live in the arena of the sheet they stand in (or are constants)
 * and are valid UTF-8 without control characters; text from data is not
 * escaped here: each face escapes for its own format.
 */
#ifndef MKT_FACT_FACT_H
#define MKT_FACT_FACT_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    MKT_UNIT_COUNT, /* people, clicks, orders: may be fractional where a platform shares them out */
    MKT_UNIT_MONEY, /* in the sheet's currency */
    MKT_UNIT_RATIO, /* money for money: ROAS 3.2, ROI 2.2 */
    MKT_UNIT_SHARE, /* 0..1 of a whole, shown as percent: CTR, share of spend */
    MKT_UNIT_CHANGE,      /* relative difference, 0.1 is +10 % */
    MKT_UNIT_PROBABILITY, /* 0..1 */
    MKT_UNIT_DAYS,
    MKT_UNIT_INDEX,   /* a bare number: an elasticity */
    MKT_UNIT_SECONDS, /* a length of time, shown as 45 seconds, 12 minutes, 3.4 hours, 2.1 days */
    MKT_UNIT_POINTS,  /* difference of two shares: 0.012 is +1.2 points */
    MKT_UNIT_P        /* a p value, 0..1, shown as 0.0312 */
} mkt_unit;

const char *mkt_unit_name(mkt_unit unit);

struct mkt_fact {
    const char *id;     /* unique in the sheet: "search.roas", "campaign.spring.roas" */
    const char *label;  /* "ROAS of search" */
    const char *scope;  /* "total", "channel", "campaign", "segment" */
    const char *entity; /* "search", as the data has it; NULL for the total */
    const char *metric; /* "roas" */
    double value;       /* finite */
    mkt_unit unit;
    double low, high;          /* the interval, low <= value <= high; both NAN when there is none */
    double level;              /* 0.95; 0 when there is no interval */
    const char *interval;      /* "bootstrap", "wilson", or "none" */
    const char *why;           /* why there is no interval: "a sum of what was recorded" */
    int64_t n;                 /* what it rests on */
    const char *n_of;          /* "days", "clicks" */
    const char *method;        /* analysis whose method card explains it: "roi" */
    const char *const *caveat; /* ids of caveats that bear on it */
    size_t caveats;
};

/* What a finding says, so that a narrator can group and choose. */
typedef enum {
    MKT_FINDING_COMPARE,    /* subject beats other */
    MKT_FINDING_CHANGE,     /* subject rose or fell against a period */
    MKT_FINDING_IMBALANCE,  /* share of spend against share of revenue */
    MKT_FINDING_SATURATED,  /* the next euro brings less than the average one */
    MKT_FINDING_BREAK_EVEN, /* earns or loses money */
    MKT_FINDING_PACE,       /* ahead of or behind the budget */
    MKT_FINDING_ACTION      /* what to do; its claim is an imperative sentence */
} mkt_finding_kind;

const char *mkt_finding_kind_name(mkt_finding_kind kind);

struct mkt_finding {
    const char *id; /* "search_over_social.roas" */
    mkt_finding_kind kind;
    const char *claim;  /* "search returns more per euro than social": no figures, no stop */
    double probability; /* that the claim is right, from the same draws as the intervals */
    double stake;       /* money this concerns, in the sheet's currency */
    const char *scope;  /* of the subject: "channel", "campaign", "segment", "total" */
    const char *subject, *other; /* entities, or NULL */
    const char *const *fact;     /* ids of the facts it compares, subject first */
    size_t facts;
    const char *const *because; /* ids of the findings that an action follows from */
    size_t becauses;
};

#endif
