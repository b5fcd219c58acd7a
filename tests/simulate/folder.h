/* For tests: a simulated folder made under a temporary one, and its tables read back. */
#ifndef TESTS_SIMULATE_FOLDER_H
#define TESTS_SIMULATE_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/date.h"
#include "simulate/company_files.h"

#define FOLDER_PATH 256

static const char *const folder_file[] = {"performance.csv", "touchpoints.csv", "orders.csv",
                                          "customers.csv",   "experiment.csv",  "events.csv",
                                          "README.md",       "truth.json"};

/* A temporary folder with room for one of ours in it. */
static inline void folder_open(char root[FOLDER_PATH])
{
    strcpy(root, "/tmp/mkt-simulate-XXXXXX");
    assert_non_null(mkdtemp(root));
}

static char *folder_join(const char *dir, const char *name, char out[FOLDER_PATH])
{
    assert_true(snprintf(out, FOLDER_PATH, "%s/%s", dir, name) < FOLDER_PATH);
    return out;
}

/* Removes root, root/c and the files of a simulation in it. */
static inline void folder_close(const char *root)
{
    char dir[FOLDER_PATH], path[FOLDER_PATH];
    folder_join(root, "c", dir);
    for (size_t f = 0; f < sizeof folder_file / sizeof folder_file[0]; f++)
        unlink(folder_join(dir, folder_file[f], path));
    rmdir(dir);
    assert_int_equal(rmdir(root), 0);
}

/* Writes root/c. */
static inline void folder_make(const char *root, const struct mkt_company_options *options)
{
    char dir[FOLDER_PATH];
    struct mkt_err err = {0};
    if (mkt_company_files_write(folder_join(root, "c", dir), options, NULL, NULL, &err) != MKT_OK)
        fail_msg("%s", err.text);
}

/* A small company: 6 months over the end of a year. */
static inline struct mkt_company_options folder_options(uint64_t seed)
{
    struct mkt_company_options o;
    mkt_company_options_init(&o, seed);
    o.start = mkt_date_days(2024, 9, 1);
    o.months = 6;
    o.scale = 0.5;
    return o;
}

struct table {
    char *text;
    char **cell;
    size_t rows, columns; /* rows without the heading, which is at cell[0 .. columns - 1] */
};

static inline char *folder_text(const char *root, const char *name)
{
    char dir[FOLDER_PATH], path[FOLDER_PATH];
    FILE *in = fopen(folder_join(folder_join(root, "c", dir), name, path), "rb");
    assert_non_null(in);
    fseek(in, 0, SEEK_END);
    size_t n = (size_t)ftell(in);
    rewind(in);
    char *text = malloc(n + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, n, in), n);
    text[n] = '\0';
    fclose(in);
    return text;
}

/* Reads a table whose cells hold no commas; every line must have as many as the heading. */
static inline struct table table_open(const char *root, const char *name)
{
    struct table t = {.text = folder_text(root, name), .columns = 1};
    size_t lines = 0;
    for (char *c = t.text; *c; c++) {
        if (lines == 0 && *c == ',') t.columns++;
        lines += *c == '\n';
    }
    assert_true(lines > 0);
    t.rows = lines - 1;
    t.cell = malloc(lines * t.columns * sizeof *t.cell);
    assert_non_null(t.cell);
    size_t at = 0, column = 0;
    char *from = t.text;
    for (char *c = t.text; *c; c++) {
        if (*c != ',' && *c != '\n') continue;
        column++;
        if (*c == '\n') {
            assert_int_equal(column, t.columns);
            column = 0;
        }
        *c = '\0';
        t.cell[at++] = from;
        from = c + 1;
    }
    return t;
}

static inline void table_close(struct table *t)
{
    free(t->cell);
    free(t->text);
}

static inline const char *table_text(const struct table *t, size_t row, const char *column)
{
    for (size_t c = 0; c < t->columns; c++)
        if (strcmp(t->cell[c], column) == 0) return t->cell[(row + 1) * t->columns + c];
    fail_msg("no column %s", column);
    return NULL;
}

static inline int64_t table_int(const struct table *t, size_t row, const char *column)
{
    char *end;
    int64_t value = strtoll(table_text(t, row, column), &end, 10);
    assert_true(*end == '\0');
    return value;
}

/* "-12.05" as -1205; exactly two decimals must stand there. */
static inline int64_t table_cents(const struct table *t, size_t row, const char *column)
{
    const char *text = table_text(t, row, column);
    char *end;
    int64_t whole = strtoll(text, &end, 10);
    assert_true(end[0] == '.' && strlen(end) == 3);
    int64_t cents = whole * 100 + (*text == '-' ? -1 : 1) * strtoll(end + 1, NULL, 10);
    return cents;
}

static inline int32_t table_day(const struct table *t, size_t row, const char *column)
{
    int32_t day = 0;
    char date[11] = {0};
    memcpy(date, table_text(t, row, column), 10);
    assert_true(mkt_date_parse(date, &day));
    return day;
}

#endif
