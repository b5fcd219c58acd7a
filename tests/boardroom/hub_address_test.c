#include "boardroom/hub_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct mkt_hub_address address;
static struct mkt_err err;
static int attestation_port = 29345;

static mkt_status find(const char *host, const char *advertise, const char *attestation)
{
    const struct mkt_settings s = {.host = host,
                                   .hub = "http://127.0.0.1:8080",
                                   .advertise = advertise,
                                   .advertise_attestation = attestation};
    mkt_err_clear(&err);
    return mkt_hub_address_find(&s, 8082, attestation_port, &address, &err);
}

static void expect(const char *host, const char *advertise, const char *attestation,
                   const char *endpoint, const char *of_attestation)
{
    if (find(host, advertise, attestation) != MKT_OK) fail_msg("%s", err.text);
    assert_string_equal(address.endpoint, endpoint);
    assert_string_equal(address.attestation, of_attestation);
}

static void it_is_where_the_service_listens(void **state)
{
    (void)state;
    char name[128] = "", endpoint[256], attestation[256];
    expect("127.0.0.1", "", "", "http://127.0.0.1:8082", "http://127.0.0.1:29345");
    expect("10.0.0.7", "", "", "http://10.0.0.7:8082", "http://10.0.0.7:29345");
    expect("fd00::7", "", "", "http://[fd00::7]:8082", "http://[fd00::7]:29345");
    assert_int_equal(gethostname(name, sizeof name - 1), 0);
    snprintf(endpoint, sizeof endpoint, "http://%s:8082", name);
    snprintf(attestation, sizeof attestation, "http://%s:29345", name);
    expect("0.0.0.0", "", "", endpoint, attestation);
    expect("::", "", "", endpoint, attestation);
}

static void or_what_the_operator_says(void **state)
{
    (void)state;
    expect("0.0.0.0", "https://marketing.example/agent/", "", "https://marketing.example/agent",
           "http://marketing.example:29345");
    expect("0.0.0.0", "http://m:80", "https://marketing.example:29345/", "http://m:80",
           "https://marketing.example:29345");
}

static void without_a_port_of_its_own_attestation_is_where_the_rest_is(void **state)
{
    (void)state;
    attestation_port = -1;
    expect("10.0.0.7", "", "", "http://10.0.0.7:8082", "http://10.0.0.7:8082");
    attestation_port = 29345;
}

static void what_is_no_address_is_named(void **state)
{
    (void)state;
    char longest[400] = "http://m/";
    static const char *const bad[] = {"marketing:8082", "ftp://m", "http://a:b@m", "http://m/?q",
                                      "http://m/#f"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(find("0.0.0.0", bad[i], ""), MKT_E_ARG);
        assert_non_null(strstr(err.text, "ADVERTISE_URL"));
        assert_int_equal(find("0.0.0.0", "http://m", bad[i]), MKT_E_ARG);
        assert_non_null(strstr(err.text, "ADVERTISE_ATTESTATION_URL"));
    }
    memset(longest + 9, 'x', 300);
    assert_int_equal(find("0.0.0.0", longest, ""), MKT_E_ARG);
    assert_non_null(strstr(err.text, "255 bytes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_where_the_service_listens),
        cmocka_unit_test(or_what_the_operator_says),
        cmocka_unit_test(without_a_port_of_its_own_attestation_is_where_the_rest_is),
        cmocka_unit_test(what_is_no_address_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
