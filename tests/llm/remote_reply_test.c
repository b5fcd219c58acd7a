#include "llm/remote_reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena scratch;
static struct mkt_remote_reply reply;
static struct mkt_err err;
static char told[256];

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    told[0] = '\0';
    if (mkt_arena_open(&scratch, (size_t)16 << 20, &err) != MKT_OK) return -1;
    mkt_remote_reply_init(&reply, &scratch, 4096);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_remote_reply_close(&reply);
    mkt_arena_close(&scratch);
    return 0;
}

static void hear(void *user, const char *text, size_t n)
{
    (void)user;
    strncat(told, text, n);
}

static const char events[] =
    ": a comment\n"
    "data: "
    "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\r\n\r\n"
    "event: x\n"
    "data: {\"choices\":[{\"delta\":{\"content\":\"Search \"},\"finish_reason\":null}]}\n\n"
    "data:{\"choices\":[{\"delta\":{\"content\":\"f\\u00fchrt\"},\"finish_reason\":null}]}\n\n"
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"choices\":[],\"usage\":{\"completion_tokens\":7}}\n\n"
    "data: [DONE]\n\n";

/* However the bytes are cut, the same comes out, and nothing stays in the scratch arena. */
static void events_in_pieces_of_any_size(void **state)
{
    (void)state;
    for (size_t step = 1; step < sizeof events; step++) {
        mkt_remote_reply_close(&reply);
        mkt_remote_reply_init(&reply, &scratch, 4096);
        reply.piece = hear;
        told[0] = '\0';
        for (size_t at = 0; at < sizeof events - 1; at += step) {
            size_t n = sizeof events - 1 - at < step ? sizeof events - 1 - at : step;
            assert_int_equal(mkt_remote_reply_add(&reply, events + at, n, &err), MKT_OK);
        }
        assert_int_equal(mkt_remote_reply_end(&reply, &err), MKT_OK);
        assert_string_equal(reply.text, "Search f\xC3\xBChrt");
        assert_string_equal(told, reply.text);
        assert_true(reply.ended && reply.complete);
        assert_int_equal(reply.tokens, 7);
        assert_int_equal(scratch.used, 0);
    }
}

static void one_object_on_several_lines(void **state)
{
    (void)state;
    static const char text[] = "\n {\n\"choices\":[{\"message\":{\"content\":\"All of it\"},\n"
                               "\"finish_reason\":\"length\"}]}\n";
    for (size_t i = 0; i < sizeof text - 1; i++)
        assert_int_equal(mkt_remote_reply_add(&reply, text + i, 1, &err), MKT_OK);
    assert_int_equal(mkt_remote_reply_end(&reply, &err), MKT_OK);
    assert_string_equal(reply.text, "All of it");
    assert_true(reply.ended);
    assert_false(reply.complete); /* cut by a limit */
}

static void what_is_no_completion_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *says;
    } bad[] = {
        {"", "answered nothing"},
        {"   \r\n", "answered nothing"},
        {"<html>502</html>\n", "neither JSON nor events"},
        {"\x01\x02\xff\xfe\n", "neither JSON nor events"},
        {"{\"choices\":", "cannot be read"},
        {"{\"choices\":[]} x", "cannot be read"},
        {"{\"object\":\"list\",\"data\":[]}", "no chat completion"},
        {"{\"choices\":{}}", "no chat completion"},
        {"{\"choices\":[7]}", "a choice without a text"},
        {"{\"choices\":[{\"text\":\"x\"}]}", "a choice without a text"},
        {"{\"error\":{\"message\":\"no\\u0007slot\"}}", "the server says: no slot"},
        {"{\"error\":5}", "an error without a sentence"},
        {"data: {\"error\":\"out of memory\"}\n\n", "the server says: out of memory"},
        {"data: nonsense\n\n", "cannot be read"},
        {"data: {\"choices\":[{\"delta\":{\"content\":\"a\\u0000b\"}}]}\n\n", "cannot be read"},
        {"data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n", "ended in the middle"},
        {"data: {\"choices\":[{\"delta\":{\"content\":\"ha", "cannot be read"},
        {": only comments\n\n", "ended in the middle"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mkt_err_clear(&err);
        mkt_remote_reply_close(&reply);
        mkt_remote_reply_init(&reply, &scratch, 4096);
        mkt_status status = mkt_remote_reply_add(&reply, bad[i].bytes, strlen(bad[i].bytes), &err);
        if (status == MKT_OK) status = mkt_remote_reply_end(&reply, &err);
        if (status != MKT_E_IO || !strstr(err.text, bad[i].says))
            fail_msg("%s\n  gave %d: %s", bad[i].bytes, (int)status, err.text);
        assert_int_equal(scratch.used, 0);
    }
}

static void no_more_than_the_limit_is_taken(void **state)
{
    (void)state;
    char line[1024];
    memset(line, 'x', sizeof line);
    line[0] = ':';
    for (int i = 0; i < 4; i++)
        assert_int_equal(mkt_remote_reply_add(&reply, line, sizeof line, &err), MKT_OK);
    assert_int_equal(mkt_remote_reply_add(&reply, line, 1, &err), MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "more than 4 KB"));
}

static void the_sentence_of_an_error(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{\"error\":{\"message\":\"too many\",\"code\":400}}",
                                         "{\"error\":\"too many\"}", "{\"detail\":\"too many\"}",
                                         "{\"object\":\"error\",\"message\":\"too many\"}"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        assert_string_equal(mkt_remote_reply_problem(&scratch, bodies[i], strlen(bodies[i])),
                            "too many");
    assert_null(mkt_remote_reply_problem(&scratch, "<html>", 6));
    assert_null(mkt_remote_reply_problem(&scratch, "{}", 2));
    assert_null(mkt_remote_reply_problem(&scratch, NULL, 0));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(events_in_pieces_of_any_size),     T(one_object_on_several_lines),
        T(what_is_no_completion_is_refused), T(no_more_than_the_limit_is_taken),
        T(the_sentence_of_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
