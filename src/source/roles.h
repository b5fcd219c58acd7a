/* What a column can be, and the names that tell of it.
 *
 * One table of patterns (roles.c) a kind and role, best names first. A pattern
 * meets the normal form of a column's name (naming.h), never the raw name.
 */
#ifndef MKT_SOURCE_ROLES_H
#define MKT_SOURCE_ROLES_H

#include <stdbool.h>
#include <stddef.h>

#include "source/naming.h"

#define MKT_KIND_LIST(X)                                                                           \
    X(PERFORMANCE, "performance")                                                                  \
    X(ACTIONS, "actions") /* of a performance table: entity, date, action type, value */           \
    X(NAMES, "names")     /* of campaigns or ads, by id */                                         \
    X(PATHS, "paths")                                                                              \
    X(TOUCHPOINTS, "touchpoints")                                                                  \
    X(EVENTS, "events")                                                                            \
    X(EXPERIMENT, "experiment")                                                                    \
    X(LEADS, "leads")                                                                              \
    X(SURVEY, "survey")                                                                            \
    X(MENTIONS, "mentions")                                                                        \
    X(MARKET, "market")                                                                            \
    X(TRANSACTIONS, "transactions")                                                                \
    X(CUSTOMERS, "customers")                                                                      \
    X(SERIES, "series")

/* Names that tell of an experiment whatever its metrics are called: of the variant, of the unit. */
#define MKT_ROLES_VARIANT                                                                          \
    "variant|variation|variant_name|variation_name|variation_id|variant_id|*_variant|arm|"         \
    "test_group|experiment_group|treatment_group|variante|variacion|variazione|variacao|"          \
    "testgruppe|"                                                                                  \
    "versuchsgruppe|groupe_de_test|groupe_test|grupo_de_prueba|grupo_de_teste|gruppo_di_test"
#define MKT_ROLES_UNIT                                                                             \
    "user_id|user|unit|unit_id|visitor_id|customer_id|subject|subject_id|client_id|person_id|"     \
    "anonymous_id|user_pseudo_id|distinct_id|device_id|account_id|member_id|session_id|"           \
    "nutzer_id|benutzer_id|besucher_id|kunden_id|kundennummer|id_utilisateur|utilisateur_id|"      \
    "identifiant_utilisateur|id_visiteur|id_client|id_usuario|usuario_id|id_de_usuario|id_"        \
    "cliente|"                                                                                     \
    "id_utente|gebruiker_id"

/* Sources of traffic without their media: of a visit; of the first visit of a user. */
#define MKT_ROLES_SOURCE_OF_VISIT                                                                  \
    "session_source|session_manual_source|session_traffic_source_last_click_*source|"              \
    "collected_traffic_source_manual_source|manual_source|utm_source|source|traffic_source|"       \
    "trafic_source|quelle|fuente"
#define MKT_ROLES_SOURCE_OF_USER                                                                   \
    "traffic_source_source|first_user_source|first_user_manual_source|user_source|first_source"

/* Words for people, in German, French, Spanish, Portuguese, Italian and Dutch; those that may as well
 * stand for how many there were are not for tables of sums. */
#define MKT_ROLES_WHO                                                                              \
    "nutzer_id|benutzer_id|besucher_id|kunden_id|kundennummer|id_utilisateur|utilisateur_id|"      \
    "identifiant_utilisateur|id_visiteur|id_client|id_usuario|usuario_id|id_de_usuario|id_"        \
    "cliente|"                                                                                     \
    "id_utente|gebruiker_id "                                                                      \
    "nutzer|benutzer|besucher|utilisateur|visiteur|usuario|visitante|utente|visitatore|gebruiker|" \
    "bezoeker|person|persona|personne|proband|teilnehmer"
#define MKT_ROLES_HOW_MANY /* units in a row of sums */                                            \
    "anzahl|anzahl_nutzer|anzahl_besucher|utilisateurs|visiteurs|effectif|usuarios|"               \
    "visitantes|participantes|participants|utenti|visitatori|gebruikers|bezoekers|besucherzahl|"   \
    "nutzerzahl|sitzungen|sesiones|sessoes|sessioni"
#define MKT_ROLES_WHEN                                                                             \
    "zeit|zeitpunkt|zeitstempel|horodatage|fecha_hora|fecha_y_hora|marca_de_tiempo|"               \
    "marca_temporal|data_hora|data_ora|tijd|tijdstip|date_heure|date_et_heure|datum_uhrzeit|"      \
    "datum_zeit"
#define MKT_ROLES_HAPPENED                                                                         \
    "ereignis|ereignisname|ereignis_name|ereignistyp|evenement|nom_evenement|nom_de_l_evenement|"  \
    "evento|nombre_evento|nombre_del_evento|nome_evento|nome_do_evento|nome_evento|gebeurtenis|"   \
    "aktion|schritt|etape|etapa|paso"
#define MKT_ROLES_WORTH                                                                            \
    "wert|umsatz|betrag|bestellwert|valeur|montant|valor|importe|ingresos|valore|importo|waarde|"  \
    "bedrag|omzet"
#define MKT_ROLES_DID_IT /* a conversion, yes or no, or how many */                                \
    "konversion|konversionen|konvertiert|gekauft|bestellt|achete|converti|convertido|"             \
    "conversiones|"                                                                                \
    "conversoes|conversao|conversioni|conversione|acquistato|comprado|conversie|conversies|"       \
    "gekocht"

#define MKT_ROLES_RATE /* of units in an experiment */                                             \
    "conversion_rate|conv_rate|conversionrate|cvr|cr|rate|click_rate|ctr|click_through_rate|"      \
    "clickthrough_rate|open_rate|signup_rate|sign_up_rate|purchase_rate|order_rate|success_rate|"  \
    "response_rate|retention_rate|churn_rate|activation_rate|subscription_rate|bounce_rate|"       \
    "*_conversion_rate|konversionsrate|conversion_rate_pct|conversion_rate_percent"

typedef enum {
    MKT_KIND_NONE,
#define MKT_KIND_ENUM(code, name) MKT_KIND_##code,
    MKT_KIND_LIST(MKT_KIND_ENUM)
#undef MKT_KIND_ENUM
        MKT_KINDS
} mkt_kind;

/* The measures of a performance table come first, in the order of mkt_measure. */
#define MKT_ROLE_LIST(X)                                                                           \
    X(SPEND, "spend")                                                                              \
    X(IMPRESSIONS, "impressions")                                                                  \
    X(CLICKS, "clicks")                                                                            \
    X(CONVERSIONS, "conversions")                                                                  \
    X(REVENUE, "revenue")                                                                          \
    X(NEW_CUSTOMERS, "new_customers")                                                              \
    X(CHANNEL, "channel")                                                                          \
    X(CAMPAIGN, "campaign")                                                                        \
    X(SEGMENT, "segment")                                                                          \
    X(DATE, "date")                                                                                \
    X(CURRENCY, "currency")                                                                        \
    X(ACCOUNT, "account")                                                                          \
    X(AD, "ad")                                                                                    \
    X(ACTION, "action")                                                                            \
    X(VALUE, "value")                                                                              \
    X(ID, "id")                                                                                    \
    X(NAME, "name")                                                                                \
    X(UPDATED, "updated")                                                                          \
    X(USER, "user")                                                                                \
    X(EVENT, "event")                                                                              \
    X(PATH, "path")                                                                                \
    X(NULLS, "nulls")                                                                              \
    X(UNIT, "unit")                                                                                \
    X(VARIANT, "variant")                                                                          \
    X(METRIC, "metric")                                                                            \
    X(CUSTOMER, "customer")                                                                        \
    X(AMOUNT, "amount")                                                                            \
    X(ORDER, "order")                                                                              \
    X(PRODUCT, "product")                                                                          \
    X(ATTRIBUTE, "attribute")                                                                      \
    X(OUTCOME, "outcome")                                                                          \
    X(GEO, "geo")                                                                                  \
    X(BRAND, "brand")                                                                              \
    X(ANSWER, "answer")                                                                            \
    X(RESPONDENT, "respondent")                                                                    \
    X(TEXT, "text")                                                                                \
    X(RATING, "rating")                                                                            \
    X(LEAD, "lead")                                                                                \
    X(STAGE, "stage")                                                                              \
    X(PERIOD_END, "period_end") /* last day of a row that covers several */                        \
    X(SESSION, "session")                                                                          \
    X(COST, "cost")       /* of what was sold */                                                   \
    X(PROFIT, "profit")   /* what an order leaves once what was sold is paid */                    \
    X(STARTED, "started") /* the day a customer came */                                            \
    X(MEDIUM, "medium")   /* of a channel that is a source: google / cpc */

typedef enum {
#define MKT_ROLE_ENUM(code, name) MKT_ROLE_##code,
    MKT_ROLE_LIST(MKT_ROLE_ENUM)
#undef MKT_ROLE_ENUM
        MKT_ROLES
} mkt_role;

const char *mkt_kind_name(mkt_kind kind);
bool mkt_kind_parse(const char *name, mkt_kind *out);
const char *mkt_role_name(mkt_role role);
bool mkt_role_parse(const char *name, mkt_role *out);

/* What the values of a column must look like to have a role. */
typedef enum {
    MKT_FORM_ANY,
    MKT_FORM_NUMBER,
    MKT_FORM_FLAG, /* a number, or yes and no */
    MKT_FORM_DAY,
    MKT_FORM_PATH, /* channels parted by what parts nothing else */
    MKT_FORM_LIST  /* by what parts lists, too */
} mkt_form;

#define MKT_ROLE_PATH_NAMES                                                                        \
    "path|*_path|path_*|journey|channels|paths|touchpoints|touchpoint_path|customer_journey|pfad|" \
    "pfade|parcours|ruta|recorrido|percorso|percurso|caminho"

struct mkt_role_rule {
    mkt_kind kind;
    mkt_role role;
    mkt_form form;
    bool needed;
    const char *patterns; /* classes parted by a space, best first; within one '|' and '*' */
};

extern const struct mkt_role_rule mkt_role_rules[];
extern const size_t mkt_role_rule_count;

/* The class of patterns that a name meets, 0 the best; -1 for none. */
int mkt_role_class(const struct mkt_role_rule *rule, const char *normal);

/* A rate or an average: it cannot be summed, so it is computed again from its parts. */
bool mkt_role_is_rate(const struct mkt_naming *name);

/* Names that look like a measure and are something else: budgets, bids, targets, rivals' spend. */
bool mkt_role_is_decoy(const char *normal);

#endif
