#include "analysis/funnel_steps.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

struct reading {
    struct mkt_arena *arena;
    const char *at, *parameter;
    char mark;
    const struct mkt_events_view *view;
    const struct mkt_dataset_events *events;
    struct mkt_err *err;
};

/* ---- names ---------------------------------------------------------------------------------- */

#define NEAR 3
#define LONGEST 64 /* letters that are compared */

/* Letters to change, add or take away, without regard to case. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strnlen(a, LONGEST), m = strnlen(b, LONGEST), row[LONGEST + 1];
    for (size_t j = 0; j <= m; j++) row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            size_t least = corner + !same;
            corner = row[j];
            if (row[j] + 1 < least) least = row[j] + 1;
            if (row[j - 1] + 1 < least) least = row[j - 1] + 1;
            row[j] = least;
        }
    }
    return row[m];
}

const char *mkt_funnel_steps_near(struct mkt_arena *arena, const struct mkt_names *names,
                                  const char *text)
{
    size_t near[NEAR], far[NEAR], found = 0, limit = 1 + strlen(text) / 3;
    for (size_t i = 0; i < names->count; i++) {
        size_t d = distance(text, names->name[i]);
        if (strstr(names->name[i], text) && d > limit) d = limit;
        if (d > limit) continue;
        size_t at = found < NEAR ? found++ : NEAR;
        if (at == NEAR && d >= far[NEAR - 1]) continue;
        if (at == NEAR) at--;
        for (; at && d < far[at - 1]; at--) {
            near[at] = near[at - 1];
            far[at] = far[at - 1];
        }
        near[at] = i;
        far[at] = d;
    }
    struct mkt_buf buf;
    mkt_buf_init(&buf, arena);
    mkt_buf_str(&buf, found ? "near names: " : "there are, for example, ");
    if (!found)
        for (; found < NEAR && found < names->count; found++) near[found] = found;
    for (size_t i = 0; i < found; i++)
        mkt_buf_printf(&buf, "%s\"%s\"", i ? ", " : "", names->name[near[i]]);
    return buf.failed ? NULL : buf.data;
}

static bool find_name(const struct mkt_names *names, const char *text, uint32_t *out)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < names->count; i++)
            if (pass ? mkt_text_equal_nocase(names->name[i], text)
                     : strcmp(names->name[i], text) == 0) {
                *out = (uint32_t)i;
                return true;
            }
    return false;
}

size_t mkt_funnel_steps_property(const struct mkt_dataset_events *e, const char *name)
{
    for (int pass = 0; pass < 3; pass++)
        for (size_t p = 0; p < e->properties; p++)
            if (pass == 0   ? strcmp(e->property[p], name) == 0
                : pass == 1 ? mkt_text_equal_nocase(e->property[p], name)
                            : e->role[p] && mkt_text_equal_nocase(e->role[p], name))
                return p;
    return MKT_EVENTS_PROPERTIES;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void skip(struct reading *r)
{
    while (*r->at == ' ' || *r->at == '\t') r->at++;
}

/* A name or value up to one of `ends`, trimmed, or what stands between quotes; never NULL on OK. */
static mkt_status read_word(struct reading *r, const char *ends, const char *what, const char **out)
{
    skip(r);
    if (*r->at == '"') {
        const char *from = ++r->at;
        while (*r->at && *r->at != '"') r->at++;
        if (!*r->at)
            return mkt_err_set(r->err, MKT_E_ARG,
                               "%s: a quotation mark is not closed before \"%s\"", r->parameter,
                               from);
        *out = mkt_arena_strndup(r->arena, from, (size_t)(r->at++ - from));
        skip(r);
        return *out ? MKT_OK : mkt_arena_full(r->arena, r->err);
    }
    const char *from = r->at;
    while (*r->at && !strchr(ends, *r->at)) r->at++;
    size_t n = (size_t)(r->at - from);
    while (n && (from[n - 1] == ' ' || from[n - 1] == '\t')) n--;
    if (!n)
        return mkt_err_set(r->err, MKT_E_ARG, "%s: %s is missing before \"%s\"", r->parameter, what,
                           *r->at ? r->at : "the end");
    *out = mkt_arena_strndup(r->arena, from, n);
    return *out ? MKT_OK : mkt_arena_full(r->arena, r->err);
}

/* ---- conditions ----------------------------------------------------------------------------- */

typedef enum { EQUAL, UNEQUAL, ABOVE, LEAST, BELOW, MOST } sign;

static mkt_status read_sign(struct reading *r, sign *out)
{
    static const struct {
        const char *text;
        sign sign;
    } sign_of[] = {{"!=", UNEQUAL}, {">=", LEAST}, {"<=", MOST},
                   {"=", EQUAL},    {">", ABOVE},  {"<", BELOW}};
    for (size_t i = 0; i < sizeof sign_of / sizeof *sign_of; i++)
        if (mkt_text_has_prefix(r->at, sign_of[i].text)) {
            r->at += strlen(sign_of[i].text);
            *out = sign_of[i].sign;
            return MKT_OK;
        }
    return mkt_err_set(r->err, MKT_E_ARG,
                       "%s: a condition needs one of = != > >= < <=, as in [value>=50], before "
                       "\"%s\"",
                       r->parameter, *r->at ? r->at : "the end");
}

static mkt_status as_number(const struct reading *r, const char *text, double *out)
{
    if (mkt_text_to_double(text, out) && fabs(*out) < 9.2e12) return MKT_OK;
    return mkt_err_set(r->err, MKT_E_ARG, "%s: \"%s\" is no number to compare with", r->parameter,
                       text);
}

static mkt_status on_value(const struct reading *r, sign s, const char *text,
                           struct mkt_funnel_condition *out)
{
    double x;
    MKT_TRY(as_number(r, text, &x));
    int64_t v = llround(x * MKT_MICRO);
    *out = (struct mkt_funnel_condition){
        .on_value = true, .low = INT64_MIN, .high = INT64_MAX, .inside = s != UNEQUAL};
    if (s == EQUAL || s == UNEQUAL) out->low = out->high = v;
    if (s == ABOVE || s == LEAST) out->low = v + (s == ABOVE);
    if (s == BELOW || s == MOST) out->high = v - (s == BELOW);
    return MKT_OK;
}

static bool compares(double x, sign s, double y)
{
    return s == ABOVE ? x > y : s == LEAST ? x >= y : s == BELOW ? x < y : x <= y;
}

/* Marks the levels that meet `sign text`; several texts of one condition add up. */
static mkt_status mark_levels(const struct reading *r, const struct mkt_names *level, sign s,
                              const char *text, bool *pass)
{
    double y = 0, x;
    bool number = mkt_text_to_double(text, &y);
    if (s != EQUAL && s != UNEQUAL) MKT_TRY(as_number(r, text, &y));
    for (size_t i = 0; i < level->count; i++) {
        const char *name = level->name[i];
        bool read = number && mkt_text_to_double(name, &x);
        if (s == EQUAL || s == UNEQUAL)
            pass[i + 1] = pass[i + 1] || mkt_text_equal_nocase(name, text) || (read && x == y);
        else
            pass[i + 1] = pass[i + 1] || (read && compares(x, s, y));
    }
    return MKT_OK;
}

static mkt_status no_property(const struct reading *r, const char *name)
{
    struct mkt_names known;
    uint32_t code;
    mkt_names_init(&known, r->arena);
    if (r->events->values) MKT_TRY(mkt_names_code(&known, "value", 5, &code, r->err));
    for (size_t p = 0; p < r->events->properties; p++)
        MKT_TRY(mkt_names_code(&known, r->events->property[p], strlen(r->events->property[p]),
                               &code, r->err));
    if (!known.count)
        return mkt_err_set(r->err, MKT_E_ARG,
                           "%s: the events have no property \"%s\", nor any other to set a "
                           "condition on",
                           r->parameter, name);
    const char *near = mkt_funnel_steps_near(r->arena, &known, name);
    if (!near) return mkt_arena_full(r->arena, r->err);
    return mkt_err_set(r->err, MKT_E_ARG, "%s: the events have no property \"%s\"; %s",
                       r->parameter, name, near);
}

static mkt_status read_condition(struct reading *r, struct mkt_funnel_condition *out)
{
    const char *name = NULL, *text = NULL;
    sign s = EQUAL;
    MKT_TRY(read_word(r, "=!<>]&|", "the name of a property", &name));
    MKT_TRY(read_sign(r, &s));
    MKT_TRY(read_word(r, "]&|", "a value to compare with", &text));
    size_t p = mkt_funnel_steps_property(r->events, name);
    if (p == MKT_EVENTS_PROPERTIES && mkt_text_equal_nocase(name, "value") && r->events->values) {
        if (*r->at == '|')
            return mkt_err_set(r->err, MKT_E_ARG, "%s: value is compared with one number",
                               r->parameter);
        return on_value(r, s, text, out);
    }
    if (p == MKT_EVENTS_PROPERTIES) return no_property(r, name);
    if (r->view->too_many[p])
        return mkt_err_set(r->err, MKT_E_ARG,
                           "%s: the property \"%s\" has more than %s different values: it tells "
                           "single events apart, not kinds of them",
                           r->parameter, name, MKT_COUNT(MKT_EVENTS_LEVELS));
    const struct mkt_names *level = &r->view->level[p];
    bool *pass = MKT_NEW(r->arena, bool, level->count + 1);
    if (!pass) return mkt_arena_full(r->arena, r->err);
    MKT_TRY(mark_levels(r, level, s, text, pass));
    while (*r->at == '|') {
        r->at++;
        MKT_TRY(read_word(r, "]&|", "a value to compare with", &text));
        MKT_TRY(mark_levels(r, level, s, text, pass));
    }
    for (size_t i = 1; i <= level->count && s == UNEQUAL; i++) pass[i] = !pass[i];
    *out = (struct mkt_funnel_condition){.property = p, .pass = pass};
    return MKT_OK;
}

static mkt_status read_conditions(struct reading *r, struct mkt_funnel_step *step)
{
    struct mkt_funnel_condition *list = NULL;
    size_t count = 0, cap = 0;
    while (*r->at == '[' || *r->at == '&') {
        r->at++;
        struct mkt_funnel_condition *c = mkt_arena_push(r->arena, &list, &count, &cap, sizeof *c);
        if (!c) return mkt_arena_full(r->arena, r->err);
        MKT_TRY(read_condition(r, c));
        skip(r);
    }
    if (*r->at != ']')
        return mkt_err_set(r->err, MKT_E_ARG, "%s: a bracket is not closed before \"%s\"",
                           r->parameter, *r->at ? r->at : "the end");
    r->at++;
    step->condition = list;
    step->conditions = count;
    return MKT_OK;
}

/* ---- a step --------------------------------------------------------------------------------- */

static mkt_status read_event(struct reading *r, uint32_t *out)
{
    const char *name = NULL;
    const char ends[] = {r->mark, '|', '[', '?', '\0'};
    MKT_TRY(read_word(r, ends, "the name of an event", &name));
    if (find_name(&r->view->event, name, out)) return MKT_OK;
    const char *near = mkt_funnel_steps_near(r->arena, &r->view->event, name);
    if (!near) return mkt_arena_full(r->arena, r->err);
    return mkt_err_set(r->err, MKT_E_ARG, "%s: no event is named \"%s\"; %s", r->parameter, name,
                       near);
}

static bool is_there(const uint32_t *event, size_t n, uint32_t code)
{
    for (size_t i = 0; i < n; i++)
        if (event[i] == code) return true;
    return false;
}

static mkt_status read_step(struct reading *r, struct mkt_funnel_step *step, const char **label)
{
    uint32_t *event = NULL;
    size_t count = 0, cap = 0;
    skip(r);
    const char *from = r->at;
    do {
        uint32_t code = 0;
        if (count) r->at++;
        MKT_TRY(read_event(r, &code));
        if (is_there(event, count, code)) continue;
        uint32_t *slot = mkt_arena_push(r->arena, &event, &count, &cap, sizeof *slot);
        if (!slot) return mkt_arena_full(r->arena, r->err);
        *slot = code;
    } while (*r->at == '|');
    step->event = event;
    step->events = count;
    if (*r->at == '[') MKT_TRY(read_conditions(r, step));
    skip(r);
    size_t n = (size_t)(r->at - from);
    while (n && from[n - 1] == ' ') n--;
    *label = mkt_text_clean(r->arena, from, n, 120);
    if (!*label) return mkt_arena_full(r->arena, r->err);
    if (*r->at == '?') {
        step->optional = true;
        r->at++;
        skip(r);
    }
    return MKT_OK;
}

/* A label that stands before comes with the count of its uses: "visit", "visit (2)". */
static mkt_status tell_apart(struct reading *r, const char **label, size_t k)
{
    size_t uses = 1;
    for (size_t i = 0; i < k; i++) uses += mkt_text_equal_nocase(label[i], label[k]);
    for (const char *written = label[k]; uses > 1;) {
        bool taken = false;
        label[k] = mkt_arena_printf(r->arena, "%s (%zu)", written, uses++);
        if (!label[k]) return mkt_arena_full(r->arena, r->err);
        for (size_t i = 0; i < k; i++) taken = taken || mkt_text_equal_nocase(label[i], label[k]);
        if (!taken) break;
    }
    return MKT_OK;
}

mkt_status mkt_funnel_steps_read(struct mkt_arena *arena, const char *text, char mark,
                                 const char *name, const struct mkt_events_view *view,
                                 const struct mkt_dataset_events *events,
                                 struct mkt_funnel_steps *out, struct mkt_err *err)
{
    struct reading r = {.arena = arena,
                        .at = text,
                        .parameter = name,
                        .mark = mark,
                        .view = view,
                        .events = events,
                        .err = err};
    size_t cap = 0, labels = 0, label_cap = 0;
    *out = (struct mkt_funnel_steps){0};
    for (;;) {
        if (out->count == MKT_FUNNELS_STEPS)
            return mkt_err_set(err, MKT_E_ARG, "%s: there are more than %d steps", name,
                               MKT_FUNNELS_STEPS);
        struct mkt_funnel_step *s = mkt_arena_push(arena, &out->step, &out->count, &cap, sizeof *s);
        const char **label = mkt_arena_push(arena, &out->label, &labels, &label_cap, sizeof *label);
        if (!s || !label) return mkt_arena_full(arena, err);
        *s = (struct mkt_funnel_step){0};
        MKT_TRY(read_step(&r, s, label));
        MKT_TRY(tell_apart(&r, out->label, labels - 1));
        if (!*r.at) return MKT_OK;
        if (*r.at != mark)
            return mkt_err_set(err, MKT_E_ARG, "%s: \"%c\" is missing before \"%s\"", name, mark,
                               r.at);
        r.at++;
    }
}

/* ---- lengths of time ------------------------------------------------------------------------ */

mkt_status mkt_funnel_steps_length(const char *text, const char *name, int64_t *out,
                                   struct mkt_err *err)
{
    static const struct {
        const char *unit;
        double seconds;
    } unit[] = {{"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}};
    char number[24];
    size_t n = strspn(text, "0123456789.");
    double x = 0, seconds = 0;
    if (n && n < sizeof number) {
        memcpy(number, text, n);
        number[n] = '\0';
        if (!mkt_text_to_double(number, &x)) x = 0;
    }
    for (size_t i = 0; i < sizeof unit / sizeof *unit; i++)
        if (strcmp(text + n, unit[i].unit) == 0) seconds = unit[i].seconds;
    double length = x * seconds;
    if (!(length >= 1 && length <= 3653.0 * 86400))
        return mkt_err_set(err, MKT_E_ARG,
                           "%s takes a length of time from 1s to 3653d, as in 30m, 24h, 14d, 2w, "
                           "not \"%s\"",
                           name, text);
    *out = (int64_t)(length * 1e6);
    return MKT_OK;
}
