#include "source/arm_reading.h"

#include <string.h>

#include "base/text.h"
#include "source/daytext.h"
#include "source/numeral.h"
#include "source/profile.h"
#include "source/recognise.h"
#include "source/yes_no.h"

#define SEGMENTS_MOST 200
#define SEGMENT_SAMPLE 100000 /* rows that show how many segments there are */

const char *const mkt_arm_reading_letter[MKT_ARMS_VARIABLES] = {"y", "d", "x", "e"};

/* ---- how numbers and days are written ------------------------------------------- */

/* What a column does not show itself, the others of the table may: `any` is what all show. */
static mkt_status settle_one(struct mkt_arm_reading *x, struct mkt_column *c, int64_t look,
                             int64_t any)
{
    bool point = look & MKT_NUMERAL_POINT, comma = look & MKT_NUMERAL_COMMA;
    bool either = look & (MKT_NUMERAL_EITHER_BY_POINT | MKT_NUMERAL_EITHER_BY_COMMA);
    if (!point && !comma && either) {
        point = any & MKT_NUMERAL_POINT;
        comma = any & MKT_NUMERAL_COMMA;
        either = point == comma;
    } else {
        either = point && comma;
    }
    if (either)
        return mkt_err_set(
            x->err, MKT_E_AMBIGUOUS,
            "%s: numbers in column \"%s\" can be read with a decimal point or with a "
            "decimal comma; say which with --decimal comma or --decimal point",
            x->r->show, c->name);
    if (comma) c->decimal = ',';
    return MKT_OK;
}

mkt_status mkt_arm_reading_settle(struct mkt_arm_reading *x, const size_t *column, size_t n,
                                  const struct mkt_dataset_options *options)
{
    struct mkt_buf sql;
    int64_t *look = MKT_NEW(x->arena, int64_t, n + 1), any = 0;
    if (!look) return mkt_arena_full(x->arena, x->err);
    mkt_buf_init(&sql, x->arena);
    mkt_buf_str(&sql, "SELECT 0::BIGINT");
    bool text = false;
    for (size_t i = 0; i < n; i++) {
        const struct mkt_column *c = &x->r->column[column[i]];
        bool looked = c->type == MKT_TYPE_TEXT && !options->decimal && !mkt_recognise_flags(c);
        text = text || looked;
        if (looked)
            mkt_buf_printf(&sql, ", coalesce(bit_or(mkt_numeral_look(c%zu)), 0)", column[i]);
        else
            mkt_buf_str(&sql, ", 0::BIGINT");
    }
    mkt_buf_printf(&sql, " FROM %s", x->r->from);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    if (text) MKT_TRY(mkt_duck_numbers(x->duck, sql.data, x->r->show, look, n + 1, x->err));
    if (x->columns.sums && n) { /* units are whole: what could be either is a thousands mark */
        if (look[1] & MKT_NUMERAL_EITHER_BY_COMMA) look[1] |= MKT_NUMERAL_POINT;
        if (look[1] & MKT_NUMERAL_EITHER_BY_POINT) look[1] |= MKT_NUMERAL_COMMA;
    }
    for (size_t i = 0; i < n; i++) any |= look[i + 1];
    for (size_t i = 0; i < n; i++) {
        struct mkt_column *c = &x->r->column[column[i]];
        c->decimal = options->decimal && strcmp(options->decimal, "comma") == 0 ? ',' : '.';
        MKT_TRY(settle_one(x, c, look[i + 1], any));
    }
    return MKT_OK;
}

mkt_status mkt_arm_reading_settle_day(struct mkt_arm_reading *x,
                                      const struct mkt_dataset_options *options)
{
    if (x->columns.day == MKT_NO_COLUMN) return MKT_OK;
    struct mkt_column *c = &x->r->column[x->columns.day];
    c->role = MKT_ROLE_DATE;
    if (c->type != MKT_TYPE_TEXT && c->type != MKT_TYPE_INTEGER) return MKT_OK;
    struct mkt_buf sql;
    int64_t look = 0;
    mkt_buf_init(&sql, x->arena);
    mkt_buf_str(&sql, "SELECT bit_or(mkt_day_look(");
    mkt_profile_add_text(&sql, x->r, x->columns.day);
    mkt_buf_printf(&sql, ")) FROM %s", x->r->from);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_numbers(x->duck, sql.data, x->r->show, &look, 1, x->err));
    c->day_look = (unsigned)look;
    return mkt_profile_settle(x->r, options, x->err);
}

void mkt_arm_reading_add_name(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    mkt_buf_str(sql, "nullif(trim(");
    mkt_profile_add_text(sql, r, i);
    mkt_buf_str(sql, "), '')");
}

void mkt_arm_reading_begin(struct mkt_arm_reading *x)
{
    const char *respelled = x->out->respelled, *segments = x->out->respelled_segments;
    const struct mkt_arm_columns *c = &x->columns;
    mkt_arms_init(x->out, x->arena, x->metric, c->metrics, c->day != MKT_NO_COLUMN,
                  c->segment != MKT_NO_COLUMN);
    x->out->respelled = respelled;
    x->out->respelled_segments = segments;
    x->out->left_out = c->left_out;
    x->out->more_metrics = c->more_metrics;
    x->out->no_segment = c->no_segment;
}

#define VOID_NAMES                                                                                 \
    "'null', '(null)', 'nan', 'na', 'n/a', '#n/a', '(not set)', 'not set', 'undefined', 'nil'"

static bool is_void(const char *name)
{
    char quoted[24];
    if (strlen(name) > 20) return false;
    char *end = stpcpy(quoted, "'");
    for (const char *s = name; *s; s++) *end++ = mkt_text_small(*s);
    stpcpy(end, "'");
    return strstr(VOID_NAMES, quoted) != NULL;
}

static const char **sorted(struct mkt_arena *arena, const char *const *name, size_t names)
{
    const char **out = MKT_NEW(arena, const char *, names + 1);
    for (size_t i = 0; out && i < names; i++) {
        size_t k = i;
        for (; k > 0 && strcmp(out[k - 1], name[i]) > 0; k--) out[k] = out[k - 1];
        out[k] = name[i];
    }
    return out;
}

/* "\"B\" and \"b\"" of those that differ in case alone; rows come in any order, the list does not. */
static mkt_status find_respelled(struct mkt_arm_reading *x, int side, const char **out)
{
    size_t names = x->out->names[side];
    const char **name = sorted(x->arena, x->out->name[side], names);
    if (!name) return mkt_arena_full(x->arena, x->err);
    struct mkt_buf list;
    mkt_buf_init(&list, x->arena);
    for (size_t i = 0; i < names; i++)
        for (size_t k = 0; k < i; k++) {
            if (!mkt_text_equal_nocase(name[i], name[k]) || (side == 0 && is_void(name[i])))
                continue;
            x->one_case[side] = true;
            mkt_buf_printf(&list, "%s\"%s\" and \"%s\"", list.length ? ", " : "", name[k], name[i]);
            break;
        }
    if (list.length) *out = list.data;
    return mkt_buf_check(&list, x->err);
}

mkt_status mkt_arm_reading_look_at_names(struct mkt_arm_reading *x, bool *anew)
{
    bool variants = x->one_case[0], segments = x->one_case[1], no_voids = x->no_voids;
    for (size_t i = 0; i < x->out->names[0]; i++) x->no_voids |= is_void(x->out->name[0][i]);
    MKT_TRY(find_respelled(x, 0, &x->out->respelled));
    MKT_TRY(find_respelled(x, 1, &x->out->respelled_segments));
    *anew = x->one_case[0] != variants || x->one_case[1] != segments || x->no_voids != no_voids;
    return MKT_OK;
}

void mkt_arm_reading_add_variant(struct mkt_buf *sql, const struct mkt_arm_reading *x)
{
    if (x->one_case[0]) mkt_buf_str(sql, "lower(");
    if (x->no_voids) {
        mkt_buf_str(sql, "CASE WHEN lower(");
        mkt_arm_reading_add_name(sql, x->r, x->columns.variant);
        mkt_buf_str(sql, ") NOT IN (" VOID_NAMES ") THEN ");
    }
    mkt_arm_reading_add_name(sql, x->r, x->columns.variant);
    if (x->no_voids) mkt_buf_str(sql, " END");
    if (x->one_case[0]) mkt_buf_str(sql, ")");
}

void mkt_arm_reading_add_segment(struct mkt_buf *sql, const struct mkt_arm_reading *x)
{
    if (x->columns.segment == MKT_NO_COLUMN) {
        mkt_buf_str(sql, "CAST(NULL AS VARCHAR)");
        return;
    }
    if (x->one_case[1]) mkt_buf_str(sql, "lower(");
    mkt_arm_reading_add_name(sql, x->r, x->columns.segment);
    if (x->one_case[1]) mkt_buf_str(sql, ")");
}

void mkt_arm_reading_add_day(struct mkt_buf *sql, const struct mkt_relation *r,
                             const struct mkt_arm_columns *c)
{
    if (c->day != MKT_NO_COLUMN)
        mkt_profile_add_day(sql, r, c->day);
    else
        mkt_buf_str(sql, "DATE '1970-01-01'");
}

/* A column of many values names something else than segments. */
mkt_status mkt_arm_reading_settle_segment(struct mkt_arm_reading *x)
{
    if (x->columns.segment == MKT_NO_COLUMN) return MKT_OK;
    struct mkt_buf sql;
    int64_t values = 0;
    mkt_buf_init(&sql, x->arena);
    mkt_buf_printf(&sql, "SELECT count(DISTINCT c%zu) FROM (SELECT c%zu FROM %s LIMIT %d)",
                   x->columns.segment, x->columns.segment, x->r->from, SEGMENT_SAMPLE);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_numbers(x->duck, sql.data, x->r->show, &values, 1, x->err));
    if (values <= SEGMENTS_MOST) return MKT_OK;
    x->r->column[x->columns.segment].how = "left out: more than 200 values are no segments";
    x->columns.no_segment = x->r->column[x->columns.segment].name;
    x->columns.segment = MKT_NO_COLUMN;
    return MKT_OK;
}

/* ---- numbers in SQL ---------------------------------------------- */

/* Whole numbers are added up as they are and scaled a unit at a time. */
bool mkt_arm_reading_is_whole(const struct mkt_column *c)
{
    return c->type == MKT_TYPE_BOOLEAN || c->type == MKT_TYPE_INTEGER || mkt_recognise_flags(c);
}

/* ('1', 'true', ...): the words for yes, or those for no. */
static void add_words(struct mkt_buf *sql, bool yes)
{
    mkt_buf_str(sql, yes ? "('1'" : "('0'");
#define WORD(word, means)                                                                          \
    if ((means) == yes) mkt_buf_str(sql, ", '" word "'");
    MKT_YES_NO_LIST(WORD)
#undef WORD
    mkt_buf_char(sql, ')');
}

void mkt_arm_reading_add_micros(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    const struct mkt_column *c = &r->column[i];
    if (mkt_recognise_flags(c)) {
        mkt_buf_printf(sql, "CASE WHEN lower(trim(c%zu)) IN ", i);
        add_words(sql, true);
        mkt_buf_printf(sql, " THEN 1::BIGINT WHEN lower(trim(c%zu)) IN ", i);
        add_words(sql, false);
        mkt_buf_str(sql, " THEN 0::BIGINT END");
    } else if (c->type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, "mkt_micros_by_%s(c%zu)", c->decimal == ',' ? "comma" : "point", i);
    else if (mkt_arm_reading_is_whole(c))
        mkt_buf_printf(sql, "CAST(c%zu AS BIGINT)", i);
    else
        mkt_buf_printf(
            sql, "CAST(nullif(round(CAST(c%zu AS DOUBLE) * 1e6), 'NaN'::DOUBLE) AS BIGINT)", i);
}

/* Something stands there that is no number, or one that is too large. */
void mkt_arm_reading_add_bad(struct mkt_buf *sql, const struct mkt_relation *r, size_t i)
{
    const struct mkt_column *c = &r->column[i];
    if (mkt_recognise_flags(c)) { /* what stands for nothing is no bad number */
        mkt_buf_printf(sql, "coalesce(lower(trim(c%zu)) NOT IN ", i);
        add_words(sql, true);
        mkt_buf_printf(sql, " AND lower(trim(c%zu)) NOT IN ", i);
        add_words(sql, false);
        mkt_buf_printf(sql,
                       " AND (mkt_bad_by_point(c%zu) = 1 OR mkt_micros_by_point(c%zu) IS NOT "
                       "NULL), false)",
                       i, i);
    } else if (c->type == MKT_TYPE_TEXT)
        mkt_buf_printf(sql, "coalesce(mkt_bad_by_%s(c%zu), 0) = 1",
                       c->decimal == ',' ? "comma" : "point", i);
    else if (mkt_arm_reading_is_whole(c)) /* beyond 64 bits the sum stops the query */
        mkt_buf_str(sql, "false");
    else
        mkt_buf_printf(sql,
                       "coalesce(abs(CAST(c%zu AS DOUBLE)) >= 9e12 AND NOT isnan(CAST(c%zu AS "
                       "DOUBLE)), false)",
                       i, i);
}

void mkt_arm_reading_add_any_bad(struct mkt_buf *sql, const struct mkt_arm_reading *x)
{
    for (size_t m = 0; m < x->columns.metrics; m++)
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
            if (!mkt_arm_reading_has(&x->columns.metric[m], v)) continue;
            mkt_buf_str(sql, " OR ");
            mkt_arm_reading_add_bad(sql, x->r, x->columns.metric[m].variable[v]);
        }
}

mkt_status mkt_arm_reading_too_large(struct mkt_arm_reading *x, size_t metric)
{
    return mkt_err_set(x->err, MKT_E_LIMIT,
                       "%s: the sum of %s passes 9.2e12: measure it in a larger unit or cap it",
                       x->r->show, x->metric[metric].name);
}
