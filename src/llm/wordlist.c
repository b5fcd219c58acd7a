#include "llm/wordlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static void note_byte(struct mkt_wordlist *list, const char *word)
{
    unsigned byte;
    char again[8];
    if (strlen(word) != 6 || sscanf(word, "<0x%2X>", &byte) != 1) return;
    snprintf(again, sizeof again, "<0x%02X>", byte & 255);
    if (!strcmp(word, again)) list->byte[byte & 255] = true;
}

void mkt_wordlist_add(struct mkt_wordlist *list, const char *word)
{
    char name[32];
    if (list->words == list->capacity) {
        size_t more = list->capacity ? 2 * list->capacity : 1024;
        uint64_t *grown = realloc(list->hash, more * sizeof *grown);
        if (!grown) {
            list->failed = true;
            return;
        }
        list->hash = grown;
        list->capacity = more;
    }
    if (!*word) { /* the library's own name for it */
        snprintf(name, sizeof name, "[EMPTY_%zu]", list->words);
        word = name;
    }
    note_byte(list, word);
    list->hash[list->words++] = mkt_hash_text(word);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

bool mkt_wordlist_distinct(struct mkt_wordlist *list)
{
    if (list->words) qsort(list->hash, list->words, sizeof *list->hash, by_value);
    for (size_t i = 1; i < list->words; i++) {
        if (list->hash[i] == list->hash[i - 1]) return false;
    }
    return true;
}

bool mkt_wordlist_has_bytes(const struct mkt_wordlist *list)
{
    for (int i = 0; i < 256; i++) {
        if (!list->byte[i]) return false;
    }
    return true;
}

void mkt_wordlist_close(struct mkt_wordlist *list)
{
    free(list->hash);
    *list = (struct mkt_wordlist){0};
}
