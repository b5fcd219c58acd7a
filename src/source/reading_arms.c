/* The table of an experiment: its arms, and read once more as a question wants them treated. */
#include "source/reading.h"

#include <string.h>

#include "base/text.h"
#include "source/arm_sums.h"
#include "source/faults.h"
#include "source/quality.h"

static bool is_experiment(const struct mkt_relation *r)
{
    return r->is.kind == MKT_KIND_EXPERIMENT && !r->refused;
}

/* Too many rows of one kind that are left out would change who is compared. */
static mkt_status refuse(const struct mkt_relation *r, struct mkt_err *fault, struct mkt_err *err)
{
    const struct mkt_account_fault *f = r->faults ? &r->fault[0] : NULL;
    mkt_status status =
        f ? mkt_err_set(fault, MKT_E_DATA,
                        "%s: %s of %s rows cannot be read, more than 5 %%; the first is row "
                        "%lld, column \"%s\": \"%s\" %s",
                        r->show, MKT_COUNT(r->broken), MKT_COUNT(r->rows), (long long)f->row,
                        f->column ? f->column : "", f->value ? f->value : "", f->reason)
          : mkt_err_set(fault, MKT_E_DATA, "%s: %s of %s rows cannot be read, more than 5 %%",
                        r->show, MKT_COUNT(r->broken), MKT_COUNT(r->rows));
    return status == MKT_E_DATA ? MKT_OK : mkt_err_set(err, status, "%s", fault->text);
}

mkt_status mkt_reading_arms(struct mkt_reading *x, struct mkt_arms_found *out, struct mkt_err *err)
{
    for (size_t i = 0; i < x->intake.relations; i++) {
        struct mkt_relation *r = &x->intake.relation[i];
        if (!is_experiment(r)) continue;
        if (out->there || out->fault.status != MKT_OK) {
            r->refused = "one experiment is read at a time, and another table came before it";
            continue;
        }
        mkt_reading_progress(x, "adding up the experiment", 0);
        mkt_status status =
            mkt_arm_sums_read(x->arena, &x->duck, r, x->options, NULL, &out->arms, &out->fault);
        if (status == MKT_E_NOMEM || status == MKT_E_CANCELLED || status == MKT_E_IO ||
            status == MKT_E_NOSPACE)
            return mkt_err_set(err, status, "%s", out->fault.text);
        out->there = status == MKT_OK;
        bool none = status == MKT_E_EMPTY && r->faults > 0; /* not one row can be read */
        if (!out->there && !none) continue;
        if (!none) MKT_TRY(mkt_quality_broken(&x->caveats, r, err));
        if ((double)r->broken > MKT_BROKEN_SHARE * (double)r->rows) {
            out->there = false;
            mkt_err_clear(&out->fault);
            MKT_TRY(refuse(r, &out->fault, err));
        }
    }
    return MKT_OK;
}

/* Other bytes than at the first reading would give figures that do not go together. */
static mkt_status check_unchanged(const struct mkt_account *account, const struct mkt_relation *r,
                                  struct mkt_err *err)
{
    char digest[MKT_SHA256_TEXT];
    for (size_t i = 0; i < account->tables; i++) {
        const struct mkt_account_table *t = &account->table[i];
        if (!r->path || !t->sha256 || strcmp(t->name, r->show) != 0) continue;
        MKT_TRY(mkt_hash_file(r->path, digest, err));
        if (strcmp(digest, t->sha256) != 0)
            return mkt_err_set(err, MKT_E_CONFLICT,
                               "%s has changed since it was read first: ask again", r->show);
    }
    return MKT_OK;
}

mkt_status mkt_reading_arms_treated(struct mkt_reading *x, const struct mkt_account *account,
                                    const struct mkt_arms_treatment *treatment,
                                    struct mkt_arms *out, struct mkt_err *err)
{
    size_t i = 0;
    while (i < x->intake.relations && !is_experiment(&x->intake.relation[i])) i++;
    if (i == x->intake.relations)
        return mkt_err_set(err, MKT_E_CONFLICT,
                           "the experiment table is not there any more: ask again");
    struct mkt_relation *r = &x->intake.relation[i];
    MKT_TRY(mkt_arm_sums_read(x->arena, &x->duck, r, x->options, treatment, out, err));
    return check_unchanged(account, r, err);
}
