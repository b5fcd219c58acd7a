/* A folder of files for each test that asks:
 *     cmocka_unit_test_setup_teardown(f, setup, teardown) */
#ifndef TESTS_SOURCE_SCRATCH_FIXTURE_H
#define TESTS_SOURCE_SCRATCH_FIXTURE_H

#include "source/scratch.h"

static struct scratch s;

static int setup(void **state)
{
    (void)state;
    scratch_open(&s);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&s);
    return 0;
}

#endif
