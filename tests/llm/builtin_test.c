/* The built-in model writes what its grammars admit, whatever its weights say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "llm/fixture.h"

#define GRAMMAR "root ::= \" \"? sentence (\" \" sentence){0,2}\nsentence ::= [a-z ]{3,30} \".\"\n"

static int setup(void **state)
{
    static struct fixture f;
    *state = &f;
    if (fixture_open(&f)) return 0;
    fprintf(stderr, "%s\n", f.err.text);
    return -1;
}

static int teardown(void **state)
{
    fixture_close(*state);
    return 0;
}

static void writes_what_the_grammar_admits(void **state)
{
    struct fixture *f = *state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct mkt_llm_part part[2] = {
            {.ask = "One:", .grammar = GRAMMAR, .tokens = 60, .seed = seed},
            {.ask = "Two:",
             .grammar = "root ::= \"yes\" | \"no, \" [0-9]{2}",
             .tokens = 8,
             .seed = seed}};
        struct mkt_llm_task task = {.constant = "You write about marketing.\n",
                                    .data = "Facts: search 12.\n",
                                    .part = part,
                                    .parts = 2,
                                    .temperature = 0.8};
        mkt_arena_reset(&f->arena, 0);
        mkt_status status = mkt_llm_write(f->llm, &f->arena, &task, &f->err);
        if (status) fail_msg("%s", f->err.text);
        if (seed < 5)
            print_message("# %d [%s] %d [%s] %d\n", (int)seed, part[0].text, part[0].sampled,
                          part[1].text, part[1].done);
        assert_true(part[1].done);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(writes_what_the_grammar_admits)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
