/* The step rules: how a parameter follows the sum over a batch of its gradients. */
#ifndef GS_RULES_H
#define GS_RULES_H

#include "vectors.h"

/* As `RULES` in networks.py counts them; the last is ADD with weights that decay. */
enum { ADD, HESSIAN, GRADIENT_VARIANCE, MOMENTUM, NESTEROV, ADAM, ADAMW, DECAY_AND_ADD };

/* As parts/torch/step_rules.py has them. */
#define VELOCITY_KEPT 0.9f
#define MEAN_DECAY 0.9
#define SQUARE_DECAY 0.999
#define LEAST_ROOT 1e-8f
#define SQUARED_DUST 0x1p-50f /* gradients below it count as 0 in a mean square: see `without_dust` */

/* What belongs to the parameters of a network, each laid out as they are, and to one update. */
typedef struct rule {
    int kind;
    float *first, *second; /* HESSIAN: steps; others: running means or a velocity, as kept */
    float share, rest;     /* GRADIENT_VARIANCE: of the newest gradient, of what was before */
    float damping, rate;
    float decay, lost;      /* what of a weight is added to its gradient; or taken off it in a step */
    float of_mean, of_root; /* ADAM: what makes up for means that have begun at 0 */
} rule;

/* A power by products in a fixed order, as parts/torch/step_rules.py has it. */
static double power(double base, long exponent) {
    double result = 1.0;
    for (; exponent; exponent >>= 1, base *= base)
        if (exponent & 1) result *= base;
    return result;
}

/* Sets what belongs to one update, counted from 0.
 *
 * `rate` and `decay` are those of the network, `factor` is the schedule's, `least_share` the
 * smallest one of the newest gradient in its running variance. */
static void set_update(rule *rule, double rate, double decay, double factor, long update, double least_share) {
    double share = 1.0 / (double)(update + 1), now = rate * factor;
    if (share < least_share) share = least_share;
    rule->share = (float)share;
    rule->rest = (float)(1.0 - share);
    rule->rate = (float)now;
    rule->decay = (float)decay;
    rule->lost = (float)(now * decay);
    if (rule->kind == ADAM || rule->kind == ADAMW) {
        rule->of_mean = (float)(1.0 / (1.0 - power(MEAN_DECAY, update + 1)));
        rule->of_root = (float)sqrt(1.0 / (1.0 - power(SQUARE_DECAY, update + 1)));
    }
}

/* The same update for biases, which do not decay. */
static rule without_decay(rule rule) {
    rule.decay = rule.lost = 0.0f;
    if (rule.kind == DECAY_AND_ADD) rule.kind = ADD;
    return rule;
}

/* Adam's step: the running mean of the gradient over the root of that of its square. */
INLINE vec adam_step(const rule *rule, long place, vec g) {
    vec mean = load(rule->first + place), square = load(rule->second + place);
    vec tall = choose(is_less(absolute(g), all(SQUARED_DUST)), all(0.0f), g);
    mean = without_dust(mean + (g - mean) * all((float)(1.0 - MEAN_DECAY)));
    square = without_dust(square * all((float)SQUARE_DECAY) + tall * tall * all((float)(1.0 - SQUARE_DECAY)));
    store(rule->first + place, mean);
    store(rule->second + place, square);
    vec root = square_root(square) * all(rule->of_root) + all(LEAST_ROOT);
    return mean / root * all(rule->rate) * all(rule->of_mean);
}

/* One step of parameters `w` that have gathered `g`, at this place of what the rule keeps. */
INLINE vec stepped(const int kind, const rule *rule, long place, vec w, vec g) {
    if (kind == ADD) return w + g;
    if (kind == DECAY_AND_ADD) return w + (g - w * all(rule->lost));
    if (kind == HESSIAN) return fma_(g, load(rule->first + place), w);
    if (kind == GRADIENT_VARIANCE) {
        vec mean = load(rule->first + place), variance = load(rule->second + place);
        vec deviation = g - mean, change = deviation * all(rule->share);
        mean = mean + change;
        variance = (variance + change * deviation) * all(rule->rest);
        store(rule->first + place, mean);
        store(rule->second + place, variance);
        return w - g / (variance + all(rule->damping)) * all(rule->rate);
    }
    if (kind == ADAMW) return w - (adam_step(rule, place, g) + w * all(rule->lost));
    g = g + w * all(rule->decay);
    if (kind == ADAM) return w - adam_step(rule, place, g);
    vec velocity = without_dust(load(rule->first + place) * all(VELOCITY_KEPT) + g);
    store(rule->first + place, velocity);
    if (kind == NESTEROV) velocity = g + velocity * all(VELOCITY_KEPT);
    return w - velocity * all(rule->rate);
}

#endif
