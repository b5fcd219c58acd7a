/* Questions as words that can be compared. */
#include "plan/fold.h"

#include "plan/company.h"
#include "plan/spelling_distance.h"

static const char *folded(const char *text)
{
    static char out[512];
    struct mkt_fold f;
    size_t n = 0;
    mkt_err_clear(&company_err);
    assert_int_equal(mkt_fold_make(&company_arena, text, &f, &company_err), MKT_OK);
    out[0] = '\0';
    for (size_t i = 0; i < f.tokens; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", i ? "|" : "", f.token[i].word);
    return out;
}

static void case_and_accents_go(void **state)
{
    (void)state;
    assert_string_equal(folded("Où était LE coût ?"), "ou|etait|le|cout|?");
    assert_string_equal(folded("Größe ŒUVRE Łódź"), "grosse|oeuvre|lodz");
    assert_string_equal(folded("МОСКВА"), "москва");
}

static void apostrophes_part_words(void **state)
{
    (void)state;
    assert_string_equal(folded("what's l'an"), "what|l|an");
    assert_string_equal(folded("didn't isn’t"), "didn|not|isn|not");
}

static void numbers_keep_their_marks(void **state)
{
    (void)state;
    assert_string_equal(folded("€1,234.50 and 50k, 18-34."), "€|1,234.50|and|50k|,|18|-|34|.");
    assert_string_equal(folded("2025-Q4"), "2025|-|q4");
}

static void phrases_match_across_hyphens_and_plurals(void **state)
{
    struct mkt_fold f;
    (void)state;
    assert_int_equal(mkt_fold_make(&company_arena, "half-life of channels", &f, &company_err),
                     MKT_OK);
    assert_int_equal(mkt_fold_match_any(&f, 0, f.tokens, "half, half life"), 3);
    assert_int_equal(mkt_fold_match_any(&f, 4, f.tokens, "channel"), 1);
    assert_int_equal(mkt_fold_match_any(&f, 4, f.tokens, "chan"), 0);
    assert_string_equal(mkt_fold_quote(&company_arena, &f, 0, 3), "half-life");
}

static void too_many_words(void **state)
{
    static char text[4 * MKT_FOLD_TOKENS];
    struct mkt_fold f;
    (void)state;
    for (size_t i = 0; i + 2 < sizeof text; i += 2) memcpy(text + i, "a ", 2);
    mkt_err_clear(&company_err);
    assert_int_equal(mkt_fold_make(&company_arena, text, &f, &company_err), MKT_E_LIMIT);
}

static void every_arena_size(void **state)
{
    (void)state;
    for (size_t fail = 1; fail < 12; fail++) {
        struct mkt_fold f;
        mkt_err_clear(&company_err);
        mkt_arena_reset(&company_arena, 0);
        company_arena.fail_at = fail;
        mkt_status status = mkt_fold_make(&company_arena, "the return of search", &f, &company_err);
        assert_true(status == MKT_OK || status == MKT_E_NOMEM);
        company_arena.fail_at = 0;
    }
}

static void distances_of_words(void **state)
{
    (void)state;
    assert_int_equal(mkt_spelling_distance("search", "search", 2), 0);
    assert_int_equal(mkt_spelling_distance("serach", "search", 2), 1); /* swapped */
    assert_int_equal(mkt_spelling_distance("afiliates", "affiliates", 2), 1);
    assert_int_equal(mkt_spelling_distance("kitten", "sitting", 3), 3);
    assert_int_equal(mkt_spelling_distance("kitten", "sitting", 2), 3); /* most + 1 */
    assert_int_equal(mkt_spelling_distance("", "ab", 2), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_and_accents_go),
        cmocka_unit_test(apostrophes_part_words),
        cmocka_unit_test(numbers_keep_their_marks),
        cmocka_unit_test(too_many_words),
        cmocka_unit_test(phrases_match_across_hyphens_and_plurals),
        cmocka_unit_test(every_arena_size),
        cmocka_unit_test(distances_of_words),
    };
    return cmocka_run_group_tests(tests, company_open, company_close);
}
