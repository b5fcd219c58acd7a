#include "llm/models.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "llm/fetch.h"

static struct mkt_arena arena;
static struct mkt_err err;

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    return mkt_arena_open(&arena, (size_t)1 << 20, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

static void the_seeds_name_is_known(void **state)
{
    (void)state;
    const struct mkt_model *m = mkt_models_find("mistralai/Mistral-7B-Instruct-v0.3");
    assert_non_null(m);
    assert_null(mkt_models_find("mistralai/Mistral-7B-Instruct-v0.2"));
    assert_null(mkt_models_find(""));
}

/* An entry that could be fetched and would not be what it says must not be in the table. */
static void every_entry_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < mkt_models_count; i++) {
        const struct mkt_model *m = &mkt_models_table[i];
        assert_int_equal(strncmp(m->url, "https://", 8), 0);
        assert_true(m->gigabytes > 0 && m->licence[0] && m->name[0]);
        assert_null(strchr(m->file, '/'));
        assert_string_equal(strrchr(m->url, '/') + 1, m->file);
        assert_string_equal(strrchr(m->file, '.'), ".gguf");
        if (!m->sha256) continue;
        assert_true(mkt_fetch_is_sha256(m->sha256));
        assert_true(m->source && m->source[0]);
    }
}

static void where_a_file_lies(void **state)
{
    (void)state;
    const char *path;
    setenv("HOME", "/home/x", 1);
    setenv("XDG_DATA_HOME", "/data", 1);
    assert_int_equal(mkt_models_path(&arena, "/m", "some/Model-7B", &path, &err), MKT_OK);
    assert_string_equal(path, "/m/Model-7B.gguf");
    assert_int_equal(mkt_models_path(&arena, "", "mistralai/Mistral-7B-Instruct-v0.3", &path, &err),
                     MKT_OK);
    assert_string_equal(path, "/data/marketing-agent/Mistral-7B-Instruct-v0.3.Q4_K_M.gguf");
    unsetenv("XDG_DATA_HOME");
    assert_int_equal(mkt_models_dir(&arena, NULL, &path, &err), MKT_OK);
    assert_string_equal(path, "/home/x/.local/share/marketing-agent");
    unsetenv("HOME");
    assert_int_equal(mkt_models_dir(&arena, "", &path, &err), MKT_OK);
    assert_string_equal(path, "marketing-agent-models");
    assert_int_equal(mkt_models_path(&arena, "/m", "some/", &path, &err), MKT_E_ARG);
    mkt_err_clear(&err);
    assert_int_equal(mkt_models_path(&arena, "/m", "x/..", &path, &err), MKT_E_ARG);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {T(the_seeds_name_is_known), T(every_entry_is_complete),
                                       T(where_a_file_lies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
