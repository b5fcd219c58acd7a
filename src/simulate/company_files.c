#include "simulate/company_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "simulate/cells.h"
#include "simulate/orders.h"
#include "simulate/people.h"
#include "simulate/trial.h"
#include "simulate/truth_json.h"
#include "simulate/visits.h"
#include "simulate/withheld.h"

#define MEMORY ((size_t)1 << 30) /* reserved, not used: see mkt_arena_open */

enum { PERFORMANCE, TOUCHPOINTS, ORDERS, CUSTOMERS, EXPERIMENT, EVENTS, README, TRUTH, FILES };

static const char *const file_name[FILES] = {"performance.csv", "touchpoints.csv", "orders.csv",
                                             "customers.csv",   "experiment.csv",  "events.csv",
                                             "README.md",       "truth.json"};

/* Everything that is open while a company is written. */
struct writing {
    struct mkt_arena arena;
    struct mkt_company *company;
    struct mkt_sink sink[FILES];
    struct mkt_people people;
    struct mkt_journeys journeys;
    struct mkt_orders orders;
    struct mkt_visits visits;
    struct mkt_cells *cells;
    int day;
    mkt_company_files_progress *progress;
    void *user;
};

/* True if the folder holds the truth of an earlier simulation. */
static bool is_simulation(int dir)
{
    char start[sizeof MKT_TRUTH_JSON_MARK - 1];
    int fd = openat(dir, file_name[TRUTH], O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return false;
    ssize_t n = read(fd, start, sizeof start);
    close(fd);
    return n == (ssize_t)sizeof start && memcmp(start, MKT_TRUTH_JSON_MARK, sizeof start) == 0;
}

/* Left by a run that was killed. */
static bool is_partial(const char *name)
{
    for (int f = 0; f < FILES; f++) {
        size_t n = strlen(file_name[f]);
        if (strncmp(name, file_name[f], n) == 0 && strcmp(name + n, ".partial") == 0) return true;
    }
    return false;
}

/* Refuses a folder that holds anything but an earlier simulation. */
static mkt_status check_folder(const char *path, struct mkt_err *err)
{
    DIR *dir = opendir(path);
    if (!dir && errno == ENOTDIR)
        return mkt_err_set(err, MKT_E_CONFLICT,
                           "%s is a file: name a new or an empty folder for the simulation", path);
    if (!dir) return mkt_sink_fault("open the folder", path, errno, err);

    mkt_status status = MKT_OK;
    const struct dirent *entry;
    bool ours = is_simulation(dirfd(dir));
    while (!ours && status == MKT_OK && (entry = readdir(dir))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (is_partial(entry->d_name)) continue;
        status = mkt_err_set(err, MKT_E_CONFLICT,
                             "%s holds \"%.80s\" and no earlier simulation: name a new or an empty "
                             "folder",
                             path, entry->d_name);
    }
    closedir(dir);
    return status;
}

static mkt_status prepare_folder(const char *path, bool *made, struct mkt_err *err)
{
    *made = false;
    if (!path || !*path)
        return mkt_err_set(err, MKT_E_ARG, "the folder to write the simulation to is missing");
    if (mkdir(path, 0777) == 0) {
        *made = true;
        return MKT_OK;
    }
    if (errno == EEXIST) return check_folder(path, err);
    return mkt_sink_fault("make the folder", path, errno, err);
}

static mkt_status open_sinks(struct writing *w, const char *dir, struct mkt_err *err)
{
    for (int f = 0; f < FILES; f++) {
        const char *path = mkt_arena_printf(&w->arena, "%s/%s", dir, file_name[f]);
        if (!path) return mkt_arena_full(&w->arena, err);
        MKT_TRY(mkt_sink_open(&w->sink[f], &w->arena, path, err));
    }
    return MKT_OK;
}

static void write_order(void *user, const struct mkt_company_order *order)
{
    struct writing *w = user;
    struct mkt_journey journey;
    mkt_journeys_draw(&w->journeys, w->day, order->claims, &journey);
    const char *channel =
        mkt_journeys_channel(&w->journeys, journey.touch[journey.touches - 1].channel);

    int64_t customer = order->new_customer
                           ? mkt_people_join(&w->people, order->segment,
                                             w->company->period.first + w->day, channel)
                           : mkt_people_return(&w->people, order->segment);
    char id[MKT_PEOPLE_ID];
    bool measured = mkt_people_consents(&w->people, customer);
    unsigned withheld = measured ? mkt_withheld_from(w->company, mkt_people_id(customer, id)) : 0;
    bool made = order->cause < 0 || !(withheld >> order->cause & 1U);
    struct mkt_company_order kept = *order;
    kept.claims &= ~withheld;
    int came = journey.touch[journey.touches - 1].channel;
    if (came >= 0 && (withheld >> came & 1U))
        channel = mkt_journeys_channel(&w->journeys, MKT_JOURNEYS_DIRECT);
    if (made) {
        mkt_orders_write(&w->orders, w->day, &kept, customer, channel);
        mkt_cells_order(w->cells, w->day, &kept);
    }
    if (measured)
        mkt_journeys_write(&w->journeys, &journey, mkt_people_id(customer, id), withheld,
                           made ? order->cents : -1);
    if (measured && made) mkt_visits_order(&w->visits, w->day, id, order->cents);
}

static mkt_status write_days(struct writing *w, struct mkt_err *err)
{
    const struct mkt_company *c = w->company;
    for (w->day = 0; w->day < c->days; w->day++) {
        mkt_orders_refund(&w->orders, w->day);
        mkt_company_orders(c, w->day, write_order, w);
        mkt_journeys_visitors(&w->journeys, w->day);
        mkt_cells_write(w->cells, w->day);
        MKT_TRY(mkt_orders_check(&w->orders, err));
        for (int f = 0; f < FILES; f++) /* a full disk need not wait for the end */
            if (w->sink[f].error) return mkt_sink_close(&w->sink[f], err);
        if (w->progress && (w->day % 7 == 0 || w->day == c->days - 1))
            w->progress(w->user, "writing", (double)(w->day + 1) / c->days);
    }
    return MKT_OK;
}

static void write_readme(struct mkt_sink *sink, const struct mkt_company_options *o)
{
    char start[MKT_DATE_TEXT], scale[MKT_TEXT_NUMBER], share[MKT_TEXT_NUMBER];
    mkt_text_number(o->scale, scale);
    mkt_text_number(o->holdout, share);
    mkt_sink_text(sink, "# A simulated company\n\n"
                        "Nobody's data: every row was drawn at random from a known truth, which "
                        "is in `truth.json`. Made by\n\n");
    mkt_sink_printf(sink,
                    "    marketing-agent simulate --out DIR --seed %llu --months %d --scale %s "
                    "--start %s%s%s\n\n",
                    (unsigned long long)o->seed, o->months, scale, mkt_date_text(o->start, start),
                    o->holdout > 0 ? " --holdout " : "", o->holdout > 0 ? share : "");
    mkt_sink_printf(sink,
                    "The same command gives the same bytes. Amounts are in %s.\n\n"
                    "| file | a row is |\n|---|---|\n",
                    o->currency);
    mkt_sink_text(
        sink,
        "| performance.csv | one day of a channel, campaign and age group, as the advertising "
        "platform reports it |\n"
        "| touchpoints.csv | one ad seen or clicked by a person who agreed to be measured; the "
        "last one before an order carries the order's value |\n"
        "| orders.csv | one order, or a refund (negative) with the number of its order |\n"
        "| customers.csv | one customer |\n"
        "| experiment.csv | one visitor of a test of two checkouts in the last four weeks |\n"
        "| events.csv | one step of a visit to the site in the last 60 days; purchases are the "
        "orders of people who agreed to be measured |\n\n"
        "Platforms claim orders that would have come anyway, and several may claim the same one. "
        "So the conversions of performance.csv add up to more than the marketing caused, and the "
        "return "
        "that a platform reports differs from the true one. Both are in `truth.json`.\n\n"
        "A person who bought has the same number in touchpoints.csv, orders.csv and "
        "customers.csv, and in events.csv; a `V` or `W` number never bought. A platform's revenue "
        "is the value of the "
        "orders it claims, before refunds.\n");
    if (o->holdout > 0)
        mkt_sink_text(sink,
                      "\nEach channel's ads are withheld at random from a share of the people who "
                      "agreed to be measured, for good. What would have been a touch of theirs "
                      "stands in touchpoints.csv as the event `holdout`; an order that the channel "
                      "would have caused is not made. `truth.json` tells what a channel causes "
                      "where nothing is withheld.\n");
}

static mkt_status write_truth(struct writing *w, struct mkt_err *err)
{
    struct mkt_truth_json_rows rows = {
        .performance = w->sink[PERFORMANCE].lines - 1,
        .touchpoints = w->sink[TOUCHPOINTS].lines - 1,
        .orders = w->orders.orders,
        .refunds = w->orders.refunds,
        .customers = w->sink[CUSTOMERS].lines - 1,
        .experiment = w->sink[EXPERIMENT].lines - 1,
        .events = w->sink[EVENTS].lines - 1,
    };
    struct mkt_buf truth;
    mkt_buf_init(&truth, &w->arena);
    MKT_TRY(mkt_truth_json_write(&truth, w->company, w->cells, &rows, err));
    mkt_sink_add(&w->sink[TRUTH], truth.data, truth.length);
    return MKT_OK;
}

static mkt_status write_all(struct writing *w, const char *dir,
                            const struct mkt_company_options *options, struct mkt_err *err)
{
    if (w->progress) w->progress(w->user, "drawing the company", 0);
    MKT_TRY(mkt_company_make(&w->arena, options, &w->company, err));
    w->cells = MKT_NEW(&w->arena, struct mkt_cells, 1);
    if (!w->cells) return mkt_arena_full(&w->arena, err);
    MKT_TRY(open_sinks(w, dir, err));

    mkt_people_init(&w->people, w->company, &w->sink[CUSTOMERS]);
    MKT_TRY(mkt_journeys_init(&w->journeys, &w->arena, w->company, &w->sink[TOUCHPOINTS], err));
    mkt_orders_init(&w->orders, &w->arena, w->company, &w->sink[ORDERS]);
    mkt_visits_init(&w->visits, w->company, &w->sink[EVENTS]);
    mkt_cells_init(w->cells, w->company, &w->journeys, &w->sink[PERFORMANCE]);
    MKT_TRY(write_days(w, err));
    mkt_trial_write(w->company, &w->sink[EXPERIMENT]);
    write_readme(&w->sink[README], options);
    MKT_TRY(write_truth(w, err));

    for (int f = 0; f < FILES; f++) MKT_TRY(mkt_sink_close(&w->sink[f], err));
    for (int f = 0; f < FILES; f++) MKT_TRY(mkt_sink_publish(&w->sink[f], err));
    return MKT_OK;
}

mkt_status mkt_company_files_write(const char *dir, const struct mkt_company_options *options,
                                   mkt_company_files_progress *progress, void *user,
                                   struct mkt_err *err)
{
    MKT_TRY(mkt_company_options_check(options, err));
    if (options->days)
        return mkt_err_set(err, MKT_E_ARG, "a folder holds whole months: days must be 0, not %d",
                           options->days);
    bool made;
    MKT_TRY(prepare_folder(dir, &made, err));

    struct writing w = {.progress = progress, .user = user};
    mkt_status status = mkt_arena_open(&w.arena, MEMORY, err);
    if (status == MKT_OK) {
        status = write_all(&w, dir, options, err);
        for (int f = 0; f < FILES; f++) mkt_sink_drop(&w.sink[f]);
        mkt_arena_close(&w.arena);
    }
    if (status != MKT_OK && made) rmdir(dir);
    return status;
}
