/* A hub in the test, which answers as Boardroom's does, or as badly as it is told. */
#ifndef MKT_TESTS_BOARDROOM_FAKE_HUB_H
#define MKT_TESTS_BOARDROOM_FAKE_HUB_H

#include "net/fake_server.h"

#define FAKE_HUB_ID "marketing-agent-acme"
#define FAKE_HUB_ENDPOINT "http://127.0.0.1:8082"

enum { FAKE_REGISTER, FAKE_HEARTBEAT, FAKE_DIRECTORY, FAKE_FULL, FAKE_CALLS };

/* Writes what it likes in place of the hub's answer. */
typedef void fake_hub_fault(int fd);

struct fake_hub {
    struct fake_server server;
    _Atomic(fake_hub_fault *) fault[FAKE_CALLS]; /* NULL: it answers as it should */
    atomic_int calls[FAKE_CALLS];
    atomic_bool known;             /* it knows us */
    atomic_bool hides;             /* its directory does not list us */
    atomic_bool moved;             /* its directory has us elsewhere */
    _Atomic(const char *) others;  /* rows of the directory, with a comma before each */
    _Atomic(const char *) records; /* full records */
    pthread_mutex_t lock;
    char last[FAKE_CALLS][8192]; /* requests as they came */
};

static struct fake_hub fake_hub;

static inline void fake_hub_json(int fd, int status, const char *body)
{
    fake_reply(fd, status, "application/json", body);
}

static inline void fake_hub_directory(int fd, struct fake_hub *h)
{
    const char *others = atomic_load(&h->others);
    char own[512] = "{\"agent_id\":\"nobody\"}"; /* a row that is none */
    if (atomic_load(&h->known) && !atomic_load(&h->hides))
        snprintf(own, sizeof own,
                 "{\"agent_id\":\"" FAKE_HUB_ID "\",\"agent_type\":\"marketing\","
                 "\"capabilities\":[\"marketing_analysis\"],\"endpoint\":\"%s\","
                 "\"status\":\"online\"}",
                 atomic_load(&h->moved) ? "http://elsewhere:1" : FAKE_HUB_ENDPOINT);
    fake_say(fd, "HTTP/1.1 200 x\r\nConnection: close\r\n\r\n{\"agents\":[%s%s]}", own,
             others ? others : "");
}

static inline void fake_hub_full(int fd, struct fake_hub *h)
{
    const char *records = atomic_load(&h->records);
    fake_say(fd, "HTTP/1.1 200 x\r\nConnection: close\r\n\r\n{\"agents\":[%s]}",
             records ? records : "");
}

static inline void fake_hub_answer(int fd, const struct fake_request *request, void *user)
{
    struct fake_hub *h = user;
    char client[512];
    int call = strstr(request->text, " /api/v1/agents/register ")               ? FAKE_REGISTER
               : strstr(request->text, " /api/v1/agents/heartbeat ")            ? FAKE_HEARTBEAT
               : strstr(request->text, " /api/v1/agents/directory ")            ? FAKE_DIRECTORY
               : strstr(request->text, " /api/v1/agents/directory?capability=") ? FAKE_FULL
                                                                                : -1;
    if (call < 0) {
        fake_hub_json(fd, 404, "{\"detail\":\"Not Found\"}");
        return;
    }
    pthread_mutex_lock(&h->lock);
    snprintf(h->last[call], sizeof h->last[call], "%s", request->text);
    pthread_mutex_unlock(&h->lock);
    atomic_fetch_add(&h->calls[call], 1);
    fake_hub_fault *fault = atomic_load(&h->fault[call]);
    if (fault)
        fault(fd);
    else if (!fake_header(request, "X-Client-ID", client)[0])
        fake_hub_json(fd, 400, "{\"detail\":\"X-Client-ID header required\"}");
    else if (call == FAKE_REGISTER) {
        atomic_store(&h->known, true);
        fake_hub_json(fd, 201,
                      "{\"status\":\"registered\",\"verification_status\":\"verified\","
                      "\"agent_id\":\"" FAKE_HUB_ID "\",\"measurements\":{\"mr_enclave\":\"\"}}");
    } else if (call == FAKE_HEARTBEAT && !atomic_load(&h->known))
        fake_hub_json(fd, 404, "{\"detail\":\"Agent not found\"}");
    else if (call == FAKE_HEARTBEAT)
        fake_hub_json(fd, 200, "{\"status\":\"acknowledged\"}");
    else if (call == FAKE_DIRECTORY)
        fake_hub_directory(fd, h);
    else
        fake_hub_full(fd, h);
}

static inline int fake_hub_open(void)
{
    memset(&fake_hub, 0, sizeof fake_hub);
    pthread_mutex_init(&fake_hub.lock, NULL);
    return fake_open(&fake_hub.server, fake_hub_answer, &fake_hub);
}

static inline void fake_hub_close(void)
{
    fake_close(&fake_hub.server);
    pthread_mutex_destroy(&fake_hub.lock);
}

static inline void fake_hub_last(int call, char out[8192])
{
    pthread_mutex_lock(&fake_hub.lock);
    snprintf(out, 8192, "%s", fake_hub.last[call]);
    pthread_mutex_unlock(&fake_hub.lock);
}

/* Waits until the hub was called so often; false after ten seconds. */
static inline bool fake_hub_called(int call, int times)
{
    for (int i = 0; i < 2000 && atomic_load(&fake_hub.calls[call]) < times; i++) fake_pause(5);
    return atomic_load(&fake_hub.calls[call]) >= times;
}

/* ---- faults ---- */

static inline void fault_500(int fd)
{
    fake_hub_json(fd, 500, "{\"detail\":\"name 'List' is not defined\"}");
}

static inline void fault_refuses(int fd)
{
    fake_hub_json(fd, 400, "{\"detail\":\"Missing attestation data\"}");
}

static inline void fault_redirects(int fd)
{
    fake_say(fd,
             "HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:%d/api/v1/agents/register\r\n"
             "Content-Length: 0\r\n\r\n",
             fake_hub.server.port);
}

static inline void fault_drops(int fd)
{
    (void)fd;
}

static inline void fault_hangs(int fd)
{
    (void)fd;
    for (int i = 0; i < 400 && !atomic_load(&fake_hub.server.closing); i++) fake_pause(5);
}

static inline void fault_trickles(int fd)
{
    fake_say(fd, "HTTP/1.1 200 x\r\nContent-Length: 1000000\r\n\r\n");
    for (int i = 0; i < 400 && fake_say(fd, " ") && !atomic_load(&fake_hub.server.closing); i++)
        fake_pause(5);
}

static inline void fault_floods(int fd)
{
    static char block[1 << 16];
    fake_say(fd, "HTTP/1.1 200 x\r\nContent-Type: application/json\r\n\r\n[");
    for (int i = 0; i < 1 << 15 && fake_send(fd, block, sizeof block); i++) { /* 2 GB */
    }
}

static inline void fault_not_json(int fd)
{
    fake_reply(fd, 200, "text/html", "<html>It works!</html>");
}

static inline void fault_list(int fd)
{
    fake_hub_json(fd, 200, "[\"registered\", \"acknowledged\"]");
}

static inline void fault_another(int fd)
{
    fake_hub_json(fd, 201,
                  "{\"status\":\"registered\",\"verification_status\":\"verified\","
                  "\"agent_id\":\"finance-agent-acme\"}");
}

static inline void fault_unverified(int fd)
{
    fake_hub_json(fd, 201,
                  "{\"status\":\"registered\",\"verification_status\":\"pending\","
                  "\"agent_id\":\"" FAKE_HUB_ID "\"}");
}

static inline void fault_wrong_types(int fd)
{
    fake_hub_json(fd, 200,
                  "{\"status\":true,\"verification_status\":7,\"agent_id\":{},\"agents\":{}}");
}

static inline void fault_deep(int fd)
{
    char text[4096];
    memset(text, '[', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fake_hub_json(fd, 200, text);
}

#endif
