#include "analysis/funnel_guess.h"

#include <string.h>

#include "base/text.h"
#include "source/naming.h"

#define STAGES 8

/* Patterns of names of a stage. */
static const char visit[] = "visit|visits|session_start|first_visit|page_view|pageview|page_viewed|"
                            "page|landing|landing_page|home|homepage|app_open|screen_view|"
                            "site_visit|visited",
                  product[] = "view_item|product_view|product_viewed|view_product|viewcontent|"
                              "view_content|product_detail|product_page|viewed_product|item_view|"
                              "product",
                  cart[] = "add_to_cart|addtocart|cart|product_added|added_to_cart|add_to_basket|"
                           "basket|cart_add",
                  checkout[] = "begin_checkout|checkout|initiate_checkout|initiatecheckout|"
                               "checkout_started|start_checkout|started_checkout|checkout_start",
                  shipping[] = "add_shipping_info|shipping|shipping_info",
                  payment[] = "add_payment_info|addpaymentinfo|payment|payment_info",
                  buy[] = "purchase|purchased|order|order_completed|order_placed|completed_order|"
                          "transaction|checkout_complete|checkout_completed|conversion|buy|sale|"
                          "placed_order",
                  form[] = "sign_up_start|signup_start|signup_started|begin_signup|register_start|"
                           "form_start",
                  join[] = "sign_up|signup|signed_up|register|registered|registration|"
                           "account_created|create_account|complete_registration|"
                           "completeregistration",
                  activate[] = "activate|activated|activation|onboarding_complete|"
                               "onboarding_completed|tutorial_complete|first_use",
                  trial[] = "trial|start_trial|starttrial|trial_started",
                  pay[] = "subscribe|subscribed|subscription|subscription_started|upgrade|upgraded|"
                          "paid",
                  ask[] = "form_view|form_start|form_started",
                  lead[] = "generate_lead|lead|form_submit|submit_form|form_submitted|"
                           "lead_submitted|contact",
                  qualified[] = "qualify_lead|qualified|mql|sql|lead_qualified",
                  meeting[] = "demo|demo_booked|meeting|meeting_booked",
                  closed[] = "close_convert_lead|won|deal_won|customer|closed_won",
                  sent[] = "sent|send|email_sent|delivered|email_delivered",
                  opened[] = "open|opened|email_open|email_opened",
                  clicked[] = "click|clicked|email_click|email_clicked|ad_click",
                  seen[] = "impression|ad_impression|view|viewed|seen";

static const struct {
    const char *name;
    const char *stage[STAGES]; /* in order */
} family[] = {{"shops", {visit, product, cart, checkout, shipping, payment, buy}},
              {"sign-ups", {visit, form, join, activate, trial, pay}},
              {"leads", {visit, ask, lead, qualified, meeting, closed}},
              {"mailings", {sent, opened, clicked, buy}},
              {"ads", {seen, clicked, buy}}};
#define FAMILIES (sizeof family / sizeof *family)

/* The most frequent event of a stage; MKT_FUNNELS_NONE for none. slug [events]: plain names. */
static uint32_t event_of(const struct mkt_events_view *v, const char *const *slug,
                         const char *stage)
{
    uint32_t found = MKT_FUNNELS_NONE;
    for (size_t e = 0; e < v->event.count; e++)
        if (mkt_naming_match(slug[e], stage) &&
            (found == MKT_FUNNELS_NONE || v->count[e] > v->count[found]))
            found = (uint32_t)e;
    return found;
}

static mkt_status by_names(struct mkt_arena *arena, const struct mkt_events_view *v, uint32_t *best,
                           size_t *n, const char **how, struct mkt_err *err)
{
    const char **slug = MKT_NEW(arena, const char *, v->event.count);
    int64_t most_rows = 0;
    *n = 0;
    if (!slug) return mkt_arena_full(arena, err);
    for (size_t e = 0; e < v->event.count; e++)
        if (!(slug[e] = mkt_text_slug(arena, v->event.name[e], 60)))
            return mkt_arena_full(arena, err);
    for (size_t f = 0; f < FAMILIES; f++) {
        uint32_t event[STAGES];
        size_t stages = 0;
        int64_t rows = 0;
        for (size_t s = 0; s < STAGES && family[f].stage[s]; s++) {
            event[stages] = event_of(v, slug, family[f].stage[s]);
            if (event[stages] != MKT_FUNNELS_NONE) rows += v->count[event[stages++]];
        }
        if (stages < 2 || stages < *n || (stages == *n && rows <= most_rows)) continue;
        memcpy(best, event, stages * sizeof *event);
        *n = stages;
        most_rows = rows;
        *how = mkt_arena_printf(arena, "by the names that are usual for %s", family[f].name);
        if (!*how) return mkt_arena_full(arena, err);
    }
    return MKT_OK;
}

/* ---- by the order of first occurrence --------------------------------------------------------- */

static size_t most_frequent(const struct mkt_events_view *v, uint32_t *out)
{
    size_t n = 0;
    for (size_t e = 0; e < v->event.count; e++) { /* names are in byte order: so are equals */
        size_t at = n < MKT_FUNNEL_GUESS_STEPS ? n++ : MKT_FUNNEL_GUESS_STEPS;
        if (at == MKT_FUNNEL_GUESS_STEPS && v->count[e] <= v->count[out[at - 1]]) continue;
        if (at == MKT_FUNNEL_GUESS_STEPS) at--;
        for (; at && v->count[e] > v->count[out[at - 1]]; at--) out[at] = out[at - 1];
        out[at] = (uint32_t)e;
    }
    return n;
}

/* Each event's comparisons won, by how many users do it before the other; then by frequency. */
static mkt_status by_precedence(struct mkt_arena *arena, const struct mkt_events_view *v,
                                uint32_t *event, size_t *n, const char **how, struct mkt_err *err)
{
    *n = most_frequent(v, event);
    int64_t before[MKT_FUNNEL_GUESS_STEPS * MKT_FUNNEL_GUESS_STEPS];
    size_t won[MKT_FUNNEL_GUESS_STEPS] = {0};
    MKT_TRY(mkt_events_precedence(arena, v, event, *n, before, err));
    for (size_t i = 0; i < *n; i++)
        for (size_t j = 0; j < *n; j++) won[i] += before[i * *n + j] > before[j * *n + i];
    for (size_t i = 1; i < *n; i++) /* insertion keeps the more frequent first */
        for (size_t k = i; k && won[k] > won[k - 1]; k--) {
            size_t w = won[k];
            uint32_t e = event[k];
            won[k] = won[k - 1];
            event[k] = event[k - 1];
            won[k - 1] = w;
            event[k - 1] = e;
        }
    *how = "by the order in which users first do the most frequent events";
    return MKT_OK;
}

mkt_status mkt_funnel_guess_make(struct mkt_arena *arena, const struct mkt_events_view *v,
                                 struct mkt_funnel_steps *out, const char **how,
                                 struct mkt_err *err)
{
    *out = (struct mkt_funnel_steps){0};
    uint32_t *event = MKT_NEW(arena, uint32_t, STAGES + MKT_FUNNEL_GUESS_STEPS);
    size_t n;
    if (!event) return mkt_arena_full(arena, err);
    if (v->event.count < 2) return MKT_OK;
    MKT_TRY(by_names(arena, v, event, &n, how, err));
    if (n < 2) MKT_TRY(by_precedence(arena, v, event, &n, how, err));
    out->step = MKT_NEW(arena, struct mkt_funnel_step, n);
    out->label = MKT_NEW(arena, const char *, n);
    if (!out->step || !out->label) return mkt_arena_full(arena, err);
    for (size_t s = 0; s < n; s++) {
        out->step[s] = (struct mkt_funnel_step){.event = event + s, .events = 1};
        out->label[s] = v->event.name[event[s]];
    }
    out->count = n;
    return MKT_OK;
}
