/* A line of the audit log, as audit.c writes it and audit_walk.c reads it. */
#ifndef MKT_ATTEST_AUDIT_LINE_H
#define MKT_ATTEST_AUDIT_LINE_H

#include <stdint.h>

#include "attest/keys.h"
#include "base/hash.h"

#define MKT_AUDIT_LINE_MOST 1024
#define MKT_AUDIT_LINE_SIGNATURE 89 /* base64 of 64 bytes and the NUL */
#define MKT_AUDIT_LINE_SIGNED ",\"signature\":\""

/* The `previous` of the first line. */
extern const char mkt_audit_line_zeros[MKT_SHA256_TEXT];

/* What of a line counts for the next one. */
struct mkt_audit_line {
    int64_t number;
    char time[32], previous[MKT_SHA256_TEXT];
    size_t body; /* bytes before the signature's member */
    unsigned char signature[MKT_KEYS_SIGNATURE];
};

/* Reads a line without its end; false for any other text. */
bool mkt_audit_line_read(const char *text, size_t n, struct mkt_audit_line *out);

#endif
