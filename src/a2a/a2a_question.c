#include "a2a/a2a_question.h"

#include <stdlib.h>
#include <string.h>

#include "attest/hex.h"
#include "base/text.h"
#include "engine/enquiry.h"

#define NAMES_SHOWN 20

/* What a message holds, taken together. */
struct said {
    const char *text;                    /* of its text parts, trimmed; NULL for none */
    const struct mkt_analysis *analysis; /* NULL when none is named */
    bool words;                          /* "ask" is named */
    struct mkt_request request;
};

/* ---- the parts ---- */

static const char *trim(struct mkt_arena *arena, const char *text)
{
    static const char blank[] = " \t\r\n";
    text += strspn(text, blank);
    size_t n = strlen(text);
    while (n && strchr(blank, text[n - 1])) n--;
    return n ? mkt_arena_strndup(arena, text, n) : NULL;
}

static mkt_status join_text(struct mkt_arena *arena, const struct mkt_a2a_message *m,
                            struct said *out, struct mkt_err *err)
{
    struct mkt_buf text;
    mkt_buf_init(&text, arena);
    for (size_t i = 0; i < m->parts; i++)
        if (m->part[i].kind == MKT_A2A_TEXT)
            mkt_buf_printf(&text, "%s%s", text.length ? "\n" : "", m->part[i].text);
    MKT_TRY(mkt_buf_check(&text, err));
    if (text.length) out->text = trim(arena, text.data);
    return MKT_OK;
}

static mkt_status no_analysis(const struct mkt_a2a_host *host, struct mkt_arena *arena,
                              const char *name, struct mkt_err *err)
{
    struct mkt_buf list;
    mkt_buf_init(&list, arena);
    for (size_t i = 0; i < host->analyses; i++)
        mkt_buf_printf(&list, "%s, ", host->analysis[i].name);
    if (list.failed) return mkt_arena_full(arena, err);
    return mkt_err_set(err, MKT_E_ARG, "there is no analysis \"%.60s\"; there are %sask", name,
                       list.length ? list.data : "");
}

static mkt_status find_analysis(const struct mkt_a2a_host *host, struct mkt_arena *arena,
                                const struct mkt_value *name, struct said *out, struct mkt_err *err)
{
    if (!name || name->type == MKT_VALUE_NULL) return MKT_OK;
    if (name->type != MKT_VALUE_STRING)
        return mkt_err_set(err, MKT_E_ARG, "\"analysis\" must be a string, not %s",
                           mkt_json_read_type_name(name->type));
    out->words = strcmp(name->text, "ask") == 0;
    for (size_t i = 0; i < host->analyses && !out->words; i++)
        if (strcmp(host->analysis[i].name, name->text) == 0) out->analysis = &host->analysis[i];
    return out->words || out->analysis ? MKT_OK : no_analysis(host, arena, name->text, err);
}

static mkt_status take_data(const struct mkt_a2a_host *host, struct mkt_arena *arena,
                            const struct mkt_value *data, struct said *out, struct mkt_err *err)
{
    static const char *const ours[] = {"analysis", "async", NULL};
    if (data->type != MKT_VALUE_OBJECT)
        return mkt_err_set(err, MKT_E_ARG, "a data part is an object, not %s",
                           mkt_json_read_type_name(data->type));
    MKT_TRY(find_analysis(host, arena, mkt_json_read_member(data, "analysis"), out, err));
    return mkt_request_take(arena, data, ours, &out->request, err);
}

static mkt_status take_file(struct mkt_arena *arena, const struct mkt_a2a_part *p, struct said *out,
                            struct mkt_err *err)
{
    unsigned char *bytes;
    size_t n;
    if (out->request.table)
        return mkt_err_set(err, MKT_E_ARG, "a message has one table, not several");
    mkt_status status = mkt_hex_read_base64(arena, p->text, strlen(p->text), &bytes, &n, err);
    if (status == MKT_E_SYNTAX) {
        mkt_err_clear(err);
        return mkt_err_set(err, MKT_E_ARG, "the bytes of the file are not base64");
    }
    MKT_TRY(status);
    if (n == 0) return mkt_err_set(err, MKT_E_ARG, "the file is empty");
    out->request.table = (const char *)bytes;
    out->request.table_bytes = n;
    return MKT_OK;
}

static mkt_status gather(const struct mkt_a2a_host *host, struct mkt_arena *arena,
                         const struct mkt_a2a_message *m, struct said *out, struct mkt_err *err)
{
    int data = 0;
    *out = (struct said){0};
    mkt_request_init(&out->request);
    MKT_TRY(join_text(arena, m, out, err));
    for (size_t i = 0; i < m->parts; i++)
        if (m->part[i].kind == MKT_A2A_DATA && data++ == 0)
            MKT_TRY(take_data(host, arena, m->part[i].data, out, err));
    if (data > 1) return mkt_err_set(err, MKT_E_ARG, "a message has one data part, not several");
    for (size_t i = 0; i < m->parts; i++)
        if (m->part[i].kind == MKT_A2A_FILE) MKT_TRY(take_file(arena, &m->part[i], out, err));
    if (!out->request.dataset && !out->request.table) out->request.dataset = m->dataset;
    if (out->request.dataset && out->request.table)
        return mkt_err_set(err, MKT_E_ARG, "the message brings a table: name no dataset besides");
    return MKT_OK;
}

/* ---- which data ---- */

static mkt_status list_names(struct mkt_arena *arena, const char *const *name, size_t count,
                             const char **out, struct mkt_err *err)
{
    struct mkt_buf text;
    mkt_buf_init(&text, arena);
    mkt_buf_str(&text, "Which data set? There are ");
    for (size_t i = 0; i < count; i++)
        if (mkt_buf_listed(&text, i, count, NAMES_SHOWN)) mkt_buf_str(&text, name[i]);
    mkt_buf_str(&text, ".");
    *out = text.data;
    return mkt_buf_check(&text, err);
}

/*   usual  of the context, or NULL
 *   word   may be the name itself, from a client that was asked for it; or NULL */
static mkt_status choose_data(const struct mkt_a2a_host *host, struct mkt_arena *arena,
                              const char *usual, const char *word, struct mkt_a2a_asked *out,
                              struct mkt_err *err)
{
    struct mkt_question *q = &out->question;
    const char **name;
    size_t count;
    if (q->dataset || q->table) return MKT_OK;
    MKT_TRY(host->names(host->user, arena, &name, &count, err));
    if (count == 0)
        return mkt_err_set(err, MKT_E_ARG,
                           "there are no data sets yet: send a table in the message, or register "
                           "one by PUT /api/v1/datasets/{name}");
    for (size_t i = 0; i < count; i++)
        if (count == 1 || (word && mkt_text_equal_nocase(word, name[i])) ||
            (usual && strcmp(usual, name[i]) == 0))
            q->dataset = name[i];
    return q->dataset ? MKT_OK : list_names(arena, name, count, &out->missing, err);
}

/* ---- the question ---- */

static mkt_status fill(const struct mkt_a2a_host *host, struct mkt_arena *arena, struct said *s,
                       struct mkt_a2a_asked *out, struct mkt_err *err)
{
    out->question = (struct mkt_question){.analysis = s->analysis, .words = host->words};
    if (!s->analysis && !s->request.question) s->request.question = s->text;
    if (!s->analysis && !s->request.question)
        return mkt_err_set(err, MKT_E_ARG,
                           "nothing is asked: say it in words, or name an \"analysis\" in a data "
                           "part");
    out->wish_ms = s->request.deadline_ms;
    return mkt_enquiry_fill(arena, &s->request, &out->question, err);
}

static void set_format(struct mkt_a2a_asked *asked, unsigned wanted)
{
    asked->question.format = wanted & MKT_A2A_WANT_PAGE ? MKT_RENDER_ALL : MKT_RENDER_BOTH;
}

mkt_status mkt_a2a_question_begin(const struct mkt_a2a_host *host, struct mkt_arena *arena,
                                  const struct mkt_a2a_message *message, const char *usual,
                                  struct mkt_a2a_asked *out, struct mkt_err *err)
{
    struct said s;
    *out = (struct mkt_a2a_asked){0};
    MKT_TRY(gather(host, arena, message, &s, err));
    MKT_TRY(fill(host, arena, &s, out, err));
    set_format(out, message->wanted);
    return choose_data(host, arena, usual, NULL, out, err);
}

/* ---- what completes a question ---- */

/* The parameters of the reading that the client picks, by its words, its value or its number. */
static const struct mkt_value *pick(struct mkt_arena *arena, const struct mkt_blob *back,
                                    const char *word)
{
    struct mkt_value *root;
    struct mkt_err none = {0};
    if (mkt_json_read_value(arena, back->bytes, strlen(back->bytes), &mkt_json_read_limits, &root,
                            &none) != MKT_OK)
        return NULL;
    const struct mkt_value *choices =
        mkt_json_read_member(mkt_json_read_member(root, "question_back"), "choices");
    int64_t number;
    bool numbered = mkt_text_to_int(word, &number);
    for (size_t i = 0; choices && i < choices->items; i++) {
        const struct mkt_value *reading = mkt_json_read_member(&choices->item[i], "reading");
        const struct mkt_value *given = mkt_json_read_member(&choices->item[i], "parameters");
        if (!reading || reading->type != MKT_VALUE_STRING || !given || !given->items) continue;
        const char *value = given->item[0].type == MKT_VALUE_STRING ? given->item[0].text : "";
        if (mkt_text_equal_nocase(reading->text, word) || mkt_text_equal_nocase(value, word) ||
            (numbered && number == (int64_t)i + 1))
            return given;
    }
    return NULL;
}

/* One more parameter for a question in words; it takes the place of one of the same name. */
static mkt_status give(struct mkt_arena *arena, struct mkt_question *q, const char *name,
                       const char *value, struct mkt_err *err)
{
    struct mkt_given *all = MKT_NEW(arena, struct mkt_given, q->givens + 1);
    size_t n = 0;
    if (!all || !value) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < q->givens; i++)
        if (strcmp(q->given[i].name, name) != 0) all[n++] = q->given[i];
    all[n++] = (struct mkt_given){name, value};
    q->given = all;
    q->givens = n;
    return MKT_OK;
}

static mkt_status complete_words(struct mkt_arena *arena, const struct said *s,
                                 const struct mkt_blob *back, struct mkt_question *q,
                                 struct mkt_err *err)
{
    const struct mkt_value *given = s->text ? pick(arena, back, s->text) : NULL;
    const char *asked = s->request.question ? s->request.question : given ? NULL : s->text;
    if (asked) { /* said otherwise: what was given belongs to the old question */
        q->asked = asked;
        q->givens = 0;
    }
    for (size_t i = 0; given && i < given->items; i++)
        MKT_TRY(give(arena, q, given->item[i].key,
                     mkt_json_read_scalar_text(arena, &given->item[i]), err));
    for (size_t i = 0; i < s->request.parameters; i++)
        MKT_TRY(give(arena, q, s->request.parameter[i].name, s->request.parameter[i].value, err));
    return MKT_OK;
}

mkt_status mkt_a2a_question_go_on(const struct mkt_a2a_host *host, struct mkt_arena *arena,
                                  const struct mkt_a2a_message *message,
                                  const struct mkt_a2a_run *earlier, const struct mkt_blob *back,
                                  struct mkt_a2a_asked *out, struct mkt_err *err)
{
    const struct mkt_question *before = &earlier->question;
    struct mkt_question *q = &out->question;
    struct said s;
    *out = (struct mkt_a2a_asked){.question = *before, .wish_ms = earlier->wish_ms};
    MKT_TRY(gather(host, arena, message, &s, err));
    bool anew = s.analysis || s.words || (!back && s.request.question);
    if (anew)
        MKT_TRY(fill(host, arena, &s, out, err));
    else if (back && !before->analysis)
        MKT_TRY(complete_words(arena, &s, back, q, err));
    bool brings = s.request.dataset || s.request.table;
    q->dataset = brings ? s.request.dataset : before->dataset;
    q->table = brings ? s.request.table : before->table;
    q->table_bytes = brings ? s.request.table_bytes : before->table_bytes;
    set_format(out, message->wanted);
    return choose_data(host, arena, NULL, back || anew ? NULL : s.text, out, err);
}
