#include "boardroom/hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "boardroom/fake_hub.h"

static const char *const offers[] = {"marketing_analysis", "roi_analysis"};
static struct mkt_hub_options options;
static struct mkt_hub *hub;
static struct mkt_hub_view view;
static struct mkt_err err;

/* What the listener heard last. */
static pthread_mutex_t heard_lock = PTHREAD_MUTEX_INITIALIZER;
static char heard[2048];
static atomic_int hearings;

static void hear(void *user, const struct mkt_hub_wire_directory *d)
{
    (void)user;
    pthread_mutex_lock(&heard_lock);
    heard[0] = '\0';
    for (size_t i = 0; i < d->agents; i++) {
        const struct mkt_hub_wire_agent *a = &d->agent[i];
        size_t n = strlen(heard);
        snprintf(heard + n, sizeof heard - n, "%s at %s key %s client %s;", a->id, a->endpoint,
                 a->public_key ? a->public_key : "-", a->client ? a->client : "-");
    }
    pthread_mutex_unlock(&heard_lock);
    atomic_fetch_add(&hearings, 1);
}

static mkt_status quote(void *user, struct mkt_arena *arena, const char **out, struct mkt_err *e)
{
    (void)arena;
    if (!user) return mkt_err_set(e, MKT_E_IO, "the machine gives no evidence");
    *out = user;
    return MKT_OK;
}

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    hub = NULL;
    heard[0] = '\0';
    atomic_store(&hearings, 0);
    if (fake_hub_open() != 0) return -1;
    options = (struct mkt_hub_options){.url = fake_hub.server.url,
                                       .self = {.agent_id = FAKE_HUB_ID,
                                                .type = "marketing",
                                                .client = "acme",
                                                .endpoint = FAKE_HUB_ENDPOINT,
                                                .attestation_endpoint = "http://127.0.0.1:29345",
                                                .public_key = "PEM\n",
                                                .capability = offers,
                                                .capabilities = 2},
                                       .heartbeat_ms = 40,
                                       .directory_ms = 60000,
                                       .timeout_ms = 300,
                                       .inactive_ms = MKT_HUB_INACTIVE_MS,
                                       .retry_ms = 10,
                                       .most_retry_ms = 20,
                                       .listener = hear};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_hub_close(hub);
    hub = NULL;
    fake_hub_close();
    return 0;
}

static void start(void)
{
    if (mkt_hub_open(&options, &hub, &err) != MKT_OK) fail_msg("%s", err.text);
}

/* Waits until the state is reached, and its reason says this. */
static void expect(mkt_hub_state state, const char *why)
{
    for (int i = 0; i < 2000; i++) {
        mkt_hub_view(hub, &view);
        if (view.state == state && strstr(view.why, why)) return;
        fake_pause(5);
    }
    fail_msg("it is %s: \"%s\", not %s: \"%s\"", mkt_hub_state_name(view.state), view.why,
             mkt_hub_state_name(state), why);
}

static void expect_directory(const char *why)
{
    for (int i = 0; i < 2000; i++) {
        mkt_hub_view(hub, &view);
        if (*why ? strstr(view.directory, why) != NULL : !view.directory[0]) return;
        fake_pause(5);
    }
    fail_msg("the directory is \"%s\", not \"%s\"", view.directory, why);
}

static void expect_heard(const char *words)
{
    bool found = false;
    for (int i = 0; i < 2000 && !found; i++) {
        pthread_mutex_lock(&heard_lock);
        found = strstr(heard, words) != NULL;
        pthread_mutex_unlock(&heard_lock);
        if (!found) fake_pause(5);
    }
    if (!found) fail_msg("\"%s\" was not heard, but: %s", words, heard);
}

static void has(const char *text, const char *words)
{
    if (!strstr(text, words)) fail_msg("\"%s\" is not in: %s", words, text);
}

/* ---- as it should be ---- */

static void it_registers_once_and_is_heard_of(void **state)
{
    (void)state;
    char seen[8192];
    start();
    expect(MKT_HUB_REGISTERED, "");
    assert_true(fake_hub_called(FAKE_HEARTBEAT, 3));
    assert_true(fake_hub_called(FAKE_DIRECTORY, 1));
    assert_int_equal(atomic_load(&fake_hub.calls[FAKE_REGISTER]), 1);
    fake_hub_last(FAKE_REGISTER, seen);
    has(seen, "POST /api/v1/agents/register HTTP/1.1\r\n");
    has(seen, "X-Client-ID: acme\r\n");
    has(seen, "Content-Type: application/json\r\n");
    assert_null(strstr(seen, "X-Public-Key"));
    assert_null(strstr(seen, "X-Attestation-Quote"));
    has(seen, "\r\n\r\n{\"agent_id\":\"" FAKE_HUB_ID "\",\"agent_type\":\"marketing\","
              "\"capabilities\":[\"marketing_analysis\",\"roi_analysis\"],"
              "\"endpoint\":\"" FAKE_HUB_ENDPOINT "\","
              "\"attestation_endpoint\":\"http://127.0.0.1:29345\","
              "\"attestation_data\":{\"quote\":\"\",\"public_key\":\"PEM\\n\"}}");
    fake_hub_last(FAKE_HEARTBEAT, seen);
    has(seen, "X-Client-ID: acme\r\n");
    has(seen, "{\"agent_id\":\"" FAKE_HUB_ID "\",\"status\":\"healthy\",\"timestamp\":\"20");
    fake_hub_last(FAKE_DIRECTORY, seen);
    has(seen, "GET /api/v1/agents/directory HTTP/1.1\r\n");
    has(seen, "X-Client-ID: acme\r\n");
    mkt_hub_view(hub, &view);
    assert_int_equal(view.done[MKT_HUB_REGISTER], 1);
    assert_true(view.done[MKT_HUB_HEARTBEAT] >= 2);
    assert_int_equal(view.failed[MKT_HUB_HEARTBEAT], 0);
    assert_in_range(view.silent_ms, 0, 5000);
}

static void evidence_goes_with_the_registration(void **state)
{
    (void)state;
    char seen[8192], evidence[] = "ZXZpZGVuY2U=";
    options.quote = quote;
    options.quote_user = evidence;
    start();
    expect(MKT_HUB_REGISTERED, "");
    fake_hub_last(FAKE_REGISTER, seen);
    has(seen, "\"quote\":\"ZXZpZGVuY2U=\"");
}

static void without_the_evidence_that_there_should_be_it_waits(void **state)
{
    (void)state;
    options.quote = quote;
    start();
    expect(MKT_HUB_FAILING, "the machine gives no evidence");
    assert_int_equal(atomic_load(&fake_hub.calls[FAKE_REGISTER]), 0);
}

static void a_hub_that_forgets_is_registered_with_again(void **state)
{
    (void)state;
    start();
    expect(MKT_HUB_REGISTERED, "");
    assert_true(fake_hub_called(FAKE_DIRECTORY, 1));
    atomic_store(&fake_hub.known, false);
    assert_true(fake_hub_called(FAKE_REGISTER, 2));
    assert_true(fake_hub_called(FAKE_DIRECTORY, 2)); /* who else is there may be new */
    expect(MKT_HUB_REGISTERED, "");
}

static void a_hub_that_is_away_is_tried_until_it_is_there(void **state)
{
    (void)state;
    char url[64];
    int port = fake_hub.server.port;
    fake_hub_close();
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
    options.url = url;
    start();
    expect(MKT_HUB_FAILING, "the hub does not answer: Couldn't connect to server");
    mkt_hub_view(hub, &view);
    assert_int_equal(view.silent_ms, -1);
    assert_true(view.failed[MKT_HUB_REGISTER] >= 1);
    assert_int_equal(fake_hub_open(), 0);
    mkt_hub_close(hub); /* the port is another now */
    options.url = fake_hub.server.url;
    start();
    expect(MKT_HUB_REGISTERED, "");
}

static void a_hub_that_comes_back_is_found_again(void **state)
{
    (void)state;
    start();
    expect(MKT_HUB_REGISTERED, "");
    atomic_store(&fake_hub.fault[FAKE_HEARTBEAT], fault_drops);
    expect(MKT_HUB_FAILING, "the hub does not answer");
    int before = atomic_load(&fake_hub.calls[FAKE_REGISTER]);
    atomic_store(&fake_hub.fault[FAKE_HEARTBEAT], NULL);
    expect(MKT_HUB_REGISTERED, "");
    assert_int_equal(view.why[0], '\0');
    assert_int_equal(atomic_load(&fake_hub.calls[FAKE_REGISTER]), before);
}

static void who_was_not_heard_of_for_long_registers_again(void **state)
{
    (void)state;
    options.inactive_ms = 200;
    start();
    expect(MKT_HUB_REGISTERED, "");
    fake_pause(300); /* heartbeats count */
    assert_int_equal(atomic_load(&fake_hub.calls[FAKE_REGISTER]), 1);
    atomic_store(&fake_hub.fault[FAKE_HEARTBEAT], fault_500);
    assert_true(fake_hub_called(FAKE_REGISTER, 2));
    mkt_hub_view(hub, &view);
    assert_true(view.failed[MKT_HUB_HEARTBEAT] >= 4);
}

static void who_is_not_listed_registers_again_and_then_seldom(void **state)
{
    (void)state;
    options.directory_ms = 30;
    atomic_store(&fake_hub.hides, true);
    start();
    expect(MKT_HUB_REGISTERED, "");
    expect_directory("does not list this agent as it registered");
    assert_true(fake_hub_called(FAKE_REGISTER, 3));
    assert_true(fake_hub_called(FAKE_DIRECTORY, 30));
    assert_in_range(atomic_load(&fake_hub.calls[FAKE_REGISTER]), 3, 12);
    atomic_store(&fake_hub.hides, false);
    expect_directory("");
    int before = atomic_load(&fake_hub.calls[FAKE_REGISTER]);
    atomic_store(&fake_hub.moved, true); /* another has taken our id */
    assert_true(fake_hub_called(FAKE_REGISTER, before + 1));
    expect_directory("does not list this agent as it registered");
}

/* ---- the directory ---- */

#define OTHERS                                                                                     \
    ",{\"agent_id\":\"finance-agent-acme\",\"agent_type\":\"finance\",\"capabilities\":"           \
    "[\"roi calculation\",\"budget\"],\"endpoint\":\"http://finance:8081\",\"status\":\"online\"}" \
    ",{\"agent_id\":\"sales-agent-acme\",\"agent_type\":\"sales\",\"capabilities\":"               \
    "[\"roi calculation\"],\"endpoint\":\"http://sales:8083\",\"status\":\"offline\"}"             \
    ",{\"agent_id\":\"mute\",\"agent_type\":\"x\",\"capabilities\":[],\"endpoint\":\"http://"      \
    "m:1\"}"
#define RECORDS                                                                                    \
    "{\"agent_id\":\"finance-agent-acme\",\"capabilities\":[\"roi calculation\",\"budget\"],"      \
    "\"endpoint\":\"http://finance:8081\",\"public_key\":\"FIN\",\"attestation_quote\":\"Q\","     \
    "\"client_id\":\"acme\",\"status\":\"verified\"}"                                              \
    ",{\"agent_id\":\"sales-agent-acme\",\"capabilities\":[\"roi calculation\"],"                  \
    "\"endpoint\":\"http://sales:8083\",\"public_key\":\"SAL\",\"client_id\":\"acme\"}"

static void the_directory_is_heard_with_keys(void **state)
{
    (void)state;
    char seen[8192];
    atomic_store(&fake_hub.others, OTHERS);
    atomic_store(&fake_hub.records, RECORDS);
    start();
    expect_heard("finance-agent-acme at http://finance:8081 key FIN client acme;"
                 "sales-agent-acme at http://sales:8083 key SAL client acme;"
                 "mute at http://m:1 key - client -;");
    fake_hub_last(FAKE_FULL, seen);
    has(seen, "GET /api/v1/agents/directory?capability=roi%20calculation HTTP/1.1\r\n");
    assert_int_equal(atomic_load(&fake_hub.calls[FAKE_FULL]), 1);
    expect_directory("");
    mkt_hub_view(hub, &view);
    assert_int_equal(view.agents, 3);
}

static void who_there_is_is_heard_also_when_keys_are_not(void **state)
{
    (void)state;
    atomic_store(&fake_hub.others, OTHERS);
    atomic_store(&fake_hub.fault[FAKE_FULL], fault_500);
    start();
    expect_heard("finance-agent-acme at http://finance:8081 key - client -;");
    expect_directory("the hub answers a question for its directory with 500");
    expect(MKT_HUB_REGISTERED, "");
    atomic_store(&fake_hub.records, RECORDS);
    atomic_store(&fake_hub.fault[FAKE_FULL], NULL); /* tried again soon, not in a minute */
    expect_heard("key FIN");
}

/* A hub may answer each question for keys with as many bytes as are taken at most. */
static void sixteen_large_answers_are_read(void **state)
{
    (void)state;
    enum { ROW = 1000, ROWS = 1900 };
    char *others = malloc(16 * 200), *records = malloc((size_t)ROWS * (ROW + 100)), pad[ROW + 1];
    char *at = others, *end = records;
    memset(pad, 'q', ROW);
    pad[ROW] = '\0';
    for (int i = 0; i < 16; i++)
        at += sprintf(at,
                      ",{\"agent_id\":\"agent-%d\",\"capabilities\":[\"c%d\"],\"endpoint\":"
                      "\"http://a:%d\"}",
                      i, i, i + 1);
    for (int i = 0; i < ROWS; i++)
        end += sprintf(end, "%s{\"x\":[[[]]],\"attestation_quote\":\"%s\"}", i ? "," : "", pad);
    atomic_store(&fake_hub.others, others);
    atomic_store(&fake_hub.records, records);
    options.timeout_ms = 20000;
    start();
    assert_true(fake_hub_called(FAKE_FULL, 16));
    expect_heard("agent-15 at http://a:16 key - client -;");
    expect_directory("");
    mkt_hub_view(hub, &view);
    assert_int_equal(view.agents, 16);
    assert_int_equal(view.failed[MKT_HUB_DIRECTORY], 0);
    mkt_hub_close(hub);
    hub = NULL;
    free(others);
    free(records);
}

/* ---- faults ---- */

struct fault {
    fake_hub_fault *fault;
    mkt_hub_state state;
    const char *registering, *beating, *looking; /* what is said of it; NULL: as registering */
};

static const struct fault faults[] = {
    {fault_500, MKT_HUB_FAILING, "the hub answers the registration with 500",
     "the hub answers a heartbeat with 500",
     "the hub answers a question for its directory with 500"},
    {fault_refuses, MKT_HUB_REFUSED, "the hub refuses the registration (400)",
     "the hub refuses a heartbeat (400)", "the hub refuses a question for its directory (400)"},
    {fault_redirects, MKT_HUB_FAILING, "the registration with a redirect (307), which is not",
     "a heartbeat with a redirect (307)", "redirect (307)"},
    {fault_drops, MKT_HUB_FAILING, "the hub does not answer: Server returned nothing", NULL, NULL},
    {fault_hangs, MKT_HUB_FAILING, "the hub does not answer: Timeout was reached", NULL, NULL},
    {fault_trickles, MKT_HUB_FAILING, "the hub does not answer: Timeout was reached", NULL, NULL},
    {fault_floods, MKT_HUB_FAILING, "the hub answers with more than 65536 bytes", NULL,
     "the hub answers with more than 2097152 bytes"},
    {fault_not_json, MKT_HUB_FAILING, "the registration with what is no JSON object",
     "a heartbeat with what is no JSON object", "directory with what is no JSON object"},
    {fault_list, MKT_HUB_FAILING, "the registration with what is no JSON object",
     "a heartbeat with what is no JSON object", "directory with what is no JSON object"},
    {fault_deep, MKT_HUB_FAILING, "the registration with what is no JSON object",
     "a heartbeat with what is no JSON object", "directory with what is no JSON object"},
    {fault_wrong_types, MKT_HUB_FAILING, "without saying \"registered\"",
     "without saying \"acknowledged\"", "holds no list of agents"},
    {fault_another, MKT_HUB_FAILING, "it has registered another agent",
     "without saying \"acknowledged\"", "holds no list of agents"},
    {fault_unverified, MKT_HUB_FAILING, "without verifying it", "without saying \"acknowledged\"",
     "holds no list of agents"},
};
#define FAULTS (sizeof faults / sizeof *faults)

static const char *said(const struct fault *f, int call)
{
    const char *text = call == FAKE_REGISTER    ? f->registering
                       : call == FAKE_HEARTBEAT ? f->beating
                                                : f->looking;
    return text ? text : f->registering;
}

static void a_fault_at_the_registration_is_told_and_mended(void **state)
{
    (void)state;
    for (size_t i = 0; i < FAULTS; i++) {
        atomic_store(&fake_hub.fault[FAKE_REGISTER], faults[i].fault);
        start();
        expect(faults[i].state, said(&faults[i], FAKE_REGISTER));
        assert_null(strstr(view.why, "127.0.0.1"));
        assert_int_equal(atomic_load(&fake_hub.calls[FAKE_HEARTBEAT]), 0);
        mkt_hub_close(hub);
        hub = NULL;
    }
    atomic_store(&fake_hub.fault[FAKE_REGISTER], NULL);
    start();
    expect(MKT_HUB_REGISTERED, "");
}

static void a_fault_at_a_heartbeat_is_told_and_mended(void **state)
{
    (void)state;
    options.timeout_ms = 100;
    start();
    for (size_t i = 0; i < FAULTS; i++) {
        expect(MKT_HUB_REGISTERED, "");
        atomic_store(&fake_hub.fault[FAKE_HEARTBEAT], faults[i].fault);
        expect(faults[i].state, said(&faults[i], FAKE_HEARTBEAT));
        atomic_store(&fake_hub.fault[FAKE_HEARTBEAT], NULL);
    }
    expect(MKT_HUB_REGISTERED, "");
    assert_int_equal(atomic_load(&fake_hub.calls[FAKE_REGISTER]), 1);
}

static void a_fault_of_the_directory_leaves_it_registered(void **state)
{
    (void)state;
    options.timeout_ms = 1000; /* 2 MB are to be had in it */
    options.directory_ms = 20;
    start();
    for (size_t i = 0; i < FAULTS; i++) {
        atomic_store(&fake_hub.fault[FAKE_DIRECTORY], faults[i].fault);
        expect_directory(said(&faults[i], FAKE_DIRECTORY));
        mkt_hub_view(hub, &view);
        assert_int_equal(view.state, MKT_HUB_REGISTERED);
    }
    atomic_store(&fake_hub.fault[FAKE_DIRECTORY], NULL);
    expect_directory("");
    assert_int_equal(atomic_load(&fake_hub.calls[FAKE_REGISTER]), 1);
}

static void tries_come_later_and_later(void **state)
{
    (void)state;
    options.retry_ms = 50;
    options.most_retry_ms = 60000;
    atomic_store(&fake_hub.fault[FAKE_REGISTER], fault_500);
    start();
    fake_pause(800); /* at 0, 25-50, 75-150, 175-350, 375-750, 775-1550 ms at the earliest */
    assert_in_range(atomic_load(&fake_hub.calls[FAKE_REGISTER]), 2, 6);
}

static void what_floods_takes_no_memory(void **state)
{
    (void)state;
    struct rusage before, after;
    options.timeout_ms = 1000;
    atomic_store(&fake_hub.fault[FAKE_REGISTER], fault_floods);
    getrusage(RUSAGE_SELF, &before);
    start();
    assert_true(fake_hub_called(FAKE_REGISTER, 10));
    getrusage(RUSAGE_SELF, &after);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 16 << 10); /* KB */
}

static void it_ends_at_once_while_the_hub_hangs(void **state)
{
    (void)state;
    options.timeout_ms = 60000;
    atomic_store(&fake_hub.fault[FAKE_REGISTER], fault_hangs);
    start();
    assert_true(fake_hub_called(FAKE_REGISTER, 1));
    mkt_hub_stop(hub);
    assert_int_equal(atomic_load(&fake_hub.server.open), 1); /* it hangs still, 2 s in all */
    mkt_hub_view(hub, &view);
    assert_int_equal(view.state, MKT_HUB_JOINING); /* that it was left is no fault of its */
}

static void what_cannot_be_asked_is_refused(void **state)
{
    (void)state;
    char longest[400] = "http://127.0.0.1/";
    static const char *const urls[] = {"hub:8080",           "ftp://hub",      "",
                                       "http://a:b@hub/",    "http://hub/?a=", "http://hub/#x",
                                       "http://hub\r\nX: y/"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        options.url = urls[i];
        mkt_err_clear(&err);
        assert_int_equal(mkt_hub_open(&options, &hub, &err), MKT_E_ARG);
    }
    memset(longest + 17, 'x', 200);
    options.url = longest;
    mkt_err_clear(&err);
    assert_int_equal(mkt_hub_open(&options, &hub, &err), MKT_E_ARG);
    has(err.text, "longer than 150 bytes");
    options.url = fake_hub.server.url;
    static const char *const clients[] = {"", " acme", "acme ", "ac\r\nme", "a\xC3\xA4"};
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
        options.self.client = clients[i];
        mkt_err_clear(&err);
        assert_int_equal(mkt_hub_open(&options, &hub, &err), MKT_E_ARG);
        has(err.text, "printable ASCII");
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_registers_once_and_is_heard_of),
        CASE(evidence_goes_with_the_registration),
        CASE(without_the_evidence_that_there_should_be_it_waits),
        CASE(a_hub_that_forgets_is_registered_with_again),
        CASE(a_hub_that_is_away_is_tried_until_it_is_there),
        CASE(a_hub_that_comes_back_is_found_again),
        CASE(who_was_not_heard_of_for_long_registers_again),
        CASE(who_is_not_listed_registers_again_and_then_seldom),
        CASE(the_directory_is_heard_with_keys),
        CASE(sixteen_large_answers_are_read),
        CASE(who_there_is_is_heard_also_when_keys_are_not),
        CASE(a_fault_at_the_registration_is_told_and_mended),
        CASE(a_fault_at_a_heartbeat_is_told_and_mended),
        CASE(a_fault_of_the_directory_leaves_it_registered),
        CASE(tries_come_later_and_later),
        CASE(what_floods_takes_no_memory),
        CASE(it_ends_at_once_while_the_hub_hangs),
        CASE(what_cannot_be_asked_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
