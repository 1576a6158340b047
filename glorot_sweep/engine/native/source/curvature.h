/* The diagonal of the Hessian, as LeCun et al. (1998) bring it down: eta = p (1 - p) at the output,
 * f'(s)^2 (W^2)^T eta below; a weight's entry is z^2 eta, a bias's eta. */
#ifndef GS_CURVATURE_H
#define GS_CURVATURE_H

#include "network.h"

#define AT_ONCE 10 /* examples, whose sum is made before it is added to that of all */

/* Adds the curvatures of some examples to `sums`, which lie as the parameters. */
static void add_curvatures(const gs_network *network, workspace *work, const float *squares,
                           float *squared_inputs, float *sums, const uint8_t *images, int examples,
                           const float *ones) {
    rule add = {.kind = ADD};
    long room = work->room, classes = network->sizes[network->layers];
    forward(network, work, images, examples);
    for (long i = 0; i < classes * room; i += LANES) {
        vec p = exp_(load(work->log_p + i));
        store(work->delta + i, p * (all(1.0f) - p));
    }
    for (int l = network->layers - 1; l >= 0; l--) {
        long fan_in = network->sizes[l], fan_out = network->sizes[l + 1];
        long place = layer_place(network, l), biases = place + fan_in * padded(fan_out);
        for (long i = 0; i < fan_in * room; i += LANES) {
            vec z = load(work->entering[l] + i);
            store(squared_inputs + i, z * z);
        }
        turn_deltas(work, fan_out, examples);
        layer_down(squares + place, sums + place, &add, place, fan_in, fan_out, squared_inputs, work, examples, l ? NEW_SIGNAL : NO_SIGNAL);
        update_biases(&add, biases, fan_out, sums + biases, work, examples, ones);
        if (l) through_units(network, work, l, 2);
    }
}

/* The mean over `examples` images, into `diagonal`, which is 0 at first. */
static void curvature(const gs_network *network, float *diagonal, const uint8_t *images, long examples) {
    workspace work = new_workspace(network, AT_ONCE, 1);
    long total = layer_place(network, network->layers), n_inputs = network->sizes[0];
    float *squares = memory_for(sizeof(float), total);
    float *squared_inputs = memory_for(sizeof(float), widest(network) * work.room);
    for (long i = 0; i < total; i += LANES) {
        vec w = load(network->parameters + i);
        store(squares + i, w * w);
    }
    float ones[AT_ONCE];
    for (int r = 0; r < AT_ONCE; r++) ones[r] = 1.0f;
    for (long done = 0; done < examples; done += AT_ONCE) {
        int some = examples - done < AT_ONCE ? (int)(examples - done) : AT_ONCE;
        add_curvatures(network, &work, squares, squared_inputs, diagonal, images + done * n_inputs, some, ones);
    }
    for (long i = 0; i < total; i += LANES) store(diagonal + i, load(diagonal + i) / all((float)examples));
    free(squares);
    free(squared_inputs);
    free_workspace(&work);
}

#endif
