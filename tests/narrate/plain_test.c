#include "narrate/plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fact/format.h"
#include "narrate/phrase.h"
#include "report/sample_sheet.h"

static struct mkt_arena arena;
static struct mkt_err err;

static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    return mkt_arena_open(&arena, 64 << 20, &err) == MKT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

/* ---- every number in the words is the text of something in the sheet ---------- */

struct allowed {
    const char *text[8000];
    size_t count;
};

static void allow(struct allowed *a, const char *text)
{
    if (!text || !*text) return;
    assert_true(a->count < sizeof a->text / sizeof *a->text);
    char *copy = mkt_arena_strdup(&arena, text);
    assert_non_null(copy);
    a->text[a->count++] = copy;
}

static void allow_value(struct allowed *a, const struct mkt_sheet *s, double v, mkt_unit unit)
{
    char text[MKT_FORMAT_TEXT];
    if (isfinite(v)) allow(a, mkt_format_value(v, unit, s->currency, text));
}

static int longest_first(const void *x, const void *y)
{
    const char *const *a = x, *const *b = y;
    size_t m = strlen(*a), n = strlen(*b);
    return (m < n) - (m > n);
}

static void allow_sheet(struct allowed *a, const struct mkt_sheet *s)
{
    for (size_t i = 0; i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        allow_value(a, s, f->value, f->unit);
        if (isfinite(f->low) && isfinite(f->high)) {
            char range[MKT_FORMAT_RANGE]; /* the ends stand together, with their unit once */
            mkt_format_range(f->low, f->high, f->unit, s->currency, range);
            allow(a, mkt_arena_strdup(&arena, range));
        }
        if (f->level > 0) allow_value(a, s, f->level, MKT_UNIT_PROBABILITY);
        allow(a, f->label);
        allow(a, f->entity);
    }
    for (size_t i = 0; i < s->findings; i++) {
        allow(a, s->finding[i].claim);
        allow_value(a, s, s->finding[i].probability, MKT_UNIT_PROBABILITY);
    }
    allow_value(a, s, s->confidence, MKT_UNIT_PROBABILITY);
    for (size_t i = 0; i < s->missings; i++) allow(a, s->missing[i]);
    for (size_t i = 0; i < s->caveats; i++) allow(a, s->caveat[i].text);
    struct mkt_buf period;
    mkt_buf_init(&period, &arena);
    if (mkt_phrase_period(&period, s->provenance.period)) allow(a, period.data);
    qsort(a->text, a->count, sizeof *a->text, longest_first);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Neither end of a match may lie within a longer number. */
static bool at_edges(const char *words, const char *from, size_t n)
{
    const char *end = from + n;
    if (is_digit(*from) && from > words &&
        (is_digit(from[-1]) ||
         ((from[-1] == '.' || from[-1] == ',') && from > words + 1 && is_digit(from[-2]))))
        return false;
    if (!is_digit(end[-1])) return true;
    return !is_digit(*end) && !((*end == '.' || *end == ',') && is_digit(end[1])) &&
           strncmp(end, " %", 2) != 0;
}

/* The first digit that belongs to no allowed text, or NULL. Sentences open with a capital, so a
 * match may differ in the case of its first letter. */
static char *stray_digit(const struct allowed *a, char *words)
{
    for (size_t i = 0; i < a->count; i++) {
        const char *text = a->text[i];
        size_t n = strlen(text);
        for (char *at = words; (at = strstr(at, text + 1)) != NULL; at++) {
            if (at == words || strncasecmp(at - 1, text, 1) != 0 || !at_edges(words, at - 1, n))
                continue;
            memset(at - 1, '_', n);
        }
        if (n == 1)
            for (char *at = words; (at = strchr(at, text[0])) != NULL; at++)
                if (at_edges(words, at, 1)) *at = '_';
    }
    for (char *c = words; *c; c++)
        if (is_digit(*c)) return c;
    return NULL;
}

static void check_text(const struct allowed *a, const char *text)
{
    assert_non_null(text);
    assert_true(*text);
    assert_null(strstr(text, "  "));
    assert_null(strstr(text, ".."));
    assert_null(strstr(text, "(null)"));
    assert_null(strstr(text, "nan"));
    assert_true(strchr(".?!", text[strlen(text) - 1]) != NULL);
    char *copy = mkt_arena_strdup(&arena, text);
    char *stray = stray_digit(a, copy);
    if (stray) print_error("a number that is no fact, in: %s\n", text);
    assert_null(stray);
}

static struct mkt_words write_words(struct mkt_sheet *sheet, struct sample_options options)
{
    struct mkt_words words;
    assert_int_equal(sample_fill(sheet, &arena, options, &err), MKT_OK);
    assert_int_equal(mkt_plain_write(sheet, &words, &err), MKT_OK);
    return words;
}

static void check_all(struct sample_options options)
{
    struct mkt_sheet sheet;
    struct mkt_words w = write_words(&sheet, options);
    struct allowed *a = MKT_NEW(&arena, struct allowed, 1);
    assert_non_null(a);
    allow_sheet(a, &sheet);
    check_text(a, w.verdict);
    check_text(a, w.performance_summary);
    check_text(a, w.channel_analysis);
    check_text(a, w.audience_insights);
    check_text(a, w.roi_analysis);
    assert_true(w.recommendations > 0);
    for (size_t i = 0; i < w.recommendations; i++) check_text(a, w.optimization_recommendations[i]);
    assert_string_equal(w.written_by, "plain");
}

static void test_numbers_are_facts(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 16; bits++)
        for (int status = 0; status < 3; status++)
            check_all((struct sample_options){.no_revenue = bits & 1,
                                              .no_segments = bits >> 1 & 1,
                                              .one_channel = bits >> 2 & 1,
                                              .no_before = bits >> 3 & 1,
                                              .status = (mkt_answer_status)status});
    check_all((struct sample_options){.hostile = "<script>1</script> =cmd() 50 %"});
}

/* The check itself: a figure that is one digit off, or cut, is found. */
static void test_check_has_teeth(void **state)
{
    struct allowed a = {.text = {"€1,240,000", "3.21"}, .count = 2};
    char good[] = "Marketing cost €1,240,000, a ROAS of 3.21.";
    char digit[] = "Marketing cost €1,240,001.", cut[] = "A ROAS of 3.2.";
    char longer[] = "A ROAS of 13.21.", percent[] = "A rise of 3.21 %.";
    (void)state;
    assert_null(stray_digit(&a, good));
    assert_non_null(stray_digit(&a, digit));
    assert_non_null(stray_digit(&a, cut));
    assert_non_null(stray_digit(&a, longer));
    assert_non_null(stray_digit(&a, percent));
}

/* ---- what is said --------------------------------------------------------------- */

static void test_full_sheet(void **state)
{
    struct mkt_sheet sheet;
    struct mkt_words w = write_words(&sheet, (struct sample_options){0});
    (void)state;
    assert_string_equal(w.verdict,
                        "Marketing cost €1,211,110 in 2025 and was credited with €3,466,308 of "
                        "revenue, a ROAS of 2.86 (2.60 to 3.15). Move spend from Paid social to "
                        "Paid search (93 % sure).");
    assert_non_null(strstr(w.channel_analysis,
                           "It is very likely (99 %) that Paid search returns more per euro than "
                           "Paid social: ROAS of Paid search was 4.12 (3.90 to 4.36), against 1.86 "
                           "(1.68 to 2.06) for Paid social."));
    assert_int_equal(w.recommendations, 3);
    assert_string_equal(w.optimization_recommendations[1],
                        "Stop Display until it is mended (88 % sure), because Display earns less "
                        "than it costs (over 99.9 %).");
    assert_string_equal(w.optimization_recommendations[2],
                        "Try at small scale first: raise Email step by step and watch its ROAS "
                        "(71 % sure).");
    assert_true(w.confidence_score == 0.94);
}

/* A figure stands once in a part: the whole's ROAS is not repeated as evidence. */
static void test_figures_once(void **state)
{
    struct mkt_sheet sheet;
    struct mkt_words w = write_words(&sheet, (struct sample_options){0});
    (void)state;
    const char *first = strstr(w.roi_analysis, "2.86 (2.60 to 3.15)");
    assert_non_null(first);
    assert_null(strstr(first + 1, "2.86 (2.60 to 3.15)"));
}

static void test_absences(void **state)
{
    struct mkt_sheet sheet;
    (void)state;
    struct mkt_words w = write_words(&sheet, (struct sample_options){.no_revenue = true,
                                                                     .no_segments = true,
                                                                     .one_channel = true,
                                                                     .no_before = true});
    assert_null(strstr(w.verdict, "ROAS"));
    assert_non_null(strstr(w.verdict, "13,134 conversions"));
    assert_non_null(strstr(w.performance_summary, "The data hold no earlier period"));
    assert_non_null(strstr(w.channel_analysis, "The data hold one channel, Paid search"));
    assert_non_null(strstr(w.audience_insights, "The data name no segments"));
    assert_non_null(strstr(w.roi_analysis, "Return cannot be worked out from these data. The data "
                                           "have no revenue; a column of order values"));
    assert_non_null(strstr(w.optimization_recommendations[0], "--map revenue=COLUMN"));
    assert_true(isnan(w.confidence_score));
}

static void test_insufficient(void **state)
{
    struct mkt_sheet sheet;
    (void)state;
    struct mkt_words w =
        write_words(&sheet, (struct sample_options){.status = MKT_ANSWER_INSUFFICIENT});
    assert_string_equal(w.verdict, "These data cannot answer the question yet. There are only 3 "
                                   "days of data; at least 14 days with spend would settle it.");
}

/* Without a single fact it is not known whether the data name channels: nothing is said of that. */
static void test_insufficient_and_empty(void **state)
{
    struct mkt_sheet sheet;
    struct mkt_words w;
    (void)state;
    mkt_sheet_init(&sheet, &arena);
    sheet.status = MKT_ANSWER_INSUFFICIENT;
    assert_int_equal(mkt_sheet_add_missing(&sheet, "two weeks of days would do", &err), MKT_OK);
    assert_int_equal(mkt_plain_write(&sheet, &w, &err), MKT_OK);
    assert_string_equal(w.channel_analysis, "Nothing can be said about channels yet.");
    assert_string_equal(w.audience_insights, "Nothing can be said about audiences yet.");
}

/* A column of noughts is no return: the words say what it cost and stop. */
static void test_nothing_recorded(void **state)
{
    static const struct {
        const char *id, *label, *metric;
        mkt_unit unit;
        double value;
    } fact[] = {{"total.spend", "Spend", "spend", MKT_UNIT_MONEY, 231},
                {"total.conversions", "Conversions", "conversions", MKT_UNIT_COUNT, 0},
                {"total.revenue", "Revenue", "revenue", MKT_UNIT_MONEY, 0},
                {"total.roas", "ROAS", "roas", MKT_UNIT_RATIO, 0}};
    struct mkt_sheet sheet;
    struct mkt_words w;
    (void)state;
    mkt_sheet_init(&sheet, &arena);
    for (size_t i = 0; i < sizeof fact / sizeof *fact; i++) {
        struct mkt_fact f = {.id = fact[i].id,
                             .label = fact[i].label,
                             .scope = "total",
                             .metric = fact[i].metric,
                             .unit = fact[i].unit,
                             .value = fact[i].value,
                             .low = NAN,
                             .high = NAN,
                             .why = "a sum"};
        assert_int_equal(mkt_sheet_add_fact(&sheet, &f, &err), MKT_OK);
    }
    assert_int_equal(mkt_plain_write(&sheet, &w, &err), MKT_OK);
    assert_string_equal(w.verdict, "Marketing cost 231.");
    assert_string_equal(w.roi_analysis, "Return cannot be worked out from these data.");
    assert_null(strstr(w.performance_summary, "credited"));
    assert_null(strstr(w.performance_summary, "ROAS"));
}

/* A caveat about names is not why there is no return; one about ROAS is. */
static void test_no_spend(void **state)
{
    struct mkt_sheet sheet;
    struct mkt_words w;
    (void)state;
    mkt_sheet_init(&sheet, &arena);
    struct mkt_fact f = {.id = "total.conversions",
                         .label = "Conversions",
                         .scope = "total",
                         .metric = "conversions",
                         .unit = MKT_UNIT_COUNT,
                         .value = 30,
                         .low = NAN,
                         .high = NAN,
                         .why = "a sum"};
    struct mkt_caveat names = {"respelled", "some names differ only in case", MKT_CAVEAT_WARN};
    struct mkt_caveat spend = {"partial_spend", "ROAS is not given: spend is told for 2 days",
                               MKT_CAVEAT_WARN};
    assert_int_equal(mkt_sheet_add_fact(&sheet, &f, &err), MKT_OK);
    assert_int_equal(mkt_sheet_add_caveat(&sheet, &names, &err), MKT_OK);
    assert_int_equal(mkt_plain_write(&sheet, &w, &err), MKT_OK);
    assert_string_equal(w.roi_analysis, "Return cannot be worked out from these data: no spend is "
                                        "set against what they tell.");
    assert_int_equal(mkt_sheet_add_caveat(&sheet, &spend, &err), MKT_OK);
    assert_int_equal(mkt_plain_write(&sheet, &w, &err), MKT_OK);
    assert_string_equal(w.roi_analysis,
                        "Return cannot be worked out from these data: no spend is set against what "
                        "they tell. ROAS is not given: spend is told for 2 days.");
}

static void test_limited_says_which_part(void **state)
{
    struct mkt_sheet sheet;
    (void)state;
    struct mkt_words w = write_words(&sheet, (struct sample_options){.status = MKT_ANSWER_LIMITED});
    assert_non_null(strstr(w.verdict, "ROI on margin is not worked out."));
    assert_non_null(strstr(w.roi_analysis, "ROI on margin is not worked out."));
}

/* An undecided finding is told as open, an unlikely action is not advised. */
static void test_undecided(void **state)
{
    struct mkt_sheet sheet;
    struct mkt_words w;
    (void)state;
    mkt_sheet_init(&sheet, &arena);
    struct mkt_finding open = {.id = "a_over_b",
                               .kind = MKT_FINDING_COMPARE,
                               .scope = "channel",
                               .claim = "a returns more than b",
                               .probability = 0.55};
    struct mkt_finding act = {.id = "move",
                              .kind = MKT_FINDING_ACTION,
                              .scope = "channel",
                              .claim = "move spend from b to a",
                              .probability = 0.55};
    assert_int_equal(mkt_sheet_add_finding(&sheet, &open, &err), MKT_OK);
    assert_int_equal(mkt_sheet_add_finding(&sheet, &act, &err), MKT_OK);
    sheet.headline = "a_over_b";
    assert_int_equal(mkt_plain_write(&sheet, &w, &err), MKT_OK);
    assert_string_equal(w.verdict, "It is undecided (55 %) whether a returns more than b.");
    assert_string_equal(w.channel_analysis,
                        "It is undecided (55 %) whether a returns more than b.");
    assert_int_equal(w.recommendations, 1);
    assert_string_equal(w.optimization_recommendations[0],
                        "No change stands out as sure enough to recommend.");
}

/* An analysis that knows nothing of spend is told by its totals and findings. */
static void test_other_analysis(void **state)
{
    struct mkt_sheet sheet;
    struct mkt_words w;
    (void)state;
    mkt_sheet_init(&sheet, &arena);
    sheet.provenance.period = (struct mkt_period){0, -1};
    struct mkt_fact f = {.id = "total.customers",
                         .label = "customers",
                         .scope = "total",
                         .metric = "customers",
                         .value = 2357,
                         .unit = MKT_UNIT_COUNT,
                         .low = NAN,
                         .high = NAN,
                         .why = "a count"};
    struct mkt_fact g = {.id = "total.alive",
                         .label = "share still active",
                         .scope = "total",
                         .metric = "alive",
                         .value = 0.41,
                         .unit = MKT_UNIT_SHARE,
                         .low = 0.38,
                         .high = 0.44,
                         .level = 0.9};
    assert_int_equal(mkt_sheet_add_fact(&sheet, &f, &err), MKT_OK);
    assert_int_equal(mkt_sheet_add_fact(&sheet, &g, &err), MKT_OK);
    assert_int_equal(mkt_plain_write(&sheet, &w, &err), MKT_OK);
    assert_string_equal(w.verdict,
                        "Customers were 2,357 and share still active was 41.0 % (38.0 to 44.0 %).");
    assert_string_equal(w.performance_summary,
                        "Customers were 2,357 and share still active was 41.0 % (38.0 to 44.0 %). "
                        "Figures in brackets are 90 % intervals.");
}

static void test_empty_sheet(void **state)
{
    struct mkt_sheet sheet;
    struct mkt_words w;
    (void)state;
    mkt_sheet_init(&sheet, &arena);
    assert_int_equal(mkt_plain_write(&sheet, &w, &err), MKT_OK);
    assert_string_equal(w.verdict, "The data hold nothing to report.");
    assert_true(*w.performance_summary && *w.channel_analysis && *w.audience_insights);
    assert_true(*w.roi_analysis);
    assert_int_equal(w.recommendations, 1);
}

static void test_odd_names_are_quoted(void **state)
{
    struct mkt_sheet sheet;
    (void)state;
    struct mkt_words w = write_words(&sheet, (struct sample_options){.hostile = "=cmd()"});
    assert_non_null(strstr(w.channel_analysis, "Of the spend, “=cmd()” took 33.9 %"));
}

static void test_megabyte_name(void **state)
{
    struct mkt_sheet sheet;
    char *name = mkt_arena_alloc(&arena, 1 << 20, 1);
    (void)state;
    memset(name, 'x', (1 << 20) - 1);
    struct mkt_words w = write_words(&sheet, (struct sample_options){.hostile = name});
    assert_non_null(strstr(w.channel_analysis, "xxx…” took"));
}

static void test_every_allocation_fails(void **state)
{
    struct mkt_sheet sheet;
    struct mkt_words w;
    (void)state;
    assert_int_equal(sample_fill(&sheet, &arena, (struct sample_options){0}, &err), MKT_OK);
    size_t mark = mkt_arena_mark(&arena), tries = 0;
    mkt_status status;
    do {
        memset(&err, 0, sizeof err);
        arena.fail_at = arena.allocations + ++tries;
        status = mkt_plain_write(&sheet, &w, &err);
        mkt_arena_release(&arena, mark);
        assert_true(status == MKT_OK || (status == MKT_E_NOMEM && err.text[0]));
    } while (status != MKT_OK);
    arena.fail_at = 0;
    assert_true(tries > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_numbers_are_facts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_check_has_teeth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_sheet, setup, teardown),
        cmocka_unit_test_setup_teardown(test_figures_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_absences, setup, teardown),
        cmocka_unit_test_setup_teardown(test_insufficient, setup, teardown),
        cmocka_unit_test_setup_teardown(test_insufficient_and_empty, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_recorded, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_spend, setup, teardown),
        cmocka_unit_test_setup_teardown(test_limited_says_which_part, setup, teardown),
        cmocka_unit_test_setup_teardown(test_undecided, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_analysis, setup, teardown),
        cmocka_unit_test_setup_teardown(test_empty_sheet, setup, teardown),
        cmocka_unit_test_setup_teardown(test_odd_names_are_quoted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_megabyte_name, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_allocation_fails, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
