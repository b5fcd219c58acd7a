/* A thousand streams at once that wait for something to come: the memory of one.
 *
 *     mcp     calls of MCP, each a stream that waits for its own answer
 *     a2a     tasks of A2A, each followed by whoever made it
 *     answer  answers asked for as Server-Sent Events, each with a job of its own
 *     events  readers of the events of one job
 *
 * The service and its clients are one process; what the clients hold is two descriptors in a table
 * and nothing else, so what the process grows by is the service's. Each kind has a process of its
 * own: what one leaves behind is no other's. The promise: under 64 KiB each.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "base/log.h"
#include "engine/temp_folder.h"
#include "server/client.h"
#include "server/server.h"

#define STREAMS 1000
#define TABLE "date,channel,spend,revenue\n2025-01-01,search,10,40\n2025-01-02,search,11,44\n"
#define CALL                                                                                       \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"hold\","       \
    "\"arguments\":{\"data\":\"shop\"},\"_meta\":{\"progressToken\":1}}}"
#define TASK                                                                                       \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"SendStreamingMessage\",\"params\":{\"message\":{"  \
    "\"messageId\":\"m\",\"role\":\"ROLE_USER\",\"parts\":[{\"data\":{\"analysis\":\"hold\","      \
    "\"dataset\":\"shop\"}}]}}}"
#define QUESTION "{\"dataset\":\"shop\"}"

static atomic_bool released;
static char job[64]; /* whose events are read */

static void pause_ms(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static mkt_status hold_run(const struct mkt_run *run, struct mkt_sheet *sheet, struct mkt_err *err)
{
    (void)err;
    while (!atomic_load(&released) && !mkt_run_cancelled(run)) pause_ms(2);
    sheet->analysis = sheet->analysis_type = sheet->title = "hold";
    sheet->status = MKT_ANSWER_INSUFFICIENT;
    return MKT_OK;
}

static const struct mkt_analysis table[] = {{.name = "hold",
                                             .type = "hold",
                                             .area = "a",
                                             .question = "q",
                                             .summary = "s",
                                             .needs = "n",
                                             .run = hold_run}};

static long resident_kb(void)
{
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return 0;
    if (fscanf(f, "%ld %ld", &pages, &resident) != 2) resident = 0;
    fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* ---- the kinds ---- */

static void say_mcp(int fd)
{
    client_say(fd,
               "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Accept: application/json, text/event-stream\r\nContent-Length: %zu\r\n\r\n%s",
               strlen(CALL), CALL);
}

static void say_a2a(int fd)
{
    client_say(fd,
               "POST /a2a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "A2A-Version: 1.0\r\nContent-Length: %zu\r\n\r\n%s",
               strlen(TASK), TASK);
}

static void say_answer(int fd)
{
    client_say(fd,
               "POST /api/v1/analyses/hold HTTP/1.1\r\nHost: localhost\r\n"
               "Content-Type: application/json\r\nAccept: text/event-stream\r\n"
               "Content-Length: %zu\r\n\r\n%s",
               strlen(QUESTION), QUESTION);
}

static void say_events(int fd)
{
    client_say(fd, "GET %s/events HTTP/1.1\r\nHost: localhost\r\n\r\n", job);
}

static const struct kind {
    const char *name, *what;
    void (*say)(int fd);
} kinds[] = {{"mcp", "calls of MCP", say_mcp},
             {"a2a", "tasks of A2A", say_a2a},
             {"answer", "answers as events", say_answer},
             {"events", "readers of a job's events", say_events}};

/* ---- the measure ---- */

static int open_stream(int port, const struct kind *kind)
{
    int fd = client_connect(port);
    if (fd >= 0) kind->say(fd);
    return fd;
}

/* The header has come: the stream is open. */
static bool is_open(int fd)
{
    char text[32];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 20000) == 1 && recv(fd, text, sizeof text, MSG_PEEK) > 12 &&
           strncmp(text, "HTTP/1.1 200", 12) == 0;
}

/* KiB of the process before and with the streams; false when not all of them opened. */
static bool measure(int port, const struct kind *kind, long *before, long *with)
{
    static int fd[STREAMS];
    bool all = true;
    for (int warm = 0; warm < 2; warm++) { /* what is made once is not a stream's */
        int first = open_stream(port, kind);
        all = all && is_open(first);
        close(first);
    }
    pause_ms(500);
    *before = resident_kb();
    for (int i = 0; i < STREAMS; i++) fd[i] = open_stream(port, kind);
    for (int i = 0; i < STREAMS; i++) all = all && is_open(fd[i]);
    pause_ms(500);
    *with = resident_kb();
    atomic_store(&released, true);
    for (int i = 0; i < STREAMS; i++) close(fd[i]);
    return all;
}

/* The data set, and the job that readers of events read. */
static bool prepare(int port)
{
    char location[256];
    struct reply put = client_ask_with(port, "PUT", "/api/v1/datasets/shop",
                                       "Content-Type: text/csv\r\n", TABLE, strlen(TABLE));
    struct reply ask = client_ask_with(
        port, "POST", "/api/v1/analyses/hold",
        "Content-Type: application/json\r\nPrefer: respond-async\r\n", QUESTION, strlen(QUESTION));
    bool done = put.status == 201 && ask.status == 202;
    snprintf(job, sizeof job, "%.63s", reply_header(&ask, "Location", location));
    reply_free(&put);
    reply_free(&ask);
    return done;
}

static mkt_status run(const struct kind *kind, struct temp_folder *folder, bool *all, long *before,
                      long *with, struct mkt_err *err)
{
    struct mkt_settings settings;
    struct mkt_server *server;
    MKT_TRY(mkt_settings_read(&settings, NULL, NULL, err));
    settings.port = 0;
    settings.attestation_port = -1;
    settings.hub = "";
    settings.data_dir = settings.model_dir = folder->path;
    settings.jobs = settings.queue = settings.connections = settings.connections_per_ip =
        2 * STREAMS;
    settings.header_kb = 16;
    struct mkt_server_options options = {.settings = &settings, .analysis = table, .analyses = 1};
    MKT_TRY(mkt_server_start(&options, &server, err));
    int port = mkt_server_port(server);
    *all = prepare(port) && measure(port, kind, before, with);
    mkt_server_stop(server, 5000);
    return MKT_OK;
}

static int run_kind(const struct kind *kind)
{
    struct temp_folder folder;
    struct mkt_err err = {0};
    long before = 0, with = 0;
    bool all = false;
    if (temp_folder_open(&folder) != 0) return 1;
    mkt_status status = run(kind, &folder, &all, &before, &with, &err);
    temp_folder_close(&folder);
    if (status != MKT_OK || !all) {
        fprintf(stderr, "streams: %s: %s\n", kind->name,
                status == MKT_OK ? "not all streams opened" : err.text);
        return 1;
    }
    printf("%d %-25s %5.1f KiB each (%ld to %ld KiB resident)\n", STREAMS, kind->what,
           (double)(with - before) / STREAMS, before, with);
    fflush(stdout);
    return 0;
}

int main(void)
{
    struct rlimit files;
    signal(SIGPIPE, SIG_IGN);
    mkt_log_set_level(MKT_LOG_OFF);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int code = 1;
        pid_t child = fork();
        if (child == 0) exit(run_kind(&kinds[i]));
        if (child < 0 || waitpid(child, &code, 0) != child || code != 0) return 1;
    }
    return 0;
}
