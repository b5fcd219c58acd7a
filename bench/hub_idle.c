/* What it costs to be at a hub: a heartbeat, and the time between two of them.
 *
 * The hub is another process, so that what is counted is this agent's. The promise: nothing that
 * could be noticed, at the 60 seconds between two heartbeats that are the default.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/log.h"
#include "boardroom/fake_hub.h"
#include "boardroom/hub.h"

#define BEATS 200
#define IDLE_MS 5000

static double cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static long switches(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_nvcsw + u.ru_nivcsw;
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return 0;
    if (fscanf(f, "%*s %ld", &pages) != 1) pages = 0;
    fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static uint64_t beats(struct mkt_hub *hub)
{
    struct mkt_hub_view view;
    mkt_hub_view(hub, &view);
    return view.done[MKT_HUB_HEARTBEAT];
}

static mkt_status at_hub(const char *url, int64_t heartbeat_ms, struct mkt_hub **out,
                         struct mkt_err *err)
{
    static const char *const offers[] = {"marketing_analysis"};
    const struct mkt_hub_options options = {.url = url,
                                            .self = {.agent_id = FAKE_HUB_ID,
                                                     .type = "marketing",
                                                     .client = "acme",
                                                     .endpoint = FAKE_HUB_ENDPOINT,
                                                     .attestation_endpoint = FAKE_HUB_ENDPOINT,
                                                     .public_key = "",
                                                     .capability = offers,
                                                     .capabilities = 1},
                                            .heartbeat_ms = heartbeat_ms,
                                            .directory_ms = 300000,
                                            .timeout_ms = 10000,
                                            .inactive_ms = MKT_HUB_INACTIVE_MS,
                                            .retry_ms = 1000,
                                            .most_retry_ms = 60000};
    return mkt_hub_open(&options, out, err);
}

static mkt_status measure(const char *url, struct mkt_err *err)
{
    struct mkt_hub *hub;
    long before = resident_kb();
    MKT_TRY(at_hub(url, 20, &hub, err));
    while (beats(hub) < 2) fake_pause(5); /* what is made once is made */
    double cpu = cpu_us();
    uint64_t first = beats(hub);
    while (beats(hub) < first + BEATS) fake_pause(50);
    double each = (cpu_us() - cpu) / (double)(beats(hub) - first);
    mkt_hub_close(hub);
    printf("a heartbeat: %.0f us of a core, %.5f %% of one at 60 s\n", each, each / 60e6 * 100);

    MKT_TRY(at_hub(url, 60000, &hub, err));
    fake_pause(1000); /* registered, and the directory is read */
    long resident = resident_kb() - before, woken = switches();
    cpu = cpu_us();
    fake_pause(IDLE_MS);
    printf("between two: %.0f us in %d s, measuring included, woken %ld times, %ld KiB resident in "
           "all\n",
           cpu_us() - cpu, IDLE_MS / 1000, switches() - woken - 1, resident);
    mkt_hub_close(hub);
    return MKT_OK;
}

int main(void)
{
    struct mkt_err err = {0};
    int pipes[2];
    char url[64];
    signal(SIGPIPE, SIG_IGN);
    mkt_log_set_level(MKT_LOG_OFF);
    if (pipe(pipes) != 0) return 1;
    pid_t child = fork();
    if (child == 0) {
        if (fake_hub_open() != 0) _exit(1);
        bool told = write(pipes[1], fake_hub.server.url, sizeof url) == (ssize_t)sizeof url;
        while (told) pause();
        _exit(1);
    }
    bool heard = read(pipes[0], url, sizeof url) == (ssize_t)sizeof url;
    mkt_status status = heard ? measure(url, &err) : mkt_err_set(&err, MKT_E_IO, "no hub");
    if (status != MKT_OK) fprintf(stderr, "hub_idle: %s\n", err.text);
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
    return status != MKT_OK;
}
