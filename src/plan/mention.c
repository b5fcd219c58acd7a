#include "plan/mention.h"

#include <string.h>

#include "base/buf.h"
#include "plan/spelling_distance.h"

/* What people call a channel, and words that channels of that sort have in their names. */
static const struct {
    const char *said, *named;
} kin[] = {
    {"paid search, google ads, adwords, sea, ppc, search ads, google", "search, google, sea, ppc"},
    {"facebook, facebook ads, meta, meta ads, instagram, paid social, social media, social ads, fb",
     "social, facebook, meta, instagram"},
    {"newsletter, newsletters, mailing, mailings, mail, emails, e mail, e mails, e mailing",
     "email, mail, newsletter, crm"},
    {"youtube, youtube ads, video ads", "video, youtube"},
    {"banner, banners, display ads, banner ads, programmatic", "display, programmatic, banner"},
    {"affiliate, partners, partner programme", "affiliates, affiliate, partner"},
    {"seo, organic search, organic traffic", "organic, seo"},
    {"google shopping, shopping ads, product ads", "shopping, pla"},
    {"tiktok, tik tok", "tiktok"},
    {"linkedin", "linkedin"},
    {"pinterest", "pinterest"},
    {"bing, microsoft ads", "bing, microsoft"},
    {"snapchat", "snapchat, snap"},
    {"twitter", "twitter, x"},
    {"reddit", "reddit"},
    {"amazon ads, amazon", "amazon"},
    {"tv, television, tv ads", "tv, television"},
    {"radio", "radio"},
    {"podcast, podcasts", "podcast"},
    {"influencer, influencers", "influencer, creators"},
    {"billboards, out of home, ooh", "ooh, outdoor"},
};
#define KINS (sizeof kin / sizeof *kin)

/* Words that stand before "campaign" and name none. */
static const char plain_words[] =
    " the a an our your my each every which what any all this that these those marketing ad ads "
    "advertising best worst top single first last next new old current previous whole per by of "
    "and or in for on social email search video display paid running active other another both "
    "most least good bad big small biggest largest how did is was were are every individual "
    "holiday s to from with than cheapest expensive profitable successful different many more "
    "performing one two three same better q1 q2 q3 q4 ";

/* Names that are everyday words count only beside the word for what they are. */
static const char everyday[] = " all other total none unknown new old direct the a on off yes no "
                               "test control high low ";

struct folded {
    const struct mkt_known_name *known;
    struct mkt_fold fold; /* words only, no marks */
};

struct search {
    struct mkt_arena *arena;
    struct mkt_fold *fold;
    const struct mkt_known *known;
    struct folded *name;
    bool exact;
    struct mkt_mentions *out;
};

static bool in_list(const char *list, const char *word)
{
    char key[48];
    size_t n = strlen(word);
    if (n + 3 > sizeof key) return false;
    key[0] = ' ';
    memcpy(key + 1, word, n);
    key[n + 1] = ' ';
    key[n + 2] = '\0';
    return strstr(list, key) != NULL;
}

static mkt_status fold_names(struct search *s, struct mkt_err *err)
{
    s->name = MKT_NEW(s->arena, struct folded, s->known->names ? s->known->names : 1);
    if (!s->name) return mkt_arena_full(s->arena, err);
    for (size_t i = 0; i < s->known->names; i++) {
        struct folded *f = &s->name[i];
        struct mkt_err long_name = {0};
        f->known = &s->known->name[i];
        mkt_status status = mkt_fold_make(s->arena, f->known->name, &f->fold, &long_name);
        if (status == MKT_E_NOMEM) return mkt_arena_full(s->arena, err);
        size_t kept = 0;
        for (size_t k = 0; status == MKT_OK && k < f->fold.tokens; k++)
            if (f->fold.token[k].kind != MKT_TOKEN_MARK) f->fold.token[kept++] = f->fold.token[k];
        f->fold.tokens = kept;
    }
    return MKT_OK;
}

/* ---- one name at one place -------------------------------------------------------- */

static size_t skip_marks(const struct mkt_fold *f, size_t i)
{
    while (i < f->tokens && f->token[i].kind == MKT_TOKEN_MARK &&
           strchr("-_/+&.:|()", *f->token[i].word))
        i++;
    return i;
}

static bool alike(const char *said, const char *word, bool near, bool *guessed)
{
    size_t n = strlen(said), m = strlen(word);
    if (mkt_fold_same(said, n, word, m)) return true;
    if (!near || *said != *word || m < 5 || *word < 'a') return false;
    if (mkt_spelling_distance(said, word, m < 8 ? 1 : 2) > (m < 8 ? 1 : 2)) return false;
    *guessed = true;
    return true;
}

/* Tokens that the first `count` words of the name take at `at`; 0 when they do not stand there.
 * "e-mail" is "email": two tokens may be one word. */
static size_t stands(const struct mkt_fold *f, size_t at, const struct mkt_fold *name, size_t from,
                     size_t count, bool near, bool *guessed)
{
    char joined[64];
    size_t i = at;
    for (size_t k = 0; k < count; k++) {
        if (k) i = skip_marks(f, i);
        if (i >= f->tokens) return 0;
        const char *word = name->token[from + k].word, *said = f->token[i].word;
        size_t next = skip_marks(f, i + 1);
        if (alike(said, word, near, guessed)) {
            i++;
        } else if (next > i + 1 && next < f->tokens &&
                   strlen(said) + strlen(f->token[next].word) < sizeof joined) {
            strcpy(joined, said);
            strcat(joined, f->token[next].word);
            if (strcmp(joined, word) != 0) return 0;
            i = next + 1;
        } else {
            return 0;
        }
    }
    return i - at;
}

static bool kind_word_at(const struct mkt_fold *f, size_t at, mkt_known_kind kind)
{
    static const char *const word[MKT_KNOWN_KINDS] = {
        "channel", "campaign, promotion", "segment, audience, group, age group",
        "variant, version, group, arm, cell, variation, option, test", "metric"};
    return at < f->tokens && mkt_fold_match_any(f, at, f->tokens, word[kind]) > 0;
}

/* A single letter is a variant beside a word that says so: "variant B", "B beat A", "B vs A". */
static bool letter_counts(const struct mkt_fold *f, size_t at)
{
    static const char *const beside =
        "variant, version, group, arm, cell, variation, option, vs, versus, beat, beats, beaten, "
        "over, than, against, or, win, won, wins, better, did, does, ship, roll, control, is, was, "
        "hurt, harm, "
        "help, raise, increase, improve, lower, from, of, in, hat, has, work, works";
    char c = f->text[f->token[at].from];
    if (at > 0 && kind_word_at(f, at - 1, MKT_KNOWN_VARIANT)) return true;
    if (strchr("aeioy", c)) return false; /* words of some language, in lower case */
    return (at > 0 && mkt_fold_match_any(f, at - 1, f->tokens, beside)) ||
           (at + 1 < f->tokens && mkt_fold_match_any(f, at + 1, f->tokens, beside) &&
            !mkt_fold_match_any(f, at + 1, f->tokens,
                                "variant, version, group, option, arm, cell"));
}

/* A number is a name where it stands as the name does, mark and all: "55+" is not "55 %". */
static bool number_counts(const struct mkt_fold *f, size_t at, size_t took, const struct folded *n)
{
    const char *name = n->known->name, *mark = name + strspn(name, "0123456789.,'");
    bool beside = (at > 0 && kind_word_at(f, at - 1, n->known->kind)) ||
                  kind_word_at(f, at + took, n->known->kind);
    return beside || (*mark && mkt_fold_is(f, at + took, mark));
}

static bool counts(const struct mkt_fold *f, size_t at, size_t took, const struct folded *n)
{
    const char *word = n->fold.token[0].word;
    if (n->fold.tokens > 1) return true;
    if (n->fold.token[0].kind == MKT_TOKEN_NUMBER) return number_counts(f, at, took, n);
    if (strlen(word) == 1 && n->known->kind == MKT_KNOWN_VARIANT) return letter_counts(f, at);
    if (strlen(word) > 1 && !in_list(everyday, word)) return true;
    if (n->known->kind == MKT_KNOWN_VARIANT && strlen(word) > 1) return true;
    if (strcmp(word, "direct") == 0) return true;
    return (at > 0 && kind_word_at(f, at - 1, n->known->kind)) ||
           kind_word_at(f, at + took, n->known->kind);
}

/* ---- the best reading at a place --------------------------------------------------- */

static void offer(struct mkt_mention *best, const struct mkt_known_name *name, size_t at,
                  size_t took, mkt_mention_how how)
{
    bool better = !best->names || how < best->how || (how == best->how && at + took > best->to);
    if (!better && (how != best->how || at + took != best->to)) return;
    if (better) *best = (struct mkt_mention){.how = how, .from = at, .to = at + took};
    for (size_t i = 0; i < best->names; i++)
        if (best->name[i] == name) return;
    if (best->names < MKT_MENTION_CANDIDATES) best->name[best->names++] = name;
}

/* The words of a campaign's name without its year, or one of them beside "campaign". */
static void offer_part(const struct search *s, size_t at, const struct folded *n,
                       struct mkt_mention *best)
{
    const struct mkt_fold *f = s->fold;
    size_t words = 0;
    bool guessed = false;
    if (n->known->kind != MKT_KNOWN_CAMPAIGN) return;
    while (words < n->fold.tokens && n->fold.token[words].kind == MKT_TOKEN_WORD) words++;
    if (words && words < n->fold.tokens) {
        size_t took = stands(f, at, &n->fold, 0, words, false, &guessed);
        bool beside = kind_word_at(f, at + took, MKT_KNOWN_CAMPAIGN) ||
                      (at > 0 && kind_word_at(f, at - 1, MKT_KNOWN_CAMPAIGN));
        if (took && (words > 1 || beside)) {
            offer(best, n->known, at, took, MKT_MENTION_PART);
            return;
        }
    }
    for (size_t k = 0; k < n->fold.tokens; k++) {
        if (n->fold.token[k].kind != MKT_TOKEN_WORD || strlen(n->fold.token[k].word) < 4) continue;
        if (!stands(f, at, &n->fold, k, 1, false, &guessed)) continue;
        if (kind_word_at(f, at + 1, MKT_KNOWN_CAMPAIGN))
            offer(best, n->known, at, 1, MKT_MENTION_PART);
    }
}

static void look_at(const struct search *s, size_t at, struct mkt_mention *best)
{
    const struct mkt_fold *f = s->fold;
    for (size_t i = 0; i < s->known->names; i++) {
        const struct folded *n = &s->name[i];
        bool guessed = false;
        if (n->known->kind == MKT_KNOWN_METRIC || n->fold.tokens == 0) continue;
        size_t took = stands(f, at, &n->fold, 0, n->fold.tokens, !s->exact, &guessed);
        if (took && counts(f, at, took, n))
            offer(best, n->known, at, took, guessed ? MKT_MENTION_SPELLING : MKT_MENTION_EXACT);
        else if (!s->exact && !took)
            offer_part(s, at, n, best);
    }
}

/* Another word for a channel of the data; or one for a channel that is not there. */
static void look_for_kin(const struct search *s, size_t at, struct mkt_mention *best)
{
    const struct mkt_fold *f = s->fold;
    for (size_t k = 0; k < KINS; k++) {
        size_t took = mkt_fold_match_any(f, at, f->tokens, kin[k].said);
        if (!took || (best->names && best->to >= at + took) || took + at <= best->to) continue;
        struct mkt_mention m = {.how = MKT_MENTION_KIN, .from = at, .to = at + took};
        for (size_t i = 0; i < s->known->names; i++) {
            const struct folded *n = &s->name[i];
            if (n->known->kind != MKT_KNOWN_CHANNEL) continue;
            for (size_t w = 0; w < n->fold.tokens; w++)
                if (mkt_fold_match_any(&n->fold, w, n->fold.tokens, kin[k].named) &&
                    m.names < MKT_MENTION_CANDIDATES) {
                    m.name[m.names++] = n->known;
                    break;
                }
        }
        *best = m;
    }
}

/* "the summer campaign" where no campaign has "summer" in its name */
static void look_for_stranger(const struct search *s, size_t at, struct mkt_mention *best)
{
    const struct mkt_fold *f = s->fold;
    const struct mkt_token *t = &f->token[at];
    if (best->to > at || t->kind != MKT_TOKEN_WORD || t->taken || strlen(t->word) < 4) return;
    if (in_list(plain_words, t->word) && strcmp(t->word, "holiday") != 0) return;
    size_t n = strlen(t->word);
    if ((n > 3 && !strcmp(t->word + n - 3, "ing")) || !mkt_fold_is(f, at + 1, "campaign")) return;
    for (size_t i = 0; i < s->known->names; i++)
        if (s->known->name[i].kind == MKT_KNOWN_CAMPAIGN) {
            *best = (struct mkt_mention){.how = MKT_MENTION_PART, .from = at, .to = at + 1};
            return;
        }
}

/* "except email", "without the holiday campaign", "not social" */
static bool excluded(const struct mkt_fold *f, size_t at)
{
    static const char *const word =
        "without, except, except for, excluding, exclude, excludes, other than, apart from, "
        "ignoring, ignore, leaving out, leave out, not, but not, minus, no, besides, not counting";
    for (size_t back = 1; back <= 4 && back <= at; back++) {
        size_t took = mkt_fold_match_any(f, at - back, at, word);
        if (!took) continue;
        for (size_t i = at - back + took; i < at; i++)
            if (!mkt_fold_match_any(f, i, at, "the, our, for, from, campaign, channel, in, on"))
                return false;
        return true;
    }
    return false;
}

mkt_status mkt_mention_find(struct mkt_arena *arena, struct mkt_fold *fold,
                            const struct mkt_known *known, bool exact, struct mkt_mentions *out,
                            struct mkt_err *err)
{
    struct search s = {.arena = arena, .fold = fold, .known = known, .exact = exact, .out = out};
    *out = (struct mkt_mentions){0};
    MKT_TRY(fold_names(&s, err));
    for (size_t i = 0; i < fold->tokens;) {
        struct mkt_mention best = {0};
        if (!fold->token[i].taken) look_at(&s, i, &best);
        if (!exact && !fold->token[i].taken) look_for_kin(&s, i, &best);
        if (!exact && !best.to) look_for_stranger(&s, i, &best);
        if (best.to <= i) {
            i++;
            continue;
        }
        best.without = excluded(fold, i);
        for (size_t k = i; k < best.to; k++) fold->token[k].taken = true;
        if (out->count < MKT_MENTIONS) out->mention[out->count++] = best;
        i = best.to;
    }
    return MKT_OK;
}
