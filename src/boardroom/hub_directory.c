#include "boardroom/hub_directory.h"

#include <string.h>

#include "base/clock.h"
#include "net/http.h"

/* Takes this agent out; false when it was not listed as it registered. */
static bool take_self_out(const struct mkt_hub_wire_self *self, struct mkt_hub_wire_directory *d)
{
    for (size_t i = 0; i < d->agents; i++) {
        if (strcmp(d->agent[i].id, self->agent_id) != 0) continue;
        bool right = strcmp(d->agent[i].endpoint, self->endpoint) == 0;
        memmove(&d->agent[i], &d->agent[i + 1], (--d->agents - i) * sizeof *d->agent);
        return right;
    }
    return false;
}

static mkt_status list(const struct mkt_hub_ask *ask, struct mkt_arena *arena, const char *path,
                       struct mkt_hub_wire_directory *out, struct mkt_hub_outcome *o)
{
    struct mkt_called answer;
    MKT_TRY(mkt_hub_ask_make(ask, arena, "a question for its directory", path, NULL,
                             MKT_HUB_ASK_LIST, &answer, o));
    return mkt_hub_wire_read_directory(arena, answer.body, answer.bytes, out, &o->err);
}

static mkt_status list_of(const struct mkt_hub_ask *ask, struct mkt_arena *arena,
                          const char *capability, struct mkt_hub_wire_directory *out,
                          struct mkt_hub_outcome *o)
{
    const char *word = mkt_hub_wire_escape(arena, capability);
    const char *path = word ? mkt_arena_printf(arena, "directory?capability=%s", word) : NULL;
    if (!path) return mkt_arena_full(arena, &o->err);
    return list(ask, arena, path, out, o);
}

/* NULL stays NULL. */
static bool copy(struct mkt_arena *arena, const char *text, const char **out)
{
    *out = text ? mkt_arena_strdup(arena, text) : NULL;
    return !text || *out;
}

static mkt_status take_keys(struct mkt_arena *arena, struct mkt_hub_wire_directory *d,
                            const struct mkt_hub_wire_directory *full, struct mkt_err *err)
{
    for (size_t i = 0; i < d->agents; i++) {
        struct mkt_hub_wire_agent *agent = &d->agent[i];
        for (size_t k = 0; k < full->agents && !agent->public_key; k++) {
            const struct mkt_hub_wire_agent *said = &full->agent[k];
            if (strcmp(said->id, agent->id) != 0) continue;
            if (!copy(arena, said->client, &agent->client) ||
                !copy(arena, said->public_key, &agent->public_key) ||
                !copy(arena, said->quote, &agent->quote))
                return mkt_arena_full(arena, err);
        }
    }
    return MKT_OK;
}

static bool is_among(const char *const *word, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word[i], text) == 0) return true;
    return false;
}

/* In place of a sentence for whoever asks for figures. */
static mkt_status too_much(const struct mkt_arena *arena, struct mkt_hub_outcome *o)
{
    mkt_err_clear(&o->err);
    return mkt_err_set(&o->err, MKT_E_LIMIT,
                       "the hub's directory does not fit in %zu MB, the most that it may take",
                       arena->capacity >> 20);
}

static mkt_status fill(const struct mkt_hub_ask *ask, struct mkt_arena *arena,
                       struct mkt_arena *scratch, int64_t until, struct mkt_hub_wire_directory *d,
                       struct mkt_hub_outcome *o)
{
    struct mkt_hub_ask hurried = *ask;
    const char *asked[MKT_HUB_DIRECTORY_QUERIES];
    size_t queries = 0;
    for (size_t i = 0; i < d->agents && queries < MKT_HUB_DIRECTORY_QUERIES; i++) {
        const struct mkt_hub_wire_agent *agent = &d->agent[i];
        struct mkt_hub_wire_directory full = {0};
        if (agent->public_key || agent->capabilities == 0 ||
            is_among(asked, queries, agent->capability[0]))
            continue;
        asked[queries++] = agent->capability[0];
        int64_t left = until - mkt_clock_ms();
        if (left <= 0)
            return mkt_err_set(&o->err, MKT_E_TIMEOUT, "the hub is too slow with its directory");
        if (left < hurried.timeout_ms) hurried.timeout_ms = left;
        mkt_arena_reset(scratch, 0);
        mkt_status status = list_of(&hurried, scratch, agent->capability[0], &full, o);
        if (status == MKT_E_NOMEM) return too_much(scratch, o);
        if (status == MKT_OK) status = take_keys(arena, d, &full, &o->err);
        if (status != MKT_OK) return status;
    }
    return MKT_OK;
}

mkt_status mkt_hub_directory_read(const struct mkt_hub_ask *ask, struct mkt_arena *arena,
                                  struct mkt_arena *scratch, const struct mkt_hub_wire_self *self,
                                  struct mkt_hub_wire_directory *out, bool *listed,
                                  struct mkt_hub_outcome *o)
{
    int64_t until = mkt_clock_ms() + MKT_HUB_DIRECTORY_MS;
    *listed = true;
    mkt_status status = list(ask, arena, "directory", out, o);
    if (status == MKT_OK) {
        *listed = take_self_out(self, out);
        status = fill(ask, arena, scratch, until, out, o);
    }
    mkt_arena_reset(scratch, 0);
    return status == MKT_E_NOMEM ? too_much(arena, o) : status;
}
