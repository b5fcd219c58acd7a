#include "attest/policy.h"

#include <string.h>

#include "attest/hex.h"
#include "attest/tee.h"
#include "attest/verdict.h"

/* Intel SGX Root CA, to 2049; the certificate's own SHA-256 begins 44a0196b */
const unsigned char mkt_policy_intel_root[32] = {
    0xa0, 0xaf, 0x03, 0x12, 0x89, 0xf5, 0xd5, 0xd4, 0x13, 0x2f, 0x91, 0x86, 0x06, 0x8a, 0x7f, 0xc1,
    0x36, 0x28, 0x63, 0x3b, 0xa2, 0x35, 0x77, 0x74, 0x72, 0xe2, 0x9b, 0x6b, 0x6c, 0x67, 0xa4, 0x9e};

const unsigned char mkt_policy_amd_milan[32] = {
    0x9f, 0x05, 0x6b, 0xee, 0x44, 0x37, 0x7e, 0x29, 0x30, 0x8c, 0xb5, 0xff, 0xa8, 0x95, 0xbd, 0xfb,
    0x62, 0xd1, 0x88, 0x81, 0xfa, 0x6b, 0xed, 0x8d, 0x6f, 0x07, 0x5b, 0x02, 0x04, 0x08, 0x9c, 0xb9};

const unsigned char mkt_policy_amd_genoa[32] = {
    0x42, 0x9a, 0x69, 0xc9, 0x42, 0x2a, 0xa2, 0x58, 0xee, 0x4d, 0x8d, 0xb5, 0xfc, 0xda, 0x9c, 0x64,
    0x70, 0xef, 0x15, 0xf8, 0xcd, 0x5a, 0x9c, 0xeb, 0xd6, 0xcb, 0xc7, 0xd9, 0x0b, 0x86, 0x38, 0x31};

bool mkt_policy_accepts(const struct mkt_policy *policy, const char *status)
{
    size_t n = strlen(status);
    if (strcmp(status, "UpToDate") == 0) return true;
    for (const char *at = policy->accept; at && *at;) {
        size_t length = strcspn(at, ",");
        if (length == n && memcmp(at, status, n) == 0) return true;
        at += length;
        if (*at) at++;
    }
    return false;
}

static bool known_register(const char *name, size_t n)
{
    static const char *const known[] = {"mrtd",        "rtmr0",     "rtmr1",        "rtmr2",
                                        "rtmr3",       "mrseam",    "mrowner",      "mrconfigid",
                                        "measurement", "host_data", "mrownerconfig"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == n && memcmp(known[i], name, n) == 0) return true;
    return false;
}

/* Of a register's value: a SHA-384, or the 32 bytes that the host of an SEV-SNP machine gives. */
static size_t digits_of(const char *name, size_t n)
{
    static const char host_data[] = "host_data";
    return n == sizeof host_data - 1 && memcmp(name, host_data, n) == 0 ? 64 : 96;
}

static mkt_status read_line(struct mkt_arena *arena, const char *line, size_t n, int number,
                            struct mkt_policy *policy, size_t *capacity, struct mkt_err *err)
{
    struct mkt_allowed *all = (struct mkt_allowed *)(uintptr_t)policy->allowed;
    unsigned char bytes[64];
    size_t name = 0, gap = 0;
    while (name < n && line[name] != ' ' && line[name] != '\t') name++;
    for (gap = name; gap < n && (line[gap] == ' ' || line[gap] == '\t');) gap++;
    const char *hex = line + gap;
    size_t digits = n - gap, wanted = digits_of(line, name);
    if (!known_register(line, name))
        return mkt_err_set(err, MKT_E_SYNTAX,
                           "line %d of the allowed measurements begins with no register", number);
    if (digits != wanted || !mkt_hex_read(hex, digits, bytes, digits / 2))
        return mkt_err_set(err, MKT_E_SYNTAX,
                           "line %d of the allowed measurements has no %zu hex digits", number,
                           wanted);
    struct mkt_allowed *one = mkt_arena_push(arena, &all, &policy->alloweds, capacity, sizeof *one);
    char *text = mkt_hex_write(arena, bytes, digits / 2);
    char *label = mkt_arena_strndup(arena, line, name);
    if (!one || !text || !label) return mkt_arena_full(arena, err);
    policy->allowed = all;
    *one = (struct mkt_allowed){.name = label, .hex = text};
    return MKT_OK;
}

mkt_status mkt_policy_read_allowed(struct mkt_arena *arena, const char *text,
                                   struct mkt_policy *policy, struct mkt_err *err)
{
    size_t capacity = 0;
    int number = 1;
    policy->allowed = NULL;
    policy->alloweds = 0;
    for (const char *at = text; *at; number++) {
        size_t line = strcspn(at, "\n"), n = line;
        const char *remark = memchr(at, '#', n);
        if (remark) n = (size_t)(remark - at);
        while (n && strchr(" \t\r", at[n - 1])) n--;
        if (n) MKT_TRY(read_line(arena, at, n, number, policy, &capacity, err));
        at += line;
        if (*at) at++;
    }
    return MKT_OK;
}

static void check_register(const struct mkt_policy *policy, const char *name,
                           struct mkt_verdict *verdict)
{
    const char *hex = mkt_verdict_measured(verdict, name);
    for (size_t i = 0; hex && i < policy->alloweds; i++)
        if (strcmp(policy->allowed[i].name, name) == 0 &&
            strcmp(policy->allowed[i].hex, hex) == 0) {
            mkt_verdict_note(verdict, "allowed", MKT_CHECK_PASSED, "%s is one of those allowed",
                             name);
            return;
        }
    mkt_verdict_note(verdict, "allowed", MKT_CHECK_FAILED,
                     hex ? "%s is none of those allowed" : "the evidence has no %s", name);
}

static void check_purpose(const struct mkt_policy *policy, struct mkt_verdict *verdict)
{
    const unsigned char *data = verdict->report_data;
    unsigned char expected[MKT_TEE_REPORT_DATA];
    struct mkt_public_key key;
    if (policy->report_data_bytes)
        mkt_verdict_check(verdict, "report_data",
                          memcmp(data, policy->report_data, policy->report_data_bytes) == 0,
                          "the evidence binds the expected data",
                          "the evidence binds other data than expected");
    if (policy->key)
        mkt_verdict_check(verdict, "key", memcmp(data, policy->key, MKT_KEYS_PUBLIC) == 0,
                          "the evidence binds the expected key",
                          "the evidence binds another key than expected");
    if (policy->nonce_bytes) {
        memcpy(key.raw, policy->key ? policy->key : data, sizeof key.raw);
        mkt_verdict_check(verdict, "nonce",
                          mkt_tee_report_data(&key, policy->nonce, policy->nonce_bytes, expected) &&
                              memcmp(data, expected, sizeof expected) == 0,
                          "the evidence was made for this nonce, with the key",
                          "the evidence was not made for this nonce and key: it may be an old one");
    }
    if (!policy->report_data_bytes && !policy->key && !policy->nonce_bytes)
        mkt_verdict_note(verdict, "report_data", MKT_CHECK_SKIPPED,
                         "no expected report data were given: what the evidence is for was not "
                         "checked");
}

void mkt_policy_check(const struct mkt_policy *policy, struct mkt_verdict *verdict)
{
    check_purpose(policy, verdict);
    for (size_t i = 0; i < policy->alloweds; i++) {
        bool first = true;
        for (size_t k = 0; k < i && first; k++)
            first = strcmp(policy->allowed[k].name, policy->allowed[i].name) != 0;
        if (first) check_register(policy, policy->allowed[i].name, verdict);
    }
    if (!policy->alloweds)
        mkt_verdict_note(verdict, "allowed", MKT_CHECK_SKIPPED,
                         "no allowed measurements were given: any program would do");
}
