/* Messages as bytes, answers as bytes: both versions, good input and bad, against a host that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "a2a/a2a_error.h"
#include "a2a/fake_agent.h"

#define RPC(method, params)                                                                        \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":" params "}"
#define MESSAGE(parts, more)                                                                       \
    "{\"messageId\":\"m\",\"role\":\"ROLE_USER\",\"parts\":[" parts "]" more "}"
#define OLD(parts, more) "{\"messageId\":\"m\",\"role\":\"user\",\"parts\":[" parts "]" more "}"
#define SEND(parts, more) RPC("SendMessage", "{\"message\":" MESSAGE(parts, more) "}")
#define STREAM(parts) RPC("SendStreamingMessage", "{\"message\":" MESSAGE(parts, "") "}")
#define ROI "{\"data\":{\"analysis\":\"roi\",\"dataset\":\"shop\"}}"
#define NO_DATA "{\"data\":{\"analysis\":\"roi\"}}"
#define BACK                                                                                       \
    "{\"status\":\"question\",\"reply\":\"Which?\",\"question_back\":{\"text\":\"Which?\","        \
    "\"choices\":[{\"reading\":\"the campaign "                                                    \
    "Holiday\",\"parameters\":{\"campaign\":\"Holiday\"}},"                                        \
    "{\"reading\":\"the segment Gold\",\"parameters\":{\"segment\":\"gold\"}}]}}"

static struct mkt_arena arena;
static struct fake_agent agent;
static struct mkt_err err;
static struct mkt_a2a_outcome outcome;
static char said[1 << 20]; /* every text that was sent, one a line */
static size_t said_bytes;
static int texts;

static void hear(void *user, const char *json, size_t n)
{
    (void)user;
    assert_true(said_bytes + n + 2 < sizeof said);
    assert_int_equal(strlen(json), n);
    assert_null(memchr(json, '\n', n));
    memcpy(said + said_bytes, json, n);
    said_bytes += n;
    said[said_bytes++] = '\n';
    said[said_bytes] = '\0';
    texts++;
}

static void open_ears(void)
{
    said_bytes = 0;
    texts = 0;
    said[0] = '\0';
    mkt_err_clear(&err);
    mkt_arena_reset(&arena, 1 << 20);
}

/* Sends the message, without following it. */
static int tell(const char *text, const char *version, const char *owner)
{
    const struct mkt_a2a_peer peer = {.version = version, .owner = owner};
    open_ears();
    mkt_a2a_answer(agent.a2a, &arena, text, strlen(text), &peer, &outcome, hear, NULL);
    return outcome.code;
}

/* Sends it, and hears all of it; gives the code of the answer. */
static int ask_as(const char *text, const char *version, const char *owner)
{
    tell(text, version, owner);
    if (outcome.manner == MKT_A2A_FOLLOW)
        assert_true(fake_agent_follow(&agent, &outcome.line, &arena, hear, NULL));
    return outcome.code;
}

static int ask(const char *text)
{
    return ask_as(text, "1.0", "");
}

static void hears(const char *words)
{
    if (!strstr(said, words)) fail_msg("\"%s\" is not in: %.1500s", words, said);
}

static void hears_not(const char *words)
{
    if (strstr(said, words)) fail_msg("\"%s\" is in: %.1500s", words, said);
}

static void hears_code(const char *text, int code, const char *words)
{
    if (ask(text) != code) fail_msg("%d, not %d: %.600s", outcome.code, code, said);
    hears(words);
    assert_int_equal(texts, 1);
}

/* The id of the task that was heard of. */
static const char *task_id(void)
{
    static char id[MKT_JOBS_ID];
    const char *at = strstr(said, "\"id\":\"");
    assert_non_null(at);
    snprintf(id, sizeof id, "%.32s", at + 6);
    return id;
}

/* The text with an id in the place of its "%s". */
static const char *with_id(const char *text, const char *id)
{
    static char out[2048];
    const char *place = strstr(text, "%s");
    assert_non_null(place);
    size_t before = (size_t)(place - text), n = strlen(id);
    assert_true(before + n + strlen(place) < sizeof out);
    memcpy(out, text, before);
    memcpy(out + before, id, n);
    memcpy(out + before + n, place + 2, strlen(place + 2) + 1);
    return out;
}

static int ask_of(const char *text, const char *id)
{
    return ask(with_id(text, id));
}

/* ---- one task from end to end ---- */

static void a_message_becomes_a_task_with_artifacts(void **state)
{
    (void)state;
    assert_int_equal(ask(SEND(ROI, "")), 0);
    assert_int_equal(texts, 1);
    hears("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"task\":{\"id\":\"");
    hears("\"state\":\"TASK_STATE_COMPLETED\"");
    /* the very bytes of the answer, but for the line end behind them */
    hears("\"artifactId\":\"answer\",\"name\":\"roi\"");
    hears("\"parts\":[{\"data\":{\"roas\":2.5},\"mediaType\":\"application/json\"}]");
    hears("\"parts\":[{\"text\":\"Words: \\\"2.5\\\".\",\"mediaType\":\"text/plain\"}]");
    hears("\"history\":[{\"role\":\"ROLE_USER\"");
    hears_not("\"kind\"");
    assert_string_equal(agent.fake.asked.analysis->name, "roi");
    assert_string_equal(agent.fake.dataset, "shop");
    assert_int_equal(ask_of(RPC("GetTask", "{\"id\":\"%s\",\"historyLength\":0}"), task_id()), 0);
    hears("\"id\":1,\"result\":{\"id\":\"");
    hears("{\"roas\":2.5}");
    hears_not("history");
}

static void the_older_version_has_its_own_shapes(void **state)
{
    (void)state;
    assert_int_equal(
        ask_as(RPC("message/send", "{\"message\":" OLD("{\"kind\":\"data\",\"data\":{\"analysis\":"
                                                       "\"roi\",\"dataset\":\"shop\"}}",
                                                       "") "}"),
               NULL, ""),
        0);
    hears("\"id\":1,\"result\":{\"kind\":\"task\",\"id\":\"");
    hears("\"state\":\"completed\"");
    hears("\"parts\":[{\"kind\":\"data\",\"data\":{\"roas\":2.5}}]");
    hears("\"parts\":[{\"kind\":\"text\",\"text\":\"Words");
    hears("{\"kind\":\"message\",\"role\":\"user\"");
    hears_not("mediaType");
    /* a task is the same in both */
    assert_int_equal(ask_of(RPC("GetTask", "{\"id\":\"%s\"}"), task_id()), 0);
    hears("TASK_STATE_COMPLETED");
}

static void a_stream_tells_facts_then_words_then_the_end(void **state)
{
    static const char *const wanted[] = {
        "\"result\":{\"task\":{", "\"statusUpdate\":{", "\"append\":false,\"lastChunk\":false",
        "\"lastChunk\":true",     "\"lastChunk\":true", "\"state\":\"TASK_STATE_COMPLETED\""};
    (void)state;
    agent.fake.facts = true; /* a model writes */
    atomic_store(&agent.fake.held, true);
    ask(STREAM(ROI));
    const char *at = said;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        at = strstr(at, wanted[i]);
        if (!at) fail_msg("no \"%s\" in its place in %.3000s", wanted[i], said);
        at++;
    }
    hears("\"artifactId\":\"words\",\"name\":\"words\",\"description\":\"The answer in words, for "
          "people.\",\"parts\":[{\"text\":\"It \\\"pays\\\".\"");
    hears("\"text\":\"reading\"");
    assert_null(strstr(at, "\n{")); /* nothing after its end */
}

static void the_older_stream_says_which_event_is_the_last(void **state)
{
    (void)state;
    agent.fake.facts = true;
    atomic_store(&agent.fake.held, true);
    ask_as(RPC("message/stream", "{\"message\":" OLD("{\"kind\":\"text\",\"text\":\"why?\"}",
                                                     ",\"metadata\":{\"dataset\":\"shop\"}") "}"),
           "0.3", "");
    hears("\"result\":{\"kind\":\"task\"");
    hears("\"result\":{\"kind\":\"artifact-update\"");
    hears("\"result\":{\"kind\":\"status-update\"");
    hears("\"final\":false");
    assert_string_equal(said + said_bytes - strlen("\"final\":true}}\n"), "\"final\":true}}\n");
    assert_string_equal(agent.fake.words, "why?");
}

static void who_does_not_wait_gets_it_as_it_stands(void **state)
{
    (void)state;
    atomic_store(&agent.fake.held, true);
    assert_int_equal(
        tell(RPC("SendMessage", "{\"message\":" MESSAGE(ROI, "") ",\"configuration\":{"
                                                                 "\"returnImmediately\":true}}"),
             "1.0", ""),
        0);
    assert_int_equal(outcome.manner, MKT_A2A_SINGLE);
    assert_true(strstr(said, "TASK_STATE_SUBMITTED") || strstr(said, "TASK_STATE_WORKING"));
    char id[64];
    const char *text;
    snprintf(id, sizeof id, "%s", task_id());
    text = with_id(RPC("SubscribeToTask", "{\"id\":\"%s\"}"), id);
    tell(text, "1.0", "");
    assert_int_equal(outcome.manner, MKT_A2A_FOLLOW);
    hears("\"result\":{\"task\":{");
    struct mkt_a2a_line line = outcome.line;
    /* a message to a task that is worked on */
    text = with_id(SEND("{\"text\":\"and?\"}", ",\"taskId\":\"%s\""), id);
    assert_int_equal(tell(text, "1.0", ""), MKT_A2A_UNSUPPORTED_OPERATION);
    atomic_store(&agent.fake.release, true);
    open_ears();
    assert_true(fake_agent_follow(&agent, &line, &arena, hear, NULL));
    hears("TASK_STATE_COMPLETED");
    text = with_id(RPC("SubscribeToTask", "{\"id\":\"%s\"}"), id);
    assert_int_equal(ask(text), MKT_A2A_UNSUPPORTED_OPERATION);
    hears("UNSUPPORTED_OPERATION");
}

static void cancelling_stops_the_work_once(void **state)
{
    char id[64];
    const char *text;
    (void)state;
    atomic_store(&agent.fake.held, true);
    tell(STREAM(ROI), "1.0", "");
    assert_int_equal(outcome.manner, MKT_A2A_FOLLOW);
    struct mkt_a2a_line line = outcome.line;
    snprintf(id, sizeof id, "%s", task_id());
    text = with_id(RPC("CancelTask", "{\"id\":\"%s\"}"), id);
    assert_int_equal(tell(text, "1.0", "another"), MKT_A2A_TASK_NOT_FOUND);
    assert_int_equal(tell(text, "1.0", ""), 0);
    hears("\"state\":\"TASK_STATE_CANCELED\"");
    open_ears();
    assert_true(
        fake_agent_follow(&agent, &line, &arena, hear, NULL)); /* it ends: nobody released it */
    hears("TASK_STATE_CANCELED");
    hears_not("roas");
    assert_int_equal(ask(text), MKT_A2A_TASK_NOT_CANCELABLE);
    hears("TASK_NOT_CANCELABLE");
}

static void what_cannot_be_logged_is_not_told(void **state)
{
    (void)state;
    agent.log = MKT_OK;
    int before = atomic_load(&agent.logged);
    assert_int_equal(ask(SEND(ROI, "")), 0);
    hears("roas");
    assert_int_equal(atomic_load(&agent.logged), before + 1);
    agent.log = MKT_E_BUSY;
    assert_int_equal(ask(SEND(ROI, "")), 0);
    hears("TASK_STATE_FAILED");
    hears("it cannot be logged");
    hears_not("roas");
    assert_int_equal(ask(STREAM(ROI)), 0);
    hears("TASK_STATE_FAILED");
    hears_not("roas");
    agent.log = MKT_OK;
}

static void failures_and_refusals_are_told_apart(void **state)
{
    (void)state;
    agent.fake.status = MKT_E_DATA;
    assert_int_equal(ask(SEND(ROI, "")), 0);
    hears("TASK_STATE_FAILED");
    hears("it \\\"failed\\\"");
    agent.fake.status = MKT_E_ARG;
    assert_int_equal(ask(SEND(ROI, "")), 0);
    hears("TASK_STATE_REJECTED");
    agent.fake.status = MKT_OK;
    agent.start = MKT_E_BUSY;
    assert_int_equal(ask(SEND(ROI, "")), mkt_status_jsonrpc(MKT_E_BUSY));
    assert_true(outcome.busy);
    ask(RPC("ListTasks", "{}"));
    hears("\"totalSize\":2"); /* what could not begin is no task */
}

/* ---- what a message asks ---- */

static void rejects(const char *parts, const char *words)
{
    char text[4096];
    int before = atomic_load(&agent.fake.calls);
    snprintf(text, sizeof text, RPC("SendMessage", "{\"message\":" MESSAGE("%s", "") "}"), parts);
    assert_int_equal(ask(text), 0);
    hears("TASK_STATE_REJECTED");
    hears(words);
    assert_int_equal(atomic_load(&agent.fake.calls), before);
}

static void parts_are_taken_together(void **state)
{
    (void)state;
    ask(SEND(
        "{\"text\":\" why \"},{\"text\":\"so?\"},{\"data\":{\"dataset\":\"shop\",\"parameters\":{"
        "\"period\":\"2025\"}}}",
        ""));
    hears("TASK_STATE_COMPLETED");
    assert_string_equal(agent.fake.words, "why \nso?");
    assert_string_equal(agent.fake.given, "period=2025;");
    /* an analysis is what is run; words beside it are kept, and not asked */
    ask(SEND("{\"text\":\"please\"}," ROI, ""));
    hears("TASK_STATE_COMPLETED");
    assert_string_equal(agent.fake.words, "");
    hears("\"text\":\"please\"");
    /* a file is a table; its bytes are not remembered */
    ask(SEND(NO_DATA ",{\"raw\":\"YSxiCjEsMgo=\",\"filename\":\"x.csv\"}", ""));
    hears("TASK_STATE_COMPLETED");
    assert_string_equal(agent.fake.dataset, "");
    assert_int_equal(agent.fake.asked.table_bytes, 8);
    hears("{\"raw\":\"\",\"filename\":\"x.csv\"}");
}

static void what_cannot_be_asked_is_rejected(void **state)
{
    (void)state;
    rejects("{\"data\":{\"analysis\":\"nothing\"}}", "there are roi, attribution");
    rejects("{\"data\":{\"analysis\":5}}", "must be a string");
    rejects("{\"data\":5}", "a data part is an object");
    rejects("{\"data\":{}}", "nothing is asked");
    rejects("{\"text\":\"  \"}", "nothing is asked");
    rejects(ROI "," ROI, "one data part");
    rejects("{\"data\":{\"analysis\":\"roi\",\"dataset\":\"shop\",\"parameters\":{\"margin\":7}}}",
            "margin");
    rejects("{\"data\":{\"analysis\":\"roi\",\"dataset\":\"shop\",\"sql\":\"x\"}}", "sql");
    rejects("{\"data\":{\"analysis\":\"roi\",\"dataset\":\"shop\",\"csv\":\"a\"}}", "several");
    rejects(ROI ",{\"raw\":\"YQ==\",\"mediaType\":\"text/csv\"}", "name no dataset besides");
    rejects(NO_DATA ",{\"raw\":\"YQ\",\"mediaType\":\"text/csv\"}", "not base64");
    rejects(NO_DATA ",{\"raw\":\"\",\"mediaType\":\"text/csv\"}", "empty");
    rejects(NO_DATA
            ",{\"raw\":\"YQ==\",\"mediaType\":\"text/csv\"},{\"raw\":\"YQ==\",\"mediaType\":"
            "\"text/csv\"}",
            "one table");
}

static void the_data_set_is_asked_for(void **state)
{
    char id[64];
    (void)state;
    assert_int_equal(ask(SEND(NO_DATA, ",\"contextId\":\"c\"")), 0);
    hears("TASK_STATE_INPUT_REQUIRED");
    hears("Which data set? There are a b/c.csv and shop.");
    assert_int_equal(atomic_load(&agent.fake.calls), 0);
    snprintf(id, sizeof id, "%s", task_id());
    assert_int_equal(ask_of(SEND("{\"text\":\"neither\"}", ",\"taskId\":\"%s\""), id), 0);
    hears("Which data set?");
    assert_int_equal(ask_of(SEND("{\"data\":{\"sql\":1}}", ",\"taskId\":\"%s\""), id), 0);
    hears("TASK_STATE_INPUT_REQUIRED"); /* a wrong word leaves it waiting */
    hears("sql");
    assert_int_equal(ask_of(SEND("{\"text\":\"x\"}", ",\"contextId\":\"d\",\"taskId\":\"%s\""), id),
                     MKT_JSONRPC_PARAMS);
    hears("message.contextId");
    assert_int_equal(ask_of(SEND("{\"text\":\" SHOP \"}", ",\"taskId\":\"%s\""), id), 0);
    hears("TASK_STATE_COMPLETED");
    hears("\"contextId\":\"c\"");
    hears("ROLE_AGENT"); /* what was asked stands in the history */
    assert_string_equal(agent.fake.dataset, "shop");
    assert_string_equal(agent.fake.asked.analysis->name, "roi");
    assert_int_equal(ask_of(SEND("{\"text\":\"x\"}", ",\"taskId\":\"%s\""), id),
                     MKT_A2A_UNSUPPORTED_OPERATION);
    /* a context knows its data; another's, and another owner's, do not */
    ask(SEND(NO_DATA, ",\"contextId\":\"c\""));
    hears("TASK_STATE_COMPLETED");
    ask(SEND(NO_DATA, ",\"contextId\":\"d\""));
    hears("TASK_STATE_INPUT_REQUIRED");
    ask_as(SEND(NO_DATA, ",\"contextId\":\"c\""), "1.0", "another");
    hears("TASK_STATE_INPUT_REQUIRED");
    agent.fake.sets = 1;
    ask(SEND(NO_DATA, ""));
    hears("TASK_STATE_COMPLETED");
}

static void a_question_that_comes_back_is_completed(void **state)
{
    static const struct {
        const char *word, *given, *asked;
    } words[] = {{"{\"text\":\"the segment gold\"}", "segment=gold;", "why?"},
                 {"{\"text\":\"GOLD\"}", "segment=gold;", "why?"},
                 {"{\"text\":\"1\"}", "campaign=Holiday;", "why?"},
                 {"{\"text\":\"3\"}", "", "3"},
                 {"{\"text\":\"why not?\"}", "", "why not?"},
                 {"{\"data\":{\"parameters\":{\"campaign\":\"x\"}}}", "campaign=x;", "why?"}};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char text[500];
        agent.fake.json = BACK;
        ask(SEND("{\"text\":\"why?\"}", ",\"metadata\":{\"dataset\":\"shop\"}"));
        hears("TASK_STATE_INPUT_REQUIRED");
        hears("\"parts\":[{\"text\":\"Which?\"}]");
        hears("\"question_back\""); /* the readings are in the answer */
        agent.fake.json = "{\"status\":\"answered\"}";
        snprintf(text, sizeof text, SEND("%s", ",\"taskId\":\"%s\""), words[i].word, task_id());
        assert_int_equal(ask(text), 0);
        hears("TASK_STATE_COMPLETED");
        assert_string_equal(agent.fake.given, words[i].given);
        assert_string_equal(agent.fake.words, words[i].asked);
        assert_string_equal(agent.fake.dataset, "shop");
    }
    agent.fake.json = "{\"status\":\"not_understood\",\"reply\":\"Say it otherwise.\"}";
    ask(SEND("{\"text\":\"blorp\"}", ",\"metadata\":{\"dataset\":\"shop\"}"));
    hears("TASK_STATE_INPUT_REQUIRED");
    assert_int_equal(ask_of(RPC("CancelTask", "{\"id\":\"%s\"}"), task_id()), 0);
    hears("TASK_STATE_CANCELED");
    assert_int_equal(ask_of(SEND("{\"text\":\"x\"}", ",\"taskId\":\"%s\""), task_id()),
                     MKT_A2A_UNSUPPORTED_OPERATION);
}

static void only_what_is_wanted_is_sent(void **state)
{
#define WANTING(modes)                                                                             \
    RPC("SendMessage", "{\"message\":" MESSAGE(                                                    \
                           ROI, "") ",\"configuration\":{\"acceptedOutputModes\":[" modes "]}}")
    (void)state;
    agent.fake.json = "{\"x\":1}";
    ask(WANTING("\"text/plain\""));
    hears_not("{\"x\":1}");
    hears("\"text\":\"Words.\"");
    ask(WANTING("\"application/json\""));
    hears_not("Words.");
    ask(WANTING("\"text/html\",\"application/json\""));
    hears("{\"raw\":\"PCFwPg==\",\"filename\":\"report.html\",\"mediaType\":\"text/html\"}");
    assert_int_equal(agent.fake.asked.format, MKT_RENDER_ALL);
    assert_int_equal(ask(WANTING("\"image/png\"")), MKT_A2A_CONTENT_TYPE);
    assert_int_equal(ask(WANTING("5")), MKT_JSONRPC_PARAMS);
}

/* ---- who and what there is ---- */

static void tasks_belong_to_their_owner(void **state)
{
    char id[64];
    const char *text;
    (void)state;
    ask_as(SEND(ROI, ""), "1.0", "anna");
    snprintf(id, sizeof id, "%s", task_id());
    text = with_id(RPC("GetTask", "{\"id\":\"%s\"}"), id);
    assert_int_equal(ask_as(text, "1.0", "anna"), 0);
    assert_int_equal(ask_as(text, "1.0", "bert"), MKT_A2A_TASK_NOT_FOUND);
    char *first = strdup(said);
    assert_non_null(first);
    text = with_id(RPC("GetTask", "{\"id\":\"%s\"}"), "nothing");
    ask_as(text, "1.0", "bert");
    assert_string_equal(said, first); /* no difference tells that it is there */
    free(first);
    text = with_id(SEND("{\"text\":\"x\"}", ",\"taskId\":\"%s\""), id);
    assert_int_equal(ask_as(text, "1.0", "bert"), MKT_A2A_TASK_NOT_FOUND);
    ask_as(RPC("ListTasks", "{}"), "1.0", "bert");
    hears("\"tasks\":[],\"nextPageToken\":\"\"");
    ask_as(RPC("ListTasks", "{}"), "1.0", "anna");
    hears(id);
    hears_not("artifacts");
}

static void their_number_is_bounded(void **state)
{
    char first[64];
    (void)state;
    for (int i = 0; i < 4; i++) {
        ask(SEND(ROI, ""));
        if (i == 0) snprintf(first, sizeof first, "%s", task_id());
    }
    ask(RPC("ListTasks", "{}"));
    hears("\"totalSize\":4");
    ask(SEND(ROI, ""));
    ask(RPC("ListTasks", "{\"includeArtifacts\":true,\"historyLength\":0}"));
    hears("\"totalSize\":4");
    hears("\"artifacts\"");
    hears_not("history");
    hears_not(first);
    /* none makes room that is worked on */
    atomic_store(&agent.fake.held, true);
    struct mkt_a2a_line line[4];
    for (int i = 0; i < 4; i++) {
        tell(STREAM(ROI), "1.0", "");
        assert_int_equal(outcome.manner, MKT_A2A_FOLLOW);
        line[i] = outcome.line;
    }
    assert_int_equal(tell(SEND(ROI, ""), "1.0", ""), mkt_status_jsonrpc(MKT_E_BUSY));
    atomic_store(&agent.fake.release, true);
    for (int i = 0; i < 4; i++)
        assert_true(fake_agent_follow(&agent, &line[i], &arena, hear, NULL));
}

static void what_has_ended_is_forgotten_in_time(void **state)
{
    struct timespec t = {.tv_nsec = 20000000};
    (void)state;
    fake_agent_close(&agent);
    assert_int_equal(fake_agent_open(&agent, 4, 5, &err), MKT_OK);
    ask(SEND(ROI, ""));
    ask(SEND(NO_DATA, ""));
    nanosleep(&t, NULL);
    mkt_a2a_tick(agent.a2a);
    ask(RPC("ListTasks", "{}"));
    hears("\"totalSize\":0");
}

/* A client may go on and on; what is remembered of it does not. */
static void a_long_talk_is_remembered_in_part(void **state)
{
    static char text[20000];
    char id[64];
    (void)state;
    ask(SEND(NO_DATA, ""));
    snprintf(id, sizeof id, "%s", task_id());
    for (int i = 0; i < 60; i++) {
        int n =
            snprintf(text, sizeof text,
                     "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"SendMessage\",\"params\":{"
                     "\"message\":{\"messageId\":\"m%d\",\"taskId\":\"%s\",\"role\":\"ROLE_USER\","
                     "\"parts\":[{\"text\":\"%0*d\"}]}}}",
                     i, id, i % 3 ? 7000 : 12000, i);
        assert_true(n < (int)sizeof text);
        assert_int_equal(ask(text), 0);
        hears("TASK_STATE_INPUT_REQUIRED");
    }
    assert_true(said_bytes < 200000);
    hears("(too long to be remembered)");
    assert_int_equal(ask_of(SEND("{\"text\":\"shop\"}", ",\"taskId\":\"%s\""), id), 0);
    hears("TASK_STATE_COMPLETED");
}

/* ---- what is no message, and what is not done ---- */

static void versions(void **state)
{
    (void)state;
    mkt_a2a_version v;
    assert_true(mkt_a2a_version_read(NULL, &v) && v == MKT_A2A_03);
    assert_true(mkt_a2a_version_read("", &v) && v == MKT_A2A_03);
    assert_true(mkt_a2a_version_read("0.3", &v) && v == MKT_A2A_03);
    assert_true(mkt_a2a_version_read("0.3.0", &v) && v == MKT_A2A_03);
    assert_true(mkt_a2a_version_read("1.0.12", &v) && v == MKT_A2A_10);
    static const char *const bad[] = {"0",   "0.2",  "0.30", "1",      "1.00", "1.0.",
                                      "1.1", "1.0a", " 1.0", "1.0.0.", "2.0",  "1.0.0000000"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(mkt_a2a_version_read(bad[i], &v));
    assert_int_equal(ask_as(RPC("ListTasks", "{}"), "3.0", ""), MKT_A2A_VERSION);
    hears("\"supportedVersions\":\"1.0, 0.3\"");
    assert_true(outcome.unread);
    assert_int_equal(ask_as(SEND(ROI, ""), NULL, ""), MKT_JSONRPC_METHOD);
    hears("A2A-Version: 1.0");
    assert_int_equal(ask(RPC("tasks/get", "{}")), MKT_JSONRPC_METHOD);
    assert_int_equal(ask(RPC("nothing", "{}")), MKT_JSONRPC_METHOD);
}

static void messages_that_are_none(void **state)
{
    (void)state;
    hears_code("", MKT_JSONRPC_PARSE, "\"error\"");
    hears_code("[]", MKT_JSONRPC_INVALID, "batches");
    hears_code("{\"jsonrpc\":\"2.0\",\"id\":1}", MKT_JSONRPC_INVALID, "method");
    hears_code(RPC("SendMessage", "{}"), MKT_JSONRPC_PARAMS, "\"field\":\"message\"");
    hears_code(RPC("SendMessage", "{\"message\":{\"role\":\"ROLE_USER\",\"parts\":[]}}"),
               MKT_JSONRPC_PARAMS, "message.messageId");
    hears_code(RPC("SendMessage", "{\"message\":" OLD("", "") "}"), MKT_JSONRPC_PARAMS,
               "message.role");
    hears_code(SEND("", ""), MKT_JSONRPC_PARAMS, "message.parts");
    hears_code(SEND("5", ""), MKT_JSONRPC_PARAMS, "message.parts");
    hears_code(SEND("{\"text\":\"a\",\"data\":1}", ""), MKT_JSONRPC_PARAMS, "exactly one");
    hears_code(SEND("{\"text\":null}", ""), MKT_JSONRPC_PARAMS, "strings");
    hears_code(SEND(ROI, ",\"contextId\":7"), MKT_JSONRPC_PARAMS, "message.contextId");
    hears_code(SEND(ROI, ",\"metadata\":7"), MKT_JSONRPC_PARAMS, "message.metadata");
    hears_code(SEND("{\"url\":\"http://169.254.169.254/\"}", ""), MKT_A2A_CONTENT_TYPE,
               "not fetched from addresses");
    hears_code(SEND("{\"raw\":\"AA==\",\"mediaType\":\"image/png\"}", ""), MKT_A2A_CONTENT_TYPE,
               "text/csv");
    hears_code(SEND("{\"raw\":\"AA==\"}", ""), MKT_A2A_CONTENT_TYPE, "text/csv");
    hears_code(SEND(ROI, ",\"taskId\":\"nothing\""), MKT_A2A_TASK_NOT_FOUND, "TASK_NOT_FOUND");
    hears_code(RPC("GetTask", "{\"id\":\"\"}"), MKT_JSONRPC_PARAMS, "\"field\":\"id\"");
    hears_code(RPC("GetTask", "{\"id\":\"x\",\"historyLength\":\"5\"}"), MKT_JSONRPC_PARAMS,
               "historyLength");
    hears_code(RPC("CreateTaskPushNotificationConfig", "{}"), MKT_A2A_PUSH_NOT_SUPPORTED,
               "PUSH_NOTIFICATION_NOT_SUPPORTED");
    hears_code(
        RPC("SendMessage", "{\"message\":" MESSAGE(
                               ROI, "") ",\"configuration\":{\"taskPushNotificationConfig\":{}}}"),
        MKT_A2A_PUSH_NOT_SUPPORTED, "push");
    hears_code(RPC("GetExtendedAgentCard", "{}"), MKT_A2A_UNSUPPORTED_OPERATION, "one card");
    assert_int_equal(ask_as(RPC("agent/getAuthenticatedExtendedCard", "{}"), "0.3", ""),
                     MKT_A2A_NO_EXTENDED_CARD);
    assert_int_equal(atomic_load(&agent.fake.calls), 0);
    assert_int_equal(ask("{\"jsonrpc\":\"2.0\",\"method\":\"ListTasks\"}"), 0);
    assert_int_equal(texts, 0);
    assert_int_equal(outcome.manner, MKT_A2A_NOTHING);
}

/* Whatever allocation fails, there is one answer, and what was begun ends. */
static void every_arena_size(void **state)
{
    static const char *const asked[] = {SEND(ROI ",{\"text\":\"x\"}", ",\"contextId\":\"c\""),
                                        SEND(NO_DATA, ""), RPC("ListTasks", "{}"), STREAM(ROI)};
    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        for (size_t at = 1; at < 2000; at++) {
            const struct mkt_a2a_peer peer = {.version = "1.0", .owner = ""};
            open_ears();
            arena.fail_at = at;
            mkt_a2a_answer(agent.a2a, &arena, asked[i], strlen(asked[i]), &peer, &outcome, hear,
                           NULL);
            arena.fail_at = 0;
            assert_int_equal(texts, outcome.manner != MKT_A2A_FOLLOW || i == 3);
            if (outcome.manner == MKT_A2A_FOLLOW)
                assert_true(fake_agent_follow(&agent, &outcome.line, &arena, hear, NULL));
            if (outcome.code == 0) break;
            assert_int_equal(outcome.code, mkt_status_jsonrpc(MKT_E_NOMEM));
            assert_true(at < 1999);
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    if (mkt_arena_open(&arena, (size_t)32 << 20, &err) != MKT_OK) return -1;
    return fake_agent_open(&agent, 4, 60000, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    fake_agent_close(&agent);
    mkt_arena_close(&arena);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_becomes_a_task_with_artifacts),
        TEST(the_older_version_has_its_own_shapes),
        TEST(a_stream_tells_facts_then_words_then_the_end),
        TEST(the_older_stream_says_which_event_is_the_last),
        TEST(who_does_not_wait_gets_it_as_it_stands),
        TEST(cancelling_stops_the_work_once),
        TEST(what_cannot_be_logged_is_not_told),
        TEST(failures_and_refusals_are_told_apart),
        TEST(parts_are_taken_together),
        TEST(what_cannot_be_asked_is_rejected),
        TEST(the_data_set_is_asked_for),
        TEST(a_question_that_comes_back_is_completed),
        TEST(only_what_is_wanted_is_sent),
        TEST(tasks_belong_to_their_owner),
        TEST(their_number_is_bounded),
        TEST(what_has_ended_is_forgotten_in_time),
        TEST(a_long_talk_is_remembered_in_part),
        TEST(versions),
        TEST(messages_that_are_none),
        TEST(every_arena_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
