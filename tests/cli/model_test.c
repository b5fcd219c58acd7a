/* The commands around the language model, run as programs: model fetch, check and list against a
 * server of the test's own, and analyses whose words a server writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/hash.h"
#include "engine/temp_folder.h"
#include "narrate/parrot.h"
#include "narrate/word_model.h"
#include "net/fake_server.h"
#include "wire/json_read.h"

#define SIZE 100000

static struct {
    atomic_int words; /* 0: good texts, 1: garbage, 2: 500 */
    atomic_int asked;
} world;

static struct temp_folder folder;
static struct fake_server server;
static struct mkt_err err;
static char content[SIZE + 1], sha256[MKT_SHA256_TEXT], said[1 << 20];

static const char good_model[] = "{\"data\":[{\"id\":\"parrot-7b\",\"owned_by\":\"llamacpp\"}]}";

/* The text that the request's grammar admits, as one event. */
static void complete(int fd, const char *body)
{
    struct mkt_arena arena;
    struct mkt_value *root;
    struct mkt_err fault = {0};
    if (mkt_arena_open(&arena, (size_t)64 << 20, &fault) != MKT_OK) return;
    if (mkt_json_read_value(&arena, body, strlen(body), &mkt_json_read_limits, &root, &fault) ==
        MKT_OK) {
        const struct mkt_value *grammar = mkt_json_read_member(root, "grammar");
        const struct mkt_value *seed = mkt_json_read_member(root, "seed");
        bool warm = grammar && strchr(grammar->text, '['); /* the opening's own few tokens */
        const char *text = !grammar || warm ? "some words"
                                            : parrot_text(&arena, grammar->text,
                                                          (uint64_t)(seed ? seed->integer : 0));
        fake_say(fd,
                 "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                 "data: {\"choices\":[{\"delta\":{\"content\":\"%s\"},\"finish_reason\":\"stop\"}]}"
                 "\n\ndata: [DONE]\n\n",
                 text);
    }
    mkt_arena_close(&arena);
}

static void answer(int fd, const struct fake_request *r, void *user)
{
    (void)user;
    if (strncmp(r->text, "GET /v1/models", 14) == 0) {
        fake_reply(fd, 200, "application/json", good_model);
    } else if (strncmp(r->text, "POST /v1/chat/completions", 25) == 0) {
        /* the opening is always answered well */
        bool later = atomic_fetch_add(&world.asked, 1) > 0;
        int words = later ? atomic_load(&world.words) : 0;
        if (words == 0)
            complete(fd, r->body);
        else
            fake_reply(fd, words == 1 ? 200 : 500, "text/html", "<html>no</html>");
    } else if (strncmp(r->text, "GET /model.gguf", 15) == 0) {
        fake_reply(fd, 200, "application/octet-stream", content);
    } else {
        fake_reply(fd, 404, "text/plain", "no");
    }
}

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    memset(&world, 0, sizeof world);
    for (int i = 0; i < SIZE; i++) content[i] = (char)('a' + i * 31 % 26);
    if (mkt_hash_bytes(content, SIZE, sha256, &err) != MKT_OK) return -1;
    return temp_folder_open(&folder) == 0 ? fake_open(&server, answer, NULL) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    fake_close(&server);
    temp_folder_close(&folder);
    return 0;
}

/* Runs the program; what it says on both outputs goes to `said`. Returns its exit code. */
static int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int run(const char *format, ...)
{
    char args[1000], command[2000];
    va_list list;
    const char *bin = getenv("MKT_BIN");
    va_start(list, format);
    vsnprintf(args, sizeof args, format, list);
    va_end(list);
    snprintf(command, sizeof command, "AGENT_MODEL_DIR='%s/models' '%s' %s 2>&1", folder.path,
             bin ? bin : "build/release/marketing-agent", args);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    size_t n = fread(said, 1, sizeof said - 1, out);
    said[n] = '\0';
    int status = pclose(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect(int got, int code, const char *words)
{
    if (got != code || !strstr(said, words))
        fail_msg("ended with %d, not %d, or does not say \"%s\":\n%.2000s", got, code, words, said);
}

static void a_model_is_fetched_and_kept(void **state)
{
    (void)state;
    char wrong[MKT_SHA256_TEXT];
    memset(wrong, '0', 64);
    wrong[64] = '\0';
    expect(run("model fetch some/Thing --url %s/model.gguf --sha256 %s", server.url, wrong), 6,
           "it was removed");
    expect(run("model fetch some/Thing --url %s/model.gguf --sha256 %s", server.url, sha256), 0,
           "as it must be");
    expect(run("model fetch some/Thing --url %s/model.gguf --sha256 %s", server.url, sha256), 0,
           "it is there already");
    expect(run("model fetch some/Thing --url %s/model.gguf --sha256 %s", server.url, wrong), 4,
           "move it away first");
    expect(run("model list"), 0, "Thing.gguf  0.00 GB  sha256 ");
    expect(run("model fetch other/Thing2 --url %s/model.gguf", server.url), 0,
           "nothing to compare it with, so it is trusted");
    expect(run("model fetch other/Thing3 --url %s/nowhere", server.url), 4, "answers 404");
    expect(run("model fetch other/Thing3"), 2, "no address is known for other/Thing3");
    expect(run("model fetch other/Thing3 --url http://models.example/x"), 2, "over https");
    expect(run("model fetch other/Thing3 --url %s/model.gguf --sha256 xyz", server.url), 2,
           "--sha256 takes 64");
}

static void what_model_takes(void **state)
{
    (void)state;
    expect(run("model list"), 0, "mistralai/Mistral-7B-Instruct-v0.3");
    expect(run("model"), 2, "fetch, check, bench or list");
    expect(run("model eat"), 2, "not \"eat\"");
    expect(run("model check"), 4, "model fetch");
    expect(run("help model"), 0, "AGENT_MODEL_DIR");
}

static void a_file_that_is_no_model(void **state)
{
    (void)state;
    char path[200];
    snprintf(path, sizeof path, "%s/x.gguf", folder.path);
    assert_int_equal(temp_folder_write(path, "not a model at all\n"), 0);
    expect(run("model check %s", path), 6, path);
    /* an analysis goes on without it, and says so */
    expect(run("roi examples --json --words auto | sed -n '1p'"), 0, "\"written_by\":\"plain\"");
    snprintf(path, sizeof path, "%s/none.gguf", folder.path);
    setenv("AGENT_MODEL_PATH", path, 1);
    expect(run("roi examples"), 0, "plain words, because the language model cannot be had");
    expect(run("roi examples --words model"), 2, "there is none");
    expect(run("roi examples --words plain"), 0, "ROAS");
    assert_null(strstr(said, "cannot be had"));
    unsetenv("AGENT_MODEL_PATH");
}

/* A real model, though a tiny one of random weights, in the process. */
static void the_built_in_model(void **state)
{
    (void)state;
    char path[200], cut[200], bytes[1 << 16];
    snprintf(path, sizeof path, "%s/tiny.gguf", folder.path);
    snprintf(cut, sizeof cut, "%s/cut.gguf", folder.path);
    assert_true(word_model_write(path));
    setenv("AGENT_MODEL_THREADS", "1", 1);
    expect(run("model check %s", path), 0, "nothing to compare it with");
    expect(run("model bench %s", path), 0, "narration 2, with the shared prompt at hand");
    assert_non_null(strstr(said, "5 of 5 parts the model's"));
    setenv("AGENT_MODEL_PATH", path, 1);
    expect(run("roi examples --json"), 0, "\"written_by\":\"Tiny random\"");
    FILE *whole = fopen(path, "r"), *part = fopen(cut, "w");
    assert_true(whole && part);
    fwrite(bytes, 1, fread(bytes, 1, sizeof bytes, whole), part);
    fclose(whole);
    fclose(part);
    expect(run("model check %s", cut), 6, cut);
    unsetenv("AGENT_MODEL_PATH");
    unsetenv("AGENT_MODEL_THREADS");
}

/* The same command, and a server writes: grounded in the same facts, checked as ever. */
static void a_server_writes_the_words(void **state)
{
    (void)state;
    expect(run("roi examples --json --llm %s", server.url), 0, "\"written_by\":\"parrot-7b\"");
    assert_non_null(strstr(said, "\"performance_summary\":\""));
    expect(run("roi examples --json --llm %s --words plain", server.url), 0,
           "\"written_by\":\"plain\"");
    expect(run("roi examples --json --llm %s --deadline-ms 0", server.url), 2, "--deadline-ms");
    expect(run("roi examples --llm %s --words verse", server.url), 2, "auto, plain or model");
    expect(run("report examples -o %s/r.html --llm %s", folder.path, server.url), 0, "r.html");
}

static void a_server_that_fails_costs_only_its_words(void **state)
{
    (void)state;
    atomic_store(&world.words, 1);
    expect(run("roi examples --json --llm %s", server.url), 0, "\"written_by\":\"plain\"");
    assert_non_null(strstr(said, "plain words, because the language model failed"));
    atomic_store(&world.asked, 0);
    atomic_store(&world.words, 2);
    expect(run("roi examples --json --llm %s", server.url), 0, "answers 500");
    expect(run("roi examples --llm http://127.0.0.1:1"), 0, "does not answer");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_model_is_fetched_and_kept), T(what_model_takes),
        T(a_file_that_is_no_model),     T(a_server_writes_the_words),
        T(the_built_in_model),          T(a_server_that_fails_costs_only_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
