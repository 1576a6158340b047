/* A network, the room that a thread needs to train it, and its passes: equations (2) and (3). */
#ifndef GS_NETWORK_H
#define GS_NETWORK_H

#include <stdio.h>
#include <stdlib.h>

#include "activations.h"
#include "pieces.h"

enum { LOG_LIKELIHOOD, QUADRATIC };

/* What the caller hands over. Parameters lie layer after layer: the weights in panels, then the
 * biases, padded to 16; what a rule keeps (`first`, `second`) lies in the same way. */
typedef struct {
    int32_t layers; /* hidden ones and the output layer */
    int32_t activation, cost, rule, stream, symmetric;
    const int64_t *sizes; /* units of the input and of every layer [layers + 1] */
    float *parameters, *first, *second;
    double scale; /* of dCost/ds at the output: what makes a sum over the batch a step */
    double rate, decay;
    float damping;
} gs_network;

/* Memory from the start of a cache line on; where there is none the process ends, and says so. */
static void *memory_for(size_t size, long count) {
    size_t bytes = size * (size_t)count / 64 * 64 + 64;
    void *memory = aligned_alloc(64, bytes);
    if (!memory) {
        fprintf(stderr, "the native core cannot have %zu bytes of memory\n", bytes);
        abort();
    }
    return memory;
}

INLINE long layer_floats(const gs_network *network, int layer) {
    return (network->sizes[layer] + 1) * padded(network->sizes[layer + 1]);
}

/* Where the parameters of a layer begin. */
INLINE long layer_place(const gs_network *network, int layer) {
    long place = 0;
    for (int l = 0; l < layer; l++) place += layer_floats(network, l);
    return place;
}

INLINE long widest(const gs_network *network) {
    long most = 0;
    for (int l = 0; l <= network->layers; l++)
        if (network->sizes[l] > most) most = network->sizes[l];
    return padded(most);
}

/* Room for passes of up to `room` examples. What enters layer l lies in `entering[l]`, unit after
 * unit; the slopes of the units that make it in `slopes[l]`, where they are kept. */
typedef struct {
    long room;
    float *memory, **entering, **slopes;
    float *signal, *delta, *rows, *log_p;
} workspace;

static workspace new_workspace(const gs_network *network, long examples, int backward) {
    workspace work = {.room = padded(examples)};
    int layers = network->layers;
    long most = widest(network), classes = padded(network->sizes[layers]), total = classes;
    for (int l = 0; l < layers; l++)
        total += padded(network->sizes[l]) * (1 + (l && keeps_derivative(network->activation)));
    total += backward ? 3 * most : most;
    work.memory = memory_for(sizeof(float), total * work.room);
    work.entering = memory_for(sizeof(float *), 2 * layers);
    memset(work.memory, 0, sizeof(float) * (size_t)(total * work.room));
    memset(work.entering, 0, sizeof(float *) * 2 * (size_t)layers);
    work.slopes = work.entering + layers;
    float *next = work.memory;
    for (int l = 0; l < layers; l++) {
        work.entering[l] = next;
        next += padded(network->sizes[l]) * work.room;
        if (l && keeps_derivative(network->activation)) {
            work.slopes[l] = next;
            next += padded(network->sizes[l]) * work.room;
        }
    }
    work.log_p = next;
    work.delta = work.log_p + classes * work.room;
    work.signal = work.delta + most * work.room;
    work.rows = work.signal + most * work.room;
    return work;
}

static void free_workspace(workspace *work) {
    free(work->memory);
    free(work->entering);
}

/* Grey levels v of up to `room` examples as inputs, unit after unit: v / 255, or v / 127.5 - 1. The
 * quotient is the correctly rounded one: its remainder is exact. */
static void put_inputs(const uint8_t *images, long n_inputs, int examples, int symmetric,
                       float *to, long room) {
    const float divisor = symmetric ? 127.5f : 255.0f;
    const vec inverse = all(1.0f / divisor);
    float tile[16 * 16] __attribute__((aligned(64)));
    for (int block = 0; block < examples; block += 16) {
        int some = examples - block < 16 ? examples - block : 16;
        memset(tile, 0, sizeof tile);
        for (long i = 0; i < n_inputs; i += 16) {
            for (int r = 0; r < some; r++) {
                const uint8_t *from = images + (block + r) * n_inputs + i;
                uint8_t last[16] = {0};
                if (i + 16 > n_inputs) from = memcpy(last, from, (size_t)(n_inputs - i));
                for (int v = 0; v < 16; v += LANES) {
                    vec grey = floats_of_bytes(from + v), quotient = grey * inverse;
                    vec rest = fma_(-quotient, all(divisor), grey);
                    quotient = fma_(rest, inverse, quotient);
                    store(tile + r * 16 + v, symmetric ? quotient - all(1.0f) : quotient);
                }
            }
            turn_square(tile, 16, to + i * room + block, room);
        }
    }
}

INLINE void activate_rows(const int activation, int rows, int columns, float *tile, float *slopes) {
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < columns; v += LANES) {
            vec slope = all(0.0f);
            store(tile + r * PANEL + v, activate(activation, load(tile + r * PANEL + v), &slope));
            if (keeps_derivative(activation)) store(slopes + r * PANEL + v, slope);
        }
}

/* Pre-activations of up to 16 examples [16, 32] become activations, in place. */
static void activate_tile(int activation, int rows, int columns, float *tile, float *slopes) {
#define CASE(name) case name: activate_rows(name, rows, columns, tile, slopes); break;
    switch (activation) {
        CASE(RELU) CASE(SIGMOID) CASE(SOFTPLUS) CASE(SOFTSIGN) CASE(TANH) CASE(ELU) CASE(GELU)
        CASE(HARD_TANH) CASE(LEAKY_RELU) CASE(SELU) CASE(SILU)
    }
#undef CASE
}

/* One layer: what enters it becomes what leaves it. */
static void layer_up(int activation, const float *w, long fan_in, long fan_out, const float *in,
                     float *out, float *slopes, long room, int examples) {
    float tile[16 * PANEL] __attribute__((aligned(64)));
    float slope_tile[16 * PANEL] __attribute__((aligned(64)));
    const float *bias = w + fan_in * padded(fan_out);
    memset(tile, 0, sizeof tile);
    memset(slope_tile, 0, sizeof slope_tile);
    for (long first = 0; first < fan_out; first += PANEL) {
        int columns = panel_columns(fan_out, first);
        for (int block = 0; block < examples; block += 16) {
            int some = examples - block < 16 ? examples - block : 16;
            forward_panel(columns, w + first * fan_in, bias + first, in + block, room, fan_in, some, tile);
            activate_tile(activation, some, columns, tile, slope_tile);
            for (int c = 0; c < columns; c += 16) {
                turn_square(tile + c, PANEL, out + (first + c) * room + block, room);
                if (keeps_derivative(activation))
                    turn_square(slope_tile + c, PANEL, slopes + (first + c) * room + block, room);
            }
        }
    }
}

/* The output layer: logits, then log-probabilities in `log_p`, both class after class. */
static void output_layer(const gs_network *network, workspace *work, int examples) {
    int layer = network->layers - 1;
    long fan_in = network->sizes[layer], classes = network->sizes[layer + 1], room = work->room;
    const float *w = network->parameters + layer_place(network, layer);
    layer_up(IDENTITY, w, fan_in, classes, work->entering[layer], work->log_p, 0, room, examples);
    for (long r = 0; r < examples; r += LANES) {
        float *logits = work->log_p + r;
        vec most = load(logits), sum = all(0.0f);
        for (long c = 1; c < classes; c++) most = largest(most, load(logits + c * room));
        for (long c = 0; c < classes; c++) sum = sum + exp_(load(logits + c * room) - most);
        vec log_sum = log_(sum);
        for (long c = 0; c < classes; c++)
            store(logits + c * room, (load(logits + c * room) - most) - log_sum);
    }
}

/* From images to log-probabilities. */
static void forward(const gs_network *network, workspace *work, const uint8_t *images, int examples) {
    put_inputs(images, network->sizes[0], examples, network->symmetric, work->entering[0], work->room);
    for (int l = 0; l < network->layers - 1; l++)
        layer_up(network->activation, network->parameters + layer_place(network, l),
                     network->sizes[l], network->sizes[l + 1], work->entering[l],
                     work->entering[l + 1], work->slopes[l + 1], work->room, examples);
    output_layer(network, work, examples);
}

/* scale * dCost/ds at the output, in `delta`; returns the summed cost of the examples. */
static double output_delta(const gs_network *network, workspace *work, const int64_t *labels,
                           int examples, float scale) {
    long classes = network->sizes[network->layers], room = work->room;
    float *delta = work->delta;
    double total = 0;
    for (long c = 0; c < classes; c++)
        for (long r = 0; r < examples; r += LANES)
            store(delta + c * room + r, exp_(load(work->log_p + c * room + r)));
    if (network->cost == LOG_LIKELIHOOD)
        for (int r = 0; r < examples; r++) total -= work->log_p[labels[r] * room + r];
    if (network->cost == QUADRATIC) {
        for (int r = 0; r < examples; r++) { /* 2 p (e - sum(e p)), e = p - y */
            float along = 0, square = 0;
            for (long c = 0; c < classes; c++) {
                float p = delta[c * room + r], e = p - (labels[r] == c);
                along = fmaf(e, p, along);
                square = fmaf(e, e, square);
            }
            total += square;
            for (long c = 0; c < classes; c++) {
                float p = delta[c * room + r], e = p - (labels[r] == c);
                delta[c * room + r] = (e - along) * p * 2.0f;
            }
        }
    } else
        for (int r = 0; r < examples; r++) delta[labels[r] * room + r] -= 1.0f;
    for (long c = 0; c < classes; c++) {
        for (long r = 0; r < examples; r += LANES)
            store(delta + c * room + r, without_dust(load(delta + c * room + r) * all(scale)));
        for (long r = examples; r < room; r++) delta[c * room + r] = 0;
    }
    return total;
}

/* Turns `delta` of so many units into `rows`, those of padded units being 0. */
static void turn_deltas(workspace *work, long units, int examples) {
    long room = work->room, row = padded(units);
    memset(work->delta + units * room, 0, sizeof(float) * (size_t)((row - units) * room));
    for (long block = 0; block < examples; block += 16)
        for (long i = 0; i < row; i += 16)
            turn_square(work->delta + i * room + block, room, work->rows + block * row + i, row);
}

/* What has come down to a layer as `signal` becomes its `delta`. */
static void through_units(const gs_network *network, workspace *work, int layer, int times) {
    long units = network->sizes[layer], room = work->room;
    for (long i = 0; i < units * room; i += LANES) {
        vec z = load(work->entering[layer] + i);
        vec kept = work->slopes[layer] ? load(work->slopes[layer] + i) : z;
        vec slope = derivative(network->activation, z, kept), signal = load(work->signal + i);
        for (int t = 0; t < times; t++) signal = signal * slope;
        store(work->delta + i, without_dust(signal));
    }
}

enum { NO_SIGNAL, NEW_SIGNAL, KEEP_START }; /* the last: what `signal` holds is added to */

/* Brings `delta` of a layer down as `signal`, by `w`, and lets `changed` follow in * delta. Either
 * may be left out. The signal of a piece of weights is made before the piece changes. */
static void layer_down(const float *w, float *changed, const rule *rule, long place, long fan_in,
                       long fan_out, const float *in, workspace *work, int examples, int signals) {
    long room = work->room, row = padded(fan_out);
    if (signals == NEW_SIGNAL) memset(work->signal, 0, sizeof(float) * (size_t)(fan_in * room));
    for (long first = 0; first < fan_out; first += PANEL) {
        int columns = panel_columns(fan_out, first);
        int real = fan_out - first < columns ? (int)(fan_out - first) : columns;
        for (long i = 0; i < fan_in; i += 16) {
            int rows = fan_in - i < 16 ? (int)(fan_in - i) : 16;
            long at = first * fan_in + i * columns;
            if (signals != NO_SIGNAL) {
                if (columns == PANEL)
                    signal_piece(rows, w + at, PANEL, work->delta + first * room, room, real, examples, work->signal + i * room);
                else
                    signal_piece(rows, w + at, 16, work->delta + first * room, room, real, examples, work->signal + i * room);
            }
            if (changed)
                update_piece(rule, place + at, examples, rows, columns, changed + at, in + i * room, room, work->rows + first, row);
        }
    }
}

/* Biases follow the sum of `rows`: a product with inputs that are all 1. */
static void update_biases(const rule *rule, long place, long fan_out, float *biases, workspace *work,
                          int examples, const float *ones) {
    for (long first = 0; first < fan_out; first += PANEL)
        update_piece(rule, place + first, examples, 1, panel_columns(fan_out, first), biases + first,
                     ones, 0, work->rows + first, padded(fan_out));
}

/* One update: forward, then down through all layers, each of which changes. */
static double update(const gs_network *network, workspace *work, const uint8_t *images,
                     const int64_t *labels, int examples, float scale, rule rule, const float *ones) {
    const struct rule of_biases = without_decay(rule);
    forward(network, work, images, examples);
    double cost = output_delta(network, work, labels, examples, scale);
    for (int l = network->layers - 1; l >= 0; l--) {
        long fan_in = network->sizes[l], fan_out = network->sizes[l + 1];
        long place = layer_place(network, l), biases = place + fan_in * padded(fan_out);
        float *w = network->parameters + place;
        turn_deltas(work, fan_out, examples);
        layer_down(w, w, &rule, place, fan_in, fan_out, work->entering[l], work, examples, l ? NEW_SIGNAL : NO_SIGNAL);
        update_biases(&of_biases, biases, fan_out, network->parameters + biases, work, examples, ones);
        if (l) through_units(network, work, l, 1);
    }
    return cost;
}

#endif
