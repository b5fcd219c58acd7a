#include "funnel_world.h"

#include "analysis/funnel_guess.h"

static struct funnel_world world;

static int begin(void **state)
{
    (void)state;
    world_begin(&world);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

/* One user does the events given, in that order, a minute apart; then as many others as said. */
static void expect(const char *const *event, size_t n, const char *steps, const char *how_words)
{
    char csv[8192] = "user_id,time,event\n";
    struct mkt_funnel_steps got;
    const char *how = "";
    for (size_t i = 0; i < n; i++)
        sprintf(csv + strlen(csv), "u%zu,2026-01-01 08:%02zu,%s\n", i / 50, i % 50, event[i]);
    world_view(&world, csv);
    if (mkt_funnel_guess_make(&world.arena, &world.view, &got, &how, &world.err) != MKT_OK)
        fail_msg("%s", world.err.text);
    char text[512] = "";
    for (size_t i = 0; i < got.count; i++)
        sprintf(text + strlen(text), "%s%s", i ? " > " : "", got.label[i]);
    assert_string_equal(text, steps);
    assert_non_null(strstr(how, how_words));
}

static void names_of_shops(void **state)
{
    static const char *const a[] = {"purchase",      "add_to_cart",    "view_item",
                                    "session_start", "begin_checkout", "scroll"};
    static const char *const b[] = {"Order Completed", "Product Viewed", "Product Added",
                                    "Checkout Started"};
    static const char *const c[] = {"purchase", "visit", "page_view", "page_view", "help"};
    (void)state;
    expect(a, 6, "session_start > view_item > add_to_cart > begin_checkout > purchase", "shops");
    expect(b, 4, "Product Viewed > Product Added > Checkout Started > Order Completed", "shops");
    expect(c, 5, "page_view > purchase", "shops"); /* of a stage, the most frequent event */
}

static void names_of_others(void **state)
{
    static const char *const a[] = {"paid", "sign_up", "visit", "activated"};
    static const char *const b[] = {"delivered", "opened", "clicked"};
    static const char *const c[] = {"impression", "click"};
    (void)state;
    expect(a, 4, "visit > sign_up > activated > paid", "sign-ups");
    expect(b, 3, "delivered > opened > clicked", "mailings");
    expect(c, 2, "impression > click", "ads");
}

static void the_order_of_first_occurrence(void **state)
{
    static const char *const a[] = {"gamma", "alpha", "beta", "alpha", "gamma", "delta"};
    static const char *const single[] = {"visit", "visit"};
    (void)state;
    expect(a, 6, "gamma > alpha > beta > delta", "in which users first do");
    expect(single, 2, "", "");
}

static void only_the_most_frequent(void **state)
{
    static const char *const a[] = {"h", "g", "f", "e", "d", "c", "b",
                                    "a", "h", "g", "f", "e", "d", "c"};
    (void)state;
    expect(a, 14, "h > g > f > e > d > c", "most frequent events");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_shops),
        cmocka_unit_test(names_of_others),
        cmocka_unit_test(the_order_of_first_occurrence),
        cmocka_unit_test(only_the_most_frequent),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
