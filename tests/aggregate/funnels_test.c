#include "event_world.h"

#include <stdio.h>

#include "num/random.h"

static struct event_world world;

/* ---- attempts by trying everything ------------------------------------------------------------ */

/* What a unit could do at best: furthest step, the row that gets there first, its latest start. */
struct outcome {
    int step;
    size_t row;
    int64_t start;
};

struct search {
    const struct mkt_funnel_plan *plan;
    const struct mkt_event *row;
    size_t rows;
    struct outcome best;
};

static bool is_event(const struct mkt_funnel_step *s, const struct mkt_event *row)
{
    return s->events && s->event[0] == row->event;
}

static bool is_excluded(const struct search *s, size_t row)
{
    for (size_t i = 0; i < s->plan->exclusions; i++)
        if (is_event(&s->plan->exclusion[i], &s->row[row])) return true;
    return false;
}

static void offer(struct search *s, int step, size_t row, int64_t start)
{
    struct outcome *b = &s->best;
    bool better = step > b->step ||
                  (step == b->step && (row < b->row || (row == b->row && start > b->start)));
    if (better) *b = (struct outcome){step, row, start};
}

static void try_on(struct search *s, size_t step, size_t row, int64_t start)
{
    offer(s, (int)step, row, start);
    bool strict = s->plan->order == MKT_FUNNEL_STRICT;
    for (size_t r = row + 1; r < s->rows && (!strict || r == row + 1); r++) {
        if (is_excluded(s, r) || s->row[r].time - start > s->plan->window) return;
        for (size_t k = step + 1; k < s->plan->steps; k++) {
            if (is_event(&s->plan->step[k], &s->row[r])) try_on(s, k, r, start);
            if (!s->plan->step[k].optional) break;
        }
    }
}

static struct outcome try_all(const struct mkt_funnel_plan *plan, const struct mkt_event *row,
                              size_t rows)
{
    struct search s = {plan, row, rows, {-1, 0, 0}};
    for (size_t r = 0; r < rows; r++)
        if (is_event(&plan->step[0], &row[r])) try_on(&s, 0, r, row[r].time);
    return s.best;
}

/* Any order: the most steps 1..k that one window can hold, each row one step. */
static bool matches(const struct mkt_funnel_plan *plan, const struct mkt_event *row, size_t from,
                    size_t to, size_t k, unsigned used)
{
    if (k == 0) return true;
    for (size_t r = from; r < to; r++)
        if (!(used >> r & 1) && is_event(&plan->step[k - 1], &row[r]) &&
            matches(plan, row, from, to, k - 1, used | 1U << r))
            return true;
    return false;
}

static int try_any(const struct mkt_funnel_plan *plan, const struct mkt_event *row, size_t rows)
{
    int best = -1;
    for (size_t from = 0; from < rows; from++)
        for (size_t to = from; to < rows; to++) {
            if (row[to].time - row[from].time > plan->window) break;
            while (best + 1 < (int)plan->steps &&
                   matches(plan, row, from, to + 1, (size_t)best + 2, 0))
                best++;
        }
    return best;
}

/* Small worlds of one user, every kind of order, repeated and optional steps, exclusions, ties. */
static void attempts_are_the_best_there_are(void **state)
{
    static const char *const steps[] = {"a b",    "a b c",     "a b a c",   "a a b",
                                        "a b? c", "a b? c? d", "a b c d e", "a a a"};
    struct mkt_random random;
    (void)state;
    mkt_random_init(&random, 5, 0);
    for (int round = 0; round < 500; round++) {
        struct mkt_events_view view;
        struct mkt_funnel_step step[8], out_step[1];
        struct mkt_funnels f;
        size_t rows = 1 + mkt_random_below(&random, 9);
        world_open(&world, 1);
        for (size_t i = 0; i < rows; i++) {
            char name[2] = {(char)('a' + mkt_random_below(&random, 5)), '\0'};
            world_add(
                &world, 0,
                (struct world_row){.time = SECOND * mkt_random_below(&random, 12), .event = name});
        }
        world_unite(&world, &view);
        struct mkt_funnel_plan plan = {
            .step = step,
            .steps = world_steps(&world, &view, steps[mkt_random_below(&random, 8)], step),
            .exclusion = out_step,
            .order = (mkt_funnel_order)mkt_random_below(&random, 3),
            .window = SECOND * (1 + mkt_random_below(&random, 10)),
            .count_open = true,
            .segment = MKT_EVENTS_PROPERTIES};
        bool optional = false;
        for (size_t k = 0; k < plan.steps; k++) optional |= step[k].optional;
        if (plan.order == MKT_FUNNEL_ANY && optional) plan.order = MKT_FUNNEL_ORDERED;
        if (plan.order != MKT_FUNNEL_ANY && mkt_random_below(&random, 2))
            plan.exclusions = world_steps(&world, &view, "e", out_step);
        if (plan.exclusions && plan.steps == 5) plan.exclusions = 0; /* e is a step there */
        world_count(&world, &view, &plan, 1, &f);

        struct mkt_event row[16], sorted[16];
        uint32_t start[MKT_PILES_BUCKETS + 1];
        size_t n = 0, at = 0;
        _Alignas(16) static char block[MKT_PILES_BLOCK(sizeof(struct mkt_event))];
        for (size_t pile = 0; pile < MKT_PILES; pile++) {
            assert_int_equal(mkt_events_gather(&view, pile, block, row + at, &n, &world.err),
                             MKT_OK);
            at += n;
        }
        for (size_t i = 0; i < rows; i++) {
            row[i].rank = UINT16_MAX;
            for (size_t k = plan.steps + plan.exclusions; k-- > 0;)
                if (is_event(k < plan.steps ? &step[k] : out_step, &row[i]))
                    row[i].rank = (uint16_t)k;
        }
        mkt_events_sort(row, rows, false, start, sorted);
        struct outcome want = try_all(&plan, sorted, rows);
        if (plan.order == MKT_FUNNEL_ANY) want.step = try_any(&plan, sorted, rows);
        bool entered = f.reached[0] > 0; /* in any order, too, the first step opens the attempt */
        assert_true(entered == (want.step >= 0));
        for (size_t k = 0; k < plan.steps; k++)
            if (!step[k].optional || (int)k > want.step)
                if (f.reached[k] != ((int)k <= want.step))
                    fail_msg("round %d: step %zu of %zu reached %d times, furthest is %d", round, k,
                             plan.steps, (int)f.reached[k], want.step);
        if (plan.order != MKT_FUNNEL_ANY && want.step + 1 == (int)plan.steps) {
            int64_t sum = 0, took = sorted[want.row].time - want.start;
            for (size_t b = 0; b < f.bins; b++) sum += f.whole[b].sum;
            assert_int_equal(sum, took / 1000);
        }
        world_close(&world);
    }
}

/* ---- one user at a time ----------------------------------------------------------------------- */

/* "a0 b5 c9": events at seconds; f->reached of the steps as text. */
static const char *reached(const char *history, const char *steps, struct mkt_funnel_plan plan)
{
    static char text[64];
    struct mkt_events_view view;
    struct mkt_funnel_step step[8], out[2];
    struct mkt_funnels f;
    char copy[256], *rest = NULL;
    world_open(&world, 1);
    snprintf(copy, sizeof copy, "%s", history);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char name[2] = {word[0], '\0'};
        world_add(&world, 0, (struct world_row){.time = SECOND * atoi(word + 1), .event = name});
    }
    world_unite(&world, &view);
    plan.step = step;
    plan.steps = world_steps(&world, &view, steps, step);
    plan.exclusion = out;
    if (plan.exclusions) plan.exclusions = world_steps(&world, &view, "x", out);
    if (!plan.window) plan.window = 100 * SECOND;
    plan.segment = MKT_EVENTS_PROPERTIES;
    plan.count_open = true;
    world_count(&world, &view, &plan, 1, &f);
    for (size_t k = 0; k < plan.steps; k++) text[k] = (char)('0' + f.reached[k]);
    text[plan.steps] = '\0';
    world_close(&world);
    return text;
}

static void what_counts_as_a_step(void **state)
{
    (void)state;
    const struct mkt_funnel_plan ordered = {.order = MKT_FUNNEL_ORDERED},
                                 strict = {.order = MKT_FUNNEL_STRICT},
                                 any = {.order = MKT_FUNNEL_ANY}, excluding = {.exclusions = 1},
                                 soon = {.window = 5 * SECOND};
    assert_string_equal(reached("a0 z1 b2 c3", "a b c", ordered), "111");
    assert_string_equal(reached("a0 z1 b2 c3", "a b c", strict), "100");
    assert_string_equal(reached("c0 b1 a2", "a b c", ordered), "100");
    assert_string_equal(reached("c0 b1 a2", "a b c", any), "111");
    assert_string_equal(reached("c0 b1", "a b c", any), "000");  /* nobody entered */
    assert_string_equal(reached("a0 a1", "a a", ordered), "11"); /* two events, two steps */
    assert_string_equal(reached("a0", "a a", ordered), "10");    /* one event is one step */
    assert_string_equal(reached("a0", "a a", any), "10");
    assert_string_equal(reached("a0 x1 b2", "a b", excluding), "10");
    assert_string_equal(reached("a0 b2 x3", "a b", excluding), "11");
    assert_string_equal(reached("x0 a1 b2", "a b", excluding), "11");
    assert_string_equal(reached("a0 b5", "a b", soon), "11"); /* the end of the window is in */
    assert_string_equal(reached("a0 b6", "a b", soon), "10");
    assert_string_equal(reached("a0 a4 b6", "a b", soon), "11"); /* a later entry */
    assert_string_equal(reached("a0 b4 a5 b6 c9", "a b c", soon), "111");
    assert_string_equal(reached("c1 b1 a1", "a b c", ordered), "111"); /* at one instant */
    assert_string_equal(reached("a0 c1", "a b? c", ordered), "101");
    assert_string_equal(reached("a0 b1 c2", "a b? c", ordered), "111");
    assert_string_equal(reached("a0 b1 c2", "a q c", ordered), "100"); /* never occurs */
}

/* ---- counts ------------------------------------------------------------------------------------ */

/* 300 users; some convert, values and levels differ. */
static void fill(struct event_world *w, size_t parts, uint64_t seed, bool backwards)
{
    struct mkt_random random;
    struct world_row row[4000];
    size_t rows = 0;
    mkt_random_init(&random, seed, 0);
    for (uint64_t u = 0; u < 300; u++) {
        int64_t t = (int64_t)(mkt_random_uniform(&random) * 40 * (double)WHOLE_DAY);
        const char *level = u % 3 ? "mobile" : "desktop";
        for (uint64_t s = 0; s < 1 + u % 3; s++) {
            for (int k = 0; k < 3 && (k == 0 || mkt_random_uniform(&random) < .6); k++) {
                char name[2] = {(char)('a' + k), '\0'};
                row[rows] = (struct world_row){.user = u,
                                               .session = 1 + s,
                                               .time = t += MINUTE,
                                               .value = k == 2 ? 10 + (double)(u % 7) : 0,
                                               .valued = k == 2,
                                               .level = level};
                static const char *const names[] = {"a", "b", "c"};
                row[rows++].event = names[k];
                (void)name;
            }
            t += WHOLE_DAY;
        }
    }
    for (size_t i = 0; i < rows; i++) {
        size_t r = backwards ? rows - 1 - i : i;
        world_add(w, r % parts, row[r]);
    }
}

static int64_t *counted(bool by_session, size_t parts, bool backwards, size_t limit, int threads,
                        size_t *width)
{
    struct mkt_events_view view;
    struct mkt_funnel_step step[3];
    struct mkt_funnels f;
    world_open_limit(&world, parts, limit);
    fill(&world, parts, 9, backwards);
    world_unite(&world, &view);
    struct mkt_funnel_plan plan = {.step = step,
                                   .steps = world_steps(&world, &view, "a b c", step),
                                   .window = 2 * WHOLE_DAY,
                                   .gap = HOUR,
                                   .by_session = by_session,
                                   .segment = 0,
                                   .period = MKT_FUNNEL_WEEK};
    world_count(&world, &view, &plan, threads, &f);
    *width = f.width;
    int64_t *copy = malloc(f.width * sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, f.sum, f.width * sizeof *copy);
    world_close(&world);
    return copy;
}

static void nothing_depends_on_order_parts_threads_or_disk(void **state)
{
    (void)state;
    for (int by_session = 0; by_session < 2; by_session++) {
        size_t width, other;
        int64_t *want = counted(by_session, 1, false, (size_t)1 << 30, 1, &width);
        for (int k = 0; k < 4; k++) {
            int64_t *got = counted(by_session, k % 2 ? 4 : 1, k > 1, k == 3 ? 1 : (size_t)1 << 30,
                                   k ? 4 : 2, &other);
            assert_int_equal(width, other);
            assert_memory_equal(want, got, width * sizeof *want);
            free(got);
        }
        free(want);
    }
}

static void sums_agree_with_each_other(void **state)
{
    struct mkt_events_view view;
    struct mkt_funnel_step step[3];
    struct mkt_funnels f;
    (void)state;
    world_open(&world, 2);
    fill(&world, 2, 9, false);
    world_unite(&world, &view);
    struct mkt_funnel_plan plan = {.step = step,
                                   .steps = world_steps(&world, &view, "a b c", step),
                                   .window = 2 * WHOLE_DAY,
                                   .segment = 0,
                                   .period = MKT_FUNNEL_WEEK};
    world_count(&world, &view, &plan, 2, &f);
    assert_int_equal(*f.users, 300);
    assert_int_equal(*f.units, 300);
    assert_int_equal(*f.absent, 0);
    assert_int_equal(f.reached[0] + *f.open, 300);
    assert_int_equal(*f.conversions, f.reached[2]);
    for (size_t k = 0; k < 3; k++) {
        int64_t by_segment = 0, times = 0, stop = 0;
        for (size_t s = 0; s < f.segments; s++) by_segment += f.segment[s * 3 + k];
        assert_int_equal(by_segment, f.reached[k]);
        assert_int_equal(f.square[k], f.reached[k]); /* a user is one unit */
        for (size_t b = 0; b < f.bins; b++) times += f.between[k * f.bins + b].n;
        assert_int_equal(times, k ? f.reached[k] : 0);
        for (size_t e = 0; e <= f.events; e++) stop += f.lost[k * (f.events + 1) + e];
        assert_int_equal(stop, k < 2 ? f.reached[k] - f.reached[k + 1] : 0);
    }
    int64_t entered = 0, first = 0;
    for (size_t c = 0; c < f.cohorts; c++) {
        entered += f.cohort[c * 3];
        first += f.bounded[c * f.cohorts];
        int64_t all = 0;
        for (size_t j = 0; j < f.cohorts; j++) all += f.rolling[c * f.cohorts + j];
        assert_int_equal(all, f.bounded[c * f.cohorts]); /* everyone was last seen some time */
    }
    assert_int_equal(entered, 300);
    assert_int_equal(first, 300);
    world_close(&world);
}

/* ---- bins and periods --------------------------------------------------------------------------- */

static void bins_hold_what_they_say(void **state)
{
    (void)state;
    for (int64_t t = 0; t < 4000; t++) {
        double low, high;
        mkt_funnels_bin_bounds(mkt_funnels_bin_of(t), &low, &high);
        assert_true(low <= (double)t && (double)t < high);
    }
    for (int64_t t = 4001; t < INT64_C(1) << 60; t += t / 3) {
        double low, high;
        mkt_funnels_bin_bounds(mkt_funnels_bin_of(t), &low, &high);
        assert_true(low <= (double)t && (double)t < high && high / low <= 1 + 1.0 / 127);
        assert_true(mkt_funnels_bin_of(t) <= mkt_funnels_bin_of(t + 1));
    }
}

static void periods_begin_where_they_should(void **state)
{
    (void)state;
    for (int32_t day = 0; day < 40000; day += 3)
        for (int p = 0; p < 3; p++) {
            mkt_funnel_period period = (mkt_funnel_period)p;
            int32_t n = mkt_funnels_period_of(period, day);
            assert_true(mkt_funnels_period_day(period, n) <= day);
            assert_true(mkt_funnels_period_day(period, n + 1) > day);
            if (p == 1) assert_int_equal(mkt_date_weekday(mkt_funnels_period_day(period, n)), 0);
            if (p == 2) assert_int_equal(mkt_date_of(mkt_funnels_period_day(period, n)).day, 1);
        }
}

static void too_much_is_refused(void **state)
{
    struct mkt_events_view view;
    struct mkt_funnel_step step[3];
    struct mkt_funnels f;
    struct mkt_err err = {0};
    (void)state;
    world_open(&world, 1);
    fill(&world, 1, 9, false);
    for (int i = 0; i < 1200; i++) {
        char level[16];
        snprintf(level, sizeof level, "l%d", i);
        world_add(&world, 0,
                  (struct world_row){
                      .user = 1, .time = 600 * WHOLE_DAY * (i == 0), .event = "a", .level = level});
    }
    world_unite(&world, &view);
    struct mkt_funnel_plan plan = {.step = step,
                                   .steps = world_steps(&world, &view, "a b c", step),
                                   .window = WHOLE_DAY,
                                   .segment = MKT_EVENTS_PROPERTIES};
    view.last = 600 * WHOLE_DAY; /* the row is taken for a wrong clock */
    assert_int_equal(mkt_funnels_count(&world.arena, &view, &plan, 1, &f, &err), MKT_E_LIMIT);
    mkt_err_clear(&err);
    plan.period = MKT_FUNNEL_MONTH;
    plan.segment = 0;
    assert_int_equal(mkt_funnels_count(&world.arena, &view, &plan, 1, &f, &err), MKT_E_LIMIT);
    world_close(&world);
}

static void every_arena_size(void **state)
{
    (void)state;
    struct mkt_events_view view;
    struct mkt_funnel_step step[3];
    world_open(&world, 1);
    fill(&world, 1, 9, false);
    world_unite(&world, &view);
    struct mkt_funnel_plan plan = {.step = step,
                                   .steps = world_steps(&world, &view, "a b c", step),
                                   .window = WHOLE_DAY,
                                   .segment = 0,
                                   .period = MKT_FUNNEL_MONTH};
    int failed = 0;
    for (size_t at = 1;; at++) {
        struct mkt_arena small;
        struct mkt_funnels f;
        struct mkt_err err = {0};
        assert_int_equal(mkt_arena_open(&small, (size_t)256 << 20, &err), MKT_OK);
        small.fail_at = at;
        mkt_status status = mkt_funnels_count(&small, &view, &plan, 2, &f, &err);
        bool reached_it = small.allocations >= at;
        mkt_arena_close(&small);
        if (!reached_it) {
            assert_int_equal(status, MKT_OK);
            break;
        }
        assert_int_equal(status, MKT_E_NOMEM);
        failed++;
    }
    assert_true(failed >= 4);
    struct mkt_arena tiny;
    struct mkt_funnels f;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&tiny, (size_t)1 << 20, &err), MKT_OK);
    assert_int_equal(mkt_funnels_count(&tiny, &view, &plan, 4, &f, &err), MKT_E_NOMEM);
    mkt_arena_close(&tiny);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts_are_the_best_there_are),
        cmocka_unit_test(what_counts_as_a_step),
        cmocka_unit_test(nothing_depends_on_order_parts_threads_or_disk),
        cmocka_unit_test(sums_agree_with_each_other),
        cmocka_unit_test(bins_hold_what_they_say),
        cmocka_unit_test(periods_begin_where_they_should),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(every_arena_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
