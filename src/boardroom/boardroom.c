#include "boardroom/boardroom.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define LOG_BYTES ((int64_t)MKT_BOARDROOM_REMEMBERED * 480) /* that hold as many entries, about */
#define MARGIN_MS 5000 /* between the end of the words and the end of the patience */

static const char *const mode_name[] = {"strict", "known", "open"};

static mkt_status read_mode(const char *text, mkt_boardroom_mode *out, struct mkt_err *err)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(text, mode_name[i]) == 0) {
            *out = (mkt_boardroom_mode)i;
            return MKT_OK;
        }
    return mkt_err_set(err, MKT_E_ARG,
                       "AGENT_COLLABORATION is \"%s\": it must be strict, known or open", text);
}

static void recall(void *user, const char *request, int64_t us)
{
    struct mkt_nonces *nonces = user;
    if (request)
        mkt_nonces_recall(nonces, request, us);
    else
        mkt_nonces_forget_until(nonces, us);
}

mkt_status mkt_boardroom_open(struct mkt_boardroom *b, const char *log, const char *mode,
                              struct mkt_err *err)
{
    b->audit = NULL;
    b->nonces = NULL;
    mkt_status status = read_mode(mode, &b->mode, err);
    if (status == MKT_OK) status = mkt_nonces_open(MKT_BOARDROOM_REMEMBERED, &b->nonces, err);
    if (status == MKT_OK) status = mkt_audit_open(log, b->keys, &b->audit, err);
    if (status == MKT_OK)
        status = mkt_audit_recent(log, LOG_BYTES, "collaborate", recall, b->nonces, err);
    if (status != MKT_OK) mkt_boardroom_close(b);
    return status;
}

void mkt_boardroom_close(struct mkt_boardroom *b)
{
    mkt_audit_close(b->audit);
    mkt_nonces_close(b->nonces);
    b->audit = NULL;
    b->nonces = NULL;
}

mkt_status mkt_boardroom_log(struct mkt_boardroom *b, const struct mkt_audit_entry *entry,
                             struct mkt_err *err)
{
    struct mkt_err why = {0};
    if (mkt_audit_add(b->audit, entry, &why) == MKT_OK) {
        atomic_store(&b->answered_us, mkt_clock_wall_us());
        return MKT_OK;
    }
    mkt_log(MKT_LOG_ERROR, "audit", "status=%s", mkt_status_name(why.status));
    return mkt_err_set(err, MKT_E_BUSY,
                       "the answer cannot be written to the audit log, and so it is not given");
}

double mkt_boardroom_elapsed_ms(const struct mkt_boardroom_call *call)
{
    return (double)(mkt_clock_us() - call->began_ms * 1000) / 1000;
}

int64_t mkt_boardroom_until(const struct mkt_boardroom_call *call, int64_t timeout_ms)
{
    int64_t margin = timeout_ms / 4 < MARGIN_MS ? timeout_ms / 4 : MARGIN_MS,
            until = call->began_ms + timeout_ms - margin;
    return until < call->until_ms ? until : call->until_ms;
}

const char *mkt_boardroom_mode_name(mkt_boardroom_mode mode)
{
    return mode_name[mode];
}
