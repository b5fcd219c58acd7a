/* The notation and the reader: what the grammar admits is read, what it does not is refused. */
#include "narrate/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "narrate/notation.h"
#include "narrate/parrot.h"
#include "narrate/prompt.h"

#define ARENA_BYTES (16 << 20)
#include "arena_fixture.h"

static struct mkt_fact fact;
static struct mkt_finding finding[MKT_CITES_MOST];

/* "ff:cb": two facts, then a comparison and a break-even; "aa" is advice. Marked as chosen. */
static struct mkt_cites cites_of(const char *kinds)
{
    static const char letter[] =
        "chispba"; /* compare, change, imbalance, saturated, break-even.. */
    static const mkt_finding_kind kind[] = {
        MKT_FINDING_COMPARE, MKT_FINDING_CHANGE,     MKT_FINDING_IMBALANCE, MKT_FINDING_SATURATED,
        MKT_FINDING_PACE,    MKT_FINDING_BREAK_EVEN, MKT_FINDING_ACTION};
    struct mkt_cites c = {.part = MKT_PART_CHANNELS};
    for (; *kinds; kinds++) {
        if (*kinds == ':') continue;
        struct mkt_cite *cite = &c.cite[c.count];
        if (*kinds == 'f') {
            *cite = (struct mkt_cite){.fact = &fact, .must = c.count == 0};
            c.facts = ++c.count;
            continue;
        }
        finding[c.count].kind = kind[strchr(letter, *kinds) - letter];
        bool action = *kinds == 'a';
        if (action) c.part = MKT_PART_ADVICE;
        *cite =
            (struct mkt_cite){.finding = &finding[c.count], .must = action || c.count == c.facts};
        c.count++;
    }
    return c;
}

static const char *grammar_of(const struct mkt_cites *c)
{
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    mkt_notation_grammar(&out, c);
    assert_false(out.failed);
    return out.data;
}

static const char *const shapes[] = {
    "f",  "ff",   "fff",    "fffff",     "f:c",    "ff:h",    "fff:ch",     "fffff:hpci",
    ":c", ":cc",  ":cbsi",  "ff:bbss",   "fff:i",  "ffff:sp", "fffff:c",    "a",
    "aa", "aaaa", "aaaaaa", "fff:chipb", "f:cccc", ":hhhh",   "ff:cccccccc"};
#define SHAPES (sizeof shapes / sizeof *shapes)

/* What is written by the grammar is read, as a whole and from pieces, and tells what it must. */
static void test_the_grammar_is_read(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++) {
        struct mkt_cites c = cites_of(shapes[s]);
        const char *grammar = grammar_of(&c);
        size_t mark = mkt_arena_mark(&arena);
        for (uint64_t seed = 0; seed < 400; seed++) {
            struct mkt_said said[MKT_CITES_MOST], one;
            struct mkt_reader r;
            const char *text = parrot_text(&arena, grammar, seed);
            size_t n = mkt_reader_part(&c, text, said), got = 0, at = 0, used;
            if (n == 0) fail_msg("%s seed %d: refused: %s", shapes[s], (int)seed, text);
            mkt_reader_begin(&r, &c);
            for (size_t have = 0; have <= strlen(text); have++) {
                mkt_reader_result result = mkt_reader_next(&r, text + at, have - at, &one, &used);
                assert_true(result != MKT_READER_REFUSES);
                if (result != MKT_READER_SAID) continue;
                assert_true(one.phrase == said[got].phrase && one.count == said[got].count &&
                            one.more == said[got].more);
                for (size_t i = 0; i < one.count; i++)
                    assert_int_equal(one.cite[i], said[got].cite[i]);
                at += used;
                got++;
            }
            assert_int_equal(got, n);
            assert_true(mkt_reader_complete(&r));
            mkt_arena_release(&arena, mark);
        }
    }
}

/* A random walk meets every citation, every form and every phrase that its place allows. */
static void test_the_language_is_rich(void **state)
{
    struct mkt_cites c = cites_of("fff:ch");
    const char *grammar = grammar_of(&c);
    size_t mark = mkt_arena_mark(&arena), lists[4] = {0}, pairs = 0, tails = 0, bare = 0;
    bool met[128] = {false};
    (void)state;
    assert_true(mkt_lexicon_count < sizeof met);
    for (uint64_t seed = 0; seed < 5000; seed++) {
        struct mkt_said said[MKT_CITES_MOST];
        size_t n = mkt_reader_part(&c, parrot_text(&arena, grammar, seed), said);
        for (size_t i = 0; i < n; i++) {
            bool is_fact = said[i].cite[0] < c.facts;
            if (is_fact) lists[said[i].count]++;
            pairs += !is_fact && said[i].count == 2;
            tails += said[i].more;
            bare += !said[i].phrase;
            if (said[i].phrase) met[said[i].phrase - mkt_lexicon_phrases] = true;
        }
        mkt_arena_release(&arena, mark);
    }
    assert_true(lists[1] && lists[2] && lists[3] && pairs && tails && bare);
    unsigned uses = MKT_LEXICON_CLAUSES | MKT_LEXICON_NOUNS | MKT_LEXICON_FINDING |
                    MKT_LEXICON_KIND(MKT_FINDING_COMPARE) | MKT_LEXICON_KIND(MKT_FINDING_CHANGE);
    for (size_t i = 0; i < mkt_lexicon_count; i++)
        if (mkt_lexicon_phrases[i].use & uses && !met[i])
            fail_msg("never written: \"%s\"", mkt_lexicon_phrases[i].text);
}

/* Outside of names of rules the grammar holds the lexicon, letters and marks of the notation. */
static void test_the_alphabet(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++) {
        struct mkt_cites c = cites_of(shapes[s]);
        for (const char *g = grammar_of(&c); *g; g++) {
            assert_true(*g == '\n' || (*g >= ' ' && *g <= '~'));
            assert_null(strchr("0123456789%$<>[]{}\\'`^*+", *g));
        }
    }
}

static void test_refusals(void **state)
{
    static const char *const bad[] = {
        "",
        " ",
        "A",             /* no full stop */
        "A, B and C. D", /* the second has none */
        "A, B and C.",   /* D must be told */
        "B. D.",         /* A must be told */
        "A. E.",         /* D must be told before */
        "A. C. B. D.",   /* order */
        "A and A. D.",   /* twice */
        "A. A. D.",
        "A and D.",    /* a fact with a finding */
        "A, B, C. D.", /* a list without its "and" */
        "A, B and C and D.",
        "A B. D.",
        "A. D and E.", /* findings are joined by ", and " */
        "A. D, with figures.",
        "A fully. D.", /* those are of findings */
        "A. D fully, and E.",
        "A. F.", /* there is no F */
        "A. Z.",
        "A. D. G.",
        "A. d.",
        "A. D.. E.",
        "A. D. <s>",
        "A. D. [INST] E [/INST]",
        "A. D.</s>",
        "A. D. E. E.",
        "A is 3. D.",
        "In short A. D.",
        "In short, in brief, A. D.",
        "in short, A. D.",
        "In short,  A. D.",
        "Also, A. D.",                /* "Also" opens no part */
        "A. In short, D.",            /* a phrase of facts before a finding */
        "By the figures, A. D.",      /* and the other way */
        "A. On change, D.",           /* D compares */
        "A. Side by side, D, and E.", /* E is a change */
        "A. On the budget, D.",
        "A. For the plan: D.",
        "A. D, which is better than E.",
        "A. Because of this, D.",
        "A. D\xe2\x80\xae.", /* a bidirectional override */
        "A.\tD.",
        "A.\x01 D.",
        ("Spend was \xe2\x82\xac"
         "3. A. D."),
        "A and B",
        "A.D", /* incomplete */
    };
    static const char *const good[] = {
        "A. D.",
        " A. D.",
        "\nA. D.\n ",
        "A.D.",
        "In short, A, B and C. Side by side, D fully. Also, E.",
        "The data put A. The data also show B and C. On these data, D, and E.",
        "C is not where it was."};
    struct mkt_said said[MKT_CITES_MOST];
    struct mkt_cites c = cites_of("fff:ch");
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (mkt_reader_part(&c, bad[i], said)) fail_msg("read: %s", bad[i]);
    for (size_t i = 0; i + 1 < sizeof good / sizeof *good; i++)
        if (!mkt_reader_part(&c, good[i], said)) fail_msg("refused: %s", good[i]);
    assert_int_equal(mkt_reader_part(&c, good[6], said), 0);
}

static void test_refusals_of_advice(void **state)
{
    static const char *const bad[] = {
        "A.",       "B. A.",       "A and B.",           "A, and B.",    "A, fully. B.",
        "A. B. C.", "Also, A. B.", "A. In addition, B.", "A because B.", "A fully. B fully fully."};
    struct mkt_said said[MKT_CITES_MOST];
    struct mkt_cites c = cites_of("aa");
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (mkt_reader_part(&c, bad[i], said)) fail_msg("read: %s", bad[i]);
    assert_int_equal(mkt_reader_part(&c, "For the plan: A fully. To act on: B.", said), 2);
    assert_true(said[0].more && !said[1].more);
}

/* One byte changed, put in or taken away: refused, or a text that reads as well formed as any. */
static void test_damaged_texts(void **state)
{
    struct mkt_cites c = cites_of("fff:ch");
    const char *grammar = grammar_of(&c);
    size_t mark = mkt_arena_mark(&arena), refused = 0;
    struct mkt_random random;
    (void)state;
    mkt_random_init(&random, 7, 7);
    for (uint64_t seed = 0; seed < 20000; seed++) {
        struct mkt_said said[MKT_CITES_MOST];
        const char *text = parrot_text(&arena, grammar, seed % 500);
        size_t n = strlen(text), at = mkt_random_below(&random, (uint32_t)n);
        char *bad = mkt_arena_alloc(&arena, n + 2, 1);
        char byte = (char)(1 + mkt_random_below(&random, 255));
        size_t how = mkt_random_below(&random, 3);
        memcpy(bad, text, at);
        if (how == 0) strcpy(bad + at, text + at + 1);
        if (how == 1) strcpy(bad + at + 1, text + at);
        if (how == 2) strcpy(bad + at + 1, text + at + 1);
        if (how > 0) bad[at] = byte;
        size_t got = mkt_reader_part(&c, bad, said), last = 0;
        refused += got == 0;
        for (size_t s = 0; s < got; s++)
            for (size_t k = 0; k < said[s].count; k++) {
                assert_true(said[s].cite[k] < c.count && (s + k == 0 || said[s].cite[k] > last));
                last = said[s].cite[k];
            }
        mkt_arena_release(&arena, mark);
    }
    assert_true(refused > 15000 && refused < 20000);
}

/* A text without a full stop is not waited for for ever. */
static void test_endless_sentence(void **state)
{
    static char text[4096];
    struct mkt_cites c = cites_of("f");
    struct mkt_reader r;
    struct mkt_said said;
    size_t used;
    (void)state;
    memset(text, 'x', sizeof text);
    mkt_reader_begin(&r, &c);
    assert_int_equal(mkt_reader_next(&r, text, 20, &said, &used), MKT_READER_WAITS);
    assert_int_equal(mkt_reader_next(&r, text, sizeof text, &said, &used), MKT_READER_REFUSES);
}

/* The worked examples that the model is shown are texts of the language they teach. */
static void test_examples_of_the_prompt(void **state)
{
    static const struct {
        const char *word;
        mkt_finding_kind kind;
    } kinds[] = {{"compare ", MKT_FINDING_COMPARE},   {"change ", MKT_FINDING_CHANGE},
                 {"shares ", MKT_FINDING_IMBALANCE},  {"margin ", MKT_FINDING_SATURATED},
                 {"return ", MKT_FINDING_BREAK_EVEN}, {"budget ", MKT_FINDING_PACE},
                 {"action ", MKT_FINDING_ACTION}};
    (void)state;
    assert_true(mkt_prompt_example_count >= 3);
    for (size_t e = 0; e < mkt_prompt_example_count; e++) {
        struct mkt_said said[MKT_CITES_MOST];
        struct mkt_cites c = {.part = mkt_prompt_examples[e].part};
        for (const char *line = mkt_prompt_examples[e].ask; *line; line = strchr(line, '\n') + 1) {
            struct mkt_cite *cite = &c.cite[c.count];
            assert_int_equal(line[0], MKT_CITES_NAME(c.count));
            *cite = (struct mkt_cite){.fact = &fact};
            for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
                if (strncmp(line + 2, kinds[k].word, strlen(kinds[k].word)) == 0) {
                    finding[c.count].kind = kinds[k].kind;
                    *cite = (struct mkt_cite){.finding = &finding[c.count]};
                }
            c.facts += cite->fact != NULL;
            cite->must = c.count == 0 || c.count == c.facts || c.part == MKT_PART_ADVICE;
            c.count++;
        }
        if (!mkt_reader_part(&c, mkt_prompt_examples[e].text, said))
            fail_msg("the example cannot be read: %s", mkt_prompt_examples[e].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_grammar_is_read, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(test_the_language_is_rich, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(test_the_alphabet, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(test_refusals, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(test_refusals_of_advice, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(test_damaged_texts, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(test_endless_sentence, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(test_examples_of_the_prompt, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
