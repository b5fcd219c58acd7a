/* Messages of A2A under libFuzzer: any bytes are answered by JSON texts, one a line, in either
 * version, and what was begun ends; never by a crash. The first byte chooses what the transport
 * knows of the client, and how the answers turn out; the messages are parted by zero bytes, so that
 * one may go on with the task of another, named "@". */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "a2a/fake_agent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mkt_arena arena, reading;
static struct fake_agent agent;
static int texts;
static char task[MKT_JOBS_ID];

static void hear(void *user, const char *json, size_t n)
{
    struct mkt_value *root;
    struct mkt_err err = {0};
    (void)user;
    mkt_arena_reset(&reading, (size_t)1 << 20);
    assert(strlen(json) == n && !memchr(json, '\n', n));
    assert(mkt_json_read_value(&reading, json, n, &mkt_json_read_limits, &root, &err) == MKT_OK);
    const struct mkt_value *result = mkt_json_read_member(root, "result");
    assert(!result == !!mkt_json_read_member(root, "error"));
    if (mkt_json_read_member(result, "task")) result = mkt_json_read_member(result, "task");
    const struct mkt_value *id = mkt_json_read_member(result, "id");
    if (id && id->type == MKT_VALUE_STRING) snprintf(task, sizeof task, "%s", id->text);
    texts++;
}

static void send(const char *bytes, size_t n, const struct mkt_a2a_peer *peer)
{
    struct mkt_a2a_outcome out;
    texts = 0;
    mkt_arena_reset(&arena, (size_t)1 << 20);
    mkt_a2a_answer(agent.a2a, &arena, bytes, n, peer, &out, hear, NULL);
    assert(out.manner != MKT_A2A_SINGLE || texts == 1);
    assert(out.manner != MKT_A2A_EVENTS || texts > 0);
    assert(out.manner != MKT_A2A_NOTHING || texts == 0);
    if (out.manner == MKT_A2A_FOLLOW)
        assert(fake_agent_follow(&agent, &out.line, &arena, hear, NULL) && texts > 0);
}

/* With "@" for the id of the last task. */
static size_t with_task(const char *bytes, size_t n, char *out, size_t size)
{
    size_t length = 0, id = strlen(task);
    for (size_t i = 0; i < n && length + id + 1 < size; i++) {
        if (bytes[i] != '@') {
            out[length++] = bytes[i];
            continue;
        }
        memcpy(out + length, task, id);
        length += id;
    }
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const versions[] = {NULL, "1.0", "0.3", "7"};
    static const char *const answers[] = {
        NULL, "{\"status\":\"not_understood\",\"reply\":\"?\"}",
        "{\"status\":\"question\",\"reply\":\"?\",\"question_back\":{\"choices\":[{\"reading\":"
        "\"one\",\"parameters\":{\"campaign\":\"x\"}}]}}",
        "{\"status\":5}"};
    static char text[(size_t)1 << 17];
    struct mkt_err err = {0};
    if (size == 0) return 0;
    if (!agent.a2a && (mkt_arena_open(&arena, (size_t)8 << 20, &err) != MKT_OK ||
                       mkt_arena_open(&reading, (size_t)8 << 20, &err) != MKT_OK ||
                       fake_agent_open(&agent, 16, 60000, &err) != MKT_OK))
        return 0;
    const struct mkt_a2a_peer peer = {.version = versions[data[0] & 3],
                                      .owner = data[0] & 4 ? "a" : ""};
    agent.fake.json = answers[data[0] >> 3 & 3];
    agent.fake.facts = data[0] & 32;
    agent.fake.sets = data[0] & 64 ? 1 : 2;
    agent.fake.status = data[0] & 128 ? MKT_E_DATA : MKT_OK;
    task[0] = '\0';
    const char *bytes = (const char *)data + 1;
    for (size_t left = size - 1;;) {
        const char *end = memchr(bytes, '\0', left);
        size_t n = end ? (size_t)(end - bytes) : left;
        send(text, with_task(bytes, n, text, sizeof text), &peer);
        if (!end) break;
        bytes += n + 1;
        left -= n + 1;
    }
    return 0;
}
