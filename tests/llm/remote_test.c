#include "llm/remote.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/clock.h"
#include "llm/remote_call.h"
#include "net/fake_server.h"
#include "net/http.h"

#define PARTS 3

/* What the server of a test is told to do. */
enum manner {
    GOOD,
    GOOD_WHOLE, /* one object instead of events */
    GARBAGE,
    WRONG_JSON,
    HALF,
    NOTHING,
    CLOSED, /* not even a header */
    ERROR_500,
    REDIRECT,
    HUGE_ONE,
    SLOW,
    FIRST_FAILS
};

static struct {
    _Atomic enum manner manner;
    const char *_Atomic models, *_Atomic version; /* bodies; NULL: 404 */
    char last[1 << 16]; /* body of the last completion, its header before it */
    char authorization[512];
    pthread_mutex_t lock;
    atomic_int together, most; /* completions at once */
    atomic_bool hung_up;       /* a slow answer saw its reader go */
} world;

static struct fake_server server;
static struct mkt_arena arena;
static struct mkt_llm *llm;
static struct mkt_err err;
static struct mkt_llm_part part[PARTS];
static struct mkt_llm_task task;
static char pieces[PARTS][256];

static const char one_model[] =
    "{\"object\":\"list\",\"data\":[{\"id\":\"/models/Mistral-7B-Instruct-v0.3.gguf\","
    "\"owned_by\":\"llamacpp\"}]}";

/* Whether the last completion that was asked for holds this text. */
static bool last_has(const char *text)
{
    pthread_mutex_lock(&world.lock);
    bool has = strstr(world.last, text) != NULL;
    pthread_mutex_unlock(&world.lock);
    return has;
}

static void send_events(int fd, int words, long pause)
{
    fake_say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
    for (int i = 0; i < words; i++) {
        struct pollfd p = {.fd = fd, .events = POLLRDHUP};
        if (poll(&p, 1, 0) == 1 && p.revents) atomic_store(&world.hung_up, true);
        if (!fake_say(fd, "data: {\"choices\":[{\"delta\":{\"content\":\"w%d \"}}]}\n\n", i)) {
            atomic_store(&world.hung_up, true);
            return;
        }
        if (pause) fake_pause(pause);
    }
}

static void complete(int fd, const struct fake_request *r)
{
    bool first = strstr(r->body, "ask 0") != NULL;
    enum manner manner = atomic_load(&world.manner);
    switch (manner) {
    case FIRST_FAILS:
        if (first) {
            fake_reply(fd, 400, "application/json", "{\"error\":{\"message\":\"bad grammar\"}}");
            break;
        } /* fall through */
    case GOOD:
        send_events(fd, 3, 5);
        fake_say(fd, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                     "data: [DONE]\n\n");
        break;
    case GOOD_WHOLE:
        fake_reply(
            fd, 200, "application/json",
            "{\"choices\":[{\"message\":{\"content\":\"whole\"},\"finish_reason\":\"length\"}],"
            "\"usage\":{\"completion_tokens\":12}}");
        break;
    case GARBAGE:
        fake_reply(fd, 200, "text/html", "<html>hello</html>\n");
        break;
    case WRONG_JSON:
        fake_reply(fd, 200, "application/json", "{\"choices\":\"none\"}");
        break;
    case HALF:
        send_events(fd, 2, 0);
        break;
    case NOTHING:
        fake_reply(fd, 200, "text/event-stream", "");
        break;
    case CLOSED:
        break;
    case ERROR_500:
        fake_reply(fd, 500, "application/json", "{\"error\":{\"message\":\"out of slots\"}}");
        break;
    case REDIRECT:
        fake_say(fd,
                 "HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
        break;
    case HUGE_ONE:
        fake_say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        for (int i = 0; i < 3000 && fake_say(fd, ": %01000d\n", i); i++) {
        }
        break;
    case SLOW:
        send_events(fd, 400, 25);
        break;
    }
}

static void answer(int fd, const struct fake_request *r, void *user)
{
    (void)user;
    bool models = strncmp(r->text, "GET /v1/models ", 15) == 0;
    bool version = strncmp(r->text, "GET /version ", 13) == 0;
    if (models || version) {
        const char *body = models ? world.models : world.version;
        char value[512];
        pthread_mutex_lock(&world.lock);
        strcpy(world.authorization, fake_header(r, "Authorization", value));
        pthread_mutex_unlock(&world.lock);
        fake_reply(fd, body ? 200 : 404, "application/json", body ? body : "{}");
        return;
    }
    assert_int_equal(strncmp(r->text, "POST /v1/chat/completions ", 26), 0);
    pthread_mutex_lock(&world.lock);
    snprintf(world.last, sizeof world.last, "%s", r->text);
    pthread_mutex_unlock(&world.lock);
    int now = atomic_fetch_add(&world.together, 1) + 1;
    for (int most = atomic_load(&world.most); now > most;)
        if (atomic_compare_exchange_weak(&world.most, &most, now)) break;
    complete(fd, r);
    atomic_fetch_sub(&world.together, 1);
}

static void heard(void *user, size_t which, const char *text, size_t n)
{
    assert_ptr_equal(user, pieces);
    assert_true(which < PARTS);
    strncat(pieces[which], text, n);
}

static int set_up(void **state)
{
    static const char *const asks[] = {"ask 0", "ask 1", "ask 2"};
    (void)state;
    mkt_err_clear(&err);
    memset(&world, 0, sizeof world);
    memset(pieces, 0, sizeof pieces);
    pthread_mutex_init(&world.lock, NULL);
    world.models = one_model;
    for (int i = 0; i < PARTS; i++)
        part[i] = (struct mkt_llm_part){
            .ask = asks[i], .grammar = "root ::= \"x\"", .tokens = 20, .seed = 5};
    task = (struct mkt_llm_task){.constant = "Write [INST] of ",
                                 .data = "\"<s>[/INST]\" <|im_end|> a<b 1 < 2 [a] ",
                                 .part = part,
                                 .parts = PARTS,
                                 .piece = heard,
                                 .user = pieces};
    llm = NULL;
    if (mkt_arena_open(&arena, (size_t)16 << 20, &err) != MKT_OK) return -1;
    return fake_open(&server, answer, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    mkt_llm_close(llm);
    fake_close(&server);
    mkt_arena_close(&arena);
    return 0;
}

static mkt_status open_with(const struct mkt_remote_options *given)
{
    struct mkt_remote_options options = *given;
    if (!options.url) options.url = server.url;
    mkt_err_clear(&err);
    return mkt_remote_open(&options, &llm, &err);
}

static void open_usual(void)
{
    if (open_with(&(struct mkt_remote_options){0}) != MKT_OK) fail_msg("%s", err.text);
}

static mkt_status write_texts(void)
{
    mkt_err_clear(&err);
    return mkt_llm_write(llm, &arena, &task, &err);
}

static void all_parts_come_together(void **state)
{
    (void)state;
    open_usual();
    assert_string_equal(mkt_llm_name(llm), "Mistral-7B-Instruct-v0.3");
    assert_int_equal(strlen(mkt_llm_identity(llm)), 64);
    assert_int_equal(mkt_remote_dialect_found(llm), MKT_REMOTE_LLAMA);
    assert_true(mkt_llm_speed_of(llm).decode_per_s == 0);
    if (write_texts() != MKT_OK) fail_msg("%s", err.text);
    for (int i = 0; i < PARTS; i++) {
        assert_true(part[i].done);
        assert_string_equal(part[i].text, "w0 w1 w2 ");
        assert_string_equal(pieces[i], part[i].text);
        assert_int_equal(part[i].sampled, 3);
    }
    assert_true(mkt_llm_speed_of(llm).decode_per_s > 0 && task.prefilled > 0);
    assert_true(mkt_llm_count(llm, "abcdef") >= 2);
}

/* The request, and that text from data cannot be taken for control tokens. */
static void what_is_sent(void **state)
{
    (void)state;
    open_usual();
    task.parts = 1;
    task.temperature = 0.25;
    part[0].seed = 0x123456789ABCDEF0;
    assert_int_equal(write_texts(), MKT_OK);
    assert_true(last_has("\"content\":\"Write [INST] of \\\"< s>[ /INST]\\\" < |im_end|> "
                         "a< b 1 < 2 [a] ask 0\""));
    assert_true(last_has("\"model\":\"/models/Mistral-7B-Instruct-v0.3.gguf\""));
    assert_true(last_has("\"max_tokens\":20,\"temperature\":0.25,\"seed\":448585456,"));
    assert_true(last_has("\"stream\":true"));
    assert_true(last_has("\"grammar\":\"root ::= \\\"x\\\"\""));
    assert_false(last_has("\nAuthorization:"));
}

static void each_server_gets_the_grammar_its_way(void **state)
{
    (void)state;
    static const struct {
        const char *owner, *version, *in; /* NULL: no grammar at all */
        mkt_remote_dialect dialect;
    } kinds[] = {
        {"llamacpp", NULL, ",\"grammar\":\"root", MKT_REMOTE_LLAMA},
        {"vllm", "{\"version\":\"0.12.0\"}", ",\"structured_outputs\":{\"grammar\":\"root",
         MKT_REMOTE_VLLM},
        {"vllm", "{\"version\":\"0.9.2.post1\"}", ",\"guided_grammar\":\"root", MKT_REMOTE_GUIDED},
        {"vllm", NULL, ",\"structured_outputs\":{\"grammar\":\"root", MKT_REMOTE_VLLM},
        {"library", NULL, NULL, MKT_REMOTE_NONE},
    };
    char models[200];
    char seen[5][65];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        snprintf(models, sizeof models, "{\"data\":[{\"id\":\"m\",\"owned_by\":\"%s\"}]}",
                 kinds[i].owner);
        world.models = models;
        world.version = kinds[i].version;
        task.parts = 1;
        open_usual();
        assert_int_equal(mkt_remote_dialect_found(llm), kinds[i].dialect);
        assert_int_equal(write_texts(), MKT_OK);
        if (kinds[i].in && !last_has(kinds[i].in)) fail_msg("no %s", kinds[i].in);
        if (!kinds[i].in) assert_false(last_has("grammar"));
        snprintf(seen[i], sizeof seen[i], "%s", mkt_llm_identity(llm));
        mkt_llm_close(llm);
        llm = NULL;
    }
    assert_string_not_equal(seen[0], seen[1]); /* another dialect may write otherwise */
    assert_string_equal(seen[1], seen[3]);
    /* told, not asked */
    world.models = NULL;
    assert_int_equal(
        open_with(&(struct mkt_remote_options){.model = "m", .dialect = MKT_REMOTE_GUIDED}),
        MKT_OK);
    assert_int_equal(write_texts(), MKT_OK);
    assert_true(last_has("guided_grammar"));
}

static void a_server_without_streaming(void **state)
{
    (void)state;
    world.manner = GOOD_WHOLE;
    open_usual();
    assert_int_equal(write_texts(), MKT_OK);
    assert_string_equal(part[1].text, "whole");
    assert_false(part[1].done); /* "length": it was cut */
    assert_int_equal(part[1].sampled, 12);
}

static void every_misbehaviour_is_a_sentence(void **state)
{
    (void)state;
    static const struct {
        enum manner manner;
        const char *says;
    } bad[] = {
        {GARBAGE, "neither JSON nor events"},
        {WRONG_JSON, "no chat completion"},
        {HALF, "ended in the middle"},
        {NOTHING, "answered nothing"},
        {CLOSED, "fails"},
        {ERROR_500, "answers 500: out of slots"},
        {REDIRECT, "redirect"},
        {HUGE_ONE, "more than 1024 KB"},
    };
    open_usual();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        world.manner = bad[i].manner;
        mkt_status status = write_texts();
        if (status != MKT_E_IO || !strstr(err.text, bad[i].says))
            fail_msg("manner %d gave %d: %s", (int)bad[i].manner, (int)status, err.text);
        for (int p = 0; p < PARTS; p++) assert_false(part[p].done);
    }
    world.manner = GOOD; /* and it goes on working */
    assert_int_equal(write_texts(), MKT_OK);
    assert_true(part[2].done);
}

static void one_part_that_fails_does_not_take_the_others_along(void **state)
{
    (void)state;
    world.manner = FIRST_FAILS;
    open_usual();
    assert_int_equal(write_texts(), MKT_OK);
    assert_false(part[0].done);
    assert_string_equal(part[0].text, "");
    assert_true(part[1].done && part[2].done);
}

static void a_deadline_keeps_what_came(void **state)
{
    (void)state;
    world.manner = SLOW;
    open_usual();
    task.deadline_ms = mkt_clock_ms() + 400;
    assert_int_equal(write_texts(), MKT_OK);
    for (int i = 0; i < PARTS; i++) {
        assert_false(part[i].done); /* all of it takes 10 s */
        assert_int_equal(strncmp(part[i].text, "w0 ", part[i].text[0] ? 3 : 0), 0);
    }
    for (int i = 0; i < 200 && atomic_load(&server.open); i++) fake_pause(20);
    assert_true(atomic_load(&world.hung_up)); /* the server was told to stop */
}

static void *cancel_soon(void *user)
{
    fake_pause(150);
    atomic_store((atomic_bool *)user, true);
    return NULL;
}

static void cancelling_stops_it(void **state)
{
    (void)state;
    pthread_t thread;
    atomic_bool cancel = false;
    world.manner = SLOW;
    open_usual();
    task.cancel = &cancel;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
    assert_int_equal(write_texts(), MKT_E_CANCELLED);
    pthread_join(thread, NULL);
    for (int i = 0; i < 200 && atomic_load(&server.open); i++) fake_pause(20);
    assert_true(atomic_load(&world.hung_up));
}

static void *write_one(void *user)
{
    struct mkt_arena own;
    struct mkt_err fault = {0};
    struct mkt_llm_part mine[PARTS];
    struct mkt_llm_task t = task;
    memcpy(mine, part, sizeof mine);
    t.part = mine;
    t.piece = NULL;
    if (mkt_arena_open(&own, (size_t)1 << 20, &fault) != MKT_OK) return NULL;
    bool good = mkt_llm_write(llm, &own, &t, &fault) == MKT_OK && mine[0].done && mine[2].done;
    mkt_arena_close(&own);
    return good ? user : NULL;
}

static void several_tasks_share_the_places(void **state)
{
    (void)state;
    pthread_t thread[6];
    void *good;
    assert_int_equal(open_with(&(struct mkt_remote_options){.parallel = 2}), MKT_OK);
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, write_one, &world), 0);
    for (int i = 0; i < 6; i++) {
        pthread_join(thread[i], &good);
        assert_non_null(good);
    }
    assert_int_equal(atomic_load(&world.most), 2);
}

static const char *key_file(const char *text, mode_t mode)
{
    static char path[] = "/tmp/mkt-remote-key-XXXXXX";
    strcpy(path + strlen(path) - 6, "XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    fchmod(fd, mode);
    close(fd);
    return path;
}

static void the_key_goes_along_and_nowhere_else(void **state)
{
    (void)state;
    struct mkt_remote_options o = {.key_file = key_file("sk-abc.123\n", 0600)};
    assert_int_equal(open_with(&o), MKT_OK);
    assert_string_equal(world.authorization, "Bearer sk-abc.123");
    world.manner = ERROR_500;
    assert_int_equal(write_texts(), MKT_E_IO);
    assert_true(last_has("Authorization: Bearer sk-abc.123\r\n"));
    assert_null(strstr(err.text, "abc")); /* never in a sentence */
    mkt_llm_close(llm);
    llm = NULL;
    o.url = "http://models.example:8000";
    assert_int_equal(open_with(&o), MKT_E_ARG);
    assert_non_null(strstr(err.text, "plain http"));
    unlink(o.key_file);
    o.url = NULL;
    assert_int_equal(open_with(&o), MKT_E_NOT_FOUND);
    o.key_file = key_file("sk-abc\n", 0644);
    assert_int_equal(open_with(&o), MKT_E_FORBIDDEN);
    unlink(o.key_file);
    o.key_file = key_file("two words\n", 0600);
    assert_int_equal(open_with(&o), MKT_E_ARG);
    unlink(o.key_file);
    o.key_file = key_file("", 0600);
    assert_int_equal(open_with(&o), MKT_E_ARG);
    unlink(o.key_file);
}

static void who_cannot_be_opened(void **state)
{
    (void)state;
    world.models = "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}";
    assert_int_equal(open_with(&(struct mkt_remote_options){0}), MKT_E_AMBIGUOUS);
    assert_non_null(strstr(err.text, "2 models (a and b)"));
    assert_int_equal(open_with(&(struct mkt_remote_options){.model = "b"}), MKT_OK);
    assert_int_equal(mkt_remote_dialect_found(llm), MKT_REMOTE_NONE);
    mkt_llm_close(llm);
    llm = NULL;
    world.models = "{\"data\":[]}";
    assert_int_equal(open_with(&(struct mkt_remote_options){0}), MKT_E_NOT_FOUND);
    world.models = "<html>";
    assert_int_equal(open_with(&(struct mkt_remote_options){0}), MKT_E_IO);
    world.models = "[]";
    assert_int_equal(open_with(&(struct mkt_remote_options){0}), MKT_E_IO);
    world.models = NULL;
    assert_int_equal(open_with(&(struct mkt_remote_options){0}), MKT_E_IO);
    assert_non_null(strstr(err.text, "answers 404"));
    assert_int_equal(open_with(&(struct mkt_remote_options){.url = "http://127.0.0.1:1"}),
                     MKT_E_IO);
    assert_non_null(strstr(err.text, "does not answer"));
    atomic_bool cancel = true;
    assert_int_equal(open_with(&(struct mkt_remote_options){.cancel = &cancel}), MKT_E_CANCELLED);
    assert_int_equal(open_with(&(struct mkt_remote_options){.url = "ftp://x"}), MKT_E_ARG);
    assert_null(llm);
}

static void addresses(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"http://h:8080", "http://h:8080/v1"},
        {"http://h:8080/", "http://h:8080/v1"},
        {"https://h/v1/", "https://h/v1"},
        {"https://h/v1/chat/completions", "https://h/v1"},
        {"https://h/team/llm", "https://h/team/llm"},
        {"http://[::1]:80", "http://[::1]:80/v1"},
    };
    static const char *const bad[] = {
        "",       "h:8080", "file:///etc/passwd", "http://u:p@h", "http://h/?a", "http://h/#a",
        "http://"};
    char base[1200];
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        mkt_err_clear(&err);
        if (mkt_remote_server_base(same[i][0], base, &err) != MKT_OK) fail_msg("%s", err.text);
        assert_string_equal(base, same[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mkt_err_clear(&err);
        if (mkt_remote_server_base(bad[i], base, &err) != MKT_E_ARG)
            fail_msg("%s is taken", bad[i]);
        assert_null(strstr(err.text, "u:p"));
    }
    mkt_remote_dialect dialect;
    assert_int_equal(mkt_remote_dialect_of("vllm", &dialect, &err), MKT_OK);
    assert_int_equal(dialect, MKT_REMOTE_VLLM);
    assert_int_equal(mkt_remote_dialect_of("xml", &dialect, &err), MKT_E_ARG);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(all_parts_come_together),
        T(what_is_sent),
        T(each_server_gets_the_grammar_its_way),
        T(a_server_without_streaming),
        T(every_misbehaviour_is_a_sentence),
        T(one_part_that_fails_does_not_take_the_others_along),
        T(a_deadline_keeps_what_came),
        T(cancelling_stops_it),
        T(several_tasks_share_the_places),
        T(the_key_goes_along_and_nowhere_else),
        T(who_cannot_be_opened),
        T(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
