/* No phrase of the lexicon can state what only a finding may: the list is walked word by word. */
#include "narrate/lexicon.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Kinds of words that would say something about the figures around them. */
static const char *const forbidden[][2] = {
    {"order", "better best worse worst more most less least higher highest lower lowest greater "
              "greatest larger largest smaller smallest bigger biggest stronger strongest weaker "
              "weakest top bottom leading lead leads ahead behind beats beat outperforms exceeds "
              "above below under over superior inferior main chief key primary major minor rank "
              "ranks ranked prefer preferred dominant dominates wins win loses lose than far very "
              "well best-performing important"},
    {"direction", "rose rise rises rising fell fall falls falling up down grew grow grows growing "
                  "growth shrank decline declined declines drop dropped drops increase increased "
                  "increases decrease decreased decreases gain gained gains loss improve improved "
                  "improves worsen worsened trend upward downward back forward steady stable"},
    {"quantity", "one two three four five six seven eight nine ten eleven twelve hundred thousand "
                 "million billion half third quarter double twice triple thrice single pair dozen "
                 "few several many much some all any both each every none only just nearly almost "
                 "about roughly exactly percent per cent first second last once mostly partly "
                 "majority minority bulk lot lots other another rest remaining zero nought"},
    {"negation", "no not nor never neither without cannot lack lacks fail fails failed absent "
                 "missing un non hardly barely false wrong"},
    {"cause", "because since so thus hence therefore due owing thanks why cause causes caused "
              "leads drives drive driven driving result results reason reasons consequently then "
              "explains explain makes make made from through as"},
    {"contrast", "but yet however although though despite unlike whereas while instead rather "
                 "except otherwise still even nevertheless against versus contrary too"},
    {"time", "before after now next previous previously earlier later soon already again until "
             "will was were has had been becomes became remain remains when"},
    {"advice", "should must ought need needs can could may might would shall recommend consider "
               "move cut raise stop keep try invest spend shift reduce expand"},
    {"praise", "good bad great strong weak poor solid healthy efficient inefficient effective "
               "profitable unprofitable cheap expensive high low big small large"},
};

/* Calls `word` for each word of each phrase, in lower case. */
static void each_word(void (*check)(const char *word, const char *phrase))
{
    for (size_t i = 0; i < mkt_lexicon_count; i++) {
        char copy[80], *rest = copy;
        assert_true(strlen(mkt_lexicon_phrases[i].text) < sizeof copy);
        strcpy(copy, mkt_lexicon_phrases[i].text);
        for (char *word; (word = strtok_r(rest, " ,:", &rest)) != NULL;) {
            for (char *c = word; *c; c++) *c = (char)tolower((unsigned char)*c);
            check(word, mkt_lexicon_phrases[i].text);
        }
    }
}

static void not_forbidden(const char *word, const char *phrase)
{
    for (size_t k = 0; k < sizeof forbidden / sizeof *forbidden; k++) {
        char list[1024], *rest = list;
        assert_true(strlen(forbidden[k][1]) < sizeof list);
        strcpy(list, forbidden[k][1]);
        for (char *bad; (bad = strtok_r(rest, " ", &rest)) != NULL;)
            if (strcmp(bad, word) == 0)
                fail_msg("\"%s\" in \"%s\" is a word of %s", word, phrase, forbidden[k][0]);
    }
}

/* Comparatives, superlatives and negations can be built from any word. */
static void not_built(const char *word, const char *phrase)
{
    size_t n = strlen(word);
    if (n > 3 && (strcmp(word + n - 2, "er") == 0 || strcmp(word + n - 3, "est") == 0))
        fail_msg("\"%s\" in \"%s\" ends like a comparison", word, phrase);
    if (n > 3 && (strncmp(word, "un", 2) == 0 || strcmp(word + n - 3, "n't") == 0))
        fail_msg("\"%s\" in \"%s\" is built like a negation", word, phrase);
    if (n > 4 && (strcmp(word + n - 4, "fold") == 0 || strcmp(word + n - 4, "less") == 0))
        fail_msg("\"%s\" in \"%s\" is built like a quantity", word, phrase);
    for (const char *c = word; *c; c++)
        if (*c < 'a' || *c > 'z') fail_msg("\"%s\" holds more than letters", phrase);
}

static void test_no_word_states_anything(void **state)
{
    (void)state;
    each_word(not_forbidden);
    each_word(not_built);
}

/* A phrase is read before a citation: none may look like one, hold a full stop or be two. */
static void test_phrases_cannot_be_mistaken(void **state)
{
    (void)state;
    for (size_t i = 0; i < mkt_lexicon_count; i++) {
        const char *text = mkt_lexicon_phrases[i].text;
        size_t n = strlen(text);
        assert_true(n > 3 && n <= 28 && text[n - 1] == ' ' && text[n - 2] != ' ');
        assert_true(isupper((unsigned char)text[0]) && islower((unsigned char)text[1]));
        for (size_t k = 1; k < n; k++) assert_false(isupper((unsigned char)text[k]));
        assert_null(strpbrk(text, ".\"\\|%$"));
        for (size_t k = 0; k < mkt_lexicon_count; k++)
            assert_true(k == i || strcmp(text, mkt_lexicon_phrases[k].text) != 0);
    }
}

/* Wherever a sentence may stand there is a phrase for it, and a phrase stands somewhere. */
static void test_every_use_has_phrases(void **state)
{
    const unsigned uses[] = {MKT_LEXICON_CLAUSES, MKT_LEXICON_NOUNS, MKT_LEXICON_FINDING};
    (void)state;
    for (size_t u = 0; u < 3; u++)
        for (int opens = 0; opens < 2; opens++) {
            size_t n = 0;
            for (size_t i = 0; i < mkt_lexicon_count; i++)
                n += mkt_lexicon_allows(&mkt_lexicon_phrases[i], uses[u], opens);
            assert_true(n >= 5);
        }
    for (unsigned kind = 0; kind < MKT_FINDING_ACTION; kind++) {
        size_t n = 0;
        for (size_t i = 0; i < mkt_lexicon_count; i++)
            n += mkt_lexicon_allows(&mkt_lexicon_phrases[i], MKT_LEXICON_KIND(kind), true);
        assert_true(n >= 2);
    }
    for (size_t i = 0; i < mkt_lexicon_count; i++) {
        unsigned use = mkt_lexicon_phrases[i].use;
        assert_true(use & (MKT_LEXICON_OPENS | MKT_LEXICON_FOLLOWS));
        assert_true(use & ~(unsigned)(MKT_LEXICON_OPENS | MKT_LEXICON_FOLLOWS));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_word_states_anything),
        cmocka_unit_test(test_phrases_cannot_be_mistaken),
        cmocka_unit_test(test_every_use_has_phrases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
