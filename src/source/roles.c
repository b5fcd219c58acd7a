#include "source/roles.h"

#include <string.h>

#include "base/text.h"

static const char *const kind_names[MKT_KINDS] = {NULL,
#define MKT_KIND_TEXT(code, name) name,
                                                  MKT_KIND_LIST(MKT_KIND_TEXT)
#undef MKT_KIND_TEXT
};

static const char *const role_names[MKT_ROLES] = {
#define MKT_ROLE_TEXT(code, name) name,
    MKT_ROLE_LIST(MKT_ROLE_TEXT)
#undef MKT_ROLE_TEXT
};

const char *mkt_kind_name(mkt_kind kind)
{
    return kind_names[kind];
}

bool mkt_kind_parse(const char *name, mkt_kind *out)
{
    for (int k = MKT_KIND_NONE + 1; k < MKT_KINDS; k++)
        if (strcmp(kind_names[k], name) == 0) return *out = (mkt_kind)k, true;
    return false;
}

const char *mkt_role_name(mkt_role role)
{
    return role_names[role];
}

bool mkt_role_parse(const char *name, mkt_role *out)
{
    for (int r = 0; r < MKT_ROLES; r++)
        if (strcmp(role_names[r], name) == 0) return *out = (mkt_role)r, true;
    return false;
}

#define P MKT_KIND_PERFORMANCE

const struct mkt_role_rule mkt_role_rules[] = {
    /* a day's work of advertising */
    {P, MKT_ROLE_DATE, MKT_FORM_DAY, true,
     "date|day|segments_date|report_date|stat_date|stat_time_day|gregorian_date|by_day|dt|ds|"
     "datum|tag|fecha|dia|jour|data "
     "date_start|reporting_starts|stat_time_hour|date_hour|datetime|date_time|timestamp|time|"
     "stat_time|interval_start|zeit|hora|start_of_day "
     "week|week_*|woche|semaine|semana|month|monat|mois|mes|year_month|time_period|period "
     "start_date|start_date_in_utc|start_date_utc "
     "*_date|date_*|start_time|*_day"},
    {P, MKT_ROLE_PERIOD_END, MKT_FORM_DAY, false,
     "reporting_ends|date_stop|date_end|end_date|end_date_in_utc|end_date_utc|period_end|"
     "interval_end|week_end|week_end_date|week_ending|month_end"},
    {P, MKT_ROLE_SPEND, MKT_FORM_NUMBER, true,
     "local_cost|local_spend|local_spend_amount|local_amount_spent|local_billed_charge "
     "spend|cost|costs|amount_spent|ad_spend|adspend|ad_cost|ads_cost|media_spend|media_cost|"
     "marketing_spend|marketing_cost|billed_charge|spend_amount|cost_amount|spent|investment|"
     "advertising_cost|advertising_spend|ausgaben|kosten|ausgegebener_betrag|werbekosten|"
     "depense|depenses|montant_depense|cout|couts|coste|costes|costo|gasto|gastos|"
     "importe_gastado|inversion "
     "total_spend|total_cost|total_costs|net_spend|net_cost|gross_spend|advertiser_ad_cost|"
     "total_spent|cost_total|spend_total|total_ad_spend|total_ad_cost|media_costs|charges "
     "*_ad_spend|*_ad_cost|*_spend|*_cost|spend_*"},
    {P, MKT_ROLE_IMPRESSIONS, MKT_FORM_NUMBER, false,
     "impressions|impression|impr|imps|impressionen|impresiones|impressoes|einblendungen "
     "total_impressions|paid_impressions|paid_impression|impressions_total|ad_impressions "
     "*_impressions|impressions_*"},
    {P, MKT_ROLE_CLICKS, MKT_FORM_NUMBER, false,
     "inline_link_clicks clicks|click|klicks|clics|cliques|swipes|swipe_ups|taps|clickthroughs "
     "link_clicks|link_klicks|url_clicks|clicks_all|total_clicks|clicks_total|outbound_clicks|"
     "website_clicks|clickthrough|total_clickthrough|paid_clicks "
     "*_clicks|clicks_*"},
    {P, MKT_ROLE_CONVERSIONS, MKT_FORM_NUMBER, false,
     "conversions|conversion|conv|convs|konversionen|conversiones|conversoes "
     "purchases|purchase|website_purchases|conversion_purchases|orders|order_count|purchase_count|"
     "transactions|key_events|ecommerce_purchases|total_purchases|kaufe|bestellungen|achats|"
     "compras "
     "attributed_conversions_14_d|purchases_14_d|orders_14_d|14_day_total_orders|14_day_total_* "
     "attributed_conversions_30_d|purchases_30_d|orders_30_d "
     "attributed_conversions_7_d|purchases_7_d|orders_7_d|7_day_total_orders "
     "attributed_conversions_1_d|purchases_1_d|orders_1_d "
     "external_website_conversions|website_conversions|total_conversions|"
     "conversion_purchases_metric|conversion_purchase_clicks|total_checkout|total_web_checkout "
     "all_conversions|conversions_all|all_conv|*_conversions|*_purchases "
     "results|result|installs|total_installs|app_installs|tap_installs|total_downloads|downloads|"
     "new_downloads|leads|one_click_leads|signups|sign_ups|registrations|ergebnisse|resultats|"
     "resultados|actions"},
    {P, MKT_ROLE_REVENUE, MKT_FORM_NUMBER, false,
     "local_conversion_value|local_revenue|local_conversions_value|local_conversion_purchases_sale_"
     "amount "
     "revenue|conversions_value|conversion_value|conv_value|purchase_value|purchases_value|"
     "conversion_revenue|umsatz|einnahmen|conversionwert|conversionswert|conv_wert|revenu|revenus|"
     "chiffre_d_affaires|chiffre_affaires|ventes|ingresos|valor_de_conversion|valor_conv|"
     "valeur_de_conversion|valeur_conv|valeur_de_conv|valor_de_conv|sales|income|turnover "
     "total_revenue|purchase_revenue|purchases_conversion_value|website_purchases_conversion_value|"
     "purchase_conversion_value|total_purchase_value|conversion_purchases_value|total_sales|gmv|"
     "gross_revenue|net_revenue|sales_amount|order_value|purchase_amount|ecommerce_revenue|"
     "conversion_purchases_sale_amount|total_conversions_value|total_conversion_value|"
     "conversion_purchase_total_value|total_order_value_checkout|sale_amount "
     "attributed_sales_14_d|sales_14_d|14_day_total_sales "
     "attributed_sales_30_d|sales_30_d "
     "attributed_sales_7_d|sales_7_d|7_day_total_sales "
     "attributed_sales_1_d|sales_1_d "
     "all_revenue|all_conversions_value|all_conv_value|*_revenue|*_conversion_value|"
     "*_conversions_value|*_purchase_value|total_sales_lead_value|value"},
    {P, MKT_ROLE_NEW_CUSTOMERS, MKT_FORM_NUMBER, false,
     "new_customers|new_customer|customers_new|new_buyers|first_time_buyers|new_customer_orders|"
     "neukunden|nouveaux_clients|nuevos_clientes "
     "new_to_brand_orders*|attributed_orders_new_to_brand_14_d|new_to_brand_purchases*|ntb_orders*|"
     "*new_customers*|*orders_new_to_brand*"},
    {P, MKT_ROLE_CHANNEL, MKT_FORM_ANY, false,
     "channel|marketing_channel|media_channel|channel_name|kanal|canal|werbekanal "
     "default_channel_group*|*_channel_group*|channel_group*|session_source_medium|source_medium|"
     "platform|ad_platform|media "
     "medium|utm_medium|session_medium|source|utm_source|traffic_source|session_source|publisher|"
     "media_source|media_partner|vendor|partner|quelle|fuente|plattform "
     "network|ad_network|ad_network_type|network_type|advertising_channel_type"},
    {P, MKT_ROLE_CAMPAIGN, MKT_FORM_ANY, false,
     "campaign_name|kampagnenname|nom_de_la_campagne|nombre_de_la_campana|campaign_title "
     "campaign|campaigns|kampagne|campagne|campana|campanha|utm_campaign|session_campaign*|"
     "ad_campaign "
     "campaign_id|campaign_key|id_campaign|kampagnen_id "
     "campaign_group_name|campaign_group|campaign_group_id|line_item_name|line_item "
     "ad_set_name|adset_name|ad_group_name|adgroup_name|ad_squad_name|ad_set|adset|adgroup|"
     "anzeigengruppe|anzeigengruppenname "
     "ad_set_id|adset_id|ad_group_id|adgroup_id|line_item_id|ad_squad_id|ad_group "
     "ad_name|creative_name|promoted_pin_name|anzeigenname "
     "ad_id|creative_id|pin_promotion_id|promoted_tweet_id"},
    {P, MKT_ROLE_SEGMENT, MKT_FORM_ANY, false,
     "segment|segment_name|customer_segment|audience|audience_name|audience_segment|target_group|"
     "zielgruppe|segmento "
     "geo|country|country_name|country_code|country_or_region|region|land|pais|pays|market|state|"
     "city|dma "
     "device|device_type|device_category|gerat|appareil|dispositivo "
     "gender|age|age_range|age_bracket|geschlecht|alter|placement|product"},
    {P, MKT_ROLE_CURRENCY, MKT_FORM_ANY, false,
     "currency|currency_code|account_currency|account_currency_code|iso_currency_code|wahrung|"
     "devise|moneda|moeda "
     "*_currency|*_currency_code"},
    {P, MKT_ROLE_ACCOUNT, MKT_FORM_ANY, false,
     "account_id|ad_account_id|advertiser_id|customer_id|profile_id|organization_id|org_id "
     "account|account_name|advertiser|advertiser_name|customer|ad_account|ad_account_name"},
    {P, MKT_ROLE_AD, MKT_FORM_ANY, false, "ad_id|creative_id|ad_name"},

    {MKT_KIND_ACTIONS, MKT_ROLE_ACTION, MKT_FORM_ANY, true,
     "action_type conversion_action|conversion_action_name|conversion_type|conversion_name|"
     "action_name"},
    {MKT_KIND_ACTIONS, MKT_ROLE_DATE, MKT_FORM_DAY, true,
     "date|day|*_date date_start|stat_time_hour"},
    {MKT_KIND_ACTIONS, MKT_ROLE_VALUE, MKT_FORM_NUMBER, true,
     "value|action_value|conversions|count|actions|quantity"},
    {MKT_KIND_ACTIONS, MKT_ROLE_AD, MKT_FORM_ANY, true,
     "ad_id ad_set_id|adset_id|ad_group_id|adgroup_id campaign_id id"},

    {MKT_KIND_NAMES, MKT_ROLE_ID, MKT_FORM_ANY, true,
     "id campaign_id|ad_id|ad_set_id|adset_id|ad_group_id|adgroup_id|line_item_id|creative_id"},
    {MKT_KIND_NAMES, MKT_ROLE_NAME, MKT_FORM_ANY, true,
     "name campaign_name|ad_name|ad_set_name|adset_name|ad_group_name|adgroup_name|line_item_name"},
    {MKT_KIND_NAMES, MKT_ROLE_UPDATED, MKT_FORM_DAY, false,
     "updated_at|updated_time|last_modified*|modified_at|modified_time|updated|valid_from|"
     "created_at|created_time"},
    {MKT_KIND_NAMES, MKT_ROLE_CAMPAIGN, MKT_FORM_ANY, false, "campaign_id"},

    {MKT_KIND_PATHS, MKT_ROLE_PATH, MKT_FORM_PATH, true, MKT_ROLE_PATH_NAMES " *"},
    {MKT_KIND_PATHS, MKT_ROLE_PATH, MKT_FORM_LIST, true, MKT_ROLE_PATH_NAMES},
    {MKT_KIND_PATHS, MKT_ROLE_PATH, MKT_FORM_ANY, true, /* none has two channels */
     "path|paths|channel_path|conversion_path|touchpoint_path|journey|customer_journey|pfad|pfade"},
    {MKT_KIND_PATHS, MKT_ROLE_CONVERSIONS, MKT_FORM_NUMBER, true,
     "conversions|total_conversions|total_conversion|conv|conversion|count|orders|purchases "
     "key_events|transactions|converted|" MKT_ROLES_DID_IT "|kaufe|bestellungen|achats|compras"},
    {MKT_KIND_PATHS, MKT_ROLE_VALUE, MKT_FORM_NUMBER, false,
     "value|conversion_value|total_conversion_value|conversions_value|revenue "
     "purchase_revenue|total_revenue|*_revenue|" MKT_ROLES_WORTH},
    {MKT_KIND_PATHS, MKT_ROLE_NULLS, MKT_FORM_NUMBER, false,
     "null|nulls|total_null|total_nulls|non_conversions|null_count|not_converted|no_conversion"},

    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_USER, MKT_FORM_ANY, true,
     "user_id|user|visitor_id|client_id|user_pseudo_id|cookie_id|cookie|person_id|anonymous_id|"
     "contact_id|journey_id|customer_id|customer|full_visitor_id " MKT_ROLES_WHO},
    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_DATE, MKT_FORM_ANY, true, /* a number of microseconds, too */
     "time|timestamp|touch_time|event_time|event_timestamp|datetime|ts|visit_start_time *_time|"
     "*_timestamp|hora|" MKT_ROLES_WHEN " date|touch_date|visit_date|event_date|"
     "datum|fecha"},
    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_CHANNEL, MKT_FORM_ANY, true,
     "channel|channels|touchpoint|marketing_channel|channel_name|default_channel_group*|kanal|"
     "canal|canale|kanaal|marketingkanal|werbekanal "
     "session_default_channel_group*|session_channel_group*|channel_group*|*_channel_group* "
     "source_medium|session_source_medium|session_manual_source_medium|manual_source_"
     "medium " MKT_ROLES_SOURCE_OF_VISIT
     " first_user_source_medium|first_user_default_channel_group* " MKT_ROLES_SOURCE_OF_USER
     " medium|utm_medium|session_medium|platform"},
    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_MEDIUM, MKT_FORM_ANY, false,
     "medium|utm_medium|session_medium|session_manual_medium|manual_medium|"
     "session_traffic_source_last_click_*medium|collected_traffic_source_manual_medium "
     "traffic_source_medium|first_user_medium|first_user_manual_medium|user_medium"},
    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_CONVERSIONS, MKT_FORM_FLAG, false,
     "conversion|conversions|converted|is_conversion|has_conversion|has_transaction|is_converted "
     "key_events|is_key_event|purchase|purchased|transaction|transactions|" MKT_ROLES_DID_IT},
    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_VALUE, MKT_FORM_NUMBER, false,
     "value|revenue|conversion_value|amount purchase_revenue|purchase_revenue_in_usd|"
     "ecommerce_purchase_revenue*|total_revenue|transaction_revenue "
     "event_value_in_usd|event_value|" MKT_ROLES_WORTH},
    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_EVENT, MKT_FORM_ANY, false,
     "event|event_name|event_type|interaction|interaction_type|touch_type|"
     "engagement|" MKT_ROLES_HAPPENED},
    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_SPEND, MKT_FORM_NUMBER, false, "cost|spend|kosten|cout|coste"},
    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_CAMPAIGN, MKT_FORM_ANY, false,
     "campaign|campaign_name|utm_campaign|session_campaign|session_campaign_name|manual_campaign_"
     "name|"
     "session_manual_campaign_name|session_traffic_source_last_click_*campaign_name|"
     "collected_traffic_source_manual_campaign_name|traffic_source_name|first_user_campaign|"
     "first_user_campaign_name|kampagne|campagne|campana|campanha|campagna"},
    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_SESSION, MKT_FORM_ANY, false,
     "session_id|ga_session_id|session|visit_id|*_session_id"},
    {MKT_KIND_TOUCHPOINTS, MKT_ROLE_SEGMENT, MKT_FORM_ANY, false,
     "segment|customer_segment device|device_category|device_type country plan"},

    {MKT_KIND_EVENTS, MKT_ROLE_USER, MKT_FORM_ANY, true,
     "user_id|user|visitor_id|client_id|user_pseudo_id|cookie_id|person_id|anonymous_id|"
     "distinct_id|customer_id|customer " MKT_ROLES_WHO " session_id"},
    {MKT_KIND_EVENTS, MKT_ROLE_DATE, MKT_FORM_ANY, true, /* a number of microseconds, too */
     "time|timestamp|event_time|event_timestamp|datetime|ts|occurred_at "
     "*_time|*_timestamp|" MKT_ROLES_WHEN " date|event_date|datum|fecha"},
    {MKT_KIND_EVENTS, MKT_ROLE_EVENT, MKT_FORM_ANY, true,
     "event|event_name|event_type|step|action|activity|page_type|stage|" MKT_ROLES_HAPPENED},
    {MKT_KIND_EVENTS, MKT_ROLE_VALUE, MKT_FORM_NUMBER, false,
     "value|event_value|event_value_in_usd|revenue|purchase_revenue|amount|" MKT_ROLES_WORTH},
    {MKT_KIND_EVENTS, MKT_ROLE_SESSION, MKT_FORM_ANY, false,
     "session_id|ga_session_id|session|visit_id|*_session_id"},
    {MKT_KIND_EVENTS, MKT_ROLE_SEGMENT, MKT_FORM_ANY, false,
     "segment|customer_segment device|device_category|device_type country plan|channel"},

    {MKT_KIND_EXPERIMENT, MKT_ROLE_VARIANT, MKT_FORM_ANY, true,
     MKT_ROLES_VARIANT
     "|ab_group|test_arm|condition|bucket|group|treatment|cell|gruppe|groupe|grupo|"
     "gruppo|groep"},
    {MKT_KIND_EXPERIMENT, MKT_ROLE_UNIT, MKT_FORM_ANY, true,
     MKT_ROLES_UNIT
     "|id|n|users|visitors|sample_size|participants|units|total|count|" MKT_ROLES_HOW_MANY
     " " MKT_ROLES_WHO " "
     "sessions|impressions|recipients|delivered|sent|exposures|exposed|subjects|customers|trials"},
    {MKT_KIND_EXPERIMENT, MKT_ROLE_METRIC, MKT_FORM_NUMBER, true,
     "conversion|conversions|converted|revenue|metric|outcome|value|sum|clicks|orders|spend|y|"
     "success|successes|*_sum|purchases|purchased|bought|signups|signed_up|subscribed|retained|"
     "churned|profit|sessions|visits|pages|page_views|minutes|seconds|duration|latency|buyers|"
     "opens|sign_ups|registrations|subscriptions|*_converted|*_conversions|*_sum_squares|ordered|"
     "clicked|opened|registered|activated|purchase|completed|renewed|upgraded|order_"
     "value|" MKT_ROLES_WORTH "|" MKT_ROLES_DID_IT
     "|erfolg|erfolge|ergebnis|resultat|resultado|risultato"},

    {MKT_KIND_LEADS, MKT_ROLE_LEAD, MKT_FORM_ANY, true,
     "lead_id|lead|deal_id|opportunity_id|contact_id|deal_name|opportunity id"},
    {MKT_KIND_LEADS, MKT_ROLE_DATE, MKT_FORM_DAY, true,
     "created|created_at|created_date|create_date|created_time|*_created|date"},
    {MKT_KIND_LEADS, MKT_ROLE_STAGE, MKT_FORM_ANY, true,
     "stage|status|lead_status|deal_stage|lifecycle_stage|outcome|converted|lead_source|source"},
    {MKT_KIND_LEADS, MKT_ROLE_VALUE, MKT_FORM_NUMBER, false, "value|amount|deal_value|*_amount"},

    {MKT_KIND_SURVEY, MKT_ROLE_RESPONDENT, MKT_FORM_ANY, true,
     "respondent|respondent_id|wave|response_id|participant_id|panelist_id"},
    {MKT_KIND_SURVEY, MKT_ROLE_BRAND, MKT_FORM_ANY, true, "brand|brand_name|marke|marque|marca"},
    {MKT_KIND_SURVEY, MKT_ROLE_ANSWER, MKT_FORM_ANY, true,
     "aware*|consider*|prefer*|use|used|usage|recommend*|nps|*_awareness|answer|response"},

    {MKT_KIND_MENTIONS, MKT_ROLE_TEXT, MKT_FORM_ANY, true,
     "text|mention|comment|review|review_text|message|content|body|tweet|post|snippet"},
    {MKT_KIND_MENTIONS, MKT_ROLE_DATE, MKT_FORM_DAY, false,
     "date|day|created_at|published_at|time"},
    {MKT_KIND_MENTIONS, MKT_ROLE_BRAND, MKT_FORM_ANY, false, "brand|brand_name|product|company"},
    {MKT_KIND_MENTIONS, MKT_ROLE_RATING, MKT_FORM_NUMBER, false, "rating|stars|score"},

    {MKT_KIND_MARKET, MKT_ROLE_BRAND, MKT_FORM_ANY, true,
     "brand|brand_name|competitor|manufacturer|marke|marque|marca"},
    {MKT_KIND_MARKET, MKT_ROLE_DATE, MKT_FORM_DAY, true,
     "period|date|week|month|day|quarter|year|time|*_date|week_*"},
    {MKT_KIND_MARKET, MKT_ROLE_AMOUNT, MKT_FORM_NUMBER, true,
     "units|volume|revenue|sales|value|units_sold|*_sales|sales_*|turnover"},

    {MKT_KIND_TRANSACTIONS, MKT_ROLE_CUSTOMER, MKT_FORM_ANY, true,
     "customer_id|customer|client_id|buyer_id|kunde|kunden_id|kundennummer|client|cliente|id_"
     "client|"
     "id_cliente|numero_client|klant|klant_id|klantnummer "
     "customer_email|email|user_id|account_id"},
    {MKT_KIND_TRANSACTIONS, MKT_ROLE_DATE, MKT_FORM_DAY, true,
     "date|day|order_date|transaction_date|purchase_date|invoice_date created_at|created|"
     "created_utc|processed_at|timestamp|time|datetime|*_date|datum|bestelldatum|kaufdatum|fecha|"
     "fecha_pedido|fecha_de_compra|jour|date_commande|date_achat|data|data_ordine|data_pedido"},
    {MKT_KIND_TRANSACTIONS, MKT_ROLE_AMOUNT, MKT_FORM_NUMBER, true,
     "amount|total_price|order_total|total_amount|revenue|order_value|total|net_amount|"
     "sales price|subtotal_price|value|monetary|betrag|umsatz|montant|importe|*_amount|*_total|"
     "bestellwert|importo|bedrag"},
    {MKT_KIND_TRANSACTIONS, MKT_ROLE_COST, MKT_FORM_NUMBER, false,
     "cost|costs|cogs|cost_of_goods|cost_of_goods_sold|goods_cost|product_cost|item_cost|"
     "total_cost|wareneinsatz|einstandswert"},
    {MKT_KIND_TRANSACTIONS, MKT_ROLE_PROFIT, MKT_FORM_NUMBER, false,
     "profit|gross_profit|contribution|contribution_margin_amount|margin_amount|"
     "gross_margin_amount|deckungsbeitrag|rohertrag"},
    {MKT_KIND_TRANSACTIONS, MKT_ROLE_ORDER, MKT_FORM_ANY, false,
     "order_id|transaction_id|invoice_id|charge_id|invoice_no|order_number id"},
    {MKT_KIND_TRANSACTIONS, MKT_ROLE_CURRENCY, MKT_FORM_ANY, false, "currency|currency_code"},
    {MKT_KIND_TRANSACTIONS, MKT_ROLE_CHANNEL, MKT_FORM_ANY, false,
     "channel|source|source_name|utm_source|medium"},
    {MKT_KIND_TRANSACTIONS, MKT_ROLE_PRODUCT, MKT_FORM_ANY, false,
     "product|product_id|sku|product_name|item"},
    {MKT_KIND_TRANSACTIONS, MKT_ROLE_SEGMENT, MKT_FORM_ANY, false,
     "segment|customer_segment|segment_name"},

    {MKT_KIND_CUSTOMERS, MKT_ROLE_CUSTOMER, MKT_FORM_ANY, true,
     "customer_id|customer|client_id|user_id|kunden_id|kundennummer id|contact_id|email"},
    {MKT_KIND_CUSTOMERS, MKT_ROLE_CHANNEL, MKT_FORM_ANY, false,
     "first_channel|acquisition_channel|signup_channel channel|marketing_channel|channel_name "
     "acquisition_source|first_source|utm_source|source|lead_source|medium"},
    {MKT_KIND_CUSTOMERS, MKT_ROLE_STARTED, MKT_FORM_DAY, false,
     "acquired|acquired_at|acquisition_date|first_order_date|first_purchase_date|customer_since "
     "signup_date|signup|signed_up|signed_up_at|start_date|start|started|started_at|joined|"
     "joined_at|join_date|registration_date|registered|registered_at "
     "created_at|created|created_date|date"},
    {MKT_KIND_CUSTOMERS, MKT_ROLE_SEGMENT, MKT_FORM_ANY, false,
     "segment|customer_segment|segment_name tier|plan age_group|country"},
    {MKT_KIND_CUSTOMERS, MKT_ROLE_ATTRIBUTE, MKT_FORM_ANY, false,
     "age|gender|country|state|city|segment|plan|tenure|churn*|start*|end*|first_name|"
     "orders_count|total_spent|frequency|recency|signup*|created_at|created|zbar|x income|value|"
     "ltv|email"},

    {MKT_KIND_SERIES, MKT_ROLE_DATE, MKT_FORM_DAY, true,
     "date|day|week|month|time|period|ds|datum|fecha|jour|*_date|week_*"},
    {MKT_KIND_SERIES, MKT_ROLE_OUTCOME, MKT_FORM_NUMBER, true,
     "y|sales|revenue|conversions|outcome|kpi|orders|target|umsatz|ventes|ventas|units|signups "
     "*_sales|*_revenue|sales_*|revenue_*"},
    {MKT_KIND_SERIES, MKT_ROLE_GEO, MKT_FORM_ANY, false,
     "geo|location|region|city|state|country|dma|market|land"},
};
const size_t mkt_role_rule_count = sizeof mkt_role_rules / sizeof *mkt_role_rules;

int mkt_role_class(const struct mkt_role_rule *rule, const char *normal)
{
    char one[1200];
    int class = 0;
    for (const char *p = rule->patterns; *p; class ++) {
        size_t n = strcspn(p, " ");
        if (n >= sizeof one) return -1;
        memcpy(one, p, n);
        one[n] = '\0';
        if (mkt_naming_match(normal, one)) return class;
        p += n;
        while (*p == ' ') p++;
    }
    return -1;
}

bool mkt_role_is_rate(const struct mkt_naming *name)
{
    return name->percent ||
           mkt_naming_match(
               name->text,
               "ctr|cpc|cpm|cpa|cpv|cpp|cpl|cpi|cpt|cac|cvr|cr|roas|roi|aov|acos|tacos|"
               "ecpm|ecpc|ctr_*|cpc_*|cpm_*|roas_*|*_ctr|*_cpc|*_cpm|*_cpa|*_roas|*_cvr|"
               "*_acos|*_rate|rate_*|*_rate_*|cost_per_*|*_per_*|avg_*|average_*|"
               "*_avg|*_average|*_ratio|*_share|share_of_*|percent*|*_percent*|*_pct|"
               "pct_*|frequency|*_frequency|klickrate|conversionrate|average|"
               "kosten_pro_*|cout_par_*|coste_por_*|*_position|quality_score");
}

bool mkt_role_is_decoy(const char *normal)
{
    return mkt_naming_match(
        normal, "*budget*|*bid|*bid_*|*target_c*|target_spend|target_r*|*competitor*|"
                "*measurable*|*viewab*|*active_view*|*planned*|*forecast*|*limit*|max_*|"
                "min_*|video_*|*_video_*|real_time_*|*view_through*|*secondary_goal*|"
                "*invalid*|*synced*|*refund*|*cost_of_goods*|*shipping*|*tax*|"
                "*_previous|*_prior|previous_*|prior_*|*_goal|goal_*|estimated_*|"
                "*created*|*updated*|*modified*|*synced*|*loaded*|*extracted*|end_date|"
                "date_stop|reporting_ends|*_end|end_*|*_until");
}
