#include "source/arm_rates.h"

#include <string.h>

#include "base/text.h"
#include "source/profile.h"

#define NEEDED                                                                                     \
    "an experiment needs the number of units that did it: a column \"conversions\" beside the "    \
    "units, or the rate with more digits"

/* A rate as it is written: its figure, the digits after its mark, and whether "%" follows. */
struct written {
    double value;
    int digits;
    bool percent;
};

static bool read_rate(const char *text, size_t bytes, char decimal, struct written *out)
{
    char number[64];
    while (bytes && text[bytes - 1] == ' ') bytes--;
    while (bytes && *text == ' ') text++, bytes--;
    out->percent = bytes && text[bytes - 1] == '%';
    bytes -= out->percent;
    while (bytes && text[bytes - 1] == ' ') bytes--;
    if (!bytes || bytes >= sizeof number) return false;
    memcpy(number, text, bytes);
    number[bytes] = '\0';
    char *mark = strchr(number, decimal);
    if (mark) *mark = '.';
    if (!mkt_text_to_double(number, &out->value) || !isfinite(out->value)) return false;
    size_t whole = strcspn(number, ".eE"), digits = 0, power = strcspn(number, "eE");
    if (number[whole] == '.') digits = power - whole - 1;
    double exponent = 0;
    if (number[power] && !mkt_text_to_double(number + power + 1, &exponent)) return false;
    out->digits = (int)digits - (int)exponent;
    return true;
}

/* The whole numbers from least to most that rate times n may be. */
static void range(double rate, double doubt, double n, double *least, double *most)
{
    double slack = 1e-9 * (1 + rate * n); /* of the product itself */
    *least = ceil((rate - doubt) * n - slack);
    *most = floor((rate + doubt) * n + slack);
    *least = fmax(*least, 0);
    *most = fmin(*most, n);
}

static mkt_status no_rate(const struct mkt_arm_reading *x, size_t metric, int64_t row)
{
    return mkt_err_set(x->err, MKT_E_DATA,
                       "%s, row %lld: column \"%s\" must be a rate from 0 to 1 or to 100 %%",
                       x->r->show, (long long)row, x->metric[metric].name);
}

struct look {
    bool percent, above_one, shares, percentages; /* the last two: whole numbers all through */
    int digits;
};

static mkt_status look_at(struct mkt_arm_reading *x, size_t metric, struct look *look, bool digits)
{
    struct mkt_buf sql;
    duckdb_result result;
    struct mkt_duck_rows rows;
    mkt_status status = MKT_OK;
    size_t column = x->columns.metric[metric].variable[MKT_ARMS_Y];
    mkt_buf_init(&sql, x->arena);
    mkt_buf_str(&sql, "SELECT ");
    mkt_profile_add_text(&sql, x->r, column);
    mkt_buf_str(&sql, ", TRY_CAST(");
    mkt_profile_add_text(&sql, x->r, x->columns.unit);
    mkt_buf_printf(&sql, " AS BIGINT), row_id FROM %s ORDER BY row_id", x->r->numbered);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_query(x->duck, sql.data, x->r->show, &result, x->err));
    mkt_duck_rows_begin(&rows, &result);
    while (status == MKT_OK && mkt_duck_rows_next(&rows)) {
        struct written w;
        size_t bytes = 0;
        const char *text =
            mkt_duck_rows_null(&rows, 0) ? NULL : mkt_duck_rows_text(&rows, 0, &bytes);
        double n = mkt_duck_rows_null(&rows, 1) ? 0 : (double)mkt_duck_rows_int(&rows, 1);
        if (!text || !read_rate(text, bytes, x->r->column[column].decimal, &w) || w.value < 0) {
            status = no_rate(x, metric, mkt_duck_rows_int(&rows, 2));
        } else if (digits) {
            look->percent = look->percent || w.percent;
            look->above_one = look->above_one || w.value > 1;
            if (w.digits > look->digits) look->digits = w.digits;
        } else {
            double least, most, doubt = .5 * pow(10, -look->digits);
            range(w.value, doubt, n, &least, &most);
            look->shares = look->shares && least == most;
            range(.01 * w.value, .01 * doubt, n, &least, &most);
            look->percentages = look->percentages && least == most;
        }
    }
    mkt_duck_rows_end(&rows);
    duckdb_destroy_result(&result);
    return status;
}

mkt_status mkt_arm_rates_settle(struct mkt_arm_reading *x, size_t metric, struct mkt_arm_rates *out)
{
    struct look look = {.shares = true, .percentages = true};
    MKT_TRY(look_at(x, metric, &look, true));
    const struct mkt_column *c = &x->r->column[x->columns.metric[metric].variable[MKT_ARMS_Y]];
    bool percent = look.percent || look.above_one || c->naming.percent;
    if (!percent) {
        MKT_TRY(look_at(x, metric, &look, false));
        if (look.shares && look.percentages)
            return mkt_err_set(x->err, MKT_E_DATA,
                               "%s: %s may be shares or percentages, and either gives whole "
                               "numbers of units: write percentages with a %% sign; or " NEEDED,
                               x->r->show, x->metric[metric].name);
    }
    out->unit = percent ? .01 : 1;
    out->doubt = .5 * pow(10, -look.digits) * out->unit;
    return MKT_OK;
}

mkt_status mkt_arm_rates_successes(const struct mkt_arm_reading *x, size_t metric,
                                   const struct mkt_arm_rates *rates, const char *text,
                                   size_t bytes, double n, int64_t row, double *out)
{
    struct written w;
    size_t column = x->columns.metric[metric].variable[MKT_ARMS_Y];
    char decimal = x->r->column[column].decimal;
    if (!text || !read_rate(text, bytes, decimal, &w) || w.value < 0 || w.value * rates->unit > 1)
        return no_rate(x, metric, row);
    double least, most;
    range(w.value * rates->unit, rates->doubt, n, &least, &most);
    *out = least;
    if (least == most) return MKT_OK;
    if (least > most)
        return mkt_err_set(x->err, MKT_E_DATA,
                           "%s, row %lld: %.*s of %s units is no whole number of units in column "
                           "\"%s\"; " NEEDED,
                           x->r->show, (long long)row, (int)bytes, text, MKT_COUNT(n),
                           x->metric[metric].name);
    return mkt_err_set(x->err, MKT_E_DATA,
                       "%s, row %lld: a %s of %.*s of %s units may be any number from %s to "
                       "%s%s; " NEEDED,
                       x->r->show, (long long)row, x->metric[metric].name, (int)bytes, text,
                       MKT_COUNT(n), MKT_COUNT(least), MKT_COUNT(most),
                       x->r->column[column].type == MKT_TYPE_REAL
                           ? ", because a column of numbers keeps no zeros at their end (0.050 "
                             "stands there as 0.05): write it as text"
                           : "");
}
