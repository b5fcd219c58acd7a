/* Messages as bytes, answers as bytes: both eras, good input and bad, against a host that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcp/fake_host.h"
#include "mcp/mcp_schema.h"

#define V "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\""
#define C "\"io.modelcontextprotocol/clientCapabilities\":{}"
#define META "\"_meta\":{" V "," C "}"
#define CALL(rest) "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":" rest "}"
#define TOOL(name, arguments)                                                                      \
    CALL("\"tools/call\",\"params\":{\"name\":\"" name "\",\"arguments\":" arguments "}")

static struct mkt_arena arena;
static struct fake_host fake;
static struct mkt_mcp_host host;
static struct mkt_flag *flag;
static struct mkt_err err;
static char said[1 << 20]; /* every message that was sent, one a line */
static size_t said_bytes;
static int messages;

static void hear(void *user, const char *json, size_t n)
{
    (void)user;
    assert_true(said_bytes + n + 2 < sizeof said);
    assert_int_equal(strlen(json), n);
    memcpy(said + said_bytes, json, n);
    said_bytes += n;
    said[said_bytes++] = '\n';
    said[said_bytes] = '\0';
    messages++;
}

static const struct mkt_mcp_peer greeted = {.greeted = true}, stranger = {.greeted = false};

/* Sends the message; gives the code of the answer. */
static int ask(const char *text, const struct mkt_mcp_peer *peer)
{
    struct mkt_mcp_message m;
    said_bytes = 0;
    messages = 0;
    said[0] = '\0';
    mkt_err_clear(&err);
    mkt_arena_reset(&arena, 1 << 20);
    atomic_store(&flag->set, false);
    if (mkt_mcp_read(&arena, text, strlen(text), peer, &m, &err) != MKT_OK) {
        mkt_mcp_refuse(&m, &err, hear, NULL);
        return m.code;
    }
    if (m.rpc.kind != MKT_JSONRPC_REQUEST) return 0;
    return mkt_mcp_answer(&host, &arena, &m, flag, hear, NULL);
}

static void holds(const char *words)
{
    if (!strstr(said, words)) fail_msg("\"%s\" is not in: %.900s", words, said);
}

static void lacks(const char *words)
{
    if (strstr(said, words)) fail_msg("\"%s\" is in: %.900s", words, said);
}

/* The answer is JSON, and its members are found. */
static const struct mkt_value *member(const char *name, const char *within)
{
    struct mkt_value *root;
    assert_int_equal(messages, 1);
    assert_int_equal(
        mkt_json_read_value(&arena, said, said_bytes, &mkt_json_read_limits, &root, &err), MKT_OK);
    const struct mkt_value *from = mkt_json_read_member(root, within);
    assert_non_null(from);
    return mkt_json_read_member(from, name);
}

/* ---- eras ---- */

static void a_handshake_opens_the_older_era(void **state)
{
    (void)state;
    static const char *const versions[] = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
    char text[200];
    for (size_t i = 0; i < 4; i++) {
        snprintf(text, sizeof text,
                 CALL("\"initialize\",\"params\":{\"protocolVersion\":\"%s\",\"capabilities\":{}}"),
                 versions[i]);
        assert_int_equal(ask(text, &stranger), 0);
        assert_string_equal(member("protocolVersion", "result")->text, versions[i]);
    }
    assert_int_equal(
        ask(CALL("\"initialize\",\"params\":{\"protocolVersion\":\"1999\"}"), &stranger), 0);
    assert_string_equal(member("protocolVersion", "result")->text, "2025-11-25");
    lacks("resultType");
    assert_int_equal(ask(CALL("\"initialize\",\"params\":{}"), &stranger), -32602);
    assert_int_equal(ask(CALL("\"ping\""), &stranger), 0);
    assert_string_equal(said, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n");
    assert_int_equal(ask(CALL("\"tools/list\""), &stranger), -32602);
    holds("initialize");
    assert_int_equal(ask(CALL("\"tools/list\""), &greeted), 0);
}

static void a_request_of_the_newer_era_stands_alone(void **state)
{
    (void)state;
    assert_int_equal(ask(CALL("\"server/discover\",\"params\":{" META "}"), &stranger), 0);
    holds("\"supportedVersions\":[\"2026-07-28\"]");
    holds("\"resultType\":\"complete\"");
    holds("\"ttlMs\":3600000,\"cacheScope\":\"public\"");
    holds("io.modelcontextprotocol/serverInfo");
    assert_int_equal(ask(CALL("\"resources/list\",\"params\":{" META "}"), &stranger), 0);
    holds("\"ttlMs\":0,\"cacheScope\":\"private\"");
    /* what it does not have any more */
    assert_int_equal(ask(CALL("\"ping\",\"params\":{" META "}"), &stranger), -32601);
    assert_int_equal(ask(CALL("\"server/discover\",\"params\":{}"), &greeted), -32602);
}

static void meta_must_be_whole(void **state)
{
    (void)state;
    assert_int_equal(ask(CALL("\"tools/list\",\"params\":{\"_meta\":{" V "}}"), &stranger), -32602);
    holds("clientCapabilities");
    assert_int_equal(ask(CALL("\"tools/list\",\"params\":{\"_meta\":{" C "}}"), &stranger), -32602);
    holds("protocolVersion");
    assert_int_equal(ask(CALL("\"tools/list\",\"params\":{\"_meta\":{" V
                              ",\"io.modelcontextprotocol/clientCapabilities\":[]}}"),
                         &stranger),
                     -32602);
    assert_int_equal(ask(CALL("\"tools/list\",\"params\":{\"_meta\":7}"), &greeted), -32602);
    assert_int_equal(
        ask(CALL("\"tools/list\",\"params\":{\"_meta\":{\"progressToken\":{}}}"), &greeted),
        -32602);
    holds("progressToken");
}

static void an_unknown_version_is_told_which_are_known(void **state)
{
    (void)state;
    static const struct mkt_mcp_peer later = {.greeted = true, .version = "2031-01-01"},
                                     modern = {.greeted = true, .version = "2026-07-28"};
    assert_int_equal(ask(CALL("\"tools/list\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/"
                              "protocolVersion\":\"2031-01-01\"," C "}}"),
                         &stranger),
                     -32022);
    holds("\"data\":{\"supported\":[\"2026-07-28\",\"2025-11-25\",");
    holds("\"requested\":\"2031-01-01\"}");
    assert_int_equal(ask(CALL("\"tools/list\""), &later), -32022);
    assert_int_equal(ask(CALL("\"tools/list\""), &modern), -32602); /* and no _meta */
}

static void bad_bytes_are_answered(void **state)
{
    (void)state;
    assert_int_equal(ask("not json", &greeted), -32700);
    assert_int_equal(ask("[" CALL("\"ping\"") "]", &greeted), -32600);
    assert_int_equal(ask(CALL("\"nothing/here\""), &greeted), -32601);
    holds("\"id\":1");
    holds("nothing/here");
    assert_int_equal(ask(CALL("\"tools/list\",\"params\":{\"cursor\":\"x\"}"), &greeted), -32602);
    char deep[400] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":{\"a\":";
    for (int i = 0; i < 40; i++) strcat(deep, "[");
    assert_int_equal(ask(deep, &greeted), -32600);
    static char large[80 << 10];
    memset(large, ' ', sizeof large - 1);
    assert_int_equal(ask(large, &greeted), -32600);
    holds("65536");
}

static void notifications_and_responses_are_not_answered(void **state)
{
    (void)state;
    ask("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", &stranger);
    assert_int_equal(messages, 0);
    ask("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/unheard\",\"params\":{}}", &greeted);
    assert_int_equal(messages, 0);
    ask("{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":{}}", &greeted);
    assert_int_equal(messages, 0);
}

/* ---- tools ---- */

static void every_analysis_is_a_tool(void **state)
{
    (void)state;
    assert_int_equal(ask(CALL("\"tools/list\""), &greeted), 0);
    const struct mkt_value *tools = member("tools", "result");
    assert_int_equal(tools->items, mkt_analysis_count + 2);
    for (size_t i = 0; i < mkt_analysis_count; i++) {
        const struct mkt_analysis *a = &mkt_analysis_table[i];
        const struct mkt_value *tool = &tools->item[i];
        const struct mkt_value *in = mkt_json_read_member(tool, "inputSchema");
        const struct mkt_value *properties = mkt_json_read_member(in, "properties");
        assert_string_equal(mkt_json_read_member(tool, "name")->text, a->name);
        assert_int_equal(properties->items, a->params + 6);
        for (size_t k = 0; k < a->params; k++) {
            assert_false(mkt_mcp_schema_is_reserved(a->param[k].name));
            assert_non_null(mkt_json_read_member(properties, a->param[k].name));
        }
        const struct mkt_value *out = mkt_json_read_member(tool, "outputSchema");
        assert_string_equal(mkt_json_read_member(out, "type")->text, "object");
        assert_null(mkt_json_read_member(out, "$schema"));
    }
    holds("\"margin\":{\"type\":\"number\"");
    holds("\"seed\":{\"type\":\"integer\"");
    holds("\"period\":{\"type\":\"string\"");
}

static void a_call_gives_words_and_the_same_bytes_twice(void **state)
{
    (void)state;
    assert_int_equal(ask(TOOL("roi", "{\"data\":\"shop\",\"margin\":0.4,\"period\":\"2025-Q4\","
                                     "\"dates\":\"day-first\",\"map\":[\"spend=Cost\"],"
                                     "\"budget\":null}"),
                         &greeted),
                     0);
    assert_string_equal(
        said, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[{\"type\":\"text\",\"text\":"
              "\"Words: \\\"2.5\\\".\"},{\"type\":\"text\",\"text\":\"{\\\"roas\\\":2.5}\"}],"
              "\"structuredContent\":{\"roas\":2.5},\"isError\":false}}\n");
    assert_string_equal(fake.asked.analysis->name, "roi");
    assert_string_equal(fake.asked.dataset, "shop");
    assert_string_equal(fake.asked.args.text[0], "2025-Q4");
    assert_string_equal(fake.asked.args.text[1], "0.4");
    assert_null(fake.asked.args.text[2]);
    assert_string_equal(fake.asked.reading.dates, "day-first");
    assert_string_equal(fake.asked.reading.map[0], "spend=Cost");
    assert_int_equal(fake.asked.words, MKT_WORDS_PLAIN);
    assert_int_equal(fake.asked.format, MKT_RENDER_BOTH);
}

static void what_cannot_be_done_is_told_to_the_model(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {TOOL("roi", "{}"), "shop"},
        {TOOL("roi", "null"), "\\\"data\\\" is missing"},
        {TOOL("roi", "{\"data\":7}"), "must be a string, not a number"},
        {TOOL("roi", "{\"data\":\"nowhere\"}"), "nowhere"},
        {TOOL("roi", "{\"data\":\"shop\",\"margin\":2}"), "margin"},
        {TOOL("roi", "{\"data\":\"shop\",\"margin\":\"much\"}"), "much"},
        {TOOL("roi", "{\"data\":\"shop\",\"margin\":[1]}"), "not an array"},
        {TOOL("roi", "{\"data\":\"shop\",\"marginn\":1}"), "marginn"},
        {TOOL("roi", "{\"data\":\"shop\",\"map\":\"a=b\"}"), "array of strings"},
        {TOOL("roi", "{\"data\":\"shop\",\"map\":[1]}"), "array of strings"},
        {TOOL("roi", "{\"data\":\"shop\",\"words\":\"poet\"}"), "poet"},
        {TOOL("datasets", "{\"data\":\"shop\"}"), "no arguments"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ask(cases[i].text, &greeted), 0);
        holds("\"isError\":true");
        holds(cases[i].says);
        lacks("structuredContent");
    }
}

static void a_call_of_no_tool_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(ask(TOOL("nothing", "{}"), &greeted), -32602);
    holds("nothing");
    assert_int_equal(ask(TOOL("roi", "[]"), &greeted), -32602);
    assert_int_equal(ask(CALL("\"tools/call\",\"params\":{\"name\":5}"), &greeted), -32602);
    assert_int_equal(ask(CALL("\"tools/call\""), &greeted), -32602);
}

static void a_question_in_words_is_a_tool(void **state)
{
    (void)state;
    assert_int_equal(ask(TOOL("ask", "{\"data\":\"shop\",\"question\":\"Was it worth it?\","
                                     "\"decimal\":\"comma\",\"parameters\":{\"margin\":0.4,"
                                     "\"period\":\"2025-Q4\",\"budget\":null}}"),
                         &greeted),
                     0);
    holds("\"structuredContent\":{\"roas\":2.5}");
    assert_null(fake.asked.analysis);
    assert_string_equal(fake.asked.asked, "Was it worth it?");
    assert_string_equal(fake.asked.reading.decimal, "comma");
    assert_int_equal(fake.asked.givens, 2);
    assert_string_equal(fake.asked.given[1].name, "period");
    assert_string_equal(fake.asked.given[0].value, "0.4");
    static const struct {
        const char *text, *says;
    } cases[] = {
        {TOOL("ask", "{\"data\":\"shop\"}"), "\\\"question\\\" is missing"},
        {TOOL("ask", "{\"question\":\"why\"}"), "\\\"data\\\" is missing"},
        {TOOL("ask", "{\"data\":\"shop\",\"question\":[]}"), "must be a string"},
        {TOOL("ask", "{\"data\":\"shop\",\"question\":\"why\",\"margin\":1}"), "margin"},
        {TOOL("ask", "{\"data\":\"shop\",\"question\":\"why\",\"parameters\":[]}"), "an object"},
        {TOOL("ask", "{\"data\":\"shop\",\"question\":\"why\",\"parameters\":{\"a\":{}}}"),
         "a number or a string"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ask(cases[i].text, &greeted), 0);
        holds("\"isError\":true");
        holds(cases[i].says);
    }
}

static void data_sets_are_listed_by_a_tool(void **state)
{
    (void)state;
    assert_int_equal(ask(TOOL("datasets", "{}"), &greeted), 0);
    holds("\"structuredContent\":{\"datasets\":[\"a b/c.csv\",\"shop\"]}");
}

/* ---- progress and cancelling ---- */

static void progress_grows_and_comes_first(void **state)
{
    double last = -1, at;
    (void)state;
    assert_int_equal(ask(CALL("\"tools/call\",\"params\":{\"name\":\"roi\",\"arguments\":{\"data\":"
                              "\"shop\"},\"_meta\":{\"progressToken\":\"t\"}}"),
                         &greeted),
                     0);
    assert_in_range(messages, 2, 50);
    const char *line = said;
    for (int i = 0; i + 1 < messages; i++, line = strchr(line, '\n') + 1) {
        assert_memory_equal(line, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"", 47);
        assert_int_equal(sscanf(strstr(line, "\"progress\":"), "\"progress\":%lf", &at), 1);
        assert_true(at > last);
        last = at;
    }
    assert_non_null(strstr(line, "\"id\":1"));
    assert_int_equal(ask(TOOL("roi", "{\"data\":\"shop\"}"), &greeted), 0);
    assert_int_equal(messages, 1); /* nobody asked */
}

static void nothing_is_sent_once_it_is_cancelled(void **state)
{
    (void)state;
    fake.cancel = true;
    assert_int_equal(ask(CALL("\"tools/call\",\"params\":{\"name\":\"roi\",\"arguments\":{\"data\":"
                              "\"shop\"},\"_meta\":{\"progressToken\":\"t\"}}"),
                         &greeted),
                     mkt_status_jsonrpc(MKT_E_CANCELLED));
    assert_int_equal(messages, 1); /* what was said before */
    holds("\"progress\":0.5");
}

/* ---- resources, prompts, completion ---- */

#define READ(uri) CALL("\"resources/read\",\"params\":{\"uri\":\"" uri "\"}")

static void resources_are_data_sets_and_reports(void **state)
{
    (void)state;
    assert_int_equal(ask(CALL("\"resources/list\""), &greeted), 0);
    assert_int_equal(member("resources", "result")->items, 6);
    holds("\"uri\":\"marketing://datasets/a%20b%2Fc.csv/report.html\"");
    assert_int_equal(ask(CALL("\"resources/templates/list\""), &greeted), 0);
    assert_int_equal(member("resourceTemplates", "result")->items, 3);
    assert_int_equal(ask(READ("marketing://datasets/shop"), &greeted), 0);
    holds("\"mimeType\":\"application/json\",\"text\":\"account of shop\"");
    assert_int_equal(ask(READ("marketing://datasets/a%20b%2fc.csv"), &greeted), 0);
    holds("account of a b/c.csv");
    assert_int_equal(ask(READ("marketing://datasets/shop/report.html"), &greeted), 0);
    holds("page of shop");
    assert_int_equal(ask(READ("marketing://datasets/shop/report.txt"), &greeted), 0);
    holds("text of shop");
}

static void other_resources_are_not_found(void **state)
{
    static const char *const none[] = {
        "marketing://datasets/nowhere", "marketing://datasets/",     "marketing://datasets/shop/x",
        "marketing://datasets/shop%",   "marketing://datasets/%zz",  "marketing://datasets/%00",
        "marketing://datasets/%ff",     "file:///etc/passwd",        "",
        "marketing://datasets/shop%2",  "marketing://datasets/shop/"};
    char text[300];
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        snprintf(text, sizeof text, CALL("\"resources/read\",\"params\":{\"uri\":\"%s\"}"),
                 none[i]);
        assert_int_equal(ask(text, &greeted), -32002);
        snprintf(text, sizeof text, CALL("\"resources/read\",\"params\":{\"uri\":\"%s\"," META "}"),
                 none[i]);
        assert_int_equal(ask(text, &stranger), -32602);
        holds("\"data\":{\"uri\":\"");
    }
    assert_int_equal(ask(CALL("\"resources/read\",\"params\":{}"), &greeted), -32602);
}

static void prompts_ask_the_common_questions(void **state)
{
    (void)state;
    assert_int_equal(ask(CALL("\"prompts/list\""), &greeted), 0);
    assert_int_equal(member("prompts", "result")->items, mkt_analysis_count + 1);
#define GET(name, arguments)                                                                       \
    CALL("\"prompts/get\",\"params\":{\"name\":\"" name "\",\"arguments\":" arguments "}")
    assert_int_equal(ask(GET("roi", "{\"data\":\"shop\",\"period\":\"2025-Q4\"}"), &greeted), 0);
    holds("`roi` with data \\\"shop\\\" and period \\\"2025-Q4\\\"");
    assert_int_equal(ask(GET("quarterly_review", "{\"data\":\"shop\"}"), &greeted), 0);
    holds("shop");
    assert_int_equal(ask(GET("roi", "{}"), &greeted), -32602);
    assert_int_equal(ask(GET("roi", "{\"data\":7}"), &greeted), -32602);
    assert_int_equal(ask(GET("roi", "{\"data\":\"shop\",\"colour\":\"red\"}"), &greeted), -32602);
    holds("colour");
    assert_int_equal(ask(GET("roi", "[]"), &greeted), -32602);
    assert_int_equal(ask(GET("nothing", "{}"), &greeted), -32602);
}

#define COMPLETE(ref, name, value)                                                                 \
    CALL("\"completion/complete\",\"params\":{\"ref\":" ref ",\"argument\":{\"name\":\"" name      \
         "\",\"value\":\"" value "\"}}")
#define ROI "{\"type\":\"ref/prompt\",\"name\":\"roi\"}"
#define URI(uri) "{\"type\":\"ref/resource\",\"uri\":\"" uri "\"}"

static void names_are_completed(void **state)
{
    (void)state;
    assert_int_equal(ask(COMPLETE(ROI, "data", "s"), &greeted), 0);
    holds("{\"values\":[\"shop\"],\"total\":1,\"hasMore\":false}");
    assert_int_equal(ask(COMPLETE(ROI, "data", ""), &greeted), 0);
    holds("\"total\":2");
    assert_int_equal(ask(COMPLETE(ROI, "period", "2"), &greeted), 0);
    holds("\"values\":[]");
    assert_int_equal(ask(COMPLETE(URI("marketing://datasets/{name}"), "name", "a"), &greeted), 0);
    holds("a b/c.csv");
    assert_int_equal(ask(COMPLETE(URI("x://y"), "name", "a"), &greeted), -32602);
    assert_int_equal(ask(COMPLETE("{\"type\":\"ref/x\"}", "name", "a"), &greeted), -32602);
    assert_int_equal(ask(COMPLETE(ROI, "colour", "a"), &greeted), -32602);
    assert_int_equal(ask(CALL("\"completion/complete\",\"params\":{\"ref\":" ROI "}"), &greeted),
                     -32602);
}

/* ---- memory ---- */

/* Every allocation fails once: an error or an answer, and no message that is cut short. */
static void every_failing_allocation_is_an_error(void **state)
{
    static const char *const texts[] = {
        CALL("\"tools/list\""), TOOL("roi", "{\"data\":\"shop\",\"margin\":0.4}"),
        CALL("\"resources/list\""), CALL("\"prompts/list\""), READ("marketing://datasets/shop")};
    struct mkt_mcp_message m;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t k = 1;; k++) {
            said_bytes = 0;
            messages = 0;
            mkt_err_clear(&err);
            mkt_arena_reset(&arena, 1 << 20);
            assert_int_equal(mkt_mcp_read(&arena, texts[i], strlen(texts[i]), &greeted, &m, &err),
                             MKT_OK);
            arena.fail_at = arena.allocations + k;
            int code = mkt_mcp_answer(&host, &arena, &m, flag, hear, NULL);
            bool failed = arena.allocations >= arena.fail_at;
            arena.fail_at = 0;
            assert_int_equal(messages, 1);
            assert_true(code == 0 || code == mkt_status_jsonrpc(MKT_E_NOMEM));
            if (code) assert_non_null(member("code", "error"));
            if (!failed) assert_int_equal(code, 0);
            if (!failed) break;
        }
}

static int set_up(void **state)
{
    (void)state;
    host = fake_host_make(&fake);
    return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_handshake_opens_the_older_era),
        TEST(a_request_of_the_newer_era_stands_alone),
        TEST(meta_must_be_whole),
        TEST(an_unknown_version_is_told_which_are_known),
        TEST(bad_bytes_are_answered),
        TEST(notifications_and_responses_are_not_answered),
        TEST(every_analysis_is_a_tool),
        TEST(a_call_gives_words_and_the_same_bytes_twice),
        TEST(what_cannot_be_done_is_told_to_the_model),
        TEST(a_call_of_no_tool_is_an_error),
        TEST(a_question_in_words_is_a_tool),
        TEST(data_sets_are_listed_by_a_tool),
        TEST(progress_grows_and_comes_first),
        TEST(nothing_is_sent_once_it_is_cancelled),
        TEST(resources_are_data_sets_and_reports),
        TEST(other_resources_are_not_found),
        TEST(prompts_ask_the_common_questions),
        TEST(names_are_completed),
        TEST(every_failing_allocation_is_an_error),
    };
    if (mkt_arena_open(&arena, (size_t)64 << 20, &err) != MKT_OK) return 1;
    if (mkt_flag_make(&flag, &err) != MKT_OK) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mkt_flag_release(flag);
    mkt_arena_close(&arena);
    return failed;
}
