#include "source/arm_columns.h"

#include <string.h>

#define SQUARES "*sum_squares|*sum_sq|*sum_squared|*sum_sqs" /* of a table of sums */

static bool is_number(const struct mkt_column *c)
{
    switch (c->type) {
    case MKT_TYPE_INTEGER:
    case MKT_TYPE_DECIMAL:
    case MKT_TYPE_REAL:
    case MKT_TYPE_BOOLEAN:
        return true;
    case MKT_TYPE_TEXT:
        /* one cell in twenty that is none keeps its row out, not the metric */
        return c->filled > 0 && 20 * c->numbers >= 19 * c->filled;
    default:
        return false;
    }
}

static const char *name_of(const struct mkt_relation *r, size_t i)
{
    return r->column[i].naming.text;
}

/* The first free column of a name; what has a place keeps it. */
static size_t find(const struct mkt_relation *r, const bool *taken, const char *pattern)
{
    for (size_t i = 0; i < r->columns; i++)
        if (!taken[i] && mkt_naming_match(name_of(r, i), pattern)) return i;
    return MKT_NO_COLUMN;
}

/* A column called before + middle + after. */
static size_t find_part(const struct mkt_relation *r, const bool *taken, const char *before,
                        const char *middle, const char *after)
{
    char name[3 * MKT_NAMING_MAX];
    stpcpy(stpcpy(stpcpy(name, before), middle), after);
    for (size_t i = 0; i < r->columns; i++)
        if (!taken[i] && is_number(&r->column[i]) && strcmp(name_of(r, i), name) == 0) return i;
    return MKT_NO_COLUMN;
}

static void take(struct mkt_relation *r, bool *taken, size_t i, mkt_role role, const char *how)
{
    if (i == MKT_NO_COLUMN) return;
    taken[i] = true;
    if (r->column[i].role < 0) r->column[i].role = role;
    if (!r->column[i].how) r->column[i].how = how;
}

static void clear(struct mkt_arm_columns_metric *m)
{
    for (int i = 0; i < MKT_ARMS_VARIABLES; i++) m->variable[i] = MKT_NO_COLUMN;
    for (int i = 0; i < MKT_ARMS_PRODUCTS; i++) m->product[i] = MKT_NO_COLUMN;
}

/* ---- a row a unit -------------------------------------------------------------- */

static const struct {
    const char *before, *after;
} covariate[] = {{"", "_before"},    {"", "_pre"},   {"pre_", ""},  {"before_", ""},
                 {"", "_covariate"}, {"", "_prior"}, {"prior_", ""}};
static const char *const denominator[] = {"_denominator", "_base", "_per"};

static size_t covariate_of(const struct mkt_relation *r, const bool *taken, const char *name)
{
    for (size_t k = 0; k < sizeof covariate / sizeof *covariate; k++) {
        size_t i = find_part(r, taken, covariate[k].before, name, covariate[k].after);
        if (i != MKT_NO_COLUMN) return i;
    }
    return MKT_NO_COLUMN;
}

static void find_companions(struct mkt_relation *r, bool *taken, struct mkt_arm_columns_metric *m)
{
    const char *name = name_of(r, m->variable[MKT_ARMS_Y]);
    for (size_t k = 0; k < 3 && m->variable[MKT_ARMS_D] == MKT_NO_COLUMN; k++)
        m->variable[MKT_ARMS_D] = find_part(r, taken, "", name, denominator[k]);
    take(r, taken, m->variable[MKT_ARMS_D], MKT_ROLE_METRIC, "denominator of the metric before it");
    m->variable[MKT_ARMS_X] = covariate_of(r, taken, name);
    take(r, taken, m->variable[MKT_ARMS_X], MKT_ROLE_METRIC,
         "covariate from before the experiment");
    if (m->variable[MKT_ARMS_D] == MKT_NO_COLUMN || m->variable[MKT_ARMS_X] == MKT_NO_COLUMN)
        return;
    m->variable[MKT_ARMS_E] = covariate_of(r, taken, name_of(r, m->variable[MKT_ARMS_D]));
    take(r, taken, m->variable[MKT_ARMS_E], MKT_ROLE_METRIC, "covariate of the denominator");
}

/* A companion of another column is no metric of its own. */
static bool is_companion(const struct mkt_relation *r, size_t column)
{
    const char *name = name_of(r, column);
    size_t length = strlen(name);
    for (size_t i = 0; i < r->columns; i++) {
        const char *of = name_of(r, i);
        size_t n = strlen(of);
        if (i == column || n == 0 || n >= length || !is_number(&r->column[i])) continue;
        for (size_t k = 0; k < 3; k++)
            if (strncmp(name, of, n) == 0 && strcmp(name + n, denominator[k]) == 0) return true;
        for (size_t k = 0; k < sizeof covariate / sizeof *covariate; k++) {
            size_t b = strlen(covariate[k].before);
            if (strncmp(name, covariate[k].before, b) == 0 && strncmp(name + b, of, n) == 0 &&
                strcmp(name + b + n, covariate[k].after) == 0)
                return true;
        }
    }
    return false;
}

static void add_metric(struct mkt_relation *r, bool *taken, size_t i, struct mkt_arm_columns *out)
{
    if (taken[i] || !is_number(&r->column[i])) return;
    if (out->metrics == MKT_ARM_COLUMNS_METRICS) {
        out->left_out = "it has more metrics than the first 32";
        return;
    }
    struct mkt_arm_columns_metric *m = &out->metric[out->metrics++];
    clear(m);
    m->name = r->column[i].name;
    m->variable[MKT_ARMS_Y] = i;
    take(r, taken, i, MKT_ROLE_METRIC, NULL);
    find_companions(r, taken, m);
}

static void find_metrics(struct mkt_relation *r, bool *taken, struct mkt_arm_columns *out)
{
    size_t any = find(r, taken, "covariate|before|pre|pre_experiment|pre_period|baseline");
    if (any != MKT_NO_COLUMN && !is_number(&r->column[any])) any = MKT_NO_COLUMN;
    take(r, taken, any, MKT_ROLE_METRIC,
         "covariate from before the experiment, of the first metric");
    for (size_t i = 0; i < r->columns; i++)
        if (mkt_naming_match(name_of(r, i), "*_id|id|index|row|row_number|year|month|week|weekday|"
                                            "hour|age|timestamp|unnamed_0"))
            taken[i] = true;
    for (size_t k = 0; k < r->is.parts[MKT_ROLE_METRIC]; k++)
        if (!is_companion(r, r->is.column[MKT_ROLE_METRIC][k]))
            add_metric(r, taken, r->is.column[MKT_ROLE_METRIC][k], out);
    for (size_t i = 0; i < r->columns; i++)
        if (!is_companion(r, i)) add_metric(r, taken, i, out);
    if (any != MKT_NO_COLUMN && out->metrics &&
        out->metric[0].variable[MKT_ARMS_X] == MKT_NO_COLUMN)
        out->metric[0].variable[MKT_ARMS_X] = any;
}

/* ---- a row of sums an arm -------------------------------------------------------- */

/* <p>sum and <p>sum_squares; for p "main_" also what goes with it. */
static void add_sums(struct mkt_arena *arena, struct mkt_relation *r, bool *taken, size_t squares,
                     struct mkt_arm_columns *out)
{
    char prefix[MKT_NAMING_MAX];
    const char *name = name_of(r, squares), *at = strstr(name, "sum_sq");
    if (!at || out->metrics == MKT_ARM_COLUMNS_METRICS) return;
    memcpy(prefix, name, (size_t)(at - name));
    prefix[at - name] = '\0';
    if (strncmp(prefix, "covariate", 9) == 0 || strncmp(prefix, "denominator", 11) == 0) return;
    size_t sum = find_part(r, taken, prefix, "sum", "");
    if (sum == MKT_NO_COLUMN) return;
    struct mkt_arm_columns_metric *m = &out->metric[out->metrics++];
    clear(m);
    size_t length = strlen(prefix);
    m->name = length > 1 ? mkt_arena_strndup(arena, prefix, length - 1) : "metric";
    if (!m->name) m->name = r->column[sum].name;
    static const char *const variable[] = {NULL, "denominator_", "covariate_"};
    m->variable[MKT_ARMS_Y] = sum;
    m->product[mkt_arms_product(MKT_ARMS_Y, MKT_ARMS_Y)] = squares;
    take(r, taken, sum, MKT_ROLE_METRIC, "sum of the metric");
    take(r, taken, squares, MKT_ROLE_METRIC, "sum of its squares");
    if (strcmp(prefix, "main_") != 0 && prefix[0]) return;
    for (int v = MKT_ARMS_D; v <= MKT_ARMS_X; v++) {
        char product[MKT_NAMING_MAX];
        m->variable[v] = find_part(r, taken, variable[v], "sum", "");
        m->product[mkt_arms_product(v, v)] = find_part(r, taken, variable[v], "sum_squares", "");
        stpcpy(stpcpy(product, variable[v]), "sum_product");
        m->product[mkt_arms_product(MKT_ARMS_Y, v)] =
            find_part(r, taken, prefix[0] ? prefix : "main_", product, "");
        bool whole = m->variable[v] != MKT_NO_COLUMN &&
                     m->product[mkt_arms_product(v, v)] != MKT_NO_COLUMN &&
                     m->product[mkt_arms_product(MKT_ARMS_Y, v)] != MKT_NO_COLUMN;
        if (!whole) m->variable[v] = MKT_NO_COLUMN;
        take(r, taken, m->variable[v], MKT_ROLE_METRIC,
             v == MKT_ARMS_D ? "sum of the denominator" : "sum of the covariate");
    }
}

static bool find_sums(struct mkt_arena *arena, struct mkt_relation *r, bool *taken,
                      struct mkt_arm_columns *out)
{
    size_t n = find(r, taken, "n|users|units|visitors|participants|sample_size");
    if (n == MKT_NO_COLUMN) n = find(r, taken, "total|count");
    if (n == MKT_NO_COLUMN || !is_number(&r->column[n])) return false;
    for (size_t i = 0; i < r->columns; i++)
        if (mkt_naming_match(name_of(r, i), SQUARES)) add_sums(arena, r, taken, i, out);
    size_t success = find(r, taken, "success|successes|conversions|converted");
    size_t unit = r->is.parts[MKT_ROLE_UNIT] ? r->is.column[MKT_ROLE_UNIT][0] : n;
    /* a column that names units makes it a table of units */
    if (!out->metrics && unit == n && success != MKT_NO_COLUMN && is_number(&r->column[success])) {
        struct mkt_arm_columns_metric *m = &out->metric[out->metrics++];
        clear(m);
        m->name = r->column[success].name;
        m->variable[MKT_ARMS_Y] = success;
        m->product[mkt_arms_product(MKT_ARMS_Y, MKT_ARMS_Y)] = success; /* 0 or 1 a unit */
        take(r, taken, success, MKT_ROLE_METRIC, "successes");
    }
    if (!out->metrics) return false;
    out->sums = true;
    out->unit = n;
    take(r, taken, n, MKT_ROLE_UNIT, "number of units");
    return true;
}

/* Sums that cannot be read as such must not be read as units. */
static mkt_status check_no_sums(const struct mkt_relation *r, struct mkt_err *err)
{
    for (size_t i = 0; i < r->columns; i++)
        if (mkt_naming_match(name_of(r, i), SQUARES))
            return mkt_err_set(err, MKT_E_DATA,
                               "%s has sums of squares in column \"%s\", but no column of numbers "
                               "with the units (users, n) or with their sum goes with it",
                               r->show, r->column[i].name);
    return MKT_OK;
}

mkt_status mkt_arm_columns_find(struct mkt_arena *arena, struct mkt_relation *relation,
                                struct mkt_arm_columns *out, struct mkt_err *err)
{
    struct mkt_relation *r = relation;
    memset(out, 0, sizeof *out);
    bool *taken = MKT_NEW(arena, bool, r->columns);
    if (!taken) return mkt_arena_full(arena, err);
    out->variant = r->is.column[MKT_ROLE_VARIANT][0];
    take(r, taken, out->variant, MKT_ROLE_VARIANT, NULL);
    out->day = find(r, taken,
                    "date|day|exposure_date|exposed_at|first_exposure|assigned_at|assignment_date|"
                    "first_seen|*_date|*_at|timestamp|ts|time|event_time");
    if (out->day != MKT_NO_COLUMN) {
        const struct mkt_column *c = &r->column[out->day];
        bool days = c->type == MKT_TYPE_DATE || c->type == MKT_TYPE_TIMESTAMP ||
                    c->type == MKT_TYPE_ZONED || (c->filled > 0 && c->days == c->filled);
        if (!days) out->day = MKT_NO_COLUMN;
    }
    take(r, taken, out->day, MKT_ROLE_DATE, NULL);
    out->segment = find(r, taken,
                        "segment|dimension|country|device|device_type|platform|browser|region|"
                        "channel|os|language|customer_type");
    if (out->segment != MKT_NO_COLUMN && is_number(&r->column[out->segment]))
        out->segment = MKT_NO_COLUMN;
    take(r, taken, out->segment, MKT_ROLE_SEGMENT, NULL);
    if (find_sums(arena, r, taken, out)) return MKT_OK;
    MKT_TRY(check_no_sums(r, err));
    out->unit = r->is.column[MKT_ROLE_UNIT][0];
    take(r, taken, out->unit, MKT_ROLE_UNIT, NULL);
    find_metrics(r, taken, out);
    if (!out->metrics)
        return mkt_err_set(err, MKT_E_EMPTY,
                           "%s names units and variants but no metric: a column of "
                           "numbers is needed",
                           r->show);
    return MKT_OK;
}
