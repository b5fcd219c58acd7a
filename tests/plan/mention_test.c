/* Names of the data in questions. */
#include "plan/mention.h"

#include "plan/company.h"

/* "channel:email(exact)", "-tiktok" for a name the data lack, "!" before one that is excluded. */
static const char *read(const char *text)
{
    static const char *const how[] = {"exact", "spelling", "part", "kin"};
    static char out[512];
    struct mkt_fold f;
    struct mkt_mentions m;
    size_t n = 0;
    mkt_err_clear(&company_err);
    assert_int_equal(mkt_fold_make(&company_arena, text, &f, &company_err), MKT_OK);
    assert_int_equal(mkt_mention_find(&company_arena, &f, &company_known, false, &m, &company_err),
                     MKT_OK);
    out[0] = '\0';
    for (size_t i = 0; i < m.count; i++) {
        const struct mkt_mention *x = &m.mention[i];
        if (i) n += (size_t)snprintf(out + n, sizeof out - n, " ");
        if (x->names == 0)
            n += (size_t)snprintf(out + n, sizeof out - n, "-%s", f.token[x->from].word);
        for (size_t k = 0; k < x->names; k++)
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%s%s:%s(%s)", k ? "|" : "",
                                  x->without ? "!" : "", mkt_known_kind_name[x->name[k]->kind],
                                  x->name[k]->name, how[x->how]);
    }
    return out;
}

static void names(void **state)
{
    static const char *const row[][2] = {
        {"ROAS of email", "channel:email(exact)"},
        {"ROAS of E-Mail", "channel:email(exact)"},
        {"paid search and Social", "channel:paid_search(exact) channel:social(exact)"},
        {"paid_search", "channel:paid_search(exact)"},
        {"emial", "channel:email(spelling)"},
        {"soical", "channel:social(spelling)"},
        {"the newsletter", "channel:email(kin)"},
        {"Instagram", "channel:social(kin)"},
        {"on TikTok", "-tiktok"},
        {"holiday campaign", "campaign:Holiday 2024(part)|campaign:Holiday 2025(part)"},
        {"Holiday 2025", "campaign:Holiday 2025(exact)"},
        {"always on", "campaign:Always On(exact)"},
        {"the summer campaign", "-summer"},
        {"the best campaign", ""},
        {"18-34", "segment:18-34(exact)"},
        {"new ideas", ""}, /* an everyday word is no segment */
        {"the segment new", "segment:new(exact)"},
        {"a campaign for a friend", ""},
        {"did variant a win", "variant:A(exact)"},
        {"did B beat A", "variant:B(exact) variant:A(exact)"},
        {"A campaign", ""},
        {"all channels except email", "!channel:email(exact)"},
        {"without the social channel", "!channel:social(exact)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        assert_string_equal(read(row[i][0]), row[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, company_open, company_close);
}
