/* The core as a program, for CPUs that run no Python here: reads networks and what they are shown,
 * calls its functions, pre-trains, takes diagonals, trains, answers and traces; writes all that comes
 * out.
 *
 *     driver INPUT OUTPUT
 *
 * `driving.py` writes the input and knows the order of the output. Both are little-endian; networks
 * and decoders come as the structures that Python hands to the core, where an address that is not 0
 * says that what it belongs to follows. Each array has memory of its own and of just its size, so
 * that a sanitizer sees what is read or written beyond an end.
 */
#include <stdio.h>

#include "core.c"

typedef struct {
    int64_t trials, streams, inputs, batch, updates, first_update;
    int64_t layers, pretraining; /* hidden layers to pre-train, updates of each */
    int64_t curvature;           /* examples that a diagonal is taken from; 0: there is none */
    int64_t answered, arguments, threads;
    double least_share;
} job;

static FILE *input, *output;

static void *taken(size_t size, long count) {
    void *memory = malloc(size * (size_t)count);
    if (!memory || fread(memory, size, (size_t)count, input) != (size_t)count) abort();
    return memory;
}

static void put(const void *from, size_t size, long count) {
    if (fwrite(from, size, (size_t)count, output) != (size_t)count) abort();
}

static float *zeros(long count) {
    float *memory = calloc((size_t)count, sizeof(float));
    if (!memory) abort();
    return memory;
}

#define FUNCTIONS (5 + 2 * (SILU + 1)) /* that `gs_function` knows */

/* A NaN is written as one and the same: makers of CPUs differ in its bits. */
static void call_functions(long count) {
    float *x = taken(sizeof(float), count), *y = zeros(count);
    for (int which = 0; which < FUNCTIONS; which++) {
        gs_function(which, x, y, count);
        for (long i = 0; i < count; i++)
            if (y[i] != y[i]) y[i] = __builtin_nanf("");
        put(y, sizeof(float), count);
    }
    free(x);
    free(y);
}

static void take_network(gs_network *network) {
    network->sizes = taken(sizeof(int64_t), network->layers + 1);
    long count = layer_place(network, network->layers);
    network->parameters = taken(sizeof(float), count);
    if (network->first) network->first = taken(sizeof(float), count);
    if (network->second) network->second = taken(sizeof(float), count);
}

static void free_network(gs_network *network) {
    free((void *)network->sizes);
    free(network->parameters);
    free(network->first);
    free(network->second);
}

/* One hidden layer of the networks that have it. Their scale is another one meanwhile. */
static void pretrain_layer(const job *job, const gs_network *networks, int layer) {
    gs_network *members = calloc((size_t)job->trials, sizeof(gs_network));
    float *scales = taken(sizeof(float), job->trials);
    long count = 0;
    if (!members) abort();
    for (long t = 0; t < job->trials; t++)
        if (networks[t].layers - 1 > layer) {
            members[count] = networks[t];
            members[count++].scale = scales[t];
        }
    gs_decoder *decoders = taken(sizeof(gs_decoder), count);
    for (long m = 0; m < count; m++) decoders[m].visible = zeros(members[m].sizes[layer]);
    uint8_t *images = taken(1, job->streams * job->pretraining * job->batch * job->inputs);
    gs_pretrain(members, decoders, count, images, job->batch, job->pretraining, 0, layer, (int)job->threads);
    for (long m = 0; m < count; m++) free(decoders[m].visible);
    free(images);
    free(decoders);
    free(scales);
    free(members);
}

static void take_diagonals(const job *job, const gs_network *networks) {
    float **diagonals = calloc((size_t)job->trials, sizeof(float *));
    uint8_t *images = taken(1, job->streams * job->curvature * job->inputs);
    if (!diagonals) abort();
    for (long t = 0; t < job->trials; t++) diagonals[t] = zeros(layer_place(&networks[t], networks[t].layers));
    gs_curvature(networks, job->trials, diagonals, images, job->curvature, (int)job->threads);
    for (long t = 0; t < job->trials; t++) {
        put(diagonals[t], sizeof(float), layer_place(&networks[t], networks[t].layers));
        free(diagonals[t]);
    }
    free(images);
    free(diagonals);
}

static void train(const job *job, const gs_network *networks, const double *factors) {
    long examples = job->updates * job->batch;
    uint8_t *images = taken(1, job->streams * examples * job->inputs);
    int64_t *labels = taken(sizeof(int64_t), job->streams * examples);
    double *losses = malloc(sizeof(double) * (size_t)(job->updates * job->trials));
    if (!losses) abort();
    gs_train(networks, job->trials, images, labels, job->inputs, job->batch, job->updates,
             job->first_update, job->least_share, factors, losses, (int)job->threads);
    put(losses, sizeof(double), job->updates * job->trials);
    for (long t = 0; t < job->trials; t++) {
        long count = layer_place(&networks[t], networks[t].layers);
        put(networks[t].parameters, sizeof(float), count);
        if (networks[t].first) put(networks[t].first, sizeof(float), count);
        if (networks[t].second) put(networks[t].second, sizeof(float), count);
    }
    free(images);
    free(labels);
    free(losses);
}

static void trace_one(const gs_network *network, const uint8_t *images, const int64_t *labels, long examples) {
    int layers = network->layers, arrays = 3 * layers - 2; /* z, slopes, gradients; of hidden ones all */
    float **rooms = calloc((size_t)arrays, sizeof(float *)), **gradients = rooms + 2 * (layers - 1);
    float *log_p = zeros(examples * network->sizes[layers]);
    if (!rooms) abort();
    for (int a = 0; a < arrays; a++) {
        int layer = a < 2 * (layers - 1) ? a % (layers - 1) : a - 2 * (layers - 1);
        rooms[a] = zeros(examples * network->sizes[layer + 1]);
    }
    gs_trace(network, images, labels, examples, rooms, rooms + layers - 1, gradients, log_p);
    for (int a = 0; a < arrays; a++) {
        int layer = a < 2 * (layers - 1) ? a % (layers - 1) : a - 2 * (layers - 1);
        put(rooms[a], sizeof(float), examples * network->sizes[layer + 1]);
        free(rooms[a]);
    }
    put(log_p, sizeof(float), examples * network->sizes[layers]);
    free(log_p);
    free(rooms);
}

static void look(const job *job, const gs_network *networks) {
    long examples = job->answered, count = job->trials * examples;
    uint8_t *images = taken(1, examples * job->inputs), *classes = malloc((size_t)count);
    int64_t *labels = taken(sizeof(int64_t), examples);
    float *log_p = malloc(sizeof(float) * (size_t)count);
    if (!classes || !log_p) abort();
    gs_answer(networks, job->trials, images, labels, examples, classes, log_p, (int)job->threads);
    put(classes, 1, count);
    for (long t = 0; t < job->trials; t++) {
        double sum = 0;
        for (long r = 0; r < examples; r++) sum += log_p[t * examples + r];
        put(&sum, sizeof sum, 1);
    }
    for (long t = 0; t < job->trials; t++) trace_one(&networks[t], images, labels, examples);
    free(images);
    free(classes);
    free(labels);
    free(log_p);
}

int main(int count, char **words) {
    if (count != 3 || !(input = fopen(words[1], "rb")) || !(output = fopen(words[2], "wb"))) return 2;
    job *asked = taken(sizeof(job), 1);
    double *factors = taken(sizeof(double), asked->updates);
    call_functions(asked->arguments);
    gs_network *networks = taken(sizeof(gs_network), asked->trials);
    for (long t = 0; t < asked->trials; t++) take_network(&networks[t]);
    for (int layer = 0; layer < asked->layers; layer++) pretrain_layer(asked, networks, layer);
    if (asked->curvature) take_diagonals(asked, networks);
    train(asked, networks, factors);
    look(asked, networks);
    for (long t = 0; t < asked->trials; t++) free_network(&networks[t]);
    free(networks);
    free(factors);
    free(asked);
    return fclose(input) || fclose(output);
}
