#include "llm/fetch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "engine/temp_folder.h"
#include "net/fake_server.h"

#define SIZE 300000

enum manner {
    GOOD,
    CUTS,       /* each connection ends after 70,000 bytes */
    NO_RANGES,  /* 200 whatever is asked */
    WRONG_PART, /* 206 from another place */
    NO_LENGTH,
    LIES,      /* more than announced */
    TOO_LARGE, /* announces 10^15 bytes */
    BUSY_TWICE,
    ALWAYS_503,
    MISSING,
    SECRET,
    REDIRECTS, /* to http */
    SILENT_CUT /* no byte at all */
};

static struct {
    _Atomic enum manner manner;
    char etag[32];
    int busy;
    char last_range[512], last_if_range[512];
} world;

static unsigned char content[SIZE];
static char content_sha256[MKT_SHA256_TEXT];
static struct fake_server server;
static struct temp_folder folder;
static char path[200], part[220], note[230], url[128];
static struct mkt_fetch what;
static struct mkt_fetched got;
static struct mkt_err err;

static void send_part(int fd, size_t from, size_t n, bool whole)
{
    if (whole)
        fake_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n", SIZE);
    else
        fake_say(fd, "HTTP/1.1 206 x\r\nContent-Length: %zu\r\nContent-Range: bytes %zu-%d/%d\r\n",
                 SIZE - from, from, SIZE - 1, SIZE);
    if (world.etag[0]) fake_say(fd, "ETag: %s\r\n", world.etag);
    fake_say(fd, "Connection: close\r\n\r\n");
    fake_send(fd, (const char *)content + from, n);
}

static void answer(int fd, const struct fake_request *r, void *user)
{
    unsigned long from = 0;
    char value[512];
    (void)user;
    strcpy(world.last_range, fake_header(r, "Range", value));
    strcpy(world.last_if_range, fake_header(r, "If-Range", value));
    bool ranged = sscanf(world.last_range, "bytes=%lu-", &from) == 1;
    if (world.last_if_range[0] && strcmp(world.last_if_range, world.etag) != 0) ranged = false;
    if (!ranged) from = 0;
    size_t n = from < SIZE ? SIZE - from : 0;
    enum manner manner = atomic_load(&world.manner);
    switch (manner) {
    case BUSY_TWICE:
        if (world.busy++ < 2) {
            fake_reply(fd, 503, "text/plain", "later");
            return;
        } /* fall through */
    case GOOD:
        break;
    case CUTS:
        if (n > 70000) n = 70000;
        break;
    case NO_RANGES:
        ranged = false;
        from = 0;
        n = SIZE;
        break;
    case WRONG_PART:
        if (ranged) from += 7;
        n = SIZE - from;
        break;
    case NO_LENGTH:
        fake_say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        fake_send(fd, (const char *)content, SIZE);
        return;
    case LIES:
        fake_say(fd, "HTTP/1.1 206 x\r\nContent-Range: bytes 0-9/10\r\nConnection: close\r\n\r\n");
        fake_send(fd, (const char *)content, SIZE);
        return;
    case TOO_LARGE:
        fake_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\n");
        fake_send(fd, (const char *)content, SIZE);
        return;
    case ALWAYS_503:
        fake_reply(fd, 503, "text/plain", "later");
        return;
    case MISSING:
        fake_reply(fd, 404, "text/plain", "no");
        return;
    case SECRET:
        fake_reply(fd, 401, "text/plain", "no");
        return;
    case REDIRECTS:
        fake_say(fd, "HTTP/1.1 302 x\r\nLocation: %s/other\r\nContent-Length: 0\r\n\r\n",
                 server.url);
        return;
    case SILENT_CUT:
        return;
    }
    if (ranged && from >= SIZE)
        fake_say(fd, "HTTP/1.1 416 x\r\nContent-Range: bytes */%d\r\nContent-Length: 0\r\n\r\n",
                 SIZE);
    else
        send_part(fd, from, n, !ranged);
}

static int set_up(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    strcpy(world.etag, "\"one\"");
    mkt_err_clear(&err);
    for (size_t i = 0; i < SIZE; i++) content[i] = (unsigned char)(i * 7919 >> 5);
    if (mkt_hash_bytes(content, SIZE, content_sha256, &err) != MKT_OK) return -1;
    if (temp_folder_open(&folder) != 0 || fake_open(&server, answer, NULL) != 0) return -1;
    snprintf(path, sizeof path, "%s/model.gguf", folder.path);
    snprintf(part, sizeof part, "%s.part", path);
    snprintf(note, sizeof note, "%s.part.etag", path);
    snprintf(url, sizeof url, "%s/model.gguf", server.url);
    what = (struct mkt_fetch){.url = url, .path = path, .sha256 = content_sha256, .pause_ms = 1};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_close(&server);
    temp_folder_close(&folder);
    return 0;
}

static mkt_status fetch(void)
{
    mkt_err_clear(&err);
    return mkt_fetch_file(&what, &got, &err);
}

static long long size_of(const char *name)
{
    struct stat info;
    return stat(name, &info) == 0 ? (long long)info.st_size : -1;
}

/* The file is there, whole, and nothing lies beside it but its hash. */
static void expect_whole(void)
{
    char kept[MKT_SHA256_TEXT], now[MKT_SHA256_TEXT];
    assert_int_equal(mkt_hash_file(path, now, &err), MKT_OK);
    assert_string_equal(now, content_sha256);
    assert_string_equal(got.sha256, content_sha256);
    assert_int_equal(got.bytes, SIZE);
    assert_int_equal(size_of(part), -1);
    assert_int_equal(size_of(note), -1);
    mkt_fetch_kept(path, kept);
    assert_string_equal(kept, content_sha256);
}

static void put_part(size_t n, const char *etag, unsigned char change)
{
    FILE *file = fopen(part, "w");
    assert_non_null(file);
    for (size_t i = 0; i < n; i++) fputc((i < SIZE ? content[i] : 'x') ^ change, file);
    fclose(file);
    if (!etag) return;
    file = fopen(note, "w");
    assert_non_null(file);
    fprintf(file, "%s\n", etag);
    fclose(file);
}

struct shown {
    int64_t have, whole;
    int calls, checks;
};

static void show(void *user, int64_t have, int64_t whole, bool checking)
{
    struct shown *s = user;
    assert_true(have >= s->have || s->calls == 0);
    s->have = have;
    s->whole = whole;
    s->calls++;
    s->checks += checking;
}

static void in_one_go(void **state)
{
    (void)state;
    struct shown shown = {0};
    what.progress = show;
    what.user = &shown;
    if (fetch() != MKT_OK) fail_msg("%s", err.text);
    expect_whole();
    assert_false(got.resumed);
    assert_true(shown.calls > 0 && shown.whole == SIZE && shown.checks == 1);
    assert_string_equal(world.last_range, "");
}

static void goes_on_where_it_stopped(void **state)
{
    (void)state;
    put_part(100000, "\"one\"", 0);
    if (fetch() != MKT_OK) fail_msg("%s", err.text);
    expect_whole();
    assert_true(got.resumed);
    assert_string_equal(world.last_range, "bytes=100000-");
    assert_string_equal(world.last_if_range, "\"one\"");
}

/* Another version on the server, another start here: the whole comes anew. */
static void a_part_of_something_else_is_thrown_away(void **state)
{
    (void)state;
    put_part(100000, "\"older\"", 1);
    if (fetch() != MKT_OK) fail_msg("%s", err.text);
    expect_whole();
    assert_false(got.resumed);
    unlink(path);
    put_part(100000, "\"one\"", 0);
    world.manner = NO_RANGES;
    if (fetch() != MKT_OK) fail_msg("%s", err.text);
    expect_whole();
    unlink(path);
    world.manner = GOOD;
    put_part(SIZE + 5, "\"one\"", 0); /* 416, and longer than the file */
    if (fetch() != MKT_OK) fail_msg("%s", err.text);
    expect_whole();
}

static void a_part_that_is_the_whole(void **state)
{
    (void)state;
    put_part(SIZE, "\"one\"", 0); /* 416, and just as long */
    if (fetch() != MKT_OK) fail_msg("%s", err.text);
    expect_whole();
}

static void without_a_version_only_the_hash_allows_it(void **state)
{
    (void)state;
    world.etag[0] = '\0';
    put_part(100000, NULL, 0);
    if (fetch() != MKT_OK) fail_msg("%s", err.text);
    expect_whole();
    assert_string_equal(world.last_range, "bytes=100000-");
    unlink(path);
    put_part(100000, NULL, 1);
    what.sha256 = NULL;
    if (fetch() != MKT_OK) fail_msg("%s", err.text);
    expect_whole(); /* from the start */
    assert_string_equal(world.last_range, "");
}

static void broken_connections_are_taken_up_again(void **state)
{
    (void)state;
    world.manner = CUTS;
    if (fetch() != MKT_OK) fail_msg("%s", err.text);
    expect_whole();
    assert_true(atomic_load(&server.requests) >= 5);
    unlink(path);
    world.manner = BUSY_TWICE;
    if (fetch() != MKT_OK) fail_msg("%s", err.text);
    expect_whole();
}

static void a_wrong_hash_leaves_nothing(void **state)
{
    (void)state;
    char other[MKT_SHA256_TEXT];
    memcpy(other, content_sha256, sizeof other);
    other[0] = other[0] == '0' ? '1' : '0';
    what.sha256 = other;
    assert_int_equal(fetch(), MKT_E_DATA);
    assert_non_null(strstr(err.text, content_sha256));
    assert_non_null(strstr(err.text, other));
    assert_int_equal(size_of(path), -1);
    assert_int_equal(size_of(part), -1);
    what.sha256 = content_sha256;
    put_part(100000, "\"one\"", 1); /* the part was damaged on the disk */
    assert_int_equal(fetch(), MKT_E_DATA);
    assert_int_equal(size_of(part), -1);
    assert_int_equal(fetch(), MKT_OK);
    expect_whole();
}

static void what_the_server_does_wrong_is_a_sentence(void **state)
{
    (void)state;
    static const struct {
        enum manner manner;
        mkt_status status;
        const char *says;
    } bad[] = {
        {ALWAYS_503, MKT_E_IO, "answers 503"},
        {MISSING, MKT_E_NOT_FOUND, "answers 404"},
        {SECRET, MKT_E_FORBIDDEN, "answers 401"},
        {REDIRECTS, MKT_E_ARG, "not https"},
        {SILENT_CUT, MKT_E_IO, "run this again"},
        {LIES, MKT_E_IO, "more than"},
        {TOO_LARGE, MKT_E_NOSPACE, "needs 1000000.00 GB more"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        world.manner = bad[i].manner;
        mkt_status status = fetch();
        if (status != bad[i].status || !strstr(err.text, bad[i].says))
            fail_msg("manner %d gave %d: %s", (int)bad[i].manner, (int)status, err.text);
        assert_int_equal(size_of(path), -1);
        unlink(part);
        unlink(note);
    }
    put_part(100000, "\"one\"", 0);
    world.manner = WRONG_PART;
    assert_int_equal(fetch(), MKT_E_IO);
    assert_non_null(strstr(err.text, "another part"));
}

static void trust_on_first_use_needs_a_length(void **state)
{
    (void)state;
    what.sha256 = NULL;
    world.manner = NO_LENGTH;
    assert_int_equal(fetch(), MKT_E_ARG);
    assert_non_null(strstr(err.text, "--sha256"));
    what.sha256 = content_sha256;
    unlink(part);
    assert_int_equal(fetch(), MKT_OK);
    expect_whole();
    unlink(path);
    world.manner = GOOD;
    what.sha256 = NULL;
    assert_int_equal(fetch(), MKT_OK);
    expect_whole();
}

static void a_disk_that_fills(void **state)
{
    (void)state;
    struct rlimit old, small;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 150000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    mkt_status status = fetch();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(status, MKT_E_NOSPACE);
    assert_non_null(strstr(err.text, "make room and run this again"));
    assert_int_equal(size_of(path), -1);
    assert_true(size_of(part) > 0);
    assert_int_equal(fetch(), MKT_OK); /* and it goes on */
    expect_whole();
    assert_true(got.resumed);
}

static void stopping_keeps_what_came(void **state)
{
    (void)state;
    atomic_bool cancel = true;
    what.cancel = &cancel;
    put_part(100000, "\"one\"", 0);
    assert_int_equal(fetch(), MKT_E_CANCELLED);
    assert_int_equal(size_of(path), -1);
    assert_true(size_of(part) >= 100000);
    atomic_store(&cancel, false);
    assert_int_equal(fetch(), MKT_OK);
    expect_whole();
}

static void what_is_refused_before_anything_is_sent(void **state)
{
    (void)state;
    const char *good = url;
    what.url = "http://models.example/x.gguf";
    assert_int_equal(fetch(), MKT_E_ARG);
    assert_non_null(strstr(err.text, "over https"));
    what.url = "file:///etc/passwd";
    assert_int_equal(fetch(), MKT_E_ARG);
    what.url = good;
    what.sha256 = "ABC";
    assert_int_equal(fetch(), MKT_E_ARG);
    what.sha256 = content_sha256;
    what.path = "/nowhere/at/all/x";
    assert_int_equal(fetch(), MKT_E_NOT_FOUND);
    assert_int_equal(atomic_load(&server.requests), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(in_one_go),
        T(goes_on_where_it_stopped),
        T(a_part_of_something_else_is_thrown_away),
        T(a_part_that_is_the_whole),
        T(without_a_version_only_the_hash_allows_it),
        T(broken_connections_are_taken_up_again),
        T(a_wrong_hash_leaves_nothing),
        T(what_the_server_does_wrong_is_a_sentence),
        T(trust_on_first_use_needs_a_length),
        T(a_disk_that_fills),
        T(stopping_keeps_what_came),
        T(what_is_refused_before_anything_is_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
