/* Journeys by hand, one rule at a time; then the same bytes whatever the order, split, threads and
 * memory. */
#include "aggregate/touchpoints.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "num/near.h"

#define DAY 86400
#define HOUR 3600

static struct mkt_arena arena;

static int open_arena(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, (size_t)1 << 30, &err), MKT_OK);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static const struct mkt_journey_rules plain = {.lookback = 30 * DAY};
static const struct mkt_share_rule linear_rule = {.name = "linear", .kind = MKT_SHARE_LINEAR};

static void row(struct mkt_touchpoints *j, uint64_t user, int64_t time, const char *channel,
                int conversion, mkt_micro value)
{
    struct mkt_err err = {0};
    uint32_t code = MKT_TOUCHPOINTS_NONE;
    bool view = channel && channel[0] == '~'; /* ~name: a view */
    if (channel) {
        channel += view;
        assert_int_equal(mkt_names_code(&j->channel, channel, strlen(channel), &code, &err),
                         MKT_OK);
    }
    const struct mkt_touchpoints_row t =
        mkt_touchpoints_pack(mkt_names_mix(user), time, conversion, code, view, value);
    assert_int_equal(mkt_touchpoints_add(j, &t, 1, &err), MKT_OK);
}

static struct mkt_touchpoints_out finish(struct mkt_touchpoints *j,
                                         const struct mkt_journey_rules *rules)
{
    struct mkt_touchpoints_out out;
    struct mkt_err err = {0};
    assert_int_equal(
        mkt_touchpoints_finish(&arena, &j, 1, rules, &linear_rule, 1, 256, true, 1, &out, &err),
        MKT_OK);
    return out;
}

/* "a>b 1/0 a 0/2": the paths with conversions/nulls, in the order of their text. */
static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void expect(const struct mkt_touchpoints_out *out, const char *expected)
{
    char line[16][64], all[1024] = "";
    const struct mkt_paths *p = &out->paths;
    assert_true(p->paths <= 16);
    for (size_t k = 0; k < p->paths; k++) {
        char *to = line[k];
        for (size_t i = 0; i < p->path[k].steps; i++)
            to += sprintf(to, "%s%s", i ? ">" : "",
                          p->channel.name[mkt_paths_steps(p, &p->path[k])[i]]);
        sprintf(to, " %d/%d", (int)p->path[k].counts.conversions, (int)p->path[k].counts.nulls);
    }
    qsort(line, p->paths, sizeof line[0], by_text);
    for (size_t k = 0; k < p->paths; k++) {
        if (k) strcat(all, " ");
        strcat(all, line[k]);
    }
    assert_string_equal(all, expected);
}

static struct mkt_touchpoints begin(void)
{
    struct mkt_touchpoints j;
    mkt_touchpoints_init(&j, &arena, SIZE_MAX, "/tmp");
    return j;
}

static void orders_touches_and_ends_at_conversions(void **state)
{
    (void)state;
    struct mkt_touchpoints j = begin();
    row(&j, 1, 3 * HOUR, "b", 1, 5 * MKT_MICRO);
    row(&j, 1, 1 * HOUR, "a", 0, 0);
    row(&j, 1, 9 * HOUR, "c", 0, 0);
    row(&j, 1, 9 * HOUR + DAY, NULL, 1, 7 * MKT_MICRO);
    row(&j, 2, 0, "a", 0, 0);
    row(&j, 3, 5, NULL, 1, -MKT_MICRO);
    struct mkt_touchpoints_out out = finish(&j, &plain);
    expect(&out, "a 0/1 a>b 1/0 c 1/0");
    assert_int_equal(out.paths.total.value, 12 * MKT_MICRO);
    assert_int_equal(out.paths.untouched.conversions, 1);
    assert_int_equal(out.paths.untouched.value, -MKT_MICRO);
    assert_int_equal(out.counts.users, 3);
    assert_int_equal(out.counts.conversions, 3);
    assert_int_equal(out.counts.negative, 1);
    assert_int_equal(out.counts.visits, 4);
    assert_int_equal(out.counts.open, 1);
    assert_int_equal(out.counts.lag[0], 1);
    assert_int_equal(out.counts.lag[1], 1);
    assert_int_equal(out.counts.steps[1], 1);
    assert_int_equal(out.counts.steps[2], 1);
    double total[64];
    assert_true(out.credits.width <= 64);
    mkt_credits_total(&out.credits, total);
    const double *credit = mkt_credits_of(&out.credits, total, 0, false);
    assert_near(credit[0], .5, 0);
    assert_near(credit[1], .5, 0);
    assert_near(credit[2], 1, 0);
    assert_near(mkt_credits_of(&out.credits, total, 0, true)[1], 2.5, 1e-12);
    assert_near(mkt_credits_follow(&out.credits, total, false)[0], 1, 0);
    assert_near(mkt_credits_follow(&out.credits, total, false)[3 + 1], 1, 0); /* a > b */
    assert_near(mkt_credits_follow(&out.credits, total, true)[0], 1, 0);
    assert_near(mkt_credits_end(&out.credits, total, 1)[2], 7, 1e-12);
}

static void ties_put_touches_before_conversions(void **state)
{
    (void)state;
    struct mkt_touchpoints j = begin();
    row(&j, 1, HOUR, NULL, 1, 0);
    row(&j, 1, HOUR, "b", 0, 0);
    row(&j, 1, HOUR, "a", 0, 0);
    struct mkt_touchpoints_out out = finish(&j, &plain);
    expect(&out, "a>b 1/0");
}

static void lookback_leaves_old_touches_out(void **state)
{
    (void)state;
    struct mkt_touchpoints j = begin();
    row(&j, 1, 0, "a", 0, 0);
    row(&j, 1, 10 * DAY, "b", 0, 0);
    row(&j, 1, 30 * DAY + 1, NULL, 1, 0); /* a is a second too old */
    row(&j, 2, 0, "a", 0, 0);
    row(&j, 2, 30 * DAY, NULL, 1, 0); /* a just counts */
    row(&j, 3, 0, "a", 0, 0);
    row(&j, 3, 90 * DAY, NULL, 1, 0); /* nothing counts */
    struct mkt_touchpoints_out out = finish(&j, &plain);
    expect(&out, "a 1/0 b 1/0");
    assert_int_equal(out.paths.untouched.conversions, 1);
}

static void sessions_join_and_gaps_end(void **state)
{
    (void)state;
    struct mkt_journey_rules rules = plain;
    rules.session = HOUR / 2;
    rules.gap = 7 * DAY;
    struct mkt_touchpoints j = begin();
    row(&j, 1, 0, "a", 0, 0);
    row(&j, 1, 1000, "a", 0, 0);
    row(&j, 1, 2600, "a", 0, 0);  /* half an hour after the one before, not after the first */
    row(&j, 1, 2700, "~a", 0, 0); /* a view is another thing */
    row(&j, 1, 8000, "a", 0, 0);
    row(&j, 1, 8000 + 7 * DAY + 1, "b", 1, 0);
    struct mkt_touchpoints_out out = finish(&j, &rules);
    expect(&out, "a>a>a 0/1 b 1/0");
}

static void direct_is_kept_dropped_or_yields(void **state)
{
    (void)state;
    struct mkt_journey_rules rules = plain;
    rules.direct_name = "direct";
    struct mkt_touchpoints j = begin();
    row(&j, 1, 0, "a", 0, 0);
    row(&j, 1, 1, "direct", 1, 0);
    row(&j, 2, 0, "direct", 1, 0);
    row(&j, 3, 0, "direct", 0, 0);
    struct mkt_touchpoints_out out = finish(&j, &rules);
    expect(&out, "a>direct 1/0 direct 1/1");
    rules.direct = MKT_WEAK_DROP;
    out = finish(&j, &rules);
    expect(&out, "a 1/0");
    assert_int_equal(out.paths.untouched.conversions, 1);
    rules.direct = MKT_WEAK_YIELD;
    out = finish(&j, &rules);
    expect(&out, "a 1/0 direct 1/1");
}

static void views_yield_to_clicks(void **state)
{
    (void)state;
    struct mkt_journey_rules rules = plain;
    rules.direct_name = "direct";
    rules.direct = MKT_WEAK_YIELD;
    rules.views = MKT_WEAK_YIELD;
    struct mkt_touchpoints j = begin();
    row(&j, 1, 0, "~a", 0, 0);
    row(&j, 1, 1, "b", 1, 0);
    row(&j, 2, 0, "~a", 1, 0);
    row(&j, 3, 0, "~a", 0, 0); /* the view yields to the click on direct, which then stands alone */
    row(&j, 3, 1, "direct", 1, 0);
    struct mkt_touchpoints_out out = finish(&j, &rules);
    expect(&out, "a 1/0 b 1/0 direct 1/0");
    rules.views = MKT_WEAK_DROP;
    out = finish(&j, &rules);
    expect(&out, "b 1/0 direct 1/0");
    rules.views = MKT_WEAK_KEEP;
    out = finish(&j, &rules);
    expect(&out, "a 2/0 a>b 1/0");
}

static void several_conversions(void **state)
{
    (void)state;
    struct mkt_journey_rules rules = plain;
    struct mkt_touchpoints j = begin();
    row(&j, 1, 0, "a", 0, 0);
    row(&j, 1, 1, NULL, 1, 0);
    row(&j, 1, 2, "b", 1, 0);
    row(&j, 1, 3, "c", 0, 0);
    struct mkt_touchpoints_out out = finish(&j, &rules);
    expect(&out, "a 1/0 b 1/0 c 0/1");
    rules.reuse = true;
    out = finish(&j, &rules);
    expect(&out, "a 1/0 a>b 1/0");
    rules.first_only = true;
    out = finish(&j, &rules);
    expect(&out, "a 1/0");
}

/* ---- the same bytes ---------------------------------------------------- */

#define ROWS 40000

static void deal(struct mkt_touchpoints *part, size_t parts, int step)
{
    for (int k = 0; k < ROWS; k++) {
        uint32_t i = (uint32_t)k * (uint32_t)step % ROWS;
        uint64_t s = mkt_names_mix(i + 1);
        char name[16];
        snprintf(name, sizeof name, "c%u", (unsigned)(s >> 60) % 7);
        /* every tenth row is one busy user's; times collide often */
        uint64_t user = s % 10 ? s >> 8 & 4095 : 999999;
        row(&part[(size_t)k % parts], user, (int64_t)(s >> 20 & 0xfff) * 900, name,
            (s >> 40) % 11 == 0, (s >> 36) % 3 ? 0 : (mkt_micro)(s >> 50));
    }
}

static void assert_same(const struct mkt_touchpoints_out *a, const struct mkt_touchpoints_out *b)
{
    assert_memory_equal(&a->counts, &b->counts, sizeof a->counts);
    assert_int_equal(a->credits.width, b->credits.width);
    assert_memory_equal(a->credits.sum, b->credits.sum,
                        a->credits.groups * a->credits.width * sizeof(double));
    assert_int_equal(a->paths.paths, b->paths.paths);
    assert_memory_equal(a->paths.path, b->paths.path, a->paths.paths * sizeof *a->paths.path);
    assert_memory_equal(a->paths.step, b->paths.step, a->paths.steps * sizeof *a->paths.step);
}

static struct mkt_touchpoints_out make(size_t parts, int step, size_t limit, int threads)
{
    static const struct mkt_share_rule rule[] = {
        {.name = "linear", .kind = MKT_SHARE_LINEAR},
        {.name = "decay", .kind = MKT_SHARE_DECAY, .half_life = 7 * DAY},
        {.name = "last other", .kind = MKT_SHARE_LAST_OTHER},
        {.name = "set", .kind = MKT_SHARE_SET}};
    static const struct mkt_journey_rules rules = {
        .lookback = 20 * DAY, .session = 1800, .direct_name = "c3"};
    struct mkt_touchpoints part[3], *list[3] = {&part[0], &part[1], &part[2]};
    struct mkt_touchpoints_out out;
    struct mkt_err err = {0};
    for (size_t i = 0; i < parts; i++) mkt_touchpoints_init(&part[i], &arena, limit, "/tmp");
    deal(part, parts, step);
    if (limit == 0)
        for (size_t i = 0; i < parts; i++)
            assert_true(part[i].bare.file_bytes > 0 && part[i].valued.file_bytes > 0);
    assert_int_equal(mkt_touchpoints_finish(&arena, list, parts, &rules, rule, 4, 512, true,
                                            threads, &out, &err),
                     MKT_OK);
    for (size_t i = 0; i < parts; i++) mkt_touchpoints_close(&part[i]);
    return out;
}

static void nothing_changes_a_bit(void **state)
{
    (void)state;
    struct mkt_touchpoints_out once = make(1, 1, SIZE_MAX, 1);
    struct mkt_touchpoints_out shuffled = make(1, 7919, SIZE_MAX, 1);
    struct mkt_touchpoints_out split = make(3, 7919, SIZE_MAX, 4);
    struct mkt_touchpoints_out spilled = make(2, 31, 0, 2);
    assert_true(once.paths.paths > 1000);
    assert_int_equal(once.counts.rows, ROWS);
    assert_same(&once, &shuffled);
    assert_same(&once, &split);
    assert_same(&once, &spilled);
}

static void credits_add_up(void **state)
{
    (void)state;
    struct mkt_touchpoints_out out = make(1, 1, SIZE_MAX, 2);
    const struct mkt_credits *c = &out.credits;
    double *total = MKT_NEW(&arena, double, c->width);
    mkt_credits_total(c, total);
    assert_int_equal(c->rules, 4);
    for (size_t r = 0; r < c->rules; r++) {
        double conversions = 0, value = 0;
        for (size_t k = 0; k < c->channels; k++) {
            conversions += mkt_credits_of(c, total, r, false)[k];
            value += mkt_credits_of(c, total, r, true)[k];
        }
        assert_near(conversions, (double)out.paths.total.conversions, 1e-6);
        assert_near(value, (double)out.paths.total.value / MKT_MICRO, 1e-6);
    }
    assert_near(total[c->at_total], (double)out.paths.total.conversions, 0);
    assert_near(total[c->at_total + 2], (double)out.paths.total.nulls, 0);
}

/* One user with a very long history, and clocks that run backwards. */
static void one_user_with_everything(void **state)
{
    (void)state;
    struct mkt_touchpoints j = begin();
    enum { N = 200000 };
    for (int i = 0; i < N; i++) row(&j, 7, (int64_t)(N - i) * 60, i % 2 ? "a" : "b", i == 0, 0);
    const struct mkt_journey_rules rules = {.lookback = INT64_C(1000) * DAY};
    struct mkt_touchpoints_out out = finish(&j, &rules);
    assert_int_equal(out.paths.paths, 1);
    assert_int_equal(out.paths.path[0].steps, N);
    assert_int_equal(out.paths.total.conversions, 1);
    assert_int_equal(out.counts.steps[MKT_TOUCHPOINTS_BINS - 1], 1);
}

static void refusals(void **state)
{
    (void)state;
    struct mkt_touchpoints j = begin(), *list = &j;
    struct mkt_touchpoints_out out;
    struct mkt_err err = {0};
    assert_int_equal(
        mkt_touchpoints_finish(&arena, &list, 1, &plain, &linear_rule, 1, 256, true, 1, &out, &err),
        MKT_E_EMPTY);
    mkt_touchpoints_init(&j, &arena, 0, "/no/such/folder");
    const struct mkt_touchpoints_row t[MKT_PILES_ROWS + 1] = {{0}};
    mkt_err_clear(&err);
    assert_int_equal(mkt_touchpoints_add(&j, t, MKT_PILES_ROWS + 1, &err), MKT_E_IO);
    assert_non_null(strstr(err.text, "/no/such/folder"));
    j = begin();
    row(&j, 1, 0, "a", 1, INT64_MAX);
    row(&j, 2, 0, "a", 1, INT64_MAX);
    mkt_err_clear(&err);
    assert_int_equal(
        mkt_touchpoints_finish(&arena, &list, 1, &plain, &linear_rule, 1, 256, true, 1, &out, &err),
        MKT_E_LIMIT);
    j = begin();
    row(&j, 1, 0, NULL, 1, INT64_MAX);
    row(&j, 1, 0, NULL, 1, INT64_MAX);
    mkt_err_clear(&err);
    assert_int_equal(
        mkt_touchpoints_finish(&arena, &list, 1, &plain, &linear_rule, 1, 256, true, 1, &out, &err),
        MKT_E_LIMIT);
}

/* A file that must not grow any more answers as a full disk does. */
static void no_room_on_the_disk(void **state)
{
    (void)state;
    struct rlimit old, small;
    struct mkt_touchpoints j;
    struct mkt_err err = {0};
    const struct mkt_touchpoints_row t =
        mkt_touchpoints_pack(0, 0, true, MKT_TOUCHPOINTS_NONE, 0, 0);
    mkt_status status = MKT_OK;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 1 << 16;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    mkt_touchpoints_init(&j, &arena, 0, "/tmp");
    for (int i = 0; i < 100000 && status == MKT_OK; i++)
        status = mkt_touchpoints_add(&j, &t, 1, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    mkt_touchpoints_close(&j);
    assert_int_equal(status, MKT_E_NOSPACE);
    assert_non_null(strstr(err.text, "temporary file"));
    assert_non_null(strstr(err.text, "/tmp"));
}

/* A user with more rows than can be put in order: the sentence says how many. */
static void a_user_too_large(void **state)
{
    (void)state;
    struct mkt_touchpoints j = begin(), *list = &j;
    struct mkt_touchpoints_out out;
    struct mkt_arena small;
    struct mkt_err err = {0};
    for (int i = 0; i < 300000; i++) row(&j, 7, 60 * i, i % 2 ? "a" : "b", i % 9 == 0, 0);
    assert_int_equal(mkt_arena_open(&small, 16U << 20, &err), MKT_OK);
    assert_int_equal(
        mkt_touchpoints_finish(&small, &list, 1, &plain, &linear_rule, 1, 256, true, 2, &out, &err),
        MKT_E_NOMEM);
    assert_non_null(strstr(err.text, "300,000 rows"));
    mkt_arena_close(&small);
}

static void too_little_memory_is_an_error(void **state)
{
    (void)state;
    struct mkt_touchpoints j = begin(), *list = &j;
    deal(&j, 1, 1);
    struct mkt_arena small;
    struct mkt_touchpoints_out out;
    struct mkt_err err = {0};
    int refused = 0;
    for (size_t size = 1 << 12; size < 64U << 20; size *= 2) {
        mkt_err_clear(&err);
        assert_int_equal(mkt_arena_open(&small, size, &err), MKT_OK);
        mkt_status status = mkt_touchpoints_finish(&small, &list, 1, &plain, &linear_rule, 1, 256,
                                                   true, 2, &out, &err);
        assert_true(status == MKT_OK || status == MKT_E_NOMEM);
        refused += status == MKT_E_NOMEM;
        mkt_arena_close(&small);
    }
    assert_true(refused > 2);
    assert_int_equal(err.status, MKT_OK); /* the largest was enough */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(orders_touches_and_ends_at_conversions, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(ties_put_touches_before_conversions, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(lookback_leaves_old_touches_out, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(sessions_join_and_gaps_end, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(direct_is_kept_dropped_or_yields, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(views_yield_to_clicks, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(several_conversions, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(nothing_changes_a_bit, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(credits_add_up, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(one_user_with_everything, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(refusals, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(no_room_on_the_disk, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_user_too_large, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(too_little_memory_is_an_error, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
