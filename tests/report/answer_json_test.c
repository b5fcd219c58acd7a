#include "report/answer_json.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/sample_sheet.h"

static struct mkt_arena arena;
static struct mkt_err err;
static struct mkt_answer answer;

static int setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    memset(&answer, 0, sizeof answer);
    return mkt_arena_open(&arena, 64 << 20, &err) == MKT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static struct mkt_buf written(void)
{
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    assert_int_equal(mkt_answer_json_write(&out, &answer, &err), MKT_OK);
    return out;
}

static json_t *read_back(void)
{
    struct mkt_buf out = written();
    json_error_t e;
    json_t *root = json_loadb(out.data, out.length, JSON_REJECT_DUPLICATES, &e);
    if (!root) print_error("%s at %d\n", e.text, e.position);
    assert_non_null(root);
    return root;
}

static void fill(struct sample_options options)
{
    assert_int_equal(sample_fill(&answer.sheet, &arena, options, &err), MKT_OK);
}

/* ---- the schema: as much of JSON Schema as docs/answer.schema.json uses ------------- */

static bool is_type(const json_t *value, const char *type)
{
    if (strcmp(type, "object") == 0) return json_is_object(value);
    if (strcmp(type, "array") == 0) return json_is_array(value);
    if (strcmp(type, "string") == 0) return json_is_string(value);
    if (strcmp(type, "integer") == 0) return json_is_integer(value);
    if (strcmp(type, "number") == 0) return json_is_number(value);
    if (strcmp(type, "boolean") == 0) return json_is_boolean(value);
    assert_string_equal(type, "null");
    return json_is_null(value);
}

static bool type_fits(const json_t *value, const json_t *type)
{
    if (!type) return true;
    if (json_is_string(type)) return is_type(value, json_string_value(type));
    for (size_t i = 0; i < json_array_size(type); i++)
        if (is_type(value, json_string_value(json_array_get(type, i)))) return true;
    return false;
}

static const json_t *resolved(const json_t *root, const json_t *schema)
{
    const char *ref = json_string_value(json_object_get(schema, "$ref"));
    if (!ref) return schema;
    assert_int_equal(strncmp(ref, "#/$defs/", 8), 0);
    const json_t *found = json_object_get(json_object_get(root, "$defs"), ref + 8);
    assert_non_null(found);
    return found;
}

static bool fits(const json_t *root, const json_t *schema, json_t *value, const char *where);

static bool object_fits(const json_t *root, const json_t *schema, json_t *value)
{
    const json_t *known = json_object_get(schema, "properties");
    const json_t *other = json_object_get(schema, "additionalProperties");
    const json_t *required = json_object_get(schema, "required");
    for (size_t i = 0; i < json_array_size(required); i++)
        if (!json_object_get(value, json_string_value(json_array_get(required, i)))) return false;
    const char *name;
    json_t *member;
    json_object_foreach(value, name, member)
    {
        const json_t *s = json_object_get(known, name);
        if (!s && json_is_false(other)) return false;
        if (!s) s = other;
        if (s && !fits(root, s, member, name)) return false;
    }
    return true;
}

static bool fits(const json_t *root, const json_t *schema, json_t *value, const char *where)
{
    schema = resolved(root, schema);
    bool good = type_fits(value, json_object_get(schema, "type"));
    const json_t *choice = json_object_get(schema, "enum"), *items;
    const json_t *least = json_object_get(schema, "minimum");
    const json_t *most = json_object_get(schema, "maximum");
    bool chosen = !choice;
    for (size_t i = 0; i < json_array_size(choice) && !chosen; i++)
        chosen = json_equal(json_array_get(choice, i), value);
    good = good && chosen;
    if (json_is_number(value) && least)
        good = good && json_number_value(value) >= json_number_value(least);
    if (json_is_number(value) && most)
        good = good && json_number_value(value) <= json_number_value(most);
    if (good && json_is_object(value)) good = object_fits(root, schema, value);
    if (good && (items = json_object_get(schema, "items")) != NULL)
        for (size_t i = 0; i < json_array_size(value) && good; i++)
            good = fits(root, items, json_array_get(value, i), where);
    if (!good) print_message("does not fit the schema: %s\n", where);
    return good;
}

static json_t *load_schema(void)
{
    json_error_t e;
    json_t *schema = json_load_file("docs/answer.schema.json", 0, &e);
    if (!schema) print_error("docs/answer.schema.json: %s (run from the root)\n", e.text);
    assert_non_null(schema);
    return schema;
}

static void check_schema(void)
{
    json_t *schema = load_schema(), *root = read_back();
    assert_true(fits(schema, schema, root, "answer"));
    json_decref(root);
    json_decref(schema);
}

static void test_schema(void **state)
{
    (void)state;
    check_schema(); /* an empty sheet */
    for (int status = 0; status < 3; status++) {
        fill((struct sample_options){.status = (mkt_answer_status)status,
                                     .no_revenue = status == 1});
        check_schema();
    }
}

static void test_schema_has_teeth(void **state)
{
    json_t *schema = load_schema();
    (void)state;
    fill((struct sample_options){0});
    json_t *root = read_back();
    json_object_set_new(root, "extra", json_null());
    assert_false(fits(schema, schema, root, "answer"));
    json_object_del(root, "extra");
    assert_true(fits(schema, schema, root, "answer"));
    json_object_set_new(json_array_get(json_object_get(root, "facts"), 3), "value", json_null());
    assert_false(fits(schema, schema, root, "answer"));
    json_decref(root);
    root = read_back();
    json_object_set_new(root, "confidence_score", json_real(1.5));
    assert_false(fits(schema, schema, root, "answer"));
    json_decref(root);
    json_decref(schema);
}

/* Who wrote which part, and what the words rest on; absent where no model was asked. */
static void test_model_words(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    assert_null(strstr(written().data, "plain_parts"));
    assert_null(strstr(written().data, "\"words\""));
    answer.words.written_by = answer.words.model = "Mistral-7B";
    answer.words.identity = "00ff";
    answer.words.seed = 7;
    answer.words.size = 2;
    answer.words.author[MKT_PART_AUDIENCE] = MKT_AUTHOR_NOTHING;
    answer.words.author[MKT_PART_ADVICE] = MKT_AUTHOR_TIME;
    check_schema();
    assert_non_null(strstr(written().data, "\"written_by\":\"Mistral-7B\",\"plain_parts\":{"
                                           "\"audience_insights\":\"nothing_to_cite\","
                                           "\"optimization_recommendations\":\"deadline\"}"));
    assert_non_null(strstr(written().data,
                           "\"words\":{\"model\":\"Mistral-7B\",\"identity\":\"00ff\","
                           "\"seed\":7,\"size\":\"medium\"}"));
    answer.words.seed = UINT64_MAX;
    answer.words.size = 0;
    for (mkt_part p = 0; p < MKT_PARTS; p++) answer.words.author[p] = MKT_AUTHOR_REFUSED + p % 2;
    check_schema();
    assert_non_null(strstr(written().data, "\"seed\":\"18446744073709551615\",\"size\":\"none\""));
}

/* ---- the bytes ------------------------------------------------------------------------ */

static void test_golden(void **state)
{
    static const char *const ids[] = {"search.roas"};
    static double low[] = {1, NAN};
    static double value[] = {2, NAN};
    static const char *days[] = {"2025-01-01", "2025-01-02"};
    struct mkt_sheet *s = &answer.sheet;
    struct mkt_fact fact = {.id = "search.roas",
                            .label = "ROAS of search",
                            .scope = "channel",
                            .entity = "a\"b",
                            .metric = "roas",
                            .value = 3.21,
                            .unit = MKT_UNIT_RATIO,
                            .low = 2.87,
                            .high = 3.56,
                            .level = 0.95,
                            .interval = "bootstrap",
                            .n = 365,
                            .n_of = "days",
                            .method = "roi"};
    struct mkt_finding finding = {.id = "f",
                                  .kind = MKT_FINDING_BREAK_EVEN,
                                  .claim = "it earns",
                                  .probability = 0.98,
                                  .stake = 1e6,
                                  .scope = "channel",
                                  .subject = "a\"b",
                                  .fact = ids,
                                  .facts = 1};
    struct mkt_caveat caveat = {"short", "it is short", MKT_CAVEAT_WARN};
    struct mkt_series series = {"Spend", MKT_UNIT_MONEY, value, low, value};
    struct mkt_chart chart = {.id = "c",
                              .title = "C",
                              .kind = MKT_CHART_TIME,
                              .x = days,
                              .points = 2,
                              .series = &series,
                              .count = 1,
                              .reference = NAN};
    (void)state;
    mkt_sheet_init(s, &arena);
    s->analysis_type = "campaign_roi";
    s->headline = "f";
    s->confidence = 0.9;
    assert_int_equal(mkt_sheet_add_missing(s, "no margin", &err), MKT_OK);
    s->provenance.period = (struct mkt_period){0, 364};
    s->provenance.seed = UINT64_MAX;
    assert_int_equal(mkt_sheet_add_fact(s, &fact, &err), MKT_OK);
    assert_int_equal(mkt_sheet_add_finding(s, &finding, &err), MKT_OK);
    assert_int_equal(mkt_sheet_add_caveat(s, &caveat, &err), MKT_OK);
    assert_int_equal(mkt_sheet_add_chart(s, &chart, &err), MKT_OK);
    answer.words =
        (struct mkt_words){.verdict = "V.", .confidence_score = 0.9, .written_by = "plain"};
    assert_string_equal(
        written().data,
        "{\"analysis_type\":\"campaign_roi\",\"status\":\"ok\",\"marketing_metrics\":{\"total\":{},"
        "\"by_channel\":{\"a\\\"b\":{\"roas\":3.21}},\"by_campaign\":{},\"by_segment\":{}},"
        "\"llm_analysis\":{\"verdict\":\"V.\",\"performance_summary\":null,\"channel_analysis\":"
        "null,"
        "\"audience_insights\":null,\"roi_analysis\":null,\"optimization_recommendations\":[],"
        "\"confidence_score\":0.9,\"written_by\":\"plain\"},\"collaboration_ready\":false,"
        "\"confidence_score\":0.9,\"missing\":[\"no margin\"],\"facts\":[{\"id\":\"search.roas\","
        "\"label\":\"ROAS of "
        "search\",\"scope\":\"channel\",\"entity\":\"a\\\"b\",\"metric\":\"roas\","
        "\"value\":3.21,\"unit\":\"ratio\",\"low\":2.87,\"high\":3.56,\"level\":0.95,"
        "\"interval\":\"bootstrap\",\"why\":null,\"n\":365,\"n_of\":\"days\",\"method\":\"roi\","
        "\"caveats\":[]}],\"findings\":[{\"id\":\"f\",\"kind\":\"break_even\",\"claim\":\"it "
        "earns\","
        "\"probability\":0.98,\"stake\":1000000,\"scope\":\"channel\",\"subject\":\"a\\\"b\","
        "\"other\":null,\"facts\":[\"search.roas\"],\"because\":[],\"headline\":true}],\"tables\":["
        "],"
        "\"charts\":[{\"id\":\"c\",\"title\":\"C\",\"reading\":null,\"kind\":\"time\","
        "\"x\":[\"2025-01-01\",\"2025-01-02\"],\"series\":[{\"name\":\"Spend\",\"unit\":\"money\","
        "\"value\":[2,null],\"low\":[1,null],\"high\":[2,null]}],\"reference\":null,"
        "\"reference_name\":null,\"flows\":null}],\"caveats\":[{\"id\":\"short\",\"text\":\"it is "
        "short\","
        "\"weight\":\"warn\"}],\"provenance\":{\"analysis\":null,\"title\":null,\"currency\":null,"
        "\"data\":[],\"faults\":[],\"data_period\":null,\"period\":{\"first\":\"1970-01-01\","
        "\"last\":\"1970-12-31\"},\"version\":null,\"seed\":\"18446744073709551615\",\"draws\":0,"
        "\"parameters\":{}}}\n");
}

/* A flow names its places by their number; a matrix has none. */
static void test_flows(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    json_t *root = read_back();
    const json_t *charts = json_object_get(root, "charts"), *flows = NULL;
    for (size_t i = 0; i < json_array_size(charts); i++) {
        const json_t *c = json_array_get(charts, i), *f = json_object_get(c, "flows");
        bool flow = strcmp(json_string_value(json_object_get(c, "kind")), "flow") == 0;
        assert_int_equal(json_is_array(f), flow);
        if (flow) flows = f;
    }
    assert_int_equal(json_array_size(flows), 1);
    const json_t *one = json_array_get(flows, 0);
    assert_int_equal(json_integer_value(json_object_get(one, "from")), 0);
    assert_int_equal(json_integer_value(json_object_get(one, "to")), 1);
    assert_true(json_number_value(json_object_get(one, "value")) == 12.5);
    json_decref(root);
}

/* Two runs in two arenas give the same bytes. */
static void test_same_bytes(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    struct mkt_buf first = written();
    char *copy = malloc(first.length + 1);
    assert_non_null(copy);
    memcpy(copy, first.data, first.length + 1);
    mkt_arena_reset(&arena, 0);
    fill((struct sample_options){0});
    assert_string_equal(written().data, copy);
    free(copy);
}

/* Facts of one entity that lie apart in the sheet are one group; a second fact of a metric does
 * not make a duplicate member; groups stand in the order of their first fact; other scopes stand too. */
static void test_grouping(void **state)
{
    static const struct {
        const char *id, *scope, *entity, *metric;
    } facts[] = {{"1", "channel", "z", "spend"},   {"2", "channel", "a", "spend"},
                 {"3", "channel", "z", "roas"},    {"4", "channel", "z", "spend"},
                 {"5", "territory", "n", "spend"}, {"6", "total", NULL, "spend"}};
    (void)state;
    mkt_sheet_init(&answer.sheet, &arena);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        struct mkt_fact f = {.id = facts[i].id,
                             .label = "x",
                             .scope = facts[i].scope,
                             .entity = facts[i].entity,
                             .metric = facts[i].metric,
                             .value = (double)i + 1,
                             .low = NAN,
                             .high = NAN,
                             .why = "a count"};
        assert_int_equal(mkt_sheet_add_fact(&answer.sheet, &f, &err), MKT_OK);
    }
    assert_non_null(strstr(written().data,
                           "\"marketing_metrics\":{\"total\":{\"spend\":6},"
                           "\"by_channel\":{\"z\":{\"spend\":1,\"roas\":3},\"a\":{\"spend\":2}},"
                           "\"by_campaign\":{},\"by_segment\":{},"
                           "\"by_territory\":{\"n\":{\"spend\":5}}}"));
}

static void test_hostile_names(void **state)
{
    static const char name[] = "\"},\"x\":[</script>\\ [INST] =cmd()";
    (void)state;
    fill((struct sample_options){.hostile = name});
    json_t *root = read_back();
    const json_t *by = json_object_get(json_object_get(root, "marketing_metrics"), "by_channel");
    assert_non_null(json_object_get(by, name));
    json_decref(root);
}

static void test_megabyte_name(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    assert_int_equal(mkt_arena_open(&arena, (size_t)256 << 20, &err), MKT_OK);
    char *name = MKT_NEW(&arena, char, 1 << 20);
    memset(name, 'x', (1 << 20) - 1);
    fill((struct sample_options){.hostile = name});
    json_decref(read_back());
}

static void test_every_allocation_fails(void **state)
{
    (void)state;
    fill((struct sample_options){0});
    size_t mark = mkt_arena_mark(&arena), tries = 0;
    mkt_status status;
    do {
        struct mkt_buf out;
        memset(&err, 0, sizeof err);
        arena.fail_at = arena.allocations + ++tries;
        mkt_buf_init(&out, &arena);
        status = mkt_answer_json_write(&out, &answer, &err);
        mkt_arena_release(&arena, mark);
        assert_true(status == MKT_OK || (status == MKT_E_NOMEM && err.text[0]));
    } while (status != MKT_OK);
    arena.fail_at = 0;
    assert_true(tries > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_schema, setup, teardown),
        cmocka_unit_test_setup_teardown(test_model_words, setup, teardown),
        cmocka_unit_test_setup_teardown(test_schema_has_teeth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_golden, setup, teardown),
        cmocka_unit_test_setup_teardown(test_flows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_same_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_grouping, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hostile_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_megabyte_name, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_allocation_fails, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
