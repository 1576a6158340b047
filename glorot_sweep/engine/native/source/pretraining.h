/* One hidden layer as a denoising autoencoder with tied weights, and its SGD step. */
#ifndef GS_PRETRAINING_H
#define GS_PRETRAINING_H

#include "network.h"

/* What belongs to a network's layer in pre-training. */
typedef struct {
    int64_t key;       /* of its noise */
    int32_t bound;     /* a quarter of a word below it hides an input */
    float low, high;   /* range of what is reconstructed; infinite: a linear unit */
    float *visible;    /* biases of the decoder [fan_in] */
} gs_decoder;

#define GOLDEN 0x9E3779B97F4A7C15ULL

/* The finalizer of splitmix64. */
INLINE uint64_t mixed(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

/* Copies what enters the layer, unit after unit, without the inputs that are hidden. One word decides
 * on four inputs, example after example. */
static void hide(const gs_decoder *decoder, long update, const float *clean, float *noisy,
                 long fan_in, long room, int examples) {
    uint64_t start = mixed((uint64_t)decoder->key + (uint64_t)(update + 1) * GOLDEN), word = 0;
    memcpy(noisy, clean, sizeof(float) * (size_t)(fan_in * room));
    long place = 0;
    for (int r = 0; r < examples; r++)
        for (long i = 0; i < fan_in; i++, place++) {
            if (place % 4 == 0) word = mixed(start + (uint64_t)(place / 4 + 1) * GOLDEN);
            if ((int16_t)(word >> (16 * (place % 4))) < decoder->bound) noisy[i * room + r] = 0;
        }
}

/* Reconstruction minus target, times `scale`: `signal` holds what the decoder's units sum up. */
static void reconstruction_errors(const gs_decoder *decoder, const float *clean, float *signal,
                                  long numbers, float scale) {
    float span = decoder->high - decoder->low, slope = 1.0f / span, offset = -decoder->low * slope;
    int is_bounded = span < __builtin_inff();
    for (long i = 0; i < numbers; i += LANES) {
        vec s = load(signal + i), target = load(clean + i), unit = s;
        if (is_bounded) {
            unit = sigmoid_(s, exp_(-absolute(s)));
            target = fma_(target, all(slope), all(offset));
        }
        store(signal + i, without_dust((unit - target) * all(scale)));
    }
}

/* delta = (in W) f'(s) of the layer above, in the same order as `through_units`. */
static void hidden_deltas(const gs_network *network, const float *w, long fan_in, long fan_out,
                          const float *errors, const float *code, const float *slopes,
                          workspace *work, int examples) {
    long room = work->room;
    float tile[16 * PANEL] __attribute__((aligned(64)));
    memset(tile, 0, sizeof tile);
    for (long first = 0; first < fan_out; first += PANEL) {
        int columns = panel_columns(fan_out, first);
        for (int block = 0; block < examples; block += 16) {
            int some = examples - block < 16 ? examples - block : 16;
            forward_panel(columns, w + first * fan_in, 0, errors + block, room, fan_in, some, tile);
            for (int c = 0; c < columns; c += 16)
                turn_square(tile + c, PANEL, work->delta + (first + c) * room + block, room);
        }
    }
    for (long i = 0; i < fan_out * room; i += LANES) {
        vec z = load(code + i), kept = slopes ? load(slopes + i) : z;
        store(work->delta + i, without_dust(load(work->delta + i) * derivative(network->activation, z, kept)));
    }
}

/* Buffers besides a workspace's, each [units][room]. */
typedef struct {
    float *noisy, *code, *slopes;
} autoencoder;

static void pretraining_update(const gs_network *network, const gs_decoder *decoder, int layer,
                               workspace *work, autoencoder *extra, const uint8_t *images,
                               int examples, long number, const float *ones) {
    long fan_in = network->sizes[layer], fan_out = network->sizes[layer + 1], room = work->room;
    long place = layer_place(network, layer), row = padded(fan_out);
    float *w = network->parameters + place, *bias = w + fan_in * row, *clean = work->entering[layer];
    rule add = {.kind = ADD};
    put_inputs(images, network->sizes[0], examples, network->symmetric, work->entering[0], room);
    for (int l = 0; l < layer; l++)
        layer_up(network->activation, network->parameters + layer_place(network, l),
                     network->sizes[l], network->sizes[l + 1], work->entering[l],
                     work->entering[l + 1], work->slopes[l + 1], room, examples);
    hide(decoder, number, clean, extra->noisy, fan_in, room, examples);
    layer_up(network->activation, w, fan_in, fan_out, extra->noisy, extra->code, extra->slopes, room, examples);

    /* Decode: visible bias, then the units in order. */
    float *errors = work->signal;
    for (long i = 0; i < fan_in; i++)
        for (long r = 0; r < room; r++) errors[i * room + r] = decoder->visible[i];
    memcpy(work->delta, extra->code, sizeof(float) * (size_t)(fan_out * room));
    layer_down(w, 0, &add, 0, fan_in, fan_out, 0, work, examples, KEEP_START);
    reconstruction_errors(decoder, clean, errors, fan_in * room, (float)network->scale);

    hidden_deltas(network, w, fan_in, fan_out, errors, extra->code, extra->slopes, work, examples);
    turn_deltas(work, fan_out, examples);
    layer_down(0, w, &add, place, fan_in, fan_out, extra->noisy, work, examples, NO_SIGNAL);
    update_biases(&add, 0, fan_out, bias, work, examples, ones);
    memcpy(work->delta, extra->code, sizeof(float) * (size_t)(fan_out * room));
    turn_deltas(work, fan_out, examples);
    layer_down(0, w, &add, place, fan_in, fan_out, errors, work, examples, NO_SIGNAL);
    for (long i = 0; i < fan_in; i++)
        for (int r = 0; r < examples; r++) decoder->visible[i] += errors[i * room + r];
}

static void pretrain(const gs_network *network, const gs_decoder *decoder, int layer,
                     const uint8_t *images, int examples, long updates, long first, const float *ones) {
    workspace work = new_workspace(network, examples, 1);
    long floats = widest(network) * work.room;
    autoencoder extra;
    float *memory = memory_for(sizeof(float), 3 * floats);
    memset(memory, 0, sizeof(float) * (size_t)(3 * floats));
    extra = (autoencoder){memory, memory + floats, keeps_derivative(network->activation) ? memory + 2 * floats : 0};
    for (long u = 0; u < updates; u++)
        pretraining_update(network, decoder, layer, &work, &extra,
                           images + u * examples * network->sizes[0], examples, first + u, ones);
    free(memory);
    free_workspace(&work);
}

#endif
