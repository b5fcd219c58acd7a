/* The credit of every conversion as rows: they add up to the answer, and no cell is a formula. */
#include "analysis/attribution_transactions.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "analysis/attribution.h"
#include "base/text.h"

static const struct mkt_analysis row = {.name = "attribution",
                                        .param = mkt_attribution_params,
                                        .params = MKT_ATTRIBUTION_PARAMS,
                                        .run = mkt_attribution_run};
static struct mkt_arena arena;
static struct mkt_err err;

static int open_arena(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    return mkt_arena_open(&arena, (size_t)512 << 20, &err) == MKT_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

struct taken {
    char text[1 << 20];
    size_t length, calls, refuse_at;
};

static mkt_status take(void *user, const char *bytes, size_t n, struct mkt_err *fault)
{
    struct taken *t = user;
    if (++t->calls == t->refuse_at) return mkt_err_set(fault, MKT_E_NOSPACE, "the disk is full");
    if (t->length + n >= sizeof t->text) fail_msg("more text than expected");
    memcpy(t->text + t->length, bytes, n);
    t->length += n;
    t->text[t->length] = '\0';
    return MKT_OK;
}

static struct taken taken;

static mkt_status list(const char *path, int threads, struct mkt_args *args,
                       struct mkt_sheet *sheet)
{
    struct mkt_dataset *dataset;
    const struct mkt_dataset_options options = {
        .threads = threads, .today = 25000, .keep_users = true};
    size_t refuse_at = taken.refuse_at;
    if (mkt_dataset_open(path, &options, &dataset, &err) != MKT_OK) fail_msg("%s", err.text);
    const struct mkt_run run = {
        .arena = &arena, .dataset = dataset, .analysis = &row, .args = args, .threads = threads};
    memset(&taken, 0, sizeof taken);
    taken.refuse_at = refuse_at;
    mkt_status status = mkt_attribution_transactions_make(&run, take, &taken, &err);
    if (sheet) {
        mkt_sheet_init(sheet, &arena);
        if (mkt_attribution_run(&run, sheet, &err) != MKT_OK) fail_msg("%s", err.text);
    }
    mkt_dataset_close(dataset);
    return status;
}

static mkt_status list_text(const char *text, int threads)
{
    char path[] = "/tmp/mkt-transactions-XXXXXX";
    int fd = mkstemp(path);
    struct mkt_args args = {{0}};
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    fputs(text, file);
    fclose(file);
    mkt_status status = list(path, threads, &args, NULL);
    unlink(path);
    return status;
}

/* Column sums by channel are the credit in the answer, for every rule. */
static void rows_add_up_to_the_answer(void **state)
{
    (void)state;
    struct mkt_sheet sheet;
    struct mkt_args args = {{0}};
    if (access("examples/touchpoints.csv", R_OK) != 0) skip(); /* not run from the root */
    assert_int_equal(mkt_args_set(&args, &row, "weights", "1,2,3", &err), MKT_OK);
    assert_int_equal(list("examples/touchpoints.csv", 2, &args, &sheet), MKT_OK);
    char *names[16] = {0}, *line_end, *line = taken.text, *cell;
    double sum[16] = {0}, search[16] = {0};
    size_t columns = 0;
    for (; *line; line = line_end + 1) {
        line_end = strchr(line, '\n');
        *line_end = '\0';
        size_t at = 0;
        bool is_search = strstr(line, ",search,") != NULL;
        for (char *from = line; (cell = strsep(&from, ",")); at++) {
            double x;
            if (line == taken.text)
                names[columns++] = cell;
            else if (at >= 5 && mkt_text_to_double(cell, &x)) {
                sum[at] += x;
                search[at] += is_search ? x : 0;
            }
        }
        assert_int_equal(at, columns);
    }
    assert_int_equal(columns, 5 + 10 + 1);
    assert_string_equal(names[columns - 1], "markov");
    for (size_t c = 5; c < columns; c++) {
        char id[64];
        assert_true(fabs(sum[c] - mkt_sheet_fact(&sheet, "total.conversions")->value) < 1e-6);
        if (c == columns - 1) continue; /* removal effects share out one journey, not all */
        snprintf(id, sizeof id, "search.%s_conversions", names[c]);
        assert_true(fabs(search[c] - mkt_sheet_fact(&sheet, id)->value) < 1e-6);
    }
}

static const char small[] = "user_id,time,channel,conversion,value\n"
                            "=cmd(),2025-03-01 09:00:00,\"a, b\",0,\n"
                            "=cmd(),2025-03-01 21:00:00,+b,0,\n"
                            "=cmd(),2025-03-02 09:00:00,\"a, b\",1,-0.25\n"
                            "-7,2025-03-02 09:00:01,+b,1,80\n"
                            "\"say \"\"hi\"\"\",2025-03-02 09:00:02,,1,7.5\n";

static void no_cell_is_a_formula(void **state)
{
    (void)state;
    assert_int_equal(list_text(small, 1), MKT_OK);
    assert_non_null(strstr(taken.text, "\n'=cmd(),2025-03-02 09:00:00,-0.25,\"a, b\",2,1,1,"));
    assert_non_null(strstr(taken.text, "\n'=cmd(),2025-03-02 09:00:00,-0.25,'+b,1,0,0,"));
    assert_non_null(strstr(taken.text, "\n-7,2025-03-02 09:00:01,80,'+b,1,1,1,"));
    /* no touch: a row all the same */
    assert_non_null(strstr(taken.text, "\n\"say \"\"hi\"\"\",2025-03-02 09:00:02,7.5,,0,,,"));
}

static void same_bytes_whatever_the_order(void **state)
{
    (void)state;
    enum { N = 3000 };
    static const char *const channel[] = {"a", "b", "c"};
    char *text = malloc(64 * N), *first, *to = text;
    assert_non_null(text);
    to += sprintf(to, "user_id,timestamp,channel,conversion\n");
    for (int i = 0; i < N; i++)
        to += sprintf(to, "u%d,%d,%s,%d\n", i % 700, 1700000000 + i * 60, channel[i % 3],
                      i % 10 == 0);
    assert_int_equal(list_text(text, 1), MKT_OK);
    first = strdup(taken.text);
    to = text + sprintf(text, "user_id,timestamp,channel,conversion\n");
    for (int i = N; i-- > 0;)
        to += sprintf(to, "u%d,%d,%s,%d\n", i % 700, 1700000000 + i * 60, channel[i % 3],
                      i % 10 == 0);
    assert_int_equal(list_text(text, 4), MKT_OK);
    assert_string_equal(taken.text, first);
    free(first);
    free(text);
}

static void what_cannot_be(void **state)
{
    (void)state;
    assert_int_equal(list_text("path,conversions\na > b,3\nb,2\n", 1), MKT_E_EMPTY);
    assert_non_null(strstr(err.text, "touchpoints"));
    mkt_err_clear(&err);
    taken.refuse_at = 1;
    assert_int_equal(list_text(small, 1), MKT_E_NOSPACE);
    assert_string_equal(err.text, "the disk is full");
    taken.refuse_at = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_add_up_to_the_answer, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(no_cell_is_a_formula, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(same_bytes_whatever_the_order, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(what_cannot_be, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
