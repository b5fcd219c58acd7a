/* What the confidence speaks of and what is advised: over simulated companies, the same two channels,
 * or the advice says what it rests on. */
#include "analysis/roi.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fact/format.h"
#include "narrate/plain.h"
#include "simulate/company.h"

#define ARENA_BYTES ((size_t)256 << 20)
#include "arena_fixture.h"

#define COMPANIES 60

/* By how its rows are told: channels compared, or one channel whose parts are segments. */
enum telling { CHANNELS, SEGMENTS };

static struct mkt_performance make(uint64_t seed, int days, double similarity, enum telling telling)
{
    struct mkt_company_options o;
    struct mkt_company *company;
    struct mkt_performance by_channel, out;
    struct mkt_err err = {0};
    unsigned measures = (1U << MKT_MEASURES) - 1;
    mkt_company_options_vary(&o, seed);
    o.days = days;
    o.similarity = similarity;
    assert_int_equal(mkt_company_make(&arena, &o, &company, &err), MKT_OK);
    mkt_performance_init(&by_channel, &arena, measures, 1U << MKT_CHANNEL);
    assert_int_equal(mkt_company_add(company, &by_channel, &err), MKT_OK);
    assert_int_equal(mkt_performance_finish(&by_channel, &err), MKT_OK);
    if (telling == CHANNELS) return by_channel;
    mkt_performance_init(&out, &arena, measures, 1U << MKT_CHANNEL | 1U << MKT_SEGMENT);
    for (size_t i = 0; i < by_channel.cells; i++) {
        const struct mkt_performance_cell *cell = &by_channel.cell[i];
        struct mkt_performance_row row = {.day = cell->day, .rows = cell->rows};
        row.name[MKT_CHANNEL] = "ads";
        row.name[MKT_CAMPAIGN] = "";
        row.name[MKT_SEGMENT] = by_channel.names[MKT_CHANNEL][cell->name[MKT_CHANNEL]];
        memcpy(row.sum, cell->sum, sizeof row.sum);
        assert_int_equal(mkt_performance_add(&out, &row, &err), MKT_OK);
    }
    assert_int_equal(mkt_performance_finish(&out, &err), MKT_OK);
    return out;
}

/* The advice that a text gives first; claims begin with a small letter, sentences do not. */
static const struct mkt_finding *advised_in(const struct mkt_sheet *s, const char *text)
{
    const struct mkt_finding *out = NULL;
    const char *first = NULL;
    for (size_t i = 0; i < s->findings; i++) {
        const char *at =
            s->finding[i].kind == MKT_FINDING_ACTION ? strstr(text, s->finding[i].claim + 1) : NULL;
        if (!at || (first && at >= first)) continue;
        first = at;
        out = &s->finding[i];
    }
    return out;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether it is advice from channels compared, or from one that costs more than it brings. */
static bool rests_on_channels(const struct mkt_sheet *s, const struct mkt_finding *action)
{
    if (action->kind != MKT_FINDING_ACTION || !action->becauses) return false;
    const struct mkt_finding *f = mkt_sheet_finding(s, action->because[0]);
    assert_true(action->probability <= f->probability); /* less sure than before it was picked */
    return strcmp(f->scope, "channel") == 0 &&
           (f->kind == MKT_FINDING_COMPARE || f->kind == MKT_FINDING_BREAK_EVEN);
}

struct seen {
    int same_pair, own_reason, no_headline;
};

static void look(struct mkt_sheet *s, struct seen *seen)
{
    struct mkt_words words;
    struct mkt_err err = {0};
    char says[MKT_FORMAT_TEXT + 300], sure[MKT_FORMAT_TEXT];
    assert_int_equal(mkt_plain_write(s, &words, &err), MKT_OK);
    const struct mkt_finding *head = mkt_sheet_finding(s, s->headline);
    const struct mkt_finding *advice = advised_in(s, words.verdict);
    if (!advice) return;
    assert_ptr_equal(advice, advised_in(s, words.optimization_recommendations[0]));
    if (!head) {
        seen->no_headline++;
        return;
    }
    bool about_head = advice->becauses && strcmp(advice->because[0], head->id) == 0;
    if (about_head) {
        seen->same_pair++;
        assert_true(same(advice->subject, head->subject) && same(advice->other, head->other));
        assert_true(advice->probability == s->confidence);
        mkt_format_probability(s->confidence, sure);
        snprintf(says, sizeof says, "%s (%s sure).", advice->claim + 1, sure);
        assert_non_null(strstr(words.verdict, says)); /* the reason is the confidence's sentence */
        return;
    }
    seen->own_reason++;
    for (size_t i = 0; i < s->findings; i++) /* nothing that can head the answer is advised from */
        assert_false(rests_on_channels(s, &s->finding[i]));
    if (!advice->becauses) return;
    snprintf(says, sizeof says, "because %s", mkt_sheet_finding(s, advice->because[0])->claim);
    assert_non_null(strstr(words.verdict, says));
}

static void confidence_and_advice_speak_of_the_same(void **state)
{
    (void)state;
    struct seen seen[2] = {{0}};
    for (uint64_t i = 0; i < COMPANIES; i++) {
        enum telling telling = i % 3 == 2 ? SEGMENTS : CHANNELS;
        int days = 20 + 4 * (int)i;
        bool earlier = telling == SEGMENTS || i % 2;
        struct mkt_err err = {0};
        struct mkt_sheet sheet;
        mkt_arena_reset(&arena, ARENA_BYTES);
        struct mkt_performance p =
            make(7000 + i, earlier ? 2 * days : days, i % 4 ? .9 : .2, telling);
        struct mkt_roi_options options = {
            {p.data.last - days + 1, p.data.last}, NAN, NAN, 1, 1, NULL};
        mkt_sheet_init(&sheet, &arena);
        assert_int_equal(mkt_roi_fill(&p, NULL, &options, &sheet, &err), MKT_OK);
        look(&sheet, &seen[telling]);
    }
    printf("# channels: same %d, own reason %d, none %d; segments: %d, %d, %d\n", seen[0].same_pair,
           seen[0].own_reason, seen[0].no_headline, seen[1].same_pair, seen[1].own_reason,
           seen[1].no_headline);
    assert_true(seen[CHANNELS].same_pair >= 30);
    assert_true(seen[SEGMENTS].own_reason >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confidence_and_advice_speak_of_the_same),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
