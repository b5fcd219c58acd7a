/* What a made-up company's data hold, without any data. */
#ifndef MKT_TESTS_PLAN_COMPANY_H
#define MKT_TESTS_PLAN_COMPANY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/plan_line.h"
#include "plan/planner.h"

static struct mkt_known_name company_name[] = {
    {MKT_KNOWN_CHANNEL, "display", {0, -1}},
    {MKT_KNOWN_CHANNEL, "email", {0, -1}},
    {MKT_KNOWN_CHANNEL, "paid_search", {0, -1}},
    {MKT_KNOWN_CHANNEL, "social", {0, -1}},
    {MKT_KNOWN_CAMPAIGN, "Always On", {20000, 20729}},
    {MKT_KNOWN_CAMPAIGN, "Holiday 2024", {20058, 20080}},
    {MKT_KNOWN_CAMPAIGN, "Holiday 2025", {20423, 20445}},
    {MKT_KNOWN_SEGMENT, "18-34", {0, -1}},
    {MKT_KNOWN_SEGMENT, "new", {0, -1}},
    {MKT_KNOWN_VARIANT, "A", {0, -1}},
    {MKT_KNOWN_VARIANT, "B", {0, -1}},
    {MKT_KNOWN_METRIC, "revenue_per_user", {0, -1}},
};

/* Data from 2024-10-04 to 2026-10-03; today is 2026-10-20. */
static struct mkt_known company_known = {.performance = true,
                                         .journeys = true,
                                         .events = true,
                                         .arms = true,
                                         .data = {20000, 20729},
                                         .currency = "EUR",
                                         .name = company_name,
                                         .names = sizeof company_name / sizeof *company_name,
                                         .today = 20746,
                                         .place = "shop"};

static struct mkt_arena company_arena;
static struct mkt_err company_err;

static inline int company_open(void **state)
{
    (void)state;
    return mkt_arena_open(&company_arena, (size_t)64 << 20, &company_err) == MKT_OK ? 0 : -1;
}

static inline int company_close(void **state)
{
    (void)state;
    mkt_arena_close(&company_arena);
    return 0;
}

static inline struct mkt_planner company_planner(void)
{
    return (struct mkt_planner){
        .table = mkt_analysis_table, .analyses = mkt_analysis_count, .known = &company_known};
}

#endif
