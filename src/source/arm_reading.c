#include "source/arm_reading.h"

#include <string.h>

#include "aggregate/spellings.h"
#include "base/text.h"
#include "source/daytext.h"
#include "source/numeral.h"
#include "source/profile.h"
#include "source/recognise.h"
#include "source/void_names.h"
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

/* NA is a region's name elsewhere; variants that R exports are NA where there is none. */
static bool is_void(const char *name)
{
    return mkt_void_names_unset(name, strlen(name)) || mkt_text_equal_nocase(name, "na");
}

static void add_quoted(struct mkt_buf *sql, const char *text)
{
    mkt_buf_char(sql, '\'');
    for (; *text; text++) {
        if (*text == '\'') mkt_buf_char(sql, '\'');
        mkt_buf_char(sql, *text);
    }
    mkt_buf_char(sql, '\'');
}

/* " WHEN 'B' THEN 'b'" of each name that is another one spelt differently. */
static mkt_status find_respelled(struct mkt_arm_reading *x, int side, const struct mkt_names *names,
                                 const char **list)
{
    const struct mkt_arms *arms = x->out;
    struct mkt_names known;
    struct mkt_spellings s;
    struct mkt_buf sql;
    uint32_t code;
    mkt_names_init(&known, x->arena);
    for (size_t i = 0; i < names->count; i++)
        MKT_TRY(mkt_names_code(&known, names->name[i], strlen(names->name[i]), &code, x->err));
    int64_t *units = MKT_NEW(x->arena, int64_t, known.count + arms->names[side] + 1);
    if (!units) return mkt_arena_full(x->arena, x->err);
    for (size_t i = 0; i < arms->cells; i++) {
        const char *name =
            arms->name[side][side == 0 ? arms->cell[i].variant : arms->cell[i].segment];
        MKT_TRY(mkt_names_code(&known, name, strlen(name), &code, x->err));
        units[code] += arms->cell[i].n;
    }
    MKT_TRY(mkt_spellings_find(x->arena, names->name, units, names->count, &s, x->err));
    if (!s.gone) return MKT_OK;
    mkt_buf_init(&sql, x->arena);
    for (size_t i = 0; i < names->count; i++) {
        if (s.kept[i] == i) continue;
        mkt_buf_str(&sql, " WHEN ");
        add_quoted(&sql, names->name[i]);
        mkt_buf_str(&sql, " THEN ");
        add_quoted(&sql, names->name[s.kept[i]]);
    }
    x->respell[side] = sql.data;
    *list = mkt_text_clean(x->arena, s.list, strlen(s.list), strlen(s.list));
    return *list ? mkt_buf_check(&sql, x->err) : mkt_arena_full(x->arena, x->err);
}

mkt_status mkt_arm_reading_look_at_names(struct mkt_arm_reading *x, const struct mkt_names *variant,
                                         const struct mkt_names *segment, bool *anew)
{
    *anew = false;
    if (x->looked) return MKT_OK;
    x->looked = true;
    for (size_t i = 0; i < variant->count; i++) x->no_voids |= is_void(variant->name[i]);
    MKT_TRY(find_respelled(x, 0, variant, &x->out->respelled));
    MKT_TRY(find_respelled(x, 1, segment, &x->out->respelled_segments));
    *anew = x->respell[0] || x->respell[1] || x->no_voids;
    return MKT_OK;
}

static void add_respelled(struct mkt_buf *sql, const struct mkt_arm_reading *x, int side,
                          size_t column)
{
    if (x->respell[side]) mkt_buf_str(sql, "CASE ");
    mkt_arm_reading_add_name(sql, x->r, column);
    if (!x->respell[side]) return;
    mkt_buf_printf(sql, "%s ELSE ", x->respell[side]);
    mkt_arm_reading_add_name(sql, x->r, column);
    mkt_buf_str(sql, " END");
}

void mkt_arm_reading_add_variant(struct mkt_buf *sql, const struct mkt_arm_reading *x)
{
    if (x->no_voids) {
        mkt_buf_str(sql, "CASE WHEN mkt_unset_name(");
        mkt_arm_reading_add_name(sql, x->r, x->columns.variant);
        mkt_buf_str(sql, ") = 0 AND lower(");
        mkt_arm_reading_add_name(sql, x->r, x->columns.variant);
        mkt_buf_str(sql, ") <> 'na' THEN ");
    }
    add_respelled(sql, x, 0, x->columns.variant);
    if (x->no_voids) mkt_buf_str(sql, " END");
}

void mkt_arm_reading_add_segment(struct mkt_buf *sql, const struct mkt_arm_reading *x)
{
    if (x->columns.segment == MKT_NO_COLUMN)
        mkt_buf_str(sql, "CAST(NULL AS VARCHAR)");
    else
        add_respelled(sql, x, 1, x->columns.segment);
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
