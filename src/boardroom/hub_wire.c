#include "boardroom/hub_wire.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "wire/json_read.h"

#define DEPTH 16
#define VALUES 200000

static const size_t longest_id = 128, longest_type = 63, longest_endpoint = 255;

/* ---- what is said ---- */

void mkt_hub_wire_register(struct mkt_buf *out, const struct mkt_hub_wire_self *self,
                           const char *quote)
{
    struct mkt_json w;
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "agent_id", self->agent_id);
    mkt_json_member_string(&w, "agent_type", self->type);
    mkt_json_key(&w, "capabilities");
    mkt_json_open(&w, '[');
    for (size_t i = 0; i < self->capabilities; i++) mkt_json_string(&w, self->capability[i]);
    mkt_json_close(&w, ']');
    mkt_json_member_string(&w, "endpoint", self->endpoint);
    mkt_json_member_string(&w, "attestation_endpoint", self->attestation_endpoint);
    mkt_json_key(&w, "attestation_data");
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "quote", quote);
    mkt_json_member_string(&w, "public_key", self->public_key);
    mkt_json_close(&w, '}');
    mkt_json_close(&w, '}');
}

void mkt_hub_wire_heartbeat(struct mkt_buf *out, const char *agent_id, int64_t now_us)
{
    char when[40];
    struct mkt_json w;
    size_t n = strlen(mkt_clock_text(now_us / 1000000, when));
    snprintf(when + n, sizeof when - n, ".%06" PRId64, now_us % 1000000);
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "agent_id", agent_id);
    mkt_json_member_string(&w, "status", "healthy");
    mkt_json_member_string(&w, "timestamp", when);
    mkt_json_close(&w, '}');
}

/* ---- what is answered ---- */

static mkt_status read_object(struct mkt_arena *arena, const char *bytes, size_t n,
                              const char *asked, const struct mkt_value **out, struct mkt_err *err)
{
    const struct mkt_json_limits limits = {.bytes = n, .depth = DEPTH, .values = VALUES};
    struct mkt_err why = {0};
    struct mkt_value *value = NULL;
    mkt_status status = mkt_json_read_value(arena, bytes, n, &limits, &value, &why);
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", why.text);
    if (status != MKT_OK || value->type != MKT_VALUE_OBJECT)
        return mkt_err_set(err, MKT_E_DATA, "the hub answers %s with what is no JSON object",
                           asked);
    *out = value;
    return MKT_OK;
}

/* A text of 1 to `most` bytes; else NULL. */
static const char *text_of(const struct mkt_value *object, const char *key, size_t most)
{
    const struct mkt_value *v = mkt_json_read_member(object, key);
    if (!v || v->type != MKT_VALUE_STRING || !v->text[0] || strlen(v->text) > most) return NULL;
    return v->text;
}

static bool is_text(const struct mkt_value *object, const char *key, const char *wanted)
{
    const char *text = text_of(object, key, SIZE_MAX);
    return text && strcmp(text, wanted) == 0;
}

mkt_status mkt_hub_wire_read_registered(struct mkt_arena *arena, const char *bytes, size_t n,
                                        const char *agent_id, struct mkt_err *err)
{
    const struct mkt_value *answer = NULL;
    MKT_TRY(read_object(arena, bytes, n, "the registration", &answer, err));
    if (!is_text(answer, "status", "registered"))
        return mkt_err_set(err, MKT_E_DATA,
                           "the hub accepts the registration without saying \"registered\"");
    if (!is_text(answer, "agent_id", agent_id))
        return mkt_err_set(err, MKT_E_DATA, "the hub says that it has registered another agent");
    if (!is_text(answer, "verification_status", "verified"))
        return mkt_err_set(err, MKT_E_DATA,
                           "the hub has registered this agent without verifying it");
    return MKT_OK;
}

mkt_status mkt_hub_wire_read_heartbeat(struct mkt_arena *arena, const char *bytes, size_t n,
                                       struct mkt_err *err)
{
    const struct mkt_value *answer = NULL;
    MKT_TRY(read_object(arena, bytes, n, "a heartbeat", &answer, err));
    if (!is_text(answer, "status", "acknowledged"))
        return mkt_err_set(err, MKT_E_DATA,
                           "the hub takes a heartbeat without saying \"acknowledged\"");
    return MKT_OK;
}

/* The texts of a list; MKT_E_NOMEM. Members that are none, empty or too long are left out. */
static mkt_status read_capabilities(struct mkt_arena *arena, const struct mkt_value *list,
                                    struct mkt_hub_wire_agent *agent, struct mkt_err *err)
{
    size_t most = MKT_HUB_WIRE_CAPABILITIES;
    if (!list || list->type != MKT_VALUE_ARRAY) return MKT_OK;
    const char **names = MKT_NEW(arena, const char *, most);
    if (!names) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < list->items && agent->capabilities < most; i++) {
        const struct mkt_value *v = &list->item[i];
        if (v->type != MKT_VALUE_STRING || !v->text[0] || strlen(v->text) > longest_type) continue;
        names[agent->capabilities++] = v->text;
    }
    agent->capability = names;
    return MKT_OK;
}

static bool is_known(const struct mkt_hub_wire_directory *d, const char *id)
{
    for (size_t i = 0; i < d->agents; i++)
        if (strcmp(d->agent[i].id, id) == 0) return true;
    return false;
}

static mkt_status read_row(struct mkt_arena *arena, const struct mkt_value *row,
                           struct mkt_hub_wire_agent *agent, struct mkt_hub_wire_directory *out,
                           struct mkt_err *err)
{
    const struct mkt_value *object = row->type == MKT_VALUE_OBJECT ? row : NULL;
    const char *id = text_of(object, "agent_id", longest_id);
    const char *endpoint = text_of(object, "endpoint", longest_endpoint);
    if (!id || !endpoint || out->agents == MKT_HUB_WIRE_AGENTS) {
        out->skipped++;
        return MKT_OK;
    }
    if (is_known(out, id)) return MKT_OK; /* who registers again has a row more */
    agent[out->agents] = (struct mkt_hub_wire_agent){
        .id = id,
        .endpoint = endpoint,
        .type = text_of(object, "agent_type", longest_type),
        .online = is_text(object, "status", "online") || is_text(object, "status", "verified"),
        .client = text_of(object, "client_id", SIZE_MAX),
        .public_key = text_of(object, "public_key", SIZE_MAX),
        .quote = text_of(object, "attestation_quote", SIZE_MAX)};
    MKT_TRY(read_capabilities(arena, mkt_json_read_member(object, "capabilities"),
                              &agent[out->agents], err));
    out->agents++;
    return MKT_OK;
}

mkt_status mkt_hub_wire_read_directory(struct mkt_arena *arena, const char *bytes, size_t n,
                                       struct mkt_hub_wire_directory *out, struct mkt_err *err)
{
    const struct mkt_value *answer = NULL;
    *out = (struct mkt_hub_wire_directory){0};
    MKT_TRY(read_object(arena, bytes, n, "a question for its directory", &answer, err));
    const struct mkt_value *list = mkt_json_read_member(answer, "agents");
    if (!list || list->type != MKT_VALUE_ARRAY)
        return mkt_err_set(err, MKT_E_DATA, "the hub's directory holds no list of agents");
    size_t room = list->items < MKT_HUB_WIRE_AGENTS ? list->items : MKT_HUB_WIRE_AGENTS;
    struct mkt_hub_wire_agent *agent = MKT_NEW(arena, struct mkt_hub_wire_agent, room + 1);
    if (!agent) return mkt_arena_full(arena, err);
    out->agent = agent;
    for (size_t i = 0; i < list->items; i++)
        MKT_TRY(read_row(arena, &list->item[i], agent, out, err));
    return MKT_OK;
}

char *mkt_hub_wire_detail(struct mkt_arena *arena, const char *bytes, size_t n,
                          char out[MKT_HUB_WIRE_DETAIL])
{
    const struct mkt_value *answer = NULL;
    struct mkt_err none = {0};
    size_t at = 0;
    out[0] = '\0';
    if (read_object(arena, bytes, n, "", &answer, &none) != MKT_OK) return out;
    const char *text = text_of(answer, "detail", SIZE_MAX);
    for (; text && *text && at + 1 < MKT_HUB_WIRE_DETAIL; text++)
        out[at++] = *text > 0x20 && *text < 0x7F ? *text : '_';
    out[at] = '\0';
    return out;
}

char *mkt_hub_wire_escape(struct mkt_arena *arena, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = mkt_arena_alloc(arena, 3 * strlen(text) + 1, 1), *at = out;
    for (; out && *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x80 && (isalnum(c) || strchr("-._~", c))) {
            *at++ = (char)c;
        } else {
            *at++ = '%';
            *at++ = digits[c >> 4];
            *at++ = digits[c & 15];
        }
    }
    return out;
}
