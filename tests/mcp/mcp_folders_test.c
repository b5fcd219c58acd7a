/* Which path a name leads to, and that none leads out of the folders that were given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "engine/temp_folder.h"
#include "mcp/mcp_folders.h"

#define CSV "date,channel,spend,revenue\n2025-01-01,search,10,40\n2025-01-02,search,11,44\n"

static struct temp_folder temp;
static struct mkt_settings settings;
static struct mkt_mcp_folders folders;
static struct mkt_arena arena;
static struct mkt_err err;
static char shop[128], other[128];

static const char *no_setting(void *user, const char *name)
{
    (void)user;
    (void)name;
    return NULL;
}

static void put(const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", temp.path, name);
    assert_int_equal(temp_folder_write(path, text), 0);
}

static void make_folder(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", temp.path, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void make_link(const char *to, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", temp.path, name);
    assert_int_equal(symlink(to, path), 0);
}

/* <temp>/shop {spend.csv, b c.CSV, note.md, .hidden.csv, sub/, out -> ../secret.csv}, <temp>/secret.csv,
 * <temp>/x/shop/one.csv */
static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    if (temp_folder_open(&temp) != 0) return -1;
    if (mkt_settings_read(&settings, no_setting, NULL, &err) != MKT_OK) return -1;
    settings.model_dir = temp.path;
    make_folder("shop");
    make_folder("shop/sub");
    make_folder("shopping");
    make_folder("x");
    make_folder("x/shop");
    put("shop/spend.csv", CSV);
    put("shop/b c.CSV", CSV);
    put("shop/note.md", "x");
    put("shop/.hidden.csv", CSV);
    put("shopping/spend.csv", CSV);
    put("secret.csv", CSV);
    put("x/shop/one.csv", CSV);
    make_link("../secret.csv", "shop/out.csv");
    make_link("spend.csv", "shop/in.csv");
    snprintf(shop, sizeof shop, "%s/shop", temp.path);
    snprintf(other, sizeof other, "%s/x/shop", temp.path);
    const char *const paths[] = {shop, other};
    if (mkt_mcp_folders_open(&folders, &settings, paths, 2, &err) != MKT_OK) return -1;
    return mkt_arena_open(&arena, (size_t)64 << 20, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    mkt_mcp_folders_close(&folders);
    temp_folder_close(&temp);
    return 0;
}

static void leads_to(const char *name, const char *end)
{
    char path[PATH_MAX], wanted[300];
    mkt_err_clear(&err);
    if (mkt_mcp_folders_find(&folders, name, path, &err) != MKT_OK) fail_msg("%s", err.text);
    snprintf(wanted, sizeof wanted, "%s/%s", temp.path, end);
    assert_string_equal(path, wanted);
}

static void leads_nowhere(const char *name)
{
    char path[PATH_MAX];
    mkt_err_clear(&err);
    assert_int_equal(mkt_mcp_folders_find(&folders, name, path, &err), MKT_E_NOT_FOUND);
    assert_non_null(strstr(err.text, "no data set"));
}

static void names_lead_into_the_folders(void **state)
{
    char absolute[300];
    (void)state;
    leads_to("shop", "shop");
    leads_to("shop/spend.csv", "shop/spend.csv");
    leads_to("shop/in.csv", "shop/spend.csv");
    leads_to("spend.csv", "shop/spend.csv"); /* within any of them */
    leads_to("shop~2", "x/shop");            /* the second of that name */
    leads_to("shop~2/one.csv", "x/shop/one.csv");
    leads_to("shop/sub/../spend.csv", "shop/spend.csv");
    snprintf(absolute, sizeof absolute, "%s/spend.csv", shop);
    leads_to(absolute, "shop/spend.csv");
}

/* Of what is there and of what is not there nothing different is said. */
static void names_do_not_lead_out(void **state)
{
    char absolute[300];
    (void)state;
    leads_nowhere("");
    leads_nowhere("nothing.csv");
    leads_nowhere("shop/../secret.csv");
    leads_nowhere("../secret.csv");
    leads_nowhere("shop/out.csv"); /* a link that leads out */
    leads_nowhere("shop/../shopping/spend.csv");
    leads_nowhere("/etc/passwd");
    leads_nowhere("/etc/there-is-no-such-file");
    snprintf(absolute, sizeof absolute, "%s/shopping/spend.csv", temp.path);
    leads_nowhere(absolute); /* begins like one of the folders */
    snprintf(absolute, sizeof absolute, "%s/../secret.csv", shop);
    leads_nowhere(absolute);
    char longest[PATH_MAX + 100];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    leads_nowhere(longest);
}

static void what_may_be_a_table_is_listed(void **state)
{
    static const char *const wanted[] = {"shop",     "shop/b c.CSV", "shop/spend.csv",
                                         "shop/sub", "shop~2",       "shop~2/one.csv"};
    struct mkt_mcp_host host;
    const char **name;
    size_t count;
    (void)state;
    assert_int_equal(mkt_mcp_folders_host(&folders, &host, &err), MKT_OK);
    assert_int_equal(host.names(host.user, &arena, &name, &count, &err), MKT_OK);
    assert_int_equal(count, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < count; i++) assert_string_equal(name[i], wanted[i]);
}

static void a_folder_must_be_there(void **state)
{
    struct mkt_mcp_folders none;
    const char *const path = "/there/is/no/such/folder";
    (void)state;
    assert_int_equal(mkt_mcp_folders_open(&none, &settings, &path, 1, &err), MKT_E_NOT_FOUND);
    const char *many[MKT_MCP_FOLDERS + 1];
    for (size_t i = 0; i <= MKT_MCP_FOLDERS; i++) many[i] = temp.path;
    mkt_err_clear(&err);
    assert_int_equal(mkt_mcp_folders_open(&none, &settings, many, MKT_MCP_FOLDERS + 1, &err),
                     MKT_E_ARG);
}

static void without_folders_it_says_how_to_give_one(void **state)
{
    struct mkt_mcp_folders none;
    char path[PATH_MAX];
    (void)state;
    assert_int_equal(mkt_mcp_folders_open(&none, &settings, NULL, 0, &err), MKT_OK);
    assert_int_equal(mkt_mcp_folders_find(&none, "shop", path, &err), MKT_E_NOT_FOUND);
    assert_non_null(strstr(err.text, "--data DIR"));
    mkt_mcp_folders_close(&none);
}

static void a_report_and_an_account_come_from_a_file(void **state)
{
    static const struct mkt_listener nobody = {0};
    struct mkt_mcp_host host;
    struct mkt_flag *flag;
    struct mkt_buf out;
    (void)state;
    assert_int_equal(mkt_flag_make(&flag, &err), MKT_OK);
    assert_int_equal(mkt_mcp_folders_host(&folders, &host, &err), MKT_OK);
    mkt_buf_init(&out, &arena);
    assert_int_equal(host.account(host.user, &arena, "shop/spend.csv", flag, &out, &err), MKT_OK);
    assert_memory_equal(out.data, "{\"name\":\"shop/spend.csv\",\"usable\":true,\"problem\":null,",
                        54);
    mkt_buf_init(&out, &arena);
    assert_int_equal(host.account(host.user, &arena, "shop/sub", flag, &out, &err), MKT_OK);
    assert_non_null(strstr(out.data, "\"usable\":false,\"problem\":\""));
    mkt_buf_init(&out, &arena);
    assert_int_equal(
        host.report(host.user, &arena, "spend.csv", MKT_RENDER_TEXT, flag, &nobody, &out, &err),
        MKT_OK);
    assert_non_null(strstr(out.data, "search"));
    mkt_flag_release(flag);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(names_lead_into_the_folders),
        TEST(names_do_not_lead_out),
        TEST(what_may_be_a_table_is_listed),
        TEST(a_folder_must_be_there),
        TEST(without_folders_it_says_how_to_give_one),
        TEST(a_report_and_an_account_come_from_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
