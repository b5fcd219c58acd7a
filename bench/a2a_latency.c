/* A2A beside REST: the same analysis of a data set of 10,000 rows by both, in turn, in one run.
 *
 * One connection a request, one request at a time, so what is compared is the work between the two
 * ends. An answer that is computed has a seed of its own; one from the cache has not. Milliseconds.
 */
#include <signal.h>
#include <time.h>

#include "base/date.h"
#include "base/log.h"
#include "engine/temp_folder.h"
#include "server/client.h"
#include "server/server.h"

#define ROWS 10000
#define RUNS 200

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static char *make_table(void)
{
    char *text = NULL, date[MKT_DATE_TEXT];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    fputs("date,channel,campaign,spend,clicks,conversions,revenue\n", out);
    for (int i = 0; i < ROWS; i++) {
        int wave = i * 7919 % 101;
        mkt_date_text(mkt_date_days(2024, 1, 1) + i / 20, date);
        fprintf(out, "%s,channel %d,campaign %d,%d.50,%d,%d,%d.25\n", date, i % 5, i % 20,
                100 + wave, 300 + wave, 20 + wave % 9, 700 + 9 * wave);
    }
    fclose(out);
    return text;
}

/* One request; its time, or -1 when the answer is not what it should be. */
static double ask(int port, const char *method, const char *path, const char *headers,
                  const char *body, const char *wanted)
{
    double began = now_ms();
    struct reply r = client_ask_with(port, method, path, headers, body, body ? strlen(body) : 0);
    double took = now_ms() - began;
    bool good = r.status == 200 && r.body && strstr(r.body, wanted);
    reply_free(&r);
    return good ? took : -1;
}

static double by_rest(int port, int seed)
{
    char body[200];
    snprintf(body, sizeof body, "{\"dataset\":\"shop\",\"parameters\":{\"seed\":%d}}", seed);
    return ask(port, "POST", "/api/v1/analyses/roi", "Content-Type: application/json\r\n", body,
               "\"facts\"");
}

static double by_a2a(int port, int seed)
{
    char body[400];
    snprintf(
        body, sizeof body,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"SendMessage\",\"params\":{\"message\":{"
        "\"messageId\":\"m\",\"role\":\"ROLE_USER\",\"parts\":[{\"data\":{\"analysis\":\"roi\","
        "\"dataset\":\"shop\",\"parameters\":{\"seed\":%d}}}]},\"configuration\":{"
        "\"acceptedOutputModes\":[\"application/json\"]}}}",
        seed);
    return ask(port, "POST", "/a2a", "Content-Type: application/json\r\nA2A-Version: 1.0\r\n", body,
               "TASK_STATE_COMPLETED");
}

static double by_card(int port, int seed)
{
    (void)seed;
    return ask(port, "GET", "/.well-known/agent-card.json", "A2A-Version: 1.0\r\n", NULL,
               "\"signatures\"");
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void tell(const char *what, double *ms, double *half)
{
    qsort(ms, RUNS, sizeof *ms, by_size);
    *half = ms[RUNS / 2];
    printf("  %-34s median %7.3f   p99 %7.3f\n", what, ms[RUNS / 2], ms[RUNS * 99 / 100]);
}

/* False when an answer was not what it should be. */
static bool measure(int port)
{
    static double ms[5][RUNS];
    double half[5];
    bool good = by_rest(port, 1) > 0 && by_a2a(port, 2) > 0;
    for (int i = 0; i < RUNS && good; i++) {
        ms[0][i] = by_card(port, 0);
        ms[1][i] = by_rest(port, 1000 + 2 * i);
        ms[2][i] = by_a2a(port, 1001 + 2 * i);
        ms[3][i] = by_rest(port, 1);
        ms[4][i] = by_a2a(port, 2);
        for (int k = 0; k < 5; k++) good = good && ms[k][i] > 0;
    }
    if (!good) return false;
    printf("roi of %d rows, %d times each, ms:\n", ROWS, RUNS);
    tell("the card", ms[0], &half[0]);
    tell("computed, REST", ms[1], &half[1]);
    tell("computed, A2A SendMessage", ms[2], &half[2]);
    tell("from the cache, REST", ms[3], &half[3]);
    tell("from the cache, A2A SendMessage", ms[4], &half[4]);
    printf("  A2A over REST, medians: computed %.2f, from the cache %.2f\n", half[2] / half[1],
           half[4] / half[3]);
    return true;
}

static mkt_status run(struct temp_folder *folder, bool *good, struct mkt_err *err)
{
    struct mkt_settings settings;
    struct mkt_server *server;
    char *table = make_table();
    if (!table) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the table");
    MKT_TRY(mkt_settings_read(&settings, NULL, NULL, err));
    settings.port = 0;
    settings.attestation_port = -1;
    settings.hub = "";
    settings.data_dir = settings.model_dir = folder->path;
    struct mkt_server_options options = {.settings = &settings};
    MKT_TRY(mkt_server_start(&options, &server, err));
    struct reply put = client_ask_with(mkt_server_port(server), "PUT", "/api/v1/datasets/shop",
                                       "Content-Type: text/csv\r\n", table, strlen(table));
    *good = put.status == 201 && measure(mkt_server_port(server));
    reply_free(&put);
    free(table);
    mkt_server_stop(server, 5000);
    return MKT_OK;
}

int main(void)
{
    struct temp_folder folder;
    struct mkt_err err = {0};
    bool good = false;
    signal(SIGPIPE, SIG_IGN);
    mkt_log_set_level(MKT_LOG_OFF);
    if (temp_folder_open(&folder) != 0) return 1;
    mkt_status status = run(&folder, &good, &err);
    temp_folder_close(&folder);
    if (status == MKT_OK && good) return 0;
    fprintf(stderr, "a2a_latency: %s\n", status == MKT_OK ? "an answer was wrong" : err.text);
    return 1;
}
