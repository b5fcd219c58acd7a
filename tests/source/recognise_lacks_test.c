#include "source/scratch.h"

#include "source/recognise_lacks.h"

/* A table of samples, by hand: `cell` has `rows` rows of `columns`. */
struct table {
    struct mkt_arena arena;
    struct mkt_relation r;
    struct mkt_err err;
};

static void make(struct table *t, size_t columns, const char *const *name, size_t rows,
                 const char *const *cell)
{
    memset(t, 0, sizeof *t);
    assert_int_equal(mkt_arena_open(&t->arena, 8 << 20, &t->err), MKT_OK);
    t->r.show = t->r.words = t->r.stem = "a.csv";
    t->r.columns = columns;
    t->r.rows = (int64_t)rows;
    t->r.column = MKT_NEW(&t->arena, struct mkt_column, columns);
    for (size_t i = 0; i < columns; i++) {
        t->r.column[i].name = name[i];
        mkt_naming_read(name[i], &t->r.column[i].naming);
        for (size_t k = 0; k < rows; k++)
            mkt_recognise_sample(&t->r.column[i], cell[k * columns + i],
                                 strlen(cell[k * columns + i]));
    }
    assert_int_equal(mkt_recognise(&t->arena, &t->r, NULL, 0, &t->err), MKT_OK);
}

static struct mkt_recognise_lacks lacks(struct table *t, mkt_kind asked, bool named)
{
    struct mkt_recognise_lacks out;
    assert_int_equal(mkt_recognise_lacks(&t->arena, &t->r, asked, named, &out, &t->err), MKT_OK);
    return out;
}

#define TABLE(t, columns, rows, ...)                                                               \
    static const char *const t##_text[] = {__VA_ARGS__};                                           \
    struct table t;                                                                                \
    make(&t, columns, t##_text, rows, t##_text + (columns))
#define SAYS(given, words)                                                                         \
    do {                                                                                           \
        if (!strstr((given).text, words)) fail_msg("\"%s\" lacks \"%s\"", (given).text, words);    \
    } while (0)

static void columns_are_told_apart_by_their_values(void **state)
{
    (void)state;
    TABLE(t, 4, 4, "w", "x", "y", "z", "ann", "mail", "2026-01-01", "1.5", "bob", "mail",
          "2026-01-02", "2.5", "cid", "shop", "2026-01-03", "1.5", "dan", "shop", "2026-01-04",
          "2.5");
    struct mkt_recognise_lacks l = lacks(&t, MKT_KIND_EVENTS, false);
    assert_true(l.can_be_given && l.lacking == 3);
    SAYS(l, "--map \"date=y\" --map \"user=w\" --map \"event=x\"; the user could also be \"x\"");
    l = lacks(&t, MKT_KIND_TRANSACTIONS, true);
    SAYS(l, "--map \"a.csv:date=y\" --map \"a.csv:customer=w\" --map \"a.csv:amount=z\"");
    l = lacks(&t, MKT_KIND_PERFORMANCE, false);
    SAYS(l, "--map \"date=y\" --map \"spend=z\" --map \"channel=x\"");
    l = lacks(&t, MKT_KIND_EXPERIMENT, false);
    SAYS(l, "--map \"variant=x\" --map \"unit=w\" --map \"metric=z\"");
    SAYS(l, "its columns are \"w\", \"x\", \"y\" and \"z\"");
    mkt_arena_close(&t.arena);
}

static void what_there_is_not_is_not_proposed(void **state)
{
    (void)state;
    TABLE(t, 2, 2, "a", "b", "x", "y", "z", "y");
    struct mkt_recognise_lacks l = lacks(&t, MKT_KIND_EVENTS, false);
    assert_false(l.can_be_given);
    assert_null(strstr(l.text, "--map"));
    SAYS(l, "as a table of events it lacks a time, a user and an event, and no column looks like "
            "a time");
    mkt_arena_close(&t.arena);
}

static void paths_are_known_by_their_marks(void **state)
{
    (void)state;
    TABLE(t, 2, 3, "weg", "antal", "a > b", "3", "b", "2", "a > c", "1");
    struct mkt_recognise_lacks l = lacks(&t, MKT_KIND_TOUCHPOINTS, false);
    SAYS(l, "as a table of paths it lacks conversions; say which is which with --map "
            "\"conversions=antal\"");
    mkt_arena_close(&t.arena);
}

static void a_shell_takes_the_options_as_they_are(void **state)
{
    (void)state;
    TABLE(t, 3, 2, "it's $1", "b\"c", "d`e", "ann", "mail", "2026-01-01", "bob", "mail",
          "2026-01-02");
    struct mkt_recognise_lacks l = lacks(&t, MKT_KIND_EVENTS, false);
    SAYS(l, "--map 'date=d`e' --map 'user=it'\\''s $1' --map 'event=b\"c'");
    mkt_arena_close(&t.arena);
}

static void values_are_counted(void **state)
{
    (void)state;
    for (int n = 1; n <= 500; n = 2 * n + 1) {
        struct mkt_column c = {.name = "c"};
        for (int i = 0; i < 3 * n; i++) {
            char text[16];
            snprintf(text, sizeof text, "v%d", i % n);
            mkt_recognise_sample(&c, text, strlen(text));
        }
        int found = mkt_recognise_values(&c);
        if (abs(found - n) > 1 + n / 12) fail_msg("%d values of %d", found, n);
    }
}

/* German, French, Spanish, Italian, Portuguese and Dutch names need no option. */
static void languages(void **state)
{
    (void)state;
    static const struct {
        const char *name[5];
        mkt_kind kind;
    } head[] = {
        {{"Benutzer", "Zeit", "Ereignis", "Wert"}, MKT_KIND_EVENTS},
        {{"Utilisateur", "Horodatage", "Événement", "Montant"}, MKT_KIND_EVENTS},
        {{"ID de usuario", "Fecha y hora", "Evento", "Importe"}, MKT_KIND_EVENTS},
        {{"Utente", "Data ora", "Evento", "Importo"}, MKT_KIND_EVENTS},
        {{"Usuário", "Data/hora", "Evento", "Valor"}, MKT_KIND_EVENTS},
        {{"Gebruiker", "Tijdstip", "Gebeurtenis", "Bedrag"}, MKT_KIND_EVENTS},
        {{"Nutzer-ID", "Zeitpunkt", "Kanal", "Umsatz", "Gekauft"}, MKT_KIND_TOUCHPOINTS},
        {{"Visiteur", "Horodatage", "Canal", "Valeur", "Converti"}, MKT_KIND_TOUCHPOINTS},
        {{"Usuario", "Fecha y hora", "Canal", "Importe", "Convertido"}, MKT_KIND_TOUCHPOINTS},
        {{"Besucher", "x", "Testgruppe", "Umsatz"}, MKT_KIND_EXPERIMENT},
        {{"Utilisateur", "x", "Groupe", "Montant"}, MKT_KIND_EXPERIMENT},
        {{"Usuario", "x", "Grupo", "Ingresos"}, MKT_KIND_EXPERIMENT},
        {{"Kundennummer", "Bestelldatum", "x", "Betrag"}, MKT_KIND_TRANSACTIONS},
        {{"Client", "Date achat", "x", "Montant"}, MKT_KIND_TRANSACTIONS},
        {{"Cliente", "Fecha de compra", "x", "Importe"}, MKT_KIND_TRANSACTIONS},
    };
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        const char *name[5] = {0};
        const char *const cell[10] = {"u1", "2026-01-01", "a", "1.5", "1",
                                      "u2", "2026-01-02", "b", "2.5", "0"};
        const char *text[10];
        size_t columns = head[i].name[4] ? 5 : 4;
        for (size_t k = 0; k < columns; k++) name[k] = head[i].name[k];
        for (size_t k = 0; k < 2 * columns; k++) text[k] = cell[k / columns * 5 + k % columns];
        struct table t;
        make(&t, columns, name, 2, text);
        if (t.r.is.kind != head[i].kind)
            fail_msg("%s, %s, ... are %s", name[0], name[1],
                     t.r.is.kind ? mkt_kind_name(t.r.is.kind) : "nothing");
        mkt_arena_close(&t.arena);
    }
}

static struct scratch s;

/* "Besucher" may be people or how many they were: a row a variant tells which. */
static void a_row_a_variant_is_sums_in_any_language(void **state)
{
    (void)state;
    const struct mkt_arms *arms;
    struct mkt_err err = {0};
    const char *const map[] = {"unit=Besökare", "metric=Köp"};
    const struct mkt_dataset_options told = {.map = map, .maps = 2};
    struct mkt_dataset *d = scratch_dataset(
        scratch_write(&s, "a.csv", "Variante;Besucher;Konversionen\nA;1000;51\nB;1004;58\n"), NULL);
    assert_int_equal(mkt_dataset_arms(d, &arms, &err), MKT_OK);
    assert_int_equal(arms->units, 2004);
    mkt_dataset_close(d);
    d = scratch_dataset(scratch_write(&s, "a.csv", "Variant;Besökare;Köp\nA;1000;51\nB;1004;58\n"),
                        &told);
    assert_int_equal(mkt_dataset_arms(d, &arms, &err), MKT_OK);
    assert_int_equal(arms->units, 2004);
    mkt_dataset_close(d);
    d = scratch_dataset(
        scratch_write(&s, "a.csv", "Variante;Besucher;Konversionen\nA;7;1\nB;8;0\nA;9;1\n"), NULL);
    assert_int_equal(mkt_dataset_arms(d, &arms, &err), MKT_OK);
    assert_int_equal(arms->units, 3);
    mkt_dataset_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_told_apart_by_their_values),
        cmocka_unit_test(what_there_is_not_is_not_proposed),
        cmocka_unit_test(paths_are_known_by_their_marks),
        cmocka_unit_test(a_shell_takes_the_options_as_they_are),
        cmocka_unit_test(values_are_counted),
        cmocka_unit_test(languages),
        cmocka_unit_test(a_row_a_variant_is_sums_in_any_language),
    };
    scratch_open(&s);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_close(&s);
    return failed;
}
