#include "analysis/attribution_transactions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/attribution_journeys.h"
#include "analysis/attribution_rules.h"
#include "base/buf.h"
#include "base/text.h"
#include "model/markov.h"

#define FULL ((size_t)32 << 10) /* bytes that are handed on together */
#define COLUMNS (MKT_CREDITS_RULES + 1)

/* What a channel of the conversion at hand has. */
struct part {
    uint32_t channel;
    int64_t touches;
    double share[COLUMNS];
};

struct listing {
    const struct mkt_run *run;
    const struct mkt_touchpoints_out *out; /* of all journeys: rules and names */
    struct mkt_touchpoints_user *name;     /* by hash, each once */
    size_t names;
    const double *removal; /* [channels], NULL where there is no chain */
    struct part *part;     /* [channels] those of the conversion at hand come first */
    uint32_t *place;       /* [channels] 1 + place in part, 0 for none */
    uint8_t *seen;         /* [channels] */
    double *share;         /* [room] */
    size_t room;
    struct mkt_buf buf;
    mkt_attribution_transactions_write *write;
    void *user;
};

/* ---- text ------------------------------------------------------------------------------- */

static void add_text(struct mkt_buf *out, const char *s)
{
    double number;
    bool formula = *s && strchr("=+-@\t\r", *s) && !mkt_text_to_double(s, &number);
    bool quote = strpbrk(s, ",\"\r\n") != NULL;
    if (quote) mkt_buf_char(out, '"');
    if (formula) mkt_buf_char(out, '\'');
    for (; *s; s++) {
        if (*s == '"') mkt_buf_char(out, '"');
        mkt_buf_char(out, *s);
    }
    if (quote) mkt_buf_char(out, '"');
}

static void add_number(struct mkt_buf *out, double x)
{
    char text[MKT_TEXT_NUMBER];
    mkt_buf_str(out, mkt_text_number(x, text));
}

static void add_value(struct mkt_buf *out, mkt_micro value)
{
    char text[32];
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int n = snprintf(text, sizeof text, "%s%" PRIu64 ".%06" PRIu64, value < 0 ? "-" : "",
                     size / MKT_MICRO, size % MKT_MICRO);
    while (text[n - 1] == '0') n--;
    if (text[n - 1] == '.') n--;
    mkt_buf_add(out, text, (size_t)n);
}

static void add_time(struct mkt_buf *out, int64_t time)
{
    char day[MKT_DATE_TEXT];
    int second = (int)(time % 86400);
    mkt_buf_printf(out, "%s %02d:%02d:%02d", mkt_date_text((int32_t)(time / 86400), day),
                   second / 3600, second / 60 % 60, second % 60);
}

static const char *name_of(const struct listing *l, uint64_t hash)
{
    size_t low = 0, high = l->names;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->name[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < l->names && l->name[low].hash == hash ? l->name[low].name : "";
}

/* ---- rows ------------------------------------------------------------------------------- */

static mkt_status hand_on(struct listing *l, size_t least, struct mkt_err *err)
{
    if (l->buf.length < least) return MKT_OK;
    MKT_TRY(mkt_buf_check(&l->buf, err));
    size_t n = l->buf.length;
    l->buf.length = 0;
    return l->write(l->user, l->buf.data, n, err);
}

static void begin_row(struct listing *l, const struct mkt_touchpoints_conversion *c)
{
    add_text(&l->buf, name_of(l, c->user));
    mkt_buf_char(&l->buf, ',');
    add_time(&l->buf, c->time);
    mkt_buf_char(&l->buf, ',');
    add_value(&l->buf, c->value);
    mkt_buf_char(&l->buf, ',');
}

/* The channels of a conversion, in the order they were met; how many. */
static size_t gather(struct listing *l, const struct mkt_touchpoints_conversion *c)
{
    size_t parts = 0;
    for (size_t i = 0; i < c->steps; i++) {
        uint32_t *place = &l->place[c->step[i]];
        if (!*place) {
            l->part[parts] = (struct part){.channel = c->step[i]};
            *place = (uint32_t)++parts;
        }
        l->part[*place - 1].touches++;
    }
    return parts;
}

static void share_out(struct listing *l, const struct mkt_touchpoints_conversion *c, size_t parts)
{
    const struct mkt_credits *credits = &l->out->credits;
    for (size_t r = 0; r < credits->rules; r++) {
        mkt_shares_of(&credits->rule[r], c->step, c->age, c->steps, l->seen, l->share);
        for (size_t i = 0; i < c->steps; i++)
            l->part[l->place[c->step[i]] - 1].share[r] += l->share[i];
    }
    double all = 0;
    for (size_t k = 0; l->removal && k < parts; k++) all += l->removal[l->part[k].channel];
    for (size_t k = 0; l->removal && k < parts; k++)
        l->part[k].share[credits->rules] =
            all > 0 ? l->removal[l->part[k].channel] / all : 1 / (double)parts;
}

static mkt_status make_room(struct listing *l, size_t steps, struct mkt_err *err)
{
    if (steps <= l->room) return MKT_OK;
    l->room = steps > 2 * l->room ? steps : 2 * l->room;
    l->share = MKT_NEW(l->run->arena, double, l->room);
    return l->share ? MKT_OK : mkt_arena_full(l->run->arena, err);
}

static mkt_status list_one(void *user, const struct mkt_touchpoints_conversion *c,
                           struct mkt_err *err)
{
    struct listing *l = user;
    size_t columns = l->out->credits.rules + (l->removal != NULL);
    if (mkt_run_cancelled(l->run))
        return mkt_err_set(err, MKT_E_CANCELLED, "the listing was stopped");
    MKT_TRY(make_room(l, c->steps, err));
    size_t parts = gather(l, c);
    if (parts) share_out(l, c, parts);
    for (size_t k = 0; k < parts; k++) {
        begin_row(l, c);
        add_text(&l->buf, l->out->paths.channel.name[l->part[k].channel]);
        mkt_buf_printf(&l->buf, ",%" PRId64, l->part[k].touches);
        for (size_t m = 0; m < columns; m++) {
            mkt_buf_char(&l->buf, ',');
            add_number(&l->buf, l->part[k].share[m]);
        }
        mkt_buf_char(&l->buf, '\n');
        l->place[l->part[k].channel] = 0;
    }
    if (!parts) {
        begin_row(l, c);
        mkt_buf_str(&l->buf, ",0");
        for (size_t m = 0; m < columns; m++) mkt_buf_char(&l->buf, ',');
        mkt_buf_char(&l->buf, '\n');
    }
    return hand_on(l, FULL, err);
}

/* ---- before the first row -------------------------------------------------------------- */

static int by_hash(const void *a, const void *b)
{
    const struct mkt_touchpoints_user *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return strcmp(x->name, y->name);
}

static mkt_status sort_names(struct listing *l, const struct mkt_dataset_journeys *j,
                             struct mkt_err *err)
{
    size_t all = 0;
    for (size_t i = 0; i < j->parts; i++) all += j->users[i];
    l->name = MKT_NEW(l->run->arena, struct mkt_touchpoints_user, all);
    if (!l->name) return mkt_arena_full(l->run->arena, err);
    for (size_t i = 0, at = 0; i < j->parts; at += j->users[i++])
        if (j->users[i]) memcpy(l->name + at, j->user[i], j->users[i] * sizeof *l->name);
    qsort(l->name, all, sizeof *l->name, by_hash);
    for (size_t i = 0; i < all; i++)
        if (!l->names || l->name[l->names - 1].hash != l->name[i].hash)
            l->name[l->names++] = l->name[i];
    return MKT_OK;
}

/* Removal effects of the channels, of conversions; none where there is no chain. */
static mkt_status find_removal(struct listing *l, struct mkt_err *err)
{
    struct mkt_arena *arena = l->run->arena;
    const struct mkt_credits *c = &l->out->credits;
    struct mkt_markov_room room;
    struct mkt_markov markov;
    if (!c->chain) return MKT_OK;
    double *total = MKT_NEW(arena, double, c->width);
    if (!total) return mkt_arena_full(arena, err);
    mkt_credits_total(c, total);
    MKT_TRY(mkt_markov_room_init(&room, arena, c->channels, &markov, err));
    if (mkt_markov_fit(&room, c, total, true, &markov)) l->removal = markov.removal;
    return MKT_OK;
}

static void write_heading(struct listing *l)
{
    mkt_buf_str(&l->buf, "user,time,value,channel,touches");
    for (size_t r = 0; r < l->out->credits.rules; r++)
        mkt_buf_printf(&l->buf, ",%s", l->out->credits.rule[r].name);
    if (l->removal) mkt_buf_str(&l->buf, ",markov");
    mkt_buf_char(&l->buf, '\n');
}

mkt_status mkt_attribution_transactions_make(const struct mkt_run *run,
                                             mkt_attribution_transactions_write *write, void *user,
                                             struct mkt_err *err)
{
    struct mkt_dataset_journeys j;
    struct mkt_journey_rules rules;
    struct mkt_touchpoints_out *out;
    size_t channels;
    struct listing l = {.run = run, .write = write, .user = user};
    MKT_TRY(mkt_dataset_journeys(run->dataset, &j, err));
    if (!j.parts)
        return mkt_err_set(err, MKT_E_EMPTY,
                           "single conversions are not told: paths hold sums; a table of "
                           "touchpoints with user, time, channel and conversion is needed");
    MKT_TRY(mkt_attribution_journeys_names(run, &j, false, &channels, err));
    MKT_TRY(mkt_attribution_journeys_make(run, &j, false, channels, &out, err));
    l.out = out;
    l.part = MKT_NEW(run->arena, struct part, channels);
    l.place = MKT_NEW(run->arena, uint32_t, channels);
    l.seen = MKT_NEW(run->arena, uint8_t, channels);
    if (!l.part || !l.place || !l.seen) return mkt_arena_full(run->arena, err);
    mkt_buf_init(&l.buf, run->arena);
    MKT_TRY(sort_names(&l, &j, err));
    MKT_TRY(find_removal(&l, err));
    write_heading(&l);
    mkt_attribution_rules_journey(run, &j, &rules);
    MKT_TRY(mkt_touchpoints_each(run->arena, j.part, j.parts, &rules, list_one, &l, err));
    return hand_on(&l, 1, err);
}
