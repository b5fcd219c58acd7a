/* Golden folders: from the file to the facts, against figures worked out by hand. */
#include "funnel_world.h"

#include <math.h>

#define GOLDEN "tests/golden/funnel/"

static struct funnel_world world;

static FILE *open_file(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, GOLDEN "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file) fail_msg("cannot open %s", path);
    return file;
}

static void check_line(char *line)
{
    char first[128], second[128] = "", third[64] = "", fourth[64] = "";
    int n = sscanf(line, "%127s %127s %63s %63s", first, second, third, fourth);
    const struct mkt_sheet *s = &world.sheet;
    if (strcmp(first, "status") == 0) {
        assert_string_equal(mkt_answer_status_name(s->status), second);
    } else if (strcmp(first, "caveat") == 0) {
        if (!world_caveat(&world, second)) fail_msg("there is no caveat %s", second);
    } else if (strcmp(first, "absent") == 0) {
        if (mkt_sheet_fact(s, second)) fail_msg("there is a fact %s", second);
    } else if (strcmp(first, "headline") == 0) {
        assert_string_equal(mkt_sheet_finding(s, s->headline)->subject, second);
    } else {
        bool end = strcmp(first, "low") == 0 || strcmp(first, "high") == 0;
        assert_int_equal(n, end ? 4 : 3);
        const struct mkt_fact *f = mkt_sheet_fact(s, end ? second : first);
        if (!f) fail_msg("there is no fact %s", end ? second : first);
        double got = !end ? f->value : first[0] == 'l' ? f->low : f->high;
        double want = strtod(end ? third : second, NULL);
        if (!(fabs(got - want) <= strtod(end ? fourth : third, NULL)))
            fail_msg("%s is %.12g", line, got);
    }
}

static void check_folder(const char *folder)
{
    char path[256], line[256], parameters[512] = "";
    snprintf(path, sizeof path, GOLDEN "%s/events.csv", folder);
    FILE *file = open_file(folder, "parameters.txt");
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = ';';
        strcat(parameters, line);
    }
    fclose(file);
    if (mkt_dataset_open(path, NULL, &world.dataset, &world.err) != MKT_OK)
        fail_msg("%s", world.err.text);
    world_run(&world, parameters);
    file = open_file(folder, "expected.txt");
    int lines = 0;
    for (; fgets(line, sizeof line, file); lines++) {
        line[strcspn(line, "\n")] = '\0';
        check_line(line);
    }
    assert_true(lines > 5);
    fclose(file);
}

static int begin(void **state)
{
    (void)state;
    world_begin(&world);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

static void shop(void **state)
{
    (void)state;
    check_folder("shop");
}

static void sessions(void **state)
{
    (void)state;
    check_folder("sessions");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shop, begin, end),
        cmocka_unit_test_setup_teardown(sessions, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
