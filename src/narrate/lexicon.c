#include "narrate/lexicon.h"

#define ANYWHERE (MKT_LEXICON_OPENS | MKT_LEXICON_FOLLOWS)
#define CLAUSES_OPEN (MKT_LEXICON_CLAUSES | MKT_LEXICON_OPENS)
#define CLAUSES_FOLLOW (MKT_LEXICON_CLAUSES | MKT_LEXICON_FOLLOWS)
#define NOUNS_OPEN (MKT_LEXICON_NOUNS | MKT_LEXICON_OPENS)
#define NOUNS_FOLLOW (MKT_LEXICON_NOUNS | MKT_LEXICON_FOLLOWS)
#define FINDING_FOLLOWS (MKT_LEXICON_FINDING | MKT_LEXICON_FOLLOWS)
#define FINDING (MKT_LEXICON_FINDING | ANYWHERE)
#define ON(kind) (MKT_LEXICON_KIND(MKT_FINDING_##kind) | ANYWHERE)
#define ADVICE (MKT_LEXICON_ADVICE | ANYWHERE)

const struct mkt_lexicon_phrase mkt_lexicon_phrases[] = {
    {"In short, ", CLAUSES_OPEN},
    {"In brief, ", CLAUSES_OPEN},
    {"In figures, ", CLAUSES_OPEN},
    {"In plain figures, ", CLAUSES_OPEN},
    {"In these data, ", CLAUSES_OPEN},
    {"By these data, ", CLAUSES_OPEN},
    {"At a glance, ", CLAUSES_OPEN},
    {"To set the scene, ", CLAUSES_OPEN},
    {"Also, ", CLAUSES_FOLLOW | MKT_LEXICON_FINDING},
    {"In addition, ", CLAUSES_FOLLOW | MKT_LEXICON_FINDING},
    {"In detail, ", CLAUSES_FOLLOW},
    {"For detail, ", CLAUSES_FOLLOW},
    {"For context, ", CLAUSES_FOLLOW},
    {"For reference, ", CLAUSES_FOLLOW},
    {"Alongside this, ", CLAUSES_FOLLOW | MKT_LEXICON_FINDING},

    {"The data show ", NOUNS_OPEN},
    {"The data put ", NOUNS_OPEN},
    {"The figures show ", NOUNS_OPEN},
    {"The figures put ", NOUNS_OPEN},
    {"The account shows ", NOUNS_OPEN},
    {"The data also show ", NOUNS_FOLLOW},
    {"The data also put ", NOUNS_FOLLOW},
    {"The figures also show ", NOUNS_FOLLOW},
    {"The figures also put ", NOUNS_FOLLOW},
    {"The account also shows ", NOUNS_FOLLOW},

    {"By the figures, ", FINDING},
    {"By the evidence, ", FINDING},
    {"On the evidence, ", FINDING},
    {"On these data, ", FINDING},
    {"The finding here: ", FINDING},
    {"What the data say: ", FINDING},
    {"What the figures say: ", FINDING},
    {"The data also say this: ", FINDING_FOLLOWS},
    {"The figures also say this: ", FINDING_FOLLOWS},
    {"To add to this, ", FINDING_FOLLOWS},
    {"Of note, ", FINDING},
    {"Worth knowing: ", FINDING},
    {"Also worth knowing: ", FINDING_FOLLOWS},

    {"Side by side, ", ON(COMPARE)},
    {"Set side by side, ", ON(COMPARE)},
    {"On change, ", ON(CHANGE)},
    {"Turning to change, ", ON(CHANGE)},
    {"On the shares, ", ON(IMBALANCE)},
    {"Turning to the shares, ", ON(IMBALANCE)},
    {"At the margin, ", ON(SATURATED)},
    {"On return at the margin, ", ON(SATURATED)},
    {"On return and cost, ", ON(BREAK_EVEN)},
    {"Turning to return and cost, ", ON(BREAK_EVEN)},
    {"On the budget, ", ON(PACE)},
    {"Turning to the budget, ", ON(PACE)},

    {"For the plan: ", ADVICE},
    {"To act on: ", ADVICE},
    {"For action: ", ADVICE},
    {"What to do: ", ADVICE},
};
const size_t mkt_lexicon_count = sizeof mkt_lexicon_phrases / sizeof *mkt_lexicon_phrases;
