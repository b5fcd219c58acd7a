#include "attest/event_log.h"

#include <openssl/evp.h>
#include <string.h>

#include "attest/hex.h"
#include "wire/json_read.h"

#define DIGEST 48
#define RUNTIME 0x08000001

static bool sha384(const void *bytes, size_t n, unsigned char out[DIGEST])
{
    unsigned length = 0;
    return EVP_Digest(bytes, n, out, &length, EVP_sha384(), NULL) == 1 && length == DIGEST;
}

static const char *text_of(const struct mkt_value *event, const char *key)
{
    const struct mkt_value *v = mkt_json_read_member(event, key);
    return v && v->type == MKT_VALUE_STRING ? v->text : NULL;
}

/* The digest that an event of run time must have. */
static bool runtime_digest(struct mkt_arena *arena, const struct mkt_value *event,
                           unsigned char out[DIGEST])
{
    const char *name = text_of(event, "event"), *hex = text_of(event, "event_payload");
    const struct mkt_value *version = mkt_json_read_member(event, "version");
    if (!name || !hex) return false;
    size_t name_bytes = strlen(name), hex_bytes = strlen(hex);
    if (version && version->type == MKT_VALUE_INTEGER && version->integer == 2) {
        /* names of events are plain words, in which nothing needs an escape */
        if (strpbrk(name, "\"\\")) return false;
        char *text = mkt_arena_printf(arena, "{\"name\":\"%s\",\"payload\":\"%s\",\"type\":%d}",
                                      name, hex, RUNTIME);
        return text && sha384(text, strlen(text), out);
    }
    unsigned char *bytes = MKT_NEW(arena, unsigned char, 6 + name_bytes + hex_bytes / 2);
    if (!bytes) return false;
    static const unsigned char runtime[] = {1, 0, 0, 8, ':'}; /* RUNTIME, little-endian */
    memcpy(bytes, runtime, sizeof runtime);
    for (size_t i = 0; i < name_bytes; i++) bytes[5 + i] = (unsigned char)name[i];
    bytes[5 + name_bytes] = ':';
    return mkt_hex_read(hex, hex_bytes, bytes + 6 + name_bytes, hex_bytes / 2) &&
           sha384(bytes, 6 + name_bytes + hex_bytes / 2, out);
}

/* NULL when the event was added, else what is wrong with it. */
static const char *extend(struct mkt_arena *arena, const struct mkt_value *event,
                          unsigned char rtmr[4][DIGEST])
{
    const struct mkt_value *imr = mkt_json_read_member(event, "imr");
    const struct mkt_value *type = mkt_json_read_member(event, "event_type");
    const char *hex = text_of(event, "digest");
    unsigned char digest[DIGEST], given[DIGEST], both[2 * DIGEST];
    if (!imr || imr->type != MKT_VALUE_INTEGER || imr->integer < 0 || imr->integer > 3)
        return "an event names no register from 0 to 3";
    bool stated = hex && *hex;
    if (stated && !mkt_hex_read(hex, strlen(hex), given, DIGEST))
        return "an event's digest is no SHA-384";
    bool runtime = type && type->type == MKT_VALUE_INTEGER && type->integer == RUNTIME;
    if (runtime) {
        if (!runtime_digest(arena, event, digest)) return "an event of run time cannot be read";
        if (stated && memcmp(digest, given, DIGEST) != 0)
            return "an event of run time has a digest that is not its own";
    } else if (stated) {
        memcpy(digest, given, DIGEST);
    } else {
        return "an event has no digest";
    }
    memcpy(both, rtmr[imr->integer], DIGEST);
    memcpy(both + DIGEST, digest, DIGEST);
    return sha384(both, sizeof both, rtmr[imr->integer]) ? NULL : "SHA-384 failed";
}

static const char *replay(struct mkt_arena *arena, const struct mkt_value *log,
                          unsigned char rtmr[4][DIGEST])
{
    if (log->type != MKT_VALUE_ARRAY) return "it is no list of events";
    for (size_t i = 0; i < log->items; i++) {
        const char *why = extend(arena, &log->item[i], rtmr);
        if (why) return why;
    }
    return NULL;
}

static void measure_statements(const struct mkt_value *log, struct mkt_verdict *verdict)
{
    static const char *const stated[] = {"app-id", "compose-hash", "os-image-hash"};
    for (size_t k = 0; k < sizeof stated / sizeof *stated; k++)
        for (size_t i = 0; i < log->items; i++) {
            const char *name = text_of(&log->item[i], "event");
            const char *hex = text_of(&log->item[i], "event_payload");
            unsigned char bytes[64];
            size_t n = hex ? strlen(hex) / 2 : 0;
            if (!name || strcmp(name, stated[k]) != 0 || n > sizeof bytes ||
                mkt_verdict_measured(verdict, stated[k]) ||
                !mkt_hex_read(hex ? hex : "", hex ? strlen(hex) : 0, bytes, n))
                continue;
            mkt_verdict_measure(verdict, stated[k], bytes, n);
        }
}

void mkt_event_log_check(const struct mkt_policy *policy, struct mkt_verdict *verdict)
{
    static const struct mkt_json_limits limits = {
        .bytes = MKT_EVENT_LOG_BYTES, .depth = 8, .values = 200000};
    static const char *const name[] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
    unsigned char rtmr[4][DIGEST] = {{0}}, quoted[DIGEST];
    struct mkt_value *log;
    struct mkt_err err = {0};
    if (mkt_json_read_value(verdict->arena, policy->event_log, policy->event_log_bytes, &limits,
                            &log, &err) != MKT_OK) {
        mkt_verdict_note(verdict, "event_log", MKT_CHECK_FAILED, "the event log: %s", err.text);
        return;
    }
    const char *why = replay(verdict->arena, log, rtmr);
    if (why) {
        mkt_verdict_note(verdict, "event_log", MKT_CHECK_FAILED, "the event log: %s", why);
        return;
    }
    for (size_t i = 0; i < 4; i++) {
        const char *hex = mkt_verdict_measured(verdict, name[i]);
        if (!hex || !mkt_hex_read(hex, strlen(hex), quoted, DIGEST) ||
            memcmp(quoted, rtmr[i], DIGEST) != 0) {
            mkt_verdict_note(verdict, "event_log", MKT_CHECK_FAILED,
                             "the event log does not lead to %s of the quote", name[i]);
            return;
        }
    }
    mkt_verdict_note(verdict, "event_log", MKT_CHECK_PASSED,
                     "the event log leads to all four registers");
    measure_statements(log, verdict);
}
