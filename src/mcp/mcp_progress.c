#include "mcp/mcp_progress.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "wire/json_value.h"

#define PAUSE_MS 100
#define ROOM ((size_t)16 << 10) /* of one notification */

void mkt_mcp_progress_open(struct mkt_mcp_progress *progress, const struct mkt_value *token,
                           struct mkt_flag *flag, mkt_mcp_send *send, void *user)
{
    *progress = (struct mkt_mcp_progress){.token = token, .flag = flag, .send = send, .user = user};
    pthread_mutex_init(&progress->lock, NULL);
}

void mkt_mcp_progress_close(struct mkt_mcp_progress *progress)
{
    pthread_mutex_lock(&progress->lock);
    progress->closed = true;
    pthread_mutex_unlock(&progress->lock);
    pthread_mutex_destroy(&progress->lock);
}

static void send_notice(struct mkt_mcp_progress *p, const char *stage)
{
    struct mkt_arena arena; /* of its own: this may be a thread of the source */
    struct mkt_err none = {0};
    struct mkt_buf text;
    struct mkt_json w;
    if (mkt_arena_open(&arena, ROOM, &none) != MKT_OK) return;
    mkt_buf_init(&text, &arena);
    mkt_json_init(&w, &text);
    mkt_jsonrpc_begin(&w, NULL);
    mkt_json_member_string(&w, "method", "notifications/progress");
    mkt_json_key(&w, "params");
    mkt_json_open(&w, '{');
    mkt_json_key(&w, "progressToken");
    mkt_json_value_write(&w, p->token, NULL);
    mkt_json_member_number(&w, "progress", p->told);
    mkt_json_member_string(&w, "message", stage);
    mkt_json_close(&w, '}');
    mkt_json_close(&w, '}');
    if (!text.failed) p->send(p->user, text.data, text.length);
    mkt_arena_close(&arena);
}

static void tell(struct mkt_mcp_progress *p, const char *stage, double done)
{
    bool another = strncmp(stage, p->stage, sizeof p->stage - 1) != 0;
    if (another && p->stage[0]) p->stages++;
    snprintf(p->stage, sizeof p->stage, "%s", stage);
    double at = p->stages + (done < 0 ? 0 : done < 1 ? done : 0.999);
    int64_t now = mkt_clock_ms();
    if (p->times && (at <= p->told || now < p->told_ms + PAUSE_MS)) return;
    p->told = at;
    p->told_ms = now;
    p->times++;
    send_notice(p, p->stage);
}

void mkt_mcp_progress_tell(void *progress, const char *stage, double done)
{
    struct mkt_mcp_progress *p = progress;
    if (!p->token) return;
    pthread_mutex_lock(&p->lock);
    bool gone = p->closed || (p->flag && atomic_load(&p->flag->set));
    if (!gone && p->times < MKT_MCP_PROGRESS_MOST) tell(p, stage, done);
    pthread_mutex_unlock(&p->lock);
}
