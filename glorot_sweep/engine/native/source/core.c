/* The native engine: what Python calls. Every network is trained by one thread at a time, and what
 * comes out of it depends on nothing but itself. */
#include "curvature.h"
#include "pretraining.h"
#include "threads.h"

#define ANSWERED 64  /* examples that go through a network at once when it only answers */
#define ANSWERS 1024 /* examples of a piece of that work */

int gs_abi(void) { return 2; }

int gs_lanes(void) { return LANES; }

float gs_fma(float a, float b, float c) {
    float result[LANES];
    store(result, fma_(all(a), all(b), all(c)));
    return result[0];
}

/* A function for its tests: 0 exp, 1 log, 2 tanh, 3 log(1 + x), 4 the normal law's tail above |x|;
 * 5 + 2 a: activation a, 6 + 2 a: its derivative. */
void gs_function(int which, const float *x, float *y, long count) {
    for (long i = 0; i < count; i += LANES) {
        vec slope = all(0.0f), v, result;
        float some[LANES] = {0};
        long rest = count - i < LANES ? count - i : LANES;
        memcpy(some, x + i, sizeof(float) * (size_t)rest);
        v = load(some);
        if (which == 0) result = exp_(v);
        else if (which == 1) result = log_(v);
        else if (which == 2) result = tanh_(v);
        else if (which == 3) result = log_1_plus(v);
        else if (which == 4) result = normal_tail(clipped(absolute(v), 14.0f), bell(clipped(v, 14.0f)));
        else {
            int activation = (which - 5) / 2;
            result = activate(activation, v, &slope);
            if ((which - 5) % 2) result = derivative(activation, result, slope);
        }
        store(some, result);
        memcpy(y + i, some, sizeof(float) * (size_t)rest);
    }
}

/* ones[r * 0]: an input of 1 for every example, as `update_piece` reads it with no room. */
static const float *make_ones(int examples) {
    float *ones = memory_for(sizeof(float), examples);
    for (int r = 0; r < examples; r++) ones[r] = 1.0f;
    return ones;
}

typedef struct {
    const gs_network *networks;
    const uint8_t *images;
    const int64_t *labels;
    long n_inputs, examples, updates, trials;
    long first_update;
    double least_share;
    const double *factors;
    double *losses;
} chunk;

static void train_one(void *task, long number) {
    const chunk *all_of = task;
    const gs_network *network = &all_of->networks[number];
    int examples = (int)all_of->examples;
    workspace work = new_workspace(network, examples, 1);
    const float *ones = make_ones(examples);
    int decays = network->rule == ADD && network->decay > 0;
    rule rule = {.kind = decays ? DECAY_AND_ADD : network->rule, .first = network->first,
                 .second = network->second, .damping = network->damping};
    int scales_gradient = network->rule == ADD || network->rule == HESSIAN;
    for (long u = 0; u < all_of->updates; u++) {
        double factor = all_of->factors[u];
        float scale = (float)(network->scale * (scales_gradient ? factor : 1.0));
        set_update(&rule, network->rate, network->decay, factor, all_of->first_update + u, all_of->least_share);
        long first = ((long)network->stream * all_of->updates + u) * examples;
        double cost = update(network, &work, all_of->images + first * all_of->n_inputs,
                             all_of->labels + first, examples, scale, rule, ones);
        all_of->losses[u * all_of->trials + number] = cost / examples;
    }
    free((void *)ones);
    free_workspace(&work);
}

/* Consecutive updates of several networks, in which their rates have these `factors` [updates];
 * costs, means over the batch, go to `losses` [updates, trials]. Images [streams, updates * examples,
 * inputs], labels in the same way. */
void gs_train(const gs_network *networks, long trials, const uint8_t *images, const int64_t *labels,
              long n_inputs, long examples, long updates, long first_update, double least_share,
              const double *factors, double *losses, int threads) {
    chunk task = {networks, images, labels, n_inputs, examples, updates, trials, first_update, least_share, factors, losses};
    share(train_one, &task, trials, threads);
}

typedef struct {
    const gs_network *networks;
    float *const *diagonals;
    const uint8_t *images;
    long examples;
} curvatures;

static void curvature_of_one(void *task, long number) {
    const curvatures *all_of = task;
    const gs_network *network = &all_of->networks[number];
    const uint8_t *images = all_of->images + (long)network->stream * all_of->examples * network->sizes[0];
    curvature(network, all_of->diagonals[number], images, all_of->examples);
}

/* The diagonal of each network's Hessian over images [streams, examples, inputs]. */
void gs_curvature(const gs_network *networks, long trials, float *const *diagonals,
                  const uint8_t *images, long examples, int threads) {
    curvatures task = {networks, diagonals, images, examples};
    share(curvature_of_one, &task, trials, threads);
}

typedef struct {
    const gs_network *networks;
    const gs_decoder *decoders;
    const uint8_t *images;
    long examples, updates, first;
    int layer;
} pretraining;

static void pretrain_one(void *task, long number) {
    const pretraining *all_of = task;
    const gs_network *network = &all_of->networks[number];
    long each = all_of->updates * all_of->examples * network->sizes[0];
    const float *ones = make_ones((int)all_of->examples);
    pretrain(network, &all_of->decoders[number], all_of->layer, all_of->images + network->stream * each,
             (int)all_of->examples, all_of->updates, all_of->first, ones);
    free((void *)ones);
}

/* Consecutive updates of one hidden layer as a denoising autoencoder; `first` counts those before. */
void gs_pretrain(const gs_network *networks, const gs_decoder *decoders, long trials,
                 const uint8_t *images, long examples, long updates, long first, int layer, int threads) {
    pretraining task = {networks, decoders, images, examples, updates, first, layer};
    share(pretrain_one, &task, trials, threads);
}

typedef struct {
    const gs_network *networks;
    const uint8_t *images;
    const int64_t *labels;
    long examples, pieces;
    uint8_t *classes;
    float *log_p;
} questions;

static void answer_some(void *task, long number) {
    const questions *all_of = task;
    long trial = number / all_of->pieces, start = number % all_of->pieces * ANSWERS;
    long stop = start + ANSWERS < all_of->examples ? start + ANSWERS : all_of->examples;
    const gs_network *network = &all_of->networks[trial];
    long classes = network->sizes[network->layers];
    workspace work = new_workspace(network, ANSWERED, 0);
    for (long first = start; first < stop; first += ANSWERED) {
        int some = stop - first < ANSWERED ? (int)(stop - first) : ANSWERED;
        forward(network, &work, all_of->images + first * network->sizes[0], some);
        for (int r = 0; r < some; r++) {
            long best = 0, place = trial * all_of->examples + first + r;
            for (long c = 1; c < classes; c++)
                if (work.log_p[c * work.room + r] > work.log_p[best * work.room + r]) best = c;
            all_of->classes[place] = (uint8_t)best;
            all_of->log_p[place] = work.log_p[all_of->labels[first + r] * work.room + r];
        }
    }
    free_workspace(&work);
}

/* The most probable class of each example [trials, examples] and the log-probability of its label. */
void gs_answer(const gs_network *networks, long trials, const uint8_t *images, const int64_t *labels,
               long examples, uint8_t *classes, float *log_p, int threads) {
    questions task = {networks, images, labels, examples, (examples + ANSWERS - 1) / ANSWERS, classes, log_p};
    share(answer_some, &task, trials * task.pieces, threads);
}

/* Units [units][room] of `some` examples as rows [examples][units], those from `first` on. */
static void put_rows(const float *from, long room, long units, long first, int some, float *to) {
    for (int r = 0; r < some; r++)
        for (long i = 0; i < units; i++) to[(first + r) * units + i] = from[i * room + r];
}

/* What examples leave in one network; no parameter changes. `activations` and `slopes` have an array
 * [examples, units] for each hidden layer, `gradients` (dCost/ds of each example) one for every layer. */
void gs_trace(const gs_network *network, const uint8_t *images, const int64_t *labels, long examples,
              float *const *activations, float *const *slopes, float *const *gradients, float *log_p) {
    workspace work = new_workspace(network, ANSWERED, 1);
    int layers = network->layers;
    rule add = {.kind = ADD};
    for (long first = 0; first < examples; first += ANSWERED) {
        int some = examples - first < ANSWERED ? (int)(examples - first) : ANSWERED;
        forward(network, &work, images + first * network->sizes[0], some);
        put_rows(work.log_p, work.room, network->sizes[layers], first, some, log_p);
        output_delta(network, &work, labels + first, some, 1.0f);
        for (int l = layers - 1; l >= 0; l--) {
            long units = network->sizes[l];
            put_rows(work.delta, work.room, network->sizes[l + 1], first, some, gradients[l]);
            if (!l) continue;
            put_rows(work.entering[l], work.room, units, first, some, activations[l - 1]);
            layer_down(network->parameters + layer_place(network, l), 0, &add, 0, units,
                       network->sizes[l + 1], 0, &work, some, NEW_SIGNAL);
            for (long i = 0; i < units * work.room; i += LANES) {
                vec z = load(work.entering[l] + i);
                vec kept = work.slopes[l] ? load(work.slopes[l] + i) : z;
                vec slope = derivative(network->activation, z, kept);
                store(work.rows + i, slope);
                store(work.delta + i, without_dust(load(work.signal + i) * slope));
            }
            put_rows(work.rows, work.room, units, first, some, slopes[l - 1]);
        }
    }
    free_workspace(&work);
}
