#include "attest/audit_line.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

const char mkt_audit_line_zeros[MKT_SHA256_TEXT] =
    "0000000000000000000000000000000000000000000000000000000000000000";

bool mkt_audit_line_read(const char *text, size_t n, struct mkt_audit_line *out)
{
    int after = 0;
    unsigned char raw[68];
    *out = (struct mkt_audit_line){0};
    if (n < 200 || n >= MKT_AUDIT_LINE_MOST ||
        sscanf(text,
               "{\"entry\":%" SCNd64 ",\"time\":\"%31[0-9TZ:.-]\",\"previous\":\"%64[0-9a-f]\",%n",
               &out->number, out->time, out->previous, &after) != 3 ||
        after == 0 || strlen(out->previous) != 64)
        return false;
    const size_t tail =
        strlen(MKT_AUDIT_LINE_SIGNED) + MKT_AUDIT_LINE_SIGNATURE - 1 + strlen("\"}");
    if (n < tail) return false;
    out->body = n - tail;
    const char *base64 = text + out->body + strlen(MKT_AUDIT_LINE_SIGNED);
    if (memcmp(text + out->body, MKT_AUDIT_LINE_SIGNED, strlen(MKT_AUDIT_LINE_SIGNED)) != 0 ||
        memcmp(text + n - 2, "\"}", 2) != 0 ||
        EVP_DecodeBlock(raw, (const unsigned char *)base64, MKT_AUDIT_LINE_SIGNATURE - 1) != 66)
        return false;
    memcpy(out->signature, raw, sizeof out->signature);
    return true;
}
