#include "simulate/company_options.h"

#include <math.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "num/random.h"
#include "simulate/catalogue.h"
#include "simulate/company_design.h"

#define DAYS_MAX 3653

void mkt_company_options_init(struct mkt_company_options *options, uint64_t seed)
{
    *options = (struct mkt_company_options){.seed = seed,
                                            .months = 24,
                                            .scale = 1,
                                            .start = mkt_date_days(2024, 1, 1),
                                            .currency = "EUR",
                                            .channels = 7,
                                            .noise = 1,
                                            .season = 1};
}

void mkt_company_options_vary(struct mkt_company_options *options, uint64_t seed)
{
    mkt_company_options_init(options, seed);
    struct mkt_random random;
    mkt_company_design_stream(&random, seed, MKT_STREAM_OPTIONS, 0);
    options->channels = 3 + (int)mkt_random_below(&random, MKT_CATALOGUE_CHANNELS - 2);
    options->days = 90 + (int)mkt_random_below(&random, 311);
    options->scale = exp(log(0.5) + log(8) * mkt_random_uniform(&random));
    options->noise = 0.5 + mkt_random_uniform(&random);
    options->similarity = mkt_random_uniform(&random);
    options->season = 1.2 * mkt_random_uniform(&random);
    options->start = mkt_date_days(2020, 1, 1) + (int32_t)mkt_random_below(&random, 1826);
}

/* One real option within its domain. */
static mkt_status within(const char *name, double value, double least, double most,
                         struct mkt_err *err)
{
    if (value >= least && value <= most) return MKT_OK;
    char text[2][MKT_TEXT_NUMBER];
    mkt_text_number(least, text[0]);
    mkt_text_number(most, text[1]);
    if (!isfinite(value))
        return mkt_err_set(err, MKT_E_ARG, "%s must be a number from %s to %s", name, text[0],
                           text[1]);
    char given[MKT_TEXT_NUMBER];
    return mkt_err_set(err, MKT_E_ARG, "%s must be from %s to %s, not %s", name, text[0], text[1],
                       mkt_text_number(value, given));
}

static mkt_status check_currency(const char *currency, struct mkt_err *err)
{
    if (!currency) return mkt_err_set(err, MKT_E_ARG, "currency is missing: three capital letters");
    if (strlen(currency) == 3 && strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3) return MKT_OK;
    return mkt_err_set(err, MKT_E_ARG, "currency must be three capital letters, not \"%.20s\"",
                       currency);
}

mkt_status mkt_company_options_check(const struct mkt_company_options *options, struct mkt_err *err)
{
    MKT_TRY(within("days", options->days, 0, DAYS_MAX, err));
    if (!options->days) MKT_TRY(within("months", options->months, 1, MKT_COMPANY_MONTHS_MAX, err));
    MKT_TRY(within("scale", options->scale, MKT_COMPANY_SCALE_MIN, MKT_COMPANY_SCALE_MAX, err));
    MKT_TRY(within("channels", options->channels, 2, MKT_CATALOGUE_CHANNELS, err));
    MKT_TRY(within("noise", options->noise, 0, 2, err));
    MKT_TRY(within("similarity", options->similarity, 0, 1, err));
    MKT_TRY(within("holdout", options->holdout, 0, 0.5, err));
    MKT_TRY(within("season", options->season, 0, 2, err));
    if (options->start < mkt_date_days(1980, 1, 1) || options->start > mkt_date_days(2100, 1, 1)) {
        return mkt_err_set(err, MKT_E_ARG, "start must be from 1980-01-01 to 2100-01-01");
    }
    return check_currency(options->currency, err);
}
