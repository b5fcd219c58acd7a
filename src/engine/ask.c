#include "engine/ask.h"

#include <string.h>

#include "base/json.h"
#include "narrate/direct.h"
#include "plan/propose.h"
#include "report/asked_page.h"

/* ---- what asks again ------------------------------------------------------------------------- */

/* A word for a POSIX shell. */
static void shell_word(struct mkt_buf *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "_-+./:,=@%";
    if (*text && text[strspn(text, plain)] == '\0') {
        mkt_buf_str(out, text);
        return;
    }
    mkt_buf_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            mkt_buf_str(out, "'\\''");
        else
            mkt_buf_char(out, *text);
    }
    mkt_buf_char(out, '\'');
}

static void shell_option(struct mkt_buf *out, const char *name, const char *value)
{
    mkt_buf_printf(out, " --%s ", name);
    shell_word(out, value);
}

/* The command line, or the body of the request, that picks a reading. */
static mkt_status write_again(struct mkt_arena *arena, const struct mkt_ask *ask,
                              const char *question, const struct mkt_plan_choice *c,
                              const char **out, struct mkt_err *err)
{
    struct mkt_buf text;
    mkt_buf_init(&text, arena);
    if (ask->registered) {
        struct mkt_json w;
        mkt_json_init(&w, &text);
        mkt_json_open(&w, '{');
        mkt_json_member_string(&w, "question", question);
        mkt_json_member_string(&w, "dataset", ask->place);
        mkt_json_key(&w, "parameters");
        mkt_json_open(&w, '{');
        for (size_t i = 0; i < ask->givens; i++)
            mkt_json_member_string(&w, ask->given[i].name, ask->given[i].value);
        mkt_json_member_string(&w, c->name, c->value);
        mkt_json_close(&w, '}');
        mkt_json_close(&w, '}');
    } else {
        mkt_buf_str(&text, "marketing-agent ask ");
        shell_word(&text, question);
        shell_option(&text, "data", ask->place ? ask->place : "PATH");
        for (size_t i = 0; i < ask->givens; i++)
            shell_option(&text, ask->given[i].name, ask->given[i].value);
        shell_option(&text, c->name, c->value);
    }
    MKT_TRY(mkt_buf_check(&text, err));
    *out = text.data;
    return MKT_OK;
}

/* ---- from the plan to what the faces show ------------------------------------------------------ */

static mkt_status fill_step(struct mkt_arena *arena, const struct mkt_plan_step *from,
                            struct mkt_asked_step *to, struct mkt_err *err)
{
    const struct mkt_analysis *a = from->analysis;
    struct mkt_buf command;
    mkt_buf_init(&command, arena);
    mkt_buf_str(&command, a->name);
    *to = (struct mkt_asked_step){.analysis = a->name, .part = from->part, .how = from->how};
    to->parameter = MKT_NEW(arena, struct mkt_parameter, a->params ? a->params : 1);
    if (!to->parameter) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < a->params; i++) {
        if (!from->args.text[i]) continue;
        to->parameter[to->parameters++] =
            (struct mkt_parameter){a->param[i].name, from->args.text[i]};
        shell_option(&command, a->param[i].name, from->args.text[i]);
    }
    MKT_TRY(mkt_buf_check(&command, err));
    to->command = command.data;
    return MKT_OK;
}

static mkt_status fill(struct mkt_arena *arena, const struct mkt_ask *ask, struct mkt_plan *plan,
                       struct mkt_asked *out, struct mkt_err *err)
{
    *out = (struct mkt_asked){.question = plan->question,
                              .language = plan->language,
                              .planned_by = plan->made_by,
                              .back = plan->back};
    out->step = MKT_NEW(arena, struct mkt_asked_step, MKT_PLAN_STEPS);
    out->choice = MKT_NEW(arena, struct mkt_asked_choice, MKT_PLAN_CHOICES);
    if (!out->step || !out->choice) return mkt_arena_full(arena, err);
    for (size_t i = 0; plan->back && i < plan->choices; i++) {
        const struct mkt_plan_choice *c = &plan->choice[i];
        struct mkt_asked_choice *to = &out->choice[out->choices++];
        *to = (struct mkt_asked_choice){c->reading, c->name, c->value, NULL};
        MKT_TRY(write_again(arena, ask, plan->question, c, &to->again, err));
    }
    return MKT_OK;
}

/* ---- running ------------------------------------------------------------------------------------- */

struct work {
    const struct mkt_engine *engine;
    struct mkt_arena *arena;
    const struct mkt_ask *ask;
    const struct mkt_listener *listener;
    struct mkt_plan plan;
    struct mkt_asked *out;
    bool partly;
};

/* An error of the request's own, not of the part. */
static bool is_fatal(mkt_status status)
{
    return status == MKT_E_CANCELLED || status == MKT_E_NOMEM || status == MKT_E_INTERNAL ||
           status == MKT_E_IO || status == MKT_E_NOSPACE || status == MKT_E_TIMEOUT;
}

static mkt_status run_step(struct work *w, const struct mkt_plan_step *step, struct mkt_err *err)
{
    struct mkt_asked_step *to = &w->out->step[w->out->steps];
    struct mkt_answer *answer = MKT_NEW(w->arena, struct mkt_answer, 1);
    struct mkt_engine_request request = {.analysis = step->analysis,
                                         .args = &step->args,
                                         .dataset = w->ask->dataset,
                                         .llm = w->ask->llm,
                                         .late = w->ask->late,
                                         .deadline_ms = w->ask->deadline_ms};
    struct mkt_direct direct;
    struct mkt_err why = {0};
    if (!answer) return mkt_arena_full(w->arena, err);
    MKT_TRY(fill_step(w->arena, step, to, err));
    mkt_status status = mkt_engine_run(w->engine, w->arena, &request, w->listener, answer, &why);
    if (status != MKT_OK && is_fatal(status)) return mkt_err_set(err, status, "%s", why.text);
    w->out->steps++;
    if (status != MKT_OK)
        return mkt_plan_unanswered(&w->plan, err, "%s: %s.", to->command, why.text);
    w->out->final = w->out->final && mkt_writer_is_final(&answer->words);
    w->partly = w->partly || answer->sheet.status == MKT_ANSWER_INSUFFICIENT;
    MKT_TRY(mkt_direct_write(answer, &step->focus, &direct, err));
    to->answer = answer;
    to->direct = direct.text;
    to->cite = direct.cite;
    to->cites = direct.cites;
    return MKT_OK;
}

static const char *status_of(const struct work *w)
{
    if (w->plan.back) return "question";
    if (w->plan.steps == 0) return w->plan.open ? "not_understood" : "unanswered";
    return w->plan.unanswereds || w->partly ? "partly" : "answered";
}

mkt_status mkt_ask_run(const struct mkt_engine *engine, struct mkt_arena *arena,
                       const struct mkt_ask *ask, const struct mkt_listener *listener,
                       struct mkt_asked *out, struct mkt_err *err)
{
    struct mkt_known known;
    struct work *w = MKT_NEW(arena, struct work, 1);
    if (!w) return mkt_arena_full(arena, err);
    *w = (struct work){
        .engine = engine, .arena = arena, .ask = ask, .listener = listener, .out = out};
    MKT_TRY(mkt_known_make(arena, ask->dataset, &known, err));
    known.today = ask->today;
    struct mkt_planner planner = {.table = engine->analysis,
                                  .analyses = engine->analyses,
                                  .known = &known,
                                  .given = ask->given,
                                  .givens = ask->givens};
    mkt_plan_init(&w->plan, arena);
    MKT_TRY(mkt_planner_plan(&planner, ask->question, ask->bytes, &w->plan, err));
    struct mkt_proposer proposer = {
        .llm = ask->llm, .seed = 1, .cancel = listener ? listener->cancel : NULL};
    MKT_TRY(mkt_propose_plan(&proposer, &planner, &w->plan, err));
    MKT_TRY(fill(arena, ask, &w->plan, out, err));
    out->final = !w->plan.trouble;
    for (size_t i = 0; i < w->plan.steps; i++) MKT_TRY(run_step(w, &w->plan.step[i], err));
    out->understood = w->plan.understood;
    out->understoods = w->plan.understoods;
    out->unanswered = w->plan.unanswered;
    out->unanswereds = w->plan.unanswereds;
    out->status = status_of(w);
    return MKT_OK;
}

mkt_status mkt_ask_render(struct mkt_buf *out, const struct mkt_asked *asked,
                          mkt_render_format format, struct mkt_err *err)
{
    static const struct mkt_text_style style = {.colour = false, .width = 80, .full = true};
    switch (format) {
    case MKT_RENDER_JSON:
        return mkt_asked_page_json(out, asked, err);
    case MKT_RENDER_HTML:
        return mkt_asked_page_html(out, asked, err);
    case MKT_RENDER_TEXT:
        return mkt_asked_page_text(out, asked, &style, err);
    case MKT_RENDER_BOTH:
        MKT_TRY(mkt_asked_page_json(out, asked, err));
        mkt_buf_char(out, '\0');
        MKT_TRY(mkt_asked_page_text(out, asked, &style, err));
        mkt_buf_char(out, '\0');
        return mkt_buf_check(out, err);
    case MKT_RENDER_ALL:
        MKT_TRY(mkt_ask_render(out, asked, MKT_RENDER_BOTH, err));
        MKT_TRY(mkt_asked_page_html(out, asked, err));
        mkt_buf_char(out, '\0');
        return mkt_buf_check(out, err);
    }
    return mkt_err_set(err, MKT_E_INTERNAL, "no such format");
}
