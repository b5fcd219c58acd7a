#include "attest/tdx_tcb.h"

#include <stdio.h>
#include <string.h>

#include "attest/hex.h"
#include "base/date.h"

/* Statuses from best to worst, as two of them are joined. */
static const char *const rank[] = {"UpToDate",
                                   "SWHardeningNeeded",
                                   "ConfigurationNeeded",
                                   "ConfigurationAndSWHardeningNeeded",
                                   "OutOfDate",
                                   "OutOfDateConfigurationNeeded",
                                   "Revoked"};
#define RANKS (sizeof rank / sizeof *rank)

enum { UP_TO_DATE, SW, CONFIG, CONFIG_SW, OUT, OUT_CONFIG, REVOKED };

static struct mkt_tdx_tcb cannot(const char *why)
{
    return (struct mkt_tdx_tcb){.status = "not evaluated", .why = why};
}

static const struct mkt_value *member(const struct mkt_value *object, const char *key,
                                      mkt_value_type type)
{
    const struct mkt_value *v = mkt_json_read_member(object, key);
    return v && v->type == type ? v : NULL;
}

static bool hex_member(const struct mkt_value *object, const char *key, void *out, size_t n)
{
    const struct mkt_value *v = member(object, key, MKT_VALUE_STRING);
    return v && mkt_hex_read(v->text, strlen(v->text), out, n);
}

static bool text_is(const struct mkt_value *object, const char *key, const char *text)
{
    const struct mkt_value *v = member(object, key, MKT_VALUE_STRING);
    return v && strcmp(v->text, text) == 0;
}

static bool integer_is(const struct mkt_value *object, const char *key, int64_t value)
{
    const struct mkt_value *v = member(object, key, MKT_VALUE_INTEGER);
    return v && v->integer == value;
}

static int rank_of(const struct mkt_value *level)
{
    for (size_t i = 0; i < RANKS; i++)
        if (text_is(level, "tcbStatus", rank[i])) return (int)i;
    return -1;
}

/* Whether each of 16 components, from `first` on, is at least the level's. */
static bool reaches(const struct mkt_value *tcb, const char *key, const unsigned char svn[16],
                    size_t first)
{
    const struct mkt_value *list = member(tcb, key, MKT_VALUE_ARRAY);
    if (!list || list->items != 16) return false;
    for (size_t i = first; i < 16; i++) {
        const struct mkt_value *least = member(&list->item[i], "svn", MKT_VALUE_INTEGER);
        if (!least || least->integer > svn[i]) return false;
    }
    return true;
}

/* The first level, from the newest, that the platform reaches; -1 for none. */
static int platform_rank(const struct mkt_tdx_quote *q, const struct mkt_pck *pck,
                         const struct mkt_value *tcb_info)
{
    const struct mkt_value *levels = member(tcb_info, "tcbLevels", MKT_VALUE_ARRAY);
    /* from module version 1 on, the first two components belong to the module's own identity */
    size_t first = q->tee_tcb_svn[1] ? 2 : 0;
    for (size_t i = 0; levels && i < levels->items; i++) {
        const struct mkt_value *tcb = member(&levels->item[i], "tcb", MKT_VALUE_OBJECT);
        const struct mkt_value *pce = member(tcb, "pcesvn", MKT_VALUE_INTEGER);
        if (pce && pce->integer >= 0 && (uint64_t)pce->integer <= pck->pcesvn &&
            reaches(tcb, "sgxtcbcomponents", pck->sgx_svn, 0) &&
            reaches(tcb, "tdxtcbcomponents", q->tee_tcb_svn, first))
            return rank_of(&levels->item[i]);
    }
    return -1;
}

/* The first level of an identity whose isvsvn is reached. */
static int isv_rank(const struct mkt_value *identity, unsigned isvsvn)
{
    const struct mkt_value *levels = member(identity, "tcbLevels", MKT_VALUE_ARRAY);
    for (size_t i = 0; levels && i < levels->items; i++) {
        const struct mkt_value *tcb = member(&levels->item[i], "tcb", MKT_VALUE_OBJECT);
        const struct mkt_value *least = member(tcb, "isvsvn", MKT_VALUE_INTEGER);
        if (least && least->integer <= (int64_t)isvsvn) return rank_of(&levels->item[i]);
    }
    return -1;
}

static bool masked_equal(const struct mkt_value *identity, const char *key, const char *mask_key,
                         const unsigned char *value, size_t n)
{
    unsigned char want[16], mask[16];
    if (n > sizeof want || !hex_member(identity, key, want, n) ||
        !hex_member(identity, mask_key, mask, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((value[i] & mask[i]) != (want[i] & mask[i])) return false;
    return true;
}

static bool module_is(const struct mkt_value *module, const struct mkt_tdx_quote *q)
{
    unsigned char signer[48];
    return hex_member(module, "mrsigner", signer, sizeof signer) &&
           memcmp(signer, q->mrsignerseam, sizeof signer) == 0 &&
           masked_equal(module, "attributes", "attributesMask", q->seam_attributes, 8);
}

/* -1: it is not the module of the statement, or of no level. */
static int module_rank(const struct mkt_tdx_quote *q, const struct mkt_value *tcb_info)
{
    unsigned version = q->tee_tcb_svn[1];
    if (version == 0)
        return module_is(member(tcb_info, "tdxModule", MKT_VALUE_OBJECT), q) ? UP_TO_DATE : -1;
    char id[16];
    snprintf(id, sizeof id, "TDX_%02X", version);
    const struct mkt_value *all = member(tcb_info, "tdxModuleIdentities", MKT_VALUE_ARRAY);
    for (size_t i = 0; all && i < all->items; i++)
        if (text_is(&all->item[i], "id", id))
            return module_is(&all->item[i], q) ? isv_rank(&all->item[i], q->tee_tcb_svn[0]) : -1;
    return -1;
}

static bool enclave_is(const struct mkt_value *identity, const unsigned char *report)
{
    unsigned char signer[32];
    return hex_member(identity, "mrsigner", signer, sizeof signer) &&
           memcmp(signer, report + 128, sizeof signer) == 0 &&
           integer_is(identity, "isvprodid", report[256] | report[257] << 8) &&
           masked_equal(identity, "miscselect", "miscselectMask", report + 16, 4) &&
           masked_equal(identity, "attributes", "attributesMask", report + 48, 16);
}

/* An old module or enclave makes the platform out of date; what else it needs stays said. */
static int join(int platform, int part)
{
    if (part == REVOKED || platform == REVOKED) return REVOKED;
    if (part != OUT) return platform;
    if (platform == CONFIG || platform == CONFIG_SW || platform == OUT_CONFIG) return OUT_CONFIG;
    return OUT;
}

struct mkt_tdx_tcb mkt_tdx_tcb_level(const struct mkt_tdx_quote *quote, const struct mkt_pck *pck,
                                     const struct mkt_value *tcb_info,
                                     const struct mkt_value *qe_identity)
{
    unsigned char fmspc[6], pceid[2];
    if (!text_is(tcb_info, "id", "TDX") || !integer_is(tcb_info, "version", 3))
        return cannot("the TCB info is not one of TDX, version 3");
    if (!hex_member(tcb_info, "fmspc", fmspc, sizeof fmspc) ||
        !hex_member(tcb_info, "pceId", pceid, sizeof pceid) ||
        memcmp(fmspc, pck->fmspc, sizeof fmspc) != 0 ||
        memcmp(pceid, pck->pceid, sizeof pceid) != 0)
        return cannot("the TCB info is of another kind of platform (FMSPC)");
    if (!text_is(qe_identity, "id", "TD_QE") || !integer_is(qe_identity, "version", 2))
        return cannot("the enclave identity is not one of TDX's quoting enclave, version 2");
    if (!enclave_is(qe_identity, quote->qe_report))
        return cannot("the quoting enclave is not the one that the identity names");

    int platform = platform_rank(quote, pck, tcb_info), module = module_rank(quote, tcb_info);
    int enclave =
        isv_rank(qe_identity, (unsigned)(quote->qe_report[258] | quote->qe_report[259] << 8));
    if (platform < 0) return cannot("the platform reaches no TCB level that is known");
    if (module < 0) return cannot("the TDX module is none that the TCB info names");
    if (enclave < 0) return cannot("the quoting enclave reaches no TCB level that is known");
    return (struct mkt_tdx_tcb){.status = rank[join(join(platform, module), enclave)]};
}

/* "2023-06-18T08:42:58Z" */
static bool read_time(const struct mkt_value *statement, const char *key, int64_t *out)
{
    const struct mkt_value *v = member(statement, key, MKT_VALUE_STRING);
    int year, month, day, hour, minute, second, length = 0;
    if (!v ||
        sscanf(v->text, "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &year, &month, &day, &hour, &minute, &second,
               &length) != 6 ||
        length != 20 || v->text[20] || !mkt_date_valid(year, month, day) || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    *out = (int64_t)mkt_date_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}

bool mkt_tdx_tcb_current(const struct mkt_value *statement, int64_t time)
{
    int64_t issued, next;
    return read_time(statement, "issueDate", &issued) &&
           read_time(statement, "nextUpdate", &next) && issued <= time && time <= next;
}
