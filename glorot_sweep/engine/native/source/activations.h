/* The hidden activation functions and their derivatives, by operations that round once. */
#ifndef GS_ACTIVATIONS_H
#define GS_ACTIVATIONS_H

#include "functions.h"

enum { IDENTITY, RELU, SIGMOID, SOFTPLUS, SOFTSIGN, TANH, ELU, GELU, HARD_TANH, LEAKY_RELU, SELU, SILU };

#define LEAK 0.01f
#define SELU_SCALE 0x1.0cfabep+0f /* lambda */
#define SELU_DEPTH 0x1.c212ccp+0f /* lambda alpha: it tends to its negative at minus infinity */

/* Whether f'(s) is kept apart because it does not follow from f(s). */
INLINE int keeps_derivative(int activation) {
    return activation == SOFTSIGN || activation == SOFTPLUS || activation == GELU || activation == SILU;
}

/* v, but `most` in size where it is larger; a NaN stays one. */
INLINE vec clipped(vec v, float most) {
    return choose(is_less(all(most), absolute(v)), with_sign(all(most), v), v);
}

/* exp(s) - 1 below 0; s elsewhere. */
INLINE vec falling(vec s) {
    vec low = choose(is_less(s, all(-88.0f)), all(-88.0f), s);
    ints is_positive = is_less(all(0.0f), s);
    return choose(is_positive, s, exp_minus_1(choose(is_positive, all(0.0f), low)));
}

/* f(s); where `keeps_derivative`, f'(s) goes to `slope`. */
INLINE vec activate(int activation, vec s, vec *slope) {
    switch (activation) {
    case RELU: {
        ints is_negative = is_less(s, all(0.0f));
        return from_bits(bits(s) & ~is_negative);
    }
    case SIGMOID:
        return sigmoid_(s, exp_(-absolute(s)));
    case SOFTPLUS: {
        ints is_negative = is_less(s, all(0.0f));
        vec e = exp_(-absolute(s));
        *slope = sigmoid_(s, e);
        return from_bits(bits(s) & ~is_negative) + log_1_plus(e);
    }
    case SOFTSIGN: {
        vec size = absolute(s), most = all(0x1p+126f); /* its inverse is no denormal; infinity's is 0 */
        size = choose(is_less(most, size), most, size);
        vec inverse = all(1.0f) / (all(1.0f) + size);
        *slope = inverse * inverse;
        return with_sign(size * inverse, s);
    }
    case TANH:
        return tanh_(s);
    case ELU:
        return falling(s);
    case GELU: { /* of s beyond 14 only the sign matters; infinity times 0 is not 0 */
        ints is_negative = is_less(s, all(0.0f));
        vec x = clipped(s, 14.0f), size = absolute(x), e = bell(x), tail = normal_tail(size, e);
        vec share = choose(is_negative, tail, all(1.0f) - tail);
        *slope = fma_(x * all(ROOT_OF_2_PI_INVERSE), e, share);
        return choose(is_negative, x, s) * share;
    }
    case HARD_TANH:
        return clipped(s, 1.0f);
    case LEAKY_RELU:
        return choose(is_less(s, all(0.0f)), s * all(LEAK), s);
    case SELU: {
        vec v = falling(s);
        return v * choose(is_less(all(0.0f), s), all(SELU_SCALE), all(SELU_DEPTH));
    }
    case SILU: {
        ints is_negative = is_less(s, all(0.0f));
        vec x = clipped(s, 128.0f), e = exp_(-absolute(x)), upper = all(1.0f) / (all(1.0f) + e);
        vec lower = e * upper, share = choose(is_negative, lower, upper);
        *slope = fma_(x * share, choose(is_negative, upper, lower), share);
        return choose(is_negative, x, s) * share;
    }
    default:
        return s;
    }
}

/* f'(s) from z = f(s), or from what was kept. */
INLINE vec derivative(int activation, vec z, vec kept) {
    vec one = all(1.0f);
    switch (activation) {
    case RELU:
        return from_bits(bits(one) & is_less(all(0.0f), z));
    case SIGMOID:
        return z * (one - z);
    case SOFTPLUS:
    case SOFTSIGN:
    case GELU:
    case SILU:
        return kept;
    case TANH:
        return fma_(-z, z, one);
    case ELU:
        return choose(is_less(all(0.0f), z), one, z + one);
    case HARD_TANH:
        return from_bits(bits(one) & is_less(absolute(z), one));
    case LEAKY_RELU:
        return choose(is_less(all(0.0f), z), one, all(LEAK));
    case SELU:
        return choose(is_less(all(0.0f), z), all(SELU_SCALE), z + all(SELU_DEPTH));
    default:
        return one;
    }
}

#endif
