#include "engine/question.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/files.h"

#define INLINE_NAME "table.csv"

static struct mkt_reading with_today(struct mkt_reading reading)
{
    if (reading.today == 0) reading.today = (int32_t)(time(NULL) / 86400);
    return reading;
}

/* Lengths go with the texts, so that no text can pass for two. */
static void key_of_asked(struct mkt_buf *key, const struct mkt_question *q)
{
    mkt_buf_printf(key, "\n%zu %s", strlen(q->asked), q->asked);
    for (size_t i = 0; i < q->givens; i++)
        mkt_buf_printf(key, "\n%zu %s=%zu %s", strlen(q->given[i].name), q->given[i].name,
                       strlen(q->given[i].value), q->given[i].value);
}

/* Everything the bytes of the answer depend on; NULL when the arena is full. */
static const char *key_of(struct mkt_arena *arena, const struct mkt_question *q,
                          const struct mkt_reading *r, const char *name, const char *version,
                          const struct mkt_llm *llm)
{
    struct mkt_buf key;
    mkt_buf_init(&key, arena);
    mkt_buf_printf(&key, "%s\n%d\n%s\n%s\n%d\n%s\n%s\n%s\n%s%s",
                   q->analysis ? q->analysis->name : "ask", (int)q->format, name, version, r->today,
                   r->dates ? r->dates : "", r->decimal ? r->decimal : "",
                   r->currency ? r->currency : "", llm && q->late ? "late " : "",
                   llm ? mkt_llm_identity(llm) : "plain");
    for (size_t i = 0; q->analysis && i < q->analysis->params; i++)
        mkt_buf_printf(&key, "\n%s", q->args.text[i] ? q->args.text[i] : "");
    if (!q->analysis) key_of_asked(&key, q);
    for (size_t i = 0; i < r->maps; i++) mkt_buf_printf(&key, "\n%s", r->map[i]);
    return key.failed ? NULL : key.data;
}

/* ---- a table in the question: a file in a folder of its own, so that its name is the same ---- */

struct own_file {
    char folder[2300], path[2400];
};

static mkt_status write_own(const struct mkt_engine *engine, const struct mkt_question *q,
                            struct own_file *own, struct mkt_err *err)
{
    snprintf(own->folder, sizeof own->folder, "%s/table-XXXXXX",
             mkt_datasets_temp(engine->datasets));
    if (!mkdtemp(own->folder)) {
        own->folder[0] = '\0';
        return mkt_err_file("write to", mkt_datasets_temp(engine->datasets), err);
    }
    snprintf(own->path, sizeof own->path, "%s/%s", own->folder, INLINE_NAME);
    int fd = open(own->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return mkt_err_file("write", INLINE_NAME, err);
    mkt_status status = mkt_files_write(fd, q->table, q->table_bytes, INLINE_NAME, err);
    close(fd);
    return status;
}

/* ---- the answer ---- */

/* What a question is about: a held set or the table in it, and who writes the words. */
struct subject {
    struct mkt_set *set;
    const char *key;
    struct mkt_reading reading;
    struct mkt_llm *llm;
};

static mkt_status ask(struct mkt_engine *engine, struct mkt_arena *arena,
                      const struct mkt_question *q, const struct subject *subject,
                      struct mkt_dataset *dataset, const struct mkt_listener *listener,
                      struct mkt_buf *text, bool *kept, struct mkt_err *err)
{
    struct mkt_ask asking = {.question = q->asked,
                             .bytes = strlen(q->asked),
                             .given = q->given,
                             .givens = q->givens,
                             .dataset = dataset,
                             .place = q->dataset,
                             .registered = true,
                             .today = subject->reading.today,
                             .llm = subject->llm,
                             .late = q->late,
                             .deadline_ms = q->deadline_ms};
    struct mkt_asked *asked = MKT_NEW(arena, struct mkt_asked, 1);
    if (!asked) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_ask_run(engine, arena, &asking, listener, asked, err));
    *kept = asked->final;
    return mkt_ask_render(text, asked, q->format, err);
}

static mkt_status analyse(struct mkt_engine *engine, struct mkt_arena *arena,
                          const struct mkt_question *q, const struct subject *subject,
                          struct mkt_dataset *dataset, const struct mkt_listener *listener,
                          struct mkt_buf *text, bool *kept, struct mkt_err *err)
{
    struct mkt_engine_request request = {.analysis = q->analysis,
                                         .args = &q->args,
                                         .dataset = dataset,
                                         .llm = subject->llm,
                                         .late = q->late,
                                         .deadline_ms = q->deadline_ms};
    struct mkt_answer *answer = MKT_NEW(arena, struct mkt_answer, 1);
    if (!answer) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_engine_run(engine, arena, &request, listener, answer, err));
    if (answer->words.trouble) /* its sentence may hold what a server said: not for the log */
        mkt_log(MKT_LOG_WARN, "narration", "state=failed");
    *kept = mkt_writer_is_final(&answer->words);
    return mkt_render_answer(text, answer, q->format, err);
}

static mkt_status compute(struct mkt_engine *engine, struct mkt_arena *arena,
                          const struct mkt_question *q, const struct subject *subject,
                          struct mkt_dataset *dataset, struct mkt_flag *flag,
                          const struct mkt_listener *listener, struct mkt_blob **out,
                          struct mkt_question_report *report, struct mkt_err *err)
{
    struct mkt_listener heard = *listener;
    struct mkt_buf text;
    bool kept = false;
    heard.cancel = &flag->set;
    mkt_buf_init(&text, arena);
    MKT_TRY((q->analysis ? analyse : ask)(engine, arena, q, subject, dataset, &heard, &text, &kept,
                                          err));
    /* the words of a late question are plain whenever it is asked */
    report->kept = q->late || kept;
    return mkt_blob_make(mkt_render_type(q->format), text.data, text.length, out, err);
}

static mkt_status answer_set(struct mkt_engine *engine, struct mkt_arena *arena,
                             const struct mkt_question *q, const struct subject *subject,
                             struct mkt_flag *flag, const struct mkt_listener *listener,
                             struct mkt_blob **out, struct mkt_question_report *report,
                             struct mkt_err *err)
{
    struct mkt_opened *opened;
    MKT_TRY(mkt_opened_get(engine->opened, subject->set, &subject->reading, flag,
                           listener->progress, listener->user, &opened, err));
    mkt_status status =
        compute(engine, arena, q, subject, opened->dataset, flag, listener, out, report, err);
    mkt_opened_release(engine->opened, opened);
    return status;
}

static mkt_status answer_own(struct mkt_engine *engine, struct mkt_arena *arena,
                             const struct mkt_question *q, const struct subject *subject,
                             struct mkt_flag *flag, const struct mkt_listener *listener,
                             struct mkt_blob **out, struct mkt_question_report *report,
                             struct mkt_err *err)
{
    struct own_file own = {0};
    struct mkt_opened *opened = NULL;
    mkt_status status = write_own(engine, q, &own, err);
    if (status == MKT_OK)
        status = mkt_opened_file(engine->opened, own.path, &subject->reading, flag,
                                 listener->progress, listener->user, &opened, err);
    if (status == MKT_OK)
        status =
            compute(engine, arena, q, subject, opened->dataset, flag, listener, out, report, err);
    mkt_opened_release(engine->opened, opened);
    if (own.folder[0]) mkt_files_remove(own.folder);
    return status;
}

static mkt_status find_subject(struct mkt_engine *engine, struct mkt_arena *arena,
                               const struct mkt_question *q, struct subject *out,
                               struct mkt_err *err)
{
    char digest[MKT_SHA256_TEXT];
    *out = (struct subject){.reading = with_today(q->reading)};
    if (q->analysis) out->reading.asked = q->analysis->kind;
    if (!q->analysis) MKT_TRY(mkt_planner_check(q->asked, strlen(q->asked), err));
    MKT_TRY(mkt_engine_narrator(engine, q->words, &out->llm, err));
    if (q->dataset)
        MKT_TRY(mkt_datasets_get(engine->datasets, q->dataset, &out->set, err));
    else
        MKT_TRY(mkt_hash_bytes(q->table, q->table_bytes, digest, err));
    out->key = key_of(arena, q, &out->reading, out->set ? out->set->name : INLINE_NAME,
                      out->set ? out->set->version : digest, out->llm);
    if (out->key) return MKT_OK;
    mkt_datasets_release(out->set);
    return mkt_arena_full(arena, err);
}

mkt_status mkt_question_cached(struct mkt_engine *engine, struct mkt_arena *arena,
                               const struct mkt_question *question, struct mkt_blob **out,
                               struct mkt_err *err)
{
    struct subject subject;
    MKT_TRY(find_subject(engine, arena, question, &subject, err));
    *out = mkt_cache_peek(engine->cache, subject.key);
    mkt_datasets_release(subject.set);
    return MKT_OK;
}

mkt_status mkt_question_answer(struct mkt_engine *engine, struct mkt_arena *arena,
                               const struct mkt_question *question, struct mkt_flag *flag,
                               const struct mkt_listener *listener, struct mkt_blob **out,
                               struct mkt_question_report *report, struct mkt_err *err)
{
    static const struct mkt_listener nobody = {0};
    struct subject subject;
    mkt_status status = MKT_OK;
    if (!listener) listener = &nobody;
    MKT_TRY(find_subject(engine, arena, question, &subject, err));
    struct mkt_blob *blob = mkt_cache_get(engine->cache, subject.key);
    report->cached = blob != NULL;
    report->kept = false;
    if (!blob) {
        status =
            subject.set
                ? answer_set(engine, arena, question, &subject, flag, listener, &blob, report, err)
                : answer_own(engine, arena, question, &subject, flag, listener, &blob, report, err);
        if (status == MKT_OK && report->kept) mkt_cache_put(engine->cache, subject.key, blob);
    }
    mkt_datasets_release(subject.set);
    if (status == MKT_OK) *out = blob;
    return status;
}

mkt_status mkt_question_account(struct mkt_engine *engine, struct mkt_set *set,
                                const struct mkt_reading *reading, struct mkt_flag *flag,
                                struct mkt_opened **opened, struct mkt_err *err)
{
    struct mkt_reading dated = with_today(*reading);
    return mkt_opened_get(engine->opened, set, &dated, flag, NULL, NULL, opened, err);
}
