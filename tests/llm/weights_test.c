/* A model file that cannot be used gives a sentence, whatever is wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "llm/budget.h"
#include "llm/fixture.h"

static struct fixture f;

static int setup(void **state)
{
    (void)state;
    return fixture_prepare(&f) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    fixture_close(&f);
    return 0;
}

/* Opens what lies at f.path, which must fail so. */
static void refused(mkt_status status, const char *says)
{
    mkt_err_clear(&f.err);
    mkt_status got = mkt_builtin_open(&f.options, &f.llm, &f.err);
    assert_null(f.llm);
    assert_int_equal(got, status);
    if (!strstr(f.err.text, says)) fail_msg("%s", f.err.text);
}

static char *whole(size_t *n)
{
    struct model_file m = tiny_model();
    assert_true(fixture_write(&f, &m));
    FILE *file = fopen(f.path, "re");
    char *bytes = malloc(4 << 20);
    *n = fread(bytes, 1, 4 << 20, file);
    fclose(file);
    return bytes;
}

static void put(const char *bytes, size_t n)
{
    FILE *file = fopen(f.path, "we");
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void what_a_good_file_holds(void **state)
{
    struct model_file m = tiny_model();
    struct mkt_weights w;
    (void)state;
    int64_t tokens = (int64_t)m.vocab.tokens;
    assert_true(fixture_write(&f, &m));
    assert_int_equal(mkt_weights_check(f.path, &w, &f.err), MKT_OK);
    assert_string_equal(w.architecture, "llama");
    assert_int_equal(w.layers, 2);
    assert_int_equal(w.embed, 64);
    assert_int_equal(w.kv_heads, 1);
    assert_int_equal(w.key_length, 32);
    assert_int_equal(w.tokens, tokens);
    assert_int_equal(w.tensors, 3 + 2 * 9);
    /* embedding and output; norms; q, k, v and output of attention; the three of the feed */
    int64_t layer = 2 * 64 + 2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 128;
    assert_int_equal(w.tensor_bytes, 4 * (2 * 64 * tokens + 64 + 2 * layer));
    assert_int_equal(w.largest_bytes, 4 * 64 * tokens);
}

/* Cut anywhere, it is refused; the library never sees it. */
static void cut_short(void **state)
{
    size_t n;
    char *bytes = whole(&n);
    (void)state;
    for (size_t at = 0; at < n; at += at < 20000 ? 251 : 9973) {
        put(bytes, at);
        mkt_err_clear(&f.err);
        struct mkt_weights w;
        assert_int_equal(mkt_weights_check(f.path, &w, &f.err), MKT_E_DATA);
    }
    put(bytes, n - 1000);
    refused(MKT_E_DATA, "is cut short: it has");
    put(bytes, 3);
    refused(MKT_E_DATA, "it is cut short");
    free(bytes);
}

/* Bytes of the header changed at random: a sentence or a model, never a crash. */
static void damaged(void **state)
{
    size_t n;
    char *bytes = whole(&n);
    uint64_t random = 11;
    int opened = 0, refusals = 0;
    (void)state;
    for (int i = 0; i < 200; i++) {
        size_t at[3];
        char old[3];
        for (int k = 0; k < 3; k++) {
            at[k] = (size_t)(model_random(&random) % 14000);
            old[k] = bytes[at[k]];
            bytes[at[k]] = (char)model_random(&random);
        }
        put(bytes, n);
        mkt_err_clear(&f.err);
        struct mkt_llm *llm;
        if (mkt_builtin_open(&f.options, &llm, &f.err) == MKT_OK) {
            opened++;
            mkt_llm_close(llm);
        } else {
            assert_int_not_equal(f.err.text[0], '\0');
            refusals++;
        }
        for (int k = 2; k >= 0; k--) bytes[at[k]] = old[k];
    }
    assert_true(opened > 10 && refusals > 10);
    free(bytes);
}

static void of_another_kind(void **state)
{
    (void)state;
    put("not a model at all, but long enough", 35);
    refused(MKT_E_DATA, "does not begin as a GGUF file does");
    put("GGUF\x01\0\0\0", 8);
    refused(MKT_E_DATA, "a version of the format");
    f.options.path = "/nowhere/model.gguf";
    refused(MKT_E_NOT_FOUND, "no file /nowhere/model.gguf");
    f.options.path = f.folder.path;
    refused(MKT_E_DATA, "is no file");
    f.options.path = f.path;
}

static void of_another_architecture(void **state)
{
    struct model_file m = tiny_model();
    (void)state;
    m.architecture = "abacus";
    assert_true(fixture_write(&f, &m));
    refused(MKT_E_DATA, "does not know its architecture");
    m = tiny_model();
    m.heads = 3; /* 64 numbers in 3 heads */
    assert_true(fixture_write(&f, &m));
    refused(MKT_E_DATA, "");
    m = tiny_model();
    m.heads = 2;
    m.kv_heads = 5;
    assert_true(fixture_write(&f, &m));
    refused(MKT_E_DATA, "its heads cannot be");
    m = tiny_model();
    m.epsilon = -1; /* over which the library would end the process */
    assert_true(fixture_write(&f, &m));
    refused(MKT_E_DATA, "a setting that cannot be");
}

static void without_a_template(void **state)
{
    struct model_file m = tiny_model();
    (void)state;
    m.template = NULL;
    assert_true(fixture_write(&f, &m));
    refused(MKT_E_DATA, "no chat template: it is not an instruct model");
}

/* Another instruct model's template is read, and its control tokens put by name. */
static void with_another_template(void **state)
{
    struct model_file m = tiny_model();
    (void)state;
    free((void *)(uintptr_t)m.vocab.text[3]);
    free((void *)(uintptr_t)m.vocab.text[4]);
    m.vocab.text[3] = strdup("<|im_start|>");
    m.vocab.text[4] = strdup("<|im_end|>");
    m.template =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";
    assert_true(fixture_write(&f, &m));
    mkt_err_clear(&f.err);
    mkt_status status = mkt_builtin_open(&f.options, &f.llm, &f.err);
    if (status) fail_msg("%s", f.err.text);
    struct mkt_llm_part part = {.grammar = "root ::= \" \"? [a-z]{3}", .tokens = 8};
    struct mkt_llm_task task = {.data = "Say", .part = &part, .parts = 1};
    assert_int_equal(mkt_llm_write(f.llm, &f.arena, &task, &f.err), MKT_OK);
    assert_true(part.done);
    /* <s> <|im_start|> user \n Say <|im_end|> \n <|im_start|> assistant \n, letters alone */
    assert_true(task.prefilled > 15);
    mkt_llm_close(f.llm);
    f.llm = NULL;

    m = tiny_model();
    free((void *)(uintptr_t)m.vocab.text[3]);
    m.vocab.text[3] = strdup("<x>");
    m.template = "{{ nothing that is known }}";
    assert_true(fixture_write(&f, &m));
    refused(MKT_E_DATA, "is not one that llama.cpp knows");
}

static void larger_than_the_limit(void **state)
{
    struct model_file m = tiny_model();
    (void)state;
    assert_true(fixture_write(&f, &m));
    f.options.memory_mb = 300;
    refused(MKT_E_LIMIT, "600 MB for the engine are");
    refused(MKT_E_LIMIT, "300 MB are allowed");
    f.options.memory_mb = 0;
}

/* Mistral's Q4_K_M: as many tokens as fit, and refused with the numbers below. */
static void budgets(void **state)
{
    struct mkt_weights w = {.tensor_bytes = 4372000000,
                            .largest_bytes = 110000000,
                            .layers = 32,
                            .embed = 4096,
                            .heads = 32,
                            .kv_heads = 8,
                            .feed = 14336,
                            .key_length = 128,
                            .value_length = 128,
                            .tokens = 32768};
    struct mkt_budget b;
    (void)state;
    const struct {
        uint64_t mb;
        int cells;
    } cases[] = {{0, 8192}, {7000, 8192}, {5800, 6144}, {5500, 3072}, {5350, 1024}, {5000, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mkt_err_clear(&f.err);
        mkt_status status =
            mkt_budget_plan(&w, "m", cases[i].mb * 1000000, 600000000, 0, 64, &b, &f.err);
        assert_int_equal(status, cases[i].cells ? MKT_OK : MKT_E_LIMIT);
        if (cases[i].cells) assert_int_equal(b.cells, cases[i].cells);
        if (cases[i].mb && !status) assert_true(b.all <= cases[i].mb * 1000000);
    }
    assert_non_null(strstr(f.err.text, "4482 MB for its weights"));
    assert_int_equal(mkt_budget_plan(&w, "m", 0, 0, 512, 64, &b, &f.err), MKT_OK);
    assert_int_equal(b.cells_bytes, 512 * 69632); /* 68 KiB a token */
    w.tensor_bytes = 7702000000;
    assert_int_equal(mkt_budget_plan(&w, "m", 7000000000, 600000000, 0, 64, &b, &f.err),
                     MKT_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_good_file_holds),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(damaged),
        cmocka_unit_test(of_another_kind),
        cmocka_unit_test(of_another_architecture),
        cmocka_unit_test(without_a_template),
        cmocka_unit_test(with_another_template),
        cmocka_unit_test(larger_than_the_limit),
        cmocka_unit_test(budgets),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
