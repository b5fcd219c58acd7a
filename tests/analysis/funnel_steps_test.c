#include "funnel_world.h"

#include "analysis/funnel_steps.h"

static struct funnel_world world;

static int begin(void **state)
{
    (void)state;
    world_begin(&world);
    world_view(&world, "user_id,time,event,value,device,price,source_medium,channel\n"
                       "u,2026-01-01 08:00,visit,,mobile,9.50,google / cpc,search\n"
                       "u,2026-01-01 08:01,Product View,,desktop,100,,social\n"
                       "u,2026-01-01 08:02,add_to_cart,,,,,search\n"
                       "u,2026-01-01 08:03,purchase,55,mobile,,,search\n"
                       "u,2026-01-01 08:04,a > b,,,,,search\n");
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

static struct mkt_funnel_steps read_as(const char *text, char mark)
{
    struct mkt_funnel_steps steps;
    mkt_err_clear(&world.err);
    if (mkt_funnel_steps_read(&world.arena, text, mark, "steps", &world.view, &world.events, &steps,
                              &world.err) != MKT_OK)
        fail_msg("%s", world.err.text);
    return steps;
}

static void refuse(const char *text, const char *words)
{
    struct mkt_funnel_steps steps;
    mkt_err_clear(&world.err);
    mkt_status status = mkt_funnel_steps_read(&world.arena, text, '>', "steps", &world.view,
                                              &world.events, &steps, &world.err);
    if (status != MKT_E_ARG || !strstr(world.err.text, words))
        fail_msg("%s: \"%s\" instead of \"%s\"", text, world.err.text, words);
}

static const char *event(const struct mkt_funnel_step *s, size_t i)
{
    assert_true(i < s->events);
    return world.view.event.name[s->event[i]];
}

static void steps_and_names(void **state)
{
    (void)state;
    struct mkt_funnel_steps s =
        read_as(" visit>product view ?> add_to_cart|purchase > \"a > b\"", '>');
    assert_int_equal(s.count, 4);
    assert_string_equal(event(&s.step[0], 0), "visit");
    assert_string_equal(event(&s.step[1], 0), "Product View"); /* without regard to case */
    assert_true(s.step[1].optional);
    assert_false(s.step[0].optional);
    assert_int_equal(s.step[2].events, 2);
    assert_string_equal(event(&s.step[2], 1), "purchase");
    assert_string_equal(event(&s.step[3], 0), "a > b");
    assert_string_equal(s.label[1], "product view");
    assert_string_equal(s.label[2], "add_to_cart|purchase");
    assert_int_equal(read_as("visit, purchase", ',').count, 2);
    assert_int_equal(read_as("visit|visit", '>').step[0].events, 1);
    s = read_as("visit > Visit > purchase? > purchase > visit", '>');
    assert_string_equal(s.label[0], "visit");
    assert_string_equal(s.label[1], "Visit (2)");
    assert_string_equal(s.label[3], "purchase (2)");
    assert_string_equal(s.label[4], "visit (3)");
}

/* Which of the five rows meet the condition, as bits. */
static unsigned meeting(const char *condition)
{
    static struct mkt_event all[16], sorted[16];
    static uint32_t start[MKT_PILES_BUCKETS + 1];
    _Alignas(16) static char block[MKT_PILES_BLOCK(sizeof(struct mkt_event))];
    char text[256];
    unsigned bits = 0;
    snprintf(text, sizeof text, "visit[%s]", condition);
    struct mkt_funnel_steps s = read_as(text, '>');
    struct mkt_funnel_plan plan = {.step = s.step, .steps = 1};
    for (size_t pile = 0; pile < MKT_PILES; pile++) {
        size_t rows;
        assert_int_equal(mkt_events_gather(&world.view, pile, block, all, &rows, &world.err),
                         MKT_OK);
        mkt_events_sort(all, rows, false, start, sorted);
        for (size_t i = 0; i < rows; i++)
            bits |= (unsigned)mkt_funnels_is(&plan, 0, &sorted[i]) << i;
    }
    return bits;
}

static void conditions(void **state)
{
    (void)state;
    assert_int_equal(meeting("device=mobile"), 9);
    assert_int_equal(meeting("Device = MOBILE"), 9);
    assert_int_equal(meeting("device!=mobile"), 2); /* not told is not met */
    assert_int_equal(meeting("device=mobile|desktop"), 11);
    assert_int_equal(meeting("price>=9.5"), 3);
    assert_int_equal(meeting("price>9.5"), 2);
    assert_int_equal(meeting("price<100"), 1);
    assert_int_equal(meeting("price<=100"), 3);
    assert_int_equal(meeting("price=9.5"), 1); /* a number, however it is written */
    assert_int_equal(meeting("value>=55"), 8);
    assert_int_equal(meeting("value>55"), 0);
    assert_int_equal(meeting("value<=55"), 8);
    assert_int_equal(meeting("value<55"), 0);
    assert_int_equal(meeting("value=55"), 8);
    assert_int_equal(meeting("value!=55"), 0);
    assert_int_equal(meeting("value!=54"), 8);
    assert_int_equal(meeting("device=mobile & value>=50"), 8);
    assert_int_equal(meeting("channel=search"), 29);
    assert_int_equal(meeting("source_medium=\"google / cpc\""), 1);
    assert_int_equal(meeting("device=tablet"), 0);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    refuse("visit > prodct view",
           "no event is named \"prodct view\"; near names: \"Product View\"");
    refuse("visit > cart", "near names: \"add_to_cart\"");
    refuse("visit > zzzzzzzzz", "there are, for example, ");
    refuse("visit >", "the name of an event is missing before \"the end\"");
    refuse("visit > > purchase", "is missing before \"> purchase\"");
    refuse("", "is missing");
    refuse("visit[devise=mobile] > purchase", "no property \"devise\"; near names: \"device\"");
    refuse("visit[device] > purchase", "needs one of = != > >= < <=");
    refuse("visit[value>=many] > purchase", "\"many\" is no number");
    refuse("visit[price>dear] > purchase", "\"dear\" is no number");
    refuse("visit[value=1|2] > purchase", "compared with one number");
    refuse("visit[device=mobile > purchase", "a bracket is not closed");
    refuse("visit[device=] > purchase", "a value to compare with is missing");
    refuse("\"visit > purchase", "a quotation mark is not closed");
    refuse("visit[device=mobile] x > purchase", "\">\" is missing before \"x > purchase\"");
    char many[4096] = "visit";
    for (int i = 0; i < MKT_FUNNELS_STEPS; i++) strcat(many, " > visit");
    refuse(many, "more than 200 steps");
}

static void lengths_of_time(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"30m", 1800}, {"24h", 86400}, {"14d", 1209600}, {"2w", 1209600},
                {"90s", 90},   {"1.5h", 5400}, {"5min", 300}};
    static const char *const bad[] = {"0",    "0d",         "14",      "d",    "",       "-1d",
                                      "1e9d", "999999999d", "14 days", "nand", "0.0001s"};
    int64_t length;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        mkt_err_clear(&world.err);
        assert_int_equal(mkt_funnel_steps_length(good[i].text, "window", &length, &world.err),
                         MKT_OK);
        assert_int_equal(length, good[i].seconds * 1000000);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mkt_err_clear(&world.err);
        assert_int_equal(mkt_funnel_steps_length(bad[i], "window", &length, &world.err), MKT_E_ARG);
        assert_non_null(strstr(world.err.text, "window takes a length of time"));
    }
    mkt_err_clear(&world.err);
}

static void every_arena_size(void **state)
{
    (void)state;
    for (size_t at = 1;; at++) {
        struct mkt_arena small;
        struct mkt_funnel_steps s;
        struct mkt_err err = {0};
        assert_int_equal(mkt_arena_open(&small, 1 << 20, &err), MKT_OK);
        small.fail_at = at;
        mkt_status status =
            mkt_funnel_steps_read(&small, "visit[device=mobile & value>1] > purchase", '>', "steps",
                                  &world.view, &world.events, &s, &err);
        bool reached = small.allocations >= at;
        mkt_arena_close(&small);
        assert_int_equal(status, reached ? MKT_E_NOMEM : MKT_OK);
        if (!reached) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_and_names),       cmocka_unit_test(conditions),
        cmocka_unit_test(what_is_wrong_is_said), cmocka_unit_test(lengths_of_time),
        cmocka_unit_test(every_arena_size),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
