/* The same prompt, grammar and seed give the same bytes, whatever runs beside them.
 *
 * Every kind of weights has its own arithmetic in the library, so each is tried: texts written
 * alone on one thread, then all at once from several callers on two threads, in another order,
 * with prompts of several lengths coming and going.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "llm/fixture.h"

enum { TASKS = 12, CALLERS = 6, PARTS = 3 };

static const char *const grammar[PARTS] = {
    "root ::= [a-zA-Z ,]{20,60} \".\"",
    "root ::= \"The \" (\"search\" | \"social\" | \"email\") \" channel is \" [a-z ]{5,40} \".\"",
    NULL};

struct bench {
    struct mkt_llm *llm;
    char text[TASKS][PARTS][2048];
    int first;
    int failures;
};

static bool write_one(struct mkt_llm *llm, struct mkt_arena *arena, int i, char out[PARTS][2048])
{
    char data[1024] = "";
    size_t n = 0;
    for (int k = 0; k < 1 + i; k++) {
        n += (size_t)snprintf(data + n, sizeof data - n, "Channel %d spend %d.\n", k, k * i);
    }
    struct mkt_llm_part part[PARTS];
    for (int k = 0; k < PARTS; k++) {
        part[k] = (struct mkt_llm_part){.ask = k ? "Second:" : "First, at some length:",
                                        .grammar = grammar[k],
                                        .tokens = 25,
                                        .seed = (uint64_t)(100 * i + k)};
    }
    struct mkt_llm_task task = {
        .constant = i % 3 ? "You write about marketing, in short sentences.\n" : "Another start. ",
        .data = data,
        .part = part,
        .parts = PARTS,
        .temperature = 0.9};
    struct mkt_err err = {0};
    mkt_arena_reset(arena, 0);
    if (mkt_llm_write(llm, arena, &task, &err) != MKT_OK) {
        print_message("# %s\n", err.text);
        return false;
    }
    for (int k = 0; k < PARTS; k++) snprintf(out[k], 2048, "%s", part[k].text);
    return true;
}

static void *caller(void *user)
{
    struct bench *b = user;
    struct mkt_arena arena;
    struct mkt_err err = {0};
    if (mkt_arena_open(&arena, 64u << 20, &err) != MKT_OK) return NULL;
    for (int i = b->first; i < TASKS; i += CALLERS) {
        int k = TASKS - 1 - i; /* another order than alone */
        if (!write_one(b->llm, &arena, k, b->text[k])) b->failures++;
    }
    mkt_arena_close(&arena);
    return NULL;
}

static void same_alone_and_together(enum ggml_type wide, enum ggml_type fine, int threads)
{
    static struct bench alone, together[CALLERS];
    struct fixture f;
    assert_true(fixture_prepare(&f));
    struct model_file m = tiny_model();
    m.wide = wide;
    m.fine = fine;
    m.embed = 256;
    m.feed = 512;
    m.heads = 4;
    m.kv_heads = 2;
    assert_true(fixture_write(&f, &m));

    assert_int_equal(mkt_builtin_open(&f.options, &f.llm, &f.err), MKT_OK);
    for (int i = 0; i < TASKS; i++) assert_true(write_one(f.llm, &f.arena, i, alone.text[i]));
    mkt_llm_close(f.llm);

    pthread_t thread[CALLERS];
    f.options.threads = threads;
    assert_int_equal(mkt_builtin_open(&f.options, &f.llm, &f.err), MKT_OK);
    for (int c = 0; c < CALLERS; c++) {
        together[c] = (struct bench){.llm = f.llm, .first = c};
        assert_int_equal(pthread_create(&thread[c], NULL, caller, &together[c]), 0);
    }
    int different = 0;
    for (int c = 0; c < CALLERS; c++) {
        pthread_join(thread[c], NULL);
        assert_int_equal(together[c].failures, 0);
        for (int i = c; i < TASKS; i += CALLERS) {
            int k = TASKS - 1 - i;
            for (int p = 0; p < PARTS; p++) {
                different += strcmp(alone.text[k][p], together[c].text[k][p]) != 0;
            }
        }
    }
    fixture_close(&f);
    assert_int_equal(different, 0);
}

static void weights_f32(void **state)
{
    (void)state;
    same_alone_and_together(GGML_TYPE_F32, GGML_TYPE_F32, 1);
}

static void weights_f16(void **state)
{
    (void)state;
    same_alone_and_together(GGML_TYPE_F16, GGML_TYPE_F16, 1);
}

static void weights_q8_0(void **state)
{
    (void)state;
    same_alone_and_together(GGML_TYPE_Q8_0, GGML_TYPE_Q8_0, 1);
}

static void weights_q4_k_m(void **state)
{
    (void)state;
    same_alone_and_together(GGML_TYPE_Q4_K, GGML_TYPE_Q6_K, 1);
}

static void weights_q4_0(void **state)
{
    (void)state;
    same_alone_and_together(GGML_TYPE_Q4_0, GGML_TYPE_Q8_0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_q4_k_m), cmocka_unit_test(weights_q8_0),
        cmocka_unit_test(weights_q4_0),   cmocka_unit_test(weights_f16),
        cmocka_unit_test(weights_f32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
