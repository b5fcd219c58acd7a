#include "llm/weights.h"

#include <assert.h>
#include <errno.h>
#include <ggml.h>
#include <gguf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "llm/wordlist.h"

#define NAME_MAX_BYTES 63 /* of a tensor, as the library has it */
#define KEY_MAX_BYTES 255

struct walk {
    FILE *file;
    const char *path;
    uint64_t at, bytes;
    uint64_t alignment;
    struct mkt_wordlist words;
    struct mkt_weights *out;
    struct mkt_err *err;
};

/* ---- bytes */

static mkt_status bad(struct walk *w, const char *what)
{
    return mkt_err_set(w->err, MKT_E_DATA, "%s is no model file that can be used: %s (byte %llu)",
                       w->path, what, (unsigned long long)w->at);
}

static mkt_status take(struct walk *w, void *to, uint64_t n)
{
    if (n > w->bytes - w->at) return bad(w, "it is cut short");
    if (fread(to, 1, n, w->file) != n) {
        return mkt_err_set(w->err, MKT_E_IO, "%s cannot be read at byte %llu", w->path,
                           (unsigned long long)w->at);
    }
    w->at += n;
    return MKT_OK;
}

static mkt_status skip(struct walk *w, uint64_t n)
{
    char block[4096];
    if (n > w->bytes - w->at) return bad(w, "it is cut short");
    if (n >= sizeof block && fseeko(w->file, (off_t)(w->at + n), SEEK_SET) == 0) {
        w->at += n;
        return MKT_OK;
    }
    while (n) {
        uint64_t part = n < sizeof block ? n : sizeof block;
        MKT_TRY(take(w, block, part));
        n -= part;
    }
    return MKT_OK;
}

static mkt_status take_u32(struct walk *w, uint32_t *out)
{
    unsigned char b[4] = {0};
    MKT_TRY(take(w, b, 4));
    *out = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    return MKT_OK;
}

static mkt_status take_u64(struct walk *w, uint64_t *out)
{
    uint32_t low, high;
    MKT_TRY(take_u32(w, &low));
    MKT_TRY(take_u32(w, &high));
    *out = low | (uint64_t)high << 32;
    return MKT_OK;
}

/* A string; the first `room` - 1 bytes of it are kept. */
static mkt_status take_string(struct walk *w, char *to, size_t room, uint64_t most)
{
    uint64_t n;
    MKT_TRY(take_u64(w, &n));
    if (n > w->bytes - w->at) return bad(w, "a string is longer than the file");
    if (n > most) return bad(w, "a name is too long");
    uint64_t kept = n < room ? n : room - 1;
    MKT_TRY(take(w, to, kept));
    to[kept] = '\0';
    return skip(w, n - kept);
}

/* ---- keys and values */

static size_t scalar_bytes(uint32_t type)
{
    static const size_t bytes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return type < sizeof bytes / sizeof *bytes ? bytes[type] : 0;
}

/* A single value: a whole number in *number, which is negative for others; *real is NAN where it
 * is no single-precision number. */
static mkt_status take_scalar(struct walk *w, uint32_t type, int64_t *number, float *real)
{
    unsigned char b[8] = {0};
    size_t n = scalar_bytes(type);
    if (!n) return bad(w, "a value of a type that is not known");
    MKT_TRY(take(w, b, n));
    uint64_t value = 0;
    for (size_t i = n; i > 0; i--) value = value << 8 | b[i - 1];
    bool whole = type != GGUF_TYPE_FLOAT32 && type != GGUF_TYPE_FLOAT64;
    uint32_t bits = (uint32_t)value;
    *number = whole && value <= INT64_MAX ? (int64_t)value : -1;
    *real = NAN;
    if (type == GGUF_TYPE_FLOAT32) memcpy(real, &bits, sizeof bits);
    return MKT_OK;
}

/* Walks strings; those of a vocabulary are noted. */
static mkt_status take_strings(struct walk *w, uint64_t count, bool vocabulary)
{
    char word[MKT_WORDLIST_LONGEST + 1];
    if (count > (w->bytes - w->at) / 8) return bad(w, "an array is longer than the file");
    if (vocabulary && w->words.words) return bad(w, "it has two vocabularies");
    if (vocabulary && count > MKT_WEIGHTS_TOKENS) return bad(w, "its vocabulary is too large");
    for (uint64_t i = 0; i < count; i++) {
        MKT_TRY(take_string(w, word, vocabulary ? sizeof word : 1,
                            vocabulary ? MKT_WORDLIST_LONGEST : UINT32_MAX));
        if (vocabulary) mkt_wordlist_add(&w->words, word);
    }
    if (!w->words.failed) return MKT_OK;
    return mkt_err_set(w->err, MKT_E_NOMEM, "no memory for the vocabulary of %s", w->path);
}

/* Walks an array; *most is its greatest whole number. */
static mkt_status take_array(struct walk *w, uint32_t *type, uint64_t *count, int64_t *most,
                             bool vocabulary)
{
    MKT_TRY(take_u32(w, type));
    MKT_TRY(take_u64(w, count));
    *most = -1;
    if (*type == GGUF_TYPE_STRING) return take_strings(w, *count, vocabulary);
    size_t each = scalar_bytes(*type);
    if (!each) return bad(w, "an array of a type that is not known");
    if (*count > (w->bytes - w->at) / each) return bad(w, "an array is longer than the file");
    if (*count > MKT_WEIGHTS_TOKENS) return skip(w, *count * each);
    for (uint64_t i = 0; i < *count; i++) {
        int64_t number;
        float ignored;
        MKT_TRY(take_scalar(w, *type, &number, &ignored));
        if (number > *most) *most = number;
    }
    return MKT_OK;
}

/* Keeps a number if the key, behind the architecture's name, is one of those that matter. */
static void keep_number(struct mkt_weights *o, const char *key, int64_t number)
{
    size_t n = strlen(o->architecture);
    if (!n || strncmp(key, o->architecture, n) != 0 || key[n] != '.') return;
    const struct {
        const char *key;
        int64_t *to;
    } known[] = {{"block_count", &o->layers},
                 {"embedding_length", &o->embed},
                 {"attention.head_count", &o->heads},
                 {"attention.head_count_kv", &o->kv_heads},
                 {"attention.key_length", &o->key_length},
                 {"attention.value_length", &o->value_length},
                 {"feed_forward_length", &o->feed},
                 {"context_length", &o->context},
                 {"rope.dimension_count", &o->turned}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!strcmp(key + n + 1, known[i].key)) *known[i].to = number;
    }
}

/* Where the number of elements of an array of the vocabulary is kept; NULL for other keys. */
static uint64_t *array_of(struct mkt_weights *o, const char *key, uint32_t *type)
{
    const struct {
        const char *key;
        uint32_t type;
        uint64_t *to;
    } known[] = {{"tokenizer.ggml.tokens", GGUF_TYPE_STRING, &o->tokens},
                 {"tokenizer.ggml.merges", GGUF_TYPE_STRING, &o->merges},
                 {"tokenizer.ggml.scores", GGUF_TYPE_FLOAT32, &o->scores},
                 {"tokenizer.ggml.token_type", GGUF_TYPE_INT32, &o->types}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(key, known[i].key) != 0) continue;
        *type = known[i].type;
        return known[i].to;
    }
    return NULL;
}

static mkt_status keep_array(struct walk *w, const char *key)
{
    uint32_t type, right = 0;
    uint64_t count, *to = array_of(w->out, key, &right);
    int64_t most;
    MKT_TRY(take_array(w, &type, &count, &most, !strcmp(key, "tokenizer.ggml.tokens")));
    keep_number(w->out, key, most);
    if (!to) return MKT_OK;
    if (type != right) return bad(w, "its vocabulary is not of the right types");
    *to = count;
    return MKT_OK;
}

static mkt_status keep_string(struct walk *w, const char *key)
{
    struct mkt_weights *o = w->out;
    char ignored[1];
    if (!strcmp(key, "general.architecture")) {
        return take_string(w, o->architecture, sizeof o->architecture, sizeof o->architecture - 1);
    }
    if (!strcmp(key, "tokenizer.ggml.model")) {
        return take_string(w, o->tokenizer, sizeof o->tokenizer, UINT32_MAX);
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a walk has an out */
    if (!strcmp(key, "tokenizer.chat_template")) o->template = true;
    return take_string(w, ignored, sizeof ignored, UINT32_MAX);
}

/* Numbers that the library divides by or takes roots of, and would end the process over. */
static mkt_status check_real(struct walk *w, const char *key, float real)
{
    size_t n = strlen(w->out->architecture);
    if (!n || strncmp(key, w->out->architecture, n) != 0 || key[n] != '.') return MKT_OK;
    const struct {
        const char *key;
        float most;
    } known[] = {{"attention.layer_norm_rms_epsilon", 1},
                 {"attention.layer_norm_epsilon", 1},
                 {"rope.freq_base", 1e12f},
                 {"rope.scaling.factor", 1e6f}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(key + n + 1, known[i].key) != 0) continue;
        if (!(real > 0 && real <= known[i].most)) return bad(w, "a setting that cannot be");
    }
    return MKT_OK;
}

static mkt_status walk_key(struct walk *w)
{
    char key[KEY_MAX_BYTES + 1];
    uint32_t type;
    int64_t number = -1;
    float real = NAN;
    MKT_TRY(take_string(w, key, sizeof key, KEY_MAX_BYTES));
    MKT_TRY(take_u32(w, &type));
    if (type == GGUF_TYPE_ARRAY) return keep_array(w, key);
    if (array_of(w->out, key, &type)) return bad(w, "its vocabulary is not of the right types");
    if (type == GGUF_TYPE_STRING) return keep_string(w, key);
    MKT_TRY(take_scalar(w, type, &number, &real));
    MKT_TRY(check_real(w, key, real));
    keep_number(w->out, key, number);
    if (!strcmp(key, "general.alignment")) {
        bool power = number > 0 && (number & (number - 1)) == 0;
        if (type != GGUF_TYPE_UINT32 || !power || number < 8 || number > 1 << 20) {
            return bad(w, "an alignment that cannot be");
        }
        w->alignment = (uint64_t)number;
    }
    if (!strcmp(key, "split.count") && number > 1) {
        return bad(w, "it is one part of several; join them first");
    }
    return MKT_OK;
}

/* ---- tensors */

static uint64_t aligned(const struct walk *w, uint64_t at)
{
    return (at + w->alignment - 1) / w->alignment * w->alignment;
}

/* Reads one tensor's entry; `*end` is where its predecessor ends among the data. */
static mkt_status walk_tensor(struct walk *w, uint64_t *end)
{
    char name[NAME_MAX_BYTES + 1];
    uint32_t dimensions, type;
    uint64_t side[4] = {1, 1, 1, 1}, offset, elements = 1;
    MKT_TRY(take_string(w, name, sizeof name, NAME_MAX_BYTES));
    MKT_TRY(take_u32(w, &dimensions));
    if (dimensions < 1 || dimensions > 4) return bad(w, "a tensor without a shape");
    for (uint32_t i = 0; i < dimensions; i++) {
        MKT_TRY(take_u64(w, &side[i]));
        if (!side[i] || side[i] > INT64_MAX / elements) return bad(w, "a tensor of no size");
        elements *= side[i];
    }
    MKT_TRY(take_u32(w, &type));
    MKT_TRY(take_u64(w, &offset));
    uint64_t block = type < GGML_TYPE_COUNT ? (uint64_t)ggml_blck_size((enum ggml_type)type) : 0;
    uint64_t size = block ? ggml_type_size((enum ggml_type)type) : 0;
    if (!block || !size) return bad(w, "a tensor of a type that is not known");
    if (side[0] % block) return bad(w, "a tensor whose rows are no whole blocks");
    if (elements / block > w->bytes / size) return bad(w, "a tensor is longer than the file");
    if (offset != *end) return bad(w, "a tensor does not lie behind the one before it");
    uint64_t n = elements / block * size;
    w->out->tensor_bytes += n;
    if (n > w->out->largest_bytes) w->out->largest_bytes = n;
    *end = aligned(w, offset + n);
    return *end > w->bytes + w->alignment ? bad(w, "its tensors are longer than the file") : MKT_OK;
}

/* ---- the whole */

static mkt_status check_shape(struct walk *w)
{
    const struct mkt_weights *o = w->out;
    const struct {
        const char *name;
        int64_t is, most;
    } sides[] = {{"block_count", o->layers, 4096},
                 {"embedding_length", o->embed, 1 << 20},
                 {"attention.head_count", o->heads, 1 << 16},
                 {"feed_forward_length", o->feed, 1 << 24},
                 {"context_length", o->context, INT32_MAX}};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        if (sides[i].is >= 1 && sides[i].is <= sides[i].most) continue;
        return mkt_err_set(w->err, MKT_E_DATA,
                           "%s is no model file that can be used: %s.%s is missing or cannot be",
                           w->path, o->architecture, sides[i].name);
    }
    if (o->kv_heads < 1 || o->kv_heads > o->heads || o->heads % o->kv_heads ||
        o->key_length > 1 << 16 || o->value_length > 1 << 16 || o->key_length < 1 ||
        o->value_length < 1) {
        return bad(w, "its heads cannot be");
    }
    if (o->turned < 0 || o->turned > o->key_length || o->turned % 2) {
        return bad(w, "it turns more of a head than there is");
    }
    return MKT_OK;
}

static mkt_status check_vocabulary(struct walk *w)
{
    const struct mkt_weights *o = w->out;
    bool pieces = !strcmp(o->tokenizer, "llama"), pairs = !strcmp(o->tokenizer, "gpt2");
    if (!pieces && !pairs) {
        return mkt_err_set(w->err, MKT_E_DATA,
                           "%s has a vocabulary of the kind \"%s\"; llama and gpt2 can be used",
                           w->path, o->tokenizer);
    }
    if (o->tokens < 2 || o->tokens > MKT_WEIGHTS_TOKENS) return bad(w, "it has no vocabulary");
    if ((pieces || o->scores) && o->scores != o->tokens) {
        return bad(w, "its vocabulary has not as many scores as tokens");
    }
    if ((pieces || o->types) && o->types != o->tokens) {
        return bad(w, "its vocabulary has not as many types as tokens");
    }
    if (pairs && !o->merges) return bad(w, "its vocabulary has no merges");
    if (!mkt_wordlist_distinct(&w->words))
        return bad(w, "two tokens of its vocabulary are the same");
    if (pieces && !mkt_wordlist_has_bytes(&w->words)) {
        return bad(w, "its vocabulary lacks tokens for single bytes");
    }
    if (o->template) return MKT_OK;
    return mkt_err_set(w->err, MKT_E_DATA, "%s has no chat template: it is not an instruct model",
                       w->path);
}

static mkt_status walk_all(struct walk *w)
{
    char magic[4];
    uint32_t version;
    uint64_t tensors, keys, end = 0;
    MKT_TRY(take(w, magic, 4));
    if (memcmp(magic, "GGUF", 4) != 0) return bad(w, "it does not begin as a GGUF file does");
    MKT_TRY(take_u32(w, &version));
    if (version != 2 && version != 3) return bad(w, "a version of the format that is not read");
    MKT_TRY(take_u64(w, &tensors));
    MKT_TRY(take_u64(w, &keys));
    if (tensors > MKT_WEIGHTS_MEMBERS || keys > MKT_WEIGHTS_MEMBERS) {
        return bad(w, "more keys or tensors than can be");
    }
    for (uint64_t i = 0; i < keys; i++) MKT_TRY(walk_key(w));
    for (uint64_t i = 0; i < tensors; i++) MKT_TRY(walk_tensor(w, &end));
    w->out->tensors = tensors;
    if (!w->out->architecture[0]) return bad(w, "it does not say its architecture");
    if (!tensors) return bad(w, "it holds no weights");
    uint64_t data = aligned(w, w->at);
    if (w->out->tensor_bytes > w->bytes || data > w->bytes ||
        (end > w->bytes - data && end - (w->bytes - data) >= w->alignment)) {
        return mkt_err_set(w->err, MKT_E_DATA,
                           "%s is cut short: it has %llu bytes, and its weights end at %llu",
                           w->path, (unsigned long long)w->bytes, (unsigned long long)data + end);
    }
    return MKT_OK;
}

/* Fills in what a header leaves out, and checks what it says. */
static mkt_status check_all(struct walk *w)
{
    struct mkt_weights *o = w->out;
    if (!o->kv_heads) o->kv_heads = o->heads;
    int64_t head = o->heads > 0 ? o->embed / o->heads : 0;
    if (!o->key_length) o->key_length = head;
    if (!o->value_length) o->value_length = head;
    MKT_TRY(check_shape(w));
    return check_vocabulary(w);
}

mkt_status mkt_weights_read(FILE *file, uint64_t bytes, const char *path, struct mkt_weights *out,
                            struct mkt_err *err)
{
    struct walk w = {
        .file = file, .path = path, .bytes = bytes, .alignment = 32, .out = out, .err = err};
    assert(file && out);
    *out = (struct mkt_weights){.file_bytes = bytes};
    mkt_status status = walk_all(&w);
    if (!status) status = check_all(&w);
    mkt_wordlist_close(&w.words);
    return status;
}

mkt_status mkt_weights_check(const char *path, struct mkt_weights *out, struct mkt_err *err)
{
    struct stat st;
    FILE *file = fopen(path, "re");
    if (!file && errno == ENOENT) return mkt_err_set(err, MKT_E_NOT_FOUND, "no file %s", path);
    if (!file) return mkt_err_set(err, MKT_E_IO, "%s: %s", path, strerror(errno));
    mkt_status status;
    if (fstat(fileno(file), &st) != 0) {
        status = mkt_err_set(err, MKT_E_IO, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        status = mkt_err_set(err, MKT_E_DATA, "%s is no file", path);
    } else {
        status = mkt_weights_read(file, (uint64_t)st.st_size, path, out, err);
    }
    fclose(file);
    return status;
}
