#include "source/scratch.h"

#include <fcntl.h>

#include "source/rowscan.h"

struct opened {
    struct scratch scratch;
    struct mkt_arena arena;
    struct mkt_rowfile file;
    struct mkt_err err;
    int fd;
};

static mkt_status look_bytes(struct opened *o, const void *bytes, size_t n,
                             mkt_rowfile_format format)
{
    memset(o, 0, sizeof *o);
    scratch_open(&o->scratch);
    assert_int_equal(mkt_arena_open(&o->arena, 64 << 20, &o->err), MKT_OK);
    o->fd = open(scratch_write_bytes(&o->scratch, "t.csv", bytes, n), O_RDONLY);
    assert_true(o->fd >= 0);
    return mkt_rowfile_look(&o->arena, o->fd, "t.csv", format, NULL, &o->file, &o->err);
}

static void look(struct opened *o, const char *text)
{
    if (look_bytes(o, text, strlen(text), MKT_ROWFILE_DELIMITED) != MKT_OK)
        fail_msg("%s", o->err.text);
}

static void look_json(struct opened *o, const char *text)
{
    if (look_bytes(o, text, strlen(text), MKT_ROWFILE_JSON) != MKT_OK) fail_msg("%s", o->err.text);
}

static void shut(struct opened *o)
{
    close(o->fd);
    mkt_arena_close(&o->arena);
    scratch_close(&o->scratch);
}

static void refused(const char *text, size_t n, mkt_rowfile_format format, mkt_status status,
                    const char *word)
{
    struct opened o;
    mkt_status got = look_bytes(&o, text, n, format);
    if (got != status) fail_msg("%s: %s", mkt_status_name(got), o.err.text);
    if (!strstr(o.err.text, word)) fail_msg("\"%s\" is not in: %s", word, o.err.text);
    assert_non_null(strstr(o.err.text, "t.csv"));
    shut(&o);
}

/* All sound rows as "row:cell|cell\n". */
static char *dump(struct opened *o)
{
    static char text[1 << 16];
    struct mkt_rowcursor c;
    size_t n = 0;
    assert_int_equal(mkt_rowcursor_open(&o->file, &c, &o->err), MKT_OK);
    for (size_t b = 0; b < o->file.blocks; b++) {
        assert_int_equal(mkt_rowcursor_load(&c, b, &o->err), MKT_OK);
        while (mkt_rowcursor_next(&c)) {
            n += (size_t)snprintf(text + n, sizeof text - n, "%lld:", (long long)c.row);
            for (size_t i = 0; i < o->file.columns; i++) {
                struct mkt_cell cell = mkt_rowcursor_cell(&c, i);
                n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s", i ? "|" : "",
                                      (int)cell.n, cell.s ? cell.s : "");
            }
            n += (size_t)snprintf(text + n, sizeof text - n, "\n");
        }
    }
    text[n] = '\0';
    mkt_rowcursor_close(&c);
    return text;
}

static void splits_cells_as_the_standard_says(void **state)
{
    (void)state;
    struct opened o;
    look(&o, "\xEF\xBB\xBF"
             "a,b,c\r\n1,\"x, \"\"y\"\"\nz\",3\r\n\r\n,\"\",6\n7,5\" pipe,\"9\"");
    assert_int_equal(o.file.columns, 3);
    assert_string_equal(o.file.name[0], "a");
    assert_int_equal(o.file.rows, 3);
    assert_int_equal(o.file.broken, 0);
    assert_string_equal(dump(&o), "1:1|x, \"y\"\nz|3\n2:||6\n3:7|5\" pipe|9\n");
    shut(&o);
    look(&o, "a,b\r1,2\r3,4\r");
    assert_string_equal(dump(&o), "1:1|2\n2:3|4\n");
    shut(&o);
    look(&o, "a,b\n\"x\"y,2\n");
    assert_string_equal(dump(&o), "1:\"x\"y|2\n");
    shut(&o);
}

static void guesses_the_dialect(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char delimiter;
        size_t columns, preamble;
    } cases[] = {
        {"a,b,c\n1,2,3\n", ',', 3, 0},
        {"a;b;c\n1,5;2,5;3\n1,5;2,5;3\n", ';', 3, 0},
        {"a\tb\n1,2\t3\n", '\t', 2, 0},
        {"a|b|c\n1|2|3\n", '|', 3, 0},
        {"sep=;\na;b\n1;2\n", ';', 2, 1},
        {"Campaign report\n\"1 Nov 2025 - 30 Nov 2025\"\nDay,Campaign,Cost\n2025-11-01,a,1\n"
         "2025-11-02,a,1\n",
         ',', 3, 2},
        {"only\n1\n2\n", ',', 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct opened o;
        look(&o, cases[i].text);
        assert_int_equal(o.file.delimiter, cases[i].delimiter);
        assert_int_equal(o.file.columns, cases[i].columns);
        assert_int_equal(o.file.preamble, cases[i].preamble);
        shut(&o);
    }
}

static void counts_rows_of_a_broken_shape(void **state)
{
    (void)state;
    struct opened o;
    look(&o, "a,b,c\n1,2,3\n1,2\n1,2,3,\n1,2,3,4\nx,\xE4,z\n1,2,3\nTotal: 5\n");
    assert_int_equal(o.file.rows, 7);
    assert_int_equal(o.file.broken, 3);
    assert_int_equal(o.file.summaries, 1);
    assert_int_equal(o.file.faults, 3);
    assert_int_equal(o.file.fault[0].row, 2);
    assert_non_null(strstr(o.file.fault[0].reason, "2 columns, the header 3"));
    assert_int_equal(o.file.fault[1].row, 4);
    assert_int_equal(o.file.fault[2].row, 5);
    assert_string_equal(o.file.fault[2].column, "b");
    assert_non_null(strstr(o.file.fault[2].reason, "UTF-8"));
    assert_string_equal(dump(&o), "1:1|2|3\n3:1|2|3\n6:1|2|3\n");
    shut(&o);
}

static void refuses_what_is_no_table(void **state)
{
    (void)state;
    static const char nul[] = "a,b\n1,2\n1,\0\n", binary[] = "\x7F"
                                                             "ELF\0\0\0\0\1\2\3";
    refused("", 0, MKT_ROWFILE_DELIMITED, MKT_E_EMPTY, "empty");
    refused("\n\n", 2, MKT_ROWFILE_DELIMITED, MKT_E_EMPTY, "no rows");
    refused("a,b\n", 4, MKT_ROWFILE_DELIMITED, MKT_E_EMPTY, "header but no rows");
    refused("a,b", 3, MKT_ROWFILE_DELIMITED, MKT_E_EMPTY, "header but no rows");
    refused(binary, sizeof binary, MKT_ROWFILE_DELIMITED, MKT_E_DATA, "binary");
    refused(nul, sizeof nul - 1, MKT_ROWFILE_DELIMITED, MKT_E_DATA, "NUL");
    refused("\xFF\xFE"
            "a\0",
            4, MKT_ROWFILE_DELIMITED, MKT_E_DATA, "UTF-16");
    refused("a,b\xE4\n1,2\n", 9, MKT_ROWFILE_DELIMITED, MKT_E_DATA, "UTF-8");
    refused("a,b,a\n1,2,3\n", 12, MKT_ROWFILE_DELIMITED, MKT_E_DATA, "two columns named \"a\"");
    refused("a,b\n1,\"2\n3,4\n", 13, MKT_ROWFILE_DELIMITED, MKT_E_DATA, "never closed");
    refused("[1,2]", 5, MKT_ROWFILE_JSON, MKT_E_EMPTY, "no rows");
    refused("[{\"a\":1},{\"a\" 2}]", 17, MKT_ROWFILE_JSON, MKT_E_DATA, "byte 15, in object 2");
    refused("[{\"a\":1},{\"a\":", 14, MKT_ROWFILE_JSON, MKT_E_DATA, "middle of object 2");
}

static void a_nul_deep_in_a_file_is_found(void **state)
{
    (void)state;
    size_t n = 3 << 20;
    char *text = malloc(n);
    for (size_t i = 0; i < n; i++) text[i] = i % 4 == 3 ? '\n' : i % 4 == 1 ? ',' : 'a';
    memcpy(text, "x,y\n", 4);
    text[n - 6] = '\0';
    refused(text, n, MKT_ROWFILE_DELIMITED, MKT_E_DATA, "holds a NUL byte");
    free(text);
}

/* A line of 1 GB: a sparse file whose first 20 MB are letters. */
static void a_line_without_end_is_refused_early(void **state)
{
    (void)state;
    struct opened o;
    char *text = malloc(20 << 20);
    memset(text, 'a', 20 << 20);
    memset(&o, 0, sizeof o);
    scratch_open(&o.scratch);
    scratch_write_bytes(&o.scratch, "t.csv", text, 20 << 20);
    assert_int_equal(truncate(o.scratch.path, 1 << 30), 0);
    o.fd = open(o.scratch.path, O_RDONLY);
    assert_int_equal(mkt_arena_open(&o.arena, 64 << 20, &o.err), MKT_OK);
    assert_int_equal(
        mkt_rowfile_look(&o.arena, o.fd, "t.csv", MKT_ROWFILE_DELIMITED, NULL, &o.file, &o.err),
        MKT_E_LIMIT);
    assert_non_null(strstr(o.err.text, "longer than 16 MB"));
    shut(&o);

    /* the same behind a header: row and column are named */
    memcpy(text, "day,cost\n2025-01-01,", 20);
    mkt_status got = look_bytes(&o, text, 20 << 20, MKT_ROWFILE_DELIMITED);
    assert_int_equal(got, MKT_E_LIMIT);
    assert_non_null(strstr(o.err.text, "row 1"));
    assert_non_null(strstr(o.err.text, "\"cost\""));
    shut(&o);

    /* a cell of 5 MB in a line that is short enough */
    memset(text, 'a', 5 << 20);
    memcpy(text, "day,cost\n2025-01-01,", 20);
    got = look_bytes(&o, text, 5 << 20, MKT_ROWFILE_DELIMITED);
    assert_int_equal(got, MKT_E_LIMIT);
    assert_non_null(strstr(o.err.text, "the most is 4 MB"));
    shut(&o);
    free(text);
}

static void too_many_columns_are_refused(void **state)
{
    (void)state;
    static char text[200000];
    size_t n = 0;
    for (int i = 0; i < 10000; i++) n += (size_t)sprintf(text + n, "%sc%d", i ? "," : "", i);
    n += (size_t)sprintf(text + n, "\n1\n");
    refused(text, n, MKT_ROWFILE_DELIMITED, MKT_E_LIMIT, "10,000 columns");
    n = (size_t)sprintf(text, "{");
    for (int i = 0; i < 10000; i++) n += (size_t)sprintf(text + n, "%s\"c%d\":1", i ? "," : "", i);
    n += (size_t)sprintf(text + n, "}\n");
    refused(text, n, MKT_ROWFILE_JSON, MKT_E_LIMIT, "more than 4,096 columns");
}

/* Blocks hold whole rows, whatever their lengths, and rows keep their numbers. */
static void blocks_hold_every_row_once(void **state)
{
    (void)state;
    size_t room = 4 << 20, n = 0;
    char *text = malloc(room);
    n += (size_t)sprintf(text, "id,text\n");
    int rows = 0;
    while (n < room - 3000) {
        n += (size_t)sprintf(text + n, "%d,\"", ++rows);
        for (int i = rows * 37 % 2000; i > 0; i--) text[n++] = i % 50 ? 'x' : '\n';
        n += (size_t)sprintf(text + n, "\"\n");
    }
    struct opened o;
    assert_int_equal(look_bytes(&o, text, n, MKT_ROWFILE_DELIMITED), MKT_OK);
    assert_int_equal(o.file.rows, rows);
    assert_true(o.file.blocks > 4);
    struct mkt_rowcursor c;
    assert_int_equal(mkt_rowcursor_open(&o.file, &c, &o.err), MKT_OK);
    int seen = 0;
    for (size_t b = o.file.blocks; b-- > 0;) {
        assert_int_equal(mkt_rowcursor_load(&c, b, &o.err), MKT_OK);
        while (mkt_rowcursor_next(&c)) {
            struct mkt_cell id = mkt_rowcursor_cell(&c, 0), t = mkt_rowcursor_cell(&c, 1);
            char number[24] = "";
            assert_true(id.n < sizeof number);
            memcpy(number, id.s, id.n);
            assert_int_equal(strtol(number, NULL, 10), c.row);
            assert_int_equal(t.n, c.row * 37 % 2000);
            seen++;
        }
    }
    assert_int_equal(seen, rows);
    mkt_rowcursor_close(&c);
    shut(&o);
    free(text);
}

static void reads_json_in_three_shapes(void **state)
{
    (void)state;
    struct opened o;
    look_json(
        &o, " [ {\"a\": 1.50, \"b\": \"x\\\"\\u00e9\\n\"} , {\"b\": null, \"c\": {\"d\": [1]}} ]");
    assert_int_equal(o.file.columns, 3);
    assert_string_equal(o.file.name[2], "c");
    assert_string_equal(dump(&o), "1:1.50|x\"\xC3\xA9\n|\n2:||{\"d\": [1]}\n");
    shut(&o);
    look_json(&o, "{\"a\":1}\n{\"a\":true}\n");
    assert_string_equal(dump(&o), "1:1\n2:true\n");
    shut(&o);
    look_json(&o,
              "{\"paging\":{\"next\":1},\"data\":[{\"a\":1,\"x\":[{\"y\":1}]},{\"a\":2}],\"z\":3}");
    assert_string_equal(dump(&o), "1:1|[{\"y\":1}]\n2:2|\n");
    shut(&o);
    look_json(&o, "{\"a\":1}\nrubbish\n{\"a\":3}\n{\"a\":\n{\"a\":5}\n");
    assert_int_equal(o.file.rows, 5);
    assert_int_equal(o.file.broken, 2);
    assert_int_equal(o.file.fault[0].row, 2);
    assert_string_equal(dump(&o), "1:1\n3:3\n5:5\n");
    shut(&o);
}

struct seen {
    int64_t rows[MKT_ROWSCAN_PLACES], numbers[MKT_ROWSCAN_PLACES];
    int64_t stop_at;
};

static mkt_status see(void *user, size_t place, struct mkt_rowcursor *rows, struct mkt_err *err)
{
    struct seen *s = user;
    while (mkt_rowcursor_next(rows)) {
        s->rows[place]++;
        s->numbers[place] += rows->row;
        if (rows->row == s->stop_at) return mkt_err_set(err, MKT_E_DATA, "row %d", (int)rows->row);
    }
    return MKT_OK;
}

static void a_scan_takes_every_row_once(void **state)
{
    (void)state;
    enum { ROWS = 100000 };
    struct opened o;
    char *text = malloc(ROWS * 16 + 16), *end = text + sprintf(text, "a,b\n");
    for (int i = 1; i <= ROWS; i++) end += sprintf(end, "%d,%d\n", i, i % 7);
    look(&o, text);
    assert_true(o.file.blocks > 3);
    for (int threads = 1; threads <= 3; threads++) {
        struct seen seen = {.stop_at = 0};
        struct mkt_rowscan scan = {.take = see, .user = &seen, .threads = threads};
        int64_t rows = 0, numbers = 0;
        assert_int_equal(mkt_rowscan_run(&scan, &o.file, &o.err), MKT_OK);
        for (int i = 0; i < MKT_ROWSCAN_PLACES; i++) {
            rows += seen.rows[i];
            numbers += seen.numbers[i];
        }
        assert_int_equal(rows, ROWS);
        assert_int_equal(numbers, (int64_t)ROWS * (ROWS + 1) / 2);
        seen.stop_at = 70000;
        assert_int_equal(mkt_rowscan_run(&scan, &o.file, &o.err), MKT_E_DATA);
        assert_string_equal(o.err.text, "row 70000");
        mkt_err_clear(&o.err);
        const atomic_bool cancel = true;
        scan.cancel = &cancel;
        assert_int_equal(mkt_rowscan_run(&scan, &o.file, &o.err), MKT_E_CANCELLED);
        mkt_err_clear(&o.err);
    }
    free(text);
    shut(&o);
}

enum { EARLIER = 70000, LATER = 150000 }; /* in blocks apart */

/* The earlier fault is met only after the later one, where two threads read. */
static mkt_status fail_late(void *user, size_t place, struct mkt_rowcursor *rows,
                            struct mkt_err *err)
{
    atomic_bool *later = user;
    (void)place;
    while (mkt_rowcursor_next(rows)) {
        if (rows->row < EARLIER || (rows->row > EARLIER && rows->row < LATER)) continue;
        if (rows->row >= LATER) atomic_store(later, true);
        for (int i = 0; i < 100 && !atomic_load(later); i++) usleep(1000);
        return mkt_err_set(err, MKT_E_DATA, "row %d", (int)rows->row);
    }
    return MKT_OK;
}

static void the_first_fault_by_row_is_told(void **state)
{
    (void)state;
    enum { ROWS = 200000 };
    struct opened o;
    char *text = malloc(ROWS * 16 + 16), *end = text + sprintf(text, "a,b\n");
    for (int i = 1; i <= ROWS; i++) end += sprintf(end, "%d,%d\n", i, i % 7);
    look(&o, text);
    for (int round = 0; round < 10; round++)
        for (int threads = 1; threads <= 4; threads++) {
            atomic_bool later = threads == 1;
            struct mkt_rowscan scan = {.take = fail_late, .user = &later, .threads = threads};
            assert_int_equal(mkt_rowscan_run(&scan, &o.file, &o.err), MKT_E_DATA);
            assert_string_equal(o.err.text, "row 70000");
            mkt_err_clear(&o.err);
        }
    free(text);
    shut(&o);
}

static void a_full_arena_is_an_error(void **state)
{
    (void)state;
    static const char text[] = "a,b\n1,2\n3\n\"x\",4\n";
    struct scratch s;
    scratch_open(&s);
    int fd = open(scratch_write(&s, "t.csv", text), O_RDONLY);
    bool succeeded = false;
    for (size_t fail = 1; !succeeded && fail < 100; fail++) {
        struct mkt_arena arena;
        struct mkt_err err;
        struct mkt_rowfile file;
        mkt_err_clear(&err);
        assert_int_equal(mkt_arena_open(&arena, 8 << 20, &err), MKT_OK);
        arena.fail_at = fail;
        mkt_status status =
            mkt_rowfile_look(&arena, fd, "t.csv", MKT_ROWFILE_DELIMITED, NULL, &file, &err);
        if (status == MKT_OK)
            succeeded = true;
        else
            assert_int_equal(status, MKT_E_NOMEM);
        mkt_arena_close(&arena);
    }
    assert_true(succeeded);
    close(fd);
    scratch_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_cells_as_the_standard_says),
        cmocka_unit_test(guesses_the_dialect),
        cmocka_unit_test(counts_rows_of_a_broken_shape),
        cmocka_unit_test(refuses_what_is_no_table),
        cmocka_unit_test(a_nul_deep_in_a_file_is_found),
        cmocka_unit_test(a_line_without_end_is_refused_early),
        cmocka_unit_test(too_many_columns_are_refused),
        cmocka_unit_test(blocks_hold_every_row_once),
        cmocka_unit_test(a_scan_takes_every_row_once),
        cmocka_unit_test(the_first_fault_by_row_is_told),
        cmocka_unit_test(reads_json_in_three_shapes),
        cmocka_unit_test(a_full_arena_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
