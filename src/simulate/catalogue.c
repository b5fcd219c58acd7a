#include "simulate/catalogue.h"

#include "base/date.h"

enum {
    SEARCH = 1,
    SOCIAL = 2,
    EMAIL = 4,
    DISPLAY = 8,
    VIDEO = 16,
    AFFILIATES = 32,
    SHOPPING = 64,
    AUDIO = 128,
    ALL = 255
};
enum {
    ALWAYS_ON = MKT_CATALOGUE_BURSTS,
    BRAND_SEARCH,
    RETARGETING,
    NEWSLETTER,
    AWARENESS,
    PARTNERS
};

/* clang-format off */
const struct mkt_catalogue_channel mkt_catalogue_channel[MKT_CATALOGUE_CHANNELS] = {
    {"search",     .28, 1.9, {1.3, 1.8}, {.10, .30}, {1.0, 1.4}, 18.0, .040, .50, {.30, .42, .28}, .95, 2, false, false, ALWAYS_ON,   BRAND_SEARCH, .25},
    {"social",     .22, 1.6, {.90, 1.4}, {.30, .50}, {1.0, 1.6},  7.0, .011, .60, {.58, .32, .10}, .45, 1, false, false, ALWAYS_ON,   ALWAYS_ON,    .00},
    {"email",      .04, 6.0, {1.6, 2.6}, {.05, .20}, {1.0, 1.3},  4.0, .022, .04, {.22, .43, .35}, .85, 3, true,  false, NEWSLETTER,  NEWSLETTER,   .00},
    {"display",    .10, 0.8, {2.0, 4.0}, {.40, .60}, {1.0, 1.5},  2.2, .003, .40, {.40, .38, .22}, .20, 0, false, false, RETARGETING, RETARGETING,  .40},
    {"video",      .12, 1.3, {.40, .80}, {.60, .80}, {1.2, 2.0},  9.0, .004, .65, {.50, .35, .15}, .15, 0, false, true,  AWARENESS,   AWARENESS,    .00},
    {"affiliates", .08, 1.5, {2.0, 3.0}, {.05, .20}, {1.0, 1.3},  5.0, .009, .40, {.33, .45, .22}, .98, 3, false, false, PARTNERS,    PARTNERS,     .00},
    {"shopping",   .15, 2.1, {1.3, 1.7}, {.10, .25}, {1.0, 1.4},  9.0, .018, .50, {.32, .44, .24}, .97, 2, false, false, ALWAYS_ON,   ALWAYS_ON,    .00},
    {"audio",      .05, 1.0, {.30, .60}, {.50, .70}, {1.1, 1.8},  8.0, .002, .65, {.46, .38, .16}, .10, 0, false, true,  AWARENESS,   AWARENESS,    .00},
};

const struct mkt_catalogue_campaign mkt_catalogue_campaign[MKT_CATALOGUE_CAMPAIGNS] = {
    {"Winter Sale",      103,  125, SEARCH | EMAIL | DISPLAY | AFFILIATES | SHOPPING,          1.4, .20, 1.15, 1.10},
    {"Spring Launch",    310,  420, SEARCH | SOCIAL | EMAIL | VIDEO | SHOPPING | AUDIO,        1.7, .00, 1.00, 1.00},
    {"Summer Sale",      615,  731, SEARCH | SOCIAL | EMAIL | DISPLAY | AFFILIATES | SHOPPING, 1.6, .15, 1.12, 1.15},
    {"Back to School",   820,  915, SOCIAL | EMAIL | VIDEO | SHOPPING,                         1.5, .00, 1.00, 0.95},
    {"Black Week",      1120, 1130, ALL,                                                       2.6, .25, 1.35, 1.25},
    {"Holiday",         1201, 1223, ALL,                                                       2.0, .00, 1.25, 1.05},
    {"Always On",          0,    0, 0, 1, 0, 1, 1.00},
    {"Brand Search",       0,    0, 0, 1, 0, 1, 1.70},
    {"Retargeting",        0,    0, 0, 1, 0, 1, 1.50},
    {"Newsletter",         0,    0, 0, 1, 0, 1, 1.00},
    {"Brand Awareness",    0,    0, 0, 1, 0, 1, 0.80},
    {"Partner Programme",  0,    0, 0, 1, 0, 1, 1.00},
};

const char *const mkt_catalogue_segment[MKT_CATALOGUE_SEGMENTS] = {"18-34", "35-54", "55+"};
const double mkt_catalogue_segment_share[MKT_CATALOGUE_SEGMENTS] = {.30, .42, .28};

const char *const mkt_catalogue_region[MKT_CATALOGUE_REGIONS] =
    {"North", "South", "East", "West", "Central"};

const char *const mkt_catalogue_product[MKT_CATALOGUE_PRODUCTS] =
    {"Water Bottle", "Trail Socks", "Cap", "T-Shirt", "Daypack", "Rain Jacket", "Hiking Boots", "Tent"};
const int mkt_catalogue_product_cents[MKT_CATALOGUE_PRODUCTS] =
    {1990, 1490, 2490, 2990, 6990, 11990, 14990, 22990};
const double mkt_catalogue_product_share[MKT_CATALOGUE_PRODUCTS] =
    {.17, .12, .13, .18, .13, .11, .11, .05};
/* clang-format on */

const double mkt_catalogue_quantity_share[MKT_CATALOGUE_QUANTITIES] = {.80, .15, .05};

int mkt_catalogue_burst(int32_t day)
{
    struct mkt_date d = mkt_date_of(day);
    int key = d.month * 100 + d.day;
    for (int b = 0; b < MKT_CATALOGUE_BURSTS; b++)
        if (key >= mkt_catalogue_campaign[b].from && key <= mkt_catalogue_campaign[b].to) return b;
    return -1;
}
