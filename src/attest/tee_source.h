/* The places that evidence comes from: what each has in common for tee.c.
 *
 * A source asks its place once and fills quote, event log and certificates; it judges nothing of
 * them. MKT_E_NOT_FOUND means that there is no such place here; any other error that it is here and
 * does not give.
 */
#ifndef MKT_ATTEST_TEE_SOURCE_H
#define MKT_ATTEST_TEE_SOURCE_H

#include "attest/tee.h"

typedef mkt_status mkt_tee_source(struct mkt_arena *arena, const struct mkt_tee_options *options,
                                  const unsigned char report_data[MKT_TEE_REPORT_DATA],
                                  struct mkt_tee_evidence *out, struct mkt_err *err);

/* POST /GetQuote on the socket, as the guest agent's API tells: hex in JSON.
 * Errors  MKT_E_NOT_FOUND, MKT_E_IO  no answer, not in time, an error in the answer
 *         MKT_E_DATA   it answers no quote, or no JSON;  MKT_E_LIMIT, MKT_E_NOMEM
 * Source  dstack sdk/curl/api.md, v0.5.11
 * Checked tests/attest/tee_dstack_test.c, tests/fuzz/attest_dstack_fuzz.c */
mkt_tee_source mkt_tee_source_dstack;

/* What stands in an answer of GetQuote. */
MKT_MUST_CHECK mkt_status mkt_tee_source_dstack_read(struct mkt_arena *arena, const char *body,
                                                     size_t n, struct mkt_tee_evidence *out,
                                                     struct mkt_err *err);

/* A folder of its own for each request below TSM/report: inblob in, outblob and auxblob out. The
 * generation that the kernel counts with each write tells whether someone else wrote there.
 * Errors  MKT_E_NOT_FOUND, MKT_E_FORBIDDEN, MKT_E_IO
 *         MKT_E_DATA   a provider that is neither TDX nor SEV-SNP
 *         MKT_E_LIMIT  more than MKT_TEE_QUOTE_BYTES
 * Source  Linux, Documentation/ABI/testing/configfs-tsm-report
 * Checked tests/attest/tee_configfs_test.c, tests/fuzz/attest_configfs_fuzz.c */
mkt_tee_source mkt_tee_source_configfs;

/* The file that SecretVM makes beside the key: raw bytes, hex, base64, or the older JSON.
 * Errors  MKT_E_NOT_FOUND, MKT_E_IO, MKT_E_LIMIT, MKT_E_DATA  no quote in it
 * Checked tests/attest/tee_secretvm_test.c, tests/fuzz/attest_evidence_fuzz.c */
mkt_tee_source mkt_tee_source_secretvm;

#endif
