/* Files for one test, in a folder of their own that is removed after. */
#ifndef TESTS_SOURCE_SCRATCH_H
#define TESTS_SOURCE_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/dataset.h"

struct scratch {
    char folder[64];
    char path[320]; /* of the file last written, or the folder */
};

static inline void scratch_open(struct scratch *s)
{
    strcpy(s->folder, "/tmp/mkt-source-test-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    strcpy(s->path, s->folder);
}

static inline int scratch_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static inline void scratch_close(struct scratch *s)
{
    nftw(s->folder, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static inline const char *scratch_write_bytes(struct scratch *s, const char *name,
                                              const void *bytes, size_t n)
{
    snprintf(s->path, sizeof s->path, "%s/%s", s->folder, name);
    for (char *c = s->path + strlen(s->folder) + 1; (c = strchr(c, '/')); c++) {
        *c = '\0';
        mkdir(s->path, 0700);
        *c = '/';
    }
    FILE *f = fopen(s->path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return s->path;
}

static inline const char *scratch_write(struct scratch *s, const char *name, const char *text)
{
    return scratch_write_bytes(s, name, text, strlen(text));
}

/* Opens and expects success; the test closes. */
static inline struct mkt_dataset *scratch_dataset(const char *path,
                                                  const struct mkt_dataset_options *options)
{
    struct mkt_dataset *d;
    struct mkt_err err;
    mkt_err_clear(&err);
    if (mkt_dataset_open(path, options, &d, &err) != MKT_OK) fail_msg("%s", err.text);
    return d;
}

/* Opens and expects this status, with each of the words (up to NULL) in its sentence. */
static inline void scratch_refused(const char *path, const struct mkt_dataset_options *options,
                                   mkt_status status, ...)
{
    struct mkt_dataset *d = NULL;
    struct mkt_err err;
    mkt_err_clear(&err);
    mkt_status got = mkt_dataset_open(path, options, &d, &err);
    if (got == MKT_OK) {
        mkt_dataset_close(d);
        fail_msg("was opened, though %s was expected", mkt_status_name(status));
    }
    assert_null(d);
    if (got != status)
        fail_msg("%s instead of %s: %s", mkt_status_name(got), mkt_status_name(status), err.text);
    assert_int_equal(err.status, status);
    va_list words;
    va_start(words, status);
    for (const char *w; (w = va_arg(words, const char *));)
        if (!strstr(err.text, w)) fail_msg("\"%s\" is not in: %s", w, err.text);
    va_end(words);
}

static inline const struct mkt_account_table *scratch_table(const struct mkt_dataset *d,
                                                            const char *name)
{
    const struct mkt_account *a = mkt_dataset_account(d);
    for (size_t i = 0; i < a->tables; i++)
        if (strcmp(a->table[i].name, name) == 0) return &a->table[i];
    fail_msg("the account has no table %s", name);
    return NULL;
}

/* The column that plays a role, "" for none. */
static inline const char *scratch_role(const struct mkt_account_table *t, const char *role)
{
    for (size_t i = 0; i < t->columns; i++)
        if (t->column[i].role && strcmp(t->column[i].role, role) == 0) return t->column[i].name;
    return "";
}

static inline const char *scratch_how(const struct mkt_account_table *t, const char *column)
{
    for (size_t i = 0; i < t->columns; i++)
        if (strcmp(t->column[i].name, column) == 0) return t->column[i].how ? t->column[i].how : "";
    fail_msg("%s has no column %s", t->name, column);
    return NULL;
}

static inline const struct mkt_caveat *scratch_caveat(const struct mkt_dataset *d, const char *id)
{
    const struct mkt_account *a = mkt_dataset_account(d);
    for (size_t i = 0; i < a->caveats; i++)
        if (strcmp(a->caveat[i].id, id) == 0) return &a->caveat[i];
    return NULL;
}

static inline const struct mkt_performance *scratch_sums(struct mkt_dataset *d)
{
    const struct mkt_performance *p;
    struct mkt_err err;
    mkt_err_clear(&err);
    if (mkt_dataset_performance(d, &p, &err) != MKT_OK) fail_msg("%s", err.text);
    return p;
}

static inline mkt_micro scratch_total(struct mkt_dataset *d, mkt_measure m)
{
    const struct mkt_performance *p = scratch_sums(d);
    mkt_micro sum = 0;
    for (size_t i = 0; i < p->cells; i++) sum += p->cell[i].sum[m];
    return sum;
}

static inline bool scratch_has_name(struct mkt_dataset *d, mkt_dimension dimension,
                                    const char *name)
{
    const struct mkt_performance *p = scratch_sums(d);
    for (size_t i = 0; i < p->name_count[dimension]; i++)
        if (strcmp(p->names[dimension][i], name) == 0) return true;
    return false;
}

/* True if both have the same names, cells, sums and periods. */
static inline bool scratch_equal(struct mkt_dataset *a, struct mkt_dataset *b)
{
    const struct mkt_performance *x = scratch_sums(a), *y = scratch_sums(b);
    if (x->cells != y->cells || x->rows != y->rows || x->measures != y->measures ||
        x->dimensions != y->dimensions || memcmp(&x->data, &y->data, sizeof x->data))
        return false;
    for (int d = 0; d < MKT_DIMENSIONS; d++) {
        if (x->name_count[d] != y->name_count[d]) return false;
        for (size_t i = 0; i < x->name_count[d]; i++)
            if (strcmp(x->names[d][i], y->names[d][i])) return false;
    }
    for (size_t i = 0; i < x->cells; i++)
        if (x->cell[i].day != y->cell[i].day || x->cell[i].rows != y->cell[i].rows ||
            memcmp(x->cell[i].name, y->cell[i].name, sizeof x->cell[i].name) ||
            memcmp(x->cell[i].sum, y->cell[i].sum, sizeof x->cell[i].sum))
            return false;
    return true;
}

#endif
