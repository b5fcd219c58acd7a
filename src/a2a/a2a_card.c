#include "a2a/a2a_card.h"

#include <stdio.h>
#include <string.h>

#include "attest/hex.h"
#include "base/hash.h"
#include "base/json.h"
#include "wire/jcs.h"

#define SCOPE "a2a" /* a requirement without any is left out by what verifies the card */

static void write_texts(struct mkt_json *w, const char *name, const char *const *text, size_t n)
{
    mkt_json_key(w, name);
    mkt_json_open(w, '[');
    for (size_t i = 0; i < n; i++) mkt_json_string(w, text[i]);
    mkt_json_close(w, ']');
}

static void write_modes(struct mkt_json *w)
{
    static const char *const in[] = {"text/plain", "application/json", "text/csv",
                                     "text/tab-separated-values"};
    static const char *const out[] = {"application/json", "text/plain", "text/html"};
    write_texts(w, "defaultInputModes", in, sizeof in / sizeof *in);
    write_texts(w, "defaultOutputModes", out, sizeof out / sizeof *out);
}

/* ---- skills: a row of the table each, and the question in words ---- */

/* "campaign_roi" -> "Campaign roi": a name to show. */
static const char *title_of(struct mkt_arena *arena, const char *name)
{
    char *title = mkt_arena_strdup(arena, name);
    if (!title) return name;
    if (title[0] >= 'a' && title[0] <= 'z') title[0] = (char)(title[0] - 'a' + 'A');
    for (char *c = title; *c; c++)
        if (*c == '_') *c = ' ';
    return title;
}

static void open_skill(struct mkt_json *w, const char *id, const char *name, const char *about)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "id", id);
    mkt_json_member_string(w, "name", name);
    mkt_json_member_string(w, "description", about);
}

static mkt_status write_skill(struct mkt_json *w, const struct mkt_analysis *a, struct mkt_err *err)
{
    struct mkt_arena *arena = w->out->arena;
    const char *about =
        mkt_arena_printf(arena, "%s %s Needs %s.", a->question, a->summary, a->needs);
    const char *data = mkt_arena_printf(
        arena, "{\"analysis\":\"%s\",\"dataset\":\"shop\"%s}", a->name,
        mkt_analysis_takes(a, "period") ? ",\"parameters\":{\"period\":\"2025-Q4\"}" : "");
    if (!about || !data) return mkt_arena_full(arena, err);
    const char *const tags[] = {"marketing", a->area, a->name};
    const char *const examples[] = {a->question, data};
    open_skill(w, a->name, title_of(arena, a->name), about);
    write_texts(w, "tags", tags, 3);
    write_texts(w, "examples", examples, 2);
    mkt_json_close(w, '}');
    return MKT_OK;
}

static void write_ask(struct mkt_json *w)
{
    static const char *const tags[] = {"marketing", "question"};
    static const char *const examples[] = {
        "Which channel had the best return in 2025-Q4?",
        "Where are people lost between the first visit and the purchase?",
        "Did the new landing page win?"};
    open_skill(w, "ask", "Ask in words",
               "A question about the marketing in plain words: plans it as analyses, runs them, "
               "answers from their facts, says what it did not understand, and asks back.");
    write_texts(w, "tags", tags, 2);
    write_texts(w, "examples", examples, 3);
    mkt_json_close(w, '}');
}

static mkt_status write_skills(struct mkt_json *w, const struct mkt_a2a_card *card,
                               struct mkt_err *err)
{
    mkt_json_key(w, "skills");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < card->analyses; i++) MKT_TRY(write_skill(w, &card->analysis[i], err));
    write_ask(w);
    mkt_json_close(w, ']');
    return MKT_OK;
}

/* ---- the two versions ---- */

static void write_who(struct mkt_json *w)
{
    mkt_json_member_string(w, "name", "Marketing agent");
    mkt_json_member_string(
        w, "description",
        "Says what the marketing did, what it was worth, what to do next and how "
        "sure that is: figures with intervals, and words that cite them.");
    mkt_json_member_string(w, "version", MKT_VERSION);
}

static void write_interface_10(struct mkt_json *w, const char *url, const char *version)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "url", url);
    mkt_json_member_string(w, "protocolBinding", "JSONRPC");
    mkt_json_member_string(w, "protocolVersion", version);
    mkt_json_close(w, '}');
}

static void write_security_10(struct mkt_json *w)
{
    mkt_json_key(w, "securitySchemes");
    mkt_buf_str(w->out, "{\"bearer\":{\"httpAuthSecurityScheme\":{\"scheme\":\"Bearer\"}}}");
    w->comma = true;
    mkt_json_key(w, "securityRequirements");
    mkt_buf_str(w->out, "[{\"schemes\":{\"bearer\":{\"list\":[\"" SCOPE "\"]}}}]");
    w->comma = true;
}

static void write_10(struct mkt_json *w, const struct mkt_a2a_card *card, const char *url)
{
    mkt_json_key(w, "supportedInterfaces");
    mkt_json_open(w, '[');
    write_interface_10(w, url, "1.0");
    write_interface_10(w, url, "0.3");
    mkt_json_close(w, ']');
    mkt_json_key(w, "capabilities");
    mkt_buf_str(w->out,
                "{\"streaming\":true,\"pushNotifications\":false,\"extendedAgentCard\":false}");
    w->comma = true;
    if (card->tokens) write_security_10(w);
}

static void write_03(struct mkt_json *w, const struct mkt_a2a_card *card, const char *url)
{
    mkt_json_member_string(w, "protocolVersion", "0.3.0");
    mkt_json_member_string(w, "url", url);
    mkt_json_member_string(w, "preferredTransport", "JSONRPC");
    mkt_json_key(w, "additionalInterfaces");
    mkt_json_open(w, '[');
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "url", url);
    mkt_json_member_string(w, "transport", "JSONRPC");
    mkt_json_close(w, '}');
    mkt_json_close(w, ']');
    mkt_json_key(w, "capabilities");
    mkt_buf_str(w->out, "{\"streaming\":true,\"pushNotifications\":false,"
                        "\"stateTransitionHistory\":false}");
    w->comma = true;
    mkt_json_member_bool(w, "supportsAuthenticatedExtendedCard", false);
    if (!card->tokens) return;
    mkt_json_key(w, "securitySchemes");
    mkt_buf_str(w->out, "{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}}");
    w->comma = true;
    mkt_json_key(w, "security");
    mkt_buf_str(w->out, "[{\"bearer\":[\"" SCOPE "\"]}]");
    w->comma = true;
}

/* ---- the key ---- */

/* RFC 7638 section 3: the digest of the key's required members, sorted. NULL without memory. */
static const char *thumbprint(struct mkt_arena *arena, const struct mkt_public_key *key,
                              struct mkt_err *err)
{
    char hex[MKT_SHA256_TEXT];
    unsigned char digest[32];
    const char *x = mkt_hex_write_base64url(arena, key->raw, sizeof key->raw);
    const char *json =
        x ? mkt_arena_printf(arena, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", x) : NULL;
    if (!json || mkt_hash_bytes(json, strlen(json), hex, err) != MKT_OK ||
        !mkt_hex_read(hex, strlen(hex), digest, sizeof digest))
        return NULL;
    return mkt_hex_write_base64url(arena, digest, sizeof digest);
}

mkt_status mkt_a2a_card_write_keys(struct mkt_buf *out, const struct mkt_public_key *key,
                                   struct mkt_err *err)
{
    struct mkt_json w;
    const char *x = mkt_hex_write_base64url(out->arena, key->raw, sizeof key->raw);
    const char *kid = thumbprint(out->arena, key, err);
    if (!x || !kid) return mkt_arena_full(out->arena, err);
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_key(&w, "keys");
    mkt_json_open(&w, '[');
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "kty", "OKP");
    mkt_json_member_string(&w, "crv", "Ed25519");
    mkt_json_member_string(&w, "x", x);
    mkt_json_member_string(&w, "kid", kid);
    mkt_json_member_string(&w, "alg", "EdDSA");
    mkt_json_member_string(&w, "use", "sig");
    mkt_json_close(&w, '}');
    mkt_json_close(&w, ']');
    mkt_json_close(&w, '}');
    return mkt_buf_check(out, err);
}

/* ---- the signature ---- */

static mkt_status protect(struct mkt_arena *arena, const struct mkt_a2a_card *card,
                          const char **out, struct mkt_err *err)
{
    struct mkt_buf text;
    struct mkt_json w;
    const char *kid = thumbprint(arena, mkt_keys_public(card->keys), err);
    const char *jku = mkt_arena_printf(arena, "%s%s", card->base, MKT_A2A_CARD_KEYS);
    if (!kid || !jku) return mkt_arena_full(arena, err);
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "alg", "EdDSA");
    mkt_json_member_string(&w, "jku", jku);
    mkt_json_member_string(&w, "kid", kid);
    mkt_json_member_string(&w, "typ", "JOSE");
    mkt_json_close(&w, '}');
    MKT_TRY(mkt_buf_check(&text, err));
    *out = mkt_hex_write_base64url(arena, text.data, text.length);
    return *out ? MKT_OK : mkt_arena_full(arena, err);
}

/* `canonical` is an object; the signature becomes its last member. */
static mkt_status write_signed(struct mkt_buf *out, const struct mkt_a2a_card *card,
                               const struct mkt_buf *canonical, struct mkt_err *err)
{
    struct mkt_arena *arena = out->arena;
    unsigned char signature[MKT_KEYS_SIGNATURE];
    const char *header = NULL;
    MKT_TRY(protect(arena, card, &header, err));
    const char *payload = mkt_hex_write_base64url(arena, canonical->data, canonical->length);
    const char *input = payload ? mkt_arena_printf(arena, "%s.%s", header, payload) : NULL;
    if (!input) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_keys_sign(card->keys, input, strlen(input), signature, err));
    const char *text = mkt_hex_write_base64url(arena, signature, sizeof signature);
    if (!text) return mkt_arena_full(arena, err);
    mkt_buf_add(out, canonical->data, canonical->length - 1);
    mkt_buf_printf(out, ",\"signatures\":[{\"protected\":\"%s\",\"signature\":\"%s\"}]}", header,
                   text);
    return mkt_buf_check(out, err);
}

mkt_status mkt_a2a_card_write(struct mkt_buf *out, const struct mkt_a2a_card *card,
                              mkt_a2a_version version, struct mkt_err *err)
{
    struct mkt_arena *arena = out->arena;
    struct mkt_buf text, canonical;
    struct mkt_value *value;
    struct mkt_json w;
    const char *url = mkt_arena_printf(arena, "%s%s", card->base, MKT_A2A_CARD_ENDPOINT);
    if (!url) return mkt_arena_full(arena, err);
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    write_who(&w);
    (version == MKT_A2A_10 ? write_10 : write_03)(&w, card, url);
    write_modes(&w);
    MKT_TRY(write_skills(&w, card, err));
    mkt_json_close(&w, '}');
    MKT_TRY(mkt_buf_check(&text, err));
    MKT_TRY(mkt_json_read_value(arena, text.data, text.length, &mkt_json_read_limits, &value, err));
    mkt_buf_init(&canonical, arena);
    mkt_jcs_write(&canonical, value, NULL);
    MKT_TRY(mkt_buf_check(&canonical, err));
    return write_signed(out, card, &canonical, err);
}
