/* What a table would need to be used: the sentence, and the option that says which column it is. */
#include "base/buf.h"
#include "source/recognise_exam.h"

/* A column that nothing is known of and that could be of this form, for an example. */
static const char *spare_column(const struct exam *x, mkt_form form, const char *other)
{
    for (size_t i = 0; i < x->r->columns; i++) {
        const struct mkt_column *c = &x->r->column[i];
        if (x->taken[i] || !mkt_recognise_exam_looks(c, form) || mkt_role_is_rate(&c->naming))
            continue;
        if (form == MKT_FORM_NUMBER && mkt_recognise_exam_looks(c, MKT_FORM_DAY)) continue;
        return c->name;
    }
    return other;
}

static void list_columns(const struct exam *x, struct mkt_buf *out)
{
    mkt_buf_str(out, "; its columns are ");
    for (size_t i = 0; i < x->r->columns && i < 10; i++)
        mkt_buf_printf(out, "%s\"%s\"", i ? ", " : "", x->r->column[i].name);
    if (x->r->columns > 10) mkt_buf_printf(out, " and %zu more", x->r->columns - 10);
    mkt_buf_str(out, "; say which is which with");
}

/* Of a table that tells who met what, or who and when, and no more of journeys; false for others. */
static mkt_status say_touches_lack(struct exam *x, bool *said, struct mkt_err *err)
{
    static const struct {
        mkt_role role;
        const char *what;
    } needed[] = {{MKT_ROLE_USER, "a user"},
                  {MKT_ROLE_DATE, "a time"},
                  {MKT_ROLE_CHANNEL, "a channel"},
                  {MKT_ROLE_CONVERSIONS, "conversions (0 and 1) or events"}};
    bool fitting;
    struct mkt_buf buf;
    MKT_TRY(mkt_recognise_exam_try(x, MKT_KIND_TOUCHPOINTS, &fitting));
    *said = mkt_recognise_exam_has(x, MKT_ROLE_USER) &&
            mkt_recognise_exam_has(x, MKT_ROLE_DATE) + mkt_recognise_exam_has(x, MKT_ROLE_CHANNEL) +
                    mkt_recognise_exam_has(x, MKT_ROLE_CONVERSIONS) >=
                2;
    if (!*said || mkt_recognise_exam_has_order(x) || mkt_recognise_exam_is_sale(x))
        return *said = false, MKT_OK;
    mkt_buf_init(&buf, x->arena);
    mkt_buf_str(&buf, "as a touchpoints table it lacks ");
    size_t lacking = 0;
    bool lacks[4];
    for (size_t i = 0; i < 4; i++) {
        lacks[i] = !mkt_recognise_exam_has(x, needed[i].role) &&
                   !(i == 3 && mkt_recognise_exam_has(x, MKT_ROLE_EVENT));
        if (lacks[i]) mkt_buf_printf(&buf, "%s%s", lacking++ ? " and " : "", needed[i].what);
    }
    list_columns(x, &buf);
    for (size_t i = 0; i < 4; i++)
        if (lacks[i]) mkt_buf_printf(&buf, " --map \"%s=COLUMN\"", mkt_role_name(needed[i].role));
    x->r->is.lacks = buf.data;
    return mkt_buf_check(&buf, err);
}

/* Of a table that names a variant, and is no experiment. */
static mkt_status say_experiment_lacks(struct exam *x, bool *said, struct mkt_err *err)
{
    static const mkt_role needed[] = {MKT_ROLE_VARIANT, MKT_ROLE_UNIT, MKT_ROLE_METRIC};
    bool fitting;
    struct mkt_buf buf;
    int lacking = 0;
    MKT_TRY(mkt_recognise_exam_try(x, MKT_KIND_EXPERIMENT, &fitting));
    *said = !fitting && mkt_recognise_exam_is_called(x, MKT_ROLE_VARIANT, MKT_ROLES_VARIANT);
    if (!*said) return MKT_OK;
    mkt_buf_init(&buf, x->arena);
    mkt_buf_str(&buf, "as an experiment table it lacks ");
    for (size_t i = 0; i < 3; i++)
        if (!mkt_recognise_exam_has(x, needed[i]))
            mkt_buf_printf(&buf, "%sa %s", lacking++ ? " and " : "", mkt_role_name(needed[i]));
    if (!lacking) mkt_buf_str(&buf, "a metric that can be tested");
    mkt_buf_str(&buf, ": a row a unit with its variant and a number, or a row a variant with its "
                      "units (users, n) and conversions, or sum and sum_squares");
    list_columns(x, &buf);
    for (size_t i = 0; i < 3; i++)
        if (!mkt_recognise_exam_has(x, needed[i]))
            mkt_buf_printf(&buf, " --map \"%s=COLUMN\"", mkt_role_name(needed[i]));
    x->r->is.lacks = buf.data;
    return mkt_buf_check(&buf, err);
}

/* "it lacks spend; its columns are "Day", "Kanal"; say which is which with --map "spend=..."" */
mkt_status mkt_recognise_exam_lack(struct exam *x)
{
    bool fitting, said;
    struct mkt_buf buf;
    MKT_TRY(say_experiment_lacks(x, &said, x->err));
    if (!said) MKT_TRY(say_touches_lack(x, &said, x->err));
    if (said) return MKT_OK;
    MKT_TRY(mkt_recognise_exam_try(x, MKT_KIND_PERFORMANCE, &fitting));
    bool date = mkt_recognise_exam_has(x, MKT_ROLE_DATE),
         spend = mkt_recognise_exam_has(x, MKT_ROLE_SPEND);
    mkt_buf_init(&buf, x->arena);
    mkt_buf_printf(&buf, "as a performance table it lacks %s%s%s",
                   date    ? ""
                   : spend ? "a date"
                           : "a date and ",
                   spend ? "" : "spend", date && spend ? "a channel or campaign" : "");
    list_columns(x, &buf);
    if (!date) mkt_buf_printf(&buf, " --map \"date=%s\"", spare_column(x, MKT_FORM_DAY, "COLUMN"));
    if (!spend)
        mkt_buf_printf(&buf, " --map \"spend=%s\"", spare_column(x, MKT_FORM_NUMBER, "COLUMN"));
    if (date && spend) mkt_buf_str(&buf, " --map \"channel=COLUMN\"");
    x->r->is.lacks = buf.data;
    return mkt_buf_check(&buf, x->err);
}
