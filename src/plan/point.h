/* A calendar unit named in words: "november 2025", "q4", "3 march", "2025-10-01". */
#ifndef MKT_PLAN_POINT_H
#define MKT_PLAN_POINT_H

#include "base/date.h"
#include "plan/fold.h"

typedef enum {
    MKT_POINT_NONE,
    MKT_POINT_DAY,
    MKT_POINT_MONTH,
    MKT_POINT_QUARTER,
    MKT_POINT_HALF,
    MKT_POINT_YEAR,
    MKT_POINT_EVENT
} mkt_point_kind;

typedef enum {
    MKT_POINT_BLACK_FRIDAY,
    MKT_POINT_BLACK_FRIDAY_WEEK, /* Monday to Sunday around it */
    MKT_POINT_CYBER_MONDAY,
    MKT_POINT_CYBER_WEEK,     /* the week that opens with it */
    MKT_POINT_HOLIDAY_SEASON, /* November and December */
    MKT_POINT_SPRING,         /* March to May; the others follow, three months each */
    MKT_POINT_SUMMER,
    MKT_POINT_AUTUMN,
    MKT_POINT_WINTER, /* December to February */
    MKT_POINT_EVENTS
} mkt_point_event;

struct mkt_point {
    mkt_point_kind kind;
    int year;      /* 0 when the words name none */
    int unit, day; /* month 1..12, quarter 1..4, half 1..2, or an event; day of the month */
    size_t took;   /* tokens */
    bool valid;    /* there is such a day, month or quarter */
};

/* What stands at token `at`; `kind` is NONE when there is nothing of the sort. */
struct mkt_point mkt_point_read(const struct mkt_fold *fold, size_t at, size_t end);

/* Its days in a year. */
struct mkt_period mkt_point_days(const struct mkt_point *point, int year);

/* "the week of Black Friday (Monday to Sunday)" */
const char *mkt_point_event_name(mkt_point_event which);

#endif
