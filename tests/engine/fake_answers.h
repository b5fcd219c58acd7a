/* Two data sets, whose answers are those of no analysis: for faces that ask a host. */
#ifndef MKT_TESTS_ENGINE_FAKE_ANSWERS_H
#define MKT_TESTS_ENGINE_FAKE_ANSWERS_H

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "engine/question.h"

struct fake_host {
    pthread_mutex_t lock;
    struct mkt_question asked; /* the last question */
    bool cancel;               /* the call is cancelled while it runs */
    atomic_int calls;
    /* for those that need more */
    size_t sets;                              /* data sets there are; 0 for both */
    char dataset[64], words[256], given[256]; /* of the last question: name, question, parameters */
    const char *json;                         /* in place of the usual answer */
    mkt_status status;                        /* of a call that fails, with a sentence */
    bool facts;                               /* tells a sentence of a model, too */
    /* when held, the call waits to begin and then for its release, or to be cancelled */
    atomic_bool held, begin, release;
};

static mkt_status fake_names(void *user, struct mkt_arena *arena, const char ***out, size_t *count,
                             struct mkt_err *err)
{
    const struct fake_host *h = user;
    *out = MKT_NEW(arena, const char *, 2);
    if (!*out) return mkt_arena_full(arena, err);
    (*out)[0] = h->sets == 1 ? "shop" : "a b/c.csv";
    (*out)[1] = "shop";
    *count = h->sets ? h->sets : 2;
    return MKT_OK;
}

static mkt_status fake_find(const char *name, struct mkt_err *err)
{
    if (strcmp(name, "shop") == 0 || strcmp(name, "a b/c.csv") == 0) return MKT_OK;
    return mkt_err_set(err, MKT_E_NOT_FOUND, "there is no data set \"%s\"", name);
}

static mkt_status fake_answer(void *user, struct mkt_arena *arena,
                              const struct mkt_question *question, struct mkt_flag *flag,
                              const struct mkt_listener *listener, struct mkt_blob **out,
                              struct mkt_err *err)
{
    static const char both[] = "{\"roas\":2.5}\n\0Words: \"2.5\".";
    struct fake_host *h = user;
    (void)arena;
    pthread_mutex_lock(&h->lock);
    h->asked = *question;
    snprintf(h->dataset, sizeof h->dataset, "%s", question->dataset ? question->dataset : "");
    snprintf(h->words, sizeof h->words, "%s", question->asked ? question->asked : "");
    h->given[0] = '\0';
    for (size_t i = 0; i < question->givens; i++)
        snprintf(h->given + strlen(h->given), sizeof h->given - strlen(h->given), "%s=%s;",
                 question->given[i].name, question->given[i].value);
    atomic_fetch_add(&h->calls, 1);
    pthread_mutex_unlock(&h->lock);
    while (atomic_load(&h->held) && !atomic_load(&h->begin) && !atomic_load(&h->release) &&
           !atomic_load(&flag->set))
        sched_yield();
    if (question->dataset) MKT_TRY(fake_find(question->dataset, err));
    listener->progress(listener->user, "reading", 0.5);
    if (h->cancel) {
        atomic_store(&flag->set, true);
        listener->progress(listener->user, "draws", 0.5);
        return mkt_err_set(err, MKT_E_CANCELLED, "stopped");
    }
    if (h->facts) listener->sentence(listener->user, MKT_PART_SUMMARY, "It \"pays\".");
    if (h->facts) listener->sentence(listener->user, MKT_PART_SUMMARY, NULL);
    while (atomic_load(&h->held) && !atomic_load(&h->release)) {
        if (atomic_load(&flag->set)) return mkt_err_set(err, MKT_E_CANCELLED, "stopped");
        sched_yield();
    }
    if (h->status != MKT_OK) return mkt_err_set(err, h->status, "it \"failed\"");
    for (int i = 0; i < 1000; i++) listener->progress(listener->user, "draws", i / 1000.0);
    if (!h->json) return mkt_blob_make("application/json", both, sizeof both, out, err);
    char text[2048]; /* the answer, its words, its page */
    int n = snprintf(text, sizeof text, "%s%cWords.%c<!p>", h->json, 0, 0);
    return mkt_blob_make("application/json", text, (size_t)n + 1, out, err);
}

#endif
