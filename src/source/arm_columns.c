#include "source/arm_columns.h"

#include <string.h>

#include "source/recognise.h"

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
        return (c->filled > 0 && 20 * c->numbers >= 19 * c->filled) || mkt_recognise_flags(c);
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

/* A column that was taken for the metric, with more words than pass for errors: its rows are then
 * refused with the first of them. */
static bool is_metric(const struct mkt_relation *r, size_t i)
{
    const struct mkt_column *c = &r->column[i];
    return r->is.parts[MKT_ROLE_METRIC] && i == r->is.column[MKT_ROLE_METRIC][0] &&
           c->type == MKT_TYPE_TEXT && c->filled > 0 && 2 * c->numbers >= c->filled;
}

static void add_metric(struct mkt_relation *r, bool *taken, size_t i, struct mkt_arm_columns *out)
{
    if (taken[i] || (!is_number(&r->column[i]) && !is_metric(r, i))) return;
    if (out->metrics == MKT_ARM_COLUMNS_METRICS) {
        out->more_metrics = true;
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
        if (mkt_naming_match(name_of(r, i),
                             "*_id|id|index|row|row_number|year|month|week|weekday|"
                             "hour|age|timestamp|unnamed_*|column_1|index_level_*|level_0|"
                             "rownames|row_names"))
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

#define PREFIX (MKT_NAMING_MAX - 40) /* what goes with a metric has a longer name */

/* What stands before "sum" in the names of a metric's own sums and of those that go with it: of its
 * denominator, its covariate, and the denominator's. */
static const char *const before_words[] = {"covariate", "before", "pre"};

static size_t find_squares(const struct mkt_relation *r, const bool *taken, const char *before)
{
    static const char *const squares[] = {"sum_squares", "sum_sq", "sum_squared", "sum_sqs"};
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++) {
        size_t found = find_part(r, taken, before, "", squares[i]);
        if (found != MKT_NO_COLUMN) return found;
    }
    return MKT_NO_COLUMN;
}

/* Names as they are under a metric's prefix; those of the main metric need none. */
static size_t find_under(const struct mkt_relation *r, const bool *taken, const char *prefix,
                         const char *name, const char *end)
{
    size_t found = find_part(r, taken, prefix, name, end);
    bool main = !*prefix || strcmp(prefix, "main_") == 0;
    if (found == MKT_NO_COLUMN && main) found = find_part(r, taken, "", name, end);
    if (found == MKT_NO_COLUMN && main) found = find_part(r, taken, "main_", name, end);
    return found;
}

/* Takes the sums of a variable that is called `word`, with its products with those before it; none
 * of them when one is missing. */
static bool add_variable(struct mkt_relation *r, bool *taken, const char *prefix, int v,
                         const char *const word[], struct mkt_arm_columns_metric *m)
{
    char name[MKT_NAMING_MAX];
    size_t part[MKT_ARMS_VARIABLES + 2], n = 0;
    stpcpy(stpcpy(name, word[v]), "_");
    part[n++] = find_under(r, taken, prefix, name, "sum");
    part[n] = find_under(r, taken, prefix, name, "sum_squares");
    if (part[n] == MKT_NO_COLUMN) part[n] = find_under(r, taken, prefix, name, "sum_sq");
    n++;
    for (int w = 0; w < v; w++) {
        if (m->variable[w] == MKT_NO_COLUMN) continue;
        char both[MKT_NAMING_MAX];
        char *end = w ? stpcpy(stpcpy(both, word[w]), "_") : both;
        stpcpy(stpcpy(end, word[v]), "_");
        part[n++] = find_under(r, taken, prefix, both, "sum_product");
    }
    for (size_t i = 0; i < n; i++)
        if (part[i] == MKT_NO_COLUMN) return false;
    static const char *const how[] = {NULL, "sum of the denominator", "sum of the covariate",
                                      "sum of the denominator before"};
    m->variable[v] = part[0];
    m->product[mkt_arms_product(v, v)] = part[1];
    n = 2;
    for (int w = 0; w < v; w++)
        if (m->variable[w] != MKT_NO_COLUMN) m->product[mkt_arms_product(w, v)] = part[n++];
    take(r, taken, part[0], MKT_ROLE_METRIC, how[v]);
    take(r, taken, part[1], MKT_ROLE_METRIC, "sum of its squares");
    for (size_t i = 2; i < n; i++) take(r, taken, part[i], MKT_ROLE_METRIC, "sum of products");
    return true;
}

static void add_companions(struct mkt_relation *r, bool *taken, const char *prefix,
                           struct mkt_arm_columns_metric *m)
{
    const char *word[] = {"", "denominator", NULL, NULL};
    bool ratio = add_variable(r, taken, prefix, MKT_ARMS_D, word, m);
    for (size_t k = 0; k < sizeof before_words / sizeof *before_words; k++) {
        char of_denominator[40];
        stpcpy(stpcpy(of_denominator, before_words[k]), "_denominator");
        word[MKT_ARMS_X] = before_words[k];
        word[MKT_ARMS_E] = of_denominator;
        if (ratio) {
            /* a ratio's covariate is a ratio, too: without its denominator there is none */
            struct mkt_arm_columns_metric trial = *m;
            if (!add_variable(r, taken, prefix, MKT_ARMS_X, word, &trial)) continue;
            if (add_variable(r, taken, prefix, MKT_ARMS_E, word, &trial)) *m = trial;
            return;
        }
        if (add_variable(r, taken, prefix, MKT_ARMS_X, word, m)) return;
    }
}

/* "revenue_before_" goes with "revenue_" where that has sums of its own. */
static bool goes_with_another(const struct mkt_relation *r, const bool *taken, const char *prefix)
{
    size_t length = strlen(prefix);
    for (size_t k = 0; k <= sizeof before_words / sizeof *before_words; k++) {
        const char *word = k ? before_words[k - 1] : "denominator";
        size_t n = strlen(word);
        if (length < n + 1 || strncmp(prefix + length - n - 1, word, n) != 0) continue;
        char of[MKT_NAMING_MAX];
        memcpy(of, prefix, length - n - 1);
        of[length - n - 1] = '\0';
        if (!*of || find_squares(r, taken, of) != MKT_NO_COLUMN) return true;
        if (goes_with_another(r, taken, of)) return true;
    }
    return false;
}

/* <p>sum and <p>sum_squares, and what goes with them. */
static void add_sums(struct mkt_arena *arena, struct mkt_relation *r, bool *taken,
                     const bool *untaken, size_t squares, struct mkt_arm_columns *out)
{
    char prefix[MKT_NAMING_MAX];
    const char *name = name_of(r, squares), *at = strstr(name, "sum_sq");
    if (taken[squares] || !at || at - name > PREFIX) return;
    memcpy(prefix, name, (size_t)(at - name));
    prefix[at - name] = '\0';
    size_t sum = find_part(r, taken, prefix, "sum", "");
    if (goes_with_another(r, untaken, prefix) || sum == MKT_NO_COLUMN) return;
    if (out->metrics == MKT_ARM_COLUMNS_METRICS) return;
    struct mkt_arm_columns_metric *m = &out->metric[out->metrics++];
    clear(m);
    size_t length = strlen(prefix);
    m->name = length > 1 ? mkt_arena_strndup(arena, prefix, length - 1) : "metric";
    if (!m->name) m->name = r->column[sum].name;
    m->variable[MKT_ARMS_Y] = sum;
    m->product[mkt_arms_product(MKT_ARMS_Y, MKT_ARMS_Y)] = squares;
    take(r, taken, sum, MKT_ROLE_METRIC, "sum of the metric");
    take(r, taken, squares, MKT_ROLE_METRIC, "sum of its squares");
    add_companions(r, taken, prefix, m);
}

/* Units that did something, 0 or 1 each: their number is its own sum of squares. Or their share of
 * the units, which tells the number. */
static void add_success(struct mkt_relation *r, bool *taken, size_t i, bool rate,
                        struct mkt_arm_columns *out)
{
    if (taken[i] || !is_number(&r->column[i]) || out->metrics == MKT_ARM_COLUMNS_METRICS) return;
    struct mkt_arm_columns_metric *m = &out->metric[out->metrics++];
    clear(m);
    m->name = r->column[i].name;
    m->variable[MKT_ARMS_Y] = i;
    m->product[mkt_arms_product(MKT_ARMS_Y, MKT_ARMS_Y)] = i;
    m->rate = rate;
    take(r, taken, i, MKT_ROLE_METRIC,
         rate ? "a rate, taken times the units" : "successes, each of another unit");
}

static mkt_status say_left_out(struct mkt_arena *arena, const struct mkt_relation *r,
                               const bool *taken, struct mkt_arm_columns *out, struct mkt_err *err)
{
    for (size_t i = 0; i < r->columns; i++) {
        if (taken[i] || !is_number(&r->column[i])) continue;
        out->left_out = mkt_arena_printf(arena, "%s%s%s", out->left_out ? out->left_out : "",
                                         out->left_out ? ", " : "", r->column[i].name);
        if (!out->left_out) return mkt_arena_full(arena, err);
    }
    return MKT_OK;
}

#define SUCCESSES                                                                                  \
    "success|successes|conversions|converted|*_conversions|*_converted|erfolge|" MKT_ROLES_DID_IT

/* Whether the metric is one that the user named. */
static bool is_told(const struct mkt_relation *r)
{
    for (size_t i = 0; i < r->choices; i++)
        if (r->choice[i].role == MKT_ROLE_METRIC && r->choice[i].column != MKT_NO_COLUMN)
            return true;
    return false;
}

/* Each row is of another variant. */
static bool is_a_row_a_variant(const struct mkt_relation *r)
{
    const struct mkt_column *variant = &r->column[r->is.column[MKT_ROLE_VARIANT][0]];
    return r->rows > 1 && variant->filled == r->rows && mkt_recognise_values(variant) >= r->rows;
}

/* Where a number stands for the units of a row's variant: how many there are. */
static size_t find_how_many(const struct mkt_relation *r, const bool *taken)
{
    if (!r->is.parts[MKT_ROLE_UNIT] || !is_a_row_a_variant(r)) return MKT_NO_COLUMN;
    size_t unit = r->is.column[MKT_ROLE_UNIT][0];
    return taken[unit] || mkt_naming_match(name_of(r, unit), MKT_ROLES_UNIT) ? MKT_NO_COLUMN : unit;
}

static mkt_status find_sums(struct mkt_arena *arena, struct mkt_relation *r, bool *taken,
                            struct mkt_arm_columns *out, bool *found, struct mkt_err *err)
{
    size_t n = find(r, taken, "n|users|units|visitors|participants|sample_size");
    if (n == MKT_NO_COLUMN) n = find(r, taken, "total|count");
    if (n == MKT_NO_COLUMN)
        n = find(r, taken,
                 "sessions|impressions|recipients|delivered|sent|exposures|exposed|subjects|"
                 "customers|trials");
    if (n == MKT_NO_COLUMN) n = find(r, taken, MKT_ROLES_HOW_MANY);
    if (n == MKT_NO_COLUMN) n = find_how_many(r, taken);
    *found = false;
    if (n == MKT_NO_COLUMN || !is_number(&r->column[n])) return MKT_OK;
    bool *untaken = MKT_NEW(arena, bool, r->columns);
    if (!untaken) return mkt_arena_full(arena, err);
    memcpy(untaken, taken, r->columns * sizeof *taken);
    for (size_t i = 0; i < r->columns; i++)
        if (mkt_naming_match(name_of(r, i), SQUARES)) add_sums(arena, r, taken, untaken, i, out);
    size_t unit = r->is.parts[MKT_ROLE_UNIT] ? r->is.column[MKT_ROLE_UNIT][0] : n;
    /* a column that names units makes it a table of units */
    if (!out->metrics && unit != n) return MKT_OK;
    for (size_t i = 0; i < r->columns; i++)
        if (i != n && mkt_naming_match(name_of(r, i), SUCCESSES))
            add_success(r, taken, i, false, out);
    if (!out->metrics) {
        size_t one = find(r, taken,
                          "clicks|purchases|purchased|orders|buyers|signups|sign_ups|opens|"
                          "registrations|subscriptions|subscribed|retained|churned|kaufe|"
                          "bestellungen|klicks|achats|commandes|clics|compras|pedidos|ordini|"
                          "acquisti");
        if (one == MKT_NO_COLUMN && r->is.parts[MKT_ROLE_METRIC] && is_told(r)) /* by --map */
            one = r->is.column[MKT_ROLE_METRIC][0];
        if (one != MKT_NO_COLUMN && one != n) add_success(r, taken, one, false, out);
    }
    for (size_t i = 0, counts = out->metrics; !counts && i < r->columns; i++)
        if (i != n && mkt_naming_match(name_of(r, i), MKT_ROLES_RATE))
            add_success(r, taken, i, true, out);
    if (!out->metrics) return MKT_OK;
    for (size_t i = 1; i < out->metrics; i++) /* in the order of their columns */
        for (size_t k = i;
             k > 0 && out->metric[k].variable[MKT_ARMS_Y] < out->metric[k - 1].variable[MKT_ARMS_Y];
             k--) {
            struct mkt_arm_columns_metric swap = out->metric[k];
            out->metric[k] = out->metric[k - 1];
            out->metric[k - 1] = swap;
        }
    *found = out->sums = true;
    out->unit = n;
    take(r, taken, n, MKT_ROLE_UNIT, "number of units");
    return say_left_out(arena, r, taken, out, err);
}

/* Sums that cannot be read as such must not be read as units. */
static mkt_status check_no_sums(const struct mkt_relation *r, const bool *taken,
                                struct mkt_err *err)
{
    for (size_t i = 0; i < r->columns; i++)
        if (mkt_naming_match(name_of(r, i), SQUARES))
            return mkt_err_set(err, MKT_E_DATA,
                               "%s has sums of squares in column \"%s\", but no column of numbers "
                               "with the units (users, n) or with their sum goes with it",
                               r->show, r->column[i].name);
    size_t unit = find_how_many(r, taken), metric = r->is.column[MKT_ROLE_METRIC][0];
    if (unit == MKT_NO_COLUMN || !is_number(&r->column[unit])) return MKT_OK;
    const char *name = name_of(r, metric);
    size_t n = strlen(name);
    if (n > 4 && strcmp(name + n - 4, "_sum") == 0) n -= 4;
    return mkt_err_set(err, MKT_E_DATA,
                       "%s has a row a variant with its units in column \"%s\", and nothing that "
                       "can be tested: of \"%s\" give the sum and the sum of squares (%.*s_sum, "
                       "%.*s_sum_squares), or count the units that did something (conversions)",
                       r->show, r->column[unit].name, r->column[metric].name, (int)n, name, (int)n,
                       name);
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
                    c->type == MKT_TYPE_ZONED || (c->filled > 0 && 2 * c->days >= c->filled);
        if (!days) out->day = MKT_NO_COLUMN;
    }
    take(r, taken, out->day, MKT_ROLE_DATE, NULL);
    out->segment = find(r, taken,
                        "segment|dimension|country|device|device_type|platform|browser|region|"
                        "channel|os|language|customer_type");
    if (out->segment != MKT_NO_COLUMN && is_number(&r->column[out->segment]))
        out->segment = MKT_NO_COLUMN;
    take(r, taken, out->segment, MKT_ROLE_SEGMENT, NULL);
    bool sums;
    MKT_TRY(find_sums(arena, r, taken, out, &sums, err));
    if (sums) return MKT_OK;
    MKT_TRY(check_no_sums(r, taken, err));
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
