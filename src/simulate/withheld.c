#include "simulate/withheld.h"

#include <string.h>

#include "aggregate/names.h"
#include "num/random.h"
#include "simulate/company_design.h"

unsigned mkt_withheld_from(const struct mkt_company *company, const char *user)
{
    struct mkt_random random;
    unsigned from = 0;
    if (!(company->options.holdout > 0)) return 0;
    mkt_random_init(&random, company->options.seed,
                    mkt_names_hash(user, strlen(user)) ^ (uint64_t)MKT_STREAM_WITHHELD << 48);
    for (int k = 0; k < company->channels; k++)
        if (mkt_random_uniform(&random) < company->options.holdout) from |= 1U << k;
    return from;
}
