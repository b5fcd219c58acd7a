/* Grammars: what they admit, what they force, what is refused and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "llm/gbnf.h"
#include "llm/matcher.h"

#define ARENA_BYTES (64u << 20)
#include "arena_fixture.h"

static struct mkt_grammar grammar;
static struct mkt_matcher matcher;

static void make(const char *text)
{
    struct mkt_err err = {0};
    mkt_arena_reset(&arena, 1 << 20);
    mkt_status status = mkt_gbnf_read(&arena, text, &grammar, &err);
    if (!status) status = mkt_matcher_init(&matcher, &arena, &grammar, &err);
    if (status) fail_msg("%s: %s", text, err.text);
}

/* 2: a whole text, 1: the beginning of one, 0: neither. */
static int admits(const char *text)
{
    uint32_t at = mkt_matcher_walk(&matcher, MKT_MATCHER_START, text, strlen(text));
    if (at == MKT_MATCHER_NO) return 0;
    return mkt_matcher_accepts(&matcher, at) ? 2 : 1;
}

static void literals_and_alternatives(void **state)
{
    (void)state;
    make("root ::= \"yes\" | \"no\" | \"no, \" never\nnever ::= \"never\"");
    assert_int_equal(admits("yes"), 2);
    assert_int_equal(admits("no"), 2);
    assert_int_equal(admits("no, "), 1);
    assert_int_equal(admits("no, never"), 2);
    assert_int_equal(admits("yesno"), 0);
    assert_int_equal(admits(""), 1);
}

static void classes_and_escapes(void **state)
{
    (void)state;
    make("root ::= [^a-c\\n\"] [\\x41-\\x43] [\\u00e4\\U0001F600] \"\\t\\\\\\\"\" [-a] .");
    assert_int_equal(admits("dA\xC3\xA4\t\\\"-x"), 2);
    assert_int_equal(admits("dB\xF0\x9F\x98\x80\t\\\"a\n"), 2);
    assert_int_equal(admits("a"), 0);
    assert_int_equal(admits("\n"), 0);
    assert_int_equal(admits("dD"), 0);
    assert_int_equal(admits("dA\xC3\xA5"), 0);
}

static void repetitions(void **state)
{
    (void)state;
    make("root ::= \"ab\"{2,3} \"c\"? [x]* (\"d\" | \"e\")+ \"f\"{2} \"g\"{1,}");
    assert_int_equal(admits("ababdffg"), 2);
    assert_int_equal(admits("abababcxxxdedffggg"), 2);
    assert_int_equal(admits("abdffg"), 0);
    assert_int_equal(admits("ababababd"), 0);
    assert_int_equal(admits("ababdf"), 1);
    assert_int_equal(admits("ababdffg f"), 0);
    make("root ::= [a]{0,2000}");
    char many[2002];
    memset(many, 'a', sizeof many);
    many[2000] = '\0';
    assert_int_equal(admits(many), 2);
    many[2000] = 'a';
    many[2001] = '\0';
    assert_int_equal(admits(many), 0);
}

static void nesting_that_no_finite_automaton_has(void **state)
{
    (void)state;
    make("root ::= \"(\" root \")\" | \"x\" # as many to close as were opened\n");
    assert_int_equal(admits("((x))"), 2);
    assert_int_equal(admits("((x)"), 1);
    assert_int_equal(admits("((x)))"), 0);
}

static void lines_comments_and_order(void **state)
{
    (void)state;
    make("# first\nroot ::= word |\n   \"b\"   # a rule goes on after a bar\n\nword ::= (\n "
         "\"a\"\n)\n");
    assert_int_equal(admits("a"), 2);
    assert_int_equal(admits("b"), 2);
}

static void only_utf8(void **state)
{
    (void)state;
    make("root ::= .*");
    assert_int_equal(admits("plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80"), 2);
    assert_int_equal(admits("\xC3"), 1);             /* the beginning of a character */
    assert_int_equal(admits("\x80"), 0);             /* its rest without one */
    assert_int_equal(admits("\xC0\x80"), 0);         /* a NUL in two bytes */
    assert_int_equal(admits("\xE0\x80\x80"), 0);     /* too long a form */
    assert_int_equal(admits("\xED\xA0\x80"), 0);     /* a surrogate */
    assert_int_equal(admits("\xF4\x90\x80\x80"), 0); /* beyond the last character */
    assert_int_equal(admits("\xC3\x41"), 0);
    make("root ::= \"\\u00e4\"");
    assert_int_equal(admits("\xC3"), 1);
    assert_int_equal(admits("\xC2"), 0); /* no character of the class begins so */
}

static void forced_text(void **state)
{
    char text[64];
    (void)state;
    make("root ::= \"The \" (\"search\" | \"social\") \" channel\" [a-z]");
    size_t n = mkt_matcher_forced(&matcher, MKT_MATCHER_START, text, sizeof text);
    assert_int_equal(n, 5);
    assert_memory_equal(text, "The s", 5);
    uint32_t at = mkt_matcher_walk(&matcher, MKT_MATCHER_START, "The se", 6);
    n = mkt_matcher_forced(&matcher, at, text, sizeof text);
    assert_int_equal(n, strlen("arch channel"));
    assert_memory_equal(text, "arch channel", n);
    n = mkt_matcher_forced(&matcher, at, text, 3);
    assert_int_equal(n, 3);
    make("root ::= \"a\" \"b\"?");
    n = mkt_matcher_forced(&matcher, MKT_MATCHER_START, text, sizeof text);
    assert_int_equal(n, 1); /* the text may end behind it */
    assert_false(mkt_matcher_ended(&matcher, mkt_matcher_walk(&matcher, 1, "a", 1)));
    assert_true(mkt_matcher_ended(&matcher, mkt_matcher_walk(&matcher, 1, "ab", 2)));
}

static void expect(const char *text, mkt_status status, const char *says)
{
    struct mkt_err err = {0};
    mkt_arena_reset(&arena, 1 << 20);
    mkt_status got = mkt_gbnf_read(&arena, text, &grammar, &err);
    if (!got) got = mkt_matcher_init(&matcher, &arena, &grammar, &err);
    assert_int_equal(got, status);
    if (!strstr(err.text, says)) fail_msg("%s\nsays: %s", text, err.text);
}

static void what_is_refused(void **state)
{
    (void)state;
    expect("", MKT_E_ARG, "no rule root");
    expect("root ::= other", MKT_E_ARG, "no rule other");
    expect("root ::= \"a", MKT_E_ARG, "ends within");
    expect("root ::= [a", MKT_E_ARG, "ends within");
    expect("root ::= [b-a]", MKT_E_ARG, "line 1, column 14: a range that runs backwards");
    expect("root ::= []", MKT_E_ARG, "a class without a character");
    expect("root ::= \"\\q\"", MKT_E_ARG, "escape that is not known");
    expect("root ::= \"\\ud800\"", MKT_E_ARG, "no character");
    expect("root ::= \"\\x4\"", MKT_E_ARG, "hexadecimal digit");
    expect("root ::= \"\xC3\"", MKT_E_ARG, "not UTF-8");
    expect("root ::= \"\\x00\"", MKT_E_ARG, "NUL");
    expect("root = \"a\"", MKT_E_ARG, "::= is missing");
    expect("root ::= \"a\"\nroot ::= \"b\"", MKT_E_ARG, "line 2, column 6: a second definition");
    expect("root ::= (\"a\"", MKT_E_ARG, "a ) is missing");
    expect("root ::= \"a\" )", MKT_E_ARG, "end of the rule");
    expect("root ::= *", MKT_E_ARG, "end of the rule");
    expect("root ::= \"a\"{2", MKT_E_ARG, "a } is missing");
    expect("root ::= \"a\"{,2}", MKT_E_ARG, "count is missing");
    expect("root ::= \"a\"{3,2}", MKT_E_ARG, "run backwards");
    expect("root ::= \"a\"{0}", MKT_E_ARG, "nothing");
    expect("root ::= \"a\"{2001}", MKT_E_ARG, "beyond 2000");
    expect("root ::= <[12]>", MKT_E_ARG, "end of the rule");
    expect("root ::= root \"a\" | \"b\"", MKT_E_ARG, "rule root can begin with itself");
    expect("root ::= a\na ::= \"x\"? b\nb ::= a | \"y\"", MKT_E_ARG, "can begin with itself");
    expect("root ::= (\"a\"?)*", MKT_E_ARG, "can begin with itself");
    char deep[256] = "root ::= ";
    memset(deep + 9, '(', 100);
    expect(deep, MKT_E_LIMIT, "deeper than 64");
    static char longest[MKT_GBNF_TEXT + 2];
    memset(longest, '#', sizeof longest - 1);
    expect(longest, MKT_E_LIMIT, "are the limit");
}

/* Every allocation of reading and walking a grammar fails once, and nothing is written twice. */
static void a_full_arena(void **state)
{
    static const char text[] =
        "root ::= a{1,3} (\"x\" | [^b])* \"end\"\na ::= \"(\" root? \")\" | .";
    size_t at = 0;
    (void)state;
    for (bool done = false; !done;) {
        struct mkt_err err = {0};
        mkt_arena_reset(&arena, 1 << 20);
        arena.fail_at = ++at;
        mkt_status status = mkt_gbnf_read(&arena, text, &grammar, &err);
        if (!status) status = mkt_matcher_init(&matcher, &arena, &grammar, &err);
        if (status) {
            assert_int_equal(status, MKT_E_NOMEM);
            continue;
        }
        uint32_t to = mkt_matcher_walk(&matcher, MKT_MATCHER_START, "(q)xyend", 8);
        done = !matcher.failed;
        assert_true(matcher.failed ? to == MKT_MATCHER_NO : mkt_matcher_accepts(&matcher, to));
    }
    arena.fail_at = 0;
    assert_true(at > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_and_alternatives),
        cmocka_unit_test(classes_and_escapes),
        cmocka_unit_test(repetitions),
        cmocka_unit_test(nesting_that_no_finite_automaton_has),
        cmocka_unit_test(lines_comments_and_order),
        cmocka_unit_test(only_utf8),
        cmocka_unit_test(forced_text),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(a_full_arena),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
