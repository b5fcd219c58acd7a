#include "narrate/live.h"

#include <string.h>

#include "narrate/phrase.h"

void mkt_live_begin(struct mkt_live *live, const struct mkt_sheet *sheet,
                    const struct mkt_cites *cites, struct mkt_live_listener listener)
{
    *live = (struct mkt_live){.listener = listener,
                              .teller = {.sheet = sheet, .level = mkt_phrase_level(sheet)}};
    mkt_reader_begin(&live->reader, cites);
    mkt_expand_begin(&live->expand, cites);
}

/* Writes the sentence out, gives it to the listener and takes the memory back. */
static void show(struct mkt_live *live, const struct mkt_said *said)
{
    struct mkt_err none = {0};
    struct mkt_arena *arena = live->teller.sheet->arena;
    size_t mark = mkt_arena_mark(arena);
    mkt_buf_init(&live->teller.out, arena);
    mkt_expand_sentence(&live->expand, &live->teller, said);
    if (mkt_buf_check(&live->teller.out, &none) == MKT_OK) {
        live->listener.sentence(live->listener.user, live->reader.cites->part,
                                live->teller.out.data);
        live->shown++;
    } else {
        live->deaf = true;
    }
    mkt_arena_release(arena, mark);
}

void mkt_live_hear(struct mkt_live *live, const char *text, size_t bytes)
{
    struct mkt_said said;
    mkt_reader_result result = MKT_READER_WAITS;
    size_t used;
    if (bytes > sizeof live->text - live->held) live->deaf = true;
    if (live->deaf) return;
    memcpy(live->text + live->held, text, bytes);
    live->held += bytes;
    while (!live->deaf && (result = mkt_reader_next(&live->reader, live->text, live->held, &said,
                                                    &used)) == MKT_READER_SAID) {
        live->held -= used;
        memmove(live->text, live->text + used, live->held);
        show(live, &said);
    }
    if (result == MKT_READER_REFUSES) live->deaf = true;
}

void mkt_live_settle(struct mkt_live *live, const struct mkt_said *said, size_t count)
{
    live->deaf = false;
    while (live->shown < count && !live->deaf) show(live, &said[live->shown]);
    if (count == 0 && live->shown > 0)
        live->listener.sentence(live->listener.user, live->reader.cites->part, NULL);
}
