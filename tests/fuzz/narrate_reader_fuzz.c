/* Any bytes as what a model wrote: refused, or read as citations in their order and nothing else.
 *
 * The first byte says how many facts and findings may be cited, or that they are actions. What is
 * read is written anew in the notation and must read the same. */
#include "narrate/reader.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static struct mkt_fact fact;
static struct mkt_finding finding[MKT_CITES_MOST];

static struct mkt_cites cites_of(unsigned byte)
{
    struct mkt_cites c = {.part = byte & 128 ? MKT_PART_ADVICE : MKT_PART_CHANNELS};
    size_t facts = byte & 128 ? 0 : byte & 7, findings = (byte >> 3 & 3) + 1;
    for (; c.count < facts && c.count < 5; c.facts = ++c.count)
        c.cite[c.count] = (struct mkt_cite){.fact = &fact, .must = c.count == 0};
    for (size_t i = 0; i < findings; i++, c.count++) {
        finding[i].kind = byte & 128 ? MKT_FINDING_ACTION : (mkt_finding_kind)((byte + i) % 6);
        c.cite[c.count] = (struct mkt_cite){.finding = &finding[i], .must = i == 0 || byte & 128};
    }
    return c;
}

static void write_back(const struct mkt_cites *c, const struct mkt_said *said, char *out, size_t n)
{
    size_t at = (size_t)snprintf(out, n, "%s", said->phrase ? said->phrase->text : "");
    for (size_t i = 0; i < said->count; i++) {
        const char *between = i == 0                           ? ""
                              : c->cite[said->cite[0]].finding ? MKT_LEXICON_ALSO
                              : i + 1 < said->count            ? MKT_LEXICON_COMMA
                                                               : MKT_LEXICON_AND;
        at += (size_t)snprintf(out + at, n - at, "%s%c", between, MKT_CITES_NAME(said->cite[i]));
    }
    snprintf(out + at, n - at, "%s.", said->more ? MKT_LEXICON_FULLY : "");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mkt_said said[MKT_CITES_MOST], again[MKT_CITES_MOST];
    char text[2048], back[2048] = "";
    if (size < 2 || size > sizeof text) return 0;
    struct mkt_cites c = cites_of(data[0]);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    size_t n = mkt_reader_part(&c, text, said), next = 0;
    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < said[s].count; i++) {
            assert(said[s].cite[i] >= next && said[s].cite[i] < c.count);
            for (; next < said[s].cite[i]; next++) assert(!c.cite[next].must);
            next++;
        }
        size_t at = strlen(back);
        write_back(&c, &said[s], back + at, sizeof back - at);
    }
    if (n == 0) return 0;
    for (; next < c.count; next++) assert(!c.cite[next].must);
    assert(mkt_reader_part(&c, back, again) == n);
    for (size_t s = 0; s < n; s++)
        assert(said[s].phrase == again[s].phrase && said[s].count == again[s].count &&
               said[s].more == again[s].more);
    return 0;
}
