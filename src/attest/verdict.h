/* What was checked of a piece of evidence, and what came of it.
 *
 * A verdict is a list of checks by name. It is trusted when none failed and every check that the
 * kind of evidence demands was made; what could not be checked stands there as skipped, with the
 * reason, and is never counted as passed.
 */
#ifndef MKT_ATTEST_VERDICT_H
#define MKT_ATTEST_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

typedef enum { MKT_CHECK_PASSED, MKT_CHECK_FAILED, MKT_CHECK_SKIPPED } mkt_check_result;

const char *mkt_check_result_name(mkt_check_result result);

struct mkt_check {
    const char *name; /* constant: "quote_signature" */
    mkt_check_result result;
    const char *text; /* one sentence */
};

struct mkt_measured {
    const char *name; /* constant: "mrtd", "rtmr0", "measurement" */
    const char *hex;
};

#define MKT_VERDICT_CHECKS 32
#define MKT_VERDICT_MEASURED 16

struct mkt_verdict {
    struct mkt_arena *arena;
    const char *tee; /* "tdx" or "sev-snp" */
    struct mkt_check check[MKT_VERDICT_CHECKS];
    size_t checks;
    struct mkt_measured measured[MKT_VERDICT_MEASURED];
    size_t measures;
    const char *tcb;               /* "UpToDate", "OutOfDate", ... or "not evaluated" */
    unsigned char report_data[64]; /* what the evidence binds */
    bool failed;                   /* a check failed, or memory ran out while one was noted */
};

/* Notes a check; the text is made like printf's. */
void mkt_verdict_note(struct mkt_verdict *verdict, const char *name, mkt_check_result result,
                      const char *format, ...) MKT_PRINTF(4, 5);

/* Notes `passed` when it holds, else `failed`, as they stand. Returns `holds`. */
bool mkt_verdict_check(struct mkt_verdict *verdict, const char *name, bool holds,
                       const char *passed, const char *failed);

void mkt_verdict_measure(struct mkt_verdict *verdict, const char *name, const void *bytes,
                         size_t n);

/* NULL when it was not measured. */
const char *mkt_verdict_measured(const struct mkt_verdict *verdict, const char *name);

/* NULL when it was not made. */
const struct mkt_check *mkt_verdict_find(const struct mkt_verdict *verdict, const char *name);

#endif
