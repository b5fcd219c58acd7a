#include "source/recognise.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "source/numeral.h"
#include "source/recognise_exam.h"
#include "source/yes_no.h"

#define SEEN_BITS 1024
_Static_assert(sizeof((struct mkt_column *)0)->seen * 8 == SEEN_BITS, "a bit for each hash");

/* Fowler, Noll & Vo's, its bits mixed. */
static uint64_t hash(const char *s, size_t n)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
    h ^= h >> 32;
    return (h * UINT64_C(0x9E3779B97F4A7C15)) >> 40;
}

void mkt_recognise_sample(struct mkt_column *column, const char *s, size_t n)
{
    unsigned number = mkt_numeral_look(s, n);
    if (number & MKT_NUMERAL_IS_MISSING) return;
    column->filled++;
    if (!(number & MKT_NUMERAL_IS_BAD)) column->numbers++;
    if (!(mkt_daytext_look(s, n) & MKT_DAYTEXT_IS_BAD)) column->days++;
    bool yes;
    column->flags += mkt_yes_no_read(s, n, &yes);
    unsigned marks = mkt_path_marks_look(s, n);
    for (size_t i = 0; i < MKT_PATH_MARKS; i++) column->marked[i] += marks >> i & 1;
    column->pages += n > 0 && (*s == '/' || memmem(s, n, "://", 3));
    uint64_t bit = hash(s, n) % SEEN_BITS;
    column->seen[bit / 64] |= UINT64_C(1) << bit % 64;
}

int mkt_recognise_values(const struct mkt_column *column)
{
    int free = SEEN_BITS;
    for (size_t i = 0; i < SEEN_BITS / 64; i++) free -= __builtin_popcountll(column->seen[i]);
    if (free == 0) return SEEN_BITS;
    return (int)lround(-SEEN_BITS * log((double)free / SEEN_BITS));
}

bool mkt_recognise_flags(const struct mkt_column *c)
{
    return c->type == MKT_TYPE_TEXT && c->filled > 0 && 20 * c->flags >= 19 * c->filled;
}

static bool has_one_in_five(const struct mkt_column *c, size_t mark)
{
    return c->type == MKT_TYPE_TEXT && c->filled > 0 && 5 * c->marked[mark] >= c->filled;
}

/* What parts the channels, if one cell in five has it: the first `marks` are tried, the slash where
 * it is the only one. */
static bool has_mark(const struct mkt_column *c, size_t marks, size_t *out)
{
    size_t best = MKT_PATH_MARKS;
    for (size_t i = 0; i < marks && i < MKT_PATH_MARKS_SLASH; i++)
        if (has_one_in_five(c, i) && (best == MKT_PATH_MARKS || c->marked[i] > c->marked[best]))
            best = i;
    if (best == MKT_PATH_MARKS && marks > MKT_PATH_MARKS_SLASH &&
        has_one_in_five(c, MKT_PATH_MARKS_SLASH) &&
        !mkt_naming_match(c->naming.text, "page*|*_page*|url*|*_url*|uri*|file*|landing*|request*"))
        best = MKT_PATH_MARKS_SLASH;
    if (best == MKT_PATH_MARKS) return false;
    return *out = best, true;
}

bool mkt_recognise_exam_looks(const struct mkt_column *c, mkt_form form)
{
    size_t mark;
    bool typed_number =
        c->type == MKT_TYPE_INTEGER || c->type == MKT_TYPE_DECIMAL || c->type == MKT_TYPE_REAL;
    switch (form) {
    case MKT_FORM_ANY:
        return c->type != MKT_TYPE_OTHER;
    case MKT_FORM_NUMBER:
        if (typed_number) return true;
        if (c->type != MKT_TYPE_TEXT) return false;
        return c->filled == 0 || 2 * c->numbers >= c->filled;
    case MKT_FORM_DAY:
        if (c->type == MKT_TYPE_DATE || c->type == MKT_TYPE_TIMESTAMP || c->type == MKT_TYPE_ZONED)
            return true;
        if (c->type != MKT_TYPE_TEXT && c->type != MKT_TYPE_INTEGER) return false;
        return c->filled > 0 && 2 * c->days >= c->filled;
    case MKT_FORM_FLAG:
        if (typed_number || c->type == MKT_TYPE_BOOLEAN) return true;
        if (c->type != MKT_TYPE_TEXT) return false;
        return c->filled == 0 || 2 * (c->numbers + c->flags) >= c->filled;
    case MKT_FORM_PATH:
        return has_mark(c, MKT_PATH_MARKS_SURE, &mark);
    case MKT_FORM_LIST:
        return has_mark(c, MKT_PATH_MARKS, &mark);
    }
    return false;
}

/* "impression_1", "impression_2": parts of one measure. */
static bool without_part(const char *normal, char out[MKT_NAMING_MAX])
{
    size_t n = strlen(normal);
    if (n < 3 || normal[n - 2] != '_' || normal[n - 1] < '1' || normal[n - 1] > '4') return false;
    memcpy(out, normal, n - 2);
    out[n - 2] = '\0';
    return true;
}

static void add_candidate(struct candidates *c, int class, size_t column)
{
    if (c->class >= 0 && class > c->class) return;
    if (class != c->class) c->count = 0;
    c->class = class;
    if (c->count <= MKT_ROLE_PARTS) c->column[c->count] = column;
    c->count++;
}

static void find_candidates(const struct exam *x, const struct mkt_role_rule *rule, bool in_parts,
                            bool any_form, struct candidates *out)
{
    *out = (struct candidates){.class = -1};
    bool measured = rule->form == MKT_FORM_NUMBER || rule->form == MKT_FORM_DAY;
    for (size_t i = 0; i < x->r->columns; i++) {
        const struct mkt_column *c = &x->r->column[i];
        char whole[MKT_NAMING_MAX];
        const char *normal = c->naming.text;
        if (x->taken[i]) continue;
        if (in_parts) {
            if (!without_part(normal, whole)) continue;
            normal = whole;
        }
        if (x->kind == MKT_KIND_PERFORMANCE && measured && rule->role != MKT_ROLE_PERIOD_END &&
            (mkt_role_is_rate(&c->naming) || mkt_role_is_decoy(normal)))
            continue;
        int class = mkt_role_class(rule, normal);
        if (class < 0 || (any_form && class > 0)) continue;
        bool blank = c->filled == 0 && c->type == MKT_TYPE_TEXT && !x->no_sample;
        bool flag = rule->role == MKT_ROLE_METRIC &&
                    (c->type == MKT_TYPE_BOOLEAN || mkt_recognise_flags(c));
        if (any_form ? blank : !mkt_recognise_exam_looks(c, rule->form) && !flag) continue;
        add_candidate(out, class, i);
    }
}

static void give_role(struct exam *x, mkt_role role, size_t column)
{
    size_t *n = &x->is.parts[role];
    if (*n == MKT_ROLE_PARTS) return;
    x->is.column[role][(*n)++] = column;
    x->taken[column] = true;
}

static mkt_status ask(const struct exam *x, mkt_role role, const struct candidates *c)
{
    const struct mkt_column *a = &x->r->column[c->column[0]], *b = &x->r->column[c->column[1]];
    return mkt_err_set(x->err, MKT_E_AMBIGUOUS,
                       "%s: both \"%s\" and \"%s\" could be the %s; say which with "
                       "--map \"%s=%s\"",
                       x->r->show, a->name, b->name, mkt_role_name(role), mkt_role_name(role),
                       a->name);
}

/* The network column names parts of a platform; it is the channel only where no platform is known. */
static bool is_passed_over(const struct exam *x, const struct mkt_role_rule *rule, int class)
{
    return x->kind == MKT_KIND_PERFORMANCE && rule->role == MKT_ROLE_CHANNEL && class == 3 &&
           x->r->platform;
}

static mkt_status leave_open(struct exam *x, mkt_role role, const struct candidates *c)
{
    x->is.unsure[role] = mkt_arena_printf(x->arena, "\"%s\" and \"%s\" could be the %s",
                                          x->r->column[c->column[0]].name,
                                          x->r->column[c->column[1]].name, mkt_role_name(role));
    return x->is.unsure[role] ? MKT_OK : mkt_arena_full(x->arena, x->err);
}

/* Several columns of one class: parts to add up, a question, or the first of them. */
static mkt_status choose(struct exam *x, const struct mkt_role_rule *rule,
                         const struct candidates *c)
{
    if (c->count == 1 || rule->form == MKT_FORM_ANY) {
        give_role(x, rule->role, c->column[0]);
        return MKT_OK;
    }
    if (x->kind != MKT_KIND_PERFORMANCE) {
        give_role(x, rule->role, c->column[0]);
        return MKT_OK;
    }
    if (rule->role == MKT_ROLE_SPEND && c->class == 3) return MKT_OK; /* a wide table: a series */
    if (rule->needed || c->class <= 1) {
        /* asked only if the table turns out to be a performance table */
        x->open[rule->role] = *c;
        give_role(x, rule->role, c->column[0]);
        return MKT_OK;
    }
    return leave_open(x, rule->role, c);
}

static mkt_status fill_role(struct exam *x, const struct mkt_role_rule *rule)
{
    struct candidates c, parts;
    if (x->is.parts[rule->role]) return MKT_OK;
    for (size_t i = 0; i < x->choices; i++)
        if (x->choice[i].role == (int)rule->role && x->choice[i].column == MKT_NO_COLUMN)
            return MKT_OK;
    find_candidates(x, rule, false, false, &c);
    if (c.class >= 0 && is_passed_over(x, rule, c.class)) return MKT_OK;
    if (c.class < 0 && rule->form == MKT_FORM_NUMBER) {
        find_candidates(x, rule, true, false, &parts);
        if (parts.count >= 2 && parts.count <= MKT_ROLE_PARTS) {
            for (size_t i = 0; i < parts.count; i++) give_role(x, rule->role, parts.column[i]);
            return MKT_OK;
        }
    }
    /* a needed column of the very name whose values cannot be read is still that column: its rows
     * are counted as broken and the sentence shows one */
    if (c.class < 0 && rule->needed && x->kind == MKT_KIND_PERFORMANCE)
        find_candidates(x, rule, false, true, &c);
    return c.class < 0 ? MKT_OK : choose(x, rule, &c);
}

static bool words_have(const struct exam *x, const char *words)
{
    return mkt_naming_has(x->r->words, words);
}

static bool is_user_table(const struct exam *x)
{
    for (size_t i = 0; i < x->r->columns; i++)
        if (mkt_naming_match(x->r->column[i].naming.text,
                             "user_id|user|visitor_id|user_pseudo_id|cookie_id|cookie|anonymous_id|"
                             "person_id|nutzer|nutzer_id|order_id|transaction_id"))
            return true;
    return false;
}

bool mkt_recognise_exam_has_order(const struct exam *x)
{
    for (size_t i = 0; i < x->r->columns; i++)
        if (mkt_naming_match(x->r->column[i].naming.text,
                             "order_id|order_number|transaction_id|invoice_id|invoice_no"))
            return true;
    return false;
}

bool mkt_recognise_exam_is_sale(const struct exam *x)
{
    bool who = false, amount = false;
    for (size_t i = 0; i < x->r->columns; i++) {
        const char *name = x->r->column[i].naming.text;
        who |= mkt_naming_match(name, "customer_id|customer|buyer_id|customer_email");
        amount |= mkt_naming_match(name, "amount|order_total|total_price|order_value|total_amount");
    }
    return who && amount;
}

static bool is_path_by_name(const struct exam *x)
{
    return mkt_naming_match(x->r->column[x->is.column[MKT_ROLE_PATH][0]].naming.text,
                            MKT_ROLE_PATH_NAMES);
}

/* Somebody at some time. */
static bool is_touch_table(const struct exam *x)
{
    bool user = false, time = false;
    for (size_t i = 0; i < mkt_role_rule_count; i++) {
        const struct mkt_role_rule *rule = &mkt_role_rules[i];
        if (rule->kind != MKT_KIND_TOUCHPOINTS) continue;
        for (size_t k = 0; k < x->r->columns; k++) {
            bool named = mkt_role_class(rule, x->r->column[k].naming.text) >= 0;
            user |= named && rule->role == MKT_ROLE_USER;
            time |= named && rule->role == MKT_ROLE_DATE;
        }
    }
    return user && time;
}

/* "paid > search" may be the name of a channel, and "/shop/cart" a page. */
static bool is_path(const struct exam *x)
{
    const struct mkt_column *c = &x->r->column[x->is.column[MKT_ROLE_PATH][0]];
    if (mkt_recognise_exam_looks(c, MKT_FORM_LIST)) return is_path_by_name(x) || !is_touch_table(x);
    return c->type == MKT_TYPE_TEXT && 2 * c->numbers < c->filled && 2 * c->pages < c->filled &&
           !is_touch_table(x);
}

/* A medium belongs to the source of the same visit, or of the same first one. */
static void drop_stray_medium(struct exam *x)
{
    if (!mkt_recognise_exam_has(x, MKT_ROLE_MEDIUM)) return;
    static const char of_user[] =
        "traffic_source_medium|first_user_medium|first_user_manual_medium|user_medium";
    bool user = mkt_recognise_exam_is_called(x, MKT_ROLE_MEDIUM, of_user);
    for (size_t i = 0; i < x->choices; i++)
        if (x->choice[i].role == MKT_ROLE_MEDIUM) return;
    if (mkt_recognise_exam_is_called(x, MKT_ROLE_CHANNEL,
                                     user ? MKT_ROLES_SOURCE_OF_USER : MKT_ROLES_SOURCE_OF_VISIT))
        return;
    x->taken[x->is.column[MKT_ROLE_MEDIUM][0]] = false;
    x->is.parts[MKT_ROLE_MEDIUM] = 0;
}

static bool is_unused_id(const struct exam *x)
{
    for (size_t i = 0; i < x->r->columns; i++)
        if (strcmp(x->r->column[i].naming.text, "id") == 0 && !x->taken[i]) return true;
    return false;
}

/* A last day belongs to a first one. Beside a plain day it is something else: a campaign's end. */
static void drop_stray_end(struct exam *x)
{
    for (size_t i = 0; i < x->choices; i++)
        if (x->choice[i].role == MKT_ROLE_PERIOD_END) return;
    if (!mkt_recognise_exam_has(x, MKT_ROLE_PERIOD_END) ||
        !mkt_recognise_exam_has(x, MKT_ROLE_DATE))
        return;
    if (mkt_naming_match(x->r->column[x->is.column[MKT_ROLE_DATE][0]].naming.text,
                         "reporting_starts|start_date*|date_start|*_start|*_start_date|week|week_*|"
                         "month|period|*_starting"))
        return;
    x->taken[x->is.column[MKT_ROLE_PERIOD_END][0]] = false;
    x->is.parts[MKT_ROLE_PERIOD_END] = 0;
}

bool mkt_recognise_exam_is_called(const struct exam *x, mkt_role role, const char *pattern)
{
    return mkt_recognise_exam_has(x, role) &&
           mkt_naming_match(x->r->column[x->is.column[role][0]].naming.text, pattern);
}

/* Where unit and variant are called so, any number is a metric; an event log is none. */
static void take_any_metric(struct exam *x)
{
    if (mkt_recognise_exam_has(x, MKT_ROLE_METRIC) ||
        !mkt_recognise_exam_is_called(x, MKT_ROLE_VARIANT, MKT_ROLES_VARIANT) ||
        !mkt_recognise_exam_is_called(x, MKT_ROLE_UNIT, MKT_ROLES_UNIT))
        return;
    for (size_t i = 0; i < x->r->columns; i++)
        if (mkt_naming_match(x->r->column[i].naming.text, "event|event_name|event_type")) return;
    for (size_t i = 0; i < x->r->columns; i++) {
        const struct mkt_column *c = &x->r->column[i];
        bool number = mkt_recognise_exam_looks(c, MKT_FORM_NUMBER) &&
                      !mkt_recognise_exam_looks(c, MKT_FORM_DAY);
        bool flag = c->type == MKT_TYPE_BOOLEAN || mkt_recognise_flags(c);
        if (x->taken[i] || (!number && !flag) ||
            mkt_naming_match(c->naming.text, "*_id|id|index|row|row_number|age|*_before|*_pre|"
                                             "pre_*|year|month|week|weekday|hour|timestamp|*_at"))
            continue;
        give_role(x, MKT_ROLE_METRIC, i);
        return;
    }
}

/* Of a table of a row a variant with its number of units: a rate tells how many did it. */
static void take_a_rate(struct exam *x)
{
    if (mkt_recognise_exam_has(x, MKT_ROLE_METRIC) ||
        !mkt_recognise_exam_is_called(x, MKT_ROLE_VARIANT, MKT_ROLES_VARIANT) ||
        !mkt_recognise_exam_has(x, MKT_ROLE_UNIT) ||
        mkt_recognise_exam_is_called(x, MKT_ROLE_UNIT, MKT_ROLES_UNIT))
        return;
    for (size_t i = 0; i < x->r->columns; i++) {
        const struct mkt_column *c = &x->r->column[i];
        if (x->taken[i] || !mkt_recognise_exam_looks(c, MKT_FORM_NUMBER) ||
            !mkt_naming_match(c->naming.text, MKT_ROLES_RATE))
            continue;
        give_role(x, MKT_ROLE_METRIC, i);
        return;
    }
}

/* Conditions of a kind beyond its needed roles. */
static bool fits(struct exam *x)
{
    switch (x->kind) {
    case MKT_KIND_PERFORMANCE:
        if (!mkt_recognise_exam_has(x, MKT_ROLE_CAMPAIGN) && is_unused_id(x) &&
            words_have(x, "campaign"))
            for (size_t i = 0; i < x->r->columns; i++)
                if (strcmp(x->r->column[i].naming.text, "id") == 0 && !x->taken[i])
                    give_role(x, MKT_ROLE_CAMPAIGN, i);
        if ((is_user_table(x) || mkt_recognise_exam_is_sale(x)) &&
            !mkt_recognise_exam_has(x, MKT_ROLE_IMPRESSIONS) &&
            !mkt_recognise_exam_has(x, MKT_ROLE_CLICKS))
            return false;
        return mkt_recognise_exam_has(x, MKT_ROLE_CAMPAIGN) ||
               mkt_recognise_exam_has(x, MKT_ROLE_CHANNEL) || x->r->platform ||
               mkt_recognise_exam_has(x, MKT_ROLE_IMPRESSIONS) ||
               mkt_recognise_exam_has(x, MKT_ROLE_CLICKS);
    case MKT_KIND_NAMES:
        return words_have(x, "campaign") || words_have(x, "campaigns") || words_have(x, "ad") ||
               words_have(x, "ad_set") || words_have(x, "adset") || words_have(x, "ad_group") ||
               words_have(x, "adgroup") || words_have(x, "line_item") ||
               words_have(x, "creative") || words_have(x, "ads");
    case MKT_KIND_LEADS:
        return !mkt_recognise_exam_has(x, MKT_ROLE_LEAD) || words_have(x, "lead") ||
               words_have(x, "leads") || words_have(x, "deal") || words_have(x, "deals") ||
               words_have(x, "opportunity") || words_have(x, "opportunities") ||
               strcmp(x->r->column[x->is.column[MKT_ROLE_LEAD][0]].naming.text, "id") != 0;
    case MKT_KIND_PATHS:
        return !mkt_recognise_exam_has(x, MKT_ROLE_PATH) || is_path(x);
    case MKT_KIND_TOUCHPOINTS:
        drop_stray_medium(x);
        /* customers and orders have users, days and channels, too */
        return !mkt_recognise_exam_has_order(x) &&
               (mkt_recognise_exam_has(x, MKT_ROLE_CONVERSIONS) ||
                mkt_recognise_exam_has(x, MKT_ROLE_EVENT) ||
                (mkt_recognise_exam_has(x, MKT_ROLE_SPEND) && !mkt_recognise_exam_is_sale(x)) ||
                words_have(x, "touchpoints") || words_have(x, "touches") ||
                words_have(x, "journeys"));
    case MKT_KIND_EVENTS:
        return !mkt_recognise_exam_has_order(x);
    case MKT_KIND_EXPERIMENT:
        take_any_metric(x);
        take_a_rate(x);
        return true;
    case MKT_KIND_CUSTOMERS:
        return mkt_recognise_exam_has(x, MKT_ROLE_ATTRIBUTE) ||
               mkt_recognise_exam_has(x, MKT_ROLE_CHANNEL) ||
               mkt_recognise_exam_has(x, MKT_ROLE_STARTED) ||
               mkt_recognise_exam_has(x, MKT_ROLE_SEGMENT);
    case MKT_KIND_SERIES:
        return !is_user_table(x);
    default:
        return true;
    }
}

static void clear(struct exam *x)
{
    memset(&x->is, 0, sizeof x->is);
    memset(x->open, 0, sizeof x->open);
    memset(x->taken, 0, x->r->columns * sizeof *x->taken);
    for (size_t i = 0; i < x->choices; i++)
        if (x->choice[i].role >= 0 && x->choice[i].column != MKT_NO_COLUMN)
            give_role(x, (mkt_role)x->choice[i].role, x->choice[i].column);
}

mkt_status mkt_recognise_exam_try(struct exam *x, mkt_kind kind, bool *fitting)
{
    x->kind = kind;
    clear(x);
    for (size_t i = 0; i < mkt_role_rule_count; i++)
        if (mkt_role_rules[i].kind == kind) MKT_TRY(fill_role(x, &mkt_role_rules[i]));
    if (kind == MKT_KIND_PERFORMANCE) drop_stray_end(x);
    *fitting = fits(x) || x->forced;
    for (size_t i = 0; i < mkt_role_rule_count; i++) {
        const struct mkt_role_rule *rule = &mkt_role_rules[i];
        if (rule->kind == kind && rule->needed && !mkt_recognise_exam_has(x, rule->role))
            *fitting = false;
    }
    return MKT_OK;
}

/* "it has date (Day), spend (Cost) and campaign (Campaign)" */
static mkt_status say_why(struct exam *x)
{
    struct mkt_buf buf;
    mkt_buf_init(&buf, x->arena);
    mkt_buf_str(&buf, "it has ");
    int said = 0;
    for (size_t i = 0; i < mkt_role_rule_count; i++) {
        const struct mkt_role_rule *rule = &mkt_role_rules[i];
        bool telling =
            rule->needed || (x->kind == MKT_KIND_PERFORMANCE &&
                             (rule->role == MKT_ROLE_CAMPAIGN || rule->role == MKT_ROLE_CHANNEL));
        if (rule->kind != x->kind || !telling || !mkt_recognise_exam_has(x, rule->role)) continue;
        mkt_buf_printf(&buf, "%s%s (%s)", said++ ? ", " : "", mkt_role_name(rule->role),
                       x->r->column[x->is.column[rule->role][0]].name);
    }
    x->is.why = buf.data;
    return mkt_buf_check(&buf, x->err);
}

static mkt_status describe_columns(struct exam *x)
{
    struct mkt_relation *r = x->r;
    for (size_t i = 0; i < r->columns; i++) {
        struct mkt_column *c = &r->column[i];
        c->role = -1;
        c->how = x->kind == MKT_KIND_PERFORMANCE && mkt_role_is_rate(&c->naming)
                     ? "a rate, recomputed"
                     : NULL;
    }
    for (int role = 0; role < MKT_ROLES; role++)
        for (size_t k = 0; k < r->is.parts[role]; k++) {
            struct mkt_column *c = &r->column[r->is.column[role][k]];
            c->role = role;
            c->how = NULL;
            if (r->is.parts[role] > 1) c->how = "one of several parts, added up";
            if (c->naming.micros && role <= MKT_ROLE_NEW_CUSTOMERS)
                c->how = c->how ? "micros; one of several parts, added up" : "micros";
        }
    return MKT_OK;
}

static mkt_status settle_mark(struct exam *x)
{
    struct mkt_column *c = &x->r->column[x->is.column[MKT_ROLE_PATH][0]];
    c->mark = MKT_PATH_MARKS_PLAIN;
    bool parted =
        has_mark(c, MKT_PATH_MARKS_SURE, &c->mark) || has_mark(c, MKT_PATH_MARKS, &c->mark);
    if (!parted) c->how = "one channel a path: nothing parts them";
    if (c->mark == MKT_PATH_MARKS_PLAIN) return MKT_OK;
    c->how = mkt_arena_printf(x->arena, "channels parted by %s", mkt_path_marks[c->mark]);
    return c->how ? MKT_OK : mkt_arena_full(x->arena, x->err);
}

static mkt_status settle(struct exam *x)
{
    x->is.kind = x->kind;
    for (int role = 0; x->kind == MKT_KIND_PERFORMANCE && role < MKT_ROLES; role++)
        if (x->open[role].count > 1) return ask(x, (mkt_role)role, &x->open[role]);
    MKT_TRY(say_why(x));
    x->r->is = x->is;
    MKT_TRY(describe_columns(x));
    return x->kind == MKT_KIND_PATHS ? settle_mark(x) : MKT_OK;
}

/* Of a table of no kind: what a performance table would have needed. */
static mkt_status say_what_is_missing(struct exam *x)
{
    bool fitting;
    MKT_TRY(mkt_recognise_exam_try(x, MKT_KIND_PERFORMANCE, &fitting));
    const char *date = mkt_recognise_exam_has(x, MKT_ROLE_DATE) ? NULL : "a date",
               *spend = mkt_recognise_exam_has(x, MKT_ROLE_SPEND) ? NULL : "spend";
    const char *why =
        mkt_arena_printf(x->arena, "no known kind of table: as a performance table it lacks %s%s%s",
                         date    ? date
                         : spend ? ""
                                 : "a channel or campaign",
                         date && spend ? " and " : "", spend ? spend : "");
    if (!why) return mkt_arena_full(x->arena, x->err);
    x->kind = MKT_KIND_NONE;
    memset(&x->r->is, 0, sizeof x->r->is);
    x->r->is.why = why;
    return describe_columns(x);
}

mkt_status mkt_recognise(struct mkt_arena *arena, struct mkt_relation *relation,
                         const struct mkt_recognise_choice *choice, size_t choices,
                         struct mkt_err *err)
{
    static const mkt_kind order[] = {
        MKT_KIND_PERFORMANCE, MKT_KIND_ACTIONS,  MKT_KIND_NAMES,       MKT_KIND_PATHS,
        MKT_KIND_EXPERIMENT,  MKT_KIND_LEADS,    MKT_KIND_TOUCHPOINTS, MKT_KIND_EVENTS,
        MKT_KIND_SURVEY,      MKT_KIND_MENTIONS, MKT_KIND_MARKET,      MKT_KIND_TRANSACTIONS,
        MKT_KIND_CUSTOMERS,   MKT_KIND_SERIES,
    };
    struct exam x = {.arena = arena,
                     .r = relation,
                     .choice = choice,
                     .choices = choices,
                     .taken = MKT_NEW(arena, bool, relation->columns + 1),
                     .err = err};
    if (!x.taken) return mkt_arena_full(arena, err);
    bool fitting;
    relation->choice = choice;
    relation->choices = choices;
    x.no_sample = true;
    for (size_t i = 0; i < relation->columns; i++)
        if (relation->column[i].filled || relation->column[i].type != MKT_TYPE_TEXT)
            x.no_sample = false;
    for (size_t i = 0; i < choices; i++) {
        if (choice[i].role >= 0) continue;
        if (choice[i].kind == MKT_KIND_NONE) {
            memset(&relation->is, 0, sizeof relation->is);
            relation->is.why = "left out by --map";
            return describe_columns(&x);
        }
        x.forced = true;
        MKT_TRY(mkt_recognise_exam_try(&x, choice[i].kind, &fitting));
        if (fitting) return settle(&x);
        x.forced = false;
        return say_what_is_missing(&x);
    }
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        MKT_TRY(mkt_recognise_exam_try(&x, order[k], &fitting));
        if (fitting) return settle(&x);
    }
    return say_what_is_missing(&x);
}
