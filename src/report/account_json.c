#include "report/account_json.h"

static void write_table(struct mkt_json *w, const struct mkt_account_table *t)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "name", t->name);
    mkt_json_member_string(w, "kind", t->kind);
    mkt_json_member_string(w, "why", t->why);
    mkt_json_member_int(w, "rows", t->rows);
    mkt_json_member_int(w, "broken", t->broken);
    mkt_json_member_string(w, "sha256", t->sha256);
    mkt_json_key(w, "columns");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < t->columns; i++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "name", t->column[i].name);
        mkt_json_member_string(w, "role", t->column[i].role);
        mkt_json_member_string(w, "how", t->column[i].how);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    mkt_json_close(w, '}');
}

void mkt_account_json_tables(struct mkt_json *w, const struct mkt_account *account)
{
    mkt_json_open(w, '[');
    for (size_t i = 0; account && i < account->tables; i++) write_table(w, &account->table[i]);
    mkt_json_close(w, ']');
}

void mkt_account_json_faults(struct mkt_json *w, const struct mkt_account *account)
{
    mkt_json_open(w, '[');
    for (size_t i = 0; account && i < account->faults; i++) {
        const struct mkt_account_fault *f = &account->fault[i];
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "table", f->table);
        mkt_json_member_int(w, "row", f->row);
        mkt_json_member_string(w, "column", f->column);
        mkt_json_member_string(w, "value", f->value);
        mkt_json_member_string(w, "reason", f->reason);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
}

static void write_caveats(struct mkt_json *w, const struct mkt_account *a)
{
    static const char *const weight[] = {"note", "warn", "limit"};
    mkt_json_key(w, "caveats");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < a->caveats; i++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "id", a->caveat[i].id);
        mkt_json_member_string(w, "text", a->caveat[i].text);
        mkt_json_member_string(w, "weight", weight[a->caveat[i].weight]);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
}

void mkt_account_json_write(struct mkt_json *w, const struct mkt_account *account)
{
    char first[MKT_DATE_TEXT], last[MKT_DATE_TEXT];
    bool dated = account->data.first <= account->data.last;
    mkt_json_open(w, '{');
    mkt_json_key(w, "tables");
    mkt_account_json_tables(w, account);
    mkt_json_member_string(w, "first_day",
                           dated ? mkt_date_text(account->data.first, first) : NULL);
    mkt_json_member_string(w, "last_day", dated ? mkt_date_text(account->data.last, last) : NULL);
    mkt_json_member_string(w, "currency", account->currency);
    mkt_json_key(w, "faults");
    mkt_account_json_faults(w, account);
    write_caveats(w, account);
    mkt_json_close(w, '}');
}
