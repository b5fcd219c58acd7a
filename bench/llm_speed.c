/* The built-in model on a file of the full shape: memory, speed, and what choosing costs.
 *
 *     build/release/bench/llm_speed MODEL.gguf STATE_FOLDER
 *
 * Six texts under grammars, as a narration has, after a constant beginning that is kept; under
 * the limit of 7000 MB. Prints the kernel's high-water mark of the process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "llm/builtin.h"

enum { PARTS = 6, LIMIT_MB = 7000 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long peak_mb(void)
{
    char line[256];
    long kb = 0;
    FILE *file = fopen("/proc/self/status", "re");
    while (file && fgets(line, sizeof line, file)) sscanf(line, "VmHWM: %ld", &kb);
    if (file) fclose(file);
    return kb * 1024 / 1000000;
}

/* A beginning of some 300 tokens, another one for every `number`. */
static void beginning(char *to, size_t room, int number)
{
    size_t n = (size_t)snprintf(to, room, "Instructions, version %d.\n", number);
    for (int i = 0; i < 14 && n < room; i++) {
        n += (size_t)snprintf(to + n, room - n,
                              "Rule %d: write short sentences about the facts, and name each fact "
                              "by the word in brackets.\n",
                              i);
    }
}

static const char data[] =
    "Facts: [search.roas] [social.roas] [email.roas] [display.roas] [affiliate.roas] [all.spend] "
    "[all.revenue]\nFindings: [email.best] [display.worst] [budget.move]\n";
static const char grammar[] =
    "root ::= \" \"? s (\" \" s){0,1}\n"
    "s ::= [A-Z] [a-z ,]{10,60} ref [a-z ,]{5,40} \".\"\n"
    "ref ::= \"[\" (\"search.roas\" | \"social.roas\" | \"email.roas\" | \"display.roas\" | "
    "\"affiliate.roas\" | \"all.spend\" | \"all.revenue\" | \"email.best\" | \"display.worst\" | "
    "\"budget.move\") \"]\"\n";

struct figures {
    struct mkt_llm_task task;
    int sampled, done;
    double seconds;
};

static struct figures narrate(struct mkt_llm *llm, struct mkt_arena *arena, const char *constant,
                              int tokens)
{
    static const char *const ask[PARTS] = {
        "Performance Summary:",          "Channel Analysis:", "Audience Insights:", "ROI Analysis:",
        "Optimization Recommendations:", "Confidence Score:"};
    static struct mkt_llm_part part[PARTS];
    struct mkt_err err = {0};
    struct figures f = {
        .task = {
            .constant = constant, .data = data, .part = part, .parts = PARTS, .temperature = 0.7}};
    for (int i = 0; i < PARTS; i++) {
        part[i] = (struct mkt_llm_part){
            .ask = ask[i], .grammar = grammar, .tokens = tokens, .seed = (uint64_t)i};
    }
    mkt_arena_reset(arena, 0);
    double begin = now();
    if (mkt_llm_write(llm, arena, &f.task, &err) != MKT_OK) {
        fprintf(stderr, "llm_speed: %s\n", err.text);
        exit(1);
    }
    f.seconds = now() - begin;
    for (int i = 0; i < PARTS; i++) {
        f.sampled += part[i].sampled;
        f.done += part[i].done;
    }
    return f;
}

static void print(const char *what, const struct figures *f)
{
    const struct mkt_llm_task *t = &f->task;
    printf("%s: %.1f s; %d tokens fed in %.1f s (%.1f a second); %d sampled in %.1f s (%.1f a "
           "second); %d of %d texts complete\n",
           what, f->seconds, t->prefilled, (double)t->prefill_us * 1e-6,
           t->prefilled / ((double)t->prefill_us * 1e-6), f->sampled, (double)t->decode_us * 1e-6,
           f->sampled / ((double)t->decode_us * 1e-6), f->done, PARTS);
}

int main(int argc, char **argv)
{
    struct mkt_err err = {0};
    struct mkt_arena arena;
    struct mkt_llm *llm;
    char constant[4096];
    if (argc != 3) {
        fprintf(stderr, "usage: llm_speed MODEL.gguf STATE_FOLDER\n");
        return 2;
    }
    mkt_log_set_level(MKT_LOG_INFO);
    struct mkt_builtin_options o = {.path = argv[1], .state = argv[2], .memory_mb = LIMIT_MB};
    double begin = now();
    if (mkt_arena_open(&arena, 256u << 20, &err) || mkt_builtin_open(&o, &llm, &err)) {
        fprintf(stderr, "llm_speed: %s\n", err.text);
        return 1;
    }
    printf("opened in %.1f s\n", now() - begin);
    beginning(constant, sizeof constant, (int)time(NULL));
    struct figures cold = narrate(llm, &arena, constant, 24),
                   warm = narrate(llm, &arena, constant, 24);
    print("first, with a beginning not seen before", &cold);
    print("again, the beginning kept", &warm);
    double choosing = (double)warm.task.sample_us;
    printf("choosing and masks: %.2f %% of the time of writing\n",
           100 * choosing / (choosing + (double)warm.task.decode_us));
    printf("peak resident memory: %ld MB of %d\n", peak_mb(), LIMIT_MB);
    mkt_llm_close(llm);
    mkt_arena_close(&arena);
    return peak_mb() < LIMIT_MB ? 0 : 1;
}
