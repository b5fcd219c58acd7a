#include "simulate/people.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "num/random.h"
#include "simulate/company_design.h"

#define FIRST_CUSTOMERS 3000 /* at scale 1 */

/* Traits belong to a customer and are worked out anew each time. */
enum { APPETITE, CONSENT };

static const double region_share[MKT_CATALOGUE_REGIONS] = {.24, .20, .14, .26, .16};

char *mkt_people_id(int64_t customer, char out[MKT_PEOPLE_ID])
{
    snprintf(out, MKT_PEOPLE_ID, "C%07" PRId64, customer);
    return out;
}

static double trait(const struct mkt_people *people, int64_t customer, int which)
{
    struct mkt_random random;
    mkt_random_init(&random, people->seed,
                    (uint64_t)(MKT_STREAM_TRAITS + which) << 48 | (uint64_t)customer);
    return mkt_random_uniform(&random);
}

bool mkt_people_consents(const struct mkt_people *people, int64_t customer)
{
    return trait(people, customer, CONSENT) < MKT_PEOPLE_CONSENT;
}

static const char *draw_region(struct mkt_random *random)
{
    double u = mkt_random_uniform(random);
    int r = 0;
    while (r < MKT_CATALOGUE_REGIONS - 1 && (u -= region_share[r]) >= 0) r++;
    return mkt_catalogue_region[r];
}

int64_t mkt_people_join(struct mkt_people *people, int segment, int32_t day, const char *channel)
{
    int64_t customer = people->count[segment]++ * MKT_CATALOGUE_SEGMENTS + segment + 1;
    char id[MKT_PEOPLE_ID], date[MKT_DATE_TEXT];
    mkt_sink_printf(people->sink, "%s,%s,%s,%s,%s", mkt_people_id(customer, id),
                    mkt_catalogue_segment[segment], draw_region(&people->random),
                    mkt_date_text(day, date), channel);
    mkt_sink_line(people->sink);
    return customer;
}

void mkt_people_init(struct mkt_people *people, const struct mkt_company *company,
                     struct mkt_sink *sink)
{
    *people = (struct mkt_people){.seed = company->options.seed, .sink = sink};
    mkt_company_design_stream(&people->random, people->seed, MKT_STREAM_PEOPLE, 0);
    mkt_sink_text(sink, "customer_id,segment,region,signup_date,channel");
    mkt_sink_line(sink);
    for (int g = 0; g < MKT_CATALOGUE_SEGMENTS; g++) {
        double want = FIRST_CUSTOMERS * company->options.scale * mkt_catalogue_segment_share[g];
        int64_t n = (int64_t)fmax(1, floor(want + 0.5));
        for (int64_t i = 0; i < n; i++) {
            /* oldest first, over three years */
            int32_t ago = 1 + (int32_t)((double)(n - 1 - i) / (double)n * 1095);
            int k = (int)mkt_random_below(&people->random, (uint32_t)company->channels + 2);
            const char *channel = k < company->channels ? company->channel[k].name : "direct";
            mkt_people_join(people, g, company->period.first - ago, channel);
        }
    }
}

int64_t mkt_people_return(struct mkt_people *people, int segment)
{
    double n = (double)people->count[segment];
    int64_t customer = 0;
    for (int tries = 0; tries < 12; tries++) {
        double u = mkt_random_uniform(&people->random);
        int64_t i = (int64_t)(n * (1 - u * u)); /* the later, the likelier */
        if (i >= people->count[segment]) i = people->count[segment] - 1;
        customer = i * MKT_CATALOGUE_SEGMENTS + segment + 1;
        /* appetite is exponential over customers, cut at 4 times the mean */
        double appetite = -log(1 - trait(people, customer, APPETITE));
        if (mkt_random_uniform(&people->random) * 4 < appetite) break;
    }
    return customer;
}
